//! What an expression does when all values are multiplied by a number, or when one is added to them.
//!
//! It is read from the tree: a mean is multiplied and shifted like the values, a variance by the square and not at all, a
//! logarithm in neither of these ways. What follows is by which power of a unit an expression grows, and whether it may be
//! computed from values less their minimum, where sums and squares lose no digits.

use super::check::constant;
use super::{Binary, Expression, Reducer, Unary, Variable};

/// How an expression, or each of its values, answers to a change of the values of some variables.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Behaviour {
    /// Multiplied by s > 0, they multiply it by s to this power.
    pub degree: Degree,
    /// With δ added to them, this many times δ is added to it.
    pub shift: Option<f64>,
}

/// The power of the unit that an expression has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Degree {
    /// 0, which is so many of any unit.
    Any,
    /// This one.
    Of(f64),
    /// There is none.
    None,
}

impl Degree {
    /// The power, 0 for any.
    #[must_use]
    pub fn power(self) -> Option<f64> {
        match self {
            Self::Any => Some(0.0),
            Self::Of(power) => Some(power),
            Self::None => None,
        }
    }

    /// Of what is added or compared.
    fn together(self, other: Self) -> Self {
        match (self, other) {
            (Self::Any, degree) | (degree, Self::Any) => degree,
            (one, other) if one == other => one,
            _ => Self::None,
        }
    }

    fn map(self, change: impl Fn(f64) -> f64) -> Self {
        match self {
            Self::Of(power) => Self::Of(change(power)),
            other => other,
        }
    }

    /// Of a product, or with a factor of −1 of a quotient.
    fn plus(self, factor: f64, other: Self) -> Self {
        match (self, other) {
            (Self::None, _) | (_, Self::None) => Self::None,
            (Self::Any, _) => Self::Any,
            (Self::Of(one), other) => other.map(|other| one + factor * other),
        }
    }

    /// Of a function that keeps no unit: of what has none.
    fn without_unit(self) -> Self {
        if self.power() == Some(0.0) { Self::Of(0.0) } else { Self::None }
    }
}

impl Behaviour {
    const STILL: Self = Self { degree: Degree::Of(0.0), shift: Some(0.0) };

    /// When the values of all variables change in the same way.
    #[must_use]
    pub fn of(expression: &Expression) -> Self {
        Self::under(expression, &|_| Self { degree: Degree::Of(1.0), shift: Some(1.0) })
    }

    /// When those of one sample change; `pooled` then changes in part.
    #[must_use]
    pub fn in_one(expression: &Expression, sample: Variable) -> Self {
        Self::under(expression, &|variable| match variable {
            Variable::Pooled => Self { degree: Degree::None, shift: None },
            variable if variable == sample => Self { degree: Degree::Of(1.0), shift: Some(1.0) },
            _ => Self::STILL,
        })
    }

    fn under(expression: &Expression, of: &impl Fn(Variable) -> Self) -> Self {
        match expression {
            Expression::Number(0.0) => Self { degree: Degree::Any, ..Self::STILL },
            Expression::Number(_) => Self::STILL,
            Expression::Values(variable) => of(*variable),
            // Each column has a unit of its own.
            Expression::Column(_) => Self { degree: Degree::None, shift: None },
            Expression::Unary(function, operand) => Self::under(operand, of).unary(*function),
            Expression::Reduce(reducer, operand) => Self::under(operand, of).reduced(*reducer),
            Expression::Binary(operator, left, right) => {
                let behaviours = [Self::under(left, of), Self::under(right, of)];
                Self::binary(*operator, behaviours, [constant(left), constant(right)])
            }
        }
    }

    fn unary(self, function: Unary) -> Self {
        let Self { degree, shift } = self;
        let unmoved = shift.filter(|&shift| shift == 0.0);
        match function {
            Unary::Negate => Self { degree, shift: shift.map(|shift| -shift) },
            Unary::Abs => Self { degree, shift: unmoved },
            Unary::Sqrt => Self { degree: degree.map(|power| power / 2.0), shift: unmoved },
            // The order of values does not change.
            Unary::Rank => Self {
                degree: if degree == Degree::None { Degree::None } else { Degree::Of(0.0) },
                shift: shift.map(|_| 0.0),
            },
            _ => Self { degree: degree.without_unit(), shift: unmoved },
        }
    }

