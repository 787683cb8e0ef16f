//! Statistics of an association: a number x for each place, and observations y that are shuffled over them.
//!
//! | name | what it is | replicate |
//! |---|---|---|
//! | `pearson` | correlation coefficient (Pearson 1895) | Σ x·y |
//! | `slope` | slope of the least-squares line of y on x | the same |
//! | `spearman` | correlation of mid-ranks (Spearman 1904) | the same of ranks |
//! | `kendall` | `τ_b` (Kendall 1945) | concordant less discordant pairs |
//! | `distance-correlation` | distance correlation (Székely, Rizzo & Bakirov 2007) | Σ A·B over pairs of rows |
//!
//! With strata x and y are taken less the means of their stratum, ranks are those within strata, and pairs of rows are counted
//! within strata. Sums of products are of integers wherever these fit 62 bits.

use std::ops::Range;

use super::definition::one_of;
use super::linear::scores::Scores;
use super::shuffled::{PlaceLabels, Shuffled, around, centred, twice_ranks};
use super::{
    Character, EvaluationCost, ExactTails, NullShape, Prepared, Problem, Statistic, TestStatistic, Thresholds,
};
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::simd::Arch;
use crate::statistic::distance::Side;

/// The most rows whose distances from each other are kept: 8 bytes for each of their pairs, twice.
const MOST_ROWS: usize = 5_000;

/// A statistic of an association, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssociationStatistic {
    /// Pearson's r.
    Pearson,
    /// The slope of y on x.
    Slope,
    /// Spearman's ρ.
    Spearman,
    /// Kendall's `τ_b`.
    Kendall,
    /// Distance correlation.
    DistanceCorrelation,
}

impl AssociationStatistic {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Pearson, Self::Slope, Self::Spearman, Self::Kendall, Self::DistanceCorrelation];

    /// The name in options and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pearson => "pearson",
            Self::Slope => "slope",
            Self::Spearman => "spearman",
            Self::Kendall => "kendall",
            Self::DistanceCorrelation => "distance-correlation",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Pearson => "Pearson's r",
            Self::Slope => "slope",
            Self::Spearman => "Spearman's rho",
            Self::Kendall => "Kendall's tau-b",
            Self::DistanceCorrelation => "distance correlation",
        }
    }

    /// What it is, in a line.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Pearson => "Pearson's correlation coefficient r",
            Self::Slope => "slope of the least-squares line of y on x",
            Self::Spearman => "Spearman's rho: the correlation of the ranks",
            Self::Kendall => "Kendall's tau-b: pairs of rows in the same order less those in the opposite one",
            Self::DistanceCorrelation => "distance correlation: any dependence, not only a line",
        }
    }

    /// Whether it has a direction, so that one-sided tests make sense.
    #[must_use]
    pub fn has_a_direction(self) -> bool {
        self != Self::DistanceCorrelation
    }

    /// Reads a name.
    ///
    /// # Errors
    /// [`Error::Usage`] for what is none, with the nearest name.
    pub fn parse(name: &str) -> Result<Self, Error> {
        one_of(name, Self::ALL.map(|statistic| (statistic.name(), statistic)), "does not relate two columns")
    }

    /// Makes it ready for a problem.
    ///
    /// # Errors
    /// As [`TestStatistic::prepare`].
    pub fn prepared(self, problem: &Problem, side: Side) -> Result<Prepared<'_>, Error> {
        let Some((units, x)) = problem.units().and_then(numbers_of) else {
            let what = format!("{} relates two columns", self.name());
            return Err(Error::usage(what, "give it x and y, or choose another statistic"));
        };
        if side != Side::Either && !self.has_a_direction() {
            let what = format!("{} has no direction", self.name());
            return Err(Error::usage(what, "leave out the alternative, or choose pearson, spearman or kendall"));
        }
        if !units.are_single() && matches!(self, Self::Kendall | Self::DistanceCorrelation) {
            let what = format!("{} compares rows one by one, and clusters are exchanged as a whole", self.name());
            return Err(Error::usage(what, "choose pearson, slope or spearman"));
        }
        let prepared = match self {
            Self::Pearson | Self::Slope => Ok(products(units, &Scores::of(x), &Scores::of(&units.values), self)),
            Self::Spearman => Ok(of_ranks(units, x)),
            Self::Kendall => {
                let kendall = Kendall::new(units, x);
                Ok(Prepared { is_centred: true, ..Prepared::integers(kendall) }.of_character(Character::Difference))
            }
            Self::DistanceCorrelation if units.blocks.len() > 1 => {
                let what = "distance-correlation takes no account of strata";
                Err(Error::usage(what, "leave them out, or choose pearson, spearman or kendall"))
            }
            Self::DistanceCorrelation if units.len() > MOST_ROWS => {
                let what = format!("distance-correlation compares all pairs of rows, and {} are too many", units.len());
                Err(Error::usage(what, format!("take at most {MOST_ROWS}, or choose another statistic")))
            }
            Self::DistanceCorrelation => {
                Ok(Prepared::floats(Distances::new(units, x)).of_character(Character::Distance))
            }
        };
        prepared.map(|prepared| Prepared { association: Some(self), ..prepared })
    }
}

