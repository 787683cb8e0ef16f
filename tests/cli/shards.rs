//! Shares of a run, merged, and runs that were interrupted, taken up again: the same bytes as a single run; and everything that
//! does not belong together refused.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::Config;
use tempfile::TempDir;

/// A folder with two samples.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, step) in [("new.csv", 7919), ("old.csv", 104_729)] {
        let rows: Vec<String> =
            (0..30usize).map(|i| format!("{},s{},p{i}", (1 + i * step % 101) as f64 / 10.0, i % 3)).collect();
        std::fs::write(folder.path().join(name), format!("x,site,id\n{}\n", rows.join("\n"))).unwrap();
    }
    folder
}

fn command(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_permtest"));
    command.args(arguments.split(' ').filter(|word| !word.is_empty())).current_dir(folder).stdin(Stdio::null());
    for name in ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "PARALLEL_SEQ"] {
        command.env_remove(name);
    }
    command
}

fn run(folder: &Path, arguments: &str) -> Output {
    command(folder, arguments).output().unwrap()
}

/// What a run that succeeds prints.
#[track_caller]
fn printed(folder: &Path, arguments: &str) -> String {
    let Output { status, stdout, stderr } = run(folder, arguments);
    assert!(status.success(), "{arguments}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// The one line of a refusal.
#[track_caller]
fn refused(folder: &Path, arguments: &str) -> String {
    let Output { status, stdout, stderr } = run(folder, arguments);
    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!((status.code(), stdout.len(), stderr.lines().count()), (Some(2), 0, 1), "{arguments}: {stderr}");
    stderr
}

#[track_caller]
fn contains(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word:?} in {text}");
    }
}

/// Writes the part files of all shards, and gives their names.
fn shards(folder: &Path, arguments: &str, of: usize) -> Vec<String> {
    let part = |shard: usize| {
        let file = format!("part-{shard}.json");
        assert_eq!(printed(folder, &format!("{arguments} --shard {shard}/{of} -o {file}")), "");
        file
    };
    (1..=of).map(part).collect()
}

const TEST: &str = "new.csv old.csv -c x";

#[test]
fn shards_of_every_kind_of_run_merge_to_the_bytes_of_one() {
    let program = "for line in open(0):\n    x, y = (sum(map(float, part.split())) for part in line.split('\\t'))\n    print(x - y, flush=True)\n";
    for (options, of) in [
        ("-n 500003", 7),
        ("-n 500003 --json", 3),
        ("-n 300000 --histogram", 2),
        ("-n 300000 --histogram --ascii --json -j 1", 2),
        ("-n 300000 -s median --format markdown -a greater", 2),
        ("-n 300000 -s ks --format csv", 3),
        ("-n 300000 --pair id --json", 4),
        ("-n 300000 --strata site -s welch", 4),
        ("-n 200000 -s mean(x)/mean(y) --seed 7 --compare --interval none", 3),
        ("-n 200000 --fail-on not-significant --alpha 0.9999 --json", 2),
        ("-n 200000 -q", 2),
        ("-n 66000 --statistic-command python3@stat.py", 2),
        ("-n 1009 --statistic-command python3@stat.py --method monte-carlo", 7),
        ("--method importance --mu 4 --json", 3),
        ("-n 400000 --method importance -a greater --histogram", 5),
        ("-n 400000 --method importance --two-sided doubled --pair id", 2),
        ("--method importance --strata site --format csv", 3),
        ("-n 4800 --method splitting -s median --mu 5 --json", 5),
        ("-n 4800 --method splitting --two-sided doubled --mu -4 --histogram", 24),
        ("-n 1200 --method splitting --mu 2 --statistic-command python3@stat.py", 2),
    ] {
        let folder = folder();
        std::fs::write(folder.path().join("stat.py"), program).unwrap();
        // A command of several words is one word of ours.
        let split = |arguments: String| -> Command {
            let mut command = command(folder.path(), "");
            command.args(arguments.split(' ').map(|word| word.replace('@', " ")));
            command
        };
        for shard in 1..=of {
            let output = split(format!("{TEST} {options} --shard {shard}/{of} -o part-{shard}.json")).output().unwrap();
            assert!(output.status.success(), "{options}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let single = split(format!("{TEST} {options}")).output().unwrap();
        let names: Vec<String> = (1..=of).rev().map(|shard| format!("part-{shard}.json")).collect();
        let merged = split(format!("merge {}", names.join(" "))).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&single.stdout), String::from_utf8_lossy(&merged.stdout), "{options}");
        assert_eq!(single.status, merged.status, "{options}");
        assert!(!single.stdout.is_empty());
    }
}

