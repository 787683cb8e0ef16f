//! Statistics of more than two groups.
//!
//! | name | what it is | replicate |
//! |---|---|---|
//! | `f` | F of the analysis of variance (Fisher 1925) | Σ S²/n over the groups, S being sums of values less their mean |
//! | `kruskal-wallis` | H (Kruskal & Wallis 1952) | the same of mid-ranks |
//! | `friedman` | χ² (Friedman 1937), with strata | the same of mid-ranks within strata |
//! | `welch-f` | F with a variance for each group (Welch 1951) | itself |
//! | `trend` | J (Jonckheere 1954, Terpstra 1952), of ordered groups | twice itself |
//! | `chi-squared` | χ² of a table of categories by groups (Pearson 1900) | Σ O²/(row · column) |
//!
//! Within strata values are taken less the mean of their stratum. Sums are of integers, so that ties are exact up to what a
//! double holds of their squares.

use super::linear::scores::Scores;
use super::shuffled::{PlaceLabels, Run, Shuffled, centred, twice_ranks};
use super::{Character, EvaluationCost, NullShape, Prepared, Problem, Statistic, TestStatistic, Thresholds};
use crate::error::Error;
use crate::message::{Message, Setting};
use crate::sampling::labellings::Labellings;
use crate::simd::Arch;
use crate::statistic::distance::Side;

/// Two replicates that differ by no more than this share tie.
const TOLERANCE: f64 = 1e-12;

/// A statistic of more than two groups, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupStatistic {
    /// F of the analysis of variance.
    F,
    /// Welch's F.
    WelchF,
    /// Kruskal and Wallis's H.
    KruskalWallis,
    /// Friedman's χ².
    Friedman,
    /// Jonckheere and Terpstra's J.
    Trend,
    /// Pearson's χ² of categories.
    ChiSquared,
}

