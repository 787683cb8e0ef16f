//! From a prepared statistic and a plan to what the planned method finds.

use std::ops::Range;

use super::conclude::{Course, Found, Known, Nature, Shape};
use super::sums::OfSums;
use super::{NullDistribution, PermutationTest, TestResult};
use crate::error::Error;
use crate::inference::attainable::{coarsest, smallest_attainable};
use crate::inference::findings::FEW;
use crate::inference::normal;
use crate::inference::p_value::PValue;
use crate::method::bins::{BinCounts, Bins};
use crate::method::estimate::{Estimate, Spread};
use crate::method::exact::Algorithm;
use crate::method::exact::enumeration::Enumeration;
use crate::method::exact::sides::Work;
use crate::method::monte_carlo::{Counted, MOST_RESAMPLES, MonteCarlo, ReplicateSink, Watch};
use crate::method::planner::prospect::USUAL_DEPTH;
use crate::method::planner::{Further, Method, Plan, Reach};
use crate::method::sequential::{self, Rule, Stopped};
use crate::method::splitting::{self, Climbs, Pilot, Splitting, SplittingEstimate, Target};
use crate::method::tail::Tail;
use crate::method::tally::{Tally, Undefined};
use crate::statistic::linear::Linear;
use crate::statistic::linear::scores::Exactness;
use crate::statistic::{self, Problem, Statistic};

/// Resamples that tell which tail is the smaller one.
const SCOUTS: u64 = 10_000;

