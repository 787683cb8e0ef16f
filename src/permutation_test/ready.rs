//! A test that is ready to run: a problem, a statistic and a plan. Every run goes this way, whole or in parts: some or all of
//! its blocks are computed, what they yield adds up, and the sum is concluded into a result.

use std::ops::Range;

use super::blocks::Cut;
use super::conclude::Nature;
use super::course::{Course, Run};
use super::joint::CommonScale;
use super::{NullDistribution, Partial, PermutationTest, TestResult};
use crate::error::Error;
use crate::method::joint::ScoredColumn;
use crate::method::monte_carlo::{ReplicateSink, Watch};
use crate::method::planner::{CostModel, Labellings, Method, Plan};
use crate::method::tail::Tail;
use crate::statistic::{AssociationStatistic, Definition, EvaluationCost, Evaluator, Prepared, Problem};

/// A test that is ready to run.
pub struct Ready<'a> {
    /// The method, and why this one. Whoever knows better puts another one in its place.
    pub plan: Plan,
    test: &'a PermutationTest,
    problem: &'a Problem,
    cost: EvaluationCost,
    definition: Option<Definition>,
    association: Option<AssociationStatistic>,
    run: Box<dyn Run + 'a>,
}

/// Takes what the next blocks have yielded, and the number of the block that follows them.
pub type Take<'a> = dyn FnMut(u64, Partial) -> Result<(), Error> + Send + 'a;

impl<'a> Ready<'a> {
    pub(super) fn new(
        test: &'a PermutationTest,
        problem: &'a Problem,
        prepared: Prepared<'a>,
        plan: Plan,
    ) -> Result<Self, Error> {
        let nature = Nature::of(problem, &prepared)?;
        let (cost, run): (_, Box<dyn Run>) = match prepared.evaluator {
            Evaluator::Integers(statistic) => {
                (statistic.cost(), Box::new(Course::new(test, problem, statistic, nature)))
            }
            Evaluator::Floats(statistic) => (statistic.cost(), Box::new(Course::new(test, problem, statistic, nature))),
        };
        let (definition, association) = (prepared.definition, prepared.association);
        Ok(Self { plan, test, problem, cost, definition, association, run })
    }

    /// The same by the method that suits it.
    pub(super) fn planned(self, labellings: Labellings) -> Result<Self, Error> {
        Ok(Self { plan: self.run.plan(labellings)?, ..self })
    }

    pub(super) fn definition(&self) -> Option<&Definition> {
        self.definition.as_ref()
    }

    /// The part of the null distribution that is measured.
    pub(super) fn tail(&self) -> Tail {
        self.run.tail()
    }

    /// Whether all values are the same, so that no statistic depends on the labels.
    pub(super) fn is_constant(&self) -> bool {
        self.run.is_constant()
    }

    /// The standard deviation of a sum over all labellings, in what it is counted by.
    pub(super) fn deviation(&self) -> Option<f64> {
        self.run.deviation()
    }

    /// Nominal seconds for a random labelling.
    pub(super) fn seconds_per_labelling(&self) -> f64 {
        let (design, tail) = (self.problem.design(), self.tail());
        CostModel { design, cost: self.cost, tail, linear: None, log10_p: None }.labelling()
    }

