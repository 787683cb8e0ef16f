//! The user's own program as the statistic: both protocols, every way in which a program can fail, and that none is
//! left behind. The programs are a few words of sh, awk or Python.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use permtest::error::Error;
use permtest::program::{Program, ProgramSettings, Protocol, split};

/// Replies to frames with the sums of the rows' first values, in Python without anything else.
const FRAMES_OF_FIRST_VALUES: &str = "
import struct, sys
while header := sys.stdin.buffer.read(32):
    magic, rows, n_case, n_control = struct.unpack('<8sQQQ', header)
    assert magic == b'PERMTST1'
    for _ in range(rows):
        row = struct.unpack(f'<{n_case + n_control}d', sys.stdin.buffer.read(8 * (n_case + n_control)))
        sys.stdout.buffer.write(struct.pack('<d', row[0]))
    sys.stdout.buffer.flush()
";

/// Long enough for a busy machine; no test waits for it unless something is wrong.
const PATIENT: Duration = Duration::from_secs(120);

fn program(argv: &[&str], protocol: Protocol, time_limit: Duration) -> Program {
    Program::new(ProgramSettings { argv: argv.iter().map(ToString::to_string).collect(), protocol, time_limit })
}

fn lines(argv: &[&str]) -> Program {
    program(argv, Protocol::Lines, PATIENT)
}

fn shell(script: &str) -> Program {
    lines(&["sh", "-c", script])
}

fn frames(source: &str) -> Program {
    program(&["python3", "-c", source], Protocol::Frames, PATIENT)
}

/// Rows of one case and two control values: i, 0.5, −i.
fn rows(n: usize) -> Vec<f64> {
    (0..n).flat_map(|i| [i as f64, 0.5, -(i as f64)]).collect()
}

fn evaluate(program: &Program, n: usize) -> Result<Vec<f64>, Error> {
    let mut statistics = vec![f64::NAN; n];
    program.evaluate(1, 2, &rows(n), &mut statistics).map(|()| statistics)
}

/// The one line that a program's failure is told in.
fn failure(program: &Program, n: usize) -> String {
    let error = evaluate(program, n).unwrap_err();
    assert!(matches!(error, Error::Data { .. }), "{error:?}");
    let text = error.to_string();
    assert!(!text.contains('\n'), "{text}");
    assert_eq!(evaluate(program, n).unwrap_err().to_string(), text, "later calls tell the same");
    text
}

fn first_values(n: usize) -> Vec<f64> {
    (0..n).map(|i| i as f64).collect()
}

