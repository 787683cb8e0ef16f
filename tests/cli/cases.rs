//! Files as people have them, made after reports in public, with what is printed about them: a wrong comparison is refused or
//! noted, and the remedy that a message names succeeds at the first try.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Permtest, permtest};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cases").join(name)
}

/// A run on one of the files, with options as they are typed.
fn case(name: &str, options: &str) -> Permtest {
    let content = fs::read(path(name)).expect("a file of the tests");
    let mut args = vec![name.to_owned()];
    args.extend(options.split_whitespace().map(str::to_owned));
    permtest().file(name, content).args(args)
}

/// The p-value of a run.
fn p_is(name: &str, options: &str, p: f64, noted: &[&str]) {
    let run = case(name, &format!("{options} --json")).seen();
    let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("a report");
    let found = report["p_value"].as_f64().expect("a p-value");
    assert!((found / p - 1.0).abs() < 0.01, "{name} {options}: {found}, not {p}");
    for words in noted {
        assert!(run.stderr.contains(words), "{name} {options}: {words:?} is not in {}", run.stderr);
    }
}

#[test]
fn an_index_is_never_tested_unasked_where_another_column_is_nearly_numeric() {
    let refusal = ["column crp looks like numbers with commas", "say --decimal ,"];
    case("01-id-decimal-comma.csv", "--group arm").refused(refusal).run();
    p_is("01-id-decimal-comma.csv", "--group arm --decimal ,", 0.945, &[]);
    let table = "id,g,v\n1,a,3.5\n2,a,4\n3,b,5\n4,b,6.5\n5,b,7\n";
    let named = permtest().file("d.csv", table).args(["d.csv", "--group", "g", "--json"]).seen().stdout;
    assert!(named.contains("\"column\":\"v\""), "{named}");
    let only = permtest().file("d.csv", "id,g\n1,a\n2,a\n3,b\n").args(["d.csv", "--group", "g"]);
    only.refused(["but id, which looks like an index", "--column id if that is meant"]).run();
    let counted = "k,g,v\n7,a,3.5\n8,a,4\n9,b,5\n10,b,6.5\n11,b,7\n";
    let run = permtest().file("d.csv", counted).args(["d.csv", "--group", "g", "--json"]).seen().stdout;
    assert!(run.contains("\"column\":\"v\""), "{run}");
    // Two measurements are a question, and the index is offered last.
    let two = "id,w,g,v\n1,2.5,a,3.5\n2,3,a,4\n3,2,b,5\n";
    let run = permtest().file("d.csv", two).args(["d.csv", "--group", "g"]);
    run.refused(["several columns hold numbers: w, v, id", "--column w"]).run();
}

#[test]
fn a_blank_line_between_the_values_of_one_column_is_a_missing_value() {
    let before = fs::read(path("02-blank-before.csv")).unwrap();
    let two = |options: &str| {
        case("02-blank-after.csv", &format!("02-blank-before.csv --paired {options}"))
            .file("02-blank-before.csv", before.clone())
    };
    two("").refused(["02-blank-after.csv, line 19, column after: the field is empty", "--missing drop"]).run();
    let run = two("--missing drop --json").seen().stdout;
    // 2 of 2^18 signs.
    assert!(run.contains("\"p_value\":7.62939453125e-6"), "{run}");
    permtest()
        .file("a", "x\n1\n2\n\n\n")
        .file("b", "x\n\r\n3\n")
        .args(["a", "b"])
        .refused(["b, line 2, column x"])
        .run();
}

