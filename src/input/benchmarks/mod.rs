//! Results of benchmark tools → benchmarks: a name, a unit, and what was measured, one value a run.
//!
//! A format is a file here and a row in `FORMATS`: its name, two marks by which its files are recognised, the function
//! that reads them, and what makes the tool measure more often. Values keep the unit of their file; where two files differ
//! in units of time, those of the control are converted to that of the case.

mod benchmarkdotnet;
mod choose;
mod comparison;
mod criterion;
mod document;
mod entry;
mod folder;
mod go;
mod google;
mod hyperfine;
mod jmh;
mod nanobench;
mod pool;
mod pyperf;
mod pytest;
mod unit;

use super::source::{self, Stream};
use crate::error::{Error, Place};

pub use self::comparison::{Comparison, compare, compare_within, sole};
pub use self::entry::{Benchmark, RunKind, Runs};
pub(super) use self::folder::Folder;
pub(super) use self::pool::{FILE, pool};
pub use self::unit::Unit;

use self::document::Document;
use self::entry::Entry;

/// A byte order mark in UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What a benchmark tool writes.
#[derive(Debug)]
pub struct Format {
    /// What messages call it.
    pub name: &'static str,
    marks: Marks,
    content: Content,
}

/// What distinguishes the files of a format from all others: two marks, for one of them alone may be in others too.
#[derive(Debug)]
enum Marks {
    /// JSON in whose shape there is one of each list; see [`Document::shape`].
    Json([&'static [&'static str]; 2]),
    /// Lines of text whose beginning is so.
    Text(fn(&str) -> bool),
    /// A table whose beginning is so. With a column of labels it is read as any other.
    Table(fn(&str) -> bool),
}

/// What is in the files of a format.
#[derive(Debug)]
enum Content {
    /// Every single measurement.
    Samples {
        /// Reads the benchmarks, in the order of the file.
        read: fn(&Document) -> Result<Vec<Entry>, Error>,
        /// What makes the tool measure more than once.
        repeat: &'static str,
    },
    /// Means and the like: nothing that can be tested.
    Summary {
        /// Where the single measurements are to be had.
        remedy: &'static str,
    },
}

use Content::{Samples, Summary};

/// The formats, the most usual first.
static FORMATS: [Format; 17] = [
    Format {
        name: "hyperfine",
        marks: Marks::Json([&["results[].command"], &["results[].times", "results[].measurements", "results[].mean"]]),
        content: Samples { read: hyperfine::read, repeat: "run hyperfine with --runs 10 or more" },
    },
    Format {
        name: "Google Benchmark",
        marks: Marks::Json([&["benchmarks"], &["context", "benchmarks[].real_time", "benchmarks[].run_type"]]),
        content: Samples { read: google::read, repeat: "run the benchmark with --benchmark_repetitions=10 or more" },
    },
    Format {
        name: "pytest-benchmark",
        marks: Marks::Json([&["benchmarks"], &["machine_info", "benchmarks[].stats"]]),
        content: Samples {
            read: pytest::read,
            repeat: "run pytest with --benchmark-min-rounds=10 or more, or give pedantic() more rounds",
        },
    },
    Format {
        name: "criterion (sample.json)",
        marks: Marks::Json([&["iters"], &["times"]]),
        content: Samples { read: criterion::read_sample, repeat: "run the benchmark with a sample size of 10 or more" },
    },
    Format {
        name: "criterion (raw.csv)",
        marks: Marks::Table(criterion::is_raw_csv),
        content: Samples {
            read: criterion::read_raw_csv,
            repeat: "run the benchmark with a sample size of 10 or more",
        },
    },
    Format {
        name: "go test -bench",
        marks: Marks::Text(go::is_output),
        content: Samples { read: go::read, repeat: "run go test -bench with -count=10 or more" },
    },
    Format {
        name: "JMH",
        marks: Marks::Json([&["[].benchmark"], &["[].primaryMetric"]]),
        content: Samples { read: jmh::read, repeat: "run JMH with -f 5 -i 5 or more" },
    },
    Format {
        name: "BenchmarkDotNet",
        marks: Marks::Json([&["Benchmarks"], &["Title", "HostEnvironmentInfo"]]),
        content: Samples { read: benchmarkdotnet::read, repeat: "run the benchmark with --iterationCount 10 or more" },
    },
    Format {
        name: "pyperf",
        marks: Marks::Json([&["benchmarks[].runs"], &["metadata", "version"]]),
        content: Samples { read: pyperf::read, repeat: "run pyperf with --processes 10 or more" },
    },
    Format {
        name: "nanobench",
        marks: Marks::Json([&["results[].name"], &["results[].measurements"]]),
        content: Samples { read: nanobench::read, repeat: "run the benchmark with epochs(10) or more" },
    },
    Format {
        name: "hyperfine --export-csv",
        marks: Marks::Table(|head| head.starts_with("command,") && first_line(head).contains(",mean,stddev")),
        content: Summary { remedy: "export every run with --export-json FILE" },
    },
    Format {
        name: "libtest (cargo bench)",
        marks: Marks::Text(|head| head.contains(" ... bench: ") && head.contains("ns/iter (+/- ")),
        content: Summary { remedy: "measure with criterion, and give its folder target/criterion" },
    },
    Format {
        name: "critcmp",
        marks: Marks::Text(|head| head.starts_with("group ") && head.contains('±')),
        content: Summary { remedy: "give the folder target/criterion, which it reads, too" },
    },
    Format {
        name: "critcmp --export",
        marks: Marks::Json([&["benchmarks{}.fullname"], &["benchmarks{}.criterion_estimates_v1"]]),
        content: Summary { remedy: "give the folder target/criterion, which it reads, too" },
    },
    Format {
        name: "asv",
        marks: Marks::Json([&["commit_hash"], &["env_name"]]),
        content: Summary { remedy: "measure the same functions with pyperf or pytest-benchmark" },
    },
    Format {
        name: "Catch2",
        marks: Marks::Text(|head| {
            (head.contains("benchmark name") && head.contains("low mean"))
                || (head.contains("<BenchmarkResults ") && head.contains("<mean "))
        }),
        content: Summary { remedy: "measure with nanobench or Google Benchmark, which export every repetition" },
    },
    Format {
        name: "wrk",
        marks: Marks::Text(|head| head.contains("Thread Stats") && head.contains("requests in ")),
        content: Summary {
            remedy: "measure with a tool that writes the latency of every request, such as vegeta encode --to csv",
        },
    },
];

