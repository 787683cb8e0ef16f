//! p-values of several tests, each raised for the others of its family, so that it can be compared with α as if it were alone.
//!
//! | | what stays below α | source |
//! |---|---|---|
//! | maxT, minP | the probability of any false rejection, by the joint distribution of the tests | Westfall & Young 1993 |
//! | Holm | the same, whatever the tests have to do with each other | Holm 1979 |
//! | Hochberg | the same, for independent or positively dependent tests | Hochberg 1988 |
//! | Benjamini–Hochberg | the expected share of false rejections, for such tests | Benjamini & Hochberg 1995 |
//! | Benjamini–Yekutieli | the same, whatever the tests have to do with each other | Benjamini & Yekutieli 2001 |
//!
//! The last four are computed here from p-values alone, and increase with each of them. So if each p is known within an interval,
//! the adjusted lower ends and the adjusted upper ends are an interval for each adjusted p. The others need the labellings that
//! the tests share: see [`joint`](crate::method::joint).

use super::p_value::PValue;

/// How p-values of several tests are adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Adjustment {
    /// Not at all.
    #[default]
    Nothing,
    /// By the largest statistic of each labelling, step-down.
    MaxT,
    /// By the smallest p-value of each labelling, step-down.
    MinP,
    /// Holm's step-down.
    Holm,
    /// Hochberg's step-up.
    Hochberg,
    /// Benjamini and Hochberg's step-up.
    BenjaminiHochberg,
    /// Benjamini and Yekutieli's step-up.
    BenjaminiYekutieli,
    /// Of pairs of groups: by every hypothesis under which the two are the same. Not for columns.
    ClosedTesting,
}

impl Adjustment {
    /// Those for columns.
    pub const ALL: [Self; 7] = [
        Self::MaxT,
        Self::MinP,
        Self::Holm,
        Self::Hochberg,
        Self::BenjaminiHochberg,
        Self::BenjaminiYekutieli,
        Self::Nothing,
    ];

    /// The name used in options and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::MaxT => "maxt",
            Self::MinP => "minp",
            Self::Holm => "holm",
            Self::Hochberg => "hochberg",
            Self::BenjaminiHochberg => "bh",
            Self::BenjaminiYekutieli => "by",
            Self::ClosedTesting => "closed-testing",
        }
    }

    /// Whether it looks at all tests of each labelling, which they then must share.
    #[must_use]
    pub fn is_joint(self) -> bool {
        matches!(self, Self::MaxT | Self::MinP)
    }

    /// The adjusted p-values, in the order of the tests. Takes O(k log k).
    ///
    /// # Panics
    /// For an adjustment that [is joint](Adjustment::is_joint), and so is no matter of p-values alone.
    ///
    /// ```
    /// use permtest::inference::adjust::Adjustment;
    /// let p = [0.01, 0.04, 0.03];
    /// // 3 × .01, 2 × .03, and the .04 may not fall below what is smaller.
    /// assert_eq!(Adjustment::Holm.of(&p), [0.03, 0.06, 0.06]);
    /// // 3/1 × .01, 3/3 × .04, and the .03 may not exceed what is larger.
    /// assert_eq!(Adjustment::BenjaminiHochberg.of(&p), [0.03, 0.04, 0.04]);
    /// ```
    #[must_use]
    pub fn of(self, p: &[f64]) -> Vec<f64> {
        let tests = p.len() as f64;
        match self {
            Self::Nothing => p.to_vec(),
            Self::Holm => step_down(p, |rank| tests + 1.0 - rank),
            Self::Hochberg => step_up(p, |rank| tests + 1.0 - rank),
            Self::BenjaminiHochberg => step_up(p, |rank| tests / rank),
            Self::BenjaminiYekutieli => {
                let harmonic: f64 = (1..=p.len()).map(|rank| 1.0 / rank as f64).sum();
                step_up(p, |rank| harmonic * tests / rank)
            }
            Self::MaxT | Self::MinP | Self::ClosedTesting => {
                panic!("{} needs the labellings that the tests share", self.name())
            }
        }
    }

    /// The same of p-values with their intervals.
    ///
    /// # Panics
    /// As [`Adjustment::of`].
    #[must_use]
    pub fn of_estimates(self, p_values: &[PValue]) -> Vec<PValue> {
        let adjust = |read: fn(&PValue) -> f64| self.of(&p_values.iter().map(read).collect::<Vec<_>>());
        let (estimates, low, high) = (adjust(|p| p.estimate), adjust(|p| p.interval[0]), adjust(|p| p.interval[1]));
        let adjusted = |(i, p): (usize, &PValue)| PValue { estimate: estimates[i], interval: [low[i], high[i]], ..*p };
        p_values.iter().enumerate().map(adjusted).collect()
    }

    /// The smallest p that any of the tests can be given when each can give no less than this.
    #[must_use]
    pub fn smallest(self, minima: &[f64]) -> f64 {
        let least = minima.iter().copied().fold(1.0, f64::min);
        match self {
            // Each may be the only small one; with all of them small the step-up procedures adjust next to nothing.
            Self::Holm => (minima.len() as f64 * least).min(1.0),
            Self::BenjaminiYekutieli => self.of(&vec![least; minima.len()]).first().copied().unwrap_or(1.0),
            Self::Nothing
            | Self::Hochberg
            | Self::BenjaminiHochberg
            | Self::MaxT
            | Self::MinP
            | Self::ClosedTesting => least,
        }
    }
}

