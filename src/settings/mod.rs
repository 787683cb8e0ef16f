//! What the user asked for, validated, in the test's own words: no clap, no strings that still need parsing.

mod output;

use std::path::PathBuf;

pub use self::output::{
    Characters, Color, Details, Distribution, DistributionFormat, Format, Output, Page, Pictures, Plot, PlotFormat,
    Presentation, Sort, Verbosity, Visibility,
};

use encoding_rs::Encoding;

use crate::Undefined;
use crate::inference::adjust::Adjustment;
use crate::inference::gate::Gate;
use crate::inference::{Alternative, TwoSidedRule};
use crate::method::planner::Choice;
use crate::method::sequential::Level;
use crate::permutation_test::effect::EffectRequest;
use crate::program::ProgramSettings;
use crate::statistic::expression::NamedColumn;
use crate::statistic::{AssociationStatistic, Definition, GroupStatistic};

/// A run of the command.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Whether the test is done or only planned.
    pub purpose: Purpose,
    /// Which columns of which files are the two samples.
    pub data: Samples,
    /// Which of the observations belong together.
    pub blocks: Blocks,
    /// How the files are read.
    pub reading: Reading,
    /// Which test is done on them.
    pub test: Test,
    /// What is made of the p-values.
    pub gate: GateSettings,
    /// What is written, and where.
    pub output: Output,
    /// The share of the resamples that is counted here, if not all are.
    pub shard: Option<Shard>,
    /// The file that keeps what has been counted.
    pub checkpoint: Option<PathBuf>,
    /// The words of the command line, without the program's name.
    pub words: Vec<String>,
}

/// A share of the resamples of a run, for another run to add to the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard {
    /// Its number, from 1.
    pub number: u64,
    /// How many there are.
    pub of: u64,
    /// The environment variable that held its number.
    pub told_by: Option<&'static str>,
    /// Where its counts go.
    pub file: PathBuf,
}

/// Parts of a run that are to be added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeSettings {
    /// Their files.
    pub parts: Vec<PathBuf>,
    /// Whether shares may be missing.
    pub completeness: Completeness,
    /// The report's format; `None`: that of the run.
    pub format: Option<Format>,
    /// The report's file; `None`: standard output.
    pub file: Option<PathBuf>,
    /// What is drawn.
    pub pictures: Pictures,
    /// Colours in the text report and in messages.
    pub color: Color,
}

/// Whether shares of a run may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// None.
    Whole,
    /// Any: what is there is reported, and called partial.
    Partial,
}

/// Splits of one sample, to count false alarms.
#[derive(Debug, Clone, PartialEq)]
pub struct FalseAlarmSettings {
    /// The file.
    pub file: Source,
    /// The value column, or benchmark.
    pub columns: Columns,
    /// The column of runs, as clusters.
    pub blocks: Blocks,
    /// How the file is read.
    pub reading: Reading,
    /// What is compared.
    pub statistic: Definition,
    /// About case − control.
    pub alternative: Alternative,
    /// The level of the test.
    pub alpha: f64,
    /// How often the sample is split.
    pub splits: u64,
    /// Values in each part; `None`: a quarter.
    pub size: Option<u64>,
    /// Resamples of each test.
    pub resamples: u64,
    /// The master seed.
    pub seed: u64,
    /// Worker threads; `None`: all cores.
    pub threads: Option<usize>,
    /// Text or JSON.
    pub format: Format,
    /// Colours in the text.
    pub color: Color,
}

/// What is to come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A p-value.
    Test,
    /// How it would be computed.
    Explain,
}

/// Where the two samples stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Samples {
    /// One column of each of two files.
    TwoFiles {
        /// File with the case sample.
        case: Source,
        /// File with the control sample.
        control: Source,
        /// The value columns in both.
        columns: Columns,
        /// What is done about columns that only one of the files has.
        unmatched: Unmatched,
    },
    /// One column of each of several files a side, which were measured in turns.
    Several {
        /// Files with the case sample: at least one.
        case: Vec<Source>,
        /// Files with the control sample: at least one.
        control: Vec<Source>,
        /// The value columns in all of them.
        columns: Columns,
        /// What is done about benchmarks that only one of the sides has.
        unmatched: Unmatched,
        /// Whether the values of a file belong together.
        files: Files,
    },
    /// A file by itself: results of benchmarks that only have to be listed, or a folder that holds both samples.
    Alone {
        /// The file or folder.
        file: Source,
        /// The benchmarks in a folder; `Sole` means all of them.
        columns: Columns,
        /// What is done about benchmarks that only one run in a folder has.
        unmatched: Unmatched,
    },
    /// One file with a value column and a column of group labels.
    Long {
        /// The file.
        file: Source,
        /// The value columns.
        columns: Columns,
        /// The column of labels.
        group: ColumnName,
        /// The label of the case group, if it was named.
        case: Option<String>,
        /// The label of the control group, if it was named.
        control: Option<String>,
        /// What is wanted of more than two groups.
        several: Several,
    },
    /// One file with a column for each group.
    Wide {
        /// The file.
        file: Source,
        /// The column with the case sample.
        case: ColumnName,
        /// The column with the control sample.
        control: ColumnName,
    },
    /// One file with two columns that may go together.
    Association {
        /// The file.
        file: Source,
        /// The column of x.
        x: ColumnName,
        /// The column of y.
        y: ColumnName,
    },
    /// One file with a column that is compared with a value.
    OneSample {
        /// The file.
        file: Source,
        /// The value column.
        columns: Columns,
    },
}

