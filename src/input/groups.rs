//! A column of labels → the two groups: which label is the case, which the control, which rows have none.

use std::cmp::Ordering;

use super::cell::CellRules;
use super::dataset::Orientation;
use super::frame::{Dictionary, Labels};
use super::{excerpt, number};
use crate::error::{Error, Place};
use crate::escape;
use crate::settings::{DecimalMark, Several};

/// More different labels than this are certainly no groups.
const MAX_LABELS: usize = 1000;

/// More groups than this are compared by nobody: a number was taken for a label.
const MOST_GROUPS: usize = 100;

/// The labels that `--case`, `--control` and `--order` name.
pub struct NamedLabels<'a> {
    case: Option<&'a str>,
    control: Option<&'a str>,
    several: &'a Several,
}

impl<'a> NamedLabels<'a> {
    /// Takes the labels from the settings.
    ///
    /// # Errors
    /// [`Error::Usage`] if both are the same.
    pub fn new(case: Option<&'a str>, control: Option<&'a str>, several: &'a Several) -> Result<Self, Error> {
        let (case, control) = (case.map(str::trim), control.map(str::trim));
        match case {
            Some(label) if case == control => Err(Error::usage(
                format!("--case and --control are both {}", excerpt::quote(label.as_bytes())),
                "name two different labels",
            )),
            _ => Ok(Self { case, control, several }),
        }
    }

    fn names(&self, label: &[u8]) -> bool {
        let order = self.several.order.iter().map(String::as_str);
        [self.case, self.control].into_iter().flatten().chain(order).any(|named| named.as_bytes() == label)
    }

    /// Whether the values are words.
    #[must_use]
    pub fn are_words(&self) -> bool {
        self.several.are_words
    }

    /// Whether so many labels are those of several groups rather than of a case and a control.
    #[must_use]
    pub fn are_several(&self, labels: usize) -> bool {
        self.case.is_none() && (labels > 2 || self.several.is_asked_for)
    }

    /// Both, if both are named: then rows with other labels are of no concern at all.
    #[must_use]
    pub fn both(&self) -> Option<[&'a str; 2]> {
        Some([self.case?, self.control?])
    }
}

/// A label of the column.
struct Label<'a> {
    code: u32,
    text: &'a [u8],
    n_rows: u64,
}

/// The labels of the groups.
pub struct Chosen {
    /// Numbers of the labels of case and control or, of several groups, of all of them in their order.
    pub codes: Vec<u32>,
    /// The texts that mean that a row has no label.
    pub missing: Vec<Vec<u8>>,
    /// Which label is which.
    pub orientation: Orientation,
    /// Things the user should know about the labels.
    pub notes: Vec<String>,
}

/// Words for a control, whole labels in small letters.
const CONTROLS: &[&str] = &[
    "0",
    "a0",
    "baseline",
    "base",
    "before",
    "contr\u{f4}le",
    "control",
    "controls",
    "ctl",
    "ctrl",
    "control group",
    "false",
    "keine",
    "kontrolle",
    "kontrollgruppe",
    "mock",
    "nein",
    "no",
    "non",
    "none",
    "old",
    "original",
    "placebo",
    "plac\u{e9}bo",
    "pre",
    "pretest",
    "reference",
    "ref",
    "referenz",
    "r\u{e9}f\u{e9}rence",
    "referencia",
    "sham",
    "sin",
    "standard",
    "t\u{e9}moin",
    "testigo",
    "unbehandelt",
    "untreated",
    "vehicle",
    "vorher",
    "avant",
    "antes",
    "wildtype",
    "wild type",
    "wt",
    "alt",
    "ancien",
    "viejo",
    "ohne",
    "sans",
];

/// Whether a name says that it is that of a control.
#[must_use]
pub fn is_control(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    CONTROLS.contains(&name.as_str())
}

