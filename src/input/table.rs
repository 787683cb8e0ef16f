//! Text → records of fields, with names and places. The only file that names csv for reading.

use std::collections::VecDeque;
use std::io::{Chain, Cursor, Read};

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::number;
use super::source::{self, Text};
use crate::error::{Error, Place};
use crate::settings::{ColumnName, DecimalMark, Header, Reading, Source};

/// A line put after the end of the text. If it does not come out as a record of its own, a quote was left open: the
/// parser would take the rest of the file for one field and say nothing.
const END: &str = "\u{1e}permtest: end of text\u{1e}";

/// Records that are looked at to find out which columns are numeric.
const SAMPLE: usize = 1000;

/// Names that a message lists at most.
const LISTED: usize = 8;

/// A text and, behind it, [`END`].
type EndedText = Chain<Box<dyn Read>, Cursor<Vec<u8>>>;

/// An opened table, one record of which is at hand.
pub struct Table {
    name: String,
    names: Option<Vec<String>>,
    width: usize,
    reader: Reader<EndedText>,
    line_end: LineEnd,
    record: ByteRecord,
    line: Option<u64>,
    /// Records read ahead, with their lines.
    ahead: VecDeque<(ByteRecord, u64)>,
    /// Set when the first line was taken as data without having been called so.
    pub note: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineEnd {
    Lf,
    CrLf,
}

impl Table {
    /// Opens a source and reads its header line, if it has one. `named` are the columns that the user named.
    ///
    /// # Errors
    /// [`Error::Input`] when the source cannot be read or is not a table.
    pub fn open(source: &Source, reading: &Reading, named: &[&ColumnName]) -> Result<Self, Error> {
        let Text { name, head, reader } = source::open(source)?;
        let first_line = head.split(|&byte| byte == b'\n').find(|line| !line.trim_ascii().is_empty());
        let first_line = first_line.unwrap_or_default();
        let line_end = if first_line.ends_with(b"\r") { LineEnd::CrLf } else { LineEnd::Lf };
        let newline = if line_end == LineEnd::CrLf { "\r\n" } else { "\n" };
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(source::BLOCK)
            .delimiter(reading.delimiter.unwrap_or_else(|| delimiter(source, first_line, reading.decimal)))
            .from_reader(reader.chain(Cursor::new(format!("{newline}{END}{newline}").into_bytes())));
        let mut table = Self {
            name,
            names: None,
            width: 0,
            reader,
            line_end,
            record: ByteRecord::new(),
            line: None,
            ahead: VecDeque::new(),
            note: None,
        };
        table.read_header(reading, named)?;
        Ok(table)
    }

    fn read_header(&mut self, reading: &Reading, named: &[&ColumnName]) -> Result<(), Error> {
        if !self.read()? {
            return Err(Error::input(self.file(), "the file is empty", "give it a header line and values"));
        }
        self.width = self.record.len();
        let fields: Vec<String> =
            self.record.iter().map(|field| String::from_utf8_lossy(field.trim_ascii()).into_owned()).collect();
        let reads_as_numbers = {
            let is_number = |field: &String| number::parse(field.as_bytes(), reading.decimal).is_ok();
            let is_missing = |field: &String| reading.missing_tokens.contains(field);
            fields.iter().any(is_number) && fields.iter().all(|field| is_number(field) || is_missing(field))
        };
        let is_name = |column: &&ColumnName| {
            let is_index = column.0.parse().is_ok_and(|index| (1..=fields.len()).contains(&index));
            !is_index && fields.contains(&column.0)
        };
        match reading.header {
            Header::Detect if !reads_as_numbers || named.iter().any(is_name) => self.names = Some(fields),
            header => {
                if header == Header::Detect {
                    self.note = Some(format!(
                        "{}: the first line reads as numbers and is taken as data; --no-header says so without this note",
                        self.name
                    ));
                }
                let line = self.line();
                self.ahead.push_back((std::mem::take(&mut self.record), line));
            }
        }
        Ok(())
    }

    /// Goes to the next record; false at the end.
    ///
    /// # Errors
    /// [`Error::Input`] for a record of another width, an open quote, or a source that fails.
    pub fn advance(&mut self) -> Result<bool, Error> {
        if let Some((record, line)) = self.ahead.pop_front() {
            (self.record, self.line) = (record, Some(line));
            return Ok(true);
        }
        self.read()
    }

