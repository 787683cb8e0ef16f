//! What a run writes, and where: formats, files, pipes, interruptions.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::command::{permtest, without_orientation};

const TOOTH_GROWTH: &str = include_str!("../../examples/data/toothgrowth.csv");

/// The whole JSON of a run: a change of any byte is a change of what users have published.
const PINNED: &str = include_str!("toothgrowth.json");

fn tooth_growth(arguments: &str) -> crate::command::Permtest {
    permtest()
        .file("data.csv", TOOTH_GROWTH)
        .args(["data.csv", "--group", "supp", "--column", "len", "-n", "100000"])
        .args(arguments.split_whitespace())
}

#[test]
fn the_json_of_a_run_is_pinned() {
    tooth_growth("--json").stdout(PINNED).stderr("").run();
}

#[test]
fn every_format_has_the_same_p_value() {
    let report: serde_json::Value = serde_json::from_str(PINNED).unwrap();
    let p = report["p_value"].to_string();
    tooth_growth("-q").stdout(&format!("{p}\n")).stderr("").run();
    tooth_growth("-f csv").stdout_contains(&format!(",{p},")).stdout_contains("schema,version,column,").run();
    tooth_growth("-f tsv").stdout_contains(&format!("\t{p}\t")).run();
    tooth_growth("-f markdown").stdout_contains("| **0.06").run();
    tooth_growth("")
        .stdout_contains("p-value (two-sided)   0.06")
        .stdout_contains("OJ (case) against VC (control)")
        .run();
}

#[test]
fn an_output_file_holds_what_standard_output_would() {
    let folder = tooth_growth("--json -o result.json").stdout("").stderr("").run();
    assert_eq!(std::fs::read_to_string(folder.path().join("result.json")).unwrap(), PINNED);
}

#[test]
fn a_run_that_fails_leaves_files_as_they_were() {
    let folder = permtest()
        .file("case.csv", "value\n1\nx\n")
        .file("control.csv", "value\n1\n2\n")
        .file("result.json", "of yesterday")
        .args(["case.csv", "control.csv", "-o", "result.json", "--distribution", "null.npy"])
        .refused(["case.csv", "line 3"])
        .run();
    assert_eq!(std::fs::read_to_string(folder.path().join("result.json")).unwrap(), "of yesterday");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn the_null_distribution_has_a_number_for_each_resample() {
    let folder = tooth_growth("-q --distribution null.csv").run();
    let csv = std::fs::read_to_string(folder.path().join("null.csv")).unwrap();
    assert_eq!(csv.lines().count(), 100_001);
    let folder = tooth_growth("-q --distribution null.npy").run();
    let npy = std::fs::read(folder.path().join("null.npy")).unwrap();
    assert_eq!(npy.len(), 128 + 8 * 100_000);
    let first = f64::from_le_bytes(npy[128..136].try_into().unwrap());
    assert_eq!(csv.lines().nth(1).unwrap().parse::<f64>().unwrap(), first);
}

#[test]
fn exact_enumeration_needs_no_seed() {
    permtest()
        .file("x.csv", "v\n1\n2\n3\n")
        .file("y.csv", "v\n7\n8\n9\n")
        .args(["x.csv", "y.csv", "--json"])
        .stdout_contains(r#""method":"exact""#)
        .stdout_contains(r#""n_resamples":null,"seed":null"#)
        .stdout_contains(r#""p_value":0.1,"p_value_interval":[0.1,0.1],"p_value_interval_kind":"exact""#)
        .run();
    tooth_growth("--method exact").refused(["--method exact", "-n"]).run();
    tooth_growth("--method bounds").refused(["--method bounds", "-n"]).run();
    permtest()
        .file("data.csv", TOOTH_GROWTH)
        .args(["data.csv", "--group", "supp", "-c", "len", "-s", "median", "--method", "exact"])
        .refused(["enumeration: 1.2e17 labellings are too many", "try --method splitting"])
        .run();
}

#[test]
fn colours_are_for_terminals_unless_they_are_asked_for() {
    tooth_growth("--color always").stdout_contains("\u{1b}[1m").run();
    tooth_growth("--color always").environment("NO_COLOR", "1").stdout_contains("\u{1b}[1m").run();
    tooth_growth("").stdout_contains("  p-value (two-sided)   0").stderr("").run();
}

#[test]
fn compressed_files_are_read_as_they_are() {
    use std::io::Write;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(TOOTH_GROWTH.as_bytes()).unwrap();
    permtest()
        .file("data.csv.gz", gzip.finish().unwrap())
        .args(["data.csv.gz", "--group", "supp", "--column", "len", "-n", "100000", "--json"])
        .stdout(PINNED)
        .run();
}

/// A long run in a folder with data, its output kept.
#[cfg(unix)]
fn start_endless_run(folder: &std::path::Path) -> std::process::Child {
    std::fs::write(folder.join("data.csv"), TOOTH_GROWTH).unwrap();
    Command::new(env!("CARGO_BIN_EXE_permtest"))
        .args(["data.csv", "--group", "supp", "-c", "len", "-n", "1e12", "-o", "r.txt", "--distribution", "null.npy"])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for a run that is about to end, but not for ever.
#[cfg(unix)]
fn finish(mut run: std::process::Child) -> std::process::Output {
    let began = Instant::now();
    while run.try_wait().unwrap().is_none() {
        if began.elapsed() > Duration::from_secs(120) {
            run.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    run.wait_with_output().unwrap()
}

/// Whether this process was started to ignore a signal, as far as the system tells.
#[cfg(unix)]
fn is_ignored(signal: u32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or("0");
    u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_exits_with_130_and_leaves_nothing() {
    for (signal, number) in [("INT", 2), ("TERM", 15)] {
        if is_ignored(number) {
            // As it is for the background jobs of a shell, and for what they start: it stays ignored.
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let run = start_endless_run(folder.path());
        // The temporary file of the distribution shows that the run has begun.
        let began = Instant::now();
        while std::fs::read_dir(folder.path()).unwrap().count() < 2 {
            assert!(began.elapsed() < Duration::from_secs(120), "the run never began");
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_millis(100));
        Command::new("kill").args([format!("-{signal}"), run.id().to_string()]).status().unwrap();
        let output = finish(run);
        assert_eq!(output.status.code(), Some(130), "{signal}");
        assert!(output.stdout.is_empty());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(without_orientation(&stderr), "permtest: interrupted; nothing was written\n");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "only the data are left");
    }
}
