//! A table in memory: the columns that are wanted, over the same rows.
//!
//! A numeric column takes eight bytes a value, a column of labels or keys four, and each different text is kept once. What
//! is no number is NaN among the values; beside them stands what was written there, in runs of equal texts, so that a
//! column that ends early costs as little as a full one. Whether such a text is missing or a mistake, and whether it
//! matters at all, is for the roles of the rows to say (see assign.rs).

use indexmap::IndexSet;

use super::cell::{Cell, CellRules, Form, is_blank};
use super::encoding::decoded;
use super::excerpt;
use super::heading::Heading;
use super::number::{self, NotANumber, Number, Precision};
use super::table::Table;
use crate::error::{Error, Place};

/// Different texts of one column of numbers beyond which it certainly holds none.
const MOST_TEXTS: usize = 1000;

/// Rows of a table, as far as they are wanted.
#[derive(Debug)]
pub struct Frame {
    /// The file and the names of its columns.
    pub heading: Heading,
    /// The columns of numbers, in the order in which they were asked for.
    pub numbers: Vec<Numbers>,
    /// The columns of labels and keys, likewise.
    pub labels: Vec<Labels>,
    /// Things the user should know about how the file was read, a sentence each.
    pub notes: Vec<String>,
    lines: Lines,
    n_rows: usize,
}

/// Which rows of a table are taken.
pub struct Rows<'a> {
    /// What those without a value in any column are.
    pub blank: Blank,
    /// Columns, whether their field has to be the text beside, or must not be, and that text.
    pub conditions: Vec<(usize, bool, &'a str)>,
}

/// What a row without a value in any column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// Nothing.
    LeftOut,
    /// A row with a missing value, unless it is one of the last: the order of rows may matter.
    Missing,
    /// A row like others.
    Taken,
}

impl Rows<'_> {
    #[inline]
    fn are_taken(&self, table: &Table) -> bool {
        self.conditions.iter().all(|(column, is_equal, text)| {
            let field = table.field(*column);
            let is_same = field == text.as_bytes() || decoded(field).trim_matches(is_blank) == *text;
            is_same == *is_equal
        })
    }
}

/// A column of numbers.
#[derive(Debug)]
pub struct Numbers {
    /// Its index in the table.
    pub column: usize,
    /// A value for each row; NaN where there is no number.
    pub values: Vec<f64>,
    /// The columns of numbers that it stands for, whose rows it numbers; empty for a column of the table.
    pub parts: Vec<usize>,
    /// Rows without a number, in order, as runs of the same text.
    runs: Vec<Run>,
    texts: IndexSet<Text>,
    n_rounded: u64,
    n_typeset: u64,
    n_words: u64,
    n_units: u64,
    /// The unit of the first value that has one.
    unit: String,
    /// The first row whose value is written as a word or with a unit, and what stands there.
    first_formed: Option<(usize, Box<[u8]>)>,
}

/// Consecutive rows that hold the same text.
#[derive(Debug)]
struct Run {
    first: usize,
    n: usize,
    text: usize,
}

/// What stands where a number is due.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text {
    /// As it is written, without blanks around it; of a long one the beginning.
    pub bytes: Box<[u8]>,
    /// Why it is no number; none if it is one of the texts that mean a missing value.
    pub mistake: Option<NotANumber>,
}

/// A column of labels or keys.
#[derive(Debug)]
pub struct Labels {
    /// Its index in the table.
    pub column: usize,
    /// The number of each row's text in the column's dictionary.
    pub codes: Vec<u32>,
}

impl Labels {
    /// Words as numbers: their places among all of them, as they sort.
    #[must_use]
    pub fn as_numbers(&self, dictionary: &Dictionary) -> Numbers {
        let mut sorted: Vec<&[u8]> = dictionary.texts().collect();
        sorted.sort_unstable();
        let place = |code: &u32| sorted.partition_point(|text| *text < dictionary.text(*code)) as f64;
        Numbers::new(self.column, self.codes.iter().map(place).collect())
    }
}

/// The different texts of a column, or of the same column of several files, numbered as they come.
#[derive(Debug, Default, Clone)]
pub struct Dictionary {
    texts: IndexSet<Box<[u8]>>,
    /// The previous row's text: most files are sorted by it.
    latest: usize,
    /// The texts whose rows are kept, if not all are.
    pub only: Option<Vec<Vec<u8>>>,
    /// How many rows with each text were left out.
    n_left_out: Vec<u64>,
    /// How the first text is written that is not kept as it is.
    pub reworded: Option<Wording>,
}

/// How a text is written that is not kept as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// With no-break spaces and their like around it.
    Blanks,
    /// In Windows-1252.
    Bytes,
}

