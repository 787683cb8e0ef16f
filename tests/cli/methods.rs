//! How the p-value is got: what is chosen, what is said of it, what is refused.

use crate::command::{Permtest, permtest};

const TOOTH_GROWTH: &str = include_str!("../../examples/data/toothgrowth.csv");
const CASE: &str = include_str!("../../examples/data/case100.csv");
const CONTROL: &str = include_str!("../../examples/data/control100.csv");

/// Two hundred values of seventeen digits.
fn hundreds(arguments: &str) -> Permtest {
    permtest()
        .file("case.csv", CASE)
        .file("control.csv", CONTROL)
        .args(["case.csv", "control.csv"])
        .args(arguments.split_whitespace())
}

/// Forty tooth lengths of one decimal.
fn teeth(arguments: &str) -> Permtest {
    permtest()
        .file("data.csv", TOOTH_GROWTH)
        .args(["data.csv", "--group", "dose", "-c", "len", "--case", "2", "--control", "0.5"])
        .args(arguments.split_whitespace())
}

fn json(run: Permtest) -> serde_json::Value {
    let folder = run.args(["--json", "-o", "written.json"]).stdout("").stderr("").run();
    serde_json::from_str(&std::fs::read_to_string(folder.path().join("written.json")).unwrap()).unwrap()
}

#[test]
fn an_exact_p_value_is_a_fraction_of_all_labellings() {
    // By integer arithmetic in Python: 6 of C(40, 20).
    let report = json(teeth(""));
    assert_eq!(report["method"], "exact");
    assert_eq!(report["algorithm"], "lattice");
    assert_eq!(report["count_absolute"], 6);
    assert_eq!(report["reference_set_size"], 137_846_528_820u64);
    let p = report["p_value"].as_f64().unwrap();
    assert!((p / (6.0 / 137_846_528_820.0) - 1.0).abs() < 1e-12);
    assert_eq!(report["p_value_interval_kind"], "exact");
    for name in ["n_resamples", "seed", "p_value_standard_error", "effective_sample_size", "n_levels"] {
        assert!(report[name].is_null(), "{name}");
    }
}

#[test]
fn each_method_reports_what_its_p_value_rests_on() {
    let exact = 6.0 / 137_846_528_820.0;
    let contains = |report: &serde_json::Value| {
        let end = |i: usize| report["p_value_interval"][i].as_f64().unwrap();
        assert!(end(0) <= exact * (1.0 + 1e-12) && exact <= end(1) * (1.0 + 1e-12), "{report}");
    };
    let bounds = json(teeth("--method bounds"));
    assert_eq!((&bounds["method"], &bounds["p_value_interval_kind"]), (&"bounds".into(), &"bounds".into()));
    assert_eq!(bounds["p_value"], bounds["p_value_interval"][1]);
    contains(&bounds);
    let importance = json(teeth("--method importance -n 20k --confidence 0.9999"));
    assert_eq!((&importance["n_resamples"], &importance["seed"]), (&40_000.into(), &0.into()));
    assert!(importance["effective_sample_size"].as_f64().unwrap() > 1000.0);
    assert!(importance["saddlepoint_p_value"].as_f64().unwrap() > 3e-11);
    assert!(importance["p_value_standard_error"].as_f64().unwrap() < 0.05 * exact);
    contains(&importance);
    let splitting = json(teeth("--method splitting --confidence 0.9999"));
    assert_eq!((&splitting["n_resamples"], &splitting["n_replicates"]), (&24_000.into(), &24.into()));
    assert!(splitting["n_levels"].as_u64().unwrap() > 10);
    contains(&splitting);
}

#[test]
fn one_tail_and_doubled_tails_are_estimated_as_they_are_counted() {
    let p = |options: &str| json(teeth(options))["p_value"].as_f64().unwrap();
    for sides in ["-a greater", "-a less", "--two-sided doubled"] {
        let exact = p(sides);
        for method in ["bounds", "importance", "splitting"] {
            let estimate = p(&format!("{sides} --method {method}"));
            assert!((estimate / exact - 1.0).abs() < 0.2, "{sides} {method}: {estimate} {exact}");
        }
    }
}

