//! The sentences of a report, shared by the formats that people read.

use unicode_width::UnicodeWidthStr;

use super::fields::MOST_WHOLE;
use super::label::shorten;
use super::number::{self, Rounding};
use super::precision::{Precision, digits_of, p_value_digits};
use super::statistic::Measure;
use super::{Adjusted, Comparison, Equivalence, GroupReport, Report, effect};
use crate::Undefined;
use crate::design::Kind;
use crate::inference::adjust::Adjustment;
use crate::inference::classical::{self, Classical, ClassicalTest};
use crate::inference::diagnostics::contradicts_saddlepoint;
use crate::inference::p_value::IntervalKind;
use crate::inference::{Alternative, TwoSidedRule};
use crate::input::dataset::Subject;
use crate::method::estimate::Spread;
use crate::method::planner::{Further, Method};
use crate::method::sequential::Decision;
use crate::method::tail::Tail;

/// What stands before the classical tests, which know neither strata nor clusters.
pub fn comparison(report: &Report) -> &'static str {
    if report.result.design.is_stratified() || report.result.design.is_clustered() {
        "For comparison, classical tests, as if all observations were independent"
    } else {
        "For comparison, classical tests"
    }
}

/// What stands in their place if there are none.
pub fn nothing_to_compare(report: &Report) -> &'static str {
    match report.subject {
        Subject::TwoSamples | Subject::OneSample => "For comparison: no classical test is defined for these data.",
        Subject::Groups | Subject::Association => {
            "For comparison: classical tests are known here for two samples only."
        }
    }
}

/// The observed statistic.
pub fn estimate(report: &Report) -> String {
    if report.result.estimate.is_nan() {
        return "-".to_owned();
    }
    Precision::of(report).difference.write(report.result.estimate)
}

/// The p-value adjusted for the other columns; where it was not adjusted, as it is.
pub fn adjusted_p_value(report: &Report) -> String {
    // One that was counted by itself has digits of its own.
    let counted = report.adjusted.filter(|adjusted| adjusted.by == Adjustment::ClosedTesting);
    let digits =
        counted.map_or_else(|| p_value_digits(report), |adjusted| digits_of(adjusted.p_value, adjusted.interval));
    number::probability(report.final_p_value(), digits, Rounding::Nearest)
}

/// What samples are summed up by, the names of [`summary`]'s numbers; for rows of several columns the expression.
pub fn summary_names(report: &Report) -> Vec<String> {
    if report.case().summary.is_some() {
        return ["n", "mean", "sd", "median", "min", "max"].map(str::to_owned).to_vec();
    }
    let n = "n".to_owned();
    if !report.case().counts.is_empty() {
        let words = report.case().counts.iter().take(MOST_WORDS).map(|(word, _)| shorten(word));
        return std::iter::once(n).chain(words).collect();
    }
    let Some(expression) = report.case().value.and(report.of_each_group()) else { return vec![n] };
    vec![n, if expression.width() <= LONGEST_HEAD { expression } else { "value".to_owned() }]
}

/// Words whose numbers a table has room for.
const MOST_WORDS: usize = 6;

/// The longest expression that stands above its values.
const LONGEST_HEAD: usize = 50;

/// A sample in numbers.
pub fn summary(group: &GroupReport, report: &Report) -> Vec<String> {
    let precision = Precision::of(report);
    let n = number::count(group.n);
    let Some(summary) = &group.summary else {
        let counts = group.counts.iter().take(MOST_WORDS).map(|(_, count)| number::count(*count));
        return [n].into_iter().chain(counts).chain(group.value.map(|value| precision.value.write(value))).collect();
    };
    vec![
        n,
        precision.mean.write(summary.mean),
        summary.sd.map_or_else(|| "-".to_owned(), |sd| precision.sd.write(sd)),
        precision.median.write(summary.median),
        precision.min.write(summary.min),
        precision.max.write(summary.max),
    ]
}

