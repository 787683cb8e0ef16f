//! Labellings in batches, at random or all of them: the one place where methods get them from.

use std::borrow::BorrowMut;
use std::ops::Range;

use super::{Design, Draw};
use crate::sampling::labellings::Labellings;
use crate::sampling::stream::Stream;
use crate::simd::Arch;

/// Labellings in a batch where all of them are listed.
const LISTED: u64 = 1024;

/// Random labellings of a design, drawn from one stream.
pub struct RandomBatches<'a, S> {
    drawing: Box<dyn Draw + 'a>,
    stream: S,
    batch: Labellings,
    arch: Arch,
}

impl<'a, S: BorrowMut<Stream>> RandomBatches<'a, S> {
    /// The labellings that a stream yields.
    #[must_use]
    pub fn new(design: &'a dyn Design, arch: Arch, stream: S) -> Self {
        Self { drawing: design.start(), stream, batch: design.batch(), arch }
    }

    /// Labellings in a batch.
    #[must_use]
    pub fn size(&self) -> usize {
        self.batch.len()
    }

    /// The next batch, of so many labellings at most: one that was cut short is the last.
    pub fn next(&mut self, most: u64) -> &Labellings {
        self.drawing.draw(self.arch, self.stream.borrow_mut(), &mut self.batch);
        self.batch.truncate(most.min(self.batch.len() as u64) as usize);
        &self.batch
    }

    /// The batch that was drawn last.
    #[must_use]
    pub fn last(&self) -> &Labellings {
        &self.batch
    }

    /// The words of so many labellings, behind those that are there; see [`Design::labellings`].
    pub fn append(mut self, number: usize, width: usize, words: &mut Vec<u64>) {
        let wanted = words.len() + number * width;
        while words.len() < wanted {
            words.extend_from_slice(&self.next(u64::MAX).words());
        }
        words.truncate(wanted);
    }
}

/// The labellings of a range of ranks, each once; see [`Design::unrank_from`].
pub fn listed(design: &dyn Design, ranks: Range<u64>) -> impl Iterator<Item = Labellings> {
    let width = design.width();
    ranks.clone().step_by(LISTED as usize).map(move |start| {
        let number = (ranks.end - start).min(LISTED) as usize;
        let mut words = vec![0; number * width];
        design.unrank_from(start, &mut words);
        design.labellings(words)
    })
}
