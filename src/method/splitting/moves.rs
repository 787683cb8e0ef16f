//! Reversible moves from labelling to labelling: from A to B with the same probability as from B to A, so that labellings
//! above a level stay equally likely if just those moves are made that do not lead below it.
//!
//! For coins a move is a few flips, an odd or an even number of them. For subsets it is a few swaps of a random unit of the smaller group of a stratum with
//! one of the larger group: half of the time with any of them, half of the time with the one that is so many of them
//! further up or down, beginning again at the other end. That number is drawn on a random scale, and is the same on the
//! way back. As most designs number units in the order of their values, short steps change a statistic little, which
//! matters near the end of its range. For orders it is a few swaps of what stands at two places of a block, half of the time
//! at any of them, half of the time so many places apart.

use std::ops::Range;

use super::marks::{Mark, mark_at};
use crate::design::{Design, Exchange, Exchangeable};
use crate::error::Error;
use crate::sampling::bounded::{batch_below, below};
use crate::sampling::stream::Stream;
use crate::simd::Kernel;

/// A group of at least one unit in so many is found by trying random units; a smaller one by counting.
const SCARCE: usize = 8;

/// Units further away than 2 to this power are reached by the swaps with any of them, without counting up to them.
const FARTHEST: u32 = 9;

/// The moves of a design.
#[derive(Debug)]
pub(super) enum Moves {
    Swaps(Vec<Stratum>),
    /// Of coins, so many of them.
    Flips(usize),
    /// Of what stands at the places of a block.
    Shuffles(Vec<Block>),
}

/// Places between which units may be swapped.
#[derive(Debug)]
pub(super) struct Block {
    places: Range<usize>,
    /// Places in this and all blocks before.
    up_to_here: u64,
}

/// Units of which some may change places.
#[derive(Debug)]
pub(super) struct Stratum {
    units: Range<usize>,
    /// Units in the smaller group of this and all strata before.
    up_to_here: u64,
    /// Units in its smaller group.
    smaller: usize,
    /// What makes the bits of the smaller group 1.
    flip: u64,
    /// Distances are drawn below 2⁰, 2¹, … of so many scales; none exceeds the larger group.
    scales: u64,
}

impl Moves {
    /// The moves of a design, if it has any.
    pub fn of(design: &dyn Design) -> Result<Self, Error> {
        match design.exchange() {
            Exchange::Subsets(ranges) => Ok(Self::Swaps(strata(&ranges))),
            Exchange::Coins => Ok(Self::Flips(design.units().len())),
            Exchange::Orders(blocks) => Ok(Self::Shuffles(shuffled(&blocks))),
            Exchange::Other => {
                let name = design.kind().name();
                let what = format!("splitting knows no small changes of the labellings of the design {name}");
                Err(Error::data(what, "draw resamples"))
            }
        }
    }

    /// How many swaps or flips make a labelling forget where it came from, up to a factor: its correlation with the first
    /// one falls to 1/e.
    pub fn memory(&self) -> f64 {
        match self {
            Self::Flips(units) => *units as f64 / 2.0,
            Self::Shuffles(blocks) => blocks.last().map_or(0.0, |block| block.up_to_here as f64 / 2.0),
            // The share of a stratum's swaps times what each of them changes in it.
            Self::Swaps(strata) => {
                let all = strata.last().map_or(0, |stratum| stratum.up_to_here) as f64;
                let larger = |stratum: &Stratum| (stratum.units.len() - stratum.smaller) as f64;
                let slowest = strata.iter().map(|stratum| larger(stratum) / stratum.units.len() as f64);
                all * slowest.fold(0.0, f64::max)
            }
        }
    }
}

/// Makes a move of so many swaps or flips in each row, and keeps its mark.
pub(super) struct Propose<'a> {
    pub moves: &'a Moves,
    pub changes: u32,
    pub stream: &'a mut Stream,
    pub width: usize,
    pub rows: &'a mut [u64],
    pub marks: &'a mut [Mark],
    pub of_unit: &'a [Mark],
}

