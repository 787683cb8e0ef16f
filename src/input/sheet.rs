//! A sheet of an XLSX workbook → the rows of a table. The only file that names calamine and zip.

use std::io::Cursor;
use std::ops::Range;

use calamine::{Data, ExcelDateTime, Reader, Xlsx};
use zip::ZipArchive;

use super::excerpt;
use super::origin::{LeftOut, Names, Rows, Values};
use super::source::{self, LARGEST_DOCUMENT, Stream};
use crate::error::{Error, Place};

/// The most bytes that the parts of a workbook may have when they are decompressed.
const LARGEST_CONTENT: u64 = 4 * LARGEST_DOCUMENT;

type Workbook = Xlsx<Cursor<Vec<u8>>>;

/// The rows of the first sheet of a workbook, or of the one that is named or numbered; the first row may name the columns.
///
/// # Errors
/// [`Error::Input`] for a damaged workbook, one that is too large, and a sheet that is not there or empty.
pub fn table(stream: Stream, sheet: Option<&str>) -> Result<Values, Error> {
    let file = stream.name.clone();
    let mut workbook = open(stream)?;
    let names = workbook.sheet_names();
    let name = choose(&file, &names, sheet)?;
    let cells = Sheet::read(&mut workbook, &name).map_err(|error| damaged(&file, &error.to_string()))?;
    if cells.rows.is_empty() {
        let others = others(&names, &name);
        let remedy =
            if others.is_empty() { "fill it in".to_owned() } else { format!("say --sheet with one of {others}") };
        return Err(Error::input(Place::file(file), format!("sheet {} is empty", quoted(&name)), remedy));
    }
    let mut notes = Vec::new();
    if sheet.is_none() && names.len() > 1 {
        let others = others(&names, &name);
        notes.push(format!("{file}: sheet {} is read; --sheet NAME reads another: {others}", quoted(&name)));
    }
    Ok(Values { file, names: Names::FirstRow(cells.width()), left_out: LeftOut::new(), notes, rows: Box::new(cells) })
}

fn open(stream: Stream) -> Result<Workbook, Error> {
    let (file, mut bytes) = (stream.name, Vec::new());
    let large = |limit: u64| {
        let what = format!("the workbook has more than {} MiB, the most that is read of one", limit >> 20);
        Error::input(Place::file(&file), what, "save the sheet as CSV, which may have any number of rows")
    };
    match source::read_document(stream.bytes, &mut bytes) {
        Ok(true) => {}
        Ok(false) => return Err(large(LARGEST_DOCUMENT)),
        Err(error) => return Err(stream.compression.failure(Place::file(file), &error)),
    }
    let mut archive = ZipArchive::new(Cursor::new(&bytes)).map_err(|error| damaged(&file, &error.to_string()))?;
    let sizes = (0..archive.len()).map(|i| archive.by_index_raw(i).map_or(0, |part| part.size()));
    if sizes.fold(0, u64::saturating_add) > LARGEST_CONTENT {
        return Err(large(LARGEST_CONTENT));
    }
    if archive.index_for_name("xl/workbook.xml").is_none() {
        let what = "this is a zip archive, but no .xlsx workbook";
        return Err(Error::input(Place::file(file), what, "unzip it first, or save the sheet as .xlsx or CSV"));
    }
    Workbook::new(Cursor::new(bytes)).map_err(|error| damaged(&file, &error.to_string()))
}

fn damaged(file: &str, why: &str) -> Error {
    let what = format!("the workbook cannot be read ({})", excerpt::plain(why.as_bytes()));
    Error::input(Place::file(file), what, "open it and save it once more, or save the sheet as CSV")
}

