//! More than two groups, associations and one sample: published answers, brute force, and laws.

use permtest::PermutationTest;
use permtest::effect::EffectRequest;
use permtest::inference::Alternative;
use permtest::inference::adjust::Adjustment;
use permtest::inference::p_value::PValue;
use permtest::method::planner::Choice;
use permtest::sampling::bounded::below;
use permtest::sampling::stream::{Domain, Stream};
use permtest::simd::Arch;
use permtest::statistic::GroupStatistic;
use permtest::statistic::groups::FunctionOfGroups;

const MUCOCILIARY: [&[f64]; 3] = [&[2.9, 3.0, 2.5, 2.6, 3.2], &[3.8, 2.7, 4.0, 2.4], &[2.8, 3.4, 3.7, 2.2, 2.0]];
const LIGHTNESS: [f64; 9] = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1];
const QUALITY: [f64; 9] = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8];

/// Rounding first base, three methods by 22 players (Hollander & Wolfe 1973, p. 140; R's example of `friedman.test`).
const ROUNDING_TIMES: [[f64; 3]; 22] = [
    [5.40, 5.50, 5.55],
    [5.85, 5.70, 5.75],
    [5.20, 5.60, 5.50],
    [5.55, 5.50, 5.40],
    [5.90, 5.85, 5.70],
    [5.45, 5.55, 5.60],
    [5.40, 5.40, 5.35],
    [5.45, 5.50, 5.35],
    [5.25, 5.15, 5.00],
    [5.85, 5.80, 5.70],
    [5.25, 5.20, 5.10],
    [5.65, 5.55, 5.45],
    [5.60, 5.35, 5.45],
    [5.05, 5.00, 4.95],
    [5.50, 5.50, 5.40],
    [5.45, 5.55, 5.50],
    [5.55, 5.55, 5.35],
    [5.45, 5.50, 5.55],
    [5.50, 5.45, 5.25],
    [5.65, 5.60, 5.40],
    [5.70, 5.65, 5.55],
    [6.30, 6.30, 6.25],
];

fn exact(test: PermutationTest, statistic: &str) -> f64 {
    let result = test.method(Choice::Exact).run(statistic).unwrap();
    assert!(result.method.is_exact());
    result.p_value.estimate
}

fn groups(groups: &[&[f64]]) -> PermutationTest {
    PermutationTest::of_groups(groups).unwrap()
}

fn tuna() -> PermutationTest {
    PermutationTest::association(&LIGHTNESS, &QUALITY).unwrap()
}

#[test]
fn published_data_of_several_groups_have_their_exact_p_values() {
    // By integer arithmetic over all 14!/(5!·4!·5!) labellings.
    assert_eq!(exact(groups(&MUCOCILIARY), "f"), 146_480.0 / 252_252.0);
    assert_eq!(exact(groups(&MUCOCILIARY), "kruskal-wallis"), 179_294.0 / 252_252.0);
    let result = groups(&MUCOCILIARY).run("kruskal-wallis").unwrap();
    // R's kruskal.test.
    assert!((result.estimate - 0.771_428_571_428_57).abs() < 1e-12, "{}", result.estimate);
    let apart: [&[f64]; 3] = [&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], &[7.0, 8.0, 9.0]];
    let result = groups(&apart).method(Choice::Exact).run("kruskal-wallis").unwrap();
    assert!((result.estimate - 7.2).abs() < 1e-12);
    assert_eq!(result.p_value.estimate, 6.0 / 1680.0);
    assert_eq!(exact(groups(&[&[1.0, 2.0], &[3.0, 4.0], &[5.0, 6.0]]), "kruskal-wallis"), 6.0 / 90.0);
    let rising: [&[f64]; 3] = [&[40.0, 35.0, 38.0, 43.0], &[38.0, 40.0, 47.0, 44.0], &[48.0, 40.0, 45.0, 43.0]];
    assert_eq!(exact(groups(&rising).alternative(Alternative::Greater), "trend"), 1194.0 / 34_650.0);
}

