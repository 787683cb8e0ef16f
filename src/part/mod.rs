//! Part files: what some blocks of a run have yielded, with all that shows whether parts belong together.
//!
//! A part is one JSON object, written whole or not at all, with fields in a fixed order and a checksum over all of them: a byte
//! that differs is found. Numbers that readers of JSON may not hold are strings. The part of the first shard also carries the
//! data, so that adding parts up needs no other file.

mod sum;

use std::io::{Read, Write as _};
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::sum::{Sum, add_up, lacking};
use crate::error::{Error, Place};
use crate::input::dataset::Dataset;
use crate::input::source;
use crate::output::AtomicFile;
use crate::{Cut, Partial};

/// The version of the format.
pub const SCHEMA: &str = "permtest-part/2";

/// How every part file begins.
const BEGINNING: &str = "{\"schema\":\"permtest-part/";

/// The most shards of a run: each has at least a block of its own.
pub const MOST_SHARDS: u64 = 1_000_000;

/// The streams and the order in which they are used: another name where the same seed draws other labellings.
pub const ALGORITHM: &str = "pcg64dxsm-sha256-chunks/1";

/// What some blocks of a run have yielded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    schema: String,
    /// Which run this is a part of.
    pub identity: Identity,
    /// The number of the shard, from 1.
    pub shard: u64,
    /// How many shards there are.
    pub of: u64,
    /// The first block that was computed, and the one after the last.
    blocks: [u64; 2],
    /// What they have yielded.
    payload: Partial,
    /// The words of the command, which say all that the report depends on.
    pub arguments: Vec<String>,
    /// The data of each column, in the part of the first shard.
    pub data: Option<Vec<Dataset>>,
    checksum: String,
}

/// All that decides what they yield.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The version of permtest.
    pub version: String,
    /// [`ALGORITHM`].
    pub algorithm: String,
    /// The master seed.
    pub seed: String,
    /// The method's name.
    pub method: String,
    /// Labellings that the whole run draws.
    pub resamples: u64,
    /// Of these, how many in a block.
    pub block_size: u64,
    /// The statistic in its canonical form, or the command that computes it.
    pub statistic: String,
    /// SHA-256 of the files that the command names; empty for other statistics.
    pub program_sha256: String,
    /// The name of the design.
    pub design: String,
    /// The alternative.
    pub alternative: String,
    /// How two tails become one p-value, if that was asked for.
    pub two_sided_rule: Option<String>,
    /// How the p-values of several columns are adjusted.
    pub adjustment: Option<String>,
    /// The shift under the null hypothesis, as the bits of a double for each column.
    pub mu: String,
    /// The observed statistic, as the bits of a double for each column.
    pub observed: String,
    /// SHA-256 of the samples, their labels and how they belong together.
    pub data_sha256: String,
}

impl Identity {
    /// The names of the fields and what they hold, for messages.
    fn fields(&self) -> [(&'static str, String); 15] {
        [
            ("version", self.version.clone()),
            ("algorithm", self.algorithm.clone()),
            ("data_sha256", self.data_sha256.clone()),
            ("statistic", self.statistic.clone()),
            ("program_sha256", self.program_sha256.clone()),
            ("design", self.design.clone()),
            ("alternative", self.alternative.clone()),
            ("two_sided_rule", self.two_sided_rule.clone().unwrap_or_else(|| "default".to_owned())),
            ("adjustment", self.adjustment.clone().unwrap_or_else(|| "none".to_owned())),
            ("mu", self.mu.clone()),
            ("observed", self.observed.clone()),
            ("seed", self.seed.clone()),
            ("method", self.method.clone()),
            ("block_size", self.block_size.to_string()),
            ("resamples", self.resamples.to_string()),
        ]
    }

    /// The first field that differs, and what it holds here and there; `but` is none of them.
    #[must_use]
    pub fn difference(&self, other: &Self, but: &str) -> Option<(&'static str, String, String)> {
        let pairs = self.fields().into_iter().zip(other.fields());
        pairs
            .filter(|((name, _), _)| *name != but)
            .find(|((_, here), (_, there))| here != there)
            .map(|((name, here), (_, there))| (name, here, there))
    }
}

/// SHA-256, in hexadecimal digits.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    digest_of_all([bytes])
}

/// The same of several streams, one after the other, as far as they can be read.
#[must_use]
pub fn digest_of_all(streams: impl IntoIterator<Item = impl Read>) -> String {
    let mut sha256 = Sha256::new();
    let mut buffer = [0; 1 << 13];
    for mut stream in streams {
        while let Ok(n @ 1..) = stream.read(&mut buffer) {
            sha256.update(&buffer[..n]);
        }
    }
    sha256.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// SHA-256 of the samples, their labels and how they belong together.
#[must_use]
pub fn digest_of(data: &[Dataset]) -> String {
    digest(json(data).as_bytes())
}

fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).expect("strings, numbers and lists under fixed names become JSON")
}

