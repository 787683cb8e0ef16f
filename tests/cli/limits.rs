//! Input without an end, or that decompresses to far more than it seems: one line that says what and where, before memory or
//! patience are gone.

use std::io::Write as _;

use crate::command::{Permtest, permtest};

const GOOD: &str = "len\n1\n2\n3\n";

/// So many mebibytes of a text over and over, as gzip of many members: a thousandth of its size.
fn bomb(unit: &str, mebibytes: usize) -> Vec<u8> {
    let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    member.write_all(unit.repeat((16 << 20) / unit.len()).as_bytes()).unwrap();
    member.finish().unwrap().repeat(mebibytes / 16)
}

/// What begins a file, and a bomb of a gibibyte after it.
fn case(beginning: &str, unit: &str) -> Permtest {
    let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    file.write_all(beginning.as_bytes()).unwrap();
    let file = [file.finish().unwrap(), bomb(unit, 1024)].concat();
    permtest().args(["case.csv.gz", "control.csv", "-n", "100"]).file("case.csv.gz", file).file("control.csv", GOOD)
}

#[test]
fn a_row_without_an_end_is_refused_where_it_begins() {
    for (beginning, unit, words) in [
        ("", ",", "line 1: a line that begins here has not ended after 8 MiB"),
        ("len\n1\n", ",", "line 3: a line that begins here has not ended after 8 MiB"),
        ("len\n1\n", "7", "line 3: a line that begins here has not ended after 8 MiB"),
        ("len\n1\n2\n\"", "3\n", "line 4: a row that begins here has not ended after 8 MiB; close its double quote"),
        ("", " ", "line 1: from here on, 8 MiB hold nothing but blanks"),
        ("len\n1\n", " ", "line 3: from here on, 8 MiB hold nothing but blanks"),
        ("len\n1\n", "\n", "line 3: from here on, 8 MiB hold nothing but blanks"),
        ("len\n1\n", "   \r\n", "line 3: from here on, 8 MiB hold nothing but blanks"),
    ] {
        case(beginning, unit).refused(["case.csv.gz, ", words]).run();
    }
}

#[test]
fn a_field_and_a_number_of_columns_that_no_table_has_are_refused() {
    let file = |content: String| permtest().args(["case.csv", "control.csv"]).file("case.csv", content);
    let refused = |content: String, words| file(content).file("control.csv", GOOD).refused(["case.csv, ", words]).run();
    refused(
        format!("a,len\nx,1\n{},2\n", "y".repeat((1 << 20) + 1)),
        "line 3: field 1 has 1048577 bytes; at most 1 MiB",
    );
    refused(format!("{}\n1\n", ",".repeat(1_000_000)), "line 1: there are 1000001 columns; at most 1,000,000");
    let wide = |n: usize| format!("len{}\n1{}\n2{}\n", ",".repeat(n), ",".repeat(n), ",".repeat(n));
    file(wide(99_999)).file("control.csv", GOOD).args(["-c", "len", "-q", "-n", "9"]).run();
    let long = |n: usize| format!("a,len\n{},1\ny,2\n", "y".repeat(n));
    file(long(1 << 20)).file("control.csv", GOOD).args(["-c", "len", "-q", "-n", "9"]).run();
}

#[test]
fn a_document_has_an_end() {
    let words = "these results have more than 256 MiB";
    let results = "{\"results\": [{\"command\": \"a\", \"times\": [1, 2]}]}";
    for (beginning, unit) in [
        ("{\"results\": [{\"command\": \"a\", \"times\": [1", ", 1"),
        ("{\"results\": ", " "),
        ("goos: linux\n", "BenchmarkX 1 2 ns/op\n"),
    ] {
        case(beginning, unit).file("control.csv", results).refused(["case.csv.gz: ", words]).run();
    }
}

/// Whatever a device or a pipe may hold.
#[cfg(unix)]
mod unix {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn devices_that_never_end_are_no_data() {
        for device in ["/dev/zero", "/dev/full", "/dev/urandom"] {
            permtest().args([device, "control.csv"]).file("control.csv", GOOD).refused([device]).run();
            permtest().args(["merge", device]).refused([device, "no part file"]).run();
            permtest()
                .args(["case.csv", "control.csv", "-n", "100", "--checkpoint", device])
                .file("case.csv", GOOD)
                .file("control.csv", GOOD)
                .refused([device, "regular file"])
                .run();
        }
    }

    #[test]
    fn a_pipe_is_no_checkpoint_and_may_be_a_part() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        // Nobody writes to it: opening it would wait for ever.
        permtest()
            .args(["case.csv", "control.csv", "-n", "100", "--checkpoint"])
            .args([&pipe])
            .file("case.csv", GOOD)
            .file("control.csv", GOOD)
            .refused(["pipe", "regular file"])
            .run();
        let folder = permtest()
            .args(["case.csv", "control.csv", "-n", "100", "--shard", "1/1", "-o", "part.json"])
            .file("case.csv", GOOD)
            .file("control.csv", GOOD)
            .run();
        let part = std::fs::read(folder.path().join("part.json")).unwrap();
        permtest().args(["merge", "/dev/stdin", "-q"]).stdin(&part).stdout("1.0\n").run();
        let endless = [&part[..part.len() - 1], &b"a".repeat(1 << 20)[..]].concat();
        permtest().args(["merge", "/dev/stdin"]).stdin(endless).refused(["no part file"]).run();
    }
}
