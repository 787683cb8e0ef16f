//! Means and variances of both groups from integer sums of a column and of its squares.
//!
//! The column is centred at its mean before it is squared, so that Σz² − (Σz)²/m does not cancel, and the squares are
//! integers like the scores: exact where they fit below 2⁶², else rounded to the finest grid that does, which is some 62
//! binary digits below the largest of them. Sums of the control group are the totals less those of the case group.

use super::scores::Scores;
use super::sums::Summands;
use crate::sampling::labellings::Labellings;
use crate::sampling::units::Units;
use crate::simd::{self, Arch, Kernel};
use crate::statistic::order::Group;

/// Integers below this are exact in f64.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Sums of squares stay below this.
const SUM_LIMIT: i128 = 1 << 62;

/// A column of numbers, one for each observation, ready for sums over groups.
#[derive(Debug, Clone)]
pub struct Moments {
    /// Scores less their mean, and what they are worth.
    first: Sum,
    /// Squares of the former.
    second: Option<Sum>,
    /// The value of a centred score of 0.
    centre: f64,
    /// The largest square of a centred value.
    largest: f64,
    observations: usize,
}

/// A sum over the case observations, and the same over all.
#[derive(Debug, Clone)]
struct Sum {
    summands: Summands,
    total: i64,
    /// What 1 is worth.
    step: f64,
}

/// Which moments are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// Means only.
    First,
    /// Variances too.
    Second,
}

/// The sums of a batch.
#[derive(Debug, Default)]
pub struct CaseSums {
    first: Vec<i64>,
    second: Vec<i64>,
}

impl Sum {
    fn new(integers: &[i64], step: f64, units: &Units) -> Self {
        Self { summands: Summands::of(&units.sums(integers)), total: integers.iter().sum(), step }
    }

    fn of_batch(&self, arch: Arch, labellings: &Labellings) -> Vec<i64> {
        let mut sums = vec![0; labellings.len()];
        self.summands.sum(arch, labellings, &mut sums);
        sums
    }
}

impl Moments {
    /// Whether variances are known too.
    pub(crate) fn has_second(&self) -> bool {
        self.second.is_some()
    }

    /// Prepares the scores of a column, in the order of the units' observations.
    #[must_use]
    pub fn new(scores: &Scores, units: &Units, order: Order) -> Self {
        let total: i128 = scores.scores.iter().map(|&score| i128::from(score)).sum();
        let mean = (total / scores.scores.len() as i128) as i64;
        let centred: Vec<i64> = scores.scores.iter().map(|&score| score - mean).collect();
        let largest = centred.iter().map(|&z| z as f64 * scores.step()).fold(0.0, |largest, z| (z * z).max(largest));
        Self {
            largest,
            observations: centred.len(),
            second: (order >= Order::Second).then(|| Self::squares(&centred, scores.step(), units)),
            first: Sum::new(&centred, scores.step(), units),
            centre: scores.value(mean),
        }
    }

    fn squares(centred: &[i64], step: f64, units: &Units) -> Sum {
        let largest = centred.iter().map(|&z| i128::from(z) * i128::from(z)).max().unwrap_or(0);
        let limit = SUM_LIMIT / centred.len() as i128;
        let dropped = (0..127).find(|&digits| (largest >> digits) + 1 < limit).unwrap_or(126);
        let half = if dropped > 0 { 1i128 << (dropped - 1) } else { 0 };
        let square = |&z: &i64| ((i128::from(z) * i128::from(z) + half) >> dropped) as i64;
        let squares: Vec<i64> = centred.iter().map(square).collect();
        Sum::new(&squares, step * step * libm::ldexp(1.0, dropped), units)
    }

    /// How far rounding may move a variance that was computed as `variance`: by its last digits where all sums and their
    /// products are integers that doubles hold, else by those of the largest square.
    ///
    /// # Panics
    /// When the column was prepared for means only.
    #[must_use]
    pub fn error_of_variance(&self, variance: f64) -> f64 {
        let second = self.second.as_ref().expect("prepared for variances");
        let own = 4.0 * f64::EPSILON * variance.abs();
        let products = second.total as f64 * second.step * self.observations as f64;
        if self.first.step.fract() == 0.0 && products < EXACT { own } else { own + 16.0 * f64::EPSILON * self.largest }
    }

