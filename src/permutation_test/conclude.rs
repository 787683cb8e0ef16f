//! From what a method finds to a result.

use super::course::Course;
use super::{PermutationTest, TestResult};
use crate::design::{Exchange, Kind};
use crate::error::Error;
use crate::inference::TwoSidedRule;
use crate::inference::attainable::Twins;
use crate::inference::diagnostics::{Concern, Diagnostics};
use crate::inference::p_value::{Counts, PValue};
use crate::inference::warning::{UnitKind, Warning};
use crate::message::{Message, Setting};
use crate::method::estimate::{Estimate, Spread};
use crate::method::exact::convolve::Tails;
use crate::method::histogram::Histogram;
use crate::method::planner::{Method, Plan};
use crate::method::sequential::Stopped;
use crate::method::splitting;
use crate::method::tail::Tail;
use crate::method::tally::{Tally, Undefined};
use crate::statistic::character::is_central;
use crate::statistic::linear::scores::Exactness;
use crate::statistic::{Character, Definition, Prepared, Problem, Replicate};

/// Labellings up to which counts are whole numbers in every reader's double precision.
const MOST_COUNTED: u128 = 1 << 53;

/// From this share of a group on that would have to come from other strata, to be spread over them like the other group,
/// pooled groups are called unbalanced.
const UNBALANCED: f64 = 0.1;

/// What the choice of a statistic implies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nature {
    pub character: Character,
    /// The two-sided rule where none is asked for.
    pub rule: TwoSidedRule,
    pub twins: Twins,
    pub concern: Concern,
    /// Whether it compares the pooled groups also where labels are exchanged within strata.
    pub pools_strata: bool,
}

impl Nature {
    /// Distances count their upper tail. A difference is measured from its mean over all labellings, if that is known, or from
    /// 0 where that is in their midst. What has no such centre doubles its smaller tail, and so does a difference under strata
    /// of unequal shares of cases, where its centre is not 0. A statistic of which nothing is known is measured from 0.
    pub fn of(problem: &Problem, prepared: &Prepared) -> Result<Self, Error> {
        let design = problem.design();
        let Prepared { character, is_centred, ref definition, .. } = *prepared;
        let rule = match character {
            None => TwoSidedRule::Absolute,
            Some(Character::Distance) => TwoSidedRule::UpperTail,
            Some(Character::Difference) if is_centred => TwoSidedRule::Absolute,
            Some(Character::Difference) if !design.exchange().is_balanced() => TwoSidedRule::Doubled,
            Some(Character::Difference) if design.is_symmetric() || is_central(prepared, problem)? => {
                TwoSidedRule::Absolute
            }
            Some(_) => TwoSidedRule::Doubled,
        };
        let mirrors = matches!(character, Some(Character::Difference | Character::Distance));
        let twins = if design.is_symmetric() && mirrors { Twins::Always } else { Twins::Unknown };
        let is = |property: fn(&Definition) -> bool| definition.as_ref().is_some_and(property);
        let compares_centres = prepared.compares_centres || is(Definition::compares_centres);
        let concern = if compares_centres { Concern::Centres } else { Concern::Else };
        let (character, pools_strata) = (character.unwrap_or_default(), !is(Definition::compares_within_strata));
        Ok(Self { character, rule, twins, concern, pools_strata })
    }
}

/// What a method finds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Found {
    /// Labellings, each counted once.
    Counted(Tally),
    /// Labellings up to a decision.
    Stopped(Stopped),
    /// All labellings, by their sums.
    Tails(Tails<f64>),
    /// The exact p-value.
    Share(f64),
    /// A proven interval.
    Bounds([f64; 2]),
    /// An estimate.
    Estimate(Estimate),
    /// An estimate of the share of some labellings of which those as extreme as the data are a part.
    Ceiling(Estimate),
}

impl Found {
    /// The method that has found it: what was to be drawn may turn out to be known.
    pub fn method(&self, planned: Method) -> Method {
        if let Self::Share(_) = self { Method::EndOfRange } else { planned }
    }

