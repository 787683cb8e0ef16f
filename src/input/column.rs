//! Which column is meant: by name, by number, or because only one column holds numbers.

use super::cell::{Cell, CellRules};
use super::excerpt;
use super::table::{Heading, Table};
use crate::error::Error;
use crate::settings::{ColumnName, Columns};

/// Rows by which a column is judged to hold numbers.
const SAMPLED_ROWS: usize = 1000;

/// Finds the column that the user named with an option such as `--column`.
///
/// # Errors
/// [`Error::Input`] if there is no such column, or more than one.
pub fn find(table: &Heading, name: &ColumnName, option: &str) -> Result<usize, Error> {
    let wanted = name.0.trim();
    let names = table.names().unwrap_or_default();
    let called_so: Vec<_> = (0..names.len()).filter(|&column| names[column] == wanted).collect();
    match called_so[..] {
        [column] => Ok(column),
        [] => by_number(table, wanted, option),
        [first, ..] => {
            let numbers = called_so.iter().map(|column| (column + 1).to_string()).collect::<Vec<_>>().into_iter();
            let what = format!(
                "{} columns are called {}: numbers {}",
                called_so.len(),
                excerpt::quote(wanted.as_bytes()),
                excerpt::list(numbers)
            );
            let remedy = format!("say which by its number, as in {option} {}", first + 1);
            Err(Error::input(table.header_place(), what, remedy))
        }
    }
}

fn by_number(table: &Heading, wanted: &str, option: &str) -> Result<usize, Error> {
    let width = table.width();
    let is_number = !wanted.is_empty() && wanted.bytes().all(|byte| byte.is_ascii_digit());
    if let Ok(number @ 1..) = wanted.parse::<usize>()
        && number <= width
        && is_number
    {
        return Ok(number - 1);
    }
    let quoted = excerpt::quote(wanted.as_bytes());
    let (what, remedy) = if is_number {
        let columns = excerpt::count(width as u64, "column");
        (
            format!("there is no column {}: the file has {columns}", excerpt::plain(wanted.as_bytes())),
            number_remedy(table, option),
        )
    } else if table.names().is_none() {
        let what = format!("no column is called {quoted}: the file has no header line");
        (what, number_remedy(table, option))
    } else {
        (
            format!("no column is called {quoted}; the columns are {}", columns(table, 0..width)),
            name_remedy(table, wanted, option),
        )
    };
    Err(Error::input(table.header_place(), what, remedy))
}

fn number_remedy(table: &Heading, option: &str) -> String {
    match (table.width(), table.names()) {
        (1, None) => format!("say {option} 1"),
        (width, None) => format!("say {option} with a number from 1 to {width}"),
        (width, Some(_)) => {
            format!("say {option} with one of {}, or a number from 1 to {width}", columns(table, 0..width))
        }
    }
}

fn name_remedy(table: &Heading, wanted: &str, option: &str) -> String {
    let names = table.names().unwrap_or_default();
    let is_column = |part: &str| names.iter().any(|name| name == part.trim());
    if wanted.contains(',') && wanted.split(',').all(is_column) {
        let each: Vec<_> = wanted.split(',').map(|part| format!("{option} {}", part.trim())).collect();
        return format!("name each with an option of its own: {}", each.join(" "));
    }
    match nearest(names.iter().map(String::as_str), wanted) {
        Some(name) => format!("did you mean {option} {}?", excerpt::quote(name.as_bytes())),
        None if table.width() == 1 => format!("say {option} with that name, or name the delimiter with --delimiter"),
        None => format!("say {option} with one of these, or a number from 1 to {}", table.width()),
    }
}

/// The name that is meant by a misspelt one: one that differs only in capitals, blanks and signs, else the one with the
/// fewest letters that are wrong, no more than a third.
pub fn nearest<'n>(names: impl Iterator<Item = &'n str>, wanted: &str) -> Option<&'n str> {
    let essence =
        |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let sought = essence(wanted);
    let most = sought.chars().count() / 3;
    let distance = |name: &'n str| (strsim::damerau_levenshtein(&essence(name), &sought), name);
    let near = names.map(distance).filter(|(distance, _)| *distance <= most && !sought.is_empty());
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// Column names for a sentence.
fn columns(table: &Heading, which: impl IntoIterator<Item = usize>) -> String {
    excerpt::list(which.into_iter().map(|column| table.column_label(column)).collect::<Vec<_>>().into_iter())
}

