//! Intervals by inverting the test: the shifts that a permutation test does not reject (Fisher's idea; Garthwaite 1996).
//!
//! The test of a shift Δ subtracts it from the case values and relabels what is left. Under a labelling A the difference of
//! means is then linear in Δ, whatever the design: with C for the labelling of the data,
//!
//! d(A, Δ) = d(A, 0) − Δ·r, r = |A∩C|/|A| − |C∖A|/|Ā|, and d(C, Δ) = d(C, 0) − Δ.
//!
//! As r < 1 for every other labelling, A is as great as the data at Δ exactly if Δ ≥ w = (d(C, 0) − d(A, 0))/(1 − r). Where all
//! labellings have m case observations this is w = (S(C) − S(A))/k, for the sums S over the case observations and the number k
//! of labels that have moved: for two samples 1 − r = k(1/m + 1/n), for pairs k is the number of swapped pairs, for strata the
//! sum of their k. So one run of labellings serves all shifts. The data themselves, k = 0, are as great and as small at each.
//!
//! The test "greater" rejects Δ if no more than the share α of the labellings have w ≤ Δ; with c for the largest number that
//! is no more, the shifts that it does not reject begin at the (c + 1)-th smallest w. The test "less" gives the upper end
//! alike. An end is infinite where there are too few labellings to reject any shift.
//!
//! Other statistics that move with a shift are inverted by bisection, with a run of the test for each shift.

use std::sync::atomic::AtomicBool;

use super::engine::{self, Results};
use super::monte_carlo::{MOST_RESAMPLES, Watch};
use crate::design::Design;
use crate::error::Error;
use crate::sampling::labellings::{BitRows, Labellings};
use crate::sampling::stream::{Domain, Stream};
use crate::sampling::units::Units;
use crate::simd::Arch;
use crate::statistic::Problem;
use crate::statistic::linear::scores::Scores;
use crate::statistic::linear::sums::Summands;

/// Labellings up to which a reference set is small enough to take each of them.
pub const MOST_ENUMERATED: u64 = 1 << 20;

/// The most values that are kept at a time for an end: 1 GiB.
const MOST_KEPT: usize = 1 << 27;

/// Enumerated labellings in a chunk and in a batch.
const CHUNK: u64 = 1 << 14;
const BATCH: usize = 1024;

