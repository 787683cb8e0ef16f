//! How often a test raised a false alarm, in a table or as JSON.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::label::{pad_left, pad_right, shorten, wrap};
use super::number::{self, Rounding};
use crate::escape;
use crate::permutation_test::false_alarms::{FalseAlarms, Split};
use crate::settings::{FalseAlarmSettings, Format};

const WIDTH: usize = 78;
const DIM: Style = Style::new().dimmed();
const WARNING: Style = AnsiColor::Yellow.on_default();

/// The names of the JSON format.
#[derive(Serialize)]
struct Line<'a> {
    schema: &'static str,
    version: &'static str,
    column: &'a str,
    statistic: String,
    alternative: &'static str,
    split: &'static str,
    n_splits: u64,
    n_resamples: u64,
    seed: u64,
    alpha: f64,
    n_false_alarms: u64,
    false_alarm_rate: f64,
    /// Of the test that the parts are exchangeable; `null` where they are by construction.
    exchangeable_p_value: Option<f64>,
    warning: Option<&'static str>,
}

/// What the splits of a column came to.
#[must_use]
pub fn false_alarms(
    column: &str,
    n: usize,
    size: usize,
    found: &[FalseAlarms],
    settings: &FalseAlarmSettings,
) -> String {
    match settings.format {
        Format::Json => found.iter().map(|alarms| line(column, alarms, settings)).collect(),
        _ => text(column, n, size, found, settings),
    }
}

fn line(column: &str, alarms: &FalseAlarms, settings: &FalseAlarmSettings) -> String {
    let line = Line {
        schema: "permtest-aa/2",
        version: env!("CARGO_PKG_VERSION"),
        column,
        statistic: settings.statistic.to_string(),
        alternative: settings.alternative.name(),
        split: dealt(alarms.split),
        n_splits: alarms.splits,
        n_resamples: settings.resamples,
        seed: settings.seed,
        alpha: settings.alpha,
        n_false_alarms: alarms.alarms,
        false_alarm_rate: alarms.rate(),
        exchangeable_p_value: alarms.exchangeable,
        warning: warning(alarms),
    };
    // Strings and numbers: nothing here can fail to become JSON.
    escape::json(&serde_json::to_string(&line).expect("plain data")) + "\n"
}

fn text(column: &str, n: usize, size: usize, found: &[FalseAlarms], settings: &FalseAlarmSettings) -> String {
    let alpha = number::shortest(settings.alpha);
    let mut text = format!(
        "{}: {} splits of {} values, {} a part; {}, {} resamples each\n\n",
        shorten(column),
        number::count(settings.splits),
        number::count(n as u64),
        number::count(size as u64),
        escape::line(&settings.statistic.to_string()),
        number::count(settings.resamples),
    );
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let width = found.iter().map(|alarms| dealt(alarms.split).width()).max().unwrap_or(0).max("parts dealt".len());
    let head = format!("false alarms at {alpha}");
    let _ = writeln!(text, "  {DIM}{}   {head}   exchangeable?{DIM:#}", pad_right("parts dealt", width));
    for alarms in found {
        let rate = pad_left(&percent(alarms.rate()), head.len());
        let name = pad_right(dealt(alarms.split), width);
        let exchangeable = match alarms.exchangeable {
            None => "by construction".to_owned(),
            Some(p) => format!("p {}", number::probability(p, 2, Rounding::Nearest)),
        };
        let _ = writeln!(text, "  {name}   {rate}   {exchangeable}");
    }
    for warning in found.iter().filter_map(warning) {
        let lines = wrap(warning, WIDTH - 11);
        let _ = writeln!(text, "\n  {WARNING}warning:{WARNING:#} {}", lines.join("\n           "));
    }
    text
}

/// How the parts were dealt.
fn dealt(split: Split) -> &'static str {
    match split {
        Split::AtRandom => "at random",
        Split::InOrder => "in order of the rows",
        Split::Runs => "whole runs",
        Split::RelabelledRuns => "whole runs, as --cluster",
    }
}

/// What it means that parts are not exchangeable, and what to do.
fn warning(alarms: &FalseAlarms) -> Option<&'static str> {
    let text = match alarms.split {
        Split::AtRandom | Split::RelabelledRuns => return None,
        Split::InOrder => {
            "values that follow each other are alike, so two measurements in turn are not exchangeable: interleave \
             them, or measure in several runs and compare with --cluster"
        }
        Split::Runs => {
            "values of one run are alike, so a test that takes them for independent raises false alarms: compare \
             with --cluster"
        }
    };
    alarms.is_warned_of().then_some(text)
}
