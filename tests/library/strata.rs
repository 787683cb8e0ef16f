//! What is compared within strata: the weighted difference of means, *t*, van Elteren's rank sum and effect sizes, by hand, by
//! R, and by fractions over all labellings of small data.

use std::cmp::Ordering;

use permtest::design::layout::{Blocks, Layout};
use permtest::effect::{DEFAULT_BOOTSTRAP, Effect, EffectRequest, EffectSizes};
use permtest::inference::effect::Effects;
use permtest::inference::{Alternative, TwoSidedRule};
use permtest::method::planner::Choice;
use permtest::{Definition, PermutationTest, TestResult};

/// Strata `hi` and `lo`, in which the case is lower by 2.7 and 3.3; pooled it is higher, for more of it is in `hi`.
fn simpson() -> ([f64; 14], [f64; 14], Vec<u32>) {
    let from = |first: i32| move |i: usize| f64::from(first + i as i32) / 10.0;
    let of =
        |hi: (i32, usize), lo: i32| std::array::from_fn(|i| if i < hi.1 { from(hi.0)(i) } else { from(lo)(i - hi.1) });
    let strata = (0..28).map(|i| u32::from((10..14).contains(&i) || i >= 18)).collect();
    (of((170, 10), 70), of((200, 4), 100), strata)
}

fn test(case: &[f64], control: &[f64], strata: &[u32]) -> PermutationTest {
    PermutationTest::new(case, control).unwrap().strata(strata.to_vec()).threads(1)
}

fn named(name: &str) -> Definition {
    name.parse().unwrap()
}

fn assert_near(actual: f64, expected: f64) {
    assert!((actual - expected).abs() <= 1e-12 * expected.abs(), "{actual} against {expected}");
}

/// The effect beside a test, with its 95 % interval.
fn effect(test: &PermutationTest, name: &str, estimate: f64, request: EffectRequest) -> Effect {
    let result = test.clone().interval(request).run(name).unwrap();
    assert_near(result.estimate, estimate);
    result.effect.unwrap()
}

const USUAL: EffectRequest = EffectRequest { approach: None, bootstrap: DEFAULT_BOOTSTRAP, confidence: 0.95 };

#[test]
fn the_difference_is_that_within_strata_even_where_pooled_groups_differ_the_other_way() {
    let (case, control, strata) = simpson();
    let test = test(&case, &control, &strata);
    let result = test.run("mean").unwrap();
    // (−2.7 − 3.3)/2, as both strata weigh 10·4/14.
    assert_eq!((result.estimate, result.null_centre), (-3.0, Some(0.0)));
    let found = effect(&test, "mean", -3.0, USUAL);
    let [low, high] = found.interval.unwrap().ends;
    assert!(found.estimate == -3.0 && low < -3.0 && -3.0 < high && high < -2.0, "{found:?}");
    // R 4.2: summary(lm(y ~ g + s)).
    assert_near(test.run(&named("t")).unwrap().estimate, -23.829_044_123_686_007);

    let EffectSizes::TwoSample(sizes) = test.effect_sizes().unwrap() else { panic!("no pairs") };
    // Squares within the four groups: twice 0.825 (0, 0.1 … 0.9) and 0.05 (0, 0.1, 0.2, 0.3), of 28 − 4 degrees of freedom.
    let sd = (2.0 * (0.825 + 0.05) / 24.0f64).sqrt();
    assert_near(sizes.cohens_d.unwrap(), -3.0 / sd);
    // Γ(12)/(√12·Γ(11.5)): exp(lgamma(12) - lgamma(11.5))/sqrt(12) in R.
    assert_near(sizes.hedges_g.unwrap() / sizes.cohens_d.unwrap(), 0.968_365_233_447_715);
    assert_eq!((sizes.mean_difference, sizes.cliffs_delta, sizes.hodges_lehmann), (-3.0, -1.0, -3.0));
    // The control means are 20.15 and 10.45.
    assert_near(sizes.relative_change.unwrap(), -3.0 / 15.3);
    assert_near(test.control_mean_within_strata(&named("mean")).unwrap().unwrap(), 15.3);
    assert_eq!(test.control_mean_within_strata(&named("median")).unwrap(), None);
    // Pooled: 14.507 − 13.221.
    assert_near(test.run("welch").unwrap().effect.unwrap().estimate, 9.0 / 7.0);
}

