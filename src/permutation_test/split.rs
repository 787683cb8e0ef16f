//! Splitting, as a method of its own or where resamples have seen too little.

use std::ops::Range;

use super::conclude::Found;
use super::course::Course;
use crate::error::Error;
use crate::inference::p_value::PValue;
use crate::message::{Message, Setting};
use crate::method::estimate::{Estimate, Spread};
use crate::method::monte_carlo::Watch;
use crate::method::planner::cost_model::USUAL_DEPTH;
use crate::method::planner::{Method, Reach};
use crate::method::splitting::{self, Climbs, Pilot, Splitting, SplittingEstimate, Target};
use crate::method::tail::Tail;
use crate::method::tally::{Tally, Undefined};
use crate::statistic::Replicate;

/// Resamples that show which tail is the smaller one.
const SCOUTS: u64 = 10_000;

fn smaller(tally: &Tally) -> splitting::Tail {
    if tally.greater_equal <= tally.less_equal { splitting::Tail::Upper } else { splitting::Tail::Lower }
}

impl<T: Replicate> Course<'_, T> {
    /// What splitting finds where it was not asked for, within a budget. Where it finds no way, or no more than was counted,
    /// that is nothing: what was counted stands.
    pub fn split_after(
        &self,
        method: Method,
        tally: &Tally,
        reach: Reach,
        watch: &Watch,
    ) -> Result<Option<Found>, Error> {
        let Method::Splitting { replicates, .. } = method else { unreachable!("splitting is planned") };
        let mut climbs = Climbs { levels: 0, estimates: Vec::new(), evaluations: 0 };
        let tail = self.split_tail(Some(tally), watch)?;
        let climbed = self.climb(method, tail, 0..replicates, Some(reach.evaluations), watch, |_, more| {
            climbs.append(more);
            Ok(())
        });
        let found = climbed.and_then(|pilot| Ok((pilot, self.climbed(method, tail, &climbs)?)));
        let found = match found {
            Ok((pilot, Found::Estimate(estimate))) if !pilot.is_complete => Found::Ceiling(estimate),
            Ok((_, found)) => found,
            Err(Error::Data { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(if self.says_more(&found, tally)? { Some(found) } else { None })
    }

    /// Whether splitting says more than what was counted: an estimate does, an upper bound if it is lower than that of the
    /// counts.
    fn says_more(&self, found: &Found, tally: &Tally) -> Result<bool, Error> {
        let Found::Ceiling(estimate) = found else { return Ok(true) };
        let (attainable, confidence) = (self.data()?.known.attainable, self.test.confidence);
        let ceiling = PValue::ceiling(estimate, confidence, attainable).estimate;
        let counts = self.test.counts(tally)?;
        Ok(ceiling < PValue::monte_carlo(&counts, self.measured_tail(), confidence, attainable).interval[1])
    }

    fn splitting(&self, method: Method) -> Splitting {
        let Method::Splitting { replicates, particles } = method else { unreachable!("splitting is planned") };
        let (seed, threads, arch) = (self.test.seed, self.test.threads, self.test.arch);
        Splitting { replicates, particles, seed, threads, arch }
    }

    /// The same on no more threads than have room for a replicate each.
    fn splitting_within_memory(&self, method: Method) -> Splitting {
        let splitting = self.splitting(method);
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = splitting.threads.unwrap_or_else(cores);
        let bytes = splitting.bytes(self.problem.design());
        let room = usize::try_from(self.test.memory / bytes).unwrap_or(usize::MAX).max(1);
        if room < threads { Splitting { threads: Some(room), ..splitting } } else { splitting }
    }

    /// The tail that is split. Under the doubled rule that is the smaller one of the resamples, which are drawn here, once,
    /// where none were counted.
    pub fn split_tail(&self, counted: Option<&Tally>, watch: &Watch) -> Result<splitting::Tail, Error> {
        Ok(match (self.measured_tail(), counted) {
            (Tail::Upper, _) => splitting::Tail::Upper,
            (Tail::Lower, _) => splitting::Tail::Lower,
            (Tail::Absolute, _) => splitting::Tail::Absolute,
            (Tail::Doubled, Some(tally)) => smaller(tally),
            (Tail::Doubled, None) => {
                if let Some(&tail) = self.scouted.get() {
                    return Ok(tail);
                }
                (watch.begin)(SCOUTS, "resamples");
                let (draws, thresholds) = (self.draws(SCOUTS), &self.data()?.thresholds);
                let watch = Watch { replicates: None, ..*watch };
                let tally = draws.run(self.problem.design(), &*self.statistic, thresholds, watch)?;
                *self.scouted.get_or_init(|| smaller(&tally))
            }
        })
    }

    /// Some replicates of splitting.
    pub fn climb(
        &self,
        method: Method,
        tail: splitting::Tail,
        replicates: Range<u64>,
        most_evaluations: Option<u64>,
        watch: &Watch,
        take: impl FnMut(u64, &Climbs) -> Result<(), Error> + Send,
    ) -> Result<Pilot, Error> {
        let on_undefined = match self.test.undefined {
            Undefined::Error => splitting::OnUndefined::Fail,
            Undefined::Extreme => splitting::OnUndefined::Extreme,
            Undefined::Drop => {
                let what = "splitting cannot leave out relabellings for which the statistic is undefined";
                let remedy = Message::from("count them as extreme (")
                    .and(Setting::Undefined.at("extreme"))
                    .and("), or draw resamples with ")
                    .and(Setting::Resamples);
                return Err(Error::usage(what, remedy));
            }
        };
        let (design, splitting) = (self.problem.design(), self.splitting_within_memory(method));
        let share = (replicates.end - replicates.start + 1) as f64 / (splitting.replicates + 1) as f64;
        let evaluations = splitting.expected_evaluations(design, USUAL_DEPTH)? as f64;
        (watch.begin)((share * evaluations) as u64, "relabellings");
        let watch = Watch { replicates: None, ..*watch };
        let target = Target { thresholds: &self.data()?.thresholds, tail, on_undefined, most_evaluations };
        splitting.run_replicates(design, &*self.statistic, target, replicates, &watch, take)
    }

    /// What replicates say of the p-value.
    pub fn climbed(&self, method: Method, tail: splitting::Tail, climbs: &Climbs) -> Result<Found, Error> {
        let splitting = self.splitting(method);
        let found = splitting.conclude(climbs)?;
        let sides = if self.measured_tail() == Tail::Doubled { 2.0 } else { 1.0 };
        let SplittingEstimate { replicates, extinct, levels, .. } = found;
        Ok(Found::Estimate(Estimate {
            p: (sides * found.estimate).min(1.0),
            standard_error: sides * found.standard_error,
            draws: replicates * splitting.particles as u64,
            spread: Spread::Replicates { replicates, extinct, levels, tail },
        }))
    }
}
