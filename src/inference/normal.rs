//! The tail of the normal distribution, far out: where a p-value that counting has not resolved probably lies.

use std::f64::consts::FRAC_1_SQRT_2;

use crate::design::Exchange;
use crate::sampling::units::UnitSums;

/// P(Z ≥ z); 0 where that is below the range of f64 (z > 38).
#[must_use]
pub fn upper_tail(z: f64) -> f64 {
    0.5 * libm::erfc(z * FRAC_1_SQRT_2)
}

/// The z that a normal variable stays within, on either side, with probability `confidence`.
#[must_use]
pub fn quantile(confidence: f64) -> f64 {
    inverse(upper_tail, (1.0 - confidence) / 2.0)
}

/// Where a tail that falls from 1/2 at 0 has fallen to `share`, by halving.
pub(super) fn inverse(tail: impl Fn(f64) -> f64, share: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while tail(high) > share && high < 1e300 {
        (low, high) = (high, 2.0 * high);
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if tail(middle) > share { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// How many standard deviations an observed sum lies above the mean of the sums of all labellings. `None` when all sums
/// are equal, or the design is neither subsets nor coins.
///
/// The variance of the sum of m of n numbers is m(n−m)/(n(n−1)) · Σ(x−x̄)²; of numbers that coins decide upon, Σx²/4.
#[must_use]
pub fn standardised_sum(sums: &UnitSums, exchange: &Exchange, observed: i64) -> Option<f64> {
    let [mean, sd] = mean_and_sd(sums, exchange)?;
    (sd > 0.0).then(|| (observed as f64 - mean) / sd)
}

/// The mean of a sum over all labellings and its standard deviation, as in [`standardised_sum`].
#[must_use]
pub fn mean_and_sd(sums: &UnitSums, exchange: &Exchange) -> Option<[f64; 2]> {
    let (mut mean, mut variance) = (sums.base as f64, 0.0);
    match exchange {
        Exchange::Subsets(strata) => {
            for stratum in strata.iter().filter(|stratum| stratum.units.len() > 1) {
                let changes = &sums.changes[stratum.units.clone()];
                let (units, m) = (changes.len() as f64, stratum.m as f64);
                let average = changes.iter().map(|&x| x as f64).sum::<f64>() / units;
                let squares: f64 = changes.iter().map(|&x| (x as f64 - average).powi(2)).sum();
                mean += m * average;
                variance += m * (units - m) / (units * (units - 1.0)) * squares;
            }
            let single = strata.iter().filter(|stratum| stratum.units.len() == 1 && stratum.m == 1);
            mean += single.map(|stratum| sums.changes[stratum.units.start] as f64).sum::<f64>();
        }
        Exchange::Coins => {
            mean += sums.changes.iter().map(|&x| x as f64).sum::<f64>() / 2.0;
            variance = sums.changes.iter().map(|&x| (x as f64).powi(2)).sum::<f64>() / 4.0;
        }
        Exchange::Orders(_) | Exchange::Other => return None,
    }
    Some([mean, variance.sqrt()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::Exchangeable;

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
        let two_of_three = Exchange::Subsets(vec![Exchangeable { units: 0..3, m: 2 }]);
        let sums = |changes: &[i64]| UnitSums { base: 0, changes: changes.to_vec() };
        let z = standardised_sum(&sums(&[5, 1, 0]), &two_of_three, 6).unwrap();
        assert!((z - 2.0 / (14.0f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!(standardised_sum(&sums(&[3, 3, 3]), &two_of_three, 6), None);
        // A strata of one, which is always taken, moves the mean and nothing else.
        let and_one = Exchange::Subsets(vec![Exchangeable { units: 0..3, m: 2 }, Exchangeable { units: 3..4, m: 1 }]);
        assert_eq!(standardised_sum(&sums(&[5, 1, 0, 7]), &and_one, 13), Some(z));
        // Two coins for 3 and 4: sums 0, 3, 4, 7; mean 3.5, variance 6.25.
        let z = standardised_sum(&sums(&[3, 4]), &Exchange::Coins, 7).unwrap();
        assert!((z - 1.4).abs() < 1e-12);
    }
}
