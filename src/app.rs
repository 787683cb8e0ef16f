//! The story of a run: read the data, draw relabellings, conclude, report.

use std::sync::atomic::AtomicBool;

use crate::distribution::DistributionWriter;
use crate::error::Error;
use crate::input::{self, dataset::Dataset};
use crate::method::monte_carlo::Watch;
use crate::method::planner::{self, Method};
use crate::output;
use crate::progress::Progress;
use crate::report::{self, Report};
use crate::settings::{Chatter, Instructions, Output, Settings, Shift, Test};
use crate::signals;
use crate::simd::Arch;
use crate::statistic::Problem;
use crate::{Definition, PermutationTest, TestResult};

/// Runs a test and writes its report. Ctrl-C ends it and leaves nothing behind.
///
/// # Errors
/// Whatever reading, computing or writing fails with; no file was changed then.
pub fn run(settings: &Settings) -> Result<(), Error> {
    let dataset = input::read(&settings.data, &settings.reading)?;
    tell(&dataset.notes, settings.output.chatter);
    let mu = shift(&settings.test, &dataset.control.values)?;
    let test = prepare(&dataset, &settings.test, mu)?;
    let problem = test.problem()?;
    let method = plan(&settings.test, &problem)?;
    let run =
        Run { test: test.method(method), problem: &problem, settings: &settings.test, size: size(method, &problem) };
    let (result, distribution) = run.compute(&settings.output, signals::watch())?;
    let report = Report::new(&dataset, &settings.test, problem.design().name(), mu, &result);
    let text = report::render(&[report], settings.output.format);
    distribution.map_or(Ok(()), DistributionWriter::commit)?;
    output::write(&text, settings.output.file.as_deref(), settings.output.color)
}

fn tell(notes: &[String], chatter: Chatter) {
    if chatter == Chatter::Normal {
        for note in notes {
            anstream::eprintln!("permtest: note: {note}");
        }
    }
}

fn prepare<'a>(dataset: &'a Dataset, test: &Test, mu: f64) -> Result<PermutationTest<'a>, Error> {
    let (case, control) = (&dataset.case.values, &dataset.control.values);
    let prepared = PermutationTest::new(case, control)?
        .alternative(test.alternative)
        .undefined(test.undefined)
        .shift(mu)
        .seed(test.seed)
        .threads(test.threads)
        .confidence(test.confidence)
        .arch(match test.instructions {
            Instructions::Best => Arch::new(),
            Instructions::Portable => Arch::Scalar,
        });
    Ok(test.two_sided.map_or(prepared.clone(), |rule| prepared.two_sided(rule)))
}

/// The shift under the null hypothesis, in units of the data.
fn shift(test: &Test, control: &[f64]) -> Result<f64, Error> {
    let Definition::Named(named) = &test.statistic;
    match test.mu {
        Shift::Absolute(0.0) => Ok(0.0),
        _ if !named.feels_a_shift() => {
            let what = format!("--mu shifts the case values, which {named} does not measure");
            Err(Error::usage(what, "leave it out, or choose a statistic of location such as mean or median"))
        }
        Shift::Absolute(shift) => Ok(shift),
        Shift::RelativeToControl(fraction) => {
            named.of_sample(control).map(|summary| fraction * summary).ok_or_else(|| {
                let what = format!("--mu in percent is a share of the control group's summary, and {named} has none");
                Error::usage(what, "give --mu as a number")
            })
        }
    }
}

fn plan(test: &Test, problem: &Problem) -> Result<Method, Error> {
    planner::plan(test.method, test.resamples, &problem.design().reference_set_size(), planner::Cost::Low)
}

/// Labellings that the method looks at.
fn size(method: Method, problem: &Problem) -> u64 {
    match method {
        Method::MonteCarlo { resamples } => resamples,
        Method::Exact => problem.design().reference_set_size().exact.expect("few enough to be counted") as u64,
    }
}

/// A test that is ready to run.
struct Run<'a> {
    test: PermutationTest<'a>,
    problem: &'a Problem,
    settings: &'a Test,
    size: u64,
}

impl Run<'_> {
    /// Computes the test, with a progress bar, and writes the null distribution to a file if one is wanted: the file is
    /// still uncommitted, so that it vanishes when something fails later.
    fn compute(&self, output: &Output, stop: &AtomicBool) -> Result<(TestResult, Option<DistributionWriter>), Error> {
        let create = |file| DistributionWriter::create(file, self.size);
        let mut writer = output.distribution.as_ref().map(create).transpose()?;
        let mut write = writer.as_mut().map(|writer| |values: &[f64]| writer.write(values));
        let progress = Progress::start(self.size, output.chatter);
        let watch = Watch {
            stop,
            advance: &|labellings| progress.advance(labellings),
            replicates: write.as_mut().map(|write| write as _),
        };
        let result = self.test.test_watched(self.problem, &self.settings.statistic, watch)?;
        progress.finish();
        Ok((result, writer))
    }
}
