//! The permutation test.

pub mod error;
pub mod inference;

#[cfg(feature = "cli")]
pub mod app;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod input;
#[cfg(feature = "cli")]
pub mod report;
#[cfg(feature = "cli")]
pub mod settings;
#[cfg(feature = "cli")]
pub mod signals;
