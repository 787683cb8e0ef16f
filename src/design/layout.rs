//! How observations belong together → the design that respects it, or why there is none.
//!
//! | pairs | clusters | strata | what is relabelled |
//! |---|---|---|---|
//! | | | | observations ([`TwoSample`]) |
//! | | | ✓ | observations, within their stratum ([`Stratified`]) |
//! | | ✓ | | whole clusters ([`Clustered`]) |
//! | | ✓ | ✓ | whole clusters, within their stratum |
//! | ✓ | | | labels are swapped within pairs ([`Paired`]) |
//! | ✓ | ✓ | | labels are swapped within all pairs of a cluster together |
//!
//! Pairs that lie within strata are swapped within strata as well: strata beside pairs change nothing and are only
//! checked.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::{Clustered, Design, Kind, Paired, Stratified, TwoSample};

/// How observations belong together; case observations are numbered first, then the control observations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// Whether the i-th case and the i-th control observation are a pair.
    pub pairing: Pairing,
    /// Strata within which labels are exchanged.
    pub strata: Option<Blocks>,
    /// Clusters whose observations keep sharing a label.
    pub clusters: Option<Blocks>,
}

/// Whether observations are paired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Pairing {
    /// They are not.
    #[default]
    Independent,
    /// The i-th case and the i-th control observation are a pair, which is called by its number.
    ByOrder,
    /// The same, and these are the names of the pairs.
    Named(Vec<String>),
}

/// Which block each observation belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocks {
    /// A number for each observation; observations of the same number are in the same block.
    pub of_observation: Vec<u32>,
    /// What the numbers stand for in messages; a number without a name is called by itself.
    pub names: Vec<String>,
}

/// Why a layout has no design.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// The groups differ in size, so not every observation has a partner.
    Unpaired {
        /// Case and control observations.
        sizes: [usize; 2],
    },
    /// There is not a block for each observation.
    Incomplete,
    /// A cluster holds case and control observations.
    MixedCluster {
        /// Its name.
        cluster: String,
        /// How many clusters do.
        mixed: usize,
    },
    /// A pair or a cluster reaches over more than one stratum or cluster.
    Across {
        /// `pair` or `cluster`.
        inner: &'static str,
        /// Its name.
        name: String,
        /// `strata` or `clusters`.
        outer: &'static str,
    },
    /// No two labels can be exchanged.
    NothingToRelabel,
}

/// A design over the positions of a pool, and the positions of each pair's case and control member.
pub struct Arrangement {
    /// The design.
    pub design: Arc<dyn Design>,
    /// The pairs in the order they were given, if there are any.
    pub pairs: Option<Vec<[u32; 2]>>,
}

impl Layout {
    /// The design of observations in another order: observation `order[i]` stands at position i.
    ///
    /// # Errors
    /// A [`Conflict`] where the blocks contradict the labels or each other.
    pub fn arrange(&self, order: &[u32], n_case: usize) -> Result<Arrangement, Conflict> {
        let labels: Vec<bool> = order.iter().map(|&observation| (observation as usize) < n_case).collect();
        let place = |blocks: &Option<Blocks>| blocks.as_ref().map(|blocks| Placed::new(blocks, order)).transpose();
        let (strata, clusters) = (place(&self.strata)?, place(&self.clusters)?);
        if self.pairing != Pairing::Independent {
            return self.arrange_pairs(order, n_case, &labels, strata.as_ref(), clusters.as_ref());
        }
        let design: Arc<dyn Design> = match (&clusters, &strata) {
            (None, None) => Arc::new(TwoSample::new(&labels)),
            (None, Some(strata)) => {
                strata.check_labels_meet(&labels)?;
                Arc::new(Stratified::new(&strata.of, &labels))
            }
            (Some(clusters), strata) => {
                let cluster_labels = clusters.labels(&labels)?;
                let inner: Arc<dyn Design> = match strata {
                    None => Arc::new(TwoSample::new(&cluster_labels)),
                    Some(strata) => {
                        let stratum_of = clusters.within(strata, ["cluster", "strata"])?;
                        let strata = Placed { of: stratum_of, ..strata.clone() };
                        strata.check_labels_meet(&cluster_labels)?;
                        Arc::new(Stratified::new(&strata.of, &cluster_labels))
                    }
                };
                Arc::new(Clustered::new(inner, &clusters.of))
            }
        };
        Ok(Arrangement { design, pairs: None })
    }

