//! Importance sampling: a tiny tail of a sum, by drawing labellings that are likely to lie in it and counting each for what
//! it is worth.
//!
//! Under the null hypothesis all labellings are equally likely. Here a unit that adds x is set with odds proportional to
//! e^(θx), given how many of each stratum are set, where θ makes the threshold t the expected sum (Siegmund 1976, *Importance
//! sampling in the Monte Carlo study of sequential tests*). A labelling with sum S counts by its weight, the ratio of its
//! probabilities, which depends on S alone: K·e^(−θ(S − t)), at most K in the tail. The share of the tail is the mean of the
//! weights of what lies in it, and
//!
//!   p = (K + Σ weights)/(n + 1)
//!
//! counts the observed labelling, whose weight is K, as one of those drawn, which makes p a valid p-value for any number of
//! draws (Harrison 2012, *Conservative hypothesis tests and confidence intervals using importance sampling*).
//!
//! | file | what it owns |
//! |---|---|
//! | `tail_distance` | the tail, measured from the end of the sums |
//! | `tilt` | θ, and a λ for each stratum |
//! | `table` | drawing with exactly m set units |
//! | `weights` | what the draws weigh |
//! | `saddlepoint` | the cross-check, without drawing |

mod saddlepoint;
mod table;
mod tail_distance;
mod tilt;
mod weights;

pub use saddlepoint::saddlepoint;
pub use table::table_bytes;
pub use weights::Weights;

use std::ops::Range;

use super::engine::{self, Results};
use super::monte_carlo::Watch;
use crate::design::Exchange;
use crate::design::ends::ends;
use crate::error::Error;
use crate::message::{Message, Setting};
use crate::sampling::stream::{Domain, Stream};
use crate::sampling::units::UnitSums;
use crate::simd::{self, Arch};
use table::{Draw, LANES, Table};
use tail_distance::Tail;
use tilt::Tilt;

/// Labels of single units that are drawn in a block, about: some milliseconds.
const BLOCK_LABELS: usize = 1 << 21;

/// Which tail of the sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Sums of at least the threshold.
    Upper,
    /// Sums of at most the threshold.
    Lower,
}

impl Side {
    /// A number such that the tail is where it is large.
    fn orient(self, x: i128) -> i128 {
        match self {
            Self::Upper => x,
            Self::Lower => -x,
        }
    }

    fn domain(self) -> Domain {
        match self {
            Self::Upper => Domain::ImportanceUpper,
            Self::Lower => Domain::ImportanceLower,
        }
    }
}

/// How many labellings are drawn, from which streams, on what.
#[derive(Debug, Clone, Copy)]
pub struct Importance {
    /// Number of labellings, at least 1.
    pub draws: u64,
    /// The master seed.
    pub seed: u64,
    /// Worker threads; `None`: all cores.
    pub threads: Option<usize>,
    /// Instruction set of the kernels.
    pub arch: Arch,
}

/// The probability of a tail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TailEstimate {
    /// (K + Σ weights)/(n + 1), never more than 1. Where no draws were needed, the probability itself. 0 only beyond the
    /// ends of the sums: one below the smallest normal float is given as that float.
    pub estimate: f64,
    /// The standard error of the estimate; 0 where it is exact.
    pub standard_error: f64,
    /// (Σw)²/Σw² over the draws in the tail: how many draws of equal weight would say as much.
    pub effective_sample_size: f64,
    /// The same tail by the double saddlepoint approximation.
    pub saddlepoint: Option<f64>,
    /// Labellings drawn: 0 at and beyond the ends of the sums, where the probability is known.
    pub draws: u64,
    /// Those of them that lie in the tail.
    pub extreme: u64,
}

impl TailEstimate {
    fn known(probability: f64) -> Self {
        Self {
            estimate: probability,
            standard_error: 0.0,
            effective_sample_size: 0.0,
            saddlepoint: None,
            draws: 0,
            extreme: 0,
        }
    }
}

