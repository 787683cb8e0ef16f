//! The story of a run: read the data, plan, compute, conclude, report.

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::distribution::DistributionWriter;
use crate::error::Error;
use crate::inference::TwoSidedRule;
use crate::inference::classical::{self, Classical};
use crate::inference::gate::Verdict;
use crate::input::{self, dataset::Dataset};
use crate::method::monte_carlo::Watch;
use crate::method::planner::{LabellingCost, Labellings, Method, Plan};
use crate::output;
use crate::permutation_test::effect::Effect;
use crate::program::{Program, ProgramSettings, Programmed};
use crate::progress::Progress;
use crate::report::{self, Canvas, Outcome, Report};
use crate::settings::{
    Annotations, Characters, Chatter, Compare, Format, InReport, Instructions, Output, Pictures, Purpose, Settings,
    Shift, Statistic, Test,
};
use crate::signals;
use crate::simd::Arch;
use crate::statistic::Problem;
use crate::statistic::catalogue::Prepared;
use crate::{Definition, NullDistribution, PermutationTest, TestResult};

/// Columns of a drawing that nobody looks at yet.
const USUAL_WIDTH: usize = 80;

/// Runs the tests and writes their report. Ctrl-C ends it and leaves nothing behind.
///
/// # Errors
/// Whatever reading, computing or writing fails with; no file was changed then.
pub fn run(settings: &Settings) -> Result<Verdict, Error> {
    let datasets = input::read(&settings.data, &settings.blocks, &settings.reading)?;
    for dataset in &datasets {
        tell(&dataset.notes, settings.output.chatter);
    }
    refuse_several(&datasets, &settings.output)?;
    if settings.purpose == Purpose::Explain {
        let texts: Result<Vec<String>, Error> = datasets.iter().map(|dataset| explain(dataset, settings)).collect();
        output::write(&texts?.join("\n"), settings.output.file.as_deref(), settings.output.color)?;
        return Ok(Verdict::Pass);
    }
    let canvas = canvas(&settings.output);
    let null_distribution = null_distribution(&settings.output, canvas);
    let tested: Result<Vec<Tested>, Error> =
        datasets.iter().map(|dataset| test(dataset, settings, null_distribution)).collect();
    let (mut reports, distributions): (Vec<Report>, Vec<_>) = tested?.into_iter().unzip();
    let verdict = report::judge(&mut reports, &settings.judgement, settings.test.alternative);
    let text = report::render(&reports, settings.output.format, canvas);
    distributions.into_iter().flatten().try_for_each(DistributionWriter::commit)?;
    draw(&reports, &settings.output.pictures)?;
    output::write(&text, settings.output.file.as_deref(), settings.output.color)?;
    announce(&reports, settings)?;
    Ok(verdict)
}

/// Some outputs have room for one column.
fn refuse_several(datasets: &[Dataset], output: &Output) -> Result<(), Error> {
    let narrow = [("--distribution", output.distribution.is_some()), ("--plot", output.pictures.plot.is_some())];
    match narrow.into_iter().find(|(_, is_asked_for)| *is_asked_for && datasets.len() > 1) {
        None => Ok(()),
        Some((option, _)) => {
            let what = format!("{option} has room for one column, and there are {}", datasets.len());
            let remedy = if option == "--plot" {
                "name the one with --column, or have a page of all with --report"
            } else {
                "name the one with --column"
            };
            Err(Error::usage(what, remedy))
        }
    }
}

/// What the histogram is drawn on, if the report has one.
fn canvas(output: &Output) -> Option<Canvas> {
    let Pictures { histogram, characters, .. } = output.pictures;
    let is_text = output.format == Format::Text && output.file.is_none();
    let terminal = if is_text { output::terminal() } else { None };
    match (histogram, terminal) {
        (InReport::Hidden, _) | (InReport::OnATerminal, None) => None,
        (InReport::Shown, None) => Some(Canvas { columns: USUAL_WIDTH, characters }),
        (InReport::Shown | InReport::OnATerminal, Some(terminal)) => {
            let characters = if terminal.is_dumb { Characters::Ascii } else { characters };
            Some(Canvas { columns: terminal.columns, characters })
        }
    }
}

/// The null distribution is counted in bins where somebody will see them.
fn null_distribution(output: &Output, canvas: Option<Canvas>) -> NullDistribution {
    let Pictures { plot, page, .. } = &output.pictures;
    let is_seen = canvas.is_some() || plot.is_some() || page.is_some();
    if is_seen { NullDistribution::Binned } else { NullDistribution::Dropped }
}

/// Writes the pictures that are files of their own.
fn draw(reports: &[Report], pictures: &Pictures) -> Result<(), Error> {
    if let (Some(plot), [report, ..]) = (&pictures.plot, reports) {
        output::write_bytes(&report::plot(report, plot.format), &plot.path)?;
    }
    if let Some(page) = &pictures.page {
        output::write_bytes(report::page(reports, &page.command).as_bytes(), &page.path)?;
    }
    Ok(())
}

