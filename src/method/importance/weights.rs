//! What the draws in a tail weigh, added up in integers, so that it does not matter who adds which of them first.

use std::ops::AddAssign;

/// The weight K, which is the largest, as an integer; others are rounded up.
const ONE: f64 = (1u64 << 62) as f64;

/// Sums over the draws in a tail, in units of K/2⁶².
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weights {
    /// Σ w.
    pub sum: u128,
    /// Σ w².
    pub squares: u128,
    /// Their number.
    pub extreme: u64,
}

impl Weights {
    /// One draw of weight w·K, where w is at most 1.
    pub(super) fn of(weight: f64) -> Self {
        let whole = |x: f64| u128::from((ONE * x).ceil() as u64);
        Self { sum: whole(weight), squares: whole(weight * weight), extreme: 1 }
    }

    /// Σ w in units of K.
    pub(super) fn sum(&self) -> f64 {
        self.sum as f64 / ONE
    }

    /// Σ w² in units of K².
    pub(super) fn squares(&self) -> f64 {
        self.squares as f64 / ONE
    }
}

impl AddAssign<&Self> for Weights {
    fn add_assign(&mut self, other: &Self) {
        self.sum += other.sum;
        self.squares += other.squares;
        self.extreme += other.extreme;
    }
}
