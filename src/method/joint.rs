//! Many columns under the same labellings: each batch is drawn once, and every column looks at it.
//!
//! So the columns' joint distribution is seen, whatever they have to do with each other, and p-values can be adjusted for
//! the family by what chance makes of its most extreme column:
//!
//! | | compares | source |
//! |---|---|---|
//! | maxT | scores, on a scale that all columns share | Westfall & Young 1993; Ge, Dudoit & Speed 2003, Box 3 |
//! | minP | p-values, each of a labelling among the column's own | Ge, Dudoit & Speed 2003, Box 4 |
//!
//! Both step down: a column is compared with the extremes of the columns that are no more extreme than itself. maxT takes
//! memory for a batch, minP for all labellings, and as a rank among all of them does not add up over parts.

use std::ops::{AddAssign, Range};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use super::engine;
use super::monte_carlo::{Chunk, Counted, MonteCarlo, Watch};
use super::tally::Tally;
use crate::design::{Design, RandomBatches, listed};
use crate::error::Error;
use crate::message::{Message, Setting};
use crate::sampling::labellings::Labellings;
use crate::simd::{self, Arch, Kernel};

/// Labellings that a thread takes at a time, at least.
const PIECE: usize = 128;

/// Pieces for each thread, so that none waits long for the last one.
const PIECES: usize = 4;

/// Unit-labels of the labellings that are drawn before any is evaluated: 2 MiB.
const DRAWN: u64 = 1 << 24;

/// Labellings of a design that are listed together.
const LISTED: u64 = 1 << 16;

/// To this part of themselves scores of different columns may differ by rounding alone.
pub const ROUNDING: f64 = 1e-12;

/// A column of a family: a statistic that is counted and, for an adjustment, held against those of the other columns.
pub trait ScoredColumn: Sync {
    /// Counts the statistics of labellings; with `scores` it appends how extreme each is, infinite where it is undefined.
    ///
    /// # Errors
    /// Whatever the statistic fails with.
    fn note(
        &self,
        arch: Arch,
        labellings: &Labellings,
        noted: &mut Chunk,
        scores: Option<&mut Vec<f64>>,
    ) -> Result<(), Error>;

    /// The score of the data.
    fn score(&self) -> Score;

    /// How many labellings are as extreme as the data.
    fn extreme(&self, tally: &Tally) -> u64;

    /// Whether drawing a labelling is nothing beside computing its statistic, so that each may go to another thread.
    fn is_expensive(&self) -> bool {
        false
    }
}

/// How extreme a statistic is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// The larger, the more extreme.
    pub value: f64,
    /// How much less still ties with it.
    pub tolerance: f64,
    /// Whether either end is extreme, each of which is then counted by itself and the smaller share doubled.
    pub is_doubled: bool,
}

impl Score {
    /// The smallest score that is as extreme.
    fn limit(&self) -> f64 {
        lowered(self.value, self.tolerance)
    }
}

fn lowered(score: f64, tolerance: f64) -> f64 {
    if score.is_finite() { score - tolerance - ROUNDING * score.abs() } else { score }
}

/// What has been counted of the columns of a family.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JointCounts {
    /// The counts of each column by itself.
    pub columns: Vec<Counted>,
    /// For each column, labellings in which it or a less extreme column is as extreme as its data; empty where p-values are
    /// not adjusted by extremes.
    pub extremes: Vec<u64>,
}

impl AddAssign<&Self> for JointCounts {
    fn add_assign(&mut self, other: &Self) {
        self.columns.resize_with(other.columns.len().max(self.columns.len()), Counted::default);
        self.columns.iter_mut().zip(&other.columns).for_each(|(column, more)| *column += more);
        self.extremes.resize(other.extremes.len().max(self.extremes.len()), 0);
        self.extremes.iter_mut().zip(&other.extremes).for_each(|(count, more)| *count += more);
    }
}

/// The columns of a family and the labellings that they share.
pub struct Joint<'a> {
    /// The design, over the units of all columns.
    pub design: &'a dyn Design,
    /// The columns: at least one.
    pub columns: Vec<Box<dyn ScoredColumn + 'a>>,
    /// Which labellings.
    pub source: LabellingSource,
    /// Worker threads; `None`: all cores.
    pub threads: Option<usize>,
    /// Instruction set of the kernels.
    pub arch: Arch,
}

