//! Fields → values: numbers, missing values, and what is neither, with the messages about the latter two.

use super::encoding::decoded;
use super::excerpt;
use super::number::{self, NotANumber, Number};
use crate::error::{Error, Place};
use crate::escape;
use crate::settings::{DecimalMark, Reading};

/// Fields that mean "no value" unless the user says otherwise: those of pandas, the empty field among them.
pub const DEFAULT_MISSING_TOKENS: &[&str] = &[
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
];

/// How a field is to be understood.
#[derive(Debug, Clone, PartialEq)]
pub struct CellRules {
    decimal: Option<DecimalMark>,
    thousands: Option<char>,
    true_words: Vec<String>,
    tokens: Vec<Vec<u8>>,
    /// How many of the tokens are the usual ones; those of the user follow.
    n_usual: usize,
    /// The tokens that are numbers, such as `-999`: they stand for `-999.0` too.
    numeric_tokens: Vec<f64>,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A finite number.
    Value(Number),
    /// A finite number that is written in another form than a number is.
    Formed(Number, Form),
    /// A missing value.
    Missing,
    /// Neither.
    Other(NotANumber),
}

/// In what form a number is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// With a typographic minus, no-break spaces, or digits in groups.
    Typeset,
    /// As a word: true or false, yes or no.
    Word,
    /// With this unit, a percent sign or a currency.
    Unit(String),
}

impl CellRules {
    /// Takes the decimal mark, the missing tokens and the like from the settings.
    #[must_use]
    pub fn new(reading: &Reading) -> Self {
        let usual = DEFAULT_MISSING_TOKENS.iter().map(|token| token.as_bytes().to_vec());
        let own = reading.missing_tokens.iter().map(|token| token.trim().as_bytes().to_vec());
        let mut rules = Self {
            decimal: reading.decimal,
            thousands: reading.thousands,
            true_words: reading.true_words.iter().map(|word| word.trim().to_lowercase()).collect(),
            tokens: usual.chain(own).collect(),
            n_usual: DEFAULT_MISSING_TOKENS.len(),
            numeric_tokens: Vec::new(),
        };
        let number = |token: &Vec<u8>| number::parse(token, rules.decimal()).ok();
        rules.numeric_tokens = rules.tokens.iter().filter_map(number).map(|number| number.value).collect();
        rules
    }

    /// Understands a field; blanks around it do not matter.
    #[must_use]
    pub fn read(&self, text: &[u8]) -> Cell {
        let found = match number::parse(text, self.decimal()) {
            Ok(number) => Cell::Value(number),
            Err(_) if self.is_missing(text) => Cell::Missing,
            Err(why) => match self.formed(&decoded(text)) {
                Some((number, form)) => Cell::Formed(number, form),
                None => Cell::Other(why),
            },
        };
        match found {
            Cell::Value(number) | Cell::Formed(number, _) if self.numeric_tokens.contains(&number.value) => {
                Cell::Missing
            }
            Cell::Other(NotANumber::Text) if self.is_limit(&decoded(text)) => Cell::Other(NotANumber::Limit),
            found => found,
        }
    }

    /// A number that is written in another form.
    fn formed(&self, text: &str) -> Option<(Number, Form)> {
        let text = text.trim_matches(is_blank);
        let word = text.to_lowercase();
        let truth = match word.as_str() {
            "true" | "yes" => Some(1.0),
            "false" | "no" => Some(0.0),
            word => self.true_words.iter().any(|other| other == word).then_some(1.0),
        };
        if let Some(value) = truth {
            return Some((Number { value, precision: number::Precision::Kept }, Form::Word));
        }
        if let Some(number) = self.typeset(text) {
            return Some((number, Form::Typeset));
        }
        let (number, unit) = split_unit(text)?;
        let number = number::parse(number.as_bytes(), self.decimal()).ok().or_else(|| self.typeset(number))?;
        Some((number, Form::Unit(unit.to_owned())))
    }

