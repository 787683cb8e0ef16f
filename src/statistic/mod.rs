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
//! | [`groups`] | more than two groups | sums of each group |
//! | [`association`] | two columns | sums of products, numbers of inversions, or the reordered column |
//!
//! A statistic of one's own is a function of two slices or, where speed matters, an implementation of the trait;
//! `examples/own_statistic.rs` has one of each.

pub mod association;
pub mod catalogue;
pub mod character;
pub mod columns;
pub mod cost;
pub mod definition;
pub mod distance;
pub mod expression;
pub mod formula;
pub mod groups;
pub mod linear;
pub mod order;
pub mod pool;
pub mod prepared;
pub mod problem;
pub mod replicate;
pub mod rounding;
pub mod shuffled;
pub mod values;

pub use association::AssociationStatistic;
pub use character::Character;
pub use columns::Columns;
pub use cost::{EvaluationCost, NullShape};
pub use definition::Definition;
pub use groups::GroupStatistic;
pub use pool::Pool;
pub use prepared::{Evaluator, Prepared, TestStatistic};
pub use problem::Problem;
pub use replicate::Replicate;
pub use rounding::tolerance;
pub use shuffled::{PlaceLabels, Shuffled};

use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::simd::Arch;
use linear::Linear;

/// A statistic of one problem.
pub trait Statistic: Send + Sync {
    /// The statistic of one labelling, or a number that is ordered like it.
    type Replicate: Replicate;

    /// Writes the statistic of each labelling of a batch; `replicates` is as long as the batch. The labellings are over
    /// the units of the problem's design, whose [`Units`](crate::sampling::units::Units) give the observations' labels.
    ///
    /// # Errors
    /// Whatever the statistic fails with, for the whole run.
    fn replicates(&self, arch: Arch, labellings: &Labellings, replicates: &mut [Self::Replicate]) -> Result<(), Error>;

    /// Which replicates are at least as extreme as the observed one.
    fn thresholds(&self, observed: Self::Replicate) -> Thresholds<Self::Replicate>;

    /// The null centre in what replicates are counted by, as the largest whole number that is not above it and the rest;
    /// `None` where the thresholds say all that is known of it.
    fn centre(&self) -> Option<(Self::Replicate, f64)> {
        None
    }

    /// A replicate in units of the statistic.
    fn value(&self, replicate: Self::Replicate) -> f64;

    /// Appends replicates in units of the statistic.
    fn append_values(&self, replicates: &[Self::Replicate], values: &mut Vec<f64>) {
        values.extend(replicates.iter().map(|&replicate| self.value(replicate)));
    }

    /// What computing it for a labelling costs, by which methods are chosen. Labellings of an expensive one are dealt out to
    /// the threads in small pieces: never a different result, but sooner.
    fn cost(&self) -> EvaluationCost {
        EvaluationCost::UNKNOWN_KERNEL
    }

    /// What its null distribution is taken for until it is known.
    fn null_shape(&self) -> NullShape {
        NullShape::Normal
    }

    /// The shares of all labellings in each tail, where a formula of its own gives them; bounds as of [`Statistic::thresholds`].
    fn exact_tails(&self, _: &Thresholds<Self::Replicate>) -> Option<ExactTails> {
        None
    }

    /// Itself, if it is an increasing function of one sum: what exact methods and importance sampling know how to handle.
    fn linear(&self) -> Option<&Linear> {
        None
    }
}

/// All labellings, and those in each tail, as numbers or as shares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExactTails {
    /// All.
    pub all: f64,
    /// The upper tail.
    pub greater_equal: f64,
    /// The lower tail.
    pub less_equal: f64,
    /// Both, as far from the null centre as the data.
    pub absolute: f64,
}

/// Bounds beyond which a replicate is at least as extreme as the observed statistic, ties included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds<T> {
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

impl<T> Thresholds<T> {
    /// The same bounds as other numbers.
    #[must_use]
    pub fn map<U>(self, convert: impl Fn(T) -> U) -> Thresholds<U> {
        Thresholds {
            observed: convert(self.observed),
            greater_equal: convert(self.greater_equal),
            less_equal: convert(self.less_equal),
            far_above: convert(self.far_above),
            far_below: convert(self.far_below),
        }
    }
}

impl Thresholds<f64> {
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
