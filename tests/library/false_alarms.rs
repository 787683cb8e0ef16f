//! The warnings of `permtest aa`: silent on independent samples, at the rate that their level promises, and not on samples that
//! drift or whose runs differ.

use std::sync::atomic::AtomicBool;

use permtest::false_alarms::{NullSample, Split, WARNING_LEVEL};
use permtest::inference::Alternative;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Dxsm;

/// Uniform on the open unit interval.
fn uniform(generator: &mut Pcg64Dxsm) -> f64 {
    ((generator.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
}

/// Normal, by Box and Muller (1958).
fn normal(generator: &mut Pcg64Dxsm) -> f64 {
    (-2.0 * uniform(generator).ln()).sqrt() * (std::f64::consts::TAU * uniform(generator)).cos()
}

/// How many of so many samples are warned of, by blocks of rows in order and by whole runs of n/12 values.
fn warnings(samples: u64, n: usize, mut sample: impl FnMut() -> Vec<f64>) -> [u64; 2] {
    let runs: Vec<u32> = (0..n).map(|i| (i * 12 / n) as u32).collect();
    let mut warned = [0; 2];
    for seed in 0..samples {
        let values = sample();
        let (statistic, alternative) = ("mean".parse().unwrap(), Alternative::TwoSided);
        let (size, alpha, splits, resamples, threads) = (n / 4, 0.05, 1, 19, Some(1));
        let null = NullSample {
            values: &values,
            runs: &runs,
            size,
            statistic: &statistic,
            alternative,
            alpha,
            splits,
            resamples,
            seed,
            threads,
        };
        for (warned, split) in warned.iter_mut().zip([Split::InOrder, Split::Runs]) {
            *warned += u64::from(null.false_alarms(split, &AtomicBool::new(false)).unwrap().is_warned_of());
        }
    }
    warned
}

/// The largest number of warnings that a rate of the warning level makes likelier than one in a million.
fn most(samples: u64) -> u64 {
    // Binomial point probabilities from 0 on, summed until 1e-6 are left.
    let (n, p) = (samples as f64, WARNING_LEVEL);
    let mut point = (1.0 - p).powf(n);
    let mut below = 0.0;
    for k in 0..samples {
        below += point;
        if 1.0 - below < 1e-6 {
            return k;
        }
        point *= (n - k as f64) / (k as f64 + 1.0) * p / (1.0 - p);
    }
    samples
}

#[test]
fn independent_samples_are_seldom_warned_of() {
    const SAMPLES: u64 = 400;
    assert_eq!(most(SAMPLES), 16);
    for (seed, n) in [(1, 60), (2, 120), (3, 240)] {
        let mut generator = Pcg64Dxsm::from_seed([seed; 32]);
        let mut rates = [0; 3];
        for (rate, skew) in rates.iter_mut().zip([0.0, 2.0, -1.0]) {
            let warned = warnings(SAMPLES, n, || {
                let draw = |generator: &mut Pcg64Dxsm| match skew {
                    0.0 => normal(generator),
                    // Many ties.
                    -1.0 => (3.0 * uniform(generator)).floor(),
                    sigma => (sigma * normal(generator)).exp(),
                };
                (0..n).map(|_| draw(&mut generator)).collect()
            });
            assert!(warned.iter().all(|&count| count <= most(SAMPLES)), "n {n}, skew {skew}: {warned:?} of {SAMPLES}");
            *rate = warned.iter().sum();
        }
        // The tests are not blind: at a level of .01 all six counts together are 24 on average.
        assert!(rates.iter().sum::<u64>() >= 6, "n {n}: {rates:?}");
    }
}

/// Of 100 samples, fewer are found once in a million times where each is found with a probability of .99.
const LEAST: u64 = 91;

#[test]
fn drift_and_runs_that_differ_are_found() {
    let mut generator = Pcg64Dxsm::from_seed([4; 32]);
    for n in [60, 240] {
        // A drift of four standard deviations from the first row to the last.
        let drift = |generator: &mut Pcg64Dxsm| {
            (0..n).map(|i| normal(generator) + 4.0 * i as f64 / n as f64).collect::<Vec<_>>()
        };
        let [in_order, _] = warnings(100, n, || drift(&mut generator));
        assert!(in_order >= LEAST, "drift, n {n}: {in_order}");
        // Each value keeps 0.8 of the one before.
        let memory = |generator: &mut Pcg64Dxsm| {
            let mut last = normal(generator);
            (0..n)
                .map(|_| {
                    last = 0.8 * last + 0.6 * normal(generator);
                    last
                })
                .collect::<Vec<_>>()
        };
        let [in_order, _] = warnings(100, n, || memory(&mut generator));
        assert!(in_order >= LEAST, "autocorrelation, n {n}: {in_order}");
        // Runs that differ twice as much as the values within them.
        let runs = |generator: &mut Pcg64Dxsm| {
            let levels: Vec<f64> = (0..12).map(|_| 2.0 * normal(generator)).collect();
            (0..n).map(|i| levels[i * 12 / n] + normal(generator)).collect::<Vec<_>>()
        };
        let [_, runs] = warnings(100, n, || runs(&mut generator));
        assert!(runs >= LEAST, "runs, n {n}: {runs}");
    }
}
