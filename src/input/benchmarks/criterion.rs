//! What criterion of Rust writes: for each benchmark a `sample.json` and, with its feature `csv_output`, a `raw.csv`. Both
//! have the time of all iterations of a sample together and how many there were; a value is their quotient.
//!
//! A `sample.json` does not name its benchmark: that is in the `benchmark.json` beside it. The name in a `raw.csv` is that
//! of the group, the function and the parameter, as far as they are there.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use serde::Deserialize;

use super::super::cell::{self, CellRules};
use super::super::number;
use super::super::origin::Origin;
use super::super::source::Stream;
use super::super::table::Table;
use super::super::{column, excerpt};
use super::Unit;
use super::document::{Document, Raw};
use super::entry::{Entry, Gathering, Rank};
use crate::error::Error;
use crate::settings::{ColumnName, DecimalMark, Header, Reading};

/// The columns by which the file is recognised, beside those of the name.
const MARKS: [&str; 4] = ["function", "sample_measured_value", "unit", "iteration_count"];

/// The columns of a file.
struct Columns {
    /// Group, function and parameter.
    name: [usize; 3],
    measured: usize,
    unit: usize,
    iterations: usize,
}

#[derive(Deserialize)]
struct Sample<'a> {
    #[serde(borrow)]
    iters: &'a Raw,
    #[serde(borrow)]
    times: &'a Raw,
}

#[derive(Deserialize)]
struct Id {
    full_id: String,
}

/// Reads a `sample.json`: nanoseconds of one benchmark.
///
/// # Errors
/// [`Error::Input`] for what is not a list of times and one of iterations.
pub fn read_sample(document: &Document) -> Result<Vec<Entry>, Error> {
    let root = document.root();
    let Sample { iters, times } = root.read("the file")?;
    let mut entry = Entry::new(name_of_sample(&document.file), Rank::First, Unit::new("ns"), root.place());
    let iterations = root.at(iters).numbers("iters", |i| format!("iters[{i}]"));
    let times = root.at(times).numbers("times", |i| format!("times[{i}]"));
    entry.extend(iterations.and_then(|iterations| {
        let times = times?;
        if times.len() != iterations.len() || iterations.iter().any(|n| *n <= 0.0) {
            let what = "times and iters are not as many positive numbers as each other";
            return Err(Error::input(root.place(), what, "run the benchmark once more"));
        }
        Ok(times.into_iter().zip(iterations).map(|(time, n)| time / n).collect())
    }));
    Ok(vec![entry])
}

/// The name that the file beside it gives to a sample.
fn name_of_sample(file: &str) -> String {
    let beside = fs::read_to_string(Path::new(file).with_file_name("benchmark.json")).ok();
    let id = beside.and_then(|text| Document::json(file.to_owned(), text).ok()?.root().read::<Id>("").ok());
    id.map_or_else(|| "sample".to_owned(), |id| id.full_id)
}

/// Whether the first line names criterion's columns.
#[must_use]
pub fn is_raw_csv(head: &str) -> bool {
    let fields: Vec<_> = super::first_line(head).split(',').map(str::trim_ascii).collect();
    MARKS.iter().all(|mark| fields.contains(mark))
}

/// Reads the rows.
///
/// # Errors
/// [`Error::Input`] for everything that may be wrong with a table, and for a row without a time.
pub fn read_raw_csv(document: &Document) -> Result<Vec<Entry>, Error> {
    let stream = Stream::new(document.file.clone(), None, Cursor::new(document.text.clone()))?;
    // The format leaves no choice, whatever the options say of tables.
    let reading = Reading { delimiter: Some(b','), header: Header::Detect, ..Reading::default() };
    let mut table = Table::open(Origin::Text(stream), &reading, &CellRules::new(&reading), &[])?;
    let columns = Columns::find(&table)?;
    let mut gathering = Gathering::default();
    while table.advance()? {
        let name = columns.name(&table);
        let unit = Unit::new(excerpt::plain(table.field(columns.unit)));
        let begin = || Entry::new(&name, Rank::First, unit.clone(), table.place(columns.measured));
        let entry = gathering.entry(&name, begin);
        entry.push(columns.time(&table), &unit);
    }
    Ok(gathering.into_entries())
}

