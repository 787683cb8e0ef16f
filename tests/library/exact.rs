//! Enumeration: known answers as fractions, and agreement with a plain loop over all subsets.

use std::sync::atomic::AtomicBool;

use permtest::inference::{Alternative, TwoSidedRule};
use permtest::method::monte_carlo::Watch;
use permtest::method::planner::{Choice, Labellings};
use permtest::{PermutationTest, TestResult};
use proptest::prelude::*;

/// Counts ≥, ≤ and absolute of the difference of means, and all labellings.
fn counts(case: &[f64], control: &[f64]) -> [u64; 4] {
    let result = PermutationTest::new(case, control).unwrap().method(Choice::Exact).run("mean").unwrap();
    let counts = result.counts.unwrap();
    [counts.greater_equal, counts.less_equal, counts.absolute, counts.n]
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
    let test = PermutationTest::new(&[1.0, 2.0, 3.0], &[7.0, 8.0, 9.0]).unwrap().method(Choice::Exact);
    let p = |test: &PermutationTest| test.run("mean").unwrap().p_value;
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
        let watch =
            Watch { stop: &AtomicBool::new(false), begin: &|_, _| (), advance: &|_| (), replicates: Some(&mut keep) };
        let test = PermutationTest::new(&case, &control).unwrap().method(Choice::Exact).threads(threads);
        test.ready(&test.problem().unwrap(), "mean", Labellings::Wanted).unwrap().run(watch).unwrap();
        values
    };
    let one = distribution(1);
    assert_eq!(one.len(), 1_352_078); // C(23, 11)
    assert!(one == distribution(3));
    // The mean of the null distribution of a difference of means is 0.
    assert!((one.iter().sum::<f64>() / one.len() as f64).abs() < 1e-12);
}

#[test]
fn what_is_out_of_reach_is_refused_with_its_cost_and_the_next_best() {
    let values: Vec<f64> = (0..40).map(|i| f64::from(i).sqrt()).collect();
    let test = PermutationTest::new(&values[..20], &values[20..]).unwrap().method(Choice::Exact);
    let refused = test.memory_limit(1 << 20).run("median").unwrap_err().to_string();
    assert!(refused.contains("enumeration: 1.4e11 labellings are too many"), "{refused}");
    assert!(refused.contains("try method(splitting)"), "{refused}");
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
        let test = PermutationTest::new(&case, &control).unwrap().method(Choice::Exact);
        let general = test.run(&|x: &[f64], y: &[f64]| mean(x) - mean(y)).unwrap().counts.unwrap();
        prop_assert_eq!([general.greater_equal, general.less_equal, general.absolute, general.n], plain);
    }
}

/// An exact test of a named statistic or an expression.
fn exact(test: PermutationTest, statistic: &str) -> TestResult {
    test.method(Choice::Exact).run(statistic).unwrap()
}

/// Darwin's maize, differences of 15 pairs in eighths of an inch (Fisher 1935, The Design of Experiments, section 17).
const DARWIN: [f64; 15] = [49., -67., 8., 16., 6., 23., 28., 41., 14., 29., 56., 24., 75., 60., -48.];

#[test]
fn fisher_counted_darwins_pairs() {
    // Fisher (1935, section 21): 863 of 32768 in one tail.
    let zeros = [0.0; 15];
    for statistic in ["mean", "t", "mean(x) - mean(y)", "sum(x - y)"] {
        let test = PermutationTest::new(&DARWIN, &zeros).unwrap().paired();
        let two_sided = exact(test.clone(), statistic).p_value.estimate;
        assert_eq!(two_sided, 1726.0 / 32_768.0, "{statistic}");
        assert_eq!(
            exact(test.alternative(Alternative::Greater), statistic).counts.unwrap().greater_equal,
            863,
            "{statistic}"
        );
    }
    // SciPy 1.17: stats.wilcoxon(darwin, method="exact") gives T+ = 96, p = 0.041259765625 = 1352/32768.
    let result = exact(PermutationTest::new(&DARWIN, &zeros).unwrap().paired(), "signed-rank");
    assert_eq!((result.estimate, result.p_value.estimate), (96.0, 1352.0 / 32_768.0));
}

#[test]
fn students_sleep_is_paired() {
    // R's sleep, extra of drug 2 and of drug 1, ten patients: 4 of 1024.
    let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    let test = PermutationTest::new(&second, &first).unwrap().paired();
    assert_eq!(exact(test.clone(), "mean").p_value.estimate, 4.0 / 1024.0);
    let t = exact(test.clone(), "t");
    // SciPy: stats.ttest_rel(second, first).statistic = 4.062127683382037.
    assert!((t.estimate / 4.062_127_683_382_037 - 1.0).abs() < 1e-12);
    assert_eq!(t.p_value.estimate, 4.0 / 1024.0);
    // One pair without a difference has no rank: all of the nine others are positive, 2 of 512.
    let ranks = exact(test, "signed-rank");
    assert_eq!((ranks.estimate, ranks.p_value.estimate), (45.0, 2.0 / 512.0));
}

