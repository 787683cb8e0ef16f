//! Intervals by inverting the test: the shifts that a permutation test does not reject (Fisher's idea; Garthwaite 1996).
//!
//! The test of a shift Δ subtracts it from the case values and relabels what is left. Under a labelling A the difference of
//! means is then linear in Δ, whatever the design: with C for the labelling of the data,
//!
//! d(A, Δ) = d(A, 0) − Δ·r, r = |A∩C|/|A| − |C∖A|/|Ā|, and d(C, Δ) = d(C, 0) − Δ.
//!
//! As |r| ≤ 1, each labelling is at least as extreme as the data at the shifts of an interval, which ends or begins at
//! [`crossings`] of two lines, and the p-value rises on the way to the shift at which the data are at the null centre, and
//! falls beyond. So one run of labellings serves all shifts, and the limits are order statistics: the tests reject Δ if no
//! more than the share α of the labellings are as extreme there; with c for the largest number that is no more, the shifts
//! that they do not reject begin at the (c + 1)-th smallest lower end and stop at the (c + 1)-th largest upper end. A limit
//! is infinite where there are too few labellings to reject any shift.
//!
//! | labellings | statistic | module |
//! |---|---|---|
//! | listed or drawn | difference of means | this one |
//! | all, by their sums | difference of means | [`sums`] |
//! | as the test takes them | any that moves with a shift | [`search`] |

pub mod crossings;
pub mod jumps;
pub mod search;
pub mod sums;

use std::sync::atomic::AtomicBool;

use super::engine::{self, Results};
use super::monte_carlo::{MOST_RESAMPLES, Watch};
use super::tail::Tail;
use crate::design::{Design, RandomBatches, listed};
use crate::error::Error;
use crate::sampling::stream::{Domain, Stream};
use crate::simd::Arch;
use crate::statistic::Problem;
use crossings::{Crossings, Found};

/// Labellings up to which a reference set is small enough to take each of them.
pub const MOST_ENUMERATED: u64 = 1 << 20;

/// The most values that are kept at a time for an end: 1 GiB.
const MOST_KEPT: usize = 1 << 27;

/// Enumerated labellings in a chunk.
const CHUNK: u64 = 1 << 14;

/// Which share of the labellings an interval leaves out beyond each end; `None` where it has no end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beyond {
    /// Below the lower end.
    pub low: Option<f64>,
    /// Above the upper end.
    pub high: Option<f64>,
}

impl Beyond {
    /// What the interval of a test leaves out: at the level 1 − confidence, all of it on each side for the absolute rule,
    /// under which a labelling is as extreme whichever side it lies on; half of it where the smaller tail is doubled; and
    /// for a single tail all on the side that it points away from.
    ///
    /// # Errors
    /// [`Error::Data`] for a confidence that does not lie between 0 and 1.
    pub fn of(tail: Tail, confidence: f64) -> Result<Self, Error> {
        if !(confidence > 0.0 && confidence < 1.0) {
            return Err(Error::data(format!("{confidence} is no confidence level"), "name one between 0 and 1"));
        }
        let all = 1.0 - confidence;
        Ok(match tail {
            Tail::Absolute => Self { low: Some(all), high: Some(all) },
            Tail::Doubled => Self { low: Some(all / 2.0), high: Some(all / 2.0) },
            Tail::Upper => Self { low: Some(all), high: None },
            Tail::Lower => Self { low: None, high: Some(all) },
        })
    }
}

/// Where labellings come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The whole reference set: the ends are exact.
    All {
        /// Its size.
        size: u64,
    },
    /// Random labellings, and that of the data.
    Drawn {
        /// Number of random ones, from 1 to [`MOST_RESAMPLES`].
        resamples: u64,
        /// The master seed.
        seed: u64,
        /// [`Domain::Inversion`], or [`Domain::Resamples`] for those of the Monte Carlo test with the same seed: the interval
        /// then holds 0 if and only if the tests of that run do not reject it.
        domain: Domain,
    },
}

