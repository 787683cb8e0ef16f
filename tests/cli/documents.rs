//! Tables in other documents than text with delimiters: whatever the document, the same rows give the same report, and what is
//! wrong in one of them is named by its place.

use std::fmt::Write as _;

use crate::command::{Permtest, permtest};

/// Two sites with three rows of each of two arms, a value that is missing, pairs, a column of words.
const ROWS: [[&str; 5]; 12] = [
    ["n", "1", "a", "2.5", "true"],
    ["n", "2", "a", "3", "false"],
    ["n", "3", "a", "", "true"],
    ["n", "1", "b", "4.25", "true"],
    ["n", "2", "b", "1e1", "false"],
    ["n", "3", "b", "6", "false"],
    ["s", "4", "a", "-1", "true"],
    ["s", "5", "a", "0.5", "true"],
    ["s", "6", "a", "2", "true"],
    ["s", "4", "b", "3", "false"],
    ["s", "5", "b", "3.5", "true"],
    ["s", "6", "b", "8", "false"],
];
const NAMES: [&str; 5] = ["site", "id", "arm", "len", "ok"];

fn csv() -> String {
    [NAMES].iter().chain(&ROWS).map(|row| row.join(",") + "\n").collect()
}

/// A record, on as many lines as there are members where `is_long`; texts are in quotes, an empty one is null or absent.
fn record(row: &[&str; 5], is_long: bool) -> String {
    let mut members = Vec::new();
    for (i, (name, cell)) in NAMES.iter().zip(row).enumerate() {
        match (i, *cell) {
            (_, "") if is_long => {}
            (_, "") => members.push(format!("\"{name}\": null")),
            (0 | 2, text) => members.push(format!("\"{name}\": \"{text}\"")),
            (_, plain) => members.push(format!("\"{name}\": {plain}")),
        }
    }
    format!("{{{}}}", members.join(if is_long { ",\n  " } else { ", " }))
}

fn list(is_long: bool) -> String {
    let records: Vec<_> = ROWS.iter().map(|row| record(row, is_long)).collect();
    format!("[{}]\n", records.join(",\n"))
}

fn lines() -> String {
    ROWS.iter().map(|row| record(row, false) + "\n").collect()
}

/// A run on one file, with options as they are typed.
fn on(name: &str, content: impl AsRef<[u8]>, options: &str) -> Permtest {
    let options: Vec<_> = options.split_whitespace().map(str::to_owned).collect();
    permtest().file(name, content).args([name.to_owned()]).args(options)
}

/// Options that touch everything that is read of a row.
const OPTIONS: [&str; 5] = [
    "--group arm -c len --missing drop --json",
    "--group arm -c len --missing drop --strata site --pair id --json",
    "--group arm -c ok --json",
    "--group arm --all-columns --missing drop --json --adjust holm",
    "--group arm -c 4 --na 8 --missing drop --strata 1 --json",
];

#[test]
fn records_give_the_report_of_the_same_table() {
    for options in OPTIONS {
        let expected = on("d.csv", csv(), options).seen().stdout;
        for (name, content) in
            [("d.json", list(false)), ("d.json", list(true)), ("d.jsonl", lines()), ("x.txt", lines())]
        {
            assert_eq!(on(name, &content, options).seen().stdout, expected, "{options} {content}");
        }
    }
    let conditions = ["--where", "site == s", "--where", "ok != false"];
    let of =
        |name: &str, content: String| on(name, content, "--group arm -c len --json").args(conditions).seen().stdout;
    assert_eq!(of("d.csv", csv()), of("d.json", list(true)));
}

#[test]
fn lists_of_numbers_are_samples() {
    let lists = || {
        permtest()
            .file("a.json", "[1, 2.5,\n 3]")
            .file("b.json", "\u{feff}[ 4, 5, null, 1e1 ]\n")
            .args(["a.json", "b.json"])
    };
    lists().refused(["b.json, line 1, column 1: the field is empty", "--missing drop"]).run();
    let table = permtest().file("a.csv", "1\n2.5\n3\n").file("b.csv", "4\n5\n\n10\n");
    let table = table.args(["a.csv", "b.csv", "--no-header", "--missing", "drop", "--json"]).seen();
    let listed = lists().args(["--missing", "drop", "--json"]).seen();
    assert_eq!(listed.stdout, table.stdout);
    assert_eq!(listed.stderr, "");
    // A list on one side, a table on the other.
    permtest().file("a.json", "[1,2]").file("b.csv", "3\n4\n").args(["a.json", "b.csv"]).run();
    permtest().stdin("[1,2]").file("b.csv", "3\n4\n").args(["-", "b.csv"]).run();
}

#[test]
fn what_is_no_cell_is_named_by_its_path_where_it_is_wanted() {
    let nested = "{\"arm\": \"a\", \"len\": 1, \"meta\": {\"x\": 1}}\n{\"arm\": \"b\", \"len\": 2, \"meta\": 3}\n";
    on("d.jsonl", nested, "--group arm").stderr_contains("left out, as they hold lists or objects: meta").run();
    on("d.jsonl", nested, "--group arm -c meta")
        .refused(["d.jsonl, line 1: [0].meta is an object, not a number"])
        .run();
    let with = |list: &str| permtest().file("a.json", list).file("b.csv", "3\n4\n").args(["a.json", "b.csv"]);
    with("[1,\n[2]]").refused(["a.json, line 2: [1] is a list, not a number"]).run();
    with("[1,\n{\"a\": 2}]").refused(["a.json, line 2: [1] is an object"]).run();
    with("[{\"a\": 2}, 3]").refused(["a.json, line 1: [1] is 3, not a record"]).run();
    with("[{\"a\": [2]}]").refused(["a.json, line 1: [0].a is a list"]).run();
    with("[]").refused(["the list is empty"]).run();
    with("{\"a\": 2}").refused(["no results of benchmarks", "or a list of numbers or records"]).run();
    with("[1, 2").refused(["a.json, line 1: the JSON breaks off here"]).run();
    with("{\"a\": 1}\n{\"a\": }\n").refused(["a.json, line 2: this is no JSON from column 7 on"]).run();
    with("{\"a\": 1}\n{\"a\": NaN}\n").refused(["line 2, column a: \"NaN\" is no value", "--missing drop"]).run();
    with("[{\"a\": 1},\n {\"a\": \"x\\ny\"}]").refused(["a.json, line 2, column a: \"x\\ny\" is not a number"]).run();
    on("d.json", list(false), "--group arm --skip 1")
        .refused(["--skip is about lines of text, but d.json is JSON"])
        .run();
    on("d.json", list(false), "--group arm -c size").refused(["the columns are site, id, arm, len, ok"]).run();
    on("d.json", list(false), "").refused(["its columns are site, id, arm, len, ok"]).run();
}

#[test]
fn a_long_list_is_read_row_by_row() {
    let mut records = String::from("[");
    for i in 0..20_000 {
        let _ =
            write!(records, "{}{{\"v\": {}, \"g\": \"{}\"}}", if i == 0 { "" } else { "," }, i % 97, ["a", "b"][i % 2]);
    }
    records.push(']');
    let run = on("d.json", records, "--group g -c v --method monte-carlo -n 100 --json").seen();
    assert!(run.stdout.contains("\"n_case\":10000,\"n_control\":10000"), "{}", run.stdout);
}
