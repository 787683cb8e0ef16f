//! Text in any encoding → UTF-8.

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes that are decoded at a time.
const CHUNK: usize = 1 << 16;

/// A text that may be no UTF-8: then it is Windows-1252.
#[must_use]
pub fn decoded(text: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(text).map_or_else(|_| WINDOWS_1252.decode_without_bom_handling(text).0, Cow::from)
}

/// UTF-16, if a byte order mark says so; that of UTF-32 begins alike.
#[must_use]
pub fn utf_16(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [0xff, 0xfe, 0, 0, ..] => None,
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// Bytes in an encoding, as a reader of UTF-8 without a byte order mark.
pub struct Decoded<R> {
    bytes: R,
    encoding: &'static Encoding,
    decoder: Decoder,
    chunk: Box<[u8]>,
    text: Vec<u8>,
    /// How much of the text was handed out.
    n_handed: usize,
    next: Next,
}

/// What follows the text at hand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Bytes,
    Nothing,
    Fault,
}

/// Bytes that are no text in the encoding.
#[derive(Debug, thiserror::Error)]
#[error("the bytes are no text in {encoding}")]
pub struct Undecodable {
    /// Its name.
    pub encoding: &'static str,
}

impl<R: Read> Decoded<R> {
    /// Decodes bytes; a byte order mark of another Unicode encoding overrides the one that is named.
    #[must_use]
    pub fn new(bytes: R, encoding: &'static Encoding) -> Self {
        let (chunk, text) = (vec![0; CHUNK].into_boxed_slice(), Vec::new());
        Self { bytes, encoding, decoder: encoding.new_decoder(), chunk, text, n_handed: 0, next: Next::Bytes }
    }

    fn fill(&mut self) -> io::Result<()> {
        let n = self.bytes.read(&mut self.chunk)?;
        self.n_handed = 0;
        // The chunk is short enough for that to be a number.
        self.text.resize(self.decoder.max_utf8_buffer_length_without_replacement(n).unwrap_or(0), 0);
        let (result, _, n_written) =
            self.decoder.decode_to_utf8_without_replacement(&self.chunk[..n], &mut self.text, n == 0);
        self.text.truncate(n_written);
        self.next = match result {
            DecoderResult::InputEmpty if n == 0 => Next::Nothing,
            DecoderResult::InputEmpty => Next::Bytes,
            DecoderResult::Malformed(..) | DecoderResult::OutputFull => Next::Fault,
        };
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.n_handed == self.text.len() {
            match self.next {
                Next::Bytes => self.fill()?,
                Next::Nothing => return Ok(0),
                Next::Fault => {
                    let fault = Undecodable { encoding: self.encoding.name() };
                    return Err(io::Error::new(io::ErrorKind::InvalidData, fault));
                }
            }
        }
        let n = buffer.len().min(self.text.len() - self.n_handed);
        buffer[..n].copy_from_slice(&self.text[self.n_handed..self.n_handed + n]);
        self.n_handed += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], encoding: &'static Encoding) -> (Vec<u8>, bool) {
        let mut text = Vec::new();
        let is_sound = Decoded::new(bytes, encoding).read_to_end(&mut text).is_ok();
        (text, is_sound)
    }

    #[test]
    fn what_is_no_utf_8_is_windows_1252() {
        assert_eq!(decoded("Größe".as_bytes()), "Größe");
        assert_eq!(decoded(b"Gr\xf6\xdfe 5 \x80 \x96 \x9f"), "Größe 5 € – Ÿ");
    }

    #[test]
    fn texts_of_any_length_are_decoded_and_faults_come_behind_what_is_sound() {
        let text = "größe 𝒳\n".repeat(CHUNK / 5);
        let utf_16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(super::utf_16(&utf_16), Some(UTF_16LE));
        assert!(read(&utf_16, UTF_16LE) == (text.clone().into_bytes(), true));
        // The mark is right where the name is not.
        assert!(read(&utf_16, UTF_16BE) == (text.clone().into_bytes(), true));
        let (sound, is_sound) = read(&utf_16[..utf_16.len() - 1], UTF_16LE);
        assert!(!is_sound && text.as_bytes().starts_with(&sound) && sound.len() + 1 == text.len());
        assert_eq!(read(b"gr\xf6\xdfe", WINDOWS_1252), ("größe".into(), true));
        assert_eq!(read(b"ab\xf6c", encoding_rs::UTF_8), (b"ab".to_vec(), false));
    }
}