#[test]
fn the_data_are_not_needed_to_merge_and_the_report_may_be_another_one() {
    let folder = folder();
    let parts = shards(folder.path(), &format!("{TEST} -n 200000"), 2).join(" ");
    let json = printed(folder.path(), &format!("{TEST} -n 200000 --json --histogram"));
    let svg = "-q --plot one.svg";
    printed(folder.path(), &format!("{TEST} -n 200000 {svg}"));
    std::fs::remove_file(folder.path().join("new.csv")).unwrap();
    std::fs::remove_file(folder.path().join("old.csv")).unwrap();
    assert_eq!(printed(folder.path(), &format!("merge {parts} --json --histogram")), json);
    printed(folder.path(), &format!("merge {parts} -q --plot two.svg --report page.html"));
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert_eq!(read("one.svg"), read("two.svg"));
    printed(folder.path(), &format!("merge {parts} --json --histogram -o out.json"));
    assert_eq!(read("out.json"), json.as_bytes());
}

proptest! {
    #![proptest_config(Config { cases: 12, failure_persistence: None, ..Config::default() })]

    /// Any number of shards, merged in any order.
    #[test]
    fn any_partition_in_any_order_is_the_whole(of in 1usize..9, order in any::<prop::sample::Index>(), n in 1u64..700_000) {
        let folder = folder();
        let chunks = n.div_ceil(65_536) as usize;
        assert_merged(folder.path(), &format!("{TEST} -n {n} --interval none"), of.min(chunks), order);
    }

    /// The same of the methods that weigh and climb.
    #[test]
    fn any_partition_of_draws_and_replicates_is_the_whole(of in 1usize..9, order in any::<prop::sample::Index>(), n in 1200u64..400_000) {
        let folder = folder();
        // A block has 2²¹ labels of 60 units, in whole lanes of 128.
        let blocks = n.div_ceil(34_944) as usize;
        assert_merged(folder.path(), &format!("{TEST} -n {n} --method importance --interval none"), of.min(blocks), order);
        let few = n.clamp(1200, 4800);
        assert_merged(folder.path(), &format!("{TEST} -n {few} --method splitting --mu 4 --interval none"), of, order);
    }
}

/// Merges so many shards, rotated.
fn assert_merged(folder: &Path, test: &str, of: usize, order: prop::sample::Index) {
    let mut parts = shards(folder, test, of);
    parts.rotate_left(order.index(of));
    assert_eq!(printed(folder, &format!("merge {}", parts.join(" "))), printed(folder, test), "{test}");
}

#[test]
fn some_shards_of_draws_and_replicates_are_reported_as_such() {
    let folder = folder();
    let folder = folder.path();
    let precision = |report: &str| {
        let report: serde_json::Value = serde_json::from_str(report).unwrap();
        report["p_value"].clone()
    };
    shards(folder, &format!("{TEST} -n 400000 --method importance --json --interval none"), 4);
    let some = printed(folder, "merge part-1.json part-3.json --allow-partial");
    contains(&some, &["this is a part of the run: 2 of 4"]);
    let all = printed(folder, "merge part-1.json part-2.json part-3.json part-4.json");
    assert_ne!(precision(&some), precision(&all));

    shards(folder, &format!("{TEST} -n 4800 --method splitting --mu 4 --interval none"), 24);
    let names = |of: usize| (1..=of).map(|shard| format!("part-{shard}.json")).collect::<Vec<_>>().join(" ");
    contains(&printed(folder, &format!("merge {} --allow-partial", names(20))), &["20 of 24 shards", "splitting"]);
    contains(&refused(folder, &format!("merge {} --allow-partial", names(19))), &["19 replicates are too few"]);
}

