//! The fields of the formats that programs read: one row each, from which JSON and, flattened, CSV and TSV come.
//!
//! A field of the report is a row of [`FIELDS`] and nothing else. Names and order are what scripts rely on.

use serde::{Serialize, Serializer};

use super::{GroupReport, Report, effect};
use crate::inference::TwoSidedRule;
use crate::inference::classical::Classical;
use crate::inference::effect::{Effects, PairedEffects};
use crate::inference::summary::Summary;
use crate::input::dataset::Subject;
use crate::method::estimate::Spread;
use crate::method::sequential::{Decision, Level};
use crate::permutation_test::effect::{EffectSizes, IntervalKind};

/// The version of the names below; whoever removes one or changes its meaning raises it.
const SCHEMA: &str = "permtest/2";

/// Sizes up to which f64 holds every whole number.
pub const MOST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// What a field holds. A number that is not finite is `null`.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Value {
    Text(Option<String>),
    Whole(Option<u64>),
    Real(Option<f64>),
    /// An end that there is not is infinite.
    Interval(Option<[f64; 2]>),
    #[serde(serialize_with = "as_object")]
    Object(Vec<(&'static str, Value)>),
    List(Vec<Value>),
    Tests(Vec<Classical>),
}

fn as_object<S: Serializer>(fields: &[(&'static str, Value)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(fields.iter().map(|(name, value)| (name, value)))
}

/// A field: its name and how it is got.
type Field = (&'static str, fn(&Report) -> Value);

const FIELDS: &[Field] = &[
    ("schema", |_| text(SCHEMA)),
    ("version", |_| text(env!("CARGO_PKG_VERSION"))),
    ("column", |r| text(&r.column)),
    ("statistic", |r| text(r.statistic_name())),
    ("alternative", |r| text(r.result.alternative.name())),
    ("two_sided_rule", |r| name(r.two_sided_rule().map(TwoSidedRule::name))),
    ("design", |r| text(design(r))),
    ("n_units", |r| whole(r.result.n_units as u64)),
    ("n_strata", |r| Value::Whole(r.n_strata().map(|strata| strata as u64))),
    ("n_case", |r| Value::Whole(two_samples(r).map(|[case, _]| case.n))),
    ("n_control", |r| Value::Whole(two_samples(r).map(|[_, control]| control.n))),
    ("n_dropped", |r| whole(r.n_dropped)),
    ("case", |r| group(two_samples(r).map(|[case, _]| case))),
    ("control", |r| group(two_samples(r).map(|[_, control]| control))),
    ("estimate", |r| real(r.result.estimate)),
    ("effect", |r| Value::Text(effect::name(r))),
    ("effect_estimate", |r| Value::Real(r.result.effect.as_ref().map(|effect| effect.estimate))),
    ("effect_interval", |r| Value::Interval(r.effect_interval().map(|interval| interval.ends))),
    ("effect_interval_kind", |r| name(r.effect_interval().map(|interval| interval.kind).map(IntervalKind::name))),
    ("effect_confidence", |r| Value::Real(r.effect_confidence())),
    ("relative_change", |r| effect_size(r, |e| e.relative_change, |e| e.relative_change)),
    ("cohens_d", |r| effect_size(r, |e| e.cohens_d, |_| None)),
    ("cohens_d_z", |r| effect_size(r, |_| None, |e| e.d_z)),
    ("hedges_g", |r| effect_size(r, |e| e.hedges_g, |_| None)),
    ("cliffs_delta", |r| effect_size(r, |e| Some(e.cliffs_delta), |_| None)),
    ("hodges_lehmann", |r| effect_size(r, |e| Some(e.hodges_lehmann), |e| Some(e.hodges_lehmann))),
    ("mann_whitney_u", |r| Value::Real(r.mann_whitney_u())),
    ("mu", |r| real(r.mu)),
    ("null_value", |r| real(r.null_value())),
    ("method", |r| text(r.result.method.name())),
    ("algorithm", |r| name(r.result.method.algorithm())),
    ("reference_set_size", |r| size(r.result.reference_set_size.approximate)),
    ("reference_set_size_log10", |r| real(r.result.reference_set_size.log10)),
    ("n_resamples", |r| Value::Whole(r.n_resamples())),
    ("seed", |r| Value::Whole(r.seed())),
    ("count_greater_equal", |r| Value::Whole(r.result.counts.map(|counts| counts.greater_equal))),
    ("count_less_equal", |r| Value::Whole(r.result.counts.map(|counts| counts.less_equal))),
    ("count_absolute", |r| Value::Whole(r.result.counts.map(|counts| counts.absolute))),
    ("n_undefined", |r| whole(r.result.undefined)),
    ("n_near_ties", |r| whole(r.result.near_ties)),
    ("p_value", |r| real(r.result.p_value.estimate)),
    ("p_value_interval", |r| Value::Interval(Some(r.result.p_value.interval))),
    ("p_value_interval_kind", |r| text(r.result.p_value.kind.name())),
    ("p_value_log10", |r| real(libm::log10(r.result.p_value.estimate))),
    ("p_value_standard_error", |r| Value::Real(r.result.precision.map(|estimate| estimate.standard_error))),
    ("effective_sample_size", |r| match spread(r) {
        Some(Spread::Weights { effective_sample_size, .. }) => real(effective_sample_size),
        _ => Value::Real(None),
    }),
    ("saddlepoint_p_value", |r| match spread(r) {
        Some(Spread::Weights { saddlepoint, .. }) => Value::Real(saddlepoint),
        _ => Value::Real(None),
    }),
    ("n_replicates", |r| match spread(r) {
        Some(Spread::Replicates { replicates, .. }) => whole(replicates),
        _ => Value::Whole(None),
    }),
    ("n_levels", |r| match spread(r) {
        Some(Spread::Replicates { levels, .. }) => whole(levels as u64),
        _ => Value::Whole(None),
    }),
    ("confidence", |r| real(r.confidence())),
    ("p_value_minimum", |r| real(r.result.p_value.minimum)),
    ("sequential_alpha", |r| Value::Real(decided(r).map(|(level, _)| level.alpha))),
    ("sequential_risk", |r| Value::Real(decided(r).map(|(level, _)| level.risk))),
    ("decision", |r| name(decided(r).map(|(_, decision)| decision.name()))),
    ("adjustment", |r| name(r.adjusted.map(|adjusted| adjusted.by.name()))),
    ("p_value_adjusted", |r| Value::Real(r.adjusted.map(|adjusted| adjusted.p_value))),
    ("p_value_adjusted_interval", |r| Value::Interval(r.adjusted.map(|adjusted| adjusted.interval))),
    ("gate_alpha", |r| Value::Real(r.gate.map(|gate| gate.gate.alpha))),
    ("gate_finding", |r| name(r.gate.map(|gate| gate.finding.name()))),
    ("gate_verdict", |r| name(r.gate.map(|gate| gate.verdict.name()))),
    ("equivalence_margin", |r| Value::Real(r.equivalence.map(|equivalence| equivalence.margin))),
    ("equivalence_p_values", |r| Value::Interval(r.equivalence.map(|equivalence| equivalence.p_values))),
    ("groups", |r| Value::List(other_samples(r).iter().map(sized).collect())),
    ("comparisons", |r| Value::List(r.comparisons.iter().map(comparison).collect())),
    ("compare", |r| Value::Tests(r.compared.clone().unwrap_or_default())),
    ("warnings", |r| Value::List(r.warnings().into_iter().map(text).collect())),
];

/// The fields of a report, in order.
pub fn fields(report: &Report) -> impl Iterator<Item = (&'static str, Value)> {
    FIELDS.iter().map(move |(name, get)| (*name, get(report)))
}

pub fn text(text: impl Into<String>) -> Value {
    Value::Text(Some(text.into()))
}

fn name(name: Option<&str>) -> Value {
    Value::Text(name.map(str::to_owned))
}

pub fn whole(n: u64) -> Value {
    Value::Whole(Some(n))
}

pub fn real(x: f64) -> Value {
    Value::Real(Some(x))
}

/// A number of labellings: a whole number while f64 holds every whole number of its size.
fn size(size: Option<f64>) -> Value {
    match size {
        Some(size) if size <= MOST_WHOLE => whole(size as u64),
        size => Value::Real(size),
    }
}

/// The design's name, by what is asked.
fn design(report: &Report) -> &'static str {
    match report.subject {
        Subject::OneSample => "one-sample",
        _ => report.result.design.name(),
    }
}

/// Case and control, if these are compared.
fn two_samples(report: &Report) -> Option<[&GroupReport; 2]> {
    let has_both = report.subject == Subject::TwoSamples;
    has_both.then(|| [report.case(), report.control()])
}

/// Several groups, x and y, or one sample.
fn other_samples(report: &Report) -> &[GroupReport] {
    if report.subject == Subject::TwoSamples { &[] } else { &report.groups }
}

/// A sample; its numbers are `null` where there is none, so that all lines of a table have the same columns.
fn group(group: Option<&GroupReport>) -> Value {
    let summary = group.and_then(|group| group.summary.as_ref());
    let number = |of: fn(&Summary) -> f64| Value::Real(summary.map(of));
    let mut fields = vec![
        ("label", Value::Text(group.map(|group| group.label.clone()))),
        ("mean", number(|summary| summary.mean)),
        ("sd", Value::Real(summary.and_then(|summary| summary.sd))),
        ("median", number(|summary| summary.median)),
        ("min", number(|summary| summary.min)),
        ("max", number(|summary| summary.max)),
    ];
    // Only of rows of several columns: no other report changes by a byte.
    fields.extend(group.and_then(|group| group.value).map(|value| ("value", real(value))));
    Value::Object(fields)
}

/// A sample with its size.
fn sized(sample: &GroupReport) -> Value {
    match group(Some(sample)) {
        Value::Object(mut fields) => {
            fields.insert(1, ("n", whole(sample.n)));
            Value::Object(fields)
        }
        other => other,
    }
}

/// Two of several groups.
fn comparison(pair: &Report) -> Value {
    Value::Object(vec![
        ("case", text(&pair.case().label)),
        ("control", text(&pair.control().label)),
        ("statistic", text(pair.statistic_name())),
        ("estimate", real(pair.result.estimate)),
        ("effect_interval", Value::Interval(pair.effect_interval().map(|interval| interval.ends))),
        ("p_value", real(pair.result.p_value.estimate)),
        ("p_value_interval_kind", text(pair.result.p_value.kind.name())),
        ("p_value_interval", Value::Interval(Some(pair.result.p_value.interval))),
        ("p_value_adjusted", Value::Real(pair.adjusted.map(|adjusted| adjusted.p_value))),
        ("p_value_adjusted_interval", Value::Interval(pair.adjusted.map(|adjusted| adjusted.interval))),
        ("adjustment", name(pair.adjusted.map(|adjusted| adjusted.by.name()))),
    ])
}

fn effect_size(
    report: &Report,
    of_two: fn(&Effects) -> Option<f64>,
    of_pairs: fn(&PairedEffects) -> Option<f64>,
) -> Value {
    Value::Real(report.effect_sizes.as_ref().and_then(|sizes| match sizes {
        EffectSizes::TwoSample(effects) => of_two(effects),
        EffectSizes::Paired(effects) => of_pairs(effects),
    }))
}

fn spread(report: &Report) -> Option<Spread> {
    report.result.precision.map(|estimate| estimate.spread)
}

/// What resampling was to decide, and what it did.
fn decided(report: &Report) -> Option<(Level, Decision)> {
    report.result.decision.map(|decision| (report.test.level, decision))
}
