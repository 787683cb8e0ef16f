//! What is known of a table's columns before its first row: the file and their names.

use super::excerpt;
use crate::error::Place;

/// A file and the names of its columns.
#[derive(Debug)]
pub struct Heading {
    /// The file as the user named it, or `standard input`.
    pub file: String,
    /// The names, if there are any.
    pub(super) header: Option<HeaderLine>,
    pub(super) width: usize,
}

/// Names of the columns and where they stand.
#[derive(Debug)]
pub(super) struct HeaderLine {
    pub names: Vec<String>,
    pub line: u64,
    pub last_line: u64,
}

impl Heading {
    /// A file of so many columns that have no names.
    #[must_use]
    pub fn without_names(file: String, width: usize) -> Self {
        Self { file, header: None, width }
    }

    /// The place of the header line, or the file where there is none.
    #[must_use]
    pub fn header_place(&self) -> Place {
        let place = Place::file(&self.file);
        match &self.header {
            Some(header) => place.line(header.line),
            None => place,
        }
    }

    /// The line on which the header line ends, if there is one.
    #[must_use]
    pub fn last_header_line(&self) -> Option<u64> {
        self.header.as_ref().map(|header| header.last_line)
    }

    /// A column as a whole.
    #[must_use]
    pub fn column_place(&self, column: usize) -> Place {
        Place::file(&self.file).column(self.column_label(column))
    }

    /// Number of columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The names of the columns, in order, if there is a header line.
    #[must_use]
    pub fn names(&self) -> Option<&[String]> {
        self.header.as_ref().map(|header| header.names.as_slice())
    }

    /// The name of a column, if it has one.
    #[must_use]
    pub fn column_name(&self, column: usize) -> Option<&str> {
        self.names().map(|names| names[column].as_str()).filter(|name| !name.is_empty())
    }

    /// What a remedy says after an option to mean a column: its name as it is typed, or its number.
    #[must_use]
    pub fn column_choice(&self, column: usize) -> String {
        let name = self.column_name(column).unwrap_or_default();
        let n_alike = self.names().into_iter().flatten().filter(|other| *other == name).count();
        if n_alike > 1 { (column + 1).to_string() } else { excerpt::choice(name, column + 1) }
    }

    /// What messages call a column: its name, or its number.
    #[must_use]
    pub fn column_label(&self, column: usize) -> String {
        self.column_name(column).map_or_else(|| (column + 1).to_string(), |name| excerpt::plain(name.as_bytes()))
    }
}
