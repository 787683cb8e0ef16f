//! Columns or benchmarks → the two samples.

use serde::{Deserialize, Serialize};

use super::benchmarks::{self, Benchmark, Comparison, Notation};
use super::cell::CellRules;
use super::keys::{KeyColumns, Observations};
use super::layout::Layout;
use super::pairing::{self, Side};
use super::source::Stream;
use super::table::Table;
use super::two_files::{TwoFiles, TwoTables};
use super::{long, wide};
use crate::error::{Error, Place};
use crate::settings::{Blocks, ColumnName, Columns, Pairs, Reading, Samples, Source, Unmatched};

/// What the value column is called where the file does not say.
pub(super) const UNNAMED_COLUMN: &str = "value";

/// The two samples of a test and where they came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    /// Name of the value column: its header, or `value` where the file has none; of a benchmark its name.
    pub column: String,
    /// Name of the column of labels, for one long file.
    pub grouping: Option<String>,
    /// The sample whose difference from the other is tested.
    pub case: Group,
    /// The sample it is compared with.
    pub control: Group,
    /// How observations belong together; each list is as long as the case values followed by the control values.
    pub layout: Layout,
    /// Rows left out because their value, label or key was missing, or the value of the other half of their pair. In a
    /// wide file, where a row has two values, each missing one counts, except where the row is a pair.
    pub n_dropped: u64,
    /// Things the user should know about how the files were read, a sentence each, for standard error.
    #[serde(skip)]
    pub notes: Vec<String>,
}

/// One of the two samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// What the report calls it.
    pub label: String,
    /// Its observations, finite, at least one; in file order, but for those of a control that is paired by ids: they
    /// follow the order of the case.
    pub values: Vec<f64>,
}

/// Reads the two samples of each tested column: at least one.
///
/// Costs one pass over each file; of its columns only the chosen ones stay in memory, eight bytes a value, four a key, and
/// each different key once.
///
/// # Errors
/// [`Error::Usage`] for settings that contradict each other, [`Error::Input`] for everything that a file may have wrong,
/// with its place and remedy.
pub fn read(samples: &Samples, blocks: &Blocks, reading: &Reading) -> Result<Vec<Dataset>, Error> {
    let rules = CellRules::new(reading);
    let keys = KeyColumns::new(blocks, &rules);
    let open = |stream: Stream, columns: &[&ColumnName]| {
        Table::open(stream, reading, &rules, &[columns, &keys.names()].concat())
    };
    match samples {
        Samples::TwoFiles { case: Source::Stdin, control: Source::Stdin, .. } => Err(Error::usage(
            "standard input (-) can be only one of the two files",
            "give the other by its path, or both groups in one file with --group",
        )),
        Samples::TwoFiles { case, control, columns, unmatched } => {
            let two = TwoFiles { columns, unmatched: *unmatched, reading, rules: &rules };
            read_two_files(case, control, &two, keys)
        }
        Samples::Long { file, columns, group, case, control } => {
            let labels = long::NamedLabels::new(case.as_deref(), control.as_deref())?;
            let named: Vec<_> = columns.names().iter().chain([group]).collect();
            let table = open(long_table(file)?, &named)?;
            long::read(table, columns, group, &labels, keys, &rules, reading.missing)
        }
        Samples::Wide { .. } if matches!(blocks.pairs, Some(Pairs::ById(_))) => Err(Error::usage(
            "--pair is for files with a row for each observation, but here a row has both groups",
            "say --paired, for each row is a pair",
        )),
        Samples::Wide { file, case, control } => match Content::open(file)? {
            Content::Table(stream) => {
                let table = open(stream, &[case, control])?;
                Ok(vec![wide::read(table, case, control, keys, &rules, reading.missing)?])
            }
            Content::Results(stream, notation) => {
                let place = Place::file(&stream.name);
                keys.refuse_columns(&place)?;
                let results = benchmarks::read(stream, notation)?;
                let compared = benchmarks::compare_within(results, case, control)?;
                let unit = &compared.case.unit;
                let column = if unit.is_time() { format!("time ({unit})") } else { unit.to_string() };
                let labels = [&compared.case, &compared.control].map(|side| side.name.clone());
                Ok(vec![of_benchmarks(column, labels, [place.clone(), place], compared, keys)?])
            }
        },
    }
}

/// One sample, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Name of the value column or the benchmark.
    pub column: String,
    /// Its values, finite.
    pub values: Vec<f64>,
    /// The number of the cluster of each value, if there is a column of clusters.
    pub clusters: Vec<u32>,
    /// Things the user should know about how the file was read.
    pub notes: Vec<String>,
}

