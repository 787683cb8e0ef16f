//! Files → the two samples.

pub mod dataset;
mod number;
mod source;
mod table;

pub use dataset::{DEFAULT_MISSING_TOKENS, read};
