//! Nanoseconds per resample on one core: each subset kernel with its sums on each instruction set of the machine, beside a
//! plain partial Fisher–Yates shuffle of the same data in the same run.
//!
//! `cargo bench --bench kernels [-- N …]`; the best of several rounds, because other work on the machine only adds time.

use std::hint::black_box;
use std::time::Instant;

use permtest::sampling::bounded::below;
use permtest::sampling::stream::{Domain, Stream};
use permtest::sampling::subset::bernoulli::Dyadic;
use permtest::sampling::subset::{self, Kernel, SubsetSampler};
use permtest::simd::{self, Arch};
use permtest::statistic::linear::sums::Summands;

const ROUNDS: usize = 9;

/// Unit-labels in a round: a few milliseconds.
const ROUND_UNITS: usize = 10_000_000;

/// The best time of a round, in nanoseconds per resample.
fn best(resamples: usize, mut round: impl FnMut() -> i64) -> f64 {
    let mut time_round = || {
        let start = Instant::now();
        black_box(round());
        start.elapsed().as_secs_f64() * 1e9 / resamples as f64
    };
    (0..ROUNDS).map(|_| time_round()).fold(f64::INFINITY, f64::min)
}

/// The textbook: swap m random values to the front, add them up.
fn fisher_yates(values: &mut [f64], m: usize, resamples: usize) -> f64 {
    let mut stream = Stream::new(0, Domain::Resamples, 0);
    best(resamples, || {
        let mut sum = 0.0;
        for _ in 0..resamples {
            for place in 0..m {
                values.swap(place, place + below((values.len() - place) as u64, &mut stream) as usize);
            }
            sum += values[..m].iter().sum::<f64>();
        }
        sum as i64
    })
}

fn ours(sampler: &SubsetSampler, summands: &Summands, arch: Arch, batches: usize) -> f64 {
    let (mut stream, mut batch) = (Stream::new(0, Domain::Resamples, 0), sampler.batch());
    let (mut kernel, mut sums) = (sampler.start(), vec![0; batch.len()]);
    best(batches * batch.len(), || {
        let mut check = 0i64;
        for _ in 0..batches {
            kernel.draw(arch, &mut stream, &mut batch);
            summands.sum(arch, &batch, &mut sums);
            check ^= sums[0];
        }
        check
    })
}

fn kernels(units: usize, m: usize) -> Vec<(&'static str, SubsetSampler)> {
    let bits = Dyadic::nearest(m as f64 / units as f64, 4);
    let mut kernels = Vec::new();
    if units <= subset::unrank::MOST_UNITS {
        kernels.push(("unrank", Kernel::Unrank(Box::new(subset::unrank::Unrank::new(units, m)))));
    }
    if units <= subset::halves::MOST_UNITS {
        kernels.push(("halves", Kernel::Halves(subset::halves::Halves::new(units, m, bits))));
    }
    kernels.push(("flips", Kernel::Flips(subset::flips::Flips::new(units, m, bits))));
    kernels.push(("shuffle", Kernel::Shuffle(subset::shuffle::Shuffle::new(units, m))));
    kernels.into_iter().map(|(name, kernel)| (name, SubsetSampler::with_kernel(units, m, kernel))).collect()
}

fn main() {
    let asked: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![20, 100, 200, 2000, 100_000] } else { asked };
    println!("ns per resample on one core, m = N/2; (×) how many times faster than the plain shuffle");
    let columns = ["10-bit scores", "43-bit scores"];
    println!("{:>7} {:>8} {:>8} {:>16} {:>16}", "N", "kernel", "level", columns[0], columns[1]);
    for units in sizes {
        let m = units / 2;
        let resamples = (ROUND_UNITS / units).max(1);
        let mut values: Vec<f64> = (0..units).map(|i| (i * 7919 % 1000) as f64).collect();
        let plain = fisher_yates(&mut values, m, resamples / 4);
        println!("{units:>7} {:>8} {:>8} {plain:>16.1}", "plain", "");
        let scores = |scale: i64| -> Vec<i64> { (0..units as i64).map(|i| i * 7919 % 1000 * scale).collect() };
        let summands = [1, 1 << 33].map(|scale| Summands::new(&scores(scale)));
        for (name, sampler) in kernels(units, m) {
            let batches = (resamples / sampler.batch().len()).max(1);
            for (level, arch) in simd::levels() {
                let times = summands.each_ref().map(|summands| ours(&sampler, summands, arch, batches));
                let [narrow, wide] = times.map(|time| format!("{time:>8.1} ({:>4.1}×)", plain / time));
                println!("{units:>7} {name:>8} {level:>8} {narrow:>16} {wide:>16}");
            }
        }
    }
}
