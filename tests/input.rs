//! Files on disk → samples, and every bad file's message: file, line, column, remedy.
#![cfg(feature = "cli")]

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use permtest::error::Error;
use permtest::input::{DEFAULT_MISSING_TOKENS, Dataset, read};
use permtest::settings::{ColumnName, DecimalMark, Header, Missing, Reading, Samples, Source};
use proptest::prelude::*;
use tempfile::TempDir;

/// A folder of files, and the settings with which they are read.
struct Desk {
    folder: TempDir,
    reading: Reading,
}

#[must_use]
fn desk() -> Desk {
    Desk {
        folder: tempfile::tempdir().expect("a temporary folder"),
        reading: Reading {
            delimiter: None,
            header: Header::Detect,
            decimal: DecimalMark::Point,
            missing_tokens: DEFAULT_MISSING_TOKENS.iter().map(ToString::to_string).collect(),
            missing: Missing::Error,
        },
    }
}

impl Desk {
    fn dropping(mut self) -> Self {
        self.reading.missing = Missing::Drop;
        self
    }

    fn decimal_comma(mut self) -> Self {
        self.reading.decimal = DecimalMark::Comma;
        self
    }

    fn no_header(mut self) -> Self {
        self.reading.header = Header::Absent;
        self
    }

    fn tokens(mut self, tokens: &[&str]) -> Self {
        self.reading.missing_tokens = tokens.iter().map(ToString::to_string).collect();
        self
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> Source {
        let path = self.folder.path().join(name);
        fs::write(&path, content).expect("a file in a temporary folder");
        Source::File(path)
    }

    fn read(&self, samples: &Samples) -> Result<Dataset, Error> {
        read(samples, &self.reading)
    }

    /// The message without the folder.
    fn message(&self, samples: &Samples) -> String {
        let folder = format!("{}/", self.folder.path().display());
        match self.read(samples) {
            Ok(data) => format!("no error, but {data:?}"),
            Err(error) => error.to_string().replace(&folder, ""),
        }
    }

    /// One file as both samples, so that all that is counted is counted twice.
    fn twice(&self, name: &str, content: impl AsRef<[u8]>, column: Option<&str>) -> Samples {
        let file = self.file(name, content);
        Samples::TwoFiles { case: file.clone(), control: file, column: column.map(|name| ColumnName(name.to_owned())) }
    }

    fn data(&self, name: &str, content: impl AsRef<[u8]>, column: Option<&str>) -> Dataset {
        self.read(&self.twice(name, content, column)).expect("a file in order")
    }

    fn complaint(&self, name: &str, content: impl AsRef<[u8]>, column: Option<&str>) -> String {
        self.message(&self.twice(name, content, column))
    }

    fn long(&self, content: impl AsRef<[u8]>, column: Option<&str>, labels: [Option<&str>; 2]) -> Samples {
        Samples::Long {
            file: self.file("d.csv", content),
            column: column.map(|name| ColumnName(name.to_owned())),
            group: ColumnName("g".to_owned()),
            case: labels[0].map(str::to_owned),
            control: labels[1].map(str::to_owned),
        }
    }

    fn wide(&self, content: impl AsRef<[u8]>, case: &str, control: &str) -> Samples {
        let (case, control) = (ColumnName(case.to_owned()), ColumnName(control.to_owned()));
        Samples::Wide { file: self.file("w.csv", content), case, control }
    }
}

fn lines(n: usize, line: impl Fn(usize) -> String) -> String {
    (0..n).map(line).collect::<Vec<_>>().join("\n")
}

fn gz(content: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(content).expect("memory takes bytes");
    packed.finish().expect("memory takes bytes")
}

/// `x\n1.5\n2.5\n` as a frame of one raw block, without a checksum (RFC 8878, section 3.1.1).
const ZSTD: [u8; 19] =
    [0x28, 0xb5, 0x2f, 0xfd, 0x20, 10, 0x51, 0, 0, b'x', b'\n', b'1', b'.', b'5', b'\n', b'2', b'.', b'5', b'\n'];

// ---- two files

#[test]
fn two_files_are_labelled_by_their_stems() {
    let desk = desk();
    let (case, control) = (desk.file("new.csv", "ms\n1\n2\n"), desk.file("old.csv.gz", gz(b"ms\n3\n4.5\n")));
    let data = desk.read(&Samples::TwoFiles { case, control, column: None }).unwrap();
    assert_eq!((data.column.as_str(), data.grouping, data.n_dropped), ("ms", None, 0));
    assert_eq!((data.case.label.as_str(), data.case.values), ("new", vec![1.0, 2.0]));
    assert_eq!((data.control.label.as_str(), data.control.values), ("old", vec![3.0, 4.5]));
    assert_eq!(data.notes, Vec::<String>::new());
}

#[test]
fn equal_stems_become_case_and_control_and_unlike_columns_are_noted() {
    let desk = desk();
    let (case, control) = (desk.file("a.csv", "u\n1\n"), desk.file("a.txt", "v\n2\n"));
    let data = desk.read(&Samples::TwoFiles { case, control, column: None }).unwrap();
    assert_eq!((data.case.label.as_str(), data.control.label.as_str()), ("case", "control"));
    assert!(data.notes[0].starts_with("column \"u\" of ") && data.notes[0].contains("compared with column \"v\" of "));
}

#[test]
fn standard_input_cannot_be_both_files() {
    let samples = Samples::TwoFiles { case: Source::Stdin, control: Source::Stdin, column: None };
    assert!(desk().message(&samples).starts_with("standard input (-) can be only one of the two files; give "));
}

#[test]
fn a_bare_column_of_numbers_needs_no_header_and_is_noted() {
    let data = desk().data("a.txt", "1\n2\n", None);
    assert_eq!((data.column.as_str(), data.case.values), ("value", vec![1.0, 2.0]));
    assert!(data.notes[0].contains("a.txt: the first line reads as numbers and is taken as data; "));
    let data = desk().no_header().data("a.txt", "1\n2\n", None);
    assert_eq!((data.case.values, data.notes), (vec![1.0, 2.0], vec![]));
}

#[test]
fn marks_line_ends_and_quotes_do_not_matter() {
    let data = desk().data("a.csv", "\u{feff}x,t\r\n\"1.5\",a\r\n +2e1 ,b\r\n\r\n.5,c\r\n\r\n", None);
    assert_eq!((data.column.as_str(), data.case.values), ("x", vec![1.5, 20.0, 0.5]));
}

#[test]
fn compressed_files_are_known_by_their_content() {
    let members = [gz(b"x\n1\n"), gz(b"2\n")].concat();
    assert_eq!(desk().data("a.csv", members, None).case.values, [1.0, 2.0]);
    assert_eq!(desk().data("a", ZSTD, None).case.values, [1.5, 2.5]);
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 2, 0x11, 0, 0, b'7', b'\n'];
    assert_eq!(desk().data("a.gz", [&ZSTD[..], &frame].concat(), None).case.values, [1.5, 2.5, 7.0]);
}