/// A number with its name before and a note beside it.
pub struct Row {
    pub name: String,
    pub value: String,
    pub note: Option<String>,
    /// Whether it is a p-value.
    pub is_p_value: bool,
}

/// The statistic, the effect if it is another one, the p-value. No-break spaces hold together what belongs on one line.
pub fn results(report: &Report) -> Vec<Row> {
    let row = |name: String, value: String, note: Option<String>| Row { name, value, note, is_p_value: false };
    let p_value = |name: String, value, note| Row { name, value, note: Some(note), is_p_value: true };
    let interval = effect::interval(report).map(|interval| interval.replace(' ', "\u{a0}"));
    let mut rows = Vec::new();
    match report.other_effect().zip(effect::name(report)) {
        None => rows.push(row(report.title(), estimate(report), join([interval, against(report)]))),
        Some((other, name)) => {
            rows.push(row(report.title(), estimate(report), against(report)));
            rows.push(row(name, Precision::of(report).effect.write(other.estimate), interval));
        }
    }
    let note = precision_note(report).replace(' ', "\u{a0}");
    rows.push(p_value(p_value_name(report), self::p_value(report), note));
    if let Some(adjusted) = &report.adjusted {
        rows.push(p_value("adjusted p-value".to_owned(), adjusted_p_value(report), adjustment(adjusted)));
    }
    rows
}

/// What stands beside the estimate: what it is tested against, where that is not 0, and the U of a rank sum.
pub fn against(report: &Report) -> Option<String> {
    if let Some(Equivalence { p_values, .. }) = report.equivalence {
        let [above, below] = p_values.map(|p| number::probability(p, 3, Rounding::Nearest));
        return Some(format!("two one-sided tests: p {above} and {below}"));
    }
    let precision = Precision::of(report);
    let mu = precision.mu.write(report.mu);
    let u = report.mann_whitney_u().map(|u| format!("U {}", number::shortest(u).trim_end_matches(".0")));
    let null = if report.mu != 0.0 && report.null_value() == report.mu {
        Some(format!("tested against {mu} (--mu)"))
    } else {
        let whose = if report.subject == Subject::OneSample { "the values" } else { "the case values" };
        let shift = (report.mu != 0.0).then(|| format!("after {mu} is subtracted from {whose} (--mu)"));
        let is_mean = report.null_value() != 0.0 && report.measure() != Measure::Ratio;
        let mean = is_mean
            .then(|| format!("{} on average over all labellings", precision.difference.write(report.null_value())));
        join([mean, shift])
    };
    join([u, null])
}

fn join(parts: [Option<String>; 2]) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// `p-value (two-sided)`.
pub fn p_value_name(report: &Report) -> String {
    format!("p-value ({})", sides(report))
}

/// Which values count as far out: `two-sided`, with the rule where it is not the usual one.
pub fn sides(report: &Report) -> String {
    if let Some(Equivalence { margin, .. }) = report.equivalence {
        return format!("within \u{b1}{}", Precision::of(report).mu.write(margin));
    }
    match report.two_sided_rule() {
        Some(TwoSidedRule::Doubled) => format!("{}, doubled", report.result.alternative.name()),
        Some(TwoSidedRule::UpperTail) => "upper tail".to_owned(),
        _ => report.result.alternative.name().to_owned(),
    }
}

/// The p-value, rounded to what its interval supports, never to 0.
pub fn p_value(report: &Report) -> String {
    let rounding = if is_upper_bound(report) { Rounding::Up } else { Rounding::Nearest };
    number::probability(report.result.p_value.estimate, p_value_digits(report), rounding)
}

/// Whether no more than an upper bound of the p-value was estimated, and none of its digits.
fn is_upper_bound(report: &Report) -> bool {
    report.result.p_value.kind == IntervalKind::UpperBound
}

/// What is left open: `0.0607 to 0.0611`, rounded outwards; only the upper end if nothing was counted.
pub fn interval(report: &Report) -> String {
    if report.result.method.is_exact() {
        return "exact".to_owned();
    }
    let [low, high] = report.result.p_value.interval;
    let high = number::probability(high, p_value_digits(report), Rounding::Up);
    if count(report) == Some(0) {
        format!("at most {high}")
    } else {
        format!("{} to {high}", number::probability(low, p_value_digits(report), Rounding::Down))
    }
}