#[test]
fn blocks_of_repeated_measures_give_friedman_s_test() {
    let of = |method: usize| ROUNDING_TIMES.map(|player| player[method]);
    let [one, two, three] = [of(0), of(1), of(2)];
    let players: Vec<u32> = (0..66).map(|i| i % 22).collect();
    let test = groups(&[&one, &two, &three]).strata(players).resamples(1_000_000).seed(3);
    for (statistic, estimate, expected) in [
        // R's friedman.test: chi-squared = 11.143; p by convolution over the 22 players.
        ("friedman", 11.142_857_142_857, 414_585_633_614_208.0 / 6f64.powi(22)),
        ("f", 6.288_307_9, 553_607_634_460_608.0 / 6f64.powi(22)),
    ] {
        let result = test.run(statistic).unwrap();
        assert!((result.estimate - estimate).abs() < 1e-4 * estimate, "{statistic}: {}", result.estimate);
        // Five standard errors: one run in two million.
        let error = 5.0 * (expected / 1e6).sqrt();
        assert!((result.p_value.estimate - expected).abs() < error, "{statistic}: {}", result.p_value.estimate);
    }
}

#[test]
fn published_data_of_an_association_have_their_exact_p_values() {
    // By integer arithmetic over all 9! orders; R's cor.test(method = "kendall") says .1194.
    let of = |alternative, statistic| exact(tuna().alternative(alternative), statistic);
    let (greater, both) = (Alternative::Greater, Alternative::TwoSided);
    assert_eq!(of(greater, "pearson"), 22_992.0 / 362_880.0);
    assert_eq!(of(both, "pearson"), 37_203.0 / 362_880.0);
    assert_eq!(of(both, "slope"), 37_203.0 / 362_880.0);
    assert_eq!(of(greater, "spearman"), 17_563.0 / 362_880.0);
    assert_eq!(of(both, "spearman"), 35_126.0 / 362_880.0);
    assert_eq!(of(greater, "kendall"), 21_671.0 / 362_880.0);
    assert_eq!(of(both, "kendall"), 43_342.0 / 362_880.0);
    let estimate = |statistic: &str| tuna().run(statistic).unwrap().estimate;
    // R's cor and lm.
    for (statistic, expected) in
        [("pearson", 0.571_181_6), ("spearman", 0.6), ("kendall", 0.444_444_4), ("slope", 0.097_180_95)]
    {
        assert!((estimate(statistic) - expected).abs() < 1e-6, "{statistic}: {}", estimate(statistic));
    }
}

#[test]
fn one_sample_is_the_paired_test_of_its_differences() {
    let darwin = [49.0, -67.0, 8.0, 16.0, 6.0, 23.0, 28.0, 41.0, 14.0, 29.0, 56.0, 24.0, 75.0, 60.0, -48.0];
    let one = PermutationTest::one_sample(&darwin, 0.0).unwrap();
    assert_eq!(exact(one, "mean"), 1726.0 / 32_768.0);
    let shifted = darwin.map(|value| value + 7.0);
    for statistic in ["mean", "signed-rank", "t"] {
        let one = PermutationTest::one_sample(&shifted, 7.0).unwrap();
        let paired = PermutationTest::new(&darwin, &[0.0; 15]).unwrap().paired();
        assert_eq!(exact(one, statistic), exact(paired, statistic), "{statistic}");
    }
}

