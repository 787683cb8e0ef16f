//! For each labelling, the shifts at which its difference of means is at least as extreme as that of the data.
//!
//! Where all labellings have as many case observations, they are compared by the sum S over these and by the number K of
//! those of the data among them. At the shift Δ that is S − ΔK against S₀ − Δm, in terms of the sums of all labellings
//! around their mean c − Δe, where c is the mean of S and e that of K. Labelling A is as great as the data from
//!
//! Δ = (S₀ − S)/(m − K)
//!
//! on, as small up to there, and as far from the mean between this and
//!
//! Δ = (S₀ + S − 2c)/(m + K − 2e),
//!
//! for |K − e| ≤ m − e; with equality, as for the labelling of the data and, where it is one, that with all labels
//! exchanged, at every shift. For two samples m − K counts the labels that have moved, for pairs the swapped pairs. Where
//! sizes vary the difference of means d(A) − Δr itself is compared, around 0: the same with d in the place of S, r in that
//! of K and 1 in that of m.

use super::super::tail::Tail;
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::sampling::units::{UnitSums, Units};
use crate::simd::Arch;
use crate::statistic::Problem;
use crate::statistic::linear::Centre;
use crate::statistic::linear::scores::{Scores, greatest_common_divisor};
use crate::statistic::linear::sums::Summands;

/// The largest common denominator of null centres with which ends are computed as fractions.
const LARGEST_DENOMINATOR: i128 = 1 << 40;

/// The shifts at which the labellings of a chunk are extreme.
#[derive(Debug, Default)]
pub struct Found {
    /// How many of them are at every shift.
    pub always: u64,
    /// From which shift on each of the others is.
    pub low: Vec<f64>,
    /// Up to which.
    pub high: Vec<f64>,
}

/// What the labellings of a problem are compared by.
pub struct Crossings<'a> {
    scores: &'a Scores,
    /// Sum of the scores of the case observations.
    sums: Summands,
    /// How many of the case observations are those of the data.
    kept: Summands,
    sizes: Sizes,
    observed: i64,
    n_case: i64,
    /// Whether both sides of the null centre count.
    is_absolute: bool,
}

/// How many case observations a labelling has.
enum Sizes {
    /// As many as the data.
    Constant { narrow: bool, centre: Means },
    /// Their number, among so many observations with this sum of scores.
    Varying { number: Summands, observations: i64, total: i128 },
}

/// The means c of the sums and e of the kept observations over all labellings, as fractions of one denominator.
#[derive(Debug, Clone, Copy)]
pub struct Means {
    /// c times the denominator.
    pub sum: i128,
    /// e times the denominator.
    pub kept: i128,
    /// The denominator.
    pub denominator: i128,
}

impl Means {
    /// The fractions are rounded where they have no small common denominator.
    #[must_use]
    pub fn of(centres: [Centre; 2]) -> Self {
        let [one, other] = centres.map(|centre| centre.denominator);
        let common = (one / greatest_common_divisor(one, other)).checked_mul(other);
        let denominator = common.filter(|&common| common <= LARGEST_DENOMINATOR).unwrap_or(LARGEST_DENOMINATOR);
        let [sum, kept] = centres.map(|Centre { whole, numerator, denominator: its }| {
            let rest = if denominator % its == 0 {
                numerator * (denominator / its)
            } else {
                (numerator as f64 / its as f64 * denominator as f64).round() as i128
            };
            whole * denominator + rest
        });
        Self { sum, kept, denominator }
    }
}

impl<'a> Crossings<'a> {
    /// Of a difference of means whose p-value measures this tail.
    #[must_use]
    pub fn new(problem: &'a Problem, tail: Tail) -> Self {
        let (pool, design) = (problem.pool(), problem.design());
        let (scores, labels) = (pool.scores(), pool.labels());
        let ones: Vec<i64> = labels.iter().map(|&label| i64::from(label)).collect();
        let observed = scores.scores.iter().zip(&ones).map(|(score, one)| score * one).sum();
        let total: i128 = scores.scores.iter().map(|&score| i128::from(score)).sum();
        let sizes = match design.case_size() {
            Some(_) => {
                let centre = |scores: &[i64]| {
                    let sums: UnitSums = design.units().sums(scores);
                    Centre::of(design, scores, &sums, problem.n_case())
                };
                let centre = Means::of([centre(&scores.scores), centre(&ones)]);
                // As scores are not negative, no sum of some of them exceeds that of all.
                let largest = total.checked_mul(4 * centre.denominator).and_then(|sum| sum.checked_mul(scores.divisor));
                Sizes::Constant { narrow: largest.is_some_and(|largest| i64::try_from(largest).is_ok()), centre }
            }
            None => Sizes::Varying {
                number: summands(design.units(), &vec![1; pool.len()]),
                observations: pool.len() as i64,
                total,
            },
        };
        let kept = summands(design.units(), &ones);
        // Both are made in room that is not needed at once.
        drop(ones);
        let sums = summands(design.units(), &scores.scores);
        Self {
            scores,
            sums,
            kept,
            sizes,
            observed,
            n_case: problem.n_case() as i64,
            is_absolute: tail == Tail::Absolute,
        }
    }

