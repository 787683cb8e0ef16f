//! A design of one's own: circular shifts of the labels of a time series.
//!
//! Values measured one after the other resemble their neighbours, so they are not exchangeable one by one. If the labels
//! mean nothing, though, the series could have met them at any other moment: the reference set is the N circular shifts.
//!
//! Run it with `cargo run --release --example own_design`.

use std::sync::Arc;

use permtest::PermutationTest;
use permtest::design::{Design, Draw, EachAlone, Kind, ReferenceSetSize};
use permtest::error::Error;
use permtest::method::planner::Choice;
use permtest::sampling::bounded::below;
use permtest::sampling::stream::Stream;
use permtest::sampling::units::Units;

/// The labels in the order of time; each moment is a unit.
struct Rotation {
    units: Units,
    labels: Vec<bool>,
}

impl Design for Rotation {
    fn kind(&self) -> Kind {
        Kind::Own("rotation")
    }

    fn units(&self) -> &Units {
        &self.units
    }

    fn observed(&self) -> Vec<u64> {
        let mut labelling = vec![0; self.labels.len().div_ceil(64)];
        self.unrank(0, &mut labelling);
        labelling
    }

    fn reference_set_size(&self) -> ReferenceSetSize {
        ReferenceSetSize::exactly(self.labels.len() as u128)
    }

    /// The labels shifted by `rank` moments.
    fn unrank(&self, rank: u64, labelling: &mut [u64]) {
        labelling.fill(0);
        for (moment, _) in self.labels.iter().enumerate().filter(|(_, is_case)| **is_case) {
            let shifted = (moment + rank as usize) % self.labels.len();
            labelling[shifted / 64] |= 1 << (shifted % 64);
        }
    }

    fn start(&self) -> Box<dyn Draw + '_> {
        let moments = self.labels.len() as u64;
        Box::new(EachAlone(move |stream: &mut Stream, labelling: &mut [u64]| {
            self.unrank(below(moments, stream), labelling);
        }))
    }
}

fn main() -> Result<(), Error> {
    // A slow wave that knows nothing of the label, which happens to be on near one of its crests.
    let labels: Vec<bool> = (0..60).map(|moment| (5..20).contains(&moment)).collect();
    let value = |moment: usize| (moment as f64 / 9.0).sin();
    let moments = |is_case: bool| (0..60).filter(|&moment| labels[moment] == is_case).collect::<Vec<usize>>();
    let values = |is_case: bool| moments(is_case).into_iter().map(value).collect::<Vec<f64>>();
    let (case, control) = (values(true), values(false));

    // Observations are numbered case first; a unit is a moment.
    let moment_of: Vec<u32> =
        [moments(true), moments(false)].concat().into_iter().map(|moment| moment as u32).collect();
    let design = Rotation { units: Units::new(moment_of, &[false; 60]), labels: labels.clone() };

    let naive = PermutationTest::new(&case, &control)?.run("mean")?;
    let test = PermutationTest::new(&case, &control)?.design(Arc::new(design)).method(Choice::Exact);
    let result = test.run("mean")?;
    println!("difference of means          {:.3}", result.estimate);
    println!("p, any moments exchanged     {:.0e}", naive.p_value.estimate);
    println!(
        "p, the 60 circular shifts    {:.4} = {}/60",
        result.p_value.estimate,
        result.counts.expect("enumerated").absolute
    );
    Ok(())
}