/// The count from which the p-value was computed, if it was.
fn count(report: &Report) -> Option<u64> {
    let counts = report.result.counts?;
    Some(match report.two_sided_rule() {
        Some(TwoSidedRule::Doubled) => counts.greater_equal.min(counts.less_equal),
        _ => counts.extreme(report.result.tail),
    })
}

/// How many resamples were as extreme as the data, in plain words; where none was, what that does and does not show.
pub fn evidence(report: &Report) -> String {
    let Some(count) = count(report) else {
        return format!("{} {}.", estimated_share(report), extremity(report, true));
    };
    let counted = format!("{} {}.", share(report, count), extremity(report, count == 1));
    if count > 0 {
        return counted;
    }
    let minimum = p_value(report);
    let resamples = number::count(report.n_resamples().unwrap_or_default());
    let confidence = number::percent(report.confidence());
    let bound = interval(report);
    format!(
        "{counted} So the p-value stands at its floor: {minimum} is the least that {resamples} resamples can show. \
         Read it as {bound} ({confidence} confidence)."
    )
}

/// `608,612 of the 10,000,000 resamples`, `None of …`, `All …`; `142 of the 1,365 possible labellings`.
fn share(report: &Report, count: u64) -> String {
    let is_part = report.test.undefined == Undefined::Drop && report.result.undefined > 0;
    let (total, of) = match report.n_resamples() {
        Some(resamples) => (resamples as f64, format!("{} resamples", number::count(resamples))),
        None if is_part => {
            let defined =
                report.result.reference_set_size.approximate.unwrap_or_default() - report.result.undefined as f64;
            (defined, format!("{} labellings with a defined statistic", number::count(defined as u64)))
        }
        None => (
            report.result.reference_set_size.approximate.unwrap_or_default(),
            format!("{} possible labellings", labellings(report)),
        ),
    };
    match count {
        0 => format!("None of the {of}"),
        all if all as f64 == total => format!("All of the {of}"),
        some => format!("{} of the {of}", number::count(some)),
    }
}

/// `A share of 3.97e-47 of the 3.0e80 possible labellings`, `By estimate a share of …`, `A share between … and …`.
fn estimated_share(report: &Report) -> String {
    let tails = if report.two_sided_rule() == Some(TwoSidedRule::Doubled) { 2.0 } else { 1.0 };
    let write = |p: f64, rounding| number::probability(p / tails, p_value_digits(report), rounding);
    let [low, high] = report.result.p_value.interval;
    let share = match report.result.method {
        method if method.is_exact() => {
            format!("A share of {}", write(report.result.p_value.estimate, Rounding::Nearest))
        }
        Method::Bounds => format!("A share between {} and {}", write(low, Rounding::Down), write(high, Rounding::Up)),
        _ if is_upper_bound(report) => format!("At most a share of {}", write(high, Rounding::Up)),
        _ => format!("By estimate a share of {}", write(report.result.p_value.estimate, Rounding::Nearest)),
    };
    format!("{share} of the {} possible labellings", labellings(report))
}

/// The number of labellings, in words that fit its size.
fn labellings(report: &Report) -> String {
    match (&report.n_resamples(), report.result.reference_set_size.approximate) {
        (None, Some(size)) if size <= MOST_WHOLE => number::count(size as u64),
        _ => number::labellings(report.result.reference_set_size.approximate, report.result.reference_set_size.log10),
    }
}

