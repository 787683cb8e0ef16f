//! Resampling until it is clear on which side of α the p-value lies (Robbins 1970; Lai 1976).
//!
//! After n resamples of which S were as extreme as the data, it stops as soon as
//!
//! (n + 1)·C(n, S)·α^S·(1 − α)^(n−S) ≤ ε.
//!
//! The left side is the likelihood of S at p = α over its mean for p uniform on [0, 1], so at p = α it ever falls to ε with
//! probability at most ε (Ville 1939): the decision, the side of α on which S/n lies, is wrong with no more than that. The
//! same holds for p on either side, and however often one looks, so every resample is looked at, in the order of the chunks:
//! neither threads nor batches change where it stops.
//!
//! The doubled rule asks for the smaller of two tails: each is compared with α/2 at a risk of ε/2.

use std::ops::ControlFlow;

use super::bins::{BinCounts, Bins};
use super::engine::Results;
use super::monte_carlo::{MonteCarlo, Stretch, Watch};
use super::tail::Tail;
use super::tally::{Tally, Undefined};
use crate::design::Design;
use crate::error::Error;
use crate::statistic::{Replicate, Statistic, Thresholds};

/// What is to be decided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// The level with which p is compared, between 0 and 1.
    pub alpha: f64,
    /// The largest probability of a wrong decision, between 0 and 1.
    pub risk: f64,
}

impl Level {
    /// What is usual.
    pub const USUAL: Self = Self { alpha: 0.05, risk: 1e-3 };

    /// The level and the risk of one tail of two.
    #[must_use]
    pub fn halved(self) -> Self {
        Self { alpha: self.alpha / 2.0, risk: self.risk / 2.0 }
    }
}

/// On which side of the level p lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Below it.
    Below,
    /// Above it.
    Above,
    /// Not known: there were not enough resamples.
    Undecided,
}

impl Decision {
    /// The name used in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Below => "below",
            Self::Above => "above",
            Self::Undecided => "undecided",
        }
    }
}

serialise_as!(name: Decision);

/// The left side of the rule for one tail, resample by resample.
#[derive(Debug, Clone, Copy)]
struct Race {
    level: Level,
    n: u64,
    extreme: u64,
    ratio: f64,
}

impl Race {
    fn new(level: Level) -> Self {
        Self { level, n: 0, extreme: 0, ratio: 1.0 }
    }

    /// Takes a resample; a product each, for (n + 1)·C(n, S) grows by (n + 2)/(S + 1) or (n + 2)/(n + 1 − S).
    #[inline]
    fn take(&mut self, is_extreme: bool) {
        let (n, alpha) = (self.n as f64, self.level.alpha);
        let misses = (self.n - self.extreme) as f64;
        self.ratio *= if is_extreme {
            (n + 2.0) / (self.extreme as f64 + 1.0) * alpha
        } else {
            (n + 2.0) / (misses + 1.0) * (1.0 - alpha)
        };
        self.n += 1;
        self.extreme += u64::from(is_extreme);
    }

    fn decision(&self) -> Decision {
        if self.ratio > self.level.risk {
            Decision::Undecided
        } else if (self.extreme as f64) < self.level.alpha * self.n as f64 {
            Decision::Below
        } else {
            Decision::Above
        }
    }
}

/// The races of one test: one tail, or both.
#[derive(Debug, Clone)]
pub struct Rule {
    races: Vec<Race>,
    /// Decisions do not change once they are made.
    decided: Vec<Decision>,
    tail: Tail,
    undefined: Undefined,
}

/// What a resample was: at least the observed statistic, at most, far from the centre, undefined.
type Mark = u8;
const GREATER_EQUAL: Mark = 1;
const LESS_EQUAL: Mark = 2;
const ABSOLUTE: Mark = 4;
const UNDEFINED: Mark = 8;
const NEAR_TIE: Mark = 16;

impl Rule {
    /// The rule for a tail.
    #[must_use]
    pub fn new(level: Level, tail: Tail, undefined: Undefined) -> Self {
        let races = match tail {
            Tail::Upper | Tail::Lower | Tail::Absolute => vec![Race::new(level)],
            Tail::Doubled => vec![Race::new(level.halved()); 2],
        };
        Self { decided: vec![Decision::Undecided; races.len()], races, tail, undefined }
    }

    /// Takes a resample, of which is known in which tails it is.
    fn take(&mut self, mark: Mark) {
        if mark & UNDEFINED != 0 && self.undefined == Undefined::Drop {
            return;
        }
        let is = |kind: Mark| mark & (kind | UNDEFINED) != 0;
        let tails = match self.tail {
            Tail::Upper => [is(GREATER_EQUAL), false],
            Tail::Lower => [is(LESS_EQUAL), false],
            Tail::Absolute => [is(ABSOLUTE), false],
            Tail::Doubled => [is(GREATER_EQUAL), is(LESS_EQUAL)],
        };
        for ((race, decided), is_extreme) in self.races.iter_mut().zip(&mut self.decided).zip(tails) {
            race.take(is_extreme);
            if *decided == Decision::Undecided {
                *decided = race.decision();
            }
        }
    }

    /// Takes a resample that is extreme or not, in the first tail.
    pub fn observe(&mut self, is_extreme: bool) {
        self.take(if is_extreme { GREATER_EQUAL | LESS_EQUAL | ABSOLUTE } else { 0 });
    }

    /// What is known by now: p is below the level where any tail is, and above where all are.
    #[must_use]
    pub fn decision(&self) -> Decision {
        if self.decided.contains(&Decision::Below) {
            Decision::Below
        } else if self.decided.iter().all(|&decided| decided == Decision::Above) {
            Decision::Above
        } else {
            Decision::Undecided
        }
    }
}

