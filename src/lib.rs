//! The permutation test.

pub mod design;
pub mod error;
pub mod inference;
pub mod method;
pub mod sampling;
pub mod simd;
pub mod statistic;

#[cfg(feature = "cli")]
pub mod distribution;
#[cfg(feature = "cli")]
pub mod input;
#[cfg(feature = "cli")]
pub mod output;
#[cfg(feature = "cli")]
pub mod progress;
#[cfg(feature = "cli")]
pub mod report;
#[cfg(feature = "cli")]
pub mod settings;
