//! Files → the two samples: bytes (source, zstd), text (sniff, text), rows (table), columns (column), values (number,
//! cell), keys of pairs, strata and clusters (keys, pairing, layout), samples (dataset, long, wide); and files of benchmark
//! tools, which are recognised by their content (benchmarks).

pub mod benchmarks;
mod cell;
mod column;
pub mod dataset;
mod excerpt;
mod keys;
pub mod layout;
mod long;
pub mod number;
mod pairing;
mod sniff;
pub(crate) mod source;
mod table;
mod text;
mod two_files;
mod wide;
mod zstd;

pub use cell::DEFAULT_MISSING_TOKENS;
pub use dataset::{Dataset, Group, Sample, read, read_sample};
pub use layout::{Keys, Layout, Pairing};
