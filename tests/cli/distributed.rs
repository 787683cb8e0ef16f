//! The scripts of `examples/distributed/`, run for real: a process pool, Dask, `IPython` Parallel and GNU parallel on this machine,
//! and the command lines for Slurm and Kubernetes under the variables that those set. All give the bytes of one process.
//!
//! Skipped, with a message, where a tool is missing and `CI` is not set; Dask and `IPython` Parallel are looked for in the Python that
//! `PERMTEST_PYTHON` names.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const TEST: &str = "new.csv old.csv -s median -n 500003 --interval none";

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/distributed").join(name)
}

/// A folder with two samples and a statistic in Python.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, step) in [("new.csv", 7919), ("old.csv", 104_729)] {
        let rows: Vec<String> = (0..30usize).map(|i| format!("{}", (1 + i * step % 101) as f64 / 10.0)).collect();
        std::fs::write(folder.path().join(name), format!("x\n{}\n", rows.join("\n"))).unwrap();
    }
    let program = "for line in open(0):\n    x, y = (sum(map(float, part.split())) for part in line.split('\\t'))\n    print(x - y, flush=True)\n";
    std::fs::write(folder.path().join("stat.py"), program).unwrap();
    folder
}

/// A command in the folder, with permtest on its path.
fn command(program: impl Into<OsString>, folder: &Path) -> Command {
    let mut path = OsString::from(Path::new(env!("CARGO_BIN_EXE_permtest")).parent().unwrap());
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let mut command = Command::new(program.into());
    command.current_dir(folder).env("PATH", path).stdin(Stdio::null());
    command
}

fn has(program: &str, arguments: &[&str]) -> bool {
    let found = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let is_there = found.is_ok_and(|output| output.status.success());
    assert!(is_there || std::env::var_os("CI").is_none(), "{program} {arguments:?} fails");
    if !is_there {
        eprintln!("skipped: there is no {program} {arguments:?}");
    }
    is_there
}

#[track_caller]
fn printed(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ')
}

