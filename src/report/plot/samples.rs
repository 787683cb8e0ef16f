//! The samples: every value, or as many as there is room for, over a box with whiskers; of an association a point for each row.

use super::canvas::{Across, Along, Canvas, Chart, Form, Letters};
use super::chart::{LETTERS, SMALL_LETTERS, Strip, axis_below, axis_on_the_left, chart, roomy};
use super::palette::{BACKGROUND, CASE, CONTROL, Colour, NOTE, TEXT};
use crate::escape;
use crate::inference::sample_shape::SampleShape;
use crate::inference::summary::Summary;
use crate::input::dataset::Subject;
use crate::report::axis::ticks;
use crate::report::precision::Precision;
use crate::report::{GroupReport, Report, number, text};

/// Half the height of a box, and the strip over which points are spread, where a sample has a height of 1.
const HALF_BOX: f64 = 0.16;
const STRIP: f64 = 0.62;
/// The golden ratio's fraction: its multiples never lie close together, so neither do neighbouring points.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// How many rows of points there are room for.
pub fn rows(report: &Report) -> usize {
    if report.subject == Subject::Association { 2 } else { report.groups.len() }
}

pub fn draw(canvas: &mut Canvas, strip: Strip, report: &Report) {
    if report.subject == Subject::Association {
        return scatter(canvas, strip, report);
    }
    let Some(summaries) = report.groups.iter().map(|group| group.summary).collect::<Option<Vec<Summary>>>() else {
        return;
    };
    let low = summaries.iter().map(|summary| summary.min).fold(f64::INFINITY, f64::min);
    let high = summaries.iter().map(|summary| summary.max).fold(f64::NEG_INFINITY, f64::max);
    let [first, last] = roomy(low, high);
    let rows = report.groups.len() as f64;
    let mut chart = chart(canvas, strip, [first, last], [0.0, rows], &escape::line(&report.column));
    axis_below(&mut chart, &ticks(first, last, 7));
    let labels = text::labels(report);
    for (place, (group, label)) in report.groups.iter().zip(labels).enumerate() {
        let colour = if place == 0 { CASE } else { CONTROL };
        sample(&mut chart, report, (group, label), colour, rows - 0.5 - place as f64);
    }
}

/// A point for each row of an association, or for as many as there is room for.
fn scatter(canvas: &mut Canvas, strip: Strip, report: &Report) {
    let ends = |group: &GroupReport| group.summary.map(|summary| roomy(summary.min, summary.max));
    let Some((x, y)) = ends(report.case()).zip(ends(report.control())) else { return };
    let title = format!("{} against {}", escape::line(&report.control().label), escape::line(&report.case().label));
    let mut chart = chart(canvas, strip, x, y, &title);
    axis_below(&mut chart, &ticks(x[0], x[1], 7));
    axis_on_the_left(&mut chart, &ticks(y[0], y[1], 4));
    let (size, opacity) = if report.points.len() <= 200 { (4, 0.6) } else { (3, 0.3) };
    for &[x, y] in &report.points {
        chart.circle(x, y, size, CASE, opacity);
    }
}

fn sample(chart: &mut Chart, report: &Report, (group, label): (&GroupReport, String), colour: Colour, middle: f64) {
    let (Some(summary), Some(shape)) = (group.summary, &group.shape) else { return };
    points(chart, shape, colour, middle);
    boxed(chart, summary.median, shape, colour, middle);
    let precision = Precision::of(report);
    let mean = format!("mean {}, n {}", precision.mean.write(summary.mean), number::count(summary.n));
    let place = (chart.x.low, middle);
    let name = Letters::new(LETTERS, Across::End, Along::Above);
    let note = Letters::new(SMALL_LETTERS, Across::End, Along::Below);
    chart.text(label, name, TEXT, place, [-10, 0]);
    chart.text(mean, note, NOTE, place, [-10, 3]);
}

fn points(chart: &mut Chart, shape: &SampleShape, colour: Colour, middle: f64) {
    let (size, opacity) = if shape.points.len() <= 60 { (4, 0.6) } else { (3, 0.4) };
    for (i, &x) in shape.points.iter().enumerate() {
        let height = if shape.points.len() == 1 { 0.0 } else { ((i as f64 + 0.5) * GOLDEN).fract() - 0.5 };
        chart.circle(x, middle + height * STRIP, size, colour, opacity);
    }
}

fn boxed(chart: &mut Chart, median: f64, shape: &SampleShape, colour: Colour, middle: f64) {
    let ([lower, upper], [first, last]) = (shape.quartiles, shape.whiskers);
    let upright = |chart: &mut Chart, x: f64, half: f64, width: i32| {
        chart.line((x, middle - half), (x, middle + half), width, colour);
    };
    chart.line((first, middle), (lower, middle), 2, colour);
    chart.line((upper, middle), (last, middle), 2, colour);
    upright(chart, first, HALF_BOX / 2.0, 2);
    upright(chart, last, HALF_BOX / 2.0, 2);
    let [from, to] = chart.corners((lower, middle - HALF_BOX), (upper, middle + HALF_BOX));
    // The points shine through.
    chart.canvas.add_sheer(Form::Rectangle { from, to }, BACKGROUND, 0.35);
    chart.canvas.add(Form::Outline { from, to }, colour);
    upright(chart, median, HALF_BOX, 4);
}
