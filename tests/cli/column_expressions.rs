//! Expressions that name columns: what is read, tested, reported and refused, by the built binary.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::command::{Permtest, permtest};

/// What users of two variants have paid, in how many sessions.
const SHOP: &str = "user,variant,revenue,sessions,net price,x\n1,B,12.5,3,1,2\n2,B,0,1,2,4\n3,B,33,5,3,1\n4,B,7.25,2,4,0\n\
                    5,B,41,6,5,3\n6,B,0,2,6,1\n7,B,18.5,3,7,5\n8,A,4,2,8,2\n9,A,9.5,3,9,2\n10,A,0,1,10,8\n\
                    11,A,11,4,11,1\n12,A,2.5,2,12,0\n13,A,15,5,13,3\n";

/// Counts of true and false positives and of misses in the sentences of a text, by two systems.
const SENTENCES: &str = "sentence,system,tp,fp,fn\ns1,new,3,0,1\ns2,new,2,1,0\ns3,new,4,0,0\ns4,new,1,0,2\ns5,new,2,0,0\n\
                         s6,new,0,1,1\ns7,new,3,1,0\ns8,new,2,0,1\ns1,old,2,1,2\ns2,old,2,1,0\ns3,old,3,1,1\ns4,old,2,0,1\n\
                         s5,old,1,1,1\ns6,old,0,0,1\ns7,old,2,2,1\ns8,old,2,1,1\n";

const RATIO: &str = "sum(revenue) / sum(sessions)";
const F1: &str = "2 * sum(tp) / (2 * sum(tp) + sum(fp) + sum(fn))";

fn shop(statistic: &str) -> Permtest {
    permtest().file("shop.csv", SHOP).args(["shop.csv", "--group", "variant", "--case", "B", "-s", statistic])
}

#[track_caller]
fn json(run: Permtest) -> Value {
    serde_json::from_str(&run.args(["--json"]).seen().stdout).unwrap()
}

fn number(report: &Value, field: &str) -> f64 {
    report[field].as_f64().unwrap_or_else(|| panic!("{field} is {}", report[field]))
}

#[test]
fn the_report_has_the_value_of_each_group() {
    let report = "revenue, sessions by variant: B (case) against A (control)

     n  sum(revenue) / sum(sessions)
  B  7                         5.102
  A  6                         2.471

  difference of sum(revenue) / sum(sessions)   2.632     95 % interval 0.387 to 4.105 (BCa bootstrap)
  p-value (two-sided)                          0.08333   exact

  143 of the 1,716 possible labellings differ by at least 2.632 in either
  direction.
  Exact: every labelling was counted, one by one.
";
    shop(RATIO).stdout(report).stderr("").run();
}

/// The counts of `tests/library/columns.rs`, where they are compared with `SciPy`'s.
#[test]
fn programs_get_the_same_numbers() {
    let report = json(shop(RATIO));
    assert_eq!((&report["column"], &report["statistic"]), (&"revenue, sessions".into(), &RATIO.into()));
    assert_eq!((&report["n_case"], &report["n_control"]), (&7.into(), &6.into()));
    assert_eq!(number(&report["case"], "value"), 112.25 / 22.0);
    assert_eq!((&report["control"]["label"], &report["control"]["mean"]), (&"A".into(), &Value::Null));
    assert_eq!((&report["effect"], &report["hedges_g"]), (&format!("difference of {RATIO}").into(), &Value::Null));
    assert_eq!(number(&report, "count_absolute"), 143.0);
    assert!((number(&report, "p_value") - 143.0 / 1716.0).abs() < 1e-15);
}

