//! One value column and one column of labels → the two samples.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::cell::{CellRules, Values};
use super::dataset::{Dataset, UNNAMED_COLUMN};
use super::keys::{KeyColumns, Observations};
use super::pairing::{self, Side};
use super::table::Table;
use super::{column, excerpt, number};
use crate::error::{Error, Place};
use crate::settings::{ColumnName, Columns, DecimalMark, Missing, Pairs};

/// What the column of labels is called where the file does not say.
const UNNAMED_GROUPING: &str = "group";
/// More different labels than this are certainly no groups; they need not be counted.
const MAX_LABELS: usize = 1000;

/// The labels that `--case` and `--control` name.
pub struct NamedLabels<'a> {
    case: Option<&'a str>,
    control: Option<&'a str>,
}

impl<'a> NamedLabels<'a> {
    /// Takes the labels from the settings.
    ///
    /// # Errors
    /// [`Error::Usage`] if both are the same.
    pub fn new(case: Option<&'a str>, control: Option<&'a str>) -> Result<Self, Error> {
        let (case, control) = (case.map(str::trim), control.map(str::trim));
        match case {
            Some(label) if case == control => Err(Error::usage(
                format!("--case and --control are both {}", excerpt::quote(label.as_bytes())),
                "name two different labels",
            )),
            _ => Ok(Self { case, control }),
        }
    }

    fn names(&self, label: &[u8]) -> bool {
        [self.case, self.control].into_iter().flatten().any(|named| named.as_bytes() == label)
    }

    /// Both, if both are named: then rows with other labels are of no concern at all.
    fn both(&self) -> Option<[&'a str; 2]> {
        Some([self.case?, self.control?])
    }
}

/// Reads a long table to its end, all columns in one pass.
///
/// # Errors
/// [`Error::Usage`] if two of values, labels and keys are to come from the same column, [`Error::Input`] for everything
/// else.
pub fn read(
    mut table: Table,
    columns: &Columns,
    group: &ColumnName,
    named: &NamedLabels<'_>,
    mut keys: KeyColumns<'_>,
    rules: &CellRules,
    missing: Missing,
) -> Result<Vec<Dataset>, Error> {
    let labels = column::find(&table, group, "--group")?;
    keys.locate(&table)?;
    let chosen = column::chosen(&mut table, columns, rules, &[&[labels], &keys.indices()[..]].concat())?;
    for &values in &chosen {
        if values == labels {
            let what = format!("--column and --group are the same column, {}", table.column_label(labels));
            return Err(Error::usage(what, "name the column of values with --column, that of the labels with --group"));
        }
        keys.tell_apart(&table, &[("--column", values), ("--group", labels)])?;
    }
    let column = |&values: &usize| LongColumn {
        values,
        named_so: columns.names().iter().any(|name| table.column_name(values) == Some(name.0.trim())),
        groups: Groups::new(named, rules),
        cells: Values::new(rules),
    };
    let mut all: Vec<LongColumn> = chosen.iter().map(column).collect();
    match &mut all[..] {
        [only] if keys.are_absent() => only.read_alone(&mut table, labels)?,
        all => {
            let unlabelled = match keys.pairs() {
                // Without --missing drop they are refused in any case, and then counted.
                Some(Pairs::ByOrder) if missing == Missing::Drop => Unlabelled::BreakTheOrder,
                _ => Unlabelled::AreMissing,
            };
            while table.advance()? {
                for LongColumn { values, groups, cells, .. } in &mut *all {
                    groups.take(&table, [*values, labels], &mut keys, cells, unlabelled)?;
                }
            }
        }
    }
    let mut notes = table.take_notes();
    notes.extend(keys.take_notes());
    let finish = |column: LongColumn| column.finish(&table, labels, keys.clone(), missing, std::mem::take(&mut notes));
    all.into_iter().map(finish).collect()
}

/// One column of values as it is read.
struct LongColumn<'a> {
    values: usize,
    /// Whether the user named it as its header does.
    named_so: bool,
    groups: Groups<'a>,
    cells: Values<'a>,
}

