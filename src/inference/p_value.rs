//! p-values from counts of resamples, and how far the counting can be trusted.

use super::interval::clopper_pearson;
use super::{Alternative, TwoSidedRule};

/// How many resamples were as extreme as the observed statistic, in each sense of the word. Ties count as extreme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// Resamples as extreme as the alternative means it; for the doubled rule those of the smaller tail.
    #[must_use]
    pub fn extreme(&self, alternative: Alternative, rule: TwoSidedRule) -> u64 {
        match (alternative, rule) {
            (_, TwoSidedRule::UpperTail) | (Alternative::Greater, _) => self.greater_equal,
            (Alternative::Less, _) => self.less_equal,
            (Alternative::TwoSided, TwoSidedRule::Absolute) => self.absolute,
            (Alternative::TwoSided, TwoSidedRule::Doubled) => self.greater_equal.min(self.less_equal),
        }
    }
}

/// A p-value, its uncertainty and its resolution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PValue {
    /// The p-value: never 0.
    pub estimate: f64,
    /// Interval for the p-value that infinitely many resamples would give.
    pub interval: [f64; 2],
    /// The smallest p-value that this design, these data and this number of resamples can give.
    pub minimum: f64,
}

impl PValue {
    /// The exact p-value b/C, where b of all C labellings, the observed one among them, are as extreme as the data.
    ///
    /// The doubled rule takes twice the smaller tail, at most 1.
    ///
    /// # Panics
    ///
    /// If there is no labelling.
    #[must_use]
    pub fn exact(counts: &Counts, alternative: Alternative, rule: TwoSidedRule, attainable_minimum: f64) -> Self {
        assert!(counts.n > 0, "the observed labelling is one of them");
        let share = counts.extreme(alternative, rule) as f64 / counts.n as f64;
        let is_doubled = alternative == Alternative::TwoSided && rule == TwoSidedRule::Doubled;
        let estimate = if is_doubled { (2.0 * share).min(1.0) } else { share };
        Self { estimate, interval: [estimate, estimate], minimum: attainable_minimum }
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
    /// use permtest::inference::{Alternative, TwoSidedRule};
    /// let counts = Counts { n: 99, greater_equal: 4, less_equal: 96, absolute: 9 };
    /// let p = |alternative, rule| PValue::monte_carlo(&counts, alternative, rule, 0.99, 0.0).estimate;
    /// assert_eq!(p(Alternative::Greater, TwoSidedRule::Absolute), 0.05); // (4 + 1)/(99 + 1)
    /// assert_eq!(p(Alternative::Less, TwoSidedRule::Absolute), 0.97); // (96 + 1)/100
    /// assert_eq!(p(Alternative::TwoSided, TwoSidedRule::Absolute), 0.1); // (9 + 1)/100
    /// assert_eq!(p(Alternative::TwoSided, TwoSidedRule::Doubled), 0.1); // 2·(4 + 1)/100
    /// ```
    #[must_use]
    pub fn monte_carlo(
        counts: &Counts,
        alternative: Alternative,
        rule: TwoSidedRule,
        confidence: f64,
        attainable_minimum: f64,
    ) -> Self {
        let tails = match (alternative, rule) {
            (Alternative::TwoSided, TwoSidedRule::Doubled) => 2.0,
            _ => 1.0,
        };
        let (extreme, all) = (counts.extreme(alternative, rule), counts.n as f64 + 1.0);
        let interval = clopper_pearson(extreme, counts.n, confidence);
        Self {
            estimate: (tails * (extreme as f64 + 1.0) / all).min(1.0),
            interval: interval.map(|end| (tails * end).min(1.0)),
            minimum: (tails / all).max(attainable_minimum).min(1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Alternative::{Greater, Less, TwoSided};
    use TwoSidedRule::{Absolute, Doubled};

    const ASYMMETRIC: Counts = Counts { n: 999, greater_equal: 20, less_equal: 985, absolute: 30 };

    #[test]
    fn no_extreme_resample_gives_one_in_n_plus_one_and_never_zero() {
        let none = Counts { n: 10_000_000, greater_equal: 0, less_equal: 10_000_000, absolute: 0 };
        let p = PValue::monte_carlo(&none, Greater, Absolute, 0.95, 0.0);
        assert_eq!(p.estimate, 1.0 / 10_000_001.0);
        assert_eq!(p.interval, [0.0, 3.68888e-7]); // 1 − 0.025^(1/10⁷) = 3.688879e-7
        assert_eq!(p.minimum, p.estimate);
    }

    #[test]
    fn the_doubled_rule_doubles_the_smaller_tail_and_its_interval() {
        let one_sided = PValue::monte_carlo(&ASYMMETRIC, Greater, Doubled, 0.99, 0.0);
        let doubled = PValue::monte_carlo(&ASYMMETRIC, TwoSided, Doubled, 0.99, 0.0);
        assert_eq!((one_sided.estimate, doubled.estimate), (0.021, 0.042));
        assert_eq!(doubled.interval, one_sided.interval.map(|end| 2.0 * end));
        assert_eq!((one_sided.minimum, doubled.minimum), (0.001, 0.002));
    }

    #[test]
    fn the_rule_does_not_touch_a_one_sided_alternative() {
        for alternative in [Greater, Less] {
            let [absolute, doubled] =
                [Absolute, Doubled].map(|rule| PValue::monte_carlo(&ASYMMETRIC, alternative, rule, 0.99, 0.0));
            assert_eq!(absolute, doubled);
        }
    }

    #[test]
    fn a_doubled_p_value_and_its_interval_stop_at_one() {
        let middle = Counts { n: 9, greater_equal: 6, less_equal: 5, absolute: 9 };
        let p = PValue::monte_carlo(&middle, TwoSided, Doubled, 0.99, 0.0);
        assert_eq!((p.estimate, p.interval[1]), (1.0, 1.0));
    }

    #[test]
    fn the_minimum_is_the_coarser_of_counting_and_the_data() {
        assert_eq!(PValue::monte_carlo(&ASYMMETRIC, Greater, Absolute, 0.99, 0.05).minimum, 0.05);
        assert_eq!(PValue::monte_carlo(&ASYMMETRIC, Greater, Absolute, 0.99, 1e-9).minimum, 0.001);
        let one = Counts { n: 0, greater_equal: 0, less_equal: 0, absolute: 0 };
        assert_eq!(PValue::monte_carlo(&one, TwoSided, Doubled, 0.99, 0.0).minimum, 1.0);
    }
}
