//! Large N: N free bits, then random units of the majority kind flipped until exactly m are set.
//!
//! The free bits are a uniform subset given their number, and taking a uniformly chosen set unit away (or adding an
//! unset one) keeps it so. About 0.4·√N flips are needed at p = m/N, a vanishing part of the N bits.

use super::bernoulli::Dyadic;
use crate::sampling::bounded::batch_below;
use crate::sampling::labellings::last_word_mask;
use crate::sampling::stream::Stream;
use crate::simd::{self, Arch, Kernel};

/// Draws m of N units by free bits and flips.
#[derive(Debug, Clone)]
pub struct Flips {
    units: usize,
    m: usize,
    bits: Dyadic,
}

impl Flips {
    /// A kernel for m of N units whose free bits are set with the given probability.
    #[must_use]
    pub fn new(units: usize, m: usize, bits: Dyadic) -> Self {
        Self { units, m, bits }
    }

    /// Fills `rows`, bitsets of ⌈N/64⌉ words each, with independent subsets.
    pub fn draw(&self, arch: Arch, stream: &mut Stream, rows: &mut [u64]) {
        simd::run(arch, Draw { plan: self, stream, rows });
    }
}

struct Draw<'a> {
    plan: &'a Flips,
    stream: &'a mut Stream,
    rows: &'a mut [u64],
}

impl Kernel for Draw<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let Flips { units, m, bits } = *self.plan;
        for row in self.rows.chunks_exact_mut(units.div_ceil(64)) {
            draw_exactly(m, units, bits, self.stream, row);
        }
    }
}

/// Fills a bitset over `units` with a uniform subset of `target` of them.
#[inline(always)]
pub fn draw_exactly(target: usize, units: usize, bits: Dyadic, stream: &mut Stream, row: &mut [u64]) {
    bits.fill(stream, row);
    if let Some(last) = row.last_mut() {
        *last &= last_word_mask(units);
    }
    set_exactly(target, units, stream, row);
}

/// Flips random units until exactly `target` of them are set.
#[inline(always)]
fn set_exactly(target: usize, units: usize, stream: &mut Stream, row: &mut [u64]) {
    let count: usize = row.iter().map(|word| word.count_ones() as usize).sum();
    // Units that carry the label there is too much of show as 1 under this mask.
    let mask = if count > target { 0 } else { u64::MAX };
    let mut surplus = count.abs_diff(target);
    while surplus > 0 {
        // Two tries a word; a second one that comes too late is discarded.
        for unit in batch_below([units as u64; 2], stream) {
            let (word, bit) = (unit as usize / 64, unit % 64);
            let flips = (row[word] ^ mask) >> bit & u64::from(surplus > 0);
            row[word] ^= (flips & 1) << bit;
            surplus -= (flips & 1) as usize;
        }
    }
}
