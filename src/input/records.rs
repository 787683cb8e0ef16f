//! JSON → the rows of a table: a list of numbers, a list of records, or a record a line.
//!
//! The text is gone through twice, for names and for rows, and a row at a time: a list may have millions.

use std::borrow::Cow;

use indexmap::IndexSet;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue as Raw;

use super::excerpt;
use super::origin::{LeftOut, Names, Rows, Values};
use crate::error::{Error, Place};

/// What a value may be that stands in a table.
const PLAIN: &str = "a number, a text, true, false or null";

/// A sequence of JSON values, in a list or one after the other.
#[derive(Clone)]
struct Sequence {
    file: String,
    text: String,
    /// Where the next value is looked for, and on which line.
    offset: usize,
    line: u64,
    names: Vec<String>,
}

/// A value of the sequence and the line on which it begins.
type Element<'a> = (&'a str, u64);

/// The rows of a text in JSON. The refusal is for one that is neither a list nor records one after the other.
///
/// # Errors
/// That refusal; [`Error::Input`] for what is no JSON in the middle, for elements of different kinds, and for lists in a list.
pub fn table(file: String, text: String, refusal: Error) -> Result<Values, Error> {
    let begin = text.len() - text.trim_ascii_start().len();
    let is_list = text[begin..].starts_with('[');
    let line = 1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..begin]).count() as u64;
    let mut all = Sequence { file, text, offset: begin + usize::from(is_list), line, names: Vec::new() };
    let first = all.clone();
    if !is_list && !all.has_several_records() {
        return Err(refusal);
    }
    let (names, left_out) = all.columns()?;
    let mut notes = Vec::new();
    if !left_out.is_empty() {
        let list = excerpt::list(left_out.iter().map(|(name, _)| excerpt::plain(name.as_bytes())));
        notes.push(format!("{}: left out, as they hold lists or objects: {list}", all.file));
    }
    let known = if names.is_empty() { Names::Absent } else { Names::Known(names.clone()) };
    Ok(Values { file: all.file, names: known, left_out, notes, rows: Box::new(Sequence { names, ..first }) })
}

impl Sequence {
    /// The next value, if there is one.
    fn next_element(&mut self) -> Result<Option<Element<'_>>, Error> {
        let rest = &self.text.as_bytes()[self.offset..];
        let n_blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b',').count();
        self.line += memchr::memchr_iter(b'\n', &rest[..n_blank]).count() as u64;
        self.offset += n_blank;
        let rest = &self.text[self.offset..];
        if rest.is_empty() || rest.starts_with(']') {
            return Ok(None);
        }
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<&Raw>();
        match values.next() {
            Some(Ok(value)) => {
                let (text, line) = (value.get(), self.line);
                self.line += memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64;
                self.offset += values.byte_offset();
                Ok(Some((text, line)))
            }
            Some(Err(error)) => {
                let place = Place::file(&self.file).line(self.line + error.line() as u64 - 1);
                let what = format!("this is no JSON from column {} on", error.column());
                Err(Error::input(place, what, "correct it, or write the file once more"))
            }
            None => Ok(None),
        }
    }

    /// Whether a record is followed by the beginning of another.
    fn has_several_records(&self) -> bool {
        let mut copy = serde_json::Deserializer::from_str(&self.text[self.offset..]).into_iter::<Record<'_>>();
        let is_record = matches!(copy.next(), Some(Ok(_)));
        is_record && self.text[self.offset + copy.byte_offset()..].trim_ascii_start().starts_with('{')
    }

    /// The names of all records' members, in the order in which they come, and those that hold something else than cells, with
    /// the reason why they are no columns; no names for a list of single values.
    fn columns(&mut self) -> Result<(Vec<String>, LeftOut), Error> {
        let file = self.file.clone();
        let (mut names, mut left_out) = (IndexSet::new(), LeftOut::new());
        let mut n_elements = 0;
        while let Some((text, line)) = self.next_element()? {
            let refuse = |path: &str, text: &str, due: &str| {
                let what = format!("[{n_elements}]{path} is {}, not {due}", kind(text));
                Error::input(
                    Place::file(&file).line(line),
                    what,
                    "give a list of numbers, or of records with such values",
                )
            };
            let has_records = !names.is_empty() || !left_out.is_empty();
            // Only an object is looked into: to find that a number is none would take the most of the time.
            match text.starts_with('{').then(|| serde_json::from_str(text)) {
                Some(Ok(Record(members))) if n_elements == 0 || has_records => {
                    for (name, value) in members {
                        if is_nested(value.get()) && !left_out.iter().any(|(other, _)| *other == name) {
                            let path = format!(".{}", excerpt::plain(name.as_bytes()));
                            left_out.push((name.into_owned(), refuse(&path, value.get(), PLAIN)));
                        } else if !names.contains(&*name) {
                            names.insert(name.into_owned());
                        }
                    }
                }
                None if !is_nested(text) && !has_records => {}
                _ if has_records => return Err(refuse("", text, "a record like those before it")),
                _ => return Err(refuse("", text, PLAIN)),
            }
            n_elements += 1;
        }
        names.retain(|name| !left_out.iter().any(|(other, _)| other == name));
        match left_out.pop() {
            None if n_elements == 0 => {
                let remedy = "give a list of numbers, or of records with numbers in them";
                Err(Error::input(Place::file(file), "the list is empty", remedy))
            }
            Some((_, reason)) if names.is_empty() => Err(reason),
            last => {
                left_out.extend(last);
                Ok((names.into_iter().collect(), left_out))
            }
        }
    }
}

impl Rows for Sequence {
    fn next(&mut self, push: &mut dyn FnMut(&[u8])) -> Result<Option<u64>, Error> {
        let names = std::mem::take(&mut self.names);
        let Some((text, line)) = self.next_element()? else { return Ok(None) };
        if names.is_empty() {
            push(cell(text).as_bytes());
        } else {
            let Record(members) = serde_json::from_str(text).unwrap_or_default();
            let mut cells = vec![Cow::Borrowed(""); names.len()];
            for (i, (name, value)) in members.into_iter().enumerate() {
                // Nearly always all records have the same members in the same order.
                let is_next = names.get(i).is_some_and(|other| *other == *name);
                let column = if is_next { Some(i) } else { names.iter().position(|other| *other == *name) };
                if let Some(column) = column {
                    cells[column] = cell(value.get());
                }
            }
            for cell in &cells {
                push(cell.as_bytes());
            }
        }
        self.names = names;
        Ok(Some(line))
    }
}

fn is_nested(json: &str) -> bool {
    json.starts_with(['[', '{'])
}

fn kind(json: &str) -> String {
    match json.as_bytes().first() {
        Some(b'[') => "a list".to_owned(),
        Some(b'{') => "an object".to_owned(),
        _ => excerpt::plain(json.as_bytes()),
    }
}

/// What a value is as the text of a field.
fn cell(json: &str) -> Cow<'_, str> {
    match json.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(text) if !text.contains('\\') => text.into(),
        Some(_) => serde_json::from_str::<String>(json).unwrap_or_default().into(),
        None if json == "null" => "".into(),
        None => json.into(),
    }
}

/// The members of an object, in order.
#[derive(Default)]
struct Record<'a>(Vec<(Cow<'a, str>, &'a Raw)>);

impl<'de> Deserialize<'de> for Record<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Record<'de>;

            fn expecting(&self, what: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                what.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry::<Name<'de>, &'de Raw>()? {
                    members.push((member.0.0, member.1));
                }
                Ok(Record(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// A name that is copied only where it has something escaped in it.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
