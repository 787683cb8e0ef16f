//! Differences of means within strata, weighted by how much each stratum says.
//!
//! With mₛ case and nₛ control observations of Nₛ in stratum s, whose means differ by dₛ, the difference is
//! D = Σ wₛ·dₛ / Σ wₛ, wₛ = mₛ·nₛ/Nₛ: the effect of the group in a linear model with a constant for each stratum. As
//! wₛ·dₛ = Sₛ − mₛ·Tₛ/Nₛ, for the sums S over the case observations of a stratum and T over all of it, D is (S − E)/W with the
//! sum S over all case observations, its mean E over all labellings, and W = Σ wₛ: what the permutation test of a sum measures.
//!
//! Where clusters of unequal sizes are exchanged within strata, mₛ and with it E and W are those of each labelling.
//!
//! All of it is computed in integers, as multiples of 1/L for a common multiple L of the Nₛ, so that equal differences are
//! equal floats.

use super::scores::{Scores, greatest_common_divisor};
use super::{Linear, Orientation};
use crate::design::{Exchange, Exchangeable};
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::simd::Arch;
use crate::statistic::{EvaluationCost, Problem, Statistic, Thresholds};

/// Common multiples stay below this; where there is none, parts are rounded to its inverse.
const LARGEST_COMMON: i128 = 1 << 40;

/// The strata of a problem, and what the scores of a column add up to in them.
#[derive(Debug, Clone)]
struct Strata {
    /// L.
    common: i128,
    strata: Vec<Stratum>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Stratum {
    /// mₛ in the data.
    cases: i128,
    /// Nₛ.
    all: i128,
    /// Tₛ.
    total: i128,
}

impl Strata {
    fn new(stratum_of: &[u32], labels: &[bool], scores: &[i64]) -> Self {
        let number = 1 + stratum_of.iter().copied().max().unwrap_or(0) as usize;
        let mut strata = vec![Stratum::default(); number];
        for ((&stratum, &label), &score) in stratum_of.iter().zip(labels).zip(scores) {
            let stratum = &mut strata[stratum as usize];
            stratum.cases += i128::from(label);
            stratum.all += 1;
            stratum.total += i128::from(score);
        }
        let common = least_common_multiple(strata.iter().map(|stratum| stratum.all), LARGEST_COMMON);
        Self { common: common.unwrap_or(LARGEST_COMMON), strata }
    }

    /// L·E, for so many case observations in each stratum as the data have.
    fn centre(&self) -> i128 {
        self.strata.iter().map(|stratum| self.share(stratum.total * stratum.cases, stratum.all)).sum()
    }

    /// L·W, likewise.
    fn weight(&self) -> i128 {
        self.strata.iter().map(|stratum| self.weight_of(stratum, stratum.cases)).sum()
    }

    fn weight_of(&self, stratum: &Stratum, cases: i128) -> i128 {
        self.share(cases * (stratum.all - cases), stratum.all)
    }

    /// L times a fraction: to the nearest integer, which it is for certain if L is a multiple of the denominator.
    fn share(&self, numerator: i128, denominator: i128) -> i128 {
        let rest = numerator.rem_euclid(denominator) * self.common;
        numerator.div_euclid(denominator) * self.common + (2 * rest + denominator).div_euclid(2 * denominator)
    }
}

/// The least common multiple of positive numbers, if it does not exceed a limit.
pub fn least_common_multiple(mut numbers: impl Iterator<Item = i128>, limit: i128) -> Option<i128> {
    numbers.try_fold(1i128, |common, number| {
        let product = (common / greatest_common_divisor(common, number)).checked_mul(number)?;
        (product <= limit).then_some(product)
    })
}

/// How the sum of the scores over the case observations gives the difference within strata, as long as each has as many of
/// them as the data.
///
/// For decimals it is one division of integers: as near to the true difference as a double can be.
#[derive(Debug, Clone, Copy)]
pub struct Difference {
    common: i128,
    centre: i128,
    weight: f64,
    divisor: i128,
    denominator: f64,
    unit: f64,
}

impl Difference {
    /// The difference for scores, the strata and the labels (`true` for case) of as many observations.
    #[must_use]
    pub fn new(stratum_of: &[u32], labels: &[bool], scores: &Scores) -> Self {
        let strata = Strata::new(stratum_of, labels, &scores.scores);
        let Scores { divisor, denominator, unit, .. } = *scores;
        let (centre, weight) = (strata.centre(), strata.weight() as f64);
        Self { common: strata.common, centre, weight, divisor, denominator, unit }
    }

