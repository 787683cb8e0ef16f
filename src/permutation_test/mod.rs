//! The test as a library user sees it: two samples, a design, a statistic, a p-value.

mod canonical;
mod conclude;
pub mod effect;
pub mod false_alarms;
mod histogram;
pub mod part;
mod partial;
mod run;
mod shifts;
mod sums;

use std::sync::Arc;

use crate::design::layout::{Blocks, Conflict, Layout, Pairing};
use crate::design::{Design, ReferenceSetSize};
use crate::error::Error;
use crate::inference::p_value::{Counts, PValue};
use crate::inference::warning::Warning;
use crate::inference::{Alternative, TwoSidedRule};
use crate::method::estimate::Estimate;
use crate::method::foresight::{self, Shape};
use crate::method::histogram::Histogram;
use crate::method::monte_carlo::Watch;
use crate::method::planner::{
    Choice, DEFAULT_MEMORY, Further, LabellingCost, Labellings, Method, Plan, Prospect, Request, plan,
};
use crate::method::sequential::{Decision, Level};
use crate::method::tail::Tail;
pub use crate::method::tally::Undefined;
use crate::simd::Arch;
use crate::statistic::catalogue::{Named, Prepared};
use crate::statistic::distance::Side;
use crate::statistic::pool::NullRatio;
use crate::statistic::values::Values;
use crate::statistic::{Character, Definition, Pool, Problem, Statistic};
use canonical::Canonical;
use conclude::Nature;

/// The largest value whose differences from others are finite, with some room.
const LARGEST: f64 = f64::MAX / 4.0;

/// A permutation test of two samples.
///
/// ```
/// use permtest::{NullDistribution, PermutationTest};
///
/// let case = [94.0, 108.0, 110.0, 90.0];
/// let control = [80.0, 94.0, 85.0, 90.0, 90.0, 90.0, 108.0, 94.0, 78.0, 105.0, 88.0];
/// let test = PermutationTest::new(&case, &control)?.resamples(100_000).seed(1);
///
/// // The difference of means, on the fast path. Of the 1365 labellings 142 are as extreme.
/// let result = test.mean_difference()?;
/// assert!((result.p_value.estimate - 142.0 / 1365.0).abs() < 0.005);
///
/// // Any statistic of the catalogue or an expression; `permtest statistics` lists them.
/// let result = test.test(&"median".parse()?)?;
/// assert_eq!(result.estimate, 101.0 - 90.0);
///
/// // Any statistic of one's own: used for the observed value and for every resample.
/// let range = |x: &[f64]| x.iter().fold(f64::MIN, |a, &b| a.max(b)) - x.iter().fold(f64::MAX, |a, &b| a.min(b));
/// let result = test.statistic(|x, y| range(x) - range(y))?;
/// assert_eq!(result.estimate, 20.0 - 30.0);
///
/// // With the null distribution: the statistic of each resample.
/// let result = test.null_distribution(NullDistribution::Kept).mean_difference()?;
/// assert_eq!(result.null_distribution.len(), 100_000);
/// # Ok::<(), permtest::error::Error>(())
/// ```
#[derive(Clone)]
pub struct PermutationTest<'a> {
    case: &'a [f64],
    control: &'a [f64],
    layout: Layout,
    design: Option<Arc<dyn Design>>,
    alternative: Alternative,
    two_sided: Option<TwoSidedRule>,
    shift: f64,
    ratio: Option<NullRatio>,
    confidence: f64,
    method: Choice,
    level: Level,
    resamples: Option<u64>,
    memory: u64,
    undefined: Undefined,
    seed: u64,
    threads: Option<usize>,
    arch: Arch,
    null_distribution: NullDistribution,
}

/// What becomes of the statistics of the relabellings once they are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NullDistribution {
    /// Dropped: memory does not grow with their number.
    #[default]
    Dropped,
    /// Counted in some hundred bins, for [`TestResult::histogram`].
    Binned,
    /// Kept in order in [`TestResult::null_distribution`], 8 bytes each.
    Kept,
}

