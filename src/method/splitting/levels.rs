//! The levels, and how particles are moved on each: found by a pilot, and fixed from then on.
//!
//! Levels that are chosen from the same particles that they thin out bias the estimate, and so do moves that are tuned
//! by them. Those of a pilot with a stream of its own are as good as any that were known beforehand.

use super::height::Height;
use super::swarm::{Ascent, Swarm};
use crate::error::Error;
use crate::sampling::stream::Stream;
use crate::statistic::Statistic;

/// The share of the particles that reaches the next level. Were the particles independent, a fifth would be best: few
/// levels, not too few survivors. What survivors have in common asks for more of them.
pub(super) const SHARE: f64 = 0.3;

/// The most levels: p is below 10⁻²⁸⁰ then, and doubles end soon after.
const MOST_LEVELS: usize = 550;

/// A move is made longer when more of them than this succeed, …
const EASY: f64 = 0.55;

/// … and shorter when fewer do.
const HARD: f64 = 0.25;

/// How often the trend may be learnt anew.
const MOST_LESSONS: u32 = 4;

/// How often more moves than usual a level may take.
const PATIENCE: f64 = 8.0;

/// A level, and the moves of the particles that have reached it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Level {
    /// What a particle must reach.
    pub height: Height,
    /// Swaps or flips of a move.
    pub changes: u32,
    /// Moves of each particle.
    pub steps: u32,
}

/// What a pilot brings home.
pub(super) struct Route {
    /// From the lowest to the last one below the extreme labellings; none where these are many.
    pub levels: Vec<Level>,
    /// Whether the extreme labellings are as near to the last level as the levels are to each other. If not, that level is
    /// where the climb ends.
    pub is_complete: bool,
    /// Labellings whose statistic was computed.
    pub evaluations: u64,
}

/// Finds the levels that about [`SHARE`] of the particles reach from one to the next, until as many are extreme.
///
/// Where not as many of those drawn from the design are, the trend is learnt from such draws, which show what lies near
/// the middle. Where it matters, because levels lie within ties, it is learnt anew from where the first climb ended, and
/// again wherever one is stuck: the labellings there give the direction of the whole way.
///
/// With a limit to the moves of a particle, the way ends where they are used up, or where it is stuck for good.
pub(super) fn pilot<S: Statistic + ?Sized>(
    ascent: &mut Ascent<S>,
    particles: usize,
    most_moves: Option<u64>,
    stream: &mut Stream,
) -> Result<Route, Error> {
    let swarm = Swarm::draw(ascent, particles, stream)?;
    let mut evaluations = swarm.evaluations;
    if next_height(swarm.heights(), None) == Some(Height::EXTREME) {
        return Ok(Route { levels: Vec::new(), is_complete: true, evaluations });
    }
    let first_lesson = ascent.draw(first_lesson(particles, ascent.design.units().len()), stream);
    evaluations += ascent.learn(&first_lesson)?;
    let mut lessons = 0;
    loop {
        let (path, ended) = climb(ascent.moves.memory(), Swarm::draw(ascent, particles, stream)?, most_moves, stream)?;
        evaluations += ended.evaluations;
        let (is_stuck, is_complete) = (path.end == End::Stuck, path.end == End::Extreme);
        if !is_stuck && (lessons > 0 || !has_ties(&path.levels)) {
            return Ok(Route { levels: path.levels, is_complete, evaluations });
        }
        if lessons == MOST_LESSONS {
            if most_moves.is_none() {
                return Err(stuck(path.levels.len()));
            }
            return Ok(Route { levels: path.levels, is_complete, evaluations });
        }
        lessons += 1;
        let mut both_ends = ascent.draw(particles, stream);
        both_ends.extend(ended.into_rows());
        evaluations += ascent.learn(&both_ends)?;
    }
}

/// The levels of one climb.
struct Path {
    levels: Vec<Level>,
    end: End,
}

/// Where a climb ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// At the extreme labellings.
    Extreme,
    /// Where no labelling was nearer to them.
    Stuck,
    /// Where it was to end.
    Limit,
}

/// Finds levels from a swarm's place on, and where it ends.
fn climb<'a, S: Statistic + ?Sized>(
    memory: f64,
    mut swarm: Swarm<'a, S>,
    most_moves: Option<u64>,
    stream: &mut Stream,
) -> Result<(Path, Swarm<'a, S>), Error> {
    let (mut levels, mut changes) = (Vec::new(), longest_move(memory));
    let most = most_moves.unwrap_or(u64::MAX);
    loop {
        let last = levels.last().map(|level: &Level| level.height);
        let height = match next_height(swarm.heights(), last).filter(|_| levels.len() < MOST_LEVELS) {
            Some(Height::EXTREME) => return Ok((Path { levels, end: End::Extreme }, swarm)),
            Some(height) => height,
            None => return Ok((Path { levels, end: End::Stuck }, swarm)),
        };
        let left = most.saturating_sub(swarm.evaluations / swarm.heights().len() as u64);
        if left == 0 {
            levels.push(Level { height, changes, steps: 0 });
            return Ok((Path { levels, end: End::Limit }, swarm));
        }
        let survivors = swarm.survivors(height);
        swarm.resample(&survivors, stream);
        let level = settle(memory, &mut swarm, height, changes, left, stream)?;
        changes = level.changes;
        levels.push(level);
    }
}

/// Whether a level differs from the one before by its trend or its hash only.
fn has_ties(levels: &[Level]) -> bool {
    levels.windows(2).any(|pair| pair[0].height.ties_with(pair[1].height))
}

