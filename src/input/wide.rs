//! Two columns of one table, one for each group → the two samples, or pairs.

use super::cell::{Cell, CellRules, Values, missing_here, unreadable};
use super::column;
use super::dataset::{Dataset, UNNAMED_COLUMN, no_values};
use super::keys::{KeyColumns, Observations, RowKeys};
use super::number::NotANumber;
use super::pairing::{self, Side, no_pairs};
use super::table::Table;
use crate::error::{Error, Place};
use crate::settings::{ColumnName, Missing};

/// Empty fields since the last value: padding if no value follows.
#[derive(Default)]
struct Gap {
    n: u64,
    /// What to say of the first of them if one does.
    first: Option<Error>,
}

impl Gap {
    /// Counts the empty field in a column of the current row.
    fn widen(&mut self, table: &Table, column: usize, rules: &CellRules) {
        self.n += 1;
        if self.first.is_none() {
            self.first = Some(match rules.read(b"") {
                Cell::Missing => missing_here(table, column),
                Cell::Value(_) | Cell::Other(_) => unreadable(table, column, NotANumber::Empty),
            });
        }
    }

    /// Tallies the empty fields as missing, for a value follows, and returns how many they were.
    fn close(&mut self, rules: &CellRules, cells: &mut Values<'_>) -> Result<u64, Error> {
        let Some(first) = self.first.take() else { return Ok(0) };
        if !rules.is_missing(b"") {
            return Err(first);
        }
        cells.count_gap(self.n, first);
        Ok(std::mem::take(&mut self.n))
    }
}

/// One of the two columns as it is read.
struct WideColumn {
    index: usize,
    observations: Observations,
    /// Fields that held a missing token, or a value without a key.
    n_missing: u64,
    gap: Gap,
}

impl WideColumn {
    fn new(index: usize) -> Self {
        Self { index, observations: Observations::default(), n_missing: 0, gap: Gap::default() }
    }

    /// Takes the field of the current row.
    fn take(&mut self, table: &Table, rules: &CellRules, cells: &mut Values<'_>) -> Result<(), Error> {
        if table.field(self.index).is_empty() {
            self.gap.widen(table, self.index, rules);
            return Ok(());
        }
        if let Some(value) = cells.read(table, self.index)? {
            self.gap.close(rules, cells)?;
            self.observations.values.push(value);
        } else {
            self.n_missing += 1;
        }
        Ok(())
    }

    /// Takes the field of the current row with the row's keys.
    fn take_with(
        &mut self,
        row: &RowKeys,
        table: &Table,
        rules: &CellRules,
        cells: &mut Values<'_>,
    ) -> Result<(), Error> {
        let n_before = self.observations.values.len();
        self.take(table, rules, cells)?;
        if self.observations.values.len() > n_before {
            self.observations.push_keys(row);
        }
        Ok(())
    }

    fn is_empty_in(&self, table: &Table) -> bool {
        table.field(self.index).is_empty()
    }
}

/// Reads a wide table to its end. Columns may be of unequal length: empty fields after a column's last value are padding,
/// unless each row is a pair. Then only rows without either value are, after the last pair.
///
/// # Errors
/// [`Error::Usage`] if two of groups and keys are to come from the same column, [`Error::Input`] for everything else.
pub fn read(
    mut table: Table,
    case: &ColumnName,
    control: &ColumnName,
    mut keys: KeyColumns<'_>,
    rules: &CellRules,
    missing: Missing,
) -> Result<Dataset, Error> {
    let mut case = WideColumn::new(column::find(&table, case, "--case")?);
    let mut control = WideColumn::new(column::find(&table, control, "--control")?);
    if case.index == control.index {
        let what = format!("--case and --control are the same column, {}", table.column_label(case.index));
        return Err(Error::usage(what, "name two different columns"));
    }
    keys.locate(&table)?;
    keys.tell_apart(&table, &[("--case", case.index), ("--control", control.index)])?;
    let mut notes = table.take_notes();
    let mut cells = Values::new(rules);
    let n_pairs_dropped = if keys.pairs().is_some() {
        Some(read_pairs(&mut table, &mut case, &mut control, &mut keys, rules, &mut cells)?)
    } else {
        read_columns(&mut table, &mut case, &mut control, &mut keys, rules, &mut cells)?;
        None
    };
    let n_missing = cells.finish(missing, table.name(), &mut notes)?;
    notes.extend(keys.take_notes());
    check_that_values_are_left(&table, [&case, &control], n_pairs_dropped)?;
    let (case_label, control_label) = labels(&table, case.index, control.index);
    let place = keys.pair_place(&table);
    let side = |label, column: WideColumn| Side { label, place: place.clone(), observations: column.observations };
    let arranged = pairing::arrange(keys, side(case_label, case), side(control_label, control))?;
    Ok(Dataset {
        column: UNNAMED_COLUMN.to_owned(),
        grouping: None,
        case: arranged.case,
        control: arranged.control,
        layout: arranged.layout,
        n_dropped: n_pairs_dropped.unwrap_or(n_missing),
        notes,
    })
}

