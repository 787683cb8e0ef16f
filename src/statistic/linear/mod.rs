//! Linear statistics: increasing functions of S = Σ scores over the case observations.
//!
//! Labellings are counted by comparing integers, so ties are exact; sums of rounded scores that are too near to each other
//! are compared by wider ones ([`wide`]). As a sum over the case observations is one over the
//! set units, a linear statistic never looks at an observation, whatever the design. The null centre of the absolute rule
//! is the mean of S over all labellings of the design: m·ΣX/N for two samples, at which the means of both groups are
//! equal; under strata the sum of that over the strata.

pub mod centre;
pub mod moments;
mod refinement;
pub mod scores;
pub mod sums;
pub mod wide;
pub mod within;

use super::{EvaluationCost, Pool, Problem, Statistic, Thresholds};
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::sampling::units::UnitSums;
use crate::simd::Arch;
pub use centre::Centre;
use refinement::Refinement;
use scores::{Exactness, Scores};
use sums::Summands;
use wide::Wide;

/// An increasing function of one sum.
pub struct Linear {
    summands: Summands,
    known: Box<Known>,
    read: Box<dyn Fn(i64) -> f64 + Send + Sync>,
    curve: Option<Box<dyn Fn(f64) -> f64 + Send + Sync>>,
    /// The statistic at the centre, where it is known without rounding.
    value_at_centre: Option<f64>,
}

/// What is known of the sums before any labelling is drawn.
struct Known {
    sums: UnitSums,
    centre: Centre,
    precision: Precision,
}

/// How well sums compare like those of the values.
enum Precision {
    /// They are the values' sums.
    Exact,
    /// Where they are too near to each other, exact ones decide.
    Refined(Box<Refinement>),
    /// Sums that differ by no more than this may be equal.
    Rounded { slack: i64 },
    /// The same where not the scores are rounded but the numbers that they are of.
    Computed { slack: i64 },
}

/// Whether a statistic rises with the sum of the values or falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orientation {
    /// The larger the sum, the larger the statistic.
    Rising,
    /// The larger the sum, the smaller the statistic.
    Falling,
}

/// What each unit adds to the sum, and which sums are extreme, in integers that say exactly what the values say.
#[derive(Debug, Clone, PartialEq)]
pub struct ExactSums {
    /// The sums.
    pub sums: UnitSums<i128>,
    /// The observed sum and its thresholds.
    pub thresholds: Thresholds<i128>,
    /// How many of their units make one of [`Linear::sums`].
    pub step: i128,
}

impl Linear {
    /// A statistic from the score of each position of the pool, and a non-decreasing linear function that turns their sum
    /// over the case observations into its value. The magnitudes of the scores must add up to less than 2⁶².
    ///
    /// # Panics
    /// When there is not a score for each observation, or their magnitudes add up to more.
    pub fn new(problem: &Problem, scores: &[i64], read: impl Fn(i64) -> f64 + Send + Sync + 'static) -> Self {
        let design = problem.design();
        let sums = design.units().sums(scores);
        let centre = Centre::of(design, scores, &sums, problem.n_case());
        let summands = Summands::of(&sums);
        let known = Box::new(Known { sums, centre, precision: Precision::Exact });
        Self { summands, known, read: Box::new(read), curve: None, value_at_centre: None }
    }

    /// A statistic from the scores of values, at each position of the pool, and a non-decreasing linear function of the sum
    /// of the scores so oriented, which are negative where the statistic falls. Where they are rounded, and there are wide
    /// ones, labellings are compared exactly all the same.
    ///
    /// # Panics
    /// When there is not a score for each observation.
    pub fn of(
        problem: &Problem,
        scores: &Scores,
        orientation: Orientation,
        read: impl Fn(i64) -> f64 + Send + Sync + 'static,
    ) -> Self {
        let linear = match orientation {
            Orientation::Rising => Self::new(problem, &scores.scores, read),
            Orientation::Falling => {
                Self::new(problem, &scores.scores.iter().map(|score| -score).collect::<Vec<_>>(), read)
            }
        };
        let precision = match (scores.exactness, &scores.wide, orientation) {
            (Exactness::Exact, ..) => Precision::Exact,
            (_, Some(wide), Orientation::Rising) => linear.refined(problem, wide),
            (_, Some(wide), Orientation::Falling) => {
                let scores = wide.scores.iter().map(|score| -score).collect();
                linear.refined(problem, &Wide { scores, ..*wide })
            }
            // Each score is half a step off at most, and so is the shift; the mirrored bound is off by as much again.
            (_, None, _) => Precision::Rounded { slack: 2 * scores.scores.len() as i64 },
        };
        Self { known: Box::new(Known { precision, ..*linear.known }), ..linear }
    }

