//! The one door by which text that others wrote — names in data, names of files, words of programs — gets into what is shown:
//! to terminals, to logs that CI reads, as Markdown, SVG, tables and JSON.
//!
//! Nothing that passes it moves a cursor, reverses the direction of writing or is taken for a command by whoever reads the log.
//! Ordinary text, in any script, passes unchanged.

use std::fmt::Write as _;

/// One line of text, with what could do harm spelt out as in `\u{1b}`: control characters and ends of lines, marks of
/// direction, characters that Unicode keeps for itself, and whatever begins a command in a log of CI.
#[must_use]
pub fn line(text: &str) -> String {
    spell_out(text, |c, shown| {
        if c.is_ascii_punctuation() { shown.extend(c.escape_unicode()) } else { shown.extend(c.escape_default()) }
    })
}

/// The same as Markdown that shows it as it is: no markup, no mention, no link, no formula.
#[must_use]
pub fn markdown(text: &str) -> String {
    let text = line(text);
    let mut shown = String::with_capacity(text.len());
    for (i, c) in text.char_indices() {
        let rest = &text[i + c.len_utf8()..];
        let before = &text[..i];
        match c {
            '&' => shown += "&amp;",
            '<' => shown += "&lt;",
            '>' => shown += "&gt;",
            // What GitHub looks for in the text of the finished page is torn in two.
            '@' | '$' => shown.extend(["<span>", c.encode_utf8(&mut [0; 4]), "</span>"]),
            ':' if rest.starts_with("//") => shown += "<span>:</span>",
            '.' if ends_with_www(before) => shown += "<span>.</span>",
            '#' if rest.starts_with(|c: char| c.is_ascii_digit()) => shown += "<span>#</span>",
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '|' | '#' => shown.extend(['\\', c]),
            _ => shown.push(c),
        }
    }
    shown
}

/// The same as text of XML or HTML.
#[must_use]
pub fn xml(text: &str) -> String {
    line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The same as a cell of a table that a spreadsheet may open: where it would be taken for a formula, an apostrophe stands before
/// it, which spreadsheets take for a sign of text. A number is none. Tabs remain.
#[must_use]
pub fn cell(text: &str) -> String {
    let text = text.split('\t').map(line).collect::<Vec<_>>().join("\t");
    let begins_formula = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let is_formula = begins_formula && text.trim().parse::<f64>().is_err();
    if is_formula { format!("'{text}") } else { text }
}

/// The same as one word of a command line, in quotes where a shell would take it for something else: in double ones, which the
/// shells of Windows know, too, unless something within would still mean something there.
#[must_use]
pub fn typed(text: &str) -> String {
    let text = line(text);
    let is_plain = |c: char| c.is_alphanumeric() || "_-./:=+,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text
    } else if text.contains(['"', '$', '`', '!', '\\']) {
        shell_words::quote(&text).into_owned()
    } else {
        format!("\"{text}\"")
    }
}

/// The message of a workflow command of GitHub's.
#[must_use]
pub fn annotation(text: &str) -> String {
    line(text).replace('%', "%25")
}

/// JSON that reads back as the same, with the same characters spelt out as in `\u001b`.
#[must_use]
pub fn json(json: &str) -> String {
    spell_out(json, |c, shown| {
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(shown, "\\u{unit:04x}");
        }
    })
}

/// Whether a character would do something to a line rather than stand in it.
#[must_use]
pub fn is_active(c: char) -> bool {
    let is_noncharacter = matches!(c as u32 & 0xffff, 0xfffe | 0xffff) || matches!(c, '\u{fdd0}'..='\u{fdef}');
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let ends_line = matches!(c, '\u{2028}' | '\u{2029}');
    let is_hidden = matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    c.is_control() || turns || ends_line || is_hidden || is_noncharacter
}

/// Whether a text begins what a log of CI takes for a command: `::` at the beginning of a word, which a line may begin with, or
/// `##[` and `##vso[` anywhere.
fn speaks_to_ci(rest: &str, begins_word: bool) -> bool {
    let is_bracket = |name: &str| name.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('[');
    (begins_word && rest.starts_with("::")) || rest.strip_prefix("##").is_some_and(is_bracket)
}

