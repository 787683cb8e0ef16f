//! The first lines of a table: what stands above it, what its columns are called, how they are divided.

use std::collections::VecDeque;

use csv::{ByteRecord, ReaderBuilder};

use super::super::cell::{Cell, CellRules, Form, is_blank};
use super::super::encoding::decoded;
use super::super::heading::{HeaderLine, Heading};
use super::super::number::NotANumber;
use super::super::origin::{Names, Origin, Values};
use super::super::source::Stream;
use super::super::text::Text;
use super::super::{excerpt, preamble, sniff};
use super::{BUFFER, Extent, MOST_COLUMNS, Row, Source, Table, faults};
use crate::error::{Error, Place};
use crate::settings::{ColumnName, Header, Reading};

impl Table {
    /// Reads the header line, or finds that there is none. `named` are the columns that the user asked for: a first line
    /// of numbers is a header nevertheless if one of them is called so.
    ///
    /// # Errors
    /// [`Error::Usage`] for a delimiter that cannot be one; [`Error::Input`] for a file without data or in a form that is
    /// no table.
    pub fn open(origin: Origin, reading: &Reading, rules: &CellRules, named: &[&ColumnName]) -> Result<Self, Error> {
        faults::refuse_delimiter(reading)?;
        match origin {
            Origin::Text(stream) => Self::open_text(stream, reading, rules, named),
            Origin::Values(values) => Self::open_values(values, reading, rules, named),
        }
    }

    fn open_values(values: Values, reading: &Reading, rules: &CellRules, named: &[&ColumnName]) -> Result<Self, Error> {
        let Values { file, names, left_out, notes, rows } = values;
        let has_lines = matches!(names, Names::FirstRow(_));
        let refused = [
            ("--delimiter", reading.delimiter.is_some()),
            ("--comment", reading.comment.is_some()),
            ("--no-header", reading.header == Header::Absent && !has_lines),
            ("--skip", reading.skip.is_some() && !has_lines),
        ];
        if let Some((option, _)) = refused.into_iter().find(|(_, is_given)| *is_given) {
            return Err(Error::usage(format!("{option} is about lines of text, and {file} has none"), "leave it out"));
        }
        let is_wanted = |(name, _): &(String, Error)| named.iter().any(|named| named.0.trim() == name);
        if let Some((_, reason)) = left_out.into_iter().find(is_wanted) {
            return Err(reason);
        }
        let mut table = Self::new(Heading::without_names(file, 1), Source::Values(rows), reading, notes);
        match names {
            Names::Absent => {}
            Names::Known(names) => {
                table.heading.width = names.len();
                table.heading.header = Some(HeaderLine { names, line: 1, last_line: 1 });
            }
            Names::FirstRow(width) => {
                table.heading.width = width;
                table.skip_titles(reading.skip, named)?;
                table.read_first_line(reading.header, rules, named)?;
                if table.header.is_some() {
                    table.leave_out_units(rules)?;
                }
            }
        }
        Ok(table)
    }

    /// Leaves out the first rows of a sheet: those up to a line or, where the user does not say so, those above the row in
    /// which the named columns stand.
    fn skip_titles(&mut self, skip: Option<usize>, named: &[&ColumnName]) -> Result<(), Error> {
        let n_rows = self.look_ahead(skip.map_or(preamble::MOST_TITLES, |n| n + 1))?;
        let holds_names = |row: usize| {
            let fields: Vec<_> = self.ahead[row].record.iter().map(|field| decoded(field)).collect();
            preamble::hold_names(&fields.iter().map(|field| field.trim_matches(is_blank)).collect::<Vec<_>>(), named)
        };
        let is_below =
            |n: usize| (0..n_rows).find(|&row| self.ahead[row].last_line.is_some_and(|line| line > n as u64));
        let n_titles = skip
            .map_or_else(|| (0..n_rows).find(|&row| holds_names(row)).unwrap_or(0), |n| is_below(n).unwrap_or(n_rows));
        self.ahead.drain(..n_titles);
        if skip.is_none() && n_titles > 0 {
            let lines = excerpt::count(n_titles as u64, "line");
            self.notes.push(format!("{}: {lines} above the names of the columns are left out", self.file));
        }
        Ok(())
    }

    fn new(heading: Heading, source: Source, reading: &Reading, notes: Vec<String>) -> Self {
        Self {
            heading,
            source,
            decimal: reading.decimal.unwrap_or_default(),
            delimiter: 0,
            comment: reading.comment.as_ref().map(|prefix| prefix.as_bytes().to_vec()),
            row: Row::default(),
            ahead: VecDeque::new(),
            extent: Extent::NoRowYet,
            begin: (0, 1),
            notes,
        }
    }

    fn open_text(stream: Stream, reading: &Reading, rules: &CellRules, named: &[&ColumnName]) -> Result<Self, Error> {
        let name = stream.name.clone();
        let extension = stream.extension.clone();
        let mut notes: Vec<_> = stream
            .found_encoding
            .map(|encoding| format!("{name}: the text is read as {encoding}"))
            .into_iter()
            .collect();
        let mut text = Text::new(stream)?;
        if text.is_empty() {
            let remedy = "give a file with a value on each line, under a header line if you like";
            return Err(Error::input(Place::file(name), "the file is empty", remedy));
        }
        let preamble = preamble::find(text.head(), reading, named);
        text.blank_out(preamble.n_lines);
        if preamble.n_titles > 0 {
            let lines = excerpt::count(preamble.n_titles as u64, "line");
            notes.push(format!("{name}: {lines} above the names of the columns are left out"));
        }
        let decimal = reading.decimal.unwrap_or_default();
        let named_delimiter = reading.delimiter.or(preamble.delimiter);
        let is_spaced =
            named_delimiter.is_none() && sniff::is_separated_by_blanks(text.head(), extension.as_deref(), decimal);
        let guess = || {
            let guessed = sniff::delimiter(text.head(), extension.as_deref(), decimal);
            preamble::delimiter_of_names(text.head(), named, guessed).unwrap_or(guessed)
        };
        let delimiter = if is_spaced { b' ' } else { named_delimiter.unwrap_or_else(guess) };
        if is_spaced {
            text.collapse_blanks();
        }
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(BUFFER)
            .from_reader(text);
        let mut table = Self::new(Heading::without_names(name, 0), Source::Text(reader), reading, notes);
        table.delimiter = delimiter;
        table.read_first_line(reading.header, rules, named)?;
        if table.header.is_some() {
            table.name_row_names()?;
            table.leave_out_units(rules)?;
        }
        Ok(table)
    }