/// The state of a process, as ps shows it; nothing once it is reaped.
fn state(pid: &str) -> String {
    let output = Command::new("ps").args(["-o", "stat=", "-p", pid]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn assert_reaped(pid: &str) {
    assert_eq!(state(pid), "", "process {pid} is still there");
}

/// That a process we did not start ourselves ends soon: somebody else reaps it, or nobody.
fn assert_ends(pid: &str) {
    let start = Instant::now();
    while !matches!(state(pid).chars().next(), None | Some('Z')) {
        assert!(start.elapsed() < PATIENT, "process {pid} is still running");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Process numbers that programs wrote to files of a folder, once all have.
fn pids(folder: &Path, n: usize) -> Vec<String> {
    let start = Instant::now();
    loop {
        let files = fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
        let pids: Vec<String> = files.map(|text| text.trim().to_owned()).filter(|pid| !pid.is_empty()).collect();
        if pids.len() >= n {
            return pids;
        }
        assert!(start.elapsed() < PATIENT, "programs did not start");
        std::thread::sleep(Duration::from_millis(10));
    }
}

// Both protocols.

#[test]
fn a_program_that_answers_line_by_line_works() {
    let program = shell("while read -r first rest; do echo $first; done");
    assert_eq!(evaluate(&program, 1000).unwrap(), first_values(1000));
    program.finish().unwrap();
}

#[test]
fn a_program_that_reads_a_whole_frame_before_it_answers_works() {
    let program = frames(FRAMES_OF_FIRST_VALUES);
    assert_eq!(evaluate(&program, 5).unwrap(), first_values(5));
    // Several frames, the last one shorter, far more than the pipes hold.
    assert_eq!(evaluate(&program, 150_000).unwrap(), first_values(150_000));
    program.finish().unwrap();
}

#[test]
fn a_program_that_answers_lines_only_after_a_batch_works() {
    // It holds 30,000 replies back, more than a pipe takes in either direction.
    let source = "
import sys
while line := sys.stdin.readline():
    replies = [line.split()[0]] + [sys.stdin.readline().split()[0] for _ in range(29_999)]
    print('\\n'.join(replies), flush=True)
";
    let program = lines(&["python3", "-c", source]);
    assert_eq!(evaluate(&program, 30_000).unwrap(), first_values(30_000));
}

#[test]
fn rows_longer_than_a_batch_go_one_by_one() {
    let width = 200_000;
    let rows: Vec<f64> = (0..3 * width).map(|i| (i / width) as f64).collect();
    let mut statistics = [f64::NAN; 3];
    for program in [frames(FRAMES_OF_FIRST_VALUES), shell("while read -r line; do echo ${line%% *}; done")] {
        program.evaluate(width - 1, 1, &rows, &mut statistics).unwrap();
        assert_eq!(statistics, [0.0, 1.0, 2.0]);
    }
}

#[test]
fn a_program_is_started_once_and_not_before_it_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("starts");
    let script = format!("echo start >> '{}'; while read -r first rest; do echo $first; done", log.display());
    let program = shell(&script);
    program.evaluate(1, 2, &[], &mut []).unwrap();
    assert!(!log.exists());
    for _ in 0..3 {
        evaluate(&program, 10).unwrap();
    }
    assert_eq!(fs::read_to_string(&log).unwrap(), "start\n");
}

#[test]
fn undefined_and_infinite_statistics_pass() {
    let program = shell("read -r a; echo NaN; read -r a; echo -inf; read -r a; echo 1e-3; cat > /dev/null");
    let statistics = evaluate(&program, 3).unwrap();
    assert!(statistics[0].is_nan());
    assert_eq!(statistics[1..], [f64::NEG_INFINITY, 0.001]);
}

#[test]
fn four_threads_have_a_program_each_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let source =
        format!("import os\nopen(r'{}/' + str(os.getpid()), 'w').write(str(os.getpid()))\n", folder.path().display());
    let program = frames(&(source + FRAMES_OF_FIRST_VALUES));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for n in [1, 1000, 50_000, 7] {
                    assert_eq!(evaluate(&program, n).unwrap(), first_values(n));
                }
            });
        }
    });
    let pids = pids(folder.path(), 1);
    assert!(pids.len() <= 4, "{pids:?}");
    drop(program);
    for pid in &pids {
        assert_reaped(pid);
    }
}

#[test]
fn much_talk_on_standard_error_is_no_failure_and_holds_nobody_up() {
    let source = "
import sys
for line in sys.stdin:
    sys.stderr.write('careful! ' * 20_000)
    print(line.split()[0], flush=True)
";
    assert_eq!(evaluate(&lines(&["python3", "-c", source]), 20).unwrap(), first_values(20));
}

// Every failure.

#[test]
fn a_program_that_is_not_there_is_named() {
    let text = failure(&lines(&["no-such-program-7", "--fast"]), 1);
    assert!(text.starts_with("the program `no-such-program-7 --fast` cannot be started (No such file"), "{text}");
    assert!(text.ends_with("; check its spelling, install it, or write its path"), "{text}");
    let text = failure(&lines(&["Cargo.toml"]), 1);
    assert!(text.ends_with("; write ./Cargo.toml for the file in this folder"), "{text}");
}

#[test]
fn a_file_that_is_not_executable_is_told_how_to_become_so() {
    let text = failure(&lines(&["./Cargo.toml"]), 1);
    assert!(text.contains("`./Cargo.toml` cannot be started (Permission denied"), "{text}");
    assert!(text.contains("; make it executable (chmod +x), or write its interpreter before it, as in"), "{text}");
}

#[test]
fn a_missing_interpreter_is_told_from_a_missing_file() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("statistic");
    // Written by another process: a file that this one has open for writing while another test forks cannot be started.
    let write = "echo '#!/no/such/interpreter' > \"$1\" && chmod +x \"$1\"";
    let written = std::process::Command::new("sh").args(["-c", write, "sh"]).arg(&script).status().unwrap();
    assert!(written.success());
    let text = failure(&lines(&[script.to_str().unwrap()]), 1);
    assert!(text.contains("; install the interpreter that its first line names"), "{text}");
}

