//! The test that a call describes, and how it is run: here, or in shares elsewhere.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use permtest::design::listed;
use permtest::error::Error;
use permtest::inference::{Alternative, TwoSidedRule};
use permtest::method::bins::{BinCounts, Bins, Resolution};
use permtest::method::histogram::Histogram;
use permtest::method::monte_carlo::{Counted, MOST_RESAMPLES, ReplicateSink, Watch};
use permtest::method::planner::{Choice, DEFAULT_MEMORY, Labellings, Method, Plan, Reason};
use permtest::method::tally::Tally;
use permtest::simd::Arch;
use permtest::statistic::{Character, Evaluator, Problem};
use permtest::{Cut, Definition, NullDistribution, Partial, PermutationTest, Ready, TestResult, Undefined};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::callable::Callable;
use crate::outcome::Outcome;
use crate::part;
use crate::watched::{raise, watched};

/// The most resamples that show where the bins of a histogram lie.
const PILOT: usize = 4096;

/// A test that is ready to run.
#[pyclass(frozen, module = "permtest._native")]
pub struct Test {
    pub plain: PermutationTest,
    pub statistic: Compared,
    pub samples: [Vec<f64>; 2],
    pub column: String,
    pub labels: [String; 2],
    pub alternative: Alternative,
    pub undefined: Undefined,
    pub seed: u64,
    /// `None`: whichever exact one is the fastest.
    method: Option<Method>,
    keeps_values: bool,
    stop: Arc<AtomicBool>,
}

/// What is compared between the samples.
pub enum Compared {
    /// A name or an expression.
    Defined(Definition),
    /// A function, and its name.
    Function(Callable, String),
}

/// What a call asks for, with words already checked for being among those that there are.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Call {
    statistic: Py<PyAny>,
    /// The function's name; `None` where the statistic is a name or an expression.
    name: Option<String>,
    batch: usize,
    column: String,
    labels: [String; 2],
    is_paired: bool,
    alternative: String,
    two_sided: String,
    undefined: String,
    /// `None`: all labellings.
    n_resamples: Option<u64>,
    keeps_values: bool,
    seed: u64,
    threads: Option<usize>,
}

#[pymethods]
impl Test {
    #[new]
    fn new(py: Python, x: &Bound<PyAny>, y: &Bound<PyAny>, call: Call) -> PyResult<Self> {
        let samples = [PyBuffer::get(x)?.to_vec(py)?, PyBuffer::get(y)?.to_vec(py)?];
        let stop = Arc::new(AtomicBool::new(false));
        let statistic = match call.name.clone() {
            None => Compared::Defined(
                Definition::parse(&call.statistic.extract::<String>(py)?).map_err(|error| raise(&error))?,
            ),
            Some(name) => {
                Compared::Function(Callable::new(call.statistic.clone_ref(py), call.batch, stop.clone()), name)
            }
        };
        Self::build(samples, statistic, stop, call).map_err(|error| raise(&error))
    }

    /// Into how many shares it can be cut: labellings or, where a kernel computes the statistic, blocks of them. One for all
    /// labellings by a kernel, which takes no longer than sending them out.
    fn shares(&self, py: Python) -> PyResult<u64> {
        match (&self.statistic, self.method) {
            (_, None) | (Compared::Defined(_), Some(Method::Enumeration)) => Ok(1),
            (Compared::Function(..), Some(Method::Enumeration)) => {
                let problem = self.plain.problem().map_err(|error| raise(&error))?;
                Ok(size_of(&problem))
            }
            _ => self.work(py, || Ok(self.ready(&self.plain.problem()?)?.cut()?.blocks)),
        }
    }

    /// Runs the test.
    fn run(slf: Py<Self>, py: Python) -> PyResult<Outcome> {
        let (result, values) = slf.get().work(py, || slf.get().compute())?;
        Ok(Outcome::new(slf, result, values))
    }

    /// Computes share `number` of `of`, from 1: the bytes of a part.
    fn run_share<'py>(&self, py: Python<'py>, number: u64, of: u64) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = self.work(py, || {
            let problem = self.plain.problem()?;
            let (sum, values) = match (&self.statistic, self.method) {
                (Compared::Function(function, _), Some(Method::Enumeration)) => {
                    self.enumerate(&problem, function, number, of)?
                }
                _ => self.draw(&problem, number, of)?,
            };
            part::write(&sum, &values)
        })?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The result of all shares, in their order.
    #[allow(clippy::needless_pass_by_value, reason = "arguments from Python are owned")]
    fn conclude(slf: Py<Self>, py: Python, parts: Vec<PyBackedBytes>) -> PyResult<Outcome> {
        let (result, values) = slf.get().work(py, || slf.get().add_up(&parts))?;
        Ok(Outcome::new(slf, result, values))
    }
}

