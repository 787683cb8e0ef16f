//! The test as a library user sees it: two samples, a statistic, a p-value.

use crate::design::{ReferenceSetSize, TwoSample};
use crate::error::Error;
use crate::inference::attainable::smallest_attainable;
use crate::inference::normal;
use crate::inference::p_value::{Counts, PValue};
use crate::inference::summary::Summary;
use crate::inference::warning::{Findings, Warning};
use crate::inference::{Alternative, TwoSidedRule};
use crate::method::enumeration::{self, Enumeration};
use crate::method::monte_carlo::{MOST_RESAMPLES, MonteCarlo, ReplicateSink, Watch};
use crate::method::planner::{DEFAULT_RESAMPLES, Method};
use crate::method::tally::Tally;
use crate::sampling::subset::SubsetSampler;
use crate::simd::Arch;
use crate::statistic::Statistic;
use crate::statistic::linear::MeanDifference;
use crate::statistic::values::Values;

/// A permutation test of two independent samples.
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
#[derive(Debug, Clone, Copy)]
pub struct PermutationTest<'a> {
    case: &'a [f64],
    control: &'a [f64],
    alternative: Alternative,
    two_sided: TwoSidedRule,
    shift: f64,
    confidence: f64,
    method: Method,
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
    /// Kept in order in [`TestResult::null_distribution`], 8 bytes each.
    Kept,
}

/// What a test found.
#[derive(Debug, Clone, PartialEq)]
pub struct TestResult {
    /// The observed statistic.
    pub estimate: f64,
    /// How the null distribution was got.
    pub method: Method,
    /// The p-value with its interval and its floor.
    pub p_value: PValue,
    /// The counts it comes from.
    pub counts: Counts,
    /// How many labellings are equally likely under the null hypothesis.
    pub reference_set_size: ReferenceSetSize,
    /// What to know before believing the p-value.
    pub warnings: Vec<Warning>,
    /// The statistic of each relabelling, in order, if it is [`NullDistribution::Kept`]; else empty.
    pub null_distribution: Vec<f64>,
}

/// What comes out of the drawing.
struct Drawn {
    counts: Counts,
    null_distribution: Vec<f64>,
}

