//! The options as clap declares them.

// The comments on the options are what --help prints, where backticks would be in the way.
#![allow(clippy::doc_markdown)]

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::ArgPredicate;
use clap::{ArgAction, Args, Parser, ValueHint};

use encoding_rs::Encoding;

use super::pictures::PictureArguments;
use super::shard::{self, ShardArgument};
use super::subcommands::Subcommand;
use super::value_enums::{Annotator, Interval, Undecided};
use super::value_parsers::{self, MissingTokens};
use super::{complete, pages};
use crate::Undefined;
use crate::inference::adjust::Adjustment;
use crate::inference::gate::FailOn;
use crate::inference::{Alternative, TwoSidedRule};
use crate::method::planner::Choice;
use crate::program::Protocol;
use crate::settings::{Color, Condition, DecimalMark, Format, Missing, NamePattern, PairsOfGroups, Shift, Sort};

/// A command line as it was typed: every value is well spelled, but options may still contradict each other.
#[derive(Debug, Parser)]
#[command(
    name = "permtest",
    bin_name = "permtest",
    version,
    about = pages::ABOUT,
    long_about = pages::LONG_ABOUT,
    override_usage = pages::USAGE,
    help_template = "{about}\n\n{usage-heading} {usage}\n\n{all-args}{after-help}",
    after_help = pages::after_short_help(),
    after_long_help = pages::after_long_help(),
    max_term_width = 100,
    arg_required_else_help = true,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    disable_help_flag = true,
    disable_version_flag = true,
)]
#[allow(clippy::struct_excessive_bools, reason = "a switch on a command line is there or not")]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub subcommand: Option<Subcommand>,

    /// Two files, case then control, or one file that holds both groups; - is standard input
    ///
    /// The case is what you ask about (the treatment, the new version), the control is what it is compared with. Files
    /// compressed with gzip or zstd are read as they are. A table is text such as CSV or, in JSON, a list of numbers, a list of
    /// records or a record a line. Read as well are the results of hyperfine (--export-json), Google
    /// Benchmark (JSON), pytest-benchmark (with --benchmark-save-data), pyperf, criterion (target/criterion, sample.json,
    /// raw.csv), JMH (-rf json), BenchmarkDotNet (full JSON), nanobench (JSON) and go test -bench. A file
    /// that is called aa, completions, help, man, merge or statistics is given as ./aa and so on.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath, display_order = 0, help_heading = "Input")]
    pub files: Vec<PathBuf>,

    /// A file of the case, where each side was measured in several turns; may be given several times
    ///
    /// With --control-file, in the place of the two files. A pattern such as 'new-*.json', in quotes, names all files that
    /// match. Unless --cluster file says that each file is a unit, their values are pooled.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input")]
    pub case_file: Vec<PathBuf>,

    /// A file of the control, in the same way
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input")]
    pub control_file: Vec<PathBuf>,

    /// Column with the values, or benchmark, by name, a part of it or number (the first is 1); may be given several times
    ///
    /// May be left out where the file has exactly one numeric column. Each of several is tested by itself.
    #[arg(short, long, value_name = "NAME|N", add = complete::columns(), help_heading = "Input")]
    pub column: Vec<String>,

    /// Test every column that holds numbers, or every benchmark
    #[arg(long, conflicts_with = "column", help_heading = "Input")]
    pub all_columns: bool,

    /// The same of those whose names fit a pattern such as 'g*'
    #[arg(
        long,
        value_name = "PATTERN",
        conflicts_with_all = ["column", "all_columns"],
        value_parser = value_parsers::name_pattern,
        help_heading = "Input"
    )]
    pub columns: Option<NamePattern>,

    /// Leave out columns and benchmarks that only one of the two files has, instead of refusing them
    #[arg(long, help_heading = "Input")]
    pub ignore_unmatched: bool,

    /// Column with the group labels, where one file has a row for each observation
    ///
    /// With two labels, to say which group is which, add --case LABEL or --control LABEL. More than two are tested together, and
    /// then each with each, unless --case and --control name two of them.
    #[arg(long, value_name = "COLUMN", add = complete::columns(), help_heading = "Input")]
    pub group: Option<String>,

    /// The case group: its label in the --group column or, without --group, the column of its values
    #[arg(long, value_name = "LABEL|COLUMN", add = complete::columns(), allow_negative_numbers = true, help_heading = "Input")]
    pub case: Option<String>,

    /// The control group, in the same way
    #[arg(long, value_name = "LABEL|COLUMN", add = complete::columns(), allow_negative_numbers = true, help_heading = "Input")]
    pub control: Option<String>,

    /// The order of the groups, where there are more than two, for --statistic trend and the report: low,mid,high
    ///
    /// Without it numbers go by size and other labels by their letters, and the group that --control names comes first.
    #[arg(long, value_name = "LABELS", value_delimiter = ',', conflicts_with_all = ["case", "control"],
          help_heading = "Input")]
    pub order: Vec<String>,

    /// Column with numbers x that may go together with those of --y: a test of association
    ///
    /// Each row has an x and a y. If they had nothing to do with each other, any way of dealing out the y over the x would be as
    /// likely as the one that was observed.
    #[arg(long, value_name = "COLUMN", add = complete::columns(), help_heading = "Input",
          conflicts_with_all = ["group", "case", "control", "column", "all_columns", "columns", "paired", "pair"])]
    pub x: Option<String>,

    /// Column with the numbers y
    #[arg(long, value_name = "COLUMN", add = complete::columns(), help_heading = "Input")]
    pub y: Option<String>,

    /// Compare one column with --mu, or 0: are its values centred there?
    ///
    /// If they lay symmetrically about it, each difference might as well have the other sign.
    #[arg(long, help_heading = "Input",
          conflicts_with_all = ["group", "case", "control", "columns", "paired", "pair", "strata", "x"])]
    pub one_sample: bool,

    #[command(flatten)]
    pub reading: ReadingArguments,

    /// The two groups are pairs, row by row
    ///
    /// The first row of the case with the first of the control, and so on; with a column for each group, each row is a
    /// pair.
    #[arg(long, help_heading = "Design")]
    pub paired: bool,

    /// Column with ids of pairs: the rows with the same id, one in each group, are a pair
    #[arg(long, value_name = "COLUMN", add = complete::columns(), help_heading = "Design")]
    pub pair: Option<String>,

    /// Column with strata: labels are exchanged only between rows of the same stratum
    ///
    /// mean, t, rank-sum and effect sizes compare within the strata: the mean by differences that each weigh m·n/(m + n), for m
    /// case and n control rows of a stratum; rank-sum by ranks that weigh 1/(m + n + 1). Other statistics compare the pooled
    /// groups.
    #[arg(long, value_name = "COLUMN", add = complete::columns(), help_heading = "Design")]
    pub strata: Option<String>,

    /// Column with clusters: rows of the same cluster keep one label together
    ///
    /// For repeated measurements of the same patient, litter or machine. With --case-file and --control-file, file takes each
    /// file for a cluster. Forks of JMH, runs of pyperf and launches of BenchmarkDotNet are clusters unless it says none.
    #[arg(long, value_name = "COLUMN", add = complete::columns(), help_heading = "Design")]
    pub cluster: Option<String>,

    /// What is compared between the two groups: a name such as median or welch, or an expression in x and y
    ///
    /// permtest statistics lists the names, among them those for more than two groups, where mean is F, and for --x and --y,
    /// whose default is pearson. An expression may use x (the case values), y (the control values), pooled (all of them), the
    /// functions mean median sum var sd min max n, quantile(x, 0.9) and trimmed_mean(x, 0.2) of many values, log log2 log10
    /// log1p exp sqrt abs rank and pow(a, b) of each value, comparisons, which give 1 or 0, and + - * / ^. One in x alone is a
    /// summary, whose difference case minus control is tested: 'mean(x > 3)'.
    ///
    /// Or it names columns, which are then read instead of --column: 'sum(revenue) / sum(sessions)' is a summary of each group's
    /// rows. A name that is no identifier, or is one of those above, stands in back-quotes: 'mean(`net price`)', in single quotes
    /// for the shell.
    #[arg(
        short,
        long,
        value_name = "STATISTIC",
        add = complete::statistics(),
        default_value = "mean",
        default_value_if("x", ArgPredicate::IsPresent, "pearson"),
        allow_hyphen_values = true,
        help_heading = "Test"
    )]
    pub statistic: String,

    /// Which of more than two groups are compared with each other [default: all, up to 6 groups, else none]
    ///
    /// After the test of all groups together: each with each, or each with the control, which --control names or --order names
    /// first. Adjusted p-values hold for all of these comparisons together.
    #[arg(long, value_name = "WHICH", conflicts_with = "case", help_heading = "Test")]
    pub compare_groups: Option<PairsOfGroups>,

    /// Test the ratio case / control of a summary, instead of the difference
    ///
    /// Of a name such as median, or of an expression in x or in columns alone. It is 1 where there is no difference.
    #[arg(long, conflicts_with = "statistic_command", help_heading = "Test")]
    pub ratio: bool,

    /// A program of yours that computes the statistic, with its arguments: 'python3 stat.py'
    ///
    /// It is started once for each thread, without a shell. It reads labellings on standard input and writes one number
    /// for each; see --protocol.
    #[arg(long, value_name = "COMMAND", conflicts_with = "statistic", help_heading = "Test")]
    pub statistic_command: Option<String>,

    /// Give that program all columns named with --column at once, instead of testing each by itself
    ///
    /// A labelling then has the case and the control values of the first column, those of the second, and so on: in a line with
    /// a tab between any two of these lists.
    #[arg(long, help_heading = "Test")]
    pub together: bool,

    /// How permtest talks with that program [default: lines]
    ///
    /// A frame is the 8 bytes PERMTST1, then the numbers of rows, case values and control values in a row as 64-bit
    /// integers, then the rows as 64-bit floats, case values first; its reply is one float for each row. All of it is
    /// little-endian, and frames follow each other until the input ends. With --together a frame begins with PERMTST2, and a
    /// fourth integer says how many columns there are; a row has the case and the control values of one after the other.
    #[arg(long, value_name = "PROTOCOL", help_heading = "Test")]
    pub protocol: Option<Protocol>,

    /// How many seconds that program may be silent before it is given up [default: 60]
    #[arg(
        long,
        value_name = "SECONDS",
        value_parser = value_parsers::seconds,
        allow_hyphen_values = true,
        help_heading = "Test"
    )]
    pub command_timeout: Option<Duration>,

    /// What the case is thought to be, compared with the control
    #[arg(short, long, value_name = "DIRECTION", default_value = "two-sided", help_heading = "Test")]
    pub alternative: Alternative,

    /// How a two-sided test puts the two tails together [default: as suits the statistic]
    ///
    /// Differences are absolute; statistics without a natural zero, such as a ratio, are doubled; of distances only the
    /// upper tail counts. What an expression is shows when x and y change places: -f, 1/f or f. Absolute measures a ratio by
    /// |log f|. The report names the rule.
    #[arg(long, value_name = "RULE", help_heading = "Test")]
    pub two_sided: Option<TwoSidedRule>,

    /// Difference case minus control under the null hypothesis, as a number or as a percentage
    ///
    /// It is subtracted from the case values. 5% means 5 % of the control group's summary: its mean or, with -s median,
    /// its median, which must be above 0. That is an estimate itself, whose error the p-value leaves out: a warning says
    /// how much that matters. Of an expression that is a ratio it is the ratio, 5% being 1.05, and the control values are
    /// multiplied.
    #[arg(
        long,
        value_name = "DELTA|PERCENT%",
        value_parser = value_parsers::shift,
        default_value = "0",
        allow_hyphen_values = true,
        help_heading = "Test"
    )]
    pub mu: Shift,

    /// Test whether the difference lies within DELTA of 0, on either side, as a number or as a percentage
    ///
    /// By two one-sided tests, of which the larger p-value is reported; the interval beside it has the level 1 - 2 alpha, and lies
    /// within the margin exactly where that p-value is at most alpha. A gate that fails where this is not shown is --fail-on
    /// not-significant. For one side alone, such as no worse than 5 %: --mu -5% --alternative greater.
    #[arg(
        long,
        value_name = "DELTA|PERCENT%",
        value_parser = value_parsers::shift,
        conflicts_with_all = ["mu", "min_effect", "two_sided", "x", "shard", "checkpoint", "distribution"],
        allow_hyphen_values = true,
        help_heading = "Test"
    )]
    pub equivalence: Option<Shift>,

    /// Print beside the p-value those of the tests that would usually be run: t, Mann-Whitney, Kolmogorov-Smirnov; for pairs t and
    /// Wilcoxon
    #[arg(long, help_heading = "Test")]
    pub compare: bool,

    /// What becomes of relabellings for which the statistic is undefined, such as 0/0
    #[arg(long, value_name = "WHAT", default_value = "error", help_heading = "Test")]
    pub undefined: Undefined,

    /// How the null distribution is got
    ///
    /// Left to itself, permtest takes the best method that the data allow: the exact p-value where it takes no more than
    /// seconds, proven bounds, importance sampling for p-values too small to count, and else random relabellings, followed
    /// by splitting where these find next to nothing. It spends some five seconds of one core, by a table of nominal times:
    /// fewer relabellings are drawn where each takes long, and splitting ends with an upper bound of the p-value, which the
    /// report names; --method splitting goes on. --explain says what it would do.
    #[arg(long, value_name = "METHOD", default_value = "auto", help_heading = "Computing")]
    pub method: Choice,

    /// Number of resamples, which are random relabellings: 10000000, 1e7 or 10M [default: 1M, or fewer if they take long]
    ///
    /// Any whole number from 1 to 1e12; by itself it asks for plain Monte Carlo. More of them make the p-value more precise;
    /// the report says how precise it is. With --method importance it is the number of draws for each tail [default: up to
    /// 1M], with --method splitting that of relabellings over all replicates [default: 24000].
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        value_parser = value_parsers::resamples,
        allow_hyphen_values = true,
        help_heading = "Computing"
    )]
    pub resamples: Option<u64>,

    /// Say which methods could be used and what each would cost, and compute nothing
    #[arg(long, help_heading = "Computing")]
    pub explain: bool,

    /// Memory that a method may use beyond the data: 512M, 2G, 1.5GiB
    #[arg(
        long,
        value_name = "SIZE",
        value_parser = value_parsers::memory,
        default_value = "2GiB",
        allow_hyphen_values = true,
        help_heading = "Computing"
    )]
    pub memory_limit: u64,

    /// Seed of the random numbers, or the word random
    ///
    /// The same data, options and seed print the same bytes, on any machine. With random, the report names the seed
    /// that was drawn.
    #[arg(
        long,
        value_name = "N|random",
        value_parser = value_parsers::seed,
        default_value = "0",
        allow_hyphen_values = true,
        help_heading = "Computing"
    )]
    pub seed: u64,

    /// Number of threads; never changes a result [default: all cores]
    #[arg(
        short = 'j',
        long,
        value_name = "N",
        value_parser = value_parsers::threads,
        allow_hyphen_values = true,
        help_heading = "Computing"
    )]
    pub threads: Option<usize>,

    /// Compute only share K of M of the run, from 1 on, into a part file (-o) for permtest merge
    ///
    /// auto/M takes K from the job array of Slurm, Kubernetes, AWS Batch, GNU parallel, PBS, LSF or Grid Engine. All shares
    /// are run with the same options; the merged report is that of a single run, byte for byte. The interval of the effect is
    /// computed when they are merged, from the data that the first part carries. For plain Monte Carlo (-n), importance sampling
    /// and splitting (at most 24 shares): an exact p-value is there at once, and a sequential test cannot know where to stop.
    #[arg(long, value_name = "K/M|auto/M", value_parser = shard::spelled, help_heading = "Computing")]
    pub shard: Option<ShardArgument>,

    /// Keep what has been computed in FILE every few seconds, and go on from there when the same command is run again
    ///
    /// Also after Ctrl-C, SIGTERM, SIGKILL or a power cut. A larger -n goes on from it as well, but for splitting. Other data or
    /// options are refused. For plain Monte Carlo, importance sampling and splitting.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Computing")]
    pub checkpoint: Option<PathBuf>,

    /// Level of the intervals [default: 0.95 for the effect, 0.99 for p]
    ///
    /// The interval of an effect that moves with the values leaves out the null value exactly where p is at most 1 - LEVEL. The
    /// interval of p says how far p may be off because the relabellings are random.
    #[arg(
        long,
        value_name = "LEVEL",
        value_parser = value_parsers::confidence,
        allow_hyphen_values = true,
        help_heading = "Computing"
    )]
    pub confidence: Option<f64>,

    /// How the interval for the effect is got [default: as suits the statistic]
    ///
    /// It is one-sided where the alternative is. The default is inversion for differences that move with the values, such as
    /// those of means, medians and ranks, and bca for all else. Inversion finds the shifts that the test does not reject, from
    /// all labellings where p is exact and that takes a moment; from random ones it is called sampled.
    #[arg(long, value_name = "HOW", help_heading = "Computing")]
    pub interval: Option<Interval>,

    /// Bootstrap samples for --interval percentile and bca [default: 10000]
    #[arg(
        long,
        value_name = "N",
        value_parser = value_parsers::resamples,
        allow_hyphen_values = true,
        help_heading = "Computing"
    )]
    pub bootstrap: Option<u64>,

    /// Fail, with exit code 1, if a test is significant, or if one is not
    ///
    /// A test is significant if p <= --alpha and, with --min-effect, the effect is large enough. Exit code 3 means that it
    /// cannot be decided: the interval of p holds alpha, or no outcome could be significant.
    #[arg(long, value_name = "WHAT", help_heading = "Gate")]
    pub fail_on: Option<FailOn>,

    /// Significance level of --fail-on and --method sequential [default: 0.05]
    #[arg(long, value_name = "ALPHA", value_parser = value_parsers::alpha, allow_hyphen_values = true, help_heading = "Gate")]
    pub alpha: Option<f64>,

    /// Largest probability that --method sequential decides wrongly [default: 0.001]
    #[arg(long, value_name = "RISK", value_parser = value_parsers::risk, allow_hyphen_values = true, help_heading = "Gate")]
    pub risk: Option<f64>,

    /// Smallest estimate that matters to --fail-on: a number, or a share of the control group's summary such as 2%
    ///
    /// A test is significant only if, beside p <= alpha, the difference as estimated is at least as large, in the tested
    /// direction. That the true difference is as large is not tested: --mu does that.
    #[arg(
        long,
        value_name = "DELTA|PERCENT%",
        value_parser = value_parsers::shift,
        allow_hyphen_values = true,
        help_heading = "Gate"
    )]
    pub min_effect: Option<Shift>,

    /// What --fail-on makes of a test that cannot be decided [default: exit code 3]
    #[arg(long, value_name = "WHAT", help_heading = "Gate")]
    pub on_undecided: Option<Undecided>,

    /// How the p-values of several columns are adjusted [default: maxt with -n, else holm]
    ///
    /// maxt and minp draw the same relabellings for all columns, and so take into account how these depend on each other. maxt
    /// compares sums in units of their standard deviation over all relabellings, t and welch as they are; for other statistics
    /// minp takes its place. With --fail-on not-significant every column must show it, for which no p-value needs adjusting, and
    /// --method sequential compares each with alpha: there the default is none. Intervals are not adjusted.
    #[arg(long, value_name = "HOW", help_heading = "Gate")]
    pub adjust: Option<Adjustment>,

    /// Report the outcome of --fail-on to GitHub, by a line on standard error
    #[arg(long, value_name = "WHERE", help_heading = "Gate")]
    pub annotations: Option<Annotator>,

    /// Format of the report [default: text]
    #[arg(short, long, value_name = "FORMAT", help_heading = "Output")]
    pub format: Option<Format>,

    /// Short for --format json
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    /// Write the report to FILE, whole or not at all
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub output: Option<PathBuf>,

    /// Print the p-value and nothing else: no notes, warnings or progress
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,

    /// Order of several columns [default: p, and file for csv, tsv and json]
    #[arg(long, value_name = "BY", help_heading = "Output")]
    pub sort: Option<Sort>,

    /// Show the first N of several columns; all of them count for adjusted p-values and the gate
    #[arg(long, value_name = "N", help_heading = "Output")]
    pub top: Option<usize>,

    /// After the table of several columns, report each of them as if it were alone
    #[arg(long, help_heading = "Output")]
    pub details: bool,

    /// Write the statistic of every relabelling, in the order they were drawn, to FILE.csv or FILE.npy
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub distribution: Option<PathBuf>,

    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    pub color: Color,

    #[command(flatten)]
    pub pictures: PictureArguments,

    /// Print help: -h in short, --help in full
    #[arg(short, long, global = true, action = ArgAction::Help, help_heading = "Help")]
    help: Option<bool>,

    /// Print the version
    #[arg(short = 'V', long, action = ArgAction::Version, help_heading = "Help")]
    version: Option<bool>,
}

