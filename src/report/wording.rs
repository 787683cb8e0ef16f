//! The sentences of a report, shared by the formats that people read.

use super::Report;
use super::number::{self, Rounding};
use super::precision::{Precision, p_value_digits};
use super::statistic::Measure;
use crate::Undefined;
use crate::inference::classical::{Classical, ClassicalTest};

/// What stands before the classical tests.
pub const COMPARISON: &str = "For comparison, by curves instead of relabellings";
/// What stands in their place if there are none.
pub const NOTHING_TO_COMPARE: &str = "For comparison: no classical test is defined for these data.";

/// What was computed: `difference of means`.
pub fn statistic(report: &Report) -> String {
    report.statistic.title.clone()
}

/// What stands beside the estimate: what it is tested against, where that is not 0, and the U of a rank sum.
pub fn against(report: &Report) -> Option<String> {
    let precision = Precision::of(report);
    let mu = precision.mu.write(report.mu);
    let u = report.mann_whitney_u.map(|u| format!("U {}", number::shortest(u).trim_end_matches(".0")));
    let null = if report.mu != 0.0 && report.null_value == report.mu {
        Some(format!("tested against {mu} (--mu)"))
    } else {
        let shift = (report.mu != 0.0).then(|| format!("after {mu} is subtracted from the case values (--mu)"));
        let mean = (report.null_value != 0.0)
            .then(|| format!("{} on average over all labellings", precision.difference.write(report.null_value)));
        join([mean, shift])
    };
    join([u, null])
}

fn join(parts: [Option<String>; 2]) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// `p-value (two-sided)`, with the rule where it is not the usual one.
pub fn p_value_name(report: &Report) -> String {
    match report.two_sided_rule.as_deref() {
        Some("doubled") => format!("p-value ({}, doubled)", report.alternative),
        Some("upper-tail") => "p-value (upper tail)".to_owned(),
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
        _ if report.statistic.measure == Measure::Distance => report.count_greater_equal,
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
    let is_part = report.undefined == Undefined::Drop && report.n_undefined > 0;
    let (total, of) = match report.n_resamples {
        Some(resamples) => (resamples as f64, format!("{} resamples", number::count(resamples))),
        None if is_part => {
            let defined = report.reference_set_size.unwrap_or_default() - report.n_undefined as f64;
            (defined, format!("{} labellings with a defined statistic", number::count(defined as u64)))
        }
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
    let distance = precision.difference.write((report.estimate - report.null_value).abs());
    let noun = if report.statistic.measure == Measure::Value { "value" } else { "difference" };
    let (have, differ, lie) = if one { ("has", "differs", "lies") } else { ("have", "differ", "lie") };
    match (report.alternative.as_str(), report.two_sided_rule.as_deref()) {
        _ if report.statistic.measure == Measure::Distance => format!("{have} a distance of {estimate} or more"),
        ("greater", _) => format!("{have} a {noun} of {estimate} or more"),
        ("less", _) => format!("{have} a {noun} of {estimate} or less"),
        (_, Some("doubled")) => {
            let side = if report.count_greater_equal <= report.count_less_equal { "more" } else { "less" };
            format!("{have} a {noun} of {estimate} or {side}; that share, the smaller of the two tails, is doubled")
        }
        _ if report.null_value != 0.0 || noun == "value" => {
            let is_mu = report.null_value == report.mu && report.mu != 0.0;
            let notation = if is_mu { precision.mu } else { precision.difference };
            let null = if report.null_value == 0.0 { "0".to_owned() } else { notation.write(report.null_value) };
            format!("{lie} at least {distance} away from {null} in either direction")
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

/// How the null distribution was got: `Monte Carlo, seed 0, out of 1.2e17 possible labellings.`, with what there is to say
/// of the design and of statistics that were undefined or tied by rounding.
pub fn method(report: &Report) -> String {
    let parts = [Some(drawing(report)), design(report), undefined(report), near_ties(report)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What is relabelled, where it is not any observation.
pub fn design(report: &Report) -> Option<String> {
    let several = |n: usize, what: &str| format!("{} {what}{}", number::count(n as u64), if n == 1 { "" } else { "s" });
    let (pairs, clusters) = (several(report.n_units, "pair"), several(report.n_units, "cluster"));
    let units = number::count(report.n_units as u64);
    let strata = match report.n_strata {
        Some(1) => "1 stratum".to_owned(),
        strata => format!("{} strata", number::count(strata.unwrap_or(0) as u64)),
    };
    match report.design.as_str() {
        "paired" => Some(format!("Labels are swapped within {pairs}.")),
        "stratified" => Some(format!("Labels are exchanged within {strata} only.")),
        "clustered" => Some(format!("Whole clusters are relabelled, {units} in all.")),
        "clustered, stratified" => Some(format!("Whole clusters are relabelled, {clusters} within {strata}.")),
        "paired, clustered" => {
            Some(format!("Labels are swapped within all pairs of a cluster together, {clusters} in all."))
        }
        _ => None,
    }
}

/// How many labellings had no statistic, and what became of them.
pub fn undefined(report: &Report) -> Option<String> {
    let fate = match report.undefined {
        _ if report.n_undefined == 0 => return None,
        Undefined::Error => return None,
        Undefined::Extreme => "which count as extreme",
        Undefined::Drop => "which are left out",
    };
    let labellings = if report.n_undefined == 1 { "relabelling" } else { "relabellings" };
    Some(format!("The statistic is undefined for {} {labellings}, {fate}.", number::count(report.n_undefined)))
}

/// How many labellings tied with the data but for a rounding error.
pub fn near_ties(report: &Report) -> Option<String> {
    match report.n_near_ties {
        0 => None,
        1 => Some("1 relabelling ties with the data within rounding.".to_owned()),
        n => Some(format!("{} relabellings tie with the data within rounding.", number::count(n))),
    }
}

fn drawing(report: &Report) -> String {
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

/// The p-value of a classical test, as its curve gives it.
pub fn classical_p_value(test: &Classical) -> String {
    format!("{:<8}", number::probability(test.p_value, 3, Rounding::Nearest))
}

/// `t 1.915 with 55.3 degrees of freedom`
pub fn classical_statistic(test: &Classical) -> String {
    let symbol = match test.test {
        ClassicalTest::Welch | ClassicalTest::Student | ClassicalTest::PairedT => "t",
        ClassicalTest::MannWhitney => "U",
        ClassicalTest::KolmogorovSmirnov => "D",
        ClassicalTest::Wilcoxon => "T",
    };
    let freedom = test.degrees_of_freedom.map(|df| format!(" with {} degrees of freedom", short(df)));
    format!("{symbol} {}{}", short(test.statistic), freedom.unwrap_or_default())
}

/// At most four digits after the point, and none that say nothing.
fn short(x: f64) -> String {
    if x != 0.0 && !(1e-3..1e9).contains(&x.abs()) {
        return format!("{x:.3e}");
    }
    let text = format!("{x:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// How many rows were left out, if any.
pub fn dropped(report: &Report) -> Option<String> {
    match report.n_dropped {
        0 => None,
        1 => Some("1 row with a missing value was left out.".to_owned()),
        n => Some(format!("{} rows with missing values were left out.", number::count(n))),
    }
}
