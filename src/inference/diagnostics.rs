//! Which of the warnings apply to a test, from its samples, its counts and its estimate.

use super::normal;
use super::p_value::{Counts, IntervalKind, PValue};
use super::spread::equal_spreads_p_value;
use super::summary::Summary;
use super::warning::{LevelError, Remedy, USUAL_LEVEL, UnitKind, Warning};
use crate::design::ReferenceSetSize;
use crate::method::estimate::{Estimate, Spread};
use crate::method::exact::bounds;
use crate::method::monte_carlo::MOST_RESAMPLES;
use crate::method::planner::Further;
use crate::method::splitting;
use crate::method::tail::Tail;
use crate::statistic::linear::scores::Exactness;

/// Fewer extreme resamples than this leave the p-value with a relative error of more than a third.
pub const FEW: u64 = 10;

/// Extreme resamples to aim for: a relative error of a tenth.
const ENOUGH: f64 = 100.0;

/// Estimates with a larger standard error, as a share of themselves, are rough.
const ROUGH: f64 = splitting::LARGEST_RELATIVE_ERROR;

/// An estimate and its saddlepoint approximation disagree if they differ by more standard errors than this, and by a larger
/// share than the approximation may err.
const STANDARD_ERRORS: f64 = 4.0;
const APPROXIMATION_ERROR: f64 = 0.05;

/// From this ratio of group sizes on, unequal variances matter.
const UNEQUAL_SIZES: f64 = 1.5;

/// From this ratio of standard deviations on, if spreads differ by more than chance.
const UNEQUAL_SPREADS: f64 = 1.5;

/// The level at which they do: identical groups of 10 and 40 values raise the alarm in up to 6 % of cases.
const SPREADS_LEVEL: f64 = 0.05;

/// The relative error and the effective sample size with which an estimate is better than a saddlepoint approximation.
const GOOD_ERROR: f64 = 0.1;
const GOOD_SAMPLE: f64 = 100.0;

/// Groups smaller than this say too little of their variance.
const FEWEST_FOR_VARIANCE: u64 = 5;

/// Whether a statistic is about the centres of the groups alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// It compares centres and takes the spread of both groups for the same.
    Centres,
    /// It does not.
    Else,
}

/// What there is to know about a statistic and its null distribution.
#[derive(Debug, Clone, Copy)]
pub struct Diagnostics<'a> {
    /// The counts of resamples, if some were drawn and counted.
    pub counts: Option<&'a Counts>,
    /// What the p-value was estimated from, if it was.
    pub estimate: Option<&'a Estimate>,
    /// The p-value.
    pub p_value: &'a PValue,
    /// What is measured.
    pub tail: Tail,
    /// The samples that are compared, case first; none of an association.
    pub samples: &'a [&'a [f64]],
    /// The number of labellings.
    pub size: &'a ReferenceSetSize,
    /// The smallest p-value that the data can give.
    pub attainable: f64,
    /// The smallest that the design can give, whatever the values.
    pub coarsest: f64,
    /// The observed statistic less its null value, in standard deviations of its null distribution; `None` where the
    /// null distribution is not known to be close to normal.
    pub z: Option<f64>,
    /// What would resolve a p-value that the counts do not.
    pub further: Further,
    /// What gets relabelled.
    pub units: UnitKind,
    /// What the statistic is about.
    pub concern: Concern,
    /// Whether labellings are compared exactly, or within what the values were rounded by.
    pub exactness: Exactness,
}