impl TestStatistic for AssociationStatistic {
    fn prepare<'a>(&'a self, problem: &'a Problem, side: Side) -> Result<Prepared<'a>, Error> {
        self.prepared(problem, side)
    }
}

/// The units of a problem and the numbers of their places, if that is what it has.
pub(super) fn numbers_of(units: &Shuffled) -> Option<(&Shuffled, &[f64])> {
    match &units.labels {
        PlaceLabels::Numbers(numbers) => Some((units, numbers)),
        PlaceLabels::Groups { .. } => None,
    }
}

/// The orders of a batch.
fn orders(labellings: &Labellings) -> impl Iterator<Item = &[u64]> {
    let Labellings::Orders(rows) = labellings else { unreachable!("the rows of an association are shuffled") };
    rows.rows()
}

/// The number of its place for each observation.
pub(super) fn of_observations<T: Copy>(units: &Shuffled, of_place: &[T]) -> Vec<T> {
    (0..units.len()).flat_map(|unit| std::iter::repeat_n(of_place[unit], units.of(unit).len())).collect()
}

/// Σ x·y of numbers that are centred within their stratum.
struct Products<T> {
    /// Of the places.
    x: Vec<T>,
    /// Of the units, summed over each.
    y: Vec<T>,
    /// What a product is worth in the statistic.
    scale: f64,
    /// How far floats of equal sums may be apart.
    tolerance: f64,
}

/// Pearson's r or a slope, in integers where these fit.
fn products<'a>(units: &Shuffled, x: &Scores, y: &Scores, statistic: AssociationStatistic) -> Prepared<'a> {
    let of_x = centred(&of_observations(units, &x.scores), units.observations());
    let of_y = centred(&y.scores, units.observations());
    let squares = |scores: &[i64]| scores.iter().map(|&score| (score as f64).powi(2)).sum::<f64>();
    let scale = match statistic {
        AssociationStatistic::Slope => y.step() * of_y.unit / (x.step() * of_x.unit) / squares(&of_x.scores),
        _ => 1.0 / (squares(&of_x.scores).sqrt() * squares(&of_y.scores).sqrt()),
    };
    let x: Vec<i64> = (0..units.len()).map(|unit| of_x.scores[units.starts[unit]]).collect();
    linear(&x, &units.sums(&of_y.scores), scale)
}

