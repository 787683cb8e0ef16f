//! The text report of several columns: a row each, what they have in common above and below.

use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::label::{pad_left, pad_right, shorten, shorten_both};
use super::precision::Precision;
use super::text::{BOLD, DIM, INDENT, admonition, paragraph};
use super::{Adjusted, Report, effect, gate, number, text, wording};
use crate::escape;
use crate::inference::TwoSidedRule;
use crate::inference::warning::Warning;
use crate::input::dataset::Subject;

/// Blanks between two columns.
const GAP: usize = 2;

/// The level by which columns are marked where no gate says another.
const USUAL_LEVEL: f64 = 0.05;

/// Columns that a warning names.
const NAMED: usize = 3;

/// A column of the table: its heading, and what stands below it if there is anything.
struct TableColumn {
    heading: &'static str,
    cells: Vec<String>,
    is_text: bool,
}

/// The table of some of the reports, in order, and what is to be said of all of them.
pub fn render(all: &[Report], shown: &[&Report]) -> String {
    let Some(first) = all.first() else { return String::new() };
    let mut text = paragraph(&headline(all), "", Style::new());
    text.push_str(&paragraph(&subject(all), INDENT, DIM));
    text.push('\n');
    text += &rows(shown, level(all));
    text.push('\n');
    if shown.len() < all.len() {
        let rest =
            format!("{} of {} columns are shown.", number::count(shown.len() as u64), number::count(all.len() as u64));
        text += &paragraph(&rest, INDENT, DIM);
    }
    text += &paragraph(&legend(all), INDENT, Style::new());
    text += &paragraph(&wording::method(first), INDENT, DIM);
    if let Some(adjusted) = &first.adjusted {
        text += &paragraph(&format!("Adjusted p: {}.", wording::adjustment(adjusted)), INDENT, DIM);
    }
    if let Some(verdict) = gate::verdict(all) {
        text.push('\n');
        text += &paragraph(&format!("Gate: {}.", verdict.trim_start_matches("gate ")), INDENT, BOLD);
    }
    let warnings = warnings(all);
    if !warnings.is_empty() {
        text.push('\n');
    }
    for (columns, warning) in &warnings {
        text += &admonition(&format!("({columns}) {warning}"));
    }
    text
}

/// `3,051 columns by class: 1 (case) against 0 (control)`
pub fn headline(reports: &[Report]) -> String {
    let Some(first) = reports.first() else { return "no columns".to_owned() };
    let grouping = first.grouping.as_deref().map(|grouping| format!(" by {}", shorten(grouping))).unwrap_or_default();
    let number = number::count(reports.len() as u64);
    match first.subject {
        Subject::TwoSamples => {}
        Subject::Groups => return format!("{number} columns{grouping}: {} groups", first.groups.len()),
        Subject::Association | Subject::OneSample => return format!("{number} columns"),
    }
    // Benchmarks of one file may have labels of their own.
    if reports
        .iter()
        .any(|report| [&report.case().label, &report.control().label] != [&first.case().label, &first.control().label])
    {
        return format!("{number} columns{grouping}");
    }
    let [case, control] = shorten_both([&first.case().label, &first.control().label]);
    format!("{number} columns{grouping}: {case} (case) against {control} (control)")
}

