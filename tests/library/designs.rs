//! Laws of designs: ranks and labellings are one to one, draws are uniform, sizes, centres and smallest p-values are those
//! of the whole reference set, which is enumerated here from the words of its definition.

use std::collections::{BTreeMap, BTreeSet};

use permtest::design::Design;
use permtest::design::layout::{Blocks, Layout, Pairing};
use permtest::inference::{Alternative, TwoSidedRule};
use permtest::method::planner::Choice;
use permtest::sampling::labellings::Labellings;
use permtest::sampling::stream::{Domain, Stream};
use permtest::simd::Arch;
use permtest::statistic::linear;
use permtest::statistic::{Pool, Problem};
use permtest::{PermutationTest, Undefined};

/// A small design: sizes, layout, and whether labels (`true` for case) of the observations are one of its labellings.
struct Small {
    name: &'static str,
    n_case: usize,
    n_control: usize,
    layout: Layout,
}

fn blocks(of_observation: &[u32]) -> Blocks {
    Blocks { of_observation: of_observation.to_vec(), names: Vec::new() }
}

fn small_designs() -> Vec<Small> {
    let small = |name, n_case, n_control, layout| Small { name, n_case, n_control, layout };
    let paired = Layout { pairing: Pairing::ByOrder, ..Layout::default() };
    let strata = blocks(&[0, 0, 1, 1, 0, 0, 0, 1, 1]);
    let clusters = blocks(&[0, 0, 1, 2, 2, 3, 4, 4, 5]);
    let unbalanced = blocks(&[0, 0, 1, 2, 2, 3, 4, 4, 4]);
    vec![
        small("two-sample", 4, 5, Layout::default()),
        small("stratified", 4, 5, Layout { strata: Some(strata), ..Layout::default() }),
        small("clustered", 5, 4, Layout { clusters: Some(clusters.clone()), ..Layout::default() }),
        small("clustered of few", 5, 4, Layout { clusters: Some(unbalanced), ..Layout::default() }),
        small(
            "clustered, stratified",
            5,
            4,
            Layout {
                clusters: Some(clusters),
                strata: Some(blocks(&[0, 0, 0, 1, 1, 0, 1, 1, 0])),
                ..Layout::default()
            },
        ),
        small("paired", 5, 5, paired.clone()),
        small("paired, clustered", 5, 5, Layout { clusters: Some(blocks(&[0, 0, 1, 2, 2, 0, 0, 1, 2, 2])), ..paired }),
    ]
}

/// All labellings that the words of the definitions allow, as bits over the observations.
fn by_definition(design: &Small) -> BTreeSet<u32> {
    let all = design.n_case + design.n_control;
    let observed = (1u32 << design.n_case) - 1;
    let is_case = |labels: u32, i: usize| labels >> i & 1 == 1;
    let shares_labels = |labels: u32| match &design.layout.clusters {
        None => true,
        Some(clusters) => {
            // A cluster keeps its labels or, where it holds pairs, exchanges all of them; without pairs it has one.
            let of = &clusters.of_observation;
            let changed = |i: usize| is_case(labels, i) != is_case(observed, i);
            (0..all).all(|i| (0..all).all(|j| of[i] != of[j] || changed(i) == changed(j)))
        }
    };
    let splits_pairs = |labels: u32| {
        design.layout.pairing == Pairing::Independent
            || (0..design.n_case).all(|i| is_case(labels, i) != is_case(labels, i + design.n_case))
    };
    // As many case units as in the data, in each stratum.
    let counts = |labels: u32| {
        let mut counts = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for i in 0..all {
            let stratum = design.layout.strata.as_ref().map_or(0, |strata| strata.of_observation[i]);
            let unit = design.layout.clusters.as_ref().map_or(i as u32, |clusters| clusters.of_observation[i]);
            if seen.insert(unit) && is_case(labels, i) {
                *counts.entry(stratum).or_insert(0) += 1;
            }
        }
        counts
    };
    let keeps_counts =
        |labels: u32| design.layout.pairing != Pairing::Independent || counts(labels) == counts(observed);
    (0..1u32 << all).filter(|&labels| shares_labels(labels) && splits_pairs(labels) && keeps_counts(labels)).collect()
}

fn values(design: &Small) -> Vec<f64> {
    (0..design.n_case + design.n_control).map(|i| ((i * 37 + 11) % 23) as f64).collect()
}

fn problem(design: &Small) -> Problem {
    let values = values(design);
    Problem::with_layout(Pool::new(&values[..design.n_case], &values[design.n_case..], 0.0), &design.layout).unwrap()
}

/// A labelling of the units as bits over the observations in the order they were given.
fn labels_of(problem: &Problem, bits: &[u64]) -> u32 {
    let (units, order) = (problem.design().units(), problem.pool().order());
    let is_case = |place: usize| {
        let unit = units.unit_of()[place] as usize;
        (bits[unit / 64] >> (unit % 64) & 1 == 1) != units.base(place)
    };
    (0..order.len()).filter(|&place| is_case(place)).map(|place| 1 << order[place]).sum()
}

fn unranked(problem: &Problem, rank: u64) -> u32 {
    let design: &dyn Design = problem.design();
    let mut bits = vec![u64::MAX; design.units().len().div_ceil(64)];
    design.unrank(rank, &mut bits);
    labels_of(problem, &bits)
}

#[test]
fn ranks_and_labellings_are_one_to_one() {
    for design in small_designs() {
        let (problem, expected) = (problem(&design), by_definition(&design));
        let size = problem.design().reference_set_size().exact.unwrap();
        assert_eq!(size, expected.len() as u128, "{}", design.name);
        let found: BTreeSet<u32> = (0..size as u64).map(|rank| unranked(&problem, rank)).collect();
        assert_eq!(found, expected, "{}", design.name);
        let observed = labels_of(&problem, &problem.design().observed());
        assert_eq!(observed, (1 << design.n_case) - 1, "{}", design.name);
    }
}