/// A sum of products with a scale, whose mean over all labellings is 0.
fn linear<'a>(x: &[i64], y: &[i64], scale: f64) -> Prepared<'a> {
    let largest = |scores: &[i64]| scores.iter().map(|score| u128::from(score.unsigned_abs())).max().unwrap_or(0);
    // By the inequality of Cauchy and Schwarz no sum is larger.
    let length = |scores: &[i64]| scores.iter().map(|&score| (score as f64).powi(2)).sum::<f64>().sqrt();
    let fits = largest(x).checked_mul(largest(y)).is_some() && length(x) * length(y) < (1u64 << 62) as f64;
    let prepared = if fits {
        Prepared::integers(Products { x: x.to_vec(), y: y.to_vec(), scale, tolerance: 0.0 })
    } else {
        let floats = |scores: &[i64]| scores.iter().map(|&score| score as f64).collect::<Vec<f64>>();
        let tolerance = 4.0 * f64::EPSILON * length(x) * length(y);
        Prepared::floats(Products { x: floats(x), y: floats(y), scale, tolerance })
    };
    Prepared { is_centred: true, ..prepared }.of_character(Character::Difference)
}

/// Spearman's ρ: the correlation of ranks, within strata those of each stratum.
fn of_ranks<'a>(units: &Shuffled, x: &[f64]) -> Prepared<'a> {
    let rank = |values: &[f64]| {
        let ranks: Vec<f64> = twice_ranks(values, units.observations()).into_iter().map(|rank| rank as f64).collect();
        Scores::of(&ranks)
    };
    let of_rows = rank(&of_observations(units, x));
    let of_place = |unit: usize| of_rows.scores[units.starts[unit]];
    let x = Scores { scores: (0..units.len()).map(of_place).collect(), ..of_rows.clone() };
    products(units, &x, &rank(&units.values), AssociationStatistic::Pearson)
}

impl Statistic for Products<i64> {
    type Replicate = i64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [i64]) -> Result<(), Error> {
        for (replicate, order) in replicates.iter_mut().zip(orders(labellings)) {
            // No partial sum matters: they wrap, and the whole fits.
            *replicate = self
                .x
                .iter()
                .zip(order)
                .fold(0i64, |sum, (x, &unit)| sum.wrapping_add(x.wrapping_mul(self.y[unit as usize])));
        }
        Ok(())
    }

    fn thresholds(&self, observed: i64) -> Thresholds<i64> {
        around(0, observed)
    }

    fn centre(&self) -> Option<(i64, f64)> {
        Some((0, 0.0))
    }

    fn value(&self, replicate: i64) -> f64 {
        replicate as f64 * self.scale
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Kernel { passes: 5.0 }
    }
}

impl Statistic for Products<f64> {
    type Replicate = f64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        for (replicate, order) in replicates.iter_mut().zip(orders(labellings)) {
            *replicate = self.x.iter().zip(order).map(|(x, &unit)| x * self.y[unit as usize]).sum();
        }
        Ok(())
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        Thresholds::about(0.0, observed, self.tolerance)
    }

    fn centre(&self) -> Option<(f64, f64)> {
        Some((0.0, 0.0))
    }

    fn value(&self, replicate: f64) -> f64 {
        replicate * self.scale
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Kernel { passes: 5.0 }
    }
}

/// Concordant less discordant pairs of rows: places are visited by their x, and a bitset of the ranks of the y that have been
/// seen says how many of them are smaller. Takes N²/64 steps.
struct Kendall {
    /// The places of each block in ascending order of x, ties together.
    ascending: Vec<Vec<Range<usize>>>,
    places: Vec<u32>,
    /// Of each unit, how many y of its block are smaller, and how many are no larger.
    ranks: Vec<[u32; 2]>,
    scale: f64,
}

