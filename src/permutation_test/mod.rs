//! The test as a library user sees it: two samples, a design, a statistic, a p-value.

mod association_effect;
mod blocks;
mod canonical;
mod conclude;
mod course;
pub mod effect;
pub mod false_alarms;
mod histogram;
mod joint;
mod member;
mod pairs_of_groups;
mod partial;
mod ready;
mod rows;
mod shifts;
mod split;
mod subject;
mod sums;

use std::sync::Arc;

use serde::Serialize;

use crate::design::layout::{Blocks, Conflict, Layout, Pairing};
use crate::design::{self, Design, ReferenceSetSize};
use crate::error::Error;
use crate::inference::p_value::{Counts, PValue};
use crate::inference::warning::Warning;
use crate::inference::{Alternative, TwoSidedRule};
use crate::message::{Message, Setting};
use crate::method::estimate::Estimate;
use crate::method::histogram::Histogram;
use crate::method::monte_carlo::Watch;
use crate::method::planner::{Choice, DEFAULT_MEMORY, Further, Labellings, Method, Plan, Reason};
use crate::method::sequential::{Decision, Level};
use crate::method::tail::Tail;
pub use crate::method::tally::Undefined;
use crate::simd::Arch;
use crate::statistic::distance::Side;
use crate::statistic::pool::NullRatio;
use crate::statistic::problem::Probes;
use crate::statistic::{Character, Columns, Pool, Prepared, Problem, TestStatistic};
pub use blocks::Cut;
use canonical::Canonical;
use effect::{Effect, EffectRequest};
pub use joint::{JointReady, JointTest};
pub use partial::Partial;
pub use ready::{Ready, Take};
pub use rows::SharedRows;
use subject::Subject;

/// The largest value whose differences from others are finite, with some room.
const LARGEST: f64 = f64::MAX / 4.0;

/// A permutation test of two samples and, by [`PermutationTest::of_groups`], [`PermutationTest::association`] and
/// [`PermutationTest::one_sample`], of several groups, of two columns and of one sample.
///
/// ```
/// use permtest::{NullDistribution, PermutationTest};
///
/// let case = [94.0, 108.0, 110.0, 90.0];
/// let control = [80.0, 94.0, 85.0, 90.0, 90.0, 90.0, 108.0, 94.0, 78.0, 105.0, 88.0];
/// let test = PermutationTest::new(&case, &control)?.resamples(100_000).seed(1);
///
/// // The difference of means, on the fast path. Of the 1365 labellings 142 are as extreme.
/// let result = test.run("mean")?;
/// assert!((result.p_value.estimate - 142.0 / 1365.0).abs() < 0.005);
///
/// // Any statistic of the catalogue or an expression; `permtest statistics` lists them.
/// let result = test.run("median")?;
/// assert_eq!(result.estimate, 101.0 - 90.0);
///
/// // Any statistic of one's own: used for the observed value and for every resample.
/// let range = |x: &[f64]| x.iter().fold(f64::MIN, |a, &b| a.max(b)) - x.iter().fold(f64::MAX, |a, &b| a.min(b));
/// let result = test.run(&|x: &[f64], y: &[f64]| range(x) - range(y))?;
/// assert_eq!(result.estimate, 20.0 - 30.0);
///
/// // With the null distribution: the statistic of each resample.
/// let result = test.null_distribution(NullDistribution::Kept).run("mean")?;
/// assert_eq!(result.null_distribution.len(), 100_000);
/// # Ok::<(), permtest::error::Error>(())
/// ```
#[derive(Clone)]
pub struct PermutationTest {
    /// The case sample; of several groups the first one, of an association x.
    case: Arc<[f64]>,
    /// The control sample; the other groups one behind the other; y.
    control: Arc<[f64]>,
    subject: Subject,
    columns: Option<Arc<Columns>>,
    layout: Layout,
    design: Option<Arc<dyn Design>>,
    shared: Option<Shared>,
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
    interval: Option<EffectRequest>,
}

/// The labellings of rows that several tests share.
#[derive(Clone)]
struct Shared {
    /// Those of the observations of a test, in their order.
    design: Arc<dyn Design>,
    /// How many tests share them.
    tests: usize,
    /// Some of them, for a look at what a statistic does.
    probes: Probes,
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
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestResult {
    /// The observed statistic.
    pub estimate: f64,
    /// What was tested about case − control.
    pub alternative: Alternative,
    /// Which labellings are equally likely under the null hypothesis.
    pub design: design::Kind,
    /// The effect that the statistic is about, with its interval if that is wanted; `None` for a function or a program.
    pub effect: Option<Effect>,
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
    /// The p-value adjusted for the other columns of a [`JointTest`], if that was asked for.
    pub p_value_adjusted: Option<PValue>,
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

impl PermutationTest {
    /// A two-sided test of two samples by whatever method is best for them, with seed 0 on all cores.
    ///
    /// # Errors
    /// [`Error::Data`] when a sample is empty or holds a value that is not finite.
    pub fn new(case: &[f64], control: &[f64]) -> Result<Self, Error> {
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
            case: case.into(),
            control: control.into(),
            subject: Subject::TwoSamples,
            columns: None,
            layout: Layout::default(),
            design: None,
            shared: None,
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
            interval: None,
        })
    }

