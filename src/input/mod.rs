//! Files → the two samples: bytes (source, zstd), what is in them (content), text (encoding, sniff, text), rows (preamble,
//! origin, heading, table, records, sheet), values (number, cell), columns over rows (frame), which column is meant (column,
//! partners), what labels and keys say of a row (roles, groups), samples (dataset, measured, assign, pairing, layout); and files
//! of benchmark tools, which are recognised by their content (benchmarks).

mod assign;
pub mod benchmarks;
mod cell;
mod column;
mod content;
pub mod dataset;
mod encoding;
mod excerpt;
mod frame;
mod groups;
mod heading;
pub mod layout;
mod measured;
pub mod number;
mod origin;
mod pairing;
mod partners;
mod preamble;
mod records;
mod roles;
mod several;
#[cfg(feature = "xlsx")]
mod sheet;
mod sniff;
pub(crate) mod source;
mod table;
mod text;
mod two_groups;
mod zstd;

pub(crate) use column::nearest;
pub use dataset::{Dataset, Group, Sample, Subject, names, read, read_sample};
pub use layout::{Keys, Layout, Pairing};
