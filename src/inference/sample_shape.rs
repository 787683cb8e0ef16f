//! How a sample is spread, for pictures: its quartiles, the reach of its whiskers, and points that stand for all of it.
//!
//! Quartiles interpolate between order statistics (Hyndman & Fan 1996, definition 7). Whiskers end at the outermost values
//! within 1.5 interquartile ranges of the box (Tukey 1977).

use crate::statistic::order::quantile;

/// The most points that stand for a sample.
pub const MOST_POINTS: usize = 400;

/// The shape of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleShape {
    /// The lower and the upper quartile.
    pub quartiles: [f64; 2],
    /// The outermost values that are no outliers.
    pub whiskers: [f64; 2],
    /// All values, ascending, or [`MOST_POINTS`] of them at even ranks, the first and the last among them.
    pub points: Vec<f64>,
}

impl SampleShape {
    /// Describes the values, in any order.
    ///
    /// # Panics
    /// If there is no value.
    ///
    /// ```
    /// use permtest::inference::sample_shape::SampleShape;
    /// let shape = SampleShape::of(&[5.0, 1.0, 2.0, 3.0, 40.0]);
    /// assert_eq!((shape.quartiles, shape.whiskers), ([2.0, 5.0], [1.0, 5.0]));
    /// ```
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        assert!(!values.is_empty(), "a shape is about values");
        let mut sorted: Vec<f64> = values.iter().map(|x| x + 0.0).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let quartiles = [quantile(&sorted, 0.25), quantile(&sorted, 0.75)];
        let reach = 1.5 * (quartiles[1] - quartiles[0]);
        let first = sorted.partition_point(|&x| x < quartiles[0] - reach);
        let end = sorted.partition_point(|&x| x <= quartiles[1] + reach);
        let last = sorted.len() - 1;
        let whiskers = [sorted[first.min(last)].min(quartiles[0]), sorted[end.max(1) - 1].max(quartiles[1])];
        let points = if sorted.len() <= MOST_POINTS {
            sorted
        } else {
            (0..MOST_POINTS).map(|i| sorted[(i as u128 * last as u128 / (MOST_POINTS as u128 - 1)) as usize]).collect()
        };
        Self { quartiles, whiskers, points }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_sample_is_represented_from_end_to_end() {
        let shape = SampleShape::of(&(0..1_000_000).map(f64::from).collect::<Vec<_>>());
        assert_eq!((shape.points.len(), shape.points[0], shape.points[MOST_POINTS - 1]), (MOST_POINTS, 0.0, 999_999.0));
        assert_eq!(shape.quartiles, [249_999.75, 749_999.25]);
        assert_eq!(shape.whiskers, [0.0, 999_999.0]);
    }

    #[test]
    fn one_value_is_a_shape() {
        let shape = SampleShape::of(&[7.0]);
        assert_eq!((shape.quartiles, shape.whiskers, shape.points), ([7.0; 2], [7.0; 2], vec![7.0]));
    }
}
