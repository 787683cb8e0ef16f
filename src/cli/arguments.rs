//! The options, their groups and their help.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use super::help;
use super::spelling;
use crate::settings::{Color, DecimalMark, Distribution, Format, Shift};

/// The permutation test: how often does a random relabelling differ as much as your data?
///
/// permtest reads two samples, computes the difference of their means, draws as many independent random relabellings as
/// you ask for over all cores, and prints the p-value: the share of relabellings at least as extreme as the data, with
/// an interval for what the drawing leaves uncertain. It assumes no distribution. The same command prints the same
/// bytes on any machine and with any number of threads.
#[derive(Debug, Parser)]
#[command(
    name = "permtest",
    version,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    override_usage = help::USAGE,
    after_help = help::SHORT_EXAMPLES,
    after_long_help = help::EXAMPLES,
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Subcommand>,

    /// Two files (case, then control), or one with --group or with --case and --control; - is standard input
    ///
    /// CSV or TSV with a header line, plain or compressed with gzip or zstd.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// The value column, by name or 1-based number
    ///
    /// May be left out where a file has only one column, or only one of numbers.
    #[arg(short, long, value_name = "NAME|N", help_heading = "Input")]
    pub column: Option<String>,

    /// The column of group labels, for one long file
    #[arg(long, value_name = "COLUMN", help_heading = "Input")]
    pub group: Option<String>,

    /// The case group: its label with --group, else its column
    ///
    /// With two labels and no choice the first in sorted order is the case group.
    #[arg(long, value_name = "LABEL|COLUMN", help_heading = "Input")]
    pub case: Option<String>,

    /// The control group: its label with --group, else its column
    #[arg(long, value_name = "LABEL|COLUMN", help_heading = "Input")]
    pub control: Option<String>,

    /// The field delimiter, one character or 'tab' [default: by extension or header line]
    ///
    /// A .tsv file has tabs, a .csv file commas (or semicolons, if its header line has no comma); for other names the
    /// most frequent of , ; tab | in the header line.
    #[arg(short, long, value_name = "CHAR", value_parser = spelling::delimiter, help_heading = "Input")]
    pub delimiter: Option<u8>,

    /// The first line is data; columns go by number
    ///
    /// A first line that reads as numbers is taken as data in any case, with a note.
    #[arg(long, help_heading = "Input")]
    pub no_header: bool,

    /// The decimal mark, . or ,
    #[arg(long, value_name = "MARK", default_value = ".", value_parser = spelling::decimal_mark, help_heading = "Input")]
    pub decimal: DecimalMark,

    /// Texts that mean a missing value, separated by commas [default: the empty field, NA, NaN, null, …]
    ///
    /// Replaces the default list, which is that of pandas; an empty item stands for the empty field.
    #[arg(long, value_name = "LIST", help_heading = "Input")]
    pub na: Option<String>,

    /// What to do about missing values
    #[arg(long, value_name = "ACTION", default_value = "error", help_heading = "Input")]
    pub missing: MissingName,

    /// What is compared between the groups
    #[arg(short, long, value_name = "NAME", default_value = "mean", help_heading = "Test")]
    pub statistic: StatisticName,

    /// What the alternative hypothesis says of case − control
    #[arg(short, long, value_name = "SIDE", default_value = "two-sided", help_heading = "Test")]
    pub alternative: AlternativeName,

    /// How two tails become one p-value [default: absolute]
    #[arg(long, value_name = "RULE", help_heading = "Test")]
    pub two_sided: Option<TwoSidedName>,

    /// The difference under the null hypothesis, or a percentage of the control mean
    #[arg(
        long,
        value_name = "DELTA|PERCENT%",
        default_value = "0",
        hide_default_value = true,
        allow_hyphen_values = true,
        value_parser = spelling::shift,
        help_heading = "Test"
    )]
    pub mu: Shift,

    /// Relabellings to draw, such as 10000000, 1e7 or 10M [default: 1M]
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        allow_hyphen_values = true,
        value_parser = spelling::resamples,
        help_heading = "Computation"
    )]
    pub resamples: Option<u64>,

    /// Seed of the random streams, a number or 'random'; the report names it
    #[arg(
        long,
        value_name = "N|random",
        default_value = "0",
        allow_hyphen_values = true,
        value_parser = spelling::seed,
        help_heading = "Computation"
    )]
    pub seed: u64,

    /// Threads [default: all cores]; never changes a result
    #[arg(short = 'j', long, value_name = "N", value_parser = spelling::threads, help_heading = "Computation")]
    pub threads: Option<usize>,

    /// Level of the interval for the Monte Carlo error of the p-value
    #[arg(
        long,
        value_name = "LEVEL",
        default_value = "0.99",
        allow_hyphen_values = true,
        value_parser = spelling::confidence,
        help_heading = "Computation"
    )]
    pub confidence: f64,

    /// The report's format
    #[arg(short, long, value_name = "FORMAT", help_heading = "Output")]
    pub format: Option<FormatName>,

    /// The same as --format json
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    /// Write the report to FILE, whole or not at all
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,

    /// Print the p-value and nothing else
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,

    /// Write the statistic of each relabelling, in order, to FILE.csv or FILE.npy
    #[arg(long, value_name = "FILE", value_parser = spelling::distribution, help_heading = "Output")]
    pub distribution: Option<Distribution>,

    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    pub color: ColorName,
}

/// What is not a test.
#[derive(Debug, clap::Subcommand)]
pub enum Subcommand {
    /// Print the completions of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatisticName {
    /// The difference of means
    Mean,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AlternativeName {
    /// It differs in either direction
    TwoSided,
    /// Case is greater
    Greater,
    /// Case is less
    Less,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TwoSidedName {
    /// Relabellings at least as far from --mu, on either side
    Absolute,
    /// Twice the smaller tail
    Doubled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MissingName {
    /// Refuse the file, count them and name the first line
    Error,
    /// Leave the rows out and say how many
    Drop,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatName {
    /// For people
    Text,
    /// One object a line
    Json,
    /// A header line and a line for each column
    Csv,
    /// The same with tabs
    Tsv,
    /// A table for a pull request
    Markdown,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Text => Self::Text,
            FormatName::Json => Self::Json,
            FormatName::Csv => Self::Csv,
            FormatName::Tsv => Self::Tsv,
            FormatName::Markdown => Self::Markdown,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorName {
    /// On a terminal
    Auto,
    /// Even in a pipe
    Always,
    /// Not at all
    Never,
}

impl From<ColorName> for Color {
    fn from(name: ColorName) -> Self {
        match name {
            ColorName::Auto => Self::Auto,
            ColorName::Always => Self::Always,
            ColorName::Never => Self::Never,
        }
    }
}
