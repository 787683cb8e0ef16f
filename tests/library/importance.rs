//! Importance sampling and the saddlepoint approximation, held against exact distributions of sums.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use permtest::design::{Exchange, Exchangeable};
use permtest::error::Error;
use permtest::method::importance::{Importance, Side, TailEstimate, saddlepoint, table_bytes};
use permtest::method::monte_carlo::Watch;
use permtest::sampling::units::UnitSums;
use permtest::simd::Arch;

/// How many labellings have each sum, by the shift algorithm (Streitberg and Röhmel 1986) in floats: additions of what is
/// positive, so that the smallest count is as exact as the largest.
struct Distribution {
    /// The smallest sum.
    least: i64,
    /// Counts of the sums from there on.
    counts: Vec<f64>,
}

impl Distribution {
    fn new(case: &Case) -> Self {
        let parts: Vec<Self> = match &case.exchange {
            Exchange::Subsets(strata) => {
                strata.iter().map(|stratum| Self::of_subsets(&case.changes[stratum.units.clone()], stratum.m)).collect()
            }
            Exchange::Coins => case.changes.iter().map(|&x| Self::of_coin(x)).collect(),
            Exchange::Orders(_) | Exchange::Other => unreachable!("no case"),
        };
        parts.iter().fold(Self { least: case.base, counts: vec![1.0] }, |sum, part| sum.and(part))
    }

    fn of_coin(x: i64) -> Self {
        let mut counts = vec![0.0; x.unsigned_abs() as usize + 1];
        counts[0] += 1.0;
        *counts.last_mut().unwrap() += 1.0;
        Self { least: x.min(0), counts }
    }

    fn of_subsets(changes: &[i64], m: usize) -> Self {
        let least = *changes.iter().min().unwrap();
        let total: i64 = changes.iter().map(|x| x - least).sum();
        let mut counts = vec![vec![0.0; total as usize + 1]; m + 1];
        counts[0][0] = 1.0;
        for x in changes.iter().map(|x| (x - least) as usize) {
            for k in (1..=m).rev() {
                let (fewer, more) = counts.split_at_mut(k);
                for (count, fewer) in more[0][x..].iter_mut().zip(&fewer[k - 1]) {
                    *count += fewer;
                }
            }
        }
        Self { least: least * m as i64, counts: counts.pop().unwrap() }
    }

    fn and(&self, other: &Self) -> Self {
        let mut counts = vec![0.0; self.counts.len() + other.counts.len() - 1];
        for (i, count) in self.counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            for (sum, other) in counts[i..].iter_mut().zip(&other.counts) {
                *sum += count * other;
            }
        }
        Self { least: self.least + other.least, counts }
    }

    /// The probability of a tail, added up from its end.
    fn tail(&self, side: Side, threshold: i64) -> f64 {
        let place = (threshold - self.least).clamp(-1, self.counts.len() as i64);
        let tail = match side {
            Side::Upper => self.counts[place.max(0) as usize..].iter().rev().sum::<f64>(),
            Side::Lower => self.counts[..(place + 1).min(self.counts.len() as i64) as usize].iter().sum(),
        };
        tail / self.counts.iter().sum::<f64>()
    }

    /// The smallest and the largest sum.
    fn ends(&self) -> [i64; 2] {
        let first = self.counts.iter().position(|&count| count > 0.0).unwrap();
        let last = self.counts.iter().rposition(|&count| count > 0.0).unwrap();
        [self.least + first as i64, self.least + last as i64]
    }

    /// The sum whose tail is the largest one of at most p, if it is not at the end.
    fn threshold(&self, side: Side, p: f64) -> Option<i64> {
        let total: f64 = self.counts.iter().sum();
        let mut tail = 0.0;
        let places: Box<dyn Iterator<Item = usize>> = match side {
            Side::Upper => Box::new((0..self.counts.len()).rev()),
            Side::Lower => Box::new(0..self.counts.len()),
        };
        let reached = |&place: &usize| {
            tail += self.counts[place];
            tail <= p * total
        };
        let sums = places.take_while(reached).filter(|&place| self.counts[place] > 0.0);
        let sums: Vec<i64> = sums.map(|place| self.least + place as i64).collect();
        (sums.len() > 1).then(|| *sums.last().unwrap())
    }
}

