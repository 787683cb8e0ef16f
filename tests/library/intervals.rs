//! Intervals of the effect: that they are what their definitions say, and hold the truth as often as they claim.
//!
//! Inversion: published ends; all labellings of small designs, listed here from the words of their definition; and the tests
//! of shifts just inside and just outside of an end. Bootstrap: all bootstrap samples of a tiny data set, and `SciPy`. Then
//! 1,000 simulated data sets each, with fixed seeds, of which an interval may miss the true shift about as often as its level
//! says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use permtest::PermutationTest;
use permtest::design::layout::{Blocks, Layout, Pairing};
use permtest::error::Error;
use permtest::inference::Alternative::{self, Greater, Less, TwoSided};
use permtest::inference::TwoSidedRule::Doubled;
use permtest::inference::bootstrap_interval::{BootstrapInterval, Correction, Reading, bootstrap_interval};
use permtest::inference::normal;
use permtest::inference::p_value::Counts;
use permtest::method::bootstrap::{Bootstrap, Cells, Samples};
use permtest::method::inversion::search::{Bracket, Search};
use permtest::method::inversion::{Inversion, Source};
use permtest::method::monte_carlo::Watch;
use permtest::method::planner::Choice;
use permtest::method::tail::Tail;
use permtest::sampling::stream::{Domain, Stream};
use permtest::simd::Arch;
use permtest::statistic::{Pool, Problem, order};

const GLOBULIN: [&[f64]; 2] = [
    &[38.0, 26.0, 29.0, 41.0, 36.0, 31.0, 32.0, 30.0, 35.0, 33.0],
    &[45.0, 28.0, 27.0, 38.0, 40.0, 42.0, 39.0, 39.0, 34.0, 35.0],
];
const WINGS: [&[f64]; 2] =
    [&[1.72, 1.64, 1.74, 1.70, 1.82, 1.82, 1.90, 1.82, 2.08], &[1.78, 1.86, 1.96, 2.00, 2.00, 1.96]];
/// Survival of mice (Efron & Tibshirani 1993, table 2.1).
const MICE: [&[f64]; 2] =
    [&[94.0, 197.0, 16.0, 38.0, 99.0, 141.0, 23.0], &[52.0, 104.0, 146.0, 10.0, 51.0, 30.0, 40.0, 27.0, 46.0]];
/// Scores of law schools in two tests (Efron & Tibshirani 1993, table 3.1), the second one times 100.
const LAW_SCHOOLS: [&[f64]; 2] = [
    &[576.0, 635.0, 558.0, 578.0, 666.0, 580.0, 555.0, 661.0, 651.0, 605.0, 653.0, 575.0, 545.0, 572.0, 594.0],
    &[339.0, 330.0, 281.0, 303.0, 344.0, 307.0, 300.0, 343.0, 336.0, 313.0, 312.0, 274.0, 276.0, 288.0, 296.0],
];

fn blocks(of_observation: &[u32]) -> Blocks {
    Blocks { of_observation: of_observation.to_vec(), names: Vec::new() }
}

