//! What Python sees of permtest: a thin layer over the library's public face. Arguments are read and documented in
//! `python/permtest/__init__.py`; here they become a [`PermutationTest`](permtest::PermutationTest), which runs without the
//! interpreter's lock wherever no function of the user's is called.

mod callable;
mod outcome;
mod part;
mod problem;
mod watched;

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the command, and gives its exit code.
#[pyfunction]
fn command(py: Python, words: Vec<OsString>) -> u8 {
    py.detach(|| permtest::command::run(words))
}

/// The extension module.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::command;
    #[pymodule_export]
    use super::outcome::Outcome;
    #[pymodule_export]
    use super::problem::Test;
}