/// What a test found.
#[derive(Debug, Clone, PartialEq)]
pub struct TestResult {
    /// The observed statistic.
    pub estimate: f64,
    /// What the statistic is.
    pub character: Character,
    /// The mean of a linear statistic over all labellings, from which the absolute rule measures; `None` where the
    /// centre is 0.
    pub null_centre: Option<f64>,
    /// How the null distribution was got.
    pub method: Method,
    /// What would resolve a p-value that the method sees too little of.
    pub further: Further,
    /// How two tails became one p-value, for a two-sided alternative.
    pub two_sided: TwoSidedRule,
    /// The tail that the p-value is about: under the doubled rule the smaller one, [`Tail::Upper`] or [`Tail::Lower`].
    pub tail: Tail,
    /// The p-value with its interval and its floor.
    pub p_value: PValue,
    /// The smallest p-value that the design can give, whatever the values; ties may let them give no more than a larger one.
    pub coarsest: f64,
    /// The counts it comes from; `None` where labellings were not counted, or are too many for whole numbers.
    pub counts: Option<Counts>,
    /// On which side of the level p lies, if that was what resampling was to decide.
    pub decision: Option<Decision>,
    /// What it was estimated from, if it was neither counted nor exact.
    pub precision: Option<Estimate>,
    /// Labellings for which the statistic was undefined.
    pub undefined: u64,
    /// Labellings that count as ties although their statistic differs in the last digits.
    pub near_ties: u64,
    /// Units that get relabelled: observations, pairs or clusters.
    pub n_units: usize,
    /// Ranges of units within which labels are exchanged: strata, or 1; `None` where coins or something else decides.
    pub n_strata: Option<usize>,
    /// How many labellings are equally likely under the null hypothesis.
    pub reference_set_size: ReferenceSetSize,
    /// What to know before believing the p-value.
    pub warnings: Vec<Warning>,
    /// The shape of the null distribution, if it is [`NullDistribution::Binned`].
    pub histogram: Option<Histogram>,
    /// The statistic of each relabelling, in order, if it is [`NullDistribution::Kept`]; else empty.
    pub null_distribution: Vec<f64>,
}

impl<'a> PermutationTest<'a> {
    /// A two-sided test of two samples by whatever method is best for them, with seed 0 on all cores.
    ///
    /// # Errors
    /// [`Error::Data`] when a sample is empty or holds a value that is not finite.
    pub fn new(case: &'a [f64], control: &'a [f64]) -> Result<Self, Error> {
        for (name, sample) in [("case", case), ("control", control)] {
            if sample.is_empty() {
                return Err(Error::data(format!("the {name} sample is empty"), "give it at least one value"));
            }
            if let Some(place) = sample.iter().position(|value| !value.is_finite()) {
                let what = format!("value {} of the {name} sample is {}", place + 1, sample[place]);
                return Err(Error::data(what, "leave out what is not a finite number"));
            }
        }
        let largest = case.iter().chain(control).fold(0.0f64, |largest, value| largest.max(value.abs()));
        if largest > LARGEST {
            let what = format!("a value of {largest:e} is too large to compute differences with");
            return Err(Error::data(what, "rescale the data"));
        }
        if u32::try_from(case.len() + control.len()).is_err() {
            return Err(Error::data("there are more than 4294967295 values", "test a part of them"));
        }
        Ok(Self {
            case,
            control,
            layout: Layout::default(),
            design: None,
            alternative: Alternative::TwoSided,
            two_sided: None,
            shift: 0.0,
            ratio: None,
            confidence: 0.99,
            method: Choice::Auto,
            level: Level::USUAL,
            resamples: None,
            memory: DEFAULT_MEMORY,
            undefined: Undefined::Error,
            seed: 0,
            threads: None,
            arch: Arch::new(),
            null_distribution: NullDistribution::Dropped,
        })
    }

    /// Sets the alternative hypothesis about case − control.
    #[must_use]
    pub fn alternative(mut self, alternative: Alternative) -> Self {
        self.alternative = alternative;
        self
    }

