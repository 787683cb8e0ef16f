//! What is said beside the report, a line at a time. A standard error that cannot
//! be written changes nothing.

use std::fmt::Display;
use std::io::Write as _;

use crate::error::Error;
use crate::{escape, flags};

/// `permtest: …`
pub fn say(what: impl Display) {
    write(&format!("permtest: {}", escape::line(&what.to_string())));
}

/// What went wrong, and below it the place in an expression.
pub fn complain(error: &Error) {
    say(flags::error(error));
    if let Error::Expression { caret, .. } = error {
        caret.lines().for_each(|line| write(&format!("  {}", escape::line(line))));
    }
}

/// A line that is to be read by CI, word for word.
pub fn command(line: &str) {
    write(line);
}

fn write(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}
