//! Exact by enumeration: every labelling once, for any statistic, where there are few units.

use super::engine::{self, Results};
use super::monte_carlo::{ReplicateSink, Watch};
use super::tally::Tally;
use crate::error::Error;
use crate::sampling::labellings::{BitRows, Labellings};
use crate::sampling::subset::unrank::{self, Unrank};
use crate::simd::Arch;
use crate::statistic::Statistic;

/// The most units whose labellings are enumerated: at most 10,400,600 of them, a tenth of a second.
pub const MOST_UNITS: usize = unrank::MOST_UNITS;

/// Labellings in a chunk and in a batch.
const CHUNK: u64 = 1 << 16;
const BATCH: usize = 1024;

/// All labellings of m of N units, in the order of their ranks.
#[derive(Debug, Clone)]
pub struct Enumeration {
    units: usize,
    tables: Unrank,
    threads: Option<usize>,
    arch: Arch,
}

impl Enumeration {
    /// Prepares to enumerate the `m`-subsets of `units`, on so many threads (`None`: all cores).
    ///
    /// # Panics
    /// When `units` exceeds [`MOST_UNITS`] or not `0 < m < units`.
    #[must_use]
    pub fn new(units: usize, m: usize, threads: Option<usize>, arch: Arch) -> Self {
        Self { units, tables: Unrank::new(units, m), threads, arch }
    }

    /// Number of labellings, C(N, m).
    #[must_use]
    pub fn size(&self) -> u64 {
        self.tables.size()
    }

    /// Counts how many of all labellings are at least as extreme as the observed one, which is one of them.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when the watch says stop, and whatever its `replicates` fails with.
    pub fn run<S: Statistic>(&self, statistic: &S, watch: Watch) -> Result<Tally, Error> {
        let Watch { stop, advance, replicates } = watch;
        let wants_values = replicates.is_some();
        let compute = |chunk: u64| {
            let ranks = chunk * CHUNK..self.size().min((chunk + 1) * CHUNK);
            advance(ranks.end - ranks.start);
            self.count(ranks, statistic, wants_values)
        };
        let mut tally = Tally::default();
        let mut sink: Option<&mut ReplicateSink> = replicates;
        let fold = |(part, values): (Tally, Vec<f64>)| {
            tally += part;
            sink.as_mut().map_or(Ok(()), |sink| sink(&values))
        };
        let results = if wants_values { Results::Large } else { Results::Small };
        engine::run(self.threads, 0..self.size().div_ceil(CHUNK), results, stop, compute, fold)?;
        Ok(tally)
    }

    fn count<S: Statistic>(&self, ranks: std::ops::Range<u64>, statistic: &S, wants_values: bool) -> (Tally, Vec<f64>) {
        let extremes = statistic.extremes();
        let (mut tally, mut values) = (Tally::default(), Vec::new());
        for start in ranks.clone().step_by(BATCH) {
            let words: Vec<u64> =
                (start..ranks.end.min(start + BATCH as u64)).map(|rank| self.tables.subset(rank)).collect();
            let mut replicates = vec![S::Replicate::default(); words.len()];
            statistic.replicates(self.arch, &Labellings::Dense(BitRows { units: self.units, words }), &mut replicates);
            tally += Tally::of(self.arch, &replicates, &extremes);
            if wants_values {
                values.extend(replicates.iter().map(|&replicate| statistic.value(replicate)));
            }
        }
        (tally, values)
    }
}