#[test]
fn a_known_control_is_the_control_and_else_the_direction_is_said() {
    // 5 of the 12,870 labellings give a sum as large.
    p_is("03-control-is-case.csv", "--group arm -a greater", 5.0 / 12870.0, &[]);
    let table = |a: &str, b: &str| format!("g,v\n{a},1\n{a},2\n{b},3\n{b},5\n");
    for (a, b) in [("baseline", "after"), ("0", "1"), ("Placebo", "A"), ("vorher", "nachher"), ("NEW", "old")] {
        let run = permtest().file("d.csv", table(a, b)).args(["d.csv", "--group", "g", "-n", "10", "--json"]).seen();
        let control = if b == "old" { b } else { a };
        assert!(run.stdout.contains(&format!("\"control\":{{\"label\":\"{control}\"")), "{a}, {b}: {}", run.stdout);
        assert!(!run.stderr.contains("turns them round"), "{a}, {b}: {}", run.stderr);
    }
    for (a, b) in [("A", "B"), ("untreated", "wt")] {
        let run = |options: &str| {
            let args = format!("d.csv --group g {options}");
            permtest().file("d.csv", table(a, b)).args(args.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        };
        let first = format!("permtest: note: differences are {a} \u{2212} {b}; --case {b} turns them round\n");
        assert!(run("").seen().stderr.starts_with(&first), "{a}, {b}");
        run("-a greater").refused(["a one-sided test needs to know which is the case", &format!("--case {b}")]).run();
        run(&format!("-a greater --case {b}")).run();
        run("--fail-on not-significant --on-undecided pass").run();
    }
    let run = permtest().file("d.csv", table("wt", "WT")).args(["d.csv", "--group", "g"]);
    run.stderr_contains("the labels \"WT\" and \"wt\" differ in capitals or blanks only").run();
}

#[test]
fn a_file_that_is_called_old_is_noted_as_the_case_and_one_file_as_both() {
    let run = permtest().file("old.csv", "x\n1\n2\n").file("new.csv", "x\n3\n4\n").args(["old.csv", "new.csv"]);
    run.stderr_contains("differences are old \u{2212} new; name the files the other way round").run();
    let run = permtest().file("old.csv", "x\n1\n2\n").file("new.csv", "x\n3\n4\n").args(["new.csv", "old.csv"]);
    run.stderr("").run();
    let run = permtest().file("a.csv", "x\n1\n2\n").args(["a.csv", "./a.csv"]);
    run.stderr_contains("both files are a.csv: it is compared with itself").run();
}

#[test]
fn points_that_may_group_digits_are_asked_about() {
    let refusal = ["column Besuche", "1.012 beside 996", "--thousands . if", "--decimal . if"];
    case("04-thousands-points.csv", "--group Gruppe").refused(refusal).run();
    p_is("04-thousands-points.csv", "--group Gruppe --thousands .", 8.0 / 70.0, &["read 5 values with "]);
    p_is("04-thousands-points.csv", "--group Gruppe --decimal .", 50.0 / 70.0, &[]);
    // Three decimals throughout are no reason to ask.
    permtest().file("a", "x\n1.012\n2.500\n").file("b", "x\n1.250\n0.998\n").args(["a", "b"]).run();
    let refusal = ["several columns hold numbers: 1, 2; if the comma is the decimal mark, say --decimal ,"];
    permtest().file("a", "1,5\n2,5\n").file("b", "3,5\n1,5\n").args(["a", "b"]).refused(refusal).run();
    permtest().file("a", "1,5\n2,5\n").file("b", "3,5\n1,5\n").args(["a", "b", "--decimal", ","]).run();
}

#[test]
fn labels_none_and_na_are_labels_where_they_are_no_gaps() {
    p_is(
        "07-na-region.csv",
        "--group region",
        0.1,
        &["\"NA\" (3 rows) is taken for a label; --na NA makes it a missing"],
    );
    p_is("07-none-arm2.csv", "--group arm -a greater", 0.05, &["\"None\" (3 rows) is taken for a label"]);
    case("07-na-region.csv", "--group region --na NA").refused(["\"EU\" is the only label"]).run();
}

#[test]
fn rows_with_labels_are_paired_by_their_ids_only() {
    let options = "--group t --case post --control pre -c y";
    case("13-paired-shuffled.csv", &format!("{options} --paired")).refused(["--pair COLUMN"]).run();
    // 2 of 2^6 signs.
    p_is("13-paired-shuffled.csv", &format!("{options} --pair id"), 0.03125, &[]);
}

#[test]
fn a_sentinel_is_noted() {
    let note = "column CO: -200 stands 3 times, far from all other values; if it means a missing value, say --na -200 --missing drop";
    case("15-sentinel.csv", "--group Date -n 100").stderr_contains(note).run();
    let run = case("15-sentinel.csv", "--group Date -n 100 --na -200 --missing drop --json").seen();
    assert!(run.stdout.contains("\"n_dropped\":3") && !run.stderr.contains("stands"), "{} {}", run.stdout, run.stderr);
}

#[test]
fn words_and_units_are_numbers_where_all_of_a_column_have_them() {
    p_is("06-bool.csv", "-c converted --group version", 1.0, &["column converted: words are read as 1 (true, yes)"]);
    let run = |values: [&str; 4], options: &[&str]| {
        let [a, b, c, d] = values;
        let table = format!("g,v\na,{a}\na,{b}\nb,{c}\nb,{d}\n");
        permtest().file("d.csv", table).args([&["d.csv", "--group", "g", "-c", "v"], options].concat())
    };
    run(["1 ms", "2 ms", "3 ms", "5 ms"], &[]).stderr_contains("the values are read without \"ms\"").run();
    run(["1%", "2%", "3%", "5%"], &[]).stderr_contains("the values are read without \"%\"").run();
    run(["1 ms", "2", "3 ms", "5 ms"], &[]).refused(["\"1 ms\" has a unit that other values", "write all"]).run();
    run(["1 ms", "2 s", "3 ms", "5 ms"], &[]).refused(["\"2 s\" has a unit that other values"]).run();
    run(["yes", "2", "3", "5"], &[]).refused(["\"yes\" is a word among numbers"]).run();
    run(["ja", "nein", "nein", "ja"], &["--true", "ja"]).run();
    run(["ja", "nein", "oder", "ja"], &["--true", "ja"]).refused(["nein (1), oder (1)"]).run();
}

#[test]
fn all_that_is_no_number_is_named_at_once() {
    let refusal = ["ND (2); missing are NA (1), empty (1)", "with --na ND --missing drop"];
    case("06-na-nd-loop.csv", "--group arm").refused(refusal).run();
    p_is("06-na-nd-loop.csv", "--group arm --na ND --missing drop", 0.1, &[]);
}

#[test]
fn non_detects_are_named_and_compared_by_ranks_with_a_substitute() {
    let refusal = ["\"<0.5\" is a non-detect", "-s rank-sum"];
    case("06-nondetect.csv", "--group arm").refused(refusal).run();
    let table = fs::read_to_string(path("06-nondetect.csv")).unwrap().replace("<0.5", "0.25");
    permtest().file("d.csv", table).args(["d.csv", "--group", "arm", "-s", "rank-sum"]).run();
}

#[test]
fn typography_and_other_encodings_are_read_with_a_note() {
    p_is("12-unicode-minus.csv", "--group g", 1.0 / 3.0, &["read 1 value with a typographic minus"]);
    p_is("12-thousands-en.csv", "--group g", 1.0, &["read 4 values with "]);
    p_is("12-label-nbsp.csv", "--group g", 1.0 / 3.0, &["no-break spaces around the group of a row are left out"]);
    let note = "12-latin1-header.csv: the names of the columns are no UTF-8 and are read as Windows-1252";
    p_is("12-latin1-header.csv", "--group Gruppe --decimal , -c gr\u{f6}\u{df}e", 1.0 / 3.0, &[note]);
    let named = case("12-latin1-header.csv", "--group Gruppe --decimal , --encoding latin1 -c gr\u{f6}\u{df}e");
    named.stderr("").run();
}

#[test]
fn utf_16_is_read_with_a_byte_order_mark_or_by_its_name() {
    let table = "g,größe\na,1\na,2\nb,3\nb,5\n";
    let encoded = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let run = permtest().file("d.csv", encoded(&format!("\u{feff}{table}"), bytes));
        let note = "permtest: note: d.csv: the text is read as UTF-16\n";
        run.args(["d.csv", "--group", "g", "-c", "größe"]).stderr(note).run();
    }
    let bare = permtest().file("d.csv", encoded(table, u16::to_be_bytes));
    bare.args(["d.csv", "--group", "g", "--encoding", "utf-16be"]).stderr("").run();
    let shift_jis = b"g,\x92\xb7\x82\xb3\na,1\na,2\nb,3\nb,5\n";
    let run =
        permtest().file("d.csv", shift_jis).args(["d.csv", "--group", "g", "-c", "長さ", "--encoding", "shift_jis"]);
    run.stdout_contains("長さ by g").run();
    // What a shell of Windows redirects into a file.
    let results = fs::read_to_string(path("../benchmarks/hyperfine2_new.json")).unwrap();
    let results = encoded(&format!("\u{feff}{results}"), u16::to_le_bytes);
    permtest().file("f.json", results).args(["f.json", "--case", "1", "--control", "2"]).run();
}

