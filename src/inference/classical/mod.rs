//! The tests that the reader would have run without permtest: their statistics and p-values, each by the curve that it
//! trusts.
//!
//! Values and p-values are those of `SciPy` 1.17 to ten digits, far tails included: `ttest_ind`, `ttest_rel`,
//! `mannwhitneyu(method="asymptotic")`, `wilcoxon(correction=True, method="asymptotic")`; and `ks_2samp`, with method="exact"
//! where no values are tied, and for samples too large for that with method="asymp".
//!
//! All of them are computed from the integers of [`Scores`], with the shift taken from the case values there: values that
//! are equal as decimals tie in the ranks, and pairs that differ by the same decimal have equal differences. Floating-point
//! subtraction does not grant that (1.1 − 1 is not 0.1 for it), and `SciPy` ranks the noise of such decimals; given them as
//! integers, it agrees. Values that do not fit the scores' scale tie when they are closer than N/2⁶² of their range.

mod kolmogorov;
mod kolmogorov_smirnov;
mod ranks;
pub(super) mod student;
mod t_tests;

use super::Alternative;
use crate::statistic::linear::scores::Scores;

/// The outcome of a classical test. No number in it is NaN or infinite.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Classical {
    /// Which test.
    pub test: ClassicalTest,
    /// Its statistic: t; U of the case sample; D of the tail that counts; the sum of the ranks of the positive
    /// differences, for the two-sided Wilcoxon test the smaller one of that and the sum of the others.
    pub statistic: f64,
    /// Degrees of freedom, of the t-tests only. Welch's are seldom whole.
    pub degrees_of_freedom: Option<f64>,
    /// The p-value, never 0: one below the smallest normal float is given as that float.
    pub p_value: f64,
}

/// Smaller p-values are reported as smaller than this: they reach the end of the range of f64.
pub const SMALLEST_P_VALUE: f64 = 1e-300;

/// A test with a curve instead of relabellings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassicalTest {
    /// Difference of means, each sample with its own variance (Welch 1947).
    Welch,
    /// Difference of means under a common variance (Student 1908).
    Student,
    /// Rank sum against a normal curve, corrected for ties and continuity (Mann & Whitney 1947).
    MannWhitney,
    /// Largest distance between the empirical distributions (Smirnov 1939), over all labellings of the values.
    KolmogorovSmirnov,
    /// The same for samples that are too large for that: two-sided by Kolmogorov's distribution for one sample of mn/(m + n)
    /// values, one-sided by Hodges's expansion.
    KolmogorovSmirnovApproximate,
    /// Mean of the differences within pairs.
    PairedT,
    /// Signed ranks of the differences within pairs against a normal curve, corrected for ties and continuity; pairs
    /// without a difference are left out (Wilcoxon 1945).
    Wilcoxon,
}

impl ClassicalTest {
    /// The name for a reader, with the approximation that its p-value rests on.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Welch => "Welch's t-test",
            Self::Student => "Student's t-test",
            Self::MannWhitney => "Mann-Whitney U (normal approximation)",
            Self::KolmogorovSmirnov => "Kolmogorov-Smirnov (exact)",
            Self::KolmogorovSmirnovApproximate => "Kolmogorov-Smirnov (approximation)",
            Self::PairedT => "paired t-test",
            Self::Wilcoxon => "Wilcoxon signed-rank (normal approximation)",
        }
    }

    /// The name for a program.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Welch => "welch-t",
            Self::Student => "student-t",
            Self::MannWhitney => "mann-whitney",
            Self::KolmogorovSmirnov => "kolmogorov-smirnov",
            Self::KolmogorovSmirnovApproximate => "kolmogorov-smirnov-approximate",
            Self::PairedT => "paired-t",
            Self::Wilcoxon => "wilcoxon",
        }
    }
}

serialise_as!(key: ClassicalTest);

