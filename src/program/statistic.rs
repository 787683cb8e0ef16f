//! A program as the statistic of a problem: labellings are gathered and sent in the batches in which they are drawn.

use std::sync::OnceLock;

use super::Program;
use super::protocol::Shape;
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::simd::Arch;
use crate::statistic::distance::Side;
use crate::statistic::values::Gathering;
use crate::statistic::{
    Columns, EvaluationCost, PlaceLabels, Prepared, Problem, Statistic, TestStatistic, Thresholds, tolerance,
};

/// A program, ready for the labellings of a problem.
#[derive(Debug)]
struct Programmed<'a> {
    program: &'a Program,
    /// The observations, or the numbers of their rows.
    gathering: Gathering,
    /// The columns that the program has asked for.
    columns: Option<&'a Columns>,
    /// The largest magnitude.
    largest: f64,
    case_size: Option<usize>,
    probes: Labellings,
    /// How far its statistics may be apart and still tie, beside a share of themselves: known once it has been asked.
    noise: OnceLock<f64>,
}

/// Labellings of which a program's statistics show how widely they spread.
const SPREAD_OF: usize = 16;

/// A rounding error is at most this part of the spread.
const LARGEST_NOISE: f64 = 1e-9;

impl<'a> Programmed<'a> {
    fn new(program: &'a Program, problem: &'a Problem) -> Self {
        let (gathering, case_size) = (Gathering::new(problem), problem.design().case_size());
        let columns = problem.pool().columns();
        let largest = columns.map_or_else(
            || gathering.largest(),
            |columns| columns.values().flatten().fold(0.0, |largest, value| value.abs().max(largest)),
        );
        Self {
            program,
            gathering,
            columns,
            largest,
            case_size,
            probes: problem.probes().clone(),
            noise: OnceLock::new(),
        }
    }

    /// Computes the statistic of a few labellings: in which unit a program's numbers are is not known. Of data of millions a
    /// difference may be off by a rounding error of the millions, and a ratio may not, so what ties also depends on how widely
    /// the statistics spread.
    fn measure_noise(&self) -> Result<f64, Error> {
        let mut statistics = [0.0; 1 + SPREAD_OF];
        let (data, others) = statistics.split_at_mut(1);
        self.evaluate(Arch::Scalar, &self.probes.part(0..1), data)?;
        self.evaluate(Arch::Scalar, &self.probes.part(1..1 + SPREAD_OF), others)?;
        let from_data = others.iter().map(|statistic| (statistic - data[0]).abs());
        let spread = from_data.filter(|distance| distance.is_finite()).fold(0.0, f64::max);
        Ok((4.0 * f64::EPSILON * self.largest).min(LARGEST_NOISE * spread))
    }

    /// The numbers of labellings by their number of case observations: a program is sent labellings of one shape at a
    /// time.
    fn by_case_size(&self, arch: Arch, labellings: &Labellings) -> Result<Vec<(usize, Vec<usize>)>, Error> {
        if let Some(m) = self.case_size {
            return Ok(vec![(m, (0..labellings.len()).collect())]);
        }
        let mut sizes: Vec<(usize, Vec<usize>)> = Vec::new();
        self.gathering.each(arch, labellings, |number, case, _| {
            match sizes.iter_mut().find(|(m, _)| *m == case.len()) {
                Some((_, numbers)) => numbers.push(number),
                None => sizes.push((case.len(), vec![number])),
            }
            Ok(())
        })?;
        Ok(sizes)
    }

    fn evaluate(&self, arch: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        let observations = self.gathering.len();
        for (m, numbers) in self.by_case_size(arch, labellings)? {
            let mut rows = Vec::with_capacity(numbers.len() * observations);
            self.gathering.each(arch, labellings, |_, case, control| {
                if case.len() == m {
                    self.append(case, control, &mut rows);
                }
                Ok(())
            })?;
            let mut statistics = vec![0.0; numbers.len()];
            let columns = self.columns.map(|columns| columns.names().count());
            let shape = Shape { n_case: m, n_control: observations - m, columns };
            self.program.evaluate_rows(shape, &rows, &mut statistics)?;
            for (number, statistic) in numbers.into_iter().zip(statistics) {
                replicates[number] = statistic;
            }
        }
        Ok(())
    }
}

impl Programmed<'_> {
    /// Appends what a labelling sends: the values, or those of each column.
    fn append(&self, case: &[f64], control: &[f64], row: &mut Vec<f64>) {
        let both = || case.iter().chain(control).copied();
        match self.columns {
            None => row.extend(both()),
            Some(columns) => {
                columns.values().for_each(|column| row.extend(both().map(|number| column[number as usize])));
            }
        }
    }
}

impl TestStatistic for Program {
    fn prepare<'a>(&'a self, problem: &'a Problem, _: Side) -> Result<Prepared<'a>, Error> {
        if problem.is_one_sample() {
            let what = "a program gets two groups, and this is one sample";
            return Err(Error::usage(what, "choose mean, median, t or signed-rank, or an expression in x"));
        }
        if problem.units().is_some_and(|units| matches!(units.labels, PlaceLabels::Groups { .. })) {
            let what = "a program gets two groups, and these are more";
            return Err(Error::usage(what, "choose two with --case and --control, or a statistic such as f"));
        }
        Ok(Prepared::floats(Programmed::new(self, problem)))
    }
}

impl Statistic for Programmed<'_> {
    type Replicate = f64;

    fn replicates(&self, arch: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        if self.noise.get().is_none() {
            let noise = self.measure_noise()?;
            self.noise.get_or_init(|| noise);
        }
        self.evaluate(arch, labellings, replicates)
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        Thresholds::about(0.0, observed, tolerance(observed, 0.0, None) + self.noise.get().unwrap_or(&0.0))
    }

    fn value(&self, replicate: f64) -> f64 {
        replicate
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Expensive
    }
}
