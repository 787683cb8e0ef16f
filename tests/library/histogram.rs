//! The null distribution in bins: counts that add up to those of the test, bins that depend on the data alone, and the same shape
//! by every method.

use permtest::inference::Alternative;
use permtest::method::bins::BinCounts;
use permtest::method::planner::Choice;
use permtest::statistic::catalogue::CATALOGUE;
use permtest::{Definition, NullDistribution, PermutationTest, TestResult};
use proptest::prelude::*;

const ALTERNATIVES: [Alternative; 3] = [Alternative::TwoSided, Alternative::Greater, Alternative::Less];

/// Decimals with ties.
fn decimals(n: usize, step: usize) -> Vec<f64> {
    (0..n).map(|i| (1 + i * step % 101) as f64 / 10.0).collect()
}

/// Full precision.
fn reals(n: usize, step: f64) -> Vec<f64> {
    (0..n).map(|i| 3.0 + (i as f64 * step).sin()).collect()
}

fn binned(case: &[f64], control: &[f64]) -> PermutationTest {
    PermutationTest::new(case, control).unwrap().null_distribution(NullDistribution::Binned)
}

/// Whatever was counted lies in the bins, and what they call extreme is what the test calls so.
#[track_caller]
fn assert_adds_up(result: &TestResult, alternative: Alternative, what: &str) {
    let histogram = result.histogram.as_ref().unwrap_or_else(|| panic!("{what} has no histogram"));
    let counts = histogram.counts.as_ref().unwrap_or_else(|| panic!("{what} was counted"));
    let tally = result.counts.unwrap();
    assert_eq!(counts.iter().sum::<u64>(), tally.n, "{what}");
    assert_eq!(histogram.edges.len(), histogram.shares.len() + 1, "{what}");
    assert_eq!(counts.len(), histogram.shares.len() + 2, "{what}");
    assert!(histogram.edges.windows(2).all(|pair| pair[0] < pair[1]), "{what}: {:?}", histogram.edges);
    // What little lies beyond the bins may be extreme or not.
    let outside = counts[0] + counts[counts.len() - 1];
    assert!(outside * 100 < tally.n, "{what}: {outside}");
    let extreme = (histogram.extreme.iter().sum::<f64>() * tally.n as f64).round() as u64;
    let expected = match (alternative, result.two_sided) {
        (Alternative::Greater, _) | (_, permtest::inference::TwoSidedRule::UpperTail) => vec![tally.greater_equal],
        (Alternative::Less, _) => vec![tally.less_equal],
        (_, permtest::inference::TwoSidedRule::Absolute) => vec![tally.absolute],
        // One of two doubled tails.
        (_, permtest::inference::TwoSidedRule::Doubled) => vec![tally.greater_equal, tally.less_equal],
    };
    let is_one = |count: &u64| (extreme..=extreme + outside).contains(count);
    assert!(expected.iter().any(is_one), "{what}: {extreme} of {} is none of {expected:?}", tally.n);
}

#[test]
fn the_bins_of_every_statistic_add_up_to_its_counts() {
    let samples = [(decimals(23, 7919), decimals(31, 1_299_721)), (reals(17, 2.3), reals(12, 1.7))];
    let expressions = ["mean(x) / mean(y)", "mean(abs(x - median(x)))", "mean(log(x)) - mean(log(y))"];
    let expressions = expressions.iter().map(|text| text.parse::<Definition>().unwrap());
    let named = CATALOGUE.iter().map(|entry| entry.to_string().parse::<Definition>().unwrap());
    for definition in named.chain(expressions) {
        for (case, control) in &samples {
            for alternative in ALTERNATIVES {
                let test = binned(case, control).alternative(alternative).resamples(20_000);
                // Some distances have no direction; pairs are wanted by others.
                let Ok(result) = test.run(&definition) else { continue };
                assert_adds_up(&result, alternative, &format!("{definition}, {alternative:?}, {} values", case.len()));
            }
        }
    }
}

