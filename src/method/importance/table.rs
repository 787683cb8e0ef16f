//! Labellings drawn with unequal probabilities and exactly m set units (conditional Poisson sampling; Chen, Dempster and Liu
//! 1994, *Weighted finite population sampling to maximize entropy*).
//!
//! Let Bᵢ(r) be the probability that r of the units from the i-th on are set, were they independent. With r still to be
//! set, the i-th one is set with probability p·Bᵢ₊₁(r − 1)/Bᵢ(r). The table holds these, a row for each unit, as
//! limits for random numbers of 63 bits, so that labellings are drawn and summed in integers.
//!
//! A row covers the counts that are within a band of the expected one. By Bernstein's inequality the counts of independent
//! units leave the band with a probability of less than 2·e^−60 at each unit; given m that is more by at most a factor of the
//! order of √n. Labellings beyond the bands are never drawn, and their share is far below any digit that is shown.

use std::f64::consts::LN_2;

use super::tail_distance::{Constraint, Tail};
use super::tilt::{Probability, Tilt};
use crate::design::{Exchange, combinations};
use crate::sampling::stream::Stream;
use crate::simd::Kernel;

/// Labellings drawn at once: units are taken in turn, so that a unit's row serves all of them while it is in the cache.
pub(super) const LANES: usize = 128;

/// Bytes of a threshold.
const THRESHOLD_BYTES: u128 = size_of::<u64>() as u128;

/// Bytes that a unit needs beside its row, while the tail and its table are being prepared.
const UNIT_BYTES: u128 = 160;

/// Thresholds for drawing the labellings of a tail.
#[derive(Debug)]
pub(super) struct Table {
    groups: Vec<Rows>,
    thresholds: Vec<u64>,
    /// The logarithm of the weight of the extreme labelling: Π B₀(m)/C(n, m) over the strata and ½ for each coin, divided by
    /// the labelling's probability were the units independent.
    pub log_weight: f64,
}

/// The rows of a group.
#[derive(Debug)]
struct Rows {
    /// Units to be set, or `None` for coins, each of which has one threshold.
    m: Option<i64>,
    units: Vec<Row>,
}

/// A unit and where its thresholds are.
#[derive(Debug, Clone, Copy)]
struct Row {
    /// What the unit adds when it is set.
    change: i64,
    /// The count that the row begins with.
    first: i64,
    /// Where the row begins and ends.
    start: usize,
    end: usize,
}

/// How far the counts of a band reach on either side of the expected one, for a variance of the counts before or after.
fn half_width(variance: f64) -> f64 {
    // t²/2/(v + t/3) = 60
    20.0 + (400.0 + 120.0 * variance).sqrt()
}

/// Counts from `low` to `high` that may still be open before a unit.
#[derive(Debug, Clone, Copy)]
struct Band {
    low: usize,
    high: usize,
}

impl Band {
    fn len(self) -> usize {
        self.high - self.low + 1
    }

    /// Counts that `n` units, `m` of them set, leave open before unit `i`, as near to the expected count as `reach`.
    fn new(n: usize, m: usize, i: usize, expected: f64, reach: f64) -> Self {
        let (least, most) = (m.saturating_sub(i), m.min(n - i));
        Self {
            low: ((expected - reach) as usize).clamp(least, most),
            high: ((expected + reach) as usize + 1).clamp(least, most),
        }
    }

    /// The bands before each unit, and after the last one.
    fn all(probabilities: &[Probability], m: usize) -> Vec<Self> {
        let n = probabilities.len();
        let total: f64 = probabilities.iter().map(Probability::variance).sum();
        let (mut before, mut expected) = (0.0, m as f64);
        let mut bands = Vec::with_capacity(n + 1);
        for i in 0..=n {
            let variance = f64::min(before, (total - before).max(0.0));
            bands.push(Self::new(n, m, i, expected, half_width(variance)));
            if let Some(probability) = probabilities.get(i) {
                before += probability.variance();
                expected -= probability.yes;
            }
        }
        bands
    }
}