/// Which share of the labellings an interval leaves out beyond each end; `None` where it has no end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beyond {
    /// Below the lower end.
    pub low: Option<f64>,
    /// Above the upper end.
    pub high: Option<f64>,
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
    /// The shifts of the case sample that the tests of the difference of means do not reject, at the levels that the interval
    /// leaves out.
    ///
    /// They depend on the data and the source alone. Takes about twice as long as a test with as many labellings; memory grows
    /// with the number of labellings beyond an end, 16 bytes each.
    ///
    /// # Errors
    /// [`Error::Usage`] for a number of labellings out of range, [`Error::Data`] for a design that leaves a group empty, and
    /// [`Error::Interrupted`] when the watch says stop.
    ///
    /// ```
    /// use permtest::inference::Alternative;
    /// use permtest::method::inversion::{Inversion, Source};
    /// use permtest::method::monte_carlo::Watch;
    /// use permtest::simd::Arch;
    /// use permtest::statistic::{Pool, Problem};
    ///
    /// // Globulin: 4618 of the 184,756 labellings may lie beyond each end.
    /// let case = [38.0, 26.0, 29.0, 41.0, 36.0, 31.0, 32.0, 30.0, 35.0, 33.0];
    /// let control = [45.0, 28.0, 27.0, 38.0, 40.0, 42.0, 39.0, 39.0, 34.0, 35.0];
    /// let problem = Problem::two_sample(Pool::new(&case, &control, 0.0));
    /// let source = Source::of(problem.design(), 100_000, 0);
    /// assert_eq!(source, Source::All { size: 184_756 });
    /// let inversion = Inversion { source, threads: None, arch: Arch::new() };
    /// let ends = inversion.mean_difference(&problem, Alternative::TwoSided.beyond(0.95)?, &Watch::nobody())?;
    /// assert_eq!(ends, [-8.5, 1.25]);
    /// # Ok::<(), permtest::error::Error>(())
    /// ```
    pub fn mean_difference(&self, problem: &Problem, beyond: Beyond, watch: &Watch) -> Result<[f64; 2], Error> {
        let labellings = self.source.labellings();
        if let Source::Drawn { resamples, .. } = self.source
            && !(1..=MOST_RESAMPLES).contains(&resamples)
        {
            return Err(Error::usage(format!("{resamples} resamples are out of range"), "draw from 1 to 1e12"));
        }
        let [mut low, mut high] =
            [Smallest::beyond(beyond.low, labellings)?, Smallest::beyond(beyond.high, labellings)?];
        let mut keep = |found: Found| {
            // The labelling of the data is extreme in both directions, whatever the shift.
            for _ in 0..found.unmoved {
                low.push(f64::NEG_INFINITY);
                high.push(f64::NEG_INFINITY);
            }
            for crossing in found.crossings {
                low.push(crossing);
                high.push(-crossing);
            }
        };
        if let Source::Drawn { .. } = self.source {
            keep(Found { unmoved: 1, crossings: Vec::new() });
        }
        let crossings = Crossings::new(problem);
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
        let (units, width) = (design.units().len(), design.units().len().div_ceil(64));
        let compute = |chunk: u64| {
            let ranks = chunk * CHUNK..size.min((chunk + 1) * CHUNK);
            let mut found = Found::with_room((ranks.end - ranks.start) as usize);
            for start in ranks.clone().step_by(BATCH) {
                let number = (ranks.end - start).min(BATCH as u64) as usize;
                let mut words = vec![0; number * width];
                design.unrank_from(start, &mut words);
                crossings.append(self.arch, &Labellings::Dense(BitRows { units, words }), &mut found)?;
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
            let wanted = chunk_size.min(resamples - chunk * chunk_size) as usize;
            let mut stream = Stream::new(seed, domain, chunk);
            let (mut at_work, mut batch) = (design.start(), design.batch());
            let (mut found, mut missing) = (Found::with_room(wanted), wanted);
            while missing > 0 {
                at_work.draw(self.arch, &mut stream, &mut batch);
                batch.truncate(missing);
                missing -= batch.len();
                crossings.append(self.arch, &batch, &mut found)?;
            }
            advance(wanted as u64);
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

/// What the labellings of a chunk have.
struct Found {
    /// How many of them are the labelling of the data.
    unmoved: u64,
    /// The crossings of the others.
    crossings: Vec<f64>,
}

impl Found {
    fn with_room(labellings: usize) -> Self {
        Self { unmoved: 0, crossings: Vec::with_capacity(labellings) }
    }

    fn push(&mut self, crossing: Option<f64>) {
        match crossing {
            Some(crossing) => self.crossings.push(crossing),
            None => self.unmoved += 1,
        }
    }
}

/// The shift from which on a labelling is as great as the data.
struct Crossings<'a> {
    scores: &'a Scores,
    /// The divisor of the scores, if no difference of sums times it is out of range: it saves the arithmetic of 128 bits.
    divisor: Option<i64>,
    /// Sum of the scores of the case observations.
    sums: Summands,
    /// How many of the case observations are those of the data.
    kept: Summands,
    sizes: Sizes,
    observed: i64,
    n_case: i64,
}

/// How many case observations a labelling has.
enum Sizes {
    /// As many as the data.
    Constant,
    /// Their number, among so many observations with this sum of scores.
    Varying { number: Summands, observations: i64, total: i128 },
}

impl<'a> Crossings<'a> {
    fn new(problem: &'a Problem) -> Self {
        let (pool, units) = (problem.pool(), problem.design().units());
        let (scores, labels) = (pool.scores(), pool.labels());
        let ones: Vec<i64> = labels.iter().map(|&label| i64::from(label)).collect();
        let observed = scores.scores.iter().zip(&ones).map(|(score, one)| score * one).sum();
        let sizes = match problem.design().case_size() {
            Some(_) => Sizes::Constant,
            None => Sizes::Varying {
                number: summands(units, &vec![1; pool.len()]),
                observations: pool.len() as i64,
                total: scores.scores.iter().map(|&score| i128::from(score)).sum(),
            },
        };
        let (sums, kept) = (summands(units, &scores.scores), summands(units, &ones));
        // As scores are not negative, no sum of some of them exceeds that of all.
        let divisor = i64::try_from(scores.divisor).ok();
        let divisor = divisor.filter(|divisor| scores.scores.iter().sum::<i64>().checked_mul(*divisor).is_some());
        Self { scores, divisor, sums, kept, sizes, observed, n_case: problem.n_case() as i64 }
    }

    /// Appends that of each labelling.
    fn append(&self, arch: Arch, labellings: &Labellings, found: &mut Found) -> Result<(), Error> {
        let of = |summands: &Summands| {
            let mut sums = vec![0; labellings.len()];
            summands.sum(arch, labellings, &mut sums);
            sums
        };
        let sums_and_kept = of(&self.sums).into_iter().zip(of(&self.kept));
        match &self.sizes {
            Sizes::Constant => {
                sums_and_kept.for_each(|(sum, kept)| found.push(self.of_constant(sum, self.n_case - kept)));
            }
            Sizes::Varying { number, observations, total } => {
                for ((sum, kept), size) in sums_and_kept.zip(of(number)) {
                    if size == 0 || size == *observations {
                        let what = "the design leaves a group empty under some labellings";
                        return Err(Error::data(what, "use one that keeps an observation in each group"));
                    }
                    found.push(self.of_varying(sum, kept, size, *observations, *total));
                }
            }
        }
        Ok(())
    }

    /// (S(C) − S(A))/k, by one division of integers for decimals.
    fn of_constant(&self, sum: i64, moved: i64) -> Option<f64> {
        let Scores { divisor, denominator, unit, .. } = self.scores;
        let difference = self.observed - sum;
        let whole = self
            .divisor
            .map_or_else(|| (i128::from(difference) * divisor) as f64, |divisor| (difference * divisor) as f64);
        (moved != 0).then(|| whole / (denominator * moved as f64) * unit)
    }

    /// (d(C, 0) − d(A, 0))/(1 − r).
    fn of_varying(&self, sum: i64, kept: i64, size: i64, observations: i64, total: i128) -> Option<f64> {
        let difference = |sum: i64, size: i64| {
            let (numerator, others) =
                (i128::from(sum) * i128::from(observations) - total * i128::from(size), observations - size);
            numerator as f64 / (size as f64 * others as f64)
        };
        let (entered, left) = (size - kept, self.n_case - kept);
        let moved = entered as f64 / size as f64 + left as f64 / (observations - size) as f64;
        let apart = difference(self.observed, self.n_case) - difference(sum, size);
        (moved != 0.0).then(|| apart / moved * self.scores.step())
    }
}

fn summands(units: &Units, scores: &[i64]) -> Summands {
    Summands::of(&units.sums(scores))
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

/// How many labellings are at least as extreme as the data in each direction, the data among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TailCounts {
    /// All labellings.
    pub labellings: u64,
    /// Those with a statistic at least that of the data.
    pub greater_equal: u64,
    /// Those with a statistic at most that of the data.
    pub less_equal: u64,
}

impl TailCounts {
    /// Counts of so many random labellings, to which that of the data is added.
    #[must_use]
    pub fn drawn(resamples: u64, greater_equal: u64, less_equal: u64) -> Self {
        Self { labellings: resamples + 1, greater_equal: greater_equal + 1, less_equal: less_equal + 1 }
    }
}

/// A search for the ends of an interval of shifts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bisection {
    /// Shifts beyond which the test no longer changes.
    pub within: [f64; 2],
    /// How far outside of the interval an end may lie.
    pub tolerance: f64,
}

impl Bisection {
    /// Between the shifts that set two samples apart, where no relabelling can change its mind, with a tolerance of a
    /// millionth of their distance. That holds for a difference of location: a summary of each group that never falls when
    /// one of its values rises.
    ///
    /// # Panics
    /// When a sample is empty.
    #[must_use]
    pub fn apart(case: &[f64], control: &[f64]) -> Self {
        assert!(!case.is_empty() && !control.is_empty(), "both groups need an observation");
        let least = |sample: &[f64]| sample.iter().copied().fold(f64::INFINITY, f64::min);
        let most = |sample: &[f64]| sample.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let [low, high] = [least(case) - most(control), most(case) - least(control)];
        let tolerance = 1e-6 * (high - low);
        // At the ends themselves values tie.
        Self { within: [low - tolerance, high + tolerance], tolerance }
    }

    /// The shifts that a test does not reject, its ends from outside: each is rejected, and a shift that is not lies no
    /// further away than the tolerance. An end is infinite where the test rejects nothing on that side.
    ///
    /// `tails` counts for a shift: it runs the test on the case sample less the shift, of two samples or strata by a design over
    /// the observations in the order they were given. Designs over the sorted pool would change with the shift which
    /// observations a random labelling is about, and the counts would jump. Takes about 21 tests for each end.
    ///
    /// # Errors
    /// [`Error::Data`] for ends that are not finite, a negative tolerance or a statistic that no shift moves far enough, and
    /// what `tails` fails with.
    ///
    /// ```
    /// use permtest::PermutationTest;
    /// use permtest::design::layout::Layout;
    /// use permtest::inference::Alternative;
    /// use permtest::method::inversion::{Bisection, TailCounts};
    ///
    /// let (case, control) = ([38.0, 26.0, 29.0, 41.0, 36.0, 31.0, 32.0], [45.0, 40.0, 47.0, 38.0, 40.0, 42.0, 44.0]);
    /// let order: Vec<u32> = (0..14).collect();
    /// let design = Layout::default().arrange(&order, case.len()).expect("two samples").design;
    /// let test = PermutationTest::new(&case, &control)?.design(design).resamples(1000);
    /// let trimmed = "trimmed-mean:0.2".parse()?;
    /// let [low, high] = Bisection::apart(&case, &control).run(Alternative::TwoSided.beyond(0.9)?, |shift| {
    ///     let counts = test.clone().shift(shift).test(&trimmed)?.counts.expect("they are counted");
    ///     Ok(TailCounts::drawn(counts.n, counts.greater_equal, counts.less_equal))
    /// })?;
    /// assert!(-15.0 < low && low < -12.0 && -6.0 < high && high < -3.0, "{low} to {high}");
    /// # Ok::<(), permtest::error::Error>(())
    /// ```
    pub fn run(&self, beyond: Beyond, tails: impl Fn(f64) -> Result<TailCounts, Error>) -> Result<[f64; 2], Error> {
        if self.tolerance.is_nan() || self.tolerance < 0.0 || !self.within.iter().all(|end| end.is_finite()) {
            return Err(Error::data("a search needs finite ends and a tolerance that is not negative", "name some"));
        }
        let [least, most] = self.within;
        let low = |share: f64| {
            let is_rejected =
                |shift: f64| tails(shift).map(|counts| counts.greater_equal <= allowed(counts.labellings, share));
            self.end(least, most, is_rejected)
        };
        let high = |share: f64| {
            let is_rejected =
                |shift: f64| tails(shift).map(|counts| counts.less_equal <= allowed(counts.labellings, share));
            self.end(most, least, is_rejected)
        };
        Ok([
            beyond.low.map_or(Ok(None), low)?.unwrap_or(f64::NEG_INFINITY),
            beyond.high.map_or(Ok(None), high)?.unwrap_or(f64::INFINITY),
        ])
    }

    /// The last shift on the way from outside in that is known to be rejected; `None` where not even the first one is.
    fn end(
        &self,
        mut outside: f64,
        mut inside: f64,
        is_rejected: impl Fn(f64) -> Result<bool, Error>,
    ) -> Result<Option<f64>, Error> {
        if !is_rejected(outside)? {
            return Ok(None);
        }
        if is_rejected(inside)? {
            let what = format!("the test rejects a shift by {outside} as well as one by {inside} on the same side");
            return Err(Error::data(what, "choose a statistic that moves with a shift"));
        }
        while (inside - outside).abs() > self.tolerance {
            let middle = outside.midpoint(inside);
            if middle == outside || middle == inside {
                break;
            }
            if is_rejected(middle)? { outside = middle } else { inside = middle }
        }
        Ok(Some(outside))
    }
}
