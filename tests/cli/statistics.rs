//! The choice of a statistic: names, parameters, expressions, what is undefined, what a shift means, and the classical
//! tests beside.

use crate::command::{Permtest, permtest};

const TOOTH_GROWTH: &str = include_str!("../../examples/data/toothgrowth.csv");
const SLEEP: &str = include_str!("../../examples/data/sleep.csv");

/// Of the 20 labellings, those that give all three zeros to one group have no share of larger values among the positive
/// ones; and three have 3 and 4 in the case and 1 in the control.
const ZEROS: &str = "count,group\n0,A\n3,A\n4,A\n0,B\n0,B\n1,B\n";
const SHARE: &str = "sum(x > 1) / sum(x > 0)";

fn tooth_growth(statistic: &str) -> Permtest {
    permtest()
        .file("data.csv", TOOTH_GROWTH)
        .args(["data.csv", "--group", "supp", "--column", "len", "-n", "2000", "-s", statistic])
}

fn zeros(arguments: &[&str]) -> Permtest {
    permtest().file("data.csv", ZEROS).args(["data.csv", "--group", "group", "-s", SHARE]).args(arguments.to_vec())
}

/// The report as data.
fn json(run: Permtest) -> serde_json::Value {
    let folder = run.args(["--json", "-o", "written.json"]).stdout("").stderr("").run();
    serde_json::from_str(&std::fs::read_to_string(folder.path().join("written.json")).unwrap()).unwrap()
}

fn assert_close(actual: &serde_json::Value, expected: f64) {
    let close = actual.as_f64().is_some_and(|actual| (actual - expected).abs() <= 1e-10 * expected.abs());
    assert!(close, "{actual} for {expected}");
}

#[test]
fn a_name_may_have_a_parameter() {
    for (statistic, name, title, estimate) in [
        ("quantile:0.9", "quantile:0.9", "difference of 0.9 quantiles", 0.32),
        ("trimmed-mean:.1", "trimmed-mean:0.1", "difference of means, 10 % trimmed at each end", 4.466_666_666_666_667),
        (" median ", "median", "difference of medians", 6.2),
        ("max", "max", "difference of largest values", -3.0),
    ] {
        let report = json(tooth_growth(statistic));
        assert_eq!(report["statistic"], name);
        assert_close(&report["estimate"], estimate);
        tooth_growth(statistic).stdout_contains(title).run();
    }
}

#[test]
fn a_wrong_parameter_is_met_with_the_range_and_an_example() {
    for (statistic, words) in [
        ("quantile", ["quantile needs a share", "quantile:0.9"]),
        ("quantile:1.5", ["between 0 and 1, not 1.5", "quantile:0.9"]),
        ("quantile:nan", ["between 0 and 1, not nan", "quantile:0.9"]),
        ("quantile:", ["\"\" is not a share", "quantile:0.9"]),
        ("trimmed-mean:0.5", ["at least 0 and less than 0.5, not 0.5", "trimmed-mean:0.2"]),
        ("trimmed-mean:20%", ["\"20%\" is not a share", "trimmed-mean:0.2"]),
        ("mean:0.2", ["mean has no parameter", "write mean alone"]),
    ] {
        tooth_growth(statistic).refused(words).run();
    }
}

#[test]
fn an_unknown_name_is_met_with_the_one_that_was_meant() {
    for (statistic, meant) in [("medain", "median"), ("rank_sum", "rank-sum"), ("quantil:0.9", "quantile")] {
        let words = [statistic, &format!("did you mean {meant}"), "permtest statistics lists the names"];
        tooth_growth(statistic).refused(words).run();
    }
    tooth_growth("xyzzy")
        .stderr("permtest: --statistic xyzzy is not known; permtest statistics lists the names\n")
        .exit(2)
        .run();
}

#[test]
fn an_expression_is_named_as_it_was_understood() {
    let report = json(tooth_growth("mean( x )/mean(y)"));
    assert_eq!((&report["statistic"], &report["two_sided_rule"]), (&"mean(x) / mean(y)".into(), &"doubled".into()));
    assert_close(&report["estimate"], 20.663_333_333_333_334 / 16.963_333_333_333_335);
    // In x alone it is a summary, and its difference is tested: the same test as that of the name.
    let (summary, named) = (json(tooth_growth("mean(x)")), json(tooth_growth("mean")));
    for field in ["estimate", "two_sided_rule", "count_absolute", "p_value"] {
        assert_eq!(summary[field], named[field], "{field}");
    }
    tooth_growth("mean(x > 20)").stdout_contains("difference of mean(x > 20)").run();
}

