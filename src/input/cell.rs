//! Fields → values: numbers, missing values, and what is neither, with the messages about the latter two.

use super::excerpt;
use super::number::{self, NotANumber, Number};
use crate::error::{Error, Place};
use crate::settings::{DecimalMark, Reading};

/// Fields that mean "no value" unless the user says otherwise: those of pandas, the empty field among them.
pub const DEFAULT_MISSING_TOKENS: &[&str] = &[
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
];

/// How a field is to be understood.
#[derive(Debug, Clone, PartialEq)]
pub struct CellRules {
    decimal: DecimalMark,
    tokens: Vec<Vec<u8>>,
    /// The tokens that are numbers, such as `-999`: they stand for `-999.0` too.
    numeric_tokens: Vec<f64>,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// A finite number.
    Value(Number),
    /// A missing value.
    Missing,
    /// Neither.
    Other(NotANumber),
}

impl CellRules {
    /// Takes the decimal mark and the missing tokens from the settings.
    #[must_use]
    pub fn new(reading: &Reading) -> Self {
        let tokens: Vec<_> = reading.missing_tokens.iter().map(|token| token.trim().as_bytes().to_vec()).collect();
        let numbers = tokens.iter().filter_map(|token| number::parse(token, reading.decimal).ok());
        let numeric_tokens = numbers.map(|number| number.value).collect();
        Self { decimal: reading.decimal, tokens, numeric_tokens }
    }

    /// Understands a field; blanks around it do not matter.
    #[must_use]
    pub fn read(&self, text: &[u8]) -> Cell {
        match number::parse(text, self.decimal) {
            Ok(number) if self.numeric_tokens.contains(&number.value) => Cell::Missing,
            Ok(number) => Cell::Value(number),
            Err(_) if self.is_missing(text) => Cell::Missing,
            Err(why) => Cell::Other(why),
        }
    }

    /// Whether a text is one of the missing tokens, letter for letter.
    #[must_use]
    pub fn is_missing(&self, text: &[u8]) -> bool {
        let text = text.trim_ascii();
        self.tokens.iter().any(|token| token == text)
    }

    /// The texts that mean a missing value.
    #[must_use]
    pub fn missing_tokens(&self) -> &[Vec<u8>] {
        &self.tokens
    }

    /// Whether a missing token is a number, so that a number may be missing.
    #[must_use]
    pub fn know_numeric_tokens(&self) -> bool {
        !self.numeric_tokens.is_empty()
    }

    /// The decimal mark.
    #[must_use]
    pub fn decimal(&self) -> DecimalMark {
        self.decimal
    }
}

/// The error for missing values, of which the first is this text.
#[must_use]
pub fn missing(place: Place, text: &[u8], n: u64) -> Error {
    let what =
        if text.is_empty() { "the field is empty".to_owned() } else { format!("{} is no value", excerpt::quote(text)) };
    let what = if n > 1 { format!("{what}, the first of {n} missing values") } else { what };
    Error::input(place, what, "fill it in, or leave such rows out with --missing drop")
}

/// The error for a field that is neither a number nor a missing token.
#[cold]
pub fn unreadable(place: Place, text: &[u8], why: NotANumber) -> Error {
    let quoted = excerpt::quote(text);
    let as_missing = format!("declare it missing with --na {} --missing drop", token(text));
    let (what, remedy) = match why {
        NotANumber::Empty => (
            "an empty field where a number is due".to_owned(),
            "fill it in, or count empty fields as missing with --na \"\" --missing drop".to_owned(),
        ),
        NotANumber::Text if text.contains(&b'\n') => (
            format!("{quoted} is not a number, and goes on over several lines"),
            "look for a double quote too many on this line".to_owned(),
        ),
        NotANumber::Text => (format!("{quoted} is not a number"), format!("correct it, or {as_missing}")),
        NotANumber::Comma => (
            format!("{quoted} is not a number with a decimal point"),
            "if the comma is the decimal mark, say --decimal ,; if it groups digits, remove it".to_owned(),
        ),
        NotANumber::Point => (
            format!("{quoted} has a decimal point where --decimal , promises a comma"),
            "write it with a comma, or leave out --decimal".to_owned(),
        ),
        NotANumber::Infinite => (format!("{quoted} is not a finite number"), format!("correct it, or {as_missing}")),
        NotANumber::TooLarge => (
            format!("{quoted} is beyond the largest number of a double, about 1.8e308"),
            "correct it, or write the column in a larger unit".to_owned(),
        ),
    };
    Error::input(place, what, remedy)
}

/// A field as it may be typed after `--na`, or a placeholder where that needs thought about quoting.
fn token(text: &[u8]) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-+/".contains(byte);
    if text.len() <= 20 && text.first().is_some_and(|byte| *byte != b'-') && text.iter().all(is_plain) {
        excerpt::plain(text)
    } else {
        "TEXT".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Header, Missing};

    fn rules(tokens: &[&str]) -> CellRules {
        CellRules::new(&Reading {
            delimiter: None,
            header: Header::Detect,
            decimal: DecimalMark::Point,
            missing_tokens: tokens.iter().map(ToString::to_string).collect(),
            missing: Missing::Error,
        })
    }

    #[test]
    fn the_default_tokens_are_missing_letter_for_letter() {
        let rules = rules(DEFAULT_MISSING_TOKENS);
        for token in DEFAULT_MISSING_TOKENS {
            assert_eq!(rules.read(format!(" {token} ").as_bytes()), Cell::Missing, "{token}");
        }
        assert_eq!(rules.read(b"Null"), Cell::Other(NotANumber::Text));
        assert_eq!(rules.read(b"inf"), Cell::Other(NotANumber::Infinite));
    }

    #[test]
    fn a_token_that_is_a_number_stands_for_all_its_spellings() {
        let rules = rules(&["-999", "inf"]);
        for text in ["-999", "-999.0", " -9.99e2", "inf"] {
            assert_eq!(rules.read(text.as_bytes()), Cell::Missing, "{text}");
        }
        assert!(matches!(rules.read(b"999"), Cell::Value(_)));
        assert_eq!(rules.read(b""), Cell::Other(NotANumber::Empty));
    }

    #[test]
    fn only_plain_texts_are_offered_as_tokens() {
        assert_eq!(token(b"n.d."), "n.d.");
        assert_eq!(token(b"not done"), "TEXT");
        assert_eq!(token(b"-"), "TEXT");
        assert_eq!(token(b""), "TEXT");
    }
}
