//! Labellings as lines or frames, and replies as numbers; without input or output. See [`crate::program`] for the
//! formats.

use super::failure::{self, Failure};

/// The first bytes of every frame.
const MAGIC: [u8; 8] = *b"PERMTST1";

/// Those of frames with several columns.
const MAGIC_OF_COLUMNS: [u8; 8] = *b"PERMTST2";

/// Longest text that is waited for the end of a line with; no number is as long.
const LONGEST_LINE: usize = 4096;

/// How labellings are written to the program and its replies are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// One line of text for a labelling, one line with one number for its statistic.
    Lines,
    /// Many labellings as one block of little-endian f64, as many f64 in reply.
    Frames,
}

/// What a row consists of: the case and the control values of a column, and of those that follow it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub n_case: usize,
    pub n_control: usize,
    /// How many columns a program has asked for; `None`: the tested one.
    pub columns: Option<usize>,
}

impl Shape {
    /// Values in a row.
    pub(super) fn width(self) -> usize {
        self.columns.unwrap_or(1) * (self.n_case + self.n_control)
    }
}

impl Protocol {
    /// Appends what goes before a batch of rows.
    pub(super) fn write_header(self, rows: usize, shape: Shape, bytes: &mut Vec<u8>) {
        if self == Self::Frames {
            bytes.extend(if shape.columns.is_some() { MAGIC_OF_COLUMNS } else { MAGIC });
            for n in [rows, shape.n_case, shape.n_control].into_iter().chain(shape.columns) {
                bytes.extend((n as u64).to_le_bytes());
            }
        }
    }

    /// Appends whole rows, or with frames any values.
    pub(super) fn write_rows(self, shape: Shape, rows: &[f64], bytes: &mut Vec<u8>) {
        match self {
            Self::Lines => {
                for row in rows.chunks(shape.width()) {
                    let columns = row.chunks(shape.n_case + shape.n_control);
                    for (i, list) in
                        columns.flat_map(|column| <[_; 2]>::from(column.split_at(shape.n_case))).enumerate()
                    {
                        if i > 0 {
                            bytes.push(b'\t');
                        }
                        write_words(list, bytes);
                    }
                    bytes.push(b'\n');
                }
            }
            Self::Frames => {
                let start = bytes.len();
                bytes.resize(start + size_of_val(rows), 0);
                for (place, value) in bytes[start..].chunks_exact_mut(size_of::<f64>()).zip(rows) {
                    place.copy_from_slice(&value.to_le_bytes());
                }
            }
        }
    }
}

fn write_words(values: &[f64], bytes: &mut Vec<u8>) {
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            bytes.push(b' ');
        }
        // The shortest form that reads back as the same number, several times faster than the standard library's.
        serde_json::to_writer(&mut *bytes, value).expect("memory takes every number");
    }
}

/// The replies to one batch, as they arrive in pieces of any size.
#[derive(Debug)]
pub(super) struct Replies<'a> {
    protocol: Protocol,
    statistics: &'a mut [f64],
    n: usize,
    /// The beginning of a reply whose end has not arrived.
    partial: Vec<u8>,
}

impl<'a> Replies<'a> {
    /// None yet; each goes to its place in `statistics`.
    pub(super) fn new(protocol: Protocol, statistics: &'a mut [f64]) -> Self {
        Self { protocol, statistics, n: 0, partial: Vec::new() }
    }

    /// Replies so far.
    pub(super) fn n(&self) -> usize {
        self.n
    }

    /// Replies that are asked for.
    pub(super) fn n_due(&self) -> usize {
        self.statistics.len()
    }

    /// Whether every labelling has its reply.
    pub(super) fn are_complete(&self) -> bool {
        self.n == self.statistics.len()
    }

    /// Whether a reply has begun whose end is missing.
    pub(super) fn end_within_one(&self) -> bool {
        !self.partial.is_empty()
    }

    /// Takes bytes that the program wrote.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.partial.extend(bytes);
        let bytes = std::mem::take(&mut self.partial);
        let mut rest = &bytes[..];
        while let Some((reply, after)) = self.split_reply(rest)? {
            *self.statistics.get_mut(self.n).ok_or(Failure::Surplus)? = reply;
            self.n += 1;
            rest = after;
        }
        self.partial = rest.to_vec();
        if self.are_complete() && !self.partial.is_empty() { Err(Failure::Surplus) } else { Ok(()) }
    }

    /// The first whole reply and what follows it.
    fn split_reply<'b>(&self, bytes: &'b [u8]) -> Result<Option<(f64, &'b [u8])>, Failure> {
        match self.protocol {
            Protocol::Frames => Ok(bytes.split_first_chunk().map(|(reply, rest)| (f64::from_le_bytes(*reply), rest))),
            Protocol::Lines => match memchr::memchr(b'\n', bytes) {
                Some(end) => Ok(Some((number(&bytes[..end])?, &bytes[end + 1..]))),
                None if bytes.len() > LONGEST_LINE => Err(no_number(bytes)),
                None => Ok(None),
            },
        }
    }
}

/// The number in a line, without the line's end.
fn number(line: &[u8]) -> Result<f64, Failure> {
    match std::str::from_utf8(line).map(str::trim_ascii) {
        Ok("NA") => Ok(f64::NAN),
        Ok(text) => text.parse().map_err(|_| no_number(line)),
        Err(_) => Err(no_number(line)),
    }
}

