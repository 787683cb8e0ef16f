//! The report as a page: one HTML file that needs no other, asks no network and runs nothing but its own few lines.
//!
//! Its security policy names the digests of its style sheet and its script, so that nothing else could run even if text from the
//! data were taken for markup; such text is escaped all the same.

mod overview;
mod sentences;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::label::capitalised;
use super::wording::Row;
use super::{GroupReport, Report, effect, gate, plot, table, text, wording};
use crate::escape;
use crate::inference::classical::Classical;
use crate::input::dataset::Subject;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Columns up to which each has a section of its own.
const MOST_SECTIONS: usize = 100;

/// The page for one column or several; `command` makes it again.
pub fn render(all: &[Report], reports: &[&Report], command: &[String]) -> String {
    let style = format!("{STYLE}{}", plot::dark_rules());
    let title = match reports {
        [report] => text::headline(report),
        _ => table::headline(all),
    };
    let has_sections = reports.len() <= MOST_SECTIONS;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(&style));
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(&style)) }
            }
            body {
                header { h1 { (title) } @if let Some(verdict) = gate::verdict(all) { p.p { (capitalised(&escape::line(&verdict))) } } }
                main {
                    @if all.len() > 1 { (overview::overview(reports, has_sections)) (shared(all)) }
                    @if has_sections {
                        @for (number, report) in reports.iter().enumerate() { (section(report, number, all.len() > 1)) }
                    }
                    (repeat(command))
                }
                footer { p { "Made by permtest " (env!("CARGO_PKG_VERSION")) ". The same data, options and seed make the same page." } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string() + "\n"
}

/// Nothing may be loaded, and nothing may run but the script of the page.
fn policy(style: &str) -> String {
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        digest(style),
        digest(SCRIPT)
    )
}

/// What is true of all columns, and warnings about some.
fn shared(reports: &[Report]) -> Markup {
    html! {
        p { (table::significant(reports)) " " (reports.first().map(wording::method).unwrap_or_default()) }
        @for (columns, warning) in table::warnings(reports) {
            p.warning role="note" {
                strong { "Warning" } " (" (escape::line(&columns)) "): " (escape::line(&warning.replace('\n', " ")))
            }
        }
    }
}

/// One column.
pub(super) fn section(report: &Report, number: usize, is_one_of_several: bool) -> Markup {
    html! {
        section id={ "column-" (number) } {
            @if is_one_of_several { h2 { (text::headline(report)) } }
            (numbers(report))
            @for warning in &report.warnings() {
                p.warning role="note" { strong { "Warning: " } (escape::line(&warning.replace('\n', " "))) }
            }
            figure { (PreEscaped(plot::inline(report, number))) }
            h3 { "What was done" }
            @for sentence in sentences::method(report) { p { (escape::line(&sentence)) } }
            h3 { "What it says" }
            @for sentence in sentences::meaning(report) { p { (escape::line(&sentence)) } }
            (comparisons(report))
            (compared(report))
        }
    }
}

/// Of several groups two by two.
fn comparisons(report: &Report) -> Markup {
    let Some(first) = report.comparisons.first() else { return html! {} };
    html! {
        h3 { (table::subject_of_pairs(first)) }
        div.table { table {
            thead { tr {
                th scope="col" { "Groups" } th.number scope="col" { "Difference" } th scope="col" { "Interval" }
                th.number scope="col" { "p" } th.number scope="col" { "Adjusted p" }
            } }
            tbody { @for pair in &report.comparisons {
                tr {
                    th scope="row" { (escape::line(&pair.column)) }
                    td.number { (table::difference_of_pair(pair)) }
                    td { (effect::plain_interval_ends(pair).unwrap_or_default()) }
                    td.number { (wording::p_value(pair)) }
                    td.number { (wording::adjusted_p_value(pair)) }
                }
            } }
        } }
        @if let Some(adjusted) = &first.adjusted { p { "Adjusted p: " (table::adjustment_of_pairs(adjusted)) "." } }
    }
}

/// The numbers of the text report.
fn numbers(report: &Report) -> Markup {
    let roles = |place: usize| match (report.subject, place) {
        (Subject::TwoSamples, 0) => " (case)",
        (Subject::TwoSamples, _) => " (control)",
        (Subject::Association, 0) => " (x)",
        (Subject::Association, _) => " (y)",
        (Subject::Groups | Subject::OneSample, _) => "",
    };
    let row = |(place, group): (usize, &GroupReport)| {
        html! { tr {
            th scope="row" { (escape::line(&group.label)) (roles(place)) }
            @for number in wording::summary(group, report) { td.number { (number) } }
        } }
    };
    html! {
        div.table { table {
            thead { tr { td {} @for name in wording::summary_names(report) { th.number scope="col" { (name) } } } }
            tbody { @for group in report.groups.iter().enumerate() { (row(group)) } }
        } }
        div.table { table { tbody {
            @for Row { name, value, note, .. } in wording::results(report) {
                tr {
                    th scope="row" { (escape::line(&name)) }
                    td.number.p { (value) }
                    td { (note.unwrap_or_default().replace('\u{a0}', " ")) }
                }
            }
        } } }
    }
}

/// The classical tests.
fn compared(report: &Report) -> Markup {
    let Some(tests) = report.compared.as_ref().filter(|tests| !tests.is_empty()) else { return html! {} };
    let row = |test: &Classical| {
        html! { tr {
            th scope="row" { (test.test.name()) }
            td.number { (wording::classical_p_value(test)) }
            td { (wording::classical_statistic(test)) }
        } }
    };
    html! {
        h3 { (wording::comparison(report)) }
        div.table { table {
            thead { tr { th scope="col" { "Test" } th.number scope="col" { "p" } th scope="col" { "Statistic" } } }
            tbody { @for test in tests { (row(test)) } }
        } }
    }
}

/// The command, for a shell.
fn repeat(command: &[String]) -> Markup {
    html! {
        section {
            h2 { "To do it again" }
            pre { code { (escape::line(&shell_words::join(command))) } }
        }
    }
}
