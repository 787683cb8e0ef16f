//! Results of benchmark tools as data: the files of real tools, what is said of them, and what is refused.

use super::command::{Permtest, permtest};

fn data(name: &str) -> String {
    let path = format!("{}/tests/data/benchmarks/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("a file of the tests")
}

/// A run on two files, of which one may be the other.
fn compare(new: &str, old: &str) -> Permtest {
    permtest().args(["new", "old"]).file("new", data(new)).file("old", data(old))
}

/// The file with one text in place of another, against itself as it was.
fn mangled(name: &str, from: &str, to: &str) -> Permtest {
    let text = data(name);
    assert!(text.contains(from), "{name} has no {from}");
    permtest().args(["new", "old", "--all-columns"]).file("new", text.replace(from, to)).file("old", text)
}

#[test]
fn hyperfine_of_both_versions_is_read() {
    compare("hyperfine1.json", "hyperfine1.json")
        .args(["--json"])
        .stdout_contains("\"column\":\"sleep 0.002\"")
        .stdout_contains("\"n_case\":10,\"n_control\":10")
        .run();
    compare("hyperfine2_new.json", "hyperfine2_old.json")
        .args(["--json", "--column", "sleep 0.002"])
        .stdout_contains("\"column\":\"sleep 0.002\"")
        .stdout_contains("\"n_case\":12,\"n_control\":12")
        .run();
    compare("hyperfine1.json", "hyperfine2_old.json")
        .args(["--json"])
        .stdout_contains("\"n_case\":10,\"n_control\":12")
        .run();
}

#[test]
fn two_commands_of_one_hyperfine_file_are_compared() {
    permtest()
        .args(["f", "--case", "sleep 0.003", "--control", "sleep 0.002"])
        .file("f", data("hyperfine2_new.json"))
        .stdout_contains("time (s): sleep 0.003 (case) against sleep 0.002 (control)")
        .run();
    permtest()
        .args(["f", "--case", "1", "--control", "2"])
        .file("f", data("hyperfine1_scan.json"))
        .stdout_contains("(case) against")
        .run();
}

#[test]
fn every_tool_gives_its_benchmarks() {
    compare("google_benchmark.json", "google_benchmark.json")
        .args(["-c", "BM_Sort/512", "-c", "BM_Copy", "-f", "csv"])
        .stdout_contains(",BM_Copy,mean,")
        .stdout_contains(",BM_Sort/512,mean,")
        .run();
    compare("google_benchmark.json", "google_benchmark.json")
        .args(["--all-columns"])
        .refused(["\"BM_Broken\" failed: \"no such device\"; mend the benchmark"])
        .run();
    compare("pytest_benchmark.json", "pytest_benchmark.json")
        .args(["--json", "-c", "test_b.py::test_sum"])
        .stdout_contains("\"n_case\":12,\"n_control\":12")
        .run();
    compare("criterion_raw.csv", "criterion_raw.csv")
        .args(["--json"])
        .stdout_contains("\"column\":\"sum/1000\"")
        .stdout_contains("\"n_case\":12,\"n_control\":12")
        .run();
    compare("go.txt", "go.txt")
        .args(["--json", "-c", "BenchmarkRepeat-2:B/op"])
        .stdout_contains("\"case\":{\"label\":\"new\",\"mean\":4096.0")
        .run();
}

#[test]
fn runs_of_a_tool_are_relabelled_as_a_whole() {
    compare("jmh_new.json", "jmh_old.json")
        .args(["-c", "sum {size=100}"])
        .stdout_contains("Whole clusters are\n  relabelled, 10 in all.")
        .stdout_contains("of the 252 possible labellings")
        .run();
    compare("pyperf_new.json", "pyperf_old.json").args(["--json"]).stdout_contains("\"reference_set_size\":70,").run();
    compare("pyperf_four_runs.json", "pyperf_four_runs.json").args(["-q"]).stdout("1.0\n").run();
    // Of two forks a side the smallest p-value is 2/6.
    compare("jmh_two_forks.json", "jmh_two_forks.json").args(["--json"]).stdout_contains("\"n_units\":4,").run();
    compare("jmh_new.json", "jmh_old.json")
        .args(["-c", "sum {size=100}", "--cluster", "none", "--json"])
        .stdout_contains("\"design\":\"two-sample\",\"n_units\":30,")
        .run();
    compare("jmh_new.json", "jmh_old.json")
        .args(["-c", "1", "--cluster", "x"])
        .refused(["have no columns for --cluster"])
        .run();
    compare("jmh_new.json", "jmh_old.json")
        .args(["-c", "1", "--where", "x == 1"])
        .refused(["have no columns for --where"])
        .run();
    compare("jmh_new.json", "jmh_old.json")
        .args(["-c", "Sum.sum {size=100}:gc.alloc.rate.norm", "-q"])
        .stdout("1.0\n")
        .run();
}

#[test]
fn a_single_run_of_a_tool_is_noted() {
    let (new, old) = (data("jmh_two_forks.json"), data("jmh_two_forks.json"));
    let single = |text: &str| {
        let second = text.find("], [").expect("two forks");
        let end = text.find("]]}").expect("the end of the forks");
        format!("{}{}", &text[..second], &text[end..])
    };
    permtest()
        .args(["new", "old", "--json"])
        .file("new", single(&new))
        .file("old", single(&old))
        .stdout_contains("\"design\":\"two-sample\"")
        .stderr_contains("was measured in a single fork, so that its values are taken one by one")
        .stderr_contains("run JMH with -f 5 or more")
        .run();
}

#[test]
fn metrics_beside_the_time_are_named_after_it() {
    compare("google_counters.json", "google_counters.json")
        .args(["-c", "BM_A/8:items_per_second", "-q"])
        .stdout("1.0\n")
        .run();
    compare("google_counters.json", "google_counters.json")
        .args(["-c", "BM_A/8:repetition_index"])
        .refused(["no benchmark is called \"BM_A/8:repetition_index\""])
        .run();
}

#[test]
fn nanobench_and_benchmarkdotnet_are_read() {
    for name in ["nanobench.json", "benchmarkdotnet.json"] {
        compare(name, name).args(["--json"]).stdout_contains("\"n_case\":20,\"n_control\":20").run();
    }
}

#[test]
fn summaries_are_refused_in_one_sentence() {
    let refused = |name: &str, tool: &str, remedy: &str| {
        let what = format!(
            "this is what {tool} writes, which has means and the like but not the single measurements; {remedy}"
        );
        permtest()
            .args(["new", "new"])
            .file("new", data(name))
            .exit(2)
            .stdout("")
            .stderr(&format!("permtest: new: {what}\n"))
            .run();
    };
    refused("libtest.txt", "libtest (cargo bench)", "measure with criterion, and give its folder target/criterion");
    refused("hyperfine_summary.csv", "hyperfine --export-csv", "export every run with --export-json FILE");
    let text = |text: &str, tool: &str| {
        permtest()
            .args(["new", "new"])
            .file("new", text)
            .refused([format!("this is what {tool} writes").as_str()])
            .run();
    };
    text(
        "group                base                 new\n-----                ----                 ---\nsum  1.00  10.0±0.05µs  ? ?/sec\n",
        "critcmp",
    );
    text(
        "{\"name\": \"base\", \"benchmarks\": {\"sum\": {\"fullname\": \"sum\", \"criterion_estimates_v1\": {}}}}",
        "critcmp --export",
    );
    text("{\"commit_hash\": \"a\", \"env_name\": \"b\", \"results\": {}}", "asv");
    text(
        "benchmark name            samples       iterations    est run time\n                          mean          low mean      high mean\n",
        "Catch2",
    );
    text(
        "Running 30s test @ http://127.0.0.1/\n  Thread Stats   Avg      Stdev     Max   +/- Stdev\n  22464657 requests in 30.00s, 17.76GB read\n",
        "wrk",
    );
}

#[test]
fn keys_of_go_that_change_separate_samples() {
    compare("go_two_commits.txt", "go_two_commits.txt")
        .refused(["2 benchmarks are in both files: \"BenchmarkSort-8 {commit=aaa}\", \"BenchmarkSort-8 {commit=bbb}\""])
        .run();
    permtest()
        .args(["f", "--case", "Sort {commit=bbb}", "--control", "Sort {commit=aaa}", "-q"])
        .file("f", data("go_two_commits.txt"))
        .stdout("0.0021645021645021645\n")
        .run();
    compare("go_split_line.txt", "go_split_line.txt")
        .refused(["new, line 3: the numbers of a benchmark stand on this line, but its name on another"])
        .run();
}

#[test]
fn samples_of_criterion_are_read_without_its_feature_csv_output() {
    compare("criterion/sum/new/sample.json", "criterion/sum/main/sample.json")
        .args(["--json"])
        .stdout_contains("\"n_case\":10,\"n_control\":10")
        .run();
    mangled("criterion/sum/new/sample.json", "\"iters\":[", "\"iters\":[0,")
        .refused(["as many positive numbers"])
        .run();
}

/// A run on criterion's folder, with the file at one place in it left out, or another run in its place.
fn criterion_folder(copies: &[(&str, &str)]) -> Permtest {
    let mut run = permtest();
    for benchmark in ["sort_quick/std/64", "sort_quick/std/512", "sum"] {
        for (from, to) in copies {
            for file in ["sample.json", "benchmark.json"] {
                let content = data(&format!("criterion/{benchmark}/{from}/{file}"));
                run = run.file(&format!("criterion/{benchmark}/{to}/{file}"), content);
            }
        }
    }
    run
}

#[test]
fn a_folder_of_criterion_compares_the_latest_run_with_the_one_that_was_kept() {
    let both = || criterion_folder(&[("new", "new"), ("main", "main")]);
    let columns = "\"column\":\"sort/quick/std/512\"";
    both().args(["criterion", "--json"]).stdout_contains(columns).stdout_contains("\"label\":\"new\"").run();
    both().args(["criterion", "-c", "sum"]).stdout_contains("sum: new (case) against main (control)").run();
    both()
        .args(["criterion", "--case", "main", "--control", "new", "--json"])
        .stdout_contains("\"label\":\"main\"")
        .run();
    both()
        .args(["criterion", "--case", "new", "--control", "old"])
        .refused(["no run is called \"old\"; they are \"main\", \"new\""])
        .run();
    // A base of its own is the run before.
    criterion_folder(&[("new", "new"), ("main", "base")]).args(["criterion", "-c", "sum", "-q"]).exit(0).run();
    criterion_folder(&[("new", "new"), ("new", "base")])
        .args(["criterion"])
        .refused(["new and base hold the same measurements", "--save-baseline main"])
        .run();
    criterion_folder(&[("new", "new")]).args(["criterion"]).refused(["one run of each benchmark"]).run();
    criterion_folder(&[("new", "new"), ("main", "a"), ("main", "b")])
        .args(["criterion"])
        .refused(["2 runs could be compared with new: \"a\", \"b\"; say which, as in --case new --control a"])
        .run();
    permtest().folder("empty").args(["empty"]).refused(["this is a folder; name a file in it"]).run();
}

#[test]
fn two_folders_of_criterion_are_compared_by_their_latest_runs() {
    let mut run = permtest().args(["new", "old", "-c", "sum", "--json"]);
    for (folder, kept) in [("new", "new"), ("old", "main")] {
        for file in ["sample.json", "benchmark.json"] {
            run = run.file(&format!("{folder}/sum/new/{file}"), data(&format!("criterion/sum/{kept}/{file}")));
        }
    }
    run.stdout_contains("\"n_case\":10,\"n_control\":10").run();
}

#[test]
fn results_that_are_given_alone_are_listed() {
    let alone = |name: &str, words: &str| permtest().args(["f"]).file("f", data(name)).refused([words]).run();
    alone(
        "hyperfine2_new.json",
        "f: these are 2 benchmarks of hyperfine: \"sleep 0.003\", \"sleep 0.002\"; add the file to compare them with, or compare \
         two of them, as in --case \"sleep 0.003\" --control \"sleep 0.002\"",
    );
    alone(
        "google_counters.json",
        "this is one benchmark of Google Benchmark, \"BM_A/8\"; add the file to compare it with",
    );
    permtest()
        .args(["f"])
        .file("f", "x,y\n1,2\n2,1\n")
        .refused(["f is given alone, without saying where its two groups are"])
        .run();
}

#[test]
fn labels_that_differ_in_the_middle_keep_what_differs() {
    permtest()
        .args(["f", "--case", "bin new", "--control", "bin old"])
        .file("f", data("hyperfine1_alike.json"))
        .stdout_contains("…ml --bin new -- input.… (case)")
        .stdout_contains("…ml --bin old -- input.…  4")
        .run();
    let same_looking = "g,v\nPatients receiving the standard dose of drug A daily,1\nPatients receiving the standard dose of drug A \
                        daily,2\nPatients receiving the half dose of drug A daily,4\nPatients receiving the half dose of drug A daily,5\n";
    permtest()
        .args(["f", "--group", "g"])
        .file("f", same_looking)
        .stdout_contains("…ng the standard dose o…")
        .stdout_contains("…ng the half dose o…")
        .run();
}

/// Six files of hyperfine a side, of ten times each, which differ from file to file by far more than within.
fn turns() -> Permtest {
    let mut run = permtest();
    for (side, drifts) in [("new", [7, 1, 12, 4, 9, 2]), ("old", [3, 8, 5, 11, 6, 10])] {
        for (turn, drift) in drifts.into_iter().enumerate() {
            let times: Vec<_> = (0..10).map(|i| format!("1.{drift:02}{i}")).collect();
            let json = format!("{{\"results\": [{{\"command\": \"tool\", \"times\": [{}]}}]}}", times.join(", "));
            run = run
                .file(&format!("{side}-{turn}.json"), json)
                .file(&format!("{side}-{turn}.csv"), format!("time\n{}\n", times.join("\n")));
        }
    }
    run
}

#[test]
fn several_files_a_side_are_units_on_request() {
    for kind in ["json", "csv"] {
        let patterns = [format!("--case-file=new-*.{kind}"), format!("--control-file=old-*.{kind}")];
        turns()
            .args(patterns.clone())
            .args(["--cluster", "file"])
            .args(["--json"])
            .stdout_contains("\"label\":\"new\"")
            .stdout_contains("\"design\":\"clustered\",\"n_units\":12,")
            .stdout_contains("\"reference_set_size\":924,")
            .stderr("")
            .run();
        turns().args(patterns).args(["-q"]).stderr_contains("").exit(0).run();
    }
    // One unit a side can show nothing, which is said rather than passed over.
    turns()
        .args(["--case-file=new-0.json", "--control-file=old-0.json", "--cluster=file", "--json"])
        .stdout_contains("\"n_units\":2,")
        .stdout_contains("\"p_value\":1.0,")
        .run();
    turns()
        .args(["--case-file=new-0.json", "--case-file=new-1.json", "--control-file=old-*.json", "--json"])
        .stdout_contains("\"n_case\":20,\"n_control\":60")
        .stderr_contains("note: the values of all files of a side are pooled")
        .run();
}

#[test]
fn several_files_that_make_no_sides_are_refused() {
    let refused = |args: &[&str], words: &str| turns().args(args).refused([words]).run();
    refused(&["--case-file=new-*.json"], "--control-file is missing");
    refused(&["--case-file=no-*.json", "--control-file=old-*.json"], "no-*.json: there is no such file");
    refused(
        &["--case-file=new-0.json", "--control-file=*-0.json"],
        "new-0.json is both a file of the case and one of the control",
    );
    refused(
        &["--case-file=new-0.json", "--case-file=new-*.json", "--control-file=old-0.json"],
        "--case-file names new-0.json twice",
    );
    refused(
        &["--case-file=new-0.json", "--control-file=old-0.csv"],
        "this is a table, but new-0.json has results of benchmarks",
    );
    refused(&["x", "--case-file=new-0.json", "--control-file=old-0.json"], "FILE stands beside --case-file");
    refused(
        &["--case-file=new-0.json", "--control-file=old-0.json", "--cluster=x"],
        "the cluster is the file, not \"x\"",
    );
    refused(&["--case-file=new-*.json", "--control-file=old-0.json", "-c", "toll"], "no benchmark is called \"toll\"");
    turns()
        .args(["--case-file=new-*.json", "--control-file=old-*.json", "--cluster=file"])
        .file("new-9.json", data("hyperfine2_new.json"))
        .refused(["\"tool\" is in 6 of the 7 files on this side"])
        .run();
}

#[test]
fn a_benchmark_of_one_file_only_is_refused_unless_it_is_to_be_ignored() {
    let both = || compare("hyperfine2_new.json", "hyperfine2_old.json").args(["--all-columns", "--json"]);
    both()
        .exit(2)
        .stdout("")
        .stderr("permtest: old: only one of the two files has \"sleep 0.001\" (old); measure it for both, or say --ignore-unmatched\n")
        .run();
    both()
        .args(["--ignore-unmatched"])
        .stdout_contains("\"column\":\"sleep 0.003\"")
        .stderr_contains("left out, as only one of the two files has it: \"sleep 0.001\" (old)")
        .run();
}

#[test]
fn a_choice_between_several_is_asked_for() {
    compare("hyperfine2_new.json", "hyperfine2_new.json")
        .refused(["2 benchmarks are in both files: \"sleep 0.003\", \"sleep 0.002\"; say which with --column NAME"])
        .run();
}

#[test]
fn what_was_not_measured_is_refused_with_the_option_that_measures_it() {
    compare("google_benchmark_once.json", "google_benchmark_once.json")
        .args(["-c", "1"])
        .refused(["--benchmark_repetitions=10"])
        .run();
    compare("pytest_benchmark_without_data.json", "pytest_benchmark.json")
        .args(["-c", "1"])
        .refused(["--benchmark-save-data"])
        .run();
}

#[test]
fn runs_that_failed_alike_are_noted_and_mixed_ones_refused() {
    compare("hyperfine1_failed.json", "hyperfine1_failed.json")
        .stderr_contains("all 6 runs of \"grep -q zzz /etc/hosts\" ended with exit code 1")
        .stdout_contains("against old (control)")
        .run();
    mangled("hyperfine2_new.json", "\"exit_code\": 0\n    },\n    {", "\"exit_code\": 3\n    },\n    {")
        .refused(["failed, and a failed run is no measurement"])
        .run();
}

#[test]
fn mangled_files_are_refused_in_one_line() {
    let faults = [
        ("hyperfine1.json", "\"times\": [", "\"times\": [\"x\", "),
        ("hyperfine1.json", "\"times\"", "\"tymes\""),
        ("hyperfine2_new.json", "\"value\": ", "\"value\": null, \"was\": "),
        ("hyperfine2_new.json", "\"second\"", "\"fortnight\""),
        ("google_benchmark.json", "\"real_time\"", "\"unreal_time\""),
        ("pytest_benchmark.json", "\"data\": [", "\"data\": [NaN, "),
        ("go.txt", "2000\t      2522 ns/op", "2000\t      many ns/op"),
    ];
    for (name, from, to) in faults {
        mangled(name, from, to).refused([]).run();
    }
}

#[test]
fn a_file_cut_short_anywhere_is_refused_or_read_but_never_a_crash() {
    let names = [
        "hyperfine1.json",
        "hyperfine2_new.json",
        "pytest_benchmark.json",
        "google_benchmark.json",
        "jmh_new.json",
        "pyperf_new.json",
        "benchmarkdotnet.json",
        "nanobench.json",
        "criterion/sum/new/sample.json",
    ];
    for name in names {
        let text = data(name);
        for cut in (1..text.trim_end().len()).step_by(text.len() / 9) {
            permtest()
                .args(["new", "old", "--all-columns"])
                .file("new", &text[..cut])
                .file("old", &text)
                .refused([])
                .run();
        }
    }
}

#[test]
fn other_json_and_tables_beside_results_are_refused() {
    permtest()
        .args(["new", "old"])
        .file("new", "{\"a\": 1}")
        .file("old", "{\"a\": 1}")
        .refused(["this is JSON, but no results of benchmarks that are known here; give a file of hyperfine"])
        .run();
    permtest()
        .args(["new", "old"])
        .file("new", data("hyperfine1.json"))
        .file("old", "x\n1\n2\n")
        .exit(2)
        .stdout("")
        .stderr("permtest: old: this is a table, but new has results of benchmarks; give two files of the same kind\n")
        .run();
}

#[test]
fn tens_of_thousands_of_results_are_read_and_their_lines_are_known() {
    // Each line was counted from the beginning of the file, which took a quarter of a minute here.
    let result = |i: usize, time: &str| {
        format!(
            "{{\n\"name\": \"BM/{i}\",\n\"run_type\": \"iteration\",\n\"real_time\": {time},\n\"cpu_time\": 1,\n\
             \"time_unit\": \"ns\"\n}}"
        )
    };
    let file = |last: &str| {
        let mut results: Vec<String> = (0..40_000).map(|i| result(i / 2, &format!("{}.5", i % 7))).collect();
        results.push(result(20_000, last));
        results.push(result(20_000, "3.5"));
        format!("{{\"context\": {{}}, \"benchmarks\": [\n{}\n]}}\n", results.join(",\n"))
    };
    let run = |last: &str, column: &str| {
        permtest().args(["new", "old", "-q", "-c", column]).file("new", file(last)).file("old", file("2.5"))
    };
    run("1.5", "BM/20000").stdout("1.0\n").run();
    // The last but one of 40,002 results, of seven lines each, after one line.
    run("\"fast\"", "BM/20000").refused(["new, line 280005", "real_time", "fast"]).run();
}
