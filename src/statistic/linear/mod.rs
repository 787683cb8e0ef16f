//! Linear statistics: increasing functions of S = Σ scores over the case observations.
//!
//! Labellings are counted by comparing integers, so ties are exact. As a sum over the case observations is one over the
//! set units, a linear statistic never looks at an observation, whatever the design. The null centre of the absolute rule
//! is the mean of S over all labellings of the design: m·ΣX/N for two samples, at which the means of both groups are
//! equal; under strata the sum of that over the strata.

pub mod moments;
pub mod scores;
pub mod sums;

use super::{Extremes, Pool, Problem, Statistic};
use crate::design::{Design, Exchange};
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::sampling::units::UnitSums;
use crate::simd::Arch;
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

/// The mean of S over all labellings, as a fraction of whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Centre {
    /// Its numerator.
    pub numerator: i128,
    /// Its denominator, positive.
    pub denominator: i128,
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
        let Extremes { observed, greater_equal, less_equal, far_above, far_below } = self.extremes(observed);
        let extremes = Extremes {
            observed: observed.into(),
            greater_equal: greater_equal.into(),
            less_equal: less_equal.into(),
            far_above: far_above.into(),
            far_below: far_below.into(),
        };
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
        let Centre { numerator, denominator } = self.centre;
        let (below, rest) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
        let (low, high) = ((self.read)(below as i64), (self.read)(below as i64 + 1));
        let between = if rest == 0 { low } else { low + (high - low) * (rest as f64 / denominator as f64) };
        self.bend(between)
    }

    fn bend(&self, value: f64) -> f64 {
        self.curve.as_ref().map_or(value, |curve| curve(value))
    }
}

impl Centre {
    /// The mean as a float.
    #[must_use]
    pub fn approximate(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    fn of(design: &dyn Design, scores: &[i64], sums: &UnitSums, n_case: usize) -> Self {
        let whole = |integer| Self { numerator: integer, denominator: 1 };
        let total = |changes: &[i64]| changes.iter().map(|&change| i128::from(change)).sum::<i128>();
        match design.exchange() {
            Exchange::Subsets(strata) => strata.iter().fold(whole(i128::from(sums.base)), |centre, stratum| {
                let numerator = total(&sums.changes[stratum.units.clone()]) * stratum.m as i128;
                centre.plus(numerator, stratum.units.len() as i128)
            }),
            Exchange::Coins => whole(i128::from(sums.base)).plus(total(&sums.changes), 2),
            Exchange::Other => whole(0).plus(total(scores) * n_case as i128, scores.len() as i128),
        }
    }

    /// Adds a fraction; where the sum has no common denominator below 2⁶⁰, the fraction is rounded to 2⁻³⁰.
    fn plus(self, numerator: i128, denominator: i128) -> Self {
        let common = self.denominator / scores::greatest_common_divisor(self.denominator, denominator) * denominator;
        if common < 1 << 60 {
            let scaled = |numerator: i128, denominator: i128| numerator.checked_mul(common / denominator);
            let parts = scaled(self.numerator, self.denominator).zip(scaled(numerator, denominator));
            if let Some(numerator) = parts.and_then(|(one, other)| one.checked_add(other)) {
                return Self { numerator, denominator: common };
            }
        }
        let rounded = |numerator: i128, denominator: i128| {
            ((numerator / denominator) << 30) + ((numerator % denominator) << 30) / denominator
        };
        let sum = rounded(self.numerator, self.denominator) + rounded(numerator, denominator);
        Self { numerator: sum, denominator: 1 << 30 }
    }
}

impl Statistic for Linear {
    type Replicate = i64;

    fn replicates(&self, arch: Arch, labellings: &Labellings, replicates: &mut [i64]) -> Result<(), Error> {
        self.summands.sum(arch, labellings, replicates);
        Ok(())
    }

    fn extremes(&self, observed: i64) -> Extremes<i64> {
        let Centre { numerator, denominator } = self.centre;
        let distance = (i128::from(observed) * denominator - numerator).abs();
        // S·denominator ≥ numerator + distance, or ≤ numerator − distance: the first division rounds up, the second down.
        let far_above = -(-(numerator + distance)).div_euclid(denominator);
        let far_below = (numerator - distance).div_euclid(denominator);
        Extremes {
            observed,
            greater_equal: observed,
            less_equal: observed,
            far_above: far_above as i64,
            far_below: far_below as i64,
        }
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