/// Draws and replicates that were kept are not computed again.
#[test]
fn importance_sampling_and_splitting_go_on_from_a_checkpoint() {
    let folder = folder();
    let folder = folder.path();
    let test = |options: &str| format!("{TEST} --interval none {options}");
    printed(folder, &test("-n 400000 --method importance --checkpoint drawn.json"));
    let longer = printed(folder, &test("-n 900000 --method importance --checkpoint drawn.json"));
    assert_eq!(longer, printed(folder, &test("-n 900000 --method importance")));
    contains(&refused(folder, &test("-n 900000 --checkpoint drawn.json")), &["method is importance there"]);

    let splitting = test("-n 120000 --method splitting -s median --mu 6");
    let single = printed(folder, &splitting);
    let resumed = format!("{splitting} --checkpoint climbed.json");
    let mut kills = 0;
    for milliseconds in [150, 400, 700, 1000, 1300] {
        let mut child = command(folder, &resumed).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        let _ = Command::new("kill").arg(child.id().to_string()).status();
        kills += usize::from(!child.wait().unwrap().success());
    }
    assert!(kills > 0, "none was killed");
    assert_eq!(printed(folder, &resumed), single);
    assert_eq!(printed(folder, &resumed), single, "and once more from its end");
    let more = test("-n 240000 --method splitting -s median --mu 6 --checkpoint climbed.json");
    contains(&refused(folder, &more), &["block_size is 5000 there and 10000 here"]);
}

/// Waits until a file is there.
fn wait_for(file: &Path) {
    let began = Instant::now();
    while !file.exists() {
        assert!(began.elapsed() < Duration::from_secs(120), "{} never came", file.display());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A program that takes its time is started once by each thread, and little of what it has computed is lost.
#[test]
fn a_slow_program_goes_on_from_where_it_was() {
    let folder = folder();
    // After 600 replies it waits while there is a file `hold`, however fast or slow the machine is.
    let program = "
import os, time
open('starts', 'a').write('x')
for n, line in enumerate(open(0)):
    if n == 600: open('far', 'w').close()
    while n >= 600 and os.path.exists('hold'): time.sleep(0.01)
    time.sleep(0.002)
    x, y = (sum(map(float, part.split())) for part in line.split('\\t'))
    print(x - y, flush=True)
";
    std::fs::write(folder.path().join("hold"), "").unwrap();
    std::fs::write(folder.path().join("slow.py"), program).unwrap();
    let with = |options: &str| {
        let mut command = command(folder.path(), "");
        let test = format!("{TEST} -n 3000 -j 2 --method monte-carlo --statistic-command python3@slow.py {options}");
        command.args(test.split(' ').filter(|word| !word.is_empty()).map(|word| word.replace('@', " ")));
        command
    };
    let mut child = with("--checkpoint state.json").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for(&folder.path().join("far"));
    Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let state: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("state.json")).unwrap()).unwrap();
    std::fs::remove_file(folder.path().join("hold")).unwrap();
    let kept = state["payload"]["counts"]["resamples"].as_u64().unwrap();
    assert!((1..3000).contains(&kept), "{kept} resamples were kept");
    std::fs::remove_file(folder.path().join("starts")).unwrap();
    let resumed = with("--checkpoint state.json").output().unwrap();
    let single = with("").output().unwrap();
    assert!(resumed.status.success() && single.status.success(), "{}", String::from_utf8_lossy(&resumed.stderr));
    assert_eq!(resumed.stdout, single.stdout);
    // For the observed value by itself, which tells a changed program; for it again and the resamples; for the result; and the
    // single run's.
    let starts = std::fs::read(folder.path().join("starts")).unwrap().len();
    assert!(starts <= 6, "{starts} programs were started");
}

#[test]
fn missing_shards_are_listed_as_options() {
    let folder = folder();
    shards(folder.path(), &format!("{TEST} -n 400000"), 5);
    contains(
        &refused(folder.path(), "merge part-1.json part-4.json"),
        &["3 of 5", "--shard 2/5 --shard 3/5 --shard 5/5", "--allow-partial"],
    );
    contains(
        &refused(folder.path(), "merge part-2.json part-3.json --allow-partial"),
        &["--shard 1/5 --shard 4/5", "data"],
    );
    let partial = printed(folder.path(), "merge part-1.json part-4.json --allow-partial");
    contains(&partial, &["this is a part of the run: 2 of 5", "resamples"]);
    let bare = run(folder.path(), "merge part-1.json part-4.json --allow-partial -q");
    contains(&String::from_utf8(bare.stderr).unwrap(), &["warning: this is a part of the run"]);
    shards(folder.path(), &format!("{TEST} -n 400000 --format csv"), 2);
    contains(&refused(folder.path(), "merge part-1.json part-2.json --histogram"), &["--histogram", "table"]);
}