    /// A test of several columns: of each its name, its case values and its control values, row by row. An expression names them;
    /// a function of two samples is given the numbers of rows of [`PermutationTest::columns`].
    ///
    /// ```
    /// use permtest::PermutationTest;
    ///
    /// let revenue: [&[f64]; 2] = [&[3.0, 0.0, 7.5, 4.0], &[1.0, 2.5, 0.0, 2.0]];
    /// let sessions: [&[f64]; 2] = [&[2.0, 1.0, 4.0, 1.0], &[1.0, 2.0, 3.0, 2.0]];
    /// let test = PermutationTest::of_columns(&[("revenue", revenue), ("sessions", sessions)])?;
    /// let result = test.run("sum(revenue) / sum(sessions)")?;
    /// assert_eq!(result.estimate, 14.5 / 8.0 - 5.5 / 8.0);
    /// # Ok::<(), permtest::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Data`] when a sample is empty or holds a value that is not finite, and for columns of different lengths.
    pub fn of_columns(columns: &[(&str, [&[f64]; 2])]) -> Result<Self, Error> {
        let sizes = columns.first().map_or([0; 2], |(_, samples)| samples.map(<[f64]>::len));
        for (name, [case, control]) in columns {
            Self::new(case, control).map_err(|error| error.about(name))?;
            if [case.len(), control.len()] != sizes {
                let what = format!("column {name} has {} case and {} control rows", case.len(), control.len());
                return Err(Error::data(what, format!("give it {} and {}, like the first one", sizes[0], sizes[1])));
            }
        }
        let joined = columns.iter().map(|(name, samples)| ((*name).to_owned(), samples.concat())).collect();
        let (columns, rows) = Columns::numbered(joined);
        let (case, control) = rows.split_at(sizes[0]);
        Ok(Self::new(case, control)?.rows_of(columns))
    }

    /// The values are the numbers of rows of columns.
    ///
    /// # Panics
    /// When a value is not the number of a row, once the test is run.
    #[must_use]
    pub fn rows_of(mut self, columns: Columns) -> Self {
        self.columns = Some(Arc::new(columns));
        self
    }

    /// The columns whose row numbers the values are, if they are none themselves.
    #[must_use]
    pub fn columns(&self) -> Option<&Columns> {
        self.columns.as_deref()
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
    pub fn threads(mut self, threads: impl Into<Option<usize>>) -> Self {
        self.threads = threads.into();
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

    /// Asks for an interval of the effect.
    #[must_use]
    pub fn interval(mut self, request: EffectRequest) -> Self {
        self.interval = Some(request);
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
        if matches!(self.subject, Subject::Groups(_) | Subject::Association) {
            return self.shuffled();
        }
        if let Some(design) = &self.design {
            let pool = self.pool(&self.case, &self.control)?;
            let (all, its) = (pool.len(), design.units().observations());
            if all != its {
                let what = format!("the design is for {its} observations, and there are {all}");
                return Err(Error::data(what, "make it for these"));
            }
            return Ok(Problem::with_design(pool, design.clone()));
        }
        if let Some(Shared { design, probes, .. }) = &self.shared {
            let problem = Problem::with_design(self.pool(&self.case, &self.control)?, design.clone());
            let problem = problem.sharing(probes.clone());
            let is_paired = self.layout.pairing != Pairing::Independent;
            return Ok(if is_paired { problem.in_pairs() } else { problem });
        }
        let refuse = |conflict: Conflict| Error::data(conflict.to_string(), conflict.remedy());
        if self.layout == Layout::default() {
            // The pool is sorted, and there is nothing else to sort.
            return Ok(Problem::two_sample(self.pool(&self.case, &self.control)?));
        }
        let Canonical { case, control, layout } = Canonical::new(&self.case, &self.control, &self.layout);
        let problem = Problem::with_layout(self.pool(&case, &control)?, &layout).map_err(refuse)?;
        Ok(if self.subject == Subject::OneSample { problem.of_one_sample() } else { problem })
    }

    /// The samples pooled under the null hypothesis.
    fn pool(&self, case: &[f64], control: &[f64]) -> Result<Pool, Error> {
        if let Some(columns) = &self.columns {
            if self.shift != 0.0 || self.ratio.is_some() {
                let what =
                    "a null hypothesis shifts or multiplies the values of one column, and these data have several";
                return Err(Error::data(what, Message::from("leave out ").and(Setting::Shift)));
            }
            return Ok(Pool::new(case, control, 0.0).of_rows(columns.clone()));
        }
        match self.ratio {
            None => Ok(Pool::new(case, control, self.shift)),
            Some(null) if [null.ratio, null.scale].iter().all(|number| *number > 0.0 && number.is_finite()) => {
                Ok(Pool::under_ratio(case, control, null))
            }
            Some(null) => Err(Error::data(format!("{} is no ratio", null.ratio), "name a positive one")),
        }
    }

    /// Tests a statistic: a name or an expression, a function of two samples, or a type of one's own. It is computed for the
    /// data and for each relabelling in the same way.
    ///
    /// # Errors
    /// [`Error::Data`] for settings out of range, for values or a design on which the statistic is not defined, and for
    /// relabellings on which it is not, unless [`PermutationTest::undefined`] allows for them.
    pub fn run<S: TestStatistic + ?Sized>(&self, statistic: &S) -> Result<TestResult, Error> {
        self.ready(&self.problem()?, statistic, self.labellings())?.run(Watch::default())
    }

    /// Makes a statistic ready for a problem of [`PermutationTest::problem`], and plans the run.
    ///
    /// # Errors
    /// [`Error::Usage`] for a direction or a rule that the statistic has not, and where the method that was asked for is out of
    /// reach; [`Error::Data`] for values or a design on which it is not defined.
    pub fn ready<'b, S: TestStatistic + ?Sized>(
        &'b self,
        problem: &'b Problem,
        statistic: &'b S,
        labellings: Labellings,
    ) -> Result<Ready<'b>, Error> {
        let ready = self.ready_for(problem, statistic, Plan::simply(Method::Enumeration, Reason::Default))?;
        ready.planned(labellings)
    }

