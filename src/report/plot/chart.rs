//! What the panels of a plot have in common: a title, a frame of coordinates, axes.

use super::canvas::{Across, Along, Canvas, Chart, Letters, Span};
use super::palette::{GRID, NOTE, TEXT};
use crate::report::axis::Tick;

/// Room for the names on the left.
pub const LEFT: i32 = 208;
pub const RIGHT: i32 = 24;
/// Room for the numbers below an axis.
pub const BELOW: i32 = 24;

pub const LETTERS: i32 = 14;
pub const SMALL_LETTERS: i32 = 12;

/// A strip across the whole canvas.
#[derive(Debug, Clone, Copy)]
pub struct Strip {
    pub top: i32,
    pub height: i32,
}

/// A panel with coordinates and a title above them.
pub fn chart<'a>(
    canvas: &'a mut Canvas,
    Strip { top, height }: Strip,
    [x_low, x_high]: [f64; 2],
    [y_low, y_high]: [f64; 2],
    title: &str,
) -> Chart<'a> {
    const TITLE: i32 = 22;
    canvas.text(title, Letters::new(LETTERS, Across::Start, Along::Below).bold(), TEXT, [16, top + 2]);
    let (first, last) = (LEFT, canvas.width - RIGHT - 1);
    let x = Span { low: x_low, high: x_high, first, last };
    let y = Span { low: y_low, high: y_high, first: top + height - BELOW - 1, last: top + TITLE };
    Chart { canvas, x, y }
}

/// Numbers along the lower edge, and a faint line above each.
pub fn axis_below(chart: &mut Chart, ticks: &[Tick]) {
    let letters = Letters::new(SMALL_LETTERS, Across::Middle, Along::Below);
    let (low, high) = (chart.y.low, chart.y.high);
    for &Tick { value, .. } in ticks {
        chart.line((value, low), (value, high), 1, GRID);
    }
    for Tick { value, label } in ticks {
        chart.text(label, letters, NOTE, (*value, low), [0, 6]);
    }
}

/// Numbers along the left edge, and a faint line beside each.
pub fn axis_on_the_left(chart: &mut Chart, ticks: &[Tick]) {
    let letters = Letters::new(SMALL_LETTERS, Across::End, Along::Beside);
    let (low, high) = (chart.x.low, chart.x.high);
    for &Tick { value, .. } in ticks {
        chart.line((low, value), (high, value), 1, GRID);
    }
    for Tick { value, label } in ticks {
        chart.text(label, letters, NOTE, (low, *value), [-8, 0]);
    }
}

/// A range with some room at both ends; one around a single number, if it is none.
pub fn roomy(low: f64, high: f64) -> [f64; 2] {
    let room = if high > low {
        (high - low) * 0.04
    } else {
        (low.abs() * 0.1).max(1e-300).max(if low == 0.0 { 1.0 } else { 0.0 })
    };
    [low - room, high + room]
}
