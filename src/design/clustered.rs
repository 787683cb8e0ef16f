//! Clusters: observations that share their label and keep sharing it, such as repeated runs on one machine or samples of
//! one patient. What is relabelled is whole clusters.

use std::sync::Arc;

use super::{Design, Draw, Exchange, Exchangeable, Kind, ReferenceSetSize};
use crate::sampling::labellings::Labellings;
use crate::sampling::units::{UnitSums, Units};

/// A design of clusters in which the observations follow their cluster.
pub struct Clustered {
    /// The design in which each cluster is one observation.
    clusters: Arc<dyn Design>,
    units: Units,
    case_size: Option<usize>,
    kind: Kind,
}

impl Clustered {
    /// Observations that follow their clusters, which are those of another design: two-sample or stratified.
    ///
    /// # Panics
    /// When there are not as many clusters as that design has observations.
    #[must_use]
    pub fn new(clusters: Arc<dyn Design>, cluster_of: &[u32]) -> Self {
        let kind = match clusters.kind() {
            Kind::TwoSample => Kind::Clustered,
            Kind::Stratified => Kind::ClusteredStratified,
            other => other,
        };
        let clustered = Self { kind, ..Self::reordered(clusters, cluster_of) };
        let (found, all) = (clustered.units.unit_of().iter().max(), clustered.units.len());
        assert_eq!(found.map(|&last| last as usize + 1), Some(all), "each cluster has an observation");
        clustered
    }

    /// A design whose observation `order[i]` becomes number i. Observations may be left out, so that their units are drawn
    /// for nothing.
    ///
    /// # Panics
    /// When there is no observation, or one that the other design has not.
    #[must_use]
    pub fn reordered(clusters: Arc<dyn Design>, cluster_of: &[u32]) -> Self {
        let inner = clusters.units();
        let unit_of: Vec<u32> = cluster_of.iter().map(|&cluster| inner.unit_of()[cluster as usize]).collect();
        let base: Vec<bool> = cluster_of.iter().map(|&cluster| inner.base(cluster as usize)).collect();
        let units = Units::of_number(inner.len(), unit_of, &base);
        let sizes = units.sums(&vec![1i64; cluster_of.len()]);
        let case_size = case_size(clusters.as_ref(), &sizes);
        let kind = clusters.kind();
        Self { clusters, units, case_size, kind }
    }
}

/// The number of case observations, if no labelling changes it: where the clusters that may exchange their labels are of
/// one size, which may be another one in each stratum.
fn case_size(clusters: &dyn Design, sizes: &UnitSums) -> Option<usize> {
    let Exchange::Subsets(ranges) = clusters.exchange() else {
        let size = sizes.changes[0];
        let clusters = clusters.case_size().filter(|_| sizes.changes.iter().all(|&change| change == size))?;
        return Some(clusters * size.unsigned_abs() as usize);
    };
    let cases = |Exchangeable { units, m }: &Exchangeable| {
        let sizes = &sizes.changes[units.clone()];
        let is_fixed = *m == 0 || *m == sizes.len() || sizes.iter().all(|&size| size == sizes[0]);
        is_fixed.then(|| sizes[..*m].iter().sum::<i64>() as usize)
    };
    ranges.iter().map(cases).sum()
}

impl Design for Clustered {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn units(&self) -> &Units {
        &self.units
    }

    fn observed(&self) -> Vec<u64> {
        self.clusters.observed()
    }

    /// That of the clusters.
    fn reference_set_size(&self) -> ReferenceSetSize {
        self.clusters.reference_set_size()
    }

    fn unrank(&self, rank: u64, labelling: &mut [u64]) {
        self.clusters.unrank(rank, labelling);
    }

    fn unrank_from(&self, first: u64, labellings: &mut [u64]) {
        self.clusters.unrank_from(first, labellings);
    }

    fn case_size(&self) -> Option<usize> {
        self.case_size
    }

    fn is_symmetric(&self) -> bool {
        self.clusters.is_symmetric()
    }

    fn exchange(&self) -> Exchange {
        self.clusters.exchange()
    }

    fn batch(&self) -> Labellings {
        self.clusters.batch()
    }

    fn start(&self) -> Box<dyn Draw + '_> {
        self.clusters.start()
    }
}
