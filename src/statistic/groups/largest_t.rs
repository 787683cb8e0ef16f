//! The largest |t| of some pairs of groups, by which comparisons of groups are adjusted for each other.

use super::sums::Moments;
use super::{GroupStatistic, values};
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::simd::Arch;
use crate::statistic::shuffled::{Shuffled, twice_ranks};
use crate::statistic::{EvaluationCost, Statistic, Thresholds};

/// The largest |t| of some pairs of groups, of values or of ranks.
pub struct LargestT {
    moments: Moments,
    pairs: Vec<[usize; 2]>,
    /// Whether each group has a variance of its own.
    is_welch: bool,
}

impl LargestT {
    /// Of the units of groups, in the manner of a statistic of all of them: of ranks where that is one, with a variance for each
    /// group where that has them.
    ///
    /// # Panics
    /// When a pair names a group that there is not.
    #[must_use]
    pub fn new(units: &Shuffled, groups: usize, pairs: Vec<[usize; 2]>, like: GroupStatistic) -> Self {
        assert!(pairs.iter().flatten().all(|&group| group < groups), "pairs of these groups");
        let scores = match like {
            GroupStatistic::F | GroupStatistic::WelchF | GroupStatistic::ChiSquared => values(units),
            GroupStatistic::KruskalWallis | GroupStatistic::Trend => {
                twice_ranks(&units.values, std::iter::once(0..units.values.len()))
            }
            GroupStatistic::Friedman => twice_ranks(&units.values, units.observations()),
        };
        Self { moments: Moments::new(units, groups, &scores), pairs, is_welch: like == GroupStatistic::WelchF }
    }
}

impl Statistic for LargestT {
    type Replicate = f64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        let mut moments = vec![[0.0; 2]; self.moments.groups()];
        self.moments.replicates(labellings, replicates, |sizes, sums, squares| {
            for (group, moments) in moments.iter_mut().enumerate() {
                let (sum, n) = (sums[group] as f64, sizes[group]);
                *moments = [sum / n, (squares[group] as f64 - sum * sum / n).max(0.0)];
            }
            let t = |&[one, other]: &[usize; 2]| {
                let ([a, of_a], [b, of_b]) = (moments[one], moments[other]);
                let (m, n) = (sizes[one], sizes[other]);
                let variance = if self.is_welch {
                    of_a / (m - 1.0) / m + of_b / (n - 1.0) / n
                } else {
                    (of_a + of_b) / (m + n - 2.0) * (1.0 / m + 1.0 / n)
                };
                let difference = (a - b).abs();
                // Groups that are equal differ by nothing, however little they vary.
                if difference == 0.0 { 0.0 } else { difference / variance.sqrt() }
            };
            self.pairs.iter().map(t).fold(0.0, f64::max)
        });
        Ok(())
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        Thresholds::about(0.0, observed, 1e-9 * observed)
    }

    fn value(&self, replicate: f64) -> f64 {
        replicate
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Kernel { passes: 6.0 }
    }
}