    fn arrange_pairs(
        &self,
        order: &[u32],
        n_case: usize,
        labels: &[bool],
        strata: Option<&Placed>,
        clusters: Option<&Placed>,
    ) -> Result<Arrangement, Conflict> {
        let sizes = [n_case, order.len() - n_case];
        if sizes[0] != sizes[1] {
            return Err(Conflict::Unpaired { sizes });
        }
        let names = if let Pairing::Named(names) = &self.pairing { names.clone() } else { Vec::new() };
        let of_observation = (0..n_case as u32).chain(0..n_case as u32).collect();
        let pairs = Placed::new(&Blocks { of_observation, names }, order)?;
        if let Some(strata) = strata {
            pairs.within(strata, ["pair", "strata"])?;
        }
        let swapped_with = match clusters {
            None => &pairs.of,
            Some(clusters) => {
                pairs.within(clusters, ["pair", "clusters"])?;
                &clusters.of
            }
        };
        let kind = if clusters.is_some() { Kind::PairedClustered } else { Kind::Paired };
        let mut members = vec![[0; 2]; n_case];
        for (position, &observation) in order.iter().enumerate() {
            let observation = observation as usize;
            members[observation % n_case][observation / n_case] = position as u32;
        }
        Ok(Arrangement { design: Arc::new(Paired::of_kind(kind, swapped_with, labels)), pairs: Some(members) })
    }
}

/// Blocks by position, numbered from 0 without gaps.
#[derive(Clone)]
struct Placed {
    of: Vec<u32>,
    names: Vec<String>,
}

impl Placed {
    fn new(blocks: &Blocks, order: &[u32]) -> Result<Self, Conflict> {
        if blocks.of_observation.len() != order.len() {
            return Err(Conflict::Incomplete);
        }
        // In the order of the observations, so that the numbers do not depend on the values.
        let (mut numbers, mut names) = (HashMap::new(), Vec::new());
        for &block in &blocks.of_observation {
            numbers.entry(block).or_insert_with(|| {
                names.push(blocks.names.get(block as usize).cloned().unwrap_or_else(|| (block + 1).to_string()));
                names.len() as u32 - 1
            });
        }
        let of = order.iter().map(|&observation| numbers[&blocks.of_observation[observation as usize]]).collect();
        Ok(Self { of, names })
    }

    /// The label that each block's observations share.
    fn labels(&self, labels: &[bool]) -> Result<Vec<bool>, Conflict> {
        let mut seen = vec![[false; 2]; self.names.len()];
        for (&block, &label) in self.of.iter().zip(labels) {
            seen[block as usize][usize::from(label)] = true;
        }
        let mixed: Vec<usize> = (0..seen.len()).filter(|&block| seen[block] == [true; 2]).collect();
        match mixed.first() {
            Some(&first) => Err(Conflict::MixedCluster { cluster: self.names[first].clone(), mixed: mixed.len() }),
            None => Ok(seen.into_iter().map(|[_, case]| case).collect()),
        }
    }

