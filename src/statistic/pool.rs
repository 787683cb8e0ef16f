//! The pooled sample: all observations of both groups in ascending order, the form in which every statistic is cheap.
//!
//! Sorted once, an order statistic is a place in a bitset, a distance of distributions is one scan, and the order of the
//! rows in a file cannot matter. Ties are ties: under a shift the difference of two decimals is the decimal difference,
//! whatever their doubles say.

use std::sync::Arc;

use super::columns::Columns;
use super::linear::scores::{Exactness, Scores};
use super::linear::wide::product;

/// Where the values of a pool are measured from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From 0, as they are.
    Zero,
    /// From the least of them, for a statistic that does not depend on it.
    Least,
}

/// A ratio under the null hypothesis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NullRatio {
    /// The ratio, positive.
    pub ratio: f64,
    /// What control values are multiplied with, so that the ratio is divided by that number.
    pub scale: f64,
}

/// What 1 is worth in the unit of the data: `times / per`, so that a power of ten below 1 is exact, too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    times: f64,
    per: f64,
}

/// The values of a pool in a unit in which they are whole numbers, so that one power of ten more or less in all of them
/// changes no bit of what is computed from them. Where decimals span too much to be integers, the values themselves.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The values by position, ascending.
    pub values: Vec<f64>,
    /// The same as integers that add up exactly.
    pub scores: Scores,
    /// What they count.
    pub unit: Unit,
}

impl Unit {
    /// The unit of the data itself.
    pub const OF_DATA: Self = Self { times: 1.0, per: 1.0 };

    /// What a number in this unit to a power, the degree, is in that of the data.
    #[must_use]
    pub fn to_data(self, number: f64, degree: f64) -> f64 {
        let Self { times, per } = self;
        if self == Self::OF_DATA || degree == 0.0 {
            number
        } else if degree == 1.0 {
            number * times / per
        } else if degree == 2.0 {
            number * times / per * times / per
        } else {
            number * libm::pow(times / per, degree)
        }
    }
}

/// How a statistic reads in the unit of the data: a number of the unit to a power, the degree, times a factor, plus a shift.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// What the values that it is computed from are measured in.
    pub unit: Unit,
    /// The power of that unit that it has.
    pub degree: f64,
    /// For a ratio whose control sample was multiplied.
    pub factor: f64,
    /// For a difference that was shifted with the case sample.
    pub shift: f64,
}

impl Scale {
    /// Of values in the unit of the data.
    pub const OF_DATA: Self = Self { unit: Unit::OF_DATA, degree: 0.0, factor: 1.0, shift: 0.0 };

    /// Whether numbers on it are what they are in the unit of the data.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        (self.degree == 0.0 || self.unit == Unit::OF_DATA) && self.factor == 1.0 && self.shift == 0.0
    }

    /// What a number on this scale is in the unit of the data.
    #[must_use]
    pub fn value(&self, number: f64) -> f64 {
        self.unit.to_data(number, self.degree) * self.factor + self.shift
    }
}

/// The observations of both groups in ascending order.
#[derive(Debug, Clone)]
pub struct Pool {
    values: Vec<f64>,
    labels: Vec<bool>,
    order: Vec<u32>,
    scores: Scores,
    shift: f64,
    factor: f64,
    columns: Option<Arc<Columns>>,
}

impl Pool {
    /// Pools two samples of finite values, with `shift` subtracted from the case sample. Costs O(N log N).
    ///
    /// # Panics
    /// When a sample is empty or the two have 2³² values or more.
    #[must_use]
    pub fn new(case: &[f64], control: &[f64], shift: f64) -> Self {
        assert!(!case.is_empty() && !control.is_empty(), "both groups need an observation");
        assert!(u32::try_from(case.len() + control.len()).is_ok(), "fewer than 2^32 observations");
        let scores = Scores::new(case, control, shift);
        let values: Vec<f64> = if shift == 0.0 {
            case.iter().chain(control).map(|value| value + 0.0).collect()
        } else {
            let rounded = || case.iter().map(|value| value - shift).chain(control.iter().copied()).collect();
            scores.values().unwrap_or_else(rounded)
        };
        let order = ascending(&values);
        Self {
            values: order.iter().map(|&observation| values[observation as usize]).collect(),
            labels: order.iter().map(|&observation| (observation as usize) < case.len()).collect(),
            scores: scores.reordered(&order),
            order,
            shift,
            factor: 1.0,
            columns: None,
        }
    }

