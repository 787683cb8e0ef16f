//! Single numbers as text: exact ones for programs, rounded ones for people.

pub use crate::inference::count::separated as count;

/// The shortest decimal that reads back as the same number, in the notation of the JSON report.
pub fn shortest(x: f64) -> String {
    // serde_json has no notation for what is not finite; everything else it writes to the last bit, and fast.
    if x.is_finite() { serde_json::to_string(&x).unwrap_or_else(|_| x.to_string()) } else { x.to_string() }
}

/// The size of a reference set: exact below a million, else like `1.2e17`.
pub fn labellings(size: Option<f64>, log10: f64) -> String {
    match size {
        Some(size) if size < 1e6 => count(size as u64),
        _ => {
            // The size itself may exceed the range of f64; its logarithm never does.
            let mantissa = format!("{:.1}", libm::exp10(log10 - log10.floor()));
            let exponent = log10.floor();
            if mantissa == "10.0" { format!("1.0e{}", exponent + 1.0) } else { format!("{mantissa}e{exponent}") }
        }
    }
}

/// A level such as 0.99 in percent, with a space that must not become a line break.
pub fn percent(level: f64) -> String {
    // Rounded, for 0.57 * 100.0 is 56.99999999999999.
    format!("{}\u{a0}%", (level * 1e10).round() / 1e8)
}

/// The decimal place of the leading digit: 0 for 3.7, −2 for 0.061; `None` for zero and what is not finite.
pub fn magnitude(x: f64) -> Option<i32> {
    // Read from the decimal digits, for a logarithm may be off by one next to a power of ten.
    if x == 0.0 { None } else { format!("{x:e}").split_once('e').and_then(|(_, exponent)| exponent.parse().ok()) }
}

/// How many decimals it takes to write the number in full.
pub fn decimals(x: f64) -> i32 {
    x.to_string().split_once('.').map_or(0, |(_, fraction)| fraction.len() as i32)
}

/// Which way a probability is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest.
    Nearest,
    /// Towards 0: for the lower end of an interval.
    Down,
    /// Towards 1: for the upper end.
    Up,
}

/// A probability to so many significant digits, scientific below 1e-4. Only 0 itself is written as `0`.
pub fn probability(p: f64, significant: usize, rounding: Rounding) -> String {
    if p <= 0.0 {
        return "0".to_owned();
    }
    if p >= 1.0 {
        return "1".to_owned();
    }
    let (digits, exponent) = round(p, significant, rounding);
    if exponent < -4 {
        let (head, tail) = digits.split_at(1);
        let point = if tail.is_empty() { "" } else { "." };
        return format!("{head}{point}{tail}e{exponent}");
    }
    if exponent >= 0 {
        return "1".to_owned();
    }
    format!("0.{}{digits}", "0".repeat((-exponent - 1) as usize))
}

/// The significant digits of a positive number and the decimal exponent of the first.
fn round(p: f64, significant: usize, rounding: Rounding) -> (String, i32) {
    let nearest = format!("{p:.*e}", significant - 1);
    let reread: f64 = nearest.parse().unwrap_or(p);
    let (mantissa, exponent) = nearest.split_once('e').unwrap_or((&nearest, "0"));
    let mut digits: u64 = mantissa.replace('.', "").parse().unwrap_or(0);
    let mut exponent: i32 = exponent.parse().unwrap_or(0);
    let unit = 10_u64.pow(significant as u32 - 1);
    if rounding == Rounding::Down && reread > p {
        digits -= 1;
        if digits < unit {
            (digits, exponent) = (unit * 10 - 1, exponent - 1);
        }
    }
    if rounding == Rounding::Up && reread < p {
        digits += 1;
        if digits == unit * 10 {
            (digits, exponent) = (unit, exponent + 1);
        }
    }
    (digits.to_string(), exponent)
}

/// How the numbers of one column are written, so that they stand under each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// `20.66`
    Fixed {
        /// Digits after the point.
        decimals: usize,
    },
    /// `2070`
    Tens {
        /// How many digits before the point are not known.
        zeros: usize,
    },
    /// `2.066e-9`
    Scientific {
        /// Digits of the mantissa after the point.
        decimals: usize,
    },
}