    /// The same of numbers that were computed, so that two sums that should be equal may differ by as much as this, in units
    /// of the scores. Like the statistics in floats, these tie.
    #[must_use]
    pub fn with_error(self, error: f64) -> Self {
        let (finest, own) = match &self.known.precision {
            Precision::Exact => (1.0, 0),
            Precision::Refined(refinement) => (1.0 / refinement.step as f64, 2 * refinement.slack),
            Precision::Rounded { slack } | Precision::Computed { slack } => (0.0, *slack),
        };
        if error <= finest {
            return self;
        }
        let slack = (error.min(i64::MAX as f64 / 4.0) as i64).saturating_add(own);
        Self { known: Box::new(Known { precision: Precision::Computed { slack }, ..*self.known }), ..self }
    }

    fn refined(&self, problem: &Problem, wide: &Wide) -> Precision {
        Precision::Refined(Box::new(Refinement::new(problem, &self.known.sums, wide)))
    }

    /// A non-decreasing function of this statistic that need not be linear, such as *t* of a difference of means.
    #[must_use]
    pub fn map_monotone(self, curve: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Self {
        Self { curve: Some(Box::new(curve)), ..self }
    }

    /// What each unit adds to the sum.
    #[must_use]
    pub fn sums(&self) -> &UnitSums {
        &self.known.sums
    }

    /// The mean of the sum over all labellings.
    #[must_use]
    pub fn centre(&self) -> Centre {
        self.known.centre
    }

    /// Whether labellings are compared as exactly as the values are known. Where they are not, sums that could be equal
    /// count as ties.
    #[must_use]
    pub fn exactness(&self) -> Exactness {
        match self.known.precision {
            Precision::Exact | Precision::Refined(_) | Precision::Computed { .. } => Exactness::Exact,
            Precision::Rounded { .. } => Exactness::Rounded,
        }
    }

    /// The exact sums and their centre, where [`Linear::sums`] are rounded.
    #[must_use]
    pub fn wide(&self) -> Option<(&UnitSums<i128>, Centre)> {
        match &self.known.precision {
            Precision::Refined(refinement) => Some((&refinement.sums, refinement.centre)),
            Precision::Exact | Precision::Rounded { .. } | Precision::Computed { .. } => None,
        }
    }

    /// The sums and the thresholds of an observed one, wide enough for any method.
    #[must_use]
    pub fn exact_sums(&self, observed: i64) -> ExactSums {
        let thresholds = self.exact_thresholds(observed);
        if let Some(Refinement { sums, step, .. }) = self.refinement_of(observed) {
            return ExactSums { sums: sums.clone(), thresholds, step: *step };
        }
        let UnitSums { base, changes } = &self.known.sums;
        let changes = changes.iter().map(|&change| change.into()).collect();
        ExactSums { sums: UnitSums { base: (*base).into(), changes }, thresholds, step: 1 }
    }

    /// The thresholds of an observed sum among those of [`Linear::exact_sums`].
    #[must_use]
    pub fn exact_thresholds(&self, observed: i64) -> Thresholds<i128> {
        self.refinement_of(observed)
            .map_or_else(|| self.thresholds(observed).map(i128::from), |refinement| refinement.wide)
    }

    /// Thresholds that no sum of [`Linear::sums`] falls short of whose labelling is as extreme as the observed one, however
    /// the scores are rounded.
    #[must_use]
    pub fn enclosing_thresholds(&self, observed: i64) -> Thresholds<i64> {
        let thresholds = self.thresholds(observed);
        self.refinement_of(observed).map_or(thresholds, |refinement| relaxed(thresholds, refinement.slack))
    }

    /// The refinement, which is of the sum of the data.
    fn refinement_of(&self, observed: i64) -> Option<&Refinement> {
        match &self.known.precision {
            Precision::Refined(refinement) if refinement.narrow.observed == observed => Some(refinement),
            _ => None,
        }
    }

    /// The same statistic, whose value at the mean of the sum over all labellings is known.
    #[must_use]
    pub fn centred_at(self, value: f64) -> Self {
        Self { value_at_centre: Some(value), ..self }
    }

    /// The statistic at the mean of the sum over all labellings, which need not be a sum that scores can have.
    #[must_use]
    pub fn value_at_centre(&self) -> f64 {
        if let Some(value) = self.value_at_centre {
            return self.apply_curve(value);
        }
        let Centre { whole, numerator, denominator } = self.known.centre;
        let (low, high) = ((self.read)(whole as i64), (self.read)(whole as i64 + 1));
        let between = if numerator == 0 { low } else { low + (high - low) * (numerator as f64 / denominator as f64) };
        self.apply_curve(between)
    }

    fn apply_curve(&self, value: f64) -> f64 {
        self.curve.as_ref().map_or(value, |curve| curve(value))
    }
}

impl Statistic for Linear {
    type Replicate = i64;

