//! Line numbers, line ends, quotes and headers, on tables held in memory.

use std::io::Cursor;

use proptest::prelude::*;

use super::super::cell::CellRules;
use super::super::origin::Origin;
use super::super::source::Stream;
use super::*;
use crate::settings::{ColumnName, Header, Reading};

fn reading(header: Header) -> Reading {
    Reading { delimiter: None, header, ..Reading::default() }
}

fn open(bytes: &[u8], reading: &Reading, named: &[&str]) -> Result<Table, Error> {
    let stream = Stream::new("t".to_owned(), None, Cursor::new(bytes.to_vec()))?;
    let named: Vec<_> = named.iter().map(|name| ColumnName((*name).to_owned())).collect();
    Table::open(Origin::Text(stream), reading, &CellRules::new(reading), &named.iter().collect::<Vec<_>>())
}

/// Each field as `line:text`, rows in order.
fn fields(text: &str, header: Header) -> Result<Vec<String>, Error> {
    let mut table = open(text.as_bytes(), &reading(header), &[])?;
    let mut found = Vec::new();
    while table.advance()? {
        assert_eq!(table.line(), table.line_of(0), "{text:?}");
        for column in 0..table.width() {
            let field = String::from_utf8_lossy(table.field(column)).into_owned();
            found.push(format!("{}:{field}", table.line_of(column)));
        }
    }
    Ok(found)
}

