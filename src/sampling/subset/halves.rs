//! Middle N, up to 4096: two halves of free bits, joined where their counts add up to m.
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

use std::ops::Range;

use super::bernoulli::Dyadic;
use super::flips::draw_exactly;
use crate::sampling::labellings::last_word_mask;
use crate::sampling::stream::Stream;
use crate::simd::{self, Arch, Kernel};

/// The most units that this kernel serves: for more, the stock would outgrow the second-level cache.
pub const MOST_UNITS: usize = 4096;

/// The most words of a half that are drawn in large blocks and stocked whatever their count.
const FEW_WORDS: usize = 4;

/// Halves drawn at a time: fewer large ones, because what is kept beyond a batch is thrown away.
const BLOCKS: [usize; 2] = [64, 16];

/// Counts of up to 256 units, and room for more.
const COUNTS: usize = 512;

/// Places on a shelf of the stock.
const DEPTH: usize = 16;

/// Draws m of N units by joining halves.
#[derive(Debug, Clone)]
pub struct Halves {
    units: usize,
    m: usize,
    bits: Dyadic,
    first: Half,
    second: Half,
    /// By the count of a first half: the probability of keeping it, as a fraction of 2⁶⁴.
    keep: Vec<u64>,
    /// Counts of second halves that are waited for: the rest are so rare that it would not pay.
    stocked: Range<usize>,
    /// Counts of second halves that have a shelf.
    shelved: Range<usize>,
}

/// One of the two halves.
#[derive(Debug, Clone, Copy)]
struct Half {
    units: usize,
    words: usize,
}

/// Spare second halves, and first halves on their way to a partner.
#[derive(Debug, Clone)]
pub struct Spares {
    /// Second halves by count and place.
    stock: Vec<u64>,
    /// Halves on each shelf.
    filled: Vec<u16>,
    /// First halves that were kept.
    first: Vec<u64>,
    /// Their counts.
    counts: Vec<u16>,
    /// Halves that were just drawn.
    block: Vec<u64>,
}

impl Half {
    fn of(units: usize) -> Self {
        Self { units, words: units.div_ceil(64) }
    }

    /// How many are drawn at a time.
    fn block(self) -> usize {
        BLOCKS[usize::from(self.words > FEW_WORDS)]
    }
}

impl Halves {
    /// A kernel for m of N units whose free bits are set with the given probability.
    ///
    /// # Panics
    /// When N is less than 2 or exceeds [`MOST_UNITS`].
    #[must_use]
    pub fn new(units: usize, m: usize, bits: Dyadic) -> Self {
        assert!((2..=MOST_UNITS).contains(&units), "halves of 1 to 2048 units");
        // A boundary between words where there are several, so that halves are joined without shifting.
        let first_units = if units <= 128 { units / 2 } else { units.div_ceil(64) / 2 * 64 };
        let (first, second) = (Half::of(first_units), Half::of(units - first_units));
        let supply = binomial(second.units, bits.value());
        let most = supply.iter().copied().fold(0.0, f64::max);
        let stocked = |count: &usize| supply[*count] > most / 64.0;
        let lowest = (0..=second.units).find(stocked).unwrap_or(0);
        let stocked = lowest..lowest + (lowest..=second.units).take_while(stocked).count();
        let shelved = if second.words > FEW_WORDS { stocked.clone() } else { 0..COUNTS };
        let keep = keep_probabilities(first.units, second.units, m, bits.value());
        Self { units, m, bits, first, second, keep, stocked, shelved }
    }

    /// A chunk's stock at its start: empty.
    #[must_use]
    pub fn spares(&self) -> Spares {
        let Self { first, second, shelved, .. } = self;
        Spares {
            stock: vec![0; shelved.len() * DEPTH * second.words],
            filled: vec![0; shelved.len()],
            first: Vec::new(),
            counts: Vec::new(),
            block: vec![0; (first.block() * first.words).max(second.block() * second.words)],
        }
    }

