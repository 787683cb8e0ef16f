//! p-values from counts of resamples, and how far the counting can be trusted.

use std::fmt;

use serde::Serialize;

use super::classical::student;
use super::interval::{clopper_pearson, time_uniform};
use super::normal;
use crate::method::estimate::{Estimate, Spread};
use crate::method::exact::convolve::Tails;
use crate::method::tail::Tail;

/// How many resamples were as extreme as the observed statistic, in each sense of the word. Ties count as extreme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Resamples drawn.
    pub n: u64,
    /// Those with a statistic ≥ the observed one.
    pub greater_equal: u64,
    /// Those with a statistic ≤ the observed one.
    pub less_equal: u64,
    /// Those at least as far from the null value as the observed one, on either side.
    pub absolute: u64,
}

impl Counts {
    /// Resamples in a tail; for the doubled rule those of the smaller one.
    #[must_use]
    pub fn extreme(&self, tail: Tail) -> u64 {
        match tail {
            Tail::Upper => self.greater_equal,
            Tail::Lower => self.less_equal,
            Tail::Absolute => self.absolute,
            Tail::Doubled => self.greater_equal.min(self.less_equal),
        }
    }

    /// The counts as the tails of all labellings.
    #[must_use]
    pub fn tails(&self) -> Tails<f64> {
        Tails {
            all: self.n as f64,
            greater_equal: self.greater_equal as f64,
            less_equal: self.less_equal as f64,
            absolute: self.absolute as f64,
        }
    }
}

/// What an interval for a p-value rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntervalKind {
    /// Every labelling counted: there is nothing to estimate.
    Exact,
    /// The p-value certainly lies within.
    Bounds,
    /// Clopper and Pearson's, for a count.
    ClopperPearson,
    /// Robbins's, for a count at a time that the counts themselves chose.
    TimeUniform,
    /// The normal curve for the logarithm of a mean of many weights.
    LogNormal,
    /// Student's t for the logarithm of a mean of a few replicates.
    LogT,
    /// The upper end is that of [`IntervalKind::LogT`] for the share of labellings that are at least nearly as extreme as the
    /// data; of the p-value below it no more is known than the smallest that the data can give.
    UpperBound,
}

impl IntervalKind {
    /// The name used in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Bounds => "bounds",
            Self::ClopperPearson => "clopper-pearson",
            Self::TimeUniform => "time-uniform",
            Self::LogNormal => "log-normal",
            Self::LogT => "log-t",
            Self::UpperBound => "upper-bound",
        }
    }
}

serialise_as!(name: IntervalKind);

/// A p-value, its uncertainty and its resolution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PValue {
    /// The p-value: never 0.
    pub estimate: f64,
    /// Interval for the p-value that infinitely many resamples would give.
    pub interval: [f64; 2],
    /// What that interval rests on.
    pub kind: IntervalKind,
    /// The smallest p-value that this design, these data and this number of resamples can give.
    pub minimum: f64,
}

/// `0.06087 (0.06067 to 0.06106)`: four digits, the interval where there is something to estimate.
///
/// ```
/// use permtest::PermutationTest;
/// let p = PermutationTest::new(&[7.0, 8.0, 9.0], &[1.0, 2.0, 3.0])?.run("mean")?.p_value;
/// assert_eq!(p.to_string(), "0.1000");
/// # Ok::<(), permtest::error::Error>(())
/// ```
impl fmt::Display for PValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let four_digits = |p: f64| {
            let leading = p.log10().floor() as i32;
            if leading < -4 { format!("{p:.3e}") } else { format!("{p:.*}", (3 - leading).max(0) as usize) }
        };
        let [low, high] = self.interval;
        if low == high {
            return f.write_str(&four_digits(self.estimate));
        }
        write!(f, "{} ({} to {})", four_digits(self.estimate), four_digits(low), four_digits(high))
    }
}

impl PValue {
    /// An exact p-value; one below the smallest normal float is given as that float.
    #[must_use]
    pub fn exact(p: f64, attainable_minimum: f64) -> Self {
        let estimate = p.max(f64::MIN_POSITIVE);
        Self { estimate, interval: [estimate; 2], kind: IntervalKind::Exact, minimum: attainable_minimum }
    }

