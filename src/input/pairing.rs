//! Observations of two groups → their pairs, in one order.
//!
//! Of pairs by id, those of the case keep the order of their file and those of the control follow them. Every id must
//! stand once in each group, whether the values beside it are missing or not: an id with a typing error in it shall not
//! pass for a missing value. A pair of which either value is missing is left out as a whole.

use super::dataset::Group;
use super::excerpt;
use super::frame::Frame;
use super::layout::Pairing;
use super::roles::{Role, Roles};
use crate::error::{Error, Place};
use crate::settings::{Missing, Pairs};

/// Ids that a message lists.
const SHOWN_IDS: usize = 5;

/// One of the two groups.
pub struct Side<'f> {
    /// What the report calls it.
    pub label: String,
    /// Where its pairs stand: the file and, for pairs by id, the column of ids.
    pub place: Place,
    /// Its values; NaN stands for a missing one that keeps its place until the pairs are known.
    pub values: Vec<f64>,
    /// The row of each value in the frame, if anything but the value matters.
    pub rows: Option<Vec<usize>>,
    /// Where they come from.
    pub frame: &'f Frame,
}

impl Side<'_> {
    /// The numbers of the values' labels or keys.
    pub fn codes(&self, roles: &Roles<'_>, role: Role) -> Vec<u32> {
        let codes = roles.find_in(role, self.frame).map(|(labels, _)| &labels.codes[..]).unwrap_or_default();
        self.rows.iter().flatten().map(|&row| codes[row]).collect()
    }

    /// The values as a sample.
    #[must_use]
    pub fn into_group(self) -> Group {
        Group { label: self.label, values: self.values }
    }

    /// Puts the values into another order, or keeps only some of them.
    fn select(&mut self, indices: &[usize]) {
        self.values = indices.iter().map(|&index| self.values[index]).collect();
        self.rows = self.rows.as_ref().map(|rows| indices.iter().map(|&index| rows[index]).collect());
    }

    fn line(&self, index: usize) -> u64 {
        self.rows.as_ref().map_or(0, |rows| self.frame.line(rows[index]))
    }
}

/// What was left out because a pair was not whole.
#[derive(Default)]
pub struct LeftOut {
    /// Pairs.
    pub n_pairs: u64,
    /// Values that are not missing, but those of their partners are, or the partners themselves.
    pub n_bereft: u64,
    /// What the user should know about partners that are not there.
    pub note: Option<String>,
}

