//! How far rounding may move a statistic, and so which statistics tie.
//!
//! Two labellings whose statistics are equal in exact arithmetic may differ in their last digits, and then they tie. What
//! may be lost to rounding has the unit of the statistic, not that of the numbers that it was computed from: a variance
//! of 10¹⁷ says nothing about a ratio of two. So errors are carried through each step of a calculation, as is usual in
//! numerical analysis (Higham 2002, chapter 3); of a function of one's own, of which no step is known, it is found out
//! how its values change when the data are doubled.

use super::expression::arithmetic;
use super::expression::{Binary, Unary};

/// By how much more than the error of the data's statistic another labelling's may be off: its intermediate numbers are
/// others.
const SAFETY: f64 = 16.0;

/// A computed number, and how far it may be from what exact arithmetic would give.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Approximate {
    /// The number.
    pub value: f64,
    /// The largest difference, not negative.
    pub error: f64,
}

impl Approximate {
    /// A number that is the same for all labellings, however it was rounded.
    #[must_use]
    pub fn exact(value: f64) -> Self {
        Self { value, error: 0.0 }
    }

    /// A function of it, which was computed as `value`.
    #[must_use]
    pub fn unary(self, function: Unary, value: f64) -> Self {
        if matches!(function, Unary::Negate | Unary::Abs) {
            return Self { value, ..self };
        }
        // All of them are monotone. A number moves by its last digit at least; outside the domain there is nothing.
        let by = self.error.max(f64::EPSILON * self.value.abs());
        let moved = [self.value - by, self.value + by].map(|x| (arithmetic::unary(function, x) - value).abs());
        let spread = moved[0].max(moved[1]);
        let own = f64::EPSILON * value.abs();
        Self { value, error: if self.error > 0.0 { spread + own } else { own } }
    }

    /// A function of both, which was computed as `value`.
    #[must_use]
    pub fn binary(self, operator: Binary, right: Self, value: f64) -> Self {
        let (Self { value: a, error: of_a }, Self { value: b, error: of_b }) = (self, right);
        let own = f64::EPSILON * value.abs();
        let error = match operator {
            Binary::Add | Binary::Subtract => of_a + of_b + own,
            Binary::Multiply => a.abs() * of_b + b.abs() * of_a + of_a * of_b + own,
            Binary::Divide => {
                // A divisor that may be 0 makes of a large quotient a small one, but none of the other sign.
                let by_divisor = value.abs() * of_b / (b.abs() - of_b).max(0.0);
                of_a / b.abs() + by_divisor.min(value.abs() / (2.0 * SAFETY)) + own
            }
            Binary::Power => {
                let by = [of_a.max(f64::EPSILON * a.abs()), of_b];
                let corners = [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]];
                let moved = corners.map(|[one, other]| libm::pow(a + one * by[0], b + other * by[1]) - value);
                moved.iter().fold(0.0f64, |largest, moved| largest.max(moved.abs())) + own
            }
            // A comparison is true or false.
            _ => 0.0,
        };
        Self { value, error }
    }

    /// What two computations of it may differ by and still tie; an infinite statistic ties with no finite one.
    #[must_use]
    pub fn tolerance(self) -> f64 {
        let tolerance = SAFETY * self.error;
        if self.value.is_finite() && tolerance.is_finite() { tolerance } else { 0.0 }
    }
}

/// The power of the data's unit in which a function of two samples is measured: 1 for a difference of means, 2 for one of
/// variances, 0 for a ratio; `None` for what has none, such as a logarithm.
#[must_use]
pub fn degree(function: impl Fn(&[f64], &[f64]) -> f64, case: &[f64], control: &[f64]) -> Option<f64> {
    let times = |factor: f64, sample: &[f64]| sample.iter().map(|value| factor * value).collect::<Vec<f64>>();
    // A difference that is 0 for the data has a degree all the same: it shows once one group is four times as large.
    let degree_of = |[of_case, of_control]: [f64; 2]| {
        // Twice a double is exact, and so is what sums, products and quotients make of it.
        let doubled = function(&times(2.0 * of_case, case), &times(2.0 * of_control, control));
        let degree = libm::log2(doubled / function(&times(of_case, case), &times(of_control, control)));
        let nearest = (2.0 * degree).round() / 2.0;
        ((degree - nearest).abs() < 1e-9).then_some(nearest)
    };
    [[1.0, 1.0], [4.0, 1.0], [1.0, 4.0]].into_iter().find_map(degree_of)
}

/// What two computations of a function that is not known may differ by and still tie: 10⁻¹² of its observed value and, for
/// values near 0, 4 units in the last place of what has its unit: the largest value of the data to the power that is its
/// degree.
#[must_use]
pub fn tolerance(observed: f64, largest: f64, degree: Option<f64>) -> f64 {
    if !observed.is_finite() {
        return 0.0;
    }
    let in_its_unit = degree.map_or(0.0, |degree| libm::pow(largest, degree));
    1e-12 * observed.abs() + 4.0 * f64::EPSILON * if in_its_unit.is_finite() { in_its_unit } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotient_of_large_numbers_has_a_small_error() {
        let (one, other) = (Approximate { value: 3e17, error: 1e3 }, Approximate { value: 2e17, error: 1e3 });
        let ratio = one.binary(Binary::Divide, other, 1.5);
        assert!((1e-14..2e-14).contains(&ratio.error), "{ratio:?}");
        let root = one.unary(Unary::Sqrt, 3e17f64.sqrt());
        assert!((1e-6..1e-5).contains(&root.error), "{root:?}");
        let difference = one.binary(Binary::Subtract, one, 0.0);
        assert_eq!(difference.error, 2e3);
    }

    #[test]
    fn what_is_not_finite_ties_with_its_equals_alone() {
        let nothing = Approximate::exact(0.0);
        let infinite = Approximate::exact(1.0).binary(Binary::Divide, nothing, f64::INFINITY);
        assert_eq!(infinite.tolerance(), 0.0);
        assert_eq!(tolerance(f64::INFINITY, 1.0, Some(1.0)), 0.0);
        // 1 / (1e-21 ± 1e-20) may be anything, but it is large.
        let vague = Approximate { value: 1e-21, error: 1e-20 };
        let tolerance = Approximate::exact(1.0).binary(Binary::Divide, vague, 1e21).tolerance();
        assert!((4e20..6e20).contains(&tolerance), "{tolerance}");
    }

    #[test]
    fn degrees_are_found_by_doubling() {
        let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
        let (x, y) = ([1.1, 2.7, 9.4], [3.3, 0.2, 1.9, 5.5]);
        assert_eq!(degree(|x, y| mean(x) - mean(y), &x, &y), Some(1.0));
        assert_eq!(degree(|x, y| mean(x) / mean(y), &x, &y), Some(0.0));
        assert_eq!(degree(|x, y| mean(x) * mean(y), &x, &y), Some(2.0));
        assert_eq!(degree(|x, y| (mean(x) * mean(y) * mean(y)).sqrt(), &x, &y), Some(1.5));
        assert_eq!(degree(|x, y| mean(x).ln() - mean(y), &x, &y), None);
        assert_eq!(degree(|_, _| 0.0, &x, &y), None);
        // Means that are equal, and differ by a rounding error once labels are exchanged.
        assert_eq!(degree(|x, y| mean(x) - mean(y), &[1.0, 3.0], &[2.0, 2.0]), Some(1.0));
    }
}
