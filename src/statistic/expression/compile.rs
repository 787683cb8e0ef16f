//! An expression → the fastest shape that computes it.
//!
//! What each value contributes by itself is computed once, as a column of the pool. Then the labels matter only through
//! numbers of one column in one group, the leaves. If these are sums, and the expression is a sum of multiples of them,
//! it is one sum over the case observations ([`Linear`]); other functions of leaves are a [`Formula`]; whatever is left,
//! such as deviations from a group's own median, is evaluated on the gathered values.

use super::behaviour::Behaviour;
use super::evaluate::{self, evaluate};
use super::{Binary, Column as NamedValues, Expression, Kind, Pairing, Parsed, Reducer, Unary, Variable};
use crate::error::Error;
use crate::message::{Message, Setting};
use crate::statistic::formula::{Formula, Leaf, Measure, Numbers, Step};
use crate::statistic::linear::scores::Scores;
use crate::statistic::linear::{self, Linear, Orientation};
use crate::statistic::order::Group;
use crate::statistic::pool::{Measured, Origin, Scale, Unit};
use crate::statistic::values::Values;
use crate::statistic::{Character, Prepared, Problem};

impl Parsed {
    /// The statistic as an expression in both samples: a summary is the difference of its values.
    #[must_use]
    pub fn two_sample(&self) -> Expression {
        match self.kind {
            Kind::TwoSample => self.expression.clone(),
            Kind::Summary => {
                let control = renamed(&self.expression, Variable::Case, Variable::Control);
                Expression::Binary(Binary::Subtract, Box::new(self.expression.clone()), Box::new(control))
            }
        }
    }

    /// The ratio case / control of a summary, in the place of its difference; `None` for what is none.
    #[must_use]
    pub fn as_ratio(&self) -> Option<Self> {
        if self.kind != Kind::Summary {
            return None;
        }
        let control = renamed(&self.expression, Variable::Case, Variable::Control);
        let expression = Expression::Binary(Binary::Divide, Box::new(self.expression.clone()), Box::new(control));
        // The columns of case and control have the same names.
        let of_columns = || format!("ratio of {}", self.canonical);
        let canonical = if self.columns.is_empty() { expression.to_string() } else { of_columns() };
        let title = self.title.as_ref().map(|title| title.replacen("difference", "ratio", 1));
        Some(Self { expression, kind: Kind::TwoSample, canonical, title, ..self.clone() })
    }

    /// Whether exchanging the samples turns the statistic into its opposite: a difference of the same number of both.
    #[must_use]
    pub fn is_a_difference(&self) -> bool {
        match (self.kind, &self.expression) {
            (Kind::Summary, _) => true,
            (_, Expression::Binary(Binary::Subtract, case, control)) => {
                !case.mentions(Variable::Control) && renamed(case, Variable::Case, Variable::Control) == **control
            }
            _ => false,
        }
    }

    /// What is added to the statistic when 1 is added to the case values, if that is always the same.
    #[must_use]
    pub fn moves_with_case(&self) -> Option<f64> {
        Behaviour::in_one(&self.two_sample(), Variable::Case).shift
    }

    /// A summary in `x` alone that moves with the values, of the differences x − y of pairs.
    pub(in crate::statistic) fn of_differences(&self) -> Option<Self> {
        if self.kind != Kind::Summary || !self.columns.is_empty() {
            return None;
        }
        let difference = |leaf: &Expression| match leaf {
            Expression::Values(Variable::Case) => {
                let values = |variable| Box::new(Expression::Values(variable));
                Expression::Binary(Binary::Subtract, values(Variable::Case), values(Variable::Control))
            }
            other => other.clone(),
        };
        let expression = self.expression.with_leaves(&difference);
        let of_differences = Self { expression, kind: Kind::TwoSample, pairing: Pairing::Needed, ..self.clone() };
        (of_differences.moves_with_case() == Some(1.0)).then_some(of_differences)
    }