#[test]
fn parts_that_do_not_belong_together_are_refused_by_the_field_that_differs() {
    let folder = folder();
    shards(folder.path(), &format!("{TEST} -n 400000"), 2);
    let other = |options: &str| {
        printed(folder.path(), &format!("{options} --shard 2/2 -o other.json"));
        refused(folder.path(), "merge part-1.json other.json")
    };
    contains(&other(&format!("{TEST} -n 400000 --seed 1")), &["other.json", "seed is 1 here and 0 there"]);
    contains(&other(&format!("{TEST} -n 400001")), &["resamples is 400001"]);
    contains(&other(&format!("{TEST} -n 400000 -s median")), &["statistic is median"]);
    contains(&other(&format!("{TEST} -n 400000 -a less")), &["alternative is less"]);
    contains(&other(&format!("{TEST} -n 400000 --two-sided doubled")), &["two_sided_rule is doubled"]);
    contains(&other(&format!("{TEST} -n 400000 --strata site")), &["data_sha256"]);
    contains(&other(&format!("{TEST} -n 400000 --mu 1")), &["mu is"]);
    contains(&other("old.csv new.csv -c x -n 400000"), &["data_sha256"]);
    contains(
        &refused(folder.path(), "merge part-1.json part-2.json part-2.json"),
        &["part-2.json", "shard 2/2", "once"],
    );
    printed(folder.path(), &format!("{TEST} -n 400000 --shard 2/3 -o third.json"));
    contains(&refused(folder.path(), "merge part-1.json third.json"), &["third.json", "3 shards"]);
}

#[test]
fn files_that_were_cut_or_changed_are_refused() {
    let folder = folder();
    shards(folder.path(), &format!("{TEST} -n 200000"), 2);
    let whole = std::fs::read(folder.path().join("part-2.json")).unwrap();
    let refusal = |bytes: &[u8]| {
        std::fs::write(folder.path().join("bad.json"), bytes).unwrap();
        let refusal = refused(folder.path(), "merge part-1.json bad.json");
        contains(&refusal, &["bad.json"]);
        refusal
    };
    contains(&refusal(b""), &["empty"]);
    contains(&refusal(&whole[..whole.len() / 2]), &["cut off"]);
    contains(&refusal(&whole[..whole.len() - 1]), &["checksum"]);
    contains(&refusal(b"x\n1\n"), &["no part file"]);
    contains(&refusal(b"\xff\xfe"), &["not text"]);
    let text = String::from_utf8(whole.clone()).unwrap();
    contains(&refusal(text.replacen("0.1.0", "0.0.9", 1).as_bytes()), &["permtest \"0.0.9\"", "one version"]);
    contains(&refusal(text.replacen("permtest-part/2", "permtest-part/1", 1).as_bytes()), &["schema"]);
    contains(&refused(folder.path(), "merge part-1.json nowhere.json"), &["nowhere.json", "cannot be read"]);
    // One bit of any byte.
    let bad = folder.path().join("bad.json");
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 7);
        std::fs::write(&bad, &changed).unwrap();
        assert!(permtest::part::Part::read(&bad).is_err(), "byte {at}");
    }
    assert!(permtest::part::Part::read(&folder.path().join("part-2.json")).is_ok());
}

#[test]
fn what_cannot_be_shared_out_is_refused_with_the_reason() {
    let folder = folder();
    let folder = folder.path();
    contains(&refused(folder, &format!("{TEST} -n 1000 --shard 1/2")), &["-o FILE"]);
    contains(&refused(folder, &format!("{TEST} --shard 1/2 -o p.json")), &["-n"]);
    contains(&refused(folder, &format!("{TEST} -n 1000 --shard 1/2 -o p.json")), &["empty", "into 1 at most"]);
    contains(
        &refused(folder, &format!("{TEST} --method splitting --shard 1/30 -o p.json")),
        &["empty", "into 24 at most"],
    );
    contains(&refused(folder, &format!("{TEST} -n 1000 --shard 3/2 -o p.json")), &["--shard", "1 to 2"]);
    for (method, why) in [("sequential", "depends on all"), ("exact", "at once"), ("bounds", "at once")] {
        contains(&refused(folder, &format!("{TEST} --method {method} --shard 1/2 -o p.json")), &[method, why]);
    }
    contains(
        &refused(folder, &format!("{TEST} -n 200000 --distribution d.npy --shard 1/2 -o p.json")),
        &["--distribution"],
    );
    contains(&refused(folder, &format!("{TEST} -n 200000 --plot d.svg --shard 1/2 -o p.json")), &["permtest merge"]);
    contains(&refused(folder, "new.csv old.csv -c x -c x -n 200000 --shard 1/2 -o p.json"), &["x"]);
    contains(&refused(folder, &format!("{TEST} -n 200000 --shard auto/2 -o p.json")), &["SLURM_ARRAY_TASK_ID"]);
    if Path::new("/dev/full").exists() {
        contains(&refused(folder, &format!("{TEST} -n 200000 --shard 1/2 -o /dev/full")), &["/dev/full"]);
    }
    contains(&refused(folder, &format!("{TEST} -n 200000 --seed random --shard 1/2 -o p.json")), &["--seed"]);
    contains(&refused(folder, &format!("{TEST} -n 200000 --seed=random --checkpoint s.json")), &["--seed"]);
    // Found before anything is counted, or this would take hours.
    contains(&refused(folder, &format!("{TEST} -n 1e12 --shard 1/2 -o missing/p.json")), &["missing/p.json"]);
    contains(&refused(folder, &format!("{TEST} -n 1e12 --checkpoint missing/s.json")), &["missing/s.json"]);
    assert!(!folder.join("p.json").exists());
}

