//! What it costs to draw a labelling and to compute its statistic, in nominal nanoseconds: measured on one core of a machine
//! with vectors of 256 bits, and meant to be right within a factor of two or so against each other.

use super::CostModel;
use crate::design::Exchange;
use crate::method::splitting::ExpectedWork;
use crate::statistic::EvaluationCost;

/// Moving a labelling in splitting, and exchanging two labels.
const MOVE: f64 = 60.0;
const CHANGE: f64 = 30.0;

impl CostModel<'_> {
    /// Nominal seconds for one random labelling.
    #[must_use]
    pub fn labelling(&self) -> f64 {
        1e-9 * (self.drawing() + self.evaluation())
    }

    fn drawing(&self) -> f64 {
        let units = self.design.units().len() as f64;
        match self.design.exchange() {
            Exchange::Subsets(strata) if strata.len() > 1 => 8.0 + 5.0 * strata.len() as f64 + 0.2 * units,
            Exchange::Subsets(_) => 6.0 + 0.07 * units,
            Exchange::Coins => 5.0 + 0.015 * units,
            Exchange::Orders(_) => 10.0 + 2.5 * units,
            Exchange::Other => 10.0 * units,
        }
    }

    fn evaluation(&self) -> f64 {
        let design_units = self.design.units();
        let (units, observations) = (design_units.len() as f64, design_units.observations() as f64);
        // Where units are not numbered in the order of the values, labels are first brought into that order.
        let reordering = if design_units.is_identity() { 0.0 } else { 0.8 * observations };
        match self.cost {
            EvaluationCost::Sum => 2.0 + 0.03 * units,
            EvaluationCost::Kernel { passes } => 2.0 + passes * (4.0 + 0.07 * observations) + reordering,
            EvaluationCost::Function => 100.0 + 4.5 * observations + reordering,
            EvaluationCost::Expensive => 30_000.0 + 20.0 * observations,
        }
    }

    /// Nominal seconds for what splitting does.
    #[must_use]
    pub fn splitting_seconds(&self, work: ExpectedWork) -> f64 {
        let words = self.design.units().len() as f64 / 64.0;
        1e-9 * (work.evaluations * (MOVE + 2.0 * words + self.evaluation()) + work.changes * CHANGE)
    }
}