/// The labellings that are counted.
#[derive(Debug, Clone, Copy)]
pub enum LabellingSource {
    /// Random ones.
    Drawn {
        /// How many.
        resamples: u64,
        /// The master seed.
        seed: u64,
    },
    /// All, each once.
    All {
        /// How many there are.
        size: u64,
    },
}

/// What becomes of the largest score of each labelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maxima {
    /// Scores are not computed.
    Ignored,
    /// Columns are held against it.
    Counted,
}

/// What a piece of the labellings yields.
struct PieceCounts {
    columns: Vec<Chunk>,
    extremes: Vec<u64>,
}

impl LabellingSource {
    /// Number of labellings.
    #[must_use]
    pub fn labellings(self) -> u64 {
        match self {
            Self::Drawn { resamples, .. } => resamples,
            Self::All { size } => size,
        }
    }

    /// Labellings in a block, each of which can be computed by itself.
    #[must_use]
    pub fn block_size(self, design: &dyn Design) -> u64 {
        match self {
            Self::Drawn { .. } => design.chunk_size() as u64,
            Self::All { .. } => LISTED,
        }
    }

    /// The labelling of the data, which is one of all and counts beside random ones.
    fn data(self) -> u64 {
        u64::from(matches!(self, Self::Drawn { .. }))
    }
}

