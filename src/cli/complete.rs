//! Completions: the shell asks permtest itself what may stand at the cursor, so that columns and benchmarks come from the
//! file that is named before it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::Shells;

use super::arguments::Arguments;
use crate::error::Error;
use crate::input;
use crate::settings::Source;
use crate::statistic::catalogue::CATALOGUE;
use crate::statistic::{AssociationStatistic, GroupStatistic};

/// The variable by which a shell says that it wants completions, and which shell it is.
const VARIABLE: &str = "PERMTEST_COMPLETE";

/// Answers a shell that asks for completions with the words of a command line, and ends the program then.
pub fn answer(words: &[OsString]) {
    let folder = std::env::current_dir().ok();
    match CompleteEnv::with_factory(Arguments::command).var(VARIABLE).try_complete(words, folder.as_deref()) {
        Ok(false) => (),
        Ok(true) => std::process::exit(0),
        Err(error) => error.exit(),
    }
}

/// What a shell has to read once.
///
/// # Errors
/// [`Error::Usage`] for a shell that is not known.
pub(super) fn registration(shell: &str) -> Result<String, Error> {
    let shells = Shells::builtins();
    let Some(completer) = shells.completer(shell) else {
        return Err(Error::usage(
            format!("{shell} has no completions"),
            "choose bash, elvish, fish, powershell or zsh",
        ));
    };
    let mut script = Vec::new();
    let written = completer.write_registration(VARIABLE, "permtest", "permtest", "permtest", &mut script);
    written.expect("memory takes every script");
    Ok(String::from_utf8_lossy(&script).into_owned())
}

/// The names of statistics.
pub(super) fn statistics() -> ArgValueCandidates {
    let candidate = |entry: &crate::statistic::catalogue::Entry| {
        CompletionCandidate::new(entry.to_string()).help(Some(entry.description.into()))
    };
    let named =
        |(name, description): (&str, &str)| CompletionCandidate::new(name).help(Some(description.to_owned().into()));
    ArgValueCandidates::new(move || {
        let of_groups = GroupStatistic::ALL.map(|statistic| (statistic.name(), statistic.description()));
        let of_columns = AssociationStatistic::ALL.map(|statistic| (statistic.name(), statistic.description()));
        CATALOGUE.iter().map(candidate).chain(of_groups.map(named)).chain(of_columns.map(named)).collect::<Vec<_>>()
    })
}

/// The columns, or benchmarks, of the first file on the command line that has any.
pub(super) fn columns() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let names =
            files(std::env::args_os()).map(|file| input::names(&Source::File(file))).find(|names| !names.is_empty());
        names.unwrap_or_default().into_iter().map(CompletionCandidate::new).collect::<Vec<_>>()
    })
}

/// The words of the unfinished command line that are names of files, or of criterion's folder; shells put it after two dashes.
fn files(words: impl Iterator<Item = OsString>) -> impl Iterator<Item = PathBuf> {
    let words = words.skip_while(|word| word != "--").skip(2);
    words.map(PathBuf::from).filter(|path| path.exists())
}
