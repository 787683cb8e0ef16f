//! What a statistic is, by what it does when the samples change places, and what follows from it.

#![allow(clippy::redundant_closure_for_method_calls)] // the method is not general enough in its lifetime

use std::collections::BTreeSet;

use permtest::inference::{Alternative, TwoSidedRule};
use permtest::method::planner::Choice;
use permtest::statistic::pool::NullRatio;
use permtest::statistic::{Character, Definition};
use permtest::{PermutationTest, TestResult};

const CASE: [f64; 6] = [131.0, 142.0, 128.0, 155.0, 147.0, 139.0];
const CONTROL: [f64; 6] = [102.0, 111.0, 93.0, 120.0, 105.0, 115.0];
/// 8 and 24 values, in groups of unequal size.
const EIGHT: [f64; 8] = [3.1, 5.2, 4.8, 6.6, 2.9, 7.4, 5.0, 4.1];
const MANY: [f64; 24] = [
    4.2, 3.3, 5.1, 2.2, 4.9, 3.8, 6.1, 4.4, 3.0, 5.7, 4.0, 3.6, 5.5, 2.7, 4.6, 3.9, 5.3, 4.1, 3.4, 6.0, 2.5, 4.7, 3.7,
    5.9,
];
const WELCH: &str = "(mean(x) - mean(y)) / sqrt(var(x) / n(x) + var(y) / n(y))";

fn run(text: &str, case: &[f64], control: &[f64], set: impl Fn(PermutationTest) -> PermutationTest) -> TestResult {
    let definition: Definition = text.parse().unwrap();
    set(PermutationTest::new(case, control).unwrap().resamples(2_000).method(Choice::MonteCarlo))
        .run(&definition)
        .unwrap()
}

fn exact(text: &str, set: impl Fn(PermutationTest) -> PermutationTest) -> TestResult {
    let definition: Definition = text.parse().unwrap();
    let test = PermutationTest::new(&CASE, &CONTROL).unwrap().method(Choice::Exact);
    set(test).run(&definition).unwrap()
}

#[test]
fn exchanging_the_samples_tells_what_an_expression_is() {
    for (text, character, rule) in [
        (WELCH, Character::Difference, TwoSidedRule::Absolute),
        ("-(mean(y) - mean(x)) * 3", Character::Difference, TwoSidedRule::Absolute),
        ("log(mean(x) / mean(y))", Character::Difference, TwoSidedRule::Absolute),
        ("mean(x) / mean(y)", Character::Ratio, TwoSidedRule::Doubled),
        ("(var(y) / var(x)) ^ 0.5", Character::Ratio, TwoSidedRule::Doubled),
        ("exp(mean(x) - mean(y))", Character::Ratio, TwoSidedRule::Doubled),
        ("abs(mean(x) - mean(y))", Character::Distance, TwoSidedRule::UpperTail),
        ("(median(x) - median(y)) ^ 2", Character::Distance, TwoSidedRule::UpperTail),
        // Symmetric, but not 0 for equal samples.
        ("max(x) * max(y)", Character::Number, TwoSidedRule::Doubled),
        ("mean(x) - 2 * mean(y)", Character::Number, TwoSidedRule::Doubled),
        ("median(x) - median(pooled) + 0 * n(y)", Character::Number, TwoSidedRule::Doubled),
    ] {
        for (case, control) in [(&CASE[..], &CONTROL[..]), (&EIGHT, &MANY)] {
            let result = run(text, case, control, |test| test);
            assert_eq!((result.character, result.two_sided), (character, rule), "{text}");
        }
    }
    for (text, character) in [
        ("median(x - y)", Character::Difference),
        ("mean(x > y)", Character::Number),
        ("mean(x / y)", Character::Number),
        ("abs(mean(x - y))", Character::Distance),
        ("mean(x - y) / mean(x + y)", Character::Difference),
    ] {
        assert_eq!(run(text, &CASE, &CONTROL, |test| test.paired()).character, character, "{text} of pairs");
    }
}

#[test]
fn numbers_that_never_change_decide_nothing() {
    let result = run("mean(x) / mean(y)", &[2.0; 4], &[2.0; 5], |test| test);
    assert_eq!((result.character, result.p_value.estimate), (Character::Number, 1.0));
}

#[test]
fn welch_written_out_is_welch() {
    for (case, control) in [(&CASE[..], &CONTROL[..]), (&EIGHT, &MANY), (&EIGHT, &CASE), (&MANY, &EIGHT)] {
        let [named, written] = ["welch", WELCH].map(|text| run(text, case, control, |test| test));
        assert_eq!(named.p_value, written.p_value);
        assert_eq!((named.two_sided, named.counts), (written.two_sided, written.counts));
    }
}

/// Of positive values in unequal numbers, sums differ whatever the labels: their centre is the mean over all labellings,
/// which is known, or not 0 in any case.
#[test]
fn a_difference_that_is_not_centred_at_0_is_not_measured_from_there() {
    let sums = run("sum(x) - sum(y)", &EIGHT, &MANY, |test| test);
    assert_eq!((sums.character, sums.two_sided), (Character::Difference, TwoSidedRule::Absolute));
    let total: f64 = EIGHT.iter().chain(&MANY).sum();
    assert!((sums.null_centre.unwrap() - (8.0 - 24.0) / 32.0 * total).abs() < 1e-9);
    // An increasing function of the sum, so each one-sided p is the same.
    let roots = run("sqrt(sum(x)) - sqrt(sum(y))", &EIGHT, &MANY, |test| test);
    assert_eq!((roots.character, roots.two_sided), (Character::Difference, TwoSidedRule::Doubled));
    assert_eq!(sums.counts.unwrap().greater_equal, roots.counts.unwrap().greater_equal);
    // With as many in each group 0 is the centre.
    let roots = run("sqrt(sum(x)) - sqrt(sum(y))", &CASE, &CONTROL, |test| test);
    assert_eq!(roots.two_sided, TwoSidedRule::Absolute);
}