impl Joint<'_> {
    /// Counts some blocks. `take` is given the counts of some blocks at a time, in order, and the number of the block that
    /// follows them; the watch's `replicates` gets the statistics of all columns, labelling by labelling.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when the watch says stop, and what a statistic, `take` or the watch's `replicates` fails with.
    pub fn run_blocks(
        &self,
        blocks: Range<u64>,
        maxima: Maxima,
        watch: Watch,
        mut take: impl FnMut(u64, JointCounts) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let Watch { stop, advance, mut replicates, .. } = watch;
        let order = if maxima == Maxima::Counted { self.ascending() } else { Vec::new() };
        let evaluate = |labellings: &Labellings| {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            let piece = self.evaluate(labellings, &order)?;
            advance(labellings.len() as u64);
            Ok(piece)
        };
        let together = (DRAWN / (self.source.block_size(self.design) * self.design.units().len() as u64)).max(1);
        engine::install(self.threads, || {
            let mut next = blocks.start;
            while next < blocks.end {
                // A block that is not full comes by itself: a longer run has another one in its place.
                let full = self.source.labellings() / self.source.block_size(self.design);
                let end = blocks.end.min(next + together).min(full.max(next + 1));
                let pieces = self.pieces(next..end);
                let mut counts = JointCounts::default();
                for window in pieces.chunks(PIECES * engine::threads()) {
                    for piece in engine::map(window.len(), |i| evaluate(&window[i])) {
                        let piece = piece?;
                        if let Some(replicates) = &mut replicates {
                            replicates(&by_labelling(&piece.columns))?;
                        }
                        counts += &piece.into_counts();
                    }
                }
                take(end, counts)?;
                next = end;
            }
            Ok(())
        })?
    }

    /// Columns by how extreme the data are.
    fn ascending(&self) -> Vec<u32> {
        let scores: Vec<f64> = self.columns.iter().map(|column| column.score().value).collect();
        let mut order: Vec<u32> = (0..scores.len() as u32).collect();
        order.sort_by(|&a, &b| scores[a as usize].total_cmp(&scores[b as usize]));
        order
    }

    /// The labellings of some blocks, in pieces that threads share.
    fn pieces(&self, blocks: Range<u64>) -> Vec<Labellings> {
        let drawn = engine::map((blocks.end - blocks.start) as usize, |i| self.labellings(blocks.start + i as u64));
        let batches: Vec<Labellings> = drawn.into_iter().flatten().collect();
        let all: usize = batches.iter().map(Labellings::len).sum();
        let least = if self.columns.iter().any(|column| column.is_expensive()) { 1 } else { PIECE };
        let most = (all / (PIECES * engine::threads())).max(least);
        let cut = batches.into_iter().flat_map(|batch| {
            let length = batch.len();
            let starts = (0..length).step_by(most);
            if length <= most {
                vec![batch]
            } else {
                starts.map(|start| batch.part(start..length.min(start + most))).collect()
            }
        });
        // Transposed once, whatever the number of columns.
        cut.map(|piece| piece.transposed(self.arch)).collect()
    }

    /// The labellings of a block.
    fn labellings(&self, block: u64) -> Vec<Labellings> {
        let size = self.source.block_size(self.design);
        let start = block * size;
        let mut left = size.min(self.source.labellings() - start);
        match self.source {
            LabellingSource::All { .. } => listed(self.design, start..start + left).collect(),
            LabellingSource::Drawn { resamples, seed } => {
                let draws = MonteCarlo { resamples, seed, threads: self.threads, arch: self.arch };
                let mut batches = RandomBatches::new(self.design, self.arch, draws.stream(block));
                let mut drawn = Vec::new();
                while left > 0 {
                    drawn.push(batches.next(left).clone());
                    left -= drawn.last().map_or(left, |batch| batch.len() as u64);
                }
                drawn
            }
        }
    }

    fn evaluate(&self, labellings: &Labellings, order: &[u32]) -> Result<PieceCounts, Error> {
        let mut columns: Vec<Chunk> = (0..self.columns.len()).map(|_| Chunk::default()).collect();
        if order.is_empty() {
            for (column, noted) in self.columns.iter().zip(&mut columns) {
                column.note(self.arch, labellings, noted, None)?;
            }
            return Ok(PieceCounts { columns, extremes: Vec::new() });
        }
        let mut extremes = vec![0; columns.len()];
        let mut largest = vec![f64::NEG_INFINITY; labellings.len()];
        let mut scores = Vec::with_capacity(labellings.len());
        for &place in order {
            let (column, noted) = (&self.columns[place as usize], &mut columns[place as usize]);
            scores.clear();
            column.note(self.arch, labellings, noted, Some(&mut scores))?;
            let limit = column.score().limit();
            extremes[place as usize] = simd::run(self.arch, Raise { largest: &mut largest, scores: &scores, limit });
        }
        Ok(PieceCounts { columns, extremes })
    }

    /// The adjusted counts of [`JointCounts::extremes`], each at least that of any column that is more extreme.
    #[must_use]
    pub fn step_down(&self, extremes: &[u64]) -> Vec<u64> {
        let mut adjusted = extremes.to_vec();
        never_fall(&mut adjusted, self.ascending().iter().rev().map(|&place| place as usize));
        adjusted
    }

    /// For each column, labellings in which it or a less significant column has a p-value, among the column's own labellings,
    /// that is no larger than that of the data; `counts` are those of all labellings.
    ///
    /// # Errors
    /// As [`Joint::run_blocks`], and [`Error::Usage`] where all labellings take more than `memory`.
    pub fn minima(&self, counts: &[Counted], memory: u64, watch: &Watch) -> Result<Vec<u64>, Error> {
        let all = self.source.labellings();
        let bytes = all.saturating_mul(self.design.units().len().div_ceil(8) as u64 + 64);
        if bytes > memory {
            let what = format!("minP keeps all {all} labellings, which take more memory than may be used");
            let remedy = Message::from("draw fewer with ").and(Setting::Resamples);
            return Err(Error::usage(what, remedy.and(", or allow for more with ").and(Setting::MemoryLimit)));
        }
        let of_data: Vec<u64> = self
            .columns
            .iter()
            .zip(counts)
            .map(|(column, counted)| self.share(column.score(), column.extreme(&counted.tally) + self.source.data()))
            .collect();
        let mut order: Vec<usize> = (0..of_data.len()).collect();
        order.sort_by_key(|&place| std::cmp::Reverse(of_data[place]));
        let (mut extremes, stop) = (vec![0; of_data.len()], watch.stop);
        engine::install(self.threads, || {
            let pieces = self.pieces(0..all.div_ceil(self.source.block_size(self.design)));
            let mut smallest = vec![u64::MAX; all as usize];
            for window in order.chunks(engine::threads()) {
                let shares = engine::map(window.len(), |i| self.shares(window[i], &pieces, stop));
                for (&place, shares) in window.iter().zip(shares) {
                    for (smallest, share) in smallest.iter_mut().zip(shares?) {
                        *smallest = share.min(*smallest);
                        extremes[place] += u64::from(*smallest <= of_data[place]);
                    }
                }
            }
            Ok(())
        })??;
        never_fall(&mut extremes, order.into_iter().rev());
        Ok(extremes)
    }

    /// The p-value of each labelling among those of a column, in labellings.
    fn shares(&self, place: usize, pieces: &[Labellings], stop: &AtomicBool) -> Result<Vec<u64>, Error> {
        let (column, mut scores) = (&self.columns[place], Vec::new());
        for labellings in pieces {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            column.note(self.arch, labellings, &mut Chunk::default(), Some(&mut scores))?;
        }
        let score = column.score();
        let data = (self.source.data() > 0).then_some(score.value);
        let mut extreme = at_least(&scores, data, score.tolerance);
        if score.is_doubled {
            // Undefined statistics are extreme in either direction.
            let mirrored: Vec<f64> =
                scores.iter().map(|score| if score.is_finite() { -score } else { f64::INFINITY }).collect();
            let below = at_least(&mirrored, data.map(|data| -data), score.tolerance);
            extreme.iter_mut().zip(below).for_each(|(above, below)| *above = below.min(*above));
        }
        Ok(extreme.into_iter().map(|count| self.share(score, count)).collect())
    }

    /// A p-value from a count, in labellings.
    fn share(&self, score: Score, extreme: u64) -> u64 {
        if score.is_doubled { (2 * extreme).min(self.source.labellings() + self.source.data()) } else { extreme }
    }
}

