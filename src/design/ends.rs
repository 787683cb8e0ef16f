//! The ends of the sums of all labellings: the smallest and the largest sum, and how many labellings reach them.
//!
//! The largest sum of m of n numbers takes all that exceed the m-th largest one and, of the t that tie with it, any k that
//! are still wanted: a share C(t, k)/C(n, m) of the subsets. Strata multiply; each coin that changes anything must fall right.

use super::{Exchange, combinations};
use crate::sampling::units::UnitSums;

/// The smallest or the largest sum, and the share of the labellings that reach it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct End {
    /// The sum.
    pub sum: i128,
    /// Its share, exact to 12 digits; one below the smallest normal float is given as that float.
    pub share: f64,
}

impl End {
    fn and(self, other: Self) -> Self {
        Self { sum: self.sum + other.sum, share: (self.share * other.share).max(f64::MIN_POSITIVE) }
    }
}

/// Both ends of the sums: the smallest, and the largest. `None` for a design that is neither subsets nor coins. Takes time
/// proportional to the number of units.
///
/// ```
/// use permtest::design::ends::{End, ends};
/// use permtest::design::{Exchange, Exchangeable};
/// use permtest::sampling::units::UnitSums;
/// // Two of {1, 2, 3, 3, 3}: one of the ten labellings has the smallest sum, three have the largest.
/// let sums = UnitSums { base: 0, changes: vec![1, 2, 3, 3, 3] };
/// let exchange = Exchange::Subsets(vec![Exchangeable { units: 0..5, m: 2 }]);
/// assert_eq!(ends(&sums, &exchange), Some([End { sum: 3, share: 0.1 }, End { sum: 6, share: 0.3 }]));
/// ```
#[must_use]
pub fn ends<T: Copy + Ord + Into<i128>>(sums: &UnitSums<T>, exchange: &Exchange) -> Option<[End; 2]> {
    let base = sums.base.into();
    match exchange {
        Exchange::Subsets(strata) => {
            let mut ends = [End { sum: base, share: 1.0 }, End { sum: base, share: 1.0 }];
            for stratum in strata.iter().filter(|stratum| 0 < stratum.m && stratum.m < stratum.units.len()) {
                let (mut changes, m) = (sums.changes[stratum.units.clone()].to_vec(), stratum.m);
                let units = changes.len() as u64;
                let found = [Extreme::smallest(&mut changes, m), Extreme::largest(&mut changes, m)];
                let [low, high] = ends;
                let [smallest, largest] =
                    found.map(|extreme| End { sum: extreme.sum, share: extreme.share(units, m as u64) });
                ends = [low.and(smallest), high.and(largest)];
            }
            let constant = strata.iter().filter(|stratum| stratum.m == stratum.units.len());
            let added: i128 =
                constant.flat_map(|stratum| &sums.changes[stratum.units.clone()]).map(|&change| change.into()).sum();
            Some(ends.map(|end| End { sum: end.sum + added, ..end }))
        }
        Exchange::Coins => {
            let changes = || sums.changes.iter().map(|&change| change.into());
            // Units that change nothing may fall either way; each of the others must fall right.
            let decisive = changes().filter(|&change| change != 0).count() as f64;
            let share = libm::exp2(-decisive).max(f64::MIN_POSITIVE);
            Some([
                End { sum: base + changes().filter(|&change| change < 0).sum::<i128>(), share },
                End { sum: base + changes().filter(|&change| change > 0).sum::<i128>(), share },
            ])
        }
        Exchange::Orders(_) | Exchange::Other => None,
    }
}

/// The labellings whose sum of case scores is the largest, or the smallest, of all.
struct Extreme {
    sum: i128,
    /// Units whose score is that of the last unit to get in.
    tied: u64,
    /// How many of those get in.
    chosen: u64,
}

impl Extreme {
    fn smallest<T: Copy + Ord + Into<i128>>(scores: &mut [T], n_case: usize) -> Self {
        let (below, &mut threshold, _) = scores.select_nth_unstable(n_case - 1);
        let sum = below.iter().map(|&x| x.into()).sum::<i128>() + threshold.into();
        Self::at(scores, sum, threshold, n_case, |x| x < threshold)
    }

    fn largest<T: Copy + Ord + Into<i128>>(scores: &mut [T], n_case: usize) -> Self {
        let (_, &mut threshold, above) = scores.select_nth_unstable(scores.len() - n_case);
        let sum = above.iter().map(|&x| x.into()).sum::<i128>() + threshold.into();
        Self::at(scores, sum, threshold, n_case, |x| x > threshold)
    }

    fn at<T: Copy + Ord>(scores: &[T], sum: i128, threshold: T, n_case: usize, is_beyond: impl Fn(T) -> bool) -> Self {
        let tied = scores.iter().filter(|&&x| x == threshold).count();
        let beyond = scores.iter().filter(|&&x| is_beyond(x)).count();
        Self { sum, tied: tied as u64, chosen: (n_case - beyond) as u64 }
    }

    /// C(tied, chosen)/C(N, m).
    fn share(&self, units: u64, n_case: u64) -> f64 {
        let counts = combinations::exact(self.tied, self.chosen).zip(combinations::exact(units, n_case));
        if let Some((reaching, all)) = counts {
            reaching as f64 / all as f64
        } else {
            let ln = combinations::ln(self.tied, self.chosen) - combinations::ln(units, n_case);
            libm::exp(ln).clamp(f64::MIN_POSITIVE, 1.0)
        }
    }
}
