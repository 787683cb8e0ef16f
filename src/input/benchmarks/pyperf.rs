//! What pyperf writes with `-o`: a list of benchmarks, each with the values of every run, which is a process of its own.
//!
//! The name and the unit stand in the metadata of the benchmark or, where all have it, in those of the file. Runs that
//! only calibrate have no values. The values of a run belong together, as hash seeds and memory differ between processes.

use serde::Deserialize;

use super::Unit;
use super::document::{Document, Raw};
use super::entry::{Entry, Rank, RunKind};
use crate::error::Error;

const RUN: RunKind = RunKind { noun: "run", more: Some("run pyperf with --processes 10 or more") };

#[derive(Deserialize)]
struct File<'a> {
    #[serde(default)]
    metadata: Metadata,
    #[serde(borrow)]
    benchmarks: Vec<&'a Raw>,
}

#[derive(Deserialize, Default)]
struct Metadata {
    name: Option<String>,
    unit: Option<String>,
}

#[derive(Deserialize)]
struct Benchmark<'a> {
    #[serde(default)]
    metadata: Metadata,
    #[serde(borrow)]
    runs: Vec<Run<'a>>,
}

#[derive(Deserialize)]
struct Run<'a> {
    #[serde(borrow)]
    values: Option<&'a Raw>,
}

/// Reads the benchmarks.
///
/// # Errors
/// [`Error::Input`] for what is not a list of benchmarks.
pub fn read(document: &Document) -> Result<Vec<Entry>, Error> {
    let root = document.root();
    let file: File<'_> = root.read("the file")?;
    let mut entries = Vec::new();
    for raw in file.benchmarks {
        let node = root.at(raw);
        let benchmark: Benchmark<'_> = node.read("an element of benchmarks")?;
        let given =
            |of: fn(&Metadata) -> &Option<String>| of(&benchmark.metadata).as_ref().or(of(&file.metadata).as_ref());
        let name = given(|metadata| &metadata.name).map_or("without a name", String::as_str);
        let unit = match given(|metadata| &metadata.unit).map(String::as_str) {
            None | Some("second") => "s",
            Some("byte") => "B",
            Some(other) => other,
        };
        let mut entry = Entry::new(name, Rank::First, Unit::new(unit), node.place());
        let label = entry.label();
        let values = benchmark.runs.iter().enumerate().filter_map(|(run, Run { values })| {
            Some(node.at((*values)?).numbers("values", |i| format!("runs[{run}].values[{i}] of {label}")))
        });
        entry.extend_runs(&RUN, values.collect());
        entries.push(entry);
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_calibrate_have_no_values_and_names_stand_in_either_metadata() {
        let json = r#"{"version": "1.0", "metadata": {"unit": "second", "name": "a"}, "benchmarks": [
            {"runs": [{"warmups": [[1, 0.1]]}, {"values": [1, 2]}, {"values": [3]}]},
            {"metadata": {"name": "b", "unit": "byte"}, "runs": [{"values": [4, 5]}]}]}"#;
        let all = read(&Document::json("x.json".to_owned(), json.to_owned()).unwrap()).unwrap();
        let [a, b] = <[Entry; 2]>::try_from(all).unwrap().map(|entry| entry.finish("").unwrap());
        assert_eq!((a.name.as_str(), a.unit, a.values), ("a", Unit::new("s"), vec![1.0, 2.0, 3.0]));
        assert_eq!(a.runs.unwrap().sizes, [2, 1]);
        assert_eq!((b.name.as_str(), b.unit, b.values), ("b", Unit::new("B"), vec![4.0, 5.0]));
    }
}