/// How files are read.
#[derive(Debug, Args)]
pub(super) struct ReadingArguments {
    /// Character between the fields, or the word tab
    ///
    /// Default: by the file's extension (.csv, .tsv), else whichever of comma, semicolon, tab and | divides the first
    /// line.
    #[arg(short, long, value_name = "CHAR", value_parser = value_parsers::delimiter, help_heading = "Input")]
    pub delimiter: Option<u8>,

    /// Encoding of the text, such as utf-8, windows-1252, latin1, utf-16le or shift_jis
    ///
    /// Without it, text is UTF-8, or UTF-16 where it begins with a byte order mark; names and labels that are neither are read
    /// as Windows-1252, with a note.
    #[arg(long, value_name = "NAME", value_parser = value_parsers::encoding, help_heading = "Input")]
    pub encoding: Option<&'static Encoding>,

    /// Sheet of an .xlsx workbook, by its name or number [default: the first]
    ///
    /// Workbooks are read where permtest was built with the feature xlsx.
    #[arg(long, value_name = "NAME|N", help_heading = "Input")]
    pub sheet: Option<String>,

    /// The first line holds data, not the names of the columns
    #[arg(long, help_heading = "Input")]
    pub no_header: bool,

    /// Leave out so many lines above the table
    ///
    /// Without this option, what stands above the table is found: a line sep=;, lines that begin with #, and titles above the
    /// line in which the named columns stand.
    #[arg(long, value_name = "N", help_heading = "Input")]
    pub skip: Option<usize>,

