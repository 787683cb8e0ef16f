//! Any function of two samples: both groups are gathered into slices for each labelling.
//!
//! The general shape: it serves every statistic and costs O(N) per labelling plus the function itself. Its replicates
//! are floats whose last bits depend on the order of summation, so a replicate within a tolerance of the observed value
//! counts as a tie.

use super::{Extremes, Statistic};
use crate::sampling::labellings::Labellings;
use crate::simd::Arch;

/// A function of two samples, ready for the labellings of their pooled sample.
#[derive(Debug, Clone)]
pub struct Values<F> {
    pooled: Vec<f64>,
    n_case: usize,
    function: F,
    observed: f64,
}

impl<F: Fn(&[f64], &[f64]) -> f64 + Sync> Values<F> {
    /// Prepares a function of (case sample, control sample) and computes its observed value. The order of the values
    /// within a slice carries no meaning.
    pub fn new(case: &[f64], control: &[f64], function: F) -> Self {
        let observed = function(case, control);
        Self { pooled: case.iter().chain(control).copied().collect(), n_case: case.len(), function, observed }
    }

    /// The observed value of the function.
    #[must_use]
    pub fn observed(&self) -> f64 {
        self.observed
    }

    /// What two computations of the same value may differ by: 10⁻¹² of the observed value, and 4 units in the last
    /// place of the largest observation for observed values near 0.
    #[must_use]
    pub fn tolerance(&self) -> f64 {
        let largest = self.pooled.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
        1e-12 * self.observed.abs() + 4.0 * f64::EPSILON * largest
    }
}

impl<F: Fn(&[f64], &[f64]) -> f64 + Sync> Statistic for Values<F> {
    type Replicate = f64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [f64]) {
        let (mut bits, mut gathered) = (Vec::new(), vec![0.0; self.pooled.len()]);
        for (row, replicate) in replicates.iter_mut().enumerate() {
            labellings.write_bitset(row, &mut bits);
            // Case values from the front, control values behind them, without a branch on a random bit.
            let mut next = [self.n_case, 0];
            for (values, &word) in self.pooled.chunks(64).zip(&bits) {
                for (unit, &value) in values.iter().enumerate() {
                    let label = (word >> unit & 1) as usize;
                    gathered[next[label]] = value;
                    next[label] += 1;
                }
            }
            let (case, control) = gathered.split_at(self.n_case);
            *replicate = (self.function)(case, control);
        }
    }

    fn extremes(&self) -> Extremes<f64> {
        let (observed, tolerance) = (self.observed, self.tolerance());
        Extremes {
            greater_equal: observed - tolerance,
            less_equal: observed + tolerance,
            far_above: observed.abs() - tolerance,
            far_below: tolerance - observed.abs(),
        }
    }

    fn value(&self, replicate: f64) -> f64 {
        replicate
    }
}
