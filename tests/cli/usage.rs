//! Wrong command lines: one line that says what is wrong and what to write instead, exit code 2, nothing on stdout.

use crate::command::permtest;

#[test]
fn an_unknown_option_is_met_with_the_one_that_was_meant() {
    permtest()
        .args(["a.csv", "b.csv", "--sead", "1"])
        .exit(2)
        .stdout("")
        .stderr("permtest: --sead is not an option of permtest; did you mean --seed?\n")
        .run();
    permtest().args(["a.csv", "b.csv", "-x"]).refused(["-x", "--help", "./-x"]).run();
}

#[test]
fn what_other_programs_call_it_is_met_with_the_name_here() {
    let met = |args: &[&str], words: &str| permtest().args(["a", "b"]).args(args).refused([words]).run();
    met(&["-s", "t.test"], "--statistic t.test is not known; did you mean t?");
    met(&["-s", "wilcoxon"], "did you mean rank-sum, or for pairs signed-rank?");
    met(&["-s", "mann-whitney"], "did you mean rank-sum?");
    met(&["--id", "x"], "--id is not an option of permtest; did you mean --pair?");
    met(&["--by", "x"], "did you mean --group?");
    met(&["--ci"], "did you mean --confidence?");
    met(
        &["--report", "out.pdf"],
        "--report out.pdf is to be pdf, but a report is a page of HTML; let the name end in .html",
    );
    permtest().args(["merge"]).refused(["the command merge needs the part files", "permtest merge part-*.json"]).run();
}

#[test]
fn a_misspelt_column_is_met_with_the_one_that_was_meant() {
    let met = |args: &[&str], words: &str| {
        permtest().args(["d"]).args(args).file("d", "len,supp,dose\n1,a,2\n2,b,3\n").refused([words]).run();
    };
    met(
        &["--group", "sup"],
        "no column is called \"sup\"; the columns are len, supp, dose; did you mean --group supp?",
    );
    met(&["--group", "supp", "-c", "dsoe"], "did you mean --column dose?");
    met(&["--group", "supp", "-c", "len,dose"], "name each with an option of its own: --column len --column dose");
    met(&["--group", "supp", "-c", "weight"], "say --column with one of these, or a number from 1 to 3");
}

#[test]
fn help_is_printed_for_whoever_asks_for_it_as_a_command() {
    permtest().args(["help"]).stdout_contains("--alternative").stderr("").run();
    permtest().args(["help", "merge"]).stdout_contains("--allow-partial").run();
    permtest().args(["help", "statistics"]).stdout_contains("signed-rank").run();
    let refused = |topic: &str, words: &str| {
        permtest().args(["help", topic]).refused([&*format!("there is no help about {topic:?}; {words}")]).run();
    };
    refused("mehtods", "did you mean permtest help methods?");
    refused("Cook-Book", "did you mean permtest help cookbook?");
    refused("me", "the topics are cookbook, input, report, methods, ci, cluster, measurements, aa,");
}

#[test]
fn a_wrong_choice_is_met_with_the_right_ones() {
    permtest().args(["a.csv", "b.csv", "-f", "jsno"]).refused(["--format", "\"jsno\"", "json", "markdown"]).run();
    permtest().args(["a.csv", "b.csv", "-a", "larger"]).refused(["--alternative", "greater", "less"]).run();
    permtest().args(["a.csv", "b.csv", "--decimal", ";"]).refused(["--decimal", "one of ., ,"]).run();
}

#[test]
fn an_option_without_its_value_is_refused() {
    permtest().args(["a.csv", "b.csv", "--seed"]).refused(["--seed needs a value", "<N|random>"]).run();
    permtest().args(["a.csv", "b.csv", "--format"]).refused(["--format needs a value", "json"]).run();
    permtest().args(["a.csv", "b.csv", "--json=yes"]).refused(["--json takes no value"]).run();
    permtest().args(["a.csv", ""]).refused(["empty", "standard input"]).run();
}

#[test]
fn an_option_given_twice_is_refused() {
    permtest().args(["a.csv", "b.csv", "--seed", "1", "--seed", "2"]).refused(["--seed", "twice"]).run();
}

