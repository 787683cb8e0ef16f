//! Middle N: two halves of free bits, joined where their counts add up to m.
//!
//! The number k of case units among the first a units is hypergeometric. Free bits for the first half have a binomial
//! count; kept with probability ∝ hypergeometric(k) / binomial(k), what remains has just the right counts. Its other
//! half must then have m − k set bits: free bits for the second half are stocked by their count, and a spare of the
//! right count is taken. Given its count each half is uniform, and no half is used twice, so the whole is uniform and
//! independent of all others; when to draw more depends on counts alone.
//!
//! Both sides use 1/√2 of what they draw, which beats drawing all N bits until their count is m by √N/1.6. The
//! acceptance probabilities are ratios of floating-point products: right to a relative 10⁻¹², where 10¹² resamples can
//! see 10⁻⁶.

use super::bernoulli::Dyadic;
use super::flips::draw_exactly;
use crate::sampling::labellings::last_word_mask;
use crate::sampling::stream::Stream;
use crate::simd::{self, Arch, Kernel};

/// The most units that this kernel serves: halves of at most four words.
pub const MOST_UNITS: usize = 512;

/// Halves drawn at a time.
const BLOCK: usize = 64;

/// Counts of up to 256 units, rounded up to a power of two so that an index can be masked instead of checked.
const COUNTS: usize = 512;

/// Places on a shelf of the stock.
const DEPTH: usize = 16;

/// Draws m of N units by joining halves.
#[derive(Debug, Clone)]
pub struct Halves {
    units: usize,
    m: usize,
    bits: Dyadic,
    first_units: usize,
    /// By the count of a first half: the probability of keeping it, as a fraction of 2⁶⁴.
    keep: Box<[u64; COUNTS]>,
    /// Counts of second halves that are stocked: the rest are so rare that it would not pay.
    stocked: std::ops::Range<usize>,
}

/// Spare second halves, and first halves on their way to a partner.
#[derive(Debug, Clone)]
pub struct Spares {
    /// Second halves by count and place.
    stock: Vec<u64>,
    /// Halves on each shelf.
    filled: Box<[u16; COUNTS]>,
    /// First halves that were kept.
    first: Vec<u64>,
    /// Their counts.
    counts: Vec<u16>,
}

impl Halves {
    /// A kernel for m of N units whose free bits are set with the given probability.
    ///
    /// # Panics
    /// When N is less than 2 or exceeds [`MOST_UNITS`].
    #[must_use]
    pub fn new(units: usize, m: usize, bits: Dyadic) -> Self {
        assert!((2..=MOST_UNITS).contains(&units), "halves of 1 to 256 units");
        // A boundary between words where there are several, so that halves are joined without shifting.
        let first_units = if units <= 128 { units / 2 } else { units.div_ceil(64) / 2 * 64 };
        let second_units = units - first_units;
        let supply = binomial(second_units, bits.value());
        let most = supply.iter().copied().fold(0.0, f64::max);
        let stocked = |count: &usize| supply[*count] > most / 64.0;
        let lowest = (0..=second_units).find(stocked).unwrap_or(0);
        let end = lowest + (lowest..=second_units).take_while(stocked).count();
        let keep = keep_probabilities(first_units, second_units, m, bits.value());
        Self { units, m, bits, first_units, keep, stocked: lowest..end }
    }

    /// A chunk's stock at its start: empty.
    #[must_use]
    pub fn spares(&self) -> Spares {
        Spares {
            stock: vec![0; COUNTS * DEPTH * (self.units - self.first_units).div_ceil(64)],
            filled: Box::new([0; COUNTS]),
            first: Vec::new(),
            counts: Vec::new(),
        }
    }

    /// Fills `rows`, bitsets of ⌈N/64⌉ words each, with independent subsets.
    pub fn draw(&self, arch: Arch, spares: &mut Spares, stream: &mut Stream, rows: &mut [u64]) {
        // The words of the first half, the second half and the row, as constants that the compiler unrolls.
        match self.units.div_ceil(64) {
            1 => self.draw_sized::<1, 1, 1>(arch, spares, stream, rows),
            2 => self.draw_sized::<1, 1, 2>(arch, spares, stream, rows),
            3 => self.draw_sized::<1, 2, 3>(arch, spares, stream, rows),
            4 => self.draw_sized::<2, 2, 4>(arch, spares, stream, rows),
            5 => self.draw_sized::<2, 3, 5>(arch, spares, stream, rows),
            6 => self.draw_sized::<3, 3, 6>(arch, spares, stream, rows),
            7 => self.draw_sized::<3, 4, 7>(arch, spares, stream, rows),
            _ => self.draw_sized::<4, 4, 8>(arch, spares, stream, rows),
        }
    }