    fn replicates(&self, arch: Arch, labellings: &Labellings, replicates: &mut [i64]) -> Result<(), Error> {
        self.summands.sum(arch, labellings, replicates);
        if let Precision::Refined(refinement) = &self.known.precision {
            refinement.settle(arch, labellings, replicates);
        }
        Ok(())
    }

    fn thresholds(&self, observed: i64) -> Thresholds<i64> {
        let by_rounded = || self.known.centre.thresholds(observed.into()).map(|sum| sum as i64);
        match &self.known.precision {
            Precision::Exact => by_rounded(),
            Precision::Refined(refinement) if refinement.narrow.observed == observed => refinement.narrow,
            // Of a sum that is not the one of the data nothing is known but the rounded sum.
            Precision::Refined(refinement) => relaxed(by_rounded(), 2 * refinement.slack),
            Precision::Rounded { slack } | Precision::Computed { slack } => relaxed(by_rounded(), *slack),
        }
    }

    fn centre(&self) -> Option<(i64, f64)> {
        let Centre { whole, numerator, denominator } = self.known.centre;
        Some((whole as i64, numerator as f64 / denominator as f64))
    }

    fn value(&self, sum: i64) -> f64 {
        self.apply_curve((self.read)(sum))
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Sum
    }

    fn linear(&self) -> Option<&Linear> {
        Some(self)
    }
}

/// Thresholds that let in what falls short of them by no more than the slack.
fn relaxed(thresholds: Thresholds<i64>, slack: i64) -> Thresholds<i64> {
    Thresholds {
        observed: thresholds.observed,
        greater_equal: thresholds.greater_equal.saturating_sub(slack),
        less_equal: thresholds.less_equal.saturating_add(slack),
        far_above: thresholds.far_above.saturating_sub(slack),
        far_below: thresholds.far_below.saturating_add(slack),
    }
}

/// The difference of means case − control of a column, from the sum of its scores over the case observations; what was
/// subtracted from the case values is added again.
///
/// # Panics
/// As [`Linear::new`].
#[must_use]
pub fn mean_difference(problem: &Problem, scores: &Scores, shift: f64) -> Linear {
    let read = mean_difference_of_sum(problem.pool(), problem.n_case(), scores, shift);
    Linear::of(problem, scores, Orientation::Rising, read)
}

/// How a sum of scores over m of N observations gives the difference of means: (N·S − m·ΣX) / (m·(N − m)).
///
/// For decimals it is one division of integers: as near to the true difference as a double can be.
fn mean_difference_of_sum(
    pool: &Pool,
    n_case: usize,
    scores: &Scores,
    shift: f64,
) -> impl Fn(i64) -> f64 + Send + Sync + 'static {
    let total: i128 = scores.scores.iter().map(|&score| i128::from(score)).sum();
    let (units, case) = (pool.len() as i128, n_case as i128);
    let (divisor, denominator, unit) = (scores.divisor, scores.denominator, scores.unit);
    let products = (case * (units - case)) as f64;
    move |sum| {
        let numerator = i128::from(sum) * units - total * case;
        // Rounded scores count more than a product has room for, and then one more rounding does not matter.
        let exact = numerator.checked_mul(divisor).map(|product| product as f64);
        let product = exact.unwrap_or(numerator as f64 * divisor as f64);
        product / (denominator * products) * unit + shift
    }
}
