//! Several columns of the same patients, tested under the same relabellings: p-values adjusted for the most extreme of them.
//!
//! Run it with `cargo run --release --example many_columns`.

use permtest::inference::adjust::Adjustment;
use permtest::{JointTest, PermutationTest};

/// Three measurements of six treated and six untreated patients. The first two say nearly the same.
const TREATED: [[f64; 6]; 3] =
    [[6.1, 7.4, 6.8, 7.9, 8.3, 7.0], [12.5, 14.9, 13.2, 15.7, 16.8, 14.1], [101.0, 96.0, 104.0, 99.0, 103.0, 98.0]];
const UNTREATED: [[f64; 6]; 3] =
    [[5.2, 6.0, 5.8, 6.6, 6.9, 5.5], [10.6, 11.7, 12.0, 13.1, 14.0, 10.9], [100.0, 97.0, 105.0, 98.0, 102.0, 95.0]];

fn main() -> Result<(), permtest::error::Error> {
    let column = |(treated, untreated): (&[f64; 6], &[f64; 6])| PermutationTest::new(treated, untreated);
    let columns: Vec<PermutationTest> = TREATED.iter().zip(&UNTREATED).map(column).collect::<Result<_, _>>()?;

    // There are 924 relabellings, and all of them are counted: the p-values are exact.
    let results = JointTest::new(columns)?.adjust(Adjustment::MaxT).run("mean")?;
    let p_values: Vec<f64> = results.iter().map(|result| result.p_value.estimate).collect();
    let by_holm = Adjustment::Holm.of(&p_values);
    println!("difference        p     maxT     Holm");
    for (result, holm) in results.iter().zip(by_holm) {
        let adjusted = result.p_value_adjusted.map_or(f64::NAN, |adjusted| adjusted.estimate);
        println!("{:>10.3} {:>8.4} {adjusted:>8.4} {holm:>8.4}", result.estimate, result.p_value.estimate);
    }

    // What the columns have in common costs less than Holm's method, which must be prepared for anything.
    assert!(results[0].p_value_adjusted.is_some_and(|adjusted| adjusted.estimate < 3.0 * p_values[0]));
    Ok(())
}