fn paired() -> Layout {
    Layout { pairing: Pairing::ByOrder, ..Layout::default() }
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// A function of both samples as one of what is drawn.
fn of_samples(function: impl Fn(&[f64], &[f64]) -> f64 + Sync) -> impl Fn(&Samples) -> f64 + Sync {
    move |drawn| function(&drawn.case, &drawn.control)
}

fn difference(x: &[f64], y: &[f64]) -> f64 {
    mean(x) - mean(y)
}

fn inverted(source: Source, problem: &Problem, alternative: Alternative, confidence: f64) -> [f64; 2] {
    let inversion = Inversion { source, threads: Some(1), arch: Arch::new() };
    inversion.mean_difference(problem, alternative.tail(Doubled), confidence, &Watch::default()).unwrap()
}

/// The interval from all labellings.
fn exact(case: &[f64], control: &[f64], layout: &Layout, alternative: Alternative, confidence: f64) -> [f64; 2] {
    let problem = Problem::with_layout(Pool::new(case, control, 0.0), layout).unwrap();
    let source = Source::of(problem.design(), 0, 0);
    assert!(matches!(source, Source::All { .. }));
    inverted(source, &problem, alternative, confidence)
}

fn assert_near(actual: [f64; 2], expected: [f64; 2], place: &str) {
    for (actual, expected) in actual.into_iter().zip(expected) {
        let is_near = actual == expected || (actual - expected).abs() <= 1e-12 * (1.0 + expected.abs());
        assert!(is_near, "{place}: {actual} against {expected}");
    }
}

#[test]
fn published_intervals_are_found() {
    let [case, control] = GLOBULIN;
    assert_eq!(exact(case, control, &Layout::default(), TwoSided, 0.95), [-8.5, 1.25]);
    let [case, control] = WINGS;
    let ends = exact(case, control, &Layout::default(), TwoSided, 0.95);
    assert_near(ends, [-0.74 / 3.0, 0.01], "wings");
    // A decimal is the nearest double to it, not one beside it.
    assert_eq!(ends[1], 0.01);
}

/// Small data under a design.
struct Small {
    name: &'static str,
    case: &'static [f64],
    control: &'static [f64],
    layout: Layout,
}

fn small_data() -> Vec<Small> {
    let small = |name, case, control, layout| Small { name, case, control, layout };
    let clusters = Some(blocks(&[0, 0, 1, 2, 2, 3, 3, 3, 4, 5, 5, 6]));
    vec![
        small("two-sample", &[3.1, -0.4, 5.0, 2.2], &[1.0, 0.3, 2.2, -1.7, 4.4], Layout::default()),
        small("one against many", &[2.5], &[1.0, 0.3, 2.2, -1.7, 4.4, 3.0, 0.1], Layout::default()),
        small(
            "stratified",
            &[13.1, 10.4, 5.0, 2.2, 4.1, 3.0],
            &[11.0, 10.3, 12.2, 1.7, 0.4],
            Layout { strata: Some(blocks(&[0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1])), ..Layout::default() },
        ),
        small("paired", &[3.1, 7.4, 5.0, 2.2, 0.0, 9.9], &[1.0, 7.9, 4.0, 0.7, 0.3, 5.1], paired()),
        small("pairs with ties", &[3.0, 7.0, 5.0, 2.0, 4.0], &[1.0, 7.0, 3.0, 4.0, 1.0], paired()),
        small(
            "clusters of many sizes",
            &[3.1, 2.8, 7.4, 5.0, 5.5],
            &[1.0, 0.3, 0.2, 6.7, 4.4, 4.0, 2.0],
            Layout { clusters: clusters.clone(), ..Layout::default() },
        ),
        small(
            "clusters within strata",
            &[3.1, 2.8, 7.4, 5.0, 5.5],
            &[1.0, 0.3, 0.2, 6.7, 4.4, 4.0, 2.0],
            Layout { clusters, strata: Some(blocks(&[0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0])), ..Layout::default() },
        ),
        small(
            "clusters of pairs",
            &[3.1, 7.4, 5.0, 2.2, 0.0, 9.9],
            &[1.0, 7.9, 4.0, 0.7, 0.3, 5.1],
            Layout { clusters: Some(blocks(&[0, 0, 1, 2, 2, 3, 0, 0, 1, 2, 2, 3])), ..paired() },
        ),
    ]
}

impl Small {
    /// All labellings that the words of the definitions allow, as bits over the observations.
    fn labellings(&self) -> Vec<u32> {
        let (n_case, all) = (self.case.len(), self.case.len() + self.control.len());
        let observed = (1u32 << n_case) - 1;
        let is_case = |labels: u32, i: usize| labels >> i & 1 == 1;
        let is_paired = self.layout.pairing != Pairing::Independent;
        let unit = |i: usize| self.layout.clusters.as_ref().map_or(i as u32, |clusters| clusters.of_observation[i]);
        let stratum = |i: usize| self.layout.strata.as_ref().map_or(0, |strata| strata.of_observation[i]);
        // Together the labels of a cluster are exchanged, or are not.
        let keeps_clusters = |labels: u32| {
            let exchanged = |i: usize| is_case(labels ^ observed, i);
            (0..all).all(|i| (0..i).all(|j| unit(i) != unit(j) || exchanged(i) == exchanged(j)))
        };
        let splits_pairs = |labels: u32| (0..n_case).all(|i| is_case(labels, i) != is_case(labels, i + n_case));
        let case_units = |labels: u32| {
            let units: BTreeSet<_> = (0..all).filter(|&i| is_case(labels, i)).map(|i| (stratum(i), unit(i))).collect();
            let mut counts = BTreeMap::new();
            for (stratum, _) in units {
                *counts.entry(stratum).or_insert(0) += 1;
            }
            counts
        };
        let is_one = |&labels: &u32| {
            let keeps_groups =
                if is_paired { splits_pairs(labels) } else { case_units(labels) == case_units(observed) };
            keeps_clusters(labels) && keeps_groups
        };
        (0..1u32 << all).filter(is_one).collect()
    }

    /// The difference of means under a labelling once a shift has been taken off the case sample.
    fn difference(&self, labels: u32, shift: f64) -> f64 {
        let values = self.case.iter().map(|value| value - shift).chain(self.control.iter().copied());
        let (case, control): (Vec<_>, Vec<_>) = values.enumerate().partition(|(i, _)| labels >> i & 1 == 1);
        let only_values = |group: Vec<(usize, f64)>| group.into_iter().map(|(_, value)| value).collect::<Vec<_>>();
        difference(&only_values(case), &only_values(control))
    }

    /// The shifts at which each labelling but that of the data becomes as great as the data, ascending: where two lines
    /// cross, each drawn through its values at 0 and 1.
    fn crossings(&self) -> Vec<f64> {
        let observed = (1 << self.case.len()) - 1;
        let above = |labels: u32, shift: f64| self.difference(observed, shift) - self.difference(labels, shift);
        let crossing = |labels: u32| above(labels, 0.0) / (above(labels, 0.0) - above(labels, 1.0));
        let mut crossings: Vec<f64> =
            self.labellings().into_iter().filter(|&labels| labels != observed).map(crossing).collect();
        crossings.sort_by(f64::total_cmp);
        crossings
    }
}

#[test]
fn ends_are_order_statistics_of_the_crossings_of_all_labellings() {
    for small in small_data() {
        let crossings = small.crossings();
        let labellings = crossings.len() + 1;
        for (alternative, confidence, share) in [
            (TwoSided, 0.5, 0.25),
            (TwoSided, 0.9, 0.05),
            (TwoSided, 0.95, 0.025),
            (TwoSided, 0.99, 0.005),
            (Greater, 0.9, 0.1),
            (Less, 0.75, 0.25),
        ] {
            // The data are beyond each end; so many others may be, too.
            let others = (share * labellings as f64 + 1e-9).floor() - 1.0;
            let [mut low, mut high] = [f64::NEG_INFINITY, f64::INFINITY];
            if others >= 0.0 {
                [low, high] = [crossings[others as usize], crossings[labellings - 2 - others as usize]];
            }
            let expected = match alternative {
                TwoSided => [low, high],
                Greater => [low, f64::INFINITY],
                Less => [f64::NEG_INFINITY, high],
            };
            let found = exact(small.case, small.control, &small.layout, alternative, confidence);
            assert_near(found, expected, &format!("{} at {confidence}, {}", small.name, alternative.name()));
        }
    }
}

/// A test of these data whose labellings are about the same observations whatever the shift.
fn unsorted(case: &[f64], control: &[f64], layout: &Layout) -> PermutationTest {
    let order: Vec<u32> = (0..(case.len() + control.len()) as u32).collect();
    let design = layout.arrange(&order, case.len()).expect("a layout of these data").design;
    PermutationTest::new(case, control).unwrap().design(design)
}

/// Shares of labellings that are as great and as small as the data, that of the data among them.
fn tails([greater_equal, less_equal, labellings]: [u64; 3]) -> [f64; 2] {
    [greater_equal, less_equal].map(|count| count as f64 / labellings as f64)
}

fn drawn(counts: Counts) -> [u64; 3] {
    [counts.greater_equal + 1, counts.less_equal + 1, counts.n + 1]
}

fn listed(counts: Counts) -> [u64; 3] {
    [counts.greater_equal, counts.less_equal, counts.n]
}

/// That the one-sided tests reject just outside of both ends, and neither at the ends nor just inside.
fn assert_parts(ends: [f64; 2], share: f64, tails: impl Fn(f64) -> [f64; 2], place: &str) {
    let rejects = |p: f64| p <= share + 1e-12;
    let step = 1e-7 * (1.0 + (ends[1] - ends[0]).abs());
    for (end, sign, tail) in [(ends[0], 1.0, 0), (ends[1], -1.0, 1)] {
        let [outside, inside] = [-sign, sign].map(|sign| tails(end + sign * step)[tail]);
        assert!(rejects(outside), "{place}: p = {outside} just outside of {end}");
        assert!(!rejects(inside), "{place}: p = {inside} just inside of {end}");
    }
}

#[test]
fn tests_with_the_same_labellings_reject_what_lies_outside() {
    let mut dice = Dice::new(1);
    let mut sample = |n: usize| (0..n).map(|_| dice.normal()).collect::<Vec<_>>();
    let (case, control, equal) = (sample(30), sample(20), sample(30));
    let strata = |n: u32| (0..30 + n).map(|i| i % 3).collect::<Vec<_>>();
    // Clusters of one size, and of three sizes.
    let clusters = |sizes: [u32; 3]| -> Vec<u32> {
        let of_group = |n: usize, first: u32| {
            let sizes = sizes.into_iter().cycle().zip(first..);
            sizes.flat_map(|(size, cluster)| std::iter::repeat_n(cluster, size as usize)).take(n)
        };
        of_group(30, 0).chain(of_group(20, 100)).collect()
    };
    let clustered = |sizes| Layout { clusters: Some(blocks(&clusters(sizes))), ..Layout::default() };
    for (name, control, layout) in [
        ("two-sample", &control, Layout::default()),
        ("stratified", &control, Layout { strata: Some(blocks(&strata(20))), ..Layout::default() }),
        ("paired", &equal, paired()),
        ("clustered", &control, clustered([2; 3])),
        ("clusters of many sizes", &control, clustered([1, 3, 2])),
    ] {
        let test = unsorted(&case, control, &layout).resamples(999).seed(5).threads(1);
        let source = Source::Drawn { resamples: 999, seed: 5, domain: Domain::Resamples };
        let at = |shift: f64| tails(drawn(test.clone().shift(shift).run("mean").unwrap().counts.expect("counted")));
        for (confidence, share) in [(0.95, 0.025), (0.8, 0.1)] {
            let ends = inverted(source, &test.problem().unwrap(), TwoSided, confidence);
            assert_parts(ends, share, at, name);
            // One-sided intervals of half the level have the same ends.
            let one_sided = 1.0 - share;
            let greater = inverted(source, &test.problem().unwrap(), Greater, one_sided);
            let less = inverted(source, &test.problem().unwrap(), Less, one_sided);
            assert_eq!(greater, [ends[0], f64::INFINITY], "{name}");
            assert_eq!(less, [f64::NEG_INFINITY, ends[1]], "{name}");
        }
    }
}

#[test]
fn exact_tests_reject_what_lies_outside_but_not_the_ends() {
    for ([case, control], share) in [(GLOBULIN, 0.025), (WINGS, 0.025), (MICE, 0.1)] {
        let test = PermutationTest::new(case, control).unwrap().method(Choice::Exact);
        let at = |shift: f64| tails(listed(test.clone().shift(shift).run("mean").unwrap().counts.expect("counted")));
        let ends = exact(case, control, &Layout::default(), TwoSided, 1.0 - 2.0 * share);
        assert_parts(ends, share, at, "exact");
    }
    // At an end the labellings there tie with the data; −8.5, 1.25 and 0.01 are decimals, and ties exact.
    let one_sided = |[case, control]: [&[f64]; 2], shift: f64, alternative: Alternative| {
        let test = PermutationTest::new(case, control).unwrap().method(Choice::Exact).shift(shift);
        test.alternative(alternative).run("mean").unwrap().p_value.estimate
    };
    assert!(one_sided(GLOBULIN, -8.5, Greater) > 0.025 && one_sided(GLOBULIN, -8.500_001, Greater) <= 0.025);
    assert!(one_sided(GLOBULIN, 1.25, Less) > 0.025 && one_sided(GLOBULIN, 1.250_001, Less) <= 0.025);
    assert!(one_sided(WINGS, 0.01, Less) > 0.025 && one_sided(WINGS, 0.010_001, Less) <= 0.025);
}

#[test]
fn an_interval_holds_0_exactly_if_the_tests_of_its_labellings_do_not_reject_it() {
    // Of dice, so that shifts of exactly 0 are among the crossings; the designs are over the sorted pool as usual.
    let mut dice = Dice::new(2);
    let mut outcomes = BTreeSet::new();
    for seed in 0..200 {
        let mut sample =
            |n: usize, shift: f64| (0..n).map(|_| (6.0 * dice.uniform() + shift).floor()).collect::<Vec<_>>();
        let (case, control) = (sample(12, 1.2), sample(12, 0.0));
        for test in
            [PermutationTest::new(&case, &control).unwrap(), PermutationTest::new(&case, &control).unwrap().paired()]
        {
            let test = test.resamples(199).seed(seed).threads(1);
            let [p_greater, p_less] = tails(drawn(test.run("mean").unwrap().counts.expect("counted")));
            let source = Source::Drawn { resamples: 199, seed, domain: Domain::Resamples };
            let [low, high] = inverted(source, &test.problem().unwrap(), TwoSided, 0.95);
            assert_eq!(low <= 0.0, p_greater > 0.025 + 1e-12, "seed {seed}: {low}, {p_greater}");
            assert_eq!(high >= 0.0, p_less > 0.025 + 1e-12, "seed {seed}: {high}, {p_less}");
            outcomes.insert((low <= 0.0, low == 0.0));
        }
    }
    assert_eq!(outcomes.len(), 3, "rejected, not rejected, and barely not");
}

#[test]
fn a_shift_of_the_problem_or_of_the_data_moves_only_itself() {
    let [case, control] = GLOBULIN;
    let shifted = Problem::two_sample(Pool::new(case, control, 2.5));
    let size = Source::of(shifted.design(), 0, 0);
    assert_eq!(inverted(size, &shifted, TwoSided, 0.95), [-8.5, 1.25]);
    let raised: Vec<f64> = case.iter().map(|value| value + 2.5).collect();
    assert_eq!(exact(&raised, control, &Layout::default(), TwoSided, 0.95), [-6.0, 3.75]);
    // Exchanged samples have the opposite interval.
    assert_eq!(exact(control, case, &Layout::default(), TwoSided, 0.95), [-1.25, 8.5]);
}

/// Shifts that set two samples apart, and a little further.
fn apart(case: &[f64], control: &[f64]) -> [f64; 2] {
    let least = |x: &[f64]| x.iter().copied().fold(f64::INFINITY, f64::min);
    let most = |x: &[f64]| x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    [least(case) - most(control) - 0.01, most(case) - least(control) + 0.01]
}

const TOLERANCE: f64 = 1e-6;

/// Both ends, from outside.
fn searched(centre: f64, far: [f64; 2], level: f64, p: &dyn Fn(f64) -> Result<f64, Error>) -> [f64; 2] {
    let end = |far: f64| {
        let guess = centre.midpoint(far);
        let search = Search { p, level, centre, guess, far, opposite: -far, may_rise: false };
        let is_near = |bracket: Bracket| (bracket.outside - bracket.inside).abs() <= TOLERANCE;
        search.run(is_near).unwrap().map_or(far.signum() * f64::INFINITY, |bracket| bracket.outside)
    };
    far.map(end)
}

#[test]
fn a_search_finds_the_ends_that_inversion_knows() {
    let [case, control] = WINGS;
    let test = unsorted(case, control, &Layout::default()).method(Choice::Exact).two_sided(Doubled);
    let p = |shift: f64| Ok(test.clone().shift(shift).run("mean")?.p_value.estimate);
    let [low, high] = searched(difference(case, control), apart(case, control), 0.05, &p);
    // From outside, and near.
    assert!((-TOLERANCE..=0.0).contains(&(low + 0.74 / 3.0)), "{low}");
    assert!((0.0..=TOLERANCE).contains(&(high - 0.01)), "{high}");
}

fn median(sorted: &[f64]) -> f64 {
    f64::midpoint(sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2])
}

