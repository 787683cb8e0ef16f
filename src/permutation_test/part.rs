//! A part of a plain Monte Carlo run, and a result from counts that parts have added up to: what lets a run be shared out to
//! several machines, or interrupted and taken up again.

use std::ops::Range;

use super::conclude::{Course, Found, Nature, Shape};
use super::{PermutationTest, TestResult};
use crate::error::Error;
use crate::method::monte_carlo::{Bounds, Counted, MOST_RESAMPLES, MonteCarlo, Watch};
use crate::method::planner::{Method, Plan};
use crate::statistic::catalogue::Prepared;
use crate::statistic::linear::Linear;
use crate::statistic::{Definition, Problem, Statistic};

/// The chunks that a Monte Carlo run is drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunks {
    /// Resamples of the run.
    pub resamples: u64,
    /// Resamples in each chunk but the last.
    pub size: u64,
    /// Their number.
    pub count: u64,
}

impl Chunks {
    /// The chunks of a planned run; of a statistic that is dear each labelling is one.
    ///
    /// # Errors
    /// [`Error::Usage`] for another method than plain Monte Carlo, whose resamples alone are independent of each other.
    pub fn of(problem: &Problem, plan: &Plan, is_dear: bool) -> Result<Self, Error> {
        let Method::MonteCarlo { resamples: resamples @ 1..=MOST_RESAMPLES } = plan.method else {
            let why = match plan.method {
                Method::Sequential { .. } => "where it stops depends on all that was drawn before",
                method if method.is_exact() => "the p-value is computed at once",
                _ => "it takes seconds on one machine",
            };
            let what = format!("a run by {} cannot be shared out or taken up again: {why}", plan.method.name());
            return Err(Error::usage(what, "ask for plain Monte Carlo with -n"));
        };
        let size = if is_dear { 1 } else { problem.design().chunk_size() as u64 };
        Ok(Self { resamples, size, count: resamples.div_ceil(size) })
    }

    /// The chunks of share K of M, counted from 1: consecutive ones, as many as the others have, or one more.
    #[must_use]
    pub fn share(&self, share: u64, of: u64) -> Range<u64> {
        let end = |share: u64| (u128::from(self.count) * u128::from(share) / u128::from(of)) as u64;
        end(share - 1)..end(share)
    }

    /// How many resamples these chunks hold.
    #[must_use]
    pub fn resamples_in(&self, chunks: &Range<u64>) -> u64 {
        let drawn = |chunk: u64| (chunk * self.size).min(self.resamples);
        drawn(chunks.end) - drawn(chunks.start)
    }
}

impl PermutationTest<'_> {
    /// Counts the resamples of some chunks of a planned Monte Carlo run, with [`NullDistribution::Binned`](super::NullDistribution) in bins, too.
    ///
    /// # Errors
    /// As [`PermutationTest::prepared_watched`], and for plans of other methods.
    pub fn count_chunks(
        &self,
        problem: &Problem,
        definition: &Definition,
        prepared: &Prepared,
        plan: &Plan,
        chunks: Range<u64>,
        watch: Watch,
    ) -> Result<Counted, Error> {
        let nature = Nature::of(definition, prepared, problem.design());
        match prepared {
            Prepared::Linear(statistic) => self.part(problem, statistic, nature, plan, chunks, watch),
            Prepared::Formula(statistic) => self.part(problem, statistic, nature, plan, chunks, watch),
            Prepared::Distance(statistic) => self.part(problem, statistic, nature, plan, chunks, watch),
            Prepared::Values(statistic) => self.part(problem, statistic, nature, plan, chunks, watch),
        }
    }

    /// The same for a statistic of one's own.
    ///
    /// # Errors
    /// As [`PermutationTest::count_chunks`].
    pub fn count_chunks_custom<S: Statistic>(
        &self,
        problem: &Problem,
        statistic: &S,
        plan: &Plan,
        chunks: Range<u64>,
        watch: Watch,
    ) -> Result<Counted, Error> {
        self.part(problem, statistic, Nature::CUSTOM, plan, chunks, watch)
    }

    /// The result of a planned Monte Carlo run of which everything has been counted.
    ///
    /// # Errors
    /// As [`PermutationTest::prepared_watched`].
    pub fn counted(
        &self,
        problem: &Problem,
        definition: &Definition,
        prepared: &Prepared,
        plan: &Plan,
        counted: &Counted,
    ) -> Result<TestResult, Error> {
        let nature = Nature::of(definition, prepared, problem.design());
        match prepared {
            Prepared::Linear(statistic) => self.linear_counted(problem, statistic, nature, plan, counted),
            Prepared::Formula(statistic) => self.any_counted(problem, statistic, nature, plan, counted),
            Prepared::Distance(statistic) => self.any_counted(problem, statistic, nature, plan, counted),
            Prepared::Values(statistic) => self.any_counted(problem, statistic, nature, plan, counted),
        }
    }

    /// The same for a statistic of one's own.
    ///
    /// # Errors
    /// As [`PermutationTest::counted`].
    pub fn counted_custom<S: Statistic>(
        &self,
        problem: &Problem,
        statistic: &S,
        plan: &Plan,
        counted: &Counted,
    ) -> Result<TestResult, Error> {
        self.any_counted(problem, statistic, Nature::CUSTOM, plan, counted)
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

    fn part<S: Statistic>(
        &self,
        problem: &Problem,
        statistic: &S,
        nature: Nature,
        plan: &Plan,
        chunks: Range<u64>,
        watch: Watch,
    ) -> Result<Counted, Error> {
        let Chunks { resamples, .. } = Chunks::of(problem, plan, statistic.is_dear())?;
        let observed = self.observed(problem, statistic)?;
        let course = self.course(problem, statistic, observed, nature, plan)?;
        let bins = self.bins(&course, statistic, observed)?;
        let draws = MonteCarlo { resamples, seed: self.seed, threads: self.threads, arch: self.arch };
        let (design, extremes) = (problem.design(), statistic.extremes(observed));
        let mut counted = Counted::default();
        let add = |_, more: Counted| {
            counted += &more;
            Ok(())
        };
        let bounds = Bounds { extremes: &extremes, bins: bins.as_ref() };
        draws.run_blocks(design, statistic, bounds, chunks, watch, add)?;
        Ok(counted)
    }

    fn linear_counted(
        &self,
        problem: &Problem,
        statistic: &Linear,
        nature: Nature,
        plan: &Plan,
        counted: &Counted,
    ) -> Result<TestResult, Error> {
        let observed = self.observed(problem, statistic)?;
        let course = self.linear_course(problem, statistic, observed, nature, plan)?;
        self.conclude_counted(&course, statistic, observed, counted)
    }

    fn any_counted<S: Statistic>(
        &self,
        problem: &Problem,
        statistic: &S,
        nature: Nature,
        plan: &Plan,
        counted: &Counted,
    ) -> Result<TestResult, Error> {
        let observed = self.observed(problem, statistic)?;
        let course = self.course(problem, statistic, observed, nature, plan)?;
        self.conclude_counted(&course, statistic, observed, counted)
    }

    fn conclude_counted<S: Statistic>(
        &self,
        course: &Course,
        statistic: &S,
        observed: S::Replicate,
        counted: &Counted,
    ) -> Result<TestResult, Error> {
        let bins = self.bins(course, statistic, observed)?;
        let histogram = bins.map(|bins| bins.histogram(counted, |replicate| statistic.value(replicate)));
        let shape = Shape { histogram, values: Vec::new() };
        self.conclude(course, course.plan.method, Found::Counted(counted.tally), shape)
    }
}
