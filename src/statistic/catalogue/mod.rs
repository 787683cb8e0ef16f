//! The statistics that have a name: what they are called, what they compute, and which two-sided rule suits them.
//!
//! A *summary* is a number of one sample, and its difference case − control is tested. A *two-sample statistic* looks at
//! both samples at once. A *distance* says how far two distributions are apart and has no direction, except for that of
//! Kolmogorov and Smirnov.

mod prepare;
mod stratified;
mod summary;

use std::{fmt, mem};

use super::expression::{self, Parsed};
use super::linear::scores::Scores;
use super::{Definition, order};
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

/// A row of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// As it is written in options, without a parameter.
    pub name: &'static str,
    /// A typical parameter, a share, and below what it is: 0.5, or 1, which is included.
    pub share: Option<[f64; 2]>,
    /// What it is made of.
    pub kind: Kind,
    /// What several of it are called, of summaries, or one, of others; `{}` stands for the share, `{%}` for it in percent.
    title: &'static str,
    /// What it is, in a line.
    pub description: &'static str,
    form: Form,
}

/// How a statistic is computed.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// By a kernel.
    Kernel(Named),
    /// By an expression, in which `{}` stands for the share.
    Expression(&'static str),
}

use Form::{Expression, Kernel};
use Kind::{Distance, Summary, TwoSample};

/// All statistics that have a name, a row each. One that is an expression needs no more than its row.
#[rustfmt::skip]
pub const CATALOGUE: [Entry; 21] = [
    row("mean", None, Summary, "means", "arithmetic mean", Kernel(Named::Mean)),
    row("median", None, Summary, "medians", "median", Kernel(Named::Median)),
    row("trimmed-mean", Some([0.2, 0.5]), Summary, "means, {%} % trimmed at each end",
        "mean without the share Q of the values at each end, 0 <= Q < 0.5", Kernel(Named::TrimmedMean(0.2))),
    row("winsorized-mean", Some([0.2, 0.5]), Summary, "means, {%} % winsorized at each end",
        "mean of the values, those beyond the quantiles Q and 1 - Q moved to these, 0 <= Q < 0.5",
        Expression("mean(x * (x >= quantile(x, {})) * (x <= quantile(x, 1 - {})) \
                    + quantile(x, {}) * (x < quantile(x, {})) + quantile(x, 1 - {}) * (x > quantile(x, 1 - {})))")),
    row("trimean", None, Summary, "trimeans", "Tukey's trimean: (q + 2 m + Q) / 4 of the quartiles and the median",
        Expression("(quantile(x, 0.25) + 2 * median(x) + quantile(x, 0.75)) / 4")),
    row("var", None, Summary, "variances", "variance (divided by n - 1)", Kernel(Named::Var)),
    row("sd", None, Summary, "standard deviations", "standard deviation (divided by n - 1)", Kernel(Named::Sd)),
    row("quantile", Some([0.9, 1.0]), Summary, "{} quantiles",
        "quantile, 0 <= Q <= 1; Hyndman and Fan's type 7, as in R and NumPy", Kernel(Named::Quantile(0.9))),
    row("geometric-mean", None, Summary, "geometric means", "geometric mean of positive values", Kernel(Named::GeometricMean)),
    row("min", None, Summary, "smallest values", "smallest value", Kernel(Named::Min)),
    row("max", None, Summary, "largest values", "largest value", Kernel(Named::Max)),
    row("iqr", None, Summary, "interquartile ranges", "interquartile range (quantiles of type 7)", Kernel(Named::Iqr)),
    row("mad", None, Summary, "median absolute deviations", "median absolute deviation from the median, not rescaled",
        Kernel(Named::Mad)),
    row("t", None, TwoSample, "Student's t", "Student's t; for pairs the t of their differences", Kernel(Named::T)),
    row("welch", None, TwoSample, "Welch's t", "Welch's t: each group has its own variance", Kernel(Named::Welch)),
    row("rank-sum", None, TwoSample, "rank sum of the case",
        "Wilcoxon's W: sum of the mid-ranks of the case (Mann-Whitney U is W - m(m+1)/2)", Kernel(Named::RankSum)),
    row("signed-rank", None, TwoSample, "signed rank sum",
        "Wilcoxon's T+ of pairs: ranks of the positive differences, zeros left out", Kernel(Named::SignedRank)),
    row("ks", None, Distance, "Kolmogorov-Smirnov distance",
        "Kolmogorov-Smirnov: largest difference of the distribution functions", Kernel(Named::Ks)),
    row("cvm", None, Distance, "Cramér-von Mises distance",
        "Cramer-von Mises: their squared difference, on average over the observations", Kernel(Named::Cvm)),
    row("ad", None, Distance, "Anderson-Darling distance", "Anderson-Darling: the same with more weight in the tails",
        Kernel(Named::Ad)),
    row("energy", None, Distance, "energy distance",
        "energy distance: their squared difference over the values, as SciPy's energy_distance", Kernel(Named::Energy)),
];

