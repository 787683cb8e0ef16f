//! The story of a run.

use crate::error::Error;
use crate::settings::Settings;

/// Runs the test.
///
/// # Errors
/// Always, as yet.
pub fn run(_settings: &Settings) -> Result<(), Error> {
    Err(Error::data("this build cannot run a test", "build it from the main branch"))
}