#[test]
fn pooled_statistics_are_named_where_strata_and_labels_are_unbalanced() {
    let (case, control, strata) = simpson();
    let warned = |strata: &[u32], name: &str| {
        let warnings = test(&case, &control, strata).resamples(99).run(&named(name)).unwrap().warnings;
        warnings.iter().any(|warning| warning.to_string().contains("Simpson"))
    };
    for name in ["median", "welch", "ks", "sd", "mean(x) - mean(y)", "geometric-mean"] {
        assert!(warned(&strata, name), "{name}");
    }
    for name in ["mean", "t", "rank-sum"] {
        assert!(!warned(&strata, name), "{name}");
    }
    // Seven of each label in both strata: nothing is to be said.
    let balanced: Vec<u32> = (0..28).map(|i| i % 2).collect();
    assert!(!warned(&balanced, "median"));
    let custom = test(&case, &control, &strata).resamples(99).run(&|x: &[f64], y: &[f64]| x[0] - y[0]).unwrap();
    assert!(custom.warnings.iter().any(|warning| warning.to_string().contains("Simpson")));
}

/// Three strata of 4 + 2, 3 + 4 and 1 + 4 observations, with ties.
const CASE: [f64; 8] = [2.2, 3.4, 5.1, 6.3, 9.1, 7.7, 8.3, 6.5];
const CONTROL: [f64; 10] = [0.7, 3.4, 7.9, 6.5, 6.8, 7.0, 4.0, 4.0, 5.5, 3.1];
const STRATA: [u32; 18] = [0, 0, 0, 0, 1, 1, 1, 2, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2];

#[test]
fn ranks_within_strata_are_van_elterens() {
    let test = test(&CASE, &CONTROL, &STRATA).method(Choice::Exact);
    let result = test.run(&named("rank-sum")).unwrap();
    // R 4.2, coin 1.4: independence_test(ave(y, s, FUN = rank)/(ave(y, s, FUN = length) + 1) ~ g | s), whose p-value from a
    // million draws is 0.00772. Exactly, by Python's fractions and itertools: 10 of 2625 labellings are as high.
    assert_near(result.estimate, 5.315_476_190_476_19);
    assert_eq!(result.null_centre, Some(4.0));
    assert_eq!(result.p_value.estimate, 20.0 / 2625.0);
    let greater = test.alternative(Alternative::Greater).run(&named("rank-sum")).unwrap();
    assert_eq!(greater.p_value.estimate, 10.0 / 2625.0);
}

#[test]
fn the_weighted_difference_is_the_effect_in_a_linear_model_with_strata() {
    let test = test(&CASE, &CONTROL, &STRATA).method(Choice::Exact);
    // R 4.2: summary(lm(y ~ g + s)); Python's fractions over all labellings: 928/505, 23 of 2625 labellings.
    let [mean, t] = ["mean", "t"].map(|name| test.run(&named(name)).unwrap());
    assert_near(mean.estimate, 1.837_623_762_376_237_7);
    assert_near(t.estimate, 3.062_703_925_036_877);
    assert_eq!([mean.p_value.estimate, t.p_value.estimate], [23.0 / 2625.0; 2]);
}

#[test]
fn ranks_in_strata_of_many_sizes_stay_exact() {
    // Strata of 2 to 60 observations: a common multiple of 3 … 61 has 84 bits.
    let sizes = || (2u32..=60).zip(0u32..);
    let rows: Vec<(f64, u32, bool)> = sizes()
        .flat_map(|(size, stratum)| (0..size).map(move |i| (f64::from(i * 61 % size), stratum, i % 2 == 0)))
        .collect();
    let of = |is_case: bool| rows.iter().filter(move |row| row.2 == is_case);
    let values = |is_case| of(is_case).map(|row| row.0).collect::<Vec<f64>>();
    let (case, control) = (values(true), values(false));
    let strata: Vec<u32> = of(true).chain(of(false)).map(|row| row.1).collect();
    let result = test(&case, &control, &strata).resamples(999).run(&named("rank-sum")).unwrap();
    // A value is one less than its rank.
    let expected: f64 = of(true).map(|&(value, stratum, _)| (value + 1.0) / f64::from(stratum + 3)).sum();
    assert_near(result.estimate, expected);
    assert!(!result.warnings.iter().any(|warning| warning.to_string().contains("digits")));
}

/// A small generator of data (MMIX, Knuth).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32 % n
    }
}

/// A unit that is relabelled: its stratum, label and whole values.
#[derive(Debug, Clone)]
struct Unit {
    stratum: usize,
    is_case: bool,
    values: Vec<i128>,
}

