//! All columns of a page at a glance: a table that can be sorted and, where it is long, turned page by page and searched.

use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use crate::escape;
use crate::report::precision::Precision;
use crate::report::statistic::Measure;
use crate::report::{GroupReport, Report, effect, number, plot, wording};

/// Rows that are shown at a time.
const ROWS: usize = 100;

/// Pixels of a bar.
const WIDTH: f64 = 140.0;
const HEIGHT: f64 = 18.0;
/// The place of no effect.
const ZERO: i32 = 70;

/// A cell: what it is sorted by, and what it shows.
type SortedCell = (String, String);

/// All rows, for the script that turns the pages.
#[derive(Serialize)]
struct RowsOfAPage {
    /// Rows on a page.
    size: usize,
    rows: Vec<OverviewRow>,
}

#[derive(Serialize)]
struct OverviewRow {
    cells: Vec<SortedCell>,
    /// Pixels of the interval and the estimate; none without an interval.
    bar: Option<[i32; 3]>,
}

/// The table. Of a few columns each has a section, to which its row leads.
pub fn overview(reports: &[&Report], has_sections: bool) -> Markup {
    let bars = IntervalBars::new(reports);
    let headings = headings(reports);
    let row = |report: &&Report| {
        let cells = headings.iter().map(|heading| (heading.cell)(report)).collect();
        OverviewRow { cells, bar: bars.of(report) }
    };
    let rows: Vec<OverviewRow> = reports.iter().map(row).collect();
    let heading = |Heading { name, is_number, .. }: &Heading| {
        html! {
            th scope="col" aria-sort="none" class=[is_number.then_some("number")] { button type="button" { (name) } }
        }
    };
    html! {
        @if rows.len() > ROWS { (pager(rows.len())) }
        div.table { table id="overview" {
            caption {
                "Press a heading to sort by it."
                @if let Some(adjusted) = reports.iter().find_map(|report| report.adjusted.as_ref()) {
                    " Adjusted: " (wording::adjustment(adjusted)) "."
                }
            }
            thead { tr {
                @for column in &headings { (heading(column)) }
                @if bars.is_drawn() { th scope="col" { (bars.name) } }
                @if has_sections { th scope="col" { "Null distribution" } }
            } }
            tbody { @for (place, (row, report)) in rows.iter().zip(reports).take(ROWS).enumerate() {
                tr {
                    @for ((key, shown), heading) in row.cells.iter().zip(&headings) {
                        @if heading.is_number { td.number data-key=(key) { (shown) } }
                        @else if has_sections && key == &report.column {
                            td data-key=(key) { a href={ "#column-" (place) } { (shown) } }
                        } @else { td data-key=(key) { (shown) } }
                    }
                    @if bars.is_drawn() { td { @if let Some(bar) = row.bar { (drawn(bar)) } } }
                    @if has_sections { td { (PreEscaped(plot::small(report))) } }
                }
            } }
        } }
        @if rows.len() > ROWS {
            script type="application/json" id="rows" data-zero=(ZERO) {
                (PreEscaped(inert(&serde_json::to_string(&RowsOfAPage { size: ROWS, rows }).unwrap_or_default())))
            }
        }
    }
}

/// JSON that no tag can end.
fn inert(json: &str) -> String {
    escape::json(json).replace('<', "\\u003c")
}

/// What turns the pages; the script shows it.
fn pager(rows: usize) -> Markup {
    html! {
        p.pager hidden {
            label { "Find " input type="search" id="find" autocomplete="off"; } " "
            button type="button" id="back" { "Back" } " "
            span id="place" aria-live="polite" {} " "
            button type="button" id="on" { "On" }
        }
        noscript { p.note { "The first " (ROWS) " of " (number::count(rows as u64)) " rows; a script shows the others." } }
    }
}

/// An interval with its estimate and the line of no effect.
fn drawn([low, middle, high]: [i32; 3]) -> Markup {
    let y = HEIGHT as i32 / 2;
    html! {
        svg.bar viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) aria-hidden="true" {
            line.zero x1=(ZERO) x2=(ZERO) y1="0" y2=(HEIGHT) {}
            line x1=(low) x2=(high) y1=(y) y2=(y) {}
            circle cx=(middle) cy=(y) r="3" {}
        }
    }
}

/// A column of the table.
struct Heading {
    name: String,
    is_number: bool,
    cell: CellOfReport,
}

type CellOfReport = fn(&Report) -> SortedCell;

