//! Where a report is seen: on what it is drawn, in which files its pictures go, where its verdict is announced.

use crate::NullDistribution;
use crate::error::Error;
use crate::input::dataset::Dataset;
use crate::output;
use crate::report::{self, Canvas, Plot, Report};
use crate::settings::{Annotations, Characters, Details, Format, Output, Pictures, Settings, Verbosity, Visibility};
use crate::stderr;

/// Columns of a drawing that is not on a terminal.
const USUAL_WIDTH: usize = 80;

/// Columns whose null distributions are counted in bins, at most.
const MOST_BINNED: usize = 100;

/// Some outputs have room for one column, and others for columns of one table.
pub(super) fn refuse_several(datasets: &[Dataset], settings: &Settings) -> Result<(), Error> {
    let columns = datasets.len();
    if columns == 1 || is_table(datasets) {
        return Ok(());
    }
    let adjustment = settings.gate.adjustment.filter(|adjustment| adjustment.is_joint());
    if let Some(adjustment) = adjustment {
        let name = adjustment.name();
        let what =
            format!("--adjust {name} is for columns of the same rows, and these are {columns} tests of their own");
        return Err(Error::usage(what, "choose --adjust holm"));
    }
    let one_run = [
        ("--distribution", settings.output.distribution.is_some()),
        ("--shard", settings.shard.is_some()),
        ("--checkpoint", settings.checkpoint.is_some()),
    ];
    match one_run.into_iter().find(|(_, is_asked_for)| *is_asked_for) {
        None => Ok(()),
        Some((option, _)) => {
            let what =
                format!("{option} has room for columns of the same rows, and these are {columns} tests of their own");
            Err(Error::usage(what, "name the one with --column"))
        }
    }
}

/// Whether columns stand in the same rows.
pub(super) fn is_table(datasets: &[Dataset]) -> bool {
    datasets.iter().all(|dataset| dataset.rows.is_some())
}

/// Whether the null distributions of so many columns are counted in bins.
pub(super) fn bins_of(columns: usize) -> NullDistribution {
    if columns <= MOST_BINNED { NullDistribution::Binned } else { NullDistribution::Dropped }
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
pub(super) fn null_distribution(output: &Output, canvas: Option<Canvas>, columns: usize) -> NullDistribution {
    let Pictures { plot, page, .. } = &output.pictures;
    // A table has no drawings.
    let is_table = columns > 1 && output.format == Format::Text && output.presentation.details == Details::Left;
    let is_plotted = plot.is_some() && columns == 1;
    let is_seen = (canvas.is_some() && !is_table) || is_plotted || page.is_some();
    if is_seen { bins_of(columns) } else { NullDistribution::Dropped }
}

/// The plot, where one is wanted.
pub(super) fn plot(reports: &[Report], pictures: &Pictures) -> Option<Plot> {
    let file = pictures.plot.as_ref()?;
    let Plot { bytes, note } = report::plot(reports, file.format);
    Some(Plot { bytes, note: note.map(|note| format!("{}: {note}", file.path.display())) })
}

/// The page, where one is wanted.
pub(super) fn page(reports: &[Report], output: &Output) -> Option<String> {
    output.pictures.page.as_ref().map(|page| report::page(reports, &output.presentation, &page.command))
}

/// What a gate adds to the summary of a job.
pub(super) fn summary(reports: &[Report], output: &Output) -> Option<String> {
    output
        .summary
        .as_ref()
        .and(report::verdict(reports))
        .map(|_| report::render(reports, Format::Markdown, &output.presentation, None))
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