/// Without one of five values, and two of ten, at each end.
fn trimmed_mean(sorted: &[f64]) -> f64 {
    let cut = sorted.len() / 5;
    mean(&sorted[cut..sorted.len() - cut])
}

/// Shares of all subsets that are as great and as small as the data, by a plain loop.
fn tails_of_all_subsets(case: &[f64], control: &[f64], shift: f64, location: fn(&[f64]) -> f64) -> [f64; 2] {
    let values: Vec<f64> = case.iter().map(|value| value - shift).chain(control.iter().copied()).collect();
    let statistic = |labels: u32| {
        let group = |is_case: u32| {
            let mut group: Vec<f64> =
                (0..values.len()).filter(|i| labels >> i & 1 == is_case).map(|i| values[i]).collect();
            group.sort_by(f64::total_cmp);
            location(&group)
        };
        group(1) - group(0)
    };
    let observed = statistic((1 << case.len()) - 1);
    let of_all: Vec<f64> =
        (0..1u32 << values.len()).filter(|labels| labels.count_ones() as usize == case.len()).map(statistic).collect();
    let share = |count: usize| count as f64 / of_all.len() as f64;
    [
        share(of_all.iter().filter(|&&statistic| statistic >= observed - 1e-9).count()),
        share(of_all.iter().filter(|&&statistic| statistic <= observed + 1e-9).count()),
    ]
}

