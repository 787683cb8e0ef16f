//! The house's plan: which room may know which, and who alone names which crate. Reads the source as text.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms that it may name; every room may name itself, `error` and `message`.
const ARROWS: &[(&str, &[&str])] = &[
    ("message", &[]),
    ("error", &[]),
    ("simd", &[]),
    ("sampling", &["simd"]),
    ("design", &["sampling", "simd"]),
    ("statistic", &["design", "sampling", "simd"]),
    ("method", &["statistic", "design", "sampling", "simd"]),
    ("inference", &["method", "statistic", "design", "sampling"]),
    ("permutation_test", &["inference", "method", "statistic", "design", "sampling", "simd"]),
    // What follows is the command; the library does without.
    ("settings", &["inference", "method", "statistic", "permutation_test", "program"]),
    ("escape", &[]),
    ("flags", &[]),
    ("stderr", &["escape", "flags"]),
    ("signals", &[]),
    ("input", &["settings", "statistic", "design", "escape"]),
    ("output", &["settings", "signals"]),
    ("distribution", &["escape", "settings", "output"]),
    ("program", &["statistic", "sampling", "simd", "signals"]),
    ("part", &["permutation_test", "method", "input", "output"]),
    ("progress", &["settings"]),
    (
        "report",
        &["inference", "method", "statistic", "design", "permutation_test", "input", "settings", "escape", "flags"],
    ),
    ("cli", &["settings", "inference", "input", "method", "statistic", "permutation_test", "program", "part"]),
    ("aa", &["permutation_test", "settings", "input", "output", "report", "signals", "stderr"]),
    ("command", &["aa", "app", "cli", "inference", "output", "signals", "stderr"]),
    (
        "app",
        &[
            "permutation_test",
            "design",
            "inference",
            "method",
            "statistic",
            "simd",
            "part",
            "settings",
            "escape",
            "input",
            "output",
            "distribution",
            "progress",
            "program",
            "report",
            "signals",
            "stderr",
        ],
    ),
];

/// Crates and the files that may name them.
const CRATES: &[(&str, &[&str])] = &[
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("clap_mangen", &["cli/"]),
    ("csv", &["input/table.rs", "input/table/", "report/delimited.rs", "distribution.rs"]),
    (
        "encoding_rs",
        &[
            "input/encoding.rs",
            "input/source.rs",
            "input/dataset.rs",
            "settings/mod.rs",
            "cli/arguments.rs",
            "cli/value_parsers.rs",
        ],
    ),
    ("calamine", &["input/sheet.rs"]),
    ("zip", &["input/sheet.rs"]),
    ("indexmap", &["input/frame.rs", "input/records.rs"]),
    ("rayon", &["method/engine.rs"]),
    ("rand_pcg", &["sampling/stream.rs"]),
    ("sha2", &["sampling/stream.rs", "report/page/mod.rs", "part/mod.rs"]),
    ("base64", &["report/page/mod.rs"]),
    ("maud", &["report/page/"]),
    ("ab_glyph_rasterizer", &["report/plot/fonts.rs", "report/plot/png.rs"]),
    ("ttf_parser", &["report/plot/fonts.rs"]),
    ("dejavu", &["report/plot/fonts.rs"]),
    ("terminal_size", &["output/mod.rs"]),
    ("pulp", &["simd.rs"]),
    ("indicatif", &["progress.rs"]),
    ("tempfile", &["output/atomic.rs"]),
    ("strsim", &["statistic/expression/names.rs", "statistic/definition.rs", "input/column.rs"]),
    ("winnow", &["statistic/expression/"]),
    ("signal_hook", &["signals.rs"]),
    ("rustix", &["program/child.rs"]),
    ("serde_path_to_error", &["input/benchmarks/document.rs"]),
    ("glob", &["cli/samples.rs", "cli/value_parsers.rs", "settings/mod.rs"]),
    ("shell_words", &["escape.rs", "program/mod.rs", "report/page/mod.rs"]),
];

/// What every room may name.
const EVERYWHERE: [&str; 2] = ["error", "message"];

/// Rooms of the library, which read and print nothing.
const LIBRARY: [&str; 7] = ["simd", "sampling", "design", "statistic", "method", "inference", "permutation_test"];
const EFFECTS: [&str; 8] = ["std::fs", "std::io", "std::env", "std::process", "std::net", "println!", "print!", "dbg!"];

