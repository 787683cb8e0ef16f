//! A proven interval for p where the numbers are too fine for the lattice.
//!
//! Rounded to multiples of h, x = h·q + e, the lattice holds the sums Q of the q exactly, and S = h·Q + E, where E is
//! never less than E₋ nor more than E₊, the smallest and the largest sum that the rounding errors of a labelling can have.
//! So P(h·Q ≥ t − E₋) ≤ P(S ≥ t) ≤ P(h·Q ≥ t − E₊), and likewise below. The interval narrows as h does.

use super::Algorithm;
use super::addends::Addends;
use super::convolve::{Tails, Work};
use super::cost::Cost;
use crate::design::Exchange;
use crate::error::Error;
use crate::message::{Message, Setting};
use crate::method::tail::Tail;
use crate::sampling::units::UnitSums;
use crate::statistic::Thresholds;

/// The relative width at which an interval is narrow enough.
pub const ENOUGH: f64 = 1e-3;

/// Additions of cells that an interval is worth, half a minute of one core.
pub const MOST_CELLS: f64 = 1e11;

/// An interval that a lattice twice as fine or finer leaves as wide as this will not become narrower.
const STUCK: f64 = 0.95;

/// A lattice that is finer by less than this is not worth its time.
const WORTHWHILE: f64 = 1.2;

/// Cells of the first, coarse lattice.
const FIRST_CELLS: f64 = 2e7;

/// What may be spent on the finest lattice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// Additions of cells.
    pub cells: f64,
    /// Bytes of memory.
    pub bytes: f64,
}

/// Tails that are certainly beyond the thresholds, and those that possibly are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// No labelling of these lies short of a threshold.
    pub certain: Tails<f64>,
    /// No labelling beyond a threshold is missing here.
    pub possible: Tails<f64>,
    /// Steps of the lattice between the smallest and the largest number, which says how fine it is.
    pub steps: f64,
}

impl Bounds {
    /// The interval of a tail's share.
    #[must_use]
    pub fn of(&self, tail: Tail) -> [f64; 2] {
        [tail.share(&self.certain), tail.share(&self.possible)]
    }

    fn relative_width(&self, tail: Tail) -> f64 {
        let [certain, possible] = self.of(tail);
        (possible - certain) / possible
    }

    /// Bounds on ever finer lattices, until those of one tail are within [`ENOUGH`] or the budget is used up.
    ///
    /// # Errors
    /// As [`count`](super::convolve::count); and [`Error::Data`] where not even a coarse lattice is within the budget.
    ///
    /// # Panics
    /// For a design that is neither subsets nor coins.
    pub fn run(
        sums: &UnitSums<i128>,
        exchange: &Exchange,
        thresholds: &Thresholds<i128>,
        tail: Tail,
        budget: Budget,
        work: Work,
    ) -> Result<Self, Error> {
        let range = range(sums, exchange);
        let coarse = |steps: f64| {
            Coarse::new(sums, exchange, thresholds, grid(range, steps)).expect("subsets or coins have two sides")
        };
        let is_affordable = |steps: f64| budget.covers(&coarse(steps).cost());
        if !is_affordable(1.0) {
            let remedy = Message::from("allow for more with ").and(Setting::MemoryLimit);
            return Err(Error::data("no lattice fits the memory", remedy));
        }
        // A lattice twice as fine costs twice as much, unless a few numbers lie far from all others.
        let cost = coarse(PROBE).cost();
        let most = PROBE * (budget.cells / cost.cells).min(budget.bytes / cost.cell_bytes);
        let mut steps = finest(1.0, most.min(PROBE * FIRST_CELLS / cost.cells).max(1.0), is_affordable);
        let mut before = f64::INFINITY;
        loop {
            let found = coarse(steps).count(steps, work)?;
            let width = found.relative_width(tail);
            // Where labellings tie with the data but for rounding, no lattice can tell them apart. A width of nearly 1 says
            // nothing yet.
            let is_stuck = before < 0.5 && width > STUCK * before;
            if width <= ENOUGH || steps >= most || is_stuck {
                return Ok(found);
            }
            before = width;
            // The width shrinks with the step; a little more than enough, at least twice as fine, or all that there is.
            let wanted = steps * (1.25 * width / ENOUGH).max(2.0);
            let finer = finest(steps, if wanted > 0.6 * most { most } else { wanted }, is_affordable);
            if finer < WORTHWHILE * steps {
                return Ok(found);
            }
            steps = finer;
        }
    }
}

impl Budget {
    /// Whether this is within it, but for a little time.
    fn covers(&self, cost: &Cost) -> bool {
        cost.cells <= 1.1 * self.cells && cost.cell_bytes <= self.bytes
    }
}

/// The largest number of steps from one that is affordable to one that is wanted, to a hundredth or so.
fn finest(mut affordable: f64, wanted: f64, is_affordable: impl Fn(f64) -> bool) -> f64 {
    if is_affordable(wanted) {
        return wanted;
    }
    let mut too_many = wanted;
    while too_many > 1.01 * affordable {
        let middle = (affordable * too_many).sqrt();
        if is_affordable(middle) { affordable = middle } else { too_many = middle }
    }
    affordable
}

/// Steps of the lattice whose cost is measured.
const PROBE: f64 = 1000.0;

