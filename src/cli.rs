//! The command line: arguments → [`Settings`]. The only room that names clap.

mod arguments;
mod help;
mod spelling;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use clap::{CommandFactory, Parser};

use crate::error::Error;
use crate::inference::{Alternative, TwoSidedRule};
use crate::input::DEFAULT_MISSING_TOKENS;
use crate::settings::{
    Chatter, ColumnName, DecimalMark, Format, Header, Instructions, Missing, Output, Reading, Samples, Settings,
    Source, Test,
};
use arguments::{AlternativeName, Arguments, Subcommand, TwoSidedName};

/// What the user asks for.
#[derive(Debug)]
pub enum Invocation {
    /// A test.
    Test(Box<Settings>),
    /// A shell's completions on standard output.
    Completions(clap_complete::Shell),
    /// The manual page on standard output.
    Manual,
}

/// Reads the arguments and the environment. Help, the version and clap's own errors are printed here and end the
/// process: with 0 on standard output, or with 2 on standard error.
///
/// # Errors
/// [`Error::Usage`] for combinations that make no sense.
pub fn parse(argv: impl IntoIterator<Item = OsString>) -> Result<Invocation, Error> {
    let arguments = Arguments::parse_from(argv);
    match &arguments.command {
        Some(Subcommand::Completions { shell }) => Ok(Invocation::Completions(*shell)),
        Some(Subcommand::Man) => Ok(Invocation::Manual),
        None => settings(&arguments).map(|settings| Invocation::Test(Box::new(settings))),
    }
}

