//! (seed, domain, chunk) → a stream of random words, the same on every machine and for any number of threads.
//!
//! A stream interleaves four PCG64DXSM generators (O'Neill 2014; DXSM output as in `NumPy`'s `PCG64DXSM`): one
//! generator waits for its own 128-bit multiplication, four keep the multiplier busy and yield twice the words. Each
//! generator's state and increment are filled by 255 bits of SHA-256 over (seed, domain, chunk, lane), so that
//! neighbouring chunks have nothing in common; increments that merely count up would give correlated streams.

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Dxsm;
use sha2::{Digest, Sha256};

/// Generators that take turns in a stream.
pub const LANES: usize = 4;

/// Words drawn ahead for [`Stream::word`].
const BLOCK: usize = 64;

/// What a stream is used for: streams of different domains are independent under the same seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// Monte Carlo resamples.
    Resamples,
    /// Tilted labellings for the upper tail.
    ImportanceUpper,
    /// Tilted labellings for the lower tail.
    ImportanceLower,
    /// Replicates of multilevel splitting.
    Splitting,
    /// Its pilot, which fixes the levels.
    SplittingPilot,
    /// Labellings that an interval of shifts is made from.
    Inversion,
    /// Bootstrap samples.
    Bootstrap,
    /// Which observations of a large sample are left out together.
    Jackknife,
    /// Splits of one sample into two.
    Splits,
    /// Shuffled orders of one sample.
    Shuffles,
    /// The labellings by which bins are chosen.
    Bins,
    /// A few labellings that show what a statistic is like.
    Probes,
    /// Labellings of some of several groups, by which comparisons are adjusted.
    PairsOfGroups,
}

impl Domain {
    fn tag(self) -> &'static [u8] {
        match self {
            Self::Resamples => b"permtest/resamples/1",
            Self::ImportanceUpper => b"permtest/importance-upper/1",
            Self::ImportanceLower => b"permtest/importance-lower/1",
            Self::Splitting => b"permtest/splitting/1",
            Self::SplittingPilot => b"permtest/splitting-pilot/1",
            Self::Inversion => b"permtest/inversion/1",
            Self::Bootstrap => b"permtest/bootstrap/1",
            Self::Jackknife => b"permtest/jackknife/1",
            Self::Splits => b"permtest/splits/1",
            Self::Shuffles => b"permtest/shuffles/1",
            Self::Bins => b"permtest/bins/1",
            Self::Probes => b"permtest/probes/1",
            Self::PairsOfGroups => b"permtest/pairs-of-groups/1",
        }
    }
}

/// The random words of one chunk.
#[derive(Debug, Clone)]
pub struct Stream {
    lanes: [Pcg64Dxsm; LANES],
    block: [u64; BLOCK],
    used: usize,
}

impl Stream {
    /// The stream of a chunk. Costs about a microsecond.
    #[must_use]
    pub fn new(seed: u64, domain: Domain, chunk: u64) -> Self {
        let lanes = std::array::from_fn(|lane| {
            let hash = Sha256::new()
                .chain_update(domain.tag())
                .chain_update(seed.to_le_bytes())
                .chain_update(chunk.to_le_bytes())
                .chain_update([lane as u8])
                .finalize();
            Pcg64Dxsm::from_seed(hash.into())
        });
        Self { lanes, block: [0; BLOCK], used: BLOCK }
    }

    /// The next word.
    #[inline(always)]
    pub fn word(&mut self) -> u64 {
        if self.used == BLOCK {
            let mut block = self.block;
            self.fill(&mut block);
            self.block = block;
            self.used = 0;
        }
        let word = self.block[self.used];
        self.used += 1;
        word
    }

    /// Fills a buffer whose length is a multiple of [`LANES`] with fresh words, in turns of the lanes.
    ///
    /// Words that [`Stream::word`] has drawn ahead stay in its block: each word is handed out once.
    #[inline(always)]
    pub fn fill(&mut self, words: &mut [u64]) {
        debug_assert!(words.len().is_multiple_of(LANES));
        // A copy in registers: through `&mut` every step would go over memory.
        let mut lanes = self.lanes.clone();
        for turn in words.chunks_exact_mut(LANES) {
            for (word, lane) in turn.iter_mut().zip(&mut lanes) {
                *word = lane.next_u64();
            }
        }
        self.lanes = lanes;
    }
}
