//! The user's own program as the statistic, run by the built binary: the examples of the folder `examples/statistics`
//! agree with the built-in statistics, and a program that fails leaves one line and no process.
#![cfg(unix)]

use std::process::{Command, Stdio};

use crate::command::{Permtest, permtest};

const TOOTH_GROWTH: &str = include_str!("../../examples/data/toothgrowth.csv");

/// A difference of means by frames, in Python without anything else.
const FRAMES: &str = "
import struct, sys
from math import fsum
while header := sys.stdin.buffer.read(32):
    magic, rows, m, n = struct.unpack('<8sQQQ', header)
    for _ in range(rows):
        row = struct.unpack(f'<{m + n}d', sys.stdin.buffer.read(8 * (m + n)))
        sys.stdout.buffer.write(struct.pack('<d', fsum(row[:m]) / m - fsum(row[m:]) / n))
    sys.stdout.buffer.flush()
";

fn tooth_growth() -> Permtest {
    permtest()
        .file("data.csv", TOOTH_GROWTH)
        .args(["data.csv", "--group", "supp", "--column", "len", "-n", "2000", "--seed", "5"])
}

fn program(command: &str) -> Permtest {
    tooth_growth().args(["--statistic-command", command, "-j", "2"])
}

/// A program of the examples, in quotes that a folder with blanks in its name needs.
fn example(interpreter: &str, name: &str) -> String {
    format!("{interpreter} '{}/examples/statistics/{name}'", env!("CARGO_MANIFEST_DIR"))
}

/// Whether a command runs on this machine.
fn runs(program: &str, arguments: &[&str]) -> bool {
    let run = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    run.is_ok_and(|output| output.status.success())
}

/// The report as data, but for what a program cannot have in common with a built-in statistic: its name.
fn report(run: Permtest) -> serde_json::Value {
    let folder = run.args(["--json", "-o", "written.json"]).stdout("").stderr("").run();
    let text = std::fs::read_to_string(folder.path().join("written.json")).unwrap();
    let mut report: serde_json::Value = serde_json::from_str(&text).unwrap();
    report["statistic"].take();
    report
}

/// That a program and a built-in statistic have the same counts and p-value, with the same seed.
fn assert_agree(program: Permtest, statistic: &str) {
    let program = report(program);
    let built_in = report(tooth_growth().args(["-s", statistic, "--two-sided", "doubled"]));
    for field in ["p_value", "two_sided_rule", "count_greater_equal", "count_less_equal", "count_absolute", "seed"] {
        assert_eq!(program[field], built_in[field], "{field} of {statistic}");
    }
    let [estimate, expected] = [&program, &built_in].map(|report| report["estimate"].as_f64().unwrap());
    assert!((estimate - expected).abs() <= 1e-12 * expected.abs(), "{estimate} for {expected}");
}

#[test]
fn the_example_in_awk_is_the_difference_of_medians() {
    let interpreter = if runs("mawk", &["-W", "version"]) { "mawk -W interactive -f" } else { "awk -f" };
    assert_agree(program(&example(interpreter, "median_difference.awk")), "median");
}

#[test]
fn the_example_in_python_is_the_difference_of_trimmed_means() {
    assert_agree(program(&example("python3", "trimmed_mean.py")), "trimmed-mean:0.2");
}

#[test]
fn frames_carry_the_same_numbers_as_lines() {
    assert_agree(program("python3 frames.py").file("frames.py", FRAMES).args(["--protocol", "frames"]), "mean");
}

#[test]
fn the_example_with_numpy_is_the_difference_of_means() {
    if runs("python3", &["-c", "import numpy"]) {
        let run = program(&example("python3", "mean_difference.py")).args(["--protocol", "frames"]);
        assert_agree(run, "mean");
    }
}

