//! `--memory-limit` holds: a run gets by with so much address space and a base that any run takes, and ends with an error, not
//! an abort, where the system gives less than the limit allows for.
//!
//! The shell's `ulimit -v` limits the address space of a child process, so no peak is missed that lasts a moment only.

use std::fs;
use std::process::{Command, Output};

use crate::command::permtest;

/// Address space that a run takes beyond what the limit is about, in MiB: the program, its threads' stacks, the data.
const BASE: u64 = 32;

/// Roughly normal numbers with so many decimals, always the same.
fn numbers(n: usize, seed: u64, mean: f64, decimals: usize) -> Vec<String> {
    let mut state = seed;
    let mut uniform = || {
        // Knuth's MMIX generator.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    (0..n).map(|_| format!("{:.decimals$}", mean + (0..12).map(|_| uniform()).sum::<f64>() - 6.0)).collect()
}

/// Runs permtest on two samples within so many MiB of address space.
fn within(mebibytes: u64, samples: [&[String]; 2], arguments: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    for (name, sample) in ["a.csv", "b.csv"].into_iter().zip(samples) {
        fs::write(folder.path().join(name), format!("x\n{}\n", sample.join("\n"))).unwrap();
    }
    let script = format!("ulimit -v {}; exec \"$0\" a.csv b.csv -j 2 --json {arguments}", mebibytes << 10);
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_permtest")]).current_dir(folder.path());
    // The allocator would reserve 64 MiB of addresses for each thread that it may never touch.
    command.env("MALLOC_ARENA_MAX", "1").output().unwrap()
}

#[track_caller]
fn assert_gets_by(limit: u64, samples: [&[String]; 2], arguments: &str, method: &str) {
    let output = within(limit + BASE, samples, &format!("--memory-limit {limit}M {arguments}"));
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert_eq!(output.status.code(), Some(0), "{arguments}: {err}");
    assert!(out.contains(&format!("\"method\":\"{method}\"")), "{arguments}: {out}");
}

/// 40 + 40 normal values, one of them replaced by one that lies far out.
fn with_an_outlier() -> [Vec<String>; 2] {
    let [mut case, control] = [numbers(40, 1, 0.0, 15), numbers(40, 2, 0.0, 15)];
    "123456.7".clone_into(&mut case[3]);
    [case, control]
}

#[test]
fn bounds_take_no_more_than_they_may_where_a_value_lies_far_out() {
    let [case, control] = with_an_outlier();
    assert_gets_by(64, [&case, &control], "--method bounds", "bounds");
    // Narrow bounds would take hundreds of gigabytes, and so are not what is chosen.
    assert_gets_by(64, [&case, &control], "", "monte-carlo");
}

#[test]
fn every_method_gets_by_with_its_limit() {
    let samples = |n: usize, mean: f64, decimals| [numbers(n, 3, mean, decimals), numbers(n, 4, 0.0, decimals)];
    for (n, mean, decimals, limit, arguments, method) in [
        // A lattice of 27 MiB, with 3 decimals.
        (60, 0.3, 3, 28, "--method exact --histogram", "exact"),
        // Two lists of together 32 MiB.
        (21, 0.3, 15, 33, "--method exact", "exact"),
        (30, 0.3, 15, 64, "--method bounds", "bounds"),
        (30, 0.3, 15, 24, "--method bounds", "bounds"),
        // Tables of 24 MiB.
        (2000, 0.1, 15, 26, "--method importance -n 2000", "importance"),
        (1000, 0.3, 15, 4, "--method splitting -n 1200 -s median", "splitting"),
        (2000, 0.1, 15, 4, "--method monte-carlo -n 20000 --histogram", "monte-carlo"),
        (2000, 0.1, 15, 4, "-n 2000 -s median/sd --interval bca", "monte-carlo"),
    ] {
        let [case, control] = samples(n, mean, decimals);
        let arguments = arguments.replace("median/sd", "'median(x)/sd(x)'");
        assert_gets_by(limit, [&case, &control], &arguments, method);
    }
}

#[test]
fn what_the_system_does_not_give_is_an_error() {
    let [case, control] = with_an_outlier();
    let output = within(200, [&case, &control], "--memory-limit 4G --method bounds");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{err}");
    assert!(err.contains("memory") && err.contains("--memory-limit") && err.lines().count() == 1, "{err}");
}

#[test]
fn what_no_memory_is_enough_for_is_refused() {
    let [case, control] = with_an_outlier().map(|sample| format!("x\n{}\n", sample.join("\n")));
    let run = || permtest().file("a.csv", &case).file("b.csv", &control).args(["a.csv", "b.csv"]);
    run().args(["--method", "exact", "--memory-limit", "1M"]).refused(["--method exact is out of reach"]).run();
    run()
        .args(["-s", "mean(x)/sd(x)", "--interval", "bca", "--bootstrap", "10M", "--memory-limit", "100M"])
        .refused(["10000000 bootstrap samples", "--memory-limit"])
        .run();
}

#[test]
fn reading_takes_some_ten_bytes_a_row_beyond_the_values() {
    const ROWS: usize = 2_000_000;
    let folder = tempfile::tempdir().unwrap();
    let row = |i: usize| format!("{i},{},{}.{:03}", ["a", "b"][i % 2], i % 7, i % 1000);
    fs::write(folder.path().join("d.csv"), format!("id,g,v\n{}", (0..ROWS).map(row).collect::<Vec<_>>().join("\n")))
        .unwrap();
    // The direction is asked for once everything is read. A list that grows may take twice the addresses that it needs.
    let limit = BASE + (((4 * 8 + 2 * 4) * ROWS as u64) >> 20);
    let script = format!("ulimit -v {}; exec \"$0\" d.csv --group g -c v -a greater", limit << 10);
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_permtest")]).current_dir(folder.path());
    let output = command.env("MALLOC_ARENA_MAX", "1").output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && err.contains("a one-sided test needs to know"), "{err}");
}