#[test]
fn the_bins_of_every_design_add_up_to_its_counts() {
    let (case, control) = (decimals(18, 7919), decimals(18, 1_299_721));
    let blocks = |size: u32| (0..36).map(|i| i % 18 / size).collect::<Vec<u32>>();
    let clusters: Vec<u32> = (0..36).map(|i| i / 3).collect();
    for alternative in ALTERNATIVES {
        let test = binned(&case, &control).alternative(alternative).resamples(20_000);
        for (name, test) in [
            ("paired", test.clone().paired()),
            ("stratified", test.clone().strata(blocks(6))),
            ("clustered", test.clone().clusters(clusters.clone())),
        ] {
            for statistic in ["mean", "median"] {
                let result = test.run(statistic).unwrap();
                assert_adds_up(&result, alternative, &format!("{name}, {statistic}, {alternative:?}"));
            }
        }
    }
}

#[test]
fn bins_depend_on_the_data_and_the_observed_statistic_alone() {
    let (case, control) = (decimals(40, 7919), reals(33, 1.7));
    for statistic in ["mean", "t", "median", "ks", "mean(x) / mean(y)"] {
        let definition: Definition = statistic.parse().unwrap();
        let edges = |seed, resamples, threads| {
            let test = binned(&case, &control).seed(seed).resamples(resamples).threads(threads);
            test.run(&definition).unwrap().histogram.unwrap().edges
        };
        let first = edges(0, 1000, 1);
        assert_eq!(first, edges(0, 50_000, 2), "{statistic}");
        assert_eq!(first, edges(77, 1000, 7), "{statistic}");
    }
}

#[test]
fn threads_change_no_count() {
    let (case, control) = (decimals(40, 7919), reals(33, 1.7));
    for method in [Choice::MonteCarlo, Choice::Sequential] {
        let counts = |threads| {
            let test = binned(&case, &control).method(method).resamples(150_001).threads(threads);
            test.run("mean").unwrap().histogram
        };
        assert_eq!(counts(1), counts(2));
        assert_eq!(counts(1), counts(7));
    }
}

/// What a histogram says of a range, in bins of another one.
fn share_below(result: &TestResult, edge: f64) -> f64 {
    let histogram = result.histogram.as_ref().unwrap();
    let below: f64 = histogram.edges[1..]
        .iter()
        .zip(&histogram.shares)
        .take_while(|(upper, _)| **upper <= edge)
        .map(|(_, s)| s)
        .sum();
    histogram.below + below
}

#[test]
fn exact_counts_in_bins_are_those_of_an_enumeration() {
    let (case, control) = (decimals(9, 7919), decimals(10, 1_299_721));
    for alternative in ALTERNATIVES {
        let test = binned(&case, &control).alternative(alternative);
        // The same labellings one by one, for a statistic that is not known to be a sum.
        let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
        let kept = PermutationTest::new(&case, &control).unwrap().null_distribution(NullDistribution::Kept);
        let values =
            kept.method(Choice::Exact).run(&|x: &[f64], y: &[f64]| mean(x) - mean(y)).unwrap().null_distribution;
        for method in [Choice::Exact, Choice::Importance, Choice::Bounds] {
            let Ok(result) = test.clone().method(method).run("mean") else { continue };
            let histogram = result.histogram.as_ref().unwrap();
            let n = values.len() as f64;
            for (bin, edges) in histogram.edges.windows(2).enumerate() {
                let inside = values.iter().filter(|value| (edges[0]..edges[1]).contains(*value)).count() as f64;
                let share = histogram.shares[bin];
                // Exact but for the rounding of sums; else three standard errors of the plain sample of 2¹⁸, and what an
                // approximation of a tail is off.
                let slack = if method == Choice::Exact { 1e-9 } else { 3.0 * (inside / n / 262_144.0).sqrt() + 2e-3 };
                assert!((share - inside / n).abs() <= slack, "{method:?} {edges:?}: {share} against {}", inside / n);
            }
            let expected = values.iter().filter(|&&value| value < histogram.edges[0]).count() as f64 / n;
            assert!((histogram.below - expected).abs() < 2e-3);
        }
    }
}

