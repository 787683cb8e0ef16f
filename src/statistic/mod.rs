//! Statistics: one number computed from a labelling.
//!
//! A [`Statistic`] is a statistic made ready for one problem: the pooled sample is prepared once, the observed value is
//! known, and what remains is to compute the statistic of each labelling. It may do so in numbers of its own, such as
//! integer sums, as long as they are ordered like the statistic: counting needs no more.

pub mod expression;
pub mod linear;
pub mod values;

use crate::sampling::labellings::Labellings;
use crate::simd::Arch;

/// A statistic of one problem.
pub trait Statistic: Sync {
    /// The statistic of one labelling, or an integer that is ordered like it.
    type Replicate: Replicate;

    /// Writes the statistic of each labelling of a batch; `replicates` is as long as the batch.
    fn replicates(&self, arch: Arch, labellings: &Labellings, replicates: &mut [Self::Replicate]);

    /// Which replicates are at least as extreme as the observed statistic.
    fn extremes(&self) -> Extremes<Self::Replicate>;

    /// A replicate in units of the statistic.
    fn value(&self, replicate: Self::Replicate) -> f64;
}

/// A number that replicates are counted by.
pub trait Replicate: Copy + Default + PartialOrd + Send + Sync {
    /// Whether the statistic was defined for the labelling: false for NaN.
    fn is_defined(self) -> bool;
}

impl Replicate for i64 {
    #[inline(always)]
    fn is_defined(self) -> bool {
        true
    }
}

impl Replicate for f64 {
    #[inline(always)]
    fn is_defined(self) -> bool {
        !self.is_nan()
    }
}

/// Bounds beyond which a replicate is at least as extreme as the observed statistic, ties included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extremes<T> {
    /// At least this: the upper tail.
    pub greater_equal: T,
    /// At most this: the lower tail.
    pub less_equal: T,
    /// At least this: as far above the null centre as the observed statistic is from it.
    pub far_above: T,
    /// At most this: as far below the null centre as the observed statistic is from it.
    pub far_below: T,
}
