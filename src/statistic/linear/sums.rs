//! The hot loop of every linear statistic: Σ scores over the case units, for a batch of labellings.
//!
//! Sums of integers do not depend on their order, so every path gives the same. Labellings in byte lanes are summed by
//! tables that fit a register: each half of a byte says which of four units are set, and is looked up among the sixteen
//! sums of their scores, for as many labellings at once as a register has bytes. Sums of more than seven binary digits are
//! looked up in several planes of seven, so that those of both halves add up to a byte. Where there are no such registers
//! the same sums are looked up one by one; index lists are added up score by score.

use std::sync::OnceLock;

use crate::sampling::labellings::{BitRows, IndexRows, Labellings, Listed};
use crate::sampling::transposed::{Bytes, LANES, Layout, Transpose, Transposed};
use crate::sampling::units::UnitSums;
use crate::simd::{self, Arch, ByteKernel, ByteLanes, Kernel};

/// Binary digits in a plane.
const DIGITS: u32 = 7;

/// Planes that are summed at a time: their sums stay in registers, and together they fit 32 bits.
const PLANES: usize = 3;

/// Bytes of a labelling that are summed at a time: lanes of 16 bits do not overflow, and the tables of so many bytes stay in
/// the first-level cache together with a block of labellings.
const TILE: usize = 256;

/// Words of a labelling whose bytes are looked up one by one on a whole batch: their tables stay in the first-level cache.
const WHOLE_WORDS: usize = 2;

/// Labellings for which no table is kept.
const FEW: usize = 64;

/// Units up to which such tables are kept: those of more outgrow the second-level cache.
const MOST_WHOLE: usize = 4096;

/// Scores of the units, prepared for summation.
#[derive(Debug, Clone)]
pub struct Summands {
    scores: Vec<i64>,
    /// The sum while no unit is set.
    base: i64,
    /// The tables, once labellings in byte lanes were summed.
    planes: OnceLock<Planes>,
    /// By word, once labellings were summed without byte lanes.
    whole: OnceLock<Vec<WholeTables>>,
}

/// Tables that fit registers.
#[derive(Debug, Clone)]
struct Planes {
    /// What the sums in the tables are short of: they are counted from the least one of their table.
    offset: i64,
    /// By plane and byte of a labelling.
    tables: Vec<Vec<Halves<u8>>>,
}

/// Sums by pattern of the lower four units of a byte, and of the upper four.
type Halves<T> = [[T; 16]; 2];

/// The sums by byte of a word and pattern of its units.
type WholeTables = [[i64; 256]; 8];

