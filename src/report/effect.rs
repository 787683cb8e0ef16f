//! The effect in a report: its name, its size, its interval, and the same on other scales.

use super::number::{self, Notation};
use super::precision::Precision;
use super::statistic::Measure;
use super::{Comparison, Report};
use crate::Definition;
use crate::input::dataset::Subject;
use crate::permutation_test::effect::{Effect, EffectInterval, EffectSizes, IntervalKind, Measured};
use crate::settings::Statistic;
use crate::statistic::catalogue::Named;

impl Report {
    pub(super) fn effect_interval(&self) -> Option<EffectInterval> {
        self.result.effect.as_ref()?.interval
    }

    /// The level of the interval of the effect.
    pub(super) fn effect_confidence(&self) -> Option<f64> {
        self.effect_interval().and(self.test.effect).map(|request| request.confidence)
    }

    /// The effect where it is another one than the statistic, which has its own.
    pub(super) fn other_effect(&self) -> Option<&Effect> {
        self.result.effect.as_ref().filter(|effect| effect.measured != Measured::Statistic)
    }
}

/// The effect as people say it: `difference of means`.
pub fn name(report: &Report) -> Option<String> {
    let name = match report.result.effect.as_ref()?.measured {
        Measured::Statistic => return Some(report.title()),
        Measured::MeanDifference if report.subject == Subject::OneSample => "mean",
        Measured::MeanDifference => "difference of means",
        Measured::Shift => "Hodges-Lehmann shift",
    };
    let is_within = report.comparison() == Comparison::WithinStrata;
    Some(if is_within { format!("{name} within strata") } else { name.to_owned() })
}

/// `95 % interval -0.17 to 7.57`, `… at least -0.17` where the alternative is one-sided; how it was got, unless it is exact.
pub fn interval(report: &Report) -> Option<String> {
    let confidence = report.effect_confidence()?;
    let ends = interval_ends(report)?;
    let hole = rejected_within(report).map(|null| format!(", though {null} itself is rejected")).unwrap_or_default();
    Some(format!("{} interval {ends}{hole}", number::percent(confidence).replace('\u{a0}', " ")))
}

/// `-0.17 to 7.57`, `at least -0.17` where the alternative is one-sided; `… (sampled)`.
///
/// Ends are rounded outwards, with as many digits as keep one that leaves out the null value on its side of it, and where
/// labellings were drawn no more than its standard error allows.
pub fn interval_ends(report: &Report) -> Option<String> {
    let text = plain_interval_ends(report)?;
    Some(match report.effect_interval()?.kind {
        IntervalKind::Sampled => text + " (sampled)",
        IntervalKind::Percentile => text + " (percentile bootstrap)",
        IntervalKind::Bca => text + " (BCa bootstrap)",
        IntervalKind::FisherZ => text + " (Fisher's z)",
        IntervalKind::Exact => text,
    })
}

/// The same without how it was got.
pub fn plain_interval_ends(report: &Report) -> Option<String> {
    let estimate = report.result.effect.as_ref()?.estimate;
    let EffectInterval { ends, kind, errors } =
        report.effect_interval().filter(|_| !report.result.estimate.is_nan())?;
    let null = if kind.is_of_shifts() { Some(report.mu) } else { null(report) };
    let precision = Precision::of(report);
    let sizes = ends.into_iter().chain([estimate, report.mu]).filter(|size| size.is_finite());
    let scale = sizes.fold(0.0f64, |largest, size| largest.max(size.abs()));
    let write = |end: usize| {
        let error = errors.map(|errors| errors[end]).and_then(number::magnitude);
        let notation = precision.effect.coarser(error.map_or(i32::MAX, |leading| -leading), ends[end]);
        let is_beyond = |x: f64| null.is_none_or(|null| if end == 0 { x > null } else { x < null });
        let bound = if is_beyond(ends[end]) { null } else { None };
        outward(notation, ends[end], end == 1, bound, scale).unwrap_or_else(|| {
            let side = if end == 0 { "above" } else { "below" };
            format!("{side} {}", if null == Some(0.0) { "0".to_owned() } else { precision.mu.write(report.mu) })
        })
    };
    Some(match (ends[0].is_finite(), ends[1].is_finite()) {
        (true, true) => format!("{} to {}", write(0), write(1)),
        (true, false) => format!("at least {}", write(0)).replace("at least above", "above"),
        (false, true) => format!("at most {}", write(1)).replace("at most below", "below"),
        (false, false) => "unbounded: too few labellings".to_owned(),
    })
}

/// Rounds away from the middle of an interval; more finely where that would reach the bound, which the number lies on the
/// inner side of. `None` where fifteen digits of numbers of this size do not distinguish them.
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
    let has_null = matches!(report.measure(), Measure::DataDifference | Measure::Difference | Measure::Ratio);
    match report.result.effect.as_ref()?.measured {
        Measured::Statistic => has_null.then_some(report.null_value()),
        Measured::MeanDifference | Measured::Shift => Some(report.mu),
    }
}

/// The null value, where the test rejects it though shifts on both sides of it are not rejected: p as a function of the
/// shift may have such a hole where a statistic is divided by a spread, and where pairs without a difference have no rank.
fn rejected_within(report: &Report) -> Option<String> {
    let Statistic::Defined(Definition::Named(Named::Welch | Named::T | Named::SignedRank)) = report.test.statistic
    else {
        return None;
    };
    let [low, high] = report.effect_interval().filter(|interval| interval.kind.is_of_shifts())?.ends;
    let level = 1.0 - report.effect_confidence()?;
    let is_hole = low <= report.mu && report.mu <= high && report.result.p_value.estimate <= level + f64::EPSILON;
    is_hole.then(|| if report.mu == 0.0 { "0".to_owned() } else { Precision::of(report).mu.write(report.mu) })
}

/// `+21.8 %`: the difference of means as a share of the control's; a share of something that may have either sign has no
/// meaning.
pub fn relative_change(report: &Report) -> Option<String> {
    share_of_control(report).map(|change| format!("{:+.1} %", 100.0 * change))
}

/// The same as a number.
pub fn share_of_control(report: &Report) -> Option<f64> {
    let change = match report.effect_sizes.as_ref()? {
        EffectSizes::TwoSample(sizes) => sizes.relative_change,
        EffectSizes::Paired(sizes) => sizes.relative_change,
    };
    let is_amount = report.groups.iter().all(|group| group.summary.is_some_and(|summary| summary.min >= 0.0));
    change.filter(|_| is_amount)
}

/// `mean +21.8 %, Hedges' g 0.49, Cliff's delta 0.29`.
pub fn other_scales(report: &Report) -> Option<String> {
    let short = |x: f64| format!("{x:.2}");
    let others = match report.effect_sizes.as_ref()? {
        EffectSizes::TwoSample(sizes) => [
            sizes.hedges_g.map(|g| format!("Hedges' g {}", short(g))),
            Some(format!("Cliff's delta {}", short(sizes.cliffs_delta))),
        ],
        EffectSizes::Paired(sizes) => [sizes.d_z.map(|d| format!("Cohen's d_z {}", short(d))), None],
    };
    let change = relative_change(report).map(|change| format!("mean {change}"));
    let parts: Vec<String> = [change].into_iter().chain(others).flatten().collect();
    let within = if report.comparison() == Comparison::Groups { "" } else { ", within strata" };
    (!parts.is_empty()).then(|| parts.join(", ") + within)
}
