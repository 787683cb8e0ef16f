//! What an exact computation would cost, from the numbers alone.

use std::ops::RangeInclusive;

use super::addends::{Addends, Side};
use super::convolve::PAIRS_AT_ONCE;
use crate::design::combinations;

/// Rows whose cost is added up one by one; more of them are out of reach anyway.
const MOST_ROWS: usize = 4_000_000;

/// The work and the memory of both exact methods; infinite where they are out of reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Additions of one cell to another one of the lattice.
    pub cells: f64,
    /// Bytes of the lattice at its largest, with the running totals of the rows that are set against each other.
    pub cell_bytes: f64,
    /// Entries written to the sorted lists, those that are written again among them.
    pub entries: f64,
    /// Bytes of the sorted lists.
    pub entry_bytes: f64,
    /// Units that are added to a side, one after the other.
    pub units: u64,
}

impl Cost {
    /// The cost of both sides.
    #[must_use]
    pub fn of(addends: &Addends) -> Self {
        Self::of_sides([&addends.above, &addends.below], [addends.from_above(), addends.from_below()])
    }

    /// The cost of sides from whose open halves so many units are taken.
    #[must_use]
    pub fn of_sides(sides: [&Side; 2], counts: [RangeInclusive<usize>; 2]) -> Self {
        let largest = sides.map(Side::largest_sum).into_iter().max().unwrap_or(0);
        let [counts_above, counts_below] = counts;
        let [above, below] = [SideCost::of(sides[0], counts_above), SideCost::of(sides[1], counts_below)];
        let entry = if largest < i128::from(i64::MAX) / 4 { 8.0 } else { 16.0 };
        Self {
            cells: above.cells + below.cells,
            cell_bytes: 8.0 * (above.most_cells + below.most_cells).max(tally_cells(&above, &below)),
            entries: above.entries + below.entries,
            entry_bytes: entry * (above.most_entries + below.most_entries),
            units: (above.units + below.units) as u64,
        }
    }
}

/// Cells while rows are set against each other: all of both sides, and for as many pairs as are at work at a time a copy of
/// one row and two running totals of the other.
fn tally_cells(above: &SideCost, below: &SideCost) -> f64 {
    let mut copies: Vec<f64> = above.rows.iter().zip(below.rows.iter().rev()).map(|(a, b)| a + 2.0 * b).collect();
    copies.sort_by(|a, b| b.total_cmp(a));
    let all: f64 = above.rows.iter().chain(&below.rows).sum();
    all + copies.iter().take(PAIRS_AT_ONCE).sum::<f64>()
}

impl Addends {
    /// The largest sum on either side: whether sums fit 64 bits.
    #[must_use]
    pub fn largest_sum(&self) -> i128 {
        [&self.above, &self.below].map(Side::largest_sum).into_iter().max().unwrap_or(0)
    }
}

impl Side {
    /// The sum of all its numbers.
    #[must_use]
    pub fn largest_sum(&self) -> i128 {
        let strata = self.strata.iter().flat_map(|stratum| &stratum.addends);
        self.coins.iter().chain(strata).chain(&self.open).sum()
    }

    fn units(&self) -> usize {
        self.coins.len() + self.strata.iter().map(|stratum| stratum.addends.len()).sum::<usize>() + self.open.len()
    }
}

/// One side's part, and what it is so far.
struct SideCost {
    cells: f64,
    entries: f64,
    /// Cells of the rows of the side as a whole, by their number of units.
    rows: Vec<f64>,
    /// The most that is held at a time.
    most_cells: f64,
    most_entries: f64,
    units: usize,
    /// Sums and labellings of what is built.
    width: f64,
    labellings: f64,
}

impl SideCost {
    fn of(side: &Side, counts: RangeInclusive<usize>) -> Self {
        let mut cost = Self {
            cells: 0.0,
            entries: 0.0,
            rows: Vec::new(),
            most_cells: 1.0,
            most_entries: 1.0,
            units: side.units(),
            width: 1.0,
            labellings: 1.0,
        };
        for &coin in &side.coins {
            let before = cost.width;
            cost.cells += 2.0 * before;
            cost.width += coin as f64;
            cost.labellings *= 2.0;
            cost.entries += cost.labellings;
            cost.hold(before + cost.width, 1.5 * cost.labellings);
        }
        for stratum in &side.strata {
            cost.choose(&stratum.addends, &(stratum.m..=stratum.m));
            let (least, most) = (&stratum.addends[..stratum.m], &stratum.addends[stratum.addends.len() - stratum.m..]);
            cost.width += (most.iter().sum::<i128>() - least.iter().sum::<i128>()) as f64;
            cost.labellings *= choices(stratum.addends.len(), stratum.m);
        }
        cost.choose(&side.open, &counts);
        cost
    }

    fn hold(&mut self, cells: f64, entries: f64) {
        self.most_cells = self.most_cells.max(cells);
        self.most_entries = self.most_entries.max(entries);
    }

    /// Follows the rows of k units as they are built; see [`super::sides`].
    fn choose(&mut self, addends: &[i128], counts: &RangeInclusive<usize>) {
        let (fewest, most) = (*counts.start(), *counts.end());
        let n = addends.len();
        if n.saturating_mul(most.min(n)) > MOST_ROWS {
            self.hold(f64::INFINITY, f64::INFINITY);
            self.rows = vec![f64::INFINITY];
            (self.cells, self.entries) = (f64::INFINITY, f64::INFINITY);
            return;
        }
        let mut sums = vec![0.0; n + 1];
        for (i, &addend) in addends.iter().enumerate() {
            sums[i + 1] = sums[i] + addend as f64;
        }
        // The sums of k of the first i numbers, which ascend.
        let width = |i: usize, k: usize| self.width + (sums[i] - sums[i - k]) - sums[k];
        let (mut cells, mut entries) = (0.0, 0.0);
        for unit in 0..n {
            let lowest = fewest.saturating_sub(n - unit - 1).max(1);
            // C(unit, k − 1), one after the other.
            let mut labellings = choices(unit, lowest - 1);
            for k in lowest..=most.min(unit + 1) {
                cells += width(unit, k - 1);
                labellings *= if k > lowest { (unit + 2 - k) as f64 / (k - 1) as f64 } else { 1.0 };
                // Merging writes what was there, too: C(unit + 1, k).
                entries += labellings * (unit + 1) as f64 / k as f64 * self.labellings;
            }
        }
        let held = (0..=most.min(n)).map(|k| {
            let seen = n - fewest.saturating_sub(k).min(n - k);
            (width(seen, k), choices(seen, k) * self.labellings)
        });
        let (mut rows, entries_of_rows): (Vec<f64>, Vec<f64>) = held.unzip();
        let (held_cells, held_entries) = (rows.iter().sum(), entries_of_rows.iter().sum());
        self.rows = rows.split_off(fewest.min(rows.len()));
        self.cells += cells;
        self.entries += entries;
        self.hold(held_cells, held_entries);
    }
}

fn choices(n: usize, m: usize) -> f64 {
    combinations::approximate(n as u64, m as u64).unwrap_or(f64::INFINITY)
}