#[test]
fn a_program_that_has_changed_is_noticed() {
    let folder = folder();
    std::fs::write(folder.path().join("stat.py"), "for line in open(0): print(len(line), flush=True)\n").unwrap();
    let with = |arguments: &str| {
        let mut command = command(folder.path(), "");
        command.args(arguments.split(' ').map(|word| word.replace('@', " "))).output().unwrap()
    };
    let shard = with(&format!("{TEST} -n 1000 --statistic-command python3@stat.py --shard 1/1 -o part.json"));
    assert!(shard.status.success(), "{}", String::from_utf8_lossy(&shard.stderr));
    assert!(with("merge part.json").status.success());
    std::fs::write(folder.path().join("stat.py"), "for line in open(0): print(len(line) + 1, flush=True)\n").unwrap();
    contains(&refused(folder.path(), "merge part.json"), &["program_sha256"]);
}

#[test]
fn a_scheduler_tells_the_shard() {
    let folder = folder();
    for (variables, expected) in [
        (vec![("JOB_COMPLETION_INDEX", "1")], "2/2"),
        (vec![("SLURM_ARRAY_TASK_ID", "0"), ("SLURM_ARRAY_TASK_MIN", "0"), ("SLURM_ARRAY_TASK_MAX", "1")], "1/2"),
    ] {
        let mut command = command(folder.path(), &format!("{TEST} -n 200000 --shard auto/2 -o told.json"));
        let output = command.envs(variables.clone()).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{stderr}");
        contains(&stderr, &[&format!("shard {expected} by {}", variables[0].0)]);
        let shard = printed(folder.path(), &format!("{TEST} -n 200000 --shard {expected} -o named.json"));
        assert_eq!(shard, "");
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        let counts =
            |text: String| text.split("\"counts\"").nth(1).unwrap().split("\"arguments\"").next().unwrap().to_owned();
        assert_eq!(counts(read("told.json")), counts(read("named.json")));
    }
}

#[test]
fn a_part_for_each_chunk_is_merged() {
    let folder = folder();
    // Four values, whose chunks are drawn in no time.
    std::fs::write(folder.path().join("new.csv"), "x\n1.5\n2.5\n").unwrap();
    std::fs::write(folder.path().join("old.csv"), "x\n1.0\n2.25\n").unwrap();
    let test = "new.csv old.csv -n 1000000 --interval none";
    let chunks = {
        printed(folder.path(), &format!("{test} --shard 1/1 -o all.json"));
        let text = std::fs::read_to_string(folder.path().join("all.json")).unwrap();
        let size: u64 = text.split("\"block_size\":").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
        1_000_000u64.div_ceil(size) as usize
    };
    let parts = shards(folder.path(), test, chunks).join(" ");
    assert_eq!(printed(folder.path(), &format!("merge {parts}")), printed(folder.path(), test));
}

