//! A statistic of one's own, here the difference of medians, and its null distribution.
//!
//! Run it with `cargo run --release --example own_statistic`.

use permtest::error::Error;
use permtest::{NullDistribution, PermutationTest};

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

fn median(sample: &[f64]) -> f64 {
    let mut sorted = sample.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}

fn main() -> Result<(), Error> {
    let test = PermutationTest::new(&JUICE, &ACID)?.resamples(200_000).null_distribution(NullDistribution::Kept);
    let result = test.statistic(|case, control| median(case) - median(control))?;

    let [low, high] = result.p_value.interval;
    println!("difference of medians  {:.2}", result.estimate);
    println!("two-sided p-value      {:.4}, 99 % interval {low:.4} to {high:.4}", result.p_value.estimate);
    println!("extreme resamples      {} of {}", result.counts.absolute, result.counts.n);

    let mut null = result.null_distribution;
    null.sort_unstable_by(f64::total_cmp);
    println!("null distribution      {} values", null.len());
    for percent in [2.5, 25.0, 50.0, 75.0, 97.5] {
        let rank = (percent / 100.0 * (null.len() - 1) as f64).round() as usize;
        println!("  {percent:>4} % quantile     {:>6.2}", null[rank]);
    }
    Ok(())
}
