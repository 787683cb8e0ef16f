//! Expressions that look like a test of association and are none.
//!
//! Under pairs labels are swapped within each pair. A part that combines x and y element by element and is the same in
//! either order, such as a product, a sum or |x − y|, keeps its values through all of these labellings: they say nothing of
//! how the two columns go together, whatever p comes out.

use super::evaluate::{self, each};
use super::{Expression, Pairing, Parsed, Variable};
use crate::error::Error;
use crate::simd::Arch;
use crate::statistic::values::Gathering;
use crate::statistic::{Character, Problem};

/// What rounding may leave of an equality, as a share of the largest number.
const SLACK: f64 = 1e-9;

impl Parsed {
    /// Refuses an expression that is neither a difference nor a ratio and whose element-wise parts are the same in either
    /// order, on the data and on a few labellings.
    pub(super) fn refuse_association(&self, problem: &Problem, character: Character) -> Result<(), Error> {
        if self.pairing == Pairing::NotNeeded || matches!(character, Character::Difference | Character::Ratio) {
            return Ok(());
        }
        let expression = self.two_sample();
        let mut terms = Vec::new();
        terms_of_pairs(&expression, &mut terms);
        for term in &terms {
            if !is_the_same_in_either_order(term, problem)? {
                return Ok(());
            }
        }
        let Some(term) = terms.first() else { return Ok(()) };
        let what = format!(
            "{} tests no association: labels are swapped within pairs, and {term} has the same values however they are",
            self.canonical
        );
        let remedy = "compare the members of pairs, as in mean(x - y), or test the association of two columns, whose \
                      rows are shuffled one against the other";
        Err(Error::data(what, remedy))
    }
}

/// What is reduced to a number and combines x with y element by element.
fn terms_of_pairs<'e>(expression: &'e Expression, terms: &mut Vec<&'e Expression>) {
    match expression {
        Expression::Number(_) | Expression::Values(_) | Expression::Column(_) => {}
        Expression::Unary(_, operand) => terms_of_pairs(operand, terms),
        Expression::Binary(_, left, right) => {
            terms_of_pairs(left, terms);
            terms_of_pairs(right, terms);
        }
        Expression::Reduce(_, operand) => {
            if is_free(operand, Variable::Case) && is_free(operand, Variable::Control) {
                terms.push(operand);
            }
            terms_of_pairs(operand, terms);
        }
    }
}

/// Whether an expression names a variable outside of what is reduced to a number.
fn is_free(expression: &Expression, variable: Variable) -> bool {
    match expression {
        Expression::Values(named) => *named == variable,
        Expression::Unary(_, operand) => is_free(operand, variable),
        Expression::Binary(_, left, right) => is_free(left, variable) || is_free(right, variable),
        Expression::Number(_) | Expression::Column(_) | Expression::Reduce(..) => false,
    }
}

/// Whether the values of a part stay as they are when x and y change places; values that are all equal decide nothing.
fn is_the_same_in_either_order(term: &Expression, problem: &Problem) -> Result<bool, Error> {
    let (mut values, mut exchanged) = (Vec::new(), Vec::new());
    let pooled = problem.pool().values();
    Gathering::new(problem).each(Arch::Scalar, problem.probes(), |_, case, control| {
        values.extend(each(term, evaluate::Values { case, control, pooled }));
        exchanged.extend(each(term, evaluate::Values { case: control, control: case, pooled }));
        Ok(())
    })?;
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let slack = SLACK * finite().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let is_constant = finite().fold(f64::MIN, f64::max) - finite().fold(f64::MAX, f64::min) <= slack;
    let is_equal =
        |(one, other): (&f64, &f64)| one == other || (one - other).abs() <= slack || one.is_nan() && other.is_nan();
    Ok(!is_constant && values.iter().zip(&exchanged).all(is_equal))
}
