//! The text of a file and, where it is JSON, its values, each of which knows the line it stands on.
//!
//! A reader describes what it needs as structs that derive [`serde::Deserialize`] and keeps as [`Raw`] what it looks at later:
//! lists of measurements, so that a fault in one of them is that of its benchmark alone.
//!
//! JSON (RFC 8259) has no NaN and no infinity, but C++ and Python write them nevertheless: `NaN`, `Infinity`, `nan`,
//! `inf`. A document with one of them is read as if they were texts, so that it matters only where a number is used.

use std::collections::{BTreeMap, HashSet};

use serde::de::{Deserialize, SeqAccess, Visitor};
use serde_json::error::Category;
pub use serde_json::value::RawValue as Raw;

use super::super::excerpt;
use super::super::number::{self, NotANumber};
use crate::error::{Error, Place};
use crate::settings::DecimalMark;

/// What is not JSON but stands for a number there, the longest first.
const NOT_NUMBERS: [&str; 9] = ["-Infinity", "Infinity", "-NaN", "NaN", "-nan", "nan", "-inf", "inf", "+Inf"];
/// What helps against a value that no tool would have written.
const ONCE_MORE: &str = "export the results once more";

/// The text of a file.
#[derive(Debug)]
pub struct Document {
    /// The file as the user named it, or `standard input`.
    pub file: String,
    /// All of it, without a byte order mark.
    pub text: String,
    /// Where its lines end, in order: a place is looked up among them rather than counted from the start.
    line_ends: Vec<usize>,
}

/// A JSON value within a document.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    document: &'a Document,
    /// Its text, a part of the document's.
    text: &'a str,
}

impl Document {
    /// A text in any notation.
    #[must_use]
    pub fn new(file: String, text: String) -> Self {
        let line_ends = memchr::memchr_iter(b'\n', text.as_bytes()).collect();
        Self { file, text, line_ends }
    }

    /// Checks that a file is JSON.
    ///
    /// # Errors
    /// [`Error::Input`] with the line at which it ceases to be, and the text, which may be several values one after the other.
    pub fn json(file: String, text: String) -> Result<Self, Box<(String, Error)>> {
        let Err(error) = serde_json::from_str::<&Raw>(&text) else { return Ok(Self::new(file, text)) };
        let quoted = quote_what_is_not_a_number(&text);
        if serde_json::from_str::<&Raw>(&quoted).is_ok() {
            return Ok(Self::new(file, quoted));
        }
        let error = malformed(file, &text, &error);
        Err(Box::new((quoted, error)))
    }

    /// The outermost JSON value.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node { document: self, text: self.text.trim_ascii() }
    }

    /// The names of what the outermost JSON value is made of: `results` for a member, `results[].command` for a member of
    /// the first object in that list, `results{}.mean` for one of the first object in that object, `[].command` where the
    /// outermost value is a list itself.
    #[must_use]
    pub fn shape(&self) -> HashSet<String> {
        let root = self.root();
        let members: Option<Members<'_>> = root.parse_as();
        let within = |name: &str, node: Node<'_>| {
            let of_list = || node.parse_as::<Vec<&Raw>>()?.into_iter().next().map(|first| ("[]", first));
            let of_object = || node.parse_as::<Members<'_>>()?.into_values().next().map(|first| ("{}", first));
            let Some((brackets, first)) = of_list().or_else(of_object) else { return Vec::new() };
            let members = root.at(first).parse_as::<Members<'_>>().into_iter().flatten();
            members.map(|(member, _)| format!("{name}{brackets}.{member}")).collect()
        };
        match members {
            None => within("", root).into_iter().collect(),
            Some(members) => {
                let paths = members.into_iter().flat_map(|(name, raw)| {
                    let within = within(&name, root.at(raw));
                    within.into_iter().chain([name])
                });
                paths.collect()
            }
        }
    }
}

/// The members of an object, for a reader that cannot know their names.
pub type Members<'a> = BTreeMap<String, &'a Raw>;

