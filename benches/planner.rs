//! The planner's choice beside every other method that could be chosen, on twenty data sets: seconds, and the time of the
//! choice as a ratio to the fastest method whose answer is at least as good.
//!
//! An answer is as good as its interval is narrow: exact ones beat all others, and an estimate counts as good as another one
//! if its interval is at most a tenth wider. `cargo bench --bench planner`; the best of three rounds on all cores.

use std::fmt::Write as _;
use std::time::Instant;

use permtest::method::monte_carlo::Watch;
use permtest::method::planner::{Candidate, Further, Labellings, Method, Plan};
use permtest::sampling::stream::{Domain, Stream};
use permtest::{Definition, PermutationTest, TestResult};

/// Methods that would take longer than this are not tried.
const PATIENCE: f64 = 10.0;
const ROUNDS: usize = 3;

/// Nearly normal numbers.
struct Numbers(Stream);

impl Numbers {
    fn sample(&mut self, n: usize, mean: f64, digits: i32) -> Vec<f64> {
        let uniform = |word: u64| (word >> 11) as f64 / (1u64 << 53) as f64;
        let scale = 10f64.powi(digits);
        let mut value = || mean + (0..12).map(|_| uniform(self.0.word())).sum::<f64>() - 6.0;
        (0..n).map(|_| (value() * scale).round() / scale).collect()
    }
}

/// Sizes, the difference of the means, digits after the point, and the statistic.
type DataSet = ([usize; 2], f64, i32, &'static str);

const DATA_SETS: [DataSet; 20] = [
    ([8, 8], 1.0, 15, "mean"),
    ([12, 12], 1.0, 15, "median"),
    ([14, 14], 1.0, 15, "welch"),
    ([20, 20], 1.0, 15, "mean"),
    ([25, 25], 2.0, 15, "mean"),
    ([30, 30], 0.5, 15, "mean"),
    ([50, 50], 0.5, 15, "mean"),
    ([100, 100], 0.3, 15, "mean"),
    ([100, 100], 1.5, 15, "mean"),
    ([100, 100], 0.3, 2, "mean"),
    ([138, 134], 2.0, 3, "mean"),
    ([500, 500], 0.2, 2, "mean"),
    ([500, 500], 0.5, 15, "mean"),
    ([2000, 2000], 0.3, 1, "mean"),
    ([5, 200], 2.0, 15, "mean"),
    ([100, 100], 0.5, 15, "rank-sum"),
    ([400, 400], 0.5, 15, "rank-sum"),
    ([100, 100], 0.3, 15, "median"),
    ([100, 100], 1.5, 15, "median"),
    ([100, 100], 1.5, 15, "ks"),
];

/// The fastest of some runs of a method, with its result.
fn run(test: &PermutationTest, definition: &Definition, plan: &Plan) -> (f64, TestResult) {
    let problem = test.problem().expect("two samples");
    let mut ready = test.ready(&problem, definition, Labellings::Summarised).expect("defined");
    ready.plan = plan.clone();
    let mut best = f64::INFINITY;
    let mut result = None;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        result = Some(ready.run(Watch::default()).expect("computed"));
        best = best.min(start.elapsed().as_secs_f64());
    }
    (best, result.expect("a round"))
}

/// The relative width of the interval.
fn width(result: &TestResult) -> f64 {
    let [low, high] = result.p_value.interval;
    (high - low) / high
}

fn main() {
    let mut numbers = Numbers(Stream::new(1, Domain::Resamples, 0));
    println!("{:22} {:>9}  {:20} {:>9}  others", "data", "p", "chosen", "seconds");
    let mut worst = 0.0f64;
    for (sizes, difference, digits, statistic) in DATA_SETS {
        let (case, control) = (numbers.sample(sizes[0], difference, digits), numbers.sample(sizes[1], 0.0, digits));
        let test = PermutationTest::new(&case, &control).expect("numbers");
        let definition: Definition = statistic.parse().expect("a statistic");
        let problem = test.problem().expect("two samples");
        let start = Instant::now();
        let plan = test.ready(&problem, &definition, Labellings::Summarised).expect("a plan").plan;
        let planning = start.elapsed().as_secs_f64();
        let (seconds, result) = run(&test, &definition, &plan);
        let seconds = seconds + planning;
        let (mut others, mut fastest) = (String::new(), seconds);
        let is_other = |candidate: &&Candidate| {
            candidate.infeasible.is_none() && candidate.method != result.method && candidate.seconds < PATIENCE
        };
        for candidate in plan.candidates.iter().filter(is_other) {
            let single = Plan { method: candidate.method, further: Further::Nothing, ..plan.clone() };
            let (took, found) = run(&test, &definition, &single);
            let _ = write!(others, "{} {took:.4} ({:.0e}), ", name(candidate.method), width(&found));
            if width(&found) <= 1.1 * width(&result) {
                fastest = fastest.min(took);
            }
        }
        let ratio = seconds / fastest;
        worst = worst.max(ratio);
        let data = format!("{}+{} {statistic} .{digits}", sizes[0], sizes[1]);
        let chosen = format!("{} ({:.0e})", name(result.method), width(&result));
        println!("{data:22} {:9.2e}  {chosen:20} {seconds:9.4}  {}ratio {ratio:.2}", result.p_value.estimate, others);
    }
    println!("\nthe choice is at most {worst:.2} times as slow as the fastest that is as good");
}

fn name(method: Method) -> &'static str {
    method.algorithm().unwrap_or(method.name())
}
