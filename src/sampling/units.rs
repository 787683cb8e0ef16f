//! From labels of units to labels of observations.
//!
//! A design draws one bit for each unit. What the bit says about the observations is fixed before the first draw: each
//! observation belongs to one unit and is a case observation if the unit's bit differs from the observation's base label.
//! A unit may be an observation (base 0), a cluster whose members share their label (base 0), or a pair of which one
//! member is case and the other control until the bit swaps them (bases 1 and 0). So sums over the case observations
//! are sums over the set units of what each unit changes, and bitsets over observations are XORs of masks.

use std::borrow::Cow;
use std::ops::{AddAssign, SubAssign};
use std::sync::OnceLock;

use super::labellings::{BitRows, Labellings};
use crate::simd::{self, Arch, Kernel};

/// Words of an observation bitset up to which tables of four units' masks are used: they fit the second-level cache.
const MOST_TABLE_WORDS: usize = 8;

/// Which unit each observation belongs to, and what its label is while the unit's bit is 0.
#[derive(Debug, Clone)]
pub struct Units {
    number: usize,
    unit_of: Vec<u32>,
    base: Vec<u64>,
    /// Whether unit i is observation i, and nothing is to be done for bitsets over the observations.
    is_identity: bool,
    /// By four units: the XOR of the masks of those that are set, ⌈observations / 64⌉ words each. Made when they are first
    /// needed, which sums never do.
    tables: OnceLock<Vec<u64>>,
}

/// What a sum over the case observations is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitSums<T = i64> {
    /// The sum while no unit is set.
    pub base: T,
    /// What each unit adds when it is set.
    pub changes: Vec<T>,
}

impl Units {
    /// Each observation is a unit, in the same order.
    #[must_use]
    pub fn identity(observations: usize) -> Self {
        Self {
            number: observations,
            unit_of: (0..observations as u32).collect(),
            base: vec![0; observations.div_ceil(64)],
            is_identity: true,
            tables: OnceLock::new(),
        }
    }

    /// Units from the unit of each observation, numbered from 0 without gaps, and each observation's label while that
    /// unit's bit is 0 (`true`: case).
    ///
    /// # Panics
    /// When the lists differ in length or there is no observation.
    #[must_use]
    pub fn new(unit_of: Vec<u32>, base: &[bool]) -> Self {
        let units = 1 + unit_of.iter().copied().max().unwrap_or(0) as usize;
        Self::of_number(units, unit_of, base)
    }

    /// The same of so many units, some of which may have no observation.
    ///
    /// # Panics
    /// As [`Units::new`], and when an observation has a unit beyond them.
    #[must_use]
    pub fn of_number(units: usize, unit_of: Vec<u32>, base: &[bool]) -> Self {
        assert!(unit_of.len() == base.len() && !base.is_empty(), "a unit and a base label for each observation");
        assert!(unit_of.iter().all(|&unit| (unit as usize) < units), "one of these units for each observation");
        let observations = base.len();
        let mut words = vec![0u64; observations.div_ceil(64)];
        for (i, &label) in base.iter().enumerate() {
            words[i / 64] |= u64::from(label) << (i % 64);
        }
        let is_identity = units == observations
            && !base.contains(&true)
            && unit_of.iter().enumerate().all(|(i, &unit)| i == unit as usize);
        Self { number: units, unit_of, base: words, is_identity, tables: OnceLock::new() }
    }

    /// Number of units.
    #[must_use]
    pub fn len(&self) -> usize {
        self.number
    }