#[test]
fn numbers_of_resamples_out_of_range_are_refused_with_the_range() {
    for number in ["0", "-5", "1e99", "0.5", "-1e7", "1_000_000_000_001", "many", "1,000", ""] {
        permtest().args(["a.csv", "b.csv", "-n", number]).refused(["--resamples"]).run();
    }
    permtest()
        .args(["a.csv", "b.csv", "-n", "-5"])
        .stderr(
            "permtest: --resamples \"-5\" is negative; \
             give a whole number from 1 to 1e12, such as 10000000, 10_000_000, 1e7 or 10M\n",
        )
        .exit(2)
        .run();
}

#[test]
fn seeds_threads_and_levels_out_of_range_are_refused() {
    for seed in ["-1", "1.5", "18446744073709551616", "dice"] {
        permtest().args(["a.csv", "b.csv", "--seed", seed]).refused(["--seed", seed, "random"]).run();
    }
    for threads in ["0", "-1", "1025", "two"] {
        permtest().args(["a.csv", "b.csv", "-j", threads]).refused(["--threads", threads, "from 1 to 1024"]).run();
    }
    for level in ["0", "1", "95", "-0.5", "NaN", "95%"] {
        permtest().args(["a.csv", "b.csv", "--confidence", level]).refused(["--confidence", level, "0.99"]).run();
    }
    for mu in ["inf", "nan", "1e999", "0,5", "%", "five"] {
        permtest().args(["a.csv", "b.csv", "--mu", mu]).refused(["--mu", mu, "5%"]).run();
    }
}

#[test]
fn without_a_file_the_forms_are_named() {
    permtest().args(["-n", "10"]).refused(["no data file", "--group"]).run();
}

#[test]
fn one_file_alone_does_not_say_where_its_groups_are() {
    let alone = permtest().args(["data.csv"]).file("data.csv", "len,supp\n1,a\n2,b\n");
    alone.refused(["data.csv", "second file", "--group", "--case", "--control"]).run();
    permtest().args(["-"]).stdin("len,supp\n1,a\n2,b\n").refused(["standard input", "--group"]).run();
    permtest().args(["-"]).stdin("len\n1\n2\n").refused(["standard input", "add the file of the control"]).run();
}

#[test]
fn three_files_are_too_many() {
    permtest().args(["a.csv", "b.csv", "c.csv"]).refused(["3 files", "--group"]).run();
}

#[test]
fn columns_of_labels_do_not_go_with_two_files() {
    permtest().args(["a.csv", "b.csv", "--group", "g"]).refused(["--group", "two files", "leave out"]).run();
    permtest().args(["a.csv", "b.csv", "--case", "g"]).refused(["--case", "two files", "--column"]).run();
    permtest().args(["a.csv", "b.csv", "--control", "g"]).refused(["--control", "two files"]).run();
}

#[test]
fn a_column_for_each_group_needs_both() {
    permtest().args(["a.csv", "--case", "x"]).refused(["--case", "without --control", "--group"]).run();
    permtest().args(["a.csv", "--control", "x"]).refused(["--control", "without --case", "--group"]).run();
    permtest().args(["a.csv", "--case", "x", "--control", "x"]).refused(["--case and --control", "x"]).run();
    permtest().args(["a.csv", "--case", "x", "--control", "y", "-c", "z"]).refused(["--column", "--group"]).run();
    permtest().args(["a.csv", "--group", "x", "--column", "x"]).refused(["--column and --group", "x"]).run();
}

#[test]
fn pairs_go_by_order_or_by_id() {
    permtest().args(["a.csv", "b.csv", "--paired", "--pair", "id"]).refused(["--paired", "--pair:", "leave out"]).run();
    permtest()
        .args(["a.csv", "--case", "x", "--control", "y", "--pair", "id"])
        .refused(["--pair", "a row is a pair already", "say --paired"])
        .run();
    permtest().args(["a.csv", "b.csv", "--paired=yes"]).refused(["--paired takes no value"]).run();
    permtest().args(["a.csv", "b.csv", "--strata"]).refused(["--strata needs a value", "<COLUMN>"]).run();
    permtest().args(["a.csv", "b.csv", "--clusters", "c"]).refused(["--clusters", "did you mean --cluster?"]).run();
}

