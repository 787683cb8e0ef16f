//! Seconds for exact p-values, beside the time that as many plain additions take in as much memory, in one run.
//!
//! `cargo bench --bench exact`; the best of several rounds, because other work on the machine only adds time.

use std::hint::black_box;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use permtest::design::{Exchange, Exchangeable};
use permtest::method::exact::addends::Addends;
use permtest::method::exact::bounds::{Bounds, Budget};
use permtest::method::exact::convolve::Work;
use permtest::method::exact::cost::Cost;
use permtest::method::exact::{self, Algorithm};
use permtest::method::tail::Tail;
use permtest::sampling::stream::{Domain, Stream};
use permtest::sampling::units::UnitSums;
use permtest::simd::Arch;
use permtest::statistic::Thresholds;

static NEVER: AtomicBool = AtomicBool::new(false);
const ROUNDS: usize = 5;

fn work<'a>(threads: usize) -> Work<'a> {
    Work { threads: Some(threads), arch: Arch::new(), stop: &NEVER, begin: &|_, _| (), advance: &|_| () }
}

/// Seconds of the fastest round, and what it returned.
fn fastest<T>(rounds: usize, mut run: impl FnMut() -> T) -> (f64, T) {
    let mut best = f64::INFINITY;
    let mut result = None;
    for _ in 0..rounds {
        let start = Instant::now();
        result = Some(black_box(run()));
        best = best.min(start.elapsed().as_secs_f64());
    }
    (best, result.expect("a round"))
}

/// Nearly normal integers.
struct Numbers(Stream);

impl Numbers {
    fn next(&mut self, mean: f64, sd: f64) -> i128 {
        let uniform = |word: u64| (word >> 11) as f64 / (1u64 << 53) as f64;
        let sum: f64 = (0..12).map(|_| uniform(self.0.word())).sum();
        (mean + sd * (sum - 6.0)).round() as i128
    }

    fn samples(&mut self, sizes: [usize; 2], difference: f64, sd: f64) -> (UnitSums<i128>, Exchange, Thresholds<i128>) {
        let [m, n] = sizes;
        let changes: Vec<i128> = (0..m + n).map(|i| self.next(if i < m { difference } else { 0.0 }, sd)).collect();
        let observed: i128 = changes[..m].iter().sum();
        let (total, all) = (changes.iter().sum::<i128>(), (m + n) as i128);
        let distance = (observed * all - total * m as i128).abs();
        let far_above = -(-(total * m as i128 + distance)).div_euclid(all);
        let far_below = (total * m as i128 - distance).div_euclid(all);
        let exchange = Exchange::Subsets(vec![Exchangeable { units: 0..m + n, m }]);
        let thresholds = Thresholds { observed, greater_equal: observed, less_equal: observed, far_above, far_below };
        (UnitSums { base: 0, changes }, exchange, thresholds)
    }
}

/// Seconds for adding memory to memory so many times, in rows and in as much fresh memory as those of the lattice.
fn additions(cells: f64, row: usize, rows: usize) -> f64 {
    let passes = (cells / (row * (rows - 1)) as f64).ceil() as usize;
    let (seconds, _) = fastest(3, || {
        let mut rows: Vec<Vec<f64>> = (0..rows).map(|_| vec![0.0; row]).collect();
        for _ in 0..passes {
            for i in (1..rows.len()).rev() {
                let (before, row) = rows.split_at_mut(i);
                for (cell, other) in row[0].iter_mut().zip(&before[i - 1]) {
                    *cell += *other;
                }
            }
        }
        rows
    });
    seconds * cells / (passes * row * (rows - 1)) as f64
}

fn main() {
    let mut numbers = Numbers(Stream::new(1, Domain::Resamples, 0));
    println!("{:34} {:>9} {:>10} {:>8} {:>8} {:>8}", "lattice", "p", "cells", "MiB", "1 thread", "2");
    for (name, sizes, difference, sd) in [
        ("100 + 100, two decimals", [100, 100], 50.0, 100.0),
        ("138 + 134, three decimals", [138, 134], 2400.0, 1000.0),
        ("500 + 500, two decimals", [500, 500], 20.0, 100.0),
        ("30 + 30, five decimals", [30, 30], 5e4, 1e5),
    ] {
        let (sums, exchange, thresholds) = numbers.samples(sizes, difference, sd);
        let addends = Addends::new(&sums, &exchange, &[thresholds]).expect("subsets");
        let cost = Cost::of(&addends);
        let run = |threads| fastest(ROUNDS, || exact::count(Algorithm::Lattice, &addends, work(threads)).unwrap()[0]);
        let ((one, tails), (two, _)) = (run(1), run(2));
        let row = (cost.cell_bytes / 8.0 / sizes[0] as f64) as usize;
        let bound = additions(cost.cells, row, sizes[0]);
        println!(
            "{name:34} {:9.2e} {:10.2e} {:8.0} {one:8.4} {two:8.4}   {:.2} of plain additions ({:.3} ns a cell)",
            tails.absolute / tails.all,
            cost.cells,
            cost.cell_bytes / f64::from(1 << 20),
            one / bound,
            1e9 * one / cost.cells,
        );
    }
    println!("\nmeet in the middle");
    for (name, n, sd) in [("N = 40", 20, 1e14), ("N = 50, 64 bits", 25, 1e14), ("N = 50, 128 bits", 25, 1e25)] {
        let (sums, exchange, thresholds) = numbers.samples([n, n], sd, sd);
        let addends = Addends::new(&sums, &exchange, &[thresholds]).expect("subsets");
        let cost = Cost::of(&addends);
        let run =
            |threads| fastest(2, || exact::count(Algorithm::MeetInTheMiddle, &addends, work(threads)).unwrap()[0]);
        let ((one, tails), (two, _)) = (run(1), run(2));
        println!(
            "{name:34} {:9.2e} {:10.2e} {:8.0} {one:8.4} {two:8.4}",
            tails.absolute / tails.all,
            cost.entries,
            cost.entry_bytes / f64::from(1 << 20),
        );
    }
    println!("\nbounds within 2 GiB, 2e10 cells");
    for (n, difference) in [(20, 1.0), (50, 1.0), (100, 1.0), (200, 0.5)] {
        let (sums, exchange, thresholds) = numbers.samples([n, n], difference * 1e15, 1e15);
        let budget = Budget { cells: 2e10, bytes: 2.0 * f64::from(1 << 30) };
        let (seconds, bounds) =
            fastest(1, || Bounds::run(&sums, &exchange, &thresholds, Tail::Absolute, budget, work(2)).unwrap());
        let [low, high] = bounds.of(Tail::Absolute);
        println!("{n} + {n}: {low:.4e} to {high:.4e} ({:.1e}) in {seconds:.3} s", (high - low) / high);
    }
}
