//! The effect beside the p-value: how large it is, and within which interval.
//!
//! | statistic | effect | interval, unless another is asked for |
//! |---|---|---|
//! | mean, t | difference of means | shifts that the test does not reject |
//! | other summaries that move with the values | their difference | such shifts; among clusters `BCa` |
//! | welch | difference of means | such shifts |
//! | rank-sum, signed-rank | Hodges–Lehmann shift | such shifts |
//! | other summaries, expressions | the statistic | `BCa` bootstrap |
//! | distances, functions, programs | the statistic | none |
//!
//! Under strata mean, t and rank-sum are about differences within strata, and so are their effects; all else is about the
//! pooled groups, Welch's difference of means among it. A shift moves these by as much only where all strata have the same
//! share of cases: elsewhere their interval is that of the bootstrap.

use std::collections::BTreeMap;

use serde::Serialize;

use super::canonical::Canonical;
use super::shifts::Shifts;
use super::{PermutationTest, TestResult};
use crate::design::layout::{Layout, Pairing};
use crate::design::strata;
use crate::error::Error;
use crate::inference::bootstrap_interval::{Reading, bootstrap_interval};
use crate::inference::effect::{self, Effects, PairedEffects};
use crate::message::{Message, Setting};
use crate::method::bootstrap::{Bootstrap, Cells, Samples};
use crate::method::monte_carlo::Watch;
use crate::statistic::catalogue::{Kind, Named};
use crate::statistic::expression::Expression;
use crate::statistic::expression::evaluate::{Values, evaluate};
use crate::statistic::{Definition, Problem};

/// Values that are drawn for bootstrap samples without being asked for: seconds.
const MOST_DRAWN: u64 = 1_000_000_000;

/// Columns up to which an interval is computed that takes a search or a bootstrap, without being asked for.
const FEW_TESTS: usize = 20;

/// Bootstrap samples where nothing else is said.
pub const DEFAULT_BOOTSTRAP: u64 = 10_000;

/// How an interval for the effect is got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approach {
    /// The shifts that the test does not reject.
    Inversion,
    /// Quantiles of bootstrap samples.
    Percentile,
    /// The same, corrected for bias and skewness.
    Bca,
}

impl Approach {
    /// The name used in options and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Inversion => "inversion",
            Self::Percentile => "percentile",
            Self::Bca => "bca",
        }
    }
}

/// The interval that is wanted.
///
/// ```
/// use permtest::PermutationTest;
/// use permtest::effect::EffectRequest;
///
/// let case = [38.0, 26.0, 29.0, 41.0, 36.0, 31.0, 32.0, 30.0, 35.0, 33.0];
/// let control = [45.0, 28.0, 27.0, 38.0, 40.0, 42.0, 39.0, 39.0, 34.0, 35.0];
/// let test = PermutationTest::new(&case, &control)?.interval(EffectRequest::default());
/// let effect = test.run("mean")?.effect.expect("a statistic with a name has one");
/// assert_eq!((effect.estimate, effect.interval.map(|interval| interval.ends)), (-3.6, Some([-8.5, 1.25])));
/// # Ok::<(), permtest::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EffectRequest {
    /// How it is got; `None`: as suits the statistic.
    pub approach: Option<Approach>,
    /// How many bootstrap samples are drawn.
    pub bootstrap: u64,
    /// Its level, between 0 and 1.
    pub confidence: f64,
}

impl Default for EffectRequest {
    /// Whatever suits the statistic, at a level of 95 %.
    fn default() -> Self {
        Self { approach: None, bootstrap: DEFAULT_BOOTSTRAP, confidence: 0.95 }
    }
}

/// What is measured as the effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measured {
    /// The statistic itself.
    Statistic,
    /// The difference of means.
    MeanDifference,
    /// The Hodges–Lehmann shift.
    Shift,
}

impl Measured {
    fn of(definition: &Definition) -> Self {
        match definition {
            Definition::Named(Named::T | Named::Welch) => Self::MeanDifference,
            Definition::Named(Named::RankSum | Named::SignedRank) => Self::Shift,
            Definition::Named(_) | Definition::Expression(_) => Self::Statistic,
        }
    }
}

