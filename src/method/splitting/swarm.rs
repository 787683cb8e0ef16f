//! Particles: labellings that climb together, all of them in one batch after the other. They are drawn, thinned out at a
//! level, and moved about above it.

use std::sync::atomic::{AtomicBool, Ordering};

use super::height::{Height, Heights};
use super::marks::{Mark, Marks};
use super::moves::{Moves, Propose};
use crate::design::{Design, RandomBatches};
use crate::error::Error;
use crate::sampling::bounded::below;
use crate::sampling::labellings::Labellings;
use crate::sampling::stream::Stream;
use crate::sampling::subset;
use crate::simd::{self, Arch};
use crate::statistic::Statistic;

/// What is climbed, and how.
pub(super) struct Ascent<'a, S: Statistic + ?Sized> {
    pub design: &'a dyn Design,
    pub statistic: &'a S,
    pub heights: Heights<'a, S::Replicate>,
    pub moves: Moves,
    pub marks: Marks,
    pub arch: Arch,
    pub stop: &'a AtomicBool,
    pub advance: &'a (dyn Fn(u64) + Sync),
}

impl<S: Statistic + ?Sized> Ascent<'_, S> {
    /// So many labellings, drawn uniformly and independently from the design.
    pub fn draw(&self, labellings: usize, stream: &mut Stream) -> Vec<u64> {
        let mut words = Vec::new();
        RandomBatches::new(self.design, self.arch, stream).append(labellings, self.design.width(), &mut words);
        words
    }

    /// The statistics of labellings.
    fn evaluate(&self, labellings: &Labellings, replicates: &mut [S::Replicate]) -> Result<(), Error> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        self.statistic.replicates(self.arch, labellings, replicates)?;
        (self.advance)(replicates.len() as u64);
        Ok(())
    }

    /// Learns the trend from labellings. Gives their number.
    pub fn learn(&mut self, words: &[u64]) -> Result<u64, Error> {
        let width = self.design.width();
        let (all, batch) = (words.len() / width, subset::batch_size(self.design.units().len()));
        let mut replicates = vec![S::Replicate::default(); all];
        for (words, replicates) in words.chunks(batch * width).zip(replicates.chunks_mut(batch)) {
            self.evaluate(&self.design.labellings(words.to_vec()), replicates)?;
        }
        self.marks.learn(words, &replicates);
        Ok(all as u64)
    }
}

/// Particles on their way.
pub(super) struct Swarm<'a, S: Statistic + ?Sized> {
    ascent: &'a Ascent<'a, S>,
    /// Their labellings' words, one behind the other.
    rows: Vec<u64>,
    marks: Vec<Mark>,
    heights: Vec<Height>,
    /// Room for the statistics of a batch.
    replicates: Vec<S::Replicate>,
    /// Labellings whose statistic was computed.
    pub evaluations: u64,
}

/// A batch of labellings that may become particles.
struct Candidates {
    rows: Vec<u64>,
    marks: Vec<Mark>,
}

impl<'a, S: Statistic + ?Sized> Swarm<'a, S> {
    /// So many particles, drawn uniformly and independently from the design.
    pub fn draw(ascent: &'a Ascent<'a, S>, particles: usize, stream: &mut Stream) -> Result<Self, Error> {
        let rows = ascent.draw(particles, stream);
        let marks = rows.chunks_exact(ascent.design.width()).map(|row| ascent.marks.of(row)).collect();
        let replicates = vec![S::Replicate::default(); subset::batch_size(ascent.design.units().len())];
        let mut swarm = Self { ascent, rows, marks, heights: Vec::new(), replicates, evaluations: 0 };
        for first in (0..particles).step_by(swarm.replicates.len()) {
            let (_, heights) = swarm.evaluate(swarm.candidates(first))?;
            swarm.heights.extend(heights);
        }
        Ok(swarm)
    }

    /// Where the particles are.
    pub fn heights(&self) -> &[Height] {
        &self.heights
    }

    /// The particles' labellings, one behind the other.
    pub fn into_rows(self) -> Vec<u64> {
        self.rows
    }

    /// The particles that reach a level.
    pub fn survivors(&self, level: Height) -> Vec<usize> {
        (0..self.heights.len()).filter(|&particle| self.heights[particle] >= level).collect()
    }

    /// Puts copies of the survivors in the place of all particles: of each the same number on average, and in fact the
    /// next smaller or larger whole one (systematic resampling).
    pub fn resample(&mut self, survivors: &[usize], stream: &mut Stream) {
        let (n, width) = (self.heights.len(), self.width());
        let start = below(survivors.len() as u64, stream) as usize;
        // Over all starts, the numbers that are divided run through 0..n·survivors: n of them for each survivor.
        let origin = |particle: usize| survivors[(start + particle * survivors.len()) / n];
        let origins: Vec<usize> = (0..n).map(origin).collect();
        self.rows = origins.iter().flat_map(|&from| &self.rows[from * width..][..width]).copied().collect();
        self.marks = origins.iter().map(|&from| self.marks[from]).collect();
        self.heights = origins.iter().map(|&from| self.heights[from]).collect();
    }

    /// Proposes a move of so many changes to each particle, which is made unless it leads below the level. Gives the number
    /// of particles that have moved.
    pub fn step(&mut self, level: Height, changes: u32, stream: &mut Stream) -> Result<u64, Error> {
        let (n, width, mut moved) = (self.heights.len(), self.width(), 0);
        for first in (0..n).step_by(self.replicates.len()) {
            let mut candidates = self.candidates(first);
            let Candidates { rows, marks } = &mut candidates;
            let (moves, of_unit) = (&self.ascent.moves, &self.ascent.marks.of_unit);
            simd::run(self.ascent.arch, Propose { moves, changes, stream, width, rows, marks, of_unit });
            let (Candidates { rows, marks }, heights) = self.evaluate(candidates)?;
            for (i, (mark, height)) in marks.into_iter().zip(heights).enumerate() {
                if height >= level {
                    let particle = first + i;
                    moved += u64::from(mark != self.marks[particle]);
                    self.rows[particle * width..][..width].copy_from_slice(&rows[i * width..][..width]);
                    self.marks[particle] = mark;
                    self.heights[particle] = height;
                }
            }
        }
        Ok(moved)
    }

    /// Copies of a batch of particles.
    fn candidates(&self, first: usize) -> Candidates {
        let (end, width) = (self.marks.len().min(first + self.replicates.len()), self.width());
        Candidates { rows: self.rows[first * width..end * width].to_vec(), marks: self.marks[first..end].to_vec() }
    }

    /// The heights of candidates, which are handed back.
    fn evaluate(&mut self, candidates: Candidates) -> Result<(Candidates, Vec<Height>), Error> {
        let ascent = self.ascent;
        let Candidates { rows, marks } = candidates;
        let labellings = ascent.design.labellings(rows);
        let replicates = &mut self.replicates[..marks.len()];
        ascent.evaluate(&labellings, replicates)?;
        self.evaluations += marks.len() as u64;
        let height = |(&replicate, &mark)| ascent.heights.of(replicate, mark, &ascent.marks);
        let heights = replicates.iter().zip(&marks).map(height).collect::<Result<_, Error>>()?;
        let rows = labellings.into_words();
        Ok((Candidates { rows, marks }, heights))
    }

    /// Words in a row.
    fn width(&self) -> usize {
        self.rows.len() / self.marks.len()
    }
}