impl GroupStatistic {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::F, Self::WelchF, Self::KruskalWallis, Self::Friedman, Self::Trend, Self::ChiSquared];

    /// The name in options and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::F => "f",
            Self::WelchF => "welch-f",
            Self::KruskalWallis => "kruskal-wallis",
            Self::Friedman => "friedman",
            Self::Trend => "trend",
            Self::ChiSquared => "chi-squared",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::F => "F",
            Self::WelchF => "Welch's F",
            Self::KruskalWallis => "Kruskal-Wallis H",
            Self::Friedman => "Friedman's chi-squared",
            Self::Trend => "Jonckheere-Terpstra J",
            Self::ChiSquared => "chi-squared",
        }
    }

    /// What it is, in a line.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::F => "F of the analysis of variance: do the means differ?",
            Self::WelchF => "Welch's F: the same, each group with its own variance",
            Self::KruskalWallis => "Kruskal and Wallis's H: the same of ranks",
            Self::Friedman => "Friedman's chi-squared: the same of ranks within strata or repeated measures",
            Self::Trend => "Jonckheere and Terpstra's J: do values rise along the order of the groups?",
            Self::ChiSquared => "Pearson's chi-squared of words against groups",
        }
    }

    /// Whether it has a direction, so that one-sided tests make sense.
    #[must_use]
    pub fn has_a_direction(self) -> bool {
        self == Self::Trend
    }

    /// Reads a name.
    ///
    /// # Errors
    /// [`Error::Usage`] for what is none, with the nearest name.
    pub fn parse(name: &str) -> Result<Self, Error> {
        if let Some(statistic) = Self::ALL.into_iter().find(|statistic| statistic.name() == name.trim()) {
            return Ok(statistic);
        }
        let likeness = |statistic: &Self| strsim::jaro_winkler(statistic.name(), name);
        let near = Self::ALL.into_iter().filter(|statistic| likeness(statistic) > 0.8);
        let guess = near.max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        let guess = guess.map(|near| format!("did you mean {}? ", near.name())).unwrap_or_default();
        let names = Self::ALL.map(Self::name).join(", ");
        let what = Message::from(Setting::Statistic).and(format!(" {} is none of several groups", name.trim()));
        Err(Error::usage(what, format!("{guess}choose one of {names}")))
    }

    /// Makes it ready for a problem.
    ///
    /// # Errors
    /// As [`TestStatistic::prepare`].
    pub fn prepared<'a>(self, problem: &'a Problem, side: Side) -> Result<Prepared<'a>, Error> {
        let Some((units, groups)) = problem.units().and_then(groups_of) else {
            let what = format!("{} compares several groups", self.name());
            return Err(Error::usage(what, "give it groups, or choose another statistic"));
        };
        if side != Side::Either && !self.has_a_direction() {
            let what = format!("{} says that groups differ, and has no direction", self.name());
            return Err(Error::usage(what, "leave out the alternative, or choose trend"));
        }
        if units.blocks.len() > 1 && matches!(self, Self::WelchF | Self::ChiSquared) {
            let what = format!("{} takes no account of strata", self.name());
            return Err(Error::usage(what, "leave them out, or choose f, kruskal-wallis, friedman or trend"));
        }
        let distance = |prepared: Prepared<'a>| prepared.of_character(Character::Distance);
        Ok(match self {
            Self::F => {
                let f = Prepared::floats(Between::new(units, groups, values(units), BetweenSquares::f));
                distance(Prepared { compares_centres: true, ..f })
            }
            Self::KruskalWallis => {
                let ranks = twice_ranks(&units.values, std::iter::once(0..units.values.len()));
                distance(Prepared::floats(Between::new(units, groups, ranks, BetweenSquares::h)))
            }
            Self::Friedman => {
                let ranks = twice_ranks(&units.values, units.observations());
                distance(Prepared::floats(Between::new(units, groups, ranks, BetweenSquares::h)))
            }
            Self::WelchF => distance(Prepared::floats(Welch::new(units, groups))),
            Self::ChiSquared => distance(Prepared::floats(Table::new(units, groups))),
            Self::Trend => {
                let trend = Trend::new(units, groups);
                // With clusters of unequal sizes the number of comparisons changes, and the mean is not known.
                let is_centred = units.are_single();
                let character = if is_centred { Character::Difference } else { Character::Number };
                Prepared { is_centred, ..Prepared::integers(trend) }.of_character(character)
            }
        })
    }
}

impl TestStatistic for GroupStatistic {
    fn prepare<'a>(&'a self, problem: &'a Problem, side: Side) -> Result<Prepared<'a>, Error> {
        self.prepared(problem, side)
    }
}

/// The units of a problem and the number of its groups, if that is what it has.
fn groups_of(units: &Shuffled) -> Option<(&Shuffled, usize)> {
    match units.labels {
        PlaceLabels::Groups { number, .. } => Some((units, number)),
        PlaceLabels::Numbers(_) => None,
    }
}

/// The values as integers.
fn values(units: &Shuffled) -> Vec<i64> {
    Scores::of(&units.values).scores
}

/// Sums over the groups, of which those of the last group of each block are what the others leave.
struct GroupSums {
    runs: Vec<Run>,
    /// What each unit adds.
    of_unit: Vec<i64>,
    /// What the units of each block add.
    of_block: Vec<i64>,
    groups: usize,
}

impl GroupSums {
    fn new(units: &Shuffled, groups: usize, of_unit: Vec<i64>) -> Self {
        let of_block = units.blocks.iter().map(|block| of_unit[block.clone()].iter().sum()).collect();
        Self { runs: units.runs(), of_unit, of_block, groups }
    }

    fn write(&self, order: &[u64], sums: &mut [i64]) {
        sums.fill(0);
        let mut blocks = self.of_block.iter();
        let mut rest = 0;
        for Run { places, label, is_last } in &self.runs {
            if *is_last {
                sums[*label] += blocks.next().copied().unwrap_or(0) - rest;
                rest = 0;
            } else {
                let sum: i64 = order[places.clone()].iter().map(|&unit| self.of_unit[unit as usize]).sum();
                sums[*label] += sum;
                rest += sum;
            }
        }
    }
}

