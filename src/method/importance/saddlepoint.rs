//! The double saddlepoint approximation of a tail: no drawing at all, and a relative error of a few per cent even far out.
//!
//! Skovgaard (1987), *Saddlepoint expansions for conditional distributions*, equation 3.2, with Daniels's (1987, section 6)
//! second correction for lattices: the tail begins half a step before its edge, and θ becomes 2·sinh(θ/2). With the cumulant
//! function K of the independent units, φ and Φ of the normal distribution,
//!
//!   p = 1 − Φ(w) + φ(w)·(1/u − 1/w),  w² = 2·[K(λ₀, 0) − λ₀m − K(λ, θ) + λm + θt],
//!   u = 2·sinh(θ/2)·√(det K''(λ, θ)/det K''_λλ(λ₀, 0)),
//!
//! where each stratum has its λ. The Hessian is diagonal but for one row and column, and its determinant the product of
//! the diagonal with the Schur complement of the rest, the variance of the sum given the numbers of set units. Coins have no
//! λ, and neither have small strata, whose labellings are added up (see `tilt`): where there is nothing else, this is Lugannani
//! and Rice's (1980) formula.

use std::f64::consts::{FRAC_1_SQRT_2, LN_2, TAU};

use super::Side;
use super::tail_distance::{Constraint, Tail};
use super::tilt::{Cumulant, Tilt};
use crate::design::{Exchange, combinations};
use crate::sampling::units::UnitSums;

/// Nearer to the mean than this, in standard deviations, 1/u − 1/w has lost its digits.
const NEAREST: f64 = 0.02;

/// The probability of a tail by the double saddlepoint approximation. `None` where there is none: near the mean (the tail is
/// about a half), at and beyond the ends of the sums, and for a design that is neither subsets nor coins.
///
/// One below the smallest normal float is given as that float. Takes some ten exponentials a unit: milliseconds for 10⁵
/// units.
///
/// ```
/// use permtest::design::{Exchange, Exchangeable};
/// use permtest::method::importance::{Side, saddlepoint};
/// use permtest::sampling::units::UnitSums;
/// // The rank-sum test: ten of the numbers from 1 to 20 have a sum of 146 or more with probability 97/184756, as the
/// // partitions of 0 to 9, by how much the sum falls short of 155, are 1 + 1 + 2 + 3 + 5 + 7 + 11 + 15 + 22 + 30.
/// let sums = UnitSums { base: 0, changes: (1..=20).collect() };
/// let exchange = Exchange::Subsets(vec![Exchangeable { units: 0..20, m: 10 }]);
/// let p = saddlepoint(&sums, &exchange, Side::Upper, 146).unwrap();
/// assert!((p / (97.0 / 184_756.0) - 1.0).abs() < 0.01);
/// ```
#[must_use]
pub fn saddlepoint(sums: &UnitSums, exchange: &Exchange, side: Side, threshold: i64) -> Option<f64> {
    let tail = Tail::new(sums, exchange, side, threshold)?;
    if let Some(p) = of_tail(&tail) {
        return Some(p);
    }
    // Beyond the mean the rest is the tail: what is on the other side of the threshold.
    let (opposite, rest) = match side {
        Side::Upper => (Side::Lower, threshold.checked_sub(1)?),
        Side::Lower => (Side::Upper, threshold.checked_add(1)?),
    };
    Some(1.0 - of_tail(&Tail::new(sums, exchange, opposite, rest)?)?)
}

/// The same for a tail beyond which there is more, on the far side of the mean.
pub(super) fn of_tail(tail: &Tail) -> Option<f64> {
    if tail.gap <= 0 || tail.groups.is_empty() {
        return None;
    }
    let tail_distance = tail.gap as f64 + 0.5;
    let tilt = Tilt::new(tail, tail_distance)?;
    let mut half_square = -tilt.theta * tail_distance;
    // Many strata, each with a small ratio, multiply to less than a float holds.
    let mut log_ratio = 0.0;
    for (group, state) in tail.groups.iter().zip(&tilt.groups) {
        let n = group.len();
        half_square += match (state.cumulant, group.constraint) {
            (Cumulant::Labellings(cumulant), Constraint::Set { m, .. }) => {
                combinations::ln(n as u64, m as u64) - cumulant
            }
            (Cumulant::Units { count_variance }, Constraint::Set { m, .. }) => {
                log_ratio += libm::log(count_variance / (m as f64 * (n - m) as f64 / n as f64));
                entropy(n as f64, m as f64) - group.cumulant(tilt.theta, state.lambda)
            }
            (_, Constraint::Coins) => n as f64 * LN_2 - group.cumulant(tilt.theta, 0.0),
        };
    }
    let w = (2.0 * half_square).sqrt();
    if w.is_nan() || w < NEAREST {
        return None;
    }
    let inverse = libm::exp(-0.5 * log_ratio) / (2.0 * libm::sinh(0.5 * tilt.theta) * tilt.variance().sqrt());
    let density = libm::exp(-half_square) / TAU.sqrt();
    let p = 0.5 * libm::erfc(w * FRAC_1_SQRT_2) + density * (inverse - 1.0 / w);
    (p < 1.0 && (p > 0.0 || density < f64::MIN_POSITIVE)).then(|| p.max(f64::MIN_POSITIVE))
}

/// K(λ₀, 0) − λ₀m of n units of which m are set.
fn entropy(n: f64, m: f64) -> f64 {
    -m * libm::log(m / n) - (n - m) * libm::log1p(-m / n)
}
