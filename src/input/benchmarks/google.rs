//! What Google Benchmark writes with `--benchmark_format=json` or `--benchmark_out`: a list of runs, of which those of
//! one name are the repetitions of one benchmark.
//!
//! Each repetition gives its time for one iteration: `real_time`, and `cpu_time` as `NAME:cpu_time`. Means, medians and
//! other aggregates are passed over. Libraries before 1.5 do not mark them; there the names tell.

use super::Unit;
use super::document::{Node, Object};
use super::entry::{Entry, Gathering, Rank};
use crate::error::Error;

/// How the name of an aggregate ends.
const AGGREGATES: [&str; 6] = ["_mean", "_median", "_stddev", "_cv", "_BigO", "_RMS"];

/// Reads the members of `benchmarks`.
///
/// # Errors
/// [`Error::Input`] if the list is none, if one of its elements has no name, or if there are only aggregates.
pub fn read(root: &Object<'_>) -> Result<Vec<Entry>, Error> {
    let list = root.required("benchmarks")?;
    let mut gathering = Gathering::default();
    let runs = list.list("benchmarks")?;
    for node in &runs {
        let run = node.object("an element of benchmarks")?;
        if !is_aggregate(&run)? {
            read_run(*node, &run, &mut gathering)?;
        }
    }
    let entries = gathering.into_entries();
    if entries.is_empty() && !runs.is_empty() {
        let what = "there are only means and other aggregates, not the repetitions";
        let remedy = "run the benchmark without --benchmark_report_aggregates_only";
        return Err(Error::input(list.place(), what, remedy));
    }
    Ok(entries)
}

fn is_aggregate(run: &Object<'_>) -> Result<bool, Error> {
    if let Some(kind) = run.member("run_type") {
        return Ok(kind.string("run_type")? != "iteration");
    }
    let name = run.required("name")?.string("name")?;
    Ok(AGGREGATES.iter().any(|end| name.ends_with(end)))
}

fn read_run(node: Node<'_>, run: &Object<'_>, gathering: &mut Gathering) -> Result<(), Error> {
    let (key, node_of_name) = match run.member("run_name") {
        Some(name) => ("run_name", name),
        None => ("name", run.required("name")?),
    };
    let name = node_of_name.string(key)?;
    let unit = run.member("time_unit").map_or(Ok("ns".to_owned()), |unit| unit.string("time_unit"))?;
    let unit = Unit::new(unit);
    let beside = format!("{name}:cpu_time");
    for (metric, name, rank) in [("real_time", &name, Rank::First), ("cpu_time", &beside, Rank::Beside)] {
        let entry = gathering.entry(name, || Entry::new(name, rank, unit.clone(), node.place()));
        if let Some(fault) = failure(run, entry) {
            entry.refuse(fault);
        } else {
            let label = format!("{metric} of {}", entry.label());
            entry.push(run.required(metric).and_then(|time| time.number(&label)), &unit);
        }
    }
    Ok(())
}

/// What the benchmark itself reported instead of a time.
fn failure(run: &Object<'_>, entry: &Entry) -> Option<Error> {
    let (event, message) = [("error_occurred", "error_message"), ("skipped", "skip_message")]
        .into_iter()
        .find(|(event, _)| run.member(event).is_some_and(Node::is_true))?;
    let verb = if event == "skipped" { "was skipped" } else { "failed" };
    let message = run.member(message).and_then(|message| message.string("it").ok());
    let why = message.map(|message| format!(": {}", super::super::excerpt::quote(message.as_bytes())));
    let what = format!("{} {verb}{}", entry.label(), why.unwrap_or_default());
    Some(Error::input(run.place(), what, "mend the benchmark, or choose another with --column NAME"))
}

#[cfg(test)]
mod tests {
    use super::super::Benchmark;
    use super::super::Format;
    use super::super::document::Document;
    use super::*;

    fn entries(runs: &str) -> Result<Vec<Entry>, String> {
        let document = Document::new("x.json".to_owned(), format!("{{\"benchmarks\": [{runs}]}}")).unwrap();
        read(&document.root().object("the file").unwrap()).map_err(|error| error.to_string())
    }

    fn benchmark(runs: &str, index: usize) -> Result<Benchmark, String> {
        entries(runs)?.remove(index).finish(Format::GoogleBenchmark).map_err(|error| error.to_string())
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
        assert!(benchmark(absent, 0).unwrap_err().contains("real_time is missing"));
    }
}