/// A sum and its design.
struct Case {
    name: &'static str,
    base: i64,
    changes: Vec<i64>,
    exchange: Exchange,
}

impl Case {
    fn subsets(name: &'static str, changes: Vec<i64>, strata: &[(usize, usize)]) -> Self {
        let mut start = 0;
        let range = |&(units, m): &(usize, usize)| {
            start += units;
            Exchangeable { units: start - units..start, m }
        };
        let exchange = Exchange::Subsets(strata.iter().map(range).collect());
        assert_eq!(start, changes.len());
        Self { name, base: 7, changes, exchange }
    }

    fn coins(name: &'static str, changes: Vec<i64>) -> Self {
        Self { name, base: -11, changes, exchange: Exchange::Coins }
    }

    fn sums(&self) -> UnitSums {
        UnitSums { base: self.base, changes: self.changes.clone() }
    }

    fn tail(&self, draws: u64, seed: u64, side: Side, threshold: i64) -> TailEstimate {
        let importance = Importance { draws, seed, threads: Some(1), arch: Arch::new() };
        importance.tail(&self.sums(), &self.exchange, side, threshold, &Watch::default()).unwrap()
    }

    fn saddlepoint(&self, side: Side, threshold: i64) -> Option<f64> {
        saddlepoint(&self.sums(), &self.exchange, side, threshold)
    }
}

const SIDES: [Side; 2] = [Side::Upper, Side::Lower];

/// Numbers without a pattern, from 0 to `most`.
fn scattered(n: usize, most: i64) -> Vec<i64> {
    (1..=n as i64).map(|i| (i * 7919 + i * i * 104_729) % 1_000_003 % (most + 1)).collect()
}

/// Numbers that grow fast: a long tail on one side.
fn skewed(n: usize, most: f64) -> Vec<i64> {
    (0..n).map(|i| (most.powf(((i * 37 % n) as f64 + 0.5) / n as f64)) as i64).collect()
}

fn cases() -> Vec<Case> {
    let negative = |values: Vec<i64>| values.into_iter().map(|x| 50 - x).collect::<Vec<_>>();
    let alternating = |values: Vec<i64>| -> Vec<i64> {
        values.iter().enumerate().map(|(i, x)| if i % 3 == 1 { -x } else { *x }).collect()
    };
    vec![
        Case::subsets("balanced", scattered(80, 300), &[(80, 40)]),
        Case::subsets("skewed", skewed(80, 400.0), &[(80, 40)]),
        Case::subsets("both signs", negative(scattered(70, 100)), &[(70, 30)]),
        Case::subsets("ranks", (1..=100).collect(), &[(100, 50)]),
        Case::subsets("ties", scattered(90, 3), &[(90, 40)]),
        Case::subsets("zeros and ones", scattered(150, 1), &[(150, 75)]),
        Case::subsets("even numbers", scattered(60, 40).iter().map(|x| 6 * x).collect(), &[(60, 30)]),
        Case::subsets("many", scattered(240, 100), &[(240, 120)]),
        Case::subsets("few of many", scattered(300, 60), &[(300, 6)]),
        Case::subsets("all but a few", scattered(300, 60), &[(300, 295)]),
        Case::subsets("one of many", scattered(400, 3000), &[(400, 1)]),
        Case::subsets("all but one", scattered(400, 90), &[(400, 399)]),
        Case::subsets("strata", scattered(90, 60), &[(20, 10), (30, 5), (1, 1), (5, 0), (30, 29), (4, 2)]),
        Case::subsets("pairs as strata", scattered(120, 60), &[(2, 1); 60]),
        Case::coins("coins", alternating(scattered(90, 80))),
        Case::coins("coins of one side", scattered(60, 90)),
        Case::coins("coins with zeros", alternating(scattered(140, 2))),
    ]
}