#[test]
fn damaged_compressed_files_are_refused() {
    let content = lines(20_000, |i| i.to_string());
    let packed = gz(content.as_bytes());
    let message = desk().complaint("a.gz", &packed[..packed.len() - 9], None);
    assert!(message.contains("the gzip data break off here, in the middle; copy or download"), "{message}");
    assert!(message.starts_with("a.gz, line "), "{message}");
    let mut wrong = packed.clone();
    let at = wrong.len() - 6;
    wrong[at] ^= 1;
    let message = desk().complaint("a.gz", wrong, None);
    assert!(message.contains("the gzip data are damaged from here on ("), "{message}");
    let message = desk().complaint("a.zst", &ZSTD[..12], None);
    assert!(message.contains("the zstd data break off here, in the middle; "), "{message}");
}

#[test]
fn files_that_cannot_be_opened_are_told_apart() {
    let desk = desk();
    let ok = desk.file("ok.txt", "1\n");
    let message = |case: PathBuf| {
        desk.message(&Samples::TwoFiles { case: Source::File(case), control: ok.clone(), column: None })
    };
    let absent = message(desk.folder.path().join("no.csv"));
    assert_eq!(absent, "no.csv: there is no such file; check the spelling and the current folder");
    fs::create_dir(desk.folder.path().join("sub")).unwrap();
    assert_eq!(message(desk.folder.path().join("sub")), "sub: this is a folder; name a file in it");
}

#[test]
fn files_without_data_are_told_apart() {
    assert!(desk().complaint("a.csv", "", None).starts_with("a.csv: the file is empty; give "));
    assert!(desk().complaint("a.csv", gz(b""), None).starts_with("a.csv: the file is empty; give "));
    assert!(desk().complaint("a.csv", "\n\r\n", None).starts_with("a.csv: the file has blank lines only; give "));
    assert_eq!(
        desk().complaint("a.csv", "x\n", None),
        "a.csv, line 1: no data follow the header line; add the values, or say --no-header if that line is one"
    );
}

