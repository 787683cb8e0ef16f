//! CSV → rows of fields, each with the line on which an editor shows it. The only file that names csv.
//!
//! Quoting follows RFC 4180, section 2. The csv crate knows which line it has reached, which is not where a record
//! stands: blank lines before it, line ends inside quotes and the LF of a CRLF are accounted for here.

mod faults;

use std::collections::VecDeque;
use std::ops::Deref;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::cell::{Cell, CellRules, Form, is_blank};
use super::encoding::decoded;
use super::excerpt;
use super::heading::{HeaderLine, Heading};
use super::number::NotANumber;
use super::origin::{Names, Origin, Rows, Values};
use super::preamble;
use super::sniff;
use super::source::Stream;
use super::text::{END_FIELD, SWALLOWED_END, Text};
use crate::error::{Error, Place};
use crate::settings::{ColumnName, DecimalMark, Header, Reading};

/// Bytes that the CSV reader holds at a time.
const BUFFER: usize = 1 << 16;
/// The longest field, and the most columns: more is no table but a file that is damaged or made to fill the memory.
const LONGEST_FIELD: usize = 1 << 20;
const MOST_COLUMNS: usize = 1_000_000;
/// Bytes of rows that are kept to be looked at ahead.
const MOST_AHEAD: usize = 16 << 20;

/// Where the rows of an open table come from.
enum Source {
    Text(Reader<Text>),
    Values(Box<dyn Rows>),
}

/// A table that is read row by row, always with the same number of fields.
pub struct Table {
    heading: Heading,
    source: Source,
    decimal: DecimalMark,
    delimiter: u8,
    /// What lines of comments begin with.
    comment: Option<Vec<u8>>,
    /// The current row.
    row: Row,
    /// Rows that were looked at before their turn.
    ahead: VecDeque<Row>,
    extent: Extent,
    /// Where the reading of the current row began, by byte and line.
    begin: (u64, u64),
    notes: Vec<String>,
}

/// What a table says of its columns before its first row.
impl Deref for Table {
    type Target = Heading;

    fn deref(&self) -> &Heading {
        &self.heading
    }
}

/// A record and, once the reader has gone on, the line on which it ends.
#[derive(Default)]
struct Row {
    record: ByteRecord,
    last_line: Option<u64>,
}

impl Row {
    /// Takes the next row of cells; false after the last.
    fn take(&mut self, rows: &mut dyn Rows) -> Result<bool, Error> {
        self.record.clear();
        let line = rows.next(&mut |field| self.record.push_field(field))?;
        let n_within = memchr::memchr_iter(b'\n', self.record.as_slice()).count() as u64;
        self.last_line = line.map(|line| line + n_within);
        Ok(line.is_some())
    }
}