const fn row(
    name: &'static str,
    share: Option<[f64; 2]>,
    kind: Kind,
    title: &'static str,
    description: &'static str,
    form: Form,
) -> Entry {
    Entry { name, share, kind, title, description, form }
}

/// With its typical parameter, as it is written on a command line.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.share {
            Some([typical, _]) => write!(f, "{}:{typical}", self.name),
            None => f.write_str(self.name),
        }
    }
}

impl Entry {
    /// The statistic with a parameter.
    fn with(&self, share: f64) -> Definition {
        match self.form {
            Kernel(Named::TrimmedMean(_)) => Definition::Named(Named::TrimmedMean(share)),
            Kernel(Named::Quantile(_)) => Definition::Named(Named::Quantile(share)),
            Kernel(named) => Definition::Named(named),
            Expression(text) => {
                let parsed = expression::parse(&text.replace("{}", &share.to_string())).expect("rows are expressions");
                let name = if self.share.is_some() { format!("{}:{share}", self.name) } else { self.name.to_owned() };
                Definition::Expression(Parsed { canonical: name, title: Some(self.title_of(share)), ..parsed })
            }
        }
    }

    fn title_of(&self, share: f64) -> String {
        // A share in percent without the digits that binary fractions add.
        let percent = (share * 1e10).round() / 1e8;
        let title = self.title.replace("{%}", &percent.to_string()).replace("{}", &share.to_string());
        if self.kind == Summary { format!("difference of {title}") } else { title }
    }
}

