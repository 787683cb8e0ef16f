//! What pytest-benchmark saves: a list of tests, each with the seconds of all its rounds in `stats.data`.

use super::Unit;
use super::document::{Node, Object};
use super::entry::{Entry, Rank};
use crate::error::Error;

/// Reads the members of `benchmarks`.
///
/// # Errors
/// [`Error::Input`] if the list is none, or if one of its elements has no name.
pub fn read(root: &Object<'_>) -> Result<Vec<Entry>, Error> {
    root.required("benchmarks")?.list("benchmarks")?.into_iter().map(read_benchmark).collect()
}

/// Reads a test. Its full name has the file in it, the other has not.
fn read_benchmark(node: Node<'_>) -> Result<Entry, Error> {
    let benchmark = node.object("an element of benchmarks")?;
    let short = benchmark.member("name").map(|name| name.string("name")).transpose()?;
    let name = match (benchmark.member("fullname"), &short) {
        (None, Some(short)) => short.clone(),
        _ => benchmark.required("fullname")?.string("fullname")?,
    };
    let mut entry = Entry::new(name, Rank::First, Unit::new("s"), node.place());
    entry.other_names.extend(short);
    let values = rounds(&benchmark, &entry.label());
    entry.extend(values);
    Ok(entry)
}

fn rounds(benchmark: &Object<'_>, label: &str) -> Result<Vec<f64>, Error> {
    let stats = benchmark.required("stats")?.object("stats")?;
    let Some(data) = stats.member("data") else {
        let what = format!("the times of the single rounds of {label} are missing");
        let remedy = "save them with --benchmark-json FILE, or add --benchmark-save-data to --benchmark-save";
        return Err(Error::input(benchmark.place(), what, remedy));
    };
    data.numbers("stats.data", |i| format!("stats.data[{i}] of {label}"))
}

#[cfg(test)]
mod tests {
    use super::super::document::Document;
    use super::super::{Benchmark, Format};
    use super::*;

    fn only(benchmark: &str) -> Result<Benchmark, String> {
        let document = Document::new("x.json".to_owned(), format!("{{\"benchmarks\": [{benchmark}]}}")).unwrap();
        let mut entries = read(&document.root().object("the file").unwrap()).map_err(|error| error.to_string())?;
        assert_eq!(entries.len(), 1);
        entries.remove(0).finish(Format::PytestBenchmark).map_err(|error| error.to_string())
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