impl Notation {
    /// The plainest notation that shows these numbers down to 10^−`place`.
    pub fn down_to(place: i32, numbers: &[f64]) -> Self {
        let largest = numbers.iter().filter_map(|&x| magnitude(x)).max().unwrap_or(0);
        if place <= 9 && (-4..15).contains(&largest) {
            Self::Fixed { decimals: place.max(0) as usize }
        } else {
            Self::Scientific { decimals: (largest + place).clamp(2, 16) as usize }
        }
    }

    /// The decimal place of the last digit of a number.
    pub fn place(self, x: f64) -> i32 {
        match self {
            Self::Fixed { decimals } => decimals as i32,
            Self::Tens { zeros } => -(zeros as i32),
            Self::Scientific { decimals } => decimals as i32 - magnitude(x).unwrap_or(0),
        }
    }

    /// The same with a digit more.
    #[must_use]
    pub fn finer(self) -> Self {
        match self {
            Self::Fixed { decimals } => Self::Fixed { decimals: decimals + 1 },
            Self::Tens { zeros: 1 } => Self::Fixed { decimals: 0 },
            Self::Tens { zeros } => Self::Tens { zeros: zeros - 1 },
            Self::Scientific { decimals } => Self::Scientific { decimals: decimals + 1 },
        }
    }

    /// The same with no digit of a number beyond 10^−`place`.
    #[must_use]
    pub fn coarser(self, place: i32, x: f64) -> Self {
        match self {
            _ if place >= self.place(x) => self,
            Self::Fixed { .. } | Self::Tens { .. } if place < 0 => Self::Tens { zeros: place.unsigned_abs() as usize },
            Self::Fixed { .. } | Self::Tens { .. } => Self::Fixed { decimals: place as usize },
            Self::Scientific { .. } => {
                Self::Scientific { decimals: (place + magnitude(x).unwrap_or(0)).max(0) as usize }
            }
        }
    }

    /// Writes one number rounded up or down; what is off a number of so many digits by rounding alone is taken for it.
    pub fn write_outward(self, x: f64, up: bool) -> String {
        let nearest = self.write(x);
        let shown: f64 = nearest.parse().unwrap_or(x);
        let unit = libm::exp10(-f64::from(self.place(x)));
        let is_outward = if up { shown >= x } else { shown <= x };
        if is_outward || (shown - x).abs() <= 1e-9 * unit {
            return nearest;
        }
        self.write(if up { shown + unit } else { shown - unit })
    }

