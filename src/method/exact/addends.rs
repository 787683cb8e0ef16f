//! A linear statistic as the difference of two sums of non-negative integers: what both exact methods work on.
//!
//! S = offset + step·(U − V), where U and V add up independent choices. The largest stratum, the *pivot*, is cut at its
//! median: units above it belong to U and add their distance from it, units below belong to V and add theirs, and k units
//! from above go with m − k from below. Every other stratum, and each coin, is on one side as a whole: on U's as its
//! distances from its least value, on V's as those from its largest. Distances ascend, so that what is added first is
//! small and the sums of a few units lie close together.

use crate::design::{Exchange, combinations};
use crate::sampling::units::UnitSums;
use crate::statistic::Thresholds;
use crate::statistic::linear::scores::greatest_common_divisor;

/// U and V, and the thresholds of the statistic as thresholds of U − V.
#[derive(Debug, Clone)]
pub struct Addends {
    /// U, the units above the pivot's median among them.
    pub above: Side,
    /// V, the units below it among them.
    pub below: Side,
    /// Units of the pivot that are set, m: k from above and m − k from below.
    pub m: usize,
    /// Thresholds of U − V, one for each that was asked for.
    pub thresholds: Vec<Thresholds<i128>>,
}

/// One of the two sums. All numbers are at least 0, and each list ascends.
#[derive(Debug, Clone, Default)]
pub struct Side {
    /// What coins add or not.
    pub coins: Vec<i128>,
    /// Strata of which m units are set.
    pub strata: Vec<Stratum>,
    /// The half of the pivot.
    pub open: Vec<i128>,
}

/// Numbers of which any m may be added.
#[derive(Debug, Clone)]
pub struct Stratum {
    /// The numbers.
    pub addends: Vec<i128>,
    /// How many are added.
    pub m: usize,
}

impl Addends {
    /// Takes a sum over the set units apart; `None` for a design that is neither subsets nor coins.
    #[must_use]
    pub fn new(sums: &UnitSums<i128>, exchange: &Exchange, thresholds: &[Thresholds<i128>]) -> Option<Self> {
        let mut parts = Parts::of(sums, exchange)?;
        let [mut above, mut below] = [Side::default(), Side::default()];
        // Bits that each side has to choose.
        let mut loads = [0.0f64; 2];
        let mut m = 0;
        if let Some(pivot) = parts.take_largest() {
            m = pivot.m;
            let (low, high) = pivot.addends.split_at(pivot.addends.len() / 2);
            let median = low[low.len() - 1];
            parts.offset += median * m as i128;
            above.open = high.iter().map(|x| x - median).collect();
            below.open = low.iter().rev().map(|x| median - x).collect();
        }
        for Stratum { addends, m } in parts.strata {
            let side = usize::from(loads[1] < loads[0]);
            loads[side] += combinations::log10(addends.len() as u64, m as u64) / std::f64::consts::LOG10_2;
            let (least, most) = (addends[0], addends[addends.len() - 1]);
            if side == 0 {
                parts.offset += least * m as i128;
                above.strata.push(Stratum { addends: addends.iter().map(|x| x - least).collect(), m });
            } else {
                parts.offset += most * m as i128;
                below.strata.push(Stratum { addends: addends.iter().rev().map(|x| most - x).collect(), m });
            }
        }
        for coin in parts.coins {
            let side = usize::from(loads[1] < loads[0]);
            loads[side] += 1.0;
            // What V loses when a coin falls is what S wins.
            let is_mirrored = if side == 0 { coin < 0 } else { coin > 0 };
            parts.offset += if is_mirrored { coin } else { 0 };
            [&mut above, &mut below][side].coins.push(coin.abs());
        }
        above.coins.sort_unstable();
        below.coins.sort_unstable();
        let step = divide_by_common(&mut above, &mut below);
        let place = |sum: i128| sum - parts.offset;
        let at_least = |sum| -(-place(sum)).div_euclid(step);
        let at_most = |sum| place(sum).div_euclid(step);
        let thresholds = thresholds.iter().map(|thresholds| Thresholds {
            observed: at_least(thresholds.observed),
            greater_equal: at_least(thresholds.greater_equal),
            less_equal: at_most(thresholds.less_equal),
            far_above: at_least(thresholds.far_above),
            far_below: at_most(thresholds.far_below),
        });
        Some(Self { above, below, m, thresholds: thresholds.collect() })
    }

    /// How many units of the pivot may come from above.
    #[must_use]
    pub fn from_above(&self) -> std::ops::RangeInclusive<usize> {
        self.m.saturating_sub(self.below.open.len())..=self.m.min(self.above.open.len())
    }

    /// How many may come from below.
    #[must_use]
    pub fn from_below(&self) -> std::ops::RangeInclusive<usize> {
        let from_above = self.from_above();
        self.m - from_above.end()..=self.m - from_above.start()
    }
}

/// Divides all numbers by their greatest common divisor, and returns it.
fn divide_by_common(above: &mut Side, below: &mut Side) -> i128 {
    let mut step = 0;
    for side in [&mut *above, &mut *below] {
        side.each(|addend| step = greatest_common_divisor(step, *addend));
    }
    let step = step.max(1);
    for side in [above, below] {
        side.each(|addend| *addend /= step);
    }
    step
}

impl Side {
    fn each(&mut self, visit: impl FnMut(&mut i128)) {
        let strata = self.strata.iter_mut().flat_map(|stratum| &mut stratum.addends);
        self.coins.iter_mut().chain(strata).chain(&mut self.open).for_each(visit);
    }
}

/// What a sum is made of, without what is the same in every labelling.
struct Parts {
    offset: i128,
    /// Sorted numbers, of which some but not all are set; the stratum with the most choices last.
    strata: Vec<Stratum>,
    /// Largest magnitude first.
    coins: Vec<i128>,
}

impl Parts {
    fn of(sums: &UnitSums<i128>, exchange: &Exchange) -> Option<Self> {
        let mut parts = Self { offset: sums.base, strata: Vec::new(), coins: Vec::new() };
        match exchange {
            Exchange::Subsets(ranges) => {
                for range in ranges {
                    let mut addends = sums.changes[range.units.clone()].to_vec();
                    addends.sort_unstable();
                    let is_constant = range.m == 0 || range.m == addends.len() || addends.first() == addends.last();
                    if is_constant {
                        parts.offset += addends.iter().take(range.m).sum::<i128>();
                    } else {
                        parts.strata.push(Stratum { addends, m: range.m });
                    }
                }
                let choices = |stratum: &Stratum| combinations::log10(stratum.addends.len() as u64, stratum.m as u64);
                parts.strata.sort_by(|a, b| choices(b).total_cmp(&choices(a)));
            }
            Exchange::Coins => {
                parts.coins = sums.changes.iter().copied().filter(|&change| change != 0).collect();
                parts.coins.sort_unstable_by_key(|change| std::cmp::Reverse(change.abs()));
            }
            Exchange::Orders(_) | Exchange::Other => return None,
        }
        Some(parts)
    }

    fn take_largest(&mut self) -> Option<Stratum> {
        (!self.strata.is_empty()).then(|| self.strata.remove(0))
    }
}
