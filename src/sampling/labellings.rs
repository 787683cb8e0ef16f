//! A batch of labellings, in one of four shapes.

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
    /// An order of the units for each labelling, where they carry more than one of two labels.
    Orders(OrderRows),
}

/// Orders of so many units, row after row: the label, or the partner, of place j goes to unit `order[j]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRows {
    /// Number of units.
    pub units: usize,
    /// The rows' units, each once in a row.
    pub orders: Vec<u64>,
}

impl OrderRows {
    /// The orders, one by one.
    pub fn rows(&self) -> impl Iterator<Item = &[u64]> {
        self.orders.chunks_exact(self.units)
    }
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
            Self::Orders(rows) => rows.orders.len() / rows.units,
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
            Self::Orders(rows) => rows.orders.truncate(length * rows.units),
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
            Self::Orders(all) => {
                Self::Orders(OrderRows { units: all.units, orders: all.orders[of(all.units)].to_vec() })
            }
        }
    }

    /// The words of all labellings, one behind the other: bitsets, or orders.
    #[must_use]
    pub fn words(&self) -> Cow<'_, [u64]> {
        match self {
            Self::Orders(rows) => Cow::Borrowed(&rows.orders),
            bits => match bits.dense() {
                Cow::Borrowed(rows) => Cow::Borrowed(&rows.words),
                Cow::Owned(rows) => Cow::Owned(rows.words),
            },
        }
    }

    /// The same words, of labellings that are needed no more.
    #[must_use]
    pub fn into_words(self) -> Vec<u64> {
        match self {
            Self::Dense(rows) | Self::Lanes(rows, _) => rows.words,
            Self::Orders(rows) => rows.orders,
            sparse @ Self::Sparse(_) => sparse.words().into_owned(),
        }
    }

    /// The same labellings as bitsets; borrowed where they are.
    ///
    /// # Panics
    /// When they are orders, which are no bitsets.
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
            Self::Orders(_) => unreachable!("orders are for statistics of more than two groups, or of two columns"),
        }
    }

    /// Labelling `row` as a bitset over the units.
    ///
    /// # Panics
    /// As [`Labellings::dense`].
    #[must_use]
    pub fn bitset(&self, row: usize) -> Vec<u64> {
        let mut bits = Vec::new();
        self.write_bitset(row, &mut bits);
        bits
    }

    /// Overwrites `bits` with labelling `row`.
    ///
    /// # Panics
    /// As [`Labellings::dense`].
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
            Self::Orders(_) => unreachable!("orders are for statistics of more than two groups, or of two columns"),
        }
    }
}

/// The bits of a row's last word that stand for units.
#[inline(always)]
#[must_use]
pub fn last_word_mask(units: usize) -> u64 {
    u64::MAX >> (units.wrapping_neg() % 64)
}