/// An interval of shifts, for the difference of means.
#[derive(Debug, Clone, Copy)]
pub struct Inversion {
    /// The labellings.
    pub source: Source,
    /// Worker threads; `None`: all cores.
    pub threads: Option<usize>,
    /// Instruction set of the kernels.
    pub arch: Arch,
}

impl Source {
    /// All labellings where there are no more than [`MOST_ENUMERATED`], else random ones.
    #[must_use]
    pub fn of(design: &dyn Design, resamples: u64, seed: u64) -> Self {
        let size = design.reference_set_size().exact.and_then(|size| u64::try_from(size).ok());
        match size.filter(|&size| size <= MOST_ENUMERATED) {
            Some(size) => Self::All { size },
            None => Self::Drawn { resamples, seed, domain: Domain::Inversion },
        }
    }

    /// How many labellings count, that of the data among them.
    fn labellings(self) -> u64 {
        match self {
            Self::All { size } => size,
            Self::Drawn { resamples, .. } => resamples + 1,
        }
    }
}

impl Inversion {
    /// The shifts of the case sample that the test of the difference of means does not reject at the level
    /// 1 − `confidence`, if its p-value measures that tail.
    ///
    /// They depend on the data and the source alone. Takes about twice as long as a test with as many labellings; memory grows
    /// with the number of labellings beyond an end, 16 bytes each.
    ///
    /// # Errors
    /// [`Error::Usage`] for a number of labellings out of range, [`Error::Data`] for a design that leaves a group empty, and
    /// [`Error::Interrupted`] when the watch says stop.
    ///
    /// ```
    /// use permtest::method::inversion::{Inversion, Source};
    /// use permtest::method::monte_carlo::Watch;
    /// use permtest::method::tail::Tail;
    /// use permtest::simd::Arch;
    /// use permtest::statistic::{Pool, Problem};
    ///
    /// // Globulin: 9237 of the 184,756 labellings may be as extreme as the data beyond each end.
    /// let case = [38.0, 26.0, 29.0, 41.0, 36.0, 31.0, 32.0, 30.0, 35.0, 33.0];
    /// let control = [45.0, 28.0, 27.0, 38.0, 40.0, 42.0, 39.0, 39.0, 34.0, 35.0];
    /// let problem = Problem::two_sample(Pool::new(&case, &control, 0.0));
    /// let source = Source::of(problem.design(), 100_000, 0);
    /// assert_eq!(source, Source::All { size: 184_756 });
    /// let inversion = Inversion { source, threads: None, arch: Arch::new() };
    /// let ends = inversion.mean_difference(&problem, Tail::Absolute, 0.95, &Watch::default())?;
    /// assert_eq!(ends, [-8.5, 1.25]);
    /// # Ok::<(), permtest::error::Error>(())
    /// ```
    pub fn mean_difference(
        &self,
        problem: &Problem,
        tail: Tail,
        confidence: f64,
        watch: &Watch,
    ) -> Result<[f64; 2], Error> {
        let labellings = self.source.labellings();
        if let Source::Drawn { resamples, .. } = self.source
            && !(1..=MOST_RESAMPLES).contains(&resamples)
        {
            return Err(Error::usage(format!("{resamples} resamples are out of range"), "draw from 1 to 1e12"));
        }
        let beyond = Beyond::of(tail, confidence)?;
        let [mut low, mut high] =
            [Smallest::beyond(beyond.low, labellings)?, Smallest::beyond(beyond.high, labellings)?];
        let mut keep = |found: Found| {
            // Extreme whatever the shift.
            for _ in 0..found.always {
                low.push(f64::NEG_INFINITY);
                high.push(f64::NEG_INFINITY);
            }
            found.low.into_iter().for_each(|end| low.push(end));
            found.high.into_iter().for_each(|end| high.push(-end));
        };
        if let Source::Drawn { .. } = self.source {
            keep(Found { always: 1, ..Found::default() });
        }
        let crossings = Crossings::new(problem, tail);
        let fold = |found: Found| {
            keep(found);
            Ok(())
        };
        match self.source {
            Source::All { size } => self.enumerate(problem.design(), &crossings, size, watch, fold)?,
            Source::Drawn { .. } => self.draw(problem.design(), &crossings, watch, fold)?,
        }
        let shift = problem.pool().shift();
        Ok([low.last() + shift, shift - high.last()])
    }