/// Small units in two or three strata, each with both labels in one of them at least.
fn units(dice: &mut Dice, largest: u32) -> Vec<Unit> {
    let mut units = Vec::new();
    for stratum in 0..2 + dice.below(2) as usize {
        let (cases, controls) = (1 + dice.below(2), 1 + dice.below(3));
        for i in 0..cases + controls {
            let size = 1 + dice.below(largest);
            let level = 20 * stratum as i128;
            let values = (0..size).map(|_| level + i128::from(dice.below(12))).collect();
            units.push(Unit { stratum, is_case: i < cases, values });
        }
    }
    units
}

/// All labellings that keep the numbers of case units in each stratum.
fn labellings(units: &[Unit]) -> Vec<Vec<bool>> {
    let cases = |labels: &[bool], stratum: usize| {
        units.iter().zip(labels).filter(|(unit, label)| unit.stratum == stratum && **label).count()
    };
    let observed: Vec<bool> = units.iter().map(|unit| unit.is_case).collect();
    let all = (0..1u32 << units.len()).map(|bits| (0..units.len()).map(|i| bits >> i & 1 == 1).collect());
    all.filter(|labels: &Vec<bool>| (0..3).all(|stratum| cases(labels, stratum) == cases(&observed, stratum))).collect()
}

/// A fraction with a positive denominator.
#[derive(Debug, Clone, Copy)]
struct Fraction(i128, i128);

impl Fraction {
    fn compare(self, other: Self) -> Ordering {
        (self.0 * other.1).cmp(&(other.0 * self.1))
    }

    fn plus(self, other: Self) -> Self {
        let sum = Self(self.0 * other.1 + other.0 * self.1, self.1 * other.1);
        let (mut a, mut b) = (sum.0.abs(), sum.1);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Self(sum.0 / a.max(1), sum.1 / a.max(1))
    }
}

/// Σ wₛ·dₛ and Σ wₛ by their definition, with the shift, in hundredths, taken from the units that are case in the data.
fn parts(units: &[Unit], labels: &[bool], shift: i128) -> (Fraction, Fraction) {
    let (mut sum, mut weight) = (Fraction(0, 1), Fraction(0, 1));
    for stratum in 0..3 {
        let values = |wanted: bool| {
            let units =
                units.iter().zip(labels).filter(move |(unit, label)| unit.stratum == stratum && **label == wanted);
            units.flat_map(|(unit, _)| unit.values.iter().map(|x| 100 * x - if unit.is_case { shift } else { 0 }))
        };
        let (m, n) = (values(true).count() as i128, values(false).count() as i128);
        if m > 0 && n > 0 {
            // m·n/(m + n)·(x̄ − ȳ) = (n·Σx − m·Σy)/(m + n)
            let (x, y): (i128, i128) = (values(true).sum(), values(false).sum());
            sum = sum.plus(Fraction(n * x - m * y, m + n));
            weight = weight.plus(Fraction(m * n, m + n));
        }
    }
    (sum, weight)
}

fn difference(units: &[Unit], labels: &[bool], shift: i128) -> Fraction {
    let (sum, weight) = parts(units, labels, shift);
    Fraction(sum.0 * weight.1, sum.1 * weight.0)
}

/// The numbers of labellings that are at least, at most and in size at least as large as the data.
fn counts(units: &[Unit], value: impl Fn(&[bool]) -> Fraction) -> [u64; 3] {
    counts_among(&labellings(units), units, value)
}

fn counts_among(all: &[Vec<bool>], units: &[Unit], value: impl Fn(&[bool]) -> Fraction) -> [u64; 3] {
    let observed: Vec<bool> = units.iter().map(|unit| unit.is_case).collect();
    let data = value(&observed);
    let size = |x: Fraction| Fraction(x.0.abs(), x.1);
    let count = |is_extreme: &dyn Fn(Fraction) -> bool| all.iter().filter(|labels| is_extreme(value(labels))).count();
    [
        count(&|x| x.compare(data).is_ge()) as u64,
        count(&|x| x.compare(data).is_le()) as u64,
        count(&|x| size(x).compare(size(data)).is_ge()) as u64,
    ]
}