/// The most memory in bytes that drawing from a tail takes, whatever the values. Coins take some hundred bytes each, which
/// are not counted.
///
/// ```
/// use permtest::design::{Exchange, Exchangeable};
/// use permtest::method::importance::table_bytes;
/// let two_samples = |n| Exchange::Subsets(vec![Exchangeable { units: 0..n, m: n / 2 }]);
/// assert!(table_bytes(&two_samples(200)) < 200_000);
/// assert!(table_bytes(&two_samples(10_000)) < 80_000_000);
/// ```
#[must_use]
pub fn table_bytes(exchange: &Exchange) -> u128 {
    match exchange {
        Exchange::Subsets(strata) => strata.iter().map(|stratum| stratum_bytes(stratum.units.len(), stratum.m)).sum(),
        Exchange::Coins | Exchange::Orders(_) | Exchange::Other => 0,
    }
}

fn stratum_bytes(n: usize, m: usize) -> u128 {
    // Probabilities with a sum of m have the largest variance where they are equal.
    let total = m as f64 * (n - m) as f64 / n as f64;
    let most = |i: usize| {
        let variance = (0.25 * i.min(n - i) as f64).min(0.5 * total);
        (2.0 * half_width(variance)) as usize + 3
    };
    let row = |i: usize| (1 + m.min(n - m).min(i).min(n - i)).min(most(i)) as u128 * THRESHOLD_BYTES;
    (0..n).map(|i| row(i) + UNIT_BYTES).sum()
}

impl Table {
    /// The table of a tail under a tilt.
    pub fn new(tail: &Tail, tilt: &Tilt, changes: &[i64]) -> Self {
        let mut table = Self { groups: Vec::new(), thresholds: Vec::new(), log_weight: 0.0 };
        for (group, lambda) in tail.groups.iter().zip(tilt.lambdas(tail)) {
            table.log_weight += group.cumulant(tilt.theta, lambda);
            let probabilities = group.probabilities(tilt.theta, lambda);
            let changes = group.units.iter().map(|&unit| changes[unit]);
            match group.constraint {
                Constraint::Coins => table.add_coins(&probabilities, changes),
                Constraint::Set { m, .. } => table.add_stratum(&probabilities, changes, m),
            }
        }
        table
    }

    fn add_coins(&mut self, probabilities: &[Probability], changes: impl Iterator<Item = i64>) {
        let start = self.thresholds.len();
        self.thresholds.extend(probabilities.iter().map(|probability| threshold(probability.yes)));
        let units = changes.zip(start..).map(|(change, start)| Row { change, first: 0, start, end: start + 1 });
        self.groups.push(Rows { m: None, units: units.collect() });
        self.log_weight -= probabilities.len() as f64 * LN_2;
    }

    fn add_stratum(&mut self, probabilities: &[Probability], changes: impl Iterator<Item = i64>, m: usize) {
        let bands = Band::all(probabilities, m);
        let mut start = self.thresholds.len();
        let units = changes.zip(&bands).map(|(change, band)| {
            let end = start + band.len();
            Row { change, first: band.low as i64, start: std::mem::replace(&mut start, end), end }
        });
        let units: Vec<Row> = units.collect();
        self.thresholds.resize(start, 0);
        // After the last unit nothing is open.
        let mut after = vec![1.0];
        for (i, (row, probability)) in units.iter().zip(probabilities).enumerate().rev() {
            let shares = Shares { band: bands[i + 1], shares: &after };
            let thresholds = &mut self.thresholds[row.start..row.end];
            let fill = |(open, place): (usize, &mut u64)| {
                let (set, unset) =
                    (probability.yes * shares.of(open.wrapping_sub(1)), probability.no * shares.of(open));
                *place = threshold(if set > 0.0 { set / (set + unset) } else { 0.0 });
                set + unset
            };
            after = (bands[i].low..).zip(thresholds).map(fill).collect();
        }
        let n = probabilities.len() as u64;
        self.log_weight += libm::log(after[0]) - combinations::ln(n, m as u64);
        self.groups.push(Rows { m: Some(m as i64), units });
    }
}

