//! Work beside the interpreter: in a thread of its own, while the one that was called looks out for Ctrl-C.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use permtest::error::Error;
use permtest::message::{Message, Setting};
use pyo3::exceptions::{PyKeyboardInterrupt, PyOSError, PyValueError};
use pyo3::prelude::*;

/// Between two looks at what signals have come in.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Does something that ends with [`Error::Interrupted`] soon after `stop` is raised, which a signal handler of Python does by
/// raising an exception.
///
/// # Errors
/// What the signal handler raised, or what the work failed with.
pub fn watched<T: Send>(
    py: Python,
    stop: &AtomicBool,
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> PyResult<Result<T, Error>> {
    py.detach(|| {
        std::thread::scope(|scope| {
            let (done, ended) = channel::<()>();
            let worker = scope.spawn(move || {
                let result = work();
                drop(done);
                result
            });
            let mut raised: Option<PyErr> = None;
            while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(BETWEEN_LOOKS) {
                #[allow(clippy::redundant_closure_for_method_calls, reason = "the method is for one lifetime")]
                let looked = Python::attach(|py| py.check_signals());
                if let Err(error) = looked {
                    stop.store(true, Ordering::Relaxed);
                    raised.get_or_insert(error);
                }
            }
            let result = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            raised.map_or(Ok(result), Err)
        })
    })
}

/// The Python exception for an error of the library.
pub fn raise(error: &Error) -> PyErr {
    let message = words(&error.message());
    match error {
        Error::Interrupted | Error::Paused { .. } => PyKeyboardInterrupt::new_err(message),
        Error::Output { .. } => PyOSError::new_err(message),
        Error::Usage { .. } | Error::Input { .. } | Error::Data { .. } => PyValueError::new_err(message),
        Error::Expression { caret, .. } => PyValueError::new_err(format!("{message}\n{caret}")),
    }
}

/// A message with the names that settings have in Python.
pub fn words(message: &Message) -> String {
    message.worded(&|setting, value| {
        let name = match setting {
            Setting::Resamples => "n_resamples",
            Setting::Statistic => "statistic",
            Setting::Undefined => "undefined",
            Setting::Threads => "threads",
            Setting::Paired => return "permutation_type='samples'".to_owned(),
            Setting::NullDistribution => "keep_null_distribution",
            Setting::Interval => "method",
            Setting::Bootstrap => "n_bootstrap",
            Setting::Method => "the command's --method",
            Setting::MemoryLimit => "the command's --memory-limit",
            Setting::Shift => "the command's --mu",
        };
        value.map_or_else(|| name.to_owned(), |value| format!("{name}={value}"))
    })
}
