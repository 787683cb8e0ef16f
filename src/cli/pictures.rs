//! Options about pictures → what is drawn, and into which files.

// The comments on the options are what --help prints, where backticks would be in the way.
#![allow(clippy::doc_markdown)]

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use super::arguments::Arguments;
use crate::error::Error;
use crate::settings::{Characters, Format, Page, Pictures, Plot, PlotFormat, Visibility};

/// What is to be seen.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "a switch on a command line is there or not")]
pub(super) struct PictureArguments {
    /// Draw the null distribution and the samples in the report, or add the counts of the bins to JSON
    ///
    /// A text report on a terminal ends with the drawing in any case. With text and markdown it is made of characters; with
    /// json the report gains the bounds of the bins and what they hold. The bins depend on the data alone, neither on the
    /// seed nor on the number of resamples.
    #[arg(long, conflicts_with = "no_histogram", help_heading = "Pictures")]
    pub histogram: bool,

    /// Do not draw, not even on a terminal
    #[arg(long, help_heading = "Pictures")]
    pub no_histogram: bool,

    /// Draw with ASCII characters only
    #[arg(long, help_heading = "Pictures")]
    pub ascii: bool,

    /// Plot the samples, the effect with its interval and the null distribution into FILE.svg or FILE.png
    ///
    /// Of several columns each is a point: its effect against its p-value (a volcano plot).
    ///
    /// A PNG has letters of its own, and takes those of the system's fonts where it has none (Chinese, say). It sets them one by
    /// one from the left: scripts whose letters join or run from the right (Arabic, Hebrew, Hindi) want SVG. Where a PNG cannot
    /// show a label as it is, a line on stderr says so.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Pictures")]
    pub plot: Option<PathBuf>,

    /// Write a page with the plot, the numbers and what they mean: one HTML file that needs no other
    ///
    /// Several columns have an overview that can be sorted; more than a hundred are turned page by page and searched.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Pictures")]
    pub report: Option<PathBuf>,
}

/// Reads the options about pictures; `argv` is the command that a page shows.
pub(super) fn pictures(arguments: &Arguments, format: Format, argv: &[OsString]) -> Result<Pictures, Error> {
    let PictureArguments { plot, report, .. } = &arguments.pictures;
    if arguments.explain && (plot.is_some() || report.is_some()) {
        let option = if plot.is_some() { "--plot" } else { "--report" };
        return Err(Error::usage(
            format!("--explain computes nothing that {option} could show"),
            "leave out one of the two",
        ));
    }
    of(&arguments.pictures, format, argv)
}

/// The same for whatever is reported.
pub(super) fn of(arguments: &PictureArguments, format: Format, argv: &[OsString]) -> Result<Pictures, Error> {
    let PictureArguments { histogram, no_histogram, ascii, plot, report } = arguments;
    if *histogram && matches!(format, Format::Csv | Format::Tsv | Format::PValue) {
        let what = match format {
            Format::PValue => "-q prints the p-value only, which leaves no room for --histogram",
            _ => "--histogram has no place in a table",
        };
        return Err(Error::usage(what, "choose --format text, json or markdown"));
    }
    // Wherever the program lies, that is its name.
    let words = || argv.iter().skip(1).map(|word| word.to_string_lossy().into_owned());
    let command = || std::iter::once("permtest".to_owned()).chain(words()).collect();
    Ok(Pictures {
        histogram: match (histogram, no_histogram) {
            (true, _) => Visibility::Shown,
            (false, true) => Visibility::Hidden,
            (false, false) => Visibility::OnATerminal,
        },
        characters: if *ascii { Characters::Ascii } else { Characters::Blocks },
        plot: plot.clone().map(plot_file).transpose()?,
        page: report.clone().map(|path| Page { path, command: command() }),
    })
}

/// A page is HTML, and a name that says otherwise would only mislead.
pub(super) fn refuse_other_than_html(path: &Path) -> Result<(), Error> {
    let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    match extension.as_deref() {
        Some(other @ ("pdf" | "doc" | "docx" | "odt" | "md" | "txt" | "json" | "csv" | "tex" | "png" | "svg")) => {
            let what = format!("--report {} is to be {other}, but a report is a page of HTML", path.display());
            let remedy = match other {
                "png" | "svg" => "let the name end in .html, or draw with --plot",
                "md" | "txt" | "json" | "csv" => "let the name end in .html, or write with --format and --output",
                _ => "let the name end in .html, and print that page from a browser",
            };
            Err(Error::usage(what, remedy))
        }
        _ => Ok(()),
    }
}

fn plot_file(path: PathBuf) -> Result<Plot, Error> {
    let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    let format = match extension.as_deref() {
        Some("svg") => PlotFormat::Svg,
        Some("png") => PlotFormat::Png,
        _ => {
            let what = format!("--plot {} does not say its format", path.display());
            return Err(Error::usage(what, "let the name end in .svg or .png"));
        }
    };
    Ok(Plot { path, format })
}