/// log(mean(x)/mean(y)) is a difference, and its distance from 0 is that of the ratio from 1. A ratio and its reciprocal
/// have one p. Of 924 labellings only the data and their mirror image are so far out.
#[test]
fn the_absolute_rule_measures_a_ratio_by_its_logarithm() {
    let absolute = |text| exact(text, |test| test.two_sided(TwoSidedRule::Absolute)).p_value.estimate;
    for text in ["mean(x) / mean(y)", "mean(y) / mean(x)", "log(mean(x) / mean(y))"] {
        assert_eq!(absolute(text), 2.0 / 924.0, "{text}");
    }
    for (case, control) in [(&EIGHT[..], &MANY[..]), (&MANY, &EIGHT)] {
        let of =
            |text| run(text, case, control, |test| test.two_sided(TwoSidedRule::Absolute)).counts.unwrap().absolute;
        let [ratio, reciprocal, log] = ["var(x) / var(y)", "var(y) / var(x)", "log(var(x) / var(y))"].map(of);
        assert_eq!([ratio, reciprocal], [log, log]);
    }
    // A ratio of 0 or less has no logarithm.
    let ratio: Definition = "mean(x) / mean(y)".parse().unwrap();
    let test = PermutationTest::new(&[3.0, -8.0, 4.0], &[2.0, 5.0, -1.0]).unwrap();
    let refusal = test.two_sided(TwoSidedRule::Absolute).run(&ratio).unwrap_err().to_string();
    assert!(refusal.contains("logarithm"), "{refusal}");
}

/// Under a null ratio ρ the control values are multiplied by ρ: where all case values are, too, the test is that of ρ = 1.
#[test]
fn a_null_ratio_multiplies_the_control_and_leaves_the_estimate() {
    let tenfold = CASE.map(|value| 10.0 * value);
    let ratio = |test: PermutationTest| test.method(Choice::Exact).run("mean(x) / mean(y)").unwrap();
    let plain = ratio(PermutationTest::new(&CASE, &CONTROL).unwrap());
    let under = ratio(PermutationTest::new(&tenfold, &CONTROL).unwrap().ratio(NullRatio { ratio: 10.0, scale: 10.0 }));
    assert_eq!((plain.counts, plain.p_value), (under.counts, under.p_value));
    let mean = |sample: &[f64]| sample.iter().sum::<f64>() / 6.0;
    assert!((under.estimate / (mean(&tenfold) / mean(&CONTROL)) - 1.0).abs() < 1e-14);
    // 1.1 · 1.05 is 1.155, as decimals say, and ties with it.
    let tied = PermutationTest::new(&[1.155, 2.0], &[1.1, 3.0]).unwrap().ratio(NullRatio { ratio: 1.05, scale: 1.05 });
    assert_eq!(tied.problem().unwrap().pool().values()[..2], [1.155, 1.155]);
}

/// The estimate of an expression that moves with the case values is that of the data, whatever the null hypothesis.
#[test]
fn the_estimate_is_that_of_the_data() {
    for text in ["mean(x) - mean(y)", "median(x) - median(y)", "mean(x)", "2 * mean(x) - mean(y)"] {
        let of = |shift: f64| exact(text, |test| test.shift(shift));
        assert!((of(7.5).estimate - of(0.0).estimate).abs() < 1e-12, "{text}");
    }
    let of = |text| exact(text, |test| test.shift(7.5).alternative(Alternative::Greater)).p_value;
    assert_eq!(of("mean(x) - mean(y)"), of("mean"));
}

#[test]
fn expressions_that_swapped_labels_leave_alone_are_refused_under_pairs() {
    let case = [1.2, 3.4, 2.2, 5.1, 4.0, 2.8];
    let control = [0.9, 2.5, 2.6, 4.2, 4.4, 1.7];
    let paired =
        |text: &str| PermutationTest::new(&case, &control).unwrap().paired().run(text).map(|result| result.p_value);
    for text in [
        "mean((x - mean(x)) * (y - mean(y)))",
        "mean((x - mean(x)) * (y - mean(y))) / (sd(x) * sd(y))",
        "mean((x - mean(x)) * (y - mean(y))) / var(x)",
        "mean(x * y)",
        "sum(x + y)",
        "mean(abs(x - y))",
        "mean((x - y) ^ 2)",
        "mean((x > 2.5) == (y > 2.5))",
    ] {
        let refusal = paired(text).unwrap_err().to_string();
        assert!(
            refusal.contains("tests no association") && refusal.contains("test the association of two columns"),
            "{text}: {refusal}"
        );
    }
    let allowed = [
        "mean(x > y)",
        "mean(x / y)",
        "median(x - y)",
        "abs(mean(x - y))",
        "mean(x - y) / sd(x - y)",
        "(mean(x) - mean(y)) / sqrt(mean((x - y) ^ 2))",
        "mean(x - y) / mean(x + y)",
    ];
    let p: BTreeSet<String> = allowed.map(|text| format!("{:?}", paired(text).unwrap())).into_iter().collect();
    assert!(!p.is_empty());
}
