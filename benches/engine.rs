//! The whole test in process, with one thread and with two: nanoseconds per resample, what the second core adds, and what
//! counting the null distribution in bins costs beside.
//!
//! `cargo bench --bench engine`; the best of several runs.

use std::time::Instant;

use permtest::{NullDistribution, PermutationTest, simd};

const RUNS: usize = 5;

fn seconds(test: &PermutationTest, threads: usize, kept: NullDistribution) -> f64 {
    let test = test.clone().threads(threads).null_distribution(kept);
    let time_run = || {
        let start = Instant::now();
        std::hint::black_box(test.run("mean").expect("a valid test"));
        start.elapsed().as_secs_f64()
    };
    (0..RUNS).map(|_| time_run()).fold(f64::INFINITY, f64::min)
}

fn main() {
    println!(
        "{:>15} {:>8} {:>10} {:>14} {:>14} {:>8} {:>10}",
        "case + control", "level", "resamples", "1 thread, ns", "2 threads, ns", "speed-up", "with bins"
    );
    for (n_case, n_control, resamples) in [
        (10, 10, 20_000_000),
        (50, 50, 10_000_000),
        (100, 100, 10_000_000),
        (20, 180, 5_000_000),
        (20, 1980, 5_000_000),
        (1000, 1000, 1_000_000),
        (50_000, 50_000, 50_000),
    ] {
        // Four decimals, as measurements have them.
        let value = |i: usize| (((i * 7919) as f64).sin() * 1e4).round() / 1e4;
        let case: Vec<f64> = (0..n_case).map(value).collect();
        let control: Vec<f64> = (n_case..n_case + n_control).map(value).collect();
        let test = PermutationTest::new(&case, &control).expect("finite samples").resamples(resamples);
        for (level, arch) in simd::levels() {
            let test = test.clone().arch(arch);
            let [one, two] = [1, 2].map(|threads| seconds(&test, threads, NullDistribution::Dropped));
            let binned = seconds(&test, 1, NullDistribution::Binned);
            let per_resample = |seconds: f64| seconds * 1e9 / resamples as f64;
            println!(
                "{:>15} {level:>8} {resamples:>10} {:>14.1} {:>14.1} {:>7.2}× {:>9.2}×",
                format!("{n_case} + {n_control}"),
                per_resample(one),
                per_resample(two),
                one / two,
                binned / one
            );
        }
    }
}
