//! Files on disk → samples, and every bad file's message: file, line, column, remedy.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use permtest::error::Error;
use permtest::input::{Dataset, Keys, Layout, Pairing, Subject, read};
use permtest::settings::{
    Blocks, ColumnName, Columns, DecimalMark, Header, Missing, Pairs, Reading, Samples, Several, Source, Unmatched,
};
use proptest::prelude::*;
use tempfile::TempDir;

/// A folder of files, and the settings with which they are read.
struct Desk {
    folder: TempDir,
    blocks: Blocks,
    reading: Reading,
}

#[must_use]
fn desk() -> Desk {
    Desk {
        folder: tempfile::tempdir().expect("a temporary folder"),
        blocks: Blocks::default(),
        reading: Reading::default(),
    }
}

impl Desk {
    fn dropping(mut self) -> Self {
        self.reading.missing = Missing::Drop;
        self
    }

    fn paired(mut self) -> Self {
        self.blocks.pairs = Some(Pairs::ByOrder);
        self
    }

    fn pair(mut self, column: &str) -> Self {
        self.blocks.pairs = Some(Pairs::ById(ColumnName(column.to_owned())));
        self
    }

    fn strata(mut self, column: &str) -> Self {
        self.blocks.strata = Some(ColumnName(column.to_owned()));
        self
    }

    fn clusters(mut self, column: &str) -> Self {
        self.blocks.clusters = Some(ColumnName(column.to_owned()));
        self
    }

    fn decimal_comma(mut self) -> Self {
        self.reading.decimal = Some(DecimalMark::Comma);
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
        let mut columns = read(samples, &self.blocks, &self.reading)?;
        assert_eq!(columns.len(), 1, "one column was asked for");
        Ok(columns.remove(0))
    }

    /// The message without the folder.
    fn message(&self, samples: &Samples) -> String {
        let folder = format!("{}/", self.folder.path().display());
        match self.read(samples) {
            Ok(data) => format!("no error, but {data:?}"),
            Err(error) => error.to_string().replace(&folder, ""),
        }
    }

    /// Two equal files, so that all that is counted is counted twice.
    fn twice(&self, name: &str, content: impl AsRef<[u8]>, column: Option<&str>) -> Samples {
        let control = self.file(&format!("copy-{name}"), &content);
        let case = self.file(name, content);
        Samples::TwoFiles { case, control, columns: columns(column), unmatched: Unmatched::Refuse }
    }

    fn data(&self, name: &str, content: impl AsRef<[u8]>, column: Option<&str>) -> Dataset {
        self.read(&self.twice(name, content, column)).expect("a file in order")
    }

    fn complaint(&self, name: &str, content: impl AsRef<[u8]>, column: Option<&str>) -> String {
        self.message(&self.twice(name, content, column))
    }

    fn two(&self, case: impl AsRef<[u8]>, control: impl AsRef<[u8]>, column: Option<&str>) -> Samples {
        let (case, control) = (self.file("new.csv", case), self.file("old.csv", control));
        Samples::TwoFiles { case, control, columns: columns(column), unmatched: Unmatched::Refuse }
    }

