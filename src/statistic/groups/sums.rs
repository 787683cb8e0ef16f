//! Sums over each group, of squares as well, and the sizes of the groups.

use super::orders;
use crate::sampling::labellings::Labellings;
use crate::statistic::shuffled::{Run, Shuffled, centred};

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

/// Sums and sums of squares over each group, in a unit of their own and less the mean of each block.
pub(super) struct Moments {
    sums: GroupSums,
    squares: GroupSums,
    sizes: Sizes,
}

impl Moments {
    pub fn new(units: &Shuffled, groups: usize, scores: &[i64]) -> Self {
        let scores = centred(scores, units.observations()).scores;
        // As large a unit as leaves squares room to add up in integers; t and F do not depend on it.
        let largest = scores.iter().map(|score| score.unsigned_abs()).max().unwrap_or(0);
        let room = ((1u64 << 61) as f64 / scores.len() as f64).sqrt() as u64;
        let shift = (64 - (largest / room.max(1)).leading_zeros()).min(63);
        let scores: Vec<i64> = scores.into_iter().map(|score| score >> shift).collect();
        let squares: Vec<i64> = scores.iter().map(|score| score * score).collect();
        Self {
            sums: GroupSums::new(units, groups, units.sums(&scores)),
            squares: GroupSums::new(units, groups, units.sums(&squares)),
            sizes: Sizes::new(units, groups),
        }
    }

    pub fn groups(&self) -> usize {
        self.sums.groups
    }

    /// A replicate of each labelling, from the sizes, the sums and the sums of squares of its groups.
    pub fn replicates(
        &self,
        labellings: &Labellings,
        replicates: &mut [f64],
        mut of: impl FnMut(&[f64], &[i64], &[i64]) -> f64,
    ) {
        let groups = self.groups();
        let (mut sums, mut squares, mut room) = (vec![0; groups], vec![0; groups], vec![0; groups]);
        let mut sizes = vec![0.0; groups];
        for (replicate, order) in replicates.iter_mut().zip(orders(labellings)) {
            self.sums.write(order, &mut sums);
            self.squares.write(order, &mut squares);
            self.sizes.write(order, &mut room, &mut sizes);
            *replicate = of(&sizes, &sums, &squares);
        }
    }
}