/// The number of observations in each group: the same in all labellings where units are single.
enum Sizes {
    Fixed(Vec<f64>),
    Counted(GroupSums),
}

impl Sizes {
    fn new(units: &Shuffled, groups: usize) -> Self {
        let counts = (0..units.len()).map(|unit| units.of(unit).len() as i64).collect();
        let counted = GroupSums::new(units, groups, counts);
        if !units.are_single() {
            return Self::Counted(counted);
        }
        let mut sizes = vec![0; groups];
        counted.write(&(0..units.len() as u64).collect::<Vec<_>>(), &mut sizes);
        Self::Fixed(sizes.into_iter().map(|size| size as f64).collect())
    }

    fn write(&self, order: &[u64], room: &mut [i64], sizes: &mut [f64]) {
        match self {
            Self::Fixed(fixed) => sizes.copy_from_slice(fixed),
            Self::Counted(sums) => {
                sums.write(order, room);
                sizes.iter_mut().zip(room).for_each(|(size, &mut count)| *size = count as f64);
            }
        }
    }
}

/// The orders of a batch.
fn orders(labellings: &Labellings) -> impl Iterator<Item = &[u64]> {
    let Labellings::Orders(rows) = labellings else { unreachable!("several groups are shuffled") };
    rows.rows()
}

/// A function of the sum of squares between the groups.
struct Between {
    sums: GroupSums,
    sizes: Sizes,
    /// The sum of all squares, in the square of the unit of the scores.
    total: f64,
    /// Observations, groups and blocks.
    n: [f64; 3],
    value: fn(&BetweenSquares) -> f64,
}

/// What is known of the squares of a labelling.
struct BetweenSquares {
    between: f64,
    total: f64,
    n: [f64; 3],
}

impl BetweenSquares {
    /// The mean square between the groups over that within them and, with strata, without what these explain.
    fn f(&self) -> f64 {
        let [n, groups, blocks] = self.n;
        let within = (self.total - self.between).max(0.0) / (n - groups - blocks + 1.0);
        self.between / (groups - 1.0) / within
    }

    /// The share of the squares between the groups of all, times the degrees of freedom.
    fn h(&self) -> f64 {
        let [n, _, blocks] = self.n;
        (n - blocks) * self.between / self.total
    }
}

impl Between {
    fn new(units: &Shuffled, groups: usize, scores: Vec<i64>, value: fn(&BetweenSquares) -> f64) -> Self {
        let scores = centred(&scores, units.observations()).scores;
        Self {
            sums: GroupSums::new(units, groups, units.sums(&scores)),
            sizes: Sizes::new(units, groups),
            total: scores.iter().map(|&score| (score as f64).powi(2)).sum(),
            n: [units.values.len() as f64, groups as f64, units.blocks.len() as f64],
            value,
        }
    }
}

impl Statistic for Between {
    type Replicate = f64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        let groups = self.sums.groups;
        let (mut sums, mut room, mut sizes) = (vec![0; groups], vec![0; groups], vec![0.0; groups]);
        for (replicate, order) in replicates.iter_mut().zip(orders(labellings)) {
            self.sums.write(order, &mut sums);
            self.sizes.write(order, &mut room, &mut sizes);
            *replicate = sums.iter().zip(&sizes).map(|(&sum, size)| (sum as f64) * (sum as f64) / size).sum();
        }
        Ok(())
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        Thresholds::about(0.0, observed, TOLERANCE * observed)
    }

    fn value(&self, between: f64) -> f64 {
        (self.value)(&BetweenSquares { between, total: self.total, n: self.n })
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Kernel { passes: 2.0 }
    }

    /// Sums of squares of nearly normal numbers, one fewer than there are groups, have this tail.
    fn null_shape(&self) -> NullShape {
        NullShape::Exponential { power: 1, rate: (self.n[1] - 1.0) / 2.0 }
    }
}

/// Welch's F, from sums and sums of squares of each group.
struct Welch {
    sums: GroupSums,
    squares: GroupSums,
    sizes: Sizes,
}