    fn long(&self, content: impl AsRef<[u8]>, column: Option<&str>, labels: [Option<&str>; 2]) -> Samples {
        Samples::Long {
            file: self.file("d.csv", content),
            columns: columns(column),
            group: ColumnName("g".to_owned()),
            case: labels[0].map(str::to_owned),
            control: labels[1].map(str::to_owned),
            several: Several::default(),
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
    let data =
        desk.read(&Samples::TwoFiles { case, control, columns: Columns::Sole, unmatched: Unmatched::Refuse }).unwrap();
    assert_eq!((data.column.as_str(), data.grouping, data.n_dropped), ("ms", None, 0));
    assert_eq!((data.case.label.as_str(), data.case.values), ("new", vec![1.0, 2.0]));
    assert_eq!((data.control.label.as_str(), data.control.values), ("old", vec![3.0, 4.5]));
    assert_eq!(data.notes, Vec::<String>::new());
}

#[test]
fn equal_stems_become_case_and_control_and_unlike_columns_are_noted() {
    let desk = desk();
    let (case, control) = (desk.file("a.csv", "u\n1\n"), desk.file("a.txt", "v\n2\n"));
    let data =
        desk.read(&Samples::TwoFiles { case, control, columns: Columns::Sole, unmatched: Unmatched::Refuse }).unwrap();
    assert_eq!((data.case.label.as_str(), data.control.label.as_str()), ("case", "control"));
    assert!(data.notes[0].starts_with("column \"u\" of ") && data.notes[0].contains("compared with column \"v\" of "));
}

#[test]
fn standard_input_cannot_be_both_files() {
    let samples = Samples::TwoFiles {
        case: Source::Stdin,
        control: Source::Stdin,
        columns: Columns::Sole,
        unmatched: Unmatched::Refuse,
    };
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
        desk.message(&Samples::TwoFiles {
            case: Source::File(case),
            control: ok.clone(),
            columns: Columns::Sole,
            unmatched: Unmatched::Refuse,
        })
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
    let utf_16 = "x\n1\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    assert_eq!(
        desk().complaint("a.csv", utf_16, None),
        "a.csv: the file is UTF-16 without a byte order mark, not UTF-8; say --encoding utf-16le"
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
            "if the comma is the decimal mark, say --decimal ,; if it groups digits, say --thousands ,",
        ),
        (
            "ms\n1\n-inf\n",
            "line 3",
            "\"-inf\" is not a finite number",
            "correct it, or declare it missing with --na -inf --missing drop",
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
        "a.csv, line 3, column ms: \"NA\" is no value, the first of 3 missing values: NA (1), empty (1), nan (1); fill it \
         in, or leave such rows out with --missing drop"
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
        "a.csv, line 1: several columns hold numbers: ms, n; say which with --column NAME, as in --column ms, or test each with --all-columns"
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
        "w.csv, line 1: no column is called \"time\"; the columns are Time, x, x; did you mean --case Time?"
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
    let unlabelled = message("g,v\n\" \",1\n\"\",2\n", [None, None]);
    assert!(unlabelled.starts_with("d.csv, column g: no row has a label: 2 missing labels; choose "), "{unlabelled}");
    assert!(message("g,v\na,1\nb,2\n", [Some("a"), Some(" a")]).starts_with("--case and --control are both \"a\"; "));
    let many = lines(2000, |i| format!("l{i},1"));
    let expected = "d.csv, column g: the column has more than 1000 different labels; choose ";
    assert!(message(&format!("g,v\n{many}"), [None, None]).starts_with(expected));
    let twelve = lines(12, |i| format!("l{i:02},1"));
    assert!(message(&format!("g,v\n{twelve}"), [Some("l00"), None]).contains("l07 (1 row) and 4 more; say which two"));
    let groups = desk.read(&desk.long(format!("g,v\n{twelve}"), Some("v"), [None, None])).unwrap();
    assert_eq!((groups.subject, groups.groups().count()), (Subject::Groups, 12));
    let hundred = lines(101, |i| format!("l{i},1"));
    assert!(message(&format!("g,v\n{hundred}"), [None, None]).contains("101 labels, more than 100 groups"));
    let message = desk.message(&desk.long("g,v\na,1\n", Some("g"), [None, None]));
    assert!(message.starts_with("--column and --group are the same column, g; name "), "{message}");
}

#[test]
fn missing_labels_count_as_missing_unless_they_are_named_or_many() {
    let content = "g,v\na,1\n,2\nb,3\nNA,4\na,NA\na,5\nb,6\nb,7\n";
    let strict = desk();
    let message = strict.message(&strict.long(content, None, [None, None]));
    let expected =
        "d.csv, line 3, column g: the field is empty, the first of 3 missing values: empty (1), NA (2); fill ";
    assert!(message.starts_with(expected), "{message}");
    let desk = strict.dropping();
    let data = desk.read(&desk.long(content, None, [None, None])).unwrap();
    assert_eq!((data.case.values, data.control.values, data.n_dropped), (vec![1.0, 5.0], vec![3.0, 6.0, 7.0], 3));
    assert!(data.notes[1].contains("\"NA\" (1 row) is taken for a missing label; --case NA or "), "{:?}", data.notes);
    let data = desk.read(&desk.long(content, None, [Some("NA"), Some("a")])).unwrap();
    assert_eq!((data.case.values, data.control.values, data.n_dropped), (vec![4.0], vec![1.0, 5.0], 2));
    // As many rows as others have, or no other: a label like them.
    let many = "g,v\na,1\nb,3\nb,4\nNA,4\n";
    let message = desk.message(&desk.long(many, None, [Some("b"), None]));
    assert!(
        message.starts_with("d.csv, column g: there are 3 labels: NA (1 row), a (1 row), b (2 rows); "),
        "{message}"
    );
    let data = desk.read(&desk.long("g,v\na,1\na,2\nNone,4\n", None, [None, None])).unwrap();
    assert_eq!((data.case.label.as_str(), data.control.label.as_str(), data.n_dropped), ("a", "None", 0));
    let named = self::desk().tokens(&["None"]);
    let message = named.message(&named.long("g,v\na,1\na,2\nNone,4\n", None, [None, None]));
    assert!(message.starts_with("d.csv, column g: \"a\" is the only label"), "{message}");
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
    assert!(data.notes[1].ends_with(expected), "{:?}", data.notes);
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
    let expected =
        "w.csv, line 3, column a: the field is empty, the first of 3 missing values: empty (2), NA (1); fill ";
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

// ---- pairs

/// The values and what became of the rows.
fn values(data: &Dataset) -> (&[f64], &[f64], u64) {
    (&data.case.values, &data.control.values, data.n_dropped)
}

fn by_id(column: &str, ids: &[&str]) -> Pairing {
    let ids = ids.iter().map(ToString::to_string).collect();
    Pairing::ById { column: column.to_owned(), ids }
}

fn keys(column: &str, of_observation: &[u32], names: &[&str]) -> Keys {
    let names = names.iter().map(ToString::to_string).collect();
    Keys { column: column.to_owned(), of_observation: of_observation.to_vec(), names }
}

#[test]
fn without_blocks_there_is_no_layout() {
    let desk = desk();
    for samples in [
        desk.two("x\n1\n", "x\n2\n", None),
        desk.long("g,v\na,1\nb,2\n", None, [None; 2]),
        desk.wide("a,b\n1,2\n", "a", "b"),
    ] {
        assert_eq!(desk.read(&samples).unwrap().layout, Layout::default());
    }
}

#[test]
fn rows_of_every_layout_pair_in_their_order() {
    let desk = desk().paired();
    for samples in [desk.two("x\n1\n3\n5\n", "x\n2\n4\n6\n", None), desk.wide("a,b\n1,2\n3,4\n5,6\n,\n,\n", "a", "b")] {
        let data = desk.read(&samples).unwrap();
        assert_eq!(values(&data), (&[1.0, 3.0, 5.0][..], &[2.0, 4.0, 6.0][..], 0));
        assert_eq!(data.layout, Layout { pairing: Some(Pairing::ByOrder), ..Layout::default() });
    }
    // The order of rows with labels says nothing.
    let message = desk.message(&desk.long("g,v\na,1\nb,2\n", None, [None; 2]));
    assert!(message.ends_with("name the column with the ids of the pairs with --pair"), "{message}");
}

#[test]
fn unequal_numbers_of_rows_are_no_pairs() {
    let desk = desk().paired();
    assert_eq!(
        desk.message(&desk.two("x\n1\n2\n3\n", "x\n1\n", None)),
        "old.csv: \"new\" has 3 rows and \"old\" has 1 row, so that they cannot be paired by their order; give both \
         equally many rows, or name a column with ids of the pairs with --pair"
    );
}

#[test]
fn a_missing_value_takes_its_partner_with_it() {
    let two = ["x\n1\nNA\n5\n7\nNA\n", "x\n2\n4\nNA\n8\nNA\n"];
    let strict = desk().paired();
    let message = strict.message(&strict.two(two[0], two[1], None));
    let expected = "new.csv, line 3, column x: \"NA\" is no value, the first of 2 missing values; fill it in, ";
    assert!(message.starts_with(expected), "{message}");
    let desk = strict.dropping();
    let data = desk.read(&desk.two(two[0], two[1], None)).unwrap();
    // Three pairs are gone, with two rows each.
    assert_eq!(values(&data), (&[1.0, 7.0][..], &[2.0, 8.0][..], 6));
    // In a wide file each of the three pairs is one row.
    let data = desk.read(&desk.wide("a,b\n1,2\nNA,4\n5,NA\n7,8\nNA,NA\n", "a", "b")).unwrap();
    assert_eq!(values(&data), (&[1.0, 7.0][..], &[2.0, 8.0][..], 3));
}

#[test]
fn a_wide_row_with_half_a_pair_is_no_padding() {
    let (desk, dropping) = (desk().paired(), desk().paired().dropping());
    let half = "a,b\n1,2\n3,4\n5,\n";
    let message = desk.message(&desk.wide(half, "a", "b"));
    assert_eq!(
        message,
        "w.csv, line 4, column b: the field is empty; fill it in, or leave such rows out with --missing drop"
    );
    let data = dropping.read(&dropping.wide(half, "a", "b")).unwrap();
    assert_eq!(values(&data), (&[1.0, 3.0][..], &[2.0, 4.0][..], 1));
    let gap = "a,b\n1,2\n,\n,\n3,4\n,\n";
    let message = desk.message(&desk.wide(gap, "a", "b"));
    let expected = "w.csv, line 3, column a: the field is empty, the first of 4 missing values; fill it in, ";
    assert!(message.starts_with(expected), "{message}");
    let data = dropping.read(&dropping.wide(gap, "a", "b")).unwrap();
    assert_eq!(values(&data), (&[1.0, 3.0][..], &[2.0, 4.0][..], 2));
}

#[test]
fn ids_pair_rows_in_any_order() {
    let desk = desk().pair("id");
    let case = "id,v\n 7,1\nx,3\n\"é, 2\",5\n";
    let control = "v,id\n4,x\n6,\"é, 2\"\n2,7 \n";
    let long = "id,g,v\n7,a,1\nx,b,4\nx,a,3\n\"é, 2\",a,5\n\"é, 2\",b,6\n7,b,2\n";
    for samples in [desk.two(case, control, Some("v")), desk.long(long, Some("v"), [None; 2])] {
        let data = desk.read(&samples).unwrap();
        assert_eq!(values(&data), (&[1.0, 3.0, 5.0][..], &[2.0, 4.0, 6.0][..], 0));
        assert_eq!(data.layout, Layout { pairing: Some(by_id("id", &["7", "x", "é, 2"])), ..Layout::default() });
    }
}

#[test]
fn ids_are_texts_not_numbers() {
    let desk = desk().pair("id");
    let message = desk.message(&desk.two("id,v\n1,1\n", "id,v\n1.0,1\n", Some("v")));
    let expected = "new.csv, line 2, column id: 2 pair ids occur in one group only: 1 (new), 1.0 (old); add ";
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn ids_without_partners_are_listed() {
    let desk = desk().pair("id");
    let long = |content: &str| desk.message(&desk.long(content, Some("v"), [None; 2]));
    assert_eq!(
        long("id,g,v\n1,a,1\n\n1,b,2\n2,b,3\n"),
        "d.csv, line 5, column id: 1 pair id occurs in one group only: 2 (b); add the rows of their partners, or leave \
         these rows out with --missing drop"
    );
    let message = desk.message(&desk.two("id,v\n1,1\n2,2\n", "k,id,v\n,1,1\n,4,2\n", Some("v")));
    let expected = "new.csv, line 3, column id: 2 pair ids occur in one group only: 2 (new), 4 (old); add ";
    assert!(message.starts_with(expected), "{message}");
    let message = desk.message(&desk.two("id,v\n1,1\n", "id,v\n1,1\n4,2\n", Some("v")));
    let expected = "old.csv, line 3, column id: 1 pair id occurs in one group only: 4 (old); add ";
    assert!(message.starts_with(expected), "{message}");
    let eight = lines(8, |i| format!("p{i},a,1"));
    let message = long(&format!("id,g,v\n1,a,1\n1,b,1\n{eight}\n"));
    let expected = "d.csv, line 4, column id: 8 pair ids occur in one group only: p0 (a), p1 (a), p2 (a), p3 (a), p4 (a) \
                    and 3 more; add ";
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn ids_that_come_again_are_listed() {
    let desk = desk().pair("id");
    let message = desk.message(&desk.long("id,g,v\n1,a,1\n1,b,2\n2,b,3\n1,a,4\n1,a,5\n", Some("v"), [None; 2]));
    assert_eq!(
        message,
        "d.csv, line 5, column id: 1 pair id occurs more than once in a group: 1 (a); give every pair an id of its own, \
         once in each group"
    );
    let message = desk.message(&desk.two("id,v\n1,1\n2,1\n", "id,v\n2,1\n2,2\n1,3\n1,4\n", Some("v")));
    let expected = "old.csv, line 5, column id: 2 pair ids occur more than once in a group: 1 (old), 2 (old); give ";
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn ids_of_rows_with_other_labels_do_not_matter() {
    let desk = desk().pair("id");
    let content = "id,g,v\n1,a,1\n1,c,9\n1,b,2\n2,c,9\n2,c,9\n,c,9\n";
    let data = desk.read(&desk.long(content, Some("v"), [Some("b"), Some("a")])).unwrap();
    assert_eq!(values(&data), (&[2.0][..], &[1.0][..], 0));
    assert_eq!(data.layout.pairing, Some(by_id("id", &["1"])));
}

#[test]
fn a_pair_with_a_missing_value_is_dropped_but_its_id_is_checked() {
    let desk = desk().pair("id").dropping();
    let data = desk.read(&desk.two("id,v\n1,1\n2,NA\n3,3\n", "id,v\n3,6\n2,4\n1,2\n", Some("v"))).unwrap();
    assert_eq!(values(&data), (&[1.0, 3.0][..], &[2.0, 6.0][..], 2));
    assert_eq!(data.layout.pairing, Some(by_id("id", &["1", "3"])));
    let data = desk.read(&desk.two("id,v\n1,1\n2,NA\n3,5\n", "id,v\n1,2\n", Some("v"))).unwrap();
    assert_eq!(values(&data), (&[1.0][..], &[2.0][..], 2));
    assert!(data.notes[0].ends_with("left out, as it occurs in one group only: 2 (new), 3 (new)"), "{:?}", data.notes);
    // A row without an id is dropped; if only one half has lost it, the other has no partner.
    let both = desk.two("id,v\n1,1\n,2\n", "id,v\n1,2\n\"\",3\n", Some("v"));
    assert_eq!(values(&desk.read(&both).unwrap()), (&[1.0][..], &[2.0][..], 2));
    let data = desk.read(&desk.two("id,v\n1,1\nNA,2\n", "id,v\n1,2\n2,3\n", Some("v"))).unwrap();
    assert_eq!(values(&data), (&[1.0][..], &[2.0][..], 2));
}

#[test]
fn pairs_of_which_nothing_is_left_are_refused() {
    let by_id = desk().pair("id").dropping();
    let message = by_id.message(&by_id.two("id,v\n1,1\n2,NA\n", "id,v\n1,NA\n2,2\n", Some("v")));
    let expected =
        "there are no whole pairs: all 2 have a missing value; choose other columns, or files with at least ";
    assert!(message.starts_with(&format!("new.csv: {expected}")), "{message}");
    let by_order = desk().paired().dropping();
    let message = by_order.message(&by_order.wide("a,b\n1,NA\n,3\n", "a", "b"));
    assert!(message.starts_with(&format!("w.csv: {expected}")), "{message}");
    let message = by_order.message(&by_order.wide("a,b\n,\n", "a", "b"));
    assert!(message.starts_with("w.csv: there are no whole pairs: the only one has a missing value; "), "{message}");
}

#[test]
fn a_wide_file_has_no_use_for_ids() {
    let desk = desk().pair("id");
    assert_eq!(
        desk.message(&desk.wide("id,a,b\n1,2,3\n", "a", "b")),
        "--pair is for files with a row for each observation, but here a row has both groups; say --paired, for each row \
         is a pair"
    );
}

#[test]
fn many_pairs_find_each_other() {
    // 389 has no divisor in common with 10,000: each id stands once in either order.
    let n = 10_000;
    let case = lines(n, |i| format!("id{i},{i}"));
    let control = lines(n, |i| format!("id{0},{0}", i * 389 % n));
    let desk = desk().pair("id");
    let data = desk.read(&desk.two(format!("id,v\n{case}\n"), format!("id,v\n{control}\n"), None)).unwrap();
    assert_eq!(data.case.values, data.control.values);
    assert!(matches!(data.layout.pairing, Some(Pairing::ById { ids, .. }) if ids[n - 1] == format!("id{}", n - 1)));
}

#[test]
fn the_example_of_darwin_has_the_differences_that_fisher_tested() {
    let file = Source::File(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/darwin.csv").into());
    let column = |name: &str| ColumnName(name.to_owned());
    let desk = desk().paired();
    let data = desk.read(&Samples::Wide { file, case: column("cross"), control: column("self") }).unwrap();
    let eighths: Vec<_> =
        data.case.values.iter().zip(&data.control.values).map(|(cross, own)| 8.0 * (cross - own)).collect();
    // Fisher (1935), section 17.
    let expected = [49.0, -67.0, 8.0, 16.0, 6.0, 23.0, 28.0, 41.0, 14.0, 29.0, 56.0, 24.0, 75.0, 60.0, -48.0];
    assert_eq!(eighths, expected);
}

// ---- strata and clusters

#[test]
fn strata_and_clusters_are_the_same_in_every_layout() {
    let desk = desk().strata("s").clusters("c");
    let two = desk.two("v,s,c\n1,n,k1\n3,m,k2\n", "s,v,c\nm,2,k2\nw,4,k3\n", None);
    let long = "v,g,s,c\n2,b,m,k2\n1,a, n ,k1\n3,a,m,k2\n4,b,w,k3\n";
    for samples in [two, desk.long(long, None, [None; 2])] {
        let data = desk.read(&samples).unwrap();
        assert_eq!(values(&data), (&[1.0, 3.0][..], &[2.0, 4.0][..], 0));
        let strata = Some(keys("s", &[0, 1, 1, 2], &["n", "m", "w"]));
        let clusters = Some(keys("c", &[0, 1, 1, 2], &["k1", "k2", "k3"]));
        assert_eq!(data.layout, Layout { strata, clusters, pairing: None });
    }
}

#[test]
fn a_wide_row_lends_its_keys_to_both_values() {
    let desk = desk().strata("s");
    let data = desk.read(&desk.wide("s,a,b\nn,1,2\nm,3,4\nw,,6\n,,\n", "a", "b")).unwrap();
    assert_eq!(values(&data), (&[1.0, 3.0][..], &[2.0, 4.0, 6.0][..], 0));
    assert_eq!(data.layout.strata, Some(keys("s", &[0, 1, 0, 1, 2], &["n", "m", "w"])));
    let message = desk.message(&desk.wide("s,a,b\nn,1,2\n,3,\n", "a", "b"));
    assert!(message.starts_with("w.csv, line 3, column s: the field is empty; fill it in, "), "{message}");
    let desk = desk.dropping();
    let data = desk.read(&desk.wide("s,a,b\nn,1,2\n,3,4\nm,NA,6\n", "a", "b")).unwrap();
    assert_eq!(values(&data), (&[1.0][..], &[2.0, 6.0][..], 2));
    assert_eq!(data.layout.strata, Some(keys("s", &[0, 0, 1], &["n", "m"])));
    let message = desk.message(&desk.wide("s,a,b\n,1,2\n,3,4\n", "a", "b"));
    assert!(message.starts_with("w.csv, column a: there are no values: all 2 are missing; choose "), "{message}");
}

#[test]
fn keys_follow_their_pairs() {
    let desk = desk().pair("id").strata("s").clusters("c").dropping();
    let case = "id,v,s,c\n1,1,n,k1\n2,NA,gone,gone\n3,3,m,k2\n4,7,NA,k4\n";
    let control = "id,v,s,c\n4,8,gone,gone\n3,4,m,k2\n2,5,gone,gone\n1,2,n,k3\n";
    let data = desk.read(&desk.two(case, control, Some("v"))).unwrap();
    assert_eq!(values(&data), (&[1.0, 3.0][..], &[2.0, 4.0][..], 4));
    let strata = Some(keys("s", &[0, 1, 0, 1], &["n", "m"]));
    let clusters = Some(keys("c", &[0, 1, 2, 1], &["k1", "k2", "k3"]));
    assert_eq!(data.layout, Layout { strata, clusters, pairing: Some(by_id("id", &["1", "3"])) });
    let desk = Desk { blocks: Blocks::default(), ..desk }.paired().strata("s");
    let wide = "s,a,b\nn,1,2\n,3,4\nm,5,NA\nw,7,8\n";
    let data = desk.read(&desk.wide(wide, "a", "b")).unwrap();
    assert_eq!(values(&data), (&[1.0, 7.0][..], &[2.0, 8.0][..], 2));
    assert_eq!(data.layout.strata, Some(keys("s", &[0, 1, 0, 1], &["n", "w"])));
}

#[test]
fn missing_keys_count_as_missing_values() {
    let (strict, dropping) = (desk().strata("s").clusters("c"), desk().strata("s").clusters("c").dropping());
    // The third row lacks both keys, the fourth a value as well: each is one row.
    let content = "s,c,g,v\nn,k1,a,1\nn,k1,b,2\n,NA,a,3\nNA,k1,b,NA\nn,,b,6\n";
    let message = strict.message(&strict.long(content, None, [None; 2]));
    let expected = "d.csv, line 4, column s: the field is empty, the first of 3 missing values: empty (2), NA (1); fill it in, or leave ";
    assert!(message.starts_with(expected), "{message}");
    let data = dropping.read(&dropping.long(content, None, [None; 2])).unwrap();
    assert_eq!(values(&data), (&[1.0][..], &[2.0][..], 3));
    assert_eq!(data.layout.clusters, Some(keys("c", &[0, 0], &["k1"])));
    // An empty key is missing even where the empty field is no missing token.
    let told = strict.tokens(&["-"]);
    let message = told.message(&told.long("s,c,g,v\n,k,a,1\n-,k,b,2\n", None, [None; 2]));
    assert!(message.starts_with("d.csv, line 2, column s: the field is empty, the first of 2 missing "), "{message}");
}

#[test]
fn key_columns_are_no_values() {
    let desk = desk().pair("id").clusters("3");
    let data = desk.read(&desk.two("id,v,c\n1,5,1\n", "id,v,c\n1,6,1\n", None)).unwrap();
    assert_eq!((data.column.as_str(), values(&data)), ("v", (&[5.0][..], &[6.0][..], 0)));
    let message = desk.message(&desk.two("id,v,c,w\n1,5,1,1\n", "id,v,c\n1,6,1\n", None));
    let expected = "new.csv, line 1: several columns hold numbers: v, w; say which with --column NAME, as in --column v, or test each with --all-columns";
    assert_eq!(message, expected);
    let desk = Desk { blocks: Blocks::default(), ..desk }.strata("v");
    let message = desk.message(&desk.long("g,v\na,1\nb,2\n", None, [None; 2]));
    assert!(message.starts_with("d.csv, line 1: there is no column of values beside g, v; check "), "{message}");
}

#[test]
fn a_column_has_one_meaning_only() {
    let two = |desk: &Desk| desk.message(&desk.two("s,v\nn,1\n", "s,v\nn,2\n", Some("v")));
    let message = two(&desk().strata("2"));
    assert_eq!(message, "--column and --strata are the same column, v; name two different columns");
    assert!(two(&desk().pair("s").clusters("1")).starts_with("--pair and --cluster are the same column, s; name "));
    let desk = desk().clusters("1");
    let message = desk.message(&desk.long("g,v\na,1\nb,2\n", None, [None; 2]));
    assert!(message.starts_with("--group and --cluster are the same column, g; name "), "{message}");
    let message = desk.message(&desk.wide("a,b\n1,2\n", "b", "a"));
    assert!(message.starts_with("--control and --cluster are the same column, a; name "), "{message}");
}

#[test]
fn key_columns_that_are_not_there_are_refused() {
    let desk = desk().strata("site");
    let message = desk.message(&desk.two("site,v\nn,1\n", "Site,v\nn,2\n", None));
    assert_eq!(
        message,
        "old.csv, line 1: no column is called \"site\"; the columns are Site, v; did you mean --strata Site?"
    );
}

#[test]
fn key_columns_may_go_by_number_and_a_line_of_numbers_be_their_header() {
    let two = desk().no_header().pair("1");
    let data = two.read(&two.two("x,1\ny,2\n", "y,4\nx,3\n", None)).unwrap();
    assert_eq!(values(&data), (&[1.0, 2.0][..], &[3.0, 4.0][..], 0));
    assert_eq!((data.layout.pairing, data.notes), (Some(by_id("pair", &["x", "y"])), vec![]));
    let years = desk().strata("2019");
    let data = years.read(&years.wide("2019,2020,2021\n1,2,3\n", "2", "3")).unwrap();
    assert_eq!((data.case.label.as_str(), data.layout.strata), ("2020", Some(keys("2019", &[0, 0], &["1"]))));
    let unlike = desk().strata("1");
    let data = unlike.read(&unlike.two("s,v\nn,1\n", "t,v\nn,2\n", None)).unwrap();
    assert!(data.notes[0].starts_with("the stratum of a row is read from column \"s\" of "), "{:?}", data.notes);
    assert!(data.notes[0].contains("new.csv and from column \"t\" of "), "{:?}", data.notes);
}

#[test]
fn keys_that_are_no_utf_8_are_read_as_windows_1252_with_a_note() {
    let desk = desk().strata("s");
    let data = desk.read(&desk.long(b"s,g,v\n\xe9,a,1\n\xe8,b,2\n\xe9,b,3\n", Some("v"), [None; 2])).unwrap();
    assert_eq!(data.layout.strata, Some(keys("s", &[0, 1, 0], &["\u{e9}", "\u{e8}"])));
    let expected = "d.csv: the stratum of a row is no UTF-8 and is read as Windows-1252";
    assert!(data.notes[1].ends_with(expected), "{:?}", data.notes);
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
    fn no_bytes_make_the_reader_panic(bytes in any_file(), comma: bool, pairs in 0..3, keyed: bool) {
        let mut desk = desk().dropping();
        if comma {
            desk = desk.decimal_comma();
        }
        desk.blocks.pairs = match pairs {
            0 => None,
            1 => Some(Pairs::ByOrder),
            _ => Some(Pairs::ById(ColumnName("2".to_owned()))),
        };
        if keyed {
            desk = desk.strata("1").clusters("3");
        }
        let file = desk.file("any.csv", &bytes);
        let column = |name: &str| ColumnName(name.to_owned());
        for samples in [
            Samples::TwoFiles { case: file.clone(), control: file.clone(), columns: Columns::Sole, unmatched: Unmatched::Refuse },
            Samples::Long { file: file.clone(), columns: Columns::Sole, group: column("1"), case: None, control: None, several: Several::default() },
            Samples::Wide { file, case: column("1"), control: column("2") },
        ] {
            match desk.read(&samples) {
                Ok(data) => prop_assert!(!data.case.values.is_empty() && !data.control.values.is_empty()),
                Err(error) => prop_assert!(!error.to_string().contains('\n'), "{}", error),
            }
        }
    }
}

fn columns(column: Option<&str>) -> Columns {
    column.map_or(Columns::Sole, |name| Columns::Named(vec![ColumnName(name.to_owned())]))
}

/// The name, the case values and the control values of each dataset.
fn tested(desk: &Desk, samples: &Samples) -> Vec<(String, Vec<f64>, Vec<f64>)> {
    let datasets = read(samples, &desk.blocks, &desk.reading).expect("two samples a column");
    datasets.into_iter().map(|data| (data.column, data.case.values, data.control.values)).collect()
}

#[test]
fn several_columns_are_read_in_one_pass_in_the_order_they_were_named() {
    let desk = desk();
    let (case, control) = (desk.file("new", "id,a,b\nu,1,10\nv,2,20\n"), desk.file("old", "b,id,a\n30,u,3\n40,v,4\n"));
    let named = |names: &[&str]| Columns::Named(names.iter().map(|name| ColumnName((*name).to_owned())).collect());
    let two = |columns| Samples::TwoFiles {
        case: case.clone(),
        control: control.clone(),
        columns,
        unmatched: Unmatched::Refuse,
    };
    let (a, b) =
        (("a".to_owned(), vec![1.0, 2.0], vec![3.0, 4.0]), ("b".to_owned(), vec![10.0, 20.0], vec![30.0, 40.0]));
    assert_eq!(tested(&desk, &two(named(&["b", "a"]))), [b.clone(), a.clone()]);
    assert_eq!(tested(&desk, &two(Columns::ALL)), [a.clone(), b.clone()]);
    let paired = self::desk().pair("id");
    assert_eq!(tested(&paired, &two(Columns::ALL)), [a, b]);
    assert_eq!(desk.message(&two(named(&["a", "2"]))), "--column names a twice; name each column once");
}

#[test]
fn columns_of_one_file_only_are_refused_or_left_out_and_told() {
    let desk = desk();
    let (case, control) = (desk.file("new", "a,b\n1,2\n3,4\n"), desk.file("old", "b,c\n5,6\n7,8\n"));
    let two = |unmatched| Samples::TwoFiles {
        case: case.clone(),
        control: control.clone(),
        columns: Columns::ALL,
        unmatched,
    };
    let refused = "only one of the two files has numbers in a (new), c (old); complete the other, or say \
                   --ignore-unmatched";
    assert!(
        desk.message(&two(Unmatched::Refuse)).replace("old, line 1: ", "").ends_with(refused),
        "{}",
        desk.message(&two(Unmatched::Refuse))
    );
    let data = desk.read(&two(Unmatched::Ignore)).unwrap();
    assert_eq!((data.column.as_str(), data.case.values), ("b", vec![2.0, 4.0]));
    assert!(data.notes.iter().any(|note| note.starts_with("left out, as only one of the two files has it: a (")));
}

#[test]
fn all_columns_of_a_long_file_are_tested_but_those_of_labels_and_keys() {
    let text = "g,x,site,y,name\nn,1,1,10,p\nn,2,2,,q\no,3,1,30,r\no,4,2,40,s\n";
    let desk = desk().strata("site").dropping();
    let samples = Samples::Long {
        file: desk.file("data", text),
        columns: Columns::ALL,
        group: ColumnName("g".to_owned()),
        case: None,
        control: None,
        several: Several::default(),
    };
    let (x, y) = (("x".to_owned(), vec![1.0, 2.0], vec![3.0, 4.0]), ("y".to_owned(), vec![10.0], vec![30.0, 40.0]));
    assert_eq!(tested(&desk, &samples), [x, y]);
}
