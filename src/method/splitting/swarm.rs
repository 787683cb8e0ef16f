//! Particles: labellings that climb together, all of them in one batch after the other. They are drawn, thinned out at a
//! level, and moved about above it.

use std::sync::atomic::{AtomicBool, Ordering};

use super::height::{Height, Heights, scatter};
use super::moves::{Moves, Propose};
use crate::design::Design;
use crate::error::Error;
use crate::sampling::bounded::below;
use crate::sampling::labellings::{BitRows, Labellings};
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
    pub arch: Arch,
    pub stop: &'a AtomicBool,
    pub advance: &'a (dyn Fn(u64) + Sync),
}

/// Particles on their way.
pub(super) struct Swarm<'a, S: Statistic + ?Sized> {
    ascent: &'a Ascent<'a, S>,
    /// Bitsets, one behind the other.
    rows: Vec<u64>,
    /// What the moves keep of each, for its hash.
    signatures: Vec<u64>,
    heights: Vec<Height>,
    /// Room for the statistics of a batch.
    replicates: Vec<S::Replicate>,
    /// Labellings whose statistic was computed.
    pub evaluations: u64,
}

/// A batch of labellings that may become particles.
struct Candidates {
    rows: Vec<u64>,
    signatures: Vec<u64>,
}

impl<'a, S: Statistic + ?Sized> Swarm<'a, S> {
    /// So many particles, drawn uniformly and independently from the design.
    pub fn draw(ascent: &'a Ascent<'a, S>, particles: usize, stream: &mut Stream) -> Result<Self, Error> {
        let units = ascent.design.units().len();
        let width = units.div_ceil(64);
        let (mut at_work, mut batch) = (ascent.design.start(), ascent.design.batch());
        let mut rows = Vec::with_capacity(particles * width);
        while rows.len() < particles * width {
            at_work.draw(ascent.arch, stream, &mut batch);
            rows.extend_from_slice(&batch.dense().words);
        }
        rows.truncate(particles * width);
        let signatures = rows.chunks_exact(width).map(|row| ascent.moves.signature(row)).collect();
        let replicates = vec![S::Replicate::default(); subset::batch_size(units)];
        let mut swarm = Self { ascent, rows, signatures, heights: Vec::new(), replicates, evaluations: 0 };
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
        self.signatures = origins.iter().map(|&from| self.signatures[from]).collect();
        self.heights = origins.iter().map(|&from| self.heights[from]).collect();
    }

    /// Proposes a move of so many changes to each particle, which is made unless it leads below the level. Gives the number
    /// of particles that have moved.
    pub fn step(&mut self, level: Height, changes: u32, stream: &mut Stream) -> Result<u64, Error> {
        let (n, width, mut moved) = (self.heights.len(), self.width(), 0);
        for first in (0..n).step_by(self.replicates.len()) {
            let mut candidates = self.candidates(first);
            let Candidates { rows, signatures } = &mut candidates;
            let moves = &self.ascent.moves;
            simd::run(self.ascent.arch, Propose { moves, changes, stream, width, rows, signatures });
            let (Candidates { rows, signatures }, heights) = self.evaluate(candidates)?;
            for (i, (signature, height)) in signatures.into_iter().zip(heights).enumerate() {
                if height >= level {
                    let particle = first + i;
                    moved += u64::from(signature != self.signatures[particle]);
                    self.rows[particle * width..][..width].copy_from_slice(&rows[i * width..][..width]);
                    self.signatures[particle] = signature;
                    self.heights[particle] = height;
                }
            }
        }
        Ok(moved)
    }

    /// Copies of a batch of particles.
    fn candidates(&self, first: usize) -> Candidates {
        let (end, width) = (self.signatures.len().min(first + self.replicates.len()), self.width());
        Candidates {
            rows: self.rows[first * width..end * width].to_vec(),
            signatures: self.signatures[first..end].to_vec(),
        }
    }

    /// The heights of candidates, which are handed back.
    fn evaluate(&mut self, candidates: Candidates) -> Result<(Candidates, Vec<Height>), Error> {
        let Ascent { design, statistic, heights, arch, stop, advance, .. } = self.ascent;
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let Candidates { rows, signatures } = candidates;
        let labellings = Labellings::Dense(BitRows { units: design.units().len(), words: rows });
        let replicates = &mut self.replicates[..signatures.len()];
        statistic.replicates(*arch, &labellings, replicates)?;
        self.evaluations += signatures.len() as u64;
        advance(signatures.len() as u64);
        let height = |(&replicate, &signature)| heights.of(replicate, scatter(signature));
        let heights = replicates.iter().zip(&signatures).map(height).collect::<Result<_, Error>>()?;
        let Labellings::Dense(BitRows { words: rows, .. }) = labellings else { unreachable!("made dense") };
        Ok((Candidates { rows, signatures }, heights))
    }

    /// Words in a row.
    fn width(&self) -> usize {
        self.rows.len() / self.signatures.len()
    }
}
