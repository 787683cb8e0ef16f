//! One batch: labellings go out, and as many replies come back, or it is said why not.

use std::time::{Duration, Instant};

use super::child::{Child, Event};
use super::failure::{Failure, Replied, Torn};
use super::protocol::{Protocol, Replies, Shape};

/// Values that are encoded before they are handed on, so that the program reads while the next ones are encoded.
const PIECE_VALUES: usize = 1 << 15;

/// How often the caller looks whether it should still wait.
const TICK: Duration = Duration::from_millis(20);

/// How long a program may take to end once it has closed its input or output.
const LAST_MOMENT: Duration = Duration::from_millis(500);

/// Labellings that belong together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Batch<'a> {
    pub protocol: Protocol,
    pub shape: Shape,
    /// Row-major.
    pub rows: &'a [f64],
}

/// How long replies are waited for.
pub(super) struct Patience<'a> {
    /// The longest time without any progress.
    pub time_limit: Duration,
    /// Whether the reply is no longer wanted.
    pub is_over: &'a dyn Fn() -> bool,
}

/// Sends a batch and waits for its replies, one for each place in `statistics`.
pub(super) fn exchange(
    child: &mut Child,
    batch: Batch,
    patience: &Patience,
    statistics: &mut [f64],
) -> Result<(), Failure> {
    let mut first = child.event(Duration::ZERO);
    if let Some(Event::Output(bytes)) = first {
        // Before anything was asked: a banner, or one reply too many to the batch before.
        return Err(unasked(batch.protocol, &bytes));
    }
    send(child, batch);
    let mut replies = Replies::new(batch.protocol, statistics);
    let mut limit = patience.time_limit;
    let (mut last_progress, mut sent) = (Instant::now(), child.sent());
    while !replies.are_complete() {
        if (patience.is_over)() {
            return Err(Failure::Abandoned);
        }
        let event = first.take().or_else(|| child.event(TICK));
        let heard = event.is_some();
        match event {
            Some(Event::Output(bytes)) => replies.take(&bytes)?,
            Some(Event::OutputEnded) => {
                return Err(Failure::Ended { status: child.await_end(LAST_MOMENT), replied: replied(&replies) });
            }
            // What it wrote before may still be on its way, and so may its end.
            Some(Event::InputEnded) => limit = limit.min(LAST_MOMENT),
            None => (),
        }
        if heard || child.sent() != sent {
            (last_progress, sent) = (Instant::now(), child.sent());
        } else if last_progress.elapsed() >= limit {
            return Err(silence(child, &replies, patience.time_limit));
        }
    }
    Ok(())
}

/// Waits for the end of a program's output after its input was ended, and sees that nothing else comes.
pub(super) fn farewell(child: &mut Child, protocol: Protocol, deadline: Instant) -> Result<(), Failure> {
    loop {
        match child.event(deadline.saturating_duration_since(Instant::now())) {
            Some(Event::Output(bytes)) => return Err(unasked(protocol, &bytes)),
            Some(Event::InputEnded) => (),
            Some(Event::OutputEnded) | None => return Ok(()),
        }
    }
}

/// What is wrong with output while no reply is due.
fn unasked(protocol: Protocol, bytes: &[u8]) -> Failure {
    Replies::new(protocol, &mut []).take(bytes).err().unwrap_or(Failure::Surplus)
}

fn send(child: &mut Child, batch: Batch) {
    let Batch { protocol, shape, rows } = batch;
    let width = shape.width();
    let mut bytes = child.buffer();
    protocol.write_header(rows.len() / width, shape, &mut bytes);
    // Whole rows, since a line is written as one.
    for piece in rows.chunks((PIECE_VALUES / width).max(1) * width) {
        protocol.write_rows(shape, piece, &mut bytes);
        child.send(bytes);
        bytes = child.buffer();
    }
}

fn silence(child: &mut Child, replies: &Replies, limit: Duration) -> Failure {
    let replied = replied(replies);
    if child.has_ended_input() {
        return Failure::EndedInput { replied };
    }
    let torn = if replies.end_within_one() { Torn::WithinReply } else { Torn::BetweenReplies };
    Failure::TimeLimit { limit, replied, status: child.await_end(Duration::ZERO), torn }
}

fn replied(replies: &Replies) -> Replied {
    Replied { n: replies.n(), of: replies.n_due() }
}
