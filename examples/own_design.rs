//! A design of one's own: circular shifts of the labels of a time series.
//!
//! Values measured one after the other resemble their neighbours, so they are not exchangeable one by one. If the labels
//! mean nothing, though, the series could have met them at any other moment: the reference set is the N circular shifts,
//! a list of labellings.
//!
//! Run it with `cargo run --release --example own_design`.

use std::sync::Arc;

use permtest::PermutationTest;
use permtest::design::LabellingList;
use permtest::error::Error;
use permtest::method::planner::Choice;

fn main() -> Result<(), Error> {
    // A slow wave that knows nothing of the label, which happens to be on near one of its crests.
    let labels: Vec<bool> = (0..60).map(|moment| (5..20).contains(&moment)).collect();
    let value = |moment: &usize| (*moment as f64 / 9.0).sin();
    let (case_moments, control_moments): (Vec<usize>, Vec<usize>) = (0..60).partition(|&moment| labels[moment]);
    let case: Vec<f64> = case_moments.iter().map(value).collect();
    let control: Vec<f64> = control_moments.iter().map(value).collect();

    // Observations are numbered case first.
    let moments = [case_moments, control_moments].concat();
    let shifted = |by: usize| moments.iter().map(|moment| labels[(moment + by) % 60]).collect::<Vec<bool>>();
    let design = LabellingList::new(case.len(), &(0..60).map(shifted).collect::<Vec<_>>())?;

    let naive = PermutationTest::new(&case, &control)?.run("mean")?;
    let result = PermutationTest::new(&case, &control)?.design(Arc::new(design)).method(Choice::Exact).run("mean")?;
    println!("difference of means          {:.3}", result.estimate);
    println!("p, any moments exchanged     {:.0e}", naive.p_value.estimate);
    println!(
        "p, the 60 circular shifts    {:.4} = {}/60",
        result.p_value.estimate,
        result.counts.expect("enumerated").absolute
    );
    Ok(())
}
