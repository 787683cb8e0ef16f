//! How small a p-value could get at all: a coarse reference set has no small p-values to give, whatever the data say.

use super::{Alternative, TwoSidedRule};
use crate::design::ends::ends;
use crate::design::{Exchange, ReferenceSetSize};
use crate::sampling::units::UnitSums;
use crate::statistic::linear::Centre;

/// Whether two labellings share the most extreme statistic, whatever the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twins {
    /// The most extreme labelling and the one with all labels exchanged are equally extreme.
    Always,
    /// Nothing is known.
    Unknown,
}

/// The smallest p-value that a design can give, whatever the statistic: one labelling of all, or two where the most extreme
/// one is never alone. Ties may make it larger.
#[must_use]
pub fn coarsest(size: &ReferenceSetSize, alternative: Alternative, rule: TwoSidedRule, twins: Twins) -> f64 {
    let one = size.approximate.map_or(f64::MIN_POSITIVE, |size| (1.0 / size).max(f64::MIN_POSITIVE));
    let is_doubled = match (alternative, rule) {
        (Alternative::TwoSided, TwoSidedRule::Doubled) => true,
        (Alternative::TwoSided, TwoSidedRule::Absolute | TwoSidedRule::UpperTail) => twins == Twins::Always,
        _ => false,
    };
    if is_doubled { (2.0 * one).min(1.0) } else { one }
}

