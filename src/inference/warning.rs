//! What a reader must know before believing a p-value, and what to do about it, in words.

use std::fmt;

use super::count::separated;
use crate::design;
use crate::method::planner::Method;

/// The significance level that a design should at least be able to reach.
pub(super) const USUAL_LEVEL: f64 = 0.05;

/// A reason to read a p-value with care. `Display` gives a sentence or two, with the remedy.
#[derive(Debug, Clone, PartialEq)]
pub enum Warning {
    /// All values are equal.
    Constant,
    /// Groups of a single observation.
    SingleObservation {
        /// How many of the two groups have one.
        groups: usize,
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
    /// Splitting, which nobody had asked for, ended before it came to the data: p is below this.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// Single observations.
    Observations,
    /// Observations within strata.
    Strata,
    /// Pairs.
    Pairs,
    /// Clusters.
    Clusters,
}

impl UnitKind {
    /// The units of a design.
    #[must_use]
    pub fn of(design: design::Kind) -> Self {
        match design {
            design::Kind::TwoSample | design::Kind::Own(_) => Self::Observations,
            design::Kind::Stratified => Self::Strata,
            design::Kind::Paired => Self::Pairs,
            _ => Self::Clusters,
        }
    }
}

/// In which direction unequal variances mislead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelError {
    /// The smaller group varies more: p is too small.
    TooManyRejections,
    /// The larger group varies more: p is too large.
    TooFewRejections,
}

/// What resolves a p-value that counting has not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Remedy {
    /// So many resamples, by extrapolation.
    Resamples(f64),
    /// No number of resamples that can be drawn; the p-value is near this power of ten.
    BeyondCounting(f64),
    /// Another method.
    Method(Method),
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resamples(n) => write!(f, "about -n {n:e} would resolve it"),
            Self::Method(method) if method.is_exact() => {
                write!(f, "leave out -n: an exact p-value is affordable here")
            }
            Self::Method(method) => write!(f, "--method {} would resolve it", method.name()),
            Self::BeyondCounting(power) => {
                write!(f, "nor can any number be drawn that would: a normal curve puts it near 1e{power}")
            }
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant => {
                write!(
                    f,
                    "all values are equal, so every relabelling gives the same difference: there is nothing to test"
                )
            }
            Self::SingleObservation { groups } => {
                let whose = if *groups == 2 { "both groups have" } else { "one group has" };
                write!(
                    f,
                    "{whose} a single observation: the test asks only whether that value is unusual among the others; \
                     collect more"
                )
            }
            Self::Unattainable { minimum, units } => {
                let (whose, what) = match units {
                    UnitKind::Observations => ("these group sizes", "observations"),
                    UnitKind::Strata => ("these strata", "observations in strata with both labels"),
                    UnitKind::Pairs => ("so few pairs", "pairs"),
                    UnitKind::Clusters => ("so few clusters", "clusters"),
                };
                write!(
                    f,
                    "the smallest p-value that {whose} can give is {minimum:.3}: no outcome would be significant at \
                     {USUAL_LEVEL}; collect more {what}"
                )
            }
            Self::Tied { minimum, coarsest, units } => tied(f, *minimum, *coarsest, *units),
            Self::TooFewResamples { resamples } => write!(
                f,
                "{} resamples give no p-value below 1/{}: draw a thousand or more with -n",
                separated(*resamples),
                separated(resamples + 1)
            ),
            Self::Floor { resamples, remedy } => {
                write!(f, "{} resamples do not resolve this p-value; {remedy}", separated(*resamples))
            }
            Self::Few { count, remedy } => {
                let were = if *count == 1 { "resample was" } else { "resamples were" };
                write!(f, "only {count} {were} as extreme as the data, so the p-value is a rough one; {remedy}")
            }
            Self::SmallReferenceSet { size, resamples } => write!(
                f,
                "there are only {} different labellings, and {} resamples draw them again and again: leave out -n for \
                 the exact p-value",
                separated(*size as u64),
                separated(*resamples)
            ),
            Self::Disagreement { saddlepoint } => write!(
                f,
                "a saddlepoint approximation puts this p-value at {saddlepoint:.2e}, further from the estimate than chance \
                 and the approximation's own error explain: draw more with -n, or see --method bounds"
            ),
            Self::Rough { relative_error } => write!(
                f,
                "the estimate is a rough one, its standard error {:.0} % of itself: draw more with -n",
                100.0 * relative_error
            ),
            Self::Extinct { extinct, replicates } => write!(
                f,
                "{extinct} of {replicates} replicates found no relabelling as extreme as the data: the estimate hangs on the \
                 others; draw more with -n"
            ),
            Self::Ceiling { p } => write!(
                f,
                "p < {p:.1e}: splitting ended there, with the time that is spent unasked; --method splitting goes on"
            ),
            Self::Wide { relative_width } => write!(
                f,
                "the bounds lie {:.2} % apart, which is as near as time and memory allow: --memory-limit may allow for more",
                100.0 * relative_width
            ),
            Self::Rounded => write!(
                f,
                "the values, or the weights of strata, need more digits than sums can hold exactly: relabellings that \
                 differ from the data by less than rounding count as ties, which can only make p larger; drop or rescale \
                 what is far from the rest, or choose -s rank-sum"
            ),
            Self::PooledStrata { share } => write!(
                f,
                "case and control are spread unequally over the strata ({:.0} % of a group would have to change its stratum), \
                 and this statistic compares the pooled groups: its value may be due to the strata, and even have the wrong \
                 sign (Simpson's paradox), though the p-value allows for them; mean, t and rank-sum compare within strata",
                100.0 * share
            ),
            Self::UnequalVariances { error, ratio } => unequal_variances(f, *error, *ratio),
            Self::EstimatedMargin { level } => {
                let often = match level {
                    Some(level) => format!("rejects in about {:.1} % of cases", 100.0 * level),
                    None => "can reject in more than 5 % of cases".to_owned(),
                };
                write!(
                    f,
                    "--mu in percent is a share of the control group's own estimate, whose error the p-value leaves out: \
                     where the difference is just that, a test at 0.05 {often}; give --mu as a number if it is known"
                )
            }
        }
    }
}

