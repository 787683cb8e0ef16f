//! How many subsets there are: C(N, m) as an integer, a float and a logarithm.
//!
//! Differences of log-gammas lose digits (ln Γ(10¹²) ≈ 2.7·10¹³ is known to 4·10⁻³ only), so the logarithm is put together
//! from Stirling's formula, whose large parts are joined analytically (Loader 2000, *Fast and accurate computation of binomial
//! probabilities*). Everything goes through the libm crate: the same bits on every machine.

use std::f64::consts::{LN_10, TAU};

/// C(n, m), where it fits.
///
/// # Panics
///
/// If m > n.
#[must_use]
pub fn exact(n: u64, m: u64) -> Option<u128> {
    assert!(m <= n, "a subset is no larger than the set");
    let m = m.min(n - m);
    let mut product: u128 = 1;
    for i in 1..=u128::from(m) {
        let factor = u128::from(n - m) + i;
        // product·factor/i is whole; dividing first keeps every intermediate below the result.
        let (quotient, remainder) = (product / i, product % i);
        product = quotient.checked_mul(factor)?.checked_add(remainder * factor / i)?;
    }
    Some(product)
}

/// C(n, m) as a float, to 12 digits or better; `None` beyond the range of f64.
///
/// # Panics
///
/// If m > n.
#[must_use]
pub fn approximate(n: u64, m: u64) -> Option<f64> {
    assert!(m <= n, "a subset is no larger than the set");
    let m = m.min(n - m);
    let mut product = 1.0;
    for i in 1..=m {
        // Each factor is at least 1, so the product grows to its final size and the loop ends early when it is too large.
        product *= (n - m + i) as f64 / i as f64;
        if product == f64::INFINITY {
            return None;
        }
    }
    Some(product)
}

/// log₁₀ C(n, m), to 12 digits or better.
///
/// # Panics
///
/// If m > n.
#[must_use]
pub fn log10(n: u64, m: u64) -> f64 {
    exact(n, m).map_or_else(|| ln(n, m) / LN_10, |size| libm::log10(size as f64))
}

/// ln C(n, m), to 12 digits or better.
///
/// # Panics
///
/// If m > n.
#[must_use]
pub fn ln(n: u64, m: u64) -> f64 {
    if let Some(size) = exact(n, m) {
        return libm::log(size as f64);
    }
    // An inexact size has 0 < m < n, so no logarithm of 0 is taken.
    let rest = n - m;
    let entropy = weighted_log(m, n) + weighted_log(rest, n);
    let (n_f, m_f, rest_f) = (n as f64, m as f64, rest as f64);
    let width = 0.5 * libm::log(n_f / (TAU * m_f * rest_f));
    entropy + width + stirling_error(n) - stirling_error(m) - stirling_error(rest)
}

/// k·ln(n/k), accurate where k is nearly n as well.
fn weighted_log(k: u64, n: u64) -> f64 {
    k as f64 * libm::log1p((n - k) as f64 / k as f64)
}

/// ln n! − ln(√(2πn)·(n/e)ⁿ): what Stirling's formula leaves out, for n ≥ 1 (Loader 2000, section 3).
#[must_use]
pub(crate) fn stirling_error(n: u64) -> f64 {
    let x = n as f64;
    if n < 16 {
        let factorial: u64 = (2..=n).product();
        return libm::log(factorial as f64) - 0.5 * libm::log(TAU * x) - x * (libm::log(x) - 1.0);
    }
    let square = x * x;
    let tail = 1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square;
    (1.0 / 12.0 - (1.0 / 360.0 - tail / square) / square) / x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pascals_triangle_adds_up() {
        for n in 1..=60 {
            for m in 1..n {
                assert_eq!(exact(n, m), Some(exact(n - 1, m - 1).unwrap() + exact(n - 1, m).unwrap()));
            }
            assert_eq!((exact(n, 0), exact(n, n)), (Some(1), Some(1)));
        }
    }

    #[test]
    fn the_exact_size_reaches_to_the_end_of_u128() {
        // Python: math.comb(130, 65), and math.comb(131, 65) < 2^128 < math.comb(132, 66).
        assert_eq!(exact(130, 65), Some(95_067_625_827_960_698_145_584_333_020_095_113_100));
        assert_eq!(exact(131, 65), Some(188_694_833_082_770_476_622_296_176_145_946_360_850));
        assert_eq!(exact(132, 66), None);
    }

    #[test]
    fn the_three_forms_agree_where_all_are_known() {
        for (n, m) in [(40, 3), (131, 65), (100, 50), (1_000_000, 6), (20_000_000, 5)] {
            let size = exact(n, m).unwrap() as f64;
            assert!((approximate(n, m).unwrap() / size - 1.0).abs() < 1e-13);
            assert!((ln(n, m) / libm::log(size) - 1.0).abs() < 1e-14);
        }
    }

    #[test]
    fn logarithms_agree_with_fifty_digit_arithmetic() {
        // mpmath 1.4 at 50 digits: log(binomial(n, m), 10).
        let cases = LOG10_ORACLE;
        for (n, m, expected) in cases {
            let relative = (log10(n, m) / expected - 1.0).abs();
            assert!(relative < 1e-13, "C({n}, {m}): {} against {expected}", log10(n, m));
        }
    }

    #[test]
    fn stirling_error_is_continuous_where_the_series_takes_over() {
        // mpmath: loggamma(n + 1) − (n + ½)·log n + n − ½·log 2π.
        for (n, expected) in STIRLING_ORACLE {
            assert!((stirling_error(n) - expected).abs() < 1e-14, "{n}: {}", stirling_error(n));
        }
    }

    const LOG10_ORACLE: [(u64, u64, f64); 11] = [
        (132, 66, 38.576_790_003_966_89),
        (200, 100, 58.956_881_330_608_674),
        (1_030, 515, 308.456_311_571_767_5),
        (2_000, 1_000, 600.311_362_104_807_4),
        (2_000, 40, 83.959_053_717_839_11),
        (100_000, 50_000, 30_100.401_505_373_87),
        (1_000_000, 499_000, 301_026.029_015_259_8),
        (20_000_000, 10_000_000, 6_020_596.164_704_682),
        (20_000_000, 1_000, 4_733.414_504_756_473),
        (20_000_000, 30, 186.607_230_349_084_1),
        (20_000_000, 19_999_900, 572.132_888_423_619_8),
    ];

    const STIRLING_ORACLE: [(u64, f64); 8] = [
        (1, 0.081_061_466_795_327_26),
        (2, 0.041_340_695_955_409_3),
        (10, 0.008_330_563_433_362_87),
        (15, 0.005_554_733_551_962_801),
        (16, 0.005_207_655_919_609_640_4),
        (17, 0.004_901_395_948_434_738),
        (100, 0.000_833_330_555_634_914_7),
        (1_000_000_000_000, 8.333_333_333_333_334e-14),
    ];
}
