//! What hyperfine writes with `--export-json`: a list of commands, each with the seconds of all its runs.
//!
//! The files of 2.x have, for each run, every metric with its unit: `time_wall_clock` is the benchmark, and `time_user`,
//! `memory_peak_resident` and all others are `NAME:METRIC`. Those of 1.x have only the means of user and system times.
//!
//! A command of a parameter scan is called after its parameters, too: `make -j {threads} {threads=2}`. An exit code
//! other than 0 stands in a file only if `--ignore-failure` was given. Where every run ended alike, as a `grep` that
//! finds nothing, the times are comparable and a note says so; where some runs failed and others did not, they are not.

use serde::Deserialize;

use super::super::excerpt;
use super::Unit;
use super::document::{Document, Members, Node, Raw};
use super::entry::{Entry, Gathering, Rank};
use crate::error::{Error, Place};

/// The metric that is meant by a benchmark.
const WALL_CLOCK: &str = "time_wall_clock";

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    results: Vec<&'a Raw>,
}

#[derive(Deserialize)]
struct Benchmark<'a> {
    command: String,
    /// What 2.x calls it where a name was given.
    name: Option<String>,
    #[serde(borrow)]
    parameters: Option<Members<'a>>,
    /// Seconds and exit codes of 1.x.
    #[serde(borrow)]
    times: Option<&'a Raw>,
    exit_codes: Option<Vec<Option<i64>>>,
    /// Runs of 2.x.
    #[serde(borrow)]
    measurements: Option<Vec<Members<'a>>>,
}

/// One value of a metric in 2.x.
#[derive(Deserialize)]
struct Quantity<'a> {
    #[serde(borrow)]
    value: &'a Raw,
    unit: Option<String>,
}

/// Reads the commands.
///
/// # Errors
/// [`Error::Input`] for what is not a list of commands.
pub fn read(document: &Document) -> Result<Vec<Entry>, Error> {
    let root = document.root();
    let mut entries = Vec::new();
    for raw in root.read::<File<'_>>("the file")?.results {
        let node = root.at(raw);
        let command: Benchmark<'_> = node.read("an element of results")?;
        entries.extend(match &command.measurements {
            Some(runs) => read_runs(node, &command, runs)?,
            None => vec![read_times(node, &command)],
        });
    }
    Ok(entries)
}

impl Benchmark<'_> {
    /// A benchmark of the command, or of a metric of it.
    fn entry(&self, node: Node<'_>, metric: &str, unit: Unit) -> Entry {
        let given = self.name.as_ref().unwrap_or(&self.command);
        let full = self.with_parameters(node, given);
        let (rank, suffix) =
            if metric == WALL_CLOCK { (Rank::First, String::new()) } else { (Rank::Beside, format!(":{metric}")) };
        let mut entry = Entry::new(format!("{full}{suffix}"), rank, unit, node.place());
        let others = [given, &self.command].map(|name| format!("{name}{suffix}"));
        entry.other_names.extend(others.into_iter().filter(|other| *other != entry.name));
        entry.other_names.dedup();
        entry
    }

    /// The name and, in braces, the parameters, so that the commands of a scan differ whatever they are called.
    fn with_parameters(&self, node: Node<'_>, name: &str) -> String {
        #[derive(Deserialize)]
        struct Parameter<'a> {
            #[serde(borrow)]
            value: &'a Raw,
        }
        // 2.x has an object around each value.
        let plain = |raw| {
            let value = node.at(raw).read::<Parameter<'_>>("").map_or(raw, |parameter| parameter.value);
            node.at(value).plain()
        };
        let list: Vec<_> =
            self.parameters.iter().flatten().map(|(name, value)| format!("{name}={}", plain(value))).collect();
        if list.is_empty() { name.to_owned() } else { format!("{name} {{{}}}", list.join(", ")) }
    }
}

