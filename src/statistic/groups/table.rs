//! Pearson's χ² of a table of categories by groups.

use super::{TOLERANCE, orders};
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::simd::Arch;
use crate::statistic::shuffled::{Run, Shuffled};
use crate::statistic::{EvaluationCost, Statistic, Thresholds};

/// A table of categories by groups: Σ O²/(row · column), of which χ² is N times what exceeds 1.
pub(super) struct Table {
    runs: Vec<Run>,
    /// The categories of the observations of each unit.
    of_unit: Vec<Vec<u32>>,
    /// Observations of each category.
    columns: Vec<f64>,
    groups: usize,
    all: f64,
}

impl Table {
    pub fn new(units: &Shuffled, groups: usize) -> Self {
        let mut distinct = units.values.clone();
        distinct.sort_unstable_by(f64::total_cmp);
        distinct.dedup();
        let category = |value: f64| distinct.partition_point(|&other| other < value) as u32;
        let mut columns = vec![0.0; distinct.len()];
        units.values.iter().for_each(|&value| columns[category(value) as usize] += 1.0);
        let of_unit = (0..units.len()).map(|unit| units.values[units.of(unit)].iter().map(|&x| category(x)).collect());
        Self { runs: units.runs(), of_unit: of_unit.collect(), columns, groups, all: units.values.len() as f64 }
    }
}

impl Statistic for Table {
    type Replicate = f64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        let mut table = vec![0u32; self.groups * self.columns.len()];
        for (replicate, order) in replicates.iter_mut().zip(orders(labellings)) {
            table.fill(0);
            for Run { places, label, .. } in &self.runs {
                let row = &mut table[label * self.columns.len()..][..self.columns.len()];
                for &unit in &order[places.clone()] {
                    self.of_unit[unit as usize].iter().for_each(|&category| row[category as usize] += 1);
                }
            }
            *replicate = table
                .chunks_exact(self.columns.len())
                .map(|row| {
                    let size = f64::from(row.iter().sum::<u32>());
                    let cell = |(&count, column): (&u32, &f64)| f64::from(count) * f64::from(count) / (column * size);
                    row.iter().zip(&self.columns).map(cell).sum::<f64>()
                })
                .sum();
        }
        Ok(())
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        Thresholds::about(0.0, observed, TOLERANCE * observed)
    }

    fn value(&self, replicate: f64) -> f64 {
        // Less than nothing by a rounding error, where the groups are alike.
        (self.all * (replicate - 1.0)).max(0.0)
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Kernel { passes: 15.0 }
    }
}