/// The benchmarks of a file that is given alone, as the reason for which it says nothing yet.
pub(super) fn alone(results: &Results) -> Error {
    let meant = choose::candidates(results);
    let (n, tool) = (meant.len(), results.format.name);
    let list = choose::labels(meant.iter().map(|&index| &results.entries[index]));
    let (what, remedy) = match meant[..] {
        [one, other, ..] => {
            let [one, other] = [one, other].map(|index| choose::choice(results, index));
            let remedy = format!(
                "add the file to compare them with, or compare two of them, as in --case {one} --control {other}"
            );
            (format!("these are {n} benchmarks of {tool}: {list}"), remedy)
        }
        _ => (format!("this is one benchmark of {tool}, {list}"), "add the file to compare it with".to_owned()),
    };
    Error::input(Place::file(&results.file), what, remedy)
}

impl Format {
    /// What makes the tool measure more than once.
    fn repeat(&self) -> &'static str {
        match self.content {
            Samples { repeat, .. } => repeat,
            Summary { remedy } => remedy,
        }
    }

    /// The formats that can be read, for a message about a file that is none of them.
    fn known() -> String {
        let is_read = |format: &&Format| matches!(format.content, Samples { .. });
        let names: Vec<_> = FORMATS.iter().filter(is_read).map(|format| format.name).collect();
        let (last, others) = names.split_last().expect("there are formats");
        format!("{} or {last}", others.join(", "))
    }
}

fn first_line(head: &str) -> &str {
    head.lines().next().unwrap_or_default()
}

/// The benchmarks of one file, in its order. A benchmark that failed is one of them, until it is asked for.
#[derive(Debug)]
pub struct Results {
    /// The file as the user named it, or `standard input`.
    pub file: String,
    /// What tool wrote it.
    pub format: &'static Format,
    entries: Vec<Entry>,
}

impl Results {
    /// What the benchmarks are called.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.entries.iter().map(|entry| entry.name.clone()).collect()
    }
}