impl Diagnostics<'_> {
    /// All that applies, gravest first.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut all = self.samples.iter().copied().flatten();
        if all.next().is_some_and(|first| all.all(|value| value == first)) {
            return vec![Warning::Constant];
        }
        let singles = self.samples.iter().filter(|sample| sample.len() == 1).count();
        let is_single = singles > 0 && self.units == UnitKind::Observations;
        let single = is_single.then_some(Warning::SingleObservation { groups: singles, of: self.samples.len() });
        let unattainable = (self.attainable > USUAL_LEVEL).then_some(match self.coarsest {
            coarsest if coarsest > USUAL_LEVEL => Warning::Unattainable { minimum: self.attainable, units: self.units },
            coarsest => Warning::Tied { minimum: self.attainable, coarsest, units: self.units },
        });
        let rounded = (self.exactness == Exactness::Rounded).then_some(Warning::Rounded);
        let counted = self.counts.map(|counts| [self.resolution(counts), self.coarseness(counts)]);
        let estimated = self.estimate.map(doubts);
        [single, unattainable, rounded]
            .into_iter()
            .chain(counted.into_iter().flatten())
            .chain(estimated.into_iter().flatten())
            .chain([self.ceiling(), self.width(), self.unequal_variances()])
            .flatten()
            .collect()
    }

    /// Whether enough resamples were as extreme as the data.
    fn resolution(&self, counts: &Counts) -> Option<Warning> {
        let (count, n) = (counts.extreme(self.tail), counts.n);
        let needs = |p: f64| {
            let resamples = one_digit(ENOUGH / p);
            match self.further {
                Further::Advised(method) | Further::Taken { method, .. } => Remedy::Method(method),
                _ if resamples > MOST_RESAMPLES as f64 => Remedy::BeyondCounting(p.log10().round()),
                Further::Nothing => Remedy::Resamples(resamples),
            }
        };
        match count {
            _ if 1.0 / (n as f64 + 1.0) > USUAL_LEVEL => Some(Warning::TooFewResamples { resamples: n }),
            0 => {
                // The normal tail, but not above what no resample of n makes likely, nor below what the data can give.
                let ceiling = 1.0 / (10.0 * n as f64);
                let tail = self.z.map_or(ceiling, |z| normal::upper_tail(z.abs()).max(f64::MIN_POSITIVE));
                let remedy = needs(tail.min(ceiling).max(self.attainable.min(ceiling)));
                Some(Warning::Floor { resamples: n, remedy })
            }
            1..FEW if self.size.approximate.is_none_or(|size| size > n as f64) => {
                Some(Warning::Few { count, remedy: needs(count as f64 / n as f64) })
            }
            _ => None,
        }
    }

    /// Whether the p-value is no more than an upper bound, rounded up to two digits.
    fn ceiling(&self) -> Option<Warning> {
        let p = self.p_value.estimate;
        let unit = 10f64.powi(p.log10().floor() as i32 - 1);
        let rounded = if unit > 0.0 { (p / unit).ceil() * unit } else { p };
        (self.p_value.kind == IntervalKind::UpperBound).then_some(Warning::Ceiling { p: rounded })
    }

    /// Whether proven bounds are as narrow as they should be.
    fn width(&self) -> Option<Warning> {
        let [low, high] = self.p_value.interval;
        let relative_width = (high - low) / high;
        let is_wide = self.p_value.kind == IntervalKind::Bounds && relative_width > bounds::ENOUGH;
        is_wide.then_some(Warning::Wide { relative_width })
    }

    fn coarseness(&self, counts: &Counts) -> Option<Warning> {
        let (size, resamples) = (self.size.approximate?, counts.n);
        (size < resamples as f64).then_some(Warning::SmallReferenceSet { size, resamples })
    }

    /// Whether the groups of the smallest and of the largest spread differ by more than chance, and in size.
    fn unequal_variances(&self) -> Option<Warning> {
        let matters = self.concern == Concern::Centres && self.units == UnitKind::Observations;
        if !matters {
            return None;
        }
        let spread = |sample: &&[f64]| Summary::of(sample).sd.unwrap_or(0.0);
        let by_spread = |a: &&&[f64], b: &&&[f64]| spread(a).total_cmp(&spread(b));
        let few = |sample: &[f64]| (sample.len() as u64) < FEWEST_FOR_VARIANCE;
        let [narrow, wide] = [self.samples.iter().min_by(by_spread)?, self.samples.iter().max_by(by_spread)?];
        let (small, large) = (narrow.len().min(wide.len()), narrow.len().max(wide.len()));
        if (large as f64) < UNEQUAL_SIZES * small as f64 || few(narrow) || few(wide) {
            return None;
        }
        // All equal values in one group beside others are infinitely less spread.
        let ratio = spread(wide) / spread(narrow);
        if ratio.is_nan() || ratio < UNEQUAL_SPREADS {
            return None;
        }
        let error =
            if wide.len() < narrow.len() { LevelError::TooManyRejections } else { LevelError::TooFewRejections };
        let groups = self.samples.len();
        (equal_spreads_p_value(narrow, wide) <= SPREADS_LEVEL).then_some(Warning::UnequalVariances {
            error,
            ratio,
            groups,
        })
    }
}

