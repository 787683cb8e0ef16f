//! Decompressed bytes → the text that the CSV reader sees: without byte order mark and NUL bytes, line ends that it knows,
//! and a mark after the last line that no file can contain, by which an open quote is noticed.

use std::io::{self, Read};

use super::sniff;
use super::source::{Compression, Stream};
use crate::error::{Error, Place};

/// Bytes taken from the source at a time; the first so many are looked at before the first record is read.
const CHUNK: usize = 1 << 16;
/// The longest row of a table, line ends in quotes and blank lines before it included: beyond it a file is no table, and what
/// looks like one may be a few kilobytes that decompress to gigabytes.
const LONGEST_ROW: usize = 8 << 20;
/// The line after the last one. Data cannot contain it, for a NUL byte in them is an error.
const END_LINE: &[u8] = b"\n\0\n";
/// The only field of that line.
pub const END_FIELD: &[u8] = b"\0";
/// How a record ends that has swallowed that line because of an open quote.
pub const SWALLOWED_END: &[u8] = b"\0\n";

/// The text of one file, as a reader.
pub struct Text {
    bytes: Box<dyn Read>,
    compression: Compression,
    /// The latest bytes taken from the source. They are kept after they were handed out, for [`Text::byte_before`].
    chunk: Vec<u8>,
    /// How many of them were handed out.
    n_handed: usize,
    /// How many bytes were handed out before them.
    n_before: u64,
    next: Next,
    line_ends: LineEnds,
    /// Bytes that may be handed out before the current row has ended.
    allowance: usize,
    /// Where columns are separated by runs of blanks: what the next byte follows.
    blanks: Option<Blanks>,
}

/// What a byte follows in a table whose columns are separated by runs of blanks.
#[derive(Debug, Clone, Copy, Default)]
struct Blanks {
    is_quoted: bool,
    /// Whether a field of the line has begun.
    has_field: bool,
    /// Whether blanks follow that field.
    is_gap: bool,
}

/// What follows the chunk at hand.
enum Next {
    Bytes,
    Failure(io::Error),
    Nothing,
}

/// What ends a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineEnds {
    /// LF or CRLF.
    LineFeed,
    /// CR alone, as on the first Macintosh; turned into LF, so that lines can be counted.
    CarriageReturn,
}

/// Why text cannot be handed out though there is more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
enum Obstacle {
    NulByte,
    /// A row as long as a table may not have, all of it blank.
    Blanks,
    /// One with line ends in it, which only quotes can hold.
    OpenQuote,
    /// One on a single line.
    LongLine,
}

impl Text {
    /// Reads the first chunk and looks at it.
    ///
    /// # Errors
    /// [`Error::Input`] if it shows that the file is no UTF-8 text.
    pub fn new(stream: Stream) -> Result<Self, Error> {
        let mut text = Self {
            bytes: stream.bytes,
            compression: stream.compression,
            chunk: Vec::with_capacity(CHUNK),
            n_handed: 0,
            n_before: 0,
            next: Next::Bytes,
            line_ends: LineEnds::LineFeed,
            allowance: LONGEST_ROW,
            blanks: None,
        };
        text.fill_chunk();
        if let Some(objection) = sniff::object(&text.chunk) {
            return Err(Error::input(Place::file(stream.name), objection.what, objection.remedy));
        }
        if text.chunk.starts_with("\u{feff}".as_bytes()) {
            text.chunk.drain(..3);
        }
        if text.chunk.contains(&b'\r') && !text.chunk.contains(&b'\n') {
            text.line_ends = LineEnds::CarriageReturn;
        }
        text.clean_chunk();
        Ok(text)
    }

