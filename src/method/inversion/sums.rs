//! The exact interval of a difference of means from the distribution of its sums, where labellings are too many to list.
//!
//! What a labelling A is compared by, at every shift at once, is its sum S and the number K of the case units that it
//! leaves in place ([`super::crossings`]). For two samples that is a sum over k of the m case units and one over m − k of
//! the others, which are counted apart, each for every k: then the p-value of a shift is, for each k, the number of pairs
//! of such sums beyond a threshold, and costs no more than the counts of sums that there are. For pairs the sums over so
//! many swapped pairs take the place of both. The p-value jumps at fractions of whole numbers only: an end is bracketed by
//! a search until few of them are left, and is then one of these.

use std::ops::RangeInclusive;

use super::super::engine;
use super::super::exact::addends::Side;
use super::super::exact::convolve::{Multiset, Threshold, Work, build};
use super::super::exact::cost::Cost;
use super::super::exact::dense::Dense;
use super::super::exact::sorted_sums::Listed;
use super::super::tail::Tail;
use super::Beyond;
use super::crossings::Means;
use super::search::{Bracket, Search, rejects};
use crate::design::{Exchange, combinations};
use crate::error::Error;
use crate::sampling::units::UnitSums;
use crate::simd::Arch;
use crate::statistic::Problem;
use crate::statistic::linear::scores::{Exactness, greatest_common_divisor};
use crate::statistic::linear::{Centre, Linear};

/// What may be spent: additions of cells, entries of lists in one p-value, bytes.
const MOST_CELLS: f64 = 1e9;
const MOST_ENTRIES: f64 = 1e6;
const MOST_BYTES: f64 = 256e6;

/// Shifts are tried in steps of one part in so many of a unit of the scores.
const PARTS: f64 = 65_536.0;

/// Jumps of the p-value that a bracket may hold before they are tried one by one.
const MOST_JUMPS: f64 = 1024.0;

/// Sums times numbers of units stay below this, so that products of them fit.
const LIMIT: i128 = 1 << 84;

/// Numbers of units that less than this share of the labellings leave in place do not matter to a double.
const NEGLIGIBLE_LOG10: f64 = -20.0;

/// The sums of all labellings by the number of units that are left in place.
pub struct KeptSums {
    sides: [Side; 2],
    counts: [RangeInclusive<usize>; 2],
    lines: Vec<Line>,
    is_lattice: bool,
    /// S = offset + step·(U − V).
    step: i128,
    observed: i128,
    n_case: i128,
    means: Means,
    /// What a unit of S is worth: `divisor / denominator · unit`.
    divisor: i128,
    denominator: f64,
    unit: f64,
    /// The standard deviation of S − ΔK over all labellings, at the shift where the data are at their mean.
    deviation: f64,
}

/// Labellings that leave as many case units in place: pairs of one sum of each side.
struct Line {
    rows: [usize; 2],
    kept: i128,
    offset: i128,
}

/// A fraction with a positive denominator.
#[derive(Clone, Copy)]
struct Fraction {
    numerator: i128,
    denominator: i128,
}

/// An end of the interval, as seen from the other one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Low,
    High,
}

/// What each unit is to the sums.
struct Parts {
    sides: [Side; 2],
    counts: [RangeInclusive<usize>; 2],
    /// By the number taken from each side: how many case observations are kept, and the offset.
    lines: Vec<Line>,
}