/// Reads one sample.
///
/// # Errors
/// As [`read`].
pub fn read_sample(file: &Source, columns: &Columns, blocks: &Blocks, reading: &Reading) -> Result<Sample, Error> {
    let rules = CellRules::new(reading);
    let keys = KeyColumns::new(blocks, &rules);
    match Content::open(file)? {
        Content::Table(stream) => {
            let named: Vec<&ColumnName> = columns.names().iter().chain(keys.names()).collect();
            let table = Table::open(stream, reading, &rules, &named)?;
            TwoFiles { columns, unmatched: Unmatched::Refuse, reading, rules: &rules }.read_one(table, keys)
        }
        Content::Results(stream, notation) => {
            keys.refuse_columns(&Place::file(&stream.name))?;
            let Benchmark { name, values, runs, notes, .. } =
                benchmarks::sole(benchmarks::read(stream, notation)?, columns)?;
            let sizes = runs.filter(|runs| runs.sizes.len() > 1).into_iter().flat_map(|runs| runs.sizes).enumerate();
            let clusters = sizes.flat_map(|(run, size)| std::iter::repeat_n(run as u32, size)).collect();
            Ok(Sample { column: name, values, clusters, notes })
        }
    }
}

/// A stream and what is in it.
enum Content {
    Table(Stream),
    Results(Stream, Notation),
}

impl Content {
    fn open(file: &Source) -> Result<Self, Error> {
        let mut stream = file.open()?;
        Ok(match benchmarks::recognise(&stream.look_ahead()) {
            Some(notation) => Self::Results(stream, notation),
            None => Self::Table(stream),
        })
    }
}

/// The stream of a file with a column of labels; criterion's results are a table that can have one.
fn long_table(file: &Source) -> Result<Stream, Error> {
    match Content::open(file)? {
        Content::Table(stream) | Content::Results(stream, Notation::Table(_)) => Ok(stream),
        Content::Results(stream, Notation::Json | Notation::Text(_)) => {
            let what = "this is no table, so that it has no column for --group";
            let remedy =
                "give results of benchmarks as two files, or one file with --case and --control for two of them";
            Err(Error::input(Place::file(stream.name), what, remedy))
        }
    }
}

/// Reads two tables, or the results of two runs of benchmarks.
fn read_two_files(
    case: &Source,
    control: &Source,
    two: &TwoFiles<'_>,
    keys: KeyColumns<'_>,
) -> Result<Vec<Dataset>, Error> {
    let mut labels = [case.stem(), control.stem()];
    if labels[0] == labels[1] {
        labels = ["case", "control"].map(str::to_owned);
    }
    match (Content::open(case)?, Content::open(control)?) {
        (Content::Table(case), Content::Table(control)) => {
            let named: Vec<&ColumnName> = two.columns.names().iter().chain(keys.names()).collect();
            let case = Table::open(case, two.reading, two.rules, &named)?;
            let control = Table::open(control, two.reading, two.rules, &named)?;
            two.read(TwoTables { case, control }, &labels, keys)
        }
        (Content::Results(case, of_case), Content::Results(control, of_control)) => {
            keys.refuse_columns(&Place::file(&case.name))?;
            let (case, control) = (benchmarks::read(case, of_case)?, benchmarks::read(control, of_control)?);
            let [here, there] = [&case.file, &control.file].map(Place::file);
            let compared = benchmarks::compare(case, control, two.columns, two.unmatched)?;
            let dataset = |compared: Comparison| {
                let places = [here.clone(), there.clone()];
                of_benchmarks(compared.case.name.clone(), labels.clone(), places, compared, keys.clone())
            };
            compared.into_iter().map(dataset).collect()
        }
        (Content::Results(case, _), Content::Table(control)) => Err(no_results(control, &case.name, two)),
        (Content::Table(case), Content::Results(control, _)) => {
            let what = format!("these are results of benchmarks, or other JSON, but {} is a table", case.name);
            Err(Error::input(Place::file(control.name), what, "give two files of the same kind"))
        }
    }
}

/// The error for a control that is a table, or nothing at all, where the case is the result of a benchmark.
fn no_results(control: Stream, case: &str, two: &TwoFiles) -> Error {
    let place = Place::file(&control.name);
    // What is no table either has a better message than that.
    if let Err(error) = Table::open(control, two.reading, two.rules, &[]) {
        return error;
    }
    let what = format!("this is a table, but {case} has results of benchmarks");
    Error::input(place, what, "give two files of the same kind")
}

/// Two benchmarks, of which each value stands for itself, for a part of its run or, in the order of the runs, for half a
/// pair.
fn of_benchmarks(
    column: String,
    labels: [String; 2],
    places: [Place; 2],
    compared: Comparison,
    keys: KeyColumns<'_>,
) -> Result<Dataset, Error> {
    let Comparison { case, control, clusters, notes } = compared;
    let ([one, other], [here, there]) = (labels, places);
    let side = |label, place, benchmark: Benchmark| Side {
        label,
        place,
        observations: Observations::of_values(benchmark.values),
    };
    let arranged = pairing::arrange(keys, side(one, here, case), side(other, there, control))?;
    let clusters = clusters.filter(|_| arranged.layout.pairing.is_none());
    Ok(Dataset {
        column,
        grouping: None,
        case: arranged.case,
        control: arranged.control,
        layout: Layout { clusters, ..arranged.layout },
        n_dropped: 0,
        notes,
    })
}

/// The error for a column of which nothing is left.
pub(super) fn no_values(place: Place, n_dropped: u64) -> Error {
    let dropped = if n_dropped == 1 { "the only one is".to_owned() } else { format!("all {n_dropped} are") };
    let what = format!("there are no values: {dropped} missing");
    Error::input(place, what, "choose another column, or a file with at least one value")
}