/// Small whole numbers with many ties.
fn numbers(n: usize, most: u64, stream: &mut Stream) -> Vec<f64> {
    (0..n).map(|_| below(most, stream) as f64).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// All distinct ways of dealing out labels, recursively.
fn arrangements(labels: &mut Vec<usize>, left: &mut [usize], visit: &mut dyn FnMut(&[usize])) {
    if left.iter().all(|&count| count == 0) {
        return visit(labels);
    }
    for label in 0..left.len() {
        if left[label] > 0 {
            left[label] -= 1;
            labels.push(label);
            arrangements(labels, left, visit);
            labels.pop();
            left[label] += 1;
        }
    }
}

/// The share of labellings whose statistic is at least that of the data, by a plain function of values and labels.
fn brute_force(values: &[f64], sizes: &[usize], of: &dyn Fn(&[f64], &[usize]) -> f64) -> f64 {
    let observed: Vec<usize> =
        sizes.iter().enumerate().flat_map(|(label, &size)| std::iter::repeat_n(label, size)).collect();
    let bound = of(values, &observed) - 1e-9;
    let (mut all, mut extreme) = (0u64, 0u64);
    arrangements(&mut Vec::new(), &mut sizes.to_vec(), &mut |labels| {
        all += 1;
        extreme += u64::from(of(values, labels) >= bound);
    });
    extreme as f64 / all as f64
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: &f64| {
        let (below, same) =
            (values.iter().filter(|x| *x < value).count(), values.iter().filter(|x| *x == value).count());
        below as f64 + f64::midpoint(same as f64, 1.0)
    };
    values.iter().map(rank).collect()
}

/// The square sum between groups over that within them, by the definition.
fn f(values: &[f64], labels: &[usize]) -> f64 {
    let groups = 1 + labels.iter().max().unwrap();
    let of = |group: usize| {
        let its = values.iter().zip(labels).filter(|(_, label)| **label == group).map(|(&value, _)| value);
        its.collect::<Vec<f64>>()
    };
    let all = mean(values);
    let between: f64 = (0..groups).map(|group| of(group).len() as f64 * (mean(&of(group)) - all).powi(2)).sum();
    let total: f64 = values.iter().map(|value| (value - all).powi(2)).sum();
    // Increasing with F, and finite where nothing is left within.
    between / total.max(1e-12)
}

/// J: pairs of values of an earlier and a later group that rise, ties one half.
fn jonckheere(values: &[f64], labels: &[usize]) -> f64 {
    let mut j = 0.0;
    for (a, of_a) in values.iter().zip(labels) {
        for (b, of_b) in values.iter().zip(labels) {
            if of_a < of_b {
                j += if a < b {
                    1.0
                } else if a == b {
                    0.5
                } else {
                    0.0
                };
            }
        }
    }
    j
}

#[test]
fn random_small_groups_have_the_p_values_of_brute_force() {
    let mut stream = Stream::new(11, Domain::Splits, 0);
    for _ in 0..60 {
        let sizes = [2 + below(2, &mut stream) as usize, 2, 1 + below(3, &mut stream) as usize];
        let values = numbers(sizes.iter().sum(), 7, &mut stream);
        if values.iter().all(|value| *value == values[0]) {
            continue;
        }
        let (first, rest) = values.split_at(sizes[0]);
        let (second, third) = rest.split_at(sizes[1]);
        let test = groups(&[first, second, third]);
        let constant_within = [first, second, third].iter().all(|group| group.iter().all(|value| *value == group[0]));
        if !constant_within {
            assert_eq!(exact(test.clone(), "f"), brute_force(&values, &sizes, &f), "{values:?} {sizes:?}");
        }
        let of_ranks = |values: &[f64], labels: &[usize]| f(&ranks(values), labels);
        assert_eq!(
            exact(test.clone(), "kruskal-wallis"),
            brute_force(&values, &sizes, &of_ranks),
            "{values:?} {sizes:?}"
        );
        let rising = exact(test.alternative(Alternative::Greater), "trend");
        assert_eq!(rising, brute_force(&values, &sizes, &jonckheere), "{values:?} {sizes:?}");
    }
}

#[test]
fn random_small_associations_have_the_p_values_of_brute_force() {
    let mut stream = Stream::new(12, Domain::Splits, 0);
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let sign = |a: f64, b: f64| f64::from(i8::from(a > b) - i8::from(a < b));
    let concordant = |x: &[f64], y: &[f64]| {
        let pairs = (0..x.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        pairs.map(|(i, j)| sign(x[i], x[j]) * sign(y[i], y[j])).sum::<f64>()
    };
    let distances = |x: &[f64], y: &[f64]| {
        let matrix = |values: &[f64]| {
            let n = values.len();
            let row = |i: usize| (0..n).map(|j| (values[i] - values[j]).abs()).sum::<f64>() / n as f64;
            let all = (0..n).map(row).sum::<f64>() / n as f64;
            let cell = |i: usize, j: usize| (values[i] - values[j]).abs() - row(i) - row(j) + all;
            (0..n).flat_map(|i| (0..n).map(move |j| (i, j))).map(|(i, j)| cell(i, j)).collect::<Vec<f64>>()
        };
        product(&matrix(x), &matrix(y))
    };
    for _ in 0..40 {
        let n = 4 + below(3, &mut stream) as usize;
        let (x, y) = (numbers(n, 6, &mut stream), numbers(n, 6, &mut stream));
        let is_constant = |values: &[f64]| values.iter().all(|value| *value == values[0]);
        if is_constant(&x) || is_constant(&y) {
            continue;
        }
        // Each place has a label of its own.
        let of = |of: &dyn Fn(&[f64], &[f64]) -> f64| {
            brute_force(&y, &vec![1; n], &|y, labels| {
                let dealt: Vec<f64> = labels.iter().map(|&label| x[label]).collect();
                of(&dealt, y)
            })
        };
        let test = PermutationTest::association(&x, &y).unwrap();
        let greater = test.clone().alternative(Alternative::Greater);
        assert_eq!(exact(greater.clone(), "pearson"), of(&product), "{x:?} {y:?}");
        assert_eq!(exact(greater.clone(), "spearman"), of(&|x, y| product(&ranks(x), &ranks(y))), "{x:?} {y:?}");
        assert_eq!(exact(greater.clone(), "kendall"), of(&concordant), "{x:?} {y:?}");
        assert_eq!(exact(test, "distance-correlation"), of(&distances), "{x:?} {y:?}");
        assert_eq!(exact(greater, "mean(x * y)"), of(&product), "{x:?} {y:?}");
    }
}

#[test]
fn two_groups_are_a_two_sample_test_whatever_they_are_called() {
    let (case, control) = ([1.1, 3.5, 2.2, 5.0, 4.1], [2.0, 0.3, 1.9, 2.7, 1.1, 0.8]);
    let expected = exact(PermutationTest::new(&case, &control).unwrap(), "mean");
    assert_eq!(exact(groups(&[&case, &control]), "f"), expected);
    let x: Vec<f64> = (0..11).map(|row| f64::from(u8::from(row < 5))).collect();
    let y = [&case[..], &control[..]].concat();
    let result = PermutationTest::association(&x, &y).unwrap().resamples(200_000).run("pearson").unwrap();
    // Five standard errors.
    assert!((result.p_value.estimate - expected).abs() < 5.0 * (expected / 200_000.0).sqrt());
}

#[test]
fn neither_rows_nor_threads_nor_instructions_change_a_result() {
    let mut stream = Stream::new(13, Domain::Splits, 0);
    let (a, b, c) = (numbers(30, 50, &mut stream), numbers(25, 50, &mut stream), numbers(41, 60, &mut stream));
    let turned = |values: &[f64]| values.iter().rev().copied().collect::<Vec<f64>>();
    let strata = |n: usize| (0..n as u32).map(|row| row % 3).collect::<Vec<u32>>();
    let run = |groups: &[&[f64]], change: &dyn Fn(PermutationTest) -> PermutationTest, statistic: &str| {
        let test = change(PermutationTest::of_groups(groups).unwrap().resamples(5000).seed(5));
        test.run(statistic).unwrap().counts
    };
    let all = strata(96);
    for statistic in ["f", "welch-f", "kruskal-wallis", "trend"] {
        let usual = run(&[&a, &b, &c], &|test| test, statistic);
        assert_eq!(run(&[&turned(&a), &turned(&b), &turned(&c)], &|test| test, statistic), usual);
        for threads in [1, 2, 7] {
            assert_eq!(run(&[&a, &b, &c], &|test| test.threads(threads), statistic), usual);
        }
        assert_eq!(run(&[&a, &b, &c], &|test| test.arch(Arch::Scalar), statistic), usual);
    }
    let renamed: Vec<u32> = all.iter().map(|stratum| 9 - 4 * stratum).collect();
    let within = |names: Vec<u32>| move |test: PermutationTest| test.strata(names.clone());
    assert_eq!(run(&[&a, &b, &c], &within(all), "friedman"), run(&[&a, &b, &c], &within(renamed), "friedman"));
}

#[test]
fn splitting_of_orders_finds_the_exact_tail() {
    // The smallest of all p-values, and one in the middle, over eleven rows.
    let x: Vec<f64> = (0..10).map(f64::from).collect();
    for (y, extreme) in [
        ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], 1.0),
        ([0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 5.0, 7.0, 8.0, 9.0], 10.0),
    ] {
        let test = PermutationTest::association(&x, &y).unwrap().alternative(Alternative::Greater).seed(2);
        let result = test.method(Choice::Splitting).run("spearman").unwrap();
        let (expected, error) = (extreme / 3_628_800.0, result.precision.unwrap().standard_error);
        assert!((result.p_value.estimate - expected).abs() < 4.0 * error, "{} {error}", result.p_value.estimate);
        assert!(error < 0.15 * expected);
    }
    // Nine of a kind apart, in three groups of three: 6 of 1680.
    let apart: [&[f64]; 3] = [&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], &[7.0, 8.0, 9.0]];
    let result = groups(&apart).method(Choice::Splitting).run("f").unwrap();
    let error = result.precision.unwrap().standard_error;
    assert!((result.p_value.estimate - 6.0 / 1680.0).abs() < 4.0 * error);
}

