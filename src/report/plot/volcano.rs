//! Many columns at a glance: how large each effect is, against how small its p-value.

use super::canvas::{Across, Along, Canvas, Chart, Form, Letters, Span};
use super::chart::{SMALL_LETTERS, axis_below, axis_on_the_left, roomy};
use super::palette::{BACKGROUND, NOTE, NULL, TAIL, TEXT};
use super::{CAPTION_WIDTH, LINE};
use crate::permutation_test::effect::EffectSizes;
use crate::report::axis::ticks;
use crate::report::label::{capitalised, shorten, wrap};
use crate::report::statistic::Measure;
use crate::report::{Report, table, wording};

const WIDTH: i32 = 800;
const HEIGHT: i32 = 574;
/// Room around the points.
const LEFT: i32 = 76;
const RIGHT: i32 = 28;
const TOP: i32 = 66;
const BOTTOM: i32 = 90;

/// Columns that are called by their names.
const NAMED: usize = 12;

/// A column as a point.
struct Point<'a> {
    report: &'a Report,
    effect: f64,
    /// −log₁₀ p.
    height: f64,
    is_significant: bool,
}

/// Draws all columns of which the effect has a size.
pub fn draw(reports: &[Report]) -> Canvas {
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    canvas.add(Form::Rectangle { from: [0, 0], to: [WIDTH, HEIGHT] }, BACKGROUND);
    canvas.text(table::headline(reports), Letters::new(16, Across::Start, Along::Below), TEXT, [16, 14]);
    let points = points(reports);
    let widest = points.iter().fold(0.0f64, |widest, point| widest.max(point.effect.abs()));
    let highest = points.iter().fold(1.0f64, |highest, point| highest.max(point.height));
    let [low, high] = roomy(-widest, widest);
    let x = Span { low, high, first: LEFT, last: WIDTH - RIGHT - 1 };
    let y = Span { low: 0.0, high: highest * 1.09, first: HEIGHT - BOTTOM - 1, last: TOP };
    let mut chart = Chart { canvas: &mut canvas, x, y };
    axis_below(&mut chart, &ticks(low, high, 7));
    axis_on_the_left(&mut chart, &ticks(0.0, highest * 1.09, 7));
    chart.line((0.0, 0.0), (0.0, highest * 1.09), 1, NOTE);
    for point in points.iter().rev() {
        let (colour, opacity) = if point.is_significant { (TAIL, 0.9) } else { (NULL, 0.6) };
        chart.circle(point.effect, point.height, if reports.len() > 1000 { 3 } else { 4 }, colour, opacity);
    }
    name(&mut chart, &points);
    let small = |across| Letters::new(SMALL_LETTERS, across, Along::Below);
    canvas.text("\u{2212}log\u{2081}\u{2080} p", small(Across::Start), NOTE, [16, TOP - 22]);
    canvas.text(
        effect_name(reports),
        small(Across::Middle),
        NOTE,
        [LEFT.midpoint(WIDTH - RIGHT), HEIGHT - BOTTOM + 24],
    );
    for (line, text) in (0..).zip(wrap(&caption(reports), CAPTION_WIDTH)) {
        canvas.text(text, small(Across::Start), NOTE, [16, HEIGHT - 42 + line * LINE]);
    }
    canvas
}

/// The points, the most significant first.
fn points(reports: &[Report]) -> Vec<Point<'_>> {
    let level = table::level(reports);
    let point = |report| {
        let effect = effect(report).filter(|effect| effect.is_finite())?;
        let height = -libm::log10(report.result.p_value.estimate);
        Some(Point { report, effect, height, is_significant: report.final_p_value() <= level })
    };
    let mut points: Vec<Point> = reports.iter().filter_map(point).collect();
    points.sort_by(|a, b| b.height.total_cmp(&a.height).then_with(|| b.effect.abs().total_cmp(&a.effect.abs())));
    points
}

/// A size that columns of different units have in common: a difference in units of the data is divided by their spread.
fn effect(report: &Report) -> Option<f64> {
    match (report.measure(), &report.effect_sizes) {
        (Measure::DataDifference, Some(EffectSizes::TwoSample(sizes))) => sizes.hedges_g,
        (Measure::DataDifference, Some(EffectSizes::Paired(sizes))) => sizes.d_z,
        (Measure::Ratio, _) => Some(libm::log2(report.result.estimate)),
        _ => Some(report.result.estimate - report.null_value()),
    }
}

fn effect_name(reports: &[Report]) -> String {
    let Some(first) = reports.first() else { return String::new() };
    match (first.measure(), &first.effect_sizes) {
        (Measure::DataDifference, Some(EffectSizes::TwoSample(_))) => "Hedges' g".to_owned(),
        (Measure::DataDifference, Some(EffectSizes::Paired(_))) => "Cohen's d_z".to_owned(),
        (Measure::Ratio, _) => format!("log\u{2082} of {}", first.title()),
        _ => capitalised(&first.title()),
    }
}

/// Names the most significant columns, as far as names do not cover each other.
fn name(chart: &mut Chart, points: &[Point]) {
    let mut taken: Vec<[i32; 4]> = Vec::new();
    for point in points.iter().filter(|point| point.is_significant).take(NAMED) {
        let name = shorten(&point.report.column);
        let [x, y] = chart.point(point.effect, point.height);
        let half = 4 * name.chars().count() as i32;
        let room = [x - half, y - 22, x + half, y - 6];
        let covers =
            |other: &[i32; 4]| room[0] < other[2] && other[0] < room[2] && room[1] < other[3] && other[1] < room[3];
        if taken.iter().any(covers) {
            continue;
        }
        taken.push(room);
        let letters = Letters::new(SMALL_LETTERS, Across::Middle, Along::Above);
        chart.text(name, letters, TEXT, (point.effect, point.height), [0, -7]);
    }
}

/// What is coloured, and how p-values were adjusted.
fn caption(reports: &[Report]) -> String {
    let Some(first) = reports.first() else { return String::new() };
    let adjusted = first.adjusted.as_ref().map(|adjusted| format!(" Adjusted {}.", wording::adjustment(adjusted)));
    format!("Coloured: {}{}", table::significant(reports), adjusted.unwrap_or_default())
}
