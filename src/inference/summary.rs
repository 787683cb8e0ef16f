//! The numbers by which a reader recognises a sample: size, mean, standard deviation, median, thresholds.
//!
//! Sums run over the sorted values and carry their rounding errors along (Neumaier 1974), the squares about the mean in a second
//! pass. Only + − × ÷ and √ are used, which IEEE 754 rounds alike everywhere: the same numbers in any order give the same bits on
//! every machine.

/// Descriptive statistics of one group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Number of observations.
    pub n: u64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Standard deviation with denominator n − 1; `None` for a single observation.
    pub sd: Option<f64>,
    /// Median: the mean of the two middle values when n is even.
    pub median: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
}

impl Summary {
    /// Describes the values, in any order. A standard deviation beyond the largest float is given as that float.
    ///
    /// # Panics
    ///
    /// If there is no value or one is not finite.
    ///
    /// ```
    /// use permtest::inference::summary::Summary;
    /// let summary = Summary::of(&[4.0, 1.0, 3.0, 8.0]);
    /// assert_eq!((summary.mean, summary.median), (4.0, 3.5));
    /// assert_eq!(Summary::of(&[7.0, 5.0, 3.0]).sd, Some(2.0));
    /// ```
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        assert!(!values.is_empty() && values.iter().all(|x| x.is_finite()), "a summary is about finite values");
        // Adding 0 turns −0 into 0, which no reader would want to see.
        let mut sorted: Vec<f64> = values.iter().map(|x| x + 0.0).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let (min, max) = (sorted[0], sorted[sorted.len() - 1]);
        let median = median(&sorted);

        let scale = power_of_two_near(min.abs().max(max.abs()));
        for x in &mut sorted {
            *x /= scale;
        }
        let moments = Moments::of(&sorted);
        Self {
            n: values.len() as u64,
            mean: (moments.mean * scale).clamp(min, max),
            sd: moments.variance.map(|variance| (variance.sqrt() * scale).min(f64::MAX)),
            median,
            min,
            max,
        }
    }
}

/// Mean and variance of values whose squares neither overflow nor vanish.
struct Moments {
    mean: f64,
    variance: Option<f64>,
}

impl Moments {
    fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mut sum = CompensatedSum::default();
        for &x in values {
            sum.add(x);
        }
        let rough_mean = sum.value() / n;

        // What is left when the rough mean is taken from every value shows how rough it was.
        let (mut deviations, mut squares) = (CompensatedSum::default(), CompensatedSum::default());
        for &x in values {
            deviations.add(x);
            deviations.add(-rough_mean);
            let deviation = x - rough_mean;
            squares.add(deviation * deviation);
        }
        let lost = deviations.value();
        let variance = ((squares.value() - lost * lost / n) / (n - 1.0)).max(0.0);
        Self { mean: rough_mean + lost / n, variance: (values.len() > 1).then_some(variance) }
    }
}

/// A sum with the rounding errors of its additions beside it.
#[derive(Default)]
struct CompensatedSum {
    sum: f64,
    lost: f64,
}

impl CompensatedSum {
    fn add(&mut self, x: f64) {
        let sum = self.sum + x;
        let (large, small) = if self.sum.abs() >= x.abs() { (self.sum, x) } else { (x, self.sum) };
        self.lost += (large - sum) + small;
        self.sum = sum;
    }

    fn value(&self) -> f64 {
        self.sum + self.lost
    }
}

/// A power of two within a factor 2 of the magnitude: dividing by it is exact and leaves room for sums of squares.
fn power_of_two_near(magnitude: f64) -> f64 {
    const SMALLEST: f64 = f64::MIN_POSITIVE; // 2^−1022: anything below it is scaled by this, still exactly
    const EXPONENT_BITS: u64 = 0x7ff0_0000_0000_0000;
    f64::from_bits(magnitude.max(SMALLEST).to_bits() & EXPONENT_BITS)
}