impl Welch {
    fn new(units: &Shuffled, groups: usize) -> Self {
        let scores = centred(&values(units), units.observations()).scores;
        // F does not depend on the unit: as large a one as leaves squares room to add up in integers.
        let largest = scores.iter().map(|score| score.unsigned_abs()).max().unwrap_or(0);
        let room = ((1u64 << 61) as f64 / scores.len() as f64).sqrt() as u64;
        let shift = (64 - (largest / room.max(1)).leading_zeros()).min(63);
        let scores: Vec<i64> = scores.into_iter().map(|score| score >> shift).collect();
        let squares: Vec<i64> = scores.iter().map(|score| score * score).collect();
        Self {
            sums: GroupSums::new(units, groups, units.sums(&scores)),
            squares: GroupSums::new(units, groups, units.sums(&squares)),
            sizes: Sizes::new(units, groups),
        }
    }
}

/// Welch's F of groups with these sizes, sums and sums of squares; NaN where a group has no variance.
fn welch_f(sizes: &[f64], sums: &[i64], squares: &[i64]) -> f64 {
    let groups = sizes.len() as f64;
    let of = |group: usize| {
        let (n, sum) = (sizes[group], sums[group] as f64);
        let variance = (squares[group] as f64 - sum * sum / n) / (n - 1.0);
        (n / variance, sum / n)
    };
    let all = |term: &dyn Fn(f64, f64, f64) -> f64| -> f64 {
        (0..sizes.len()).map(|group| of(group)).zip(sizes).map(|((weight, mean), &n)| term(weight, mean, n)).sum()
    };
    let weights = all(&|weight, _, _| weight);
    let centre = all(&|weight, mean, _| weight * mean) / weights;
    let between = all(&|weight, mean, _| weight * (mean - centre) * (mean - centre)) / (groups - 1.0);
    let uncertain = all(&|weight, _, n| (1.0 - weight / weights) * (1.0 - weight / weights) / (n - 1.0));
    between / (1.0 + 2.0 * (groups - 2.0) / (groups * groups - 1.0) * uncertain)
}

impl Statistic for Welch {
    type Replicate = f64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        let groups = self.sums.groups;
        let (mut sums, mut squares, mut room) = (vec![0; groups], vec![0; groups], vec![0; groups]);
        let mut sizes = vec![0.0; groups];
        for (replicate, order) in replicates.iter_mut().zip(orders(labellings)) {
            self.sums.write(order, &mut sums);
            self.squares.write(order, &mut squares);
            self.sizes.write(order, &mut room, &mut sizes);
            *replicate = welch_f(&sizes, &sums, &squares);
        }
        Ok(())
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        // Where variances are small beside the means, their differences lose digits.
        Thresholds::about(0.0, observed, 1e3 * TOLERANCE * observed)
    }

    fn value(&self, replicate: f64) -> f64 {
        replicate
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Kernel { passes: 5.0 }
    }

    fn null_shape(&self) -> NullShape {
        NullShape::Exponential { power: 1, rate: (self.sums.groups as f64 - 1.0) / 2.0 }
    }
}

/// Observations that are larger than those of groups before theirs: J, twice, so that ties count one.
struct Trend {
    runs: Vec<Run>,
    /// The units of the observations of each block in ascending order, ties together.
    ascending: Vec<Vec<Vec<u32>>>,
    groups: usize,
    units: usize,
    /// The mean over all labellings.
    centre: i64,
}

impl Trend {
    fn new(units: &Shuffled, groups: usize) -> Self {
        let unit_of: Vec<u32> =
            (0..units.len()).flat_map(|unit| std::iter::repeat_n(unit as u32, units.of(unit).len())).collect();
        let ascending = |block: std::ops::Range<usize>| {
            let mut order: Vec<usize> = block.collect();
            order.sort_unstable_by(|&a, &b| units.values[a].total_cmp(&units.values[b]));
            let of_tied = |tied: &[usize]| tied.iter().map(|&place| unit_of[place]).collect();
            order.chunk_by(|&a, &b| units.values[a] == units.values[b]).map(of_tied).collect()
        };
        let mut trend = Self {
            runs: units.runs(),
            ascending: units.observations().map(ascending).collect(),
            groups,
            units: units.len(),
            centre: 0,
        };
        trend.centre = trend.pairs_of_groups();
        trend
    }

