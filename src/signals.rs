//! Ctrl-C and SIGTERM: ask the engine to stop, so that nothing is left half-written.

use std::sync::atomic::{AtomicBool, Ordering};

/// Exit status after an interruption: 128 + SIGINT, as shells have it.
const INTERRUPTED: i32 = 130;

static STOP: AtomicBool = AtomicBool::new(false);

/// The flag that is set by the first signal. A second one ends the process at once.
#[must_use]
pub fn watch() -> &'static AtomicBool {
    let stop = || {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED);
        }
    };
    // Without a handler a signal ends the process: no worse than any other command.
    let _ = ctrlc::set_handler(stop);
    &STOP
}