#[test]
fn a_ratio_of_the_groups_is_tested_against_1() {
    let report = json(shop(RATIO).args(["--ratio"]));
    assert_eq!((&report["statistic"], number(&report, "null_value")), (&format!("ratio of {RATIO}").into(), 1.0));
    assert!((number(&report, "p_value") - 172.0 / 1716.0).abs() < 1e-15);
    assert_eq!((&report["two_sided_rule"], number(&report["control"], "value")), (&"doubled".into(), 42.0 / 17.0));
    // Of a summary of one column it is the expression in x and y.
    for (name, expression) in [
        ("mean", "mean(x) / mean(y)"),
        ("trimmed-mean:0.2", "trimmed_mean(x, 0.2) / trimmed_mean(y, 0.2)"),
        ("sum(x > 3)", "sum(x > 3) / sum(y > 3)"),
    ] {
        let of = |statistic: &str| shop(statistic).args(["-c", "sessions"]);
        let (ratio, written) = (json(of(name).args(["--ratio"])), json(of(expression)));
        for field in ["statistic", "estimate", "p_value", "null_value", "effect_interval", "case"] {
            assert_eq!(ratio[field], written[field], "{field} of {name}");
        }
    }
    shop("mean").args(["-c", "sessions", "--ratio"]).stdout_contains("ratio of means").run();
    shop("t").args(["-c", "sessions", "--ratio"]).refused(["t is none", "summary such as mean"]).run();
    shop("mean(x) - mean(y)").args(["-c", "sessions", "--ratio"]).refused(["is none"]).run();
    let command = ["shop.csv", "--group", "variant", "-c", "sessions", "--ratio", "--statistic-command", "cat"];
    permtest().file("shop.csv", SHOP).args(command).refused(["--ratio", "--statistic-command"]).run();
}

/// Yeh (2000): the counts of a sentence change places between the systems, in any of 2⁸ ways.
#[test]
fn f1_is_tested_by_exchanging_sentences() {
    let rows: Vec<Vec<f64>> = SENTENCES
        .lines()
        .skip(1)
        .map(|line| line.split(',').skip(2).map(|field| field.parse().unwrap()).collect())
        .collect();
    let f1 = |swapped: u32, system: usize| {
        let sum = |column: usize| -> f64 {
            (0..8).map(|sentence| rows[8 * (system ^ (swapped >> sentence & 1) as usize) + sentence][column]).sum()
        };
        2.0 * sum(0) / (2.0 * sum(0) + sum(1) + sum(2))
    };
    let differences: Vec<f64> = (0..256).map(|swapped| f1(swapped, 0) - f1(swapped, 1)).collect();
    let extreme = differences.iter().filter(|difference| difference.abs() >= differences[0].abs() - 1e-12).count();
    let run = || {
        let arguments = ["text.csv", "--group", "system", "--case", "new", "--pair", "sentence", "-s", F1];
        permtest().file("text.csv", SENTENCES).args(arguments)
    };
    let report = json(run());
    assert_eq!(number(&report, "p_value"), extreme as f64 / 256.0);
    assert!((number(&report, "estimate") - differences[0]).abs() < 1e-15);
    assert_eq!((&report["design"], &report["n_units"]), (&"paired".into(), &8.into()));
    run().stdout_contains("Labels are swapped within 8").run();
}

#[test]
fn two_files_are_the_two_groups() {
    let group = |label: &str| -> String {
        let taken = |line: &&str| line.starts_with("user") || line.split(',').nth(1) == Some(label);
        SHOP.lines().filter(taken).collect::<Vec<_>>().join("\n")
    };
    let run = permtest().file("new.csv", group("B")).file("old.csv", group("A"));
    let (two, one) = (json(run.args(["new.csv", "old.csv", "-s", RATIO])), json(shop(RATIO)));
    for field in ["estimate", "p_value", "effect_interval", "n_case", "column"] {
        assert_eq!(two[field], one[field], "{field}");
    }
}

#[test]
fn the_order_of_the_rows_changes_no_byte() {
    let mut lines: Vec<&str> = SHOP.lines().collect();
    lines[1..].reverse();
    let turned = || {
        permtest()
            .file("shop.csv", lines.join("\n"))
            .args(["shop.csv", "--group", "variant", "--case", "B", "-s", RATIO])
    };
    for options in [&["-n", "5000"][..], &["-n", "5000", "--json"], &["-n", "5000", "--strata", "x"]] {
        let [one, other] = [shop(RATIO).args(options), turned().args(options)].map(|run| run.output());
        assert_eq!((one.stdout, one.stderr), (other.stdout, other.stderr), "{options:?}");
    }
}