impl KeptSums {
    /// Of a difference of means of a problem, or an increasing function of it: `None` for several strata, for clusters of
    /// several sizes, for values that are not known exactly, and for what would cost more than a moment, or more than so many
    /// bytes of memory.
    #[must_use]
    pub fn new(problem: &Problem, linear: &Linear, observed: i64, memory: u64) -> Option<Self> {
        let most_bytes = MOST_BYTES.min(memory as f64);
        let (design, pool) = (problem.design(), problem.pool());
        if design.case_size().is_none() || linear.exactness() != Exactness::Exact {
            return None;
        }
        let ones: Vec<i128> = pool.labels().iter().map(|&label| i128::from(label)).collect();
        let (exact, kept) = (linear.exact_sums(observed), design.units().sums(&ones));
        let labelling = design.observed();
        let is_set = |unit: usize| labelling[unit / 64] >> (unit % 64) & 1 == 1;
        let observed = exact.thresholds.observed;
        let units = Units { sums: &exact.sums, kept: &kept, is_set: &is_set, observed, n_case: problem.n_case() };
        let number = pool.len() as i128;
        let reach = exact.sums.changes.iter().map(|change| change.abs()).sum::<i128>() + exact.sums.base.abs() + 1;
        if reach.checked_mul(number * number)? > LIMIT {
            return None;
        }
        let centres = [&exact.sums, &kept].map(|sums| Centre::of(design, &[], sums, problem.n_case()));
        let parts = |is_lattice: bool| match design.exchange() {
            Exchange::Subsets(ranges) if ranges.len() == 1 => units.two_samples(),
            Exchange::Coins => units.pairs(is_lattice),
            Exchange::Subsets(_) | Exchange::Orders(_) | Exchange::Other => None,
        };
        let is_affordable = |parts: &Parts, is_lattice: bool| {
            let [above, below] = &parts.sides;
            let cost = Cost::of_sides([above, below], parts.counts.clone());
            if is_lattice {
                cost.cells <= MOST_CELLS && 3.0 * cost.cell_bytes <= most_bytes
            } else {
                parts.entries() <= MOST_ENTRIES && cost.entry_bytes <= most_bytes
            }
        };
        let lattice = parts(true).filter(|parts| is_affordable(parts, true));
        let is_lattice = lattice.is_some();
        let parts = lattice.or_else(|| parts(false).filter(|parts| is_affordable(parts, false)))?;
        let (means, scores) = (Means::of(centres), pool.scores());
        let mut known = Self {
            sides: parts.sides,
            counts: parts.counts,
            lines: parts.lines,
            is_lattice,
            step: 1,
            observed,
            n_case: problem.n_case() as i128,
            means,
            divisor: scores.divisor / exact.step,
            denominator: scores.denominator,
            unit: scores.unit,
            deviation: 0.0,
        };
        known.step = known.divide_by_common();
        known.deviation = units.deviation(known.centre(), &design.exchange());
        Some(known)
    }

    /// The shifts that the test does not reject at the level 1 − `confidence`, if its p-value measures that tail.
    ///
    /// # Errors
    /// [`Error::Data`] for a confidence that does not lie between 0 and 1, or when threads cannot be had, and
    /// [`Error::Interrupted`] once it is to stop.
    pub fn interval(&self, shift: f64, tail: Tail, confidence: f64, work: Work) -> Result<[f64; 2], Error> {
        let beyond = Beyond::of(tail, confidence)?;
        (work.begin)(self.sides.iter().map(|side| side.open.len() as u64).sum(), "units");
        let largest = self.sides.iter().map(|side| side.open.iter().sum::<i128>()).max().unwrap_or(0);
        let is_narrow = largest < i128::from(i64::MAX) / 4;
        let ends = engine::install(work.threads, || match (self.is_lattice, is_narrow) {
            (true, _) => self.ends::<Dense<f64>>(tail, beyond, work),
            (false, true) => self.ends::<Listed<i64>>(tail, beyond, work),
            (false, false) => self.ends::<Listed<i128>>(tail, beyond, work),
        })??;
        let [low, high] = ends.map(|end| end.map(|end| self.value(end) + shift));
        Ok([low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY)])
    }

    fn ends<M: Multiset>(&self, tail: Tail, beyond: Beyond, work: Work) -> Result<[Option<Fraction>; 2], Error> {
        let rows = |side: usize| -> Result<Vec<M::Ready>, Error> {
            Ok(build::<M>(&self.sides[side], self.counts[side].clone(), work)?.into_iter().map(M::ready).collect())
        };
        let (above, below) = engine::join(|| rows(0), || rows(1));
        let counted = Counted::<M> { sums: self, rows: [above?, below?], arch: work.arch, tail };
        let all = counted.pairs(|_| [None, None]);
        let end = |end: End, share: Option<f64>| share.map_or(Ok(None), |level| counted.end(end, level, all));
        Ok([end(End::Low, beyond.low)?, end(End::High, beyond.high)?])
    }

    fn divide_by_common(&mut self) -> i128 {
        let addends = || self.sides.iter().flat_map(|side| &side.open);
        let step = addends().fold(0, |step, &addend| greatest_common_divisor(step, addend)).max(1);
        self.sides.iter_mut().flat_map(|side| &mut side.open).for_each(|addend| *addend /= step);
        step
    }

    /// The shift at which the data are at the mean of all labellings.
    fn centre(&self) -> f64 {
        let Means { sum, kept, denominator } = self.means;
        (self.observed * denominator - sum) as f64 / (self.n_case * denominator - kept) as f64
    }

    /// A shift in units of the data, by one division of integers for decimals.
    fn value(&self, Fraction { numerator, denominator }: Fraction) -> f64 {
        let whole = numerator.checked_mul(self.divisor);
        let whole = whole.map_or_else(|| numerator as f64 * self.divisor as f64, |whole| whole as f64);
        whole / (self.denominator * denominator as f64) * self.unit
    }

    /// The shifts at which the labellings of a line with the sum S cross the data and, for the absolute rule, their mirror
    /// image: (a + b·S)/q for each of these; none where that never happens.
    fn crossings(&self, line: &Line, tail: Tail) -> [Option<[i128; 3]>; 2] {
        let Means { sum, kept, denominator } = self.means;
        let moved = self.n_case - line.kept;
        let stayed = (self.n_case + line.kept) * denominator - 2 * kept;
        let mirrored = [self.observed * denominator - 2 * sum, denominator, stayed];
        // What touches the mirror image at every shift crosses nothing, and neither does the labelling of the data.
        let is_fixed = moved == 0 || (tail == Tail::Absolute && stayed == 0);
        [(!is_fixed).then_some([self.observed, -1, moved]), (!is_fixed && tail == Tail::Absolute).then_some(mirrored)]
    }
}

