//! Random whole runs: wild numbers × designs × statistics × methods × outputs. Whatever comes in, a run ends with a report or
//! with an error of one line, and never with a panic.
//!
//! Each run is made from its number alone. By default there are [`RUNS`] of them; `PERMTEST_FUZZ=100000` asks for so many, and
//! `PERMTEST_FUZZ=1234..1235` for some by their numbers. They share a process, so an abort names the last number on standard
//! error of the test.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;

use permtest::app;
use permtest::cli::{self, Invocation};
use permtest::error::Error;
use permtest::sampling::bounded::below;
use permtest::sampling::stream::{Domain, Stream};
use permtest::settings::Verbosity;

/// Runs where no number is asked for: some ten seconds without much optimisation.
const RUNS: u64 = 1500;

const STATISTICS: [&str; 38] = [
    "mean",
    "median",
    "trimmed-mean:0.2",
    "trimmed-mean:0.5",
    "var",
    "sd",
    "quantile:0.9",
    "quantile:0",
    "geometric-mean",
    "min",
    "max",
    "iqr",
    "mad",
    "t",
    "welch",
    "rank-sum",
    "signed-rank",
    "ks",
    "cvm",
    "ad",
    "energy",
    "mean(x)/mean(y)",
    "median(x)-median(y)",
    "mean(x > 1)",
    "sum(x)/n(y)",
    "mean(log(x))",
    "mean(exp(x))-mean(exp(y))",
    "mean(abs(x-median(x)))",
    "mean(x*y)",
    "sd(x)/mean(x)",
    "mean(rank(x))",
    "quantile(x, 0.75)/quantile(y, 0.75)",
    "trimmed_mean(x, 0.1)*0",
    "mean(x)^3-mean(y)^3",
    "1/mean(x-mean(pooled))",
    "mean(pow(x, 2))",
    "1",
    "sqrt(mean(x))",
];

/// Choices of options, and in how many runs there is one of them.
const OPTIONS: [(u64, &[&str]); 12] = [
    (4, &["-a greater", "-a less"]),
    (9, &["--two-sided absolute", "--two-sided doubled"]),
    (3, &["--undefined extreme", "--undefined drop"]),
    (
        6,
        &[
            "--interval bca --bootstrap 50",
            "--interval inversion",
            "--interval percentile --bootstrap 50",
            "--interval none",
        ],
    ),
    (6, &["--confidence 0.5", "--confidence 0.999999"]),
    (3, &["--format json", "--format csv", "--format tsv", "--format markdown"]),
    (3, &["--histogram", "--histogram --ascii"]),
    (12, &["--plot p.svg", "--report r.html"]),
    (300, &["--plot p.png"]),
    (20, &["--distribution d.npy", "--distribution null.csv", "--explain", "--compare", "--seed 18446744073709551615"]),
    (12, &["--fail-on significant", "--fail-on not-significant --min-effect 1%", "--fail-on significant --alpha 0.5"]),
    (9, &["--mu 0.1", "--mu 5%", "--mu=-1e-320", "--mu 1e308", "--mu=-4e307", "--mu=1e-5"]),
];

/// Random choices of a run.
struct Dice(Stream);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        below(n, &mut self.0)
    }

    /// True once in so many times.
    fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// A number of one of the kinds.
    fn number(&mut self, kind: u64) -> f64 {
        let small = self.below(21) as f64 - 10.0;
        let uniform = self.below(1 << 53) as f64 / (1u64 << 53) as f64;
        match kind {
            0 => small,
            1 => small / 10.0,
            2 => uniform,
            // Around the smallest number, and the largest that may be.
            3 => f64::from_bits(self.below(9)),
            4 => self.pick(&[4.4e307, -4.4e307, 1e307, 1e300, -1e290, 0.0, 1.0]),
            5 => 10f64.powi(self.below(600) as i32 - 300) * small,
            // Any bits, but for an exponent that is too large.
            6 => f64::from_bits(self.0.word()) * 1e-3,
            7 => 7.0,
            8 => self.pick(&[0.0, -0.0, 1.0, 1e-300, 2f64.powi(-1022), 2f64.powi(53), 2f64.powi(53) + 2.0]),
            9 => 1e15 + uniform,
            10 => self.pick(&[1.0, 1.0, 1.0, 123_456.7, 1e18]),
            _ => {
                let any = self.below(11);
                self.number(any)
            }
        }
    }

    fn word(&mut self, file: &mut String, kind: u64) {
        let number = self.number(kind);
        let number = if number.is_finite() { number } else { 3.5 };
        let _ = match self.below(3) {
            0 => write!(file, "{number}"),
            _ => write!(file, "{number:e}"),
        };
    }
}

