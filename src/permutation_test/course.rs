//! The course of a run: from a statistic and a plan to what the blocks yield, and to the result.

use std::ops::Range;
use std::sync::OnceLock;

use super::blocks::in_range;
use super::conclude::{Found, Known, Nature};
use super::joint::CommonScale;
use super::member::{ConstantColumn, Member};
use super::partial::Computed;
use super::ready::Take;
use super::sums::Sums;
use super::{NullDistribution, Partial, PermutationTest, TestResult};
use crate::error::Error;
use crate::inference::attainable::{coarsest, smallest_attainable};
use crate::inference::diagnostics::FEW;
use crate::inference::{TwoSidedRule, normal};
use crate::method::bins::{Bins, Resolution};
use crate::method::exact::Algorithm;
use crate::method::exact::convolve::{Tails, Work};
use crate::method::exact::enumeration::Enumeration;
use crate::method::foresight;
use crate::method::histogram::Histogram;
use crate::method::joint::ScoredColumn;
use crate::method::monte_carlo::{Bounds, Counted, MonteCarlo, Notes, Watch};
use crate::method::planner::{Choice, CostModel, Further, Labellings, Method, Plan, Reason, Request, plan};
use crate::method::sequential::{self, Rule};
use crate::method::splitting;
use crate::method::tail::Tail;
use crate::statistic::linear::Linear;
use crate::statistic::linear::scores::Exactness;
use crate::statistic::{
    Character, EvaluationCost, ExactTails, PlaceLabels, Problem, Replicate, Shuffled, Statistic, Thresholds,
};

/// Labellings of the plain sample that shows the shape of a null distribution of which nothing else is counted.
const SAMPLE: u64 = 1 << 14;

/// A run of any statistic.
pub(super) trait Run: Send + Sync {
    /// Chooses the method.
    fn plan(&self, labellings: Labellings) -> Result<Plan, Error>;

    /// The statistic of the data.
    fn observed(&self) -> Result<f64, Error>;

    /// The part of the null distribution that is measured.
    fn tail(&self) -> Tail;

    /// Whether all values are the same.
    fn is_constant(&self) -> bool;

    /// The standard deviation of a sum over all labellings, in what it is counted by; `None` for other statistics, and where
    /// it is not known.
    fn deviation(&self) -> Option<f64>;

    /// The test as a column of a family.
    fn column(
        &self,
        scale: CommonScale,
        shape: NullDistribution,
        wants_values: bool,
    ) -> Result<Box<dyn ScoredColumn + '_>, Error>;

    /// Computes some blocks of a planned run.
    fn blocks(
        &self,
        plan: &Plan,
        blocks: Range<u64>,
        shape: NullDistribution,
        watch: Watch,
        take: &mut Take,
    ) -> Result<(), Error>;

    /// Makes the result of what the blocks have yielded.
    fn conclude(&self, plan: &Plan, sum: &Partial, watch: &Watch) -> Result<TestResult, Error>;
}

/// A statistic of a problem on its way to a result.
pub(super) struct Course<'a, T: Replicate> {
    pub test: &'a PermutationTest,
    pub problem: &'a Problem,
    pub statistic: Box<dyn Statistic<Replicate = T> + 'a>,
    pub nature: Nature,
    data: OnceLock<Data<T>>,
    bins: OnceLock<Bins<T>>,
    /// The smaller tail, where resamples had to be drawn to know it.
    pub scouted: OnceLock<splitting::Tail>,
}

/// What is known of the data before anything is drawn.
pub(super) struct Data<T> {
    pub thresholds: Thresholds<T>,
    pub known: Known,
}

impl<'a, T: Replicate> Course<'a, T> {
    pub fn new(
        test: &'a PermutationTest,
        problem: &'a Problem,
        statistic: Box<dyn Statistic<Replicate = T> + 'a>,
        nature: Nature,
    ) -> Self {
        let (data, bins, scouted) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self { test, problem, statistic, nature, data, bins, scouted }
    }