impl Kernel for Propose<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let Self { moves, changes, stream, width, rows, marks, of_unit } = self;
        for (row, mark) in rows.chunks_exact_mut(width).zip(marks) {
            if let Moves::Shuffles(blocks) = moves {
                (0..changes).for_each(|_| swap_places(row, mark, of_unit, blocks, stream));
                continue;
            }
            let mut labelling = Marked { row, mark, of_unit };
            match moves {
                Moves::Swaps(strata) => (0..changes).for_each(|_| labelling.swap(strata, stream)),
                // With always an even number of flips, only half of the labellings could be reached.
                Moves::Flips(units) => {
                    let flips = 1 + below(2 * u64::from(changes) - 1, stream);
                    (0..flips).for_each(|_| labelling.toggle(below(*units as u64, stream) as usize));
                }
                Moves::Shuffles(_) => unreachable!("swapped above"),
            }
        }
    }
}

/// Swaps the units at two places of a block, which is chosen by its size.
#[inline(always)]
fn swap_places(order: &mut [u64], mark: &mut Mark, of_unit: &[Mark], blocks: &[Block], stream: &mut Stream) {
    let Some(last) = blocks.last() else { return };
    let drawn = below(last.up_to_here, stream);
    let Block { places, .. } = &blocks[blocks.partition_point(|block| block.up_to_here <= drawn)];
    let len = places.len() as u64;
    let scales = u64::from(len.ilog2().min(FARTHEST)) + 1;
    let [reach, scale, direction, one] = batch_below([2, scales, 2, len], stream);
    let further = if reach == 0 { below(len, stream) } else { (1 + (stream.word() & ((1 << scale) - 1))) % len };
    let other = (one + if direction == 0 { further } else { len - further }) % len;
    let [one, other] = [one, other].map(|place| places.start + place as usize);
    for place in [one, other] {
        *mark = mark.without(mark_at(place, order[place], of_unit));
    }
    order.swap(one, other);
    for place in [one, other] {
        *mark = mark.with(mark_at(place, order[place], of_unit));
    }
}

/// The blocks in which anything can change places.
fn shuffled(ranges: &[Range<usize>]) -> Vec<Block> {
    let mut up_to_here = 0;
    let block = |range: &Range<usize>| {
        up_to_here += range.len() as u64;
        Block { places: range.clone(), up_to_here }
    };
    ranges.iter().filter(|range| range.len() > 1).map(block).collect()
}

/// A labelling that is moved, and its mark.
struct Marked<'a> {
    row: &'a mut [u64],
    mark: &'a mut Mark,
    of_unit: &'a [Mark],
}

impl Marked<'_> {
    /// Swaps two units of a stratum, which is chosen by the size of its smaller group: no swap changes that.
    #[inline(always)]
    fn swap(&mut self, strata: &[Stratum], stream: &mut Stream) {
        match strata {
            [] => (),
            [stratum] => self.swap_within(stratum, stream),
            [.., last] => {
                let drawn = below(last.up_to_here, stream);
                let chosen = strata.partition_point(|stratum| stratum.up_to_here <= drawn);
                self.swap_within(&strata[chosen], stream);
            }
        }
    }

    #[inline(always)]
    fn swap_within(&mut self, stratum: &Stratum, stream: &mut Stream) {
        let Stratum { ref units, smaller, flip, scales, .. } = *stratum;
        let [reach, scale, direction] = batch_below([2, scales, 2], stream);
        let row = &*self.row;
        let one = any(row, flip, units, smaller, stream);
        let other = if reach == 0 {
            any(row, !flip, units, units.len() - smaller, stream)
        } else {
            let distance = stream.word() & ((1 << scale) - 1);
            let found = if direction == 0 {
                nth(row, !flip, one..units.end, distance).or_else(|rest| nth(row, !flip, units.start..one, rest))
            } else {
                nth_from_end(row, !flip, units.start..one, distance)
                    .or_else(|rest| nth_from_end(row, !flip, one..units.end, rest))
            };
            found.unwrap_or_else(|_| unreachable!("no distance exceeds the larger group"))
        };
        self.toggle(one);
        self.toggle(other);
    }

    /// Gives a unit the other label.
    #[inline(always)]
    fn toggle(&mut self, unit: usize) {
        let (word, bit) = (&mut self.row[unit / 64], 1 << (unit % 64));
        *word ^= bit;
        let of_unit = self.of_unit[unit];
        *self.mark = if *word & bit == 0 { self.mark.without(of_unit) } else { self.mark.with(of_unit) };
    }
}