    /// The share that was computed or estimated, if nothing was counted.
    pub fn share(&self) -> Option<f64> {
        match self {
            Self::Share(share) | Self::Bounds([_, share]) => Some(*share),
            Self::Estimate(estimate) | Self::Ceiling(estimate) => Some(estimate.p),
            Self::Counted(_) | Self::Stopped(_) | Self::Tails(_) => None,
        }
    }

    /// The tail that the doubled rule doubles: the smaller one of both if both are known, else the one that was estimated.
    fn smaller_tail(&self, counts: Option<&Counts>, known: &Known) -> Tail {
        let is_upper = match (counts, self) {
            (Some(counts), _) => counts.greater_equal <= counts.less_equal,
            (None, Self::Tails(tails)) => tails.greater_equal <= tails.less_equal,
            (None, Self::Estimate(Estimate { spread: Spread::Replicates { tail, .. }, .. })) => {
                *tail != splitting::Tail::Lower
            }
            // Sums, whose tail was chosen by the side of the mean on which they lie.
            _ => known.null_centre.is_none_or(|centre| known.observed >= centre),
        };
        if is_upper { Tail::Upper } else { Tail::Lower }
    }
}

/// What is known of a statistic without drawing.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// The statistic of the data.
    pub observed: f64,
    pub null_centre: Option<f64>,
    pub attainable: f64,
    pub z: Option<f64>,
    pub exactness: Exactness,
}

impl PermutationTest {
    /// The counts, with undefined statistics treated as asked.
    pub(super) fn counts(&self, tally: &Tally) -> Result<Counts, Error> {
        let Tally { resamples: n, greater_equal, less_equal, absolute, undefined, .. } = *tally;
        match self.undefined {
            Undefined::Error if undefined > 0 => {
                let what = format!("the statistic is not defined for {undefined} of {n} relabellings");
                let remedy = Message::from("choose one that is, or have them counted as extreme or left out (");
                Err(Error::data(what, remedy.and(Setting::Undefined.at("extreme|drop")).and(")")))
            }
            Undefined::Extreme => Ok(Counts {
                n,
                greater_equal: greater_equal + undefined,
                less_equal: less_equal + undefined,
                absolute: absolute + undefined,
            }),
            Undefined::Drop if undefined == n => {
                Err(Error::data("the statistic is not defined for any relabelling", "choose another one"))
            }
            Undefined::Error | Undefined::Drop => Ok(Counts { n: n - undefined, greater_equal, less_equal, absolute }),
        }
    }
}

