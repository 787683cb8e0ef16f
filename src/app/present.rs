//! Where a report is seen: on what it is drawn, in which files its pictures go, where its verdict is announced.

use crate::NullDistribution;
use crate::error::Error;
use crate::input::dataset::Dataset;
use crate::output;
use crate::report::{self, Canvas, Plot, Report};
use crate::settings::{Annotations, Characters, Format, Output, Pictures, Settings, Verbosity, Visibility};
use crate::stderr;

/// Columns of a drawing that is not on a terminal.
const USUAL_WIDTH: usize = 80;

/// Some outputs have room for one column.
pub(super) fn refuse_several(datasets: &[Dataset], settings: &Settings) -> Result<(), Error> {
    let narrow = [
        ("--distribution", settings.output.distribution.is_some()),
        ("--plot", settings.output.pictures.plot.is_some()),
        ("--shard", settings.shard.is_some()),
        ("--checkpoint", settings.checkpoint.is_some()),
    ];
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
pub(super) fn canvas(output: &Output) -> Option<Canvas> {
    let Pictures { histogram, characters, .. } = output.pictures;
    let is_text = output.format == Format::Text && output.file.is_none();
    let terminal = if is_text { output::terminal() } else { None };
    match (histogram, terminal) {
        (Visibility::Hidden, _) | (Visibility::OnATerminal, None) => None,
        (Visibility::Shown, None) => Some(Canvas { columns: USUAL_WIDTH, characters }),
        (Visibility::Shown | Visibility::OnATerminal, Some(terminal)) => {
            let characters = if terminal.is_dumb { Characters::Ascii } else { characters };
            Some(Canvas { columns: terminal.columns, characters })
        }
    }
}

/// The null distribution is counted in bins where they will be seen.
pub(super) fn null_distribution(output: &Output, canvas: Option<Canvas>) -> NullDistribution {
    let Pictures { plot, page, .. } = &output.pictures;
    let is_seen = canvas.is_some() || plot.is_some() || page.is_some();
    if is_seen { NullDistribution::Binned } else { NullDistribution::Dropped }
}

/// The plot, where one is wanted.
pub(super) fn plot(reports: &[Report], pictures: &Pictures) -> Option<Plot> {
    let (file, report) = (pictures.plot.as_ref()?, reports.first()?);
    let Plot { bytes, note } = report::plot(report, file.format);
    Some(Plot { bytes, note: note.map(|note| format!("{}: {note}", file.path.display())) })
}

/// The page, where one is wanted.
pub(super) fn page(reports: &[Report], pictures: &Pictures) -> Option<String> {
    pictures.page.as_ref().map(|page| report::page(reports, &page.command))
}

/// What a gate adds to the summary of a job.
pub(super) fn summary(reports: &[Report], output: &Output) -> Option<String> {
    output.summary.as_ref().and(report::verdict(reports)).map(|_| report::render(reports, Format::Markdown, None))
}

/// Tells the verdict of a gate on standard error, also where CI shows it.
pub(super) fn announce(reports: &[Report], settings: &Settings) {
    let Some(verdict) = report::verdict(reports) else { return };
    if settings.output.verbosity == Verbosity::Normal {
        stderr::say(verdict);
    }
    if settings.gate.annotations == Annotations::Github
        && let Some(annotation) = report::annotation(reports)
    {
        stderr::command(&annotation);
    }
}