    /// A p-value that certainly lies in an interval: its upper end, so that the test keeps its level.
    #[must_use]
    pub fn bounds([low, high]: [f64; 2], attainable_minimum: f64) -> Self {
        let interval = [low.max(attainable_minimum).min(high), high.max(f64::MIN_POSITIVE)];
        Self { estimate: interval[1], interval, kind: IntervalKind::Bounds, minimum: attainable_minimum }
    }

    /// A p-value of resamples that ended when the rule of [`sequential`](crate::method::sequential) decided or ran out of
    /// them, with the interval that leaves out `risk`: it holds α exactly as long as the rule has not decided.
    #[must_use]
    pub fn sequential(counts: &Counts, tail: Tail, risk: f64, attainable_minimum: f64) -> Self {
        let Counts { n, greater_equal, less_equal, .. } = *counts;
        let interval = match tail {
            Tail::Doubled => {
                let [above, below] = [greater_equal, less_equal].map(|count| time_uniform(count, n, risk / 2.0));
                [0, 1].map(|end| (2.0 * above[end].min(below[end])).min(1.0))
            }
            _ => time_uniform(counts.extreme(tail), n, risk),
        };
        // The level is of no concern: only the estimate is taken from it.
        let estimate = Self::monte_carlo(counts, tail, 0.5, attainable_minimum).estimate;
        Self { estimate, interval, kind: IntervalKind::TimeUniform, minimum: attainable_minimum }
    }

    /// An estimate with its interval at the level `confidence`, symmetric for the logarithm of p. Neither is below the
    /// smallest p-value that the data can give.
    #[must_use]
    pub fn estimated(estimate: &Estimate, confidence: f64, attainable_minimum: f64) -> Self {
        let (kind, quantile) = match estimate.spread {
            Spread::Weights { .. } => (IntervalKind::LogNormal, normal::quantile(confidence)),
            Spread::Replicates { replicates, .. } => {
                (IntervalKind::LogT, student::quantile(confidence, replicates as f64 - 1.0))
            }
        };
        let minimum = attainable_minimum.max(f64::MIN_POSITIVE);
        let p = estimate.p.clamp(minimum, 1.0);
        let factor = libm::exp(quantile * estimate.relative_error());
        let interval = [(p / factor).max(minimum), (p * factor).min(1.0)];
        Self { estimate: p, interval, kind, minimum }
    }

    /// An upper bound for a p-value from an estimate of something larger: the upper end of the interval of
    /// [`PValue::estimated`], so that the bound fails with half the probability that the interval leaves out.
    #[must_use]
    pub fn ceiling(estimate: &Estimate, confidence: f64, attainable_minimum: f64) -> Self {
        let Self { interval: [_, high], minimum, .. } = Self::estimated(estimate, confidence, attainable_minimum);
        Self { estimate: high, interval: [minimum, high], kind: IntervalKind::UpperBound, minimum }
    }

