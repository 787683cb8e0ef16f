//! Exact p-values: every labelling counts, though few of them are looked at one by one.
//!
//! | algorithm | for | cost |
//! |---|---|---|
//! | [`enumeration`] | any statistic | one evaluation a labelling |
//! | [`dense`] lattice | linear statistics of numbers with few digits | additions of cells: N³·range/192, or so |
//! | [`sorted_sums`] meet in the middle | linear statistics of any numbers, N ≤ 52 or a small group | √C entries, twice |
//! | [`bounds`] | linear statistics of any numbers | a lattice for rounded numbers; the result is an interval |
//!
//! The two in the middle share all but how sums are held: [`addends`] cuts a linear statistic in two, [`convolve`] builds both
//! parts and sets them against each other, [`cost`] says beforehand what that takes. All tails come out at once.

pub mod addends;
pub mod bounds;
pub mod convolve;
pub mod cost;
pub mod dense;
pub mod enumeration;
pub mod sorted_sums;

use crate::error::Error;
use addends::Addends;
use convolve::{Tails, Work};
use dense::Dense;
use sorted_sums::Listed;

/// How labellings are counted that are too many to be enumerated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// A count for each sum.
    Lattice,
    /// Two sorted lists of sums.
    MeetInTheMiddle,
}

/// Counts the labellings beyond each set of thresholds. The counts are integers where there are less than 2⁵³ labellings;
/// beyond that their ratios are right to 12 digits, and larger counts may all have been divided by the same number.
///
/// # Errors
/// [`Error::Interrupted`] once `stop` is set, [`Error::Data`] when threads or memory cannot be had.
pub fn count(algorithm: Algorithm, addends: &Addends, work: Work) -> Result<Vec<Tails<f64>>, Error> {
    match algorithm {
        Algorithm::Lattice => convolve::count::<Dense<f64>>(addends, work),
        Algorithm::MeetInTheMiddle if addends.largest_sum() < i128::from(i64::MAX) / 4 => {
            Ok(as_floats(convolve::count::<Listed<i64>>(addends, work)?))
        }
        Algorithm::MeetInTheMiddle => Ok(as_floats(convolve::count::<Listed<i128>>(addends, work)?)),
    }
}

fn as_floats(tails: Vec<Tails<u128>>) -> Vec<Tails<f64>> {
    let float = |Tails { all, greater_equal, less_equal, absolute }| Tails {
        all: all as f64,
        greater_equal: greater_equal as f64,
        less_equal: less_equal as f64,
        absolute: absolute as f64,
    };
    tails.into_iter().map(float).collect()
}
