//! The statistics that have a name: what they are called, what they compute, and which two-sided rule suits them.
//!
//! A *summary* is a number of one sample, and its difference case − control is tested. A *two-sample statistic* looks at
//! both samples at once. A *distance* tells how far two distributions are apart and has no direction, except for that of
//! Kolmogorov and Smirnov.

mod prepare;
mod stratified;
mod summary;

use std::fmt;

use super::linear::scores::Scores;
use super::order;
pub use prepare::Function;

/// A statistic with a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Named {
    /// Arithmetic mean.
    Mean,
    /// Median.
    Median,
    /// Mean without a share of the values at each end.
    TrimmedMean(f64),
    /// Variance, with n − 1.
    Var,
    /// Standard deviation, with n − 1.
    Sd,
    /// Quantile of type 7.
    Quantile(f64),
    /// exp of the mean of logarithms.
    GeometricMean,
    /// Smallest value.
    Min,
    /// Largest value.
    Max,
    /// Interquartile range.
    Iqr,
    /// Median absolute deviation from the median.
    Mad,
    /// Student's *t*; for pairs that of their differences.
    T,
    /// Welch's *t*.
    Welch,
    /// Sum of the mid-ranks of the case sample: Wilcoxon's W.
    RankSum,
    /// Sum of the ranks of the positive differences within pairs: Wilcoxon's T⁺.
    SignedRank,
    /// Kolmogorov–Smirnov distance.
    Ks,
    /// Cramér–von Mises distance.
    Cvm,
    /// Anderson–Darling distance.
    Ad,
    /// Energy distance.
    Energy,
}

/// What a statistic is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number of one sample, whose difference case − control is tested.
    Summary,
    /// A number of both samples.
    TwoSample,
    /// A distance between distributions: the larger, the more the samples differ.
    Distance,
}

/// A line of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The statistic, with a typical parameter where it has one.
    pub named: Named,
    /// What it is, in a line.
    pub description: &'static str,
}

/// All statistics that have a name.
pub const CATALOGUE: [Entry; 19] = [
    entry(Named::Mean, "arithmetic mean"),
    entry(Named::Median, "median"),
    entry(Named::TrimmedMean(0.2), "mean without the share Q of the values at each end, 0 <= Q < 0.5"),
    entry(Named::Var, "variance (divided by n - 1)"),
    entry(Named::Sd, "standard deviation (divided by n - 1)"),
    entry(Named::Quantile(0.9), "quantile, 0 <= Q <= 1; Hyndman and Fan's type 7, as in R and NumPy"),
    entry(Named::GeometricMean, "geometric mean of positive values"),
    entry(Named::Min, "smallest value"),
    entry(Named::Max, "largest value"),
    entry(Named::Iqr, "interquartile range (quantiles of type 7)"),
    entry(Named::Mad, "median absolute deviation from the median, not rescaled"),
    entry(Named::T, "Student's t; for pairs the t of their differences"),
    entry(Named::Welch, "Welch's t: each group has its own variance"),
    entry(Named::RankSum, "Wilcoxon's W: sum of the mid-ranks of the case (Mann-Whitney U is W - m(m+1)/2)"),
    entry(Named::SignedRank, "Wilcoxon's T+ of pairs: ranks of the positive differences, zeros left out"),
    entry(Named::Ks, "Kolmogorov-Smirnov: largest difference of the distribution functions"),
    entry(Named::Cvm, "Cramer-von Mises: their squared difference, on average over the observations"),
    entry(Named::Ad, "Anderson-Darling: the same with more weight in the tails"),
    entry(Named::Energy, "energy distance: their squared difference over the values, as SciPy's energy_distance"),
];

const fn entry(named: Named, description: &'static str) -> Entry {
    Entry { named, description }
}

/// Why a word is no statistic of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotNamed {
    /// It is the name of none.
    Unknown,
    /// The statistic needs a parameter, or has none, or the parameter is out of range.
    Parameter {
        /// What is wrong.
        what: String,
        /// What to write instead.
        remedy: String,
    },
}

