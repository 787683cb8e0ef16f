//! What the report calls a statistic, and how it speaks of its values.

use super::{Comparison, Report};
use crate::input::dataset::Subject;
use crate::settings::Statistic;
use crate::statistic::catalogue::{Kind, Named};
use crate::statistic::expression;
use crate::statistic::{Character, Definition, GroupStatistic};

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

impl Report {
    /// The statistic as it is written on the command line, `mean`.
    pub(super) fn statistic_name(&self) -> String {
        match &self.test.statistic {
            Statistic::Defined(definition) => definition.to_string(),
            Statistic::Program(program) => program.argv.join(" "),
            Statistic::Several(statistic) => statistic.name().to_owned(),
            Statistic::Association(statistic) => statistic.name().to_owned(),
            Statistic::Function(name) => name.clone(),
        }
    }

    /// The statistic as people say it: `difference of means`.
    pub(super) fn title(&self) -> String {
        let title = match &self.test.statistic {
            Statistic::Program(_) => "statistic of the program".to_owned(),
            Statistic::Several(statistic) => statistic.title().to_owned(),
            Statistic::Association(statistic) => statistic.title().to_owned(),
            Statistic::Function(name) => format!("statistic {name}"),
            Statistic::Defined(Definition::Named(named)) => named.title(),
            Statistic::Defined(Definition::Expression(parsed)) if parsed.kind == expression::Kind::Summary => {
                parsed.title.clone().unwrap_or_else(|| format!("difference of {}", parsed.canonical))
            }
            Statistic::Defined(Definition::Expression(parsed)) => {
                parsed.title.clone().unwrap_or_else(|| parsed.canonical.clone())
            }
        };
        if self.subject == Subject::OneSample {
            // Of one sample there is nothing to take a difference of.
            let summary = title.strip_prefix("difference of ").unwrap_or(&title);
            return summary.strip_suffix('s').unwrap_or(summary).to_owned();
        }
        match (&self.test.statistic, self.comparison()) {
            (_, Comparison::Groups | Comparison::PooledStrata)
            | (Statistic::Several(GroupStatistic::Friedman), Comparison::WithinStrata) => title,
            (Statistic::Defined(Definition::Named(Named::RankSum)), _) => {
                "van Elteren's rank sum of the case".to_owned()
            }
            _ => format!("{title} within strata"),
        }
    }

    /// The expression in columns that is computed in each group.
    pub(super) fn of_each_group(&self) -> Option<String> {
        match &self.test.statistic {
            Statistic::Defined(Definition::Expression(parsed)) => parsed.of_each_group().map(ToString::to_string),
            _ => None,
        }
    }

    /// How its values are spoken of.
    pub(super) fn measure(&self) -> Measure {
        match &self.test.statistic {
            Statistic::Program(_) | Statistic::Function(_) | Statistic::Several(_) | Statistic::Association(_) => {
                Measure::Value
            }
            Statistic::Defined(Definition::Named(named)) => measure(*named),
            Statistic::Defined(Definition::Expression(parsed)) => match self.result.character {
                _ if parsed.kind == expression::Kind::Summary => Measure::Difference,
                Character::Difference => Measure::Difference,
                Character::Ratio => Measure::Ratio,
                Character::Distance => Measure::Distance,
                Character::Number => Measure::Value,
            },
        }
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
