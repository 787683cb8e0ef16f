//! What the first bytes of a decompressed file give away: an encoding that is not UTF-8, a format that is no table at all,
//! the delimiter.

use crate::settings::DecimalMark;

/// The delimiters that are looked for, in order of preference where two are equally frequent.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Bytes in which UTF-16 without a byte order mark must show its pattern.
const UTF_16_SAMPLE: usize = 256;

/// Why a file cannot be read as a table, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// What the file is.
    pub what: &'static str,
    /// How it becomes a table.
    pub remedy: &'static str,
}

/// Recognises what is certainly no UTF-8 table from its first bytes.
#[must_use]
pub fn object(head: &[u8]) -> Option<Objection> {
    let (what, remedy) = match head {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => {
            ("the file is UTF-32, not UTF-8", "convert it with iconv -f UTF-32 -t UTF-8")
        }
        [0xd0, 0xcf, 0x11, 0xe0, ..] => (
            "this is an .xls workbook, or one with a password",
            "save it as .xlsx without a password, or the sheet as CSV",
        ),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..] => {
            ("the file is compressed with bzip2", "decompress it with bzip2 -dc and read standard input (-)")
        }
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
            ("the file is compressed with xz", "decompress it with xz -dc and read standard input (-)")
        }
        [b'P', b'A', b'R', b'1', ..] => ("this is a Parquet file, not a table in text", "export the columns as CSV"),
        _ => return object_to_bare_utf_16(head),
    };
    Some(Objection { what, remedy })
}

/// UTF-16 without a byte order mark: in Western text every other byte is NUL.
fn object_to_bare_utf_16(head: &[u8]) -> Option<Objection> {
    let (pairs, _) = head[..head.len().min(UTF_16_SAMPLE)].as_chunks::<2>();
    let share = |nul_at: usize| {
        pairs.iter().filter(|pair| pair[nul_at] == 0 && pair[1 - nul_at] != 0).count() as f64
            / pairs.len().max(1) as f64
    };
    let what = "the file is UTF-16 without a byte order mark, not UTF-8";
    if share(1) > 0.8 {
        Some(Objection { what, remedy: "say --encoding utf-16le" })
    } else if share(0) > 0.8 {
        Some(Objection { what, remedy: "say --encoding utf-16be" })
    } else {
        None
    }
}

/// The delimiter by the file's extension and its first line.
///
/// `.tsv`: tab. `.csv`: comma, unless the line has semicolons and no comma. Else the most frequent of `, ; tab |` outside
/// quotes, comma where there is none. With a decimal comma, a comma separates only where nothing else does and where there
/// are quotes: without them it could as well be a decimal mark, and `1,5` would be read as 1 and 5 without a word.
///
/// Where the lines below agree on another delimiter, each holding it equally often, it is that one.
#[must_use]
pub fn delimiter(head: &[u8], extension: Option<&str>, decimal: DecimalMark) -> u8 {
    let by_header = by_first_line(head, extension, decimal);
    let lines = first_lines(head);
    let is_candidate = |delimiter: &u8| decimal == DecimalMark::Point || *delimiter != b',';
    let agreed = |&delimiter: &u8| {
        let mut counts = lines.iter().map(|line| occurrences(line, delimiter));
        let first = counts.next().filter(|&n| n > 0)?;
        counts.all(|n| n == first).then_some((first, delimiter))
    };
    let agreed: Vec<_> = DELIMITERS.iter().filter(|delimiter| is_candidate(delimiter)).filter_map(agreed).collect();
    match agreed.iter().max_by_key(|(n, _)| *n) {
        Some((_, most)) if lines.len() > 1 && !agreed.iter().any(|(_, delimiter)| *delimiter == by_header) => *most,
        _ => by_header,
    }
}

/// Whether columns are separated by runs of blanks: there is no other delimiter, and all lines have equally many fields, two
/// at least; the first may have one fewer, for R's `write.table` leaves out the name of the row names.
#[must_use]
pub fn is_separated_by_blanks(head: &[u8], extension: Option<&str>, decimal: DecimalMark) -> bool {
    let lines = first_lines(head);
    let delimiters = if decimal == DecimalMark::Comma { &DELIMITERS[1..] } else { &DELIMITERS[..] };
    let has_other = lines
        .iter()
        .any(|line| delimiters.iter().any(|&delimiter| delimiter != b'\t' && occurrences(line, delimiter) > 0));
    let n_fields = |line: &&[u8]| {
        let outside: Vec<&[u8]> = line.split(|&byte| byte == b'"').collect();
        // A quoted text is one field however many blanks it holds.
        let masked: Vec<u8> = outside
            .iter()
            .enumerate()
            .flat_map(|(i, part)| if i % 2 == 0 { part.to_vec() } else { vec![b'q'; part.len().max(1)] })
            .collect();
        masked.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty()).count()
    };
    let counts: Vec<_> = lines.iter().map(n_fields).collect();
    let [header, rows @ ..] = &counts[..] else { return false };
    let Some(&n) = rows.first() else { return false };
    !matches!(extension, Some("csv" | "tsv"))
        && !has_other
        && n >= 2
        && rows.iter().all(|&other| other == n)
        && (*header == n || *header + 1 == n)
        && lines.iter().any(|line| line.contains(&b' '))
}

