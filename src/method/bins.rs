//! The null distribution in bins, which are chosen before the first resample is counted.
//!
//! Bins are of one width and lie side by side from an *anchor*, the bound beyond which a statistic is as extreme as the
//! data: what lies beyond it fills whole bins, so that these add up to the counts of the test. How wide they are, and how
//! far they reach, comes from a pilot, a few labellings from a stream of their own: by the data and the observed statistic
//! alone, never by the seed or the number of resamples. So parts of a run have the same bins, and their counts add up.
//!
//! Where the statistic has a step, such as that of sums of decimals, widths are multiples of it, so that no bin holds one
//! value more than its neighbours.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use super::histogram::Histogram;
use super::monte_carlo::{Counted, MonteCarlo};
use super::tail::Tail;
use crate::design::Design;
use crate::error::Error;
use crate::sampling::stream::{Domain, Stream};
use crate::simd::{self, Arch, Kernel};
use crate::statistic::{Replicate, Statistic, Thresholds};

/// Labellings of the pilot: a program that computes the statistic may take its time.
const PILOT: u64 = 256;

/// How fine the bins are, and how far they go, in units of the spread: the distance between the fifth and the
/// ninety-fifth percentile of the pilot, 3.3 standard deviations of a normal distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resolution {
    /// Bins in the spread.
    pub bins_per_spread: f64,
    /// How far they reach beyond it on both sides.
    pub reach: f64,
    /// The most bins: where the data are far out, they are wider instead.
    pub most: usize,
}

impl Resolution {
    /// For what is counted.
    pub const FINE: Self = Self { bins_per_spread: 40.0, reach: 2.0, most: 1024 };
    /// For what takes a computation for each bin.
    pub const COARSE: Self = Self { bins_per_spread: 16.0, reach: 1.0, most: 72 };
}

/// No edge lies further out, so that sums and differences of edges are finite.
const FARTHEST: f64 = f64::MAX / 8.0;

/// The side of the anchor on which statistics are extreme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    /// At the anchor and above it.
    Above,
    /// Below it.
    Below,
}

/// Bins for replicates.
#[derive(Debug, Clone, PartialEq)]
pub struct Bins<T> {
    anchor: T,
    beyond: Beyond,
    width: T,
    inverse: f64,
    /// What all statistics seem to be multiples of, from the observed one; 0 where there is no such step.
    step: T,
    /// Bins below the anchor.
    below: usize,
    /// All bins.
    len: usize,
    thresholds: Thresholds<T>,
    tail: Tail,
}

/// How many replicates each bin holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BinCounts {
    /// The bins', after those below the first one, and followed by those beyond the last one; empty where nothing has been
    /// counted.
    pub(super) counts: Vec<u64>,
}

impl AddAssign<&Self> for BinCounts {
    fn add_assign(&mut self, other: &Self) {
        if self.counts.is_empty() {
            self.counts.clone_from(&other.counts);
        } else {
            self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
        }
    }
}

impl BinCounts {
    /// Counts that were kept elsewhere: below the first bin, in each, beyond the last one.
    #[must_use]
    pub fn kept(counts: Vec<u64>) -> Self {
        Self { counts }
    }

    /// All counts: below the first bin, in each, beyond the last one.
    #[must_use]
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// The shares of what was counted: below the first bin, in each, beyond the last one.
    #[must_use]
    pub fn shares(&self) -> Vec<f64> {
        let total = self.counts.iter().sum::<u64>().max(1) as f64;
        self.counts.iter().map(|&count| count as f64 / total).collect()
    }

    /// Counts the replicates of a batch; those that are undefined are in no bin.
    pub fn count<T: Replicate>(&mut self, arch: Arch, bins: &Bins<T>, replicates: &[T]) {
        if self.counts.is_empty() {
            self.counts.resize(bins.len + 2, 0);
        }
        let mut places = [0; BLOCK];
        for replicates in replicates.chunks(BLOCK) {
            simd::run(arch, Places { bins, replicates, found: &mut places });
            for (&place, replicate) in places.iter().zip(replicates) {
                self.counts[place as usize] += u64::from(replicate.is_defined());
            }
        }
    }
}

/// Replicates whose places are found before any is counted.
const BLOCK: usize = 256;

/// Finds the places of replicates: a loop of its own, which can be vectorised, unlike counting.
struct Places<'a, T> {
    bins: &'a Bins<T>,
    replicates: &'a [T],
    found: &'a mut [u32; BLOCK],
}

impl<T: Replicate> Kernel for Places<'_, T> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        for (place, &replicate) in self.found.iter_mut().zip(self.replicates) {
            *place = self.bins.place(replicate) as u32;
        }
    }
}