    /// What is known of the data, whose statistic is computed once.
    pub fn data(&self) -> Result<&Data<T>, Error> {
        if let Some(data) = self.data.get() {
            return Ok(data);
        }
        let observed = self.problem.observed(&*self.statistic, self.test.arch)?;
        let value = self.statistic.value(observed);
        if self.test.shared.is_some() && self.is_constant() {
            // In a family that is no error: each labelling gives the same.
            let known = Known {
                observed: if value.is_finite() { value } else { f64::NAN },
                null_centre: None,
                attainable: 1.0,
                z: None,
                exactness: Exactness::Exact,
            };
            return Ok(self.data.get_or_init(|| Data { thresholds: self.statistic.thresholds(observed), known }));
        }
        if !value.is_finite() {
            let found = if value.is_nan() { "not a number" } else { "infinite" };
            let is_constant = |sample: &[f64]| sample.iter().all(|&value| value == sample[0]);
            let (why, remedy) = if self.problem.units().is_some_and(Shuffled::is_constant) {
                (", as all values of a column are the same", "there is nothing to test")
            } else if let Some(units) = self.problem.units() {
                match units.labels {
                    PlaceLabels::Groups { .. } => (", as values do not vary within groups", "choose kruskal-wallis"),
                    PlaceLabels::Numbers(_) => ("", "choose one that is defined for them, such as spearman"),
                }
            } else if self.problem.is_one_sample() && is_constant(&self.test.case) {
                (", as all values are the same", "choose one that is not divided by their spread, such as mean")
            } else if is_constant(&self.test.case) && is_constant(&self.test.control) {
                (", as both groups are constant", "choose one that is not divided by their spread, such as mean")
            } else {
                ("", "choose one that is defined for them")
            };
            return Err(Error::data(format!("the statistic of the data is {found}{why}"), remedy));
        }
        let known = match self.statistic.linear() {
            Some(linear) => self.known_of_sum(linear, value)?,
            // Statistics in floats tie within a tolerance, and say so themselves.
            None => Known {
                observed: value,
                // Of a shuffled order it is a whole number.
                null_centre: self
                    .problem
                    .units()
                    .and(self.statistic.centre())
                    .map(|(whole, _)| self.statistic.value(whole)),
                attainable: self.coarsest(),
                z: None,
                exactness: Exactness::Exact,
            },
        };
        Ok(self.data.get_or_init(|| Data { thresholds: self.statistic.thresholds(observed), known }))
    }

    fn known_of_sum(&self, linear: &Linear, observed: f64) -> Result<Known, Error> {
        let (exchange, alternative) = (self.problem.design().exchange(), self.test.alternative);
        let smallest = match linear.wide() {
            Some((sums, centre)) => smallest_attainable(sums, &exchange, centre, alternative, self.rule()),
            None => smallest_attainable(linear.sums(), &exchange, linear.centre(), alternative, self.rule()),
        };
        let sum = self.problem.observed(linear, self.test.arch)?;
        Ok(Known {
            observed,
            null_centre: Some(linear.value_at_centre()),
            attainable: smallest.unwrap_or_else(|| self.coarsest()),
            z: normal::standardised_sum(linear.sums(), &exchange, sum),
            exactness: linear.exactness(),
        })
    }

    /// The smallest p-value that the design can give.
    pub fn coarsest(&self) -> f64 {
        let size = self.problem.design().reference_set_size();
        let one = coarsest(&size, self.test.alternative, self.rule(), self.nature.twins);
        let is_distance = self.nature.character == Character::Distance;
        let symmetries = self.problem.units().filter(|_| is_distance).map_or(1.0, Shuffled::symmetries);
        (symmetries * one).min(1.0)
    }

    /// How two tails become one p-value.
    pub fn rule(&self) -> TwoSidedRule {
        self.test.two_sided.unwrap_or(self.nature.rule)
    }

