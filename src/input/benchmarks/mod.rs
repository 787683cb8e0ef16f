//! Results of benchmark tools → benchmarks: a name, a unit, and what was measured, one value a run.
//!
//! A file is recognised by its content: JSON by how it begins and by its members, criterion's `raw.csv` by its header
//! line, Go's text by its lines. Values keep the unit of their file; where two files differ in units of time, those of
//! the control are converted to that of the case.
//!
//! | format | a benchmark is | its values |
//! |---|---|---|
//! | hyperfine | a command | seconds of each run |
//! | Google Benchmark | a name | time of an iteration, for each repetition |
//! | pytest-benchmark | a test | seconds of each round |
//! | criterion | group, function and parameter | time of an iteration, for each sample |
//! | Go | a name, and each unit beside the time | time of an operation, for each `-count` |

mod choose;
mod criterion;
mod document;
mod entry;
mod go;
mod google;
mod hyperfine;
mod pytest;
mod unit;

use super::source::{self, Stream};
use crate::error::{Error, Place};
use crate::settings::{ColumnName, Columns, Unmatched};

pub use self::unit::Unit;

use self::document::{Document, Node, Object};
use self::entry::Entry;

/// The formats, for a message about a file that is none of them.
const KNOWN: &str = "hyperfine, Google Benchmark, pytest-benchmark, criterion (raw.csv) or go test -bench";
/// A byte order mark in UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// One benchmark of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Benchmark {
    /// What the file calls it.
    pub name: String,
    /// The unit of its values.
    pub unit: Unit,
    /// What was measured, in the order of the file: finite, at least two.
    pub values: Vec<f64>,
    /// Things that the user should know about it, a sentence each, for standard error.
    pub notes: Vec<String>,
}

/// The tools whose results are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `hyperfine --export-json`, 1.x and 2.x.
    Hyperfine,
    /// `--benchmark_format=json` or `--benchmark_out` of Google Benchmark.
    GoogleBenchmark,
    /// `--benchmark-json` of pytest-benchmark.
    PytestBenchmark,
    /// `raw.csv` of criterion.
    Criterion,
    /// `go test -bench`.
    Go,
}

impl Format {
    /// What messages call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hyperfine => "hyperfine",
            Self::GoogleBenchmark => "Google Benchmark",
            Self::PytestBenchmark => "pytest-benchmark",
            Self::Criterion => "criterion",
            Self::Go => "go test -bench",
        }
    }

    /// What makes the tool measure more than once.
    fn repeat(self) -> &'static str {
        match self {
            Self::Hyperfine => "run hyperfine with --runs 10 or more",
            Self::GoogleBenchmark => "run the benchmark with --benchmark_repetitions=10 or more",
            Self::PytestBenchmark => {
                "run pytest with --benchmark-min-rounds=10 or more, or give pedantic() more rounds"
            }
            Self::Criterion => "run the benchmark with a sample size of 10 or more",
            Self::Go => "run go test -bench with -count=10 or more",
        }
    }
}

/// The benchmarks of one file, in its order. A benchmark that failed is one of them, until it is asked for.
#[derive(Debug)]
pub struct Results {
    /// The file as the user named it, or `standard input`.
    pub file: String,
    /// What tool wrote it.
    pub format: Format,
    entries: Vec<Entry>,
}

impl Results {
    /// Refuses a file without benchmarks.
    fn new(file: String, format: Format, entries: Vec<Entry>) -> Result<Self, Error> {
        if entries.is_empty() {
            let what = format!("there is no benchmark among these results of {}", format.name());
            return Err(Error::input(Place::file(file), what, "run the benchmarks once more, without a filter"));
        }
        Ok(Self { file, format, entries })
    }
}

/// Two benchmarks to be compared, in the unit of the case.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The benchmark of the case.
    pub case: Benchmark,
    /// The benchmark of the control.
    pub control: Benchmark,
    /// Things that the user should know about it, a sentence each, for standard error.
    pub notes: Vec<String>,
}

/// Takes the benchmarks that are wanted from each of two files: those that were named, all that both have or, where there
/// can be only one, that one.
///
/// # Errors
/// [`Error::Input`] if there is no such benchmark, if one is meant and there are more, if one is in one file only and that
/// is not to be ignored, if one cannot be used, or if the two are not measured in the same unit.
#[allow(clippy::missing_panics_doc, reason = "an index is that of an entry, and is used once")]
pub fn compare(
    case: Results,
    control: Results,
    columns: &Columns,
    unmatched: Unmatched,
) -> Result<Vec<Comparison>, Error> {
    let (pairs, mut notes) = choose::pairs(&case, &control, columns, unmatched)?;
    if case.format != control.format {
        let (a, b) = (case.format.name(), control.format.name());
        notes.push(format!("results of {a} in {} are compared with results of {b} in {}", case.file, control.file));
    }
    let (mut ones, mut others) =
        (case.entries.into_iter().map(Some).collect(), control.entries.into_iter().map(Some).collect());
    let take = |entries: &mut Vec<Option<Entry>>, index: usize| entries[index].take().expect("each is taken once");
    let mut compared = Vec::with_capacity(pairs.len());
    for [one, other] in pairs {
        let (one, other) = (take(&mut ones, one), take(&mut others, other));
        let mut notes = std::mem::take(&mut notes);
        if one.name != other.name {
            let (a, b) = (one.label(), other.label());
            notes.push(format!("benchmark {a} of {} is compared with benchmark {b} of {}", case.file, control.file));
        }
        compared.push(convert(one.finish(case.format)?, other.finish(control.format)?, notes, &control.file)?);
    }
    Ok(compared)
}

