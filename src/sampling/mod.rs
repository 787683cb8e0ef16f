//! Random labellings: seeded streams of words, bounded integers, and uniform m-subsets of N units.
//!
//! Nothing here knows what the labellings are for. Everything here is part of the contract of reproducibility: the
//! words of a stream, how a kernel spends them and which kernel serves which (N, m) are pinned by tests, and a change
//! of any of them changes the numbers that users have published.

pub mod bounded;
pub mod labellings;
pub mod stream;
pub mod subset;
pub mod transposed;
pub mod units;
