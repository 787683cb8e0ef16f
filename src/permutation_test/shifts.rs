//! The interval of shifts that the test does not reject: its own rule and, as far as they serve, its own labellings.
//!
//! Where p is exact, so is the interval, if that can be had in a moment: from all labellings where they are few, from the
//! distribution of sums for means, from the exact p-value of shift after shift for ranks and other statistics. Where p was
//! counted, the interval is that of the same random labellings, or of the first of them.

use std::sync::Arc;

use super::canonical::Canonical;
use super::effect::{EffectInterval, IntervalKind};
use super::{NullDistribution, PermutationTest, TestResult};
use crate::design::layout::{Layout, Pairing};
use crate::error::Error;
use crate::inference::{Alternative, normal};
use crate::method::exact::convolve::Work;
use crate::method::inversion::jumps::Jumps;
use crate::method::inversion::search::{Bracket, Search, rejects};
use crate::method::inversion::sums::KeptSums;
use crate::method::inversion::{Beyond, Inversion, MOST_ENUMERATED, Source};
use crate::method::monte_carlo::Watch;
use crate::method::planner::{Choice, DEFAULT_RESAMPLES, Labellings, Method};
use crate::method::tail::Tail;
use crate::method::tally::Undefined;
use crate::sampling::stream::Domain;
use crate::statistic::catalogue::Named;
use crate::statistic::linear::Linear;
use crate::statistic::{Definition, Prepared, Problem};

/// Random labellings that an interval of shifts is made from, at most: its ends are then off by a hundredth of their
/// distance from the estimate, and by a third of that for means.
const MOST_FOR_ORDER_STATISTICS: u64 = 100_000;
const MOST_FOR_SEARCH: u64 = 10_000;

/// Labellings up to which all are listed for means, though sums may be counted instead.
const FEW: u64 = 10_000;

/// Nominal seconds that an exact p-value may take for it to be computed for some forty shifts.
const MOST_SECONDS: f64 = 0.02;

/// To which part of their distance from the estimate ends are searched for.
const RESOLUTION: f64 = 1e-9;

/// What is asked for.
pub(super) struct Shifts<'a> {
    pub problem: &'a Problem,
    pub named: Named,
    /// The test whose p-value the interval stands beside.
    pub result: &'a TestResult,
    /// The effect, which is never rejected.
    pub estimate: f64,
    pub confidence: f64,
}

/// The ends of an interval, and the labellings that they come from.
struct Found {
    ends: [f64; 2],
    /// How many were drawn; `None` for all that there are.
    drawn: Option<u64>,
}

impl PermutationTest {
    /// The shifts that the test does not reject.
    pub(super) fn shifts(&self, asked: &Shifts, watch: &Watch) -> Result<EffectInterval, Error> {
        let Shifts { problem, named, result, .. } = asked;
        let tail = self.alternative.tail(result.two_sided);
        let definition = Definition::Named(*named);
        let prepared = self.prepare(problem, &definition)?;
        let linear = prepared.linear();
        // Of means that are no sums those within strata are centred.
        let is_mean = match named {
            Named::Mean => linear.is_some() || !prepared.is_centred,
            Named::T => linear.is_some(),
            _ => false,
        };
        // Sums are counted only where none were drawn, and take some twenty bytes a value.
        let prepared = Some(prepared).filter(|_| self.drawn(result).is_none());
        let found = if is_mean {
            self.shifts_of_means(asked, prepared.as_ref().and_then(Prepared::linear), tail, watch)?
        } else {
            self.search(asked, &definition, tail, watch)?
        };
        let ends = self.agree(asked, &found);
        let kind = if found.drawn.is_some() { IntervalKind::Sampled } else { IntervalKind::Exact };
        let errors = found.drawn.map(|drawn| {
            let part = sampling_error(tail, asked.confidence, drawn + 1);
            ends.map(|end| part * (end - asked.estimate).abs())
        });
        Ok(EffectInterval { ends, kind, errors })
    }

    /// How many labellings were drawn for the p-value, if any were.
    fn drawn(&self, result: &TestResult) -> Option<u64> {
        match (result.method, &result.counts) {
            (Method::MonteCarlo { resamples }, _) => Some(resamples),
            (Method::Sequential { .. }, Some(counts)) if self.undefined == Undefined::Drop => {
                Some(counts.n + result.undefined)
            }
            (Method::Sequential { .. }, Some(counts)) => Some(counts.n),
            _ => None,
        }
    }

