//! Distances between the distributions of the two groups, from one scan of the bitset over the sorted pool.
//!
//! With A case observations among the k smallest of N, m of them in all, the distribution functions of the groups differ
//! there by D/(m·n), D = N·A − m·k, n = N − m. Each distance is a maximum or a weighted sum over the distinct values:
//!
//! | distance | formula | source |
//! |---|---|---|
//! | Kolmogorov–Smirnov | max \|D\| / (m·n); one-sided max D or max −D | Smirnov 1939 |
//! | Cramér–von Mises | Σ c·D² / (m·n·N²), c the number of ties | Anderson 1962, (5) |
//! | Anderson–Darling | Σ c·D² / (k·(N − k)) / (m·n), without the largest value | Scholz & Stephens 1987, (6) |
//! | energy | √(2·Σ gap·D²) / (m·n), gap the distance to the next value | Székely & Rizzo 2004 |
//!
//! Labellings are scanned sixteen at a time, one in each lane, so that no step waits for the one before. D is a whole
//! number and exact as a float, and so are the sums of the second distance below 2⁵³; all lanes add in the same order.

use super::pool::{Origin, Unit};
use super::{NullShape, Problem, Statistic, Thresholds, tolerance};
use crate::error::Error;
use crate::sampling::labellings::{BitRows, Labellings};
use crate::sampling::units::Units;
use crate::simd::{self, Arch, Kernel};

/// Labellings that are scanned together.
const LANES: usize = 16;

/// A distance between two distributions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    /// The largest difference of the distribution functions.
    KolmogorovSmirnov(Side),
    /// Their squared difference, on average over the pooled observations.
    CramerVonMises,
    /// The same with more weight in the tails.
    AndersonDarling,
    /// Their squared difference, integrated over the values.
    Energy,
}

impl Distance {
    /// Smirnov's exp(−2·d²·m·n/N), or that of a sum of squares, the largest part of which is three fifths of all, as it is for
    /// Cramér and von Mises.
    fn null_shape(self) -> NullShape {
        match self {
            Self::KolmogorovSmirnov(_) => NullShape::Exponential { power: 2, rate: 1.64 },
            Self::CramerVonMises | Self::AndersonDarling => NullShape::Exponential { power: 1, rate: 0.83 },
            Self::Energy => NullShape::Exponential { power: 2, rate: 0.83 },
        }
    }
}

/// Which differences a Kolmogorov–Smirnov distance looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// Both.
    #[default]
    Either,
    /// Those where case values are greater, so that their distribution function is below the other.
    CaseGreater,
    /// Those where case values are less.
    CaseLess,
}

/// A distance, ready for the labellings of a problem.
#[derive(Debug)]
pub struct Scan<'a> {
    distance: Distance,
    units: &'a Units,
    /// By place: the weight of D², or of D where the largest is looked for; 0 where equal values go on.
    weights: Vec<f64>,
    /// The unit of the gaps.
    unit: Unit,
}

impl<'a> Scan<'a> {
    /// Prepares a distance for a problem.
    #[must_use]
    pub fn new(problem: &'a Problem, distance: Distance) -> Self {
        let measured = problem.pool().measured(Origin::Least);
        let weights = weights(&measured.values, distance);
        Self { distance, units: problem.design().units(), weights, unit: measured.unit }
    }
}

impl Scan<'_> {
    /// The distance that it computes.
    #[must_use]
    pub fn distance(&self) -> Distance {
        self.distance
    }
}

fn weights(sorted: &[f64], distance: Distance) -> Vec<f64> {
    let (all, mut weights, mut start) = (sorted.len(), vec![0.0; sorted.len()], 0);
    for tied in sorted.chunk_by(|a, b| a == b) {
        let end = start + tied.len();
        if end < all {
            weights[end - 1] = match distance {
                Distance::KolmogorovSmirnov(_) => 1.0,
                Distance::CramerVonMises => tied.len() as f64,
                Distance::AndersonDarling => tied.len() as f64 / (end as f64 * (all - end) as f64),
                Distance::Energy => sorted[end] - tied[0],
            };
        }
        start = end;
    }
    weights
}