#[test]
fn what_makes_no_sense_is_refused_in_one_line() {
    let refusal = |test: Result<PermutationTest, permtest::error::Error>, statistic: &str| {
        let error = test.and_then(|test| test.run(statistic).map(drop)).unwrap_err().to_string();
        assert!(!error.contains('\n'), "{error}");
        error
    };
    assert!(refusal(PermutationTest::of_groups(&[&[1.0]]), "f").starts_with("there is only one group"));
    assert!(refusal(PermutationTest::of_groups(&[&[1.0], &[]]), "f").starts_with("group 2 is empty"));
    assert!(refusal(PermutationTest::association(&[1.0, 2.0], &[1.0]), "pearson").starts_with("there are 2 x and 1 y"));
    assert!(refusal(Ok(groups(&MUCOCILIARY)), "median").contains("none of several groups"));
    assert!(refusal(Ok(groups(&MUCOCILIARY)), "friedman").contains("blocks"));
    assert!(refusal(Ok(tuna()), "f").contains("does not relate two columns"));
    assert!(refusal(Ok(tuna()), "mean(x) - mean(y)").contains("row by row"));
    assert!(refusal(Ok(tuna().shift(1.0)), "pearson").contains("has no meaning for two columns"));
    assert!(refusal(Ok(groups(&MUCOCILIARY).paired()), "f").contains("pairs are for two groups"));
    assert!(
        refusal(PermutationTest::association(&[1.0; 5], &[1.0, 2.0, 3.0, 4.0, 5.0]), "pearson").contains("the same")
    );
    let alone = groups(&[&[1.0, 2.0], &[3.0]]).strata(vec![0, 0, 1]);
    assert!(refusal(Ok(alone), "f").contains("no two labels can be exchanged"));
    let clustered = groups(&[&[1.0, 2.0], &[3.0, 4.0]]).clusters(vec![0, 1, 1, 2]);
    assert!(refusal(Ok(clustered), "f").contains("several groups"));
}