/// Reads both columns, each for itself.
fn read_columns(
    table: &mut Table,
    case: &mut WideColumn,
    control: &mut WideColumn,
    keys: &mut KeyColumns<'_>,
    rules: &CellRules,
    cells: &mut Values<'_>,
) -> Result<(), Error> {
    if keys.are_absent() {
        while table.advance()? {
            case.take(table, rules, cells)?;
            control.take(table, rules, cells)?;
        }
        return Ok(());
    }
    while table.advance()? {
        // A row that only fills up the table may lack its keys too.
        let is_padding = case.is_empty_in(table) && control.is_empty_in(table);
        let row = if is_padding { RowKeys::default() } else { keys.read(table)? };
        if let Some(key) = row.missing {
            cells.count_missing(table, key.column);
            for column in [&mut *case, &mut *control] {
                column.n_missing += u64::from(!column.is_empty_in(table));
            }
        } else {
            case.take_with(&row, table, rules, cells)?;
            control.take_with(&row, table, rules, cells)?;
        }
    }
    Ok(())
}

/// Reads both columns, each row a pair, and returns how many rows were left out because something was missing.
fn read_pairs(
    table: &mut Table,
    case: &mut WideColumn,
    control: &mut WideColumn,
    keys: &mut KeyColumns<'_>,
    rules: &CellRules,
    cells: &mut Values<'_>,
) -> Result<u64, Error> {
    let mut n_dropped = 0;
    while table.advance()? {
        if case.is_empty_in(table) && control.is_empty_in(table) {
            case.gap.widen(table, case.index, rules);
            control.gap.widen(table, control.index, rules);
            continue;
        }
        let row = keys.read(table)?;
        if let Some(key) = row.missing {
            cells.count_missing(table, key.column);
            n_dropped += 1;
            continue;
        }
        let pair = [cells.read(table, case.index)?, cells.read(table, control.index)?];
        if pair != [None, None] {
            n_dropped += case.gap.close(rules, cells)?;
            control.gap.close(rules, cells)?;
        }
        if let [Some(value), Some(other)] = pair {
            case.observations.push(value, &row);
            control.observations.push(other, &row);
        } else {
            n_dropped += 1;
        }
    }
    Ok(n_dropped)
}

fn check_that_values_are_left(
    table: &Table,
    columns: [&WideColumn; 2],
    n_pairs_dropped: Option<u64>,
) -> Result<(), Error> {
    for column in columns {
        if !column.observations.have_no_value() {
            continue;
        }
        let n_empty = column.n_missing + column.gap.n;
        return Err(match n_pairs_dropped {
            Some(n_dropped) => no_pairs(Place::file(table.name()), n_dropped + n_empty),
            None => no_values(Place::file(table.name()).column(table.column_label(column.index)), n_empty),
        });
    }
    Ok(())
}

/// What the report calls the two groups: the names of their columns, if those tell them apart.
fn labels(table: &Table, case: usize, control: usize) -> (String, String) {
    let label = |column| table.column_name(column).map_or_else(|| format!("column {}", column + 1), str::to_owned);
    let (one, other) = (label(case), label(control));
    if one == other { ("case".to_owned(), "control".to_owned()) } else { (one, other) }
}