impl LongColumn<'_> {
    /// Reads a table in which nothing else is of concern.
    fn read_alone(&mut self, table: &mut Table, labels: usize) -> Result<(), Error> {
        let Self { values, groups, cells, .. } = self;
        while table.advance()? {
            let id = groups.id_of(table.field(labels), || label_place(table, labels))?;
            match groups.role_of(id) {
                Role::Missing => cells.count_missing(table, labels),
                Role::Ignored => {}
                Role::Sample => {
                    if let Some(value) = cells.read(table, *values)? {
                        groups.list[id].observations.values.push(value);
                    }
                }
            }
        }
        Ok(())
    }

    fn finish(
        self,
        table: &Table,
        labels: usize,
        keys: KeyColumns<'_>,
        missing: Missing,
        mut notes: Vec<String>,
    ) -> Result<Dataset, Error> {
        let Self { values, named_so, groups, cells } = self;
        let (rules, named) = (groups.rules, groups.named);
        if !named_so {
            notes.extend(doubt_header(table, values, rules));
        }
        let place = label_place(table, labels);
        let [case, control] = groups.into_samples(named, rules.decimal(), &place, cells.n_missing())?;
        let n_dropped = cells.finish(missing, table.name(), &mut notes)?;
        check_samples([&case, &control], table, values, &mut notes)?;
        let place = keys.pair_place(table);
        let arranged = pairing::arrange(keys, case.into_side(place.clone()), control.into_side(place))?;
        Ok(Dataset {
            column: table.column_name(values).unwrap_or(UNNAMED_COLUMN).to_owned(),
            grouping: Some(table.column_name(labels).unwrap_or(UNNAMED_GROUPING).to_owned()),
            case: arranged.case,
            control: arranged.control,
            layout: arranged.layout,
            n_dropped: n_dropped + arranged.n_bereft,
            notes,
        })
    }
}

/// Refuses a group without values, and notes a label that is shown otherwise than it is written.
fn check_samples(samples: [&Sample; 2], table: &Table, values: usize, notes: &mut Vec<String>) -> Result<(), Error> {
    for sample in samples {
        if sample.observations.have_no_value() {
            let place = Place::file(table.name()).column(table.column_label(values));
            let label = excerpt::quote(sample.label.as_bytes());
            let what = format!("group {label} has no values: all {} are missing", sample.n_rows);
            return Err(Error::input(place, what, "choose another group, or a file with at least one value in each"));
        }
        if sample.label.contains(char::REPLACEMENT_CHARACTER) {
            let label = excerpt::quote(sample.label.as_bytes());
            notes.push(format!("{}: the label {label} is not UTF-8; iconv -t UTF-8 converts it", table.name()));
        }
    }
    Ok(())
}

/// The error for a row without a label among pairs by order: it would shift all pairs after it.
fn gap_in_order(table: &Table, labels: usize) -> Error {
    let what = "the label is missing, so that nobody knows whose turn it is in the order of the pairs";
    Error::input(table.place(labels), what, "fill it in, or name a column with ids of the pairs with --pair")
}

/// The column of labels as a whole.
fn label_place(table: &Table, labels: usize) -> Place {
    Place::file(table.name()).column(table.column_label(labels))
}

/// A note where the value column is called by a number: perhaps the first line is data and a label made it a header.
fn doubt_header(table: &Table, values: usize, rules: &CellRules) -> Option<String> {
    let name = table.column_name(values)?;
    let is_number = number::parse(name.as_bytes(), rules.decimal()).is_ok();
    is_number.then(|| {
        let name = excerpt::quote(name.as_bytes());
        format!("{}: the first line is taken as the header though it has {name} for the values; if it is data, say --no-header", table.name())
    })
}

/// What becomes of the rows with a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Sample,
    Ignored,
    Missing,
}

/// What rows with a missing label are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unlabelled {
    /// Rows with a missing value.
    AreMissing,
    /// Holes in the order by which rows are paired.
    BreakTheOrder,
}

