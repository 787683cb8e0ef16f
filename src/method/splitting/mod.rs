//! Multilevel splitting: tiny p-values of any statistic.
//!
//! The way from all labellings to the extreme ones is cut into levels ℓ₁ < ℓ₂ < …, each of which about a third of those
//! at the level before reaches, so that p = P(ℓ₁)·P(ℓ₂ | ℓ₁)·…·P(extreme | ℓₖ) is a product of shares that a thousand
//! labellings, the *particles*, estimate well. Particles are drawn uniformly from the design; at each level those that do not
//! reach it are replaced by copies of those that do, and all of them are moved about at random above it, until copies
//! have parted. With levels and moves that were fixed beforehand, by a pilot that is thrown away, the product of the
//! observed shares is unbiased however well they have parted (Cérou, Del Moral, Furon & Guyader 2012, *Sequential Monte
//! Carlo for rare event estimation*; Botev & Kroese 2008, *An efficient algorithm for rare-event probability estimation*).
//! How far it scatters is read from replicates of the whole climb, which share nothing but the levels: the standard error
//! needs no assumption on the particles either.
//!
//! | file | what it owns |
//! |---|---|
//! | [`height`] | how near a labelling is to the extreme ones |
//! | `marks` | what breaks the ties: a trend and a hash |
//! | `moves` | reversible moves from labelling to labelling |
//! | `swarm` | the particles |
//! | `levels` | the pilot |

pub mod height;
pub(super) mod levels;
mod marks;
mod moves;
mod swarm;

pub use height::{OnUndefined, Tail};

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::engine::{self, Results};
use super::lossless;
use super::monte_carlo::Watch;
use crate::design::{Design, Exchange};
use crate::error::Error;
use crate::sampling::stream::{Domain, Stream};
use crate::sampling::subset;
use crate::simd::Arch;
use crate::statistic::{Statistic, Thresholds};
use height::{Height, Heights};
use levels::Route;
use marks::Marks;
use moves::Moves;
use swarm::{Ascent, Swarm};

/// The fewest replicates: a standard error is estimated from their spread.
pub const FEWEST_REPLICATES: u64 = 20;

/// Replicates where their number is not asked for.
pub const DEFAULT_REPLICATES: u64 = 24;

/// The fewest particles.
pub const FEWEST_PARTICLES: usize = 50;

/// Particles where their number is not asked for.
pub const DEFAULT_PARTICLES: usize = 1000;

/// How many replicates of how many particles, from which streams, on what.
#[derive(Debug, Clone, Copy)]
pub struct Splitting {
    /// Independent estimates, at least [`FEWEST_REPLICATES`].
    pub replicates: u64,
    /// Labellings that climb together in each of them, at least [`FEWEST_PARTICLES`].
    pub particles: usize,
    /// The master seed.
    pub seed: u64,
    /// Worker threads; `None`: all cores.
    pub threads: Option<usize>,
    /// Instruction set of the kernels.
    pub arch: Arch,
}

/// What is climbed to.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a, T> {
    /// Which replicates are as extreme as the data.
    pub thresholds: &'a Thresholds<T>,
    /// Which of them count.
    pub tail: Tail,
    /// What becomes of labellings without a statistic.
    pub on_undefined: OnUndefined,
    /// How many labellings the statistic may be computed of, roughly: the climb ends at the level that this takes it to.
    /// `None`: as many as it takes.
    pub most_evaluations: Option<u64>,
}

/// What the replicates of a run have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pilot {
    /// Labellings whose statistic was computed to find the levels.
    pub evaluations: u64,
    /// Whether the levels lead to the extreme labellings. Otherwise the replicates estimate the share of the labellings that
    /// reach the last level, of which the extreme ones are a part.
    pub is_complete: bool,
}

/// What a run will about do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpectedWork {
    /// Labellings whose statistic is computed.
    pub evaluations: f64,
    /// Swaps or flips of labels.
    pub changes: f64,
}

/// An estimate of a p-value, and how far it scatters.
#[derive(Debug, Clone, PartialEq)]
pub struct SplittingEstimate {
    /// The share of extreme labellings among all of them: the mean of the replicates, which is unbiased and above 0. It
    /// may lie below the share of a single labelling, which p never does.
    pub estimate: f64,
    /// Its standard error, from the spread of the replicates, on as many degrees of freedom as there are, less 1.
    pub standard_error: f64,
    /// Number of replicates.
    pub replicates: u64,
    /// Their estimates, in order.
    pub estimates: Vec<f64>,
    /// Replicates none of whose particles came through: their estimate is 0. Where there are any, particles are too few
    /// or levels too hard, and the standard error says too little.
    pub extinct: u64,
    /// Levels between all labellings and the extreme ones; 0 where these are many, and the estimate is a plain share.
    pub levels: usize,
    /// Labellings whose statistic was computed, the pilot's included.
    pub evaluations: u64,
}

/// What some replicates yield.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Climbs {
    /// Levels that each climbed.
    pub levels: usize,
    /// Labellings whose statistic they computed.
    pub evaluations: u64,
    /// Their estimates, in order.
    #[serde(with = "lossless::bits")]
    pub estimates: Vec<f64>,
}

