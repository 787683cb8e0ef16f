//! A run in parts: what lets it be shared out to several machines, or interrupted and taken up again.
//!
//! A run is cut into blocks, each of which can be computed by itself; what they yield adds up to what the run does.

use std::ops::Range;

use super::conclude::{Course, Found, Nature, Shape};
pub use super::partial::Partial;
use super::sums::OfSums;
use super::{NullDistribution, PermutationTest, TestResult};
use crate::error::Error;
use crate::method::exact::sides::Work;
use crate::method::importance;
use crate::method::monte_carlo::{Bounds, MOST_RESAMPLES, MonteCarlo, Watch};
use crate::method::planner::{Further, Method, Plan};
use crate::method::splitting::Climbs;
use crate::statistic::catalogue::Prepared;
use crate::statistic::linear::Linear;
use crate::statistic::{Definition, Problem, Statistic};

/// How a run is cut into blocks, which can be computed one by one and by anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Labellings that are drawn in the whole run: resamples, draws for each tail, or the particles of all replicates.
    pub resamples: u64,
    /// Of these, how many are drawn in each block but the last.
    pub block_size: u64,
    /// Number of blocks.
    pub blocks: u64,
}

impl Cut {
    /// The blocks of a planned run: chunks of resamples or, where [`Statistic::is_dear`], single ones; chunks of draws; or the
    /// replicates of splitting.
    ///
    /// # Errors
    /// [`Error::Usage`] for a method that has none.
    pub fn of(problem: &Problem, plan: &Plan, is_dear: bool) -> Result<Self, Error> {
        let design = problem.design();
        let (resamples, block_size) = match plan.method {
            Method::MonteCarlo { resamples: resamples @ 1..=MOST_RESAMPLES } => match plan.further {
                Further::Taken { .. } => {
                    return Err(refusal(&plan.method, "may go on to splitting", "say how many with -n"));
                }
                _ => (resamples, if is_dear { 1 } else { design.chunk_size() as u64 }),
            },
            Method::Importance { draws } => (draws, importance::block_size(design.units().len())),
            Method::Splitting { replicates, particles } => (replicates * particles as u64, particles as u64),
            Method::Sequential { .. } => {
                let why = "where it stops depends on all that was drawn before";
                return Err(refusal(&plan.method, why, "ask for plain Monte Carlo with -n"));
            }
            method => {
                return Err(refusal(&method, "the p-value is computed at once", "ask for plain Monte Carlo with -n"));
            }
        };
        Ok(Self { resamples, block_size, blocks: resamples.div_ceil(block_size) })
    }

    /// The blocks of share K of M, counted from 1: consecutive ones, as many as the others have, or one more.
    #[must_use]
    pub fn share(&self, share: u64, of: u64) -> Range<u64> {
        let end = |share: u64| (u128::from(self.blocks) * u128::from(share) / u128::from(of)) as u64;
        end(share - 1)..end(share)
    }

    /// How many labellings these blocks draw.
    #[must_use]
    pub fn resamples_in(&self, blocks: &Range<u64>) -> u64 {
        let drawn = |block: u64| (block * self.block_size).min(self.resamples);
        drawn(blocks.end) - drawn(blocks.start)
    }

    /// Blocks that a longer run has as well: the last one may not be full.
    #[must_use]
    pub fn full_blocks(&self) -> u64 {
        self.resamples / self.block_size
    }
}

fn refusal(method: &Method, why: &str, remedy: &str) -> Error {
    Error::usage(format!("a run by {} cannot be shared out or taken up again: {why}", method.name()), remedy)
}

/// Takes what the next blocks have yielded, and the number of the block that follows them.
pub type Take<'a> = dyn FnMut(u64, Partial) -> Result<(), Error> + Send + 'a;

