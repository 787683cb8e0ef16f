//! Sums on a lattice: a count for every integer between the smallest and the largest.
//!
//! Counts are f64, integers as long as there are fewer than 2⁵³ labellings; beyond that positive numbers are only ever
//! added and multiplied, so that each keeps a relative error of about N·2⁻⁵³, however small its share. Counts in u128
//! check that.

use std::ops::{Add, AddAssign, Mul, Range};

use bytemuck::Zeroable;
use bytemuck::allocation::try_zeroed_vec;

use super::convolve::{Multiset, Room, SHRINK, Tails, Threshold};
use crate::method::engine;
use crate::simd::{self, Arch, Kernel};
use crate::statistic::Thresholds;

/// Cells from which an addition is shared by several threads, and each one's part.
const PARALLEL: usize = 1 << 17;
const PART: usize = 1 << 15;

/// Cells that fit the first-level cache, with as many of what is added to them.
const TILE: usize = 1 << 11;

/// Partial sums in one addition of products: their order is fixed, so that every machine finds the same.
const LANES: usize = 16;

/// A number of labellings.
pub trait Cell: Copy + Default + Zeroable + Send + Sync + Add<Output = Self> + AddAssign + Mul<Output = Self> {
    /// One labelling.
    const ONE: Self;

    /// [`SHRINK`] times itself, if it could become too large.
    #[must_use]
    fn shrunk(self) -> Self;

    /// As a float.
    fn float(self) -> f64;
}

impl Cell for f64 {
    const ONE: Self = 1.0;

    fn shrunk(self) -> Self {
        self * SHRINK
    }

    fn float(self) -> f64 {
        self
    }
}

impl Cell for u128 {
    const ONE: Self = 1;

    /// For less than 2¹²⁸ labellings only.
    fn shrunk(self) -> Self {
        unreachable!("integers are for fewer units")
    }

    fn float(self) -> f64 {
        self as f64
    }
}

/// Counts of sums.
#[derive(Debug, Clone)]
pub struct Dense<C> {
    /// The sum of the first cell.
    least: i128,
    cells: Vec<C>,
    /// Cells that have been written.
    used: Range<usize>,
}

impl<C: Cell> Multiset for Dense<C> {
    type Count = C;

    fn zero() -> Self {
        Self { least: 0, cells: vec![C::ONE], used: 0..1 }
    }

    fn with_room(room: &Room) -> Option<Self> {
        // Zeroed by the system when a page is first touched.
        let cells = try_zeroed_vec((room.most - room.least) as usize + 1).ok()?;
        Some(Self { least: room.least, cells, used: 0..0 })
    }

    const UNITS_AT_ONCE: usize = 2;

    fn absorb(&mut self, others: &[(&Self, i128)], arch: Arch) {
        let least = self.least;
        let place = |&(other, addend)| Source::of(other, addend - least);
        let sources: Vec<Source<C>> = others.iter().map(place).collect();
        let Some(start) = sources.iter().map(|source| source.start).min() else { return };
        let end = sources.iter().map(Source::end).max().unwrap_or(start);
        let cells = &mut self.cells[start..end];
        let part = if cells.len() >= PARALLEL { PART } else { cells.len() };
        engine::each_part(cells, part, |offset, cells| {
            simd::run(arch, Addition { first: start + offset, cells, sources: &sources });
        });
        self.used = if self.used.is_empty() { start..end } else { self.used.start.min(start)..self.used.end.max(end) };
    }

    fn shrink(&mut self) {
        self.cells[self.used.clone()].iter_mut().for_each(|cell| *cell = cell.shrunk());
    }

    type Ready = Summed<C>;

    fn ready(self) -> Summed<C> {
        let cells = self.cells[self.used.clone()].to_vec();
        Summed { least: self.least + self.used.start as i128, running: running(cells.iter()), cells }
    }

    fn pairs(above: &Summed<C>, below: &Summed<C>, threshold: Option<Threshold>, arch: Arch) -> f64 {
        let total = |side: &Summed<C>| side.running.last().copied().unwrap_or_default();
        let (cells, first, running) = match threshold {
            None => return (total(above) * total(below)).float(),
            // U − V ≥ t where V ≤ U − t, and U − V ≤ t where U ≤ V + t.
            Some(Threshold::AtLeast(t)) => (&above.cells, above.least - t - below.least, &below.running),
            Some(Threshold::AtMost(t)) => (&below.cells, below.least + t - above.least, &above.running),
        };
        simd::run(arch, Pairing { cells, first, running }).float()
    }

