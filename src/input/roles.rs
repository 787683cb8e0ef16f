//! What the columns of labels and keys say of a row: its group, its pair, its stratum, its cluster.
//!
//! A label or key is the field's text without blanks around it, compared byte for byte. An empty field and a missing token
//! are none: the row counts as one with a missing value.

use super::cell::CellRules;
use super::column;
use super::excerpt;
use super::frame::{Blank, Dictionary, Frame, Labels, Rows, Wording};
use super::heading::Heading;
use super::table::Table;
use crate::error::{Error, Place};
use crate::settings::{Blocks, ColumnName, Condition, Pairs};

/// What a column says of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The group it belongs to.
    Group,
    /// The pair it is one half of.
    Pair,
    /// The stratum it lies in.
    Stratum,
    /// The cluster it is a part of.
    Cluster,
    /// What was observed of it, in words.
    Answer,
}

impl Role {
    /// The option that names the column.
    fn option(self) -> &'static str {
        match self {
            Self::Group => "--group",
            Self::Pair => "--pair",
            Self::Stratum => "--strata",
            Self::Cluster => "--cluster",
            Self::Answer => "--column",
        }
    }

    /// What the column is called where the file does not say, and what messages call a key.
    fn noun(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Pair => "pair",
            Self::Stratum => "stratum",
            Self::Cluster => "cluster",
            Self::Answer => "answer",
        }
    }
}

/// The columns of labels and keys that the user named, with their texts over all files of a run. Every frame has them in
/// this order.
pub struct Roles<'a> {
    /// How the pairs are known, if there are any.
    pub pairs: Option<&'a Pairs>,
    list: Vec<(Role, &'a ColumnName)>,
    dictionaries: Vec<Dictionary>,
    /// Of each role, which texts mean that there is none, if any does.
    missing: Vec<Option<Vec<bool>>>,
}

impl<'a> Roles<'a> {
    /// Takes the columns from the settings, that of the groups first.
    #[must_use]
    pub fn new(group: Option<&'a ColumnName>, blocks: &'a Blocks) -> Self {
        let named = [
            (Role::Group, group),
            (Role::Pair, blocks.pair_column()),
            (Role::Stratum, blocks.strata.as_ref()),
            (Role::Cluster, blocks.clusters.as_ref()),
        ];
        let list: Vec<_> = named.into_iter().filter_map(|(role, name)| Some((role, name?))).collect();
        Self {
            pairs: blocks.pairs.as_ref(),
            dictionaries: vec![Dictionary::default(); list.len()],
            list,
            missing: Vec::new(),
        }
    }

    /// The same with a column of words that are the values.
    #[must_use]
    pub fn with_answers(mut self, column: &'a ColumnName) -> Self {
        self.list.push((Role::Answer, column));
        self.dictionaries.push(Dictionary::default());
        self
    }

    /// Refuses columns for a file that has none because it is no table.
    ///
    /// # Errors
    /// [`Error::Input`] if one was named.
    pub fn refuse_columns(&self, place: &Place) -> Result<(), Error> {
        let Some((role, _)) = self.list.first() else { return Ok(()) };
        let what = format!("results of benchmarks have no columns for {}", role.option());
        Err(Error::input(place.clone(), what, "leave it out, or give a table"))
    }

