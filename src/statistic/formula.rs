//! Functions of sums and order statistics of both groups: *t*, differences of medians, ratios of means, most expressions.
//!
//! What depends on the labelling is a list of leaves, each a moment or an order statistic of one column in one group; the
//! rest is arithmetic. Leaves and arithmetic run over a batch of labellings at a time, so that an operator costs about a
//! nanosecond per labelling. A column is a number for each observation, computed once: the values, their logarithms.

use super::expression::arithmetic;
use super::expression::{Binary, Unary};
use super::linear::moments::{CaseSums, Moments, Order};
use super::linear::scores::Scores;
use super::linear::sums::Summands;
use super::order::{self, Group, TrimmedMeans};
use super::pool::{Measured, Scale};
use super::rounding::Approximate;
use super::{EvaluationCost, Problem, Statistic, Thresholds, pool};
use crate::error::Error;
use crate::sampling::labellings::{BitRows, Labellings};
use crate::sampling::units::Units;
use crate::simd::Arch;

/// A number that depends on the labels of a column's values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leaf {
    /// Which column.
    pub column: usize,
    /// Of which group's values.
    pub group: Group,
    /// Which number.
    pub measure: Measure,
}

/// A number that one group's values have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// How many there are.
    Size,
    /// Their mean.
    Mean,
    /// Their sum.
    Sum,
    /// Their variance, with the size less 1 as divisor.
    Variance,
    /// Their quantile of type 7.
    Quantile(f64),
    /// The mean of what is left when this share of them is left out at each end.
    TrimmedMean(f64),
}

/// A step of a calculation on a stack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Puts a constant on the stack.
    Constant(f64),
    /// Puts a leaf on the stack.
    Leaf(Leaf),
    /// Replaces the uppermost number.
    Unary(Unary),
    /// Replaces the two uppermost numbers, the upper one being the right operand.
    Binary(Binary),
}

/// A number for each position of the pool.
#[derive(Debug, Clone)]
pub struct Numbers {
    /// The numbers, all finite.
    pub values: Vec<f64>,
    /// The same as integers, where more is known of them than the doubles say.
    pub scores: Option<Scores>,
}

/// A statistic that is computed from leaves.
pub struct Formula {
    columns: Vec<Column>,
    steps: Vec<Step>,
    case_size: CaseSize,
    observations: usize,
    /// From replicates to values in the data's unit.
    scale: Scale,
    /// How far another statistic may be from the observed one and still tie.
    tolerance: f64,
}

/// A number for each observation, made ready for what the leaves ask of it.
struct Column {
    /// The largest magnitude.
    largest: f64,
    observations: usize,
    moments: Option<Moments>,
    sorted: Option<Sorted>,
}

/// A column in ascending order.
struct Sorted {
    values: Vec<f64>,
    /// What labellings say about the values in this order.
    units: Units,
    trimmed_means: Option<TrimmedMeans>,
}

/// How many observations are case observations.
enum CaseSize {
    Fixed(usize),
    /// As many as a sum of ones over the units says.
    Counted(Summands),
}

/// What the leaves of a batch are computed from.
struct Batch<'a> {
    arch: Arch,
    case_sizes: Vec<usize>,
    sizes: [Vec<f64>; 2],
    sums: Vec<CaseSums>,
    rows: Vec<Option<std::borrow::Cow<'a, BitRows>>>,
}

impl Formula {
    /// A statistic from columns, the steps that compute it, and the scale that it is computed on. Its null centre is 0.
    ///
    /// # Panics
    /// When a step finds too few numbers on the stack, or a column has not a finite number for each observation.
    #[must_use]
    pub fn new(problem: &Problem, columns: &[Numbers], steps: Vec<Step>, scale: Scale) -> Self {
        let design = problem.design();
        let prepare = |(index, numbers): (usize, &Numbers)| Column::new(problem, numbers, &measures(&steps, index));
        let case_size = design.case_size().map_or_else(|| CaseSize::counted(design.units()), CaseSize::Fixed);
        let mut formula = Self {
            columns: columns.iter().enumerate().map(prepare).collect(),
            steps,
            case_size,
            observations: problem.pool().len(),
            scale,
            tolerance: 0.0,
        };
        let observed = Labellings::Dense(BitRows { units: design.units().len(), words: design.observed() });
        let (mut value, mut stack) = ([0.0], Vec::new());
        formula.evaluate(Arch::Scalar, &observed, &mut value, |step, number| formula.carry(&mut stack, step, number));
        formula.tolerance = stack.pop().map_or(0.0, Approximate::tolerance);
        formula
    }

