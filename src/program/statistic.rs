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
}

impl<'a> Programmed<'a> {
    /// Prepares a program for a problem.
    #[must_use]
    pub fn new(program: &'a Program, problem: &Problem) -> Self {
        Self { program, gathering: Gathering::new(problem), case_size: problem.design().case_size() }
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
        Extremes::about(0.0, observed, tolerance(observed, self.gathering.largest()))
    }

    fn value(&self, replicate: f64) -> f64 {
        replicate
    }
}