/// The middle of sorted values.
fn median(sorted: &[f64]) -> f64 {
    let upper = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        return sorted[upper];
    }
    let (low, high) = (sorted[upper - 1], sorted[upper]);
    let sum = low + high;
    if sum.is_finite() { sum / 2.0 } else { low / 2.0 + high / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assert_close(actual: f64, expected: f64, relative: f64) {
        assert!((actual - expected).abs() <= relative * expected.abs(), "{actual} is not near {expected}");
    }

    #[test]
    fn tooth_growth_agrees_with_exact_fractions() {
        // R datasets::ToothGrowth, supp == "OJ"; Python: statistics.mean and statistics.stdev, which use exact fractions.
        let orange_juice = [
            15.2, 21.5, 17.6, 9.7, 14.5, 10.0, 8.2, 9.4, 16.5, 9.7, 19.7, 23.3, 23.6, 26.4, 20.0, 25.2, 25.8, 21.2,
            14.5, 27.3, 25.5, 26.4, 22.4, 24.5, 24.8, 30.9, 26.4, 27.3, 29.4, 23.0,
        ];
        let summary = Summary::of(&orange_juice);
        assert_eq!((summary.n, summary.min, summary.max), (30, 8.2, 30.9));
        assert_close(summary.mean, 20.663_333_333_333_334, 1e-15);
        assert_close(summary.sd.unwrap(), 6.605_561_049_722_362, 1e-15);
        assert_close(summary.median, 22.7, 1e-15);
    }

    #[test]
    fn a_large_offset_does_not_swallow_the_spread() {
        // NIST StRD NumAcc4 in spirit: mean 10¹⁵ + 0.5, variance of 0 and 1 alternating: n/(4(n − 1)).
        let values: Vec<f64> = (0..1000).map(|i| 1e15 + f64::from(i % 2)).collect();
        let summary = Summary::of(&values);
        assert_eq!(summary.mean, 1e15 + 0.5);
        assert_close(summary.sd.unwrap(), (1000.0_f64 / (4.0 * 999.0)).sqrt(), 1e-15);
        assert_eq!(summary.median, 1e15 + 0.5);
    }

    #[test]
    fn nist_numacc4_keeps_fifteen_digits() {
        // NIST Statistical Reference Datasets, NumAcc4: 1001 values, mean 10000000.2 and sd 0.1 (certified). The decimals
        // x.1, x.2, x.3 are rounded to floats on the way in, which limits the sd to 8 digits.
        let mut values = vec![10_000_000.2];
        for _ in 0..500 {
            values.extend([10_000_000.1, 10_000_000.3]);
        }
        let summary = Summary::of(&values);
        assert_close(summary.mean, 10_000_000.2, 1e-15);
        assert_close(summary.sd.unwrap(), 0.1, 1e-8);
    }

    #[test]
    fn opposite_giants_leave_the_small_value_standing() {
        let summary = Summary::of(&[1e100, 3.0, -1e100]);
        assert_eq!((summary.mean, summary.median), (1.0, 3.0));
    }

    #[test]
    fn the_ends_of_the_float_range_are_within_reach() {
        let top = Summary::of(&[f64::MAX, f64::MAX]);
        assert_eq!((top.mean, top.median, top.sd), (f64::MAX, f64::MAX, Some(0.0)));
        let wide = Summary::of(&[f64::MAX, -f64::MAX]);
        assert_eq!((wide.mean, wide.median, wide.sd), (0.0, 0.0, Some(f64::MAX)));
        let tiny = Summary::of(&[0.0, 5e-324, 1e-323]);
        assert_eq!((tiny.mean, tiny.sd), (5e-324, Some(5e-324)));
        let small = Summary::of(&[1e-200, 2e-200, 3e-200]);
        assert_close(small.sd.unwrap(), 1e-200, 1e-15);
    }

    #[test]
    fn one_value_has_no_standard_deviation_and_equal_values_have_zero() {
        assert_eq!(Summary::of(&[-0.0]), Summary { n: 1, mean: 0.0, sd: None, median: 0.0, min: 0.0, max: 0.0 });
        assert!(Summary::of(&[-0.0]).mean.is_sign_positive());
        let constant = Summary::of(&[0.1; 3]);
        assert_eq!((constant.mean, constant.sd), (0.1, Some(0.0)));
    }

    proptest! {
        #[test]
        fn the_order_of_the_values_does_not_matter(values in prop::collection::vec(-1e9..1e9_f64, 1..60)) {
            let mut reversed = values.clone();
            reversed.reverse();
            reversed.rotate_left(values.len() / 3);
            prop_assert_eq!(Summary::of(&values), Summary::of(&reversed));
        }

        #[test]
        fn mean_and_median_lie_between_the_extremes(values in prop::collection::vec(prop::num::f64::NORMAL, 1..20)) {
            let summary = Summary::of(&values);
            prop_assert!(summary.min <= summary.mean && summary.mean <= summary.max);
            prop_assert!(summary.min <= summary.median && summary.median <= summary.max);
        }
    }
}
