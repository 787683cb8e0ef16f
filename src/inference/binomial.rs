//! Tails of the binomial distribution, accurate to about 13 digits for any n up to 10¹² and however small the tail.
//!
//! P(X ≥ k) is the incomplete beta function `I_p(k, n−k+1)`. The library functions at hand take its prefactor from differences of
//! log-gammas, which for n = 10¹² are known to 4·10⁻³ only. Here the prefactor is Loader's (2000) saddle-point form of the point
//! probability, whose deviances do not cancel, and the rest the continued fraction of `DiDonato` & Morris (1992, *Significant
//! digit computation of the incomplete beta function ratios*, eq. 9), all of whose terms are positive.

use std::f64::consts::TAU;

use crate::design::combinations::stirling_error;

/// A probability beside its complement, so that neither loses digits when the other is close to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Probability {
    pub(super) of_success: f64,
    pub(super) of_failure: f64,
}

impl Probability {
    /// From the log odds of success.
    pub(super) fn from_logit(logit: f64) -> Self {
        let odds = libm::exp(-logit.abs());
        let (small, large) = (odds / (1.0 + odds), 1.0 / (1.0 + odds));
        if logit < 0.0 {
            Self { of_success: small, of_failure: large }
        } else {
            Self { of_success: large, of_failure: small }
        }
    }
}

/// An upper tail of the binomial distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct UpperTail {
    /// ln P(X ≥ k).
    pub(super) ln: f64,
    /// Derivative of `ln` in the log odds of success.
    pub(super) slope: f64,
}

/// P(X ≥ k) for X ~ Bin(n, p), where 0 < k < n and p ≤ k/n, so that the tail is one.
pub(super) fn upper_tail(k: u64, n: u64, p: Probability) -> UpperTail {
    // P = k·q·P(X = k)·fraction, and dP/dp = k·P(X = k)/p, so d ln P / d logit = p·q·(dP/dp)/P = 1/fraction.
    let fraction = tail_fraction(k as f64, (n - k + 1) as f64, p);
    let ln = ln_point(k, n, p) + libm::log(k as f64 * p.of_failure * fraction);
    UpperTail { ln, slope: 1.0 / fraction }
}

/// ln P(X = k), 0 < k < n (Loader 2000, eq. 4 and 6).
pub(super) fn ln_point(k: u64, n: u64, p: Probability) -> f64 {
    let (successes, failures, trials) = (k as f64, (n - k) as f64, n as f64);
    stirling_error(n)
        - stirling_error(k)
        - stirling_error(n - k)
        - deviance(successes, trials * p.of_success)
        - deviance(failures, trials * p.of_failure)
        + 0.5 * libm::log(trials / (TAU * successes * failures))
}

/// x·ln(x/mean) + mean − x, without cancellation where x is near the mean (Loader 2000, section 4: with v = (x−m)/(x+m),
/// (x−m)·v + 2x·Σ v^(2j+1)/(2j+1)).
fn deviance(x: f64, mean: f64) -> f64 {
    let difference = x - mean;
    if difference.abs() > 0.1 * (x + mean) {
        return x * libm::log(x / mean) - difference;
    }
    let v = difference / (x + mean);
    let mut power = 2.0 * x * v;
    let mut sum = difference * v;
    for odd in (3..).step_by(2) {
        power *= v * v;
        let next = sum + power / f64::from(odd);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// `I_x(a, b)·B(a, b)/(xᵃyᵇ)` by the modified Lentz algorithm; converges fast where x is below the mean a/(a+b).
fn tail_fraction(a: f64, b: f64, p: Probability) -> f64 {
    const TOLERANCE: f64 = 1e-15;
    let (x, y) = (p.of_success, p.of_failure);
    let excess = a - (a + b) * x;
    let beta = |i: f64| {
        i + i * (b - i) * x / (a + 2.0 * i - 1.0) + (a + i) / (a + 2.0 * i + 1.0) * (excess + 1.0 + i * (1.0 + y))
    };

    let mut c = a / (a + 1.0) * (excess + 1.0);
    let mut d = 0.0;
    let mut fraction = 1.0 / c;
    let mut i = 1.0;
    // The numerator is 0 at i = b, where the fraction ends.
    while i < b {
        let ratio = x / (a + 2.0 * i - 1.0);
        let alpha = (a + i - 1.0) * (a + b + i - 1.0) * ratio * ratio * i * (b - i);
        d = 1.0 / (beta(i) + alpha * d);
        c = beta(i) + alpha / c;
        // `fraction` is 1/(β₀ + …), so the usual factor c·d enters inverted.
        let change = 1.0 / (c * d);
        fraction *= change;
        if (change - 1.0).abs() <= TOLERANCE {
            break;
        }
        i += 1.0;
    }
    fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(p: f64) -> Probability {
        Probability { of_success: p, of_failure: 1.0 - p }
    }

    #[test]
    fn small_tails_can_be_added_up_by_hand() {
        // P(X ≥ 1) = 1 − (3/4)² = 7/16; P(X ≥ 2) of 4 at 1/2 = 11/16; P(X ≥ 3) of 4 at 1/2 = 5/16.
        for (k, n, p, expected) in [(1, 2, 0.25, 7.0 / 16.0), (2, 4, 0.5, 11.0 / 16.0), (3, 4, 0.5, 5.0 / 16.0)] {
            let tail = libm::exp(upper_tail(k, n, at(p)).ln);
            assert!((tail - expected).abs() < 1e-14, "{tail} against {expected}");
        }
    }

    #[test]
    fn far_and_large_tails_agree_with_fifty_digit_arithmetic() {
        // mpmath 1.4 at 50 digits: log(betainc(k, n − k + 1, 0, p, regularized=True)), or the sum of the tail's terms.
        for (k, n, p, expected) in TAIL_ORACLE {
            let ln = upper_tail(k, n, at(p)).ln;
            assert!(
                (ln - expected).abs() < 1e-12 * expected.abs().max(1.0),
                "P(X ≥ {k} of {n} at {p}): {ln} against {expected}"
            );
        }
    }

    #[test]
    fn the_slope_is_the_derivative_in_the_log_odds() {
        for (k, n, logit) in [(3_u64, 10_u64, -1.5), (40, 1000, -3.5), (999, 1000, 6.0), (5, 1_000_000_000, -20.0)] {
            let step = 1e-5;
            let ln = |logit| upper_tail(k, n, Probability::from_logit(logit)).ln;
            let difference = (ln(logit + step) - ln(logit - step)) / (2.0 * step);
            let slope = upper_tail(k, n, Probability::from_logit(logit)).slope;
            assert!((difference / slope - 1.0).abs() < 1e-6, "{difference} against {slope}");
        }
    }

    const TAIL_ORACLE: [(u64, u64, f64, f64); 9] = [
        (5, 10, 0.01, -17.538_242_880_853_13),
        (500, 1_000, 0.45, -7.074_342_216_770_816),
        (50_000, 100_000, 0.49, -22.770_703_855_548_47),
        (500_000, 1_000_000, 0.25, -143_847.764_309_663_97),
        (1, 1_000_000_000, 1.0e-12, -6.908_255_237_314_971),
        (10, 1_000_000_000_000, 2.0e-12, -9.976_099_643_734_807),
        (1_000_000_000, 1_000_000_000_000, 0.000_999_999, -0.718_702_277_208_401_2),
        (999, 1_000, 0.5, -686.238_425_780_630_1),
        (30, 10_000_000, 1.0e-07, -75.625_521_752_603_55),
    ];
}
