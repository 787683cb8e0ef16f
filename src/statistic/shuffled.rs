//! Units whose labels are shuffled: those of more than two groups, or of an association, in the order of the places of
//! their design.
//!
//! In the data place j and unit j belong together: the label of the place, a group or a number, is that of the unit. A
//! labelling is an order of the units, which gives the label of place j to unit `order[j]`. A unit is an observation or, with
//! clusters, all observations of one.

use std::ops::Range;

use super::Thresholds;
use super::linear::scores::greatest_common_divisor;
use crate::design::{Kind, Orders};

/// Units and the labels of their places.
#[derive(Debug, Clone, PartialEq)]
pub struct Shuffled {
    /// The observations of the units, one behind the other.
    pub values: Vec<f64>,
    /// Where those of each unit begin, and where the last one's end.
    pub starts: Vec<usize>,
    /// Units among which labels are exchanged: all of them, or those of each stratum.
    pub blocks: Vec<Range<usize>>,
    /// The label of each place.
    pub labels: PlaceLabels,
    /// What the design is called.
    pub kind: Kind,
}

/// The labels that are shuffled.
#[derive(Debug, Clone, PartialEq)]
pub enum PlaceLabels {
    /// Groups, numbered from 0; equal ones stand together within a block, the most frequent one last.
    Groups {
        /// The group of each place.
        of_place: Vec<u32>,
        /// How many groups there are.
        number: usize,
    },
    /// Numbers that are compared with the observations.
    Numbers(Vec<f64>),
}

/// Consecutive places of one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The places.
    pub places: Range<usize>,
    /// Their group; for numbers, their place in the block.
    pub label: usize,
    /// Whether it is the last one of its block.
    pub is_last: bool,
}

impl Shuffled {
    /// Number of units.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no unit: never.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The observations of a unit.
    #[must_use]
    pub fn of(&self, unit: usize) -> Range<usize> {
        self.starts[unit]..self.starts[unit + 1]
    }

    /// The observations of a block.
    pub fn observations(&self) -> impl Iterator<Item = Range<usize>> + Clone {
        self.blocks.iter().map(|block| self.starts[block.start]..self.starts[block.end])
    }

    /// Whether each unit is a single observation.
    #[must_use]
    pub fn are_single(&self) -> bool {
        self.values.len() == self.len()
    }

    /// Whether no labelling changes anything: all observations are the same, or all labels.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        let are_same = |values: &[f64]| values.iter().all(|&value| value == values[0]);
        are_same(&self.values) || matches!(&self.labels, PlaceLabels::Numbers(numbers) if are_same(numbers))
    }

    /// How many labellings differ only in which groups of equal size have which name: a statistic that asks whether groups
    /// differ is the same for all of them.
    #[must_use]
    pub fn symmetries(&self) -> f64 {
        let PlaceLabels::Groups { number, .. } = self.labels else { return 1.0 };
        let mut sizes = vec![Vec::new(); number];
        for block in self.blocks.clone() {
            let runs = self.runs().into_iter().filter(|run| block.contains(&run.places.start));
            let mut of_block = vec![0; number];
            runs.for_each(|run| of_block[run.label] += run.places.len());
            sizes.iter_mut().zip(of_block).for_each(|(sizes, size)| sizes.push(size));
        }
        sizes.sort();
        let alike = sizes.chunk_by(|a, b| a == b).map(<[_]>::len);
        alike.map(|groups| (1..=groups).map(|factor| factor as f64).product::<f64>()).product()
    }

    /// The runs of equal labels, block by block.
    #[must_use]
    pub fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for block in &self.blocks {
            match &self.labels {
                PlaceLabels::Groups { of_place, .. } => {
                    let mut start = block.start;
                    for run in of_place[block.clone()].chunk_by(|a, b| a == b) {
                        let places = start..start + run.len();
                        start = places.end;
                        runs.push(Run { is_last: start == block.end, places, label: run[0] as usize });
                    }
                }
                PlaceLabels::Numbers(_) => {
                    let run = |place: usize| Run {
                        places: place..place + 1,
                        label: place - block.start,
                        is_last: place + 1 == block.end,
                    };
                    runs.extend(block.clone().map(run));
                }
            }
        }
        runs
    }

    /// The orders of the units that are equally likely.
    #[must_use]
    pub fn design(&self) -> Orders {
        let runs = self.runs();
        let sizes = |block: &[Run]| block.iter().map(|run| run.places.len()).collect::<Vec<usize>>();
        Orders::new(self.kind, runs.chunk_by(|run, _| !run.is_last).map(sizes).collect())
    }

    /// The units of some groups alone, which are numbered anew in the order of this list.
    ///
    /// # Panics
    /// When the labels are no groups.
    #[must_use]
    pub fn of_groups(&self, groups: &[usize]) -> Self {
        let PlaceLabels::Groups { of_place, .. } = &self.labels else { unreachable!("these are no groups") };
        let place_of = |unit: &usize| groups.iter().position(|&group| group == of_place[*unit] as usize);
        let (mut values, mut starts, mut blocks, mut labels) = (Vec::new(), vec![0], Vec::new(), Vec::new());
        for block in &self.blocks {
            let start = labels.len();
            for (unit, group) in block.clone().filter_map(|unit| Some((unit, place_of(&unit)?))) {
                values.extend_from_slice(&self.values[self.of(unit)]);
                starts.push(values.len());
                labels.push(group as u32);
            }
            if labels.len() > start {
                blocks.push(start..labels.len());
            }
        }
        let labels = PlaceLabels::Groups { of_place: labels, number: groups.len() };
        Self { values, starts, blocks, labels, kind: self.kind }
    }

    /// Of scores of the observations, their sums over each unit.
    #[must_use]
    pub fn sums(&self, scores: &[i64]) -> Vec<i64> {
        (0..self.len()).map(|unit| scores[self.of(unit)].iter().sum()).collect()
    }
}