#[test]
fn what_stands_around_a_table_is_left_out() {
    let sixth = 1.0 / 3.0;
    p_is("11-comment.csv", "--group group", sixth, &[]);
    p_is("11-sep-line.csv", "--group group --decimal ,", 0.1, &[]);
    case("11-sep-line.csv", "--group group").refused(["say --decimal ,"]).run();
    p_is("11-header-comma.csv", "--group Gruppe", sixth, &[]);
    p_is("11-trailing-delimiter.csv", "--group g", sixth, &[]);
    p_is(
        "06-units-row.csv",
        "--group group -c time",
        sixth,
        &["06-units-row.csv, line 2: a row of units is left out: ms, C"],
    );
    let titled = "Report of May\n\nby the lab\ng,v\na,1\na,2\nb,3\nb,5\n,\n,\n";
    let run = |options: &str| {
        let args: Vec<_> = format!("d.csv --group g {options}").split_whitespace().map(str::to_owned).collect();
        permtest().file("d.csv", titled).args(args)
    };
    run("").stderr_contains("d.csv: 2 lines above the names of the columns are left out").run();
    run("--skip 3").stderr("").run();
    let commented = "g,v\na,1\n%b,99\na,2\nb,3\nb,5\n";
    let run = permtest().file("d.csv", commented).args(["d.csv", "--group", "g", "--comment", "%", "--json"]).seen();
    assert!(run.stdout.contains("\"n_case\":2,\"n_control\":2"), "{}", run.stdout);
}

