//! More than two groups, and associations: the labels, or the partners, of the units go to the units in another order.
//!
//! Places are numbered like units: in the data the label of place j belongs to unit j. Within a block of places any order is
//! as likely as any other. Consecutive places of one label are a *run*, within which the order does not matter, so that a
//! block of n places has n!/(r₁!·r₂!⋯) labellings; where each place has something of its own, n!.

use std::ops::Range;

use super::{Design, Draw, Exchange, Kind, ReferenceSetSize};
use crate::sampling::bounded::batch_below;
use crate::sampling::labellings::{Labellings, OrderRows};
use crate::sampling::stream::Stream;
use crate::sampling::subset;
use crate::sampling::units::Units;
use crate::simd::Arch;

/// Words of a batch of orders: half of a small first-level cache.
const BATCH_WORDS: usize = 1 << 11;

/// The design of labels that are shuffled within blocks.
#[derive(Debug, Clone)]
pub struct Orders {
    kind: Kind,
    units: Units,
    blocks: Vec<Block>,
}

/// Places among which labels are exchanged.
#[derive(Debug, Clone)]
struct Block {
    /// Its first place.
    start: usize,
    /// The sizes of its runs.
    runs: Vec<usize>,
    /// How many places it has.
    len: usize,
}

impl Block {
    /// The places whose units are drawn: those of the last run get what is left.
    fn free(&self) -> usize {
        let last = self.runs[self.runs.len() - 1];
        // A single place that is left is no choice either.
        (self.len - last).min(self.len - 1)
    }

    fn size(&self) -> ReferenceSetSize {
        let mut rest = self.len;
        self.runs.iter().fold(ReferenceSetSize::exactly(1), |size, &run| {
            let of_run = ReferenceSetSize::subsets(rest, run);
            rest -= run;
            size.times(of_run)
        })
    }
}

impl Orders {
    /// The design of places in blocks, each of which is given by the sizes of its runs, the longest last: what is drawn are
    /// the units of the others.
    ///
    /// ```
    /// use permtest::design::{Design, Kind, Orders};
    /// // Two of one label, two of another and three of a third: 7!/(2!·2!·3!).
    /// let groups = Orders::new(Kind::SeveralGroups, vec![vec![2, 2, 3]]);
    /// assert_eq!(groups.reference_set_size().exact, Some(210));
    /// ```
    ///
    /// # Panics
    /// When there is no block, or an empty block or run.
    #[must_use]
    pub fn new(kind: Kind, blocks: Vec<Vec<usize>>) -> Self {
        assert!(blocks.iter().all(|runs| !runs.is_empty() && !runs.contains(&0)), "no block and no run is empty");
        let mut start = 0;
        let block = |runs: Vec<usize>| {
            let len = runs.iter().sum();
            start += len;
            Block { start: start - len, runs, len }
        };
        let blocks: Vec<Block> = blocks.into_iter().map(block).collect();
        assert!(start > 0, "there is a block");
        Self { kind, units: Units::identity(start), blocks }
    }

    /// The places of each run in turn, block by block.
    pub fn runs(&self) -> impl Iterator<Item = impl Iterator<Item = Range<usize>>> {
        self.blocks.iter().map(|block| {
            let mut start = block.start;
            block.runs.iter().map(move |run| {
                start += run;
                start - run..start
            })
        })
    }
}

impl Design for Orders {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn units(&self) -> &Units {
        &self.units
    }

    /// Each label at its unit.
    fn observed(&self) -> Vec<u64> {
        (0..self.units.len() as u64).collect()
    }

    /// A word for each unit.
    fn width(&self) -> usize {
        self.units.len()
    }

    fn labellings(&self, orders: Vec<u64>) -> Labellings {
        Labellings::Orders(OrderRows { units: self.units.len(), orders })
    }

    fn reference_set_size(&self) -> ReferenceSetSize {
        self.blocks.iter().map(Block::size).fold(ReferenceSetSize::exactly(1), ReferenceSetSize::times)
    }

    fn unrank(&self, rank: u64, order: &mut [u64]) {
        Listing::from(&self.blocks, rank).write(&self.blocks, order);
    }

    fn unrank_from(&self, first: u64, orders: &mut [u64]) {
        let mut listing = Listing::from(&self.blocks, first);
        for order in orders.chunks_exact_mut(self.units.len()) {
            listing.write(&self.blocks, order);
            listing.advance();
        }
    }