    /// The test as a column of a family.
    pub(super) fn column(
        &self,
        scale: CommonScale,
        shape: NullDistribution,
        wants_values: bool,
    ) -> Result<Box<dyn ScoredColumn + '_>, Error> {
        self.run.column(scale, shape, wants_values)
    }

    /// Computes the test under the eyes of a [`Watch`], which may stream the statistics of the relabellings elsewhere.
    ///
    /// # Errors
    /// [`Error::Data`] for relabellings on which the statistic is not defined, unless [`PermutationTest::undefined`] allows
    /// for them; [`Error::Interrupted`] when the watch says stop; and what the statistic or the watch fails with.
    pub fn run(&self, watch: Watch) -> Result<TestResult, Error> {
        let Watch { stop, begin, advance, .. } = watch;
        let result = self.run_without_effect(watch)?;
        self.with_effect(result, &Watch { stop, begin, advance, replicates: None })
    }

    /// The same without the effect beside the p-value.
    pub(super) fn run_without_effect(&self, watch: Watch) -> Result<TestResult, Error> {
        let is_kept = self.test.null_distribution == NullDistribution::Kept;
        if is_kept {
            self.check_room_for_values()?;
        }
        let mut values = Vec::new();
        let Watch { stop, begin, advance, replicates: mut elsewhere } = watch;
        let is_wanted = is_kept || elsewhere.is_some();
        let mut keep = |more: &[f64]| {
            if is_kept {
                values.extend_from_slice(more);
            }
            elsewhere.as_mut().map_or(Ok(()), |elsewhere| elsewhere(more))
        };
        let replicates: Option<&mut ReplicateSink> = if is_wanted { Some(&mut keep) } else { None };
        let watch = Watch { stop, begin, advance, replicates };
        let mut sum = Partial::nothing(&self.plan.method);
        let blocks = 0..Cut::whole(self.problem, &self.plan, self.cost)?.blocks;
        self.run.blocks(&self.plan, blocks, self.test.null_distribution, watch, &mut |_, more| {
            sum.append(&more);
            Ok(())
        })?;
        let result = self.run.conclude(&self.plan, &sum, &Watch { stop, begin, advance, replicates: None })?;
        Ok(TestResult { null_distribution: values, ..result })
    }

    /// How the run is cut into blocks that can be shared out.
    ///
    /// # Errors
    /// [`Error::Usage`] for a method that has none.
    pub fn cut(&self) -> Result<Cut, Error> {
        Cut::of(self.problem, &self.plan, self.cost)
    }

    /// Computes some blocks of the run, with [`NullDistribution::Binned`] resamples in bins, too.
    ///
    /// # Errors
    /// As [`Ready::run`] and [`Ready::cut`], and what `take` fails with.
    pub fn run_blocks(
        &self,
        blocks: Range<u64>,
        shape: NullDistribution,
        watch: Watch,
        take: &mut Take,
    ) -> Result<(), Error> {
        self.cut()?;
        if blocks.is_empty() { Ok(()) } else { self.run.blocks(&self.plan, blocks, shape, watch, take) }
    }

    /// The result, from what the blocks have yielded. A method that counts nothing draws a sample of its own for the shape of
    /// the null distribution, if that is wanted.
    ///
    /// # Errors
    /// As [`Ready::run`].
    pub fn conclude(&self, sum: &Partial, watch: &Watch) -> Result<TestResult, Error> {
        self.with_effect(self.run.conclude(&self.plan, sum, watch)?, watch)
    }

    fn with_effect(&self, result: TestResult, watch: &Watch) -> Result<TestResult, Error> {
        let effect = match (&self.definition, self.association) {
            (Some(definition), _) => self.test.effect(self.problem, definition, &result, watch)?,
            (None, Some(statistic)) => self.test.association_effect(self.problem, statistic, result.estimate)?,
            (None, None) => return Ok(result),
        };
        Ok(TestResult { effect: Some(effect), ..result })
    }

    /// The statistic of the data.
    ///
    /// # Errors
    /// Whatever the statistic fails with, and [`Error::Data`] where it is no finite number.
    pub fn observed(&self) -> Result<f64, Error> {
        self.run.observed()
    }

    /// The statistics of all labellings take 8 bytes each, where they are kept.
    fn check_room_for_values(&self) -> Result<(), Error> {
        let labellings = match self.plan.method {
            Method::MonteCarlo { resamples } => u128::from(resamples),
            _ => self.problem.design().reference_set_size().exact.unwrap_or(u128::MAX),
        };
        // A growing list is copied to one that is up to twice as long.
        if 24 * labellings <= u128::from(self.test.memory) {
            return Ok(());
        }
        let what = format!("the statistics of {labellings} labellings do not fit the memory that may be used");
        Err(Error::data(what, "keep fewer of them, give them to a watch as they come, or allow for more memory"))
    }
}
