//! A test that is ready to run: the data and the settings made into a problem, a statistic and a plan.

use std::ops::Range;

use super::comparisons;
use super::rows::rows;
use crate::design::Design;
use crate::distribution::DistributionWriter;
use crate::error::Error;
use crate::inference::TwoSidedRule;
use crate::inference::adjust::Adjustment;
use crate::inference::classical::{self, Classical};
use crate::inference::effect::PairedEffects;
use crate::inference::margin::level_of_estimated_margin;
use crate::inference::warning::Warning;
use crate::input::dataset::{Dataset, Subject};
use crate::method::engine;
use crate::method::joint::JointCounts;
use crate::method::monte_carlo::Watch;
use crate::method::planner::{Labellings, Method, Plan};
use crate::output::AtomicFile;
use crate::permutation_test::effect::EffectSizes;
use crate::program::Program;
use crate::progress::Progress;
use crate::report::{GroupReport, Report};
use crate::settings::{Compare, DistributionFormat, Format, Instructions, Output, Settings, Shift, Statistic, Test};
use crate::signals;
use crate::simd::Arch;
use crate::statistic::catalogue::Named;
use crate::statistic::pool::NullRatio;
use crate::statistic::{Character, TestStatistic};
use crate::{
    Cut, Definition, JointReady, JointTest, NullDistribution, Partial, PermutationTest, Ready, Take, TestResult,
};

pub(super) fn prepare(dataset: &Dataset, test: &Test) -> Result<PermutationTest, Error> {
    let (case, control) = (&dataset.case.values, &dataset.control.values);
    let groups: Vec<&[f64]> = dataset.groups().map(|group| &group.values[..]).collect();
    let prepared = match dataset.subject {
        Subject::TwoSamples => PermutationTest::new(case, control),
        Subject::OneSample => PermutationTest::one_sample(case, 0.0),
        Subject::Association => PermutationTest::association(case, control),
        Subject::Groups => PermutationTest::of_groups(&groups),
    }?;
    let prepared = dataset.columns.iter().cloned().fold(prepared, PermutationTest::rows_of);
    let prepared = prepared
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
    if settings.mu != Shift::Absolute(0.0) && test.columns().is_some() {
        let what = format!("--mu shifts or multiplies the values of one column, and {definition} is about several");
        return Err(Error::usage(what, "leave it out"));
    }
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
        Statistic::Defined(definition) => prepared.values_of_groups(definition)?.map(|[_, control]| control),
        Statistic::Program(_) | Statistic::Function(_) | Statistic::Several(_) | Statistic::Association(_) => None,
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
fn margin_warning(dataset: &Dataset, test: &Test, character: Character) -> Option<Warning> {
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

/// The rows of an association, or evenly spaced ones of many.
fn points(dataset: &Dataset) -> Vec<[f64; 2]> {
    /// More points than this hide each other.
    const MOST: usize = 1000;
    if dataset.subject != Subject::Association {
        return Vec::new();
    }
    let rows = dataset.case.values.iter().zip(&dataset.control.values).map(|(&x, &y)| [x, y]);
    rows.step_by(dataset.case.values.len().div_ceil(MOST)).collect()
}

/// What the reader would have run instead.
fn compare(dataset: &Dataset, test: &Test, mu: f64) -> Option<Vec<Classical>> {
    let (case, control) = (&dataset.case.values, &dataset.control.values);
    match test.compare {
        Compare::Nothing => None,
        // Rows of several columns are no samples of one number.
        Compare::Classical
            if dataset.columns.is_some() || matches!(dataset.subject, Subject::Groups | Subject::Association) =>
        {
            Some(Vec::new())
        }
        Compare::Classical if dataset.layout.pairing.is_some() => {
            Some(classical::paired(case, control, test.alternative, mu))
        }
        Compare::Classical => Some(classical::two_sample(case, control, test.alternative, mu)),
    }
}

/// A test of a column, and what --mu says of it.
struct ColumnTest<'a> {
    dataset: &'a Dataset,
    test: PermutationTest,
    /// The shift under the null hypothesis, in units of the data.
    mu: f64,
}

/// A test of one column, or of several under the same labellings, that is ready to run.
pub(super) struct Run<'a> {
    columns: &'a [ColumnTest<'a>],
    design: &'a dyn Design,
    ready: Computation<'a>,
}