#[test]
fn other_encodings_and_binary_data_are_refused() {
    let utf_16 = "\u{feff}x\n1\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    assert_eq!(
        desk().complaint("a.csv", utf_16, None),
        "a.csv: the file is UTF-16, not UTF-8; convert it with iconv -f UTF-16 -t UTF-8"
    );
    let message = desk().complaint("a.csv", b"x\n1\n\0\x01\n", None);
    assert!(message.starts_with("a.csv, line 3: a NUL byte: this is binary data"), "{message}");
}

// ---- numbers

#[test]
fn text_where_a_number_is_due_is_named_with_its_place() {
    for (content, place, what, remedy) in [
        (
            "ms\n1\nabc\n",
            "line 3",
            "\"abc\" is not a number",
            "correct it, or declare it missing with --na abc --missing drop",
        ),
        (
            "ms\n0x1F\n",
            "line 2",
            "\"0x1F\" is not a number",
            "correct it, or declare it missing with --na 0x1F --missing drop",
        ),
        (
            "ms\n1\n\"a\nb\"\n",
            "line 3",
            "\"a\\nb\" is not a number, and goes on over several lines",
            "look for a double quote too many on this line",
        ),
        (
            "ms\n\"1,5\"\n",
            "line 2",
            "\"1,5\" is not a number with a decimal point",
            "if the comma is the decimal mark, say --decimal ,; if it groups digits, remove it",
        ),
        (
            "ms\n1\n\n-inf\n",
            "line 4",
            "\"-inf\" is not a finite number",
            "correct it, or declare it missing with --na TEXT --missing drop",
        ),
        (
            "ms\n1e999\n",
            "line 2",
            "\"1e999\" is beyond the largest number of a double, about 1.8e308",
            "correct it, or write the column in a larger unit",
        ),
    ] {
        assert_eq!(desk().complaint("a.csv", content, None), format!("a.csv, {place}, column ms: {what}; {remedy}"));
    }
}

#[test]
fn strange_characters_are_shown_harmlessly() {
    let message = desk().no_header().complaint("a.csv", "1\n\u{1b}[31mcaf\u{e9}\n", None);
    assert!(message.starts_with("a.csv, line 2, column 1: \"\\u{1b}[31mcafé\" is not a number; "), "{message}");
    let message = desk().complaint("a.csv", b"ms\n\xe9\n", None);
    assert!(message.starts_with("a.csv, line 2, column ms: \"\u{fffd}\" is not a number; "), "{message}");
}

#[test]
fn an_empty_field_that_is_no_missing_token_is_refused() {
    let message = desk().tokens(&["NA"]).complaint("a.csv", "ms,t\n1,a\n,b\n", Some("ms"));
    assert!(
        message.starts_with("a.csv, line 3, column ms: an empty field where a number is due; fill it"),
        "{message}"
    );
}

#[test]
fn with_a_decimal_comma_points_are_refused() {
    assert_eq!(desk().decimal_comma().data("a.csv", "x\n1,5\n-2,5e1\n", None).case.values, [1.5, -25.0]);
    assert_eq!(desk().decimal_comma().data("a.csv", "x;t\n1,5;a\n", None).case.values, [1.5]);
    assert_eq!(desk().decimal_comma().data("a.csv", "x,t\n\"1,5\",a\n", None).case.values, [1.5]);
    let message = desk().decimal_comma().complaint("a.csv", "x\n1,5\n1.5\n", None);
    let expected = "a.csv, line 3, column x: \"1.5\" has a decimal point where --decimal , promises a comma; write ";
    assert!(message.starts_with(expected), "{message}");
    let mut desk = desk().decimal_comma();
    desk.reading.delimiter = Some(b',');
    let message = desk.complaint("a.csv", "x\n1\n", None);
    assert!(message.starts_with("\",\" cannot be both the delimiter and the decimal mark; choose "), "{message}");
}

#[test]
fn a_decimal_comma_is_never_taken_for_a_delimiter_without_quotes() {
    assert_eq!(desk().decimal_comma().data("a.csv", "time, s\n1,5\n2,5\n", Some("1")).case.values, [1.5, 2.5]);
    let desk = desk().decimal_comma();
    let message = desk.message(&desk.wide("a,b\n1,5\n2,5\n", "a", "b"));
    assert!(message.starts_with("w.csv, line 1: no column is called \"a\"; the columns are a,b; "), "{message}");
}

