//! Rows in an order that depends on what they say, never on where they stand in a file.
//!
//! A seed draws labellings of units by their numbers, so units must be numbered alike however the rows are shuffled. What
//! sorts here is content: an observation by its group and value, a pair by its two values, a cluster by what is in it, and a
//! stratum by its clusters. Blocks of equal content may stand for each other, unless clusters of pairs reach across strata;
//! then their names decide.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::design::layout::{Blocks, Layout, Pairing};
use crate::statistic::pool;

/// Two samples and their layout, in canonical order.
pub(super) struct Canonical<'a> {
    pub case: Cow<'a, [f64]>,
    pub control: Cow<'a, [f64]>,
    pub layout: Cow<'a, Layout>,
}

/// What is sorted: an observation, as its group and its value, or a pair, as its values.
type Atom = [u64; 2];

impl<'a> Canonical<'a> {
    /// Sorts the observations: by stratum, cluster and value, the case values first. A layout that contradicts itself is left
    /// as it is, so that messages about it count rows as the caller does. Takes O(N log N).
    pub fn new(case: &'a [f64], control: &'a [f64], layout: &'a Layout) -> Self {
        let sizes = [case.len(), control.len()];
        let order = fits(layout, sizes).then(|| order(&atoms_of(case, control, layout), case.len(), layout));
        let Some(Order { observations, strata, clusters }) = order else {
            return Self { case: case.into(), control: control.into(), layout: Cow::Borrowed(layout) };
        };
        let pick = |rows: &[u32], values: &[f64], before: usize| {
            rows.iter().map(|&row| values[row as usize - before]).collect::<Vec<_>>()
        };
        let n_case = case.len();
        let (cases, controls) = observations.split_at(n_case);
        let (case, control) = (pick(cases, case, 0).into(), pick(controls, control, n_case).into());
        let layout = Order { observations, strata, clusters }.into_layout(layout, n_case);
        Self { case, control, layout: Cow::Owned(layout) }
    }
}

/// The rows of several columns in canonical order: by what the first column says, then by the others.
pub(super) struct CanonicalRows {
    /// The rows, those of the case first.
    pub order: Vec<u32>,
    /// How they belong together, in that order.
    pub layout: Layout,
}

impl CanonicalRows {
    /// Sorts rows, of which each column has a value or NaN for none, those of the case first. Takes O(N log N) comparisons.
    pub fn new(columns: &[Vec<f64>], n_case: usize, layout: &Layout) -> Self {
        let all = columns.first().map_or(0, Vec::len);
        if !fits(layout, [n_case, all - n_case]) {
            return Self { order: (0..all as u32).collect(), layout: layout.clone() };
        }
        let order = order(&ranked_atoms(columns, n_case, layout), n_case, layout);
        Self { order: order.observations.clone(), layout: order.into_layout(layout, n_case) }
    }
}

/// The canonical order of the observations, and their blocks in the order that was given.
struct Order<'a> {
    observations: Vec<u32>,
    strata: Option<Ranked<'a>>,
    clusters: Option<Ranked<'a>>,
}

impl Order<'_> {
    fn into_layout(self, given: &Layout, n_case: usize) -> Layout {
        let Self { observations, strata, clusters } = self;
        let pairing = match &given.pairing {
            Pairing::Named(names) => {
                let name = |&pair: &u32| names.get(pair as usize).cloned().unwrap_or_default();
                Pairing::Named(observations[..n_case].iter().map(name).collect())
            }
            other => other.clone(),
        };
        let [strata, clusters] =
            [strata, clusters].map(|ranked| ranked.map(|ranked| ranked.into_blocks(&observations)));
        Layout { pairing, strata, clusters }
    }
}

/// An integer that is ordered like the number; a missing one comes last.
fn key(value: f64) -> u64 {
    if value.is_nan() { u64::MAX } else { pool::sort_key(value + 0.0) }
}

fn is_paired(layout: &Layout) -> bool {
    layout.pairing != Pairing::Independent
}

/// What is sorted, of one column.
fn atoms_of(case: &[f64], control: &[f64], layout: &Layout) -> Vec<Atom> {
    if is_paired(layout) {
        return case.iter().zip(control).map(|(&x, &y)| [key(x), key(y)]).collect();
    }
    let of_group = |group: u64| move |&value: &f64| [group, key(value)];
    case.iter().map(of_group(0)).chain(control.iter().map(of_group(1))).collect()
}