    fn draw_sized<const A: usize, const B: usize, const ROW: usize>(
        &self,
        arch: Arch,
        spares: &mut Spares,
        stream: &mut Stream,
        rows: &mut [u64],
    ) {
        let rows = rows.as_chunks_mut::<ROW>().0;
        simd::run(arch, DrawFirst::<A> { plan: self, rows: rows.len(), spares, stream });
        let mut done = 0;
        loop {
            done += simd::run(arch, Join::<A, B, ROW> { plan: self, spares, done, rows: &mut rows[done..] });
            let Some(row) = rows.get_mut(done) else { return };
            // No spare half for this row: draw more, or just this one if its count is too rare to wait for.
            let need = self.m - spares.counts[done] as usize;
            if self.stocked.contains(&need) {
                simd::run(arch, Restock::<B> { plan: self, spares, stream });
            } else {
                let first = spares.first.as_chunks::<A>().0[done];
                let mut second = [0; B];
                draw_exactly(need, self.units - self.first_units, self.bits, stream, &mut second);
                *row = self.join(first, second);
                done += 1;
            }
        }
    }

    #[inline(always)]
    fn join<const A: usize, const B: usize, const ROW: usize>(&self, first: [u64; A], second: [u64; B]) -> [u64; ROW] {
        if A + B == ROW && ROW > 2 {
            return std::array::from_fn(|word| if word < A { first[word] } else { second[word - A] });
        }
        let both = u128::from(first[0]) | u128::from(second[0]) << self.first_units;
        std::array::from_fn(|word| (both >> (64 * word)) as u64)
    }

    /// Moves the halves that are kept to the front of `first` and `places`; returns how many.
    #[inline(always)]
    fn keep_some<const A: usize>(
        &self,
        halves: &[[u64; A]; BLOCK],
        counts: &[u16; BLOCK],
        lots: &[u64; BLOCK / 4],
        stream: &mut Stream,
        first: &mut [[u64; A]; BLOCK],
        places: &mut [u16; BLOCK],
    ) -> usize {
        let mut kept = 0;
        for i in 0..BLOCK {
            // Written in any case, kept by counting it: no branch to mispredict.
            first[kept % BLOCK] = halves[i];
            places[kept % BLOCK] = counts[i];
            let keep = self.keep[counts[i] as usize % COUNTS];
            let lot = lots[i / 4] >> (16 * (i % 4)) & 0xFFFF;
            let mut below = lot.wrapping_sub(keep >> 48) >> 63;
            if lot == keep >> 48 {
                // The first 16 bits tie, once in 65,536 halves: 48 more decide.
                below = u64::from(stream.word() >> 16 < keep & (u64::MAX >> 16));
            }
            kept += below as usize;
        }
        kept
    }

    /// Draws a block of halves of free bits over `units`, with their counts.
    #[inline(always)]
    fn draw_block<const W: usize>(&self, units: usize, stream: &mut Stream) -> ([[u64; W]; BLOCK], [u16; BLOCK]) {
        let mut halves = [[0; W]; BLOCK];
        self.bits.fill(stream, halves.as_flattened_mut());
        let mut counts = [0; BLOCK];
        let mask = last_word_mask(units);
        for (half, count) in halves.iter_mut().zip(&mut counts) {
            half[W - 1] &= mask;
            *count = half.iter().map(|word| word.count_ones() as u16).sum();
        }
        (halves, counts)
    }
}

/// Draws first halves until `rows` of them are kept.
struct DrawFirst<'a, const A: usize> {
    plan: &'a Halves,
    rows: usize,
    spares: &'a mut Spares,
    stream: &'a mut Stream,
}

impl<const A: usize> Kernel for DrawFirst<'_, A> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let Self { plan, rows, spares, stream } = self;
        spares.first.resize((rows + BLOCK) * A, 0);
        spares.counts.resize(rows + BLOCK, 0);
        let mut kept = 0;
        while kept < rows {
            let (halves, counts) = plan.draw_block::<A>(plan.first_units, stream);
            let mut lots = [0; BLOCK / 4];
            stream.fill(&mut lots);
            let first = spares.first.as_chunks_mut::<A>().0[kept..].first_chunk_mut::<BLOCK>();
            let places = spares.counts[kept..].first_chunk_mut::<BLOCK>();
            if let (Some(first), Some(places)) = (first, places) {
                kept += plan.keep_some(&halves, &counts, &lots, stream, first, places);
            }
        }
    }
}

