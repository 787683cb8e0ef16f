//! Nanoseconds per resample on one core at 100 + 100 values, drawing included: each statistic in its own shape, beside the
//! same statistic as a plain function of the gathered values, and as a ratio to the difference of means, in one run.
//!
//! `cargo bench --bench statistics [-- NAME …]`; the best of several rounds, because other work on the machine only adds
//! time.

use std::hint::black_box;
use std::time::Instant;

use permtest::Definition;
use permtest::sampling::stream::{Domain, Stream};
use permtest::simd::{self, Arch};
use permtest::statistic::catalogue::CATALOGUE;
use permtest::statistic::distance::Side;
use permtest::statistic::linear::Linear;
use permtest::statistic::values::Values;
use permtest::statistic::{EvaluationCost, Evaluator, Pool, Problem, Statistic};

const ROUNDS: usize = 15;

/// Expressions for each shape that they can take.
const EXPRESSIONS: [&str; 6] = [
    "mean(log(x)) - mean(log(y))",
    "mean(x) / mean(y)",
    "quantile(x, 0.9) / quantile(y, 0.9)",
    "mean(x > 20)",
    "sd(x) / mean(x)",
    "median(abs(x - median(x)))",
];

/// A plain function of both groups, ascending values.
type Plain = fn(&[f64], &[f64]) -> f64;

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

fn variance(x: &[f64]) -> f64 {
    let mean = mean(x);
    x.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (x.len() - 1) as f64
}

fn quantile(x: &[f64], q: f64) -> f64 {
    let h = (x.len() - 1) as f64 * q;
    let (below, fraction) = (h as usize, h.fract());
    if fraction == 0.0 { x[below] } else { x[below] + fraction * (x[below + 1] - x[below]) }
}

/// Both groups are ascending, so that the distances need one merge.
fn largest_distance(x: &[f64], y: &[f64]) -> f64 {
    let (mut i, mut j, mut largest) = (0, 0, 0.0f64);
    while i < x.len() && j < y.len() {
        let value = x[i].min(y[j]);
        while i < x.len() && x[i] <= value {
            i += 1;
        }
        while j < y.len() && y[j] <= value {
            j += 1;
        }
        largest = largest.max((i as f64 / x.len() as f64 - j as f64 / y.len() as f64).abs());
    }
    largest
}

/// The statistics for which speed goals are set, as one would write them down.
fn plain(name: &str) -> Option<Plain> {
    Some(match name {
        "mean" => |x, y| mean(x) - mean(y),
        "median" => |x, y| quantile(x, 0.5) - quantile(y, 0.5),
        "quantile:0.9" => |x, y| quantile(x, 0.9) - quantile(y, 0.9),
        "trimmed-mean:0.2" => {
            |x, y| mean(&x[x.len() / 5..x.len() - x.len() / 5]) - mean(&y[y.len() / 5..y.len() - y.len() / 5])
        }
        "t" => |x, y| {
            let (m, n) = (x.len() as f64, y.len() as f64);
            let pooled = ((m - 1.0) * variance(x) + (n - 1.0) * variance(y)) / (m + n - 2.0);
            (mean(x) - mean(y)) / (pooled * (1.0 / m + 1.0 / n)).sqrt()
        },
        "welch" => |x, y| (mean(x) - mean(y)) / (variance(x) / x.len() as f64 + variance(y) / y.len() as f64).sqrt(),
        "ks" => largest_distance,
        _ => return None,
    })
}

/// A statistic at work on one core: a call takes so many nanoseconds per resample.
type Round<'a> = Box<dyn FnMut() -> f64 + 'a>;

fn round<'a, S: Statistic + ?Sized + 'a>(
    problem: &'a Problem,
    resamples: usize,
    statistic: Box<S>,
    arch: Arch,
) -> Round<'a> {
    let design = problem.design();
    let (mut stream, mut batch) = (Stream::new(0, Domain::Resamples, 0), design.batch());
    let mut at_work = design.start();
    let mut replicates = vec![S::Replicate::default(); batch.len()];
    let batches = resamples / batch.len();
    Box::new(move || {
        let start = Instant::now();
        for _ in 0..batches {
            at_work.draw(arch, &mut stream, &mut batch);
            statistic.replicates(arch, &batch, &mut replicates).expect("statistics of numbers");
            black_box(&replicates);
        }
        start.elapsed().as_secs_f64() * 1e9 / (batches * batch.len()) as f64
    })
}

