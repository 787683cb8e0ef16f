//! The distribution of Kolmogorov's statistic of one sample, by the plan of Simard & L'Ecuyer (2011, *Computing the two-sided
//! Kolmogorov-Smirnov distribution*), which `SciPy` follows too: exact by Durbin's matrix for small distances, exact or as
//! good as that by twice the one-sided tail for large ones, and for large samples by an expansion in between.

use std::f64::consts::{E, FRAC_PI_2, PI, TAU};

use crate::design::combinations::stirling_error;
use crate::inference::binomial::{Probability, ln_point};

/// P(D ≥ d) for a sample of n ≥ 1 values.
pub(super) fn upper_tail(n: u64, d: f64) -> f64 {
    let size = n as f64;
    let square = size * d * d;
    // No distance is below 1/(2n). Two of 1/2 or more exclude each other, and so far out two are all but never met: there
    // the tails of both sides add up.
    let far = if n <= 140 { 4.0 } else { 2.2 };
    if size * d <= 0.5 {
        1.0
    } else if d >= 1.0 || (n > 140 && square >= 370.0) {
        0.0
    } else if d >= 0.5 || square > far {
        (2.0 * one_sided_tail(n, d)).min(1.0)
    } else if n <= 140 || (n <= 10_000 && size * d * d.sqrt() <= 1.4) {
        1.0 - durbin(n, d)
    } else {
        1.0 - pelz_good(size, d)
    }
}

/// P(D⁺ ≥ d) = Σ C(n, j)·d·(d + j/n)^(j−1)·(1 − d − j/n)^(n−j) over j ≤ n(1 − d) (Smirnov 1944): binomial point
/// probabilities of j at the success probability d + j/n, each times d/(d + j/n). Costs O(n).
fn one_sided_tail(n: u64, d: f64) -> f64 {
    let size = n as f64;
    let term = |j: u64| {
        let at = Probability { of_success: d + j as f64 / size, of_failure: (n - j) as f64 / size - d };
        (at.of_failure > 0.0).then(|| libm::exp(ln_point(j, n, at)) * d / at.of_success)
    };
    libm::exp(size * libm::log1p(-d)) + (1..n).map_while(term).sum::<f64>()
}

/// P(D ≤ d), exact: n!/nⁿ times the middle entry of Hⁿ, where H has 2k − 1 rows and nd = k − h, 0 ≤ h < 1 (Durbin 1968;
/// Marsaglia, Tsang & Wang 2003). Costs O(n·k²).
fn durbin(n: u64, d: f64) -> f64 {
    let reach = n as f64 * d;
    let k = reach.ceil().max(1.0) as usize;
    let matrix = durbin_matrix(k, k as f64 - reach);
    let mut row = vec![0.0; matrix.len()];
    row[k - 1] = 1.0;
    for _ in 0..n {
        row = (0..row.len()).map(|j| row.iter().zip(&matrix).map(|(x, entries)| x * entries[j]).sum()).collect();
    }
    // The matrix is divided by e, so that its powers do not overflow, and n!·(e/n)ⁿ is √(2πn) and Stirling's error.
    row[k - 1] * libm::exp(0.5 * libm::log(TAU * n as f64) + stirling_error(n))
}

/// H/e. Entry (i, j) of H is 1/(i − j + 1)!, 0 above the superdiagonal; in the first column and the last row the numerator
/// is less by the powers of h that are cut off at the edges.
fn durbin_matrix(k: usize, h: f64) -> Vec<Vec<f64>> {
    let m = 2 * k - 1;
    let mut factorials = vec![1.0];
    let mut powers = vec![1.0];
    for i in 1..=m {
        factorials.push(factorials[i - 1] * i as f64);
        powers.push(powers[i - 1] * h);
    }
    let corner = libm::pow((2.0 * h - 1.0).max(0.0), m as f64);
    let numerator = |i: usize, j: usize| {
        let left = if j == 0 { powers[i + 1] } else { 0.0 };
        let bottom = if i == m - 1 { powers[m - j] } else { 0.0 };
        let both = if j == 0 && i == m - 1 { corner } else { 0.0 };
        1.0 - left - bottom + both
    };
    let entry = |i: usize, j: usize| if i + 1 < j { 0.0 } else { numerator(i, j) / factorials[i + 1 - j] / E };
    (0..m).map(|i| (0..m).map(|j| entry(i, j)).collect()).collect()
}