impl Importance {
    /// Estimates the probability that a sum lies at a threshold or beyond it, over all labellings of a design.
    ///
    /// `sums` says what each unit adds; the magnitudes of what they add must fit an i64 when added up. The estimate depends
    /// on the data, the seed and the number of draws alone. On the near side of the mean labellings are drawn without a
    /// tilt, and at the ends of the sums the probability is known without drawing. Memory: [`table_bytes`].
    ///
    /// # Errors
    /// [`Error::Usage`] for a design that is neither subsets nor coins; [`Error::Interrupted`] when the watch says stop.
    ///
    /// # Panics
    /// When nothing is to be drawn.
    ///
    /// ```
    /// use permtest::design::{Exchange, Exchangeable};
    /// use permtest::method::importance::{Importance, Side};
    /// use permtest::method::monte_carlo::Watch;
    /// use permtest::sampling::units::UnitSums;
    /// use permtest::simd::Arch;
    /// // 30 of the numbers from 1 to 60 have a sum of 1364 or more with probability 47/C(60, 30): the partitions of 0 to 1
    /// // but one, 1365 being the largest, are the labellings that fall short by at most 1.
    /// let sums = UnitSums { base: 0, changes: (1..=60).collect() };
    /// let exchange = Exchange::Subsets(vec![Exchangeable { units: 0..60, m: 30 }]);
    /// let importance = Importance { draws: 20_000, seed: 0, threads: Some(1), arch: Arch::new() };
    /// let found = importance.tail(&sums, &exchange, Side::Upper, 1364, &Watch::default()).unwrap();
    /// assert!((found.estimate / (2.0 / 118_264_581_564_861_424.0) - 1.0).abs() < 0.03);
    /// ```
    pub fn tail(
        &self,
        sums: &UnitSums,
        exchange: &Exchange,
        side: Side,
        threshold: i64,
        watch: &Watch,
    ) -> Result<TailEstimate, Error> {
        let aim = Aim::new(sums, exchange, side, threshold)?;
        let mut total = Weights::default();
        let blocks = 0..self.draws.div_ceil(block_size(sums.changes.len()));
        self.run_blocks(std::slice::from_ref(&aim), sums.changes.len(), blocks, watch, |_, _, weights| {
            total += &weights[0];
            Ok(())
        })?;
        Ok(aim.estimate(&total, self.draws))
    }

    /// Draws some blocks of a run, of [`block_size`] labellings for each of the tails, which are all of sums over so many
    /// units. `take` gets the number of the block that follows, how many labellings were drawn for each tail, and what
    /// those in each tail weigh.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when the watch says stop, and what `take` fails with.
    ///
    /// # Panics
    /// When nothing is to be drawn.
    pub fn run_blocks(
        &self,
        aims: &[Aim],
        units: usize,
        blocks: Range<u64>,
        watch: &Watch,
        mut take: impl FnMut(u64, u64, &[Weights]) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        assert!(self.draws > 0, "something is to be drawn");
        let Watch { stop, advance, .. } = watch;
        let size = block_size(units);
        let compute = |block: u64| {
            let draws = size.min(self.draws - block * size);
            let weigh = |aim: &Aim| aim.draw(self.arch, self.seed, block, draws, advance);
            Ok((draws, aims.iter().map(weigh).collect::<Vec<_>>()))
        };
        let mut next = blocks.start;
        let fold = |(draws, weights): (u64, Vec<Weights>)| {
            next += 1;
            take(next, draws, &weights)
        };
        engine::run(self.threads, blocks, Results::Small, stop, compute, fold)
    }
}

/// Labellings in a block of a run over so many units, which has a random stream to itself.
#[must_use]
pub fn block_size(units: usize) -> u64 {
    ((BLOCK_LABELS / units.max(1) / LANES).max(1) * LANES) as u64
}

/// A tail, ready to be drawn from.
pub struct Aim(Reach);

/// How the probability of a tail is got.
enum Reach {
    Known(f64),
    Drawn(Tilted, Option<f64>),
}

