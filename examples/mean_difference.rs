//! The difference of means from Rust, on data whose answer is known: two-sided, one-sided, and against a shift.
//!
//! Run it with `cargo run --release --example mean_difference`.

use permtest::PermutationTest;
use permtest::error::Error;
use permtest::inference::Alternative;

fn main() -> Result<(), Error> {
    // Wing lengths of two kinds of midge, in mm (Ernst 2004, Statistical Science 19).
    let fasciata = [1.72, 1.64, 1.74, 1.70, 1.82, 1.82, 1.90, 1.82, 2.08];
    let pseudofasciata = [1.78, 1.86, 1.96, 2.00, 2.00, 1.96];
    let test = PermutationTest::new(&fasciata, &pseudofasciata)?.resamples(10_000_000).seed(1);

    let result = test.run("mean")?;
    println!("difference of means  {:.4} mm", result.estimate);
    println!("two-sided p-value    {}", result.p_value);
    println!("counted exactly      {:.5} = 360/5005", 360.0 / 5005.0);
    println!("smallest attainable  {:.5}", result.p_value.minimum);

    let less = test.clone().alternative(Alternative::Less).run("mean")?;
    println!("is fasciata shorter? p = {}", less.p_value);

    // Could the true difference be −0.2 mm? The null hypothesis is now a shift.
    let shifted = test.shift(-0.2).run("mean")?;
    println!("is it not -0.2 mm?   p = {}", shifted.p_value);

    for warning in &result.warnings {
        println!("note: {warning}");
    }
    Ok(())
}
