//! The report for people: what was compared, the two samples side by side, the difference, the p-value and how sure it is.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::label::{escape_where, pad_left, pad_right, shorten, wrap};
use super::precision::Precision;
use super::{GroupReport, Report, number, wording};
use crate::inference::classical::Classical;

const WIDTH: usize = 80;
const INDENT: &str = "  ";
/// Blanks between two columns.
const GAP: usize = 2;
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const WARNING: Style = AnsiColor::Yellow.on_default();

/// All reports, a blank line between them.
pub fn render(reports: &[Report]) -> String {
    let texts: Vec<String> = reports.iter().map(one).collect();
    texts.join("\n")
}

fn one(report: &Report) -> String {
    let mut text = paragraph(&headline(report), "", Style::new());
    text.push('\n');
    text += &samples(report);
    text.push('\n');
    text += &result(report);
    text.push('\n');
    text += &paragraph(&wording::evidence(report), INDENT, Style::new());
    text += &paragraph(&wording::method(report), INDENT, DIM);
    if let Some(dropped) = wording::dropped(report) {
        text += &paragraph(&dropped, INDENT, DIM);
    }
    text += &compared(report);
    if !report.warnings.is_empty() {
        text.push('\n');
    }
    for warning in &report.warnings {
        text += &admonition(warning);
    }
    text
}

/// `len by supp: OJ (case) against VC (control)`
fn headline(report: &Report) -> String {
    let grouping = report.grouping.as_deref().map(|grouping| format!(" by {}", shorten(grouping))).unwrap_or_default();
    let (case, control) = (shorten(&report.case.label), shorten(&report.control.label));
    format!("{}{grouping}: {case} (case) against {control} (control)", shorten(&report.column))
}

/// The two samples, one a row.
fn samples(report: &Report) -> String {
    let rows = [cells(&report.case, report), cells(&report.control, report)];
    let head = ["", "n", "mean", "sd", "median", "min", "max"];
    let mut lines = [INDENT.to_owned(), INDENT.to_owned(), INDENT.to_owned()];
    for (i, name) in head.into_iter().enumerate() {
        let width = name.width().max(rows[0][i].width()).max(rows[1][i].width());
        let cells = [name, &rows[0][i], &rows[1][i]];
        for (line, cell) in lines.iter_mut().zip(cells) {
            *line += &if i == 0 { pad_right(cell, width) } else { pad_left(cell, width + GAP) };
        }
    }
    let [head, case, control] = lines;
    format!("{DIM}{head}{DIM:#}\n{case}\n{control}\n")
}

fn cells(group: &GroupReport, report: &Report) -> [String; 7] {
    let precision = Precision::of(report);
    let summary = &group.summary;
    [
        shorten(&group.label),
        number::count(summary.n),
        precision.mean.write(summary.mean),
        summary.sd.map_or_else(|| "-".to_owned(), |sd| precision.sd.write(sd)),
        precision.median.write(summary.median),
        precision.min.write(summary.min),
        precision.max.write(summary.max),
    ]
}

/// The difference and its p-value, one above the other.
fn result(report: &Report) -> String {
    let precision = Precision::of(report);
    let (difference_name, p_name) = (wording::statistic(report), wording::p_value_name(report));
    let (difference, p) = (precision.difference.write(report.estimate), wording::p_value(report));
    let names = difference_name.width().max(p_name.width());
    let values = difference.width().max(p.width());
    let against = wording::against(report).map_or_else(String::new, |against| {
        let room = WIDTH - INDENT.len() - names - values - 2 * 3;
        let lines = wrap(&against, room.max(20));
        // What does not fit beside the estimate goes on below.
        let below = format!("{DIM:#}\n{}{DIM}", " ".repeat(INDENT.len() + names + values + 2 * 3));
        format!("{}   {DIM}{}{DIM:#}", " ".repeat(values - difference.width()), lines.join(&below))
    });
    let interval = wording::precision_note(report);
    format!(
        "{INDENT}{}   {difference}{against}\n{INDENT}{}   {BOLD}{p}{BOLD:#}{}   {DIM}{}{DIM:#}\n",
        pad_right(&difference_name, names),
        pad_right(&p_name, names),
        " ".repeat(values - p.width()),
        interval.replace('\u{a0}', " "),
    )
}

/// The classical tests, one a line.
fn compared(report: &Report) -> String {
    let Some(tests) = &report.compared else { return String::new() };
    if tests.is_empty() {
        return format!("\n{INDENT}{DIM}{}{DIM:#}\n", wording::NOTHING_TO_COMPARE);
    }
    let width = tests.iter().map(|test| test.test.name().width()).max().unwrap_or(0);
    let line = |test: &Classical| {
        let (name, p) = (pad_right(test.test.name(), width), wording::classical_p_value(test));
        format!("{INDENT}{INDENT}{name}   p {p}   {DIM}{}{DIM:#}\n", wording::classical_statistic(test))
    };
    let lines: String = tests.iter().map(line).collect();
    format!("\n{INDENT}{}:\n{lines}", wording::comparison(report))
}

/// Lines of one style under an indent.
fn paragraph(sentence: &str, indent: &str, style: Style) -> String {
    let lines = wrap(sentence, WIDTH - indent.len());
    let lines: Vec<String> = lines.iter().map(|line| format!("{indent}{style}{line}{style:#}\n")).collect();
    lines.concat()
}

/// A warning, its later lines under its first word.
fn admonition(warning: &str) -> String {
    const NAME: &str = "warning:";
    // Warnings may quote labels.
    let warning = escape_where(warning, |c| c.is_control() && c != '\n');
    let hanging = " ".repeat(NAME.len() + 1);
    let lines = wrap(&warning, WIDTH - INDENT.len() - hanging.len());
    format!("{INDENT}{WARNING}{NAME}{WARNING:#} {}\n", lines.join(&format!("\n{INDENT}{hanging}")))
}