    /// Pairs of observations of two groups of a stratum: half of them rise on average, counted twice.
    fn pairs_of_groups(&self) -> i64 {
        let (mut all, mut so_far) = (0, 0);
        for run in &self.runs {
            let n = run.places.len() as i64;
            all += so_far * n;
            so_far = if run.is_last { 0 } else { so_far + n };
        }
        all
    }

    fn twice_j(&self, group_of: &[u32], below: &mut [i64], tied: &mut [i64]) -> i64 {
        let mut twice = 0;
        for block in &self.ascending {
            below.fill(0);
            for units in block {
                if let [unit] = units[..] {
                    let group = group_of[unit as usize] as usize;
                    twice += 2 * below[..group].iter().sum::<i64>();
                    below[group] += 1;
                    continue;
                }
                tied.fill(0);
                units.iter().for_each(|&unit| tied[group_of[unit as usize] as usize] += 1);
                for group in 0..self.groups {
                    let earlier: i64 = (0..group).map(|before| 2 * below[before] + tied[before]).sum();
                    twice += tied[group] * earlier;
                }
                below.iter_mut().zip(&*tied).for_each(|(below, tied)| *below += tied);
            }
        }
        twice
    }
}

impl Statistic for Trend {
    type Replicate = i64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [i64]) -> Result<(), Error> {
        let (mut group_of, mut below, mut tied) = (vec![0; self.units], vec![0; self.groups], vec![0; self.groups]);
        for (replicate, order) in replicates.iter_mut().zip(orders(labellings)) {
            for Run { places, label, .. } in &self.runs {
                order[places.clone()].iter().for_each(|&unit| group_of[unit as usize] = *label as u32);
            }
            *replicate = self.twice_j(&group_of, &mut below, &mut tied);
        }
        Ok(())
    }

    fn thresholds(&self, observed: i64) -> Thresholds<i64> {
        around(self.centre, observed)
    }

    fn centre(&self) -> Option<(i64, f64)> {
        Some((self.centre, 0.0))
    }

    fn value(&self, replicate: i64) -> f64 {
        replicate as f64 / 2.0
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Kernel { passes: 20.0 }
    }
}

/// Bounds around a whole centre.
pub(super) fn around(centre: i64, observed: i64) -> Thresholds<i64> {
    let distance = (observed - centre).abs();
    Thresholds {
        observed,
        greater_equal: observed,
        less_equal: observed,
        far_above: centre + distance,
        far_below: centre - distance,
    }
}

/// A table of categories by groups: Σ O²/(row · column), of which χ² is N times what exceeds 1.
struct Table {
    runs: Vec<Run>,
    /// The categories of the observations of each unit.
    of_unit: Vec<Vec<u32>>,
    /// Observations of each category.
    columns: Vec<f64>,
    groups: usize,
    all: f64,
}

impl Table {
    fn new(units: &Shuffled, groups: usize) -> Self {
        let mut distinct = units.values.clone();
        distinct.sort_unstable_by(f64::total_cmp);
        distinct.dedup();
        let category = |value: f64| distinct.partition_point(|&other| other < value) as u32;
        let mut columns = vec![0.0; distinct.len()];
        units.values.iter().for_each(|&value| columns[category(value) as usize] += 1.0);
        let of_unit = (0..units.len()).map(|unit| units.values[units.of(unit)].iter().map(|&x| category(x)).collect());
        Self { runs: units.runs(), of_unit: of_unit.collect(), columns, groups, all: units.values.len() as f64 }
    }
}