/// The rows with one label.
struct Labelled {
    label: Vec<u8>,
    role: Role,
    n_rows: u64,
    observations: Observations,
}

/// All the labels met so far.
struct Groups<'a> {
    named: &'a NamedLabels<'a>,
    rules: &'a CellRules,
    list: Vec<Labelled>,
    ids: HashMap<Vec<u8>, usize>,
    /// The previous row's label: most files are sorted by it.
    latest: usize,
}

impl<'a> Groups<'a> {
    fn new(named: &'a NamedLabels<'a>, rules: &'a CellRules) -> Self {
        Self { named, rules, list: Vec::new(), ids: HashMap::new(), latest: 0 }
    }

    /// Finds or adds a label, counts the row, and returns the label's index.
    #[inline]
    fn id_of(&mut self, label: &[u8], place: impl Fn() -> Place) -> Result<usize, Error> {
        let is = |entry: &Labelled| entry.label == label;
        if !self.list.get(self.latest).is_some_and(is) {
            self.latest = match self.list.iter().take(2).position(is).or_else(|| self.ids.get(label).copied()) {
                Some(id) => id,
                None => self.add(label, place)?,
            };
        }
        self.list[self.latest].n_rows += 1;
        Ok(self.latest)
    }

    fn add(&mut self, label: &[u8], place: impl Fn() -> Place) -> Result<usize, Error> {
        let id = self.list.len();
        if id >= MAX_LABELS {
            let what = format!("the column has more than {MAX_LABELS} different labels");
            return Err(Error::input(place(), what, "choose the column of the groups with --group"));
        }
        let n_samples = self.list.iter().filter(|entry| entry.role == Role::Sample).count();
        let role = if self.named.names(label) {
            Role::Sample
        } else if self.rules.is_missing(label) {
            Role::Missing
        } else if self.named.both().is_some() || n_samples >= 2 {
            // With a third label the file is refused at its end: its values are not needed.
            Role::Ignored
        } else {
            Role::Sample
        };
        self.list.push(Labelled { label: label.to_vec(), role, n_rows: 0, observations: Observations::default() });
        self.ids.insert(label.to_vec(), id);
        Ok(id)
    }

    /// Takes the current row with its keys; the columns are those of values and labels.
    fn take(
        &mut self,
        table: &Table,
        [values, labels]: [usize; 2],
        keys: &mut KeyColumns<'_>,
        cells: &mut Values<'_>,
        unlabelled: Unlabelled,
    ) -> Result<(), Error> {
        let id = self.id_of(table.field(labels), || label_place(table, labels))?;
        match (self.role_of(id), unlabelled) {
            (Role::Sample, _) => keys.take(table, values, cells, &mut self.list[id].observations)?,
            (Role::Ignored, _) => {}
            (Role::Missing, Unlabelled::AreMissing) => cells.count_missing(table, labels),
            (Role::Missing, Unlabelled::BreakTheOrder) => return Err(gap_in_order(table, labels)),
        }
        Ok(())
    }

    #[inline]
    fn role_of(&self, id: usize) -> Role {
        self.list[id].role
    }

    /// Decides which label is case and which is control, in this order.
    fn into_samples(
        self,
        named: &NamedLabels<'_>,
        decimal: DecimalMark,
        place: &Place,
        n_missing: u64,
    ) -> Result<[Sample; 2], Error> {
        let mut present: Vec<_> = self.list.into_iter().filter(|entry| entry.role != Role::Missing).collect();
        present.sort_by(|a, b| compare_labels(&a.label, &b.label, decimal));
        for (label, option) in [(named.case, "--case"), (named.control, "--control")] {
            if let Some(label) = label
                && !present.iter().any(|entry| entry.label == label.as_bytes())
            {
                let what = format!(
                    "no row has the label {}; the labels are {}",
                    excerpt::quote(label.as_bytes()),
                    labels(&present)
                );
                return Err(Error::input(place.clone(), what, format!("say {option} with one of these")));
            }
        }
        if let Some([case, control]) = named.both() {
            present.retain(|entry| [case, control].iter().any(|label| label.as_bytes() == entry.label));
        }
        if present.len() != 2 {
            return Err(not_two(&present, place, n_missing));
        }
        let is_case = |entry: &Labelled| match (named.case, named.control) {
            (Some(case), _) => entry.label == case.as_bytes(),
            (None, Some(control)) => entry.label != control.as_bytes(),
            (None, None) => true,
        };
        if !is_case(&present[0]) {
            present.reverse();
        }
        let mut samples = present.into_iter().map(Sample::from);
        match (samples.next(), samples.next()) {
            (Some(case), Some(control)) => Ok([case, control]),
            _ => Err(not_two(&[], place, n_missing)),
        }
    }
}

