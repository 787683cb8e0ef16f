//! Words of the command line → numbers. Errors begin with the offending word; the caller puts the option before it.

use std::time::Duration;

use encoding_rs::Encoding;
use rand::TryRng;
use rand::rngs::SysRng;

use crate::error::Error;
use crate::settings::{ColumnName, Condition, NamePattern, Shift};

/// The most resamples of one run: days of work, and the counts stay exact in every reader's double precision.
const MOST_RESAMPLES: u64 = 1_000_000_000_000;
/// More threads than any machine has cores for: a slip of the keyboard.
const MOST_THREADS: usize = 1024;

/// The list of `--na`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MissingTokens(pub Vec<String>);

/// A time limit, from a hundredth of a second to a year.
pub(super) fn seconds(word: &str) -> Result<Duration, Error> {
    match word.parse::<f64>() {
        Ok(seconds) if (0.01..=3.2e7).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(Error::usage(format!("{word:?} is no time limit"), "give a number of seconds, such as 60 or 0.5")),
    }
}

/// A condition on rows: a column, == or !=, and a text, each perhaps in quotes.
pub(super) fn condition(text: &str) -> Result<Condition, Error> {
    let unquoted = |text: &str| {
        let text = text.trim();
        let inner = ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
        inner.unwrap_or(text).to_owned()
    };
    let parts = |sign| text.split_once(sign).map(|(column, value)| (unquoted(column), sign == "==", unquoted(value)));
    match parts("==").or_else(|| parts("!=")) {
        Some((column, is_equal, text)) if !column.is_empty() => {
            Ok(Condition { column: ColumnName(column), is_equal, text })
        }
        _ => Err(Error::usage(format!("{text:?} is no condition"), "write for example --where 'site == north'")),
    }
}

/// An encoding by any of the names that browsers know.
pub(super) fn encoding(name: &str) -> Result<&'static Encoding, Error> {
    Encoding::for_label(name.as_bytes()).ok_or_else(|| {
        let remedy = "say utf-8, windows-1252, latin1, utf-16le, utf-16be, macintosh, shift_jis, gb18030 or another name that \
                      browsers know";
        Error::usage(format!("{name:?} is no encoding that is known"), remedy)
    })
}

/// A character that groups digits.
pub(super) fn thousands(word: &str) -> Result<char, Error> {
    let mut chars = word.chars();
    match (chars.next(), chars.next()) {
        (Some(char), None) if !char.is_alphanumeric() && !"+-\"".contains(char) => Ok(char),
        _ => Err(Error::usage(format!("{word:?} groups no digits"), "give one character: , . ' or a blank")),
    }
}

/// A list separated by commas; an empty item means the empty field, which is missing anyway.
pub(super) fn missing_tokens(list: &str) -> Result<MissingTokens, Error> {
    // `--na --json` would otherwise quietly make a token of the option that follows.
    if list.strip_prefix("--").is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic())) {
        return Err(Error::usage(
            format!("needs a list, but the option {list} follows"),
            "write for example --na NA,-99",
        ));
    }
    Ok(MissingTokens(list.split(',').map(|item| item.trim().to_owned()).collect()))
}

/// One byte, or a word for the tab.
pub(super) fn delimiter(word: &str) -> Result<u8, Error> {
    match word.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [b] if *b == b'\t' || (b.is_ascii() && !b.is_ascii_alphanumeric() && !b.is_ascii_control() && *b != b'"') => {
            Ok(*b)
        }
        _ => Err(Error::usage(
            format!("{word:?} cannot divide fields"),
            "give one ASCII character that is not a letter, a digit or a quote, such as ';', or the word tab",
        )),
    }
}