    /// Writes one number.
    pub fn write(self, x: f64) -> String {
        let text = match self {
            Self::Fixed { decimals } => format!("{x:.decimals$}"),
            Self::Tens { zeros } => {
                let unit = libm::exp10(zeros as f64);
                format!("{:.0}", (x / unit).round() * unit)
            }
            Self::Scientific { decimals } => format!("{x:.decimals$e}"),
        };
        // What rounds to zero has no sign.
        match text.strip_prefix('-') {
            Some(unsigned) if unsigned.parse() == Ok(0.0) => unsigned.to_owned(),
            _ => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_form_reads_back_as_the_same_number() {
        for x in [0.1, 1.0 / 3.0, 1e-7, 5e-324, f64::MAX, -0.0, 9.999_999_9e-8] {
            assert_eq!(shortest(x).parse::<f64>().map(f64::to_bits), Ok(x.to_bits()));
        }
        assert_eq!(shortest(f64::NAN), "NaN");
    }

    #[test]
    fn reference_sets_are_exact_while_small_and_scientific_when_vast() {
        assert_eq!(labellings(Some(184_756.0), 5.2666), "184,756");
        assert_eq!(labellings(Some(1.182_645_815_648_614_5e17), 17.0728), "1.2e17");
        assert_eq!(labellings(None, 60_204.326_5), "2.1e60204");
        assert_eq!(labellings(None, 399.999_9), "1.0e400");
    }

    #[test]
    fn percentages_are_free_of_binary_dust() {
        assert_eq!([0.99, 0.999, 0.95, 0.57].map(percent), ["99\u{a0}%", "99.9\u{a0}%", "95\u{a0}%", "57\u{a0}%"]);
    }

    #[test]
    fn magnitudes_are_right_next_to_powers_of_ten() {
        assert_eq!([1000.0, 999.999_999_999_9, 0.001, -0.0609].map(magnitude), [Some(3), Some(2), Some(-3), Some(-2)]);
        assert_eq!(magnitude(0.0), None);
    }

    #[test]
    fn probabilities_never_round_to_zero() {
        assert_eq!(probability(0.060_861_2, 3, Rounding::Nearest), "0.0609");
        assert_eq!(probability(0.5, 4, Rounding::Nearest), "0.5000");
        assert_eq!(probability(0.000_123_4, 3, Rounding::Nearest), "0.000123");
        assert_eq!(probability(3.2e-6, 2, Rounding::Nearest), "3.2e-6");
        assert_eq!(probability(9.999_999e-8, 2, Rounding::Nearest), "1.0e-7");
        assert_eq!(probability(1e-300, 2, Rounding::Down), "1.0e-300");
        assert_eq!(probability(1.0, 3, Rounding::Nearest), "1");
    }

    #[test]
    fn interval_ends_round_outwards() {
        assert_eq!(probability(0.060_69, 3, Rounding::Down), "0.0606");
        assert_eq!(probability(0.060_61, 3, Rounding::Up), "0.0607");
        assert_eq!(probability(0.0607, 3, Rounding::Down), "0.0607");
        assert_eq!(probability(0.0607, 3, Rounding::Up), "0.0607");
        assert_eq!(probability(0.099_999_9, 3, Rounding::Down), "0.0999");
        assert_eq!(probability(0.999_91, 3, Rounding::Up), "1");
        assert_eq!(probability(9.991e-6, 3, Rounding::Up), "1.00e-5");
    }

    #[test]
    fn ends_are_rounded_outwards_to_the_digits_that_are_known() {
        let fixed = |decimals| Notation::Fixed { decimals };
        assert_eq!(fixed(2).write_outward(7.568_75, true), "7.57");
        assert_eq!(fixed(2).write_outward(7.561, true), "7.57");
        assert_eq!(fixed(2).write_outward(-0.171, false), "-0.18");
        assert_eq!(fixed(2).write_outward(0.1 + 0.2, true), "0.30");
        assert_eq!(fixed(1).write_outward(-0.04, true), "0.0");
        assert_eq!(fixed(3).coarser(-2, 51_234.4).write_outward(51_234.4, true), "51300");
        assert_eq!(fixed(3).coarser(1, 1.234).write_outward(1.234, false), "1.2");
        let scientific = Notation::Scientific { decimals: 4 };
        assert_eq!(scientific.write_outward(1.000_01e-9, false), "1.0000e-9");
        assert_eq!(scientific.coarser(10, 1.29e-9).write_outward(1.29e-9, true), "1.3e-9");
        assert_eq!(fixed(0).finer().finer(), fixed(2));
        assert_eq!(Notation::Tens { zeros: 1 }.finer(), fixed(0));
    }

    #[test]
    fn huge_and_minute_numbers_are_written_scientifically() {
        assert_eq!(Notation::down_to(2, &[20.66, -3.0]).write(20.664), "20.66");
        assert_eq!(Notation::down_to(-2, &[51_234.0]).write(51_234.4), "51234");
        assert_eq!(Notation::down_to(11, &[3e-9]).write(3.456e-9), "3.46e-9");
        assert_eq!(Notation::down_to(-8, &[1.7e18]).write(1.7e18), "1.7000000000e18");
        assert_eq!(Notation::down_to(9, &[3e-9]).write(3e-9), "3.00e-9");
        assert_eq!(Notation::down_to(2, &[0.0]).write(-0.001), "0.00");
    }
}
