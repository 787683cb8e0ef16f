//! Whole reports, byte for byte: a change of one is a change of the contract and of what users have published.
//!
//! The report of the tooth growth data is pinned beside the tests of the command; here are full-precision values of the
//! example data and values of all magnitudes, which take the other ways from numbers to scores.

use std::process::Command;

/// Thirteen values over twenty-one orders of magnitude, with a tie.
const WIDE_CASE: &str = "value\n1e-9\n2.5\n0.003\n-1.75\n98765.4321\n1e12\n";
const WIDE_CONTROL: &str = "value\n-0.0625\n0.003\n0.125\n-42\n1234567.875\n-5e11\n6.02e8\n";

fn json(case: &str, control: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("case.csv"), case).unwrap();
    std::fs::write(folder.path().join("control.csv"), control).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_permtest"))
        .args(["case.csv", "control.csv", "--json"])
        .args(arguments)
        .env_remove("PERMTEST_SIMD")
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_report_of_values_of_all_magnitudes_is_pinned() {
    assert_eq!(json(WIDE_CASE, WIDE_CONTROL, &["-n", "100000"]), include_str!("stability/wide.json"));
}

#[test]
fn what_is_pinned_of_them_is_right() {
    // 353 of 1716 labellings are as great, 1365 as small and 353 as far from zero, ties included: integer arithmetic on
    // the decimals, all subsets, by a program that has nothing in common with this one. So 10⁵ resamples are expected to
    // count 20,571 of the first, give or take 128.
    let report = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let exact = report(&json(WIDE_CASE, WIDE_CONTROL, &["--method", "exact"]));
    let counts = ["count_greater_equal", "count_less_equal", "count_absolute"];
    assert_eq!(counts.map(|name| exact[name].as_u64().unwrap()), [353, 1365, 353]);
    let interval = &report(include_str!("stability/wide.json"))["p_value_interval"];
    let p = 353.0 / 1716.0;
    assert!(interval[0].as_f64().unwrap() < p && p < interval[1].as_f64().unwrap());
}

#[test]
fn the_report_of_full_precision_values_is_pinned() {
    let case = include_str!("../../examples/data/case100.csv");
    let control = include_str!("../../examples/data/control100.csv");
    assert_eq!(json(case, control, &["-n", "100000", "--seed", "7"]), include_str!("stability/full_precision.json"));
}
