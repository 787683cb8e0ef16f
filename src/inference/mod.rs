//! From counts to conclusions: which labellings are as extreme as the observed one, how likely that is, how sure we are.

pub mod adjust;
pub mod attainable;
mod binomial;
pub mod bootstrap_interval;
pub mod classical;
pub mod count;
pub mod diagnostics;
pub mod effect;
pub mod gate;
pub mod interval;
pub mod margin;
pub mod normal;
pub mod p_value;
pub mod sample_shape;
pub mod spread;
pub mod summary;
pub mod warning;

use crate::error::Error;
use crate::method::inversion::Beyond;
use crate::method::tail::Tail;

/// What the alternative hypothesis says about case − control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alternative {
    /// It differs from the null value in either direction.
    #[default]
    TwoSided,
    /// It is greater.
    Greater,
    /// It is less.
    Less,
}

impl Alternative {
    /// The name used in options and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TwoSided => "two-sided",
            Self::Greater => "greater",
            Self::Less => "less",
        }
    }
}

/// How two tails become one two-sided p-value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TwoSidedRule {
    /// Labellings whose statistic is at least as far from the null centre as the observed one, on either side.
    #[default]
    Absolute,
    /// Twice the smaller tail, at most 1.
    Doubled,
    /// The upper tail alone: for distances, which are never negative and large where the samples differ either way.
    UpperTail,
}

impl Alternative {
    /// The part of the null distribution that its p-value measures, given a rule for two sides.
    #[must_use]
    pub fn tail(self, rule: TwoSidedRule) -> Tail {
        match (self, rule) {
            (_, TwoSidedRule::UpperTail) | (Self::Greater, _) => Tail::Upper,
            (Self::Less, _) => Tail::Lower,
            (Self::TwoSided, TwoSidedRule::Absolute) => Tail::Absolute,
            (Self::TwoSided, TwoSidedRule::Doubled) => Tail::Doubled,
        }
    }
}

impl Alternative {
    /// What an interval leaves out beyond its ends: the same on both sides or, for a one-sided alternative, all of it on the
    /// side that the alternative points away from.
    ///
    /// # Errors
    /// [`Error::Data`] for a confidence that does not lie between 0 and 1.
    pub fn beyond(self, confidence: f64) -> Result<Beyond, Error> {
        Beyond::of(self.tail(TwoSidedRule::Doubled), confidence)
    }
}

impl TwoSidedRule {
    /// The name used in options and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Absolute => "absolute",
            Self::Doubled => "doubled",
            Self::UpperTail => "upper-tail",
        }
    }
}

serialise_as!(name: Alternative, TwoSidedRule);