#[test]
fn a_search_agrees_with_a_scan_of_all_shifts() {
    let (case, control) = ([3.1, 7.4, 5.0, 2.2, 9.9], [1.0, 0.3, 4.5, 2.7, 4.9, 6.1]);
    for (name, location) in [("median", median as fn(&[f64]) -> f64), ("trimmed-mean:0.2", trimmed_mean)] {
        let definition: permtest::Definition = name.parse().unwrap();
        let test = unsorted(&case, &control, &Layout::default()).method(Choice::Exact).two_sided(Doubled);
        let p = |shift: f64| Ok(test.clone().shift(shift).run(&definition)?.p_value.estimate);
        let centre = test.run(&definition).unwrap().estimate;
        let [low, high] = searched(centre, apart(&case, &control), 0.1, &p);
        // Steps that fall on no difference of means of two of these decimals.
        let step = 0.012_345_678_9;
        let shifts: Vec<f64> = (-420..1000).map(|i| 0.001 + f64::from(i) * step).collect();
        let kept: Vec<[bool; 2]> = shifts
            .iter()
            .map(|&shift| tails_of_all_subsets(&case, &control, shift, location).map(|p| p > 0.05))
            .collect();
        assert!(kept.is_sorted_by(|before, after| before[0] <= after[0] && before[1] >= after[1]), "{name}: jumps");
        let first = shifts[kept.iter().position(|[not_greater, _]| *not_greater).unwrap()];
        let last = shifts[kept.iter().rposition(|[_, not_less]| *not_less).unwrap()];
        assert!((first - step - TOLERANCE..first).contains(&low), "{name}: {low}, {first}");
        assert!((last..last + step + TOLERANCE).contains(&high), "{name}: {high}, {last}");
        // The ends are rejected, and the tolerance further in nothing is.
        for (end, sign, tail) in [(low, 1.0, 0), (high, -1.0, 1)] {
            let p = |shift: f64| tails_of_all_subsets(&case, &control, shift, location)[tail];
            assert!(p(end) <= 0.05 && p(end + sign * 1.01 * TOLERANCE) > 0.05, "{name}: {end}");
        }
    }
}

