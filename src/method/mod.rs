//! How the null distribution is got.

pub mod engine;
pub mod enumeration;
pub mod importance;
pub mod monte_carlo;
pub mod planner;
pub mod tally;