    /// Sets how two tails become one p-value. Where it is not set the statistic decides: [`TwoSidedRule::Absolute`] for
    /// differences, [`TwoSidedRule::Doubled`] for what has no natural zero, [`TwoSidedRule::UpperTail`] for distances.
    #[must_use]
    pub fn two_sided(mut self, rule: TwoSidedRule) -> Self {
        self.two_sided = Some(rule);
        self
    }

    /// The i-th case and the i-th control value are a pair: labels are swapped within pairs.
    #[must_use]
    pub fn paired(mut self) -> Self {
        self.layout.pairing = Pairing::ByOrder;
        self
    }

    /// Sets the stratum of each observation, those of the case sample first: labels are exchanged within strata only.
    #[must_use]
    pub fn strata(mut self, of_observation: Vec<u32>) -> Self {
        self.layout.strata = Some(Blocks { of_observation, names: Vec::new() });
        self
    }

    /// Sets the cluster of each observation, those of the case sample first: whole clusters are relabelled.
    #[must_use]
    pub fn clusters(mut self, of_observation: Vec<u32>) -> Self {
        self.layout.clusters = Some(Blocks { of_observation, names: Vec::new() });
        self
    }

    /// Sets how observations belong together, with names for messages.
    #[must_use]
    pub fn layout(mut self, layout: Layout) -> Self {
        self.layout = layout;
        self
    }

    /// Sets a design of one's own over the observations, case values first in the order they were given.
    #[must_use]
    pub fn design(mut self, design: Arc<dyn Design>) -> Self {
        self.design = Some(design);
        self
    }

    /// Sets what becomes of labellings for which the statistic is undefined.
    #[must_use]
    pub fn undefined(mut self, undefined: Undefined) -> Self {
        self.undefined = undefined;
        self
    }

    /// Sets the difference case − control under the null hypothesis: it is subtracted from the case sample before
    /// relabelling, whatever the statistic.
    #[must_use]
    pub fn shift(mut self, shift: f64) -> Self {
        self.shift = shift;
        self
    }

    /// Sets the ratio of the samples under the null hypothesis, for a statistic that is one: control values are multiplied
    /// before relabelling.
    #[must_use]
    pub fn ratio(mut self, ratio: NullRatio) -> Self {
        self.ratio = Some(ratio);
        self
    }

    /// Sets the number of resamples, from 1 to 10¹². Where no method is set this asks for plain Monte Carlo.
    #[must_use]
    pub fn resamples(mut self, resamples: u64) -> Self {
        self.resamples = Some(resamples);
        self
    }

    /// Sets how the null distribution is got.
    #[must_use]
    pub fn method(mut self, method: Choice) -> Self {
        self.method = method;
        self
    }