/// Simulated data.
struct Dice(Stream);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(Stream::new(seed, Domain::Resamples, 0))
    }

    /// Uniform on the open unit interval.
    fn uniform(&mut self) -> f64 {
        ((self.0.word() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Normal, by Box and Muller (1958).
    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }
}

const DATA_SETS: u64 = 1000;
/// What is added to each case value.
const SHIFT: f64 = 0.7;

/// How many data sets have the truth below and above their interval.
fn misses(seed: u64, truth: f64, mut interval: impl FnMut(&mut Dice, u64) -> [f64; 2]) -> [u64; 2] {
    let mut dice = Dice::new(seed);
    let mut misses = [0; 2];
    for number in 0..DATA_SETS {
        let [low, high] = interval(&mut dice, number);
        misses[0] += u64::from(truth < low);
        misses[1] += u64::from(high < truth);
    }
    misses
}

/// Case and control values of one distribution, but for the shift.
fn shifted(dice: &mut Dice, sizes: [usize; 2], draw: fn(&mut Dice) -> f64) -> [Vec<f64>; 2] {
    let [case, control] = sizes;
    [(0..case).map(|_| SHIFT + draw(dice)).collect(), (0..control).map(|_| draw(dice)).collect()]
}

/// Of 1,000 data sets a two-sided 95 % interval misses the true shift in 20 to 87, if it misses one with a probability of
/// 0.0488 to 0.05: `binom.sf(87, 1000, .05)` and `binom.cdf(19, 1000, .0488)` of `SciPy` are below 10⁻⁶. That is what
/// inversion promises for any distribution without ties: where c of the labellings may lie beyond an end, a shift lies there
/// as often as c is a share of them all.
fn assert_misses_as_often_as_its_level_says(misses: [u64; 2], place: &str) {
    let both = misses[0] + misses[1];
    assert!((20..=87).contains(&both), "{place}: {misses:?}");
    // As for one end: `binom.sf(52, 1000, .025)`, `binom.cdf(4, 1000, .0244)`.
    assert!(misses.iter().all(|misses| (5..=52).contains(misses)), "{place}: {misses:?}");
}

#[test]
fn intervals_by_inversion_hold_a_shift_as_often_as_they_say() {
    for (name, sizes, draw) in [
        ("normal", [8, 8], Dice::normal as fn(&mut Dice) -> f64),
        ("exponential", [8, 8], Dice::exponential),
        ("exponential, unequal", [5, 10], Dice::exponential),
    ] {
        let from_all = misses(3, SHIFT, |dice, _| {
            let [case, control] = shifted(dice, sizes, draw);
            exact(&case, &control, &Layout::default(), TwoSided, 0.95)
        });
        assert_misses_as_often_as_its_level_says(from_all, name);
        // With 199 random labellings 5 of 200 may lie beyond each end.
        let from_some = misses(4, SHIFT, |dice, seed| {
            let [case, control] = shifted(dice, sizes, draw);
            let source = Source::Drawn { resamples: 199, seed, domain: Domain::Inversion };
            inverted(source, &Problem::two_sample(Pool::new(&case, &control, 0.0)), TwoSided, 0.95)
        });
        assert_misses_as_often_as_its_level_says(from_some, name);
    }
}

#[test]
fn intervals_by_inversion_hold_a_shift_within_pairs_strata_and_clusters() {
    let pairs = misses(5, SHIFT, |dice, _| {
        let control: Vec<f64> = (0..10).map(|_| 5.0 * dice.normal()).collect();
        // Differences of two exponentials are symmetric.
        let case: Vec<f64> = control.iter().map(|y| y + SHIFT + dice.exponential() - dice.exponential()).collect();
        exact(&case, &control, &paired(), TwoSided, 0.95)
    });
    assert_misses_as_often_as_its_level_says(pairs, "pairs");
    let of_observation: Vec<u32> = [0; 2].into_iter().chain([1; 7]).chain([0; 8]).chain([1; 3]).collect();
    let strata = Layout { strata: Some(blocks(&of_observation)), ..Layout::default() };
    let strata = misses(6, SHIFT, |dice, _| {
        let [mut case, mut control] = shifted(dice, [9, 11], Dice::exponential);
        case[2..].iter_mut().chain(&mut control[8..]).for_each(|value| *value = 10.0 + 3.0 * *value);
        // A shift of the second stratum is three times as large: put right.
        case[2..].iter_mut().for_each(|value| *value -= 2.0 * SHIFT);
        exact(&case, &control, &strata, TwoSided, 0.95)
    });
    assert_misses_as_often_as_its_level_says(strata, "strata");
    // Seven clusters in each group, of one to three observations that have most of their value in common. Of random sizes, as
    // those are exchanged, too.
    let clusters = misses(7, SHIFT, |dice, _| {
        let (mut samples, mut of_observation) = ([Vec::new(), Vec::new()], Vec::new());
        for cluster in 0..14 {
            let (common, size) = (2.0 * dice.normal(), 1 + (3.0 * dice.uniform()) as usize);
            let shift = if cluster < 7 { SHIFT } else { 0.0 };
            samples[usize::from(cluster >= 7)].extend((0..size).map(|_| shift + common + dice.normal()));
            of_observation.extend(vec![cluster; size]);
        }
        let layout = Layout { clusters: Some(blocks(&of_observation)), ..Layout::default() };
        exact(&samples[0], &samples[1], &layout, TwoSided, 0.95)
    });
    assert_misses_as_often_as_its_level_says(clusters, "clusters");
}

#[test]
fn ties_only_widen_intervals_by_inversion() {
    let die: fn(&mut Dice) -> f64 = |dice| (4.0 * dice.uniform()).floor();
    let misses = misses(8, SHIFT, |dice, _| {
        let [case, control] = shifted(dice, [8, 8], die);
        exact(&case, &control, &Layout::default(), TwoSided, 0.95)
    });
    assert!(misses[0] + misses[1] <= 87, "{misses:?}");
}

/// Cells of two independent samples.
fn cells(case: &[f64], control: &[f64]) -> Cells {
    Cells::new(case, control, &Layout::default()).unwrap()
}

type Function = fn(&[f64], &[f64]) -> f64;

fn variance(x: &[f64], _: &[f64]) -> f64 {
    let centre = mean(x);
    x.iter().map(|value| (value - centre).powi(2)).sum::<f64>() / (x.len() as f64 - 1.0)
}

fn ratio(x: &[f64], y: &[f64]) -> f64 {
    mean(x) / mean(y)
}

fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let (of_x, of_y) = (mean(x), mean(y));
    let products =
        |a: &[f64], b: &[f64], of_a: f64, of_b: f64| a.iter().zip(b).map(|(a, b)| (a - of_a) * (b - of_b)).sum::<f64>();
    products(x, y, of_x, of_y) / (products(x, x, of_x, of_x) * products(y, y, of_y, of_y)).sqrt()
}

#[test]
fn bootstrap_intervals_miss_as_often_as_is_known_of_them() {
    // Both are too short for few values: for normal ones the percentile interval of means is that of Student's t with the
    // quantile of the normal curve, shortened by √(1 − 1/n): of 8 + 8 values it misses 8.8 %, of 50 + 50 still 5.5 %
    // (`2*t.sf(1.96*sqrt(7/8), 14)`), and the quantiles of 1,000 replicates add some. The rates are those of a NumPy program
    // with as many replicates for 8,000 data sets.
    for (name, sizes, draw, statistic, truth, rates) in [
        ("normal, few", [8, 8], Dice::normal as fn(&mut Dice) -> f64, difference as Function, SHIFT, [0.0954, 0.0970]),
        ("normal", [50, 50], Dice::normal, difference, SHIFT, [0.0616, 0.0615]),
        ("exponential, few", [8, 8], Dice::exponential, difference, SHIFT, [0.1036, 0.1283]),
        ("exponential, unequal", [20, 80], Dice::exponential, difference, SHIFT, [0.0799, 0.0830]),
        ("variance", [50, 1], Dice::normal, variance, 1.0, [0.0911, 0.0761]),
    ] {
        let misses_of = |reading: Reading| {
            misses(9, truth, |dice, seed| {
                let [case, control] = shifted(dice, sizes, draw);
                let bootstrap = Bootstrap { resamples: 1000, seed, threads: Some(1) };
                let cells = cells(&case, &control);
                let found = bootstrap_interval(
                    &bootstrap,
                    &cells,
                    of_samples(statistic),
                    reading,
                    TwoSided,
                    0.95,
                    &Watch::default(),
                );
                found.unwrap().ends
            })
        };
        let both = [Reading::Percentile, Reading::Bca].map(misses_of);
        for (misses, rate) in both.iter().zip(rates) {
            // Five standard deviations of the difference of two rates.
            let deviation = (rate * (1.0 - rate) * (1.0 / DATA_SETS as f64 + 1.0 / 8000.0)).sqrt();
            let found = (misses[0] + misses[1]) as f64 / DATA_SETS as f64;
            assert!((found - rate).abs() < 5.0 * deviation, "{name}: {both:?}, {rate}");
        }
        // What BCa is for: skewed statistics are missed as often on one side as on the other, or nearly so.
        let [percentile, bca] = both.map(|[low, high]| low.abs_diff(high));
        if ["exponential, unequal", "variance"].contains(&name) {
            assert!(bca < percentile, "{name}: {both:?}");
        }
    }
}

