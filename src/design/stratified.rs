//! Strata: labels are exchanged only between units of the same stratum, each of which keeps its number of cases.

use std::collections::BTreeMap;

use super::{Design, Draw, Exchange, Exchangeable, Kind, ReferenceSetSize, write_bits};
use crate::sampling::labellings::{BitRows, Labellings};
use crate::sampling::stream::Stream;
use crate::sampling::subset::{self, ChunkSampler, SubsetSampler};
use crate::sampling::units::Units;
use crate::simd::Arch;

/// The design of independent samples within strata.
///
/// Units are numbered stratum by stratum, so that a labelling is the strata's subsets one behind the other.
#[derive(Debug, Clone)]
pub struct Stratified {
    units: Units,
    strata: Vec<Stratum>,
    /// A sampler for each size and number of cases that occurs among the strata.
    samplers: Vec<SubsetSampler>,
    observed: Vec<u64>,
}

/// Units that may exchange their labels.
#[derive(Debug, Clone, Copy)]
struct Stratum {
    /// Its first unit.
    start: usize,
    units: usize,
    m: usize,
    /// Which of the samplers draws its subsets; `None` where all units have the same label.
    sampler: Option<usize>,
}

impl Stratified {
    /// The design of observations with these labels (`true` for case) and strata, numbered from 0 without gaps.
    ///
    /// # Panics
    /// When the lists differ in length or there is no observation.
    #[must_use]
    pub fn new(stratum_of: &[u32], labels: &[bool]) -> Self {
        assert!(stratum_of.len() == labels.len() && !labels.is_empty(), "a stratum and a label for each observation");
        let mut order: Vec<u32> = (0..labels.len() as u32).collect();
        order.sort_by_key(|&observation| stratum_of[observation as usize]);
        let mut unit_of = vec![0; labels.len()];
        for (unit, &observation) in order.iter().enumerate() {
            unit_of[observation as usize] = unit as u32;
        }
        let is_case = |&(_, observation): &(usize, &u32)| labels[*observation as usize];
        let mut observed = vec![0; labels.len().div_ceil(64)];
        write_bits(&mut observed, order.iter().enumerate().filter(is_case).map(|(unit, _)| unit));

        let (mut strata, mut samplers, mut places) = (Vec::new(), Vec::new(), BTreeMap::new());
        let mut start = 0;
        for members in order.chunk_by(|&a, &b| stratum_of[a as usize] == stratum_of[b as usize]) {
            let units = members.len();
            let m = members.iter().filter(|&&observation| labels[observation as usize]).count();
            let sampler = (0 < m && m < units).then(|| {
                *places.entry((units, m)).or_insert_with(|| {
                    samplers.push(SubsetSampler::new(units, m));
                    samplers.len() - 1
                })
            });
            strata.push(Stratum { start, units, m, sampler });
            start += units;
        }
        Self { units: Units::new(unit_of, &vec![false; labels.len()]), strata, samplers, observed }
    }
}

impl Design for Stratified {
    fn kind(&self) -> Kind {
        Kind::Stratified
    }

    fn units(&self) -> &Units {
        &self.units
    }

    fn observed(&self) -> Vec<u64> {
        self.observed.clone()
    }

    /// The product of C(n, m) over the strata.
    fn reference_set_size(&self) -> ReferenceSetSize {
        self.strata
            .iter()
            .map(|stratum| ReferenceSetSize::subsets(stratum.units, stratum.m))
            .fold(ReferenceSetSize::exactly(1), ReferenceSetSize::times)
    }

    /// The rank's digits, in a number system whose bases are the strata's numbers of subsets, are the ranks in the strata.
    fn unrank(&self, rank: u64, labelling: &mut [u64]) {
        let mut rest = rank;
        let mut part = Vec::new();
        labelling.fill(0);
        for stratum in &self.strata {
            part.clear();
            part.resize(stratum.units.div_ceil(64), 0);
            if let Some(sampler) = stratum.sampler {
                let size = ReferenceSetSize::subsets(stratum.units, stratum.m).exact.expect("no more than the product");
                self.samplers[sampler].unrank((u128::from(rest) % size) as u64, &mut part);
                rest = (u128::from(rest) / size) as u64;
            } else if stratum.m > 0 {
                write_bits(&mut part, 0..stratum.units);
            }
            or_at(labelling, stratum.start, &part);
        }
    }

    fn case_size(&self) -> Option<usize> {
        Some(self.strata.iter().map(|stratum| stratum.m).sum())
    }

    fn is_symmetric(&self) -> bool {
        self.strata.iter().all(|stratum| 2 * stratum.m == stratum.units)
    }

    fn exchange(&self) -> Exchange {
        let exchangeable = |stratum: &Stratum| {
            let Stratum { start, units, m, .. } = *stratum;
            Exchangeable { units: start..start + units, m }
        };
        Exchange::Subsets(self.strata.iter().map(exchangeable).collect())
    }

    fn start(&self) -> Box<dyn Draw + '_> {
        let at_work = |stratum: &Stratum| stratum.sampler.map(|sampler| self.samplers[sampler].start());
        let parts = self.samplers.iter().map(|sampler| sampler.batch_of(subset::batch_size(self.units.len())));
        Box::new(DrawStrata {
            design: self,
            at_work: self.strata.iter().map(at_work).collect(),
            parts: parts.collect(),
        })
    }
}

/// The strata's samplers at work.
struct DrawStrata<'a> {
    design: &'a Stratified,
    at_work: Vec<Option<ChunkSampler<'a>>>,
    /// Room for a batch of each sampler.
    parts: Vec<Labellings>,
}

impl Draw for DrawStrata<'_> {
    fn draw(&mut self, arch: Arch, stream: &mut Stream, batch: &mut Labellings) {
        let Labellings::Dense(rows) = batch else { unreachable!("a dense batch") };
        let width = rows.width();
        rows.words.fill(0);
        for (stratum, at_work) in self.design.strata.iter().zip(&mut self.at_work) {
            if let (Some(place), Some(at_work)) = (stratum.sampler, at_work) {
                at_work.draw(arch, stream, &mut self.parts[place]);
                place_part(rows, stratum.start, &self.parts[place].dense());
            } else if stratum.m > 0 {
                let mut part = vec![0; stratum.units.div_ceil(64)];
                write_bits(&mut part, 0..stratum.units);
                rows.words.chunks_exact_mut(width).for_each(|row| or_at(row, stratum.start, &part));
            }
        }
    }
}

/// ORs a stratum's labellings into whole rows, from unit `start` on.
fn place_part(rows: &mut BitRows, start: usize, part: &BitRows) {
    let (width, part_width) = (rows.width(), part.width());
    for (row, part) in rows.words.chunks_exact_mut(width).zip(part.words.chunks_exact(part_width)) {
        or_at(row, start, part);
    }
}

/// ORs a bitset into another one, from bit `start` on.
#[inline(always)]
fn or_at(bits: &mut [u64], start: usize, part: &[u64]) {
    let (word, shift) = (start / 64, start % 64);
    for (i, &part) in part.iter().enumerate() {
        bits[word + i] |= part << shift;
        if shift > 0 && part >> (64 - shift) != 0 {
            bits[word + i + 1] |= part >> (64 - shift);
        }
    }
}
