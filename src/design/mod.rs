//! Designs: which labellings are equally likely under the null hypothesis, how many of them there are, and how one of
//! them is drawn.
//!
//! A [`Design`] deals in *units*, which carry one bit each: an observation, a pair, or a whole cluster. Its [`Units`] say
//! what a bit means for the observations, so that every statistic works with every design. The observations are those of
//! the pooled sample, in whatever order the caller of a design's constructor keeps them. Where there are more than two labels,
//! or a number in the place of a label, labellings are [`Orders`] of the units instead of bits.
//!
//! A design of one's own is a list of labellings, [`LabellingList`] as in `examples/own_design.rs`, a function that draws one,
//! [`LabellingSampler`], or an implementation of six short functions.

pub mod batches;
pub mod clustered;
pub mod combinations;
pub mod ends;
pub mod layout;
pub mod orders;
pub mod own;
pub mod paired;
pub mod stratified;
pub mod two_sample;

pub use batches::{RandomBatches, listed};
pub use clustered::Clustered;
pub use orders::Orders;
pub use own::{LabellingList, LabellingSampler};
pub use paired::Paired;
pub use stratified::Stratified;
pub use two_sample::TwoSample;

use std::ops::Range;

use serde::Serialize;

use crate::sampling::labellings::{BitRows, Labellings};
use crate::sampling::stream::Stream;
use crate::sampling::subset;
use crate::sampling::units::Units;
use crate::simd::Arch;

/// The labellings that are equally likely under the null hypothesis.
///
/// What is drawn depends on the design and the stream alone, never on the machine.
pub trait Design: Send + Sync {
    /// Which of the usual designs it is.
    fn kind(&self) -> Kind;

    /// The units and what their bits say about the observations.
    fn units(&self) -> &Units;

    /// The labelling of the data, a bitset over the units of ⌈units / 64⌉ words.
    fn observed(&self) -> Vec<u64>;

    /// Words of a labelling: ⌈units / 64⌉ for bitsets.
    fn width(&self) -> usize {
        self.units().len().div_ceil(64)
    }

    /// Labellings from their words, one behind the other.
    fn labellings(&self, words: Vec<u64>) -> Labellings {
        Labellings::Dense(BitRows { units: self.units().len(), words })
    }

    /// How many labellings there are.
    fn reference_set_size(&self) -> ReferenceSetSize;

    /// Overwrites `labelling` with the one of a rank `0..reference_set_size`: a bijection. Called only where the size is
    /// known exactly and small enough to count to.
    fn unrank(&self, rank: u64, labelling: &mut [u64]);

    /// Overwrites labellings, one behind the other, with those of consecutive ranks from `first` on: what enumeration
    /// asks for, and what may be faster than one by one.
    fn unrank_from(&self, first: u64, labellings: &mut [u64]) {
        for (rank, labelling) in (first..).zip(labellings.chunks_exact_mut(self.width())) {
            self.unrank(rank, labelling);
        }
    }

    /// The number of case observations, if it is the same in every labelling. Counted from the labellings where it is
    /// not said.
    fn case_size(&self) -> Option<usize> {
        None
    }

    /// The labelling with all labels exchanged is one of the design's whenever a labelling is, so that a difference and
    /// its opposite are equally likely.
    fn is_symmetric(&self) -> bool {
        false
    }

    /// What a labelling is made of, for what can be computed without drawing: the mean of a sum, its largest value.
    fn exchange(&self) -> Exchange {
        Exchange::Other
    }

    /// Room for a batch of labellings.
    fn batch(&self) -> Labellings {
        let units = self.units().len();
        Labellings::Dense(BitRows { units, words: vec![0; subset::batch_size(units) * units.div_ceil(64)] })
    }

    /// Labellings in a chunk, a multiple of the batch size: part of the contract of reproducibility.
    fn chunk_size(&self) -> usize {
        subset::chunk_size(self.units().observations()).max(subset::batch_size(self.units().len()))
    }

    /// Begins a chunk: what is drawn from here on depends on the stream alone. A design that draws each labelling by
    /// itself returns an [`EachAlone`].
    fn start(&self) -> Box<dyn Draw + '_>;
}

/// A design at work in one chunk, with what it remembers from batch to batch.
pub trait Draw: Send {
    /// Fills a batch made by [`Design::batch`] with fresh labellings.
    fn draw(&mut self, arch: Arch, stream: &mut Stream, batch: &mut Labellings);
}

/// Draws each labelling of a batch by itself, with a function that overwrites a bitset over the units.
#[derive(Debug)]
pub struct EachAlone<F>(pub F);

impl<F: FnMut(&mut Stream, &mut [u64]) + Send> Draw for EachAlone<F> {
    fn draw(&mut self, _: Arch, stream: &mut Stream, batch: &mut Labellings) {
        let Labellings::Dense(rows) = batch else { unreachable!("batches are dense unless a design says otherwise") };
        let width = rows.width();
        rows.words.chunks_exact_mut(width).for_each(|labelling| (self.0)(stream, labelling));
    }
}

/// What the bits of a labelling are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exchange {
    /// A uniform subset of so many units in each range, independent of the other ranges'.
    Subsets(Vec<Exchangeable>),
    /// A fair coin for each unit.
    Coins,
    /// A uniform order of the units in each range, independent of the other ranges'.
    Orders(Vec<Range<usize>>),
    /// Anything else.
    Other,
}

