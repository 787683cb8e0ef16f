//! Adding parts up: only those that belong together, each once, none missing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{MOST_SHARDS, Part};
use crate::Partial;
use crate::error::{Error, Place};
use crate::input::dataset::Dataset;

/// What parts add up to.
#[derive(Debug, Clone, PartialEq)]
pub struct Sum {
    /// The first part, for all that parts have in common.
    pub first: Part,
    /// The data of each column.
    pub data: Vec<Dataset>,
    /// What all blocks have yielded.
    pub yields: Partial,
    /// The numbers of the shards that are missing.
    pub missing: Vec<u64>,
}

/// Adds parts up, in any order. Shards may be missing here, but for the first, which carries the data.
///
/// # Errors
/// [`Error::Input`] for parts that cannot be read, are not of one run, or occur twice, naming file and field.
pub fn add_up(paths: &[PathBuf]) -> Result<Sum, Error> {
    let mut parts: BTreeMap<u64, (&Path, Part)> = BTreeMap::new();
    let mut common: Option<(&Path, Part)> = None;
    for path in paths {
        let mut part = Part::read(path)?;
        let (reference, known) = common.get_or_insert_with(|| (path, Part { data: None, ..part.clone() }));
        belongs(path, &part, reference, known)?;
        if let Some((other, _)) = parts.get(&part.shard) {
            let what = format!("is shard {}/{}, and so is {}", part.shard, part.of, other.display());
            return Err(refuse(path, what, "give each shard once"));
        }
        if part.shard > 1 {
            part.data = None;
        }
        parts.insert(part.shard, (path, part));
    }
    let of = common.map_or(0, |(_, part)| part.of);
    // Replicates have an order; sums have none.
    let mut in_order = parts.values().map(|(_, part)| part.yields());
    let yields = in_order.next().cloned().map(|first| {
        in_order.fold(first, |mut sum, more| {
            sum.append(more);
            sum
        })
    });
    let missing: Vec<u64> = (1..=of).filter(|shard| !parts.contains_key(shard)).collect();
    let (Some((path, first)), Some(yields)) = (parts.remove(&1), yields) else {
        let what = format!("{}; the first one carries the data", lacking(&missing, of));
        return Err(Error::usage(what, "run them and add their files"));
    };
    let Part { data: Some(data), .. } = first.clone() else {
        return Err(refuse(path, "is a checkpoint, which has no data".to_owned(), "run that shard to its end"));
    };
    Ok(Sum { first, data, yields, missing })
}

/// Which shards are missing, as options that can be run.
#[must_use]
pub fn lacking(missing: &[u64], of: u64) -> String {
    let options: Vec<String> = missing.iter().take(LISTED).map(|shard| format!("--shard {shard}/{of}")).collect();
    let more = missing.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{} of {of} shards are missing: {}{more}", missing.len(), options.join(" "))
}

/// Missing shards that are listed.
const LISTED: usize = 1000;

/// Whether a part is one of the same run as another one, and counts what its shard should.
fn belongs(path: &Path, part: &Part, reference: &Path, known: &Part) -> Result<(), Error> {
    let reference = reference.display();
    if let Some((field, here, there)) = part.identity.difference(&known.identity, "") {
        let what = format!("is a part of another run than {reference}: {field} is {here} here and {there} there");
        return Err(refuse(path, what, "merge the parts of one run"));
    }
    if part.of != known.of {
        let what = format!("is one of {} shards, and {reference} one of {}", part.of, known.of);
        return Err(refuse(path, what, "merge shards that were cut alike"));
    }
    let ((here, what), (there, _)) = (part.yields().shape(), known.yields().shape());
    if here != there {
        let what = format!("has {here} {what}, and {reference} has {there}");
        return Err(refuse(path, what, "run that shard again"));
    }
    if part.of > MOST_SHARDS
        || !(1..=part.of).contains(&part.shard)
        || part.blocks() != part.cut().share(part.shard, part.of)
    {
        let what = format!("holds only some of the resamples of shard {}/{}", part.shard, part.of);
        return Err(refuse(path, what, "run that shard to its end; a checkpoint is no part"));
    }
    Ok(())
}

fn refuse(path: &Path, what: String, remedy: &str) -> Error {
    Error::input(Place::file(path.display().to_string()), what, remedy)
}