/// The rows of one of the two groups.
struct Sample {
    label: String,
    n_rows: u64,
    observations: Observations,
}

impl From<Labelled> for Sample {
    fn from(entry: Labelled) -> Self {
        let label = String::from_utf8_lossy(&entry.label).into_owned();
        Self { label, n_rows: entry.n_rows, observations: entry.observations }
    }
}

impl Sample {
    fn into_side(self, place: Place) -> Side {
        Side { label: self.label, place, observations: self.observations }
    }
}

fn not_two(present: &[Labelled], place: &Place, n_missing: u64) -> Error {
    let (what, remedy) = match present {
        [] => (
            format!("no row has a label: {}", excerpt::count(n_missing, "missing label")),
            "choose another --group column".to_owned(),
        ),
        [only] => {
            let what =
                format!("{} is the only label, so there is nothing to compare it with", excerpt::quote(&only.label));
            (what, "add the rows of the other group, or choose another --group column".to_owned())
        }
        [first, second, ..] => (
            format!("there are {} labels: {}", present.len(), labels(present)),
            format!("say which two, as in --case {} --control {}", typed(&first.label), typed(&second.label)),
        ),
    };
    Error::input(place.clone(), what, remedy)
}

/// A label as it is typed in a shell.
fn typed(label: &[u8]) -> String {
    let is_plain = label.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.-+/".contains(byte));
    if is_plain && !label.is_empty() { excerpt::plain(label) } else { format!("'{}'", excerpt::plain(label)) }
}

/// The labels with their numbers of rows.
fn labels(entries: &[Labelled]) -> String {
    let named = entries.iter().filter(|entry| entry.n_rows > 0);
    let shown: Vec<_> = named
        .map(|entry| format!("{} ({})", excerpt::plain(&entry.label), excerpt::count(entry.n_rows, "row")))
        .collect();
    if shown.is_empty() { "none".to_owned() } else { excerpt::list(shown.into_iter()) }
}

/// Numbers by size, all else by its bytes.
fn compare_labels(a: &[u8], b: &[u8], decimal: DecimalMark) -> Ordering {
    let by_size = match (number::parse(a, decimal), number::parse(b, decimal)) {
        (Ok(a), Ok(b)) => a.value.total_cmp(&b.value),
        // Numbers before names, so that the order stays one even where both occur.
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => Ordering::Equal,
    };
    by_size.then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_sort_as_numbers_where_they_are_numbers() {
        let sorted = |mut labels: Vec<&'static str>| {
            labels.sort_by(|a, b| compare_labels(a.as_bytes(), b.as_bytes(), DecimalMark::Point));
            labels
        };
        assert_eq!(sorted(vec!["10", "9"]), ["9", "10"]);
        assert_eq!(sorted(vec!["b", "a10", "a9", "B"]), ["B", "a10", "a9", "b"]);
        assert_eq!(sorted(vec!["1.0", "1", "x"]), ["1", "1.0", "x"]);
    }

    #[test]
    fn labels_are_offered_as_they_are_typed() {
        assert_eq!(typed(b"OJ"), "OJ");
        assert_eq!(typed(b"after treatment"), "'after treatment'");
    }
}
