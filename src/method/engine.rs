//! Chunks of work over the cores, their results in order.
//!
//! A chunk is computed from its number alone, and results are folded in the order of the numbers, so nothing depends on
//! which thread did what. One loop serves one thread and many.
//!
//! What callers bring is called through pointers, once a chunk: rayon and the loop are compiled once, not for each statistic
//! and method anew, which took half of the build.

use std::collections::VecDeque;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use crate::error::Error;
use crate::message::{Message, Setting};

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
    let waiting = Mutex::new(Waiting { first: chunks.start, results: VecDeque::new() });
    let compute_one = |chunk| compute(chunk).map(|result| lock(&waiting).put(chunk, result));
    let mut fold_next = || {
        let result = lock(&waiting).next();
        result.map(&mut fold)
    };
    drive(threads, chunks, results, stop, &compute_one, &mut fold_next)
}

/// Results that wait for their turn.
struct Waiting<T> {
    /// The chunk of the first of them.
    first: u64,
    results: VecDeque<Option<T>>,
}

impl<T> Waiting<T> {
    fn put(&mut self, chunk: u64, result: T) {
        let place = (chunk - self.first) as usize;
        if self.results.len() <= place {
            self.results.resize_with(place + 1, || None);
        }
        self.results[place] = Some(result);
    }

    /// The result of the next chunk in order, if it has one.
    fn next(&mut self) -> Option<T> {
        self.first += 1;
        self.results.pop_front().flatten()
    }
}

/// Has each chunk computed, and folded when its turn comes; `fold` finds nothing where `compute` failed or was not called.
fn drive(
    threads: Option<usize>,
    chunks: Range<u64>,
    results: Results,
    stop: &AtomicBool,
    compute: &(dyn Fn(u64) -> Result<(), Error> + Sync),
    fold: &mut (dyn FnMut() -> Option<Result<ControlFlow<()>, Error>> + Send),
) -> Result<(), Error> {
    let (first_error, is_done) = (Mutex::new(None), AtomicBool::new(false));
    let compute_window = |window: Range<u64>| {
        each((window.end - window.start) as usize, &|i| {
            let is_over = stop.load(Ordering::Relaxed) || is_done.load(Ordering::Relaxed);
            if !is_over && let Err(error) = compute(window.start + i as u64) {
                lock(&first_error).get_or_insert(error);
                is_done.store(true, Ordering::Relaxed);
            }
        });
    };
    // What a chunk failed with rather than that it failed.
    let why = || lock(&first_error).take().unwrap_or(Error::Interrupted);
    let mut fold_window = |window: Range<u64>| {
        for _ in window {
            if fold().unwrap_or_else(|| Err(why()))?.is_break() {
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
        compute_window(window.clone());
        while window.end < chunks.end {
            let next = window_at(window.end);
            let computed = std::mem::replace(&mut window, next);
            let (folded, ()) = rayon::join(|| fold_window(computed), || compute_window(window.clone()));
            if folded?.is_break() {
                return Ok(());
            }
        }
        fold_window(window).map(drop)
    })?
}

/// Runs work of which [`join`], [`map`] and [`each_part`] share parts among so many threads.
///
/// # Errors
/// [`Error::Data`] when threads cannot be had.
#[allow(clippy::missing_panics_doc, reason = "what is called once has a result")]
pub fn install<T: Send>(threads: Option<usize>, work: impl FnOnce() -> T + Send) -> Result<T, Error> {
    let (mut work, mut done) = (Some(work), None);
    within(threads, &mut || done = work.take().map(|work| work()))?;
    Ok(done.expect("the work is done once"))
}

fn within(threads: Option<usize>, work: &mut (dyn FnMut() + Send)) -> Result<(), Error> {
    if rayon::current_thread_index().is_some() {
        // Work within work shares its threads.
        work();
        return Ok(());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build().map_err(|error| {
        Error::data(
            format!("cannot start the threads: {error}"),
            Message::from("ask for fewer with ").and(Setting::Threads),
        )
    })?;
    pool.install(work);
    Ok(())
}

/// How many threads [`install`] has given.
#[must_use]
pub fn threads() -> usize {
    rayon::current_num_threads()
}

/// Does two things side by side.
#[allow(clippy::missing_panics_doc, reason = "what is called once has a result")]
pub fn join<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    let (mut one, mut other, mut a, mut b) = (Some(one), Some(other), None, None);
    both(&mut || a = one.take().map(|one| one()), &mut || b = other.take().map(|other| other()));
    a.zip(b).expect("both are done once")
}

fn both(one: &mut (dyn FnMut() + Send), other: &mut (dyn FnMut() + Send)) {
    rayon::join(one, other);
}

/// What a function makes of 0, 1, …, in this order.
pub fn map<T: Send>(length: usize, of: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let made: Vec<Mutex<Option<T>>> = (0..length).map(|_| Mutex::new(None)).collect();
    each(length, &|i| *lock(&made[i]) = Some(of(i)));
    made.into_iter().filter_map(|made| made.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}

/// What a function makes of 0, 1, …, on so many threads; of one thing without starting any.
///
/// # Errors
/// The first error of `of` in this order, and [`Error::Data`] when threads cannot be had.
pub fn each_of<T: Send>(
    threads: Option<usize>,
    length: usize,
    of: impl Fn(usize) -> Result<T, Error> + Send + Sync,
) -> Result<Vec<T>, Error> {
    if length == 1 {
        return of(0).map(|only| vec![only]);
    }
    install(threads, || map(length, of))?.into_iter().collect()
}

/// Changes a list part by part; each call gets the place where its part begins.
pub fn each_part<T: Send>(list: &mut [T], part: usize, change: impl Fn(usize, &mut [T]) + Sync) {
    let parts: Vec<Mutex<&mut [T]>> = list.chunks_mut(part).map(Mutex::new).collect();
    each(parts.len(), &|number| change(number * part, &mut lock(&parts[number])));
}

/// Calls a function with 0, 1, …, on all threads.
fn each(length: usize, call: &(dyn Fn(usize) + Sync)) {
    (0..length).into_par_iter().with_max_len(1).for_each(call);
}

/// What a mutex guards; a panic elsewhere ends the run by itself.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
