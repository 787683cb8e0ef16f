//! The report as JSON: one object a line, numbers to the last bit.

use serde::{Serialize, Serializer};

use super::{GroupReport, Report, effect};
use crate::escape;
use crate::inference::classical::Classical;
use crate::method::histogram::Histogram;
use crate::permutation_test::effect::{EffectSizes, IntervalKind};

/// The version of the names below; whoever removes one or changes its meaning raises it.
pub const SCHEMA: &str = "permtest/2";

/// One line for each report.
pub fn render(reports: &[Report], with_histogram: bool) -> String {
    let line = |report: &Report| {
        let histogram = report.histogram.as_ref().filter(|_| with_histogram).map(Bins::from);
        // Strings, numbers and lists under fixed names: nothing here can fail to become JSON.
        let line = serde_json::to_string(&Line { histogram, ..Line::from(report) }).expect("a report is plain data");
        escape::json(&line) + "\n"
    };
    reports.iter().map(line).collect()
}

/// The names and their order, which scripts rely on.
#[derive(Serialize)]
struct Line<'a> {
    schema: &'static str,
    version: &'static str,
    column: &'a str,
    statistic: &'a str,
    alternative: &'a str,
    two_sided_rule: Option<&'a str>,
    design: &'a str,
    n_units: usize,
    n_strata: Option<usize>,
    n_case: u64,
    n_control: u64,
    n_dropped: u64,
    case: Group<'a>,
    control: Group<'a>,
    estimate: f64,
    effect: Option<&'a str>,
    effect_estimate: Option<f64>,
    /// `null` for an end that there is not.
    effect_interval: Option<[Option<f64>; 2]>,
    effect_interval_kind: Option<&'a str>,
    effect_confidence: Option<f64>,
    #[serde(flatten)]
    effect_sizes: Sizes<'a>,
    mann_whitney_u: Option<f64>,
    mu: f64,
    null_value: f64,
    method: &'a str,
    algorithm: Option<&'a str>,
    reference_set_size: Option<Size>,
    reference_set_size_log10: f64,
    n_resamples: Option<u64>,
    seed: Option<u64>,
    count_greater_equal: Option<u64>,
    count_less_equal: Option<u64>,
    count_absolute: Option<u64>,
    n_undefined: u64,
    n_near_ties: u64,
    p_value: f64,
    p_value_interval: [f64; 2],
    p_value_interval_kind: &'a str,
    p_value_standard_error: Option<f64>,
    effective_sample_size: Option<f64>,
    saddlepoint_p_value: Option<f64>,
    n_replicates: Option<u64>,
    n_levels: Option<usize>,
    confidence: f64,
    p_value_minimum: f64,
    sequential_alpha: Option<f64>,
    sequential_risk: Option<f64>,
    decision: Option<&'a str>,
    adjustment: Option<&'a str>,
    p_value_adjusted: Option<f64>,
    p_value_adjusted_interval: Option<[f64; 2]>,
    gate_alpha: Option<f64>,
    gate_finding: Option<&'a str>,
    gate_verdict: Option<&'a str>,
    compare: Vec<Compared>,
    warnings: &'a [String],
    /// Only where it is asked for: it is long.
    #[serde(skip_serializing_if = "Option::is_none")]
    histogram: Option<Bins<'a>>,
}

/// The null distribution in bins.
#[derive(Serialize)]
struct Bins<'a> {
    edges: &'a [f64],
    shares: &'a [f64],
    share_below: f64,
    share_above: f64,
    /// `null` where labellings were not counted one by one.
    counts: Option<&'a [u64]>,
    count_below: Option<u64>,
    count_above: Option<u64>,
}

impl<'a> From<&'a Histogram> for Bins<'a> {
    fn from(histogram: &'a Histogram) -> Self {
        let counts = histogram.counts.as_deref();
        Self {
            edges: &histogram.edges,
            shares: &histogram.shares,
            share_below: histogram.below,
            share_above: histogram.above,
            counts: counts.map(|counts| &counts[1..counts.len() - 1]),
            count_below: counts.and_then(<[u64]>::first).copied(),
            count_above: counts.and_then(<[u64]>::last).copied(),
        }
    }
}

/// Effect sizes under their names.
struct Sizes<'a>(&'a EffectSizes);

impl Serialize for Sizes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(effect::fields(self.0))
    }
}

