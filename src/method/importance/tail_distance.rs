//! One tail of a sum, seen from its end.
//!
//! Let e be the largest sum of all labellings. In each stratum take an extreme labelling that reaches it: the *upper* units,
//! which exceed the m-th largest change c, are set, and of those that equal c as many as are still wanted. Each labelling then
//! falls short of e by its *tail distance* D = Σ a over the units that deviate, where a = |x − c|: upper units deviate when they
//! are not set, *lower* ones when they are. Deviating lower units outnumber the deviating upper ones by what is wanted
//! of the ties, if that is not all of them. A coin deviates when it falls the way that makes the sum smaller.
//!
//! So S ≥ t is D ≤ e − t. Deficits are sums of what is not negative, and nothing cancels near the end of the support,
//! where the interesting tails are. All tail distances are multiples of one *step*, the gcd of the a. The lower tail is the
//! upper one of the opposite numbers.

use std::ops::Range;

use super::Side;
use crate::design::Exchange;
use crate::sampling::units::UnitSums;

/// The labellings of a tail: those whose tail distance is at most `gap` steps.
#[derive(Debug, Clone)]
pub(super) struct Tail {
    pub groups: Vec<Group>,
    /// The gcd of the distances a.
    pub step: u64,
    /// The largest tail distance of the tail in steps; negative where no labelling is in the tail.
    pub gap: i128,
    /// The sum at the tail's edge, in whole steps from the end, of what the units of the groups add; an i64's end where none
    /// of their sums is that far.
    pub edge: i64,
}

/// Units that vary together: a stratum, or all the coins. Units that never make a difference are left out.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub constraint: Constraint,
    /// The units: the first `lower.len()` are the lower ones.
    pub units: Vec<usize>,
    /// Distances a of the lower units, in steps.
    pub lower: Vec<f64>,
    /// Distances a of the upper units, in steps.
    pub upper: Vec<f64>,
}

/// What the labellings of a group have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Constraint {
    /// Nothing: each unit is a coin.
    Coins,
    /// So many units are set.
    Set {
        /// The number of set units, neither none nor all.
        m: usize,
        /// By how many the deviating lower units outnumber the deviating upper ones.
        surplus: usize,
    },
}

impl Tail {
    /// The tail beyond a threshold. `None` for a design that is neither subsets nor coins.
    pub fn new(sums: &UnitSums, exchange: &Exchange, side: Side, threshold: i64) -> Option<Self> {
        let mut builder = Builder { side, fixed: side.orient(i128::from(sums.base)), end: 0, groups: Vec::new() };
        match exchange {
            Exchange::Subsets(strata) => {
                for stratum in strata {
                    builder.add_stratum(&sums.changes, stratum.units.clone(), stratum.m);
                }
            }
            Exchange::Coins => builder.add_coins(&sums.changes),
            Exchange::Orders(_) | Exchange::Other => return None,
        }
        Some(builder.finish(side.orient(i128::from(threshold))))
    }
}

impl Group {
    /// Number of units.
    pub fn len(&self) -> usize {
        self.units.len()
    }
}

/// A tail in the making.
struct Builder {
    side: Side,
    /// The oriented sum of what does not vary.
    fixed: i128,
    /// The largest oriented sum of what the groups add.
    end: i128,
    /// Groups with the distances as integers.
    groups: Vec<Unscaled>,
}

struct Unscaled {
    constraint: Constraint,
    units: Vec<usize>,
    n_lower: usize,
    distances: Vec<u64>,
}

impl Builder {
    fn add_stratum(&mut self, changes: &[i64], units: Range<usize>, m: usize) {
        let oriented = |unit: usize| self.side.orient(i128::from(changes[unit]));
        let n = units.len();
        if m == 0 || m == n {
            self.fixed += if m == 0 { 0 } else { units.map(oriented).sum() };
            return;
        }
        let mut sorted: Vec<i128> = units.clone().map(oriented).collect();
        let (_, &mut cut, above) = sorted.select_nth_unstable(n - m);
        let largest = cut + above.iter().sum::<i128>();
        let n_upper = above.iter().filter(|&&x| x > cut).count();
        let n_ties = units.clone().filter(|&unit| oriented(unit) == cut).count();
        if n_ties == n {
            self.fixed += largest;
            return;
        }
        self.end += largest;
        // Ties that are all wanted are set in every extreme labelling, as the units above them.
        let surplus = if n_upper + n_ties == m { 0 } else { m - n_upper };
        let is_lower = |unit: &usize| oriented(*unit) < cut || (oriented(*unit) == cut && surplus > 0);
        let (mut all, upper): (Vec<usize>, Vec<usize>) = units.partition(is_lower);
        let n_lower = all.len();
        all.extend(upper);
        let distances = all.iter().map(|&unit| (oriented(unit) - cut).unsigned_abs() as u64).collect();
        self.groups.push(Unscaled { constraint: Constraint::Set { m, surplus }, units: all, n_lower, distances });
    }

