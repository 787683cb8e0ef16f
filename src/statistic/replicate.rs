//! The numbers that replicates are counted by: integer sums, or the statistic itself.

/// A number that replicates are counted by.
pub trait Replicate: Copy + Default + PartialOrd + Send + Sync {
    /// Whether the statistic was defined for the labelling: false for NaN.
    fn is_defined(self) -> bool;

    /// A whole number ordered like the replicates, whatever their type; it means nothing where they are undefined.
    fn rank(self) -> u64;

    /// A whole number ordered like the distance from the midpoint of two bounds; if one of them is infinite, like the
    /// nearness to the other one.
    fn rank_of_distance(self, below: Self, above: Self) -> u64;
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
