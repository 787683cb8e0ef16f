//! Which column is meant: by name, by number, or because only one column holds numbers.

use super::cell::{Cell, CellRules, Form};
use super::excerpt;
use super::heading::Heading;
use super::number::NotANumber;
use super::table::Table;
use crate::error::Error;
use crate::escape;
use crate::settings::{ColumnName, Columns, NamePattern};
use crate::statistic::expression::NamedColumn;

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
            format!("no column is called {quoted}; the columns are {}", list(table, 0..width)),
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
            format!("say {option} with one of {}, or a number from 1 to {width}", list(table, 0..width))
        }
    }
}

fn name_remedy(table: &Heading, wanted: &str, option: &str) -> String {
    let names = table.names().unwrap_or_default();
    let is_column = |part: &str| names.iter().any(|name| name == part.trim());
    if wanted.contains(',') && wanted.split(',').all(is_column) {
        let each: Vec<_> = wanted.split(',').map(|part| format!("{option} {}", escape::typed(part.trim()))).collect();
        return format!("name each with an option of its own: {}", each.join(" "));
    }
    match nearest(names.iter().map(String::as_str), wanted) {
        Some(name) => format!("did you mean {option} {}?", escape::typed(name)),
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
pub fn list(table: &Heading, which: impl IntoIterator<Item = usize>) -> String {
    let which = which.into_iter();
    let names = which.map(|column| table.column_name(column).map_or_else(|| (column + 1).to_string(), str::to_owned));
    let names: Vec<_> = names.collect();
    excerpt::list(excerpt::apart(&names.iter().map(String::as_str).collect::<Vec<_>>()).into_iter())
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
        Columns::Together { names, of_expression } => together(table, names, of_expression),
        Columns::Matching(pattern) => {
            let found = numeric(table, pattern, rules, taken)?;
            if pattern.0.is_some() { Ok(found) } else { measured(table, rules, found) }
        }
    }
}

/// Finds the columns of one test, which an expression names or a program asks for.
///
/// # Errors
/// As [`find`]; [`Error::Expression`] for one that an expression names, [`Error::Usage`] for one that is named twice for a program.
pub fn together(table: &Heading, names: &[ColumnName], of_expression: &[NamedColumn]) -> Result<Vec<usize>, Error> {
    if of_expression.is_empty() {
        let found = names.iter().map(|name| find(table, name, "--column")).collect::<Result<Vec<_>, _>>()?;
        refuse_twins(table, &found)?;
        return Ok(found);
    }
    names
        .iter()
        .zip(of_expression)
        .map(|(name, named)| find(table, name, "").map_err(|_| refused(table, named)))
        .collect()
}

/// Why a column that an expression names is none, or could be another.
fn refused(table: &Heading, named: &NamedColumn) -> Error {
    let file = &table.file;
    let Some(names) = table.names() else {
        let what = format!("{file} has no header line, so no column is called {}", named.name);
        return named.refused(what, "write a number in back-quotes, as in `1`".to_owned());
    };
    match names.iter().position(|name| name == named.name.trim()) {
        None => named.missing_among(names.iter().map(String::as_str)),
        Some(first) => {
            let what = format!("several columns of {file} are called {}", named.name);
            named.refused(what, format!("write the number of one in back-quotes, as in `{}`", first + 1))
        }
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

/// All columns beside those of labels and keys that are called so and whose first thousand fields are numbers or missing.
///
/// # Errors
/// [`Error::Input`] if there is none.
pub fn numeric(
    table: &mut Table,
    pattern: &NamePattern,
    rules: &CellRules,
    taken: &[usize],
) -> Result<Vec<usize>, Error> {
    let n_rows = table.look_ahead(SAMPLED_ROWS)?;
    let is_called_so = |column: &usize| table.names().is_none_or(|names| pattern.matches(&names[*column]));
    let called_so: Vec<_> = (0..table.width()).filter(|column| !taken.contains(column)).filter(is_called_so).collect();
    if called_so.is_empty() {
        let what = format!(
            "no column fits the pattern {}; the columns are {}",
            pattern.as_str(),
            list(table, 0..table.width())
        );
        return Err(Error::input(table.header_place(), what, "write it as in 'g*', in quotes"));
    }
    let is_numeric = |column: &usize| {
        matches!(sample(table, rules, *column, n_rows), Content::Numbers | Content::NumbersInOtherForms)
    };
    let found: Vec<_> = called_so.into_iter().filter(is_numeric).collect();
    if found.is_empty() {
        let what = format!("no column holds numbers; the columns are {}", list(table, 0..table.width()));
        let remedy = "check the file, or name its delimiter with --delimiter or its decimal mark with --decimal";
        return Err(Error::input(table.header_place(), what, remedy));
    }
    Ok(found)
}

/// Of all columns of numbers those that do not just number the rows, with a note about the others; all, if they all do.
fn measured(table: &mut Table, rules: &CellRules, found: Vec<usize>) -> Result<Vec<usize>, Error> {
    let n_rows = table.look_ahead(SAMPLED_ROWS)?;
    let is_index = |column: &usize| is_named_as_index(table, *column) || counts_up(table, rules, *column, n_rows);
    let (indices, measured): (Vec<_>, Vec<_>) = found.iter().partition(|column| is_index(column));
    if indices.is_empty() || measured.is_empty() {
        return Ok(found);
    }
    let names = list(table, indices);
    table.note(&format!("left out, as it seems to number the rows: {names}; --column tests it nevertheless"));
    Ok(measured)
}

/// Finds the value column that the user left unnamed: the only one beside the columns of labels and keys, or the only one
/// of these whose first thousand fields are numbers or missing. An index is never taken for it.
///
/// # Errors
/// [`Error::Input`] if several columns could be meant, or none, or one whose numbers are not read as they are.
pub fn choose(table: &mut Table, rules: &CellRules, taken: &[usize]) -> Result<usize, Error> {
    let eligible: Vec<_> = (0..table.width()).filter(|column| !taken.contains(column)).collect();
    if let [only] = eligible[..]
        && !is_named_as_index(table, only)
    {
        return Ok(only);
    }
    let n_rows = table.look_ahead(SAMPLED_ROWS)?;
    let contents: Vec<_> = eligible.iter().map(|&column| sample(table, rules, column, n_rows)).collect();
    let holding = |kind: Content| {
        let alike = eligible.iter().zip(&contents).filter(move |(_, content)| **content == kind);
        alike.map(|(&column, _)| column).collect::<Vec<_>>()
    };
    let is_index = |column: &usize| is_named_as_index(table, *column) || counts_up(table, rules, *column, n_rows);
    let (indices, numeric): (Vec<_>, Vec<_>) = holding(Content::Numbers).into_iter().partition(is_index);
    if let [first, ..] = holding(Content::NumbersWithCommas)[..] {
        return Err(ask_about_commas(table, first, [holding(Content::NumbersWithCommas), numeric].concat()));
    }
    // Reading a mixed column ends at its first text, with an error that names the line: better than "no numbers".
    let kinds = [numeric, holding(Content::NumbersInOtherForms), holding(Content::NumbersAndText)];
    let found = kinds.into_iter().find(|columns| !columns.is_empty()).unwrap_or_default();
    match (&found[..], &indices[..]) {
        ([only], _) => Ok(*only),
        ([first, ..], _) => {
            let offered = found.iter().chain(&indices).copied();
            let is_marked_twice = table.names().is_none() && table.width() == 2 && table.delimiter() == b',';
            let doubt = if is_marked_twice { "; if the comma is the decimal mark, say --decimal ," } else { "" };
            let what = format!("several columns hold numbers: {}{doubt}", list(table, offered));
            let remedy = format!(
                "say which with --column NAME, as in --column {}, or test each with --all-columns",
                table.column_choice(*first)
            );
            Err(Error::input(table.header_place(), what, remedy))
        }
        ([], [index, ..]) => {
            let choice = table.column_choice(*index);
            let what = format!(
                "no column holds numbers but {}, which looks like an index",
                list(table, indices.iter().copied())
            );
            let remedy = format!("name the column of values with --column, --column {choice} if that is meant");
            Err(Error::input(table.header_place(), what, remedy))
        }
        ([], []) if let Some((column, word)) = two_words(table, rules, &eligible, n_rows) => {
            let what = format!("no column holds numbers, but {} holds two words", table.column_label(column));
            let word = escape::typed(&String::from_utf8_lossy(word));
            let remedy = format!("say --column {} --true {word} if {word} means 1", table.column_choice(column));
            Err(Error::input(table.header_place(), what, remedy))
        }
        ([], []) => {
            let what = match list(table, eligible.iter().copied()) {
                none if none.is_empty() => {
                    format!("there is no column of values beside {}", list(table, taken.iter().copied()))
                }
                some => format!("no column holds numbers; the columns are {some}"),
            };
            let remedy = "check the file, or name its delimiter with --delimiter or its decimal mark with --decimal";
            Err(Error::input(table.header_place(), what, remedy))
        }
    }
}

/// The question what commas mean and, where more columns may hold numbers, which is meant.
fn ask_about_commas(table: &Heading, first: usize, mut all: Vec<usize>) -> Error {
    let what = format!("column {} looks like numbers with commas", table.column_label(first));
    let remedy = if all.len() > 1 {
        all.sort_unstable();
        format!(
            "if the comma is the decimal mark, say --decimal ,; if it groups digits, --thousands ,; and say which of {} is meant, \
             as in --column {}",
            list(table, all),
            table.column_choice(first)
        )
    } else {
        "if the comma is the decimal mark, say --decimal ,; if it groups digits, say --thousands ,; if neither, name the column \
         of values with --column"
            .to_owned()
    };
    Error::input(table.header_place(), what, remedy)
}

/// Whether a column is called as columns that only count or name the rows are; among columns with names, one without.
fn is_named_as_index(table: &Heading, column: usize) -> bool {
    const NAMES: [&str; 15] = [
        "id",
        "ids",
        "index",
        "idx",
        "rowname",
        "rownames",
        "row",
        "rowid",
        "no",
        "nr",
        "unnamed0",
        "subject",
        "subjectid",
        "patient",
        "patientid",
    ];
    let Some(names) = table.names() else { return false };
    let name: String = names[column].chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    (names[column].is_empty() && names.len() > 1) || NAMES.contains(&name.as_str())
}

/// Whether the first rows of a column hold different whole numbers without a gap: enough of them to be no accident.
fn counts_up(table: &Table, rules: &CellRules, column: usize, n_rows: usize) -> bool {
    const ENOUGH: usize = 5;
    let number = |row| match rules.read(table.field_ahead(row, column)) {
        Cell::Value(number) if number.value.fract() == 0.0 => Some(number.value),
        _ => None,
    };
    let Some(mut numbers) = (0..n_rows).map(number).collect::<Option<Vec<f64>>>() else { return false };
    numbers.sort_by(f64::total_cmp);
    numbers.len() >= ENOUGH && numbers.windows(2).all(|pair| pair[1] - pair[0] == 1.0)
}

/// Refuses a column in which points seem to group digits: `1.012` beside `987`. Decimals with three digits behind the point
/// throughout are no reason to ask, nor are whole numbers below 100 among them.
///
/// # Errors
/// [`Error::Input`] that asks which it is.
pub fn refuse_doubtful_points(table: &mut Table, column: usize, rules: &CellRules) -> Result<(), Error> {
    if !rules.guess_marks() {
        return Ok(());
    }
    let n_rows = table.look_ahead(SAMPLED_ROWS)?;
    let (mut grouped, mut whole) = (None, None);
    for row in 0..n_rows {
        let field = table.field_ahead(row, column);
        let digits = field.strip_prefix(b"-").unwrap_or(field);
        let mut groups = digits.split(|byte| *byte == b'.');
        let first = groups.next().unwrap_or_default();
        let is_first = (1..=3).contains(&first.len()) && first.iter().all(u8::is_ascii_digit);
        let rest: Vec<_> = groups.collect();
        let are_groups = rest.iter().all(|group| group.len() == 3 && group.iter().all(u8::is_ascii_digit));
        match rest.len() {
            0 if is_first => {
                if first.len() == 3 {
                    whole = Some(row);
                }
            }
            1.. if is_first && are_groups && first[0] != b'0' => grouped = grouped.or(Some(row)),
            _ if rules.is_missing(field) => {}
            _ => return Ok(()),
        }
    }
    let (Some(grouped), Some(whole)) = (grouped, whole) else { return Ok(()) };
    let [grouped, whole] = [grouped, whole].map(|row| excerpt::plain(table.field_ahead(row, column)));
    let what = format!("a point may group digits here, or be the decimal mark: {grouped} beside {whole}");
    Err(Error::input(
        table.column_place(column),
        what,
        "say --thousands . if it groups digits, --decimal . if it does not",
    ))
}

/// The first column that holds two different words, and one of them.
fn two_words<'t>(table: &'t Table, rules: &CellRules, columns: &[usize], n_rows: usize) -> Option<(usize, &'t [u8])> {
    columns.iter().find_map(|&column| {
        let mut words: Vec<_> = (0..n_rows).map(|row| table.field_ahead(row, column)).collect();
        words.retain(|word| !rules.is_missing(word));
        let first = *words.first()?;
        words.sort_unstable();
        words.dedup();
        (words.len() == 2).then_some((column, first))
    })
}

/// What the first rows of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Numbers,
    /// Some with a unit, or as words such as true.
    NumbersInOtherForms,
    /// Numbers if a comma is a decimal mark or groups digits.
    NumbersWithCommas,
    NumbersAndText,
    NoNumbers,
}

fn sample(table: &Table, rules: &CellRules, column: usize, n_rows: usize) -> Content {
    let (mut n_numbers, mut n_formed, mut n_commas, mut n_texts) = (0, 0, 0, 0);
    for row in 0..n_rows {
        match rules.read(table.field_ahead(row, column)) {
            Cell::Value(_) | Cell::Formed(_, Form::Typeset) => n_numbers += 1,
            Cell::Formed(..) => n_formed += 1,
            Cell::Missing => {}
            Cell::Other(NotANumber::Comma) => n_commas += 1,
            Cell::Other(_) => n_texts += 1,
        }
    }
    match (n_numbers, n_formed, n_commas, n_texts) {
        (0, 0, 0, _) => Content::NoNumbers,
        (_, 0, 0, 0) => Content::Numbers,
        (_, 0, _, 0) => Content::NumbersWithCommas,
        (_, _, 0, 0) => Content::NumbersInOtherForms,
        (0, 0, _, _) => Content::NoNumbers,
        _ => Content::NumbersAndText,
    }
}