#[test]
fn clusters_are_exchanged_whole() {
    // Six litters of unequal sizes, two of each label: 90 ways, of which the data are the most extreme with 6 alike.
    let values: [&[f64]; 3] = [&[1.0, 1.2, 0.9], &[5.0, 5.2], &[9.0, 9.1, 8.9, 9.3]];
    let test = groups(&values).clusters(vec![0, 0, 1, 2, 3, 4, 4, 5, 5]);
    let result = test.method(Choice::Exact).run("f").unwrap();
    assert_eq!((result.n_units, result.reference_set_size.exact), (6, Some(90)));
    assert!(result.p_value.estimate <= 6.0 / 90.0);
    let x = [1.0, 1.0, 2.0, 3.0, 3.0, 3.0, 4.0];
    let y = [2.0, 2.5, 3.0, 4.0, 4.5, 4.1, 6.0];
    let test = PermutationTest::association(&x, &y).unwrap().clusters(vec![0, 0, 1, 2, 2, 2, 3]);
    let result = test.method(Choice::Exact).run("pearson").unwrap();
    assert_eq!((result.n_units, result.reference_set_size.exact), (4, Some(24)));
}

#[test]
fn kendall_without_ties_is_exact_at_any_size() {
    let x: Vec<f64> = (0..60).map(f64::from).collect();
    let y: Vec<f64> = (0..60).map(|row| f64::from((row * 37) % 61)).collect();
    let test = PermutationTest::association(&x, &y).unwrap();
    let exact = test.clone().run("kendall").unwrap();
    assert_eq!(exact.method.algorithm(), Some("lattice"));
    let drawn = test.resamples(100_000).run("kendall").unwrap();
    let error = 5.0 * (exact.p_value.estimate * (1.0 - exact.p_value.estimate) / 1e5).sqrt();
    assert!((exact.p_value.estimate - drawn.p_value.estimate).abs() < error.max(1e-5));
    // The data in order: one of 60! labellings.
    let sorted = PermutationTest::association(&x, &x).unwrap().alternative(Alternative::Greater);
    let least = sorted.run("kendall").unwrap().p_value.estimate;
    let factorial: f64 = (1..=60).map(f64::from).product();
    assert!((least * factorial - 1.0).abs() < 1e-12, "{least}");
}

