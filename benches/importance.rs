//! A tail of about 1e-30 of 100 + 100 values at full precision: nanoseconds per tilted draw, beside a plain resample of the
//! same data in the same run, and the time and standard error of a whole estimate.
//!
//! `cargo bench --bench importance`; the best of several rounds.

use std::hint::black_box;
use std::time::Instant;

use permtest::design::{Exchange, Exchangeable};
use permtest::method::importance::{Importance, Side, saddlepoint, table_bytes};
use permtest::method::monte_carlo::Watch;
use permtest::sampling::stream::{Domain, Stream};
use permtest::sampling::subset::SubsetSampler;
use permtest::sampling::units::UnitSums;
use permtest::simd::Arch;
use permtest::statistic::linear::sums::Summands;

const ROUNDS: usize = 7;

/// The best time of a round, in seconds.
fn best(mut round: impl FnMut()) -> f64 {
    let mut time_round = || {
        let start = Instant::now();
        round();
        start.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(|_| time_round()).fold(f64::INFINITY, f64::min)
}

/// Integers of 50 bits without a pattern.
fn values(n: usize) -> Vec<i64> {
    let mut stream = Stream::new(1, Domain::Resamples, 0);
    (0..n).map(|_| (0..4).map(|_| (stream.word() >> 16) as i64).sum()).collect()
}

/// The sum whose upper tail is about 10^−30, or where the tails of so few units are larger, far out in them.
fn threshold(sums: &UnitSums, exchange: &Exchange) -> i64 {
    let (mut low, mut high) = (0, sums.changes.iter().sum::<i64>());
    while high - low > 1 {
        let middle = i64::midpoint(low, high);
        let is_beyond = saddlepoint(sums, exchange, Side::Upper, middle).is_none_or(|p| p < 1e-30);
        // Near the mean and beyond the ends there is no approximation.
        let mean = sums.changes.iter().map(|&x| x as f64).sum::<f64>() / 2.0;
        if is_beyond && middle as f64 > 1.001 * mean { high = middle } else { low = middle }
    }
    high
}

fn plain(changes: &[i64], m: usize, arch: Arch) -> f64 {
    let (sampler, summands) = (SubsetSampler::new(changes.len(), m), Summands::new(changes));
    let (mut stream, mut batch) = (Stream::new(0, Domain::Resamples, 0), sampler.batch());
    let (mut kernel, mut sums) = (sampler.start(), vec![0; batch.len()]);
    let batches = (20_000_000 / changes.len() / batch.len()).max(1);
    let seconds = best(|| {
        for _ in 0..batches {
            kernel.draw(arch, &mut stream, &mut batch);
            summands.sum(arch, &batch, &mut sums);
        }
        black_box(&sums);
    });
    seconds * 1e9 / (batches * batch.len()) as f64
}

fn main() {
    println!("ns per draw on one core (no SIMD), and of a plain resample; tails of about 1e-30, m = N/2");
    println!(
        "{:>7} {:>18} {:>10} {:>10} {:>12} {:>14}",
        "N", "tilted", "ns a unit", "plain", "table, MB", "saddlepoint, ms"
    );
    for n in [120, 200, 1000, 10_000] {
        let sums = UnitSums { base: 0, changes: values(n) };
        let exchange = Exchange::Subsets(vec![Exchangeable { units: 0..n, m: n / 2 }]);
        let edge = threshold(&sums, &exchange);
        let draws = 20_000_000 / n as u64;
        let time = |arch, draws| {
            let importance = Importance { draws, seed: 0, threads: Some(1), arch };
            best(|| {
                black_box(importance.tail(&sums, &exchange, Side::Upper, edge, &Watch::default()).unwrap());
            })
        };
        // What is prepared once is left out.
        let [tilted, portable] =
            [Arch::new(), Arch::Scalar].map(|arch| (time(arch, draws) - time(arch, 1)).max(0.0) * 1e9 / draws as f64);
        let approximation = best(|| {
            black_box(saddlepoint(&sums, &exchange, Side::Upper, edge));
        });
        let (plain, megabytes) = (plain(&sums.changes, n / 2, Arch::new()), table_bytes(&exchange) as f64 / 1e6);
        println!(
            "{n:>7} {:>18} {:>10.2} {plain:>10.1} {megabytes:>12.1} {:>14.3}",
            format!("{tilted:.0} ({portable:.0})"),
            tilted / n as f64,
            approximation * 1e3
        );
    }
    println!("\na whole estimate at 100 + 100, all cores");
    println!("{:>9} {:>10} {:>10} {:>10} {:>10}", "draws", "seconds", "p", "SE, %", "ESS/n");
    let sums = UnitSums { base: 0, changes: values(200) };
    let exchange = Exchange::Subsets(vec![Exchangeable { units: 0..200, m: 100 }]);
    let edge = threshold(&sums, &exchange);
    for draws in [10_000, 100_000, 1_000_000] {
        let importance = Importance { draws, seed: 0, threads: None, arch: Arch::new() };
        let estimate = || importance.tail(&sums, &exchange, Side::Upper, edge, &Watch::default()).unwrap();
        let found = estimate();
        let seconds = best(|| {
            black_box(estimate());
        });
        println!(
            "{draws:>9} {seconds:>10.4} {:>10.2e} {:>10.3} {:>10.3}",
            found.estimate,
            100.0 * found.standard_error / found.estimate,
            found.effective_sample_size / draws as f64
        );
    }
}