/// How many labellings the trend is learnt from at first: a small part of what a run evaluates, within 64 MB.
pub(super) fn first_lesson(particles: usize, units: usize) -> usize {
    (16 * particles).min((64 << 20) / (8 * units.div_ceil(64))).max(particles)
}

/// The height that a [`SHARE`] of the particles reaches; if that is no higher than the last level, because too many of
/// them are the same labelling, the lowest one that is; `None` where there is none.
fn next_height(heights: &[Height], last: Option<Height>) -> Option<Height> {
    let mut sorted = heights.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let aimed_at = sorted[(heights.len() as f64 * SHARE) as usize];
    if Some(aimed_at) > last { Some(aimed_at) } else { sorted.into_iter().rev().find(|&height| Some(height) > last) }
}

/// How many changes of labels, one by one, are to be accepted on each level. To forget all would take as many as
/// [`Moves::memory`](super::moves::Moves::memory) says, but it is enough that copies of a particle part so far that
/// their chances to reach the next level hardly depend on each other: this was best or close to it for sums, medians and
/// distances of 20 to 20,000 values.
fn turnover(memory: f64) -> f64 {
    (2.0 * memory.sqrt()).max(0.1 * memory)
}

/// The most changes in a move: one move of them is enough where it is accepted.
fn longest_move(memory: f64) -> u32 {
    (turnover(memory) as u32).max(1)
}

/// Moves the particles about above a level until enough has changed, and notes what that took. The length of the moves
/// follows their success.
fn settle<S: Statistic + ?Sized>(
    memory: f64,
    swarm: &mut Swarm<S>,
    height: Height,
    mut changes: u32,
    most_moves: u64,
    stream: &mut Stream,
) -> Result<Level, Error> {
    let patience = (PATIENCE * turnover(memory)).ceil() as u32;
    let (wanted, most) = (turnover(memory), patience.min(u32::try_from(most_moves).unwrap_or(u32::MAX)));
    let (mut changed, mut steps) = (0.0, 0);
    while changed < wanted && steps < most {
        let accepted = swarm.step(height, changes, stream)? as f64 / swarm.heights().len() as f64;
        changed += accepted * f64::from(changes);
        steps += 1;
        if accepted < HARD {
            changes = (changes / 2).max(1);
        } else if accepted > EASY {
            changes = (2 * changes).min(longest_move(memory));
        }
    }
    Ok(Level { height, changes, steps })
}

fn stuck(levels: usize) -> Error {
    let what = format!("splitting is stuck: no relabelling was found nearer to the data beyond level {levels}");
    Error::data(what, "draw resamples, or choose a statistic that exchanging two labels changes a little")
}

/// How many labellings a particle is in on the way to a p-value, from the sizes alone.
///
/// With z² ≈ 2·ln(1/p), the changes in a move that succeeds often enough are about memory/z², so that the moves of a
/// level grow with its number; the factor is fitted to sums, medians and distances of 20 to 20,000 values.
pub(super) fn expected_moves(memory: f64, log10_p: f64) -> f64 {
    let levels = (log10_p / SHARE.log10()).max(0.0);
    1.0 + levels + 1.25 * levels * levels * turnover(memory) / memory.max(1.0)
}

/// How many labels a particle exchanges on the way: of those that are proposed on a level about two fifths are accepted.
pub(super) fn expected_changes(memory: f64, log10_p: f64) -> f64 {
    2.5 * (log10_p / SHARE.log10()).max(0.0) * turnover(memory)
}

/// The decimal logarithm of the smallest p-value that no more than so much work leads to, if that grows with the depth.
pub(in crate::method) fn depth_within(most: f64, work: impl Fn(f64) -> f64) -> f64 {
    let depth = |levels: usize| levels as f64 * SHARE.log10();
    let levels = (1..=MOST_LEVELS).take_while(|&levels| work(depth(levels)) <= most).last().unwrap_or(0);
    depth(levels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::splitting::height::{Heights, OnUndefined, Tail};
    use crate::method::splitting::marks::{Mark, Marks};
    use crate::sampling::stream::Domain;
    use crate::statistic::Thresholds;

    fn heights(replicates: impl Iterator<Item = f64>) -> Vec<Height> {
        let thresholds = Thresholds::about(0.0, 100.0, 0.0);
        let heights = Heights { thresholds: &thresholds, tail: Tail::Upper, on_undefined: OnUndefined::Fail };
        let marks = Marks::random(1, false, &mut Stream::new(0, Domain::SplittingPilot, 0));
        replicates.map(|replicate| heights.of(replicate, Mark::default(), &marks).unwrap()).collect()
    }

    #[test]
    fn the_next_level_is_one_that_the_share_reaches_or_else_the_next_one_up() {
        let values = heights((0..10).map(f64::from));
        assert_eq!(next_height(&values, None), Some(values[6]));
        assert_eq!(next_height(&values, Some(values[5])), Some(values[6]));
        assert_eq!(next_height(&values, Some(values[8])), Some(values[9]));
        assert_eq!(next_height(&values, Some(values[9])), None);
        // Three of ten are extreme, but not four.
        let values = heights((0..10).map(|i| f64::from(i) + 93.0));
        assert_eq!(next_height(&values, None), Some(values[6]));
        assert_eq!(next_height(&heights((0..10).map(|i| f64::from(i) + 94.0)), None), Some(Height::EXTREME));
    }
}