/// What is wanted of the groups of a column of labels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Several {
    /// Whether a statistic of several groups was named: then two labels are groups as well.
    pub is_asked_for: bool,
    /// Whether the order of the groups matters.
    pub is_ordered: bool,
    /// Whether the values are words, such as the answers to a question.
    pub are_words: bool,
    /// The labels in their order; empty: by size, or as they sort.
    pub order: Vec<String>,
}

/// Which of several groups are compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PairsOfGroups {
    /// Each with each.
    All,
    /// Each with the control, which is the first one.
    Control,
    /// None.
    #[default]
    Nothing,
}

/// Which columns of values, or benchmarks, are tested: each by itself, unless one test is about several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Columns {
    /// The only one that can be meant.
    Sole,
    /// Those that were named, in this order: at least one.
    Named(Vec<ColumnName>),
    /// All that hold numbers and are called so.
    Matching(NamePattern),
    /// Those that one test is about, in this order.
    Together {
        /// Their names: at least one.
        names: Vec<ColumnName>,
        /// The same as an expression names them; empty where a program asks for them.
        of_expression: Vec<NamedColumn>,
    },
}

/// A pattern of names, with `*`, `?` and `[…]`; `None` matches each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern(pub Option<glob::Pattern>);

impl NamePattern {
    /// Whether a name fits it.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.0.as_ref().is_none_or(|pattern| pattern.matches(name))
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref().map_or("*", glob::Pattern::as_str)
    }
}

/// What to do about columns, or benchmarks, that only one of two files has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmatched {
    /// Refuse the files, and list them.
    Refuse,
    /// Leave them out, and list them.
    Ignore,
}

/// What a file is, where there are several a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Files {
    /// Nothing: its values are taken one by one.
    Pooled,
    /// A cluster, which has one label as a whole.
    Clusters,
}

impl Columns {
    /// All that hold numbers.
    pub const ALL: Self = Self::Matching(NamePattern(None));

    /// The option that names them.
    #[must_use]
    pub fn option(&self) -> &'static str {
        match self {
            Self::Together { of_expression, .. } if !of_expression.is_empty() => "--statistic",
            _ => "--column",
        }
    }

    /// The names that were given.
    #[must_use]
    pub fn names(&self) -> &[ColumnName] {
        match self {
            Self::Named(names) | Self::Together { names, .. } => names,
            Self::Sole | Self::Matching(_) => &[],
        }
    }
}

/// How observations belong together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blocks {
    /// How pairs of a case and a control value are known, if there are any.
    pub pairs: Option<Pairs>,
    /// The column of strata, within which labels are exchanged.
    pub strata: Option<ColumnName>,
    /// The column of clusters, which have one label as a whole.
    pub clusters: Option<ColumnName>,
}

impl Blocks {
    /// The column of pair ids, if pairs go by id.
    #[must_use]
    pub fn pair_column(&self) -> Option<&ColumnName> {
        match &self.pairs {
            Some(Pairs::ById(column)) => Some(column),
            Some(Pairs::ByOrder) | None => None,
        }
    }
}

/// How pairs are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pairs {
    /// The first value of the case with the first of the control, and so on.
    ByOrder,
    /// Equal ids in this column.
    ById(ColumnName),
}

/// A file or standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `-`
    Stdin,
    /// A path as the user wrote it.
    File(PathBuf),
}

/// A column as the user named it: a name in the header or, if no column is called so, a 1-based number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnName(pub String);