impl Statistic for Table {
    type Replicate = f64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        let mut table = vec![0u32; self.groups * self.columns.len()];
        for (replicate, order) in replicates.iter_mut().zip(orders(labellings)) {
            table.fill(0);
            for Run { places, label, .. } in &self.runs {
                let row = &mut table[label * self.columns.len()..][..self.columns.len()];
                for &unit in &order[places.clone()] {
                    self.of_unit[unit as usize].iter().for_each(|&category| row[category as usize] += 1);
                }
            }
            *replicate = table
                .chunks_exact(self.columns.len())
                .map(|row| {
                    let size = f64::from(row.iter().sum::<u32>());
                    let cell = |(&count, column): (&u32, &f64)| f64::from(count) * f64::from(count) / (column * size);
                    row.iter().zip(&self.columns).map(cell).sum::<f64>()
                })
                .sum();
        }
        Ok(())
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        Thresholds::about(0.0, observed, TOLERANCE * observed)
    }

    fn value(&self, replicate: f64) -> f64 {
        // Less than nothing by a rounding error, where the groups are alike.
        (self.all * (replicate - 1.0)).max(0.0)
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Kernel { passes: 15.0 }
    }
}

/// A function of the values of several groups, in the order of the groups: the larger, the more they differ. Values within a
/// [`tolerance`](super::tolerance) of the observed one count as ties.
///
/// ```
/// use permtest::PermutationTest;
/// use permtest::statistic::groups::FunctionOfGroups;
///
/// let mean = |group: &[f64]| group.iter().sum::<f64>() / group.len() as f64;
/// let range = |groups: &[&[f64]]| {
///     let means = || groups.iter().map(|group| mean(group));
///     means().fold(f64::MIN, f64::max) - means().fold(f64::MAX, f64::min)
/// };
/// let groups: [&[f64]; 3] = [&[1.0, 2.0], &[3.0, 4.0], &[5.0, 6.0]];
/// let result = PermutationTest::of_groups(&groups)?.run(&FunctionOfGroups(range))?;
/// assert_eq!(result.estimate, 4.0);
/// // The lowest two in one group, the highest two in another.
/// assert_eq!(result.p_value.estimate, 6.0 / 90.0);
/// # Ok::<(), permtest::error::Error>(())
/// ```
pub struct FunctionOfGroups<F>(pub F);

impl<F: Fn(&[&[f64]]) -> f64 + Send + Sync> TestStatistic for FunctionOfGroups<F> {
    fn prepare<'a>(&'a self, problem: &'a Problem, side: Side) -> Result<Prepared<'a>, Error> {
        let Some((units, groups)) = problem.units().and_then(groups_of) else {
            return Err(Error::usage("this function compares several groups", "give it groups"));
        };
        if side != Side::Either {
            return Err(Error::usage("a function of several groups has no direction", "leave out the alternative"));
        }
        let function = Gathered { function: &self.0, units, runs: units.runs(), groups };
        Ok(Prepared::floats(function).of_character(Character::Distance))
    }
}

struct Gathered<'a, F> {
    function: &'a F,
    units: &'a Shuffled,
    runs: Vec<Run>,
    groups: usize,
}

impl<F: Fn(&[&[f64]]) -> f64 + Send + Sync> Statistic for Gathered<'_, F> {
    type Replicate = f64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        let mut groups = vec![Vec::new(); self.groups];
        for (replicate, order) in replicates.iter_mut().zip(orders(labellings)) {
            groups.iter_mut().for_each(Vec::clear);
            for Run { places, label, .. } in &self.runs {
                for &unit in &order[places.clone()] {
                    groups[*label].extend_from_slice(&self.units.values[self.units.of(unit as usize)]);
                }
            }
            // What adds values up in their order gives the same number for the same groups.
            groups.iter_mut().for_each(|group: &mut Vec<f64>| group.sort_unstable_by(f64::total_cmp));
            let groups: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
            *replicate = (self.function)(&groups);
        }
        Ok(())
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        Thresholds::about(0.0, observed, super::tolerance(observed, 0.0, None))
    }

    fn value(&self, replicate: f64) -> f64 {
        replicate
    }

    fn cost(&self) -> EvaluationCost {
        EvaluationCost::Function
    }
}
