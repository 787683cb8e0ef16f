//! How the null distribution is computed. `src/method/README.md` describes each method, with sources.

pub mod bins;
pub mod bootstrap;
pub mod engine;
pub mod estimate;
pub mod exact;
mod expensive;
pub(crate) mod foresight;
pub mod histogram;
pub mod importance;
pub mod inversion;
pub mod joint;
mod lossless;
pub mod monte_carlo;
pub mod planner;
pub mod sequential;
pub mod splitting;
pub mod tail;
pub mod tally;
