//! Many columns under the same labellings: nanoseconds for a column and a relabelling, beside each column by itself.
//!
//! `cargo bench --bench columns`

use std::hint::black_box;
use std::time::Instant;

use permtest::inference::adjust::Adjustment;
use permtest::{JointTest, PermutationTest};

/// Columns, rows and relabellings.
const SHAPES: [(usize, usize, u64); 3] = [(1000, 12, 10_000), (3051, 38, 10_000), (1000, 200, 10_000)];

fn main() {
    println!("ns per column and relabelling, all cores; alone: the same tests one after the other");
    println!(
        "{:>8} {:>5} {:>6} {:>10} {:>7} {:>7} {:>7}",
        "columns", "rows", "n", "statistic", "maxT", "none", "alone"
    );
    for (columns, rows, resamples) in SHAPES {
        for statistic in ["mean", "welch"] {
            let tests = tests(columns, rows, resamples);
            let each = |seconds: f64| 1e9 * seconds / (columns as f64 * resamples as f64);
            let joint = |adjustment| {
                let run = || JointTest::new(tests.clone()).expect("columns").adjust(adjustment).run(statistic);
                each(best(|| drop(black_box(run().expect("a result")))))
            };
            // A hundredth of the columns is enough to see what one costs by itself.
            let few = &tests[..columns / 100];
            let alone = best(|| few.iter().for_each(|test| drop(black_box(test.run(statistic).expect("a result")))));
            let alone = 1e9 * alone / (few.len() as f64 * resamples as f64);
            let [max_t, nothing] = [joint(Adjustment::MaxT), joint(Adjustment::Nothing)];
            println!("{columns:>8} {rows:>5} {resamples:>6} {statistic:>10} {max_t:>7.1} {nothing:>7.1} {alone:>7.1}");
        }
    }
}

/// The shortest of a few runs, in seconds.
fn best(run: impl Fn()) -> f64 {
    let time = || {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    (0..5).map(|_| time()).fold(f64::INFINITY, f64::min)
}

/// Columns of two decimals, of a third and two thirds of the rows.
fn tests(columns: usize, rows: usize, resamples: u64) -> Vec<PermutationTest> {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut number = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % 10_007) as f64 / 100.0
    };
    let column = |_| {
        let values: Vec<f64> = (0..rows).map(|_| number()).collect();
        PermutationTest::new(&values[..rows / 3], &values[rows / 3..]).expect("values").resamples(resamples)
    };
    (0..columns).map(column).collect()
}
