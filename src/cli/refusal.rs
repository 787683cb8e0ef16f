//! What clap finds wrong with a command line → our one line with a remedy.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::hints;
use crate::error::Error;

/// Says in one line what clap found, and what to write instead. `subcommand` is the subcommand it was found in.
pub(super) fn explain(error: &clap::Error, subcommand: Option<&str>) -> Error {
    let argument = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let option = option_name(&argument);
    match error.kind() {
        ErrorKind::UnknownArgument => match subcommand {
            Some(subcommand) => Error::usage(
                format!("the command {subcommand} takes no further argument such as {argument}"),
                format!("leave it out, or write ./{subcommand} if {subcommand} is a data file"),
            ),
            None => unknown(error, &argument),
        },
        ErrorKind::InvalidValue => invalid_value(error, &argument, subcommand),
        ErrorKind::ValueValidation => misspelled(error, option),
        ErrorKind::ArgumentConflict => conflict(error, option),
        ErrorKind::TooManyValues => Error::usage(format!("{option} takes no value"), format!("write {option} alone")),
        ErrorKind::MissingRequiredArgument if subcommand == Some("aa") => Error::usage(
            "the command aa needs a file",
            "write for example permtest aa times.csv, or ./aa if it is a data file",
        ),
        ErrorKind::MissingRequiredArgument if subcommand == Some("merge") => Error::usage(
            "the command merge needs the part files of a run that was shared out with --shard",
            "write for example permtest merge part-*.json, or ./merge if it is a data file",
        ),
        ErrorKind::MissingRequiredArgument => {
            let subcommand = subcommand.unwrap_or_default();
            Error::usage(
                format!("the command {subcommand} needs the name of a shell"),
                format!("write for example permtest {subcommand} bash, or ./{subcommand} if it is a data file"),
            )
        }
        ErrorKind::InvalidUtf8 => Error::usage(
            "an argument is not valid UTF-8",
            "only the names of files may hold other bytes; spell everything else in UTF-8",
        ),
        _ => Error::usage(first_line(error), "see permtest --help"),
    }
}

/// Clap takes an option that stands twice for one that contradicts itself.
fn conflict(error: &clap::Error, option: &str) -> Error {
    let prior = text(error, ContextKind::PriorArg).unwrap_or_default();
    let what = match option_name(&prior) {
        other if other.is_empty() || other == option => format!("{option} is given twice"),
        other => format!("{option} and {other} contradict each other"),
    };
    Error::usage(what, "leave out one of the two")
}

fn unknown(error: &clap::Error, argument: &str) -> Error {
    let remedy = match text(error, ContextKind::SuggestedArg) {
        _ if hints::option(argument).is_some() => {
            format!("did you mean {}?", hints::option(argument).unwrap_or_default())
        }
        Some(suggestion) => format!("did you mean {}?", option_name(&suggestion)),
        None if argument.starts_with("--") => "see permtest --help".to_owned(),
        None => format!("see permtest --help, or write ./{argument} if it is a file"),
    };
    Error::usage(format!("{argument} is not an option of permtest"), remedy)
}

fn invalid_value(error: &clap::Error, argument: &str, subcommand: Option<&str>) -> Error {
    let value = text(error, ContextKind::InvalidValue).unwrap_or_default();
    let choices = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(choices)) => choices.join(", "),
        _ => String::new(),
    };
    let option = option_name(argument);
    if value.is_empty() {
        let choices = if choices.is_empty() { String::new() } else { format!(" (one of {choices})") };
        return match argument.split_once(' ') {
            Some(_) => Error::usage(format!("{option} needs a value"), format!("write {argument}{choices}")),
            None => Error::usage("the name of a file is empty", "name a file, or - for standard input"),
        };
    }
    if let Some(subcommand) = subcommand {
        return Error::usage(
            format!("the command {subcommand} knows no shell {value:?}"),
            format!("choose one of {choices}, or write ./{subcommand} if it is a data file"),
        );
    }
    let remedy = match text(error, ContextKind::SuggestedValue) {
        Some(suggestion) => format!("did you mean {suggestion}? (one of {choices})"),
        None if choices.contains(' ') => format!("choose one of {choices}"),
        None => format!("the only choice is {choices}"),
    };
    Error::usage(format!("{option} cannot be {value:?}"), remedy)
}

/// A value that one of our own spellings refused: they know what and why, clap knows the option.
fn misspelled(error: &clap::Error, option: &str) -> Error {
    match std::error::Error::source(error).and_then(|source| source.downcast_ref()) {
        Some(Error::Usage { what, remedy }) => Error::usage(format!("{option} {what}"), remedy.clone()),
        _ => Error::usage(first_line(error), "see permtest --help"),
    }
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        _ => None,
    }
}

/// `--seed` of clap's `--seed <N|random>`.
fn option_name(argument: &str) -> &str {
    argument.split([' ', '=']).next().unwrap_or(argument)
}

/// Clap's own words, for what has none of ours.
fn first_line(error: &clap::Error) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
}
