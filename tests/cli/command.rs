//! Runs the built binary in a folder of its own and compares all that can be seen of it.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A run of `permtest` to come: `permtest().args(["case.csv", "control.csv"]).file("case.csv", "1\n2\n").exit(0).run()`.
///
/// Whatever is not said is expected to be plain success: exit code 0. What is said of standard output and standard
/// error must hold exactly, or contain the given words.
#[must_use = "nothing happens before .run()"]
pub struct Permtest {
    folder: TempDir,
    args: Vec<OsString>,
    environment: Vec<(String, String)>,
    stdin: Vec<u8>,
    stdout_target: Option<PathBuf>,
    exit: i32,
    stdout: Vec<Expectation>,
    stderr: Vec<Expectation>,
}

/// What a run wrote.
pub struct Seen {
    pub stdout: String,
    pub stderr: String,
}

/// What an output has to be.
enum Expectation {
    Exactly(String),
    Contains(String),
    OneLine,
    /// An error in one line, and two more that quote an expression and point into it.
    Pointing {
        expression: String,
        pointer: String,
    },
}

/// Starts the description of a run.
pub fn permtest() -> Permtest {
    Permtest {
        folder: tempfile::tempdir().expect("a temporary folder"),
        args: Vec::new(),
        environment: Vec::new(),
        stdin: Vec::new(),
        stdout_target: None,
        exit: 0,
        stdout: Vec::new(),
        stderr: Vec::new(),
    }
}

impl Permtest {
    /// Adds arguments.
    pub fn args<Arg: Into<OsString>>(mut self, args: impl IntoIterator<Item = Arg>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Lays a file into the folder of the run, or into one within it.
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder of the test");
        fs::write(path, content).expect("a file of the test");
        self
    }

    /// Makes a folder in the folder of the run.
    pub fn folder(self, name: &str) -> Self {
        fs::create_dir(self.folder.path().join(name)).expect("a folder of the test");
        self
    }

    /// Makes a symbolic link in the folder of the run.
    #[cfg(unix)]
    pub fn link(self, name: &str, target: impl AsRef<Path>) -> Self {
        std::os::unix::fs::symlink(target, self.folder.path().join(name)).expect("a link of the test");
        self
    }

    /// What the run reads on standard input: nothing, unless it is said.
    pub fn stdin(mut self, content: impl AsRef<[u8]>) -> Self {
        self.stdin = content.as_ref().to_vec();
        self
    }

    /// Sends standard output to a file or device, where it is not looked at.
    pub fn stdout_to(mut self, path: impl AsRef<Path>) -> Self {
        self.stdout_target = Some(path.as_ref().to_owned());
        self
    }

    /// Sets an environment variable; the run sees no others but the system's own.
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The exit code that is due.
    pub fn exit(mut self, code: i32) -> Self {
        self.exit = code;
        self
    }

    /// The whole of standard output.
    pub fn stdout(mut self, text: &str) -> Self {
        self.stdout.push(Expectation::Exactly(text.to_owned()));
        self
    }

    /// Words that standard output must contain.
    pub fn stdout_contains(mut self, words: &str) -> Self {
        self.stdout.push(Expectation::Contains(words.to_owned()));
        self
    }

    /// The whole of standard error.
    pub fn stderr(mut self, text: &str) -> Self {
        self.stderr.push(Expectation::Exactly(text.to_owned()));
        self
    }

    /// Words that standard error must contain, capital or small.
    pub fn stderr_contains(mut self, words: &str) -> Self {
        self.stderr.push(Expectation::Contains(words.to_owned()));
        self
    }