/// Where the bytes of a batch come from.
enum Source<'a> {
    /// They are transposed when they are needed, into a buffer for a tile.
    Rows(&'a BitRows, Vec<Bytes>),
    /// Block after block.
    Transposed(&'a [Bytes]),
}

impl Summands {
    /// Prepares scores whose magnitudes add up to an i64.
    ///
    /// # Panics
    /// When their sum overflows.
    #[must_use]
    pub fn new(scores: &[i64]) -> Self {
        let add = |sum: i64, &score: &i64| sum.checked_add(score.checked_abs()?);
        scores.iter().try_fold(0, add).expect("the sum of all magnitudes fits");
        Self { scores: scores.to_vec(), base: 0, planes: OnceLock::new(), whole: OnceLock::new() }
    }

    /// Prepares what units add to a sum over the case observations.
    ///
    /// # Panics
    /// When the magnitudes of the changes add up to more than an i64.
    #[must_use]
    pub fn of(sums: &UnitSums) -> Self {
        Self { base: sums.base, ..Self::new(&sums.changes) }
    }

    /// Writes the sum over the set units of each labelling, and the base.
    ///
    /// # Panics
    /// When the labellings are over another number of units.
    pub fn sum(&self, arch: Arch, labellings: &Labellings, sums: &mut [i64]) {
        match labellings {
            Labellings::Orders(_) => unreachable!("sums over one of two groups"),
            Labellings::Sparse(rows) => simd::run(arch, Listing { summands: self, rows, sums }),
            Labellings::Lanes(_, transposed) => self.sum_transposed(transposed, sums),
            Labellings::Dense(rows) if simd::has_byte_lanes(arch) => {
                let (width, arch) = (8 * rows.width(), simd::narrowed(arch, sums.len()));
                self.sum_blocks(arch, Source::Rows(rows, vec![[0; LANES]; TILE.min(width)]), width, sums);
            }
            Labellings::Dense(rows) => {
                // A few labellings, which show what a statistic does, are not worth keeping tables for.
                let is_kept = self.scores.len() <= MOST_WHOLE && (self.whole.get().is_some() || sums.len() > FEW);
                let tables = is_kept.then(|| self.whole.get_or_init(|| whole_tables(&self.scores)));
                self.sum_rows(arch, rows, tables, sums);
            }
        }
    }

    /// The same for labellings that are transposed already, which several columns can share.
    ///
    /// # Panics
    /// When the labellings are over another number of units.
    pub fn sum_transposed(&self, labellings: &Transposed, sums: &mut [i64]) {
        let (arch, width) = (labellings.arch(), labellings.width());
        match labellings.layout() {
            Layout::Lanes(bytes) => self.sum_blocks(arch, Source::Transposed(bytes), width, sums),
            Layout::Rows(rows) => self.sum_rows(arch, rows, None, sums),
        }
    }

    /// Sums labellings of so many bytes in lanes, tile by tile: the tables of one serve all labellings.
    fn sum_blocks(&self, arch: Arch, mut source: Source, width: usize, sums: &mut [i64]) {
        self.check_width(width);
        let Planes { offset, tables } = self.planes.get_or_init(|| Planes::of(&self.scores));
        sums.fill(self.base + offset);
        let all = self.scores.len().div_ceil(8);
        for start in (0..all).step_by(TILE) {
            let tile = start..all.min(start + TILE);
            let planes: Vec<_> = tables.iter().map(|plane| &plane[tile.clone()]).collect();
            for (block, sums) in sums.chunks_mut(LANES).enumerate() {
                let bytes = match &mut source {
                    Source::Transposed(bytes) => &bytes[block * width..][tile.clone()],
                    Source::Rows(rows, buffer) => {
                        let bytes = &mut buffer[..tile.len().next_multiple_of(8)];
                        simd::run_in_bytes(arch, Transpose { rows, block, first_word: tile.start / 8, bytes });
                        &bytes[..tile.len()]
                    }
                };
                simd::run_in_bytes(arch, LookUp { planes: &planes, bytes, sums });
            }
        }
    }

    /// Sums labellings in rows, without byte lanes, by tables of all words or by those of some words at a time.
    fn sum_rows(&self, arch: Arch, rows: &BitRows, tables: Option<&Vec<WholeTables>>, sums: &mut [i64]) {
        self.check_width(8 * rows.width());
        sums.fill(self.base);
        for (first_word, scores) in (0..).step_by(WHOLE_WORDS).zip(self.scores.chunks(64 * WHOLE_WORDS)) {
            let made = if tables.is_some() { Vec::new() } else { whole_tables(scores) };
            let tables = tables.map_or(&made[..], |tables| &tables[first_word..]);
            simd::run(arch, OneByOne { tables: &tables[..scores.len().div_ceil(64)], rows, first_word, sums });
        }
    }

    fn check_width(&self, bytes: usize) {
        assert_eq!(8 * self.scores.len().div_ceil(64), bytes, "labellings of other units");
    }
}

impl Planes {
    fn of(scores: &[i64]) -> Self {
        let (mut offset, mut largest) = (0, 0);
        for scores in scores.chunks(8) {
            let (sums, least) = sums_above_least(scores);
            offset += least;
            largest = sums.as_flattened().iter().copied().fold(largest, i64::max);
        }
        let planes = (i64::BITS - largest.leading_zeros()).div_ceil(DIGITS);
        let digits = |plane, sum: i64| (sum >> (DIGITS * plane)) as u8 & ((1 << DIGITS) - 1);
        let mut tables = vec![Vec::with_capacity(scores.len().div_ceil(8)); planes as usize];
        for scores in scores.chunks(8) {
            let (sums, _) = sums_above_least(scores);
            for (plane, table) in (0..).zip(&mut tables) {
                table.push(sums.map(|sums| sums.map(|sum| digits(plane, sum))));
            }
        }
        Self { offset, tables }
    }
}

/// The sums of patterns, none of which is negative, and what all of them are short of.
fn sums_above_least(scores: &[i64]) -> (Halves<i64>, i64) {
    let sums = pattern_sums(scores);
    let [low, high] = sums.map(|sums| sums.into_iter().fold(0, i64::min));
    let [low_sums, high_sums] = sums;
    ([low_sums.map(|sum| sum - low), high_sums.map(|sum| sum - high)], low + high)
}

/// The sums of the patterns of up to eight scores: each pattern is a smaller one and its lowest unit.
#[inline(always)]
fn pattern_sums(scores: &[i64]) -> Halves<i64> {
    let mut halves = [[0; 16]; 2];
    for (sums, scores) in halves.iter_mut().zip(scores.chunks(4)) {
        for pattern in 1..16usize {
            let lowest = scores.get(pattern.trailing_zeros() as usize).unwrap_or(&0);
            sums[pattern] = sums[pattern & (pattern - 1)] + lowest;
        }
    }
    halves
}

/// Adds the sums of a tile, looked up for all labellings of a block at once.
struct LookUp<'a> {
    planes: &'a [&'a [Halves<u8>]],
    bytes: &'a [Bytes],
    sums: &'a mut [i64],
}

