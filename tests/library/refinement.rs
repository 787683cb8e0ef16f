//! Sums of full-precision values over many orders of magnitude against sums of decimals in integers of any size: where
//! narrow scores are rounded, ties and near misses must be told apart all the same.

use std::sync::atomic::AtomicBool;

use num_bigint::{BigInt, Sign};
use permtest::PermutationTest;
use permtest::design::Exchange;
use permtest::design::layout::{Blocks, Layout, Pairing};
use permtest::inference::warning::Warning;
use permtest::inference::{Alternative, TwoSidedRule};
use permtest::method::exact::addends::Addends;
use permtest::method::exact::convolve::{Tails, Work};
use permtest::method::exact::{self, Algorithm};
use permtest::method::planner::Choice;
use permtest::sampling::labellings::{BitRows, IndexRows, Labellings, Listed};
use permtest::simd::Arch;
use permtest::statistic::linear::scores::Exactness;
use permtest::statistic::linear::{self, Linear};
use permtest::statistic::{Pool, Problem, Statistic, Thresholds};
use proptest::prelude::*;
use proptest::sample::Index;

/// Thirteen values over 24 orders of magnitude, with a tie. A grid of 62 bits takes 370 labellings for as extreme as these.
const CASE: [f64; 6] = [1e-12, 2.5e-7, 0.003, -1.75, 98765.4321, 1e12];
const CONTROL: [f64; 7] = [-3e-9, 0.003, 0.125, -42.0, 1_234_567.875, -5e11, 6.02e8];

/// Decimal places that the oracle counts in.
const PLACES: usize = 256;

/// What a value is taken for.
#[derive(Clone, Copy)]
enum Reading {
    /// The shortest decimal that gives the double.
    Decimal,
    /// The double, a binary fraction.
    Binary,
}

