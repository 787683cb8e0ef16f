//! The library's face, as a Rust program sees it.

use permtest::effect::EffectRequest;
use permtest::error::Error;
use permtest::inference::{Alternative, TwoSidedRule};
use permtest::method::monte_carlo::Watch;
use permtest::method::planner::Labellings;
use permtest::{Definition, NullDistribution, Partial, PermutationTest};

const CASE: [f64; 6] = [1.5, 2.5, 3.0, 4.5, 6.0, 7.5];
const CONTROL: [f64; 7] = [0.5, 1.0, 2.0, 2.5, 3.5, 4.0, 5.0];

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

#[test]
fn a_closure_and_the_fast_path_count_alike() {
    let test = PermutationTest::new(&CASE, &CONTROL).unwrap().resamples(50_000);
    let (fast, general) = (test.run("mean").unwrap(), test.run(&|x: &[f64], y: &[f64]| mean(x) - mean(y)).unwrap());
    assert_eq!(fast.counts, general.counts);
    assert_eq!(fast.p_value.estimate, general.p_value.estimate);
}

#[test]
fn the_statistic_is_the_same_function_for_data_and_resamples() {
    let test = PermutationTest::new(&CASE, &CONTROL).unwrap().resamples(2000).null_distribution(NullDistribution::Kept);
    // A statistic of the sizes alone is the same whatever the labels.
    let result = test.run(&|x: &[f64], y: &[f64]| x.len() as f64 - 10.0 * y.len() as f64).unwrap();
    assert_eq!(result.estimate, -64.0);
    assert!(result.null_distribution.iter().all(|&value| value == -64.0));
    let counts = result.counts.unwrap();
    assert_eq!((counts.greater_equal, counts.less_equal), (2000, 2000));
}

#[test]
fn the_null_distribution_is_kept_on_request_and_does_not_depend_on_threads() {
    let test = PermutationTest::new(&CASE, &CONTROL).unwrap().resamples(200_001);
    assert!(test.run("mean").unwrap().null_distribution.is_empty());
    let kept = test.null_distribution(NullDistribution::Kept);
    let distribution = |threads| kept.clone().threads(threads).run("mean").unwrap().null_distribution;
    assert_eq!(distribution(1).len(), 200_001);
    assert_eq!(distribution(1), distribution(3));
}

#[test]
fn a_ratio_wants_the_doubled_rule_and_a_shift_applies_to_any_statistic() {
    let test = PermutationTest::new(&CASE, &CONTROL).unwrap().resamples(20_000).two_sided(TwoSidedRule::Doubled);
    let p = test.run(&|x: &[f64], y: &[f64]| mean(x) / mean(y)).unwrap().p_value.estimate;
    assert!((p - test.run("mean").unwrap().p_value.estimate).abs() < 0.02);
    let shifted = test.shift(1.0).alternative(Alternative::Greater);
    assert_eq!(
        shifted.run(&|x: &[f64], y: &[f64]| mean(x) - mean(y)).unwrap().counts,
        shifted.run("mean").unwrap().counts
    );
}

#[test]
fn what_cannot_be_tested_is_refused_with_a_reason() {
    let refusal = |result: Result<(), Error>| result.unwrap_err().to_string();
    let samples = |case: &[f64], control: &[f64]| PermutationTest::new(case, control).map(|_| ());
    assert!(refusal(samples(&[], &CONTROL)).contains("case sample is empty"));
    assert!(refusal(samples(&CASE, &[1.0, f64::NAN])).contains("value 2 of the control sample is NaN"));
    assert!(refusal(samples(&CASE, &[f64::INFINITY])).contains("finite"));
    assert!(refusal(samples(&CASE, &[1e308])).contains("too large"));
    let test = PermutationTest::new(&CASE, &CONTROL).unwrap();
    let run = |test: PermutationTest| test.run("mean").map(|_| ());
    assert!(refusal(run(test.clone().resamples(0))).contains("from 1 to 1e12"));
    assert!(refusal(run(test.clone().confidence(1.0))).contains("between 0 and 1"));
    assert!(refusal(run(test.clone().shift(f64::NAN))).contains("finite"));
    let undefined = test.resamples(100).run(&|x: &[f64], _: &[f64]| if x[0] == CASE[0] { 1.0 } else { f64::NAN });
    assert!(undefined.unwrap_err().to_string().contains("not defined for"));
}

