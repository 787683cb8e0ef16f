//! Statistics of one's own: a function of both samples, and one on the fast path, which reads the labels as bits.
//!
//! Run it with `cargo run --release --example own_statistic`.

use permtest::error::Error;
use permtest::sampling::labellings::Labellings;
use permtest::sampling::units::Units;
use permtest::simd::Arch;
use permtest::statistic::distance::Side;
use permtest::statistic::{Prepared, Problem, Statistic, Thresholds};
use permtest::{NullDistribution, PermutationTest, TestStatistic};

/// Lengths of odontoblasts of guinea pigs that got orange juice (Crampton 1947, R's `ToothGrowth`).
const JUICE: [f64; 30] = [
    15.2, 21.5, 17.6, 9.7, 14.5, 10.0, 8.2, 9.4, 16.5, 9.7, 19.7, 23.3, 23.6, 26.4, 20.0, 25.2, 25.8, 21.2, 14.5, 27.3,
    25.5, 26.4, 22.4, 24.5, 24.8, 30.9, 26.4, 27.3, 29.4, 23.0,
];

/// The same for ascorbic acid.
const ACID: [f64; 30] = [
    4.2, 11.5, 7.3, 5.8, 6.4, 10.0, 11.2, 11.2, 5.2, 7.0, 16.5, 16.5, 15.2, 17.3, 22.5, 17.3, 13.6, 14.5, 18.8, 15.5,
    23.6, 18.5, 33.9, 25.5, 26.4, 32.5, 26.7, 21.5, 23.3, 29.5,
];

/// A ratio of ranges: any function of two slices, which come in ascending order.
fn ratio_of_ranges(case: &[f64], control: &[f64]) -> f64 {
    let range = |sample: &[f64]| sample[sample.len() - 1] - sample[0];
    (range(case) / range(control)).ln()
}

/// How many of the k smallest values are case values.
struct AmongTheSmallest {
    k: usize,
}

impl TestStatistic for AmongTheSmallest {
    fn prepare<'a>(&'a self, problem: &'a Problem, _: Side) -> Result<Prepared<'a>, Error> {
        Ok(Prepared::integers(Popcount { k: self.k, units: problem.design().units() }))
    }
}

/// The same ready for a problem: a popcount of the labels' first bits, for the pool is sorted.
struct Popcount<'a> {
    k: usize,
    units: &'a Units,
}

impl Statistic for Popcount<'_> {
    type Replicate = i64;

    fn replicates(&self, arch: Arch, labellings: &Labellings, replicates: &mut [i64]) -> Result<(), Error> {
        let rows = self.units.expand(arch, labellings);
        let first_word = rows.words.iter().step_by(rows.width());
        for (replicate, word) in replicates.iter_mut().zip(first_word) {
            *replicate = i64::from((word & ((1 << self.k) - 1)).count_ones());
        }
        Ok(())
    }

    fn thresholds(&self, observed: i64) -> Thresholds<i64> {
        // k/2 of them are expected in groups of one size.
        let (k, distance) = (self.k as i64, (2 * observed - self.k as i64).abs());
        let [far_above, far_below] = [(k + distance + 1) / 2, (k - distance).div_euclid(2)];
        Thresholds { observed, greater_equal: observed, less_equal: observed, far_above, far_below }
    }

    fn value(&self, replicate: i64) -> f64 {
        replicate as f64
    }
}

fn main() -> Result<(), Error> {
    let test = PermutationTest::new(&JUICE, &ACID)?.resamples(200_000).null_distribution(NullDistribution::Kept);
    let result = test.run(&ratio_of_ranges)?;
    let [low, high] = result.p_value.interval;
    println!("log ratio of ranges    {:.3}", result.estimate);
    println!("two-sided p-value      {:.4}, 99 % interval {low:.4} to {high:.4}", result.p_value.estimate);

    let mut null = result.null_distribution;
    null.sort_unstable_by(f64::total_cmp);
    println!("null distribution      {} values", null.len());
    for percent in [2.5, 25.0, 50.0, 75.0, 97.5] {
        let rank = (percent / 100.0 * (null.len() - 1) as f64).round() as usize;
        println!("  {percent:>4} % quantile     {:>6.3}", null[rank]);
    }

    let result = test.run(&AmongTheSmallest { k: 12 })?;
    println!("of the 12 smallest     {} had juice, p {:.4}", result.estimate, result.p_value.estimate);
    Ok(())
}