/// Each p times the factor of its rank, counted from 1 for the smallest, and no less than that of any smaller p.
fn step_down(p: &[f64], factor: impl Fn(f64) -> f64) -> Vec<f64> {
    let (mut adjusted, mut largest) = (p.to_vec(), 0.0f64);
    for (rank, &test) in (1..).zip(&ascending(p)) {
        largest = largest.max((factor(f64::from(rank)) * p[test]).min(1.0));
        adjusted[test] = largest;
    }
    adjusted
}

/// The same, and no more than that of any larger p.
fn step_up(p: &[f64], factor: impl Fn(f64) -> f64) -> Vec<f64> {
    let (mut adjusted, mut smallest) = (p.to_vec(), 1.0f64);
    for (rank, &test) in ascending(p).iter().enumerate().rev() {
        smallest = smallest.min(factor(rank as f64 + 1.0) * p[test]);
        adjusted[test] = smallest;
    }
    adjusted
}

/// The tests by their p-values.
fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_agree_with_r() {
        // R 4.5: p.adjust(c(.001, .2, .012, .04, .012, .9), "holm"), "hochberg", "BH" and "BY".
        let p = [0.001, 0.2, 0.012, 0.04, 0.012, 0.9];
        let near = |adjusted: Vec<f64>, expected: [f64; 6]| {
            assert!(adjusted.iter().zip(expected).all(|(a, e)| (a - e).abs() < 1e-12), "{adjusted:?}");
        };
        near(Adjustment::Holm.of(&p), [0.006, 0.4, 0.06, 0.12, 0.06, 0.9]);
        near(Adjustment::Hochberg.of(&p), [0.006, 0.4, 0.048, 0.12, 0.048, 0.9]);
        near(Adjustment::BenjaminiHochberg.of(&p), [0.006, 0.24, 0.024, 0.06, 0.024, 0.9]);
        near(Adjustment::BenjaminiYekutieli.of(&p), [0.0147, 0.588, 0.0588, 0.147, 0.0588, 1.0]);
    }

    #[test]
    fn one_test_is_not_adjusted_and_none_exceeds_1() {
        let all =
            [Adjustment::Holm, Adjustment::Hochberg, Adjustment::BenjaminiHochberg, Adjustment::BenjaminiYekutieli];
        for adjustment in [Adjustment::Nothing].into_iter().chain(all) {
            assert_eq!(adjustment.of(&[0.3]), [0.3]);
            assert!(adjustment.of(&[0.9, 0.8, 1.0]).iter().all(|&p| p <= 1.0));
            assert_eq!(adjustment.of(&[]), [0.0; 0]);
        }
    }
}
