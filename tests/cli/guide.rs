//! README.md and the guide show what the program prints: the blocks of every page are run, and what they print is compared
//! with the page, byte for byte.
//!
//! The blocks of a page are run in order, in one folder that has `examples` and `tests/data` of the repository, with
//! `permtest` on the path. What a block begins with says what becomes of it:
//!
//! | block | |
//! |---|---|
//! | `console` | each line that begins with `$ ` is run in a POSIX shell; it succeeds and prints the lines below it, nothing else |
//! | `sh` | run as a script, which succeeds |
//! | `python` | the same, by Python |
//! | `sh not-run` | not run: it needs a network or a compiler, or is run by another test |
//! | `yaml`, `make` | recipes; see recipes.rs |
//! | `rust` | doctests; see lib.rs |
//!
//! In README.md the commands in tables are run as well, in `examples/data`.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::command::{permtest, without_orientation};

const README: &str = "README.md";

/// The pages of the guide, by the topic of `permtest help` that prints each.
const GUIDE: [(&str, &str); 7] = [
    ("cookbook", "examples/README.md"),
    ("input", "src/input/README.md"),
    ("report", "src/report/README.md"),
    ("methods", "src/method/README.md"),
    ("ci", "examples/ci/README.md"),
    ("cluster", "examples/distributed/README.md"),
    ("measurements", "benches/README.md"),
];

fn pages() -> impl Iterator<Item = &'static str> {
    std::iter::once(README).chain(GUIDE.map(|(_, path)| path))
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text_of(page: &str) -> String {
    fs::read_to_string(repository().join(page)).unwrap_or_else(|error| panic!("{page}: {error}"))
}

/// A block of a page.
#[derive(Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// What stands behind the three backticks.
    pub kind: &'a str,
    pub text: String,
    /// Line number of its first line.
    pub line: usize,
}

/// A command of a `console` block and what it is said to print.
#[derive(Debug, PartialEq, Eq)]
struct Example<'a> {
    command: &'a str,
    output: String,
}

