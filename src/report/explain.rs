//! The plan in words: which methods could be used, what each would cost, and why one was chosen.

use std::fmt::Write as _;

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::label::{pad_left, pad_right, wrap};
use super::number::{self, Rounding};
use crate::flags;
use crate::method::planner::{Bytes, Candidate, Further, Infeasible, Method, Plan, Reason, Work};
use crate::settings::Test;

const WIDTH: usize = 80;
const INDENT: &str = "  ";
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// A table of all methods, the chosen one in bold, and a sentence on the choice; of several columns together.
#[must_use]
pub fn explain(plan: &Plan, columns: usize, test: &Test) -> String {
    let head = ["method", "would take", "memory", "time", ""].map(str::to_owned);
    let rows: Vec<[String; 5]> = plan.candidates.iter().map(|candidate| row(candidate, plan)).collect();
    let mut text = format!("{DIM}{}{DIM:#}\n", line(&head, &rows, &head));
    for (candidate, cells) in plan.candidates.iter().zip(&rows) {
        let style = if candidate.method == plan.method { BOLD } else { Style::new() };
        let line = line(cells, &rows, &head);
        let _ = writeln!(text, "{style}{line}{style:#}");
    }
    let sentences: Vec<String> =
        [shared(columns), saddlepoint(plan), Some(choice(plan)), further(plan), Some(memory(test))]
            .into_iter()
            .flatten()
            .collect();
    text.push('\n');
    for line in wrap(&sentences.join(" "), WIDTH - INDENT.len()) {
        let _ = writeln!(text, "{INDENT}{line}");
    }
    text
}

/// Cells under each other: names to the left, amounts to the right.
fn line(cells: &[String; 5], rows: &[[String; 5]], head: &[String; 5]) -> String {
    let width = |i: usize| rows.iter().map(|row| row[i].width()).chain([head[i].width()]).max().unwrap_or(0);
    let columns = (0..5).map(|i| match i {
        0 | 4 => pad_right(&cells[i], width(i)),
        _ => pad_left(&cells[i], width(i)),
    });
    let line = columns.collect::<Vec<_>>().join("   ");
    format!("{INDENT}{}", line.trim_end())
}

fn row(candidate: &Candidate, plan: &Plan) -> [String; 5] {
    let Candidate { method, work, bytes, seconds, infeasible } = *candidate;
    let is_known = seconds.is_finite();
    let shown = |text: String| if is_known { text } else { "-".to_owned() };
    let needs_work = !matches!(work, Work::Labellings(n) if n == 0.0);
    [
        name(method),
        if needs_work { work.to_string() } else { "-".to_owned() },
        if bytes > 0.0 && is_known { Bytes(bytes).to_string() } else { "-".to_owned() },
        shown(time(seconds)),
        verdict(method, infeasible, plan),
    ]
}

fn name(method: Method) -> String {
    match method.algorithm() {
        Some(algorithm) => format!("exact, {}", algorithm.replace('-', " ")),
        None => method.name().to_owned(),
    }
}

fn verdict(method: Method, infeasible: Option<Infeasible>, plan: &Plan) -> String {
    match infeasible {
        _ if method == plan.method => "chosen".to_owned(),
        Some(infeasible) => flags::words(&infeasible.message()),
        None => String::new(),
    }
}

/// Seconds of one core, roughly.
fn time(seconds: f64) -> String {
    match seconds {
        _ if seconds < 1e-3 => "< 1 ms".to_owned(),
        _ if seconds < 0.95 => format!("{:.0} ms", 1e3 * seconds),
        _ if seconds < 99.5 => format!("{seconds:.0} s"),
        _ if seconds < 5400.0 => format!("{:.0} min", seconds / 60.0),
        _ if seconds < 2e5 => format!("{:.0} h", seconds / 3600.0),
        _ if seconds < 3e8 => format!("{:.0} days", seconds / 86_400.0),
        _ => "> 10 years".to_owned(),
    }
}

fn shared(columns: usize) -> Option<String> {
    (columns > 1).then(|| format!("All {} columns see the same relabellings.", number::count(columns as u64)))
}

fn saddlepoint(plan: &Plan) -> Option<String> {
    let p = number::probability(plan.saddlepoint?, 2, Rounding::Nearest);
    Some(format!("A saddlepoint approximation puts the p-value near {p}."))
}

fn choice(plan: &Plan) -> String {
    let why = match plan.reason {
        Reason::Asked => "as asked",
        Reason::Resamples => "as -n asks",
        Reason::Exact => "because nothing is better than an exact p-value and no exact method is cheaper",
        Reason::Proven => "because no exact method is affordable and bounds are proven",
        Reason::Tiny => "because no exact method is affordable and counting would leave more error",
        Reason::Default => "because no exact method is affordable",
    };
    format!("Chosen: {}, {why}.", name(plan.method))
}

fn further(plan: &Plan) -> Option<String> {
    match plan.further {
        Further::Nothing => None,
        Further::Taken { method, reach } => Some(format!(
            "Should it find fewer than 10 relabellings as extreme as the data, {} follows, to about p = 1e{}; --method {} \
             goes on from there.",
            name(method),
            reach.exponent,
            method.name()
        )),
        Further::Advised(method) if method.is_exact() => Some(format!(
            "Left to itself, permtest would compute the exact p-value ({}).",
            method.algorithm().unwrap_or_default()
        )),
        Further::Advised(method) => {
            Some(format!("Should it find next to nothing, --method {} may resolve the p-value.", method.name()))
        }
    }
}

fn memory(test: &Test) -> String {
    format!(
        "Times are those of one core of a common machine; methods may use {} (--memory-limit).",
        Bytes(test.memory as f64)
    )
}
