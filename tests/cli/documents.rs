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
        .refused(["--skip is about lines of text, and d.json has none"])
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

const WORKBOOK: &[u8] = include_bytes!("../data/cases/16-workbook.xlsx");

#[test]
#[cfg(not(feature = "xlsx"))]
fn a_workbook_is_refused_where_it_is_not_read() {
    on("d.xlsx", WORKBOOK, "--group arm")
        .refused(["d.xlsx: this is an .xlsx workbook", "CSV", "--features xlsx"])
        .run();
}

#[cfg(feature = "xlsx")]
mod workbooks {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sheet_gives_the_report_of_the_same_table() {
        let table = "day,arm,len,ok\n2026-05-04,a,2.5,true\n2026-05-04,a,3,false\n2026-05-05,a,,true\n\
                     2026-05-05T10:30:00,b,4.25,true\n2026-05-06,b,10,false\n2026-05-06,b,6.1,false\n";
        for options in [
            "--group arm -c len --missing drop --json",
            "--group arm -c ok --json",
            "--group day --case 2026-05-06 --control 2026-05-04 -c 3 --json",
        ] {
            let [sheet, text] = [on("d.xlsx", WORKBOOK, options), on("d.csv", table, options)].map(Permtest::seen);
            assert_eq!(sheet.stdout, text.stdout, "{options}");
            for words in [
                "sheet \"Results\" is read; --sheet NAME reads another: \"Raw data\", \"Empty\", \"One\"",
                "line 2: a row of units is left out: cm",
            ] {
                assert!(sheet.stderr.contains(words), "{words}: {}", sheet.stderr);
            }
        }
    }

    #[test]
    fn sheets_are_named_or_numbered_and_titles_above_a_table_left_out() {
        let raw = |sheet: &str| {
            on("d.xlsx", WORKBOOK, "--case x --control y --na ND --missing drop").args(["--sheet", sheet])
        };
        raw("Raw data").stderr("permtest: note: d.xlsx: 1 line above the names of the columns are left out\n").run();
        raw("2").stdout_contains("x (case) against y (control)").run();
        raw("2").args(["--skip", "2"]).stderr("").run();
        raw("Row data")
            .refused(["no sheet is called \"Row data\"; the sheets are \"Results\", \"Raw data\"", "from 1 to 4"])
            .run();
        raw("3").refused(["sheet \"Empty\" is empty", "\"One\""]).run();
        on("d.csv", csv(), "--group arm --sheet 2").refused(["--sheet is for workbooks, and d.csv is none"]).run();
    }

    #[test]
    fn what_is_wrong_in_a_sheet_is_named_by_its_row() {
        let one =
            |options: &str| on("d.xlsx", WORKBOOK, &format!("e.xlsx --sheet One {options}")).file("e.xlsx", WORKBOOK);
        one("").refused(["d.xlsx, line 7, column v: \"#DIV/0!\" is not a number", "missing are empty (1)"]).run();
        // A blank row between values, and the fault.
        let run = one("--na #DIV/0! --missing drop --json").seen();
        assert!(run.stdout.contains("\"n_case\":3") && run.stdout.contains("\"n_dropped\":4"), "{}", run.stdout);
        on("d.xlsx", WORKBOOK, "--group arm -c day")
            .refused(["d.xlsx, line 3, column day: \"2026-05-04\" is not a number"])
            .run();
    }

    #[test]
    fn other_archives_and_damaged_workbooks_are_refused() {
        on("d.xlsx", &WORKBOOK[..3000], "--group arm").refused(["the workbook cannot be read"]).run();
        let mut renamed = WORKBOOK.to_vec();
        for at in 0..renamed.len() - 15 {
            if renamed[at..].starts_with(b"xl/workbook.xml") {
                renamed[at] = b'y';
            }
        }
        on("d.zip", renamed, "--group arm").refused(["this is a zip archive, but no .xlsx workbook"]).run();
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn a_workbook_with_other_bytes_gives_a_report_or_one_line(at in 0..WORKBOOK.len(), byte: u8, end in 0..WORKBOOK.len()) {
            let mut damaged = WORKBOOK.to_vec();
            damaged[at] = byte;
            for content in [&damaged[..], &WORKBOOK[..end]] {
                let output = on("d.xlsx", content, "--group arm -c len --missing drop -q").output();
                let lines = String::from_utf8_lossy(&output.stderr).lines().filter(|line| !line.contains("note:")).count();
                prop_assert!(output.status.code() == Some(0) || (output.status.code() == Some(2) && lines == 1), "{output:?}");
            }
        }
    }
}
