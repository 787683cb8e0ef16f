//! Columns → the two samples.

use std::collections::HashMap;

use super::number::{self, Digits, NotANumber};
use super::source;
use super::table::{Table, listed};
use crate::error::{Error, Place};
use crate::settings::{ColumnName, Missing, Reading, Samples, Source};

/// Texts that mean "no value" unless the user says otherwise: the default list of pandas.
pub const DEFAULT_MISSING_TOKENS: &[&str] = &[
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
];

/// Characters of a field that a message shows.
const SHOWN: usize = 40;

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
/// Only the chosen columns are kept in memory, 8 bytes a value.
///
/// # Errors
/// [`Error::Input`] with file, line, column and remedy for data that cannot be used as they are, and [`Error::Usage`]
/// for a choice of groups that makes no sense.
pub fn read(samples: &Samples, reading: &Reading) -> Result<Dataset, Error> {
    match samples {
        Samples::TwoFiles { case, control, column } => two_files([case, control], column.as_ref(), reading),
        Samples::Long { file, column, group, case, control } => {
            let choice = Choice { case: case.as_deref(), control: control.as_deref() };
            long(file, column.as_ref(), group, choice, reading)
        }
        Samples::Wide { file, case, control } => wide(file, [case, control], reading),
    }
}

/// Turns fields into values, and keeps account of those that are none.
struct Values<'a> {
    reading: &'a Reading,
    /// Whether some token that means "missing" could be taken for a number.
    numeric_tokens: bool,
    missing: u64,
    first_missing: Option<Place>,
    rounded: u64,
}

impl<'a> Values<'a> {
    fn new(reading: &'a Reading) -> Self {
        let is_number = |token: &String| number::parse(token.as_bytes(), reading.decimal).is_ok();
        let numeric_tokens = reading.missing_tokens.iter().any(is_number);
        Self { reading, numeric_tokens, missing: 0, first_missing: None, rounded: 0 }
    }

    fn is_missing(&self, field: &[u8]) -> bool {
        let field = field.trim_ascii();
        self.reading.missing_tokens.iter().any(|token| token.as_bytes() == field)
    }

    /// The value of a field of the record at hand; `None` if it is missing.
    #[inline]
    fn value(&mut self, table: &Table, column: usize) -> Result<Option<f64>, Error> {
        let field = table.field(column);
        match number::parse(field, self.reading.decimal) {
            Ok(number) if !(self.numeric_tokens && self.is_missing(field)) => {
                self.rounded += u64::from(number.digits == Digits::Rounded);
                Ok(Some(number.value))
            }
            _ if self.is_missing(field) => {
                self.note_missing(|| table.place(column), 1);
                Ok(None)
            }
            Ok(_) => Ok(None),
            Err(reason) => Err(not_a_number(table.place(column), field, reason)),
        }
    }

    fn note_missing(&mut self, place: impl FnOnce() -> Place, count: u64) {
        self.missing += count;
        if self.first_missing.is_none() {
            self.first_missing = Some(place());
        }
    }

    /// The number of rows that were dropped; an error if none may be.
    fn finish(self, notes: &mut Vec<String>) -> Result<u64, Error> {
        if self.rounded > 0 {
            let (are, carry) = if self.rounded == 1 { ("was", "value carries") } else { ("were", "values carry") };
            notes.push(format!("{} {carry} more digits than a double holds and {are} rounded", self.rounded));
        }
        match self.first_missing {
            Some(place) if self.reading.missing == Missing::Error => {
                let what = match self.missing {
                    1 => "this value is missing".to_owned(),
                    missing => format!("this value is missing, the first of {missing}"),
                };
                Err(Error::input(place, what, "fill it in, or leave out missing values with --missing drop"))
            }
            _ => Ok(self.missing),
        }
    }
}

fn not_a_number(place: Place, field: &[u8], reason: NotANumber) -> Error {
    let text = String::from_utf8_lossy(field.trim_ascii());
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().count() > SHOWN {
        shown.push('…');
    }
    match reason {
        NotANumber::Text => {
            let remedy = if shown.is_empty() {
                "fill it in, or leave it out with --missing drop".to_owned()
            } else {
                format!("correct it, or leave it out with --na '{shown}' --missing drop")
            };
            Error::input(place, format!("\"{shown}\" is not a number"), remedy)
        }
        NotANumber::Infinite => {
            let remedy = format!("replace it, or leave it out with --na '{shown}' --missing drop");
            Error::input(place, format!("\"{shown}\" is not a finite number"), remedy)
        }
        NotANumber::WrongMark => {
            let remedy = "name the decimal mark with --decimal , or --decimal .";
            Error::input(place, format!("\"{shown}\" has another decimal mark than was expected"), remedy)
        }
    }
}