#[test]
fn a_faulty_expression_is_shown_with_its_fault() {
    for (expression, pointer, words) in [
        ("mean(x", "    ^", ["never closed (character 5)", "write the )"]),
        ("meen(x) / mean(y)", "^^^^", ["meen is not known (character 1)", "did you mean mean?"]),
        ("mean(x) - mean(z)", "               ^", ["z is not known (character 16)", "pooled"]),
        ("mean(x) +", "        ^", ["no value after it (character 9)", "write a number"]),
        ("log(x)", "^^^^^^", ["a value for each", "mean(...)"]),
        ("x + y", "^^^^^", ["a value for each pair", "mean(...)"]),
        ("'mean(x)'", "^", ["(character 1)", ""]),
    ] {
        tooth_growth(expression).refused_at(expression, pointer, words).run();
    }
    // Lines stay lines whatever is in them.
    tooth_growth("mean(x)\n- \tz").refused_at("mean(x) -  z", "           ^", ["z is not known"]).run();
}

#[test]
fn pairs_are_asked_for_by_what_compares_them() {
    tooth_growth("signed-rank").refused(["not paired", "--paired", "rank-sum"]).run();
    tooth_growth("mean(x / y)").refused(["not paired", "--paired"]).run();
}

#[test]
fn relabellings_without_a_statistic_are_counted() {
    zeros(&[]).refused(["not defined for 2 of 20 relabellings", "--undefined extreme|drop"]).run();
    zeros(&["-n", "1000", "--undefined", "error"]).refused(["of 1000 relabellings", "--undefined"]).run();
    zeros(&["--undefined", "dorp"]).refused(["--undefined", "did you mean drop?"]).run();
}

#[test]
fn relabellings_without_a_statistic_are_extreme_or_left_out_as_asked() {
    let report = |fate: &str| json(zeros(&["--undefined", fate, "-a", "greater", "--case", "A"]));
    let counts = |report: &serde_json::Value| {
        ["n_undefined", "count_greater_equal", "reference_set_size"].map(|name| report[name].as_u64().unwrap())
    };
    let (extreme, dropped) = (report("extreme"), report("drop"));
    assert_eq!(counts(&extreme), [2, 5, 20]);
    assert_close(&extreme["p_value"], 5.0 / 20.0);
    assert_eq!(counts(&dropped), [2, 3, 20]);
    assert_close(&dropped["p_value"], 3.0 / 18.0);
    zeros(&["--undefined", "extreme", "-a", "greater", "--case", "A"])
        .stdout_contains("5 of the 20 possible labellings have a difference of 1 or more.")
        .stdout_contains("The statistic is undefined for\n  2 relabellings, which count as extreme.")
        .run();
    zeros(&["--undefined", "drop", "-a", "greater", "--case", "A"])
        .stdout_contains("3 of the 18 labellings with a defined statistic have a difference of 1 or\n  more.")
        .stdout_contains("The statistic is undefined for\n  2 relabellings, which are left out.")
        .run();
}

#[test]
fn resamples_without_a_statistic_are_counted_in_the_report() {
    let report = |fate: &str| json(zeros(&["--undefined", fate, "-a", "greater", "--case", "A", "-n", "1000"]));
    let (extreme, dropped) = (report("extreme"), report("drop"));
    let number = |report: &serde_json::Value, name: &str| report[name].as_f64().unwrap();
    let undefined = number(&extreme, "n_undefined");
    // A tenth of 1000, give or take four standard deviations.
    assert!((62.0..=138.0).contains(&undefined), "{undefined}");
    assert_eq!(number(&dropped, "n_undefined"), undefined);
    let more = number(&extreme, "count_greater_equal") - number(&dropped, "count_greater_equal");
    assert_eq!(more, undefined);
    assert_close(&dropped["p_value"], (number(&dropped, "count_greater_equal") + 1.0) / (1001.0 - undefined));
}

#[test]
fn data_without_a_statistic_are_refused_whatever_becomes_of_relabellings() {
    permtest()
        .file("data.csv", "count,group\n0,A\n0,A\n0,A\n3,B\n4,B\n1,B\n")
        .args(["data.csv", "--group", "group", "--undefined", "extreme", "-s", SHARE])
        .refused(["statistic of the data is not a number"])
        .run();
    permtest()
        .file("data.csv", "v,group\n-1,A\n2,A\n3,B\n4,B\n")
        .args(["data.csv", "--group", "group", "-s", "geometric-mean"])
        .refused(["geometric mean", "positive values", "-1"])
        .run();
}

