//! Frames → the two samples of a test. Whatever file they come from, a sample is a column of a frame: of all its rows or of
//! those with one label. Which rows count, which values are missing, and what belongs together is decided here and
//! nowhere else.

use super::cell;
use super::dataset::{Dataset, Sample, UNNAMED_COLUMN};
use super::excerpt;
use super::frame::{Frame, Numbers};
use super::layout::{Keys, Layout};
use super::number::NotANumber;
use super::pairing::{self, Side};
use super::roles::{Role, Roles};
use crate::error::{Error, Place};
use crate::settings::{Missing, Pairs};

/// The two samples of one test, before they are read out of their frames.
pub struct Comparison {
    /// What the values are called.
    pub column: Option<String>,
    /// Name of the column of labels, if there is one.
    pub grouping: Option<String>,
    /// Case and control.
    pub halves: [Half; 2],
    /// Things the user should know about this test, a sentence each.
    pub notes: Vec<String>,
}

/// One of the two samples.
pub struct Half {
    /// What the report calls it.
    pub label: String,
    /// Index of its frame.
    pub frame: usize,
    /// Which of the frame's columns of numbers has its values.
    pub numbers: usize,
    /// The label of its rows; none: all of them are its.
    pub code: Option<u32>,
}

/// Frames of which it is known what their rows are.
pub struct Study<'a> {
    /// One, or that of the case and that of the control.
    pub frames: Vec<Frame>,
    /// What their columns of labels and keys say.
    pub roles: Roles<'a>,
    /// What is done about missing values.
    pub missing: Missing,
}

/// The values of one sample that count, in the order of its frame.
struct Taken {
    /// NaN stands for a missing one that keeps its place until the pairs are known.
    values: Vec<f64>,
    /// The row of each, if anything but the value matters.
    rows: Option<Vec<usize>>,
    /// How many rows the sample has.
    n_rows: usize,
}

