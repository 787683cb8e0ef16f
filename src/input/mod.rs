//! Files → the two samples.

pub mod dataset;
pub mod number;
pub mod table;
