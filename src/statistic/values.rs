//! Any function of two samples: both groups are gathered into slices for each labelling.
//!
//! The general shape: it serves every statistic and costs O(N) per labelling plus the function itself. Its replicates
//! are floats whose last bits depend on the order of summation, so a replicate within a tolerance of the observed value
//! counts as a tie.

use super::association::{numbers_of, of_observations};
use super::pool::Scale;
use super::rounding::{self, tolerance};
use super::{EvaluationCost, Problem, Statistic, Thresholds};
use crate::error::Error;
use crate::sampling::labellings::{BitRows, Labellings};
use crate::sampling::units::Units;
use crate::simd::Arch;

/// A function of two samples, ready for the labellings of their pooled sample.
#[derive(Debug, Clone)]
pub struct Values<F> {
    gathering: Gathering,
    function: F,
    centre: f64,
    /// The power of the values' unit that it is measured in, where there is one.
    degree: Option<f64>,
    /// From replicates to values in the data's unit.
    scale: Scale,
}

/// The pooled sample in the order in which its values are dealt out to the groups.
///
/// Both groups get their values in this order: ascending or, for pairs, pair by pair, so that the i-th values of both
/// groups are a pair.
#[derive(Debug, Clone)]
pub struct Gathering {
    values: Vec<f64>,
    units: Units,
    /// Of an association the numbers of the places, over which the values are shuffled.
    x: Option<Vec<f64>>,
}

impl Gathering {
    /// Prepares the observations of a problem.
    #[must_use]
    pub fn new(problem: &Problem) -> Self {
        if let Some(units) = problem.units() {
            let x = numbers_of(units).map(|(units, x)| of_observations(units, x));
            return Self { values: units.values.clone(), units: Units::identity(units.len()), x };
        }
        Self::of(problem, problem.pool().values())
    }

    /// Prepares a number for each position of the pool.
    #[must_use]
    pub fn of(problem: &Problem, values: &[f64]) -> Self {
        let units = problem.design().units();
        match problem.pairs() {
            None => Self { values: values.to_vec(), units: units.clone(), x: None },
            Some(pairs) => {
                let order = pairs.as_flattened();
                let values = order.iter().map(|&place| values[place as usize]).collect();
                Self { values, units: units.reordered(order), x: None }
            }
        }
    }

    /// Number of observations.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() + self.x.as_ref().map_or(0, Vec::len)
    }

    /// Whether there is none: never.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The largest magnitude.
    #[must_use]
    pub fn largest(&self) -> f64 {
        self.values.iter().chain(self.x.iter().flatten()).fold(0.0, |largest, value| value.abs().max(largest))
    }

    /// The degree of a function of two samples.
    fn degree(&self, problem: &Problem, function: impl Fn(&[f64], &[f64]) -> f64) -> Option<f64> {
        let design = problem.design();
        let observed = design.labellings(design.observed());
        let mut degree = None;
        let found = self.each(Arch::Scalar, &observed, |_, case, control| {
            degree = rounding::degree(&function, case, control);
            Ok(())
        });
        found.ok().and(degree)
    }

    /// Calls `visit` with the number, the case values and the control values of each labelling in turn.
    ///
    /// # Errors
    /// The first that `visit` returns.
    pub fn each(
        &self,
        arch: Arch,
        labellings: &Labellings,
        mut visit: impl FnMut(usize, &[f64], &[f64]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if let (Some(x), Labellings::Orders(orders)) = (&self.x, labellings) {
            let mut y = vec![0.0; x.len()];
            for (number, order) in orders.rows().enumerate() {
                y.iter_mut().zip(order).for_each(|(y, &unit)| *y = self.values[unit as usize]);
                visit(number, x, &y)?;
            }
            return Ok(());
        }
        let rows: &BitRows = &self.units.expand(arch, labellings);
        let mut gathered = vec![0.0; self.values.len()];
        for (number, row) in rows.words.chunks_exact(rows.width()).enumerate() {
            let m: usize = row.iter().map(|word| word.count_ones() as usize).sum();
            // Case values from the front, control values behind them, without a branch on a random bit. One count tells both
            // places, and stays in a register.
            let mut case = 0;
            for (start, (values, &word)) in (m..).step_by(64).zip(self.values.chunks(64).zip(row)) {
                for (unit, &value) in values.iter().enumerate() {
                    let is_case = word >> unit & 1 == 1;
                    gathered[if is_case { case } else { start + unit - case }] = value;
                    case += usize::from(is_case);
                }
            }
            let (case, control) = gathered.split_at(m);
            visit(number, case, control)?;
        }
        Ok(())
    }
}

impl<F: Fn(&[f64], &[f64]) -> f64 + Sync> Values<F> {
    /// Prepares a function of (case sample, control sample) with its null centre. Both samples are ascending or, under a
    /// paired design, in the order of the pairs. The function is called for twice the data, too, unless these are numbers of rows.
    pub fn new(problem: &Problem, centre: f64, function: F) -> Self {
        let gathering = Gathering::new(problem);
        // Twice the number of a row is that of another one, or of none.
        let is_of_rows = problem.pool().columns().is_some();
        let degree = if is_of_rows { None } else { gathering.degree(problem, &function) };
        Self { gathering, function, centre, degree, scale: Scale::OF_DATA }
    }

    /// Prepares a function of values that are measured on a scale of their own, and what power of its unit the function has;
    /// its null centre is 0.
    pub fn measured(problem: &Problem, values: &[f64], scale: Scale, degree: Option<f64>, function: F) -> Self {
        Self { gathering: Gathering::of(problem, values), function, centre: 0.0, degree, scale }
    }
}

impl<F: Fn(&[f64], &[f64]) -> f64 + Send + Sync> Statistic for Values<F> {
    type Replicate = f64;

    fn replicates(&self, arch: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        self.gathering.each(arch, labellings, |number, case, control| {
            replicates[number] = (self.function)(case, control);
            Ok(())
        })
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        Thresholds::about(self.centre, observed, tolerance(observed, self.gathering.largest(), self.degree))
    }

    fn value(&self, replicate: f64) -> f64 {
        self.scale.value(replicate)
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Function
    }
}