/// Welch, Student, Mann-Whitney and Kolmogorov-Smirnov, in this order, for two independent samples, with `shift`
/// subtracted from the case values.
///
/// A test that is undefined for the data is left out: Welch's when a sample has a single value, Student's when both have,
/// either when neither sample varies, Mann-Whitney when all values are equal. The one-sided Kolmogorov-Smirnov tests ask whether the case distribution lies to the right
/// (`Greater`) or to the left (`Less`). Costs O(N log N), and for the Kolmogorov-Smirnov test O(mn) up to 10⁷ steps.
///
/// # Panics
///
/// If a sample is empty or a value or the shift is not finite.
///
/// ```
/// use permtest::inference::Alternative;
/// use permtest::inference::classical::{ClassicalTest, two_sample};
/// let tests = two_sample(&[4.0, 5.0, 6.0], &[1.0, 2.0, 3.0], Alternative::Greater, 0.0);
/// let student = tests.iter().find(|outcome| outcome.test == ClassicalTest::Student).unwrap();
/// // Means 5 and 2, both variances 1: t = 3/√(1/3 + 1/3).
/// assert!((student.statistic - 3.0 * 1.5_f64.sqrt()).abs() < 1e-14);
/// assert_eq!(student.degrees_of_freedom, Some(4.0));
/// ```
#[must_use]
pub fn two_sample(case: &[f64], control: &[f64], alternative: Alternative, shift: f64) -> Vec<Classical> {
    assert!(!case.is_empty() && !control.is_empty(), "both groups need a value");
    let scores = scores(case, control, shift);
    let (case, control) = scores.split_at(case.len());
    let outcomes = [
        t_tests::welch(case, control, alternative),
        t_tests::student(case, control, alternative),
        ranks::mann_whitney(case, control, alternative),
        Some(kolmogorov_smirnov::kolmogorov_smirnov(case, control, alternative)),
    ];
    outcomes.into_iter().flatten().map(above_zero).collect()
}

/// The paired t-test and the Wilcoxon test, in this order, for pairs of values at the same index, with `shift` subtracted
/// from the case values.
///
/// A test that is undefined for the data is left out: the t-test when all pairs differ by the same, or there is one pair
/// only, the Wilcoxon test when no pair has a difference. Costs O(N log N).
///
/// # Panics
///
/// If the samples are empty or differ in size, or a value or the shift is not finite.
///
/// ```
/// use permtest::inference::Alternative;
/// use permtest::inference::classical::paired;
/// // Differences 1, 2, 3: t = 2/(1/√3); ranks 1 + 2 + 3 all on one side, so the smaller sum is 0.
/// let tests = paired(&[2.0, 4.0, 6.0], &[1.0, 2.0, 3.0], Alternative::TwoSided, 0.0);
/// assert!((tests[0].statistic - 2.0 * 3.0_f64.sqrt()).abs() < 1e-14);
/// assert_eq!(tests[1].statistic, 0.0);
/// ```
#[must_use]
pub fn paired(case: &[f64], control: &[f64], alternative: Alternative, shift: f64) -> Vec<Classical> {
    assert!(!case.is_empty() && case.len() == control.len(), "each case value needs its control value");
    let scores = scores(case, control, shift);
    let (case, control) = scores.split_at(case.len());
    let differences: Vec<i64> = case.iter().zip(control).map(|(case, control)| case - control).collect();
    let outcomes = [t_tests::paired(&differences, alternative), ranks::wilcoxon(&differences, alternative)];
    outcomes.into_iter().flatten().map(above_zero).collect()
}

fn above_zero(outcome: Classical) -> Classical {
    Classical { p_value: outcome.p_value.max(f64::MIN_POSITIVE), ..outcome }
}

/// The values as integers from 0 to 2⁶², case first.
fn scores(case: &[f64], control: &[f64], shift: f64) -> Vec<i64> {
    let mut numbers = case.iter().chain(control).chain([&shift]);
    assert!(numbers.all(|x| x.is_finite()), "a test is about finite values");
    Scores::new(case, control, shift).scores
}

/// The p-value of a statistic whose curve is symmetric about 0 and has this tail P(X ≥ x) for x ≥ 0.
fn p_value(statistic: f64, alternative: Alternative, upper_tail: impl Fn(f64) -> f64) -> f64 {
    // Half of the curve lies on either side of 0; an integral may be off in its last digit.
    let upper_tail = |x: f64| upper_tail(x).min(0.5);
    let at_least = |x: f64| if x < 0.0 { 1.0 - upper_tail(-x) } else { upper_tail(x) };
    match alternative {
        Alternative::TwoSided => 2.0 * upper_tail(statistic.abs()),
        Alternative::Greater => at_least(statistic),
        Alternative::Less => at_least(-statistic),
    }
}
