//! The story of a run: read the data, plan, compute, conclude, report.

pub mod merge;
mod present;
mod ready;
mod share;

use self::present::{announce, canvas, draw, null_distribution, refuse_several};
use self::ready::Run;
use self::share::Share;
use crate::NullDistribution;
use crate::distribution::DistributionWriter;
use crate::error::Error;
use crate::inference::gate::Verdict;
use crate::input::{self, dataset::Dataset};
use crate::output::{self, AtomicFile};
use crate::part::Identity;
use crate::permutation_test::part::Partial;
use crate::report::{self, Report};
use crate::settings::{Chatter, Purpose, Settings, Shard};
use crate::signals;

/// Runs the tests and writes their report, or counts a share of one for another run to add up. Ctrl-C ends it and leaves
/// nothing behind but a checkpoint, if there is to be one.
///
/// # Errors
/// Whatever reading, computing or writing fails with; no file was changed then.
pub fn run(settings: &Settings) -> Result<Verdict, Error> {
    let datasets = input::read(&settings.data, &settings.blocks, &settings.reading)?;
    for dataset in &datasets {
        tell(&dataset.notes, settings.output.chatter);
    }
    refuse_several(&datasets, settings)?;
    if settings.purpose == Purpose::Explain {
        let texts: Result<Vec<String>, Error> = datasets.iter().map(|dataset| explain(dataset, settings)).collect();
        output::write(&texts?.join("\n"), settings.output.file.as_deref(), settings.output.color)?;
        return Ok(Verdict::Pass);
    }
    match &settings.shard {
        Some(shard) => run_shard(&datasets[0], settings, shard).map(|()| Verdict::Pass),
        None => conclude(&datasets, settings, None),
    }
}

/// What has been computed elsewhere, and what is to be said of it.
struct Known {
    yields: Partial,
    identity: Identity,
    warning: Option<String>,
}

/// Tests each column and writes the report.
fn conclude(datasets: &[Dataset], settings: &Settings, known: Option<&Known>) -> Result<Verdict, Error> {
    let canvas = canvas(&settings.output);
    let null_distribution = null_distribution(&settings.output, canvas);
    let tested: Result<Vec<Tested>, Error> =
        datasets.iter().map(|dataset| test(dataset, settings, null_distribution, known)).collect();
    let (mut reports, distributions): (Vec<Report>, Vec<_>) = tested?.into_iter().unzip();
    let verdict = report::judge(&mut reports, &settings.judgement, settings.test.alternative);
    let text = report::render(&reports, settings.output.format, canvas);
    distributions.into_iter().flatten().try_for_each(DistributionWriter::commit)?;
    draw(&reports, &settings.output.pictures, settings.output.chatter)?;
    output::write(&text, settings.output.file.as_deref(), settings.output.color)?;
    announce(&reports, settings)?;
    Ok(verdict)
}

/// Computes a share of the run into a part file.
fn run_shard(dataset: &Dataset, settings: &Settings, shard: &Shard) -> Result<(), Error> {
    Run::with(dataset, settings, NullDistribution::Binned, |run| {
        let share = Share::new(run, dataset, settings, Some(shard), NullDistribution::Binned)?;
        if let Some(variable) = shard.told_by {
            tell(&[format!("shard {}/{} by {variable}", shard.number, shard.of)], settings.output.chatter);
        }
        // Whether it can be written shows before hours of work.
        let file = AtomicFile::create(&shard.file)?;
        share.finished(share.run(run)?, dataset).write_to(file)
    })
}

/// How one column would be tested.
fn explain(dataset: &Dataset, settings: &Settings) -> Result<String, Error> {
    Run::with(dataset, settings, NullDistribution::Dropped, |run| Ok(report::explain(&run.plan, &settings.test)))
}

/// A report, and the null distribution if it was wanted, still uncommitted.
type Tested = (Report, Option<DistributionWriter>);

/// Tests one column.
fn test(
    dataset: &Dataset,
    settings: &Settings,
    shape: NullDistribution,
    known: Option<&Known>,
) -> Result<Tested, Error> {
    Run::with(dataset, settings, shape, |run| {
        let share = || Share::new(run, dataset, settings, None, shape);
        let (result, distribution) = match (known, &settings.checkpoint) {
            (Some(known), _) => {
                share()?.check(&known.identity)?;
                (run.conclude_blocks(&known.yields, &settings.output)?, None)
            }
            (None, Some(_)) => (run.conclude_blocks(&share()?.run(run)?, &settings.output)?, None),
            (None, None) => run.compute(&settings.output, signals::watch())?,
        };
        let outcome = run.outcome(result, dataset, settings)?;
        let mut report = Report::new(dataset, &settings.test, outcome);
        report.warnings.extend(ready::margin_warning(dataset, &settings.test).map(|warning| warning.to_string()));
        report.warnings.extend(known.and_then(|known| known.warning.clone()));
        Ok((report, distribution))
    })
}

fn tell(notes: &[String], chatter: Chatter) {
    if chatter == Chatter::Normal {
        for note in notes {
            anstream::eprintln!("permtest: note: {note}");
        }
    }
}