impl Test {
    fn build(samples: [Vec<f64>; 2], statistic: Compared, stop: Arc<AtomicBool>, call: Call) -> Result<Self, Error> {
        let alternative = match call.alternative.as_str() {
            "less" => Alternative::Less,
            "greater" => Alternative::Greater,
            _ => Alternative::TwoSided,
        };
        let undefined = match call.undefined.as_str() {
            "extreme" => Undefined::Extreme,
            "drop" => Undefined::Drop,
            _ => Undefined::Error,
        };
        // A function is called under the interpreter's lock, which more threads would only fight over.
        let threads = if matches!(statistic, Compared::Function(..)) { Some(1) } else { call.threads };
        let test = PermutationTest::new(&samples[0], &samples[1])?
            .alternative(alternative)
            .undefined(undefined)
            .seed(call.seed)
            .threads(threads);
        let test = if call.is_paired { test.paired() } else { test };
        let problem = test.problem()?;
        let is_distance = match &statistic {
            Compared::Defined(definition) => test.prepare(&problem, definition)?.character == Some(Character::Distance),
            Compared::Function(..) => false,
        };
        let test = match call.two_sided.as_str() {
            // Of a distance only the upper tail says anything.
            _ if is_distance => test,
            "absolute" => test.two_sided(TwoSidedRule::Absolute),
            _ => test.two_sided(TwoSidedRule::Doubled),
        };
        let is_defined = matches!(statistic, Compared::Defined(_));
        let (test, method) = method(test, &problem, &call, is_defined)?;
        let Call { column, labels, seed, keeps_values, .. } = call;
        Ok(Self {
            plain: test,
            statistic,
            samples,
            column,
            labels,
            alternative,
            undefined,
            seed,
            method,
            keeps_values,
            stop,
        })
    }

    /// Raised to end what runs.
    pub fn stop(&self) -> &AtomicBool {
        &self.stop
    }

    /// Whether a kernel computes the statistic, which counts in bins by itself; a function is not called for them.
    fn shape(&self) -> NullDistribution {
        match self.statistic {
            Compared::Defined(_) => NullDistribution::Binned,
            Compared::Function(..) => NullDistribution::Dropped,
        }
    }

    fn ready<'a>(&'a self, problem: &'a Problem) -> Result<Ready<'a>, Error> {
        let ready = match &self.statistic {
            Compared::Defined(definition) => self.plain.ready(problem, definition, Labellings::Summarised),
            Compared::Function(function, _) => self.plain.ready(problem, function, Labellings::Summarised),
        };
        let Some(method) = self.method else {
            let what = "no exact method can count all labellings of these values";
            return ready.map_err(|_| Error::data(what, "round them, or name a finite n_resamples"));
        };
        // The planner need not weigh what is already decided.
        let mut ready = ready?;
        ready.plan = Plan::simply(method, Reason::Resamples);
        Ok(ready)
    }

    /// Does something that takes its time, with the exception of the user's function if that is what it fails with.
    pub fn work<T: Send>(&self, py: Python, work: impl FnOnce() -> Result<T, Error> + Send) -> PyResult<T> {
        let done = watched(py, &self.stop, work)?;
        let raised = || match &self.statistic {
            Compared::Function(function, _) => function.failure(),
            Compared::Defined(_) => None,
        };
        done.map_err(|error| raised().unwrap_or_else(|| raise(&error)))
    }

    /// Runs something with the statistics of its labellings, if they are kept.
    fn collect<T>(&self, run: impl FnOnce(Watch) -> Result<T, Error>) -> Result<(T, Vec<f64>), Error> {
        let mut values = Vec::new();
        let mut keep = |more: &[f64]| {
            values.extend_from_slice(more);
            Ok(())
        };
        let replicates: Option<&mut ReplicateSink> = if self.keeps_values { Some(&mut keep) } else { None };
        let done = run(Watch { stop: &self.stop, replicates, ..Watch::default() })?;
        Ok((done, values))
    }

    /// A share of the resamples.
    fn draw(&self, problem: &Problem, number: u64, of: u64) -> Result<(Partial, Vec<f64>), Error> {
        let ready = self.ready(problem)?;
        let (blocks, mut sum) = (ready.cut()?.share(number, of), Partial::nothing(&ready.plan.method));
        let ((), values) = self.collect(|watch| {
            ready.run_blocks(blocks, self.shape(), watch, &mut |_, more| {
                sum.append(&more);
                Ok(())
            })
        })?;
        Ok((sum, values))
    }

