//! Pairs, strata and clusters from the columns of a file to the p-value, with answers that a hand can count; and why
//! there is none.

use crate::command::{Permtest, permtest};

const SLEEP: &str = include_str!("../../examples/data/sleep.csv");
const DARWIN: &str = include_str!("../../examples/data/darwin.csv");

/// A run on one file with a column `v` of values and a column `g` of groups A (case) and B (control).
fn long(data: &str, options: &str) -> Permtest {
    permtest().file("data.csv", data).args(["data.csv", "--group", "g", "-c", "v"]).args(options.split_whitespace())
}

fn sleep(options: &str) -> Permtest {
    permtest()
        .file("data.csv", SLEEP)
        .args("data.csv --group group -c extra --case 2 --control 1".split(' '))
        .args(options.split_whitespace())
}

/// The design, the number of labellings and that of the extreme ones, and the p-value.
fn found(run: Permtest) -> (String, u64, u64, f64) {
    let folder = run.args(["--json", "-o", "written.json"]).stdout("").stderr("").run();
    let report: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("written.json")).unwrap()).unwrap();
    let count = |name: &str| report[name].as_u64().unwrap();
    let design = report["design"].as_str().unwrap().to_owned();
    (design, count("reference_set_size"), count("count_absolute"), report["p_value"].as_f64().unwrap())
}

fn expected(design: &str, labellings: u64, extreme: u64) -> (String, u64, u64, f64) {
    (design.to_owned(), labellings, extreme, extreme as f64 / labellings as f64)
}

#[test]
fn pairs_by_id_are_swapped_each_by_itself() {
    // Student (1908): of 1024 choices of signs four are as extreme, for one difference is 0 and the others are positive.
    for options in ["--pair ID", "--pair 3", "--pair ID -s signed-rank"] {
        assert_eq!(found(sleep(options)), expected("paired", 1024, 4), "{options}");
    }
    sleep("--pair ID").stdout_contains("Labels are swapped\n  within 10 pairs.").stderr("").run();
}

#[test]
fn pairs_by_id_may_stand_in_any_order() {
    let mut lines: Vec<&str> = SLEEP.lines().collect();
    lines[1..].reverse();
    lines[1..8].rotate_left(3);
    let data = lines.join("\n");
    let run = sleep("--pair ID").file("data.csv", &data);
    assert_eq!(found(run), expected("paired", 1024, 4));
    sleep("--paired").refused(["--paired stands beside --group", "--pair COLUMN"]).run();
}

#[test]
fn a_row_with_both_groups_is_a_pair() {
    // Fisher (1935), section 21.
    let run = permtest().file("data.csv", DARWIN).args("data.csv --case cross --control self --paired".split(' '));
    assert_eq!(found(run), expected("paired", 32_768, 1726));
}

#[test]
fn pairs_in_two_files_go_row_by_row() {
    let run = || permtest().file("a.csv", "v\n5\n7\n1\n").file("b.csv", "v\n4\n3\n2\n").args(["a.csv", "b.csv"]);
    // Differences 1, 4, −1: of the sums of ±1, ±4 and ±1 two are 6 in size and four are 4.
    assert_eq!(found(run().args(["--paired"])), expected("paired", 8, 6));
    run().args(["--paired"]).stdout_contains("warning: the smallest p-value that so few pairs can give is 0.250").run();
}

/// Strata p = {1, 4 | 2} and q = {9 | 3, 5}: sums of the case are 8, 14, 10, 6, 12, 8, 9, 15, 11, on average 10⅓. The
/// differences ½ and 5 weigh ⅔ each.
const STRATA: &str = "v,g,s\n1,A,p\n4,A,p\n2,B,p\n3,B,q\n9,A,q\n5,B,q\n";

#[test]
fn labels_are_exchanged_within_strata() {
    // As far from 10⅓ as 14 are 6, 14 and 15.
    assert_eq!(found(long(STRATA, "--strata s")), expected("stratified", 9, 3));
    long(STRATA, "--strata s -a greater --case A -q").stdout("0.2222222222222222\n").run();
    long(STRATA, "--strata s")
        .stdout_contains("difference of means within strata   2.75")
        .stdout_contains("3 of the 9 possible labellings differ by at least 2.75 in either direction.")
        .stdout_contains("Labels are exchanged within 2\n  strata only.")
        .stdout_contains("warning: the smallest p-value that these strata can give is 0.111")
        .stderr("")
        .run();
}

/// Strata in which A is lower by 2.7 and by 3.3; it is higher in the mean, as more of it is in `hi`.
fn simpson() -> String {
    let rows = |label: char, stratum: &str, values: std::ops::Range<u32>| {
        let rows: Vec<String> = values.map(|v| format!("{}.{},{label},{stratum}\n", v / 10, v % 10)).collect();
        rows.concat()
    };
    let parts =
        [rows('A', "hi", 170..180), rows('B', "hi", 200..204), rows('A', "lo", 70..74), rows('B', "lo", 100..110)];
    format!("v,g,s\n{}", parts.concat())
}

#[test]
fn a_gate_looks_at_the_effect_within_strata() {
    let gate = |options: &str| long(&simpson(), options).args(["--strata", "s", "--fail-on", "significant"]);
    gate("").stdout_contains("difference of means within strata   -3.00").exit(1).run();
    // 3 of the weighted control mean, 15.3, are 19.6 %.
    for options in
        ["-a less --case A --min-effect 2.9", "--min-effect 2.9", "--min-effect 19.6%", "-s rank-sum --min-effect 2.9"]
    {
        gate(options).exit(1).run();
    }
    for options in
        ["-a less --case A --min-effect 3.1", "--min-effect 3.1", "--min-effect 19.7%", "-s rank-sum --min-effect 3.1"]
    {
        gate(options).exit(0).run();
    }
    gate("-a greater --case A --min-effect 1").exit(0).run();
    // A shift of a fifth of that mean, 3.06, is nearly what there is.
    long(&simpson(), "--strata s --mu=-20%").stdout_contains("tested against -3.06 (--mu)").run();
}

