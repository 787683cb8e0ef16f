//! A named statistic → the shape in which it is computed for one problem.

use std::borrow::Cow;

use super::Named;
use crate::error::Error;
use crate::message::{Message, Setting};
use crate::statistic::distance::{Distance, Scan, Side};
use crate::statistic::expression::{Binary, Unary};
use crate::statistic::formula::{Formula, Leaf, Measure, Numbers, Step};
use crate::statistic::linear::{self, Linear};
use crate::statistic::order::{self, Group};
use crate::statistic::pool::{Origin, Scale};
use crate::statistic::values::Values;
use crate::statistic::{Character, Prepared, Problem, pool};

/// Any function of two samples.
pub type Function = Box<dyn Fn(&[f64], &[f64]) -> f64 + Send + Sync>;

impl Named {
    /// Prepares the statistic for a problem; `side` is for the one distance that has a direction.
    ///
    /// # Errors
    /// [`Error::Data`] for values or a design on which it is not defined.
    pub fn prepare(self, problem: &Problem, side: Side) -> Result<Prepared<'_>, Error> {
        if let Some(within_strata) = self.prepare_within_strata(problem) {
            return Ok(within_strata);
        }
        let distance = |distance| Ok(Prepared::floats(Scan::new(problem, distance)).of_character(Character::Distance));
        let quantile = |q| Ok(difference(problem, &[leaf_step(Measure::Quantile(q))]));
        match self {
            Self::Mean => Ok(mean(problem)),
            Self::Median => quantile(0.5),
            Self::TrimmedMean(q) => Ok(difference(problem, &[leaf_step(Measure::TrimmedMean(q))])),
            Self::Var => Ok(difference_of_degree(problem, &[leaf_step(Measure::Variance)], 2.0)),
            Self::Sd => Ok(difference(problem, &[leaf_step(Measure::Variance), Step::Unary(Unary::Sqrt)])),
            Self::Quantile(q) => quantile(q),
            Self::GeometricMean => geometric_mean(problem),
            Self::Min => quantile(0.0),
            Self::Max => quantile(1.0),
            Self::Iqr => {
                let quartiles = [0.75, 0.25].map(|q| leaf_step(Measure::Quantile(q)));
                Ok(difference(problem, &[quartiles[0], quartiles[1], Step::Binary(Binary::Subtract)]))
            }
            Self::Mad => Ok(mad(problem)),
            Self::T => Ok(student(problem)),
            Self::Welch => Ok(welch(problem)),
            Self::RankSum => Ok(rank_sum(problem)),
            Self::SignedRank => signed_rank(problem),
            Self::Ks => distance(Distance::KolmogorovSmirnov(side)),
            Self::Cvm => distance(Distance::CramerVonMises),
            Self::Ad => distance(Distance::AndersonDarling),
            Self::Energy => distance(Distance::Energy),
        }
    }
}

/// A measure of the case values.
fn leaf_step(measure: Measure) -> Step {
    Step::Leaf(Leaf { column: 0, group: Group::Case, measure })
}

/// The same step for the control values.
fn of_control(step: Step) -> Step {
    match step {
        Step::Leaf(leaf) => Step::Leaf(Leaf { group: Group::Control, ..leaf }),
        other => other,
    }
}

/// The difference of a summary in the unit of the data, given by its steps for the case values.
fn difference(problem: &Problem, summary: &[Step]) -> Prepared<'static> {
    difference_of_degree(problem, summary, 1.0)
}

/// The same in a power of that unit.
fn difference_of_degree(problem: &Problem, summary: &[Step], degree: f64) -> Prepared<'static> {
    let control = summary.iter().copied().map(of_control);
    let steps = summary.iter().copied().chain(control).chain([Step::Binary(Binary::Subtract)]).collect();
    formula(from_least(problem, steps, degree, problem.pool().shift()))
}

/// A function of the values that does not change when a number is added to all of them.
fn from_least(problem: &Problem, steps: Vec<Step>, degree: f64, shift: f64) -> Formula {
    let measured = problem.pool().measured(Origin::Least);
    let scale = Scale { unit: measured.unit, degree, shift, ..Scale::OF_DATA };
    Formula::new(problem, &[Numbers::from(&measured)], steps, scale)
}

fn formula(formula: Formula) -> Prepared<'static> {
    Prepared::floats(formula).of_character(Character::Difference)
}

fn mad(problem: &Problem) -> Prepared<'static> {
    let measured = problem.pool().measured(Origin::Least);
    let function = |x: &[f64], y: &[f64]| deviation(x) - deviation(y);
    let scale = Scale { unit: measured.unit, degree: 1.0, ..Scale::OF_DATA };
    let values = Values::measured(problem, &measured.values, scale, Some(1.0), function);
    Prepared::floats(values).of_character(Character::Difference)
}