    fn shifts_of_means(
        &self,
        asked: &Shifts,
        linear: Option<&Linear>,
        tail: Tail,
        watch: &Watch,
    ) -> Result<Found, Error> {
        let Shifts { problem, result, confidence, .. } = *asked;
        let Self { seed, threads, arch, .. } = *self;
        let of = |source: Source| {
            let ends = Inversion { source, threads, arch }.mean_difference(problem, tail, confidence, watch)?;
            let drawn = if let Source::Drawn { resamples, .. } = source { Some(resamples) } else { None };
            Ok(Found { ends, drawn })
        };
        let draw = |resamples: u64| {
            let resamples = resamples.min(MOST_FOR_ORDER_STATISTICS);
            of(Source::Drawn { resamples, seed, domain: Domain::Resamples })
        };
        if let Some(drawn) = self.drawn(result) {
            return draw(drawn);
        }
        let size = problem.design().reference_set_size().exact.and_then(|size| u64::try_from(size).ok());
        let few = |most: u64| size.filter(|&size| size <= most);
        if let Some(size) = few(FEW) {
            return of(Source::All { size });
        }
        let sums = match linear {
            Some(linear) => KeptSums::new(problem, linear, problem.observed(linear, arch)?, self.memory),
            None => None,
        };
        match (sums, few(MOST_ENUMERATED)) {
            (Some(sums), _) => {
                let Watch { stop, begin, advance, .. } = *watch;
                let work = Work { threads, arch, stop, begin, advance };
                Ok(Found { ends: sums.interval(problem.pool().shift(), tail, confidence, work)?, drawn: None })
            }
            (None, Some(size)) => of(Source::All { size }),
            (None, None) => draw(DEFAULT_RESAMPLES),
        }
    }

    /// By the p-value of shift after shift, always of the same labellings of the same observations.
    fn search(&self, asked: &Shifts, definition: &Definition, tail: Tail, watch: &Watch) -> Result<Found, Error> {
        let Shifts { named, confidence, estimate: centre, .. } = *asked;
        let canonical = Canonical::new(&self.case, &self.control, &self.layout);
        let (test, drawn) = self.of_fixed_observations(asked, definition, &canonical)?;
        let jumps = if named == Named::SignedRank {
            Jumps::of_pairs(&self.case, &self.control)
        } else {
            Jumps::of_samples(&self.case, &self.control)
        };
        let guess = jumps.guess(normal::quantile(confidence));
        let largest =
            self.case.iter().chain(self.control.iter()).fold(0.0f64, |largest, value| largest.max(value.abs()));
        let is_ranked = matches!(named, Named::RankSum | Named::SignedRank);
        let jumps_in =
            |bracket: Bracket| jumps.between(bracket.outside.min(bracket.inside), bracket.outside.max(bracket.inside));
        let is_near = |bracket: Bracket| {
            if is_ranked {
                jumps_in(bracket).is_none_or(|[least, most]| least == most)
            } else {
                bracket.is_within(RESOLUTION, centre, largest)
            }
        };
        let read = |bracket: Bracket| {
            if is_ranked { jumps_in(bracket).map_or(bracket.inside, |[jump, _]| jump) } else { bracket.shortest() }
        };
        let far = apart(&self.case, &self.control);
        let end = |side: usize, level: f64| -> Result<f64, Error> {
            // Where the smaller tail is doubled each end has one of its own.
            let single = [Alternative::Greater, Alternative::Less][side];
            let alternative = if tail == Tail::Doubled { single } else { self.alternative };
            let test = test.clone().alternative(alternative);
            let p = |shift: f64| {
                let (test, watch) = (test.clone().shift(shift), Watch { replicates: None, ..*watch });
                Ok(test
                    .ready(&test.problem()?, definition, Labellings::Summarised)?
                    .run_without_effect(watch)?
                    .p_value
                    .estimate)
            };
            let guess = centre + (guess[side] - guess[0].midpoint(guess[1]));
            // Ratios to a spread may rise again, and pairs without a difference lose their rank.
            let may_rise = matches!(named, Named::Welch | Named::T | Named::SignedRank);
            let search = Search { p: &p, level, centre, guess, far: far[side], opposite: far[1 - side], may_rise };
            Ok(search.run(is_near)?.map_or([f64::NEG_INFINITY, f64::INFINITY][side], read))
        };
        let beyond = Beyond::of(tail, confidence)?;
        let low = beyond.low.map_or(Ok(f64::NEG_INFINITY), |level| end(0, level))?;
        let high = beyond.high.map_or(Ok(f64::INFINITY), |level| end(1, level))?;
        Ok(Found { ends: [low, high], drawn })
    }

