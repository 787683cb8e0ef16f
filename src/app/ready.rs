//! A test that is ready to run: the data and the settings made into a problem, a statistic and a plan.

use std::ops::Range;

use crate::distribution::DistributionWriter;
use crate::error::Error;
use crate::inference::TwoSidedRule;
use crate::inference::classical::{self, Classical};
use crate::inference::margin::level_of_estimated_margin;
use crate::inference::warning::Warning;
use crate::input::dataset::Dataset;
use crate::method::monte_carlo::Watch;
use crate::method::planner::{Labellings, Method, Plan};
use crate::output::AtomicFile;
use crate::program::Program;
use crate::progress::Progress;
use crate::report::{GroupReport, Report};
use crate::settings::{Compare, DistributionFormat, Instructions, Output, Settings, Shift, Statistic, Test};
use crate::signals;
use crate::simd::Arch;
use crate::statistic::catalogue::Named;
use crate::statistic::pool::NullRatio;
use crate::statistic::{Character, Problem};
use crate::{Cut, Definition, NullDistribution, Partial, PermutationTest, Ready, Take, TestResult};

fn prepare(dataset: &Dataset, test: &Test) -> Result<PermutationTest, Error> {
    let (case, control) = (&dataset.case.values, &dataset.control.values);
    let prepared = PermutationTest::new(case, control)?
        .layout((&dataset.layout).into())
        .alternative(test.alternative)
        .undefined(test.undefined)
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

/// What --mu says of the null hypothesis.
enum Null {
    /// The difference, in units of the data.
    Shift(f64),
    Ratio(NullRatio),
}

impl Null {
    fn mu(&self) -> f64 {
        match self {
            Self::Shift(mu) | Self::Ratio(NullRatio { ratio: mu, .. }) => *mu,
        }
    }
}

/// The null hypothesis of a test that knows none yet.
fn null(settings: &Test, test: &PermutationTest, control: &[f64]) -> Result<Null, Error> {
    let Statistic::Defined(definition @ Definition::Expression(parsed)) = &settings.statistic else {
        return shift(settings, test, control).map(Null::Shift);
    };
    if settings.mu == Shift::Absolute(0.0)
        || test.prepare(&test.problem()?, definition)?.character != Some(Character::Ratio)
    {
        return shift(settings, test, control).map(Null::Shift);
    }
    let ratio = of_ratio(settings.mu, 1.0);
    if ratio <= 0.0 {
        let what = format!("{definition} is a ratio, and --mu {ratio} is none");
        return Err(Error::usage(what, "name a positive one, such as 1.05 or 5%"));
    }
    let scale = parsed.scale_for_ratio(ratio).ok_or_else(|| {
        let what = format!("--mu multiplies the control values, which does not divide {definition} by a known number");
        Error::usage(what, "leave it out, or choose a ratio such as mean(x) / mean(y)")
    })?;
    Ok(Null::Ratio(NullRatio { ratio, scale }))
}

/// A ratio, or what it differs from 1 by, as it was named; percents are of 1.
fn of_ratio(named: Shift, one: f64) -> f64 {
    match named {
        Shift::Absolute(number) => number,
        Shift::RelativeToControl(share) => one + share,
    }
}

/// The shift under the null hypothesis, in units of the data.
fn shift(test: &Test, prepared: &PermutationTest, control: &[f64]) -> Result<f64, Error> {
    match (test.mu, &test.statistic) {
        (Shift::Absolute(0.0), _) => Ok(0.0),
        (_, Statistic::Defined(Definition::Named(named))) if !named.is_shift_testable() => {
            let what = format!("--mu shifts the case values, which {named} does not measure");
            Err(Error::usage(what, "leave it out, or choose a statistic of location such as mean or median"))
        }
        (mu, _) => in_units(mu, "--mu", test, prepared, control),
    }
}

/// A difference in units of the data: a share is one of the control group's summary, which for a mean within strata is the
/// mean of those within them.
fn in_units(
    difference: Shift,
    option: &str,
    test: &Test,
    prepared: &PermutationTest,
    control: &[f64],
) -> Result<f64, Error> {
    let share = match difference {
        Shift::Absolute(difference) => return Ok(difference),
        Shift::RelativeToControl(share) => share,
    };
    let summary = match &test.statistic {
        Statistic::Defined(definition @ Definition::Named(named)) => {
            let within_strata = prepared.control_mean_within_strata(definition)?;
            named.of_sample(control).map(|pooled| within_strata.unwrap_or(pooled))
        }
        Statistic::Defined(_) | Statistic::Program(_) => None,
    };
    let what = match summary {
        Some(summary) if summary > 0.0 => return Ok(share * summary),
        Some(summary) => {
            format!("{option} in percent is a share of the control group's summary, which is {summary}, not above 0")
        }
        None => format!("{option} in percent is a share of the control group's summary, and this statistic has none"),
    };
    Err(Error::usage(what, format!("give {option} as a number")))
}

/// What a reader must know of a shift that is a share of the control group's summary.
pub(super) fn margin_warning(dataset: &Dataset, test: &Test, character: Character) -> Option<Warning> {
    let Shift::RelativeToControl(share) = test.mu else { return None };
    if character == Character::Ratio {
        // A share of 1 is no estimate.
        return None;
    }
    let is_plain = dataset.layout.strata.is_none() && dataset.layout.clusters.is_none();
    let compares_means =
        matches!(&test.statistic, Statistic::Defined(Definition::Named(Named::Mean | Named::T | Named::Welch)));
    let (case, control) = (&dataset.case.values, &dataset.control.values);
    let level = || level_of_estimated_margin(case, control, dataset.layout.pairing.is_some(), share, test.alternative);
    Some(Warning::EstimatedMargin { level: (is_plain && compares_means).then(level).flatten() })
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

/// A test of one column that is ready to run.
pub(super) struct Run<'a> {
    test: &'a PermutationTest,
    pub problem: &'a Problem,
    /// The shift under the null hypothesis, in units of the data.
    pub mu: f64,
    ready: Ready<'a>,
}

impl Run<'_> {
    /// Makes a test of a column ready, and does something with it. A program is seen out afterwards.
    pub fn with<T>(
        dataset: &Dataset,
        settings: &Settings,
        shape: NullDistribution,
        then: impl FnOnce(&Run) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let test = prepare(dataset, &settings.test)?.null_distribution(shape);
        let null = null(&settings.test, &test, &dataset.control.values)?;
        let mu = null.mu();
        let test = match null {
            Null::Shift(mu) => test.shift(mu),
            Null::Ratio(ratio) => test.ratio(ratio),
        };
        let test = settings.test.effect.into_iter().fold(test, PermutationTest::interval);
        let test = test.method(settings.test.method).memory_limit(settings.test.memory);
        let test = &settings.test.resamples.into_iter().fold(test, PermutationTest::resamples);
        let problem = &test.problem()?;
        let is_streamed = settings.output.distribution.is_some();
        let labellings = if is_streamed { Labellings::Wanted } else { Labellings::Summarised };
        match &settings.test.statistic {
            Statistic::Defined(definition) => {
                let ready = test.ready(problem, definition, labellings)?;
                then(&Run { test, problem, mu, ready })
            }
            Statistic::Program(settings) => {
                let program = Program::new(settings.clone()).stop_on(signals::watch());
                let ready = test.ready(problem, &program, labellings)?;
                let found = then(&Run { test, problem, mu, ready })?;
                program.finish()?;
                Ok(found)
            }
        }
    }

    /// The method, and why this one.
    pub fn plan(&self) -> &Plan {
        &self.ready.plan
    }

    /// Computes the test, with a progress bar, and writes the null distribution to a file if one is wanted: the file is
    /// still uncommitted, so that it vanishes when something fails later.
    pub fn compute(
        &self,
        output: &Output,
        distribution: Option<(AtomicFile, DistributionFormat)>,
    ) -> Result<(TestResult, Option<DistributionWriter>), Error> {
        let mut writer = distribution.map(|(file, format)| DistributionWriter::new(file, format, self.labellings()));
        let mut write = writer.as_mut().map(|writer| |values: &[f64]| writer.write(values));
        let result = watched(output, |Watch { stop, begin, advance, .. }| {
            let replicates = write.as_mut().map(|write| write as _);
            self.ready.run(Watch { stop, begin, advance, replicates })
        })?;
        Ok((result, writer))
    }

    /// How the run is cut into blocks.
    pub fn cut(&self) -> Result<Cut, Error> {
        self.ready.cut()
    }

    /// Computes some blocks of the run, with a progress bar.
    pub fn run_blocks(
        &self,
        blocks: Range<u64>,
        shape: NullDistribution,
        output: &Output,
        take: &mut Take,
    ) -> Result<(), Error> {
        watched(output, |watch| self.ready.run_blocks(blocks, shape, watch, take))
    }

    /// The result of what all blocks have yielded.
    pub fn conclude_blocks(&self, sum: &Partial, output: &Output) -> Result<TestResult, Error> {
        watched(output, |watch| self.ready.conclude(sum, &watch))
    }

    /// The statistic of the data.
    pub fn observed(&self) -> Result<f64, Error> {
        self.ready.observed()
    }

    /// The result with all that a report says beside it.
    pub fn report(&self, result: TestResult, dataset: &Dataset, settings: &Settings) -> Result<Report, Error> {
        let (test, control) = (&settings.test, &dataset.control.values);
        let smallest = settings.gate.smallest_effect;
        let is_drawn = result.histogram.is_some();
        Ok(Report {
            column: dataset.column.clone(),
            grouping: dataset.grouping.clone(),
            case: GroupReport::new(&dataset.case, is_drawn),
            control: GroupReport::new(&dataset.control, is_drawn),
            n_dropped: dataset.n_dropped,
            test: test.clone(),
            mu: self.mu,
            effect_sizes: self.test.effect_sizes()?,
            smallest_effect: match (smallest, result.character) {
                (Some(smallest), Character::Ratio) => Some(of_ratio(smallest, 0.0)),
                (smallest, _) => {
                    let in_units = |smallest| in_units(smallest, "--min-effect", test, self.test, control);
                    smallest.map(in_units).transpose()?
                }
            },
            // The classical tests are about differences of 0, or of what --mu says.
            compared: match result.character {
                Character::Ratio if self.mu == 0.0 || self.mu == 1.0 => compare(dataset, test, 0.0),
                Character::Ratio => (test.compare == Compare::Classical).then(Vec::new),
                _ => compare(dataset, test, self.mu),
            },
            result,
            adjusted: None,
            gate: None,
            notes: Vec::new(),
        })
    }

    /// Labellings that are evaluated one by one.
    fn labellings(&self) -> u64 {
        match self.plan().method {
            Method::MonteCarlo { resamples } => resamples,
            _ => self.problem.design().reference_set_size().exact.unwrap_or(0) as u64,
        }
    }
}

/// Does something under a progress bar, which Ctrl-C ends.
fn watched<T>(output: &Output, work: impl FnOnce(Watch) -> Result<T, Error>) -> Result<T, Error> {
    let progress = Progress::new(output.verbosity);
    let done = work(Watch {
        stop: signals::watch(),
        begin: &|total, what| progress.begin(total, what),
        advance: &|done| progress.advance(done),
        replicates: None,
    })?;
    progress.finish();
    Ok(done)
}
