//! What some blocks of a run have yielded: counts, weights or replicates, which add up to those of the whole run.

use crate::method::importance::Weights;
use crate::method::monte_carlo::Counted;
use crate::method::splitting::Climbs;

/// What some blocks of a run have yielded.
#[derive(Debug, Clone, PartialEq)]
pub enum Partial {
    /// By plain Monte Carlo.
    Counted(Counted),
    /// By importance sampling.
    Weighed {
        /// Labellings drawn for each tail.
        draws: u64,
        /// What those in each tail weigh.
        tails: Vec<Weights>,
    },
    /// By splitting.
    Climbed(Climbs),
}

impl Partial {
    /// Adds what the blocks that follow have yielded.
    ///
    /// # Panics
    /// When that is of another method.
    pub fn append(&mut self, next: &Self) {
        match (self, next) {
            (Self::Counted(counted), Self::Counted(more)) => *counted += more,
            (Self::Weighed { draws, tails }, Self::Weighed { draws: more, tails: weights }) => {
                *draws += more;
                tails.iter_mut().zip(weights).for_each(|(tail, more)| *tail += more);
            }
            (Self::Climbed(climbs), Self::Climbed(more)) => climbs.append(more),
            _ => unreachable!("blocks of one run are of one method"),
        }
    }

    /// The method's name.
    #[must_use]
    pub fn method(&self) -> &'static str {
        match self {
            Self::Counted(_) => "monte-carlo",
            Self::Weighed { .. } => "importance",
            Self::Climbed(_) => "splitting",
        }
    }

    /// How many numbers it is made of, and what they are called: the same for all parts of a run.
    #[must_use]
    pub fn shape(&self) -> (usize, &'static str) {
        match self {
            Self::Counted(counted) => (counted.bins.counts().len(), "bins"),
            Self::Weighed { tails, .. } => (tails.len(), "tails"),
            Self::Climbed(climbs) => (climbs.levels, "levels"),
        }
    }
}
