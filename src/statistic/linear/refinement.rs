//! Sums that rounded scores cannot distinguish, and exact ones can.
//!
//! With narrow scores s and wide ones w = h·s + e, the sums of a labelling are W = h·S + E, and E differs from that of the
//! data, E₀, by no more than Σ|e| over the units. So S decides whether W ≥ W₀ unless |S − S₀| ≤ Σ|e|/h, some half a step
//! for each unit out of 2⁶², and likewise for the bound mirrored at the null centre. A labelling that near is *settled*:
//! its W is added up, compared, and S is moved by a few steps to where it compares like W. Nothing but the comparison of
//! a batch with two windows is left in the hot loop.

use super::centre::Centre;
use super::wide::Wide;
use crate::sampling::labellings::Labellings;
use crate::sampling::units::UnitSums;
use crate::simd::{self, Arch, Kernel};
use crate::statistic::{Problem, Thresholds};

/// Labellings that are compared with the windows at a time.
const SCANNED: usize = 64;

/// The wide sums of a problem, and what narrow sums say about them.
#[derive(Debug, Clone)]
pub(super) struct Refinement {
    pub sums: UnitSums<i128>,
    pub centre: Centre,
    /// How many units of the wide sums are one of the narrow sums.
    pub step: i128,
    /// The observed wide sum and its thresholds.
    pub wide: Thresholds<i128>,
    /// What compares with settled narrow sums like those with wide ones.
    pub narrow: Thresholds<i64>,
    /// Sums further from a narrow threshold than this compare with it like wide ones.
    pub slack: i64,
}

impl Refinement {
    /// The refinement of narrow sums by the wide scores of each observation.
    pub fn new(problem: &Problem, narrow: &UnitSums, wide: &Wide) -> Self {
        let (design, step) = (problem.design(), wide.step);
        let sums = design.units().sums(&wide.scores);
        let centre = Centre::of(design, &wide.scores, &sums, problem.n_case());
        let labelling = design.observed();
        let (observed, nearly) = (total(&sums, &labelling), total(narrow, &labelling));
        let errors = sums.changes.iter().zip(&narrow.changes).map(|(wide, &narrow)| wide - step * i128::from(narrow));
        // One for the remainder of a division, and one that keeps thresholds apart.
        let slack = errors.map(i128::abs).sum::<i128>() / step + 2;
        let error = observed - step * nearly;
        let wide = centre.thresholds(observed);
        let narrow = Thresholds {
            observed: nearly,
            greater_equal: nearly,
            less_equal: nearly,
            far_above: if wide.far_above == observed {
                nearly
            } else {
                (-(error - wide.far_above).div_euclid(step)).max(nearly + 2)
            },
            far_below: if wide.far_below == observed {
                nearly
            } else {
                (wide.far_below - error).div_euclid(step).min(nearly - 2)
            },
        };
        let narrow = narrow.map(|sum| sum.clamp(i64::MIN.into(), i64::MAX.into()) as i64);
        Self { sums, centre, step, wide, narrow, slack: slack as i64 }
    }

    /// Moves the sums that are too near to a threshold to where they compare with it like the wide ones.
    pub fn settle(&self, arch: Arch, labellings: &Labellings, replicates: &mut [i64]) {
        let Thresholds { observed, far_above, far_below, .. } = self.narrow;
        // One of the two is the observed sum itself.
        let mirrored = if far_above == observed { far_below } else { far_above };
        let window = |sum: i64| [sum.saturating_sub(self.slack), sum.saturating_add(self.slack)];
        let windows = [observed, mirrored].map(window);
        let mut near = Vec::new();
        simd::run(arch, Scan { replicates, windows, near: &mut near });
        let mut labelling = Vec::new();
        for row in near {
            labellings.write_bitset(row, &mut labelling);
            replicates[row] = self.settled(replicates[row], total(&self.sums, &labelling));
        }
    }

    /// The number nearest to a narrow sum that compares with the narrow thresholds like the wide sum with the wide ones.
    fn settled(&self, narrow: i64, wide: i128) -> i64 {
        let Thresholds { observed, far_above, far_below, .. } = self.narrow;
        if wide == self.wide.observed {
            observed
        } else if wide <= self.wide.far_below && wide < self.wide.observed {
            narrow.min(far_below).min(observed - 1)
        } else if wide < self.wide.observed {
            narrow.clamp(far_below + 1, observed - 1)
        } else if wide >= self.wide.far_above {
            narrow.max(far_above).max(observed + 1)
        } else {
            narrow.clamp(observed + 1, far_above - 1)
        }
    }
}

/// The sum of one labelling.
fn total<T: Copy + Into<i128>>(sums: &UnitSums<T>, labelling: &[u64]) -> i128 {
    let mut total = sums.base.into();
    for (&word, changes) in labelling.iter().zip(sums.changes.chunks(64)) {
        let mut rest = word;
        while rest != 0 {
            total += changes[rest.trailing_zeros() as usize].into();
            rest &= rest - 1;
        }
    }
    total
}

/// Finds the sums that lie in a window, both ends included.
struct Scan<'a> {
    replicates: &'a [i64],
    windows: [[i64; 2]; 2],
    near: &'a mut Vec<usize>,
}

impl Kernel for Scan<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        let [[low, high], [other_low, other_high]] = self.windows;
        let is_near = |sum: i64| (low <= sum && sum <= high) || (other_low <= sum && sum <= other_high);
        for (start, sums) in (0..).step_by(SCANNED).zip(self.replicates.chunks(SCANNED)) {
            if sums.iter().fold(false, |any, &sum| any | is_near(sum)) {
                self.near.extend((start..).zip(sums).filter(|&(_, &sum)| is_near(sum)).map(|(row, _)| row));
            }
        }
    }
}
