//! The gate: exit codes, what is said on which channel, several columns, and what CI shows.

use super::command::{Permtest, permtest};

/// A number a line.
fn lines(numbers: impl Iterator<Item = i32>) -> String {
    numbers.map(|number| number.to_string() + "\n").collect()
}

/// Ten values that lie some way above ten others.
fn shifted(by: i32) -> Permtest {
    let column = |from: i32| lines((0..10).map(|i| from + 3 * (i * 7 % 10)));
    permtest()
        .args(["new.csv", "old.csv"])
        .file("new.csv", format!("time\n{}", column(100 + by)))
        .file("old.csv", format!("time\n{}", column(100)))
}

#[test]
fn no_gate_passes_whatever_p_is() {
    shifted(40).run();
}

#[test]
fn significance_fails_or_is_required() {
    shifted(40)
        .args(["--fail-on", "significant"])
        .exit(1)
        .stderr("permtest: gate fails: significant at alpha 0.05: time\n")
        .run();
    shifted(40)
        .args(["--fail-on", "not-significant"])
        .stderr("permtest: gate passes: significant at alpha 0.05\n")
        .run();
    shifted(1)
        .args(["--fail-on", "significant"])
        .stderr("permtest: gate passes: not significant at alpha 0.05\n")
        .run();
    shifted(1)
        .args(["--fail-on", "not-significant"])
        .exit(1)
        .stderr("permtest: gate fails: not significant at alpha 0.05: time\n")
        .stdout_contains("\n  Gate: not significant at alpha 0.05.\n")
        .run();
}

#[test]
fn an_effect_that_does_not_matter_does_not_fail() {
    let gate = |size: &str| shifted(10).args(["--fail-on", "significant", "--alpha", "0.1", "--min-effect", size]);
    gate("5").exit(1).run();
    gate("10").exit(1).run();
    gate("10.5").stdout_contains("the effect is smaller than --min-effect").run();
    gate("8%").exit(1).run();
    gate("10%").run();
    shifted(-40).args(["--fail-on", "significant", "-a", "greater", "--min-effect", "5"]).run();
    shifted(-40).args(["--fail-on", "significant", "-a", "less", "--min-effect", "5"]).exit(1).run();
}

#[test]
fn non_inferiority_is_a_shift_that_must_be_rejected() {
    // Slower by 1 % at most is shown for what is as fast, and not for what is slower by 2 %.
    let gate = |by: i32| {
        let column = |from: i32| lines((0..40).map(|i| from + i * 7 % 10));
        permtest()
            .args(["new.csv", "old.csv", "--mu", "1%", "--alternative", "less", "--fail-on", "not-significant"])
            .file("new.csv", format!("time\n{}", column(1000 + by)))
            .file("old.csv", format!("time\n{}", column(1000)))
    };
    gate(0).run();
    gate(20).exit(1).run();
}

#[test]
fn a_p_value_that_may_be_on_either_side_is_undecided() {
    // The exact p-value is .0525.
    let gate = || shifted(8).args(["--fail-on", "significant", "--alpha", "0.079", "-n", "1000"]);
    gate()
        .exit(3)
        .stderr_contains("gate undecided at alpha 0.079: time: alpha lies within the interval of p; about -n")
        .run();
    gate().args(["--on-undecided", "pass"]).stderr_contains("gate passes, as --on-undecided says").run();
    gate().args(["--on-undecided", "fail"]).exit(1).stderr_contains("gate fails: undecided").run();
    gate()
        .args(["--json"])
        .exit(3)
        .stdout_contains("\"gate_finding\":\"undecided\",\"gate_verdict\":\"undecided\"")
        .run();
}

#[test]
fn a_gate_that_cannot_fire_is_undecided_and_says_what_it_needs() {
    let three = || permtest().args(["a", "b", "--no-header"]).file("a", "1\n2\n3\n").file("b", "4\n5\n6\n");
    for fail_on in ["significant", "not-significant"] {
        three()
            .args(["--fail-on", fail_on])
            .exit(3)
            .stderr_contains("p cannot fall below 0.100; collect at least 4 observations in each group")
            .run();
    }
    three().args(["--fail-on", "significant", "--paired"]).exit(3).stderr_contains("collect at least 6 pairs").run();
    shifted(40).args(["--fail-on", "significant", "-n", "9"]).exit(3).stderr_contains("draw at least -n 19").run();
}