    /// The Monte Carlo p-value (b + 1)/(n + 1), where b of n resamples are as extreme as the data (Davison & Hinkley 1997, section
    /// 4.2; Phipson & Smyth 2010): the data themselves count as one more labelling, so the test keeps its level for any n.
    ///
    /// The doubled rule takes twice the smaller tail, at most 1, and the same of its interval. The interval is that of
    /// [`clopper_pearson`] for b of n at the level `confidence`. `attainable_minimum` is the smallest p-value that counting all
    /// labellings could give ([`smallest_attainable`](super::attainable::smallest_attainable)).
    ///
    /// # Panics
    ///
    /// If a count is larger than n, or `confidence` does not lie strictly between 0 and 1.
    ///
    /// ```
    /// use permtest::inference::p_value::{Counts, PValue};
    /// use permtest::method::tail::Tail;
    /// let counts = Counts { n: 99, greater_equal: 4, less_equal: 96, absolute: 9 };
    /// let p = |tail| PValue::monte_carlo(&counts, tail, 0.99, 0.0).estimate;
    /// assert_eq!(p(Tail::Upper), 0.05); // (4 + 1)/(99 + 1)
    /// assert_eq!(p(Tail::Lower), 0.97); // (96 + 1)/100
    /// assert_eq!(p(Tail::Absolute), 0.1); // (9 + 1)/100
    /// assert_eq!(p(Tail::Doubled), 0.1); // 2·(4 + 1)/100
    /// ```
    #[must_use]
    pub fn monte_carlo(counts: &Counts, tail: Tail, confidence: f64, attainable_minimum: f64) -> Self {
        let tails = if tail == Tail::Doubled { 2.0 } else { 1.0 };
        let (extreme, all) = (counts.extreme(tail), counts.n as f64 + 1.0);
        let interval = clopper_pearson(extreme, counts.n, confidence);
        Self {
            estimate: (tails * (extreme as f64 + 1.0) / all).min(1.0),
            interval: interval.map(|end| (tails * end).min(1.0)),
            kind: IntervalKind::ClopperPearson,
            minimum: (tails / all).max(attainable_minimum).min(1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::{Alternative, TwoSidedRule};
    use crate::method::splitting;

    const ASYMMETRIC: Counts = Counts { n: 999, greater_equal: 20, less_equal: 985, absolute: 30 };

    #[test]
    fn no_extreme_resample_gives_one_in_n_plus_one_and_never_zero() {
        let none = Counts { n: 10_000_000, greater_equal: 0, less_equal: 10_000_000, absolute: 0 };
        let p = PValue::monte_carlo(&none, Tail::Upper, 0.95, 0.0);
        assert_eq!(p.estimate, 1.0 / 10_000_001.0);
        assert_eq!(p.interval, [0.0, 3.68888e-7]); // 1 − 0.025^(1/10⁷) = 3.688879e-7
        assert_eq!(p.minimum, p.estimate);
    }

    #[test]
    fn the_doubled_rule_doubles_the_smaller_tail_and_its_interval() {
        let one_sided = PValue::monte_carlo(&ASYMMETRIC, Tail::Upper, 0.99, 0.0);
        let doubled = PValue::monte_carlo(&ASYMMETRIC, Tail::Doubled, 0.99, 0.0);
        assert_eq!((one_sided.estimate, doubled.estimate), (0.021, 0.042));
        assert_eq!(doubled.interval, one_sided.interval.map(|end| 2.0 * end));
        assert_eq!((one_sided.minimum, doubled.minimum), (0.001, 0.002));
    }

    #[test]
    fn the_rule_does_not_touch_a_one_sided_alternative() {
        for (alternative, tail) in [(Alternative::Greater, Tail::Upper), (Alternative::Less, Tail::Lower)] {
            for rule in [TwoSidedRule::Absolute, TwoSidedRule::Doubled] {
                assert_eq!(alternative.tail(rule), tail);
            }
        }
    }

    #[test]
    fn an_estimate_has_an_interval_for_its_logarithm() {
        let spread = Spread::Replicates { replicates: 21, extinct: 0, levels: 5, tail: splitting::Tail::Upper };
        let estimate = Estimate { p: 1e-12, standard_error: 1e-13, draws: 21_000, spread };
        let p = PValue::estimated(&estimate, 0.95, 1e-30);
        // Student's t, 20 degrees of freedom, .975: 2.085963.
        let factor = (0.208_596_3f64).exp();
        assert!((p.interval[0] * factor / 1e-12 - 1.0).abs() < 1e-6);
        assert!((p.interval[1] / factor / 1e-12 - 1.0).abs() < 1e-6);
        let spread = Spread::Weights { effective_sample_size: 1e4, saddlepoint: None };
        let p = PValue::estimated(&Estimate { spread, ..estimate }, 0.95, 1e-30);
        assert!((p.interval[1] / (0.195_996_4f64).exp() / 1e-12 - 1.0).abs() < 1e-6);
        // Never below what the data can give.
        let floor = PValue::estimated(&estimate, 0.95, 9.9e-13);
        assert_eq!((floor.interval[0], floor.minimum), (9.9e-13, 9.9e-13));
    }

    #[test]
    fn a_doubled_p_value_and_its_interval_stop_at_one() {
        let middle = Counts { n: 9, greater_equal: 6, less_equal: 5, absolute: 9 };
        let p = PValue::monte_carlo(&middle, Tail::Doubled, 0.99, 0.0);
        assert_eq!((p.estimate, p.interval[1]), (1.0, 1.0));
    }

    #[test]
    fn the_minimum_is_the_coarser_of_counting_and_the_data() {
        assert_eq!(PValue::monte_carlo(&ASYMMETRIC, Tail::Upper, 0.99, 0.05).minimum, 0.05);
        assert_eq!(PValue::monte_carlo(&ASYMMETRIC, Tail::Upper, 0.99, 1e-9).minimum, 0.001);
        let one = Counts { n: 0, greater_equal: 0, less_equal: 0, absolute: 0 };
        assert_eq!(PValue::monte_carlo(&one, Tail::Doubled, 0.99, 0.0).minimum, 1.0);
    }
}