#[test]
fn a_distance_has_one_tail_and_no_direction() {
    let report = json(tooth_growth("ad"));
    assert_eq!(report["two_sided_rule"], "upper-tail");
    tooth_growth("ad").stdout_contains("p-value (upper tail)").run();
    for distance in ["cvm", "ad", "energy"] {
        let words = [distance, "no direction", "ks"];
        tooth_growth(distance).args(["-a", "less", "--case", "OJ"]).refused(words).run();
    }
    for rule in ["absolute", "doubled"] {
        tooth_growth("ks").args(["--two-sided", rule]).refused(["ks", "upper tail", "leave out"]).run();
    }
    // That of Kolmogorov and Smirnov has one for each direction: 10 of 30, and 2 of 30 (see tests/library/classical.rs).
    for (alternative, distance) in [("greater", 10.0), ("less", 2.0)] {
        assert_close(&json(tooth_growth("ks").args(["-a", alternative, "--case", "OJ"]))["estimate"], distance / 30.0);
    }
}

#[test]
fn a_shift_is_for_what_feels_it() {
    for statistic in ["var", "sd", "iqr", "mad", "geometric-mean"] {
        for mu in ["1", "5%"] {
            tooth_growth(statistic).args(["--mu", mu]).refused(["--mu", statistic, "mean or median"]).run();
        }
    }
    // In percent it is a share of the summary of the control: its mean is 16.963…, its median 16.5, its maximum 33.9.
    for (statistic, summary) in [
        ("mean", 16.963_333_333_333_335),
        ("welch", 16.963_333_333_333_335),
        ("median", 16.5),
        ("quantile:0.5", 16.5),
        ("max", 33.9),
    ] {
        assert_close(&json(tooth_growth(statistic).args(["--mu", "10%"]))["mu"], 0.1 * summary);
    }
    for statistic in ["rank-sum", "ks", "mean(x) - median(y)"] {
        tooth_growth(statistic).args(["--mu", "5%"]).refused(["--mu in percent", "as a number"]).run();
        assert_close(&json(tooth_growth(statistic).args(["--mu", "0.5"]))["mu"], 0.5);
    }
}

#[test]
fn a_null_hypothesis_about_a_ratio_is_about_the_ratio() {
    let ratio = |arguments: &[&str]| json(tooth_growth("mean(x) / mean(y)").args(arguments.to_vec()));
    // 619.9 and 508.9 are the sums of 30 values each.
    let plain = ratio(&[]);
    assert_close(&plain["estimate"], 619.9 / 508.9);
    assert_eq!(plain["null_value"], 1.0);
    for (mu, null) in [("5%", 1.05), ("1.05", 1.05), ("-5%", 0.95), ("1", 1.0)] {
        let report = ratio(&["--mu", mu]);
        assert_close(&report["estimate"], 619.9 / 508.9);
        assert_close(&report["null_value"], null);
        assert!(!report["warnings"].to_string().contains("margin"), "{report}");
    }
    assert_eq!(ratio(&["--mu", "1"])["p_value"], plain["p_value"]);
    assert!(ratio(&["--mu", "1.2"])["p_value"].as_f64() > plain["p_value"].as_f64());
    tooth_growth("mean(x) / mean(y)").args(["--mu", "-2"]).refused(["--mu -2", "positive"]).run();
    // A ratio of 1.218 is more than 10 % away from 1, and less than 25 %.
    for (smallest, exit) in [("10%", 1), ("0.2", 1), ("25%", 0), ("0.25", 0)] {
        let gate = ["--fail-on", "significant", "--alpha", "0.2", "--min-effect", smallest];
        tooth_growth("mean(x) / mean(y)").args(gate).exit(exit).run();
    }
}

#[test]
fn a_rank_sum_is_reported_with_its_u() {
    // U as SciPy has it; W is U + m(m + 1)/2.
    let report = json(tooth_growth("rank-sum"));
    assert_close(&report["mann_whitney_u"], 575.5);
    assert_close(&report["estimate"], 575.5 + 465.0);
    assert_close(&report["null_value"], 30.0 * 61.0 / 2.0);
    tooth_growth("rank-sum").stdout_contains("U 575.5").run();
}

#[test]
fn t_is_measured_from_zero_wherever_the_mean_of_the_sums_lies() {
    // The case sum is 7/3 on average, at which the means are equal. |1 − 7/3| = 4/3, |4 − 7/3| = 5/3.
    let run = || permtest().file("data.csv", "v,g\n1,A\n2,B\n4,B\n").args("data.csv --group g -s t".split(' '));
    let report = json(run());
    assert!(report["null_value"] == 0.0 && report["count_absolute"] == 2, "{report}");
    assert_close(&report["estimate"], -2.0 / 3f64.sqrt());
    run().stdout_contains("2 of the 3 possible labellings lie at least 1.155 away from 0 in either").run();
}