#[test]
fn a_sequential_gate_decides_early() {
    shifted(40)
        .args(["--method", "sequential", "--fail-on", "significant", "--json"])
        .exit(1)
        .stdout_contains("\"method\":\"sequential\"")
        .stdout_contains("\"sequential_alpha\":0.05,\"sequential_risk\":0.001,\"decision\":\"below\"")
        .run();
    shifted(1).args(["--method", "sequential", "--fail-on", "significant"]).run();
    // The exact p-value is .08.
    let decided =
        |alpha: &str| shifted(8).args(["--method", "sequential", "--risk", "1e-6", "--json", "--alpha", alpha]);
    decided("0.02").stdout_contains("\"sequential_risk\":1e-6,\"decision\":\"above\"").run();
    decided("0.3").stdout_contains("\"sequential_alpha\":0.3,\"sequential_risk\":1e-6,\"decision\":\"below\"").run();
    shifted(40).args(["--method", "sequential", "-n", "100", "--fail-on", "significant"]).exit(3).run();
}

/// Three columns of which the first two differ, one of them just so.
fn three_columns() -> Permtest {
    let rows = |shift: [i32; 3]| {
        let row = |i: i32| {
            let [a, b, c] = [7, 3, 9].map(|k| 3 * (i * k % 10));
            format!("{},{},{}\n", a + shift[0], b + shift[1], c + shift[2])
        };
        format!("clear,close,same\n{}", (0..10).map(row).collect::<String>())
    };
    permtest().args(["new.csv", "old.csv"]).file("new.csv", rows([40, 10, 0])).file("old.csv", rows([0; 3]))
}

#[test]
fn several_columns_are_a_line_each_and_adjusted_for_a_gate() {
    let all = |adjust: &str| {
        three_columns().args(["--all-columns", "--fail-on", "significant", "-f", "csv", "--adjust", adjust]).exit(1)
    };
    all("holm").stderr("permtest: gate fails: 1 of 3 tests significant at alpha 0.05: clear\n").run();
    all("none").stderr("permtest: gate fails: 2 of 3 tests significant at alpha 0.05: clear, close\n").run();
    three_columns().args(["-c", "same", "-c", "clear", "-q"]).stdout("1.0\n0.00001082508822446903\n").run();
    three_columns().args(["-c", "close", "--fail-on", "significant"]).exit(1).run();
}

#[test]
fn where_every_column_must_be_significant_none_is_adjusted() {
    // Each has the p-value 4,966 of C(20, 10) = 0.027, which Holm's method doubles.
    let rows = |shift: i32| {
        let row = |i: i32| format!("{},{}\n", 3 * (i * 7 % 10) + shift, 3 * (i * 3 % 10) + shift);
        format!("a,b\n{}", (0..10).map(row).collect::<String>())
    };
    let gate = |options: &str| {
        let options = format!("new.csv old.csv --all-columns --fail-on not-significant {options}");
        permtest().args(options.trim_end().split(' ')).file("new.csv", rows(10)).file("old.csv", rows(0))
    };
    gate("").stderr("permtest: gate passes: all of 2 tests are significant at alpha 0.05\n").run();
    gate("-f csv").stdout_contains(",0.02687").run();
    // Asked for, it is done, and what it leaves alone is said.
    gate("--adjust holm")
        .exit(1)
        .stdout_contains("0.02688   0.05376")
        .stdout_contains("  Adjusted p: for all columns, by Holm's method; intervals are not adjusted.")
        .run();
    gate("--adjust bh -f markdown")
        .stdout_contains("Adjusted p: for all columns, by Benjamini and Hochberg's method; intervals are not adjusted.")
        .run();
}

#[test]
fn a_share_of_a_control_that_is_not_above_zero_is_refused() {
    let negative = || shifted(-200).file("old.csv", format!("time\n{}", lines(-110..-100)));
    for (options, option) in [("--mu 5%", "--mu"), ("--min-effect 5% --fail-on significant", "--min-effect")] {
        negative()
            .args(options.split(' '))
            .refused([option, "a share of the control group's summary, which is -105.5, not above 0", "as a number"])
            .run();
    }
    negative().args(["--mu", "-5"]).run();
}

