//! Order statistics of both groups, read from the bitset over sorted values.
//!
//! The r-th smallest case value is the value at the place of the r-th set bit; of the control values, of the r-th clear
//! bit. Quantiles are those of Hyndman & Fan (1996), type 7, as in R and `NumPy`: h = (m − 1)·q, and the value between the
//! ⌊h⌋-th and the next one, counted from 0, by linear interpolation.

mod places;

use super::linear::scores::Scores;
use super::linear::sums::Summands;
use crate::sampling::labellings::{BitRows, Labellings, last_word_mask};
use crate::simd::{self, Arch, Kernel};
use places::{LANES, Lanes, next_place};

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

struct Quantiles<'a> {
    sorted: &'a [f64],
    rows: &'a BitRows,
    case_sizes: &'a [usize],
    group: Group,
    q: f64,
    written: &'a mut [f64],
}

impl Kernel for Quantiles<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let Self { sorted, rows, case_sizes, group, q, written } = self;
        let (width, flip, last) = (rows.width(), group.flip(), sorted.len() as u64 - 1);
        let (mut lanes, mut ends) = (Lanes::default(), Ends::default());
        for (first, group_rows) in places::groups(rows) {
            for (lane, &m) in case_sizes[first..].iter().take(LANES).enumerate() {
                ends.set(lane, q, group.size(m, sorted.len()));
            }
            lanes.load(group_rows, width, flip);
            let places = lanes.places(ends.below);
            let rows = group_rows.chunks_exact(width).zip(places).zip(ends.fraction);
            for (quantile, ((row, place), fraction)) in written[first..].iter_mut().zip(rows) {
                let place = place.min(last);
                let next = if fraction > 0.0 { next_place(row, flip, place) } else { place };
                *quantile = interpolate(sorted[place as usize], sorted[next.min(last) as usize], fraction);
            }
        }
    }
}

/// The rank of the value at or below a quantile, for each lane.
#[derive(Default)]
struct Ends {
    /// The group's size plus 1: most often the same as before.
    known: [usize; LANES],
    below: [u64; LANES],
    /// How far it is on the way to the next one; NaN for a group without values.
    fraction: [f64; LANES],
}

impl Ends {
    #[inline(always)]
    fn set(&mut self, lane: usize, q: f64, size: usize) {
        if self.known[lane] == size + 1 {
            return;
        }
        self.known[lane] = size + 1;
        let nowhere = Position { below: 0, fraction: f64::NAN };
        let Position { below, fraction } = Position::of(q, size).unwrap_or(nowhere);
        self.below[lane] = below as u64;
        self.fraction[lane] = fraction;
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
    /// The position of a quantile among so many values; `None` where there is none.
    #[inline(always)]
    fn of(q: f64, size: usize) -> Option<Self> {
        let h = size.checked_sub(1)? as f64 * q;
        // As R does, so that 0.9·10 = 9.000000000000002 does not interpolate.
        let slack = 4.0 * f64::EPSILON * size as f64;
        let below = ((h + slack) as usize).min(size - 1);
        let fraction = h - below as f64;
        Some(Self { below, fraction: if fraction <= slack { 0.0 } else { fraction } })
    }
}

/// The value between two values; the median of two is their exact mean.
#[inline(always)]
fn interpolate(low: f64, high: f64, fraction: f64) -> f64 {
    if fraction == 0.5 { low.midpoint(high) } else { low + fraction * (high - low) }
}

/// A quantile of ascending values: the definition that the kernel must agree with.
///
/// # Panics
/// When there is no value.
#[must_use]
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Position { below, fraction } = Position::of(q, sorted.len()).expect("a value");
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
        // Most often all labellings have the same size.
        let (mut known, mut left) = (None, 0);
        for ((mean, sum), &m) in means.iter_mut().zip(sums).zip(case_sizes) {
            let size = group.size(m, rows.units);
            if known != Some(size) {
                (known, left) = (Some(size), size - 2 * trimmed(q, size));
            }
            *mean = if size == 0 { f64::NAN } else { self.scores.mean_of(i128::from(sum), left) };
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
        let (width, last_mask) = (rows.width(), last_word_mask(rows.units));
        let (mut lanes, mut known, mut low, mut high) = (Lanes::default(), [None; LANES], [0; LANES], [0; LANES]);
        for (first, group_rows) in places::groups(rows) {
            for (lane, &m) in case_sizes[first..].iter().take(LANES).enumerate() {
                let size = group.size(m, rows.units);
                if known[lane] != Some(size) {
                    let cut = trimmed(q, size);
                    known[lane] = Some(size);
                    [low[lane], high[lane]] = [cut as u64, size.saturating_sub(cut + 1) as u64];
                }
            }
            lanes.load(group_rows, width, group.flip());
            let ends = lanes.places(low).into_iter().zip(lanes.places(high));
            let kept = kept[first * width..].chunks_exact_mut(width);
            for ((row, kept), (low, high)) in group_rows.chunks_exact(width).zip(kept).zip(ends) {
                for (i, (kept, &bits)) in kept.iter_mut().zip(row).enumerate() {
                    *kept = (bits ^ group.flip()) & from_place(low, i) & !from_place(high + 1, i);
                }
                kept[width - 1] &= last_mask;
            }
        }
    }
}

/// Word number `word` of the bitset of all places from `first` on.
#[inline(always)]
fn from_place(first: u64, word: usize) -> u64 {
    let start = first.saturating_sub(64 * word as u64);
    // Shifting by 64 or more would be undefined; then no bit of the word is beyond.
    if start < 64 { u64::MAX << start } else { 0 }
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
            let sizes = [rows.words.iter().map(|word| word.count_ones() as usize).sum()];
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
