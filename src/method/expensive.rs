//! Labellings whose statistic takes its time, as that of a program of the user's does: drawn one after the other, evaluated
//! side by side.
//!
//! Kernels take chunks of some ten thousand labellings at once. With a program that would leave cores idle, ask it for far more
//! than a decision needs, and lose minutes with a run that is killed. So a window of labellings, a second's work or so, is dealt
//! out to the threads in small pieces while the next one is drawn. Windows and pieces go by the clock; the labellings and their
//! order are those of the chunks.

use std::ops::{ControlFlow, Range};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::engine;
use super::monte_carlo::{MonteCarlo, Stretch};
use crate::design::{Design, RandomBatches};
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::sampling::stream::Stream;
use crate::statistic::Statistic;

/// How long a window takes: longer ones are halved, shorter ones doubled.
const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(2);

/// Pieces of a window for each thread, and batches at most.
const PIECES: u64 = 8;

/// Evaluates a stretch of a run, counted in labellings; see [`MonteCarlo::each_block`].
pub(super) fn run<S: Statistic + ?Sized, T: Default + Send>(
    draws: &MonteCarlo,
    design: &dyn Design,
    statistic: &S,
    stretch: &Stretch,
    note: impl Fn(&mut T, &[S::Replicate]) + Sync,
    mut fold: impl FnMut(u64, T) -> Result<ControlFlow<()>, Error> + Send,
) -> Result<(), Error> {
    let evaluate = |piece: &Labellings| {
        if stretch.stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let mut replicates = vec![S::Replicate::default(); piece.len()];
        statistic.replicates(draws.arch, piece, &mut replicates)?;
        (stretch.advance)(piece.len() as u64);
        let mut noted = T::default();
        note(&mut noted, &replicates);
        Ok(noted)
    };
    let mut dealer = Dealer::new(draws, design, stretch.blocks.clone());
    let mut next = stretch.blocks.start;
    engine::install(draws.threads, || {
        let threads = engine::threads() as u64;
        let most = PIECES * threads * dealer.batches.size() as u64;
        let mut length = threads;
        let mut window = dealer.window(length, threads);
        while !window.is_empty() {
            let start = Instant::now();
            let evaluate_all = || engine::map(window.len(), |piece| evaluate(&window[piece]));
            let (evaluated, following) = engine::join(evaluate_all, || dealer.window(length, threads));
            length = match start.elapsed() {
                time if time < SHORTEST => (2 * length).min(most),
                time if time > LONGEST => (length / 2).max(threads),
                _ => length,
            };
            for (piece, noted) in window.iter().zip(evaluated) {
                next += piece.len() as u64;
                if fold(next, noted?)?.is_break() {
                    return Ok(());
                }
            }
            window = following;
        }
        Ok(())
    })?
}

/// Draws the labellings of a range in their order.
struct Dealer<'a> {
    draws: MonteCarlo,
    design: &'a dyn Design,
    chunk_size: u64,
    /// The chunk that is being drawn.
    batches: RandomBatches<'a, Stream>,
    /// The number of the first labelling of the batch that was drawn last.
    start: u64,
    /// The labelling that is drawn next.
    drawn: u64,
    /// Those that are still to be dealt out.
    left: Range<u64>,
}

impl<'a> Dealer<'a> {
    fn new(draws: &MonteCarlo, design: &'a dyn Design, left: Range<u64>) -> Self {
        let chunk_size = design.chunk_size() as u64;
        let chunk = left.start / chunk_size;
        let start = chunk * chunk_size;
        let batches = RandomBatches::new(design, draws.arch, draws.stream(chunk));
        Self { draws: *draws, design, chunk_size, batches, start, drawn: start, left }
    }

    /// So many more labellings, as far as there are, for so many threads.
    fn window(&mut self, length: u64, threads: u64) -> Vec<Labellings> {
        let most = (length / (PIECES * threads)).max(1);
        let end = self.left.end.min(self.left.start + length);
        let mut pieces = Vec::new();
        while self.left.start < end {
            pieces.push(self.piece(self.left.start..end.min(self.left.start + most)));
        }
        pieces
    }

    /// The first of these labellings, as many as are in one batch.
    fn piece(&mut self, wanted: Range<u64>) -> Labellings {
        while self.drawn <= wanted.start {
            self.draw();
        }
        let end = wanted.end.min(self.drawn);
        self.left.start = end;
        self.batches.last().part((wanted.start - self.start) as usize..(end - self.start) as usize)
    }

    /// Draws the next batch.
    fn draw(&mut self) {
        if self.drawn.is_multiple_of(self.chunk_size) {
            let stream = self.draws.stream(self.drawn / self.chunk_size);
            self.batches = RandomBatches::new(self.design, self.draws.arch, stream);
        }
        self.start = self.drawn;
        self.drawn += self.batches.next(u64::MAX).len() as u64;
    }
}
