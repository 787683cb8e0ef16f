//! What is in a file: a table in one of its forms, or results of benchmarks. It shows in the first bytes and, for JSON, in the
//! whole.

use super::benchmarks::{self, Folder, Json, Notation, Results};
use super::origin::Origin;
use super::records;
use super::source::Stream;
use crate::error::{Error, Place};
use crate::settings::{Reading, Source};

/// What is in a file.
pub enum Content {
    /// A table, yet to be opened.
    Table(Origin),
    /// Results of benchmarks.
    Results(Results),
}

impl Content {
    /// Looks into a file, and reads it if it has results of benchmarks; of a folder of criterion those of the latest run.
    ///
    /// # Errors
    /// [`Error::Input`] if it cannot be read.
    pub fn open(file: &Source, reading: &Reading) -> Result<Self, Error> {
        if let Some(folder) = Folder::open(file)? {
            return folder.results(&Folder::latest()).map(Self::Results);
        }
        let (origin, notation) = look_into(file, reading)?;
        Self::of(origin, notation)
    }

    fn of(origin: Origin, notation: Option<Notation>) -> Result<Self, Error> {
        let Origin::Text(stream) = origin else { return Ok(Self::Table(origin)) };
        match notation {
            None => Ok(Self::Table(Origin::Text(stream))),
            Some(Notation::Text(format) | Notation::Table(format)) => {
                benchmarks::read(stream, format).map(Self::Results)
            }
            Some(Notation::Json) => match benchmarks::read_json(stream)? {
                Json::Results(results) => Ok(Self::Results(results)),
                Json::Other { file, text, refusal } => {
                    records::table(file, text, refusal).map(Origin::Values).map(Self::Table)
                }
            },
        }
    }
}

/// The table with a column of labels that a file is; criterion's results are one that can have such a column.
///
/// # Errors
/// [`Error::Input`] if it is no table, or cannot be read.
pub fn long_table(file: &Source, reading: &Reading) -> Result<Origin, Error> {
    let (origin, notation) = look_into(file, reading)?;
    match Content::of(origin, notation.filter(|notation| !matches!(notation, Notation::Table(_))))? {
        Content::Table(origin) => Ok(origin),
        Content::Results(results) => {
            let what = "this is no table, so that it has no column for --group";
            let remedy =
                "give results of benchmarks as two files, or one file with --case and --control for two of them";
            Err(Error::input(Place::file(results.file), what, remedy))
        }
    }
}

/// What a file is by its first bytes: a workbook, or text in some notation.
fn look_into(file: &Source, reading: &Reading) -> Result<(Origin, Option<Notation>), Error> {
    const ZIP: &[u8] = b"PK\x03\x04";
    let mut stream = file.open()?;
    if stream.look_ahead().starts_with(ZIP) {
        return Ok((sheet_of(stream, reading)?, None));
    }
    if reading.sheet.is_some() {
        let what = format!("--sheet is for workbooks, and {} is none", stream.name);
        return Err(Error::usage(what, "leave it out"));
    }
    let mut stream = stream.decode(reading.encoding);
    let notation = benchmarks::recognise(&stream.look_ahead());
    Ok((Origin::Text(stream), notation))
}

#[cfg(feature = "xlsx")]
fn sheet_of(workbook: Stream, reading: &Reading) -> Result<Origin, Error> {
    super::sheet::table(workbook, reading.sheet.as_deref()).map(Origin::Values)
}

#[cfg(not(feature = "xlsx"))]
fn sheet_of(workbook: Stream, _: &Reading) -> Result<Origin, Error> {
    let what = "this is an .xlsx workbook or another zip archive, which this build of permtest does not read";
    let remedy = "save the sheet as CSV, or install permtest with --features xlsx";
    Err(Error::input(Place::file(workbook.name), what, remedy))
}