    /// A number with a typographic minus or digits in groups: by the character that the user named or, where there can be no
    /// doubt, by any other.
    fn typeset(&self, text: &str) -> Option<Number> {
        let plain = text.replace(['\u{2212}', '\u{2012}', '\u{2013}'], "-");
        let number = |text: &str| number::parse(text.as_bytes(), self.decimal()).ok();
        if let Some(number) = number(&plain) {
            return Some(number);
        }
        let mark = self.mark();
        let other = if mark == '.' { ',' } else { '.' };
        let (whole, rest) = plain.split_at(plain.find(|c: char| c == mark || "eE".contains(c)).unwrap_or(plain.len()));
        let digits = whole.trim_start_matches(['+', '-']);
        let separator = digits.chars().find(|char| !char.is_ascii_digit())?;
        let groups: Vec<&str> = digits.split(separator).collect();
        let is_grouped = (1..=3).contains(&groups[0].len())
            && groups[1..].iter().all(|group| group.len() == 3)
            && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
        let is_meant = if let Some(meant) = self.thousands {
            separator == meant || (is_blank(meant) && is_blank(separator))
        } else {
            // One group after a comma could as well be decimals; a plain blank could stand between two numbers.
            let is_certain = groups.len() > 2 || rest.starts_with(mark);
            (separator == other && is_certain)
                || (is_blank(separator) && separator != ' ')
                || "'\u{2019}".contains(separator)
        };
        if !(is_grouped && is_meant) {
            return None;
        }
        number(&[&plain[..whole.len() - digits.len()], &groups.concat(), rest].concat())
    }

    /// Whether a text says that a value lies beyond a limit of detection.
    fn is_limit(&self, text: &str) -> bool {
        let limit = text.trim_matches(is_blank).trim_start_matches(['<', '>', '\u{2264}', '\u{2265}']);
        limit.len() < text.trim_matches(is_blank).len()
            && number::parse(limit.trim_start_matches('=').as_bytes(), self.decimal()).is_ok()
    }

    /// Whether a text is one of the missing tokens, letter for letter.
    #[must_use]
    pub fn is_missing(&self, text: &[u8]) -> bool {
        let text = text.trim_ascii();
        self.tokens.iter().any(|token| token == text)
    }

