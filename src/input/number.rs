//! Text → numbers: which spellings are numbers, which are not and why, and whether a double holds all the digits given.
//!
//! A number is an optional sign, decimal digits with at most one decimal mark, and an optional exponent. Hexadecimal,
//! digit separators, `nan` and `inf` are refused: in a data file they are far more often an accident than a value.

use std::borrow::Cow;

use crate::settings::DecimalMark;

/// The most significant decimal digits that an ordinary writer of doubles needs; more may be more than a double holds.
const DIGITS_OF_A_DOUBLE: usize = 17;

/// A finite number and how faithfully it was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// The nearest double; never negative zero, so that equal numbers are equal bits.
    pub value: f64,
    /// Whether the digits survived.
    pub precision: Precision,
}

/// Whether a double holds the digits of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Written with as many digits, the double gives the text back (or it has at most 17).
    Kept,
    /// The text carries more digits than a double holds, and they were lost.
    Rounded,
}

/// Why a text is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotANumber {
    /// Nothing but blanks.
    Empty,
    /// Neither digits nor anything else that is known.
    Text,
    /// It would be a number if a comma were the decimal mark, or were left out.
    Comma,
    /// It would be a number if a point were the decimal mark.
    Point,
    /// `inf` or `infinity`, of either sign.
    Infinite,
    /// A number beyond the range of a double.
    TooLarge,
    /// A number with `<` or `>` before it: a value beyond a limit of detection.
    Limit,
    /// It has a unit, and other values of its column have another or none.
    SomeUnits,
    /// It is a word such as `true`, and other values of its column are numbers other than 0 and 1.
    SomeWords,
}

/// Reads a number, blanks around it ignored.
///
/// # Errors
/// [`NotANumber`] says what the text is instead.
///
/// ```
/// use permtest::input::number::parse;
/// use permtest::settings::DecimalMark;
/// assert_eq!(parse(b" +1.5e3 ", DecimalMark::Point).unwrap().value, 1500.0);
/// assert_eq!(parse(b"1,5", DecimalMark::Comma).unwrap().value, 1.5);
/// ```
#[inline]
pub fn parse(text: &[u8], decimal: DecimalMark) -> Result<Number, NotANumber> {
    let text = text.trim_ascii();
    match decimal {
        DecimalMark::Point => parse_with_point(text),
        DecimalMark::Comma => parse_with_comma(text),
    }
    .map_err(|why| if why == NotANumber::Text { diagnose(text, decimal) } else { why })
}

#[inline]
fn parse_with_point(text: &[u8]) -> Result<Number, NotANumber> {
    match fast_float2::parse::<f64, _>(text) {
        // Adding zero turns negative zero into zero and leaves all else as it is.
        Ok(value) if value.is_finite() => Ok(Number { value: value + 0.0, precision: precision(text, value) }),
        Ok(value) if value.is_infinite() && text.iter().any(u8::is_ascii_digit) => Err(NotANumber::TooLarge),
        Ok(value) if value.is_infinite() => Err(NotANumber::Infinite),
        _ => Err(NotANumber::Text),
    }
}

fn parse_with_comma(text: &[u8]) -> Result<Number, NotANumber> {
    /// Longer than any number that is not an oddity; those go through the heap.
    const ROOM: usize = 64;
    if text.contains(&b'.') {
        return Err(NotANumber::Text);
    }
    if text.len() > ROOM {
        return parse_with_point(&with_points(text));
    }
    let mut room = [0; ROOM];
    for (to, &from) in room.iter_mut().zip(text) {
        *to = if from == b',' { b'.' } else { from };
    }
    parse_with_point(&room[..text.len()])
}

fn with_points(text: &[u8]) -> Cow<'_, [u8]> {
    text.iter().map(|&byte| if byte == b',' { b'.' } else { byte }).collect::<Vec<_>>().into()
}

/// Says more of a text that is no number than that it is none: the decimal mark is what goes wrong most often.
#[cold]
fn diagnose(text: &[u8], decimal: DecimalMark) -> NotANumber {
    if text.is_empty() {
        return NotANumber::Empty;
    }
    let is_number = |text: &[u8]| parse_with_point(text).is_ok();
    let without_commas = || text.iter().copied().filter(|&byte| byte != b',').collect::<Vec<_>>();
    match decimal {
        DecimalMark::Point
            if text.contains(&b',') && (is_number(&with_points(text)) || is_number(&without_commas())) =>
        {
            NotANumber::Comma
        }
        DecimalMark::Comma if text.contains(&b'.') && is_number(text) => NotANumber::Point,
        _ => NotANumber::Text,
    }
}

/// Compares the digits of a text with those of the double it was read as, where there are more than 17.
#[inline]
fn precision(text: &[u8], value: f64) -> Precision {
    // The common case costs a comparison, or one look at each byte; only a few texts are worth counting exactly.
    let is_short = text.len() <= DIGITS_OF_A_DOUBLE || {
        let leading = text.iter().take_while(|byte| b"+-0.".contains(byte)).count();
        text.len() - leading <= DIGITS_OF_A_DOUBLE
    };
    if is_short && value != 0.0 { Precision::Kept } else { precision_of_long_text(text, value) }
}

