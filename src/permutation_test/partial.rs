//! What some blocks of a run have yielded: counts, weights or replicates, which add up to those of the whole run.

use serde::{Deserialize, Serialize};

use super::conclude::Found;
use crate::method::histogram::Histogram;
use crate::method::importance::Weights;
use crate::method::joint::JointCounts;
use crate::method::monte_carlo::Counted;
use crate::method::planner::Method;
use crate::method::splitting::Climbs;

/// What some blocks of a run have yielded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Partial {
    /// By plain Monte Carlo.
    #[serde(rename = "counts")]
    Counted(Counted),
    /// The same for several columns under the same labellings.
    #[serde(rename = "columns")]
    Joint(JointCounts),
    /// By importance sampling.
    #[serde(rename = "weights")]
    Weighed {
        /// Labellings drawn for each tail.
        draws: u64,
        /// What those in each tail weigh.
        tails: Vec<Weights>,
    },
    /// By splitting.
    #[serde(rename = "replicates")]
    Climbed(Climbs),
    /// By a method that computes its p-value at once; `None` before it has. It has no parts.
    #[serde(skip)]
    Computed(Option<Box<Computed>>),
}

/// What a method finds at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    pub(super) found: Found,
    pub(super) histogram: Option<Histogram>,
}

impl Partial {
    /// What no block of a run by some method has yielded.
    #[must_use]
    pub fn nothing(method: &Method) -> Self {
        match method {
            Method::Importance { .. } => Self::Weighed { draws: 0, tails: Vec::new() },
            Method::Splitting { .. } => Self::Climbed(Climbs { levels: 0, estimates: Vec::new(), evaluations: 0 }),
            Method::MonteCarlo { .. } | Method::Enumeration => Self::Counted(Counted::default()),
            _ => Self::Computed(None),
        }
    }

    /// Adds what the blocks that follow have yielded.
    ///
    /// # Panics
    /// When that is of another method.
    pub fn append(&mut self, next: &Self) {
        match (self, next) {
            (Self::Counted(counted), Self::Counted(more)) => *counted += more,
            (Self::Joint(counts), Self::Joint(more)) => *counts += more,
            (Self::Weighed { draws, tails }, Self::Weighed { draws: more, tails: weights }) => {
                *draws += more;
                tails.resize(tails.len().max(weights.len()), Weights::default());
                tails.iter_mut().zip(weights).for_each(|(tail, more)| *tail += more);
            }
            (Self::Climbed(climbs), Self::Climbed(more)) => climbs.append(more),
            (Self::Computed(all), Self::Computed(more)) => all.clone_from(more),
            _ => unreachable!("blocks of one run are of one method"),
        }
    }

    /// The method's name.
    #[must_use]
    pub fn method(&self) -> &'static str {
        match self {
            Self::Counted(_) | Self::Joint(_) => "monte-carlo",
            Self::Weighed { .. } => "importance",
            Self::Climbed(_) => "splitting",
            Self::Computed(_) => "at once",
        }
    }

    /// What was counted of the only column, or the first one; `None` where labellings are not counted.
    #[must_use]
    pub fn counted(&self) -> Option<&Counted> {
        match self {
            Self::Counted(counted) => Some(counted),
            Self::Joint(counts) => counts.columns.first(),
            Self::Weighed { .. } | Self::Climbed(_) | Self::Computed(_) => None,
        }
    }

    /// Whether labellings were counted in bins, too.
    #[must_use]
    pub fn has_bins(&self) -> bool {
        self.counted().is_some_and(|counted| !counted.bins.counts().is_empty())
    }

    /// How many numbers it is made of, and what they are called: the same for all parts of a run.
    #[must_use]
    pub fn shape(&self) -> (usize, &'static str) {
        match self {
            Self::Counted(counted) => (counted.bins.counts().len(), "bins"),
            Self::Joint(counts) => (counts.columns.len(), "columns"),
            Self::Weighed { tails, .. } => (tails.len(), "tails"),
            Self::Climbed(climbs) => (climbs.levels, "levels"),
            Self::Computed(_) => (1, "p-value"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::tally::Tally;

    #[test]
    fn nothing_adds_nothing_on_either_side() {
        let weights = Weights { sum: 5, squares: 3, extreme: 2 };
        let climbs = Climbs { levels: 4, estimates: vec![0.5, 0.25], evaluations: 100 };
        let tally = Tally { resamples: 10, greater_equal: 3, ..Tally::default() };
        for (method, some) in [
            (Method::MonteCarlo { resamples: 10 }, Partial::Counted(Counted { tally, ..Counted::default() })),
            (Method::Importance { draws: 10 }, Partial::Weighed { draws: 10, tails: vec![weights; 2] }),
            (Method::Splitting { replicates: 24, particles: 50 }, Partial::Climbed(climbs)),
        ] {
            let (mut before, mut after) = (Partial::nothing(&method), some.clone());
            assert_eq!(before.method(), method.name());
            before.append(&some);
            after.append(&Partial::nothing(&method));
            assert_eq!((&before, &after), (&some, &some));
        }
    }
}
