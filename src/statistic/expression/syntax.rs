//! The tree of an expression, and its canonical text.
//!
//! The canonical text has no parentheses but those that the tree needs, a space on either side of an operator between
//! two operands, and numbers in the fewest digits that name the same double. Reading it gives the same tree, as long as
//! it keeps within the limits of a text itself: `.9` becomes `0.9`, and `1+1` gets spaces.

use std::f64::consts;
use std::fmt;
use std::sync::Arc;

use super::names::Word;
use super::token::{is_letter, is_letter_or_digit};

/// What stands for many values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    /// `x`: the values labelled case.
    Case,
    /// `y`: the values labelled control.
    Control,
    /// `pooled`: all values, whatever their label.
    Pooled,
}

/// A function of one value, applied to each where there are many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unary {
    /// `-a`
    Negate,
    /// Natural logarithm.
    Log,
    /// Logarithm to base 2.
    Log2,
    /// Logarithm to base 10.
    Log10,
    /// Natural logarithm of 1 + a, exact near 0.
    Log1p,
    /// Exponential.
    Exp,
    /// Square root.
    Sqrt,
    /// Absolute value.
    Abs,
    /// Midrank: tied values share the mean of their ranks.
    Rank,
}

/// A function of two values, applied one by one where there are many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// `a + b`
    Add,
    /// `a - b`
    Subtract,
    /// `a * b`
    Multiply,
    /// `a / b`
    Divide,
    /// `a ^ b`, or `pow(a, b)`
    Power,
    /// `a < b`: 1 if it holds, else 0, as for all comparisons.
    Less,
    /// `a <= b`
    LessEqual,
    /// `a > b`
    Greater,
    /// `a >= b`
    GreaterEqual,
    /// `a == b`
    Equal,
    /// `a != b`
    NotEqual,
}

/// A function of many values that gives one number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reducer {
    /// Arithmetic mean.
    Mean,
    /// Median.
    Median,
    /// Sum.
    Sum,
    /// Variance.
    Var,
    /// Standard deviation.
    Sd,
    /// Smallest value.
    Min,
    /// Largest value.
    Max,
    /// Number of values.
    N,
    /// Quantile, at a level from 0 to 1.
    Quantile(f64),
    /// Mean without this share of the values at each end, from 0 to below 0.5.
    TrimmedMean(f64),
}

/// An expression, or a part of one.
///
/// As deep as a text of [`super::MOST_CHARACTERS`] characters can make it: nesting is limited to
/// [`super::DEEPEST_NESTING`], but a chain such as `1 + 1 + 1 + …` leans to the left, one level for each operator.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A number, finite and not negative where it was read from a text.
    Number(f64),
    /// The values of a variable.
    Values(Variable),
    /// The values of a column.
    Column(Column),
    /// A function of one operand.
    Unary(Unary, Box<Expression>),
    /// A function of two operands.
    Binary(Binary, Box<Expression>, Box<Expression>),
    /// One number from many values.
    Reduce(Reducer, Box<Expression>),
}

/// A column of a table, at the rows of one group.
#[derive(Debug, Clone)]
pub struct Column {
    /// What it is called.
    pub name: String,
    /// `x` for the rows of the case, `y` for those of the control.
    pub of: Variable,
    /// The value of each row, once the table is known.
    pub(super) values: Arc<[f64]>,
}

/// Within a table a name says which values these are.
impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.of) == (&other.name, other.of)
    }
}

impl Column {
    /// The values of rows, which go by their numbers.
    pub(super) fn at(&self, rows: &[f64]) -> Vec<f64> {
        rows.iter().map(|&row| self.values[row as usize]).collect()
    }
}

/// The name, in back-quotes if it could not be read without them.
impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        let is_plain =
            name.starts_with(is_letter) && name.chars().all(is_letter_or_digit) && Word::find(name).is_none();
        if is_plain { f.write_str(name) } else { write!(f, "`{name}`") }
    }
}

impl Variable {
    /// The name in expressions.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Case => "x",
            Self::Control => "y",
            Self::Pooled => "pooled",
        }
    }
}

impl Unary {
    /// The sign or the function's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Negate => "-",
            Self::Log => "log",
            Self::Log2 => "log2",
            Self::Log10 => "log10",
            Self::Log1p => "log1p",
            Self::Exp => "exp",
            Self::Sqrt => "sqrt",
            Self::Abs => "abs",
            Self::Rank => "rank",
        }
    }
}

impl Binary {
    /// The sign.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Power => "^",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
        }
    }

    /// How strongly the operator binds, and how strongly each operand must do to stand there without parentheses.
    fn binding(self) -> Binding {
        let (own, left, right) = match self {
            Self::Add | Self::Subtract => (Strength::Sum, Strength::Sum, Strength::Product),
            Self::Multiply | Self::Divide => (Strength::Product, Strength::Product, Strength::Negation),
            Self::Power => (Strength::Power, Strength::Operand, Strength::Negation),
            _ => (Strength::Comparison, Strength::Sum, Strength::Sum),
        };
        Binding { own, left, right }
    }
}

