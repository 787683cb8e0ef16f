//! How many digits each number of a report deserves.
//!
//! Means get the place of the standard deviation's third significant digit, and more where a small difference would
//! otherwise vanish; data (median, minimum, maximum) are shown as they were written, but not finer than the means;
//! a p-value shows the digits that its Monte Carlo interval supports.

use super::Report;
use super::number::{Notation, decimals, magnitude};
use super::statistic::Measure;
use crate::inference::summary::Summary;

/// The notation of each column of the two samples' table, and of differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Precision {
    /// Means.
    pub mean: Notation,
    /// Standard deviations.
    pub sd: Notation,
    /// Medians.
    pub median: Notation,
    /// Smallest values.
    pub min: Notation,
    /// Largest values.
    pub max: Notation,
    /// The estimate, its distance from the null value, and a null value that is not `--mu`.
    pub difference: Notation,
    /// What an expression in columns is in each group.
    pub value: Notation,
    /// The effect and the ends of its interval.
    pub effect: Notation,
    /// The null value.
    pub mu: Notation,
}

impl Precision {
    /// Looks at a report's numbers.
    pub fn of(report: &Report) -> Self {
        let both = |read: fn(&Summary) -> f64| {
            report.groups.iter().filter_map(|group| group.summary.as_ref().map(read)).collect::<Vec<f64>>()
        };
        let means = both(|summary| summary.mean);
        let sds: Vec<f64> = report.groups.iter().filter_map(|group| group.summary?.sd).collect();
        let values: Vec<f64> = report.groups.iter().filter_map(|group| group.value).collect();
        let is_data = report.measure() == Measure::DataDifference;
        // What is not in the unit of the data says nothing about their digits.
        let differences = if is_data {
            vec![report.result.estimate, report.result.estimate - report.null_value()]
        } else {
            Vec::new()
        };

        let spread = spread_place(&sds);
        let visible = differences.iter().filter_map(|&x| difference_place(x, &means, &sds)).max();
        let full = full_place(&means).max(full_place(&differences[..differences.len().min(1)]));
        let place = spread.max(visible).unwrap_or(full);
        // Beyond fifteen digits there is only rounding noise.
        let finest = means.iter().filter_map(|&x| magnitude(x)).max().map_or(place, |largest| 14 - largest);
        let place = place.min(finest);
        let difference = if is_data {
            Notation::down_to(place.min(full.max(full_place(&differences))), &differences)
        } else {
            four_digits(&[report.result.estimate, report.null_value()])
        };
        let column = |finest: i32, numbers: &[f64]| Notation::down_to(finest.min(full_place(numbers)), numbers);
        let mu_place = significant_place(report.mu, 2).map_or(place, |two_digits| place.max(two_digits));
        Self {
            mean: Notation::down_to(place.min(full), &means),
            sd: column(spread.unwrap_or(place), &sds),
            median: column(place, &both(|summary| summary.median)),
            min: column(place, &both(|summary| summary.min)),
            max: column(place, &both(|summary| summary.max)),
            difference,
            value: four_digits(&values),
            effect: match report.other_effect() {
                Some(effect) => {
                    // The interval shows how well it is known, whatever values far off do to the means.
                    let place = place.max(
                        effect.interval.and_then(|interval| width_place(interval.ends)).unwrap_or(place).min(finest),
                    );
                    Notation::down_to(place.min(full.max(full_place(&[effect.estimate]))), &[effect.estimate])
                }
                None => difference,
            },
            mu: column(mu_place, &[report.mu]),
        }
    }
}

/// Four significant digits of the smaller of the numbers, unless one has fewer to show.
fn four_digits(numbers: &[f64]) -> Notation {
    let place = numbers.iter().filter_map(|&x| significant_place(x, 4)).max().unwrap_or(0);
    Notation::down_to(place.min(full_place(numbers)), numbers)
}

/// How many significant digits of the p-value its interval supports: three or four, and only two where all are small.
pub fn p_value_digits(report: &Report) -> usize {
    digits_of(report.result.p_value.estimate, report.result.p_value.interval)
}

/// How many significant digits of a p-value an interval supports.
pub fn digits_of(p: f64, [low, high]: [f64; 2]) -> usize {
    let least = if p < 1e-4 { 2 } else { 3 };
    match (magnitude(p), magnitude((high - low) / 2.0)) {
        (Some(p), Some(error)) => (p - error + 1).clamp(least, 4) as usize,
        _ => 4,
    }
}

/// The decimal place of the so-manieth significant digit.
fn significant_place(x: f64, digits: i32) -> Option<i32> {
    magnitude(x).map(|leading| digits - 1 - leading)
}

/// The place of the third digit of the smaller standard deviation, but at most two finer than the larger one asks for.
fn spread_place(sds: &[f64]) -> Option<i32> {
    let places = || sds.iter().filter_map(|&sd| significant_place(sd, 3));
    Some(places().max()?.min(places().min()? + 2))
}

/// The place of the third digit of an interval's width.
fn width_place([low, high]: [f64; 2]) -> Option<i32> {
    Some(high - low).filter(|width| width.is_finite()).and_then(|width| significant_place(width, 3))
}

/// The place of a difference's third digit, unless it is no more than the rounding of the sums it comes from.
fn difference_place(difference: f64, means: &[f64], sds: &[f64]) -> Option<i32> {
    let scale = means.iter().chain(sds).fold(0.0_f64, |largest, x| largest.max(x.abs()));
    if difference.abs() > scale * 1e-12 { significant_place(difference, 3) } else { None }
}

/// The place of the last digit when the numbers are written in full.
fn full_place(numbers: &[f64]) -> i32 {
    numbers.iter().map(|&x| decimals(x)).max().unwrap_or(0)
}