impl Exchange {
    /// Whether the share of set units is the same in all ranges.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        let Self::Subsets(ranges) = self else { return true };
        let share = |range: &Exchangeable| range.m as f64 / range.units.len() as f64;
        ranges.iter().all(|range| share(range) == share(&ranges[0]))
    }
}

/// The stratum of each observation, numbered from 0: the range of units within which its label is exchanged. `None` where
/// labels are exchanged among all observations, or within pairs.
///
/// ```
/// use permtest::design::{Stratified, TwoSample, strata};
/// assert_eq!(strata(&Stratified::new(&[0, 1, 1, 0], &[true, false, true, false])), Some(vec![0, 1, 1, 0]));
/// assert_eq!(strata(&TwoSample::new(&[true, false])), None);
/// ```
#[must_use]
pub fn strata(design: &dyn Design) -> Option<Vec<u32>> {
    let Exchange::Subsets(ranges) = design.exchange() else { return None };
    if ranges.len() < 2 {
        return None;
    }
    let mut stratum_of_unit = vec![0; design.units().len()];
    for (stratum, range) in ranges.iter().enumerate() {
        stratum_of_unit[range.units.clone()].fill(stratum as u32);
    }
    Some(design.units().unit_of().iter().map(|&unit| stratum_of_unit[unit as usize]).collect())
}

/// Consecutive units of which any `m` may be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchangeable {
    /// The units.
    pub units: Range<usize>,
    /// How many of them are set.
    pub m: usize,
}

/// The usual designs: which observations may exchange their labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// All.
    TwoSample,
    /// Those of a stratum.
    Stratified,
    /// The two of a pair.
    Paired,
    /// Whole clusters.
    Clustered,
    /// Whole clusters of a stratum.
    ClusteredStratified,
    /// The two sides of all pairs of a cluster together.
    PairedClustered,
    /// All, of more than two groups.
    SeveralGroups,
    /// All, each with a number that goes to another observation.
    Association,
    /// A design of one's own, by its name.
    Own(&'static str),
}

impl Kind {
    /// The name used in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TwoSample => "two-sample",
            Self::Stratified => "stratified",
            Self::Paired => "paired",
            Self::Clustered => "clustered",
            Self::ClusteredStratified => "clustered, stratified",
            Self::PairedClustered => "paired, clustered",
            Self::SeveralGroups => "several groups",
            Self::Association => "association",
            Self::Own(name) => name,
        }
    }

    /// Whether labels are exchanged within strata.
    #[must_use]
    pub fn is_stratified(self) -> bool {
        matches!(self, Self::Stratified | Self::ClusteredStratified)
    }

    /// Whether whole clusters are relabelled.
    #[must_use]
    pub fn is_clustered(self) -> bool {
        matches!(self, Self::Clustered | Self::ClusteredStratified | Self::PairedClustered)
    }
}

serialise_as!(name: Kind);

/// The number of labellings of a design: from 1 to far beyond what a float can hold.
///
/// The same bits on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReferenceSetSize {
    /// Its decimal logarithm, always finite, to 12 digits or better.
    pub log10: f64,
    /// The number itself, where it fits.
    pub exact: Option<u128>,
    /// The number as a float: the nearest one where `exact` is known, else to 12 digits; `None` beyond the range of f64.
    pub approximate: Option<f64>,
}

impl ReferenceSetSize {
    /// A number that is known exactly.
    #[must_use]
    pub fn exactly(size: u128) -> Self {
        Self { log10: libm::log10(size as f64), exact: Some(size), approximate: Some(size as f64) }
    }

    /// The number of m-subsets of N units, C(N, m).
    ///
    /// # Panics
    /// If m > N.
    #[must_use]
    pub fn subsets(units: usize, m: usize) -> Self {
        let (units, m) = (units as u64, m as u64);
        let exact = combinations::exact(units, m);
        Self {
            log10: combinations::log10(units, m),
            exact,
            approximate: exact.map(|size| size as f64).or_else(|| combinations::approximate(units, m)),
        }
    }

    /// The number of ways to label units that are labelled by a coin each, 2ⁿ.
    #[must_use]
    pub fn coins(units: usize) -> Self {
        let exact = (units < 128).then(|| 1u128 << units);
        Self {
            log10: units as f64 * std::f64::consts::LOG10_2,
            exact,
            approximate: (units < 1024).then(|| 2f64.powi(units as i32)),
        }
    }

    /// The number of pairs of labellings, one of each of two designs that are drawn independently.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        let exact = self.exact.zip(other.exact).and_then(|(one, other)| one.checked_mul(other));
        let product = self.approximate.zip(other.approximate).map(|(one, other)| one * other);
        let approximate = exact.map(|size| size as f64).or(product.filter(|product| product.is_finite()));
        Self { log10: self.log10 + other.log10, exact, approximate }
    }
}

/// Sets the bits of `positions`, all others to 0.
pub(crate) fn write_bits(bits: &mut [u64], positions: impl Iterator<Item = usize>) {
    bits.fill(0);
    for position in positions {
        bits[position / 64] |= 1 << (position % 64);
    }
}
