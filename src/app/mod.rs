//! The story of a run: read the data, plan, compute, conclude, report.

mod comparisons;
mod equivalence;
pub mod merge;
mod present;
mod ready;
mod rows;
mod share;

use self::present::{announce, bins_of, canvas, is_table, null_distribution, page, plot, refuse_several, summary};
use self::ready::Run;
use self::share::{Share, can_be_kept};
use crate::NullDistribution;
use crate::Partial;
use crate::distribution::DistributionWriter;
use crate::error::Error;
use crate::escape;
use crate::inference::Alternative;
use crate::inference::adjust::Adjustment;
use crate::inference::gate::Verdict;
use crate::input::{
    self,
    dataset::{Dataset, Orientation, Subject},
};
use crate::method::planner::Choice;
use crate::output::{AtomicFile, Contents, Outputs};
use crate::part::Identity;
use crate::report::{self, Report};
use crate::settings::{Purpose, Settings, Shard, Shift, Statistic, Test, Verbosity};
use crate::statistic::catalogue::Named;
use crate::statistic::{Definition, GroupStatistic};
use crate::stderr;

/// Runs the tests and writes their report, or counts a share of one for another run to add up. Ctrl-C ends it and leaves
/// nothing behind but a checkpoint, if there is to be one.
///
/// # Errors
/// Whatever reading, computing or writing fails with; no file was changed then.
pub fn run(settings: &Settings) -> Result<Verdict, Error> {
    let output = &settings.output;
    // Whether all can be written shows before anything is read, and before hours of work.
    settings.checkpoint.as_deref().map_or(Ok(()), can_be_kept)?;
    match (&settings.shard, settings.purpose) {
        (_, Purpose::Explain) => {
            let outputs = Outputs::of_report(output.file.as_deref(), output.color)?;
            let datasets = read(settings)?;
            let settings = &settled(&datasets, settings)?;
            let texts: Result<Vec<String>, Error> =
                together(&datasets, settings).into_iter().map(|columns| explain(columns, settings)).collect();
            outputs.commit(Contents { report: texts?.join("\n"), ..Contents::default() })?;
            Ok(Verdict::Pass)
        }
        (Some(shard), Purpose::Test) => {
            let file = AtomicFile::create(&shard.file)?;
            let datasets = read(settings)?;
            run_shard(&datasets, &settled(&datasets, settings)?, shard, file).map(|()| Verdict::Pass)
        }
        (None, Purpose::Test) => {
            let outputs = Outputs::open(output)?;
            conclude(&read(settings)?, settings, None, outputs)
        }
    }
}

/// The settings for these data: of several groups the statistic that asks of all of them what it asks of two.
fn settled(datasets: &[Dataset], settings: &Settings) -> Result<Settings, Error> {
    let is_one_sample = datasets.iter().any(|dataset| dataset.subject == Subject::OneSample);
    let named = [
        ("--mu", Some(settings.test.mu)),
        ("--equivalence", settings.test.equivalence),
        ("--min-effect", settings.gate.smallest_effect),
    ];
    let in_percent = named.iter().find(|(_, size)| matches!(size, Some(Shift::RelativeToControl(_))));
    if let (true, Some((option, _))) = (is_one_sample, in_percent) {
        let what = format!("{option} in percent is a share of a control group, and one sample has none");
        return Err(Error::usage(what, format!("give {option} as a number")));
    }
    let Some(dataset) = datasets.iter().find(|dataset| dataset.subject == Subject::Groups) else {
        return Ok(settings.clone());
    };
    if settings.gate.smallest_effect.is_some() {
        let what = "--min-effect is about the difference of two groups, and the gate goes by all of them together";
        return Err(Error::usage(what, "leave it out, or say which two with --case and --control"));
    }
    if settings.test.equivalence.is_some() {
        let what = format!("--equivalence compares two groups, and there are {}", dataset.groups().count());
        return Err(Error::usage(what, "say which two with --case and --control"));
    }
    let of_groups = match &settings.test.statistic {
        Statistic::Several(statistic) => *statistic,
        Statistic::Defined(Definition::Named(Named::Mean)) => GroupStatistic::F,
        Statistic::Defined(Definition::Named(Named::Welch)) => GroupStatistic::WelchF,
        Statistic::Defined(Definition::Named(Named::RankSum)) => GroupStatistic::KruskalWallis,
        other => {
            let name = match other {
                Statistic::Defined(definition) => format!("--statistic {definition}"),
                _ => "--statistic-command".to_owned(),
            };
            let labels: Vec<String> = dataset.groups().map(|group| escape::typed(&group.label)).collect();
            let what = format!("{name} compares two groups, and there are {}: {}", labels.len(), labels.join(", "));
            let remedy = format!(
                "say which two with --case and --control, or choose one of {}",
                GroupStatistic::ALL.map(GroupStatistic::name).join(", ")
            );
            return Err(Error::usage(what, remedy));
        }
    };
    let test = Test { statistic: Statistic::Several(of_groups), ..settings.test.clone() };
    Ok(Settings { test, ..settings.clone() })
}