impl PermutationTest<'_> {
    /// The sum, or whatever replicates are counted by, for the labelling of the data.
    pub(super) fn observed<S: Statistic>(&self, problem: &Problem, statistic: &S) -> Result<S::Replicate, Error> {
        let design = problem.design();
        statistic::replicate(statistic, self.arch, design.units().len(), design.observed())
    }

    pub(super) fn run_linear(
        &self,
        problem: &Problem,
        statistic: &Linear,
        nature: Nature,
        plan: &Plan,
        watch: Watch,
    ) -> Result<TestResult, Error> {
        let design = problem.design();
        let observed = self.observed(problem, statistic)?;
        let course = self.linear_course(problem, statistic, observed, nature, plan)?;
        let tail = self.tail(&course);
        let sums = OfSums { design, statistic, observed, tail, memory: self.memory, seed: self.seed };
        let Watch { stop, begin, advance, .. } = watch;
        let work = Work { threads: self.threads, arch: self.arch, stop, begin, advance };
        let is_binned = self.null_distribution == NullDistribution::Binned;
        let bins = if is_binned { Some(sums.bins(self.arch)?) } else { None };
        let mut histogram = None;
        let found = match plan.method {
            Method::EndOfRange => sums.end(),
            Method::Lattice | Method::MeetInTheMiddle => {
                let is_lattice = plan.method == Method::Lattice;
                let algorithm = if is_lattice { Algorithm::Lattice } else { Algorithm::MeetInTheMiddle };
                let (tails, shape) = sums.exact(algorithm, bins.as_ref(), work)?;
                histogram = shape;
                Found::Tails(tails)
            }
            Method::Bounds => sums.bounds(work)?,
            Method::Importance { draws } => sums.importance(draws, work)?,
            Method::Enumeration | Method::MonteCarlo { .. } | Method::Sequential { .. } | Method::Splitting { .. } => {
                return self.evaluate(&course, statistic, observed, watch);
            }
        };
        if let (Some(bins), Some(share)) = (&bins, found.share()) {
            histogram = Some(sums.sketch(bins, share, work)?);
        }
        self.conclude(&course, found.method(plan.method), found, Shape { histogram, values: Vec::new() })
    }

    /// What is known of a sum before anything is drawn.
    pub(super) fn linear_course<'c>(
        &self,
        problem: &'c Problem,
        statistic: &Linear,
        observed: i64,
        nature: Nature,
        plan: &'c Plan,
    ) -> Result<Course<'c>, Error> {
        let (design, rule) = (problem.design(), self.two_sided.unwrap_or(nature.rule));
        let exchange = design.exchange();
        let smallest = match statistic.wide() {
            Some((sums, centre)) => smallest_attainable(sums, &exchange, centre, self.alternative, rule),
            None => smallest_attainable(statistic.sums(), &exchange, statistic.centre(), self.alternative, rule),
        };
        let coarsest = || coarsest(&design.reference_set_size(), self.alternative, rule, nature.twins);
        let known = Known {
            observed: defined(statistic.value(observed))?,
            null_centre: Some(statistic.value_at_centre()),
            attainable: smallest.unwrap_or_else(coarsest),
            z: normal::standardised_sum(statistic.sums(), &exchange, observed),
            exactness: statistic.exactness(),
        };
        Ok(Course { problem, plan, nature, known })
    }

    pub(super) fn run<S: Statistic>(
        &self,
        problem: &Problem,
        statistic: &S,
        nature: Nature,
        plan: &Plan,
        watch: Watch,
    ) -> Result<TestResult, Error> {
        let observed = self.observed(problem, statistic)?;
        let course = self.course(problem, statistic, observed, nature, plan)?;
        self.evaluate(&course, statistic, observed, watch)
    }

    /// What is known of any statistic before anything is drawn.
    pub(super) fn course<'c, S: Statistic>(
        &self,
        problem: &'c Problem,
        statistic: &S,
        observed: S::Replicate,
        nature: Nature,
        plan: &'c Plan,
    ) -> Result<Course<'c>, Error> {
        let rule = self.two_sided.unwrap_or(nature.rule);
        let attainable = coarsest(&problem.design().reference_set_size(), self.alternative, rule, nature.twins);
        let observed_value = defined(statistic.value(observed))?;
        // Statistics in floats tie within a tolerance, and say so themselves.
        let exactness = Exactness::Exact;
        let known = Known { observed: observed_value, null_centre: None, attainable, z: None, exactness };
        Ok(Course { problem, plan, nature, known })
    }

    /// The methods that evaluate the statistic, whichever it is.
    fn evaluate<S: Statistic>(
        &self,
        course: &Course,
        statistic: &S,
        observed: S::Replicate,
        watch: Watch,
    ) -> Result<TestResult, Error> {
        let method = course.plan.method;
        let bins = self.bins(course, statistic, observed)?;
        if let Method::Splitting { .. } = method {
            let found = self.split(course, statistic, observed, method, None, &watch)?;
            let histogram = self.sample(course, statistic, observed, bins.as_ref(), &watch)?;
            return self.conclude(course, method, found, Shape { histogram, values: Vec::new() });
        }
        let histogram = |counted: &Counted| Some(bins.as_ref()?.histogram(counted, |sum| statistic.value(sum)));
        if let Method::Sequential { cap } = method {
            let (stopped, counts) = self.decide(course, statistic, observed, cap, bins.as_ref(), &watch)?;
            let counted = Counted { tally: stopped.tally, bins: counts };
            let shape = Shape { histogram: histogram(&counted), values: Vec::new() };
            return self.conclude(course, method, Found::Stopped(stopped), shape);
        }
        self.check_room_for_values(course)?;
        let mut values = Vec::new();
        let Watch { stop, begin, advance, replicates: mut elsewhere } = watch;
        let is_wanted = self.null_distribution == NullDistribution::Kept || elsewhere.is_some();
        let mut keep = |more: &[f64]| {
            if self.null_distribution == NullDistribution::Kept {
                values.extend_from_slice(more);
            }
            elsewhere.as_mut().map_or(Ok(()), |elsewhere| elsewhere(more))
        };
        let replicates: Option<&mut ReplicateSink> = if is_wanted { Some(&mut keep) } else { None };
        let watch = Watch { stop, begin, advance, replicates };
        let counted = self.count(course, statistic, observed, method, bins.as_ref(), watch)?;
        let (tally, shape) = (counted.tally, Shape { histogram: histogram(&counted), values });
        let is_rare = self.counts(&tally)?.extreme(self.tail(course)) < FEW;
        match course.plan.further {
            Further::Taken { method, reach } if is_rare => {
                let watch = Watch { stop, begin, advance, replicates: None };
                let after = After { tally: &tally, reach };
                let found = self.split(course, statistic, observed, method, Some(after), &watch);
                // Nobody has asked for splitting: where it finds no way, what was counted stands.
                let Some(found) = unless_stuck(found)?.filter(|found| self.is_lower(course, found, &tally)) else {
                    return self.conclude(course, course.plan.method, Found::Counted(tally), shape);
                };
                self.conclude(course, method, found, shape.of_others())
            }
            _ => self.conclude(course, method, Found::Counted(tally), shape),
        }
    }

    /// The statistics of all labellings take 8 bytes each, where they are kept.
    fn check_room_for_values(&self, course: &Course) -> Result<(), Error> {
        let labellings = match course.plan.method {
            Method::MonteCarlo { resamples } => u128::from(resamples),
            _ => course.problem.design().reference_set_size().exact.unwrap_or(u128::MAX),
        };
        // A growing list is copied to one that is up to twice as long.
        if self.null_distribution != NullDistribution::Kept || 24 * labellings <= u128::from(self.memory) {
            return Ok(());
        }
        let what = format!("the statistics of {labellings} labellings do not fit the memory that may be used");
        Err(Error::data(what, "keep fewer of them, give them to a watch as they come, or allow for more memory"))
    }

    /// The part of the null distribution that is measured.
    pub(super) fn tail(&self, course: &Course) -> Tail {
        self.alternative.tail(self.two_sided.unwrap_or(course.nature.rule))
    }

    /// Counts the relabellings that are as extreme as the data: all of them, or random ones.
    fn count<S: Statistic>(
        &self,
        course: &Course,
        statistic: &S,
        observed: S::Replicate,
        method: Method,
        bins: Option<&Bins<S::Replicate>>,
        watch: Watch,
    ) -> Result<Counted, Error> {
        let (design, extremes) = (course.problem.design(), statistic.extremes(observed));
        let Self { seed, threads, arch, .. } = *self;
        match (method, design.reference_set_size().exact) {
            (Method::Enumeration, Some(size)) => {
                let size =
                    u64::try_from(size).map_err(|_| Error::data("there are 2^64 labellings", "draw resamples"))?;
                (watch.begin)(size, "labellings");
                Enumeration { size, threads, arch }.run_binned(design, statistic, &extremes, bins, watch)
            }
            (Method::MonteCarlo { resamples: resamples @ 1..=MOST_RESAMPLES }, _) => {
                (watch.begin)(resamples, "resamples");
                MonteCarlo { resamples, seed, threads, arch }.run_binned(design, statistic, &extremes, bins, watch)
            }
            (Method::MonteCarlo { resamples }, _) => {
                Err(Error::data(format!("{resamples} resamples are out of range"), "draw from 1 to 1e12"))
            }
            _ => Err(Error::data("this statistic cannot be computed by that method", "plan for it")),
        }
    }

    /// Counts random relabellings until it is clear on which side of the level p lies.
    fn decide<S: Statistic>(
        &self,
        course: &Course,
        statistic: &S,
        observed: S::Replicate,
        cap: u64,
        bins: Option<&Bins<S::Replicate>>,
        watch: &Watch,
    ) -> Result<(Stopped, BinCounts), Error> {
        if !(1..=MOST_RESAMPLES).contains(&cap) {
            return Err(Error::data(format!("{cap} resamples are out of range"), "draw from 1 to 1e12"));
        }
        let Self { seed, threads, arch, .. } = *self;
        let draws = MonteCarlo { resamples: cap, seed, threads, arch };
        let rule = Rule::new(self.level, self.tail(course), self.undefined);
        (watch.begin)(cap, "resamples");
        let extremes = statistic.extremes(observed);
        sequential::run_binned(&draws, rule, course.problem.design(), statistic, &extremes, bins, watch)
    }

    /// Whether splitting says more than what was counted: an estimate does, an upper bound if it is lower than that of the
    /// counts.
    fn is_lower(&self, course: &Course, found: &Found, tally: &Tally) -> bool {
        let Found::Ceiling(estimate) = found else { return true };
        let attainable = course.known.attainable;
        let ceiling = PValue::ceiling(estimate, self.confidence, attainable).estimate;
        let counted = self
            .counts(tally)
            .map(|counts| PValue::monte_carlo(&counts, self.tail(course), self.confidence, attainable).interval[1]);
        counted.is_ok_and(|counted| ceiling < counted)
    }

    /// Splitting, as a method of its own or where resamples have seen too little.
    fn split<S: Statistic>(
        &self,
        course: &Course,
        statistic: &S,
        observed: S::Replicate,
        method: Method,
        after: Option<After>,
        watch: &Watch,
    ) -> Result<Found, Error> {
        let splitting = self.splitting(method);
        let mut climbs = Climbs { levels: 0, estimates: Vec::new(), evaluations: 0 };
        let replicates = 0..splitting.replicates;
        let tail = self.split_tail(course, statistic, observed, after.map(|after| after.tally), watch)?;
        let most = after.map(|after| after.reach.evaluations);
        let pilot = self.climb(course, statistic, observed, method, tail, replicates, most, watch, |_, more| {
            climbs.append(more);
            Ok(())
        })?;
        let found = self.climbed(course, method, tail, &climbs)?;
        Ok(match found {
            Found::Estimate(estimate) if !pilot.is_complete => Found::Ceiling(estimate),
            found => found,
        })
    }

    fn splitting(&self, method: Method) -> Splitting {
        let Method::Splitting { replicates, particles } = method else { unreachable!("splitting is planned") };
        let Self { seed, threads, arch, .. } = *self;
        Splitting { replicates, particles, seed, threads, arch }
    }

    /// The same on no more threads than have room for a replicate each.
    fn splitting_within(&self, method: Method, units: usize) -> Splitting {
        let splitting = self.splitting(method);
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = splitting.threads.unwrap_or_else(cores);
        let room = usize::try_from(self.memory / splitting.bytes(units)).unwrap_or(usize::MAX).max(1);
        if room < threads { Splitting { threads: Some(room), ..splitting } } else { splitting }
    }

    /// The tail that is split. Under the doubled rule that is the smaller one of the resamples, which are drawn here where none
    /// were counted.
    pub(super) fn split_tail<S: Statistic>(
        &self,
        course: &Course,
        statistic: &S,
        observed: S::Replicate,
        counted: Option<&Tally>,
        watch: &Watch,
    ) -> Result<splitting::Tail, Error> {
        let Watch { stop, begin, advance, .. } = *watch;
        let scout = || {
            let scouts = Method::MonteCarlo { resamples: SCOUTS };
            let watch = Watch { stop, begin, advance, replicates: None };
            self.count(course, statistic, observed, scouts, None, watch).map(|counted| counted.tally)
        };
        Ok(match self.tail(course) {
            Tail::Upper => splitting::Tail::Upper,
            Tail::Lower => splitting::Tail::Lower,
            Tail::Absolute => splitting::Tail::Absolute,
            Tail::Doubled => {
                let tally = counted.map_or_else(scout, |&tally| Ok(tally))?;
                let is_above = tally.greater_equal <= tally.less_equal;
                if is_above { splitting::Tail::Upper } else { splitting::Tail::Lower }
            }
        })
    }

    /// Some replicates of splitting.
    #[allow(clippy::too_many_arguments)] // a run, some of its replicates, and what is known of it
    pub(super) fn climb<S: Statistic>(
        &self,
        course: &Course,
        statistic: &S,
        observed: S::Replicate,
        method: Method,
        tail: splitting::Tail,
        replicates: Range<u64>,
        most_evaluations: Option<u64>,
        watch: &Watch,
        take: impl FnMut(u64, &Climbs) -> Result<(), Error> + Send,
    ) -> Result<Pilot, Error> {
        let Watch { stop, begin, advance, .. } = *watch;
        let on_undefined = match self.undefined {
            Undefined::Error => splitting::OnUndefined::Fail,
            Undefined::Extreme => splitting::OnUndefined::Extreme,
            Undefined::Drop => {
                let what = "splitting cannot leave out relabellings for which the statistic is undefined";
                return Err(Error::usage(
                    what,
                    "count them as extreme (--undefined extreme), or draw resamples with -n",
                ));
            }
        };
        let design = course.problem.design();
        let splitting = self.splitting_within(method, design.units().len());
        let share = (replicates.end - replicates.start + 1) as f64 / (splitting.replicates + 1) as f64;
        let evaluations = splitting.expected_evaluations(design, USUAL_DEPTH)? as f64;
        begin((share * evaluations) as u64, "relabellings");
        let watch = Watch { stop, begin, advance, replicates: None };
        let extremes = statistic.extremes(observed);
        let target = Target { extremes: &extremes, tail, on_undefined, most_evaluations };
        splitting.run_replicates(design, statistic, target, replicates, &watch, take)
    }

    /// What replicates tell of the p-value.
    pub(super) fn climbed(
        &self,
        course: &Course,
        method: Method,
        tail: splitting::Tail,
        climbs: &Climbs,
    ) -> Result<Found, Error> {
        let splitting = self.splitting(method);
        let found = splitting.conclude(climbs)?;
        let sides = if self.tail(course) == Tail::Doubled { 2.0 } else { 1.0 };
        let SplittingEstimate { replicates, extinct, levels, .. } = found;
        Ok(Found::Estimate(Estimate {
            p: (sides * found.estimate).min(1.0),
            standard_error: sides * found.standard_error,
            draws: replicates * splitting.particles as u64,
            spread: Spread::Replicates { replicates, extinct, levels, tail },
        }))
    }
}

/// What splitting starts from where it was not asked for.
#[derive(Clone, Copy)]
pub(super) struct After<'a> {
    /// What was counted before.
    tally: &'a Tally,
    reach: Reach,
}

/// What splitting found, if it found a way.
fn unless_stuck(found: Result<Found, Error>) -> Result<Option<Found>, Error> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Error::Data { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The statistic of the data, which must be a number.
fn defined(value: f64) -> Result<f64, Error> {
    if value.is_finite() {
        return Ok(value);
    }
    let found = if value.is_nan() { "not a number" } else { "infinite" };
    Err(Error::data(format!("the statistic of the data is {found}"), "choose one that is defined for them"))
}
