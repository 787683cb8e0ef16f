//! What a part has yielded as JSON: integers alone, for no reader's sake rounded. Sums that are too large for a number are
//! strings of their digits, and estimates the bits of doubles.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Partial;
use crate::method::bins::BinCounts;
use crate::method::importance::Weights;
use crate::method::monte_carlo::Counted;
use crate::method::splitting::Climbs;
use crate::method::tally::Tally;

/// One of these, under its name.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Payload {
    Counts(Counts),
    Weights { draws: u64, tails: Vec<Tail> },
    Replicates { levels: usize, evaluations: u64, estimates: Vec<String> },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Counts {
    resamples: u64,
    greater_equal: u64,
    less_equal: u64,
    absolute: u64,
    undefined: u64,
    near_ties: u64,
    /// Below the first bin, in each bin, beyond the last.
    bins: Vec<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tail {
    extreme: u64,
    sum: String,
    squares: String,
}

/// Writes what a part has yielded.
pub(super) fn serialize<S: Serializer>(partial: &Partial, serializer: S) -> Result<S::Ok, S::Error> {
    let payload = match partial {
        Partial::Counted(Counted { tally, bins }) => {
            let Tally { resamples, greater_equal, less_equal, absolute, undefined, near_ties } = *tally;
            let bins = bins.counts().to_vec();
            Payload::Counts(Counts { resamples, greater_equal, less_equal, absolute, undefined, near_ties, bins })
        }
        Partial::Weighed { draws, tails } => {
            let tail = |weights: &Weights| {
                let Weights { sum, squares, extreme } = weights;
                Tail { extreme: *extreme, sum: sum.to_string(), squares: squares.to_string() }
            };
            Payload::Weights { draws: *draws, tails: tails.iter().map(tail).collect() }
        }
        Partial::Climbed(Climbs { levels, estimates, evaluations }) => {
            let estimates = estimates.iter().map(|estimate| format!("{:016x}", estimate.to_bits())).collect();
            Payload::Replicates { levels: *levels, evaluations: *evaluations, estimates }
        }
        Partial::Computed(_) => return Err(serde::ser::Error::custom("what is computed at once has no parts")),
    };
    payload.serialize(serializer)
}

/// Reads it.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Partial, D::Error> {
    Ok(match Payload::deserialize(deserializer)? {
        Payload::Counts(Counts { resamples, greater_equal, less_equal, absolute, undefined, near_ties, bins }) => {
            let tally = Tally { resamples, greater_equal, less_equal, absolute, undefined, near_ties };
            Partial::Counted(Counted { tally, bins: BinCounts::kept(bins) })
        }
        Payload::Weights { draws, tails } => {
            let whole = |text: &String| text.parse().map_err(D::Error::custom);
            let weights = |Tail { extreme, sum, squares }: &Tail| {
                Ok(Weights { sum: whole(sum)?, squares: whole(squares)?, extreme: *extreme })
            };
            Partial::Weighed { draws, tails: tails.iter().map(weights).collect::<Result<_, D::Error>>()? }
        }
        Payload::Replicates { levels, evaluations, estimates } => {
            let bits = |text: &String| u64::from_str_radix(text, 16).map(f64::from_bits).map_err(D::Error::custom);
            let estimates = estimates.iter().map(bits).collect::<Result<_, D::Error>>()?;
            Partial::Climbed(Climbs { levels, estimates, evaluations })
        }
    })
}
