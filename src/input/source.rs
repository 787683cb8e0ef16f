//! Files and pipes → text: decompressed, without byte-order mark, and known to be text.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use crate::error::{Error, Place};
use crate::settings::Source;

/// Bytes that are read at a time, and looked at before parsing.
pub const BLOCK: usize = 256 << 10;

const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];
const ZSTD_MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const UTF8_MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// An opened source.
pub struct Text {
    /// What messages call it.
    pub name: String,
    /// Its first bytes, as much as a block holds.
    pub head: Vec<u8>,
    /// All of it.
    pub reader: Box<dyn Read>,
}

/// What messages call a source.
#[must_use]
pub fn name(source: &Source) -> String {
    match source {
        Source::Stdin => "standard input".to_owned(),
        Source::File(path) => path.display().to_string(),
    }
}

/// Opens a source and looks at its first block.
///
/// # Errors
/// [`Error::Input`] when it cannot be read, is empty, or is not text in UTF-8.
pub fn open(source: &Source) -> Result<Text, Error> {
    let name = name(source);
    let raw: Box<dyn Read> = match source {
        Source::Stdin => Box::new(io::stdin().lock()),
        Source::File(path) => Box::new(File::open(path).map_err(|error| unreadable(&name, &error))?),
    };
    let mut reader = BufReader::with_capacity(BLOCK, raw);
    let magic = reader.fill_buf().map_err(|error| unreadable(&name, &error))?;
    let mut reader: Box<dyn Read> = if magic.starts_with(GZIP_MAGIC) {
        Box::new(MultiGzDecoder::new(reader))
    } else if magic.starts_with(ZSTD_MAGIC) {
        Box::new(ZstdFrames { frame: None, input: Some(reader) })
    } else {
        Box::new(reader)
    };
    let mut head = Vec::new();
    reader.by_ref().take(BLOCK as u64).read_to_end(&mut head).map_err(|error| unreadable(&name, &error))?;
    check_text(&name, &head)?;
    if head.starts_with(UTF8_MARK) {
        head.drain(..UTF8_MARK.len());
    }
    let reader = Box::new(Cursor::new(head.clone()).chain(reader));
    Ok(Text { name, head, reader })
}

/// The error of a source that fails to be read.
#[must_use]
pub fn unreadable(name: &str, error: &io::Error) -> Error {
    let (what, remedy) = match error.kind() {
        io::ErrorKind::NotFound => ("there is no such file".to_owned(), "check the path"),
        io::ErrorKind::IsADirectory => ("this is a folder".to_owned(), "name a file in it"),
        io::ErrorKind::PermissionDenied => ("you may not read this file".to_owned(), "ask for permission to read it"),
        io::ErrorKind::UnexpectedEof => {
            ("the compressed data end too early".to_owned(), "fetch or compress the file again")
        }
        _ => (format!("cannot be read: {error}"), "check that the file is whole"),
    };
    Error::input(Place::file(name), what, remedy)
}

fn check_text(name: &str, head: &[u8]) -> Result<(), Error> {
    let problem = |what, remedy| Err(Error::input(Place::file(name), what, remedy));
    let utf16_marks: [&[u8]; 2] = [&[0xff, 0xfe], &[0xfe, 0xff]];
    let nuls = memchr::memchr_iter(0, head).count();
    if head.trim_ascii().is_empty() {
        problem("the file is empty", "give it a header line and values")
    } else if utf16_marks.iter().any(|mark| head.starts_with(mark))
        || (nuls * 3 > head.len() && nuls * 3 < head.len() * 2)
    {
        problem("the text is in UTF-16", "convert it first: iconv -f UTF-16 -t UTF-8")
    } else if nuls > 0 {
        problem("this is a binary file", "give a CSV or TSV file, plain or compressed with gzip or zstd")
    } else {
        Ok(())
    }
}

/// Zstandard frames, one after another: the decoder itself ends with the first.
struct ZstdFrames<R: BufRead> {
    frame: Option<Frame<R>>,
    input: Option<R>,
}

type Frame<R> = StreamingDecoder<R, FrameDecoder>;

impl<R: BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                let n = frame.read(buffer)?;
                if n > 0 || buffer.is_empty() {
                    return Ok(n);
                }
                self.input = self.frame.take().map(Frame::into_inner);
            }
            let Some(mut input) = self.input.take() else { return Ok(0) };
            if input.fill_buf()?.is_empty() {
                return Ok(0);
            }
            self.frame = Some(StreamingDecoder::new(input).map_err(io::Error::other)?);
        }
    }
}
