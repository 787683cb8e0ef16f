//! The report as a Markdown table for a pull request or a job summary: one row a report, how it was got, warnings.

use std::collections::HashSet;

use anstream::adapter::strip_str;

use super::precision::Precision;
use super::{Canvas, GroupReport, Report, effect, gate, histogram, number, table, wording};
use crate::escape;
use crate::inference::classical::Classical;
use crate::inference::p_value::IntervalKind;
use crate::input::dataset::Subject;
use crate::method::planner::Method;

/// A table of what is shown, a footnote for each way in which its rows were got, and the list of warnings.
pub fn render(all: &[Report], reports: &[&Report], canvas: Option<Canvas>) -> String {
    let columns = Columns {
        has_two_groups: reports.iter().all(|report| report.subject == Subject::TwoSamples),
        adjusted: reports.iter().any(|report| report.adjusted.is_some()),
        finding: reports.iter().any(|report| report.gate.is_some()),
    };
    let mut table = columns.head();
    table.extend(reports.iter().map(|report| columns.row(report)));
    let mut footnotes: Vec<String> = reports.iter().map(|report| footnote(report)).collect();
    let mut seen = HashSet::new();
    footnotes.retain(|footnote| seen.insert(footnote.clone()));
    let warnings = if let [report] = all {
        report.warnings().into_iter().map(|warning| item(&report.column, &warning)).collect()
    } else {
        table::warnings(all).into_iter().map(|(columns, warning)| item(&columns, &warning)).collect::<Vec<_>>()
    };

    let comparisons = reports.iter().filter_map(|report| comparisons(report));
    let verdict = gate::verdict(all).map(|verdict| format!("**permtest: {}**", escape::markdown(&verdict)));
    let mut blocks: Vec<String> = verdict.into_iter().chain([table.join("\n")]).collect();
    blocks.extend(footnotes);
    blocks.extend(comparisons);
    blocks.extend(canvas.iter().flat_map(|&canvas| reports.iter().map(move |report| drawing(report, canvas))));
    if !warnings.is_empty() {
        blocks.push(warnings.join("\n"));
    }
    blocks.join("\n\n") + "\n"
}

/// Which columns there are beside those that every table has.
#[derive(Clone, Copy)]
struct Columns {
    /// Whether all rows have a case and a control.
    has_two_groups: bool,
    adjusted: bool,
    finding: bool,
}

impl Columns {
    fn head(self) -> Vec<String> {
        let (groups, rule) = if self.has_two_groups { ("case | control", "---|---") } else { ("groups", "---") };
        let mut names = format!("| column | {groups} | statistic | interval | p-value | Monte Carlo interval of p |");
        let mut rule = format!("|---|{rule}|---:|---:|---:|---:|");
        for (_, name) in
            [(self.adjusted, "adjusted p"), (self.finding, "finding")].into_iter().filter(|column| column.0)
        {
            names.extend([" ", name, " |"]);
            rule += "---:|";
        }
        vec![names, rule]
    }

    fn row(self, report: &Report) -> String {
        let precision = Precision::of(report);
        let column = match &report.grouping {
            Some(x) if report.subject == Subject::Association => {
                format!("{} against {}", escape::markdown(&report.column), escape::markdown(x))
            }
            Some(grouping) => format!("{} by {}", escape::markdown(&report.column), escape::markdown(grouping)),
            None => escape::markdown(&report.column),
        };
        let estimate = wording::estimate(report);
        let difference = match wording::against(report) {
            None => estimate,
            Some(against) => format!("{estimate} ({against})"),
        };
        let mut row = format!(
            "| {column} | {} | {difference} | {} | **{}** | {} |",
            if self.has_two_groups {
                format!("{} | {}", sample(report.case(), precision), sample(report.control(), precision))
            } else {
                report.groups.iter().map(|group| sample(group, precision)).collect::<Vec<_>>().join("; ")
            },
            interval(report),
            wording::p_value(report),
            wording::interval(report),
        );
        if self.adjusted {
            let p = wording::adjusted_p_value(report);
            row.extend([" ", &p, " |"]);
        }
        if self.finding {
            row.extend([" ", report.gate.map_or("", |gate| gate.finding.name()), " |"]);
        }
        row
    }
}

/// `95 % interval -0.17 to 7.57`, of which effect if it is not the statistic's.
fn interval(report: &Report) -> String {
    let Some(interval) = effect::interval(report) else { return String::new() };
    match effect::name(report).filter(|_| report.other_effect().is_some()) {
        Some(name) => format!("{name}: {interval}"),
        None => interval,
    }
}

