//! A run that is shared out to several machines, or that may be interrupted: the counts of some of its chunks in a file.

use std::ops::Range;
use std::path::Path;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use super::ready::Run;
use crate::NullDistribution;
use crate::error::{Error, Place};
use crate::input::dataset::Dataset;
use crate::method::monte_carlo::Counted;
use crate::output::AtomicFile;
use crate::part::{ALGORITHM, Identity, Part, digest, digest_of};
use crate::permutation_test::part::Chunks;
use crate::progress::Progress;
use crate::settings::{Settings, Shard, Statistic};

/// How often a checkpoint is written, and how long a stretch between two looks at the clock takes at most, unless a single
/// chunk takes longer. A program of the user's is started anew for each.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_secs(5);
const STRETCH: Duration = Duration::from_secs(4);

/// The chunks of a run that are to be counted here, and where what has been counted is kept.
pub(super) struct Share<'a> {
    settings: &'a Settings,
    identity: Identity,
    chunks: Chunks,
    range: Range<u64>,
    shard: [u64; 2],
    /// Whether bins are counted.
    shape: NullDistribution,
}

impl<'a> Share<'a> {
    /// The chunks of a shard or, where none is named, of the whole run.
    pub fn new(
        run: &Run,
        dataset: &Dataset,
        settings: &'a Settings,
        shard: Option<&Shard>,
        shape: NullDistribution,
    ) -> Result<Self, Error> {
        let chunks = run.chunks()?;
        let shard = shard.map_or([1, 1], |shard| [shard.number, shard.of]);
        let range = chunks.share(shard[0], shard[1]);
        if range.is_empty() {
            let what = format!("shard {}/{} is empty: the run has {} chunks", shard[0], shard[1], chunks.count);
            return Err(Error::usage(what, format!("ask for at most {} shards, or for more resamples", chunks.count)));
        }
        Ok(Self { settings, identity: identity(run, dataset, settings, &chunks)?, chunks, range, shard, shape })
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

    /// Counts all chunks, in stretches if they are to be kept in a checkpoint.
    pub fn count(&self, run: &Run) -> Result<Counted, Error> {
        let progress = Progress::new(self.settings.output.chatter);
        progress.begin(self.chunks.resamples_in(&self.range), "resamples");
        let Some(path) = &self.settings.checkpoint else {
            return run.count(self.range.clone(), self.shape, &progress);
        };
        let (mut counted, mut next) = self.kept(path)?;
        // Whether it can be written shows before hours of counting.
        drop(AtomicFile::create(path)?);
        // What has been counted in bins goes on to be.
        let shape = if counted.bins.counts().is_empty() { self.shape } else { NullDistribution::Binned };
        progress.advance(counted.tally.resamples);
        // The last chunk of a run may not be full, and a longer run would have to draw it again.
        let end = self.range.end.min(self.chunks.resamples / self.chunks.size);
        let threads = self.settings.test.threads.or_else(|| Some(available_parallelism().ok()?.get()));
        let (mut stretch, mut saved) = (threads.unwrap_or(1) as u64, Instant::now());
        while next < end {
            let (until, start) = ((next + stretch).min(end), Instant::now());
            match run.count(next..until, shape, &progress) {
                Ok(more) => counted += &more,
                Err(error) => return Err(self.pause(path, next, &counted, error)),
            }
            next = until;
            stretch = if start.elapsed() < STRETCH / 2 { stretch * 2 } else { stretch };
            if saved.elapsed() >= BETWEEN_CHECKPOINTS {
                self.part(next, &counted, None).write(path)?;
                saved = Instant::now();
            }
        }
        self.part(next, &counted, None).write(path)?;
        match run.count(next..self.range.end, shape, &progress) {
            Ok(rest) => counted += &rest,
            Err(error) => return Err(self.pause(path, next, &counted, error)),
        }
        Ok(counted)
    }

    /// The part file of the shard: the first one carries the data.
    pub fn finished(&self, counted: &Counted, dataset: &Dataset) -> Part {
        let data = (self.shard[0] == 1).then(|| Dataset { notes: Vec::new(), ..dataset.clone() });
        self.part(self.range.end, counted, data)
    }

    fn part(&self, next: u64, counted: &Counted, data: Option<Dataset>) -> Part {
        let (identity, words) = (self.identity.clone(), self.settings.words.clone());
        Part::new(identity, self.shard, &(self.range.start..next), counted, words, data)
    }

    /// What an earlier run has left in the checkpoint, and the chunk after it.
    fn kept(&self, path: &Path) -> Result<(Counted, u64), Error> {
        if !path.exists() {
            return Ok((Counted::default(), self.range.start));
        }
        let part = Part::read(path)?;
        let name = path.display().to_string();
        let refuse = |what: String, remedy: &str| Err(Error::input(Place::file(&name), what, remedy));
        if let Some((field, there, here)) = part.identity.difference(&self.identity, "resamples") {
            let what = format!("is the checkpoint of another run: {field} is {there} there and {here} here");
            return refuse(what, "give this run another file");
        }
        let chunks = part.chunks();
        if [part.shard, part.of] != self.shard {
            let what = format!("is the checkpoint of shard {}/{}", part.shard, part.of);
            return refuse(what, "give each shard its own file");
        }
        if chunks.start != self.range.start {
            let what = format!("is of a run of {} resamples, whose shards are cut elsewhere", part.identity.resamples);
            return refuse(what, "ask for as many with -n, or give this run another file");
        }
        if chunks.end > self.range.end.min(self.chunks.resamples / self.chunks.size) {
            let what = format!("holds {} resamples, more than are asked for", part.counted().tally.resamples);
            return refuse(what, "ask for at least as many with -n, or give this run another file");
        }
        let counted = part.counted();
        if self.shape == NullDistribution::Binned && counted.bins.counts().is_empty() && !chunks.is_empty() {
            let what = "was written without a histogram".to_owned();
            return refuse(what, "go on without one (--no-histogram), or give this run another file");
        }
        Ok((counted, chunks.end))
    }

    /// Saves what there is before the run ends.
    fn pause(&self, path: &Path, next: u64, counted: &Counted, error: Error) -> Error {
        let saved = self.part(next, counted, None).write(path);
        match (saved, error) {
            (Ok(()), Error::Interrupted) => Error::Paused {
                file: path.display().to_string(),
                done: counted.tally.resamples,
                resamples: self.chunks.resamples_in(&self.range),
            },
            (Err(error), _) | (Ok(()), error) => error,
        }
    }
}

fn identity(run: &Run, dataset: &Dataset, settings: &Settings, chunks: &Chunks) -> Result<Identity, Error> {
    let test = &settings.test;
    let bits = |x: f64| format!("{:016x}", x.to_bits());
    let (statistic, program_sha256) = match &test.statistic {
        Statistic::Defined(definition) => (definition.to_string(), String::new()),
        Statistic::Program(program) => (program.argv.join(" "), digest_of_files(&program.argv)),
    };
    Ok(Identity {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        algorithm: ALGORITHM.to_owned(),
        seed: test.seed.to_string(),
        resamples: chunks.resamples,
        chunk_size: chunks.size,
        statistic,
        program_sha256,
        design: run.problem.design().name().to_owned(),
        alternative: test.alternative.name().to_owned(),
        two_sided_rule: test.two_sided.map(|rule| rule.name().to_owned()),
        mu: bits(run.mu),
        observed: bits(run.observed()?),
        data_sha256: digest_of(dataset),
    })
}

/// SHA-256 of those words of a command that are files, such as the script that an interpreter runs.
fn digest_of_files(argv: &[String]) -> String {
    let contents: Vec<Vec<u8>> =
        argv.iter().filter(|word| Path::new(word).is_file()).filter_map(|word| std::fs::read(word).ok()).collect();
    digest(&contents.concat())
}
