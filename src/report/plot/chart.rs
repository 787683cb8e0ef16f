//! What the panels of a plot have in common: a frame of coordinates, an axis, letters.

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::{
    Cartesian2d, ChartBuilder, ChartContext, DrawingArea, DrawingAreaErrorKind, EmptyElement, IntoFont, PathElement,
    SVGBackend, Text, TextStyle,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, ShapeStyle};

use super::palette::{Colour, GRID, NOTE, TEXT};
use crate::report::axis::Tick;

/// What can be drawn on.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// A panel with coordinates.
pub type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
/// Drawing into memory, which has no reason to fail.
pub type Drawn<T = ()> = Result<T, DrawingAreaErrorKind<std::io::Error>>;

/// Room for the names on the left.
pub const LEFT: u32 = 208;
pub const RIGHT: u32 = 24;
/// Room for the numbers below an axis.
pub const BELOW: u32 = 24;

pub const LETTERS: f64 = 14.0;
pub const SMALL_LETTERS: f64 = 12.0;

/// Letters of a size in pixels.
pub fn letters<'a>(size: f64, colour: Colour, across: HPos, along: VPos) -> TextStyle<'a> {
    // The backend takes a size for the height of a line.
    let font = ("sans-serif", size * 1.24).into_font();
    TextStyle { font, color: colour.rgb().to_backend_color(), pos: Pos::new(across, along) }
}

/// A line of so many pixels.
pub fn line(colour: Colour, width: u32) -> ShapeStyle {
    colour.rgb().stroke_width(width)
}

/// A panel with coordinates and a title above them.
pub fn chart<'a, 'b>(
    area: &'a Area<'b>,
    [x_low, x_high]: [f64; 2],
    [y_low, y_high]: [f64; 2],
    title: &str,
) -> Drawn<Chart<'a, 'b>> {
    const TITLE: u32 = 22;
    let plain = letters(LETTERS, TEXT, HPos::Left, VPos::Top);
    let style = TextStyle { font: plain.font.clone().style(FontStyle::Bold), ..plain };
    area.draw_text(title, &style, (16, 2))?;
    ChartBuilder::on(area)
        .margin_top(TITLE)
        .margin_left(LEFT)
        .margin_right(RIGHT)
        .margin_bottom(BELOW)
        .build_cartesian_2d(x_low..x_high, y_low..y_high)
}

/// Numbers along the lower edge, and a faint line above each.
pub fn axis_below(chart: &mut Chart, ticks: &[Tick]) -> Drawn {
    let (_, heights) = (chart.x_range(), chart.y_range());
    let style = letters(SMALL_LETTERS, NOTE, HPos::Center, VPos::Top);
    chart.draw_series(ticks.iter().map(|Tick { value, .. }| {
        PathElement::new(vec![(*value, heights.start), (*value, heights.end)], line(GRID, 1))
    }))?;
    let labels = ticks.iter().map(|Tick { value, label }| {
        EmptyElement::at((*value, heights.start)) + Text::new(label.clone(), (0, 6), style.clone())
    });
    chart.draw_series(labels).map(drop)
}

/// Numbers along the left edge, and a faint line beside each.
pub fn axis_on_the_left(chart: &mut Chart, ticks: &[Tick]) -> Drawn {
    let widths = chart.x_range();
    let style = letters(SMALL_LETTERS, NOTE, HPos::Right, VPos::Center);
    chart.draw_series(ticks.iter().map(|Tick { value, .. }| {
        PathElement::new(vec![(widths.start, *value), (widths.end, *value)], line(GRID, 1))
    }))?;
    let labels = ticks.iter().map(|Tick { value, label }| {
        EmptyElement::at((widths.start, *value)) + Text::new(label.clone(), (-8, 0), style.clone())
    });
    chart.draw_series(labels).map(drop)
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
