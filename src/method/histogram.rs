//! The shape of a null distribution.

use serde::Serialize;

/// How the statistic is distributed over the labellings, in bins.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Histogram {
    /// The bounds of the bins in units of the statistic, ascending: one more than there are bins. A bin holds what lies at
    /// its lower bound or above it, and below its upper one.
    pub edges: Vec<f64>,
    /// The share of the labellings in each bin.
    pub shares: Vec<f64>,
    /// The share of the labellings that are in each bin and count as extreme; of two doubled tails, those of one.
    pub extreme: Vec<f64>,
    /// The share below the first bin.
    pub below: f64,
    /// The share beyond the last bin.
    pub above: f64,
    /// How many labellings were counted below the first bin, in each bin, and beyond the last one; `None` where shares were
    /// computed otherwise.
    pub counts: Option<Vec<u64>>,
}

impl Histogram {
    /// The mean of the statistic, as far as the bins show.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let middles = self.edges.windows(2).map(|edges| edges[0].midpoint(edges[1]));
        let [mass, moment] = self
            .shares
            .iter()
            .zip(middles)
            .filter(|(share, _)| **share > 0.0)
            .fold([0.0, 0.0], |[mass, moment], (share, middle)| [mass + share, moment + share * middle]);
        if mass > 0.0 { moment / mass } else { 0.0 }
    }
}
