//! The report for people: what was compared, the two samples side by side, the difference, the p-value and how sure it is.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::label::{pad_left, pad_right, shorten, shorten_both, wrap};
use super::precision::Precision;
use super::wording::Row;
use super::{Canvas, GroupReport, Report, effect, gate, histogram, table, wording};
use crate::inference::classical::Classical;
use crate::input::dataset::Subject;
use crate::settings::{Details, Presentation};
use crate::{escape, flags};

const WIDTH: usize = 80;
pub(super) const INDENT: &str = "  ";
/// Blanks between two columns.
const GAP: usize = 2;
pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
const WARNING: Style = AnsiColor::Yellow.on_default();

/// The report of one column; of several a table and, with details, all reports, a blank line between them.
pub fn render(all: &[Report], presentation: &Presentation, canvas: Option<Canvas>) -> String {
    if let [report] = all {
        return one(report, canvas);
    }
    let shown = presentation.of(all);
    let details = if presentation.details == Details::Shown { &shown[..] } else { &[] };
    let texts = details.iter().map(|report| one(report, canvas));
    [table::render(all, &shown)].into_iter().chain(texts).collect::<Vec<_>>().join("\n")
}

fn one(report: &Report, canvas: Option<Canvas>) -> String {
    let mut text = paragraph(&headline(report), "", Style::new());
    text.push('\n');
    text += &samples(report);
    text.push('\n');
    text += &results(report);
    text.push('\n');
    text += &paragraph(&wording::evidence(report), INDENT, Style::new());
    text += &paragraph(&wording::method(report), INDENT, DIM);
    for note in [effect_note(report), wording::dropped(report)].into_iter().flatten() {
        text += &paragraph(&note, INDENT, DIM);
    }
    text += &comparisons(report);
    text += &compared(report);
    if let Some(finding) = gate::finding(report) {
        text.push('\n');
        text += &paragraph(&format!("Gate: {finding}."), INDENT, BOLD);
    }
    if !report.warnings().is_empty() {
        text.push('\n');
    }
    for warning in &report.warnings() {
        text += &admonition(warning);
    }
    if let Some(canvas) = canvas {
        text.push('\n');
        text += &histogram::draw(report, canvas);
    }
    text
}

/// Of several groups two by two, a row each.
fn comparisons(report: &Report) -> String {
    let Some(first) = report.comparisons.first() else { return String::new() };
    let mut text = format!("\n{INDENT}{}:\n", table::subject_of_pairs(first));
    text += &table::pairs(report);
    let adjustment =
        first.adjusted.as_ref().map(|adjusted| format!("Adjusted p: {}.", table::adjustment_of_pairs(adjusted)));
    let notes: Vec<String> = [table::legend_of_pairs(report), adjustment].into_iter().flatten().collect();
    if !notes.is_empty() {
        text += &paragraph(&notes.join(" "), INDENT, DIM);
    }
    text
}

/// The effect on other scales, or why it has no interval.
fn effect_note(report: &Report) -> Option<String> {
    let scales = effect::other_scales(report).map(|scales| format!("Effect: {scales}."));
    let objection = report.result.effect.as_ref().and_then(|effect| effect.objection.as_ref()).map(flags::words);
    let objection = objection.map(|why| format!("No interval for the effect: {}.", why.trim_end_matches('.')));
    let notes: Vec<String> = [scales, objection].into_iter().flatten().collect();
    (!notes.is_empty()).then(|| notes.join(" "))
}

/// `len by supp: OJ (case) against VC (control)`, `len by dose: 3 groups`, `len against dose, row by row`, `d against 0`
pub fn headline(report: &Report) -> String {
    let column = shorten(&report.column);
    let grouping = report.grouping.as_deref().map(|grouping| format!(" by {}", shorten(grouping))).unwrap_or_default();
    match report.subject {
        Subject::TwoSamples => {
            let [case, control] = shorten_both([&report.case().label, &report.control().label]);
            format!("{column}{grouping}: {case} (case) against {control} (control)")
        }
        Subject::Groups => format!("{column}{grouping}: {} groups", report.groups.len()),
        Subject::Association => format!("{column} against {}, row by row", shorten(&report.case().label)),
        Subject::OneSample => format!("{column} against {}", Precision::of(report).mu.write(report.mu)),
    }
}