/// A value as a multiple of 10⁻²⁵⁶, from its digits.
fn integer(value: f64, reading: Reading) -> BigInt {
    let text = match reading {
        Reading::Decimal => value.to_string(),
        Reading::Binary => format!("{value:.PLACES$}"),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    assert!(fraction.len() <= PLACES);
    format!("{whole}{fraction:0<PLACES$}").parse().unwrap()
}

/// All labellings of a problem, as bits over the observations in the order they were given.
fn all_labellings(problem: &Problem) -> (Labellings, Vec<Vec<bool>>) {
    let (design, order) = (problem.design(), problem.pool().order());
    let units = design.units();
    let size = u64::try_from(design.reference_set_size().exact.unwrap()).unwrap();
    let (mut words, mut labels) = (Vec::new(), Vec::new());
    for rank in 0..size {
        let mut labelling = vec![0; units.len().div_ceil(64)];
        design.unrank(rank, &mut labelling);
        let mut of_observation = vec![false; order.len()];
        for (place, &observation) in order.iter().enumerate() {
            let unit = units.unit_of()[place] as usize;
            of_observation[observation as usize] = (labelling[unit / 64] >> (unit % 64) & 1 == 1) != units.base(place);
        }
        words.extend(labelling);
        labels.push(of_observation);
    }
    (Labellings::Dense(BitRows { units: units.len(), words }), labels)
}

/// Labellings that are as great, as small and as far from the mean of all as the data, by their definition.
fn by_definition(case: &[f64], control: &[f64], shift: f64, labels: &[Vec<bool>], reading: Reading) -> [usize; 3] {
    let integer = |&value: &f64| integer(value, reading);
    let shift = integer(&shift);
    let shifted = case.iter().map(|value| integer(value) - &shift);
    let values: Vec<BigInt> = shifted.chain(control.iter().map(integer)).collect();
    let sums: Vec<BigInt> = labels
        .iter()
        .map(|labels| values.iter().zip(labels).filter(|(_, is_case)| **is_case).map(|(value, _)| value).sum())
        .collect();
    let total: BigInt = sums.iter().sum();
    let distance = |sum: &BigInt| sum * labels.len() - &total;
    let observed = distance(&values[..case.len()].iter().sum());
    let distances: Vec<BigInt> = sums.iter().map(distance).collect();
    let number = |is_extreme: &dyn Fn(&BigInt) -> bool| distances.iter().filter(|sum| is_extreme(sum)).count();
    [
        number(&|distance| *distance >= observed),
        number(&|distance| *distance <= observed),
        number(&|distance| distance.magnitude() >= observed.magnitude()),
    ]
}

fn linear(problem: &Problem) -> Linear {
    linear::mean_difference(problem, problem.pool().scores(), problem.pool().shift())
}

fn observed(problem: &Problem, statistic: &Linear) -> i64 {
    problem.observed(statistic, Arch::Scalar).unwrap()
}

fn replicates(statistic: &Linear, arch: Arch, labellings: &Labellings) -> Vec<i64> {
    let mut replicates = vec![0; labellings.len()];
    statistic.replicates(arch, labellings, &mut replicates).unwrap();
    replicates
}

/// The same labellings as lists of the units that carry a label, if it is the same number in each.
fn listed(labellings: &Labellings, listed: Listed) -> Option<Labellings> {
    let Labellings::Dense(BitRows { units, words }) = labellings else { unreachable!("bitsets") };
    assert!(*units <= 64);
    let lists: Vec<Vec<u32>> = words
        .iter()
        .map(|word| (0..*units as u32).filter(|unit| (word >> unit & 1 == 1) == (listed == Listed::Case)).collect())
        .collect();
    let width = lists[0].len();
    let is_possible = width > 0 && lists.iter().all(|list| list.len() == width);
    is_possible.then(|| Labellings::Sparse(IndexRows { units: *units, width, listed, indices: lists.concat() }))
}

fn counted<T: PartialOrd + Copy>(sums: &[T], thresholds: &Thresholds<T>) -> [usize; 3] {
    let number = |is_extreme: &dyn Fn(T) -> bool| sums.iter().filter(|&&sum| is_extreme(sum)).count();
    [
        number(&|sum| sum >= thresholds.greater_equal),
        number(&|sum| sum <= thresholds.less_equal),
        number(&|sum| sum >= thresholds.far_above || sum <= thresholds.far_below),
    ]
}

static NEVER: AtomicBool = AtomicBool::new(false);

/// What an exact method counts of all labellings, with constant strata counted out of it.
fn by_lists(problem: &Problem, statistic: &Linear) -> Option<[f64; 3]> {
    let sums = statistic.exact_sums(observed(problem, statistic));
    let exchange = problem.design().exchange();
    if exchange == Exchange::Other {
        return None;
    }
    let addends = Addends::new(&sums.sums, &exchange, &[sums.thresholds]).unwrap();
    let work = Work { threads: Some(1), arch: Arch::Scalar, stop: &NEVER, begin: &|_, _| (), advance: &|_| () };
    let Tails { all, greater_equal, less_equal, absolute } =
        exact::count(Algorithm::MeetInTheMiddle, &addends, work).unwrap()[0];
    Some([greater_equal, less_equal, absolute].map(|count| count / all))
}

/// Compares all ways of counting; says whether sums were compared exactly.
fn check(case: &[f64], control: &[f64], shift: f64, layout: &Layout) -> Exactness {
    let pool = Pool::new(case, control, shift);
    let problem = Problem::with_layout(pool, layout).expect("a layout that has a design");
    let statistic = linear(&problem);
    let (labellings, labels) = all_labellings(&problem);
    let scores = problem.pool().scores();
    // Doubles that fit as they are, and are no short decimals, are taken for what they are.
    let is_binary = scores.exactness == Exactness::Exact && scores.power.is_none() && scores.denominator == 1.0;
    let reading = if is_binary { Reading::Binary } else { Reading::Decimal };
    let expected = by_definition(case, control, shift, &labels, reading);
    let sums = replicates(&statistic, Arch::Scalar, &labellings);
    assert_eq!(sums, replicates(&statistic, Arch::new(), &labellings));
    for label in [Listed::Case, Listed::Control] {
        if let Some(lists) = listed(&labellings, label) {
            assert_eq!(sums, replicates(&statistic, Arch::new(), &lists));
        }
    }
    let observed = observed(&problem, &statistic);
    let found = counted(&sums, &statistic.thresholds(observed));
    let lists = by_lists(&problem, &statistic).unwrap();
    let shares = |counts: [usize; 3]| counts.map(|count| count as f64 / labels.len() as f64);
    let enclosing = counted(&sums, &statistic.enclosing_thresholds(observed));
    match statistic.exactness() {
        Exactness::Exact => {
            assert_eq!(found, expected);
            assert!(lists.iter().zip(shares(expected)).all(|(one, other)| (one - other).abs() < 1e-12), "{lists:?}");
        }
        // What might be a tie is one.
        Exactness::Rounded => {
            assert!(found.iter().zip(expected).all(|(&found, expected)| found >= expected), "{found:?} {expected:?}");
            assert!(lists.iter().zip(shares(expected)).all(|(one, other)| *one > other - 1e-12), "{lists:?}");
        }
    }
    assert!(enclosing.iter().zip(expected).all(|(&found, expected)| found >= expected));
    statistic.exactness()
}

#[test]
fn values_over_24_orders_of_magnitude_are_counted_exactly() {
    assert_eq!(check(&CASE, &CONTROL, 0.0, &Layout::default()), Exactness::Exact);
    let (_, labels) = all_labellings(&Problem::two_sample(Pool::new(&CASE, &CONTROL, 0.0)));
    let counts = by_definition(&CASE, &CONTROL, 0.0, &labels, Reading::Decimal);
    assert_eq!((counts[2], labels.len()), (366, 1716));
    let test = PermutationTest::new(&CASE, &CONTROL).unwrap();
    let share = |test: &PermutationTest| test.run("mean").unwrap().p_value.estimate * 1716.0;
    let [greater, less, far] = counts.map(|count| count as f64);
    assert!((share(&test.clone().method(Choice::Exact)) - far).abs() < 1e-9);
    for (alternative, count) in [(Alternative::Greater, greater), (Alternative::Less, less)] {
        assert!((share(&test.clone().alternative(alternative)) - count).abs() < 1e-9);
    }
    let doubled = test.two_sided(TwoSidedRule::Doubled);
    assert!((share(&doubled) - (2.0 * greater.min(less)).min(1716.0)).abs() < 1e-9);
}

#[test]
fn random_labellings_are_settled_like_enumerated_ones() {
    let test = PermutationTest::new(&CASE, &CONTROL).unwrap().resamples(200_000);
    let counts = test.run("mean").unwrap().counts.unwrap();
    // 366 of 1716 are as far; with the false ties of 62 bits 370, which is 8 standard errors more.
    let expected = 200_000.0 * 366.0 / 1716.0;
    assert!((counts.absolute as f64 - expected).abs() < 4.0 * (expected * (1.0 - 366.0 / 1716.0)).sqrt());
}

#[test]
fn observed_sums_on_and_beside_the_centre() {
    // Values so long that narrow scores are rounded, whose means are equal, or differ in the last digit.
    let fine = 1e-12;
    for (case, control) in [
        ([1e12, 3.0, fine], [1e12, 3.0, fine]),
        ([1e12, 3.0, fine], [1e12, 3.0, 2.0 * fine]),
        ([1e12, 3.0, 2.0 * fine], [1e12, 3.0, fine]),
        ([1e12, -1e12, fine], [fine, 1e12, -1e12]),
        ([1e12, -1e12, 0.0], [fine, 2.0 * fine, 3.0 * fine]),
        ([1e12, -1e12, 4.0 * fine], [fine, 2.0 * fine, 3.0 * fine]),
    ] {
        assert_eq!(check(&case, &control, 0.0, &Layout::default()), Exactness::Exact, "{case:?} {control:?}");
        let pairs = Layout { pairing: Pairing::ByOrder, ..Layout::default() };
        assert_eq!(check(&case, &control, 0.0, &pairs), Exactness::Exact, "{case:?} {control:?}");
    }
}

#[test]
fn full_precision_values_under_a_full_precision_shift_are_exact() {
    let value = |i: usize| ((i * 7919 % 1013) as f64 / 3.0).sqrt() - 9.0;
    let case: Vec<f64> = (0..6).map(value).collect();
    // Each of the first is one of the others when shifted, as far as doubles can be.
    let control: Vec<f64> = (0..6).map(|i| value(i) - 1.0 / 3.0).collect();
    assert_eq!(check(&case, &control, 1.0 / 3.0, &Layout::default()), Exactness::Exact);
    let scores = |problem: &Problem| problem.pool().scores().clone();
    let scores = scores(&Problem::two_sample(Pool::new(&case, &control, 1.0 / 3.0)));
    assert_eq!(scores.exactness, Exactness::Rounded);
    assert!(scores.wide.is_some());
}

#[test]
fn neighbours_of_sixteen_digits_are_no_ties() {
    // As a product of doubles, the first is the second's multiple of 10⁻¹⁷.
    let (value, next) = (0.039_380_65, 0.039_380_650_000_000_01);
    assert_eq!(check(&[value, next], &[next, next], 0.0, &Layout::default()), Exactness::Exact);
}

#[test]
fn spans_beyond_wide_scores_count_what_may_be_a_tie() {
    let (case, control) = ([1e-200, 1.0, 1e200], [3e-200, 1.0, -1e200]);
    assert_eq!(check(&case, &control, 0.0, &Layout::default()), Exactness::Rounded);
    let warnings =
        |case: &[f64], control: &[f64]| PermutationTest::new(case, control).unwrap().run("mean").unwrap().warnings;
    assert!(warnings(&case, &control).contains(&Warning::Rounded));
    assert!(!warnings(&CASE, &CONTROL).contains(&Warning::Rounded));
}

/// A value of 1 to 17 digits.
fn value() -> impl Strategy<Value = f64> {
    (any::<bool>(), 1u64..10_u64.pow(17), 0u32..17, -15i32..15).prop_map(|(is_negative, digits, dropped, power)| {
        let digits = (digits / 10u64.pow(dropped)).max(1);
        let length = digits.to_string().len() as i32;
        let text = format!("{}{digits}e{}", if is_negative { "-" } else { "" }, power - length);
        text.parse().expect("a number")
    })
}

/// Twelve values, some of which are others, or their opposites or neighbours, so that there are ties and near misses.
fn values() -> impl Strategy<Value = Vec<f64>> {
    let kinds = prop::collection::vec((0..6, any::<Index>()), 12);
    (prop::collection::vec(value(), 12), kinds).prop_map(|(mut values, kinds)| {
        for (place, (kind, other)) in kinds.into_iter().enumerate().skip(1) {
            let other = values[other.index(place)];
            values[place] = match kind {
                0 | 1 => other,
                2 => -other,
                3 => other.next_up(),
                _ => values[place],
            };
        }
        values
    })
}

/// A shift: none, one of the values, or another one.
fn shift(values: &[f64], kind: usize, other: f64) -> f64 {
    match kind {
        0 => 0.0,
        1 => values[0],
        _ => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn two_samples(values in values(), n in 2usize..12, m in any::<Index>(), kind in 0usize..3, other in value()) {
        let (case, control) = values[..n].split_at(1 + m.index(n - 1));
        check(case, control, shift(&values, kind, other), &Layout::default());
    }

    #[test]
    fn pairs(values in values(), n in 1usize..=6, kind in 0usize..3, other in value()) {
        let layout = Layout { pairing: Pairing::ByOrder, ..Layout::default() };
        check(&values[..n], &values[6..6 + n], shift(&values, kind, other), &layout);
    }

    #[test]
    fn strata(values in values(), mut of in prop::collection::vec(0u32..3, 12), kind in 0usize..3, other in value()) {
        // One stratum has both labels.
        of[11] = of[0];
        let layout = Layout {
            strata: Some(Blocks { of_observation: of, names: Vec::new() }),
            ..Layout::default()
        };
        check(&values[..5], &values[5..], shift(&values, kind, other), &layout);
    }

    #[test]
    fn clusters(values in values(), kind in 0usize..3, other in value()) {
        let layout = Layout {
            clusters: Some(Blocks { of_observation: vec![0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5], names: Vec::new() }),
            ..Layout::default()
        };
        check(&values[..4], &values[4..], shift(&values, kind, other), &layout);
    }
}

#[test]
fn the_oracle_reads_decimals() {
    let ten = BigInt::from(10);
    assert_eq!(integer(0.1, Reading::Decimal), ten.pow(PLACES as u32 - 1));
    assert_eq!(integer(-2.5e-7, Reading::Binary).sign(), Sign::Minus);
}
