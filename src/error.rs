//! What can go wrong, said once and in one line: where (file, line, column), what, and what to do about it.

use std::io;
use std::path::Path;

use crate::message::Message;

/// A failure of the command or the library, with its remedy.
///
/// `Display` gives one line that needs no context; [`Error::exit_code`] is what the command exits with.
#[derive(Debug)]
pub enum Error {
    /// Options that contradict each other or lie out of range.
    Usage {
        /// What is wrong with the options.
        what: Message,
        /// What to write instead.
        remedy: Message,
    },
    /// A statistic that is neither the name of one nor an expression.
    Expression {
        /// What is wrong with it, and where.
        what: Message,
        /// What to write instead.
        remedy: Message,
        /// The expression, and a second line that points at the place.
        caret: String,
    },
    /// A data file that cannot be read, or that does not hold what was asked for.
    Input {
        /// Where in which file.
        place: Place,
        /// What was found there.
        what: Message,
        /// How to mend the file, or which option reads it as it is.
        remedy: Message,
    },
    /// Samples on which no test can be run.
    Data {
        /// What the samples lack.
        what: Message,
        /// What would make them usable.
        remedy: Message,
    },
    /// A result that could not be written.
    Output {
        /// The file's path, or `standard output`.
        target: String,
        /// What the operating system said.
        source: io::Error,
        /// What to try.
        remedy: String,
    },
    /// Ctrl-C or SIGTERM: nothing was written.
    Interrupted,
    /// Ctrl-C or SIGTERM: what had been counted is in a file.
    Paused {
        /// The checkpoint.
        file: String,
        /// Resamples that it holds.
        done: u64,
        /// Resamples of the run.
        resamples: u64,
    },
}

/// A place in an input file, as precise as is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file as the user named it, or `standard input`.
    pub file: String,
    /// Line number, counted from 1 as editors do.
    pub line: Option<u64>,
    /// The column's name, or its 1-based number where it has none.
    pub column: Option<String>,
}

impl Place {
    /// A whole file.
    #[must_use]
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, column: None }
    }

    /// The same file at a line.
    #[must_use]
    pub fn line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same place in a named column.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        Ok(())
    }
}

impl Error {
    /// Options that contradict each other or lie out of range.
    pub fn usage(what: impl Into<Message>, remedy: impl Into<Message>) -> Self {
        Self::Usage { what: what.into(), remedy: remedy.into() }
    }

    /// A data file that cannot be used, at a place.
    pub fn input(place: Place, what: impl Into<Message>, remedy: impl Into<Message>) -> Self {
        Self::Input { place, what: what.into(), remedy: remedy.into() }
    }

    /// Samples on which no test can be run.
    pub fn data(what: impl Into<Message>, remedy: impl Into<Message>) -> Self {
        Self::Data { what: what.into(), remedy: remedy.into() }
    }

    /// The same error, which says of which data it is.
    #[must_use]
    pub fn about(self, name: &str) -> Self {
        match self {
            Self::Data { what, remedy } => Self::Data { what: Message::from(format!("{name}: ")).and(what), remedy },
            other => other,
        }
    }

    /// A file that could not be written.
    #[must_use]
    pub fn output(path: &Path, source: io::Error) -> Self {
        let remedy = match source.kind() {
            io::ErrorKind::NotFound => "create the folder first",
            io::ErrorKind::PermissionDenied => "choose a place that you may write to",
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some space or choose another disk",
            io::ErrorKind::IsADirectory => "name a file in it",
            io::ErrorKind::FileTooLarge => "raise the limit on the size of files (ulimit -f)",
            _ => "choose another place",
        };
        Self::Output { target: path.display().to_string(), source, remedy: remedy.to_owned() }
    }

    /// The error in one line, of which a front end chooses the names of settings.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Usage { what, remedy } | Self::Expression { what, remedy, .. } | Self::Data { what, remedy } => {
                what.clone().and("; ").and(remedy.clone())
            }
            Self::Input { place, what, remedy } => {
                Message::from(format!("{place}: ")).and(what.clone()).and("; ").and(remedy.clone())
            }
            Self::Output { target, source, remedy } => format!("{target}: {source}; {remedy}").into(),
            Self::Interrupted => "interrupted; nothing was written".into(),
            Self::Paused { file, done, resamples } => format!(
                "interrupted; {file} holds {done} of {resamples} resamples: the same command goes on from there"
            )
            .into(),
        }
    }

    /// 130 for an interruption, 2 for all else.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Interrupted | Self::Paused { .. } => 130,
            _ => 2,
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.message().fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Output { source, .. } => Some(source),
            _ => None,
        }
    }
}
