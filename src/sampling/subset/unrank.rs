//! Small N: a rank uniform on 0..C(N, m), turned into its subset by tables.
//!
//! The units are two leaves of at most 13. The ranks are ordered by the number k of set units in the first leaf;
//! within a k, a rank is a pair (which k-subset of the first leaf, which (m−k)-subset of the second). Exactly uniform,
//! without a branch: one comparison with all the block boundaries at once, one division by multiplication, two loads.

use crate::sampling::bounded::batch_below;
use crate::sampling::stream::Stream;
use crate::simd::{self, Arch, Kernel};

/// The most units that this kernel serves.
pub const MOST_UNITS: usize = 26;

/// Blocks of ranks, one for each k, padded to a fixed number so that all are compared at once.
const BLOCKS: usize = 16;

/// Bits of the fixed-point reciprocals; ranks are below 2²⁴ and divisors below 2¹¹, so quotients are exact.
const RECIPROCAL_BITS: u32 = 40;

/// Tables that turn ranks into subsets.
#[derive(Debug, Clone)]
pub struct Unrank {
    size: u64,
    first_units: u32,
    /// First rank of the block after each block; the largest integer from the last block on.
    ends: [u32; BLOCKS],
    blocks: [Block; BLOCKS],
    first: Leaf,
    second: Leaf,
}

/// The ranks with the same number of set units in the first leaf.
#[derive(Debug, Clone, Copy, Default)]
struct Block {
    start: u32,
    /// Subsets of the second leaf that complete one of the first.
    row: u32,
    /// ⌈2⁴⁰ / row⌉
    reciprocal: u64,
    first_offset: u32,
    second_offset: u32,
}

/// All subsets of a leaf, grouped by their size.
#[derive(Debug, Clone)]
struct Leaf {
    masks: Vec<u16>,
    /// Where the subsets of each size begin.
    offsets: Vec<u32>,
}

impl Leaf {
    fn new(units: usize) -> Self {
        let mut masks: Vec<u16> = (0..1u16 << units).collect();
        masks.sort_by_key(|mask| mask.count_ones());
        let offsets =
            (0..=units as u32 + 1).map(|size| masks.partition_point(|mask| mask.count_ones() < size) as u32).collect();
        Self { masks, offsets }
    }

    fn subsets(&self, size: usize) -> u32 {
        self.offsets[size + 1] - self.offsets[size]
    }
}

impl Unrank {
    /// Tables for m of N units.
    ///
    /// # Panics
    /// When N exceeds [`MOST_UNITS`] or not `0 < m < N`.
    #[must_use]
    pub fn new(units: usize, m: usize) -> Self {
        assert!(units <= MOST_UNITS && 0 < m && m < units, "two leaves of at most 13 units");
        let (a, b) = (units / 2, units - units / 2);
        let (first, second) = (Leaf::new(a), Leaf::new(b));
        let (mut ends, mut blocks) = ([u32::MAX; BLOCKS], [Block::default(); BLOCKS]);
        let mut start = 0;
        for (block, k) in (m.saturating_sub(b)..=a.min(m)).enumerate() {
            let row = second.subsets(m - k);
            blocks[block] = Block {
                start,
                row,
                reciprocal: (1u64 << RECIPROCAL_BITS).div_ceil(u64::from(row)),
                first_offset: first.offsets[k],
                second_offset: second.offsets[m - k],
            };
            start += first.subsets(k) * row;
            ends[block] = start;
        }
        Self { size: u64::from(start), first_units: a as u32, ends, blocks, first, second }
    }

    /// Number of subsets, C(N, m).
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The subset of a rank `0..size`, as a bitset.
    #[inline(always)]
    #[must_use]
    pub fn subset(&self, rank: u64) -> u64 {
        let rank = rank as u32;
        let block: usize = self.ends.iter().map(|&end| usize::from(rank >= end)).sum();
        let block = self.blocks[block % BLOCKS];
        let within = rank - block.start;
        let quotient = ((u64::from(within) * block.reciprocal) >> RECIPROCAL_BITS) as u32;
        let remainder = within - quotient * block.row;
        let first = self.first.masks[(block.first_offset + quotient) as usize];
        let second = self.second.masks[(block.second_offset + remainder) as usize];
        u64::from(first) | u64::from(second) << self.first_units
    }

    /// Fills `rows`, one word each, with independent subsets. Two ranks come from one random word.
    pub fn draw(&self, arch: Arch, stream: &mut Stream, rows: &mut [u64]) {
        // The ends are compared faster in two registers than in one of 512 bits.
        simd::run(simd::narrowed(arch, 1), Draw { tables: self, stream, rows });
    }
}

struct Draw<'a> {
    tables: &'a Unrank,
    stream: &'a mut Stream,
    rows: &'a mut [u64],
}

impl Kernel for Draw<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        for pair in self.rows.as_chunks_mut::<2>().0 {
            // Not `map`, which the compiler leaves uninlined here.
            let [first, second] = batch_below([self.tables.size; 2], self.stream);
            *pair = [self.tables.subset(first), self.tables.subset(second)];
        }
    }
}
