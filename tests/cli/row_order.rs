//! The order of a file's rows changes nothing: whatever belongs together, however the rows are shuffled, and whatever the
//! blocks are called, the whole JSON report stays the same.

use std::fmt::Write as _;
use std::fs;

use crate::command::{Permtest, permtest};

/// Knuth's linear congruential generator (MMIX): enough to make data and to shuffle rows.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % n as u64) as usize
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }
}

/// A row of a long file: value, second value, label, pair, stratum, cluster.
type Row = [String; 6];

/// Rows of so many pairs, in `per_cluster` pairs a cluster and `clusters` clusters a stratum; values tie often. A cluster has
/// one label or, where it holds pairs, both.
fn rows(dice: &mut Dice, pairs: usize, has_pairs: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    for pair in 0..pairs {
        for (label, side) in ["t", "c"].into_iter().zip(0..) {
            let (stratum, cluster) = (pair % 3, pair % 9);
            let cluster = if has_pairs { cluster } else { 2 * cluster + side };
            // Two strata are the same but for one of their values, so that they cannot be told apart at first sight.
            let value = if stratum == 2 { pair + 4 * side } else { 10 * (pair / 9) + dice.below(5) };
            rows.push([
                format!("{value}.{}", dice.below(2) * 5),
                (dice.below(40) * dice.below(40)).to_string(),
                label.to_owned(),
                format!("p{pair}"),
                format!("s{stratum}"),
                format!("k{cluster}"),
            ]);
        }
    }
    rows
}

fn long(rows: &[Row]) -> String {
    rows.iter().fold("v,w,g,pair,s,k\n".to_owned(), |mut text, row| {
        writeln!(text, "{}", row.join(",")).expect("a string");
        text
    })
}

/// A row for each pair, of which the strata and clusters are those of the case.
fn wide(rows: &[Row]) -> String {
    rows.as_chunks::<2>().0.iter().fold("t,c,s,k\n".to_owned(), |mut text, [case, control]| {
        writeln!(text, "{},{},{},{}", case[0], control[0], case[4], case[5]).expect("a string");
        text
    })
}

/// What a run reports, its null distribution among it.
fn json(run: Permtest, options: &str) -> String {
    let run = run.args(options.split_whitespace()).args(["--json", "--histogram", "-o", "report.json"]).run();
    fs::read_to_string(run.path().join("report.json")).expect("a report")
}

fn report(data: &str, options: &str) -> String {
    json(permtest().file("d.csv", data).args(["d.csv"]), options)
}

/// Names of blocks that sort in another order.
fn renamed(rows: &[Row], column: usize, dice: &mut Dice) -> Vec<Row> {
    let mut names: Vec<usize> = (0..100).collect();
    dice.shuffle(&mut names);
    let mut rows = rows.to_vec();
    for row in &mut rows {
        let number: usize = row[column][1..].parse().expect("a number behind a letter");
        row[column] = format!("z{}", names[number]);
    }
    rows
}

#[test]
fn the_order_of_rows_changes_nothing_in_a_long_file() {
    let mut dice = Dice(14);
    let plain = "--group g --case t --control c -c v";
    let statistics = ["mean -n 999", "median -n 999", "rank-sum -n 999", "mad -n 999", "mean --interval bca -n 99"];
    for (blocks, has_pairs) in [
        ("", false),
        ("--pair pair", true),
        ("--strata s", false),
        ("--cluster k", false),
        ("--cluster k --strata s", false),
        ("--pair pair --strata s", true),
        ("--pair pair --cluster k", true),
        ("--pair pair --cluster k --strata s", true),
    ] {
        let rows = rows(&mut dice, 27, has_pairs);
        for statistic in statistics {
            let options = format!("{plain} {blocks} -s {statistic}");
            let expected = report(&long(&rows), &options);
            for _ in 0..3 {
                let mut shuffled = rows.clone();
                dice.shuffle(&mut shuffled);
                assert_eq!(report(&long(&shuffled), &options), expected, "{options}");
                let renamed = renamed(&renamed(&shuffled, 4, &mut dice), 5, &mut dice);
                assert_eq!(report(&long(&renamed), &options), expected, "{options} with other names");
            }
        }
    }
}

#[test]
fn the_order_of_rows_changes_nothing_for_many_columns_and_other_methods() {
    let mut dice = Dice(15);
    let rows = rows(&mut dice, 27, false);
    for options in [
        "--column w --cluster k --strata s --method splitting -n 4800",
        "--column w --strata s --method importance -n 500",
        "--column w --strata s --method sequential -n 5000",
        "--all-columns --strata s -n 500",
        "--column w --strata s -s mean(x)/mean(y) -n 500",
        "--column w --strata s -s welch -n 500 --interval percentile",
        "--column w --strata s -s t --mu 3 -n 500",
    ] {
        let options = format!("--group g --case t --control c {options}");
        let expected = report(&long(&rows), &options);
        let mut shuffled = rows.clone();
        dice.shuffle(&mut shuffled);
        assert_eq!(report(&long(&shuffled), &options), expected, "{options}");
    }
}

#[test]
fn the_order_of_rows_changes_nothing_in_a_wide_file_or_in_two() {
    let mut dice = Dice(16);
    let rows = rows(&mut dice, 27, true);
    for blocks in ["", "--paired", "--paired --strata s", "--paired --cluster k", "--strata s"] {
        let options = format!("--case t --control c -n 999 {blocks}");
        let expected = report(&wide(&rows), &options);
        let mut pairs: Vec<[Row; 2]> = rows.as_chunks::<2>().0.to_vec();
        dice.shuffle(&mut pairs);
        assert_eq!(report(&wide(&pairs.concat()), &options), expected, "{options}");
    }
    let two = |rows: &[Row], options: &str| {
        let file = |label: &str| long(&rows.iter().filter(|row| row[2] == label).cloned().collect::<Vec<_>>());
        let run = permtest().file("t.csv", file("t")).file("c.csv", file("c"));
        json(run.args(["t.csv", "c.csv", "-c", "v", "-n", "999"]), options)
    };
    for options in ["", "--pair pair", "--strata s", "--pair pair --cluster k"] {
        let expected = two(&rows, options);
        let mut shuffled = rows.clone();
        dice.shuffle(&mut shuffled);
        assert_eq!(two(&shuffled, options), expected, "two files {options}");
    }
}
