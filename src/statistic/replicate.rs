//! The numbers that replicates are counted by: integer sums, or the statistic itself.

use super::linear::scores::greatest_common_divisor;

/// A step that is smaller than this part of the largest distance is as good as none.
const FINEST_STEP: f64 = 1e-4;

/// A number that replicates are counted by.
pub trait Replicate: Copy + Default + PartialOrd + Send + Sync {
    /// Whether the statistic was defined for the labelling: false for NaN.
    fn is_defined(self) -> bool;

    /// A whole number ordered like the replicates, whatever their type; it means nothing where they are undefined.
    fn rank(self) -> u64;

    /// A whole number ordered like the distance from the midpoint of two bounds; if one of them is infinite, like the
    /// nearness to the other one.
    fn rank_of_distance(self, below: Self, above: Self) -> u64;

    /// The nearest float.
    fn approximate(self) -> f64;

    /// The difference from another number, rounded once.
    fn less(self, other: Self) -> f64;

    /// The next larger number of its type.
    #[must_use]
    fn successor(self) -> Self;

    /// The next smaller number of its type.
    #[must_use]
    fn predecessor(self) -> Self;

    /// The number so many widths above.
    #[must_use]
    fn plus(self, widths: i64, width: Self) -> Self;

    /// How many whole widths it lies above another number, rounded down; `inverse` is 1/width. It is negative exactly where
    /// the number lies below.
    fn widths_above(self, anchor: Self, width: Self, inverse: f64) -> i64;

    /// The largest number of which all distances from an origin are multiples; 0 where there is none that is worth
    /// mentioning.
    fn common_step(origin: Self, others: &[Self]) -> Self;

    /// A width near the one that is wanted, a multiple of the step if there is one.
    fn width_near(width: f64, step: Self) -> Self;
}

impl Replicate for i64 {
    #[inline(always)]
    fn is_defined(self) -> bool {
        true
    }

    #[inline(always)]
    fn rank(self) -> u64 {
        self as u64 ^ 1 << 63
    }

    /// Exact: twice the distance, which is whole.
    #[inline(always)]
    fn rank_of_distance(self, below: Self, above: Self) -> u64 {
        let twice = 2 * i128::from(self) - i128::from(below) - i128::from(above);
        u64::try_from(twice.unsigned_abs()).unwrap_or(u64::MAX)
    }

    #[inline(always)]
    fn approximate(self) -> f64 {
        self as f64
    }

    #[inline(always)]
    fn less(self, other: Self) -> f64 {
        self.wrapping_sub(other) as f64
    }

    fn successor(self) -> Self {
        self.saturating_add(1)
    }

    fn predecessor(self) -> Self {
        self.saturating_sub(1)
    }

    fn plus(self, widths: i64, width: Self) -> Self {
        self.saturating_add(widths.saturating_mul(width))
    }

    /// Exact up to 2⁵² widths: the float's quotient is off by 1 at most, which the rest shows. A division of integers takes several times as
    /// long.
    #[inline(always)]
    fn widths_above(self, anchor: Self, width: Self, inverse: f64) -> i64 {
        let distance = self.wrapping_sub(anchor);
        let quotient = (distance as f64 * inverse).floor() as i64;
        let rest = distance.wrapping_sub(quotient.wrapping_mul(width));
        quotient + i64::from(rest >= width) - i64::from(rest < 0)
    }

    fn common_step(origin: Self, others: &[Self]) -> Self {
        let distances = others.iter().map(|&other| (i128::from(other) - i128::from(origin)).abs());
        i64::try_from(distances.fold(0, greatest_common_divisor)).unwrap_or(0)
    }

    fn width_near(width: f64, step: Self) -> Self {
        let step = step.max(1);
        ((width / step as f64).round() as i64).max(1).saturating_mul(step)
    }
}

impl Replicate for f64 {
    #[inline(always)]
    fn is_defined(self) -> bool {
        !self.is_nan()
    }

    /// The bits of a positive double are ordered like it, those of a negative one the other way round.
    #[inline(always)]
    fn rank(self) -> u64 {
        // −0 and 0 are one number.
        let bits = (self + 0.0).to_bits();
        if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
    }

    #[inline(always)]
    fn rank_of_distance(self, below: Self, above: Self) -> u64 {
        match (below.is_finite(), above.is_finite()) {
            (false, true) => self.rank(),
            (true, false) => !self.rank(),
            _ => (self - below.midpoint(above)).abs().rank(),
        }
    }

    #[inline(always)]
    fn approximate(self) -> f64 {
        self
    }