fn mean(problem: &Problem) -> Prepared<'static> {
    if problem.design().case_size().is_some() {
        let pool = problem.pool();
        return Prepared::sum(linear::mean_difference(problem, pool.scores(), pool.shift()));
    }
    difference(problem, &[leaf_step(Measure::Mean)])
}

fn geometric_mean(problem: &Problem) -> Result<Prepared<'static>, Error> {
    let values = problem.pool().values();
    if values[0] <= 0.0 {
        let what = format!("a geometric mean needs positive values, and {} is one of these", values[0]);
        return Err(Error::data(what, "choose another statistic, such as the median"));
    }
    let logarithms = values.iter().map(|&value| libm::log(value)).collect();
    let mean = |group| Step::Leaf(Leaf { column: 0, group, measure: Measure::Mean });
    let exp = Step::Unary(Unary::Exp);
    let steps = vec![mean(Group::Case), exp, mean(Group::Control), exp, Step::Binary(Binary::Subtract)];
    Ok(formula(Formula::new(problem, &[Numbers { values: logarithms, scores: None }], steps, Scale::OF_DATA)))
}

/// Median of |x − median|.
pub(super) fn deviation(sample: &[f64]) -> f64 {
    let mut sorted = Cow::Borrowed(sample);
    if !sample.is_sorted() {
        sorted.to_mut().sort_unstable_by(f64::total_cmp);
    }
    let median = order::quantile(&sorted, 0.5);
    let half = sample.len().div_ceil(2);
    let lower = distance_of_nearest(&sorted, median, half);
    if sample.len() % 2 == 1 { lower } else { lower.midpoint(distance_of_nearest(&sorted, median, half + 1)) }
}

/// How far the k-th nearest of ascending values lies from a point. The k nearest are neighbours, so the farthest of them is at
/// one of their ends: the later they begin, the nearer is the first and the farther the last.
fn distance_of_nearest(sorted: &[f64], point: f64, k: usize) -> f64 {
    let ends = |first: usize| [point - sorted[first], sorted[first + k - 1] - point];
    // The beginning from which on the last one is the farthest.
    let (mut low, mut high) = (0, sorted.len() - k);
    while low < high {
        let middle = low.midpoint(high);
        let [first, last] = ends(middle);
        if first > last { low = middle + 1 } else { high = middle }
    }
    let farthest = |first: usize| ends(first).into_iter().fold(f64::NEG_INFINITY, f64::max);
    if low == 0 { farthest(0) } else { farthest(low).min(farthest(low - 1)) }
}

/// Student's *t*, which increases with the sum of the case values: the squares around the pooled mean are those within the
/// groups and m·n/N times the squared difference of means, and only that difference depends on the labels. Likewise for
/// pairs, the sum of whose squared differences does not change when labels are swapped.
fn student(problem: &Problem) -> Prepared<'static> {
    let (design, pool, m) = (problem.design(), problem.pool(), problem.n_case() as f64);
    if design.case_size().is_none() {
        return student_of_any_sizes(problem);
    }
    let difference = linear::mean_difference(problem, pool.scores(), 0.0);
    if let Some(pairs) = problem.pairs() {
        let squares: f64 = pairs.iter().map(|&pair| within_pair(pool, pair).powi(2)).sum();
        return Prepared::sum(difference.map_monotone(move |mean| {
            let variance = ((squares - m * mean * mean) / (m - 1.0)).max(0.0);
            mean / (variance / m).sqrt()
        }));
    }
    let (all, measured) = (pool.len() as f64, pool.measured(Origin::Least));
    let mean = measured.values.iter().sum::<f64>() / all;
    let squares: f64 = measured.values.iter().map(|value| (value - mean).powi(2)).sum();
    let squares = measured.unit.to_data(squares, 2.0);
    Prepared::sum(difference.map_monotone(move |difference| {
        let within = (squares - difference * difference * (m * (all - m) / all)).max(0.0);
        difference / (within / (all - 2.0) * (all / (m * (all - m)))).sqrt()
    }))
}

/// Case less control value of a pair.
fn within_pair(pool: &pool::Pool, [case, control]: [u32; 2]) -> f64 {
    let [case, control] = [case, control].map(|place| pool.scores().scores[place as usize]);
    (case - control) as f64 * pool.scores().step()
}

/// Steps for two leaves and an operator between them, and the like.
struct Steps(Vec<Step>);

impl Steps {
    fn leaf(mut self, group: Group, measure: Measure) -> Self {
        self.0.push(Step::Leaf(Leaf { column: 0, group, measure }));
        self
    }