#[test]
fn a_far_tail_is_drawn_alike_by_exact_and_importance_methods() {
    let case: Vec<f64> = decimals(40, 7919).iter().map(|x| x + 4.0).collect();
    let control = decimals(40, 1_299_721);
    let exact = binned(&case, &control).method(Choice::Exact).run("mean").unwrap();
    let drawn = binned(&case, &control).method(Choice::Importance).run("mean").unwrap();
    assert!(exact.p_value.estimate < 1e-6);
    let [exact, drawn] = [exact, drawn].map(|result| result.histogram.unwrap());
    assert_eq!(exact.edges, drawn.edges);
    for (edges, (one, other)) in exact.edges.windows(2).zip(exact.shares.iter().zip(&drawn.shares)) {
        // The plain sample knows shares of 1/100 to a few per cent, and a saddlepoint approximation all that are smaller.
        assert!((other / one - 1.0).abs() < 0.2 || *one < 1e-15, "{edges:?}: {one:e} against {other:e}");
    }
    let tails = [exact, drawn].map(|histogram| histogram.extreme.iter().sum::<f64>());
    assert!((tails[0] / tails[1] - 1.0).abs() < 0.1, "{tails:?}");
}

#[test]
fn splitting_has_the_shape_of_a_plain_sample() {
    let (case, control) = (reals(30, 2.3), reals(30, 1.7));
    let split = binned(&case, &control).method(Choice::Splitting).run("median").unwrap();
    let plain = binned(&case, &control).resamples(16_384).run("median").unwrap();
    // Counts would be taken for those of the p-value.
    assert_eq!(split.histogram.as_ref().unwrap().counts, None);
    assert_eq!(split.histogram.as_ref().unwrap().shares, plain.histogram.as_ref().unwrap().shares);
}

#[test]
fn data_without_spread_and_with_a_giant_have_bins_too() {
    for (case, control) in [
        (vec![5.0; 3], vec![5.0; 4]),
        (vec![0.0; 2], vec![0.0; 2]),
        (vec![1.0, 2.0, 3.0, 4.0, 1e9], vec![1.0, 2.0, 2.0, 4.0, 6.0]),
        (vec![1e-300, 2e-300], vec![3e-300, 5e-300]),
        (vec![1e300, 2e300, -1e300], vec![3e299, 5e299]),
        (vec![7.0], vec![8.0]),
    ] {
        for (method, statistic) in [
            (Choice::MonteCarlo, "mean"),
            (Choice::Exact, "mean"),
            (Choice::MonteCarlo, "median"),
            (Choice::Exact, "ks"),
        ] {
            let test = binned(&case, &control).method(method);
            let test = if method == Choice::MonteCarlo { test.resamples(1000) } else { test };
            let result = test.run(statistic).unwrap();
            let histogram = result.histogram.as_ref().unwrap();
            let total = histogram.shares.iter().sum::<f64>() + histogram.below + histogram.above;
            assert!((total - 1.0).abs() < 1e-9, "{case:?} {method:?} {statistic}: {total}");
            assert!(histogram.edges.iter().all(|edge| edge.is_finite()), "{case:?} {method:?} {statistic}");
            assert!(histogram.edges.windows(2).all(|pair| pair[0] < pair[1]), "{case:?} {method:?} {statistic}");
            assert!(share_below(&result, f64::INFINITY) > 0.0);
        }
    }
}

proptest! {
    /// Parts of a run add up in any order.
    #[test]
    fn counts_add_up_in_any_order(parts in prop::collection::vec(prop::collection::vec(-50i64..50, 0..40), 1..6)) {
        use permtest::method::bins::{Bins, Resolution};
        use permtest::method::tail::Tail;
        use permtest::statistic::Thresholds;
        let thresholds = Thresholds { observed: 20, greater_equal: 20, less_equal: 20, far_above: 20, far_below: -20 };
        let pilot: Vec<i64> = (-40..40).collect();
        let bins = Bins::of_pilot(&pilot, &thresholds, Tail::Absolute, Resolution::FINE);
        let count = |values: &[i64]| {
            let mut counts = BinCounts::default();
            counts.count(permtest::simd::Arch::new(), &bins, values);
            counts
        };
        let whole = count(&parts.concat());
        let sum = |parts: &mut dyn Iterator<Item = &Vec<i64>>| {
            let mut total = BinCounts::default();
            parts.for_each(|part| total += &count(part));
            total
        };
        prop_assert_eq!(&sum(&mut parts.iter()), &whole);
        prop_assert_eq!(&sum(&mut parts.iter().rev()), &whole);
    }
}
