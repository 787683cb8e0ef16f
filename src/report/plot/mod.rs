//! The report as a plot: the samples, the effect, the null distribution, one above the other.
//!
//! The same report gives the same bytes of SVG everywhere: nothing depends on fonts, which whoever shows the plot has. A PNG is
//! the same drawing on white.

mod chart;
mod effect;
mod null;
mod palette;
mod png;
mod samples;

use plotters::prelude::{IntoDrawingArea, SVGBackend};
use plotters::style::text_anchor::{HPos, VPos};

use self::chart::{Area, Drawn, SMALL_LETTERS, letters};
use self::palette::{BACKGROUND, NOTE, TEXT};
use super::label::{capitalised, escape_where, wrap};
use super::{Report, text, wording};
use crate::settings::PlotFormat;

const WIDTH: u32 = 800;
const HEAD: u32 = 44;
const SAMPLES: u32 = 196;
const EFFECT: u32 = 108;
const NULL: u32 = 264;
/// A line of the caption, and how many characters it takes.
const LINE: u32 = 18;
const CAPTION_WIDTH: usize = 112;

/// The bytes of a plot; nothing is drawn of a null distribution that was not kept in bins.
pub fn render(report: &Report, format: PlotFormat) -> Vec<u8> {
    match format {
        PlotFormat::Svg => with_preamble(&draw(report), report).into_bytes(),
        PlotFormat::Png => png::render(&draw(report)),
    }
}

/// The plot within a page, whose style sheet exchanges the colours; `number` sets it apart from others there.
pub fn inline(report: &Report, number: usize) -> String {
    let id = format!("plot-{number}");
    let opening = format!("<svg class=\"plot\" role=\"img\" aria-labelledby=\"{id}\" ");
    let svg = draw(report).replacen("<svg ", &opening, 1);
    svg.replacen(">\n", &format!(">\n<title id=\"{id}\">{}</title>\n", escaped(&alternative(report))), 1)
}

/// The null distribution alone, small and without letters: bars, what is extreme, and the observed statistic.
pub fn small(report: &Report) -> String {
    let Some(histogram) = &report.histogram else { return String::new() };
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (140, 36)).into_drawing_area();
        null::small(&root, report, histogram).expect("memory takes any drawing");
    }
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
        wording::statistic(report),
        super::precision::Precision::of(report).difference.write(report.estimate),
        wording::p_value_name(report),
        wording::p_value(report),
        wording::evidence(report),
    )
}

/// A text alternative and colours for dark pages.
fn with_preamble(svg: &str, report: &Report) -> String {
    let preamble = format!(
        ">\n<title>{}</title>\n<desc>{}</desc>\n<style>{}</style>\n",
        escaped(&text::headline(report)),
        escaped(&alternative(report)),
        palette::dark_rules(""),
    );
    svg.replacen("<svg ", "<svg role=\"img\" ", 1).replacen(">\n", &preamble, 1)
}

fn escaped(text: &str) -> String {
    let text = escape_where(text, char::is_control);
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn draw(report: &Report) -> String {
    let caption = caption(report);
    let effect = if report.effect.is_some() { EFFECT } else { 0 };
    let height = HEAD + SAMPLES + effect + NULL + LINE * caption.len() as u32 + 14;
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        panels(&root, report, &caption, effect).expect("memory takes any drawing");
    }
    svg
}

fn panels(root: &Area, report: &Report, caption: &[String], effect: u32) -> Drawn {
    root.fill(&BACKGROUND.rgb())?;
    let headline = text::headline(report);
    root.draw_text(&headline, &letters(16.0, TEXT, HPos::Left, VPos::Top), (16, 14))?;
    let (_, below) = root.split_vertically(HEAD);
    let (upper, below) = below.split_vertically(SAMPLES);
    samples::draw(&upper, report)?;
    let (middle, below) = below.split_vertically(effect);
    effect::draw(&middle, report)?;
    let (lower, below) = below.split_vertically(NULL);
    if let Some(histogram) = &report.histogram {
        null::draw(&lower, report, histogram)?;
    }
    for (i, line) in (0..).zip(caption) {
        below.draw_text(line, &letters(SMALL_LETTERS, NOTE, HPos::Left, VPos::Top), (16, 4 + i * LINE as i32))?;
    }
    root.present()
}

/// The p-value, what it says and how it was got.
fn caption(report: &Report) -> Vec<String> {
    let p =
        format!("{} {}, {}.", wording::p_value_name(report), wording::p_value(report), wording::precision_note(report));
    let sentences = [capitalised(&p), wording::evidence(report), wording::method(report)].join(" ");
    wrap(&escape_where(&sentences, char::is_control), CAPTION_WIDTH)
}
