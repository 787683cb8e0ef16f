//! Names from data that would move a terminal, speak to CI, mention people or become formulas: none of it gets through, in any
//! format, on either stream or in any file.

use serde_json::Value;

use crate::command::{Permtest, permtest};

/// What stands in a name, and what of it must not be seen as it is.
const NASTY: [(&str, &str); 12] = [
    ("\u{1b}[2J", "\u{1b}"),
    ("\u{1b}]8;;http://evil\u{7}x", "\u{7}"),
    ("\u{9b}31m", "\u{9b}"),
    ("a\rb", "\r"),
    ("a\u{8}\u{8}b", "\u{8}"),
    ("\u{202e}abc", "\u{202e}"),
    ("\u{2067}abc", "\u{2067}"),
    ("a\u{2028}::error::x", "\u{2028}"),
    ("::error::boom", "\n::error"),
    ("a\n::error title=x::boom", "\n::error"),
    ("##[error]boom", "##["),
    ("##vso[task.complete]x", "##vso["),
];

/// A run on a long file whose column, labels and grouping have this in their names, at the beginning and after a blank.
fn named(nasty: &str) -> Permtest {
    let quoted = |before: &str| format!("\"{before}{nasty}\"");
    let mut rows = format!("{},{}\n", quoted(""), quoted("g "));
    for i in 0..12 {
        let label = quoted(if i < 6 { "" } else { "z " });
        rows += &[(i * i).to_string(), label].join(",");
        rows.push('\n');
    }
    permtest().args(["data.csv", "--group", "2", "--column", "1", "-n", "1000"]).file("data.csv", rows)
}

/// Neither the character nor a line that begins with a command, blanks before it or not; but for the annotation that was asked
/// for.
fn check(shown: &str, forbidden: &str, what: &str) {
    let shown = shown.replace("\n::error title=permtest::", "\n");
    let has_it = shown.contains(forbidden) && !(forbidden == "\r" && shown.contains("\r\n"));
    assert!(!has_it, "{what}: {forbidden:?} in {shown:?}");
    assert!(!shown.lines().any(|line| line.trim_start().starts_with("::")), "{what}: {shown:?}");
}

#[test]
fn nothing_active_is_seen_in_any_format() {
    for (nasty, forbidden) in NASTY {
        for format in ["text", "json", "csv", "tsv", "markdown"] {
            let arguments =
                ["-f", format, "--fail-on", "significant", "--annotations", "github", "--on-undecided", "fail"];
            let histogram = if ["csv", "tsv"].contains(&format) { &[][..] } else { &["--histogram"] };
            let shown = named(nasty).args(arguments).args(histogram).exit(1).seen();
            check(&shown.stdout, forbidden, format);
            check(&shown.stderr, forbidden, format);
            if format == "json" {
                let report: Value = serde_json::from_str(&shown.stdout).unwrap();
                assert_eq!(report["column"], nasty.trim());
                let labels = [&report["case"]["label"], &report["control"]["label"]];
                assert!(labels.contains(&&Value::from(format!("z {nasty}"))), "{labels:?}");
            }
        }
    }
}

#[test]
fn nothing_active_is_seen_in_files_and_errors() {
    for (nasty, forbidden) in NASTY {
        let folder = named(nasty).args(["--plot", "p.svg", "--report", "r.html"]).run();
        for file in ["p.svg", "r.html"] {
            let shown = std::fs::read_to_string(folder.path().join(file)).unwrap();
            check(&shown, forbidden, file);
        }
        for wrong in [&["--case", nasty, "--control", "absent"][..], &["--strata", nasty], &["-s", nasty]] {
            let shown = named(nasty).args(wrong).exit(2).seen();
            check(&shown.stderr, forbidden, "stderr");
        }
        if !nasty.contains('/') {
            let shown = permtest().args([nasty, "b.csv"]).exit(2).seen();
            check(&shown.stderr, forbidden, "a name of a file");
        }
    }
}

#[test]
fn markdown_mentions_nobody_and_links_nowhere() {
    let name = "@octocat $x$ https://evil.example www.evil.example [a](http://b) #1 <img>";
    let shown = named(name).args(["-f", "markdown"]).seen().stdout;
    for active in ["@octocat", "$x$", "https://", "http://", "www.evil", "[a]", "#1", "<img"] {
        assert!(!shown.contains(active), "{active} in {shown}");
    }
    assert!(shown.contains("<span>@</span>octocat <span>$</span>x<span>$</span> https<span>:</span>//evil.example"));
}

#[test]
fn cells_are_read_back_as_names_and_never_as_formulas() {
    let read_back = |name: &str, delimiter: u8, format: &str| {
        let shown = named(name).args(["-f", format]).seen().stdout;
        let mut table = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(shown.as_bytes());
        let column = table.headers().unwrap().iter().position(|header| header == "column").unwrap();
        table.records().next().unwrap().unwrap()[column].to_owned()
    };
    for (delimiter, format) in [(b',', "csv"), (b'\t', "tsv")] {
        for name in ["len", "a,b;c", "対照", "it's", "a=b", "'quoted", "50 %", "a::b"] {
            assert_eq!(read_back(name, delimiter, format), name);
        }
        for name in ["=1+1", "+cells", "-mean", "@SUM(A1:A9)", "=HYPERLINK(1)"] {
            assert_eq!(read_back(name, delimiter, format), format!("'{name}"));
        }
    }
}