impl PermutationTest<'_> {
    /// Computes some blocks of a planned run, with [`NullDistribution::Binned`] resamples in bins, too.
    ///
    /// # Errors
    /// As [`PermutationTest::prepared_watched`], those of [`Cut::of`], and what `take` fails with.
    #[allow(clippy::too_many_arguments)] // a test, its plan, a part of it, and who watches
    pub fn run_blocks(
        &self,
        problem: &Problem,
        definition: &Definition,
        prepared: &Prepared,
        plan: &Plan,
        blocks: Range<u64>,
        watch: Watch,
        take: &mut Take,
    ) -> Result<(), Error> {
        let part = Part { test: self, problem, nature: Nature::of(definition, prepared, problem)?, plan };
        match prepared {
            Prepared::Linear(statistic) => part.run_linear(statistic, blocks, watch, take),
            Prepared::Formula(statistic) => part.run(statistic, blocks, watch, take),
            Prepared::Distance(statistic) => part.run(statistic, blocks, watch, take),
            Prepared::Stratified(statistic) => part.run(statistic, blocks, watch, take),
            Prepared::Values(statistic) => part.run(statistic, blocks, watch, take),
        }
    }

    /// The same for a statistic of one's own.
    ///
    /// # Errors
    /// As [`PermutationTest::run_blocks`].
    pub fn run_blocks_custom<S: Statistic>(
        &self,
        problem: &Problem,
        statistic: &S,
        plan: &Plan,
        blocks: Range<u64>,
        watch: Watch,
        take: &mut Take,
    ) -> Result<(), Error> {
        Part { test: self, problem, nature: Nature::CUSTOM, plan }.run(statistic, blocks, watch, take)
    }

    /// The result of a planned run from what its blocks have yielded. A method that counts nothing draws a sample of its own
    /// for the shape of the null distribution, if that is wanted.
    ///
    /// # Errors
    /// As [`PermutationTest::prepared_watched`].
    pub fn conclude_blocks(
        &self,
        problem: &Problem,
        definition: &Definition,
        prepared: &Prepared,
        plan: &Plan,
        sum: &Partial,
        watch: &Watch,
    ) -> Result<TestResult, Error> {
        let part = Part { test: self, problem, nature: Nature::of(definition, prepared, problem)?, plan };
        match prepared {
            Prepared::Linear(statistic) => part.conclude_linear(statistic, sum, watch),
            Prepared::Formula(statistic) => part.conclude_any(statistic, sum, watch),
            Prepared::Distance(statistic) => part.conclude_any(statistic, sum, watch),
            Prepared::Stratified(statistic) => part.conclude_any(statistic, sum, watch),
            Prepared::Values(statistic) => part.conclude_any(statistic, sum, watch),
        }
    }

    /// The same for a statistic of one's own.
    ///
    /// # Errors
    /// As [`PermutationTest::conclude_blocks`].
    pub fn conclude_blocks_custom<S: Statistic>(
        &self,
        problem: &Problem,
        statistic: &S,
        plan: &Plan,
        sum: &Partial,
        watch: &Watch,
    ) -> Result<TestResult, Error> {
        Part { test: self, problem, nature: Nature::CUSTOM, plan }.conclude_any(statistic, sum, watch)
    }

    /// The statistic of the data.
    ///
    /// # Errors
    /// Whatever the statistic fails with.
    pub fn observed_value(&self, problem: &Problem, prepared: &Prepared) -> Result<f64, Error> {
        match prepared {
            Prepared::Linear(statistic) => self.observed_value_custom(problem, statistic),
            Prepared::Formula(statistic) => self.observed_value_custom(problem, statistic),
            Prepared::Distance(statistic) => self.observed_value_custom(problem, statistic),
            Prepared::Stratified(statistic) => self.observed_value_custom(problem, statistic),
            Prepared::Values(statistic) => self.observed_value_custom(problem, statistic),
        }
    }

    /// The same for a statistic of one's own.
    ///
    /// # Errors
    /// Whatever the statistic fails with.
    pub fn observed_value_custom<S: Statistic>(&self, problem: &Problem, statistic: &S) -> Result<f64, Error> {
        Ok(statistic.value(self.observed(problem, statistic)?))
    }
}

/// A run that is computed by parts.
struct Part<'a> {
    test: &'a PermutationTest<'a>,
    problem: &'a Problem,
    nature: Nature,
    plan: &'a Plan,
}