impl Statistic for Scan<'_> {
    type Replicate = f64;

    fn replicates(&self, arch: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        let rows = self.units.expand(arch, labellings);
        let (weights, distance) = (&self.weights, self.distance);
        let rows = &rows;
        match distance {
            Distance::KolmogorovSmirnov(Side::Either) => {
                simd::run(arch, ScanRows { rows, weights, replicates, fold: Largest::<true> { sign: 1.0 } });
            }
            Distance::KolmogorovSmirnov(side) => {
                let sign = if side == Side::CaseGreater { -1.0 } else { 1.0 };
                simd::run(arch, ScanRows { rows, weights, replicates, fold: Largest::<false> { sign } });
            }
            _ => simd::run(arch, ScanRows { rows, weights, replicates, fold: Squares(distance) }),
        }
        Ok(())
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        Thresholds {
            far_below: f64::NEG_INFINITY,
            ..Thresholds::about(0.0, observed, tolerance(observed, observed, Some(1.0)))
        }
    }

    fn value(&self, replicate: f64) -> f64 {
        match self.distance {
            Distance::Energy => self.unit.to_data(replicate, 1.0).sqrt(),
            _ => replicate,
        }
    }

    fn null_shape(&self) -> NullShape {
        self.distance.null_shape()
    }
}

/// What becomes of the differences D of a labelling.
trait Fold: Copy {
    /// Takes the next one with its weight, which is not 0.
    fn take(self, state: f64, difference: f64, weight: f64) -> f64;

    /// The distance, or its square, from what was taken.
    fn finish(self, state: f64, m: f64, n: f64) -> f64;
}

/// The largest of ±D: a factor rather than a choice inside the loop. The larger of both signs is the magnitude.
#[derive(Clone, Copy)]
struct Largest<const BOTH: bool> {
    sign: f64,
}

impl<const BOTH: bool> Fold for Largest<BOTH> {
    #[inline(always)]
    fn take(self, state: f64, difference: f64, _: f64) -> f64 {
        let difference = if BOTH { difference.abs() } else { self.sign * difference };
        if difference > state { difference } else { state }
    }

    #[inline(always)]
    fn finish(self, state: f64, m: f64, n: f64) -> f64 {
        state / (m * n)
    }
}

#[derive(Clone, Copy)]
struct Squares(Distance);

impl Fold for Squares {
    #[inline(always)]
    fn take(self, state: f64, difference: f64, weight: f64) -> f64 {
        state + weight * (difference * difference)
    }

    #[inline(always)]
    fn finish(self, state: f64, m: f64, n: f64) -> f64 {
        match self.0 {
            Distance::CramerVonMises => state / (m * n * ((m + n) * (m + n))),
            Distance::Energy => 2.0 * state / ((m * n) * (m * n)),
            _ => state / (m * n),
        }
    }
}

struct ScanRows<'a, F> {
    rows: &'a BitRows,
    weights: &'a [f64],
    replicates: &'a mut [f64],
    fold: F,
}

impl<F: Fold> Kernel for ScanRows<'_, F> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let Self { rows, weights, replicates, fold } = self;
        let width = rows.width();
        for (rows, replicates) in rows.words.chunks(LANES * width).zip(replicates.chunks_mut(LANES)) {
            let (states, m) = scan(rows, width, weights, fold);
            let all = weights.len() as f64;
            for ((replicate, state), m) in replicates.iter_mut().zip(states).zip(m) {
                *replicate = fold.finish(state, m, all - m);
            }
        }
    }
}

/// Scans at most [`LANES`] rows; gives their states and their numbers of set bits.
#[inline(always)]
fn scan<F: Fold>(rows: &[u64], width: usize, weights: &[f64], fold: F) -> ([f64; LANES], [f64; LANES]) {
    let all = weights.len() as f64;
    let (mut m, mut states) = ([0.0; LANES], [0.0; LANES]);
    for (lane, row) in rows.chunks_exact(width).enumerate() {
        m[lane] = row.iter().map(|word| word.count_ones()).sum::<u32>().into();
    }
    let (mut counts, mut place) = ([0.0; LANES], 0.0);
    for (word, weights) in weights.chunks(64).enumerate() {
        let mut words = [0; LANES];
        for (lane, row) in rows.chunks_exact(width).enumerate() {
            words[lane] = row[word];
        }
        for &weight in weights {
            place += 1.0;
            for lane in 0..LANES {
                counts[lane] += bit_as_float(words[lane]);
                words[lane] >>= 1;
            }
            if weight != 0.0 {
                for lane in 0..LANES {
                    let difference = all * counts[lane] - m[lane] * place;
                    states[lane] = fold.take(states[lane], difference, weight);
                }
            }
        }
    }
    (states, m)
}

/// The lowest bit as 0.0 or 1.0, without a conversion: the bits of 1.0 under a mask.
#[inline(always)]
fn bit_as_float(word: u64) -> f64 {
    f64::from_bits((word & 1).wrapping_neg() & 1.0f64.to_bits())
}
