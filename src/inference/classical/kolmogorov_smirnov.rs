//! The Kolmogorov-Smirnov test of two samples: the largest distance between their empirical distribution functions.
//!
//! `SciPy`'s "asymptotic" p-values are meant. For two sides that is the distribution of the one-sample statistic for a sample
//! of mn/(m + n) values, rounded; with complete separation, D = 1, it is 0, however small the samples. For one side it is
//! the expansion of Hodges (1958, *The significance probability of the Smirnov two-sample test*, eq. 5.3).

use super::{Alternative, Classical, ClassicalTest, kolmogorov};

/// D = max |F − G|, or the maximum of G − F (the case lies to the right) or F − G, where F is the case's distribution.
pub(super) fn kolmogorov_smirnov(case: &[i64], control: &[i64], alternative: Alternative) -> Option<Classical> {
    let distances = Distances::between(case, control);
    let distance = match alternative {
        Alternative::TwoSided => distances.left.max(distances.right),
        Alternative::Greater => distances.right,
        Alternative::Less => distances.left,
    };
    let (m, n) = (case.len() as f64, control.len() as f64);
    let statistic = distance as f64 / (m * n);
    let p_value = match alternative {
        Alternative::TwoSided => two_sided(m, n, statistic)?,
        Alternative::Greater | Alternative::Less => one_sided(m.max(n), m.min(n), statistic),
    };
    Some(Classical { test: ClassicalTest::KolmogorovSmirnov, statistic, degrees_of_freedom: None, p_value })
}

/// By how much each distribution function exceeds the other at most, times mn.
struct Distances {
    /// The case's exceeds: case values lie to the left.
    left: i128,
    /// The control's exceeds: case values lie to the right.
    right: i128,
}

impl Distances {
    fn between(case: &[i64], control: &[i64]) -> Self {
        let (up, down) = (control.len() as i128, -(case.len() as i128));
        let case = case.iter().map(|&score| (score, up));
        let mut steps: Vec<(i64, i128)> = case.chain(control.iter().map(|&score| (score, down))).collect();
        steps.sort_unstable();

        let (mut left, mut right, mut height) = (0, 0, 0);
        for tied in steps.chunk_by(|(a, _), (b, _)| a == b) {
            height += tied.iter().map(|(_, step)| step).sum::<i128>();
            left = left.max(height);
            right = right.max(-height);
        }
        Self { left, right }
    }
}

/// `None` where the sample that stands for both would have no value.
fn two_sided(m: f64, n: f64, distance: f64) -> Option<f64> {
    let effective = (m * n / (m + n)).round_ties_even() as u64;
    (effective > 0).then(|| kolmogorov::upper_tail(effective, distance))
}

/// Sizes with m ≥ n.
fn one_sided(m: f64, n: f64, distance: f64) -> f64 {
    let z = (m * n / (m + n)).sqrt() * distance;
    libm::exp(-2.0 * z * z - 2.0 / 3.0 * z * (m + 2.0 * n) / (m * n * (m + n)).sqrt())
}