impl Climbs {
    /// Adds the replicates that follow.
    pub fn append(&mut self, next: &Self) {
        // They have climbed the same ones, if there are any.
        self.levels = self.levels.max(next.levels);
        self.estimates.extend_from_slice(&next.estimates);
        self.evaluations += next.evaluations;
    }
}

/// The relative standard error beyond which it is not to be trusted itself: the replicates are so skewed then that most of
/// them lie below the mean, and few show how far above it others may.
pub const LARGEST_RELATIVE_ERROR: f64 = 0.25;

impl SplittingEstimate {
    /// The standard error as a part of the estimate.
    #[must_use]
    pub fn relative_error(&self) -> f64 {
        self.standard_error / self.estimate
    }

    /// Whether estimate and standard error can be relied on: no replicate has died out, and they scatter little enough for
    /// their mean to behave like one.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.extinct == 0 && self.relative_error() <= LARGEST_RELATIVE_ERROR
    }
}

impl Splitting {
    /// Estimates the share of labellings that lie in a tail, bounds included.
    ///
    /// The estimate depends on the data, the seed and the numbers of replicates and particles alone. The watch hears of
    /// evaluations as they are made; its `replicates` are not called, for particles are no sample of the design.
    ///
    /// ```
    /// use permtest::method::monte_carlo::Watch;
    /// use permtest::method::splitting::{OnUndefined, Splitting, Tail};
    /// use permtest::simd::Arch;
    /// use permtest::statistic::{Pool, Problem, Statistic, linear};
    ///
    /// let (case, control) = ([5., 6., 7., 8., 9., 10., 11., 12., 13., 14.], [-5., -4., -3., -2., -1., 0., 1., 2., 3., 4.]);
    /// let problem = Problem::two_sample(Pool::new(&case, &control, 0.0));
    /// let mean = linear::mean_difference(&problem, problem.pool().scores(), 0.0);
    /// // The scores are the values less the smallest one: those of the case are 10 to 19.
    /// let thresholds = mean.thresholds((10..20).sum());
    /// let splitting = Splitting { replicates: 24, particles: 1000, seed: 0, threads: None, arch: Arch::new() };
    /// let run = splitting.run(problem.design(), &mean, &thresholds, Tail::Upper, OnUndefined::Fail, Watch::default());
    /// let found = run?;
    /// // One of C(20, 10) labellings.
    /// assert!((found.estimate - 1.0 / 184_756.0).abs() < 4.0 * found.standard_error);
    /// assert!(found.relative_error() < 0.1);
    /// # Ok::<(), permtest::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Usage`] for too few replicates or particles; [`Error::Data`] for a design without moves, where the
    /// statistic is undefined and may not be, and where the pilot finds no way or no replicate comes through;
    /// [`Error::Interrupted`] when the watch says stop; and whatever the statistic fails with.
    #[allow(clippy::needless_pass_by_value)] // as every method takes its watch
    pub fn run<S: Statistic + ?Sized>(
        &self,
        design: &dyn Design,
        statistic: &S,
        thresholds: &Thresholds<S::Replicate>,
        tail: Tail,
        on_undefined: OnUndefined,
        watch: Watch,
    ) -> Result<SplittingEstimate, Error> {
        let mut climbs = Climbs { levels: 0, estimates: Vec::new(), evaluations: 0 };
        let replicates = 0..self.replicates;
        let target = Target { thresholds, tail, on_undefined, most_evaluations: None };
        let pilot = self.run_replicates(design, statistic, target, replicates, &watch, |_, more| {
            climbs.append(more);
            Ok(())
        })?;
        let found = self.conclude(&climbs)?;
        Ok(SplittingEstimate { evaluations: pilot.evaluations + found.evaluations, ..found })
    }

    /// Some replicates of a run, after the pilot that they have in common. `take` is given each in order, and the number of
    /// the one that follows.
    ///
    /// # Errors
    /// As of [`Splitting::run`], and what `take` fails with.
    pub fn run_replicates<S: Statistic + ?Sized>(
        &self,
        design: &dyn Design,
        statistic: &S,
        target: Target<S::Replicate>,
        replicates: Range<u64>,
        watch: &Watch,
        mut take: impl FnMut(u64, &Climbs) -> Result<(), Error> + Send,
    ) -> Result<Pilot, Error> {
        self.check()?;
        let Watch { stop, advance, .. } = *watch;
        let Target { thresholds, tail, on_undefined, most_evaluations } = target;
        let mut stream = Stream::new(self.seed, Domain::SplittingPilot, 0);
        let are_orders = matches!(design.exchange(), Exchange::Orders(_));
        let (moves, marks) = (Moves::of(design)?, Marks::random(design.units().len(), are_orders, &mut stream));
        let heights = Heights { thresholds, tail, on_undefined };
        let mut ascent = Ascent { design, statistic, heights, moves, marks, arch: self.arch, stop, advance };
        // A climb's share, for each of its particles.
        let climbs = (self.replicates + 1) * self.particles as u64;
        let most_moves = most_evaluations.map(|evaluations| evaluations / climbs);
        let route = levels::pilot(&mut ascent, self.particles, most_moves, &mut stream)?;
        let compute = |replicate| self.climb(&ascent, &route, replicate);
        let mut next = replicates.start;
        let fold = |climbs: Climbs| {
            next += 1;
            take(next, &climbs)
        };
        engine::run(self.threads, replicates, Results::Slow, stop, compute, fold)?;
        Ok(Pilot { evaluations: route.evaluations, is_complete: route.is_complete })
    }