/// Tells the verdict of a gate where CI shows it.
fn announce(reports: &[Report], settings: &Settings) -> Result<(), Error> {
    let Some(verdict) = report::verdict(reports) else { return Ok(()) };
    if settings.output.chatter == Chatter::Normal {
        anstream::eprintln!("permtest: {verdict}");
    }
    if settings.judgement.annotations == Annotations::Github
        && let Some(annotation) = report::annotation(reports)
    {
        // Where nobody listens there is nobody to tell.
        let _ = writeln!(std::io::stderr(), "{annotation}");
    }
    let summary = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
    summary.map_or(Ok(()), |path| output::append(&report::render(reports, Format::Markdown, None), Path::new(&path)))
}

/// How one column would be tested.
fn explain(dataset: &Dataset, settings: &Settings) -> Result<String, Error> {
    let mu = shift(&settings.test, &dataset.control.values)?;
    let test = prepare(dataset, &settings.test, mu)?;
    let problem = test.problem()?;
    let run = Run::plan(&settings.test, test, &problem, &settings.output)?;
    Ok(report::explain(&run.plan, &settings.test))
}

/// A report, and the null distribution if it was wanted, still uncommitted.
type Tested = (Report, Option<DistributionWriter>);

/// Tests one column.
fn test(dataset: &Dataset, settings: &Settings, null_distribution: NullDistribution) -> Result<Tested, Error> {
    let control = &dataset.control.values;
    let mu = shift(&settings.test, control)?;
    let test = prepare(dataset, &settings.test, mu)?.null_distribution(null_distribution);
    let problem = test.problem()?;
    let run = Run::plan(&settings.test, test, &problem, &settings.output)?;
    let (result, distribution) = run.compute(&settings.output, signals::watch())?;
    let outcome = Outcome {
        design: problem.design().name(),
        mu,
        effect: run.effect(result.estimate, &settings.test, &settings.output)?,
        effect_sizes: run.test.effect_sizes()?,
        smallest_effect: settings
            .judgement
            .smallest_effect
            .map(|smallest| in_units(smallest, "--min-effect", &settings.test, control))
            .transpose()?,
        compared: compare(dataset, &settings.test, mu),
        result,
    };
    Ok((Report::new(dataset, &settings.test, outcome), distribution))
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
        .level(test.level)
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
    match (test.mu, &test.statistic) {
        (Shift::Absolute(0.0), _) => Ok(0.0),
        (_, Statistic::Defined(Definition::Named(named))) if !named.feels_a_shift() => {
            let what = format!("--mu shifts the case values, which {named} does not measure");
            Err(Error::usage(what, "leave it out, or choose a statistic of location such as mean or median"))
        }
        (mu, _) => in_units(mu, "--mu", test, control),
    }
}

/// A difference in units of the data: a share is one of the control group's summary.
fn in_units(difference: Shift, option: &str, test: &Test, control: &[f64]) -> Result<f64, Error> {
    let share = match difference {
        Shift::Absolute(difference) => return Ok(difference),
        Shift::RelativeToControl(share) => share,
    };
    let summary = match &test.statistic {
        Statistic::Defined(Definition::Named(named)) => named.of_sample(control),
        Statistic::Defined(_) | Statistic::Program(_) => None,
    };
    summary.map(|summary| share * summary).ok_or_else(|| {
        let what =
            format!("{option} in percent is a share of the control group's summary, and this statistic has none");
        Error::usage(what, format!("give {option} as a number"))
    })
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

    /// The effect that the statistic is about, which was computed for the data; a program's has no words for it.
    fn effect(&self, estimate: f64, settings: &Test, output: &Output) -> Result<Option<Effect>, Error> {
        let definition = match (&self.work, settings.effect.and_then(|request| request.approach)) {
            (Work::Defined(definition, _), _) => definition,
            (Work::Program(_), None) => return Ok(None),
            (Work::Program(_), Some(approach)) => {
                let what = format!("--interval {} needs a statistic that permtest computes itself", approach.name());
                return Err(Error::usage(what, "leave it out, or write the statistic as an expression"));
            }
        };
        let Some(request) = settings.effect else {
            return self.test.effect_size(definition, estimate).map(Some);
        };
        let progress = Progress::new(output.chatter);
        let watch = Watch {
            stop: signals::watch(),
            begin: &|total, what| progress.begin(total, what),
            advance: &|done| progress.advance(done),
            replicates: None,
        };
        let effect = self.test.effect(self.problem, definition, estimate, &request, &watch)?;
        progress.finish();
        Ok(Some(effect))
    }

    /// Labellings that are evaluated one by one.
    fn labellings(&self) -> u64 {
        match self.plan.method {
            Method::MonteCarlo { resamples } => resamples,
            _ => self.problem.design().reference_set_size().exact.unwrap_or(0) as u64,
        }
    }
}
