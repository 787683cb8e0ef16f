//! Both samples: every value, or as many as there is room for, over a box with whiskers.

use super::canvas::{Across, Along, Canvas, Chart, Form, Letters};
use super::chart::{LETTERS, SMALL_LETTERS, Strip, axis_below, chart, roomy};
use super::palette::{BACKGROUND, CASE, CONTROL, Colour, NOTE, TEXT};
use crate::escape;
use crate::inference::sample_shape::SampleShape;
use crate::report::axis::ticks;
use crate::report::label::shorten_both;
use crate::report::precision::Precision;
use crate::report::{GroupReport, Report, number};

/// Half the height of a box, and the strip over which points are spread, where a sample has a height of 1.
const HALF_BOX: f64 = 0.16;
const STRIP: f64 = 0.62;
/// The golden ratio's fraction: its multiples never lie close together, so neither do neighbouring points.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

pub fn draw(canvas: &mut Canvas, strip: Strip, report: &Report) {
    let [Some(one), Some(other)] = [report.case.summary, report.control.summary] else { return };
    let (low, high) = (one.min.min(other.min), one.max.max(other.max));
    let [first, last] = roomy(low, high);
    let mut chart = chart(canvas, strip, [first, last], [0.0, 2.0], &escape::line(&report.column));
    axis_below(&mut chart, &ticks(first, last, 7));
    let [case, control] = shorten_both([&report.case.label, &report.control.label]);
    sample(&mut chart, report, (&report.case, case), CASE, 1.5);
    sample(&mut chart, report, (&report.control, control), CONTROL, 0.5);
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
