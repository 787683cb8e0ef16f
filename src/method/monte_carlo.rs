//! Plain Monte Carlo: n labellings drawn uniformly and independently, and counted.

use std::ops::{AddAssign, ControlFlow, Range};
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use super::bins::{BinCounts, Bins};
use super::engine::{self, Results};
use super::expensive;
use super::tally::Tally;
use crate::design::{Design, RandomBatches};
use crate::error::Error;
use crate::sampling::stream::{Domain, Stream};
use crate::simd::Arch;
use crate::statistic::{EvaluationCost, Statistic, Thresholds};

/// The most resamples of a run.
pub const MOST_RESAMPLES: u64 = 1_000_000_000_000;

/// How many resamples are drawn, from which streams, on what.
#[derive(Debug, Clone, Copy)]
pub struct MonteCarlo {
    /// Number of resamples, from 1 to [`MOST_RESAMPLES`].
    pub resamples: u64,
    /// The master seed.
    pub seed: u64,
    /// Worker threads; `None`: all cores.
    pub threads: Option<usize>,
    /// Instruction set of the kernels.
    pub arch: Arch,
}

/// Takes the statistics of resamples, in order.
pub type ReplicateSink<'a> = dyn FnMut(&[f64]) -> Result<(), Error> + Send + 'a;

/// What follows a run: its progress, the statistics of its resamples, and a way to stop it.
pub struct Watch<'a> {
    /// Set from outside to end the run with [`Error::Interrupted`].
    pub stop: &'a AtomicBool,
    /// Told how much is to be done, and of what, when a stage of the run begins.
    pub begin: &'a (dyn Fn(u64, &'static str) + Sync),
    /// Called from any thread with how much of it was just done.
    pub advance: &'a (dyn Fn(u64) + Sync),
    /// Given the statistics of all resamples, chunk after chunk in order, if they are wanted.
    pub replicates: Option<&'a mut ReplicateSink<'a>>,
}

impl Default for Watch<'_> {
    /// A run that is not followed.
    fn default() -> Self {
        static NEVER: AtomicBool = AtomicBool::new(false);
        Self { stop: &NEVER, begin: &|_, _| (), advance: &|_| (), replicates: None }
    }
}

/// What one chunk yields.
#[derive(Debug, Default)]
pub struct Chunk {
    /// How many of its replicates lie in the tails.
    pub tally: Tally,
    /// How many of its replicates each bin holds, if that is wanted.
    pub bins: BinCounts,
    /// The statistics of its labellings, empty if they are not wanted.
    pub values: Vec<f64>,
}

/// What is noted of each labelling beside the tails it lies in.
#[derive(Debug, Clone, Copy)]
pub struct Notes<'a, T> {
    /// The bin of its statistic.
    pub bins: Option<&'a Bins<T>>,
    /// Its statistic.
    pub wants_values: bool,
}

/// What labellings are counted by.
#[derive(Debug, Clone, Copy)]
pub struct Bounds<'a, T> {
    /// The tails.
    pub thresholds: &'a Thresholds<T>,
    /// The bins, if there are any.
    pub bins: Option<&'a Bins<T>>,
}

/// Some blocks of a run; see [`MonteCarlo::block_size`].
pub(super) struct Stretch<'a> {
    pub blocks: Range<u64>,
    /// How large what is noted of a chunk is.
    pub results: Results,
    pub stop: &'a AtomicBool,
    pub advance: &'a (dyn Fn(u64) + Sync),
}

/// What was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The tails.
    #[serde(flatten)]
    pub tally: Tally,
    /// The bins, if there are any.
    pub bins: BinCounts,
}

impl AddAssign<&Self> for Counted {
    fn add_assign(&mut self, other: &Self) {
        self.tally += other.tally;
        self.bins += &other.bins;
    }
}

impl Counted {
    /// Adds a chunk.
    pub(super) fn add(&mut self, chunk: &Chunk) {
        self.tally += chunk.tally;
        self.bins += &chunk.bins;
    }
}

impl Chunk {
    /// Counts the replicates of a batch of labellings, and notes what is wanted of each.
    pub fn count<S: Statistic + ?Sized>(
        &mut self,
        arch: Arch,
        statistic: &S,
        thresholds: &Thresholds<S::Replicate>,
        replicates: &[S::Replicate],
        notes: Notes<S::Replicate>,
    ) {
        self.tally += Tally::of(arch, replicates, thresholds);
        if let Some(bins) = notes.bins {
            self.bins.count(arch, bins, replicates);
        }
        if notes.wants_values {
            statistic.append_values(replicates, &mut self.values);
        }
    }
}