    /// The names of the columns, for the decision what a first line is.
    pub fn names(&self) -> impl Iterator<Item = &'a ColumnName> {
        self.list.iter().map(|(_, name)| *name)
    }

    /// Finds the columns in a table.
    ///
    /// # Errors
    /// [`Error::Input`] if there is no such column, or more than one.
    pub fn find(&self, table: &Heading) -> Result<Vec<usize>, Error> {
        self.list.iter().map(|(role, name)| column::find(table, name, role.option())).collect()
    }

    /// Refuses a column that has two meanings; `values` are those of values with their option, `found` those of the roles.
    ///
    /// # Errors
    /// [`Error::Usage`] that names both options.
    pub fn tell_apart(&self, table: &Heading, values: &[(&'static str, usize)], found: &[usize]) -> Result<(), Error> {
        let mut known = values.to_vec();
        for ((role, _), &index) in self.list.iter().zip(found) {
            let option = role.option();
            if let Some((other, _)) = known.iter().find(|(_, known)| *known == index) {
                let what = format!("{other} and {option} are the same column, {}", table.column_label(index));
                let remedy = match *role {
                    Role::Group if *other == "--column" => {
                        "name the column of values with --column, that of the labels with --group"
                    }
                    _ => "name two different columns",
                };
                return Err(Error::usage(what, remedy));
            }
            known.push((option, index));
        }
        Ok(())
    }

    /// Keeps only the rows with one of these labels, or with none.
    pub fn keep_only(&mut self, labels: [&str; 2], rules: &CellRules) {
        if let (Some((Role::Group, _)), Some(dictionary)) = (self.list.first(), self.dictionaries.first_mut()) {
            let labels = labels.iter().map(|label| label.as_bytes().to_vec());
            dictionary.only = Some(labels.chain(rules.missing_tokens().iter().cloned()).collect());
        }
    }

    /// The dictionaries beside the indices of their columns in a table.
    pub fn with_columns(&mut self, found: &[usize]) -> Vec<(usize, &mut Dictionary)> {
        found.iter().copied().zip(&mut self.dictionaries).collect()
    }

    /// The roles that have a column, with its part of a frame and its texts.
    pub fn of<'b>(&'b self, frame: &'b Frame) -> impl Iterator<Item = (Role, &'b Labels, &'b Dictionary)> {
        let columns = self.list.iter().zip(&frame.labels).zip(&self.dictionaries);
        columns.map(|(((role, _), labels), dictionary)| (*role, labels, dictionary))
    }

    /// The part of a frame that has a role, and its texts.
    #[must_use]
    pub fn find_in<'b>(&'b self, role: Role, frame: &'b Frame) -> Option<(&'b Labels, &'b Dictionary)> {
        self.of(frame).find(|(other, ..)| *other == role).map(|(_, labels, dictionary)| (labels, dictionary))
    }

    /// Decides, after the last file was read, which texts mean that there is no label or key.
    pub fn find_missing(&mut self, is_missing: impl Fn(Role, &[u8]) -> bool) {
        let missing = |((role, _), dictionary): (&(Role, _), &Dictionary)| {
            let missing: Vec<bool> = dictionary.texts().map(|text| is_missing(*role, text)).collect();
            missing.contains(&true).then_some(missing)
        };
        self.missing = self.list.iter().zip(&self.dictionaries).map(missing).collect();
    }

    /// Whether a row may lack a label or key.
    #[must_use]
    pub fn may_be_missing(&self) -> bool {
        self.missing.iter().any(Option::is_some)
    }

    /// The first role that a row lacks, with its column and what stands there.
    #[must_use]
    pub fn missing_in<'b>(&'b self, frame: &'b Frame, row: usize) -> Option<(Role, usize, &'b [u8])> {
        let of = self.of(frame).zip(&self.missing);
        of.filter_map(|(of, missing)| Some((of, missing.as_ref()?))).find_map(
            |((role, labels, dictionary), missing)| {
                let code = labels.codes[row];
                missing[code as usize].then(|| (role, labels.column, dictionary.text(code)))
            },
        )
    }

    /// Whether there is a column of pairs, strata or clusters.
    #[must_use]
    pub fn have_keys(&self) -> bool {
        self.list.iter().any(|(role, _)| !matches!(role, Role::Group | Role::Answer))
    }

    /// The texts of a role as they sort; none where it has no column.
    #[must_use]
    pub fn sorted_texts(&self, role: Role) -> Vec<String> {
        let index = self.list.iter().position(|(other, _)| *other == role);
        let mut texts: Vec<&[u8]> = index.into_iter().flat_map(|index| self.dictionaries[index].texts()).collect();
        texts.sort_unstable();
        texts.into_iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect()
    }

    /// A label or key by its number.
    #[must_use]
    pub fn text(&self, role: Role, code: u32) -> String {
        let index = self.list.iter().position(|(other, _)| *other == role);
        let text = index.map(|index| self.dictionaries[index].text(code)).unwrap_or_default();
        String::from_utf8_lossy(text).into_owned()
    }

    /// What a report calls the column of a role: by the first file that names it.
    #[must_use]
    pub fn column_name(&self, role: Role, frame: &Frame) -> String {
        let named = self.find_in(role, frame).and_then(|(labels, _)| frame.heading.column_name(labels.column));
        named.unwrap_or(role.noun()).to_owned()
    }

    /// The place that messages about the pairs of a file begin with.
    #[must_use]
    pub fn pair_place(&self, frame: &Frame) -> Place {
        match self.find_in(Role::Pair, frame) {
            Some((labels, _)) => frame.heading.column_place(labels.column),
            None => Place::file(&frame.heading.file),
        }
    }

    /// What the user should know about the keys: columns that are called otherwise in the second file, and texts that are
    /// shown otherwise than they are written.
    #[must_use]
    pub fn notes(&self, frames: &[Frame]) -> Vec<String> {
        let mut notes = Vec::new();
        let columns = frames.iter().map(|frame| self.of(frame).collect::<Vec<_>>()).collect::<Vec<_>>();
        for (i, (role, first, dictionary)) in columns.first().into_iter().flatten().enumerate() {
            let noun = role.noun();
            if let [one, other] = frames
                && let [a, b] = [(one, first.column), (other, columns[1][i].1.column)]
                    .map(|(frame, column)| frame.heading.column_name(column))
                && let (Some(a), Some(b)) = (a, b)
                && a != b
            {
                let [a, b] = [a, b].map(|name| excerpt::quote(name.as_bytes()));
                let (one, other) = (&one.heading.file, &other.heading.file);
                notes.push(format!(
                    "the {noun} of a row is read from column {a} of {one} and from column {b} of {other}"
                ));
            }
            let file = &frames[0].heading.file;
            match dictionary.reworded {
                Some(Wording::Blanks) => {
                    notes.push(format!("{file}: no-break spaces around the {noun} of a row are left out"));
                }
                Some(Wording::Bytes) => {
                    notes.push(format!("{file}: the {noun} of a row is no UTF-8 and is read as Windows-1252"));
                }
                None => {}
            }
        }
        notes
    }
}