    fn enumerate(
        &self,
        design: &dyn Design,
        crossings: &Crossings,
        size: u64,
        watch: &Watch,
        fold: impl FnMut(Found) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let Watch { stop, begin, advance, .. } = *watch;
        begin(size, "labellings");
        let compute = |chunk: u64| {
            let ranks = chunk * CHUNK..size.min((chunk + 1) * CHUNK);
            let mut found = Found::default();
            for batch in listed(design, ranks.clone()) {
                crossings.append(self.arch, &batch, &mut found)?;
            }
            advance(ranks.end - ranks.start);
            Ok(found)
        };
        self.run(size.div_ceil(CHUNK), stop, compute, fold)
    }

    fn draw(
        &self,
        design: &dyn Design,
        crossings: &Crossings,
        watch: &Watch,
        fold: impl FnMut(Found) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let Watch { stop, begin, advance, .. } = *watch;
        let Source::Drawn { resamples, seed, domain } = self.source else { unreachable!("nothing to draw") };
        begin(resamples, "resamples");
        let chunk_size = design.chunk_size() as u64;
        let compute = |chunk: u64| {
            let wanted = chunk_size.min(resamples - chunk * chunk_size);
            let mut batches = RandomBatches::new(design, self.arch, Stream::new(seed, domain, chunk));
            let (mut found, mut missing) = (Found::default(), wanted);
            while missing > 0 {
                let batch = batches.next(missing);
                missing -= batch.len() as u64;
                crossings.append(self.arch, batch, &mut found)?;
            }
            advance(wanted);
            Ok(found)
        };
        self.run(resamples.div_ceil(chunk_size), stop, compute, fold)
    }

    fn run(
        &self,
        chunks: u64,
        stop: &AtomicBool,
        compute: impl Fn(u64) -> Result<Found, Error> + Sync,
        fold: impl FnMut(Found) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        engine::run(self.threads, 0..chunks, Results::Large, stop, compute, fold)
    }
}

/// How many of so many labellings are no more than a share of them.
fn allowed(labellings: u64, share: f64) -> u64 {
    // A share of 1 − 0.9 is a little less than a tenth.
    (labellings as f64 * (share + f64::EPSILON)) as u64
}

/// The smallest of the numbers that are pushed, as far as the one of a rank.
struct Smallest {
    /// How many are wanted; none for an end that there is not.
    rank: usize,
    /// No more than twice as many.
    kept: Vec<f64>,
    /// What is not below this is not wanted.
    bound: f64,
}

impl Smallest {
    /// The ones beyond an end and the one at it.
    fn beyond(share: Option<f64>, labellings: u64) -> Result<Self, Error> {
        let rank = share.map_or(0, |share| (allowed(labellings, share) + 1).min(labellings)) as usize;
        if 2 * rank > MOST_KEPT {
            let what = format!("{rank} of the labellings lie beyond an end of the interval, too many to keep");
            return Err(Error::usage(what, "draw fewer resamples, or raise the confidence"));
        }
        Ok(Self { rank, kept: Vec::new(), bound: f64::INFINITY })
    }

    fn push(&mut self, value: f64) {
        if self.rank == 0 || value >= self.bound {
            return;
        }
        self.kept.push(value);
        if self.kept.len() >= 2 * self.rank {
            self.bound = *self.kept.select_nth_unstable_by(self.rank - 1, f64::total_cmp).1;
            self.kept.truncate(self.rank);
        }
    }

    /// The largest of the wanted ones.
    fn last(mut self) -> f64 {
        if self.rank == 0 {
            return f64::NEG_INFINITY;
        }
        *self.kept.select_nth_unstable_by(self.rank - 1, f64::total_cmp).1
    }
}
