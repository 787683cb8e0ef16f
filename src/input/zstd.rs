//! Zstandard data of any number of frames, skippable ones included, as one stream of bytes (RFC 8878, section 3.1).

use std::io::{self, BufRead, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// Decompresses all frames of a source.
///
/// Reading fails with [`io::ErrorKind::InvalidData`] where the data are damaged and with [`io::ErrorKind::UnexpectedEof`]
/// where they end in the middle of a frame, so that a truncated file is never taken for a whole one.
pub struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    state: State,
}

enum State {
    BetweenFrames,
    InFrame,
}

impl<R: BufRead> Frames<R> {
    /// Starts before the first frame.
    pub fn new(source: R) -> Self {
        Self { source, decoder: FrameDecoder::new(), state: State::BetweenFrames }
    }

    /// Reads the next frame's header, passing over skippable frames.
    fn open_frame(&mut self) -> io::Result<()> {
        match self.decoder.init(&mut self.source) {
            Ok(()) => self.state = State::InFrame,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                let skipped = io::copy(&mut self.source.by_ref().take(u64::from(length)), &mut io::sink())?;
                if skipped < u64::from(length) {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            Err(error) => return Err(undecoded(&error)),
        }
        Ok(())
    }

    /// Compares the frame's checksum, if it carries one, with that of its content.
    fn close_frame(&mut self) -> io::Result<()> {
        self.state = State::BetweenFrames;
        match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
            (Some(written), Some(found)) if written != found => Err(damaged("its checksum does not match")),
            _ => Ok(()),
        }
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match self.state {
                State::BetweenFrames if self.source.fill_buf()?.is_empty() => return Ok(0),
                State::BetweenFrames => self.open_frame()?,
                State::InFrame if self.decoder.can_collect() > 0 => return self.decoder.read(buffer),
                State::InFrame if self.decoder.is_finished() => self.close_frame()?,
                State::InFrame => {
                    self.decoder
                        .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                        .map_err(|error| undecoded(&error))?;
                }
            }
        }
    }
}

/// Tells data that end too early from data that are wrong; the decoder wraps the one like the other.
fn undecoded(error: &FrameDecoderError) -> io::Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(this) = cause {
        if let Some(inner) = this.downcast_ref::<io::Error>() {
            return io::Error::new(inner.kind(), inner.to_string());
        }
        cause = this.source();
    }
    damaged(error.to_string())
}

fn damaged(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn frame(content: &[u8]) -> Vec<u8> {
        compress_to_vec(content, CompressionLevel::Fastest)
    }

    fn unpacked(packed: &[u8]) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        Frames::new(packed).read_to_end(&mut content)?;
        Ok(content)
    }

    #[test]
    fn all_frames_are_read_and_skippable_ones_passed_over() {
        let skippable = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 7, 7, 7];
        let packed =
            [&skippable[..], &frame(b"one "), &frame(b""), &skippable, &frame(&b"two".repeat(90_000))].concat();
        assert_eq!(unpacked(&packed).unwrap(), [b"one ".to_vec(), b"two".repeat(90_000)].concat());
    }

    #[test]
    fn a_frame_cut_anywhere_is_an_error() {
        let packed = frame(b"1.5\n2.5\n1.5\n2.5\n1.5\n2.5\n");
        for end in 1..packed.len() {
            let error = unpacked(&packed[..end]).unwrap_err();
            assert_eq!(
                error.kind(),
                io::ErrorKind::UnexpectedEof,
                "cut after {end} of {} bytes: {error}",
                packed.len()
            );
        }
        assert!(unpacked(&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 7]).is_err(), "a cut skippable frame");
    }

    #[test]
    fn a_wrong_checksum_is_an_error() {
        let mut packed = frame(b"1\n2\n3\n");
        if let Some(last) = packed.last_mut() {
            *last ^= 1;
        }
        assert!(unpacked(&packed).is_err());
    }

    proptest! {
        #[test]
        fn damaged_frames_never_panic(at in 0_usize..60, byte: u8) {
            let mut packed = frame(&b"12.5\n13.25\nabc,def\n".repeat(40));
            let at = at % packed.len();
            packed[at] = byte;
            let _ = unpacked(&packed);
        }
    }
}