#[test]
fn names_stand_in_back_quotes_where_they_must() {
    for statistic in ["mean(`net price`) / mean(sessions)", "mean(`x`) + n(revenue)", "mean(`5`)"] {
        shop(statistic).stdout_contains(statistic).run();
    }
    // A number, where there are no names.
    let rows = SHOP.lines().skip(1).collect::<Vec<_>>().join("\n");
    let numbered = permtest().file("shop.csv", rows).args(["shop.csv", "--no-header", "--group", "2", "--case", "B"]);
    let report = json(numbered.args(["-s", "sum(`3`) / sum(`4`)"]));
    assert_eq!(number(&report, "p_value"), number(&json(shop(RATIO)), "p_value"));
    let quoted = "sum(`revenue) / sum(sessions)";
    shop(quoted).refused_at(quoted, "    ^", ["this ` is never closed (character 5)"]).run();
}

#[test]
fn a_name_that_is_no_column_is_shown_with_the_nearest() {
    for (statistic, pointer, words) in [
        (
            "sum(revenue) / sum(sesions)",
            "                   ^^^^^^^",
            ["sesions (character 20)", "did you mean sessions?"],
        ),
        ("sum(Revenue)", "    ^^^^^^^", ["no column is called Revenue", "did you mean revenue?"]),
        ("mean(netprice)", "     ^^^^^^^^", ["no column is called netprice", "did you mean `net price`?"]),
        ("mean(case)", "     ^^^^", ["no column is called case", "did you mean x?"]),
        ("mean(cost)", "     ^^^^", ["the columns are user, variant, revenue, sessions", "`net price`"]),
        (
            "mean(x) / mean(revenue)",
            "               ^^^^^^^",
            ["revenue is not known", "columns stand without x, y and pooled"],
        ),
    ] {
        shop(statistic).refused_at(statistic, pointer, words).run();
    }
    let numbers = permtest().file("a", "1\n2\n").file("b", "3\n4\n").args(["a", "b", "-s", "mean(v)"]);
    numbers.refused_at("mean(v)", "     ^", ["a has no header line", "write a number in back-quotes, as in `1`"]).run();
    let names: Vec<String> = (1..=40).map(|number| format!("column{number}")).collect();
    let wide = format!("g,{}\nx,{}\ny,{}\n", names.join(","), vec!["1"; 40].join(","), vec!["2"; 40].join(","));
    let wide = permtest().file("w.csv", wide).args(["w.csv", "--group", "g", "-s", "sum(price)"]);
    wide.refused_at("sum(price)", "    ^^^^^", ["the columns are g, column1,", "column11 and 29 more\n"]).run();
    let twins = permtest().file("t", "g,a,a\nx,1,2\ny,3,4\n").args(["t", "-d", ",", "--group", "g", "-s", "mean(a)"]);
    twins.refused_at("mean(a)", "     ^", ["several columns of t are called a", "as in `2`"]).run();
}

#[test]
fn what_does_not_go_with_several_columns_is_refused() {
    for (options, words) in [
        (&["-c", "revenue"][..], ["--column stands beside an expression", "leave it out, or write x"]),
        (&["--all-columns"], ["--all-columns stands beside", "leave it out"]),
        (&["--mu", "1"], ["--mu shifts or multiplies the values of one column", "leave it out"]),
        (&["--ratio", "--mu", "1.1"], ["--mu shifts or multiplies the values of one column", "leave it out"]),
        (&["--interval", "inversion"], ["a shift is no null hypothesis", "--interval bca or percentile"]),
        (&["--together"], ["--together stands beside an expression", "leave it out"]),
    ] {
        shop(RATIO).args(options).refused(words).run();
    }
    shop("sum(revenue) / sum(variant)").refused(["--statistic and --group are the same column"]).run();
    let wide = ["shop.csv", "--case", "revenue", "--control", "sessions", "-s", "mean(user)"];
    permtest()
        .file("shop.csv", SHOP)
        .args(wide)
        .refused(["--case and --control are columns themselves", "--group"])
        .run();
    let several = ["--case-file", "shop.csv", "--control-file", "b.csv", "-s", "mean(user)"];
    let run = permtest().file("shop.csv", SHOP).file("b.csv", SHOP).args(several);
    run.refused(["not known for several tables a side"]).run();
    let aa = permtest().file("shop.csv", SHOP).args(["aa", "shop.csv", "-c", "revenue", "-s", "mean(user)"]);
    aa.refused(["aa splits the values of one column", "write x"]).run();
    let times = r#"{"results": [{"command": "a", "times": [1.0, 2.0, 3.0]}]}"#;
    let run = permtest().file("a.json", times).file("b.json", times).args(["a.json", "b.json", "-s", "mean(times)"]);
    run.refused(["results of benchmarks have no columns", "write x for the times"]).run();
}

