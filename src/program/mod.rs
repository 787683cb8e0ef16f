//! The user's own program as the statistic: a pool of child processes that answer labellings over their standard
//! streams.
//!
//! A program is started once by each thread that needs one, without a shell, and then reads labellings on standard
//! input and writes one number for each on standard output, until its input ends. What it says on standard error is
//! read and shown only if it fails. It may answer as it reads or after a whole batch; it must not keep answers back in a
//! buffer while it waits for more input.
//!
//! # Lines
//!
//! Each labelling is one line of text: the case values separated by single blanks, a tab, the control values separated
//! by blanks, in the shortest decimal form that reads back as the same number. Of several columns that a program has asked for
//! these are the case values of the first, its control values, the case values of the second and so on, a tab between any two
//! lists; the i-th values of all columns stand in one row of the data. Each reply is one line with one number;
//! `nan` and `NA` stand for undefined, `inf` and `-inf` are allowed. Flush after every line.
//!
//! # Frames
//!
//! Binary and many times faster: hundreds of labellings at once. A frame, all little-endian, is
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `PERMTST1` |
//! | 8 | rows: labellings in this frame, a u64 |
//! | 8 | `n_case`, a u64 |
//! | 8 | `n_control`, a u64 |
//! | 8 · rows · (`n_case` + `n_control`) | the labellings as f64, row by row, in each row the case values first |
//!
//! Of several columns that a program has asked for a frame begins with `PERMTST2`, after `n_control` comes the number of columns,
//! a u64, and in each row the case and the control values of the first column are followed by those of the others.
//!
//! Its reply is `rows` f64, nothing before, between or behind. Frames follow each other until the input ends; the
//! number of rows may change from one to the next. A frame holds at most 1 MiB of values, or one row if that is longer.
//! In `NumPy` the heart of it is three lines (the whole program is `examples/statistics/mean_difference.py`):
//!
//! ```python
//! while header := stdin.read(32):
//!     rows, n_case, n_control = np.frombuffer(header[8:], "<u8").tolist()
//!     x, y = np.split(np.frombuffer(stdin.read(8 * rows * (n_case + n_control)), "<f8").reshape(rows, -1), [n_case], axis=1)
//!     stdout.write((x.mean(axis=1) - y.mean(axis=1)).astype("<f8").tobytes()), stdout.flush()
//! ```
//!
//! # Processes
//!
//! On Unix each child leads a process group of its own. So all that it started can be killed with it, also what a
//! wrapper such as `sh -c` leaves behind; and Ctrl-C, which the terminal sends to our group alone, is an interruption of
//! the test and not the death of a child halfway. When the pool is dropped, the children's input ends and they have a
//! second to leave; who stays is killed, and all are reaped. Should this process itself be killed, the children's input
//! ends just the same, which ends every program that reads it.

mod child;
mod exchange;
mod failure;
mod protocol;
mod statistic;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Error;
use child::Child;
use exchange::{Batch, Patience};
use failure::{Failure, Report};
pub use protocol::Protocol;
use protocol::Shape;

/// Most bytes of values that are sent before their replies are awaited; a longer row goes alone.
const BATCH_BYTES: usize = 1 << 20;

/// How long all idle children together may take to end after their input has.
const FAREWELL: Duration = Duration::from_secs(1);

/// Which program to run, and how to talk with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramSettings {
    /// The program and its arguments; see [`split`].
    pub argv: Vec<String>,
    /// The language of its standard input and output.
    pub protocol: Protocol,
    /// How long it may neither read nor reply before it is given up.
    pub time_limit: Duration,
}

/// The words of a command line, by a shell's rules for quotes and backslashes; nothing is expanded.
///
/// # Errors
///
/// [`Error::Usage`] if a quote is left open or there is no word at all.
///
/// ```
/// let words = permtest::program::split("awk -f 'my statistic.awk'")?;
/// assert_eq!(words, ["awk", "-f", "my statistic.awk"]);
/// # Ok::<(), permtest::error::Error>(())
/// ```
pub fn split(command: &str) -> Result<Vec<String>, Error> {
    let Ok(words) = shell_words::split(command) else {
        let what = format!("the statistic command {} has an open quote", failure::quoted(command));
        return Err(Error::usage(what, "close the quote, or put a backslash before it"));
    };
    if words.first().is_none_or(String::is_empty) {
        return Err(Error::usage("the statistic command names no program", "write one, as in 'python3 statistic.py'"));
    }
    Ok(words)
}

/// A program that computes the statistic, and its running children.
///
/// Any number of threads may call [`Program::evaluate`] at once; each has a child to itself meanwhile.
#[derive(Debug)]
pub struct Program {
    settings: ProgramSettings,
    stop: Option<&'static AtomicBool>,
    idle: Mutex<Vec<Child>>,
    first_failure: OnceLock<Report>,
}

impl Program {
    /// A program that is started when it is first needed.
    #[must_use]
    pub fn new(settings: ProgramSettings) -> Self {
        Self { settings, stop: None, idle: Mutex::new(Vec::new()), first_failure: OnceLock::new() }
    }