/// What makes a resample count: `differ by at least 3.70 in either direction`.
fn extremity(report: &Report, one: bool) -> String {
    let precision = Precision::of(report);
    let estimate = estimate(report);
    let distance = precision.difference.write((report.result.estimate - report.null_value()).abs());
    let noun = match report.measure() {
        _ if report.subject == Subject::OneSample => "value",
        Measure::Value | Measure::Ratio => "value",
        _ => "difference",
    };
    let (have, differ, lie) = if one { ("has", "differs", "lies") } else { ("have", "differ", "lie") };
    match (report.result.alternative, report.result.two_sided) {
        _ if report.measure() == Measure::Distance => format!("{have} a distance of {estimate} or more"),
        (Alternative::Greater, _) => format!("{have} a {noun} of {estimate} or more"),
        (Alternative::Less, _) => format!("{have} a {noun} of {estimate} or less"),
        (Alternative::TwoSided, TwoSidedRule::UpperTail) => format!("{have} a value of {estimate} or more"),
        (Alternative::TwoSided, TwoSidedRule::Doubled) => {
            let side = if report.result.tail == Tail::Lower { "less" } else { "more" };
            format!("{have} a {noun} of {estimate} or {side}; that share, the smaller of the two tails, is doubled")
        }
        _ if report.measure() == Measure::Ratio => {
            let null = precision.difference.write(report.null_value());
            let factor =
                (report.result.estimate / report.null_value()).max(report.null_value() / report.result.estimate);
            let factor = precision.difference.write(factor);
            format!("{lie} at least a factor of {factor} away from {null} in either direction")
        }
        _ if report.null_value() != 0.0 || noun == "value" => {
            let is_mu = report.null_value() == report.mu && report.mu != 0.0;
            let notation = if is_mu { precision.mu } else { precision.difference };
            let null = if report.null_value() == 0.0 { "0".to_owned() } else { notation.write(report.null_value()) };
            format!("{lie} at least {distance} away from {null} in either direction")
        }
        _ => format!("{differ} by at least {distance} in either direction"),
    }
}

/// What stands beside the p-value: its Monte Carlo interval, or that it is exact.
pub fn precision_note(report: &Report) -> String {
    match report.result.method {
        method if method.is_exact() => "exact".to_owned(),
        Method::Bounds => format!("the upper bound; proven: {}", interval(report)),
        _ if is_upper_bound(report) => format!("an upper bound ({})", number::percent(report.confidence())),
        Method::Sequential { .. } => {
            format!("time-uniform interval ({}): {}", number::percent(report.confidence()), interval(report))
        }
        _ => format!("Monte Carlo interval ({}): {}", number::percent(report.confidence()), interval(report)),
    }
}

/// What an adjusted p-value takes into account, and what the intervals do not.
pub fn adjustment(adjusted: &Adjusted) -> String {
    let by = match adjusted.by {
        Adjustment::Nothing => "not adjusted",
        Adjustment::ClosedTesting => {
            let [low, high] = adjusted.interval;
            let how = if low == high { "" } else { ", over up to 100,000 random labellings of each set of groups" };
            return format!(
                "for all comparisons, by closed testing of the largest |t|{how}; intervals are not adjusted"
            );
        }
        Adjustment::MaxT => "for all columns, by the largest statistic of each labelling (maxT, step-down)",
        Adjustment::MinP => "for all columns, by the smallest p-value of each labelling (minP, step-down)",
        Adjustment::Holm => "for all columns, by Holm's method",
        Adjustment::Hochberg => "for all columns, by Hochberg's method",
        Adjustment::BenjaminiYekutieli => "for all columns, by Benjamini and Yekutieli's method",
        Adjustment::BenjaminiHochberg => "for all columns, by Benjamini and Hochberg's method",
    };
    format!("{by}; intervals are not adjusted")
}