/// `OJ: mean 20.66, sd 6.61, n 30`
fn sample(group: &GroupReport, precision: Precision) -> String {
    let (label, n) = (escape::markdown(&group.label), number::count(group.n));
    let Some(summary) = &group.summary else {
        let value = group.value.map(|value| format!("{}, ", precision.value.write(value))).unwrap_or_default();
        return format!("{label}: {value}n {n}");
    };
    let sd = summary.sd.map(|sd| format!(", sd {}", precision.sd.write(sd))).unwrap_or_default();
    let mean = precision.mean.write(summary.mean);
    format!("{label}: mean {mean}{sd}, n {n}")
}

/// How a row was got, in sentences.
fn footnote(report: &Report) -> String {
    let p_value = wording::p_value_name(report);
    let statistic = escape::markdown(&wording::subject(report));
    let confidence = number::percent(report.confidence()).replace('\u{a0}', " ");
    let sentence = match report.n_resamples().zip(report.seed()) {
        Some((resamples, seed)) if report.result.precision.is_none() => format!(
            "{statistic}; {p_value} from {} resamples ({}, seed {seed}), its Monte Carlo interval at {confidence} confidence.",
            number::count(resamples),
            wording::method_name(report),
        ),
        Some(_) if report.result.p_value.kind == IntervalKind::UpperBound => {
            let method = wording::drawing(report);
            format!("{statistic}; {p_value}, an upper bound at {confidence} confidence. {method}")
        }
        Some(_) => {
            let method = wording::drawing(report);
            format!("{statistic}; {p_value}, its Monte Carlo interval at {confidence} confidence. {method}")
        }
        None if report.result.method == Method::Bounds => {
            format!("{statistic}; {p_value}, the upper one of two proven bounds.")
        }
        None => format!("{statistic}; exact {p_value}: every possible labelling was counted."),
    };
    let others = [
        wording::design(report),
        wording::undefined(report),
        wording::near_ties(report),
        wording::dropped(report),
        report.adjusted.as_ref().map(|adjusted| format!("Adjusted p: {}.", wording::adjustment(adjusted))),
        compared(report),
    ];
    [Some(sentence)].into_iter().chain(others).flatten().collect::<Vec<_>>().join(" ")
}

/// Of several groups two by two.
fn comparisons(report: &Report) -> Option<String> {
    let first = report.comparisons.first()?;
    let row = |pair: &Report| {
        format!(
            "| {} | {} | {} | {} | {} |",
            escape::markdown(&pair.column),
            table::difference_of_pair(pair),
            effect::plain_interval_ends(pair).unwrap_or_default(),
            wording::p_value(pair),
            wording::adjusted_p_value(pair)
        )
    };
    let head = ["| groups | difference | interval | p-value | adjusted p |", "|---|---:|---:|---:|---:|"];
    let rows: Vec<String> = head.map(str::to_owned).into_iter().chain(report.comparisons.iter().map(row)).collect();
    let adjusted =
        first.adjusted.as_ref().map(|adjusted| format!(" Adjusted p: {}.", table::adjustment_of_pairs(adjusted)));
    Some(format!(
        "{}\n\n{}.{}",
        rows.join("\n"),
        escape::markdown(&table::subject_of_pairs(first)),
        adjusted.unwrap_or_default()
    ))
}

/// The classical tests.
fn compared(report: &Report) -> Option<String> {
    let tests = report.compared.as_ref()?;
    if tests.is_empty() {
        return Some(wording::nothing_to_compare(report).to_owned());
    }
    let test = |test: &Classical| {
        let (name, p) = (test.test.name(), wording::classical_p_value(test));
        format!("{name} p {} ({})", p.trim_end(), wording::classical_statistic(test))
    };
    let tests: Vec<String> = tests.iter().map(test).collect();
    Some(format!("{}: {}.", wording::comparison(report), tests.join("; ")))
}

/// The histogram, character by character.
fn drawing(report: &Report, canvas: Canvas) -> String {
    format!("```text\n{}```", strip_str(&histogram::draw(report, canvas)))
}

fn item(columns: &str, warning: &str) -> String {
    format!("- **warning** ({}): {}", escape::markdown(columns), escape::markdown(&warning.replace('\n', " ")))
}