fn tied(f: &mut fmt::Formatter<'_>, minimum: f64, coarsest: f64, units: UnitKind) -> fmt::Result {
    let (why, remedy) = match units {
        UnitKind::Pairs => ("pairs without a difference tell nothing", "collect more pairs"),
        UnitKind::Clusters => ("many clusters are alike", "collect more clusters"),
        UnitKind::Observations | UnitKind::Strata => {
            ("many values are equal", "collect more observations, or measure more finely")
        }
    };
    write!(
        f,
        "the smallest p-value that these values can give is {minimum:.3}, because {why} (with all different it \
         would be {}): no outcome would be significant at {USUAL_LEVEL}; {remedy}",
        short(coarsest)
    )
}

fn unequal_variances(f: &mut fmt::Formatter<'_>, error: LevelError, ratio: f64) -> fmt::Result {
    let (which, direction) = match error {
        LevelError::TooManyRejections => ("smaller", "small"),
        LevelError::TooFewRejections => ("larger", "large"),
    };
    let times = if ratio.is_finite() { format!("{ratio:.1} times that") } else { "above 0, that".to_owned() };
    write!(
        f,
        "the {which} group varies more than the other (standard deviation {times} of the other): if only the \
         centres are in question, the p-value is likely to be too {direction} (Janssen 1997); -s welch compares \
         means and allows for it"
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
        assert!(text.ends_with("leave out -n: an exact p-value is affordable here"), "{text}");
        let text = Warning::Floor { resamples: 10_000, remedy: Remedy::Resamples(6e9) }.to_string();
        assert!(text.ends_with("about -n 6e9 would resolve it"), "{text}");
    }
}
