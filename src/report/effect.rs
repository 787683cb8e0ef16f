//! The effect in a report: its name, its size, its interval, and the same on other scales.

use super::number;
use super::precision::Precision;
use super::{Comparison, Report};
use crate::permutation_test::effect::{Effect, EffectRequest, EffectSizes, Measured};

/// An effect with its interval.
#[derive(Debug, Clone, PartialEq)]
pub struct EffectReport {
    /// As people say it: `difference of means`.
    pub name: String,
    /// What it is.
    pub measured: Measured,
    /// Its size.
    pub estimate: f64,
    /// The ends of its interval, infinite where there is none; `None` without an interval.
    pub interval: Option<[f64; 2]>,
    /// `inversion`, `percentile` or `bca`.
    pub interval_kind: Option<&'static str>,
    /// Level of the interval.
    pub confidence: Option<f64>,
    /// Why there is no interval though one was wanted.
    pub objection: Option<String>,
}

impl EffectReport {
    /// Finds the words for an effect; `title` is what the statistic is called.
    pub(super) fn new(title: &str, comparison: Comparison, effect: &Effect, request: Option<&EffectRequest>) -> Self {
        let name = match effect.measured {
            Measured::Statistic => title,
            Measured::MeanDifference => "difference of means",
            Measured::Shift => "Hodges-Lehmann shift",
        };
        let is_said = effect.measured == Measured::Statistic || comparison != Comparison::WithinStrata;
        let name = if is_said { name.to_owned() } else { format!("{name} within strata") };
        Self {
            name,
            measured: effect.measured,
            estimate: effect.estimate,
            interval: effect.interval.map(|interval| interval.ends),
            interval_kind: effect.interval.map(|interval| interval.approach.name()),
            confidence: effect.interval.and(request).map(|request| request.confidence),
            objection: effect.objection.clone(),
        }
    }
}

/// `95 % interval -0.17 to 7.57`, `… at least -0.17` where the alternative is one-sided.
pub fn interval(report: &Report) -> Option<String> {
    let confidence = report.effect.as_ref()?.confidence?;
    let ends = interval_ends(report)?;
    Some(format!("{} interval {ends}", number::percent(confidence).replace('\u{a0}', " ")))
}

/// `-0.17 to 7.57`, `at least -0.17` where the alternative is one-sided.
pub fn interval_ends(report: &Report) -> Option<String> {
    let [low, high] = report.effect.as_ref()?.interval?;
    let notation = Precision::of(report).effect;
    Some(match (low.is_finite(), high.is_finite()) {
        (true, true) => format!("{} to {}", notation.write(low), notation.write(high)),
        (true, false) => format!("at least {}", notation.write(low)),
        (false, true) => format!("at most {}", notation.write(high)),
        (false, false) => "unbounded: too few labellings".to_owned(),
    })
}

/// `mean +21.8 %, Hedges' g 0.49, Cliff's delta 0.29`.
pub fn other_scales(report: &Report) -> Option<String> {
    let short = |x: f64| format!("{x:.2}");
    let (change, others) = match &report.effect_sizes {
        EffectSizes::TwoSample(sizes) => (
            sizes.relative_change,
            [
                sizes.hedges_g.map(|g| format!("Hedges' g {}", short(g))),
                Some(format!("Cliff's delta {}", short(sizes.cliffs_delta))),
            ],
        ),
        EffectSizes::Paired(sizes) => {
            (sizes.relative_change, [sizes.d_z.map(|d| format!("Cohen's d_z {}", short(d))), None])
        }
    };
    // A share of something that may have either sign tells nobody anything.
    let is_amount = [&report.case, &report.control].iter().all(|group| group.summary.min >= 0.0);
    let change = change.filter(|_| is_amount).map(|change| format!("mean {:+.1} %", 100.0 * change));
    let parts: Vec<String> = [change].into_iter().chain(others).flatten().collect();
    let within = if report.comparison == Comparison::Groups { "" } else { ", within strata" };
    (!parts.is_empty()).then(|| parts.join(", ") + within)
}

/// The effect sizes under the names of the formats that programs read; `None` where they are not defined.
pub fn fields(sizes: &EffectSizes) -> [(&'static str, Option<f64>); 6] {
    let (two, pairs) = match sizes {
        EffectSizes::TwoSample(two) => (Some(two), None),
        EffectSizes::Paired(pairs) => (None, Some(pairs)),
    };
    let either = |of_two: Option<f64>, of_pairs: Option<f64>| of_two.or(of_pairs);
    [
        ("relative_change", either(two.and_then(|s| s.relative_change), pairs.and_then(|s| s.relative_change))),
        ("cohens_d", two.and_then(|s| s.cohens_d)),
        ("cohens_d_z", pairs.and_then(|s| s.d_z)),
        ("hedges_g", two.and_then(|s| s.hedges_g)),
        ("cliffs_delta", two.map(|s| s.cliffs_delta)),
        ("hodges_lehmann", either(two.map(|s| s.hodges_lehmann), pairs.map(|s| s.hodges_lehmann))),
    ]
}