impl Reducer {
    /// The function's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Median => "median",
            Self::Sum => "sum",
            Self::Var => "var",
            Self::Sd => "sd",
            Self::Min => "min",
            Self::Max => "max",
            Self::N => "n",
            Self::Quantile(_) => "quantile",
            Self::TrimmedMean(_) => "trimmed_mean",
        }
    }
}

/// How strongly the outermost operator of an expression binds, from the weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Comparison,
    Sum,
    Product,
    Negation,
    Power,
    Operand,
}

struct Binding {
    own: Strength,
    left: Strength,
    right: Strength,
}

impl Expression {
    /// Whether a variable occurs in the expression, be it as the rows of a column.
    #[must_use]
    pub fn mentions(&self, variable: Variable) -> bool {
        match self {
            Self::Number(_) => false,
            Self::Values(named) => *named == variable,
            Self::Column(column) => column.of == variable,
            Self::Unary(_, operand) | Self::Reduce(_, operand) => operand.mentions(variable),
            Self::Binary(_, left, right) => left.mentions(variable) || right.mentions(variable),
        }
    }

    fn strength(&self) -> Strength {
        match self {
            Self::Number(value) if value.is_sign_negative() => Strength::Negation,
            Self::Unary(Unary::Negate, _) => Strength::Negation,
            Self::Binary(operator, ..) => operator.binding().own,
            _ => Strength::Operand,
        }
    }

    /// Writes the expression, in parentheses if it binds less than its place demands.
    fn write_in_place(&self, f: &mut fmt::Formatter<'_>, demanded: Strength) -> fmt::Result {
        if self.strength() < demanded { write!(f, "({self})") } else { write!(f, "{self}") }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) => write_number(f, *value),
            Self::Values(variable) => f.write_str(variable.name()),
            Self::Column(column) => write!(f, "{column}"),
            Self::Unary(Unary::Negate, operand) => {
                f.write_str("-")?;
                operand.write_in_place(f, Strength::Negation)
            }
            Self::Unary(function, operand) => write!(f, "{}({operand})", function.name()),
            Self::Binary(operator, left, right) => {
                let binding = operator.binding();
                left.write_in_place(f, binding.left)?;
                write!(f, " {} ", operator.name())?;
                right.write_in_place(f, binding.right)
            }
            Self::Reduce(reducer, operand) => {
                write!(f, "{}({operand}", reducer.name())?;
                if let Reducer::Quantile(share) | Reducer::TrimmedMean(share) = *reducer {
                    f.write_str(", ")?;
                    write_number(f, share)?;
                }
                f.write_str(")")
            }
        }
    }
}

/// The fewest digits that name the same double; constants by name, far magnitudes with an exponent.
fn write_number(f: &mut fmt::Formatter<'_>, value: f64) -> fmt::Result {
    let magnitude = value.abs();
    if value == consts::PI {
        f.write_str("pi")
    } else if value == consts::E {
        f.write_str("e")
    } else if magnitude == 0.0 || (1e-5..1e16).contains(&magnitude) {
        write!(f, "{value}")
    } else {
        write!(f, "{value:e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binary(operator: Binary, left: Expression, right: Expression) -> Expression {
        Expression::Binary(operator, Box::new(left), Box::new(right))
    }

    #[test]
    fn numbers_are_short_and_constants_have_names() {
        for (value, text) in [
            (0.0, "0"),
            (3.0, "3"),
            (0.9, "0.9"),
            (0.001, "0.001"),
            (1e-7, "1e-7"),
            (2.5e300, "2.5e300"),
            (1e15, "1000000000000000"),
            (1.0 / 3.0, "0.3333333333333333"),
            (consts::PI, "pi"),
            (consts::E, "e"),
        ] {
            assert_eq!(Expression::Number(value).to_string(), text);
        }
    }

    #[test]
    fn a_negative_number_is_a_negation_to_the_power_above_it() {
        let [minus_three, two] = [-3.0, 2.0].map(Expression::Number);
        assert_eq!(binary(Binary::Power, minus_three.clone(), two.clone()).to_string(), "(-3) ^ 2");
        assert_eq!(binary(Binary::Multiply, two, minus_three).to_string(), "2 * -3");
    }

    #[test]
    fn parentheses_stand_only_where_the_tree_needs_them() {
        let [one, two, three] = [1.0, 2.0, 3.0].map(Expression::Number);
        let difference = binary(Binary::Subtract, one, two);
        assert_eq!(binary(Binary::Subtract, difference.clone(), three.clone()).to_string(), "1 - 2 - 3");
        assert_eq!(binary(Binary::Subtract, three, difference.clone()).to_string(), "3 - (1 - 2)");
        assert_eq!(Expression::Unary(Unary::Negate, Box::new(difference)).to_string(), "-(1 - 2)");
    }
}
