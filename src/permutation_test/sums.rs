//! A linear statistic by the methods that know its sums: exact, between bounds, by importance sampling.

use std::ops::Range;

use super::conclude::Found;
use super::histogram::exact_edges;
use super::partial::Partial;
use crate::design::Design;
use crate::error::Error;
use crate::method::bins::Bins;
use crate::method::estimate::{Estimate, Spread};
use crate::method::exact::addends::Addends;
use crate::method::exact::bounds::{Bounds, Budget, MOST_CELLS};
use crate::method::exact::convolve::{Tails, Work};
use crate::method::exact::cost::Cost;
use crate::method::exact::{self, Algorithm};
use crate::method::histogram::Histogram;
use crate::method::importance::{self, Aim, Importance, Side, TailEstimate, Weights};
use crate::method::monte_carlo::Watch;
use crate::method::planner::CostModel;
use crate::method::tail::Tail;
use crate::statistic::EvaluationCost;
use crate::statistic::Thresholds;
use crate::statistic::linear::Linear;

/// The sums of a problem, and what is asked of them.
pub(super) struct Sums<'a> {
    pub design: &'a dyn Design,
    pub statistic: &'a Linear,
    pub observed: i64,
    pub tail: Tail,
    pub memory: u64,
    pub seed: u64,
}

impl Sums<'_> {
    /// In closed form, where the data are as extreme as can be.
    pub fn end(&self) -> Found {
        let linear = Some((self.statistic, self.observed));
        let (design, cost, tail) = (self.design, EvaluationCost::Sum, self.tail);
        let cost_model = CostModel { design, cost, tail, linear, log10_p: None };
        Found::Share(cost_model.share_at_the_end().expect("it was planned because the data are at the end"))
    }

    /// The tails, and the shape of the distribution if there are bins for it.
    pub fn exact(
        &self,
        algorithm: Algorithm,
        bins: Option<&Bins<i64>>,
        work: Work,
    ) -> Result<(Tails<f64>, Option<Histogram>), Error> {
        let sums = self.statistic.exact_sums(self.observed);
        let mut thresholds = vec![sums.thresholds];
        thresholds.extend(bins.iter().flat_map(|bins| exact_edges(bins, &sums)));
        let addends = Addends::new(&sums.sums, &self.design.exchange(), &thresholds).ok_or_else(no_exchange)?;
        (work.begin)(Cost::of(&addends).units, "units");
        let tails = exact::count(algorithm, &addends, work)?;
        Ok((tails[0], bins.map(|bins| self.exact_histogram(bins, &tails))))
    }

    pub fn bounds(&self, work: Work) -> Result<Found, Error> {
        let sums = self.statistic.exact_sums(self.observed);
        let budget = Budget { cells: MOST_CELLS, bytes: self.memory as f64 };
        let exchange = self.design.exchange();
        let bounds = Bounds::run(&sums.sums, &exchange, &sums.thresholds, self.tail, budget, work)?;
        Ok(Found::Bounds(bounds.of(self.tail)))
    }

    /// The tails that importance sampling is to estimate.
    pub fn aimed(&self) -> Result<Aimed, Error> {
        let (sums, exchange) = (self.statistic.sums(), self.design.exchange());
        // Rounded sums must not miss what is as extreme as the data.
        let thresholds = self.statistic.enclosing_thresholds(self.observed);
        let Thresholds { greater_equal, less_equal, far_above, far_below, .. } = thresholds;
        let tails = match self.tail {
            Tail::Upper => vec![(Side::Upper, greater_equal)],
            // Everything is as far from the centre as that.
            Tail::Absolute if far_above <= far_below => Vec::new(),
            Tail::Absolute => vec![(Side::Upper, far_above), (Side::Lower, far_below)],
            Tail::Doubled if self.observed as f64 >= self.statistic.centre().approximate() => {
                vec![(Side::Upper, greater_equal)]
            }
            Tail::Lower | Tail::Doubled => vec![(Side::Lower, less_equal)],
        };
        let aim = |(side, threshold)| Aim::new(sums, &exchange, side, threshold);
        let aims: Result<Vec<Aim>, Error> = tails.into_iter().map(aim).collect();
        Ok(Aimed { aims: aims?, times: if self.tail == Tail::Doubled { 2.0 } else { 1.0 } })
    }

    /// Draws some blocks of labellings for each of the tails.
    pub fn weigh(
        &self,
        aimed: &Aimed,
        draws: u64,
        blocks: Range<u64>,
        work: Work,
        mut take: impl FnMut(u64, Partial) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let Work { threads, arch, stop, begin, advance } = work;
        let (size, units) = (importance::block_size(self.design.units().len()), self.design.units().len());
        begin(aimed.aims.len() as u64 * ((blocks.end * size).min(draws) - (blocks.start * size).min(draws)), "draws");
        let importance = Importance { draws, seed: self.seed, threads, arch };
        let watch = Watch { stop, begin, advance, replicates: None };
        let take = |next, draws, tails: &[Weights]| take(next, Partial::Weighed { draws, tails: tails.to_vec() });
        importance.run_blocks(&aimed.aims, units, blocks, &watch, take)
    }
}

/// The tails that importance sampling estimates, one by one.
pub(super) struct Aimed {
    /// None where everything is as extreme as the data.
    aims: Vec<Aim>,
    /// How often they count.
    times: f64,
}

impl Aimed {
    /// What the weights say of the p-value; nothing is drawn at the ends of the sums, where tails are known.
    pub fn found(&self, weighed: &Partial) -> Found {
        let Partial::Weighed { draws, tails } = weighed else { unreachable!("importance sampling weighs") };
        if self.aims.is_empty() {
            return Found::Share(1.0);
        }
        let estimates: Vec<TailEstimate> =
            self.aims.iter().zip(tails).map(|(aim, total)| aim.estimate(total, *draws)).collect();
        estimate(&estimates, self.times)
    }
}

/// The sum of tails that were estimated one by one, each so many times.
fn estimate(tails: &[TailEstimate], times: f64) -> Found {
    let p: f64 = tails.iter().map(|tail| tail.estimate).sum();
    if tails.iter().all(|tail| tail.draws == 0) {
        return Found::Share((times * p).min(1.0));
    }
    let variance: f64 = tails.iter().map(|tail| tail.standard_error.powi(2)).sum();
    // Effective sizes of parts of a sum join like those of strata.
    let parts = tails.iter().filter(|tail| tail.effective_sample_size > 0.0);
    let inverse: f64 = parts.map(|tail| (tail.estimate / p).powi(2) / tail.effective_sample_size).sum();
    let saddlepoint = tails.iter().map(|tail| tail.saddlepoint).sum::<Option<f64>>();
    Found::Estimate(Estimate {
        p: (times * p).min(1.0),
        standard_error: times * variance.sqrt(),
        draws: tails.iter().map(|tail| tail.draws).sum(),
        spread: Spread::Weights {
            effective_sample_size: if inverse > 0.0 { 1.0 / inverse } else { 0.0 },
            saddlepoint: saddlepoint.map(|saddlepoint| (times * saddlepoint).min(1.0)),
        },
    })
}

fn no_exchange() -> Error {
    Error::data("the design is neither subsets nor coins", "draw resamples")
}