/// The blocks of a page.
pub fn blocks(markdown: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (line, number) in markdown.lines().zip(1..) {
        match (line.strip_prefix("```"), &mut open) {
            (Some(kind), None) => open = Some(Block { kind, text: String::new(), line: number + 1 }),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => {
                block.text += line;
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert_eq!(open, None, "a block that does not end");
    blocks
}

/// The lines outside of blocks.
fn prose(markdown: &str) -> impl Iterator<Item = &str> {
    let mut is_prose = true;
    markdown.lines().filter(move |line| {
        let is_fence = line.starts_with("```");
        is_prose ^= is_fence;
        is_prose && !is_fence
    })
}

/// The commands of a `console` block, each with the lines up to the next command.
fn examples(console: &str) -> Vec<Example<'_>> {
    let mut examples: Vec<Example> = Vec::new();
    for line in console.lines() {
        match (line.strip_prefix("$ "), examples.last_mut()) {
            (Some(command), _) => examples.push(Example { command, output: String::new() }),
            (None, Some(example)) => {
                example.output += line;
                example.output.push('\n');
            }
            (None, None) => panic!("output without a command: {line}"),
        }
    }
    examples
}

/// A folder in which the commands of a page can be run.
pub fn room() -> TempDir {
    let room = tempfile::tempdir().expect("a temporary folder");
    for folder in ["examples", "tests/data"] {
        copy(&repository().join(folder), &room.path().join(folder));
    }
    room
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder of the repository").map(Result::unwrap) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() { copy(&from, &to) } else { fs::copy(&from, &to).map(drop).expect("a file") }
    }
}

/// A program in a folder, with permtest on its path.
pub fn command(program: &str, folder: &Path) -> Command {
    let mut path =
        OsString::from(Path::new(env!("CARGO_BIN_EXE_permtest")).parent().expect("a program lies in a folder"));
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let mut command = Command::new(program);
    command.current_dir(folder).env("PATH", path).stdin(Stdio::null());
    for variable in ["CLICOLOR_FORCE", "GITHUB_STEP_SUMMARY", "PERMTEST_SIMD"] {
        command.env_remove(variable);
    }
    command
}

fn shell(script: &str, folder: &Path) -> Output {
    command("sh", folder).args(["-ec", script]).output().expect("there is a POSIX shell")
}

/// A Python that can run this program; `None` where there is none, which is a failure where CI is set.
fn python(program: &str) -> Option<String> {
    let python = std::env::var("PERMTEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let module = if program.contains("numpy") { "import numpy" } else { "" };
    let found = Command::new(&python).args(["-c", module]).stdin(Stdio::null()).output();
    let is_there = found.is_ok_and(|output| output.status.success());
    assert!(is_there || std::env::var_os("CI").is_none(), "{python} cannot run {program}");
    if !is_there {
        eprintln!("skipped, for lack of Python or NumPy: {program}");
    }
    is_there.then_some(python)
}

#[track_caller]
fn assert_success(output: &Output, place: &str) {
    let Output { status, stdout, stderr } = output;
    let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8_lossy(bytes));
    assert!(status.success(), "{place}\n{status}\n{stdout}{stderr}");
}

/// Runs the blocks of a page.
fn check(page: &str) {
    let markdown = text_of(page);
    let room = room();
    for Block { kind, text, line } in blocks(&markdown) {
        let place = format!("{page}, line {line}");
        match kind {
            "console" => {
                for Example { command, output } in examples(&text) {
                    if command.contains("python3") && python("").is_none() {
                        continue;
                    }
                    let place = format!("{place}: {command}");
                    let seen = shell(command, room.path());
                    assert_success(&seen, &place);
                    let stdout = String::from_utf8_lossy(&seen.stdout);
                    assert!(stdout == output, "{place}\nprints\n{stdout}\nwhere the page shows\n{output}");
                    assert_eq!(without_orientation(&String::from_utf8_lossy(&seen.stderr)), "", "{place}");
                }
            }
            "sh" if text.contains("python3") && python("").is_none() => {}
            "sh" => assert_success(&shell(&text, room.path()), &place),
            "python" => {
                if let Some(python) = python(&text) {
                    let seen = command(&python, room.path()).args(["-c", &text]).output().expect("Python");
                    assert_success(&seen, &place);
                }
            }
            "sh not-run" | "yaml" | "make" => {}
            "rust" => assert_eq!(page, "examples/README.md", "lib.rs has the doctests of this page alone"),
            other => panic!("{place}: a block of the kind {other:?}, of which nobody knows how to run it"),
        }
    }
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    check(README);
}

#[test]
fn the_cookbook_shows_what_the_program_prints() {
    check("examples/README.md");
}

#[test]
fn the_page_about_input_shows_what_the_program_prints() {
    check("src/input/README.md");
}

#[test]
fn the_page_about_reports_shows_what_the_program_prints() {
    check("src/report/README.md");
}

#[test]
fn the_page_about_methods_shows_what_the_program_prints() {
    check("src/method/README.md");
}

#[test]
fn the_page_about_ci_shows_what_the_program_prints() {
    check("examples/ci/README.md");
}

#[test]
fn the_page_about_clusters_shows_what_the_program_prints() {
    check("examples/distributed/README.md");
}

#[test]
fn the_measurements_show_what_the_program_prints() {
    check("benches/README.md");
}

/// Commands in the tables of the README are run where its data are.
#[test]
fn every_command_in_a_table_of_the_readme_runs() {
    let readme = text_of(README);
    let rows = prose(&readme).filter(|line| line.starts_with('|'));
    let commands: Vec<&str> =
        rows.flat_map(|row| row.split('`').skip(1).step_by(2)).filter(|code| code.starts_with("permtest ")).collect();
    assert!(commands.len() >= 9, "{commands:?}");
    for command in commands.into_iter().filter(|command| *command != "permtest help") {
        assert_success(&shell(command, &repository().join("examples/data")), command);
    }
}

/// The picture in the README is the one that the command below it draws.
#[test]
fn the_picture_of_the_readme_is_drawn_by_its_command() {
    const PICTURE: &str = "examples/toothgrowth.svg";
    let readme = text_of(README);
    assert!(readme.contains(&format!("]({PICTURE})")), "README.md shows {PICTURE}");
    let command = readme.lines().find(|line| line.ends_with(&format!("--plot {PICTURE}"))).expect("a command draws it");
    let room = room();
    fs::remove_file(room.path().join(PICTURE)).expect(PICTURE);
    assert_success(&shell(command, room.path()), command);
    let [fresh, shown] = [room.path(), repository()].map(|folder| fs::read(folder.join(PICTURE)).expect(PICTURE));
    assert!(fresh == shown, "{PICTURE} is not what {command} draws");
}

/// A README that fits a few screens, and names every page.
#[test]
fn the_readme_is_short_and_leads_to_every_page() {
    let readme = text_of(README);
    assert!(readme.lines().count() <= 300, "README.md has {} lines", readme.lines().count());
    for (topic, page) in GUIDE {
        assert!(readme.contains(&format!("]({page}) | `{topic}` |")), "README.md lacks {page}, {topic}");
    }
}

#[test]
fn help_prints_the_pages_of_the_guide() {
    let mut list = permtest().args(["help"]).stderr("");
    for (topic, page) in GUIDE {
        list = list.stdout_contains(&format!("\n  {topic:12} "));
        let printed = permtest().args(["help", topic]).stderr("").seen().stdout;
        let markdown = text_of(page);
        assert_eq!(printed.lines().next(), markdown.lines().next(), "{page}");
        assert_eq!(blocks(&printed), blocks(&markdown), "{page}");
        assert!(!printed.contains("]("), "links of {page}");
    }
    list.run();
}

/// How forges name a heading: small letters, no punctuation, hyphens for blanks.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn anchors(markdown: &str) -> Vec<String> {
    let headings = prose(markdown).filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#'))).collect()
}

#[test]
fn every_link_leads_somewhere() {
    for page in pages() {
        let markdown = text_of(page);
        let folder = repository().join(page).parent().expect("a folder").to_owned();
        for line in prose(&markdown) {
            for target in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                if target.starts_with("https://") {
                    continue;
                }
                let (path, heading) = target.split_once('#').unwrap_or((target, ""));
                let file = if path.is_empty() { repository().join(page) } else { folder.join(path) };
                assert!(file.exists(), "{page}: {target}");
                if !heading.is_empty() {
                    let there = fs::read_to_string(&file).expect("a page");
                    assert!(anchors(&there).iter().any(|anchor| anchor == heading), "{page}: {target}");
                }
            }
        }
    }
}

#[test]
fn blocks_and_commands_are_found() {
    let markdown = "a\n```console\n$ permtest c d\n1\n\n2\n$ ls\n```\n# B, c\n```sh not-run\nx\n```\n";
    let blocks = blocks(markdown);
    let found: Vec<_> = blocks.iter().map(|block| (block.kind, block.line)).collect();
    assert_eq!(found, [("console", 3), ("sh not-run", 11)]);
    let expected = [
        Example { command: "permtest c d", output: "1\n\n2\n".to_owned() },
        Example { command: "ls", output: String::new() },
    ];
    assert_eq!(examples(&blocks[0].text), expected);
    assert_eq!(prose(markdown).collect::<Vec<_>>(), ["a", "# B, c"]);
    assert_eq!(anchors(markdown), ["b-c"]);
}
