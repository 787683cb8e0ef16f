//! What a test found: numbers, sentences and pictures.

use std::sync::OnceLock;

use permtest::TestResult;
use permtest::effect::{Approach, EffectRequest};
use permtest::error::Error;
use permtest::input::dataset::{Group, Subject};
use permtest::method::monte_carlo::Watch;
use permtest::method::planner::{Choice, DEFAULT_MEMORY, Further, Method};
use permtest::method::sequential::Level;
use permtest::report::{self, GroupReport, Report};
use permtest::settings::{
    Compare, Format, Instructions, PlotFormat, Presentation, Shift, Statistic, Test as TestSettings,
};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::problem::{Compared, Test};
use crate::watched::{raise, words};

/// What a test found.
#[pyclass(frozen, module = "permtest._native")]
pub struct Outcome {
    test: Py<Test>,
    result: TestResult,
    values: Vec<f64>,
    report: OnceLock<Report>,
}

impl Outcome {
    pub fn new(test: Py<Test>, result: TestResult, values: Vec<f64>) -> Self {
        Self { test, result, values, report: OnceLock::new() }
    }
}

#[pymethods]
impl Outcome {
    /// The statistic of the data.
    #[getter]
    fn statistic(&self) -> f64 {
        self.result.estimate
    }

    /// The p-value.
    #[getter]
    fn pvalue(&self) -> f64 {
        self.result.p_value.estimate
    }

    /// The 99 % interval of the p-value that all labellings would give.
    #[getter]
    fn pvalue_interval(&self) -> [f64; 2] {
        self.result.p_value.interval
    }

    /// Labellings that were counted; `None` where they are more than a whole number can say.
    #[getter]
    fn n_labellings(&self) -> Option<u64> {
        self.result.counts.map(|counts| counts.n)
    }

    /// Whether all labellings were counted.
    #[getter]
    fn is_exact(&self) -> bool {
        self.result.method.is_exact()
    }

    /// The seed of the resamples.
    #[getter]
    fn seed(&self) -> u64 {
        self.test.get().seed
    }

    /// What to know before believing the p-value.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.result.warnings.iter().map(|warning| words(&warning.message())).collect()
    }

    /// How many statistics of labellings were kept.
    #[getter]
    fn n_values(&self) -> usize {
        self.values.len()
    }

    /// Copies the statistics of labellings into an array that has room for them.
    fn copy_values(&self, py: Python, room: &Bound<PyAny>) -> PyResult<()> {
        PyBuffer::get(room)?.copy_from_slice(py, &self.values)
    }

    /// The ends of an interval of the effect.
    fn interval(&self, py: Python, confidence: f64, method: Option<&str>, n_bootstrap: u64) -> PyResult<[f64; 2]> {
        let approach = match method {
            Some("inversion") => Some(Approach::Inversion),
            Some("bca") => Some(Approach::Bca),
            Some("percentile") => Some(Approach::Percentile),
            _ => None,
        };
        let effect = self.effect(py, EffectRequest { approach, bootstrap: n_bootstrap, confidence })?;
        let Some(effect) = effect else {
            let why = "a function has no confidence interval, for nothing is known of what it measures; write the statistic \
                       as a name or an expression, such as 'mean(x) / mean(y)'";
            return Err(PyValueError::new_err(why));
        };
        let why = |message| format!("there is no interval: {}", words(&message));
        let missing = effect.objection.map_or_else(|| "there is no interval".to_owned(), why);
        effect.interval.map(|interval| interval.ends).ok_or_else(|| PyValueError::new_err(missing))
    }

    /// The picture, as SVG.
    fn svg(&self, py: Python) -> PyResult<String> {
        let plot = report::plot(std::slice::from_ref(self.report(py)?), PlotFormat::Svg);
        Ok(String::from_utf8_lossy(&plot.bytes).into_owned())
    }

    /// Tables, picture and sentences, as a section of a page.
    fn html(&self, py: Python) -> PyResult<String> {
        // Results in one notebook differ in the ids of their pictures.
        let number = self.result.estimate.to_bits() ^ self.result.p_value.estimate.to_bits().rotate_left(32);
        Ok(report::section(self.report(py)?, number as usize))
    }

    /// The report in one of the command's formats: text, json or markdown.
    fn text(&self, py: Python, format: &str) -> PyResult<String> {
        let format = match format {
            "json" => Format::Json,
            "markdown" => Format::Markdown,
            _ => Format::Text,
        };
        Ok(report::render(std::slice::from_ref(self.report(py)?), format, &Presentation::default(), None))
    }
}

impl Outcome {
    /// The effect with an interval; `None` for a function.
    fn effect(&self, py: Python, request: EffectRequest) -> PyResult<Option<permtest::effect::Effect>> {
        let test = self.test.get();
        let Compared::Defined(definition) = &test.statistic else { return Ok(None) };
        test.work(py, || {
            let with_interval = test.plain.clone().interval(request);
            let watch = Watch { stop: test.stop(), ..Watch::default() };
            with_interval.effect(&test.plain.problem()?, definition, &self.result, &watch).map(Some)
        })
    }

    /// The report, with what takes a moment: the effect's interval.
    fn report(&self, py: Python) -> PyResult<&Report> {
        if let Some(report) = self.report.get() {
            return Ok(report);
        }
        let effect = self.effect(py, EffectRequest::default())?;
        let made = self.make_report(effect).map_err(|error| raise(&error))?;
        Ok(self.report.get_or_init(|| made))
    }

    fn make_report(&self, effect: Option<permtest::effect::Effect>) -> Result<Report, Error> {
        let test = self.test.get();
        let group = |place: usize| {
            let group = Group { label: test.labels[place].clone(), values: test.samples[place].clone() };
            GroupReport::new(&group, true)
        };
        // Warnings and hints speak of the command's options; here they have other names.
        let notes = self.warnings();
        let mut result = self.result.clone();
        (result.effect, result.warnings, result.further) = (effect, Vec::new(), Further::Nothing);
        Ok(Report {
            column: test.column.clone(),
            grouping: None,
            subject: Subject::TwoSamples,
            groups: vec![group(0), group(1)],
            points: Vec::new(),
            n_dropped: 0,
            test: self.settings(),
            mu: 0.0,
            result,
            effect_sizes: Some(test.plain.effect_sizes()?),
            smallest_effect: None,
            compared: None,
            equivalence: None,
            comparisons: Vec::new(),
            adjusted: None,
            gate: None,
            notes,
        })
    }

    /// What was asked for, in the words of the command.
    fn settings(&self) -> TestSettings {
        let test = self.test.get();
        TestSettings {
            statistic: match &test.statistic {
                Compared::Defined(definition) => Statistic::Defined(definition.clone()),
                Compared::Function(_, name) => Statistic::Function(name.clone()),
            },
            compare: Compare::Nothing,
            alternative: test.alternative,
            two_sided: Some(self.result.two_sided),
            undefined: test.undefined,
            mu: Shift::Absolute(0.0),
            equivalence: None,
            pairs_of_groups: None,
            method: Choice::Auto,
            resamples: match self.result.method {
                Method::MonteCarlo { resamples } => Some(resamples),
                _ => None,
            },
            level: Level::USUAL,
            memory: DEFAULT_MEMORY,
            seed: test.seed,
            threads: None,
            confidence: 0.99,
            effect: Some(EffectRequest::default()),
            instructions: Instructions::Best,
        }
    }
}