#[test]
fn one_column_has_one_meaning() {
    permtest().args(["a.csv", "b.csv", "--pair", "x", "--strata", "x"]).refused(["--pair and --strata", "x"]).run();
    permtest().args(["a.csv", "b.csv", "--strata", "x", "--cluster", "x"]).refused(["--strata and --cluster"]).run();
    permtest().args(["a.csv", "b.csv", "-c", "x", "--pair", "x"]).refused(["--column and --pair", "x"]).run();
    permtest().args(["a.csv", "--group", "g", "--strata", "g"]).refused(["--group and --strata", "g"]).run();
    permtest()
        .args(["a.csv", "--case", "x", "--control", "y", "--cluster", "y"])
        .refused(["--control and --cluster", "y", "two different columns"])
        .run();
}

#[test]
fn standard_input_can_be_read_once() {
    permtest().args(["-", "-"]).stdin("1\n2\n").refused(["standard input", "once", "file"]).run();
}

#[test]
fn one_side_has_no_rule_for_two() {
    permtest()
        .args(["a.csv", "b.csv", "-a", "less", "--two-sided", "doubled"])
        .refused(["--two-sided", "--alternative less"])
        .run();
}

#[test]
fn formats_that_contradict_each_other_are_refused() {
    permtest().args(["a.csv", "b.csv", "-q", "-f", "json"]).refused(["--format", "-q"]).run();
    permtest().args(["a.csv", "b.csv", "-q", "--json"]).refused(["--json", "-q"]).run();
    permtest().args(["a.csv", "b.csv", "-f", "csv", "--json"]).refused(["--json", "--format"]).run();
}

#[test]
fn a_distribution_must_say_its_format() {
    for name in ["null", "null.txt", "null.csv.gz", "-"] {
        permtest().args(["a.csv", "b.csv", "--distribution", name]).refused([name, ".csv", ".npy"]).run();
    }
}

#[test]
fn no_output_overwrites_another_or_the_data() {
    permtest()
        .args(["a.csv", "b.csv", "-o", "out.csv", "--distribution", "./out.csv"])
        .refused(["--output and --distribution", "out.csv"])
        .run();
    permtest()
        .args(["a.csv", "b.csv", "-o", "./b.csv"])
        .file("a.csv", "x\n1\n")
        .file("b.csv", "x\n2\n")
        .refused(["--output", "b.csv", "data"])
        .run();
    permtest()
        .args(["a.csv", "b.csv", "--distribution", "folder/../a.csv"])
        .folder("folder")
        .refused(["--distribution", "a.csv", "data"])
        .run();
}

#[cfg(unix)]
#[test]
fn a_link_to_the_data_is_not_overwritten_either() {
    let folder = permtest()
        .args(["a.csv", "b.csv", "-o", "link.csv"])
        .file("b.csv", "x\n2\n")
        .link("link.csv", "b.csv")
        .refused(["--output", "link.csv", "data"])
        .run();
    assert_eq!(std::fs::read_to_string(folder.path().join("b.csv")).unwrap(), "x\n2\n");
}

#[test]
fn delimiters_that_numbers_contain_are_refused() {
    for delimiter in ["", "ab", "5", "\"", "·"] {
        permtest().args(["a.csv", "b.csv", "-d", delimiter]).refused(["--delimiter"]).run();
    }
    permtest().args(["a.csv", "b.csv", "-d", ",", "--decimal", ","]).refused(["--delimiter and --decimal"]).run();
}

#[test]
fn a_list_is_not_mistaken_for_the_next_option() {
    permtest().args(["a.csv", "b.csv", "--na", "--json"]).refused(["--na", "--json", "NA,-99"]).run();
}

#[test]
fn an_error_stays_one_line_whatever_a_name_contains() {
    permtest().args(["a\n\u{1b}[31mb.csv"]).refused(["b.csv", "no such file"]).run();
}