/// The files of a run and its arguments.
fn make(dice: &mut Dice) -> (Vec<(&'static str, String)>, Vec<String>) {
    // Numbers of one kind, or each of any.
    let kind = dice.pick(&[0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    let most = if dice.once_in(8) { 30 } else { 7 };
    let [m, n] = [1 + dice.below(most), 1 + dice.below(most)];
    let mut arguments: Vec<String> = vec!["permtest".to_owned()];
    let mut add = |words: &str| arguments.extend(words.split(' ').map(str::to_owned));
    let mut files = Vec::new();
    if dice.once_in(2) {
        let n = if dice.once_in(2) { m } else { n };
        for (name, rows) in [("a.csv", m), ("b.csv", n)] {
            let mut file = "x\n".to_owned();
            for _ in 0..rows {
                dice.word(&mut file, kind);
                file.push('\n');
            }
            files.push((name, file));
            add(name);
        }
        if m == n && dice.once_in(2) {
            add("--paired");
        }
    } else {
        let [strata, clusters] = [1 + dice.below(4), 1 + dice.below(8)];
        let names = dice.pick(&[["a", "b"], ["=1", "@x"], ["\u{fffe}", "\u{1b}[2J"], ["\u{202e}l", "<b>"]]);
        let mut file = "g,v,s,c,p\n".to_owned();
        for i in 0..m + n {
            let _ = write!(file, "{},", names[usize::from(i >= m)]);
            dice.word(&mut file, kind);
            let _ =
                writeln!(file, ",s{},c{},{}", dice.below(strata), dice.below(clusters), if i < m { i } else { i - m });
        }
        files.push(("d.csv", file));
        add("d.csv --group g -c v");
        add(&format!("--case {} --control {}", names[0], names[1]));
        match dice.below(8) {
            0 => add("--strata s"),
            1 => add("--cluster c"),
            2 => add("--strata s --cluster c"),
            3 => add("--pair p"),
            _ => (),
        }
    }
    let statistic = dice.pick(&STATISTICS);
    arguments.extend(["-s".to_owned(), statistic.to_owned()]);
    let mut add = |words: &str| arguments.extend(words.split(' ').map(str::to_owned));
    add(&format!("-j {} -o report", 1 + dice.below(2)));
    // Left to itself a run may take seconds, unless there are few labellings.
    let is_tiny = most == 7;
    let many = if dice.once_in(4) { 3000 } else { 60 };
    let resamples = 1 + dice.below(many);
    match dice.below(9) {
        0 if is_tiny => add("--method exact"),
        1 => add("--method bounds --memory-limit 20M"),
        2 => add(&format!("--method importance -n {resamples}")),
        3 if dice.once_in(4) => add("--method splitting -n 1200"),
        4 => add(&format!("--method sequential -n {resamples}")),
        5 if is_tiny => (),
        _ => add(&format!("-n {resamples}")),
    }
    for (times, choices) in OPTIONS {
        if dice.once_in(times) {
            add(dice.pick(choices));
        }
    }
    (files, arguments)
}

/// Runs permtest in this process. A failure is its error.
fn run(folder: &Path, files: &[(&str, String)], arguments: &[String]) -> Result<(), Error> {
    for (name, content) in files {
        fs::write(folder.join(name), content).unwrap();
    }
    let names = ["a.csv", "b.csv", "d.csv", "report", "p.svg", "p.png", "r.html", "d.npy", "null.csv"];
    let placed = arguments.iter().map(|argument| {
        if names.contains(&argument.as_str()) { folder.join(argument).display().to_string() } else { argument.clone() }
    });
    let Invocation::Test(mut settings) = cli::parse(placed)? else { return Ok(()) };
    settings.output.verbosity = Verbosity::Quiet;
    app::run(&settings).map(drop)
}

fn numbers() -> Range<u64> {
    let Ok(asked) = std::env::var("PERMTEST_FUZZ") else { return 0..RUNS };
    let read = |text: &str| text.parse().expect("PERMTEST_FUZZ is a number of runs or a range of their numbers");
    asked.split_once("..").map_or_else(|| 0..read(&asked), |(start, end)| read(start)..read(end))
}

#[test]
fn no_random_run_panics() {
    static MESSAGE: Mutex<String> = Mutex::new(String::new());
    let folder = tempfile::tempdir().unwrap();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(|panic| *MESSAGE.lock().unwrap() = panic.to_string()));
    let (mut failures, mut reports, mut refusals) = (Vec::new(), 0u64, BTreeMap::new());
    for number in numbers() {
        let (files, arguments) = make(&mut Dice(Stream::new(number, Domain::Splits, 99)));
        if std::env::var_os("PERMTEST_FUZZ").is_some() && number % 1000 == 0 {
            eprintln!("run {number}");
        }
        match catch_unwind(AssertUnwindSafe(|| run(folder.path(), &files, &arguments))) {
            Ok(Ok(())) => reports += 1,
            Ok(Err(error)) => {
                let line = error.to_string();
                *refusals.entry(line.chars().take(48).collect::<String>()).or_insert(0u64) += 1;
                if line.contains('\n') && !line.starts_with("error: ") {
                    failures.push(format!("run {number}: {arguments:?}: {line}"));
                }
            }
            Err(_) => {
                let message = MESSAGE.lock().unwrap().clone();
                failures.push(format!("run {number}: {}\n{files:?}\n{message}", arguments.join(" ")));
            }
        }
        if failures.len() == 20 {
            break;
        }
    }
    std::panic::set_hook(before);
    assert!(failures.is_empty(), "PERMTEST_FUZZ=NUMBER..NUMBER+1 repeats a run\n{}", failures.join("\n"));
    // Runs that are all refused would show nothing.
    let all = numbers();
    assert!(
        reports * 3 >= all.end - all.start || all.end - all.start < 100,
        "{reports} reports of {all:?}: {refusals:#?}"
    );
}
