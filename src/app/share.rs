//! A run that is shared out to several machines, or that may be interrupted: what some of its blocks have yielded in a file.

use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

use super::ready::Run;
use crate::NullDistribution;
use crate::error::{Error, Place};
use crate::input::dataset::Dataset;
use crate::output::AtomicFile;
use crate::part::{ALGORITHM, Identity, Part, digest_of, digest_of_all};
use crate::settings::{Settings, Shard, Statistic};
use crate::{Cut, Partial};

/// How often a checkpoint is written; what the threads are at is lost with a run that is killed, some seconds' worth.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_secs(5);

/// Whether a checkpoint can be written and read again.
pub(super) fn can_be_kept(path: &Path) -> Result<(), Error> {
    // A pipe is not even opened: that would wait for whoever reads it.
    let is_special = path.exists() && !path.is_file() && !path.is_dir();
    if !is_special && !AtomicFile::create(path)?.is_direct() {
        return Ok(());
    }
    let what = "is no regular file, so that no checkpoint can be kept there";
    Err(Error::input(Place::file(path.display().to_string()), what, "name a file, which need not exist yet"))
}

/// The blocks of a run that are to be computed here, and where what is done is kept.
pub(super) struct Share<'a> {
    settings: &'a Settings,
    identity: Identity,
    cut: Cut,
    range: Range<u64>,
    shard: [u64; 2],
    /// Whether bins are counted.
    shape: NullDistribution,
}

impl<'a> Share<'a> {
    /// The blocks of a shard or, where none is named, of the whole run.
    pub fn new(
        run: &Run,
        datasets: &[Dataset],
        settings: &'a Settings,
        shard: Option<&Shard>,
        shape: NullDistribution,
    ) -> Result<Self, Error> {
        let cut = run.cut()?;
        let shard = shard.map_or([1, 1], |shard| [shard.number, shard.of]);
        let range = cut.share(shard[0], shard[1]);
        if range.is_empty() {
            let what =
                format!("shard {}/{} is empty: the run can be cut into {} at most", shard[0], shard[1], cut.blocks);
            return Err(Error::usage(what, "ask for fewer shards, or for more resamples"));
        }
        Ok(Self { settings, identity: identity(run, datasets, settings, &cut)?, cut, range, shard, shape })
    }

    /// Whether parts that add up to `other` belong to this very run, be they all or only some.
    pub fn check(&self, other: &Identity) -> Result<(), Error> {
        match self.identity.difference(other, "resamples") {
            None => Ok(()),
            Some((field, here, there)) => {
                let what = format!("the parts are of another run: {field} is {there} there and {here} here");
                Err(Error::usage(what, "merge them with the program and the options that they were made with"))
            }
        }
    }

    /// Computes all blocks. With a checkpoint, what is done is kept there now and then, and that is where it goes on from.
    pub fn run(&self, run: &Run) -> Result<Partial, Error> {
        let output = &self.settings.output;
        let nothing = || run.nothing();
        let Some(path) = &self.settings.checkpoint else {
            let mut sum = nothing();
            run.run_blocks(self.range.clone(), self.shape, output, &mut |_, more| {
                sum.append(&more);
                Ok(())
            })?;
            return Ok(sum);
        };
        let (mut kept, mut next) = self.kept(path)?.unwrap_or((nothing(), self.range.start));
        let (shape, left) = (self.shape_of(&kept), next..self.range.end);
        let (full, mut last, mut saved) = (self.range.end.min(self.cut.full_blocks()), nothing(), Instant::now());
        let mut take = |following: u64, more: Partial| {
            if following > full {
                last.append(&more);
                return Ok(());
            }
            kept.append(&more);
            next = following;
            if saved.elapsed() >= BETWEEN_CHECKPOINTS {
                self.part(next, kept.clone(), None).write(path)?;
                saved = Instant::now();
            }
            Ok(())
        };
        let done = run.run_blocks(left, shape, output, &mut take);
        self.part(next, kept.clone(), None).write(path)?;
        match done {
            Err(Error::Interrupted) => Err(Error::Paused {
                file: path.display().to_string(),
                done: self.cut.resamples_in(&(self.range.start..next)),
                resamples: self.cut.resamples_in(&self.range),
            }),
            Err(error) => Err(error),
            Ok(()) => {
                kept.append(&last);
                Ok(kept)
            }
        }
    }