fn malformed(file: String, text: &str, error: &serde_json::Error) -> Error {
    let place = Place::file(file).line(error.line() as u64);
    if error.classify() == Category::Eof {
        let remedy = "copy the file once more, or run the benchmark to its end";
        return Error::input(place, "the JSON breaks off here, in the middle", remedy);
    }
    if are_go_events(text) {
        let what = "these are the events of go test -json, an object a line";
        return Error::input(Place::file(place.file), what, "run go test -bench without -json");
    }
    let column = error.column();
    Error::input(place, format!("this is no JSON from column {column} on"), ONCE_MORE)
}

/// Whether a text is what `go test -json` writes.
#[must_use]
pub fn are_go_events(text: &str) -> bool {
    text.lines().next().is_some_and(|line| line.contains("\"Action\":"))
}

/// The text with double quotes around every NaN and infinity; lines remain as they are.
fn quote_what_is_not_a_number(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = NOT_NUMBERS.iter().find(|word| rest.starts_with(**word));
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
    pub fn place(self) -> Place {
        // Both texts lie in the same memory, the part behind the beginning of the whole.
        let offset = self.text.as_ptr().addr() - self.document.text.as_ptr().addr();
        let before = self.document.line_ends.partition_point(|end| *end < offset);
        Place::file(&self.document.file).line(1 + before as u64)
    }

    /// A value within this one.
    #[must_use]
    pub fn at(self, raw: &'a Raw) -> Self {
        Self { text: raw.get(), ..self }
    }

    /// What the reader needs of it; `name` is what messages call it.
    ///
    /// # Errors
    /// [`Error::Input`] if it is something else, with the line, and the path to the part that is wrong.
    pub fn read<T: Deserialize<'a>>(self, name: &str) -> Result<T, Error> {
        serde_json::from_str(self.text).map_err(|error| {
            let mut source = serde_json::Deserializer::from_str(self.text);
            let path =
                serde_path_to_error::deserialize::<_, T>(&mut source).err().map(|error| error.path().to_string());
            let path = path.filter(|path| path != ".").map(|path| format!("{name}: {path}"));
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            if let Some(field) = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
                let what = format!("{field} is missing from what begins here");
                return Error::input(self.place(), what, ONCE_MORE);
            }
            let mut place = self.place();
            place.line = place.line.map(|line| line + error.line().saturating_sub(1) as u64);
            Error::input(place, format!("{}: {message}", path.as_deref().unwrap_or(name)), ONCE_MORE)
        })
    }

    /// The elements of the list that it is.
    ///
    /// # Errors
    /// [`Error::Input`] if it is not a list.
    pub fn list(self, name: &str) -> Result<Vec<Self>, Error> {
        let elements: Vec<&Raw> = serde_json::from_str(self.text).map_err(|_| self.is_not("a list", name))?;
        Ok(elements.into_iter().map(|raw| self.at(raw)).collect())
    }

    /// The finite numbers of the list that it is, in eight bytes each; `label` is what messages call one of them.
    ///
    /// # Errors
    /// [`Error::Input`] if it is not a list, or for the first element that is not such a number.
    pub fn numbers(self, name: &str, label: impl Fn(usize) -> String) -> Result<Vec<f64>, Error> {
        let (mut numbers, mut fault) = (Vec::new(), None);
        let elements = Elements(|raw| match self.at(raw).parse() {
            _ if fault.is_some() => {}
            Ok(number) => numbers.push(number),
            Err(why) => fault = Some(self.at(raw).is_not_a_number(why, &label(numbers.len()))),
        });
        let read = serde::Deserializer::deserialize_seq(&mut serde_json::Deserializer::from_str(self.text), elements);
        read.map_err(|_| self.is_not("a list", name))?;
        fault.map_or(Ok(numbers), Err)
    }

    /// The finite number that it is.
    ///
    /// # Errors
    /// [`Error::Input`] if it is something else.
    pub fn number(self, name: &str) -> Result<f64, Error> {
        self.parse().map_err(|why| self.is_not_a_number(why, name))
    }

    /// Whether it is a number, or one of the words that stand for one.
    #[must_use]
    pub fn is_number(self) -> bool {
        let text = self.text.trim_matches('"');
        self.text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) || NOT_NUMBERS.contains(&text)
    }

    /// It in another shape, if it has it.
    fn parse_as<T: Deserialize<'a>>(self) -> Option<T> {
        serde_json::from_str(self.text).ok()
    }

    fn parse(self) -> Result<f64, NotANumber> {
        number::parse(self.text.as_bytes(), DecimalMark::Point).map(|number| number.value)
    }

    fn is_not_a_number(self, why: NotANumber, name: &str) -> Error {
        match why {
            NotANumber::TooLarge => self.is_not("a number that a double can hold", name),
            _ => self.is_not("a finite number", name),
        }
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

impl<'de, F: FnMut(&'de Raw)> Visitor<'de> for Elements<F> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Result<Document, String> {
        Document::json("x.json".to_owned(), text.to_owned()).map_err(|fault| fault.1.to_string())
    }

    fn member<'a>(document: &'a Document, name: &str) -> Node<'a> {
        document.root().at(document.root().read::<Members<'_>>("the file").unwrap()[name])
    }

    #[test]
    fn values_know_their_lines() {
        let document = document("\n{\n \"a\": [1,\n 2.5, \"x\"],\n \"b\": null}").unwrap();
        assert_eq!(document.root().place().line, Some(2));
        let elements = member(&document, "a").list("a").unwrap();
        assert_eq!(elements[1].number("a[1]").unwrap(), 2.5);
        let message = elements[2].number("a[2]").unwrap_err().to_string();
        assert_eq!(message, "x.json, line 4: a[2] is \"x\", not a finite number; export the results once more");
    }

    #[test]
    fn a_value_of_the_wrong_type_is_named_by_line_and_path() {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "only whether they can be read matters")]
        struct Run<'a> {
            name: String,
            #[serde(borrow)]
            time: Option<&'a Raw>,
        }
        let fault = |json: &str| {
            let document = document(json).unwrap();
            document.root().read::<Vec<Run<'_>>>("the list").unwrap_err().to_string()
        };
        let wrong = fault("\n[{\"name\": \"a\", \"time\": [1]},\n{\"time\": 3,\n\"name\": 4}]");
        assert!(
            wrong.starts_with("x.json, line 4: the list: [1].name: invalid type: integer `4`, expected a string;"),
            "{wrong}"
        );
        assert!(fault("[\n{\"name\": \"a\"}, {}]").contains("name is missing from what begins here"));
    }

    #[test]
    fn the_shape_names_members_and_those_of_the_first_element() {
        let shape = |json: &str| {
            let mut shape: Vec<_> = document(json).unwrap().shape().into_iter().collect();
            shape.sort();
            shape
        };
        assert_eq!(shape("{\"a\": [{\"b\": 1}, {\"c\": 2}], \"d\": [1], \"e\": {\"f\": 1}}"), ["a", "a[].b", "d", "e"]);
        assert_eq!(shape("{\"a\": {\"any name\": {\"b\": 1}}}"), ["a", "a{}.b"]);
        assert_eq!(shape("[{\"b\": 1}, 2]"), ["[].b"]);
        assert_eq!(shape("[]"), [""; 0]);
        assert_eq!(shape("3"), [""; 0]);
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
    fn words_for_numbers_are_texts_that_may_be_left_alone() {
        let document = document("{\"a\": NaN, \"b\": -Infinity, \"say \\\"NaN\": \"inf\", \"c\": 1}").unwrap();
        assert_eq!(member(&document, "c").number("c").unwrap(), 1.0);
        assert_eq!(member(&document, "say \"NaN").read::<String>("it").unwrap(), "inf");
        let message = member(&document, "b").number("b").unwrap_err().to_string();
        assert!(message.contains("b is \"-Infinity\", not a finite number"), "{message}");
        assert!(member(&document, "a").is_number() && member(&document, "c").is_number());
    }

    #[test]
    fn numbers_are_the_nearest_doubles_and_finite() {
        let document = document("[0.1, 123456789.123456789, 1e999]").unwrap();
        let elements = document.root().list("the file").unwrap();
        assert_eq!(elements[1].number("x").unwrap(), 123_456_789.123_456_79);
        assert!(elements[2].number("x").unwrap_err().to_string().contains("double"));
    }
}