    /// A refusal: exit code 2, nothing on standard output, one line on standard error that contains all these words.
    pub fn refused<'a>(mut self, words: impl IntoIterator<Item = &'a str>) -> Self {
        self.stderr.push(Expectation::OneLine);
        for words in words {
            self = self.stderr_contains(words);
        }
        self.stdout("").exit(2)
    }

    /// The refusal of an expression: exit code 2, nothing on standard output, and three lines on standard error: one that
    /// contains all these words, the expression, and `^` under the fault.
    pub fn refused_at<'a>(mut self, expression: &str, pointer: &str, words: impl IntoIterator<Item = &'a str>) -> Self {
        self.stderr.push(Expectation::Pointing { expression: expression.to_owned(), pointer: pointer.to_owned() });
        for words in words {
            self = self.stderr_contains(words);
        }
        self.stdout("").exit(2)
    }

    /// Runs it, and fails the test where an expectation does not hold. Gives what is left in the folder.
    #[track_caller]
    pub fn run(self) -> TempDir {
        let output = self.output();
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        let seen = format!("permtest {:?}\n--- stdout\n{stdout}--- stderr\n{stderr}---", self.args);
        assert_eq!(output.status.code(), Some(self.exit), "exit code of {seen}");
        let bare = without_orientation(&stderr);
        for (name, text, expectations) in [("stdout", &*stdout, &self.stdout), ("stderr", &bare, &self.stderr)] {
            for expectation in expectations {
                expectation.check(name, text, &seen);
            }
        }
        self.folder
    }

    /// Runs it and gives what it writes, after a look at its exit code.
    #[track_caller]
    pub fn seen(self) -> Seen {
        let output = self.output();
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let seen = Seen { stdout: text(output.stdout), stderr: text(output.stderr) };
        assert_eq!(output.status.code(), Some(self.exit), "permtest {:?}: {}", self.args, seen.stderr);
        seen
    }

    pub fn output(&self) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_permtest"));
        command.args(&self.args).current_dir(self.folder.path()).stdin(Stdio::piped()).stderr(Stdio::piped());
        command.stdout(match &self.stdout_target {
            Some(path) => Stdio::from(fs::File::options().write(true).open(path).expect("a target for stdout")),
            None => Stdio::piped(),
        });
        // Nothing of the tester's terminal or habits may change what is seen; the system's own variables stay.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().to_uppercase();
            if ["NO_COLOR", "TERM", "COLUMNS", "LINES", "CI", "GITHUB_STEP_SUMMARY"].contains(&name.as_str())
                || name.starts_with("CLICOLOR")
                || name.starts_with("PERMTEST")
            {
                command.env_remove(name);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let mut child = command.spawn().expect("the built permtest");
        let mut stdin = child.stdin.take().expect("a pipe");
        // A run that refuses its arguments may be gone before it reads a byte: that is no failure of the test.
        let _ = stdin.write_all(&self.stdin);
        drop(stdin);
        child.wait_with_output().expect("the end of permtest")
    }
}

/// Standard error without the line that any run begins with of which it is not known which label is the case; the cases of
/// `cases.rs` look at it.
pub fn without_orientation(stderr: &str) -> String {
    let is_other =
        |line: &&str| !(line.starts_with("permtest: note: differences are ") && line.ends_with("turns them round\n"));
    stderr.split_inclusive('\n').filter(is_other).collect()
}

impl Expectation {
    #[track_caller]
    fn check(&self, name: &str, text: &str, seen: &str) {
        match self {
            Self::Exactly(expected) => assert_eq!(text, expected, "{name} of {seen}"),
            Self::Contains(words) => {
                let found = text.to_lowercase().contains(&words.to_lowercase());
                assert!(found, "{name} lacks {words:?}: {seen}");
            }
            Self::Pointing { expression, pointer } => {
                let first = text.lines().next().unwrap_or_default();
                assert!(first.starts_with("permtest: --statistic: "), "{name} is no refusal of an expression: {seen}");
                assert_eq!(text, format!("{first}\n  {expression}\n  {pointer}\n"), "{name} of {seen}");
            }
            Self::OneLine => {
                let one_line = text.ends_with('\n') && text.lines().count() == 1 && text.starts_with("permtest: ");
                assert!(one_line, "{name} is not one line of permtest: {seen}");
            }
        }
    }
}
