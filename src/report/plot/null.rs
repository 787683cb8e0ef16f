//! The null distribution, what of it is extreme, and the observed statistic.

use super::canvas::{Across, Along, Canvas, Chart, Form, Letters, Span};
use super::chart::{LETTERS, Strip, axis_below, axis_on_the_left, chart};
use super::palette::{Colour, NULL, TAIL, TEXT};
use crate::escape;
use crate::method::histogram::Histogram;
use crate::report::axis::{Tick, ticks};
use crate::report::bars::{Bar, Bars, counts_above, mirror};
use crate::report::{Report, wording};

/// The most bars.
const MOST_BARS: usize = 110;
const MOST_SMALL_BARS: usize = 46;
/// Below this p-value the tail is too low to be seen but on a logarithmic scale.
const TINY: f64 = 1e-3;

/// How heights are drawn.
#[derive(Debug, Clone, Copy)]
enum Scale {
    Linear,
    /// From this power of ten on.
    Logarithmic {
        least: f64,
    },
}

impl Scale {
    /// The height of a share that is greater than 0.
    fn of(self, share: f64) -> f64 {
        match self {
            Self::Linear => share,
            Self::Logarithmic { least } => (libm::log10(share) - least).max(0.0),
        }
    }

    fn ticks(self, highest: f64) -> Vec<Tick> {
        match self {
            Self::Linear => ticks(0.0, highest, 5),
            Self::Logarithmic { least } => {
                let power = |tick: Tick| Tick { label: format!("1e{}", tick.value), value: tick.value - least };
                let whole = ticks(least, least + highest, 6).into_iter().filter(|tick| tick.value.fract() == 0.0);
                whole.map(power).collect()
            }
        }
    }
}

/// The bars as they are to be drawn.
struct Drawing<'a> {
    bars: Bars<'a>,
    scale: Scale,
    /// The median width of the bars: those that are wider are lower for the same share.
    usual: f64,
    top: f64,
}

impl<'a> Drawing<'a> {
    fn new(report: &Report, histogram: &'a Histogram, most_bars: usize) -> Self {
        let bars = Bars::new(report, histogram, most_bars);
        let usual = typical_width(&bars.each);
        let heights =
            bars.each.iter().filter(|bar| bar.share > 0.0).map(|bar| bar.share * usual / (bar.high - bar.low));
        let (lowest, highest) = heights.fold((f64::INFINITY, f64::MIN_POSITIVE), |(a, b), x| (a.min(x), b.max(x)));
        let scale = if report.result.p_value.estimate < TINY && lowest.is_finite() {
            Scale::Logarithmic { least: libm::log10(lowest).floor().min(libm::log10(highest).floor() - 1.0) }
        } else {
            Scale::Linear
        };
        Self { bars, scale, usual, top: scale.of(highest) * 1.12 }
    }

    fn range(&self) -> [f64; 2] {
        self.bars.range()
    }

    /// The bars, what is extreme of them, and the lines of the observed statistic and its mirror image.
    fn draw(&self, chart: &mut Chart, report: &Report) {
        let mut rectangle = |bar: &Bar, share: f64, colour: Colour| {
            let height = self.scale.of(share * self.usual / (bar.high - bar.low));
            let [from, to] = chart.corners((bar.low, 0.0), (bar.high, height));
            chart.canvas.add(Form::Rectangle { from, to }, colour);
        };
        let filled = || self.bars.each.iter().filter(|bar| bar.share > 0.0);
        filled().for_each(|bar| rectangle(bar, bar.share, NULL));
        // What a rounding error is left over is nothing.
        let tail = filled().filter(|bar| bar.extreme > bar.share * 1e-9);
        tail.for_each(|bar| rectangle(bar, bar.extreme, TAIL));
        let [low, high] = self.range();
        let lines = [Some(report.result.estimate), mirror(report).filter(|mirror| (low..=high).contains(mirror))];
        for x in lines.into_iter().flatten() {
            chart.line((x, 0.0), (x, self.top), if x == report.result.estimate { 2 } else { 1 }, TEXT);
        }
    }
}

pub fn draw(canvas: &mut Canvas, strip: Strip, report: &Report, histogram: &Histogram) {
    let drawing = Drawing::new(report, histogram, MOST_BARS);
    let heights = match drawing.scale {
        Scale::Linear => "share of labellings",
        Scale::Logarithmic { .. } => "share of labellings, logarithmic",
    };
    let title = format!("Null distribution: {} ({heights})", escape::line(&report.title()));
    let [low, high] = drawing.range();
    let mut chart = chart(canvas, strip, [low, high], [0.0, drawing.top], &title);
    axis_on_the_left(&mut chart, &drawing.scale.ticks(drawing.top));
    axis_below(&mut chart, &ticks(low, high, 7));
    drawing.draw(&mut chart, report);
    label(&mut chart, report, drawing.top);
}

/// Without axes and letters, over the whole canvas.
pub fn small(canvas: &mut Canvas, report: &Report, histogram: &Histogram) {
    let drawing = Drawing::new(report, histogram, MOST_SMALL_BARS);
    let [low, high] = drawing.range();
    let x = Span { low, high, first: 0, last: canvas.width - 1 };
    let y = Span { low: 0.0, high: drawing.top, first: canvas.height - 1, last: 0 };
    drawing.draw(&mut Chart { canvas, x, y }, report);
}

/// The observed statistic beside its line, on the side where there is room.
fn label(chart: &mut Chart, report: &Report, top: f64) {
    let number = wording::estimate(report);
    let share = (report.result.estimate - chart.x.low) / (chart.x.high - chart.x.low);
    let is_left = if counts_above(report) { share > 0.25 } else { share > 0.75 };
    let (side, offset) = if is_left { (Across::End, -6) } else { (Across::Start, 6) };
    let letters = Letters::new(LETTERS, side, Along::Below);
    chart.text(format!("observed {number}"), letters, TEXT, (report.result.estimate, top), [offset, 3]);
}

/// The median width of the bars.
fn typical_width(bars: &[Bar]) -> f64 {
    let mut widths: Vec<f64> = bars.iter().map(|bar| bar.high - bar.low).collect();
    widths.sort_unstable_by(f64::total_cmp);
    widths[widths.len() / 2]
}
