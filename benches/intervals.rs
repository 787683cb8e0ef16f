//! 100 + 100 values on one core, without and with SIMD where that is used: the interval of shifts by inversion in nanoseconds per
//! resample, beside the plain test of the same data in the same run; the bootstrap in nanoseconds per sample, beside a loop as
//! one would write it down. Then whole intervals on all cores.
//!
//! `cargo bench --bench intervals`; the best of several rounds, in turn.

use std::hint::black_box;
use std::time::Instant;

use permtest::PermutationTest;
use permtest::design::layout::Layout;
use permtest::inference::bootstrap_interval::{Reading, bootstrap_interval};
use permtest::method::bootstrap::{Bootstrap, Cells, Samples};
use permtest::method::inversion::{Inversion, Source};
use permtest::method::monte_carlo::Watch;
use permtest::method::tail::Tail;
use permtest::sampling::stream::{Domain, Stream};
use permtest::simd::Arch;
use permtest::statistic::{Pool, Problem};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Dxsm;

const ROUNDS: usize = 7;

/// Values of 17 digits, or of two decimals.
#[derive(Clone, Copy)]
enum Digits {
    All,
    Two,
}

fn samples(n: usize, digits: Digits) -> [Vec<f64>; 2] {
    let mut stream = Stream::new(1, Domain::Resamples, 0);
    let mut value = |_| {
        let sum: f64 = (0..4).map(|_| (stream.word() >> 11) as f64 / (1u64 << 53) as f64).sum();
        match digits {
            Digits::All => sum,
            Digits::Two => (100.0 * sum).round() / 100.0,
        }
    };
    [(0..n).map(&mut value).collect(), (0..n).map(&mut value).collect()]
}

type Work<'a> = Box<dyn FnMut() + 'a>;

fn work<'a, T>(mut compute: impl FnMut() -> T + 'a) -> Work<'a> {
    Box::new(move || {
        black_box(compute());
    })
}

/// The best time of each, in seconds, in rounds that take turns: so all see the same machine.
fn best<const K: usize>(mut works: [Work; K]) -> [f64; K] {
    let mut best = [f64::INFINITY; K];
    for _ in 0..ROUNDS {
        for (best, work) in best.iter_mut().zip(&mut works) {
            let start = Instant::now();
            work();
            *best = best.min(start.elapsed().as_secs_f64());
        }
    }
    best
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

fn median(x: &[f64]) -> f64 {
    let mut sorted = x.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    f64::midpoint(sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2])
}

fn invert(problem: &Problem, tail: Tail, resamples: u64, threads: Option<usize>, arch: Arch) -> [f64; 2] {
    let source = Source::Drawn { resamples, seed: 0, domain: Domain::Inversion };
    Inversion { source, threads, arch }.mean_difference(problem, tail, 0.95, &Watch::default()).expect("ends")
}

fn inversion() {
    const RESAMPLES: u64 = 1_000_000;
    println!("ns per resample on one core (no SIMD)");
    println!("{:<28} {:>14} {:>10} {:>7}", "100 + 100", "inversion", "test", "ratio");
    for (name, digits) in [("two decimals", Digits::Two), ("17 digits", Digits::All)] {
        let [case, control] = samples(100, digits);
        let problem = Problem::two_sample(Pool::new(&case, &control, 0.0));
        let test = PermutationTest::new(&case, &control).expect("samples").resamples(RESAMPLES).threads(1);
        let [ours, portable, plain] = best([
            work(|| invert(&problem, Tail::Absolute, RESAMPLES, Some(1), Arch::new())),
            work(|| invert(&problem, Tail::Absolute, RESAMPLES, Some(1), Arch::Scalar)),
            work(|| test.run("mean")),
        ])
        .map(|seconds| seconds * 1e9 / RESAMPLES as f64);
        println!("{name:<28} {:>14} {plain:>10.1} {:>7.2}", format!("{ours:.1} ({portable:.1})"), ours / plain);
    }
}

/// A bootstrap as one would write it down.
fn plain_bootstrap(samples: &[Vec<f64>; 2], resamples: u64, location: fn(&[f64]) -> f64) -> Vec<f64> {
    let mut generator = Pcg64Dxsm::from_seed([7; 32]);
    let mut draw = |sample: &[f64]| -> Vec<f64> {
        let n = sample.len() as u128;
        sample.iter().map(|_| sample[((u128::from(generator.next_u64()) * n) >> 64) as usize]).collect()
    };
    (0..resamples).map(|_| location(&draw(&samples[0])) - location(&draw(&samples[1]))).collect()
}

fn bootstrap() {
    println!("\nns per bootstrap sample on one core");
    println!("{:<28} {:>14} {:>10} {:>7}", "", "ours", "plain", "gain");
    for n in [10, 100, 10_000] {
        let samples = samples(n, Digits::All);
        let cells = Cells::new(&samples[0], &samples[1], &Layout::default()).expect("samples");
        let resamples = 2_000_000 / n as u64;
        let bootstrap = Bootstrap { resamples, seed: 0, threads: Some(1) };
        for (name, location) in [("mean", mean as fn(&[f64]) -> f64), ("median", median)] {
            let statistic = |drawn: &Samples| location(&drawn.case) - location(&drawn.control);
            let [ours, plain] = best([
                work(|| bootstrap.replicates(&cells, statistic, &Watch::default())),
                work(|| plain_bootstrap(&samples, resamples, location)),
            ])
            .map(|seconds| seconds * 1e9 / resamples as f64);
            println!("{:<28} {ours:>14.0} {plain:>10.0} {:>7.2}", format!("{name}, {n} + {n}"), plain / ours);
        }
    }
}

fn whole_intervals() {
    println!("\nwhole intervals on all cores, ms");
    let [case, control] = samples(100, Digits::All);
    let problem = Problem::two_sample(Pool::new(&case, &control, 0.0));
    let [seconds] = best([work(|| invert(&problem, Tail::Absolute, 1_000_000, None, Arch::new()))]);
    println!("{:<40} {:>10.1}", "inversion, 100 + 100, 1e6 resamples", 1e3 * seconds);
    for n in [100, 10_000] {
        let [case, control] = samples(n, Digits::All);
        let cells = Cells::new(&case, &control, &Layout::default()).expect("samples");
        let bootstrap = Bootstrap { resamples: 10_000, seed: 0, threads: None };
        for (name, location) in [("mean", mean as fn(&[f64]) -> f64), ("median", median)] {
            let statistic = |drawn: &Samples| location(&drawn.case) - location(&drawn.control);
            let start = Instant::now();
            let found = bootstrap_interval(
                &bootstrap,
                &cells,
                statistic,
                Reading::Bca,
                permtest::inference::Alternative::TwoSided,
                0.95,
                &Watch::default(),
            );
            let seconds = start.elapsed().as_secs_f64();
            black_box(found.expect("an interval"));
            println!("{:<40} {:>10.1}", format!("BCa of the {name}, {n} + {n}, 1e4 samples"), 1e3 * seconds);
        }
    }
}

fn main() {
    inversion();
    bootstrap();
    whole_intervals();
}
