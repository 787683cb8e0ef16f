//! From a prepared statistic to a result: the observed value, the counts, the conclusion.

use super::{NullDistribution, PermutationTest, TestResult, Undefined};
use crate::design::{Design, Exchange};
use crate::error::Error;
use crate::inference::TwoSidedRule;
use crate::inference::attainable::{Twins, coarsest, smallest_attainable};
use crate::inference::normal;
use crate::inference::p_value::{Counts, PValue};
use crate::inference::summary::Summary;
use crate::inference::warning::{Concern, Findings, UnitKind};
use crate::method::exact::enumeration::{Enumeration, MOST_LABELLINGS};
use crate::method::monte_carlo::{MOST_RESAMPLES, MonteCarlo, ReplicateSink, Watch};
use crate::method::planner::Method;
use crate::method::tally::Tally;
use crate::statistic::catalogue::Prepared;
use crate::statistic::linear::Linear;
use crate::statistic::{self, Definition, Problem, Statistic};

/// What the choice of a statistic implies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nature {
    /// The two-sided rule where none is asked for.
    pub rule: TwoSidedRule,
    pub twins: Twins,
    pub concern: Concern,
}

impl Nature {
    /// Distances count their upper tail. A sum is measured from its mean, a difference from 0; what has neither doubles
    /// its smaller tail, and so does a difference under strata of unequal shares of cases, where its centre is not 0.
    pub fn of(definition: &Definition, prepared: &Prepared, design: &dyn Design) -> Self {
        let mirrors = definition.mirrors_its_samples();
        let rule = match prepared {
            Prepared::Distance(_) => TwoSidedRule::UpperTail,
            Prepared::Linear(_) => TwoSidedRule::Absolute,
            _ if mirrors && design.exchange().is_balanced() => TwoSidedRule::Absolute,
            _ => TwoSidedRule::Doubled,
        };
        Self {
            rule,
            twins: if design.is_symmetric() && mirrors { Twins::Always } else { Twins::Unknown },
            concern: if definition.compares_means() { Concern::Means } else { Concern::Else },
        }
    }
}

/// What comes out of the drawing.
struct Drawn {
    observed: f64,
    tally: Tally,
    null_distribution: Vec<f64>,
}

/// What is known of a statistic without drawing.
#[derive(Clone, Copy)]
struct Known {
    null_centre: Option<f64>,
    attainable: f64,
    z: Option<f64>,
}

