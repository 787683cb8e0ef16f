//! The part of a null distribution that a p-value measures.

use serde::Serialize;

use super::exact::convolve::Tails;

/// Which labellings count as extreme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tail {
    /// Statistic at least the observed one.
    Upper,
    /// Statistic at most the observed one.
    Lower,
    /// Statistic at least as far from the null centre, on either side.
    Absolute,
    /// The smaller one of the upper and the lower tail, twice.
    Doubled,
}

impl Tail {
    /// The p-value of counts of all labellings.
    #[must_use]
    pub fn share(self, tails: &Tails<f64>) -> f64 {
        let Tails { all, greater_equal, less_equal, absolute } = *tails;
        match self {
            Self::Upper => greater_equal / all,
            Self::Lower => less_equal / all,
            Self::Absolute => absolute / all,
            Self::Doubled => (2.0 * greater_equal.min(less_equal) / all).min(1.0),
        }
    }
}
