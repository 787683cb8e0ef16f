//! Intervals of shifts against the tests that they invert: p is at most 1 − confidence exactly where the null value lies
//! outside, for each statistic of location, rule and kind of data; and for means against all labellings, listed here.

use permtest::PermutationTest;
use permtest::design::layout::Layout;
use permtest::effect::{Approach, EffectInterval, EffectRequest, IntervalKind};
use permtest::inference::Alternative::{self, Greater, Less, TwoSided};
use permtest::inference::TwoSidedRule::{self, Absolute, Doubled};
use permtest::method::exact::convolve::Work;
use permtest::method::inversion::sums::KeptSums;
use permtest::method::inversion::{Inversion, Source};
use permtest::method::monte_carlo::Watch;
use permtest::method::planner::Choice;
use permtest::method::tail::Tail;
use permtest::sampling::stream::{Domain, Stream};
use permtest::simd::Arch;
use permtest::statistic::linear::{self, Linear};
use permtest::statistic::{Definition, Pool, Problem, Statistic};

/// Random numbers for data.
struct Dice(Stream);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(Stream::new(seed, Domain::Resamples, 0))
    }

    fn uniform(&mut self) -> f64 {
        ((self.0.word() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn below(&mut self, most: usize) -> usize {
        (self.uniform() * most as f64) as usize
    }

    /// Skewed; of so many decimals, so that some values tie, or of 17 digits.
    fn sample(&mut self, n: usize, shift: f64, decimals: Option<i32>) -> Vec<f64> {
        let scale = decimals.map(|decimals| 10f64.powi(decimals));
        let value = |dice: &mut Self| {
            let value = shift - dice.uniform().ln();
            scale.map_or(value, |scale| (value * scale).round() / scale)
        };
        (0..n).map(|_| value(self)).collect()
    }
}

fn request(confidence: f64) -> EffectRequest {
    EffectRequest { approach: Some(Approach::Inversion), bootstrap: 1000, confidence }
}

/// The p-value and the interval beside it.
fn both(test: &PermutationTest, definition: &Definition, confidence: f64) -> (f64, EffectInterval) {
    let result = test.clone().interval(request(confidence)).run(definition).unwrap();
    (result.p_value.estimate, result.effect.unwrap().interval.expect("it was asked for"))
}

fn rejects(p: f64, confidence: f64) -> bool {
    p <= 1.0 - confidence + 1e-12
}

/// The p-value of the absolute rule for a difference of means, from all labellings.
fn p_by_listing(case: &[f64], control: &[f64], shift: f64) -> f64 {
    let values: Vec<f64> = case.iter().map(|value| value - shift).chain(control.iter().copied()).collect();
    let (m, n) = (case.len(), control.len());
    let difference = |labels: u32| {
        let sum = |is_case: bool| {
            let group = values.iter().enumerate().filter(|(i, _)| (labels >> i & 1 == 1) == is_case);
            group.map(|(_, value)| value).sum::<f64>()
        };
        (sum(true) / m as f64 - sum(false) / n as f64).abs()
    };
    let observed = difference((1 << m) - 1);
    let all: Vec<u32> = (0..1u32 << (m + n)).filter(|labels| labels.count_ones() as usize == m).collect();
    let extreme = all.iter().filter(|&&labels| difference(labels) >= observed - 1e-9).count();
    extreme as f64 / all.len() as f64
}

#[test]
fn the_absolute_rule_of_means_is_inverted_as_by_listing_all_labellings() {
    let mut dice = Dice::new(1);
    let mean = "mean".parse().unwrap();
    for number in 0..150 {
        let (m, n) = (2 + dice.below(4), 2 + dice.below(5));
        let decimals = [Some(1), Some(2), None][number % 3];
        let (case, control) = (dice.sample(m, 0.7, decimals), dice.sample(n, 0.0, decimals));
        let confidence = [0.95, 0.9, 0.8][dice.below(3)];
        let (p, EffectInterval { ends: [low, high], kind, .. }) =
            both(&PermutationTest::new(&case, &control).unwrap(), &mean, confidence);
        assert_eq!(kind, IntervalKind::Exact);
        assert!((p - p_by_listing(&case, &control, 0.0)).abs() < 1e-12);
        let is_rejected = |shift: f64| rejects(p_by_listing(&case, &control, shift), confidence);
        let place = format!("{case:?} against {control:?}, {confidence}: {low} to {high}");
        for (end, outwards) in [(low, -1.0), (high, 1.0)].into_iter().filter(|(end, _)| end.is_finite()) {
            assert!(
                is_rejected(end + outwards * 1e-6) && !is_rejected(end) && !is_rejected(end - outwards * 1e-6),
                "{place}"
            );
        }
        for step in -40..=40 {
            let shift = 0.1 * f64::from(step) + 0.000_123;
            assert_eq!(is_rejected(shift), shift < low || high < shift, "{place}, {shift}");
        }
    }
}

const STATISTICS: [&str; 9] =
    ["mean", "t", "median", "trimmed-mean:0.2", "quantile:0.75", "max", "rank-sum", "signed-rank", "welch"];

#[test]
fn the_null_value_lies_outside_exactly_where_p_is_small() {
    let mut dice = Dice::new(2);
    let (mut outcomes, mut holes) = ([[0; 2]; 9], 0);
    for number in 0..2000 {
        let (m, n) = (3 + dice.below(5), 3 + dice.below(6));
        let which = number % STATISTICS.len();
        let is_paired = STATISTICS[which] == "signed-rank" || dice.below(4) == 0;
        let n = if is_paired { m + 2 } else { n };
        let m = if is_paired { n } else { m };
        let decimals = [Some(0), Some(1), Some(2), None][dice.below(4)];
        let (case, control) = (dice.sample(m, 1.0, decimals), dice.sample(n, 0.0, decimals));
        let rule: TwoSidedRule = [Absolute, Doubled][dice.below(2)];
        let alternative: Alternative = [TwoSided, TwoSided, TwoSided, Greater, Less][dice.below(5)];
        let confidence = [0.95, 0.95, 0.9, 0.8][dice.below(4)];
        let mu = [0.0, 0.0, 0.3][dice.below(3)];
        let test = PermutationTest::new(&case, &control).unwrap().two_sided(rule).alternative(alternative).shift(mu);
        let test = if is_paired { test.paired() } else { test };
        // Exact, or with 199 labellings: the fewest of which a twentieth is a whole number.
        let test =
            if dice.below(3) == 0 { test.resamples(199).seed(number as u64) } else { test.method(Choice::Exact) };
        let test = test.undefined(permtest::Undefined::Extreme).threads(1);
        let definition: Definition = STATISTICS[which].parse().unwrap();
        // A group of equal values has no t.
        let Ok(result) = test.run(&definition) else { continue };
        let place = format!("{number}: {definition}, {rule:?}, {alternative:?}, {case:?} against {control:?}");
        let (p, EffectInterval { ends: [low, high], .. }) = both(&test, &definition, confidence);
        assert!((p - result.p_value.estimate).abs() == 0.0);
        let is_small = rejects(p, confidence);
        outcomes[which][usize::from(is_small)] += 1;
        if is_small && low <= mu && mu <= high {
            assert!(["welch", "signed-rank"].contains(&STATISTICS[which]), "{place}: p {p}, {low} to {high}");
            holes += 1;
        } else {
            assert_eq!(is_small, mu < low || high < mu, "{place}: p {p}, {low} to {high}");
        }
        // The tests of shifts just beyond the ends and just within say the same; those of fewer digits than the ends have
        // would be others.
        let is_exact = result.method.is_exact();
        if is_exact && number % 4 == 0 {
            let p = |shift: f64| test.clone().shift(shift).run(&definition).unwrap().p_value.estimate;
            for (end, outwards) in [(low, -1.0), (high, 1.0)].into_iter().filter(|(end, _)| end.is_finite()) {
                let [outside, inside] = [1.0, -1.0].map(|side| p(end + side * outwards * 1e-5));
                assert!(
                    rejects(outside, confidence) && !rejects(inside, confidence),
                    "{place}: {end}, {outside}, {inside}"
                );
            }
        }
    }
    assert!(outcomes.iter().all(|outcome| outcome.iter().all(|&count| count >= 20)), "{outcomes:?}");
    assert!(holes <= 10, "{holes} holes");
}

#[test]
fn the_interval_of_sums_is_that_of_all_labellings() {
    let mut dice = Dice::new(3);
    let mut lattices = 0;
    for number in 0..120 {
        let is_paired = number % 3 == 0;
        let (m, n) = (2 + dice.below(6), 2 + dice.below(6));
        let (m, n) = if is_paired { (m + n, m + n) } else { (m, n) };
        let decimals = [Some(1), Some(2), None][dice.below(3)];
        let (case, control) = (dice.sample(m, 0.5, decimals), dice.sample(n, 0.0, decimals));
        // Some clusters of two observations each.
        let (case, control) = if number % 3 == 1 { (case.repeat(2), control.repeat(2)) } else { (case, control) };
        let test = PermutationTest::new(&case, &control).unwrap().shift([0.0, 0.5][dice.below(2)]);
        let test = match number % 3 {
            0 => test.paired(),
            1 => {
                let of = |size: usize, first: usize| (0..size).map(move |i| (first + i % (size / 2)) as u32);
                test.clusters(of(2 * m, 0).chain(of(2 * n, m)).collect())
            }
            _ => test,
        };
        let problem = test.problem().unwrap();
        let linear: Linear = linear::mean_difference(&problem, problem.pool().scores(), 0.0);
        let mut observed = [0];
        let rows = permtest::sampling::labellings::BitRows {
            units: problem.design().units().len(),
            words: problem.design().observed(),
        };
        linear
            .replicates(Arch::new(), &permtest::sampling::labellings::Labellings::Dense(rows), &mut observed)
            .unwrap();
        let sums = KeptSums::new(&problem, &linear, observed[0], u64::MAX).expect("they can be had");
        lattices += usize::from(decimals.is_some());
        for tail in [Tail::Absolute, Tail::Doubled, Tail::Upper, Tail::Lower] {
            let confidence = [0.95, 0.9, 0.7][dice.below(3)];
            let work = Work {
                threads: Some(1),
                arch: Arch::new(),
                stop: &std::sync::atomic::AtomicBool::new(false),
                begin: &|_, _| {},
                advance: &|_| {},
            };
            let found = sums.interval(problem.pool().shift(), tail, confidence, work).unwrap();
            let source = Source::of(problem.design(), 0, 0);
            assert!(matches!(source, Source::All { .. }));
            let inversion = Inversion { source, threads: Some(1), arch: Arch::new() };
            let listed = inversion.mean_difference(&problem, tail, confidence, &Watch::default()).unwrap();
            for (found, listed) in found.into_iter().zip(listed) {
                let is_near = found == listed || (found - listed).abs() <= 1e-12 * (1.0 + listed.abs());
                assert!(is_near, "{number}: {tail:?} at {confidence}: {found} against {listed}, {case:?}, {control:?}");
            }
        }
    }
    assert!(lattices > 50);
}

#[test]
fn exact_p_values_of_many_labellings_have_exact_intervals() {
    let mut dice = Dice::new(4);
    for (m, n) in [(30, 30), (40, 15)] {
        let (case, control) = (dice.sample(m, 0.5, Some(2)), dice.sample(n, 0.0, Some(2)));
        for (name, alternative) in [("mean", TwoSided), ("mean", Less), ("rank-sum", TwoSided)] {
            let test = PermutationTest::new(&case, &control).unwrap().alternative(alternative);
            let definition = name.parse().unwrap();
            let (_, EffectInterval { ends, kind, .. }) = both(&test, &definition, 0.95);
            assert_eq!(kind, IntervalKind::Exact, "{name}");
            let p = |shift: f64| test.clone().shift(shift).run(&definition).unwrap().p_value.estimate;
            for (end, outwards) in ends.into_iter().zip([-1.0, 1.0]).filter(|(end, _)| end.is_finite()) {
                // Of four decimals, which a lattice has room for.
                let beside = |side: f64| ((end + side * outwards * 1e-4) * 1e4).round() / 1e4;
                assert!(rejects(p(beside(1.5)), 0.95) && !rejects(p(beside(-1.5)), 0.95), "{name}: {ends:?}");
            }
        }
    }
}

/// Of the issues: what R 4.5 and exactRankTests 0.8-35 print, and what all labellings say.
#[test]
fn known_intervals_are_found() {
    let interval = |case: &[f64], control: &[f64], name: &str| {
        let (p, interval) = both(&PermutationTest::new(case, control).unwrap(), &name.parse().unwrap(), 0.95);
        assert_eq!(interval.kind, IntervalKind::Exact);
        (p, interval.ends)
    };
    // p is 6/126, and the interval leaves out 0 like it.
    let (p, [low, _]) = interval(&[4.6, 2.2, 2.0, 3.5, 2.5], &[0.1, 0.2, 0.2, 2.6], "mean");
    assert!((p - 6.0 / 126.0).abs() < 1e-12 && (low - 0.025).abs() < 1e-12, "{p}, {low}");
    // p is 1/35, and the interval is bounded.
    let (p, ends) = interval(&[5.1, 6.2, 7.3], &[1.2, 2.3, 0.4, 3.1], "mean");
    assert!((p - 1.0 / 35.0).abs() < 1e-12);
    assert_eq!(ends, [1.3, 7.6]);
    // wilcox.exact(x, y, conf.int = TRUE)
    let mut case = [2.31, 3.12, 1.87, 2.95, 3.44, 2.76, 3.01, 2.22, 10.0];
    let control = [1.21, 0.87, 1.95, 1.43, 0.66, 1.72, 1.08, 2.05, 1.37];
    assert_eq!(interval(&case, &control, "rank-sum").1, [0.88, 2.14]);
    // What is far off does not blunt the ends.
    let median = interval(&case, &control, "median").1;
    case[8] = 1e7;
    assert_eq!(interval(&case, &control, "rank-sum").1, [0.88, 2.14]);
    // Values that differ by no more than rounding at the size of the largest tie, in this test of medians as in any other.
    let with_far_one = interval(&case, &control, "median").1;
    assert!(median.iter().zip(with_far_one).all(|(one, other)| (one - other).abs() < 1e-6), "{with_far_one:?}");
}

#[test]
fn intervals_beside_other_p_values_say_that_they_are_sampled() {
    let mut dice = Dice::new(5);
    let (case, control) = (dice.sample(40, 0.4, None), dice.sample(40, 0.0, None));
    let test = PermutationTest::new(&case, &control).unwrap().threads(1);
    for (choice, name) in [(Choice::Importance, "mean"), (Choice::Splitting, "median"), (Choice::Sequential, "mean")] {
        let (p, interval) = both(&test.clone().method(choice), &name.parse().unwrap(), 0.95);
        assert_eq!(interval.kind, IntervalKind::Sampled);
        assert_eq!(rejects(p, 0.95), interval.ends[0] > 0.0 || interval.ends[1] < 0.0);
        // A hundredth of the distance from the estimate, or less.
        let width = interval.ends[1] - interval.ends[0];
        assert!(interval.errors.unwrap().iter().all(|&error| error > 0.0 && error < 0.02 * width), "{interval:?}");
    }
    // At a level near p the first labellings may say something else than all of them.
    for seed in 0..20 {
        let test = test.clone().resamples(20_000).seed(seed);
        let p = test.run("median").unwrap().p_value.estimate;
        for confidence in [1.0 - p * 1.0001, 1.0 - p * 0.9999] {
            let (p, interval) = both(&test, &"median".parse().unwrap(), confidence);
            assert_eq!(rejects(p, confidence), interval.ends[0] > 0.0, "{p}, {interval:?}");
        }
    }
}

#[test]
fn standard_errors_are_those_of_other_seeds() {
    let mut dice = Dice::new(6);
    let (case, control) = (dice.sample(30, 0.4, None), dice.sample(20, 0.0, None));
    for name in ["mean", "median"] {
        let ends: Vec<EffectInterval> = (0..40)
            .map(|seed| {
                let test = PermutationTest::new(&case, &control).unwrap().resamples(999).seed(seed).threads(1);
                both(&test, &name.parse().unwrap(), 0.95).1
            })
            .collect();
        for side in 0..2 {
            let mean = ends.iter().map(|interval| interval.ends[side]).sum::<f64>() / 40.0;
            let variance = ends.iter().map(|interval| (interval.ends[side] - mean).powi(2)).sum::<f64>() / 39.0;
            let claimed = ends.iter().map(|interval| interval.errors.unwrap()[side]).sum::<f64>() / 40.0;
            // The standard deviation of forty is known to a ninth; distributions are not quite normal, and medians jump.
            let ratio = variance.sqrt() / claimed;
            assert!((0.4..2.5).contains(&ratio), "{name}: {} against {claimed}", variance.sqrt());
        }
    }
}

#[test]
fn clusters_of_many_sizes_are_inverted_by_their_own_differences() {
    let mut dice = Dice::new(7);
    let mut seen = [0; 2];
    for _ in 0..60 {
        let sizes: Vec<usize> = (0..8).map(|_| 1 + dice.below(3)).collect();
        let clusters: Vec<u32> = sizes.iter().zip(0..).flat_map(|(&size, cluster)| vec![cluster; size]).collect();
        let m = sizes[..4].iter().sum::<usize>();
        let values = dice.sample(clusters.len(), 0.0, Some(1));
        let (case, control) = (values[..m].iter().map(|x| x + 1.0).collect::<Vec<_>>(), &values[m..]);
        let test = PermutationTest::new(&case, control).unwrap().clusters(clusters);
        let (p, EffectInterval { ends: [low, high], .. }) = both(&test, &"mean".parse().unwrap(), 0.9);
        assert_eq!(rejects(p, 0.9), low > 0.0 || high < 0.0, "{p}, {low} to {high}");
        let p = |shift: f64| test.clone().shift(shift).run("mean").unwrap().p_value.estimate;
        for (end, outwards) in [(low, -1.0), (high, 1.0)].into_iter().filter(|(end, _)| end.is_finite()) {
            assert!(rejects(p(end + outwards * 1e-6), 0.9) && !rejects(p(end - outwards * 1e-6), 0.9), "{end}");
        }
        seen[usize::from(low > 0.0)] += 1;
    }
    assert!(seen.iter().all(|&count| count > 5), "{seen:?}");
}

/// As a library user would ask for it without a layout of the command.
#[test]
fn a_problem_lends_its_labellings_to_fixed_observations() {
    let (case, control) = ([3.0, 1.0, 4.0, 1.5], [2.0, 7.0, 1.25]);
    let problem = Problem::with_layout(Pool::new(&case, &control, 0.0), &Layout::default()).unwrap();
    let again = Problem::with_design(Pool::new(&case, &control, 0.0), problem.design_of_observations());
    let (mut one, mut other) = (vec![0], vec![0]);
    for rank in 0..35 {
        problem.design().unrank(rank, &mut one);
        again.design().unrank(rank, &mut other);
        let observations = |problem: &Problem, words: &[u64]| {
            let rows = permtest::sampling::labellings::BitRows {
                units: problem.design().units().len(),
                words: words.to_vec(),
            };
            let labellings = permtest::sampling::labellings::Labellings::Dense(rows);
            problem.design().units().expand(Arch::Scalar, &labellings).words.clone()
        };
        assert_eq!(observations(&problem, &one), observations(&again, &other));
    }
}
