//! Enumeration: known answers as fractions, and agreement with a plain loop over all subsets.

use std::sync::atomic::AtomicBool;

use permtest::PermutationTest;
use permtest::inference::{Alternative, TwoSidedRule};
use permtest::method::monte_carlo::Watch;
use permtest::method::planner::Method;
use proptest::prelude::*;

/// Counts ≥, ≤ and absolute of the difference of means, and all labellings.
fn counts(case: &[f64], control: &[f64]) -> [u64; 4] {
    let result = PermutationTest::new(case, control).unwrap().method(Method::Exact).mean_difference().unwrap();
    [result.counts.greater_equal, result.counts.less_equal, result.counts.absolute, result.counts.n]
}

#[test]
fn known_answers_are_fractions() {
    // Counted by integer arithmetic over all subsets, independently of this program.
    let pressure =
        counts(&[94.0, 108.0, 110.0, 90.0], &[80.0, 94.0, 85.0, 90.0, 90.0, 90.0, 108.0, 94.0, 78.0, 105.0, 88.0]);
    assert_eq!((pressure[0], pressure[2], pressure[3]), (77, 142, 1365));
    let globulin = counts(
        &[38.0, 26.0, 29.0, 41.0, 36.0, 31.0, 32.0, 30.0, 35.0, 33.0],
        &[45.0, 28.0, 27.0, 38.0, 40.0, 42.0, 39.0, 39.0, 34.0, 35.0],
    );
    assert_eq!((globulin[2], globulin[3]), (27_250, 184_756));
    // Ernst (2004): ties of decimals that floats break.
    let wings = counts(&[1.72, 1.64, 1.74, 1.70, 1.82, 1.82, 1.90, 1.82, 2.08], &[1.78, 1.86, 1.96, 2.00, 2.00, 1.96]);
    assert_eq!((wings[2], wings[3]), (360, 5005));
    // Efron & Tibshirani (1993), mouse data.
    let mice = counts(
        &[94.0, 197.0, 16.0, 38.0, 99.0, 141.0, 23.0],
        &[52.0, 104.0, 146.0, 10.0, 51.0, 30.0, 40.0, 27.0, 46.0],
    );
    assert_eq!((mice[0], mice[3]), (1613, 11_440));
    // Hollander & Wolfe (1973), permeability.
    let permeability =
        counts(&[0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], &[1.15, 0.88, 0.90, 0.74, 1.21]);
    assert_eq!((permeability[0], permeability[3]), (191, 3003));
    assert_eq!(counts(&[1.11, 2.22, 100.0], &[3.33, 0.0, 1.0]), [5, 17, 10, 20]);
}

#[test]
fn the_p_value_is_the_share_of_labellings_and_its_interval_a_point() {
    let test = PermutationTest::new(&[1.0, 2.0, 3.0], &[7.0, 8.0, 9.0]).unwrap().method(Method::Exact);
    let p = |test: &PermutationTest| test.mean_difference().unwrap().p_value;
    assert_eq!((p(&test).estimate, p(&test).interval, p(&test).minimum), (0.1, [0.1, 0.1], 0.1));
    assert_eq!(p(&test.clone().alternative(Alternative::Less)).estimate, 0.05);
    assert_eq!(p(&test.clone().alternative(Alternative::Greater)).estimate, 1.0);
    assert_eq!(p(&test.clone().two_sided(TwoSidedRule::Doubled)).estimate, 0.1);
}

#[test]
fn the_null_distribution_holds_every_labelling_once_on_any_number_of_threads() {
    let case: Vec<f64> = (0..11).map(|i| f64::from(i * i % 7)).collect();
    let control: Vec<f64> = (0..12).map(|i| f64::from(i * i % 5)).collect();
    let distribution = |threads| {
        let mut values = Vec::new();
        let mut keep = |part: &[f64]| {
            values.extend_from_slice(part);
            Ok(())
        };
        let watch = Watch { stop: &AtomicBool::new(false), advance: &|_| (), replicates: Some(&mut keep) };
        let test = PermutationTest::new(&case, &control).unwrap().method(Method::Exact).threads(Some(threads));
        test.test_watched(&test.problem().unwrap(), &"mean".parse().unwrap(), watch).unwrap();
        values
    };
    let one = distribution(1);
    assert_eq!(one.len(), 1_352_078); // C(23, 11)
    assert!(one == distribution(3));
    // The mean of the null distribution of a difference of means is 0.
    assert!((one.iter().sum::<f64>() / one.len() as f64).abs() < 1e-12);
}

#[test]
fn too_many_labellings_are_refused_with_the_limit() {
    let values = [0.0; 14];
    let refused = PermutationTest::new(&values, &values).unwrap().method(Method::Exact).mean_difference();
    assert!(refused.unwrap_err().to_string().contains("more than 10400600 labellings"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn enumeration_agrees_with_a_plain_loop(
        case in prop::collection::vec(-20i32..20, 1..7),
        control in prop::collection::vec(-20i32..20, 1..7),
    ) {
        let (m, n) = (case.len(), case.len() + control.len());
        let pooled: Vec<i32> = case.iter().chain(&control).copied().collect();
        let total: i32 = pooled.iter().sum();
        let difference = |bits: u32| {
            let sum: i32 = (0..n).filter(|unit| bits >> unit & 1 == 1).map(|unit| pooled[unit]).sum();
            sum * n as i32 - total * m as i32
        };
        let observed = difference((1 << m) - 1);
        let mut plain = [0u64; 4];
        for bits in (0..1u32 << n).filter(|bits| bits.count_ones() as usize == m) {
            let replicate = difference(bits);
            plain[0] += u64::from(replicate >= observed);
            plain[1] += u64::from(replicate <= observed);
            plain[2] += u64::from(replicate.abs() >= observed.abs());
            plain[3] += 1;
        }
        let tenths = |values: &[i32]| -> Vec<f64> { values.iter().map(|&value| f64::from(value) / 10.0).collect() };
        let (case, control) = (tenths(&case), tenths(&control));
        prop_assert_eq!(counts(&case, &control), plain);
        // The general shape counts ties within its tolerance.
        let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
        let test = PermutationTest::new(&case, &control).unwrap().method(Method::Exact);
        let general = test.statistic(|x, y| mean(x) - mean(y)).unwrap().counts;
        prop_assert_eq!([general.greater_equal, general.less_equal, general.absolute, general.n], plain);
    }
}
