//! Statistics of more than two groups.
//!
//! | name | what it is | replicate |
//! |---|---|---|
//! | `f` | F of the analysis of variance (Fisher 1925) | Σ S²/n over the groups, S being sums of values less their mean |
//! | `kruskal-wallis` | H (Kruskal & Wallis 1952) | the same of mid-ranks |
//! | `friedman` | χ² (Friedman 1937), with strata | the same of mid-ranks within strata |
//! | `welch-f` | F with a variance for each group (Welch 1951) | itself |
//! | `trend` | J (Jonckheere 1954, Terpstra 1952), of ordered groups | twice itself |
//! | `chi-squared` | χ² of a table of categories by groups (Pearson 1900) | Σ O²/(row · column) |
//!
//! Within strata values are taken less the mean of their stratum. Sums are of integers, so that ties are exact up to what a
//! double holds of their squares.

mod between;
mod function;
mod largest_t;
mod sums;
mod table;
mod trend;
mod welch;

use super::definition::one_of;
use super::distance::Side;
use super::linear::scores::Scores;
use super::shuffled::{PlaceLabels, Shuffled, around, twice_ranks};
use super::{Character, Prepared, Problem, TestStatistic};
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use between::{Between, BetweenSquares};
pub use function::FunctionOfGroups;
pub use largest_t::LargestT;
use table::Table;
use trend::Trend;
use welch::Welch;

/// Two replicates that differ by no more than this share tie.
const TOLERANCE: f64 = 1e-12;

/// A statistic of more than two groups, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupStatistic {
    /// F of the analysis of variance.
    F,
    /// Welch's F.
    WelchF,
    /// Kruskal and Wallis's H.
    KruskalWallis,
    /// Friedman's χ².
    Friedman,
    /// Jonckheere and Terpstra's J.
    Trend,
    /// Pearson's χ² of categories.
    ChiSquared,
}

impl GroupStatistic {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::F, Self::WelchF, Self::KruskalWallis, Self::Friedman, Self::Trend, Self::ChiSquared];

    /// The name in options and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::F => "f",
            Self::WelchF => "welch-f",
            Self::KruskalWallis => "kruskal-wallis",
            Self::Friedman => "friedman",
            Self::Trend => "trend",
            Self::ChiSquared => "chi-squared",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::F => "F",
            Self::WelchF => "Welch's F",
            Self::KruskalWallis => "Kruskal-Wallis H",
            Self::Friedman => "Friedman's chi-squared",
            Self::Trend => "Jonckheere-Terpstra J",
            Self::ChiSquared => "chi-squared",
        }
    }

    /// What it is, in a line.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::F => "F of the analysis of variance: do the means differ?",
            Self::WelchF => "Welch's F: the same, each group with its own variance",
            Self::KruskalWallis => "Kruskal and Wallis's H: the same of ranks",
            Self::Friedman => "Friedman's chi-squared: the same of ranks within strata or repeated measures",
            Self::Trend => "Jonckheere and Terpstra's J: do values rise along the order of the groups?",
            Self::ChiSquared => "Pearson's chi-squared of words against groups",
        }
    }

    /// Whether it has a direction, so that one-sided tests make sense.
    #[must_use]
    pub fn has_a_direction(self) -> bool {
        self == Self::Trend
    }

    /// Reads a name.
    ///
    /// # Errors
    /// [`Error::Usage`] for what is none, with the nearest name.
    pub fn parse(name: &str) -> Result<Self, Error> {
        one_of(name, Self::ALL.map(|statistic| (statistic.name(), statistic)), "is none of several groups")
    }

    /// Makes it ready for a problem.
    ///
    /// # Errors
    /// As [`TestStatistic::prepare`].
    pub fn prepared<'a>(self, problem: &'a Problem, side: Side) -> Result<Prepared<'a>, Error> {
        let Some((units, groups)) = problem.units().and_then(groups_of) else {
            let what = format!("{} compares several groups", self.name());
            return Err(Error::usage(what, "give it groups, or choose another statistic"));
        };
        if side != Side::Either && !self.has_a_direction() {
            let what = format!("{} says that groups differ, and has no direction", self.name());
            return Err(Error::usage(what, "leave out the alternative, or choose trend"));
        }
        if units.blocks.len() > 1 && matches!(self, Self::WelchF | Self::ChiSquared) {
            let what = format!("{} takes no account of strata", self.name());
            return Err(Error::usage(what, "leave them out, or choose f, kruskal-wallis, friedman or trend"));
        }
        if units.blocks.len() == 1 && self == Self::Friedman {
            let what = "friedman ranks within blocks of repeated measures, and there are none";
            return Err(Error::usage(
                what,
                "say which rows belong together, as pairs or strata, or choose kruskal-wallis",
            ));
        }
        if units.values.len() <= groups && matches!(self, Self::F | Self::WelchF) {
            let what =
                format!("{} compares groups with the spread within them, and each has a single value", self.name());
            return Err(Error::data(what, "collect more, or compare two groups"));
        }
        let distance = |prepared: Prepared<'a>| prepared.of_character(Character::Distance);
        Ok(match self {
            Self::F => {
                let f = Prepared::floats(Between::new(units, groups, &values(units), BetweenSquares::f));
                distance(Prepared { compares_centres: true, ..f })
            }
            Self::KruskalWallis => {
                let ranks = twice_ranks(&units.values, std::iter::once(0..units.values.len()));
                distance(Prepared::floats(Between::new(units, groups, &ranks, BetweenSquares::h)))
            }
            Self::Friedman => {
                let ranks = twice_ranks(&units.values, units.observations());
                distance(Prepared::floats(Between::new(units, groups, &ranks, BetweenSquares::h)))
            }
            Self::WelchF => distance(Prepared::floats(Welch::new(units, groups))),
            Self::ChiSquared => distance(Prepared::floats(Table::new(units, groups))),
            Self::Trend => {
                let trend = Trend::new(units, groups);
                // With clusters of unequal sizes the number of comparisons changes, and the mean is not known.
                let is_centred = units.are_single();
                let character = if is_centred { Character::Difference } else { Character::Number };
                Prepared { is_centred, ..Prepared::integers(trend) }.of_character(character)
            }
        })
    }
}

impl TestStatistic for GroupStatistic {
    fn prepare<'a>(&'a self, problem: &'a Problem, side: Side) -> Result<Prepared<'a>, Error> {
        self.prepared(problem, side)
    }
}

/// The units of a problem and the number of its groups, if that is what it has.
fn groups_of(units: &Shuffled) -> Option<(&Shuffled, usize)> {
    match units.labels {
        PlaceLabels::Groups { number, .. } => Some((units, number)),
        PlaceLabels::Numbers(_) => None,
    }
}

/// The values as integers.
fn values(units: &Shuffled) -> Vec<i64> {
    Scores::of(&units.values).scores
}

/// The orders of a batch.
fn orders(labellings: &Labellings) -> impl Iterator<Item = &[u64]> {
    let Labellings::Orders(rows) = labellings else { unreachable!("several groups are shuffled") };
    rows.rows()
}
