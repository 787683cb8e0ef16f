//! The report as CSV or TSV: a header line and one line a report, under the names of the JSON report.
//!
//! What JSON nests has its path as a name (`case_mean`, `p_value_interval_low`), null is an empty field, and the
//! warnings stand in one field, `; ` between them. Names of the data are theirs to the letter, but for what [`crate::escape::cell`]
//! keeps from terminals and spreadsheets.

use super::json::{SCHEMA, Size};
use super::number::shortest;
use super::{GroupReport, Report, effect};
use crate::escape;
use crate::inference::classical::Classical;
use crate::permutation_test::effect::IntervalKind;

/// One field of the table.
struct Field {
    name: String,
    value: String,
}

/// Header and rows with the given delimiter.
pub fn render(reports: &[Report], delimiter: u8) -> String {
    let mut table = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    for (i, report) in reports.iter().enumerate() {
        let fields = fields(report);
        // Writing to memory: neither the rows nor the flush can fail.
        if i == 0 {
            table.write_record(fields.iter().map(|field| &field.name)).expect("memory takes every record");
        }
        table.write_record(fields.iter().map(|field| &field.value)).expect("memory takes every record");
    }
    let bytes = table.into_inner().expect("memory takes every record");
    String::from_utf8(bytes).expect("fields and delimiters are text")
}

fn fields(report: &Report) -> Vec<Field> {
    let rule = report.two_sided_rule.as_deref().unwrap_or_default();
    let mut fields = vec![
        text("schema", SCHEMA),
        text("version", env!("CARGO_PKG_VERSION")),
        text("column", &report.column),
        text("statistic", &report.statistic.name),
        text("alternative", &report.alternative),
        text("two_sided_rule", rule),
        text("design", &report.design),
        count("n_units", report.n_units as u64),
        optional("n_strata", report.n_strata.map(|strata| strata as u64)),
        count("n_case", report.case.summary.n),
        count("n_control", report.control.summary.n),
        count("n_dropped", report.n_dropped),
    ];
    fields.extend(group("case", &report.case));
    fields.extend(group("control", &report.control));
    let foundation = report.foundation();
    fields.extend([real("estimate", report.estimate)]);
    fields.extend(effect_fields(report));
    fields.extend([
        optional_real("mann_whitney_u", report.mann_whitney_u),
        real("mu", report.mu),
        real("null_value", report.null_value),
        text("method", &report.method),
        text("algorithm", report.algorithm.as_deref().unwrap_or_default()),
        size("reference_set_size", report.reference_set_size),
        real("reference_set_size_log10", report.reference_set_size_log10),
        optional("n_resamples", report.n_resamples),
        optional("seed", report.seed),
        optional("count_greater_equal", report.counts.map(|counts| counts.greater_equal)),
        optional("count_less_equal", report.counts.map(|counts| counts.less_equal)),
        optional("count_absolute", report.counts.map(|counts| counts.absolute)),
        count("n_undefined", report.n_undefined),
        count("n_near_ties", report.n_near_ties),
        real("p_value", report.p_value),
        real("p_value_interval_low", report.p_value_interval[0]),
        real("p_value_interval_high", report.p_value_interval[1]),
        text("p_value_interval_kind", &report.p_value_interval_kind),
        optional_real("p_value_standard_error", foundation.standard_error),
        optional_real("effective_sample_size", foundation.effective_sample_size),
        optional_real("saddlepoint_p_value", foundation.saddlepoint),
        optional("n_replicates", foundation.replicates),
        optional("n_levels", foundation.levels.map(|levels| levels as u64)),
        real("confidence", report.confidence),
        real("p_value_minimum", report.p_value_minimum),
        optional_real("sequential_alpha", report.decision.map(|(level, _)| level.alpha)),
        optional_real("sequential_risk", report.decision.map(|(level, _)| level.risk)),
        text("decision", report.decision.map(|(_, decision)| decision.name()).unwrap_or_default()),
        text("adjustment", report.adjusted.map(|adjusted| adjusted.by.name()).unwrap_or_default()),
        optional_real("p_value_adjusted", report.adjusted.map(|adjusted| adjusted.p_value)),
        optional_real("p_value_adjusted_interval_low", report.adjusted.map(|adjusted| adjusted.interval[0])),
        optional_real("p_value_adjusted_interval_high", report.adjusted.map(|adjusted| adjusted.interval[1])),
        optional_real("gate_alpha", report.gate.map(|gate| gate.gate.alpha)),
        text("gate_finding", report.gate.map(|gate| gate.finding.name()).unwrap_or_default()),
        text("gate_verdict", report.gate.map(|gate| gate.verdict.name()).unwrap_or_default()),
        text("compare", &compared(report)),
        text("warnings", &report.warnings.join("; ")),
    ]);
    fields
}

/// The effect, its interval and the effect sizes; an end that there is not is empty.
fn effect_fields(report: &Report) -> Vec<Field> {
    let found = report.effect.as_ref();
    let end = |i: usize| found.and_then(|found| found.interval).map(|ends| ends[i]).filter(|end| end.is_finite());
    let mut fields = vec![
        text("effect", found.map_or("", |found| &found.name)),
        optional_real("effect_estimate", found.map(|found| found.estimate)),
        optional_real("effect_interval_low", end(0)),
        optional_real("effect_interval_high", end(1)),
        text("effect_interval_kind", found.and_then(|found| found.interval_kind).map_or("", IntervalKind::name)),
        optional_real("effect_confidence", found.and_then(|found| found.confidence)),
    ];
    fields.extend(effect::fields(&report.effect_sizes).map(|(name, size)| optional_real(name, size)));
    fields
}

/// `welch-t 0.0606; student-t 0.0604`: the tests and their p-values.
fn compared(report: &Report) -> String {
    let entry = |test: &Classical| format!("{} {}", test.test.key(), shortest(test.p_value));
    report.compared.iter().flatten().map(entry).collect::<Vec<_>>().join("; ")
}

fn group(role: &str, group: &GroupReport) -> [Field; 6] {
    let summary = &group.summary;
    let mut fields = [
        text("label", &group.label),
        real("mean", summary.mean),
        text("sd", &summary.sd.map(shortest).unwrap_or_default()),
        real("median", summary.median),
        real("min", summary.min),
        real("max", summary.max),
    ];
    for field in &mut fields {
        field.name = format!("{role}_{}", field.name);
    }
    fields
}

/// Text, which may be the user's.
fn text(name: &str, value: &str) -> Field {
    Field { name: name.to_owned(), value: escape::cell(value) }
}

fn count(name: &str, n: u64) -> Field {
    Field { name: name.to_owned(), value: n.to_string() }
}

fn optional(name: &str, n: Option<u64>) -> Field {
    n.map_or_else(|| text(name, ""), |n| count(name, n))
}

fn optional_real(name: &str, x: Option<f64>) -> Field {
    x.map_or_else(|| text(name, ""), |x| real(name, x))
}

fn real(name: &str, x: f64) -> Field {
    Field { name: name.to_owned(), value: shortest(x) }
}

fn size(name: &str, size: Option<f64>) -> Field {
    match size.map(Size::of) {
        None => text(name, ""),
        Some(Size::Exact(n)) => count(name, n),
        Some(Size::Approximate(x)) => real(name, x),
    }
}