    /// What the control values must be multiplied with for a ratio to be divided by a number; `None` where it is not divided
    /// by a power of what they are multiplied with.
    #[must_use]
    pub fn scale_for_ratio(&self, ratio: f64) -> Option<f64> {
        let power = -Behaviour::in_one(&self.two_sample(), Variable::Control).degree.power()?;
        (power != 0.0).then(|| if power == 1.0 { ratio } else { libm::pow(ratio, 1.0 / power) })
    }

    /// Prepares the statistic for a problem, and finds out what it is.
    ///
    /// # Errors
    /// [`Error::Data`] for an expression that combines values of pairs, where there are none, or in a way that says
    /// nothing of a difference between the members.
    pub fn prepare(&self, problem: &Problem) -> Result<Prepared<'static>, Error> {
        let bound = self.with_columns(problem.pool().columns())?;
        let prepared = bound.compile(problem)?;
        let character = Character::of(&bound, &prepared, problem)?;
        self.refuse_association(problem, character)?;
        Ok(prepared.of_character(character))
    }

    /// Prepares the statistic for a problem, whatever it is.
    pub(in crate::statistic) fn compile(&self, problem: &Problem) -> Result<Prepared<'static>, Error> {
        if self.pairing == Pairing::Needed && problem.pairs().is_none() {
            let what = format!("{} combines x and y value by value, and these data are not paired", self.canonical);
            let remedy = Message::from("add ").and(Setting::Paired).and(", or reduce each to a number first");
            return Err(Error::data(what, remedy));
        }
        let (pool, expression) = (problem.pool(), self.two_sample());
        // What moves with the case values has moved with them under a null hypothesis.
        let shift = self.moves_with_case().unwrap_or(0.0) * pool.shift();
        let (measured, degree) = measured(problem, &expression);
        let scale = Scale { unit: measured.unit, degree: degree.unwrap_or(0.0), factor: pool.factor(), shift };
        let mut compiler = Compiler { problem, measured: &measured, degree, shift, columns: Vec::new() };
        if let Some(steps) = compiler.steps(&expression) {
            if let Some(linear) = problem.design().case_size().and_then(|m| compiler.linear(&expression, m)) {
                return Ok(Prepared::sum(linear));
            }
            let numbers = (0..compiler.columns.len()).map(|column| compiler.numbers(column));
            return Ok(Prepared::floats(Formula::new(problem, &numbers.collect::<Vec<_>>(), steps, scale)));
        }
        let Measured { values, .. } = measured;
        let pooled = values.clone();
        let function = move |case: &[f64], control: &[f64]| {
            evaluate(&expression, evaluate::Values { case, control, pooled: &pooled })
        };
        Ok(Prepared::floats(Values::measured(problem, &values, scale, degree, function)))
    }
}

/// The values in the unit in which an expression is computed, and the power of it that the expression has. Where it has
/// none, they are those of the data, or what these are above their minimum if a shift does not matter. The numbers of rows stay as
/// they are.
fn measured(problem: &Problem, expression: &Expression) -> (Measured, Option<f64>) {
    let pool = problem.pool();
    if pool.columns().is_some() {
        let (values, scores) = (pool.values().to_vec(), pool.scores().clone());
        return (Measured { values, scores, unit: Unit::OF_DATA }, None);
    }
    let Behaviour { degree, shift } = Behaviour::of(expression);
    let origin = if shift == Some(0.0) { Origin::Least } else { Origin::Zero };
    match (degree.power(), origin) {
        (Some(power), origin) => (pool.measured(origin), Some(power)),
        (None, Origin::Zero) => {
            let (values, scores) = (pool.values().to_vec(), pool.scores().clone());
            (Measured { values, scores, unit: Unit::OF_DATA }, None)
        }
        (None, Origin::Least) => {
            let Measured { values, unit, .. } = pool.measured(Origin::Least);
            let values: Vec<f64> = values.into_iter().map(|value| unit.to_data(value, 1.0)).collect();
            (Measured { scores: Scores::of(&values), values, unit: Unit::OF_DATA }, None)
        }
    }
}

struct Compiler<'a> {
    problem: &'a Problem,
    measured: &'a Measured,
    /// The power of the values' unit that the whole expression has.
    degree: Option<f64>,
    /// What is added to it, which was subtracted with a shift.
    shift: f64,
    columns: Vec<Column>,
}