/// The smallest p-value that any labelling could have, counting all of them, for a statistic that increases with a sum: the
/// share of the labellings that reach the most extreme sum. `None` for a design that is neither subsets nor coins.
///
/// `sums` says what each unit adds, `centre` is the null centre of the absolute rule. Exact to 12 digits; a p-value below the
/// smallest normal float is given as that float, so that it is never 0. Takes time proportional to the number of units.
///
/// ```
/// use permtest::design::{Exchange, Exchangeable};
/// use permtest::inference::attainable::smallest_attainable;
/// use permtest::inference::{Alternative, TwoSidedRule};
/// use permtest::sampling::units::UnitSums;
/// use permtest::statistic::linear::Centre;
/// // Two of {1, 2, 3, 3}: one of the six labellings has the largest sum, 3 + 3, and one the smallest, 1 + 2.
/// let sums = UnitSums { base: 0, changes: vec![1, 2, 3, 3] };
/// let exchange = Exchange::Subsets(vec![Exchangeable { units: 0..4, m: 2 }]);
/// let centre = Centre::fraction(9, 2);
/// let smallest = |alternative| smallest_attainable(&sums, &exchange, centre, alternative, TwoSidedRule::Absolute);
/// assert_eq!(smallest(Alternative::Greater), Some(1.0 / 6.0));
/// // Both lie 1.5 from the expected sum, 4.5, so two labellings of six are as extreme as can be.
/// assert_eq!(smallest(Alternative::TwoSided), Some(2.0 / 6.0));
/// ```
#[must_use]
pub fn smallest_attainable<T: Copy + Ord + Into<i128>>(
    sums: &UnitSums<T>,
    exchange: &Exchange,
    centre: Centre,
    alternative: Alternative,
    rule: TwoSidedRule,
) -> Option<f64> {
    let [smallest, largest] = ends(sums, exchange)?;
    Some(match (alternative, rule) {
        (_, TwoSidedRule::UpperTail) | (Alternative::Greater, _) => largest.share,
        (Alternative::Less, _) => smallest.share,
        (Alternative::TwoSided, TwoSidedRule::Doubled) => (2.0 * smallest.share.min(largest.share)).min(1.0),
        (Alternative::TwoSided, TwoSidedRule::Absolute) => {
            if smallest.sum == largest.sum {
                return Some(1.0);
            }
            // The centre lies between the two: the larger of the distances is on the side on which their midpoint is.
            match centre.compare_midpoint(smallest.sum, largest.sum) {
                std::cmp::Ordering::Greater => largest.share,
                std::cmp::Ordering::Less => smallest.share,
                std::cmp::Ordering::Equal => (largest.share + smallest.share).min(1.0),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::Exchangeable;
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
                (TwoSided, _) => (2.0 * greater.min(less)).min(1.0),
            }
        };
        distances.iter().map(|&observed| p(observed)).fold(1.0, f64::min)
    }

    /// That of m of N units whose changes are the scores.
    fn smallest(scores: &[i64], m: usize, alternative: Alternative, rule: TwoSidedRule) -> f64 {
        let units = scores.len();
        let total: i128 = scores.iter().map(|&score| i128::from(score)).sum();
        let centre = Centre::fraction(total * m as i128, units as i128);
        let exchange = Exchange::Subsets(vec![Exchangeable { units: 0..units, m }]);
        let sums = UnitSums { base: 0, changes: scores.to_vec() };
        smallest_attainable(&sums, &exchange, centre, alternative, rule).unwrap()
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
                let actual = smallest(&scores, n_case, alternative, rule);
                prop_assert!((actual - expected).abs() < 1e-12, "{alternative:?} {rule:?}: {actual} against {expected}");
            }
        }
    }

    #[test]
    fn a_large_reference_set_has_a_tiny_minimum_that_is_not_zero() {
        let scores: Vec<i64> = (0..200).collect();
        let found = smallest(&scores, 100, Greater, Absolute);
        assert!((found * 9.054_851_465_610_328e58 - 1.0).abs() < 1e-11); // Python: math.comb(200, 100)
        let scores: Vec<i64> = (0..20_000).collect();
        assert_eq!(smallest(&scores, 10_000, Greater, Absolute), f64::MIN_POSITIVE);
    }

    #[test]
    fn many_ties_at_the_threshold_keep_the_minimum_large() {
        // 3 ones beside 300 zeros, 150 cases: the largest sum takes all ones and any 147 of the zeros, and
        // C(300, 147)/C(303, 150) = (150·149·148)/(303·302·301).
        let mut scores = vec![0; 300];
        scores.extend([1; 3]);
        let found = smallest(&scores, 150, Greater, Absolute);
        let expected = (150.0 * 149.0 * 148.0) / (303.0 * 302.0 * 301.0);
        assert!((found / expected - 1.0).abs() < 1e-11);
    }

    #[test]
    fn the_largest_scores_do_not_overflow() {
        let scores = [i64::MAX, i64::MAX - 1, i64::MIN, i64::MIN + 1];
        assert_eq!(smallest(&scores, 2, TwoSided, Absolute), 2.0 / 6.0);
    }

    #[test]
    fn strata_multiply_and_coins_fall_right_where_they_matter() {
        // The largest sum takes 5 of {5, 1} and 3 of {3, 3, 2}, which two units give: 1/2 · 2/3. The smallest: 1/2 · 1/3.
        let sums = UnitSums { base: 7, changes: vec![5, 1, 3, 3, 2] };
        let strata = [(0..2, 1), (2..5, 1)].map(|(units, m)| Exchangeable { units, m });
        let centre = Centre::fraction(38, 3);
        let p = |alternative| {
            smallest_attainable(&sums, &Exchange::Subsets(strata.to_vec()), centre, alternative, Doubled).unwrap()
        };
        assert!((p(Greater) - 1.0 / 3.0).abs() < 1e-15);
        assert!((p(Less) - 1.0 / 6.0).abs() < 1e-15);
        assert!((p(TwoSided) - 1.0 / 3.0).abs() < 1e-15);
        // Two of three coins matter; both ends are as far from the middle.
        let sums = UnitSums { base: 0, changes: vec![4, 0, -2] };
        let centre = Centre::fraction(1, 1);
        assert_eq!(smallest_attainable(&sums, &Exchange::Coins, centre, TwoSided, Absolute), Some(0.5));
    }

    #[test]
    fn a_design_alone_gives_one_labelling_or_two() {
        let size = ReferenceSetSize::subsets(6, 3);
        assert_eq!(coarsest(&size, Greater, Absolute, Twins::Always), 0.05);
        assert_eq!(coarsest(&size, TwoSided, Absolute, Twins::Always), 0.1);
        assert_eq!(coarsest(&size, TwoSided, Absolute, Twins::Unknown), 0.05);
        assert_eq!(coarsest(&size, TwoSided, Doubled, Twins::Unknown), 0.1);
    }
}
