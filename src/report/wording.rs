//! The sentences of a report, shared by the formats that people read.

use super::Report;
use super::number::{self, Rounding};
use super::precision::{Precision, p_value_digits};

/// What was computed: `difference of means`.
pub fn statistic(report: &Report) -> String {
    match report.statistic.as_str() {
        "mean" => "difference of means".to_owned(),
        other => format!("difference in {other}"),
    }
}

/// `p-value (two-sided)`, with the rule where it is not the usual one.
pub fn p_value_name(report: &Report) -> String {
    match report.two_sided_rule.as_deref() {
        Some("doubled") => format!("p-value ({}, doubled)", report.alternative),
        _ => format!("p-value ({})", report.alternative),
    }
}

/// The p-value, rounded to what its interval supports, never to 0.
pub fn p_value(report: &Report) -> String {
    number::probability(report.p_value, p_value_digits(report), Rounding::Nearest)
}

/// What the Monte Carlo error leaves open: `0.0607 to 0.0611`, rounded outwards; only the upper end if nothing was counted.
pub fn interval(report: &Report) -> String {
    if report.n_resamples.is_none() {
        return "exact".to_owned();
    }
    let [low, high] = report.p_value_interval;
    let high = number::probability(high, p_value_digits(report), Rounding::Up);
    if count(report) == 0 {
        format!("at most {high}")
    } else {
        format!("{} to {high}", number::probability(low, p_value_digits(report), Rounding::Down))
    }
}

/// The count from which the p-value was computed.
pub fn count(report: &Report) -> u64 {
    match (report.alternative.as_str(), report.two_sided_rule.as_deref()) {
        ("greater", _) => report.count_greater_equal,
        ("less", _) => report.count_less_equal,
        (_, Some("doubled")) => report.count_greater_equal.min(report.count_less_equal),
        _ => report.count_absolute,
    }
}

/// How many resamples were as extreme as the data, in plain words; where none was, what that does and does not show.
pub fn evidence(report: &Report) -> String {
    let counted = format!("{} {}.", share(report), extremity(report, count(report) == 1));
    if count(report) > 0 {
        return counted;
    }
    let minimum = p_value(report);
    let resamples = number::count(report.n_resamples.unwrap_or_default());
    let confidence = number::percent(report.confidence);
    let bound = interval(report);
    format!(
        "{counted} So the p-value stands at its floor: {minimum} is the least that {resamples} resamples can show. \
         Read it as {bound} ({confidence} confidence)."
    )
}

/// `608,612 of the 10,000,000 resamples`, `None of …`, `All …`; `142 of the 1,365 possible labellings`.
fn share(report: &Report) -> String {
    let (total, of) = match report.n_resamples {
        Some(resamples) => (resamples as f64, format!("{} resamples", number::count(resamples))),
        None => (report.reference_set_size.unwrap_or_default(), format!("{} possible labellings", labellings(report))),
    };
    match count(report) {
        0 => format!("None of the {of}"),
        all if all as f64 == total => format!("All of the {of}"),
        some => format!("{} of the {of}", number::count(some)),
    }
}

/// The number of labellings, in words that fit its size.
fn labellings(report: &Report) -> String {
    match (&report.n_resamples, report.reference_set_size) {
        (None, Some(size)) => number::count(size as u64),
        _ => number::labellings(report.reference_set_size, report.reference_set_size_log10),
    }
}

/// What makes a resample count: `differ by at least 3.70 in either direction`.
fn extremity(report: &Report, one: bool) -> String {
    let precision = Precision::of(report);
    let estimate = precision.difference.write(report.estimate);
    let distance = precision.difference.write((report.estimate - report.mu).abs());
    let (have, differ, lie) = if one { ("has", "differs", "lies") } else { ("have", "differ", "lie") };
    match (report.alternative.as_str(), report.two_sided_rule.as_deref()) {
        ("greater", _) => format!("{have} a difference of {estimate} or more"),
        ("less", _) => format!("{have} a difference of {estimate} or less"),
        (_, Some("doubled")) => {
            let side = if report.count_greater_equal <= report.count_less_equal { "more" } else { "less" };
            format!("{have} a difference of {estimate} or {side}; that share, the smaller of the two tails, is doubled")
        }
        _ if report.mu != 0.0 => {
            let mu = precision.mu.write(report.mu);
            format!("{lie} at least {distance} away from {mu} in either direction")
        }
        _ => format!("{differ} by at least {distance} in either direction"),
    }
}

/// What stands beside the p-value: its Monte Carlo interval, or that it is exact.
pub fn precision_note(report: &Report) -> String {
    match report.n_resamples {
        Some(_) => format!("Monte Carlo interval ({}): {}", number::percent(report.confidence), interval(report)),
        None => "exact".to_owned(),
    }
}

/// How the null distribution was got: `Monte Carlo, seed 0, out of 1.2e17 possible labellings.`
pub fn method(report: &Report) -> String {
    match report.seed {
        Some(seed) => {
            format!("{}, seed {seed}, out of {} possible labellings.", method_name(report), labellings(report))
        }
        None => format!("{}: every labelling was counted, so there is no Monte Carlo error.", method_name(report)),
    }
}

/// The method's name as people write it.
pub fn method_name(report: &Report) -> &str {
    match report.method.as_str() {
        "monte-carlo" => "Monte Carlo",
        "exact" => "Exact",
        other => other,
    }
}

/// How many rows were left out, if any.
pub fn dropped(report: &Report) -> Option<String> {
    match report.n_dropped {
        0 => None,
        1 => Some("1 row with a missing value was left out.".to_owned()),
        n => Some(format!("{} rows with missing values were left out.", number::count(n))),
    }
}