    fn exchange(&self) -> Exchange {
        Exchange::Orders(self.blocks.iter().map(|block| block.start..block.start + block.len).collect())
    }

    fn batch(&self) -> Labellings {
        let units = self.units.len();
        self.labellings(vec![0; batch_size(units) * units])
    }

    fn chunk_size(&self) -> usize {
        subset::chunk_size(self.units.len()).max(batch_size(self.units.len()))
    }

    fn start(&self) -> Box<dyn Draw + '_> {
        Box::new(Shuffling { blocks: &self.blocks, order: self.observed() })
    }
}

/// Orders in a batch: a power of two.
fn batch_size(units: usize) -> usize {
    1 << (BATCH_WORDS / units).clamp(8, 256).ilog2()
}

/// An order that is shuffled on and on: a shuffle of any order is as uniform as one of the first.
struct Shuffling<'a> {
    blocks: &'a [Block],
    order: Vec<u64>,
}

impl Draw for Shuffling<'_> {
    fn draw(&mut self, _: Arch, stream: &mut Stream, batch: &mut Labellings) {
        let Labellings::Orders(rows) = batch else { unreachable!("a batch of orders") };
        for row in rows.orders.chunks_exact_mut(rows.units) {
            for block in self.blocks {
                shuffle(&mut self.order[block.start..block.start + block.len], block.free(), stream);
            }
            row.copy_from_slice(&self.order);
        }
    }
}

/// Puts random ones of the items at the first `free` places (Fisher & Yates), several for each random word.
fn shuffle(items: &mut [u64], free: usize, stream: &mut Stream) {
    let mut place = 0;
    while place < free {
        let left = items.len() - place;
        // As many numbers as the product of their bounds leaves room for in a word.
        place = match left {
            ..=40 if place + 12 <= free => swap::<12>(items, place, stream),
            ..=256 if place + 8 <= free => swap::<8>(items, place, stream),
            ..=65_536 if place + 4 <= free => swap::<4>(items, place, stream),
            ..=2_097_152 if place + 3 <= free => swap::<3>(items, place, stream),
            _ => swap::<1>(items, place, stream),
        };
    }
}

/// Swaps the items at the next K places with random ones at these or later places. Gives the place after them.
#[inline(always)]
fn swap<const K: usize>(items: &mut [u64], place: usize, stream: &mut Stream) -> usize {
    let left = (items.len() - place) as u64;
    let further = batch_below::<K>(std::array::from_fn(|i| left - i as u64), stream);
    for (i, further) in further.into_iter().enumerate() {
        items.swap(place + i, place + i + further as usize);
    }
    place + K
}

/// The labellings of all blocks in lexicographic order of the units' labels, the first block's changing fastest.
struct Listing {
    /// The run of each unit, block by block.
    run_of: Vec<Vec<u32>>,
}

impl Listing {
    /// The labelling of a rank: its digits, in a number system whose bases are the blocks' numbers of labellings, are the
    /// ranks within the blocks.
    fn from(blocks: &[Block], rank: u64) -> Self {
        let mut rest = u128::from(rank);
        let of_block = |block: &Block| {
            let size = block.size().exact.unwrap_or(u128::MAX);
            let run_of = unranked(&block.runs, size, rest % size);
            rest /= size;
            run_of
        };
        Self { run_of: blocks.iter().map(of_block).collect() }
    }

    fn advance(&mut self) {
        let _ = self.run_of.iter_mut().any(|run_of| next_arrangement(run_of));
    }

    fn write(&self, blocks: &[Block], order: &mut [u64]) {
        for (block, run_of) in blocks.iter().zip(&self.run_of) {
            let mut next: Vec<usize> = Vec::with_capacity(block.runs.len());
            let mut start = block.start;
            for run in &block.runs {
                next.push(start);
                start += run;
            }
            for (unit, &run) in (block.start as u64..).zip(run_of) {
                order[next[run as usize]] = unit;
                next[run as usize] += 1;
            }
        }
    }
}

/// The arrangement of a rank among all `size` ones of so many labels of each run.
fn unranked(runs: &[usize], size: u128, mut rank: u128) -> Vec<u32> {
    let (mut left, mut size) = (runs.to_vec(), size);
    let total: usize = runs.iter().sum();
    let mut run_of = Vec::with_capacity(total);
    for units in (1..=total).rev() {
        for (run, left) in left.iter_mut().enumerate() {
            // Of the arrangements of what is left, this share begins with that run.
            let share = size / units as u128 * *left as u128 + size % units as u128 * *left as u128 / units as u128;
            if rank < share {
                run_of.push(run as u32);
                *left -= 1;
                size = share;
                break;
            }
            rank -= share;
        }
    }
    run_of
}