/// Takes the benchmark that was named, or the only one.
///
/// # Errors
/// As [`compare`].
pub fn sole(mut results: Results, columns: &Columns) -> Result<Benchmark, Error> {
    let index = choose::sole(&results, columns)?;
    results.entries.swap_remove(index).finish(results.format)
}

/// Takes two benchmarks of one file.
///
/// # Errors
/// As [`compare`].
#[allow(clippy::missing_panics_doc, reason = "an index is that of an entry, and is used once")]
pub fn compare_within(mut results: Results, case: &ColumnName, control: &ColumnName) -> Result<Comparison, Error> {
    let [one, other] = [choose::find(&results, case, "--case")?, choose::find(&results, control, "--control")?];
    if one == other {
        let what = format!("--case and --control are the same benchmark, {}", results.entries[one].label());
        return Err(Error::usage(what, "name two different benchmarks"));
    }
    let mut entries: Vec<_> = std::mem::take(&mut results.entries).into_iter().map(Some).collect();
    let mut take = |index: usize| entries[index].take().expect("indices of two entries").finish(results.format);
    convert(take(one)?, take(other)?, Vec::new(), &results.file)
}

/// Puts the control into the unit of the case.
fn convert(
    case: Benchmark,
    mut control: Benchmark,
    mut notes: Vec<String>,
    control_file: &str,
) -> Result<Comparison, Error> {
    if !control.unit.agrees_with(&case.unit) {
        let what = format!("the control is measured in {}, but the case in {}", control.unit, case.unit);
        return Err(Error::input(Place::file(control_file), what, "compare benchmarks in the same unit"));
    }
    notes.extend(case.notes.iter().chain(&control.notes).cloned());
    if control.unit != case.unit {
        notes.push(format!("{control_file}: the values are converted from {} to {}", control.unit, case.unit));
        for value in &mut control.values {
            *value = control.unit.convert(*value, &case.unit);
        }
        if control.values.iter().any(|value| !value.is_finite()) {
            let what = format!("a value is beyond the largest number of a double in {}", case.unit);
            return Err(Error::input(Place::file(control_file), what, "mend the file"));
        }
        control.unit = case.unit.clone();
    }
    Ok(Comparison { case, control, notes })
}

/// How results are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    /// JSON of any kind.
    Json,
    /// criterion's table.
    Criterion,
    /// Lines of `go test`.
    GoText,
}

/// Recognises results of benchmarks, and all other JSON, by the beginning of a file; tables are none of it.
pub(super) fn recognise(head: &[u8]) -> Option<Notation> {
    let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head).trim_ascii_start();
    if is_json(head) {
        return Some(Notation::Json);
    }
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    if criterion::is_header(first) {
        return Some(Notation::Criterion);
    }
    let text = |line| std::str::from_utf8(line).unwrap_or_default();
    let is_go =
        go::is_heading(text(first)) || std::iter::once(first).chain(lines).any(|line| go::is_result(text(line)));
    is_go.then_some(Notation::GoText)
}

/// A table can begin with a bracket, but hardly with one before a quote or a number.
fn is_json(head: &[u8]) -> bool {
    let Some((bracket, rest)) = head.split_first() else { return false };
    let next = rest.trim_ascii_start().first();
    match bracket {
        b'{' => matches!(next, None | Some(b'"' | b'}')),
        b'[' => matches!(next, None | Some(b'{' | b'[' | b']' | b'"' | b'-' | b'0'..=b'9')),
        _ => false,
    }
}

/// Reads the results in a stream that was recognised.
pub(super) fn read(stream: Stream, notation: Notation) -> Result<Results, Error> {
    let file = stream.name.clone();
    match notation {
        Notation::Criterion => Results::new(file, Format::Criterion, criterion::read(stream)?),
        Notation::GoText => {
            let entries = go::read(&file, &text(stream)?)?;
            Results::new(file, Format::Go, entries)
        }
        Notation::Json => {
            let document = Document::new(file.clone(), text(stream)?)?;
            let (format, entries) = read_json(document.root())?;
            Results::new(file, format, entries)
        }
    }
}

