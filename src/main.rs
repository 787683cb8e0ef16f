//! permtest: see [`permtest::command`].

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(permtest::command::run(std::env::args_os()))
}
