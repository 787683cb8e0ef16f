//! What is wrong with an expression, where, and what to write instead.

use winnow::error::ParserError;
use winnow::stream::{Location, Stream};

/// An expression that cannot be read, with its remedy.
///
/// `Display` gives one line; [`SyntaxError::caret`] shows the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the statistic: {what} at character {} of {text:?}; {remedy}", self.character())]
pub struct SyntaxError {
    /// The expression, as far as it was read.
    pub text: String,
    /// Where the fault begins: a byte offset at the boundary of a character.
    pub start: usize,
    /// Where it ends, likewise; equal to `start` where something is missing.
    pub end: usize,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub remedy: String,
}

impl SyntaxError {
    /// The expression on a line of its own, and below it a line with `^` under each character of the fault.
    ///
    /// Line breaks, tabs and other control characters become spaces, so that the two lines stay two and aligned.
    #[must_use]
    pub fn caret(&self) -> String {
        let line: String = self.text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let width = self.text[self.start..self.end].chars().count().max(1);
        format!("{line}\n{}{}", " ".repeat(self.character() - 1), "^".repeat(width))
    }

    /// The number of the character at which the fault begins, counted from 1.
    #[must_use]
    pub fn character(&self) -> usize {
        self.text[..self.start].chars().count() + 1
    }
}

/// A part of the text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// From the beginning of one part to the end of another.
    pub fn to(self, last: Self) -> Self {
        Self { start: self.start, end: last.end }
    }
}

/// A syntax error whose text is known to the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub span: Span,
    pub what: String,
    pub remedy: String,
}

impl Problem {
    pub fn new(span: Span, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { span, what: what.into(), remedy: remedy.into() }
    }

    /// The same with the text that it is about.
    pub fn in_text(self, text: &str) -> SyntaxError {
        let Span { start, end } = self.span;
        SyntaxError { text: text.to_owned(), start, end, what: self.what, remedy: self.remedy }
    }
}

/// No rule of the grammar tries again elsewhere after a problem: what follows is always known from the next character
/// or token, and the parsers of the library only ever fail where that look ahead is allowed to.
impl<I: Stream + Location> ParserError<I> for Problem {
    type Inner = Self;

    fn from_input(input: &I) -> Self {
        let at = input.current_token_start();
        Self::new(Span { start: at, end: at }, "the expression does not go on like this", "leave out what follows")
    }

    fn into_inner(self) -> Result<Self, Self> {
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str, part: &str) -> SyntaxError {
        let start = text.find(part).unwrap();
        Problem::new(Span { start, end: start + part.len() }, "a fault", "mend it").in_text(text)
    }

    #[test]
    fn the_caret_counts_characters_and_not_bytes() {
        assert_eq!(error("größe(x)", "x").caret(), "größe(x)\n      ^");
        assert_eq!(error("größe(x)", "größe").caret(), "größe(x)\n^^^^^");
    }

    #[test]
    fn a_missing_part_has_one_caret() {
        assert_eq!(error("mean(x", "").caret(), "mean(x\n^");
        let end = Problem::new(Span { start: 6, end: 6 }, "a fault", "mend it").in_text("mean(x");
        assert_eq!(end.caret(), "mean(x\n      ^");
    }

    #[test]
    fn an_expression_of_several_lines_is_shown_on_one() {
        let error = error("mean(x)\n\t- z", "z");
        assert_eq!(error.caret(), "mean(x)  - z\n           ^");
        assert_eq!(
            error.to_string(),
            r#"cannot read the statistic: a fault at character 12 of "mean(x)\n\t- z"; mend it"#
        );
    }
}