/// A permtest that takes its worker with it the first time that it is called.
fn deadly(folder: &Path) {
    let text = format!(
        "#!/bin/sh\nif mkdir struck 2>/dev/null; then kill -9 $PPID; sleep 5; fi\nexec '{}' \"$@\"\n",
        env!("CARGO_BIN_EXE_permtest")
    );
    let path = folder.join("deadly");
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Three runs by one kind of workers: a statistic of ours, one in Python, and one during which a worker dies.
fn assert_scattered(python: &str, executor: &[&str]) {
    let folder = folder();
    let scatter = |more: &[&str], test: &[&str]| {
        let mut scatter = command(python, folder.path());
        scatter.arg(script("scatter.py")).args(["--shards", "5"]).args(executor).args(more).arg("--").args(test);
        printed(&mut scatter)
    };
    let single = |test: &[&str]| printed(command(env!("CARGO_BIN_EXE_permtest"), folder.path()).args(test));
    let ours: Vec<&str> = words(TEST).collect();
    assert_eq!(scatter(&[], &ours), single(&ours), "{executor:?}");
    let folder_name = folder.path().display().to_string();
    let absolute = format!("python3 {folder_name}/stat.py");
    let (new, old) = (format!("{folder_name}/new.csv"), format!("{folder_name}/old.csv"));
    let theirs = [&new, &old, "--statistic-command", &absolute, "-n", "5003", "--method", "monte-carlo"];
    assert_eq!(scatter(&[], &theirs), single(&theirs), "{executor:?}");
    deadly(folder.path());
    let mut dying = vec!["--permtest"];
    let deadly = format!("{folder_name}/deadly");
    dying.push(&deadly);
    assert_eq!(scatter(&dying, &ours), single(&ours), "{executor:?} with a worker that dies");
    assert!(folder.path().join("struck").exists());
}

#[test]
fn a_pool_of_processes_gives_the_bytes_of_one() {
    if has("python3", &["--version"]) {
        assert_scattered("python3", &[]);
    }
}

/// The Python that has more than Python.
fn equipped_python(module: &str) -> Option<String> {
    let python = std::env::var("PERMTEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    has(&python, &["-c", &format!("import {module}")]).then_some(python)
}

#[test]
fn a_cluster_of_dask_gives_the_bytes_of_one() {
    if let Some(python) = equipped_python("distributed") {
        assert_scattered(&python, &["--dask"]);
    }
}

#[test]
fn engines_of_ipython_parallel_give_the_bytes_of_one() {
    if let Some(python) = equipped_python("ipyparallel") {
        assert_scattered(&python, &["--ipyparallel"]);
    }
}

#[test]
fn gnu_parallel_gives_the_bytes_of_one() {
    if has("parallel", &["--version"]) {
        let folder = folder();
        let mut parallel = command(script("parallel.sh"), folder.path());
        let merged = printed(parallel.env("SHARDS", "4").env("TEST", TEST));
        assert_eq!(merged, printed(command(env!("CARGO_BIN_EXE_permtest"), folder.path()).args(words(TEST))));
    }
}

#[test]
fn a_refusal_ends_a_scattered_run_at_once() {
    if has("python3", &["--version"]) {
        let folder = folder();
        let mut scatter = command("python3", folder.path());
        scatter.arg(script("scatter.py")).args(["--shards", "2", "--", "new.csv", "nowhere.csv", "-n", "500000"]);
        let Output { status, stdout, stderr } = scatter.output().unwrap();
        let stderr = String::from_utf8(stderr).unwrap();
        assert!(!status.success() && stdout.is_empty() && stderr.contains("nowhere.csv"), "{stderr}");
    }
}

#[test]
fn the_array_of_slurm_gives_the_bytes_of_one() {
    if !has("bash", &["--version"]) {
        return;
    }
    let folder = folder();
    let job = |id: &str, array: [&str; 2], again: Option<&str>| {
        let mut job = command("bash", folder.path());
        job.arg(script("slurm.sh")).env("TEST", TEST).env("SHARDS", "3").env("SLURM_CPUS_PER_TASK", "2");
        job.env("SLURM_ARRAY_TASK_ID", id).env("SLURM_ARRAY_TASK_STEP", "1");
        job.env("SLURM_ARRAY_TASK_MIN", array[0]).env("SLURM_ARRAY_TASK_MAX", array[1]);
        job.envs(again.map(|again| ("AGAIN", again)));
        job.output().unwrap()
    };
    for id in ["1", "2"] {
        assert!(job(id, ["1", "3"], None).status.success());
    }
    // The third failed, and is submitted again by itself.
    let alone = job("3", ["3", "3"], None);
    assert!(String::from_utf8_lossy(&alone.stderr).contains("the array has 1 jobs, not 3"));
    assert!(job("3", ["3", "3"], Some("1")).status.success());
    let merged = printed(command("sh", folder.path()).args(["-c", "permtest merge parts/*.json"]));
    assert_eq!(merged, printed(command(env!("CARGO_BIN_EXE_permtest"), folder.path()).args(words(TEST))));
}

#[test]
fn the_indexed_job_of_kubernetes_gives_the_bytes_of_one() {
    let folder = folder();
    let manifest = std::fs::read_to_string(script("kubernetes.yaml")).unwrap();
    let lines: Vec<&str> =
        manifest.lines().skip_while(|line| !line.ends_with(">-")).skip(1).take(2).map(str::trim).collect();
    let line = lines
        .join(" ")
        .replace("/work/", "")
        .replace("-n 1e11", "-n 500003 --interval none")
        .replace("auto/100", "auto/3");
    assert!(line.starts_with("permtest new.csv old.csv") && line.contains("--checkpoint"), "{line}");
    for folder_of in ["parts", "checkpoints"] {
        std::fs::create_dir(folder.path().join(folder_of)).unwrap();
    }
    for index in ["0", "1", "2"] {
        printed(command("sh", folder.path()).args(["-c", &line]).env("JOB_COMPLETION_INDEX", index));
    }
    let merged = printed(command("sh", folder.path()).args(["-c", "permtest merge parts/*.json"]));
    let single = "new.csv old.csv -n 500003 --interval none";
    assert_eq!(merged, printed(command(env!("CARGO_BIN_EXE_permtest"), folder.path()).args(words(single))));
}