    /// Carries rounding errors through a step that gave a number.
    fn carry(&self, stack: &mut Vec<Approximate>, step: &Step, number: f64) {
        let mut operand = || stack.pop().expect("an operand");
        let next = match *step {
            Step::Constant(_) => Approximate::exact(number),
            Step::Leaf(leaf) => {
                Approximate { value: number, error: self.columns[leaf.column].error(leaf.measure, number) }
            }
            Step::Unary(function) => operand().unary(function, number),
            Step::Binary(operator) => {
                let right = operand();
                operand().binary(operator, right, number)
            }
        };
        stack.push(next);
    }

    /// How often the leaves go over the observations, roughly.
    fn passes(&self) -> f64 {
        let moments = |column: &Column| match &column.moments {
            None => 0.0,
            Some(moments) if moments.has_second() => 1.2,
            Some(_) => 0.6,
        };
        let places = |step: &Step| match step {
            Step::Leaf(Leaf { measure: Measure::Quantile(_), .. }) => 0.5,
            Step::Leaf(Leaf { measure: Measure::TrimmedMean(_), .. }) => 1.3,
            _ => 0.0,
        };
        self.columns.iter().map(moments).sum::<f64>() + self.steps.iter().map(places).sum::<f64>()
    }

    /// Runs the steps over a batch; `met` gets the first labelling's number after each step.
    fn evaluate(&self, arch: Arch, labellings: &Labellings, replicates: &mut [f64], mut met: impl FnMut(&Step, f64)) {
        let batch = self.batch(arch, labellings);
        let mut stack: Vec<Vec<f64>> = Vec::new();
        for step in &self.steps {
            match *step {
                Step::Constant(constant) => stack.push(vec![constant; replicates.len()]),
                Step::Leaf(leaf) => {
                    let mut numbers = vec![0.0; replicates.len()];
                    self.write_leaf(&batch, leaf, &mut numbers);
                    stack.push(numbers);
                }
                Step::Unary(function) => {
                    arithmetic::apply(arch, function, stack.last_mut().expect("an operand"));
                }
                Step::Binary(operator) => {
                    let right = stack.pop().expect("a right operand");
                    arithmetic::combine(arch, operator, stack.last_mut().expect("a left operand"), &right);
                }
            }
            met(step, stack.last().expect("a number")[0]);
        }
        replicates.copy_from_slice(&stack.pop().expect("a result"));
    }

    fn batch<'a>(&self, arch: Arch, labellings: &'a Labellings) -> Batch<'a> {
        let case_sizes = self.case_size.of_batch(arch, labellings);
        let sizes = match &self.case_size {
            _ if !self.steps.iter().any(needs_size) => [Vec::new(), Vec::new()],
            CaseSize::Fixed(m) => [*m, self.observations - m].map(|size| vec![size as f64; case_sizes.len()]),
            CaseSize::Counted(_) => {
                let case = case_sizes.iter().map(|&m| m as f64).collect();
                [case, case_sizes.iter().map(|&m| (self.observations - m) as f64).collect()]
            }
        };
        let sums = |column: &Column| column.moments.as_ref().map(|moments| moments.sums(arch, labellings));
        let rows = |column: &Column| column.sorted.as_ref().map(|sorted| sorted.units.expand(arch, labellings));
        Batch {
            arch,
            case_sizes,
            sizes,
            sums: self.columns.iter().map(|column| sums(column).unwrap_or_default()).collect(),
            rows: self.columns.iter().map(rows).collect(),
        }
    }

    fn write_leaf(&self, batch: &Batch, leaf: Leaf, numbers: &mut [f64]) {
        let Leaf { column, group, measure } = leaf;
        let sizes = &batch.sizes[usize::from(group == Group::Control)];
        let (arch, case_sizes, sums) = (batch.arch, &batch.case_sizes, &batch.sums[column]);
        let moments = || self.columns[column].moments.as_ref().expect("prepared for moments");
        let sorted = || self.columns[column].sorted.as_ref().expect("prepared for order statistics");
        let rows = || batch.rows[column].as_ref().expect("prepared for order statistics");
        match measure {
            Measure::Size => numbers.copy_from_slice(sizes),
            Measure::Mean => moments().means(arch, sums, group, sizes, numbers),
            Measure::Sum => moments().group_sums(arch, sums, group, sizes, numbers),
            Measure::Variance => moments().variances(arch, sums, group, sizes, numbers),
            Measure::Quantile(q) => {
                order::quantiles(arch, &sorted().values, rows(), case_sizes, group, q, numbers);
            }
            Measure::TrimmedMean(q) => {
                let means = sorted().trimmed_means.as_ref().expect("prepared for trimmed means");
                means.write(arch, rows(), case_sizes, group, q, numbers);
            }
        }
    }
}

