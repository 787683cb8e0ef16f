//! The blocks that a run is computed in, each of which can be computed by itself: what lets it be shared out to several
//! machines, or interrupted and taken up again.

use std::ops::Range;

use crate::error::Error;
use crate::message::{Message, Setting};
use crate::method::importance;
use crate::method::monte_carlo::MOST_RESAMPLES;
use crate::method::planner::{Further, Method, Plan};
use crate::statistic::{EvaluationCost, Problem};

/// How a run is cut into blocks, which can be computed one by one and anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Labellings that are drawn in the whole run: resamples, draws for each tail, or the particles of all replicates.
    pub resamples: u64,
    /// Of these, how many are drawn in each block but the last.
    pub block_size: u64,
    /// Number of blocks.
    pub blocks: u64,
}

impl Cut {
    /// The blocks of a planned run: chunks of resamples or, where each is expensive, single ones; chunks of draws; or the
    /// replicates of splitting.
    ///
    /// # Errors
    /// [`Error::Usage`] for a method that has none.
    pub(super) fn of(problem: &Problem, plan: &Plan, cost: EvaluationCost) -> Result<Self, Error> {
        let refuse = |why: &str, remedy: &str| {
            let what = format!("a run by {} cannot be shared out or taken up again: {why}", plan.method.name());
            Err(Error::usage(what, Message::from(remedy).and(Setting::Resamples)))
        };
        match plan.method {
            Method::MonteCarlo { .. } if matches!(plan.further, Further::Taken { .. }) => {
                refuse("may go on to splitting", "say how many with ")
            }
            Method::MonteCarlo { .. } | Method::Importance { .. } | Method::Splitting { .. } => {
                Self::whole(problem, plan, cost)
            }
            Method::Sequential { .. } => {
                refuse("where it stops depends on all that was drawn before", "ask for plain Monte Carlo with ")
            }
            _ => refuse("the p-value is computed at once", "ask for plain Monte Carlo with "),
        }
    }

    /// The same for any run; one that cannot be shared out has one block.
    ///
    /// # Errors
    /// [`Error::Data`] for a number of resamples out of range.
    pub(super) fn whole(problem: &Problem, plan: &Plan, cost: EvaluationCost) -> Result<Self, Error> {
        let design = problem.design();
        let (resamples, block_size) = match plan.method {
            Method::MonteCarlo { resamples } => {
                let is_expensive = cost == EvaluationCost::Expensive;
                (in_range(resamples)?, if is_expensive { 1 } else { design.chunk_size() as u64 })
            }
            Method::Importance { draws } => (draws, importance::block_size(design.units().len())),
            Method::Splitting { replicates, particles } => (replicates * particles as u64, particles as u64),
            _ => (1, 1),
        };
        Ok(Self { resamples, block_size, blocks: resamples.div_ceil(block_size) })
    }

    /// The blocks of share K of M, counted from 1: consecutive ones, as many as the others have, or one more.
    #[must_use]
    pub fn share(&self, share: u64, of: u64) -> Range<u64> {
        let end = |share: u64| (u128::from(self.blocks) * u128::from(share) / u128::from(of)) as u64;
        end(share - 1)..end(share)
    }

    /// How many labellings these blocks draw.
    #[must_use]
    pub fn resamples_in(&self, blocks: &Range<u64>) -> u64 {
        let drawn = |block: u64| (block * self.block_size).min(self.resamples);
        drawn(blocks.end) - drawn(blocks.start)
    }

    /// Blocks that a longer run has as well: the last one may not be full.
    #[must_use]
    pub fn full_blocks(&self) -> u64 {
        self.resamples / self.block_size
    }
}

/// A number of resamples that can be drawn.
pub(super) fn in_range(resamples: u64) -> Result<u64, Error> {
    if (1..=MOST_RESAMPLES).contains(&resamples) {
        return Ok(resamples);
    }
    Err(Error::data(format!("{resamples} resamples are out of range"), "draw from 1 to 1e12"))
}
