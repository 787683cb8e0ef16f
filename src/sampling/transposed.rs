//! Labellings in byte lanes: byte j of lane i says which of the units 8j..8j+8 labelling i sets.
//!
//! One instruction then looks up the scores of some units for as many labellings as a register has bytes.

use crate::sampling::labellings::BitRows;
use crate::simd::{self, Arch, ByteKernel, ByteLanes};

/// Labellings in a block, one a lane.
pub(crate) const LANES: usize = 64;

/// The same byte of each labelling of a block.
pub(crate) type Bytes = [u8; LANES];

/// Words of a labelling that are transposed at a time.
const WORDS: usize = 4;

/// A batch of labellings, transposed once for the sums of several columns; see
/// [`Summands::sum_transposed`](crate::statistic::linear::sums::Summands::sum_transposed).
#[derive(Debug, Clone)]
pub struct Transposed {
    arch: Arch,
    width: usize,
    layout: Layout,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Block after block of all bytes; lanes without a labelling are 0.
    Lanes(Vec<Bytes>),
    /// As they were: nothing is gained without byte lanes.
    Rows(BitRows),
}

impl PartialEq for Transposed {
    fn eq(&self, other: &Self) -> bool {
        self.width == other.width && self.layout == other.layout
    }
}

impl Eq for Transposed {}

impl Transposed {
    /// Transposes a batch, for sums by the same instruction set. Takes the memory of the batch, with its number of labellings
    /// rounded up to a multiple of 64.
    #[must_use]
    pub fn new(arch: Arch, rows: &BitRows) -> Self {
        let (labellings, width) = (rows.words.len() / rows.width(), 8 * rows.width());
        let arch = simd::narrowed(arch, labellings);
        if !simd::has_byte_lanes(arch) {
            return Self { arch, width, layout: Layout::Rows(rows.clone()) };
        }
        let mut lanes = vec![[0; LANES]; labellings.div_ceil(LANES) * width];
        for (block, bytes) in lanes.chunks_exact_mut(width).enumerate() {
            simd::run_in_bytes(arch, Transpose { rows, block, first_word: 0, bytes });
        }
        Self { arch, width, layout: Layout::Lanes(lanes) }
    }

    pub(crate) fn arch(&self) -> Arch {
        self.arch
    }

    /// Bytes of a labelling, those of whole words.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }
}

/// Transposes words of a block of rows from `first_word` on, as many as there is room for.
pub(crate) struct Transpose<'a> {
    pub rows: &'a BitRows,
    pub block: usize,
    pub first_word: usize,
    pub bytes: &'a mut [Bytes],
}

impl ByteKernel for Transpose<'_> {
    #[inline(always)]
    fn compute<B: ByteLanes>(self, lanes: B) {
        let width = self.rows.width();
        let rows = &self.rows.words[self.block * LANES * width..];
        let rows = &rows[..rows.len().min(LANES * width)];
        for (first, bytes) in (self.first_word..).step_by(WORDS).zip(self.bytes.chunks_mut(8 * WORDS)) {
            match bytes.len() / 8 {
                1 => transpose_words::<B, 1>(lanes, rows, width, first, bytes),
                2 => transpose_words::<B, 2>(lanes, rows, width, first, bytes),
                3 => transpose_words::<B, 3>(lanes, rows, width, first, bytes),
                _ => transpose_words::<B, WORDS>(lanes, rows, width, first, bytes),
            }
        }
    }
}

/// Transposes W words of up to [`LANES`] rows.
#[inline(always)]
fn transpose_words<B: ByteLanes, const W: usize>(
    lanes: B,
    rows: &[u64],
    width: usize,
    first: usize,
    bytes: &mut [Bytes],
) {
    let mut words = [[0; W]; LANES];
    for (words, row) in words.iter_mut().zip(rows.chunks_exact(width)) {
        if let Some(row) = row[first..].first_chunk() {
            *words = *row;
        }
    }
    let size = size_of::<B::Register>();
    for (w, bytes) in bytes.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        for part in 0..(rows.len() / width).div_ceil(size) {
            // Sixteen bytes of a register are the words of two neighbouring rows, and those of eight registers of sixteen.
            let mut registers = [lanes.zero(); 8];
            for r in 0..8 {
                registers[r] = lanes.words(|k| words[part * size + 16 * (k / 2) + 2 * r + k % 2][w]);
            }
            // Cut into halves and riffled like a pack of cards, four times, the bytes come to lie in the order of the rows.
            for _ in 0..4 {
                let [a, b, c, d, e, f, g, h] = registers;
                let pairs =
                    [lanes.interleave(a, e), lanes.interleave(b, f), lanes.interleave(c, g), lanes.interleave(d, h)];
                for r in 0..8 {
                    registers[r] = pairs[r / 2][r % 2];
                }
            }
            for (bytes, register) in bytes.iter_mut().zip(registers) {
                lanes.store(register, bytes, part);
            }
        }
    }
}
