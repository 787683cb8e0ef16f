//! Order statistics of both groups, read from the bitset over sorted values.
//!
//! The r-th smallest case value is the value at the place of the r-th set bit; of the control values, of the r-th clear
//! bit. Quantiles are those of Hyndman & Fan (1996), type 7, as in R and `NumPy`: h = (m − 1)·q, and the value between the
//! ⌊h⌋-th and the next one, counted from 0, by linear interpolation.

mod select;

use super::linear::scores::Scores;
use super::linear::sums::Summands;
use crate::sampling::labellings::{BitRows, Labellings, last_word_mask};
use crate::simd::{self, Arch, Kernel};
use select::select;

/// One of the two groups of a labelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// The observations whose bits are set.
    Case,
    /// The others.
    Control,
}

impl Group {
    /// What turns a word of a labelling into one whose set bits are the group's.
    #[inline(always)]
    fn flip(self) -> u64 {
        match self {
            Self::Case => 0,
            Self::Control => u64::MAX,
        }
    }

    /// The group's size, if m of N observations are case observations.
    #[inline(always)]
    fn size(self, m: usize, observations: usize) -> usize {
        match self {
            Self::Case => m,
            Self::Control => observations - m,
        }
    }
}

/// The number of set bits in each labelling.
#[must_use]
pub fn case_sizes(rows: &BitRows) -> Vec<usize> {
    let count = |row: &[u64]| row.iter().map(|word| word.count_ones() as usize).sum();
    rows.words.chunks_exact(rows.width()).map(count).collect()
}

/// Writes a quantile of a group of ascending values for each labelling of them; NaN where the group is empty.
///
/// `case_sizes` are the labellings' numbers of set bits.
pub fn quantiles(
    arch: Arch,
    sorted: &[f64],
    rows: &BitRows,
    case_sizes: &[usize],
    group: Group,
    q: f64,
    quantiles: &mut [f64],
) {
    simd::run(arch, Quantiles { sorted, rows, case_sizes, group, q, written: quantiles });
}

/// The place of the `rank`-th set bit of `row ^ flip`, counted from 0.
///
/// Which word it is in is found without a branch: the counts up to each word are compared with the rank.
#[inline(always)]
fn place(row: &[u64], flip: u64, rank: usize) -> usize {
    let (mut word, mut below, mut counted) = (0, 0, 0);
    for &bits in &row[..row.len() - 1] {
        counted += (bits ^ flip).count_ones() as usize;
        let is_beyond = usize::from(counted <= rank);
        word += is_beyond;
        below = if counted <= rank { counted } else { below };
    }
    64 * word + select(row[word] ^ flip, (rank - below) as u32) as usize
}

/// The place of the next set bit of `row ^ flip` after a place, where there is one.
#[inline(always)]
fn next_place(row: &[u64], flip: u64, place: usize) -> usize {
    let mut word = place / 64;
    let mut bits = (row[word] ^ flip) & (u64::MAX - 1) << (place % 64);
    while bits == 0 {
        word += 1;
        bits = row[word] ^ flip;
    }
    64 * word + bits.trailing_zeros() as usize
}

struct Quantiles<'a> {
    sorted: &'a [f64],
    rows: &'a BitRows,
    case_sizes: &'a [usize],
    group: Group,
    q: f64,
    written: &'a mut [f64],
}

impl Quantiles<'_> {
    #[inline(always)]
    fn compute_sized(self, width: usize) {
        let Self { sorted, rows, case_sizes, group, q, written } = self;
        let flip = group.flip();
        for ((row, &m), quantile) in rows.words.chunks_exact(width).zip(case_sizes).zip(written) {
            let size = group.size(m, sorted.len());
            if size == 0 {
                *quantile = f64::NAN;
                continue;
            }
            let Position { below, fraction } = Position::of(q, size);
            let low = place(row, flip, below);
            *quantile = if fraction == 0.0 {
                sorted[low]
            } else {
                interpolate(sorted[low], sorted[next_place(row, flip, low)], fraction)
            };
        }
    }
}

