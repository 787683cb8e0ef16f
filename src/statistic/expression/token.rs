//! Text → tokens: numbers, names and signs, each with its place.

use winnow::ascii::digit1;
use winnow::combinator::{alt, dispatch, not, opt, peek, terminated};
use winnow::prelude::*;
use winnow::stream::{LocatingSlice, Location};
use winnow::token::{any, one_of, take_while};

use super::syntax::Binary;
use super::syntax_error::{Problem, Span};

/// A word or sign of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token<'t> {
    pub kind: TokenKind,
    /// As it was written; empty for the end.
    pub text: &'t str,
    pub span: Span,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum TokenKind {
    Number(f64),
    Name,
    /// A name in back-quotes, which are no part of the text.
    Quoted,
    /// A sign between two operands; the minus also stands before one.
    Operator(Binary),
    Open,
    Close,
    Comma,
    /// The end of the text, always the last token.
    End,
}

impl Location for Token<'_> {
    fn previous_token_end(&self) -> usize {
        self.span.end
    }

    fn current_token_start(&self) -> usize {
        self.span.start
    }
}

type Text<'t> = LocatingSlice<&'t str>;

/// Signs that belong to other languages, the longest first, and what to write here.
const LOOK_ALIKES: [(&str, &str); 28] = [
    ("**", "write ^ for a power"),
    ("=<", "write <="),
    ("=>", "write >="),
    ("<>", "write !="),
    ("&&", "multiply the comparisons instead, as in (a < b) * (b < c)"),
    ("||", "add the comparisons instead, as in (a < b) + (b < c) > 0"),
    ("=", "write == to compare"),
    ("!", "write != for unequal"),
    ("&", "multiply the comparisons instead, as in (a < b) * (b < c)"),
    ("|", "write abs(...) for the absolute value"),
    ("%", "write a percentage as a fraction, such as 0.05 for 5 %"),
    (":", "write an argument in parentheses, as in quantile(x, 0.9)"),
    (";", "write a comma between arguments"),
    ("[", "write ("),
    ("]", "write )"),
    ("{", "write ("),
    ("}", "write )"),
    ("≤", "write <="),
    ("≥", "write >="),
    ("≠", "write !="),
    ("−", "write the minus of the keyboard, -"),
    ("–", "write the minus of the keyboard, -"),
    ("×", "write *"),
    ("·", "write *"),
    ("÷", "write /"),
    ("√", "write sqrt(...)"),
    ("²", "write ^ 2"),
    ("³", "write ^ 3"),
];

/// The tokens of a text, the end included.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, Problem> {
    let mut input = Text::new(text);
    let mut tokens = Vec::new();
    loop {
        blank(&mut input)?;
        if input.is_empty() {
            let end = Span { start: text.len(), end: text.len() };
            tokens.push(Token { kind: TokenKind::End, text: "", span: end });
            return Ok(tokens);
        }
        tokens.push(token(&mut input)?);
    }
}

/// White space of any length.
fn blank(input: &mut Text<'_>) -> Result<(), Problem> {
    take_while(0.., char::is_whitespace).void().parse_next(input)
}

/// One token; its first character decides which kind it is of.
fn token<'t>(input: &mut Text<'t>) -> Result<Token<'t>, Problem> {
    let token = dispatch! { peek(any);
        '0'..='9' | '.' => number,
        '`' => quoted,
        c if is_letter(c) => take_while(1.., is_letter_or_digit).value(TokenKind::Name),
        _ => sign,
    };
    let ((kind, text), span) = token.with_taken().with_span().parse_next(input)?;
    let text = if kind == TokenKind::Quoted { text.trim_matches('`') } else { text };
    Ok(Token { kind, text, span: Span { start: span.start, end: span.end } })
}

