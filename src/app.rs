//! The story of a run: read the data, draw relabellings, conclude, report.

use std::sync::atomic::AtomicBool;

use crate::PermutationTest;
use crate::TestResult;
use crate::design::TwoSample;
use crate::distribution::DistributionWriter;
use crate::error::Error;
use crate::inference::summary::Summary;
use crate::input::{self, dataset::Dataset};
use crate::method::monte_carlo::Watch;
use crate::method::planner::{self, Method};
use crate::output;
use crate::progress::Progress;
use crate::report::{self, Report};
use crate::settings::{Chatter, Instructions, Output, Settings, Shift, Test};
use crate::signals;
use crate::simd::Arch;

/// Runs a test and writes its report. Ctrl-C ends it and leaves nothing behind.
///
/// # Errors
/// Whatever reading, computing or writing fails with; no file was changed then.
pub fn run(settings: &Settings) -> Result<(), Error> {
    let dataset = input::read(&settings.data, &settings.blocks, &settings.reading)?;
    tell(&dataset.notes, settings.output.chatter);
    let mu = shift(settings.test.mu, &dataset.control.values);
    let units = dataset.case.values.len() + dataset.control.values.len();
    let method = planner::plan(settings.test.method, settings.test.resamples, units)?;
    let test = prepare(&dataset, &settings.test, mu)?.method(method);
    let (result, distribution) = compute(&test, size(method, &dataset), &settings.output, signals::watch())?;
    let report = Report::new(&dataset, &settings.test, mu, &result);
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
    Ok(PermutationTest::new(case, control)?
        .alternative(test.alternative)
        .two_sided(test.two_sided)
        .shift(mu)
        .seed(test.seed)
        .threads(test.threads)
        .confidence(test.confidence)
        .arch(match test.instructions {
            Instructions::Best => Arch::new(),
            Instructions::Portable => Arch::Scalar,
        }))
}

/// The shift under the null hypothesis, in units of the data.
fn shift(mu: Shift, control: &[f64]) -> f64 {
    match mu {
        Shift::Absolute(shift) => shift,
        Shift::RelativeToControl(fraction) => fraction * Summary::of(control).mean,
    }
}

/// Labellings that the method looks at.
fn size(method: Method, dataset: &Dataset) -> u64 {
    let design = TwoSample { n_case: dataset.case.values.len(), n_control: dataset.control.values.len() };
    match method {
        Method::MonteCarlo { resamples } => resamples,
        Method::Exact => design.reference_set_size().exact.expect("few enough to be enumerated") as u64,
    }
}

/// Computes the test, with a progress bar, and writes the null distribution to a file if one is wanted: the file is
/// still uncommitted, so that it vanishes when something fails later.
fn compute(
    test: &PermutationTest,
    size: u64,
    output: &Output,
    stop: &AtomicBool,
) -> Result<(TestResult, Option<DistributionWriter>), Error> {
    let mut writer = output.distribution.as_ref().map(|file| DistributionWriter::create(file, size)).transpose()?;
    let mut write = writer.as_mut().map(|writer| |values: &[f64]| writer.write(values));
    let progress = Progress::start(size, output.chatter);
    let result = test.mean_difference_watched(Watch {
        stop,
        advance: &|labellings| progress.advance(labellings),
        replicates: write.as_mut().map(|write| write as _),
    })?;
    progress.finish();
    Ok((result, writer))
}
