//! The permutation test: how often does a random relabelling of the data differ as much as the data themselves?
//!
//! [`PermutationTest`] is the way in: two samples, a statistic, any number of resamples over all cores, and a p-value
//! that is never 0, with an interval for what the drawing leaves uncertain. The same data, settings and seed give the
//! same counts on any machine and with any number of threads.
//!
//! The command `permtest` is a thin layer over it: the modules behind the feature `cli` (on by default) read files and
//! write reports. A library user does without: `permtest = { version = "0.1", default-features = false }`.
//!
//! ```text
//! samples ─ design ─→ Problem ─┐
//! a name, an expression,       ├─ ready ─→ Plan ─→ blocks of labellings → replicates → Partial ─ conclude ─→ TestResult
//! a function, a type ─ prepare ┘                   (some here, some elsewhere: they add up)
//! ```
//!
//! Every run goes this way: [`PermutationTest::run`] computes all blocks, a shard or a checkpoint some of them, with the same
//! result. [`JointTest`] takes several columns of the same rows this way together: each block of labellings is drawn once, every
//! column looks at it, and p-values are adjusted for the most extreme of them.
//!
//! | module | what it owns |
//! |---|---|
//! | [`statistic`] | one number from a labelling: integer sums, or any function of two slices |
//! | [`design`] | the labellings that are equally likely under the null hypothesis |
//! | [`sampling`] | seeded streams and uniform subsets |
//! | [`method`] | how the null distribution is computed, on all cores |
//! | [`inference`] | p-values, intervals, summaries, warnings |
//! | [`message`] | sentences that leave the names of settings to a front end |

/// Serialises enums as the names that they have in reports.
macro_rules! serialise_as {
    ($name:ident: $($type:ty),+) => {
        $(impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.$name())
            }
        })+
    };
}

pub mod design;
pub mod error;
pub mod inference;
pub mod message;
pub mod method;
mod permutation_test;
pub mod sampling;
pub mod simd;
pub mod statistic;

pub use permutation_test::{Cut, NullDistribution, Partial, PermutationTest, Ready, Take, TestResult, Undefined};
pub use permutation_test::{JointReady, JointTest, SharedRows};
pub use permutation_test::{effect, false_alarms};
pub use statistic::{Definition, TestStatistic};

#[cfg(feature = "cli")]
pub mod aa;
#[cfg(feature = "cli")]
pub mod app;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod command;
#[cfg(feature = "cli")]
pub mod distribution;
#[cfg(feature = "cli")]
pub mod escape;
#[cfg(feature = "cli")]
pub mod flags;
#[cfg(feature = "cli")]
pub mod input;
#[cfg(feature = "cli")]
pub mod output;
#[cfg(feature = "cli")]
pub mod part;
#[cfg(feature = "cli")]
pub mod program;
#[cfg(feature = "cli")]
pub mod progress;
#[cfg(feature = "cli")]
pub mod report;
#[cfg(feature = "cli")]
pub mod settings;
#[cfg(feature = "cli")]
pub mod signals;
#[cfg(feature = "cli")]
pub mod stderr;

/// The examples of the cookbook, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../examples/README.md")]
pub struct Cookbook;