/// Reads the samples and says what is to be said of them.
fn read(settings: &Settings) -> Result<Vec<Dataset>, Error> {
    let datasets = input::read(&settings.data, &settings.blocks, &settings.reading)?;
    refuse_several(&datasets, settings)?;
    refuse_unknown_direction(&datasets, settings)?;
    for dataset in &datasets {
        show_notes(&dataset.notes, settings.output.verbosity);
    }
    Ok(datasets)
}

/// A one-sided test says something about the case: which that is must be known.
fn refuse_unknown_direction(datasets: &[Dataset], settings: &Settings) -> Result<(), Error> {
    let unknown = datasets.iter().find(|dataset| dataset.orientation == Orientation::Unknown);
    match unknown {
        Some(Dataset { case, control, .. }) if settings.test.alternative != Alternative::TwoSided => {
            let (case, control) = (&case.label, &control.label);
            let what = format!("a one-sided test needs to know which is the case, {case:?} or {control:?}");
            Err(Error::usage(what, {
                let [case, control] = [case, control].map(|label| escape::typed(label));
                format!("add --case {case} or --case {control}")
            }))
        }
        _ => Ok(()),
    }
}

/// What has been computed elsewhere, and what is to be said of it.
struct Known {
    yields: Partial,
    identity: Identity,
    warning: Option<String>,
}

/// Tests each column and writes the report. A gate that fails does so whatever can be written.
fn conclude(
    datasets: &[Dataset],
    settings: &Settings,
    known: Option<&Known>,
    mut outputs: Outputs,
) -> Result<Verdict, Error> {
    let settings = &settled(datasets, settings)?;
    let canvas = canvas(&settings.output);
    let shape = null_distribution(&settings.output, canvas, datasets.len());
    let (mut reports, mut adjustment, mut distribution) = (Vec::new(), Adjustment::Holm, None);
    for columns in together(datasets, settings) {
        let tested = test(columns, settings, shape, known, &mut outputs)?;
        reports.extend(tested.reports);
        adjustment = tested.adjustment.or(settings.gate.adjustment).unwrap_or(adjustment);
        distribution = tested.distribution;
    }
    let verdict = report::decide(&mut reports, &settings.gate, adjustment, settings.test.alternative);
    let distribution = distribution.map(DistributionWriter::finish).transpose();
    let plot = plot(&reports, &settings.output.pictures);
    let note = plot.as_ref().and_then(|plot| plot.note.clone());
    let written = distribution.and_then(|distribution| {
        outputs.commit(Contents {
            report: report::render(&reports, settings.output.format, &settings.output.presentation, canvas),
            distribution,
            plot: plot.map(|plot| plot.bytes),
            page: page(&reports, &settings.output),
            summary: summary(&reports, &settings.output),
        })
    });
    if written.is_ok() {
        show_notes(&Vec::from_iter(note), settings.output.verbosity);
    }
    if written.is_ok() || verdict == Verdict::Fail {
        announce(&reports, settings);
    }
    match written {
        Err(error) if verdict == Verdict::Fail => {
            stderr::complain(&error);
            Ok(verdict)
        }
        other => other.map(|()| verdict),
    }
}

