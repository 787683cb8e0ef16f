//! The shape of each part of an expression: one number, or many values, and of which observations.
//!
//! The parser builds every node through this file, so that a part without a meaning is refused while its place is
//! known. Values of the same observations combine one by one; `x` and `y` do so only where each case has its control.

use std::sync::Arc;

use super::syntax::{Binary, Column, Expression, Reducer, Unary, Variable};
use super::syntax_error::{Problem, Span};
use super::{Kind, Pairing};

/// A part of an expression and what is known about it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub expression: Expression,
    pub shape: Shape,
    pub pairing: Pairing,
    pub span: Span,
}

/// How many values a part has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One number.
    Scalar,
    /// A value for each observation of these.
    Vector(Observations),
}

/// Which observations the values of a part belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Observations {
    /// Those of one variable.
    Of(Variable),
    /// Each case with its control, in a paired design.
    Pairs,
}

impl Observations {
    fn name(self) -> &'static str {
        match self {
            Self::Of(variable) => variable.name(),
            Self::Pairs => "pairs of x and y",
        }
    }
}

/// A literal or constant.
pub(super) fn number(value: f64, span: Span) -> Term {
    Term { expression: Expression::Number(value), shape: Shape::Scalar, pairing: Pairing::NotNeeded, span }
}

/// The values of a variable.
pub(super) fn values(variable: Variable, span: Span) -> Term {
    let shape = Shape::Vector(Observations::Of(variable));
    Term { expression: Expression::Values(variable), shape, pairing: Pairing::NotNeeded, span }
}

/// The values of a column: those of the case, unless they are made those of the control.
pub(super) fn column(name: &str, span: Span) -> Term {
    let of = Variable::Case;
    let column = Column { name: name.to_owned(), of, values: Arc::default() };
    Term {
        expression: Expression::Column(column),
        shape: Shape::Vector(Observations::Of(of)),
        pairing: Pairing::NotNeeded,
        span,
    }
}

/// A function of one operand: of as many values as the operand has.
pub(super) fn unary(function: Unary, operand: Term, span: Span) -> Result<Term, Problem> {
    if function == Unary::Rank {
        demand_values(function.name(), &operand)?;
    }
    let expression = Expression::Unary(function, Box::new(operand.expression));
    Ok(Term { expression, span, ..operand })
}

/// A function of two operands: value by value, a number going with each value of the other side.
pub(super) fn binary(operator: Binary, left: Term, right: Term) -> Result<Term, Problem> {
    let span = left.span.to(right.span);
    let shape = match (left.shape, right.shape) {
        (Shape::Scalar, shape) | (shape, Shape::Scalar) => shape,
        (Shape::Vector(left), Shape::Vector(right)) => Shape::Vector(together(left, right, span)?),
    };
    let of_operands = if left.pairing == Pairing::Needed { left.pairing } else { right.pairing };
    let pairing = if shape == Shape::Vector(Observations::Pairs) { Pairing::Needed } else { of_operands };
    let expression = Expression::Binary(operator, Box::new(left.expression), Box::new(right.expression));
    Ok(Term { expression, shape, pairing, span })
}

/// The observations of two parts that are combined value by value.
fn together(left: Observations, right: Observations, span: Span) -> Result<Observations, Problem> {
    let pooled = Observations::Of(Variable::Pooled);
    if left == right {
        Ok(left)
    } else if left == pooled || right == pooled {
        let what = format!("{} and {} do not go together value by value", left.name(), right.name());
        Err(Problem::new(span, what, "make one of them a number, as in x - mean(pooled)"))
    } else {
        Ok(Observations::Pairs)
    }
}

/// One number from many values.
pub(super) fn reduce(reducer: Reducer, operand: Term, span: Span) -> Result<Term, Problem> {
    demand_values(reducer.name(), &operand)?;
    let expression = Expression::Reduce(reducer, Box::new(operand.expression));
    Ok(Term { expression, shape: Shape::Scalar, span, ..operand })
}