/// An effect with its interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effect {
    /// What it is.
    pub measured: Measured,
    /// Its size, case against control; a shift under the null hypothesis is not subtracted.
    pub estimate: f64,
    /// Its interval, if one was wanted and can be had.
    pub interval: Option<EffectInterval>,
    /// Why an interval that was wanted cannot be had.
    pub objection: Option<Message>,
}

/// The interval of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EffectInterval {
    /// Its ends; infinite on the side to which a one-sided alternative points, and where there are too few labellings to
    /// reject any shift.
    pub ends: [f64; 2],
    /// How it was got.
    pub kind: IntervalKind,
    /// The standard errors of both ends, where labellings were drawn.
    pub errors: Option<[f64; 2]>,
}

/// How an interval was got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntervalKind {
    /// The shifts that the test does not reject, from all labellings.
    Exact,
    /// The same from random labellings.
    Sampled,
    /// Quantiles of bootstrap samples.
    Percentile,
    /// The same, corrected for bias and skewness.
    Bca,
    /// By Fisher's z, of a correlation.
    FisherZ,
}

impl IntervalKind {
    /// The name used in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Sampled => "sampled",
            Self::Percentile => "percentile",
            Self::Bca => "bca",
            Self::FisherZ => "fisher-z",
        }
    }

    /// Whether it holds the shifts that the test does not reject.
    #[must_use]
    pub fn is_of_shifts(self) -> bool {
        matches!(self, Self::Exact | Self::Sampled)
    }
}

serialise_as!(name: IntervalKind);

/// Effect sizes on scales of their own.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum EffectSizes {
    /// Of two samples.
    TwoSample(Effects),
    /// Of pairs.
    Paired(PairedEffects),
}

impl PermutationTest {
    /// Effect sizes of the samples.
    ///
    /// # Errors
    /// As [`Effects::of`].
    pub fn effect_sizes(&self) -> Result<EffectSizes, Error> {
        if self.layout.pairing != Pairing::Independent {
            return PairedEffects::of(&self.case, &self.control).map(EffectSizes::Paired);
        }
        let sizes = match self.stratum_of() {
            Some(strata) => Effects::within_strata(&self.case, &self.control, &strata),
            None => Effects::of(&self.case, &self.control),
        };
        sizes.map(EffectSizes::TwoSample)
    }

    /// What an expression in columns is in the case and in the control, whose difference or ratio is tested; `None` for other
    /// statistics.
    ///
    /// # Errors
    /// [`Error::Expression`] for a column that is not there.
    pub fn values_of_groups(&self, definition: &Definition) -> Result<Option<[f64; 2]>, Error> {
        let Definition::Expression(parsed) = definition else { return Ok(None) };
        let bound = parsed.with_columns(self.columns())?;
        let mut pooled = [&*self.case, &*self.control].concat();
        pooled.sort_unstable_by(f64::total_cmp);
        let value = |summary: &Expression, rows: &[f64]| {
            evaluate(summary, Values { case: rows, control: rows, pooled: &pooled })
        };
        Ok(bound.of_each_group().map(|summary| [&self.case, &self.control].map(|rows| value(summary, rows))))
    }

    /// The stratum of each observation, those of the case sample first, where labels are exchanged within several.
    fn stratum_of(&self) -> Option<Vec<u32>> {
        match (&self.design, &self.layout) {
            (Some(design), _) => strata(design.as_ref()),
            (None, Layout { pairing: Pairing::Independent, strata: Some(blocks), .. }) => {
                let numbers = &blocks.of_observation;
                numbers.iter().any(|number| *number != numbers[0]).then(|| numbers.clone())
            }
            _ => None,
        }
    }

    /// The mean of the control means within strata, weighted like the differences, for a statistic that compares within
    /// strata; `None` where there are none, or it compares the pooled groups.
    ///
    /// # Errors
    /// As [`Effects::within_strata`].
    pub fn control_mean_within_strata(&self, definition: &Definition) -> Result<Option<f64>, Error> {
        let strata = self.stratum_of().filter(|_| definition.compares_within_strata());
        strata.map(|strata| effect::control_mean(&self.case, &self.control, &strata)).transpose()
    }