impl Study<'_> {
    /// Takes the samples of a test out of the frames.
    ///
    /// # Errors
    /// [`Error::Input`] for a text where a number is due, for missing values if none may be, for a sample without values,
    /// and for rows that make no pairs.
    pub fn assign(&mut self, comparison: Comparison) -> Result<Dataset, Error> {
        let Comparison { column, grouping, halves, notes: about_this } = comparison;
        let (taken, n_missing) = self.take_all(&halves)?;
        let mut notes = self.notes(&halves);
        notes.extend(about_this);
        let mut taken = taken.into_iter();
        let is_wide = is_wide(&halves);
        let mut sides = halves.map(|half| {
            let frame = &self.frames[half.frame];
            let Taken { values, rows, .. } = taken.next().expect("one for each half");
            Side { label: half.label, place: self.roles.pair_place(frame), values, rows, frame }
        });
        let (pairing, left_out) = pairing::arrange(&self.roles, &mut sides)?;
        let n_dropped = match self.roles.pairs {
            None => n_missing,
            // A row of a wide file is a pair.
            Some(_) if is_wide => left_out.n_pairs,
            Some(_) => n_missing + left_out.n_bereft,
        };
        let layout = Layout {
            pairing,
            strata: keys(&self.roles, Role::Stratum, &sides),
            clusters: keys(&self.roles, Role::Cluster, &sides),
        };
        let [case, control] = sides.map(Side::into_group);
        let column = column.unwrap_or_else(|| UNNAMED_COLUMN.to_owned());
        Ok(Dataset { column, grouping, case, control, layout, n_dropped, notes })
    }

    /// Takes the first column of the first frame, which is called so, as one sample.
    ///
    /// # Errors
    /// As [`Study::assign`].
    pub fn assign_one(&mut self, column: String) -> Result<Sample, Error> {
        let half = [Half { label: String::new(), frame: 0, numbers: 0, code: None }];
        let (taken, n_dropped) = self.take_all(&half)?;
        let notes = self.notes(&half);
        let frame = &self.frames[0];
        let side = |Taken { values, rows, .. }| Side {
            label: String::new(),
            place: Place::file(&frame.heading.file),
            values,
            rows,
            frame,
        };
        let side = taken.into_iter().map(side).next().expect("one for each half");
        let clusters = side.codes(&self.roles, Role::Cluster);
        Ok(Sample { column, clusters, values: side.values, n_dropped, notes })
    }

    /// Takes the values of each sample, and counts those that are missing.
    fn take_all(&mut self, halves: &[Half]) -> Result<(Vec<Taken>, u64), Error> {
        let mut faults = Vec::with_capacity(self.frames.len());
        for frame in &self.frames {
            faults.push(self.rows_without_key(frame, halves)?);
        }
        let mut taken = Vec::with_capacity(halves.len());
        for half in halves {
            taken.push(self.take(half, halves, &mut faults[half.frame]));
        }
        // Nothing else needs the columns any more.
        for half in halves {
            self.frames[half.frame].numbers[half.numbers].values = Vec::new();
        }
        for (index, (frame, faults)) in self.frames.iter().zip(&faults).enumerate() {
            faults.refuse(frame, self.missing)?;
            for (half, taken) in halves.iter().zip(&taken).filter(|(half, _)| half.frame == index) {
                if taken.values.iter().all(|value| value.is_nan()) {
                    return Err(self.no_values(half, is_wide(halves), taken.n_rows as u64));
                }
            }
        }
        Ok((taken, faults.iter().map(|faults| faults.n_missing).sum()))
    }

    /// Counts the rows that lack a label or key, once each.
    fn rows_without_key(&self, frame: &Frame, halves: &[Half]) -> Result<Faults, Error> {
        let mut faults = Faults::default();
        if !self.roles.may_be_missing() {
            return Ok(faults);
        }
        for row in 0..frame.n_rows() {
            let Some((role, column, text)) = self.lack(frame, halves, row) else { continue };
            // Without --missing drop they are refused in any case, and then counted.
            if role == Role::Group && self.missing == Missing::Drop && self.roles.pairs == Some(&Pairs::ByOrder) {
                return Err(gap_in_order(frame.place(row, column)));
            }
            faults.add(row, column, text, None);
        }
        Ok(faults)
    }

    /// The first label or key that a row lacks. A row of a wide file that only fills up the table may lack its keys.
    fn lack<'b>(&'b self, frame: &'b Frame, halves: &[Half], row: usize) -> Option<(Role, usize, &'b [u8])> {
        let is_empty = |half: &Half| frame.numbers[half.numbers].is_empty_at(row);
        self.roles.missing_in(frame, row).filter(|_| !(is_wide(halves) && halves.iter().all(is_empty)))
    }

    /// Takes the values of a sample, and adds what is no value to the faults of its frame.
    fn take(&mut self, half: &Half, halves: &[Half], faults: &mut Faults) -> Taken {
        let may_lack = self.roles.may_be_missing();
        let wants_rows = self.roles.have_keys();
        let frame = &mut self.frames[half.frame];
        let n_rows = frame.n_rows();
        let numbers = &mut frame.numbers[half.numbers];
        if half.code.is_none() && numbers.are_complete() && !may_lack {
            let values = std::mem::take(&mut numbers.values);
            return Taken { values, rows: wants_rows.then(|| (0..n_rows).collect()), n_rows };
        }
        let frame = &self.frames[half.frame];
        let numbers = &frame.numbers[half.numbers];
        let labels = half.code.zip(self.roles.find_in(Role::Group, frame));
        let labels = labels.map(|(code, (labels, _))| (code, &labels.codes[..]));
        let padding = Padding::new(frame, half, halves, self.roles.pairs.is_some());
        let mut taken = Taken { values: Vec::new(), rows: wants_rows.then(Vec::new), n_rows: 0 };
        for row in 0..n_rows {
            if labels.is_some_and(|(code, codes)| codes[row] != code) {
                continue;
            }
            taken.n_rows += 1;
            let lack = if may_lack { self.lack(frame, halves, row).map(|(role, ..)| role) } else { None };
            let value = if lack.is_some() { f64::NAN } else { numbers.values[row] };
            if value.is_nan() {
                if padding.holds(row) {
                    continue;
                }
                if let (None, Some(text)) = (lack, numbers.text(row)) {
                    faults.add(row, numbers.column, &text.bytes, text.mistake);
                }
                // It keeps its place if another row may be its partner.
                if self.roles.pairs.is_none() || matches!(lack, Some(Role::Group | Role::Pair)) {
                    continue;
                }
            }
            taken.values.push(value);
            if let Some(rows) = &mut taken.rows {
                rows.push(row);
            }
        }
        taken
    }

    /// Takes the sentences that the user should see about the frames of these samples.
    fn notes(&mut self, halves: &[Half]) -> Vec<String> {
        let mut notes = Vec::new();
        for (index, frame) in self.frames.iter_mut().enumerate() {
            notes.append(&mut frame.notes);
            let mut columns: Vec<_> =
                halves.iter().filter(|half| half.frame == index).map(|half| half.numbers).collect();
            columns.dedup();
            notes.extend(columns.into_iter().filter_map(|numbers| frame.rounding(numbers)));
        }
        notes
    }

    /// The error for a sample of which nothing is left.
    fn no_values(&self, half: &Half, is_wide: bool, n_rows: u64) -> Error {
        let frame = &self.frames[half.frame];
        let place = frame.heading.column_place(frame.numbers[half.numbers].column);
        if half.code.is_some() {
            let label = excerpt::quote(half.label.as_bytes());
            let what = format!("group {label} has no values: all {n_rows} are missing");
            return Error::input(place, what, "choose another group, or a file with at least one value in each");
        }
        if is_wide && self.roles.pairs.is_some() {
            return pairing::no_pairs(Place::file(place.file), n_rows);
        }
        let missing = if n_rows == 1 { "the only one is".to_owned() } else { format!("all {n_rows} are") };
        let what = format!("there are no values: {missing} missing");
        Error::input(place, what, "choose another column, or a file with at least one value")
    }
}

