//! What a user asks to be tested: a statistic of the catalogue or an expression, and what follows from the choice.

use std::fmt;
use std::str::FromStr;

use super::catalogue::{Kind, Named, NotNamed, Prepared};
use super::distance::Side;
use super::problem::Problem;
use crate::error::Error;

/// A statistic by its name or as an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Definition {
    /// One of the catalogue.
    Named(Named),
}

impl Definition {
    /// Reads a name of the catalogue or an expression.
    ///
    /// # Errors
    /// [`Error::Usage`] for what is neither.
    pub fn parse(text: &str) -> Result<Self, Error> {
        match Named::parse(text) {
            Ok(named) => Ok(Self::Named(named)),
            Err(NotNamed::Parameter { what, remedy }) => Err(Error::usage(what, remedy)),
            Err(NotNamed::Unknown) => Err(Error::usage(format!("{text:?} is no statistic"), "see permtest statistics")),
        }
    }

    /// What it is made of.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Named(named) => named.kind(),
        }
    }

    /// Whether exchanging the samples turns the statistic into its opposite, or leaves a distance as it is. Then 0 is the
    /// natural centre of a difference.
    #[must_use]
    pub fn mirrors_its_samples(&self) -> bool {
        match self {
            Self::Named(_) => true,
        }
    }

    /// Whether it compares means and takes the spread of both groups for the same.
    #[must_use]
    pub fn compares_means(&self) -> bool {
        matches!(self, Self::Named(Named::Mean | Named::T))
    }

    /// Prepares it for a problem.
    ///
    /// # Errors
    /// [`Error::Data`] for values or a design on which it is not defined.
    pub fn prepare<'a>(&self, problem: &'a Problem, side: Side) -> Result<Prepared<'a>, Error> {
        match self {
            Self::Named(named) => named.prepare(problem, side),
        }
    }
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(named) => named.fmt(f),
        }
    }
}

impl FromStr for Definition {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}