fn two_files(sources: [&Source; 2], column: Option<&ColumnName>, reading: &Reading) -> Result<Dataset, Error> {
    let mut notes = Vec::new();
    let mut n_dropped = 0;
    let mut header = None;
    let mut samples = Vec::new();
    for source in sources {
        let mut table = Table::open(source, reading, column.as_slice())?;
        let column = match column {
            Some(name) => table.find(name)?,
            None => table.only_numeric(None, reading)?,
        };
        header = header.or_else(|| table.header(column).map(str::to_owned));
        let (mut sample, mut values, mut rows) = (Vec::new(), Values::new(reading), 0u64);
        while table.advance()? {
            sample.extend(values.value(&table, column)?);
            rows += 1;
        }
        if rows == 0 {
            return Err(table.without_values());
        }
        n_dropped += values.finish(&mut notes)?;
        require_values(&sample, || table.column_place(column))?;
        notes.extend(table.note.take());
        samples.push(sample);
    }
    let [case_label, control_label] = stems(sources);
    let (control, case) = (samples.pop().unwrap_or_default(), samples.pop().unwrap_or_default());
    Ok(Dataset {
        column: header.unwrap_or_else(|| "value".to_owned()),
        grouping: None,
        case: Group { label: case_label, values: case },
        control: Group { label: control_label, values: control },
        n_dropped,
        notes,
    })
}

fn require_values(sample: &[f64], place: impl FnOnce() -> Place) -> Result<(), Error> {
    if sample.is_empty() {
        let what = "no value is left once the missing ones are dropped";
        return Err(Error::input(place(), what, "a group needs at least one value"));
    }
    Ok(())
}

/// The files' names without folders and extensions; `case` and `control` where these are the same.
fn stems(sources: [&Source; 2]) -> [String; 2] {
    let stem = |source: &Source| match source {
        Source::Stdin => "stdin".to_owned(),
        Source::File(path) => {
            let name =
                path.file_name().map_or_else(|| source::name(source), |name| name.to_string_lossy().into_owned());
            let plain = [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
            plain.rsplit_once('.').map_or(plain, |(stem, _)| stem).to_owned()
        }
    };
    let stems = sources.map(stem);
    if stems[0] == stems[1] || stems.iter().any(String::is_empty) {
        ["case".to_owned(), "control".to_owned()]
    } else {
        stems
    }
}

/// Which labels the user chose.
#[derive(Clone, Copy)]
struct Choice<'a> {
    case: Option<&'a str>,
    control: Option<&'a str>,
}

/// The labels of a long file and the values that carry them.
#[derive(Default)]
struct Labelled {
    groups: Vec<Group>,
    by_label: HashMap<Vec<u8>, usize>,
    last: usize,
}

impl Labelled {
    #[inline]
    fn group(&mut self, label: &[u8]) -> &mut Vec<f64> {
        let is_last = self.groups.get(self.last).is_some_and(|group| group.label.as_bytes() == label);
        if !is_last {
            self.last = self.by_label.get(label).copied().unwrap_or_else(|| {
                self.by_label.insert(label.to_vec(), self.groups.len());
                let label = String::from_utf8_lossy(label).into_owned();
                self.groups.push(Group { label, values: Vec::new() });
                self.groups.len() - 1
            });
        }
        &mut self.groups[self.last].values
    }

    /// The group of a label that the user named.
    fn take(&mut self, label: &str, place: &Place) -> Result<Group, Error> {
        if let Some(position) = self.groups.iter().position(|group| group.label == label) {
            return Ok(self.groups.swap_remove(position));
        }
        let what = format!("no row carries the label {label:?}");
        let labels = listed(self.groups.iter().map(|group| format!("{:?}", group.label)));
        Err(Error::input(place.clone(), what, format!("there are {labels}")))
    }

    fn counts(&self) -> String {
        listed(self.groups.iter().map(|group| format!("{:?} ({})", group.label, group.values.len())))
    }
}

fn long(
    file: &Source,
    column: Option<&ColumnName>,
    group: &ColumnName,
    choice: Choice,
    reading: &Reading,
) -> Result<Dataset, Error> {
    if choice.case.is_some() && choice.case == choice.control {
        return Err(Error::usage("--case and --control name the same label", "name two different ones"));
    }
    let named: Vec<&ColumnName> = column.into_iter().chain([group]).collect();
    let mut table = Table::open(file, reading, &named)?;
    let group = table.find(group)?;
    let column = match column {
        Some(name) => table.find(name)?,
        None => table.only_numeric(Some(group), reading)?,
    };
    if column == group {
        return Err(Error::usage("the values and the labels are the same column", "name another one with --column"));
    }
    let labelled = label_values(&mut table, column, group, choice, reading)?;
    let place = table.column_place(group);
    let (mut labelled, n_dropped, mut notes) = labelled;
    let [case, control] = choose(&mut labelled, choice, &place)?;
    notes.extend(table.note.take());
    for group in [&case, &control] {
        require_values(&group.values, || place.clone().column(&group.label))?;
    }
    Ok(Dataset {
        column: table.header(column).unwrap_or("value").to_owned(),
        grouping: Some(table.column_name(group)),
        case,
        control,
        n_dropped,
        notes,
    })
}