impl MonteCarlo {
    /// Draws the resamples and counts how many are at least as extreme as the observed statistic.
    ///
    /// The counts depend on the data, the seed and the number of resamples alone, and the first resamples of a longer
    /// run are those of a shorter one. Memory does not grow with their number.
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
    /// As [`MonteCarlo::run`].
    pub fn run_binned<S: Statistic + ?Sized>(
        &self,
        design: &dyn Design,
        statistic: &S,
        thresholds: &Thresholds<S::Replicate>,
        bins: Option<&Bins<S::Replicate>>,
        watch: Watch,
    ) -> Result<Counted, Error> {
        let blocks = 0..self.resamples.div_ceil(Self::block_size(design, statistic));
        let mut counted = Counted::default();
        let add = |_, more: Counted| {
            counted += &more;
            Ok(())
        };
        self.run_blocks(design, statistic, Bounds { thresholds, bins }, blocks, watch, add)?;
        Ok(counted)
    }

    /// The blocks that a run is computed in, each of which can be computed by itself: chunks, the last of which may not be
    /// full, or single labellings where these are expensive.
    #[must_use]
    pub fn block_size<S: Statistic + ?Sized>(design: &dyn Design, statistic: &S) -> u64 {
        if statistic.cost() == EvaluationCost::Expensive { 1 } else { design.chunk_size() as u64 }
    }

    /// The part of a run that lies in these blocks: counts of parts add up to those of the whole, whoever computes them.
    /// `take` is given the counts of some blocks at a time, in order, and the number of the block that follows them.
    ///
    /// # Errors
    /// As [`MonteCarlo::run`], and what `take` fails with.
    pub fn run_blocks<S: Statistic + ?Sized>(
        &self,
        design: &dyn Design,
        statistic: &S,
        bounds: Bounds<S::Replicate>,
        blocks: Range<u64>,
        watch: Watch,
        mut take: impl FnMut(u64, Counted) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let Bounds { thresholds, bins } = bounds;
        let Watch { stop, advance, mut replicates, .. } = watch;
        let notes = Notes { bins, wants_values: replicates.is_some() };
        let results = if notes.wants_values { Results::Large } else { Results::Small };
        let note = |done: &mut Chunk, replicates: &[S::Replicate]| {
            done.count(self.arch, statistic, thresholds, replicates, notes);
        };
        let fold = |next, Chunk { tally, bins, values }: Chunk| {
            take(next, Counted { tally, bins })?;
            replicates.as_mut().map_or(Ok(()), |replicates| replicates(&values)).map(ControlFlow::Continue)
        };
        self.each_block(design, statistic, &Stretch { blocks, results, stop, advance }, note, fold)
    }

    /// Notes something of the replicates of each block, and folds it in order, until `fold` has seen enough; it gets the
    /// number of the block that follows.
    pub(super) fn each_block<S: Statistic + ?Sized, T: Default + Send>(
        &self,
        design: &dyn Design,
        statistic: &S,
        stretch: &Stretch,
        note: impl Fn(&mut T, &[S::Replicate]) + Sync,
        mut fold: impl FnMut(u64, T) -> Result<ControlFlow<()>, Error> + Send,
    ) -> Result<(), Error> {
        let Stretch { ref blocks, results, stop, advance } = *stretch;
        if blocks.is_empty() {
            return Ok(());
        }
        if statistic.cost() == EvaluationCost::Expensive {
            return expensive::run(self, design, statistic, stretch, note, fold);
        }
        let chunk_size = design.chunk_size() as u64;
        let compute = |chunk: u64| {
            let resamples = chunk_size.min(self.resamples - chunk * chunk_size);
            let mut noted = T::default();
            self.replicates(design, statistic, self.stream(chunk), resamples, |more| note(&mut noted, more))?;
            advance(resamples);
            Ok(noted)
        };
        let mut next = blocks.start;
        let fold = |noted: T| {
            next += 1;
            fold(next, noted)
        };
        engine::run_until(self.threads, blocks.clone(), results, stop, compute, fold)
    }

    /// The stream of a chunk.
    pub(super) fn stream(&self, chunk: u64) -> Stream {
        Stream::new(self.seed, Domain::Resamples, chunk)
    }

    /// The replicates of the first resamples of a stream, batch by batch.
    pub(crate) fn replicates<S: Statistic + ?Sized>(
        &self,
        design: &dyn Design,
        statistic: &S,
        stream: Stream,
        resamples: u64,
        mut take: impl FnMut(&[S::Replicate]),
    ) -> Result<(), Error> {
        let mut batches = RandomBatches::new(design, self.arch, stream);
        let mut replicates = vec![S::Replicate::default(); batches.size()];
        let mut left = resamples;
        while left > 0 {
            let batch = batches.next(left);
            let replicates = &mut replicates[..batch.len()];
            statistic.replicates(self.arch, batch, replicates)?;
            take(replicates);
            left -= replicates.len() as u64;
        }
        Ok(())
    }
}
