//! Two columns of one table, one for each group → the two samples.

use super::cell::{Cell, CellRules, Values, missing_here, unreadable};
use super::column;
use super::dataset::{Dataset, Group, UNNAMED_COLUMN, no_values};
use super::number::NotANumber;
use super::table::Table;
use crate::error::{Error, Place};
use crate::settings::{ColumnName, Missing};

/// One of the two columns as it is read.
struct WideColumn {
    index: usize,
    values: Vec<f64>,
    /// Fields that held a missing token.
    n_missing: u64,
    /// Empty fields since the last value: padding if no value follows.
    gap: u64,
    /// What to say of the first of them if one does.
    first_of_gap: Option<Error>,
}

impl WideColumn {
    fn new(index: usize) -> Self {
        Self { index, values: Vec::new(), n_missing: 0, gap: 0, first_of_gap: None }
    }

    /// Takes the field of the current row.
    fn take(&mut self, table: &Table, rules: &CellRules, cells: &mut Values<'_>) -> Result<(), Error> {
        if table.field(self.index).is_empty() {
            self.gap += 1;
            if self.first_of_gap.is_none() {
                self.first_of_gap = Some(match rules.read(b"") {
                    Cell::Missing => missing_here(table, self.index),
                    Cell::Value(_) | Cell::Other(_) => unreadable(table, self.index, NotANumber::Empty),
                });
            }
            return Ok(());
        }
        if let Some(value) = cells.read(table, self.index)? {
            if let Some(first) = self.first_of_gap.take() {
                if !rules.is_missing(b"") {
                    return Err(first);
                }
                cells.count_gap(self.gap, first);
                self.gap = 0;
            }
            self.values.push(value);
        } else {
            self.n_missing += 1;
        }
        Ok(())
    }
}

/// Reads a wide table to its end. Columns may be of unequal length: empty fields after a column's last value are padding.
///
/// # Errors
/// [`Error::Usage`] if both groups are to come from the same column, [`Error::Input`] for everything else.
pub fn read(
    mut table: Table,
    case: &ColumnName,
    control: &ColumnName,
    rules: &CellRules,
    missing: Missing,
) -> Result<Dataset, Error> {
    let mut case = WideColumn::new(column::find(&table, case, "--case")?);
    let mut control = WideColumn::new(column::find(&table, control, "--control")?);
    if case.index == control.index {
        let what = format!("--case and --control are the same column, {}", table.column_label(case.index));
        return Err(Error::usage(what, "name two different columns"));
    }
    let mut notes = table.take_notes();
    let mut cells = Values::new(rules);
    while table.advance()? {
        case.take(&table, rules, &mut cells)?;
        control.take(&table, rules, &mut cells)?;
    }
    let n_dropped = cells.finish(missing, table.name(), &mut notes)?;
    for column in [&case, &control] {
        if column.values.is_empty() {
            let place = Place::file(table.name()).column(table.column_label(column.index));
            return Err(no_values(place, column.n_missing + column.gap));
        }
    }
    let (case_label, control_label) = labels(&table, case.index, control.index);
    Ok(Dataset {
        column: UNNAMED_COLUMN.to_owned(),
        grouping: None,
        case: Group { label: case_label, values: case.values },
        control: Group { label: control_label, values: control.values },
        n_dropped,
        notes,
    })
}

/// What the report calls the two groups: the names of their columns, if those tell them apart.
fn labels(table: &Table, case: usize, control: usize) -> (String, String) {
    let label = |column| table.column_name(column).map_or_else(|| format!("column {}", column + 1), str::to_owned);
    let (one, other) = (label(case), label(control));
    if one == other { ("case".to_owned(), "control".to_owned()) } else { (one, other) }
}