/// The columns that have any content.
fn headings(reports: &[&Report]) -> Vec<Heading> {
    let is_adjusted = reports.iter().any(|report| report.adjusted.is_some());
    let is_gated = reports.iter().any(|report| report.gate.is_some());
    let has_change = reports.iter().any(|report| effect::relative_change(report).is_some());
    let confidence = reports.iter().find_map(|report| report.effect_confidence());
    let interval = confidence.map(|confidence| format!("{} interval", number::percent(confidence)));
    let named = |name: &str| Some(name.to_owned());
    let columns: [(Option<String>, bool, CellOfReport); 9] = [
        (named("Column"), false, |report| (report.column.clone(), escape::line(&report.column))),
        (named("Case"), true, |report| mean(report, report.case())),
        (named("Control"), true, |report| mean(report, report.control())),
        (named("Estimate"), true, |report| sorted(report.result.estimate, wording::estimate(report))),
        (named("Change").filter(|_| has_change), true, change),
        (interval, true, |report| {
            let low = report.effect_interval().map_or(f64::NAN, |interval| interval.ends[0]);
            sorted(low, effect::plain_interval_ends(report).unwrap_or_default())
        }),
        (named("p-value"), true, |report| sorted(report.result.p_value.estimate, wording::p_value(report))),
        (named("Adjusted").filter(|_| is_adjusted), true, |report| {
            sorted(report.final_p_value(), wording::adjusted_p_value(report))
        }),
        (named("Finding").filter(|_| is_gated), false, |report| {
            let finding = report.gate.map_or("", |gate| gate.finding.name());
            (finding.to_owned(), finding.to_owned())
        }),
    ];
    columns.into_iter().filter_map(|(name, is_number, cell)| Some(Heading { name: name?, is_number, cell })).collect()
}

fn sorted(key: f64, shown: String) -> SortedCell {
    (number::shortest(key), shown)
}

fn mean(report: &Report, group: &GroupReport) -> SortedCell {
    let mean = group.summary.map_or(f64::NAN, |summary| summary.mean);
    sorted(mean, Precision::of(report).mean.write(mean))
}

fn change(report: &Report) -> SortedCell {
    let shown = effect::relative_change(report).unwrap_or_default();
    sorted(effect::share_of_control(report).unwrap_or(f64::NAN), shown)
}

/// Effects with their intervals on one axis: differences in units of the data in standard deviations.
struct IntervalBars {
    name: &'static str,
    /// The largest distance from 0 that is shown; 0 where there is nothing to show.
    widest: f64,
}

impl IntervalBars {
    fn new(reports: &[&Report]) -> Self {
        let is_data = reports.iter().any(|report| report.measure() == Measure::DataDifference);
        let name = if is_data { "In sd" } else { "Interval" };
        let shown = reports.iter().filter_map(|report| scaled(report));
        // A few intervals without an end in sight must not hide all others.
        let (largest, widest) = shown.fold((0.0f64, 0.0f64), |(largest, widest), [low, middle, high]| {
            let end = if low.is_finite() && high.is_finite() { low.abs().max(high.abs()) } else { 0.0 };
            (largest.max(middle.abs()), widest.max(end))
        });
        Self { name, widest: widest.min(3.0 * largest) }
    }

    fn is_drawn(&self) -> bool {
        self.widest > 0.0
    }

    fn pixel(&self, x: f64) -> i32 {
        let share = 0.5 + 0.5 * (x / self.widest).clamp(-1.0, 1.0);
        (2.0 + share * (WIDTH - 4.0)).round() as i32
    }

    fn of(&self, report: &Report) -> Option<[i32; 3]> {
        let ends = scaled(report).filter(|_| self.is_drawn())?;
        Some(ends.map(|x| self.pixel(x)))
    }
}

/// The lower end of the interval, the effect, the upper end, from the value under the null hypothesis.
fn scaled(report: &Report) -> Option<[f64; 3]> {
    let shown = report.result.effect.as_ref()?;
    let [low, high] = shown.interval?.ends;
    let null = effect::null(report).unwrap_or(0.0);
    let unit = if report.measure() == Measure::DataDifference || report.other_effect().is_some() {
        report.spread().filter(|spread| *spread > 0.0)?
    } else {
        1.0
    };
    Some([low, shown.estimate, high].map(|x| (x - null) / unit)).filter(|[_, middle, _]| middle.is_finite())
}

impl Report {
    /// The standard deviation within both groups.
    fn spread(&self) -> Option<f64> {
        let squares = |sd: f64, n: u64| sd * sd * (n as f64 - 1.0);
        let (case, control) = (self.case().summary?, self.control().summary?);
        let within =
            case.sd.map_or(0.0, |sd| squares(sd, case.n)) + control.sd.map_or(0.0, |sd| squares(sd, control.n));
        (case.n + control.n > 2).then(|| (within / (case.n + control.n - 2) as f64).sqrt())
    }
}