/// Gathers the values of each label; rows of labels that were not chosen are passed over, whatever they hold.
fn label_values(
    table: &mut Table,
    column: usize,
    group: usize,
    choice: Choice,
    reading: &Reading,
) -> Result<(Labelled, u64, Vec<String>), Error> {
    let (mut labelled, mut values, mut notes) = (Labelled::default(), Values::new(reading), Vec::new());
    let chosen = choice.case.zip(choice.control).map(|(case, control)| [case.as_bytes(), control.as_bytes()]);
    while table.advance()? {
        let label = table.field(group).trim_ascii();
        let is_chosen = chosen.map(|chosen| chosen.contains(&label));
        if is_chosen == Some(false) {
            labelled.group(label);
        } else if is_chosen.is_none() && values.is_missing(label) {
            values.note_missing(|| table.place(group), 1);
        } else {
            let value = values.value(table, column)?;
            labelled.group(label).extend(value);
        }
    }
    if labelled.groups.is_empty() && values.missing == 0 {
        return Err(table.without_values());
    }
    let n_dropped = values.finish(&mut notes)?;
    Ok((labelled, n_dropped, notes))
}

/// The case and the control group.
fn choose(labelled: &mut Labelled, choice: Choice, place: &Place) -> Result<[Group; 2], Error> {
    if let Choice { case: Some(case), control: Some(control) } = choice {
        return Ok([labelled.take(case, place)?, labelled.take(control, place)?]);
    }
    if labelled.groups.len() != 2 {
        let (what, remedy) = match labelled.groups.len() {
            0 => ("no row carries a label".to_owned(), "fill in the labels"),
            1 => (format!("all rows carry one label: {}", labelled.counts()), "two groups are needed for a comparison"),
            n => {
                (format!("there are {n} labels: {}", labelled.counts()), "choose two with --case LABEL --control LABEL")
            }
        };
        return Err(Error::input(place.clone(), what, remedy));
    }
    if let Some(label) = choice.case {
        let case = labelled.take(label, place)?;
        return Ok([case, labelled.groups.swap_remove(0)]);
    }
    if let Some(label) = choice.control {
        let control = labelled.take(label, place)?;
        return Ok([labelled.groups.swap_remove(0), control]);
    }
    let mut groups = [labelled.groups.swap_remove(0), labelled.groups.swap_remove(0)];
    let as_number = |group: &Group| group.label.parse::<f64>().ok();
    let is_sorted = match (as_number(&groups[0]), as_number(&groups[1])) {
        (Some(first), Some(second)) => first <= second,
        _ => groups[0].label <= groups[1].label,
    };
    if !is_sorted {
        groups.swap(0, 1);
    }
    Ok(groups)
}

/// One column of a wide file.
struct WideColumn {
    column: usize,
    sample: Vec<f64>,
    /// Empty cells since the last value: padding, unless a value follows.
    pending: u64,
    first_pending: Option<Place>,
}

fn wide(file: &Source, names: [&ColumnName; 2], reading: &Reading) -> Result<Dataset, Error> {
    let mut table = Table::open(file, reading, &names)?;
    let columns = [table.find(names[0])?, table.find(names[1])?];
    if columns[0] == columns[1] {
        return Err(Error::usage("--case and --control name the same column", "name two different ones"));
    }
    let (mut values, mut rows) = (Values::new(reading), 0u64);
    let new_column = |column| WideColumn { column, sample: Vec::new(), pending: 0, first_pending: None };
    let mut columns = columns.map(new_column);
    while table.advance()? {
        rows += 1;
        columns.iter_mut().try_for_each(|column| column.read(&table, &mut values))?;
    }
    if rows == 0 {
        return Err(table.without_values());
    }
    let mut notes: Vec<String> = table.note.take().into_iter().collect();
    let n_dropped = values.finish(&mut notes)?;
    for column in &columns {
        require_values(&column.sample, || table.column_place(column.column))?;
    }
    let [case, control] =
        columns.map(|WideColumn { column, sample, .. }| Group { label: table.column_name(column), values: sample });
    Ok(Dataset { column: "value".to_owned(), grouping: None, case, control, n_dropped, notes })
}

impl WideColumn {
    fn read(&mut self, table: &Table, values: &mut Values) -> Result<(), Error> {
        if table.field(self.column).trim_ascii().is_empty() {
            self.pending += 1;
            self.first_pending.get_or_insert_with(|| table.place(self.column));
            return Ok(());
        }
        if let Some(place) = self.first_pending.take() {
            values.note_missing(|| place, std::mem::take(&mut self.pending));
        }
        self.sample.extend(values.value(table, self.column)?);
        Ok(())
    }
}
