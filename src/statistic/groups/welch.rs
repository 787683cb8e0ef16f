//! Welch's F: each group has a variance of its own.

use super::sums::Moments;
use super::{TOLERANCE, values};
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::simd::Arch;
use crate::statistic::shuffled::Shuffled;
use crate::statistic::{EvaluationCost, NullShape, Statistic, Thresholds};

/// Welch's F, from sums and sums of squares of each group.
pub(super) struct Welch(Moments);

impl Welch {
    pub fn new(units: &Shuffled, groups: usize) -> Self {
        Self(Moments::new(units, groups, &values(units)))
    }
}

/// Welch's F of groups with these sizes, sums and sums of squares; NaN where a group has no variance.
fn welch_f(sizes: &[f64], sums: &[i64], squares: &[i64]) -> f64 {
    let groups = sizes.len() as f64;
    let of = |group: usize| {
        let (n, sum) = (sizes[group], sums[group] as f64);
        let variance = (squares[group] as f64 - sum * sum / n) / (n - 1.0);
        (n / variance, sum / n)
    };
    let all = |term: &dyn Fn(f64, f64, f64) -> f64| -> f64 {
        (0..sizes.len()).map(&of).zip(sizes).map(|((weight, mean), &n)| term(weight, mean, n)).sum()
    };
    let weights = all(&|weight, _, _| weight);
    let centre = all(&|weight, mean, _| weight * mean) / weights;
    let between = all(&|weight, mean, _| weight * (mean - centre) * (mean - centre)) / (groups - 1.0);
    let uncertain = all(&|weight, _, n| (1.0 - weight / weights) * (1.0 - weight / weights) / (n - 1.0));
    between / (1.0 + 2.0 * (groups - 2.0) / (groups * groups - 1.0) * uncertain)
}

impl Statistic for Welch {
    type Replicate = f64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        self.0.replicates(labellings, replicates, welch_f);
        Ok(())
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        // Where variances are small beside the means, their differences lose digits.
        Thresholds::about(0.0, observed, 1e3 * TOLERANCE * observed)
    }

    fn value(&self, replicate: f64) -> f64 {
        replicate
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Kernel { passes: 5.0 }
    }

    fn null_shape(&self) -> NullShape {
        NullShape::Exponential { power: 1, rate: (self.0.groups() as f64 - 1.0) / 2.0 }
    }
}
