//! Fields of key columns → numbers: the pair, the stratum and the cluster that a row belongs to.
//!
//! A key is the field's text without blanks around it, compared byte for byte. An empty field and a missing token are no
//! key: the row counts as one with a missing value.

use std::collections::HashMap;

use super::cell::{CellRules, Values};
use super::layout::{Keys, Layout, Pairing};
use super::table::Table;
use super::{column, excerpt};
use crate::error::{Error, Place};
use crate::settings::{Blocks, ColumnName, Pairs};

/// What a key tells of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The pair it is one half of.
    Pair,
    /// The stratum it lies in.
    Stratum,
    /// The cluster it is a part of.
    Cluster,
}

impl Kind {
    const COUNT: usize = 3;

    /// The option that names the column.
    fn option(self) -> &'static str {
        match self {
            Self::Pair => "--pair",
            Self::Stratum => "--strata",
            Self::Cluster => "--cluster",
        }
    }

    /// What the column is called where the file does not say, and what messages call a key.
    fn noun(self) -> &'static str {
        match self {
            Self::Pair => "pair",
            Self::Stratum => "stratum",
            Self::Cluster => "cluster",
        }
    }
}

/// The observations of one group in file order, with the numbers of their keys.
#[derive(Debug, Default)]
pub struct Observations {
    /// The values. NaN stands for a missing one that has to keep its place until the pairs are known.
    pub values: Vec<f64>,
    /// The keys of each kind, as many as values or, where the kind was not asked for, none.
    keys: [Vec<u32>; Kind::COUNT],
    /// The line of each, if pairs go by id: for a message about an id.
    lines: Vec<u64>,
}

impl Observations {
    /// Values without keys.
    #[must_use]
    pub fn of_values(values: Vec<f64>) -> Self {
        Self { values, ..Self::default() }
    }

    /// Adds a value with its keys.
    pub fn push(&mut self, value: f64, row: &RowKeys) {
        self.values.push(value);
        self.push_keys(row);
    }

    /// Adds the keys of a value that was added without.
    pub fn push_keys(&mut self, row: &RowKeys) {
        for (keys, number) in self.keys.iter_mut().zip(row.numbers) {
            keys.extend(number);
        }
        self.lines.extend(row.line);
    }

    /// Whether there is no value, or none that is not missing.
    #[must_use]
    pub fn have_no_value(&self) -> bool {
        self.values.iter().all(|value| value.is_nan())
    }

    /// The keys of a kind, one for each value, or none at all.
    #[must_use]
    pub fn keys(&self, kind: Kind) -> &[u32] {
        &self.keys[kind as usize]
    }

    /// The line of a value, if pairs go by id.
    #[must_use]
    pub fn line(&self, row: usize) -> u64 {
        self.lines[row]
    }

    /// The observations in another order, or only some of them; where they stood in the file is forgotten.
    #[must_use]
    pub fn select(self, rows: &[usize]) -> Self {
        let keys = self.keys.map(|keys| {
            let numbers = rows.iter().filter_map(|&row| keys.get(row).copied());
            numbers.collect()
        });
        Self { values: rows.iter().map(|&row| self.values[row]).collect(), keys, lines: Vec::new() }
    }
}

/// The keys of one row.
#[derive(Debug, Default)]
pub struct RowKeys {
    /// By kind; `None` where the kind was not asked for, anything where the field is missing.
    numbers: [Option<u32>; Kind::COUNT],
    /// The line, if pairs go by id.
    line: Option<u64>,
    /// The first of the key columns whose field is missing.
    pub missing: Option<MissingKey>,
}

/// A key that is missing.
#[derive(Debug, Clone, Copy)]
pub struct MissingKey {
    kind: Kind,
    /// Its column in the table.
    pub column: usize,
}

/// The columns that tell how rows belong together, over all files of a run.
#[derive(Clone)]
pub struct KeyColumns<'a> {
    rules: &'a CellRules,
    pairs: Option<&'a Pairs>,
    /// That of the pairs first.
    list: Vec<KeyColumn<'a>>,
    notes: Vec<String>,
}

/// One of these columns.
#[derive(Clone)]
struct KeyColumn<'a> {
    kind: Kind,
    name: &'a ColumnName,
    /// Its index in the table that is being read.
    index: usize,
    /// The first file that was read, and the column's header there.
    first: Option<(String, Option<String>)>,
    dictionary: Dictionary,
}

