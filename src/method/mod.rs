//! How the null distribution is got.

pub mod engine;
pub mod enumeration;
pub mod monte_carlo;
pub mod planner;
pub mod splitting;
pub mod tally;
