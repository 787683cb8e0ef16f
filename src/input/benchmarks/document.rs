//! JSON → its members, elements, texts and numbers, each of which knows the line it stands on. The only file here that
//! names `serde_json`.
//!
//! JSON (RFC 8259) has no NaN and no infinity, but C++ and Python write them nevertheless: `NaN`, `Infinity`, `nan`,
//! `inf`. A document with one of them is read as if they were texts, so that it matters only where a number is used.

use std::collections::BTreeMap;

use serde::Deserializer as _;
use serde::de::{SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::super::excerpt;
use super::super::number::{self, NotANumber};
use crate::error::{Error, Place};
use crate::settings::DecimalMark;

/// What is no JSON but stands for a number there, the longest first.
const NO_NUMBERS: [&str; 9] = ["-Infinity", "Infinity", "-NaN", "NaN", "-nan", "nan", "-inf", "inf", "+Inf"];
/// What helps against a value that no tool would have written.
const ONCE_MORE: &str = "export the results once more";

/// A file that is well-formed JSON.
#[derive(Debug)]
pub struct Document {
    file: String,
    text: String,
    /// Where its lines end, in order: a place is looked up among them rather than counted from the start.
    line_ends: Vec<usize>,
}

/// A value within a document.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    document: &'a Document,
    /// Its text, a part of the document's.
    text: &'a str,
}

/// An object within a document.
#[derive(Debug)]
pub struct Object<'a> {
    node: Node<'a>,
    members: BTreeMap<String, &'a RawValue>,
}

impl Document {
    /// Checks that a file is JSON.
    ///
    /// # Errors
    /// [`Error::Input`] with the line at which it ceases to be.
    pub fn new(file: String, text: String) -> Result<Self, Error> {
        let Err(error) = serde_json::from_str::<&RawValue>(&text) else { return Ok(Self::of_json(file, text)) };
        let quoted = quote_what_is_no_number(&text);
        if serde_json::from_str::<&RawValue>(&quoted).is_ok() {
            return Ok(Self::of_json(file, quoted));
        }
        Err(malformed(file, &text, &error))
    }

    fn of_json(file: String, text: String) -> Self {
        let line_ends = memchr::memchr_iter(b'\n', text.as_bytes()).collect();
        Self { file, text, line_ends }
    }

    /// The outermost value.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node { document: self, text: self.text.trim_ascii() }
    }
}

fn malformed(file: String, text: &str, error: &serde_json::Error) -> Error {
    let place = Place::file(file).line(error.line() as u64);
    if error.classify() == Category::Eof {
        let remedy = "copy the file once more, or run the benchmark to its end";
        return Error::input(place, "the JSON breaks off here, in the middle", remedy);
    }
    if text.lines().next().is_some_and(|line| line.contains("\"Action\":")) {
        let what = "these are the events of go test -json, an object a line";
        return Error::input(Place::file(place.file), what, "run go test -bench without -json");
    }
    let column = error.column();
    Error::input(place, format!("this is no JSON from column {column} on"), ONCE_MORE)
}

/// The text with double quotes around every NaN and infinity; lines remain as they are.
fn quote_what_is_no_number(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = NO_NUMBERS.iter().find(|word| rest.starts_with(**word));
        let n = match word {
            Some(word) => {
                quoted.extend(["\"", word, "\""]);
                rest = &rest[word.len()..];
                continue;
            }
            None if first == '"' => text_end(rest),
            None => first.len_utf8(),
        };
        quoted.push_str(&rest[..n]);
        rest = &rest[n..];
    }
    quoted
}

/// Where the text in quotes ends with which a piece of JSON begins.
fn text_end(json: &str) -> usize {
    let mut escaped = false;
    let end = json.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(json.len(), |end| end + 2)
}

impl<'a> Node<'a> {
    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> Place {
        // Both texts lie in the same memory, the part behind the beginning of the whole.
        let offset = self.text.as_ptr().addr() - self.document.text.as_ptr().addr();
        let before = self.document.line_ends.partition_point(|end| *end < offset);
        Place::file(&self.document.file).line(1 + before as u64)
    }

    fn part(self, raw: &'a RawValue) -> Self {
        Self { text: raw.get(), ..self }
    }

