//! criterion's `raw.csv`: a row for each sample of a benchmark, with the time of all its iterations together.
//!
//! A value is `sample_measured_value / iteration_count`, in the row's `unit`. criterion of Rust writes the file with its
//! feature `csv_output`; the name is that of the group, the function and the parameter, as far as they are there.

use super::super::cell::{self, CellRules};
use super::super::number;
use super::super::source::Stream;
use super::super::table::Table;
use super::super::{column, excerpt};
use super::Unit;
use super::entry::{Entry, Gathering, Rank};
use crate::error::Error;
use crate::settings::{ColumnName, DecimalMark, Header, Missing, Reading};

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

/// Whether a first line names criterion's columns.
#[must_use]
pub fn is_header(line: &[u8]) -> bool {
    let fields: Vec<_> = line.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).collect();
    MARKS.iter().all(|mark| fields.contains(&mark.as_bytes()))
}

/// Reads the rows.
///
/// # Errors
/// [`Error::Input`] for everything that may be wrong with a table, and for a row without a time.
pub fn read(stream: Stream) -> Result<Vec<Entry>, Error> {
    // The format leaves no choice, whatever the options say of tables.
    let reading = Reading {
        delimiter: Some(b','),
        header: Header::Detect,
        decimal: DecimalMark::Point,
        missing_tokens: Vec::new(),
        missing: Missing::Error,
    };
    let mut table = Table::open(stream, &reading, &CellRules::new(&reading), &[])?;
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
                .map_err(|why| cell::unreadable(table, column, why))
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
    use std::io::Cursor;

    use super::super::Format;
    use super::*;

    const HEADER: &str =
        "group,function,value,throughput_num,throughput_type,sample_measured_value,unit,iteration_count";

    fn entries(rows: &str) -> Result<Vec<Entry>, String> {
        let text = format!("{HEADER}\n{rows}");
        let stream = Stream::new("raw.csv".to_owned(), None, Cursor::new(text.into_bytes())).unwrap();
        read(stream).map_err(|error| error.to_string())
    }

    #[test]
    fn a_value_is_the_time_of_one_iteration() {
        let rows =
            "sort,quick,64,,,1000.5,ns,10\nsort,quick,64,,,4002,ns,40\nsort,slow,,,,1,ns,2\nsort,slow,,,,1,ns,1\n";
        let mut entries = entries(rows).unwrap();
        let slow = entries.remove(1).finish(Format::Criterion).unwrap();
        assert_eq!((slow.name.as_str(), slow.values), ("sort/slow", vec![0.5, 1.0]));
        let quick = entries.remove(0).finish(Format::Criterion).unwrap();
        assert_eq!((quick.name.as_str(), quick.unit), ("sort/quick/64", Unit::new("ns")));
        assert_eq!(quick.values, [100.05, 100.05]);
    }

    #[test]
    fn a_row_without_a_time_is_named_by_its_line() {
        let fault = |rows: &str| entries(rows).unwrap().remove(0).finish(Format::Criterion).unwrap_err().to_string();
        let none = fault("a,,,,,5,ns,1\na,,,,,5,ns,0\n");
        assert!(none.starts_with("raw.csv, line 3, column iteration_count: 0 iterations"), "{none}");
        assert!(fault("a,,,,,x,ns,1\n").starts_with("raw.csv, line 2, column sample_measured_value: \"x\""));
        assert!(fault("a,,,,,NaN,ns,1\n").contains("NaN"));
        assert!(fault("a,,,,,1e308,ns,1e-9\n").contains("beyond the largest"));
        assert!(entries("a,,,,,5,ns\n").unwrap_err().contains("line 2"));
    }

    #[test]
    fn the_header_is_recognised_by_its_columns() {
        assert!(is_header(HEADER.as_bytes()));
        assert!(!is_header(b"group,function,value"));
    }
}