    /// The first bytes, as long as nothing was read.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.chunk
    }

    /// Leaves the first lines blank, as long as nothing was read.
    pub fn blank_out(&mut self, n_lines: usize) {
        let ends = memchr::memchr_iter(b'\n', &self.chunk).take(n_lines);
        let (n_ends, end) = ends.fold((0, 0), |(n, _), end| (n + 1, end + 1));
        let end = if n_ends < n_lines { self.chunk.len() } else { end };
        self.chunk.splice(..end, std::iter::repeat_n(b'\n', n_ends));
    }

    /// Takes runs of blanks outside quotes as one, and leaves out those at the ends of lines, as long as nothing was read.
    pub fn collapse_blanks(&mut self) {
        self.blanks = Some(Blanks::default());
        self.collapse_chunk();
    }

    fn collapse_chunk(&mut self) {
        let Some(mut state) = self.blanks else { return };
        let mut collapsed = Vec::with_capacity(self.chunk.len());
        for &byte in &self.chunk {
            match byte {
                b' ' | b'\t' if !state.is_quoted => state.is_gap = true,
                b'\r' | b'\n' if !state.is_quoted => {
                    state = Blanks::default();
                    collapsed.push(byte);
                }
                _ => {
                    if std::mem::take(&mut state.is_gap) && state.has_field {
                        collapsed.push(b' ');
                    }
                    state.has_field = true;
                    state.is_quoted ^= byte == b'"';
                    collapsed.push(byte);
                }
            }
        }
        self.blanks = Some(state);
        self.chunk = collapsed;
    }

    /// Whether the file holds no byte at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chunk.is_empty() && matches!(self.next, Next::Bytes) && self.n_before == 0
    }

    /// The byte before a position in this text that lies in the latest chunk.
    #[must_use]
    pub fn byte_before(&self, position: u64) -> Option<u8> {
        let offset = position.checked_sub(self.n_before + 1)?;
        self.chunk.get(usize::try_from(offset).ok()?).copied()
    }

    /// Allows for another row.
    #[inline]
    pub fn begin_row(&mut self) {
        self.allowance = LONGEST_ROW;
    }

    /// Says what stopped the reading on a line; `begin` is the one on which the current row, or the blanks before it, began.
    #[must_use]
    pub fn failure(&self, file: &str, line: u64, begin: u64, error: &io::Error) -> Error {
        let place = Place::file(file);
        let (line, what, remedy) = match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            None => return self.compression.failure(place.line(line), error),
            Some(Obstacle::NulByte) => {
                (line, "a NUL byte: this is binary data, not a table in text", "export the data as CSV in UTF-8")
            }
            Some(Obstacle::Blanks) => (begin, "from here on, 8 MiB hold nothing but blanks", "remove them"),
            Some(Obstacle::OpenQuote) => (
                begin,
                "a row that begins here has not ended after 8 MiB",
                "close its double quote, or remove the quote",
            ),
            Some(Obstacle::LongLine) => {
                (begin, "a line that begins here has not ended after 8 MiB", "give a table with shorter lines")
            }
        };
        Error::input(place.line(line), what, remedy)
    }

    /// Why the row at hand is too long, by the latest chunk of it.
    #[cold]
    fn obstacle(&self) -> Obstacle {
        match &self.chunk[..] {
            chunk if chunk.trim_ascii().is_empty() => Obstacle::Blanks,
            chunk if chunk.contains(&b'\n') => Obstacle::OpenQuote,
            _ => Obstacle::LongLine,
        }
    }

    /// Takes bytes until the chunk is full; a failure is kept until what came before it was handed out.
    fn fill_chunk(&mut self) {
        self.chunk.resize(CHUNK, 0);
        let mut n = 0;
        while n < CHUNK {
            match self.bytes.read(&mut self.chunk[n..]) {
                Ok(0) => break,
                Ok(more) => n += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.next = Next::Failure(error);
                    break;
                }
            }
        }
        self.chunk.truncate(n);
    }

    /// Cuts the chunk before a NUL byte, and mends line ends.
    fn clean_chunk(&mut self) {
        // `contains` looks at many bytes at a time, `position` at one: nearly always the first will do.
        if self.chunk.contains(&0)
            && let Some(nul) = self.chunk.iter().position(|&byte| byte == 0)
        {
            self.chunk.truncate(nul);
            self.next = Next::Failure(io::Error::new(io::ErrorKind::InvalidData, Obstacle::NulByte));
        }
        if self.line_ends == LineEnds::CarriageReturn {
            self.chunk.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        }
        self.collapse_chunk();
    }

    /// Replaces the chunk by the next one: more of the file, or the line after its last.
    fn advance(&mut self) {
        self.n_before += self.chunk.len() as u64;
        self.n_handed = 0;
        self.fill_chunk();
        if self.chunk.is_empty() && matches!(self.next, Next::Bytes) {
            self.chunk.extend_from_slice(END_LINE);
            self.next = Next::Nothing;
        } else {
            self.clean_chunk();
        }
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = &self.chunk[self.n_handed..];
            if !left.is_empty() {
                let n = left.len().min(buffer.len()).min(self.allowance);
                if n == 0 && !buffer.is_empty() {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, self.obstacle()));
                }
                self.allowance -= n;
                buffer[..n].copy_from_slice(&left[..n]);
                self.n_handed += n;
                return Ok(n);
            }
            match std::mem::replace(&mut self.next, Next::Nothing) {
                Next::Nothing => return Ok(0),
                Next::Failure(error) => return Err(error),
                Next::Bytes => {
                    self.next = Next::Bytes;
                    self.advance();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn text(bytes: &[u8]) -> Text {
        Text::new(Stream::new("x".to_owned(), None, Cursor::new(bytes.to_vec())).unwrap()).unwrap()
    }

    fn all(mut text: Text) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        text.read_to_end(&mut bytes).map(|_| bytes)
    }

    #[test]
    fn the_end_line_follows_and_a_byte_order_mark_is_gone() {
        assert_eq!(all(text("\u{feff}a\r\n1".as_bytes())).unwrap(), b"a\r\n1\n\0\n");
        assert_eq!(all(text(b"")).unwrap(), END_LINE);
    }

    #[test]
    fn lone_carriage_returns_become_line_feeds() {
        assert_eq!(all(text(b"a\r1\r2")).unwrap(), b"a\n1\n2\n\0\n");
        assert_eq!(all(text(b"a\r1\n2")).unwrap(), b"a\r1\n2\n\0\n");
    }

    #[test]
    fn what_stands_before_a_nul_byte_is_handed_out_first() {
        let mut text = text(b"a\n1\n\x002\n");
        let mut bytes = [0; 20];
        assert_eq!(text.read(&mut bytes).unwrap(), 4);
        assert!(text.read(&mut bytes).is_err());
    }

    #[test]
    fn bytes_already_read_are_remembered_across_chunks() {
        let mut text = text(&b"0123456789".repeat(CHUNK / 5));
        let mut position = 0;
        let mut buffer = [0; 1000];
        loop {
            let n = text.read(&mut buffer).unwrap();
            if n == 0 {
                break;
            }
            position += n as u64;
            text.begin_row();
            assert_eq!(text.byte_before(position), Some(buffer[n - 1]));
        }
    }

    #[test]
    fn a_row_ends_or_it_is_said_what_keeps_it_from_ending() {
        for (unit, obstacle) in [(",", Obstacle::LongLine), ("  \n", Obstacle::Blanks), ("x\n,", Obstacle::OpenQuote)] {
            let whole = unit.repeat((LONGEST_ROW - END_LINE.len()) / unit.len());
            assert_eq!(all(text(whole.as_bytes())).unwrap().len(), whole.len() + END_LINE.len());
            let error = all(text((whole.clone() + &unit.repeat(100)).as_bytes())).unwrap_err();
            assert_eq!(error.get_ref().and_then(|inner| inner.downcast_ref()), Some(&obstacle), "{unit:?}");
        }
    }
}
