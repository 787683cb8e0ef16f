//! Tokens → a checked expression, by recursive descent: one function for each strength of binding.
//!
//! ```text
//! comparison = sum [("<" | "<=" | ">" | ">=" | "==" | "!=") sum]
//! sum        = product {("+" | "-") product}
//! product    = factor {("*" | "/") factor}
//! factor     = "-" factor | power
//! power      = operand ["^" factor]
//! operand    = number | name | "`" name "`" | name "(" comparison {"," comparison} ")" | "(" comparison ")"
//! ```
//!
//! The next token always decides the way, so nothing is read twice and every problem is said where it stands.

use winnow::Parser;
use winnow::combinator::opt;
use winnow::stream::{Stateful, Stream, TokenSlice};
use winnow::token::any;

use super::DEEPEST_NESTING;
use super::check::{self, Term};
use super::names::{Function, Word, remedy_for_unknown};
use super::syntax::{Binary, Reducer, Unary};
use super::syntax_error::{Problem, Span};
use super::token::{Token, TokenKind, tokens};

/// The tokens that are left.
type Tokens<'t> = Stateful<TokenSlice<'t, Token<'t>>, State>;

#[derive(Debug, Clone, Copy)]
struct State {
    /// How many parts are open around the next token.
    depth: usize,
    /// Whether a name that is no word is that of a column: not beside the values of the one tested column.
    has_columns: bool,
}

const COMPARISONS: [Binary; 6] =
    [Binary::Less, Binary::LessEqual, Binary::Greater, Binary::GreaterEqual, Binary::Equal, Binary::NotEqual];

/// Reads a whole text as one expression, and lists the names in it that are no words, which are columns.
pub(super) fn read(text: &str) -> Result<(Term, Vec<(String, Span)>), Problem> {
    let tokens = tokens(text)?;
    if let [end] = tokens.as_slice() {
        return Err(Problem::new(end.span, "the expression is empty", "write for example mean(x) - mean(y)"));
    }
    let is_variable = |token: &Token| matches!(word(token), Some(Word::Variable(_)));
    let state = State { depth: 0, has_columns: !tokens.iter().any(is_variable) };
    let mut input = Tokens { input: TokenSlice::new(&tokens), state };
    let whole = comparison(&mut input)?;
    let last = next(&mut input)?;
    if last.kind == TokenKind::End { Ok((whole, columns(&tokens))) } else { Err(surplus(&input, last)) }
}

/// The columns that the tokens of an expression name, each once.
fn columns(tokens: &[Token]) -> Vec<(String, Span)> {
    let mut columns: Vec<(String, Span)> = Vec::new();
    for token in tokens.iter().filter(|token| matches!(token.kind, TokenKind::Name | TokenKind::Quoted)) {
        if word(token).is_none() && !columns.iter().any(|(name, _)| name == token.text) {
            columns.push((token.text.to_owned(), token.span));
        }
    }
    columns
}

/// The word of the language that a token is.
fn word(token: &Token) -> Option<Word> {
    if token.kind == TokenKind::Name { Word::find(token.text) } else { None }
}

fn comparison(input: &mut Tokens<'_>) -> Result<Term, Problem> {
    let left = sum(input)?;
    let Some((comparison, _)) = operator(input, &COMPARISONS)? else { return Ok(left) };
    let right = sum(input)?;
    if let Some((_, second)) = operator(input, &COMPARISONS)? {
        let remedy = "use parentheses, as in (a < b) * (b < c) where both shall hold";
        return Err(Problem::new(second, "comparisons do not chain", remedy));
    }
    check::binary(comparison, left, right)
}

fn sum(input: &mut Tokens<'_>) -> Result<Term, Problem> {
    left_to_right(input, &[Binary::Add, Binary::Subtract], product)
}

fn product(input: &mut Tokens<'_>) -> Result<Term, Problem> {
    left_to_right(input, &[Binary::Multiply, Binary::Divide], factor)
}