impl PermutationTest<'_> {
    pub(super) fn run_linear(
        &self,
        problem: &Problem,
        statistic: &Linear,
        nature: Nature,
        watch: Watch,
    ) -> Result<TestResult, Error> {
        let (design, rule) = (problem.design(), self.two_sided.unwrap_or(nature.rule));
        let exchange = design.exchange();
        let observed = statistic::replicate(statistic, self.arch, design.units().len(), design.observed())?;
        let smallest = smallest_attainable(statistic.sums(), &exchange, statistic.centre(), self.alternative, rule);
        let coarsest = || coarsest(&design.reference_set_size(), self.alternative, rule, nature.twins);
        let known = Known {
            null_centre: Some(statistic.value_at_centre()),
            attainable: smallest.unwrap_or_else(coarsest),
            z: normal::standardised_sum(statistic.sums(), &exchange, observed),
        };
        let drawn = self.draw(problem, statistic, observed, watch)?;
        self.conclude(problem, drawn, known, nature)
    }

    pub(super) fn run<S: Statistic>(
        &self,
        problem: &Problem,
        statistic: &S,
        nature: Nature,
        watch: Watch,
    ) -> Result<TestResult, Error> {
        let (design, rule) = (problem.design(), self.two_sided.unwrap_or(nature.rule));
        let observed = statistic::replicate(statistic, self.arch, design.units().len(), design.observed())?;
        let attainable = coarsest(&design.reference_set_size(), self.alternative, rule, nature.twins);
        let drawn = self.draw(problem, statistic, observed, watch)?;
        self.conclude(problem, drawn, Known { null_centre: None, attainable, z: None }, nature)
    }

    fn draw<S: Statistic>(
        &self,
        problem: &Problem,
        statistic: &S,
        observed: S::Replicate,
        watch: Watch,
    ) -> Result<Drawn, Error> {
        let value = statistic.value(observed);
        if !value.is_finite() {
            let found = if value.is_nan() { "not a number" } else { "infinite" };
            let what = format!("the statistic of the data is {found}");
            return Err(Error::data(what, "choose one that is defined for them"));
        }
        let mut null_distribution = Vec::new();
        let Watch { stop, advance, replicates: mut elsewhere } = watch;
        let is_wanted = self.null_distribution == NullDistribution::Kept || elsewhere.is_some();
        let mut keep = |values: &[f64]| {
            if self.null_distribution == NullDistribution::Kept {
                null_distribution.extend_from_slice(values);
            }
            elsewhere.as_mut().map_or(Ok(()), |elsewhere| elsewhere(values))
        };
        let replicates: Option<&mut ReplicateSink> = if is_wanted { Some(&mut keep) } else { None };
        let tally = self.count(problem, statistic, observed, Watch { stop, advance, replicates })?;
        Ok(Drawn { observed: value, tally, null_distribution })
    }

    /// Counts the relabellings that are as extreme as the data, by whichever method.
    fn count<S: Statistic>(
        &self,
        problem: &Problem,
        statistic: &S,
        observed: S::Replicate,
        watch: Watch,
    ) -> Result<Tally, Error> {
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            return Err(Error::data(format!("{} is no confidence level", self.confidence), "name one between 0 and 1"));
        }
        let (design, extremes) = (problem.design(), statistic.extremes(observed));
        let Self { seed, threads, arch, .. } = *self;
        match (self.method, design.reference_set_size().exact) {
            (Method::Exact, Some(size)) if size <= MOST_LABELLINGS => {
                Enumeration { size: size as u64, threads, arch }.run(design, statistic, &extremes, watch)
            }
            (Method::Exact, _) => {
                let what = format!("there are more than {MOST_LABELLINGS} labellings, too many to count one by one");
                Err(Error::data(what, "draw resamples"))
            }
            (Method::MonteCarlo { resamples: resamples @ 1..=MOST_RESAMPLES }, _) => {
                MonteCarlo { resamples, seed, threads, arch }.run(design, statistic, &extremes, watch)
            }
            (Method::MonteCarlo { resamples }, _) => {
                Err(Error::data(format!("{resamples} resamples are out of range"), "draw from 1 to 1e12"))
            }
        }
    }

    /// The counts, with undefined statistics treated as asked.
    fn counts(&self, tally: &Tally) -> Result<Counts, Error> {
        let Tally { resamples: n, greater_equal, less_equal, absolute, undefined, .. } = *tally;
        match self.undefined {
            Undefined::Error if undefined > 0 => {
                let what = format!("the statistic is not defined for {undefined} of {n} relabellings");
                let remedy =
                    "choose one that is, or have them counted as extreme or left out (--undefined extreme|drop)";
                Err(Error::data(what, remedy))
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

    fn conclude(&self, problem: &Problem, drawn: Drawn, known: Known, nature: Nature) -> Result<TestResult, Error> {
        let Drawn { observed, tally, null_distribution } = drawn;
        let counts = self.counts(&tally)?;
        let size = problem.design().reference_set_size();
        let (alternative, rule) = (self.alternative, self.two_sided.unwrap_or(nature.rule));
        let findings = Findings {
            counts: &counts,
            alternative,
            rule,
            groups: [&Summary::of(self.case), &Summary::of(self.control)],
            size: &size,
            attainable: known.attainable,
            z: known.z,
            method: self.method,
            units: UnitKind::of(problem.design().name()),
            concern: nature.concern,
        };
        let p_value = match self.method {
            Method::Exact => PValue::exact(&counts, alternative, rule, known.attainable),
            Method::MonteCarlo { .. } => {
                PValue::monte_carlo(&counts, alternative, rule, self.confidence, known.attainable)
            }
        };
        Ok(TestResult {
            estimate: observed,
            null_centre: known.null_centre,
            method: self.method,
            two_sided: rule,
            p_value,
            counts,
            undefined: tally.undefined,
            near_ties: tally.near_ties,
            n_units: problem.design().units().len(),
            n_strata: match problem.design().exchange() {
                Exchange::Subsets(strata) => Some(strata.len()),
                Exchange::Coins | Exchange::Other => None,
            },
            reference_set_size: size,
            warnings: findings.warnings(),
            null_distribution,
        })
    }
}
