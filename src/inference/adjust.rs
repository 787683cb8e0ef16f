//! p-values of several tests, each raised for the others of its family, so that it can be compared with α as if it were alone.
//!
//! | | what stays below α | source |
//! |---|---|---|
//! | Holm | the probability of any false rejection, whatever the tests have to do with each other | Holm 1979 |
//! | Benjamini–Hochberg | the expected share of false rejections, for independent or positively dependent tests | Benjamini & Hochberg 1995 |
//!
//! Both are increasing in each p-value. So if each p is known within an interval, the adjusted lower ends and the adjusted upper
//! ends are an interval for each adjusted p.

/// How p-values of several tests are adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Adjustment {
    /// Not at all.
    #[default]
    Nothing,
    /// Holm's step-down.
    Holm,
    /// Benjamini and Hochberg's step-up.
    BenjaminiHochberg,
}

impl Adjustment {
    /// The name used in options and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Holm => "holm",
            Self::BenjaminiHochberg => "bh",
        }
    }

    /// The adjusted p-values, in the order of the tests. Takes O(k log k).
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
        let mut ascending: Vec<usize> = (0..p.len()).collect();
        ascending.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
        let mut adjusted = p.to_vec();
        match self {
            Self::Nothing => {}
            Self::Holm => {
                let mut largest = 0.0f64;
                for (rank, &test) in ascending.iter().enumerate() {
                    largest = largest.max(((tests - rank as f64) * p[test]).min(1.0));
                    adjusted[test] = largest;
                }
            }
            Self::BenjaminiHochberg => {
                let mut smallest = 1.0f64;
                for (rank, &test) in ascending.iter().enumerate().rev() {
                    smallest = smallest.min(tests / (rank as f64 + 1.0) * p[test]);
                    adjusted[test] = smallest;
                }
            }
        }
        adjusted
    }

    /// The smallest p that any of the tests can be given when each can give no less than this.
    #[must_use]
    pub fn smallest(self, minima: &[f64]) -> f64 {
        let least = minima.iter().copied().fold(1.0, f64::min);
        match self {
            // Each may be the only small one; with all of them small Benjamini and Hochberg adjust nothing.
            Self::Holm => (minima.len() as f64 * least).min(1.0),
            Self::Nothing | Self::BenjaminiHochberg => least,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_agree_with_r() {
        // R 4.5: p.adjust(c(.001, .2, .012, .04, .012, .9), "holm") and "BH".
        let p = [0.001, 0.2, 0.012, 0.04, 0.012, 0.9];
        let near = |adjusted: Vec<f64>, expected: [f64; 6]| {
            assert!(adjusted.iter().zip(expected).all(|(a, e)| (a - e).abs() < 1e-12), "{adjusted:?}");
        };
        near(Adjustment::Holm.of(&p), [0.006, 0.4, 0.06, 0.12, 0.06, 0.9]);
        near(Adjustment::BenjaminiHochberg.of(&p), [0.006, 0.24, 0.024, 0.06, 0.024, 0.9]);
    }

    #[test]
    fn one_test_is_not_adjusted_and_none_exceeds_1() {
        for adjustment in [Adjustment::Nothing, Adjustment::Holm, Adjustment::BenjaminiHochberg] {
            assert_eq!(adjustment.of(&[0.3]), [0.3]);
            assert!(adjustment.of(&[0.9, 0.8, 1.0]).iter().all(|&p| p <= 1.0));
            assert_eq!(adjustment.of(&[]), [0.0; 0]);
        }
    }
}
