//! Statistics: one number computed from a labelling.
//!
//! A [`Statistic`] is a statistic made ready for one [`Problem`]: what can be computed once is computed once, and what
//! remains is to compute the statistic of each labelling, the observed one included. It may do so in numbers of its own,
//! such as integer sums, as long as they are ordered like the statistic: counting needs no more.
//!
//! | shape | for | from a labelling |
//! |---|---|---|
//! | [`linear`] | increasing functions of one sum | the sum, in integers |
//! | [`formula`] | functions of sums and order statistics | sums in integers; places in the bitset |
//! | [`distance`] | distances of distributions | one scan of the bitset |
//! | [`values`] | any function of two slices | both groups, gathered |
//!
//! A statistic of one's own is a function of two slices or, where speed matters, an implementation of the trait;
//! `examples/own_statistic.rs` has one of each.

pub mod catalogue;
pub mod definition;
pub mod distance;
pub mod expression;
pub mod formula;
pub mod linear;
pub mod order;
pub mod pool;
pub mod problem;
pub mod values;

pub use definition::Definition;
pub use pool::Pool;
pub use problem::Problem;

use crate::error::Error;
use crate::sampling::labellings::{BitRows, Labellings};
use crate::simd::Arch;

/// A statistic of one problem.
pub trait Statistic: Sync {
    /// The statistic of one labelling, or a number that is ordered like it.
    type Replicate: Replicate;

    /// Writes the statistic of each labelling of a batch; `replicates` is as long as the batch. The labellings are over
    /// the units of the problem's design, whose [`Units`](crate::sampling::units::Units) tell the observations' labels.
    ///
    /// # Errors
    /// Whatever the statistic fails with, for the whole run.
    fn replicates(&self, arch: Arch, labellings: &Labellings, replicates: &mut [Self::Replicate]) -> Result<(), Error>;

    /// Which replicates are at least as extreme as the observed one.
    fn extremes(&self, observed: Self::Replicate) -> Extremes<Self::Replicate>;

    /// A replicate in units of the statistic.
    fn value(&self, replicate: Self::Replicate) -> f64;
}

/// The statistic of one labelling, by the same kernels as that of every other one.
///
/// # Errors
/// Whatever the statistic fails with.
pub fn replicate<S: Statistic + ?Sized>(
    statistic: &S,
    arch: Arch,
    units: usize,
    labelling: Vec<u64>,
) -> Result<S::Replicate, Error> {
    let mut replicates = [S::Replicate::default()];
    let rows = Labellings::Dense(BitRows { units, words: labelling });
    statistic.replicates(arch, &rows, &mut replicates)?;
    Ok(replicates[0])
}

/// A number that replicates are counted by.
pub trait Replicate: Copy + Default + PartialOrd + Send + Sync {
    /// Whether the statistic was defined for the labelling: false for NaN.
    fn is_defined(self) -> bool;

    /// A whole number ordered like the replicates, whatever their type; it means nothing where they are undefined.
    fn rank(self) -> u64;

    /// A whole number ordered like the distance from the midpoint of two bounds; if one of them is infinite, like the
    /// nearness to the other one.
    fn rank_of_distance(self, below: Self, above: Self) -> u64;
}

impl Replicate for i64 {
    #[inline(always)]
    fn is_defined(self) -> bool {
        true
    }

    #[inline(always)]
    fn rank(self) -> u64 {
        self as u64 ^ 1 << 63
    }

    /// Exact: twice the distance, which is whole.
    #[inline(always)]
    fn rank_of_distance(self, below: Self, above: Self) -> u64 {
        let twice = 2 * i128::from(self) - i128::from(below) - i128::from(above);
        u64::try_from(twice.unsigned_abs()).unwrap_or(u64::MAX)
    }
}

impl Replicate for f64 {
    #[inline(always)]
    fn is_defined(self) -> bool {
        !self.is_nan()
    }

    /// The bits of a positive double are ordered like it, those of a negative one the other way round.
    #[inline(always)]
    fn rank(self) -> u64 {
        // −0 and 0 are one number.
        let bits = (self + 0.0).to_bits();
        if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
    }

    #[inline(always)]
    fn rank_of_distance(self, below: Self, above: Self) -> u64 {
        match (below.is_finite(), above.is_finite()) {
            (false, true) => self.rank(),
            (true, false) => !self.rank(),
            _ => (self - below.midpoint(above)).abs().rank(),
        }
    }
}

/// Bounds beyond which a replicate is at least as extreme as the observed statistic, ties included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extremes<T> {
    /// The observed statistic itself.
    pub observed: T,
    /// At least this: the upper tail.
    pub greater_equal: T,
    /// At most this: the lower tail.
    pub less_equal: T,
    /// At least this: as far above the null centre as the observed statistic is from it.
    pub far_above: T,
    /// At most this: as far below the null centre as the observed statistic is from it.
    pub far_below: T,
}

impl<T> Extremes<T> {
    /// The same bounds as other numbers.
    #[must_use]
    pub fn map<U>(self, convert: impl Fn(T) -> U) -> Extremes<U> {
        Extremes {
            observed: convert(self.observed),
            greater_equal: convert(self.greater_equal),
            less_equal: convert(self.less_equal),
            far_above: convert(self.far_above),
            far_below: convert(self.far_below),
        }
    }
}

impl Extremes<f64> {
    /// Bounds around a null centre; what lies within a tolerance of a bound counts as a tie.
    #[must_use]
    pub fn about(centre: f64, observed: f64, tolerance: f64) -> Self {
        let distance = (observed - centre).abs();
        Self {
            observed,
            greater_equal: observed - tolerance,
            less_equal: observed + tolerance,
            far_above: centre + distance - tolerance,
            far_below: centre - distance + tolerance,
        }
    }
}

/// What two computations of a statistic may differ by and still tie: 10⁻¹² of its observed value, and 4 units in the last
/// place of the largest number that it was computed from, for values near 0.
#[must_use]
pub fn tolerance(observed: f64, largest: f64) -> f64 {
    1e-12 * observed.abs() + 4.0 * f64::EPSILON * largest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_ordered_like_the_replicates() {
        let doubles = [f64::NEG_INFINITY, -1e300, -1.0, -1e-310, 0.0, 1e-310, 1.0, 1e300, f64::INFINITY];
        assert!(doubles.is_sorted_by(|a, b| a.rank() < b.rank()));
        assert_eq!((-0.0f64).rank(), 0.0f64.rank());
        assert!([i64::MIN, -1, 0, 1 << 60, (1 << 60) + 1, i64::MAX].is_sorted_by(|a, b| a.rank() < b.rank()));
    }

    #[test]
    fn distances_are_measured_from_the_midpoint() {
        // The midpoint of 3 and 8 is 5.5.
        assert_eq!(5i64.rank_of_distance(3, 8), 6i64.rank_of_distance(3, 8));
        assert!(8i64.rank_of_distance(3, 8) > 4i64.rank_of_distance(3, 8));
        assert_eq!(3f64.rank_of_distance(3.0, 8.0), 8f64.rank_of_distance(3.0, 8.0));
        assert!(2.9f64.rank_of_distance(3.0, 8.0) > 8f64.rank_of_distance(3.0, 8.0));
        // Without a bound below, what is near the one above is far out.
        assert!(7f64.rank_of_distance(f64::NEG_INFINITY, 8.0) > (-9f64).rank_of_distance(f64::NEG_INFINITY, 8.0));
        assert!(7f64.rank_of_distance(3.0, f64::INFINITY) < (-9f64).rank_of_distance(3.0, f64::INFINITY));
    }
}