impl<'a> KeyColumns<'a> {
    /// Takes the columns from the settings.
    #[must_use]
    pub fn new(blocks: &'a Blocks, rules: &'a CellRules) -> Self {
        let named = [
            (Kind::Pair, blocks.pair_column()),
            (Kind::Stratum, blocks.strata.as_ref()),
            (Kind::Cluster, blocks.clusters.as_ref()),
        ];
        let column = |(kind, name): (Kind, Option<&'a ColumnName>)| {
            Some(KeyColumn { kind, name: name?, index: 0, first: None, dictionary: Dictionary::default() })
        };
        let list = named.into_iter().filter_map(column).collect();
        Self { rules, pairs: blocks.pairs.as_ref(), list, notes: Vec::new() }
    }

    /// Whether every row stands for itself: there are values to read and nothing else.
    #[must_use]
    pub fn are_absent(&self) -> bool {
        self.list.is_empty() && self.pairs.is_none()
    }

    /// How the pairs are told, if there are any.
    #[must_use]
    pub fn pairs(&self) -> Option<&'a Pairs> {
        self.pairs
    }

    /// Refuses columns for a file that has none because it is no table.
    ///
    /// # Errors
    /// [`Error::Input`] if one was named.
    pub fn refuse_columns(&self, place: &Place) -> Result<(), Error> {
        let Some(key) = self.list.first() else { return Ok(()) };
        let what = format!("results of benchmarks have no columns for {}", key.kind.option());
        Err(Error::input(place.clone(), what, "leave it out, or give a table"))
    }

    /// The names of the columns, for the decision what a first line is.
    #[must_use]
    pub fn names(&self) -> Vec<&'a ColumnName> {
        self.list.iter().map(|key| key.name).collect()
    }

    /// The indices of the columns in the table that is being read.
    #[must_use]
    pub fn indices(&self) -> Vec<usize> {
        self.list.iter().map(|key| key.index).collect()
    }

    /// Finds the columns in a table.
    ///
    /// # Errors
    /// [`Error::Input`] if there is no such column, or more than one.
    pub fn find(&self, table: &Table) -> Result<Vec<usize>, Error> {
        self.list.iter().map(|key| column::find(table, key.name, key.kind.option())).collect()
    }

    /// Finds the columns in a table, which is the one to be read from now on.
    ///
    /// # Errors
    /// [`Error::Input`] if there is no such column, or more than one.
    pub fn locate(&mut self, table: &Table) -> Result<(), Error> {
        let indices = self.find(table)?;
        for (key, index) in self.list.iter_mut().zip(indices) {
            key.index = index;
            let name = table.column_name(key.index);
            match &key.first {
                None => key.first = Some((table.name().to_owned(), name.map(str::to_owned))),
                Some((file, Some(first))) if name.is_some_and(|name| name != first) => {
                    let (one, other) = (excerpt::quote(first.as_bytes()), table.column_label(key.index));
                    let (noun, here) = (key.kind.noun(), table.name());
                    let other = excerpt::quote(other.as_bytes());
                    self.notes.push(format!(
                        "the {noun} of a row is read from column {one} of {file} and from column {other} of {here}"
                    ));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Refuses a column that has two meanings; `others` are the options of values and labels with their columns.
    ///
    /// # Errors
    /// [`Error::Usage`] that names both options.
    pub fn tell_apart(&self, table: &Table, others: &[(&'static str, usize)]) -> Result<(), Error> {
        let mut known = others.to_vec();
        for key in &self.list {
            if let Some((option, _)) = known.iter().find(|(_, index)| *index == key.index) {
                let label = table.column_label(key.index);
                let what = format!("{option} and {} are the same column, {label}", key.kind.option());
                return Err(Error::usage(what, "name two different columns"));
            }
            known.push((key.kind.option(), key.index));
        }
        Ok(())
    }

    /// The place that messages about the pairs of a table begin with.
    #[must_use]
    pub fn pair_place(&self, table: &Table) -> Place {
        let place = Place::file(table.name());
        match self.list.first() {
            Some(key) if key.kind == Kind::Pair => place.column(table.column_label(key.index)),
            _ => place,
        }
    }

    /// Reads the keys of the current row.
    ///
    /// # Errors
    /// [`Error::Input`] if there are too many different keys to be numbered.
    pub fn read(&mut self, table: &Table) -> Result<RowKeys, Error> {
        let mut row = RowKeys::default();
        for key in &mut self.list {
            let text = table.field(key.index);
            let number = match key.dictionary.number(text) {
                Some(number) => number,
                None if text.is_empty() || self.rules.is_missing(text) => {
                    row.missing = row.missing.or(Some(MissingKey { kind: key.kind, column: key.index }));
                    0
                }
                None => {
                    if std::str::from_utf8(text).is_err() && key.dictionary.encoding == Encoding::Utf8 {
                        key.dictionary.encoding = Encoding::Other;
                        self.notes.push(not_utf_8(table, key.kind, text));
                    }
                    key.dictionary.add(text).ok_or_else(|| too_many(table, key.index))?
                }
            };
            row.numbers[key.kind as usize] = Some(number);
            if key.kind == Kind::Pair {
                row.line = Some(table.line(key.index));
            }
        }
        Ok(row)
    }

    /// Reads keys and value of the current row and adds them to the observations of its group. A row with something
    /// missing is tallied; it keeps its place if another row may be its partner, else it is gone.
    ///
    /// # Errors
    /// [`Error::Input`] if the value is neither a number nor missing.
    pub fn take(
        &mut self,
        table: &Table,
        value: usize,
        cells: &mut Values<'_>,
        group: &mut Observations,
    ) -> Result<(), Error> {
        let row = self.read(table)?;
        let value = match row.missing {
            Some(key) => {
                cells.count_missing(table, key.column);
                None
            }
            None => cells.read(table, value)?,
        };
        let has_no_id = row.missing.is_some_and(|key| key.kind == Kind::Pair);
        match value {
            Some(value) => group.push(value, &row),
            None if self.pairs.is_none() || has_no_id => {}
            None => group.push(f64::NAN, &row),
        }
        Ok(())
    }

    /// Takes the sentences that the user should see about the keys.
    pub fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// Name of the column of pair ids and the ids by their numbers, which are no longer known here afterwards.
    pub fn take_pair_ids(&mut self) -> (String, Vec<String>) {
        let named = self.list.iter_mut().find(|key| key.kind == Kind::Pair).map(KeyColumn::take_names);
        named.unwrap_or_else(|| (Kind::Pair.noun().to_owned(), Vec::new()))
    }

    /// The layout of the observations that are left.
    #[must_use]
    pub fn into_layout(self, case: &Observations, control: &Observations, pairing: Option<Pairing>) -> Layout {
        let mut layout = Layout { pairing, ..Layout::default() };
        for mut key in self.list {
            let target = match key.kind {
                Kind::Pair => continue,
                Kind::Stratum => &mut layout.strata,
                Kind::Cluster => &mut layout.clusters,
            };
            let (column, names) = key.take_names();
            let numbers = [case.keys(key.kind), control.keys(key.kind)].concat();
            *target = Some(Keys::new(column, numbers, names));
        }
        layout
    }
}

impl KeyColumn<'_> {
    /// The column's name and the keys by their numbers.
    fn take_names(&mut self) -> (String, Vec<String>) {
        let header = self.first.take().and_then(|(_, name)| name);
        let names = std::mem::take(&mut self.dictionary).into_names();
        (header.unwrap_or_else(|| self.kind.noun().to_owned()), names)
    }
}

/// The different keys of a column, numbered as they come.
#[derive(Debug, Default, Clone)]
struct Dictionary {
    numbers: HashMap<Box<[u8]>, u32>,
    encoding: Encoding,
}

/// What the keys are written in.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    #[default]
    Utf8,
    /// Something else, of which the user was told.
    Other,
}

impl Dictionary {
    fn number(&self, key: &[u8]) -> Option<u32> {
        self.numbers.get(key).copied()
    }

    /// Numbers a new key; none if the numbers are used up.
    fn add(&mut self, key: &[u8]) -> Option<u32> {
        // The last number stands for no key: see Keys.
        let number = u32::try_from(self.numbers.len()).ok().filter(|&number| number < u32::MAX)?;
        self.numbers.insert(key.into(), number);
        Some(number)
    }

    /// The keys by their numbers: each is moved, not copied, as there may be millions.
    fn into_names(self) -> Vec<String> {
        let mut names = vec![String::new(); self.numbers.len()];
        for (key, number) in self.numbers {
            names[number as usize] = String::from_utf8(key.into_vec())
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        }
        names
    }
}

fn not_utf_8(table: &Table, kind: Kind, key: &[u8]) -> String {
    let (noun, key) = (kind.noun(), excerpt::quote(key));
    format!("{}: the {noun} {key} is not UTF-8; iconv -t UTF-8 converts it", table.name())
}

#[cold]
fn too_many(table: &Table, column: usize) -> Error {
    let what = format!("the column has more than {} different keys", u32::MAX);
    Error::input(table.place(column), what, "choose a column with fewer")
}