/// Puts the pairs, if there are any, into one order, and says how they are known and what was left out.
///
/// # Errors
/// [`Error::Input`] if the rows make no pairs, or if of every pair a value is missing.
pub fn arrange(
    roles: &Roles<'_>,
    sides: &mut [Side<'_>; 2],
    missing: Missing,
) -> Result<(Option<Pairing>, LeftOut), Error> {
    match roles.pairs {
        None => Ok((None, LeftOut::default())),
        Some(Pairs::ByOrder) => {
            let pairs = by_order(sides)?;
            Ok((Some(Pairing::ByOrder), keep_whole_pairs(sides, pairs)?))
        }
        Some(Pairs::ById(_)) => {
            let ids = |code: u32| roles.text(Role::Pair, code);
            let (pairs, alone) = by_id(roles, sides, ids, missing)?;
            let mut left_out = keep_whole_pairs(sides, pairs)?;
            left_out.n_bereft += alone.n_bereft;
            left_out.note = alone.note;
            let column = roles.column_name(Role::Pair, sides[0].frame);
            let ids = sides[0].codes(roles, Role::Pair).into_iter().map(ids).collect();
            Ok((Some(Pairing::ById { column, ids }), left_out))
        }
    }
}

/// Two rows that are a pair, by their index in case and control.
type Pair = [usize; 2];

/// Row by row.
fn by_order([case, control]: &[Side<'_>; 2]) -> Result<Vec<Pair>, Error> {
    let [n_case, n_control] = [case, control].map(|side| side.values.len());
    if n_case == n_control {
        return Ok((0..n_case).map(|row| [row, row]).collect());
    }
    let side = |n: usize, side: &Side| {
        format!("{} has {}", excerpt::quote(side.label.as_bytes()), excerpt::count(n as u64, "row"))
    };
    let what = format!(
        "{} and {}, so that they cannot be paired by their order",
        side(n_case, case),
        side(n_control, control)
    );
    let remedy = "give both equally many rows, or name a column with ids of the pairs with --pair";
    Err(Error::input(control.place.clone(), what, remedy))
}

/// An id that is not once in each group.
struct Offence {
    id: u32,
    /// Index of the group.
    side: usize,
    line: u64,
}

/// Stands for the row that an id does not have in a group.
const ABSENT: usize = usize::MAX;

/// Id by id.
fn by_id(
    roles: &Roles<'_>,
    sides: &[Side<'_>; 2],
    id_of: impl Fn(u32) -> String + Copy,
    missing: Missing,
) -> Result<(Vec<Pair>, LeftOut), Error> {
    let codes = [&sides[0], &sides[1]].map(|side| side.codes(roles, Role::Pair));
    let n_ids = codes.iter().flatten().max().map_or(0, |&last| last as usize + 1);
    // Ids are numbered as they are met, so that going through them by number is going through the files.
    let mut pairs = vec![[ABSENT; 2]; n_ids];
    let mut repeated = Vec::new();
    for (side, codes) in codes.iter().enumerate() {
        for (index, &id) in codes.iter().enumerate() {
            if pairs[id as usize][side] == ABSENT {
                pairs[id as usize][side] = index;
            } else {
                repeated.push(Offence { id, side, line: sides[side].line(index) });
            }
        }
    }
    repeated.sort_by_key(|offence| (offence.id, offence.side));
    repeated.dedup_by_key(|offence| (offence.id, offence.side));
    let remedy = "give every pair an id of its own, once in each group";
    refuse(&repeated, sides, id_of, "more than once in a group", remedy)?;
    let alone = |(id, pair): (usize, &Pair)| {
        let side = match *pair {
            [ABSENT, ABSENT] => return None,
            [_, ABSENT] => 0,
            [ABSENT, _] => 1,
            _ => return None,
        };
        Some(Offence { id: id as u32, side, line: sides[side].line(pair[side]) })
    };
    let alone: Vec<_> = pairs.iter().enumerate().filter_map(alone).collect();
    let mut left_out = LeftOut::default();
    if missing == Missing::Error {
        let remedy = "add the rows of their partners, or leave these rows out with --missing drop";
        refuse(&alone, sides, id_of, "in one group only", remedy)?;
    } else if !alone.is_empty() {
        let value = |offence: &&Offence| sides[offence.side].values[pairs[offence.id as usize][offence.side]];
        left_out.n_bereft = alone.iter().filter(|offence| !value(offence).is_nan()).count() as u64;
        left_out.note = Some(format!(
            "{}: left out, as it occurs in one group only: {}",
            sides[alone[0].side].place,
            listed(&alone, sides, id_of)
        ));
    }
    // Some numbers are those of texts that are no ids.
    pairs.retain(|pair| !pair.contains(&ABSENT));
    pairs.sort_unstable_by_key(|pair| pair[0]);
    Ok((pairs, left_out))
}

/// Refuses ids, if there are any, with the line of the first.
fn refuse(
    offences: &[Offence],
    sides: &[Side<'_>; 2],
    id_of: impl Fn(u32) -> String,
    occurrence: &str,
    remedy: &str,
) -> Result<(), Error> {
    let Some(first) = offences.first() else { return Ok(()) };
    let place = sides[first.side].place.clone().line(first.line);
    let count = excerpt::count(offences.len() as u64, "pair id");
    let verb = if offences.len() == 1 { "occurs" } else { "occur" };
    let what = format!("{count} {verb} {occurrence}: {}", listed(offences, sides, id_of));
    Err(Error::input(place, what, remedy))
}

/// Ids with their groups.
fn listed(offences: &[Offence], sides: &[Side<'_>; 2], id_of: impl Fn(u32) -> String) -> String {
    let shown = offences.iter().map(|offence| {
        let [id, label] = [&id_of(offence.id), &sides[offence.side].label].map(|text| excerpt::plain(text.as_bytes()));
        format!("{id} ({label})")
    });
    excerpt::list_up_to(SHOWN_IDS, shown)
}

/// Leaves out the pairs of which a value is missing.
fn keep_whole_pairs(sides: &mut [Side<'_>; 2], mut pairs: Vec<Pair>) -> Result<LeftOut, Error> {
    let n = pairs.len() as u64;
    let mut n_bereft = 0;
    pairs.retain(|&[one, other]| {
        let missing = [sides[0].values[one], sides[1].values[other]].map(f64::is_nan);
        n_bereft += u64::from(missing[0] != missing[1]);
        missing == [false, false]
    });
    if pairs.is_empty() {
        return Err(no_pairs(Place::file(&sides[0].place.file), n));
    }
    for (i, side) in sides.iter_mut().enumerate() {
        side.select(&pairs.iter().map(|pair| pair[i]).collect::<Vec<_>>());
    }
    Ok(LeftOut { n_pairs: n - pairs.len() as u64, n_bereft, note: None })
}

/// The error for pairs of which nothing is left.
pub fn no_pairs(place: Place, n: u64) -> Error {
    let pairs = if n == 1 { "the only one has".to_owned() } else { format!("all {n} have") };
    let what = format!("there are no whole pairs: {pairs} a missing value");
    Error::input(place, what, "choose other columns, or files with at least one pair")
}
