//! Chunks of work over the cores, their results in order.
//!
//! A chunk is computed from its number alone, and results are folded in the order of the numbers, so nothing depends on
//! which thread did what. One loop serves one thread and many.

use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::error::Error;

/// How large the results of chunks are, which decides how many of them may wait for their turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Results {
    /// A few numbers each.
    Small,
    /// A number for each resample.
    Large,
    /// A number for each resample, of which the first few may be enough.
    Growing,
    /// A few numbers each, for seconds of work or minutes.
    Slow,
}

impl Results {
    /// Chunks that are computed before any of them is folded, of so many threads after so many chunks: enough that the
    /// wait for the last one does not matter, few enough that their results fit in memory.
    fn window(self, threads: u64, done: u64) -> u64 {
        match self {
            Self::Small => 32 * threads,
            Self::Large => 4 * threads,
            Self::Growing => (done / 2).clamp(1, 4 * threads),
            Self::Slow => 2 * threads,
        }
    }
}

/// Computes each chunk and folds the results in order, while the next ones are being computed.
///
/// # Errors
/// The first error of `compute` or `fold`, after which nothing more is begun; [`Error::Interrupted`] once `stop` is set;
/// [`Error::Data`] when threads cannot be had.
pub fn run<T: Send>(
    threads: Option<usize>,
    chunks: Range<u64>,
    results: Results,
    stop: &AtomicBool,
    compute: impl Fn(u64) -> Result<T, Error> + Sync,
    mut fold: impl FnMut(T) -> Result<(), Error> + Send,
) -> Result<(), Error> {
    run_until(threads, chunks, results, stop, compute, |result| fold(result).map(ControlFlow::Continue))
}

/// The same, until `fold` has seen enough; what was computed beyond is dropped.
///
/// # Errors
/// As [`run`].
pub fn run_until<T: Send>(
    threads: Option<usize>,
    chunks: Range<u64>,
    results: Results,
    stop: &AtomicBool,
    compute: impl Fn(u64) -> Result<T, Error> + Sync,
    mut fold: impl FnMut(T) -> Result<ControlFlow<()>, Error> + Send,
) -> Result<(), Error> {
    let (first_error, is_done) = (Mutex::new(None), AtomicBool::new(false));
    let compute_window = |window: Range<u64>| -> Vec<Option<T>> {
        let compute_or_stop = |i| {
            let is_over = stop.load(Ordering::Relaxed) || is_done.load(Ordering::Relaxed);
            let computed = (!is_over).then(|| compute(window.start + i as u64))?;
            computed.map_err(|error| keep(&first_error, &is_done, error)).ok()
        };
        let length = (window.end - window.start) as usize;
        (0..length).into_par_iter().with_max_len(1).map(compute_or_stop).collect()
    };
    // What a chunk failed with rather than that it failed.
    let why = || first_error.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or(Error::Interrupted);
    let mut fold_window = |results: Vec<Option<T>>| {
        for result in results {
            if fold(result.ok_or_else(why)?)?.is_break() {
                is_done.store(true, Ordering::Relaxed);
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    };
    install(threads, || {
        let threads = rayon::current_num_threads() as u64;
        let window_at =
            |start: u64| start..chunks.end.min(start.saturating_add(results.window(threads, start - chunks.start)));
        let mut window = window_at(chunks.start);
        let mut computed = compute_window(window.clone());
        while window.end < chunks.end {
            window = window_at(window.end);
            let (folded, next) = rayon::join(|| fold_window(computed), || compute_window(window.clone()));
            if folded?.is_break() {
                return Ok(());
            }
            computed = next;
        }
        fold_window(computed).map(drop)
    })?
}

/// Runs work of which [`join`], [`map`] and [`each_part`] share parts among so many threads.
///
/// # Errors
/// [`Error::Data`] when threads cannot be had.
pub fn install<T: Send>(threads: Option<usize>, work: impl FnOnce() -> T + Send) -> Result<T, Error> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or(0))
        .build()
        .map_err(|error| Error::data(format!("cannot start the threads: {error}"), "ask for fewer with -j"))?;
    Ok(pool.install(work))
}

/// How many threads [`install`] has given.
#[must_use]
pub fn threads() -> usize {
    rayon::current_num_threads()
}

/// Does two things side by side.
pub fn join<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    rayon::join(one, other)
}

/// What a function makes of 0, 1, …, in this order.
pub fn map<T: Send>(length: usize, of: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    (0..length).into_par_iter().with_max_len(1).map(of).collect()
}

/// Changes a list part by part; each part is told where it begins.
pub fn each_part<T: Send>(list: &mut [T], part: usize, change: impl Fn(usize, &mut [T]) + Sync) {
    list.par_chunks_mut(part).enumerate().for_each(|(number, list)| change(number * part, list));
}

/// Keeps the first error and tells the other threads.
fn keep(first: &Mutex<Option<Error>>, is_done: &AtomicBool, error: Error) {
    first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    is_done.store(true, Ordering::Relaxed);
}