    #[inline]
    fn read(&mut self) -> Result<bool, Error> {
        self.line = None;
        let more = self.reader.read_byte_record(&mut self.record).map_err(|error| self.failure(error))?;
        if self.record.as_slice().trim_ascii_end().ends_with(END.as_bytes()) {
            if self.record.len() == 1 && self.record.as_slice() == END.as_bytes() {
                return Ok(false);
            }
            let place = self.file().line(self.line() + u64::from(self.line_end == LineEnd::Lf));
            let remedy = "close the quote, or remove it if it is not meant as one";
            return Err(Error::input(place, "a quote is opened here and never closed", remedy));
        }
        if more && self.record.len() != self.width && self.width > 0 {
            let count = |n: usize| if n == 1 { "1 field".to_owned() } else { format!("{n} fields") };
            let first = if self.names.is_some() { "the header" } else { "the first line" };
            let what = format!("this line has {} where {first} has {}", count(self.record.len()), self.width);
            let remedy = "mend the line, or name the delimiter with -d if it is another one";
            return Err(Error::input(self.file().line(self.line()), what, remedy));
        }
        Ok(more)
    }

    fn failure(&self, error: csv::Error) -> Error {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => source::unreadable(&self.name, &error),
            other => Error::input(self.file(), format!("cannot be read: {other:?}"), "check that the file is whole"),
        }
    }

    /// A field of the record at hand.
    #[inline]
    #[must_use]
    pub fn field(&self, column: usize) -> &[u8] {
        &self.record[column]
    }

    /// The line on which the record at hand begins, as an editor counts.
    fn line(&self) -> u64 {
        // The parser stands behind the record's last line: behind its LF, or between CR and LF.
        let behind = u64::from(self.line_end == LineEnd::Lf);
        let within = memchr::memchr_iter(b'\n', self.record.as_slice()).count() as u64;
        self.line.unwrap_or_else(|| self.reader.position().line().saturating_sub(within + behind))
    }

    fn file(&self) -> Place {
        Place::file(&self.name)
    }

    /// The place of a field of the record at hand.
    #[must_use]
    pub fn place(&self, column: usize) -> Place {
        self.file().line(self.line()).column(self.column_name(column))
    }

    /// The place of a whole column.
    #[must_use]
    pub fn column_place(&self, column: usize) -> Place {
        self.file().column(self.column_name(column))
    }

    /// The name of a column, or its number where it has none.
    #[must_use]
    pub fn column_name(&self, column: usize) -> String {
        self.header(column).map_or_else(|| (column + 1).to_string(), str::to_owned)
    }

    /// The name of a column, if the table has names and this one is not blank.
    #[must_use]
    pub fn header(&self, column: usize) -> Option<&str> {
        self.names.as_ref().map(|names| names[column].as_str()).filter(|name| !name.is_empty())
    }

    /// The column that a user's name stands for.
    ///
    /// # Errors
    /// [`Error::Input`] when there is none, or more than one.
    pub fn find(&self, wanted: &ColumnName) -> Result<usize, Error> {
        let ColumnName(wanted) = wanted;
        let names = self.names.as_deref().unwrap_or_default();
        let same_name: Vec<usize> = (0..names.len()).filter(|&column| names[column] == *wanted).collect();
        match (same_name.as_slice(), wanted.parse::<usize>()) {
            (&[column], _) => Ok(column),
            ([], Ok(index)) if (1..=self.width).contains(&index) => Ok(index - 1),
            ([], Ok(index)) => {
                let what = format!("there is no column {index}");
                Err(Error::input(self.file(), what, format!("name one from 1 to {}", self.width)))
            }
            ([], Err(_)) if self.names.is_none() => {
                let what = format!("there is no column {wanted:?}, for the file has no header line");
                Err(Error::input(self.file(), what, format!("name a number from 1 to {}", self.width)))
            }
            ([], Err(_)) => Err(self.unknown(wanted)),
            (columns, _) => {
                let numbers: Vec<String> = columns.iter().map(|column| (column + 1).to_string()).collect();
                let what = format!("{} columns are called {wanted:?}: {}", numbers.len(), numbers.join(", "));
                Err(Error::input(self.file().line(1).column(wanted), what, "choose one by its number"))
            }
        }
    }

