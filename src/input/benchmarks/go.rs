//! What `go test -bench` prints: a line for each run of a benchmark, `BenchmarkSort-8   100   1250 ns/op   64 B/op`.
//!
//! The format is that of the Go project's proposal 14313: a name, the number of iterations, then pairs of a value and a
//! unit. The first unit of time is the benchmark itself; all else, `B/op`, `MB/s` or a metric of the user's, is
//! `NAME:UNIT`. Packages are in a name only where two of them have a benchmark of that name. A line `key: value` describes
//! the runs after it, and a key that changes within the file, as `commit`, separates samples: `BenchmarkSort-8
//! {commit=a1b2}`. Other lines are passed over.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::excerpt;
use super::super::number::{self, NotANumber};
use super::Unit;
use super::document::Document;
use super::entry::{Entry, Gathering, Rank};
use crate::error::{Error, Place};
use crate::settings::DecimalMark;

/// A line with the result of one run.
struct Run<'a> {
    place: Place,
    package: &'a str,
    name: &'a str,
    /// The values of the keys before it, by the key.
    configuration: BTreeMap<&'a str, &'a str>,
    /// Values and units in turn.
    fields: Vec<&'a str>,
}

/// Whether a text begins like the output of `go test`, or has a line that nothing else prints.
#[must_use]
pub fn is_output(head: &str) -> bool {
    head.lines().next().is_some_and(is_heading) || head.lines().any(is_result) || split_line(head).is_some()
}

fn is_result(line: &str) -> bool {
    benchmark(line).is_some_and(|(_, fields)| fields.len() >= 2 && fields.len() % 2 == 0 && reads_as_value(fields[0]))
}

/// Whether a line is one of those that precede the results of a package.
fn is_heading(line: &str) -> bool {
    ["goos: ", "goarch: ", "pkg: "].iter().any(|heading| line.starts_with(heading))
}

