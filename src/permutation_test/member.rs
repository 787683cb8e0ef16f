//! A test as a column of a family: its labellings are counted like those of a test by itself, and scored.

use super::course::Course;
use super::joint::CommonScale;
use crate::error::Error;
use crate::inference::p_value::Counts;
use crate::method::joint::{Score, ScoredColumn};
use crate::method::monte_carlo::{Chunk, Notes};
use crate::method::tail::Tail;
use crate::method::tally::{Tally, Undefined};
use crate::sampling::labellings::Labellings;
use crate::simd::{self, Arch, Kernel};
use crate::statistic::{EvaluationCost, Replicate, Statistic, Thresholds};

/// A column with a statistic.
pub(super) struct Member<'a, T> {
    statistic: &'a dyn Statistic<Replicate = T>,
    thresholds: &'a Thresholds<T>,
    notes: Notes<'a, T>,
    undefined: Undefined,
    tail: Tail,
    scoring: Scoring<T>,
    score: Score,
}

/// How a replicate becomes a score, before its sign is dropped or turned.
#[derive(Clone, Copy)]
enum Scoring<T> {
    /// Its distance from a number, which is a whole one of its kind and a fraction, times a factor.
    Replicate { whole: T, fraction: f64, factor: f64 },
    /// The same of the statistic itself.
    Value { centre: f64, factor: f64 },
}

impl<'a, T: Replicate> Member<'a, T> {
    pub fn new(course: &'a Course<'_, T>, scale: CommonScale, notes: Notes<'a, T>) -> Result<Self, Error> {
        let (thresholds, tail) = (&course.data()?.thresholds, course.measured_tail());
        let scoring = match scale {
            CommonScale::Values { centre, unit } => Scoring::Value { centre, factor: inverse(unit) },
            CommonScale::Own | CommonScale::Deviations(_) => {
                let factor = if let CommonScale::Deviations(deviation) = scale { inverse(deviation) } else { 1.0 };
                let Thresholds { far_above, far_below, .. } = *thresholds;
                let midpoint = || (T::default(), far_above.approximate().midpoint(far_below.approximate()));
                let (whole, fraction) = course.statistic.centre().unwrap_or_else(midpoint);
                Scoring::Replicate { whole, fraction, factor }
            }
        };
        let score = Score { value: 0.0, tolerance: 0.0, is_doubled: tail == Tail::Doubled };
        let statistic = &*course.statistic;
        let mut member = Self { statistic, thresholds, notes, undefined: course.test.undefined, tail, scoring, score };
        let of = |replicate: T| {
            let mut scores = Vec::new();
            member.append_scores(Arch::Scalar, &[replicate], &mut scores);
            scores[0]
        };
        let Thresholds { observed, greater_equal, less_equal, .. } = *thresholds;
        let value = of(observed);
        let tolerance = [greater_equal, less_equal].map(|bound| (of(bound) - value).abs());
        member.score = Score { value, tolerance: tolerance[0].max(tolerance[1]), ..score };
        Ok(member)
    }

    fn append_scores(&self, arch: Arch, replicates: &[T], scores: &mut Vec<f64>) {
        let start = scores.len();
        match self.scoring {
            Scoring::Replicate { whole, fraction, factor } => {
                scores.resize(start + replicates.len(), 0.0);
                let scores = &mut scores[start..];
                simd::run(arch, Distances { replicates, whole, fraction, factor, scores });
            }
            Scoring::Value { centre, factor } => {
                self.statistic.append_values(replicates, scores);
                scores[start..].iter_mut().for_each(|score| *score = (*score - centre) * factor);
            }
        }
        simd::run(arch, Turn { scores: &mut scores[start..], tail: self.tail });
    }
}

/// 1/x; 0 for a column that no labelling changes.
fn inverse(unit: f64) -> f64 {
    if unit > 0.0 { 1.0 / unit } else { 0.0 }
}

impl<T: Replicate> ScoredColumn for Member<'_, T> {
    fn note(
        &self,
        arch: Arch,
        labellings: &Labellings,
        noted: &mut Chunk,
        scores: Option<&mut Vec<f64>>,
    ) -> Result<(), Error> {
        let mut replicates = vec![T::default(); labellings.len()];
        self.statistic.replicates(arch, labellings, &mut replicates)?;
        noted.count(arch, self.statistic, self.thresholds, &replicates, self.notes);
        if let Some(scores) = scores {
            self.append_scores(arch, &replicates, scores);
        }
        Ok(())
    }

    fn score(&self) -> Score {
        self.score
    }

    fn is_expensive(&self) -> bool {
        self.statistic.cost() == EvaluationCost::Expensive
    }

    fn extreme(&self, tally: &Tally) -> u64 {
        let Tally { resamples: n, greater_equal, less_equal, absolute, .. } = *tally;
        let undefined = if self.undefined == Undefined::Drop { 0 } else { tally.undefined };
        undefined + Counts { n, greater_equal, less_equal, absolute }.extreme(self.tail)
    }
}

struct Distances<'a, T> {
    replicates: &'a [T],
    whole: T,
    fraction: f64,
    factor: f64,
    scores: &'a mut [f64],
}

impl<T: Replicate> Kernel for Distances<'_, T> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        for (score, &replicate) in self.scores.iter_mut().zip(self.replicates) {
            *score = (replicate.less(self.whole) - self.fraction) * self.factor;
        }
    }
}

/// Makes the larger score the more extreme one, and what is not defined as extreme as can be.
struct Turn<'a> {
    scores: &'a mut [f64],
    tail: Tail,
}

impl Turn<'_> {
    #[inline(always)]
    fn each(self, turned: impl Fn(f64) -> f64) {
        for score in self.scores {
            *score = if score.is_nan() { f64::INFINITY } else { turned(*score) };
        }
    }
}

impl Kernel for Turn<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        match self.tail {
            Tail::Upper | Tail::Doubled => self.each(|score| score),
            Tail::Lower => self.each(|score| -score),
            Tail::Absolute => self.each(f64::abs),
        }
    }
}

/// A column whose values are all the same: no labelling changes anything, whatever the statistic.
pub(super) struct ConstantColumn {
    /// The statistic, NaN where it is not defined.
    pub value: f64,
}

impl ScoredColumn for ConstantColumn {
    fn note(
        &self,
        _: Arch,
        labellings: &Labellings,
        noted: &mut Chunk,
        scores: Option<&mut Vec<f64>>,
    ) -> Result<(), Error> {
        let n = labellings.len() as u64;
        noted.tally += Tally { resamples: n, greater_equal: n, less_equal: n, absolute: n, ..Tally::default() };
        noted.values.resize(noted.values.len() + labellings.len(), self.value);
        if let Some(scores) = scores {
            scores.resize(scores.len() + labellings.len(), f64::NEG_INFINITY);
        }
        Ok(())
    }

    fn score(&self) -> Score {
        Score { value: f64::NEG_INFINITY, tolerance: 0.0, is_doubled: false }
    }

    fn extreme(&self, tally: &Tally) -> u64 {
        tally.resamples
    }
}