    #[inline(always)]
    fn less(self, other: Self) -> f64 {
        self - other
    }

    fn successor(self) -> Self {
        self.next_up()
    }

    fn predecessor(self) -> Self {
        self.next_down()
    }

    fn plus(self, widths: i64, width: Self) -> Self {
        self + widths as f64 * width
    }

    /// The sign of a difference is exact, whatever is lost of the quotient.
    #[inline(always)]
    fn widths_above(self, anchor: Self, _: Self, inverse: f64) -> i64 {
        ((self - anchor) * inverse).floor() as i64
    }

    /// Euclid's algorithm, for which what is left of a division within rounding is nothing.
    fn common_step(origin: Self, others: &[Self]) -> Self {
        let distances = || others.iter().map(|&other| (other - origin).abs()).filter(|distance| distance.is_finite());
        let largest = distances().fold(0.0, f64::max);
        let mut step = 0.0;
        for distance in distances() {
            let (mut a, mut b): (f64, f64) = (distance, step);
            while b > 1e-9 * largest {
                (a, b) = (b, (a - b * (a / b).round()).abs());
            }
            step = a;
            if step < FINEST_STEP * largest {
                return 0.0;
            }
        }
        step
    }

    fn width_near(width: f64, step: Self) -> Self {
        if step > 0.0 { (width / step).round().max(1.0) * step } else { width }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_ordered_like_the_replicates() {
        let doubles = [f64::NEG_INFINITY, -1e300, -1.0, -1e-310, 0.0, 1e-310, 1.0, 1e300, f64::INFINITY];
        assert!(doubles.is_sorted_by(|a, b| a.rank() < b.rank()));
        assert_eq!((-0.0f64).rank(), 0.0f64.rank());
        assert!([i64::MIN, -1, 0, 1 << 60, (1 << 60) + 1, i64::MAX].is_sorted_by(|a, b| a.rank() < b.rank()));
    }

    #[test]
    fn widths_are_counted_exactly() {
        let width = 7_i64;
        for anchor in [-5, 0, 3 << 60] {
            for offset in (-30..30).chain([-(1 << 50), (1 << 50) - 1]) {
                let number: i64 = anchor + offset;
                assert_eq!(
                    number.widths_above(anchor, width, 1.0 / 7.0),
                    offset.div_euclid(width),
                    "{anchor} {offset}"
                );
            }
        }
        assert_eq!(2.0.widths_above(0.5, 0.5, 2.0), 3);
        assert_eq!(0.5f64.next_down().widths_above(0.5, 0.5, 2.0), -1);
        assert_eq!(f64::INFINITY.widths_above(0.5, 0.5, 2.0), i64::MAX);
    }

    #[test]
    fn the_step_of_a_lattice_is_found_and_a_continuum_has_none() {
        assert_eq!(i64::common_step(10, &[16, 4, 31]), 3);
        assert_eq!(i64::common_step(10, &[10]), 0);
        let thirds: Vec<f64> = [4, 7, -2, 12].iter().map(|&i| 0.1 + f64::from(i) / 3.0).collect();
        assert!((f64::common_step(0.1, &thirds) - 1.0 / 3.0).abs() < 1e-12);
        let roots: Vec<f64> = (2..40).map(|i| f64::from(i).sqrt()).collect();
        assert_eq!(f64::common_step(0.0, &roots), 0.0);
        assert_eq!(f64::common_step(1.0, &[1.0, 1.0]), 0.0);
        assert_eq!((i64::width_near(10.0, 4), i64::width_near(0.2, 0), f64::width_near(1.1, 0.5)), (12, 1, 1.0));
    }

    #[test]
    fn distances_are_measured_from_the_midpoint() {
        // The midpoint of 3 and 8 is 5.5.
        assert_eq!(5i64.rank_of_distance(3, 8), 6i64.rank_of_distance(3, 8));
        assert!(8i64.rank_of_distance(3, 8) > 4i64.rank_of_distance(3, 8));
        assert_eq!(3f64.rank_of_distance(3.0, 8.0), 8f64.rank_of_distance(3.0, 8.0));
        assert!(2.9f64.rank_of_distance(3.0, 8.0) > 8f64.rank_of_distance(3.0, 8.0));
        // Without a bound below, what is near the one above is far out.
        assert!(7f64.rank_of_distance(f64::NEG_INFINITY, 8.0) > (-9f64).rank_of_distance(f64::NEG_INFINITY, 8.0));
        assert!(7f64.rank_of_distance(3.0, f64::INFINITY) < (-9f64).rank_of_distance(3.0, f64::INFINITY));
    }
}