#[test]
fn a_program_that_ends_early_is_quoted_with_its_status_and_last_words() {
    let text = failure(&shell("read -r a; echo 1; echo cannot go on >&2; echo 'really  not' >&2; exit 3"), 5);
    assert_eq!(
        text.split_once(" ended ").unwrap().1,
        "(exit status: 3) after 1 of 5 replies, and said: cannot go on | really  not; make it read and reply until its \
         input ends, for labellings are many"
    );
}

#[test]
fn a_python_traceback_is_shown_in_one_line() {
    let text = failure(&lines(&["python3", "-c", "for line in open(0): print(1 / 0)"]), 5);
    assert!(text.contains("ended (exit status: 1) after 0 of 5 replies, and said: "), "{text}");
    assert!(text.contains(" | ZeroDivisionError: division by zero; "), "{text}");
}

#[test]
fn a_program_that_is_killed_is_told_with_its_signal() {
    let text = failure(&shell("read -r a; echo 1; kill -TERM $$"), 5);
    assert!(text.contains("ended (signal: 15 (SIGTERM)) after 1 of 5 replies; "), "{text}");
}

#[test]
fn a_program_that_answers_once_for_all_gives_too_few_replies() {
    let text = failure(&shell("read -r a; echo 0.5"), 5);
    assert!(text.contains("ended (exit status: 0) after 1 of 5 replies; "), "{text}");
    let source = FRAMES_OF_FIRST_VALUES.replace("for _ in range(rows)", "for _ in range(rows - 1)") + "    break\n";
    let text = failure(&frames(&source), 5);
    assert!(text.contains("ended (exit status: 0) after 4 of 5 replies; "), "{text}");
}

#[test]
fn a_program_that_ends_between_two_batches_is_noticed_at_the_next() {
    let program = shell("read -r a; echo 1; exit 4");
    evaluate(&program, 1).unwrap();
    let text = failure(&program, 1);
    assert!(text.contains("ended (exit status: 4) after 0 of 1 replies; "), "{text}");
}

#[test]
fn a_surplus_reply_is_noticed_in_the_batch_in_the_next_or_at_the_end() {
    let surplus = "gave more replies than there were labellings; print one line with one number for each line read";
    // Together with the last reply, or before the next batch.
    let text = failure(&shell("while read -r a; do printf '1\\n2\\n'; done"), 3);
    assert!(text.contains(surplus), "{text}");
    // On a busy machine the next batch may be first: then one of these is its reply, and the other too many.
    let program = shell("read -r a; echo 1; sleep 0.2; printf '2\\n3\\n'; cat > /dev/null");
    evaluate(&program, 1).unwrap();
    std::thread::sleep(Duration::from_millis(600));
    let text = evaluate(&program, 1).map_or_else(|error| error, |_| program.finish().unwrap_err()).to_string();
    assert!(text.contains(surplus), "{text}");
    // After the last batch.
    let program = shell("read -r a; echo 1; cat > /dev/null; echo 17");
    evaluate(&program, 1).unwrap();
    let text = program.finish().unwrap_err().to_string();
    assert!(text.contains(surplus), "{text}");

    let source = FRAMES_OF_FIRST_VALUES.replace("    sys.stdout.buffer.flush()", "    sys.stdout.buffer.write(b'x')");
    let program = frames(&(source + "    sys.stdout.buffer.flush()\n"));
    // The byte too many may come a moment after the reply: then it is noticed at the end.
    let text = evaluate(&program, 3).map_or_else(|error| error, |_| program.finish().unwrap_err()).to_string();
    assert!(text.contains("gave more replies than there were labellings; write one f64 for each row"), "{text}");
}

#[test]
fn a_reply_that_is_no_number_is_quoted() {
    let text = failure(&shell("while read -r a; do echo \"mean: 3\"; done"), 3);
    assert!(text.contains("replied \"mean: 3\" where one number is due; print one number a line"), "{text}");
    let text = failure(&shell("echo Loading statistics; while read -r first rest; do echo $first; done"), 3);
    assert!(text.contains("replied \"Loading statistics\" where one number is due"), "{text}");
}

