//! The Kolmogorov-Smirnov test of two samples: the largest distance between their empirical distribution functions.
//!
//! Up to 10⁷ steps of the recursion below the p-value is exact: the share of all labellings of the values, ties included, whose
//! distance is as large (Schröer & Trenkler 1995, *Exact and randomization distributions of Kolmogorov-Smirnov tests two or three
//! samples*). Beyond it is `SciPy`'s approximation: for two sides the distribution of the one-sample statistic for mn/(m + n)
//! values, rounded; for one side the expansion of Hodges (1958, *The significance probability of the Smirnov two-sample test*,
//! eq. 5.3).

use super::{Alternative, Classical, ClassicalTest, kolmogorov};
use crate::design::combinations;

/// Steps that the exact p-value may take: some hundredths of a second.
const MOST_STEPS: u64 = 10_000_000;

/// D = max |F − G|, or the maximum of G − F (the case lies to the right) or F − G, where F is the case's distribution.
pub(super) fn kolmogorov_smirnov(case: &[i64], control: &[i64], alternative: Alternative) -> Classical {
    let (distances, ends) = Distances::between(case, control);
    let distance = match alternative {
        Alternative::TwoSided => distances.left.max(distances.right),
        Alternative::Greater => distances.right,
        Alternative::Less => distances.left,
    };
    let [m, n] = [case.len() as u64, control.len() as u64];
    let statistic = distance as f64 / (m as f64 * n as f64);
    let (test, p_value) = if m.saturating_mul(n) <= MOST_STEPS {
        (ClassicalTest::KolmogorovSmirnov, exact([m, n], &ends, distance, alternative))
    } else if distance == i128::from(m) * i128::from(n) {
        (ClassicalTest::KolmogorovSmirnov, complete_separation([m, n], alternative))
    } else {
        let approximate = approximate(m as f64, n as f64, statistic, alternative);
        let test = ClassicalTest::KolmogorovSmirnovApproximate;
        (test, approximate.max(complete_separation([m, n], alternative)))
    };
    Classical { test, statistic, degrees_of_freedom: None, p_value }
}

/// By how much each distribution function exceeds the other at most, times mn.
struct Distances {
    /// The case's exceeds: case values lie to the left.
    left: i128,
    /// The control's exceeds: case values lie to the right.
    right: i128,
}

impl Distances {
    /// Also after how many values, in ascending order, the distributions are compared: not between tied ones.
    fn between(case: &[i64], control: &[i64]) -> (Self, Vec<u64>) {
        let (up, down) = (control.len() as i128, -(case.len() as i128));
        let case = case.iter().map(|&score| (score, up));
        let mut steps: Vec<(i64, i128)> = case.chain(control.iter().map(|&score| (score, down))).collect();
        steps.sort_unstable();

        let (mut left, mut right, mut height) = (0, 0, 0);
        let (mut ends, mut values) = (Vec::new(), 0);
        for tied in steps.chunk_by(|(a, _), (b, _)| a == b) {
            height += tied.iter().map(|(_, step)| step).sum::<i128>();
            left = left.max(height);
            right = right.max(-height);
            values += tied.len() as u64;
            ends.push(values);
        }
        (Self { left, right }, ends)
    }
}

/// P(D ≥ distance/mn) over all labellings of the values. Costs O(mn).
///
/// The values are labelled in ascending order, and `inside[i]` is the probability that i of those so far are of the case and
/// that the distance has not been reached; what reaches it at an end of tied values leaves for good. Only positive numbers are
/// added, so that small p-values keep their digits.
fn exact(sizes: [u64; 2], ends: &[u64], distance: i128, alternative: Alternative) -> f64 {
    if distance == 0 {
        return 1.0;
    }
    let [m, n] = sizes;
    let mut inside = vec![0.0; m as usize + 1];
    inside[0] = 1.0;
    let mut p = 0.0;
    let mut labelled = 0;
    for &end in ends {
        while labelled < end {
            let left = (m + n - labelled) as f64;
            for i in (labelled.saturating_sub(n)..=labelled.min(m)).rev() {
                let mass = inside[i as usize];
                let to_case = mass * ((m - i) as f64 / left);
                inside[i as usize] = mass * ((n + i - labelled) as f64 / left);
                if i < m {
                    inside[i as usize + 1] += to_case;
                }
            }
            labelled += 1;
        }
        for i in labelled.saturating_sub(n)..=labelled.min(m) {
            let height = i128::from(i) * i128::from(n) - i128::from(labelled - i) * i128::from(m);
            let is_reached = match alternative {
                Alternative::TwoSided => height.abs() >= distance,
                Alternative::Greater => -height >= distance,
                Alternative::Less => height >= distance,
            };
            if is_reached {
                p += std::mem::take(&mut inside[i as usize]);
            }
        }
    }
    p.min(1.0)
}

/// The exact p-value where no values of the two samples are intermingled: one labelling on each side.
fn complete_separation([m, n]: [u64; 2], alternative: Alternative) -> f64 {
    let sides = if alternative == Alternative::TwoSided { 2.0 } else { 1.0 };
    sides * libm::exp(-combinations::ln(m + n, m))
}

fn approximate(m: f64, n: f64, distance: f64, alternative: Alternative) -> f64 {
    match alternative {
        Alternative::TwoSided => kolmogorov::upper_tail((m * n / (m + n)).round_ties_even().max(1.0) as u64, distance),
        Alternative::Greater | Alternative::Less => one_sided(m.max(n), m.min(n), distance),
    }
}

/// Sizes with m ≥ n.
fn one_sided(m: f64, n: f64, distance: f64) -> f64 {
    let z = (m * n / (m + n)).sqrt() * distance;
    libm::exp(-2.0 * z * z - 2.0 / 3.0 * z * (m + 2.0 * n) / (m * n * (m + n)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use Alternative::{Greater, TwoSided};

    #[test]
    fn the_approximation_agrees_with_scipy() {
        // SciPy 1.17.1: ks_2samp(…, method="asymp"), for one side as alternative="less".
        let tails = [
            (30.0, 30.0, 1.0 / 3.0, TwoSided, 0.054_830_338_108_419_197),
            (30.0, 30.0, 1.0 / 3.0, Greater, 0.025_561_533_206_507_402),
            (30.0, 30.0, 1.0 / 15.0, Greater, 0.818_730_753_077_981_9),
            (100.0, 100.0, 0.33, TwoSided, 2.364_314_449_380_405_5e-5),
            (100.0, 100.0, 0.33, Greater, 1.340_342_884_211_689_1e-5),
            (100.0, 100.0, 0.03, Greater, 0.886_920_436_717_157_4),
            (9.0, 6.0, 11.0 / 18.0, TwoSided, 0.058_842_021_033_379_016),
            (9.0, 6.0, 11.0 / 18.0, Greater, 0.038_416_844_402_332_78),
            (4.0, 5.0, 0.6, TwoSided, 0.320_000_000_000_000_06),
            (4.0, 5.0, 0.6, Greater, 0.113_293_013_363_630_26),
            (1.0, 3.0, 1.0, Greater, 0.096_971_967_864_405_1),
            (100.0, 100.0, 1.0, Greater, 1.368_539_471_173_833_5e-44),
        ];
        for (m, n, distance, alternative, tail) in tails {
            let found = approximate(m, n, distance, alternative);
            assert!((found - tail).abs() <= 1e-10 * tail, "{m}, {n}, {distance}: {found:e} against {tail:e}");
        }
    }
}