/// Each case and side with the tails that come nearest to a power of ten.
fn for_each_tail(mut check: impl FnMut(&Case, &Distribution, Side, i64)) {
    for case in cases() {
        let distribution = Distribution::new(&case);
        for side in SIDES {
            let mut last = None;
            for p in [1e-1, 1e-3, 1e-6, 1e-12, 1e-20, 1e-30, 1e-40] {
                let Some(threshold) = distribution.threshold(side, p).filter(|&threshold| Some(threshold) != last)
                else {
                    continue;
                };
                last = Some(threshold);
                check(&case, &distribution, side, threshold);
            }
        }
    }
}

/// The mean of the weights alone, without the observed labelling's: SE = mean·√((n/ESS − 1)/n).
fn mean_weight(found: &TailEstimate) -> f64 {
    let n = found.draws as f64;
    found.standard_error * (n / (n / found.effective_sample_size - 1.0)).sqrt()
}

#[test]
fn estimates_lie_about_the_exact_tail_as_their_standard_errors_say() {
    const SEEDS: u64 = 200;
    for_each_tail(|case, distribution, side, threshold| {
        let exact = distribution.tail(side, threshold);
        let (mut covered, mut sum, mut squares) = (0, 0.0, 0.0);
        for seed in 0..SEEDS {
            let found = case.tail(1024, seed, side, threshold);
            let error = found.standard_error / found.estimate;
            covered += u64::from((found.estimate / exact).ln().abs() <= 2.576 * error);
            let ratio = mean_weight(&found) / exact;
            sum += ratio;
            squares += ratio * ratio;
        }
        let mean = sum / SEEDS as f64;
        let error = ((squares / SEEDS as f64 - mean * mean) / SEEDS as f64).sqrt();
        // 12 or more of 200 outside 99 % limits: once in 10^6; beyond 4.5 standard errors: once in 10^5.
        assert!(covered > 188, "{}, {side:?} {exact:.1e}: {covered} of {SEEDS} cover it", case.name);
        assert!((mean - 1.0).abs() < 4.5 * error, "{}, {side:?} {exact:.1e}: {mean} ± {error}", case.name);
    });
}

#[test]
fn the_saddlepoint_is_within_a_few_per_cent() {
    let mut tails = 0;
    for_each_tail(|case, distribution, side, threshold| {
        let exact = distribution.tail(side, threshold);
        // A handful of labellings near the end has no smooth tail; neither has the sum of one unit.
        let labellings = exact * distribution.counts.iter().sum::<f64>();
        let tolerance = if case.name.contains("one of") || case.name.contains("but one") { 0.12 } else { 0.04 };
        let ratio = case.saddlepoint(side, threshold).unwrap() / exact;
        let is_near = (ratio - 1.0).abs() < tolerance;
        assert!(is_near || labellings < 1000.0, "{}, {side:?} {exact:.1e}: {ratio} of it", case.name);
        tails += usize::from(is_near);
    });
    assert!(tails > 130, "{tails}");
}

#[test]
fn the_saddlepoint_of_more_than_half_is_what_the_other_side_leaves() {
    for case in cases() {
        let distribution = Distribution::new(&case);
        for side in SIDES {
            let other = if side == Side::Upper { Side::Lower } else { Side::Upper };
            let threshold = distribution.threshold(other, 0.2).unwrap();
            let (found, exact) = (case.saddlepoint(side, threshold).unwrap(), distribution.tail(side, threshold));
            assert!((found / exact - 1.0).abs() < 0.04, "{}: {found} for {exact}", case.name);
        }
    }
}