#[test]
fn a_european_csv_is_split_at_semicolons() {
    assert_eq!(desk().data("a.csv", "x;t\n1.5;a\n", None).column, "x");
    assert_eq!(desk().data("a.tsv", "x;y\tt\n1.5\ta\n", None).column, "x;y");
    assert_eq!(desk().data("a.dat", "x|t\n1.5|a\n", None).column, "x");
}

#[test]
fn digits_that_are_lost_are_noted() {
    let content = "x\n1700000000123456789\n0.1000000000000000055511151231257827\n1\n";
    let data = desk().data("a.csv", content, None);
    let expected = "a.csv: 1 value carries more digits than a double holds and was rounded";
    assert!(data.notes[0].ends_with(expected), "{:?}", data.notes);
}

#[test]
fn missing_values_are_counted_or_left_out() {
    let content = "ms,t\n1,a\nNA,b\n2,c\n,d\nnan,e\n";
    assert_eq!(
        desk().complaint("a.csv", content, Some("ms")),
        "a.csv, line 3, column ms: \"NA\" is no value, the first of 3 missing values; fill it in, or leave such rows out \
         with --missing drop"
    );
    assert_eq!(
        desk().complaint("a.csv", "ms,t\n,a\n1,b\n", Some("ms")),
        "a.csv, line 2, column ms: the field is empty; fill it in, or leave such rows out with --missing drop"
    );
    let data = desk().dropping().data("a.csv", content, Some("ms"));
    assert_eq!((data.case.values, data.n_dropped), (vec![1.0, 2.0], 6));
    let message = desk().dropping().complaint("a.csv", "ms\nNA\nNA\n", None);
    assert!(message.starts_with("a.csv, column ms: there are no values: all 2 are missing; choose "), "{message}");
}

// ---- columns

#[test]
fn the_only_numeric_column_is_found() {
    assert_eq!(desk().dropping().data("a.csv", "id,ms,t\nu,1,NA\nv,NA,b\n", None).case.values, [1.0]);
    assert_eq!(
        desk().complaint("a.csv", "id,ms,n\nu,1,2\n", None),
        "a.csv, line 1: several columns hold numbers: ms, n; say which with --column NAME, as in --column ms"
    );
    let message = desk().complaint("a.csv", "id,t\nu,v\n", None);
    assert!(message.starts_with("a.csv, line 1: no column holds numbers; the columns are id, t; check "), "{message}");
    let message = desk().complaint("a.csv", "id,ms\nu,1\nv,oops\n", None);
    assert!(message.starts_with("a.csv, line 3, column ms: \"oops\" is not a number; "), "{message}");
}

#[test]
fn columns_go_by_name_and_then_by_number() {
    let desk = desk();
    let values = |column: &str| desk.read(&desk.wide("2,x,y\n1,5,6\n", column, "y")).expect("a column").case.values;
    assert_eq!(values("x"), [5.0]);
    assert_eq!(values("2"), [1.0]);
    assert_eq!(values("1"), [1.0]);
}

#[test]
fn columns_that_are_not_there_or_not_alone_are_refused() {
    let desk = desk();
    let message = |case: &str| desk.message(&desk.wide("Time,x,x\n1,5,6\n", case, "Time"));
    assert_eq!(
        message("x"),
        "w.csv, line 1: 2 columns are called \"x\": numbers 2, 3; say which by its number, as in --case 2"
    );
    assert_eq!(
        message("time "),
        "w.csv, line 1: no column is called \"time\"; the columns are Time, x, x; did you mean --case \"Time\"?"
    );
    assert_eq!(
        message("z"),
        "w.csv, line 1: no column is called \"z\"; the columns are Time, x, x; say --case with one of these, or a number \
         from 1 to 3"
    );
    for number in ["0", "4", "99999999999999999999999"] {
        let expected = format!("w.csv, line 1: there is no column {number}: the file has 3 columns; say --case with ");
        assert!(message(number).starts_with(&expected), "{}", message(number));
    }
    assert_eq!(
        desk.message(&desk.wide("1,2\n3,4\n", "z", "1")),
        "w.csv: no column is called \"z\": the file has no header line; say --case with a number from 1 to 2"
    );
}

#[test]
fn a_first_line_of_numbers_is_the_header_where_a_column_is_called_so() {
    let desk = desk();
    let data = desk.read(&desk.wide("2019,2020\n1,2\n", "2020", "2019")).unwrap();
    assert_eq!((data.case.label.as_str(), data.case.values), ("2020", vec![2.0]));
}