    fn add_coins(&mut self, changes: &[i64]) {
        let oriented = |unit: usize| self.side.orient(i128::from(changes[unit]));
        let decisive = (0..changes.len()).filter(|&unit| changes[unit] != 0);
        let (mut all, upper): (Vec<usize>, Vec<usize>) = decisive.partition(|&unit| oriented(unit) < 0);
        self.end += upper.iter().map(|&unit| oriented(unit)).sum::<i128>();
        let n_lower = all.len();
        all.extend(upper);
        if !all.is_empty() {
            let distances = all.iter().map(|&unit| changes[unit].unsigned_abs()).collect();
            self.groups.push(Unscaled { constraint: Constraint::Coins, units: all, n_lower, distances });
        }
    }

    fn finish(self, threshold: i128) -> Tail {
        let step = self.groups.iter().flat_map(|group| &group.distances).fold(0, |step, &a| gcd(step, a)).max(1);
        let gap = (self.fixed + self.end - threshold).div_euclid(i128::from(step));
        let scale = |group: Unscaled| {
            let mut lower: Vec<f64> = group.distances.iter().map(|&a| (a / step) as f64).collect();
            let upper = lower.split_off(group.n_lower);
            Group { constraint: group.constraint, units: group.units, lower, upper }
        };
        let edge = self.side.orient(self.end - gap * i128::from(step));
        let edge = edge.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
        Tail { groups: self.groups.into_iter().map(scale).collect(), step, gap, edge }
    }
}

/// The greatest common divisor; that of 0 and a number is the number.
fn gcd(mut a: u64, mut b: u64) -> u64 {
    if a == 1 {
        return 1;
    }
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::Exchangeable;

    fn tail(changes: &[i64], exchange: &Exchange, side: Side, threshold: i64) -> Tail {
        Tail::new(&UnitSums { base: 5, changes: changes.to_vec() }, exchange, side, threshold).unwrap()
    }

    #[test]
    fn a_tail_is_measured_from_the_end_in_steps() {
        // Three of {0, 3, 6, 9, 15}, and 7 always: the sums end at 5 + 30 + 7 = 42.
        let strata = [(0..5, 3), (5..6, 1), (6..8, 0)].map(|(units, m)| Exchangeable { units, m });
        let subsets = Exchange::Subsets(strata.to_vec());
        let changes = [0, 3, 6, 9, 15, 7, 1, 1];
        let upper = tail(&changes, &subsets, Side::Upper, 35);
        assert_eq!((upper.step, upper.gap, upper.edge), (3, 2, 24));
        let [group] = &upper.groups[..] else { panic!("one stratum varies") };
        assert_eq!(group.constraint, Constraint::Set { m: 3, surplus: 0 });
        assert_eq!(
            (&group.units[..], &group.lower[..], &group.upper[..]),
            (&[0, 1, 2, 3, 4][..], &[2.0, 1.0][..], &[0.0, 1.0, 3.0][..])
        );
        // The smallest sum is 5 + 9 + 7.
        let lower = tail(&changes, &subsets, Side::Lower, 26);
        assert_eq!((lower.step, lower.gap, lower.edge), (3, 1, 12));
        assert_eq!(tail(&changes, &subsets, Side::Upper, 43).gap, -1);
    }

    #[test]
    fn ties_at_the_cut_are_lower_unless_all_of_them_are_wanted() {
        let of = |m| tail(&[1, 2, 2, 2, 4], &Exchange::Subsets(vec![Exchangeable { units: 0..5, m }]), Side::Upper, 0);
        let some = of(3);
        assert_eq!(some.groups[0].constraint, Constraint::Set { m: 3, surplus: 2 });
        assert_eq!((&some.groups[0].lower[..], &some.groups[0].upper[..]), (&[1.0, 0.0, 0.0, 0.0][..], &[2.0][..]));
        let all = of(4);
        assert_eq!(all.groups[0].constraint, Constraint::Set { m: 4, surplus: 0 });
        assert_eq!((&all.groups[0].lower[..], &all.groups[0].upper[..]), (&[1.0][..], &[0.0, 0.0, 0.0, 2.0][..]));
    }

    #[test]
    fn coins_fall_right_by_their_sign_and_zeros_do_not_matter() {
        let upper = tail(&[4, 0, -2], &Exchange::Coins, Side::Upper, 8);
        assert_eq!((upper.step, upper.gap, upper.edge), (2, 0, 4));
        assert_eq!(upper.groups[0].units, [2, 0]);
        assert_eq!(tail(&[0, 0], &Exchange::Coins, Side::Lower, 5).groups.len(), 0);
        let far = tail(&[i64::MAX / 2, -i64::MAX / 2], &Exchange::Coins, Side::Lower, i64::MIN);
        assert!(far.gap < 0);
    }
}