#[test]
fn at_the_ends_of_the_sums_nothing_is_drawn() {
    for case in cases() {
        let distribution = Distribution::new(&case);
        let [least, most] = distribution.ends();
        for (side, end, beyond) in [(Side::Upper, most, most + 1), (Side::Lower, least, least - 1)] {
            let (found, exact) = (case.tail(100, 0, side, end), distribution.tail(side, end));
            assert!((found.estimate / exact - 1.0).abs() < 1e-11, "{}: {found:?} for {exact}", case.name);
            assert_eq!((found.standard_error, found.draws, found.saddlepoint), (0.0, 0, None));
            let found = case.tail(100, 0, side, beyond);
            assert_eq!((found.estimate, found.draws, case.saddlepoint(side, beyond)), (0.0, 0, None), "{}", case.name);
        }
    }
}

#[test]
fn tails_of_few_labellings_are_found_next_to_the_ends() {
    for case in cases() {
        let distribution = Distribution::new(&case);
        let [least, most] = distribution.ends();
        for (side, next) in [(Side::Upper, most), (Side::Lower, least)] {
            let step = if side == Side::Upper { -1 } else { 1 };
            for distance in 1..=3 {
                let threshold = next + step * distance;
                let (found, exact) = (case.tail(2000, 0, side, threshold), distribution.tail(side, threshold));
                let error = found.standard_error.max(1e-3 * exact);
                assert!((found.estimate - exact).abs() < 6.0 * error, "{}: {found:?} for {exact}", case.name);
            }
        }
    }
}

#[test]
fn on_the_near_side_of_the_mean_labellings_weigh_one() {
    for case in cases() {
        let distribution = Distribution::new(&case);
        let [least, most] = distribution.ends();
        for side in SIDES {
            let other = if side == Side::Upper { Side::Lower } else { Side::Upper };
            let threshold = distribution.threshold(other, 0.3).unwrap();
            let (found, exact) = (case.tail(4000, 0, side, threshold), distribution.tail(side, threshold));
            assert_eq!(found.estimate, (1.0 + found.extreme as f64) / 4001.0);
            assert!((found.effective_sample_size / found.extreme as f64 - 1.0).abs() < 1e-12);
            assert!(
                (found.estimate - exact).abs() < 5.0 * found.standard_error,
                "{}: {found:?} for {exact}",
                case.name
            );
        }
        for (side, threshold) in
            [(Side::Upper, least), (Side::Upper, i64::MIN), (Side::Lower, most), (Side::Lower, i64::MAX)]
        {
            let found = case.tail(100, 0, side, threshold);
            assert_eq!((found.estimate, found.standard_error, found.extreme), (1.0, 0.0, 100), "{}", case.name);
        }
    }
}

#[test]
fn a_sum_that_does_not_vary_is_reached_always_or_never() {
    let cases = [
        Case::subsets("equal", vec![4; 10], &[(10, 3)]),
        Case::subsets("equal within strata", vec![1, 1, 5, 5], &[(2, 1), (2, 1)]),
        Case::subsets("all or none", vec![3, 3, 9, 8], &[(2, 2), (2, 0)]),
        Case::coins("zeros", vec![0; 5]),
    ];
    for (case, sum) in cases.iter().zip([19, 13, 13, -11]) {
        let p = |side, threshold| case.tail(10, 0, side, threshold).estimate;
        assert_eq!(
            [p(Side::Upper, sum), p(Side::Upper, sum - 5), p(Side::Upper, sum + 1)],
            [1.0, 1.0, 0.0],
            "{}",
            case.name
        );
        assert_eq!(
            [p(Side::Lower, sum), p(Side::Lower, sum + 5), p(Side::Lower, sum - 1)],
            [1.0, 1.0, 0.0],
            "{}",
            case.name
        );
        assert_eq!(case.saddlepoint(Side::Upper, sum), None);
    }
}

