//! What pytest-benchmark saves: a list of tests, each with the seconds of all its rounds in `stats.data`.

use serde::Deserialize;

use super::Unit;
use super::document::{Document, Node, Raw};
use super::entry::{Entry, Rank};
use crate::error::Error;

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    benchmarks: Vec<&'a Raw>,
}

#[derive(Deserialize)]
struct Test<'a> {
    name: Option<String>,
    /// With the file in it.
    fullname: Option<String>,
    #[serde(borrow)]
    stats: Stats<'a>,
}

#[derive(Deserialize)]
struct Stats<'a> {
    #[serde(borrow)]
    data: Option<&'a Raw>,
}

/// Reads the tests.
///
/// # Errors
/// [`Error::Input`] for what is not a list of tests, or a test without a name.
pub fn read(document: &Document) -> Result<Vec<Entry>, Error> {
    let root = document.root();
    root.read::<File<'_>>("the file")?.benchmarks.into_iter().map(|raw| read_test(root.at(raw))).collect()
}

fn read_test(node: Node<'_>) -> Result<Entry, Error> {
    let Test { name, fullname, stats } = node.read("an element of benchmarks")?;
    let Some(full) = fullname.or_else(|| name.clone()) else {
        return Err(Error::input(
            node.place(),
            "fullname is missing from what begins here",
            "export the results once more",
        ));
    };
    let mut entry = Entry::new(full, Rank::First, Unit::new("s"), node.place());
    entry.other_names.extend(name);
    let label = entry.label();
    let absent = || {
        let what = format!("the times of the single rounds of {label} are missing");
        let remedy = "save them with --benchmark-json FILE, or add --benchmark-save-data to --benchmark-save";
        Error::input(node.place(), what, remedy)
    };
    let numbers = |data| node.at(data).numbers("stats.data", |i| format!("stats.data[{i}] of {label}"));
    entry.extend(stats.data.ok_or_else(absent).and_then(numbers));
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use super::super::Benchmark;
    use super::*;

    fn only(benchmark: &str) -> Result<Benchmark, String> {
        let document = Document::json("x.json".to_owned(), format!("{{\"benchmarks\": [{benchmark}]}}")).unwrap();
        let mut entries = read(&document).map_err(|error| error.to_string())?;
        assert_eq!(entries.len(), 1);
        entries.remove(0).finish("").map_err(|error| error.to_string())
    }

    #[test]
    fn rounds_are_seconds_under_the_full_name() {
        let benchmark = only(r#"{"name": "test_a", "fullname": "t.py::test_a", "stats": {"data": [1e-5, 2e-5]}}"#);
        let benchmark = benchmark.unwrap();
        assert_eq!(benchmark.name, "t.py::test_a");
        assert_eq!((benchmark.unit, benchmark.values), (Unit::new("s"), vec![1e-5, 2e-5]));
    }

    #[test]
    fn a_file_without_the_rounds_says_how_to_save_them() {
        let message = only(r#"{"name": "test_a", "stats": {"mean": 1}}"#).unwrap_err();
        assert!(message.contains("--benchmark-save-data"), "{message}");
        let message = only(r#"{"name": "test_a", "stats": {"data": [1, "2"]}}"#).unwrap_err();
        assert!(message.contains("stats.data[1] of \"test_a\" is \"2\""), "{message}");
        assert!(only(r#"{"name": "test_a", "stats": {"data": []}}"#).unwrap_err().contains("not measured"));
        assert!(only(r#"{"stats": {"data": [1, 2]}}"#).unwrap_err().contains("fullname is missing"));
    }
}
