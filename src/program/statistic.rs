//! A program as the statistic of a problem: labellings are gathered and sent in the batches in which they are drawn.

use super::Program;
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::simd::Arch;
use crate::statistic::values::Gathering;
use crate::statistic::{Extremes, Problem, Statistic, tolerance};

/// A program, ready for the labellings of a problem.
#[derive(Debug)]
pub struct Programmed<'a> {
    program: &'a Program,
    gathering: Gathering,
    case_size: Option<usize>,
    /// How far its statistics may be apart and still tie, beside a share of themselves.
    noise: f64,
}

/// Labellings of which a program's statistics show how widely they spread.
const SPREAD_OF: usize = 16;

/// A rounding error is at most this part of the spread.
const LARGEST_NOISE: f64 = 1e-9;

impl<'a> Programmed<'a> {
    /// Prepares a program for a problem, and computes the statistic of a few labellings.
    ///
    /// In which unit its numbers are nobody knows: of data of millions a difference may be off by a rounding error of the
    /// millions, and a ratio may not. So what ties is also a matter of how widely the statistics spread.
    ///
    /// # Errors
    /// Whatever the program fails with.
    pub fn prepare(program: &'a Program, problem: &Problem) -> Result<Self, Error> {
        let (gathering, case_size) = (Gathering::new(problem), problem.design().case_size());
        let mut programmed = Self { program, gathering, case_size, noise: 0.0 };
        let mut statistics = [0.0; 1 + SPREAD_OF];
        let (data, others) = statistics.split_at_mut(1);
        let probes = problem.probes();
        programmed.replicates(Arch::Scalar, &probes.part(0..1), data)?;
        programmed.replicates(Arch::Scalar, &probes.part(1..1 + SPREAD_OF), others)?;
        let from_data = others.iter().map(|statistic| (statistic - data[0]).abs());
        let spread = from_data.filter(|distance| distance.is_finite()).fold(0.0, f64::max);
        programmed.noise = (4.0 * f64::EPSILON * programmed.gathering.largest()).min(LARGEST_NOISE * spread);
        Ok(programmed)
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
}

impl Statistic for Programmed<'_> {
    type Replicate = f64;

    fn replicates(&self, arch: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        let observations = self.gathering.len();
        for (m, numbers) in self.by_case_size(arch, labellings)? {
            let mut rows = Vec::with_capacity(numbers.len() * observations);
            self.gathering.each(arch, labellings, |_, case, control| {
                if case.len() == m {
                    rows.extend_from_slice(case);
                    rows.extend_from_slice(control);
                }
                Ok(())
            })?;
            let mut statistics = vec![0.0; numbers.len()];
            self.program.evaluate(m, observations - m, &rows, &mut statistics)?;
            for (number, statistic) in numbers.into_iter().zip(statistics) {
                replicates[number] = statistic;
            }
        }
        Ok(())
    }

    fn is_dear(&self) -> bool {
        true
    }

    fn extremes(&self, observed: f64) -> Extremes<f64> {
        Extremes::about(0.0, observed, tolerance(observed, 0.0, None) + self.noise)
    }

    fn value(&self, replicate: f64) -> f64 {
        replicate
    }
}
