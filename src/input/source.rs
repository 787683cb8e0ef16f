//! Files and standard input → one stream of bytes, decompressed and decoded, with everything that the operating system or a
//! decompressor may say put into plain words.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use encoding_rs::Encoding;
use flate2::bufread::MultiGzDecoder;

use super::encoding::{self, Decoded, Undecodable};
use super::zstd::Frames;
use crate::error::{Error, Place};
use crate::settings::Source;

/// Bytes of a file's start that show how it is compressed.
const MAGIC_BYTES: usize = 6;
/// Compressed bytes read at a time.
const BUFFER: usize = 1 << 16;
/// Decompressed bytes that show what kind of file it is.
const HEAD: usize = 1 << 16;
/// The most bytes of a document that is read as a whole: results of benchmarks, a part of a run. Tables are read row by row.
pub const LARGEST_DOCUMENT: u64 = 256 << 20;

/// A stream of decompressed bytes and what is known about it before the first one is read.
pub struct Stream {
    /// The file as the user named it, or `standard input`.
    pub name: String,
    /// The extension that gives the table's format, in lower case: `csv` for `a.CSV.gz`; none for standard input.
    pub extension: Option<String>,
    /// How the file was compressed.
    pub compression: Compression,
    /// The encoding of its text that nobody named, if it is not UTF-8.
    pub found_encoding: Option<&'static str>,
    /// The decompressed bytes.
    pub bytes: Box<dyn Read>,
}

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, any number of members.
    Gzip,
    /// Zstandard, any number of frames.
    Zstd,
}

impl Source {
    /// The name that messages use: the path as the user wrote it, or `standard input`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "standard input".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// The name that reports use: `case` for `runs/case.csv.gz`, `stdin` for standard input.
    #[must_use]
    pub fn stem(&self) -> String {
        match self {
            Self::Stdin => "stdin".to_owned(),
            Self::File(path) => {
                let path = uncompressed_name(path);
                path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
            }
        }
    }

    /// Opens the stream and looks at its first bytes.
    ///
    /// # Errors
    /// [`Error::Input`] if there is no such file, if it is a folder, or if it cannot be read.
    pub fn open(&self) -> Result<Stream, Error> {
        let raw: Box<dyn Read> = match self {
            Self::Stdin => Box::new(io::stdin().lock()),
            Self::File(path) => Box::new(open_file(path).map_err(|error| unopened(self.name(), &error))?),
        };
        let extension = match self {
            Self::Stdin => None,
            Self::File(path) => {
                uncompressed_name(path).extension().map(|text| text.to_string_lossy().to_ascii_lowercase())
            }
        };
        Stream::new(self.name(), extension, raw)
    }
}

/// What reports call the two sides: the names of the files or, where those are the same, of the folders that they are in.
#[must_use]
pub fn labels(case: &Source, control: &Source) -> [String; 2] {
    let folder = |file: &Source| match file {
        Source::File(path) => Some(path.parent()?.file_name()?.to_string_lossy().into_owned()),
        Source::Stdin => None,
    };
    let names = [case.stem(), control.stem()];
    let folders = [folder(case), folder(control)];
    match folders {
        _ if names[0] != names[1] => names,
        [Some(one), Some(other)] if one != other => [one, other],
        _ => ["case", "control"].map(str::to_owned),
    }
}

impl Stream {
    /// Wraps bytes in the decompressor that their first few ask for.
    ///
    /// # Errors
    /// [`Error::Input`] if those cannot be read.
    pub fn new(name: String, extension: Option<String>, mut raw: impl Read + 'static) -> Result<Self, Error> {
        let mut magic = Vec::with_capacity(MAGIC_BYTES);
        if let Err(error) = raw.by_ref().take(MAGIC_BYTES as u64).read_to_end(&mut magic) {
            return Err(unopened(name, &error));
        }
        let compression = Compression::of(&magic);
        let all = Cursor::new(magic).chain(raw);
        let bytes: Box<dyn Read> = match compression {
            Compression::None => Box::new(all),
            Compression::Gzip => Box::new(MultiGzDecoder::new(buffered(all))),
            Compression::Zstd => Box::new(Frames::new(buffered(all))),
        };
        Ok(Self { name, extension, compression, found_encoding: None, bytes })
    }

    /// The same text in UTF-8, from the encoding that is named or that a byte order mark shows.
    #[must_use]
    pub fn decode(mut self, named: Option<&'static Encoding>) -> Self {
        let found = if named.is_none() { encoding::utf_16(&self.look_ahead()) } else { None };
        if let Some(encoding) = named.or(found) {
            self.bytes = Box::new(Decoded::new(self.bytes, encoding));
            self.found_encoding = found.map(|_| "UTF-16");
        }
        self
    }

    /// The first bytes, which remain to be read. A failure that is met among them is met again where it belongs.
    pub fn look_ahead(&mut self) -> Vec<u8> {
        let mut rest = std::mem::replace(&mut self.bytes, Box::new(io::empty()));
        let mut head = Vec::new();
        let end: Box<dyn Read> = match rest.by_ref().take(HEAD as u64).read_to_end(&mut head) {
            Ok(_) => rest,
            Err(error) => Box::new(Failure(Some(error))),
        };
        self.bytes = Box::new(Cursor::new(head.clone()).chain(end));
        head
    }
}

/// A stream that ends with a failure.
struct Failure(Option<io::Error>);