/// The strata in which anything can change places.
fn strata(ranges: &[Exchangeable]) -> Vec<Stratum> {
    let mut up_to_here = 0;
    let stratum = |range: &Exchangeable| {
        let (units, m) = (range.units.clone(), range.m);
        let smaller = m.min(units.len() - m);
        up_to_here += smaller as u64;
        let flip = if m == smaller { 0 } else { u64::MAX };
        let scales = u64::from((units.len() - smaller).max(1).ilog2().min(FARTHEST)) + 1;
        (smaller > 0).then_some(Stratum { units, up_to_here, smaller, flip, scales })
    };
    ranges.iter().filter_map(stratum).collect()
}

/// A random one of the `count` set bits of `row ^ flip` in a range.
#[inline(always)]
fn any(row: &[u64], flip: u64, units: &Range<usize>, count: usize, stream: &mut Stream) -> usize {
    if count * SCARCE < units.len() {
        let found = nth(row, flip, units.clone(), below(count as u64, stream));
        return found.unwrap_or_else(|_| unreachable!("there are so many"));
    }
    loop {
        let unit = units.start + below(units.len() as u64, stream) as usize;
        if (row[unit / 64] ^ flip) >> (unit % 64) & 1 == 1 {
            return unit;
        }
    }
}

/// The place of the set bit of `row ^ flip` in a range that has `rank` of them below it there, or the rank less their
/// number.
#[inline(always)]
fn nth(row: &[u64], flip: u64, range: Range<usize>, mut rank: u64) -> Result<usize, u64> {
    let mut place = range.start;
    while place < range.end {
        let (word, shift) = (place / 64, place % 64);
        let bits = ((row[word] ^ flip) & keep_below(range.end - 64 * word)) >> shift << shift;
        let count = u64::from(bits.count_ones());
        if rank < count {
            return Ok(64 * word + nth_in_word(bits, rank));
        }
        rank -= count;
        place = 64 * (word + 1);
    }
    Err(rank)
}

/// The same from the end of the range downwards.
#[inline(always)]
fn nth_from_end(row: &[u64], flip: u64, range: Range<usize>, mut rank: u64) -> Result<usize, u64> {
    let mut end = range.end;
    while end > range.start {
        let word = (end - 1) / 64;
        let bits =
            (row[word] ^ flip) & keep_below(end - 64 * word) & !keep_below(range.start.saturating_sub(64 * word));
        let count = u64::from(bits.count_ones());
        if rank < count {
            return Ok(64 * word + nth_in_word(bits, count - 1 - rank));
        }
        rank -= count;
        end = 64 * word;
    }
    Err(rank)
}

/// The bits of a word below a place.
#[inline(always)]
fn keep_below(place: usize) -> u64 {
    if place < 64 { (1 << place) - 1 } else { u64::MAX }
}

/// The place of the set bit that has `rank` others below it, by halving the part of the word that it must be in.
#[inline(always)]
fn nth_in_word(bits: u64, mut rank: u64) -> usize {
    let mut place = 0;
    for width in [32, 16, 8, 4, 2, 1] {
        let count = u64::from((bits >> place & ((1 << width) - 1)).count_ones());
        let is_above = u64::from(rank >= count);
        rank -= count * is_above;
        place += width * is_above;
    }
    place as usize
}

#[cfg(test)]
mod tests {
    use super::super::marks::Marks;
    use super::*;
    use crate::sampling::stream::Domain;
    use crate::simd::{self, Arch};

    fn subsets(ranges: &[(Range<usize>, usize)]) -> Moves {
        let range = |(units, m): &(Range<usize>, usize)| Exchangeable { units: units.clone(), m: *m };
        Moves::Swaps(strata(&ranges.iter().map(range).collect::<Vec<_>>()))
    }

    /// Makes a move in each row; the marks are to stay those of the rows.
    fn propose(moves: &Moves, units: usize, changes: u32, rows: &mut [u64], stream: &mut Stream) {
        let mut of_all = Marks::random(units, false, stream);
        of_all.of_unit.iter_mut().for_each(|mark| mark.trend = (mark.hash >> 40) as i64);
        let width = units.div_ceil(64);
        let marks_of = |rows: &[u64]| rows.chunks_exact(width).map(|row| of_all.of(row)).collect::<Vec<_>>();
        let mut marks = marks_of(rows);
        let of_unit = &of_all.of_unit;
        simd::run(Arch::new(), Propose { moves, changes, stream, width, rows, marks: &mut marks, of_unit });
        assert_eq!(marks, marks_of(rows));
    }

