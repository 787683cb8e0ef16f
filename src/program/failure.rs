//! What can go wrong with the user's program, and the words for it.

use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use super::{ProgramSettings, Protocol};
use crate::error::Error;

/// Most characters of a command that an error shows.
const COMMAND_LENGTH: usize = 60;

/// How far a program came with a batch of labellings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Replied {
    /// Whole replies.
    pub n: usize,
    /// Replies that were due.
    pub of: usize,
}

/// Why a program is given up.
#[derive(Debug)]
pub(super) enum Failure {
    /// It is not there, or cannot be run.
    CannotStart(io::Error),
    /// It ended, or at least its output did, before it had replied to everything.
    Ended { status: Option<ExitStatus>, replied: Replied },
    /// It goes on without reading what is sent to it.
    EndedInput { replied: Replied },
    /// It neither read nor replied.
    TimeLimit { limit: Duration, replied: Replied, status: Option<ExitStatus>, torn: Torn },
    /// A line that is no number, quoted.
    NotANumber(String),
    /// More replies than labellings.
    Surplus,
    /// Nothing is wrong with it, but something is elsewhere.
    Abandoned,
}

/// Whether the time limit struck within a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Torn {
    /// The last reply has begun without an end.
    WithinReply,
    /// All replies are whole.
    BetweenReplies,
}

/// A failure in words, which can be reported more than once.
#[derive(Debug)]
pub(super) struct Report {
    what: String,
    remedy: String,
}

impl Report {
    pub(super) fn error(&self) -> Error {
        Error::data(&self.what, &self.remedy)
    }
}

impl Failure {
    /// The failure in words, with the last lines of standard error.
    pub(super) fn report(&self, settings: &ProgramSettings, last_words: &[String]) -> Report {
        let command = quoted(&settings.argv.join(" "));
        let what = self.what(settings.protocol);
        let said = match last_words {
            [] => String::new(),
            lines => format!(", and said: {}", lines.join(" | ")),
        };
        Report { what: format!("the program {command} {what}{said}"), remedy: self.remedy(settings) }
    }

    fn what(&self, protocol: Protocol) -> String {
        match self {
            Self::CannotStart(error) => format!("cannot be started ({error})"),
            Self::Ended { status: Some(status), replied } => format!("ended ({status}) {replied}"),
            Self::Ended { status: None, replied } => format!("closed its standard output {replied}"),
            Self::EndedInput { replied } => format!("stopped reading its standard input {replied}"),
            Self::TimeLimit { limit, replied, status, torn } => {
                let limit = limit.as_secs_f64();
                let status = status.map_or(String::new(), |status| format!(", ended itself ({status})"));
                let torn = match (torn, protocol) {
                    (Torn::BetweenReplies, _) => "",
                    (Torn::WithinReply, Protocol::Lines) => " and a line without an end",
                    (Torn::WithinReply, Protocol::Frames) => " and a part of one",
                };
                format!("neither read nor replied for {limit} s {replied}{torn}{status}")
            }
            Self::NotANumber(line) => format!("replied \"{line}\" where one number is due"),
            Self::Surplus => "gave more replies than there were labellings".to_owned(),
            Self::Abandoned => "was no longer needed".to_owned(),
        }
    }

    fn remedy(&self, settings: &ProgramSettings) -> String {
        let remedy = match (self, settings.protocol) {
            (Self::CannotStart(error), _) => return start_remedy(&settings.argv, error),
            (Self::Ended { .. }, _) => "make it read and reply until its input ends, for labellings are many",
            (Self::EndedInput { .. }, _) => "make it read until its input ends",
            (Self::TimeLimit { torn: Torn::WithinReply, .. }, Protocol::Lines) => {
                "print a line end after every number and flush it"
            }
            (Self::TimeLimit { .. }, Protocol::Lines) => {
                "flush after every reply (Python print(..., flush=True); awk fflush(), for mawk also -W interactive; \
                 R flush(stdout())), or allow it more time"
            }
            (Self::TimeLimit { .. }, Protocol::Frames) => {
                "write one f64 for each row as soon as a frame is read, and flush (Python sys.stdout.buffer.flush()), or \
                 allow it more time"
            }
            (Self::NotANumber(_), _) => "print one number a line and nothing else; messages belong on standard error",
            (Self::Surplus, Protocol::Lines) => "print one line with one number for each line read, and nothing else",
            (Self::Surplus, Protocol::Frames) => "write one f64 for each row of a frame, and nothing else",
            (Self::Abandoned, _) => "start again",
        };
        remedy.to_owned()
    }
}

