//! Frames → the two samples of a test. Whatever file they come from, a sample is a column of a frame: of all its rows or of
//! those with one label. Which rows count, which values are missing, and what belongs together is decided here and
//! nowhere else.

use super::cell;
use super::dataset::{Dataset, Group, Orientation, Sample, Subject, UNNAMED_COLUMN};
use super::excerpt;
use super::frame::{Frame, Numbers};
use super::layout::{Keys, Layout};
use super::number::NotANumber;
use super::pairing::{self, Side};
use super::roles::{Role, Roles};
use crate::error::{Error, Place};
use crate::settings::{ColumnName, Missing};
use crate::statistic::Columns;

/// The two samples of one test, before they are read out of their frames.
pub struct Comparison {
    /// What the values are called.
    pub column: Option<String>,
    /// Name of the column of labels, if there is one.
    pub grouping: Option<String>,
    /// Case and control, and all others where there are more groups than two.
    pub halves: Vec<Half>,
    /// What is asked of them.
    pub subject: Subject,
    /// Things the user should know about this test, a sentence each.
    pub notes: Vec<String>,
    /// Whether it is known which sample is the case.
    pub orientation: Orientation,
}

impl Comparison {
    /// Of two samples of which it is known which is the case, without a column of labels.
    pub fn of(column: Option<String>, halves: Vec<Half>, notes: Vec<String>) -> Self {
        let (subject, orientation) = (Subject::TwoSamples, Orientation::Known);
        Self { column, grouping: None, halves, subject, notes, orientation }
    }
}