impl Named {
    /// Reads `mean`, `quantile:0.9` and the like.
    ///
    /// # Errors
    /// [`NotNamed`] for other words.
    ///
    /// ```
    /// use permtest::statistic::catalogue::Named;
    /// assert_eq!(Named::parse("quantile:0.9"), Ok(Named::Quantile(0.9)));
    /// assert_eq!(Named::parse("rank-sum"), Ok(Named::RankSum));
    /// ```
    pub fn parse(word: &str) -> Result<Self, NotNamed> {
        let word = word.trim();
        let (name, parameter) = match word.split_once(':') {
            Some((name, parameter)) => (name.trim_end(), Some(parameter.trim())),
            None => (word, None),
        };
        let found = CATALOGUE.iter().map(|entry| entry.named).find(|named| named.name() == name);
        let named = found.ok_or(NotNamed::Unknown)?;
        let (range, with): (_, fn(f64) -> Self) = match named {
            Self::TrimmedMean(_) => (0.0..0.5, Self::TrimmedMean),
            // One is included; written so because both ranges must be of one type.
            Self::Quantile(_) => (0.0..1.0 + f64::EPSILON, Self::Quantile),
            _ if parameter.is_some() => {
                return Err(NotNamed::Parameter {
                    what: format!("{name} has no parameter"),
                    remedy: format!("write {name} alone"),
                });
            }
            _ => return Ok(named),
        };
        let refuse = |what: String| NotNamed::Parameter { what, remedy: format!("write for example {named}") };
        let parameter = parameter.ok_or_else(|| refuse(format!("{name} needs a share")))?;
        match parameter.parse::<f64>() {
            Ok(share) if range.contains(&share) => Ok(with(share + 0.0)),
            Ok(_) => {
                let bounds = if range.end > 0.5 { "between 0 and 1" } else { "at least 0 and less than 0.5" };
                Err(refuse(format!("the share of {name} is {bounds}, not {parameter}")))
            }
            Err(_) => Err(refuse(format!("{parameter:?} is not a share"))),
        }
    }

    /// The name without a parameter.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Median => "median",
            Self::TrimmedMean(_) => "trimmed-mean",
            Self::Var => "var",
            Self::Sd => "sd",
            Self::Quantile(_) => "quantile",
            Self::GeometricMean => "geometric-mean",
            Self::Min => "min",
            Self::Max => "max",
            Self::Iqr => "iqr",
            Self::Mad => "mad",
            Self::T => "t",
            Self::Welch => "welch",
            Self::RankSum => "rank-sum",
            Self::SignedRank => "signed-rank",
            Self::Ks => "ks",
            Self::Cvm => "cvm",
            Self::Ad => "ad",
            Self::Energy => "energy",
        }
    }

    /// What it is made of.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::T | Self::Welch | Self::RankSum | Self::SignedRank => Kind::TwoSample,
            Self::Ks | Self::Cvm | Self::Ad | Self::Energy => Kind::Distance,
            _ => Kind::Summary,
        }
    }

    /// Whether adding a number to all values of a sample adds it to the summary.
    #[must_use]
    pub fn moves_with_the_values(self) -> bool {
        matches!(self, Self::Mean | Self::Median | Self::TrimmedMean(_) | Self::Quantile(_) | Self::Min | Self::Max)
    }

    /// The summary of one sample of finite values, not empty, if it moves with the values; and for *t* the mean, which it
    /// compares.
    #[must_use]
    pub fn of_sample(self, sample: &[f64]) -> Option<f64> {
        let sorted = || {
            let mut sorted = sample.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            sorted
        };
        match self {
            Self::Mean | Self::T | Self::Welch => {
                let scores = Scores::of(sample);
                let sum: i128 = scores.scores.iter().map(|&score| i128::from(score)).sum();
                Some(scores.mean_of(sum, sample.len()))
            }
            Self::Median => Some(order::quantile(&sorted(), 0.5)),
            Self::TrimmedMean(q) => Some(order::trimmed_mean(&sorted(), q)),
            Self::Quantile(q) => Some(order::quantile(&sorted(), q)),
            Self::Min => Some(order::quantile(&sorted(), 0.0)),
            Self::Max => Some(order::quantile(&sorted(), 1.0)),
            _ => None,
        }
    }

    /// Whether a shift between the samples is a null hypothesis about it: not for the spread of a sample, which a shift
    /// leaves as it is, nor for what is not defined everywhere.
    #[must_use]
    pub fn feels_a_shift(self) -> bool {
        !matches!(self, Self::Var | Self::Sd | Self::Iqr | Self::Mad | Self::GeometricMean)
    }
}

/// As it is written on a command line.
impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TrimmedMean(share) | Self::Quantile(share) => write!(f, "{}:{share}", self.name()),
            _ => f.write_str(self.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        for Entry { named, .. } in CATALOGUE {
            assert_eq!(Named::parse(&named.to_string()), Ok(named));
        }
    }

    #[test]
    fn parameters_are_checked() {
        assert_eq!(Named::parse("quantile:1"), Ok(Named::Quantile(1.0)));
        assert_eq!(Named::parse("trimmed-mean:.1"), Ok(Named::TrimmedMean(0.1)));
        let what = |word: &str| match Named::parse(word) {
            Err(NotNamed::Parameter { what, .. }) => what,
            other => panic!("{word} became {other:?}"),
        };
        assert_eq!(what("quantile"), "quantile needs a share");
        assert_eq!(what("quantile:1.5"), "the share of quantile is between 0 and 1, not 1.5");
        assert_eq!(what("trimmed-mean:0.5"), "the share of trimmed-mean is at least 0 and less than 0.5, not 0.5");
        assert_eq!(what("quantile:x"), "\"x\" is not a share");
        assert_eq!(what("mean:0.2"), "mean has no parameter");
        assert_eq!(Named::parse("meen"), Err(NotNamed::Unknown));
    }
}
