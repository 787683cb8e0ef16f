//! Exact by enumeration: every labelling once, for any statistic, where there are few.

use crate::design::{Design, listed};
use crate::error::Error;
use crate::method::bins::Bins;
use crate::method::engine::{self, Results};
use crate::method::monte_carlo::{Chunk, Counted, Notes, ReplicateSink, Watch};
use crate::method::tally::Tally;
use crate::simd::Arch;
use crate::statistic::{EvaluationCost, Statistic, Thresholds};

/// Labellings in a chunk.
const CHUNK: u64 = 1 << 16;

/// The same where they are expensive: few enough for all threads to have some.
const EXPENSIVE_CHUNK: u64 = 128;
const EXPENSIVE_CHUNKS: u64 = 256;

/// All labellings of a design, in the order of their ranks.
#[derive(Debug, Clone, Copy)]
pub struct Enumeration {
    /// Number of labellings: the exact size of the design's reference set.
    pub size: u64,
    /// Worker threads; `None`: all cores.
    pub threads: Option<usize>,
    /// Instruction set of the kernels.
    pub arch: Arch,
}

impl Enumeration {
    /// Counts how many of all labellings are at least as extreme as the observed one, which is one of them.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when the watch says stop, and whatever the statistic or the watch's `replicates` fails with.
    pub fn run<S: Statistic + ?Sized>(
        &self,
        design: &dyn Design,
        statistic: &S,
        thresholds: &Thresholds<S::Replicate>,
        watch: Watch,
    ) -> Result<Tally, Error> {
        self.run_binned(design, statistic, thresholds, None, watch).map(|counted| counted.tally)
    }

    /// The same, with a histogram beside it if there are bins for one.
    ///
    /// # Errors
    /// As [`Enumeration::run`].
    pub fn run_binned<S: Statistic + ?Sized>(
        &self,
        design: &dyn Design,
        statistic: &S,
        thresholds: &Thresholds<S::Replicate>,
        bins: Option<&Bins<S::Replicate>>,
        watch: Watch,
    ) -> Result<Counted, Error> {
        let Watch { stop, advance, replicates, .. } = watch;
        let notes = Notes { bins, wants_values: replicates.is_some() };
        let small = (self.size / EXPENSIVE_CHUNKS).clamp(1, EXPENSIVE_CHUNK);
        let chunk_size = if statistic.cost() == EvaluationCost::Expensive { small } else { CHUNK };
        let compute = |chunk: u64| {
            let ranks = chunk * chunk_size..self.size.min((chunk + 1) * chunk_size);
            let labellings = ranks.end - ranks.start;
            let done = self.count(ranks, design, statistic, thresholds, notes)?;
            advance(labellings);
            Ok(done)
        };
        let mut counted = Counted::default();
        let mut sink: Option<&mut ReplicateSink> = replicates;
        let fold = |chunk: Chunk| {
            counted.add(&chunk);
            sink.as_mut().map_or(Ok(()), |sink| sink(&chunk.values))
        };
        let results = if notes.wants_values { Results::Large } else { Results::Small };
        engine::run(self.threads, 0..self.size.div_ceil(chunk_size), results, stop, compute, fold)?;
        Ok(counted)
    }

    fn count<S: Statistic + ?Sized>(
        &self,
        ranks: std::ops::Range<u64>,
        design: &dyn Design,
        statistic: &S,
        thresholds: &Thresholds<S::Replicate>,
        notes: Notes<S::Replicate>,
    ) -> Result<Chunk, Error> {
        let mut done = Chunk::default();
        for labellings in listed(design, ranks) {
            let mut replicates = vec![S::Replicate::default(); labellings.len()];
            statistic.replicates(self.arch, &labellings, &mut replicates)?;
            done.count(self.arch, statistic, thresholds, &replicates, notes);
        }
        Ok(done)
    }
}