#[test]
fn rank_sums_of_rotarod_and_permeability() {
    // R's coin, wilcox_test(time ~ group, data = rotarod, distribution = "exact"): 0.03727, one-sided 0.01863.
    let control = [22., 300., 75., 271., 300., 18., 300., 300., 163., 300., 300., 300.];
    let test = PermutationTest::new(&[300.0; 12], &control).unwrap();
    assert!((exact(test.clone(), "rank-sum").p_value.estimate - 0.03727).abs() < 5e-6);
    assert!((exact(test.alternative(Alternative::Greater), "rank-sum").p_value.estimate - 0.01863).abs() < 5e-6);
    // Hollander & Wolfe (1973), p. 69: permeability of the chorioamnion, P(W >= 90) = .1272.
    let case = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    let test = PermutationTest::new(&case, &[1.15, 0.88, 0.90, 0.74, 1.21]).unwrap().alternative(Alternative::Greater);
    let result = exact(test, "rank-sum");
    assert_eq!(result.estimate, 90.0);
    assert!((result.p_value.estimate - 0.1272).abs() < 5e-5);
}

#[test]
fn strata_and_clusters_counted_by_hand() {
    // Stratum {1 4 | 2}, {9 | 7 8}: sums of the case values, two of the first and one of the second. From {1, 2, 4} come 3,
    // 5 and 6, from {7, 8, 9} one each: nine sums 10 11 12 12 13 14 13 14 15, the observed one is 5 + 9 = 14. Their mean is
    // 38/3, so 14 is 4/3 above it: as far are 10, 11, 14, 14 and 15.
    let test = PermutationTest::new(&[1.0, 4.0, 9.0], &[2.0, 7.0, 8.0]).unwrap().strata(vec![0, 0, 1, 0, 1, 1]);
    let counts = exact(test, "mean").counts.unwrap();
    assert_eq!((counts.greater_equal, counts.less_equal, counts.absolute, counts.n), (3, 8, 5, 9));
    // Clusters {1 2} {6 7} | {3 4} {2 3} of sums 3, 13, 7 and 5, two of which are case: 16 is the largest but for 13 + 7
    // and 13 + 5; the smallest are 3 + 5, 3 + 7 and 7 + 5. Six labellings around a mean of 14.
    let test = PermutationTest::new(&[1.0, 2.0, 6.0, 7.0], &[3.0, 4.0, 2.0, 3.0]).unwrap();
    let counts = exact(test.clusters(vec![0, 0, 1, 1, 2, 2, 3, 3]), "mean").counts.unwrap();
    assert_eq!((counts.greater_equal, counts.less_equal, counts.absolute, counts.n), (3, 4, 6, 6));
}

#[test]
fn statistics_of_tooth_growth_are_scipys() {
    let group = |label: &str| -> Vec<f64> {
        let rows =
            include_str!("../../examples/data/toothgrowth.csv").lines().skip(1).map(|row| row.split_once(',').unwrap());
        rows.filter(|(_, rest)| rest.starts_with(label)).map(|(length, _)| length.parse().unwrap()).collect()
    };
    let (juice, acid) = (group("OJ"), group("VC"));
    // SciPy 1.17 and NumPy 2.4: ttest_ind, mannwhitneyu, ks_2samp, energy_distance, quantile, iqr,
    // median_abs_deviation, gmean, trim_mean, var of both groups.
    let test = PermutationTest::new(&juice, &acid).unwrap().resamples(1);
    for (statistic, expected) in [
        ("t", 1.915_268_268_695_27),
        ("welch", 1.915_268_268_695_27),
        ("rank-sum", 575.5 + 465.0),
        ("ks", 1.0 / 3.0),
        ("energy", 1.300_598_152_987_907_4),
        ("quantile:0.9", 0.319_999_999_999_996_73),
        ("iqr", -1.7),
        ("mad", -2.55),
        ("geometric-mean", 4.622_012_115_327_069),
        ("trimmed-mean:0.1", 4.466_666_666_666_669),
        ("var", -24.693_793_103_448_265),
    ] {
        let found = test.run(statistic).unwrap().estimate;
        assert!((found / expected - 1.0).abs() < 1e-12, "{statistic}: {found} instead of {expected}");
    }
}
