//! Help, manual page, completions.

use permtest::statistic::catalogue::CATALOGUE;

use crate::command::permtest;

#[test]
fn alone_it_says_how_it_is_used_on_stderr() {
    permtest().exit(2).stdout("").stderr_contains("Usage: permtest").stderr_contains("--help").run();
}

#[test]
fn the_short_help_names_every_group_of_options() {
    let mut run = permtest().args(["-h"]).stderr("");
    for title in ["Usage: permtest [OPTIONS] <CASE> <CONTROL>", "Input:", "Test:", "Computing:", "Output:", "--help"] {
        run = run.stdout_contains(title);
    }
    run.run();
}

#[test]
fn the_long_help_has_examples_exit_codes_and_environment() {
    let mut run = permtest().args(["--help"]).stderr("");
    for title in ["Examples:", "Exit codes:", "130", "Environment:", "NO_COLOR", "PERMTEST_SIMD"] {
        run = run.stdout_contains(title);
    }
    run.run();
}

#[test]
fn the_version_is_that_of_the_package() {
    for option in ["-V", "--version"] {
        permtest().args([option]).stdout(concat!("permtest ", env!("CARGO_PKG_VERSION"), "\n")).stderr("").run();
    }
}

#[test]
fn the_manual_page_is_roff_with_all_its_sections() {
    let mut run = permtest().args(["man"]).stderr("").stdout_contains(".TH permtest 1");
    for title in ["NAME", "SYNOPSIS", "DESCRIPTION", "INPUT", "TEST", "COMPUTING", "OUTPUT", "EXAMPLES"] {
        run = run.stdout_contains(&format!(".SH {title}\n"));
    }
    run.stdout_contains(".SH \"EXIT STATUS\"\n").stdout_contains(".SH ENVIRONMENT\n").run();
}

#[test]
fn every_statistic_with_a_name_is_listed() {
    let mut run = permtest().args(["statistics"]).stderr("");
    for entry in CATALOGUE {
        // A line each, as it is written on the command line.
        run = run.stdout_contains(&format!("\n  {entry} ")).stdout_contains(&format!(" {}\n", entry.description));
    }
    for example in ["'mean(log(x)) - mean(log(y))'", "'quantile(x, 0.9) / quantile(y, 0.9)'", "'mean(x > 3)'"] {
        run = run.stdout_contains(example);
    }
    run.run();
}

#[test]
fn the_list_of_statistics_is_where_one_looks_for_it() {
    for page in ["-h", "--help", "man"] {
        permtest().args([page]).stdout_contains("permtest statistics").stderr("").run();
    }
    permtest().args(["--help"]).stdout_contains("permtest statistics lists the names").run();
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        permtest().args(["completions", shell]).stderr("").stdout_contains("PERMTEST_COMPLETE").run();
    }
}

#[test]
fn completions_come_from_the_file_that_is_named() {
    let benchmarks = "{\"results\": [{\"command\": \"sleep 1\", \"times\": [1, 2]}]}";
    let completed = |words: &[&str], expected: &[&str]| {
        let index = (words.len() - 1).to_string();
        let mut run = permtest()
            .args(["--", "permtest"])
            .args(&words[1..])
            .environment("PERMTEST_COMPLETE", "bash")
            .environment("_CLAP_COMPLETE_INDEX", &index)
            .file("d.csv", "len,supp,dose\n1,OJ,2\n")
            .file("r.json", benchmarks)
            .stderr("");
        for word in expected {
            run = run.stdout_contains(word);
        }
        run.run();
    };
    completed(&["permtest", "d.csv", "-c", ""], &["len", "supp", "dose"]);
    completed(&["permtest", "d.csv", "--group", "s"], &["supp"]);
    completed(&["permtest", "r.json", "-c", ""], &["sleep"]);
    completed(&["permtest", "d.csv", "-s", ""], &["median", "rank-sum"]);
    completed(&["permtest", "d.csv", "--alternative", ""], &["greater", "less"]);
    completed(&["permtest", "d"], &["d.csv"]);
    completed(&["permtest", "d.csv", "-o", "r"], &["r.json"]);
    completed(&["permtest", "help", ""], &["cookbook", "methods"]);
}

#[test]
fn the_names_of_subcommands_are_not_swallowed_as_files() {
    permtest().args(["man", "control.csv"]).refused(["control.csv", "./man"]).run();
    permtest().args(["statistics", "control.csv"]).refused(["control.csv", "./statistics"]).run();
    permtest().args(["completions", "control.csv"]).refused(["control.csv", "bash", "./completions"]).run();
    permtest().args(["completions"]).refused(["shell", "bash"]).run();
}

#[test]
fn help_is_coloured_where_colours_are_wanted_only() {
    permtest().args(["-h"]).environment("CLICOLOR_FORCE", "1").stdout_contains("\u{1b}[").run();
    permtest().args(["--version"]).stdout(concat!("permtest ", env!("CARGO_PKG_VERSION"), "\n")).run();
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    permtest().args(["--help"]).stdout_to("/dev/full").refused(["standard output"]).run();
}