#[test]
fn counting_that_sees_next_to_nothing_names_what_resolves_it() {
    teeth("-n 1000").stdout_contains("leave out -n: an exact\n           p-value is affordable here").run();
    hundreds("--mu -1 -n 1000").stdout_contains("--method importance").run();
    hundreds("--mu -1 -s median -n 1000").stdout_contains("--method splitting").run();
    // Where it sees enough, it is only told.
    hundreds("-s rank-sum -n 100k").stdout_contains("An exact p-value is\n  affordable here: leave out -n.").run();
}

#[test]
fn what_a_kernel_computes_is_split_by_itself_where_counting_sees_nothing() {
    hundreds("--mu -1 -s median").stdout_contains("Multilevel splitting, seed 0").stderr("").run();
}

#[test]
fn explain_computes_nothing_and_says_why() {
    teeth("--explain")
        .stdout_contains("  method                             would take")
        .stdout_contains("  exact, lattice ")
        .stdout_contains(
            "Chosen: exact,\n  lattice, because nothing is better than an exact p-value and no exact method",
        )
        .stderr("")
        .run();
    hundreds("--explain -n 1M -s rank-sum")
        .stdout_contains("Chosen: monte-carlo,\n  as -n asks. Left to itself, permtest would compute the exact p-value")
        .run();
    hundreds("--explain --method splitting").stdout_contains("s   chosen\n  monte-carlo").run();
    hundreds("--explain --json").refused(["--explain prints text only"]).run();
}

#[test]
fn what_is_out_of_reach_is_refused_with_its_need_and_the_next_best() {
    hundreds("--method exact").refused(["lattice: ", "cells would take", "TiB", "try --method bounds"]).run();
    hundreds("--method exact -s median").refused(["lattice: not a sum", "try --method splitting"]).run();
    hundreds("--method importance -s median").refused(["not a sum", "try --method splitting"]).run();
    let no_labellings = ["has no labellings for --distribution"];
    hundreds("--method bounds --memory-limit 20M --distribution d.npy").refused(no_labellings).run();
    hundreds("--method bounds -s welch").refused(["not a sum", "try --method splitting"]).run();
    teeth("--method exact --memory-limit 1M -s rank-sum").exit(0).run();
    hundreds("--memory-limit 10X").refused(["no amount of memory", "such as 512M"]).run();
    hundreds("--method bounds -n 10").refused(["--method bounds", "-n has no meaning"]).run();
    hundreds("--method bound").refused(["did you mean bounds?"]).run();
}

#[test]
fn whoever_wants_each_labelling_gets_a_method_that_has_them() {
    let folder = teeth("--distribution null.npy").stdout_contains("Monte Carlo, seed 0").run();
    assert_eq!(std::fs::metadata(folder.path().join("null.npy")).unwrap().len(), 128 + 8 * 1_000_000);
    teeth("--distribution null.npy --method importance").refused(["--distribution", "try --method monte-carlo"]).run();
}

#[test]
fn bounds_that_memory_keeps_wide_say_so_and_are_not_chosen() {
    let narrow = hundreds("--method bounds --memory-limit 20M");
    narrow.stdout_contains("warning: the bounds lie ").stdout_contains("--memory-limit may allow for more").run();
    let number = |report: &serde_json::Value, end: usize| report["p_value_interval"][end].as_f64().unwrap();
    let (wide, fine) =
        (json(hundreds("--method bounds --memory-limit 20M")), json(hundreds("--method bounds --memory-limit 50M")));
    assert!(number(&wide, 0) < number(&fine, 0) && number(&fine, 1) < number(&wide, 1));
    assert_eq!(json(hundreds("--memory-limit 20M"))["method"], "importance");
}

#[test]
fn what_needs_no_drawing_is_not_drawn() {
    // Complete separation: 2 of C(10, 5).
    let separated = || permtest().file("a.csv", "x\n1\n2\n3\n4\n5\n").file("b.csv", "x\n6\n7\n8\n9\n10\n");
    let report = json(separated().args(["a.csv", "b.csv", "--method", "importance"]));
    assert_eq!((&report["method"], &report["algorithm"]), (&"exact".into(), &"end-of-range".into()));
    assert!((report["p_value"].as_f64().unwrap() - 2.0 / 252.0).abs() < 1e-15);
    separated()
        .args(["a.csv", "b.csv", "--method", "importance"])
        .stdout_contains(
            "Exact: no labelling is more extreme than the data, so this is the smallest\n  p-value of all.",
        )
        .run();
}

