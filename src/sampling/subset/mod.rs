//! Uniform m-subsets of N units: which kernel draws them, and how.
//!
//! | kernel | for | how |
//! |---|---|---|
//! | [`unrank`] | N ≤ 26 | a random rank, unranked by tables |
//! | [`halves`] | middle N, up to 4096 | two halves of free bits, joined where their counts add up to m |
//! | [`flips`] | large N | N free bits, then random units flipped until m are set |
//! | [`shuffle`] | a small group | partial Fisher–Yates on the smaller group |
//!
//! The choice depends on N and m alone.

pub mod bernoulli;
pub mod flips;
pub mod halves;
pub mod ranks;
pub mod shuffle;
pub mod unrank;

use super::labellings::{BitRows, IndexRows, Labellings};
use super::stream::Stream;
use crate::simd::Arch;
use bernoulli::Dyadic;

/// Bytes of a batch of bitsets: half of a small first-level cache, the other half is for the scores' tables.
const BATCH_BYTES: usize = 16 << 10;

/// Bytes that a batch may take beyond that for the sake of 64 labellings, which are summed at once.
const MOST_BATCH_BYTES: usize = 8 << 20;

/// Unit-labels in a chunk: about a millisecond of work, whatever N is.
const CHUNK_UNITS: usize = 1 << 24;

/// Draws m of N units, uniformly and independently.
#[derive(Debug, Clone)]
pub struct SubsetSampler {
    units: usize,
    m: usize,
    kernel: Kernel,
}

/// Bitsets over so many units in a full batch: a power of two.
#[must_use]
pub fn batch_size(units: usize) -> usize {
    let row = 8 * units.div_ceil(64);
    let fits = |bytes: usize| 1 << (bytes / row).max(1).ilog2();
    usize::clamp(fits(BATCH_BYTES), fits(MOST_BATCH_BYTES).clamp(32, 64), 1024)
}

/// Labellings in a chunk: a power of two, from the number of units alone, never from the number of resamples.
#[must_use]
pub fn chunk_size(units: usize) -> usize {
    (1usize << (CHUNK_UNITS / units).max(1).ilog2()).clamp(batch_size(units), 1 << 16)
}

/// A way of drawing subsets; see the module's table.
#[derive(Debug, Clone)]
pub enum Kernel {
    /// N ≤ 26.
    Unrank(Box<unrank::Unrank>),
    /// Middle N.
    Halves(halves::Halves),
    /// Large N.
    Flips(flips::Flips),
    /// A small group.
    Shuffle(shuffle::Shuffle),
}

impl Kernel {
    /// The cheapest kernel for m of N units, from N and m alone.
    fn choose(units: usize, m: usize) -> Self {
        if units <= unrank::MOST_UNITS {
            return Self::Unrank(Box::new(unrank::Unrank::new(units, m)));
        }
        let shape = Shape { units: units as f64, fraction: m as f64 / units as f64 };
        let cheapest = |cost: &dyn Fn(Dyadic) -> f64| {
            let candidates = (1..=4).map(|depth| Dyadic::nearest(shape.fraction, depth));
            candidates.map(|bits| (cost(bits), bits)).min_by(|a, b| a.0.total_cmp(&b.0)).expect("four candidates")
        };
        let (halves_cost, halves_bits) = cheapest(&|bits| shape.halves_cost(bits));
        let (flips_cost, flips_bits) = cheapest(&|bits| shape.flips_cost(bits));
        if shape.shuffle_cost() < halves_cost.min(flips_cost) {
            Self::Shuffle(shuffle::Shuffle::new(units, m))
        } else if halves_cost < flips_cost {
            Self::Halves(halves::Halves::new(units, m, halves_bits))
        } else {
            Self::Flips(flips::Flips::new(units, m, flips_bits))
        }
    }
}

/// What the kernels' costs depend on, in nanoseconds of the machine that they were measured on: only their order
/// matters, and the constants stay as they are, for they decide which labellings a seed draws.
struct Shape {
    units: f64,
    fraction: f64,
}

impl Shape {
    fn shuffle_cost(&self) -> f64 {
        3.0 + 1.7 * self.units * self.fraction.min(1.0 - self.fraction)
    }

    /// Words of free bits, and as many tries as it takes to hit counts around m with bits of a probability beside m/N.
    fn halves_cost(&self, bits: Dyadic) -> f64 {
        if self.units > halves::MOST_UNITS as f64 {
            return f64::INFINITY;
        }
        let tries = libm::exp(self.units * self.offset(bits).powi(2) / (2.0 * self.variance()));
        // A large stock lies in the second-level cache.
        let far = if self.units > 512.0 { 1.5 } else { 1.0 };
        (6.0 + (0.015 + 0.016 * f64::from(bits.depth)) * self.units) * tries * far
    }

    /// Words of free bits, and flips for the binomial deviation of their count and for its offset.
    fn flips_cost(&self, bits: Dyadic) -> f64 {
        let flips = 0.8 * (self.units * self.variance()).sqrt() + self.units * self.offset(bits).abs();
        25.0 + (0.02 + 0.011 * f64::from(bits.depth)) * self.units + 6.0 * flips
    }

    fn variance(&self) -> f64 {
        self.fraction * (1.0 - self.fraction)
    }