impl Frame {
    /// Reads a table to its end; each column of labels with its dictionary. Rows that a dictionary does not keep are left
    /// out: only the first can be of that kind.
    ///
    /// # Errors
    /// [`Error::Input`] if the file is no table to its end.
    pub fn read(
        mut table: Table,
        numbers: &[usize],
        mut labels: Vec<(usize, &mut Dictionary)>,
        rows: &Rows<'_>,
        rules: &CellRules,
    ) -> Result<Self, Error> {
        let mut numbers: Vec<_> = numbers.iter().map(|&column| Numbers::new(column, Vec::new())).collect();
        let mut codes = vec![Vec::new(); labels.len()];
        let (mut lines, mut n_rows) = (Lines::default(), 0);
        let mut is_hopeless = false;
        let is_single = table.counts_blank_lines();
        let mut previous = table.last_header_line();
        let is_plain = !rules.know_numeric_tokens();
        let mut blank_rows = Vec::new();
        'rows: while table.advance()? {
            if table.width() > 1 && rows.blank != Blank::Taken && table.is_blank() {
                blank_rows.push(table.line());
                continue;
            }
            if !rows.are_taken(&table) {
                continue;
            }
            for line in blank_rows.drain(..).filter(|_| rows.blank == Blank::Missing) {
                // Without them all rows below would move up.
                let empty = labels.iter_mut().map(|(_, dictionary)| dictionary.code(b""));
                empty.zip(&mut codes).for_each(|(code, codes)| codes.extend(code));
                lines.push(n_rows, line);
                for column in &mut numbers {
                    column.push_carefully(b"", rules, n_rows);
                }
                n_rows += 1;
            }
            for ((column, dictionary), codes) in labels.iter_mut().zip(&mut codes) {
                match dictionary.code(table.field(*column)) {
                    Some(code) => codes.push(code),
                    None => continue 'rows,
                }
            }
            let line = table.line();
            if is_single {
                // Somebody left them blank where a value was due: without them all rows below would move up.
                for blank in previous.map_or(line, |last| last + 1)..line {
                    lines.push(n_rows, blank);
                    for column in &mut numbers {
                        column.push_carefully(b"", rules, n_rows);
                    }
                    n_rows += 1;
                }
                previous = Some(table.last_line());
            }
            lines.push(n_rows, line);
            for column in &mut numbers {
                // Nearly every field is a number and nothing more: that path is kept short enough to be inlined.
                match number::parse(table.untrimmed_field(column.column), rules.decimal()) {
                    Ok(Number { value, precision: Precision::Kept }) if is_plain => column.values.push(value),
                    _ => {
                        column.push_carefully(table.field(column.column), rules, n_rows);
                        is_hopeless |= column.texts.len() > MOST_TEXTS;
                    }
                }
            }
            n_rows += 1;
            if is_hopeless {
                break;
            }
        }
        for column in &mut numbers {
            column.settle(rules);
        }
        let notes = table.take_notes();
        let columns = labels.iter().map(|(column, _)| *column);
        let labels = columns.zip(codes).map(|(column, codes)| Labels { column, codes }).collect();
        Ok(Self { heading: table.into_heading(), numbers, labels, notes, lines, n_rows })
    }

    /// One column of numbers that are no table's.
    #[must_use]
    pub fn from_values(file: String, values: Vec<f64>) -> Self {
        let n_rows = values.len();
        let numbers = vec![Numbers::new(0, values)];
        let heading = Heading::without_names(file, 1);
        Self { heading, numbers, labels: Vec::new(), notes: Vec::new(), lines: Lines::default(), n_rows }
    }

    /// Adds a column of words as numbers, if there is one.
    pub fn number_words(&mut self, words: Option<Numbers>) {
        self.numbers.extend(words);
    }

    /// Adds the numbers of the rows as a column, which has one where all columns of numbers have a value.
    pub fn number_rows(&mut self) {
        let has_all = |row: &usize| self.numbers.iter().all(|numbers| !numbers.values[*row].is_nan());
        let values = (0..self.n_rows).map(|row| if has_all(&row) { row as f64 } else { f64::NAN }).collect();
        let (column, parts) = (self.numbers[0].column, (0..self.numbers.len()).collect());
        self.numbers.push(Numbers { parts, ..Numbers::new(column, values) });
    }

    /// What stands in a row that has no number, and in which column of the table.
    #[must_use]
    pub fn text(&self, numbers: usize, row: usize) -> Option<(usize, &Text)> {
        let own = |numbers: usize| self.numbers[numbers].text(row).map(|text| (self.numbers[numbers].column, text));
        own(numbers).or_else(|| self.numbers[numbers].parts.iter().find_map(|&part| own(part)))
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The line on which a row begins.
    #[must_use]
    pub fn line(&self, row: usize) -> u64 {
        self.lines.of(row)
    }

    /// Where a row has the field of a column, which goes by its index in the table.
    #[must_use]
    pub fn place(&self, row: usize, column: usize) -> Place {
        self.heading.column_place(column).line(self.line(row))
    }

    /// Says how the values of a column are written, where that is not as plain numbers.
    pub fn forms(&self, numbers: usize) -> impl Iterator<Item = String> {
        let Numbers { n_rounded, n_typeset, n_words, n_units, unit, column, .. } = &self.numbers[numbers];
        let values = |n: u64| excerpt::count(n, "value");
        let (carry, were) = if *n_rounded == 1 { ("carries", "was") } else { ("carry", "were") };
        let label = self.heading.column_label(*column);
        let sentences = [
            (*n_rounded, format!("{} {carry} more digits than a double holds and {were} rounded", values(*n_rounded))),
            (
                *n_typeset,
                format!(
                    "column {label}: read {} with a typographic minus, no-break spaces or digits in groups",
                    values(*n_typeset)
                ),
            ),
            (*n_words, format!("column {label}: words are read as 1 (true, yes) and 0 (false, no)")),
            (*n_units, format!("column {label}: the values are read without {}", excerpt::quote(unit.as_bytes()))),
        ];
        let file = self.heading.file.clone();
        sentences.into_iter().filter(|(n, _)| *n > 0).map(move |(_, sentence)| format!("{file}: {sentence}"))
    }
}