impl Columns {
    fn find(table: &Table) -> Result<Self, Error> {
        let find = |name: &str| column::find(table, &ColumnName(name.to_owned()), "--column");
        Ok(Self {
            name: [find("group")?, find("function")?, find("value")?],
            measured: find("sample_measured_value")?,
            unit: find("unit")?,
            iterations: find("iteration_count")?,
        })
    }

    /// The parts of the name that are there, with slashes between them.
    fn name(&self, table: &Table) -> String {
        let parts = self.name.map(|column| String::from_utf8_lossy(table.field(column)).into_owned());
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
    }

    /// The time of one iteration of the current row's sample.
    fn time(&self, table: &Table) -> Result<f64, Error> {
        let number = |column| {
            number::parse(table.field(column), DecimalMark::Point)
                .map(|number| number.value)
                .map_err(|why| cell::unreadable(table.place(column), table.field(column), why))
        };
        let (measured, iterations) = (number(self.measured)?, number(self.iterations)?);
        if iterations <= 0.0 {
            let what = format!("{} iterations give no time", excerpt::plain(table.field(self.iterations)));
            return Err(Error::input(table.place(self.iterations), what, "run the benchmark once more"));
        }
        let time = measured / iterations;
        if time.is_finite() {
            return Ok(time);
        }
        let what = "the time of one iteration is beyond the largest number of a double, about 1.8e308";
        Err(Error::input(table.place(self.measured), what, "run the benchmark once more"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str =
        "group,function,value,throughput_num,throughput_type,sample_measured_value,unit,iteration_count";

    fn entries(rows: &str) -> Result<Vec<Entry>, String> {
        let document = Document::new("raw.csv".to_owned(), format!("{HEADER}\n{rows}"));
        read_raw_csv(&document).map_err(|error| error.to_string())
    }

    #[test]
    fn a_value_is_the_time_of_one_iteration() {
        let rows =
            "sort,quick,64,,,1000.5,ns,10\nsort,quick,64,,,4002,ns,40\nsort,slow,,,,1,ns,2\nsort,slow,,,,1,ns,1\n";
        let mut entries = entries(rows).unwrap();
        let slow = entries.remove(1).finish("").unwrap();
        assert_eq!((slow.name.as_str(), slow.values), ("sort/slow", vec![0.5, 1.0]));
        let quick = entries.remove(0).finish("").unwrap();
        assert_eq!((quick.name.as_str(), quick.unit), ("sort/quick/64", Unit::new("ns")));
        assert_eq!(quick.values, [100.05, 100.05]);
    }

    #[test]
    fn a_row_without_a_time_is_named_by_its_line() {
        let fault = |rows: &str| entries(rows).unwrap().remove(0).finish("").unwrap_err().to_string();
        let none = fault("a,,,,,5,ns,1\na,,,,,5,ns,0\n");
        assert!(none.starts_with("raw.csv, line 3, column iteration_count: 0 iterations"), "{none}");
        assert!(fault("a,,,,,x,ns,1\n").starts_with("raw.csv, line 2, column sample_measured_value: \"x\""));
        assert!(fault("a,,,,,NaN,ns,1\n").contains("NaN"));
        assert!(fault("a,,,,,1e308,ns,1e-9\n").contains("beyond the largest"));
        assert!(entries("a,,,,,5,ns\n").unwrap_err().contains("line 2"));
    }

    #[test]
    fn the_header_is_recognised_by_its_columns() {
        assert!(is_raw_csv(HEADER));
        assert!(!is_raw_csv("group,function,value"));
    }
}
