//! Sums over each group, and the sizes of the groups.

use crate::statistic::shuffled::{Run, Shuffled};

/// Sums over the groups, of which those of the last group of each block are what the others leave.
pub(super) struct GroupSums {
    runs: Vec<Run>,
    /// What each unit adds.
    of_unit: Vec<i64>,
    /// What the units of each block add.
    of_block: Vec<i64>,
    pub groups: usize,
}

impl GroupSums {
    pub fn new(units: &Shuffled, groups: usize, of_unit: Vec<i64>) -> Self {
        let of_block = units.blocks.iter().map(|block| of_unit[block.clone()].iter().sum()).collect();
        Self { runs: units.runs(), of_unit, of_block, groups }
    }

    pub fn write(&self, order: &[u64], sums: &mut [i64]) {
        sums.fill(0);
        let mut blocks = self.of_block.iter();
        let mut rest = 0;
        for Run { places, label, is_last } in &self.runs {
            if *is_last {
                sums[*label] += blocks.next().copied().unwrap_or(0) - rest;
                rest = 0;
            } else {
                let sum: i64 = order[places.clone()].iter().map(|&unit| self.of_unit[unit as usize]).sum();
                sums[*label] += sum;
                rest += sum;
            }
        }
    }
}

/// The number of observations in each group: the same in all labellings where units are single.
pub(super) enum Sizes {
    Fixed(Vec<f64>),
    Counted(GroupSums),
}

impl Sizes {
    pub fn new(units: &Shuffled, groups: usize) -> Self {
        let counts = (0..units.len()).map(|unit| units.of(unit).len() as i64).collect();
        let counted = GroupSums::new(units, groups, counts);
        if !units.are_single() {
            return Self::Counted(counted);
        }
        let mut sizes = vec![0; groups];
        counted.write(&(0..units.len() as u64).collect::<Vec<_>>(), &mut sizes);
        Self::Fixed(sizes.into_iter().map(|size| size as f64).collect())
    }

    pub fn write(&self, order: &[u64], room: &mut [i64], sizes: &mut [f64]) {
        match self {
            Self::Fixed(fixed) => sizes.copy_from_slice(fixed),
            Self::Counted(sums) => {
                sums.write(order, room);
                sizes.iter_mut().zip(room).for_each(|(size, &mut count)| *size = count as f64);
            }
        }
    }
}