/// Scores less the mean of their block, in whole numbers.
pub struct Centred {
    /// The scores.
    pub scores: Vec<i64>,
    /// What one is worth in the unit of those that were centred.
    pub unit: f64,
}

/// Takes from scores the mean of their block: they are multiplied by what makes them whole and, where they would grow too large
/// to add up, rounded to one part in 2⁴⁰ or finer.
#[must_use]
pub fn centred(scores: &[i64], blocks: impl Iterator<Item = Range<usize>> + Clone) -> Centred {
    /// Sums of all magnitudes stay below this.
    const LIMIT: u128 = 1 << 62;
    /// Block sizes are brought to a common multiple up to this one; beyond, means are rounded to one part in it.
    const FINEST: i128 = 1 << 40;
    let multiple = blocks.clone().try_fold(1i128, |multiple, block| {
        let n = block.len() as i128;
        let common = multiple / greatest_common_divisor(multiple, n) * n;
        (common <= FINEST).then_some(common)
    });
    let mut centred = vec![0i128; scores.len()];
    for block in blocks {
        let (n, of_block) = (block.len() as i128, &scores[block.clone()]);
        let sum: i128 = of_block.iter().map(|&score| i128::from(score)).sum();
        for (centred, &score) in centred[block].iter_mut().zip(of_block) {
            let times_n = n * i128::from(score) - sum;
            *centred = match multiple {
                Some(multiple) => times_n * (multiple / n),
                None => times_n * FINEST / n,
            };
        }
    }
    let divisor = centred.iter().fold(0, |divisor, &score| greatest_common_divisor(divisor, score.abs())).max(1);
    let all: u128 = centred.iter().map(|score| (score / divisor).unsigned_abs()).sum();
    let shift = (128 - (all / LIMIT).leading_zeros()).min(126);
    let half = if shift > 0 { 1i128 << (shift - 1) } else { 0 };
    let unit = divisor as f64 * libm::exp2(f64::from(shift)) / multiple.unwrap_or(FINEST) as f64;
    Centred { scores: centred.into_iter().map(|score| ((score / divisor + half) >> shift) as i64).collect(), unit }
}

/// Twice the mid-rank of each value among those of its block.
#[must_use]
pub fn twice_ranks(values: &[f64], blocks: impl Iterator<Item = Range<usize>>) -> Vec<i64> {
    let mut ranks = vec![0; values.len()];
    for block in blocks {
        let mut order: Vec<usize> = block.collect();
        order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]));
        let mut before = 0;
        for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
            let rank = (2 * before + tied.len() + 1) as i64;
            for &place in tied {
                ranks[place] = rank;
            }
            before += tied.len();
        }
    }
    ranks
}

/// Bounds around a whole centre.
#[must_use]
pub fn around(centre: i64, observed: i64) -> Thresholds<i64> {
    let distance = (observed - centre).abs();
    Thresholds {
        observed,
        greater_equal: observed,
        less_equal: observed,
        far_above: centre + distance,
        far_below: centre - distance,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centred_scores_sum_to_zero_in_each_block() {
        let of_one = centred(&[1, 2, 7], std::iter::once(0..3));
        // Less 10/3, in thirds.
        assert_eq!((of_one.scores, of_one.unit), (vec![-7, -4, 11], 1.0 / 3.0));
        let blocks = [0..2, 2..5];
        let of_blocks = centred(&[0, 4, 7, 7, 10], blocks.iter().cloned());
        // Means of 2 and 8.
        assert_eq!((of_blocks.scores, of_blocks.unit), (vec![-2, 2, -1, -1, 2], 1.0));
        let large = centred(&[0, 1 << 61, 1 << 60], std::iter::once(0..3));
        assert!(large.scores.iter().map(|score| score.unsigned_abs()).sum::<u64>() < 1 << 62);
    }

    #[test]
    fn ties_share_the_mean_of_their_ranks() {
        assert_eq!(twice_ranks(&[5.0, 1.0, 5.0, -0.0, 0.0], std::iter::once(0..5)), [9, 6, 9, 3, 3]);
        assert_eq!(twice_ranks(&[5.0, 1.0, 7.0, 6.0], [0..2, 2..4].into_iter()), [4, 2, 4, 2]);
    }
}
