//! What is written, drawn and shown, and where.

use std::path::PathBuf;

/// What is written, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The report's format.
    pub format: Format,
    /// The report's file; `None`: standard output.
    pub file: Option<PathBuf>,
    /// Where the null distribution goes, if it is wanted.
    pub distribution: Option<Distribution>,
    /// Which of several columns are shown, and in which order.
    pub presentation: Presentation,
    /// What is drawn.
    pub pictures: Pictures,
    /// The file to which a gate adds the report in Markdown.
    pub summary: Option<PathBuf>,
    /// Whether notes, warnings and progress are shown on standard error.
    pub verbosity: Verbosity,
    /// Colours in the text report and in messages.
    pub color: Color,
}

/// How the columns of a report are arranged, where there are several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Presentation {
    /// Their order; `None`: by p-value for people, that of the file for programs.
    pub sort: Option<Sort>,
    /// How many are shown; `None`: all.
    pub top: Option<usize>,
    /// Whether a report of each column follows the table.
    pub details: Details,
}

/// The order of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// By p-value, adjusted if it is; equal ones as they were read.
    PValue,
    /// By name.
    Name,
    /// As they were read.
    File,
}

/// Whether a report of each column follows the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Details {
    /// The table is enough.
    #[default]
    Left,
    /// It does.
    Shown,
}

/// What is drawn of the data and the null distribution.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pictures {
    /// The histogram in the report.
    pub histogram: Visibility,
    /// What it is drawn with.
    pub characters: Characters,
    /// A plot in a file of its own.
    pub plot: Option<Plot>,
    /// A page with pictures, numbers and words.
    pub page: Option<Page>,
}

/// Whether something is in the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Visibility {
    /// In a text on a terminal.
    #[default]
    OnATerminal,
    /// In any case.
    Shown,
    /// Not.
    Hidden,
}

/// What characters a text may be drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Characters {
    /// Blocks and lines; on a dumb terminal ASCII.
    #[default]
    Blocks,
    /// Those of ASCII.
    Ascii,
}

/// A file for a plot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plot {
    /// Its path.
    pub path: PathBuf,
    /// Its format, from the extension.
    pub format: PlotFormat,
}

/// Formats of a plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlotFormat {
    /// Lines and letters, which scale.
    Svg,
    /// Pixels.
    Png,
}

/// A file for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its path.
    pub path: PathBuf,
    /// The command that makes it again, word by word.
    pub command: Vec<String>,
}

/// Formats of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One object a line.
    Json,
    /// Header line and one line a tested column.
    Csv,
    /// The same with tabs.
    Tsv,
    /// A table for a pull request or a job summary.
    Markdown,
    /// The p-value and nothing else (`-q`).
    PValue,
}

/// A file for the null distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// Its path.
    pub path: PathBuf,
    /// Its format, from the extension.
    pub format: DistributionFormat,
}

/// Formats of the null distribution's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DistributionFormat {
    /// A header line and one number a line.
    Csv,
    /// `NumPy`'s array format, little-endian f64.
    Npy,
}

/// What goes to standard error beside errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verbosity {
    /// Notes and warnings, and a progress bar on a terminal.
    Normal,
    /// Errors only.
    Quiet,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` or `CLICOLOR` say otherwise.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
