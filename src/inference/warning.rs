//! What a reader must know before believing a p-value, and what to do about it as codes with data, and in words.

use std::fmt;

use serde::Serialize;

use super::count::separated;
use crate::design;
use crate::message::{Message, Setting};
use crate::method::planner::Method;

/// The significance level that a design should at least be able to reach.
pub(super) const USUAL_LEVEL: f64 = 0.05;

/// A reason to read a p-value with care.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Warning {
    /// All values are equal.
    Constant,
    /// Groups of a single observation.
    SingleObservation {
        /// How many groups have one.
        groups: usize,
        /// Of how many.
        of: usize,
    },
    /// Even the most extreme labelling is not significant at .05.
    Unattainable {
        /// The smallest p-value that the data can give.
        minimum: f64,
        /// What there are too few of.
        units: UnitKind,
    },
    /// Enough units for a significant p-value, but so many ties that none is left.
    Tied {
        /// The smallest p-value that the data can give.
        minimum: f64,
        /// The smallest that the design can give.
        coarsest: f64,
        /// What is relabelled.
        units: UnitKind,
    },
    /// So few resamples that none of their p-values is significant at .05.
    TooFewResamples {
        /// Resamples drawn.
        resamples: u64,
    },
    /// No resample was as extreme as the data.
    Floor {
        /// Resamples drawn.
        resamples: u64,
        /// What would resolve the p-value.
        remedy: Remedy,
    },
    /// Hardly any resample was as extreme as the data.
    Few {
        /// How many were.
        count: u64,
        /// What would resolve the p-value.
        remedy: Remedy,
    },
    /// There are fewer labellings than resamples: the exact p-value can be had.
    SmallReferenceSet {
        /// Number of labellings.
        size: f64,
        /// Resamples drawn.
        resamples: u64,
    },
    /// An estimate is far from the saddlepoint approximation.
    Disagreement {
        /// The approximation.
        saddlepoint: f64,
    },
    /// An estimate has a large standard error.
    Rough {
        /// The standard error as a share of the estimate.
        relative_error: f64,
    },
    /// Replicates of splitting found nothing extreme.
    Extinct {
        /// How many did.
        extinct: u64,
        /// Of how many.
        replicates: u64,
    },
    /// Splitting, which was not asked for, ended before it came to the data: p is below this.
    Ceiling {
        /// The upper bound.
        p: f64,
    },
    /// Proven bounds lie far apart.
    Wide {
        /// Their distance as a share of the upper one.
        relative_width: f64,
    },
    /// The values span too much for exact sums.
    Rounded,
    /// Variances and group sizes are both unequal, so that a difference of centres is not all that makes p small.
    UnequalVariances {
        /// Whether the smaller group varies more.
        error: LevelError,
        /// The larger standard deviation as a multiple of the smaller one.
        ratio: f64,
        /// How many groups there are.
        groups: usize,
    },
    /// The shift under the null hypothesis is a share of a summary of the control group, which is an estimate itself.
    EstimatedMargin {
        /// How often a test at level .05 rejects in truth, where that is known.
        level: Option<f64>,
    },
    /// The groups come from the strata in different shares, and the statistic compares them pooled.
    PooledStrata {
        /// The share of a group that would have to come from other strata to be spread over them like the other group.
        share: f64,
    },
}

/// What gets relabelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitKind {
    /// Single observations.
    Observations,
    /// Observations within strata.
    Strata,
    /// Pairs.
    Pairs,
    /// Values of one sample.
    Values,
    /// Rows of two columns.
    Rows,
    /// Clusters.
    Clusters,
}

impl UnitKind {
    /// The units of a design.
    #[must_use]
    pub fn of(design: design::Kind) -> Self {
        match design {
            design::Kind::TwoSample | design::Kind::SeveralGroups | design::Kind::Own(_) => Self::Observations,
            design::Kind::Stratified => Self::Strata,
            design::Kind::Paired => Self::Pairs,
            design::Kind::Association => Self::Rows,
            _ => Self::Clusters,
        }
    }
}

/// In which direction unequal variances mislead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LevelError {
    /// The smaller group varies more: p is too small.
    TooManyRejections,
    /// The larger group varies more: p is too large.
    TooFewRejections,
}