fn spell_out(text: &str, spell: impl Fn(char, &mut String)) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut begins_word = true;
    for (i, c) in text.char_indices() {
        if is_active(c) || speaks_to_ci(&text[i..], begins_word) {
            spell(c, &mut shown);
        } else {
            shown.push(c);
        }
        begins_word = c.is_whitespace() || c.is_control();
    }
    shown
}

fn ends_with_www(text: &str) -> bool {
    let Some(before) = text.len().checked_sub(3).filter(|&at| text.is_char_boundary(at)) else { return false };
    text[before..].eq_ignore_ascii_case("www") && !text[..before].ends_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_text_passes_unchanged() {
        for text in ["len", "対照 Ωé", "t.py::test_a[x-1]", "a: b", "# 1", "50 %", "عربي", "👩‍🔬", "e\u{301}", "a::b ##"]
        {
            assert_eq!((line(text), json(text)), (text.to_owned(), text.to_owned()));
        }
        assert_eq!(cell("-1.5"), "-1.5");
        assert_eq!(cell("a=b"), "a=b");
    }

    #[test]
    fn what_is_typed_is_one_word_to_a_shell() {
        for (text, shown) in
            [("a-8/x:y", "a-8/x:y"), ("", "\"\""), ("after it", "\"after it\""), ("it's", "\"it's\""), ("a$b", "'a$b'")]
        {
            assert_eq!(typed(text), shown);
            assert_eq!(shell_words::split(shown).unwrap(), [text]);
        }
        assert_eq!(shell_words::split(&typed("it's \"$1\"")).unwrap(), ["it's \"$1\""]);
    }

    #[test]
    fn what_moves_a_terminal_or_turns_a_line_is_spelt_out() {
        assert_eq!(line("a\tb\u{1b}[31m\u{202e}c"), "a\\tb\\u{1b}[31m\\u{202e}c");
        assert_eq!(line("\u{1b}]0;title\u{7}"), "\\u{1b}]0;title\\u{7}");
        assert_eq!(line("\u{9b}2J\u{2028}\u{200f}\u{fffe}"), "\\u{9b}2J\\u{2028}\\u{200f}\\u{fffe}");
    }

    #[test]
    fn what_speaks_to_ci_is_spelt_out_wherever_a_line_may_begin() {
        assert_eq!(line("::error::x"), "\\u{3a}:error::x");
        assert_eq!(line("a ::set-output name=b::c"), "a \\u{3a}:set-output name=b::c");
        assert_eq!(line("a\n::error::x"), "a\\n\\u{3a}:error::x");
        assert_eq!(line("a##[error]b ##vso[task.complete]"), "a\\u{23}#[error]b \\u{23}#vso[task.complete]");
    }

    #[test]
    fn markdown_shows_it_as_it_is() {
        assert_eq!(markdown("a*b_c|d<e>&f"), "a\\*b\\_c\\|d&lt;e&gt;&amp;f");
        assert_eq!(markdown("@user $x$"), "<span>@</span>user <span>$</span>x<span>$</span>");
        assert_eq!(markdown("https://a.b www.c.d #1"), "https<span>:</span>//a.b www<span>.</span>c.d <span>#</span>1");
        assert_eq!(markdown("[x](y) # z"), "\\[x\\](y) \\# z");
    }

    #[test]
    fn cells_are_no_formulas() {
        for (text, shown) in
            [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+cells", "'+cells"), ("-mean(x)", "'-mean(x)")]
        {
            assert_eq!(cell(text), shown);
        }
    }

    proptest! {
        #[test]
        fn nothing_active_passes_and_the_door_is_passed_once(text: String) {
            for shown in [line(&text), markdown(&text), xml(&text), cell(&text).replace('\t', " "), annotation(&text)] {
                prop_assert!(!shown.contains(is_active), "{shown:?}");
                prop_assert!(!shown.split_whitespace().any(|word| word.starts_with("::")), "{shown:?}");
            }
            prop_assert_eq!(line(&line(&text)), line(&text));
        }

        #[test]
        fn json_reads_back_as_it_was(text: String) {
            let shown = json(&serde_json::to_string(&text).unwrap());
            prop_assert!(!shown.contains(is_active));
            prop_assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
        }
    }
}
