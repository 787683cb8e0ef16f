//! The pooled sample: all observations of both groups in ascending order, the form in which every statistic is cheap.
//!
//! Sorted once, an order statistic is a place in a bitset, a distance of distributions is one scan, and the order of the
//! rows in a file cannot matter. Ties are ties: under a shift the difference of two decimals is the decimal difference,
//! whatever their doubles say.

use super::linear::scores::Scores;

/// The observations of both groups in ascending order.
#[derive(Debug, Clone)]
pub struct Pool {
    values: Vec<f64>,
    labels: Vec<bool>,
    order: Vec<u32>,
    scores: Scores,
    shift: f64,
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
        }
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

/// The places of values in ascending order; equal ones stay in their order.
pub(super) fn ascending(values: &[f64]) -> Vec<u32> {
    let mut keyed: Vec<(u64, u32)> = values.iter().map(|&value| sort_key(value)).zip(0..).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, place)| place).collect()
}

/// An integer that is ordered like the number.
fn sort_key(value: f64) -> u64 {
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