    /// A share of all labellings.
    fn enumerate(
        &self,
        problem: &Problem,
        function: &Callable,
        number: u64,
        of: u64,
    ) -> Result<(Partial, Vec<f64>), Error> {
        let Evaluator::Floats(statistic) = self.plain.prepare(problem, function)?.evaluator else {
            unreachable!("a function has floats");
        };
        let (size, arch) = (size_of(problem), Arch::new());
        let thresholds = statistic.thresholds(problem.observed(&*statistic, arch)?);
        let (mut tally, mut values) = (Tally::default(), Vec::new());
        let block = Cut { resamples: size, block_size: 1, blocks: size };
        for labellings in listed(problem.design(), block.share(number, of)) {
            let mut replicates = vec![0.0; labellings.len()];
            statistic.replicates(arch, &labellings, &mut replicates)?;
            tally += Tally::of(arch, &replicates, &thresholds);
            if self.keeps_values {
                values.append(&mut replicates);
            }
        }
        Ok((Partial::Counted(Counted { tally, bins: BinCounts::default() }), values))
    }

    fn compute(&self) -> Result<(TestResult, Vec<f64>), Error> {
        let problem = self.plain.problem()?;
        let ready = self.ready(&problem)?;
        let (result, values) = self.collect(|watch| ready.run(watch))?;
        self.with_histogram(&problem, result, values)
    }

    fn add_up(&self, parts: &[PyBackedBytes]) -> Result<(TestResult, Vec<f64>), Error> {
        let problem = self.plain.problem()?;
        let ready = self.ready(&problem)?;
        let (mut sum, mut values) = (Partial::nothing(&ready.plan.method), Vec::new());
        for bytes in parts {
            let (more, mut of_part) = part::read(bytes)?;
            sum.append(&more);
            values.append(&mut of_part);
        }
        let watch = Watch { stop: &self.stop, ..Watch::default() };
        let result = ready.conclude(&sum, &watch)?;
        self.with_histogram(&problem, result, values)
    }

    /// The histogram of a function's statistics, if they were kept.
    fn with_histogram(
        &self,
        problem: &Problem,
        mut result: TestResult,
        values: Vec<f64>,
    ) -> Result<(TestResult, Vec<f64>), Error> {
        if let Compared::Function(function, _) = &self.statistic
            && !values.is_empty()
            && let Evaluator::Floats(statistic) = self.plain.prepare(problem, function)?.evaluator
        {
            let thresholds = statistic.thresholds(result.estimate);
            let tail = self.alternative.tail(result.two_sided);
            let mut pilot: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).take(PILOT).collect();
            pilot.sort_unstable_by(f64::total_cmp);
            let bins = Bins::of_pilot(&pilot, &thresholds, tail, Resolution::FINE);
            let (mut counts, arch) = (BinCounts::default(), Arch::new());
            counts.count(arch, &bins, &values);
            let counted = Counted { tally: Tally::of(arch, &values, &thresholds), bins: counts };
            let histogram: Histogram = bins.histogram(&counted, |value| value);
            result.histogram = Some(histogram);
        }
        Ok((result, values))
    }
}

/// How many labellings there are, where they are few enough to be counted.
fn size_of(problem: &Problem) -> u64 {
    problem.design().reference_set_size().exact.and_then(|size| u64::try_from(size).ok()).unwrap_or(u64::MAX)
}

/// All labellings where there are no more than resamples were asked for, each once, and else random ones.
fn method(
    test: PermutationTest,
    problem: &Problem,
    call: &Call,
    is_defined: bool,
) -> Result<(PermutationTest, Option<Method>), Error> {
    let size = problem.design().reference_set_size();
    let wanted = call.n_resamples.map_or(u128::MAX, u128::from);
    let most = if call.keeps_values { u128::from(DEFAULT_MEMORY / 8) } else { u128::from(MOST_RESAMPLES) };
    let room = |labellings: u128| {
        if labellings <= most {
            return Ok(());
        }
        let what = format!("the statistics of {labellings} labellings take more than 2 GiB");
        Err(Error::data(what, "keep none with keep_null_distribution=False, or ask for fewer n_resamples"))
    };
    let binned = if is_defined { test.null_distribution(NullDistribution::Binned) } else { test };
    match (call.n_resamples, size.exact.filter(|&size| size <= wanted)) {
        (None, _) if is_defined && !call.keeps_values => Ok((binned.method(Choice::Exact), None)),
        (_, Some(size)) if size <= u128::from(MOST_RESAMPLES) => {
            room(size)?;
            Ok((binned.resamples(size as u64), Some(Method::Enumeration)))
        }
        (None, _) => {
            let labellings = size.approximate.unwrap_or(f64::INFINITY);
            let what = format!("there are {labellings:.1e} labellings, too many to count one by one");
            Err(Error::data(what, "name a finite n_resamples"))
        }
        (Some(resamples), _) => {
            room(u128::from(resamples))?;
            Ok((binned.resamples(resamples), Some(Method::MonteCarlo { resamples })))
        }
    }
}
