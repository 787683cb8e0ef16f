//! What hyperfine writes with `--export-json`: a list of commands, each with the seconds of all its runs.
//!
//! A command of a parameter scan is called after its parameters, too: `make -j {threads} {threads=2}`. An exit code
//! other than 0 stands in a file only if hyperfine was told to ignore it. Where every run ended alike, as a `grep` that
//! finds nothing, the times are comparable and a note says so; where some runs failed and others did not, they are not.

use super::super::excerpt;
use super::document::{Node, Object};
use super::entry::{Entry, Rank};
use super::{Format, Unit};
use crate::error::Error;

/// Reads the members of `results`.
///
/// # Errors
/// [`Error::Input`] if the list is none, or if one of its elements has no name.
pub fn read(root: &Object<'_>) -> Result<Vec<Entry>, Error> {
    root.required("results")?.list("results")?.into_iter().map(read_result).collect()
}

fn read_result(node: Node<'_>) -> Result<Entry, Error> {
    let result = node.object("an element of results")?;
    let command = result.required("command")?.string("command")?;
    let name = with_parameters(&command, &result)?;
    let mut entry = Entry::new(&name, Rank::First, Unit::new("s"), node.place());
    if name != command {
        entry.other_names.push(command);
    }
    let values = times(&result, &entry.label());
    entry.extend(values);
    check_exit_codes(&result, &mut entry);
    Ok(entry)
}

/// The name and, in braces, the parameters, so that the commands of a scan are told apart whatever they are called.
fn with_parameters(command: &str, result: &Object<'_>) -> Result<String, Error> {
    let Some(parameters) = result.member("parameters") else { return Ok(command.to_owned()) };
    let parameters = parameters.object("parameters")?;
    // 2.x has an object around each value.
    let plain = |value: Node<'_>| {
        let within = value.object("a parameter").ok().and_then(|object| object.member("value"));
        within.unwrap_or(value).plain()
    };
    let list: Vec<_> = parameters.members().map(|(name, value)| format!("{name}={}", plain(value))).collect();
    Ok(if list.is_empty() { command.to_owned() } else { format!("{command} {{{}}}", list.join(", ")) })
}

fn times(result: &Object<'_>, label: &str) -> Result<Vec<f64>, Error> {
    if let Some(measurements) = result.member("measurements") {
        return wall_clock(measurements, result, label);
    }
    let Some(times) = result.member("times") else {
        let what = format!("the times of the single runs of {label} are missing");
        return Err(Error::input(result.place(), what, "export them with hyperfine --export-json FILE"));
    };
    let times = times.numbers("times", |i| format!("times[{i}] of {label}"))?;
    refuse_no_run(times.len(), result, label)?;
    Ok(times)
}

/// The times of 2.x, each with its unit, in seconds.
fn wall_clock(measurements: Node<'_>, result: &Object<'_>, label: &str) -> Result<Vec<f64>, Error> {
    let measurements = measurements.list("measurements")?;
    refuse_no_run(measurements.len(), result, label)?;
    let time = |(i, run): (usize, &Node<'_>)| {
        let time = run.object(&format!("measurements[{i}] of {label}"))?.required("time_wall_clock")?;
        let time = time.object("time_wall_clock")?;
        let value = time.required("value")?.number(&format!("measurements[{i}] of {label}"))?;
        match time.member("unit").map(Node::plain).as_deref() {
            None | Some("second") => Ok(value),
            Some("millisecond") => Ok(value / 1e3),
            Some("microsecond") => Ok(value / 1e6),
            Some(unit) => {
                let what = format!(
                    "the time of {label} is in {}, which is no unit known here",
                    excerpt::plain(unit.as_bytes())
                );
                Err(Error::input(result.place(), what, "export it in seconds"))
            }
        }
    };
    measurements.iter().enumerate().map(time).collect()
}

fn refuse_no_run(runs: usize, result: &Object<'_>, label: &str) -> Result<(), Error> {
    if runs > 0 {
        return Ok(());
    }
    let what = format!("{label} was run not even once");
    Err(Error::input(result.place(), what, Format::Hyperfine.repeat()))
}

/// The exit codes of all runs: a list of them in 1.x, one beside each measurement in 2.x; none where there are none.
fn exit_codes<'a>(result: &Object<'a>) -> Result<Vec<Node<'a>>, Error> {
    if let Some(codes) = result.member("exit_codes") {
        return codes.list("exit_codes");
    }
    let Some(measurements) = result.member("measurements") else { return Ok(Vec::new()) };
    let code = |run: Node<'a>| run.object("a measurement").ok()?.member("exit_code");
    Ok(measurements.list("measurements")?.into_iter().filter_map(code).collect())
}

/// Refuses a benchmark of which some runs failed, and notes that all of them did.
fn check_exit_codes(result: &Object<'_>, entry: &mut Entry) {
    let codes = match exit_codes(result) {
        Ok(codes) => codes,
        Err(fault) => return entry.refuse(fault),
    };
    let n_failed = codes.iter().filter(|code| code.plain() != "0").count();
    let runs = excerpt::count(codes.len() as u64, "run");
    if n_failed == 0 {
        return;
    }
    let first = codes[0].plain();
    let code = excerpt::plain(first.as_bytes());
    if codes.iter().all(|code| code.plain() == first) {
        let label = entry.label();
        entry.note(format!("all {runs} of {label} ended with exit code {code}, which hyperfine was told to ignore"));
    } else {
        let what = format!("{n_failed} of {runs} of {} failed, and a failed run is no measurement", entry.label());
        let remedy = "mend the command, or end it with || true if its failures do not matter";
        entry.refuse(Error::input(result.place(), what, remedy));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Benchmark;
    use super::super::document::Document;
    use super::*;

    fn benchmarks(results: &str) -> Vec<Result<Benchmark, String>> {
        let document = Document::new("x.json".to_owned(), format!("{{\"results\": [{results}]}}")).unwrap();
        let entries = read(&document.root().object("the file").unwrap()).unwrap();
        let finish = |entry: Entry| entry.finish(Format::Hyperfine).map_err(|error| error.to_string());
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
    fn an_export_without_times_is_refused() {
        let absent = "the times of the single runs of \"a\" are missing";
        assert!(only("{\"command\": \"a\", \"mean\": 1}").unwrap_err().contains(absent));
        assert!(only("{\"command\": \"a\", \"times\": null}").unwrap_err().contains("--export-json"));
        assert!(only("{\"command\": \"a\", \"times\": []}").unwrap_err().contains("not even once"));
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
