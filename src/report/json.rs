//! The report as JSON: one object a line, numbers to the last bit.

use super::Report;
use super::fields::{Value, fields, real, whole};
use crate::escape;
use crate::method::histogram::Histogram;

/// One line for each report.
pub fn render(reports: &[&Report], with_histogram: bool) -> String {
    let line = |report: &&Report| {
        // Only where it is asked for: it is long.
        let histogram = report.result.histogram.as_ref().filter(|_| with_histogram);
        let line = Value::Object(fields(report).chain(histogram.map(|shape| ("histogram", bins(shape)))).collect());
        // Strings, numbers and lists under fixed names: nothing here can fail to become JSON.
        escape::json(&serde_json::to_string(&line).expect("a report is plain data")) + "\n"
    };
    reports.iter().map(line).collect()
}

/// The null distribution in bins; counts are `null` where labellings were not counted one by one.
fn bins(histogram: &Histogram) -> Value {
    let reals = |numbers: &[f64]| Value::List(numbers.iter().copied().map(real).collect());
    let counts = histogram.counts.as_deref();
    let inner = |counts: &[u64]| Value::List(counts[1..counts.len() - 1].iter().copied().map(whole).collect());
    Value::Object(vec![
        ("edges", reals(&histogram.edges)),
        ("shares", reals(&histogram.shares)),
        ("share_below", real(histogram.below)),
        ("share_above", real(histogram.above)),
        ("counts", counts.map_or(Value::Whole(None), inner)),
        ("count_below", Value::Whole(counts.and_then(<[u64]>::first).copied())),
        ("count_above", Value::Whole(counts.and_then(<[u64]>::last).copied())),
    ])
}