    fn tally(above: &Self, below: &Self, thresholds: &[Thresholds<i128>], arch: Arch) -> Vec<Tails<C>> {
        let (u, v) = (&above.cells[above.used.clone()], &below.cells[below.used.clone()]);
        let (u_least, v_least) = (above.least + above.used.start as i128, below.least + below.used.start as i128);
        let (up_to, from) = (running(v.iter()), running(v.iter().rev()));
        let total = |cells: &[C]| cells.iter().fold(C::default(), |sum, &cell| sum + cell);
        let all = total(u) * total(v);
        // U − V ≥ t where V ≤ U − t: the number of those grows with U.
        let at_least = |threshold: i128| {
            let first = u_least - threshold - v_least;
            simd::run(arch, Pairing { cells: u, first, running: &up_to })
        };
        // U − V ≤ t where V ≥ U − t; counted from the largest V downwards, it grows as U falls.
        let reversed: Vec<C> = u.iter().rev().copied().collect();
        let at_most = |threshold: i128| {
            let (u_most, v_most) = (u_least + u.len() as i128 - 1, v_least + v.len() as i128 - 1);
            let first = v_most - (u_most - threshold);
            simd::run(arch, Pairing { cells: &reversed, first, running: &from })
        };
        thresholds.iter().map(|thresholds| Tails::of(all, thresholds, at_least, at_most)).collect()
    }
}

/// Counts of sums with their running totals.
#[derive(Debug)]
pub struct Summed<C> {
    /// The sum of the first cell.
    least: i128,
    cells: Vec<C>,
    running: Vec<C>,
}

/// Running totals.
fn running<'a, C: Cell + 'a>(cells: impl Iterator<Item = &'a C>) -> Vec<C> {
    let mut total = C::default();
    cells
        .map(|&cell| {
            total += cell;
            total
        })
        .collect()
}

/// Counts, and the place where the first of them is to be added.
struct Source<'a, C> {
    start: usize,
    cells: &'a [C],
}

impl<'a, C> Source<'a, C> {
    fn of(other: &'a Dense<C>, offset: i128) -> Self {
        let start = (other.least + other.used.start as i128 + offset) as usize;
        Self { start, cells: &other.cells[other.used.clone()] }
    }

    fn end(&self) -> usize {
        self.start + self.cells.len()
    }
}

/// Adds counts to the cells from place `first` on.
struct Addition<'a, C> {
    first: usize,
    cells: &'a mut [C],
    sources: &'a [Source<'a, C>],
}

impl<C: Cell> Kernel for Addition<'_, C> {
    type Output = ();

    /// Tile by tile, so that a cell stays in the first-level cache until all that is added to it has been.
    #[inline(always)]
    fn compute(self) {
        for (start, tile) in (self.first..).step_by(TILE).zip(self.cells.chunks_mut(TILE)) {
            for source in self.sources {
                let (from, to) = (start.max(source.start), (start + tile.len()).min(source.end()));
                if from < to {
                    let others = &source.cells[from - source.start..to - source.start];
                    for (cell, &other) in tile[from - start..to - start].iter_mut().zip(others) {
                        *cell += other;
                    }
                }
            }
        }
    }
}

/// Adds up each cell times the running total that its place, counted from `first`, has in `running`: nothing before the
/// first one, and the last one from there on.
struct Pairing<'a, C> {
    cells: &'a [C],
    first: i128,
    running: &'a [C],
}

impl<C: Cell> Kernel for Pairing<'_, C> {
    type Output = C;

    #[inline(always)]
    fn compute(self) -> C {
        let Self { cells, first, running } = self;
        let clamp = |place: i128| place.clamp(0, cells.len() as i128) as usize;
        let (start, end) = (clamp(-first), clamp(running.len() as i128 - first));
        let (Some(&last), false) = (running.last(), start > end) else { return C::default() };
        let beyond = cells[end..].iter().fold(C::default(), |sum, &cell| sum + cell) * last;
        if start == end {
            return beyond;
        }
        let place = (start as i128 + first) as usize;
        let (cells, running) = (&cells[start..end], &running[place..place + end - start]);
        let mut lanes = [C::default(); LANES];
        let (cells, running) = (cells.as_chunks::<LANES>(), running.as_chunks::<LANES>());
        for (cells, running) in cells.0.iter().zip(running.0) {
            for lane in 0..LANES {
                lanes[lane] += cells[lane] * running[lane];
            }
        }
        let rest = cells.1.iter().zip(running.1).fold(beyond, |sum, (&cell, &running)| sum + cell * running);
        lanes.into_iter().fold(rest, |sum, lane| sum + lane)
    }
}
