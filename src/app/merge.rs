//! The story of `permtest merge`: read the parts, see that they belong together, add them up, report as the single run would
//! have.

use super::Known;
use crate::error::Error;
use crate::inference::adjust::Adjustment;
use crate::inference::gate::Verdict;
use crate::output::Outputs;
use crate::part::{Sum, add_up, lacking};
use crate::settings::{Characters, Completeness, Format, MergeSettings, Settings, Verbosity, Visibility};
use crate::stderr;

/// Adds parts up and writes their report. `parse` reads the command line that they record.
///
/// # Errors
/// Whatever is wrong with the parts, and what computing or writing fails with.
pub fn run(
    merging: &MergeSettings,
    parse: impl FnOnce(&[String]) -> Result<Settings, Error>,
) -> Result<Verdict, Error> {
    let Sum { first, data, yields, missing } = add_up(&merging.parts)?;
    if !missing.is_empty() && merging.completeness == Completeness::Whole {
        return Err(Error::usage(
            lacking(&missing, first.of),
            "run them, or report what there is with --allow-partial",
        ));
    }
    let mut settings = parse(&first.arguments)?;
    settings.shard = None;
    settings.checkpoint = None;
    if let Some(counted) = yields.counted() {
        settings.test.resamples = Some(counted.tally.resamples);
    }
    settings.test.threads = None;
    // What the shards were counted for; by default that depends on the statistic.
    let name = first.identity.adjustment.as_deref();
    settings.gate.adjustment = Adjustment::ALL.into_iter().find(|adjustment| Some(adjustment.name()) == name);
    present(&mut settings, merging)?;
    let outputs = Outputs::open(&settings.output)?;
    let warning = (!missing.is_empty()).then(|| {
        let there = first.of - missing.len() as u64;
        format!("this is a part of the run: {there} of {} shards; merge all of them for its result", first.of)
    });
    if let (Some(warning), Format::PValue) = (&warning, settings.output.format) {
        // A number by itself must not be taken for the run's.
        stderr::say(format_args!("warning: {warning}"));
    }
    super::conclude(&data, &settings, Some(&Known { yields, identity: first.identity, warning }), outputs)
}

/// The report is the one that was asked for, unless another one is.
fn present(settings: &mut Settings, merging: &MergeSettings) -> Result<(), Error> {
    let output = &mut settings.output;
    output.file.clone_from(&merging.file);
    output.color = merging.color;
    let recorded = std::mem::replace(&mut output.pictures, merging.pictures.clone());
    if output.pictures.histogram == Visibility::OnATerminal {
        output.pictures.histogram = recorded.histogram;
    }
    if output.pictures.characters == Characters::Blocks {
        output.pictures.characters = recorded.characters;
    }
    if let Some(format) = merging.format {
        output.format = format;
        output.verbosity = if format == Format::PValue { Verbosity::Quiet } else { Verbosity::Normal };
    }
    match output.format {
        Format::Csv | Format::Tsv | Format::PValue if output.pictures.histogram == Visibility::Shown => {
            let what = "--histogram has no place in a table, nor beside a bare p-value";
            Err(Error::usage(what, "choose --format text, json or markdown"))
        }
        _ => Ok(()),
    }
}
