//! The exact methods against brute force: every labelling of small problems, added up one by one in plain integers.

use std::sync::atomic::AtomicBool;

use permtest::design::{Exchange, Exchangeable};
use permtest::method::exact::addends::Addends;
use permtest::method::exact::bounds::{Bounds, Budget};
use permtest::method::exact::convolve::{self, Multiset, Tails, Work};
use permtest::method::exact::cost::Cost;
use permtest::method::exact::dense::Dense;
use permtest::method::exact::sorted_sums::Listed;
use permtest::method::exact::{self, Algorithm};
use permtest::method::tail::Tail;
use permtest::sampling::stream::{Domain, Stream};
use permtest::sampling::units::UnitSums;
use permtest::simd::Arch;
use permtest::statistic::Thresholds;

static NEVER: AtomicBool = AtomicBool::new(false);

fn work<'a>() -> Work<'a> {
    Work { threads: Some(1), arch: Arch::new(), stop: &NEVER, begin: &|_, _| (), advance: &|_| () }
}

/// What is tested: numbers, how they exchange labels, and which sums are extreme.
struct Case {
    sums: UnitSums<i128>,
    exchange: Exchange,
    thresholds: Thresholds<i128>,
}

/// The sums of all labellings.
fn all_sums(sums: &UnitSums<i128>, exchange: &Exchange) -> Vec<i128> {
    let mut all = vec![sums.base];
    let mut add = |choices: Vec<i128>| {
        all = all.iter().flat_map(|sum| choices.iter().map(move |choice| sum + choice)).collect();
    };
    match exchange {
        Exchange::Subsets(strata) => {
            for stratum in strata {
                let changes = &sums.changes[stratum.units.clone()];
                let subsets = (0u32..1 << changes.len()).filter(|bits| bits.count_ones() as usize == stratum.m);
                let sum = |bits: u32| (0..changes.len()).filter(|i| bits >> i & 1 == 1).map(|i| changes[i]).sum();
                add(subsets.map(sum).collect());
            }
        }
        Exchange::Coins => sums.changes.iter().for_each(|&change| add(vec![0, change])),
        Exchange::Orders(_) | Exchange::Other => unreachable!("no such case"),
    }
    all
}

/// The numbers of labellings in each tail, by their definition.
fn brute_force(case: &Case) -> Tails<u128> {
    let all = all_sums(&case.sums, &case.exchange);
    let count = |is_extreme: &dyn Fn(i128) -> bool| all.iter().filter(|&&sum| is_extreme(sum)).count() as u128;
    let Thresholds { greater_equal, less_equal, far_above, far_below, .. } = case.thresholds;
    Tails {
        all: all.len() as u128,
        greater_equal: count(&|sum| sum >= greater_equal),
        less_equal: count(&|sum| sum <= less_equal),
        absolute: count(&|sum| sum >= far_above || sum <= far_below),
    }
}

/// Random words.
struct Dice(Stream);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.0.word()) * u128::from(n)) >> 64) as u64
    }
}

/// A random small problem: ties or none, one stratum, several, or coins; the observed sum is that of a random labelling.
fn random_case(dice: &mut Dice) -> Case {
    let strata = if dice.below(2) == 0 { 1 } else { 1 + dice.below(4) };
    let exchange = if dice.below(3) == 0 {
        None
    } else {
        let mut start = 0;
        let range = |_| {
            let n = 1 + dice.below(if strata == 1 { 13 } else { 5 }) as usize;
            let m = dice.below(n as u64 + 1) as usize;
            start += n;
            Exchangeable { units: start - n..start, m }
        };
        Some((0..strata).map(range).collect::<Vec<_>>())
    };
    let units = exchange.as_ref().map_or(1 + dice.below(12) as usize, |strata| strata.last().unwrap().units.end);
    let size = [3, 20, 1000, 1 << 40][dice.below(4) as usize];
    let step = [1, 1, 7, 1000][dice.below(4) as usize];
    let change = |_| step * (i128::from(dice.below(size)) - i128::from(size / 3));
    let sums = UnitSums { base: -17, changes: (0..units).map(change).collect() };
    let exchange = exchange.map_or(Exchange::Coins, Exchange::Subsets);
    let all = all_sums(&sums, &exchange);
    let observed = all[dice.below(all.len() as u64) as usize];
    // Twice the centre, the mean of all sums, rounded: any centre will do.
    let doubled = (2 * all.iter().sum::<i128>()).div_euclid(all.len() as i128);
    let mirrored = doubled - observed;
    let (far_below, far_above) = (observed.min(mirrored), observed.max(mirrored));
    let thresholds = Thresholds { observed, greater_equal: observed, less_equal: observed, far_above, far_below };
    Case { sums, exchange, thresholds }
}

