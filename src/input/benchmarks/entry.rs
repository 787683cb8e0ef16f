//! Measurements as a file lists them → benchmarks: one for each name and metric, in the order in which the file names
//! them first.

use std::collections::HashMap;

use super::super::excerpt;
use super::Unit;
use crate::error::{Error, Place};

/// The fewest measurements with which a benchmark can be compared: one does not show how far it would vary.
const FEWEST: usize = 2;

/// One benchmark of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Benchmark {
    /// What the file calls it.
    pub name: String,
    /// The unit of its values.
    pub unit: Unit,
    /// What was measured, in the order of the file: finite, at least two.
    pub values: Vec<f64>,
    /// To which runs of the tool the values belong, where that is known and matters.
    pub runs: Option<Runs>,
    /// Things that the user should know about it, a sentence each, for standard error.
    pub notes: Vec<String>,
}

/// Runs of a tool, each of which gave several values: they are relabelled as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runs {
    /// What they are.
    pub kind: &'static RunKind,
    /// How many values each gave, in the order of the values.
    pub sizes: Vec<usize>,
}

/// What a tool starts several times to measure a benchmark.
#[derive(Debug, PartialEq, Eq)]
pub struct RunKind {
    /// What the tool calls it.
    pub noun: &'static str,
    /// What makes the tool start more of them. Of a single one the values are taken one by one then; without it, it is a
    /// cluster all the same, for that is what was asked for.
    pub more: Option<&'static str>,
}

/// A benchmark as it is gathered, or the reason for which it cannot be used.
#[derive(Debug)]
pub struct Entry {
    /// What lists call it.
    pub name: String,
    /// What else it may be called on the command line.
    pub other_names: Vec<String>,
    /// Whether it is what the tool is there to measure.
    pub rank: Rank,
    /// Where the file begins with it.
    place: Place,
    unit: Unit,
    values: Vec<f64>,
    runs: Option<Runs>,
    fault: Option<Error>,
    notes: Vec<String>,
}

/// Whether a metric is what one means by a benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// The time of a run or an operation.
    First,
    /// What is measured beside it; taken only where it is named.
    Beside,
}

impl Entry {
    /// Begins a benchmark that is called so.
    pub fn new(name: impl Into<String>, rank: Rank, unit: Unit, place: Place) -> Self {
        Self {
            name: name.into(),
            other_names: Vec::new(),
            rank,
            place,
            unit,
            values: Vec::new(),
            runs: None,
            fault: None,
            notes: Vec::new(),
        }
    }

    /// Adds a measurement in some unit, or the reason why there is none; the first such reason stays.
    pub fn push(&mut self, value: Result<f64, Error>, unit: &Unit) {
        match value {
            Ok(value) if unit.agrees_with(&self.unit) => self.values.push(unit.convert(value, &self.unit)),
            Ok(_) => {
                let what = format!("{} is measured in {} and in {unit}", self.label(), self.unit);
                self.refuse(Error::input(self.place.clone(), what, "measure it in one unit"));
            }
            Err(fault) => self.refuse(fault),
        }
    }

    /// Adds all measurements, in the entry's own unit.
    pub fn extend(&mut self, values: Result<Vec<f64>, Error>) {
        match values {
            Ok(values) => self.values.extend(values),
            Err(fault) => self.refuse(fault),
        }
    }

    /// Adds the measurements of each run, in the entry's own unit.
    pub fn extend_runs(&mut self, kind: &'static RunKind, runs: Result<Vec<Vec<f64>>, Error>) {
        if let Ok(runs) = &runs {
            let sizes = runs.iter().map(Vec::len).filter(|n| *n > 0).collect();
            self.runs = Some(Runs { kind, sizes });
        }
        self.extend(runs.map(|runs| runs.concat()));
    }

    /// All measurements so far as those of one run.
    #[must_use]
    pub fn into_one_run(self, kind: &'static RunKind) -> Self {
        Self { runs: Some(Runs { kind, sizes: vec![self.values.len()] }), ..self }
    }

