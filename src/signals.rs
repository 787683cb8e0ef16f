//! Ctrl-C and SIGTERM: a flag that the work polls, so that it stops between two chunks and leaves nothing half-written.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::error::Error;

/// Signals that ask a process to end.
#[cfg(unix)]
const REQUESTS: [i32; 3] = [SIGINT, SIGTERM, signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
const REQUESTS: [i32; 2] = [SIGINT, SIGTERM];

/// Starts to listen for Ctrl-C, SIGTERM and SIGHUP, and gives the flag that the first of them raises. A second one
/// ends the process at once, with the exit code of an interruption.
///
/// Call it when the data are read and the work begins: before that the system's own default is right, which ends the
/// process even while it waits for standard input. A signal that the process was started to ignore, as `nohup` does
/// with SIGHUP and a shell with SIGINT for its background jobs, stays ignored.
pub fn watch() -> &'static AtomicBool {
    static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    INTERRUPTED.get_or_init(|| {
        let interrupted = Arc::new(AtomicBool::new(false));
        let ignored = ignored_signals();
        for signal in REQUESTS.into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0) {
            // The first of the two acts only once the second has raised the flag. Without them a signal ends the
            // process by the system's default: no worse than any other command.
            let code = i32::from(Error::Interrupted.exit_code());
            let _ = flag::register_conditional_shutdown(signal, code, Arc::clone(&interrupted));
            let _ = flag::register(signal, Arc::clone(&interrupted));
        }
        interrupted
    })
}

/// The signals that this process ignores, bit s − 1 for signal s, as far as the system tells: Linux does.
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
