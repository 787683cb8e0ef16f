//! Columns → the two samples.

use super::cell::{CellRules, Values};
use super::keys::{KeyColumns, Observations};
use super::layout::Layout;
use super::pairing::{self, Side};
use super::table::Table;
use super::{column, excerpt, long, wide};
use crate::error::{Error, Place};
use crate::settings::{Blocks, ColumnName, Pairs, Reading, Samples, Source};

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
    /// How observations belong together; each list is as long as the case values followed by the control values.
    pub layout: Layout,
    /// Rows left out because their value, label or key was missing, or the value of the other half of their pair. In a
    /// wide file, where a row has two values, each missing one counts, except where the row is a pair.
    pub n_dropped: u64,
    /// Things the user should know about how the files were read, a sentence each, for standard error.
    pub notes: Vec<String>,
}

/// One of the two samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What the report calls it.
    pub label: String,
    /// Its observations, finite, at least one; in file order, but for those of a control that is paired by ids: they
    /// follow the order of the case.
    pub values: Vec<f64>,
}

/// Reads the two samples of each tested column: at least one.
///
/// Costs one pass over each file; of its columns only the chosen ones stay in memory, eight bytes a value, four a key, and
/// each different key once.
///
/// # Errors
/// [`Error::Usage`] for settings that contradict each other, [`Error::Input`] for everything that a file may have wrong,
/// with its place and remedy.
pub fn read(samples: &Samples, blocks: &Blocks, reading: &Reading) -> Result<Vec<Dataset>, Error> {
    let rules = CellRules::new(reading);
    let keys = KeyColumns::new(blocks, &rules);
    let open = |file: &Source, columns: &[&ColumnName]| {
        Table::open(file.open()?, reading, &rules, &[columns, &keys.names()].concat())
    };
    match samples {
        Samples::TwoFiles { case: Source::Stdin, control: Source::Stdin, .. } => Err(Error::usage(
            "standard input (-) can be only one of the two files",
            "give the other by its path, or both groups in one file with --group",
        )),
        Samples::TwoFiles { case, control, column } => {
            Ok(vec![read_two_files(case, control, column.as_ref(), keys, reading, &rules)?])
        }
        Samples::Long { file, column, group, case, control } => {
            let labels = long::NamedLabels::new(case.as_deref(), control.as_deref())?;
            let named: Vec<_> = column.iter().chain([group]).collect();
            let table = open(file, &named)?;
            Ok(vec![long::read(table, column.as_ref(), group, &labels, keys, &rules, reading.missing)?])
        }
        Samples::Wide { .. } if matches!(blocks.pairs, Some(Pairs::ById(_))) => Err(Error::usage(
            "--pair is for files with a row for each observation, but here a row has both groups",
            "say --paired, for each row is a pair",
        )),
        Samples::Wide { file, case, control } => {
            let table = open(file, &[case, control])?;
            Ok(vec![wide::read(table, case, control, keys, &rules, reading.missing)?])
        }
    }
}

/// The value column of one file.
struct Column {
    name: Option<String>,
    observations: Observations,
    /// Where messages about its pairs find them.
    place: Place,
    n_dropped: u64,
    notes: Vec<String>,
}

fn read_two_files(
    case: &Source,
    control: &Source,
    column: Option<&ColumnName>,
    mut keys: KeyColumns<'_>,
    reading: &Reading,
    rules: &CellRules,
) -> Result<Dataset, Error> {
    let (mut case_label, mut control_label) = (case.stem(), control.stem());
    if case_label == control_label {
        (case_label, control_label) = ("case".to_owned(), "control".to_owned());
    }
    let case_column = read_column(case, column, &mut keys, reading, rules)?;
    let control_column = read_column(control, column, &mut keys, reading, rules)?;
    let mut notes = [&case_column.notes[..], &control_column.notes].concat();
    if let (Some(one), Some(other)) = (&case_column.name, &control_column.name)
        && one != other
    {
        let (one, other) = (excerpt::quote(one.as_bytes()), excerpt::quote(other.as_bytes()));
        notes.push(format!("column {one} of {} is compared with column {other} of {}", case.name(), control.name()));
    }
    notes.extend(keys.take_notes());
    let n_missing = case_column.n_dropped + control_column.n_dropped;
    let name = case_column.name.clone();
    let side = |label, column: Column| Side { label, place: column.place, observations: column.observations };
    let arranged = pairing::arrange(keys, side(case_label, case_column), side(control_label, control_column))?;
    Ok(Dataset {
        column: name.unwrap_or_else(|| UNNAMED_COLUMN.to_owned()),
        grouping: None,
        case: arranged.case,
        control: arranged.control,
        layout: arranged.layout,
        n_dropped: n_missing + arranged.n_bereft,
        notes,
    })
}

fn read_column(
    source: &Source,
    name: Option<&ColumnName>,
    keys: &mut KeyColumns<'_>,
    reading: &Reading,
    rules: &CellRules,
) -> Result<Column, Error> {
    let mut table = Table::open(source.open()?, reading, rules, &[name.as_slice(), &keys.names()].concat())?;
    keys.locate(&table)?;
    let column = match name {
        Some(name) => column::find(&table, name, "--column")?,
        None => column::choose(&mut table, rules, &keys.indices())?,
    };
    keys.tell_apart(&table, &[("--column", column)])?;
    let mut observations = Observations::default();
    let mut cells = Values::new(rules);
    if keys.are_absent() {
        let values = &mut observations.values;
        while table.advance()? {
            if let Some(value) = cells.read(&table, column)? {
                values.push(value);
            }
        }
    } else {
        while table.advance()? {
            keys.take(&table, column, &mut cells, &mut observations)?;
        }
    }
    let mut notes = table.take_notes();
    let n_dropped = cells.finish(reading.missing, table.name(), &mut notes)?;
    if observations.have_no_value() {
        let place = Place::file(table.name()).column(table.column_label(column));
        return Err(no_values(place, n_dropped));
    }
    let (name, place) = (table.column_name(column).map(str::to_owned), keys.pair_place(&table));
    Ok(Column { name, observations, place, n_dropped, notes })
}

/// The error for a column of which nothing is left.
pub(super) fn no_values(place: Place, n_dropped: u64) -> Error {
    let dropped = if n_dropped == 1 { "the only one is".to_owned() } else { format!("all {n_dropped} are") };
    let what = format!("there are no values: {dropped} missing");
    Error::input(place, what, "choose another column, or a file with at least one value")
}
