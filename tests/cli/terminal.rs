//! The report on a terminal: a pseudo-terminal of a given width.

use std::io::Read as _;
use std::process::Stdio;

use pty_process::Size;
use pty_process::blocking::Command;

/// What a terminal of so many columns is sent.
fn seen(columns: u16, term: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("new.csv"), "latency\n1.2\n3.4\n2.8\n4.1\n5.0\n3.3\n").unwrap();
    std::fs::write(folder.path().join("old.csv"), "latency\n0.4\n1.9\n2.2\n1.1\n3.0\n").unwrap();
    let (mut terminal, far_end) = pty_process::blocking::open().unwrap();
    terminal.resize(Size::new(24, columns)).unwrap();
    let command = Command::new(env!("CARGO_BIN_EXE_permtest"))
        .args(["new.csv", "old.csv", "-n", "20000"])
        .args(arguments)
        .current_dir(folder.path())
        .env("TERM", term)
        .env_remove("NO_COLOR")
        .env_remove("CI")
        .stderr(Stdio::null());
    let mut child = command.spawn(far_end).unwrap();
    let mut bytes = Vec::new();
    // The end of the last writer is an error of its own kind on Linux.
    let _ = terminal.read_to_end(&mut bytes);
    assert!(child.wait().unwrap().success());
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

/// Without the colours.
fn plain(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or("", |(_, rest)| rest))
}

fn drawing(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::to_owned);
    lines.skip_while(|line| !line.contains("Null distribution")).collect()
}

#[test]
fn the_drawing_fits_terminals_of_40_80_and_200_columns() {
    let mut widths = Vec::new();
    for columns in [40u16, 80, 200] {
        let seen = seen(columns, "xterm-256color", &[]);
        let drawing = drawing(&plain(&seen));
        let width = drawing.iter().map(|line| line.chars().count()).max().unwrap();
        assert!(width <= columns.into(), "{columns}: {drawing:#?}");
        assert!((4..=12).contains(&drawing.len()), "{columns}: {drawing:#?}");
        assert!(drawing.last().unwrap().contains("observed 1.58 ▲"), "{columns}: {drawing:#?}");
        let boxes = plain(&seen).lines().filter(|line| line.ends_with('┤')).map(|line| line.chars().count()).max();
        widths.push(boxes.unwrap());
    }
    // Wider than 100 columns nothing is gained.
    assert_eq!(widths, [40, 80, 100]);
}

#[test]
fn the_tail_is_in_colour() {
    let seen = seen(80, "xterm-256color", &[]);
    assert!(drawing(&seen).iter().any(|line| line.contains("\u{1b}[33m")), "{seen}");
    assert!(!super::terminal::seen(80, "xterm-256color", &["--color", "never"]).contains('\u{1b}'));
}

#[test]
fn a_dumb_terminal_is_sent_ascii() {
    let seen = seen(80, "dumb", &[]);
    assert!(drawing(&plain(&seen)).len() > 3 && seen.is_ascii(), "{seen}");
}

#[test]
fn who_does_not_want_a_drawing_gets_none() {
    for arguments in [&["--no-histogram"][..], &["--json"], &["-q"]] {
        assert!(drawing(&seen(80, "xterm", arguments)).is_empty(), "{arguments:?}");
    }
}
