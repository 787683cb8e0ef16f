//! The bars of a drawn histogram: bins, as many of them together as make the bars fit.

use std::ops::Range;

use super::Report;
use super::statistic::Measure;
use crate::inference::TwoSidedRule;
use crate::method::histogram::Histogram;
use crate::method::tail::Tail;

/// Neighbouring bins as one bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Its bounds.
    pub low: f64,
    pub high: f64,
    /// The share of the labellings in it, and of those that are extreme.
    pub share: f64,
    pub extreme: f64,
}

/// The bars from the first bin with something in it to the last one, the observed statistic and its mirror image among
/// them.
pub struct Bars<'a> {
    histogram: &'a Histogram,
    /// The first bin of the first bar; it may lie before all bins.
    start: i64,
    bins_each: i64,
    pub each: Vec<Bar>,
}

impl<'a> Bars<'a> {
    /// At most so many bars; one of them begins, or ends, where what is extreme begins.
    pub fn new(report: &Report, histogram: &'a Histogram, most: usize) -> Self {
        let bin = |value: f64| {
            let after = histogram.edges.partition_point(|&edge| edge <= value);
            after.saturating_sub(1).min(histogram.shares.len() - 1)
        };
        let observed = bin(report.result.estimate);
        let shown = shown(histogram, [observed, bin(mirror(report).unwrap_or(report.result.estimate))]);
        let boundary = (observed + usize::from(report.result.estimate < histogram.mean())) as i64;
        let (first, end, most) = (shown.start as i64, shown.end as i64, most as i64);
        let mut bins_each = (end - first + most - 1) / most;
        let start = loop {
            let start = boundary - (boundary - first + bins_each - 1).div_euclid(bins_each) * bins_each;
            if (end - start + bins_each - 1) / bins_each <= most {
                break start;
            }
            bins_each += 1;
        };
        let count = ((end - start + bins_each - 1) / bins_each).max(1);
        let edge = |bin: i64| histogram.edges[bin.clamp(0, histogram.shares.len() as i64) as usize];
        let bar = |number: i64| {
            let (from, to) = (start + number * bins_each, start + (number + 1) * bins_each);
            let bins = from.max(first) as usize..to.min(end).max(0) as usize;
            let sum = |shares: &[f64]| shares.get(bins.clone()).unwrap_or_default().iter().sum();
            Bar { low: edge(from), high: edge(to), share: sum(&histogram.shares), extreme: sum(&histogram.extreme) }
        };
        Self { histogram, start, bins_each, each: (0..count).map(bar).collect() }
    }

    /// The lower bound of the first bar and the upper one of the last.
    pub fn range(&self) -> [f64; 2] {
        [self.each[0].low, self.each[self.each.len() - 1].high]
    }

    /// Where a value of the statistic lies, in bars from the first one on.
    pub fn place(&self, value: f64) -> Option<f64> {
        let edges = &self.histogram.edges;
        let bin = edges.partition_point(|&edge| edge <= value).checked_sub(1)?;
        let next = edges.get(bin + 1)?;
        let within = (value - edges[bin]) / (next - edges[bin]);
        let bars = ((bin as i64 - self.start) as f64 + within) / self.bins_each as f64;
        (bars >= 0.0).then_some(bars)
    }
}

/// The bins with something in them, and those that are to be seen in any case.
fn shown(histogram: &Histogram, others: [usize; 2]) -> Range<usize> {
    let occupied = histogram.shares.iter().enumerate().filter(|(_, share)| **share > 0.0).map(|(bin, _)| bin);
    let bins: Vec<usize> = occupied.chain(others).collect();
    bins.iter().min().copied().unwrap_or(0)..bins.iter().max().copied().unwrap_or(0) + 1
}

/// The mirror image of the observed statistic, where both sides count.
pub fn mirror(report: &Report) -> Option<f64> {
    let is_absolute = report.two_sided_rule() == Some(TwoSidedRule::Absolute);
    let mirrored = match report.measure() {
        Measure::Ratio => report.null_value() * report.null_value() / report.result.estimate,
        _ => 2.0 * report.null_value() - report.result.estimate,
    };
    (is_absolute && report.result.estimate != report.null_value()).then_some(mirrored)
}

/// Whether what lies above the observed statistic is extreme, rather than what lies below.
pub fn counts_above(report: &Report) -> bool {
    match report.result.tail {
        Tail::Upper => true,
        Tail::Lower => false,
        Tail::Absolute | Tail::Doubled => report.result.estimate >= report.null_value(),
    }
}