impl ByteKernel for LookUp<'_> {
    #[inline(always)]
    fn compute<B: ByteLanes>(self, lanes: B) {
        let Self { planes, bytes, sums } = self;
        for (first, planes) in (0..).step_by(PLANES).zip(planes.chunks(PLANES)) {
            let shift = DIGITS * first;
            match *planes {
                [a] => add_planes(lanes, [a], shift, bytes, sums),
                [a, b] => add_planes(lanes, [a, b], shift, bytes, sums),
                [a, b, c] => add_planes(lanes, [a, b, c], shift, bytes, sums),
                _ => unreachable!("no more than three planes"),
            }
        }
    }
}

/// Adds some neighbouring planes, the lowest of which is worth 2^shift.
#[inline(always)]
fn add_planes<B: ByteLanes, const P: usize>(
    lanes: B,
    planes: [&[Halves<u8>]; P],
    shift: u32,
    bytes: &[Bytes],
    sums: &mut [i64],
) {
    let planes = planes.map(|plane| &plane[..bytes.len()]);
    let size = size_of::<B::Register>();
    for (part, sums) in sums.chunks_mut(size).enumerate() {
        // Lanes of 16 bits sum pairs of bytes as they are, and the upper ones by themselves. Without the upper ones the
        // former are the sums of the lower ones.
        let (mut pairs, mut upper) = ([lanes.zero(); P], [lanes.zero(); P]);
        for (i, bytes) in bytes.iter().enumerate() {
            let [low, high] = lanes.nibbles(lanes.load(bytes, part));
            for p in 0..P {
                let [low_table, high_table] = &planes[p][i];
                let found = lanes.add_bytes(lanes.look_up(low_table, low), lanes.look_up(high_table, high));
                pairs[p] = lanes.add_pairs(pairs[p], found);
                upper[p] = lanes.add_pairs(upper[p], lanes.upper_bytes(found));
            }
        }
        let mut totals = [[0u32; 2]; LANES / 2];
        for p in 0..P {
            // Copies: what is borrowed stays in memory, all through the loop above.
            let (pairs, upper) = (pairs[p], upper[p]);
            for ((total, &pair), &upper) in totals.iter_mut().zip(lanes.pairs(&pairs)).zip(lanes.pairs(&upper)) {
                total[0] += u32::from(pair.wrapping_sub(upper << 8)) << (DIGITS * p as u32);
                total[1] += u32::from(upper) << (DIGITS * p as u32);
            }
        }
        for (sum, &total) in sums.iter_mut().zip(totals.as_flattened()) {
            *sum += i64::from(total) << shift;
        }
    }
}

/// The tables of each word.
fn whole_tables(scores: &[i64]) -> Vec<WholeTables> {
    let mut tables = vec![[[0; 256]; 8]; scores.len().div_ceil(64)];
    for (table, scores) in tables.as_flattened_mut().iter_mut().zip(scores.chunks(8)) {
        let [low, high] = pattern_sums(scores);
        for (sums, high) in table.as_chunks_mut::<16>().0.iter_mut().zip(high) {
            *sums = low.map(|low| low + high);
        }
    }
    tables
}

/// Adds the sums of some words, looked up one by one.
struct OneByOne<'a> {
    tables: &'a [WholeTables],
    rows: &'a BitRows,
    first_word: usize,
    sums: &'a mut [i64],
}

impl Kernel for OneByOne<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        for (row, sum) in self.rows.words.chunks_exact(self.rows.width()).zip(self.sums) {
            let mut part = 0;
            for (word, tables) in row[self.first_word..].iter().zip(self.tables) {
                for (byte, table) in word.to_le_bytes().into_iter().zip(tables) {
                    part += table[usize::from(byte)];
                }
            }
            *sum += part;
        }
    }
}

/// Sums by index lists.
struct Listing<'a> {
    summands: &'a Summands,
    rows: &'a IndexRows,
    sums: &'a mut [i64],
}

impl Kernel for Listing<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let Summands { scores, base, .. } = self.summands;
        let total = match self.rows.listed {
            Listed::Case => 0,
            Listed::Control => scores.iter().sum::<i64>(),
        };
        for (row, sum) in self.rows.indices.chunks_exact(self.rows.width).zip(self.sums) {
            let listed: i64 = row.iter().map(|&unit| scores[unit as usize]).sum();
            *sum = match self.rows.listed {
                Listed::Case => base + listed,
                Listed::Control => base + total - listed,
            };
        }
    }
}
