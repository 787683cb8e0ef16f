//! Several columns of the same rows, tested under the same labellings, with p-values adjusted for the whole family.

use std::ops::Range;
use std::sync::Arc;

use super::blocks::{Cut, in_range};
use super::ready::{Ready, Take};
use super::rows::SharedRows;
use super::{NullDistribution, Partial, PermutationTest, TestResult};
use crate::design::Design;
use crate::error::Error;
use crate::inference::adjust::Adjustment;
use crate::inference::p_value::{Counts, PValue};
use crate::message::{Message, Setting};
use crate::method::engine;
use crate::method::joint::{Joint, JointCounts, LabellingSource, Maxima, ScoredColumn};
use crate::method::monte_carlo::Watch;
use crate::method::planner::{
    AFFORDABLE, Candidate, Choice, Infeasible, Method, Plan, Reason, TOO_LONG, Work, affordable_resamples,
};
use crate::method::tail::Tail;
use crate::method::tally::Undefined;
use crate::statistic::catalogue::Named;
use crate::statistic::{Definition, Problem, TestStatistic};

/// A permutation test of several columns of the same rows under the same labellings.
///
/// ```
/// use permtest::inference::adjust::Adjustment;
/// use permtest::{JointTest, PermutationTest};
///
/// let weight = PermutationTest::new(&[5.0, 6.0, 9.0, 8.0], &[1.0, 2.0, 4.0, 3.0])?;
/// let height = PermutationTest::new(&[1.0, 4.0, 3.0, 2.0], &[2.0, 1.0, 4.0, 3.0])?;
/// let results = JointTest::new(vec![weight, height])?.adjust(Adjustment::MaxT).run("mean")?;
/// // All 70 labellings are counted: two of them are as extreme as the data for the weights, whatever the heights say.
/// assert_eq!(results[0].p_value.estimate, 2.0 / 70.0);
/// assert_eq!(results[1].p_value_adjusted.map(|p| p.estimate), Some(1.0));
/// # Ok::<(), permtest::error::Error>(())
/// ```
pub struct JointTest {
    tests: Vec<PermutationTest>,
    /// What messages call the columns; empty: by their numbers.
    names: Vec<String>,
    design: Arc<dyn Design>,
    adjustment: Option<Adjustment>,
}

/// A joint test that is ready to run.
pub struct JointReady<'a> {
    /// The method, and why this one.
    pub plan: Plan,
    /// How p-values are adjusted.
    pub adjustment: Adjustment,
    joint: &'a JointTest,
    members: Vec<Ready<'a>>,
    scales: Vec<CommonScale>,
}

/// How the statistics of a column are put on the scale that the scores of all columns share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum CommonScale {
    /// They are not compared with those of other columns.
    Own,
    /// What the statistic is counted by, divided by its standard deviation over all labellings, which is given.
    Deviations(f64),
    /// The statistic itself, from the value that the null hypothesis says, divided by a number.
    Values {
        /// What the null hypothesis says.
        centre: f64,
        /// The number.
        unit: f64,
    },
}

impl JointTest {
    /// Tests of columns that all have a value in each row, in the same order: the settings of the first one, its seed and its
    /// number of resamples among them, hold for all.
    ///
    /// # Errors
    /// [`Error::Data`] where there is no test, the tests are of different rows, or the rows have no design.
    pub fn new(tests: Vec<PermutationTest>) -> Result<Self, Error> {
        let rows = SharedRows::complete(&tests)?;
        Self::with_rows(tests, &rows)
    }

    /// Tests of columns of which some have no value in some rows. All rows are relabelled, and the statistic of a column is taken
    /// of those that have a value: valid where whether a value is missing has nothing to do with the label. A labelling that
    /// leaves a column without a group counts as extreme.
    ///
    /// # Errors
    /// As [`JointTest::new`].
    pub fn with_rows(tests: Vec<PermutationTest>, rows: &SharedRows) -> Result<Self, Error> {
        let all = rows.n[0] + rows.n[1];
        let tolerant = |test: PermutationTest| {
            let is_incomplete = test.case.len() + test.control.len() < all;
            let undefined = match test.undefined {
                Undefined::Error if is_incomplete => Undefined::Extreme,
                other => other,
            };
            PermutationTest { undefined, ..test }
        };
        let (design, tests) = rows.share(tests)?;
        Ok(Self { names: Vec::new(), design, tests: tests.into_iter().map(tolerant).collect(), adjustment: None })
    }