    /// The same by a method that is known.
    fn ready_for<'b, S: TestStatistic + ?Sized>(
        &'b self,
        problem: &'b Problem,
        statistic: &'b S,
        plan: Plan,
    ) -> Result<Ready<'b>, Error> {
        let prepared = self.prepare(problem, statistic)?;
        let is_unknown = prepared.definition.is_none() && prepared.association.is_none();
        if let (true, Some(approach)) = (is_unknown, self.interval.and_then(|interval| interval.approach)) {
            let what = format!(
                "an interval by {} is for statistics of two groups with a name, and expressions",
                approach.name()
            );
            return Err(Error::usage(what, "leave it out"));
        }
        Ready::new(self, problem, prepared, plan)
    }

    /// Prepares a statistic for a problem and this alternative.
    ///
    /// # Errors
    /// As [`PermutationTest::ready`].
    pub fn prepare<'b, S: TestStatistic + ?Sized>(
        &self,
        problem: &'b Problem,
        statistic: &'b S,
    ) -> Result<Prepared<'b>, Error> {
        let prepared = statistic.prepare(problem, self.side())?;
        self.check_rule(&prepared)?;
        let is_absolute = self.alternative == Alternative::TwoSided && self.two_sided == Some(TwoSidedRule::Absolute);
        Ok(if is_absolute && prepared.character == Some(Character::Ratio) { prepared.logarithmic() } else { prepared })
    }

    /// Whether the statistics of the labellings are wanted.
    fn labellings(&self) -> Labellings {
        let is_kept = self.null_distribution == NullDistribution::Kept;
        if is_kept { Labellings::Wanted } else { Labellings::Summarised }
    }

    /// The direction of a distance that has one.
    fn side(&self) -> Side {
        match self.alternative {
            Alternative::TwoSided => Side::Either,
            Alternative::Greater => Side::CaseGreater,
            Alternative::Less => Side::CaseLess,
        }
    }

    /// Distances have one tail, and other statistics two.
    fn check_rule(&self, prepared: &Prepared) -> Result<(), Error> {
        let is_distance = prepared.character == Some(Character::Distance);
        let name = prepared.definition.as_ref().map_or_else(|| "this statistic".to_owned(), ToString::to_string);
        match self.two_sided {
            Some(TwoSidedRule::Absolute | TwoSidedRule::Doubled) if is_distance => {
                let what = format!("{name} is a distance, of which only the upper tail counts");
                Err(Error::usage(what, "leave out the two-sided rule"))
            }
            Some(TwoSidedRule::UpperTail) if !is_distance => {
                let what = format!("{name} is no distance, so its upper tail is not two-sided");
                Err(Error::usage(what, "choose the absolute or the doubled rule"))
            }
            _ => Ok(()),
        }
    }
}