/// The sums, counted.
struct Counted<'a, M: Multiset> {
    sums: &'a KeptSums,
    rows: [Vec<M::Ready>; 2],
    arch: Arch,
    tail: Tail,
}

impl<M: Multiset> Counted<'_, M> {
    /// The number of labellings that are within either of the thresholds of their line.
    fn pairs(&self, thresholds: impl Fn(&Line) -> [Option<Threshold>; 2] + Sync) -> f64 {
        let of_line = |number: usize| {
            let line = &self.sums.lines[number];
            let [above, below] = [&self.rows[0][line.rows[0]], &self.rows[1][line.rows[1]]];
            match thresholds(line) {
                [None, None] => M::pairs(above, below, None, self.arch),
                thresholds => {
                    let count = |threshold| M::pairs(above, below, Some(threshold), self.arch);
                    thresholds.into_iter().flatten().map(count).sum()
                }
            }
        };
        engine::map(self.sums.lines.len(), of_line).into_iter().sum()
    }

    /// The number of labellings as extreme as the data at a shift on one side of the data's centre.
    fn extreme(&self, end: End, shift: Fraction) -> f64 {
        let Fraction { numerator: p, denominator: q } = shift;
        self.pairs(|line| {
            let place = |sum: i128, by: i128, is_at_least: bool| {
                // S against sum/by, as a threshold of U − V.
                let (numerator, denominator) = (sum - line.offset * by, by * self.sums.step);
                if is_at_least {
                    Threshold::AtLeast(-(-numerator).div_euclid(denominator))
                } else {
                    Threshold::AtMost(numerator.div_euclid(denominator))
                }
            };
            match self.sums.crossings(line, self.tail) {
                // Extreme at every shift, whatever the sum.
                [None, None] => [None, None],
                [one, mirrored] => [
                    one.map(|[a, _, moved]| place(a * q - p * moved, q, end == End::Low)),
                    mirrored.map(|[a, b, stayed]| place(p * stayed - a * q, b * q, end == End::High)),
                ],
            }
        })
    }

    fn end(&self, end: End, level: f64, all: f64) -> Result<Option<Fraction>, Error> {
        let (sums, sign) = (self.sums, if end == End::Low { -1.0 } else { 1.0 });
        let exactly = |shift: f64| Fraction { numerator: (shift * PARTS).round() as i128, denominator: PARTS as i128 };
        let p = |shift: f64| Ok(self.extreme(end, exactly(shift)) / all);
        let centre = sums.centre();
        let guess = centre
            + sign * 2.0 * sums.deviation
                / (sums.n_case as f64 - sums.means.kept as f64 / sums.means.denominator as f64);
        let far = sign * self.reach();
        let search = Search { p: &p, level, centre, guess, far, opposite: -far, may_rise: false };
        let Some(bracket) = search.run(|bracket| self.jumps_in(bracket).0 <= MOST_JUMPS)? else { return Ok(None) };
        let mut jumps = Vec::new();
        for (numbers, [a, b, q], offset) in self.jumps_in(bracket).1 {
            jumps.extend(
                numbers.map(|number| Fraction { numerator: a + b * (offset + sums.step * number), denominator: q }),
            );
        }
        // From outside in, as the p-value rises.
        jumps.sort_unstable_by(|one, other| {
            (one.numerator * other.denominator).cmp(&(other.numerator * one.denominator))
        });
        if end == End::High {
            jumps.reverse();
        }
        let is_rejected = |jump: &Fraction| rejects(self.extreme(end, *jump) / all, level);
        let place = jumps.partition_point(is_rejected);
        Ok(Some(jumps.get(place).copied().unwrap_or_else(|| exactly(bracket.inside))))
    }

    /// No jump is further from 0 than this.
    fn reach(&self) -> f64 {
        let sums = self.sums;
        let side = |side: &Side| side.open.iter().sum::<i128>() * sums.step;
        let offset = sums.lines.iter().map(|line| line.offset.abs()).max().unwrap_or(0);
        let sum = (offset + sums.sides.iter().map(side).sum::<i128>() + sums.observed.abs()) as f64;
        2.0 * sum * sums.means.denominator as f64 + 1.0
    }

    /// About how many jumps a bracket holds, and which: for each line and crossing the differences U − V.
    #[allow(clippy::type_complexity)]
    fn jumps_in(&self, bracket: Bracket) -> (f64, Vec<(RangeInclusive<i128>, [i128; 3], i128)>) {
        let sums = self.sums;
        let (low, high) = (bracket.outside.min(bracket.inside), bracket.outside.max(bracket.inside));
        let (low, high) = ((low * PARTS).floor() as i128 - 1, (high * PARTS).ceil() as i128 + 1);
        let parts = PARTS as i128;
        let mut jumps = Vec::new();
        for line in &sums.lines {
            for crossing @ [a, b, q] in sums.crossings(line, self.tail).into_iter().flatten() {
                // b·S between the shifts times q, less a.
                let [one, other] = [low, high].map(|shift| shift * q - a * parts);
                let (from, to) = if b > 0 { (one, other) } else { (-other, -one) };
                let by = parts * b.abs();
                let number = |sum: i128| (sum - line.offset * by, by * sums.step);
                let ((from, divisor), (to, _)) = (number(from), number(to));
                let widest = |side: &Side| side.open.iter().sum::<i128>();
                let first = (-(-from).div_euclid(divisor)).max(-widest(&sums.sides[1]));
                let last = to.div_euclid(divisor).min(widest(&sums.sides[0]));
                if first <= last {
                    jumps.push((first..=last, crossing, line.offset));
                }
            }
        }
        (jumps.iter().map(|(numbers, ..)| (numbers.end() - numbers.start() + 1) as f64).sum(), jumps)
    }
}

