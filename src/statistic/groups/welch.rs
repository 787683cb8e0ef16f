//! Welch's F: each group has a variance of its own.

use super::sums::{GroupSums, Sizes};
use super::{TOLERANCE, orders, values};
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::simd::Arch;
use crate::statistic::shuffled::{Shuffled, centred};
use crate::statistic::{EvaluationCost, NullShape, Statistic, Thresholds};

/// Welch's F, from sums and sums of squares of each group.
pub(super) struct Welch {
    sums: GroupSums,
    squares: GroupSums,
    sizes: Sizes,
}

impl Welch {
    pub fn new(units: &Shuffled, groups: usize) -> Self {
        let scores = centred(&values(units), units.observations()).scores;
        // F does not depend on the unit: as large a one as leaves squares room to add up in integers.
        let largest = scores.iter().map(|score| score.unsigned_abs()).max().unwrap_or(0);
        let room = ((1u64 << 61) as f64 / scores.len() as f64).sqrt() as u64;
        let shift = (64 - (largest / room.max(1)).leading_zeros()).min(63);
        let scores: Vec<i64> = scores.into_iter().map(|score| score >> shift).collect();
        let squares: Vec<i64> = scores.iter().map(|score| score * score).collect();
        Self {
            sums: GroupSums::new(units, groups, units.sums(&scores)),
            squares: GroupSums::new(units, groups, units.sums(&squares)),
            sizes: Sizes::new(units, groups),
        }
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
        let groups = self.sums.groups;
        let (mut sums, mut squares, mut room) = (vec![0; groups], vec![0; groups], vec![0; groups]);
        let mut sizes = vec![0.0; groups];
        for (replicate, order) in replicates.iter_mut().zip(orders(labellings)) {
            self.sums.write(order, &mut sums);
            self.squares.write(order, &mut squares);
            self.sizes.write(order, &mut room, &mut sizes);
            *replicate = welch_f(&sizes, &sums, &squares);
        }
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
        NullShape::Exponential { power: 1, rate: (self.sums.groups as f64 - 1.0) / 2.0 }
    }
}