    /// What has been counted in bins goes on to be.
    fn shape_of(&self, kept: &Partial) -> NullDistribution {
        if kept.has_bins() { NullDistribution::Binned } else { self.shape }
    }

    /// The part file of the shard: the first one carries the data.
    pub fn finished(&self, yields: Partial, datasets: &[Dataset]) -> Part {
        self.part(self.range.end, yields, (self.shard[0] == 1).then(|| datasets.to_vec()))
    }

    fn part(&self, next: u64, yields: Partial, data: Option<Vec<Dataset>>) -> Part {
        let (identity, words) = (self.identity.clone(), self.settings.words.clone());
        Part::new(identity, self.shard, &(self.range.start..next), yields, words, data)
    }

    /// What an earlier run has left in the checkpoint, and the block after it.
    fn kept(&self, path: &Path) -> Result<Option<(Partial, u64)>, Error> {
        if !path.exists() {
            return Ok(None);
        }
        let name = path.display().to_string();
        let refuse = |what: String, remedy: &str| Err(Error::input(Place::file(&name), what, remedy));
        let part = Part::read(path)?;
        if let Some((field, there, here)) = part.identity.difference(&self.identity, "resamples") {
            let what = format!("is the checkpoint of another run: {field} is {there} there and {here} here");
            return refuse(what, "give this run another file");
        }
        let blocks = part.blocks();
        if [part.shard, part.of] != self.shard {
            let what = format!("is the checkpoint of shard {}/{}", part.shard, part.of);
            return refuse(what, "give each shard its own file");
        }
        if blocks.start != self.range.start {
            let what = format!("is of a run of {} resamples, whose shards are cut elsewhere", part.identity.resamples);
            return refuse(what, "ask for as many with -n, or give this run another file");
        }
        if blocks.end > self.range.end.min(self.cut.full_blocks()) {
            let what = format!("holds {} resamples, more than are asked for", part.cut().resamples_in(&blocks));
            return refuse(what, "ask for at least as many with -n, or give this run another file");
        }
        let is_counted = matches!(part.yields(), Partial::Counted(_) | Partial::Joint(_));
        if self.shape == NullDistribution::Binned && is_counted && !part.yields().has_bins() && !blocks.is_empty() {
            let what = "was written without a histogram".to_owned();
            return refuse(what, "go on without one (--no-histogram), or give this run another file");
        }
        Ok(Some((part.yields().clone(), blocks.end)))
    }
}

fn identity(run: &Run, datasets: &[Dataset], settings: &Settings, cut: &Cut) -> Result<Identity, Error> {
    let test = &settings.test;
    // Of several columns one behind the other.
    let bits = |numbers: Vec<f64>| {
        let words: Vec<String> = numbers.iter().map(|x| format!("{:016x}", x.to_bits())).collect();
        words.concat()
    };
    let (statistic, program_sha256) = match &test.statistic {
        Statistic::Defined(definition) => (definition.to_string(), String::new()),
        Statistic::Several(statistic) => (statistic.name().to_owned(), String::new()),
        Statistic::Association(statistic) => (statistic.name().to_owned(), String::new()),
        Statistic::Program(program) => (program.argv.join(" "), digest_of_files(&program.argv)),
        Statistic::Function(name) => (name.clone(), String::new()),
    };
    Ok(Identity {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        algorithm: ALGORITHM.to_owned(),
        seed: test.seed.to_string(),
        method: run.plan().method.name().to_owned(),
        resamples: cut.resamples,
        block_size: cut.block_size,
        statistic,
        program_sha256,
        design: run.design().kind().name().to_owned(),
        alternative: test.alternative.name().to_owned(),
        two_sided_rule: test.two_sided.map(|rule| rule.name().to_owned()),
        adjustment: run.adjustment().map(|adjustment| adjustment.name().to_owned()),
        mu: bits(run.mus()),
        observed: bits(run.observed()?),
        data_sha256: digest_of(datasets),
    })
}

/// SHA-256 of those words of a command that are files, such as the script that an interpreter runs, in little memory.
fn digest_of_files(argv: &[String]) -> String {
    let files = argv.iter().filter(|word| Path::new(word).is_file()).filter_map(|word| File::open(word).ok());
    digest_of_all(files)
}