impl Part {
    /// The part of a shard.
    #[must_use]
    pub fn new(
        identity: Identity,
        [shard, of]: [u64; 2],
        blocks: &Range<u64>,
        payload: Partial,
        arguments: Vec<String>,
        data: Option<Vec<Dataset>>,
    ) -> Self {
        let (blocks, checksum) = ([blocks.start, blocks.end], String::new());
        let part = Self { schema: SCHEMA.to_owned(), identity, shard, of, blocks, payload, arguments, data, checksum };
        Self { checksum: digest(json(&part).as_bytes()), ..part }
    }

    /// The blocks that were computed.
    #[must_use]
    pub fn blocks(&self) -> Range<u64> {
        self.blocks[0]..self.blocks[1]
    }

    /// What they have yielded.
    #[must_use]
    pub fn yields(&self) -> &Partial {
        &self.payload
    }

    /// How the run is cut.
    #[must_use]
    pub fn cut(&self) -> Cut {
        let Identity { resamples, block_size, .. } = self.identity;
        Cut { resamples, block_size, blocks: resamples.div_ceil(block_size.max(1)) }
    }

    /// Writes the part, whole or not at all; it is on the disk when this returns.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        self.write_to(AtomicFile::create(path)?)
    }

    /// The same into a file that has been begun, so that it is known beforehand that it can be.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub fn write_to(&self, mut file: AtomicFile) -> Result<(), Error> {
        let text = json(self) + "\n";
        if text.len() as u64 > source::LARGEST_DOCUMENT {
            let what = format!("{} would be larger than a part file may be, 256 MiB", file.path().display());
            return Err(Error::usage(what, "test fewer values at a time, or leave out --shard and --checkpoint"));
        }
        let written = file.write_all(text.as_bytes());
        written.map_err(|error| Error::output(file.path(), error))?;
        file.commit()
    }

    /// Reads a part.
    ///
    /// # Errors
    /// [`Error::Input`] for a file that is missing, empty, cut, changed in any byte, or none of this version.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        let refuse = |what: &str, remedy: &str| Error::input(Place::file(&name), what, remedy);
        let unread = |error| refuse(&format!("cannot be read: {error}"), "name a file that --shard has written");
        let mut file = std::fs::File::open(path).map_err(unread)?;
        let mut bytes = Vec::new();
        // Whether it is one at all shows before a device is read that has no end.
        (&mut file).take(BEGINNING.len() as u64).read_to_end(&mut bytes).map_err(unread)?;
        if bytes.is_empty() {
            return Err(refuse("is empty", "run that shard again"));
        }
        if !BEGINNING.as_bytes().starts_with(&bytes) {
            let what = if bytes.is_ascii() { "is no part file" } else { "is no part file: it is not text" };
            return Err(refuse(what, "name a file that --shard or --checkpoint has written"));
        }
        if !source::read_document(file, &mut bytes).map_err(unread)? {
            return Err(refuse("is larger than any part file", "name a file that --shard has written"));
        }
        let text =
            String::from_utf8(bytes).map_err(|_| refuse("is no part file: it is not text", "run that shard again"))?;
        let head: Head = serde_json::from_str(&text).unwrap_or_default();
        if let Some(schema) = head.schema.filter(|schema| schema != SCHEMA) {
            return Err(refuse(
                &format!("has the schema {schema:?}, not {SCHEMA:?}"),
                "name a file that --shard has written",
            ));
        }
        let own = env!("CARGO_PKG_VERSION");
        if let Some(version) = head.identity.and_then(|identity| identity.version).filter(|version| version != own) {
            let what = format!("was written by permtest {version:?}, and this is {own}");
            return Err(refuse(&what, "use one version for all shards and the merge"));
        }
        let part: Self = serde_json::from_str(&text).map_err(|error| {
            let what = if error.is_eof() { "is cut off".to_owned() } else { format!("is no part file: {error}") };
            refuse(&what, "run that shard again")
        })?;
        let unsigned = Self { checksum: String::new(), ..part.clone() };
        // What says the same in other bytes has been touched as well.
        if part.checksum != digest(json(&unsigned).as_bytes()) || json(&part) + "\n" != text {
            return Err(refuse("has been changed: its checksum is wrong", "run that shard again"));
        }
        if part.payload.method() != part.identity.method {
            return Err(refuse("is no part file: its payload is of another method", "run that shard again"));
        }
        Ok(part)
    }
}

/// What shows whether a file can be understood.
#[derive(Default, Deserialize)]
struct Head {
    schema: Option<String>,
    identity: Option<Version>,
}

#[derive(Deserialize)]
struct Version {
    version: Option<String>,
}