impl Aim {
    /// Prepares for a tail, as of [`Importance::tail`].
    ///
    /// # Errors
    /// [`Error::Usage`] for a design that is neither subsets nor coins.
    pub fn new(sums: &UnitSums, exchange: &Exchange, side: Side, threshold: i64) -> Result<Self, Error> {
        let Some((tail, ends)) = Tail::new(sums, exchange, side, threshold).zip(ends(sums, exchange)) else {
            let what = "importance sampling needs units that are labelled by subsets or by coins";
            return Err(Error::usage(what, Message::from("draw with ").and(Setting::Method.at("monte-carlo"))));
        };
        if tail.gap < 0 {
            return Ok(Self(Reach::Known(0.0)));
        }
        if tail.gap == 0 || tail.groups.is_empty() {
            let [smallest, largest] = ends;
            return Ok(Self(Reach::Known(if side == Side::Upper { largest.share } else { smallest.share })));
        }
        let tilted = Tilted::new(&tail, sums, side);
        Ok(Self(Reach::Drawn(tilted, saddlepoint(sums, exchange, side, threshold))))
    }

    /// What the draws of a block weigh: nothing where nothing needs to be drawn.
    fn draw(&self, arch: Arch, seed: u64, block: u64, draws: u64, advance: impl Fn(u64)) -> Weights {
        let Reach::Drawn(tilted, _) = &self.0 else { return Weights::default() };
        let weights = tilted.draw(arch, &mut Stream::new(seed, tilted.side.domain(), block), draws);
        advance(draws);
        weights
    }

    /// The estimate from what so many draws weigh.
    #[must_use]
    pub fn estimate(&self, total: &Weights, draws: u64) -> TailEstimate {
        match &self.0 {
            Reach::Known(probability) => TailEstimate::known(*probability),
            Reach::Drawn(tilted, saddlepoint) => tilted.estimate(total, draws, *saddlepoint),
        }
    }
}

/// A tail and how it is drawn.
struct Tilted {
    side: Side,
    table: Table,
    /// The sum at the tail's edge, without what is the same in all labellings.
    edge: i64,
    /// The step of the sums.
    step: u64,
    /// θ for a step.
    theta: f64,
    /// ln K.
    log_weight: f64,
}

impl Tilted {
    fn new(tail: &Tail, sums: &UnitSums, side: Side) -> Self {
        let gap = tail.gap as f64;
        let tilt = Tilt::new(tail, gap).unwrap_or_else(|| Tilt::none(tail));
        let table = Table::new(tail, &tilt, &sums.changes);
        // Without a tilt all labellings weigh 1.
        let log_weight = if tilt.theta == 0.0 { 0.0 } else { table.log_weight + tilt.theta * gap };
        Self { side, table, edge: tail.edge, step: tail.step, theta: tilt.theta, log_weight }
    }

    /// Draws so many labellings and weighs those in the tail.
    fn draw(&self, arch: Arch, stream: &mut Stream, draws: u64) -> Weights {
        let mut weights = Weights::default();
        for start in (0..draws).step_by(LANES) {
            let sums = simd::run(arch, Draw { table: &self.table, stream });
            let used = (draws - start).min(LANES as u64) as usize;
            let in_tail = sums[..used].iter().filter_map(|&sum| self.excess(sum));
            weights += &Weights::of(in_tail.map(|steps| libm::exp(-self.theta * steps as f64)));
        }
        weights
    }

    /// How many steps a sum lies beyond the edge, if it is in the tail; there the difference of two i64 fits a u64.
    fn excess(&self, sum: i64) -> Option<u64> {
        let excess = match self.side {
            Side::Upper => (sum >= self.edge).then(|| sum.wrapping_sub(self.edge) as u64),
            Side::Lower => (sum <= self.edge).then(|| self.edge.wrapping_sub(sum) as u64),
        };
        excess.map(|excess| excess / self.step)
    }

    fn estimate(&self, total: &Weights, draws: u64, saddlepoint: Option<f64>) -> TailEstimate {
        let n = draws as f64;
        let (sum, squares) = (total.sum(), total.squares());
        let mean = sum / n;
        let variance = (squares / n - mean * mean).max(0.0);
        // K may be far below what a float holds, or (1 + Σ)/(n + 1) bring it back: logarithms until the end.
        let scaled = |x: f64| libm::exp(self.log_weight + libm::log(x));
        TailEstimate {
            estimate: scaled((1.0 + sum) / (n + 1.0)).clamp(f64::MIN_POSITIVE, 1.0),
            standard_error: scaled((variance / n).sqrt()),
            effective_sample_size: if squares > 0.0 { sum * sum / squares } else { 0.0 },
            saddlepoint,
            draws,
            extreme: total.extreme,
        }
    }
}