    fn reduced(self, reducer: Reducer) -> Self {
        let Self { degree, shift } = self;
        match reducer {
            Reducer::N => Self::STILL,
            Reducer::Var => Self { degree: degree.map(|power| 2.0 * power), shift: shift.map(|_| 0.0) },
            Reducer::Sd => Self { degree, shift: shift.map(|_| 0.0) },
            // As often as there are values.
            Reducer::Sum => Self { degree, shift: shift.filter(|&shift| shift == 0.0) },
            _ => self,
        }
    }

    fn binary(operator: Binary, [left, right]: [Self; 2], constants: [Option<f64>; 2]) -> Self {
        let both = |combine: fn(f64, f64) -> f64| Some(combine(left.shift?, right.shift?));
        let unmoved = both(|one, other| one.abs() + other.abs()).filter(|&moved| moved == 0.0);
        match (operator, constants) {
            (Binary::Add, _) => Self { degree: left.degree.together(right.degree), shift: both(|a, b| a + b) },
            (Binary::Subtract, _) => Self { degree: left.degree.together(right.degree), shift: both(|a, b| a - b) },
            (Binary::Multiply, [Some(factor), _]) => {
                Self { degree: left.degree.plus(1.0, right.degree), shift: right.shift.map(|shift| factor * shift) }
            }
            (Binary::Multiply, [_, Some(factor)]) => {
                Self { degree: left.degree.plus(1.0, right.degree), shift: left.shift.map(|shift| factor * shift) }
            }
            (Binary::Multiply, _) => Self { degree: left.degree.plus(1.0, right.degree), shift: unmoved },
            (Binary::Divide, [_, Some(divisor)]) => {
                Self { degree: left.degree.plus(-1.0, right.degree), shift: left.shift.map(|shift| shift / divisor) }
            }
            (Binary::Divide, _) => Self { degree: left.degree.plus(-1.0, right.degree), shift: unmoved },
            (Binary::Power, [_, Some(exponent)]) => {
                let shift = if exponent == 1.0 { left.shift } else { left.shift.filter(|&shift| shift == 0.0) };
                Self { degree: left.degree.map(|power| power * exponent), shift }
            }
            (Binary::Power, _) => {
                Self { degree: left.degree.without_unit().together(right.degree.without_unit()), shift: unmoved }
            }
            // Comparisons are the same as long as both sides move alike.
            _ => {
                let comparable = left.degree.together(right.degree);
                Self {
                    degree: if comparable == Degree::None { Degree::None } else { Degree::Of(0.0) },
                    shift: both(|one, other| one - other).filter(|&moved| moved == 0.0),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn units_and_shifts_are_read_from_the_tree() {
        let none = Degree::None;
        let of = Degree::Of;
        for (text, degree, shift) in [
            ("mean(x) - mean(y)", of(1.0), Some(0.0)),
            ("mean(x) + mean(y)", of(1.0), Some(2.0)),
            ("mean(x) / mean(y)", of(0.0), None),
            ("(mean(x) - mean(y)) / sqrt(var(x) / n(x) + var(y) / n(y))", of(0.0), Some(0.0)),
            ("var(x) / sd(y)", of(1.0), Some(0.0)),
            ("mean((x - mean(x)) ^ 3) / sd(y) ^ 3", of(0.0), Some(0.0)),
            ("mean(log(x)) - mean(log(y))", none, None),
            ("log(mean(x) / mean(y))", of(0.0), None),
            ("mean(rank(x)) - mean(rank(y))", of(0.0), Some(0.0)),
            ("mean(x > 3) - mean(y > 3)", none, None),
            ("mean(x > 0) - mean(y > 0)", of(0.0), None),
            ("mean(x > mean(y))", of(0.0), Some(0.0)),
            ("sum(x) / 2 - sum(y)", of(1.0), None),
            ("exp(mean(x) - mean(y))", none, Some(0.0)),
            ("median(x - y)", of(1.0), Some(0.0)),
            ("0 * mean(x) + 3 * mean(y)", of(1.0), Some(3.0)),
            ("mean(x) ^ 2 - mean(y)", none, None),
        ] {
            let behaviour = Behaviour::of(&parse(text).unwrap().expression);
            assert_eq!((behaviour.degree, behaviour.shift), (degree, shift), "{text}");
        }
    }

    #[test]
    fn a_change_of_one_sample_is_another_one() {
        let of_case = |text: &str| Behaviour::in_one(&parse(text).unwrap().expression, Variable::Case);
        assert_eq!(of_case("var(x) / var(y)").degree, Degree::Of(2.0));
        assert_eq!(of_case("mean(x) - mean(y)").shift, Some(1.0));
        assert_eq!(of_case("mean(x) - mean(y)").degree, Degree::None);
        assert_eq!(of_case("mean(x) - mean(pooled)").shift, None);
    }
}
