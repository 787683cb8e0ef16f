//! The recipes of `examples/ci/`, run with stand-ins for git, make and hyperfine; and the pages show what the recipes hold.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::guide::{blocks, command};

const WORKFLOW: &str = include_str!("../../examples/ci/github.yml");
const MAKEFILE: &str = include_str!("../../examples/ci/Makefile");
const SCRIPT: &str = include_str!("../../examples/ci/before-merge.sh");
const PAGE: &str = include_str!("../../examples/ci/README.md");
const README: &str = include_str!("../../README.md");

/// Writes ten times of about a second where hyperfine would, of new versions `SLOWER` times as much. Turns differ by some percent.
const HYPERFINE: &str = r#"#!/bin/sh
for word; do
    if [ "$before" = --export-json ]; then file=$word; fi
    before=$word
done
case $file in new-*) factor=${SLOWER:-1} ;; *) factor=1.001 ;; esac
turn=${file%.json}
awk -v turn="${turn#*-}" -v factor="$factor" 'BEGIN {
    printf "{\"results\": [{\"command\": \"tool\", \"times\": ["
    for (run = 1; run <= 10; run++) printf "%s%.6f", run == 1 ? "" : ", ", factor * (1 + turn / 100 + run / 1000)
    print "]}]}"
}' >"$file"
"#;

/// The scripts of the steps of a workflow that have one.
fn scripts(yaml: &str) -> Vec<String> {
    let mut scripts = Vec::new();
    let mut lines = yaml.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((dash, style)) = line.split_once("- run: ") else { continue };
        let indent = dash.len() + 4;
        let mut script = Vec::new();
        while let Some(line) = lines.next_if(|line| line.len() > indent && line[..indent].trim().is_empty()) {
            script.push(&line[indent..]);
        }
        scripts.push(script.join(if style == ">" { " " } else { "\n" }));
    }
    scripts
}

fn only_block<'a>(page: &'a str, kind: &str) -> String {
    let found: Vec<String> = blocks(page)
        .into_iter()
        .filter(|block: &crate::guide::Block<'a>| block.kind == kind)
        .map(|block| block.text)
        .collect();
    assert_eq!(found.len(), 1, "blocks of the kind {kind}");
    found.into_iter().next().unwrap()
}

/// A folder whose `bin` stands in for tools.
fn workplace() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    for (name, text) in [("git", "#!/bin/sh\n"), ("make", "#!/bin/sh\n"), ("hyperfine", HYPERFINE)] {
        fs::write(bin.join(name), text).unwrap();
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

/// Runs the scripts as GitHub does; gives the exit code of the last, what it printed, and the job's summary.
fn run_steps(yaml: &str, slower: &str) -> (Option<i32>, String, String) {
    let folder = workplace();
    let bin = folder.path().join("bin").display().to_string();
    let summary = folder.path().join("summary.md");
    let scripts = scripts(yaml);
    assert_eq!(scripts.len(), 2);
    let mut last = (None, String::new());
    for script in scripts {
        let output = command("bash", folder.path())
            .args(["-ec", &format!("PATH='{bin}':\"$PATH\"\n{script}")])
            .envs([("SLOWER", slower), ("GITHUB_BASE_REF", "main")])
            .env("GITHUB_STEP_SUMMARY", &summary)
            .output()
            .unwrap();
        let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        last = (output.status.code(), stdout + &stderr);
    }
    (last.0, last.1, fs::read_to_string(summary).unwrap())
}

#[test]
fn the_workflows_pass_until_the_new_version_is_slower() {
    for yaml in [WORKFLOW.to_owned(), only_block(README, "yaml")] {
        let (code, text, summary) = run_steps(&yaml, "1");
        assert_eq!(code, Some(0), "{text}");
        assert!(summary.contains("| column |"), "{summary}");
        let (code, text, _) = run_steps(&yaml, "1.2");
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains("::error"), "{text}");
    }
}

#[test]
fn the_page_shows_the_recipes() {
    assert_eq!(scripts(&only_block(PAGE, "yaml")), scripts(WORKFLOW));
    assert!(MAKEFILE.contains(&only_block(PAGE, "make")));
    assert!(SCRIPT.contains(&only_block(PAGE, "sh not-run")));
}

/// Results of hyperfine, the times in seconds.
fn results(folder: &Path, new: &[f64], old: &[f64]) {
    for (name, times) in [("new.json", new), ("baseline.json", old)] {
        let times = serde_json::json!({"results": [{"command": "tool", "times": times}]});
        fs::write(folder.join(name), times.to_string()).unwrap();
    }
}

const FAST: [f64; 6] = [1.00, 1.01, 1.02, 1.03, 1.04, 1.05];
const SLOW: [f64; 6] = [2.00, 2.01, 2.02, 2.03, 2.04, 2.05];

#[test]
fn the_makefile_fails_where_a_benchmark_became_slower() {
    let has_make = Command::new("make").arg("--version").stdin(Stdio::null()).output().is_ok();
    assert!(has_make || std::env::var_os("CI").is_none(), "there is no make");
    if !has_make {
        return;
    }
    for (new, succeeds) in [(FAST, true), (SLOW, false)] {
        let folder = tempfile::tempdir().unwrap();
        results(folder.path(), &new, &FAST);
        fs::write(folder.path().join("Makefile"), MAKEFILE).unwrap();
        let output = command("make", folder.path()).arg("check-speed").output().unwrap();
        assert_eq!(output.status.success(), succeeds, "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_script_fails_warns_or_passes() {
    let few = &FAST[..2];
    for (new, old, code, words) in
        [(&FAST[..], &FAST[..], 0, ""), (&SLOW[..], &FAST[..], 1, ""), (&SLOW[..2], few, 0, "measure more")]
    {
        let folder = tempfile::tempdir().unwrap();
        results(folder.path(), new, old);
        let output = command("sh", folder.path()).args(["-c", SCRIPT]).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{stderr}");
        assert!(stderr.contains(words), "{stderr}");
    }
}