/// B(r) for the counts of a band.
struct Shares<'a> {
    band: Band,
    shares: &'a [f64],
}

impl Shares<'_> {
    fn of(&self, open: usize) -> f64 {
        self.shares.get(open.wrapping_sub(self.band.low)).copied().unwrap_or(0.0)
    }
}

/// What 63 random bits are less than with this probability.
fn threshold(probability: f64) -> u64 {
    (probability * (1u64 << 63) as f64) as u64
}

/// Draws [`LANES`] labellings and adds up what their set units change.
pub(super) struct Draw<'a> {
    pub table: &'a Table,
    pub stream: &'a mut Stream,
}

impl Kernel for Draw<'_> {
    type Output = [i64; LANES];

    #[inline(always)]
    fn compute(self) -> [i64; LANES] {
        let Self { table, stream } = self;
        let mut sums = [0; LANES];
        for group in &table.groups {
            match group.m {
                Some(m) => draw_stratum(&group.units, &table.thresholds, m, stream, &mut sums),
                None => draw_coins(&group.units, &table.thresholds, stream, &mut sums),
            }
        }
        sums
    }
}

#[inline(always)]
fn draw_stratum(units: &[Row], thresholds: &[u64], m: i64, stream: &mut Stream, sums: &mut [i64; LANES]) {
    let (mut open, mut words, mut limits) = ([m; LANES], [0; LANES / 2], [0; LANES]);
    for unit in units {
        stream.fill(&mut words);
        let row = &thresholds[unit.start..unit.end];
        for (limit, open) in limits.iter_mut().zip(&open) {
            *limit = row[(open - unit.first) as usize];
        }
        let labels = Labels::new(&words, &limits, stream);
        for lane in 0..LANES {
            open[lane] -= labels.0[lane];
            sums[lane] += unit.change & -labels.0[lane];
        }
    }
}

#[inline(always)]
fn draw_coins(units: &[Row], thresholds: &[u64], stream: &mut Stream, sums: &mut [i64; LANES]) {
    let mut words = [0; LANES / 2];
    for unit in units {
        stream.fill(&mut words);
        let labels = Labels::new(&words, &[thresholds[unit.start]; LANES], stream);
        for (sum, label) in sums.iter_mut().zip(labels.0) {
            *sum += unit.change & -label;
        }
    }
}

/// 1 for each lane in which a unit is set, else 0.
struct Labels([i64; LANES]);

impl Labels {
    /// Compares random numbers of 63 bits with their limits. The halves of a word are the high bits of two of them; the low
    /// bits are drawn only where the high bits do not decide, once in 2³² comparisons.
    #[inline(always)]
    fn new(words: &[u64; LANES / 2], limits: &[u64; LANES], stream: &mut Stream) -> Self {
        let (mut labels, mut ties, high) = ([0; LANES], 0, halves(words));
        for ((label, high), limit) in labels.iter_mut().zip(&high).zip(limits) {
            let limit = (limit >> LOW_BITS) as i64;
            *label = i64::from(*high < limit);
            ties |= i64::from(*high == limit);
        }
        let mut labels = Self(labels);
        if ties != 0 {
            labels.settle_ties(&high, limits, || stream.word());
        }
        labels
    }

    #[cold]
    fn settle_ties(&mut self, high: &[i64; LANES], limits: &[u64; LANES], mut word: impl FnMut() -> u64) {
        for ((label, high), limit) in self.0.iter_mut().zip(high).zip(limits) {
            if *high == (limit >> LOW_BITS) as i64 {
                *label = i64::from(word() >> (64 - LOW_BITS) < limit & ((1 << LOW_BITS) - 1));
            }
        }
    }
}

/// Bits of a limit below those that half a word is compared with.
const LOW_BITS: u32 = 31;