/// One of the samples.
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
    /// Whether the row of each value is wanted, as it has values of other columns beside it.
    pub wants_rows: bool,
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
        let Comparison { column, grouping, halves, subject, notes: about_this, orientation } = comparison;
        let (taken, n_missing) = self.take_all(&halves)?;
        let mut notes = about_this;
        notes.extend(self.notes(&halves));
        let is_wide = is_wide(&halves);
        let side = |(half, Taken { values, rows, .. }): (Half, Taken)| {
            let frame = &self.frames[half.frame];
            Side { label: half.label, place: self.roles.pair_place(frame), values, rows, frame }
        };
        let mut sides: Vec<Side> = halves.into_iter().zip(taken).map(side).collect();
        let (layout, n_dropped, orientation) = if subject == Subject::Groups {
            (self.layout_of_groups(&sides)?, n_missing, Orientation::Known)
        } else {
            let Ok(two) = <&mut [Side; 2]>::try_from(&mut sides[..]) else {
                unreachable!("other subjects have two samples")
            };
            let (pairing, left_out) = pairing::arrange(&self.roles, two, self.missing)?;
            notes.extend(left_out.note.clone());
            let n_dropped = match self.roles.pairs {
                None => n_missing,
                // A row of a wide file is a pair.
                Some(_) if is_wide => left_out.n_pairs,
                Some(_) => n_missing + left_out.n_bereft,
            };
            let [strata, clusters] = [Role::Stratum, Role::Cluster].map(|role| keys(&self.roles, role, &sides));
            (Layout { strata, clusters, pairing }, n_dropped, orientation)
        };
        let rows = (self.wants_rows && subject != Subject::Groups)
            .then(|| [0, 1].map(|side| sides[side].rows.iter().flatten().map(|&row| row as u32).collect()));
        let (case, control, others) = groups(sides);
        let column = column.unwrap_or_else(|| UNNAMED_COLUMN.to_owned());
        let values: Vec<&[f64]> = [&case, &control].into_iter().chain(&others).map(|group| &group.values[..]).collect();
        notes.extend(sentinel(&values, &column));
        Ok(Dataset {
            column,
            grouping,
            case,
            control,
            subject,
            words: Vec::new(),
            others,
            columns: None,
            layout,
            rows,
            n_dropped,
            notes,
            orientation,
        })
    }

    /// Of several groups: rows of one id are a block of repeated measures, within which labels are exchanged, as a stratum is.
    fn layout_of_groups(&self, sides: &[Side]) -> Result<Layout, Error> {
        let of = |role| keys(&self.roles, role, sides);
        let strata = match (of(Role::Stratum), of(Role::Pair)) {
            (Some(_), Some(_)) => {
                let what = "--strata and --pair both say within which rows labels are exchanged";
                return Err(Error::usage(what, "name one column that does"));
            }
            (strata, blocks) => strata.or(blocks),
        };
        Ok(Layout { pairing: None, strata, clusters: of(Role::Cluster) })
    }

    /// Takes the rows of all columns of numbers, which go by these names, as the samples of one test: of the case and of the control
    /// the label, the frame and the code of the label.
    ///
    /// # Errors
    /// As [`Study::assign`].
    pub fn assign_rows(
        &mut self,
        names: &[ColumnName],
        grouping: Option<String>,
        halves: [(String, usize, Option<u32>); 2],
        orientation: Orientation,
    ) -> Result<Dataset, Error> {
        self.frames.iter_mut().for_each(Frame::number_rows);
        let frames = [halves[0].1, halves[1].1];
        let half = |(label, frame, code)| Half { label, frame, numbers: names.len(), code };
        let halves = halves.into_iter().map(half).collect();
        let names = || names.iter().map(|name| name.0.clone());
        let column = Some(names().collect::<Vec<_>>().join(", "));
        let mut dataset =
            self.assign(Comparison { grouping, orientation, ..Comparison::of(column, halves, Vec::new()) })?;
        let sides = [(frames[0], &dataset.case.values), (frames[1], &dataset.control.values)];
        let of_column = |place: usize| {
            let of_side = |(frame, rows): (usize, &Vec<f64>)| {
                let values = &self.frames[frame].numbers[place].values;
                rows.iter().map(|&row| values[row as usize]).collect::<Vec<f64>>()
            };
            sides.map(of_side).concat()
        };
        let columns = names().enumerate().map(|(place, name)| (name, of_column(place))).collect();
        let (columns, mut rows) = Columns::numbered(columns);
        dataset.control.values = rows.split_off(dataset.case.values.len());
        dataset.case.values = rows;
        Ok(Dataset { columns: Some(columns), ..dataset })
    }

    /// Takes a column of numbers of the first frame, which is called so, as one sample.
    ///
    /// # Errors
    /// As [`Study::assign`].
    pub fn assign_one(&mut self, column: String, numbers: usize) -> Result<Sample, Error> {
        let half = [Half { label: String::new(), frame: 0, numbers, code: None }];
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
            faults.push(self.rows_without_key(frame, halves));
        }
        let mut taken = Vec::with_capacity(halves.len());
        for half in halves {
            taken.push(self.take(half, halves, &mut faults[half.frame]));
        }
        // Nothing else needs the columns any more.
        for half in halves {
            self.frames[half.frame].numbers[half.numbers].values = Vec::new();
        }
        for (index, (frame, faults)) in self.frames.iter().zip(&mut faults).enumerate() {
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
    fn rows_without_key(&self, frame: &Frame, halves: &[Half]) -> Faults {
        let mut faults = Faults::default();
        if !self.roles.may_be_missing() {
            return faults;
        }
        for row in 0..frame.n_rows() {
            let Some((_, column, text)) = self.lack(frame, halves, row) else { continue };
            faults.add(row, column, text, None);
        }
        faults
    }

    /// The first label or key that a row lacks. A row of a wide file that only fills up the table may lack its keys.
    fn lack<'b>(&'b self, frame: &'b Frame, halves: &[Half], row: usize) -> Option<(Role, usize, &'b [u8])> {
        let is_empty = |half: &Half| frame.numbers[half.numbers].is_empty_at(row);
        self.roles.missing_in(frame, row).filter(|_| !(is_wide(halves) && halves.iter().all(is_empty)))
    }

    /// Takes the values of a sample, and adds what is no value to the faults of its frame.
    fn take(&mut self, half: &Half, halves: &[Half], faults: &mut Faults) -> Taken {
        let may_lack = self.roles.may_be_missing();
        let wants_rows = self.wants_rows || self.roles.have_keys();
        let frame = &mut self.frames[half.frame];
        let n_rows = frame.n_rows();
        let numbers = &mut frame.numbers[half.numbers];
        if half.code.is_none() && numbers.are_complete() && !may_lack {
            let mut values = std::mem::take(&mut numbers.values);
            // Half as much again may have been kept for more rows.
            values.shrink_to_fit();
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
                if let (None, Some((column, text))) = (lack, frame.text(half.numbers, row)) {
                    faults.add(row, column, &text.bytes, text.mistake);
                }
                // It keeps its place if another row may be its partner.
                let is_paired = self.roles.pairs.is_some() && halves.len() == 2;
                if !is_paired || matches!(lack, Some(Role::Group | Role::Pair)) {
                    continue;
                }
            }
            taken.values.push(value);
            if let Some(rows) = &mut taken.rows {
                rows.push(row);
            }
        }
        taken.values.shrink_to_fit();
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
            let parts = columns.iter().flat_map(|&numbers| frame.numbers[numbers].parts.clone()).collect::<Vec<_>>();
            notes.extend(columns.into_iter().chain(parts).flat_map(|numbers| frame.forms(numbers)));
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

