//! The hot loop of every linear statistic: Σ scores over the case units, for a batch of labellings.
//!
//! Sums of integers do not depend on their order, so every path gives the same: additions under a mask where the
//! machine has AVX-512 (eight or sixteen scores at once, a bitset's byte or half-word being the mask); elsewhere byte
//! tables (the sums of all 256 patterns of eight units) or, where these outgrow the cache, additions of what each bit
//! selects; single additions for index lists.

use std::ops::{Add, AddAssign};

use crate::sampling::labellings::{BitRows, IndexRows, Labellings, Listed};
use crate::sampling::units::UnitSums;
use crate::simd::{self, Arch, Kernel};

/// Bytes of scores or tables that are used together on a whole batch: they stay in the first-level cache.
const TILE_BYTES: usize = 32 << 10;

/// Units up to which byte tables are used. They are 32 times the size of the scores, and for more units than this they
/// outgrow the second-level cache.
const MOST_LOOKED_UP: usize = 4096;

/// Scores of the units, prepared for summation.
#[derive(Debug, Clone)]
pub struct Summands {
    width: Width,
    /// The sum while no unit is set.
    base: i64,
}

#[derive(Debug, Clone)]
enum Width {
    /// All sums fit 32 bits, which doubles the scores in a register and in the cache.
    Narrow(Prepared<i32>),
    Wide(Prepared<i64>),
}

#[derive(Debug, Clone)]
struct Prepared<T> {
    /// Padded with zeros to whole words of a bitset.
    scores: Vec<T>,
    total: T,
    /// By word and byte of a bitset: the sum of each pattern of eight units. Empty where there are too many.
    tables: Vec<[[T; 256]; 8]>,
}

/// An integer that scores are summed in.
trait Integer: Copy + Default + Add<Output = Self> + AddAssign + Into<i64> + Send + Sync {
    fn sum_masked(arch: Arch, scores: &[Self], rows: &BitRows, sums: &mut [i64]) -> bool;

    /// Itself if that bit of the word is 1, else 0, without a branch.
    fn times_bit(self, word: u64, bit: usize) -> Self;
}

impl Summands {
    /// Prepares scores whose magnitudes add up to an i64.
    ///
    /// # Panics
    /// When their sum overflows.
    #[must_use]
    pub fn new(scores: &[i64]) -> Self {
        let add = |sum: i64, &score: &i64| sum.checked_add(score.checked_abs()?);
        let magnitude = scores.iter().try_fold(0, add).expect("the sum of all magnitudes fits");
        let width = match i32::try_from(magnitude) {
            Ok(_) => Width::Narrow(Prepared::new(scores.iter().map(|&score| score as i32).collect())),
            Err(_) => Width::Wide(Prepared::new(scores.to_vec())),
        };
        Self { width, base: 0 }
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
        match &self.width {
            Width::Narrow(prepared) => prepared.sum(arch, labellings, sums),
            Width::Wide(prepared) => prepared.sum(arch, labellings, sums),
        }
        if self.base != 0 {
            for sum in sums {
                *sum += self.base;
            }
        }
    }
}

impl<T: Integer> Prepared<T> {
    fn new(mut scores: Vec<T>) -> Self {
        let total = scores.iter().fold(T::default(), |sum, &score| sum + score);
        scores.resize(scores.len().next_multiple_of(64), T::default());
        let looked_up = if scores.len() <= MOST_LOOKED_UP { &scores[..] } else { &[] };
        let tables = looked_up.chunks_exact(8).map(pattern_sums).collect::<Vec<_>>().as_chunks().0.to_vec();
        Self { scores, total, tables }
    }

    fn sum(&self, arch: Arch, labellings: &Labellings, sums: &mut [i64]) {
        match labellings {
            Labellings::Sparse(rows) => simd::run(arch, Listing { prepared: self, rows, sums }),
            Labellings::Dense(rows) => {
                assert_eq!(rows.width() * 64, self.scores.len(), "labellings of other units");
                if T::sum_masked(arch, &self.scores, rows, sums) {
                    return;
                }
                if self.tables.is_empty() {
                    simd::run(arch, Selection { scores: &self.scores, rows, sums });
                } else {
                    simd::run(arch, Lookup { tables: &self.tables, rows, sums });
                }
            }
        }
    }
}

/// The sums of all patterns of eight scores: each pattern is a smaller one and its lowest unit.
fn pattern_sums<T: Integer>(scores: &[T]) -> [T; 256] {
    let mut sums = [T::default(); 256];
    for pattern in 1..256usize {
        sums[pattern] = sums[pattern & (pattern - 1)] + scores[pattern.trailing_zeros() as usize];
    }
    sums
}

/// Sums by index lists.
struct Listing<'a, T> {
    prepared: &'a Prepared<T>,
    rows: &'a IndexRows,
    sums: &'a mut [i64],
}

impl<T: Integer> Kernel for Listing<'_, T> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let Prepared { scores, total, .. } = self.prepared;
        for (row, sum) in self.rows.indices.chunks_exact(self.rows.width).zip(self.sums) {
            let listed: i64 = row.iter().fold(T::default(), |sum, &unit| sum + scores[unit as usize]).into();
            *sum = match self.rows.listed {
                Listed::Case => listed,
                Listed::Control => (*total).into() - listed,
            };
        }
    }
}

/// Sums by byte tables.
struct Lookup<'a, T> {
    tables: &'a [[[T; 256]; 8]],
    rows: &'a BitRows,
    sums: &'a mut [i64],
}

