//! A p-value that was estimated otherwise than by counting equally likely labellings.

use serde::Serialize;

use super::splitting;

/// The estimate, and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The p-value, above 0.
    pub p: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Labellings that were drawn, for all tails and replicates.
    pub draws: u64,
    /// Where the standard error comes from.
    pub spread: Spread,
}

/// Whose spread gives the standard error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spread {
    /// That of the weights of many draws.
    Weights {
        /// As many draws of equal weight would say as much.
        effective_sample_size: f64,
        /// The same p-value by the saddlepoint approximation, where there is one.
        saddlepoint: Option<f64>,
    },
    /// That of a few independent estimates.
    Replicates {
        /// Their number.
        replicates: u64,
        /// Of those, how many found nothing extreme.
        extinct: u64,
        /// Levels that each climbed.
        levels: usize,
        /// The tail that they climbed.
        tail: splitting::Tail,
    },
}

impl Estimate {
    /// The standard error as a share of the p-value.
    #[must_use]
    pub fn relative_error(&self) -> f64 {
        self.standard_error / self.p
    }
}