/// Whether an estimate is to be relied upon.
fn doubts(estimate: &Estimate) -> [Option<Warning>; 2] {
    let relative_error = estimate.relative_error();
    let rough = (relative_error > ROUGH).then_some(Warning::Rough { relative_error });
    let doubt = match estimate.spread {
        Spread::Weights { saddlepoint: Some(saddlepoint), effective_sample_size } => {
            let is_good = relative_error <= GOOD_ERROR && effective_sample_size >= GOOD_SAMPLE;
            (!is_good && contradicts_saddlepoint(estimate)).then_some(Warning::Disagreement { saddlepoint })
        }
        Spread::Replicates { extinct, replicates, .. } if extinct > 0 => Some(Warning::Extinct { extinct, replicates }),
        Spread::Weights { .. } | Spread::Replicates { .. } => None,
    };
    [doubt, rough]
}

/// Whether an estimate and the saddlepoint approximation beside it differ by more than the errors of both. Where the estimate is a
/// good one that says how much the approximation is off.
#[must_use]
pub fn contradicts_saddlepoint(estimate: &Estimate) -> bool {
    let Spread::Weights { saddlepoint: Some(saddlepoint), .. } = estimate.spread else { return false };
    let error = STANDARD_ERRORS * estimate.standard_error;
    (estimate.p - saddlepoint).abs() > error.max(APPROXIMATION_ERROR * estimate.p.max(saddlepoint))
}

