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
//! Labellings are scanned several at a time, one in each lane, so that no step waits for the one before. D is a whole
//! number and exact as a float, and so are the sums of the second distance below 2⁵³; all lanes add in the same order. The
//! first distance takes half of the time in integers of 16 bits, where D fits.

use super::pool::{Origin, Unit};
use super::{NullShape, Problem, Statistic, Thresholds, tolerance};
use crate::error::Error;
use crate::sampling::labellings::{BitRows, Labellings};
use crate::sampling::units::Units;
use crate::simd::{self, Arch, Kernel};

/// Labellings that are scanned together: what is remembered of so many fits the registers.
const LANES: usize = 8;

/// The same in numbers of 16 bits.
const SHORT_LANES: usize = 32;

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
    /// Differences in numbers of 16 bits, where they fit.
    short: Option<Short>,
}

/// N·(case observations up to a place) − m·(all up to there), divided by the greatest common divisor of N and m, which are
/// the same for all labellings.
#[derive(Debug, Clone, Copy)]
struct Short {
    divisor: usize,
    /// What a case observation adds, and what one of the others adds.
    steps: [i16; 2],
}

impl Short {
    fn new(observations: usize, m: usize) -> Option<Self> {
        let mut divisor = [observations, m];
        while divisor[1] > 0 {
            divisor = [divisor[1], divisor[0] % divisor[1]];
        }
        let [divisor, _] = divisor;
        i16::try_from(m * (observations - m) / divisor).ok()?;
        Some(Self { divisor, steps: [((observations - m) / divisor) as i16, -((m / divisor) as i16)] })
    }
}

impl<'a> Scan<'a> {
    /// Prepares a distance for a problem.
    #[must_use]
    pub fn new(problem: &'a Problem, distance: Distance) -> Self {
        let measured = problem.pool().measured(Origin::Least);
        let weights = weights(&measured.values, distance);
        let short = problem.design().case_size().and_then(|m| Short::new(weights.len(), m));
        Self { distance, units: problem.design().units(), weights, unit: measured.unit, short }
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
        let (weights, rows) = (&self.weights, &rows);
        match (self.distance, self.short) {
            (Distance::KolmogorovSmirnov(side), Some(short)) => {
                simd::run(arch, ShortScan { short, side, rows, weights, replicates });
            }
            (Distance::KolmogorovSmirnov(Side::Either), _) => {
                simd::run(arch, ScanRows { rows, weights, replicates, fold: Largest::<true> { sign: 1.0 } });
            }
            (Distance::KolmogorovSmirnov(side), _) => {
                let sign = if side == Side::CaseGreater { -1.0 } else { 1.0 };
                simd::run(arch, ScanRows { rows, weights, replicates, fold: Largest::<false> { sign } });
            }
            (distance, _) => simd::run(arch, ScanRows { rows, weights, replicates, fold: Squares(distance) }),
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
    /// Whether one with weight 0 changes nothing.
    const TAKES_ALL: bool;

    /// Takes the next one with its weight.
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
    const TAKES_ALL: bool = false;

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
    const TAKES_ALL: bool = true;

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
    // N·(case observations up to a place) − m·(all up to there): a case observation adds N − m, another one takes m away.
    let (mut differences, case, other) = ([0.0; LANES], m.map(|m| all - m), m.map(|m| -m));
    for (word, weights) in weights.chunks(64).enumerate() {
        let mut words = [0; LANES];
        for (lane, row) in rows.chunks_exact(width).enumerate() {
            // The next place is the highest bit: the sign is what chooses between numbers at no cost.
            words[lane] = row[word].reverse_bits().cast_signed();
        }
        for &weight in weights {
            for lane in 0..LANES {
                differences[lane] += if words[lane] < 0 { case[lane] } else { other[lane] };
                words[lane] <<= 1;
            }
            if F::TAKES_ALL || weight != 0.0 {
                for lane in 0..LANES {
                    states[lane] = fold.take(states[lane], differences[lane], weight);
                }
            }
        }
    }
    (states, m)
}

/// Kolmogorov–Smirnov distances in numbers of 16 bits.
struct ShortScan<'a> {
    short: Short,
    side: Side,
    rows: &'a BitRows,
    weights: &'a [f64],
    replicates: &'a mut [f64],
}

impl Kernel for ShortScan<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let Self { short: Short { divisor, steps }, side, rows, weights, replicates } = self;
        let width = rows.width();
        let [n, m] = steps.map(|step| f64::from(step.abs()) * divisor as f64);
        for (rows, replicates) in rows.words.chunks(SHORT_LANES * width).zip(replicates.chunks_mut(SHORT_LANES)) {
            let largest = match side {
                Side::Either => largest_difference::<true>(rows, width, weights, steps),
                Side::CaseLess => largest_difference::<false>(rows, width, weights, steps),
                Side::CaseGreater => largest_difference::<false>(rows, width, weights, steps.map(|step| -step)),
            };
            for (replicate, largest) in replicates.iter_mut().zip(largest) {
                *replicate = f64::from(largest) * divisor as f64 / (m * n);
            }
        }
    }
}

/// The largest difference in each of at most [`SHORT_LANES`] rows, or the largest magnitude of one.
#[inline(always)]
fn largest_difference<const MAGNITUDE: bool>(
    rows: &[u64],
    width: usize,
    weights: &[f64],
    [case, other]: [i16; 2],
) -> [i16; SHORT_LANES] {
    let (mut largest, mut differences) = ([0; SHORT_LANES], [0; SHORT_LANES]);
    for (part, weights) in weights.chunks(16).enumerate() {
        let mut bits = [0; SHORT_LANES];
        for (bits, row) in bits.iter_mut().zip(rows.chunks_exact(width)) {
            let sixteen = (row[part / 4] >> (16 * (part % 4))) as u16;
            *bits = sixteen.reverse_bits().cast_signed();
        }
        for &weight in weights {
            for lane in 0..SHORT_LANES {
                // Lanes without a row may overflow.
                let is_case: i16 = bits[lane] >> 15;
                let step = (is_case & case.wrapping_sub(other)).wrapping_add(other);
                differences[lane] = step.wrapping_add(differences[lane]);
                bits[lane] <<= 1;
            }
            if weight != 0.0 {
                for lane in 0..SHORT_LANES {
                    let difference = differences[lane];
                    largest[lane] = largest[lane].max(if MAGNITUDE { difference.wrapping_abs() } else { difference });
                }
            }
        }
    }
    largest
}