/// Operands joined by operators of the same strength.
fn left_to_right(
    input: &mut Tokens<'_>,
    operators: &[Binary],
    operand: fn(&mut Tokens<'_>) -> Result<Term, Problem>,
) -> Result<Term, Problem> {
    let mut left = operand(input)?;
    while let Some((operator, _)) = operator(input, operators)? {
        left = check::binary(operator, left, operand(input)?)?;
    }
    Ok(left)
}

fn factor(input: &mut Tokens<'_>) -> Result<Term, Problem> {
    let Some((_, minus)) = operator(input, &[Binary::Subtract])? else { return power(input) };
    let operand = nested(input, minus, factor)?;
    let span = minus.to(operand.span);
    check::unary(Unary::Negate, operand, span)
}

fn power(input: &mut Tokens<'_>) -> Result<Term, Problem> {
    let base = operand(input)?;
    let Some((power, sign)) = operator(input, &[Binary::Power])? else { return Ok(base) };
    check::binary(power, base, nested(input, sign, factor)?)
}

fn operand(input: &mut Tokens<'_>) -> Result<Term, Problem> {
    let token = next(input)?;
    match token.kind {
        TokenKind::Number(value) => Ok(check::number(value, token.span)),
        TokenKind::Name | TokenKind::Quoted => named(input, token),
        TokenKind::Open => {
            let inner = nested(input, token.span, comparison)?;
            let close = close(input, token)?;
            Ok(Term { span: token.span.to(close), ..inner })
        }
        _ => Err(missing_operand(input, token)),
    }
}

/// What a name stands for, with its arguments if it is a function.
fn named(input: &mut Tokens<'_>, name: &Token<'_>) -> Result<Term, Problem> {
    let opening = opt(any.verify(|token: &Token<'_>| token.kind == TokenKind::Open)).parse_next(input)?;
    match (word(name), opening) {
        (Some(Word::Variable(variable)), None) => Ok(check::values(variable, name.span)),
        (Some(Word::Constant(constant)), None) => Ok(check::number(constant.value(), name.span)),
        (Some(Word::Function(function)), Some(opening)) => call(input, function, name, opening),
        (Some(Word::Function(function)), None) => {
            let what = format!("{} is a function", name.text);
            Err(Problem::new(name.span, what, format!("write it with its arguments, as in {}", function.example())))
        }
        (Some(_), Some(_)) => {
            let (what, remedy) = (format!("{} is no function", name.text), format!("write {} * (...)", name.text));
            Err(Problem::new(name.span, what, format!("{remedy} for a product")))
        }
        (None, None) if input.state.has_columns => Ok(check::column(name.text, name.span)),
        (None, _) => {
            let what = format!("{} is not known", name.text);
            Err(Problem::new(name.span, what, remedy_for_unknown(name.text)))
        }
    }
}

/// A function with its arguments, from behind the opening parenthesis.
fn call(input: &mut Tokens<'_>, function: Function, name: &Token<'_>, opening: &Token<'_>) -> Result<Term, Problem> {
    let arguments = arguments(input, function, name, opening)?;
    let span = arguments.call;
    match function {
        Function::Elementwise(function) => {
            let [operand] = arguments.exactly()?;
            check::unary(function, operand, span)
        }
        Function::Power => {
            let [base, exponent] = arguments.exactly()?;
            Ok(Term { span, ..check::binary(Binary::Power, base, exponent)? })
        }
        Function::Reduce(reducer) => {
            let [values] = arguments.exactly()?;
            check::reduce(reducer, values, span)
        }
        Function::Quantile => {
            let [values, level] = arguments.exactly()?;
            check::reduce(Reducer::Quantile(check::level(&level)?), values, span)
        }
        Function::TrimmedMean => {
            let [values, share] = arguments.exactly()?;
            check::reduce(Reducer::TrimmedMean(check::trimmed_share(&share)?), values, span)
        }
    }
}

/// The arguments of a call.
struct Arguments {
    function: Function,
    terms: Vec<Term>,
    /// From the function's name to the closing parenthesis.
    call: Span,
    /// The first comma between two digits, in case that there are too many arguments.
    decimal_comma: Option<Problem>,
}

fn arguments(
    input: &mut Tokens<'_>,
    function: Function,
    name: &Token<'_>,
    opening: &Token<'_>,
) -> Result<Arguments, Problem> {
    let (mut terms, mut decimal_comma) = (Vec::new(), None);
    while next_kind(input) != TokenKind::Close || !terms.is_empty() {
        terms.push(nested(input, opening.span, comparison)?);
        if next_kind(input) != TokenKind::Comma {
            break;
        }
        let comma = next(input)?;
        decimal_comma = decimal_comma.or_else(|| between_digits(input, comma));
    }
    let close = close(input, opening)?;
    Ok(Arguments { function, terms, call: name.span.to(close), decimal_comma })
}

impl Arguments {
    /// The arguments, if they are as many as the function takes.
    fn exactly<const TAKEN: usize>(self) -> Result<[Term; TAKEN], Problem> {
        let given = self.terms.len();
        let surplus = self.terms.get(TAKEN).map(|first| first.span.to(self.terms[given - 1].span));
        let Self { function, terms, call, decimal_comma } = self;
        terms.try_into().map_err(|_| {
            let noun = if TAKEN == 1 { "argument" } else { "arguments" };
            let what = format!("{} takes {TAKEN} {noun}, not {given}", function.name());
            let miscount =
                Problem::new(surplus.unwrap_or(call), what, format!("write for example {}", function.example()));
            decimal_comma.filter(|_| surplus.is_some()).unwrap_or(miscount)
        })
    }
}

/// A part inside of another one, unless too many are open already.
fn nested(
    input: &mut Tokens<'_>,
    opening: Span,
    part: fn(&mut Tokens<'_>) -> Result<Term, Problem>,
) -> Result<Term, Problem> {
    if input.state.depth == DEEPEST_NESTING {
        let what = format!("more than {DEEPEST_NESTING} levels are nested");
        return Err(Problem::new(opening, what, "write a simpler expression"));
    }
    input.state.depth += 1;
    let term = part(input)?;
    input.state.depth -= 1;
    Ok(term)
}

/// The parenthesis that closes an opening one.
fn close(input: &mut Tokens<'_>, opening: &Token<'_>) -> Result<Span, Problem> {
    let token = next(input)?;
    match token.kind {
        TokenKind::Close => Ok(token.span),
        TokenKind::End => Err(unclosed(opening)),
        _ => Err(surplus(input, token)),
    }
}

/// The next token; there always is one, since nothing goes on behind the end.
fn next<'t>(input: &mut Tokens<'t>) -> Result<&'t Token<'t>, Problem> {
    any.parse_next(input)
}

fn next_kind(input: &Tokens<'_>) -> TokenKind {
    input.peek_token().map_or(TokenKind::End, |token| token.kind)
}

/// The next token if it is one of these operators.
fn operator(input: &mut Tokens<'_>, operators: &[Binary]) -> Result<Option<(Binary, Span)>, Problem> {
    let one_of_them = |token: &Token<'_>| match token.kind {
        TokenKind::Operator(operator) if operators.contains(&operator) => Some((operator, token.span)),
        _ => None,
    };
    opt(any.verify_map(one_of_them)).parse_next(input)
}

/// The token before the one that was just taken.
fn before_last<'t>(input: &Tokens<'t>) -> Option<&'t Token<'t>> {
    input.input.previous_tokens().nth(1)
}

/// A token, just taken, where an operand should begin.
fn missing_operand(input: &Tokens<'_>, token: &Token<'_>) -> Problem {
    const REMEDY: &str = "write a number, x, y, pooled, a column or a function there";
    let before = before_last(input);
    match (before.map(|before| (before.kind, before)), token.kind) {
        (_, TokenKind::Operator(Binary::Add)) => Problem::new(token.span, "+ is no sign of a number", "leave it out"),
        (Some((TokenKind::Operator(_), operator)), _) => {
            Problem::new(operator.span, format!("{} has no value after it", operator.text), REMEDY)
        }
        (_, TokenKind::Operator(_)) => {
            Problem::new(token.span, format!("{} has no value before it", token.text), REMEDY)
        }
        (Some((TokenKind::Open, opening)), TokenKind::End) => unclosed(opening),
        (Some((TokenKind::Open, opening)), TokenKind::Close) => {
            Problem::new(opening.span.to(token.span), "there is nothing in these parentheses", REMEDY)
        }
        (Some((TokenKind::Comma, comma)), _) => {
            Problem::new(comma.span, "the comma has no argument after it", "leave out the comma, or write the argument")
        }
        (_, TokenKind::Comma) => Problem::new(
            token.span,
            "the comma has no argument before it",
            "leave out the comma, or write the argument",
        ),
        (_, TokenKind::Close) => closes_nothing(token),
        _ => Problem::new(token.span, "a value is missing", REMEDY),
    }
}

/// A token, just taken, where the expression was complete.
fn surplus(input: &Tokens<'_>, token: &Token<'_>) -> Problem {
    match token.kind {
        TokenKind::Close => closes_nothing(token),
        TokenKind::Comma => between_digits(input, token).unwrap_or_else(|| {
            let remedy = "give each function its own parentheses, and numbers a decimal point";
            Problem::new(token.span, "a comma stands only between the arguments of a function", remedy)
        }),
        _ => {
            let what = format!("an operator is missing before {}", token.text);
            Problem::new(token.span, what, "write + - * / ^ or a comparison between two values")
        }
    }
}

/// A comma, just taken, that stands between two digits as a decimal mark does.
fn between_digits(input: &Tokens<'_>, comma: &Token<'_>) -> Option<Problem> {
    let (before, after) = (before_last(input)?, input.peek_token()?);
    let is_literal = |token: &Token<'_>| matches!(token.kind, TokenKind::Number(_)) && !token.text.starts_with('.');
    let touches = before.span.end == comma.span.start && comma.span.end == after.span.start;
    (touches && is_literal(before) && is_literal(after)).then(|| {
        let (whole, decimals) = (before.text, after.text);
        let what = format!("{whole},{decimals} has a decimal comma");
        Problem::new(before.span.to(after.span), what, format!("write {whole}.{decimals}"))
    })
}

fn unclosed(opening: &Token<'_>) -> Problem {
    Problem::new(opening.span, "this ( is never closed", "write the ) that belongs to it")
}

fn closes_nothing(token: &Token<'_>) -> Problem {
    Problem::new(token.span, "this ) closes nothing", "leave it out, or write the ( that belongs to it")
}
