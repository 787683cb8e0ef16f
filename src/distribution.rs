//! The file of the null distribution: every replicate, in resample order, in constant memory.
//!
//! CSV has the header `replicate` and one number a line, in the shortest form that reads back as the same number; of several
//! columns it has their names and a number of each. The other format is `NumPy`'s, version 1.0 (`numpy.lib.format`),
//! little-endian f64: one dimension or, of several columns, two, a row for each resample.

use std::io::Write;

use crate::error::Error;
use crate::escape;
use crate::output::AtomicFile;
use crate::settings::DistributionFormat;

/// Bytes collected before they are handed to the system.
const BUFFER: usize = 1 << 18;

/// The file while it is being written; it appears under its name when committed.
#[derive(Debug)]
pub struct DistributionWriter {
    file: AtomicFile,
    format: DistributionFormat,
    buffer: Vec<u8>,
    columns: u64,
    promised: u64,
    written: u64,
}

impl DistributionWriter {
    /// Begins a file that will hold `n` replicates of each of some columns.
    #[must_use]
    pub fn new(file: AtomicFile, format: DistributionFormat, n: u64, columns: &[&str]) -> Self {
        let mut buffer = Vec::with_capacity(BUFFER + 64);
        match (format, columns) {
            (DistributionFormat::Csv, [_]) => buffer.extend(b"replicate\n"),
            (DistributionFormat::Csv, _) => buffer.extend(csv_header(columns)),
            (DistributionFormat::Npy, [_]) => buffer.extend(npy_header(&format!("{n},"))),
            (DistributionFormat::Npy, _) => buffer.extend(npy_header(&format!("{n}, {}", columns.len()))),
        }
        let columns = columns.len() as u64;
        Self { file, format, buffer, columns, promised: n * columns, written: 0 }
    }

    /// Appends replicates, the next ones in resample order: of several columns those of a resample beside each other.
    ///
    /// # Errors
    ///
    /// [`Error::Output`] if the disk does not take them.
    ///
    pub fn write(&mut self, replicates: &[f64]) -> Result<(), Error> {
        for &replicate in replicates {
            match self.format {
                DistributionFormat::Npy => self.buffer.extend(replicate.to_le_bytes()),
                DistributionFormat::Csv => {
                    if replicate.is_finite() {
                        // The same notation as in the JSON report, and several times faster than the standard library's.
                        let _ = serde_json::to_writer(&mut self.buffer, &replicate);
                    } else {
                        // A statistic that was undefined (nan) or divided by 0 (inf), as NumPy and R read it.
                        self.buffer.extend(format!("{replicate}").to_ascii_lowercase().bytes());
                    }
                    let is_last = (self.written + 1).is_multiple_of(self.columns);
                    self.buffer.push(if is_last { b'\n' } else { b',' });
                }
            }
            self.written += 1;
            if self.buffer.len() >= BUFFER {
                self.drain()?;
            }
        }
        Ok(())
    }

    /// The whole file, which is still to be committed.
    ///
    /// # Errors
    ///
    /// [`Error::Output`] if the disk did not take it all.
    ///
    /// # Panics
    ///
    /// If the number of replicates is not the one announced to [`DistributionWriter::new`].
    pub fn finish(mut self) -> Result<AtomicFile, Error> {
        assert_eq!(self.written, self.promised, "as many replicates are written as were announced");
        self.drain()?;
        Ok(self.file)
    }

    fn drain(&mut self) -> Result<(), Error> {
        let written = self.file.write_all(&self.buffer);
        self.buffer.clear();
        written.map_err(|source| Error::output(self.file.path(), source))
    }
}

/// The names of the columns on a line.
fn csv_header(columns: &[&str]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer.write_record(columns.iter().map(|column| escape::cell(column)));
    written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default()
}

/// Magic, version and shape, filled with blanks such that the data begin at a multiple of 64 bytes.
fn npy_header(shape: &str) -> Vec<u8> {
    const PREAMBLE: usize = 10;
    let mut description = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape}), }}");
    let end = (PREAMBLE + description.len() + 1).next_multiple_of(64);
    while PREAMBLE + description.len() + 1 < end {
        description.push(' ');
    }
    description.push('\n');
    let mut header = b"\x93NUMPY\x01\x00".to_vec();
    // At most 20 digits of n: far below the limit of 65535.
    header.extend((description.len() as u16).to_le_bytes());
    header.extend(description.as_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn write(format: DistributionFormat, chunks: &[&[f64]]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("null");
        let n = chunks.iter().map(|chunk| chunk.len() as u64).sum();
        let mut file = DistributionWriter::new(AtomicFile::create(&path).unwrap(), format, n, &["len"]);
        for chunk in chunks {
            file.write(chunk).unwrap();
        }
        assert!(!path.exists());
        file.finish().unwrap().commit().unwrap();
        fs::read(path).unwrap()
    }

    #[test]
    fn csv_has_a_header_and_a_number_a_line_in_order() {
        let text = write(DistributionFormat::Csv, &[&[0.1, -3.0], &[], &[1e-7, 1.0 / 3.0]]);
        assert_eq!(String::from_utf8(text).unwrap(), "replicate\n0.1\n-3.0\n1e-7\n0.3333333333333333\n");
    }

    #[test]
    fn npy_has_the_header_that_numpy_writes_and_little_endian_numbers() {
        let bytes = write(DistributionFormat::Npy, &[&[1.0], &[-2.5, 0.1]]);
        assert_eq!(bytes.len(), 128 + 3 * 8);
        assert_eq!(&bytes[..10], b"\x93NUMPY\x01\x00\x76\x00");
        let description = format!("{:<117}\n", "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }");
        assert_eq!(std::str::from_utf8(&bytes[10..128]).unwrap(), description);
        assert_eq!(&bytes[128..144], b"\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\x04\xc0");
    }

    #[test]
    fn the_data_of_every_npy_file_begin_at_a_multiple_of_64() {
        for n in [0, 7, 10_000_000, u64::MAX] {
            assert_eq!(npy_header(&format!("{n},")).len() % 64, 0);
        }
    }

    #[test]
    fn more_than_a_buffer_arrives_whole_and_in_order() {
        let values: Vec<f64> = (0..100_000).map(f64::from).collect();
        let bytes = write(DistributionFormat::Npy, &[&values[..70_001], &values[70_001..]]);
        let read: Vec<f64> =
            bytes[128..].chunks_exact(8).map(|word| f64::from_le_bytes(word.try_into().unwrap())).collect();
        assert_eq!(read, values);
    }

    #[test]
    fn a_full_disk_is_noticed() {
        let path = std::path::Path::new("/dev/full");
        if path.exists() {
            let mut file =
                DistributionWriter::new(AtomicFile::create(path).unwrap(), DistributionFormat::Csv, 1, &["len"]);
            file.write(&[1.0]).unwrap();
            assert!(file.finish().unwrap_err().to_string().starts_with("/dev/full: "));
        }
    }
}
