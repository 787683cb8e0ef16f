//! The statistics that have a form of their own within strata.
//!
//! | statistic | within strata | source |
//! |---|---|---|
//! | mean | the mean of the differences within strata, weighted by mₛ·nₛ/Nₛ: see [`within`] | |
//! | *t* | that difference by its standard error in a linear model with a constant for each stratum and one effect of the group | |
//! | rank-sum | Σ (rank sum of the case in stratum s)/(Nₛ + 1), ranks counted within strata | van Elteren 1960 |
//!
//! In that model the residual squares are those around the means of the strata, less W·D²: under the same labels W is constant,
//! and *t* increases with the difference.

use super::Named;
use crate::statistic::linear::scores::{Exactness, Scores};
use crate::statistic::linear::wide::{self, Wide};
use crate::statistic::linear::within::{self, Varying};
use crate::statistic::linear::{Linear, Orientation};
use crate::statistic::{Character, Prepared, Problem, pool};

/// Common multiples of the Nₛ + 1 up to which weighted ranks are exact integers: sums of 2³³ doubled ranks have room then.
const LARGEST_COMMON: i128 = 1 << 90;

/// Sums of narrow scores stay below this.
const SUM_LIMIT: i128 = 1 << 62;

impl Named {
    /// Whether the statistic compares case and control within strata, where there are some. Others compare the pooled
    /// groups, also where labels are exchanged within strata only.
    #[must_use]
    pub fn compares_within_strata(self) -> bool {
        matches!(self, Self::Mean | Self::T | Self::RankSum)
    }

    /// Prepares the form that the statistic has within strata, if it has one and there are some.
    pub(super) fn prepare_within_strata(self, problem: &Problem) -> Option<Prepared<'static>> {
        let strata = problem.strata()?;
        let shift = problem.pool().shift();
        match (self, problem.design().case_size()) {
            (Self::Mean, Some(_)) => Some(Prepared::sum(within::mean_difference(problem, strata, shift))),
            (Self::Mean, None) => Varying::difference(problem).map(varying),
            (Self::T, _) => student(problem, strata),
            (Self::RankSum, _) => Some(Prepared::sum(van_elteren(problem, strata))),
            _ => None,
        }
    }
}

/// A difference whose mean over all labellings is known, too, though it is no sum.
fn varying(statistic: Varying) -> Prepared<'static> {
    Prepared { is_centred: true, ..Prepared::floats(statistic).of_character(Character::Difference) }
}

/// *t* with N − K − 1 degrees of freedom for K strata.
fn student(problem: &Problem, strata: &[u32]) -> Option<Prepared<'static>> {
    let pool = problem.pool();
    let number = 1 + strata.iter().copied().max().unwrap_or(0);
    let freedom = pool.len() as f64 - f64::from(number) - 1.0;
    let squares = within::squares(strata, &pool.scores().scores);
    if problem.design().case_size().is_none() {
        return Varying::student(problem, squares, freedom).map(varying);
    }
    let root = within::weight(strata, pool.labels()).sqrt() / pool.scores().step();
    let t = move |difference: f64| within::student(difference * root, squares, freedom);
    Some(Prepared::sum(within::mean_difference(problem, strata, 0.0).map_monotone(t)))
}

/// The scores are ranks within strata as multiples of 1/2L, for a common multiple L of the Nₛ + 1.
fn van_elteren(problem: &Problem, strata: &[u32]) -> Linear {
    let ranks = doubled_ranks(problem.pool().values(), strata);
    let mut sizes = vec![0i128; 1 + strata.iter().copied().max().unwrap_or(0) as usize];
    for &stratum in strata {
        sizes[stratum as usize] += 1;
    }
    let exact = within::least_common_multiple(sizes.iter().map(|size| size + 1), LARGEST_COMMON);
    let common = exact.unwrap_or(LARGEST_COMMON);
    let score = |(&rank, &stratum): (&i64, &u32)| {
        let divisor = sizes[stratum as usize] + 1;
        (i128::from(rank) * common + divisor / 2) / divisor
    };
    let integers: Vec<i128> = ranks.iter().zip(strata).map(score).collect();
    let step = wide::step_below(&integers, SUM_LIMIT);
    let (unit, is_exact) = (1.0 / (2.0 * common as f64), exact.is_some() && step == 1);
    let worth = step as f64;
    let scores = Scores {
        scores: integers.iter().map(|integer| ((integer + step / 2) / step) as i64).collect(),
        least: 0,
        divisor: step,
        denominator: 2.0 * common as f64,
        unit: 1.0,
        exactness: if is_exact { Exactness::Exact } else { Exactness::Rounded },
        power: None,
        wide: exact.filter(|_| !is_exact).map(|_| Wide { scores: integers, step, unit }),
    };
    Linear::of(problem, &scores, Orientation::Rising, move |sum| sum as f64 * worth / (2.0 * common as f64))
}

/// Twice the mid-rank of each value among those of its stratum; the values are ascending.
fn doubled_ranks(values: &[f64], strata: &[u32]) -> Vec<i64> {
    let mut places: Vec<u32> = (0..values.len() as u32).collect();
    // The sort is stable: each stratum stays ascending.
    places.sort_by_key(|&place| strata[place as usize]);
    let mut ranks = vec![0; values.len()];
    for members in places.chunk_by(|&a, &b| strata[a as usize] == strata[b as usize]) {
        let sorted: Vec<f64> = members.iter().map(|&place| values[place as usize]).collect();
        for (&place, rank) in members.iter().zip(pool::doubled_ranks(&sorted)) {
            ranks[place as usize] = rank;
        }
    }
    ranks
}
