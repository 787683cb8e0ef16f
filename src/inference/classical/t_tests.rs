//! The t-tests: Welch's, Student's, and the one for pairs.
//!
//! t has no unit, so it is computed from scores. Sums are exact integers, and each deviation (n·x − Σx)/n is rounded once:
//! no offset, however large, costs a digit.

use super::{Alternative, Classical, ClassicalTest, p_value, student};

/// What the t-tests need to know of a sample.
struct Moments {
    n: i128,
    sum: i128,
    /// Σ(x − mean)².
    squares: f64,
}

impl Moments {
    fn of(scores: &[i64]) -> Self {
        let n = scores.len() as i128;
        let sum: i128 = scores.iter().map(|&score| i128::from(score)).sum();
        let deviation = |&score: &i64| (n * i128::from(score) - sum) as f64 / n as f64;
        let squares = scores.iter().map(deviation).map(|deviation| deviation * deviation).sum();
        Self { n, sum, squares }
    }

    /// Degrees of freedom of the variance.
    fn freedom(&self) -> f64 {
        (self.n - 1) as f64
    }

    /// The variance of the mean, estimated; there must be two values.
    fn variance_of_mean(&self) -> f64 {
        self.squares / self.freedom() / self.n as f64
    }
}

/// The difference of two means.
fn difference(case: &Moments, control: &Moments) -> f64 {
    (control.n * case.sum - case.n * control.sum) as f64 / (case.n as f64 * control.n as f64)
}

/// t = (x̄ − ȳ)/√(v + w), where v and w are the variances of the means, with (v + w)²/(v²/(m−1) + w²/(n−1)) degrees of
/// freedom (Welch 1947).
pub(super) fn welch(case: &[i64], control: &[i64], alternative: Alternative) -> Option<Classical> {
    if case.len() < 2 || control.len() < 2 {
        return None;
    }
    let (case, control) = (Moments::of(case), Moments::of(control));
    let (v, w) = (case.variance_of_mean(), control.variance_of_mean());
    let freedom = (v + w) * (v + w) / (v * v / case.freedom() + w * w / control.freedom());
    outcome(ClassicalTest::Welch, difference(&case, &control), v + w, freedom, alternative)
}

/// t = (x̄ − ȳ)/√(s²(1/m + 1/n)), where s² is the pooled variance with m + n − 2 degrees of freedom.
pub(super) fn student(case: &[i64], control: &[i64], alternative: Alternative) -> Option<Classical> {
    let (case, control) = (Moments::of(case), Moments::of(control));
    let freedom = case.freedom() + control.freedom();
    let variance = (case.squares + control.squares) / freedom * (1.0 / case.n as f64 + 1.0 / control.n as f64);
    outcome(ClassicalTest::Student, difference(&case, &control), variance, freedom, alternative)
}

/// t = d̄/√(s²/n) of the differences within pairs, with n − 1 degrees of freedom.
pub(super) fn paired(differences: &[i64], alternative: Alternative) -> Option<Classical> {
    let pairs = Moments::of(differences);
    let mean = pairs.sum as f64 / pairs.n as f64;
    outcome(ClassicalTest::PairedT, mean, pairs.variance_of_mean(), pairs.freedom(), alternative)
}

/// A t-test from an estimate and its variance; `None` where the latter is 0, or undefined for want of degrees of freedom.
fn outcome(
    test: ClassicalTest,
    estimate: f64,
    variance: f64,
    degrees_of_freedom: f64,
    alternative: Alternative,
) -> Option<Classical> {
    let is_defined = degrees_of_freedom > 0.0 && variance > 0.0;
    is_defined.then(|| {
        let statistic = estimate / variance.sqrt();
        let p_value = p_value(statistic, alternative, |t| student::upper_tail(t, degrees_of_freedom));
        Classical { test, statistic, degrees_of_freedom: Some(degrees_of_freedom), p_value }
    })
}
