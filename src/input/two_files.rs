//! One or more columns of each of two tables → the two samples of each.

use super::cell::{CellRules, Values};
use super::dataset::{Dataset, Sample, UNNAMED_COLUMN, no_values};
use super::keys::{KeyColumns, Kind, Observations};
use super::pairing::{self, Side};
use super::table::Table;
use super::{column, excerpt};
use crate::error::{Error, Place};
use crate::settings::{Columns, Reading, Unmatched};

/// How two files are read.
pub struct TwoFiles<'a> {
    /// The columns, or benchmarks, that are wanted.
    pub columns: &'a Columns,
    /// What is done about those that only one of them has.
    pub unmatched: Unmatched,
    /// How tables become numbers.
    pub reading: &'a Reading,
    /// What their fields mean.
    pub rules: &'a CellRules,
}

/// Two tables of which the header lines have been read.
pub struct TwoTables {
    /// With the case samples.
    pub case: Table,
    /// With the control samples.
    pub control: Table,
}

/// A value column of one table.
struct Column {
    name: Option<String>,
    observations: Observations,
    /// Where messages about its pairs find them.
    place: Place,
    n_dropped: u64,
    notes: Vec<String>,
}

impl TwoFiles<'_> {
    /// Reads both tables to their ends; `labels` are what reports call the groups.
    ///
    /// # Errors
    /// [`Error::Input`] for everything that a file may have wrong, [`Error::Usage`] for a column with two meanings.
    pub fn read(
        &self,
        mut tables: TwoTables,
        labels: &[String; 2],
        mut keys: KeyColumns<'_>,
    ) -> Result<Vec<Dataset>, Error> {
        keys.locate(&tables.case)?;
        for name in self.columns.names() {
            // What is wrong with the case file comes before what is wrong with both.
            if let Ok(column) = column::find(&tables.case, name, "--column") {
                keys.tell_apart(&tables.case, &[("--column", column)])?;
            }
        }
        let (chosen, mut notes) = self.choose(&mut tables, &keys)?;
        let TwoTables { case, control } = tables;
        let (case_name, control_name) = (case.name().to_owned(), control.name().to_owned());
        let [of_case, of_control]: [Vec<usize>; 2] = [0, 1].map(|side| chosen.iter().map(|pair| pair[side]).collect());
        let case_columns = self.read_columns(case, &of_case, &mut keys)?;
        let control_columns = self.read_columns(control, &of_control, &mut keys)?;
        notes.extend(keys.take_notes());
        let dataset = |(case, control): (Column, Column)| {
            let mut told = std::mem::take(&mut notes);
            told.splice(0..0, [&case.notes[..], &control.notes].concat());
            if let (Some(one), Some(other)) = (&case.name, &control.name)
                && one != other
            {
                let (one, other) = (excerpt::quote(one.as_bytes()), excerpt::quote(other.as_bytes()));
                told.push(format!("column {one} of {case_name} is compared with column {other} of {control_name}"));
            }
            let name = case.name.clone();
            let n_missing = case.n_dropped + control.n_dropped;
            let side = |label: &String, column: Column| Side {
                label: label.clone(),
                place: column.place,
                observations: column.observations,
            };
            let arranged = pairing::arrange(keys.clone(), side(&labels[0], case), side(&labels[1], control))?;
            Ok(Dataset {
                column: name.unwrap_or_else(|| UNNAMED_COLUMN.to_owned()),
                grouping: None,
                case: arranged.case,
                control: arranged.control,
                layout: arranged.layout,
                n_dropped: n_missing + arranged.n_bereft,
                notes: told,
            })
        };
        case_columns.into_iter().zip(control_columns).map(dataset).collect()
    }

    /// Reads one column of one table to its end.
    ///
    /// # Errors
    /// As [`TwoFiles::read`].
    pub fn read_one(&self, mut table: Table, mut keys: KeyColumns<'_>) -> Result<Sample, Error> {
        let taken = keys.find(&table)?;
        let chosen = column::chosen(&mut table, self.columns, self.rules, &taken)?;
        let mut column = self.read_columns(table, &chosen[..1], &mut keys)?.remove(0);
        column.notes.extend(keys.take_notes());
        Ok(Sample {
            column: column.name.unwrap_or_else(|| UNNAMED_COLUMN.to_owned()),
            clusters: column.observations.keys(Kind::Cluster).to_vec(),
            values: column.observations.values,
            notes: column.notes,
        })
    }

    /// The columns of both tables that belong together, and what is to be told about others.
    fn choose(&self, tables: &mut TwoTables, keys: &KeyColumns) -> Result<(Vec<[usize; 2]>, Vec<String>), Error> {
        let TwoTables { case, control } = tables;
        let (taken, taken_of_control) = (keys.find(case)?, keys.find(control)?);
        match self.columns {
            Columns::Sole => {
                let one = column::choose(case, self.rules, &taken)?;
                Ok((vec![[one, column::choose(control, self.rules, &taken_of_control)?]], Vec::new()))
            }
            Columns::Named(names) => {
                let (mut pairs, mut lone) = (Vec::new(), Vec::new());
                for name in names {
                    match (column::find(case, name, "--column"), column::find(control, name, "--column")) {
                        (Ok(one), Ok(other)) => pairs.push([one, other]),
                        (Ok(_), Err(_)) if self.unmatched == Unmatched::Ignore => {
                            lone.push((name.0.clone(), case.name()));
                        }
                        (Err(_), Ok(_)) if self.unmatched == Unmatched::Ignore => {
                            lone.push((name.0.clone(), control.name()));
                        }
                        (Err(error), _) | (_, Err(error)) => return Err(error),
                    }
                }
                column::refuse_twins(case, &pairs.iter().map(|pair| pair[0]).collect::<Vec<_>>())?;
                self.settle(pairs, &lone, control)
            }
            Columns::All => {
                let ones = column::numeric(case, self.rules, &taken)?;
                let others = column::numeric(control, self.rules, &taken_of_control)?;
                let partner = |&one: &usize| {
                    let label = case.column_label(one);
                    others.iter().copied().find(|&other| control.column_label(other) == label).map(|other| [one, other])
                };
                let pairs: Vec<[usize; 2]> = ones.iter().filter_map(partner).collect();
                let of_case = ones.iter().filter(|&&one| !pairs.iter().any(|pair| pair[0] == one));
                let of_control = others.iter().filter(|&&other| !pairs.iter().any(|pair| pair[1] == other));
                let mut lone: Vec<_> = of_case.map(|&one| (case.column_label(one), case.name())).collect();
                lone.extend(of_control.map(|&other| (control.column_label(other), control.name())));
                self.settle(pairs, &lone, control)
            }
        }
    }

    /// Refuses columns without a partner, or tells of them.
    fn settle(
        &self,
        pairs: Vec<[usize; 2]>,
        lone: &[(String, &str)],
        control: &Table,
    ) -> Result<(Vec<[usize; 2]>, Vec<String>), Error> {
        let list = || {
            excerpt::list(
                lone.iter().map(|(column, file)| format!("{column} ({file})")).collect::<Vec<_>>().into_iter(),
            )
        };
        match self.unmatched {
            _ if pairs.is_empty() => {
                let what = format!("no column with numbers is in both files; in one of them are {}", list());
                Err(Error::input(control.header_place(), what, "give two files with the same columns"))
            }
            _ if lone.is_empty() => Ok((pairs, Vec::new())),
            Unmatched::Refuse => {
                let what = format!("only one of the two files has numbers in {}", list());
                Err(Error::input(control.header_place(), what, "complete the other, or say --ignore-unmatched"))
            }
            Unmatched::Ignore => {
                let note = format!("left out, as only one of the two files has it: {}", list());
                Ok((pairs, vec![note]))
            }
        }
    }

    /// Reads columns of one table, in one pass.
    fn read_columns(
        &self,
        mut table: Table,
        columns: &[usize],
        keys: &mut KeyColumns<'_>,
    ) -> Result<Vec<Column>, Error> {
        keys.locate(&table)?;
        for &column in columns {
            keys.tell_apart(&table, &[("--column", column)])?;
        }
        let mut all: Vec<_> =
            columns.iter().map(|&column| (column, Values::new(self.rules), Observations::default())).collect();
        match &mut all[..] {
            // One column after the other would cost a tenth of the time.
            [(column, cells, observations)] if keys.are_absent() => {
                while table.advance()? {
                    if let Some(value) = cells.read(&table, *column)? {
                        observations.values.push(value);
                    }
                }
            }
            all => {
                while table.advance()? {
                    for (column, cells, observations) in &mut *all {
                        keys.take(&table, *column, cells, observations)?;
                    }
                }
            }
        }
        let mut notes = table.take_notes();
        let finish = |(column, cells, observations): (usize, Values, Observations)| {
            let mut notes = std::mem::take(&mut notes);
            let n_dropped = cells.finish(self.reading.missing, table.name(), &mut notes)?;
            if observations.have_no_value() {
                let place = Place::file(table.name()).column(table.column_label(column));
                return Err(no_values(place, n_dropped));
            }
            let (name, place) = (table.column_name(column).map(str::to_owned), keys.pair_place(&table));
            Ok(Column { name, observations, place, n_dropped, notes })
        };
        all.into_iter().map(finish).collect()
    }
}
