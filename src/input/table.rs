//! CSV → rows of fields, each with the line on which an editor shows it. The only file that names csv.
//!
//! Quoting follows RFC 4180, section 2. The csv crate knows which line it has reached, which is not where a record
//! stands: blank lines before it, line ends inside quotes and the LF of a CRLF are accounted for here.

mod faults;
mod opening;

use std::collections::VecDeque;
use std::ops::Deref;

use csv::{ByteRecord, Reader};

use super::heading::Heading;
use super::origin::Rows;
use super::text::{END_FIELD, SWALLOWED_END, Text};
use crate::error::{Error, Place};
use crate::settings::DecimalMark;

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

#[cfg(test)]
mod tests;