impl Kernel for Quantiles<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        // Literal widths for the commonest sizes let the compiler unroll a row.
        match self.rows.width() {
            1 => self.compute_sized(1),
            2 => self.compute_sized(2),
            4 => self.compute_sized(4),
            width => self.compute_sized(width),
        }
    }
}

/// Where a quantile lies among so many values in ascending order.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Position {
    /// The value at or below it, counted from 0.
    below: usize,
    /// How far it is on the way to the next one.
    fraction: f64,
}

impl Position {
    #[inline(always)]
    fn of(q: f64, size: usize) -> Self {
        let h = (size - 1) as f64 * q;
        // As R does, lest 0.9·10 = 9.000000000000002 interpolate.
        let nearest = (h + 4.0 * f64::EPSILON * size as f64) as usize;
        let below = nearest.min(size - 1);
        let fraction = h - below as f64;
        let is_whole = fraction <= 4.0 * f64::EPSILON * size as f64;
        Self { below, fraction: if is_whole { 0.0 } else { fraction } }
    }
}

/// The value between two values; the median of two is their exact mean.
#[inline(always)]
fn interpolate(low: f64, high: f64, fraction: f64) -> f64 {
    if fraction == 0.5 { 0.5 * low + 0.5 * high } else { low + fraction * (high - low) }
}

/// A quantile of ascending values: the definition that the kernel must agree with.
///
/// # Panics
/// When there is no value.
#[must_use]
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Position { below, fraction } = Position::of(q, sorted.len());
    if fraction == 0.0 { sorted[below] } else { interpolate(sorted[below], sorted[below + 1], fraction) }
}

/// How many values a trimmed mean leaves out at each end: ⌊q·size⌋.
#[inline(always)]
fn trimmed(q: f64, size: usize) -> usize {
    (q * size as f64 + 4.0 * f64::EPSILON * size as f64) as usize
}

/// A trimmed mean of ascending values: the mean of what is left when ⌊q·size⌋ of them are left out at each end.
///
/// # Panics
/// When there is no value.
#[must_use]
pub fn trimmed_mean(sorted: &[f64], q: f64) -> f64 {
    let cut = trimmed(q, sorted.len());
    let kept = &sorted[cut..sorted.len() - cut];
    kept.iter().sum::<f64>() / kept.len() as f64
}

/// Trimmed means of both groups of ascending values.
#[derive(Debug, Clone)]
pub struct TrimmedMeans {
    scores: Scores,
    summands: Summands,
}

impl TrimmedMeans {
    /// Prepares ascending values.
    #[must_use]
    pub fn new(sorted: &[f64]) -> Self {
        let scores = Scores::of(sorted);
        Self { summands: Summands::new(&scores.scores), scores }
    }

    /// Writes the trimmed mean of a group for each labelling; NaN where the group is empty.
    ///
    /// The bits of what is trimmed away are cleared, and the rest is summed in integers.
    pub fn write(&self, arch: Arch, rows: &BitRows, case_sizes: &[usize], group: Group, q: f64, means: &mut [f64]) {
        let mut kept = BitRows { units: rows.units, words: vec![0; rows.words.len()] };
        simd::run(arch, Trim { rows, case_sizes, group, q, kept: &mut kept.words });
        let mut sums = vec![0; means.len()];
        self.summands.sum(arch, &Labellings::Dense(kept), &mut sums);
        for ((mean, sum), &m) in means.iter_mut().zip(sums).zip(case_sizes) {
            let size = group.size(m, rows.units);
            *mean =
                if size == 0 { f64::NAN } else { self.scores.mean_of(i128::from(sum), size - 2 * trimmed(q, size)) };
        }
    }
}

/// Keeps the bits of a group's middle.
struct Trim<'a> {
    rows: &'a BitRows,
    case_sizes: &'a [usize],
    group: Group,
    q: f64,
    kept: &'a mut [u64],
}