/// Refuses a number where a function is about many values.
fn demand_values(function: &str, operand: &Term) -> Result<(), Problem> {
    if operand.shape != Shape::Scalar {
        return Ok(());
    }
    let what = format!("{function} needs values: x, y, pooled or a column");
    Err(Problem::new(operand.span, what, format!("leave out {function}, for this is one number already")))
}

/// The level of a quantile: from 0 to 1.
pub(super) fn level(argument: &Term) -> Result<f64, Problem> {
    let level = known(argument, "the level of quantile", "quantile(x, 0.9)")?;
    if (0.0..=1.0).contains(&level) {
        return Ok(level);
    }
    let what = format!("the level of quantile is {level}, not between 0 and 1");
    Err(Problem::new(argument.span, what, "write a fraction, as in quantile(x, 0.9)"))
}

/// The share that a trimmed mean leaves out at each end: from 0 to below a half.
pub(super) fn trimmed_share(argument: &Term) -> Result<f64, Problem> {
    let share = known(argument, "the share to trim", "trimmed_mean(x, 0.2)")?;
    if (0.0..0.5).contains(&share) {
        return Ok(share);
    }
    let what = format!("the share to trim at each end is {share}, not at least 0 and below 0.5");
    Err(Problem::new(argument.span, what, "write a fraction, as in trimmed_mean(x, 0.2)"))
}

/// The value of an argument that must be the same for all labellings.
fn known(argument: &Term, role: &str, example: &str) -> Result<f64, Problem> {
    // The sum turns -0 into 0, which has a shorter text.
    constant(&argument.expression).map(|value| value + 0.0).ok_or_else(|| {
        let what = format!("{role} must be a number known beforehand");
        Problem::new(argument.span, what, format!("write for example {example}"))
    })
}