/// `Difference of means, case − control; two-sided; n 11 and 27`
fn subject(reports: &[Report]) -> String {
    let first = &reports[0];
    let sizes = |report: &Report| report.groups.iter().map(|group| group.n).collect::<Vec<_>>();
    let most = |group: usize| reports.iter().map(|report| report.groups[group].n).max().unwrap_or_default();
    let up_to = if reports.iter().all(|report| sizes(report) == sizes(first)) { "" } else { "up to " };
    let numbers: Vec<String> = (0..first.groups.len()).map(|group| number::count(most(group))).collect();
    let sizes = match &numbers[..] {
        [others @ .., last] if !others.is_empty() => format!("n {up_to}{} and {last}", others.join(", ")),
        numbers => format!("n {up_to}{}", numbers.concat()),
    };
    let confidence = reports.iter().find_map(Report::effect_confidence);
    let intervals = confidence.map(|confidence| format!("{} intervals", number::percent(confidence)));
    let parts = [Some(wording::subject(first)), Some(sides(reports)), Some(sizes), intervals];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// Which values count, as far as all columns have it in common.
fn sides(reports: &[Report]) -> String {
    let first = &reports[0];
    let margin = |report: &Report| report.equivalence.map(|equivalence| equivalence.margin);
    if first.equivalence.is_some() && reports.iter().any(|report| margin(report) != margin(first)) {
        return "equivalence".to_owned();
    }
    wording::sides(first)
}

/// `Two by two, difference of means, 95 % intervals`
pub(super) fn subject_of_pairs(pair: &Report) -> String {
    let confidence = pair.effect_confidence();
    let intervals = confidence.map(|confidence| format!(", {} intervals", number::percent(confidence)));
    let title = effect::name(pair).unwrap_or_else(|| pair.title());
    let sides = if pair.two_sided_rule() == Some(TwoSidedRule::UpperTail) { "" } else { ", two-sided" };
    format!("Two by two, {title}{sides}{}", intervals.unwrap_or_default())
}

/// How the p-values of pairs were adjusted.
pub(super) fn adjustment_of_pairs(adjusted: &Adjusted) -> String {
    wording::adjustment(adjusted).replace("all columns", "all comparisons")
}

pub fn level(reports: &[Report]) -> f64 {
    reports.iter().find_map(|report| report.gate).map_or(USUAL_LEVEL, |gate| gate.gate.alpha)
}

/// What the marks of the rows say.
fn legend(reports: &[Report]) -> String {
    let level = level(reports);
    let is_marked = reports.iter().any(|report| report.final_p_value() <= level);
    if is_marked { format!("* {}", significant(reports)) } else { significant(reports) }
}

/// `91 of 3,051 columns have an adjusted p-value of no more than 0.05.`
pub fn significant(reports: &[Report]) -> String {
    let level = level(reports);
    let number = reports.iter().filter(|report| report.final_p_value() <= level).count();
    let (have, adjusted) = (if number < 2 { "has" } else { "have" }, reports[0].adjusted.map_or("", |_| "adjusted "));
    let article = if adjusted.is_empty() { "a" } else { "an" };
    let number = if number == 0 { "None".to_owned() } else { number::count(number as u64) };
    let all = number::count(reports.len() as u64);
    format!("{number} of {all} columns {have} {article} {adjusted}p-value of no more than {}.", number::shortest(level))
}

fn rows(reports: &[&Report], level: f64) -> String {
    write(reports.len(), &fields(reports, level))
}

/// The level by which pairs of groups are marked.
fn level_of_pairs(report: &Report) -> f64 {
    level(std::slice::from_ref(report))
}

/// What the marks of pairs say.
pub(super) fn legend_of_pairs(report: &Report) -> Option<String> {
    let level = level_of_pairs(report);
    let is_marked = report.comparisons.iter().any(|pair| pair.final_p_value() <= level);
    is_marked.then(|| format!("* no more than {}.", number::shortest(level)))
}

/// Pairs of groups, a row each.
pub(super) fn pairs(report: &Report) -> String {
    let (reports, level) = (&report.comparisons, level_of_pairs(report));
    let field = |heading, is_text, of: &dyn Fn(&Report) -> String| TableColumn {
        heading,
        is_text,
        cells: reports.iter().map(of).collect(),
    };
    let is_adjusted = reports.iter().any(|report| report.adjusted.is_some());
    let name = |pair: &Report| {
        let labels = text::labels(pair);
        format!("{} \u{2212} {}", labels[0], labels[1])
    };
    let is_difference = reports.iter().all(|pair| pair.subject == Subject::TwoSamples);
    let fields = [
        field("groups", true, &name),
        field(if is_difference { "difference" } else { "statistic" }, false, &difference_of_pair),
        field("interval", false, &|pair| effect::plain_interval_ends(pair).unwrap_or_default()),
        field("p-value", false, &wording::p_value),
        field("adjusted", false, &|pair| if is_adjusted { wording::adjusted_p_value(pair) } else { String::new() }),
        field("", true, &|pair| if pair.final_p_value() <= level { "*".to_owned() } else { String::new() }),
    ];
    let fields: Vec<TableColumn> = fields.into_iter().filter(|field| !field.cells.concat().is_empty()).collect();
    write(reports.len(), &fields)
}

/// What its interval is about.
pub(super) fn difference_of_pair(pair: &Report) -> String {
    match pair.other_effect() {
        Some(effect) => Precision::of(pair).effect.write(effect.estimate),
        None => wording::estimate(pair),
    }
}

/// Writes so many rows under their headings.
fn write(rows: usize, fields: &[TableColumn]) -> String {
    let widths: Vec<usize> = fields
        .iter()
        .map(|field| field.cells.iter().map(|cell| cell.width()).max().unwrap_or(0).max(field.heading.width()))
        .collect();
    let line = |cells: &mut dyn Iterator<Item = (&TableColumn, &str)>| {
        let padded = cells.zip(&widths).enumerate().map(|(i, ((field, cell), &width))| {
            let gap = if i == 0 { "" } else { &" ".repeat(GAP) };
            let cell = if field.is_text { pad_right(cell, width) } else { pad_left(cell, width) };
            format!("{gap}{cell}")
        });
        padded.collect::<String>().trim_end().to_owned()
    };
    let head = line(&mut fields.iter().map(|field| (field, field.heading)));
    let row = |row: usize| {
        let cells = line(&mut fields.iter().map(|field| (field, field.cells[row].as_str())));
        format!("{INDENT}{cells}\n")
    };
    format!("{INDENT}{DIM}{head}{DIM:#}\n{}", (0..rows).map(row).collect::<Vec<_>>().concat())
}

/// The columns of the table; those without any content are left out.
fn fields(reports: &[&Report], level: f64) -> Vec<TableColumn> {
    let field = |heading, is_text, of: &dyn Fn(&Report) -> String| TableColumn {
        heading,
        is_text,
        cells: reports.iter().map(|report| of(report)).collect(),
    };
    let change = |report: &Report| effect::relative_change(report).unwrap_or_default();
    let interval = |report: &Report| effect::plain_interval_ends(report).unwrap_or_default();
    let names = names(reports);
    let is_adjusted = reports.iter().any(|report| report.adjusted.is_some());
    let fields = [
        field("column", true, &|report| names[report.column.as_str()].clone()),
        field("estimate", false, &wording::estimate),
        field("change", false, &change),
        field("interval", false, &interval),
        field("p-value", false, &wording::p_value),
        field("adjusted", false, &|report| if is_adjusted { wording::adjusted_p_value(report) } else { String::new() }),
        field("", true, &|report| if report.final_p_value() <= level { "*".to_owned() } else { String::new() }),
        field("finding", true, &|report| report.gate.map_or("", |gate| gate.finding.name()).to_owned()),
    ];
    fields.into_iter().filter(|field| field.cells.iter().any(|cell| !cell.is_empty())).collect()
}

/// What the columns are called: in full where the shortened name is that of another one, too.
fn names<'a>(reports: &[&'a Report]) -> HashMap<&'a str, String> {
    let mut called: HashMap<String, usize> = HashMap::new();
    let short: HashMap<&str, String> =
        reports.iter().map(|report| (report.column.as_str(), shorten(&report.column))).collect();
    for name in short.values() {
        *called.entry(name.clone()).or_default() += 1;
    }
    let name = |(column, short): (&'a str, String)| {
        let name = if called[&short] > 1 { escape::line(column) } else { short };
        (column, name)
    };
    short.into_iter().map(name).collect()
}

