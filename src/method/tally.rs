//! Integer counts of resamples at least as extreme as the observed statistic: what p-values are made of.
//!
//! Counts add up in any order, so a tally does not know how many threads or machines it comes from.

use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

use crate::simd::{self, Arch, Kernel};
use crate::statistic::{Replicate, Thresholds};

/// What becomes of labellings for which the statistic is undefined, such as 0/0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Undefined {
    /// There may be none.
    #[default]
    Error,
    /// They count as at least as extreme as the data, in each direction: the p-value can only become larger.
    Extreme,
    /// They are left out, as if they had not been drawn.
    Drop,
}

/// Counts of resamples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// All that were drawn.
    pub resamples: u64,
    /// Statistic at least the observed one.
    pub greater_equal: u64,
    /// Statistic at most the observed one.
    pub less_equal: u64,
    /// Statistic at least as far from the null centre as the observed one, on either side.
    pub absolute: u64,
    /// Statistic undefined (NaN): in none of the tails.
    pub undefined: u64,
    /// Statistic not the observed one but so near that it counts as a tie.
    pub near_ties: u64,
}

impl Tally {
    /// Counts a batch of replicates.
    #[must_use]
    pub fn of<T: Replicate>(arch: Arch, replicates: &[T], thresholds: &Thresholds<T>) -> Self {
        simd::run(arch, Count { replicates, thresholds })
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            resamples: self.resamples + other.resamples,
            greater_equal: self.greater_equal + other.greater_equal,
            less_equal: self.less_equal + other.less_equal,
            absolute: self.absolute + other.absolute,
            undefined: self.undefined + other.undefined,
            near_ties: self.near_ties + other.near_ties,
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

struct Count<'a, T> {
    replicates: &'a [T],
    thresholds: &'a Thresholds<T>,
}

impl<T: Replicate> Kernel for Count<'_, T> {
    type Output = Tally;

    // One comparison may not wait for another: the loop is to be vectorised.
    #[allow(clippy::needless_bitwise_bool)]
    #[inline(always)]
    fn compute(self) -> Tally {
        let Thresholds { observed, greater_equal, less_equal, far_above, far_below } = *self.thresholds;
        let mut tally = Tally { resamples: self.replicates.len() as u64, ..Tally::default() };
        for &replicate in self.replicates {
            tally.greater_equal += u64::from(replicate >= greater_equal);
            tally.less_equal += u64::from(replicate <= less_equal);
            tally.absolute += u64::from((replicate >= far_above) | (replicate <= far_below));
            tally.undefined += u64::from(!replicate.is_defined());
            tally.near_ties +=
                u64::from((replicate >= greater_equal) & (replicate <= less_equal) & (replicate != observed));
        }
        tally
    }
}