#[cold]
fn precision_of_long_text(text: &[u8], value: f64) -> Precision {
    let mantissa = text.split(|byte| matches!(byte, b'e' | b'E')).next().unwrap_or(text);
    let digits = || mantissa.iter().copied().filter(u8::is_ascii_digit).skip_while(|&digit| digit == b'0');
    let n_digits = digits().count();
    let n_trailing = mantissa.iter().rev().filter(|byte| byte.is_ascii_digit()).take_while(|&&digit| digit == b'0');
    let significant = n_digits.saturating_sub(n_trailing.count());
    if significant == 0 {
        return Precision::Kept; // zero, however many digits it was given
    }
    if value == 0.0 {
        return Precision::Rounded; // something so small that nothing is left of it
    }
    if significant <= DIGITS_OF_A_DOUBLE {
        return Precision::Kept;
    }
    let held = format!("{:.*e}", significant - 1, value.abs());
    let held = held.bytes().take_while(|&byte| byte != b'e').filter(u8::is_ascii_digit);
    if held.eq(digits().take(significant)) { Precision::Kept } else { Precision::Rounded }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(text: &str) -> Result<f64, NotANumber> {
        parse(text.as_bytes(), DecimalMark::Point).map(|number| number.value)
    }

    fn comma(text: &str) -> Result<f64, NotANumber> {
        parse(text.as_bytes(), DecimalMark::Comma).map(|number| number.value)
    }

    fn digits(text: &str) -> Precision {
        parse(text.as_bytes(), DecimalMark::Point).expect("a number").precision
    }

    #[test]
    fn signs_exponents_and_bare_marks_are_numbers() {
        for (text, expected) in [
            ("1", 1.0),
            ("+1", 1.0),
            ("-1.25", -1.25),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e3", 1000.0),
            ("1E+3", 1000.0),
            ("+2.5e-1", 0.25),
            ("\t 7 \r", 7.0),
            ("007", 7.0),
        ] {
            assert_eq!(value(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in [
            "0x1F", "1_000", "1 000", "nan", "NaN", "-nan", "abc", "1e", "e5", "+", "-", ".", "+-1", "--1", "1.2.3",
            "1d5", "%",
        ] {
            assert_eq!(value(text), Err(NotANumber::Text), "{text}");
        }
        assert_eq!(value("  "), Err(NotANumber::Empty));
    }

    #[test]
    fn infinities_and_overflow_are_told_apart() {
        for text in ["inf", "-inf", "+Inf", "Infinity", "-INFINITY"] {
            assert_eq!(value(text), Err(NotANumber::Infinite), "{text}");
        }
        for text in ["1e999", "-1e999", "1e99999999999999999999"] {
            assert_eq!(value(text), Err(NotANumber::TooLarge), "{text}");
        }
    }

    #[test]
    fn the_wrong_decimal_mark_is_named() {
        assert_eq!(value("1,5"), Err(NotANumber::Comma));
        assert_eq!(value("1,234,567.5"), Err(NotANumber::Comma));
        assert_eq!(comma("1,5"), Ok(1.5));
        assert_eq!(comma("-1,5e-1"), Ok(-0.15));
        assert_eq!(comma("12"), Ok(12.0));
        assert_eq!(comma("1.5"), Err(NotANumber::Point));
        assert_eq!(comma("1.5.5"), Err(NotANumber::Text));
        assert_eq!(comma(&format!("0,{}1", "0".repeat(80))), Ok(1e-81));
    }

    #[test]
    fn negative_zero_becomes_zero() {
        assert!(value("-0.0").is_ok_and(f64::is_sign_positive));
    }

    #[test]
    fn digits_beyond_a_double_are_noticed_only_where_they_are_lost() {
        assert_eq!(digits("0.1"), Precision::Kept);
        assert_eq!(digits("0.30000000000000004"), Precision::Kept);
        assert_eq!(digits("1.00000000000000000000000"), Precision::Kept);
        assert_eq!(digits("100000000000000000000000"), Precision::Kept);
        assert_eq!(digits("0.1000000000000000055511151231257827"), Precision::Kept);
        assert_eq!(digits("0.10000000000000000000000000000001"), Precision::Rounded);
        assert_eq!(digits("9007199254740993"), Precision::Kept); // 16 digits: below the limit of what is looked at
        assert_eq!(digits("1700000000123456789"), Precision::Rounded);
        assert_eq!(digits("1e-999"), Precision::Rounded);
        assert_eq!(digits("0e5"), Precision::Kept);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            for decimal in [DecimalMark::Point, DecimalMark::Comma] {
                if let Ok(number) = parse(&bytes, decimal) {
                    prop_assert!(number.value.is_finite());
                }
            }
        }

        #[test]
        fn near_numbers_never_panic(text in "[-+0-9.,eEinfa]{0,60}") {
            let _ = parse(text.as_bytes(), DecimalMark::Point);
            let _ = parse(text.as_bytes(), DecimalMark::Comma);
        }

        #[test]
        fn a_printed_double_is_read_back(number in proptest::num::f64::NORMAL) {
            let read = parse(format!("{number:e}").as_bytes(), DecimalMark::Point);
            prop_assert_eq!(read, Ok(Number { value: number, precision: Precision::Kept }));
        }
    }
}