/// What resolves a p-value that counting has not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// So many resamples, by extrapolation.
    Resamples(f64),
    /// No number of resamples that can be drawn; the p-value is near this power of ten.
    BeyondCounting(f64),
    /// Another method.
    Method(Method),
}

impl Remedy {
    fn message(self) -> Message {
        match self {
            Self::Resamples(n) => {
                Message::from("about ").and(Setting::Resamples.at(format!("{n:e}"))).and(" would resolve it")
            }
            Self::Method(method) if method.is_exact() => {
                Message::from("leave out ").and(Setting::Resamples).and(": an exact p-value is affordable here")
            }
            Self::Method(method) => Setting::Method.at(method.name()).and(" would resolve it"),
            Self::BeyondCounting(power) => {
                format!("nor can any number be drawn that would: a normal curve puts it near 1e{power}").into()
            }
        }
    }
}

impl Warning {
    /// A sentence or two, with the remedy.
    #[must_use]
    #[allow(clippy::too_many_lines)] // one arm for each warning
    pub fn message(&self) -> Message {
        let more = || Message::from("draw more with ").and(Setting::Resamples);
        match self {
            Self::Constant => {
                "all values are equal, so every relabelling gives the same difference: there is nothing to test".into()
            }
            Self::SingleObservation { groups, of } => {
                let whose = match (groups, of) {
                    (1, _) => "one group has".to_owned(),
                    (2, 2) => "both groups have".to_owned(),
                    _ => format!("{groups} groups have"),
                };
                format!(
                    "{whose} a single observation: the test asks only whether that value is unusual among the others; \
                     collect more"
                )
                .into()
            }
            Self::Unattainable { minimum, units } => {
                let (whose, what) = match units {
                    UnitKind::Observations => ("these group sizes", "observations"),
                    UnitKind::Strata => ("these strata", "observations in strata with both labels"),
                    UnitKind::Pairs => ("so few pairs", "pairs"),
                    UnitKind::Values => ("so few values", "values"),
                    UnitKind::Rows => ("so few rows", "rows"),
                    UnitKind::Clusters => ("so few clusters", "clusters"),
                };
                format!(
                    "the smallest p-value that {whose} can give is {minimum:.3}: no outcome would be significant at \
                     {USUAL_LEVEL}; collect more {what}"
                )
                .into()
            }
            Self::Tied { minimum, coarsest, units } => tied(*minimum, *coarsest, *units).into(),
            Self::TooFewResamples { resamples } => Message::from(format!(
                "{} resamples give no p-value below 1/{}: draw a thousand or more with ",
                separated(*resamples),
                separated(resamples + 1)
            ))
            .and(Setting::Resamples),
            Self::Floor { resamples, remedy } => {
                Message::from(format!("{} resamples do not resolve this p-value; ", separated(*resamples)))
                    .and(remedy.message())
            }
            Self::Few { count, remedy } => {
                let were = if *count == 1 { "resample was" } else { "resamples were" };
                Message::from(format!(
                    "only {count} {were} as extreme as the data, so the p-value is a rough one; "
                ))
                .and(remedy.message())
            }
            Self::SmallReferenceSet { size, resamples } => Message::from(format!(
                "there are only {} different labellings, and {} resamples draw them again and again: leave out ",
                separated(*size as u64),
                separated(*resamples)
            ))
            .and(Setting::Resamples)
            .and(" for the exact p-value"),
            Self::Disagreement { saddlepoint } => Message::from(format!(
                "a saddlepoint approximation puts this p-value at {saddlepoint:.2e}, further from the estimate than chance \
                 and the approximation's own error explain: "
            ))
            .and(more())
            .and(", or see ")
            .and(Setting::Method.at("bounds")),
            Self::Rough { relative_error } => Message::from(format!(
                "the estimate is a rough one, its standard error {:.0} % of itself: ",
                100.0 * relative_error
            ))
            .and(more()),
            Self::Extinct { extinct, replicates } => Message::from(format!(
                "{extinct} of {replicates} replicates found no relabelling as extreme as the data: the estimate hangs on the \
                 others; "
            ))
            .and(more()),
            Self::Ceiling { p } => Message::from(format!(
                "p < {p:.1e}: splitting ended there, with the time that is spent unasked; "
            ))
            .and(Setting::Method.at("splitting"))
            .and(" goes on"),
            Self::Wide { relative_width } => Message::from(format!(
                "the bounds lie {:.2} % apart, which is as near as time and memory allow: ",
                100.0 * relative_width
            ))
            .and(Setting::MemoryLimit)
            .and(" may allow for more"),
            Self::Rounded => Message::from(
                "the values, or the weights of strata, need more digits than sums can hold exactly: relabellings that \
                 differ from the data by less than rounding count as ties, which can only make p larger; drop or rescale \
                 what is far from the rest, or choose ",
            )
            .and(Setting::Statistic.at("rank-sum")),
            Self::PooledStrata { share } => format!(
                "case and control are spread unequally over the strata ({:.0} % of a group would have to change its stratum), \
                 and this statistic compares the pooled groups: its value may be due to the strata, and even have the wrong \
                 sign (Simpson's paradox), though the p-value allows for them; mean, t and rank-sum compare within strata",
                100.0 * share
            )
            .into(),
            Self::UnequalVariances { error, ratio, groups } => {
                let (which, instead) = if *groups > 2 { ("another one", "welch-f") } else { ("the other", "welch") };
                Message::from(unequal_variances(*error, *ratio, which))
                    .and(Setting::Statistic.at(instead))
                    .and(" compares means and allows for it")
            }
            Self::EstimatedMargin { level } => {
                let often = match level {
                    Some(level) => format!("rejects in about {:.1} % of cases", 100.0 * level),
                    None => "can reject in more than 5 % of cases".to_owned(),
                };
                Message::from(Setting::Shift)
                    .and(
                        " in percent is a share of the control group's own estimate, whose error the p-value leaves out: \
                         where the difference is just that, a test at 0.05 ",
                    )
                    .and(often)
                    .and("; give ")
                    .and(Setting::Shift)
                    .and(" as a number if it is known")
            }
        }
    }
}

