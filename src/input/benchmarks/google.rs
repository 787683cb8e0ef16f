//! What Google Benchmark writes with `--benchmark_format=json` or `--benchmark_out`: a list of runs, of which those of
//! one name are the repetitions of one benchmark.
//!
//! Each repetition gives its time for one iteration, `real_time`; `cpu_time` and the user's counters are `NAME:cpu_time`
//! and `NAME:COUNTER`. Means, medians and other aggregates are passed over: libraries before 1.5 do not mark them, and
//! there they are known by how their names end.

use serde::Deserialize;

use super::super::excerpt;
use super::Unit;
use super::document::{Document, Members, Node, Raw};
use super::entry::{Entry, Gathering, Rank};
use crate::error::Error;

/// How the name of an aggregate ends.
const AGGREGATES: [&str; 6] = ["_mean", "_median", "_stddev", "_cv", "_BigO", "_RMS"];
/// Numbers of a run that are not measured.
const NOT_COUNTERS: [&str; 8] = [
    "family_index",
    "per_family_instance_index",
    "repetitions",
    "repetition_index",
    "threads",
    "iterations",
    "real_time",
    "cpu_time",
];

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    benchmarks: Vec<&'a Raw>,
}

#[derive(Deserialize)]
struct Repetition<'a> {
    name: String,
    run_name: Option<String>,
    run_type: Option<String>,
    time_unit: Option<String>,
    #[serde(borrow)]
    real_time: Option<&'a Raw>,
    #[serde(borrow)]
    cpu_time: Option<&'a Raw>,
    #[serde(default)]
    error_occurred: bool,
    error_message: Option<String>,
    #[serde(default)]
    skipped: bool,
    skip_message: Option<String>,
}

/// Reads the repetitions of all benchmarks.
///
/// # Errors
/// [`Error::Input`] for what is not a list of runs, or if there are only aggregates.
pub fn read(document: &Document) -> Result<Vec<Entry>, Error> {
    let root = document.root();
    let mut gathering = Gathering::default();
    let runs = root.read::<File<'_>>("the file")?.benchmarks;
    for raw in &runs {
        let node = root.at(raw);
        let run: Repetition<'_> = node.read("an element of benchmarks")?;
        if !run.is_aggregate() {
            read_run(node, &run, &mut gathering)?;
        }
    }
    let entries = gathering.into_entries();
    if entries.is_empty() && !runs.is_empty() {
        let what = "there are only means and other aggregates, not the repetitions";
        let remedy = "run the benchmark without --benchmark_report_aggregates_only";
        return Err(Error::input(root.place(), what, remedy));
    }
    Ok(entries)
}

impl Repetition<'_> {
    fn is_aggregate(&self) -> bool {
        match &self.run_type {
            Some(kind) => kind != "iteration",
            None => AGGREGATES.iter().any(|end| self.name.ends_with(end)),
        }
    }

    /// What the benchmark itself reported instead of a time.
    fn failure(&self, node: Node<'_>, label: &str) -> Option<Error> {
        let (verb, message) = match self {
            Self { error_occurred: true, error_message, .. } => ("failed", error_message),
            Self { skipped: true, skip_message, .. } => ("was skipped", skip_message),
            _ => return None,
        };
        let why = message.as_ref().map(|message| format!(": {}", excerpt::quote(message.as_bytes())));
        let what = format!("{label} {verb}{}", why.unwrap_or_default());
        Some(Error::input(node.place(), what, "mend the benchmark, or choose another with --column NAME"))
    }
}