/// The same of several columns, by the place of each row among all.
fn ranked_atoms(columns: &[Vec<f64>], n_case: usize, layout: &Layout) -> Vec<Atom> {
    let number = if is_paired(layout) { n_case } else { columns[0].len() };
    let compare = |&a: &u32, &b: &u32| {
        let [a, b] = [a, b].map(|atom| atom as usize);
        let of = |column: &Vec<f64>, atom: usize| {
            let partner = if is_paired(layout) { key(column[atom + n_case]) } else { 0 };
            [key(column[atom]), partner]
        };
        columns
            .iter()
            .map(|column| of(column, a).cmp(&of(column, b)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    };
    let mut sorted: Vec<u32> = (0..number as u32).collect();
    sorted.sort_by(compare);
    let mut atoms = vec![[0; 2]; number];
    for (rank, equal) in sorted.chunk_by(|a, b| compare(a, b).is_eq()).enumerate() {
        for &atom in equal {
            atoms[atom as usize] = [u64::from(!is_paired(layout) && atom as usize >= n_case), rank as u64];
        }
    }
    atoms
}

/// Whether a layout is one of so many case and control observations, each pair in one block.
fn fits(layout: &Layout, [n_case, n_control]: [usize; 2]) -> bool {
    let fits = |blocks: &Option<Blocks>| {
        let Some(Blocks { of_observation, .. }) = blocks else { return true };
        // Both members of a pair have its block.
        let pairs_fit = || of_observation[..n_case] == of_observation[n_case..];
        of_observation.len() == n_case + n_control && (!is_paired(layout) || pairs_fit())
    };
    (!is_paired(layout) || n_case == n_control) && fits(&layout.strata) && fits(&layout.clusters)
}

fn order<'a>(atoms: &[Atom], n_case: usize, layout: &'a Layout) -> Order<'a> {
    let Layout { strata, clusters, .. } = layout;
    let clusters = clusters.as_ref().map(|blocks| Ranked::new(blocks, atoms));
    let within =
        |atom: usize| (clusters.as_ref().map_or(0, |clusters| clusters.class[clusters.of[atom] as usize]), atoms[atom]);
    let contents: Vec<(u32, Atom)> = (0..atoms.len()).map(within).collect();
    let strata = strata.as_ref().map(|blocks| Ranked::new(blocks, &contents));
    let rank = |blocks: &Option<Ranked>, atom: u32| blocks.as_ref().map_or(0, |blocks| blocks.rank_of(atom));
    let place = |&atom: &u32| (rank(&strata, atom), rank(&clusters, atom), atoms[atom as usize]);
    let mut sorted: Vec<u32> = (0..atoms.len() as u32).collect();
    sorted.sort_by_cached_key(place);
    let observations = if is_paired(layout) {
        sorted.iter().copied().chain(sorted.iter().map(|pair| pair + n_case as u32)).collect()
    } else {
        let (cases, controls): (Vec<u32>, Vec<u32>) = sorted.iter().partition(|&&row| (row as usize) < n_case);
        [cases, controls].concat()
    };
    Order { observations, strata, clusters }
}

/// Blocks in the order of what they hold.
struct Ranked<'a> {
    blocks: &'a Blocks,
    /// The block of each atom, numbered without gaps.
    of: Vec<u32>,
    /// The number that the caller gave each block.
    numbers: Vec<u32>,
    /// Its place among all blocks.
    rank: Vec<u32>,
    /// The place of the first block of equal content.
    class: Vec<u32>,
}

impl<'a> Ranked<'a> {
    fn new<K: Ord + Copy>(blocks: &'a Blocks, contents: &[K]) -> Self {
        let given = &blocks.of_observation[..contents.len()];
        let mut numbers = given.to_vec();
        numbers.sort_unstable();
        numbers.dedup();
        let number = |block: &u32| numbers.binary_search(block).expect("the number of a block") as u32;
        let of: Vec<u32> = given.iter().map(number).collect();

        let mut atoms: Vec<u32> = (0..contents.len() as u32).collect();
        atoms.sort_unstable_by_key(|&atom| (of[atom as usize], contents[atom as usize]));
        let members: Vec<&[u32]> = atoms.chunk_by(|&a, &b| of[a as usize] == of[b as usize]).collect();
        let compare = |a: u32, b: u32| {
            let content = |block: u32| members[block as usize].iter().map(|&atom| contents[atom as usize]);
            content(a).cmp(content(b))
        };
        let name = |block: u32| blocks.names.get(numbers[block as usize] as usize);
        let mut order: Vec<u32> = (0..numbers.len() as u32).collect();
        order.sort_by(|&a, &b| compare(a, b).then_with(|| name(a).cmp(&name(b))));

        let (mut rank, mut class) = (vec![0; order.len()], vec![0; order.len()]);
        for (place, &block) in order.iter().enumerate() {
            rank[block as usize] = place as u32;
            let before = place.checked_sub(1).map(|before| order[before]);
            let equal = before.filter(|&before| compare(before, block) == Ordering::Equal);
            class[block as usize] = equal.map_or(place as u32, |before| class[before as usize]);
        }
        Self { blocks, of, numbers, rank, class }
    }

    fn rank_of(&self, atom: u32) -> u32 {
        self.rank[self.of[atom as usize] as usize]
    }

    /// The blocks of the observations in another order, numbered by rank.
    fn into_blocks(self, order: &[u32]) -> Blocks {
        let Self { blocks, of, numbers, rank, .. } = self;
        let mut names = vec![String::new(); numbers.len()];
        for (&number, &rank) in numbers.iter().zip(&rank) {
            // A block without a name is called by its number, as if it had not been numbered anew.
            let name = blocks.names.get(number as usize).cloned();
            names[rank as usize] = name.unwrap_or_else(|| (number + 1).to_string());
        }
        let of_observation = order.iter().map(|&row| rank[of[row as usize % of.len()] as usize]).collect();
        Blocks { of_observation, names }
    }
}
