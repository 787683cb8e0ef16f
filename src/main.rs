//! permtest: parse the command line, run the test, map the outcome to an exit code.

use std::io::Write as _;
use std::process::ExitCode;

use permtest::cli::{self, Invocation};
use permtest::error::Error;
use permtest::inference::gate::Verdict;
use permtest::{output, signals, stderr};

fn main() -> ExitCode {
    cli::answer_completions();
    signals::listen();
    let outcome = match cli::parse(std::env::args_os()) {
        Ok(Invocation::Test(settings)) => permtest::app::run(&settings),
        Ok(Invocation::Merge(settings)) => permtest::app::merge::run(&settings, cli::parse_test),
        Ok(Invocation::FalseAlarms(settings)) => permtest::aa::run(&settings).map(|()| Verdict::Pass),
        Ok(Invocation::Page(page)) => print(&page).map(|()| Verdict::Pass),
        Ok(Invocation::Nothing(help)) => {
            let _ = anstream::stderr().write_all(help.as_bytes());
            return ExitCode::from(2);
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(Verdict::Pass) => ExitCode::SUCCESS,
        Ok(Verdict::Fail) => ExitCode::from(1),
        Ok(Verdict::Undecided) => ExitCode::from(3),
        Err(error) => {
            stderr::complain(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

fn print(page: &str) -> Result<(), Error> {
    let mut stdout = anstream::stdout();
    output::unless_closed(stdout.write_all(page.as_bytes()).and_then(|()| stdout.flush())).map_err(output::no_stdout)
}
