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
        let order = order(case, control, layout);
        let Some(Order { observations, strata, clusters }) = order else {
            return Self { case: case.into(), control: control.into(), layout: Cow::Borrowed(layout) };
        };
        let pick = |rows: &[u32], values: &[f64], before: usize| {
            rows.iter().map(|&row| values[row as usize - before]).collect::<Vec<_>>()
        };
        let (cases, controls) = observations.split_at(case.len());
        let pairing = match &layout.pairing {
            Pairing::Named(names) => {
                let name = |&pair: &u32| names.get(pair as usize).cloned().unwrap_or_default();
                Pairing::Named(cases.iter().map(name).collect())
            }
            other => other.clone(),
        };
        let [strata, clusters] =
            [strata, clusters].map(|ranked| ranked.map(|ranked| ranked.into_blocks(&observations)));
        Self {
            case: pick(cases, case, 0).into(),
            control: pick(controls, control, case.len()).into(),
            layout: Cow::Owned(Layout { pairing, strata, clusters }),
        }
    }
}

/// The canonical order of the observations, and their blocks in the order that was given.
struct Order<'a> {
    observations: Vec<u32>,
    strata: Option<Ranked<'a>>,
    clusters: Option<Ranked<'a>>,
}

fn order<'a>(case: &[f64], control: &[f64], layout: &'a Layout) -> Option<Order<'a>> {
    let Layout { pairing, strata, clusters } = layout;
    let (n_case, all) = (case.len(), case.len() + control.len());
    let is_paired = *pairing != Pairing::Independent;
    let key = |value: f64| pool::sort_key(value + 0.0);
    let atoms: Vec<Atom> = if is_paired {
        case.iter().zip(control).map(|(&x, &y)| [key(x), key(y)]).collect()
    } else {
        let of_group = |group: u64| move |&value: &f64| [group, key(value)];
        case.iter().map(of_group(0)).chain(control.iter().map(of_group(1))).collect()
    };
    let fits = |blocks: &Option<Blocks>| {
        let Some(Blocks { of_observation, .. }) = blocks else { return true };
        // Both members of a pair have its block.
        let pairs_fit = || of_observation[..n_case] == of_observation[n_case..];
        of_observation.len() == all && (!is_paired || (n_case == control.len() && pairs_fit()))
    };
    if (is_paired && n_case != control.len()) || !fits(strata) || !fits(clusters) {
        return None;
    }
    let clusters = clusters.as_ref().map(|blocks| Ranked::new(blocks, &atoms));
    let within =
        |atom: usize| (clusters.as_ref().map_or(0, |clusters| clusters.class[clusters.of[atom] as usize]), atoms[atom]);
    let contents: Vec<(u32, Atom)> = (0..atoms.len()).map(within).collect();
    let strata = strata.as_ref().map(|blocks| Ranked::new(blocks, &contents));
    let rank = |blocks: &Option<Ranked>, atom: u32| blocks.as_ref().map_or(0, |blocks| blocks.rank_of(atom));
    let place = |&atom: &u32| (rank(&strata, atom), rank(&clusters, atom), atoms[atom as usize]);
    let mut sorted: Vec<u32> = (0..atoms.len() as u32).collect();
    sorted.sort_by_cached_key(place);
    let observations = if is_paired {
        sorted.iter().copied().chain(sorted.iter().map(|pair| pair + n_case as u32)).collect()
    } else {
        let (cases, controls): (Vec<u32>, Vec<u32>) = sorted.iter().partition(|&&row| (row as usize) < n_case);
        [cases, controls].concat()
    };
    Some(Order { observations, strata, clusters })
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