enum Computation<'a> {
    One(Ready<'a>),
    Joint(JointReady<'a>),
}

impl Run<'_> {
    /// Makes a test of columns ready, and does something with it. A program is seen out afterwards.
    pub fn with<T>(
        datasets: &[Dataset],
        settings: &Settings,
        shape: NullDistribution,
        then: impl FnOnce(&Run) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let columns = engine::each_of(settings.test.threads, datasets.len(), |place| {
            ColumnTest::new(&datasets[place], settings, shape)
        })?;
        match &settings.test.statistic {
            Statistic::Defined(definition) => Self::with_statistic(&columns, definition, settings, then),
            Statistic::Several(statistic) => Self::with_statistic(&columns, statistic, settings, then),
            Statistic::Association(statistic) => Self::with_statistic(&columns, statistic, settings, then),
            Statistic::Program(program) => {
                let program = Program::new(program.clone()).stop_on(signals::watch());
                let found = Self::with_statistic(&columns, &program, settings, then)?;
                program.finish()?;
                Ok(found)
            }
            Statistic::Function(name) => {
                let what = format!("{name} is a function of another program, which the command cannot call");
                Err(Error::usage(what, "choose a statistic with a name, an expression or a program"))
            }
        }
    }

    fn with_statistic<T>(
        columns: &[ColumnTest],
        statistic: &(impl TestStatistic + Sync),
        settings: &Settings,
        then: impl FnOnce(&Run) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if let [ColumnTest { test, .. }] = columns {
            let problem = &test.problem()?;
            let is_streamed = settings.output.distribution.is_some();
            let labellings = if is_streamed { Labellings::Wanted } else { Labellings::Summarised };
            let ready = Computation::One(test.ready(problem, statistic, labellings)?);
            return then(&Run { columns, design: problem.design(), ready });
        }
        let tests = columns.iter().map(|column| column.test.clone()).collect();
        let datasets: Vec<&Dataset> = columns.iter().map(|column| column.dataset).collect();
        let names = datasets.iter().map(|dataset| dataset.column.clone()).collect();
        let joint = JointTest::with_rows(tests, &rows(&datasets))?.named(names);
        let joint = settings.gate.adjustment.into_iter().fold(joint, JointTest::adjust);
        let problems = &joint.problems()?;
        let mut ready = joint.ready(problems, statistic)?;
        if settings.shard.is_some() && ready.adjustment == Adjustment::MinP {
            if settings.gate.adjustment.is_some() {
                let what = "--adjust minp ranks each column among all resamples, which no shard has";
                return Err(Error::usage(what, "choose another adjustment, or compute the run as a whole"));
            }
            ready.adjustment = Adjustment::Holm;
        }
        then(&Run { columns, design: joint.design(), ready: Computation::Joint(ready) })
    }

    /// The method, and why this one.
    pub fn plan(&self) -> &Plan {
        match &self.ready {
            Computation::One(ready) => &ready.plan,
            Computation::Joint(ready) => &ready.plan,
        }
    }

    /// How p-values of several columns are adjusted by what is computed of them together.
    pub fn adjustment(&self) -> Option<Adjustment> {
        match &self.ready {
            Computation::One(_) => None,
            Computation::Joint(ready) => Some(ready.adjustment),
        }
    }

    /// Which labellings are equally likely under the null hypothesis.
    pub fn design(&self) -> &dyn Design {
        self.design
    }

    /// The shifts under the null hypothesis, in units of the data.
    pub fn mus(&self) -> Vec<f64> {
        self.columns.iter().map(|column| column.mu).collect()
    }

    /// Computes the test, with a progress bar, and writes the null distribution to a file if one is wanted: the file is
    /// still uncommitted, so that it vanishes when something fails later.
    pub fn compute(
        &self,
        output: &Output,
        distribution: Option<(AtomicFile, DistributionFormat)>,
    ) -> Result<(Vec<TestResult>, Option<DistributionWriter>), Error> {
        let names: Vec<&str> = self.columns.iter().map(|column| column.dataset.column.as_str()).collect();
        let begin = |(file, format)| DistributionWriter::new(file, format, self.labellings(), &names);
        let mut writer = distribution.map(begin);
        let mut write = writer.as_mut().map(|writer| |values: &[f64]| writer.write(values));
        let results = watched(output, |Watch { stop, begin, advance, .. }| {
            let replicates = write.as_mut().map(|write| write as _);
            let watch = Watch { stop, begin, advance, replicates };
            match &self.ready {
                Computation::One(ready) => Ok(vec![ready.run(watch)?]),
                Computation::Joint(ready) => ready.run(watch),
            }
        })?;
        Ok((results, writer))
    }

    /// How the run is cut into blocks.
    pub fn cut(&self) -> Result<Cut, Error> {
        match &self.ready {
            Computation::One(ready) => ready.cut(),
            Computation::Joint(ready) => Ok(ready.cut()),
        }
    }

    /// Computes some blocks of the run, with a progress bar.
    pub fn run_blocks(
        &self,
        blocks: Range<u64>,
        shape: NullDistribution,
        output: &Output,
        take: &mut Take,
    ) -> Result<(), Error> {
        watched(output, |watch| match &self.ready {
            Computation::One(ready) => ready.run_blocks(blocks, shape, watch, take),
            Computation::Joint(ready) => ready.run_blocks(blocks, shape, watch, take),
        })
    }

    /// What no block has yielded.
    pub fn nothing(&self) -> Partial {
        match &self.ready {
            Computation::One(ready) => Partial::nothing(&ready.plan.method),
            Computation::Joint(_) => Partial::Joint(JointCounts::default()),
        }
    }

    /// The results of what all blocks have yielded.
    pub fn conclude_blocks(&self, sum: &Partial, output: &Output) -> Result<Vec<TestResult>, Error> {
        watched(output, |watch| match &self.ready {
            Computation::One(ready) => Ok(vec![ready.conclude(sum, &watch)?]),
            Computation::Joint(ready) => ready.conclude(sum, &watch),
        })
    }

    /// The statistics of the data.
    pub fn observed(&self) -> Result<Vec<f64>, Error> {
        match &self.ready {
            Computation::One(ready) => Ok(vec![ready.observed()?]),
            Computation::Joint(ready) => ready.observed(),
        }
    }

    /// The results with all that a report says beside them.
    pub fn reports(&self, results: &[TestResult], settings: &Settings) -> Result<Vec<Report>, Error> {
        engine::each_of(settings.test.threads, results.len(), |place| {
            self.columns[place].report(&results[place], settings)
        })
    }

    /// Labellings that are evaluated one by one.
    fn labellings(&self) -> u64 {
        match self.plan().method {
            Method::MonteCarlo { resamples } => resamples,
            _ => self.design.reference_set_size().exact.unwrap_or(0) as u64,
        }
    }
}