/// Whether the samples are two columns over the same rows.
fn is_wide(halves: &[Half]) -> bool {
    matches!(halves, [one, other] if one.frame == other.frame && one.code.is_none())
}

/// The rows that only fill up a wide table, whose columns may be of unequal length: empty fields after the column's last
/// value or, where each row is a pair, rows without either value after the last pair.
struct Padding<'f> {
    columns: Vec<&'f Numbers>,
    from: usize,
}

impl<'f> Padding<'f> {
    fn new(frame: &'f Frame, half: &Half, halves: &[Half], paired: bool) -> Self {
        let columns: Vec<_> = match (is_wide(halves), paired) {
            (false, _) => Vec::new(),
            (true, false) => vec![&frame.numbers[half.numbers]],
            (true, true) => halves.iter().map(|half| &frame.numbers[half.numbers]).collect(),
        };
        let from = columns.iter().map(|column| column.n_to_last_number(frame.n_rows())).max().unwrap_or(usize::MAX);
        Self { columns, from }
    }

    fn holds(&self, row: usize) -> bool {
        row >= self.from && self.columns.iter().all(|column| column.is_empty_at(row))
    }
}

/// What a frame has instead of values.
#[derive(Default)]
struct Faults {
    n_missing: u64,
    /// The first missing value, by row.
    missing: Option<Fault>,
    /// The first text that is neither a number nor missing.
    mistake: Option<(Fault, NotANumber)>,
}

/// A field that has no value.
struct Fault {
    row: usize,
    column: usize,
    text: Box<[u8]>,
}

impl Faults {
    fn add(&mut self, row: usize, column: usize, text: &[u8], mistake: Option<NotANumber>) {
        let is_first = |known: Option<&Fault>| known.is_none_or(|known| (row, column) < (known.row, known.column));
        let fault = || Fault { row, column, text: text.into() };
        match mistake {
            None => {
                self.n_missing += 1;
                if is_first(self.missing.as_ref()) {
                    self.missing = Some(fault());
                }
            }
            Some(why) if is_first(self.mistake.as_ref().map(|(fault, _)| fault)) => self.mistake = Some((fault(), why)),
            Some(_) => {}
        }
    }

    /// Refuses mistakes, and missing values if none may be.
    fn refuse(&self, frame: &Frame, missing: Missing) -> Result<(), Error> {
        if let Some((fault, why)) = &self.mistake {
            return Err(cell::unreadable(frame.place(fault.row, fault.column), &fault.text, *why));
        }
        match &self.missing {
            Some(fault) if missing == Missing::Error => {
                Err(cell::missing(frame.place(fault.row, fault.column), &fault.text, self.n_missing))
            }
            _ => Ok(()),
        }
    }
}

/// The error for a row without a label among pairs by order: it would shift all pairs after it.
fn gap_in_order(place: Place) -> Error {
    let what = "the label is missing, so that nobody knows whose turn it is in the order of the pairs";
    Error::input(place, what, "fill it in, or name a column with ids of the pairs with --pair")
}

/// To which stratum or cluster the values of both samples belong.
fn keys(roles: &Roles<'_>, role: Role, sides: &[Side<'_>; 2]) -> Option<Keys> {
    roles.find_in(role, sides[0].frame)?;
    let codes = [&sides[0], &sides[1]].map(|side| side.codes(roles, role)).concat();
    Some(Keys::new(roles.column_name(role, sides[0].frame), codes, |code| roles.text(role, code)))
}