    /// Leave out lines that begin with PREFIX, wherever they stand
    #[arg(long, value_name = "PREFIX", allow_hyphen_values = true, help_heading = "Input")]
    pub comment: Option<String>,

    /// Take only the rows that meet a condition: 'COLUMN == VALUE' or 'COLUMN != VALUE'; may be given several times
    #[arg(long = "where", value_name = "CONDITION", value_parser = value_parsers::condition, help_heading = "Input")]
    pub conditions: Vec<Condition>,

    /// Decimal mark of the numbers [default: .]
    #[arg(long, value_name = "MARK", help_heading = "Input")]
    pub decimal: Option<DecimalMark>,

    /// Character that groups digits, as the comma in 1,234.5; a point makes the comma the decimal mark
    #[arg(long, value_name = "CHAR", value_parser = value_parsers::thousands, help_heading = "Input")]
    pub thousands: Option<char>,

    /// Fields that mean a missing value, separated by commas
    ///
    /// They are added to the usual ones: the empty field, NA, N/A, NaN, null, None and their like.
    #[arg(
        long,
        value_name = "LIST",
        value_parser = value_parsers::missing_tokens,
        allow_hyphen_values = true,
        help_heading = "Input"
    )]
    pub na: Option<MissingTokens>,

    /// What to do about missing values
    #[arg(long, value_name = "WHAT", default_value = "error", help_heading = "Input")]
    pub missing: Missing,

    /// Words that mean 1 in a column of two words, separated by commas
    ///
    /// True and yes mean 1, false and no mean 0, in capitals or not, without this option.
    #[arg(long = "true", value_name = "LIST", value_delimiter = ',', help_heading = "Input")]
    pub true_words: Vec<String>,
}
