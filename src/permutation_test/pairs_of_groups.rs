//! Which of several groups differ: p-values of two groups at a time, adjusted for each other by closed testing.
//!
//! Two groups are shown to differ where every hypothesis is rejected under which they are the same: for each way of putting all
//! groups into blocks with the two in one, that the groups of a block are the same (Marcus, Peritz & Gabriel 1976). Such a
//! hypothesis is tested by the largest |t| within the blocks, over labellings that exchange labels within blocks only. The joint
//! relabelling of all groups would not do: where one group differs, it says nothing of the others.
//!
//! Beyond six groups, of which there are 203 such ways, p-values are adjusted by Holm's method.

use std::collections::BTreeMap;

use super::{PermutationTest, Subject};
use crate::design::listed;
use crate::error::Error;
use crate::inference::adjust::Adjustment;
use crate::inference::p_value::{Counts, PValue};
use crate::method::engine;
use crate::method::monte_carlo::MonteCarlo;
use crate::method::tail::Tail;
use crate::sampling::stream::{Domain, Stream};
use crate::statistic::groups::LargestT;
use crate::statistic::{GroupStatistic, Problem, Shuffled, Statistic};

/// More groups than this are in too many blocks.
const MOST_GROUPS: usize = 6;

/// Labellings that are drawn for each set of groups, if no other number is asked for, and the most; where all groups together have
/// no more, those of each set are listed.
const LABELLINGS: u64 = 100_000;

/// Two groups that are tied together by a t of this much less are as far apart.
const TOLERANCE: f64 = 1e-9;

/// The largest |t| of a set of groups, in the data and for labellings of this set.
struct Drawn {
    observed: f64,
    /// Ascending, where these are all labellings.
    replicates: Vec<f64>,
    is_exact: bool,
}

impl PermutationTest {
    /// Adjusts p-values of pairs of groups for each other, which were got by relabelling the two groups alone. Groups are
    /// numbered from 0; the statistic is that by which all of them were compared.
    ///
    /// With pairs that all have group 0 in common, such as a control, hypotheses about others do not count.
    ///
    /// # Errors
    /// [`Error::Usage`] for a test that is not of several groups; and [`Error::Data`] when threads cannot be had.
    pub fn adjust_pairs(
        &self,
        statistic: GroupStatistic,
        pairs: &[[usize; 2]],
        p_values: &[PValue],
    ) -> Result<(Adjustment, Vec<PValue>), Error> {
        let Subject::Groups(sizes) = &self.subject else {
            return Err(Error::usage("there are no several groups to compare", "give at least two"));
        };
        if pairs.len() < 2 {
            return Ok((Adjustment::Nothing, p_values.to_vec()));
        }
        if sizes.len() > MOST_GROUPS || statistic == GroupStatistic::ChiSquared {
            return Ok((Adjustment::Holm, Adjustment::Holm.of_estimates(p_values)));
        }
        let problem = self.shuffled()?;
        let Some(units) = problem.units() else { unreachable!("several groups are shuffled") };
        let hypotheses = hypotheses(sizes.len(), pairs);
        let mut sets: Vec<Vec<usize>> = hypotheses.iter().flatten().cloned().collect();
        sets.sort_unstable();
        sets.dedup();
        let size = problem.design().reference_set_size().exact;
        let is_exact = self.resamples.is_none() && size.is_some_and(|size| size <= u128::from(LABELLINGS));
        let draw =
            |place: usize| Ok((sets[place].clone(), self.draw(units, &sets[place], pairs, statistic, is_exact)?));
        let drawn: BTreeMap<Vec<usize>, Drawn> = engine::each_of(self.threads, sets.len(), draw)?.into_iter().collect();
        let adjusted = |(pair, own): (&[usize; 2], &PValue)| {
            let shared =
                |blocks: &&Vec<Vec<usize>>| blocks.iter().any(|set| pair.iter().all(|group| set.contains(group)));
            let of_hypothesis = |blocks: &Vec<Vec<usize>>| match &blocks[..] {
                // That of the two alone is known already.
                [set] if set.len() == 2 => *own,
                blocks => self.p_value_of(blocks.iter().map(|set| &drawn[set]), own.minimum),
            };
            let larger = |a: PValue, b: PValue| if b.estimate > a.estimate { b } else { a };
            hypotheses.iter().filter(shared).map(of_hypothesis).fold(*own, larger)
        };
        Ok((Adjustment::ClosedTesting, pairs.iter().zip(p_values).map(adjusted).collect()))
    }