/// Raises counts so that none is below one before it in this order.
fn never_fall(counts: &mut [u64], order: impl Iterator<Item = usize>) {
    let mut least = 0;
    for place in order {
        least = counts[place].max(least);
        counts[place] = least;
    }
}

/// How many scores, that of the data among them if it counts, are at least as large as each.
fn at_least(scores: &[f64], data: Option<f64>, tolerance: f64) -> Vec<u64> {
    let mut descending: Vec<(f64, u32)> = scores.iter().copied().zip(0..).collect();
    descending.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let (mut counts, mut end) = (vec![0; scores.len()], 0);
    for &(score, place) in &descending {
        let limit = lowered(score, tolerance);
        while descending.get(end).is_some_and(|&(other, _)| other >= limit) {
            end += 1;
        }
        counts[place as usize] = end as u64 + u64::from(data.is_some_and(|data| data >= limit));
    }
    counts
}

impl PieceCounts {
    fn into_counts(self) -> JointCounts {
        let counted = |Chunk { tally, bins, .. }| Counted { tally, bins };
        JointCounts { columns: self.columns.into_iter().map(counted).collect(), extremes: self.extremes }
    }
}

/// The statistics of all columns, labelling by labelling.
fn by_labelling(columns: &[Chunk]) -> Vec<f64> {
    let labellings = columns.first().map_or(0, |column| column.values.len());
    (0..labellings).flat_map(|labelling| columns.iter().map(move |column| column.values[labelling])).collect()
}

/// Raises the largest score of each labelling, and counts those that reach a limit.
struct Raise<'a> {
    largest: &'a mut [f64],
    scores: &'a [f64],
    limit: f64,
}

impl Kernel for Raise<'_> {
    type Output = u64;

    #[inline(always)]
    fn compute(self) -> u64 {
        let mut reached = 0;
        for (largest, &score) in self.largest.iter_mut().zip(self.scores) {
            *largest = if score > *largest { score } else { *largest };
            reached += u64::from(*largest >= self.limit);
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_count_on_both_sides() {
        assert_eq!(at_least(&[1.0, 3.0, 2.0, 3.0, f64::INFINITY], None, 0.0), [5, 3, 4, 3, 1]);
        assert_eq!(at_least(&[1.0, 3.0, 2.0], Some(2.0), 0.0), [4, 1, 3]);
        // Within the tolerance 2 ties with 3, but 1 does not.
        assert_eq!(at_least(&[1.0, 3.0, 2.0], None, 1.0), [3, 2, 3]);
    }

    #[test]
    fn a_more_extreme_column_is_adjusted_no_further_than_a_less_extreme_one_allows() {
        let (mut largest, scores) = (vec![0.5, 2.0], [1.0, f64::INFINITY]);
        assert_eq!(simd::run(Arch::Scalar, Raise { largest: &mut largest, scores: &scores, limit: 1.0 }), 2);
        assert_eq!(largest, [1.0, f64::INFINITY]);
    }
}