    /// The sums over the case observations of each labelling.
    #[must_use]
    pub fn sums(&self, arch: Arch, labellings: &Labellings) -> CaseSums {
        CaseSums {
            first: self.first.of_batch(arch, labellings),
            second: self.second.as_ref().map_or_else(Vec::new, |second| second.of_batch(arch, labellings)),
        }
    }

    /// Writes the mean of a group for each labelling, NaN where it is empty; `sizes` are the group's.
    pub fn means(&self, arch: Arch, sums: &CaseSums, group: Group, sizes: &[f64], means: &mut [f64]) {
        let Sum { total, step, .. } = self.first;
        simd::run(arch, Means { sums: &sums.first, group, total, step, centre: self.centre, sizes, written: means });
    }

    /// Writes the sum of a group for each labelling; `sizes` are the group's.
    pub fn group_sums(&self, arch: Arch, sums: &CaseSums, group: Group, sizes: &[f64], written: &mut [f64]) {
        let Sum { total, step, .. } = self.first;
        simd::run(arch, Sums(Means { sums: &sums.first, group, total, step, centre: self.centre, sizes, written }));
    }

    /// Writes the variance of a group, divided by its size less 1, for each labelling; NaN where it has no two members.
    ///
    /// # Panics
    /// When the column was prepared for means only.
    pub fn variances(&self, arch: Arch, sums: &CaseSums, group: Group, sizes: &[f64], variances: &mut [f64]) {
        let second = self.second.as_ref().expect("prepared for variances");
        simd::run(
            arch,
            Variances {
                sums,
                group,
                totals: [self.first.total, second.total],
                steps: [self.first.step, second.step],
                sizes,
                written: variances,
            },
        );
    }
}

/// A group's sum, from that of the case group.
#[inline(always)]
fn of_group(group: Group, case: i64, total: i64) -> f64 {
    match group {
        Group::Case => case as f64,
        Group::Control => (total - case) as f64,
    }
}

struct Means<'a> {
    sums: &'a [i64],
    group: Group,
    total: i64,
    step: f64,
    centre: f64,
    sizes: &'a [f64],
    written: &'a mut [f64],
}

impl Kernel for Means<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let Self { sums, group, total, step, centre, sizes, written } = self;
        for ((mean, &sum), &size) in written.iter_mut().zip(sums).zip(sizes) {
            *mean = centre + of_group(group, sum, total) / size * step;
        }
    }
}

/// The same without the division.
struct Sums<'a>(Means<'a>);

impl Kernel for Sums<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let Means { sums, group, total, step, centre, sizes, written } = self.0;
        for ((written, &sum), &size) in written.iter_mut().zip(sums).zip(sizes) {
            *written = centre * size + of_group(group, sum, total) * step;
        }
    }
}

struct Variances<'a> {
    sums: &'a CaseSums,
    group: Group,
    totals: [i64; 2],
    steps: [f64; 2],
    sizes: &'a [f64],
    written: &'a mut [f64],
}

impl Kernel for Variances<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let Self { sums, group, totals, steps, sizes, written } = self;
        let sums = sums.first.iter().zip(&sums.second);
        for ((variance, (&first, &second)), &size) in written.iter_mut().zip(sums).zip(sizes) {
            let sum = of_group(group, first, totals[0]) * steps[0];
            let squares = of_group(group, second, totals[1]) * steps[1];
            // One division instead of two: they are what this loop waits for.
            let within = squares * size - sum * sum;
            // Rounding may leave a group of equal values a little below 0; a group of one divides 0 by 0.
            let within = if within > 0.0 { within } else { 0.0 };
            *variance = within / (size * (size - 1.0));
        }
    }
}