#[test]
fn every_labelling_is_drawn_equally_often() {
    for design in small_designs() {
        let (problem, expected) = (problem(&design), by_definition(&design));
        let (mut counts, mut drawn) = (BTreeMap::new(), 0.0);
        for chunk in 0..4 {
            let mut stream = Stream::new(17, Domain::Resamples, chunk);
            let (mut at_work, mut batch): (_, Labellings) = (problem.design().start(), problem.design().batch());
            for _ in 0..40 {
                at_work.draw(Arch::new(), &mut stream, &mut batch);
                for row in 0..batch.len() {
                    *counts.entry(labels_of(&problem, &batch.bitset(row))).or_insert(0u32) += 1;
                    drawn += 1.0;
                }
            }
        }
        assert!(counts.keys().all(|labels| expected.contains(labels)), "{}: an impossible labelling", design.name);
        let each = drawn / expected.len() as f64;
        let deviation = |labels| (f64::from(counts.get(labels).copied().unwrap_or(0)) - each).powi(2) / each;
        let chi_square: f64 = expected.iter().map(deviation).sum();
        // χ² of k − 1 degrees of freedom lies above k − 1 + 5√(2(k − 1)) + 10 with a probability below 10⁻⁵ for all k
        // here (Wilson and Hilferty): one false alarm in some ten thousand seeds, and the seed is fixed.
        let freedom = expected.len() as f64 - 1.0;
        assert!(
            chi_square < freedom + 5.0 * (2.0 * freedom).sqrt() + 10.0,
            "{}: {chi_square} of {freedom}",
            design.name
        );
    }
}

/// The sum of the case values under labels.
fn case_sum(values: &[f64], labels: u32) -> f64 {
    values.iter().enumerate().filter(|(i, _)| labels >> i & 1 == 1).map(|(_, value)| value).sum()
}

#[test]
fn the_centre_is_the_mean_over_all_labellings() {
    for design in small_designs() {
        let (problem, expected, values) = (problem(&design), by_definition(&design), values(&design));
        let scores = problem.pool().scores();
        let centre = linear::mean_difference(&problem, scores, 0.0).centre();
        // Scores are values less the least one: whole numbers without a common divisor.
        let sums: f64 = expected
            .iter()
            .map(|&labels| {
                (case_sum(&values, labels) - f64::from(labels.count_ones()) * scores.value(0)) / scores.step()
            })
            .sum();
        let found = centre.approximate();
        assert!((found - sums / expected.len() as f64).abs() < 1e-9, "{}: {found}", design.name);
    }
}

/// The difference of means under labels.
fn difference(values: &[f64], labels: u32) -> f64 {
    let m = f64::from(labels.count_ones());
    let (sum, total) = (case_sum(values, labels), values.iter().sum::<f64>());
    sum / m - (total - sum) / (values.len() as f64 - m)
}

#[test]
fn exact_p_values_and_their_minimum_are_those_of_the_whole_set() {
    for design in small_designs() {
        let (expected, values) = (by_definition(&design), values(&design));
        let differences: Vec<f64> = expected.iter().map(|&labels| difference(&values, labels)).collect();
        let fixed = expected.iter().all(|labels| labels.count_ones() as usize == design.n_case);
        // Where the group sizes vary the difference is no sum, and is measured from 0.
        let centre = if fixed { differences.iter().sum::<f64>() / differences.len() as f64 } else { 0.0 };
        let share = |is_extreme: &dyn Fn(f64) -> bool| {
            differences.iter().filter(|&&other| is_extreme(other)).count() as f64 / differences.len() as f64
        };
        let p = |observed: f64, alternative, rule| {
            let (greater, less) = (share(&|other| other >= observed - 1e-9), share(&|other| other <= observed + 1e-9));
            match (alternative, rule) {
                (Alternative::Greater, _) => greater,
                (Alternative::Less, _) => less,
                (_, TwoSidedRule::Absolute) => {
                    share(&|other| (other - centre).abs() >= (observed - centre).abs() - 1e-9)
                }
                _ => (2.0 * greater.min(less)).min(1.0),
            }
        };
        let (case, control) = values.split_at(design.n_case);
        for (alternative, rule) in [
            (Alternative::Greater, TwoSidedRule::Absolute),
            (Alternative::Less, TwoSidedRule::Absolute),
            (Alternative::TwoSided, TwoSidedRule::Absolute),
            (Alternative::TwoSided, TwoSidedRule::Doubled),
        ] {
            let test = PermutationTest::new(case, control).unwrap().layout(design.layout.clone());
            let result = test
                .alternative(alternative)
                .two_sided(rule)
                .method(Choice::Exact)
                .undefined(Undefined::Error)
                .run("mean")
                .unwrap();
            let observed = difference(&values, (1 << design.n_case) - 1);
            let name = format!("{} {alternative:?} {rule:?}", design.name);
            assert!((result.p_value.estimate - p(observed, alternative, rule)).abs() < 1e-12, "{name}");
            let smallest = differences.iter().map(|&d| p(d, alternative, rule)).fold(1.0, f64::min);
            if fixed {
                assert!((result.p_value.minimum - smallest).abs() < 1e-12, "{name}: {}", result.p_value.minimum);
            } else {
                // Without a sum only the number of labellings is known: a bound.
                assert!(result.p_value.minimum <= smallest + 1e-12, "{name}: {}", result.p_value.minimum);
            }
        }
    }
}
