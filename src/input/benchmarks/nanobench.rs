//! What nanobench renders with its template `json`: a list of benchmarks with the seconds of an iteration in each epoch,
//! `elapsed`; what it counts beside, such as `instructions`, is `NAME:COUNTER`.

use serde::Deserialize;

use super::Unit;
use super::document::{Document, Members, Raw};
use super::entry::{Entry, Gathering, Rank};
use crate::error::Error;

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    results: Vec<&'a Raw>,
}

#[derive(Deserialize)]
struct Benchmark<'a> {
    title: Option<String>,
    name: String,
    #[serde(borrow)]
    measurements: Vec<Members<'a>>,
}

/// Reads the benchmarks.
///
/// # Errors
/// [`Error::Input`] for what is not a list of benchmarks.
pub fn read(document: &Document) -> Result<Vec<Entry>, Error> {
    let root = document.root();
    let mut entries = Vec::new();
    for raw in root.read::<File<'_>>("the file")?.results {
        let node = root.at(raw);
        let Benchmark { title, name, measurements } = node.read("an element of results")?;
        let mut gathering = Gathering::default();
        // The benchmark itself comes first.
        for metric in
            ["elapsed"].into_iter().chain(measurements.iter().flat_map(|epoch| epoch.keys().map(String::as_str)))
        {
            if metric == "iterations" {
                continue;
            }
            let (rank, unit, suffix) = match metric {
                "elapsed" => (Rank::First, "s", String::new()),
                counter => (Rank::Beside, counter, format!(":{counter}")),
            };
            gathering.entry(metric, || {
                let mut entry = Entry::new(format!("{name}{suffix}"), rank, Unit::new(unit), node.place());
                entry.other_names.extend(title.iter().map(|title| format!("{title}/{name}{suffix}")));
                let label = entry.label();
                let value = |(i, epoch): (usize, &Members<'_>)| {
                    let absent = || {
                        let what = format!("measurements[{i}] of {label} has no {metric}");
                        Error::input(node.place(), what, "run the benchmark once more")
                    };
                    let raw = epoch.get(metric).ok_or_else(absent)?;
                    node.at(raw).number(&format!("{metric} of measurements[{i}] of {label}"))
                };
                entry.extend(measurements.iter().enumerate().map(value).collect());
                entry
            });
        }
        entries.extend(gathering.into_entries());
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_are_values_and_counters_stand_beside_them() {
        let json = r#"{"results": [{"title": "t", "name": "op", "measurements": [
            {"iterations": 9, "elapsed": 1e-7, "instructions": 5}, {"iterations": 9, "elapsed": 2e-7}]}]}"#;
        let mut all = read(&Document::json("x.json".to_owned(), json.to_owned()).unwrap()).unwrap();
        let counter = all.remove(1);
        assert_eq!((counter.name.as_str(), counter.rank), ("op:instructions", Rank::Beside));
        assert!(counter.finish("").unwrap_err().to_string().contains("measurements[1] of \"op:instructions\" has no"));
        let time = all.remove(0);
        assert_eq!(time.other_names, ["t/op"]);
        assert_eq!(time.finish("").unwrap().values, [1e-7, 2e-7]);
    }
}
