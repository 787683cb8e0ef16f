//! `permtest aa`: what it finds in samples whose runs hang together, and what it refuses.

use super::command::{Permtest, permtest};

/// Eight runs of ten values, each run on a level of its own.
fn aa(options: &str) -> Permtest {
    let row = |i: i32| format!("{},{}\n", i / 10, 100 * (i / 10 * 5 % 8) + i * 7 % 10);
    let rows: String = (0..80).map(row).collect();
    let test = permtest().args(["aa", "runs.csv", "-c", "time", "--splits", "100", "-n", "99"]);
    let test = if options.is_empty() { test } else { test.args(options.split(' ')) };
    test.file("runs.csv", format!("run,time\n{rows}"))
}

#[test]
fn runs_that_hang_together_raise_false_alarms_unless_they_are_relabelled_as_a_whole() {
    aa("--run run")
        .stdout_contains("time: 100 splits of 80 values, 20 a part; mean, 99 resamples each\n")
        .stdout_contains("warning: values that follow each other are alike")
        .stdout_contains("warning: values of one run are alike")
        .stderr("")
        .run();
    aa("--run run --json")
        .stdout_contains("\"split\":\"at random\",\"n_splits\":100,\"n_resamples\":99,\"seed\":0,\"alpha\":0.05,")
        .stdout_contains("\"split\":\"whole runs, as --cluster\"")
        .run();
    aa("-s median --json").stdout_contains("\"statistic\":\"median\"").run();
}

#[test]
fn threads_change_nothing() {
    let printed = |threads: &str| {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        aa(&format!("--run run --json -j {threads}")).stdout_to(file.path()).run();
        std::fs::read_to_string(file.path()).expect("what was printed")
    };
    let alone = printed("1");
    assert_eq!((alone.lines().count(), &printed("3")), (4, &alone));
}

#[test]
fn what_cannot_be_split_is_refused() {
    aa("--size 41")
        .refused(["80 values cannot be split into two parts of 41; measure more, or choose smaller parts"])
        .run();
    aa("--run none").refused(["no column is called \"none\""]).run();
    aa("--alpha 2").refused(["\"2\" is not a significance level"]).run();
    permtest().args(["aa"]).refused(["the command aa needs a file; write for example permtest aa times.csv"]).run();
    permtest()
        .args(["aa", "r.csv", "--run", "run"])
        .file("r.csv", "run,x\n1,1\n1,2\n2,3\n2,4\n3,5\n3,6\n3,7\n2,2\n")
        .refused(["3 runs are too few to be dealt to two groups; measure at least four"])
        .run();
}