#[test]
fn a_program_that_never_stops_talking_is_stopped() {
    let text = failure(&lines(&["yes"]), 3);
    assert!(text.contains("replied \"y\" where one number is due"), "{text}");
    let text = failure(&lines(&["cat", "/dev/zero"]), 3);
    assert!(text.contains("where one number is due"), "{text}");
    let text = failure(&program(&["cat", "/dev/zero"], Protocol::Frames, PATIENT), 3);
    assert!(text.contains("gave more replies than there were labellings"), "{text}");
}

#[test]
fn a_silent_program_meets_its_time_limit_and_the_likely_cause() {
    let limit = Duration::from_millis(300);
    let start = Instant::now();
    // The answers wait in a buffer, as Python's own standard output keeps them.
    let source = "import sys\nbuffered = open(1, 'w', 8192)\nfor line in sys.stdin: print(1, file=buffered)";
    let text = failure(&program(&["python3", "-c", source], Protocol::Lines, limit), 3);
    assert!(
        text.contains("neither read nor replied for 0.3 s after 0 of 3 replies; flush after every reply"),
        "{text}"
    );
    // It has to begin within the limit.
    let longer = Duration::from_secs(5);
    let text = failure(&program(&["sh", "-c", "read -r a; printf 17; cat"], Protocol::Lines, longer), 1);
    assert!(text.contains("after 0 of 1 replies and a line without an end; print a line end"), "{text}");
    // One that does not even read, of more than a pipe holds.
    let text = failure(&program(&["sleep", "1000"], Protocol::Frames, limit), 100_000);
    assert!(text.contains("neither read nor replied for 0.3 s after 0 of "), "{text}");
    assert!(start.elapsed() < PATIENT);
}

#[test]
fn a_slow_program_that_goes_on_is_within_its_time_limit() {
    // Eight times 0.8 s are more than 5 s; a busy machine has 4 s more for each.
    let script = "while read -r first rest; do sleep 0.8; echo $first; done";
    let program = program(&["sh", "-c", script], Protocol::Lines, Duration::from_secs(5));
    assert_eq!(evaluate(&program, 8).unwrap(), first_values(8));
}

#[test]
fn a_program_that_closes_its_input_or_output_is_not_waited_for() {
    let text = failure(&shell("exec <&-; sleep 1000"), 100_000);
    assert!(text.contains("stopped reading its standard input after 0 of "), "{text}");
    let text = failure(&shell("exec >&-; sleep 1000"), 3);
    assert!(text.contains("closed its standard output after 0 of 3 replies; "), "{text}");
}

#[test]
fn a_failure_in_one_thread_ends_the_others_at_once() {
    let folder = tempfile::tempdir().unwrap();
    // Whoever starts first fails after a while; the others would sleep.
    let script = format!("mkdir '{}/first' 2>/dev/null && sleep 0.3 && exit 9; sleep 1000", folder.path().display());
    let program = shell(&script);
    let start = Instant::now();
    let texts: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(|| evaluate(&program, 2).unwrap_err().to_string())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(start.elapsed() < PATIENT / 2);
    assert!(texts[0].contains("ended (exit status: 9) after 0 of 2 replies"), "{texts:?}");
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
    assert_eq!(program.finish().unwrap_err().to_string(), texts[0]);
}

// Nobody is left behind.

#[test]
fn an_interruption_ends_the_wait_and_the_program() {
    // A program that is silent, and one that replies without a pause but has work for a quarter of an hour.
    for (i, script) in ["exec sleep 1000", "while read -r a; do echo 1; sleep 0.01; done"].iter().enumerate() {
        static STOP: [AtomicBool; 2] = [AtomicBool::new(false), AtomicBool::new(false)];
        let folder = tempfile::tempdir().unwrap();
        let program = shell(&format!("echo $$ > '{}/pid'; {script}", folder.path().display())).stop_on(&STOP[i]);
        std::thread::scope(|scope| {
            let evaluation = scope.spawn(|| evaluate(&program, 100_000));
            let pids = pids(folder.path(), 1);
            STOP[i].store(true, Ordering::Relaxed);
            let start = Instant::now();
            assert!(matches!(evaluation.join().unwrap(), Err(Error::Interrupted)));
            assert!(start.elapsed() < PATIENT / 2);
            assert_reaped(&pids[0]);
        });
        assert!(matches!(evaluate(&program, 2), Err(Error::Interrupted)));
    }
}

