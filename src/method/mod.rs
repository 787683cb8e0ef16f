//! How the null distribution is got.

pub mod engine;
pub mod exact;
pub mod monte_carlo;
pub mod planner;
pub mod tail;
pub mod tally;