#[test]
fn memory_decides_between_exact_and_estimated() {
    let lists = |limit: &str| {
        let numbers =
            |offset: f64| (0..23).map(|i| (f64::from(i) + offset).sqrt().to_string()).collect::<Vec<_>>().join("\n");
        let run =
            permtest().file("a.csv", format!("x\n{}", numbers(0.5))).file("b.csv", format!("x\n{}", numbers(0.0)));
        json(run.args(["a.csv", "b.csv", "--memory-limit", limit]))["method"].clone()
    };
    assert_eq!(lists("1G"), "exact");
    assert_ne!(lists("2M"), "exact");
}

#[test]
fn splitting_under_the_doubled_rule_names_the_tail_that_it_climbed() {
    // 98,022 of a million resamples of this ratio are 0.8742 or less.
    hundreds("-s sd(x)/sd(y) --method splitting --interval none").stdout_contains("0.8742 or less").run();
}

#[test]
fn a_good_estimate_is_not_blamed_for_a_saddlepoint_approximation_that_is_off() {
    // Two values far from all others: the sums come in three clumps, which the approximation smooths away.
    let value = |i: i32| f64::from(i * 37 % 61) / 20.0;
    let column = |far: &[f64], shift: f64| -> String {
        let values = (0..60).map(|i| value(i) + shift).chain(far.iter().copied());
        std::iter::once("x".to_owned()).chain(values.map(|value| format!("{value:.2}"))).collect::<Vec<_>>().join("\n")
    };
    let run = |method: &str| {
        permtest()
            .args(["case.csv", "control.csv", "--method", method])
            .file("case.csv", column(&[400.0, 350.0], 0.4))
            .file("control.csv", column(&[], 0.0))
    };
    let (exact, estimated) = (json(run("exact")), json(run("importance")));
    let number = |report: &serde_json::Value, name: &str| report[name].as_f64().unwrap();
    let [p, estimate] = [&exact, &estimated].map(|report| number(report, "p_value"));
    let error = number(&estimated, "p_value_standard_error");
    assert!((estimate - p).abs() < 4.0 * error, "{estimate} against {p}, {error}");
    assert!((number(&estimated, "saddlepoint_p_value") / p - 1.0).abs() > 0.05, "{estimated}");
    assert_eq!(estimated["warnings"], serde_json::json!([]));
    run("importance").stdout_contains("approximation, which does").run();
}

#[test]
fn the_interval_agrees_with_p_and_shows_its_own_digits() {
    let two = |case: &str, control: &str, arguments: &str| {
        let file = |values: &str| format!("value\n{}\n", values.replace(' ', "\n"));
        permtest()
            .file("a.csv", file(case))
            .file("b.csv", file(control))
            .args(["a.csv", "b.csv"])
            .args(arguments.split_whitespace())
    };
    // 6 of 126 labellings, and 1 of 35: significant, so that 0 lies outside.
    two("4.6 2.2 2.0 3.5 2.5", "0.1 0.2 0.2 2.6", "").stdout_contains("95 % interval 0.02 to 4.10\n").run();
    two("5.1 6.2 7.3", "1.2 2.3 0.4 3.1", "").stdout_contains("95 % interval 1.30 to 7.60\n").run();
    // R's wilcox.exact: 0.88 to 2.14, whatever the largest value is.
    let control = "1.21 .87 1.95 1.43 .66 1.72 1.08 2.05 1.37";
    for largest in ["10", "1e7"] {
        let case = format!("2.31 3.12 1.87 2.95 3.44 2.76 3.01 2.22 {largest}");
        let words = ["Hodges-Lehmann shift   1.49", " 95 % interval 0.88", " to 2.14"];
        words.into_iter().fold(two(&case, control, "-s rank-sum"), Permtest::stdout_contains).run();
    }
    // With a value drawn it is not exact, and says so.
    two("4.6 2.2 2.0 3.5 2.5", "0.1 0.2 0.2 2.6", "-n 999").stdout_contains(" (sampled)\n").run();
}
