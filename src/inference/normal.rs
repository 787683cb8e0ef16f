//! The tail of the normal distribution, far out: where a p-value that counting has not resolved probably lies.

use std::f64::consts::FRAC_1_SQRT_2;

/// P(Z ≥ z) for z ≥ 0; 0 where that is below the range of f64 (z > 38).
#[must_use]
pub fn upper_tail(z: f64) -> f64 {
    0.5 * libm::erfc(z * FRAC_1_SQRT_2)
}

/// How many standard deviations the sum of the first m scores lies above what m scores drawn at random would have on
/// average: (S − m·x̄) / √(m(N−m)/(N(N−1)) · Σ(x−x̄)²). `None` when all scores are equal.
#[must_use]
pub fn standardised_sum(scores: &[i64], m: usize) -> Option<f64> {
    let (units, cases) = (scores.len() as f64, m as f64);
    let mean = scores.iter().map(|&score| score as f64).sum::<f64>() / units;
    let squares: f64 = scores.iter().map(|&score| (score as f64 - mean).powi(2)).sum();
    let excess: f64 = scores[..m].iter().map(|&score| score as f64 - mean).sum();
    let deviation = (cases * (units - cases) / (units * (units - 1.0)) * squares).sqrt();
    (deviation > 0.0).then(|| excess / deviation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_agree_with_tables() {
        // SciPy 1.17: stats.norm.sf
        for (z, tail) in [(0.0, 0.5), (1.96, 0.024_997_895_148_220_435), (5.5, 1.898_956_246_588_771_6e-8)] {
            assert!((upper_tail(z) / tail - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_sum_is_measured_by_the_sums_of_all_subsets() {
        // Sums of two of {0, 1, 5}: 1, 5, 6; mean 4, variance (9 + 1 + 4)/3.
        let z = standardised_sum(&[5, 1, 0], 2).unwrap();
        assert!((z - 2.0 / (14.0f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!(standardised_sum(&[3, 3, 3], 1), None);
    }
}