/// Runs that are killed at moments that a seed chooses, until one comes to its end.
#[test]
fn a_run_that_is_killed_again_and_again_comes_to_the_same_end() {
    let folder = folder();
    let test = format!("{TEST} -n 12000000 -s median --interval none");
    let single = printed(folder.path(), &test);
    let mut random = 0x9e37_79b9_7f4a_7c15u64;
    let resumed = format!("{test} --checkpoint state.json");
    let mut kills = 0;
    for attempt in 0..50 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut child = command(folder.path(), &resumed).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(10 + (random >> 33) % 120));
        // SIGTERM leaves a checkpoint behind, SIGKILL nothing but what there was; both leave no other file.
        if attempt % 2 == 0 {
            let _ = Command::new("kill").arg(child.id().to_string()).status();
        } else {
            let _ = child.kill();
        }
        kills += usize::from(!child.wait().unwrap().success());
    }
    assert!(kills > 0, "none was killed");
    assert_eq!(printed(folder.path(), &resumed), single);
    assert_eq!(printed(folder.path(), &resumed), single, "and once more from its end");
}

#[test]
fn an_interruption_says_what_is_kept_and_how_to_go_on() {
    let folder = folder();
    let test = format!("{TEST} -j 1 -n 1e10 --checkpoint state.json");
    let child = command(folder.path(), &test).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for(&folder.path().join("state.json"));
    Command::new("kill").arg(child.id().to_string()).status().unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(130), 0), "{stderr}");
    contains(&stderr, &["interrupted; state.json holds", "of 10000000000 resamples", "same command"]);
    assert!(permtest::part::Part::read(&folder.path().join("state.json")).is_ok());
}

#[test]
fn a_longer_run_goes_on_from_a_checkpoint_and_others_are_refused() {
    let folder = folder();
    let folder = folder.path();
    let test = |options: &str| format!("{TEST} --interval none {options}");
    // Too short for a block that a longer run has too: there is nothing to keep, and that is kept.
    printed(folder, &test("-n 300 --histogram --checkpoint short.json"));
    assert_eq!(
        printed(folder, &test("-n 300000 --histogram --checkpoint short.json")),
        printed(folder, &test("-n 300000 --histogram"))
    );
    printed(folder, &test("-n 300000 --checkpoint state.json"));
    let state = || std::fs::read(folder.join("state.json")).unwrap();
    let before = state();
    for (options, field) in [
        ("-n 300000 --seed 1", "seed"),
        ("-n 300000 -s median", "statistic"),
        ("-n 300000 -a less", "alternative"),
        ("-n 300000 --pair id", "data_sha256"),
    ] {
        contains(&refused(folder, &test(&format!("{options} --checkpoint state.json"))), &["state.json", field]);
    }
    contains(&refused(folder, &test("-n 70000 --checkpoint state.json")), &["state.json", "more than are asked for"]);
    contains(&refused(folder, &test("-n 300000 --checkpoint new.csv")), &["new.csv", "overwrite"]);
    assert_eq!(state(), before, "a checkpoint that does not fit is left alone");
    std::fs::write(folder.join("table.json"), "{}").unwrap();
    contains(&refused(folder, &test("-n 300000 --checkpoint table.json")), &["table.json", "no part file"]);

    contains(&refused(folder, &test("-n 900000 --histogram --checkpoint state.json")), &["--no-histogram"]);
    let drawn = printed(folder, &test("-n 300000 --histogram --checkpoint drawn.json"));
    assert_eq!(drawn, printed(folder, &test("-n 300000 --histogram")));
    printed(folder, &test("-n 600000 --checkpoint drawn.json"));
    let drawn = printed(folder, &test("-n 900000 --histogram --checkpoint drawn.json"));
    assert_eq!(drawn, printed(folder, &test("-n 900000 --histogram")));

    let longer = printed(folder, &test("-n 900000 --checkpoint state.json"));
    assert_eq!(longer, printed(folder, &test("-n 900000")));
    assert_ne!(state(), before);
    // A shard has a checkpoint of its own.
    printed(folder, &test("-n 900000 --shard 1/2 --checkpoint half.json -o one.json"));
    printed(folder, &test("-n 900000 --shard 1/2 --checkpoint half.json -o one.json"));
    contains(
        &refused(folder, &test("-n 900000 --shard 2/2 --checkpoint half.json -o two.json")),
        &["half.json", "shard 1/2"],
    );
    printed(folder, &test("-n 900000 --shard 2/2 -o two.json"));
    assert_eq!(printed(folder, "merge one.json two.json"), longer);
    contains(&refused(folder, "merge half.json two.json"), &["half.json"]);
    contains(&refused(folder, &test("--checkpoint state.json")), &["-n"]);
    contains(&refused(folder, &test("-n 300000 --method sequential --checkpoint s.json")), &["sequential"]);
}
