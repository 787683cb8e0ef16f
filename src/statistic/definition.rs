//! What a user asks to be tested: a statistic of the catalogue or an expression, and what follows from the choice.

use std::fmt;
use std::str::FromStr;

use super::catalogue::{CATALOGUE, Kind, Named, NotNamed, Prepared};
use super::distance::Side;
use super::expression::{self, Parsed};
use super::problem::Problem;
use crate::error::Error;

/// A statistic by its name or as an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Definition {
    /// One of the catalogue.
    Named(Named),
    /// An expression.
    Expression(Parsed),
}

impl Definition {
    /// Reads a name of the catalogue or an expression.
    ///
    /// # Errors
    /// [`Error::Usage`] for a wrong parameter, [`Error::Expression`] for what is neither.
    pub fn parse(text: &str) -> Result<Self, Error> {
        match Named::parse(text) {
            Ok(named) => Ok(Self::Named(named)),
            Err(NotNamed::Parameter { what, remedy }) => Err(Error::usage(format!("--statistic: {what}"), remedy)),
            Err(NotNamed::Unknown) if is_a_name(text) => {
                let near = |named: &Named| strsim::jaro_winkler(named.name(), text) > 0.8;
                let guess = CATALOGUE.iter().map(|entry| entry.named).filter(near).max_by(|a, b| {
                    let likeness = |named: &Named| strsim::jaro_winkler(named.name(), text);
                    likeness(a).total_cmp(&likeness(b))
                });
                let guess = guess.map(|named| format!("did you mean {named}? ")).unwrap_or_default();
                let what = format!("--statistic {text} is not known");
                Err(Error::usage(what, format!("{guess}permtest statistics lists the names")))
            }
            Err(NotNamed::Unknown) => {
                expression::parse(text).map(Self::Expression).map_err(|error| Error::Expression {
                    what: format!("--statistic: {} (character {})", error.what, error.character()),
                    caret: error.caret(),
                    remedy: error.remedy,
                })
            }
        }
    }

    /// What it is made of.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Named(named) => named.kind(),
            Self::Expression(parsed) => match parsed.kind {
                expression::Kind::Summary => Kind::Summary,
                expression::Kind::TwoSample => Kind::TwoSample,
            },
        }
    }

    /// Whether exchanging the samples turns the statistic into its opposite, or leaves a distance as it is. Then 0 is the
    /// natural centre of a difference.
    #[must_use]
    pub fn mirrors_its_samples(&self) -> bool {
        match self {
            Self::Named(_) => true,
            Self::Expression(parsed) => parsed.is_a_difference(),
        }
    }

    /// Whether it compares means and takes the spread of both groups for the same.
    #[must_use]
    pub fn compares_means(&self) -> bool {
        matches!(self, Self::Named(Named::Mean | Named::T))
    }

    /// Whether it compares case and control within strata, where there are some, and not the pooled groups.
    #[must_use]
    pub fn compares_within_strata(&self) -> bool {
        matches!(self, Self::Named(named) if named.compares_within_strata())
    }

    /// Prepares it for a problem.
    ///
    /// # Errors
    /// [`Error::Data`] for values or a design on which it is not defined.
    pub fn prepare<'a>(&self, problem: &'a Problem, side: Side) -> Result<Prepared<'a>, Error> {
        match self {
            Self::Named(named) => named.prepare(problem, side),
            Self::Expression(parsed) => parsed.prepare(problem),
        }
    }
}

/// Whether a text reads like a name of the catalogue rather than an expression.
fn is_a_name(text: &str) -> bool {
    let name = text.trim().split(':').next().unwrap_or_default();
    let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    is_word && name.starts_with(|c: char| c.is_ascii_alphabetic()) && !["x", "y", "pooled", "pi", "e"].contains(&name)
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(named) => named.fmt(f),
            Self::Expression(parsed) => f.write_str(&parsed.canonical),
        }
    }
}

impl FromStr for Definition {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}
