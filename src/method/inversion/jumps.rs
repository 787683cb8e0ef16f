//! The shifts at which a statistic of ranks can change: for two samples the differences x − y of all pairs of a case and a
//! control value (Hodges & Lehmann 1963), for pairs the means of two of their differences (Walsh 1949). They are never
//! listed: in ascending samples the ones next to a shift are found along a staircase.

use crate::statistic::linear::scores::Scores;

/// Values of a sample from which the spread of the jumps is guessed.
const GUESSED_FROM: usize = 128;

/// Where p-values jump.
#[derive(Debug, Clone)]
pub struct Jumps {
    scores: Scores,
    /// Ascending; a jump is an entry of the first list less one of the second.
    lists: [Vec<i128>; 2],
    /// The difference is divided by this.
    divisor: f64,
}

impl Jumps {
    /// Of the ranks of two samples.
    #[must_use]
    pub fn of_samples(case: &[f64], control: &[f64]) -> Self {
        let scores = Scores::new(case, control, 0.0);
        let mut values = scores.finest();
        let control = values.split_off(case.len());
        Self::new(scores, [values, control], 1.0)
    }

    /// Of the signed ranks of pairs.
    #[must_use]
    pub fn of_pairs(case: &[f64], control: &[f64]) -> Self {
        let scores = Scores::new(case, control, 0.0);
        let values = scores.finest();
        let differences: Vec<i128> = (0..case.len()).map(|i| values[i] - values[i + case.len()]).collect();
        let opposite = differences.iter().map(|difference| -difference).collect();
        Self::new(scores, [differences, opposite], 2.0)
    }

    fn new(scores: Scores, mut lists: [Vec<i128>; 2], divisor: f64) -> Self {
        for list in &mut lists {
            list.sort_unstable();
        }
        Self { scores, lists, divisor }
    }

    /// The jump, to the nearest double.
    fn value(&self, difference: i128) -> f64 {
        self.scores.difference(difference) / self.divisor
    }

    /// The same or, of long decimals, one beside it; fast.
    fn nearly(&self, difference: i128) -> f64 {
        match &self.scores.wide {
            Some(wide) => difference as f64 * wide.unit / self.divisor,
            None => self.value(difference),
        }
    }

    /// The smallest and the largest jump between two shifts, both included.
    #[must_use]
    pub fn between(&self, low: f64, high: f64) -> Option<[f64; 2]> {
        let [first, second] = &self.lists;
        let (mut least, mut most) = (None::<i128>, None::<i128>);
        // As x grows, so do the y that leave x − y below either bound.
        let (mut up_to_high, mut up_to_low) = (0, 0);
        for x in first {
            while up_to_high < second.len() && self.nearly(x - second[up_to_high]) > high {
                up_to_high += 1;
            }
            while up_to_low < second.len() && self.nearly(x - second[up_to_low]) >= low {
                up_to_low += 1;
            }
            if up_to_high < up_to_low {
                most = most.max(Some(x - second[up_to_high]));
                let smallest = x - second[up_to_low - 1];
                least = Some(least.map_or(smallest, |least| least.min(smallest)));
            }
        }
        Some([self.value(least?), self.value(most?)])
    }

    /// About where the ends of an interval lie that leaves out jumps beyond so many standard deviations of their number, z;
    /// from a thinned sample.
    #[must_use]
    pub fn guess(&self, z: f64) -> [f64; 2] {
        let thin = |list: &Vec<i128>| -> Vec<i128> {
            let few = list.len().min(GUESSED_FROM);
            (0..few).map(|i| list[(2 * i + 1) * list.len() / (2 * few)]).collect()
        };
        let [first, second] = self.lists.each_ref().map(thin);
        let mut jumps: Vec<i128> = first.iter().flat_map(|x| second.iter().map(move |y| x - y)).collect();
        let [m, n] = self.lists.each_ref().map(|list| list.len() as f64);
        // The standard deviation of U as a part of m·n; that of T⁺ is nearly the same part of n² for pairs.
        let spread =
            if self.divisor == 1.0 { ((m + n + 1.0) / (12.0 * m * n)).sqrt() } else { (1.0 / (3.0 * n)).sqrt() };
        let last = jumps.len() - 1;
        [-1.0, 1.0].map(|side| {
            let share = (0.5 + side * z * spread).clamp(0.0, 1.0);
            let place = (share * last as f64).round() as usize;
            let (_, jump, _) = jumps.select_nth_unstable(place);
            let jump = *jump;
            self.value(jump)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jumps_are_those_of_all_pairs() {
        let (case, control) = ([3.1, 0.2, 2.2, 2.2], [1.1, 0.7, 1.9]);
        let jumps = Jumps::of_samples(&case, &control);
        let mut all: Vec<f64> = case.iter().flat_map(|x| control.iter().map(move |y| x - y)).collect();
        all.sort_by(f64::total_cmp);
        for low in -30..40 {
            for high in low..40 {
                let [low, high] = [low, high].map(|tenths| f64::from(tenths) / 10.0 + 0.03);
                let inside: Vec<f64> = all.iter().copied().filter(|jump| (low..=high).contains(jump)).collect();
                let expected = inside.first().zip(inside.last()).map(|(&first, &last)| [first, last]);
                match (jumps.between(low, high), expected) {
                    (Some(found), Some(expected)) => {
                        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12));
                    }
                    (found, expected) => assert_eq!(found, expected),
                }
            }
        }
        // A decimal is the nearest double to it: 2.2 − 0.7 in doubles is more than 1.5.
        assert_eq!(jumps.between(1.4, 1.6), Some([1.5, 1.5]));
        let pairs = Jumps::of_pairs(&[3.0, 5.0], &[1.0, 2.0]);
        assert_eq!(pairs.between(0.0, 9.0), Some([2.0, 3.0]));
        assert_eq!(pairs.between(2.1, 2.9), Some([2.5, 2.5]));
    }
}