    /// Appends those of each labelling.
    ///
    /// # Errors
    /// [`Error::Data`] for a labelling that leaves a group empty.
    pub fn append(&self, arch: Arch, labellings: &Labellings, found: &mut Found) -> Result<(), Error> {
        let of = |summands: &Summands| {
            let mut sums = vec![0; labellings.len()];
            summands.sum(arch, labellings, &mut sums);
            sums
        };
        let sums_and_kept = of(&self.sums).into_iter().zip(of(&self.kept));
        let mut push = |crossings: [Option<f64>; 2]| match crossings {
            [Some(one), Some(other)] if self.is_absolute => {
                found.low.push(one.min(other));
                found.high.push(one.max(other));
            }
            [Some(one), _] if !self.is_absolute => {
                found.low.push(one);
                found.high.push(one);
            }
            _ => found.always += 1,
        };
        match &self.sizes {
            Sizes::Constant { narrow: true, centre } => {
                sums_and_kept.for_each(|(sum, kept)| push(self.of_narrow(sum, kept, centre)));
            }
            Sizes::Constant { narrow: false, centre } => {
                sums_and_kept.for_each(|(sum, kept)| push(self.of_wide(sum.into(), kept.into(), centre)));
            }
            Sizes::Varying { number, observations, total } => {
                for ((sum, kept), size) in sums_and_kept.zip(of(number)) {
                    if size == 0 || size == *observations {
                        let what = "the design leaves a group empty under some labellings";
                        return Err(Error::data(what, "use one that keeps an observation in each group"));
                    }
                    push(self.of_varying(sum, kept, size, *observations, *total));
                }
            }
        }
        Ok(())
    }

    /// Both crossings, each by one division of integers for decimals.
    fn of_narrow(&self, sum: i64, kept: i64, centre: &Means) -> [Option<f64>; 2] {
        let Means { sum: mean, kept: mean_kept, denominator } = *centre;
        let (mean, mean_kept, denominator) = (mean as i64, mean_kept as i64, denominator as i64);
        let divisor = self.scores.divisor as i64;
        let shift = |apart: i64, moved: i64| (moved != 0).then(|| self.shift((apart * divisor) as f64, moved as f64));
        let mirrored = || {
            let apart = (self.observed + sum) * denominator - 2 * mean;
            shift(apart, (self.n_case + kept) * denominator - 2 * mean_kept)
        };
        [shift(self.observed - sum, self.n_case - kept), self.is_absolute.then(mirrored).flatten()]
    }

    /// The same where products do not fit 64 bits.
    fn of_wide(&self, sum: i128, kept: i128, centre: &Means) -> [Option<f64>; 2] {
        let (observed, n_case) = (i128::from(self.observed), i128::from(self.n_case));
        let divisor = self.scores.divisor;
        let shift = |apart: i128, moved: i128| {
            let whole = apart.checked_mul(divisor).map_or_else(|| apart as f64 * divisor as f64, |whole| whole as f64);
            (moved != 0).then(|| self.shift(whole, moved as f64))
        };
        let mirrored = || {
            let apart = (observed + sum) * centre.denominator - 2 * centre.sum;
            shift(apart, (n_case + kept) * centre.denominator - 2 * centre.kept)
        };
        [shift(observed - sum, n_case - kept), self.is_absolute.then(mirrored).flatten()]
    }

    fn shift(&self, whole: f64, moved: f64) -> f64 {
        whole / (self.scores.denominator * moved) * self.scores.unit
    }

    /// (d(C, 0) ∓ d(A, 0))/(1 ∓ r).
    fn of_varying(&self, sum: i64, kept: i64, size: i64, observations: i64, total: i128) -> [Option<f64>; 2] {
        let difference = |sum: i64, size: i64| {
            let (numerator, others) =
                (i128::from(sum) * i128::from(observations) - total * i128::from(size), observations - size);
            numerator as f64 / (size as f64 * others as f64)
        };
        let (entered, left) = (size - kept, self.n_case - kept);
        let (of_case, of_control) = (size as f64, (observations - size) as f64);
        let [mine, theirs] = [difference(self.observed, self.n_case), difference(sum, size)];
        let shift = |apart: f64, moved: f64| apart / moved * self.scores.step();
        let moved = || entered as f64 / of_case + left as f64 / of_control;
        let stayed = || kept as f64 / of_case + (observations - size - left) as f64 / of_control;
        let is_exchanged = kept == 0 && left == observations - size;
        [
            (entered != 0 || left != 0).then(|| shift(mine - theirs, moved())),
            (!is_exchanged).then(|| shift(mine + theirs, stayed())),
        ]
    }
}

fn summands(units: &Units, scores: &[i64]) -> Summands {
    Summands::of(&units.sums(scores))
}
