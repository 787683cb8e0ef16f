//! What `BenchmarkDotNet` writes with `JsonExporter.Full`: a list of benchmarks with the nanoseconds of an operation in each
//! iteration, `Statistics.OriginalValues`.
//!
//! `Measurements` has the launch of each of them. Where there were several launches, which are processes, the values of
//! one belong together.

use serde::Deserialize;

use super::Unit;
use super::document::{Document, Node, Raw};
use super::entry::{Entry, Rank, RunKind};
use crate::error::Error;

const LAUNCH: RunKind = RunKind { noun: "launch", more: Some("run the benchmark with --launchCount 5 or more") };

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct File<'a> {
    #[serde(borrow)]
    benchmarks: Vec<&'a Raw>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Benchmark<'a> {
    full_name: String,
    method_title: Option<String>,
    /// Absent where the benchmark failed.
    #[serde(borrow)]
    statistics: Option<Statistics<'a>>,
    #[serde(default)]
    measurements: Vec<Measurement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statistics<'a> {
    #[serde(borrow)]
    original_values: Option<&'a Raw>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Measurement {
    iteration_stage: String,
    launch_index: u32,
}

/// Reads the benchmarks.
///
/// # Errors
/// [`Error::Input`] for what is not a list of benchmarks.
pub fn read(document: &Document) -> Result<Vec<Entry>, Error> {
    let root = document.root();
    root.read::<File<'_>>("the file")?.benchmarks.into_iter().map(|raw| read_benchmark(root.at(raw))).collect()
}

fn read_benchmark(node: Node<'_>) -> Result<Entry, Error> {
    let benchmark: Benchmark<'_> = node.read("an element of Benchmarks")?;
    let mut entry = Entry::new(benchmark.full_name, Rank::First, Unit::new("ns"), node.place());
    entry.other_names.extend(benchmark.method_title);
    let label = entry.label();
    let values = match benchmark.statistics {
        None => Err(Error::input(node.place(), format!("{label} failed"), "mend the benchmark and run it again")),
        Some(Statistics { original_values: None }) => {
            let what = format!("the single values of {label} are missing");
            Err(Error::input(node.place(), what, "export them with JsonExporter.Full, or --exporters fulljson"))
        }
        Some(Statistics { original_values: Some(values) }) => {
            node.at(values).numbers("OriginalValues", |i| format!("OriginalValues[{i}] of {label}"))
        }
    };
    let results: Vec<_> = benchmark.measurements.iter().filter(|one| one.iteration_stage == "Result").collect();
    let launches: Vec<_> =
        results.chunk_by(|one, next| one.launch_index == next.launch_index).map(<[_]>::len).collect();
    match values {
        Ok(values) if launches.len() > 1 && values.len() == results.len() => {
            let mut rest = values.as_slice();
            let launch = |n| {
                let (launch, after) = rest.split_at(n);
                rest = after;
                launch.to_vec()
            };
            entry.extend_runs(&LAUNCH, Ok(launches.into_iter().map(launch).collect()));
        }
        values => entry.extend(values),
    }
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(json: &str) -> Result<super::super::Benchmark, String> {
        let json = format!("{{\"Title\": \"x\", \"Benchmarks\": [{json}]}}");
        let mut all = read(&Document::json("x.json".to_owned(), json).unwrap()).unwrap();
        all.remove(0).finish("").map_err(|error| error.to_string())
    }

    #[test]
    fn values_are_nanoseconds_and_launches_are_runs() {
        let one = finished(r#"{"FullName": "N.B.Run", "Statistics": {"OriginalValues": [1.5, 2.5]}}"#).unwrap();
        assert_eq!((one.unit, one.values, one.runs), (Unit::new("ns"), vec![1.5, 2.5], None));
        let result = |launch: u32| format!("{{\"IterationStage\": \"Result\", \"LaunchIndex\": {launch}}}");
        let two = format!(
            "{{\"FullName\": \"N.B.Run\", \"Statistics\": {{\"OriginalValues\": [1, 2, 3]}}, \"Measurements\": \
             [{{\"IterationStage\": \"Pilot\", \"LaunchIndex\": 1}}, {}, {}, {}]}}",
            result(1),
            result(1),
            result(2)
        );
        assert_eq!(finished(&two).unwrap().runs.unwrap().sizes, [2, 1]);
    }

    #[test]
    fn failed_benchmarks_and_brief_exports_are_refused() {
        assert!(finished(r#"{"FullName": "N.B.Run", "Statistics": null}"#).unwrap_err().contains("\"N.B.Run\" failed"));
        let brief = finished(r#"{"FullName": "N.B.Run", "Statistics": {"N": 15}}"#).unwrap_err();
        assert!(brief.contains("--exporters fulljson"), "{brief}");
    }
}
