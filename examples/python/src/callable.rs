//! A function of Python's as the statistic.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use permtest::TestStatistic;
use permtest::error::Error;
use permtest::sampling::labellings::{BitRows, Labellings};
use permtest::simd::Arch;
use permtest::statistic::distance::Side;
use permtest::statistic::rounding::degree;
use permtest::statistic::values::Gathering;
use permtest::statistic::{EvaluationCost, Prepared, Problem, Statistic, Thresholds, tolerance};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::PyByteArray;

/// A function that is given labellings as the bytes of an array, a row for each, and the length of the first sample; it
/// returns an array of as many doubles.
pub struct Callable {
    function: Py<PyAny>,
    /// Labellings in a call, at most.
    batch: usize,
    stop: Arc<AtomicBool>,
    /// What the function raised.
    failure: Mutex<Option<PyErr>>,
}

impl Callable {
    pub fn new(function: Py<PyAny>, batch: usize, stop: Arc<AtomicBool>) -> Self {
        Self { function, batch, stop, failure: Mutex::new(None) }
    }

    /// The exception that ended the run, if the function raised one.
    pub fn failure(&self) -> Option<PyErr> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The statistics of rows, each of which holds the values of both samples, the first `m` of them the first sample's.
    fn call(&self, rows: &[f64], m: usize, statistics: &mut [f64]) -> PyResult<()> {
        Python::attach(|py| {
            let bytes = PyByteArray::new(py, bytemuck::cast_slice(rows));
            let found = self.function.bind(py).call1((bytes, statistics.len(), m))?;
            PyBuffer::<f64>::get(&found)?.copy_to_slice(py, statistics)
        })
    }

    /// The power of the data's unit that the function has. To find out it is called with multiples of the data; what it makes
    /// of these does no harm.
    fn degree(&self, problem: &Problem, gathering: &Gathering) -> Option<f64> {
        let of_two_samples = |case: &[f64], control: &[f64]| {
            let mut statistic = [f64::NAN];
            let called = self.call(&[case, control].concat(), case.len(), &mut statistic);
            if called.is_ok() { statistic[0] } else { f64::NAN }
        };
        let design = problem.design();
        let observed = Labellings::Dense(BitRows { units: design.units().len(), words: design.observed() });
        let mut found = None;
        let each = gathering.each(Arch::Scalar, &observed, |_, case, control| {
            found = degree(of_two_samples, case, control);
            Ok(())
        });
        each.ok().and(found)
    }
}

impl TestStatistic for Callable {
    fn prepare<'a>(&'a self, problem: &'a Problem, _: Side) -> Result<Prepared<'a>, Error> {
        let gathering = Gathering::new(problem);
        let degree = self.degree(problem, &gathering);
        Ok(Prepared::floats(Calls { callable: self, gathering, degree }))
    }
}

/// The function, ready for the labellings of a problem.
struct Calls<'a> {
    callable: &'a Callable,
    gathering: Gathering,
    degree: Option<f64>,
}

impl Statistic for Calls<'_> {
    type Replicate = f64;

    fn replicates(&self, arch: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        let (mut rows, mut m) = (Vec::with_capacity(labellings.len() * self.gathering.len()), 0);
        self.gathering.each(arch, labellings, |_, case, control| {
            m = case.len();
            rows.extend_from_slice(case);
            rows.extend_from_slice(control);
            Ok(())
        })?;
        let batch = self.callable.batch;
        for (rows, replicates) in rows.chunks(batch * self.gathering.len()).zip(replicates.chunks_mut(batch)) {
            if self.callable.stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            if let Err(raised) = self.callable.call(rows, m, replicates) {
                self.callable.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(raised);
                return Err(Error::Interrupted);
            }
        }
        Ok(())
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        Thresholds::about(0.0, observed, tolerance(observed, self.gathering.largest(), self.degree))
    }

    fn value(&self, replicate: f64) -> f64 {
        replicate
    }

    /// So that a run is cut between any two labellings, and Ctrl-C need not wait for many of them.
    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Expensive
    }
}