/// A classical test of the same data.
#[derive(Serialize)]
struct Compared {
    test: &'static str,
    statistic: f64,
    degrees_of_freedom: Option<f64>,
    p_value: f64,
}

impl From<&Classical> for Compared {
    fn from(classical: &Classical) -> Self {
        let Classical { test, statistic, degrees_of_freedom, p_value } = *classical;
        Self { test: test.key(), statistic, degrees_of_freedom, p_value }
    }
}

#[derive(Serialize)]
struct Group<'a> {
    label: &'a str,
    mean: f64,
    sd: Option<f64>,
    median: f64,
    min: f64,
    max: f64,
}

/// A number of labellings: an integer while f64 holds every integer of its size.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Size {
    /// At most 2⁵³.
    Exact(u64),
    /// Beyond.
    Approximate(f64),
}

impl Size {
    /// Chooses by the size.
    pub fn of(size: f64) -> Self {
        if size <= 9_007_199_254_740_992.0 { Self::Exact(size as u64) } else { Self::Approximate(size) }
    }
}

impl<'a> From<&'a GroupReport> for Group<'a> {
    fn from(group: &'a GroupReport) -> Self {
        let summary = &group.summary;
        Self {
            label: &group.label,
            mean: summary.mean,
            sd: summary.sd,
            median: summary.median,
            min: summary.min,
            max: summary.max,
        }
    }
}

impl<'a> From<&'a Report> for Line<'a> {
    fn from(report: &'a Report) -> Self {
        let (foundation, effect) = (report.foundation(), report.effect.as_ref());
        Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            column: &report.column,
            statistic: &report.statistic.name,
            alternative: &report.alternative,
            two_sided_rule: report.two_sided_rule.as_deref(),
            design: &report.design,
            n_units: report.n_units,
            n_strata: report.n_strata,
            n_case: report.case.summary.n,
            n_control: report.control.summary.n,
            n_dropped: report.n_dropped,
            case: Group::from(&report.case),
            control: Group::from(&report.control),
            estimate: report.estimate,
            effect: effect.map(|effect| effect.name.as_str()),
            effect_estimate: effect.map(|effect| effect.estimate),
            effect_interval: effect
                .and_then(|effect| effect.interval)
                .map(|ends| ends.map(|end| Some(end).filter(|end| end.is_finite()))),
            effect_interval_kind: effect.and_then(|effect| effect.interval_kind).map(IntervalKind::name),
            effect_confidence: effect.and_then(|effect| effect.confidence),
            effect_sizes: Sizes(&report.effect_sizes),
            mann_whitney_u: report.mann_whitney_u,
            mu: report.mu,
            null_value: report.null_value,
            method: &report.method,
            algorithm: report.algorithm.as_deref(),
            reference_set_size: report.reference_set_size.map(Size::of),
            reference_set_size_log10: report.reference_set_size_log10,
            n_resamples: report.n_resamples,
            seed: report.seed,
            count_greater_equal: report.counts.map(|counts| counts.greater_equal),
            count_less_equal: report.counts.map(|counts| counts.less_equal),
            count_absolute: report.counts.map(|counts| counts.absolute),
            n_undefined: report.n_undefined,
            n_near_ties: report.n_near_ties,
            p_value: report.p_value,
            p_value_interval: report.p_value_interval,
            p_value_interval_kind: &report.p_value_interval_kind,
            p_value_standard_error: foundation.standard_error,
            effective_sample_size: foundation.effective_sample_size,
            saddlepoint_p_value: foundation.saddlepoint,
            n_replicates: foundation.replicates,
            n_levels: foundation.levels,
            confidence: report.confidence,
            p_value_minimum: report.p_value_minimum,
            sequential_alpha: report.decision.map(|(level, _)| level.alpha),
            sequential_risk: report.decision.map(|(level, _)| level.risk),
            decision: report.decision.map(|(_, decision)| decision.name()),
            adjustment: report.adjusted.map(|adjusted| adjusted.by.name()),
            p_value_adjusted: report.adjusted.map(|adjusted| adjusted.p_value),
            p_value_adjusted_interval: report.adjusted.map(|adjusted| adjusted.interval),
            gate_alpha: report.gate.map(|gate| gate.gate.alpha),
            gate_finding: report.gate.map(|gate| gate.finding.name()),
            gate_verdict: report.gate.map(|gate| gate.verdict.name()),
            compare: report.compared.iter().flatten().map(Compared::from).collect(),
            warnings: &report.warnings,
            histogram: None,
        }
    }
}