/// What the beginning of a file says about it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Notation {
    /// JSON of any kind: its format is known only from the whole.
    Json,
    /// Text of a format.
    Text(&'static Format),
    /// A table of a format.
    Table(&'static Format),
}

/// Recognises results of benchmarks, and all other JSON, by the beginning of a file; other tables are none of it.
pub(super) fn recognise(head: &[u8]) -> Option<Notation> {
    let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head).trim_ascii_start();
    if is_json(head) {
        return Some(Notation::Json);
    }
    let head = String::from_utf8_lossy(head);
    FORMATS.iter().find_map(|format| match format.marks {
        Marks::Text(is_so) if is_so(&head) => Some(Notation::Text(format)),
        Marks::Table(is_so) if is_so(&head) => Some(Notation::Table(format)),
        _ => None,
    })
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
pub(super) fn read(stream: Stream, format: &'static Format) -> Result<Results, Error> {
    let file = stream.name.clone();
    results(&Document::new(file, text(stream)?), format)
}

/// What is in JSON.
pub(super) enum Json {
    /// Results of benchmarks.
    Results(Results),
    /// Something else.
    Other {
        /// The file as the user named it.
        file: String,
        /// All of it.
        text: String,
        /// Why it is no results of benchmarks.
        refusal: Error,
    },
}

/// Reads JSON, which may be results of benchmarks.
pub(super) fn read_json(stream: Stream) -> Result<Json, Error> {
    let (file, text) = (stream.name.clone(), text(stream)?);
    let document = match Document::json(file.clone(), text) {
        Ok(document) => document,
        Err(fault) => {
            let (text, refusal) = *fault;
            // Of a list it is clear that it should have been one value.
            let is_one = text.trim_ascii_start().starts_with('[') || document::are_go_events(&text);
            return if is_one { Err(refusal) } else { Ok(Json::Other { file, text, refusal }) };
        }
    };
    match json_format(&document) {
        Ok(format) => results(&document, format).map(Json::Results),
        Err(refusal) => Ok(Json::Other { file: document.file, text: document.text, refusal }),
    }
}

fn results(document: &Document, format: &'static Format) -> Result<Results, Error> {
    let file = document.file.clone();
    let entries = match format.content {
        Samples { read, .. } => read(document)?,
        Summary { remedy } => {
            let what = format!(
                "this is what {} writes, which has means and the like but not the single measurements",
                format.name
            );
            return Err(Error::input(Place::file(file), what, remedy));
        }
    };
    if entries.is_empty() {
        let what = format!("there is no benchmark among these results of {}", format.name);
        return Err(Error::input(Place::file(file), what, "run the benchmarks once more, without a filter"));
    }
    Ok(Results { file, format, entries })
}

/// Recognises the format by the members of the outermost value.
fn json_format(document: &Document) -> Result<&'static Format, Error> {
    let shape = document.shape();
    let has_one_of = |mark: &&[&str]| mark.iter().any(|path| shape.contains(*path));
    let is_so = |format: &&Format| matches!(&format.marks, Marks::Json(marks) if marks.iter().all(has_one_of));
    FORMATS.iter().find(is_so).ok_or_else(|| {
        let what = "this is JSON, but no results of benchmarks that are known here";
        let remedy = format!("give a file of {}, or a list of numbers or records", Format::known());
        Error::input(document.root().place(), what, remedy)
    })
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
        Error::input(
            place(sound),
            "the text is no UTF-8 here",
            "name its encoding with --encoding, or export the results once more",
        )
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn recognised(head: &str) -> String {
        match recognise(head.as_bytes()) {
            None => "a table".to_owned(),
            Some(Notation::Json) => "JSON".to_owned(),
            Some(Notation::Text(format) | Notation::Table(format)) => format.name.to_owned(),
        }
    }

    #[test]
    fn notations_are_recognised_by_how_a_file_begins() {
        assert_eq!(recognised("\u{feff}\n { \"results\""), "JSON");
        assert_eq!(recognised("{"), "JSON");
        assert_eq!(recognised("[1, 2]"), "JSON");
        assert_eq!(recognised("goos: linux\n"), "go test -bench");
        assert_eq!(recognised("warming up\nBenchmarkX-8 \t10\t 12 ns/op\r\n"), "go test -bench");
    }

    #[test]
    fn tables_are_not_results() {
        for table in ["", "a,b\n1,2\n", "[mV],[s]\n1,2\n", "{a}\n1\n", "1\n2\n", "Benchmark\n1\n", "Benchmark 1\n2\n"] {
            assert_eq!(recognised(table), "a table", "{table:?}");
        }
    }

    /// The files of the tests in JSON.
    const FILES: [&str; 9] = [
        "hyperfine1_scan.json",
        "hyperfine2_new.json",
        "google_counters.json",
        "pytest_benchmark.json",
        "criterion/sum/new/sample.json",
        "jmh_new.json",
        "pyperf_new.json",
        "benchmarkdotnet.json",
        "nanobench.json",
    ];

    /// Puts another value in the place of the one that is reached after so many others.
    fn replace(value: &mut Value, n: &mut usize, other: &Value) {
        if *n == 0 {
            *value = other.clone();
        }
        *n = n.wrapping_sub(1);
        match value {
            Value::Array(elements) => elements.iter_mut().for_each(|element| replace(element, n, other)),
            Value::Object(members) => members.values_mut().for_each(|member| replace(member, n, other)),
            _ => {}
        }
    }

    fn n_values(value: &Value) -> usize {
        1 + match value {
            Value::Array(elements) => elements.iter().map(n_values).sum(),
            Value::Object(members) => members.values().map(n_values).sum(),
            _ => 0,
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2000))]

        #[test]
        fn a_file_with_any_values_changed_gives_sound_benchmarks_or_a_reason(
            file in 0..FILES.len(), places in proptest::collection::vec((0.0..1.0, 0..9_usize), 1..4),
        ) {
            let others = ["null", "true", "0", "-3e2", "1e308", "1e-308", "\"NaN\"", "[]", "{}"];
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/benchmarks");
            let mut json: Value = serde_json::from_str(&std::fs::read_to_string(folder.join(FILES[file])).unwrap()).unwrap();
            for (share, other) in places {
                let mut n = (share * n_values(&json) as f64) as usize;
                replace(&mut json, &mut n, &serde_json::from_str(others[other]).unwrap());
            }
            let document = Document::json("x".to_owned(), json.to_string()).unwrap();
            let Ok(Format { content: Samples { read, repeat }, .. }) = json_format(&document) else { return Ok(()) };
            for benchmark in read(&document).unwrap_or_default().into_iter().filter_map(|entry| entry.finish(repeat).ok()) {
                proptest::prop_assert!(benchmark.values.len() > 1 && benchmark.values.iter().all(|value| value.is_finite()));
                let n_in_runs = benchmark.runs.map(|runs| runs.sizes.iter().sum::<usize>());
                proptest::prop_assert!(n_in_runs.is_none_or(|n| n == benchmark.values.len()));
            }
        }
    }

    fn format(json: &str) -> Result<&'static str, String> {
        let document = Document::json("x".to_owned(), json.to_owned()).unwrap();
        json_format(&document).map(|format| format.name).map_err(|error| error.to_string())
    }

    #[test]
    fn every_file_of_the_tests_has_the_marks_of_one_format() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/benchmarks");
        let mut found = std::collections::BTreeSet::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension == "md") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let shape =
                Document::json("x".to_owned(), text.clone()).map(|document| document.shape()).unwrap_or_default();
            let is_so = |format: &&Format| match &format.marks {
                Marks::Json(marks) => marks.iter().all(|mark| mark.iter().any(|path| shape.contains(*path))),
                Marks::Text(is_so) | Marks::Table(is_so) => shape.is_empty() && is_so(&text),
            };
            let names: Vec<_> = FORMATS.iter().filter(is_so).map(|format| format.name).collect();
            assert_eq!(names.len(), 1, "{}: {names:?}", path.display());
            found.extend(names);
        }
        // Samples of criterion lie in folders; the others are texts of a few lines.
        let others = ["criterion (sample.json)", "critcmp", "critcmp --export", "asv", "Catch2", "wrk"];
        assert_eq!(found.len() + others.len(), FORMATS.len(), "{found:?}");
    }

    #[test]
    fn formats_of_json_are_recognised_by_two_marks() {
        assert_eq!(format(r#"{"results": [{"command": "a", "times": []}]}"#), Ok("hyperfine"));
        assert_eq!(format(r#"{"machine_info": {}, "benchmarks": []}"#), Ok("pytest-benchmark"));
        assert_eq!(format(r#"{"context": {}, "benchmarks": []}"#), Ok("Google Benchmark"));
        assert_eq!(format(r#"{"results": [{"name": "a", "measurements": []}]}"#), Ok("nanobench"));
        for other in [r#"{"results": [{"name": "a", "times": []}]}"#, r#"{"benchmarks": [{"time": 1}]}"#, "[]"] {
            let message = format(other).unwrap_err();
            assert!(message.contains("give a file of hyperfine, Google Benchmark,"), "{message}");
        }
    }
}