/// The low halves of the words, and then the high ones.
#[inline(always)]
fn halves(words: &[u64; LANES / 2]) -> [i64; LANES] {
    let mut halves = [0; LANES];
    let (low, high) = halves.split_at_mut(LANES / 2);
    for ((low, high), word) in low.iter_mut().zip(high).zip(words) {
        *low = (word & u64::from(u32::MAX)) as i64;
        *high = (word >> 32) as i64;
    }
    halves
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::stream::Domain;

    #[test]
    fn limits_reach_from_never_to_always() {
        assert_eq!([threshold(0.0), threshold(0.25), threshold(1.0)], [0, 1 << 61, 1 << 63]);
        let mut stream = Stream::new(0, Domain::ImportanceUpper, 0);
        for word in [0, u64::MAX] {
            for (probability, label) in [(0.0, 0), (1.0, 1)] {
                let labels = Labels::new(&[word; LANES / 2], &[threshold(probability); LANES], &mut stream);
                assert_eq!(labels.0, [label; LANES]);
            }
        }
    }

    #[test]
    fn low_bits_decide_where_high_bits_tie() {
        let mut limits = [7 << LOW_BITS | 5; LANES];
        limits[1] = 8 << LOW_BITS;
        // Lanes of low halves tie at 7, but for lane 1, whose limit is larger; high halves are 8 and beyond the limit.
        let words = [8 << 32 | 7; LANES / 2];
        let mut labels = Labels([0; LANES]);
        labels.0[1] = 1;
        let mut low = [4u64, 5].into_iter().cycle();
        labels.settle_ties(&halves(&words), &limits, || low.next().unwrap() << (64 - LOW_BITS));
        assert_eq!(labels.0[..5], [1, 1, 0, 1, 0]);
        assert!(labels.0[LANES / 2..].iter().all(|&label| label == 0));
    }

    #[test]
    fn every_labelling_is_drawn_as_often_as_its_weight_has_it() {
        // Two of five units with odds 1, 2, 3, 4, 5, which their powers of two identify: the weight of a pair is the
        // product of its odds, and the sum over all pairs (15² − 55)/2 = 85.
        let odds = [1.0, 2.0, 3.0, 4.0, 5.0];
        let probabilities = odds.map(|odds| Probability { yes: odds / (1.0 + odds), no: 1.0 / (1.0 + odds) });
        let mut table = Table { groups: Vec::new(), thresholds: Vec::new(), log_weight: 0.0 };
        table.add_stratum(&probabilities, (0..5).map(|unit| 1 << unit), 2);
        let mut stream = Stream::new(0, Domain::ImportanceUpper, 1);
        let mut counts = [0u32; 32];
        for _ in 0..2000 {
            Draw { table: &table, stream: &mut stream }.compute().iter().for_each(|&sum| counts[sum as usize] += 1);
        }
        let n = f64::from(counts.iter().sum::<u32>());
        let mut chi_squared = 0.0;
        for (first, second) in (0..5).flat_map(|second| (0..second).map(move |first| (first, second))) {
            let expected = n * odds[first] * odds[second] / 85.0;
            chi_squared += (f64::from(counts[1 << first | 1 << second]) - expected).powi(2) / expected;
        }
        assert_eq!(counts.iter().filter(|&&count| count > 0).count(), 10);
        // 9 degrees of freedom: beyond 44 once in 10⁶.
        assert!(chi_squared < 44.0, "{chi_squared}");
    }

    #[test]
    fn bands_hold_what_can_be_open_and_little_that_is_unlikely() {
        let even = |n: usize| vec![Probability { yes: 0.5, no: 0.5 }; n];
        let small = Band::all(&even(6), 3);
        let counts: Vec<_> = small.iter().map(|band| (band.low, band.high)).collect();
        assert_eq!(counts, [(3, 3), (2, 3), (1, 3), (0, 3), (0, 2), (0, 1), (0, 0)]);
        let large = Band::all(&even(10_000), 5000);
        // 12 standard deviations of 25 on either side, and a little more.
        assert!((750..850).contains(&large[5000].len()), "{:?}", large[5000]);
        let bytes = large.iter().map(|band| band.len() as u128 * THRESHOLD_BYTES).sum::<u128>();
        assert!(bytes < stratum_bytes(10_000, 5000) && stratum_bytes(10_000, 5000) < 2 * bytes);
    }
}
