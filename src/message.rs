//! Sentences of the library, in which settings of a test stand as settings and not as words: each front end calls them by names of
//! its own, such as a method or an option of the command.

use std::fmt;

/// A sentence or a part of one.
///
/// ```
/// use permtest::message::{Message, Setting};
/// let remedy = Message::from("draw more, ").and(Setting::Resamples.at("1e6")).and(" for example");
/// assert_eq!(remedy.to_string(), "draw more, resamples(1e6) for example");
/// assert_eq!(remedy.worded(&|_, value| format!("-n {}", value.unwrap())), "draw more, -n 1e6 for example");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Setting(Setting, Option<String>),
}

/// A setting of a test, as far as messages name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// The number of resamples.
    Resamples,
    /// The method.
    Method,
    /// What becomes of relabellings without a statistic.
    Undefined,
    /// The memory that a method may use.
    MemoryLimit,
    /// The number of bootstrap samples.
    Bootstrap,
    /// How the interval of the effect is got.
    Interval,
    /// The number of threads.
    Threads,
    /// Which observations are pairs.
    Paired,
    /// The shift under the null hypothesis.
    Shift,
    /// The statistic.
    Statistic,
    /// The statistic of each relabelling.
    NullDistribution,
}

impl Setting {
    /// The setting with a value.
    #[must_use]
    pub fn at(self, value: impl fmt::Display) -> Message {
        Message(vec![Piece::Setting(self, Some(value.to_string()))])
    }

    /// The name that it has in this library.
    fn name(self) -> &'static str {
        match self {
            Self::Resamples => "resamples",
            Self::Method => "method",
            Self::Undefined => "undefined",
            Self::MemoryLimit => "memory_limit",
            Self::Bootstrap => "bootstrap",
            Self::Interval => "interval",
            Self::Threads => "threads",
            Self::Paired => "paired",
            Self::Shift => "shift",
            Self::Statistic => "statistic",
            Self::NullDistribution => "null_distribution",
        }
    }
}

impl Message {
    /// The message and what follows.
    #[must_use]
    pub fn and(mut self, next: impl Into<Self>) -> Self {
        self.0.extend(next.into().0);
        self
    }

    /// Messages with words between them.
    #[must_use]
    pub fn join(messages: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let mut messages = messages.into_iter();
        let first = messages.next().unwrap_or_default();
        messages.fold(first, |joined, next| joined.and(between).and(next))
    }

    /// The message as text, with names for settings and their values.
    #[must_use]
    pub fn worded(&self, name: &dyn Fn(Setting, Option<&str>) -> String) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Setting(setting, value) => name(*setting, value.as_deref()),
        };
        self.0.iter().map(piece).collect()
    }
}

/// With the names of this library: `resamples`, `resamples(1e6)`.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.worded(&|setting, value| match value {
            None => setting.name().to_owned(),
            Some(value) => format!("{}({value})", setting.name()),
        }))
    }
}

/// As it is displayed.
impl serde::Serialize for Message {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<Setting> for Message {
    fn from(setting: Setting) -> Self {
        Self(vec![Piece::Setting(setting, None)])
    }
}

impl From<String> for Message {
    fn from(words: String) -> Self {
        Self(vec![Piece::Words(words)])
    }
}

impl From<&String> for Message {
    fn from(words: &String) -> Self {
        words.clone().into()
    }
}

impl From<&str> for Message {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}