/// The name and what follows the number of iterations, if it is the line of a benchmark as far as that.
fn benchmark(line: &str) -> Option<(&str, Vec<&str>)> {
    let mut fields = line.split_ascii_whitespace();
    let name = fields.next().filter(|name| names_benchmark(name))?;
    fields.next().filter(|iterations| iterations.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some((name, fields.collect()))
}

/// The number of the first line with the numbers of a benchmark whose name stands on another line, before something that
/// the benchmark printed.
fn split_line(text: &str) -> Option<u64> {
    let mut named = false;
    let split = text.lines().position(|line| {
        let fields: Vec<_> = line.split_ascii_whitespace().collect();
        named |= fields.first().is_some_and(|name| names_benchmark(name)) && benchmark(line).is_none();
        let [iterations, value, unit, ..] = fields[..] else { return false };
        let is_count = iterations.bytes().all(|byte| byte.is_ascii_digit());
        named && is_count && reads_as_value(value) && unit.ends_with("/op")
    });
    split.map(|index| index as u64 + 1)
}

/// The key and the value of a line that describes the runs after it.
fn configuration(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(": ")?;
    let is_key = key.starts_with(char::is_lowercase) && !key.contains(|c: char| c.is_whitespace() || c.is_uppercase());
    is_key.then(|| (key, value.trim()))
}

/// Go's own rule: what follows the prefix does not begin with a small letter.
fn names_benchmark(name: &str) -> bool {
    name.strip_prefix("Benchmark").is_some_and(|rest| !rest.starts_with(char::is_lowercase))
}

fn reads_as_value(field: &str) -> bool {
    let value = number::parse(field.as_bytes(), DecimalMark::Point);
    matches!(value, Ok(_) | Err(NotANumber::Infinite | NotANumber::TooLarge)) || field.eq_ignore_ascii_case("nan")
}

/// Reads the lines.
///
/// # Errors
/// [`Error::Input`] for the line of a benchmark that breaks off.
pub fn read(document: &Document) -> Result<Vec<Entry>, Error> {
    let Document { file, text, .. } = document;
    if let Some(line) = split_line(text) {
        let what =
            "the numbers of a benchmark stand on this line, but its name on another, before what the benchmark printed";
        let remedy = "let the benchmark print nothing, for example with log.SetOutput(io.Discard), and run it again";
        return Err(Error::input(Place::file(file).line(line), what, remedy));
    }
    let (mut package, mut now) = ("", BTreeMap::new());
    let (mut runs, mut failures) = (Vec::new(), Vec::new());
    for (i, line) in text.lines().enumerate() {
        let run = |name, fields| Run {
            place: Place::file(file).line(i as u64 + 1),
            package,
            name,
            configuration: now.clone(),
            fields,
        };
        if let Some(rest) = line.trim_start().strip_prefix("--- FAIL: ") {
            let name = rest.split_ascii_whitespace().next().unwrap_or_default();
            if names_benchmark(name) {
                failures.push(run(name, Vec::new()));
            }
        } else if let Some((name, fields)) = benchmark(line) {
            runs.push(run(name, fields));
        } else if let Some((key, value)) = configuration(line) {
            if key == "pkg" {
                package = value;
            } else {
                now.insert(key, value);
            }
        }
    }
    check_the_last_line(file, text)?;
    let names = Names::new(&runs);
    let mut gathering = Gathering::default();
    for run in &runs {
        read_run(run, &names, &mut gathering)?;
    }
    for failure in &failures {
        refuse(failure, &names, &mut gathering);
    }
    Ok(gathering.into_entries())
}

/// A result in a last line that does not end may have lost a digit or a unit without looking so.
fn check_the_last_line(file: &str, text: &str) -> Result<(), Error> {
    match text.lines().last() {
        Some(line) if benchmark(line).is_some() && !text.ends_with('\n') => {
            let place = Place::file(file).line(text.lines().count() as u64);
            let what = "the file breaks off here, in the line of a benchmark";
            Err(Error::input(place, what, "copy it once more, or end the line if it is whole"))
        }
        _ => Ok(()),
    }
}

/// Which names need their package, and which keys separate samples.
struct Names<'a> {
    /// The package of each name, unless there are several.
    package: HashMap<&'a str, Option<&'a str>>,
    /// The keys whose values change.
    changing: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    fn new(runs: &[Run<'a>]) -> Self {
        let mut package = HashMap::new();
        for run in runs {
            let known = package.entry(run.name).or_insert(Some(run.package));
            *known = known.filter(|known| *known == run.package);
        }
        let keys: HashSet<&str> = runs.iter().flat_map(|run| run.configuration.keys().copied()).collect();
        let changes = |key: &&str| runs.iter().any(|run| run.configuration.get(key) != runs[0].configuration.get(key));
        Self { package, changing: keys.into_iter().filter(changes).collect() }
    }

    /// What a list calls a benchmark.
    fn full(&self, run: &Run<'a>) -> String {
        match self.package.get(run.name) {
            Some(None) => qualified(run) + &self.sample(run),
            _ => run.name.to_owned() + &self.sample(run),
        }
    }

    /// The end of a name that says which sample it is, if there are several.
    fn sample(&self, run: &Run<'a>) -> String {
        let keys = run.configuration.iter().filter(|(key, _)| self.changing.contains(*key));
        let list: Vec<_> = keys.map(|(key, value)| format!("{key}={value}")).collect();
        if list.is_empty() { String::new() } else { format!(" {{{}}}", list.join(", ")) }
    }
}

fn qualified(run: &Run<'_>) -> String {
    format!("{}.{}", run.package, run.name)
}

/// The name without the number of processors, as in `BenchmarkSort-8`: it is another one on another machine.
fn without_processors(name: &str) -> Option<&str> {
    let (name, processors) = name.rsplit_once('-')?;
    let is_number = !processors.is_empty() && processors.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(name)
}

fn read_run<'a>(run: &Run<'a>, names: &Names<'a>, gathering: &mut Gathering) -> Result<(), Error> {
    let (pairs, []) = run.fields.as_chunks::<2>() else { return Err(incomplete(run)) };
    if pairs.is_empty() {
        return Err(incomplete(run));
    }
    let name = names.full(run);
    let time = pairs.iter().position(|[_, unit]| Unit::new(*unit).is_time());
    for (i, [text, unit]) in pairs.iter().enumerate() {
        let unit = Unit::new(*unit);
        let rank = if time == Some(i) { Rank::First } else { Rank::Beside };
        let full_name = if rank == Rank::First { name.clone() } else { format!("{name}:{unit}") };
        let begin = || begin(run, names, &full_name, rank, &unit);
        let entry = gathering.entry(&full_name, begin);
        entry.push(value(text, &run.place, &entry.label()), &unit);
    }
    Ok(())
}

