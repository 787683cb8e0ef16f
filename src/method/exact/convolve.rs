//! Both sums of [`Addends`], each built unit by unit as a multiset for every number of units set, and then set against
//! each other.
//!
//! Adding a unit x to a side is H\[k\] ← H\[k\] ∪ (H\[k − 1\] + x) for k from the top down (Streitberg & Röhmel 1986).
//! What a multiset is, is left open: counts on a lattice ([`Dense`](super::dense::Dense)) or a sorted list
//! ([`Listed`](super::sorted_sums::Listed)).

use std::ops::{Add, RangeInclusive};
use std::sync::atomic::{AtomicBool, Ordering};

use super::addends::{Addends, Side};
use crate::design::combinations;
use crate::error::Error;
use crate::message::{Message, Setting};
use crate::method::engine;
use crate::simd::Arch;
use crate::statistic::Thresholds;

/// Units after which counts are made smaller by [`SHRINK`], so that they do not outgrow f64: those of both sides stay below 2⁴⁸⁰,
/// and their products below 2⁹⁶⁰.
const UNITS_BETWEEN_SHRINKING: usize = 240;

/// How much smaller: a power of two, so that no digit is lost.
pub const SHRINK: f64 = f64::from_bits((1023 - UNITS_BETWEEN_SHRINKING as u64) << 52);

/// Pairs of rows that are set against each other at a time: each takes room beside them.
pub(super) const PAIRS_AT_ONCE: usize = 4;

/// Sums, each with the number of labellings that have it.
pub trait Multiset: Sized + Send + Sync {
    /// A number of pairs of labellings.
    type Count: Copy + Default + Send + Add<Output = Self::Count>;

    /// The sum 0, once.
    fn zero() -> Self;

    /// Nothing, with room for what it is to hold; `None` where the system has no such room.
    fn with_room(room: &Room) -> Option<Self>;

    /// Units that are best added at a time: each pass over memory then serves as many.
    const UNITS_AT_ONCE: usize;

    /// Adds every sum of each of the others, plus the number that stands beside it.
    fn absorb(&mut self, others: &[(&Self, i128)], arch: Arch);

    /// Multiplies all counts by [`SHRINK`], if they could become too large.
    fn shrink(&mut self);

    /// The same, to be set against others again and again.
    type Ready: Send + Sync;

    /// Makes it so.
    fn ready(self) -> Self::Ready;

    /// The number of pairs of one sum each; the number whose difference `above` − `below` is at least or at most a
    /// threshold, if there is one.
    fn pairs(above: &Self::Ready, below: &Self::Ready, threshold: Option<Threshold>, arch: Arch) -> f64;

    /// Counts the pairs of one sum each, whose difference `above` − `below` is beyond the thresholds, of each set.
    fn tally(above: &Self, below: &Self, thresholds: &[Thresholds<i128>], arch: Arch) -> Vec<Tails<Self::Count>>;
}

/// A bound of a difference, which it includes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// From this on.
    AtLeast(i128),
    /// Up to this.
    AtMost(i128),
}

/// What a multiset has to hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    /// The smallest sum.
    pub least: i128,
    /// The largest sum.
    pub most: i128,
    /// The number of labellings; infinite beyond the range of f64.
    pub labellings: f64,
}

/// Numbers of labellings in each tail.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tails<C> {
    /// All labellings.
    pub all: C,
    /// Those at or above the observed sum.
    pub greater_equal: C,
    /// Those at or below it.
    pub less_equal: C,
    /// Those as far from the centre, on either side.
    pub absolute: C,
}

impl<C: Copy + Add<Output = C>> Add for Tails<C> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            greater_equal: self.greater_equal + other.greater_equal,
            less_equal: self.less_equal + other.less_equal,
            absolute: self.absolute + other.absolute,
        }
    }
}

impl<C: Copy> Tails<C> {
    /// Puts the tails together from a count of what is at or above a threshold and one of what is at or below one.
    pub fn of(all: C, thresholds: &Thresholds<i128>, at_least: impl Fn(i128) -> C, at_most: impl Fn(i128) -> C) -> Self
    where
        C: Add<Output = C>,
    {
        let Thresholds { greater_equal, less_equal, far_above, far_below, .. } = *thresholds;
        let upper = at_least(greater_equal);
        let lower = at_most(less_equal);
        let far_upper = || if far_above == greater_equal { upper } else { at_least(far_above) };
        let far_lower = || if far_below == less_equal { lower } else { at_most(far_below) };
        let absolute = if far_above <= far_below { all } else { far_upper() + far_lower() };
        Self { all, greater_equal: upper, less_equal: lower, absolute }
    }
}

/// How a computation is carried out.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// Worker threads; `None`: all cores.
    pub threads: Option<usize>,
    /// Instruction set of the kernels. Never changes a result.
    pub arch: Arch,
    /// Set from outside to end the run with [`Error::Interrupted`].
    pub stop: &'a AtomicBool,
    /// Told how many units there are to be added, when they begin to be.
    pub begin: &'a (dyn Fn(u64, &'static str) + Sync),
    /// Told each time that a unit has been added to a side.
    pub advance: &'a (dyn Fn(u64) + Sync),
}

