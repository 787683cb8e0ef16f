//! Sums in a sorted list, one entry for each labelling: for numbers too fine for a lattice, as long as there are few of
//! them. Two lists of √C entries stand for C labellings (Horowitz & Sahni 1974).

use super::convolve::{Multiset, Room, Tails, Threshold};
use crate::simd::Arch;
use crate::statistic::Thresholds;

/// An integer that sums fit in.
pub trait Integer:
    Copy + Default + Ord + Send + Sync + std::ops::Add<Output = Self> + std::ops::Sub<Output = Self>
{
    /// Narrows a sum, which must fit.
    fn of(sum: i128) -> Self;

    /// Widens it.
    fn wide(self) -> i128;
}

impl Integer for i64 {
    fn of(sum: i128) -> Self {
        sum as i64
    }

    fn wide(self) -> i128 {
        self.into()
    }
}

impl Integer for i128 {
    fn of(sum: i128) -> Self {
        sum
    }

    fn wide(self) -> i128 {
        self
    }
}

/// Sums in ascending order.
#[derive(Debug, Clone)]
pub struct Listed<T>(Vec<T>);

impl<T: Integer> Multiset for Listed<T> {
    type Count = u128;

    fn zero() -> Self {
        Self(vec![T::default()])
    }

    fn with_room(room: &Room) -> Option<Self> {
        let mut list = Vec::new();
        list.try_reserve_exact(room.labellings as usize).ok()?;
        Some(Self(list))
    }

    const UNITS_AT_ONCE: usize = 1;

    fn absorb(&mut self, others: &[(&Self, i128)], _: Arch) {
        for (other, addend) in others {
            self.merge(other, *addend);
        }
    }

    /// Entries are not counts.
    fn shrink(&mut self) {}

    type Ready = Self;

    fn ready(self) -> Self {
        self
    }

    fn pairs(above: &Self, below: &Self, threshold: Option<Threshold>, _: Arch) -> f64 {
        let all = above.0.len() as u128 * below.0.len() as u128;
        let pairs = match threshold {
            None => all,
            Some(Threshold::AtLeast(threshold)) => pairs_at_least(&above.0, &below.0, threshold),
            Some(Threshold::AtMost(threshold)) => all - pairs_at_least(&above.0, &below.0, threshold + 1),
        };
        pairs as f64
    }

    fn tally(above: &Self, below: &Self, thresholds: &[Thresholds<i128>], _: Arch) -> Vec<Tails<u128>> {
        let all = above.0.len() as u128 * below.0.len() as u128;
        // U − V ≥ t where V ≤ U − t, U − V ≤ t where it is not ≥ t + 1.
        let at_least = |threshold| pairs_at_least(&above.0, &below.0, threshold);
        let at_most = |threshold: i128| all - at_least(threshold + 1);
        thresholds.iter().map(|thresholds| Tails::of(all, thresholds, at_least, at_most)).collect()
    }
}

impl<T: Integer> Listed<T> {
    /// Merges from the back, in place: the larger of both last entries goes to the end of the room.
    fn merge(&mut self, other: &Self, addend: i128) {
        let (mut mine, mut theirs) = (self.0.len(), other.0.len());
        self.0.resize(mine + theirs, T::default());
        let (list, other, addend) = (&mut self.0[..], &other.0[..], T::of(addend));
        // Without a branch on which one is larger, which no processor could foresee.
        while mine > 0 && theirs > 0 {
            let (one, another) = (list[mine - 1], other[theirs - 1] + addend);
            let is_mine = one > another;
            list[mine + theirs - 1] = if is_mine { one } else { another };
            mine -= usize::from(is_mine);
            theirs -= usize::from(!is_mine);
        }
        for (entry, &other) in list[..theirs].iter_mut().zip(other) {
            *entry = other + addend;
        }
    }
}

/// The pairs (u, v) with u − v at or above a threshold, by one walk along both lists.
fn pairs_at_least<T: Integer>(above: &[T], below: &[T], threshold: i128) -> u128 {
    let (Some(largest), Some(smallest)) = (above.last(), below.first()) else { return 0 };
    if largest.wide() - smallest.wide() < threshold {
        return 0;
    }
    let (Some(smallest), Some(largest)) = (above.first(), below.last()) else { return 0 };
    if smallest.wide() - largest.wide() >= threshold {
        return above.len() as u128 * below.len() as u128;
    }
    // Between the two, a threshold is as narrow as the sums.
    let threshold = T::of(threshold);
    let (mut pairs, mut u, mut v) = (0u128, 0, 0);
    // Each step takes a u or a v: a v that the present u reaches, or the next u.
    while u < above.len() && v < below.len() {
        let reaches = above[u] - below[v] >= threshold;
        v += usize::from(reaches);
        pairs += if reaches { 0 } else { v as u128 };
        u += usize::from(!reaches);
    }
    pairs + (above.len() - u) as u128 * below.len() as u128
}
