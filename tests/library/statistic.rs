//! Laws of statistics: the linear shape equals the general shape on the same labellings, and ties are ties.

use permtest::sampling::labellings::{BitRows, Labellings};
use permtest::sampling::stream::{Domain, Stream};
use permtest::sampling::subset::SubsetSampler;
use permtest::simd::Arch;
use permtest::statistic::linear::scores::{Exactness, Scores};
use permtest::statistic::linear::{self, Linear};
use permtest::statistic::values::Values;
use permtest::statistic::{Pool, Problem, Statistic, Thresholds};
use proptest::prelude::*;

const WINGS: ([f64; 9], [f64; 6]) =
    ([1.72, 1.64, 1.74, 1.70, 1.82, 1.82, 1.90, 1.82, 2.08], [1.78, 1.86, 1.96, 2.00, 2.00, 1.96]);

fn problem(case: &[f64], control: &[f64], shift: f64) -> Problem {
    Problem::two_sample(Pool::new(case, control, shift))
}

fn linear(problem: &Problem) -> Linear {
    linear::mean_difference(problem, problem.pool().scores(), problem.pool().shift())
}

/// The observed replicate.
fn observed<S: Statistic>(problem: &Problem, statistic: &S) -> S::Replicate {
    problem.observed(statistic, Arch::new()).unwrap()
}

fn estimate<S: Statistic>(problem: &Problem, statistic: &S) -> f64 {
    statistic.value(observed(problem, statistic))
}

fn mean_difference(x: &[f64], y: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64 - y.iter().sum::<f64>() / y.len() as f64
}

/// All labellings of m of N units, N at most 20.
fn all_labellings(units: usize, m: usize) -> Labellings {
    let words = (0..1u64 << units).filter(|bits| bits.count_ones() as usize == m).collect();
    Labellings::Dense(BitRows { units, words })
}

fn count(replicates: &[i64], thresholds: &Thresholds<i64>) -> [usize; 3] {
    let number =
        |is_extreme: &dyn Fn(i64) -> bool| replicates.iter().filter(|&&replicate| is_extreme(replicate)).count();
    [
        number(&|r| r >= thresholds.greater_equal),
        number(&|r| r <= thresholds.less_equal),
        number(&|r| r >= thresholds.far_above || r <= thresholds.far_below),
    ]
}

fn enumerate(case: &[f64], control: &[f64], shift: f64) -> [usize; 3] {
    let problem = problem(case, control, shift);
    let statistic = linear(&problem);
    let labellings = all_labellings(case.len() + control.len(), case.len());
    let mut replicates = vec![0; labellings.len()];
    statistic.replicates(Arch::new(), &labellings, &mut replicates).unwrap();
    count(&replicates, &statistic.thresholds(observed(&problem, &statistic)))
}

#[test]
fn ties_in_ernsts_wings_are_all_counted() {
    // Ernst (2004), Statistical Science 19(4): 360 of 5005; with Python's statistics.fmean 337.
    assert_eq!(enumerate(&WINGS.0, &WINGS.1, 0.0)[2], 360);
}

#[test]
fn known_enumerations_are_exact() {
    // Counts from integer arithmetic over all subsets, independent of this program; sources in src/method/README.md.
    let blood = enumerate(
        &[94.0, 108.0, 110.0, 90.0],
        &[80.0, 94.0, 85.0, 90.0, 90.0, 90.0, 108.0, 94.0, 78.0, 105.0, 88.0],
        0.0,
    );
    assert_eq!([blood[0], blood[2]], [77, 142]); // of 1365
    let globulin = enumerate(
        &[38.0, 26.0, 29.0, 41.0, 36.0, 31.0, 32.0, 30.0, 35.0, 33.0],
        &[45.0, 28.0, 27.0, 38.0, 40.0, 42.0, 39.0, 39.0, 34.0, 35.0],
        0.0,
    );
    assert_eq!(globulin[2], 27250); // of 184756
    let mice = enumerate(
        &[94.0, 197.0, 16.0, 38.0, 99.0, 141.0, 23.0],
        &[52.0, 104.0, 146.0, 10.0, 51.0, 30.0, 40.0, 27.0, 46.0],
        0.0,
    );
    assert_eq!(mice[0], 1613); // of 11440
    assert_eq!(enumerate(&[1.11, 2.22, 100.0], &[3.33, 0.0, 1.0], 0.0), [5, 17, 10]); // of 20
}

#[test]
fn a_shift_moves_the_null_and_keeps_ties() {
    // Shifted by hand in decimals and by the statistic: the same counts.
    let shifted: Vec<f64> = [1.67, 1.59, 1.69, 1.65, 1.77, 1.77, 1.85, 1.77, 2.03].to_vec();
    assert_eq!(enumerate(&WINGS.0, &WINGS.1, 0.05), enumerate(&shifted, &WINGS.1, 0.0));
    // A shift that no decimal of the data's scale expresses breaks no tie among the case units.
    let third = Scores::new(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0], 1.0 / 3.0).scores;
    assert_eq!(third[1] - third[0], third[4] - third[3]);
    let third = problem(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0], 1.0 / 3.0);
    assert!(estimate(&third, &linear(&third)).abs() < 1e-15);
}

