//! The numbers by which a reader recognises a sample: size, mean, standard deviation, median, extremes.

/// Descriptive statistics of one group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Number of observations.
    pub n: u64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Standard deviation with denominator n − 1; `None` for a single observation.
    pub sd: Option<f64>,
    /// Median: the mean of the two middle values when n is even.
    pub median: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
}