    /// Fills `rows`, bitsets of ⌈N/64⌉ words each, with independent subsets.
    pub fn draw(&self, arch: Arch, spares: &mut Spares, stream: &mut Stream, rows: &mut [u64]) {
        let width = self.units.div_ceil(64);
        let number = rows.len() / width;
        simd::run(arch, DrawFirst { plan: self, rows: number, spares, stream });
        let mut done = 0;
        loop {
            done += simd::run(arch, Join { plan: self, spares, done, rows: &mut rows[done * width..] });
            if done == number {
                return;
            }
            // No spare half for this row: draw more, or just this one if its count is too rare to wait for.
            let need = self.m - spares.counts[done] as usize;
            if self.stocked.contains(&need) {
                simd::run(arch, Restock { plan: self, spares, stream });
            } else {
                let first = &spares.first[done * self.first.words..][..self.first.words];
                let second = &mut spares.block[..self.second.words];
                draw_exactly(need, self.second.units, self.bits, stream, second);
                self.join(first, second, &mut rows[done * width..][..width]);
                done += 1;
            }
        }
    }

    #[inline(always)]
    fn join(&self, first: &[u64], second: &[u64], row: &mut [u64]) {
        if let [row] = row {
            *row = first[0] | second[0] << self.first.units;
        } else if let [low, high] = row {
            let both = u128::from(first[0]) | u128::from(second[0]) << self.first.units;
            [*low, *high] = [both as u64, (both >> 64) as u64];
        } else {
            row[..first.len()].copy_from_slice(first);
            row[first.len()..].copy_from_slice(second);
        }
    }

    /// Draws halves of free bits, with their counts.
    #[inline(always)]
    fn draw_block(&self, half: Half, stream: &mut Stream, block: &mut [u64], counts: &mut [u16]) {
        self.bits.fill(stream, block);
        let mask = last_word_mask(half.units);
        for (half, count) in block.chunks_exact_mut(half.words).zip(counts) {
            let Some((last, others)) = half.split_last_mut() else { continue };
            // Counted before the last one is masked in memory: a load of several words would wait for that store.
            let ones: u64 = others.iter().map(|word| u64::from(word.count_ones())).sum();
            *last &= mask;
            *count = ones as u16 + last.count_ones() as u16;
        }
    }

    /// Moves the halves that are kept to the front of `first` and `places`; returns how many.
    #[inline(always)]
    fn keep_some(
        &self,
        drawn: &[u64],
        counts: &[u16],
        stream: &mut Stream,
        first: &mut [u64],
        places: &mut [u16],
    ) -> usize {
        let words = first.len() / places.len();
        let mut lots = [0; BLOCKS[0] / 4];
        let lots = &mut lots[..counts.len() / 4];
        stream.fill(lots);
        let mut kept = 0;
        for ((fours, counts), lots) in drawn.chunks_exact(4 * words).zip(counts.as_chunks::<4>().0).zip(lots) {
            for (i, (half, &count)) in fours.chunks_exact(words).zip(counts).enumerate() {
                // Written in any case, kept by counting it: no branch to mispredict.
                first[kept * words..][..words].copy_from_slice(half);
                places[kept] = count;
                let keep = self.keep[count as usize];
                let (lot, high) = (*lots >> (16 * i) & 0xFFFF, keep >> 48);
                // The first 16 bits tie once in 65,536 halves: 48 more decide.
                let tie_is_kept = lot == high && stream.word() >> 16 < keep & (u64::MAX >> 16);
                kept += usize::from(lot < high) + usize::from(tie_is_kept);
            }
        }
        kept
    }
}

/// Draws first halves until `rows` of them are kept.
struct DrawFirst<'a> {
    plan: &'a Halves,
    rows: usize,
    spares: &'a mut Spares,
    stream: &'a mut Stream,
}

impl Kernel for DrawFirst<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        match self.plan.first.words {
            1 => self.draw(1),
            2 => self.draw(2),
            3 => self.draw(3),
            4 => self.draw(4),
            words => self.draw(words),
        }
    }
}

