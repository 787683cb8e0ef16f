//! Do two samples differ in spread by more than chance?
//!
//! The statistic is that of Brown & Forsythe (1974, *Robust tests for the equality of variances*): the difference of the mean
//! absolute deviations from the median of each sample. It is compared with its distribution when the deviations are relabelled,
//! which keeps its level for skewed values, too, where the F test and its kin do not (Boos & Brownie 1989, *Bootstrap methods for
//! testing homogeneity of variances*).

use super::normal;
use super::summary::Summary;
use crate::sampling::bounded;
use crate::sampling::stream::{Domain, Stream};

/// Relabellings: p-values are multiples of a thousandth.
const RELABELLINGS: u64 = 999;

/// Values in the smaller sample from which on a normal curve takes the place of relabellings.
const MANY: usize = 10_000;

/// The two-sided p-value of equal spreads. It depends on the values alone, in any order: draws come from a fixed stream.
/// Takes O(N log N) and a thousand times the smaller sample.
///
/// # Panics
/// If a sample is empty or holds a value that is not finite.
#[must_use]
pub fn equal_spreads_p_value(one: &[f64], other: &[f64]) -> f64 {
    let (small, large) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let of_small = deviations(small);
    let mut pooled = [of_small.clone(), deviations(large)].concat();
    pooled.sort_unstable_by(f64::total_cmp);
    let total: f64 = pooled.iter().sum();
    let expected = total * small.len() as f64 / pooled.len() as f64;
    let distance = (ascending_sum(of_small) - expected).abs();
    if small.len() >= MANY {
        return 2.0 * normal::upper_tail(distance / standard_deviation(&pooled, small.len()));
    }
    // The same deviations in another order may add up to another last digit.
    let least = distance - 1e-12 * total;
    let mut stream = Stream::new(0, Domain::Shuffles, 0);
    let mut extreme = 1;
    for _ in 0..RELABELLINGS {
        let mut sum = 0.0;
        for place in 0..small.len() {
            let chosen = place + bounded::below((pooled.len() - place) as u64, &mut stream) as usize;
            pooled.swap(place, chosen);
            sum += pooled[place];
        }
        extreme += u64::from((sum - expected).abs() >= least);
    }
    f64::from(extreme as u32) / (RELABELLINGS + 1) as f64
}

/// Absolute deviations from the median.
fn deviations(sample: &[f64]) -> Vec<f64> {
    let median = Summary::of(sample).median;
    sample.iter().map(|value| (value - median).abs()).collect()
}

fn ascending_sum(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.iter().sum()
}

/// Of the sum of m of the values, drawn without replacement.
fn standard_deviation(values: &[f64], m: usize) -> f64 {
    let (size, m) = (values.len() as f64, m as f64);
    let mean = values.iter().sum::<f64>() / size;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (m * (size - m) / size * squares / (size - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_all_relabellings_of_a_few_deviations() {
        // Deviations 9, 5, 5, 9 about 10, and 1, 1, 0, 1, 1 about 0: of the C(9, 4) choices only the four large ones add up to 28,
        // and none lies as far below the expected 14.2.
        let p = equal_spreads_p_value(&[1.0, 5.0, 15.0, 19.0], &[-1.0, 1.0, 0.0, 1.0, -1.0]);
        // 1/126 is 0.0079: more than 0.02 in one of 10,000 streams.
        assert!((0.001..0.02).contains(&p), "{p}");
        assert_eq!(equal_spreads_p_value(&[1.0, 2.0, 3.0], &[11.0, 12.0, 13.0]), 1.0);
    }

    #[test]
    fn the_order_of_the_values_and_of_the_samples_does_not_matter() {
        let (one, other) = ([0.1, 0.7, 0.2, 3.5, 9.25, 1.5], [0.3, 0.1, 0.9, 0.4, 0.5, 0.6, 0.2]);
        let p = equal_spreads_p_value(&one, &other);
        let (mut back, mut forth) = (one, other);
        back.reverse();
        forth.rotate_left(3);
        assert_eq!((equal_spreads_p_value(&back, &forth), equal_spreads_p_value(&other, &one)), (p, p));
    }

    #[test]
    fn many_values_are_compared_by_a_normal_curve() {
        let spread = |n: usize, factor: f64| (0..n).map(|i| factor * (i as f64 / n as f64 - 0.5)).collect::<Vec<_>>();
        assert!(equal_spreads_p_value(&spread(10_000, 1.0), &spread(20_000, 1.0)) > 0.9);
        assert!(equal_spreads_p_value(&spread(10_000, 1.05), &spread(20_000, 1.0)) < 1e-6);
    }
}