impl Part<'_> {
    fn run<S: Statistic>(&self, statistic: &S, blocks: Range<u64>, watch: Watch, take: &mut Take) -> Result<(), Error> {
        let Self { test, problem, nature, plan } = *self;
        let cut = Cut::of(problem, plan, statistic.is_dear())?;
        if blocks.is_empty() {
            return Ok(());
        }
        let observed = test.observed(problem, statistic)?;
        let course = test.course(problem, statistic, observed, nature, plan)?;
        if let Method::Splitting { .. } = plan.method {
            let take = |next, climbs: &Climbs| take(next, Partial::Climbed(climbs.clone()));
            let tail = test.split_tail(&course, statistic, observed, None, &watch)?;
            return test.climb(&course, statistic, observed, plan.method, tail, blocks, None, &watch, take).map(drop);
        }
        let bins = test.bins(&course, statistic, observed)?;
        let draws = MonteCarlo { resamples: cut.resamples, seed: test.seed, threads: test.threads, arch: test.arch };
        (watch.begin)(cut.resamples_in(&blocks), "resamples");
        let bounds = Bounds { extremes: &statistic.extremes(observed), bins: bins.as_ref() };
        let take = |next, counted| take(next, Partial::Counted(counted));
        draws.run_blocks(problem.design(), statistic, bounds, blocks, watch, take)
    }

    fn run_linear(&self, statistic: &Linear, blocks: Range<u64>, watch: Watch, take: &mut Take) -> Result<(), Error> {
        let Method::Importance { draws } = self.plan.method else { return self.run(statistic, blocks, watch, take) };
        let sums = self.sums(statistic)?;
        sums.weigh(&sums.aimed()?, draws, blocks, self.work(&watch), take)
    }

    fn conclude_any<S: Statistic>(&self, statistic: &S, sum: &Partial, watch: &Watch) -> Result<TestResult, Error> {
        let Self { test, problem, nature, plan } = *self;
        let observed = test.observed(problem, statistic)?;
        let course = test.course(problem, statistic, observed, nature, plan)?;
        self.conclude(&course, statistic, observed, sum, watch)
    }

    fn conclude_linear(&self, statistic: &Linear, sum: &Partial, watch: &Watch) -> Result<TestResult, Error> {
        let Self { test, problem, nature, plan } = *self;
        let observed = test.observed(problem, statistic)?;
        let course = test.linear_course(problem, statistic, observed, nature, plan)?;
        let Partial::Weighed { .. } = sum else { return self.conclude(&course, statistic, observed, sum, watch) };
        let sums = self.sums(statistic)?;
        let found = sums.aimed()?.found(sum);
        let is_binned = test.null_distribution == NullDistribution::Binned;
        let sketch = |share| sums.sketch(&sums.bins(test.arch)?, share, self.work(watch));
        let histogram = found.share().filter(|_| is_binned).map(sketch).transpose()?;
        test.conclude(&course, found.method(plan.method), found, Shape { histogram, values: Vec::new() })
    }

    /// The methods that know nothing of a statistic.
    fn conclude<S: Statistic>(
        &self,
        course: &Course,
        statistic: &S,
        observed: S::Replicate,
        sum: &Partial,
        watch: &Watch,
    ) -> Result<TestResult, Error> {
        let (test, method) = (self.test, self.plan.method);
        let bins = test.bins(course, statistic, observed)?;
        let (found, histogram) = match sum {
            Partial::Counted(counted) => {
                let histogram = bins.map(|bins| bins.histogram(counted, |replicate| statistic.value(replicate)));
                (Found::Counted(counted.tally), histogram)
            }
            Partial::Climbed(climbs) => {
                let tail = test.split_tail(course, statistic, observed, None, watch)?;
                let found = test.climbed(course, method, tail, climbs)?;
                (found, test.sample(course, statistic, observed, bins.as_ref(), watch)?)
            }
            Partial::Weighed { .. } => {
                return Err(refusal(&method, "the statistic is no sum", "merge parts of one run"));
            }
        };
        test.conclude(course, method, found, Shape { histogram, values: Vec::new() })
    }

    fn sums<'s>(&'s self, statistic: &'s Linear) -> Result<OfSums<'s>, Error> {
        let Self { test, problem, nature, .. } = *self;
        let observed = test.observed(problem, statistic)?;
        let tail = test.alternative.tail(test.two_sided.unwrap_or(nature.rule));
        let (memory, seed) = (test.memory, test.seed);
        Ok(OfSums { design: problem.design(), statistic, observed, tail, memory, seed })
    }

    fn work<'w>(&self, watch: &Watch<'w>) -> Work<'w> {
        let Watch { stop, begin, advance, .. } = *watch;
        Work { threads: self.test.threads, arch: self.test.arch, stop, begin, advance }
    }
}
