//! Squares between the groups, over integers: F, and what is like it for ranks.

use super::sums::{GroupSums, Sizes};
use super::{TOLERANCE, orders};
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::simd::Arch;
use crate::statistic::shuffled::{Shuffled, centred};
use crate::statistic::{EvaluationCost, NullShape, Statistic, Thresholds};

/// A function of the sum of squares between the groups.
pub(super) struct Between {
    sums: GroupSums,
    sizes: Sizes,
    /// The sum of all squares, in the square of the unit of the scores.
    total: f64,
    /// Observations, groups and blocks.
    n: [f64; 3],
    value: fn(&BetweenSquares) -> f64,
}

/// What is known of the squares of a labelling.
pub(super) struct BetweenSquares {
    between: f64,
    total: f64,
    n: [f64; 3],
}

impl BetweenSquares {
    /// The mean square between the groups over that within them and, with strata, without what these explain.
    pub fn f(&self) -> f64 {
        let [n, groups, blocks] = self.n;
        let within = (self.total - self.between).max(0.0) / (n - groups - blocks + 1.0);
        self.between / (groups - 1.0) / within
    }

    /// The share of the squares between the groups of all, times the degrees of freedom.
    pub fn h(&self) -> f64 {
        let [n, _, blocks] = self.n;
        (n - blocks) * self.between / self.total
    }
}

impl Between {
    pub fn new(units: &Shuffled, groups: usize, scores: &[i64], value: fn(&BetweenSquares) -> f64) -> Self {
        let scores = centred(scores, units.observations()).scores;
        Self {
            sums: GroupSums::new(units, groups, units.sums(&scores)),
            sizes: Sizes::new(units, groups),
            total: scores.iter().map(|&score| (score as f64).powi(2)).sum(),
            n: [units.values.len() as f64, groups as f64, units.blocks.len() as f64],
            value,
        }
    }
}

impl Statistic for Between {
    type Replicate = f64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        let groups = self.sums.groups;
        let (mut sums, mut room, mut sizes) = (vec![0; groups], vec![0; groups], vec![0.0; groups]);
        for (replicate, order) in replicates.iter_mut().zip(orders(labellings)) {
            self.sums.write(order, &mut sums);
            self.sizes.write(order, &mut room, &mut sizes);
            *replicate = sums.iter().zip(&sizes).map(|(&sum, size)| (sum as f64) * (sum as f64) / size).sum();
        }
        Ok(())
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        Thresholds::about(0.0, observed, TOLERANCE * observed)
    }

    fn value(&self, between: f64) -> f64 {
        (self.value)(&BetweenSquares { between, total: self.total, n: self.n })
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Kernel { passes: 2.0 }
    }

    /// Sums of squares of nearly normal numbers, one fewer than there are groups, have this tail.
    fn null_shape(&self) -> NullShape {
        NullShape::Exponential { power: 1, rate: (self.n[1] - 1.0) / 2.0 }
    }
}
