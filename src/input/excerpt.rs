//! How pieces of a data file are shown inside a message of one line: short, quoted, nothing that could upset a terminal.

use crate::escape::{self, is_active};

/// Characters of a field that are shown; enough to recognise it, short enough for one line.
const SHOWN_CHARS: usize = 40;
/// Names that are listed before "and so many more".
const SHOWN_NAMES: usize = 8;

/// A field in double quotes, cut to 40 characters, control characters escaped, bytes that are no UTF-8 as `\u{fffd}`.
#[must_use]
pub fn quote(text: &[u8]) -> String {
    format!("\"{}\"", plain(text))
}

/// The same without the quotes, for a name within a sentence.
#[must_use]
pub fn plain(text: &[u8]) -> String {
    // A character has at most four bytes: what lies further on is not shown in any case.
    let head = &text[..text.len().min(4 * SHOWN_CHARS + 4)];
    let head = String::from_utf8_lossy(head);
    let mut shown = String::new();
    for (n, char) in head.chars().enumerate() {
        if n == SHOWN_CHARS {
            shown.push('…');
            break;
        }
        if is_active(char) || is_invisible(char) {
            shown.extend(char.escape_default());
        } else {
            shown.push(char);
        }
    }
    shown
}

/// Names, as by [`plain`], that stay different where both would be cut to the same text: what they begin with alike is left
/// out then.
#[must_use]
pub fn apart(names: &[&str]) -> Vec<String> {
    /// Characters that are kept before the first that differs.
    const BEFORE: usize = 8;
    let cut = |name: &str, from: usize| {
        let mark = if from > 0 { "…" } else { "" };
        format!("{mark}{}", plain(name.chars().skip(from).collect::<String>().as_bytes()))
    };
    let n_common = |one: &str, other: &str| one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let mut shown: Vec<_> = names.iter().map(|name| (0, cut(name, 0))).collect();
    for i in 0..names.len() {
        loop {
            let alike: Vec<_> = (i..names.len()).filter(|&j| shown[j] == shown[i]).collect();
            let others = alike.iter().filter(|&&j| names[j] != names[i]);
            let from = others.map(|&j| n_common(names[i], names[j]).saturating_sub(BEFORE)).min();
            let Some(from) = from.filter(|from| *from > shown[i].0) else { break };
            for j in alike {
                shown[j] = (from, cut(names[j], from));
            }
        }
    }
    shown.into_iter().map(|(_, text)| text).collect()
}

/// How something may be typed after an option that takes a name or a number: by its name, unless that is too long or has
/// characters in it that cannot be typed.
#[must_use]
pub fn choice(name: &str, number: usize) -> String {
    let is_typed =
        (1..=SHOWN_CHARS).contains(&name.chars().count()) && !name.chars().any(|c| is_active(c) || is_invisible(c));
    if is_typed { escape::typed(name) } else { number.to_string() }
}

/// Characters that are not seen but make two fields differ.
fn is_invisible(char: char) -> bool {
    matches!(char, '\u{a0}' | '\u{200b}'..='\u{200d}' | '\u{202f}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

/// The first eight names, separated by commas, and how many more there are.
#[must_use]
pub fn list(names: impl ExactSizeIterator<Item = String>) -> String {
    list_up_to(SHOWN_NAMES, names)
}

/// The same with another number of names.
#[must_use]
pub fn list_up_to(n: usize, names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(n);
    let shown = names.take(n).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// `1 value`, `2 values`.
#[must_use]
pub fn count(n: u64, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_strange_fields_stay_on_one_short_line() {
        assert_eq!(quote(b"abc"), "\"abc\"");
        assert_eq!(quote(b"a\nb\x1b[31m"), "\"a\\nb\\u{1b}[31m\"");
        assert_eq!(plain("1\u{a0}000".as_bytes()), "1\\u{a0}000");
        assert_eq!(plain(b"caf\xe9"), "caf\u{fffd}");
        assert_eq!(plain("é".repeat(50).as_bytes()), format!("{}…", "é".repeat(40)));
    }

    #[test]
    fn names_that_differ_far_behind_are_shown_from_there() {
        let of = |bin: &str| format!("cargo run --release --manifest-path a/Cargo.toml --bin {bin}");
        let names = [
            of("old"),
            of("new"),
            of("new"),
            "short".to_owned(),
            of("new") + &"x".repeat(90) + "y",
            of("new") + &"x".repeat(90),
        ];
        let shown = apart(&names.each_ref().map(String::as_str));
        assert_eq!(shown[..4], ["…l --bin old", "…l --bin new", "…l --bin new", "short"]);
        assert_eq!(shown[4..], [format!("…{}y", "x".repeat(8)), format!("…{}", "x".repeat(8))]);
    }

    #[test]
    fn lists_end_after_eight() {
        let names = |n: u8| list((0..n).map(|i| i.to_string()).collect::<Vec<_>>().into_iter());
        assert_eq!(names(2), "0, 1");
        assert_eq!(names(8), "0, 1, 2, 3, 4, 5, 6, 7");
        assert_eq!(names(10), "0, 1, 2, 3, 4, 5, 6, 7 and 2 more");
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(count(1, "value"), "1 value");
        assert_eq!(count(0, "value"), "0 values");
    }
}