/// How tables become numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// The encoding of the text; `None`: UTF-8, or UTF-16 where a byte order mark says so.
    pub encoding: Option<&'static Encoding>,
    /// The sheet of a workbook, by its name or its number from 1; `None`: the first.
    pub sheet: Option<String>,
    /// The field delimiter; `None`: from the file's extension or header line.
    pub delimiter: Option<u8>,
    /// Whether the first line may name the columns.
    pub header: Header,
    /// Lines above the table; `None`: as many as are found to be no part of it.
    pub skip: Option<usize>,
    /// What lines of comments begin with; `None`: `#`, above the table only.
    pub comment: Option<String>,
    /// The rows that are taken: those for which all conditions hold.
    pub conditions: Vec<Condition>,
    /// The decimal mark; `None`: a point, unless points seem to group digits.
    pub decimal: Option<DecimalMark>,
    /// What groups digits.
    pub thousands: Option<char>,
    /// Fields that mean "no value", beside the usual ones.
    pub missing_tokens: Vec<String>,
    /// Words that mean 1, beside the usual ones; the other word of their column means 0.
    pub true_words: Vec<String>,
    /// What is done about them.
    pub missing: Missing,
}

/// A condition on the rows that are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The column that decides.
    pub column: ColumnName,
    /// Whether its field has to be that text, or must not be.
    pub is_equal: bool,
    /// The text.
    pub text: String,
}

/// Whether the first line names the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Header {
    /// It does, unless it reads as numbers.
    #[default]
    Detect,
    /// The first line is data.
    Absent,
}

/// The decimal mark of the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DecimalMark {
    /// `0.5`
    #[default]
    Point,
    /// `0,5`
    Comma,
}

/// What to do about missing values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missing {
    /// Refuse the file, count them and name the first line.
    #[default]
    Error,
    /// Leave the rows out and say how many.
    Drop,
}

/// The test to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// What is compared.
    pub statistic: Statistic,
    /// Which other tests are reported beside.
    pub compare: Compare,
    /// Which of several groups are compared with each other; `None`: as suits their number.
    pub pairs_of_groups: Option<PairsOfGroups>,
    /// About case − control.
    pub alternative: Alternative,
    /// How the two tails become one p-value; `None`: as suits the statistic.
    pub two_sided: Option<TwoSidedRule>,
    /// What becomes of relabellings for which the statistic is undefined.
    pub undefined: Undefined,
    /// The shift under the null hypothesis.
    pub mu: Shift,
    /// The margin within which the difference is to be shown to lie, on either side of 0; `None`: another question is asked.
    pub equivalence: Option<Shift>,
    /// How the null distribution is got.
    pub method: Choice,
    /// Monte Carlo resamples; `None`: the method's default.
    pub resamples: Option<u64>,
    /// What the sequential method decides.
    pub level: Level,
    /// The most bytes that a method may use.
    pub memory: u64,
    /// The master seed of all streams.
    pub seed: u64,
    /// Worker threads; `None`: all cores. Never changes a result.
    pub threads: Option<usize>,
    /// Level of the interval for the Monte Carlo error of p.
    pub confidence: f64,
    /// The interval for the effect; `None`: no effect is wanted.
    pub effect: Option<EffectRequest>,
    /// Which instructions the kernels may use. Never changes a result.
    pub instructions: Instructions,
}

/// What is made of the p-values of a run.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct GateSettings {
    /// How they are adjusted where there are several; `None`: by what suits the method.
    pub adjustment: Option<Adjustment>,
    /// The check that they have to pass.
    pub gate: Option<Gate>,
    /// The smallest effect that matters to it; not negative.
    pub smallest_effect: Option<Shift>,
    /// Where its outcome is shown beside the report.
    pub annotations: Annotations,
}

/// Marks beside the changes of a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Annotations {
    /// None.
    #[default]
    Nothing,
    /// GitHub's, by a line on standard error.
    Github,
}

/// What is compared between the groups.
#[derive(Debug, Clone, PartialEq)]
pub enum Statistic {
    /// A statistic of the catalogue or an expression.
    Defined(Definition),
    /// What a program of the user's computes.
    Program(ProgramSettings),
    /// A statistic of several groups.
    Several(GroupStatistic),
    /// A statistic of two columns.
    Association(AssociationStatistic),
    /// What a function of a program that uses the library computes, by its name in reports.
    Function(String),
}

/// Which tests are reported beside the permutation test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// None.
    Nothing,
    /// The classical ones for the design.
    Classical,
}

/// Which instructions the kernels may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instructions {
    /// The best that the machine has.
    Best,
    /// Those that every machine of its kind has.
    Portable,
}

/// A difference case − control to test against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shift {
    /// In units of the data.
    Absolute(f64),
    /// As a fraction of the control group's summary: 0.05 for `5%`.
    RelativeToControl(f64),
}
