//! A small group: the first steps of a Fisher–Yates shuffle, several bounded integers from one random word.
//!
//! The ordering is kept from one labelling to the next, for a partial shuffle of any ordering draws a uniform subset;
//! it is renewed at the start of a chunk, so that a chunk's labellings depend on its stream alone.

use crate::sampling::bounded::batch_below;
use crate::sampling::labellings::Listed;
use crate::sampling::stream::Stream;
use crate::simd::{self, Arch, Kernel};

/// Draws the smaller group of N units by a partial shuffle.
#[derive(Debug, Clone)]
pub struct Shuffle {
    units: usize,
    width: usize,
    listed: Listed,
}

impl Shuffle {
    /// A kernel for m of N units, `N < 2³²`.
    #[must_use]
    pub fn new(units: usize, m: usize) -> Self {
        let (width, listed) = if m <= units - m { (m, Listed::Case) } else { (units - m, Listed::Control) };
        Self { units, width, listed }
    }

    /// Units listed in a row: the size of the smaller group.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Which group is listed.
    #[must_use]
    pub fn listed(&self) -> Listed {
        self.listed
    }

    /// The ordering at the start of a chunk.
    #[must_use]
    pub fn ordering(&self) -> Vec<u32> {
        (0..self.units as u32).collect()
    }

    /// Fills `rows` with independent subsets as lists of units.
    pub fn draw(&self, arch: Arch, ordering: &mut [u32], stream: &mut Stream, rows: &mut [u32]) {
        let width = self.width;
        // So many bounded integers from a word that at most one word in 16 needs a closer look.
        match self.units {
            0..=380 => simd::run(arch, Draw::<7> { width, ordering, stream, rows }),
            381..=4096 => simd::run(arch, Draw::<5> { width, ordering, stream, rows }),
            4097..=1_048_576 => simd::run(arch, Draw::<3> { width, ordering, stream, rows }),
            1_048_577..=1_073_741_824 => simd::run(arch, Draw::<2> { width, ordering, stream, rows }),
            _ => simd::run(arch, Draw::<1> { width, ordering, stream, rows }),
        }
    }
}

struct Draw<'a, const K: usize> {
    width: usize,
    ordering: &'a mut [u32],
    stream: &'a mut Stream,
    rows: &'a mut [u32],
}

impl<const K: usize> Kernel for Draw<'_, K> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let Self { width, ordering, stream, rows } = self;
        for row in rows.chunks_exact_mut(width) {
            let mut step = 0;
            while step + K <= width {
                swap_ahead::<K>(step, ordering, stream);
                step += K;
            }
            for last in step..width {
                swap_ahead::<1>(last, ordering, stream);
            }
            row.copy_from_slice(&ordering[..width]);
        }
    }
}

/// K steps of the shuffle: each swaps its place with a random one from there on.
#[inline(always)]
fn swap_ahead<const K: usize>(step: usize, ordering: &mut [u32], stream: &mut Stream) {
    let left = ordering.len() - step;
    let ahead = batch_below(std::array::from_fn::<u64, K, _>(|i| (left - i) as u64), stream);
    for (place, ahead) in (step..).zip(ahead) {
        ordering.swap(place, place + ahead as usize);
    }
}