#[test]
fn slopes_have_the_interval_that_the_test_does_not_reject() {
    let request = EffectRequest { confidence: 0.9, ..EffectRequest::default() };
    let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
    let y = [1.3, 1.1, 2.9, 3.4, 3.6, 5.5, 5.2];
    let test = PermutationTest::association(&x, &y).unwrap().interval(request);
    let interval = test.run("slope").unwrap().effect.unwrap().interval.unwrap();
    // Of y less a multiple of x, inside the interval and outside of it.
    let p = |slope: f64| {
        let rest: Vec<f64> = x.iter().zip(&y).map(|(x, y)| y - slope * x).collect();
        exact(PermutationTest::association(&x, &rest).unwrap(), "slope")
    };
    let [low, high] = interval.ends;
    for (end, outwards) in [(low, -1.0), (high, 1.0)] {
        assert!(p(end - 1e-6 * outwards) > 0.1 && p(end + 1e-6 * outwards) <= 0.1, "{end}");
    }
    // Fisher's z: seven rows, so half of the usual multiple.
    let test = PermutationTest::association(&x, &y).unwrap().interval(EffectRequest::default());
    let ends = test.run("pearson").unwrap().effect.unwrap().interval.unwrap().ends;
    let r = test.run("pearson").unwrap().estimate;
    let z = 1.959_963_984_540_054 / 2.0;
    let expected = [(r.atanh() - z).tanh(), (r.atanh() + z).tanh()];
    assert!(ends.iter().zip(expected).all(|(end, expected)| (end - expected).abs() < 1e-9), "{ends:?} {expected:?}");
}