impl Read for Failure {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Reads a document to its end; false where it is larger than one may be.
///
/// # Errors
/// What the reader fails with, after the bytes that came before.
pub fn read_document(bytes: impl Read, into: &mut Vec<u8>) -> io::Result<bool> {
    let n = bytes.take(LARGEST_DOCUMENT + 1).read_to_end(into)?;
    Ok(n as u64 <= LARGEST_DOCUMENT)
}

impl Compression {
    /// Recognises the first bytes of a file.
    fn of(magic: &[u8]) -> Self {
        match magic {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::None,
        }
    }

    /// Says what stopped the reading at a place.
    #[must_use]
    pub fn failure(self, place: Place, error: &io::Error) -> Error {
        if let Some(fault) = error.get_ref().and_then(|inner| inner.downcast_ref::<Undecodable>()) {
            return Error::input(place, fault.to_string(), "name its encoding with --encoding, or correct the file");
        }
        let format = match self {
            Self::None => {
                return match error.kind() {
                    io::ErrorKind::IsADirectory => unopened(place.file, error),
                    _ => {
                        Error::input(place, format!("reading failed here: {error}"), "check the disk or the connection")
                    }
                };
            }
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        };
        let what = match error.kind() {
            io::ErrorKind::UnexpectedEof => format!("the {format} data break off here, in the middle"),
            _ => format!("the {format} data are damaged from here on ({error})"),
        };
        Error::input(place, what, "copy or download the file once more, or compress it anew")
    }
}

fn buffered(raw: impl Read) -> impl BufRead {
    BufReader::with_capacity(BUFFER, raw)
}

fn open_file(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(file) }
}

fn unopened(name: String, error: &io::Error) -> Error {
    let (what, remedy) = match error.kind() {
        io::ErrorKind::NotFound => ("there is no such file".to_owned(), "check the spelling and the current folder"),
        io::ErrorKind::IsADirectory => ("this is a folder".to_owned(), "name a file in it"),
        io::ErrorKind::PermissionDenied => {
            ("you may not read this file".to_owned(), "change its permissions or copy it")
        }
        _ => (format!("it cannot be read: {error}"), "check that it is a readable file"),
    };
    Error::input(Place::file(name), what, remedy)
}

/// The path without `.gz` or `.zst`.
fn uncompressed_name(path: &Path) -> &Path {
    let packed = |extension: &OsStr| ["gz", "zst"].iter().any(|known| extension.eq_ignore_ascii_case(known));
    if path.extension().is_some_and(packed) { path.file_stem().map_or(path, Path::new) } else { path }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::path::PathBuf;

    use super::*;

    fn file(path: &str) -> Source {
        Source::File(PathBuf::from(path))
    }

    #[test]
    fn names_come_from_the_path_without_folders_and_extensions() {
        assert_eq!(file("a/case.csv.gz").stem(), "case");
        assert_eq!(file("a/case.ZST").stem(), "case");
        assert_eq!(file("run.2024.csv").stem(), "run.2024");
        assert_eq!(file("plain").stem(), "plain");
        assert_eq!(Source::Stdin.stem(), "stdin");
        assert_eq!(Source::Stdin.name(), "standard input");
        assert_eq!(file("a/b.csv").name(), "a/b.csv");
    }

    #[test]
    fn sides_are_called_after_what_differs() {
        let labels = |a: &str, b: &str| labels(&file(a), &file(b));
        assert_eq!(labels("x/new.csv", "y/old.csv"), ["new", "old"]);
        assert_eq!(labels("x/new/a.csv", "x/old/a.csv"), ["new", "old"]);
        assert_eq!(labels("a.csv", "a.json"), ["case", "control"]);
    }

    #[test]
    fn compression_is_recognised_by_content_and_in_parts() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"1\n2\n").unwrap();
        let packed = packed.finish().unwrap();
        let mut twice = packed.clone();
        twice.extend_from_slice(&packed);
        let mut stream = Stream::new("x".to_owned(), None, Cursor::new(twice)).unwrap();
        let mut text = String::new();
        stream.bytes.read_to_string(&mut text).unwrap();
        assert_eq!((stream.compression, text.as_str()), (Compression::Gzip, "1\n2\n1\n2\n"));
    }

    #[test]
    fn bytes_that_were_looked_at_are_read_all_the_same() {
        let all = b"0123456789".repeat(HEAD / 5);
        let mut stream = Stream::new("x".to_owned(), None, Cursor::new(all.clone())).unwrap();
        assert_eq!(stream.look_ahead(), all[..HEAD]);
        let mut read = Vec::new();
        stream.bytes.read_to_end(&mut read).unwrap();
        assert_eq!(read, all);
    }

    #[test]
    fn a_failure_comes_after_the_bytes_before_it() {
        let broken = Cursor::new(b"0123456789").chain(Failure(Some(io::ErrorKind::UnexpectedEof.into())));
        let mut stream = Stream::new("x".to_owned(), None, broken).unwrap();
        assert_eq!(stream.look_ahead(), b"0123456789");
        let mut read = Vec::new();
        assert_eq!(stream.bytes.read_to_end(&mut read).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(read, b"0123456789");
    }

    #[test]
    fn files_shorter_than_a_magic_number_are_read_whole() {
        let mut stream = Stream::new("x".to_owned(), None, Cursor::new(b"5".to_vec())).unwrap();
        let mut text = String::new();
        stream.bytes.read_to_string(&mut text).unwrap();
        assert_eq!((stream.compression, text.as_str()), (Compression::None, "5"));
    }
}
