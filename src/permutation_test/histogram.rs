//! The shape of the null distribution, beside whatever method finds the p-value.
//!
//! Labellings that are counted for the p-value are counted in bins too. An exact method counts the labellings beyond the edge of
//! each bin. For the others the shape comes from a plain sample and, where that sees too little of a sum, from the saddlepoint
//! approximation of the tail beyond each edge.

use super::sums::Sums;
use crate::error::Error;
use crate::method::bins::{Beyond, Bins, Resolution};
use crate::method::exact::convolve::{Tails, Work};
use crate::method::histogram::Histogram;
use crate::method::importance::{Importance, Side, saddlepoint};
use crate::method::monte_carlo::{Counted, MonteCarlo, Watch};
use crate::simd::Arch;
use crate::statistic::linear::ExactSums;
use crate::statistic::{Statistic, Thresholds};

/// Labels of single units that are drawn for the plain sample of a sum, and the fewest and the most labellings.
const LABELS: u64 = 1 << 28;
const FEWEST: u64 = 1 << 12;
const MOST: u64 = 1 << 18;

/// A tail in which the plain sample has fewer labellings is computed otherwise.
const FEW: f64 = 1000.0;

/// Draws for a tail so near the end of the sums that there is no approximation.
const DRAWS: u64 = 1 << 11;

/// The share of the labellings below an edge, and of those at it or above.
type Parted = [f64; 2];

impl Sums<'_> {
    pub fn bins(&self, arch: Arch) -> Result<Bins<i64>, Error> {
        let thresholds = self.statistic.thresholds(self.observed);
        Bins::choose(self.design, self.statistic, &thresholds, self.tail, arch, Resolution::COARSE)
    }

    /// The shape from the tails of the data and those of [`exact_edges`].
    pub(super) fn exact_histogram(&self, bins: &Bins<i64>, tails: &[Tails<f64>]) -> Histogram {
        let parted = |tails: &Tails<f64>| [tails.less_equal / tails.all, tails.greater_equal / tails.all];
        let absolute = tails[0].absolute / tails[0].all;
        self.of_parted(bins, &tails[1..].iter().map(parted).collect::<Vec<_>>(), absolute)
    }

    fn of_parted(&self, bins: &Bins<i64>, parted: &[Parted], absolute: f64) -> Histogram {
        // The difference of two tails is taken on the side where they are small.
        let between = |pair: &[Parted]| {
            let ([below, above], [below_next, above_next]) = (pair[0], pair[1]);
            if above < below { above - above_next } else { below_next - below }
        };
        let inner = parted.windows(2).map(|pair| between(pair).max(0.0));
        let shares: Vec<f64> =
            std::iter::once(parted[0][0]).chain(inner).chain([parted[parted.len() - 1][1]]).collect();
        bins.of_shares(&shares, absolute, |sum| self.statistic.value(sum))
    }

    /// The shape by a plain sample and, where that sees too little, by the saddlepoint approximation of the tail beyond each
    /// edge.
    pub fn sketch(&self, bins: &Bins<i64>, absolute: f64, work: Work) -> Result<Histogram, Error> {
        let Work { threads, arch, stop, begin, advance } = work;
        let watch = || Watch { stop, begin, advance, replicates: None };
        let resamples = (LABELS / self.design.units().len() as u64).clamp(FEWEST, MOST);
        let draws = MonteCarlo { resamples, seed: self.seed, threads, arch };
        let thresholds = self.statistic.thresholds(self.observed);
        begin(resamples, "resamples for the histogram");
        let counted = draws.run_binned(self.design, self.statistic, &thresholds, Some(bins), watch())?;
        let mut parted = parted(&counted);
        let importance = Importance { draws: DRAWS, seed: self.seed, threads, arch };
        let (sums, exchange) = (self.statistic.sums(), self.design.exchange());
        for (bin, [below, above]) in parted.iter_mut().enumerate() {
            let edge = bins.edge(bin);
            let (side, threshold, share) =
                if above < below { (Side::Upper, edge, above) } else { (Side::Lower, edge.saturating_sub(1), below) };
            if *share * (resamples as f64) < FEW {
                let by_drawing = || Ok(importance.tail(sums, &exchange, side, threshold, &watch())?.estimate);
                *share = saddlepoint(sums, &exchange, side, threshold).map_or_else(by_drawing, Ok)?;
            }
        }
        Ok(self.of_parted(bins, &parted, absolute))
    }
}

/// The shares below and above each edge.
fn parted(counted: &Counted) -> Vec<Parted> {
    let shares = counted.bins.shares();
    let mut below = 0.0;
    let part = |share: &f64| {
        below += share;
        [below, 1.0 - below]
    };
    shares[..shares.len() - 1].iter().map(part).collect()
}

/// The edges of bins as thresholds of exact sums: at or above each, and below.
pub(super) fn exact_edges(bins: &Bins<i64>, sums: &ExactSums) -> Vec<Thresholds<i128>> {
    let edge = |bin: usize| match bins.beyond() {
        // Rounded sums would not do here: what is extreme is known exactly.
        Beyond::Above if bin == bins.anchored() => sums.thresholds.greater_equal.min(sums.thresholds.far_above),
        Beyond::Below if bin == bins.anchored() => sums.thresholds.less_equal.max(sums.thresholds.far_below) + 1,
        _ => i128::from(bins.edge(bin)) * sums.step,
    };
    let parted = |bin: usize| {
        let (above, below) = (edge(bin), edge(bin) - 1);
        Thresholds { observed: above, greater_equal: above, less_equal: below, far_above: above, far_below: below }
    };
    (0..=bins.len()).map(parted).collect()
}