    /// Sets how p-values are adjusted. Where it is not set this is [`Adjustment::MaxT`], or [`Adjustment::MinP`] for a
    /// statistic without a scale that columns share.
    #[must_use]
    pub fn adjust(self, adjustment: Adjustment) -> Self {
        Self { adjustment: Some(adjustment), ..self }
    }

    /// Sets what messages call the columns.
    #[must_use]
    pub fn named(self, names: Vec<String>) -> Self {
        Self { names, ..self }
    }

    /// The labellings of the rows that all columns share.
    #[must_use]
    pub fn design(&self) -> &dyn Design {
        &*self.design
    }

    /// The tests of the columns, each of which can be run by itself under the labellings of all.
    #[must_use]
    pub fn tests(&self) -> &[PermutationTest] {
        &self.tests
    }

    /// The pooled samples of all columns under the design that they share.
    ///
    /// # Errors
    /// As [`PermutationTest::problem`].
    pub fn problems(&self) -> Result<Vec<Problem>, Error> {
        self.each(|place| self.tests[place].problem())
    }

    /// Tests a statistic of each column.
    ///
    /// # Errors
    /// As [`PermutationTest::run`] and [`JointTest::ready`].
    pub fn run<S: TestStatistic + Sync + ?Sized>(&self, statistic: &S) -> Result<Vec<TestResult>, Error> {
        let problems = self.problems()?;
        self.ready(&problems, statistic)?.run(Watch::default())
    }

    /// Makes a statistic ready for all columns, and plans the run: all labellings where they are few, else random ones.
    ///
    /// # Errors
    /// As [`PermutationTest::ready`] for each column, with its number; [`Error::Usage`] for a method that does not count
    /// labellings, and for an adjustment that the statistic does not allow for.
    pub fn ready<'a, S: TestStatistic + Sync + ?Sized>(
        &'a self,
        problems: &'a [Problem],
        statistic: &'a S,
    ) -> Result<JointReady<'a>, Error> {
        let plan = Plan::simply(Method::Enumeration, Reason::Default);
        let member = |place: usize| self.tests[place].ready_for(&problems[place], statistic, plan.clone());
        let mut members = self.each(member)?;
        let plan = self.plan(&members)?;
        for member in &mut members {
            member.plan = plan.clone();
        }
        let (adjustment, scales) = self.scales(&members)?;
        Ok(JointReady { plan, adjustment, joint: self, members, scales })
    }

    /// Something of each column, on all threads.
    fn each<T: Send>(&self, of: impl Fn(usize) -> Result<T, Error> + Send + Sync) -> Result<Vec<T>, Error> {
        let of = |place: usize| of(place).map_err(|error| error.about(&self.name(place)));
        engine::each_of(self.tests[0].threads, self.tests.len(), of)
    }

    fn name(&self, place: usize) -> String {
        let number = || format!("column {}", place + 1);
        self.names.get(place).map_or_else(number, |name| format!("column {name:?}"))
    }

    fn plan(&self, members: &[Ready]) -> Result<Plan, Error> {
        let (choice, is_numbered) = (self.tests[0].method, self.tests[0].resamples.is_some());
        let seconds: f64 = members.iter().map(Ready::seconds_per_labelling).sum();
        let resamples = in_range(self.tests[0].resamples.unwrap_or_else(|| affordable_resamples(seconds)))?;
        let counted = Method::MonteCarlo { resamples };
        let size = self.design.reference_set_size();
        let all = size.exact.and_then(|size| u64::try_from(size).ok()).map_or(f64::INFINITY, |size| size as f64);
        let takes = all * seconds;
        let candidate = |method, labellings, infeasible| {
            let (work, seconds) = (Work::Labellings(labellings), labellings * seconds);
            Candidate { method, work, bytes: 0.0, seconds, infeasible }
        };
        let candidates = vec![
            candidate(Method::Enumeration, all, all.is_infinite().then_some(Infeasible::TooMany)),
            candidate(counted, resamples as f64, None),
        ];
        let plan = |method, reason| Ok(Plan { candidates, ..Plan::simply(method, reason) });
        match choice {
            Choice::MonteCarlo => plan(counted, Reason::Asked),
            Choice::Auto if is_numbered => plan(counted, Reason::Resamples),
            Choice::Auto if takes <= AFFORDABLE => plan(Method::Enumeration, Reason::Exact),
            Choice::Auto => plan(counted, Reason::Default),
            Choice::Exact if takes <= TOO_LONG => plan(Method::Enumeration, Reason::Asked),
            Choice::Exact => {
                let what =
                    Setting::Method.at(choice.name()).and(" is out of reach: too many labellings of all columns");
                Err(Error::usage(what, Message::from("try ").and(Setting::Method.at(Choice::MonteCarlo.name()))))
            }
            Choice::Bounds | Choice::Importance | Choice::Splitting | Choice::Sequential => {
                let what =
                    Setting::Method.at(choice.name()).and(" is for one column, and these share their labellings");
                let remedy = Message::from("choose ").and(Setting::Method.at("monte-carlo or exact"));
                Err(Error::usage(what, remedy.and(", or adjust p-values by holm")))
            }
        }
    }

    /// The adjustment, and for maxT the scale of each column.
    fn scales(&self, members: &[Ready]) -> Result<(Adjustment, Vec<CommonScale>), Error> {
        let own = vec![CommonScale::Own; members.len()];
        match self.adjustment {
            Some(adjustment) if !adjustment.is_joint() => return Ok((adjustment, own)),
            _ if self.tests.iter().any(|test| test.undefined == Undefined::Drop) => {
                let what = Setting::Undefined.at("drop").and(" leaves out labellings that other columns need");
                return Err(Error::usage(what, Message::from("choose ").and(Setting::Undefined.at("extreme"))));
            }
            Some(Adjustment::MinP) => return Ok((Adjustment::MinP, own)),
            _ => {}
        }
        match (self.common_scale(members), self.adjustment) {
            (Some(scales), _) => Ok((Adjustment::MaxT, scales)),
            (None, None) => Ok((Adjustment::MinP, own)),
            (None, Some(_)) => {
                let what = "the statistic has no scale that all columns share, so that their largest could be found";
                Err(Error::usage(what, "adjust by minp, which compares p-values"))
            }
        }
    }

    /// What puts the statistics of all columns on one scale: a sum is divided by its standard deviation over all labellings, a
    /// mean of some of the rows by its standard error; *t* and Welch's *t* have theirs.
    fn common_scale(&self, members: &[Ready]) -> Option<Vec<CommonScale>> {
        let are_sums = members.iter().all(|member| member.is_constant() || member.deviation().is_some());
        let scale = |(member, test): (&Ready, &PermutationTest)| match (member.definition(), member.deviation()) {
            _ if member.is_constant() => Some(CommonScale::Own),
            _ if member.tail() == Tail::Doubled => None,
            (_, Some(deviation)) if are_sums => Some(CommonScale::Deviations(deviation)),
            (Some(Definition::Named(Named::T | Named::Welch)), _) => {
                Some(CommonScale::Values { centre: 0.0, unit: 1.0 })
            }
            (_, Some(deviation)) => Some(CommonScale::Deviations(deviation)),
            (Some(Definition::Named(Named::Mean)), None) => {
                Some(CommonScale::Values { centre: test.shift, unit: test.standard_error() })
            }
            _ => None,
        };
        members.iter().zip(&self.tests).map(scale).collect()
    }
}