impl std::fmt::Display for Replied {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "after {} of {} replies", self.n, self.of)
    }
}

fn start_remedy(argv: &[String], error: &io::Error) -> String {
    let program = argv.first().map_or("", String::as_str);
    let is_path = program.contains('/');
    match error.kind() {
        io::ErrorKind::NotFound if is_path && Path::new(program).exists() => {
            "install the interpreter that its first line names, or write the interpreter before it".to_owned()
        }
        io::ErrorKind::NotFound if !is_path && Path::new(program).exists() => {
            format!("write ./{program} for the file in this folder")
        }
        io::ErrorKind::NotFound => "check its spelling, install it, or write its path".to_owned(),
        io::ErrorKind::PermissionDenied => {
            format!("make it executable (chmod +x), or write its interpreter before it, as in 'python3 {program}'")
        }
        _ => "see that it runs by itself; a script needs a first line #!, or its interpreter before it".to_owned(),
    }
}

/// A command as an error shows it.
pub(super) fn quoted(command: &str) -> String {
    format!("`{}`", one_line(command, COMMAND_LENGTH))
}

/// At most so many characters, without line ends or anything else that moves a cursor.
pub(super) fn one_line(text: &str, most: usize) -> String {
    let mut line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(most).collect();
    if text.chars().nth(most).is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(failure: &Failure, protocol: Protocol, last_words: &[&str]) -> String {
        let argv = ["python3", "statistic.py"].map(str::to_owned).to_vec();
        let settings = ProgramSettings { argv, protocol, time_limit: Duration::from_secs(60) };
        let last_words: Vec<String> = last_words.iter().map(ToString::to_string).collect();
        failure.report(&settings, &last_words).error().to_string()
    }

    #[test]
    fn an_error_is_one_line_of_what_and_remedy_with_what_the_program_said() {
        assert_eq!(
            report(&Failure::EndedInput { replied: Replied { n: 2, of: 5 } }, Protocol::Lines, &["a: b", "c"]),
            "the program `python3 statistic.py` stopped reading its standard input after 2 of 5 replies, and said: a: b \
             | c; make it read until its input ends"
        );
        assert_eq!(
            report(&Failure::NotANumber("mean: 3".to_owned()), Protocol::Lines, &[]),
            "the program `python3 statistic.py` replied \"mean: 3\" where one number is due; print one number a line and \
             nothing else; messages belong on standard error"
        );
    }

    #[test]
    fn a_silence_names_its_likely_cause() {
        let silence = |torn| Failure::TimeLimit {
            limit: Duration::from_millis(1500),
            replied: Replied { n: 0, of: 9 },
            status: None,
            torn,
        };
        let lines = report(&silence(Torn::BetweenReplies), Protocol::Lines, &[]);
        assert!(
            lines.contains("neither read nor replied for 1.5 s after 0 of 9 replies; flush after every"),
            "{lines}"
        );
        let torn = report(&silence(Torn::WithinReply), Protocol::Lines, &[]);
        assert!(
            torn.ends_with("and a line without an end; print a line end after every number and flush it"),
            "{torn}"
        );
        let frames = report(&silence(Torn::WithinReply), Protocol::Frames, &[]);
        assert!(frames.contains("replies and a part of one; write one f64 for each row"), "{frames}");
    }

    #[test]
    fn a_text_is_cut_at_characters_and_moves_no_cursor() {
        assert_eq!(one_line("a\r\n\u{1b}b", 10), "a   b");
        assert_eq!((one_line("äöü", 3), one_line("äöü", 2)), ("äöü".to_owned(), "äö…".to_owned()));
    }
}