#[test]
fn a_tolerance_keeps_ties_of_floats() {
    // Ernst's wings: 360 of 5005 labellings are as extreme; sums in another order differ in the last bit.
    let case = [1.72, 1.64, 1.74, 1.70, 1.82, 1.82, 1.90, 1.82, 2.08];
    let control = [1.78, 1.86, 1.96, 2.00, 2.00, 1.96];
    let test = PermutationTest::new(&case, &control).unwrap().method(permtest::method::planner::Choice::Exact);
    let backwards = |x: &[f64]| x.iter().rev().sum::<f64>() / x.len() as f64;
    assert_eq!(test.run(&|x: &[f64], y: &[f64]| mean(x) - backwards(y)).unwrap().counts.unwrap().absolute, 360);
}

#[test]
fn a_result_serialises_with_its_facts_as_codes() {
    let result = PermutationTest::new(&[1.0, 2.0, 3.0], &[7.0, 8.0, 9.0]).unwrap().run("mean").unwrap();
    let json = serde_json::to_value(&result).unwrap();
    assert_eq!(json["p_value"]["estimate"], 0.1);
    assert_eq!((&json["design"], &json["alternative"]), (&"two-sample".into(), &"two-sided".into()));
    assert_eq!(json["method"]["name"], "lattice");
    assert_eq!(
        (&json["warnings"][0]["code"], &json["warnings"][0]["units"]),
        (&"unattainable".into(), &"observations".into())
    );
}

#[test]
fn messages_name_the_settings_of_the_library() {
    let test = PermutationTest::new(&CASE, &CONTROL).unwrap().resamples(5);
    let warning = test.run("mean").unwrap().warnings[0].to_string();
    assert_eq!(warning, "5 resamples give no p-value below 1/6: draw a thousand or more with resamples");
    let error = test.run("signed-rank").unwrap_err();
    assert!(error.to_string().ends_with("; add paired, or choose rank-sum for independent samples"), "{error}");
}

#[test]
fn the_interval_of_an_effect_can_be_had_afterwards() {
    let test = PermutationTest::new(&CASE, &CONTROL).unwrap();
    let result = test.run("mean").unwrap();
    assert_eq!(result.effect.as_ref().unwrap().interval, None);
    let with_interval = test.clone().interval(EffectRequest::default());
    let mean = Definition::parse("mean").unwrap();
    let effect = with_interval.effect(&test.problem().unwrap(), &mean, &result, &Watch::default()).unwrap();
    assert!(effect.interval.is_some());
    assert_eq!(with_interval.run("mean").unwrap().effect, Some(effect));
}

#[test]
fn shares_of_a_run_add_up_with_the_statistics_of_their_resamples() {
    let test = PermutationTest::new(&CASE, &CONTROL).unwrap().resamples(300_001).seed(5);
    let (problem, range) = (test.problem().unwrap(), |x: &[f64], y: &[f64]| x[x.len() - 1] - y[0]);
    let ready = test.ready(&problem, &range, Labellings::Wanted).unwrap();
    let (cut, mut sum, mut values) = (ready.cut().unwrap(), Partial::nothing(&ready.plan.method), Vec::new());
    assert!(cut.blocks > 2);
    for share in 1..=3 {
        let mut keep = |more: &[f64]| {
            values.extend_from_slice(more);
            Ok(())
        };
        let watch = Watch { replicates: Some(&mut keep), ..Watch::default() };
        let mut take = |_, more: Partial| {
            // As it may come from another machine.
            sum.append(&serde_json::from_str(&serde_json::to_string(&more).unwrap()).unwrap());
            Ok(())
        };
        ready.run_blocks(cut.share(share, 3), NullDistribution::Dropped, watch, &mut take).unwrap();
    }
    let whole = test.clone().null_distribution(NullDistribution::Kept).run(&range).unwrap();
    assert_eq!(values, whole.null_distribution);
    assert_eq!(ready.conclude(&sum, &Watch::default()).unwrap().counts, whole.counts);
}