impl PermutationTest {
    /// The standard error of the difference of means under the null hypothesis, if both groups vary alike.
    fn standard_error(&self) -> f64 {
        let (m, n) = (self.case.len() as f64, self.control.len() as f64);
        let all = || self.case.iter().map(|value| value - self.shift).chain(self.control.iter().copied());
        let mean = all().sum::<f64>() / (m + n);
        let squares: f64 = all().map(|value| (value - mean).powi(2)).sum();
        (squares / (m + n - 1.0) * (1.0 / m + 1.0 / n)).sqrt()
    }
}

impl JointReady<'_> {
    /// Tests all columns under the eyes of a [`Watch`], which may stream the statistics of the relabellings elsewhere: those of
    /// all columns for each labelling.
    ///
    /// # Errors
    /// As [`Ready::run`].
    pub fn run(&self, watch: Watch) -> Result<Vec<TestResult>, Error> {
        let Watch { stop, begin, advance, .. } = watch;
        let mut counts = JointCounts::default();
        let shape = self.joint.tests[0].null_distribution;
        self.run_blocks(0..self.cut().blocks, shape, watch, &mut |_, more| {
            let Partial::Joint(more) = more else { unreachable!("columns are counted together") };
            counts += &more;
            Ok(())
        })?;
        self.conclude(&Partial::Joint(counts), &Watch { stop, begin, advance, replicates: None })
    }

    /// The statistics of the data.
    ///
    /// # Errors
    /// As [`Ready::observed`].
    pub fn observed(&self) -> Result<Vec<f64>, Error> {
        self.members.iter().map(Ready::observed).collect()
    }

    /// How the run is cut into blocks that can be shared out.
    #[must_use]
    pub fn cut(&self) -> Cut {
        let (labellings, block_size) = (self.source().labellings(), self.source().block_size(&*self.joint.design));
        Cut { resamples: labellings, block_size, blocks: labellings.div_ceil(block_size) }
    }

    /// Computes some blocks of the run, with [`NullDistribution::Binned`] labellings in bins, too.
    ///
    /// # Errors
    /// As [`Ready::run_blocks`].
    pub fn run_blocks(
        &self,
        blocks: Range<u64>,
        shape: NullDistribution,
        watch: Watch,
        take: &mut Take,
    ) -> Result<(), Error> {
        let is_streamed = watch.replicates.is_some();
        let joint = self.joint(shape, is_streamed)?;
        let is_largest = self.adjustment == Adjustment::MaxT;
        let maxima = if is_largest { Maxima::Counted } else { Maxima::Ignored };
        let what = if self.plan.method.is_exact() { "labellings" } else { "resamples" };
        (watch.begin)(self.cut().resamples_in(&blocks), what);
        joint.run_blocks(blocks, maxima, watch, |next, counts| take(next, Partial::Joint(counts)))
    }

    /// The results, from what the blocks have yielded.
    ///
    /// # Errors
    /// As [`Ready::run`].
    pub fn conclude(&self, sum: &Partial, watch: &Watch) -> Result<Vec<TestResult>, Error> {
        let Partial::Joint(counts) = sum else {
            return Err(Error::data("the parts are of a run of one column", "add up those of all columns"));
        };
        let (stop, advance) = (watch.stop, watch.advance);
        let quiet = || Watch { stop, ..Watch::default() };
        (watch.begin)(self.members.len() as u64, "columns");
        let mut results = self.joint.each(|place| {
            let member = &self.members[place];
            let result = member.conclude(&Partial::Counted(counts.columns[place].clone()), &quiet());
            advance(1);
            result
        })?;
        let adjusted = self.adjusted(counts, &results, watch)?;
        for (result, adjusted) in results.iter_mut().zip(adjusted.into_iter().flatten()) {
            result.p_value_adjusted = Some(adjusted);
        }
        Ok(results)
    }

    fn adjusted(
        &self,
        counts: &JointCounts,
        results: &[TestResult],
        watch: &Watch,
    ) -> Result<Option<Vec<PValue>>, Error> {
        let joint = || self.joint(NullDistribution::Dropped, false);
        let extremes = match self.adjustment {
            Adjustment::Nothing => return Ok(None),
            Adjustment::MaxT => joint()?.step_down(&counts.extremes),
            Adjustment::MinP => joint()?.minima(&counts.columns, self.joint.tests[0].memory, watch)?,
            of_p_values => {
                let p_values: Vec<PValue> = results.iter().map(|result| result.p_value).collect();
                return Ok(Some(of_p_values.of_estimates(&p_values)));
            }
        };
        let (n, confidence) = (self.source().labellings(), self.joint.tests[0].confidence);
        let adjust = |(extreme, result): (u64, &TestResult)| {
            let minimum = result.p_value.minimum;
            if self.plan.method.is_exact() {
                return PValue::exact(extreme as f64 / n as f64, minimum);
            }
            let counts = Counts { n, greater_equal: extreme, less_equal: extreme, absolute: extreme };
            PValue::monte_carlo(&counts, Tail::Upper, confidence, minimum)
        };
        Ok(Some(extremes.into_iter().zip(results).map(adjust).collect()))
    }

    fn joint(&self, shape: NullDistribution, wants_values: bool) -> Result<Joint<'_>, Error> {
        let PermutationTest { threads, arch, .. } = self.joint.tests[0];
        let columns: Result<Vec<Box<dyn ScoredColumn>>, Error> = self
            .members
            .iter()
            .zip(&self.scales)
            .map(|(member, &scale)| member.column(scale, shape, wants_values))
            .collect();
        Ok(Joint { design: &*self.joint.design, columns: columns?, source: self.source(), threads, arch })
    }

    fn source(&self) -> LabellingSource {
        if let Method::MonteCarlo { resamples } = self.plan.method {
            return LabellingSource::Drawn { resamples, seed: self.joint.tests[0].seed };
        }
        let size = self.joint.design.reference_set_size().exact;
        LabellingSource::All { size: size.and_then(|size| u64::try_from(size).ok()).unwrap_or(u64::MAX) }
    }
}
