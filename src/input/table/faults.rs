//! What may be wrong with the rows of a text, with its place.

use csv::{ByteRecord, Reader};

use super::super::excerpt;
use super::super::heading::Heading;
use super::super::text::Text;
use super::LONGEST_FIELD;
use crate::error::{Error, Place};
use crate::settings::{DecimalMark, Reading};

/// A row of another width than the first line.
#[cold]
pub fn ragged(record: &ByteRecord, last_line: u64, heading: &Heading, decimal: DecimalMark) -> Error {
    let line = line_of_field(record, last_line, 0);
    let reference = if heading.names().is_some() { "header" } else { "first line" };
    let fields = excerpt::count(record.len() as u64, "field");
    let is_spaced_quote = |field: &[u8]| field.starts_with(b" ") && field.trim_ascii_start().starts_with(b"\"");
    let remedy = if record.iter().any(is_spaced_quote) {
        "remove the blank before the double quote, which only begins a text right behind the delimiter"
    } else if record.len() > heading.width && decimal == DecimalMark::Point {
        "put a text with the delimiter in it in double quotes; if a comma in it is the decimal mark, say --decimal ,"
    } else {
        "complete it, or name the delimiter with --delimiter"
    };
    let what = format!("the line has {fields} where the {reference} has {}", heading.width);
    Error::input(Place::file(&heading.file).line(line), what, remedy)
}

/// A field that is longer than any may be.
#[cold]
pub fn long_field(record: &ByteRecord, last_line: u64, file: &str) -> Error {
    let column = record.iter().position(|field| field.len() > LONGEST_FIELD).unwrap_or_default();
    let line = line_of_field(record, last_line, column);
    let what = format!("field {} has {} bytes; at most 1 MiB is read", column + 1, record[column].len());
    Error::input(Place::file(file).line(line), what, "shorten it, or close a double quote before it")
}

/// A quote that is never closed.
#[cold]
pub fn open_quote(record: &ByteRecord, file: &str, line_reached: u64) -> Error {
    // Every line end since the record began lies inside it, so the end reached belongs to it as well.
    let line = line_of_field(record, line_reached, record.len().saturating_sub(1));
    let what = "a double quote opens here that is never closed";
    Error::input(Place::file(file).line(line), what, "close it, or remove it")
}

/// What keeps the reader from going on; `begin` is the line on which the current row began.
#[cold]
pub fn unread(reader: &Reader<Text>, file: &str, error: csv::Error, begin: u64) -> Error {
    let line = reader.position().line();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => reader.get_ref().failure(file, line, begin, &error),
        other => {
            let place = Place::file(file).line(line);
            Error::input(place, format!("the line cannot be read: {other:?}"), "correct it")
        }
    }
}

/// The line on which a field begins, given the one on which its record ends.
pub fn line_of_field(record: &ByteRecord, last_line: u64, column: usize) -> u64 {
    let line_ends = |text: &[u8]| text.split(|&byte| byte == b'\n').count() as u64 - 1;
    let after: u64 = record.iter().skip(column).map(line_ends).sum();
    last_line - after
}

/// Refuses a delimiter that cannot be one.
pub fn refuse_delimiter(reading: &Reading) -> Result<(), Error> {
    let mark = match reading.decimal.unwrap_or_default() {
        DecimalMark::Point => b'.',
        DecimalMark::Comma => b',',
    };
    match reading.delimiter {
        // Where points group digits commas are decimal marks, but only within quotes if they separate fields.
        Some(delimiter) if delimiter == mark && reading.thousands != Some('.') => Err(Error::usage(
            format!("\"{}\" cannot be both the delimiter and the decimal mark", char::from(mark)),
            "choose another --delimiter, or another --decimal",
        )),
        Some(delimiter @ (b'"' | b'\r' | b'\n' | 0)) => Err(Error::usage(
            format!("{} cannot be the delimiter", excerpt::quote(&[delimiter])),
            "choose another --delimiter, such as a comma, a semicolon or a tab",
        )),
        _ => Ok(()),
    }
}