/// The largest difference of two numbers that exchange their labels, or the largest that a coin decides upon.
fn range(sums: &UnitSums<i128>, exchange: &Exchange) -> i128 {
    match exchange {
        Exchange::Subsets(strata) => {
            let range = |changes: &[i128]| changes.iter().max().zip(changes.iter().min()).map_or(0, |(a, b)| a - b);
            strata.iter().map(|stratum| range(&sums.changes[stratum.units.clone()])).max().unwrap_or(0)
        }
        Exchange::Coins | Exchange::Orders(_) | Exchange::Other => {
            sums.changes.iter().map(|change| change.abs()).max().unwrap_or(0)
        }
    }
}

/// The multiple to round to for so many steps.
fn grid(range: i128, steps: f64) -> i128 {
    ((range as f64 / steps).ceil() as i128).max(1)
}

/// The rounded numbers, with the thresholds for what is certain and for what is possible.
struct Coarse(Addends);

impl Coarse {
    fn new(sums: &UnitSums<i128>, exchange: &Exchange, thresholds: &Thresholds<i128>, h: i128) -> Option<Self> {
        let (changes, errors) = rounded(&sums.changes, h);
        let coarse = UnitSums { base: 0, changes };
        let [least, most] = error_range(&errors, exchange)?;
        let at_least = |threshold: i128, error: i128| -(-(threshold - sums.base - error)).div_euclid(h);
        let at_most = |threshold: i128, error: i128| (threshold - sums.base - error).div_euclid(h);
        let thresholds = |[for_upper, for_lower]: [i128; 2]| Thresholds {
            observed: at_least(thresholds.observed, for_upper),
            greater_equal: at_least(thresholds.greater_equal, for_upper),
            less_equal: at_most(thresholds.less_equal, for_lower),
            far_above: at_least(thresholds.far_above, for_upper),
            far_below: at_most(thresholds.far_below, for_lower),
        };
        let both = [thresholds([least, most]), thresholds([most, least])];
        Addends::new(&coarse, exchange, &both).map(Self)
    }

    fn cost(&self) -> Cost {
        Cost::of(&self.0)
    }

    fn count(&self, steps: f64, work: Work) -> Result<Bounds, Error> {
        (work.begin)(self.cost().units, "units");
        let tails = super::count(Algorithm::Lattice, &self.0, work)?;
        let [certain, possible] = tails[..] else { unreachable!("two sets of thresholds") };
        // The observed labelling is beyond its own thresholds, and none is beyond fewer than it is.
        let at_least_itself = |count: f64| count.max(1.0_f64.min(certain.all));
        let certain = Tails {
            greater_equal: at_least_itself(certain.greater_equal),
            less_equal: at_least_itself(certain.less_equal),
            absolute: at_least_itself(certain.absolute),
            ..certain
        };
        Ok(Bounds { certain, possible, steps })
    }
}

/// The smallest and the largest sum of rounding errors.
fn error_range(errors: &[i128], exchange: &Exchange) -> Option<[i128; 2]> {
    match exchange {
        Exchange::Subsets(strata) => {
            let mut range = [0, 0];
            for stratum in strata {
                let mut sorted = errors[stratum.units.clone()].to_vec();
                sorted.sort_unstable();
                range[0] += sorted[..stratum.m].iter().sum::<i128>();
                range[1] += sorted[sorted.len() - stratum.m..].iter().sum::<i128>();
            }
            Some(range)
        }
        Exchange::Coins => {
            let of_sign = |is_it: fn(&&i128) -> bool| errors.iter().filter(is_it).sum();
            Some([of_sign(|error| **error < 0), of_sign(|error| **error > 0)])
        }
        Exchange::Orders(_) | Exchange::Other => None,
    }
}

/// What bounds within [`ENOUGH`] would take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// Additions of cells for the finest lattice.
    pub cells: f64,
    /// Its bytes.
    pub bytes: f64,
}

impl Forecast {
    /// The forecast for a p-value whose logarithm falls by `slope` for each 1 of the observed sum: the errors of a lattice
    /// of step h move the threshold by (E₊ − E₋), so that the interval's relative width is the slope times that.
    #[must_use]
    pub fn of(sums: &UnitSums<i128>, exchange: &Exchange, slope: f64) -> Self {
        let range = range(sums, exchange);
        let mut steps = PROBE;
        // The errors shrink with the step, but not before it is smaller than most of the numbers.
        for _ in 0..MOST_REFINEMENTS {
            let (_, errors) = rounded(&sums.changes, grid(range, steps));
            let Some([least, most]) = error_range(&errors, exchange) else { break };
            let excess = slope * (most - least) as f64 / ENOUGH;
            if excess <= 1.1 {
                break;
            }
            steps *= excess;
        }
        let (changes, _) = rounded(&sums.changes, grid(range, steps));
        let cost = Addends::new(&UnitSums { base: 0, changes }, exchange, &[]).map(|addends| Cost::of(&addends));
        let [cells, bytes] = cost.map_or([f64::INFINITY; 2], |cost| [cost.cells, cost.cell_bytes]);
        Self { cells, bytes }
    }
}

/// How often a forecast is refined.
const MOST_REFINEMENTS: usize = 5;

/// The numbers in whole multiples of h, and what is left of each.
fn rounded(numbers: &[i128], h: i128) -> (Vec<i128>, Vec<i128>) {
    let whole = |x: i128| (x + h / 2).div_euclid(h);
    numbers.iter().map(|&x| (whole(x), x - h * whole(x))).unzip()
}