fn count<M: Multiset>(case: &Case) -> Tails<M::Count> {
    let addends = Addends::new(&case.sums, &case.exchange, &[case.thresholds]).expect("subsets or coins");
    convolve::count::<M>(&addends, work()).expect("nobody interrupts")[0]
}

fn as_integers(tails: Tails<f64>) -> Tails<u128> {
    let integer = |count: f64| {
        assert_eq!(count.fract(), 0.0);
        count as u128
    };
    Tails {
        all: integer(tails.all),
        greater_equal: integer(tails.greater_equal),
        less_equal: integer(tails.less_equal),
        absolute: integer(tails.absolute),
    }
}

#[test]
fn lattice_and_lists_count_what_brute_force_counts_in_a_thousand_small_problems() {
    let mut dice = Dice(Stream::new(4, Domain::Resamples, 0));
    for number in 0..1000 {
        let case = random_case(&mut dice);
        let expected = brute_force(&case);
        // Labellings of constant strata are counted once, so ratios are compared where there are such strata.
        let listed = count::<Listed<i64>>(&case);
        let scaled = |count: u128| {
            assert_eq!(count * expected.all % listed.all, 0);
            count * expected.all / listed.all
        };
        let scaled_tails = |tails: Tails<u128>| Tails {
            all: scaled(tails.all),
            greater_equal: scaled(tails.greater_equal),
            less_equal: scaled(tails.less_equal),
            absolute: scaled(tails.absolute),
        };
        assert_eq!(scaled_tails(listed), expected, "case {number}");
        assert_eq!(count::<Listed<i128>>(&case), listed, "case {number}");
        let range = case.sums.changes.iter().max().unwrap() - case.sums.changes.iter().min().unwrap();
        if range < 10_000 {
            assert_eq!(count::<Dense<u128>>(&case), listed, "case {number}");
            assert_eq!(as_integers(count::<Dense<f64>>(&case)), listed, "case {number}");
        }
    }
}

#[test]
fn bounds_contain_the_exact_tails_and_close_around_them() {
    let mut dice = Dice(Stream::new(5, Domain::Resamples, 0));
    for number in 0..200 {
        let case = random_case(&mut dice);
        let exact = brute_force(&case);
        for (cells, tail) in [(300.0, Tail::Upper), (3000.0, Tail::Lower), (1e5, Tail::Absolute)] {
            let budget = Budget { cells, bytes: 1e9 };
            let found = Bounds::run(&case.sums, &case.exchange, &case.thresholds, tail, budget, work());
            let Ok(bounds) = found else { continue };
            for tail in [Tail::Upper, Tail::Lower, Tail::Absolute, Tail::Doubled] {
                let [low, high] = bounds.of(tail);
                let exact = tail.share(&Tails {
                    all: exact.all as f64,
                    greater_equal: exact.greater_equal as f64,
                    less_equal: exact.less_equal as f64,
                    absolute: exact.absolute as f64,
                });
                assert!(
                    low * (1.0 - 1e-12) <= exact && exact <= high * (1.0 + 1e-12),
                    "case {number}: {low} {exact} {high}"
                );
                assert!(low > 0.0);
            }
        }
    }
}