#[test]
fn a_program_may_end_in_peace() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("farewell");
    let script = format!("while read -r first rest; do echo $first; done; sleep 0.1; echo $$ > '{}'", file.display());
    let program = shell(&script);
    evaluate(&program, 3).unwrap();
    drop(program);
    assert_reaped(fs::read_to_string(file).unwrap().trim());
}

#[test]
fn a_program_that_ignores_the_end_of_its_input_is_killed_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display();
    // The wrapper and its own child both stay.
    let script = format!(
        "trap '' TERM HUP INT; echo $$ > '{path}/wrapper'; sleep 1000 & echo $! > '{path}/grandchild'
        read -r first rest; echo $first; wait"
    );
    let program = shell(&script);
    evaluate(&program, 1).unwrap();
    let grandchild = fs::read_to_string(folder.path().join("grandchild")).unwrap();
    let start = Instant::now();
    drop(program);
    assert!(start.elapsed() < PATIENT);
    assert_reaped(fs::read_to_string(folder.path().join("wrapper")).unwrap().trim());
    assert_ends(grandchild.trim());
}

#[test]
fn what_a_program_leaves_behind_is_ended_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("grandchild");
    let script = format!("sleep 1000 > /dev/null 2>&1 & echo $! > '{}'; read -r a; exit 5", file.display());
    let text = failure(&shell(&script), 3);
    assert!(text.contains("ended (exit status: 5)"), "{text}");
    assert_ends(fs::read_to_string(file).unwrap().trim());
}

// The examples.

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/statistics").join(name)
}

/// Rows of 4 + 3 values and what a function makes of them.
fn check_example(program: &Program, statistic: impl Fn(&[f64], &[f64]) -> f64) {
    let n = 2000;
    let rows: Vec<f64> = (0..7 * n).map(|i| (i * 7919 % 1000) as f64 / 8.0 - 50.0).collect();
    let mut statistics = vec![f64::NAN; n];
    program.evaluate(4, 3, &rows, &mut statistics).unwrap();
    for (row, found) in rows.chunks(7).zip(statistics) {
        let expected = statistic(&row[..4], &row[4..]);
        // Sums of a few numbers below 100, in any order.
        assert!((found - expected).abs() < 1e-12, "{found} for {row:?}, not {expected}");
    }
    program.finish().unwrap();
}

fn mean(sample: &[f64]) -> f64 {
    sample.iter().sum::<f64>() / sample.len() as f64
}

fn median(sample: &[f64]) -> f64 {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    f64::midpoint(sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2])
}

#[test]
fn the_awk_example_computes_medians() {
    let awk = if Command::new("mawk").args(["-W", "version"]).output().is_ok() { "mawk -W interactive" } else { "awk" };
    let command = format!("{awk} -f '{}'", example("median_difference.awk").display());
    let settings = ProgramSettings { argv: split(&command).unwrap(), protocol: Protocol::Lines, time_limit: PATIENT };
    check_example(&Program::new(settings), |x, y| median(x) - median(y));
}

#[test]
fn the_trimmed_mean_example_trims_nothing_of_four_values() {
    let script = example("trimmed_mean.py");
    let program = lines(&["python3", script.to_str().unwrap()]);
    check_example(&program, |x, y| mean(x) - mean(y));
    // Of five values one goes at each end.
    let mut statistic = [f64::NAN];
    let program = lines(&["python3", script.to_str().unwrap()]);
    program.evaluate(5, 1, &[100.0, 2.0, 3.0, 4.0, -70.0, 1.0], &mut statistic).unwrap();
    assert_eq!(statistic, [2.0]);
}

#[test]
fn the_numpy_example_computes_means_and_refuses_lines() {
    let python = std::env::var("PERMTEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let numpy = Command::new(&python).args(["-c", "import numpy"]).output();
    if !numpy.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("PERMTEST_PYTHON").is_none(), "{python} has no NumPy");
        println!("skipped: {python} has no NumPy");
        return;
    }
    let script = example("mean_difference.py");
    let argv = [python.as_str(), script.to_str().unwrap()];
    check_example(&program(&argv, Protocol::Frames, PATIENT), |x, y| mean(x) - mean(y));
    let text = failure(&lines(&argv), 10);
    assert!(text.contains("and said: mean_difference.py reads frames; ask permtest for them"), "{text}");
}