    /// Gives up waiting for replies, with [`Error::Interrupted`], as soon as a flag is raised.
    #[must_use]
    pub fn stop_on(mut self, stop: &'static AtomicBool) -> Self {
        self.stop = Some(stop);
        self
    }

    /// Computes the statistic of each row. `rows` is row-major: in each row `n_case` case values, then `n_control`
    /// control values. An undefined statistic is NaN.
    ///
    /// Takes an idle child or starts one, and gives it back afterwards: never more children than concurrent callers.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] if the program cannot be started, ends, breaks the protocol or exceeds the time limit. After the
    /// first failure all calls, also those under way in other threads, fail at once with the same text.
    /// [`Error::Interrupted`] if the flag of [`Program::stop_on`] was raised.
    ///
    /// # Panics
    ///
    /// If `rows` does not hold as many rows as `statistics` has places.
    pub fn evaluate(&self, n_case: usize, n_control: usize, rows: &[f64], statistics: &mut [f64]) -> Result<(), Error> {
        self.evaluate_rows(Shape { n_case, n_control, columns: None }, rows, statistics)
    }

    /// The same with rows of another shape.
    fn evaluate_rows(&self, shape: Shape, rows: &[f64], statistics: &mut [f64]) -> Result<(), Error> {
        let width = shape.width();
        assert!(width > 0, "a labelling has values");
        assert_eq!(rows.len(), width * statistics.len(), "one row for each statistic");
        self.check()?;
        if statistics.is_empty() {
            return Ok(());
        }
        let mut child = self.take_child()?;
        let patience = Patience { time_limit: self.settings.time_limit, is_over: &|| self.check().is_err() };
        let batch_rows = (BATCH_BYTES / size_of::<f64>() / width).max(1);
        for (rows, statistics) in rows.chunks(batch_rows * width).zip(statistics.chunks_mut(batch_rows)) {
            let batch = Batch { protocol: self.settings.protocol, shape, rows };
            if let Err(failure) = exchange::exchange(&mut child, batch, &patience, statistics) {
                child.kill();
                return Err(self.fail(&failure, &child.last_words()));
            }
        }
        self.idle().push(child);
        Ok(())
    }

    /// Ends the input of all idle children, and sees that they have nothing more to say: numbers that were not asked for
    /// mean that the replies do not belong to the labellings.
    ///
    /// Call it when all is computed. The children have a second in all; they are killed then, which is no failure, and
    /// neither is their exit status.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] for surplus replies, or the first failure if there was one.
    pub fn finish(&self) -> Result<(), Error> {
        let mut children = std::mem::take(&mut *self.idle());
        children.iter_mut().for_each(Child::end_input);
        let deadline = Instant::now() + FAREWELL;
        for mut child in children {
            let farewell = exchange::farewell(&mut child, self.settings.protocol, deadline);
            child.await_end(deadline.saturating_duration_since(Instant::now()));
            child.kill();
            if let Err(failure) = farewell {
                self.fail(&failure, &child.last_words());
            }
        }
        self.first_failure.get().map_or(Ok(()), |report| Err(report.error()))
    }

    /// Whether work may go on.
    fn check(&self) -> Result<(), Error> {
        if let Some(report) = self.first_failure.get() {
            return Err(report.error());
        }
        if self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            return Err(Error::Interrupted);
        }
        Ok(())
    }

    fn take_child(&self) -> Result<Child, Error> {
        // One start at a time: where pipes are made in two steps (not on Linux), a child that starts meanwhile would
        // inherit the other's input and keep it from ending.
        let mut idle = self.idle();
        idle.pop().map_or_else(|| Child::start(&self.settings.argv), Ok).map_err(|error| {
            drop(idle);
            self.fail(&Failure::CannotStart(error), &[])
        })
    }

    /// Keeps a failure if it is the first, and gives the first.
    fn fail(&self, failure: &Failure, last_words: &[String]) -> Error {
        if matches!(failure, Failure::Abandoned)
            && let Err(error) = self.check()
        {
            return error;
        }
        self.first_failure.get_or_init(|| failure.report(&self.settings, last_words)).error()
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Child>> {
        // A list of idle children is whole whatever its last user came to.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_a_shell_does_without_expanding_anything() {
        assert_eq!(split(r#"a 'b c' "d \" e" f\ g $HOME *"#).unwrap(), ["a", "b c", "d \" e", "f g", "$HOME", "*"]);
    }

    #[test]
    fn a_command_without_words_or_with_an_open_quote_is_refused() {
        for (command, start) in [
            ("", "the statistic command names no program; "),
            ("  \t", "the statistic command names no program; "),
            ("''", "the statistic command names no program; "),
            ("awk 'oh", "the statistic command `awk 'oh` has an open quote; "),
        ] {
            let error = split(command).unwrap_err();
            assert!(matches!(error, Error::Usage { .. }));
            assert!(error.to_string().starts_with(start), "{error}");
        }
    }
}