impl Numbers {
    fn new(column: usize, values: Vec<f64>) -> Self {
        Self {
            column,
            values,
            parts: Vec::new(),
            runs: Vec::new(),
            texts: IndexSet::new(),
            n_rounded: 0,
            n_typeset: 0,
            n_words: 0,
            n_units: 0,
            unit: String::new(),
            first_formed: None,
        }
    }

    /// Whether every row has a number.
    #[must_use]
    pub fn are_complete(&self) -> bool {
        self.runs.is_empty() && self.parts.is_empty()
    }

    /// What stands in a row that has no number.
    #[must_use]
    pub fn text(&self, row: usize) -> Option<&Text> {
        let n_before = self.runs.partition_point(|run| run.first <= row);
        let run = n_before.checked_sub(1).map(|last| &self.runs[last]).filter(|run| row < run.first + run.n)?;
        Some(&self.texts[run.text])
    }

    /// Whether the field of a row is empty.
    #[must_use]
    pub fn is_empty_at(&self, row: usize) -> bool {
        self.text(row).is_some_and(|text| text.bytes.is_empty())
    }

    /// Of so many rows, the number of those up to the last one with a number.
    #[must_use]
    pub fn n_to_last_number(&self, n_rows: usize) -> usize {
        let at_the_end = |end: usize, run: &Run| (run.first + run.n == end).then_some(run.first);
        self.runs.iter().rev().try_fold(n_rows, |end, run| at_the_end(end, run).ok_or(end)).unwrap_or_else(|end| end)
    }

    #[cold]
    fn push_carefully(&mut self, field: &[u8], rules: &CellRules, row: usize) {
        let mistake = match rules.read(field) {
            Cell::Value(number) => return self.push(number),
            Cell::Formed(number, Form::Typeset) => {
                self.n_typeset += 1;
                return self.push(number);
            }
            Cell::Formed(number, Form::Word) => {
                self.n_words += 1;
                self.first_formed.get_or_insert_with(|| (row, field.into()));
                return self.push(number);
            }
            Cell::Formed(number, Form::Unit(unit)) if self.n_units == 0 || unit == self.unit => {
                self.n_units += 1;
                self.unit = unit;
                self.first_formed.get_or_insert_with(|| (row, field.into()));
                return self.push(number);
            }
            Cell::Formed(_, Form::Unit(_)) => Some(NotANumber::SomeUnits),
            Cell::Missing => None,
            Cell::Other(why) => Some(why),
        };
        self.values.push(f64::NAN);
        self.note_text(field, mistake, row);
    }

    fn push(&mut self, number: Number) {
        self.n_rounded += u64::from(number.precision == Precision::Rounded);
        self.values.push(number.value);
    }

    /// Keeps what stands in a row that has no number, after all rows before it.
    fn note_text(&mut self, field: &[u8], mistake: Option<NotANumber>, row: usize) {
        /// Enough of a text to recognise it in a message.
        const KEPT: usize = 200;
        let text = Text { bytes: field[..field.len().min(KEPT)].into(), mistake };
        let (text, _) = self.texts.insert_full(text);
        match self.runs.last_mut() {
            Some(run) if run.text == text && run.first + run.n == row => run.n += 1,
            _ => self.runs.push(Run { first: row, n: 1, text }),
        }
    }

