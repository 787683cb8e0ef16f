//! A batch of labellings, in one of three shapes.

use std::borrow::Cow;
use std::ops::Range;

use super::transposed::Transposed;
use crate::simd::Arch;

/// Labellings drawn together, one a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Labellings {
    /// A bitset over the units for each labelling.
    Dense(BitRows),
    /// The same beside its transposition, which sums of several columns share.
    Lanes(BitRows, Transposed),
    /// The units of the smaller group for each labelling, where that group is a small part of the whole.
    Sparse(IndexRows),
}

/// Bitsets of one length, row after row: unit i is bit i mod 64 of word i / 64; a set bit is the label *case*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BitRows {
    /// Number of units.
    pub units: usize,
    /// The rows' words; the unused high bits of a row's last word are 0.
    pub words: Vec<u64>,
}

/// Index lists of one length, row after row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexRows {
    /// Number of units.
    pub units: usize,
    /// Indices in a row.
    pub width: usize,
    /// Which label the listed units carry.
    pub listed: Listed,
    /// The rows' indices, distinct within a row, in no particular order.
    pub indices: Vec<u32>,
}

/// The group whose units an [`IndexRows`] lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// The case units; all others are control.
    Case,
    /// The control units; all others are case.
    Control,
}

impl BitRows {
    /// Words in a row.
    #[inline(always)]
    #[must_use]
    pub fn width(&self) -> usize {
        self.units.div_ceil(64)
    }
}

impl Labellings {
    /// Number of labellings.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Dense(rows) | Self::Lanes(rows, _) => rows.words.len() / rows.width(),
            Self::Sparse(rows) => rows.indices.len() / rows.width,
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keeps the first `length` labellings, if there are more.
    pub fn truncate(&mut self, length: usize) {
        match self {
            Self::Dense(rows) => rows.words.truncate(length * rows.width()),
            Self::Sparse(rows) => rows.indices.truncate(length * rows.width),
            Self::Lanes(..) if length < self.len() => *self = self.part(0..length),
            Self::Lanes(..) => {}
        }
    }

    /// The same labellings with their transposition beside them, where they are bitsets.
    #[must_use]
    pub fn transposed(self, arch: Arch) -> Self {
        match self {
            Self::Dense(rows) => {
                let transposed = Transposed::new(arch, &rows);
                Self::Lanes(rows, transposed)
            }
            other => other,
        }
    }

    /// Some of the labellings.
    #[must_use]
    pub fn part(&self, rows: Range<usize>) -> Self {
        let of = |width: usize| rows.start * width..rows.end * width;
        match self {
            Self::Dense(all) | Self::Lanes(all, _) => {
                Self::Dense(BitRows { units: all.units, words: all.words[of(all.width())].to_vec() })
            }
            Self::Sparse(all) => Self::Sparse(IndexRows { indices: all.indices[of(all.width)].to_vec(), ..*all }),
        }
    }

    /// The same labellings as bitsets; borrowed where they are.
    #[must_use]
    pub fn dense(&self) -> Cow<'_, BitRows> {
        match self {
            Self::Dense(rows) | Self::Lanes(rows, _) => Cow::Borrowed(rows),
            Self::Sparse(rows) => {
                let (mut words, mut bits) = (Vec::new(), Vec::new());
                for row in 0..self.len() {
                    self.write_bitset(row, &mut bits);
                    words.extend_from_slice(&bits);
                }
                Cow::Owned(BitRows { units: rows.units, words })
            }
        }
    }

    /// Labelling `row` as a bitset over the units.
    #[must_use]
    pub fn bitset(&self, row: usize) -> Vec<u64> {
        let mut bits = Vec::new();
        self.write_bitset(row, &mut bits);
        bits
    }

    /// Overwrites `bits` with labelling `row`.
    pub fn write_bitset(&self, row: usize, bits: &mut Vec<u64>) {
        bits.clear();
        match self {
            Self::Dense(rows) | Self::Lanes(rows, _) => {
                bits.extend_from_slice(&rows.words[row * rows.width()..][..rows.width()]);
            }
            Self::Sparse(rows) => {
                // Flipping what is listed turns no unit into listed units, and all units into the others.
                bits.resize(rows.units.div_ceil(64), if rows.listed == Listed::Case { 0 } else { u64::MAX });
                for &unit in &rows.indices[row * rows.width..][..rows.width] {
                    bits[unit as usize / 64] ^= 1 << (unit % 64);
                }
                if let Some(last) = bits.last_mut() {
                    *last &= last_word_mask(rows.units);
                }
            }
        }
    }
}

/// The bits of a row's last word that stand for units.
#[inline(always)]
#[must_use]
pub fn last_word_mask(units: usize) -> u64 {
    u64::MAX >> (units.wrapping_neg() % 64)
}
