//! Ctrl-C and SIGTERM: a flag that the work polls, so that it stops between two chunks and leaves nothing half-written.

use std::process;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Error;

/// Starts to listen for Ctrl-C, SIGTERM and SIGHUP, and gives the flag that the first of them raises. A second one
/// ends the process at once, with the exit code of an interruption.
///
/// Call it when the data are read and the work begins: before that the system's own default is right, which ends the
/// process even while it waits for standard input. That default also stays where the process was started with one of
/// these signals ignored, as `nohup` does, for then somebody has already decided what they shall do.
pub fn watch() -> &'static AtomicBool {
    static INTERRUPTED: AtomicBool = AtomicBool::new(false);
    static LISTENING: OnceLock<bool> = OnceLock::new();
    LISTENING.get_or_init(|| {
        let raise = || {
            if INTERRUPTED.swap(true, Ordering::Relaxed) {
                process::exit(i32::from(Error::Interrupted.exit_code()));
            }
        };
        ctrlc::try_set_handler(raise).is_ok()
    });
    &INTERRUPTED
}
