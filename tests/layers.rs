//! The house's plan: which room may know which, and who alone names which crate. Reads the source as text.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms that it may name; every room may name itself and `error`.
const ARROWS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("simd", &[]),
    ("sampling", &["simd"]),
    ("design", &["sampling"]),
    ("statistic", &["sampling", "simd"]),
    ("method", &["statistic", "design", "sampling", "simd"]),
    ("inference", &["method", "statistic", "design"]),
    ("permutation_test", &["inference", "method", "statistic", "design", "sampling", "simd"]),
    // What follows is the command; the library does without.
    ("settings", &["inference", "method"]),
    ("input", &["settings", "statistic", "design"]),
    ("output", &["settings"]),
    ("distribution", &["settings", "output"]),
    ("progress", &["settings"]),
    ("report", &["inference", "method", "permutation_test", "input", "settings"]),
    ("cli", &["settings", "inference", "input", "method"]),
    ("signals", &[]),
    (
        "app",
        &[
            "permutation_test",
            "inference",
            "method",
            "design",
            "simd",
            "settings",
            "input",
            "output",
            "distribution",
            "progress",
            "report",
            "signals",
        ],
    ),
];

/// Crates and the files that may name them.
const CRATES: &[(&str, &[&str])] = &[
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("clap_mangen", &["cli/"]),
    ("csv", &["input/table.rs", "report/delimited.rs"]),
    ("rayon", &["method/engine.rs"]),
    ("rand_pcg", &["sampling/stream.rs"]),
    ("sha2", &["sampling/stream.rs"]),
    ("pulp", &["simd.rs", "statistic/linear/sums.rs"]),
    ("indicatif", &["progress.rs"]),
    ("tempfile", &["output.rs"]),
    ("signal_hook", &["signals.rs"]),
];

/// Rooms of the library, which read and print nothing.
const LIBRARY: [&str; 7] = ["simd", "sampling", "design", "statistic", "method", "inference", "permutation_test"];
const EFFECTS: [&str; 6] = ["std::fs", "std::io", "std::env", "std::process", "println!", "std::net"];

struct Source {
    /// Relative to src/, with forward slashes.
    path: String,
    text: String,
}

impl Source {
    fn room(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }
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
            if path.is_dir() { walk(&path, files) } else { files.push(path) }
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

/// Rooms that a text names by `crate::`, groups in braces included; types at the root stand for their room.
fn named_rooms(text: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (start, _) in text.match_indices("crate::") {
        let rest = &text[start + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap().split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        for name in names {
            let name: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            match name.as_str() {
                "PermutationTest" | "TestResult" | "NullDistribution" => rooms.insert("permutation_test".to_owned()),
                "" => false,
                _ => rooms.insert(name),
            };
        }
    }
    rooms
}

/// Wrong arrows from a room, by its text.
fn wrong_arrows(room: &str, text: &str) -> Vec<String> {
    let allowed = ARROWS.iter().find(|(name, _)| *name == room).map(|(_, allowed)| *allowed);
    let Some(allowed) = allowed else { return vec![format!("{room} has no place in the plan")] };
    let is_wrong = |named: &String| named != room && named != "error" && !allowed.contains(&named.as_str());
    named_rooms(text).into_iter().filter(is_wrong).map(|named| format!("{room} -> {named}")).collect()
}

#[test]
fn dependencies_point_one_way() {
    for source in sources() {
        if ["main.rs", "lib.rs"].contains(&source.path.as_str()) {
            continue;
        }
        let wrong = wrong_arrows(source.room(), &source.text);
        assert!(wrong.is_empty(), "src/{}: {}", source.path, wrong.join(", "));
    }
}

#[test]
fn no_room_is_reached_from_one_that_it_knows() {
    // The plan itself has no circle: an order exists in which every room names only rooms before it.
    let mut placed: BTreeSet<&str> = BTreeSet::new();
    while placed.len() < ARROWS.len() {
        let next = ARROWS.iter().find(|(room, allowed)| {
            !placed.contains(room) && allowed.iter().all(|named| placed.contains(named) || *named == "error")
        });
        placed.insert(next.expect("a circle in the plan").0);
    }
}

#[test]
fn each_crate_has_its_door() {
    for source in sources() {
        for (name, doors) in CRATES {
            let is_named =
                source.text.contains(&format!("use {name}::")) || source.text.contains(&format!(" {name}::"));
            let is_door = doors.iter().any(|door| source.path.starts_with(door));
            assert!(!is_named || is_door, "src/{} names {name}, which only {doors:?} may", source.path);
        }
    }
}

#[test]
fn the_library_has_no_effects() {
    for source in sources().iter().filter(|source| LIBRARY.contains(&source.room())) {
        for effect in EFFECTS {
            assert!(!source.text.contains(effect), "src/{} uses {effect}", source.path);
        }
    }
}

#[test]
fn these_checks_can_fail() {
    assert_eq!(wrong_arrows("sampling", "use crate::method::engine;"), ["sampling -> method"]);
    assert_eq!(wrong_arrows("report", "let x = crate::{app::run, error::Error};"), ["report -> app"]);
    assert_eq!(wrong_arrows("statistic", "use crate::TestResult;"), ["statistic -> permutation_test"]);
    assert_eq!(wrong_arrows("app", "use crate::error::Error;\nuse crate::input::read;"), [""; 0]);
    assert_eq!(wrong_arrows("cellar", ""), ["cellar has no place in the plan"]);
}
