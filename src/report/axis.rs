//! Round numbers along an axis.

use super::number::{Notation, magnitude};

/// A number on an axis, and how it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// The number.
    pub value: f64,
    /// As it is written.
    pub label: String,
}

/// Round numbers between two numbers, at most so many: multiples of 1, 2 or 5 times a power of ten.
pub fn ticks(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 || most == 0 {
        return Vec::new();
    }
    let rough = span / most as f64;
    let Some(exponent) = magnitude(rough) else { return Vec::new() };
    let round = |digit: u32, exponent: i32| format!("{digit}e{exponent}").parse().unwrap_or(f64::NAN);
    let candidates: [f64; 4] = [round(1, exponent), round(2, exponent), round(5, exponent), round(1, exponent + 1)];
    let Some(step) = candidates.into_iter().find(|&step| (high / step).floor() - (low / step).ceil() < most as f64)
    else {
        return Vec::new();
    };
    let place = magnitude(step).map_or(0, |exponent| -exponent);
    let notation = Notation::down_to(place, &[low, high]);
    let (first, last) = ((low / step).ceil(), (high / step).floor());
    let count = (last - first).clamp(-1.0, most as f64) as i64;
    (0..=count)
        .map(|i| {
            let value = (first + i as f64) * step;
            Tick { value, label: notation.write(value) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, most: usize) -> Vec<String> {
        ticks(low, high, most).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(labels(-7.3, 8.1, 4), ["-5", "0", "5"]);
        assert_eq!(labels(0.0, 1.0, 6), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(4.2, 33.9, 3), ["10", "20", "30"]);
        assert_eq!(labels(1e-9, 3e-9, 3), ["1e-9", "2e-9", "3e-9"].map(|x| x.replace("e-9", ".00e-9")));
        assert_eq!(labels(-1e12, 1e12, 3), ["-1000000000000", "0", "1000000000000"]);
    }

    #[test]
    fn an_empty_axis_has_none() {
        assert!(
            ticks(1.0, 1.0, 5).is_empty()
                && ticks(0.0, f64::INFINITY, 5).is_empty()
                && ticks(f64::NAN, 1.0, 5).is_empty()
        );
    }

    #[test]
    fn there_are_never_more_than_asked_for() {
        for i in 0..2000 {
            let low = f64::from(i) * 0.37 - 300.0;
            for most in 1..9 {
                let found = ticks(low, low + f64::from(i % 91) * 0.173 + 1e-6, most);
                assert!(found.len() <= most, "{low} {most} {found:?}");
            }
        }
    }
}