/// A name in back-quotes.
fn quoted(input: &mut Text<'_>) -> Result<TokenKind, Problem> {
    let start = input.current_token_start();
    let (_, name, close) = ('`', take_while(0.., |c| c != '`'), opt('`')).parse_next(input)?;
    let span = Span { start, end: start + 1 };
    match (name.trim(), close) {
        (_, None) => Err(Problem::new(span, "this ` is never closed", "write another one behind the name")),
        ("", _) => {
            let span = Span { end: input.current_token_start(), ..span };
            Err(Problem::new(span, "there is no name between these back-quotes", "write that of a column"))
        }
        _ => Ok(TokenKind::Quoted),
    }
}

pub(super) fn is_letter(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

pub(super) fn is_letter_or_digit(c: char) -> bool {
    is_letter(c) || c.is_ascii_digit()
}

/// `3`, `.9`, `1e-3`; whatever sticks to it belongs to it, so that `1_000` and `2x` are refused as they stand.
fn number(input: &mut Text<'_>) -> Result<TokenKind, Problem> {
    let digits = take_while(1.., |c: char| c.is_ascii_digit() || c == '.');
    let exponent = (one_of(['e', 'E']), opt(one_of(['+', '-'])), digit1);
    let rest = take_while(0.., |c| is_letter_or_digit(c) || c == '.');
    let (((literal, rest), text), span) =
        ((digits, opt(exponent)).take(), rest).with_taken().with_span().parse_next(input)?;
    let span = Span { start: span.start, end: span.end };
    let value = literal.parse().ok().filter(|_| rest.is_empty());
    let value = value.ok_or_else(|| {
        let remedy = "write numbers like 3, 0.9 or 1e-3, and products like 2 * x";
        Problem::new(span, format!("{text} is not a number"), remedy)
    })?;
    finite(value, literal, span).map(TokenKind::Number)
}

/// The value of a literal, unless it lies beyond the range of doubles.
fn finite(value: f64, literal: &str, span: Span) -> Result<f64, Problem> {
    let mantissa = literal.split(['e', 'E']).next().unwrap_or(literal);
    let is_zero = mantissa.bytes().all(|b| matches!(b, b'0' | b'.'));
    if value.is_infinite() {
        return Err(Problem::new(span, format!("{literal} is too large"), "write a number below 1.7e308"));
    }
    if value == 0.0 && !is_zero {
        return Err(Problem::new(span, format!("{literal} is too close to 0"), "write 0, or a number above 1e-307"));
    }
    Ok(value)
}

/// An operator, a parenthesis or the comma.
fn sign(input: &mut Text<'_>) -> Result<TokenKind, Problem> {
    let comparison = alt((
        "<=".value(Binary::LessEqual),
        ">=".value(Binary::GreaterEqual),
        "==".value(Binary::Equal),
        "!=".value(Binary::NotEqual),
        terminated('<', not('>')).value(Binary::Less),
        '>'.value(Binary::Greater),
    ));
    let arithmetic = alt((
        '+'.value(Binary::Add),
        '-'.value(Binary::Subtract),
        terminated('*', not('*')).value(Binary::Multiply),
        '/'.value(Binary::Divide),
        '^'.value(Binary::Power),
    ));
    let sign = alt((
        alt((comparison, arithmetic)).map(TokenKind::Operator),
        '('.value(TokenKind::Open),
        ')'.value(TokenKind::Close),
        ','.value(TokenKind::Comma),
    ));
    let start = input.current_token_start();
    match opt(sign).parse_next(input)? {
        Some(kind) => Ok(kind),
        None => Err(foreign(start, input)),
    }
}

/// A character that no token begins with.
fn foreign(start: usize, rest: &str) -> Problem {
    let look_alike = LOOK_ALIKES.into_iter().find(|(sign, _)| rest.starts_with(sign));
    if let Some((sign, remedy)) = look_alike {
        return Problem::new(Span { start, end: start + sign.len() }, format!("{sign} has no meaning"), remedy);
    }
    let c = rest.chars().next().unwrap_or_default();
    let span = Span { start, end: start + c.len_utf8() };
    Problem::new(span, format!("{c:?} has no meaning"), "use numbers, names, parentheses and + - * / ^")
}
