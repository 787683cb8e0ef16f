//! How near a labelling is to the extreme ones: by its statistic, and by its mark where statistics tie, so that levels can
//! lie between labellings of one value.
//!
//! Which labellings are extreme is decided by the bounds of the test alone, as in every other method; they are above all
//! levels.

use super::marks::{Mark, Marks};
use crate::error::Error;
use crate::message::{Message, Setting};
use crate::statistic::{Replicate, Thresholds};

/// Which labellings are extreme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tail {
    /// Statistic at least the observed one.
    Upper,
    /// Statistic at most the observed one.
    Lower,
    /// Statistic at least as far from the null centre as the observed one, on either side.
    Absolute,
}

/// What becomes of labellings for which the statistic is undefined (NaN).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnUndefined {
    /// The run fails.
    #[default]
    Fail,
    /// They count as extreme.
    Extreme,
}

/// Where a labelling stands among all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Height {
    statistic: u64,
    trend: u64,
    hash: u64,
}

impl Height {
    /// That of all extreme labellings, above every other one.
    pub const EXTREME: Self = Self { statistic: u64::MAX, trend: 0, hash: 0 };

    /// Whether the statistics are the same.
    pub fn ties_with(self, other: Self) -> bool {
        self.statistic == other.statistic
    }
}

/// How statistics become heights.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heights<'a, T> {
    pub thresholds: &'a Thresholds<T>,
    pub tail: Tail,
    pub on_undefined: OnUndefined,
}

impl<T: Replicate> Heights<'_, T> {
    /// The height of a labelling with a statistic and a mark.
    pub fn of(&self, replicate: T, mark: Mark, marks: &Marks) -> Result<Height, Error> {
        let Thresholds { greater_equal, less_equal, far_above, far_below, .. } = *self.thresholds;
        if !replicate.is_defined() {
            return match self.on_undefined {
                OnUndefined::Extreme => Ok(Height::EXTREME),
                OnUndefined::Fail => Err(Error::data(
                    "the statistic is not defined for some relabellings",
                    Message::from("choose one that is, or have them counted as extreme (")
                        .and(Setting::Undefined.at("extreme"))
                        .and(")"),
                )),
            };
        }
        let (is_extreme, statistic, trend) = match self.tail {
            Tail::Upper => (replicate >= greater_equal, replicate.rank(), mark.trend.rank()),
            Tail::Lower => (replicate <= less_equal, !replicate.rank(), !mark.trend.rank()),
            Tail::Absolute => (
                replicate >= far_above || replicate <= far_below,
                replicate.rank_of_distance(far_below, far_above),
                mark.trend.abs_diff(marks.middle),
            ),
        };
        if is_extreme {
            return Ok(Height::EXTREME);
        }
        // Rounding may put the distance of an extreme labelling below that of another one, but not its height.
        Ok(Height { statistic: statistic.min(u64::MAX - 1), trend, hash: mark.scattered() })
    }
}