    /// Whether there is none: never.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.number == 0
    }

    /// Number of observations.
    #[must_use]
    pub fn observations(&self) -> usize {
        self.unit_of.len()
    }

    /// Whether each observation is a unit, in the same order.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.is_identity
    }

    /// The unit of each observation.
    #[must_use]
    pub fn unit_of(&self) -> &[u32] {
        &self.unit_of
    }

    /// Whether an observation is a case while its unit's bit is 0.
    #[must_use]
    pub fn base(&self, observation: usize) -> bool {
        self.base[observation / 64] >> (observation % 64) & 1 == 1
    }

    /// The same units for the observations in another order: observation `order[i]` becomes number i.
    #[must_use]
    pub fn reordered(&self, order: &[u32]) -> Self {
        let unit_of = order.iter().map(|&old| self.unit_of[old as usize]).collect();
        let base: Vec<bool> = order.iter().map(|&old| self.base(old as usize)).collect();
        Self::of_number(self.number, unit_of, &base)
    }

    /// A sum of scores over the case observations as a sum over the set units.
    ///
    /// # Panics
    /// When there is not a score for each observation.
    #[must_use]
    pub fn sums<T: Copy + Default + AddAssign + SubAssign>(&self, scores: &[T]) -> UnitSums<T> {
        assert_eq!(scores.len(), self.unit_of.len(), "a score for each observation");
        let mut sums = UnitSums { base: T::default(), changes: vec![T::default(); self.number] };
        for (i, (&unit, &score)) in self.unit_of.iter().zip(scores).enumerate() {
            if self.base(i) {
                sums.base += score;
                sums.changes[unit as usize] -= score;
            } else {
                sums.changes[unit as usize] += score;
            }
        }
        sums
    }

    /// Bitsets over the observations for labellings of the units; borrowed where they are the same.
    ///
    /// # Panics
    /// When the labellings are over another number of units.
    #[must_use]
    pub fn expand<'a>(&self, arch: Arch, labellings: &'a Labellings) -> Cow<'a, BitRows> {
        let rows = labellings.dense();
        assert_eq!(rows.units, self.number, "labellings of other units");
        if self.is_identity {
            return rows;
        }
        let (observations, width) = (self.unit_of.len(), self.base.len());
        let mut words = vec![0; labellings.len() * width];
        if width <= MOST_TABLE_WORDS {
            let tables = self.tables.get_or_init(|| tables(self.number, &self.unit_of, width));
            simd::run(arch, XorMasks::new(self, tables, &rows, &mut words));
        } else {
            // Bit by bit, where the tables would outgrow the cache.
            simd::run(arch, GatherBits { units: self, rows: &rows, words: &mut words });
        }
        Cow::Owned(BitRows { units: observations, words })
    }
}

/// By four units and pattern: which observations' labels the set units change.
fn tables(units: usize, unit_of: &[u32], width: usize) -> Vec<u64> {
    let mut tables = vec![0; units.div_ceil(4) * 16 * width];
    for (observation, &unit) in unit_of.iter().enumerate() {
        let unit = unit as usize;
        for pattern in (0..16).filter(|pattern| pattern >> (unit % 4) & 1 == 1) {
            tables[(unit / 4 * 16 + pattern) * width + observation / 64] |= 1 << (observation % 64);
        }
    }
    tables
}

/// XORs the masks of four units at a time.
struct XorMasks<'a> {
    base: &'a [u64],
    tables: &'a [u64],
    rows: &'a BitRows,
    words: &'a mut [u64],
}

impl<'a> XorMasks<'a> {
    fn new(units: &'a Units, tables: &'a [u64], rows: &'a BitRows, words: &'a mut [u64]) -> Self {
        Self { base: &units.base, tables, rows, words }
    }

    #[inline(always)]
    fn compute_sized<const W: usize>(self) {
        let masks = self.tables.as_chunks::<W>().0.as_chunks::<16>().0;
        let base: &[u64; W] = self.base.first_chunk().expect("as many words as the rows");
        let rows = self.rows.words.chunks_exact(self.rows.width());
        for (row, expanded) in rows.zip(self.words.as_chunks_mut::<W>().0) {
            let mut bits = *base;
            for (word, masks) in row.iter().zip(masks.chunks(16)) {
                for (i, masks) in masks.iter().enumerate() {
                    let mask = &masks[(word >> (4 * i) & 15) as usize];
                    for (bits, mask) in bits.iter_mut().zip(mask) {
                        *bits ^= mask;
                    }
                }
            }
            *expanded = bits;
        }
    }
}