    /// Draws labellings of a set of groups, from a stream of its own.
    fn draw(
        &self,
        units: &Shuffled,
        set: &[usize],
        pairs: &[[usize; 2]],
        statistic: GroupStatistic,
        is_exact: bool,
    ) -> Result<Drawn, Error> {
        let place = |group: &usize| set.iter().position(|other| other == group);
        let within = |pair: &[usize; 2]| Some([place(&pair[0])?, place(&pair[1])?]);
        let problem = Problem::shuffled(units.of_groups(set));
        let Some(units) = problem.units() else { unreachable!("several groups are shuffled") };
        let largest = LargestT::new(units, set.len(), pairs.iter().filter_map(within).collect(), statistic);
        let observed = problem.observed(&largest, self.arch)?;
        if is_exact {
            let size = problem.design().reference_set_size().exact.and_then(|size| u64::try_from(size).ok());
            let mut replicates = Vec::new();
            for batch in listed(problem.design(), 0..size.unwrap_or(0)) {
                let mut of_batch = vec![0.0; batch.len()];
                largest.replicates(self.arch, &batch, &mut of_batch)?;
                replicates.append(&mut of_batch);
            }
            replicates.sort_unstable_by(f64::total_cmp);
            return Ok(Drawn { observed, replicates, is_exact });
        }
        let resamples = self.resamples.unwrap_or(LABELLINGS).min(LABELLINGS);
        let number = set.iter().fold(0, |bits, group| bits | 1 << group);
        let stream = Stream::new(self.seed, Domain::PairsOfGroups, number);
        let draws = MonteCarlo { resamples, seed: self.seed, threads: Some(1), arch: self.arch };
        let mut replicates = Vec::with_capacity(resamples as usize);
        draws.replicates(problem.design(), &largest, stream, resamples, |more| replicates.extend_from_slice(more))?;
        Ok(Drawn { observed, replicates, is_exact })
    }

    /// The p-value of the hypothesis that the groups of each of some blocks are the same.
    fn p_value_of<'d>(&self, blocks: impl Iterator<Item = &'d Drawn> + Clone, minimum: f64) -> PValue {
        let observed = blocks.clone().map(|drawn| drawn.observed).fold(0.0, f64::max);
        let bound = observed * (1.0 - TOLERANCE);
        let n = blocks.clone().next().map_or(0, |drawn| drawn.replicates.len());
        if blocks.clone().all(|drawn| drawn.is_exact) {
            // Labels are exchanged in each block independently of the others.
            let below = |drawn: &Drawn| {
                drawn.replicates.partition_point(|&replicate| replicate < bound) as f64 / drawn.replicates.len() as f64
            };
            return PValue::exact(1.0 - blocks.map(below).product::<f64>(), minimum);
        }
        // What is undefined counts as extreme.
        let is_extreme =
            |labelling: &usize| blocks.clone().any(|drawn| drawn.replicates[*labelling].total_cmp(&bound).is_ge());
        let extreme = (0..n).filter(is_extreme).count() as u64;
        let counts = Counts { n: n as u64, greater_equal: extreme, less_equal: extreme, absolute: extreme };
        PValue::monte_carlo(&counts, Tail::Upper, self.confidence, minimum)
    }
}

/// The hypotheses that bear on pairs of groups: blocks of two groups or more, each of which are the same.
fn hypotheses(groups: usize, pairs: &[[usize; 2]]) -> Vec<Vec<Vec<usize>>> {
    let has_control = pairs.iter().all(|pair| pair.contains(&0));
    if !has_control {
        let several = |blocks: Vec<Vec<usize>>| blocks.into_iter().filter(|set| set.len() > 1).collect::<Vec<_>>();
        return partitions(groups).into_iter().map(several).filter(|blocks| !blocks.is_empty()).collect();
    }
    let others: Vec<usize> = (1..groups).filter(|group| pairs.iter().any(|pair| pair.contains(group))).collect();
    let of_bits = |bits: u32| {
        let chosen = others.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1).map(|(_, &group)| group);
        vec![std::iter::once(0).chain(chosen).collect()]
    };
    (1..1 << others.len()).map(of_bits).collect()
}

/// All ways of putting 0, 1, … into blocks.
fn partitions(items: usize) -> Vec<Vec<Vec<usize>>> {
    (0..items).fold(vec![Vec::new()], |partitions, item| {
        let with_item = |blocks: Vec<Vec<usize>>| {
            let places = blocks.len();
            (0..=places).map(move |place| {
                let mut blocks = blocks.clone();
                match blocks.get_mut(place) {
                    Some(block) => block.push(item),
                    None => blocks.push(vec![item]),
                }
                blocks
            })
        };
        partitions.into_iter().flat_map(with_item).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_as_many_as_bell_says() {
        let numbers: Vec<usize> = (1..7).map(|items| partitions(items).len()).collect();
        assert_eq!(numbers, [1, 2, 5, 15, 52, 203]);
    }

    #[test]
    fn each_with_a_control_asks_of_sets_with_the_control_alone() {
        let of = hypotheses(4, &[[0, 1], [0, 3]]);
        assert_eq!(of, [vec![vec![0, 1]], vec![vec![0, 3]], vec![vec![0, 1, 3]]]);
        assert_eq!(hypotheses(3, &[[0, 1], [0, 2], [1, 2]]).len(), 4);
    }
}