#[test]
fn pairs_of_groups_are_adjusted_by_the_hypotheses_that_bear_on_them() {
    let data: [&[f64]; 3] = [&[1.0, 2.0, 4.0, 3.0], &[2.0, 3.0, 5.0, 4.5], &[7.0, 9.0, 8.0, 10.0]];
    let test = groups(&data).seed(1);
    let pairs = [[0, 1], [0, 2], [1, 2]];
    let own: Vec<PValue> = pairs
        .iter()
        .map(|&[a, b]| PermutationTest::new(data[b], data[a]).unwrap().run("mean").unwrap().p_value)
        .collect();
    let (by, adjusted) = test.adjust_pairs(GroupStatistic::F, &pairs, &own).unwrap();
    assert_eq!(by, Adjustment::ClosedTesting);
    // That all three are the same, by the largest |t| over all 34,650 labellings.
    let t = |a: &[f64], b: &[f64]| {
        let squares = |values: &[f64]| values.iter().map(|value| (value - mean(values)).powi(2)).sum::<f64>();
        let (m, n) = (a.len() as f64, b.len() as f64);
        let variance = (squares(a) + squares(b)) / (m + n - 2.0) * (1.0 / m + 1.0 / n);
        (mean(a) - mean(b)).abs() / variance.sqrt()
    };
    let largest = |groups: &[&[f64]]| pairs.iter().map(|&[a, b]| t(groups[a], groups[b])).fold(0.0, f64::max);
    let of_all = test.clone().method(Choice::Exact).run(&FunctionOfGroups(largest)).unwrap().p_value.estimate;
    for (pair, (own, adjusted)) in own.iter().zip(&adjusted).enumerate() {
        // Five standard errors of 100,000 draws.
        let expected = own.estimate.max(of_all);
        let error = 5.0 * (of_all / 1e5).sqrt();
        assert!((adjusted.estimate - expected).abs() < error, "{pair}: {} {expected}", adjusted.estimate);
        assert!(adjusted.estimate >= own.estimate);
    }
    let (by, against_control) = test.adjust_pairs(GroupStatistic::F, &pairs[..2], &own[..2]).unwrap();
    assert_eq!(by, Adjustment::ClosedTesting);
    assert!(against_control[0].estimate >= own[0].estimate);
    let seven: Vec<&[f64]> = vec![&[1.0, 2.0]; 7];
    let (by, _) = groups(&seven).adjust_pairs(GroupStatistic::F, &pairs, &own).unwrap();
    assert_eq!(by, Adjustment::Holm);
}

#[test]
fn comparisons_of_equal_groups_keep_their_level_where_another_group_differs() {
    // Groups 0 to 2 are alike, group 3 lies far away: the joint relabelling of all groups alone would claim too much of them.
    let (data_sets, pairs) = (200u64, [[0, 1], [0, 2], [1, 2], [0, 3], [1, 3], [2, 3]]);
    let mut wrong = 0u64;
    for data_set in 0..data_sets {
        let mut stream = Stream::new(data_set, Domain::Splits, 3);
        let mut data: Vec<Vec<f64>> = (0..4).map(|_| numbers(6, 1000, &mut stream)).collect();
        data[3].iter_mut().for_each(|value| *value += 5000.0);
        let all: Vec<&[f64]> = data.iter().map(Vec::as_slice).collect();
        let own: Vec<PValue> = pairs
            .iter()
            .map(|&[a, b]| PermutationTest::new(&data[b], &data[a]).unwrap().run("mean").unwrap().p_value)
            .collect();
        let test = groups(&all).resamples(999).seed(data_set).threads(1);
        let (_, adjusted) = test.adjust_pairs(GroupStatistic::F, &pairs, &own).unwrap();
        wrong += u64::from(adjusted[..3].iter().any(|p| p.estimate <= 0.05));
    }
    // 10 of 200 are expected at most; 23 or more come once in 10,000.
    assert!(wrong < 23, "{wrong} of {data_sets}");
}

#[test]
fn unequal_variances_raise_the_level_of_f_and_not_that_of_welch_f() {
    let (data_sets, mut rejected) = (300u64, [0u64; 2]);
    for data_set in 0..data_sets {
        let mut stream = Stream::new(data_set, Domain::Splits, 4);
        // Sums of twelve uniform numbers are nearly normal.
        let mut normal = |n: usize, sd: f64| -> Vec<f64> {
            (0..n)
                .map(|_| sd * ((0..12).map(|_| below(1 << 20, &mut stream) as f64 / 1_048_576.0).sum::<f64>() - 6.0))
                .collect()
        };
        let data = [normal(6, 4.0), normal(20, 1.0), normal(20, 1.0)];
        let test = groups(&[&data[0], &data[1], &data[2]]).resamples(999).seed(data_set).threads(1);
        for (place, statistic) in ["f", "welch-f"].into_iter().enumerate() {
            rejected[place] += u64::from(test.run(statistic).unwrap().p_value.estimate <= 0.05);
        }
    }
    // F rejects a quarter or more; Welch's stays near a twentieth: 30 or more of 300 come once in 3,000.
    assert!(rejected[0] > 60 && rejected[1] < 30, "{rejected:?} of {data_sets}");
}
