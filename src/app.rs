//! The story of a run: read the data, plan, compute, conclude, report.

use std::sync::atomic::AtomicBool;

use crate::distribution::DistributionWriter;
use crate::error::Error;
use crate::inference::TwoSidedRule;
use crate::inference::classical::{self, Classical};
use crate::input::{self, dataset::Dataset};
use crate::method::monte_carlo::Watch;
use crate::method::planner::{LabellingCost, Labellings, Method, Plan};
use crate::output;
use crate::program::{Program, ProgramSettings, Programmed};
use crate::progress::Progress;
use crate::report::{self, Outcome, Report};
use crate::settings::{Chatter, Compare, Instructions, Output, Purpose, Settings, Shift, Statistic, Test};
use crate::signals;
use crate::simd::Arch;
use crate::statistic::Problem;
use crate::statistic::catalogue::Prepared;
use crate::{Definition, PermutationTest, TestResult};

/// Runs the tests and writes their report. Ctrl-C ends it and leaves nothing behind.
///
/// # Errors
/// Whatever reading, computing or writing fails with; no file was changed then.
pub fn run(settings: &Settings) -> Result<(), Error> {
    let datasets = input::read(&settings.data, &settings.blocks, &settings.reading)?;
    datasets.iter().for_each(|dataset| tell(&dataset.notes, settings.output.chatter));
    let text = match settings.purpose {
        Purpose::Explain => {
            let texts: Result<Vec<String>, Error> = datasets.iter().map(|dataset| explain(dataset, settings)).collect();
            texts?.join("\n")
        }
        Purpose::Test => {
            let reports: Result<Vec<Report>, Error> = datasets.iter().map(|dataset| test(dataset, settings)).collect();
            report::render(&reports?, settings.output.format)
        }
    };
    output::write(&text, settings.output.file.as_deref(), settings.output.color)
}

/// How one column would be tested.
fn explain(dataset: &Dataset, settings: &Settings) -> Result<String, Error> {
    let mu = shift(&settings.test, &dataset.control.values)?;
    let test = prepare(dataset, &settings.test, mu)?;
    let problem = test.problem()?;
    let run = Run::plan(&settings.test, test, &problem, &settings.output)?;
    Ok(report::explain(&run.plan, &settings.test))
}

/// Tests one column.
fn test(dataset: &Dataset, settings: &Settings) -> Result<Report, Error> {
    let mu = shift(&settings.test, &dataset.control.values)?;
    let test = prepare(dataset, &settings.test, mu)?;
    let problem = test.problem()?;
    let run = Run::plan(&settings.test, test, &problem, &settings.output)?;
    let (result, distribution) = run.compute(&settings.output, signals::watch())?;
    let outcome =
        Outcome { design: problem.design().name(), mu, result, compared: compare(dataset, &settings.test, mu) };
    let report = Report::new(dataset, &settings.test, outcome);
    distribution.map_or(Ok(()), DistributionWriter::commit)?;
    Ok(report)
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
        .layout((&dataset.layout).into())
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
    // Nobody knows whether 0 means anything to a program: each of its tails is counted by itself.
    let is_program = matches!(test.statistic, Statistic::Program(_));
    let rule = test.two_sided.or(is_program.then_some(TwoSidedRule::Doubled));
    Ok(if let Some(rule) = rule { prepared.two_sided(rule) } else { prepared })
}

/// The shift under the null hypothesis, in units of the data.
fn shift(test: &Test, control: &[f64]) -> Result<f64, Error> {
    let named = if let Statistic::Defined(Definition::Named(named)) = &test.statistic { Some(*named) } else { None };
    match (test.mu, named) {
        (Shift::Absolute(0.0), _) => Ok(0.0),
        (_, Some(named)) if !named.feels_a_shift() => {
            let what = format!("--mu shifts the case values, which {named} does not measure");
            Err(Error::usage(what, "leave it out, or choose a statistic of location such as mean or median"))
        }
        (Shift::Absolute(shift), _) => Ok(shift),
        (Shift::RelativeToControl(fraction), named) => {
            let summary = named.and_then(|named| named.of_sample(control));
            summary.map(|summary| fraction * summary).ok_or_else(|| {
                let what = "--mu in percent is a share of the control group's summary, and this statistic has none";
                Error::usage(what, "give --mu as a number")
            })
        }
    }
}

/// What the reader would have run instead.
fn compare(dataset: &Dataset, test: &Test, mu: f64) -> Option<Vec<Classical>> {
    let (case, control) = (&dataset.case.values, &dataset.control.values);
    match test.compare {
        Compare::Nothing => None,
        Compare::Classical if dataset.layout.pairing.is_some() => {
            Some(classical::paired(case, control, test.alternative, mu))
        }
        Compare::Classical => Some(classical::two_sample(case, control, test.alternative, mu)),
    }
}

/// A test that is ready to run.
struct Run<'a> {
    test: PermutationTest<'a>,
    problem: &'a Problem,
    work: Work<'a>,
    plan: Plan,
}

/// What is computed for each labelling.
enum Work<'a> {
    Defined(&'a Definition, Prepared<'a>),
    Program(&'a ProgramSettings),
}

impl<'a> Run<'a> {
    fn plan(
        settings: &'a Test,
        test: PermutationTest<'a>,
        problem: &'a Problem,
        output: &Output,
    ) -> Result<Self, Error> {
        let test = test.method(settings.method).memory_limit(settings.memory);
        let test = settings.resamples.into_iter().fold(test, PermutationTest::resamples);
        let labellings = if output.distribution.is_some() { Labellings::Wanted } else { Labellings::Summarised };
        let (work, plan) = match &settings.statistic {
            Statistic::Defined(definition) => {
                let prepared = test.prepare(problem, definition)?;
                let plan = test.plan(problem, definition, &prepared, labellings)?;
                (Work::Defined(definition, prepared), plan)
            }
            Statistic::Program(program) => {
                (Work::Program(program), test.plan_custom(problem, LabellingCost::Program, labellings)?)
            }
        };
        Ok(Self { test, problem, work, plan })
    }

    /// Computes the test, with a progress bar, and writes the null distribution to a file if one is wanted: the file is
    /// still uncommitted, so that it vanishes when something fails later.
    fn compute(
        &self,
        output: &Output,
        stop: &'static AtomicBool,
    ) -> Result<(TestResult, Option<DistributionWriter>), Error> {
        let create = |file| DistributionWriter::create(file, self.labellings());
        let mut writer = output.distribution.as_ref().map(create).transpose()?;
        let mut write = writer.as_mut().map(|writer| |values: &[f64]| writer.write(values));
        let progress = Progress::new(output.chatter);
        let watch = Watch {
            stop,
            begin: &|total, what| progress.begin(total, what),
            advance: &|done| progress.advance(done),
            replicates: write.as_mut().map(|write| write as _),
        };
        let result = match &self.work {
            Work::Defined(definition, prepared) => {
                self.test.prepared_watched(self.problem, definition, prepared, &self.plan, watch)?
            }
            Work::Program(settings) => {
                let program = Program::new((*settings).clone()).stop_on(stop);
                let statistic = Programmed::new(&program, self.problem);
                let result = self.test.custom_planned(self.problem, &statistic, &self.plan, watch)?;
                program.finish()?;
                result
            }
        };
        progress.finish();
        Ok((result, writer))
    }

    /// Labellings that are evaluated one by one.
    fn labellings(&self) -> u64 {
        match self.plan.method {
            Method::MonteCarlo { resamples } => resamples,
            _ => self.problem.design().reference_set_size().exact.unwrap_or(0) as u64,
        }
    }
}