struct Source {
    /// Relative to src/, with forward slashes.
    path: String,
    text: String,
}

/// The room that a file belongs to.
fn room(path: &str) -> &str {
    path.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The source without comments and without what follows `#[cfg(test)]`.
fn product_code(text: &str) -> String {
    let product = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    product.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_none_or(|extension| extension != "md") {
                files.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    let source = |file: PathBuf| Source {
        path: file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/"),
        text: product_code(&fs::read_to_string(&file).unwrap()),
    };
    let is_test = |source: &Source| source.path.ends_with("tests.rs") || source.path == "report/samples.rs";
    files.into_iter().map(source).filter(|source| !is_test(source)).collect()
}

/// Text up to the brace that closes a group, which begins after its opening brace.
fn group(text: &str) -> &str {
    let mut depth = 1;
    let end = text.find(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => (),
        }
        depth == 0
    });
    &text[..end.unwrap_or(text.len())]
}

/// The names that paths after a prefix begin with: one, or several where a group in braces follows, nested or not.
fn first_names(rest: &str) -> Vec<&str> {
    let Some(rest) = rest.strip_prefix('{') else { return vec![rest] };
    let (mut depth, mut names, mut start) = (0, Vec::new(), 0);
    let group = group(rest);
    for (i, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(&group[start..i]);
                start = i + 1;
            }
            _ => (),
        }
    }
    names.push(&group[start..]);
    names
}

/// How many times `super::` leads from a file to the root of the crate.
fn depth(path: &str) -> usize {
    let folders = path.matches('/').count();
    if path.ends_with("/mod.rs") { folders } else { folders + 1 }
}

/// Rooms that the text of a file names by `crate::` or by as many `super::` as lead to the root, groups in braces
/// included; types at the root stand for their room.
fn named_rooms(path: &str, text: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    let to_the_root = "super::".repeat(depth(path));
    let after = |prefix: &str| {
        let ends = text.match_indices(prefix).map(|(start, _)| start + prefix.len()).collect::<Vec<_>>();
        ends.into_iter().flat_map(|end| first_names(&text[end..])).collect::<Vec<_>>()
    };
    for name in after("crate::").into_iter().chain(after(&to_the_root)) {
        let name: String = name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        match name.as_str() {
            "Definition" | "TestStatistic" => rooms.insert("statistic".to_owned()),
            "PermutationTest" | "JointTest" | "JointReady" | "SharedRows" | "TestResult" | "NullDistribution"
            | "Undefined" | "Ready" | "Partial" | "Cut" | "Take" => rooms.insert("permutation_test".to_owned()),
            "" => false,
            _ => rooms.insert(name),
        };
    }
    rooms
}

/// Whether a text names a crate at the beginning of a path, in whatever place.
fn names_crate(text: &str, name: &str) -> bool {
    text.match_indices(&format!("{name}::")).any(|(start, _)| {
        let before = &text[..start];
        // `my_csv::` is another name, and `super::csv::` another module; `::csv::` is the crate.
        let continues = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let is_module = before.strip_suffix("::").is_some_and(|path| path.ends_with(|c: char| c.is_alphanumeric()));
        !continues && !is_module
    })
}

/// Wrong arrows from a file, by its text.
fn wrong_arrows(path: &str, text: &str) -> Vec<String> {
    let room = room(path);
    let allowed = ARROWS.iter().find(|(name, _)| *name == room).map(|(_, allowed)| *allowed);
    let Some(allowed) = allowed else { return vec![format!("{room} has no place in the plan")] };
    let is_wrong =
        |named: &String| named != room && !EVERYWHERE.contains(&named.as_str()) && !allowed.contains(&named.as_str());
    named_rooms(path, text).into_iter().filter(is_wrong).map(|named| format!("{room} -> {named}")).collect()
}

#[test]
fn dependencies_point_one_way() {
    for source in sources() {
        if ["main.rs", "lib.rs"].contains(&source.path.as_str()) {
            continue;
        }
        let wrong = wrong_arrows(&source.path, &source.text);
        assert!(wrong.is_empty(), "src/{}: {}", source.path, wrong.join(", "));
    }
}