/// How far a table was read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    NoRowYet,
    SomeRows,
    AllRows,
}

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

    /// Cuts empty fields off that stand behind the last column.
    fn fit(&mut self) -> Result<(), Error> {
        let (record, width) = (&mut self.row.record, self.heading.width);
        if record.len() > width && record.iter().skip(width).all(|field| field.trim_ascii().is_empty()) {
            record.truncate(width);
        }
        if record.len() == width {
            Ok(())
        } else {
            Err(faults::ragged(&self.row.record, self.last_line(), &self.heading, self.decimal))
        }
    }

    /// Whether all fields of the current row are empty.
    #[inline]
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.row.record.as_slice().trim_ascii().is_empty()
    }

    /// Goes to the next row that is not blank; false after the last one.
    ///
    /// # Errors
    /// [`Error::Input`] for a row of another width than the first line, a quote that is never closed, damaged or binary
    /// data, and a table that has a header line only.
    #[inline]
    pub fn advance(&mut self) -> Result<bool, Error> {
        if let Some(row) = self.ahead.pop_front() {
            self.row = row;
            return Ok(true);
        }
        self.row.last_line = None;
        self.read_row()
    }

    /// Reads up to so many rows before their turn, and before any other, fewer where they are long, and returns how many
    /// there are now; see [`Table::field_ahead`].
    ///
    /// # Errors
    /// As [`Table::advance`].
    pub fn look_ahead(&mut self, n: usize) -> Result<usize, Error> {
        let mut bytes = 0;
        while self.ahead.len() < n && bytes < MOST_AHEAD {
            if !self.read_row()? {
                break;
            }
            bytes += self.row.record.as_slice().len() + self.width * size_of::<usize>();
            self.put_back();
        }
        Ok(self.ahead.len())
    }

    /// How many rows were looked at ahead.
    #[must_use]
    pub fn n_ahead(&self) -> usize {
        self.ahead.len()
    }

    /// A field of a row that was looked at ahead, without blanks around it.
    #[must_use]
    pub fn field_ahead(&self, row: usize, column: usize) -> &[u8] {
        self.ahead[row].record[column].trim_ascii()
    }

    /// A field of the current row, without blanks around it.
    #[inline]
    #[must_use]
    pub fn field(&self, column: usize) -> &[u8] {
        self.row.record[column].trim_ascii()
    }

    /// A field of the current row as it is, for a reader that trims by itself.
    #[inline]
    #[must_use]
    pub fn untrimmed_field(&self, column: usize) -> &[u8] {
        &self.row.record[column]
    }

    /// Where a field of the current row stands.
    #[must_use]
    pub fn place(&self, column: usize) -> Place {
        self.column_place(column).line(self.line_of(column))
    }

    /// The line on which the current row begins.
    #[inline]
    #[must_use]
    pub fn line(&self) -> u64 {
        // A row that is all that was read since a line feed, and ends with one, is the line at which the reader stood:
        // that costs less than to count.
        let Source::Text(reader) = &self.source else { return self.line_of(0) };
        let (position, record) = (reader.position(), &self.row.record);
        let n_bytes = (record.as_slice().len() + record.len()) as u64;
        if self.row.last_line.is_none()
            && (position.byte(), position.line()) == (self.begin.0 + n_bytes, self.begin.1 + 1)
            && reader.get_ref().byte_before(self.begin.0) == Some(b'\n')
        {
            return self.begin.1;
        }
        let last = self.row.last_line.unwrap_or_else(|| self.line_reached());
        last - memchr::memchr_iter(b'\n', record.as_slice()).count() as u64
    }

    /// Whether a blank line between rows is a row without a value: in text of one column.
    #[must_use]
    pub fn counts_blank_lines(&self) -> bool {
        self.width == 1 && matches!(self.source, Source::Text(_))
    }

    /// What separates the fields.
    #[must_use]
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The line on which the current row ends.
    #[must_use]
    pub fn last_line(&self) -> u64 {
        self.row.last_line.unwrap_or_else(|| self.line_reached())
    }

    /// What is known of the columns, when no row is needed any more.
    #[must_use]
    pub fn into_heading(self) -> Heading {
        self.heading
    }

    /// Adds a sentence that the user should see, about this file.
    pub fn note(&mut self, note: &str) {
        self.notes.push(format!("{}: {note}", self.file));
    }

    /// Takes the sentences that the user should see about how the file was read.
    pub fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// Lets the row just read be the next one again, after those put back before.
    fn put_back(&mut self) {
        let last_line = Some(self.last_line());
        self.ahead.push_back(Row { last_line, ..std::mem::take(&mut self.row) });
    }

    /// Reads the next row and checks its width.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "returning the wide Result through memory costs a tenth of the time a row")]
    fn read_row(&mut self) -> Result<bool, Error> {
        if self.extent == Extent::AllRows {
            return Ok(false);
        }
        if !self.read_record()? {
            if self.extent == Extent::NoRowYet {
                let remedy = "add the values, or say --no-header if that line is one";
                return Err(Error::input(self.header_place(), "no data follow the header line", remedy));
            }
            self.extent = Extent::AllRows;
            return Ok(false);
        }
        self.extent = Extent::SomeRows;
        if self.row.record.len() != self.width {
            self.fit()?;
        }
        Ok(true)
    }

    /// Reads the next record that is not a blank line; false at the line after the last.
    #[inline]
    fn read_record(&mut self) -> Result<bool, Error> {
        let reader = match &mut self.source {
            Source::Text(reader) => reader,
            Source::Values(rows) => return self.row.take(rows.as_mut()),
        };
        reader.get_mut().begin_row();
        let position = reader.position();
        let begin = position.line();
        self.begin = (position.byte(), begin);
        loop {
            match reader.read_byte_record(&mut self.row.record) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(error) => return Err(faults::unread(reader, &self.heading.file, error, begin)),
            }
            let record = &self.row.record;
            let bytes = record.as_slice();
            match bytes.last() {
                Some(0) if bytes == END_FIELD => return Ok(false),
                Some(b'\n') if bytes.ends_with(SWALLOWED_END) => {
                    return Err(faults::open_quote(record, &self.heading.file, reader.position().line()));
                }
                Some(last) if last.is_ascii_whitespace() && record.len() == 1 && bytes.trim_ascii().is_empty() => {}
                _ if self.comment.as_ref().is_some_and(|prefix| record[0].trim_ascii_start().starts_with(prefix)) => {}
                _ if bytes.len() > LONGEST_FIELD && record.iter().any(|field| field.len() > LONGEST_FIELD) => {
                    return Err(faults::long_field(record, self.line_reached(), &self.heading.file));
                }
                // An empty field alone can only have been `""`, which is a missing value: csv skips empty lines itself.
                _ => return Ok(true),
            }
        }
    }

    /// The line of a field of the current row.
    fn line_of(&self, column: usize) -> u64 {
        let last = self.row.last_line.unwrap_or_else(|| self.line_reached());
        faults::line_of_field(&self.row.record, last, column)
    }

    /// The line on which the record read last ends.
    fn line_reached(&self) -> u64 {
        let Source::Text(reader) = &self.source else { return 0 };
        let position = reader.position();
        let ended_the_line = reader.get_ref().byte_before(position.byte()) == Some(b'\n');
        position.line() - u64::from(ended_the_line)
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

#[cfg(test)]
mod tests;
