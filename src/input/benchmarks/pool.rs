//! Results of the same benchmarks in several files → one.

use std::collections::HashMap;

use super::Results;
use super::entry::{Entry, RunKind};
use crate::error::{Error, Place};

/// A file as a run of its own.
pub const FILE: RunKind = RunKind { noun: "file", more: None };

/// Puts the values of each benchmark together, in the order of the files: at least one. Where a file is said to be a run,
/// its values belong together, and a benchmark must be in all files.
#[must_use]
pub fn pool(files: Vec<Results>, runs: Option<&'static RunKind>) -> Results {
    let n_files = files.len();
    let mut pooled: Option<Results> = None;
    let mut indices: HashMap<String, (usize, usize)> = HashMap::new();
    for results in files {
        let Results { file, format, entries } = results;
        let all = pooled.get_or_insert_with(|| Results { file: file.clone(), format, entries: Vec::new() });
        for entry in entries {
            let entry = match runs {
                Some(kind) => entry.into_one_run(kind),
                None => entry,
            };
            if let Some((index, n)) = indices.get_mut(&entry.name) {
                *n += 1;
                all.entries[*index].absorb(entry);
            } else {
                indices.insert(entry.name.clone(), (all.entries.len(), 1));
                all.entries.push(entry);
            }
        }
    }
    let mut pooled = pooled.expect("at least one file");
    if runs.is_some() {
        for (index, n) in indices.into_values().filter(|(_, n)| *n < n_files) {
            refuse(&mut pooled.entries[index], n, n_files, &pooled.file);
        }
    }
    pooled
}

fn refuse(entry: &mut Entry, n: usize, n_files: usize, file: &str) {
    let what = format!("{} is in {n} of the {n_files} files on this side", entry.label());
    entry.refuse(Error::input(Place::file(file), what, "measure it in every turn, or leave out the files without it"));
}