/// How the null distribution was got: `Monte Carlo, seed 0, out of 1.2e17 possible labellings.`, with what there is to say
/// of the design and of statistics that were undefined or tied by rounding.
pub fn method(report: &Report) -> String {
    let parts = [Some(drawing(report)), design(report), undefined(report), near_ties(report)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// `Difference of means, case − control`; what is no difference is not said to be one.
pub fn subject(report: &Report) -> String {
    let mut statistic = report.title();
    // An expression stays as it is written.
    if let (Some(first), false) = (statistic.get_mut(..1), report.title() == report.statistic_name()) {
        first.make_ascii_uppercase();
    }
    match report.measure() {
        _ if report.subject == Subject::OneSample => statistic,
        Measure::DataDifference | Measure::Difference => format!("{statistic}, case − control"),
        Measure::Value | Measure::Ratio | Measure::Distance => statistic,
    }
}

/// What is relabelled, where it is not any observation.
pub fn design(report: &Report) -> Option<String> {
    let several = |n: usize, what: &str| format!("{} {what}{}", number::count(n as u64), if n == 1 { "" } else { "s" });
    let (pairs, clusters) = (several(report.result.n_units, "pair"), several(report.result.n_units, "cluster"));
    let units = number::count(report.result.n_units as u64);
    let strata = match report.n_strata() {
        Some(1) => "1 stratum".to_owned(),
        strata => format!("{} strata", number::count(strata.unwrap_or(0) as u64)),
    };
    let within = match report.n_strata() {
        Some(n) if n > 1 => format!(" within {strata}"),
        _ => String::new(),
    };
    let relabelled = match report.result.design {
        _ if report.subject == Subject::OneSample => {
            let whose =
                if report.result.design.is_clustered() { clusters } else { several(report.result.n_units, "value") };
            Some(format!("Signs are flipped, those of {whose}."))
        }
        Kind::Clustered | Kind::ClusteredStratified if report.subject == Subject::Association => {
            Some(format!("The x of whole clusters are exchanged, {units} in all{within}."))
        }
        _ if report.subject == Subject::Association => Some(format!("The y are dealt out over the x{within}.")),
        Kind::Paired => Some(format!("Labels are swapped within {pairs}.")),
        Kind::Stratified => Some(format!("Labels are exchanged within {strata} only.")),
        Kind::Clustered => Some(format!("Whole clusters are relabelled, {units} in all.")),
        Kind::ClusteredStratified => Some(format!("Whole clusters are relabelled, {clusters} within {strata}.")),
        Kind::PairedClustered => {
            Some(format!("Labels are swapped within all pairs of a cluster together, {clusters} in all."))
        }
        Kind::TwoSample | Kind::SeveralGroups | Kind::Association | Kind::Own(_) => None,
    };
    let pooled = (report.comparison() == Comparison::PooledStrata)
        .then(|| "This statistic has no form within strata: it compares the pooled groups.".to_owned());
    let sentences: Vec<String> = [relabelled, pooled].into_iter().flatten().collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// How many labellings had no statistic, and what became of them.
pub fn undefined(report: &Report) -> Option<String> {
    let fate = match report.test.undefined {
        _ if report.result.undefined == 0 => return None,
        Undefined::Error => return None,
        Undefined::Extreme => "which count as extreme",
        Undefined::Drop => "which are left out",
    };
    let labellings = if report.result.undefined == 1 { "relabelling" } else { "relabellings" };
    Some(format!("The statistic is undefined for {} {labellings}, {fate}.", number::count(report.result.undefined)))
}

/// How many labellings tied with the data but for a rounding error.
pub fn near_ties(report: &Report) -> Option<String> {
    match report.result.near_ties {
        0 => None,
        1 => Some("1 relabelling ties with the data within rounding.".to_owned()),
        n => Some(format!("{} relabellings tie with the data within rounding.", number::count(n))),
    }
}

/// The method, in a sentence or two.
pub fn drawing(report: &Report) -> String {
    let name = method_name(report);
    let seed = report.seed().map(|seed| format!(", seed {seed}")).unwrap_or_default();
    let draws = number::count(report.n_resamples().unwrap_or_default());
    match (report.result.method, report.result.precision.map(|estimate| estimate.spread)) {
        (method, _) if method.is_exact() => format!("{name}: {}.", algorithm(report)),
        (Method::Bounds, _) => {
            format!("{name}: every labelling was counted, with values rounded as little as time and memory allow.")
        }
        (_, Some(Spread::Weights { effective_sample_size, saddlepoint })) => {
            let worth = number::count(effective_sample_size.round() as u64);
            let is_off = report.result.precision.as_ref().is_some_and(contradicts_saddlepoint);
            let check = saddlepoint.map(|p| {
                let p = number::probability(p, 3, Rounding::Nearest);
                if is_off {
                    format!(" A saddlepoint approximation, which does not fit these draws: {p}.")
                } else {
                    format!(" A saddlepoint approximation, for comparison: {p}.")
                }
            });
            format!(
                "{name}{seed}: {draws} draws near the data, each with its weight, worth {worth} of equal weight.{}",
                check.unwrap_or_default()
            )
        }
        (_, Some(Spread::Replicates { replicates, levels, .. })) => {
            let levels = if levels == 1 { "1 level".to_owned() } else { format!("{levels} levels") };
            let end = if is_upper_bound(report) { ", the last of which is short of the data" } else { "" };
            format!("{name}{seed}: {draws} relabellings in {replicates} independent replicates, over {levels}{end}.")
        }
        (Method::Sequential { .. }, _) => format!("{name}{seed}: {}", decision(report)),
        (_, None) => {
            let is_exact_affordable = matches!(report.result.further, Further::Advised(method) if method.is_exact());
            let hint = if is_exact_affordable { " An exact p-value is affordable here: leave out -n." } else { "" };
            format!("{name}{seed}, out of {} possible labellings.{hint}", labellings(report))
        }
    }
}

/// What resampling decided, and how surely.
fn decision(report: &Report) -> String {
    let (Some(decision), level) = (report.result.decision, report.test.level) else { return String::new() };
    let (alpha, risk) = (number::shortest(level.alpha), number::shortest(level.risk));
    let draws = number::count(report.n_resamples().unwrap_or_default());
    match decision {
        Decision::Undecided => format!("{draws} resamples did not show on which side of alpha {alpha} p lies."),
        decided => {
            let side = decided.name();
            format!(
                "after {draws} resamples p is {side} alpha {alpha}, which is wrong with a probability of at most {risk}."
            )
        }
    }
}

/// How every labelling came to be counted.
fn algorithm(report: &Report) -> &'static str {
    match report.result.method {
        Method::Lattice if report.subject == Subject::Association => {
            "every order was counted, by its number of inversions"
        }
        Method::Lattice => "every labelling was counted, by its sum",
        Method::MeetInTheMiddle => "every labelling was counted, as a pair of halves",
        Method::EndOfRange if report.result.p_value.estimate == 1.0 => "no labelling is less extreme than the data",
        Method::EndOfRange => "no labelling is more extreme than the data, so this is the smallest p-value of all",
        _ => "every labelling was counted, one by one",
    }
}

/// The method's name as people write it.
pub fn method_name(report: &Report) -> &'static str {
    match report.result.method {
        Method::EndOfRange | Method::Enumeration | Method::Lattice | Method::MeetInTheMiddle => "Exact",
        Method::Bounds => "Bounds",
        Method::MonteCarlo { .. } => "Monte Carlo",
        Method::Importance { .. } => "Importance sampling",
        Method::Sequential { .. } => "Sequential",
        Method::Splitting { .. } => "Multilevel splitting",
    }
}

/// The p-value of a classical test; where it cannot be distinguished from 0 its bound.
pub fn classical_p_value(test: &Classical) -> String {
    let p = if test.p_value < classical::SMALLEST_P_VALUE {
        format!("< {}", number::shortest(classical::SMALLEST_P_VALUE))
    } else {
        number::probability(test.p_value, 3, Rounding::Nearest)
    };
    format!("{p:<8}")
}

/// `t 1.915 with 55.3 degrees of freedom`
pub fn classical_statistic(test: &Classical) -> String {
    let symbol = match test.test {
        ClassicalTest::Welch | ClassicalTest::Student | ClassicalTest::PairedT => "t",
        ClassicalTest::MannWhitney => "U",
        ClassicalTest::KolmogorovSmirnov | ClassicalTest::KolmogorovSmirnovApproximate => "D",
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
