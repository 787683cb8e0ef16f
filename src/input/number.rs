//! Text → finite numbers.

use crate::settings::DecimalMark;

/// Why a field is not a number to compute with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotANumber {
    /// It is text.
    Text,
    /// It is an infinity, or too large for one.
    Infinite,
    /// It has the other decimal mark.
    WrongMark,
}

/// A number, and whether its text says more than a double can hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// The nearest double.
    pub value: f64,
    /// Whether the text has more than 17 significant digits.
    pub digits: Digits,
}

/// How many significant digits a text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// No more than a double can tell apart.
    Held,
    /// More than that.
    Rounded,
}

/// Significant digits that a double can tell apart.
const MOST_DIGITS: usize = 17;

/// Reads a decimal number: digits, a decimal mark, an exponent, blanks around it.
///
/// # Errors
/// What it is instead.
pub fn parse(field: &[u8], mark: DecimalMark) -> Result<Number, NotANumber> {
    let text = field.trim_ascii();
    let digits = significant_digits(text);
    let parsed = match mark {
        DecimalMark::Comma if text.contains(&b'.') => return Err(wrong_mark(text)),
        DecimalMark::Comma if text.contains(&b',') => {
            let pointed: Vec<u8> = text.iter().map(|&byte| if byte == b',' { b'.' } else { byte }).collect();
            read(&pointed)
        }
        DecimalMark::Point | DecimalMark::Comma => read(text),
    };
    match parsed {
        Some(value) if value.is_finite() => Ok(Number { value, digits }),
        Some(value) if value.is_infinite() => Err(NotANumber::Infinite),
        None if mark == DecimalMark::Point && text.contains(&b',') => Err(wrong_mark(text)),
        _ => Err(NotANumber::Text),
    }
}

fn read(text: &[u8]) -> Option<f64> {
    fast_float2::parse(text).ok()
}

/// `WrongMark` if the text is a number once the marks are exchanged.
fn wrong_mark(text: &[u8]) -> NotANumber {
    let exchanged: Vec<u8> = text.iter().map(|&byte| if byte == b',' { b'.' } else { byte }).collect();
    if read(&exchanged).is_some_and(f64::is_finite) { NotANumber::WrongMark } else { NotANumber::Text }
}

fn significant_digits(text: &[u8]) -> Digits {
    if text.len() <= MOST_DIGITS {
        return Digits::Held;
    }
    let mantissa = text.split(|byte| matches!(byte, b'e' | b'E')).next().unwrap_or_default();
    let digits = mantissa.iter().filter(|byte| byte.is_ascii_digit()).skip_while(|&&digit| digit == b'0');
    let significant = digits.enumerate().filter(|&(_, &digit)| digit != b'0').last().map_or(0, |(place, _)| place + 1);
    if significant > MOST_DIGITS { Digits::Rounded } else { Digits::Held }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(text: &str, mark: DecimalMark) -> Result<f64, NotANumber> {
        parse(text.as_bytes(), mark).map(|number| number.value)
    }

    #[test]
    fn decimal_numbers_are_read() {
        for (text, number) in [("1", 1.0), (" -0.5\t", -0.5), ("+3", 3.0), ("1e-3", 0.001), (".5", 0.5), ("5.", 5.0)] {
            assert_eq!(value(text, DecimalMark::Point), Ok(number), "{text}");
        }
        assert_eq!(value("1,5", DecimalMark::Comma), Ok(1.5));
        assert_eq!(value("-2", DecimalMark::Comma), Ok(-2.0));
    }

    #[test]
    fn what_is_no_number_is_told_apart() {
        for text in ["", "abc", "0x10", "1_000", "1 000", "nan", "1e", "--1", "1.2.3", "½"] {
            assert_eq!(value(text, DecimalMark::Point), Err(NotANumber::Text), "{text}");
        }
        for text in ["inf", "-Infinity", "1e999"] {
            assert_eq!(value(text, DecimalMark::Point), Err(NotANumber::Infinite), "{text}");
        }
        assert_eq!(value("1,5", DecimalMark::Point), Err(NotANumber::WrongMark));
        assert_eq!(value("1.5", DecimalMark::Comma), Err(NotANumber::WrongMark));
        assert_eq!(value("1.000,5", DecimalMark::Comma), Err(NotANumber::Text));
    }

    #[test]
    fn digits_beyond_a_double_are_noticed() {
        let digits = |text: &str| parse(text.as_bytes(), DecimalMark::Point).unwrap().digits;
        assert_eq!(digits("0.50814218051834348"), Digits::Held);
        assert_eq!(digits("170000000012345678900000"), Digits::Rounded);
        assert_eq!(digits("0.000000000000000000012345"), Digits::Held);
        assert_eq!(digits("100000000000000000000000"), Digits::Held);
        assert_eq!(digits("0.123456789012345678"), Digits::Rounded);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            for mark in [DecimalMark::Point, DecimalMark::Comma] {
                if let Ok(number) = parse(&bytes, mark) {
                    prop_assert!(number.value.is_finite());
                }
            }
        }

        #[test]
        fn printed_doubles_are_read_back(number in any::<f64>().prop_filter("finite", |x| x.is_finite())) {
            prop_assert_eq!(value(&number.to_string(), DecimalMark::Point), Ok(number));
            prop_assert_eq!(value(&format!("{number:e}"), DecimalMark::Point), Ok(number));
        }
    }
}