/// The samples, one a row; labels for which a line has no room have one above their row, or as many as they need.
fn samples(report: &Report) -> String {
    let labels = labels(report);
    let rows: Vec<_> = report.groups.iter().map(|group| wording::summary(group, report)).collect();
    let mut lines = vec![String::new(); 1 + rows.len()];
    for (i, name) in wording::summary_names(report).iter().enumerate() {
        let cells: Vec<&str> = [name.as_str()].into_iter().chain(rows.iter().map(|row| row[i].as_str())).collect();
        let width = cells.iter().map(|cell| cell.width()).max().unwrap_or(0);
        for (line, cell) in lines.iter_mut().zip(cells) {
            *line += &pad_left(cell, width + GAP);
        }
    }
    let widest = labels.iter().map(|label| label.width()).max().unwrap_or(0);
    let (head, rows) = (&lines[0], lines[1..].iter());
    if INDENT.len() + widest + head.width() <= WIDTH {
        let rows = rows.zip(&labels).map(|(row, label)| format!("{INDENT}{}{row}\n", pad_right(label, widest)));
        return format!("{DIM}{INDENT}{}{head}{DIM:#}\n{}", " ".repeat(widest), rows.collect::<String>());
    }
    let rows = rows.zip(&report.groups);
    let rows = rows.map(|(row, group)| paragraph(&group.label, INDENT, Style::new()) + &format!("{INDENT}{row}\n"));
    format!("{DIM}{INDENT}{head}{DIM:#}\n{}", rows.collect::<String>())
}

/// What the samples are called, short and kept apart.
pub(super) fn labels(report: &Report) -> Vec<String> {
    match &report.groups[..] {
        [one, other] => shorten_both([&one.label, &other.label]).to_vec(),
        groups => {
            let short: Vec<String> = groups.iter().map(|group| shorten(&group.label)).collect();
            // In full where it is called like another one.
            let label = |(group, name): (&GroupReport, &String)| {
                let is_alone = short.iter().filter(|other| *other == name).count() == 1;
                if is_alone { name.clone() } else { escape::line(&group.label) }
            };
            groups.iter().zip(&short).map(label).collect()
        }
    }
}

/// The difference, the effect if it is another one, the p-value: one above the other.
fn results(report: &Report) -> String {
    let rows: Vec<Row> = wording::results(report);
    let names: Vec<String> = rows.iter().map(|row| escape::line(&row.name)).collect();
    let widest = names.iter().map(|name| name.width()).max().unwrap_or(0);
    let values = rows.iter().map(|row| row.value.width()).max().unwrap_or(0);
    let indent = INDENT.len() + widest + values + 2 * 3;
    let line = |(Row { value, note, is_p_value, .. }, name): (&Row, &String)| {
        let style = if *is_p_value { BOLD } else { Style::new() };
        let note = note.as_ref().map_or_else(String::new, |note| {
            let lines = wrap(note, WIDTH.saturating_sub(indent).max(20));
            // What does not fit beside the number goes on below.
            let below = format!("{DIM:#}\n{}{DIM}", " ".repeat(indent));
            format!(
                "{}   {DIM}{}{DIM:#}",
                " ".repeat(values - value.width()),
                lines.join(&below).replace('\u{a0}', " ")
            )
        });
        format!("{INDENT}{}   {style}{value}{style:#}{note}\n", pad_right(name, widest))
    };
    rows.iter().zip(&names).map(line).collect()
}

/// The classical tests, one a line.
fn compared(report: &Report) -> String {
    let Some(tests) = &report.compared else { return String::new() };
    if tests.is_empty() {
        return format!("\n{INDENT}{DIM}{}{DIM:#}\n", wording::nothing_to_compare(report));
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
pub(super) fn paragraph(sentence: &str, indent: &str, style: Style) -> String {
    let lines = wrap(sentence, WIDTH - indent.len());
    let lines: Vec<String> = lines.iter().map(|line| format!("{indent}{style}{line}{style:#}\n")).collect();
    lines.concat()
}

/// A warning, its later lines under its first word.
pub(super) fn admonition(warning: &str) -> String {
    const NAME: &str = "warning:";
    let hanging = " ".repeat(NAME.len() + 1);
    let lines = wrap(warning, WIDTH - INDENT.len() - hanging.len());
    format!("{INDENT}{WARNING}{NAME}{WARNING:#} {}\n", lines.join(&format!("\n{INDENT}{hanging}")))
}
