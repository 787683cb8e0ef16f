//! Statistics as the user writes them: the language of expressions in `x` and `y`, or in columns.
//!
//! `mean(x) / mean(y)` is a statistic, and so is `quantile(x, 0.9)`, whose difference case − control is tested. This
//! room reads such a text, checks that it means something, and hands on the tree; it computes nothing.
//!
//! | | |
//! |---|---|
//! | values | `x` (case), `y` (control), `pooled` (all); or columns by their names, in back-quotes if these are no identifiers |
//! | numbers | `3`, `.9`, `1e-3`; `pi`, `e` |
//! | comparisons | `<` `<=` `>` `>=` `==` `!=`: 1 where they hold, else 0; they do not chain |
//! | arithmetic | `+` `-`, then `*` `/`, then the minus sign, then `^` (from right to left: `-2^2` is −4) |
//! | for each value | `log` `log2` `log10` `log1p` `exp` `sqrt` `abs` `rank`; `pow(a, b)` is `a ^ b` |
//! | of many values | `mean` `median` `sum` `var` `sd` `min` `max` `n`, `quantile(v, p)`, `trimmed_mean(v, q)` |
//!
//! The parameters `p`, from 0 to 1, and `q`, from 0 to below 0.5, are numbers or arithmetic of numbers.
//!
//! A part of an expression is one number or many values. Numbers combine with anything; values combine one by one with
//! values of the same observations, and `x` with `y` where each case has its control: `mean(abs(x - y))` needs a paired
//! design, as [`Parsed::pairing`] says. A function of many values makes one number of them, and the whole must be
//! one number.
//!
//! An expression in columns is a summary of each group: `sum(revenue) / sum(sessions)`. Columns stand for the rows of the
//! group, so that they combine value by value, and not beside `x`, `y` and `pooled`, the values of the one tested column.
//!
//! Texts are short: at most [`MOST_CHARACTERS`] characters, and at most [`DEEPEST_NESTING`] parentheses, minus signs
//! and exponents within one another, so that no text exhausts the stack.

pub mod arithmetic;
pub mod behaviour;
mod check;
mod columns;
mod compile;
pub mod evaluate;
mod names;
mod pairs;
mod parse;
mod syntax;
mod syntax_error;
mod token;

pub use columns::NamedColumn;
pub use syntax::{Binary, Column, Expression, Reducer, Unary, Variable};
pub use syntax_error::SyntaxError;

use syntax_error::{Problem, Span};

/// The longest text that is read.
pub const MOST_CHARACTERS: usize = 1000;
/// The most parentheses, minus signs and exponents within one another.
pub const DEEPEST_NESTING: usize = 50;

/// An expression that can be a statistic.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// Its tree.
    pub expression: Expression,
    /// What is tested.
    pub kind: Kind,
    /// Whether each case must have its control.
    pub pairing: Pairing,
    /// The expression written in one way for all, the text of [`Expression`], or its name in the catalogue.
    pub canonical: String,
    /// What people call it, if it has a name.
    pub title: Option<String>,
    /// The columns that it names; none for one in `x` and `y`.
    pub columns: Vec<NamedColumn>,
}

/// What an expression is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In `x` or columns alone: the difference case − control is tested.
    Summary,
    /// In `x` and `y`.
    TwoSample,
}

/// Whether an expression combines `x` and `y` value by value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pairing {
    /// It does, and has a meaning in a paired design only.
    Needed,
    /// It does not.
    NotNeeded,
}

/// Reads an expression and checks that it can be a statistic.
///
/// ```
/// use permtest::statistic::expression::{Kind, parse};
///
/// let ratio = parse("mean(x)/mean(y)").unwrap();
/// assert_eq!(ratio.canonical, "mean(x) / mean(y)");
/// assert_eq!(ratio.kind, Kind::TwoSample);
///
/// let error = parse("maen(x)").unwrap_err();
/// assert_eq!(error.caret(), "maen(x)\n^^^^");
/// assert_eq!(error.remedy, "did you mean mean?");
/// ```
///
/// # Errors
///
/// A text that is empty, too long, nested too deeply or no expression, and an expression without a meaning: one that
/// gives many values, mixes values that do not belong together, or names no values at all.
pub fn parse(text: &str) -> Result<Parsed, SyntaxError> {
    if let Some((end, _)) = text.char_indices().nth(MOST_CHARACTERS) {
        let what = format!("the expression has more than {MOST_CHARACTERS} characters");
        let problem = Problem::new(Span { start: end, end }, what, "write a shorter one");
        return Err(problem.in_text(&text[..end]));
    }
    read(text).map_err(|problem| problem.in_text(text))
}

fn read(text: &str) -> Result<Parsed, Problem> {
    let (whole, columns) = parse::read(text)?;
    let kind = check::kind(&whole)?;
    let canonical = whole.expression.to_string();
    let columns = columns.into_iter().map(|(name, span)| NamedColumn::new(name, span, text)).collect();
    Ok(Parsed { expression: whole.expression, kind, pairing: whole.pairing, canonical, title: None, columns })
}
