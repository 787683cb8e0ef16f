//! Sums over the set units of a labelling that order those of one statistic: a trend, and a hash.
//!
//! Many statistics take few values, such as medians of tied values, and only a tiny share of the labellings with one of
//! them may lie next to a better one. The *trend* says where to look: a sum over the set units of their covariances with
//! the statistic's ranks among some labellings. Where that says nothing either, a *hash* orders the labellings: the XOR
//! of a random word for each set unit (Zobrist 1970). Both change with a unit's label by one addition.
//!
//! Any order that is fixed before the replicates begin leaves them unbiased; a good one lets their particles find the way.

use crate::sampling::stream::Stream;
use crate::statistic::Replicate;

/// What a labelling's set units add up to, or what one unit adds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub trend: i64,
    pub hash: u64,
}

impl Mark {
    /// The mark of the labelling with one more unit set.
    #[inline(always)]
    pub fn with(self, unit: Self) -> Self {
        Self { trend: self.trend + unit.trend, hash: self.hash ^ unit.hash }
    }

    /// The mark of the labelling with one unit less.
    #[inline(always)]
    pub fn without(self, unit: Self) -> Self {
        Self { trend: self.trend - unit.trend, hash: self.hash ^ unit.hash }
    }

    /// The hash, scattered by variant 13 of Stafford's (2011) finalisers: the XOR of words is a linear thing.
    #[inline(always)]
    pub fn scattered(self) -> u64 {
        let word = (self.hash ^ self.hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }
}

/// What a unit adds at a place of an order: a hash of both. Orders have no trend.
#[inline(always)]
pub(super) fn mark_at(place: usize, unit: u64, of_unit: &[Mark]) -> Mark {
    let salt = (place as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    Mark { trend: 0, hash: Mark { trend: 0, hash: of_unit[unit as usize].hash.wrapping_add(salt) }.scattered() }
}

/// The units' marks.
#[derive(Debug)]
pub(super) struct Marks {
    pub of_unit: Vec<Mark>,
    /// Whether labellings are orders rather than bitsets.
    pub are_orders: bool,
    /// The trend of a labelling in the middle.
    pub middle: i64,
}

impl Marks {
    /// Random hashes, and no trend.
    pub fn random(units: usize, are_orders: bool, stream: &mut Stream) -> Self {
        let mark = |_| Mark { trend: 0, hash: stream.word() };
        Self { of_unit: (0..units).map(mark).collect(), are_orders, middle: 0 }
    }

    /// The mark of a labelling.
    pub fn of(&self, row: &[u64]) -> Mark {
        if self.are_orders {
            let at = |(place, &unit): (usize, &u64)| mark_at(place, unit, &self.of_unit);
            return row.iter().enumerate().map(at).fold(Mark::default(), Mark::with);
        }
        set_units(row).fold(Mark::default(), |sum, unit| sum.with(self.of_unit[unit]))
    }

    /// Sets the trend by labellings and their statistics. The more often a unit is set where statistics are high, the more
    /// it adds: a multiple of its covariance with their ranks, in whole numbers.
    pub fn learn<T: Replicate>(&mut self, words: &[u64], replicates: &[T]) {
        if self.are_orders {
            return;
        }
        let width = self.of_unit.len().div_ceil(64);
        self.of_unit.iter_mut().for_each(|mark| mark.trend = 0);
        let ranks = centred_ranks(replicates);
        for (row, rank) in words.chunks_exact(width).zip(&ranks) {
            set_units(row).for_each(|unit| self.of_unit[unit].trend += rank);
        }
        let trends = words.chunks_exact(width).map(|row| i128::from(self.of(row).trend));
        self.middle = (trends.sum::<i128>() / replicates.len().max(1) as i128) as i64;
    }
}

/// Twice the ranks of replicates, ties sharing the mean of theirs, less the mean of all.
fn centred_ranks<T: Replicate>(replicates: &[T]) -> Vec<i64> {
    let mut order: Vec<usize> = (0..replicates.len()).collect();
    order.sort_by_key(|&i| replicates[i].rank());
    let (mut ranks, mut start) = (vec![0; replicates.len()], 0);
    for tied in order.chunk_by(|&a, &b| replicates[a].rank() == replicates[b].rank()) {
        let end = start + tied.len();
        for &i in tied {
            ranks[i] = (start + end) as i64 - replicates.len() as i64;
        }
        start = end;
    }
    ranks
}

/// The units whose bits are set.
fn set_units(row: &[u64]) -> impl Iterator<Item = usize> {
    let bits =
        |(word, &bits): (usize, &u64)| (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| 64 * word + bit);
    row.iter().enumerate().flat_map(bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::stream::Domain;

    #[test]
    fn the_trend_follows_the_statistic() {
        let mut marks = Marks::random(4, false, &mut Stream::new(0, Domain::SplittingPilot, 0));
        let rows: Vec<u64> = (0..16).collect();
        let statistics: Vec<f64> = rows.iter().map(|row| (row & 1) as f64 - 5.0 * (row >> 3 & 1) as f64).collect();
        marks.learn(&rows, &statistics);
        let trends: Vec<i64> = marks.of_unit.iter().map(|mark| mark.trend).collect();
        // Units 1 and 2 decide nothing. Ranks, twice and centred, are -12, -4, 4 and 12, four times each.
        assert_eq!(trends, [32, 0, 0, -64]);
        assert_eq!(marks.middle, -16);
        marks.learn(&rows, &[1.0; 16]);
        assert!(marks.of_unit.iter().all(|mark| mark.trend == 0) && marks.middle == 0);
    }

    #[test]
    fn ties_share_the_mean_of_their_ranks() {
        assert_eq!(centred_ranks(&[5.0, -0.0, 0.0, 7.0]), [1, -2, -2, 3]);
        assert_eq!(centred_ranks(&[3i64, i64::MAX, i64::MAX - 1]), [-2, 2, 0]);
    }

    #[test]
    fn a_unit_more_and_a_unit_less_is_none() {
        let mark = Mark { trend: -7, hash: 99 };
        assert_eq!(Mark::default().with(mark).without(mark), Mark::default());
    }
}