/// A shell's completions.
#[must_use]
pub fn completions(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "permtest", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// The manual page, in roff.
///
/// # Errors
/// Never in practice: the page is rendered in memory.
pub fn manual() -> io::Result<String> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn settings(arguments: &Arguments) -> Result<Settings, Error> {
    let samples = samples(arguments)?;
    let output = output(arguments)?;
    check_paths(&samples, &output)?;
    Ok(Settings { data: samples, reading: reading(arguments)?, test: test(arguments)?, output })
}

fn samples(arguments: &Arguments) -> Result<Samples, Error> {
    let name = |name: &Option<String>| name.clone().map(ColumnName);
    let source = |path: &PathBuf| if path == Path::new("-") { Source::Stdin } else { Source::File(path.clone()) };
    let [case, control] = [&arguments.case, &arguments.control];
    match (arguments.files.as_slice(), &arguments.group) {
        ([], _) => {
            Err(Error::usage("no data", "name two files, or one with --group COLUMN; permtest --help has examples"))
        }
        ([first, second], None) => {
            if case.is_some() || control.is_some() {
                let remedy = "name one file for --case and --control, or choose the column of both with --column";
                return Err(Error::usage(
                    "--case and --control choose groups within one file, but there are two files",
                    remedy,
                ));
            }
            if first == Path::new("-") && second == Path::new("-") {
                let remedy = "give one of the samples as a file";
                return Err(Error::usage("standard input can be read only once, but both samples are -", remedy));
            }
            Ok(Samples::TwoFiles { case: source(first), control: source(second), column: name(&arguments.column) })
        }
        ([_, _], Some(_)) => Err(Error::usage(
            "--group splits one file, but there are two files",
            "leave out --group, or one of the files",
        )),
        ([file], Some(group)) => Ok(Samples::Long {
            file: source(file),
            column: name(&arguments.column),
            group: ColumnName(group.clone()),
            case: case.clone(),
            control: control.clone(),
        }),
        ([file], None) => match (case, control) {
            (Some(_), Some(_)) if arguments.column.is_some() => {
                let remedy = "leave out --column, or add --group COLUMN if --case and --control are labels";
                Err(Error::usage(
                    "--case and --control name the value columns already, but there is --column too",
                    remedy,
                ))
            }
            (Some(case), Some(control)) => Ok(Samples::Wide {
                file: source(file),
                case: ColumnName(case.clone()),
                control: ColumnName(control.clone()),
            }),
            (None, None) => Err(Error::usage(
                "one file alone does not say which values are to be compared",
                "add a second file, --group COLUMN, or --case COLUMN --control COLUMN",
            )),
            _ => Err(Error::usage(
                "--case and --control go together",
                "name both columns, or add --group COLUMN if they are labels in it",
            )),
        },
        (files, _) => Err(Error::usage(format!("{} files are too many", files.len()), "name one file or two")),
    }
}

fn reading(arguments: &Arguments) -> Result<Reading, Error> {
    let missing_tokens = match &arguments.na {
        Some(tokens) => tokens.split(',').map(str::to_owned).collect(),
        None => DEFAULT_MISSING_TOKENS.iter().map(|&token| token.to_owned()).collect(),
    };
    if arguments.decimal == DecimalMark::Comma && arguments.delimiter == Some(b',') {
        let remedy = "use another delimiter, such as -d ';'";
        return Err(Error::usage("a comma cannot be both the delimiter and the decimal mark", remedy));
    }
    Ok(Reading {
        delimiter: arguments.delimiter,
        header: if arguments.no_header { Header::Absent } else { Header::Detect },
        decimal: arguments.decimal,
        missing_tokens,
        missing: if arguments.missing == arguments::MissingName::Drop { Missing::Drop } else { Missing::Error },
    })
}

fn test(arguments: &Arguments) -> Result<Test, Error> {
    let alternative = match arguments.alternative {
        AlternativeName::TwoSided => Alternative::TwoSided,
        AlternativeName::Greater => Alternative::Greater,
        AlternativeName::Less => Alternative::Less,
    };
    if alternative != Alternative::TwoSided && arguments.two_sided.is_some() {
        let what = format!("--two-sided has no meaning for the alternative {}", alternative.name());
        return Err(Error::usage(what, "leave one of the two out"));
    }
    let two_sided = match arguments.two_sided {
        Some(TwoSidedName::Doubled) => TwoSidedRule::Doubled,
        Some(TwoSidedName::Absolute) | None => TwoSidedRule::Absolute,
    };
    Ok(Test {
        alternative,
        two_sided,
        mu: arguments.mu,
        resamples: arguments.resamples,
        seed: arguments.seed,
        threads: arguments.threads,
        confidence: arguments.confidence,
        instructions: instructions()?,
    })
}

fn instructions() -> Result<Instructions, Error> {
    match std::env::var("PERMTEST_SIMD").as_deref() {
        Err(std::env::VarError::NotPresent) | Ok("" | "on") => Ok(Instructions::Best),
        Ok("off") => Ok(Instructions::Portable),
        _ => Err(Error::usage("the environment variable PERMTEST_SIMD is neither on nor off", "unset it")),
    }
}

fn output(arguments: &Arguments) -> Result<Output, Error> {
    let format = match (arguments.quiet, arguments.json, arguments.format) {
        (true, false, None) => Format::PValue,
        (true, ..) => {
            return Err(Error::usage(
                "--quiet prints the p-value alone, so it has no format",
                "leave out --quiet or the format",
            ));
        }
        (false, true, None) => Format::Json,
        (false, true, Some(_)) => {
            return Err(Error::usage("--json is a format already", "leave out --json or --format"));
        }
        (false, false, format) => format.map_or(Format::Text, Format::from),
    };
    Ok(Output {
        format,
        file: arguments.output.clone(),
        distribution: arguments.distribution.clone(),
        chatter: if arguments.quiet { Chatter::Quiet } else { Chatter::Normal },
        color: arguments.color.into(),
    })
}

/// Refuses to write over the data, or two results to one file.
fn check_paths(samples: &Samples, output: &Output) -> Result<(), Error> {
    let sources: Vec<&Source> = match samples {
        Samples::TwoFiles { case, control, .. } => vec![case, control],
        Samples::Long { file, .. } | Samples::Wide { file, .. } => vec![file],
    };
    let distribution = output.distribution.as_ref().map(|distribution| distribution.path.as_path());
    let targets: Vec<&Path> = output.file.as_deref().into_iter().chain(distribution).collect();
    if let [report, distribution] = targets[..]
        && same_file(report, distribution)
    {
        let what = format!("{} cannot hold both the report and the null distribution", report.display());
        return Err(Error::usage(what, "name another file for one of them"));
    }
    for target in targets {
        let is_input = |source: &&Source| matches!(source, Source::File(path) if same_file(path, target));
        if sources.iter().any(is_input) {
            let what = format!("{} holds the data and would be overwritten", target.display());
            return Err(Error::usage(what, "name another output file"));
        }
    }
    Ok(())
}

/// Whether two paths lead to one regular file, as far as can be seen before it is written.
fn same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other && one.is_file(),
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