/// The whole of a stream as text, without a byte order mark.
fn text(stream: Stream) -> Result<String, Error> {
    let mut bytes = Vec::new();
    let read = source::read_document(stream.bytes, &mut bytes);
    let place = |bytes: &[u8]| {
        let n_before = memchr::memchr_iter(b'\n', bytes).count() as u64;
        Place::file(&stream.name).line(n_before + 1)
    };
    match read {
        Ok(true) => {}
        Ok(false) => {
            let what = "these results have more than 256 MiB, the most that is read of them";
            return Err(Error::input(Place::file(stream.name), what, "export fewer benchmarks into one file"));
        }
        Err(error) => return Err(stream.compression.failure(place(&bytes), &error)),
    }
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    String::from_utf8(bytes).map_err(|error| {
        let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        Error::input(place(sound), "the text is no UTF-8 here", "export the results once more")
    })
}

/// Tells the format by the members of the outermost object, and reads it.
fn read_json(root: Node<'_>) -> Result<(Format, Vec<Entry>), Error> {
    let unknown = |what: &str| Error::input(root.place(), what, format!("give a file of {KNOWN}"));
    let Ok(object) = root.object("the file") else {
        return Err(unknown("this is JSON, but no results of benchmarks that are known here"));
    };
    match json_format(&object) {
        Some(Format::Hyperfine) => Ok((Format::Hyperfine, hyperfine::read(&object)?)),
        Some(Format::GoogleBenchmark) => Ok((Format::GoogleBenchmark, google::read(&object)?)),
        Some(Format::PytestBenchmark) => Ok((Format::PytestBenchmark, pytest::read(&object)?)),
        _ if ["slope", "median_abs_dev", "sampling_mode"].iter().any(|name| object.member(name).is_some()) => {
            let what = "criterion's samples are not read from its JSON";
            Err(Error::input(root.place(), what, "give its raw.csv, which its feature csv_output writes"))
        }
        _ => Err(unknown("this is JSON, but no results of benchmarks that are known here")),
    }
}

fn json_format(root: &Object<'_>) -> Option<Format> {
    let has = |name: &str| root.member(name).is_some();
    let first_has = |list: &str, names: &[&str]| {
        let elements = root.member(list).and_then(|list| list.list("").ok()).unwrap_or_default();
        let first = elements.first().and_then(|first| first.object("").ok());
        first.is_some_and(|first| names.iter().any(|name| first.member(name).is_some()))
    };
    if has("results") && (first_has("results", &["command", "times", "measurements"]) || !has("benchmarks")) {
        Some(Format::Hyperfine)
    } else if has("benchmarks") && (has("machine_info") || first_has("benchmarks", &["stats", "fullname"])) {
        Some(Format::PytestBenchmark)
    } else if has("benchmarks") && (has("context") || first_has("benchmarks", &["real_time", "run_type"])) {
        Some(Format::GoogleBenchmark)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognised(head: &str) -> Option<Notation> {
        recognise(head.as_bytes())
    }

    #[test]
    fn notations_are_recognised_by_how_a_file_begins() {
        assert_eq!(recognised("\u{feff}\n { \"results\""), Some(Notation::Json));
        assert_eq!(recognised("{"), Some(Notation::Json));
        assert_eq!(recognised("[1, 2]"), Some(Notation::Json));
        assert_eq!(recognised("goos: linux\n"), Some(Notation::GoText));
        assert_eq!(recognised("warming up\nBenchmarkX-8 \t10\t 12 ns/op\r\n"), Some(Notation::GoText));
    }

    #[test]
    fn tables_are_no_results() {
        for table in ["", "a,b\n1,2\n", "[mV],[s]\n1,2\n", "{a}\n1\n", "1\n2\n", "Benchmark\n1\n", "Benchmark 1\n2\n"] {
            assert_eq!(recognised(table), None, "{table:?}");
        }
    }

    fn format(json: &str) -> Result<Format, String> {
        let document = Document::new("x".to_owned(), json.to_owned()).unwrap();
        read_json(document.root()).map(|(format, _)| format).map_err(|error| error.to_string())
    }

    #[test]
    fn formats_of_json_are_told_by_their_members() {
        assert_eq!(format(r#"{"results": [{"command": "a"}]}"#), Ok(Format::Hyperfine));
        assert_eq!(format(r#"{"machine_info": {}, "benchmarks": []}"#), Ok(Format::PytestBenchmark));
        assert_eq!(format(r#"{"context": {}, "benchmarks": []}"#), Ok(Format::GoogleBenchmark));
        assert!(format(r#"{"benchmarks": [{"time": 1}]}"#).unwrap_err().contains("hyperfine"));
        assert!(format("[]").unwrap_err().contains("pytest-benchmark"));
        assert!(format(r#"{"mean": {}, "slope": {}}"#).unwrap_err().contains("raw.csv"));
    }
}
