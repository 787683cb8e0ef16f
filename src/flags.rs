//! What the command calls the settings that messages of the library name.

use crate::error::Error;
use crate::message::{Message, Setting};

/// A message with the options of the command.
#[must_use]
pub fn words(message: &Message) -> String {
    words_of_shift(message, "--mu")
}

/// The same where another option set the difference under the null hypothesis.
#[must_use]
pub fn words_of_shift(message: &Message, shift: &str) -> String {
    let option = |setting| if setting == Setting::Shift { shift } else { option(setting) };
    message.worded(&|setting, value| match value {
        // What a statistic is to be is an advice to type, and short.
        Some(value) if setting == Setting::Statistic => format!("-s {value}"),
        Some(value) => format!("{} {value}", option(setting)),
        None => option(setting).to_owned(),
    })
}

/// An error in one line.
#[must_use]
pub fn error(error: &Error) -> String {
    words(&error.message())
}

fn option(setting: Setting) -> &'static str {
    match setting {
        Setting::Resamples => "-n",
        Setting::Method => "--method",
        Setting::Undefined => "--undefined",
        Setting::MemoryLimit => "--memory-limit",
        Setting::Bootstrap => "--bootstrap",
        Setting::Interval => "--interval",
        Setting::Threads => "-j",
        Setting::Paired => "--paired or --pair COLUMN",
        Setting::Shift => "--mu",
        Setting::Statistic => "--statistic",
        Setting::NullDistribution => "--distribution",
    }
}
