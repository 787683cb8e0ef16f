//! The user's own program beside a function in Rust: nanoseconds per resample of the difference of means, on the same
//! labellings. The programs are those of `examples/statistics`; each is left out where its interpreter is missing.
//!
//! `cargo bench --bench program [-- ROWS]`; default 200,000 rows of 100 + 100 values, the best of several runs.
//! `PERMTEST_PYTHON` names a Python that has `NumPy`.

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use permtest::program::{Program, ProgramSettings, Protocol};

const DEFAULT_ROWS: usize = 200_000;
const RUNS: usize = 5;
const N_CASE: usize = 100;
const N_CONTROL: usize = 100;
const WIDTH: usize = N_CASE + N_CONTROL;

fn main() {
    let asked = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(DEFAULT_ROWS);
    // As many rows as fit in the cache together are enough; they are sent again and again.
    let rows = 4096.min(asked);
    let repeats = asked / rows;
    let values: Vec<f64> = (0..rows * WIDTH).map(|i| ((i * 7919) as f64).sin()).collect();
    let python = std::env::var("PERMTEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/statistics");

    println!("{:<28}{:>16}{:>16}", format!("{} rows", rows * repeats), "1 thread, ns", "2 threads, ns");
    let closure = |_: usize| seconds(|| closure(&values), repeats);
    show("Rust closure", closure(1), None, rows * repeats);
    let numpy = [python.as_str(), &format!("{examples}/mean_difference.py")].map(str::to_owned);
    measure("NumPy, frames", &numpy, Protocol::Frames, &["-c", "import numpy"], &values, repeats);
    let trimmed = ["python3", &format!("{examples}/trimmed_mean.py")].map(str::to_owned);
    measure("Python trimmed mean, lines", &trimmed, Protocol::Lines, &["-V"], &values, repeats / 20);
    let median = ["mawk", "-W", "interactive", "-f", &format!("{examples}/median_difference.awk")].map(str::to_owned);
    measure("mawk median, lines", &median, Protocol::Lines, &["-W", "version"], &values, repeats / 20);
}

/// The difference of means of each row, as the program computes it.
fn closure(values: &[f64]) -> Vec<f64> {
    let mean = |sample: &[f64]| sample.iter().sum::<f64>() / sample.len() as f64;
    values.chunks_exact(WIDTH).map(|row| mean(&row[..N_CASE]) - mean(&row[N_CASE..])).collect()
}

/// Times a program with one caller and with two, if its interpreter passes a trial.
fn measure(name: &str, argv: &[String], protocol: Protocol, trial: &[&str], values: &[f64], repeats: usize) {
    if !Command::new(&argv[0]).args(trial).output().is_ok_and(|output| output.status.success()) {
        println!("{name:<28}skipped: {} {} fails", argv[0], trial.join(" "));
        return;
    }
    let settings = ProgramSettings { argv: argv.to_vec(), protocol, time_limit: Duration::from_secs(60) };
    let program = Program::new(settings);
    let rows = values.len() / WIDTH;
    let repeats = repeats.max(1);
    let evaluate = |statistics: &mut [f64]| {
        program.evaluate(N_CASE, N_CONTROL, values, statistics).expect("a working program");
    };
    // Both start before the clock does.
    let both = |repeats: usize| {
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| (0..repeats).for_each(|_| evaluate(black_box(&mut vec![0.0; rows]))));
            }
        });
    };
    both(1);
    let one = seconds(|| evaluate(black_box(&mut vec![0.0; rows])), repeats);
    let two = seconds(|| both(repeats), 1) / 2.0;
    show(name, one, Some(two), rows * repeats);
    program.finish().expect("no surplus");
}

fn show(name: &str, one: f64, two: Option<f64>, resamples: usize) {
    let per_resample = |seconds: f64| format!("{:.0}", seconds * 1e9 / resamples as f64);
    println!("{name:<28}{:>16}{:>16}", per_resample(one), two.map_or(String::new(), per_resample));
}

/// The best time of several runs.
fn seconds<T>(work: impl Fn() -> T, repeats: usize) -> f64 {
    let run = || {
        let start = Instant::now();
        (0..repeats).for_each(|_| drop(black_box(work())));
        start.elapsed().as_secs_f64()
    };
    (0..RUNS).map(|_| run()).fold(f64::INFINITY, f64::min)
}