    /// Decides what the first line is.
    fn read_first_line(&mut self, header: Header, rules: &CellRules, named: &[&ColumnName]) -> Result<(), Error> {
        if let Some(row) = self.ahead.pop_front() {
            self.row = row;
        } else if !self.read_record()? {
            let remedy = "give a file with a value on each line, under a header line if you like";
            return Err(Error::input(Place::file(&self.file), "the file has blank lines only", remedy));
        }
        let first = &self.row.record;
        self.heading.width = first.len();
        if self.width > MOST_COLUMNS {
            let what = format!("there are {} columns; at most 1,000,000 are read", self.width);
            return Err(Error::input(
                self.header_place().line(self.line_of(0)),
                what,
                "check the delimiter (--delimiter)",
            ));
        }
        let names: Vec<_> = first.iter().map(|field| decoded(field).trim_matches(is_blank).to_owned()).collect();
        let is_data = match header {
            Header::Absent => true,
            Header::Detect => reads_as_numbers(first, rules) && !is_called_for(&names, named),
        };
        if is_data {
            if header == Header::Detect {
                self.notes.push(format!(
                    "{}: the first line reads as numbers and is taken as data; if it names the columns, name one of them \
                     as it stands there",
                    self.file
                ));
            }
            let last_line = Some(self.last_line());
            self.ahead.push_front(Row { last_line, ..std::mem::take(&mut self.row) });
            self.extent = Extent::SomeRows;
        } else {
            if first.iter().any(|name| std::str::from_utf8(name).is_err()) {
                self.notes.push(format!(
                    "{}: the names of the columns are no UTF-8 and are read as Windows-1252; --encoding NAME reads another",
                    self.file
                ));
            }
            self.heading.header = Some(HeaderLine { names, line: self.line_of(0), last_line: self.last_line() });
        }
        Ok(())
    }

    /// Gives row names a column, where the header does not: so does R's `write.table`.
    fn name_row_names(&mut self) -> Result<(), Error> {
        if !matches!(self.delimiter, b' ' | b'\t') || !self.read_record()? {
            return Ok(());
        }
        let record = &self.row.record;
        let has_row_names =
            record.len() == self.width + 1 && record.iter().next_back().is_some_and(|last| !last.is_empty());
        if has_row_names && let Some(header) = &mut self.heading.header {
            header.names.insert(0, String::new());
            self.heading.width += 1;
        }
        self.fit()?;
        self.put_back();
        self.extent = Extent::SomeRows;
        Ok(())
    }

    /// Leaves out a first row of units: it has texts in columns of numbers only, and no number.
    fn leave_out_units(&mut self, rules: &CellRules) -> Result<(), Error> {
        const ROWS: usize = 6;
        let n_rows = self.look_ahead(ROWS)?;
        if n_rows < 3 {
            return Ok(());
        }
        let cell = |row: usize, column: usize| rules.read(self.field_ahead(row, column));
        let is_text = |column: usize| {
            let field = self.field_ahead(0, column);
            !field.is_empty() && matches!(rules.read(field), Cell::Other(NotANumber::Text))
        };
        let are_numbers = |column: usize| {
            (1..n_rows).all(|row| matches!(cell(row, column), Cell::Value(_) | Cell::Missing))
                && (1..n_rows).any(|row| matches!(cell(row, column), Cell::Value(_)))
        };
        let is_unit = |column: usize| is_text(column) && are_numbers(column);
        let mut columns = 0..self.width;
        let is_row_of_units = columns.clone().any(is_unit)
            && columns.all(|column| is_unit(column) || self.field_ahead(0, column).is_empty());
        if is_row_of_units && let Some(row) = self.ahead.pop_front() {
            let texts: Vec<_> = row.record.iter().filter(|text| !text.is_empty()).map(excerpt::plain).collect();
            let line = row.last_line.unwrap_or_default();
            let units = excerpt::list(texts.into_iter());
            self.notes.push(format!("{}, line {line}: a row of units is left out: {units}", self.file));
        }
        Ok(())
    }
}

fn reads_as_numbers(record: &ByteRecord, rules: &CellRules) -> bool {
    let mut some = false;
    record.iter().all(|field| match rules.read(field) {
        Cell::Value(_) | Cell::Formed(_, Form::Typeset) => {
            some = true;
            true
        }
        Cell::Missing => true,
        Cell::Formed(..) | Cell::Other(_) => false,
    }) && some
}

/// Whether the user names a column that is called so in the first line and can be no column number.
fn is_called_for(names: &[String], named: &[&ColumnName]) -> bool {
    named.iter().map(|name| name.0.trim()).any(|name| {
        let is_number = name.parse::<usize>().is_ok_and(|number| (1..=names.len()).contains(&number));
        !is_number && names.iter().any(|field| field == name)
    })
}