    /// Whether a statistic compares pooled groups that come from several strata in different shares. Then what it measures is
    /// not the shift within the strata, which a test of shifted values is about.
    fn pools_unequal_strata(&self, definition: &Definition) -> bool {
        let Some(strata) = self.stratum_of().filter(|_| !definition.compares_within_strata()) else { return false };
        let mut sizes: BTreeMap<u32, [usize; 2]> = BTreeMap::new();
        for (row, &stratum) in strata.iter().enumerate() {
            sizes.entry(stratum).or_default()[usize::from(row >= self.case.len())] += 1;
        }
        sizes.into_values().any(|[cases, controls]| cases * self.control.len() != controls * self.case.len())
    }

    /// The strata within which a statistic compares: all the same where it compares the pooled groups.
    fn compared_within(&self, definition: &Definition) -> Vec<u32> {
        let strata = self.stratum_of().filter(|_| definition.compares_within_strata());
        strata.unwrap_or_else(|| vec![0; self.case.len() + self.control.len()])
    }

    /// The effect that a statistic is about, with its interval if one is wanted: one-sided where the alternative is.
    ///
    /// `result` is what the test of the same problem and statistic found: an interval of shifts leaves out the null value
    /// where its p-value is no more than 1 − confidence. Why an interval that was not asked for by its kind cannot be had is in
    /// [`Effect::objection`].
    ///
    /// # Errors
    /// [`Error::Usage`] for an interval that the statistic has not, [`Error::Data`] where one that was asked for cannot be had,
    /// and [`Error::Interrupted`] when the watch says stop.
    pub fn effect(
        &self,
        problem: &Problem,
        definition: &Definition,
        result: &TestResult,
        watch: &Watch,
    ) -> Result<Effect, Error> {
        let (measured, estimate) = (Measured::of(definition), self.measure(definition, result.estimate)?);
        let mut effect = Effect { measured, estimate, interval: None, objection: None };
        let Some(request) = &self.interval else { return Ok(effect) };
        let approach = match request.approach.map_or_else(|| self.usual(definition, request), Ok) {
            Ok(approach) => approach,
            Err(why) => return Ok(Effect { objection: Some(why), ..effect }),
        };
        let shifts = |named: Named| {
            let (estimate, confidence) = (effect.estimate, request.confidence);
            self.shifts(&Shifts { problem, named, result, estimate, confidence }, watch)
        };
        match self.interval_by(definition, approach, request, shifts, watch) {
            Ok(interval) => effect.interval = Some(interval),
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(error) if request.approach.is_some() => return Err(error),
            Err(error) => effect.objection = Some(error.message()),
        }
        Ok(effect)
    }

    fn measure(&self, definition: &Definition, estimate: f64) -> Result<f64, Error> {
        match Measured::of(definition) {
            Measured::Statistic => Ok(estimate),
            Measured::MeanDifference => {
                effect::mean_difference(&self.case, &self.control, &self.compared_within(definition))
            }
            Measured::Shift => self.effect_sizes().map(|sizes| match sizes {
                EffectSizes::TwoSample(sizes) => sizes.hodges_lehmann,
                EffectSizes::Paired(sizes) => sizes.hodges_lehmann,
            }),
        }
    }

    /// The interval that suits a statistic, or why there is none.
    fn usual(&self, definition: &Definition, request: &EffectRequest) -> Result<Approach, Message> {
        let drawn = request.bootstrap.saturating_mul((self.case.len() + self.control.len()) as u64);
        match definition {
            Definition::Named(named) if named.kind() == Kind::Distance => {
                Err("a distance grows by chance alone, and has no interval".into())
            }
            Definition::Named(Named::Mean | Named::T) => Ok(Approach::Inversion),
            _ if self.shared.as_ref().is_some_and(|shared| shared.tests > FEW_TESTS) => {
                Err(Message::from("those of so many columns take long; ")
                    .and(Setting::Interval.at("inversion or bca"))
                    .and(" computes them nevertheless"))
            }
            Definition::Named(named)
                if named.is_shift_testable()
                    && self.layout.clusters.is_none()
                    && !self.pools_unequal_strata(definition) =>
            {
                Ok(Approach::Inversion)
            }
            _ if drawn > MOST_DRAWN => Err(Message::from("so many values take long to resample; ")
                .and(Setting::Interval.at(Approach::Bca.name()))
                .and(" draws it nevertheless")),
            _ => Ok(Approach::Bca),
        }
    }