/// Builds both sides and counts.
///
/// # Errors
/// [`Error::Interrupted`] once `stop` is set, [`Error::Data`] when threads or memory cannot be had.
pub fn count<M: Multiset>(addends: &Addends, work: Work) -> Result<Vec<Tails<M::Count>>, Error> {
    engine::install(work.threads, || {
        let (above, below) = engine::join(
            || build::<M>(&addends.above, addends.from_above(), work),
            || build::<M>(&addends.below, addends.from_below(), work),
        );
        let (above, mut below) = (above?, below?);
        below.reverse();
        let nothing = vec![Tails::default(); addends.thresholds.len()];
        let tally = |k: usize| M::tally(&above[k], &below[k], &addends.thresholds, work.arch);
        let pairs: Vec<usize> = (0..above.len()).collect();
        let parts = pairs.chunks(PAIRS_AT_ONCE).flat_map(|some| engine::map(some.len(), |i| tally(some[i])));
        let add = |one: Vec<Tails<_>>, other: Vec<Tails<_>>| one.into_iter().zip(other).map(|(a, b)| a + b).collect();
        Ok(parts.fold(nothing, add))
    })?
}

/// The sums of a side for each number of units from its half of the pivot.
///
/// # Errors
/// [`Error::Interrupted`] once `stop` is set.
pub fn build<M: Multiset>(side: &Side, counts: RangeInclusive<usize>, work: Work) -> Result<Vec<M>, Error> {
    let mut builder = Builder { done: M::zero(), room: Room::ZERO, units: 0, work };
    for &coin in &side.coins {
        builder.toss(coin)?;
    }
    for stratum in &side.strata {
        let mut rows = builder.choose(&stratum.addends, stratum.m..=stratum.m)?;
        builder.done = rows.pop().unwrap_or_else(M::zero);
        builder.room = builder.room.and(&Room::of_subsets(&stratum.addends, stratum.m));
    }
    builder.choose(&side.open, counts)
}

/// A side as far as it is built.
struct Builder<'a, M> {
    done: M,
    room: Room,
    units: usize,
    work: Work<'a>,
}

impl<M: Multiset> Builder<'_, M> {
    fn toss(&mut self, coin: i128) -> Result<(), Error> {
        self.room = self.room.and(&Room { least: 0, most: coin, labellings: 2.0 });
        let mut tossed = M::with_room(&self.room).ok_or_else(no_room)?;
        tossed.absorb(&[(&self.done, 0), (&self.done, coin)], self.work.arch);
        self.done = tossed;
        if self.units_are_done(1)? {
            self.done.shrink();
        }
        Ok(())
    }

    /// The sums of what is built and of k of the addends, for each k of `counts`; what is built is used up.
    fn choose(&mut self, addends: &[i128], counts: RangeInclusive<usize>) -> Result<Vec<M>, Error> {
        let (fewest, most) = counts.into_inner();
        let mut rows = vec![Some(std::mem::replace(&mut self.done, M::zero()))];
        rows.resize_with(most + 1, || None);
        for (start, units) in (0..).step_by(M::UNITS_AT_ONCE).zip(addends.chunks(M::UNITS_AT_ONCE)) {
            let (added, seen) = (subsets(units), start + units.len());
            // What has fewer units than can still be made up for is needed no longer.
            let lowest = fewest.saturating_sub(addends.len() - seen);
            for k in (lowest.max(1)..=most.min(seen)).rev() {
                let (before, row) = rows.split_at_mut(k);
                if row[0].is_none() {
                    let seen = addends.len() - fewest.saturating_sub(k);
                    let room = self.room.and(&Room::of_subsets(&addends[..seen], k));
                    row[0] = Some(M::with_room(&room).ok_or_else(no_room)?);
                }
                let row = row[0].as_mut().expect("it was made");
                let others = added.iter().filter(|(number, _)| *number <= k);
                let others = others.filter_map(|&(number, sum)| Some((before[k - number].as_ref()?, sum)));
                row.absorb(&others.collect::<Vec<_>>(), self.work.arch);
            }
            rows[..lowest].fill_with(|| None);
            if self.units_are_done(units.len())? {
                rows.iter_mut().flatten().for_each(M::shrink);
            }
        }
        Ok(rows.into_iter().skip(fewest).flatten().collect())
    }

    /// Tells how far the work has come, and whether it is time to shrink the counts.
    fn units_are_done(&mut self, units: usize) -> Result<bool, Error> {
        if self.work.stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        (self.work.advance)(units as u64);
        let before = self.units;
        self.units += units;
        Ok(before >= UNITS_BETWEEN_SHRINKING && before / UNITS_BETWEEN_SHRINKING < self.units / UNITS_BETWEEN_SHRINKING)
    }
}

fn no_room() -> Error {
    let what = "the system does not give as much memory as an exact computation may take";
    Error::data(what, Message::from("allow for less with ").and(Setting::MemoryLimit))
}

/// The size and the sum of each subset but the empty one.
fn subsets(addends: &[i128]) -> Vec<(usize, i128)> {
    let sum = |bits: u32| (0..addends.len()).filter(|i| bits >> i & 1 == 1).map(|i| addends[i]).sum();
    (1u32..1 << addends.len()).map(|bits| (bits.count_ones() as usize, sum(bits))).collect()
}

impl Room {
    const ZERO: Self = Self { least: 0, most: 0, labellings: 1.0 };

    /// The room of what is chosen independently.
    fn and(&self, other: &Self) -> Self {
        Self {
            least: self.least + other.least,
            most: self.most + other.most,
            labellings: self.labellings * other.labellings,
        }
    }

    /// The room of the sums of m of ascending numbers.
    fn of_subsets(addends: &[i128], m: usize) -> Self {
        let labellings = combinations::approximate(addends.len() as u64, m as u64).unwrap_or(f64::INFINITY);
        let largest = &addends[addends.len() - m..];
        Self { least: addends[..m].iter().sum(), most: largest.iter().sum(), labellings }
    }

    /// Sums between the smallest and the largest, both included.
    #[must_use]
    pub fn width(&self) -> f64 {
        (self.most - self.least) as f64 + 1.0
    }
}
