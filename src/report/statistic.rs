//! What the report calls a statistic, and how it speaks of its values.

use crate::settings::Statistic;
use crate::statistic::catalogue::{Kind, Named};
use crate::statistic::expression;
use crate::statistic::{Character, Definition};

/// A statistic in the words of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct StatisticReport {
    /// As it is written on the command line, `mean`.
    pub name: String,
    /// As people say it: `difference of means`.
    pub title: String,
    /// How its values are spoken of.
    pub measure: Measure,
}

/// What the values of a statistic are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Differences in the unit of the data.
    DataDifference,
    /// Differences in another unit.
    Difference,
    /// Ratios, which are 1 where there is no difference.
    Ratio,
    /// Numbers.
    Value,
    /// Distances.
    Distance,
}

impl StatisticReport {
    /// Finds the words for a statistic that compares case and control within strata.
    #[must_use]
    pub fn within_strata(statistic: &Statistic, character: Character) -> Self {
        let found = Self::of(statistic, character);
        let title = match statistic {
            Statistic::Defined(Definition::Named(Named::RankSum)) => "van Elteren's rank sum of the case".to_owned(),
            _ => format!("{} within strata", found.title),
        };
        Self { title, ..found }
    }

    /// Finds the words for a statistic of which it is known what it is.
    #[must_use]
    pub fn of(statistic: &Statistic, character: Character) -> Self {
        let definition = match statistic {
            Statistic::Defined(definition) => definition,
            Statistic::Program(program) => {
                let name = program.argv.join(" ");
                return Self { title: "statistic of the program".to_owned(), name, measure: Measure::Value };
            }
        };
        let (title, measure) = match definition {
            Definition::Named(named) => (title(*named), measure(*named)),
            Definition::Expression(parsed) if parsed.kind == expression::Kind::Summary => {
                (format!("difference of {}", parsed.canonical), Measure::Difference)
            }
            Definition::Expression(parsed) => {
                let measure = match character {
                    Character::Difference => Measure::Difference,
                    Character::Ratio => Measure::Ratio,
                    Character::Distance => Measure::Distance,
                    Character::Number => Measure::Value,
                };
                (parsed.canonical.clone(), measure)
            }
        };
        Self { name: definition.to_string(), title, measure }
    }
}

fn measure(named: Named) -> Measure {
    match (named.kind(), named) {
        (Kind::Distance, _) => Measure::Distance,
        (Kind::TwoSample, _) => Measure::Value,
        (Kind::Summary, Named::Var) => Measure::Difference,
        (Kind::Summary, _) => Measure::DataDifference,
    }
}

fn title(named: Named) -> String {
    let summaries = match named {
        Named::Mean => "means".to_owned(),
        Named::Median => "medians".to_owned(),
        Named::TrimmedMean(share) => format!("means, {} % trimmed at each end", percent(share)),
        Named::Var => "variances".to_owned(),
        Named::Sd => "standard deviations".to_owned(),
        Named::Quantile(share) => format!("{share} quantiles"),
        Named::GeometricMean => "geometric means".to_owned(),
        Named::Min => "smallest values".to_owned(),
        Named::Max => "largest values".to_owned(),
        Named::Iqr => "interquartile ranges".to_owned(),
        Named::Mad => "median absolute deviations".to_owned(),
        Named::T => return "Student's t".to_owned(),
        Named::Welch => return "Welch's t".to_owned(),
        Named::RankSum => return "rank sum of the case".to_owned(),
        Named::SignedRank => return "signed rank sum".to_owned(),
        Named::Ks => return "Kolmogorov-Smirnov distance".to_owned(),
        Named::Cvm => return "Cramér-von Mises distance".to_owned(),
        Named::Ad => return "Anderson-Darling distance".to_owned(),
        Named::Energy => return "energy distance".to_owned(),
    };
    format!("difference of {summaries}")
}

/// A share in percent, without the digits that binary fractions add.
fn percent(share: f64) -> f64 {
    (share * 1e10).round() / 1e8
}