/// Reads columns of numbers of a table, and those of the roles, which `found` says where they are.
///
/// # Errors
/// As [`Frame::read`]; [`Error::Usage`] for a column with two meanings.
pub fn read(
    mut table: Table,
    values: &[(&'static str, usize)],
    roles: &mut Roles<'_>,
    conditions: &[Condition],
    rules: &CellRules,
) -> Result<Frame, Error> {
    let found = roles.find(&table)?;
    let condition = |condition: &'_ Condition| column::find(&table, &condition.column, "--where");
    let columns = conditions.iter().map(condition).collect::<Result<Vec<_>, _>>()?;
    let conditions = columns.into_iter().zip(conditions).map(|(column, of)| (column, of.is_equal, of.text.as_str()));
    let blank = match (roles.list.first(), values.first()) {
        (Some((Role::Group, _)), _) => Blank::LeftOut,
        // A wide table may have columns of unequal length.
        (_, Some(("--case" | "--x", _))) => Blank::Taken,
        _ => Blank::Missing,
    };
    let rows = Rows { blank, conditions: conditions.collect() };
    for value in values {
        roles.tell_apart(&table, &[*value], &found)?;
    }
    let numbers: Vec<_> = values.iter().map(|(_, column)| *column).collect();
    for &column in &numbers {
        column::refuse_doubtful_points(&mut table, column, rules)?;
    }
    let frame = Frame::read(table, &numbers, roles.with_columns(&found), &rows, rules)?;
    if frame.n_rows() == 0 && !rows.conditions.is_empty() {
        let what = "no row meets the conditions of --where";
        return Err(Error::input(Place::file(frame.heading.file), what, "check the column and the value"));
    }
    Ok(frame)
}