/// Finds the value columns of one table; `taken` are those of labels and keys.
///
/// # Errors
/// [`Error::Input`] if there is none or one of them could be another, [`Error::Usage`] for one that is named twice.
pub fn chosen(table: &mut Table, columns: &Columns, rules: &CellRules, taken: &[usize]) -> Result<Vec<usize>, Error> {
    match columns {
        Columns::Sole => Ok(vec![choose(table, rules, taken)?]),
        Columns::Named(names) => {
            let found = names.iter().map(|name| find(table, name, "--column")).collect::<Result<Vec<_>, _>>()?;
            refuse_twins(table, &found)?;
            Ok(found)
        }
        Columns::All => numeric(table, rules, taken),
    }
}

/// Refuses a column that is named twice, perhaps once by its number.
///
/// # Errors
/// [`Error::Usage`] that names it.
pub fn refuse_twins(table: &Heading, found: &[usize]) -> Result<(), Error> {
    match found.iter().enumerate().find(|(i, column)| found[..*i].contains(column)) {
        None => Ok(()),
        Some((_, &twin)) => {
            Err(Error::usage(format!("--column names {} twice", table.column_label(twin)), "name each column once"))
        }
    }
}

/// All columns beside those of labels and keys whose first thousand fields are numbers or missing.
///
/// # Errors
/// [`Error::Input`] if there is none.
pub fn numeric(table: &mut Table, rules: &CellRules, taken: &[usize]) -> Result<Vec<usize>, Error> {
    let n_rows = table.look_ahead(SAMPLED_ROWS)?;
    let is_numeric = |column: &usize| sample(table, rules, *column, n_rows) == Content::Numbers;
    let found: Vec<_> = (0..table.width()).filter(|column| !taken.contains(column)).filter(is_numeric).collect();
    if found.is_empty() {
        let what = format!("no column holds numbers; the columns are {}", columns(table, 0..table.width()));
        let remedy = "check the file, or name its delimiter with --delimiter or its decimal mark with --decimal";
        return Err(Error::input(table.header_place(), what, remedy));
    }
    Ok(found)
}

/// Finds the value column that the user left unnamed: the only one beside the columns of labels and keys, or the only one
/// of these whose first thousand fields are numbers or missing.
///
/// # Errors
/// [`Error::Input`] if several columns could be meant, or none.
pub fn choose(table: &mut Table, rules: &CellRules, taken: &[usize]) -> Result<usize, Error> {
    let eligible: Vec<_> = (0..table.width()).filter(|column| !taken.contains(column)).collect();
    if let [only] = eligible[..] {
        return Ok(only);
    }
    let n_rows = table.look_ahead(SAMPLED_ROWS)?;
    let contents: Vec<_> = eligible.iter().map(|&column| sample(table, rules, column, n_rows)).collect();
    let holding = |kind: Content| {
        let alike = eligible.iter().zip(&contents).filter(move |(_, content)| **content == kind);
        alike.map(|(&column, _)| column).collect::<Vec<_>>()
    };
    let (numeric, mixed) = (holding(Content::Numbers), holding(Content::NumbersAndText));
    match (&numeric[..], &mixed[..]) {
        // Reading a mixed column ends at its first text, with an error that names the line: better than "no numbers".
        ([only], _) | ([], [only]) => Ok(*only),
        ([], []) => {
            let what = match columns(table, eligible.iter().copied()) {
                none if none.is_empty() => {
                    format!("there is no column of values beside {}", columns(table, taken.iter().copied()))
                }
                some => format!("no column holds numbers; the columns are {some}"),
            };
            let remedy = "check the file, or name its delimiter with --delimiter or its decimal mark with --decimal";
            Err(Error::input(table.header_place(), what, remedy))
        }
        ([], several) | (several, _) => {
            let what = format!("several columns hold numbers: {}", columns(table, several.iter().copied()));
            let remedy = format!(
                "say which with --column NAME, as in --column {}, or test each with --all-columns",
                table.column_label(several[0])
            );
            Err(Error::input(table.header_place(), what, remedy))
        }
    }
}

/// What the first rows of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Numbers,
    NumbersAndText,
    NoNumbers,
}

fn sample(table: &Table, rules: &CellRules, column: usize, n_rows: usize) -> Content {
    let (mut n_numbers, mut n_texts) = (0, 0);
    for row in 0..n_rows {
        match rules.read(table.field_ahead(row, column)) {
            Cell::Value(_) => n_numbers += 1,
            Cell::Missing => {}
            Cell::Other(_) => n_texts += 1,
        }
    }
    match (n_numbers, n_texts) {
        (0, _) => Content::NoNumbers,
        (_, 0) => Content::Numbers,
        _ => Content::NumbersAndText,
    }
}