fn read_run(node: Node<'_>, run: &Repetition<'_>, gathering: &mut Gathering) -> Result<(), Error> {
    let name = run.run_name.as_ref().unwrap_or(&run.name);
    let time = Unit::new(run.time_unit.as_deref().unwrap_or("ns"));
    let mut add = |metric: &str, unit: Unit, value: Option<&Raw>| {
        let (rank, name) = if metric == "real_time" {
            (Rank::First, name.clone())
        } else {
            (Rank::Beside, format!("{name}:{metric}"))
        };
        let entry = gathering.entry(&name, || Entry::new(&name, rank, unit.clone(), node.place()));
        if let Some(fault) = run.failure(node, &entry.label()) {
            return entry.refuse(fault);
        }
        let label = format!("{metric} of {}", entry.label());
        let absent = || Error::input(node.place(), format!("{label} is missing"), "export the results once more");
        entry.push(value.ok_or_else(absent).and_then(|value| node.at(value).number(&label)), &unit);
    };
    add("real_time", time.clone(), run.real_time);
    add("cpu_time", time, run.cpu_time);
    for (name, value) in node.read::<Members<'_>>("an element of benchmarks")? {
        if node.at(value).is_number() && !NOT_COUNTERS.contains(&name.as_str()) {
            add(&name, Unit::new(&name), Some(value));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Benchmark;
    use super::*;

    fn entries(runs: &str) -> Result<Vec<Entry>, String> {
        let document = Document::json("x.json".to_owned(), format!("{{\"benchmarks\": [{runs}]}}")).unwrap();
        read(&document).map_err(|error| error.to_string())
    }

    fn benchmark(runs: &str, index: usize) -> Result<Benchmark, String> {
        entries(runs)?.remove(index).finish("--benchmark_repetitions").map_err(|error| error.to_string())
    }

    const TWICE: &str = r#"
        {"name": "A/8", "run_name": "A/8", "run_type": "iteration", "real_time": 1.5, "cpu_time": 1, "time_unit": "us"},
        {"name": "A/8", "run_name": "A/8", "run_type": "iteration", "real_time": 2.5, "cpu_time": 2, "time_unit": "us"},
        {"name": "A/8_cv", "run_name": "A/8", "run_type": "aggregate", "real_time": NaN}"#;

    #[test]
    fn repetitions_of_a_name_are_one_benchmark_and_aggregates_none() {
        assert_eq!(entries(TWICE).unwrap().len(), 2);
        let real = benchmark(TWICE, 0).unwrap();
        assert_eq!((real.name.as_str(), real.unit, real.values), ("A/8", Unit::new("us"), vec![1.5, 2.5]));
        let cpu = benchmark(TWICE, 1).unwrap();
        assert_eq!((cpu.name.as_str(), cpu.values), ("A/8:cpu_time", vec![1.0, 2.0]));
        assert_eq!(entries(TWICE).unwrap()[1].rank, Rank::Beside);
    }

    #[test]
    fn old_files_mark_aggregates_by_their_names() {
        let old = r#"{"name": "A", "real_time": 1, "cpu_time": 1}, {"name": "A", "real_time": 2, "cpu_time": 1},
            {"name": "A_mean", "real_time": 1.5, "cpu_time": 1}"#;
        assert_eq!(entries(old).unwrap().len(), 2);
        assert_eq!(benchmark(old, 0).unwrap().unit, Unit::new("ns"));
    }

    #[test]
    fn a_single_repetition_and_aggregates_alone_are_refused() {
        let once = r#"{"name": "A", "run_type": "iteration", "real_time": 1, "cpu_time": 1, "time_unit": "ns"}"#;
        assert!(benchmark(once, 0).unwrap_err().contains("--benchmark_repetitions"));
        let aggregates = r#"{"name": "A_mean", "run_type": "aggregate", "real_time": 1}"#;
        assert!(entries(aggregates).unwrap_err().contains("without --benchmark_report_aggregates_only"));
    }

    #[test]
    fn a_failed_benchmark_gives_its_own_message() {
        let failed = r#"{"name": "A", "run_type": "iteration", "error_occurred": true, "error_message": "no device"}"#;
        assert!(benchmark(failed, 0).unwrap_err().contains("\"A\" failed: \"no device\""));
        let skipped = r#"{"name": "A", "run_type": "iteration", "skipped": true, "skip_message": "no AVX"}"#;
        assert!(benchmark(skipped, 0).unwrap_err().contains("\"A\" was skipped: \"no AVX\""));
    }

    #[test]
    fn a_time_that_is_no_number_is_named() {
        let broken = r#"{"name": "A", "run_type": "iteration", "real_time": NaN, "cpu_time": 1, "time_unit": "ns"}"#;
        assert!(benchmark(broken, 0).unwrap_err().contains("real_time of \"A\" is \"NaN\""));
        let absent = r#"{"name": "A", "run_type": "iteration", "cpu_time": 1, "time_unit": "ns"}"#;
        assert!(benchmark(absent, 0).unwrap_err().contains("real_time of \"A\" is missing"));
    }
}
