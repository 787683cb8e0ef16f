//! What a table is read from: text with delimiters, or cells that another reader takes out of a document.

use super::source::Stream;
use crate::error::Error;

/// A table that is yet to be opened.
pub enum Origin {
    /// Text with delimiters.
    Text(Stream),
    /// Values that are cells already.
    Values(Values),
}

/// A table whose values are cells already.
pub struct Values {
    /// The file as the user named it, or `standard input`.
    pub file: String,
    /// What its columns are called.
    pub names: Names,
    /// What is no column though it has a name.
    pub left_out: LeftOut,
    /// Things the user should know about how it was read.
    pub notes: Vec<String>,
    /// Its rows.
    pub rows: Box<dyn Rows>,
}

/// Names, and the reasons why they are no columns.
pub type LeftOut = Vec<(String, Error)>;

/// Where the names of columns are.
pub enum Names {
    /// They are known.
    Known(Vec<String>),
    /// There is one column, without a name.
    Absent,
    /// In the first of the rows, each of which has so many cells, unless that reads as numbers.
    #[cfg_attr(not(feature = "xlsx"), expect(dead_code, reason = "only sheets of workbooks have such rows"))]
    FirstRow(usize),
}

/// Rows of cells, one after the other.
pub trait Rows {
    /// Hands out the fields of the next row, and says on which line it begins; none after the last.
    ///
    /// # Errors
    /// [`Error::Input`] if it cannot be read.
    fn next(&mut self, push: &mut dyn FnMut(&[u8])) -> Result<Option<u64>, Error>;
}

impl Origin {
    /// The file as the user named it, or `standard input`.
    #[must_use]
    pub fn file(&self) -> &str {
        match self {
            Self::Text(stream) => &stream.name,
            Self::Values(values) => &values.file,
        }
    }
}