/// By which share of the largest one a number that was computed from an observation may be off.
const COMPUTED: f64 = 8.0 * f64::EPSILON;

/// Numbers as integers, and by how many of their units two sums over m case observations may differ that should be equal:
/// 0 for the data, while what was computed from them was rounded.
fn scores(numbers: &Numbers, m: usize) -> (Scores, f64) {
    if let Some(scores) = &numbers.scores {
        return (scores.clone(), 0.0);
    }
    let scores = Scores::of(&numbers.values);
    let error = 2.0 * m as f64 * COMPUTED * largest(&numbers.values) / scores.step();
    (scores, error)
}

fn largest(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |largest, number| number.abs().max(largest))
}

/// What each observation contributes by itself.
struct Column {
    /// With `x` for the values, so that the same function of `y` finds the same column.
    definition: Expression,
    numbers: Vec<f64>,
}

/// a₀ + Σ aₖ·Sₖ, where Sₖ is the sum of column k over the case observations.
struct Affine {
    constant: f64,
    terms: Vec<(usize, f64)>,
}

impl Compiler<'_> {
    /// The steps that compute an expression from leaves, if it can be.
    fn steps(&mut self, expression: &Expression) -> Option<Vec<Step>> {
        if let Some(number) = self.constant(expression) {
            return Some(vec![Step::Constant(number)]);
        }
        match expression {
            Expression::Unary(function, operand) => {
                let mut steps = self.steps(operand)?;
                steps.push(Step::Unary(*function));
                Some(steps)
            }
            Expression::Binary(operator, left, right) => {
                let mut steps = self.steps(left)?;
                steps.extend(self.steps(right)?);
                steps.push(Step::Binary(*operator));
                Some(steps)
            }
            Expression::Reduce(reducer, operand) => self.reduction(*reducer, operand),
            Expression::Number(_) | Expression::Values(_) | Expression::Column(_) => None,
        }
    }

    /// The number that an expression of constants and the pool alone gives.
    fn constant(&self, expression: &Expression) -> Option<f64> {
        let depends = [Variable::Case, Variable::Control].iter().any(|&variable| expression.mentions(variable));
        let pooled = &self.measured.values;
        (!depends && !matches!(expression, Expression::Values(_) | Expression::Column(_)))
            .then(|| evaluate(expression, evaluate::Values { case: &[], control: &[], pooled }))
    }

    /// The leaf that a reducer makes of a column, and what is to be done with it.
    fn reduction(&mut self, reducer: Reducer, operand: &Expression) -> Option<Vec<Step>> {
        let (column, group) = self.column(operand)?;
        let leaf = |measure| Step::Leaf(Leaf { column, group, measure });
        Some(match reducer {
            Reducer::N => vec![leaf(Measure::Size)],
            Reducer::Mean => vec![leaf(Measure::Mean)],
            Reducer::Sum => vec![leaf(Measure::Sum)],
            Reducer::Var => vec![leaf(Measure::Variance)],
            Reducer::Sd => vec![leaf(Measure::Variance), Step::Unary(Unary::Sqrt)],
            Reducer::Min => vec![leaf(Measure::Quantile(0.0))],
            Reducer::Max => vec![leaf(Measure::Quantile(1.0))],
            Reducer::Median => vec![leaf(Measure::Quantile(0.5))],
            Reducer::Quantile(q) => vec![leaf(Measure::Quantile(q))],
            Reducer::TrimmedMean(q) => vec![leaf(Measure::TrimmedMean(q))],
        })
    }

    /// The column that an expression of one group's values is, if each value contributes by itself and finitely.
    fn column(&mut self, expression: &Expression) -> Option<(usize, Group)> {
        let group = match [Variable::Case, Variable::Control].map(|variable| expression.mentions(variable)) {
            [true, false] => Group::Case,
            [false, true] => Group::Control,
            _ => return None,
        };
        if reduces_a_group(expression) {
            return None;
        }
        let definition = renamed(expression, Variable::Control, Variable::Case);
        if let Some(known) = self.columns.iter().position(|column| column.definition == definition) {
            return Some((known, group));
        }
        let numbers = evaluate::column(&definition, &self.measured.values);
        if !numbers.iter().all(|number| number.is_finite()) {
            return None;
        }
        self.columns.push(Column { definition, numbers });
        Some((self.columns.len() - 1, group))
    }

    /// The expression as one sum over m case observations, if it is one.
    fn linear(&mut self, expression: &Expression, m: usize) -> Option<Linear> {
        if let Some(column) = self.difference_of_means(expression) {
            let (scores, error) = scores(&self.numbers(column), m);
            let scores = match &self.columns[column].definition {
                Expression::Values(_) => self.problem.pool().scores().clone(),
                Expression::Column(_) => scores,
                _ => self.in_data_unit(scores),
            };
            return Some(linear::mean_difference(self.problem, &scores, self.shift).with_error(error));
        }
        let Affine { constant, mut terms } = self.affine(expression, m)?;
        terms.retain(|&(_, factor)| factor != 0.0);
        let (numbers, factor) = match terms[..] {
            [] => return None,
            [(column, factor)] => (self.numbers(column), factor),
            _ => (Numbers { values: self.combined(&terms), scores: None }, 1.0),
        };
        if largest(&numbers.values) >= f64::MAX / 4.0 {
            return None;
        }
        let (orientation, sign) = if factor < 0.0 { (Orientation::Falling, -1) } else { (Orientation::Rising, 1) };
        let (scores, error) = scores(&numbers, m);
        let (unit, degree, known) = (self.measured.unit, self.degree.unwrap_or(0.0), scores.clone());
        let shift = self.shift;
        let linear = Linear::of(self.problem, &scores, orientation, move |sum| {
            let sum = known.mean_of(i128::from(sign * sum), m) * m as f64;
            unit.to_data(constant + factor * sum, degree) + shift
        });
        Some(linear.with_error(error))
    }

    /// The column of whose means an expression is the difference, if it is one.
    fn difference_of_means(&mut self, expression: &Expression) -> Option<usize> {
        let Expression::Binary(Binary::Subtract, left, right) = expression else { return None };
        let (Expression::Reduce(Reducer::Mean, case), Expression::Reduce(Reducer::Mean, control)) = (&**left, &**right)
        else {
            return None;
        };
        match (self.column(case)?, self.column(control)?) {
            ((column, Group::Case), (same, Group::Control)) if column == same => Some(column),
            _ => None,
        }
    }

    /// Scores of numbers of the expression's degree, as scores of what these are in the unit of the data.
    fn in_data_unit(&self, scores: Scores) -> Scores {
        let unit = self.measured.unit.to_data(scores.unit, self.degree.unwrap_or(0.0));
        // A power of ten would be taken for the unit.
        Scores { unit, power: None, ..scores }
    }

    /// The sum of multiples of columns, for each observation.
    fn combined(&self, terms: &[(usize, f64)]) -> Vec<f64> {
        let at =
            |place: usize| terms.iter().map(|&(column, factor)| factor * self.columns[column].numbers[place]).sum();
        (0..self.problem.pool().len()).map(at).collect()
    }

    /// A column, with its integers where it is the values themselves or a column of the data.
    fn numbers(&self, column: usize) -> Numbers {
        let Column { definition, numbers } = &self.columns[column];
        let scores = match definition {
            Expression::Values(_) => Some(self.measured.scores.clone()),
            Expression::Column(_) => Some(Scores::of(numbers)),
            _ => None,
        };
        Numbers { values: numbers.clone(), scores }
    }

    fn affine(&mut self, expression: &Expression, m: usize) -> Option<Affine> {
        if let Some(constant) = self.constant(expression) {
            return Some(Affine { constant, terms: Vec::new() });
        }
        match expression {
            Expression::Unary(Unary::Negate, operand) => Some(self.affine(operand, m)?.times(-1.0)),
            Expression::Binary(Binary::Add, left, right) => Some(self.affine(left, m)?.plus(self.affine(right, m)?)),
            Expression::Binary(Binary::Subtract, left, right) => {
                Some(self.affine(left, m)?.plus(self.affine(right, m)?.times(-1.0)))
            }
            Expression::Binary(Binary::Multiply, left, right) => {
                let (left, right) = (self.affine(left, m)?, self.affine(right, m)?);
                match (left.number(), right.number()) {
                    (Some(factor), _) => Some(right.times(factor)),
                    (_, Some(factor)) => Some(left.times(factor)),
                    _ => None,
                }
            }
            Expression::Binary(Binary::Divide, left, right) => {
                let divisor = self.affine(right, m)?.number()?;
                Some(self.affine(left, m)?.times(1.0 / divisor))
            }
            Expression::Reduce(reducer, operand) => self.affine_reduction(*reducer, operand, m),
            _ => None,
        }
    }

    fn affine_reduction(&mut self, reducer: Reducer, operand: &Expression, m: usize) -> Option<Affine> {
        let (column, group) = self.column(operand)?;
        let size = match group {
            Group::Case => m,
            Group::Control => self.problem.pool().len() - m,
        } as f64;
        let factor = match reducer {
            Reducer::N => return Some(Affine { constant: size, terms: Vec::new() }),
            Reducer::Mean => 1.0 / size,
            Reducer::Sum => 1.0,
            _ => return None,
        };
        let case_sum = Affine { constant: 0.0, terms: vec![(column, 1.0)] };
        let sum = match group {
            Group::Case => case_sum,
            Group::Control => {
                let total: f64 = self.columns[column].numbers.iter().sum();
                Affine { constant: total, terms: Vec::new() }.plus(case_sum.times(-1.0))
            }
        };
        Some(sum.times(factor))
    }
}