    /// How many labellings a run will about compute the statistic of for a design and such a p-value, from the sizes of the
    /// groups alone: mostly right within a factor of three.
    ///
    /// # Errors
    /// [`Error::Data`] for a design without moves, as of [`Splitting::run`].
    pub fn expected_evaluations(&self, design: &dyn Design, log10_p: f64) -> Result<u64, Error> {
        Ok(self.expected_work(design, log10_p)?.evaluations as u64)
    }

    /// The same, with how many labels it will exchange on the way.
    ///
    /// # Errors
    /// As [`Splitting::expected_evaluations`].
    pub fn expected_work(&self, design: &dyn Design, log10_p: f64) -> Result<ExpectedWork, Error> {
        let (climbs, memory) = ((self.replicates + 1) as f64 * self.particles as f64, Moves::of(design)?.memory());
        Ok(ExpectedWork {
            evaluations: climbs * levels::expected_moves(memory, log10_p),
            changes: climbs * levels::expected_changes(memory, log10_p),
        })
    }

    /// The most bytes that the pilot or one replicate takes for a design. Replicates run side by side, one on each thread.
    #[must_use]
    pub fn bytes(&self, design: &dyn Design) -> u64 {
        let (units, row) = (design.units().len(), 8 * design.width() as u64);
        let lesson = levels::first_lesson(self.particles, units).max(2 * self.particles) as u64;
        // Particles and their copies, and a batch that is moved and evaluated; marks and heights.
        let rows = 2 * self.particles as u64 + lesson + 3 * subset::batch_size(units) as u64;
        rows * row + 160 * self.particles as u64 + 32 * units as u64
    }

    fn check(&self) -> Result<(), Error> {
        if self.replicates < FEWEST_REPLICATES {
            let what = format!("{} replicates are too few for a standard error", self.replicates);
            return Err(Error::usage(what, format!("ask for {FEWEST_REPLICATES} or more")));
        }
        if self.particles < FEWEST_PARTICLES {
            let what = format!("{} particles are too few to climb", self.particles);
            return Err(Error::usage(what, format!("ask for {FEWEST_PARTICLES} or more")));
        }
        Ok(())
    }

    /// One replicate: the product of the shares that reach each level from the one before.
    fn climb<S: Statistic + ?Sized>(
        &self,
        ascent: &Ascent<S>,
        Route { levels, is_complete, .. }: &Route,
        replicate: u64,
    ) -> Result<Climbs, Error> {
        let yields = |estimate, evaluations| Climbs { levels: levels.len(), estimates: vec![estimate], evaluations };
        let mut stream = Stream::new(self.seed, Domain::Splitting, replicate);
        let mut swarm = Swarm::draw(ascent, self.particles, &mut stream)?;
        let share = |survivors: usize| survivors as f64 / self.particles as f64;
        let mut estimate = 1.0;
        for level in levels {
            let survivors = swarm.survivors(level.height);
            if survivors.is_empty() {
                return Ok(yields(0.0, swarm.evaluations));
            }
            estimate *= share(survivors.len());
            swarm.resample(&survivors, &mut stream);
            for _ in 0..level.steps {
                swarm.step(level.height, level.changes, &mut stream)?;
            }
        }
        if *is_complete {
            estimate *= share(swarm.survivors(Height::EXTREME).len());
        }
        Ok(yields(estimate, swarm.evaluations))
    }

    /// The estimate from what replicates have yielded, all or at least enough of them.
    ///
    /// # Errors
    /// [`Error::Usage`] for too few of them for a standard error; [`Error::Data`] where none has come through.
    pub fn conclude(&self, climbs: &Climbs) -> Result<SplittingEstimate, Error> {
        let Climbs { levels, ref estimates, evaluations } = *climbs;
        let replicates = estimates.len() as u64;
        Self { replicates, ..*self }.check()?;
        let extinct = estimates.iter().filter(|&&estimate| estimate == 0.0).count() as u64;
        if extinct == replicates {
            let what = format!("all {extinct} replicates of splitting died out before they came to the data");
            return Err(Error::data(what, "take more particles"));
        }
        let n = replicates as f64;
        let mean = estimates.iter().sum::<f64>() / n;
        // Relative deviations: their squares would underflow where p is below 1e-154.
        let squares: f64 = estimates.iter().map(|estimate| (estimate / mean - 1.0).powi(2)).sum();
        Ok(SplittingEstimate {
            estimate: mean,
            standard_error: mean * (squares / (n - 1.0) / n).sqrt(),
            replicates,
            estimates: estimates.clone(),
            extinct,
            levels,
            evaluations,
        })
    }
}