/// A number of resamples: `10000000`, `10_000_000`, `1e7`, `1.5e6`, `10M`, `10k`, `2G`.
pub(super) fn resamples(word: &str) -> Result<u64, Error> {
    let refuse = |why: &str| {
        Err(Error::usage(
            format!("{word:?} {why}"),
            "give a whole number from 1 to 1e12, such as 10000000, 10_000_000, 1e7 or 10M",
        ))
    };
    match whole(word) {
        Ok(0) => refuse("is less than 1"),
        Ok(n) if n <= MOST_RESAMPLES => Ok(n),
        Ok(_) | Err(NotWhole::TooLarge) => refuse("is more than 1e12"),
        Err(NotWhole::Negative) => refuse("is negative"),
        Err(NotWhole::Fraction) => refuse("is not a whole number"),
        Err(NotWhole::NotANumber) => refuse("is not a number"),
    }
}

/// An amount of memory in bytes: `512M`, `2G`, `1.5GiB`, by powers of 1024 as memory is sold.
pub(super) fn memory(word: &str) -> Result<u64, Error> {
    let refuse = || {
        let what = format!("{word:?} is no amount of memory");
        Error::usage(
            what,
            "give a number of bytes of at least a million, with K, M, G or T for powers of 1024, such as 512M",
        )
    };
    let number = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let power = match word[number.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 1,
        "m" | "mb" | "mib" => 2,
        "g" | "gb" | "gib" => 3,
        "t" | "tb" | "tib" => 4,
        _ => return Err(refuse()),
    };
    let bytes = number.trim_end().parse::<f64>().map_err(|_| refuse())? * 1024f64.powi(power);
    if (1e6..1e18).contains(&bytes) { Ok(bytes as u64) } else { Err(refuse()) }
}

/// Why a word is not a whole number that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NotWhole {
    NotANumber,
    Negative,
    Fraction,
    TooLarge,
}

/// Reads a whole number from decimal digits, without a detour over floating point.
///
/// `[digits][.digits][e±digits][k|M|G]`, with `_` allowed between digits.
fn whole(word: &str) -> Result<u64, NotWhole> {
    let (unsigned, negative) = match word.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (word.strip_prefix('+').unwrap_or(word), false),
    };
    let (number, thousands) = match unsigned.char_indices().next_back() {
        Some((at, 'k' | 'K')) => (&unsigned[..at], 3),
        Some((at, 'M')) => (&unsigned[..at], 6),
        Some((at, 'G')) => (&unsigned[..at], 9),
        _ => (unsigned, 0),
    };
    let (mantissa, power) = match number.split_once(['e', 'E']) {
        Some((mantissa, power)) => (mantissa, exponent(power)?),
        None => (number, 0),
    };
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = digits_of(integer)?;
    let decimals = digits_of(fraction)?;
    if digits.is_empty() && decimals.is_empty() {
        return Err(NotWhole::NotANumber);
    }
    digits.push_str(&decimals);
    if negative {
        return Err(NotWhole::Negative);
    }
    let significant = digits.trim_matches('0');
    if significant.is_empty() {
        return Ok(0);
    }
    let trailing_zeros = digits.len() - digits.trim_end_matches('0').len();
    let scale = power.saturating_add(thousands + trailing_zeros as i64 - decimals.len() as i64);
    let Ok(scale) = u32::try_from(scale) else {
        return Err(if scale < 0 { NotWhole::Fraction } else { NotWhole::TooLarge });
    };
    let significant: u64 = significant.parse().map_err(|_| NotWhole::TooLarge)?;
    10_u64.checked_pow(scale).and_then(|unit| significant.checked_mul(unit)).ok_or(NotWhole::TooLarge)
}

/// The digits of a run of them, without the underscores that may stand between two of them.
fn digits_of(run: &str) -> Result<String, NotWhole> {
    let stray = run.starts_with('_') || run.ends_with('_') || run.contains("__");
    if stray || !run.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
        return Err(NotWhole::NotANumber);
    }
    Ok(run.replace('_', ""))
}