    /// The test whose labellings are about the same observations whatever the shift, which changes the order of the pool:
    /// those of the p-value's test. Pairs stay the same by themselves. And how many it draws, if it does.
    fn of_fixed_observations(
        &self,
        asked: &Shifts,
        definition: &Definition,
        canonical: &Canonical,
    ) -> Result<(PermutationTest, Option<u64>), Error> {
        let undefined = if self.undefined == Undefined::Error { Undefined::Extreme } else { self.undefined };
        let mut test: PermutationTest =
            PermutationTest { undefined, null_distribution: NullDistribution::Dropped, ..self.clone() };
        if self.design.is_none() && self.shared.is_none() && self.layout.pairing == Pairing::Independent {
            if self.layout != Layout::default() {
                // As the problem has them.
                let Canonical { case, control, layout } = canonical;
                let (case, control) = (Arc::from(&**case), Arc::from(&**control));
                test = PermutationTest { case, control, layout: (**layout).clone(), ..test };
            }
            test = PermutationTest { design: Some(asked.problem.design_of_observations()), ..test };
        }
        if asked.result.method.is_exact() {
            let exact = PermutationTest { resamples: None, ..test.clone() }.method(Choice::Exact);
            let plan = exact.ready(asked.problem, definition, Labellings::Summarised)?.plan;
            let seconds = |method: Method| {
                let planned = plan.candidates.iter().find(|candidate| candidate.method == method);
                planned.map_or(0.0, |candidate| candidate.seconds)
            };
            // At the end of its range a sum is known for nothing, which other shifts are not.
            let method = if plan.method == Method::EndOfRange { Method::Lattice } else { plan.method };
            if seconds(method) <= MOST_SECONDS {
                return Ok((exact, None));
            }
        }
        let drawn = self.drawn(asked.result).unwrap_or(DEFAULT_RESAMPLES).min(MOST_FOR_SEARCH);
        Ok((test.method(Choice::MonteCarlo).resamples(drawn), Some(drawn)))
    }

    /// The interval holds the null value exactly if the test does not reject it, which the p-value says: of an end that is
    /// the null value that says whether it is in, and of labellings that are fewer than those of the p-value it is better
    /// known. What p does on the way is left as it is: a null value that is rejected within the hull of shifts that are not.
    fn agree(&self, asked: &Shifts, found: &Found) -> [f64; 2] {
        let (null, [mut low, mut high]) = (self.shift, found.ends);
        let level = 1.0 - asked.confidence;
        if !rejects(asked.result.p_value.estimate, level) {
            return [low.min(null), high.max(null)];
        }
        let largest =
            self.case.iter().chain(self.control.iter()).fold(null.abs(), |largest, value| largest.max(value.abs()));
        let step = 4.0 * f64::EPSILON * largest;
        let is_hull = matches!(asked.named, Named::Welch | Named::T | Named::SignedRank);
        let is_its_own = match found.drawn {
            Some(drawn) => Some(drawn) == self.drawn(asked.result),
            None => asked.result.method.is_exact(),
        };
        let is_within = low < null && null < high;
        if is_within && is_hull && is_its_own {
            return [low, high];
        }
        if low <= null && null < asked.estimate {
            low = (null + step).max(null.next_up());
        }
        if null <= high && asked.estimate < null {
            high = (null - step).min(null.next_down());
        }
        [low, high]
    }
}

/// Shifts that set two samples apart, and a little further: beyond, no statistic of location changes its mind.
fn apart(case: &[f64], control: &[f64]) -> [f64; 2] {
    let least = |sample: &[f64]| sample.iter().copied().fold(f64::INFINITY, f64::min);
    let most = |sample: &[f64]| sample.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let [low, high] = [least(case) - most(control), most(case) - least(control)];
    let more = 1e-3 * (high - low);
    [low - more, high + more]
}

/// The standard error of an end as a part of its distance from the estimate, where so many labellings count: what chance does to
/// the share of labellings that are as extreme at the end, read as a distance on a normal curve.
fn sampling_error(tail: Tail, confidence: f64, labellings: u64) -> f64 {
    let (share, sides) = match tail {
        Tail::Absolute => (1.0 - confidence, 2.0),
        Tail::Doubled => ((1.0 - confidence) / 2.0, 1.0),
        Tail::Upper | Tail::Lower => (1.0 - confidence, 1.0),
    };
    let z = match tail {
        Tail::Absolute | Tail::Doubled => normal::quantile(confidence),
        // Near the estimate itself a distance says little.
        Tail::Upper | Tail::Lower => normal::quantile((2.0 * confidence - 1.0).max(0.1)),
    };
    let density = libm::exp(-0.5 * z * z) / std::f64::consts::TAU.sqrt();
    (share * (1.0 - share) / labellings as f64).sqrt() / (sides * density * z)
}