    /// No observations: those of a test that does not pool them stand elsewhere.
    pub(super) fn none() -> Self {
        let scores = Scores::of(&[0.0]).reordered(&[]);
        Self {
            values: Vec::new(),
            labels: Vec::new(),
            order: Vec::new(),
            scores,
            shift: 0.0,
            factor: 1.0,
            columns: None,
        }
    }

    /// The same of rows of columns, whose numbers are the values.
    ///
    /// # Panics
    /// When a value is not the number of a row.
    #[must_use]
    pub fn of_rows(self, columns: Arc<Columns>) -> Self {
        let is_row = |&value: &f64| value.fract() == 0.0 && value >= 0.0 && value < columns.rows() as f64;
        assert!(self.values.iter().all(is_row), "the numbers of rows");
        Self { columns: Some(columns), ..self }
    }

    /// The columns whose row numbers the values are, if they are none themselves.
    #[must_use]
    pub fn columns(&self) -> Option<&Columns> {
        self.columns.as_deref()
    }

    /// Pools two samples with the control values multiplied by a number, which divides a ratio of the samples by `ratio`.
    ///
    /// # Panics
    /// As [`Pool::new`].
    #[must_use]
    pub fn under_ratio(case: &[f64], control: &[f64], NullRatio { ratio, scale }: NullRatio) -> Self {
        let control: Vec<f64> = control.iter().map(|&value| product(value, scale)).collect();
        Self { factor: ratio, ..Self::new(case, &control, 0.0) }
    }

    /// The values, ascending; the shift is subtracted from those of the case sample.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The labels of the data by position in the pool, `true` for case.
    #[must_use]
    pub fn labels(&self) -> &[bool] {
        &self.labels
    }

    /// Number of case observations in the data, m.
    #[must_use]
    pub fn n_case(&self) -> usize {
        self.labels.iter().filter(|&&label| label).count()
    }

    /// Which observation stands at each position: the case observations are numbered first, in the order they were given.
    #[must_use]
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// The values as integers that add up exactly, by position.
    #[must_use]
    pub fn scores(&self) -> &Scores {
        &self.scores
    }

    /// The values in a unit that makes them whole numbers.
    #[must_use]
    pub fn measured(&self, origin: Origin) -> Measured {
        let scores = &self.scores;
        if scores.exactness == Exactness::Rounded && scores.wide.is_none() {
            return Measured { values: self.values.clone(), scores: scores.clone(), unit: Unit::OF_DATA };
        }
        // The finest scores count `finest`, the narrow ones `scores.divisor`, and both start at the least value.
        let finest = scores.divisor / scores.wide.as_ref().map_or(1, |wide| wide.step);
        let common = match origin {
            Origin::Zero => power_of_ten_in(finest, scores.least),
            Origin::Least => finest,
        };
        let (least, each) = match origin {
            Origin::Zero => (scores.least / common, finest / common),
            Origin::Least => (0, 1),
        };
        let values = scores.finest().into_iter().map(|score| (score * each + least) as f64).collect();
        let unit = Unit { times: common as f64 * scores.unit, per: scores.denominator };
        Measured { values, scores: scores.in_whole_units(least, scores.divisor / common), unit }
    }

    /// What a ratio of the samples is multiplied with for that of the data.
    #[must_use]
    pub fn factor(&self) -> f64 {
        self.factor
    }

    /// What was subtracted from the case sample.
    #[must_use]
    pub fn shift(&self) -> f64 {
        self.shift
    }

