//! Linear statistics: increasing functions of S = Σ scores over the case observations.
//!
//! Labellings are counted by comparing integers, so ties are exact. As a sum over the case observations is one over the
//! set units, a linear statistic never looks at an observation, whatever the design. The null centre of the absolute rule
//! is the mean of S over all labellings of the design: m·ΣX/N for two samples, at which the means of both groups are
//! equal; under strata the sum of that over the strata.

pub mod centre;
pub mod moments;
pub mod scores;
pub mod sums;

use super::{Extremes, Pool, Problem, Statistic};
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::sampling::units::UnitSums;
use crate::simd::Arch;
pub use centre::Centre;
use scores::Scores;
use sums::Summands;

/// An increasing function of one sum.
pub struct Linear {
    summands: Summands,
    sums: UnitSums,
    centre: Centre,
    read: Box<dyn Fn(i64) -> f64 + Send + Sync>,
    curve: Option<Box<dyn Fn(f64) -> f64 + Send + Sync>>,
}

/// What each unit adds to the sum, and which sums are extreme, in integers that say exactly what the values say.
#[derive(Debug, Clone, PartialEq)]
pub struct ExactSums {
    /// The sums.
    pub sums: UnitSums<i128>,
    /// The observed sum and its thresholds.
    pub extremes: Extremes<i128>,
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
        Self { summands: Summands::of(&sums), sums, centre, read: Box::new(read), curve: None }
    }

    /// A non-decreasing function of this statistic that need not be linear, such as *t* of a difference of means.
    #[must_use]
    pub fn along(self, curve: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Self {
        Self { curve: Some(Box::new(curve)), ..self }
    }

    /// What each unit adds to the sum.
    #[must_use]
    pub fn sums(&self) -> &UnitSums {
        &self.sums
    }

    /// The sums and the thresholds of an observed one, wide enough for any method.
    #[must_use]
    pub fn exact_sums(&self, observed: i64) -> ExactSums {
        let extremes = self.extremes(observed).map(i128::from);
        let UnitSums { base, changes } = &self.sums;
        let changes = changes.iter().map(|&change| change.into()).collect();
        ExactSums { sums: UnitSums { base: (*base).into(), changes }, extremes }
    }

    /// The mean of the sum over all labellings.
    #[must_use]
    pub fn centre(&self) -> Centre {
        self.centre
    }

    /// The statistic at the mean of the sum over all labellings, which need not be a sum that scores can have.
    #[must_use]
    pub fn value_at_centre(&self) -> f64 {
        let Centre { whole, numerator, denominator } = self.centre;
        let (low, high) = ((self.read)(whole as i64), (self.read)(whole as i64 + 1));
        let between = if numerator == 0 { low } else { low + (high - low) * (numerator as f64 / denominator as f64) };
        self.bend(between)
    }

    fn bend(&self, value: f64) -> f64 {
        self.curve.as_ref().map_or(value, |curve| curve(value))
    }
}

impl Statistic for Linear {
    type Replicate = i64;

    fn replicates(&self, arch: Arch, labellings: &Labellings, replicates: &mut [i64]) -> Result<(), Error> {
        self.summands.sum(arch, labellings, replicates);
        Ok(())
    }

    fn extremes(&self, observed: i64) -> Extremes<i64> {
        self.centre.extremes(observed.into()).map(|sum| sum as i64)
    }

    fn value(&self, sum: i64) -> f64 {
        self.bend((self.read)(sum))
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
    Linear::new(problem, &scores.scores, read)
}

/// How a sum of scores over m of N observations tells the difference of means: (N·S − m·ΣX) / (m·(N − m)).
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
        (numerator * divisor) as f64 / (denominator * products) * unit + shift
    }
}