fn message(text: &str) -> String {
    match fields(text, Header::Detect) {
        Ok(fields) => format!("no error, but {fields:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn lines_are_numbered_as_an_editor_does() {
    for (text, expected) in [
        ("x\n5\n6\n", vec!["2:5", "3:6"]),
        ("x\n5\n6", vec!["2:5", "3:6"]),
        ("x\r\n5\r\n6\r\n", vec!["2:5", "3:6"]),
        ("x\r\n5\r\n6", vec!["2:5", "3:6"]),
        ("x\r5\r6\r", vec!["2:5", "3:6"]),
        ("\u{feff}x\n5\n", vec!["2:5"]),
        ("\n\nx\n\n5\n\n\n6\n\n\n", vec!["5:5", "8:6"]),
        ("\r\n\r\nx\r\n\r\n5\r\n  \r\n\r\n6\r\n\r\n", vec!["5:5", "8:6"]),
        ("x\n5\r\n6\n7\r\n8", vec!["2:5", "3:6", "4:7", "5:8"]),
        ("x\n\"5\"\r\n\"\"\r\n\"6\"\r\n", vec!["2:5", "3:", "4:6"]),
    ] {
        assert_eq!(fields(text, Header::Detect).unwrap(), expected, "{text:?}");
    }
}

#[test]
fn a_field_after_quoted_line_ends_is_on_its_own_line() {
    let text = "\"a\nb\",c\n\"x\ny\nz\",5\r\nu,\"v\r\nw\"\r\n1,2\n";
    let expected = ["3:x\ny\nz", "5:5", "6:u", "6:v\r\nw", "8:1", "8:2"];
    assert_eq!(fields(text, Header::Detect).unwrap(), expected);
}

#[test]
fn rows_looked_at_ahead_keep_their_lines() {
    let mut table = open(b"x\n\n5\r\n6\n7\n", &reading(Header::Detect), &[]).unwrap();
    assert!(table.look_ahead(2).unwrap() >= 2);
    assert_eq!(table.field_ahead(1, 0), b"6");
    for line in [3, 4, 5] {
        assert!(table.advance().unwrap());
        assert_eq!(table.line(), line);
    }
    assert!(!table.advance().unwrap());
    assert!(!table.advance().unwrap());
}

#[test]
fn an_open_quote_is_noticed_where_it_opens() {
    for (text, line) in [
        ("x\n5\n\"6\n7\n8\n", 3),
        ("x\r\n5\r\n\"6\r\n7\r\n8", 3),
        ("x\n5\n\"", 3),
        ("x\n5\n\n\"6\"\"\n", 4),
        ("\"x\n5\n6\n", 1),
        ("a,b\n\"u\nv\",\"5\n1,6\n", 3),
    ] {
        let expected =
            format!("t, line {line}: a double quote opens here that is never closed; close it, or remove it");
        assert_eq!(message(text), expected, "{text:?}");
    }
}

#[test]
fn the_mark_after_the_last_line_never_shows() {
    for delimiter in [b' ', b'a', b'0', b'\t', 1, 255] {
        let reading = Reading { delimiter: Some(delimiter), ..reading(Header::Absent) };
        let mut table = open(b"5", &reading, &[]).unwrap();
        assert!(table.advance().unwrap());
        assert_eq!(table.field(0), b"5");
        assert!(!table.advance().unwrap());
    }
    assert_eq!(fields("5\n\"\"", Header::Absent).unwrap(), ["1:5", "2:"]);
}

#[test]
fn a_row_of_another_width_is_refused() {
    assert_eq!(
        message("a,b\n1,2\n\n1,2,3\n"),
        "t, line 4: the line has 3 fields where the header has 2; put a text with the delimiter in it in double quotes; \
         if a comma in it is the decimal mark, say --decimal ,"
    );
    assert_eq!(
        message("1,2\n1\n"),
        "t, line 2: the line has 1 field where the first line has 2; complete it, or name the delimiter with --delimiter"
    );
}

#[test]
fn files_without_data_are_refused_each_in_its_own_words() {
    assert!(message("").starts_with("t: the file is empty; give "));
    assert!(message("\u{feff}").starts_with("t: the file is empty; give "));
    assert!(message("\n \r\n\n").starts_with("t: the file has blank lines only; give "));
    assert_eq!(
        message("\nx\n\n"),
        "t, line 2: no data follow the header line; add the values, or say --no-header if that line is one"
    );
}

#[test]
fn a_nul_byte_is_refused_on_its_line() {
    let expected = "t, line 3: a NUL byte: this is binary data, not a table in text; export the data as CSV in UTF-8";
    assert_eq!(message("x\n5\n6\0\n"), expected);
    let long = format!("x\n{}\0", "5\n".repeat(100_000));
    assert!(message(&long).starts_with("t, line 100002: a NUL byte"));
}

#[test]
fn a_first_line_of_numbers_is_data_unless_a_column_is_called_so() {
    let notes = |text: &str, named: &[&str]| {
        let mut table = open(text.as_bytes(), &reading(Header::Detect), named).unwrap();
        (table.names().is_some(), table.take_notes().len())
    };
    assert_eq!(notes("1,2\n3,4\n", &[]), (false, 1));
    assert_eq!(notes("1,NA\n3,4\n", &[]), (false, 1));
    assert_eq!(notes("NA,NA\n3,4\n", &[]), (true, 0));
    assert_eq!(notes("1,b\n3,4\n", &[]), (true, 0));
    assert_eq!(notes("2019,2020\n3,4\n", &["2020"]), (true, 0));
    assert_eq!(notes("1,2\n3,4\n", &["2"]), (false, 1));
    assert_eq!(notes("1.5,2\n3,4\n", &["1.5"]), (true, 0));
}

#[test]
fn delimiters_that_cannot_be_are_refused() {
    let refused = |delimiter, decimal| {
        let reading = Reading { delimiter: Some(delimiter), decimal: Some(decimal), ..reading(Header::Detect) };
        matches!(open(b"a\n1\n", &reading, &[]), Err(Error::Usage { .. }))
    };
    assert!(refused(b',', DecimalMark::Comma));
    assert!(refused(b'.', DecimalMark::Point));
    assert!(refused(b'"', DecimalMark::Point));
    assert!(refused(b'\n', DecimalMark::Point));
    assert!(!refused(b';', DecimalMark::Comma));
}

proptest! {
    #[test]
    fn lines_and_fields_agree_with_a_plain_split(
        rows in proptest::collection::vec(("[a-z]{1,5}|\"[a-z]\n[a-z]\"", prop_oneof![Just("\n"), Just("\r\n"), Just("\n\n"), Just("\r\n\r\n")]), 1..60)
    ) {
        let mut text = "x\n".to_owned();
        let mut expected = Vec::new();
        for (field, end) in &rows {
            expected.push(format!("{}:{}", text.matches('\n').count() + 1, field.trim_matches('"')));
            text.push_str(field);
            text.push_str(end);
        }
        prop_assert_eq!(fields(&text, Header::Detect).unwrap(), expected);
    }

    #[test]
    fn odd_bytes_never_panic(text in "[\"\r\n,;\tx5.\u{feff} ]{0,60}") {
        let _ = fields(&text, Header::Detect);
        let _ = fields(&text, Header::Absent);
    }
}