    /// The part of the null distribution that is measured.
    pub fn measured_tail(&self) -> Tail {
        self.test.alternative.tail(self.rule())
    }

    /// The bins for a null distribution that is wanted in bins.
    pub fn bins(&self, shape: NullDistribution) -> Result<Option<&Bins<T>>, Error> {
        if shape != NullDistribution::Binned || self.bins.get().is_some() {
            return Ok(self.bins.get().filter(|_| shape == NullDistribution::Binned));
        }
        let (design, thresholds) = (self.problem.design(), &self.data()?.thresholds);
        let bins =
            Bins::choose(design, &*self.statistic, thresholds, self.measured_tail(), self.test.arch, Resolution::FINE)?;
        Ok(Some(self.bins.get_or_init(|| bins)))
    }

    pub fn draws(&self, resamples: u64) -> MonteCarlo {
        let PermutationTest { seed, threads, arch, .. } = *self.test;
        MonteCarlo { resamples, seed, threads, arch }
    }

    /// The sum that the statistic increases with, for a method that is planned for sums alone.
    fn sums(&self) -> Result<Sums<'_>, Error> {
        let misplanned = || Error::data("this statistic cannot be computed by that method", "plan for it");
        let statistic = self.statistic.linear().ok_or_else(misplanned)?;
        let (design, tail) = (self.problem.design(), self.measured_tail());
        let observed = self.problem.observed(statistic, self.test.arch)?;
        Ok(Sums { design, statistic, observed, tail, memory: self.test.memory, seed: self.test.seed })
    }

    fn work<'w>(&self, watch: &Watch<'w>) -> Work<'w> {
        let Watch { stop, begin, advance, .. } = *watch;
        Work { threads: self.test.threads, arch: self.test.arch, stop, begin, advance }
    }

    /// Computes a p-value at once from the sums, with the shape of their distribution if it is wanted.
    fn compute(&self, method: Method, shape: NullDistribution, watch: &Watch) -> Result<Computed, Error> {
        if let Some(tails) = self.statistic.exact_tails(&self.data()?.thresholds) {
            let ExactTails { all, greater_equal, less_equal, absolute } = tails;
            let tails = Tails { all, greater_equal, less_equal, absolute };
            return Ok(Computed { found: Found::Tails(tails), histogram: self.sample(watch)? });
        }
        let (sums, work) = (self.sums()?, self.work(watch));
        let is_binned = shape == NullDistribution::Binned;
        let bins = if is_binned { Some(sums.bins(self.test.arch)?) } else { None };
        let (found, histogram) = match method {
            Method::EndOfRange => (sums.end(), None),
            Method::Bounds => (sums.bounds(work)?, None),
            _ => {
                let is_lattice = method == Method::Lattice;
                let algorithm = if is_lattice { Algorithm::Lattice } else { Algorithm::MeetInTheMiddle };
                let (tails, histogram) = sums.exact(algorithm, bins.as_ref(), work)?;
                (Found::Tails(tails), histogram)
            }
        };
        let histogram = match (&bins, found.share()) {
            (Some(bins), Some(share)) => Some(sums.sketch(bins, share, work)?),
            _ => histogram,
        };
        Ok(Computed { found, histogram })
    }

    /// Counts random relabellings until it is clear on which side of the level p lies.
    fn decide(&self, cap: u64, shape: NullDistribution, watch: &Watch) -> Result<Computed, Error> {
        let draws = self.draws(in_range(cap)?);
        let rule = Rule::new(self.test.level, self.measured_tail(), self.test.undefined);
        (watch.begin)(cap, "resamples");
        let (design, bins) = (self.problem.design(), self.bins(shape)?);
        let thresholds = &self.data()?.thresholds;
        let (stopped, counts) =
            sequential::run_binned(&draws, rule, design, &*self.statistic, thresholds, bins, watch)?;
        let counted = Counted { tally: stopped.tally, bins: counts };
        let histogram = bins.map(|bins| self.histogram(bins, &counted));
        Ok(Computed { found: Found::Stopped(stopped), histogram })
    }

    /// Counts all labellings.
    fn enumerate(&self, shape: NullDistribution, watch: Watch) -> Result<Counted, Error> {
        let (design, bins) = (self.problem.design(), self.bins(shape)?);
        let size = design.reference_set_size().exact.and_then(|size| u64::try_from(size).ok());
        let size = size.ok_or_else(|| Error::data("there are more than 2^64 labellings", "draw resamples"))?;
        let PermutationTest { threads, arch, .. } = *self.test;
        (watch.begin)(size, "labellings");
        let thresholds = &self.data()?.thresholds;
        Enumeration { size, threads, arch }.run_binned(design, &*self.statistic, thresholds, bins, watch)
    }

    pub fn histogram(&self, bins: &Bins<T>, counted: &Counted) -> Histogram {
        bins.histogram(counted, |replicate| self.statistic.value(replicate))
    }

    /// The shape by a plain sample.
    fn sample(&self, watch: &Watch) -> Result<Option<Histogram>, Error> {
        let Some(bins) = self.bins(self.test.null_distribution)? else { return Ok(None) };
        (watch.begin)(SAMPLE, "resamples for the histogram");
        let (draws, thresholds) = (self.draws(SAMPLE), &self.data()?.thresholds);
        let watch = Watch { replicates: None, ..*watch };
        let counted = draws.run_binned(self.problem.design(), &*self.statistic, thresholds, Some(bins), watch)?;
        Ok(Some(Histogram { counts: None, ..self.histogram(bins, &counted) }))
    }

    /// The result of counts which, where they see next to nothing, splitting goes on from.
    fn conclude_counts(&self, plan: &Plan, counted: &Counted, watch: &Watch) -> Result<TestResult, Error> {
        let histogram = self.bins(self.test.null_distribution)?.map(|bins| self.histogram(bins, counted));
        let (tally, tail) = (counted.tally, self.measured_tail());
        let is_rare = self.test.counts(&tally)?.extreme(tail) < FEW;
        if let Further::Taken { method, reach } = plan.further
            && is_rare
            && let Some(found) = self.split_after(method, &tally, reach, watch)?
        {
            // The histogram's counts would be taken for the estimate's.
            let histogram = histogram.map(|histogram| Histogram { counts: None, ..histogram });
            return self.result(plan, method, found, histogram);
        }
        self.result(plan, plan.method, Found::Counted(tally), histogram)
    }
}

