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