    fn offset(&self, bits: Dyadic) -> f64 {
        bits.value() - self.fraction
    }
}

impl SubsetSampler {
    /// A sampler of `m` of `units`, `0 < m < units < 2³²`.
    ///
    /// # Panics
    /// When `m` is 0 or not less than `units`.
    #[must_use]
    pub fn new(units: usize, m: usize) -> Self {
        assert!(0 < m && m < units, "both groups need a unit");
        Self { units, m, kernel: Kernel::choose(units, m) }
    }

    /// A sampler with a kernel of the caller's choice, for tests and benches.
    #[must_use]
    pub fn with_kernel(units: usize, m: usize, kernel: Kernel) -> Self {
        Self { units, m, kernel }
    }

    /// The kernel that draws.
    #[must_use]
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// Labellings in a full batch: a power of two.
    #[must_use]
    pub fn batch_size(&self) -> usize {
        batch_size(self.units)
    }

    /// Labellings in a chunk: a multiple of the batch size. Depends on N alone, never on the number of resamples.
    #[must_use]
    pub fn chunk_size(&self) -> usize {
        chunk_size(self.units)
    }

    /// Overwrites `labelling` with the subset of a rank `0..C(N, m)`, where that number is below 2⁶⁴.
    pub fn unrank(&self, rank: u64, labelling: &mut [u64]) {
        match &self.kernel {
            Kernel::Unrank(tables) => labelling[0] = tables.subset(rank),
            _ => ranks::unrank(self.units, self.m, rank, labelling),
        }
    }

    /// Overwrites labellings, one behind the other, with the subsets of consecutive ranks from `first` on.
    pub fn unrank_from(&self, first: u64, labellings: &mut [u64]) {
        let width = self.units.div_ceil(64);
        match &self.kernel {
            Kernel::Unrank(_) => {}
            _ if width > 1 => {}
            _ => return ranks::unrank_from(self.units, self.m, first, labellings),
        }
        for (rank, labelling) in (first..).zip(labellings.chunks_exact_mut(width)) {
            self.unrank(rank, labelling);
        }
    }

    /// Begins a chunk: the labellings drawn from here on depend on the stream alone.
    #[must_use]
    pub fn start(&self) -> ChunkSampler<'_> {
        match &self.kernel {
            Kernel::Unrank(kernel) => ChunkSampler::Unrank { kernel },
            Kernel::Halves(kernel) => ChunkSampler::Halves { kernel, spares: kernel.spares() },
            Kernel::Flips(kernel) => ChunkSampler::Flips { kernel },
            Kernel::Shuffle(kernel) => ChunkSampler::Shuffle { kernel, ordering: kernel.ordering() },
        }
    }

    /// Room for a full batch in the shape that [`ChunkSampler::draw`] fills.
    #[must_use]
    pub fn batch(&self) -> Labellings {
        self.batch_of(self.batch_size())
    }

    /// Room for so many labellings, an even number, in the shape that [`ChunkSampler::draw`] fills.
    #[must_use]
    pub fn batch_of(&self, labellings: usize) -> Labellings {
        let units = self.units;
        match &self.kernel {
            Kernel::Shuffle(kernel) => Labellings::Sparse(IndexRows {
                units,
                width: kernel.width(),
                listed: kernel.listed(),
                indices: vec![0; labellings * kernel.width()],
            }),
            _ => Labellings::Dense(BitRows { units, words: vec![0; labellings * units.div_ceil(64)] }),
        }
    }
}

/// A kernel at work in one chunk, with what it remembers from batch to batch.
#[derive(Debug)]
pub enum ChunkSampler<'a> {
    /// See [`unrank`].
    Unrank {
        /// The tables.
        kernel: &'a unrank::Unrank,
    },
    /// See [`halves`].
    Halves {
        /// The plan.
        kernel: &'a halves::Halves,
        /// Second halves in stock.
        spares: halves::Spares,
    },
    /// See [`flips`].
    Flips {
        /// The plan.
        kernel: &'a flips::Flips,
    },
    /// See [`shuffle`].
    Shuffle {
        /// The plan.
        kernel: &'a shuffle::Shuffle,
        /// The present ordering of the units.
        ordering: Vec<u32>,
    },
}

impl ChunkSampler<'_> {
    /// Fills a batch made by [`SubsetSampler::batch`] with fresh labellings.
    ///
    /// # Panics
    /// When the batch has another sampler's shape.
    pub fn draw(&mut self, arch: Arch, stream: &mut Stream, batch: &mut Labellings) {
        match (self, batch) {
            (Self::Unrank { kernel }, Labellings::Dense(rows)) => kernel.draw(arch, stream, &mut rows.words),
            (Self::Halves { kernel, spares }, Labellings::Dense(rows)) => {
                kernel.draw(arch, spares, stream, &mut rows.words);
            }
            (Self::Flips { kernel }, Labellings::Dense(rows)) => {
                kernel.draw(arch, stream, &mut rows.words);
            }
            (Self::Shuffle { kernel, ordering }, Labellings::Sparse(rows)) => {
                kernel.draw(arch, ordering, stream, &mut rows.indices);
            }
            _ => unreachable!("a batch of another sampler"),
        }
    }
}