/// Begins the benchmark of a line, with all that it may be called.
fn begin<'a>(run: &Run<'a>, names: &Names<'a>, name: &str, rank: Rank, unit: &Unit) -> Entry {
    let mut entry = Entry::new(name, rank, unit.clone(), run.place.clone());
    let metric = if rank == Rank::First { String::new() } else { format!(":{unit}") };
    let suffix = names.sample(run) + &metric;
    let short = [Some(run.name), without_processors(run.name)].into_iter().flatten();
    let bare = short.clone().filter_map(|name| name.strip_prefix("Benchmark"));
    let all = short.chain(bare).map(str::to_owned).chain([qualified(run)]);
    entry.other_names = all.map(|name| name + &suffix).filter(|other| other != name && !other.is_empty()).collect();
    entry
}

fn value(text: &str, place: &Place, label: &str) -> Result<f64, Error> {
    number::parse(text.as_bytes(), DecimalMark::Point).map(|number| number.value).map_err(|_| {
        let what = format!("{} of {label} is not a finite number", excerpt::quote(text.as_bytes()));
        Error::input(place.clone(), what, "mend the benchmark, or choose another with --column NAME")
    })
}

fn incomplete(run: &Run<'_>) -> Error {
    let label = excerpt::quote(run.name.as_bytes());
    let what = format!("the line of {label} is incomplete: after the iterations, each value has a unit");
    Error::input(run.place.clone(), what, "copy the file once more, or remove the line")
}

/// Marks the benchmark that a line of failure is about.
fn refuse<'a>(failure: &Run<'a>, names: &Names<'a>, gathering: &mut Gathering) {
    let name = names.full(failure);
    let label = excerpt::quote(failure.name.as_bytes());
    let fault = Error::input(failure.place.clone(), format!("{label} failed"), "mend the benchmark and run it again");
    gathering.entry(&name, || begin(failure, names, &name, Rank::First, &Unit::new("ns/op"))).refuse(fault);
}

#[cfg(test)]
mod tests {
    use super::super::Benchmark;
    use super::*;

    fn read_text(text: &str) -> Result<Vec<Entry>, Error> {
        read(&Document::new("x.txt".to_owned(), text.to_owned()))
    }

    fn entries(text: &str) -> Vec<Entry> {
        read_text(text).unwrap()
    }

    fn benchmark(text: &str, index: usize) -> Result<Benchmark, String> {
        entries(text).remove(index).finish("add -count").map_err(|error| error.to_string())
    }

    const TEXT: &str = "goos: linux\npkg: a/b\nBenchmarkSort-8   \t 100\t 1250 ns/op\t 64.5 MB/s\t 16 B/op\n\
                        BenchmarkSort-8   \t 100\t 0.5 ns/op\t 64 MB/s\t 16 B/op\nPASS\nok  \ta/b\t1.2s\n";

    #[test]
    fn times_are_the_benchmark_and_other_units_stand_beside_it() {
        let names: Vec<_> = entries(TEXT).into_iter().map(|entry| (entry.name, entry.rank)).collect();
        let expected = [
            ("BenchmarkSort-8", Rank::First),
            ("BenchmarkSort-8:MB/s", Rank::Beside),
            ("BenchmarkSort-8:B/op", Rank::Beside),
        ];
        assert_eq!(names, expected.map(|(name, rank)| (name.to_owned(), rank)));
        let time = benchmark(TEXT, 0).unwrap();
        assert_eq!((time.unit, time.values), (Unit::new("ns/op"), vec![1250.0, 0.5]));
        assert_eq!(benchmark(TEXT, 1).unwrap().values, [64.5, 64.0]);
    }

