//! The report as CSV or TSV: a header line and one line a report, under the names of the JSON report.
//!
//! What JSON nests has its path as a name (`case_mean`, `p_value_interval_low`), null is an empty field, the warnings
//! stand in one field, `; ` between them, and lists of groups are JSON in one field. Names of the data are theirs to the letter, but for what [`crate::escape::cell`]
//! keeps from terminals and spreadsheets.

use super::Report;
use super::fields::{Value, fields};
use super::number::shortest;
use crate::escape;
use crate::inference::classical::Classical;

/// Header and rows with the given delimiter.
pub fn render(reports: &[&Report], delimiter: u8) -> String {
    let mut table = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    for (i, report) in reports.iter().enumerate() {
        let (names, cells): (Vec<String>, Vec<String>) =
            fields(report).flat_map(|(name, value)| flatten(name, &value)).unzip();
        // Writing to memory: neither the rows nor the flush can fail.
        if i == 0 {
            table.write_record(&names).expect("memory takes every record");
        }
        table.write_record(&cells).expect("memory takes every record");
    }
    let bytes = table.into_inner().expect("memory takes every record");
    String::from_utf8(bytes).expect("fields and delimiters are text")
}

/// A field as one column or several.
fn flatten(name: &str, value: &Value) -> Vec<(String, String)> {
    match value {
        Value::Interval(ends) => {
            let end = |i: usize| cell(&Value::Real(ends.map(|ends| ends[i])));
            vec![(format!("{name}_low"), end(0)), (format!("{name}_high"), end(1))]
        }
        Value::Object(fields) => {
            fields.iter().flat_map(|(inner, value)| flatten(&format!("{name}_{inner}"), value)).collect()
        }
        single => vec![(name.to_owned(), escape::cell(&cell(single)))],
    }
}

/// A value as text.
fn cell(value: &Value) -> String {
    /// `welch-t 0.0606; student-t 0.0604`: the tests and their p-values.
    fn test(test: &Classical) -> String {
        format!("{} {}", test.test.key(), shortest(test.p_value))
    }
    match value {
        Value::Text(text) => text.clone().unwrap_or_default(),
        Value::Whole(n) => n.map(|n| n.to_string()).unwrap_or_default(),
        Value::Real(x) => x.filter(|x| x.is_finite()).map(shortest).unwrap_or_default(),
        Value::List(values) if !values.iter().any(|value| matches!(value, Value::Object(_))) => {
            values.iter().map(cell).collect::<Vec<_>>().join("; ")
        }
        Value::Tests(tests) => tests.iter().map(test).collect::<Vec<_>>().join("; "),
        nested => serde_json::to_string(nested).expect("a report is plain data"),
    }
}