/// P(D ≤ d), to order n^(−3/2): K₀(z) + K₁(z)/√n + K₂(z)/n + K₃(z)/n^(3/2), z = d√n (Pelz & Good 1976), each a sum over
/// all integers and half-integers u/π of a polynomial times exp(−u²/2z²).
fn pelz_good(n: f64, d: f64) -> f64 {
    // For z² < 2.2 the tenth term is below 10⁻⁸⁰ of the first.
    const TERMS: u32 = 10;
    let root = n.sqrt();
    let z = d * root;
    let (z2, z4) = (z * z, z * z * z * z);
    let (z6, z8) = (z2 * z4, z4 * z4);
    let normal = |u: f64| libm::exp(-u * u / (2.0 * z2));

    let mut k = [0.0; 4];
    for i in 0..TERMS {
        let u = PI * (f64::from(i) + 0.5);
        let u2 = u * u;
        let (u4, u6) = (u2 * u2, u2 * u2 * u2);
        let k1 = u2 - z2;
        let k2 = 6.0 * z6 + 2.0 * z4 + (2.0 * z4 - 5.0 * z2) * u2 + (1.0 - 2.0 * z2) * u4;
        let k3 = (5.0 - 30.0 * z2) * u6 + (212.0 * z4 - 60.0 * z2) * u4 + (135.0 * z4 - 96.0 * z6) * u2
            - (30.0 * z6 + 90.0 * z8);
        let halves = [1.0, k1 / (6.0 * z2 * z), k2 / (72.0 * z6), k3 / (6480.0 * z8 * z)];

        let w = PI * f64::from(i + 1);
        let w2 = w * w;
        let wholes = [0.0, 0.0, -w2 / (36.0 * z2), (3.0 * w2 * z2 - w2 * w2) / (216.0 * z4 * z)];
        for (sum, (half, whole)) in k.iter_mut().zip(halves.into_iter().zip(wholes)) {
            *sum += half * normal(u) + whole * normal(w);
        }
    }
    // Each sum runs over both signs.
    2.0 * FRAC_PI_2.sqrt() / z * (k[0] + (k[1] + (k[2] + k[3] / root) / root) / root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_branch_agrees_with_scipy() {
        // SciPy 1.17.1: stats.kstwo.sf(d, n)
        let tails = [
            (3, 0.2, 0.998_222_222_222_222_2),
            (10, 0.1, 0.999_637_12),
            (10, 0.3, 0.270_535_574_799_999_46),
            (10, 0.7, 1.954_480_000_000_003_4e-5),
            (10, 0.95, 1.953_125_000_000_017_2e-13),
            (50, 0.08, 0.880_839_701_941_023),
            (50, 0.15, 0.190_263_665_182_480_72),
            (50, 0.3, 1.735_326_020_271_873_9e-4),
            (140, 0.16, 0.001_344_016_324_419_418_4),
            (140, 0.18, 1.932_001_834_783_552e-4),
            (500, 0.01, 0.999_999_999_107_338_9),
            (500, 0.04, 0.390_250_869_604_974_9),
            (500, 0.08, 0.003_130_505_819_935_626_8),
            (500, 0.6, 1.193_476_399_343_372_1e-172),
            (20_000, 0.002_5, 0.999_609_976_654_154),
            (20_000, 0.009, 0.077_852_893_260_702_22),
            (20_000, 0.012, 0.006_251_252_284_121_751),
            (20_000, 0.1, 1.472_382_004_165_457_4e-174),
            (20_000, 0.14, 0.0),
        ];
        for (n, d, tail) in tails {
            let actual = upper_tail(n, d);
            assert!((actual - tail).abs() <= 1e-10 * tail, "{n}, {d}: {actual:e} against {tail:e}");
        }
    }

    #[test]
    fn small_samples_have_closed_forms() {
        // One value: D ≥ d when it lies within 1 − d of an end. Two values, d < 1/2: 1 − 2!·(2d − 1/2)².
        for d in [0.5, 0.6, 0.9, 0.999] {
            assert!((upper_tail(1, d) / (2.0 - 2.0 * d) - 1.0).abs() < 1e-13);
        }
        for d in [0.25, 0.3, 0.4, 0.49] {
            let side = 2.0 * d - 0.5;
            assert!((upper_tail(2, d) / (1.0 - 2.0 * side * side) - 1.0).abs() < 1e-13);
        }
        assert_eq!(upper_tail(7, 0.0), 1.0);
        assert_eq!(upper_tail(7, 1.0), 0.0);
    }
}
