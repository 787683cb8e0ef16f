//! Observations of two groups → their pairs, in one order.
//!
//! Of pairs by id, those of the case keep the order of their file and those of the control follow them. Every id must
//! stand once in each group, whether the values beside it are missing or not: an id with a typing error in it shall not
//! pass for a missing value. A pair of which either value is missing is left out as a whole.

use super::dataset::Group;
use super::excerpt;
use super::keys::{KeyColumns, Kind, Observations};
use super::layout::{Layout, Pairing};
use crate::error::{Error, Place};
use crate::settings::Pairs;

/// Ids that a message lists.
const SHOWN_IDS: usize = 5;

/// One of the two groups.
pub struct Side {
    /// What the report calls it.
    pub label: String,
    /// Where its pairs stand: the file and, for pairs by id, the column of ids.
    pub place: Place,
    /// Its observations.
    pub observations: Observations,
}

/// The two groups, ready for a test.
pub struct Arrangement {
    /// The case.
    pub case: Group,
    /// The control.
    pub control: Group,
    /// How they belong together.
    pub layout: Layout,
    /// Values that were left out though they are not missing, because those of their partners are.
    pub n_bereft: u64,
}

/// Puts the pairs, if there are any, into one order and says how the observations belong together.
///
/// # Errors
/// [`Error::Input`] if the rows make no pairs, or if of every pair a value is missing.
pub fn arrange(mut keys: KeyColumns<'_>, mut case: Side, mut control: Side) -> Result<Arrangement, Error> {
    let mut n_bereft = 0;
    let pairing = match keys.pairs() {
        None => None,
        Some(Pairs::ByOrder) => {
            let rows = by_order(&case, &control)?;
            n_bereft = keep_whole_pairs(&mut case, &mut control, rows)?;
            Some(Pairing::ByOrder)
        }
        Some(Pairs::ById(_)) => {
            let (column, mut names) = keys.take_pair_ids();
            let rows = by_id(&case, &control, &names)?;
            n_bereft = keep_whole_pairs(&mut case, &mut control, rows)?;
            let id = |&number: &u32| std::mem::take(&mut names[number as usize]);
            let ids = case.observations.keys(Kind::Pair).iter().map(id).collect();
            Some(Pairing::ById { column, ids })
        }
    };
    let layout = keys.into_layout(&case.observations, &control.observations, pairing);
    let [case, control] = [case, control].map(|side| Group { label: side.label, values: side.observations.values });
    Ok(Arrangement { case, control, layout, n_bereft })
}

/// Two rows that are a pair, by their index in case and control.
type Pair = [usize; 2];

/// Row by row.
fn by_order(case: &Side, control: &Side) -> Result<Vec<Pair>, Error> {
    let [n_case, n_control] = [case, control].map(|side| side.observations.values.len());
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
    id: usize,
    /// Index of the group.
    side: usize,
    line: u64,
}

/// Stands for the row that an id does not have in a group.
const ABSENT: usize = usize::MAX;

/// Id by id.
fn by_id(case: &Side, control: &Side, names: &[String]) -> Result<Vec<Pair>, Error> {
    let sides = [case, control];
    // Ids are numbered as they are met, so that going through them by number is going through the files.
    let mut pairs = vec![[ABSENT; 2]; names.len()];
    let mut repeated = Vec::new();
    for (side, Side { observations, .. }) in sides.into_iter().enumerate() {
        for (row, &id) in observations.keys(Kind::Pair).iter().enumerate() {
            let id = id as usize;
            if pairs[id][side] == ABSENT {
                pairs[id][side] = row;
            } else {
                repeated.push(Offence { id, side, line: observations.line(row) });
            }
        }
    }
    repeated.sort_by_key(|offence| (offence.id, offence.side));
    repeated.dedup_by_key(|offence| (offence.id, offence.side));
    let remedy = "give every pair an id of its own, once in each group";
    refuse(&repeated, sides, names, "more than once in a group", remedy)?;
    // An id has a row in one group at least: that is where its number is from.
    let alone = |(id, pair): (usize, &Pair)| {
        let side = match *pair {
            [_, ABSENT] => 0,
            [ABSENT, _] => 1,
            _ => return None,
        };
        Some(Offence { id, side, line: sides[side].observations.line(pair[side]) })
    };
    let alone: Vec<_> = pairs.iter().enumerate().filter_map(alone).collect();
    refuse(&alone, sides, names, "in one group only", "add the rows of their partners, or remove these rows")?;
    pairs.sort_unstable_by_key(|pair| pair[0]);
    Ok(pairs)
}

/// Refuses ids, if there are any, with the line of the first.
fn refuse(
    offences: &[Offence],
    sides: [&Side; 2],
    names: &[String],
    occurrence: &str,
    remedy: &str,
) -> Result<(), Error> {
    let Some(first) = offences.first() else { return Ok(()) };
    let place = sides[first.side].place.clone().line(first.line);
    let shown = offences.iter().map(|offence| {
        let [id, label] = [&names[offence.id], &sides[offence.side].label].map(|text| excerpt::plain(text.as_bytes()));
        format!("{id} ({label})")
    });
    let count = excerpt::count(offences.len() as u64, "pair id");
    let verb = if offences.len() == 1 { "occurs" } else { "occur" };
    let what = format!("{count} {verb} {occurrence}: {}", excerpt::list_up_to(SHOWN_IDS, shown));
    Err(Error::input(place, what, remedy))
}

/// Leaves out the pairs of which a value is missing, and returns how many values went with them.
fn keep_whole_pairs(case: &mut Side, control: &mut Side, mut pairs: Vec<Pair>) -> Result<u64, Error> {
    let n = pairs.len();
    let mut n_bereft = 0;
    pairs.retain(|&[one, other]| {
        let missing = [case.observations.values[one], control.observations.values[other]].map(f64::is_nan);
        n_bereft += u64::from(missing[0] != missing[1]);
        missing == [false, false]
    });
    if pairs.is_empty() {
        return Err(no_pairs(Place::file(&case.place.file), n as u64));
    }
    for (side, observations) in [case, control].into_iter().map(|side| &mut side.observations).enumerate() {
        let rows: Vec<_> = pairs.iter().map(|pair| pair[side]).collect();
        *observations = std::mem::take(observations).select(&rows);
    }
    Ok(n_bereft)
}

/// The error for pairs of which nothing is left.
pub fn no_pairs(place: Place, n: u64) -> Error {
    let pairs = if n == 1 { "the only one has".to_owned() } else { format!("all {n} have") };
    let what = format!("there are no whole pairs: {pairs} a missing value");
    Error::input(place, what, "choose other columns, or files with at least one pair")
}