    #[test]
    fn a_benchmark_has_short_and_long_names() {
        let all = &entries(TEXT)[0].other_names;
        assert_eq!(*all, ["BenchmarkSort", "Sort-8", "Sort", "a/b.BenchmarkSort-8"]);
    }

    #[test]
    fn a_package_is_named_where_it_must_be() {
        let text = "pkg: a\nBenchmarkX 1 2 ns/op\nBenchmarkY 1 2 ns/op\npkg: b\nBenchmarkX 1 2 ns/op\n";
        let names: Vec<_> = entries(text).into_iter().map(|entry| entry.name).collect();
        assert_eq!(names, ["a.BenchmarkX", "BenchmarkY", "b.BenchmarkX"]);
    }

    #[test]
    fn keys_that_change_separate_samples() {
        let text = "goos: linux\ncommit: a\nBenchmarkX-8 1 2 ns/op 3 B/op\nBenchmarkX-8 1 2 ns/op 3 B/op\ncommit: b\n\
                    BenchmarkX-8 1 2 ns/op 3 B/op\nPASS\nok: fine\n";
        let all = entries(text);
        let names: Vec<_> = all.iter().map(|entry| entry.name.as_str()).collect();
        let expected = [
            "BenchmarkX-8 {commit=a}",
            "BenchmarkX-8 {commit=a}:B/op",
            "BenchmarkX-8 {commit=b}",
            "BenchmarkX-8 {commit=b}:B/op",
        ];
        assert_eq!(names, expected);
        assert_eq!(all[2].other_names[1], "X-8 {commit=b}");
    }

    #[test]
    fn names_and_numbers_on_different_lines_are_refused() {
        let text = "pkg: x\nBenchmarkX-8   \tworker started\n    1000\t 121.5 ns/op\nBenchmarkX-8 1 2 ns/op\n";
        let message = read_text(text).unwrap_err().to_string();
        assert!(message.starts_with("x.txt, line 3: the numbers of a benchmark stand on this line"), "{message}");
        assert!(is_output(text.split_once('\n').unwrap().1));
        // With -v the name stands alone, and once more beside the numbers.
        assert_eq!(entries("BenchmarkX\nBenchmarkX-8 1 2 ns/op\n").len(), 1);
    }

    #[test]
    fn lines_that_only_look_like_results_are_passed_over() {
        let text = "=== RUN   BenchmarkX\nBenchmarkX\nBenchmarkX-8 is slow today\nBenchmarking 1 2 ns/op\n";
        assert_eq!(entries(text).len(), 0);
        assert!(!is_result("BenchmarkX-8 10 abc ns/op"));
        assert!(is_result("BenchmarkX-8 10 12 ns/op"));
        assert!(is_result("Benchmark 10 +Inf widgets/op"));
    }

    #[test]
    fn a_line_that_breaks_off_is_an_error() {
        let message = |text| read_text(text).unwrap_err().to_string();
        assert!(
            message("BenchmarkX-8 10 12\n").starts_with("x.txt, line 1: the line of \"BenchmarkX-8\" is incomplete")
        );
        assert!(message("BenchmarkX-8 10\n").contains("incomplete"));
        assert!(message("\nBenchmarkX-8 10 12 ns/o").starts_with("x.txt, line 2: the file breaks off here"));
    }

    #[test]
    fn faults_are_those_of_their_benchmark_only() {
        let text =
            "BenchmarkX 1 2 ns/op NaN w\nBenchmarkX 1 3 ns/op 1 w\n--- FAIL: BenchmarkY\n    y_test.go:3: broken\n";
        assert_eq!(benchmark(text, 0).unwrap().values, [2.0, 3.0]);
        assert_eq!(
            benchmark(text, 1).unwrap_err().split(';').next().unwrap(),
            "x.txt, line 1: \"NaN\" of \"BenchmarkX:w\" is not a finite number"
        );
        assert!(benchmark(text, 2).unwrap_err().starts_with("x.txt, line 3: \"BenchmarkY\" failed"));
        assert!(benchmark("BenchmarkX 1 2 ns/op\n", 0).unwrap_err().contains("-count"));
    }
}
