//! What the command does besides testing: its arguments, and the settings they become.

// The comments on the options are what --help prints, where backticks would be in the way.
#![allow(clippy::doc_markdown)]

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueHint};
use clap_complete::Shell;

use super::arguments::ReadingArguments;
use super::pictures::{self, PictureArguments};
use super::{output_args, reading, samples, topics, value_parsers};
use crate::error::Error;
use crate::inference::Alternative;
use crate::settings::{Blocks, Color, ColumnName, Columns, Completeness, FalseAlarmSettings, Format, MergeSettings};
use crate::statistic::Definition;

/// Things the command does besides testing.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Subcommand {
    /// Split one sample again and again and count how often the test calls the parts different
    ///
    /// Parts that are dealt at random differ at level alpha by chance alone. Blocks of rows that follow each other, or whole
    /// runs, show whether measurements taken one after the other can be compared by a test that takes every value for
    /// independent: if they raise the alarm more often, a gate on them cries wolf.
    #[command(hide = true, override_usage = "permtest aa [OPTIONS] <DATA>")]
    Aa(Box<FalseAlarmArguments>),
    /// Add up the part files of a run that was shared out with --shard, and report it
    ///
    /// Format and options of the report are those of the run. Parts of other runs, parts that occur twice, and files that were
    /// cut or changed are refused.
    #[command(hide = true, override_usage = "permtest merge [OPTIONS] <PART>...")]
    Merge(MergeArguments),
    /// Print the completions for a shell
    #[command(hide = true, override_usage = "permtest completions <SHELL>")]
    Completions {
        /// The shell that will read them
        shell: Shell,
    },
    /// Print the help, a page of the guide, or the help of a command
    #[command(hide = true, override_usage = "permtest help [TOPIC]")]
    Help {
        /// The page or the command
        #[arg(add = topics::completions())]
        topic: Option<String>,
    },
    /// List the statistics that have a name
    #[command(hide = true, override_usage = "permtest statistics")]
    Statistics,
    /// Print the manual page
    #[command(hide = true, override_usage = "permtest man")]
    Man,
}

/// `permtest merge`
#[derive(Debug, Args)]
pub(super) struct MergeArguments {
    /// The part files, in any order
    #[arg(value_name = "PART", required = true, value_hint = ValueHint::FilePath)]
    pub parts: Vec<PathBuf>,

    /// Report what is there though shards are missing, with a warning
    #[arg(long)]
    pub allow_partial: bool,

    /// Format of the report [default: that of the run]
    #[arg(short, long, value_name = "FORMAT")]
    pub format: Option<Format>,

    /// Short for --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,

    /// Write the report to FILE, whole or not at all
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// Print the p-value and nothing else
    #[arg(short, long, conflicts_with_all = ["format", "json"])]
    pub quiet: bool,

    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,

    #[command(flatten)]
    pub pictures: PictureArguments,
}

/// `permtest aa`
#[derive(Debug, Args)]
pub(super) struct FalseAlarmArguments {
    /// A file with one sample, in the order in which it was measured
    #[arg(value_name = "DATA", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,

    /// Column with the values, or benchmark, by name or by number
    #[arg(short, long, value_name = "NAME|N")]
    pub column: Option<String>,

    /// Column that says which run a value comes from: whole runs are dealt to the two parts
    #[arg(long, value_name = "COLUMN")]
    pub run: Option<String>,

    #[command(flatten)]
    pub reading: ReadingArguments,

    /// Statistic of the test, as for permtest itself
    #[arg(short, long, value_name = "STATISTIC", default_value = "mean", allow_hyphen_values = true)]
    pub statistic: String,

    /// Alternative of the test
    #[arg(short, long, value_name = "DIRECTION", default_value = "two-sided")]
    pub alternative: Alternative,

    /// Level of the test
    #[arg(long, value_name = "ALPHA", value_parser = value_parsers::alpha, default_value = "0.05", allow_hyphen_values = true)]
    pub alpha: f64,

    /// Number of splits
    #[arg(long, value_name = "N", value_parser = value_parsers::resamples, default_value = "1000", allow_hyphen_values = true)]
    pub splits: u64,

    /// Values in each part [default: a quarter of all]
    #[arg(long, value_name = "N", value_parser = value_parsers::resamples, allow_hyphen_values = true)]
    pub size: Option<u64>,

    /// Resamples of each test
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        value_parser = value_parsers::resamples,
        default_value = "999",
        allow_hyphen_values = true
    )]
    pub resamples: u64,

    /// Seed of the random numbers, or the word random
    #[arg(long, value_name = "N|random", value_parser = value_parsers::seed, default_value = "0", allow_hyphen_values = true)]
    pub seed: u64,

    /// Number of threads; never changes a result [default: all cores]
    #[arg(short = 'j', long, value_name = "N", value_parser = value_parsers::threads, allow_hyphen_values = true)]
    pub threads: Option<usize>,

    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,

    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

pub(super) fn merge(arguments: &MergeArguments, argv: &[OsString]) -> Result<MergeSettings, Error> {
    let format = match (arguments.format, arguments.json, arguments.quiet) {
        (_, true, _) => Some(Format::Json),
        (_, _, true) => Some(Format::PValue),
        (format, ..) => format,
    };
    let file = arguments.output.clone().filter(|path| path.as_os_str() != "-");
    let pictures = pictures::of(&arguments.pictures, format.unwrap_or(Format::Text), argv)?;
    // Whether there is a gate is known only once the parts are read.
    let summary = output_args::summary();
    let outputs = [
        ("--output", file.as_ref()),
        ("--plot", pictures.plot.as_ref().map(|plot| &plot.path)),
        ("--report", pictures.page.as_ref().map(|page| &page.path)),
        ("GITHUB_STEP_SUMMARY", summary.as_ref()),
    ];
    output_args::refuse_clashes(&outputs, &arguments.parts.iter().map(PathBuf::as_path).collect::<Vec<_>>())?;
    pictures.page.iter().try_for_each(|page| pictures::refuse_other_than_html(&page.path))?;
    Ok(MergeSettings {
        parts: arguments.parts.clone(),
        completeness: if arguments.allow_partial { Completeness::Partial } else { Completeness::Whole },
        format,
        file,
        pictures,
        color: arguments.color,
    })
}

/// Refuses an expression in columns, of which there is one.
fn of_one_column(definition: Definition) -> Result<Definition, Error> {
    match &definition {
        Definition::Expression(parsed) if !parsed.columns.is_empty() => {
            let what = format!("aa splits the values of one column, and {definition} names columns");
            Err(Error::usage(what, "write x for the values, as in mean(x)"))
        }
        _ => Ok(definition),
    }
}

pub(super) fn false_alarms(arguments: &FalseAlarmArguments) -> Result<FalseAlarmSettings, Error> {
    let name = |column: &Option<String>| column.clone().map(ColumnName);
    Ok(FalseAlarmSettings {
        file: samples::source(&arguments.file),
        columns: name(&arguments.column).map_or(Columns::Sole, |column| Columns::Named(vec![column])),
        blocks: Blocks { clusters: name(&arguments.run), ..Blocks::default() },
        reading: reading(&arguments.reading)?,
        statistic: of_one_column(Definition::parse(&arguments.statistic)?)?,
        alternative: arguments.alternative,
        alpha: arguments.alpha,
        splits: arguments.splits,
        size: arguments.size,
        resamples: arguments.resamples,
        seed: arguments.seed,
        threads: arguments.threads,
        format: if arguments.json { Format::Json } else { Format::Text },
        color: arguments.color,
    })
}