    /// Whether the user named a text as a missing token.
    #[must_use]
    pub fn is_named_missing(&self, text: &[u8]) -> bool {
        self.tokens[self.n_usual..].iter().any(|token| token == text)
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

    /// Whether the user named words that mean 1.
    #[must_use]
    pub fn know_true_words(&self) -> bool {
        !self.true_words.is_empty()
    }

    /// The decimal mark.
    #[inline]
    #[must_use]
    pub fn decimal(&self) -> DecimalMark {
        self.decimal.unwrap_or_default()
    }

    /// Whether neither the decimal mark nor what groups digits was named.
    #[must_use]
    pub fn guess_marks(&self) -> bool {
        self.decimal.is_none() && self.thousands.is_none()
    }

    fn mark(&self) -> char {
        match self.decimal() {
            DecimalMark::Point => '.',
            DecimalMark::Comma => ',',
        }
    }
}

/// Blanks of any width, and what is not seen at all.
#[must_use]
pub fn is_blank(char: char) -> bool {
    char.is_whitespace() || matches!(char, '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// A number and what is written beside it: a unit or percent sign after it, or a currency on either side.
fn split_unit(text: &str) -> Option<(&str, &str)> {
    const LONGEST: usize = 12;
    const CURRENCIES: [char; 4] = ['$', '\u{20ac}', '\u{a3}', '\u{a5}'];
    if let Some(number) = text.strip_prefix(CURRENCIES) {
        return Some((number.trim_matches(is_blank), &text[..text.len() - number.len()]));
    }
    let unit_from = text.rfind(|c: char| c.is_ascii_digit() || ".,".contains(c))? + 1;
    let (number, unit) = text.split_at(unit_from);
    let unit = unit.trim_matches(is_blank);
    let is_unit = |c: char| c.is_alphabetic() || "%\u{2030}\u{b0}$\u{20ac}\u{a3}\u{a5}".contains(c);
    (unit.starts_with(is_unit) && unit.chars().count() <= LONGEST).then(|| (number.trim_matches(is_blank), unit))
}

/// A text without a value and how many fields hold it.
pub type Counted<'a> = (&'a [u8], u64);

/// The error for missing values; the first of them is that of the first text.
#[must_use]
pub fn missing(place: Place, missing: &[Counted<'_>]) -> Error {
    let (text, n) = (missing[0].0, missing.iter().map(|(_, n)| n).sum::<u64>());
    let what =
        if text.is_empty() { "the field is empty".to_owned() } else { format!("{} is no value", excerpt::quote(text)) };
    let what = match missing {
        _ if n == 1 => what,
        [_] => format!("{what}, the first of {n} missing values"),
        several => format!("{what}, the first of {n} missing values: {}", list(several)),
    };
    Error::input(place, what, "fill it in, or leave such rows out with --missing drop")
}

/// The error for fields that are neither numbers nor missing; the first of them holds the first text. Missing values beside
/// them are named as well; `is_all` says that there is no number beside these.
#[must_use]
pub fn unreadable_all(
    place: Place,
    why: NotANumber,
    mistakes: &[Counted<'_>],
    missing: &[Counted<'_>],
    is_all: bool,
) -> Error {
    let Error::Input { place, what, remedy } = unreadable(place, mistakes[0].0, why) else {
        unreachable!("a field that cannot be read is an error of the input")
    };
    let (what, remedy) = (what.to_string(), remedy.to_string());
    if mistakes.len() + missing.len() == 1 {
        let what = match mistakes[0].1 {
            1 => what,
            n => format!("{what}, the first of {n} such fields"),
        };
        return Error::input(place, what, remedy);
    }
    let n = mistakes.iter().map(|(_, n)| n).sum::<u64>();
    let what = match n {
        1 => what,
        n => format!("{what}, the first of {n} such fields: {}", list(mistakes)),
    };
    let what = if missing.is_empty() { what } else { format!("{what}; missing are {}", list(missing)) };
    if !matches!(why, NotANumber::Text | NotANumber::Infinite) {
        return Error::input(place, what, remedy);
    }
    if let ([(one, _), (other, _)], true) = (mistakes, is_all) {
        let [one, other] = [one, other].map(|text| escape::typed(&excerpt::plain(text)));
        let remedy = format!("say --true {one} if {one} means 1 and {other} 0, or choose another column");
        return Error::input(place, what, remedy);
    }
    if is_all {
        return Error::input(place, what, "choose a column of numbers");
    }
    let tokens: Vec<_> = mistakes.iter().map(|(text, _)| token(text)).collect();
    Error::input(
        place,
        what,
        format!("correct them, or declare them missing with --na {} --missing drop", escape::typed(&tokens.join(","))),
    )
}

/// Texts with their numbers of fields.
fn list(texts: &[Counted<'_>]) -> String {
    excerpt::list(texts.iter().map(|(text, n)| match text {
        [] => format!("empty ({n})"),
        text => format!("{} ({n})", excerpt::plain(text)),
    }))
}

/// The error for a field that is neither a number nor a missing token.
#[cold]
#[must_use]
pub fn unreadable(place: Place, text: &[u8], why: NotANumber) -> Error {
    let shown = excerpt::quote(text);
    let as_missing = || format!("declare it missing with --na {} --missing drop", escape::typed(&token(text)));
    let (what, remedy) = match why {
        NotANumber::Text if text.contains(&b'\n') => (
            format!("{shown} is not a number, and goes on over several lines"),
            "look for a double quote too many on this line".to_owned(),
        ),
        NotANumber::Empty | NotANumber::Text => {
            (format!("{shown} is not a number"), format!("correct it, or {}", as_missing()))
        }
        NotANumber::Comma => (
            format!("{shown} is not a number with a decimal point"),
            "if the comma is the decimal mark, say --decimal ,; if it groups digits, say --thousands ,".to_owned(),
        ),
        NotANumber::Point => (
            format!("{shown} has a decimal point where --decimal , promises a comma"),
            "write it with a comma, or leave out --decimal".to_owned(),
        ),
        NotANumber::Infinite => (format!("{shown} is not a finite number"), format!("correct it, or {}", as_missing())),
        NotANumber::TooLarge => (
            format!("{shown} is beyond the largest number of a double, about 1.8e308"),
            "correct it, or write the column in a larger unit".to_owned(),
        ),
        NotANumber::Limit => (
            format!("{shown} is a non-detect: the value is beyond a limit of detection, and not missing"),
            "write one number for all of them that lies beyond every value measured, such as half the lower limit, and \
             compare ranks, which need no more than that: -s rank-sum"
                .to_owned(),
        ),
        NotANumber::SomeUnits => (
            format!("{shown} has a unit that other values of the column have not"),
            "write all of them in one unit".to_owned(),
        ),
        NotANumber::SomeWords => (
            format!("{shown} is a word among numbers other than 0 and 1"),
            "write it as a number, or choose another column".to_owned(),
        ),
    };
    Error::input(place, what, remedy)
}

/// A field as it may be typed after `--na`.
fn token(text: &[u8]) -> String {
    let is_whole = text.len() <= 40 && !text.iter().any(|byte| byte.is_ascii_control() || *byte == b',');
    if is_whole && std::str::from_utf8(text).is_ok() { excerpt::plain(text) } else { "TEXT".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(tokens: &[&str]) -> CellRules {
        let missing_tokens = tokens.iter().map(ToString::to_string).collect();
        CellRules::new(&Reading { missing_tokens, ..Reading::default() })
    }

    #[test]
    fn the_default_tokens_are_missing_letter_for_letter() {
        let rules = rules(&[]);
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
        assert_eq!(rules.read(b""), Cell::Missing);
    }

    #[test]
    fn texts_are_offered_as_a_shell_takes_them() {
        let offered = |text: &str| escape::typed(&token(text.as_bytes()));
        assert_eq!(offered("n.d."), "n.d.");
        assert_eq!(offered("not done?"), "\"not done?\"");
        assert_eq!(offered("it's"), "\"it's\"");
        assert_eq!(offered("a,b"), "TEXT");
    }

    /// The value and how it is written.
    fn formed(text: &str, reading: &Reading) -> Option<(f64, Form)> {
        match CellRules::new(reading).read(text.as_bytes()) {
            Cell::Formed(number, form) => Some((number.value, form)),
            _ => None,
        }
    }

    #[test]
    fn numbers_are_read_in_other_forms_where_there_is_no_doubt() {
        let plain = Reading::default();
        for (text, value) in [
            ("\u{2212}1.5", -1.5),
            ("1,234.5", 1234.5),
            ("-1,234,567", -1_234_567.0),
            ("1\u{a0}234.5", 1234.5),
            ("1'234", 1234.0),
            ("\u{a0}2.5\u{a0}", 2.5),
        ] {
            assert_eq!(formed(text, &plain), Some((value, Form::Typeset)), "{text}");
        }
        for (text, value, unit) in
            [("12.5 %", 12.5, "%"), ("3ms", 3.0, "ms"), ("$1,234.50", 1234.5, "$"), ("-4 \u{b0}C", -4.0, "\u{b0}C")]
        {
            assert_eq!(formed(text, &plain), Some((value, Form::Unit(unit.to_owned()))), "{text}");
        }
        for (text, value) in [("TRUE", 1.0), ("no", 0.0), ("Yes", 1.0)] {
            assert_eq!(formed(text, &plain), Some((value, Form::Word)), "{text}");
        }
        for text in ["1,234", "1 234", "12,34.5", "0x1F", "1_000", "1.2.3", "2024-01-02", "p53", "--1"] {
            assert_eq!(formed(text, &plain), None, "{text}");
        }
        let points = Reading { thousands: Some('.'), decimal: Some(DecimalMark::Comma), ..Reading::default() };
        assert_eq!(formed("1.012", &points), Some((1012.0, Form::Typeset)));
        assert_eq!(formed("1.012,5", &points), Some((1012.5, Form::Typeset)));
        let commas = Reading { thousands: Some(','), ..Reading::default() };
        assert_eq!(formed("1,234", &commas), Some((1234.0, Form::Typeset)));
        let blanks = Reading { thousands: Some(' '), ..Reading::default() };
        assert_eq!(formed("1 234", &blanks), Some((1234.0, Form::Typeset)));
    }

    #[test]
    fn limits_of_detection_are_no_missing_values() {
        for text in ["<0.5", "< 0.5", "\u{2264}3", ">=10"] {
            assert_eq!(rules(&[]).read(text.as_bytes()), Cell::Other(NotANumber::Limit), "{text}");
        }
        assert_eq!(rules(&[]).read(b"<x"), Cell::Other(NotANumber::Text));
    }
}