#[test]
fn a_margin_in_percent_is_called_an_estimate() {
    // Variances alike: the level is Φ(−1.645/√((1 + 1.5²)/2)) for one side.
    shifted(100)
        .args(["--mu", "50%", "--alternative", "less", "--json"])
        .stdout_contains("a test at 0.05 rejects in about 9.8 % of cases; give --mu as a number if it is known")
        .run();
    shifted(100).args(["--mu", "50%", "-s", "median"]).stdout_contains("warning: --mu in percent is a share").run();
    let plain = shifted(100).args(["--mu", "50", "-o", "report.txt"]).run();
    assert!(!std::fs::read_to_string(plain.path().join("report.txt")).unwrap().contains("warning"));
}

#[test]
fn ties_are_named_where_they_keep_p_from_being_small() {
    let zeros = |ones: usize| format!("x\n{}{}", "0\n".repeat(20 - ones), "1\n".repeat(ones));
    let tied =
        |options: &str| permtest().args(options.split(' ')).file("new.csv", zeros(1)).file("old.csv", zeros(0)).exit(3);
    tied("new.csv old.csv --fail-on significant")
        .stdout_contains("the smallest p-value that these values can give is 1.000, because")
        .stderr_contains("p cannot fall below 1.000 with so many equal values; collect more, or measure more finely")
        .run();
    tied("new.csv old.csv --paired --fail-on significant")
        .stdout_contains("pairs without a difference say nothing")
        .stderr_contains("p cannot fall below 1.000 with so many pairs without a difference; collect more pairs")
        .run();
}

fn summary(folder: &tempfile::TempDir) -> String {
    std::fs::read_to_string(folder.path().join("summary.md")).expect("a summary")
}

#[test]
fn github_is_told_by_a_summary_and_an_annotation() {
    let folder = shifted(40)
        .args(["--fail-on", "significant", "--annotations", "github", "-o", "report.txt"])
        .environment("GITHUB_STEP_SUMMARY", "summary.md")
        .file("summary.md", "before\n")
        .exit(1)
        .stderr_contains("\n::error title=permtest::gate fails: significant at alpha 0.05: time; smallest p-value 1.08")
        .run();
    let text = summary(&folder);
    assert!(
        text.starts_with("before\n**permtest: gate fails: significant at alpha 0.05: time**\n\n| column |"),
        "{text}"
    );
    assert!(text.contains("| significant |\n"), "{text}");
    // Without a gate there is nothing to tell.
    let folder = shifted(40).environment("GITHUB_STEP_SUMMARY", "summary.md").file("summary.md", "").run();
    assert_eq!(summary(&folder), "");
}

#[test]
fn an_empty_baseline_is_an_error_and_never_a_pass() {
    for old in ["", "time\n", "time\nNA\n"] {
        permtest()
            .args(["new.csv", "old.csv", "--fail-on", "significant", "--on-undecided", "pass"])
            .file("new.csv", "time\n1\n2\n")
            .file("old.csv", old)
            .exit(2)
            .stdout("")
            .run();
    }
    permtest().args(["new.csv", "none.csv", "--fail-on", "significant"]).file("new.csv", "time\n1\n2\n").exit(2).run();
}

#[test]
fn options_without_their_companions_are_refused() {
    let refused = [
        ("--alpha 0.01", "--alpha has no meaning by itself; add --fail-on WHAT, --equivalence or --method sequential"),
        ("--min-effect 2", "--min-effect has no meaning by itself; add --fail-on WHAT"),
        ("--on-undecided pass", "--on-undecided has no meaning by itself; add --fail-on WHAT"),
        ("--annotations github", "--annotations has no meaning by itself; add --fail-on WHAT"),
        ("--risk 0.01", "--risk has no meaning by itself; add --method sequential"),
        ("--fail-on significant --mu 3 --min-effect 2", "--min-effect stands beside --mu"),
        ("--fail-on significant --min-effect -2", "--min-effect is negative"),
        ("--method sequential --adjust holm", "--adjust holm is too late"),
        ("--interval none --bootstrap 10", "--bootstrap stands beside --interval none"),
        ("--interval inversion -s sd", "a shift is no null hypothesis about sd; choose --interval bca or percentile"),
        ("--interval bca -s ks", "ks is a distance"),
        ("--fail-on significant --min-effect 2% -s sd", "--min-effect in percent is a share"),
    ];
    for (options, message) in refused {
        shifted(4).args(options.split(' ')).refused([message]).run();
    }
}