/// The density of the normal curve.
fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt()
}

/// The share of replicates below an end, and its standard error per root of their number. For `BCa` the bias is estimated
/// from them, too.
fn share(interval: &BootstrapInterval, z: f64) -> [f64; 2] {
    let below = |z: f64| 1.0 - normal::upper_tail(z);
    let spread = |share: f64| (share * (1.0 - share)).sqrt();
    let Some(Correction { bias, acceleration }) = interval.correction else { return [below(z), spread(below(z))] };
    let divisor = 1.0 - acceleration * (bias + z);
    let corrected = bias + (bias + z) / divisor;
    let of_bias = spread(below(bias)) / density(bias);
    let by_bias = density(corrected) * (1.0 + 1.0 / (divisor * divisor)) * of_bias;
    [below(corrected), spread(below(corrected)) + by_bias]
}

/// Data and a statistic, and what `SciPy` says of them.
struct Reference {
    data: [&'static [f64]; 2],
    layout: Layout,
    statistic: Function,
    acceleration: f64,
    percentile: [f64; 2],
    bca: [f64; 2],
    /// The lower end of a one-sided `BCa` interval of 90 %.
    greater: f64,
    standard_error: f64,
}

#[test]
fn bootstrap_intervals_agree_with_scipy() {
    // SciPy 1.17, with 4,000,000 replicates each: bootstrap(data, statistic, n_resamples=4_000_000, batch=100_000,
    // vectorized=True, paired=…, method='percentile' or 'BCa', rng=np.random.default_rng(1)), and with
    // alternative='greater', confidence_level=.9 and default_rng(2); the acceleration is what its _bca_interval returns.
    let references = [
        Reference {
            data: MICE,
            layout: Layout::default(),
            statistic: difference,
            acceleration: 0.011_019_107_671_908_95,
            percentile: [-21.111_111_111_111_114, 84.063_492_063_492_06],
            bca: [-19.476_190_476_190_474, 85.904_761_904_761_9],
            greater: -2.698_412_698_412_696,
            standard_error: 26.922_803,
        },
        Reference {
            data: MICE,
            layout: Layout::default(),
            statistic: ratio,
            acceleration: -0.018_013_594_014_080_418,
            percentile: [0.698_373_007_766_259_8, 3.09],
            bca: [0.671_196_552_867_086_6, 3.008_426_966_292_135],
            greater: 0.924_597_790_269_432,
            standard_error: 0.614_436,
        },
        Reference {
            data: LAW_SCHOOLS,
            layout: paired(),
            statistic: correlation,
            acceleration: -0.075_671_564_937_879_74,
            percentile: [0.460_086_071_764_065_4, 0.961_819_006_904_475_3],
            bca: [0.332_168_941_398_512_94, 0.941_691_816_547_890_6],
            greater: 0.524_588_237_226_802_7,
            standard_error: 0.133_544_3,
        },
    ];
    for Reference {
        data: [case, control],
        layout,
        statistic,
        acceleration,
        percentile,
        bca,
        greater,
        standard_error,
    } in references
    {
        let cells = Cells::new(case, control, &layout).unwrap();
        let bootstrap = Bootstrap { resamples: 500_000, seed: 1, threads: None };
        let mut replicates = bootstrap.replicates(&cells, of_samples(statistic), &Watch::default()).unwrap();
        replicates.sort_by(f64::total_cmp);
        // Where an end may lie: five standard errors of the share of replicates below, which is a distance on the scale of
        // the statistic by the density of the replicates there.
        let error = (1.0 / 500_000f64 + 1.0 / 4_000_000.0).sqrt();
        let assert_end = |interval: &BootstrapInterval, end: usize, z: f64, expected: f64| {
            let [share, spread] = share(interval, z);
            let at = |share: f64| order::quantile(&replicates, share.clamp(0.0, 1.0));
            let [low, high] = [-5.0, 5.0].map(|times: f64| at(share + times * spread * error));
            assert!(low <= expected && expected <= high, "{expected} is outside {low} to {high}");
            assert!(low <= interval.ends[end] && interval.ends[end] <= high);
            assert!(high - low < 0.25 * standard_error, "{low} to {high} says little");
        };
        let interval = |reading: Reading, alternative: Alternative, confidence: f64| {
            let watch = Watch::default();
            bootstrap_interval(&bootstrap, &cells, of_samples(statistic), reading, alternative, confidence, &watch)
                .unwrap()
        };
        for (reading, expected) in [(Reading::Percentile, percentile), (Reading::Bca, bca)] {
            let interval = interval(reading, TwoSided, 0.95);
            for (end, z) in [-1.959_963_984_540_054, 1.959_963_984_540_054].into_iter().enumerate() {
                assert_end(&interval, end, z, expected[end]);
            }
            // The standard deviation of a standard deviation is a few times 1/√(2·500,000).
            assert!((interval.standard_error / standard_error - 1.0).abs() < 0.02);
            if let Some(correction) = interval.correction {
                assert!((correction.acceleration - acceleration).abs() < 1e-12, "{correction:?}");
            }
        }
        let interval = interval(Reading::Bca, Greater, 0.9);
        assert_end(&interval, 0, -1.281_551_565_544_600_4, greater);
        assert_eq!(interval.ends[1], f64::INFINITY);
    }
}

/// The case and the control values of a block.
type Block = [&'static [u64]; 2];

/// How likely each bootstrap sample is, from all sequences of so many blocks of each cell; values or pairs are in order.
fn likelihood(cells: &[&[Block]], is_paired: bool) -> BTreeMap<[Vec<u64>; 2], f64> {
    let mut samples = vec![[Vec::new(), Vec::new()]];
    for &cell in cells {
        for _ in cell {
            let with = |[case, control]: &[Vec<u64>; 2], block: &Block| {
                [[case, block[0]].concat(), [control, block[1]].concat()]
            };
            samples = samples.iter().flat_map(|sample| cell.iter().map(|block| with(sample, block))).collect();
        }
    }
    let mut likelihood = BTreeMap::new();
    for sample in &samples {
        *likelihood.entry(in_order(sample, is_paired)).or_insert(0.0) += 1.0 / samples.len() as f64;
    }
    likelihood
}

fn in_order([case, control]: &[Vec<u64>; 2], is_paired: bool) -> [Vec<u64>; 2] {
    let (mut case, mut control) = (case.clone(), control.clone());
    if is_paired {
        let mut pairs: Vec<_> = case.into_iter().zip(control).collect();
        pairs.sort_unstable();
        return pairs.into_iter().unzip().into();
    }
    case.sort_unstable();
    control.sort_unstable();
    [case, control]
}

#[test]
fn bootstrap_samples_are_drawn_as_often_as_they_are_likely() {
    let clusters = Layout { clusters: Some(blocks(&[0, 0, 1, 2, 3, 3])), ..Layout::default() };
    let strata = Layout { strata: Some(blocks(&[0, 0, 1, 0, 1, 1])), ..Layout::default() };
    let pairs_in_strata = Layout { strata: Some(blocks(&[0, 0, 1, 0, 0, 1])), ..paired() };
    let designs: [(Layout, &[&[Block]]); 5] = [
        (Layout::default(), &[&[[&[1], &[]], [&[2], &[]], [&[3], &[]]], &[[&[], &[4]], [&[], &[5]], [&[], &[6]]]]),
        (paired(), &[&[[&[1], &[4]], [&[2], &[5]], [&[3], &[6]]]]),
        (clusters, &[&[[&[1, 2], &[]], [&[3], &[]]], &[[&[], &[4]], [&[], &[5, 6]]]]),
        (strata, &[&[[&[1], &[]], [&[2], &[]]], &[[&[3], &[]]], &[[&[], &[4]]], &[[&[], &[5]], [&[], &[6]]]]),
        (pairs_in_strata, &[&[[&[1], &[4]], [&[2], &[5]]], &[[&[3], &[6]]]]),
    ];
    for (layout, blocks) in designs {
        let is_paired = layout.pairing != Pairing::Independent;
        let cells = Cells::new(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], &layout).unwrap();
        let counts = Mutex::new(BTreeMap::new());
        let count = |case: &[f64], control: &[f64]| {
            let sample = [case, control].map(|values| values.iter().map(|&value| value as u64).collect());
            *counts.lock().unwrap().entry(in_order(&sample, is_paired)).or_insert(0u32) += 1;
            0.0
        };
        let bootstrap = Bootstrap { resamples: 100_000, seed: 2, threads: Some(1) };
        bootstrap.replicates(&cells, of_samples(count), &Watch::default()).unwrap();
        let (counts, likelihood) = (counts.into_inner().unwrap(), likelihood(blocks, is_paired));
        assert!(counts.keys().eq(likelihood.keys()));
        let deviation = |(&count, share): (&u32, &f64)| (f64::from(count) - 1e5 * share).powi(2) / (1e5 * share);
        let chi_square: f64 = counts.values().zip(likelihood.values()).map(deviation).sum();
        // Its upper 10⁻⁶ quantile by Wilson and Hilferty (1931).
        let freedom = counts.len() as f64 - 1.0;
        let scale = 2.0 / (9.0 * freedom);
        let bound = freedom * (1.0 - scale + 4.753_424 * scale.sqrt()).powi(3);
        assert!(chi_square < bound, "{chi_square} of {freedom}");
    }
}

#[test]
fn the_bits_do_not_depend_on_threads_and_longer_runs_begin_like_shorter_ones() {
    let mut dice = Dice::new(10);
    let [case, control] = shifted(&mut dice, [40, 6000], Dice::normal);
    let cells = cells(&case, &control);
    let run = |resamples: u64, threads: usize| {
        let bootstrap = Bootstrap { resamples, seed: 3, threads: Some(threads) };
        let replicates = bootstrap.replicates(&cells, of_samples(difference), &Watch::default()).unwrap();
        let watch = Watch::default();
        let interval =
            bootstrap_interval(&bootstrap, &cells, of_samples(difference), Reading::Bca, TwoSided, 0.9, &watch)
                .unwrap();
        (replicates.into_iter().map(f64::to_bits).collect::<Vec<_>>(), interval)
    };
    let (replicates, interval) = run(1500, 1);
    for threads in [2, 7] {
        assert_eq!(run(1500, threads), (replicates.clone(), interval));
    }
    assert_eq!(run(700, 2).0, replicates[..700]);
    // A contract, as the counts of a test are.
    let bootstrap = Bootstrap { resamples: 3, seed: 7, threads: None };
    let pairs = Cells::new(LAW_SCHOOLS[0], LAW_SCHOOLS[1], &paired()).unwrap();
    let sum = |x: &[f64], y: &[f64]| x.iter().chain(y).sum::<f64>();
    let few = self::cells(MICE[0], MICE[1]);
    assert_eq!(bootstrap.replicates(&few, of_samples(sum), &Watch::default()).unwrap(), [1588.0, 954.0, 1395.0]);
    assert_eq!(bootstrap.replicates(&pairs, of_samples(sum), &Watch::default()).unwrap(), [13724.0, 13862.0, 13396.0]);

    let problem = Problem::two_sample(Pool::new(&case, &control[..60], 0.0));
    let ends = |threads: usize| {
        let source = Source::Drawn { resamples: 100_001, seed: 3, domain: Domain::Inversion };
        let inversion = Inversion { source, threads: Some(threads), arch: Arch::new() };
        inversion.mean_difference(&problem, Tail::Doubled, 0.95, &Watch::default()).unwrap().map(f64::to_bits)
    };
    assert_eq!([ends(2), ends(7)], [ends(1); 2]);
    let portable = Inversion {
        source: Source::Drawn { resamples: 100_001, seed: 3, domain: Domain::Inversion },
        threads: None,
        arch: Arch::Scalar,
    };
    let found = portable.mean_difference(&problem, Tail::Doubled, 0.95, &Watch::default()).unwrap();
    assert_eq!(found.map(f64::to_bits), ends(1));
}

#[test]
fn what_has_no_interval_is_refused_with_a_reason() {
    let refusal = |found: Result<BootstrapInterval, Error>| found.unwrap_err().to_string();
    let [case, control] = GLOBULIN;
    let bootstrap = Bootstrap { resamples: 1000, seed: 0, threads: Some(1) };
    let of = |case: &[f64], statistic: Function, reading: Reading, confidence: f64| {
        let watch = Watch::default();
        bootstrap_interval(
            &bootstrap,
            &cells(case, control),
            of_samples(statistic),
            reading,
            TwoSided,
            confidence,
            &watch,
        )
    };
    let percentile = |statistic: Function| refusal(of(case, statistic, Reading::Percentile, 0.95));
    let bca = |case: &[f64], statistic: Function| refusal(of(case, statistic, Reading::Bca, 0.95));
    for confidence in [0.0, 1.0, -0.5, f64::NAN] {
        let what = format!("{confidence} is no confidence level; name one between 0 and 1");
        assert_eq!(refusal(of(case, difference, Reading::Bca, confidence)), what);
    }
    assert_eq!(percentile(|_, _| f64::NAN), "the statistic of the data is NaN; choose one that is defined for them");
    assert_eq!(
        percentile(|_, _| 2.5),
        "the statistic is 2.5 for all 1000 bootstrap samples; an interval needs a statistic that varies"
    );
    assert!(percentile(|x, _| if x.contains(&38.0) { mean(x) } else { f64::NAN }).ends_with(
        "of 1000 bootstrap samples; choose one that is defined where values are repeated and others left out"
    ));
    let distinct: Function = |x, _| x.iter().map(|value| value.to_bits()).collect::<BTreeSet<_>>().len() as f64;
    assert_eq!(
        bca(&(0..40).map(f64::from).collect::<Vec<_>>(), distinct),
        "all 1000 bootstrap samples have a statistic below that of the data; take the percentile interval, or a statistic \
         that is less biased"
    );
    let middle: Function = |x, _| {
        let mut sorted = x.to_vec();
        sorted.sort_by(f64::total_cmp);
        median(&sorted)
    };
    assert_eq!(
        bca(&[0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0], middle),
        "the statistic stays the same whichever observation is left out; take the percentile interval"
    );
    assert_eq!(
        bca(&[1.0, 2.0], variance),
        "the statistic is not a number when one of 2 observations is left out; take the percentile interval, or a statistic \
         that is defined without them"
    );
    let one_far_off: Vec<f64> = [100.0].into_iter().chain((0..99).map(|i| f64::from(i % 2))).collect();
    let far = refusal(of(&one_far_off, |x, _| mean(x), Reading::Bca, 1.0 - 1e-10));
    assert!(far.ends_with("BCa has no such interval; lower the confidence, or take the percentile interval"), "{far}");

    for resamples in [0, 100_000_001] {
        let run = Bootstrap { resamples, ..bootstrap }.replicates(
            &cells(case, control),
            of_samples(difference),
            &Watch::default(),
        );
        let what = format!("{resamples} bootstrap samples are out of range; draw from 1 to 100000000");
        assert_eq!(run.unwrap_err().to_string(), what);
    }
    let refused = |case: &[f64], layout: &Layout| Cells::new(case, control, layout).unwrap_err().to_string();
    assert_eq!(refused(&[], &Layout::default()), "the case sample is empty; give it at least one value");
    assert!(refused(&case[1..], &paired()).starts_with("9 case and 10 control observations cannot all be paired"));
    assert_eq!(
        refused(&[1.0, f64::INFINITY], &Layout::default()),
        "value 2 of the case sample is inf; leave out what is not a finite number"
    );
}

#[test]
fn too_few_labellings_leave_ends_open_and_too_many_are_refused() {
    let (case, control) = ([1.0, 2.0, 4.0], [3.0, 5.0, 9.0]);
    // One of twenty labellings is no more than a twentieth, but more than a fortieth.
    assert_eq!(exact(&case, &control, &Layout::default(), TwoSided, 0.95), [f64::NEG_INFINITY, f64::INFINITY]);
    assert_eq!(exact(&case, &control, &Layout::default(), TwoSided, 0.9), [-8.0, 1.0]);
    let test = unsorted(&case, &control, &Layout::default()).method(Choice::Exact);
    let p = |shift: f64| Ok(test.clone().shift(shift).run("mean")?.p_value.estimate);
    let centre = difference(&case, &control);
    assert_eq!(searched(centre, apart(&case, &control), 0.05, &p), [f64::NEG_INFINITY, f64::INFINITY]);

    let [case, control] = GLOBULIN;
    let problem = Problem::two_sample(Pool::new(case, control, 0.0));
    let refusal = |resamples: u64| {
        let source = Source::Drawn { resamples, seed: 0, domain: Domain::Inversion };
        let inversion = Inversion { source, threads: Some(1), arch: Arch::new() };
        let found = inversion.mean_difference(&problem, Tail::Doubled, 0.9, &Watch::default());
        found.unwrap_err().to_string()
    };
    assert_eq!(refusal(0), "0 resamples are out of range; draw from 1 to 1e12");
    let what = "50000000001 of the labellings lie beyond an end of the interval, too many to keep; draw fewer resamples, or \
                raise the confidence";
    assert_eq!(refusal(1_000_000_000_000), what);
}

#[test]
fn a_run_that_is_told_to_stop_stops() {
    let stop = AtomicBool::new(true);
    let watch = Watch { stop: &stop, ..Watch::default() };
    let [case, control] = GLOBULIN;
    let bootstrap = Bootstrap { resamples: 1000, seed: 0, threads: Some(1) };
    let problem = Problem::two_sample(Pool::new(case, control, 0.0));
    for source in
        [Source::of(problem.design(), 0, 0), Source::Drawn { resamples: 100_000, seed: 0, domain: Domain::Inversion }]
    {
        let inversion = Inversion { source, threads: Some(1), arch: Arch::new() };
        let found = inversion.mean_difference(&problem, Tail::Doubled, 0.9, &watch);
        assert!(matches!(found, Err(Error::Interrupted)));
    }
    let cells = cells(case, control);
    assert!(matches!(bootstrap.replicates(&cells, of_samples(difference), &watch), Err(Error::Interrupted)));
    assert!(matches!(bootstrap.left_out(&cells, of_samples(difference), &watch), Err(Error::Interrupted)));
}