impl DrawFirst<'_> {
    #[inline(always)]
    fn draw(self, words: usize) {
        let Self { plan, rows, spares, stream } = self;
        let half = Half { words, ..plan.first };
        let size = half.block();
        spares.first.resize((rows + size) * words, 0);
        spares.counts.resize(rows + size, 0);
        let drawn = &mut spares.block[..size * words];
        let mut counts = [0; BLOCKS[0]];
        let counts = &mut counts[..size];
        let mut kept = 0;
        while kept < rows {
            plan.draw_block(half, stream, drawn, counts);
            let first = &mut spares.first[kept * words..][..size * words];
            kept += plan.keep_some(drawn, counts, stream, first, &mut spares.counts[kept..][..size]);
        }
    }
}

/// Joins first halves, from number `done` on, with spare second halves that bring their counts up to m, until there is
/// no such spare. Returns the number of rows that were filled.
struct Join<'a> {
    plan: &'a Halves,
    spares: &'a mut Spares,
    done: usize,
    rows: &'a mut [u64],
}

impl Kernel for Join<'_> {
    type Output = usize;

    #[inline(always)]
    fn compute(self) -> usize {
        match (self.plan.first.words, self.plan.second.words) {
            // Up to 128 units share words.
            (1, 1) if self.plan.units <= 64 => self.join(1, 1, 1),
            (1, 1) => self.join(1, 1, 2),
            (1, 2) => self.join(1, 2, 3),
            (2, 2) => self.join(2, 2, 4),
            (2, 3) => self.join(2, 3, 5),
            (3, 3) => self.join(3, 3, 6),
            (3, 4) => self.join(3, 4, 7),
            (4, 4) => self.join(4, 4, 8),
            (first, second) => self.join(first, second, first + second),
        }
    }
}

impl Join<'_> {
    #[inline(always)]
    fn join(self, first_words: usize, second_words: usize, width: usize) -> usize {
        let Self { plan, spares, done, rows } = self;
        let first = spares.first[done * first_words..].chunks_exact(first_words);
        let mut joined = 0;
        for ((row, first), count) in rows.chunks_exact_mut(width).zip(first).zip(&spares.counts[done..]) {
            let shelf = (plan.m - *count as usize).wrapping_sub(plan.shelved.start);
            let Some(filled) = spares.filled.get_mut(shelf).filter(|filled| **filled > 0) else { break };
            *filled -= 1;
            let place = shelf * DEPTH + *filled as usize;
            plan.join(first, &spares.stock[place * second_words..][..second_words], row);
            joined += 1;
        }
        joined
    }
}

/// Draws second halves and puts each on the shelf of its count; on a full shelf it replaces the last.
struct Restock<'a> {
    plan: &'a Halves,
    spares: &'a mut Spares,
    stream: &'a mut Stream,
}

impl Kernel for Restock<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        match self.plan.second.words {
            1 => self.restock(1),
            2 => self.restock(2),
            3 => self.restock(3),
            4 => self.restock(4),
            words => self.restock(words),
        }
    }
}

impl Restock<'_> {
    #[inline(always)]
    fn restock(self, words: usize) {
        let Self { plan, spares, stream } = self;
        let half = Half { words, ..plan.second };
        let drawn = &mut spares.block[..half.block() * words];
        let mut counts = [0; BLOCKS[0]];
        plan.draw_block(half, stream, drawn, &mut counts);
        for (half, count) in drawn.chunks_exact(words).zip(counts) {
            let shelf = (count as usize).wrapping_sub(plan.shelved.start);
            let Some(filled) = spares.filled.get_mut(shelf) else { continue };
            // One less on a full shelf, without a branch: which shelf is full cannot be predicted.
            let place = *filled - *filled / DEPTH as u16;
            *filled = place + 1;
            let place = shelf * DEPTH + place as usize;
            spares.stock[place * words..][..words].copy_from_slice(half);
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
fn keep_probabilities(first: usize, second: usize, m: usize, p: f64) -> Vec<u64> {
    let ratio = |k: usize| ((m - k) as f64 / (second + k + 1 - m) as f64) * ((1.0 - p) / p);
    let weights = from_ratios(first, m.saturating_sub(second), first.min(m), ratio);
    // The conversion saturates: 1 becomes 2⁶⁴ − 1.
    weights.iter().map(|weight| (weight * 2f64.powi(64)) as u64).collect()
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
