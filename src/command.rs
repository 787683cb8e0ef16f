//! The command as a function: words in, reports out, an exit code back. What `main` calls, and whoever brings the command in
//! another shape, such as a script of a Python package.

use std::ffi::OsString;
use std::io::Write as _;

use crate::cli::{self, Invocation};
use crate::error::Error;
use crate::inference::gate::Verdict;
use crate::{aa, app, output, signals, stderr};

/// Runs the command with these words, the program's name first, and gives its exit code: 0, 1 or 3 as a gate says, 2 for
/// errors, 130 where it was interrupted.
///
/// It takes over the signals of the process, and may end it: it is to be called once, and last.
pub fn run(words: impl IntoIterator<Item = OsString>) -> u8 {
    let words: Vec<OsString> = words.into_iter().collect();
    cli::answer_completions(&words);
    signals::listen();
    let outcome = match cli::parse(&words) {
        Ok(Invocation::Test(settings)) => app::run(&settings),
        Ok(Invocation::Merge(settings)) => app::merge::run(&settings, cli::parse_test),
        Ok(Invocation::FalseAlarms(settings)) => aa::run(&settings).map(|()| Verdict::Pass),
        Ok(Invocation::Page(page)) => print(&page).map(|()| Verdict::Pass),
        Ok(Invocation::Nothing(help)) => {
            let _ = anstream::stderr().write_all(help.as_bytes());
            return 2;
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(Verdict::Pass) => 0,
        Ok(Verdict::Fail) => 1,
        Ok(Verdict::Undecided) => 3,
        Err(error) => {
            stderr::complain(&error);
            error.exit_code()
        }
    }
}

fn print(page: &str) -> Result<(), Error> {
    let mut stdout = anstream::stdout();
    output::unless_closed(stdout.write_all(page.as_bytes()).and_then(|()| stdout.flush())).map_err(output::no_stdout)
}