/// A power of ten; one that fits no i64 is as good as endless.
fn exponent(power: &str) -> Result<i64, NotWhole> {
    let (digits, negative) = match power.strip_prefix('-') {
        Some(digits) => (digits, true),
        None => (power.strip_prefix('+').unwrap_or(power), false),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotWhole::NotANumber);
    }
    // Half the range, so that the shifts by suffix and decimals cannot wrap around.
    let size = digits.parse::<i64>().unwrap_or(i64::MAX).min(i64::MAX / 2);
    Ok(if negative { -size } else { size })
}

/// A seed, or a random one that every reader of JSON can hold: below 2⁵³.
pub(super) fn seed(word: &str) -> Result<u64, Error> {
    if word == "random" {
        return SysRng.try_next_u64().map(|bits| bits >> 11).map_err(|error| {
            Error::usage(
                format!("random found no random numbers in this system ({error})"),
                "name a number yourself, such as --seed 1",
            )
        });
    }
    word.parse().map_err(|_| {
        Error::usage(
            format!("{word:?} is not a seed"),
            "give a whole number from 0 to 18446744073709551615, or the word random",
        )
    })
}

/// A number of threads.
pub(super) fn threads(word: &str) -> Result<usize, Error> {
    match word.parse() {
        Ok(n) if (1..=MOST_THREADS).contains(&n) => Ok(n),
        _ => Err(Error::usage(
            format!("{word:?} is not a number of threads"),
            format!("give a whole number from 1 to {MOST_THREADS}, or leave it out to use all cores"),
        )),
    }
}

/// A level of confidence, strictly between 0 and 1.
pub(super) fn confidence(word: &str) -> Result<f64, Error> {
    share(word, "a level of confidence", "0.99")
}

/// A significance level, strictly between 0 and 1.
pub(super) fn alpha(word: &str) -> Result<f64, Error> {
    share(word, "a significance level", "0.05")
}

/// A probability of a wrong decision, strictly between 0 and 1.
pub(super) fn risk(word: &str) -> Result<f64, Error> {
    share(word, "a risk", "0.001")
}

fn share(word: &str, what: &str, example: &str) -> Result<f64, Error> {
    match word.parse() {
        Ok(level) if level > 0.0 && level < 1.0 => Ok(level),
        _ => Err(Error::usage(
            format!("{word:?} is not {what}"),
            format!("give a number between 0 and 1, such as {example}"),
        )),
    }
}

/// A difference in units of the data, or with `%` as a fraction of the control's mean.
pub(super) fn shift(word: &str) -> Result<Shift, Error> {
    let finite = |number: &str| number.parse().ok().filter(|value: &f64| value.is_finite());
    let shift = match word.strip_suffix('%') {
        Some(percent) => finite(percent.trim_end()).map(|percent| Shift::RelativeToControl(percent / 100.0)),
        None => finite(word).map(Shift::Absolute),
    };
    shift.ok_or_else(|| {
        Error::usage(
            format!("{word:?} is not a difference"),
            "give a number such as 0.5 or -2, or a percentage of the control's mean such as 5%",
        )
    })
}

