//! CSV as it gets written: each file holds the rows of one plain table in another dress, and gives the report of that table, or
//! is refused with the reason.

use std::fmt::Write as _;

use crate::command::{Permtest, permtest};

/// A text that nobody asks for beside what is compared.
const PLAIN: [&str; 4] = ["x", "y", "z", "w"];
const ROWS: [(&str, &str); 4] = [("a", "1"), ("a", "2.5"), ("b", "3"), ("b", "-5e0")];

/// The table with these texts as they are written, and lines that end so.
fn table(texts: [&str; 4], line_end: &str) -> String {
    let mut table = format!("g,t,v{line_end}");
    for ((label, value), text) in ROWS.into_iter().zip(texts) {
        let _ = write!(table, "{label},{text},{value}{line_end}");
    }
    table
}

fn on(content: impl AsRef<[u8]>) -> Permtest {
    permtest().file("d.csv", content).args(["d.csv", "--group", "g", "-c", "v", "--json"])
}

fn is_read(what: &str, content: impl AsRef<[u8]>) {
    let expected = on(table(PLAIN, "\n")).seen().stdout;
    assert_eq!(on(content).seen().stdout, expected, "{what}");
}

#[test]
fn texts_in_quotes_may_hold_anything() {
    for (what, text) in [
        ("the delimiter", "\"Street 5, 3rd floor\""),
        ("quotes", "\"so \"\"called\"\" tea\""),
        ("nothing but quotes", "\"\"\"\"\"\""),
        ("nothing", "\"\""),
        ("line ends", "\"one\ntwo\n\nfour\""),
        ("line ends of Windows", "\"one\r\ntwo\""),
        ("line ends of old Macintoshes", "\"one\rtwo\""),
        ("JSON", "\"{\"\"at\"\": [1.5, 2], \"\"in\"\": {}}\""),
        ("what looks like rows", "\"a,q,9\nb,q,7\""),
        ("what looks like a comment", "\"# note\""),
        ("degrees", "\"52\u{b0}31'N 13\u{b0}24'E\""),
        ("scripts", "\"\u{3a9}\u{2a4}\u{6570}\u{1f469}\u{200d}\u{1f52c}\""),
        ("blanks", "\"  \""),
    ] {
        is_read(what, table([text; 4], "\n"));
        is_read(what, table(["x", text, "z", text], "\r\n"));
    }
}

#[test]
fn texts_without_quotes_may_hold_what_is_no_delimiter() {
    for (what, text) in [
        ("a quote within", "5\" pipe"),
        ("apostrophes", "'tis"),
        ("a formula", "=\"007\""),
        ("a backslash", "a\\b"),
        ("a quote behind a quoted part", "\"ab\"cd"),
        ("escapes of C", "\"say \\\"hi\\\"\""),
        ("semicolons and bars", "p;q|r"),
    ] {
        is_read(what, table([text; 4], "\n"));
    }
}

#[test]
fn files_may_begin_and_end_in_many_ways() {
    let plain = table(PLAIN, "\n");
    for (what, content) in [
        ("no last line end", plain.trim_end().to_owned()),
        ("a byte order mark", format!("\u{feff}{plain}")),
        ("blank lines", format!("\n\n{}\n\n", plain.replace("\nb,z", "\n\n\nb,z"))),
        ("line ends of Windows", table(PLAIN, "\r\n")),
        ("line ends of old Macintoshes", table(PLAIN, "\r")),
        ("line ends of two kinds", plain.replacen('\n', "\r\n", 2)),
        ("blanks around fields", plain.replace(',', " , ")),
        ("quotes around all fields", format!("\"{}\"", plain.trim_end().replace(',', "\",\"").replace('\n', "\"\n\""))),
        ("an empty last column", plain.replace('\n', ",\n")),
        ("rows of delimiters", format!("{plain},,\n,,\n")),
        ("tabs", plain.replace(',', "\t")),
        ("semicolons", plain.replace(',', ";")),
        ("bars", plain.replace(',', "|")),
        ("a line that names the delimiter", format!("sep=,\n{plain}")),
        ("comments above", format!("# made by hand\n{plain}")),
    ] {
        is_read(what, content);
    }
}

#[test]
fn what_is_no_table_is_refused_with_the_reason() {
    let plain = table(PLAIN, "\n");
    let refused = |content: &str, words: &[&str]| on(content).refused(words.iter().copied()).run();
    refused(&plain.replace(",y,", ",\"y,"), &["d.csv, line 3: a double quote opens here that is never closed"]);
    refused(
        &plain.replace(",y,", ",y,y,"),
        &["d.csv, line 3: the line has 4 fields where the header has 3", "double quotes"],
    );
    refused(
        &plain.replace(",y,", ", \"y, y\","),
        &["line 3: the line has 4 fields", "remove the blank before the double quote"],
    );
    refused(&plain.replace(",y,", ",'y, y',"), &["line 3: the line has 4 fields", "in double quotes"]);
    refused(
        &plain.replace("a,y,2.5", "a,2.5"),
        &["line 3: the line has 2 fields where the header has 3", "--delimiter"],
    );
    refused(&plain.replace('y', "\0"), &["line 3: a NUL byte"]);
    refused(&plain.replace("g,t,v", "g,v,v"), &["2 columns are called \"v\": numbers 2, 3", "--column 2"]);
    refused("g,t,v\n", &["line 1: no data follow the header line"]);
    refused("", &["the file is empty"]);
    refused("\n \n\t\n", &["blank lines only"]);
}