    #[test]
    fn from_a_to_b_is_as_likely_as_from_b_to_a() {
        // Two strata, one with 2 of 5 and one with 3 of 4, and coins; moves of one and of two changes.
        const EACH: usize = 20_000;
        let strata = subsets(&[(0..5, 2), (5..9, 3)]);
        let is_labelling = |row: u64| (row & 31).count_ones() == 2 && (row >> 5).count_ones() == 3;
        for (moves, units, changes) in [(&strata, 9, 1), (&strata, 9, 2), (&Moves::Flips(4), 4, 2)] {
            let is_labelling = |row: &u64| units == 4 || is_labelling(*row);
            let labellings: Vec<u64> = (0..1 << units).filter(is_labelling).collect();
            let mut stream = Stream::new(u64::from(changes), Domain::Splitting, 0);
            let counts: Vec<Vec<f64>> = labellings
                .iter()
                .map(|&from| {
                    let mut rows = vec![from; EACH];
                    propose(moves, units, changes, &mut rows, &mut stream);
                    labellings.iter().map(|to| rows.iter().filter(|row| *row == to).count() as f64).collect()
                })
                .collect();
            for (a, from_a) in counts.iter().enumerate() {
                // Nothing else is reached.
                assert_eq!(from_a.iter().sum::<f64>(), EACH as f64);
                for (b, there) in from_a.iter().enumerate() {
                    let back = counts[b][a];
                    // Some 1700 pairs with 6 standard deviations of the difference of two counts: one run in 300,000.
                    assert!((there - back).abs() <= 6.0 * (there + back).sqrt(), "{a} -> {b}: {there}, back: {back}");
                }
            }
        }
    }

    #[test]
    fn strata_keep_their_numbers_of_cases_over_words_and_where_one_group_is_scarce() {
        let ranges = [(0..3, 0), (3..150, 70), (150..330, 4), (330..400, 69), (400..401, 1)];
        let moves = subsets(&ranges);
        let count = |row: &[u64], units: &Range<usize>| {
            units.clone().filter(|unit| row[unit / 64] >> (unit % 64) & 1 == 1).count()
        };
        let mut start = [0u64; 7];
        for (units, m) in &ranges {
            units.clone().take(*m).for_each(|unit| start[unit / 64] |= 1 << (unit % 64));
        }
        let mut rows = start.repeat(50);
        let mut stream = Stream::new(1, Domain::Splitting, 0);
        for changes in [1, 30, 300] {
            propose(&moves, 401, changes, &mut rows, &mut stream);
            for row in rows.chunks_exact(7) {
                assert!(ranges.iter().all(|(units, m)| count(row, units) == *m));
            }
        }
        // In the smallest group of each stratum, hardly any unit is the one that it was.
        let stayed =
            rows.chunks_exact(7).map(|row| (150..154).filter(|unit| row[unit / 64] >> (unit % 64) & 1 == 1).count());
        assert!(stayed.sum::<usize>() < 50);
    }

    #[test]
    fn set_bits_are_counted_from_either_end() {
        let row = [0b1011 << 60, 0, 1 | 1 << 5, u64::MAX];
        let set: Vec<usize> = (0..256).filter(|unit| row[unit / 64] >> (unit % 64) & 1 == 1).collect();
        for range in [0..256, 61..134, 62..63, 64..64, 133..200] {
            let within: Vec<usize> = set.iter().copied().filter(|unit| range.contains(unit)).collect();
            for (rank, &unit) in within.iter().enumerate() {
                assert_eq!(nth(&row, 0, range.clone(), rank as u64), Ok(unit));
                assert_eq!(nth_from_end(&row, 0, range.clone(), (within.len() - 1 - rank) as u64), Ok(unit));
            }
            assert_eq!(nth(&row, 0, range.clone(), within.len() as u64 + 3), Err(3));
            assert_eq!(nth_from_end(&row, 0, range, within.len() as u64), Err(0));
        }
    }
}
