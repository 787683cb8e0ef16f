//! Designs of one's own: a list of labellings, or a function that draws one. What neither says is implemented as a [`Design`].

use super::{Design, Draw, EachAlone, Kind, ReferenceSetSize};
use crate::error::Error;
use crate::sampling::bounded::below;
use crate::sampling::stream::Stream;
use crate::sampling::units::Units;

/// A list of labellings, all equally likely, the one of the data among them.
#[derive(Debug, Clone)]
pub struct LabellingList {
    units: Units,
    observed: Vec<u64>,
    /// Bitsets over the observations, one behind the other.
    words: Vec<u64>,
}

impl LabellingList {
    /// A design of these labellings: each says of each observation, case values first, whether it is labelled *case*. The data
    /// have the labelling in which the first `n_case` are. What is listed twice counts twice.
    ///
    /// # Errors
    /// [`Error::Data`] for labellings of another length than the first, and where the one of the data is not listed: p would be
    /// 0 at times.
    pub fn new(n_case: usize, labellings: &[Vec<bool>]) -> Result<Self, Error> {
        let observations = labellings.first().map_or(0, Vec::len);
        if observations <= n_case || labellings.iter().any(|labelling| labelling.len() != observations) {
            return Err(Error::data("the labellings are not all of one length", "give each a label per observation"));
        }
        let observed = words(&(0..observations).map(|i| i < n_case).collect::<Vec<_>>());
        let words: Vec<u64> = labellings.iter().flat_map(|labelling| words(labelling)).collect();
        if !words.chunks_exact(observed.len()).any(|labelling| labelling == observed) {
            return Err(Error::data("the labelling of the data is not in the list", "add it"));
        }
        Ok(Self { units: Units::identity(observations), observed, words })
    }

    fn len(&self) -> u64 {
        (self.words.len() / self.observed.len()) as u64
    }
}

/// The bitset of a labelling.
fn words(labels: &[bool]) -> Vec<u64> {
    let word = |labels: &[bool]| labels.iter().enumerate().fold(0, |word, (i, &label)| word | u64::from(label) << i);
    labels.chunks(64).map(word).collect()
}

impl Design for LabellingList {
    fn kind(&self) -> Kind {
        Kind::Own("listed")
    }

    fn units(&self) -> &Units {
        &self.units
    }

    fn observed(&self) -> Vec<u64> {
        self.observed.clone()
    }

    fn reference_set_size(&self) -> ReferenceSetSize {
        ReferenceSetSize::exactly(self.len().into())
    }

    fn unrank(&self, rank: u64, labelling: &mut [u64]) {
        let width = self.observed.len();
        labelling.copy_from_slice(&self.words[rank as usize * width..][..width]);
    }

    fn start(&self) -> Box<dyn Draw + '_> {
        Box::new(EachAlone(move |stream: &mut Stream, labelling: &mut [u64]| {
            self.unrank(below(self.len(), stream), labelling);
        }))
    }
}

/// Labellings that a function draws.
pub struct LabellingSampler<F> {
    units: Units,
    n_case: usize,
    size: ReferenceSetSize,
    draw: F,
}

impl<F: Fn(&mut Stream, &mut [bool]) + Send + Sync> LabellingSampler<F> {
    /// A design of as many labellings as `size` says, one of which `draw` writes: for each observation, case values first,
    /// whether it is labelled *case*. It overwrites what it finds, and is random by the stream alone. In the data the first
    /// `n_case` of the observations are case ones.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use permtest::PermutationTest;
    /// use permtest::design::{LabellingSampler, ReferenceSetSize};
    /// use permtest::sampling::bounded::below;
    ///
    /// // Of the labellings of six values those in which the three case values are neighbours in a circle.
    /// let (case, control) = ([4.0, 5.0, 6.0], [1.0, 2.0, 3.0]);
    /// let design = LabellingSampler::new(3, 6, ReferenceSetSize::exactly(6), |stream, labels| {
    ///     labels.fill(false);
    ///     let start = below(6, stream) as usize;
    ///     (start..start + 3).for_each(|i| labels[i % 6] = true);
    /// });
    /// let p = PermutationTest::new(&case, &control)?.design(Arc::new(design)).resamples(10_000).run("mean")?.p_value;
    /// // Two of the six: that of the data and its opposite.
    /// assert!((p.estimate - 2.0 / 6.0).abs() < 0.03);
    /// # Ok::<(), permtest::error::Error>(())
    /// ```
    pub fn new(n_case: usize, observations: usize, size: ReferenceSetSize, draw: F) -> Self {
        // What can be drawn only is not enumerated.
        Self { units: Units::identity(observations), n_case, size: ReferenceSetSize { exact: None, ..size }, draw }
    }
}

impl<F: Fn(&mut Stream, &mut [bool]) + Send + Sync> Design for LabellingSampler<F> {
    fn kind(&self) -> Kind {
        Kind::Own("drawn")
    }

    fn units(&self) -> &Units {
        &self.units
    }

    fn observed(&self) -> Vec<u64> {
        words(&(0..self.units.len()).map(|i| i < self.n_case).collect::<Vec<_>>())
    }

    fn reference_set_size(&self) -> ReferenceSetSize {
        self.size
    }

    fn unrank(&self, _: u64, _: &mut [u64]) {
        unreachable!("a design whose size is not known exactly is not enumerated")
    }

    fn start(&self) -> Box<dyn Draw + '_> {
        let mut labels = vec![false; self.units.len()];
        Box::new(EachAlone(move |stream: &mut Stream, labelling: &mut [u64]| {
            (self.draw)(stream, &mut labels);
            labelling.copy_from_slice(&words(&labels));
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_without_the_data_is_refused() {
        assert!(LabellingList::new(1, &[vec![true, false], vec![false, true]]).is_ok());
        assert!(LabellingList::new(1, &[vec![false, true]]).unwrap_err().to_string().contains("not in the list"));
        assert!(
            LabellingList::new(1, &[vec![true, false], vec![true]]).unwrap_err().to_string().contains("one length")
        );
        assert!(LabellingList::new(1, &[]).is_err());
    }
}