/// Columns that are tested together: all, where labellings are drawn for all of them, or each by itself.
fn together<'a>(datasets: &'a [Dataset], settings: &Settings) -> Vec<&'a [Dataset]> {
    if is_joint(datasets, settings) { vec![datasets] } else { datasets.chunks(1).collect() }
}

/// Whether columns share their labellings: those of one table, where labellings are counted rather than p-values computed in
/// the way that suits each column.
fn is_joint(datasets: &[Dataset], settings: &Settings) -> bool {
    let Settings { test, gate, output, shard, checkpoint, .. } = settings;
    let is_table = datasets.len() > 1 && is_table(datasets);
    let is_kernel = matches!(test.statistic, Statistic::Defined(_));
    let is_counted = matches!(test.method, Choice::Auto | Choice::MonteCarlo)
        && (test.resamples.is_some() || test.method == Choice::MonteCarlo);
    let is_one_run = output.distribution.is_some() || shard.is_some() || checkpoint.is_some();
    is_table
        && test.equivalence.is_none()
        && (gate.adjustment.is_some_and(Adjustment::is_joint) || is_one_run || (is_kernel && is_counted))
}

/// Computes a share of the run into a part file.
fn run_shard(datasets: &[Dataset], settings: &Settings, shard: &Shard, file: AtomicFile) -> Result<(), Error> {
    let shape = bins_of(datasets.len());
    Run::with(datasets, settings, shape, |run| {
        let share = Share::new(run, datasets, settings, Some(shard), shape)?;
        if let Some(variable) = shard.told_by {
            show_notes(&[format!("shard {}/{} by {variable}", shard.number, shard.of)], settings.output.verbosity);
        }
        share.finished(share.run(run)?, datasets).write_to(file)
    })
}

/// How columns would be tested together.
fn explain(datasets: &[Dataset], settings: &Settings) -> Result<String, Error> {
    let columns = datasets.len();
    let sides = settings.test.equivalence.map(|margin| equivalence::sides(settings, margin));
    let settings = sides.as_ref().map_or(settings, |[above, _]| above);
    Run::with(datasets, settings, NullDistribution::Dropped, |run| {
        Ok(report::explain(run.plan(), columns, &settings.test))
    })
}

/// Reports of columns that were tested together.
struct Tested {
    reports: Vec<Report>,
    /// How their p-values were adjusted.
    adjustment: Option<Adjustment>,
    /// The null distribution if it was wanted, still uncommitted.
    distribution: Option<DistributionWriter>,
}

/// Tests columns together.
fn test(
    datasets: &[Dataset],
    settings: &Settings,
    shape: NullDistribution,
    known: Option<&Known>,
    outputs: &mut Outputs,
) -> Result<Tested, Error> {
    if let Some(margin) = settings.test.equivalence {
        let reports = equivalence::test(datasets, settings, margin, shape)?;
        return Ok(Tested { reports, adjustment: None, distribution: None });
    }
    Run::with(datasets, settings, shape, |run| {
        let share = || Share::new(run, datasets, settings, None, shape);
        let (results, distribution) = match (known, &settings.checkpoint) {
            (Some(known), _) => {
                share()?.check(&known.identity)?;
                (run.conclude_blocks(&known.yields, &settings.output)?, None)
            }
            (None, Some(_)) => (run.conclude_blocks(&share()?.run(run)?, &settings.output)?, None),
            (None, None) => {
                let format = settings.output.distribution.as_ref().map(|distribution| distribution.format);
                run.compute(&settings.output, outputs.distribution.take().zip(format))?
            }
        };
        let mut reports = run.reports(&results, settings)?;
        let warning = known.and_then(|known| known.warning.as_ref());
        for report in &mut reports {
            report.notes.extend(warning.cloned());
        }
        Ok(Tested { reports, adjustment: run.adjustment(), distribution })
    })
}

fn show_notes(notes: &[String], verbosity: Verbosity) {
    if verbosity == Verbosity::Normal {
        for note in notes {
            stderr::say(format_args!("note: {note}"));
        }
    }
}
