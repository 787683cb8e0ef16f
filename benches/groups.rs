//! Several groups and associations: nanoseconds for a relabelling, beside a plain Fisher-Yates shuffle of as many numbers.
//!
//! `cargo bench --bench groups`

use std::hint::black_box;
use std::time::Instant;

use permtest::PermutationTest;
use permtest::sampling::bounded::below;
use permtest::sampling::stream::{Domain, Stream};

fn main() {
    println!("ns per relabelling, one core; shuffle: a plain one of all rows, with a bounded number for each");
    println!("{:>22} {:>6} {:>9} {:>9} {:>7}", "statistic", "rows", "permtest", "shuffle", "ratio");
    for rows in [30, 60, 300, 3000] {
        let shuffle = shuffled(rows);
        let values = numbers(rows, 1);
        let groups: Vec<&[f64]> = values.chunks(rows / 3).collect();
        let test = PermutationTest::of_groups(&groups).expect("groups");
        for statistic in ["f", "kruskal-wallis", "welch-f", "trend"] {
            report(statistic, rows, &test, shuffle);
        }
    }
    for rows in [20, 100, 1000] {
        let shuffle = shuffled(rows);
        let test = PermutationTest::association(&numbers(rows, 2), &numbers(rows, 3)).expect("rows");
        for statistic in ["pearson", "spearman", "kendall", "distance-correlation"] {
            if rows < 1000 || statistic != "distance-correlation" {
                report(statistic, rows, &test, shuffle);
            }
        }
    }
}

fn report(statistic: &str, rows: usize, test: &PermutationTest, shuffle: f64) {
    let n = if statistic == "distance-correlation" { 4_000 } else { 40_000_000 / rows as u64 / 4 };
    let test = test.clone().threads(1).resamples(n);
    let each = 1e9 * best(|| drop(black_box(test.run(statistic).expect("a result")))) / n as f64;
    println!("{statistic:>22} {rows:>6} {each:>9.0} {shuffle:>9.0} {:>7.2}", shuffle / each);
}

/// Nanoseconds for a plain shuffle of so many numbers.
fn shuffled(rows: usize) -> f64 {
    let (n, mut values) = (4_000_000 / rows, numbers(rows, 4));
    let mut stream = Stream::new(0, Domain::Shuffles, 0);
    let seconds = best(|| {
        let (mut values, mut stream) = (values.clone(), stream.clone());
        for _ in 0..n {
            for place in (1..values.len()).rev() {
                values.swap(place, below(place as u64 + 1, &mut stream) as usize);
            }
            black_box(&values);
        }
    });
    black_box((&mut values, &mut stream));
    1e9 * seconds / n as f64
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

/// Numbers of two decimals.
fn numbers(n: usize, seed: u64) -> Vec<f64> {
    let mut stream = Stream::new(seed, Domain::Splits, 0);
    (0..n).map(|_| below(10_007, &mut stream) as f64 / 100.0).collect()
}