/// The samples and the layout of units; single observations are clusters of one.
fn samples(units: &[Unit]) -> (Vec<f64>, Vec<f64>, Layout) {
    let of = |is_case: bool| (0u32..).zip(units).filter(move |(_, unit)| unit.is_case == is_case);
    let values = |is_case| of(is_case).flat_map(|(_, unit)| unit.values.iter().map(|&x| x as f64)).collect::<Vec<_>>();
    let blocks = |number: &dyn Fn(u32, &Unit) -> u32| {
        let numbers = of(true).chain(of(false)).flat_map(|(i, unit)| vec![number(i, unit); unit.values.len()]);
        Some(Blocks { of_observation: numbers.collect(), names: Vec::new() })
    };
    let layout =
        Layout { strata: blocks(&|_, unit| unit.stratum as u32), clusters: blocks(&|i, _| i), ..Layout::default() };
    (values(true), values(false), layout)
}

fn found_counts(result: &TestResult) -> [u64; 3] {
    let counts = result.counts.unwrap();
    [counts.greater_equal, counts.less_equal, counts.absolute]
}

#[test]
fn differences_within_strata_count_like_fractions_over_all_labellings() {
    let mut dice = Dice(5);
    for round in 0..300 {
        // Single observations, clusters of one to three, or clusters of one size.
        let mut units = units(&mut dice, [1, 3, 2][round % 3]);
        if round % 3 == 2 {
            for unit in &mut units {
                unit.values.resize(2, 7);
            }
        }
        let (case, control, layout) = samples(&units);
        let layout = if round % 3 == 0 { Layout { clusters: None, ..layout } } else { layout };
        let test = PermutationTest::new(&case, &control).unwrap().layout(layout).method(Choice::Exact);
        let test = test.two_sided(TwoSidedRule::Absolute).threads(1);
        let data: Vec<bool> = units.iter().map(|unit| unit.is_case).collect();
        let expected = difference(&units, &data, 0);
        let found = test.run("mean").unwrap();
        let estimate = expected.0 as f64 / expected.1 as f64 / 100.0;
        assert!((found.estimate - estimate).abs() <= 1e-12 * estimate.abs(), "{round}: {} {estimate}", found.estimate);
        assert_eq!(found_counts(&found), counts(&units, |labels| difference(&units, labels, 0)), "{round}: {units:?}");
        // t increases with D·√W, and so with D·|D|·W.
        let Ok(t) = test.run(&named("t")) else { continue };
        let effect = t.effect.as_ref().unwrap().estimate;
        assert!((effect - estimate).abs() <= 1e-12 * estimate.abs(), "{round}: {effect}");
        let squared = |labels: &[bool]| {
            let (sum, weight) = parts(&units, labels, 0);
            Fraction(sum.0 * sum.0.abs() * weight.1, sum.1 * sum.1 * weight.0)
        };
        assert_eq!(found_counts(&t), counts(&units, squared), "{round}: t of {units:?}");
    }
}

/// A p-value from the shares of labellings that are at least, at most and in size at least as large as the data.
type Read = fn([f64; 3]) -> f64;

#[test]
fn intervals_leave_out_the_shifts_that_the_test_within_strata_rejects() {
    let mut dice = Dice(8);
    let (mut inside, mut holes) = (0, 0);
    for round in 0..60 {
        // Clusters of one to three in every third round, else of one size.
        let mut units = units(&mut dice, [1, 3, 2][round % 3]);
        if round % 3 == 2 {
            for unit in &mut units {
                unit.values.resize(2, 7);
            }
        }
        let all = labellings(&units);
        let (case, control, layout) = samples(&units);
        let test = PermutationTest::new(&case, &control).unwrap().layout(layout).method(Choice::Exact).threads(1);
        let data: Vec<bool> = units.iter().map(|unit| unit.is_case).collect();
        let estimate = difference(&units, &data, 0);
        let estimate = estimate.0 as f64 / estimate.1 as f64 / 100.0;
        let request = EffectRequest { approach: None, bootstrap: 1, confidence: 0.75 };
        for (test, p) in [
            (test.clone().two_sided(TwoSidedRule::Absolute), (|[_, _, absolute]| absolute) as Read),
            (test.clone().two_sided(TwoSidedRule::Doubled), |[greater, less, _]| (2.0 * greater.min(less)).min(1.0)),
            (test.clone().alternative(Alternative::Greater), |[greater, ..]| greater),
            (test.clone().alternative(Alternative::Less), |[_, less, _]| less),
        ] {
            let [low, high] = effect(&test, "mean", estimate, request).interval.unwrap().ends;
            for hundredths in (-1500..1500).step_by(37) {
                let shift = f64::from(hundredths) / 100.0;
                if (shift - low).abs().min((shift - high).abs()) < 1e-6 {
                    continue;
                }
                let counts = counts_among(&all, &units, |labels| difference(&units, labels, hundredths.into()));
                let is_rejected = p(counts.map(|count| count as f64 / all.len() as f64)) <= 0.25;
                if shift < low || high < shift {
                    assert!(is_rejected, "{round}: {shift} is outside {low} to {high}: {units:?}");
                } else {
                    inside += 1;
                    holes += i32::from(is_rejected);
                    // Only where sizes vary p need not fall on both sides.
                    assert!(!is_rejected || round % 3 == 1, "{round}: {shift} is inside {low} to {high}: {units:?}");
                }
            }
        }
    }
    assert!(inside > 5000 && 100 * holes <= inside, "{holes} of {inside}");
}