    /// The difference for a sum.
    #[must_use]
    pub fn of(&self, sum: i64) -> f64 {
        let numerator = i128::from(sum) * self.common - self.centre;
        let exact = numerator.checked_mul(self.divisor).map(|product| product as f64);
        let product = exact.unwrap_or(numerator as f64 * self.divisor as f64);
        product / (self.denominator * self.weight) * self.unit
    }
}

/// The difference of means within strata as a statistic; what was subtracted from the case values is added again.
///
/// # Panics
/// When there is not a stratum for each position of the pool, and as [`Linear::new`].
#[must_use]
pub fn mean_difference(problem: &Problem, stratum_of: &[u32], shift: f64) -> Linear {
    let pool = problem.pool();
    let difference = Difference::new(stratum_of, pool.labels(), pool.scores());
    let linear = Linear::of(problem, pool.scores(), Orientation::Rising, move |sum| difference.of(sum) + shift);
    linear.centred_at(shift)
}

/// W for the data.
#[must_use]
pub fn weight(stratum_of: &[u32], labels: &[bool]) -> f64 {
    let strata = Strata::new(stratum_of, labels, &vec![0; labels.len()]);
    strata.weight() as f64 / strata.common as f64
}

/// Σ (x − x̄ₛ)² for scores, the squares around the means of the strata.
#[must_use]
pub fn squares(stratum_of: &[u32], scores: &[i64]) -> f64 {
    let strata = Strata::new(stratum_of, &vec![false; stratum_of.len()], scores);
    let deviation = |(&stratum, &score): (&u32, &i64)| {
        let Stratum { all, total, .. } = strata.strata[stratum as usize];
        ((i128::from(score) * all - total) as f64 / all as f64).powi(2)
    };
    stratum_of.iter().zip(scores).map(deviation).sum()
}

/// A statistic of differences within strata whose labellings change the numbers of case observations: clusters of unequal
/// sizes. The differences are those of the scores.
#[derive(Debug, Clone)]
pub struct Varying {
    strata: Strata,
    ranges: Vec<Exchangeable>,
    /// Of each unit: how many observations it has, and L·(S − size·Tₛ/Nₛ) for the sum S of their scores.
    units: Vec<(i128, i128)>,
    reading: Reading,
}

/// What is read from D and W.
#[derive(Debug, Clone, Copy)]
enum Reading {
    /// D, one of which is worth a step; what was subtracted from the case values is added again.
    Difference { step: f64, shift: f64 },
    /// D·√W, from which *t* follows with the squares around the means of the strata.
    Student { squares: f64, freedom: f64 },
}

impl Varying {
    /// The difference of means; `None` where labels are not exchanged within several strata.
    #[must_use]
    pub fn difference(problem: &Problem) -> Option<Self> {
        let (step, shift) = (problem.pool().scores().step(), problem.pool().shift());
        Self::new(problem, Reading::Difference { step, shift })
    }

    /// Its *t*, from the squares of the scores around the means of the strata and their degrees of freedom.
    #[must_use]
    pub fn student(problem: &Problem, squares: f64, freedom: f64) -> Option<Self> {
        Self::new(problem, Reading::Student { squares, freedom })
    }

    fn new(problem: &Problem, reading: Reading) -> Option<Self> {
        let (design, scores) = (problem.design(), &problem.pool().scores().scores);
        let (stratum_of, Exchange::Subsets(ranges)) = (problem.strata()?, design.exchange()) else { return None };
        let strata = Strata::new(stratum_of, problem.pool().labels(), scores);
        let (sizes, sums) = (design.units().sums(&vec![1i64; scores.len()]), design.units().sums(scores));
        let mut units = vec![(0, 0); sizes.changes.len()];
        for (range, stratum) in ranges.iter().zip(&strata.strata) {
            for unit in range.units.clone() {
                let (size, sum) = (i128::from(sizes.changes[unit]), i128::from(sums.changes[unit]));
                units[unit] = (size, sum * strata.common - strata.share(stratum.total * size, stratum.all));
            }
        }
        Some(Self { strata, ranges, units, reading })
    }

    fn replicate(&self, labelling: &[u64]) -> f64 {
        let (mut excess, mut weight) = (0, 0);
        for (range, stratum) in self.ranges.iter().zip(&self.strata.strata) {
            let mut cases = 0;
            for unit in range.units.clone().filter(|unit| labelling[unit / 64] >> (unit % 64) & 1 == 1) {
                let (size, more) = self.units[unit];
                cases += size;
                excess += more;
            }
            weight += self.strata.weight_of(stratum, cases);
        }
        let difference = excess as f64 / weight as f64;
        match self.reading {
            Reading::Difference { .. } => difference,
            Reading::Student { .. } => difference * (weight as f64 / self.strata.common as f64).sqrt(),
        }
    }
}

/// *t* = r/√((squares − r²)/ν), which increases with r = D·√W.
#[must_use]
pub fn student(r: f64, squares: f64, freedom: f64) -> f64 {
    r / ((squares - r * r).max(0.0) / freedom).sqrt()
}

impl Statistic for Varying {
    type Replicate = f64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        let rows = labellings.dense();
        for (row, replicate) in rows.words.chunks_exact(rows.width()).zip(replicates) {
            *replicate = self.replicate(row);
        }
        Ok(())
    }

    /// Ratios of integers that are equal are equal floats, so that little is left to a tolerance.
    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        Thresholds::about(0.0, observed, 1e-12 * observed.abs())
    }

    fn value(&self, replicate: f64) -> f64 {
        match self.reading {
            Reading::Difference { step, shift } => replicate * step + shift,
            Reading::Student { squares, freedom } => student(replicate, squares, freedom),
        }
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Kernel { passes: 1.2 }
    }
}
