//! Designs: which labellings are equally likely under the null hypothesis, and how many of them there are.

pub mod combinations;
pub mod two_sample;

pub use two_sample::TwoSample;

/// The number of labellings of a design: from 1 to far beyond what a float can hold.
///
/// The same bits on every machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReferenceSetSize {
    /// Its decimal logarithm, always finite, to 12 digits or better.
    pub log10: f64,
    /// The number itself, where it fits.
    pub exact: Option<u128>,
    /// The number as a float: the nearest one where `exact` is known, else to 12 digits; `None` beyond the range of f64.
    pub approximate: Option<f64>,
}
