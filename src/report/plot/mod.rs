//! The report as a plot: the samples, the effect, the null distribution, one above the other.
//!
//! The same report gives the same bytes of SVG everywhere: nothing depends on fonts, which whoever shows the plot has. A PNG is
//! the same drawing on white.

mod canvas;
mod chart;
mod effect;
mod fonts;
mod null;
mod palette;
mod png;
mod samples;
mod svg;
mod volcano;

use std::collections::BTreeSet;

use self::canvas::{Across, Along, Canvas, Form, Letters};
use self::chart::{SMALL_LETTERS, Strip};
use self::fonts::{Fonts, needs_shaping};
use self::palette::{BACKGROUND, NOTE, TEXT};
use super::label::{capitalised, shorten, wrap};
use super::{Report, table, text, wording};
use crate::escape;
use crate::settings::PlotFormat;

const WIDTH: i32 = 800;
const HEAD: i32 = 44;
/// The axis of the samples, and a row of points.
const AXIS: i32 = 56;
const SAMPLE: i32 = 70;
const EFFECT: i32 = 108;
const NULL: i32 = 264;
/// A line of the caption, and how many characters it takes.
const LINE: i32 = 18;
const CAPTION_WIDTH: usize = 112;

/// A plot as a file.
#[derive(Debug)]
pub struct Plot {
    /// What the file holds.
    pub bytes: Vec<u8>,
    /// What of it is not as it should be.
    pub note: Option<String>,
}

/// A plot of one column, of whose null distribution nothing is drawn if it was not kept in bins; of several the effects against
/// the p-values.
pub fn render(reports: &[Report], format: PlotFormat) -> Plot {
    let (canvas, title, alternative) = match reports {
        [report] => (draw(report), text::headline(report), alternative(report)),
        _ => (volcano::draw(reports), table::headline(reports), table::significant(reports)),
    };
    match format {
        PlotFormat::Svg => {
            Plot { bytes: with_preamble(&svg::render(&canvas), &title, &alternative).into_bytes(), note: None }
        }
        PlotFormat::Png => {
            let fonts = Fonts::with_letters(canvas.texts());
            Plot { bytes: png::render(&canvas, &fonts), note: note(&canvas, &fonts) }
        }
    }
}

/// What pixels cannot show of the texts of a picture.
fn note(canvas: &Canvas, fonts: &Fonts) -> Option<String> {
    let shaped: BTreeSet<char> = canvas.texts().flat_map(str::chars).filter(|&letter| needs_shaping(letter)).collect();
    let (letters, problem) = if !fonts.missing.is_empty() {
        (&fonts.missing, "in no font here, and boxes stand for them")
    } else if !shaped.is_empty() {
        (&shaped, "set one by one from the left, neither joined nor turned")
    } else {
        return None;
    };
    let letters = String::from_iter(letters);
    Some(format!("the letters {} are {problem}; a plot in SVG shows them as its reader's fonts do", shorten(&letters)))
}

/// The plot within a page, whose style sheet exchanges the colours; `number` sets it apart from others there.
pub fn inline(report: &Report, number: usize) -> String {
    let id = format!("plot-{number}");
    let opening = format!("<svg class=\"plot\" role=\"img\" aria-labelledby=\"{id}\" ");
    let svg = svg::render(&draw(report)).replacen("<svg ", &opening, 1);
    svg.replacen(">\n", &format!(">\n<title id=\"{id}\">{}</title>\n", escape::xml(&alternative(report))), 1)
}

/// The null distribution alone, small and without letters: bars, what is extreme, and the observed statistic.
pub fn small(report: &Report) -> String {
    let Some(histogram) = &report.result.histogram else { return String::new() };
    let mut canvas = Canvas::new(140, 36);
    null::small(&mut canvas, report, histogram);
    let svg = svg::render(&canvas);
    svg.replacen("<svg ", "<svg class=\"plot small\" aria-hidden=\"true\" ", 1)
}

/// Rules for plots in a page whose readers prefer it dark.
pub fn dark_rules() -> String {
    palette::dark_rules("svg.plot ")
}

/// What the plot shows, for those who cannot see it.
pub fn alternative(report: &Report) -> String {
    format!(
        "{}. {} {}; {} {}. {}",
        text::headline(report),
        report.title(),
        wording::estimate(report),
        wording::p_value_name(report),
        wording::p_value(report),
        wording::evidence(report),
    )
}

/// A text alternative and colours for dark pages.
fn with_preamble(svg: &str, title: &str, alternative: &str) -> String {
    let preamble = format!(
        ">\n<title>{}</title>\n<desc>{}</desc>\n<style>{}</style>\n",
        escape::xml(title),
        escape::xml(alternative),
        palette::dark_rules(""),
    );
    svg.replacen("<svg ", "<svg role=\"img\" ", 1).replacen(">\n", &preamble, 1)
}

fn draw(report: &Report) -> Canvas {
    let caption = caption(report);
    let effect = if report.result.effect.is_some() { EFFECT } else { 0 };
    // Rows of several columns are no points on an axis.
    let has_points = report.case().summary.is_some();
    let samples = if has_points { AXIS + SAMPLE * samples::rows(report) as i32 } else { 0 };
    let height = HEAD + samples + effect + NULL + LINE * caption.len() as i32 + 14;
    let mut canvas = Canvas::new(WIDTH, height);
    canvas.add(Form::Rectangle { from: [0, 0], to: [WIDTH, height] }, BACKGROUND);
    canvas.text(text::headline(report), Letters::new(16, Across::Start, Along::Below), TEXT, [16, 14]);
    let mut top = HEAD;
    let mut strip = |height: i32| {
        let strip = Strip { top, height };
        top += height;
        strip
    };
    samples::draw(&mut canvas, strip(samples), report);
    effect::draw(&mut canvas, strip(effect), report);
    let lower = strip(NULL);
    if let Some(histogram) = &report.result.histogram {
        null::draw(&mut canvas, lower, report, histogram);
    }
    for (i, line) in (0..).zip(caption) {
        let letters = Letters::new(SMALL_LETTERS, Across::Start, Along::Below);
        canvas.text(line, letters, NOTE, [16, top + 4 + i * LINE]);
    }
    canvas
}

/// The p-value, what it says and how it was got.
fn caption(report: &Report) -> Vec<String> {
    let p =
        format!("{} {}, {}.", wording::p_value_name(report), wording::p_value(report), wording::precision_note(report));
    let sentences = [capitalised(&p), wording::evidence(report), wording::method(report)].join(" ");
    wrap(&sentences, CAPTION_WIDTH)
}