/// The name of the sheet that is meant.
fn choose(file: &str, names: &[String], sheet: Option<&str>) -> Result<String, Error> {
    let number = |wanted: &str| names.get(wanted.parse::<usize>().ok()?.checked_sub(1)?);
    let found = match sheet {
        None => names.first(),
        Some(wanted) => names.iter().find(|name| *name == wanted).or_else(|| number(wanted)),
    };
    found.cloned().ok_or_else(|| {
        let (wanted, list) = (quoted(sheet.unwrap_or_default()), others(names, ""));
        let what = format!("no sheet is called {wanted}; the sheets are {list}");
        Error::input(
            Place::file(file),
            what,
            format!("say --sheet with one of these, or a number from 1 to {}", names.len()),
        )
    })
}

fn quoted(name: &str) -> String {
    excerpt::quote(name.as_bytes())
}

fn others(names: &[String], name: &str) -> String {
    excerpt::list(names.iter().filter(|other| *other != name).map(|name| quoted(name)).collect::<Vec<_>>().into_iter())
}

/// The cells of a sheet that are not empty.
#[derive(Default)]
struct Sheet {
    /// All their texts, one after the other.
    text: String,
    /// The column of each, and where its text ends.
    cells: Vec<(u32, usize)>,
    /// The line of each row and which cells are in it.
    rows: Vec<(u32, Range<usize>)>,
    /// The first column with a cell, and the one behind the last.
    first: u32,
    end: u32,
    /// The row and the line that come next.
    next: (usize, u32),
}

impl Sheet {
    fn read(workbook: &mut Workbook, name: &str) -> Result<Self, calamine::XlsxError> {
        let mut all = Self { first: u32::MAX, ..Self::default() };
        let mut reader = workbook.worksheet_cells_reader(name)?;
        while let Some(cell) = reader.next_cell()? {
            let (row, column) = cell.get_position();
            let n_before = all.text.len();
            all.text += &text(&Data::from(cell.get_value().clone()));
            if all.text.len() == n_before {
                continue;
            }
            let n_cells = all.cells.len();
            match all.rows.last_mut() {
                Some((last, cells)) if *last == row + 1 => cells.end = n_cells + 1,
                _ => all.rows.push((row + 1, n_cells..n_cells + 1)),
            }
            all.cells.push((column, all.text.len()));
            (all.first, all.end) = (all.first.min(column), all.end.max(column + 1));
        }
        all.next.1 = all.rows.first().map_or(0, |(line, _)| *line);
        Ok(all)
    }

    fn width(&self) -> usize {
        self.end.saturating_sub(self.first) as usize
    }
}

impl Rows for Sheet {
    fn next(&mut self, push: &mut dyn FnMut(&[u8])) -> Result<Option<u64>, Error> {
        let (row, due) = self.next;
        let Some((line, cells)) = self.rows.get(row) else { return Ok(None) };
        if self.width() == 1 && *line > due {
            // A blank row between values is a missing value.
            self.next.1 += 1;
            push(b"");
            return Ok(Some(u64::from(due)));
        }
        let mut column = self.first;
        for index in cells.clone() {
            let (of_cell, end) = self.cells[index];
            let begin = index.checked_sub(1).map_or(0, |before| self.cells[before].1);
            (column..of_cell).for_each(|_| push(b""));
            push(&self.text.as_bytes()[begin..end]);
            column = of_cell + 1;
        }
        (column..self.end).for_each(|_| push(b""));
        self.next = (row + 1, line + 1);
        Ok(Some(u64::from(*line)))
    }
}

/// What a cell holds as text: dates as ISO 8601 has them.
fn text(cell: &Data) -> String {
    match cell {
        Data::Int(value) => value.to_string(),
        Data::Float(value) => value.to_string(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(value) => value.to_string(),
        Data::DateTime(time) => time_text(*time),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}

fn time_text(time: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    match time.as_f64() {
        days if time.is_duration() => {
            let seconds = (days * 86_400.0).round() as i64;
            format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
        }
        days if days < 1.0 => clock,
        days if days.fract() == 0.0 => date,
        _ => format!("{date}T{clock}"),
    }
}