impl Affine {
    fn number(&self) -> Option<f64> {
        self.terms.is_empty().then_some(self.constant)
    }

    fn times(self, factor: f64) -> Self {
        let terms = self.terms.into_iter().map(|(column, own)| (column, own * factor)).collect();
        Self { constant: self.constant * factor, terms }
    }

    fn plus(mut self, other: Self) -> Self {
        for (column, factor) in other.terms {
            match self.terms.iter_mut().find(|(own, _)| *own == column) {
                Some((_, own)) => *own += factor,
                None => self.terms.push((column, factor)),
            }
        }
        Self { constant: self.constant + other.constant, ..self }
    }
}

/// Whether a part reduces a group's values to a number, which then depends on the labels.
fn reduces_a_group(expression: &Expression) -> bool {
    match expression {
        Expression::Reduce(_, operand) => operand.mentions(Variable::Case) || operand.mentions(Variable::Control),
        Expression::Unary(_, operand) => reduces_a_group(operand),
        Expression::Binary(_, left, right) => reduces_a_group(left) || reduces_a_group(right),
        Expression::Number(_) | Expression::Values(_) | Expression::Column(_) => false,
    }
}

/// The same with one variable for another.
fn renamed(expression: &Expression, from: Variable, to: Variable) -> Expression {
    expression.with_variables(&|variable| if variable == from { to } else { variable })
}

impl Expression {
    /// The same with the samples in each other's place.
    #[must_use]
    pub fn exchanged(&self) -> Self {
        self.with_variables(&|variable| match variable {
            Variable::Case => Variable::Control,
            Variable::Control => Variable::Case,
            Variable::Pooled => Variable::Pooled,
        })
    }

    fn with_variables(&self, of: &impl Fn(Variable) -> Variable) -> Self {
        self.with_leaves(&|leaf| match leaf {
            Self::Values(variable) => Self::Values(of(*variable)),
            Self::Column(column) => Self::Column(NamedValues { of: of(column.of), ..column.clone() }),
            other => other.clone(),
        })
    }

    /// The same with other numbers, values and columns.
    pub(super) fn with_leaves(&self, change: &impl Fn(&Self) -> Self) -> Self {
        let part = |operand: &Self| Box::new(operand.with_leaves(change));
        match self {
            Self::Number(_) | Self::Values(_) | Self::Column(_) => change(self),
            Self::Unary(function, operand) => Self::Unary(*function, part(operand)),
            Self::Binary(operator, left, right) => Self::Binary(*operator, part(left), part(right)),
            Self::Reduce(reducer, operand) => Self::Reduce(*reducer, part(operand)),
        }
    }
}