    fn constant(mut self, number: f64) -> Self {
        self.0.push(Step::Constant(number));
        self
    }

    fn then(mut self, operator: Binary) -> Self {
        self.0.push(Step::Binary(operator));
        self
    }

    fn root(mut self) -> Self {
        self.0.push(Step::Unary(Unary::Sqrt));
        self
    }

    /// mean(x) − mean(y)
    fn difference_of_means() -> Self {
        Self(Vec::new()).leaf(Group::Case, Measure::Mean).leaf(Group::Control, Measure::Mean).then(Binary::Subtract)
    }

    /// (n − 1)·var
    fn squares(self, group: Group) -> Self {
        let size_less_one = |steps: Self| steps.leaf(group, Measure::Size).constant(1.0).then(Binary::Subtract);
        size_less_one(self.leaf(group, Measure::Variance)).then(Binary::Multiply)
    }

    /// Of numbers without a unit.
    fn prepare(self, problem: &Problem) -> Prepared<'static> {
        formula(from_least(problem, self.0, 0.0, 0.0))
    }
}

/// (x̄ − ȳ) / √((`SSx` + `SSy`)/(N − 2) · (1/m + 1/n)), where m is not the same in every labelling.
fn student_of_any_sizes(problem: &Problem) -> Prepared<'static> {
    Steps::difference_of_means()
        .squares(Group::Case)
        .squares(Group::Control)
        .then(Binary::Add)
        .constant(problem.pool().len() as f64 - 2.0)
        .then(Binary::Divide)
        .constant(1.0)
        .leaf(Group::Case, Measure::Size)
        .then(Binary::Divide)
        .constant(1.0)
        .leaf(Group::Control, Measure::Size)
        .then(Binary::Divide)
        .then(Binary::Add)
        .then(Binary::Multiply)
        .root()
        .then(Binary::Divide)
        .prepare(problem)
}

/// (x̄ − ȳ) / √(var(x)/m + var(y)/n)
fn welch(problem: &Problem) -> Prepared<'static> {
    Steps::difference_of_means()
        .leaf(Group::Case, Measure::Variance)
        .leaf(Group::Case, Measure::Size)
        .then(Binary::Divide)
        .leaf(Group::Control, Measure::Variance)
        .leaf(Group::Control, Measure::Size)
        .then(Binary::Divide)
        .then(Binary::Add)
        .root()
        .then(Binary::Divide)
        .prepare(problem)
}

fn rank_sum(problem: &Problem) -> Prepared<'static> {
    Prepared::sum(Linear::new(problem, &problem.pool().doubled_ranks(), |sum| sum as f64 / 2.0))
}

/// The larger value of a pair scores the rank of their difference, the smaller one 0: then the case sample's sum is that of
/// the positive differences. Pairs of equal values have no rank (Wilcoxon 1945).
fn signed_rank(problem: &Problem) -> Result<Prepared<'static>, Error> {
    let Some(pairs) = problem.pairs() else {
        let remedy = Message::from("add ").and(Setting::Paired).and(", or choose rank-sum for independent samples");
        return Err(Error::data("signed-rank compares the members of pairs, and these data are not paired", remedy));
    };
    let scores = problem.pool().scores().finest();
    let mut differences: Vec<(i128, u32)> = pairs
        .iter()
        .map(|&[case, control]| (case, control, scores[case as usize] - scores[control as usize]))
        .filter(|&(_, _, difference)| difference != 0)
        .map(|(case, control, difference)| (difference.abs(), if difference > 0 { case } else { control }))
        .collect();
    differences.sort_unstable();
    let magnitudes: Vec<i128> = differences.iter().map(|&(magnitude, _)| magnitude).collect();
    let mut ranks = vec![0; problem.pool().len()];
    for (&(_, larger), rank) in differences.iter().zip(pool::doubled_ranks(&magnitudes)) {
        ranks[larger as usize] = rank;
    }
    Ok(Prepared::sum(Linear::new(problem, &ranks, |sum| sum as f64 / 2.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_deviation_is_the_median_of_all_distances_from_the_median(values in prop::collection::vec(-50i32..50, 1..60)) {
            let sample: Vec<f64> = values.iter().map(|&value| f64::from(value) / 10.0).collect();
            let median_of = |mut values: Vec<f64>| {
                values.sort_unstable_by(f64::total_cmp);
                order::quantile(&values, 0.5)
            };
            let median = median_of(sample.clone());
            let expected = median_of(sample.iter().map(|value| (value - median).abs()).collect());
            prop_assert_eq!(deviation(&sample), expected);
        }
    }
}
