//! Whole outputs: the text report to the letter, tables and JSON read back by other programs' rules, what stays silent.

use crate::command::{Permtest, permtest};

const TOOTH_GROWTH: &str = include_str!("../../examples/data/toothgrowth.csv");

/// Content as a Zstandard frame of one stored block (RFC 8878, 3.1.1): magic number, single segment with a size of
/// two bytes less 256, and a last raw block.
fn zstd_stored(content: &[u8]) -> Vec<u8> {
    let size = u16::try_from(content.len() - 256).expect("a size of two bytes");
    let block = u32::try_from(content.len() << 3 | 1).expect("a block of less than 128 KiB");
    let header = [&[0x28, 0xb5, 0x2f, 0xfd, 0x60][..], &size.to_le_bytes(), &block.to_le_bytes()[..3]].concat();
    [&header[..], content].concat()
}

fn tooth_growth(arguments: &str) -> Permtest {
    resampled("10000", arguments)
}

fn resampled(resamples: &str, arguments: &str) -> Permtest {
    permtest()
        .file("data.csv", TOOTH_GROWTH)
        .args(["data.csv", "--group", "supp", "--column", "len", "-n", resamples])
        .args(arguments.split_whitespace())
}

/// What a run writes to standard output.
fn written(arguments: &str) -> String {
    let folder = tooth_growth(arguments).args(["-o", "written"]).stdout("").stderr("").run();
    std::fs::read_to_string(folder.path().join("written")).unwrap()
}

/// The JSON report as a table has it: nested names joined by `_`, pairs by `_low` and `_high`, null as nothing.
/// Fields of two numbers, which take two columns of a table.
fn is_pair(name: &str) -> bool {
    name.ends_with("_interval") || name == "equivalence_p_values"
}

fn flattened(value: &serde_json::Value, name: &str, fields: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::Object(object) => {
            for (key, value) in object {
                flattened(value, &if name.is_empty() { key.clone() } else { format!("{name}_{key}") }, fields);
            }
        }
        serde_json::Value::Array(pair) if is_pair(name) => {
            flattened(&pair[0], &format!("{name}_low"), fields);
            flattened(&pair[1], &format!("{name}_high"), fields);
        }
        serde_json::Value::Null if is_pair(name) => {
            fields.extend(["low", "high"].map(|end| (format!("{name}_{end}"), String::new())));
        }
        serde_json::Value::Array(warnings) => {
            let warnings: Vec<&str> = warnings.iter().filter_map(|warning| warning.as_str()).collect();
            fields.push((name.to_owned(), warnings.join("; ")));
        }
        serde_json::Value::Null => fields.push((name.to_owned(), String::new())),
        serde_json::Value::String(text) => fields.push((name.to_owned(), text.clone())),
        other => fields.push((name.to_owned(), other.to_string())),
    }
}

#[test]
fn the_text_report_is_pinned() {
    tooth_growth("").stdout(include_str!("toothgrowth.txt")).stderr("").run();
}

#[test]
fn tables_have_the_fields_of_the_json_report() {
    let json = written("--json");
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let mut expected = Vec::new();
    flattened(&report, "", &mut expected);
    expected.sort();
    for (format, delimiter) in [("csv", b','), ("tsv", b'\t')] {
        let text = written(&format!("-f {format}"));
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
        let names = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
        assert_eq!(rows.len(), 1, "{format}");
        let field = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let mut fields: Vec<(String, String)> = names.iter().zip(&rows[0]).map(field).collect();
        fields.sort();
        assert_eq!(fields.len(), expected.len(), "{format}");
        for ((name, value), (expected_name, expected_value)) in fields.iter().zip(&expected) {
            // serde_json reads a number to the last bit but one, so that it is its letters that are compared.
            let same = |a: f64, b: f64| (a - b).abs() <= 1e-15 * a.abs() && json.contains(value);
            let equal = match (value.parse(), expected_value.parse()) {
                (Ok(number), Ok(expected_number)) => same(number, expected_number),
                _ => value == expected_value,
            };
            assert!(name == expected_name && equal, "{format}: {name} {value}, not {expected_name} {expected_value}");
        }
    }
}

#[test]
fn json_is_one_line_and_markdown_a_table_of_even_rows() {
    assert_eq!(written("--json").matches('\n').count(), 1);
    let markdown = written("-f markdown");
    let table: Vec<&str> = markdown.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(table.len(), 3);
    assert!(table.iter().all(|row| row.starts_with('|') && row.ends_with('|') && row.matches('|').count() == 8));
    assert!(table[1].chars().all(|c| "|-:".contains(c)));
}

#[test]
fn zstandard_is_told_by_its_content() {
    permtest()
        .file("data.csv", zstd_stored(TOOTH_GROWTH.as_bytes()))
        .args(["data.csv", "--group", "supp", "--column", "len", "-n", "10000"])
        .stdout(include_str!("toothgrowth.txt"))
        .stderr("")
        .run();
}

#[test]
fn a_run_without_a_terminal_shows_no_progress_however_long_it_lasts() {
    // A second or more on today's machines, where a terminal would be shown a bar after half a second.
    resampled("30M", "--threads 1").stdout_contains("30,000,000 resamples").stderr("").run();
}

#[test]
fn colour_is_asked_for_or_not_there() {
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb"), ("TERM", "xterm-256color")] {
        tooth_growth("").environment(name, value).stdout(include_str!("toothgrowth.txt")).run();
    }
    tooth_growth("--color never").environment("CLICOLOR_FORCE", "1").stdout(include_str!("toothgrowth.txt")).run();
    // A file gets no colour codes by mere habit of the environment, and data formats never do.
    tooth_growth("--json --color always").stdout(&written("--json")).run();
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_leaves_the_files_of_yesterday() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let folder = tempfile::tempdir().unwrap();
    let yesterday = [("r.txt", "report of yesterday"), ("null.npy", "numbers of yesterday")];
    for (name, content) in [("data.csv", TOOTH_GROWTH)].into_iter().chain(yesterday) {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let mut run = Command::new(env!("CARGO_BIN_EXE_permtest"))
        .args(["data.csv", "--group", "supp", "-c", "len", "-n", "1e12", "-o", "r.txt", "--distribution", "null.npy"])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let patience = Duration::from_secs(120);
    let began = Instant::now();
    let files = || std::fs::read_dir(folder.path()).unwrap().count();
    // A fourth file, the new null distribution while it is not whole, shows that the run has begun.
    while files() < 4 && began.elapsed() < patience {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(100));
    // Not INT, which the background jobs of a shell ignore; TERM ends a run in the same way.
    Command::new("kill").args(["-TERM", &run.id().to_string()]).status().unwrap();
    while run.try_wait().unwrap().is_none() {
        if began.elapsed() > 2 * patience {
            run.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(run.wait().unwrap().code(), Some(130));
    assert_eq!(files(), 3, "a temporary file is left");
    for (name, content) in yesterday {
        assert_eq!(std::fs::read_to_string(folder.path().join(name)).unwrap(), content);
    }
}