impl<T: Replicate> Bins<T> {
    /// Chooses the bins for a statistic and the part of its distribution that is measured.
    ///
    /// # Errors
    /// Whatever the statistic fails with.
    pub fn choose<S: Statistic<Replicate = T> + ?Sized>(
        design: &dyn Design,
        statistic: &S,
        thresholds: &Thresholds<T>,
        tail: Tail,
        arch: Arch,
        resolution: Resolution,
    ) -> Result<Self, Error> {
        let draws = MonteCarlo { resamples: PILOT, seed: 0, threads: Some(1), arch };
        let mut pilot = Vec::new();
        let stream = Stream::new(0, Domain::Bins, 0);
        draws.replicates(design, statistic, stream, PILOT, |replicates| pilot.extend_from_slice(replicates))?;
        pilot.retain(|replicate| replicate.approximate().is_finite());
        pilot.sort_unstable_by(|one, other| one.approximate().total_cmp(&other.approximate()));
        Ok(Self::of_pilot(&pilot, thresholds, tail, resolution))
    }

    /// Chooses by the statistics of a pilot, which ascend and are finite.
    #[must_use]
    pub fn of_pilot(pilot: &[T], thresholds: &Thresholds<T>, tail: Tail, resolution: Resolution) -> Self {
        let observed = thresholds.observed;
        let quantile = |share: f64| pilot.get((share * pilot.len() as f64) as usize).copied().unwrap_or(observed);
        let (beyond, anchor) = anchor(thresholds, tail, quantile(0.5));
        let [low, high] = [quantile(0.05), quantile(0.95)].map(T::approximate);
        let spread = spread(pilot, low, high, observed.approximate());
        let step = T::common_step(observed, pilot);

        // The observed statistic and its mirror have their place in any case.
        let (near, margin) = (observed.approximate(), spread / 4.0);
        let mirror = match (tail, beyond) {
            (Tail::Absolute, Beyond::Above) => thresholds.far_below.approximate(),
            (Tail::Absolute, Beyond::Below) => thresholds.far_above.approximate(),
            _ => near,
        };
        let within = |edge: f64| edge.clamp(-FARTHEST, FARTHEST);
        let least = within((low - resolution.reach * spread).min(near.min(mirror) - margin));
        let most = within((high + resolution.reach * spread).max(near.max(mirror) + margin));
        let width = (spread / resolution.bins_per_spread).max((most - least) / resolution.most as f64);
        let width = T::width_near(width, step);
        // A single value has its bin around it.
        let step = if step.approximate() == 0.0 && low == high && low == near { width } else { step };
        // One where there is no number: `max` prefers a number, where `clamp` would keep what is none.
        let widths =
            |distance: f64| (distance / width.approximate()).ceil().max(1.0).min(resolution.most as f64) as usize;
        let below = widths(anchor.approximate() - least);
        let len = below + widths(most - anchor.approximate());
        Self {
            anchor,
            beyond,
            width,
            inverse: 1.0 / width.approximate(),
            step,
            below,
            len,
            thresholds: *thresholds,
            tail,
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none: there always are some.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bin whose lower edge is the anchor.
    #[must_use]
    pub fn anchored(&self) -> usize {
        self.below
    }

    /// The side of the anchor that is extreme.
    #[must_use]
    pub fn beyond(&self) -> Beyond {
        self.beyond
    }

    /// Where a replicate is counted: 0 below the first bin, 1 for that bin, and so on.
    #[inline(always)]
    fn place(&self, replicate: T) -> usize {
        let offset = replicate.widths_above(self.anchor, self.width, self.inverse);
        offset.saturating_add(self.below as i64 + 1).clamp(0, self.len as i64 + 1) as usize
    }

    /// The smallest replicate of a bin, or for `len` the first one beyond.
    #[must_use]
    pub fn edge(&self, bin: usize) -> T {
        self.anchor.plus(bin as i64 - self.below as i64, self.width)
    }

    /// The bounds of the bins in units of the statistic, ascending: where it has a step, half-way between two values.
    /// Beyond the values that a statistic can have they go on by the last width.
    fn edges(&self, value: impl Fn(T) -> f64) -> Vec<f64> {
        let at = |bin: usize| {
            if self.step.approximate() <= 0.0 {
                return value(self.edge(bin));
            }
            // The observed statistic and all that is whole widths away lie next to an edge.
            let near = self.thresholds.observed.plus(bin as i64 - self.below as i64, self.width);
            let other = near.plus(if self.beyond == Beyond::Above { -1 } else { 1 }, self.step);
            value(near).midpoint(value(other))
        };
        let mut edges: Vec<f64> = (0..=self.len).map(at).collect();
        let usual = self.width.approximate().max(f64::MIN_POSITIVE);
        if !edges[self.below].is_finite() {
            edges[self.below] = value(self.anchor);
        }
        for bin in (0..self.below).rev() {
            let next = edges.get(bin + 2).map_or(usual, |far| far - edges[bin + 1]);
            let is_in_order = edges[bin].is_finite() && edges[bin] < edges[bin + 1];
            edges[bin] = if is_in_order { edges[bin] } else { edges[bin + 1] - next.abs() };
        }
        for bin in self.below + 1..=self.len {
            let before = edges[bin - 1] - edges[bin - 2];
            let is_in_order = edges[bin].is_finite() && edges[bin] > edges[bin - 1];
            edges[bin] = if is_in_order { edges[bin] } else { edges[bin - 1] + before.abs() };
        }
        edges
    }

    /// The counts as a histogram.
    #[must_use]
    pub fn histogram(&self, counted: &Counted, value: impl Fn(T) -> f64) -> Histogram {
        let BinCounts { counts } = &counted.bins;
        let total = counts.iter().sum::<u64>().max(1) as f64;
        let histogram = self.of_shares(&counted.bins.shares(), counted.tally.absolute as f64 / total, value);
        Histogram { counts: Some(counts.clone()), ..histogram }
    }

    /// Shares of all labellings as a histogram, those below the first bin first and those beyond the last one last;
    /// `absolute` is the share of those as far from the centre as the observed statistic, on either side.
    #[must_use]
    pub fn of_shares(&self, shares: &[f64], absolute: f64, value: impl Fn(T) -> f64) -> Histogram {
        let Self { thresholds, tail, .. } = self;
        let is_beyond = |place: usize| (place > self.below) == (self.beyond == Beyond::Above);
        let everything = *tail == Tail::Absolute && thresholds.far_above <= thresholds.far_below;
        let mut extreme: Vec<f64> = shares
            .iter()
            .enumerate()
            .map(|(place, &share)| if everything || is_beyond(place) { share } else { 0.0 })
            .collect();
        if *tail == Tail::Absolute && !everything {
            self.mirror(shares, absolute - extreme.iter().sum::<f64>(), &mut extreme);
        }
        Histogram {
            edges: self.edges(value),
            shares: shares[1..=self.len].to_vec(),
            extreme: extreme[1..=self.len].to_vec(),
            below: shares[0],
            above: shares[self.len + 1],
            counts: None,
        }
    }

    /// Marks what lies beyond the mirror image of the anchor, which need not be the edge of a bin: `left` in all.
    fn mirror(&self, shares: &[f64], mut left: f64, extreme: &mut [f64]) {
        let thresholds = &self.thresholds;
        let mirror = if self.beyond == Beyond::Above { thresholds.far_below.successor() } else { thresholds.far_above };
        let outwards: Vec<usize> = if self.beyond == Beyond::Above {
            (0..=self.below).collect()
        } else {
            (self.below + 1..self.len + 2).rev().collect()
        };
        for place in outwards {
            // The bounds of what is counted here; the first and the last place have one only.
            let (lower, upper) =
                (place.checked_sub(1).map(|bin| self.edge(bin)), (place <= self.len).then(|| self.edge(place)));
            let has_none = match self.beyond {
                Beyond::Above => lower.is_some_and(|lower| lower >= mirror),
                Beyond::Below => upper.is_some_and(|upper| upper <= mirror),
            };
            if has_none {
                return;
            }
            extreme[place] = shares[place].min(left.max(0.0));
            left -= extreme[place];
        }
    }
}

/// The bound beyond which statistics are extreme, and on which side; for the doubled rule the tail on the observed side of
/// the middle.
fn anchor<T: Replicate>(thresholds: &Thresholds<T>, tail: Tail, middle: T) -> (Beyond, T) {
    let Thresholds { observed, greater_equal, less_equal, far_above, far_below } = *thresholds;
    let (above, below) = ((Beyond::Above, greater_equal), (Beyond::Below, less_equal.successor()));
    match tail {
        Tail::Upper => above,
        Tail::Absolute if observed >= far_above => (Beyond::Above, far_above),
        Tail::Absolute => (Beyond::Below, far_below.successor()),
        Tail::Doubled if observed >= middle => above,
        Tail::Lower | Tail::Doubled => below,
    }
}

/// The distance between the fifth and the ninety-fifth percentile or, where most statistics are equal, something else that
/// is not 0.
fn spread<T: Replicate>(pilot: &[T], low: f64, high: f64, observed: f64) -> f64 {
    let range = pilot.first().zip(pilot.last()).map_or(0.0, |(first, last)| last.approximate() - first.approximate());
    let candidates = [high - low, range, (observed - low).abs(), observed.abs() / 8.0];
    candidates.into_iter().find(|&spread| spread > 0.0 && spread.is_finite()).unwrap_or(1.0)
}
