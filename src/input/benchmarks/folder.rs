//! A folder of criterion, `target/criterion`: for each benchmark a folder for each run that was kept, with a `sample.json`.
//!
//! `new` is the latest run, and others have the names of `--save-baseline`. `base` is where criterion keeps the run before;
//! a plain `cargo bench` ends with a copy of `new` there, so that the two cannot be compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::super::excerpt;
use super::{Json, Results, pool};
use crate::error::{Error, Place};
use crate::settings::{ColumnName, Source};

/// The run that is the case unless another is named.
const LATEST: &str = "new";
/// The run that criterion itself keeps.
const BEFORE: &str = "base";
/// Levels of folders: group, function, parameter and run, and one to spare.
const DEEPEST: u32 = 5;
/// How to get a run to compare with.
const KEEP_TWO: &str =
    "run cargo bench -- --save-baseline main before the change and cargo bench -- --baseline main after it";

/// The samples in a folder, by the name of their run.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    runs: BTreeMap<String, Vec<PathBuf>>,
}

impl Folder {
    /// The folder that a path leads to, if it is one with samples in it.
    ///
    /// # Errors
    /// [`Error::Input`] if it cannot be read.
    pub fn open(file: &Source) -> Result<Option<Self>, Error> {
        let Source::File(path) = file else { return Ok(None) };
        if !path.is_dir() {
            return Ok(None);
        }
        let mut runs = BTreeMap::new();
        walk(path, DEEPEST, &mut runs).map_err(|error| {
            Error::input(
                Place::file(file.name()),
                format!("the folder cannot be read: {error}"),
                "check its permissions",
            )
        })?;
        Ok((!runs.is_empty()).then(|| Self { path: path.clone(), runs }))
    }

    /// The run that is the case unless another is named.
    #[must_use]
    pub fn latest() -> ColumnName {
        ColumnName(LATEST.to_owned())
    }

    /// All benchmarks of a run.
    ///
    /// # Errors
    /// [`Error::Input`] if there is no such run, or one of its files cannot be read.
    pub fn results(&self, run: &ColumnName) -> Result<Results, Error> {
        let run = run.0.trim();
        let Some(files) = self.runs.get(run) else {
            let names = self.runs.keys().map(|name| excerpt::quote(name.as_bytes())).collect::<Vec<_>>();
            let quoted = excerpt::quote(run.as_bytes());
            let what = format!("no run is called {quoted}; they are {}", excerpt::list(names.into_iter()));
            return Err(Error::input(self.place(), what, KEEP_TWO));
        };
        let read = |file: &PathBuf| match super::read_json(Source::File(file.clone()).open()?)? {
            Json::Results(results) => Ok(results),
            Json::Other { refusal, .. } => Err(refusal),
        };
        let mut results = pool(files.iter().map(read).collect::<Result<_, _>>()?, None);
        results.file = self.path.join(run).display().to_string();
        Ok(results)
    }

    /// The run that the latest is compared with: the only one that was kept on purpose or, if there is none, the one before.
    ///
    /// # Errors
    /// [`Error::Input`] if there are several, if there is none, or if it is the latest itself.
    pub fn baseline(&self) -> Result<ColumnName, Error> {
        let kept: Vec<_> = self.runs.keys().filter(|name| *name != LATEST && *name != BEFORE).collect();
        match &kept[..] {
            [only] => Ok(ColumnName((*only).clone())),
            [] if !self.runs.contains_key(BEFORE) => {
                let what = "there is one run of each benchmark, and none to compare it with";
                Err(Error::input(self.place(), what, KEEP_TWO))
            }
            [] if self.is_copied()? => {
                let what = "new and base hold the same measurements: criterion copies each run to base";
                Err(Error::input(self.place(), what, KEEP_TWO))
            }
            [] => Ok(ColumnName(BEFORE.to_owned())),
            [first, ..] => {
                let names = kept.iter().map(|name| excerpt::quote(name.as_bytes())).collect::<Vec<_>>();
                let what =
                    format!("{} runs could be compared with new: {}", kept.len(), excerpt::list(names.into_iter()));
                Err(Error::input(self.place(), what, format!("say which, as in --case new --control {first}")))
            }
        }
    }

    /// Whether every benchmark of the run before is the latest.
    fn is_copied(&self) -> Result<bool, Error> {
        let content = |file: &Path| {
            fs::read(file).map_err(|error| {
                Error::input(
                    Place::file(file.display().to_string()),
                    format!("it cannot be read: {error}"),
                    "check its permissions",
                )
            })
        };
        for before in &self.runs[BEFORE] {
            let latest = before.parent().and_then(Path::parent).map(|folder| folder.join(LATEST).join("sample.json"));
            match latest {
                Some(latest) if latest.exists() && content(&latest)? == content(before)? => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    fn place(&self) -> Place {
        Place::file(self.path.display().to_string())
    }
}

/// Collects the samples in a folder and those within, in the order of their names, so many levels down.
fn walk(folder: &Path, levels: u32, runs: &mut BTreeMap<String, Vec<PathBuf>>) -> std::io::Result<()> {
    let mut within = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    within.sort();
    for path in within.into_iter().filter(|path| path.is_dir() && !path.is_symlink()) {
        let sample = path.join("sample.json");
        match path.file_name() {
            Some(name) if sample.is_file() => runs.entry(name.to_string_lossy().into_owned()).or_default().push(sample),
            _ if levels > 1 => walk(&path, levels - 1, runs)?,
            _ => {}
        }
    }
    Ok(())
}
