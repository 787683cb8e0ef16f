//! Results of one file or two → the benchmarks to be compared, in the unit of the case.

use super::super::excerpt;
use super::super::layout::Keys;
use super::Results;
use super::choose;
use super::entry::{Benchmark, Entry};
use crate::error::{Error, Place};
use crate::settings::{ColumnName, Columns, Unmatched};

/// Two benchmarks to be compared, in the unit of the case.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The benchmark of the case.
    pub case: Benchmark,
    /// The benchmark of the control.
    pub control: Benchmark,
    /// The runs of the tools as clusters, case values first, where both sides have several.
    pub clusters: Option<Keys>,
    /// Things that the user should know about it, a sentence each, for standard error.
    pub notes: Vec<String>,
}

/// Takes the benchmarks that are wanted from each of two files: those that were named, all that both have or, where there
/// can be only one, that one.
///
/// # Errors
/// [`Error::Input`] if there is no such benchmark, if one is meant and there are more, if one is in one file only and that
/// is not to be ignored, if one cannot be used, or if the two are not measured in the same unit.
#[allow(clippy::missing_panics_doc, reason = "an index is that of an entry, and is used once")]
pub fn compare(
    case: Results,
    control: Results,
    columns: &Columns,
    unmatched: Unmatched,
) -> Result<Vec<Comparison>, Error> {
    let (pairs, mut notes) = choose::pairs(&case, &control, columns, unmatched)?;
    if case.format.name != control.format.name {
        let (a, b) = (case.format.name, control.format.name);
        notes.push(format!("results of {a} in {} are compared with results of {b} in {}", case.file, control.file));
    }
    let (mut ones, mut others) =
        (case.entries.into_iter().map(Some).collect(), control.entries.into_iter().map(Some).collect());
    let take = |entries: &mut Vec<Option<Entry>>, index: usize| entries[index].take().expect("each is taken once");
    let mut compared = Vec::with_capacity(pairs.len());
    for [one, other] in pairs {
        let (one, other) = (take(&mut ones, one), take(&mut others, other));
        let mut notes = std::mem::take(&mut notes);
        if one.name != other.name {
            let (a, b) = (one.label(), other.label());
            notes.push(format!("benchmark {a} of {} is compared with benchmark {b} of {}", case.file, control.file));
        }
        let (one, other) = (one.finish(case.format.repeat())?, other.finish(control.format.repeat())?);
        compared.push(convert(one, other, notes, &control.file)?);
    }
    Ok(compared)
}

/// Takes the benchmark that was named, or the only one.
///
/// # Errors
/// As [`compare`].
pub fn sole(mut results: Results, columns: &Columns) -> Result<Benchmark, Error> {
    let index = choose::sole(&results, columns)?;
    results.entries.swap_remove(index).finish(results.format.repeat())
}

/// Takes two benchmarks of one file.
///
/// # Errors
/// As [`compare`].
#[allow(clippy::missing_panics_doc, reason = "an index is that of an entry, and is used once")]
pub fn compare_within(mut results: Results, case: &ColumnName, control: &ColumnName) -> Result<Comparison, Error> {
    let [one, other] = [choose::find(&results, case, "--case")?, choose::find(&results, control, "--control")?];
    if one == other {
        let what = format!("--case and --control are the same benchmark, {}", results.entries[one].label());
        return Err(Error::usage(what, "name two different benchmarks"));
    }
    let mut entries: Vec<_> = std::mem::take(&mut results.entries).into_iter().map(Some).collect();
    let mut take =
        |index: usize| entries[index].take().expect("indices of two entries").finish(results.format.repeat());
    convert(take(one)?, take(other)?, Vec::new(), &results.file)
}

/// Puts the control into the unit of the case.
fn convert(
    case: Benchmark,
    mut control: Benchmark,
    mut notes: Vec<String>,
    control_file: &str,
) -> Result<Comparison, Error> {
    if !control.unit.agrees_with(&case.unit) {
        let what = format!("the control is measured in {}, but the case in {}", control.unit, case.unit);
        return Err(Error::input(Place::file(control_file), what, "compare benchmarks in the same unit"));
    }
    notes.extend(case.notes.iter().chain(&control.notes).cloned());
    if control.unit != case.unit {
        notes.push(format!("{control_file}: the values are converted from {} to {}", control.unit, case.unit));
        for value in &mut control.values {
            *value = control.unit.convert(*value, &case.unit);
        }
        if control.values.iter().any(|value| !value.is_finite()) {
            let what = format!("a value is beyond the largest number of a double in {}", case.unit);
            return Err(Error::input(Place::file(control_file), what, "mend the file"));
        }
        control.unit = case.unit.clone();
    }
    let clusters = clusters(&case, &control, &mut notes);
    Ok(Comparison { case, control, clusters, notes })
}

/// The runs of both sides; a value that is known from no run is one by itself.
fn clusters(case: &Benchmark, control: &Benchmark, notes: &mut Vec<String>) -> Option<Keys> {
    let kind = [case, control].into_iter().find_map(|side| side.runs.as_ref())?.kind;
    let sizes =
        |side: &Benchmark| side.runs.as_ref().map_or_else(|| vec![1; side.values.len()], |runs| runs.sizes.clone());
    let [ones, others] = [sizes(case), sizes(control)];
    if let Some(more) = kind.more
        && (ones.len() < 2 || others.len() < 2)
    {
        let label = excerpt::quote(case.name.as_bytes());
        let noun = kind.noun;
        notes.push(format!(
            "{label} was measured in a single {noun}, so that its values are taken one by one, and how much each {noun} differs \
             from the next is not known; {more}"
        ));
        return None;
    }
    let numbered = ones.iter().chain(&others).enumerate();
    let of_observation = numbered.flat_map(|(number, size)| std::iter::repeat_n(number as u32, *size)).collect();
    let name = |number: u32| match (number as usize).checked_sub(ones.len()) {
        None => format!("{} {} of the case", kind.noun, number + 1),
        Some(number) => format!("{} {} of the control", kind.noun, number + 1),
    };
    Some(Keys::new(kind.noun.to_owned(), of_observation, name))
}