/// Decides which label is case and which is control. `labels` are those of the rows that are left, and `place` is the column
/// as a whole.
///
/// # Errors
/// [`Error::Input`] unless there are two labels, or the two that are named.
pub fn choose(
    labels: &Labels,
    dictionary: &Dictionary,
    named: &NamedLabels<'_>,
    rules: &CellRules,
    place: &Place,
) -> Result<Chosen, Error> {
    if dictionary.texts().len() > MAX_LABELS {
        let what = format!("the column has more than {MAX_LABELS} different labels");
        return Err(Error::input(place.clone(), what, "choose the column of the groups with --group"));
    }
    let mut n_rows: Vec<u64> = (0..dictionary.texts().len()).map(|code| dictionary.n_left_out(code)).collect();
    for &code in &labels.codes {
        n_rows[code as usize] += 1;
    }
    let label = |(code, text)| Label { code: code as u32, text, n_rows: n_rows[code] };
    let all: Vec<_> = dictionary.texts().enumerate().map(label).collect();
    let (missing, mut present, mut notes) = without_missing(all, named, rules, place);
    let n_missing = missing.iter().map(|label| label.n_rows).sum();
    present.sort_by(|a, b| compare(a.text, b.text, rules.decimal()));
    for (label, option) in [(named.case, "--case"), (named.control, "--control")] {
        if let Some(label) = label
            && !present.iter().any(|entry| entry.text == label.as_bytes())
        {
            let what =
                format!("no row has the label {}; the labels are {}", excerpt::quote(label.as_bytes()), list(&present));
            return Err(Error::input(place.clone(), what, format!("say {option} with one of these")));
        }
    }
    if let Some([case, control]) = named.both() {
        present.retain(|entry| [case, control].iter().any(|label| label.as_bytes() == entry.text));
    }
    if named.are_several(present.len()) && present.len() >= 2 {
        return several(&present, named, &missing, rules, place, notes);
    }
    let [one, other] = &present[..] else { return Err(not_two(&present, place, n_missing)) };
    let [first, second] = [one, other].map(|label| String::from_utf8_lossy(label.text).into_owned());
    let (is_case, orientation) = match (named.case, named.control, is_control(&first), is_control(&second)) {
        (Some(case), ..) => (first == case, Orientation::Known),
        (None, Some(control), ..) => (first != control, Orientation::Known),
        (None, None, true, false) => (false, Orientation::Known),
        (None, None, false, true) => (true, Orientation::Known),
        (None, None, ..) => (true, Orientation::Unknown),
    };
    let essence = |label: &str| label.to_lowercase().split_whitespace().collect::<String>();
    if essence(&first) == essence(&second) {
        let [a, b] = [one, other].map(|label| excerpt::quote(label.text));
        notes.push(format!("{}: the labels {a} and {b} differ in capitals or blanks only", place.file));
    }
    if orientation == Orientation::Unknown {
        let shown = excerpt::apart(&[&first, &second]);
        let (a, b) = (&shown[0], &shown[1]);
        notes.insert(0, format!("differences are {a} \u{2212} {b}; --case {} turns them round", typed(other.text)));
    }
    let codes = if is_case { vec![one.code, other.code] } else { vec![other.code, one.code] };
    Ok(Chosen { codes, missing: missing.iter().map(|label| label.text.to_vec()).collect(), orientation, notes })
}

/// All labels as groups, in the order that was asked for or, numbers by size, in their own; a control comes first.
fn several(
    present: &[Label],
    named: &NamedLabels<'_>,
    missing: &[Label],
    rules: &CellRules,
    place: &Place,
    mut notes: Vec<String>,
) -> Result<Chosen, Error> {
    if present.len() > MOST_GROUPS {
        let what = format!("there are {} labels, more than {MOST_GROUPS} groups", present.len());
        return Err(Error::input(
            place.clone(),
            what,
            "choose the column of the groups with --group, or take a part with --where",
        ));
    }
    let missing = missing.iter().map(|label| label.text.to_vec()).collect();
    let order = &named.several.order;
    let code_of = |text: &str| {
        present.iter().find(|label| label.text == text.as_bytes()).map(|label| label.code).ok_or_else(|| {
            let what =
                format!("no row has the label {}; the labels are {}", excerpt::quote(text.as_bytes()), list(present));
            Error::input(place.clone(), what, "name these in --order")
        })
    };
    let mut codes = order.iter().map(|text| code_of(text)).collect::<Result<Vec<u32>, Error>>()?;
    if let Some(left_out) = present.iter().find(|label| !codes.contains(&label.code)).filter(|_| !codes.is_empty()) {
        let what = format!("--order leaves out the label {}", excerpt::quote(left_out.text));
        return Err(Error::input(place.clone(), what, "name all, or take a part of the rows with --where"));
    }
    if codes.is_empty() {
        codes = present.iter().map(|label| label.code).collect();
        let known: Vec<&Label> =
            present.iter().filter(|label| is_control(&String::from_utf8_lossy(label.text))).collect();
        let first = match (named.control, &known[..]) {
            (Some(control), _) => Some(code_of(control)?),
            // A number is a step on a scale, and no name for a control.
            (None, [only]) if !named.several.is_ordered && number::parse(only.text, rules.decimal()).is_err() => {
                Some(only.code)
            }
            (None, _) => None,
        };
        codes.sort_by_key(|&other| Some(other) != first);
        let are_numbers = present.iter().all(|label| number::parse(label.text, rules.decimal()).is_ok());
        if named.several.is_ordered && !are_numbers {
            let order: Vec<String> = present.iter().map(|label| typed(label.text)).collect();
            notes.push(format!(
                "{place}: the groups are taken in the order {0}; --order {0} in another order changes that",
                order.join(",")
            ));
        }
    }
    Ok(Chosen { codes, missing, orientation: Orientation::Known, notes })
}