    /// Number of observations, N.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none: never.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Twice the mid-rank of each position: the mean of the places that equal values share.
    #[must_use]
    pub fn doubled_ranks(&self) -> Vec<i64> {
        doubled_ranks(&self.values)
    }
}

/// The largest power of ten that divides both numbers, the first of which is positive.
fn power_of_ten_in(one: i128, other: i128) -> i128 {
    let mut power = 1;
    while (one / power) % 10 == 0 && (other / power) % 10 == 0 {
        power *= 10;
    }
    power
}

/// The places of values in ascending order; equal ones stay in their order.
pub(super) fn ascending(values: &[f64]) -> Vec<u32> {
    let mut keyed: Vec<(u64, u32)> = values.iter().map(|&value| sort_key(value)).zip(0..).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, place)| place).collect()
}

/// An integer that is ordered like the number.
pub(crate) fn sort_key(value: f64) -> u64 {
    let bits = value.to_bits();
    bits ^ (((bits as i64 >> 63) as u64) | 1 << 63)
}

/// Twice the mid-rank of each of ascending values, places counted from 1.
#[must_use]
pub fn doubled_ranks<T: PartialEq>(sorted: &[T]) -> Vec<i64> {
    let mut ranks = Vec::with_capacity(sorted.len());
    for tied in sorted.chunk_by(|a, b| a == b) {
        let before = ranks.len() as i64;
        ranks.resize(ranks.len() + tied.len(), 2 * before + tied.len() as i64 + 1);
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pooled_values_ascend_and_remember_where_they_came_from() {
        let pool = Pool::new(&[3.0, 1.0], &[2.0, 1.0], 0.0);
        assert_eq!(pool.values(), [1.0, 1.0, 2.0, 3.0]);
        assert_eq!(pool.labels(), [true, false, false, true]);
        assert_eq!(pool.order(), [1, 3, 2, 0]);
        assert_eq!(pool.scores().scores, [0, 0, 1, 2]);
        assert_eq!(pool.doubled_ranks(), [3, 3, 6, 8]);
    }

    #[test]
    fn a_power_of_ten_in_all_values_leaves_the_whole_numbers_as_they_are() {
        let (case, control) = (["1.31", "14.2"], ["-3.5", "0.29", "1e1"]);
        for origin in [Origin::Zero, Origin::Least] {
            let measured = |power: i32| {
                let read = |text: &&str| {
                    let (digits, own) = text.split_once('e').unwrap_or((text, "0"));
                    format!("{digits}e{}", own.parse::<i32>().unwrap() + power).parse().unwrap()
                };
                let sample = |texts: &[&str]| texts.iter().map(read).collect::<Vec<f64>>();
                Pool::new(&sample(&case), &sample(&control), 0.0).measured(origin)
            };
            let plain = measured(0);
            let least = if origin == Origin::Zero { 0.0 } else { -350.0 };
            assert_eq!(plain.values, [-350.0, 29.0, 131.0, 1000.0, 1420.0].map(|value| value - least));
            for power in -12..=12 {
                let other = measured(power);
                assert_eq!(other.values, plain.values, "{power}");
                assert_eq!(other.scores, plain.scores, "{power}");
                let (one, two) = (other.unit.to_data(131.0, 1.0), other.unit.to_data(131.0 * 131.0, 2.0));
                assert_eq!(one, format!("1.31e{power}").parse::<f64>().unwrap());
                assert!((two / (one * one) - 1.0).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn sort_keys_are_ordered_like_the_numbers() {
        let ascending = [f64::MIN, -1.5, -5e-324, 0.0, 5e-324, 1.0, 1.5, f64::MAX];
        assert!(ascending.windows(2).all(|pair| sort_key(pair[0]) < sort_key(pair[1])));
    }

    #[test]
    fn a_shifted_decimal_ties_with_its_equal() {
        // In doubles 0.3 − 0.1 is not 0.2.
        let pool = Pool::new(&[0.3], &[0.2], 0.1);
        assert_eq!(pool.values(), [0.2, 0.2]);
        assert_eq!(pool.doubled_ranks(), [3, 3]);
    }
}