#[test]
fn no_room_is_reached_from_one_that_it_knows() {
    // The plan itself has no circle: an order exists in which every room names only rooms before it.
    let mut placed: BTreeSet<&str> = BTreeSet::new();
    while placed.len() < ARROWS.len() {
        let next = ARROWS
            .iter()
            .find(|(room, allowed)| !placed.contains(room) && allowed.iter().all(|named| placed.contains(named)));
        placed.insert(next.expect("a circle in the plan").0);
    }
}

#[test]
fn each_crate_has_its_door() {
    for source in sources() {
        for (name, doors) in CRATES {
            let is_named = names_crate(&source.text, name);
            let is_door = doors.iter().any(|door| source.path.starts_with(door));
            assert!(!is_named || is_door, "src/{} names {name}, which only {doors:?} may", source.path);
        }
    }
}

#[test]
fn the_library_has_no_effects() {
    for source in sources().iter().filter(|source| LIBRARY.contains(&room(&source.path))) {
        for effect in EFFECTS {
            assert!(!source.text.contains(effect), "src/{} uses {effect}", source.path);
        }
    }
}

/// Whether a text names an option of the command: `--method`, `-n`.
fn names_option(text: &str) -> bool {
    let is_long = |(start, _)| text[start + 2..].starts_with(|c: char| c.is_ascii_lowercase());
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let names = |option: &str| {
        text.match_indices(option)
            .any(|(start, _)| text[..start].ends_with([' ', '"']) && !text[start + option.len()..].starts_with(is_word))
    };
    text.match_indices("--").any(is_long) || ["-n", "-j", "-s"].into_iter().any(names)
}

#[test]
fn the_library_names_no_option_of_the_command() {
    for Source { path, text } in sources() {
        let is_library = LIBRARY.contains(&room(&path)) || EVERYWHERE.contains(&room(&path));
        let named = text.lines().find(|line| is_library && names_option(line));
        assert_eq!(named, None, "src/{path}");
    }
    for text in ["draw more with -n", "\"-j\"", "try --method exact", "choose -s welch"] {
        assert!(names_option(text), "{text}");
    }
    for text in ["a - b", "Anderson-Darling", "x -1", "-- ", "    -normal::inverse(share)"] {
        assert!(!names_option(text), "{text}");
    }
}

#[test]
fn a_wrong_arrow_is_found_however_it_is_written() {
    let wrong = ["sampling -> method"];
    for text in [
        "use crate::method::engine;",
        "let x = crate::method::engine::run();",
        "use crate::{error::Error, method::engine};",
        "use crate::{simd::{self, Arch}, method};",
        "pub(crate) use crate::{\n    simd::Arch,\n    method,\n};",
        "use super::super::method;",
        "fn f(x: super::super::method::tally::Tally) {}",
    ] {
        assert_eq!(wrong_arrows("sampling/stream.rs", text), wrong, "{text}");
    }
    // From mod.rs, and from a file at the root, it is fewer steps to the root; from a deeper folder, more.
    assert_eq!(wrong_arrows("sampling/mod.rs", "use super::method;"), wrong);
    assert_eq!(wrong_arrows("sampling/subset/flips.rs", "use super::super::super::method;"), wrong);
    assert_eq!(wrong_arrows("progress.rs", "use super::app::run;"), ["progress -> app"]);
    assert_eq!(wrong_arrows("statistic/mod.rs", "use crate::TestResult;"), ["statistic -> permutation_test"]);
    assert_eq!(wrong_arrows("cellar/mod.rs", ""), ["cellar has no place in the plan"]);
}

#[test]
fn a_right_arrow_is_no_alarm() {
    assert_eq!(wrong_arrows("app.rs", "use crate::error::Error;\nuse crate::input::read;"), [""; 0]);
    assert_eq!(wrong_arrows("sampling/stream.rs", "use super::bounded;\nuse crate::simd::{self, Arch};"), [""; 0]);
    assert_eq!(wrong_arrows("sampling/subset/flips.rs", "use super::super::stream::Stream;"), [""; 0]);
}

#[test]
fn a_crate_is_seen_wherever_a_path_begins() {
    for text in ["use csv::Reader;", "fn f(x: &csv::Error) {}", "Option<csv::Reader>", "(csv::Reader", "::csv::Reader"]
    {
        assert!(names_crate(text, "csv"), "{text}");
    }
    for text in ["my_csv::read()", "super::csv::read()", "let csv = 1;"] {
        assert!(!names_crate(text, "csv"), "{text}");
    }
}
