//! The library against published answers, plain definitions and its own promises.

mod calibration;
mod classical;
mod counting;
mod dear;
mod designs;
mod exact;
mod expression;
mod false_alarms;
mod gaps;
mod histogram;
mod importance;
mod intervals;
mod known_answers;
mod ladder;
mod laws;
mod layers;
mod public_face;
mod refinement;
mod sampling;
mod sequential;
mod splitting;
mod statistic;
mod strata;
mod streams;
mod tally;
mod units;