    /// Decides, at the end of the column, what words and units in it are.
    fn settle(&mut self, rules: &CellRules) {
        let is_plain_text = |text: &&Text| text.mistake == Some(NotANumber::Text);
        if self.n_words > 0 && rules.know_true_words() && self.texts.iter().filter(is_plain_text).count() == 1 {
            let other = self.texts.iter().position(|text| is_plain_text(&text));
            let (zeros, runs) = std::mem::take(&mut self.runs).into_iter().partition(|run| Some(run.text) == other);
            self.runs = runs;
            for Run { first, n, .. } in zeros {
                self.values[first..first + n].fill(0.0);
                self.n_words += n as u64;
            }
        }
        let n_numbers = self.values.iter().filter(|value| !value.is_nan()).count() as u64;
        let is_number = |value: &f64| !value.is_nan() && *value != 0.0 && *value != 1.0;
        let mistake = if self.n_words > 0 && self.values.iter().any(is_number) {
            NotANumber::SomeWords
        } else if self.n_units > 0 && self.n_units < n_numbers {
            NotANumber::SomeUnits
        } else {
            return;
        };
        if let Some((row, field)) = self.first_formed.take() {
            self.values[row] = f64::NAN;
            self.note_text(&field, Some(mistake), row);
            self.runs.sort_by_key(|run| run.first);
        }
    }
}

impl Dictionary {
    /// Finds or numbers a text; none if its rows are left out.
    #[inline]
    fn code(&mut self, text: &[u8]) -> Option<u32> {
        let is = |code: &usize| self.texts.get_index(*code).is_some_and(|known| **known == *text);
        if !is(&self.latest) {
            self.latest = match [0, 1].into_iter().find(is).or_else(|| self.texts.get_index_of(text)) {
                Some(code) => code,
                None => self.add(text),
            };
        }
        match &self.only {
            Some(only) if !only.iter().any(|kept| **kept == *self.texts[self.latest]) => {
                self.n_left_out.resize(self.texts.len(), 0);
                self.n_left_out[self.latest] += 1;
                None
            }
            // There are fewer texts than that: their bytes alone would fill the memory.
            _ => Some(self.latest as u32),
        }
    }

    /// Adds a text that is not there as it is: in UTF-8, and without blanks of any width around it.
    #[cold]
    fn add(&mut self, text: &[u8]) -> usize {
        let decoded = decoded(text);
        let plain = decoded.trim_matches(is_blank);
        if plain.as_bytes() != text {
            self.reworded
                .get_or_insert_with(|| if decoded.as_bytes() == text { Wording::Blanks } else { Wording::Bytes });
        }
        self.texts.insert_full(plain.as_bytes().into()).0
    }

    /// The texts by their numbers.
    pub fn texts(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.texts.iter().map(AsRef::as_ref)
    }

    /// A text by its number.
    #[must_use]
    pub fn text(&self, code: u32) -> &[u8] {
        &self.texts[code as usize]
    }

    /// How many rows with a text were left out.
    #[must_use]
    pub fn n_left_out(&self, code: usize) -> u64 {
        self.n_left_out.get(code).copied().unwrap_or(0)
    }
}

/// The line of each row: where it is not the one after that of the row before.
#[derive(Debug, Default)]
struct Lines {
    jumps: Vec<(usize, u64)>,
    next: u64,
}

impl Lines {
    #[inline]
    fn push(&mut self, row: usize, line: u64) {
        if line != self.next {
            self.jumps.push((row, line));
        }
        self.next = line + 1;
    }

    /// The line of a row, 0 where there is no file.
    fn of(&self, row: usize) -> u64 {
        let n_before = self.jumps.partition_point(|&(first, _)| first <= row);
        let jump = n_before.checked_sub(1).map(|last| self.jumps[last]);
        jump.map_or(0, |(first, line)| line + (row - first) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_know_their_lines_however_lines_are_skipped() {
        let lines = [2, 3, 4, 7, 8, 12];
        let mut kept = Lines::default();
        lines.iter().enumerate().for_each(|(row, &line)| kept.push(row, line));
        assert_eq!([0, 1, 2, 3, 4, 5].map(|row| kept.of(row)), lines);
        assert_eq!(kept.jumps.len(), 3);
    }

    #[test]
    fn texts_are_numbered_as_they_come_and_those_left_out_are_counted() {
        let mut dictionary = Dictionary::default();
        let codes = ["b", "a", "b", "c", "c", "a"].map(|text| dictionary.code(text.as_bytes()));
        assert_eq!(codes, [Some(0), Some(1), Some(0), Some(2), Some(2), Some(1)]);
        dictionary.only = Some(vec![b"a".to_vec()]);
        assert_eq!(["b", "d", "b", "a"].map(|text| dictionary.code(text.as_bytes())), [None, None, None, Some(1)]);
        assert_eq!([0, 1, 3, 4].map(|code| dictionary.n_left_out(code)), [2, 0, 1, 0]);
    }
}
