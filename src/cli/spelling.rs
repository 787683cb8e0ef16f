//! The ways in which people write numbers and choices.

use std::path::{Path, PathBuf};

use crate::method::monte_carlo::MOST_RESAMPLES;
use crate::settings::{DecimalMark, Distribution, DistributionFormat, Shift};

/// The largest seed that `--seed random` picks: JSON readers that keep numbers as f64 keep it.
const LARGEST_RANDOM_SEED: u64 = (1 << 53) - 1;

/// The most threads that are not a typing error.
const MOST_THREADS: usize = 1024;

/// A number of resamples: `10000000`, `10_000_000`, `1e7`, `1.5e6`, `10k`, `10M`, `10G`.
pub fn resamples(text: &str) -> Result<u64, String> {
    let range = || "write a whole number from 1 to 1e12, such as 10000000, 10_000_000, 1e7 or 10M".to_owned();
    let (digits, unit) = match text.char_indices().next_back() {
        Some((end, 'k' | 'K')) => (&text[..end], 1e3),
        Some((end, 'M')) => (&text[..end], 1e6),
        Some((end, 'G')) => (&text[..end], 1e9),
        _ => (text, 1.0),
    };
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '_' | '.' | 'e' | 'E' | '+'));
    let number: f64 = digits.replace('_', "").parse().map_err(|_| range())?;
    let number = number * unit;
    // Whole numbers up to 10¹² are exact in f64.
    if is_number && number.fract() == 0.0 && number >= 1.0 && number <= MOST_RESAMPLES as f64 {
        Ok(number as u64)
    } else {
        Err(range())
    }
}

/// A seed, or `random`.
pub fn seed(text: &str) -> Result<u64, String> {
    if text == "random" {
        use rand::TryRng;
        let word = rand::rngs::SysRng.try_next_u64();
        return word
            .map(|word| word & LARGEST_RANDOM_SEED)
            .map_err(|error| format!("the system has no random number: {error}; name a seed"));
    }
    text.parse().map_err(|_| format!("write a whole number from 0 to {}, or random", u64::MAX))
}

/// A number of threads.
pub fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(threads @ 1..=MOST_THREADS) => Ok(threads),
        _ => Err(format!("write a whole number from 1 to {MOST_THREADS}")),
    }
}

/// A confidence level.
pub fn confidence(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(level) if level > 0.0 && level < 1.0 => Ok(level),
        _ => Err("write a number between 0 and 1, such as 0.99".to_owned()),
    }
}

/// A shift: `0.5`, or `5%` of the control group's mean.
pub fn shift(text: &str) -> Result<Shift, String> {
    let finite = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite());
    let shift = match text.strip_suffix('%') {
        Some(percent) => finite(percent).map(|percent| Shift::RelativeToControl(percent / 100.0)),
        None => finite(text).map(Shift::Absolute),
    };
    shift.ok_or_else(|| "write a number, such as 0.5, or a percentage of the control mean, such as 5%".to_owned())
}

/// A delimiter: one character of ASCII, `tab` or `\t`.
pub fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        &[byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'"' | b'\n' | b'\r') => {
            Ok(byte)
        }
        _ => Err("write one character, such as ; or |, or the word tab".to_owned()),
    }
}

/// A decimal mark.
pub fn decimal_mark(text: &str) -> Result<DecimalMark, String> {
    match text {
        "." => Ok(DecimalMark::Point),
        "," => Ok(DecimalMark::Comma),
        _ => Err("write . or ,".to_owned()),
    }
}

/// A file for the null distribution, its format by its extension.
pub fn distribution(text: &str) -> Result<Distribution, String> {
    let path = PathBuf::from(text);
    let format = match Path::new(text).extension().and_then(|extension| extension.to_str()) {
        Some("csv") => DistributionFormat::Csv,
        Some("npy") => DistributionFormat::Npy,
        _ => return Err("its name must end in .csv or .npy".to_owned()),
    };
    Ok(Distribution { path, format })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resamples_have_many_spellings_and_bounds() {
        for (text, n) in [
            ("1", 1),
            ("10000000", 10_000_000),
            ("10_000_000", 10_000_000),
            ("1e7", 10_000_000),
            ("1.5e6", 1_500_000),
            ("10M", 10_000_000),
            ("2.5k", 2500),
            ("1000G", MOST_RESAMPLES),
            ("1e12", MOST_RESAMPLES),
        ] {
            assert_eq!(resamples(text), Ok(n), "{text}");
        }
        for text in ["0", "-5", "1e99", "1.5", "", "M", "1e13", "inf", "NaN", "ten", "1 000", "0.0001k", "+-1", "1e-3"]
        {
            assert!(resamples(text).is_err(), "{text}");
        }
    }

    #[test]
    fn shifts_are_absolute_or_relative() {
        assert_eq!(shift("-0.5"), Ok(Shift::Absolute(-0.5)));
        assert_eq!(shift("5%"), Ok(Shift::RelativeToControl(0.05)));
        for text in ["", "%", "five", "inf", "nan", "1e999"] {
            assert!(shift(text).is_err(), "{text}");
        }
    }

    #[test]
    fn other_spellings_are_checked() {
        assert_eq!(delimiter("tab"), Ok(b'\t'));
        assert_eq!(delimiter(";"), Ok(b';'));
        assert!(
            delimiter("a").is_err() && delimiter("\"").is_err() && delimiter(";;").is_err() && delimiter("é").is_err()
        );
        assert!(threads("0").is_err() && threads("2000").is_err() && threads("7") == Ok(7));
        assert!(confidence("1").is_err() && confidence("nan").is_err() && confidence("0.9") == Ok(0.9));
        assert!(seed("-1").is_err() && seed("18446744073709551615") == Ok(u64::MAX));
        assert!(seed("random").is_ok_and(|seed| seed <= LARGEST_RANDOM_SEED));
        assert!(distribution("null.txt").is_err() && distribution("null.npy").is_ok());
    }
}