/// Rounded up to one significant digit.
fn one_digit(x: f64) -> f64 {
    let unit = 10f64.powi(x.log10().floor() as i32);
    (x / unit - 1e-9).ceil() * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many evenly spread values.
    fn sample(n: usize, spread: f64) -> Vec<f64> {
        (0..n).map(|i| spread * ((i as f64 + 0.5) / n as f64 - 0.5)).collect()
    }

    /// Warnings of a two-sided test with so many extreme resamples of n, otherwise unremarkable.
    fn warnings(extreme: u64, n: u64, case: &[f64], control: &[f64], z: f64) -> Vec<Warning> {
        let size = ReferenceSetSize::subsets(case.len() + control.len(), case.len());
        let counts = Counts { n, greater_equal: extreme, less_equal: n - extreme, absolute: extreme };
        let attainable = 2.0 * size.approximate.map_or(0.0, f64::recip);
        let diagnostics = Diagnostics {
            counts: Some(&counts),
            estimate: None,
            p_value: &PValue::monte_carlo(&counts, Tail::Absolute, 0.99, attainable),
            tail: Tail::Absolute,
            samples: &[case, control],
            size: &size,
            attainable,
            coarsest: attainable,
            z: Some(z),
            further: Further::Nothing,
            units: UnitKind::Observations,
            concern: Concern::Centres,
            exactness: Exactness::Exact,
        };
        diagnostics.warnings()
    }

    #[test]
    fn an_unremarkable_test_has_none() {
        assert_eq!(warnings(500, 10_000, &sample(30, 1.0), &sample(30, 1.2), 1.9), []);
    }

    #[test]
    fn no_extreme_resample_asks_for_as_many_as_the_normal_tail_says() {
        let group = sample(100, 1.0);
        // Upper normal tail at 5.5: 1.9e-8, so 100 of 5.3e9.
        let floor = |n, remedy| vec![Warning::Floor { resamples: n, remedy }];
        assert_eq!(warnings(0, 10_000, &group, &group, 5.5), floor(10_000, Remedy::Resamples(6e9)));
        assert_eq!(warnings(0, 10_000, &group, &group, -12.0), floor(10_000, Remedy::BeyondCounting(-33.0)));
        // A normal tail that the resamples contradict counts for less than they do.
        assert_eq!(warnings(0, 10_000, &group, &group, 1.0), floor(10_000, Remedy::Resamples(1e7)));
    }

    #[test]
    fn few_extreme_resamples_ask_for_a_hundred() {
        let group = sample(100, 1.0);
        assert_eq!(
            warnings(5, 10_000, &group, &group, 3.5),
            [Warning::Few { count: 5, remedy: Remedy::Resamples(200_000.0) }]
        );
        assert_eq!(warnings(10, 10_000, &group, &group, 3.5), []);
    }

    #[test]
    fn fewer_than_nineteen_resamples_cannot_be_significant() {
        let group = sample(100, 1.0);
        assert_eq!(warnings(3, 18, &group, &group, 1.0), [Warning::TooFewResamples { resamples: 18 }]);
        assert_eq!(warnings(10, 19, &group, &group, 1.0), []);
    }

    #[test]
    fn a_small_reference_set_is_warned_of() {
        let group = sample(5, 1.0);
        let small = Warning::SmallReferenceSet { size: 252.0, resamples: 253 };
        assert_eq!(warnings(50, 253, &group, &group, 1.0), [small]);
        assert_eq!(warnings(50, 252, &group, &group, 1.0), []);
    }

    #[test]
    fn three_against_three_cannot_be_significant() {
        let group = sample(3, 1.0);
        assert_eq!(
            warnings(10, 20, &group, &group, 2.0),
            [Warning::Unattainable { minimum: 0.1, units: UnitKind::Observations }]
        );
    }

    #[test]
    fn ties_are_named_where_they_keep_p_from_being_small() {
        let group = sample(30, 1.0);
        let diagnostics = Diagnostics {
            counts: None,
            estimate: None,
            p_value: &PValue::exact(0.24, 0.24),
            tail: Tail::Absolute,
            samples: &[&group, &group],
            size: &ReferenceSetSize::subsets(60, 30),
            attainable: 0.24,
            coarsest: 1e-17,
            z: None,
            further: Further::Nothing,
            units: UnitKind::Observations,
            concern: Concern::Else,
            exactness: Exactness::Exact,
        };
        let tied = Warning::Tied { minimum: 0.24, coarsest: 1e-17, units: UnitKind::Observations };
        assert_eq!(diagnostics.warnings(), [tied]);
    }

    #[test]
    fn a_single_observation_is_warned_of() {
        let warned = warnings(50, 90, &sample(1, 0.0), &sample(99, 1.0), 2.0);
        assert_eq!(warned, [Warning::SingleObservation { groups: 1, of: 2 }]);
    }

    /// Warnings of two samples of so many values with such spreads, of one shape.
    fn of_samples(sizes: [usize; 2], spreads: [f64; 2]) -> Vec<Warning> {
        let samples = [sample(sizes[0], spreads[0]), sample(sizes[1], spreads[1])];
        let p_value = PValue::exact(0.5, 1e-6);
        let diagnostics = Diagnostics {
            counts: None,
            estimate: None,
            p_value: &p_value,
            tail: Tail::Absolute,
            samples: &[&samples[0], &samples[1]],
            size: &ReferenceSetSize::subsets(sizes[0] + sizes[1], sizes[0]),
            attainable: 1e-6,
            coarsest: 1e-6,
            z: None,
            further: Further::Nothing,
            units: UnitKind::Observations,
            concern: Concern::Centres,
            exactness: Exactness::Exact,
        };
        diagnostics.warnings()
    }

    #[test]
    fn unequal_variances_matter_with_unequal_sizes_only() {
        let error = |sizes, spreads| match &of_samples(sizes, spreads)[..] {
            [] => None,
            [Warning::UnequalVariances { error, .. }] => Some(*error),
            others => panic!("{others:?}"),
        };
        assert_eq!(error([10, 50], [3.0, 1.0]), Some(LevelError::TooManyRejections));
        assert_eq!(error([50, 10], [3.0, 1.0]), Some(LevelError::TooFewRejections));
        assert_eq!(error([40, 50], [3.0, 1.0]), None);
        assert_eq!(error([10, 50], [1.4, 1.0]), None);
        assert_eq!(error([4, 50], [3.0, 1.0]), None);
    }

    #[test]
    fn equal_values_leave_nothing_to_test() {
        let flat = sample(10, 0.0);
        let size = ReferenceSetSize::subsets(20, 10);
        let diagnostics = Diagnostics {
            counts: None,
            estimate: None,
            p_value: &PValue::exact(1.0, 1.0),
            tail: Tail::Absolute,
            samples: &[&flat, &flat],
            size: &size,
            attainable: 1.0,
            coarsest: 1.0,
            z: None,
            further: Further::Nothing,
            units: UnitKind::Observations,
            concern: Concern::Centres,
            exactness: Exactness::Exact,
        };
        assert_eq!(diagnostics.warnings(), [Warning::Constant]);
    }

    /// Warnings of an estimate of 1e-12.
    fn doubted(standard_error: f64, spread: Spread) -> Vec<Warning> {
        let group = sample(100, 1.0);
        let estimate = Estimate { p: 1e-12, standard_error, draws: 1000, spread };
        let diagnostics = Diagnostics {
            counts: None,
            estimate: Some(&estimate),
            p_value: &PValue::estimated(&estimate, 0.99, 1e-50),
            tail: Tail::Upper,
            samples: &[&group, &group],
            size: &ReferenceSetSize::subsets(200, 100),
            attainable: 1e-50,
            coarsest: 1e-50,
            z: Some(7.0),
            further: Further::Nothing,
            units: UnitKind::Observations,
            concern: Concern::Centres,
            exactness: Exactness::Exact,
        };
        diagnostics.warnings()
    }

    #[test]
    fn an_estimate_is_doubted_for_its_spread_and_beside_the_saddlepoint() {
        let weights = |saddlepoint| Spread::Weights { effective_sample_size: 100.0, saddlepoint: Some(saddlepoint) };
        assert_eq!(doubted(1e-14, weights(1.039e-12)), []);
        // A good estimate that is contradicted shows that the approximation is off, a poor one is in doubt itself.
        assert_eq!(doubted(1e-14, weights(1.06e-12)), []);
        let few = |saddlepoint| Spread::Weights { effective_sample_size: 20.0, saddlepoint: Some(saddlepoint) };
        assert_eq!(doubted(1e-14, few(1.06e-12)), [Warning::Disagreement { saddlepoint: 1.06e-12 }]);
        assert_eq!(doubted(2e-14, few(1.06e-12)), []);
        assert_eq!(doubted(1.5e-13, weights(3e-12)), [Warning::Disagreement { saddlepoint: 3e-12 }]);
        assert_eq!(doubted(5e-13, weights(1e-12)), [Warning::Rough { relative_error: 0.5 }]);
        let replicates =
            |extinct| Spread::Replicates { replicates: 24, extinct, levels: 9, tail: splitting::Tail::Upper };
        assert_eq!(doubted(1e-13, replicates(0)), []);
        assert_eq!(doubted(1e-13, replicates(3)), [Warning::Extinct { extinct: 3, replicates: 24 }]);
    }

    #[test]
    fn rounded_sums_are_told() {
        let group = sample(100, 1.0);
        let diagnostics = Diagnostics {
            counts: None,
            estimate: None,
            p_value: &PValue::exact(0.5, 1e-3),
            tail: Tail::Upper,
            samples: &[&group, &group],
            size: &ReferenceSetSize::subsets(200, 100),
            attainable: 1e-3,
            coarsest: 1e-3,
            z: None,
            further: Further::Nothing,
            units: UnitKind::Observations,
            concern: Concern::Centres,
            exactness: Exactness::Rounded,
        };
        assert_eq!(diagnostics.warnings(), [Warning::Rounded]);
    }
}