impl<'a> ColumnTest<'a> {
    fn new(dataset: &'a Dataset, settings: &Settings, shape: NullDistribution) -> Result<Self, Error> {
        let test = prepare(dataset, &settings.test)?.null_distribution(shape);
        let null = null(&settings.test, &test, &dataset.control.values)?;
        let mu = null.mu();
        let test = match null {
            Null::Shift(mu) => test.shift(mu),
            Null::Ratio(ratio) => test.ratio(ratio),
        };
        let test = settings.test.effect.into_iter().fold(test, PermutationTest::interval);
        let test = test.method(settings.test.method).memory_limit(settings.test.memory);
        let test = settings.test.resamples.into_iter().fold(test, PermutationTest::resamples);
        Ok(Self { dataset, test, mu })
    }

    /// Effect sizes of a case against a control, or of one sample against what it is compared with.
    fn effect_sizes(&self) -> Result<Option<EffectSizes>, Error> {
        let Self { dataset, test, mu } = self;
        match dataset.subject {
            _ if dataset.columns.is_some() => Ok(None),
            Subject::TwoSamples => test.effect_sizes().map(Some),
            Subject::OneSample => {
                let values = &dataset.case.values;
                let against = PermutationTest::new(values, &vec![*mu; values.len()])?.paired();
                // A location is one of the values themselves.
                against.effect_sizes().map(|sizes| match sizes {
                    EffectSizes::Paired(sizes) => {
                        Some(EffectSizes::Paired(PairedEffects { hodges_lehmann: sizes.hodges_lehmann + mu, ..sizes }))
                    }
                    other @ EffectSizes::TwoSample(_) => Some(other),
                })
            }
            Subject::Groups | Subject::Association => Ok(None),
        }
    }