#[test]
fn classical_tests_stand_beside_if_they_are_asked_for() {
    tooth_growth("mean")
        .args(["--compare"])
        .stdout_contains(
            "
  For comparison, classical tests:
    Welch's t-test                          p 0.0606     t 1.9153 with 55.3094 degrees of freedom
    Student's t-test                        p 0.0604     t 1.9153 with 58 degrees of freedom
    Mann-Whitney U (normal approximation)   p 0.0645     U 575.5
    Kolmogorov-Smirnov (exact)              p 0.0617     D 0.3333
",
        )
        .stderr("")
        .run();
    assert_eq!(json(tooth_growth("mean"))["compare"], serde_json::json!([]));
}

/// The key of a test, its statistic, its degrees of freedom and its p-value.
type Classical = (&'static str, f64, Option<f64>, f64);

fn check_compared(report: &serde_json::Value, expected: &[Classical]) {
    let compared = report["compare"].as_array().unwrap();
    assert_eq!(compared.len(), expected.len());
    for (outcome, &(test, statistic, degrees_of_freedom, p_value)) in compared.iter().zip(expected) {
        assert_eq!(outcome["test"], test);
        assert_close(&outcome["p_value"], p_value);
        assert_close(&outcome["statistic"], statistic);
        match degrees_of_freedom {
            Some(expected) => assert_close(&outcome["degrees_of_freedom"], expected),
            None => assert!(outcome["degrees_of_freedom"].is_null()),
        }
    }
}

#[test]
fn classical_tests_are_those_of_scipy() {
    // By the calls that stand in tests/library/classical.rs.
    check_compared(
        &json(tooth_growth("median").args(["--compare"])),
        &[
            ("welch-t", 1.915_268_268_695_268_2, Some(55.309_432_682_640_58), 0.060_634_507_880_934_094),
            ("student-t", 1.915_268_268_695_268_7, Some(58.0), 0.060_393_371_224_128_65),
            ("mann-whitney", 575.5, None, 0.064_490_672_133_835_7),
            ("kolmogorov-smirnov", 0.333_333_333_333_333_3, None, 0.061_707_706_966_119_984),
        ],
    );
    let sleep = permtest().file("data.csv", SLEEP).args("data.csv --group group -c extra --compare".split(' '));
    check_compared(
        &json(sleep.args("--case 1 --control 2 --pair ID -a less".split(' '))),
        &[
            ("paired-t", -4.062_127_683_382_036, Some(9.0), 0.001_416_445_098_692_137_3),
            ("wilcoxon", 0.0, None, 0.004_545_349_007_962_522),
        ],
    );
}

#[test]
fn the_table_for_a_pull_request_leaves_nothing_out() {
    let markdown = |statistic: &str| tooth_growth(statistic).args(["-f", "markdown"]);
    markdown("mean").stdout_contains("\n\nDifference of means, case − control; p-value (two-sided) from 2,000").run();
    // What is no difference is not said to be one, and an expression stays as it is written.
    markdown("energy").stdout_contains("\n\nEnergy distance; p-value (upper tail) from 2,000").run();
    markdown("mean(x) / mean(y)").stdout_contains("\n\nmean(x) / mean(y); p-value (two-sided, doubled)").run();
    markdown("trimmed_mean(x, 0.1) * 2 < mean(y)")
        .stdout_contains("\n\ntrimmed\\_mean(x, 0.1) \\* 2 &lt; mean(y);")
        .run();
    markdown("mean")
        .args(["--compare"])
        .stdout_contains("For comparison, classical tests: Welch's t-test p 0.0606 (t 1.9153 with ")
        .stdout_contains("; Kolmogorov-Smirnov (exact) p 0.0617 (D 0.3333).\n")
        .run();
    zeros(&["--undefined", "drop", "-f", "markdown"]).stdout_contains("undefined for 2 relabellings").run();
    permtest()
        .file("data.csv", SLEEP)
        .args("data.csv --group group -c extra --case 2 --control 1 --pair ID -f markdown".split(' '))
        .stdout_contains("every possible labelling was counted. Labels are swapped within 10 pairs.\n")
        .run();
}

#[test]
fn what_does_not_fit_beside_the_estimate_goes_on_below() {
    let folder = permtest()
        .file("a.csv", "v\n1\n2\n3\n4.5\n")
        .file("b.csv", "v\n2.5\n5\n6\n")
        .args(["a.csv", "b.csv", "-s", "rank-sum", "--mu", "1", "-o", "report.txt"])
        .run();
    let report = std::fs::read_to_string(folder.path().join("report.txt")).unwrap();
    assert!(report.contains("after\n"), "{report}");
    assert!(report.lines().all(|line| line.chars().count() <= 80), "{report}");
}