impl<T: Replicate> Course<'_, T> {
    /// Puts the result together.
    pub(super) fn result(
        &self,
        plan: &Plan,
        method: Method,
        found: Found,
        histogram: Option<Histogram>,
    ) -> Result<TestResult, Error> {
        let Self { test, problem, nature, .. } = self;
        let (known, design, tail) = (&self.data()?.known, problem.design(), self.measured_tail());
        let size = design.reference_set_size();
        let counts = match &found {
            Found::Counted(tally) | Found::Stopped(Stopped { tally, .. }) => Some(test.counts(tally)?),
            Found::Tails(tails) => size.exact.filter(|&size| size <= MOST_COUNTED).map(|size| whole(tails, size)),
            Found::Share(_) | Found::Bounds(_) | Found::Estimate(_) | Found::Ceiling(_) => None,
        };
        let p_value = match (&found, &counts) {
            (Found::Counted(_), Some(counts)) if method.is_exact() => {
                PValue::exact(tail.share(&counts.tails()), known.attainable)
            }
            (Found::Counted(_), Some(counts)) => PValue::monte_carlo(counts, tail, test.confidence, known.attainable),
            (Found::Stopped(_), Some(counts)) => PValue::sequential(counts, tail, test.level.risk, known.attainable),
            (Found::Counted(_) | Found::Stopped(_), None) => unreachable!("a tally has counts"),
            (Found::Tails(tails), _) => PValue::exact(tail.share(tails), known.attainable),
            (Found::Share(share), _) => PValue::exact(*share, known.attainable),
            (Found::Bounds(bounds), _) => PValue::bounds(*bounds, known.attainable),
            (Found::Estimate(estimate), _) => PValue::estimated(estimate, test.confidence, known.attainable),
            (Found::Ceiling(estimate), _) => PValue::ceiling(estimate, test.confidence, known.attainable),
        };
        let coarsest = self.coarsest();
        let smaller = found.smaller_tail(counts.as_ref(), known);
        let decision = if let Found::Stopped(stopped) = &found { Some(stopped.decision) } else { None };
        let (tally, estimate) = match found {
            Found::Counted(tally) | Found::Stopped(Stopped { tally, .. }) => (tally, None),
            Found::Estimate(estimate) | Found::Ceiling(estimate) => (Tally::default(), Some(estimate)),
            Found::Tails(_) | Found::Share(_) | Found::Bounds(_) => (Tally::default(), None),
        };
        let diagnostics = Diagnostics {
            counts: counts.as_ref().filter(|_| matches!(method, Method::MonteCarlo { .. })),
            estimate: estimate.as_ref(),
            p_value: &p_value,
            tail,
            samples: &test.samples(),
            size: &size,
            attainable: known.attainable,
            coarsest,
            z: known.z,
            further: plan.further,
            units: if problem.is_one_sample() && design.kind() == Kind::Paired {
                UnitKind::Values
            } else {
                UnitKind::of(design.kind())
            },
            concern: nature.concern,
            exactness: known.exactness,
        };
        Ok(TestResult {
            estimate: known.observed,
            alternative: self.test.alternative,
            design: design.kind(),
            effect: None,
            character: nature.character,
            null_centre: known.null_centre,
            method,
            further: plan.further,
            two_sided: self.rule(),
            tail: if tail == Tail::Doubled { smaller } else { tail },
            p_value,
            p_value_adjusted: None,
            coarsest,
            counts,
            decision,
            precision: estimate,
            undefined: tally.undefined,
            near_ties: tally.near_ties,
            n_units: design.units().len(),
            n_strata: match design.exchange() {
                Exchange::Subsets(strata) => Some(strata.len()),
                Exchange::Orders(blocks) => Some(blocks.len()),
                Exchange::Coins | Exchange::Other => None,
            },
            warnings: diagnostics.warnings().into_iter().chain(pooled_strata(problem, *nature)).collect(),
            reference_set_size: size,
            histogram,
            null_distribution: Vec::new(),
        })
    }
}

/// Whether the pooled groups differ in which strata they come from, so that the strata may make the difference.
fn pooled_strata(problem: &Problem, nature: Nature) -> Option<Warning> {
    let strata = problem.strata().filter(|_| nature.pools_strata)?;
    let labels = problem.pool().labels();
    let mut counts = vec![[0u64; 2]; 1 + strata.iter().copied().max().unwrap_or(0) as usize];
    strata.iter().zip(labels).for_each(|(&stratum, &is_case)| counts[stratum as usize][usize::from(is_case)] += 1);
    let all = [problem.pool().len() - problem.n_case(), problem.n_case()].map(|n| n as f64);
    let apart = |[controls, cases]: &[u64; 2]| (*controls as f64 / all[0] - *cases as f64 / all[1]).abs();
    let share = 0.5 * counts.iter().map(apart).sum::<f64>();
    (share > UNBALANCED).then_some(Warning::PooledStrata { share })
}

/// The counts of all labellings; those that differ only where nothing depends on it have been counted as one.
fn whole(tails: &Tails<f64>, size: u128) -> Counts {
    let scale = size as f64 / tails.all;
    let whole = |count: f64| (count * scale).round() as u64;
    Counts {
        n: size as u64,
        greater_equal: whole(tails.greater_equal),
        less_equal: whole(tails.less_equal),
        absolute: whole(tails.absolute),
    }
}
