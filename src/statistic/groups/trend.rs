//! Jonckheere and Terpstra's J: whether values rise along the order of the groups.

use super::{around, orders};
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::simd::Arch;
use crate::statistic::shuffled::{Run, Shuffled};
use crate::statistic::{EvaluationCost, Statistic, Thresholds};

/// Observations that are larger than those of groups before theirs: J, twice, so that ties count one.
pub(super) struct Trend {
    runs: Vec<Run>,
    /// The units of the observations of each block in ascending order, ties together.
    ascending: Vec<Vec<Vec<u32>>>,
    groups: usize,
    units: usize,
    /// The mean over all labellings.
    centre: i64,
}

impl Trend {
    pub fn new(units: &Shuffled, groups: usize) -> Self {
        let unit_of: Vec<u32> =
            (0..units.len()).flat_map(|unit| std::iter::repeat_n(unit as u32, units.of(unit).len())).collect();
        let ascending = |block: std::ops::Range<usize>| {
            let mut order: Vec<usize> = block.collect();
            order.sort_unstable_by(|&a, &b| units.values[a].total_cmp(&units.values[b]));
            let of_tied = |tied: &[usize]| tied.iter().map(|&place| unit_of[place]).collect();
            order.chunk_by(|&a, &b| units.values[a] == units.values[b]).map(of_tied).collect()
        };
        let mut trend = Self {
            runs: units.runs(),
            ascending: units.observations().map(ascending).collect(),
            groups,
            units: units.len(),
            centre: 0,
        };
        trend.centre = trend.pairs_of_groups();
        trend
    }

    /// Pairs of observations of two groups of a stratum: half of them rise on average, counted twice.
    fn pairs_of_groups(&self) -> i64 {
        let (mut all, mut so_far) = (0, 0);
        for run in &self.runs {
            let n = run.places.len() as i64;
            all += so_far * n;
            so_far = if run.is_last { 0 } else { so_far + n };
        }
        all
    }

    fn twice_j(&self, group_of: &[u32], below: &mut [i64], tied: &mut [i64]) -> i64 {
        let mut twice = 0;
        for block in &self.ascending {
            below.fill(0);
            for units in block {
                if let [unit] = units[..] {
                    let group = group_of[unit as usize] as usize;
                    twice += 2 * below[..group].iter().sum::<i64>();
                    below[group] += 1;
                    continue;
                }
                tied.fill(0);
                for &unit in units {
                    tied[group_of[unit as usize] as usize] += 1;
                }
                for group in 0..self.groups {
                    let earlier: i64 = (0..group).map(|before| 2 * below[before] + tied[before]).sum();
                    twice += tied[group] * earlier;
                }
                below.iter_mut().zip(&*tied).for_each(|(below, tied)| *below += tied);
            }
        }
        twice
    }
}

impl Statistic for Trend {
    type Replicate = i64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [i64]) -> Result<(), Error> {
        let (mut group_of, mut below, mut tied) = (vec![0; self.units], vec![0; self.groups], vec![0; self.groups]);
        for (replicate, order) in replicates.iter_mut().zip(orders(labellings)) {
            for Run { places, label, .. } in &self.runs {
                order[places.clone()].iter().for_each(|&unit| group_of[unit as usize] = *label as u32);
            }
            *replicate = self.twice_j(&group_of, &mut below, &mut tied);
        }
        Ok(())
    }

    fn thresholds(&self, observed: i64) -> Thresholds<i64> {
        around(self.centre, observed)
    }

    fn centre(&self) -> Option<(i64, f64)> {
        Some((self.centre, 0.0))
    }

    fn value(&self, replicate: i64) -> f64 {
        replicate as f64 / 2.0
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Kernel { passes: 20.0 }
    }
}
