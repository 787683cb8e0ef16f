//! The domain's own words, spelled for the command line: the variants that can be chosen, and what the long help says.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::Undefined;
use crate::inference::adjust::Adjustment;
use crate::inference::gate::FailOn;
use crate::inference::{Alternative, TwoSidedRule};
use crate::method::planner::Choice;
use crate::program::Protocol;
use crate::settings::{Color, DecimalMark, Format, Missing, PairsOfGroups, Sort};

/// `--interval`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Interval {
    /// the shifts that the test does not reject
    Inversion,
    /// quantiles of bootstrap samples
    Percentile,
    /// quantiles of bootstrap samples, corrected for bias and skewness
    Bca,
    /// no interval
    None,
}

/// `--on-undecided`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Undecided {
    /// exit code 0
    Pass,
    /// exit code 1
    Fail,
}

/// `--annotations`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Annotator {
    /// a workflow command
    Github,
}

impl ValueEnum for FailOn {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Significant, Self::NotSignificant]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            Self::Significant => "something has changed",
            Self::NotSignificant => "it was not shown that something is better, or no worse (with --mu)",
        }))
    }
}

impl ValueEnum for PairsOfGroups {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::All, Self::Control, Self::Nothing]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::All => PossibleValue::new("all").help("each with each"),
            Self::Control => PossibleValue::new("control").help("each with the control"),
            Self::Nothing => PossibleValue::new("none").help("only all together"),
        })
    }
}

impl ValueEnum for Adjustment {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            Self::MaxT => "no false alarm but with probability alpha, by the largest statistic of each relabelling",
            Self::MinP => "the same by the smallest p-value, for columns or statistics of different shapes",
            Self::Holm => "the same, whatever the columns have to do with each other",
            Self::Hochberg => "the same, for columns that are independent or rise and fall together",
            Self::BenjaminiHochberg => {
                "the share of false alarms stays below alpha, for such columns (Benjamini and Hochberg)"
            }
            Self::BenjaminiYekutieli => "the same for any columns (Benjamini and Yekutieli)",
            Self::Nothing | Self::ClosedTesting => "each column by itself",
        }))
    }
}

impl ValueEnum for Sort {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::PValue, Self::Name, Self::File]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::PValue => PossibleValue::new("p").help("by p-value, adjusted if it is"),
            Self::Name => PossibleValue::new("name").help("by name"),
            Self::File => PossibleValue::new("file").help("as in the file"),
        })
    }
}

impl ValueEnum for Alternative {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::TwoSided, Self::Greater, Self::Less]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            Self::TwoSided => "different, in either direction",
            Self::Greater => "greater",
            Self::Less => "less",
        }))
    }
}

impl ValueEnum for TwoSidedRule {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Absolute, Self::Doubled]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            Self::Absolute => "relabellings at least as far from the null value as the data, on either side",
            Self::Doubled => "twice the smaller tail, at most 1",
            Self::UpperTail => return None,
        }))
    }
}

impl ValueEnum for Protocol {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Lines, Self::Frames]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Lines => PossibleValue::new("lines")
                .help("a line for each labelling: case values, a tab, control values; a line with a number back"),
            Self::Frames => PossibleValue::new("frames").help("binary, hundreds of labellings at once"),
        })
    }
}

impl ValueEnum for Undefined {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Error, Self::Extreme, Self::Drop]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Error => PossibleValue::new("error").help("refuse the statistic"),
            Self::Extreme => PossibleValue::new("extreme").help("count them as extreme: p can only become larger"),
            Self::Drop => PossibleValue::new("drop").help("leave them out"),
        })
    }
}

impl ValueEnum for Choice {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Auto, Self::Exact, Self::Bounds, Self::MonteCarlo, Self::Sequential, Self::Importance, Self::Splitting]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            Self::Auto => "random relabellings if -n is given, else the best that the data allow",
            Self::Exact => "the exact p-value: all relabellings, or all sums of them",
            Self::Bounds => "a proven interval for the p-value of a sum, exact but for rounding",
            Self::MonteCarlo => "random relabellings, counted",
            Self::Sequential => "random relabellings until it is clear on which side of --alpha p lies, at most -n",
            Self::Importance => "for sums: random relabellings near the data, each with its weight; down to 1e-300",
            Self::Splitting => "for any statistic: random relabellings that climb towards the data, level by level",
        }))
    }
}

impl ValueEnum for DecimalMark {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Point, Self::Comma]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Self::Point => ".",
            Self::Comma => ",",
        }))
    }
}

impl ValueEnum for Missing {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Error, Self::Drop]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Error => PossibleValue::new("error").help("stop, count them and name the first line"),
            Self::Drop => PossibleValue::new("drop").help("leave their rows out and say how many"),
        })
    }
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        // The bare p-value is asked for with -q, which also silences standard error.
        &[Self::Text, Self::Json, Self::Csv, Self::Tsv, Self::Markdown]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Text => Some(PossibleValue::new("text").help("for people")),
            Self::Json => Some(PossibleValue::new("json").help("one object on one line")),
            Self::Csv => Some(PossibleValue::new("csv").help("a header line and one line of values")),
            Self::Tsv => Some(PossibleValue::new("tsv").help("the same with tabs")),
            Self::Markdown => Some(PossibleValue::new("markdown").help("a table for a pull request")),
            Self::PValue => None,
        }
    }
}

impl ValueEnum for Color {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Auto, Self::Always, Self::Never]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Auto => PossibleValue::new("auto").help("on a terminal, unless NO_COLOR or CLICOLOR say otherwise"),
            Self::Always => PossibleValue::new("always"),
            Self::Never => PossibleValue::new("never"),
        })
    }
}
