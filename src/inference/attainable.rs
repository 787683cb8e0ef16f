//! How small a p-value could get at all: a coarse reference set has no small p-values to give, whatever the data say.

use super::{Alternative, TwoSidedRule};
use crate::design::combinations;

/// The smallest p-value that any labelling of these scores could have, counting all C(N, m) of them: the share of the labellings
/// that reach the most extreme statistic, for a statistic that increases with the sum of the case scores, such as the difference
/// of means.
///
/// `scores` are those of all N units in any order, `n_case` is m. The null centre of the absolute rule is the one at which case
/// and control have the same mean. Exact to 12 digits; a p-value below the smallest normal float is given as that float, so that
/// it is never 0. Takes time proportional to N.
///
/// # Panics
///
/// If m is 0 or N.
///
/// ```
/// use permtest::inference::attainable::smallest_attainable;
/// use permtest::inference::{Alternative, TwoSidedRule};
/// // Two of {1, 2, 3, 3}: one of the six labellings has the largest sum, 3 + 3, and one the smallest, 1 + 2.
/// let smallest = |alternative| smallest_attainable(&[1, 2, 3, 3], 2, alternative, TwoSidedRule::Absolute);
/// assert_eq!(smallest(Alternative::Greater), 1.0 / 6.0);
/// // Both lie 1.5 from the expected sum, 4.5, so two labellings of six are as extreme as can be.
/// assert_eq!(smallest(Alternative::TwoSided), 2.0 / 6.0);
/// ```
#[must_use]
pub fn smallest_attainable(scores: &[i64], n_case: usize, alternative: Alternative, rule: TwoSidedRule) -> f64 {
    assert!(0 < n_case && n_case < scores.len(), "each group has at least one unit");
    let mut scores = scores.to_vec();
    let smallest = Extreme::smallest(&mut scores, n_case);
    let largest = Extreme::largest(&mut scores, n_case);
    let units = scores.len() as u64;
    let share = |extreme: &Extreme| extreme.share(units, n_case as u64);

    match (alternative, rule) {
        (Alternative::Greater, _) => share(&largest),
        (Alternative::Less, _) => share(&smallest),
        (Alternative::TwoSided, TwoSidedRule::Doubled) => (2.0 * share(&smallest).min(share(&largest))).min(1.0),
        (Alternative::TwoSided, TwoSidedRule::Absolute) => {
            if smallest.sum == largest.sum {
                return 1.0;
            }
            let total: i128 = scores.iter().map(|&x| i128::from(x)).sum();
            let distance = |extreme: &Extreme| (scores.len() as i128 * extreme.sum - n_case as i128 * total).abs();
            match distance(&largest).cmp(&distance(&smallest)) {
                std::cmp::Ordering::Greater => share(&largest),
                std::cmp::Ordering::Less => share(&smallest),
                std::cmp::Ordering::Equal => (share(&largest) + share(&smallest)).min(1.0),
            }
        }
    }
}

/// The labellings whose sum of case scores is the largest, or the smallest, of all.
struct Extreme {
    sum: i128,
    /// Units whose score is that of the last unit to get in.
    tied: u64,
    /// How many of those get in.
    chosen: u64,
}

impl Extreme {
    fn smallest(scores: &mut [i64], n_case: usize) -> Self {
        let (below, &mut threshold, _) = scores.select_nth_unstable(n_case - 1);
        let sum = below.iter().map(|&x| i128::from(x)).sum::<i128>() + i128::from(threshold);
        Self::at(scores, sum, threshold, n_case, |x| x < threshold)
    }

    fn largest(scores: &mut [i64], n_case: usize) -> Self {
        let (_, &mut threshold, above) = scores.select_nth_unstable(scores.len() - n_case);
        let sum = above.iter().map(|&x| i128::from(x)).sum::<i128>() + i128::from(threshold);
        Self::at(scores, sum, threshold, n_case, |x| x > threshold)
    }

    fn at(scores: &[i64], sum: i128, threshold: i64, n_case: usize, is_beyond: impl Fn(i64) -> bool) -> Self {
        let tied = scores.iter().filter(|&&x| x == threshold).count();
        let beyond = scores.iter().filter(|&&x| is_beyond(x)).count();
        Self { sum, tied: tied as u64, chosen: (n_case - beyond) as u64 }
    }

