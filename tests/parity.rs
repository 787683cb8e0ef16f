//! The contract of reproducibility, on the built binary: the same bytes for any number of threads and with SIMD off, and
//! a longer run that begins with a shorter one.
#![cfg(feature = "cli")]

use std::path::Path;
use std::process::Command;

/// Two columns for each kernel and each width of scores.
fn columns(n_case: usize, n_control: usize, value: impl Fn(usize) -> f64) -> [String; 2] {
    let column = |range: std::ops::Range<usize>| -> String {
        std::iter::once("value".to_owned()).chain(range.map(|i| value(i).to_string())).collect::<Vec<_>>().join("\n")
    };
    [column(0..n_case), column(n_case..n_case + n_control)]
}

/// Decimals with many ties: 32-bit scores.
fn tied(i: usize) -> f64 {
    (i * 7919 % 101) as f64 / 10.0
}

/// Full precision: 64-bit scores.
fn full(i: usize) -> f64 {
    ((i * 7919) as f64).sin()
}

/// What a run prints and writes.
#[derive(Debug, PartialEq)]
struct Run {
    json: String,
    distribution: Vec<u8>,
}

fn run(folder: &Path, resamples: usize, threads: usize, simd: &str, extension: &str) -> Run {
    let distribution = folder.join(format!("null-{threads}-{simd}.{extension}"));
    let output = Command::new(env!("CARGO_BIN_EXE_permtest"))
        .args(["case.csv", "control.csv", "--json", "--seed", "3", "-n", &resamples.to_string()])
        .args(["-j", &threads.to_string(), "--distribution"])
        .arg(&distribution)
        .env("PERMTEST_SIMD", simd)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Run { json: String::from_utf8(output.stdout).unwrap(), distribution: std::fs::read(distribution).unwrap() }
}

fn with_data<R>(columns: &[String; 2], test: impl Fn(&Path) -> R) -> R {
    let folder = tempfile::tempdir().unwrap();
    for (name, column) in ["case.csv", "control.csv"].iter().zip(columns) {
        std::fs::write(folder.path().join(name), column).unwrap();
    }
    test(folder.path())
}

#[test]
fn threads_and_simd_change_no_byte() {
    for (n_case, n_control, resamples) in [
        (10, 10, 150_001),
        (30, 30, 150_001),
        (100, 100, 150_001),
        (60, 140, 150_001),
        (5, 295, 150_001),
        (1000, 1000, 20_001),
    ] {
        for columns in [columns(n_case, n_control, tied), columns(n_case, n_control, full)] {
            with_data(&columns, |folder| {
                let reference = run(folder, resamples, 1, "on", "npy");
                for (threads, simd) in [(2, "on"), (7, "on"), (1, "off"), (2, "off")] {
                    let other = run(folder, resamples, threads, simd, "npy");
                    assert!(other == reference, "{n_case} + {n_control}, {threads} threads, SIMD {simd}");
                }
            });
        }
    }
}

#[test]
fn a_longer_run_begins_with_the_shorter_one() {
    with_data(&columns(100, 100, full), |folder| {
        let lines = |resamples: usize| {
            let text = String::from_utf8(run(folder, resamples, 2, "on", "csv").distribution).unwrap();
            text.lines().map(str::to_owned).collect::<Vec<_>>()
        };
        let (short, long) = (lines(100_000), lines(1_000_000));
        assert_eq!((short.len(), long.len()), (100_001, 1_000_001));
        assert!(long[..short.len()] == short[..]);
    });
}

#[test]
fn the_distribution_has_the_counts_of_the_report() {
    with_data(&columns(30, 40, tied), |folder| {
        let Run { json, distribution } = run(folder, 50_000, 2, "on", "csv");
        let report: serde_json::Value = serde_json::from_str(&json).unwrap();
        let number = |name: &str| report[name].as_f64().unwrap();
        let estimate = number("estimate");
        let values: Vec<f64> =
            String::from_utf8(distribution).unwrap().lines().skip(1).map(|line| line.parse().unwrap()).collect();
        // Values of equal sums are equal floats, and the estimate is one of them.
        let count = |is_extreme: &dyn Fn(f64) -> bool| values.iter().filter(|&&value| is_extreme(value)).count() as f64;
        assert_eq!(count(&|value| value >= estimate), number("count_greater_equal"));
        assert_eq!(count(&|value| value <= estimate), number("count_less_equal"));
        assert_eq!(count(&|value| value.abs() >= estimate.abs()), number("count_absolute"));
    });
}

#[test]
fn seeds_differ_and_the_default_is_zero() {
    with_data(&columns(30, 40, tied), |folder| {
        let json = |arguments: &[&str]| {
            let output = Command::new(env!("CARGO_BIN_EXE_permtest"))
                .args(["case.csv", "control.csv", "--json", "-n", "10000"])
                .args(arguments)
                .current_dir(folder)
                .output()
                .unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        assert_eq!(json(&[]), json(&["--seed", "0"]));
        assert_ne!(json(&[]), json(&["--seed", "1"]));
        assert_ne!(json(&["--seed", "random"]), json(&["--seed", "random"]));
    });
}