#[test]
fn rows_of_another_width_and_open_quotes_are_refused() {
    let message = desk().complaint("a.csv", "x,t\n1,a\n2,b,c\n", None);
    assert!(message.starts_with("a.csv, line 3: the line has 3 fields where the header has 2; put "), "{message}");
    assert_eq!(
        desk().complaint("a.csv", "x,t\n1,a\n2,\"b\n3,c\n", None),
        "a.csv, line 3: a double quote opens here that is never closed; close it, or remove it"
    );
}

// ---- long

#[test]
fn labels_sort_into_case_and_control() {
    let desk = desk();
    let data = desk.read(&desk.long("g,v\nVC,1\n OJ ,2\nVC,3\nOJ,4\n", None, [None, None])).unwrap();
    assert_eq!((data.column.as_str(), data.grouping.as_deref()), ("v", Some("g")));
    assert_eq!((data.case.label.as_str(), data.case.values), ("OJ", vec![2.0, 4.0]));
    assert_eq!((data.control.label.as_str(), data.control.values), ("VC", vec![1.0, 3.0]));
    let data = desk.read(&desk.long("g,v\n10,1\n9,2\n", None, [None, None])).unwrap();
    assert_eq!((data.case.label.as_str(), data.control.label.as_str()), ("9", "10"));
    for labels in [[Some("b"), None], [None, Some("a")], [Some("b"), Some("a")]] {
        let data = desk.read(&desk.long("g,v\na,1\nb,2\n", None, labels)).unwrap();
        assert_eq!((data.case.label.as_str(), data.case.values), ("b", vec![2.0]), "{labels:?}");
    }
}

#[test]
fn rows_with_labels_that_nobody_named_are_ignored() {
    let desk = desk();
    let content = "g,v\na,1\nc,oops\nb,2\nc,\nc,inf\n";
    let data = desk.read(&desk.long(content, Some("v"), [Some("b"), Some("a")])).unwrap();
    assert_eq!((data.case.values, data.control.values, data.n_dropped), (vec![2.0], vec![1.0], 0));
    assert_eq!(
        desk.message(&desk.long("g,v\na,1\nc,9\nb,2\nc,8\n", None, [Some("b"), None])),
        "d.csv, column g: there are 3 labels: a (1 row), b (1 row), c (2 rows); say which two, as in --case a --control b"
    );
}

#[test]
fn labels_that_make_no_two_groups_are_refused() {
    let desk = desk();
    let message = |content: &str, labels| desk.message(&desk.long(content, Some("v"), labels));
    assert_eq!(
        message("g,v\na,1\na,2\n", [None, None]),
        "d.csv, column g: \"a\" is the only label, so there is nothing to compare it with; add the rows of the other \
         group, or choose another --group column"
    );
    assert_eq!(
        message("g,v\na,1\nb,2\n", [Some("x"), None]),
        "d.csv, column g: no row has the label \"x\"; the labels are a (1 row), b (1 row); say --case with one of these"
    );
    let unlabelled = message("g,v\nNA,1\n\"\",2\n", [None, None]);
    assert!(unlabelled.starts_with("d.csv, column g: no row has a label: 2 missing labels; choose "), "{unlabelled}");
    assert!(message("g,v\na,1\nb,2\n", [Some("a"), Some(" a")]).starts_with("--case and --control are both \"a\"; "));
    let many = lines(2000, |i| format!("l{i},1"));
    let expected = "d.csv, column g: the column has more than 1000 different labels; choose ";
    assert!(message(&format!("g,v\n{many}"), [None, None]).starts_with(expected));
    let twelve = lines(12, |i| format!("l{i:02},1"));
    assert!(message(&format!("g,v\n{twelve}"), [None, None]).contains("l07 (1 row) and 4 more; say which two"));
    let message = desk.message(&desk.long("g,v\na,1\n", Some("g"), [None, None]));
    assert!(message.starts_with("--column and --group are the same column, g; name "), "{message}");
}

#[test]
fn missing_labels_count_as_missing_unless_they_are_named() {
    let content = "g,v\na,1\n,2\nb,3\nNA,4\na,NA\n";
    let strict = desk();
    let message = strict.message(&strict.long(content, None, [None, None]));
    let expected = "d.csv, line 3, column g: the field is empty, the first of 3 missing values; fill ";
    assert!(message.starts_with(expected), "{message}");
    let desk = strict.dropping();
    let data = desk.read(&desk.long(content, None, [None, None])).unwrap();
    assert_eq!((data.case.values, data.control.values, data.n_dropped), (vec![1.0], vec![3.0], 3));
    let data = desk.read(&desk.long(content, None, [Some("NA"), Some("a")])).unwrap();
    assert_eq!((data.case.values, data.control.values, data.n_dropped), (vec![4.0], vec![1.0], 2));
}