    fn report(&self, result: &TestResult, settings: &Settings) -> Result<Report, Error> {
        let Self { dataset, test: prepared, mu } = self;
        let test = &settings.test;
        let smallest = settings.gate.smallest_effect;
        let (is_drawn, is_of_rows) = (result.histogram.is_some(), dataset.columns.is_some());
        let groups = if is_of_rows {
            let values = match &test.statistic {
                Statistic::Defined(definition) => prepared.values_of_groups(definition)?,
                Statistic::Program(_) | Statistic::Function(_) | Statistic::Several(_) | Statistic::Association(_) => {
                    None
                }
            };
            let group = |(place, group)| GroupReport::of_rows(group, values.map(|values| values[place]));
            dataset.groups().enumerate().map(group).collect()
        } else if dataset.words.is_empty() {
            dataset.groups().map(|group| GroupReport::new(group, is_drawn)).collect()
        } else {
            dataset.groups().map(|group| GroupReport::of_words(group, &dataset.words)).collect()
        };
        let mut report = Report {
            column: dataset.column.clone(),
            grouping: dataset.grouping.clone(),
            subject: dataset.subject,
            groups,
            points: if is_drawn { points(dataset) } else { Vec::new() },
            n_dropped: dataset.n_dropped,
            test: test.clone(),
            mu: *mu,
            effect_sizes: self.effect_sizes()?,
            smallest_effect: match (smallest, result.character) {
                (Some(smallest), Character::Ratio) => Some(of_ratio(smallest, 0.0)),
                (smallest, _) => {
                    let in_units =
                        |smallest| in_units(smallest, "--min-effect", test, prepared, &dataset.control.values);
                    smallest.map(in_units).transpose()?
                }
            },
            // The classical tests are about differences of 0, or of what --mu says.
            compared: match result.character {
                Character::Ratio if *mu == 0.0 || *mu == 1.0 => compare(dataset, test, 0.0),
                Character::Ratio => (test.compare == Compare::Classical).then(Vec::new),
                _ => compare(dataset, test, *mu),
            },
            result: result.clone(),
            equivalence: None,
            comparisons: Vec::new(),
            adjusted: None,
            gate: None,
            notes: Vec::new(),
        };
        report.result.warnings.extend(margin_warning(dataset, test, report.result.character));
        // A bare p-value is that of all groups together.
        let output = &settings.output;
        if output.format != Format::PValue || output.pictures.page.is_some() || output.summary.is_some() {
            report.comparisons = comparisons::compare(dataset, settings)?;
        }
        Ok(report)
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