    fn interval_by(
        &self,
        definition: &Definition,
        approach: Approach,
        request: &EffectRequest,
        shifts: impl Fn(Named) -> Result<EffectInterval, Error>,
        watch: &Watch,
    ) -> Result<EffectInterval, Error> {
        let resampled = Message::from("choose ").and(Setting::Interval.at("bca or percentile"));
        let (reading, kind) = match (approach, definition) {
            (_, Definition::Named(named)) if named.kind() == Kind::Distance => {
                let what = format!("{named} is a distance, which grows by chance alone and so has no interval");
                return Err(Error::usage(what, Message::from("leave out ").and(Setting::Interval)));
            }
            (Approach::Inversion, Definition::Named(named))
                if self.layout.clusters.is_some() && !matches!(named, Named::Mean | Named::T) =>
            {
                let what = format!("among clusters there is no interval for {named} by inversion");
                return Err(Error::usage(what, resampled));
            }
            (Approach::Inversion, Definition::Named(named))
                if named.is_shift_testable() && self.pools_unequal_strata(definition) =>
            {
                let what = format!(
                    "{named} compares pooled groups, which a shift within strata of unequal shares of cases does not move by \
                     as much"
                );
                return Err(Error::usage(what, resampled.and(", or mean, t or rank-sum")));
            }
            (Approach::Inversion, Definition::Named(named)) if named.is_shift_testable() => return shifts(*named),
            (Approach::Inversion, _) => {
                let what = format!("a shift is no null hypothesis about {definition}");
                return Err(Error::usage(what, resampled));
            }
            (Approach::Percentile, _) => (Reading::Percentile, IntervalKind::Percentile),
            (Approach::Bca, _) => (Reading::Bca, IntervalKind::Bca),
        };
        Ok(EffectInterval { ends: self.resampled(definition, reading, request, watch)?, kind, errors: None })
    }

    fn resampled(
        &self,
        definition: &Definition,
        reading: Reading,
        request: &EffectRequest,
        watch: &Watch,
    ) -> Result<[f64; 2], Error> {
        if self.design.is_some() {
            let what = "the bootstrap does not know what belongs together in a design of one's own";
            return Err(Error::usage(what, "choose an interval by inversion"));
        }
        // Each statistic takes 8 bytes, and as many again while they are sorted.
        if 16 * request.bootstrap > self.memory {
            let what = format!("{} bootstrap samples take more memory than may be used", request.bootstrap);
            let remedy = Message::from("draw fewer with ").and(Setting::Bootstrap);
            return Err(Error::usage(what, remedy.and(", or allow for more with ").and(Setting::MemoryLimit)));
        }
        let Canonical { case, control, layout } = Canonical::new(&self.case, &self.control, &self.layout);
        let cells = Cells::new(&case, &control, &layout)?;
        let cells = if self.columns.is_some() { cells.of_rows() } else { cells };
        let bootstrap = Bootstrap { resamples: request.bootstrap, seed: self.seed, threads: self.threads };
        let function = self.function(definition);
        let Self { alternative, .. } = *self;
        bootstrap_interval(&bootstrap, &cells, function, reading, alternative, request.confidence, watch)
            .map(|interval| interval.ends)
    }

    /// The effect as a function of two samples that are made like these.
    fn function(&self, definition: &Definition) -> SampleFunction {
        let is_paired = self.layout.pairing != Pairing::Independent;
        let is_within_strata = definition.compares_within_strata() && self.stratum_of().is_some();
        match (Measured::of(definition), definition.function(self.columns())) {
            (Measured::Shift, _) => Box::new(move |Samples { case, control, strata, .. }| {
                let sizes = if is_paired {
                    PairedEffects::of(case, control).map(|sizes| sizes.hodges_lehmann)
                } else {
                    Effects::within_strata(case, control, &strata.concat()).map(|sizes| sizes.hodges_lehmann)
                };
                sizes.unwrap_or(f64::NAN)
            }),
            (Measured::Statistic, Some(function)) if !is_within_strata => {
                Box::new(move |drawn| function(&drawn.case, &drawn.control))
            }
            _ => Box::new(move |Samples { case, control, strata, .. }| {
                let strata = if is_within_strata { strata.concat() } else { vec![0; case.len() + control.len()] };
                effect::mean_difference(case, control, &strata).unwrap_or(f64::NAN)
            }),
        }
    }
}

/// An effect of two samples.
type SampleFunction = Box<dyn Fn(&Samples) -> f64 + Sync>;
