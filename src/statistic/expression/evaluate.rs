//! An expression for one labelling, by walking its tree over both groups' values: the general way, for what neither sums
//! nor places in a sorted column can give.

use super::arithmetic::{binary, unary};
use super::{Binary, Expression, Reducer, Unary, Variable};
use crate::statistic::order;
use crate::statistic::pool::doubled_ranks;

/// The values that the variables stand for; beside columns these are the numbers of rows.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// `x`
    pub case: &'a [f64],
    /// `y`
    pub control: &'a [f64],
    /// `pooled`
    pub pooled: &'a [f64],
}

/// What a part of an expression is.
enum Part {
    Number(f64),
    /// Many values, and of which variable.
    Many(Vec<f64>, Of),
}

/// Which observations many values belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Variable(Variable),
    Pairs,
}

/// The number that an expression gives.
///
/// # Panics
/// For an expression that gives many values, which no statistic does.
#[must_use]
pub fn evaluate(expression: &Expression, values: Values) -> f64 {
    match part(expression, values, values) {
        Part::Number(number) => number,
        Part::Many(..) => unreachable!("a statistic is one number"),
    }
}

/// The number that an expression gives for each value of the pool, of whichever variable it speaks, if no other part of
/// it depends on the labels; `x` and `y` both stand for the pool.
///
/// # Panics
/// For an expression that gives one number.
#[must_use]
pub fn column(expression: &Expression, pooled: &[f64]) -> Vec<f64> {
    each(expression, Values { case: pooled, control: pooled, pooled })
}

/// The values that an expression gives.
///
/// # Panics
/// For an expression that gives one number.
#[must_use]
pub fn each(expression: &Expression, values: Values) -> Vec<f64> {
    match part(expression, values, values) {
        Part::Many(numbers, _) => numbers,
        Part::Number(_) => unreachable!("a part with many values"),
    }
}

/// A part of an expression, with the values that its variables stand for: `free` where they are not reduced to a number,
/// `reduced` where they are. Only ranks distinguish the two.
fn part(expression: &Expression, free: Values, reduced: Values) -> Part {
    match expression {
        Expression::Number(number) => Part::Number(*number),
        Expression::Values(variable) => {
            let numbers = match variable {
                Variable::Case => free.case,
                Variable::Control => free.control,
                Variable::Pooled => free.pooled,
            };
            Part::Many(numbers.to_vec(), Of::Variable(*variable))
        }
        Expression::Column(column) => {
            let rows = if column.of == Variable::Control { free.control } else { free.case };
            Part::Many(column.at(rows), Of::Variable(column.of))
        }
        Expression::Unary(Unary::Rank, operand) => ranks(operand, free, reduced),
        Expression::Unary(function, operand) => match part(operand, free, reduced) {
            Part::Number(number) => Part::Number(unary(*function, number)),
            Part::Many(numbers, of) => Part::Many(numbers.into_iter().map(|x| unary(*function, x)).collect(), of),
        },
        Expression::Binary(operator, left, right) => {
            combine(*operator, part(left, free, reduced), part(right, free, reduced))
        }
        Expression::Reduce(reducer, operand) => match part(operand, reduced, reduced) {
            Part::Many(numbers, _) => Part::Number(reduce(*reducer, &numbers)),
            Part::Number(_) => unreachable!("a reducer takes many values"),
        },
    }
}

fn combine(operator: Binary, left: Part, right: Part) -> Part {
    match (left, right) {
        (Part::Number(a), Part::Number(b)) => Part::Number(binary(operator, a, b)),
        (Part::Many(a, of), Part::Number(b)) => Part::Many(a.into_iter().map(|a| binary(operator, a, b)).collect(), of),
        (Part::Number(a), Part::Many(b, of)) => Part::Many(b.into_iter().map(|b| binary(operator, a, b)).collect(), of),
        (Part::Many(a, of), Part::Many(b, of_other)) => {
            let of = if of == of_other { of } else { Of::Pairs };
            Part::Many(a.into_iter().zip(b).map(|(a, b)| binary(operator, a, b)).collect(), of)
        }
    }
}

/// Mid-ranks among the same function of all pooled values; of values of pairs, among themselves.
fn ranks(operand: &Expression, free: Values, reduced: Values) -> Part {
    let many = |free| match part(operand, free, reduced) {
        Part::Many(numbers, of) => (numbers, of),
        Part::Number(_) => unreachable!("ranks are taken of many values"),
    };
    let (numbers, of) = many(free);
    let pooled = free.pooled;
    let all = match of {
        // Two columns that are related have no values in common.
        Of::Variable(_) if pooled.is_empty() => numbers.clone(),
        Of::Variable(_) => many(Values { case: pooled, control: pooled, pooled }).0,
        Of::Pairs => numbers.clone(),
    };
    Part::Many(ranks_among(&numbers, all), of)
}

/// The mid-rank of each number among all; NaN for one that is NaN.
fn ranks_among(numbers: &[f64], mut all: Vec<f64>) -> Vec<f64> {
    all.retain(|number| !number.is_nan());
    all.sort_unstable_by(f64::total_cmp);
    let doubled = doubled_ranks(&all);
    let rank = |number: &f64| {
        let place = all.partition_point(|other| other < number);
        doubled.get(place).map_or(f64::NAN, |&rank| rank as f64 / 2.0)
    };
    numbers.iter().map(|number| if number.is_nan() { f64::NAN } else { rank(number) }).collect()
}

/// One number from many, NaN if one of them is or there are too few.
fn reduce(reducer: Reducer, numbers: &[f64]) -> f64 {
    let size = numbers.len() as f64;
    if reducer == Reducer::N {
        return size;
    }
    if numbers.iter().any(|number| number.is_nan()) || numbers.is_empty() {
        return f64::NAN;
    }
    let sum = || numbers.iter().sum::<f64>();
    let variance = || {
        let mean = sum() / size;
        numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / (size - 1.0)
    };
    let sorted = || {
        let mut sorted = numbers.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted
    };
    match reducer {
        Reducer::N => size,
        Reducer::Mean => sum() / size,
        Reducer::Sum => sum(),
        Reducer::Var => variance(),
        Reducer::Sd => variance().sqrt(),
        Reducer::Min => numbers.iter().copied().fold(f64::INFINITY, f64::min),
        Reducer::Max => numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Reducer::Median => order::quantile(&sorted(), 0.5),
        Reducer::Quantile(q) => order::quantile(&sorted(), q),
        Reducer::TrimmedMean(q) => order::trimmed_mean(&sorted(), q),
    }
}
