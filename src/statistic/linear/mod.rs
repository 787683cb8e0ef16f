//! Linear statistics: functions of S = Σ scores over the case units.
//!
//! The difference of means of m case and N − m control units is (N·S − m·ΣX) / (m·(N − m)), increasing in S: labellings
//! are counted by comparing integers.

pub mod scores;
pub mod sums;

use super::{Extremes, Statistic};
use crate::sampling::labellings::Labellings;
use crate::simd::Arch;
use scores::{Exactness, Scores};
use sums::Summands;

/// The difference of means case − control, against a shift.
#[derive(Debug, Clone)]
pub struct MeanDifference {
    scores: Vec<i64>,
    total: i128,
    summands: Summands,
    n_case: usize,
    shift: f64,
    /// A score of 1 is worth divisor / denominator · unit; see [`Scores`].
    divisor: i128,
    denominator: f64,
    unit: f64,
    exactness: Exactness,
}

impl MeanDifference {
    /// Prepares two samples of finite values, neither empty. The null hypothesis is that the case sample is distributed
    /// like the control sample shifted by `shift`. Costs O(N).
    ///
    /// # Panics
    /// When a sample is empty.
    #[must_use]
    pub fn new(case: &[f64], control: &[f64], shift: f64) -> Self {
        assert!(!case.is_empty() && !control.is_empty(), "both groups need a unit");
        let Scores { scores, divisor, denominator, unit, exactness } = Scores::new(case, control, shift);
        let summands = Summands::new(&scores);
        let total = scores.iter().map(|&score| i128::from(score)).sum();
        Self { scores, total, summands, n_case: case.len(), shift, divisor, denominator, unit, exactness }
    }

    /// The pooled sample as integers, case units first, the shift subtracted from them.
    #[must_use]
    pub fn scores(&self) -> &[i64] {
        &self.scores
    }

    /// Whether the integers say exactly what the values say.
    #[must_use]
    pub fn exactness(&self) -> Exactness {
        self.exactness
    }

    /// The observed difference of means; the shift is not subtracted.
    #[must_use]
    pub fn estimate(&self) -> f64 {
        self.value(self.observed())
    }

    fn observed(&self) -> i64 {
        self.scores[..self.n_case].iter().sum()
    }

    /// N·S − m·ΣX: the difference of means up to a positive factor.
    fn numerator_of(&self, sum: i64) -> i128 {
        i128::from(sum) * self.scores.len() as i128 - self.total * self.n_case as i128
    }
}

impl Statistic for MeanDifference {
    type Replicate = i64;

    fn replicates(&self, arch: Arch, labellings: &Labellings, replicates: &mut [i64]) {
        self.summands.sum(arch, labellings, replicates);
    }

    fn extremes(&self) -> Extremes<i64> {
        let (units, observed) = (self.scores.len() as i128, self.observed());
        let centre = self.total * self.n_case as i128;
        let distance = self.numerator_of(observed).abs();
        // N·S ≥ centre + distance, or N·S ≤ centre − distance; the first division rounds up, the second down.
        let far_above = -(-(centre + distance)).div_euclid(units);
        let far_below = (centre - distance).div_euclid(units);
        Extremes {
            greater_equal: observed,
            less_equal: observed,
            far_above: far_above as i64,
            far_below: far_below as i64,
        }
    }

    fn value(&self, sum: i64) -> f64 {
        let (m, n) = (self.n_case as f64, (self.scores.len() - self.n_case) as f64);
        // For decimals one division of integers: as near to the true difference as a double can be.
        let ratio = (self.numerator_of(sum) * self.divisor) as f64 / (self.denominator * (m * n));
        ratio * self.unit + self.shift
    }
}
