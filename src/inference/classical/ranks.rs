//! The rank tests by their normal approximations: Mann-Whitney for two samples, Wilcoxon for pairs.
//!
//! Ranks of ties are averaged, which makes them halves of integers; sums and tie corrections are exact. The continuity
//! correction moves the rank sum by ½ towards its mean, for a two-sided test not beyond it.

use super::{Alternative, Classical, ClassicalTest, p_value};
use crate::inference::normal;

/// Ranks in a pooled sample, added up over one part of it.
struct RankSum {
    /// Twice the sum, which is whole.
    twice: i128,
    /// Σ(t³ − t) over the groups of t tied values.
    ties: i128,
}

impl RankSum {
    /// Adds up the ranks of `part` among `part` and `rest`.
    fn of(part: &[i64], rest: &[i64]) -> Self {
        #[derive(PartialEq, Eq, PartialOrd, Ord)]
        enum Origin {
            Part,
            Rest,
        }
        let part = part.iter().map(|&score| (score, Origin::Part));
        let mut pooled: Vec<(i64, Origin)> = part.chain(rest.iter().map(|&score| (score, Origin::Rest))).collect();
        pooled.sort_unstable();

        let (mut twice, mut ties, mut below) = (0, 0, 0);
        for tied in pooled.chunk_by(|(a, _), (b, _)| a == b) {
            let count = tied.len() as i128;
            let counted = tied.iter().filter(|(_, origin)| *origin == Origin::Part).count() as i128;
            twice += counted * (2 * below + count + 1);
            ties += count * (count * count - 1);
            below += count;
        }
        Self { twice, ties }
    }
}

/// U = R − m(m+1)/2 of the case sample's rank sum R; mean mn/2, variance mn/12·(N + 1 − Σ(t³−t)/(N(N−1))).
pub(super) fn mann_whitney(case: &[i64], control: &[i64], alternative: Alternative) -> Option<Classical> {
    let (m, n) = (case.len() as i128, control.len() as i128);
    let pooled = m + n;
    let ranks = RankSum::of(case, control);
    let twice_u = ranks.twice - m * (m + 1);
    let untied = pooled * (pooled * pooled - 1) - ranks.ties;
    let variance = untied as f64 * (m * n) as f64 / (12.0 * (pooled * (pooled - 1)) as f64);
    (untied > 0).then(|| Classical {
        test: ClassicalTest::MannWhitney,
        statistic: twice_u as f64 / 2.0,
        degrees_of_freedom: None,
        p_value: corrected_p_value(twice_u - m * n, variance, alternative),
    })
}

/// The rank sum W of the positive differences among those that are not 0; mean n(n+1)/4, variance
/// (n(n+1)(2n+1) − Σ(t³−t)/2)/24.
pub(super) fn wilcoxon(differences: &[i64], alternative: Alternative) -> Option<Classical> {
    let positive: Vec<i64> = differences.iter().copied().filter(|&d| d > 0).collect();
    let negative: Vec<i64> = differences.iter().copied().filter(|&d| d < 0).map(i64::abs).collect();
    let n = (positive.len() + negative.len()) as i128;
    let ranks = RankSum::of(&positive, &negative);
    let twice_others = n * (n + 1) - ranks.twice;
    let twice_statistic = match alternative {
        Alternative::TwoSided => ranks.twice.min(twice_others),
        Alternative::Greater | Alternative::Less => ranks.twice,
    };
    let variance = (2 * n * (n + 1) * (2 * n + 1) - ranks.ties) as f64 / 48.0;
    (n > 0).then(|| Classical {
        test: ClassicalTest::Wilcoxon,
        statistic: twice_statistic as f64 / 2.0,
        degrees_of_freedom: None,
        p_value: corrected_p_value(ranks.twice - n * (n + 1) / 2, variance, alternative),
    })
}

/// The normal p-value of a rank sum, given twice its distance from its mean, with ½ taken off towards the mean.
fn corrected_p_value(twice_excess: i128, variance: f64, alternative: Alternative) -> f64 {
    let twice_corrected = match alternative {
        Alternative::TwoSided => (twice_excess.abs() - 1).max(0),
        Alternative::Greater => twice_excess - 1,
        Alternative::Less => twice_excess + 1,
    };
    p_value(twice_corrected as f64 / (2.0 * variance.sqrt()), alternative, normal::upper_tail)
}