/// The next arrangement in lexicographic order; after the last one comes the first, and `false`.
fn next_arrangement(run_of: &mut [u32]) -> bool {
    let Some(pivot) = run_of.windows(2).rposition(|pair| pair[0] < pair[1]) else {
        run_of.reverse();
        return false;
    };
    let larger = run_of.iter().rposition(|&run| run > run_of[pivot]).unwrap_or(pivot);
    run_of.swap(pivot, larger);
    run_of[pivot + 1..].reverse();
    true
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::design::{RandomBatches, listed};
    use crate::sampling::stream::Domain;

    /// The run of each unit.
    fn labels(design: &Orders, order: &[u64]) -> Vec<usize> {
        let mut labels = vec![usize::MAX; order.len()];
        for (label, places) in design.runs().flatten().enumerate() {
            places.for_each(|place| labels[order[place] as usize] = label);
        }
        labels
    }

    #[test]
    fn every_labelling_has_one_rank() {
        for blocks in [vec![vec![1, 1, 1, 1]], vec![vec![1, 2, 3]], vec![vec![2, 2], vec![1, 1, 1]], vec![vec![3]]] {
            let design = Orders::new(Kind::SeveralGroups, blocks);
            let size = design.reference_set_size().exact.unwrap() as u64;
            let all: Vec<Vec<usize>> = listed(&design, 0..size)
                .flat_map(|batch| {
                    batch.words().chunks_exact(design.width()).map(|row| labels(&design, row)).collect::<Vec<_>>()
                })
                .collect();
            let mut distinct = all.clone();
            distinct.sort();
            distinct.dedup();
            assert_eq!((all.len() as u64, distinct.len() as u64), (size, size));
            for (rank, expected) in all.iter().enumerate() {
                let mut order = vec![0; design.width()];
                design.unrank(rank as u64, &mut order);
                assert_eq!(&labels(&design, &order), expected);
            }
        }
    }

    #[test]
    fn draws_are_uniform_over_the_labellings() {
        for blocks in [vec![vec![1, 1, 1, 1]], vec![vec![1, 2, 3]], vec![vec![2, 2], vec![1, 1, 1]]] {
            let design = Orders::new(Kind::SeveralGroups, blocks);
            let size = design.reference_set_size().exact.unwrap() as usize;
            let (each, mut counts) = (1000, HashMap::new());
            let mut words = Vec::new();
            let stream = Stream::new(7, Domain::Resamples, 0);
            RandomBatches::new(&design, Arch::Scalar, stream).append(each * size, design.width(), &mut words);
            for row in words.chunks_exact(design.width()) {
                *counts.entry(labels(&design, row)).or_insert(0u32) += 1;
            }
            assert_eq!(counts.len(), size);
            let square = |&count: &u32| (f64::from(count) - each as f64).powi(2) / each as f64;
            let chi_squared: f64 = counts.values().map(square).sum();
            let freedom = size as f64 - 1.0;
            // Five standard deviations above the mean: about 1 in 300,000.
            assert!(chi_squared < freedom + 5.0 * (2.0 * freedom).sqrt(), "{chi_squared} of {freedom}");
        }
    }

    #[test]
    fn every_place_of_a_long_shuffle_gets_every_unit_alike() {
        // Over the sizes at which the number of draws for a word changes.
        let design = Orders::new(Kind::Association, vec![vec![1; 300]]);
        let (draws, mut words) = (3000, Vec::new());
        RandomBatches::new(&design, Arch::Scalar, Stream::new(3, Domain::Resamples, 0)).append(draws, 300, &mut words);
        for place in [0, 40, 43, 44, 255, 259, 260, 298, 299] {
            let mut counts = [0u32; 10];
            words.chunks_exact(300).for_each(|row| counts[row[place] as usize / 30] += 1);
            let expected = draws as f64 / 10.0;
            let chi_squared: f64 = counts.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum();
            // 9 degrees of freedom: above 45 once in a million.
            assert!(chi_squared < 45.0, "place {place}: {chi_squared}");
        }
    }
}
