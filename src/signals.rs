//! Ctrl-C, SIGTERM and their like: the process ends with exit code 130 and leaves nothing half-written, whatever it is at.
//!
//! While it reads, or writes what it has found, it ends at once. While it computes, the first signal raises a flag that the
//! work polls, so that it stops between two chunks and keeps its checkpoint; a second one ends the process at once. Before that
//! happens all is undone that would stay behind: temporary files, programs of the user's.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::Error;

/// Raised by the first signal while the work polls it.
static REQUESTED: AtomicBool = AtomicBool::new(false);

static PROCESS: Mutex<Process> = Mutex::new(Process { is_polling: false, undo: BTreeMap::new(), next: 0 });

/// What a signal meets.
struct Process {
    /// Whether the flag is looked at.
    is_polling: bool,
    undo: BTreeMap<u64, Box<dyn FnOnce() + Send>>,
    next: u64,
}

fn process() -> MutexGuard<'static, Process> {
    PROCESS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Something that is undone if a signal ends the process before this is dropped.
#[derive(Debug)]
pub struct Undo(u64);

impl Drop for Undo {
    fn drop(&mut self) {
        process().undo.remove(&self.0);
    }
}

/// Does something that leaves a trace, and remembers how it is undone; no signal ends the process in between.
///
/// # Errors
/// What `work` fails with; then there is nothing to undo.
pub fn undoable<T, E, U: FnOnce() + Send + 'static>(
    work: impl FnOnce() -> Result<T, E>,
    undo: impl FnOnce(&T) -> U,
) -> Result<(T, Undo), E> {
    let mut process = process();
    let done = work()?;
    let number = process.next;
    process.next += 1;
    process.undo.insert(number, Box::new(undo(&done)));
    Ok((done, Undo(number)))
}

/// Does something during which no signal ends the process; it takes no time to speak of.
pub fn undisturbed<T>(work: impl FnOnce() -> T) -> T {
    let _process = process();
    work()
}

/// Begins to compute: gives the flag that the first signal raises from here on.
#[must_use]
pub fn watch() -> &'static AtomicBool {
    process().is_polling = true;
    &REQUESTED
}

/// Ends to compute: from here on a signal ends the process at once.
///
/// # Errors
/// [`Error::Interrupted`] if there has been one that was not seen.
pub fn unwatch() -> Result<(), Error> {
    let mut process = process();
    process.is_polling = false;
    if REQUESTED.load(Ordering::Relaxed) { Err(Error::Interrupted) } else { Ok(()) }
}

/// Takes a signal.
fn take() {
    let mut process = process();
    if process.is_polling && !REQUESTED.swap(true, Ordering::Relaxed) {
        return;
    }
    for undo in std::mem::take(&mut process.undo).into_values() {
        undo();
    }
    // The lock is kept: nothing new begins.
    signal_hook::low_level::exit(Error::Interrupted.exit_code().into());
}

/// Starts to listen for Ctrl-C, SIGTERM, SIGHUP and SIGXCPU; the first thing that the command does. SIGXFSZ is turned into a
/// write that fails.
///
/// A signal that the process was started to ignore, as `nohup` does with SIGHUP and a shell with SIGINT for its background
/// jobs, stays ignored.
#[cfg(unix)]
pub fn listen() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXCPU, SIGXFSZ};
    use signal_hook::iterator::Signals;
    let ignored = ignored_signals();
    let requests = [SIGINT, SIGTERM, SIGHUP, SIGXCPU].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let _ = signal_hook::flag::register(SIGXFSZ, std::sync::Arc::default());
    // Without them a signal ends the process by the system's default: no worse than any other command.
    let Ok(mut signals) = Signals::new(requests) else { return };
    let listener = std::thread::Builder::new().name("signals".to_owned());
    let _ = listener.spawn(move || signals.forever().for_each(|_| take()));
}

/// The same where there is nothing but Ctrl-C.
#[cfg(not(unix))]
pub fn listen() {
    use signal_hook::consts::{SIGINT, SIGTERM};
    for signal in [SIGINT, SIGTERM] {
        let flag = std::sync::Arc::new(AtomicBool::new(false));
        if signal_hook::flag::register(signal, std::sync::Arc::clone(&flag)).is_err() {
            continue;
        }
        let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            loop {
                std::thread::sleep(std::time::Duration::from_millis(50));
                if flag.swap(false, Ordering::Relaxed) {
                    take();
                }
            }
        });
    }
}

/// The signals that this process ignores, bit s − 1 for signal s, as far as the system says: Linux does.
#[cfg(unix)]
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