#[test]
fn columns_may_be_separated_by_blanks() {
    p_is("11-spaces.txt", "--group group", 1.0 / 3.0, &[]);
    p_is("11-write-table.txt", "--group supp -c len", 1.0, &[]);
    let run = case("11-write-table.txt", "--group supp -c dose --json").exit(0).seen();
    assert!(run.stdout.contains("\"column\":\"dose\""), "{}", run.stdout);
    permtest().file("d.csv", "g\tv\na\t1\na\t2\nb\t3\nb\t5\n").args(["d.csv", "--group", "g"]).run();
}

#[test]
fn a_part_of_the_rows_can_be_taken() {
    let table = "site,g,v\nn,a,1\nn,a,2\ns,a,70\nn,b,3\ns,b,x\nn,b,5\n";
    let run = |conditions: &[&str]| {
        let conditions = conditions.iter().flat_map(|condition| ["--where", condition]);
        permtest()
            .file("d.csv", table)
            .args(["d.csv", "--group", "g", "-c", "v", "--json"].into_iter().chain(conditions))
    };
    for conditions in [&["site == n"][..], &["site != s"], &["site=='n'", "v != 70"]] {
        let seen = run(conditions).seen();
        assert!(seen.stdout.contains("\"n_case\":2,\"n_control\":2"), "{conditions:?}: {}", seen.stdout);
    }
    run(&["site == w"]).refused(["no row meets the conditions of --where"]).run();
    run(&["town == n"]).refused(["no column is called \"town\"", "--where"]).run();
    run(&["site = n"]).refused(["--where", "site == north"]).run();
}

#[test]
fn constant_groups_are_named_where_a_statistic_is_divided_by_their_spread() {
    for (other, found) in [("1", "not a number"), ("2", "infinite")] {
        let constant = |statistic: &str| {
            let (a, b) = ("x\n1\n1\n1\n", format!("x\n{other}\n{other}\n{other}\n"));
            permtest().file("a.csv", a).file("b.csv", b).args(["a.csv", "b.csv", "-q", "-s", statistic])
        };
        constant("t").refused([&format!("{found}, as both groups are constant"), "such as mean"]).run();
        constant("mean").stderr("").run();
    }
}

