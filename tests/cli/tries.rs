//! What a new user types first, and what the message then says to type: the second try succeeds.

use std::fs;
use std::path::Path;

use crate::command::{Permtest, permtest};

/// A run in a folder with all files of the tasks, with options as they are typed in a shell.
fn run(options: &str) -> Permtest {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/benchmarks");
    let mut run = permtest();
    for name in ["hyperfine2_new.json", "hyperfine2_old.json", "jmh_new.json", "jmh_old.json"] {
        run = run.file(name, fs::read(data.join(name)).unwrap());
    }
    for (name, content) in TABLES {
        run = run.file(name, content);
    }
    run.args(words(options))
}

/// The words of a command line; quotes hold some together.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    parts
        .flat_map(
            |(i, part)| {
                if i % 2 == 0 { part.split_whitespace().map(str::to_owned).collect() } else { vec![part.to_owned()] }
            },
        )
        .collect()
}

const TABLES: [(&str, &[u8]); 9] = [
    ("wide.csv", b"x,y\n1.012,996\n985,1.250\n"),
    (
        "plants.csv",
        b"plant,treatment,weight,height\n1,ctrl,4.1,10\n2,ctrl,5.2,11.5\n3,trt1,4.8,12\n4,trt1,4.9,9\n5,trt2,6.1,13\n6,trt2,5.9,14\n",
    ),
    (
        "umsatz.csv",
        b"Auswertung Mai;;\n;;\nGruppe;Gr\xf6\xdfe;Umsatz\nA;1,5;1.012,50\nA;2,5;996,00\nB;3,5;1.250,10\nB;4,0;2.003,00\n",
    ),
    ("missing.csv", b"arm,crp\na,1.2\na,NA\na,3\nb,.\nb,4\nb,5.5\n"),
    ("units.csv", b"group,time,temp\n,ms,C\na,1.5,20\na,2.5,21\nb,3,20\nb,4,22\n"),
    ("visits.csv", b"g,visits\na,1.012\na,996\nb,1.250\nb,2.003\n"),
    ("pairs.csv", b"patient,visit,score\n3,pre,5\n1,pre,4\n2,pre,6\n1,post,5\n2,post,8\n3,post,7\n"),
    ("converted.csv", b"version,user,converted\nA,1,TRUE\nA,2,FALSE\nB,3,TRUE\nB,4,TRUE\n"),
    ("gekauft.csv", b"version,user,gekauft\nA,u1,ja\nA,u2,nein\nB,u3,ja\nB,u4,ja\n"),
];

/// A first try is refused with words that are then added, or put in the place of others.
fn second_try(first: &str, offered: &str, second: &str) {
    run(first).refused([offered]).run();
    for word in words(offered).iter().filter(|word| word.starts_with("--")) {
        assert!(second.contains(word.as_str()), "{second} leaves out {word}");
    }
    run(second).run();
}

#[test]
fn three_groups_are_compared_together_or_two_of_them() {
    run("plants.csv --group treatment").refused(["as in --column weight, or test each with --all-columns"]).run();
    run("plants.csv --group treatment --column weight").stdout_contains("trt2").run();
    run("plants.csv --group treatment --column weight --case trt1 --control ctrl").run();
}

#[test]
fn a_sheet_of_a_german_spreadsheet_is_read() {
    let offered = "if the comma is the decimal mark, say --decimal ,; if it groups digits, --thousands ,; and say which of Größe, \
                   Umsatz is meant, as in --column Größe";
    run("umsatz.csv --group Gruppe").refused([offered]).run();
    let notes = "2 lines above the names of the columns are left out";
    run("umsatz.csv --group Gruppe --decimal , --column Größe").stderr_contains(notes).run();
    run("umsatz.csv --group Gruppe --decimal , --column Umsatz").stderr_contains("read 3 values with").run();
    second_try(
        "umsatz.csv --group Gruppe -c Umsatz",
        "if the comma is the decimal mark, say --decimal ,",
        "umsatz.csv --group Gruppe -c Umsatz --decimal ,",
    );
}

#[test]
fn missing_values_are_declared_and_dropped() {
    second_try(
        "missing.csv --group arm",
        "with --na . --missing drop",
        "missing.csv --group arm --na . --missing drop",
    );
}

#[test]
fn a_row_of_units_is_no_obstacle() {
    second_try("units.csv --group group", "as in --column time", "units.csv --group group --column time");
}

#[test]
fn points_that_group_digits_are_read() {
    second_try("visits.csv --group g", "say --thousands . if it groups digits", "visits.csv --group g --thousands .");
    second_try("visits.csv --group g", "--decimal . if it does not", "visits.csv --group g --decimal .");
    // Two columns of numbers could as well be one with decimal commas.
    let wide = "wide.csv --case x --control y";
    second_try(wide, "--thousands . if it groups digits", &format!("{wide} --thousands . --delimiter ,"));
    run(&format!("{wide} --thousands .")).refused(["the columns are x,y", "name the delimiter with --delimiter"]).run();
}

#[test]
fn pairs_go_by_their_ids() {
    second_try("pairs.csv --group visit --paired", "with --pair COLUMN", "pairs.csv --group visit --pair patient");
}

#[test]
fn two_files_of_hyperfine_are_compared() {
    let first = "hyperfine2_new.json hyperfine2_old.json";
    second_try(first, "as in --column \"sleep 0.003\"", &format!("{first} --column \"sleep 0.003\""));
    second_try(first, "with --all-columns --ignore-unmatched", &format!("{first} --all-columns --ignore-unmatched"));
}

#[test]
fn a_folder_of_criterion_needs_no_second_try() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/benchmarks/criterion");
    permtest().args([folder]).stdout_contains("new (case) against main (control)").run();
}

#[test]
fn two_files_of_jmh_are_compared() {
    let first = "jmh_new.json jmh_old.json";
    second_try(first, "or test each with --all-columns", &format!("{first} --all-columns"));
    second_try(
        first,
        "as in --column \"demo.Sum.sum {size=100}\"",
        &format!("{first} --column \"demo.Sum.sum {{size=100}}\""),
    );
}

#[test]
fn a_logical_outcome_is_compared_by_shares() {
    run("converted.csv --group version -c converted").stderr_contains("words are read as 1 (true, yes)").run();
    let first = "gekauft.csv --group version";
    second_try(first, "say --column gekauft --true ja if ja means 1", &format!("{first} --column gekauft --true ja"));
    second_try(
        &format!("{first} -c gekauft"),
        "say --true ja if ja means 1 and nein 0",
        &format!("{first} -c gekauft --true ja"),
    );
}
