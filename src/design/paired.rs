//! Pairs: within each, either member may be the case. A coin for each pair decides whether its labels are swapped.

use super::{Design, Draw, EachAlone, Exchange, Kind, ReferenceSetSize};
use crate::sampling::labellings::last_word_mask;
use crate::sampling::stream::Stream;
use crate::sampling::subset::bernoulli::Dyadic;
use crate::sampling::units::Units;

/// The design of paired samples. A set bit means that the unit's observations have exchanged their labels.
#[derive(Debug, Clone)]
pub struct Paired {
    kind: Kind,
    units: Units,
    /// Half of the observations, if each unit holds as many of one label as of the other.
    case_size: Option<usize>,
}

impl Paired {
    /// The design of observations with these labels (`true` for case), which are swapped together if their number in
    /// `swapped_with` is the same: that of their pair or of a cluster of pairs. Numbers begin at 0 and leave no gaps.
    ///
    /// # Panics
    /// When the lists differ in length or there is no observation.
    #[must_use]
    pub fn new(swapped_with: &[u32], labels: &[bool]) -> Self {
        Self::of_kind(Kind::Paired, swapped_with, labels)
    }

    /// The same of pairs or of clusters of pairs.
    pub(super) fn of_kind(kind: Kind, swapped_with: &[u32], labels: &[bool]) -> Self {
        let units = Units::new(swapped_with.to_vec(), labels);
        let balance = units.sums(&vec![1; labels.len()]);
        let case_size = balance.changes.iter().all(|&change| change == 0).then_some(balance.base as usize);
        Self { kind, units, case_size }
    }

    fn words(&self) -> usize {
        self.units.len().div_ceil(64)
    }
}

impl Design for Paired {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn units(&self) -> &Units {
        &self.units
    }

    fn observed(&self) -> Vec<u64> {
        vec![0; self.words()]
    }

    /// 2ⁿ for n pairs.
    fn reference_set_size(&self) -> ReferenceSetSize {
        ReferenceSetSize::coins(self.units.len())
    }

    /// The binary digits of the rank are the coins.
    fn unrank(&self, rank: u64, labelling: &mut [u64]) {
        labelling.fill(0);
        labelling[0] = rank;
    }

    fn case_size(&self) -> Option<usize> {
        self.case_size
    }

    fn is_symmetric(&self) -> bool {
        true
    }

    fn exchange(&self) -> Exchange {
        Exchange::Coins
    }

    fn start(&self) -> Box<dyn Draw + '_> {
        let last_mask = last_word_mask(self.units.len());
        Box::new(EachAlone(move |stream: &mut Stream, labelling: &mut [u64]| {
            Dyadic::HALF.fill(stream, labelling);
            if let Some(last) = labelling.last_mut() {
                *last &= last_mask;
            }
        }))
    }
}