/// A command of 1.x.
fn read_times(node: Node<'_>, command: &Benchmark<'_>) -> Entry {
    let mut entry = command.entry(node, WALL_CLOCK, Unit::new("s"));
    let label = entry.label();
    let absent = || {
        let what = format!("the times of the single runs of {label} are missing");
        Error::input(node.place(), what, "export them with hyperfine --export-json FILE")
    };
    let numbers = |times| node.at(times).numbers("times", |i| format!("times[{i}] of {label}"));
    entry.extend(command.times.ok_or_else(absent).and_then(numbers));
    check_exit_codes(node.place(), command.exit_codes.as_deref().unwrap_or_default(), &mut entry);
    entry
}

/// A command of 2.x, with all its metrics.
fn read_runs(node: Node<'_>, command: &Benchmark<'_>, runs: &[Members<'_>]) -> Result<Vec<Entry>, Error> {
    let mut gathering = Gathering::default();
    let mut exit_codes = Vec::new();
    // The benchmark itself comes first, and is there even if nothing was measured.
    gathering.entry(WALL_CLOCK, || command.entry(node, WALL_CLOCK, Unit::new("s")));
    for (i, run) in runs.iter().enumerate() {
        if let Some(code) = run.get("exit_code") {
            exit_codes.push(node.at(code).read("exit_code")?);
        }
        for (metric, raw) in run {
            let Ok(quantity) = node.at(raw).read::<Quantity<'_>>(metric) else { continue };
            let unit = Unit::new(spelling(quantity.unit.as_deref().unwrap_or("second")));
            let entry = gathering.entry(metric, || command.entry(node, metric, unit.clone()));
            let label = format!("measurements[{i}] of {}", entry.label());
            entry.push(node.at(quantity.value).number(&label), &unit);
        }
    }
    let mut entries = gathering.into_entries();
    for entry in &mut entries {
        if entry.n_values() < runs.len() {
            let what = format!(
                "{} of {} of {} have no value",
                runs.len() - entry.n_values(),
                excerpt::count(runs.len() as u64, "run"),
                entry.label()
            );
            entry.refuse(Error::input(node.place(), what, "run hyperfine once more, or choose another metric"));
        }
        check_exit_codes(node.place(), &exit_codes, entry);
    }
    Ok(entries)
}

/// The unit as other tools spell it.
fn spelling(unit: &str) -> &str {
    match unit {
        "second" => "s",
        "millisecond" => "ms",
        "microsecond" => "us",
        "byte" => "B",
        other => other,
    }
}

/// Refuses a benchmark of which some runs failed, and notes that all of them did.
fn check_exit_codes(place: Place, codes: &[Option<i64>], entry: &mut Entry) {
    let n_failed = codes.iter().filter(|code| **code != Some(0)).count();
    if n_failed == 0 {
        return;
    }
    let runs = excerpt::count(codes.len() as u64, "run");
    let label = entry.label();
    if codes.iter().all(|code| *code == codes[0]) {
        let end = codes[0].map_or("by a signal".to_owned(), |code| format!("with exit code {code}"));
        entry.note(format!("all {runs} of {label} ended {end}, which hyperfine was told to ignore"));
    } else {
        let what = format!("{n_failed} of {runs} of {label} failed, and a failed run is no measurement");
        let remedy = "mend the command, or end it with || true if its failures do not matter";
        entry.refuse(Error::input(place, what, remedy));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::benchmarks::Benchmark;

    fn benchmarks(results: &str) -> Vec<Result<Benchmark, String>> {
        let document = Document::json("x.json".to_owned(), format!("{{\"results\": [{results}]}}")).unwrap();
        let entries = read(&document).unwrap();
        let finish = |entry: Entry| entry.finish("").map_err(|error| error.to_string());
        entries.into_iter().map(finish).collect()
    }

    fn only(result: &str) -> Result<Benchmark, String> {
        let mut all = benchmarks(result);
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    #[test]
    fn times_are_seconds_and_parameters_are_in_the_name() {
        let scan = "{\"command\": \"make\", \"times\": [0.5, 1e-3], \"parameters\": {\"threads\": \"2\", \"opt\": 3}}";
        let benchmark = only(scan).unwrap();
        assert_eq!(benchmark.name, "make {opt=3, threads=2}");
        assert_eq!((benchmark.unit, benchmark.values), (Unit::new("s"), vec![0.5, 0.001]));
        assert_eq!(only("{\"command\": \"make\", \"times\": [1, 2], \"parameters\": {}}").unwrap().name, "make");
    }

    #[test]
    fn every_metric_of_a_run_has_a_benchmark_of_its_own() {
        let run = |wall: f64, user: f64, memory: u64| {
            format!(
                "{{\"time_wall_clock\": {{\"value\": {wall}, \"unit\": \"second\"}}, \"time_user\": {{\"value\": {user}, \"unit\": \
                 \"second\"}}, \"memory_peak_resident\": {{\"value\": {memory}, \"unit\": \"byte\"}}, \"exit_code\": 0}}"
            )
        };
        let runs = [run(0.5, 0.25, 4096), run(0.625, 0.125, 8192)].join(", ");
        let all = benchmarks(&format!("{{\"command\": \"sh a.sh\", \"name\": \"a\", \"measurements\": [{runs}]}}"));
        let all: Vec<_> = all.into_iter().map(Result::unwrap).collect();
        let of = |name: &str| all.iter().find(|one| one.name == name).unwrap();
        assert_eq!(all[0].name, "a");
        assert_eq!((&of("a").values, &of("a").unit), (&vec![0.5, 0.625], &Unit::new("s")));
        assert_eq!(of("a:time_user").values, [0.25, 0.125]);
        assert_eq!(of("a:memory_peak_resident").unit, Unit::new("B"));
        let lacking = benchmarks(&format!("{{\"command\": \"a\", \"measurements\": [{}, {{}}]}}", run(0.5, 0.25, 1)));
        assert!(lacking[0].as_ref().unwrap_err().contains("1 of 2 runs of \"a\" have no value"), "{lacking:?}");
    }

    #[test]
    fn an_export_without_times_is_refused() {
        let absent = "the times of the single runs of \"a\" are missing";
        assert!(only("{\"command\": \"a\", \"mean\": 1}").unwrap_err().contains(absent));
        assert!(only("{\"command\": \"a\", \"times\": null}").unwrap_err().contains("--export-json"));
        assert!(only("{\"command\": \"a\", \"times\": []}").unwrap_err().contains("not measured at all"));
        assert!(only("{\"command\": \"a\", \"times\": [1, true]}").unwrap_err().contains("times[1] of \"a\" is true"));
        assert!(only("{\"command\": \"a\", \"times\": 3}").unwrap_err().contains("times is 3, not a list"));
    }

    #[test]
    fn runs_that_all_failed_alike_are_noted_and_others_refused() {
        let all = only("{\"command\": \"a\", \"times\": [1, 2], \"exit_codes\": [1, 1]}").unwrap();
        assert_eq!(all.notes, ["all 2 runs of \"a\" ended with exit code 1, which hyperfine was told to ignore"]);
        let some = only("{\"command\": \"a\", \"times\": [1, 2, 3], \"exit_codes\": [0, 1, null]}").unwrap_err();
        assert!(some.contains("2 of 3 runs of \"a\" failed"), "{some}");
        assert_eq!(only("{\"command\": \"a\", \"times\": [1, 2], \"exit_codes\": [0, 0]}").unwrap().notes, [""; 0]);
    }

    #[test]
    fn one_broken_command_leaves_the_others_as_they_are() {
        let all = benchmarks("{\"command\": \"a\"}, {\"command\": \"b\", \"times\": [1, 2]}");
        assert!(all[0].is_err());
        assert_eq!(all[1].as_ref().unwrap().values, [1.0, 2.0]);
    }
}
