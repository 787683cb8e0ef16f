//! The effect with its interval, beside the value of the null hypothesis.

use super::canvas::Canvas;
use super::chart::{Strip, axis_below, chart, roomy};
use super::palette::{CASE, TEXT};
use crate::escape;
use crate::report::axis::ticks;
use crate::report::label::capitalised;
use crate::report::precision::Precision;
use crate::report::{Report, effect};

/// Draws the effect, if the statistic has one.
pub fn draw(canvas: &mut Canvas, strip: Strip, report: &Report) {
    let Some(shown) = &report.result.effect else { return };
    let null = effect::null(report);
    let ends = shown.interval.map_or([shown.estimate; 2], |interval| interval.ends);
    let finite: Vec<f64> = ends.into_iter().chain([shown.estimate]).chain(null).filter(|x| x.is_finite()).collect();
    let (low, high) = finite.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &x| (a.min(x), b.max(x)));
    let range = roomy(low, high);
    let range = roomy(range[0], range[1]);
    let size = Precision::of(report).effect.write(shown.estimate);
    let interval = effect::interval(report).map(|interval| format!(", {interval}")).unwrap_or_default();
    let title = format!("{} {size}{interval}", escape::line(&capitalised(&effect::name(report).unwrap_or_default())));
    let mut chart = chart(canvas, strip, range, [0.0, 1.0], &title);
    axis_below(&mut chart, &ticks(range[0], range[1], 7));
    if let Some(null) = null {
        chart.line((null, 0.0), (null, 1.0), 1, TEXT);
    }
    if shown.interval.is_some() {
        let [from, to] = [ends[0].max(range[0]), ends[1].min(range[1])];
        chart.line((from, 0.5), (to, 0.5), 3, CASE);
        // An end that there is not has no bar across it.
        for end in ends.into_iter().filter(|end| end.is_finite()) {
            chart.line((end, 0.3), (end, 0.7), 2, CASE);
        }
    }
    chart.circle(shown.estimate, 0.5, 6, CASE, 1.0);
}
