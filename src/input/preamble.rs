//! What stands above a table: a line `sep=;` of a spreadsheet program, comments, titles.

use super::cell::is_blank;
use super::encoding::decoded;
use crate::settings::{ColumnName, Reading};

/// Lines among which the names of columns are looked for.
pub const MOST_TITLES: usize = 30;

/// The lines above a table.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Preamble {
    /// How many they are.
    pub n_lines: usize,
    /// The delimiter that one of them names.
    pub delimiter: Option<u8>,
    /// How many of them are titles that nobody said were there.
    pub n_titles: usize,
}

/// Finds the lines above a table by its first bytes and the columns that the user named.
///
/// A line of titles is one above that in which the named columns stand; with `--skip`, only what it counts is above.
#[must_use]
pub fn find(head: &[u8], reading: &Reading, named: &[&ColumnName]) -> Preamble {
    let mut found = Preamble::default();
    let lines: Vec<&[u8]> = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).collect();
    if let Some(n) = reading.skip {
        found.n_lines = n;
    }
    let first = lines.get(found.n_lines).copied().unwrap_or_default();
    if let Some(delimiter) = sep_line(first) {
        found.delimiter = Some(delimiter);
        found.n_lines += 1;
    }
    let prefix = reading.comment.as_deref().unwrap_or("#").as_bytes();
    let holds = |line: &[u8]| holds_names(line, named);
    let is_comment = |line: &[u8]| line.starts_with(prefix) && !holds(line);
    // A file of comments only is left as it is, for the message about it.
    let n_comments =
        lines[found.n_lines.min(lines.len())..].iter().take_while(|line| line.is_empty() || is_comment(line)).count();
    let is_all = found.n_lines + n_comments >= lines.len();
    if !is_all && lines[found.n_lines..found.n_lines + n_comments].iter().any(|line| is_comment(line)) {
        found.n_lines += n_comments;
    }
    if reading.skip.is_none() {
        let rest = &lines[found.n_lines.min(lines.len())..];
        let header = rest.iter().take(MOST_TITLES).position(|line| holds(line));
        if let Some(n_titles @ 1..) = header {
            let n_written = rest[..n_titles].iter().filter(|line| !line.is_empty()).count();
            if n_written > 0 {
                found.n_lines += n_titles;
                found.n_titles = n_written;
            }
        }
    }
    found
}

/// The delimiter in a line such as `sep=;`.
fn sep_line(line: &[u8]) -> Option<u8> {
    let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line.split_first_chunk::<4>() {
        Some((word, [delimiter])) if word.eq_ignore_ascii_case(b"sep=") => Some(*delimiter),
        // A tab at the end of the line is taken for a blank there.
        Some((word, [])) if word.eq_ignore_ascii_case(b"sep=") => Some(b'\t'),
        _ => None,
    }
}

/// Whether all columns that are named by more than a number stand in a line, whatever separates them.
fn holds_names(line: &[u8], named: &[&ColumnName]) -> bool {
    separators_of_names(line, named).next().is_some()
}

/// What separates the columns that are named by more than a number in a line.
fn separators_of_names<'a>(line: &'a [u8], named: &'a [&ColumnName]) -> impl Iterator<Item = u8> {
    let line = decoded(line);
    [b',', b';', b'\t', b'|', b' '].into_iter().filter(move |&delimiter| {
        let fields = line.split(char::from(delimiter)).map(|field| field.trim_matches(|c| is_blank(c) || c == '"'));
        hold_names(&fields.collect::<Vec<_>>(), named)
    })
}

/// The delimiter between the names of the columns in the first line that is not blank, where it is not the one that is guessed:
/// with a decimal comma no comma is taken for a delimiter unless the names of columns say so, and not where the line below could
/// be one number, such as `1,5` below `time, s`.
#[must_use]
pub fn delimiter_of_names(head: &[u8], named: &[&ColumnName], guessed: u8) -> Option<u8> {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let found: Vec<_> = separators_of_names(lines.next()?, named).collect();
    let is_number = |line: &[u8]| line.iter().all(|byte| b"0123456789,.-+ ".contains(byte));
    let is_doubtful = lines.next().is_none_or(is_number);
    let first = found.first().copied().filter(|&delimiter| delimiter != b',' || !is_doubtful);
    first.filter(|_| !found.contains(&guessed))
}

/// Whether all columns that are named by more than a number are among the fields of a row.
#[must_use]
pub fn hold_names(fields: &[&str], named: &[&ColumnName]) -> bool {
    let mut names = named.iter().map(|name| name.0.trim()).filter(|name| name.parse::<u64>().is_err()).peekable();
    names.peek().is_some() && names.all(|name| fields.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(head: &str, reading: &Reading, named: &[&str]) -> (usize, Option<u8>, usize) {
        let named: Vec<_> = named.iter().map(|name| ColumnName((*name).to_owned())).collect();
        let found = find(head.as_bytes(), reading, &named.iter().collect::<Vec<_>>());
        (found.n_lines, found.delimiter, found.n_titles)
    }

    #[test]
    fn what_stands_above_a_table_is_found() {
        let plain = Reading::default();
        assert_eq!(found("a,b\n1,2\n", &plain, &["b"]), (0, None, 0));
        assert_eq!(found("sep=;\r\na;b\n1;2\n", &plain, &["b"]), (1, Some(b';'), 0));
        assert_eq!(found("\"sep=,\"\na,b\n", &plain, &[]), (1, Some(b','), 0));
        assert_eq!(found("# x\n\n# y\na,b\n1,2\n", &plain, &["b"]), (3, None, 0));
        // A header that begins with the mark of comments.
        assert_eq!(found("#a,b\n1,2\n", &plain, &["b"]), (0, None, 0));
        assert_eq!(found("#a,b\n1,2\n", &plain, &["#a"]), (0, None, 0));
        assert_eq!(found("Report of May\n\nby A. Smith, B\na,b\n1,2\n", &plain, &["b", "a"]), (3, None, 2));
        assert_eq!(found("Report\na,b\n1,2\n", &plain, &["2"]), (0, None, 0));
        assert_eq!(found("# only\n# comments\n", &plain, &[]), (0, None, 0));
        assert_eq!(found("x\ny\na,b\n", &Reading { skip: Some(2), ..Reading::default() }, &[]), (2, None, 0));
        let reading = Reading { comment: Some("//".to_owned()), ..Reading::default() };
        assert_eq!(found("// x\n#a,b\n1,2\n", &reading, &[]), (1, None, 0));
    }
}
