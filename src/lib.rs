//! The permutation test.

pub mod design;
pub mod error;
pub mod inference;

#[cfg(feature = "cli")]
pub mod input;
#[cfg(feature = "cli")]
pub mod report;
#[cfg(feature = "cli")]
pub mod settings;