#[test]
fn a_group_of_which_nothing_is_left_is_named() {
    let desk = desk().dropping();
    let message = desk.message(&desk.long("g,v\na,1\nb,NA\nb,\n", None, [None, None]));
    assert!(message.starts_with("d.csv, column v: group \"b\" has no values: all 2 are missing; choose "), "{message}");
}

#[test]
fn a_value_column_called_by_a_number_is_doubted() {
    let desk = desk();
    let mut samples = desk.long("5.5,a\n1,a\n2,b\n", None, [None, None]);
    if let Samples::Long { group, .. } = &mut samples {
        *group = ColumnName("2".to_owned());
    }
    let data = desk.read(&samples).unwrap();
    let expected = "though it has \"5.5\" for the values; if it is data, say --no-header";
    assert!(data.notes[0].ends_with(expected), "{:?}", data.notes);
}

// ---- wide

#[test]
fn wide_columns_may_end_early() {
    let desk = desk();
    let data = desk.read(&desk.wide("a,b\n1,2\n3,4\n,5\n,\n", "a", "b")).unwrap();
    assert_eq!((data.column.as_str(), data.n_dropped), ("value", 0));
    assert_eq!((data.case.label.as_str(), data.case.values), ("a", vec![1.0, 3.0]));
    assert_eq!((data.control.label.as_str(), data.control.values), ("b", vec![2.0, 4.0, 5.0]));
}

#[test]
fn an_empty_field_above_a_value_of_a_wide_column_is_missing() {
    let gap = "a,b\n1,2\n,4\n,NA\n3,6\n,7\n";
    let strict = desk();
    let message = strict.message(&strict.wide(gap, "a", "b"));
    let expected = "w.csv, line 3, column a: the field is empty, the first of 3 missing values; fill ";
    assert!(message.starts_with(expected), "{message}");
    let desk = strict.dropping();
    let data = desk.read(&desk.wide(gap, "a", "b")).unwrap();
    assert_eq!((data.case.values, data.control.values), (vec![1.0, 3.0], vec![2.0, 4.0, 6.0, 7.0]));
    assert_eq!(data.n_dropped, 3);
}

#[test]
fn wide_columns_without_values_or_twice_the_same_are_refused() {
    let (desk, dropping) = (desk(), desk().dropping());
    let message = desk.message(&desk.wide("a,b\n1,\n", "a", "b"));
    assert!(message.starts_with("w.csv, column b: there are no values: the only one is missing; choose "), "{message}");
    let message = dropping.message(&dropping.wide("a,b\n1,NA\n2,\n3,NA\n", "a", "b"));
    assert!(message.starts_with("w.csv, column b: there are no values: all 3 are missing; choose "), "{message}");
    let message = desk.message(&desk.wide("a,b\n1,2\n", "a", "1"));
    assert!(message.starts_with("--case and --control are the same column, a; name "), "{message}");
}

// ---- anything at all

fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let damaged = |at: usize, byte: u8| {
        let mut bytes = ZSTD.to_vec();
        bytes[at] = byte;
        bytes
    };
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        "[abg,;\t\"\r\n0-9.x -]{0,200}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..60).prop_map(|tail| [&gz(b"g,v\na,1\n")[..], &tail].concat()),
        (0..ZSTD.len(), any::<u8>()).prop_map(move |(at, byte)| damaged(at, byte)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in any_file(), comma: bool) {
        let mut desk = desk().dropping();
        if comma {
            desk = desk.decimal_comma();
        }
        let file = desk.file("any.csv", &bytes);
        let column = |name: &str| ColumnName(name.to_owned());
        for samples in [
            Samples::TwoFiles { case: file.clone(), control: file.clone(), column: None },
            Samples::Long { file: file.clone(), column: None, group: column("1"), case: None, control: None },
            Samples::Wide { file, case: column("1"), control: column("2") },
        ] {
            match desk.read(&samples) {
                Ok(data) => prop_assert!(!data.case.values.is_empty() && !data.control.values.is_empty()),
                Err(error) => prop_assert!(!error.to_string().contains('\n'), "{}", error),
            }
        }
    }
}