    /// Sets the level with which [`Choice::Sequential`] compares p, and the risk of a wrong decision.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Sets how many bytes a method may use, beyond what the data take.
    #[must_use]
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }

    /// Sets the master seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the number of threads; `None`: all cores. Never changes a result.
    #[must_use]
    pub fn threads(mut self, threads: Option<usize>) -> Self {
        self.threads = threads;
        self
    }

    /// Sets the level of the interval for the p-value, between 0 and 1.
    #[must_use]
    pub fn confidence(mut self, confidence: f64) -> Self {
        self.confidence = confidence;
        self
    }

    /// Sets the instruction set of the kernels. Never changes a result.
    #[must_use]
    pub fn arch(mut self, arch: Arch) -> Self {
        self.arch = arch;
        self
    }

    /// Sets whether the result holds the shape of the null distribution, or the statistic of each relabelling.
    #[must_use]
    pub fn null_distribution(mut self, null_distribution: NullDistribution) -> Self {
        self.null_distribution = null_distribution;
        self
    }

    /// The pooled sample under the design.
    ///
    /// # Errors
    /// [`Error::Data`] where the layout has no design, and for a shift or a confidence level out of range.
    pub fn problem(&self) -> Result<Problem, Error> {
        if !self.shift.is_finite() {
            return Err(Error::data(format!("{} is no shift", self.shift), "name a finite number"));
        }
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            return Err(Error::data(format!("{} is no confidence level", self.confidence), "name one between 0 and 1"));
        }
        for (name, share) in [("level", self.level.alpha), ("risk", self.level.risk)] {
            if !(share > 0.0 && share < 1.0) {
                return Err(Error::data(format!("{share} is no {name}"), "name one between 0 and 1"));
            }
        }
        let largest = self.case.iter().fold(0.0f64, |largest, value| largest.max((value - self.shift).abs()));
        if largest > LARGEST {
            let what = format!("a shift of {:e} leaves values too large to compute differences with", self.shift);
            return Err(Error::data(what, "name a smaller one, or rescale the data"));
        }
        if let Some(design) = &self.design {
            let pool = self.pool(self.case, self.control)?;
            let (all, its) = (pool.len(), design.units().observations());
            if all != its {
                let what = format!("the design is for {its} observations, and there are {all}");
                return Err(Error::data(what, "make it for these"));
            }
            return Ok(Problem::with_design(pool, design.clone()));
        }
        let refuse = |conflict: Conflict| Error::data(conflict.to_string(), conflict.remedy());
        if self.layout == Layout::default() {
            // The pool is sorted, and there is nothing else to sort.
            return Ok(Problem::two_sample(self.pool(self.case, self.control)?));
        }
        let Canonical { case, control, layout } = Canonical::new(self.case, self.control, &self.layout);
        Problem::with_layout(self.pool(&case, &control)?, &layout).map_err(refuse)
    }

    /// The samples pooled under the null hypothesis.
    fn pool(&self, case: &[f64], control: &[f64]) -> Result<Pool, Error> {
        match self.ratio {
            None => Ok(Pool::new(case, control, self.shift)),
            Some(null) if [null.ratio, null.scale].iter().all(|number| *number > 0.0 && number.is_finite()) => {
                Ok(Pool::under_ratio(case, control, null))
            }
            Some(null) => Err(Error::data(format!("{} is no ratio", null.ratio), "name a positive one")),
        }
    }

    /// Tests the difference of means.
    ///
    /// # Errors
    /// [`Error::Data`] for settings out of range.
    pub fn mean_difference(&self) -> Result<TestResult, Error> {
        self.test(&Definition::Named(Named::Mean))
    }

    /// Tests a statistic of the catalogue or an expression.
    ///
    /// # Errors
    /// [`Error::Data`] for settings out of range, for values or a design on which the statistic is not defined, and for
    /// relabellings on which it is not, unless [`PermutationTest::undefined`] allows for them.
    pub fn test(&self, definition: &Definition) -> Result<TestResult, Error> {
        self.test_watched(&self.problem()?, definition, Watch::nobody())
    }

    /// Tests a statistic under the eyes of a [`Watch`], which may stream the null distribution elsewhere, on a problem
    /// made by [`PermutationTest::problem`].
    ///
    /// # Errors
    /// As [`PermutationTest::test`]; and [`Error::Interrupted`], and what the watch fails with.
    pub fn test_watched(&self, problem: &Problem, definition: &Definition, watch: Watch) -> Result<TestResult, Error> {
        let prepared = self.prepare(problem, definition)?;
        let plan = self.plan(problem, definition, &prepared, self.labellings(&watch))?;
        self.prepared_watched(problem, definition, &prepared, &plan, watch)
    }

    /// Prepares a statistic for a problem and this alternative.
    ///
    /// # Errors
    /// [`Error::Usage`] for a direction or a rule that it has not, [`Error::Data`] for values or a design on which it is not
    /// defined.
    pub fn prepare<'p>(&self, problem: &'p Problem, definition: &Definition) -> Result<Prepared<'p>, Error> {
        let prepared = definition.prepare(problem, self.side())?;
        self.check_direction(definition, prepared.character())?;
        let is_absolute = self.alternative == Alternative::TwoSided && self.two_sided == Some(TwoSidedRule::Absolute);
        Ok(if is_absolute && prepared.character() == Character::Ratio { prepared.logarithmic() } else { prepared })
    }

    /// Chooses the method for what [`PermutationTest::prepare`] has prepared.
    ///
    /// # Errors
    /// [`Error::Usage`] where the method that was asked for is out of reach, and what the statistic of the data fails with.
    pub fn plan(
        &self,
        problem: &Problem,
        definition: &Definition,
        prepared: &Prepared,
        labellings: Labellings,
    ) -> Result<Plan, Error> {
        let rule = Nature::of(definition, prepared, problem)?.rule;
        let prospect = match prepared {
            Prepared::Linear(linear) => {
                let known = Some((linear, self.observed(problem, linear)?));
                Prospect { linear: known, ..self.prospect(problem, rule, LabellingCost::Sum) }
            }
            Prepared::Formula(formula) => {
                let cost = LabellingCost::Kernel { passes: formula.passes() };
                self.foresee(problem, formula, Shape::Normal, self.prospect(problem, rule, cost))?
            }
            Prepared::Stratified(statistic) => {
                let cost = LabellingCost::Kernel { passes: 1.2 };
                self.foresee(problem, statistic, Shape::Normal, self.prospect(problem, rule, cost))?
            }
            Prepared::Distance(scan) => {
                let cost = LabellingCost::Kernel { passes: 3.0 };
                self.foresee(problem, scan, Shape::of_distance(scan.distance()), self.prospect(problem, rule, cost))?
            }
            Prepared::Values(function) => {
                let prospect = self.prospect(problem, rule, LabellingCost::Function);
                self.foresee(problem, function, Shape::Normal, prospect)?
            }
        };
        plan(&self.request(labellings), &prospect)
    }

    /// Chooses the method for a statistic of one's own, of which no more is known than what it costs.
    ///
    /// # Errors
    /// [`Error::Usage`] where the method that was asked for is out of reach.
    pub fn plan_custom(&self, problem: &Problem, cost: LabellingCost, labellings: Labellings) -> Result<Plan, Error> {
        plan(&self.request(labellings), &self.prospect(problem, Nature::CUSTOM.rule, cost))
    }

    fn request(&self, labellings: Labellings) -> Request {
        let Self { method: choice, resamples, memory, undefined, .. } = *self;
        Request { choice, resamples, memory, labellings, undefined }
    }

    fn prospect<'p>(&self, problem: &'p Problem, natural: TwoSidedRule, cost: LabellingCost) -> Prospect<'p> {
        let tail = self.alternative.tail(self.two_sided.unwrap_or(natural));
        Prospect { design: problem.design(), cost, tail, linear: None, log10_p: None }
    }

    /// Adds what a few labellings suggest of the p-value, where a method may be chosen by it.
    fn foresee<'p, S: Statistic>(
        &self,
        problem: &'p Problem,
        statistic: &S,
        shape: Shape,
        prospect: Prospect<'p>,
    ) -> Result<Prospect<'p>, Error> {
        let is_open = matches!(self.method, Choice::Auto | Choice::Splitting) && self.resamples.is_none();
        if !is_open {
            return Ok(prospect);
        }
        let observed = self.observed(problem, statistic)?;
        let log10_p = foresight::log10_p(problem.design(), statistic, observed, (prospect.tail, shape), self.arch)?;
        Ok(Prospect { log10_p, ..prospect })
    }

    /// Whether the statistics of the labellings are wanted, here or elsewhere.
    fn labellings(&self, watch: &Watch) -> Labellings {
        let is_kept = self.null_distribution == NullDistribution::Kept || watch.replicates.is_some();
        if is_kept { Labellings::Wanted } else { Labellings::Summarised }
    }

    /// Tests what [`PermutationTest::prepare`] has prepared of a statistic, as planned.
    ///
    /// # Errors
    /// As [`PermutationTest::test_watched`].
    pub fn prepared_watched(
        &self,
        problem: &Problem,
        definition: &Definition,
        prepared: &Prepared,
        plan: &Plan,
        watch: Watch,
    ) -> Result<TestResult, Error> {
        let nature = Nature::of(definition, prepared, problem)?;
        match prepared {
            Prepared::Linear(statistic) => self.run_linear(problem, statistic, nature, plan, watch),
            Prepared::Formula(statistic) => self.run(problem, statistic, nature, plan, watch),
            Prepared::Distance(statistic) => self.run(problem, statistic, nature, plan, watch),
            Prepared::Stratified(statistic) => self.run(problem, statistic, nature, plan, watch),
            Prepared::Values(statistic) => self.run(problem, statistic, nature, plan, watch),
        }
    }

    /// Tests a statistic of one's own, a function of (case sample, control sample).
    ///
    /// It is computed for the data and for each relabelling in the same way. Both samples are ascending or, if they are
    /// paired, in the order of the pairs. Larger is more in favour of the alternative `Greater`; the two-sided absolute
    /// rule takes 0 for its centre, so a ratio wants [`TwoSidedRule::Doubled`] or a logarithm. Values within a
    /// [`tolerance`](crate::statistic::tolerance) of the observed one count as ties.
    ///
    /// # Errors
    /// As [`PermutationTest::test`].
    pub fn statistic(&self, function: impl Fn(&[f64], &[f64]) -> f64 + Sync) -> Result<TestResult, Error> {
        self.statistic_watched(&self.problem()?, function, Watch::nobody())
    }

    /// Tests a statistic of one's own under the eyes of a [`Watch`], which may stream the null distribution elsewhere.
    ///
    /// # Errors
    /// As [`PermutationTest::test_watched`].
    pub fn statistic_watched(
        &self,
        problem: &Problem,
        function: impl Fn(&[f64], &[f64]) -> f64 + Sync,
        watch: Watch,
    ) -> Result<TestResult, Error> {
        let plan = self.plan_custom(problem, LabellingCost::Function, self.labellings(&watch))?;
        self.custom_planned(problem, &Values::new(problem, 0.0, function), &plan, watch)
    }

    /// Tests an implementation of [`Statistic`], made for a problem of [`PermutationTest::problem`].
    ///
    /// # Errors
    /// As [`PermutationTest::test_watched`].
    pub fn custom_watched<S: Statistic>(
        &self,
        problem: &Problem,
        statistic: &S,
        watch: Watch,
    ) -> Result<TestResult, Error> {
        let plan = self.plan_custom(problem, LabellingCost::UNKNOWN_KERNEL, self.labellings(&watch))?;
        self.custom_planned(problem, statistic, &plan, watch)
    }

    /// The same as planned by [`PermutationTest::plan_custom`].
    ///
    /// # Errors
    /// As [`PermutationTest::test_watched`].
    pub fn custom_planned<S: Statistic>(
        &self,
        problem: &Problem,
        statistic: &S,
        plan: &Plan,
        watch: Watch,
    ) -> Result<TestResult, Error> {
        self.run(problem, statistic, Nature::CUSTOM, plan, watch)
    }

    /// The direction of a distance that has one.
    fn side(&self) -> Side {
        match self.alternative {
            Alternative::TwoSided => Side::Either,
            Alternative::Greater => Side::CaseGreater,
            Alternative::Less => Side::CaseLess,
        }
    }

    /// Distances have neither a direction, but for one of them, nor two tails.
    fn check_direction(&self, definition: &Definition, character: Character) -> Result<(), Error> {
        let is_distance = character == Character::Distance;
        if is_distance && self.alternative != Alternative::TwoSided && *definition != Definition::Named(Named::Ks) {
            let what = format!("{definition} is a distance, which has no direction");
            return Err(Error::usage(what, "leave out the alternative, or choose ks"));
        }
        match self.two_sided {
            Some(TwoSidedRule::Absolute | TwoSidedRule::Doubled) if is_distance => {
                let what = format!("{definition} is a distance, of which only the upper tail counts");
                Err(Error::usage(what, "leave out the two-sided rule"))
            }
            Some(TwoSidedRule::UpperTail) if !is_distance => {
                let what = format!("{definition} is no distance, so its upper tail is not two-sided");
                Err(Error::usage(what, "choose the absolute or the doubled rule"))
            }
            _ => Ok(()),
        }
    }
}