fn prepared<'a>(problem: &'a Problem, name: &str, arch: Arch) -> Round<'a> {
    let definition: Definition = name.parse().expect("a statistic");
    let labellings = |cost| match cost {
        EvaluationCost::Sum => 100_000,
        EvaluationCost::Kernel { .. } => 50_000,
        EvaluationCost::Function | EvaluationCost::Expensive => 5_000,
    };
    match definition.prepare(problem, Side::Either).expect("a statistic of these data").evaluator {
        Evaluator::Integers(statistic) => round(problem, labellings(statistic.cost()), statistic, arch),
        Evaluator::Floats(statistic) => round(problem, labellings(statistic.cost()), statistic, arch),
    }
}

/// The best time of each, in rounds that take turns: so both see the same machine.
fn best<const K: usize>(mut rounds: [Round; K]) -> [f64; K] {
    let mut best = [f64::INFINITY; K];
    for _ in 0..ROUNDS {
        for (best, round) in best.iter_mut().zip(&mut rounds) {
            *best = best.min(round());
        }
    }
    best
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    // Positive values of three decimals without ties.
    let value = |i: usize| ((i * 7919 % 20_011) as f64) / 500.0 + 1.0;
    let (case, control): (Vec<f64>, Vec<f64>) = ((0..100).map(value).collect(), (100..200).map(value).collect());
    let problem = Problem::two_sample(Pool::new(&case, &control, 0.0));
    println!(
        "{:<40} {:>8} {:>8} {:>8} {:>9} {:>7}",
        "100 + 100, ns per resample, one core", "level", "ours", "/ mean", "plain", "gain"
    );
    let names = CATALOGUE.iter().map(ToString::to_string);
    for name in names.chain(EXPRESSIONS.map(str::to_owned)) {
        // Pairs are another design.
        if name == "signed-rank" || !(wanted.is_empty() || wanted.contains(&name)) {
            continue;
        }
        let plain = plain(&name).map(|function| {
            best([round(&problem, 5_000, Box::new(Values::new(&problem, 0.0, function)), Arch::new())])[0]
        });
        for (level, arch) in vector_levels() {
            let [ours, mean] = best([&*name, "mean"].map(|name| prepared(&problem, name, arch)));
            let [plain, gain] =
                plain.map_or_else(Default::default, |plain| [format!("{plain:.0}"), format!("{:.1}", plain / ours)]);
            println!("{name:<40} {level:>8} {ours:>8.1} {:>8.2} {plain:>9} {gain:>7}", ours / mean);
        }
    }
    settling();
}

/// The instruction sets of the machine that have vectors.
fn vector_levels() -> impl Iterator<Item = (&'static str, Arch)> {
    simd::levels().into_iter().filter(|(_, arch)| !matches!(arch, Arch::Scalar))
}

/// What it costs that sums of rounded scores are compared exactly, for values of 17 digits.
fn settling() {
    let value = |i: usize| ((i * 7919 % 20_011) as f64).sqrt();
    let (case, control): (Vec<f64>, Vec<f64>) = ((0..100).map(value).collect(), (100..200).map(value).collect());
    let problem = Problem::two_sample(Pool::new(&case, &control, 0.0));
    for (level, arch) in vector_levels() {
        let rounded = Linear::new(&problem, &problem.pool().scores().scores, |sum| sum as f64);
        let [ours, rounded] =
            best([prepared(&problem, "mean", arch), round(&problem, 100_000, Box::new(rounded), arch)]);
        let name = "mean of 17 digits / the same, rounded";
        println!("{name:<40} {level:>8} {ours:>8.1} {:>8.2}", ours / rounded);
    }
}