#[test]
fn decimals_are_exact_and_long_fractions_are_rounded_finely() {
    let exactness = |case: &[f64], control: &[f64]| Scores::new(case, control, 0.0).exactness;
    assert_eq!(exactness(&WINGS.0, &WINGS.1), Exactness::Exact);
    assert_eq!(exactness(&[1e15, 3.0], &[-7.0]), Exactness::Exact);
    assert_eq!(exactness(&[1e-10 / 3.0, 1.0], &[0.1 + 0.2]), Exactness::Rounded);
    assert_eq!(exactness(&[0.5f64.powi(40), 1.0], &[0.5f64.powi(30)]), Exactness::Exact);
    assert_eq!(Scores::new(&[5.0, 5.0], &[5.0], 0.0).scores, [0, 0, 0]);
    assert_eq!(Scores::new(&[0.3, 0.6], &[0.9], 0.0).scores, [0, 1, 2]);
}

#[test]
fn scores_of_extreme_magnitudes_neither_overflow_nor_vanish() {
    for (case, control) in [
        (vec![1e308, -1e308], vec![0.0, 1.7e308]),
        (vec![5e-324, 0.0], vec![1e-320, 2e-320]),
        (vec![1e300, 1e300], vec![1e300, 1e300]),
        (vec![1e18, 1e18 + 256.0], vec![1e18 + 512.0]),
        (vec![1e-300, 1.0], vec![1e300]),
    ] {
        let problem = problem(&case, &control, 0.0);
        let scores = &problem.pool().scores().scores;
        assert!(scores.iter().all(|&score| score >= 0));
        assert!(scores.iter().map(|&score| i128::from(score)).sum::<i128>() < 1 << 62);
        let expected = case.iter().map(|x| x / case.len() as f64).sum::<f64>()
            - control.iter().map(|y| y / control.len() as f64).sum::<f64>();
        let found = estimate(&problem, &linear(&problem));
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1e-320), "{found} {expected}");
    }
}

fn samples() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    let value = prop_oneof![
        (-500i32..500).prop_map(|cents| f64::from(cents) / 100.0),
        (-3i32..3).prop_map(f64::from),
        -1e6..1e6f64,
    ];
    (prop::collection::vec(value.clone(), 1..80), prop::collection::vec(value, 1..80))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn linear_and_general_shape_agree_on_the_same_labellings((case, control) in samples()) {
        let sampler = SubsetSampler::new(case.len() + control.len(), case.len());
        let (mut stream, mut batch) = (Stream::new(5, Domain::Resamples, 0), sampler.batch());
        sampler.start().draw(Arch::new(), &mut stream, &mut batch);
        let problem = problem(&case, &control, 0.0);
        let linear = linear(&problem);
        let general = Values::new(&problem, 0.0, mean_difference);
        let (mut sums, mut values) = (vec![0; batch.len()], vec![0.0; batch.len()]);
        linear.replicates(Arch::new(), &batch, &mut sums).unwrap();
        general.replicates(Arch::new(), &batch, &mut values).unwrap();
        for (sum, value) in sums.iter().zip(&values) {
            // Rounding of 160 values of at most 1e6, in scores and in floats.
            prop_assert!((linear.value(*sum) - value).abs() <= 1e-8, "{} {value}", linear.value(*sum));
        }
        prop_assert!((estimate(&problem, &linear) - observed(&problem, &general)).abs() <= 1e-8);
    }

    #[test]
    fn the_instruction_set_changes_no_sum(scores in prop::collection::vec(prop_oneof![0i64..1000, 0i64..1 << 50], 2..700)) {
        let values: Vec<f64> = scores.iter().map(|&score| score as f64).collect();
        for m in [1, values.len() / 3 + 1, values.len() / 2] {
            if m == 0 || m >= values.len() { continue; }
            let problem = problem(&values[..m], &values[m..], 0.0);
            let statistic = linear(&problem);
            let sampler = SubsetSampler::new(values.len(), m);
            let (mut stream, mut batch) = (Stream::new(5, Domain::Resamples, 0), sampler.batch());
            sampler.start().draw(Arch::new(), &mut stream, &mut batch);
            let sums = |arch| {
                let mut sums = vec![0; batch.len()];
                statistic.replicates(arch, &batch, &mut sums).unwrap();
                sums
            };
            let plain: Vec<i64> = (0..batch.len())
                .map(|row| {
                    let bits = batch.bitset(row);
                    let scores = problem.pool().scores().scores.iter().enumerate();
                    scores.filter(|(unit, _)| bits[unit / 64] >> (unit % 64) & 1 == 1).map(|(_, score)| score).sum()
                })
                .collect();
            prop_assert_eq!(&sums(Arch::new()), &plain);
            prop_assert_eq!(&sums(Arch::Scalar), &plain);
        }
    }
}
