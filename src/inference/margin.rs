//! What it costs to take a margin from the data: `--mu 5%` tests x̄ − ȳ against 0.05·ȳ, as if that were a known number.
//!
//! Its own error makes the variance of x̄ − 1.05·ȳ larger than that of x̄ − ȳ, from which the p-value comes, so that a test at
//! level α rejects more often than that, if only a little for small shares.

use super::summary::Summary;
use super::{Alternative, normal};

/// How often a test of means at level .05 rejects where the difference is just the share of the control mean, for large samples:
/// of independent observations, or of pairs at the same index.
///
/// `None` where the samples have no variance.
#[must_use]
pub fn level_of_estimated_margin(
    case: &[f64],
    control: &[f64],
    is_paired: bool,
    share: f64,
    alternative: Alternative,
) -> Option<f64> {
    let variance = |sample: &[f64]| Summary::of(sample).sd.map(|sd| sd * sd);
    let of_difference = |factor: f64| -> Option<f64> {
        if is_paired {
            let differences: Vec<f64> = case.iter().zip(control).map(|(x, y)| x - factor * y).collect();
            return variance(&differences);
        }
        Some(variance(case)? / case.len() as f64 + factor * factor * variance(control)? / control.len() as f64)
    };
    let inflation = (of_difference(1.0 + share)? / of_difference(1.0)?).sqrt();
    let (sides, z) = match alternative {
        Alternative::TwoSided => (2.0, normal::quantile(0.95)),
        Alternative::Greater | Alternative::Less => (1.0, normal::quantile(0.9)),
    };
    let level = sides * normal::upper_tail(z / inflation);
    inflation.is_finite().then_some(level).filter(|level| level.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_share_costs_more() {
        let sample: Vec<f64> = (0..50).map(f64::from).collect();
        let level =
            |share, is_paired| level_of_estimated_margin(&sample, &sample, is_paired, share, Alternative::TwoSided);
        // Variances 1 + 1.5² instead of 2: 2·Φ(−1.960/√1.625).
        assert!((level(0.5, false).unwrap() - 0.1242).abs() < 1e-4);
        assert!((level(0.0, false).unwrap() - 0.05).abs() < 1e-12);
        // Pairs that never differ.
        assert_eq!(level(0.5, true), None);
        assert_eq!(level_of_estimated_margin(&[1.0], &[2.0], false, 0.1, Alternative::Less), None);
    }
}