/// [`Warning::message`] with the names of this library.
impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(f)
    }
}

fn tied(minimum: f64, coarsest: f64, units: UnitKind) -> String {
    let (why, remedy) = match units {
        UnitKind::Pairs => ("pairs without a difference say nothing", "collect more pairs"),
        UnitKind::Values => ("values that do not differ from it say nothing", "collect more values"),
        UnitKind::Rows => ("many values are equal", "collect more rows, or measure more finely"),
        UnitKind::Clusters => ("many clusters are alike", "collect more clusters"),
        UnitKind::Observations | UnitKind::Strata => {
            ("many values are equal", "collect more observations, or measure more finely")
        }
    };
    format!(
        "the smallest p-value that these values can give is {minimum:.3}, because {why} (with all different it \
         would be {}): no outcome would be significant at {USUAL_LEVEL}; {remedy}",
        short(coarsest)
    )
}

fn unequal_variances(error: LevelError, ratio: f64, other: &str) -> String {
    let (which, direction) = match error {
        LevelError::TooManyRejections if other == "another one" => ("a smaller", "small"),
        LevelError::TooFewRejections if other == "another one" => ("a larger", "large"),
        LevelError::TooManyRejections => ("the smaller", "small"),
        LevelError::TooFewRejections => ("the larger", "large"),
    };
    let times = if ratio.is_finite() { format!("{ratio:.1} times that") } else { "above 0, that".to_owned() };
    format!(
        "{which} group varies more than {other} (standard deviation {times} of {other}): if only the \
         centres are in question, the p-value is likely to be too {direction} (Janssen 1997); "
    )
}

/// `0.0012`, `1.2e-9`
fn short(p: f64) -> String {
    if p < 1e-3 { format!("{p:.1e}") } else { format!("{p:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_warning_says_what_to_do() {
        let text = Warning::Floor { resamples: 10_000, remedy: Remedy::Method(Method::Lattice) }.to_string();
        assert!(text.ends_with("leave out resamples: an exact p-value is affordable here"), "{text}");
        let text = Warning::Floor { resamples: 10_000, remedy: Remedy::Resamples(6e9) }.to_string();
        assert!(text.ends_with("about resamples(6e9) would resolve it"), "{text}");
    }
}