#[test]
fn a_statistic_without_a_form_within_strata_says_that_it_pools() {
    long(&simpson(), "--strata s -s median")
        .stdout_contains("it compares the pooled\n  groups.")
        .stdout_contains("Simpson's paradox")
        .run();
    // Its interval is about the pooled groups as well: a shift within strata is another thing.
    for statistic in ["median", "welch"] {
        long(&simpson(), &format!("--strata s -s {statistic} --json"))
            .stdout_contains(r#""effect_interval_kind":"bca""#)
            .run();
        long(&simpson(), &format!("--strata s -s {statistic} --interval inversion")).refused(["pooled groups"]).run();
    }
    let balanced = "v,g,s\n1,A,p\n2,A,p\n4,B,p\n7,B,p\n3,A,q\n9,B,q\n";
    long(balanced, "--strata s -s median --json").stdout_contains(r#""effect_interval_kind":"exact""#).run();
    long(&simpson(), "--strata s -s rank-sum")
        .stdout_contains("van Elteren's rank sum of the case")
        .stdout_contains("Hodges-Lehmann shift within strata   -3.00")
        .run();
}

#[test]
fn a_stratum_without_one_of_the_labels_stays_as_it_is() {
    let data = format!("{STRATA}70,A,r\n80,A,r\n");
    assert_eq!(found(long(&data, "--strata s")).1, 9);
}

/// Clusters {1, 2}, {3}, {5} against {6}, {6}, {7}.
const CLUSTERS: &str = "v,g,c\n1,A,a\n2,A,a\n3,A,b\n5,A,c\n6,B,d\n6,B,e\n7,B,f\n";

#[test]
fn clusters_are_relabelled_as_a_whole() {
    // No other three clusters have so small a mean; their complement differs as much.
    assert_eq!(found(long(CLUSTERS, "--cluster c")), expected("clustered", 20, 2));
    long(CLUSTERS, "--cluster c")
        .stdout_contains("Whole clusters are relabelled,\n  6 in all.")
        .stdout_contains(
            "warning: the smallest p-value that so few clusters can give is 0.100: no\n           \
             outcome would be significant at 0.05; collect more clusters",
        )
        .stderr("")
        .run();
    // Single observations would promise more.
    assert_eq!(found(long(CLUSTERS, "")), expected("two-sample", 35, 2));
}

#[test]
fn clusters_are_relabelled_within_strata() {
    // {1, 2 | 4} and {2 | 8, 6}: differences −13/3, 5/4, −5/4, 13/3.
    let data = "v,g,c,s\n1,A,a,u\n2,A,a,u\n4,B,b,u\n2,A,c,w\n8,B,d,w\n6,B,d,w\n";
    assert_eq!(found(long(data, "--cluster c --strata s")), expected("clustered, stratified", 4, 2));
}

#[test]
fn pairs_of_a_cluster_are_swapped_together() {
    // Differences 1 and 2 in one cluster, 4 in the other: ±3 ± 4.
    let data = "v,g,i,c\n2,A,1,u\n1,B,1,u\n5,A,2,u\n3,B,2,u\n9,A,3,w\n5,B,3,w\n";
    assert_eq!(found(long(data, "--pair i --cluster c")), expected("paired, clustered", 4, 2));
    assert_eq!(found(long(data, "--pair i")), expected("paired", 8, 2));
    // Strata around pairs change nothing.
    assert_eq!(found(long(data, "--pair i --strata c")), expected("paired", 8, 2));
}

#[test]
fn a_cluster_has_one_label() {
    let mixed = "v,g,c\n1,A,a\n2,B,b\n3,A,b\n";
    long(mixed, "--cluster c").refused(["cluster \"b\" holds both case and control", "one label"]).run();
    let mixed = "v,g,c\n1,A,a\n2,B,a\n3,A,b\n5,B,b\n";
    long(mixed, "--cluster c").refused(["2 clusters hold both", "the first of them \"a\"", "one label"]).run();
}

#[test]
fn pairs_and_clusters_do_not_reach_across() {
    let pairs = "v,g,i,s\n1,A,a,u\n2,B,a,w\n3,A,b,w\n5,B,b,w\n";
    long(pairs, "--pair i --strata s").refused(["pair \"a\" reaches over several strata", "correct the pairs"]).run();
    long(pairs, "--pair i --cluster s").refused(["pair \"a\" reaches over several clusters", "leave out"]).run();
    let clusters = "v,g,c,s\n1,A,a,u\n2,A,a,w\n3,B,b,w\n5,B,b,w\n";
    long(clusters, "--cluster c --strata s").refused(["cluster \"a\" reaches over several strata", "smaller"]).run();
}

#[test]
fn strata_without_both_labels_leave_nothing_to_relabel() {
    let data = "v,g,s,c\n1,A,u,a\n2,A,u,b\n3,B,w,d\n5,B,w,e\n";
    for options in ["--strata s", "--strata s --cluster c"] {
        long(data, options).refused(["no stratum holds both", "choose strata"]).run();
    }
}

#[test]
fn unequal_numbers_are_no_pairs() {
    let run = permtest().file("a.csv", "v\n1\n2\n").file("b.csv", "v\n3\n5\n7\n").args(["a.csv", "b.csv", "--paired"]);
    run.refused(["b.csv", "\"a\" has 2 rows and \"b\" has 3 rows", "--pair"]).run();
}