impl Kendall {
    fn new(units: &Shuffled, x: &[f64]) -> Self {
        let mut places: Vec<u32> = (0..units.len() as u32).collect();
        let mut ranks = vec![[0; 2]; units.len()];
        let (mut ascending, mut comparable) = (Vec::new(), [0.0; 2]);
        for block in &units.blocks {
            places[block.clone()].sort_by(|&a, &b| x[a as usize].total_cmp(&x[b as usize]));
            let mut start = block.start;
            let mut tied = Vec::new();
            for ties in places[block.clone()].chunk_by(|&a, &b| x[a as usize] == x[b as usize]) {
                tied.push(start..start + ties.len());
                start += ties.len();
            }
            let mut by_y: Vec<usize> = block.clone().collect();
            by_y.sort_by(|&a, &b| units.values[a].total_cmp(&units.values[b]));
            let (mut before, mut of_y) = (0, Vec::new());
            for ties in by_y.chunk_by(|&a, &b| units.values[a] == units.values[b]) {
                for &unit in ties {
                    ranks[unit] = [before, before + ties.len() as u32];
                }
                before += ties.len() as u32;
                of_y.push(ties.len());
            }
            let pairs = |n: usize| n as f64 * (n as f64 - 1.0) / 2.0;
            let within = [tied.iter().map(|ties| pairs(ties.len())).sum::<f64>(), of_y.into_iter().map(pairs).sum()];
            for (comparable, within) in comparable.iter_mut().zip(within) {
                *comparable += pairs(block.len()) - within;
            }
            ascending.push(tied);
        }
        Self { ascending, places, ranks, scale: 1.0 / (comparable[0] * comparable[1]).sqrt() }
    }

    fn score(&self, order: &[u64], seen: &mut [u64]) -> i64 {
        let mut score = 0;
        for block in &self.ascending {
            seen.fill(0);
            let mut all = 0;
            for ties in block {
                let y = |place: &u32| self.ranks[order[*place as usize] as usize];
                let places = &self.places[ties.clone()];
                for [smaller, no_larger] in places.iter().map(y) {
                    let below = below(seen, smaller);
                    let ties = if no_larger - smaller > 1 { self::below(seen, no_larger) - below } else { 0 };
                    score += below - (all - below - ties);
                }
                for [smaller, no_larger] in places.iter().map(y) {
                    // Ties of y take the next free bit among theirs.
                    let bit = (smaller..no_larger).find(|&bit| seen[bit as usize / 64] >> (bit % 64) & 1 == 0);
                    let bit = bit.unwrap_or(smaller) as usize;
                    seen[bit / 64] |= 1 << (bit % 64);
                }
                all += places.len() as i64;
            }
        }
        score
    }
}

/// Rows up to which all orders are counted by their numbers of inversions: some 10⁸ additions.
const MOST_COUNTED: usize = 500;

/// Rows up to which the numbers of orders are whole numbers in double precision.
const MOST_WHOLE: usize = 18;

/// How many orders of n rows have 0, 1, … inversions, or which share: the last of k + 1 rows adds 0 to k of them, whatever the others
/// have.
fn inversions(n: usize) -> Vec<f64> {
    let mut shares = vec![1.0];
    for k in 1..n {
        let mut next = vec![0.0; shares.len() + k];
        for (place, share) in shares.iter().enumerate() {
            let each = if n > MOST_WHOLE { share / (k + 1) as f64 } else { *share };
            next[place..=place + k].iter_mut().for_each(|share| *share += each);
        }
        shares = next;
    }
    shares
}

/// How many bits are set below a place.
#[inline(always)]
fn below(bits: &[u64], place: u32) -> i64 {
    let (word, bit) = (place as usize / 64, place % 64);
    let whole: u32 = bits[..word].iter().map(|word| word.count_ones()).sum();
    let part = if bit == 0 { 0 } else { (bits[word] << (64 - bit)).count_ones() };
    i64::from(whole + part)
}