#[test]
fn sums_near_the_largest_integer_are_as_good_as_small_ones() {
    for case in cases().into_iter().filter(|case| case.changes.len() <= 150) {
        let distribution = Distribution::new(&case);
        let magnitude: i64 = case.changes.iter().map(|x| x.abs()).sum();
        let factor = (i64::MAX - 100_000) / (magnitude + 1);
        let scaled = Case {
            name: case.name,
            base: case.base,
            changes: case.changes.iter().map(|x| x * factor).collect(),
            exchange: case.exchange.clone(),
        };
        // A rest far below the step of the sums, so that no value ties with another and no step is left.
        let spread = Case { changes: scaled.changes.iter().zip(1..).map(|(x, i)| x + i).collect(), ..scaled };
        let scaled = Case { changes: case.changes.iter().map(|x| x * factor).collect(), ..case };
        for p in [1e-2, 1e-9] {
            let Some(threshold) = distribution.threshold(Side::Upper, p) else { continue };
            let [small, large] = [
                Case {
                    changes: scaled.changes.iter().map(|x| x / factor).collect(),
                    exchange: scaled.exchange.clone(),
                    ..scaled
                }
                .tail(1000, 3, Side::Upper, threshold),
                scaled.tail(1000, 3, Side::Upper, scaled.base + (threshold - scaled.base) * factor),
            ];
            assert_eq!(small, large, "{}", scaled.name);
            let found = spread.tail(4000, 3, Side::Upper, spread.base + (threshold - spread.base) * factor);
            let exact = distribution.tail(Side::Upper, threshold);
            assert!(
                (found.estimate - exact).abs() < 5.0 * found.standard_error,
                "{}: {found:?} for {exact}",
                spread.name
            );
        }
    }
}

#[test]
fn an_outlier_of_whatever_size_leaves_the_rest_its_digits() {
    // 20 of 41 numbers, of which one dwarfs the others: it is in or out, and 19 or 20 of the 40 others decide.
    let others = scattered(40, 200);
    for outlier in [10_000, 1_000_000_000_000, 1 << 60] {
        let case = Case::subsets("outlier", others.iter().copied().chain([outlier]).collect(), &[(41, 20)]);
        let of_others = |m| Distribution::new(&Case::subsets("others", others.clone(), &[(40, m)]));
        for p in [1e-2, 1e-5, 1e-8] {
            let (within, without) = (of_others(19), of_others(20));
            let upper = within.threshold(Side::Upper, p).unwrap();
            let lower = without.threshold(Side::Lower, p).unwrap();
            for (side, threshold, exact) in [
                (Side::Upper, upper + outlier, within.tail(Side::Upper, upper) * 20.0 / 41.0),
                (Side::Lower, lower, without.tail(Side::Lower, lower) * 21.0 / 41.0),
                (Side::Upper, outlier / 5 * 3, 20.0 / 41.0),
            ] {
                let found = case.tail(4000, 1, side, threshold);
                let is_near = (found.estimate - exact).abs() < 4.0 * found.standard_error + 0.02 * exact;
                assert!(is_near, "{outlier}, {side:?} {threshold}: {found:?} for {exact}");
                assert!(found.standard_error < 0.06 * exact, "{outlier}, {side:?} {threshold}: {found:?} for {exact}");
            }
        }
    }
}

#[test]
fn a_tail_below_the_range_of_floats_is_not_zero() {
    let case = Case::subsets("many", (0..3000).collect(), &[(3000, 1500)]);
    let most = 7 + (1500..3000).sum::<i64>();
    let found = case.tail(64, 0, Side::Upper, most - 1000);
    assert_eq!((found.estimate, found.saddlepoint), (f64::MIN_POSITIVE, Some(f64::MIN_POSITIVE)));
    assert!(found.effective_sample_size > 1.0);
}