/// What each unit adds to S and to K, and whether it is set in the data.
struct Units<'a> {
    sums: &'a UnitSums<i128>,
    kept: &'a UnitSums<i128>,
    is_set: &'a dyn Fn(usize) -> bool,
    observed: i128,
    n_case: usize,
}

impl Units<'_> {
    /// Case units that are kept on one side, control units that are taken on the other.
    fn two_samples(&self) -> Option<Parts> {
        let units = 0..self.sums.changes.len();
        let (case, control): (Vec<usize>, Vec<usize>) = units.partition(|&unit| (self.is_set)(unit));
        let size = self.kept.changes[*case.first()?];
        let is_as_large = |units: &[usize], size: i128| units.iter().all(|&unit| self.kept.changes[unit] == size);
        if self.kept.base != 0 || !is_as_large(&case, size) || !is_as_large(&control, 0) {
            return None;
        }
        let sums = |units: &[usize]| units.iter().map(|&unit| self.sums.changes[unit]).collect::<Vec<_>>();
        let (case, control) = (sums(&case), sums(&control));
        let (m, n) = (case.len(), control.len());
        let (above, least) = distances_above(case);
        let (below, most) = distances_below(control);
        let log10 = |k: usize| {
            let [m, n] = [m as u64, n as u64];
            combinations::log10(m, k as u64) + combinations::log10(n, m - k as u64) - combinations::log10(m + n, m)
        };
        let likely: Vec<usize> = (m.saturating_sub(n)..=m).filter(|&k| log10(k) > NEGLIGIBLE_LOG10).collect();
        let (fewest, largest) = (*likely.first()?, *likely.last()?);
        let lines = likely.iter().map(|&k| Line {
            rows: [k - fewest, largest - k],
            kept: k as i128 * size,
            offset: self.sums.base + k as i128 * least + (m - k) as i128 * most,
        });
        Some(Parts {
            lines: lines.collect(),
            sides: [above, below],
            counts: [fewest..=largest, m - largest..=m - fewest],
        })
    }

    /// Swapped pairs, half of them on each side for lists.
    fn pairs(&self, is_lattice: bool) -> Option<Parts> {
        let units = 0..self.sums.changes.len();
        let swap = |changes: &[i128], unit: usize| if (self.is_set)(unit) { -changes[unit] } else { changes[unit] };
        let size = -swap(&self.kept.changes, 0);
        if size <= 0 || units.clone().any(|unit| swap(&self.kept.changes, unit) != -size) {
            return None;
        }
        let mut one: Vec<i128> = units.map(|unit| swap(&self.sums.changes, unit)).collect();
        one.sort_unstable();
        let other = if is_lattice { Vec::new() } else { one.split_off(one.len() / 2) };
        let counts = [0..=one.len(), 0..=other.len()];
        let (above, least) = distances_above(one);
        let (below, most) = distances_below(other);
        let line = |i: usize, j: usize| Line {
            rows: [i, j],
            kept: self.n_case as i128 - (i + j) as i128 * size,
            offset: self.observed + i as i128 * least + j as i128 * most,
        };
        let lines = counts[0].clone().flat_map(|i| counts[1].clone().map(move |j| line(i, j)));
        Some(Parts { lines: lines.collect(), sides: [above, below], counts })
    }

    /// The standard deviation of S − ΔK over all labellings.
    fn deviation(&self, shift: f64, exchange: &Exchange) -> f64 {
        let changes = self.sums.changes.iter().zip(&self.kept.changes);
        let values: Vec<f64> = changes.map(|(&sum, &kept)| sum as f64 - shift * kept as f64).collect();
        let number = values.len() as f64;
        if *exchange == Exchange::Coins {
            return values.iter().map(|value| value * value).sum::<f64>().sqrt() / 2.0;
        }
        let mean = values.iter().sum::<f64>() / number;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let set = (0..values.len()).filter(|&unit| (self.is_set)(unit)).count() as f64;
        (set * (number - set) / (number * (number - 1.0)) * squares).sqrt()
    }
}

impl Parts {
    /// Entries of lists that one p-value looks at.
    fn entries(&self) -> f64 {
        let entries = |side: usize, row: usize| {
            let taken = self.counts[side].start() + row;
            combinations::approximate(self.sides[side].open.len() as u64, taken as u64).unwrap_or(f64::INFINITY)
        };
        self.lines.iter().map(|line| entries(0, line.rows[0]) + entries(1, line.rows[1])).sum()
    }
}

/// A side of numbers less the least of them.
fn distances_above(mut numbers: Vec<i128>) -> (Side, i128) {
    numbers.sort_unstable();
    let least = numbers.first().copied().unwrap_or(0);
    (Side { open: numbers.iter().map(|number| number - least).collect(), ..Side::default() }, least)
}

/// A side of what numbers lack to the largest of them.
fn distances_below(mut numbers: Vec<i128>) -> (Side, i128) {
    numbers.sort_unstable();
    let most = numbers.last().copied().unwrap_or(0);
    (Side { open: numbers.iter().rev().map(|number| most - number).collect(), ..Side::default() }, most)
}