/// Reads `mean`, `quantile:0.9` and the like.
///
/// # Errors
/// [`NotNamed`] for other words.
pub(super) fn parse(word: &str) -> Result<Definition, NotNamed> {
    let word = word.trim();
    let (name, parameter) = match word.split_once(':') {
        Some((name, parameter)) => (name.trim_end(), Some(parameter.trim())),
        None => (word, None),
    };
    let entry = CATALOGUE.iter().find(|entry| entry.name == name).ok_or(NotNamed::Unknown)?;
    let refuse = |what: String| NotNamed::Parameter { what, remedy: format!("write for example {entry}") };
    match (entry.share, parameter) {
        (None, None) => Ok(entry.with(0.0)),
        (None, Some(_)) => {
            Err(NotNamed::Parameter { what: format!("{name} has no parameter"), remedy: format!("write {name} alone") })
        }
        (Some(_), None) => Err(refuse(format!("{name} needs a share"))),
        (Some([_, end]), Some(parameter)) => match parameter.parse::<f64>() {
            Ok(share) if (0.0..end).contains(&share) || (share == 1.0 && end == 1.0) => Ok(entry.with(share + 0.0)),
            Ok(_) => {
                let bounds = if end > 0.5 { "between 0 and 1" } else { "at least 0 and less than 0.5" };
                Err(refuse(format!("the share of {name} is {bounds}, not {parameter}")))
            }
            Err(_) => Err(refuse(format!("{parameter:?} is not a share"))),
        },
    }
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
    /// Its row of the catalogue.
    fn entry(self) -> &'static Entry {
        let is_its = |entry: &&Entry| matches!(entry.form, Kernel(named) if mem::discriminant(&named) == mem::discriminant(&self));
        CATALOGUE.iter().find(is_its).expect("each has a row")
    }

    /// The name without a parameter.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// What it is made of.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.entry().kind
    }

    /// What people call it: `difference of means`.
    #[must_use]
    pub fn title(self) -> String {
        let share = if let Self::TrimmedMean(share) | Self::Quantile(share) = self { share } else { 0.0 };
        self.entry().title_of(share)
    }

    /// The same summary as an expression in `x`, if it is one.
    pub(super) fn expression(self) -> Option<Parsed> {
        let text = match self {
            Self::Mean | Self::Median | Self::Var | Self::Sd | Self::Min | Self::Max => format!("{}(x)", self.name()),
            Self::TrimmedMean(share) => format!("trimmed_mean(x, {share})"),
            Self::Quantile(share) => format!("quantile(x, {share})"),
            Self::GeometricMean => "exp(mean(log(x)))".to_owned(),
            Self::Iqr => "quantile(x, 0.75) - quantile(x, 0.25)".to_owned(),
            Self::Mad => "median(abs(x - median(x)))".to_owned(),
            _ => return None,
        };
        let parsed = expression::parse(&text).expect("an expression");
        Some(Parsed { title: Some(self.title()), ..parsed })
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
    pub fn is_shift_testable(self) -> bool {
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
        for entry in CATALOGUE {
            assert_eq!(parse(&entry.to_string()).unwrap().to_string(), entry.to_string());
        }
    }

    #[test]
    fn a_summary_is_the_same_as_an_expression() {
        let (case, control) = ([2.5, 7.25, 1.0, 3.5, 12.0], [4.0, 0.5, 2.75, 6.0, 1.25, 9.5]);
        let summaries = CATALOGUE.iter().filter(|entry| entry.kind == Summary).filter_map(|entry| match entry.form {
            Kernel(named) => Some(named),
            Expression(_) => None,
        });
        for named in summaries {
            let value = |definition: Definition| definition.function(None).unwrap()(&case, &control);
            let expression = Definition::Expression(named.expression().unwrap());
            let (by_name, by_expression) = (value(Definition::Named(named)), value(expression));
            assert!((by_name - by_expression).abs() < 1e-12, "{named}: {by_name} and {by_expression}");
        }
    }

    #[test]
    fn parameters_are_checked() {
        assert_eq!(parse("quantile:1"), Ok(Definition::Named(Named::Quantile(1.0))));
        assert_eq!(parse("trimmed-mean:.1"), Ok(Definition::Named(Named::TrimmedMean(0.1))));
        let what = |word: &str| match parse(word) {
            Err(NotNamed::Parameter { what, .. }) => what,
            other => panic!("{word} became {other:?}"),
        };
        assert_eq!(what("quantile"), "quantile needs a share");
        assert_eq!(what("quantile:1.5"), "the share of quantile is between 0 and 1, not 1.5");
        assert_eq!(what("trimmed-mean:0.5"), "the share of trimmed-mean is at least 0 and less than 0.5, not 0.5");
        assert_eq!(what("winsorized-mean:1"), "the share of winsorized-mean is at least 0 and less than 0.5, not 1");
        assert_eq!(what("quantile:x"), "\"x\" is not a share");
        assert_eq!(what("mean:0.2"), "mean has no parameter");
        assert_eq!(parse("meen"), Err(NotNamed::Unknown));
    }

    #[test]
    fn titles_name_the_share() {
        let title = |name: &str| match parse(name).unwrap() {
            Definition::Named(named) => named.title(),
            Definition::Expression(parsed) => parsed.title.unwrap(),
        };
        assert_eq!(title("trimmed-mean:0.07"), "difference of means, 7 % trimmed at each end");
        assert_eq!(title("winsorized-mean:0.2"), "difference of means, 20 % winsorized at each end");
        assert_eq!(title("quantile:0.9"), "difference of 0.9 quantiles");
        assert_eq!(title("t"), "Student's t");
    }
}