/// A pattern of names of columns.
pub(super) fn name_pattern(text: &str) -> Result<NamePattern, String> {
    let pattern = glob::Pattern::new(text).map_err(|error| format!("{} (write it as in 'g*')", error.msg))?;
    Ok(NamePattern(Some(pattern)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_ten_million_is_ten_million() {
        for word in ["10000000", "10_000_000", "1e7", "1E+7", "+1e7", "10M", "0.01G", "10_000k", "10000K", "100e5"] {
            assert_eq!(whole(word), Ok(10_000_000), "{word}");
        }
        assert_eq!(whole("1.5e6"), Ok(1_500_000));
        assert_eq!(whole("2G"), Ok(2_000_000_000));
        assert_eq!(whole("1.50"), Err(NotWhole::Fraction));
        assert_eq!(whole("2.0"), Ok(2));
        assert_eq!(whole("70e-1"), Ok(7));
        assert_eq!(whole(".5k"), Ok(500));
    }

    #[test]
    fn zero_is_zero_however_it_is_written() {
        for word in ["0", "000", "0.0", "0e99", "0e-99", "0M"] {
            assert_eq!(whole(word), Ok(0), "{word}");
        }
    }

    #[test]
    fn what_is_not_a_whole_number_is_told_apart() {
        for word in ["", "-", "k", ".", "e7", "1e", "1e+", "ten", "1_", "_1", "1__0", "1,000", "1 000", "0x10", "1e7.5"]
        {
            assert_eq!(whole(word), Err(NotWhole::NotANumber), "{word}");
        }
        for word in ["-5", "-1e7", "-10M", "-0.5"] {
            assert_eq!(whole(word), Err(NotWhole::Negative), "{word}");
        }
        for word in ["0.5", "1.5", "1e-1", "1.2345k", "1e-99999999999999999999"] {
            assert_eq!(whole(word), Err(NotWhole::Fraction), "{word}");
        }
        for word in ["1e99", "99999999999999999999999", "1e99999999999999999999", "1e9223372036854775807G"] {
            assert_eq!(whole(word), Err(NotWhole::TooLarge), "{word}");
        }
    }

    #[test]
    fn memory_is_counted_by_powers_of_1024() {
        for (word, bytes) in [("2GiB", 2 << 30), ("512M", 512 << 20), ("1.5g", 3 << 29), ("3000000", 3_000_000)] {
            assert_eq!(memory(word).unwrap(), bytes, "{word}");
        }
        for word in ["", "G", "-1G", "1 000 000", "2X", "nan", "inf", "100K", "1e30"] {
            assert!(memory(word).unwrap_err().to_string().contains("such as 512M"), "{word}");
        }
    }

    #[test]
    fn resamples_end_at_a_million_millions() {
        assert_eq!(resamples("1000G").unwrap(), MOST_RESAMPLES);
        assert_eq!(resamples("1").unwrap(), 1);
        for word in ["0", "-5", "1e99", "0.5", "1_000_000_000_001", "many"] {
            assert!(resamples(word).unwrap_err().to_string().contains("from 1 to 1e12"), "{word}");
        }
    }

    #[test]
    fn a_random_seed_fits_in_a_double() {
        assert!(seed("random").unwrap() < 1 << 53);
        assert_eq!(seed("18446744073709551615").unwrap(), u64::MAX);
        assert!(seed("-1").is_err());
    }

    #[test]
    fn a_percentage_is_relative_to_the_control() {
        assert_eq!(shift("5%").unwrap(), Shift::RelativeToControl(0.05));
        assert_eq!(shift("-0.5").unwrap(), Shift::Absolute(-0.5));
        for word in ["", "%", "inf", "NaN", "1e999", "0,5", "5%%"] {
            assert!(shift(word).is_err(), "{word}");
        }
    }

    #[test]
    fn delimiters_are_single_bytes_that_no_number_contains() {
        assert_eq!(delimiter("tab").unwrap(), b'\t');
        assert_eq!(delimiter("\\t").unwrap(), b'\t');
        assert_eq!(delimiter("\t").unwrap(), b'\t');
        assert_eq!(delimiter(";").unwrap(), b';');
        assert_eq!(delimiter(" ").unwrap(), b' ');
        for word in ["", ";;", "5", "e", "\"", "\n", "·"] {
            assert!(delimiter(word).is_err(), "{word}");
        }
    }

    #[test]
    fn an_empty_item_of_the_missing_list_is_the_empty_field() {
        assert_eq!(missing_tokens("NA, -99,").unwrap().0, ["NA", "-99", ""]);
        assert_eq!(missing_tokens("").unwrap().0, [""]);
        assert_eq!(missing_tokens("--").unwrap().0, ["--"]);
        assert!(missing_tokens("--json").is_err());
    }
}
