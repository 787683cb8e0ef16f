//! Multilevel splitting at 100 + 100 values on all cores, at the default size: seconds and standard error at tiny p-values,
//! beside the time that plain Monte Carlo would take for the same standard error, by its measured speed.
//!
//! `cargo bench --bench splitting [-- NAME …]`

use std::time::Instant;

use permtest::Definition;
use permtest::method::monte_carlo::{MonteCarlo, Watch};
use permtest::method::splitting::{DEFAULT_PARTICLES, DEFAULT_REPLICATES, OnUndefined, Splitting, Tail};
use permtest::simd::Arch;
use permtest::statistic::Evaluator;
use permtest::statistic::distance::Side;
use permtest::statistic::{Pool, Problem, Statistic};

const N: usize = 100;
const YEAR: f64 = 365.25 * 86_400.0;

/// Statistics, and shifts in standard deviations that lead to about 1e-12 and 1e-30.
const CASES: [(&str, [f64; 2]); 4] =
    [("median", [1.1, 2.2]), ("ks", [1.1, 2.1]), ("welch", [0.95, 1.8]), ("mean", [0.95, 1.8])];

/// Uniform on (0, 1): the bits of a congruential generator (Knuth's MMIX).
struct Uniform(u64);

impl Uniform {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// A normal value of three decimals (Box & Muller 1958).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.next().ln()).sqrt();
        (radius * (std::f64::consts::TAU * self.next()).cos() * 1000.0).round() / 1000.0
    }
}

fn measure<S: Statistic + ?Sized>(problem: &Problem, statistic: &S, name: &str) {
    let (design, arch) = (problem.design(), Arch::new());
    let observed = problem.observed(statistic, arch).expect("a statistic");
    let thresholds = statistic.thresholds(observed);
    let start = Instant::now();
    let splitting =
        Splitting { replicates: DEFAULT_REPLICATES, particles: DEFAULT_PARTICLES, seed: 0, threads: None, arch };
    let found = splitting
        .run(design, statistic, &thresholds, Tail::Upper, OnUndefined::Fail, Watch::default())
        .expect("a way to the data");
    let seconds = start.elapsed().as_secs_f64();
    let relative = found.relative_error();

    let start = Instant::now();
    let (resamples, seed) = (500_000, 0);
    let plain = MonteCarlo { resamples, seed, threads: None, arch };
    std::hint::black_box(plain.run(design, statistic, &thresholds, Watch::default()).expect("a tally"));
    let per_resample = start.elapsed().as_secs_f64() / resamples as f64;
    // A share p of n resamples has the relative variance 1/(n·p).
    let years = per_resample / (found.estimate * relative * relative) / YEAR;
    println!(
        "{name:<8} {:>9.1e} {:>6.0} % {:>7} {:>12} {seconds:>9.2} {years:>16.1e}",
        found.estimate,
        100.0 * relative,
        found.levels,
        found.evaluations
    );
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    println!(
        "{:<8} {:>9} {:>8} {:>7} {:>12} {:>9} {:>16}",
        "100+100", "p", "SE", "levels", "evaluations", "seconds", "plain MC, years"
    );
    for (name, shifts) in CASES {
        if !(wanted.is_empty() || wanted.iter().any(|wanted| wanted == name)) {
            continue;
        }
        for shift in shifts {
            let mut uniform = Uniform(12_345);
            let case: Vec<f64> = (0..N).map(|_| uniform.normal() + shift).collect();
            let control: Vec<f64> = (0..N).map(|_| uniform.normal()).collect();
            let problem = Problem::two_sample(Pool::new(&case, &control, 0.0));
            let definition: Definition = name.parse().expect("a statistic");
            match definition.prepare(&problem, Side::Either).expect("a statistic of these data").evaluator {
                Evaluator::Integers(statistic) => measure(&problem, &*statistic, name),
                Evaluator::Floats(statistic) => measure(&problem, &*statistic, name),
            }
        }
    }
}
