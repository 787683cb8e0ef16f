//! The command: parse, run, and tell the shell how it went.

use std::io::Write;
use std::process::ExitCode;

use permtest::cli::{self, Invocation};
use permtest::error::Error;
use permtest::settings::Color;
use permtest::{app, output, signals};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !matches!(error, Error::ClosedPipe) {
                // Nobody is left to tell if standard error is closed too.
                let _ = writeln!(std::io::stderr(), "permtest: {error}");
            }
            ExitCode::from(error.exit_code())
        }
    }
}

fn run() -> Result<(), Error> {
    match cli::parse(std::env::args_os())? {
        Invocation::Test(settings) => app::run(&settings, signals::watch()),
        Invocation::Completions(shell) => output::write(&cli::completions(shell), None, Color::Never),
        Invocation::Manual => output::write(&cli::manual().map_err(Error::stdout)?, None, Color::Never),
    }
}