impl<T: Replicate> Run for Course<'_, T> {
    fn plan(&self, labellings: Labellings) -> Result<Plan, Error> {
        let PermutationTest { method: choice, resamples, memory, undefined, arch, .. } = *self.test;
        let request = Request { choice, resamples, memory, labellings, undefined };
        let is_exact_wanted = choice == Choice::Exact || (choice == Choice::Auto && resamples.is_none());
        if is_exact_wanted && labellings == Labellings::Summarised {
            let observed = self.problem.observed(&*self.statistic, arch)?;
            if self.statistic.exact_tails(&self.statistic.thresholds(observed)).is_some() {
                return Ok(Plan::simply(Method::Lattice, Reason::Exact));
            }
        }
        let (design, cost, tail) = (self.problem.design(), self.statistic.cost(), self.measured_tail());
        let mut cost_model = CostModel { design, cost, tail, linear: None, log10_p: None };
        // A few labellings suggest what p is, where a method may be chosen by it.
        let is_open = matches!(choice, Choice::Auto | Choice::Splitting) && resamples.is_none();
        if let Some(linear) = self.statistic.linear() {
            cost_model.linear = Some((linear, self.problem.observed(linear, arch)?));
        } else if is_open && cost != EvaluationCost::Expensive {
            let observed = self.problem.observed(&*self.statistic, arch)?;
            cost_model.log10_p = foresight::log10_p(design, &*self.statistic, observed, tail, arch)?;
        }
        plan(&request, &cost_model)
    }

    fn observed(&self) -> Result<f64, Error> {
        Ok(self.data()?.known.observed)
    }

    fn tail(&self) -> Tail {
        self.measured_tail()
    }

    fn is_constant(&self) -> bool {
        match self.problem.units() {
            Some(units) => units.is_constant(),
            None => self.test.case.iter().chain(self.test.control.iter()).all(|&value| value == self.test.case[0]),
        }
    }

    fn deviation(&self) -> Option<f64> {
        let sums = self.statistic.linear()?.sums();
        normal::mean_and_sd(sums, &self.problem.design().exchange()).map(|[_, deviation]| deviation)
    }

    fn column(
        &self,
        scale: CommonScale,
        shape: NullDistribution,
        wants_values: bool,
    ) -> Result<Box<dyn ScoredColumn + '_>, Error> {
        if self.is_constant() {
            return Ok(Box::new(ConstantColumn { value: self.data()?.known.observed }));
        }
        Ok(Box::new(Member::new(self, scale, Notes { bins: self.bins(shape)?, wants_values })?))
    }

    fn blocks(
        &self,
        plan: &Plan,
        blocks: Range<u64>,
        shape: NullDistribution,
        watch: Watch,
        take: &mut Take,
    ) -> Result<(), Error> {
        let computed = match plan.method {
            Method::MonteCarlo { resamples } => {
                let (design, draws) = (self.problem.design(), self.draws(in_range(resamples)?));
                let bounds = Bounds { thresholds: &self.data()?.thresholds, bins: self.bins(shape)? };
                let size = MonteCarlo::block_size(design, &*self.statistic);
                (watch.begin)((blocks.end * size).min(resamples) - blocks.start * size, "resamples");
                let take = |next, counted| take(next, Partial::Counted(counted));
                return draws.run_blocks(design, &*self.statistic, bounds, blocks, watch, take);
            }
            Method::Importance { draws } => {
                let sums = self.sums()?;
                return sums.weigh(&sums.aimed()?, draws, blocks, self.work(&watch), take);
            }
            Method::Splitting { .. } => {
                let take = |next, climbs: &_| take(next, Partial::Climbed(Clone::clone(climbs)));
                let tail = self.split_tail(None, &watch)?;
                return self.climb(plan.method, tail, blocks, None, &watch, take).map(drop);
            }
            Method::Enumeration => return take(1, Partial::Counted(self.enumerate(shape, watch)?)),
            Method::Sequential { cap } => self.decide(cap, shape, &watch)?,
            method => self.compute(method, shape, &watch)?,
        };
        take(1, Partial::Computed(Some(Box::new(computed))))
    }

    fn conclude(&self, plan: &Plan, sum: &Partial, watch: &Watch) -> Result<TestResult, Error> {
        let method = plan.method;
        let (found, histogram) = match sum {
            Partial::Counted(counted) => return self.conclude_counts(plan, counted, watch),
            Partial::Climbed(climbs) => {
                let found = self.climbed(method, self.split_tail(None, watch)?, climbs)?;
                (found, self.sample(watch)?)
            }
            Partial::Weighed { .. } => {
                let sums = self.sums()?;
                let found = sums.aimed()?.found(sum);
                let is_binned = self.test.null_distribution == NullDistribution::Binned;
                let sketch = |share| sums.sketch(&sums.bins(self.test.arch)?, share, self.work(watch));
                (found, found.share().filter(|_| is_binned).map(sketch).transpose()?)
            }
            Partial::Computed(Some(computed)) => (computed.found, computed.histogram.clone()),
            Partial::Joint(_) => return Err(Error::data("these are counts of several columns", "take those of one")),
            Partial::Computed(None) => return Err(Error::data("nothing has been computed", "run the blocks first")),
        };
        self.result(plan, found.method(method), found, histogram)
    }
}
