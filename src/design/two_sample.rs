//! Two independent samples: any m of the N pooled units may carry the label *case*.

use super::{Design, Draw, Exchange, Exchangeable, Kind, ReferenceSetSize, write_bits};
use crate::sampling::labellings::Labellings;
use crate::sampling::stream::Stream;
use crate::sampling::subset::{ChunkSampler, SubsetSampler};
use crate::sampling::units::Units;
use crate::simd::Arch;

/// The design of two independent samples.
#[derive(Debug, Clone)]
pub struct TwoSample {
    units: Units,
    m: usize,
    observed: Vec<u64>,
    sampler: SubsetSampler,
}

impl TwoSample {
    /// The design of units with these labels, `true` for case.
    ///
    /// # Panics
    /// When one of the two labels does not occur.
    #[must_use]
    pub fn new(labels: &[bool]) -> Self {
        let m = labels.iter().filter(|&&label| label).count();
        let mut observed = vec![0; labels.len().div_ceil(64)];
        write_bits(&mut observed, labels.iter().enumerate().filter(|(_, label)| **label).map(|(unit, _)| unit));
        Self { units: Units::identity(labels.len()), m, observed, sampler: SubsetSampler::new(labels.len(), m) }
    }

    /// How subsets are drawn.
    #[must_use]
    pub fn sampler(&self) -> &SubsetSampler {
        &self.sampler
    }
}

impl Design for TwoSample {
    fn kind(&self) -> Kind {
        Kind::TwoSample
    }

    fn units(&self) -> &Units {
        &self.units
    }

    fn observed(&self) -> Vec<u64> {
        self.observed.clone()
    }

    /// C(N, m).
    ///
    /// ```
    /// use permtest::design::{Design, TwoSample};
    /// let size = TwoSample::new(&[true, true, true, false, false, false]).reference_set_size();
    /// assert_eq!(size.exact, Some(20));
    /// assert_eq!(size.approximate, Some(20.0));
    /// ```
    fn reference_set_size(&self) -> ReferenceSetSize {
        ReferenceSetSize::subsets(self.units.len(), self.m)
    }

    fn unrank(&self, rank: u64, labelling: &mut [u64]) {
        self.sampler.unrank(rank, labelling);
    }

    fn unrank_from(&self, first: u64, labellings: &mut [u64]) {
        self.sampler.unrank_from(first, labellings);
    }

    fn case_size(&self) -> Option<usize> {
        Some(self.m)
    }

    fn is_symmetric(&self) -> bool {
        2 * self.m == self.units.len()
    }

    fn exchange(&self) -> Exchange {
        Exchange::Subsets(vec![Exchangeable { units: 0..self.units.len(), m: self.m }])
    }

    fn batch(&self) -> Labellings {
        self.sampler.batch()
    }

    fn chunk_size(&self) -> usize {
        self.sampler.chunk_size()
    }

    fn start(&self) -> Box<dyn Draw + '_> {
        Box::new(self.sampler.start())
    }
}

impl Draw for ChunkSampler<'_> {
    fn draw(&mut self, arch: Arch, stream: &mut Stream, batch: &mut Labellings) {
        ChunkSampler::draw(self, arch, stream, batch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(n_case: usize, n_control: usize) -> ReferenceSetSize {
        let labels: Vec<bool> = (0..n_case + n_control).map(|unit| unit < n_case).collect();
        TwoSample::new(&labels).reference_set_size()
    }

    #[test]
    fn a_small_reference_set_is_counted_exactly() {
        let wings = size(9, 6);
        assert_eq!(wings.exact, Some(5005));
        assert_eq!(wings.approximate, Some(5005.0));
        assert!((wings.log10 - 3.699_404_081_815_337_5).abs() < 1e-14);
    }

    #[test]
    fn a_hundred_against_a_hundred_has_a_size_only_as_a_float() {
        // Python: math.comb(200, 100) = 9.054851465610328e58.
        let size = size(100, 100);
        assert_eq!(size.exact, None);
        assert!((size.approximate.unwrap() / 9.054_851_465_610_328e58 - 1.0).abs() < 1e-13);
    }

    #[test]
    fn a_thousand_against_a_thousand_has_only_a_logarithm() {
        // mpmath: log10(binomial(2000, 1000)).
        let size = size(1000, 1000);
        assert_eq!((size.exact, size.approximate), (None, None));
        assert!((size.log10 / 600.311_362_104_807_4 - 1.0).abs() < 1e-13);
    }
}
