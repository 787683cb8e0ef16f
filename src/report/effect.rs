//! The effect in a report: its name, its size, its interval, and the same on other scales.

use super::number::{self, Notation};
use super::precision::Precision;
use super::statistic::Measure;
use super::{Comparison, Report};
use crate::permutation_test::effect::{Effect, EffectRequest, EffectSizes, IntervalKind, Measured};

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
    /// How it was got.
    pub interval_kind: Option<IntervalKind>,
    /// The standard errors of its ends, where labellings were drawn.
    pub interval_errors: Option<[f64; 2]>,
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
            interval_kind: effect.interval.map(|interval| interval.kind),
            interval_errors: effect.interval.and_then(|interval| interval.errors),
            confidence: effect.interval.and(request).map(|request| request.confidence),
            objection: effect.objection.clone(),
        }
    }
}

/// `95 % interval -0.17 to 7.57`, `… at least -0.17` where the alternative is one-sided; how it was got, unless it is exact.
pub fn interval(report: &Report) -> Option<String> {
    let confidence = report.effect.as_ref()?.confidence?;
    let ends = interval_ends(report)?;
    let hole = rejected_within(report).map(|null| format!(", though {null} itself is rejected")).unwrap_or_default();
    Some(format!("{} interval {ends}{hole}", number::percent(confidence).replace('\u{a0}', " ")))
}

/// `-0.17 to 7.57`, `at least -0.17` where the alternative is one-sided; `… (sampled)`.
///
/// Ends are rounded outwards, with as many digits as keep one that leaves out the null value on its side of it, and where
/// labellings were drawn no more than its standard error allows.
pub fn interval_ends(report: &Report) -> Option<String> {
    let effect = report.effect.as_ref()?;
    let ends = effect.interval?;
    let of_shifts = effect.interval_kind.is_some_and(IntervalKind::is_of_shifts);
    let null = if of_shifts { Some(report.mu) } else { null(report) };
    let precision = Precision::of(report);
    let sizes = ends.into_iter().chain([effect.estimate, report.mu]).filter(|size| size.is_finite());
    let scale = sizes.fold(0.0f64, |largest, size| largest.max(size.abs()));
    let write = |end: usize| {
        let error = effect.interval_errors.map(|errors| errors[end]).and_then(number::magnitude);
        let notation = precision.effect.coarser(error.map_or(i32::MAX, |leading| -leading), ends[end]);
        let is_beyond = |x: f64| null.is_none_or(|null| if end == 0 { x > null } else { x < null });
        let bound = if is_beyond(ends[end]) { null } else { None };
        outward(notation, ends[end], end == 1, bound, scale).unwrap_or_else(|| {
            let side = if end == 0 { "above" } else { "below" };
            format!("{side} {}", if null == Some(0.0) { "0".to_owned() } else { precision.mu.write(report.mu) })
        })
    };
    let text = match (ends[0].is_finite(), ends[1].is_finite()) {
        (true, true) => format!("{} to {}", write(0), write(1)),
        (true, false) => format!("at least {}", write(0)).replace("at least above", "above"),
        (false, true) => format!("at most {}", write(1)).replace("at most below", "below"),
        (false, false) => "unbounded: too few labellings".to_owned(),
    };
    Some(match effect.interval_kind {
        Some(IntervalKind::Sampled) => text + " (sampled)",
        Some(IntervalKind::Percentile) => text + " (percentile bootstrap)",
        Some(IntervalKind::Bca) => text + " (BCa bootstrap)",
        Some(IntervalKind::Exact) | None => text,
    })
}

/// Rounds away from the middle of an interval; more finely where that would reach the bound, which the number lies on the
/// inner side of. `None` where fifteen digits of numbers of this size do not tell them apart.
fn outward(notation: Notation, x: f64, up: bool, bound: Option<f64>, scale: f64) -> Option<String> {
    let Some(bound) = bound else { return Some(notation.write_outward(x, up)) };
    let finest = 14 - number::magnitude(scale)?;
    let mut notation = notation;
    while notation.place(x) <= finest {
        let text = notation.write_outward(x, up);
        if text.parse::<f64>().is_ok_and(|shown| if up { shown < bound } else { shown > bound }) {
            return Some(text);
        }
        notation = notation.finer();
    }
    None
}

/// The effect under the null hypothesis, where it is known.
pub fn null(report: &Report) -> Option<f64> {
    let has_null = matches!(report.statistic.measure, Measure::DataDifference | Measure::Difference | Measure::Ratio);
    match report.effect.as_ref()?.measured {
        Measured::Statistic => has_null.then_some(report.null_value),
        Measured::MeanDifference | Measured::Shift => Some(report.mu),
    }
}

/// The null value, where the test rejects it though shifts on both sides of it are not rejected: p as a function of the
/// shift may have such a hole where a statistic is divided by a spread, and where pairs without a difference have no rank.
fn rejected_within(report: &Report) -> Option<String> {
    if !["welch", "t", "signed-rank"].contains(&report.statistic.name.as_str()) {
        return None;
    }
    let effect =
        report.effect.as_ref().filter(|effect| effect.interval_kind.is_some_and(IntervalKind::is_of_shifts))?;
    let ([low, high], level) = (effect.interval?, 1.0 - effect.confidence?);
    let is_hole = low <= report.mu && report.mu <= high && report.p_value <= level + f64::EPSILON;
    is_hole.then(|| if report.mu == 0.0 { "0".to_owned() } else { Precision::of(report).mu.write(report.mu) })
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