impl Kernel for XorMasks<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        match self.base.len() {
            1 => self.compute_sized::<1>(),
            2 => self.compute_sized::<2>(),
            3 => self.compute_sized::<3>(),
            4 => self.compute_sized::<4>(),
            5 => self.compute_sized::<5>(),
            6 => self.compute_sized::<6>(),
            7 => self.compute_sized::<7>(),
            _ => self.compute_sized::<{ MOST_TABLE_WORDS }>(),
        }
    }
}

/// Looks up the unit of each observation.
struct GatherBits<'a> {
    units: &'a Units,
    rows: &'a BitRows,
    words: &'a mut [u64],
}

impl Kernel for GatherBits<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let Units { unit_of, base, .. } = self.units;
        let rows = self.rows.words.chunks_exact(self.rows.width());
        for (row, expanded) in rows.zip(self.words.chunks_exact_mut(base.len())) {
            for ((word, units), &base) in expanded.iter_mut().zip(unit_of.chunks(64)).zip(base) {
                let mut bits = 0;
                for (i, &unit) in units.iter().enumerate() {
                    bits |= (row[unit as usize / 64] >> (unit % 64) & 1) << i;
                }
                *word = bits ^ base;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Observation bits by the definition.
    fn by_definition(units: &Units, labelling: u64) -> Vec<bool> {
        (0..units.observations()).map(|i| (labelling >> units.unit_of()[i] & 1 == 1) != units.base(i)).collect()
    }

    #[test]
    fn bitsets_and_sums_follow_the_definition_in_each_way_of_expanding() {
        for observations in [3usize, 64, 100, 512, 600] {
            let unit_of: Vec<u32> = (0..observations as u32).map(|i| i * 7 % 30).collect();
            let distinct = 1 + unit_of.iter().max().unwrap();
            let unit_of: Vec<u32> = if observations == 3 { vec![1, 0, 1] } else { unit_of };
            let base: Vec<bool> = (0..observations).map(|i| i % 3 == 1).collect();
            let units = Units::new(unit_of, &base);
            assert_eq!(units.len(), if observations == 3 { 2 } else { distinct as usize });
            let scores: Vec<i64> = (0..observations as i64).map(|i| i * i % 101 - 50).collect();
            let sums = units.sums(&scores);
            for labelling in [0u64, 1, 0x2aaa_aaaa, 0x3fff_ffff].map(|bits| bits & ((1 << units.len()) - 1)) {
                let rows = Labellings::Dense(BitRows { units: units.len(), words: vec![labelling; 2] });
                let expected = by_definition(&units, labelling);
                for arch in [Arch::new(), Arch::Scalar] {
                    let expanded = units.expand(arch, &rows);
                    let width = expanded.width();
                    let bit = |i: usize| expanded.words[width + i / 64] >> (i % 64) & 1 == 1;
                    assert!((0..observations).all(|i| bit(i) == expected[i]), "{observations}");
                }
                let direct: i64 = (0..observations).filter(|&i| expected[i]).map(|i| scores[i]).sum();
                let set = (0..units.len()).filter(|unit| labelling >> unit & 1 == 1);
                assert_eq!(sums.base + set.map(|unit| sums.changes[unit]).sum::<i64>(), direct);
            }
        }
    }

    #[test]
    fn singletons_in_their_own_order_are_the_identity() {
        assert!(Units::new(vec![0, 1, 2], &[false; 3]).is_identity());
        assert!(!Units::new(vec![0, 2, 1], &[false; 3]).is_identity());
        assert!(!Units::new(vec![0, 1, 2], &[true, false, false]).is_identity());
        assert!(Units::identity(5).reordered(&[0, 1, 2, 3, 4]).is_identity());
    }
}