/// A note on a whole number that comes again and again, further from all other values than these are from each other: it
/// may stand for a missing value.
fn sentinel(samples: &[&[f64]], column: &str) -> Option<String> {
    /// How many times the range of the others it must lie away from them.
    const FAR: f64 = 3.0;
    let all = || samples.iter().copied().flatten().copied();
    let (least, most) = all().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), value| (a.min(value), b.max(value)));
    [least, most].into_iter().find_map(|extreme| {
        let n = all().filter(|&value| value == extreme).count();
        let others = || all().filter(|&value| value != extreme);
        let (low, high) = others().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), value| (a.min(value), b.max(value)));
        let gap = (low - extreme).max(extreme - high);
        let is_far = high > low && gap > FAR * (high - low) && extreme.fract() == 0.0;
        (n >= 2 && is_far && n < others().count()).then(|| {
            format!(
                "column {column}: {extreme} stands {n} times, far from all other values; if it means a missing value, say \
                 --na {extreme} --missing drop"
            )
        })
    })
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

/// The texts of faults with their numbers of fields.
fn counted<'f>(faults: &[&'f Fault]) -> Vec<cell::Counted<'f>> {
    faults.iter().map(|fault| (&fault.text[..], fault.n)).collect()
}

/// What a frame has instead of values.
#[derive(Default)]
struct Faults {
    n_missing: u64,
    list: Vec<Fault>,
}

/// Fields of a column that hold the same text, which is no value.
struct Fault {
    /// The first of them.
    first: (usize, usize),
    n: u64,
    text: Box<[u8]>,
    /// Why it is no number; none if it is missing.
    mistake: Option<NotANumber>,
}

impl Faults {
    fn add(&mut self, row: usize, column: usize, text: &[u8], mistake: Option<NotANumber>) {
        self.n_missing += u64::from(mistake.is_none());
        match self.list.iter_mut().find(|fault| *fault.text == *text && fault.mistake == mistake) {
            Some(fault) => {
                fault.n += 1;
                fault.first = fault.first.min((row, column));
            }
            None => self.list.push(Fault { first: (row, column), n: 1, text: text.into(), mistake }),
        }
    }

    /// Refuses mistakes, and missing values if none may be.
    fn refuse(&mut self, frame: &Frame, missing: Missing) -> Result<(), Error> {
        self.list.sort_by_key(|fault| fault.first);
        let (absent, mistakes): (Vec<&Fault>, Vec<&Fault>) =
            self.list.iter().partition(|fault| fault.mistake.is_none());
        let place = |fault: &Fault| frame.place(fault.first.0, fault.first.1);
        let (absent_list, list) = (counted(&absent), counted(&mistakes));
        match (mistakes.first(), absent.first()) {
            (Some(first), _) => {
                let why = first.mistake.unwrap_or(NotANumber::Text);
                let named = if missing == Missing::Error { &absent_list[..] } else { &[] };
                let n_texts: u64 = self.list.iter().map(|fault| fault.n).sum();
                let is_all = n_texts as usize == frame.n_rows();
                Err(cell::unreadable_all(place(first), why, &list, named, is_all))
            }
            (None, Some(first)) if missing == Missing::Error => Err(cell::missing(place(first), &absent_list)),
            _ => Ok(()),
        }
    }
}

/// Case, control and all others.
fn groups(sides: Vec<Side<'_>>) -> (Group, Group, Vec<Group>) {
    let mut groups = sides.into_iter().map(Side::into_group);
    let (Some(case), Some(control)) = (groups.next(), groups.next()) else { unreachable!("there are two at least") };
    (case, control, groups.collect())
}

/// To which stratum or cluster the values of all samples belong.
fn keys(roles: &Roles<'_>, role: Role, sides: &[Side<'_>]) -> Option<Keys> {
    roles.find_in(role, sides[0].frame)?;
    let codes = sides.iter().flat_map(|side| side.codes(roles, role)).collect();
    Some(Keys::new(roles.column_name(role, sides[0].frame), codes, |code| roles.text(role, code)))
}
