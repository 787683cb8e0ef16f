//! Both samples: every value, or as many as there is room for, over a box with whiskers.

use plotters::prelude::{Circle, EmptyElement, PathElement, Rectangle, Text};
use plotters::style::text_anchor::{HPos, VPos};
use plotters::style::{Color, ShapeStyle};

use super::chart::{Area, Chart, Drawn, LETTERS, SMALL_LETTERS, axis_below, chart, letters, line, roomy};
use super::palette::{BACKGROUND, CASE, CONTROL, Colour, NOTE, TEXT};
use crate::inference::sample_shape::SampleShape;
use crate::report::axis::ticks;
use crate::report::label::{escape, shorten};
use crate::report::precision::Precision;
use crate::report::{GroupReport, Report, number};

/// Half the height of a box, and the strip over which points are spread, where a sample has a height of 1.
const HALF_BOX: f64 = 0.16;
const STRIP: f64 = 0.62;
/// The golden ratio's fraction: its multiples never lie close together, so neither do neighbouring points.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

pub fn draw(area: &Area, report: &Report) -> Drawn {
    let low = report.case.summary.min.min(report.control.summary.min);
    let high = report.case.summary.max.max(report.control.summary.max);
    let mut chart = chart(area, roomy(low, high), [0.0, 2.0], &escape(&report.column))?;
    let [first, last] = roomy(low, high);
    axis_below(&mut chart, &ticks(first, last, 7))?;
    sample(&mut chart, report, &report.case, CASE, 1.5)?;
    sample(&mut chart, report, &report.control, CONTROL, 0.5)
}

fn sample(chart: &mut Chart, report: &Report, group: &GroupReport, colour: Colour, middle: f64) -> Drawn {
    let Some(shape) = &group.shape else { return Ok(()) };
    points(chart, shape, colour, middle)?;
    boxed(chart, group, shape, colour, middle)?;
    let precision = Precision::of(report);
    let mean = format!("mean {}, n {}", precision.mean.write(group.summary.mean), number::count(group.summary.n));
    let left = chart.x_range().start;
    let name = letters(LETTERS, TEXT, HPos::Right, VPos::Bottom);
    let note = letters(SMALL_LETTERS, NOTE, HPos::Right, VPos::Top);
    let text = EmptyElement::at((left, middle))
        + Text::new(shorten(&group.label), (-10, 0), name)
        + Text::new(mean, (-10, 3), note);
    chart.draw_series(std::iter::once(text)).map(drop)
}

fn points(chart: &mut Chart, shape: &SampleShape, colour: Colour, middle: f64) -> Drawn {
    let (size, opacity) = if shape.points.len() <= 60 { (4, 0.6) } else { (3, 0.4) };
    let style = ShapeStyle::from(colour.rgb().mix(opacity)).filled();
    let point = |(i, &x): (usize, &f64)| {
        let height = if shape.points.len() == 1 { 0.0 } else { ((i as f64 + 0.5) * GOLDEN).fract() - 0.5 };
        Circle::new((x, middle + height * STRIP), size, style)
    };
    chart.draw_series(shape.points.iter().enumerate().map(point)).map(drop)
}

fn boxed(chart: &mut Chart, group: &GroupReport, shape: &SampleShape, colour: Colour, middle: f64) -> Drawn {
    let ([lower, upper], [first, last]) = (shape.quartiles, shape.whiskers);
    let across = |from: f64, to: f64| PathElement::new(vec![(from, middle), (to, middle)], line(colour, 2));
    let upright = |x: f64, half: f64, width: u32| {
        PathElement::new(vec![(x, middle - half), (x, middle + half)], line(colour, width))
    };
    let ends = [(lower, middle - HALF_BOX), (upper, middle + HALF_BOX)];
    chart.draw_series([across(first, lower), across(upper, last)])?;
    chart.draw_series([upright(first, HALF_BOX / 2.0, 2), upright(last, HALF_BOX / 2.0, 2)])?;
    // The points shine through.
    chart.draw_series([Rectangle::new(ends, BACKGROUND.rgb().mix(0.35).filled())])?;
    chart.draw_series([Rectangle::new(ends, line(colour, 2))])?;
    chart.draw_series([upright(group.summary.median, HALF_BOX, 4)]).map(drop)
}
