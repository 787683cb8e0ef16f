//! README.md shows what the program prints: every `permtest` command in a `console` block is run, and its output compared
//! with the block, byte for byte.
//!
//! Commands run as a reader would run them: in the root of the repository, in a POSIX shell, with `permtest` on the path.
//! One is run when each program of its pipeline is named in [`PROGRAMS`]; other commands, and blocks of other kinds, are
//! skipped. Rust blocks are doctests; see lib.rs.

use crate::command::without_orientation;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Output};

const README: &str = include_str!("../../README.md");

/// What a checked pipeline may be made of: this program, and what every Unix has.
const PROGRAMS: [&str; 5] = ["permtest", "gzip", "cat", "head", "awk"];

/// Fewer commands than this were checked only if the README or this test lost its shape.
const FEWEST: usize = 16;

/// A command of the README and what it is said to print.
#[derive(Debug, PartialEq, Eq)]
struct Example<'a> {
    command: &'a str,
    output: String,
    /// Line number of the command.
    line: usize,
}

impl Example<'_> {
    fn is_checked(&self) -> bool {
        let mut programs = self.command.split('|').map(|part| part.split_whitespace().next().unwrap_or_default());
        self.command.contains("permtest ") && programs.all(|program| PROGRAMS.contains(&program))
    }

    /// Whether it calls Python where there is none. Where CI is set there must be.
    fn lacks_python(&self) -> bool {
        let has_python = || Command::new("python3").arg("--version").output().is_ok();
        self.command.contains("python3") && std::env::var_os("CI").is_none() && !has_python()
    }

    fn run(&self) -> Output {
        let folder = Path::new(env!("CARGO_BIN_EXE_permtest")).parent().expect("a program lies in a folder");
        let mut path = OsString::from(folder);
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        Command::new("sh")
            .args(["-c", self.command])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("PATH", path)
            .env_remove("CLICOLOR_FORCE")
            .env_remove("PERMTEST_SIMD")
            .output()
            .expect("there is a POSIX shell")
    }
}

/// The commands in `console` blocks: lines that begin with `$ `, each with the lines up to the next command.
fn examples(markdown: &str) -> Vec<Example<'_>> {
    let mut examples: Vec<Example> = Vec::new();
    let (mut in_console, mut in_other) = (false, false);
    for (line, number) in markdown.lines().zip(1..) {
        match line.strip_prefix("```") {
            Some("console") if !in_other => in_console = true,
            Some(_) if in_console => in_console = false,
            Some(_) => in_other = !in_other,
            None if in_console => match (line.strip_prefix("$ "), examples.last_mut()) {
                (Some(command), _) => examples.push(Example { command, output: String::new(), line: number }),
                (None, Some(example)) => {
                    example.output += line;
                    example.output.push('\n');
                }
                (None, None) => panic!("README.md, line {number}: output without a command"),
            },
            None => {}
        }
    }
    examples
}

#[test]
fn every_command_of_the_readme_prints_what_the_readme_shows() {
    let examples = examples(README);
    let checked: Vec<&Example> = examples.iter().filter(|example| example.is_checked()).collect();
    assert!(checked.len() >= FEWEST, "only {} commands of README.md can be checked", checked.len());
    for example in checked {
        if example.lacks_python() {
            eprintln!("skipped, for there is no python3: {}", example.command);
            continue;
        }
        let Example { command, output, line } = example;
        let Output { status, stdout, stderr } = example.run();
        let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        assert!(status.success(), "README.md, line {line}: {command}\n{stderr}");
        assert!(
            stdout == *output,
            "README.md, line {line}: {command}\nprints\n{stdout}\nwhere README.md shows\n{output}"
        );
        assert_eq!(without_orientation(&stderr), "", "README.md, line {line}: {command}");
    }
}

/// The picture in the README is the one that the command below it draws.
#[test]
fn the_picture_of_the_readme_is_drawn_by_its_command() {
    const PICTURE: &str = "examples/toothgrowth.svg";
    assert!(README.contains(&format!("]({PICTURE})")), "README.md shows {PICTURE}");
    let command = README.lines().find(|line| line.ends_with(&format!("--plot {PICTURE}"))).expect("a command draws it");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let fresh = folder.path().join("fresh.svg");
    let command = command.replace(&format!("--plot {PICTURE}"), &format!("--plot {}", fresh.display()));
    let output = Example { command: &command, output: String::new(), line: 0 }.run();
    assert!(output.status.success(), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
    let shown = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(PICTURE)).expect(PICTURE);
    assert!(std::fs::read(&fresh).expect("a picture") == shown, "{PICTURE} is not what {command} draws");
}

#[test]
fn only_console_blocks_hold_commands_to_check() {
    let markdown =
        "```sh\n$ permtest a b\n```\n```console\n$ permtest c d\n1\n\n2\n$ ls\n```\n$ permtest e f\n```rust\n```\n";
    let expected = [
        Example { command: "permtest c d", output: "1\n\n2\n".to_owned(), line: 5 },
        Example { command: "ls", output: String::new(), line: 9 },
    ];
    assert_eq!(examples(markdown), expected);
    assert_eq!(expected.map(|example| example.is_checked()), [true, false]);
}

#[test]
fn a_pipeline_is_checked_when_all_its_programs_are_known() {
    let checked = |command| Example { command, output: String::new(), line: 1 }.is_checked();
    assert!(checked("gzip -c a.csv | permtest - b.csv"));
    assert!(!checked("curl example.org | permtest - b.csv"));
    assert!(!checked("cargo run -- a.csv b.csv"));
}