/// Tells labels from texts that mean that there is none. `None` and `NA` can be either: they are labels where fewer than two
/// others are there, or where they have at least half as many rows as the smallest other.
fn without_missing<'a>(
    all: Vec<Label<'a>>,
    named: &NamedLabels<'_>,
    rules: &CellRules,
    place: &Place,
) -> (Vec<Label<'a>>, Vec<Label<'a>>, Vec<String>) {
    let (tokens, mut present): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|label| rules.is_missing(label.text) && !named.names(label.text));
    let smallest = if present.len() < 2 { 0 } else { present.iter().map(|label| label.n_rows).min().unwrap_or(0) };
    let (mut missing, mut notes) = (Vec::new(), Vec::new());
    for token in tokens {
        let is_missing = rules.is_named_missing(token.text) || token.text.is_empty() || 2 * token.n_rows < smallest;
        if !rules.is_named_missing(token.text) && !token.text.is_empty() {
            let (text, rows) = (excerpt::quote(token.text), excerpt::count(token.n_rows, "row"));
            let plain = typed(token.text);
            notes.push(if is_missing {
                format!("{place}: {text} ({rows}) is taken for a missing label; --case {plain} or --control {plain} makes it one")
            } else {
                format!("{place}: {text} ({rows}) is taken for a label; --na {plain} makes it a missing one")
            });
        }
        if is_missing { missing.push(token) } else { present.push(token) }
    }
    (missing, present, notes)
}

fn not_two(present: &[Label], place: &Place, n_missing: u64) -> Error {
    let (what, remedy) = match present {
        [] => (
            format!("no row has a label: {}", excerpt::count(n_missing, "missing label")),
            "choose another --group column".to_owned(),
        ),
        [only] => {
            let what =
                format!("{} is the only label, so there is nothing to compare it with", excerpt::quote(only.text));
            (what, "add the rows of the other group, or choose another --group column".to_owned())
        }
        several => {
            let texts: Vec<_> = several.iter().map(|label| label.text).collect();
            (
                format!("there are {} labels: {}", several.len(), list(several)),
                format!("say which two, as in {}", two(&texts)),
            )
        }
    };
    Error::input(place.clone(), what, remedy)
}

/// The options that name two of several labels: the control is one that is known for it, if there is one.
#[must_use]
pub fn two(labels: &[&[u8]]) -> String {
    let known = labels.iter().position(|label| is_control(&String::from_utf8_lossy(label)));
    let control = known.unwrap_or(1);
    let case = usize::from(control == 0);
    format!("--case {} --control {}", typed(labels[case]), typed(labels[control]))
}

/// A label as it is typed in a shell.
fn typed(label: &[u8]) -> String {
    escape::typed(&String::from_utf8_lossy(label))
}

/// The labels with their numbers of rows.
fn list(labels: &[Label]) -> String {
    if labels.is_empty() {
        return "none".to_owned();
    }
    let texts: Vec<_> = labels.iter().map(|label| String::from_utf8_lossy(label.text)).collect();
    let shown = excerpt::apart(&texts.iter().map(AsRef::as_ref).collect::<Vec<_>>()).into_iter().zip(labels);
    excerpt::list(shown.map(|(text, label)| format!("{text} ({})", excerpt::count(label.n_rows, "row"))))
}

/// Numbers by size, all else by its bytes.
fn compare(a: &[u8], b: &[u8], decimal: DecimalMark) -> Ordering {
    let by_size = match (number::parse(a, decimal), number::parse(b, decimal)) {
        (Ok(a), Ok(b)) => a.value.total_cmp(&b.value),
        // Numbers before names, so that the order stays one even where both occur.
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => Ordering::Equal,
    };
    by_size.then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_sort_as_numbers_where_they_are_numbers() {
        let sorted = |mut labels: Vec<&'static str>| {
            labels.sort_by(|a, b| compare(a.as_bytes(), b.as_bytes(), DecimalMark::Point));
            labels
        };
        assert_eq!(sorted(vec!["10", "9"]), ["9", "10"]);
        assert_eq!(sorted(vec!["b", "a10", "a9", "B"]), ["B", "a10", "a9", "b"]);
        assert_eq!(sorted(vec!["1.0", "1", "x"]), ["1", "1.0", "x"]);
    }
}
