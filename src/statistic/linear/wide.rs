//! Full-precision values → integers that say exactly what the decimals say, wider than a machine word.
//!
//! Values of 17 digits have too many decimals for sums of 62 bits. As integers of 128 bits, whole multiples of the
//! smallest power of ten that any of them needs, they add up exactly as long as they span less than some 35 orders of
//! magnitude. The narrow scores are then these, divided by a power of two and rounded: nearly every comparison of sums is
//! decided by narrow ones, and the wide ones decide the rest.

use std::fmt::Write;

use super::scores::{POWERS_OF_TEN, greatest_common_divisor};

/// Magnitudes times the number of values times what a sum may still be multiplied with stay below this.
const LIMIT: i128 = 1 << 124;

/// The most units whose number a sum is multiplied with, by methods that look at each sum of all units.
const MOST_UNITS: i128 = 1 << 15;

/// Integers below this are exact in f64.
const EXACT: u128 = 1 << 53;

/// Exact scores of values whose narrow scores are rounded: each is (score · divisor + least) · 10^power.
#[derive(Debug, Clone, PartialEq)]
pub struct Wide {
    /// Not negative and with no common divisor.
    pub scores: Vec<i128>,
    /// How many of their units a unit of the narrow scores is: a power of two.
    pub step: i128,
    /// What a unit of them is worth.
    pub unit: f64,
}

/// Two samples on one decimal scale, the shift subtracted from the first.
pub(super) struct Decimals {
    pub integers: Vec<i128>,
    /// The power of ten that an integer counts.
    pub power: i32,
}

impl Decimals {
    /// The shortest decimals of finite values, case values first, less the shift; `None` where they span too much.
    pub fn new(case: &[f64], control: &[f64], shift: f64) -> Option<Self> {
        let mut text = String::new();
        let mut read = |&value: &f64| decimal(value, &mut text);
        let shift = read(&shift);
        let mut decimals: Vec<(i128, i32)> = case.iter().chain(control).map(&mut read).collect();
        let powers = || decimals.iter().chain([&shift]).filter(|(digits, _)| *digits != 0).map(|&(_, power)| power);
        let power = powers().min().unwrap_or(0);
        let number = decimals.len() as i128;
        let limit = LIMIT / number / number.min(MOST_UNITS) / 2;
        let scaled = |(digits, own): (i128, i32)| {
            let integer =
                if digits == 0 { 0 } else { digits.checked_mul(10i128.checked_pow((own - power) as u32)?)? };
            (integer.abs() < limit).then_some(integer)
        };
        let shift = scaled(shift)?;
        for (place, decimal) in decimals.iter_mut().enumerate() {
            decimal.0 = scaled(*decimal)? - if place < case.len() { shift } else { 0 };
        }
        Some(Self { integers: decimals.into_iter().map(|(integer, _)| integer).collect(), power })
    }
}

/// The shortest decimal that is read as a double, digits · 10^power.
fn decimal(value: f64, text: &mut String) -> (i128, i32) {
    text.clear();
    write!(text, "{value:e}").expect("a string takes any text");
    let (mantissa, power) = text.split_once('e').expect("an exponent");
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let power: i32 = power.parse().expect("a small number");
    let digits = whole.chars().chain(fraction.chars());
    let magnitude = digits.filter_map(|digit| digit.to_digit(10)).fold(0, |all, digit| 10 * all + i128::from(digit));
    (if value < 0.0 { -magnitude } else { magnitude }, power - fraction.len() as i32)
}

/// The double that is nearest to integer · 10^power.
pub(super) fn nearest(integer: i128, power: i32) -> f64 {
    match POWERS_OF_TEN.get(power.unsigned_abs() as usize) {
        // One operation of exact numbers rounds once.
        Some(&ten) if integer.unsigned_abs() < EXACT && power <= 0 => integer as f64 / ten,
        Some(&ten) if integer.unsigned_abs() < EXACT => integer as f64 * ten,
        _ => format!("{integer}e{power}").parse().expect("a decimal number"),
    }
}

/// The double that is nearest to the product of what two doubles say as decimals: 1.1 · 1.05 is 1.155.
#[must_use]
pub fn product(one: f64, other: f64) -> f64 {
    let mut text = String::new();
    let [(a, p), (b, q)] = [one, other].map(|value| decimal(value, &mut text));
    nearest(a * b, p + q)
}

/// Subtracts the least integer from all and divides by what they then have in common: that divisor.
pub(super) fn reduce(integers: &mut [i128], least: i128) -> i128 {
    let divisor = integers.iter().fold(0, |divisor, integer| greatest_common_divisor(divisor, integer - least)).max(1);
    for integer in integers {
        *integer = (*integer - least) / divisor;
    }
    divisor
}

/// The smallest power of two by which non-negative integers must be divided, that their rounded sum be below a limit.
pub(crate) fn step_below(integers: &[i128], limit: i128) -> i128 {
    let most = integers.iter().copied().max().unwrap_or(0);
    let each = limit / integers.len().max(1) as i128 - 1;
    let mut step = 1;
    while most / step >= each {
        step *= 2;
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_taken_for_their_shortest_decimals() {
        let read = |value| decimal(value, &mut String::new());
        assert_eq!(read(0.1), (1, -1));
        assert_eq!(read(-1.75), (-175, -2));
        assert_eq!(read(0.1 + 0.2), (30_000_000_000_000_004, -17));
        assert_eq!(read(1e22), (1, 22));
        assert_eq!(read(-0.0), (0, 0));
        assert_eq!(read(5e-324), (5, -324));
    }

    #[test]
    fn a_shift_is_subtracted_exactly() {
        let Decimals { integers, power } = Decimals::new(&[1.0, 2.0], &[1e-12, 3.0], 1.0 / 3.0).unwrap();
        assert_eq!(power, -16);
        assert_eq!(integers, [6_666_666_666_666_667, 16_666_666_666_666_667, 10_000, 30_000_000_000_000_000]);
        assert!(Decimals::new(&[1e-20, 1.0], &[1e20], 0.0).is_none());
    }

    #[test]
    fn the_nearest_double_is_rounded_once() {
        assert_eq!(nearest(3, -1), 0.3);
        assert_eq!(nearest(30_000_000_000_000_004, -17), 0.1 + 0.2);
        assert_eq!(nearest(5, -324), 5e-324);
        assert_eq!(nearest(17, 307), 1.7e308);
    }
}