impl<T: Integer> Kernel for Lookup<'_, T> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let width = self.rows.width();
        let tile = TILE_BYTES / size_of::<[[T; 256]; 8]>();
        self.sums.fill(0);
        for (start, tables) in (0..width).step_by(tile).zip(self.tables.chunks(tile)) {
            for (row, sum) in self.rows.words.chunks_exact(width).zip(&mut *self.sums) {
                let mut part = T::default();
                for (word, tables) in row[start..].iter().zip(tables) {
                    for (byte, table) in word.to_le_bytes().into_iter().zip(tables) {
                        part += table[byte as usize];
                    }
                }
                *sum += part.into();
            }
        }
    }
}

/// Sums of what each bit selects: plain code that compilers turn into vector comparisons.
struct Selection<'a, T> {
    scores: &'a [T],
    rows: &'a BitRows,
    sums: &'a mut [i64],
}

impl<T: Integer> Kernel for Selection<'_, T> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let width = self.rows.width();
        let tile = TILE_BYTES / (64 * size_of::<T>());
        self.sums.fill(0);
        for (start, scores) in (0..width).step_by(tile).zip(self.scores.chunks(64 * tile)) {
            let words = scores.as_chunks::<64>().0;
            for (row, sum) in self.rows.words.chunks_exact(width).zip(&mut *self.sums) {
                let mut parts = [T::default(); 64];
                for (&word, scores) in row[start..].iter().zip(words) {
                    for lane in 0..64 {
                        parts[lane] += scores[lane].times_bit(word, lane);
                    }
                }
                *sum += parts.map(Into::into).iter().sum::<i64>();
            }
        }
    }
}

macro_rules! masked_sums {
    ($integer:ty, $lanes:literal, $mask_bits:ty, $mask:ident, $zero:ident, $add:ident, $select:ident) => {
        impl Integer for $integer {
            #[inline(always)]
            fn times_bit(self, word: u64, bit: usize) -> Self {
                self & -((word >> bit & 1) as Self)
            }

            /// Sums by additions under a mask, if the machine has AVX-512.
            #[cfg(target_arch = "x86_64")]
            fn sum_masked(arch: Arch, scores: &[Self], rows: &BitRows, sums: &mut [i64]) -> bool {
                use pulp::{Simd, cast, x86::V4};

                struct Masked<'a> {
                    v4: V4,
                    scores: &'a [[$integer; $lanes]],
                    rows: &'a BitRows,
                    sums: &'a mut [i64],
                }

                impl Kernel for Masked<'_> {
                    type Output = ();

                    #[inline(always)]
                    fn compute(self) {
                        // Literal widths for the commonest sizes let the compiler unroll a row.
                        match self.rows.width() {
                            1 => self.sum_rows(1),
                            2 => self.sum_rows(2),
                            4 => self.sum_rows(4),
                            width => self.sum_rows(width),
                        }
                    }
                }

                impl Masked<'_> {
                    #[inline(always)]
                    fn sum_rows(self, width: usize) {
                        const TILE: usize = TILE_BYTES / (64 * size_of::<$integer>());
                        let Self { v4, scores, rows, sums } = self;
                        let words = scores.as_chunks::<{ 64 / $lanes }>().0;
                        let sums_are_odd = sums.len() % 2 == 1;
                        for start in (0..width).step_by(TILE) {
                            let words = &words[start..width.min(start + TILE)];
                            let pairs = rows.words.chunks_exact(2 * width).zip(sums.as_chunks_mut::<2>().0);
                            for (rows, sums) in pairs {
                                let (first, second) = rows.split_at(width);
                                let parts = sum_tile(v4, words, [&first[start..], &second[start..]]);
                                for (sum, part) in sums.iter_mut().zip(parts) {
                                    *sum = if start == 0 { part } else { *sum + part };
                                }
                            }
                            if let [.., sum] = sums
                                && sums_are_odd
                            {
                                let row = &rows.words[rows.words.len() - width..];
                                let [part, _] = sum_tile(v4, words, [&row[start..]; 2]);
                                *sum = if start == 0 { part } else { *sum + part };
                            }
                        }
                    }
                }

                #[inline(always)]
                fn sum_tile(v4: V4, words: &[[[$integer; $lanes]; 64 / $lanes]], rows: [&[u64]; 2]) -> [i64; 2] {
                    // Two rows share each load of scores; two sums a row in turn, because an addition waits for the one
                    // before it.
                    let mut parts = [[v4.$zero(0); 2]; 2];
                    for ((scores, &first), &second) in words.iter().zip(rows[0]).zip(rows[1]) {
                        for (i, &scores) in scores.iter().enumerate() {
                            for (parts, word) in parts.iter_mut().zip([first, second]) {
                                let mask = pulp::$mask((word >> ($lanes * i)) as $mask_bits);
                                let added = v4.$add(parts[i % 2], cast(scores));
                                parts[i % 2] = cast(v4.$select(mask, cast(added), cast(parts[i % 2])));
                            }
                        }
                    }
                    parts.map(|[even, odd]| {
                        let lanes: [$integer; $lanes] = cast(v4.$add(even, odd));
                        lanes.iter().sum::<$integer>().into()
                    })
                }

                let Arch::V4(v4) = arch else { return false };
                simd::run(arch, Masked { v4, scores: scores.as_chunks().0, rows, sums });
                true
            }

            #[cfg(not(target_arch = "x86_64"))]
            fn sum_masked(_: Arch, _: &[Self], _: &BitRows, _: &mut [i64]) -> bool {
                false
            }
        }
    };
}

masked_sums!(i32, 16, u16, b16, splat_i32x16, wrapping_add_i32x16, select_u32s);
masked_sums!(i64, 8, u8, b8, splat_i64x8, wrapping_add_i64x8, select_u64s);
