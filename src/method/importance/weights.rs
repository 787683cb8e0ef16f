//! What the draws in a tail weigh, added up in integers, so that it does not matter who adds which of them first.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::method::lossless;

/// The weight K, which is the largest, as an integer: as many as are drawn at once fit an i64 together.
const ONE: i64 = 1 << 55;
const _: () = assert!(ONE.checked_mul(super::LANES as i64).is_some());

/// Sums over the draws in a tail, in units of K/2⁵⁵.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Their number.
    pub extreme: u64,
    /// Σ w.
    #[serde(with = "lossless::digits")]
    pub sum: u128,
    /// Σ w².
    #[serde(with = "lossless::digits")]
    pub squares: u128,
}

impl Weights {
    /// Draws of weight w·K that were drawn at once, where no w is above 1: their sum is rounded up to whole units.
    #[inline]
    pub(super) fn of(weights: impl Iterator<Item = f64>) -> Self {
        let (mut sum, mut squares, mut extreme) = (0.0, 0.0, 0);
        for weight in weights {
            sum += weight;
            squares += weight * weight;
            extreme += 1;
        }
        Self { sum: rounded_up(sum), squares: rounded_up(squares), extreme }
    }

    /// Σ w in units of K.
    pub(super) fn sum(&self) -> f64 {
        self.sum as f64 / ONE as f64
    }

    /// Σ w² in units of K².
    pub(super) fn squares(&self) -> f64 {
        self.squares as f64 / ONE as f64
    }
}

/// A sum in whole units.
fn rounded_up(sum: f64) -> u128 {
    u128::from((ONE as f64 * sum).ceil() as u64)
}

impl AddAssign<&Self> for Weights {
    fn add_assign(&mut self, other: &Self) {
        self.sum += other.sum;
        self.squares += other.squares;
        self.extreme += other.extreme;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Weights of four batches, from the largest to none.
    fn batches() -> [Weights; 4] {
        let weights = |scale: f64| (0..super::super::LANES).map(move |i| scale * (-(i as f64) / 7.0).exp());
        [Weights::of(weights(1.0)), Weights::of(weights(1e-9)), Weights::of(weights(1e-30)), Weights::default()]
    }

    #[test]
    fn the_order_of_sums_does_not_matter() {
        let all = batches();
        let sum = |order: [usize; 4]| {
            let mut sum = Weights::default();
            for batch in order {
                sum += &all[batch];
            }
            sum
        };
        assert_eq!(sum([0, 1, 2, 3]), sum([3, 1, 0, 2]));
        let mut halves = [sum([0, 3, 3, 3]), sum([2, 1, 3, 3])];
        let [one, other] = &mut halves;
        *one += other;
        assert_eq!(*one, sum([0, 1, 2, 3]));
    }

    #[test]
    fn sums_are_those_of_floats_and_never_less() {
        let ones = Weights::of(std::iter::repeat_n(1.0, super::super::LANES));
        assert_eq!((ones.sum(), ones.squares(), ones.extreme), (128.0, 128.0, 128));
        for (batch, scale) in batches().iter().zip([1.0f64, 1e-9, 1e-30]) {
            let float: f64 = (0..super::super::LANES).map(|i| scale * (-(i as f64) / 7.0).exp()).sum();
            // Half a unit in the last place of the float, a unit of 2⁻⁵⁵.
            assert!((0.0..=2f64.powi(-55)).contains(&(batch.sum() - float)), "{scale}");
            assert!(batch.sum >= 1);
        }
    }
}
