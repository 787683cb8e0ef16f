//! The null centre of a sum, exactly: a mean over all labellings is a fraction of whole numbers.
//!
//! The absolute rule mirrors the observed sum at it, S ≥ c + |S₀ − c| or S ≤ c − |S₀ − c|, and whether a sum lies just on
//! the mirrored bound must not hang on a rounding. A whole part and a proper fraction have room for sums of 124 bits.

use std::cmp::Ordering;

use super::scores::greatest_common_divisor;
use crate::design::{Design, Exchange};
use crate::sampling::units::UnitSums;
use crate::statistic::Thresholds;

/// Denominators stay below this, so that a few times a numerator does not overflow.
const LARGEST_DENOMINATOR: i128 = 1 << 120;

/// The binary digits to which the fraction is rounded where there is no such denominator.
const DIGITS: u32 = 90;

/// Of larger denominators, differences below 2 to the power of this, negative, count as none: a fraction may be rounded.
const CERTAIN_DIGITS: u32 = 60;

/// The mean of S over all labellings: a whole number and a proper fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Centre {
    /// The largest whole number that is not above it.
    pub whole: i128,
    /// The numerator of the rest, not negative.
    pub numerator: i128,
    /// Its denominator, larger than the numerator.
    pub denominator: i128,
}

impl Centre {
    /// A fraction with a positive denominator.
    #[must_use]
    pub fn fraction(numerator: i128, denominator: i128) -> Self {
        let whole = numerator.div_euclid(denominator);
        Self { whole, numerator: numerator.rem_euclid(denominator), denominator }
    }

    /// The mean of a sum over the case observations, from the score of each and what they make of the units.
    #[must_use]
    pub fn of<T: Copy + Into<i128>>(design: &dyn Design, scores: &[T], sums: &UnitSums<T>, n_case: usize) -> Self {
        let total = |changes: &[T]| changes.iter().map(|&change| change.into()).sum::<i128>();
        let base = Self::fraction(sums.base.into(), 1);
        match design.exchange() {
            Exchange::Subsets(strata) => strata.iter().fold(base, |centre, stratum| {
                centre.plus(Self::share(total(&sums.changes[stratum.units.clone()]), stratum.m, stratum.units.len()))
            }),
            Exchange::Coins => base.plus(Self::share(total(&sums.changes), 1, 2)),
            Exchange::Orders(_) | Exchange::Other => Self::share(total(scores), n_case, scores.len()),
        }
    }

    /// m of N equal parts of a total, without their product.
    fn share(total: i128, m: usize, all: usize) -> Self {
        let (m, all) = (m as i128, all as i128);
        let rest = Self::fraction(total.rem_euclid(all) * m, all);
        Self { whole: rest.whole + total.div_euclid(all) * m, ..rest }
    }

    fn plus(self, other: Self) -> Self {
        let rest = self.added_exactly(other).unwrap_or_else(|| {
            // No denominator fits both, such as where strata have dozens of sizes without a common divisor.
            Self::fraction(self.binary_digits() + other.binary_digits(), 1 << DIGITS)
        });
        Self { whole: rest.whole + self.whole + other.whole, ..rest }
    }

    /// The sum of two proper fractions, if it has a denominator.
    fn added_exactly(self, other: Self) -> Option<Self> {
        let divisor = greatest_common_divisor(self.denominator, other.denominator);
        let common = (self.denominator / divisor).checked_mul(other.denominator)?;
        let scaled = |centre: Self| centre.numerator * (common / centre.denominator);
        (common < LARGEST_DENOMINATOR).then(|| Self::fraction(scaled(self) + scaled(other), common))
    }

    /// The proper fraction as a binary one, rounded down.
    fn binary_digits(self) -> i128 {
        let next = |(rest, digits): (i128, i128)| match 2 * rest - self.denominator {
            below @ ..0 => (below + self.denominator, 2 * digits),
            above => (above, 2 * digits + 1),
        };
        (0..DIGITS).fold((self.numerator, 0), |rest, _| next(rest)).1
    }

    /// Whether the midpoint of two sums is above the centre, on it or below.
    #[must_use]
    pub fn compare_midpoint(self, low: i128, high: i128) -> Ordering {
        // Beyond these the fraction does not matter.
        let difference = (low + high - 2 * self.whole).clamp(-1, 3) * self.denominator - 2 * self.numerator;
        if difference.abs() <= self.tolerance() { Ordering::Equal } else { difference.cmp(&0) }
    }

    /// Which sums are as extreme as an observed one.
    #[must_use]
    pub fn thresholds(self, observed: i128) -> Thresholds<i128> {
        let (mirrored, rest) = (2 * self.whole - observed, 2 * self.numerator);
        let (one, tolerance) = (self.denominator, self.tolerance());
        let up = i128::from(rest > tolerance) + i128::from(rest > one + tolerance);
        let down = i128::from(rest + tolerance >= one) + i128::from(rest + tolerance >= 2 * one);
        // Of the observed sum and its mirror image, one is above the centre.
        Thresholds {
            observed,
            greater_equal: observed,
            less_equal: observed,
            far_above: observed.max(mirrored + up),
            far_below: observed.min(mirrored + down),
        }
    }

    /// The parts of 1 that count as none; 0 where the fraction is exact for certain.
    fn tolerance(self) -> i128 {
        self.denominator >> CERTAIN_DIGITS
    }

    /// The mean as a float.
    #[must_use]
    pub fn approximate(self) -> f64 {
        self.whole as f64 + self.numerator as f64 / self.denominator as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirrored_bounds_are_the_nearest_whole_numbers_beyond() {
        // About 4.5, 3 is mirrored at 6; about 13/3, at 17/3, so that 6 is beyond it and 3 on the other side.
        let bounds = |centre: Centre, observed| {
            let Thresholds { far_above, far_below, .. } = centre.thresholds(observed);
            [far_below, far_above]
        };
        assert_eq!(bounds(Centre::fraction(9, 2), 3), [3, 6]);
        assert_eq!(bounds(Centre::fraction(9, 2), 6), [3, 6]);
        assert_eq!(bounds(Centre::fraction(13, 3), 3), [3, 6]);
        assert_eq!(bounds(Centre::fraction(13, 3), 6), [2, 6]);
        assert_eq!(bounds(Centre::fraction(14, 3), 6), [3, 6]);
        assert_eq!(bounds(Centre::fraction(4, 1), 4), [4, 4]);
        assert_eq!(bounds(Centre::fraction(-9, 2), -3), [-6, -3]);
    }

    #[test]
    fn fractions_without_a_common_denominator_still_add_up_to_whole_numbers() {
        let halves = (0..2).map(|_| [1_i128 << 61, (1 << 61) + 1, (1 << 61) - 1]).collect::<Vec<_>>().concat();
        let parts = halves.into_iter().map(|denominator| Centre::fraction(1, denominator));
        let rest = parts.clone().map(|part| Centre::fraction(part.denominator - 1, part.denominator));
        let sum = parts.chain(rest).fold(Centre::fraction(3, 1), Centre::plus);
        assert_eq!(
            sum.thresholds(8),
            Thresholds { observed: 8, greater_equal: 8, less_equal: 8, far_above: 10, far_below: 8 }
        );
        assert_eq!(sum.compare_midpoint(8, 10), Ordering::Equal);
        assert_eq!(sum.compare_midpoint(8, 11), Ordering::Greater);
    }
}
