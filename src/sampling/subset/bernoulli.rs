//! Words of independent bits that are set with a dyadic probability.
//!
//! Any probability serves the kernels that draw free bits and mend the count: given their number, the set bits are a
//! uniform subset whatever the probability was. One near m/N just leaves less to mend.

use crate::sampling::stream::{LANES, Stream};

/// A probability j/2ʳ, `0 < j < 2ʳ`, j odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dyadic {
    /// j
    pub numerator: u32,
    /// r: the words that one word of such bits costs.
    pub depth: u32,
}

impl Dyadic {
    /// One half: each random word is a word of such bits.
    pub const HALF: Self = Self { numerator: 1, depth: 1 };

    /// The probability of at most `depth` binary digits that is nearest to `fraction`, an odd numerator over 2ʳ.
    ///
    /// # Panics
    /// When `fraction` is not between 0 and 1.
    #[must_use]
    pub fn nearest(fraction: f64, depth: u32) -> Self {
        assert!(fraction > 0.0 && fraction < 1.0, "a probability strictly between 0 and 1");
        let steps = 1u32 << depth;
        let numerator = ((fraction * f64::from(steps)).round() as u32).clamp(1, steps - 1);
        let common = numerator.trailing_zeros();
        Self { numerator: numerator >> common, depth: depth - common }
    }

    /// The probability as a number.
    #[must_use]
    pub fn value(self) -> f64 {
        f64::from(self.numerator) / f64::from(1u32 << self.depth)
    }

    /// Fills words with such bits, from `depth` random words each.
    ///
    /// Digit by digit from the last: OR with a fair bit takes p to (1 + p)/2, AND takes it to p/2.
    #[inline(always)]
    pub fn fill(self, stream: &mut Stream, words: &mut [u64]) {
        if self.depth == 1 {
            return fill_fair(stream, words);
        }
        for words in words.chunks_mut(BLOCK) {
            words.fill(0);
            for digit in 0..self.depth {
                let mut fair = [0; BLOCK];
                fill_fair(stream, &mut fair[..words.len()]);
                let one = if self.numerator >> digit & 1 == 1 { u64::MAX } else { 0 };
                for (word, fair) in words.iter_mut().zip(fair) {
                    *word = (*word & fair) | (one & (*word | fair));
                }
            }
        }
    }
}

/// Words combined at a time, a multiple of a stream's turn.
const BLOCK: usize = 64;

/// Fills words with fair bits; what is left of the last turn of the stream's lanes is dropped.
#[inline(always)]
fn fill_fair(stream: &mut Stream, words: &mut [u64]) {
    let (turns, rest) = words.split_at_mut(words.len() / LANES * LANES);
    stream.fill(turns);
    if !rest.is_empty() {
        let mut turn = [0; LANES];
        stream.fill(&mut turn);
        rest.copy_from_slice(&turn[..rest.len()]);
    }
}