    /// Adds those of the same benchmark in another file. A value that is known from no run is one by itself.
    pub fn absorb(&mut self, other: Self) {
        let (here, there) = (self.values.len(), other.values.len());
        for value in other.values {
            self.push(Ok(value), &other.unit);
        }
        self.runs = match (self.runs.take(), other.runs) {
            (Some(mut runs), Some(more)) => {
                runs.sizes.extend(more.sizes);
                Some(runs)
            }
            (Some(mut runs), None) => {
                runs.sizes.extend(vec![1; there]);
                Some(runs)
            }
            (None, Some(more)) => Some(Runs { kind: more.kind, sizes: [vec![1; here], more.sizes].concat() }),
            (None, None) => None,
        };
        self.notes.extend(other.notes);
        if let Some(fault) = other.fault {
            self.refuse(fault);
        }
    }

    /// Says why it cannot be used; the first such reason stays.
    pub fn refuse(&mut self, fault: Error) {
        self.fault.get_or_insert(fault);
    }

    /// Says what the user should know if it is used.
    pub fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// How many measurements there are so far.
    #[must_use]
    pub fn n_values(&self) -> usize {
        self.values.len()
    }

    /// How messages name it.
    #[must_use]
    pub fn label(&self) -> String {
        excerpt::quote(self.name.as_bytes())
    }

    /// The benchmark, complete; `repeat` says what makes the tool measure more than once.
    ///
    /// # Errors
    /// [`Error::Input`] if it failed, or was not measured at least twice.
    pub fn finish(self, repeat: &str) -> Result<Benchmark, Error> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        if self.values.len() < FEWEST {
            let times = if self.values.is_empty() { "not measured at all" } else { "measured only once" };
            return Err(Error::input(self.place.clone(), format!("{} was {times}", self.label()), repeat));
        }
        if self.values.iter().any(|value| !value.is_finite()) {
            let what = format!("a value of {} is beyond the largest number of a double in {}", self.label(), self.unit);
            return Err(Error::input(self.place.clone(), what, "run the benchmark once more"));
        }
        Ok(Benchmark { name: self.name, unit: self.unit, values: self.values, runs: self.runs, notes: self.notes })
    }
}

/// Entries found by their names.
#[derive(Debug, Default)]
pub struct Gathering {
    entries: Vec<Entry>,
    indices: HashMap<String, usize>,
}

impl Gathering {
    /// The entry that is called so, which is begun if there is none yet.
    pub fn entry(&mut self, name: &str, begin: impl FnOnce() -> Entry) -> &mut Entry {
        let index = self.indices.get(name).copied().unwrap_or_else(|| {
            self.indices.insert(name.to_owned(), self.entries.len());
            self.entries.push(begin());
            self.entries.len() - 1
        });
        &mut self.entries[index]
    }

    /// All entries, in the order of their first appearance.
    #[must_use]
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry::new("sort", Rank::First, Unit::new("ms"), Place::file("x.json").line(3))
    }

    #[test]
    fn values_are_kept_in_the_first_unit() {
        let mut entry = entry();
        entry.push(Ok(1.5), &Unit::new("ms"));
        entry.push(Ok(2500.0), &Unit::new("us"));
        assert_eq!(entry.finish("").unwrap().values, [1.5, 2.5]);
    }

    #[test]
    fn one_measurement_is_none_and_two_units_are_a_fault() {
        let mut once = entry();
        once.push(Ok(1.5), &Unit::new("ms"));
        let message = once.finish("run it twice").unwrap_err().to_string();
        assert!(message.starts_with("x.json, line 3: \"sort\" was measured only once; "), "{message}");
        assert!(message.ends_with("run it twice"), "{message}");
        let mut mixed = entry();
        mixed.push(Ok(1.5), &Unit::new("cycles"));
        assert!(mixed.finish("").unwrap_err().to_string().contains("in ms and in cycles"));
    }

    #[test]
    fn entries_keep_the_order_of_their_first_appearance() {
        let mut gathering = Gathering::default();
        for name in ["b", "a", "b"] {
            let begin = || Entry::new(name, Rank::First, Unit::new("s"), Place::file("x"));
            gathering.entry(name, begin).push(Ok(1.0), &Unit::new("s"));
        }
        let names: Vec<_> =
            gathering.into_entries().into_iter().map(|entry| (entry.name, entry.values.len())).collect();
        assert_eq!(names, [("b".to_owned(), 2), ("a".to_owned(), 1)]);
    }
}