/// The first lines that are not blank, without what may be the beginning of one.
fn first_lines(head: &[u8]) -> Vec<&[u8]> {
    const MOST: usize = 50;
    const PART_OF_A_FILE: usize = 1 << 15;
    let mut lines: Vec<_> = head.split(|byte| matches!(byte, b'\n' | b'\r')).collect();
    if head.len() > PART_OF_A_FILE {
        lines.pop();
    }
    lines.into_iter().filter(|line| !line.trim_ascii().is_empty()).take(MOST).collect()
}

fn by_first_line(head: &[u8], extension: Option<&str>, decimal: DecimalMark) -> u8 {
    let line = first_line(head);
    match (extension, decimal) {
        (Some("tsv"), _) => b'\t',
        (_, DecimalMark::Comma) => most_frequent(line, &DELIMITERS[1..]).unwrap_or_else(|| {
            let separates = occurrences(line, b',') > 0 && head.contains(&b'"');
            if separates { b',' } else { b';' }
        }),
        (Some("csv"), DecimalMark::Point) => most_frequent(line, b",").or(most_frequent(line, b";")).unwrap_or(b','),
        (_, DecimalMark::Point) => most_frequent(line, &DELIMITERS).unwrap_or(b','),
    }
}

fn most_frequent(line: &[u8], candidates: &[u8]) -> Option<u8> {
    let mut best = None;
    let mut most = 0;
    for &candidate in candidates {
        let n = occurrences(line, candidate);
        if n > most {
            (best, most) = (Some(candidate), n);
        }
    }
    best
}

/// How often a byte stands outside double quotes.
fn occurrences(line: &[u8], byte: u8) -> usize {
    line.split(|&quote| quote == b'"').step_by(2).flatten().filter(|&&other| other == byte).count()
}

/// The first line that is not blank; a line end within quotes does not end it.
fn first_line(head: &[u8]) -> &[u8] {
    let start = head.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(head.len());
    let head = &head[start..];
    let mut quoted = false;
    let end = head.iter().position(|&byte| {
        quoted ^= byte == b'"';
        !quoted && matches!(byte, b'\r' | b'\n')
    });
    &head[..end.unwrap_or(head.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_point(head: &str, extension: Option<&str>) -> char {
        char::from(delimiter(head.as_bytes(), extension, DecimalMark::Point))
    }

    fn with_comma(head: &str, extension: Option<&str>) -> char {
        char::from(delimiter(head.as_bytes(), extension, DecimalMark::Comma))
    }

    #[test]
    fn the_extension_decides_first() {
        assert_eq!(with_point("a,b,c\n", Some("tsv")), '\t');
        assert_eq!(with_point("a\tb|c\n", Some("csv")), ',');
        assert_eq!(with_point("a;b,c;d\n", Some("csv")), ',');
        assert_eq!(with_point("a;b\n1,2;3\n", Some("csv")), ';');
    }

    #[test]
    fn the_most_frequent_candidate_of_the_first_line_decides_next() {
        assert_eq!(with_point("a\tb\tc,d\n1,2,3,4", None), '\t');
        assert_eq!(with_point("\r\n\na|b\n", Some("txt")), '|');
        assert_eq!(with_point("a;b,c", None), ',');
        assert_eq!(with_point("\"a;b;c\",d", None), ',');
        assert_eq!(with_point("\"a\nb;;\",d\n", None), ',');
        assert_eq!(with_point("value\n1;2;3", None), ',');
        assert_eq!(with_point("", None), ',');
    }

    #[test]
    fn with_a_decimal_comma_the_comma_separates_last() {
        assert_eq!(with_comma("a;b,c,d\n", None), ';');
        assert_eq!(with_comma("a\tb\n", Some("csv")), '\t');
        assert_eq!(with_comma("x\n1,5\n", Some("csv")), ';');
        assert_eq!(with_comma("1,5\n2,5\n", Some("csv")), ';');
        assert_eq!(with_comma("a,b\n\"1,5\",\"2,5\"\n", Some("csv")), ',');
        assert_eq!(with_comma("a,b\n1,5\n2,5\n", Some("csv")), ';');
        assert_eq!(with_comma("1,5,2,5\n2,5,3,5\n", None), ';');
        assert_eq!(with_comma("\"time, s\"\n1,5\n", None), ';');
    }

    #[test]
    fn encodings_and_formats_are_recognised() {
        let remedy = |head: &[u8]| object(head).map(|objection| objection.remedy);
        let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        assert_eq!(remedy(&utf_16("a\n1\n2")), Some("say --encoding utf-16le"));
        assert_eq!(remedy(&utf_16("a\n1\n2\n")[1..]), Some("say --encoding utf-16be"));
        assert!(remedy(b"\xd0\xcf\x11\xe0....").is_some_and(|remedy| remedy.contains("CSV")));
        assert_eq!(remedy(b"a\n1\n"), None);
        assert_eq!(remedy("\u{feff}größe\n1\n".as_bytes()), None);
        assert_eq!(remedy(b""), None);
        assert_eq!(remedy(b"5"), None);
    }
}
