//! Columns → the two samples.

use super::cell::{CellRules, Values};
use super::table::Table;
use super::{column, excerpt, long, wide};
use crate::error::{Error, Place};
use crate::settings::{ColumnName, Reading, Samples, Source};

/// What the value column is called where the file does not say.
pub(super) const UNNAMED_COLUMN: &str = "value";

/// The two samples of a test and where they came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Name of the value column: its header, or `value` where the file has none.
    pub column: String,
    /// Name of the column of labels, for one long file.
    pub grouping: Option<String>,
    /// The sample whose difference from the other is tested.
    pub case: Group,
    /// The sample it is compared with.
    pub control: Group,
    /// Rows left out because their value (or label) was missing.
    pub n_dropped: u64,
    /// Things the user should know about how the files were read, a sentence each, for standard error.
    pub notes: Vec<String>,
}

/// One of the two samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What the report calls it.
    pub label: String,
    /// Its observations in file order, finite, at least one.
    pub values: Vec<f64>,
}

/// Reads the two samples.
///
/// Costs one pass over each file; of its columns only the chosen ones stay in memory, eight bytes a value.
///
/// # Errors
/// [`Error::Usage`] for settings that contradict each other, [`Error::Input`] for everything that a file may have wrong,
/// with its place and remedy.
pub fn read(samples: &Samples, reading: &Reading) -> Result<Dataset, Error> {
    let rules = CellRules::new(reading);
    match samples {
        Samples::TwoFiles { case: Source::Stdin, control: Source::Stdin, .. } => Err(Error::usage(
            "standard input (-) can be only one of the two files",
            "give the other by its path, or both groups in one file with --group",
        )),
        Samples::TwoFiles { case, control, column } => read_two_files(case, control, column.as_ref(), reading, &rules),
        Samples::Long { file, column, group, case, control } => {
            let labels = long::NamedLabels::new(case.as_deref(), control.as_deref())?;
            let named: Vec<_> = column.iter().chain([group]).collect();
            let table = Table::open(file.open()?, reading, &rules, &named)?;
            long::read(table, column.as_ref(), group, &labels, &rules, reading.missing)
        }
        Samples::Wide { file, case, control } => {
            let table = Table::open(file.open()?, reading, &rules, &[case, control])?;
            wide::read(table, case, control, &rules, reading.missing)
        }
    }
}

/// The value column of one file.
struct Column {
    name: Option<String>,
    values: Vec<f64>,
    n_dropped: u64,
    notes: Vec<String>,
}

fn read_two_files(
    case: &Source,
    control: &Source,
    column: Option<&ColumnName>,
    reading: &Reading,
    rules: &CellRules,
) -> Result<Dataset, Error> {
    let (mut case_label, mut control_label) = (case.stem(), control.stem());
    if case_label == control_label {
        (case_label, control_label) = ("case".to_owned(), "control".to_owned());
    }
    let case_column = read_column(case, column, reading, rules)?;
    let control_column = read_column(control, column, reading, rules)?;
    let mut notes = [case_column.notes, control_column.notes].concat();
    if let (Some(one), Some(other)) = (&case_column.name, &control_column.name)
        && one != other
    {
        let (one, other) = (excerpt::quote(one.as_bytes()), excerpt::quote(other.as_bytes()));
        notes.push(format!("column {one} of {} is compared with column {other} of {}", case.name(), control.name()));
    }
    Ok(Dataset {
        column: case_column.name.unwrap_or_else(|| UNNAMED_COLUMN.to_owned()),
        grouping: None,
        case: Group { label: case_label, values: case_column.values },
        control: Group { label: control_label, values: control_column.values },
        n_dropped: case_column.n_dropped + control_column.n_dropped,
        notes,
    })
}

fn read_column(
    source: &Source,
    name: Option<&ColumnName>,
    reading: &Reading,
    rules: &CellRules,
) -> Result<Column, Error> {
    let mut table = Table::open(source.open()?, reading, rules, name.as_slice())?;
    let column = match name {
        Some(name) => column::find(&table, name, "--column")?,
        None => column::choose(&mut table, rules, None)?,
    };
    let mut values = Vec::new();
    let mut cells = Values::new(rules);
    while table.advance()? {
        if let Some(value) = cells.read(&table, column)? {
            values.push(value);
        }
    }
    let mut notes = table.take_notes();
    let n_dropped = cells.finish(reading.missing, table.name(), &mut notes)?;
    if values.is_empty() {
        let place = Place::file(table.name()).column(table.column_label(column));
        return Err(no_values(place, n_dropped));
    }
    Ok(Column { name: table.column_name(column).map(str::to_owned), values, n_dropped, notes })
}

/// The error for a column of which nothing is left.
pub(super) fn no_values(place: Place, n_dropped: u64) -> Error {
    let dropped = if n_dropped == 1 { "the only one is".to_owned() } else { format!("all {n_dropped} are") };
    let what = format!("there are no values: {dropped} missing");
    Error::input(place, what, "choose another column, or a file with at least one value")
}