#[test]
fn a_program_is_named_in_the_report() {
    let folder = program("python3 frames.py -fast").args(["--protocol", "frames", "--json", "-o", "r.json"]);
    let folder = folder.file("frames.py", FRAMES).stderr("").run();
    let json = std::fs::read_to_string(folder.path().join("r.json")).unwrap();
    assert!(json.contains(r#""statistic":"python3 frames.py -fast""#), "{json}");
    program("python3 frames.py")
        .file("frames.py", FRAMES)
        .args(["--protocol", "frames"])
        .stdout_contains("statistic of the program       3.7")
        .stdout_contains("p-value (two-sided, doubled)   0.0")
        .run();
}

#[test]
fn a_program_sees_pairs_in_their_order() {
    // It counts the pairs with a larger case value, which no sorting of each sample would keep.
    let signs = "
import sys
for line in sys.stdin:
    x, y = ([float(word) for word in group.split()] for group in line.split('\\t'))
    print(sum(a > b for a, b in zip(x, y)), flush=True)
";
    let sleep = |options: &[&str]| {
        permtest()
            .file("data.csv", include_str!("../../examples/data/sleep.csv"))
            .file("signs.py", signs)
            .args("data.csv --group group -c extra --case 2 --control 1 --pair ID".split(' '))
            .args(options.to_vec())
    };
    let program = report(sleep(&["--statistic-command", "python3 signs.py", "-j", "1"]));
    let built_in = report(sleep(&["-s", "sum(x > y)"]));
    assert_eq!((&program["estimate"], &program["p_value"]), (&9.0.into(), &built_in["p_value"]));
}

/// A script that says who it is before it goes on, so that it can be looked for afterwards.
fn noted(script: &str) -> String {
    format!("sh -c 'echo $$ >> pids; {script}'")
}

/// That a run is refused with these words, and that none of the processes it started is left.
fn assert_fails_cleanly(run: Permtest, words: &[&str]) {
    let folder = run.refused(words.to_vec()).run();
    let pids = std::fs::read_to_string(folder.path().join("pids")).unwrap();
    for pid in pids.lines() {
        let output = Command::new("ps").args(["-o", "stat=", "-p", pid]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "", "process {pid} is left");
    }
    assert!(!pids.is_empty());
}

#[test]
fn a_program_that_fails_is_told_in_one_line_and_leaves_no_process() {
    let garbage = noted("while read -r a; do echo mean: 3; done");
    assert_fails_cleanly(program(&garbage), &["replied \"mean: 3\" where one number is due", "one number a line"]);
    let early = noted("read -r a; echo 1; echo out of memory >&2; exit 3");
    assert_fails_cleanly(program(&early), &["ended (exit status: 3)", "replies, and said: out of memory"]);
    let once = noted("read -r a; echo 0.5");
    assert_fails_cleanly(program(&once), &["ended (exit status: 0) after 0 of", "until its input ends"]);
    let never = noted("echo started >&2; sleep 600");
    let words = ["neither read nor replied for 0.3 s after 0 of 1 replies", "flush"];
    assert_fails_cleanly(program(&never).args(["--command-timeout", "0.3"]), &words);
}

#[test]
fn a_program_that_is_not_there_is_named() {
    program("no-such-program-7 --fast").refused(["no-such-program-7", "cannot be started", "spelling"]).run();
    program("").refused(["names no program", "python3 statistic.py"]).run();
    program("awk 'oh").refused(["open quote", "close the quote"]).run();
}

#[test]
fn a_failed_program_leaves_no_output_behind() {
    let folder = program("echo nothing").args(["-o", "r.json", "--distribution", "null.npy"]).refused(["echo"]).run();
    let mut left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["data.csv"]);
}

#[test]
fn options_of_a_program_are_not_for_statistics_with_a_name() {
    for options in [["--protocol", "frames"], ["--command-timeout", "5"]] {
        tooth_growth().args(options).refused([options[0], "none is named", "--statistic-command"]).run();
    }
    program("cat").args(["-s", "median"]).refused(["--statistic", "--statistic-command", "leave out one"]).run();
    program("cat").args(["-s", "mean"]).refused(["--statistic", "--statistic-command", "contradict"]).run();
    program("cat").args(["--protocol", "line"]).refused(["--protocol", "did you mean lines?"]).run();
    for limit in ["0", "-1", "1h", "inf", "nan"] {
        program("cat").args(["--command-timeout", limit]).refused(["--command-timeout", limit, "0.5"]).run();
    }
    program("cat").args(["--mu", "5%"]).refused(["--mu in percent", "as a number"]).run();
}