fn no_number(line: &[u8]) -> Failure {
    Failure::NotANumber(failure::one_line(&String::from_utf8_lossy(line), 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(protocol: Protocol, rows: &[f64]) -> Vec<u8> {
        write(protocol, Shape { n_case: 2, n_control: 1, columns: None }, rows)
    }

    fn write(protocol: Protocol, shape: Shape, rows: &[f64]) -> Vec<u8> {
        let mut bytes = Vec::new();
        protocol.write_header(rows.len() / shape.width(), shape, &mut bytes);
        protocol.write_rows(shape, rows, &mut bytes);
        bytes
    }

    fn taken(protocol: Protocol, pieces: &[&[u8]], n: usize) -> Result<(Vec<f64>, bool), Failure> {
        let mut statistics = vec![0.0; n];
        let mut replies = Replies::new(protocol, &mut statistics);
        for piece in pieces {
            replies.take(piece)?;
        }
        let complete = replies.are_complete();
        Ok((statistics, complete))
    }

    #[test]
    fn a_line_has_blanks_within_the_groups_and_a_tab_between_them() {
        let text = String::from_utf8(written(Protocol::Lines, &[1.5, -2.0, 1e-300, 0.1, 1e22, 3.0])).unwrap();
        assert_eq!(text, "1.5 -2.0\t1e-300\n0.1 1e+22\t3.0\n");
    }

    #[test]
    fn columns_follow_each_other_in_a_row() {
        let shape = Shape { n_case: 2, n_control: 1, columns: Some(2) };
        let rows = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0];
        let text = String::from_utf8(write(Protocol::Lines, shape, &rows)).unwrap();
        assert_eq!(text, "1.0 2.0\t3.0\t4.0 5.0\t6.0\n7.0 8.0\t9.0\t10.0 11.0\t12.0\n");
        let frame = write(Protocol::Frames, shape, &rows);
        assert_eq!((&frame[..8], frame.len()), (&b"PERMTST2"[..], 40 + 12 * 8));
        let integers = frame[8..40].chunks(8).map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap()));
        assert_eq!(integers.collect::<Vec<_>>(), [2, 2, 1, 2]);
        let values = frame[40..].chunks(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap()));
        assert_eq!(values.collect::<Vec<_>>(), rows);
    }

    #[test]
    fn every_number_of_a_line_reads_back_as_itself() {
        for value in [0.1 + 0.2, f64::MIN_POSITIVE, f64::MAX, -5e-324, 123_456_789.123_456_78] {
            let mut bytes = Vec::new();
            write_words(&[value], &mut bytes);
            assert_eq!(number(&bytes).unwrap(), value);
        }
    }

    #[test]
    fn a_frame_is_what_its_description_says() {
        let bytes = written(Protocol::Frames, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.5]);
        assert_eq!(&bytes[..8], b"PERMTST1");
        assert_eq!(
            bytes[8..32],
            [[2, 0, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0]].concat()
        );
        assert_eq!(bytes.len(), 32 + 6 * 8);
        assert_eq!(bytes[72..], 6.5_f64.to_le_bytes());
    }

    #[test]
    fn replies_may_be_torn_anywhere() {
        let lines = b"1.5\r\n -2e3 \ninf\n-Infinity\n";
        let frames = [1.5, -2e3, f64::INFINITY, f64::NEG_INFINITY].map(f64::to_le_bytes).concat();
        for (protocol, bytes) in [(Protocol::Lines, &lines[..]), (Protocol::Frames, &frames)] {
            for cut in 0..=bytes.len() {
                let (statistics, complete) = taken(protocol, &[&bytes[..cut], &bytes[cut..]], 4).unwrap();
                assert_eq!(statistics, [1.5, -2000.0, f64::INFINITY, f64::NEG_INFINITY]);
                assert!(complete);
            }
        }
    }

    #[test]
    fn an_undefined_statistic_has_many_spellings() {
        let (statistics, _) = taken(Protocol::Lines, &[b"nan\nNaN\n-nan\n+nan\nNA\n"], 5).unwrap();
        assert!(statistics.iter().all(|statistic| statistic.is_nan()));
    }

    #[test]
    fn what_is_no_number_is_quoted() {
        for (line, quoted) in [
            ("", ""),
            ("1,5", "1,5"),
            ("1 2", "1 2"),
            ("0x10", "0x10"),
            ("\u{1b}[1m3", " [1m3"),
            ("mean: 3", "mean: 3"),
        ] {
            let failure = taken(Protocol::Lines, &[line.as_bytes(), b"\n"], 1).unwrap_err();
            assert!(matches!(&failure, Failure::NotANumber(text) if text == quoted), "{failure:?}");
        }
        assert!(matches!(taken(Protocol::Lines, &[b"\xff\n"], 1), Err(Failure::NotANumber(_))));
        let endless = taken(Protocol::Lines, &[&[b'7'; LONGEST_LINE + 1]], 1);
        assert!(matches!(endless, Err(Failure::NotANumber(text)) if text.chars().count() == 61));
    }

    #[test]
    fn more_than_was_asked_for_is_noticed_to_the_byte() {
        for (protocol, bytes) in [(Protocol::Lines, &b"1\n2"[..]), (Protocol::Frames, &[0; 9])] {
            assert!(matches!(taken(protocol, &[bytes], 1), Err(Failure::Surplus)));
            assert!(!taken(protocol, &[bytes], 2).unwrap().1);
        }
    }
}