impl<'a> PermutationTest<'a> {
    /// A two-sided test of two samples with a million resamples, seed 0, all cores.
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
        if largest > f64::MAX / 4.0 {
            let what = format!("a value of {largest:e} is too large to compute differences with");
            return Err(Error::data(what, "rescale the data"));
        }
        if u32::try_from(case.len() + control.len()).is_err() {
            return Err(Error::data("there are more than 4294967295 values", "test a part of them"));
        }
        Ok(Self {
            case,
            control,
            alternative: Alternative::TwoSided,
            two_sided: TwoSidedRule::Absolute,
            shift: 0.0,
            confidence: 0.99,
            method: Method::MonteCarlo { resamples: DEFAULT_RESAMPLES },
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

    /// Sets how two tails become one p-value.
    #[must_use]
    pub fn two_sided(mut self, rule: TwoSidedRule) -> Self {
        self.two_sided = rule;
        self
    }

    /// Sets the difference case − control under the null hypothesis: it is subtracted from the case sample before
    /// relabelling, whatever the statistic.
    #[must_use]
    pub fn shift(mut self, shift: f64) -> Self {
        self.shift = shift;
        self
    }

    /// Sets the number of resamples, from 1 to 10¹².
    #[must_use]
    pub fn resamples(self, resamples: u64) -> Self {
        self.method(Method::MonteCarlo { resamples })
    }

    /// Sets how the null distribution is got. [`Method::Exact`] counts every labelling once and serves up to
    /// [`enumeration::MOST_UNITS`] values in all.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
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

    /// Sets whether the result holds the statistic of each relabelling.
    #[must_use]
    pub fn null_distribution(mut self, null_distribution: NullDistribution) -> Self {
        self.null_distribution = null_distribution;
        self
    }

    /// Tests the difference of means.
    ///
    /// # Errors
    /// [`Error::Data`] for settings out of range.
    pub fn mean_difference(&self) -> Result<TestResult, Error> {
        self.mean_difference_watched(Watch::nobody())
    }

    /// Tests the difference of means under the eyes of a [`Watch`].
    ///
    /// # Errors
    /// As [`PermutationTest::mean_difference`]; and [`Error::Interrupted`], and what the watch fails with.
    pub fn mean_difference_watched(&self, watch: Watch) -> Result<TestResult, Error> {
        let statistic = MeanDifference::new(self.case, self.control, self.shift);
        let drawn = self.draw(&statistic, watch)?;
        let scores = statistic.scores();
        let attainable = smallest_attainable(scores, self.case.len(), self.alternative, self.two_sided);
        let z = normal::standardised_sum(scores, self.case.len());
        Ok(self.conclude(statistic.estimate(), drawn, attainable, z))
    }

    /// Tests a statistic of one's own, a function of (case sample, control sample).
    ///
    /// It is computed for the data and for each relabelling in the same way; the order of the values within a sample
    /// carries no meaning. Larger is more in favour of the alternative `Greater`; the two-sided absolute rule takes 0
    /// for its centre, so a ratio wants [`TwoSidedRule::Doubled`] or a logarithm. Values within 10⁻¹² of the observed
    /// one count as ties ([`Values::tolerance`]).
    ///
    /// # Errors
    /// [`Error::Data`] when the statistic is NaN for the data or for a resample, and for settings out of range.
    pub fn statistic(&self, function: impl Fn(&[f64], &[f64]) -> f64 + Sync) -> Result<TestResult, Error> {
        self.statistic_watched(function, Watch::nobody())
    }

    /// Tests a statistic of one's own under the eyes of a [`Watch`], which may stream the null distribution elsewhere.
    ///
    /// # Errors
    /// As [`PermutationTest::statistic`]; and [`Error::Interrupted`], and what the watch fails with.
    pub fn statistic_watched(
        &self,
        function: impl Fn(&[f64], &[f64]) -> f64 + Sync,
        watch: Watch,
    ) -> Result<TestResult, Error> {
        let shifted: Vec<f64> = self.case.iter().map(|value| value - self.shift).collect();
        let statistic = Values::new(&shifted, self.control, function);
        if statistic.observed().is_nan() {
            return Err(Error::data(
                "the statistic of the data is not a number",
                "choose one that is defined for them",
            ));
        }
        let drawn = self.draw(&statistic, watch)?;
        Ok(self.conclude(statistic.observed(), drawn, 0.0, None))
    }

    fn draw(&self, statistic: &impl Statistic, watch: Watch) -> Result<Drawn, Error> {
        let mut null_distribution = Vec::new();
        let Watch { stop, advance, replicates: mut elsewhere } = watch;
        let is_wanted = self.null_distribution == NullDistribution::Kept || elsewhere.is_some();
        let mut keep = |values: &[f64]| {
            if self.null_distribution == NullDistribution::Kept {
                null_distribution.extend_from_slice(values);
            }
            elsewhere.as_mut().map_or(Ok(()), |elsewhere| elsewhere(values))
        };
        let replicates: Option<&mut ReplicateSink> = if is_wanted { Some(&mut keep) } else { None };
        let tally = self.count(statistic, Watch { stop, advance, replicates })?;
        if tally.undefined > 0 {
            let Tally { undefined, resamples, .. } = tally;
            let what = format!("the statistic is not a number for {undefined} of {resamples} relabellings");
            return Err(Error::data(what, "choose one that is defined for every relabelling"));
        }
        let Tally { resamples: n, greater_equal, less_equal, absolute, .. } = tally;
        Ok(Drawn { counts: Counts { n, greater_equal, less_equal, absolute }, null_distribution })
    }

    /// Counts the relabellings that are as extreme as the data, by whichever method.
    fn count(&self, statistic: &impl Statistic, watch: Watch) -> Result<Tally, Error> {
        if !self.shift.is_finite() {
            return Err(Error::data(format!("{} is no shift", self.shift), "name a finite number"));
        }
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            return Err(Error::data(format!("{} is no confidence level", self.confidence), "name one between 0 and 1"));
        }
        let (units, m) = (self.case.len() + self.control.len(), self.case.len());
        let Self { seed, threads, arch, .. } = *self;
        match self.method {
            Method::Exact if units <= enumeration::MOST_UNITS => {
                Enumeration::new(units, m, threads, arch).run(statistic, watch)
            }
            Method::Exact => {
                let what = format!("{units} values are too many to enumerate all labellings");
                Err(Error::data(what, format!("give at most {}, or draw resamples", enumeration::MOST_UNITS)))
            }
            Method::MonteCarlo { resamples: resamples @ 1..=MOST_RESAMPLES } => {
                MonteCarlo { resamples, seed, threads, arch }.run(&SubsetSampler::new(units, m), statistic, watch)
            }
            Method::MonteCarlo { resamples } => {
                Err(Error::data(format!("{resamples} resamples are out of range"), "draw from 1 to 1e12"))
            }
        }
    }

    fn conclude(&self, estimate: f64, drawn: Drawn, attainable: f64, z: Option<f64>) -> TestResult {
        let Drawn { counts, null_distribution } = drawn;
        let design = TwoSample { n_case: self.case.len(), n_control: self.control.len() };
        let size = design.reference_set_size();
        let (alternative, rule) = (self.alternative, self.two_sided);
        let findings = Findings {
            counts: &counts,
            alternative,
            rule,
            groups: [&Summary::of(self.case), &Summary::of(self.control)],
            size: &size,
            attainable,
            z,
            method: self.method,
        };
        let p_value = match self.method {
            Method::Exact => PValue::exact(&counts, alternative, rule, attainable),
            Method::MonteCarlo { .. } => PValue::monte_carlo(&counts, alternative, rule, self.confidence, attainable),
        };
        TestResult {
            estimate,
            method: self.method,
            p_value,
            counts,
            reference_set_size: size,
            warnings: findings.warnings(),
            null_distribution,
        }
    }
}