impl Kernel for Trim<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let Self { rows, case_sizes, group, q, kept } = self;
        let (width, flip) = (rows.width(), group.flip());
        let rows_and_sizes = rows.words.chunks_exact(width).zip(case_sizes);
        for ((row, &m), kept) in rows_and_sizes.zip(kept.chunks_exact_mut(width)) {
            let size = group.size(m, rows.units);
            if size == 0 {
                continue;
            }
            let cut = trimmed(q, size);
            let (first, last) = (place(row, flip, cut), place(row, flip, size - 1 - cut));
            for (i, (kept, &bits)) in kept.iter_mut().zip(row).enumerate() {
                *kept = (bits ^ flip) & from_place(first, i) & !from_place(last + 1, i);
            }
            if let Some(last) = kept.last_mut() {
                *last &= last_word_mask(rows.units);
            }
        }
    }
}

/// Word number `word` of the bitset of all places from `first` on.
#[inline(always)]
fn from_place(first: usize, word: usize) -> u64 {
    let start = (first as i64 - 64 * word as i64).clamp(0, 64) as u32;
    u64::MAX.checked_shl(start).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn groups(sorted: &[f64], row: &[u64]) -> [Vec<f64>; 2] {
        let (mut case, mut control) = (Vec::new(), Vec::new());
        for (i, &value) in sorted.iter().enumerate() {
            if row[i / 64] >> (i % 64) & 1 == 1 { case.push(value) } else { control.push(value) }
        }
        [case, control]
    }

    #[test]
    fn quantiles_are_those_of_r() {
        // R: quantile(c(1, 2, 4, 8, 16), c(0, .1, .25, .5, .9, 1)), type 7.
        let values = [1.0, 2.0, 4.0, 8.0, 16.0];
        for (q, expected) in [(0.0, 1.0), (0.1, 1.4), (0.25, 2.0), (0.5, 4.0), (0.9, 12.8), (1.0, 16.0)] {
            assert!((quantile(&values, q) - expected).abs() < 1e-14, "{q}");
        }
        // The 0.9 quantile of eleven values is the tenth one, though 10·0.9 is not whole in doubles everywhere.
        let eleven: Vec<f64> = (0..11).map(f64::from).collect();
        assert_eq!(quantile(&eleven, 0.9), 9.0);
    }

    #[test]
    fn a_trimmed_mean_leaves_out_as_many_at_each_end() {
        // SciPy: stats.trim_mean([1, 2, 3, 4, 100], 0.2) = 3.
        assert_eq!(trimmed_mean(&[1.0, 2.0, 3.0, 4.0, 100.0], 0.2), 3.0);
        assert_eq!(trimmed_mean(&[1.0, 2.0, 3.0, 4.0, 100.0], 0.19), 22.0);
    }

    proptest! {
        #[test]
        fn kernels_agree_with_the_definitions(
            mut values in prop::collection::vec(-50i32..50, 1..200),
            words in prop::collection::vec(any::<u64>(), 4),
            q in 0.0..1.0f64,
        ) {
            values.sort_unstable();
            let sorted: Vec<f64> = values.iter().map(|&value| f64::from(value) / 10.0).collect();
            let width = sorted.len().div_ceil(64);
            let mut words = words[..width].to_vec();
            words[width - 1] &= last_word_mask(sorted.len());
            let rows = BitRows { units: sorted.len(), words };
            let sizes = case_sizes(&rows);
            let both = groups(&sorted, &rows.words);
            for (group, values) in [Group::Case, Group::Control].into_iter().zip(&both) {
                if values.is_empty() { continue; }
                for arch in [Arch::new(), Arch::Scalar] {
                    let mut found = [0.0];
                    quantiles(arch, &sorted, &rows, &sizes, group, q, &mut found);
                    prop_assert_eq!(found[0], quantile(values, q));
                    TrimmedMeans::new(&sorted).write(arch, &rows, &sizes, group, q / 2.1, &mut found);
                    prop_assert!((found[0] - trimmed_mean(values, q / 2.1)).abs() < 1e-12);
                }
            }
        }
    }
}
