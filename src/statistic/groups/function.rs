//! Any function of the values of several groups.

use super::{groups_of, orders};
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::simd::Arch;
use crate::statistic::distance::Side;
use crate::statistic::shuffled::{Run, Shuffled};
use crate::statistic::{Character, EvaluationCost, Prepared, Problem, Statistic, TestStatistic, Thresholds, tolerance};

/// A function of the values of several groups, in the order of the groups: the larger, the more they differ. Values within a
/// [`tolerance`](crate::statistic::tolerance) of the observed one count as ties.
///
/// ```
/// use permtest::PermutationTest;
/// use permtest::statistic::groups::FunctionOfGroups;
///
/// let mean = |group: &[f64]| group.iter().sum::<f64>() / group.len() as f64;
/// let range = |groups: &[&[f64]]| {
///     let means = || groups.iter().map(|group| mean(group));
///     means().fold(f64::MIN, f64::max) - means().fold(f64::MAX, f64::min)
/// };
/// let groups: [&[f64]; 3] = [&[1.0, 2.0], &[3.0, 4.0], &[5.0, 6.0]];
/// let result = PermutationTest::of_groups(&groups)?.run(&FunctionOfGroups(range))?;
/// assert_eq!(result.estimate, 4.0);
/// // The lowest two in one group, the highest two in another.
/// assert_eq!(result.p_value.estimate, 6.0 / 90.0);
/// # Ok::<(), permtest::error::Error>(())
/// ```
pub struct FunctionOfGroups<F>(pub F);

impl<F: Fn(&[&[f64]]) -> f64 + Send + Sync> TestStatistic for FunctionOfGroups<F> {
    fn prepare<'a>(&'a self, problem: &'a Problem, side: Side) -> Result<Prepared<'a>, Error> {
        let Some((units, groups)) = problem.units().and_then(groups_of) else {
            return Err(Error::usage("this function compares several groups", "give it groups"));
        };
        if side != Side::Either {
            return Err(Error::usage("a function of several groups has no direction", "leave out the alternative"));
        }
        let function = Gathered { function: &self.0, units, runs: units.runs(), groups };
        Ok(Prepared::floats(function).of_character(Character::Distance))
    }
}

struct Gathered<'a, F> {
    function: &'a F,
    units: &'a Shuffled,
    runs: Vec<Run>,
    groups: usize,
}

impl<F: Fn(&[&[f64]]) -> f64 + Send + Sync> Statistic for Gathered<'_, F> {
    type Replicate = f64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        let mut groups = vec![Vec::new(); self.groups];
        for (replicate, order) in replicates.iter_mut().zip(orders(labellings)) {
            groups.iter_mut().for_each(Vec::clear);
            for Run { places, label, .. } in &self.runs {
                for &unit in &order[places.clone()] {
                    groups[*label].extend_from_slice(&self.units.values[self.units.of(unit as usize)]);
                }
            }
            // What adds values up in their order gives the same number for the same groups.
            for group in &mut groups {
                group.sort_unstable_by(f64::total_cmp);
            }
            let groups: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
            *replicate = (self.function)(&groups);
        }
        Ok(())
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        Thresholds::about(0.0, observed, tolerance(observed, 0.0, None))
    }

    fn value(&self, replicate: f64) -> f64 {
        replicate
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Function
    }
}