    /// C(tied, chosen)/C(N, m).
    fn share(&self, units: u64, n_case: u64) -> f64 {
        let counts = combinations::exact(self.tied, self.chosen).zip(combinations::exact(units, n_case));
        if let Some((reaching, all)) = counts {
            reaching as f64 / all as f64
        } else {
            let ln = combinations::ln(self.tied, self.chosen) - combinations::ln(units, n_case);
            libm::exp(ln).clamp(f64::MIN_POSITIVE, 1.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Alternative::{Greater, Less, TwoSided};
    use TwoSidedRule::{Absolute, Doubled};
    use proptest::prelude::*;

    /// The smallest p-value over all labellings, each counted against all.
    fn by_enumeration(scores: &[i64], n_case: usize, alternative: Alternative, rule: TwoSidedRule) -> f64 {
        let (units, total) = (scores.len() as i64, scores.iter().sum::<i64>());
        let distances: Vec<i64> = (0_u32..1 << units)
            .filter(|labelling| labelling.count_ones() as usize == n_case)
            .map(|labelling| {
                let sum: i64 =
                    (0..units).filter(|unit| labelling >> unit & 1 == 1).map(|unit| scores[unit as usize]).sum();
                units * sum - n_case as i64 * total
            })
            .collect();
        let share = |is_extreme: &dyn Fn(i64) -> bool| {
            distances.iter().filter(|&&other| is_extreme(other)).count() as f64 / distances.len() as f64
        };
        let p = |observed: i64| {
            let (greater, less) = (share(&|other| other >= observed), share(&|other| other <= observed));
            match (alternative, rule) {
                (Greater, _) => greater,
                (Less, _) => less,
                (TwoSided, Absolute) => share(&|other| other.abs() >= observed.abs()),
                (TwoSided, Doubled) => (2.0 * greater.min(less)).min(1.0),
            }
        };
        distances.iter().map(|&observed| p(observed)).fold(1.0, f64::min)
    }

    proptest! {
        #[test]
        fn it_is_the_smallest_p_value_of_all_labellings(
            scores in prop::collection::vec(-3_i64..4, 2..9),
            share in 0.0..1.0_f64,
        ) {
            let n_case = 1 + (share * (scores.len() - 1) as f64) as usize;
            for (alternative, rule) in [(Greater, Absolute), (Less, Absolute), (TwoSided, Absolute), (TwoSided, Doubled)] {
                let expected = by_enumeration(&scores, n_case, alternative, rule);
                let actual = smallest_attainable(&scores, n_case, alternative, rule);
                prop_assert!((actual - expected).abs() < 1e-12, "{alternative:?} {rule:?}: {actual} against {expected}");
            }
        }
    }

    #[test]
    fn a_large_reference_set_has_a_tiny_minimum_that_is_not_zero() {
        let scores: Vec<i64> = (0..200).collect();
        let smallest = smallest_attainable(&scores, 100, Greater, Absolute);
        assert!((smallest * 9.054_851_465_610_328e58 - 1.0).abs() < 1e-11); // Python: math.comb(200, 100)
        let scores: Vec<i64> = (0..20_000).collect();
        assert_eq!(smallest_attainable(&scores, 10_000, Greater, Absolute), f64::MIN_POSITIVE);
    }

    #[test]
    fn many_ties_at_the_threshold_keep_the_minimum_large() {
        // 3 ones beside 300 zeros, 150 cases: the largest sum takes all ones and any 147 of the zeros, and
        // C(300, 147)/C(303, 150) = (150·149·148)/(303·302·301).
        let mut scores = vec![0; 300];
        scores.extend([1; 3]);
        let smallest = smallest_attainable(&scores, 150, Greater, Absolute);
        let expected = (150.0 * 149.0 * 148.0) / (303.0 * 302.0 * 301.0);
        assert!((smallest / expected - 1.0).abs() < 1e-11);
    }

    #[test]
    fn the_largest_scores_do_not_overflow() {
        let scores = [i64::MAX, i64::MAX - 1, i64::MIN, i64::MIN + 1];
        assert_eq!(smallest_attainable(&scores, 2, TwoSided, Absolute), 2.0 / 6.0);
    }
}
