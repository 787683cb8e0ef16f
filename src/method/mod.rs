//! How the null distribution is got.

pub mod engine;
pub mod monte_carlo;
pub mod tally;