    /// The outer block that each of these blocks lies in.
    fn within(&self, outer: &Self, [inner_name, outer_name]: [&'static str; 2]) -> Result<Vec<u32>, Conflict> {
        let mut outer_of = vec![None; self.names.len()];
        for (&inner, &outer) in self.of.iter().zip(&outer.of) {
            if *outer_of[inner as usize].get_or_insert(outer) != outer {
                let name = self.names[inner as usize].clone();
                return Err(Conflict::Across { inner: inner_name, name, outer: outer_name });
            }
        }
        Ok(outer_of.into_iter().flatten().collect())
    }

    fn check_labels_meet(&self, labels: &[bool]) -> Result<(), Conflict> {
        let mut seen = vec![[false; 2]; self.names.len()];
        for (&block, &label) in self.of.iter().zip(labels) {
            seen[block as usize][usize::from(label)] = true;
        }
        if seen.contains(&[true; 2]) { Ok(()) } else { Err(Conflict::NothingToRelabel) }
    }
}

impl Conflict {
    /// What the user can do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Unpaired { .. } => "give both samples in the same order and of one length, or name the pairs",
            Self::Incomplete => "name a block for each observation, those of the case sample first",
            Self::MixedCluster { .. } => {
                "give a cluster's observations one label; if labels vary within it, it is a stratum or holds pairs"
            }
            Self::Across { inner: "pair", outer: "strata", .. } => "leave out the strata, or correct the pairs",
            Self::Across { inner: "pair", .. } => "leave out the clusters, or correct the pairs",
            Self::Across { .. } => "leave out the strata, or name smaller clusters",
            Self::NothingToRelabel => "choose strata in which case and control both occur",
        }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unpaired { sizes: [case, control] } => {
                write!(f, "{case} case and {control} control observations cannot all be paired")
            }
            Self::Incomplete => f.write_str("there is not a block for each observation"),
            Self::MixedCluster { cluster, mixed: 1 } => {
                write!(f, "cluster {cluster:?} holds both case and control observations")
            }
            Self::MixedCluster { cluster, mixed } => {
                write!(f, "{mixed} clusters hold both case and control observations, the first of them {cluster:?}")
            }
            Self::Across { inner, name, outer } => write!(f, "{inner} {name:?} reaches over several {outer}"),
            Self::NothingToRelabel => f.write_str("no stratum holds both case and control observations"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(of_observation: &[u32]) -> Blocks {
        Blocks { of_observation: of_observation.to_vec(), names: ["a", "b", "c"].map(str::to_owned).to_vec() }
    }

    fn arrange(layout: &Layout, n_case: usize, all: u32) -> Result<Arrangement, Conflict> {
        layout.arrange(&(0..all).rev().collect::<Vec<_>>(), n_case)
    }

    fn conflict(layout: &Layout, n_case: usize, all: u32) -> String {
        match arrange(layout, n_case, all) {
            Ok(_) => panic!("{layout:?} has a design"),
            Err(conflict) => conflict.to_string(),
        }
    }

    #[test]
    fn each_combination_has_its_design_and_size() {
        let size = |layout: &Layout, n_case, all| {
            let Arrangement { design, .. } =
                arrange(layout, n_case, all).unwrap_or_else(|conflict| panic!("{conflict}"));
            (design.kind().name(), design.reference_set_size().exact.unwrap())
        };
        let paired = Layout { pairing: Pairing::ByOrder, ..Layout::default() };
        let independent = Layout::default();
        assert_eq!(size(&independent, 3, 6), ("two-sample", 20));
        assert_eq!(size(&paired, 3, 6), ("paired", 8));
        // Strata {0, 1, 3}, {2, 4, 5} of cases 0, 1, 2: C(3, 2)·C(3, 1).
        let strata = Layout { strata: Some(blocks(&[0, 0, 1, 0, 1, 1])), ..Layout::default() };
        assert_eq!(size(&strata, 3, 6), ("stratified", 9));
        // Clusters {0, 1}, {2}, {3, 4, 5}: two of three.
        let clusters = Layout { clusters: Some(blocks(&[0, 0, 1, 2, 2, 2])), ..Layout::default() };
        assert_eq!(size(&clusters, 3, 6), ("clustered", 3));
        let both =
            Layout { clusters: Some(blocks(&[0, 1, 2, 3])), strata: Some(blocks(&[0, 1, 0, 1])), ..Layout::default() };
        assert_eq!(size(&both, 2, 4), ("clustered, stratified", 4));
        let pairs = Layout { clusters: Some(blocks(&[0, 0, 1, 0, 0, 1])), strata: Some(blocks(&[0; 6])), ..paired };
        assert_eq!(size(&pairs, 3, 6), ("paired, clustered", 4));
    }

    #[test]
    fn pairs_keep_their_order() {
        let layout = Layout { pairing: Pairing::ByOrder, ..Layout::default() };
        assert_eq!(arrange(&layout, 2, 4).map(|arrangement| arrangement.pairs).ok(), Some(Some(vec![[3, 1], [2, 0]])));
    }

    #[test]
    fn contradictions_are_named() {
        let paired = Layout { pairing: Pairing::ByOrder, ..Layout::default() };
        assert_eq!(conflict(&paired, 2, 5), "2 case and 3 control observations cannot all be paired");
        let mixed = Layout { clusters: Some(blocks(&[0, 1, 1, 2])), ..Layout::default() };
        assert_eq!(conflict(&mixed, 2, 4), "cluster \"b\" holds both case and control observations");
        let across = Layout { strata: Some(blocks(&[0, 1, 0, 0])), ..paired.clone() };
        assert_eq!(conflict(&across, 2, 4), "pair \"2\" reaches over several strata");
        let across = Layout { clusters: Some(blocks(&[0, 1, 1, 1])), ..paired };
        assert_eq!(conflict(&across, 2, 4), "pair \"1\" reaches over several clusters");
        let across =
            Layout { clusters: Some(blocks(&[0, 0, 1, 2])), strata: Some(blocks(&[0, 1, 1, 1])), ..Layout::default() };
        assert_eq!(conflict(&across, 2, 4), "cluster \"a\" reaches over several strata");
        let apart = Layout { strata: Some(blocks(&[0, 0, 1, 1])), ..Layout::default() };
        assert_eq!(conflict(&apart, 2, 4), "no stratum holds both case and control observations");
        let short = Layout { strata: Some(blocks(&[0, 0, 1])), ..Layout::default() };
        assert_eq!(conflict(&short, 2, 4), "there is not a block for each observation");
    }
}