#[test]
fn threads_and_instructions_do_not_change_a_bit() {
    for (case, share) in [
        (Case::subsets("chunks of subsets", scattered(1000, 1 << 40), &[(600, 300), (400, 20)]), 45),
        (Case::coins("chunks of coins", scattered(1000, 1 << 40)), 70),
    ] {
        let threshold = case.changes.iter().sum::<i64>() / 100 * share;
        let run = |threads, arch| {
            let importance = Importance { draws: 20_001, seed: 5, threads: Some(threads), arch };
            let found =
                importance.tail(&case.sums(), &case.exchange, Side::Upper, threshold, &Watch::default()).unwrap();
            let floats =
                [found.estimate, found.standard_error, found.effective_sample_size, found.saddlepoint.unwrap()];
            (floats.map(f64::to_bits), found.extreme)
        };
        let reference = run(1, Arch::Scalar);
        assert!(reference.1 > 1000, "{}", case.name);
        for (threads, arch) in [(1, Arch::new()), (2, Arch::new()), (7, Arch::new()), (7, Arch::Scalar)] {
            assert_eq!(run(threads, arch), reference, "{}", case.name);
        }
    }
}

#[test]
fn estimates_stay_what_they_were() {
    // Published numbers depend on these: a change is a line in the history in benches/README.md.
    let pinned = |case: &Case, side, threshold| {
        let found = case.tail(1000, 42, side, threshold);
        (found.estimate, found.extreme)
    };
    let subsets = Case::subsets("subsets", scattered(50, 1000), &[(30, 15), (20, 4)]);
    let coins = Case::coins("coins", scattered(40, 1000));
    let found = [
        pinned(&subsets, Side::Upper, 13_000),
        pinned(&subsets, Side::Lower, 6000),
        pinned(&coins, Side::Upper, 15_000),
        pinned(&coins, Side::Lower, 5000),
    ];
    let then = [
        (4.982_135_488_021_362e-6, 575),
        (0.000_287_107_220_476_858_44, 523),
        (0.001_337_942_469_668_538_4, 487),
        (0.003_196_386_675_489_993, 511),
    ];
    assert_eq!(found, then);
}

#[test]
fn both_tails_have_streams_of_their_own() {
    let values = scattered(60, 1000);
    let upper = Case { base: 0, ..Case::subsets("values", values.clone(), &[(60, 30)]) };
    let lower = Case { base: 0, ..Case::subsets("opposites", values.iter().map(|x| -x).collect(), &[(60, 30)]) };
    let (up, down) = (upper.tail(5000, 0, Side::Upper, 20_000), lower.tail(5000, 0, Side::Lower, -20_000));
    assert_eq!(up.saddlepoint, down.saddlepoint);
    assert_ne!(up.estimate, down.estimate);
    assert!((up.estimate / down.estimate - 1.0).abs() < 0.2);
}

#[test]
fn a_run_tells_how_it_goes_and_can_be_stopped() {
    let case = Case::subsets("values", scattered(100, 1000), &[(100, 50)]);
    let (stop, done) = (AtomicBool::new(false), AtomicU64::new(0));
    let advance = |draws| {
        done.fetch_add(draws, Ordering::Relaxed);
    };
    let watch = Watch { stop: &stop, begin: &|_, _| (), advance: &advance, replicates: None };
    let importance = Importance { draws: 50_000, seed: 0, threads: Some(2), arch: Arch::new() };
    let run = || importance.tail(&case.sums(), &case.exchange, Side::Upper, 32_000, &watch);
    assert_eq!(run().unwrap().draws, 50_000);
    assert_eq!(done.load(Ordering::Relaxed), 50_000);
    stop.store(true, Ordering::Relaxed);
    assert!(matches!(run(), Err(Error::Interrupted)));
}

#[test]
fn other_designs_are_refused_with_a_remedy() {
    let sums = UnitSums { base: 0, changes: vec![1, 2, 3] };
    let importance = Importance { draws: 10, seed: 0, threads: Some(1), arch: Arch::new() };
    let refused = importance.tail(&sums, &Exchange::Other, Side::Upper, 3, &Watch::default()).unwrap_err();
    assert!(refused.to_string().contains("method(monte-carlo)"), "{refused}");
    assert_eq!(saddlepoint(&sums, &Exchange::Other, Side::Upper, 3), None);
    assert_eq!(table_bytes(&Exchange::Other), 0);
}