impl Statistic for Kendall {
    type Replicate = i64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [i64]) -> Result<(), Error> {
        let mut seen = vec![0; self.places.len().div_ceil(64)];
        for (replicate, order) in replicates.iter_mut().zip(orders(labellings)) {
            *replicate = self.score(order, &mut seen);
        }
        Ok(())
    }

    fn thresholds(&self, observed: i64) -> Thresholds<i64> {
        around(0, observed)
    }

    fn centre(&self) -> Option<(i64, f64)> {
        Some((0, 0.0))
    }

    /// Of one block without ties, where the score is the number of pairs less twice that of inversions.
    fn exact_tails(&self, thresholds: &Thresholds<i64>) -> Option<ExactTails> {
        let n = self.places.len();
        let has_ties = self.ranks.iter().any(|[smaller, no_larger]| no_larger - smaller > 1);
        let is_tied = |block: &Vec<Range<usize>>| block.iter().any(|ties| ties.len() > 1);
        if self.ascending.len() > 1 || has_ties || self.ascending.iter().any(is_tied) || n > MOST_COUNTED {
            return None;
        }
        let pairs = (n * (n - 1) / 2) as i64;
        let shares = inversions(n);
        let mut tails = ExactTails { all: shares.iter().sum(), greater_equal: 0.0, less_equal: 0.0, absolute: 0.0 };
        // From the rare ones to the frequent ones, at either end, so that small shares keep their digits.
        for (inversions, share) in shares.into_iter().enumerate() {
            let score = pairs - 2 * inversions as i64;
            let add = |tail: &mut f64, is_in: bool| *tail += if is_in { share } else { 0.0 };
            add(&mut tails.greater_equal, score >= thresholds.greater_equal);
            add(&mut tails.less_equal, score <= thresholds.less_equal);
            add(&mut tails.absolute, score >= thresholds.far_above || score <= thresholds.far_below);
        }
        Some(tails)
    }

    fn value(&self, replicate: i64) -> f64 {
        replicate as f64 * self.scale
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Kernel { passes: 40.0 + self.places.len() as f64 / 10.0 }
    }
}

/// Σ A·B of the distances between rows, each less the means of its row and its column.
struct Distances {
    a: Vec<f64>,
    b: Vec<f64>,
    n: usize,
    /// Of a sum whose square root is the correlation.
    scale: f64,
}

impl Distances {
    fn new(units: &Shuffled, x: &[f64]) -> Self {
        let n = units.len();
        let centred = |values: &[f64]| {
            // In a unit in which squares of distances are neither too large nor too small.
            let largest = values.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
            let values: Vec<f64> = values.iter().map(|value| value / largest).collect();
            let mut distances: Vec<f64> =
                values.iter().flat_map(|&one| values.iter().map(move |&other| (one - other).abs())).collect();
            let means: Vec<f64> = distances.chunks_exact(n).map(|row| row.iter().sum::<f64>() / n as f64).collect();
            let mean = means.iter().sum::<f64>() / n as f64;
            for (row, of_row) in distances.chunks_exact_mut(n).zip(&means) {
                row.iter_mut().zip(&means).for_each(|(distance, of_column)| *distance += mean - of_row - of_column);
            }
            distances
        };
        let (a, b) = (centred(x), centred(&units.values));
        let squares = |distances: &[f64]| distances.iter().map(|distance| distance * distance).sum::<f64>();
        let scale = 1.0 / (squares(&a) * squares(&b)).sqrt();
        Self { a, b, n, scale }
    }
}

impl Statistic for Distances {
    type Replicate = f64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        let n = self.n;
        for (replicate, order) in replicates.iter_mut().zip(orders(labellings)) {
            // Both are symmetric: the pairs above the diagonal count twice.
            let row = |i: usize| {
                let (a, b) = (&self.a[i * n..][..n], &self.b[order[i] as usize * n..][..n]);
                let above: f64 = a[i + 1..].iter().zip(&order[i + 1..]).map(|(a, &j)| a * b[j as usize]).sum();
                2.0 * above + a[i] * b[order[i] as usize]
            };
            *replicate = (0..n).map(row).sum::<f64>() * self.scale;
        }
        Ok(())
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        // The squares of all distances have the sum 1.
        Thresholds::about(0.0, observed, 1e-12)
    }

    fn value(&self, replicate: f64) -> f64 {
        // What is not defined stays so.
        if replicate > 0.0 || replicate.is_nan() { replicate.sqrt() } else { 0.0 }
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Kernel { passes: 10.0 * self.n as f64 }
    }

    fn null_shape(&self) -> NullShape {
        NullShape::Exponential { power: 2, rate: 0.5 }
    }
}
