//! An expensive statistic is dealt out to the threads in small pieces, and nothing of a result depends on it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use permtest::Definition;
use permtest::PermutationTest;
use permtest::error::Error;
use permtest::method::exact::enumeration::Enumeration;
use permtest::method::monte_carlo::{Bounds, Counted, MonteCarlo, Watch};
use permtest::method::sequential::{self, Level, Rule};
use permtest::method::tail::Tail;
use permtest::method::tally::Undefined;
use permtest::sampling::labellings::Labellings;
use permtest::simd::Arch;
use permtest::statistic::linear::Linear;
use permtest::statistic::{EvaluationCost, Problem, Statistic, Thresholds};

/// A sum that says it is expensive.
struct Expensive<'a> {
    sum: &'a Linear,
    evaluated: AtomicU64,
}

impl<'a> Expensive<'a> {
    fn new(sum: &'a Linear) -> Self {
        Self { sum, evaluated: AtomicU64::new(0) }
    }
}

impl Statistic for Expensive<'_> {
    type Replicate = i64;

    fn replicates(&self, arch: Arch, labellings: &Labellings, replicates: &mut [i64]) -> Result<(), Error> {
        self.evaluated.fetch_add(labellings.len() as u64, Ordering::Relaxed);
        self.sum.replicates(arch, labellings, replicates)
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Expensive
    }

    fn thresholds(&self, observed: i64) -> Thresholds<i64> {
        self.sum.thresholds(observed)
    }

    fn value(&self, replicate: i64) -> f64 {
        self.sum.value(replicate)
    }
}

/// Does something with a sum and its bounds: of two groups, of pairs, in strata, and of groups of which one is small.
fn each_design(n: usize, mut with: impl FnMut(&Problem, &Linear, Thresholds<i64>)) {
    let case: Vec<f64> = (0..n).map(|i| (i * 7919 % 101) as f64).collect();
    let control: Vec<f64> = (0..n).map(|i| (i * 104_729 % 97) as f64).collect();
    let many: Vec<f64> = (0..40 * n).map(|i| (i * 104_729 % 997) as f64).collect();
    let sites: Vec<u32> = (0..2 * n).map(|i| (i % 3) as u32).collect();
    for test in [
        PermutationTest::new(&case, &control).unwrap(),
        PermutationTest::new(&case, &control).unwrap().paired(),
        PermutationTest::new(&case, &control).unwrap().strata(sites),
        PermutationTest::new(&case, &many).unwrap(),
    ] {
        let (definition, problem) = ("mean".parse::<Definition>().unwrap(), test.problem().unwrap());
        let prepared = test.prepare(&problem, &definition).unwrap();
        let sum = prepared.linear().expect("a sum");
        let observed = problem.observed(sum, Arch::new()).unwrap();
        with(&problem, sum, sum.thresholds(observed));
    }
}

#[test]
fn counts_and_values_are_those_of_the_kernel_for_any_number_of_threads() {
    each_design(30, |problem, sum, thresholds| {
        let chunk = problem.design().chunk_size() as u64;
        for (resamples, threads) in [(1, 1), (7, 3), (1000, 2), (chunk - 1, 1), (chunk, 2), (2 * chunk + 4001, 3)] {
            let draws = MonteCarlo { resamples, seed: 3, threads: Some(threads), arch: Arch::new() };
            let values = |statistic: &dyn Statistic<Replicate = i64>| {
                let (mut values, watch) = (Vec::new(), Watch::default());
                let mut keep = |more: &[f64]| {
                    values.extend_from_slice(more);
                    Ok(())
                };
                let watch = Watch { replicates: Some(&mut keep), ..watch };
                let tally = draws.run(problem.design(), statistic, &thresholds, watch).unwrap();
                (tally, values)
            };
            let expensive = Expensive::new(sum);
            assert_eq!(values(&expensive), values(sum), "{resamples} resamples on {threads} threads");
            assert_eq!(expensive.evaluated.into_inner(), resamples, "none in vain");
        }
    });
}

#[test]
fn any_cut_adds_up_to_the_whole() {
    each_design(40, |problem, sum, thresholds| {
        let chunk = problem.design().chunk_size() as u64;
        let resamples = chunk + 777;
        let (design, expensive) = (problem.design(), Expensive::new(sum));
        assert_eq!(MonteCarlo::block_size(design, &expensive), 1);
        let draws = MonteCarlo { resamples, seed: 9, threads: Some(2), arch: Arch::new() };
        let whole = draws.run(design, sum, &thresholds, Watch::default()).unwrap();
        let cuts = [0, 1, 5, 700, chunk / 2 + 3, chunk - 1, chunk, chunk + 1, resamples];
        let mut added = Counted::default();
        for cut in cuts.windows(2) {
            let (mut next, mut counted) = (cut[0], Counted::default());
            let take = |following: u64, more: Counted| {
                assert_eq!(following - next, more.tally.resamples);
                next = following;
                counted += &more;
                Ok(())
            };
            let bounds = Bounds { thresholds: &thresholds, bins: None };
            draws.run_blocks(design, &expensive, bounds, cut[0]..cut[1], Watch::default(), take).unwrap();
            assert_eq!(next, cut[1]);
            added += &counted;
        }
        assert_eq!(added.tally, whole);
    });
}

#[test]
fn a_decision_takes_hardly_more_labellings_than_it_needs() {
    each_design(30, |problem, sum, thresholds| {
        let draws = MonteCarlo { resamples: 1_000_000, seed: 1, threads: Some(2), arch: Arch::new() };
        let rule = || Rule::new(Level { alpha: 0.5, risk: 1e-3 }, Tail::Upper, Undefined::Error);
        let (design, watch, expensive) = (problem.design(), Watch::default(), Expensive::new(sum));
        let stopped = sequential::run(&draws, rule(), design, &expensive, &thresholds, &watch).unwrap();
        assert_eq!(stopped, sequential::run(&draws, rule(), design, sum, &thresholds, &watch).unwrap());
        let (evaluated, needed) = (expensive.evaluated.into_inner(), stopped.tally.resamples);
        // Windows double, and one is drawn ahead.
        assert!(evaluated <= 8 * (needed + 2), "{evaluated} for {needed}");
    });
}

#[test]
fn all_labellings_of_a_small_design_are_shared_among_the_threads() {
    let (case, control) = ([1.5, 2.5, 4.0, 7.0, 8.5], [1.0, 2.0, 3.0, 5.5, 6.5]);
    let test = PermutationTest::new(&case, &control).unwrap();
    let (definition, problem) = ("mean".parse::<Definition>().unwrap(), test.problem().unwrap());
    let prepared = test.prepare(&problem, &definition).unwrap();
    let sum = prepared.linear().expect("a sum");
    let thresholds = sum.thresholds(0);
    let all = Enumeration { size: 252, threads: Some(2), arch: Arch::new() };
    let largest = Mutex::new(0);
    let watch = Watch {
        advance: &|done| {
            let mut largest = largest.lock().unwrap();
            *largest = done.max(*largest);
        },
        ..Watch::default()
    };
    let tally = all.run(problem.design(), &Expensive::new(sum), &thresholds, watch).unwrap();
    assert_eq!(tally, all.run(problem.design(), sum, &thresholds, Watch::default()).unwrap());
    assert_eq!(*largest.lock().unwrap(), 1, "labellings in a piece");
}
