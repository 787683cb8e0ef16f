//! What a statistic is: a difference, a ratio, a distance, or none of these.
//!
//! It follows from what the statistic does when the samples change places, f(y, x) against f(x, y), on the data and on a few
//! dozen labellings ([`Problem::probes`]), and not by how it is written:
//!
//! | f(y, x) | a statistic is | null value | two-sided |
//! |---|---|---|---|
//! | −f | a difference | 0, or its mean over all labellings | absolute |
//! | 1/f | a ratio | 1 | doubled; absolute: \|log f\| |
//! | f, where f ≥ 0 and f(x, x) = 0 | a distance | 0 | upper tail |
//! | else | a number | | doubled |
//!
//! A number that is the same for all of these labellings decides nothing.

use serde::Serialize;

use super::expression::evaluate::{self, evaluate};
use super::expression::{Kind, Parsed, Unary, arithmetic};
use super::{Evaluator, Prepared, Problem};
use crate::error::Error;
use crate::simd::Arch;

/// What a statistic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Character {
    /// It changes its sign with the samples.
    Difference,
    /// It becomes its reciprocal.
    Ratio,
    /// It stays as it is, and is 0 for equal samples, never less.
    Distance,
    /// None of these, or not known.
    #[default]
    Number,
}

/// What rounding may leave of an equality, as a share of the largest number.
const SLACK: f64 = 1e-9;

/// Random labellings with 0 on either side that make 0 central, a sixteenth of them.
const CENTRAL: usize = super::problem::PROBES / 16;

impl Character {
    /// Of an expression that was prepared for a problem.
    ///
    /// # Errors
    /// What the expression fails with.
    pub fn of(parsed: &Parsed, prepared: &Prepared, problem: &Problem) -> Result<Self, Error> {
        // A difference of the same summary needs no evidence.
        if parsed.is_a_difference() {
            return Ok(Self::Difference);
        }
        let probes = problem.probes();
        // As if nothing had been subtracted from the case or multiplied with the control: what has been is in the values.
        let (shift, factor) =
            (parsed.moves_with_case().unwrap_or(0.0) * problem.pool().shift(), problem.pool().factor());
        let values = |prepared: &Prepared| -> Result<Vec<f64>, Error> {
            Ok(prepared.values(probes)?.into_iter().map(|value| (value - shift) / factor).collect())
        };
        let exchanged = Parsed { expression: parsed.two_sample().exchanged(), kind: Kind::TwoSample, ..parsed.clone() };
        let moved_back = exchanged.moves_with_case().unwrap_or(0.0) * problem.pool().shift() - shift;
        let exchanged = values(&exchanged.compile(problem)?)?.into_iter().map(|value| value - moved_back / factor);
        let pairs: Vec<[f64; 2]> =
            values(prepared)?.into_iter().zip(exchanged).map(|(one, other)| [one, other]).collect();
        Ok(Self::of_pairs(&pairs, || of_equal_samples(parsed, problem)))
    }

    /// From f(x, y) and f(y, x) for some labellings, and f(x, x).
    fn of_pairs(pairs: &[[f64; 2]], of_equal_samples: impl FnOnce() -> f64) -> Self {
        let defined = || pairs.iter().copied().filter(|pair| pair.iter().all(|value| value.is_finite()));
        let largest = defined().flatten().fold(0.0f64, |largest, value| largest.max(value.abs()));
        let slack = SLACK * largest;
        let (least, most) = defined()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), [value, _]| (low.min(value), high.max(value)));
        if least.is_nan() || most - least <= slack || !(most - least).is_finite() {
            return Self::Number;
        }
        let all = |is_so: &dyn Fn(f64, f64) -> bool| defined().all(|[one, other]| is_so(one, other));
        if all(&|one, other| (one + other).abs() <= slack) {
            Self::Difference
        } else if all(&|one, other| (one * other - 1.0).abs() <= SLACK) {
            Self::Ratio
        } else if all(&|one, other| (one - other).abs() <= slack && one >= -slack) && of_equal_samples().abs() <= slack
        {
            Self::Distance
        } else {
            Self::Number
        }
    }
}

/// Replaces ratios by their logarithms, and refuses those that have none.
pub(super) fn take_logarithms(arch: Arch, ratios: &mut [f64]) -> Result<(), Error> {
    let Some(ratio) = ratios.iter().find(|ratio| **ratio <= 0.0) else {
        arithmetic::apply(arch, Unary::Log, ratios);
        return Ok(());
    };
    let what = format!("the absolute rule measures a ratio by its logarithm, and for a labelling the ratio is {ratio}");
    Err(Error::data(what, "choose the doubled rule, or a difference"))
}

/// f(x, x), with the case sample for both.
fn of_equal_samples(parsed: &Parsed, problem: &Problem) -> f64 {
    let pool = problem.pool();
    let case: Vec<f64> =
        pool.values().iter().zip(pool.labels()).filter(|(_, case)| **case).map(|(&value, _)| value).collect();
    let mut pooled = [&*case, &*case].concat();
    pooled.sort_unstable_by(f64::total_cmp);
    evaluate(&parsed.two_sample(), evaluate::Values { case: &case, control: &case, pooled: &pooled })
}

/// Whether 0 is among the middle of a statistic's values, so that a distance from it means something. Those are the numbers
/// that labellings are counted by, which a null hypothesis does not move.
///
/// # Errors
/// What the statistic fails with.
pub fn is_central(prepared: &Prepared, problem: &Problem) -> Result<bool, Error> {
    let Evaluator::Floats(statistic) = &prepared.evaluator else { return Ok(true) };
    let probes = problem.probes();
    let mut values = vec![0.0; probes.len()];
    statistic.replicates(Arch::Scalar, probes, &mut values)?;
    let random = || values[1..].iter();
    Ok(random().filter(|value| **value >= 0.0).count() >= CENTRAL
        && random().filter(|value| **value <= 0.0).count() >= CENTRAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_never_change_decide_nothing() {
        let of = |pairs: &[[f64; 2]]| Character::of_pairs(pairs, || 0.0);
        assert_eq!(of(&[[0.0, 0.0], [0.0, 0.0]]), Character::Number);
        assert_eq!(of(&[[1.0, 1.0], [1.0, 1.0]]), Character::Number);
        assert_eq!(of(&[[f64::NAN, f64::NAN]]), Character::Number);
        assert_eq!(of(&[]), Character::Number);
        assert_eq!(of(&[[2.0, -2.0], [0.0, 0.0]]), Character::Difference);
        assert_eq!(of(&[[2.0, 0.5], [1.0, 1.0], [0.0, f64::INFINITY]]), Character::Ratio);
        assert_eq!(of(&[[2.0, 2.0], [0.0, 0.0]]), Character::Distance);
        assert_eq!(of(&[[2.0, 2.0], [-1.0, -1.0]]), Character::Number);
        assert_eq!(Character::of_pairs(&[[2.0, 2.0], [1.0, 1.0]], || 1.0), Character::Number);
    }
}