/// Joins first halves, from number `done` on, with spare second halves that bring their counts up to m, until there is
/// no such spare. Returns the number of rows that were filled.
struct Join<'a, const A: usize, const B: usize, const ROW: usize> {
    plan: &'a Halves,
    spares: &'a mut Spares,
    done: usize,
    rows: &'a mut [[u64; ROW]],
}

impl<const A: usize, const B: usize, const ROW: usize> Kernel for Join<'_, A, B, ROW> {
    type Output = usize;

    #[inline(always)]
    fn compute(self) -> usize {
        let Self { plan, spares, done, rows } = self;
        let first = &spares.first.as_chunks::<A>().0[done..];
        let counts = &spares.counts[done..];
        let (shelves, filled) = (shelves::<B>(&mut spares.stock), &mut *spares.filled);
        let mut joined = 0;
        for ((row, first), count) in rows.iter_mut().zip(first).zip(counts) {
            let shelf = (plan.m - *count as usize) % COUNTS;
            if filled[shelf] == 0 {
                break;
            }
            filled[shelf] -= 1;
            *row = plan.join(*first, shelves[shelf][filled[shelf] as usize % DEPTH]);
            joined += 1;
        }
        joined
    }
}

/// The stock as second halves by count and place.
#[inline(always)]
fn shelves<const B: usize>(stock: &mut [u64]) -> &mut [[[u64; B]; DEPTH]; COUNTS] {
    let places = stock.as_chunks_mut().0;
    places.as_chunks_mut().0.first_chunk_mut().expect("a shelf for each count")
}

/// Draws second halves and puts each on the shelf of its count; on a full shelf it replaces the last.
struct Restock<'a, const B: usize> {
    plan: &'a Halves,
    spares: &'a mut Spares,
    stream: &'a mut Stream,
}

impl<const B: usize> Kernel for Restock<'_, B> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let Self { plan, spares, stream } = self;
        let (halves, counts) = plan.draw_block::<B>(plan.units - plan.first_units, stream);
        let (shelves, filled) = (shelves::<B>(&mut spares.stock), &mut *spares.filled);
        for (half, count) in halves.iter().zip(counts) {
            // One less on a full shelf, without a branch: which shelf is full cannot be predicted.
            let count = count as usize % COUNTS;
            let place = filled[count] - filled[count] / DEPTH as u16;
            shelves[count][place as usize % DEPTH] = *half;
            filled[count] = place + 1;
        }
    }
}

/// P(k) for n independent bits, k = 0..=n.
fn binomial(n: usize, p: f64) -> Vec<f64> {
    let weights = from_ratios(n, 0, n, |k| ((n - k) as f64 / (k + 1) as f64) * (p / (1.0 - p)));
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

/// hypergeometric(k) / binomial(k) for k case units in the first half, scaled so that the largest is 1, as fractions of 2⁶⁴.
fn keep_probabilities(first: usize, second: usize, m: usize, p: f64) -> Box<[u64; COUNTS]> {
    let ratio = |k: usize| ((m - k) as f64 / (second + k + 1 - m) as f64) * ((1.0 - p) / p);
    let weights = from_ratios(first, m.saturating_sub(second), first.min(m), ratio);
    // The conversion saturates: 1 becomes 2⁶⁴ − 1.
    Box::new(std::array::from_fn(|k| weights.get(k).map_or(0, |weight| (weight * 2f64.powi(64)) as u64)))
}

/// A unimodal sequence on `lowest..=highest`, 0 elsewhere in `0..=n`, from the ratio of each element's successor to it:
/// computed outwards from the mode, which is 1.
fn from_ratios(n: usize, lowest: usize, highest: usize, ratio: impl Fn(usize) -> f64) -> Vec<f64> {
    let mode = (lowest..highest).find(|&k| ratio(k) < 1.0).unwrap_or(highest);
    let mut weights = vec![0.0; n + 1];
    weights[mode] = 1.0;
    for k in mode..highest {
        weights[k + 1] = weights[k] * ratio(k);
    }
    for k in (lowest..mode).rev() {
        weights[k] = weights[k + 1] / ratio(k);
    }
    weights
}
