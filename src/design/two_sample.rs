//! Two independent samples: any m of the N pooled units may carry the label *case*.

use super::{ReferenceSetSize, combinations};

/// The design of two independent samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TwoSample {
    /// Units labelled *case*: m.
    pub n_case: usize,
    /// Units labelled *control*: N − m.
    pub n_control: usize,
}

impl TwoSample {
    /// Number of units that get relabelled: N.
    #[must_use]
    pub fn units(&self) -> usize {
        self.n_case + self.n_control
    }

    /// Number of labellings: C(N, m).
    ///
    /// ```
    /// use permtest::design::TwoSample;
    /// let size = TwoSample { n_case: 3, n_control: 3 }.reference_set_size();
    /// assert_eq!(size.exact, Some(20));
    /// assert_eq!(size.approximate, Some(20.0));
    /// ```
    #[must_use]
    pub fn reference_set_size(&self) -> ReferenceSetSize {
        let (units, case) = (self.units() as u64, self.n_case as u64);
        let exact = combinations::exact(units, case);
        ReferenceSetSize {
            log10: combinations::log10(units, case),
            exact,
            approximate: exact.map(|size| size as f64).or_else(|| combinations::approximate(units, case)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(n_case: usize, n_control: usize) -> ReferenceSetSize {
        TwoSample { n_case, n_control }.reference_set_size()
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