#[test]
fn a_row_without_a_value_in_any_of_the_columns_is_missing() {
    let holes = SHOP.replace("3,B,33,5", "3,B,33,NA").replace("8,A,4,2", "8,A,,2").replace("10,A,0", "10,A,");
    let run =
        || permtest().file("shop.csv", &holes).args(["shop.csv", "--group", "variant", "--case", "B", "-s", RATIO]);
    run().refused(["shop.csv, line 4, column sessions", "missing", "--missing drop"]).run();
    let report = json(run().args(["--missing", "drop"]));
    assert_eq!((&report["n_dropped"], &report["n_case"], &report["n_control"]), (&3.into(), &6.into(), &4.into()));
    assert_eq!(number(&report["case"], "value"), 79.25 / 17.0);
    let text = SHOP.replace("5,B,41,6", "5,B,41,six");
    let run = permtest().file("shop.csv", text).args(["shop.csv", "--group", "variant", "--case", "B", "-s", RATIO]);
    run.refused(["shop.csv, line 6, column sessions", "six"]).run();
}

#[test]
fn undefined_ratios_are_treated_as_asked() {
    let data = "g,a,b\nx,1,1\nx,0,0\ny,2,3\ny,0,0\n";
    let run = || permtest().file("d.csv", data).args(["d.csv", "--group", "g", "--case", "x", "-s", "sum(a) / sum(b)"]);
    run().refused(["not defined for 2 of 6 relabellings", "--undefined extreme|drop"]).run();
    let report = json(run().args(["--undefined", "drop"]));
    assert_eq!((&report["n_undefined"], &report["count_absolute"]), (&2.into(), &4.into()));
}

#[test]
fn every_format_and_output_takes_it() {
    for (options, words) in [
        (&["-q"][..], "0.08333333333333333"),
        (&["--format", "csv"], "case_value"),
        (&["--format", "tsv"], "revenue, sessions"),
        (&["--format", "markdown"], "B: 5.102, n 7 | A: 2.471, n 6"),
        (&["--histogram", "--ascii"], "Null distribution"),
        (&["--compare"], "no classical test is defined"),
        (&["--explain"], "exact"),
        (&["--fail-on", "not-significant", "--alpha", "0.1"], "Gate"),
        (&["--min-effect", "20%", "--fail-on", "not-significant", "--alpha", "0.1"], "Gate"),
        (&["--method", "splitting"], "Multilevel splitting"),
        (&["--two-sided", "doubled"], "0.08625"),
    ] {
        shop(RATIO).args(options).stdout_contains(words).run();
    }
    let folder = shop(RATIO).args(["--plot", "p.svg", "--report", "r.html", "--distribution", "d.csv"]).run();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("d.csv").lines().count(), 1 + 1716);
    for name in ["p.svg", "r.html"] {
        assert!(read(name).contains("revenue, sessions by variant: B (case) against A (control)"), "{name}");
        assert!(!read(name).contains("mean 3"), "{name} draws the numbers of rows");
    }
}