    /// The object that it is.
    ///
    /// # Errors
    /// [`Error::Input`] if it is none; `name` says what it ought to describe.
    pub fn object(self, name: &str) -> Result<Object<'a>, Error> {
        match serde_json::from_str(self.text) {
            Ok(members) => Ok(Object { node: self, members }),
            Err(_) => Err(self.is_not("an object", name)),
        }
    }

    /// The elements of the list that it is.
    ///
    /// # Errors
    /// [`Error::Input`] if it is none.
    pub fn list(self, name: &str) -> Result<Vec<Self>, Error> {
        let mut elements = Vec::new();
        self.each(name, |element| elements.push(element))?;
        Ok(elements)
    }

    /// The finite numbers of the list that it is, in eight bytes each; `label` is what messages call one of them.
    ///
    /// # Errors
    /// [`Error::Input`] if it is no list, or for the first element that is no such number.
    pub fn numbers(self, name: &str, label: impl Fn(usize) -> String) -> Result<Vec<f64>, Error> {
        let (mut numbers, mut fault) = (Vec::new(), None);
        self.each(name, |element| match element.parse() {
            _ if fault.is_some() => {}
            Ok(number) => numbers.push(number),
            Err(why) => fault = Some(element.is_no_number(why, &label(numbers.len()))),
        })?;
        fault.map_or(Ok(numbers), Err)
    }

    /// Hands on the elements of the list that it is.
    fn each(self, name: &str, take: impl FnMut(Self)) -> Result<(), Error> {
        let mut take = take;
        let elements = Elements(|raw| take(self.part(raw)));
        let read = serde_json::Deserializer::from_str(self.text).deserialize_seq(elements);
        read.map_err(|_| self.is_not("a list", name))
    }

    /// The text that it is.
    ///
    /// # Errors
    /// [`Error::Input`] if it is none.
    pub fn string(self, name: &str) -> Result<String, Error> {
        serde_json::from_str(self.text).map_err(|_| self.is_not("a text", name))
    }

    /// The finite number that it is.
    ///
    /// # Errors
    /// [`Error::Input`] if it is none.
    pub fn number(self, name: &str) -> Result<f64, Error> {
        self.parse().map_err(|why| self.is_no_number(why, name))
    }

    fn parse(self) -> Result<f64, NotANumber> {
        number::parse(self.text.as_bytes(), DecimalMark::Point).map(|number| number.value)
    }

    fn is_no_number(self, why: NotANumber, name: &str) -> Error {
        match why {
            NotANumber::TooLarge => self.is_not("a number that a double can hold", name),
            _ => self.is_not("a finite number", name),
        }
    }

    /// Whether it is the literal `true`.
    #[must_use]
    pub fn is_true(self) -> bool {
        self.text == "true"
    }

    /// What it is, for a list of what distinguishes values: a text, or JSON as it is written.
    #[must_use]
    pub fn plain(self) -> String {
        serde_json::from_str(self.text).unwrap_or_else(|_| self.text.to_owned())
    }

    /// The error for a value of the wrong type.
    fn is_not(self, due: &str, name: &str) -> Error {
        let is = match self.text.as_bytes().first() {
            Some(b'{') => "an object".to_owned(),
            Some(b'[') => "a list".to_owned(),
            _ => excerpt::plain(self.text.as_bytes()),
        };
        Error::input(self.place(), format!("{name} is {is}, not {due}"), ONCE_MORE)
    }
}

/// What takes the elements of a list one by one, for there may be millions.
struct Elements<F>(F);

impl<'de, F: FnMut(&'de RawValue)> Visitor<'de> for Elements<F> {
    type Value = ();

    fn expecting(&self, what: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        what.write_str("a list")
    }

    fn visit_seq<S: SeqAccess<'de>>(mut self, mut elements: S) -> Result<(), S::Error> {
        while let Some(element) = elements.next_element()? {
            (self.0)(element);
        }
        Ok(())
    }
}

impl<'a> Object<'a> {
    /// A member, unless it is absent or `null`.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Node<'a>> {
        let raw = self.members.get(name).filter(|raw| raw.get() != "null")?;
        Some(self.node.part(raw))
    }

    /// A member that must be there.
    ///
    /// # Errors
    /// [`Error::Input`] if it is absent or `null`.
    pub fn required(&self, name: &str) -> Result<Node<'a>, Error> {
        let absent = || Error::input(self.place(), format!("{name} is missing from what begins here"), ONCE_MORE);
        self.member(name).ok_or_else(absent)
    }

    /// All members, in alphabetical order.
    pub fn members(&self) -> impl Iterator<Item = (&str, Node<'a>)> {
        self.members.iter().map(|(name, raw)| (name.as_str(), self.node.part(raw)))
    }

    /// Where it begins.
    #[must_use]
    pub fn place(&self) -> Place {
        self.node.place()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Result<Document, String> {
        Document::new("x.json".to_owned(), text.to_owned()).map_err(|error| error.to_string())
    }

    #[test]
    fn values_know_their_lines() {
        let document = document("\n{\n \"a\": [1,\n 2.5, \"x\"],\n \"b\": null}").unwrap();
        let root = document.root().object("the file").unwrap();
        assert_eq!(root.place().line, Some(2));
        assert!(root.member("b").is_none());
        let elements = root.member("a").unwrap().list("a").unwrap();
        assert_eq!(elements[1].number("a[1]").unwrap(), 2.5);
        let message = elements[2].number("a[2]").unwrap_err().to_string();
        assert_eq!(message, "x.json, line 4: a[2] is \"x\", not a finite number; export the results once more");
    }

    #[test]
    fn a_document_that_breaks_off_is_no_other_syntax_error() {
        for cut in ["{\"a\": [1,\n 2", "{", "{\"a", "[1,"] {
            assert!(document(cut).unwrap_err().contains("breaks off here"), "{cut}");
        }
        assert!(document("{\n\"a\": }").unwrap_err().starts_with("x.json, line 2: this is no JSON from column 6 on"));
        assert!(document("{} {}").unwrap_err().contains("no JSON"));
        assert!(document("{\"Action\":\"run\"}\n{\"Action\":\"x\"}").unwrap_err().contains("without -json"));
    }

    #[test]
    fn no_numbers_are_texts_that_may_be_left_alone() {
        let document = document("{\"a\": NaN, \"b\": -Infinity, \"say \\\"NaN\": \"inf\", \"c\": 1}").unwrap();
        let root = document.root().object("the file").unwrap();
        assert_eq!(root.member("c").unwrap().number("c").unwrap(), 1.0);
        assert_eq!(root.member("say \"NaN").unwrap().string("it").unwrap(), "inf");
        let message = root.member("b").unwrap().number("b").unwrap_err().to_string();
        assert!(message.contains("b is \"-Infinity\", not a finite number"), "{message}");
    }

    #[test]
    fn numbers_are_the_nearest_doubles_and_finite() {
        let document = document("[0.1, 123456789.123456789, 1e999]").unwrap();
        let elements = document.root().list("the file").unwrap();
        assert_eq!(elements[1].number("x").unwrap(), 123_456_789.123_456_79);
        assert!(elements[2].number("x").unwrap_err().to_string().contains("double"));
    }
}
