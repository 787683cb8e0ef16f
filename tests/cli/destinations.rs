//! Everything that a run writes is written, or nothing; a gate that fails does so whatever becomes of the report; and no signal
//! leaves anything behind.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::command::permtest;

const CASE: &str = "v\n1\n2\n3\n4\n";
const CONTROL: &str = "v\n11\n12\n13\n14\n";

/// A folder with two samples that differ significantly.
fn room() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), CASE).unwrap();
    fs::write(folder.path().join("b.csv"), CONTROL).unwrap();
    folder
}

/// Runs a line of a shell in a folder; `permtest` is the program, and the test's own surroundings are not seen.
fn shell(folder: &Path, line: &str) -> Output {
    let script = format!("permtest() {{ '{}' \"$@\"; }}\n{line}", env!("CARGO_BIN_EXE_permtest"));
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(folder).env_remove("GITHUB_STEP_SUMMARY").stdin(Stdio::null());
    command.output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

const GATE: &str = "permtest a.csv b.csv --fail-on significant";

#[test]
fn a_gate_fails_though_the_reader_of_standard_output_has_left() {
    let folder = room();
    for format in ["", "--json", "-q", "-f markdown"] {
        let output = shell(folder.path(), &format!("({GATE} {format}; echo $? >&2) | true"));
        assert!(stderr(&output).ends_with("1\n"), "{format}: {output:?}");
        let output = shell(folder.path(), &format!("{GATE} {format} >&-; echo $? >&2"));
        assert!(stderr(&output).ends_with("1\n"), "{format}: {output:?}");
    }
    // One that passes, passes, and so does a run without one.
    let output = shell(folder.path(), &format!("({GATE} --alternative greater; echo $? >&2) | true"));
    assert!(stderr(&output).ends_with("0\n"), "{output:?}");
    let output = shell(folder.path(), "(permtest a.csv b.csv; echo $? >&2; permtest --help; echo $? >&2) | true");
    assert_eq!(stderr(&output), "0\n0\n");
}

#[test]
fn summary_and_annotation_are_written_though_the_reader_of_standard_output_has_left() {
    let folder = room();
    fs::write(folder.path().join("summary.md"), "before\n").unwrap();
    let output = shell(
        folder.path(),
        &format!("(GITHUB_STEP_SUMMARY=summary.md {GATE} --annotations github; echo $? >&2) | true")
            .replace("GITHUB_STEP_SUMMARY=summary.md permtest", "export GITHUB_STEP_SUMMARY=summary.md; permtest"),
    );
    let stderr = stderr(&output);
    assert!(stderr.contains("\n::error title=permtest::gate fails") && stderr.ends_with("1\n"), "{stderr}");
    let summary = fs::read_to_string(folder.path().join("summary.md")).unwrap();
    assert!(summary.starts_with("before\n**permtest: gate fails"), "{summary}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error_but_for_a_gate_that_fails() {
    let folder = room();
    for (options, code) in [
        ("", 2),
        ("--fail-on significant", 1),
        ("--fail-on significant --alternative greater", 2),
        // Undecided.
        ("--fail-on significant --alpha 0.001", 2),
    ] {
        for to in ["> /dev/full", "-o /dev/full"] {
            let output = shell(folder.path(), &format!("permtest a.csv b.csv {options} {to}; echo $? >&2"));
            let stderr = stderr(&output);
            assert!(
                stderr.contains("free some space") && stderr.ends_with(&format!("{code}\n")),
                "{options}: {stderr}"
            );
        }
    }
    let output = shell(folder.path(), "permtest --help > /dev/full");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
#[cfg(target_os = "linux")]
fn a_standard_error_that_cannot_be_written_changes_nothing() {
    let folder = room();
    fs::write(folder.path().join("c.csv"), "1\n2\n3\n").unwrap();
    for closed in ["2>/dev/full", "2>&-"] {
        for (command, code) in [
            // Its first line is a note on standard error.
            ("permtest c.csv b.csv -q", 0),
            ("permtest a.csv b.csv --fail-on significant --annotations github -q", 1),
            ("permtest a.csv absent.csv", 2),
            ("permtest", 2),
            ("permtest a.csv b.csv -s 'mean(x'", 2),
            ("permtest aa c.csv --splits 9", 2),
        ] {
            let output = shell(folder.path(), &format!("{command} {closed}"));
            assert_eq!(output.status.code(), Some(code), "{command} {closed}");
            assert_eq!(output.stdout.is_empty(), code == 2, "{command} {closed}: {output:?}");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn all_outputs_are_written_or_none() {
    let folder = room();
    fs::write(folder.path().join("summary.md"), "before\n").unwrap();
    fs::write(folder.path().join("p.svg"), "of yesterday").unwrap();
    std::os::unix::fs::symlink("/dev/full", folder.path().join("full.png")).unwrap();
    let files = "--distribution d.csv --plot p.svg --report r.html";
    for to in ["-o /dev/full", "> /dev/full", "-o none/r.txt", "-o report.txt --plot full.png"] {
        let plot = if to.contains("--plot") { files.replace("--plot p.svg", "") } else { files.to_owned() };
        let line = format!("export GITHUB_STEP_SUMMARY=summary.md; {GATE} --alternative greater {plot} {to}");
        let output = shell(folder.path(), &line);
        assert_eq!(output.status.code(), Some(2), "{to}: {output:?}");
        assert_eq!(output.stdout, b"", "{to}");
        assert_eq!(names(folder.path()), ["a.csv", "b.csv", "full.png", "p.svg", "summary.md"], "{to}");
        assert_eq!(fs::read_to_string(folder.path().join("p.svg")).unwrap(), "of yesterday", "{to}");
        assert_eq!(fs::read_to_string(folder.path().join("summary.md")).unwrap(), "before\n", "{to}");
    }
    let output = shell(folder.path(), &format!("permtest a.csv b.csv {files} -o report.txt"));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(
        names(folder.path()),
        ["a.csv", "b.csv", "d.csv", "full.png", "p.svg", "r.html", "report.txt", "summary.md"]
    );
}

#[test]
fn a_place_that_cannot_be_written_is_found_before_anything_is_read() {
    // The data are absent: whoever looked at them first would say so.
    for (options, place) in [
        (&["-o", "none/r.txt"][..], "none/r.txt"),
        (&["--distribution", "none/d.npy"], "none/d.npy"),
        (&["--plot", "none/p.png"], "none/p.png"),
        (&["--report", "none/r.html"], "none/r.html"),
        (&["--checkpoint", "none/state", "-n", "100"], "none/state"),
        (&["--shard", "1/2", "-n", "100", "-o", "none/part"], "none/part"),
        (&["--explain", "-o", "none/r.txt"], "none/r.txt"),
        (&["--fail-on", "significant"], "GITHUB_STEP_SUMMARY none/s.md"),
    ] {
        permtest()
            .args(["absent.csv", "absent2.csv"])
            .args(options)
            .environment("GITHUB_STEP_SUMMARY", "none/s.md")
            .refused([place, "create the folder first"])
            .run();
    }
}

#[test]
fn nothing_is_written_over_what_is_read() {
    let folder = room();
    for line in [
        "permtest a.csv b.csv -o b.csv",
        "permtest - b.csv -o a.csv < a.csv",
        "permtest /dev/stdin b.csv -o ./a.csv < a.csv",
        "ln -s a.csv link; permtest a.csv b.csv --plot link.svg --report link",
        "export GITHUB_STEP_SUMMARY=b.csv; permtest a.csv b.csv --fail-on significant",
        "export GITHUB_STEP_SUMMARY=s.md; permtest a.csv b.csv --fail-on significant -o s.md",
    ] {
        let output = shell(folder.path(), line);
        assert_eq!(output.status.code(), Some(2), "{line}: {output:?}");
        let stderr = stderr(&output);
        assert!(stderr.contains("would overwrite the data") || stderr.contains("both name"), "{line}: {stderr}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("a.csv")).unwrap(), CASE);
    // Another name of the same file keeps what it held: the data are read to their end, and then the name is given anew.
    let output = shell(folder.path(), "ln a.csv other.csv; permtest a.csv b.csv -q -o other.csv; cat a.csv other.csv");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{CASE}0.02857142857142857\n"));
}

/// Starts a run, waits until a file appears in its folder beside the data, and sends it signals.
fn signalled(arguments: &[&str], signals: &[&str], prepare: impl FnOnce(&Path)) -> (Output, Vec<String>) {
    let folder = room();
    prepare(folder.path());
    let before = names(folder.path()).len();
    let run = Command::new(env!("CARGO_BIN_EXE_permtest"))
        .args(arguments)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while names(folder.path()).len() == before {
        assert!(began.elapsed() < Duration::from_secs(60), "the run never began");
        std::thread::sleep(Duration::from_millis(5));
    }
    let kills: Vec<String> = signals.iter().map(|signal| format!("kill -{signal} {}", run.id())).collect();
    Command::new("sh").args(["-c", &kills.join("; ")]).status().unwrap();
    let output = run.wait_with_output().unwrap();
    (output, names(folder.path()))
}

#[test]
fn no_signal_leaves_anything_behind() {
    let endless = ["a.csv", "b.csv", "--method", "monte-carlo", "-n", "1e12", "-o", "r.txt", "--distribution", "d.npy"];
    // The second one ends the process at once.
    for signals in [&["TERM"][..], &["TERM", "TERM"], &["XCPU"], &["TERM", "XCPU", "TERM"]] {
        let (output, left) = signalled(&endless, signals, |_| ());
        assert_eq!(output.status.code(), Some(130), "{signals:?}: {output:?}");
        assert_eq!(left, ["a.csv", "b.csv"], "{signals:?}");
    }
}

#[test]
fn a_signal_before_the_work_begins_is_an_interruption_too() {
    // It waits for somebody to write into the pipe, with its outputs open.
    let pipe = |folder: &Path| assert!(Command::new("mkfifo").arg(folder.join("p")).status().unwrap().success());
    let (output, left) = signalled(&["p", "b.csv", "-o", "r.txt"], &["TERM"], pipe);
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    assert_eq!(left, ["a.csv", "b.csv", "p"]);
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_and_no_crash() {
    let folder = room();
    let limited = "ulimit -f 8; permtest a.csv b.csv -n 100000 --distribution d.npy -o r.txt";
    let output = shell(folder.path(), limited);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("d.npy: ") && stderr(&output).contains("ulimit -f"), "{output:?}");
    assert_eq!(names(folder.path()), ["a.csv", "b.csv"]);
}