/// Runs the command in a folder and gives what it prints.
#[track_caller]
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_permtest")).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn shards_a_checkpoint_threads_and_instructions_print_the_bytes_of_one_run() {
    let folder = shop(RATIO).args(["-q"]).run();
    for options in [&["--json"][..], &["--ratio", "--strata", "x", "--histogram"], &["--cluster", "user", "--json"]] {
        let test = ["shop.csv", "--group", "variant", "--case", "B", "-s", RATIO, "-n", "200000"];
        let run = |more: &[&str]| printed(folder.path(), &[&test[..], options, more].concat());
        let whole = run(&[]);
        for part in ["1/3", "2/3", "3/3"] {
            run(&["--shard", part, "-o", &format!("part-{}.json", &part[..1])]);
        }
        assert_eq!(
            printed(folder.path(), &["merge", "part-1.json", "part-2.json", "part-3.json"]),
            whole,
            "{options:?}"
        );
        let _ = std::fs::remove_file(folder.path().join("kept.json"));
        assert_eq!(run(&["--checkpoint", "kept.json"]), whole, "{options:?}");
        assert_eq!(run(&["--checkpoint", "kept.json"]), whole, "{options:?}");
        assert_eq!(run(&["-j", "1"]), whole, "{options:?}");
        let plain = shop(RATIO).args(["-n", "200000"]).args(options).environment("PERMTEST_SIMD", "off").seen();
        assert_eq!(plain.stdout, whole, "{options:?}");
    }
}

/// The ratio by lines, and by frames.
#[cfg(unix)]
const LINES: &str = "
import sys
from math import fsum
for line in sys.stdin:
    revenue, revenue_0, sessions, sessions_0 = (fsum(map(float, field.split())) for field in line.split('\\t'))
    print(revenue / sessions - revenue_0 / sessions_0, flush=True)
";
#[cfg(unix)]
const FRAMES: &str = "
import struct, sys
while header := sys.stdin.buffer.read(40):
    magic, rows, m, n, columns = struct.unpack('<8sQQQQ', header)
    assert magic == b'PERMTST2' and columns == 2
    for _ in range(rows):
        row = struct.unpack(f'<{2 * (m + n)}d', sys.stdin.buffer.read(16 * (m + n)))
        revenue, sessions = row[:m + n], row[m + n:]
        value = sum(revenue[:m]) / sum(sessions[:m]) - sum(revenue[m:]) / sum(sessions[m:])
        sys.stdout.buffer.write(struct.pack('<d', value))
    sys.stdout.buffer.flush()
";

#[test]
#[cfg(unix)]
fn a_program_gets_the_columns_that_it_asks_for() {
    let expected = json(shop(RATIO).args(["--two-sided", "doubled", "-n", "2000"]));
    let run = |options: &[&str]| {
        let test = ["shop.csv", "--group", "variant", "--case", "B", "-n", "2000", "-c", "revenue", "-c", "sessions"];
        permtest().file("lines.py", LINES).file("frames.py", FRAMES).file("shop.csv", SHOP).args(test).args(options)
    };
    for command in [
        &["--statistic-command", "python3 lines.py"][..],
        &["--statistic-command", "python3 frames.py", "--protocol", "frames"],
    ] {
        let report = json(run(command).args(["--together"]));
        for field in ["column", "count_greater_equal", "count_less_equal", "p_value", "n_case"] {
            assert_eq!(report[field], expected[field], "{field} of {command:?}");
        }
        assert!((number(&report, "estimate") - number(&expected, "estimate")).abs() < 1e-12);
        assert_eq!((&report["case"]["mean"], report["case"].get("value")), (&Value::Null, None));
    }
    // Without the switch each column is tested by itself, as lines of one column.
    run(&["--statistic-command", "python3 lines.py"]).refused(["not enough values to unpack"]).run();
    run(&["-s", "mean", "--together"]).refused(["--together is about the columns that a program gets"]).run();
    let none = ["shop.csv", "--group", "variant", "--together", "--statistic-command", "cat"];
    permtest().file("shop.csv", SHOP).args(none).refused(["name each with --column"]).run();
    run(&["-c", "3", "--together", "--statistic-command", "cat"]).refused(["--column names", "twice"]).run();
}