/// What a sequential run came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stopped {
    /// The resamples up to the decision.
    pub tally: Tally,
    /// The decision.
    pub decision: Decision,
}

/// Draws the resamples of plain Monte Carlo, in their order, until the rule decides or all are drawn.
///
/// # Errors
/// As [`MonteCarlo::run`].
pub fn run<S: Statistic + ?Sized>(
    draws: &MonteCarlo,
    rule: Rule,
    design: &dyn Design,
    statistic: &S,
    thresholds: &Thresholds<S::Replicate>,
    watch: &Watch,
) -> Result<Stopped, Error> {
    run_binned(draws, rule, design, statistic, thresholds, None, watch).map(|(stopped, _)| stopped)
}

/// The same, with a histogram of the resamples up to the decision if there are bins for one.
///
/// # Errors
/// As [`run`].
pub fn run_binned<S: Statistic + ?Sized>(
    draws: &MonteCarlo,
    mut rule: Rule,
    design: &dyn Design,
    statistic: &S,
    thresholds: &Thresholds<S::Replicate>,
    bins: Option<&Bins<S::Replicate>>,
    watch: &Watch,
) -> Result<(Stopped, BinCounts), Error> {
    let note = |(marks, kept): &mut (Vec<Mark>, Vec<S::Replicate>), replicates: &[S::Replicate]| {
        marks.extend(replicates.iter().map(|&replicate| mark(replicate, thresholds)));
        if bins.is_some() {
            kept.extend_from_slice(replicates);
        }
    };
    let (mut tally, mut binned) = (Tally::default(), BinCounts::default());
    let fold = |_, (marks, kept): (Vec<Mark>, Vec<S::Replicate>)| {
        for (i, mark) in marks.into_iter().enumerate() {
            count(mark, &mut tally);
            if let Some(bins) = bins {
                binned.count(draws.arch, bins, &kept[i..=i]);
            }
            if mark & UNDEFINED != 0 && rule.undefined == Undefined::Error {
                return Ok(ControlFlow::Break(()));
            }
            rule.take(mark);
            if rule.decision() != Decision::Undecided {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    };
    let blocks = 0..draws.resamples.div_ceil(MonteCarlo::block_size(design, statistic));
    let stretch = Stretch { blocks, results: Results::Growing, stop: watch.stop, advance: watch.advance };
    draws.each_block(design, statistic, &stretch, note, fold)?;
    Ok((Stopped { tally, decision: rule.decision() }, binned))
}

fn mark<T: Replicate>(replicate: T, thresholds: &Thresholds<T>) -> Mark {
    let Thresholds { observed, greater_equal, less_equal, far_above, far_below } = *thresholds;
    let (above, below) = (replicate >= greater_equal, replicate <= less_equal);
    let flag = |holds: bool, mark: Mark| if holds { mark } else { 0 };
    flag(above, GREATER_EQUAL)
        | flag(below, LESS_EQUAL)
        | flag(replicate >= far_above || replicate <= far_below, ABSOLUTE)
        | flag(!replicate.is_defined(), UNDEFINED)
        | flag(above && below && replicate != observed, NEAR_TIE)
}

fn count(mark: Mark, tally: &mut Tally) {
    let is = |kind: Mark| u64::from(mark & kind != 0);
    tally.resamples += 1;
    tally.greater_equal += is(GREATER_EQUAL);
    tally.less_equal += is(LESS_EQUAL);
    tally.absolute += is(ABSOLUTE);
    tally.undefined += is(UNDEFINED);
    tally.near_ties += is(NEAR_TIE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_the_formula() {
        let mut race = Race::new(Level::USUAL);
        for i in 0..60u32 {
            race.take(i % 7 == 3);
        }
        // ln C(60, 9) by factorials.
        let ln_factorial = |n: u32| (1..=n).map(|i| f64::from(i).ln()).sum::<f64>();
        let ln_choose = ln_factorial(60) - ln_factorial(9) - ln_factorial(51);
        assert_eq!(race.extreme, 9);
        let formula = 61f64.ln() + ln_choose + 9.0 * 0.05f64.ln() + 51.0 * 0.95f64.ln();
        assert!((race.ratio.ln() - formula).abs() < 1e-12, "{} against {formula}", race.ratio.ln());
    }

    #[test]
    fn without_any_extreme_resample_it_takes_the_known_number() {
        // (n + 1)·0.95ⁿ falls to 1e-3 at n = 242: 243·0.95²⁴² = 9.9e-4, and 242·0.95²⁴¹ = 1.04e-3.
        let mut rule = Rule::new(Level::USUAL, Tail::Upper, Undefined::Error);
        let n = (1..1000).find(|_| {
            rule.observe(false);
            rule.decision() != Decision::Undecided
        });
        assert_eq!((n, rule.decision()), (Some(242), Decision::Below));
    }

    #[test]
    fn two_tails_are_below_as_soon_as_one_is_and_above_when_both_are() {
        let mut rule = Rule::new(Level::USUAL, Tail::Doubled, Undefined::Error);
        (0..600).for_each(|_| rule.take(GREATER_EQUAL));
        assert_eq!(rule.decision(), Decision::Below);
        let mut rule = Rule::new(Level::USUAL, Tail::Doubled, Undefined::Error);
        (0..10).for_each(|_| rule.take(GREATER_EQUAL | LESS_EQUAL));
        assert_eq!(rule.decision(), Decision::Above);
    }
}