/// The case and control values of a two-sample problem of integers.
fn two_sample(case: &[i128], control: &[i128]) -> Case {
    let changes: Vec<i128> = case.iter().chain(control).copied().collect();
    let (n, m) = (changes.len() as i128, case.len() as i128);
    let observed: i128 = case.iter().sum();
    let total: i128 = changes.iter().sum();
    let distance = (observed * n - total * m).abs();
    let far_above = -(-(total * m + distance)).div_euclid(n);
    let far_below = (total * m - distance).div_euclid(n);
    let exchange = Exchange::Subsets(vec![Exchangeable { units: 0..changes.len(), m: case.len() }]);
    let thresholds = Thresholds { observed, greater_equal: observed, less_equal: observed, far_above, far_below };
    Case { sums: UnitSums { base: 0, changes }, exchange, thresholds }
}

#[test]
fn counts_of_a_hundred_digits_agree_with_integers_to_twelve() {
    // Two normal-looking samples of 60, far apart: C(120, 60) ≈ 9.7e34 labellings fit in u128.
    let mut dice = Dice(Stream::new(6, Domain::Resamples, 0));
    let mut sample = |shift: i128| -> Vec<i128> {
        (0..60).map(|_| shift + (0..8).map(|_| i128::from(dice.below(40))).sum::<i128>()).collect()
    };
    for shift in [0, 20, 60, 200] {
        let case = two_sample(&sample(shift), &sample(0));
        let integers = count::<Dense<u128>>(&case);
        let floats = count::<Dense<f64>>(&case);
        for (exact, float) in [
            (integers.all, floats.all),
            (integers.greater_equal, floats.greater_equal),
            (integers.less_equal, floats.less_equal),
            (integers.absolute, floats.absolute),
        ] {
            assert!((float / exact as f64 - 1.0).abs() < 1e-13, "{exact} {float}");
        }
    }
}

#[test]
fn shrunken_counts_keep_their_ratios() {
    // 700 against 700 zeros and ones: more units than counts in f64 could take unshrunk. The tail is hypergeometric:
    let sample = |ones: usize| (0..700).map(|i| i128::from(i < ones)).collect::<Vec<_>>();
    let tails = count::<Dense<f64>>(&two_sample(&sample(400), &sample(350)));
    let p = tails.greater_equal / tails.all;
    // Python: float(Fraction(sum(comb(750, k)*comb(650, 700 - k) for k in range(400, 701)), comb(1400, 700)))
    assert!((p / 0.004_309_488_809_879_876 - 1.0).abs() < 1e-12, "{p}");
}

#[test]
fn any_number_of_threads_and_no_vectors_give_the_same_bits() {
    let mut dice = Dice(Stream::new(7, Domain::Resamples, 0));
    let mut sample = |shift: i128| (0..50).map(|_| shift + i128::from(dice.below(4000))).collect::<Vec<_>>();
    let case = two_sample(&sample(300), &sample(0));
    let addends = Addends::new(&case.sums, &case.exchange, &[case.thresholds]).unwrap();
    let tails = |threads, arch| {
        let work = Work { threads: Some(threads), arch, stop: &NEVER, begin: &|_, _| (), advance: &|_| () };
        exact::count(Algorithm::Lattice, &addends, work).unwrap()[0]
    };
    let expected = tails(1, Arch::Scalar);
    for (threads, arch) in [(1, Arch::new()), (2, Arch::new()), (7, Arch::new()), (7, Arch::Scalar)] {
        assert_eq!(tails(threads, arch), expected);
    }
}

#[test]
fn the_cost_is_known_beforehand() {
    let mut dice = Dice(Stream::new(8, Domain::Resamples, 0));
    let mut sample = |_| (0..20).map(|_| i128::from(dice.below(1000))).collect::<Vec<_>>();
    let case = two_sample(&sample(0), &sample(1));
    let addends = Addends::new(&case.sums, &case.exchange, &[case.thresholds]).unwrap();
    let cost = Cost::of(&addends);
    // Half of 2⁴⁰ labellings each.
    assert_eq!(cost.entry_bytes, 2.0 * 8.0 * f64::from(1 << 20));
    assert!(cost.cells > 1e5 && cost.cells < 1e7, "{}", cost.cells);
    assert_eq!(cost.units, 40);
}