#[test]
fn weighted_ranks_count_like_fractions_over_all_labellings() {
    let mut dice = Dice(6);
    for round in 0..200 {
        let units = units(&mut dice, 1 + round % 2);
        let (case, control, layout) = samples(&units);
        let test = PermutationTest::new(&case, &control).unwrap().layout(layout).method(Choice::Exact);
        let result = test.threads(1).run(&named("rank-sum")).unwrap();
        // Mid-ranks by counting: 1 + #{less} + (#{equal} − 1)/2.
        let van_elteren = |labels: &[bool]| {
            units.iter().zip(labels).filter(|(_, label)| **label).fold(Fraction(0, 1), |sum, (unit, _)| {
                let others =
                    || units.iter().filter(|other| other.stratum == unit.stratum).flat_map(|other| &other.values);
                let rank = |x: &i128| {
                    let (less, equal) = (others().filter(|y| *y < x).count(), others().filter(|y| *y == x).count());
                    Fraction(2 * less as i128 + equal as i128 + 1, 2 * (others().count() as i128 + 1))
                };
                unit.values.iter().fold(sum, |sum, x| sum.plus(rank(x)))
            })
        };
        let data: Vec<bool> = units.iter().map(|unit| unit.is_case).collect();
        let expected = van_elteren(&data);
        assert_near(result.estimate, expected.0 as f64 / expected.1 as f64);
        assert_eq!(found_counts(&result)[..2], counts(&units, van_elteren)[..2], "{round}: {units:?}");
    }
}

#[test]
fn effect_sizes_compare_within_strata_only() {
    let mut dice = Dice(7);
    for _ in 0..200 {
        let units = units(&mut dice, 3);
        let (case, control, layout) = samples(&units);
        let strata = layout.strata.unwrap().of_observation;
        let sizes = Effects::within_strata(&case, &control, &strata).unwrap();
        // All differences within strata with their weights 1/(N + 1), by the definition.
        let mut differences = Vec::new();
        for (x, stratum) in case.iter().zip(&strata) {
            for (y, other) in control.iter().zip(&strata[case.len()..]) {
                if stratum == other {
                    let all = strata.iter().filter(|number| *number == stratum).count();
                    differences.push((x - y, 1.0 / (all as f64 + 1.0)));
                }
            }
        }
        differences.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: f64 = differences.iter().map(|(_, weight)| weight).sum();
        let sign = |x: f64| if x == 0.0 { 0.0 } else { x.signum() };
        let delta = differences.iter().map(|(x, weight)| sign(*x) * weight).sum::<f64>() / total;
        assert!((sizes.cliffs_delta - delta).abs() < 1e-12);
        let quantile = |is_up_to: &dyn Fn(f64) -> bool| {
            let mut up_to = 0.0;
            let reaches = |&&(_, weight): &&(f64, f64)| {
                up_to += weight;
                is_up_to(up_to)
            };
            differences.iter().find(reaches).unwrap().0
        };
        let median =
            quantile(&|up_to| up_to >= total / 2.0 - 1e-9).midpoint(quantile(&|up_to| up_to > total / 2.0 + 1e-9));
        assert!((sizes.hodges_lehmann - median).abs() < 1e-12, "{} {median}", sizes.hodges_lehmann);
    }
}

#[test]
fn one_stratum_is_none() {
    let strata = [7; 18];
    let plain = PermutationTest::new(&CASE, &CONTROL).unwrap();
    let one = test(&CASE, &CONTROL, &strata);
    for name in ["mean", "t", "rank-sum"] {
        let [plain, one] = [&plain, &one].map(|test| test.run(&named(name)).unwrap());
        assert_eq!((plain.estimate, plain.counts), (one.estimate, one.counts), "{name}");
    }
    assert_eq!(plain.effect_sizes().unwrap(), one.effect_sizes().unwrap());
}