/// Whether a step counts observations: order statistics do not.
fn needs_size(step: &Step) -> bool {
    let counts = |leaf: &Leaf| !matches!(leaf.measure, Measure::Quantile(_) | Measure::TrimmedMean(_));
    matches!(step, Step::Leaf(leaf) if counts(leaf))
}

/// What the steps ask of a column.
fn measures(steps: &[Step], column: usize) -> Vec<Measure> {
    let asked = |step: &Step| match step {
        Step::Leaf(leaf) if leaf.column == column => Some(leaf.measure),
        _ => None,
    };
    steps.iter().filter_map(asked).collect()
}

impl From<&Measured> for Numbers {
    fn from(measured: &Measured) -> Self {
        Self { values: measured.values.clone(), scores: Some(measured.scores.clone()) }
    }
}

impl Column {
    fn new(problem: &Problem, Numbers { values, scores }: &Numbers, measures: &[Measure]) -> Self {
        let (pool, units) = (problem.pool(), problem.design().units());
        assert!(values.len() == pool.len() && values.iter().all(|value| value.is_finite()), "a number a position");
        let has = |is_asked: fn(&Measure) -> bool| measures.iter().any(is_asked);
        let needs_second = has(|measure| *measure == Measure::Variance);
        let needs_first = needs_second || has(|measure| matches!(measure, Measure::Mean | Measure::Sum));
        let needs_trimmed = has(|measure| matches!(measure, Measure::TrimmedMean(_)));
        let needs_order = needs_trimmed || has(|measure| matches!(measure, Measure::Quantile(_)));
        let scores = || scores.clone().unwrap_or_else(|| Scores::of(values));
        let order = if needs_second { Order::Second } else { Order::First };
        Self {
            largest: values.iter().fold(0.0, |largest, value| value.abs().max(largest)),
            observations: values.len(),
            moments: needs_first.then(|| Moments::new(&scores(), units, order)),
            sorted: needs_order.then(|| Sorted::new(values, units, needs_trimmed)),
        }
    }
}

impl Column {
    /// How far rounding may move what a leaf measures, which is `number`, from one labelling to another. Sums are exact, so
    /// this is what the operations after them lose, and half a digit of each number where these are rounded themselves.
    fn error(&self, measure: Measure, number: f64) -> f64 {
        match measure {
            Measure::Size => 0.0,
            Measure::Mean | Measure::Quantile(_) | Measure::TrimmedMean(_) => 4.0 * f64::EPSILON * self.largest,
            Measure::Sum => 4.0 * f64::EPSILON * self.largest * self.observations as f64,
            Measure::Variance => self.moments.as_ref().expect("prepared for moments").error_of_variance(number),
        }
    }
}

impl Sorted {
    fn new(values: &[f64], units: &Units, needs_trimmed: bool) -> Self {
        let (values, units) = if values.is_sorted() {
            (values.to_vec(), units.clone())
        } else {
            let order = pool::ascending(values);
            (order.iter().map(|&place| values[place as usize]).collect(), units.reordered(&order))
        };
        Self { trimmed_means: needs_trimmed.then(|| TrimmedMeans::new(&values)), values, units }
    }
}

impl CaseSize {
    fn counted(units: &Units) -> Self {
        Self::Counted(Summands::of(&units.sums(&vec![1; units.observations()])))
    }

    fn of_batch(&self, arch: Arch, labellings: &Labellings) -> Vec<usize> {
        match self {
            Self::Fixed(size) => vec![*size; labellings.len()],
            Self::Counted(summands) => {
                let mut sums = vec![0; labellings.len()];
                summands.sum(arch, labellings, &mut sums);
                sums.into_iter().map(|sum| sum as usize).collect()
            }
        }
    }
}

impl Statistic for Formula {
    type Replicate = f64;

    fn replicates(&self, arch: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        self.evaluate(arch, labellings, replicates, |_, _| ());
        Ok(())
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        Thresholds::about(0.0, observed, self.tolerance)
    }

    fn value(&self, replicate: f64) -> f64 {
        self.scale.value(replicate)
    }

    fn append_values(&self, replicates: &[f64], values: &mut Vec<f64>) {
        if self.scale.is_plain() {
            values.extend_from_slice(replicates);
        } else {
            values.extend(replicates.iter().map(|&replicate| self.scale.value(replicate)));
        }
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Kernel { passes: self.passes() }
    }
}