    fn unknown(&self, wanted: &str) -> Error {
        let names = self.names.as_deref().unwrap_or_default();
        let what = format!("there is no column {wanted:?}");
        let remedy = match names.iter().find(|name| name.to_lowercase() == wanted.to_lowercase()) {
            Some(name) => format!("perhaps {name:?} is meant"),
            None => format!("there are {}", listed(names.iter().map(|name| format!("{name:?}")))),
        };
        Error::input(self.file().line(1), what, remedy)
    }

    /// The only column, or the only one of numbers, `but` left out.
    ///
    /// # Errors
    /// [`Error::Input`] when there is no such column, or more than one.
    pub fn only_numeric(&mut self, but: Option<usize>, reading: &Reading) -> Result<usize, Error> {
        if self.width == 1 && but.is_none() {
            return Ok(0);
        }
        let wanted = SAMPLE.saturating_sub(self.ahead.len());
        for _ in 0..wanted {
            if !self.read()? {
                break;
            }
            let line = self.line();
            self.ahead.push_back((std::mem::take(&mut self.record), line));
        }
        let is_numeric = |&column: &usize| {
            let fields = || self.ahead.iter().map(|(record, _)| record[column].trim_ascii());
            let is_number = |field: &[u8]| number::parse(field, reading.decimal).is_ok();
            let is_missing = |field: &[u8]| reading.missing_tokens.iter().any(|token| token.as_bytes() == field);
            fields().any(is_number) && fields().all(|field| is_number(field) || is_missing(field))
        };
        let numeric: Vec<usize> = (0..self.width).filter(|&column| Some(column) != but).filter(is_numeric).collect();
        match numeric[..] {
            [column] => Ok(column),
            [] if self.ahead.is_empty() => Err(self.without_values()),
            [] => {
                let what = "no column holds numbers only, so which one is meant is not clear";
                Err(Error::input(self.file(), what, format!("choose one with --column: {}", self.all_names(but))))
            }
            _ => {
                let names = listed(numeric.iter().map(|&column| self.column_name(column)));
                let what = format!("{} columns hold numbers: {names}", numeric.len());
                Err(Error::input(self.file(), what, "choose one with --column NAME"))
            }
        }
    }

    fn all_names(&self, but: Option<usize>) -> String {
        listed((0..self.width).filter(|&column| Some(column) != but).map(|column| self.column_name(column)))
    }

    /// The error of a table without records.
    #[must_use]
    pub fn without_values(&self) -> Error {
        Error::input(self.file(), "there is a header line but no data", "add a line for each observation")
    }
}

/// The first few of some names, and how many more there are.
pub fn listed(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    let shown = names[..names.len().min(LISTED)].join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The delimiter by extension, else the most frequent candidate in the first line outside quotes.
fn delimiter(source: &Source, first_line: &[u8], decimal: DecimalMark) -> u8 {
    let extension = match source {
        Source::Stdin => None,
        Source::File(path) => path.file_name().and_then(|name| name.to_str()).and_then(|name| {
            let name = name.to_lowercase();
            let plain = [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
            plain.rsplit_once('.').map(|(_, extension)| extension.to_owned())
        }),
    };
    let count = |candidate: u8| {
        let mut quoted = false;
        let outside = first_line.iter().filter(|&&byte| {
            quoted ^= byte == b'"';
            !quoted && byte == candidate
        });
        outside.count()
    };
    match extension.as_deref() {
        Some("tsv") => b'\t',
        // A spreadsheet that writes decimal commas separates the fields of its .csv by semicolons.
        Some("csv") if count(b';') > 0 && (count(b',') == 0 || decimal == DecimalMark::Comma) => b';',
        Some("csv") => b',',
        _ => {
            let candidates: &[u8] = if decimal == DecimalMark::Comma { b";\t|" } else { b",;\t|" };
            let most = candidates.iter().copied().rev().max_by_key(|&candidate| count(candidate));
            most.filter(|&candidate| count(candidate) > 0).unwrap_or(candidates[0])
        }
    }
}
