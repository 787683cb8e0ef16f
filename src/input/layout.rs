//! How the observations of the two samples belong together, as the files say it: strata, clusters, pairs.

use serde::{Deserialize, Serialize};

use crate::design::layout as design;

/// How observations belong together; each list is as long as the case values followed by the control values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Layout {
    /// Strata, within which labels may be exchanged.
    pub strata: Option<Keys>,
    /// Clusters, which have one label as a whole.
    pub clusters: Option<Keys>,
    /// Pairs: if there are any, the values of case and control with the same index are a pair.
    pub pairing: Option<Pairing>,
}

/// To which stratum or cluster each observation belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// Name of the column they were read from: its header, or the kind of key where the file has none.
    pub column: String,
    /// Index of each observation's key in `names`, case values first. They are numbered in the order of this list, so
    /// that the layout of the file makes no difference.
    pub of_observation: Vec<u32>,
    /// The keys as they are written, without blanks around them. Each has at least one observation. Two may look alike
    /// if they are no UTF-8.
    pub names: Vec<String>,
}

/// How the pairs are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pairing {
    /// By the order of the rows.
    ByOrder,
    /// By a column of ids.
    ById {
        /// Name of the column: its header, or `pair` where the file has none.
        column: String,
        /// The id of each pair.
        ids: Vec<String>,
    },
}

/// The layout as designs take it.
impl From<&Layout> for design::Layout {
    fn from(layout: &Layout) -> Self {
        let blocks = |keys: &Option<Keys>| {
            let Keys { of_observation, names, .. } = keys.clone()?;
            Some(design::Blocks { of_observation, names })
        };
        Self {
            pairing: match &layout.pairing {
                None => design::Pairing::Independent,
                Some(Pairing::ByOrder) => design::Pairing::ByOrder,
                Some(Pairing::ById { ids, .. }) => design::Pairing::Named(ids.clone()),
            },
            strata: blocks(&layout.strata),
            clusters: blocks(&layout.clusters),
        }
    }
}

impl Keys {
    /// Numbers keys anew, in the order of the observations, and forgets those that no observation has.
    pub(super) fn new(column: String, mut of_observation: Vec<u32>, name: impl Fn(u32) -> String) -> Self {
        const UNSEEN: u32 = u32::MAX;
        let n_keys = of_observation.iter().max().map_or(0, |&last| last as usize + 1);
        let mut renumbered = vec![UNSEEN; n_keys];
        let mut names = Vec::new();
        for key in &mut of_observation {
            let new = &mut renumbered[*key as usize];
            if *new == UNSEEN {
                *new = names.len() as u32;
                names.push(name(*key));
            }
            *key = *new;
        }
        Self { column, of_observation, names }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_numbered_as_observations_have_them() {
        let name = |key: u32| ["a", "b", "c", "d"][key as usize].to_owned();
        let keys = Keys::new("site".to_owned(), vec![3, 1, 3, 0], name);
        assert_eq!(keys.of_observation, [0, 1, 0, 2]);
        assert_eq!(keys.names, ["d", "b", "a"]);
    }
}