/// The value of numbers joined by arithmetic alone.
pub(super) fn constant(expression: &Expression) -> Option<f64> {
    match expression {
        Expression::Number(value) => Some(*value),
        Expression::Unary(Unary::Negate, operand) => constant(operand).map(|value| -value),
        Expression::Binary(operator, left, right) => {
            let (left, right) = (constant(left)?, constant(right)?);
            match operator {
                Binary::Add => Some(left + right),
                Binary::Subtract => Some(left - right),
                Binary::Multiply => Some(left * right),
                Binary::Divide => Some(left / right),
                Binary::Power => Some(libm::pow(left, right)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What kind of statistic a whole expression is, if it is one.
pub(super) fn kind(whole: &Term) -> Result<Kind, Problem> {
    let refuse = |what: &str, remedy: &str| Err(Problem::new(whole.span, what, remedy));
    let is_named = |variable| whole.expression.mentions(variable);
    if let Shape::Vector(observations) = whole.shape {
        let each = if observations == Observations::Pairs { "pair" } else { "observation" };
        let what = format!("the expression gives a value for each {each}");
        return refuse(&what, "put a reducer such as mean(...) around it");
    }
    match (is_named(Variable::Case), is_named(Variable::Control)) {
        (true, true) => Ok(Kind::TwoSample),
        (true, false) => Ok(Kind::Summary),
        (false, true) => refuse(
            "the expression names y alone",
            "write x for y: of a summary in x, the difference case - control is tested",
        ),
        (false, false) => refuse(
            "the expression names neither x nor y nor a column, so no relabelling changes it",
            "write for example mean(x) - mean(y)",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Span = Span { start: 0, end: 1 };
    const PAIRS: Shape = Shape::Vector(Observations::Pairs);

    fn case() -> Term {
        values(Variable::Case, HERE)
    }

    fn control() -> Term {
        values(Variable::Control, HERE)
    }

    fn pooled() -> Term {
        values(Variable::Pooled, HERE)
    }

    fn shape(operator: Binary, left: Term, right: Term) -> Option<Shape> {
        binary(operator, left, right).map(|term| term.shape).ok()
    }

    #[test]
    fn values_of_the_same_observations_combine_and_a_number_goes_with_all() {
        for variable in [Variable::Case, Variable::Control, Variable::Pooled] {
            let values = || values(variable, HERE);
            let vector = Some(Shape::Vector(Observations::Of(variable)));
            assert_eq!(shape(Binary::Add, values(), values()), vector);
            assert_eq!(shape(Binary::Less, values(), number(1.0, HERE)), vector);
            assert_eq!(shape(Binary::Power, number(2.0, HERE), values()), vector);
        }
        assert_eq!(shape(Binary::Divide, number(1.0, HERE), number(2.0, HERE)), Some(Shape::Scalar));
    }

    #[test]
    fn x_and_y_make_pairs_which_go_on_with_either() {
        let pairs = || binary(Binary::Subtract, case(), control()).unwrap();
        assert_eq!((pairs().shape, pairs().pairing), (PAIRS, Pairing::Needed));
        assert_eq!(shape(Binary::Multiply, pairs(), pairs()), Some(PAIRS));
        assert_eq!(shape(Binary::Multiply, pairs(), case()), Some(PAIRS));
        assert_eq!(shape(Binary::Multiply, control(), pairs()), Some(PAIRS));
        assert_eq!(unary(Unary::Rank, pairs(), HERE).unwrap().shape, PAIRS);
    }

    #[test]
    fn pooled_values_go_with_no_others() {
        let pairs = || binary(Binary::Subtract, case(), control()).unwrap();
        for other in [case(), control(), pairs()] {
            assert_eq!(shape(Binary::Subtract, pooled(), other.clone()), None);
            assert_eq!(shape(Binary::Subtract, other, pooled()), None);
        }
    }

    #[test]
    fn an_expression_needs_pairs_if_any_part_does() {
        let pairs = binary(Binary::Subtract, case(), control()).unwrap();
        let mean = reduce(Reducer::Mean, pairs, HERE).unwrap();
        assert_eq!((mean.shape, mean.pairing), (Shape::Scalar, Pairing::Needed));
        let left = binary(Binary::Add, mean.clone(), number(1.0, HERE)).unwrap();
        let right = binary(Binary::Add, number(1.0, HERE), mean).unwrap();
        assert_eq!([left.pairing, right.pairing], [Pairing::Needed; 2]);
    }

    #[test]
    fn a_number_is_not_reduced_again() {
        let mean = reduce(Reducer::Mean, case(), HERE).unwrap();
        assert!(reduce(Reducer::Max, mean.clone(), HERE).is_err());
        assert!(unary(Unary::Rank, mean.clone(), HERE).is_err());
        assert!(unary(Unary::Log, mean, HERE).is_ok());
    }

    #[test]
    fn arithmetic_of_numbers_is_known_beforehand() {
        let third = binary(Binary::Divide, number(1.0, HERE), number(3.0, HERE)).unwrap();
        assert_eq!(level(&third), Ok(1.0 / 3.0));
        let minus_zero = unary(Unary::Negate, number(0.0, HERE), HERE).unwrap();
        assert!(level(&minus_zero).unwrap().is_sign_positive());
        let undefined = binary(Binary::Divide, number(0.0, HERE), number(0.0, HERE)).unwrap();
        assert!(level(&undefined).is_err());
        assert!(level(&reduce(Reducer::Mean, case(), HERE).unwrap()).is_err());
    }

    #[test]
    fn levels_and_shares_have_their_bounds() {
        assert_eq!([0.0, 1.0].map(|value| level(&number(value, HERE)).is_ok()), [true; 2]);
        assert_eq!([-0.1, 1.1].map(|value| level(&number(value, HERE)).is_ok()), [false; 2]);
        assert_eq!([0.0, 0.49].map(|value| trimmed_share(&number(value, HERE)).is_ok()), [true; 2]);
        assert_eq!([-0.1, 0.5].map(|value| trimmed_share(&number(value, HERE)).is_ok()), [false; 2]);
    }
}
