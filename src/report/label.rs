//! Names from the user's files made fit for a line of text: nothing invisible, not too wide, aligned in any script.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::escape;

/// The width, in columns of a terminal, beyond which a label is cut.
const WIDEST: usize = 24;

/// The escaped label, its middle left out where it is too wide: names of files and runs differ at either end.
pub fn shorten(label: &str) -> String {
    let label = escape::line(label);
    if label.width() <= WIDEST {
        return label;
    }
    let head = prefix(label.chars(), WIDEST / 2);
    let tail: Vec<char> = prefix(label.chars().rev(), WIDEST - WIDEST / 2 - 1).chars().collect();
    // An accent without its letter would land on the ellipsis.
    let tail: String = tail.into_iter().rev().skip_while(|c| c.width() == Some(0)).collect();
    format!("{head}…{tail}")
}

/// Two labels shortened so that they still differ if they did: where both ends would be the same, what they have in common
/// before and after is left out instead, and what differs is kept.
pub fn shorten_both(labels: [&str; 2]) -> [String; 2] {
    let short = labels.map(shorten);
    if labels[0] == labels[1] || short[0] != short[1] {
        return short;
    }
    let texts = labels.map(|label| escape::line(label).chars().collect::<Vec<_>>());
    let [one, other] = &texts;
    let n_least = one.len().min(other.len());
    let before = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let after = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count().min(n_least - before);
    let middles = texts.each_ref().map(|text| shorten(&text[before..text.len() - after].iter().collect::<String>()));
    let room = WIDEST.saturating_sub(middles.iter().map(|middle| middle.width()).max().unwrap_or(0) + 2);
    // An accent without its letter would land on what is before it.
    let head: Vec<char> = prefix(one[..before].iter().rev().copied(), room / 2).chars().collect();
    let head: String = head.into_iter().rev().skip_while(|c| c.width() == Some(0)).collect();
    let tail = prefix(one[one.len() - after..].iter().copied(), room - room / 2);
    let [first, last] =
        [head.chars().count() < before, tail.chars().count() < after].map(|is_cut| if is_cut { "…" } else { "" });
    middles.map(|middle| format!("{first}{head}{middle}{tail}{last}"))
}

/// The leading characters that fit into a width.
fn prefix(characters: impl Iterator<Item = char>, width: usize) -> String {
    let mut used = 0;
    characters
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= width
        })
        .collect()
}

/// The text with a capital letter in front.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The text filled with blanks on its right up to a width.
pub fn pad_right(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// The text filled with blanks on its left up to a width.
pub fn pad_left(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}

/// Breaks a paragraph into lines of at most `width` columns, escaped; no-break spaces hold, and become plain ones.
///
/// A word wider than a line has one to itself.
pub fn wrap(paragraph: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in paragraph.split([' ', '\n', '\t', '\r']).filter(|word| !word.is_empty()) {
        let word = escape::line(&word.replace('\u{a0}', " "));
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_labels_keep_both_ends_within_the_width() {
        assert_eq!(shorten("exactly-twenty-4-letters"), "exactly-twenty-4-letters");
        let cut = shorten("results/2024-05-17/machine-b/latency-after.csv");
        assert_eq!(cut, "results/2024…y-after.csv");
        assert_eq!(cut.width(), 24);
        let wide = shorten(&"数".repeat(40));
        assert_eq!(wide, format!("{}…{}", "数".repeat(6), "数".repeat(5)));
        assert!(wide.width() <= 24);
    }

    #[test]
    fn labels_that_differ_in_the_middle_keep_what_differs() {
        let of = |bin: &str| format!("cargo run --release --manifest-path a/Cargo.toml --bin {bin} -- input.txt");
        let [old, new] = shorten_both([&of("old"), &of("new")]);
        assert_eq!([old.as_str(), new.as_str()], ["…ml --bin old -- input.…", "…ml --bin new -- input.…"]);
        assert!(old.width() <= WIDEST && new.width() <= WIDEST);
        let dose = |dose: &str| format!("Patients receiving the {dose} dose of drug A daily");
        let shown = shorten_both([&dose("standard"), &dose("half")]);
        assert_eq!(shown, ["…ng the standard dose o…", "…ng the half dose o…"]);
        // Ends that differ are shown as before.
        let ends =
            ["results/2024-05-17/machine-b/latency-after.csv", "results/2024-05-17/machine-b/latency-before.csv"];
        assert_eq!(shorten_both(ends), ends.map(shorten));
        assert_eq!(shorten_both(["a", "a"]), ["a", "a"]);
    }

    proptest::proptest! {
        #[test]
        fn different_labels_never_look_the_same(
            head in ".{0,40}", one in "[a-cé数]{0,40}", other in "[a-cé数]{0,40}", tail in ".{0,40}",
        ) {
            let labels = [format!("{head}{one}{tail}"), format!("{head}{other}{tail}")];
            let shown = shorten_both(labels.each_ref().map(String::as_str));
            proptest::prop_assert_eq!(labels[0] == labels[1], shown[0] == shown[1], "{:?}", shown);
        }
    }

    #[test]
    fn no_accent_is_left_without_its_letter() {
        let label = format!("{}e\u{301}{}", "a".repeat(30), "b".repeat(11));
        assert_eq!(shorten(&label), format!("{}…{}", "a".repeat(12), "b".repeat(11)));
    }

    #[test]
    fn padding_counts_columns_not_characters() {
        assert_eq!(pad_right("対照", 6), "対照  ");
        assert_eq!(pad_left("n", 3), "  n");
    }

    #[test]
    fn paragraphs_break_between_words_but_not_at_no_break_spaces() {
        assert_eq!(wrap("one two\nthree 99\u{a0}% four", 9), ["one two", "three", "99 % four"]);
        assert_eq!(wrap("short muchtoolongaword end", 8), ["short", "muchtoolongaword", "end"]);
    }
}