#[test]
fn a_costly_statistic_says_how_far_it_went_within_the_time_of_auto() {
    let control = fs::read(path("05-slow-b.csv")).unwrap();
    let seen = case("05-slow-a.csv", "05-slow-b.csv -s ks").file("05-slow-b.csv", control).seen();
    for words in ["an upper bound (99 %)", "short of the data", "--method splitting goes on"] {
        assert!(seen.stdout.replace("\n  ", " ").replace("  ", "").contains(words), "{words}: {}", seen.stdout);
    }
}

#[test]
fn names_that_agree_at_their_beginning_are_kept_where_they_differ() {
    let listed = ["\"…l --bin old -- input.txt\", \"…l --bin new -- input.txt\"", "--case 1 --control 2"];
    case("08-hyperfine-same-looking.json", "").refused(listed).run();
    case("08-hyperfine-same-looking.json", "--case 1 --control 2")
        .stdout_contains("…ml --bin old -- input.… (case) against …ml --bin new -- input.…")
        .run();
    let half = "Patients receiving the half dose of drug A daily";
    let standard = "Patients receiving the standard dose of drug A daily";
    let note = format!(
        "differences are Patients receiving the half dose of drug… \u{2212} Patients receiving the standard dose of …; --case \"{standard}\" turns"
    );
    let seen = case("08-labels-same-looking.csv", "--group g").seen();
    assert!(seen.stderr.contains(&note), "{}", seen.stderr);
    // What the note says can be typed as it stands.
    case("08-labels-same-looking.csv", "--group g").args(["--case", standard]).stderr("").run();
    let table = format!("g,v\n{half},1\n{half},2\n{standard},3\n{standard},5\nx,5\n");
    let run = permtest().file("d.csv", table).args(["d.csv", "--group", "g"]);
    let run = run.args(["--case", "x"]);
    run.refused(["half dose of drug… (2 rows), Patients", &format!("--control \"{standard}\"")]).run();
    let table = format!("g,v\n{half},1\n{half},2\n{standard},3\n{standard},5\nx,5\n");
    let groups = permtest().file("d.csv", table).args(["d.csv", "--group", "g"]);
    groups.stdout_contains(half).stdout_contains(standard).run();
}

#[test]
fn a_sample_given_alone_hears_how_it_can_be_compared() {
    let refusal = ["13-one-sample.csv has one column and is given alone", "--one-sample"];
    case("13-one-sample.csv", "").refused(refusal).run();
    case("13-one-sample.csv", "--one-sample").stdout_contains("p-value").run();
    let n = fs::read_to_string(path("13-one-sample.csv")).unwrap().lines().count() - 1;
    let run = case("13-one-sample.csv", "zeros.csv --paired").file("zeros.csv", format!("x\n{}", "0\n".repeat(n)));
    run.stdout_contains("p-value").run();
    let alone = permtest().file("d.csv", "g,v\na,1\nb,2\n").args(["d.csv"]);
    alone.refused(["its columns are g, v", "--group COLUMN"]).run();
}

#[test]
fn labels_for_which_a_table_has_no_room_stand_above_its_rows() {
    let long = [
        "Patients who were given the standard dose of the drug and were seen after a year by the same doctor",
        "Patients of the second arm",
    ];
    let rows: String =
        (1..9).map(|i| format!("{},{}123456.789{i}\n", long[i % 2], ["", "-"][i % 2])).collect::<Vec<_>>().concat();
    let seen = permtest().file("d.csv", format!("g,v\n{rows}")).args(["d.csv", "--group", "g"]).seen().stdout;
    let table: Vec<&str> = seen.lines().skip_while(|line| !line.trim_start().starts_with("n ")).take(6).collect();
    assert!(table.iter().all(|line| line.chars().count() <= 80), "{seen}");
    assert_eq!(table[1..3], ["  Patients of the second arm", table[2]], "{seen}");
    assert_eq!(table[3], "  Patients who were given the standard dose of the drug and were seen after a", "{seen}");
    assert_eq!(table[4], "  year by the same doctor", "{seen}");
    assert!([table[2], table[5]].iter().all(|row| row.trim_start().starts_with("4  ")), "{seen}");
}