/// Sentences that say the same but for their numbers.
#[derive(PartialEq)]
enum WarningKind<'a> {
    Warning(Discriminant<Warning>),
    Note(&'a str),
}

/// What the reader must know, once for all columns of which it is true, and which these are.
pub fn warnings(reports: &[Report]) -> Vec<(String, String)> {
    let mut kinds: Vec<(WarningKind, String, Vec<&str>)> = Vec::new();
    let mut add =
        |kind, sentence: &dyn Fn() -> String, column| match kinds.iter_mut().find(|(known, ..)| *known == kind) {
            Some((.., columns)) => columns.push(column),
            None => kinds.push((kind, sentence(), vec![column])),
        };
    for report in reports {
        for warning in &report.result.warnings {
            add(WarningKind::Warning(discriminant(warning)), &|| report.words(warning), &report.column);
        }
        for note in &report.notes {
            add(WarningKind::Note(note), &|| note.clone(), &report.column);
        }
    }
    let all = reports.len();
    kinds.into_iter().map(|(_, sentence, columns)| (some(&columns, all), sentence)).collect()
}

/// `a, b`; `12 columns, here a`: the sentence is that of the first one.
fn some(columns: &[&str], all: usize) -> String {
    let names: Vec<String> = columns.iter().take(NAMED).map(|column| shorten(column)).collect();
    match columns.len() {
        n if n <= NAMED => names.join(", "),
        n if n == all => format!("all columns, here {}", names[0]),
        n => format!("{} columns, here {}", number::count(n as u64), names[0]),
    }
}
