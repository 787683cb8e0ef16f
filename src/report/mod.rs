//! The report as data; the files beside this one only format it.

mod axis;
mod bars;
mod delimited;
mod effect;
mod explain;
mod false_alarms;
mod histogram;
mod json;
mod judged;
mod label;
mod markdown;
mod number;
mod page;
#[cfg(test)]
mod picture_tests;
mod plot;
mod precision;
#[cfg(test)]
mod samples;
mod statistic;
#[cfg(test)]
mod tests;
mod text;
mod wording;

pub use self::effect::EffectReport;
pub use self::explain::explain;
pub use self::false_alarms::false_alarms;
pub use self::histogram::Canvas;
pub use self::judged::{Adjusted, GateReport, annotation, judge, verdict};
pub use self::plot::Plot;
use self::statistic::StatisticReport;
use crate::inference::Alternative;
use crate::inference::classical::Classical;
use crate::inference::p_value::Counts;
use crate::inference::sample_shape::SampleShape;
use crate::inference::summary::Summary;
use crate::input::dataset::{Dataset, Group};
use crate::method::estimate::{Estimate, Spread};
use crate::method::histogram::Histogram;
use crate::method::planner::{Further, Method};
use crate::method::sequential::{Decision, Level};
use crate::method::tail::Tail;
use crate::permutation_test::effect::{Effect, EffectSizes};
use crate::settings::{Format, PlotFormat, Statistic, Test};
use crate::statistic::Definition;
use crate::statistic::catalogue::Named;
use crate::{TestResult, Undefined};

/// All that a report says of one tested column. Contains no times, paths or dates, so that two reports can be compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Name of the value column.
    pub column: String,
    /// Name of the column of labels, for one long file.
    pub grouping: Option<String>,
    /// The statistic.
    pub statistic: StatisticReport,
    /// The alternative: `two-sided`, `greater` or `less`.
    pub alternative: String,
    /// `absolute`, `doubled` or `upper-tail`; `None` for one-sided alternatives.
    pub two_sided_rule: Option<String>,
    /// The tail that the p-value is about: under the doubled rule the smaller one.
    pub tail: Tail,
    /// The design: `two-sample`, `paired`, `stratified`, `clustered` or a combination.
    pub design: String,
    /// Units that get relabelled: observations, pairs or clusters.
    pub n_units: usize,
    /// Strata within which labels are exchanged; `None` for other designs.
    pub n_strata: Option<usize>,
    /// What the statistic compares where labels are exchanged within several strata.
    pub comparison: Comparison,
    /// The difference under the null hypothesis (`--mu`), in units of the data.
    pub mu: f64,
    /// The value from which the absolute rule measures.
    pub null_value: f64,
    /// The case sample.
    pub case: GroupReport,
    /// The control sample.
    pub control: GroupReport,
    /// Rows left out because of missing values.
    pub n_dropped: u64,
    /// The observed statistic; for a difference case − control `mu` is not subtracted.
    pub estimate: f64,
    /// The effect with its interval; `None` for the statistic of a program.
    pub effect: Option<EffectReport>,
    /// Effect sizes on scales of their own.
    pub effect_sizes: EffectSizes,
    /// Mann and Whitney's U beside a rank sum; `None` where ranks are counted within strata.
    pub mann_whitney_u: Option<f64>,
    /// How the null distribution was got: `exact`, `bounds`, `monte-carlo`, `sequential`, `importance` or
    /// `splitting`.
    pub method: String,
    /// How an exact p-value was computed: `end-of-range`, `enumeration`, `lattice` or `meet-in-the-middle`.
    pub algorithm: Option<String>,
    /// Whether an exact p-value could be had at once, though it was not asked for.
    pub is_exact_affordable: bool,
    /// Number of labellings that are equally likely under the null hypothesis; `None` where it exceeds the range of f64.
    pub reference_set_size: Option<f64>,
    /// Its decimal logarithm, always finite.
    pub reference_set_size_log10: f64,
    /// Labellings that were drawn for the p-value; `None` for methods that draw none.
    pub n_resamples: Option<u64>,
    /// The master seed; `None` for methods that draw nothing.
    pub seed: Option<u64>,
    /// Resamples, or labellings, in each tail; `None` where they were not counted one by one, or are too many for it.
    pub counts: Option<Counts>,
    /// Resamples, or labellings, for which the statistic was undefined.
    pub n_undefined: u64,
    /// What became of them.
    pub undefined: Undefined,
    /// Resamples, or labellings, that tie with the data within rounding only.
    pub n_near_ties: u64,
    /// The p-value of the alternative: never 0.
    pub p_value: f64,
    /// Interval for the p-value that infinitely many resamples would give.
    pub p_value_interval: [f64; 2],
    /// How the interval was got: `exact` where there is nothing to estimate, `bounds` where it is proven,
    /// `clopper-pearson` for counts, `time-uniform` for counts that
    /// ended with a decision, `log-normal` for weights, `log-t` for replicates, `upper-bound` where replicates ended
    /// short of the data.
    pub p_value_interval_kind: String,
    /// What resampling decided, if it was to decide something.
    pub decision: Option<(Level, Decision)>,
    /// What the p-value was estimated from, if it was neither counted nor computed.
    pub precision: Option<Estimate>,
    /// Level of that interval.
    pub confidence: f64,
    /// The smallest p-value that this design and number of resamples can give.
    pub p_value_minimum: f64,
    /// The smallest p-value that this design can give, whatever the values.
    pub p_value_coarsest: f64,
    /// The p-value in the company of the other columns, if it was adjusted.
    pub adjusted: Option<Adjusted>,
    /// What the test comes to, if a gate was asked for.
    pub gate: Option<GateReport>,
    /// The smallest effect that matters to the gate, in units of the data.
    pub smallest_effect: Option<f64>,
    /// Classical tests of the same data, if they were asked for.
    pub compared: Option<Vec<Classical>>,
    /// The shape of the null distribution, if it is to be drawn.
    pub histogram: Option<Histogram>,
    /// What the reader must know before believing the p-value, a sentence or two each, with what to do about it.
    pub warnings: Vec<String>,
}

/// What a statistic compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Case and control; there are not several strata.
    Groups,
    /// Case and control within strata.
    WithinStrata,
    /// The pooled groups, though there are strata.
    PooledStrata,
}

impl Comparison {
    fn of(statistic: &Statistic, n_strata: Option<usize>) -> Self {
        match statistic {
            _ if n_strata.is_none_or(|strata| strata < 2) => Self::Groups,
            Statistic::Defined(definition) if definition.compares_within_strata() => Self::WithinStrata,
            _ => Self::PooledStrata,
        }
    }
}

/// What a test came to.
#[derive(Debug)]
pub struct Outcome<'a> {
    /// Name of the design.
    pub design: &'a str,
    /// The shift under the null hypothesis, in units of the data.
    pub mu: f64,
    /// The result.
    pub result: TestResult,
    /// The effect; `None` for the statistic of a program.
    pub effect: Option<Effect>,
    /// Effect sizes on scales of their own.
    pub effect_sizes: EffectSizes,
    /// The smallest effect that matters to the gate, in units of the data.
    pub smallest_effect: Option<f64>,
    /// Classical tests of the same data, if they were asked for.
    pub compared: Option<Vec<Classical>>,
}

/// One sample in the report.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupReport {
    /// Its label.
    pub label: String,
    /// Its descriptive statistics.
    pub summary: Summary,
    /// Its shape, if it is to be drawn.
    pub shape: Option<SampleShape>,
}

impl Report {
    /// The report of a test.
    #[must_use]
    pub fn new(dataset: &Dataset, test: &Test, outcome: Outcome) -> Self {
        let Outcome { design, mu, result, effect, effect_sizes, smallest_effect, compared } = outcome;
        let shape = |group: &Group| result.histogram.as_ref().map(|_| SampleShape::of(&group.values));
        let group = |group: &Group| GroupReport {
            label: group.label.clone(),
            summary: Summary::of(&group.values),
            shape: shape(group),
        };
        let is_two_sided = test.alternative == Alternative::TwoSided;
        let TestResult { estimate, method, p_value, counts, precision, reference_set_size, warnings, .. } = &result;
        let n_strata = result.n_strata.filter(|_| design.contains("stratified"));
        let comparison = Comparison::of(&test.statistic, n_strata);
        let statistic = match comparison {
            Comparison::WithinStrata => StatisticReport::within_strata(&test.statistic, result.character),
            Comparison::Groups | Comparison::PooledStrata => StatisticReport::of(&test.statistic, result.character),
        };
        let is_rank_sum =
            comparison == Comparison::Groups && test.statistic == Statistic::Defined(Definition::Named(Named::RankSum));
        let m = dataset.case.values.len() as f64;
        let counted = counts
            .filter(|_| matches!(method, Method::MonteCarlo { .. } | Method::Sequential { .. }))
            .map(|counts| counts.n);
        let n_resamples = precision.map(|estimate| estimate.draws).or(counted);
        Self {
            column: dataset.column.clone(),
            grouping: dataset.grouping.clone(),
            null_value: null_value(&result, &test.statistic, mu),
            alternative: test.alternative.name().to_owned(),
            two_sided_rule: is_two_sided.then(|| result.two_sided.name().to_owned()),
            tail: result.tail,
            design: design.to_owned(),
            n_units: result.n_units,
            n_strata,
            comparison,
            mu,
            case: group(&dataset.case),
            control: group(&dataset.control),
            n_dropped: dataset.n_dropped,
            estimate: *estimate,
            effect: effect.map(|effect| EffectReport::new(&statistic.title, comparison, &effect, test.effect.as_ref())),
            effect_sizes,
            mann_whitney_u: is_rank_sum.then(|| estimate - m * (m + 1.0) / 2.0),
            method: method.name().to_owned(),
            algorithm: method.algorithm().map(str::to_owned),
            is_exact_affordable: matches!(result.further, Further::Advised(method) if method.is_exact()),
            reference_set_size: reference_set_size.approximate,
            reference_set_size_log10: reference_set_size.log10,
            n_resamples,
            seed: n_resamples.map(|_| test.seed),
            counts: *counts,
            n_undefined: result.undefined,
            undefined: test.undefined,
            n_near_ties: result.near_ties,
            p_value: p_value.estimate,
            p_value_interval: p_value.interval,
            p_value_interval_kind: p_value.kind.name().to_owned(),
            decision: result.decision.map(|decision| (test.level, decision)),
            precision: *precision,
            confidence: if result.decision.is_some() { 1.0 - test.level.risk } else { test.confidence },
            p_value_minimum: p_value.minimum,
            p_value_coarsest: result.coarsest,
            adjusted: None,
            gate: None,
            smallest_effect,
            compared,
            statistic,
            histogram: result.histogram.clone(),
            warnings: warnings.iter().map(ToString::to_string).collect(),
        }
    }
}

/// What an estimate rests on, under the names of the formats that programs read; `None` for other methods.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Foundation {
    standard_error: Option<f64>,
    effective_sample_size: Option<f64>,
    saddlepoint: Option<f64>,
    replicates: Option<u64>,
    levels: Option<usize>,
}

impl Report {
    fn foundation(&self) -> Foundation {
        let Some(estimate) = &self.precision else { return Foundation::default() };
        let standard_error = Some(estimate.standard_error);
        match estimate.spread {
            Spread::Weights { effective_sample_size, saddlepoint } => Foundation {
                standard_error,
                effective_sample_size: Some(effective_sample_size),
                saddlepoint,
                ..Foundation::default()
            },
            Spread::Replicates { replicates, levels, .. } => Foundation {
                standard_error,
                replicates: Some(replicates),
                levels: Some(levels),
                ..Foundation::default()
            },
        }
    }
}

/// The value from which the absolute rule measures: the mean of a sum over all labellings; else the null hypothesis's
/// difference, or 0.
fn null_value(result: &TestResult, statistic: &Statistic, mu: f64) -> f64 {
    let natural = match statistic {
        Statistic::Defined(definition) => definition.null_value(result.character, mu),
        Statistic::Program(_) => 0.0,
    };
    // Interpolated between two sums, the mean is off by a rounding error.
    let is_natural = |centre: &f64| (centre - natural).abs() <= 1e-9 * (result.estimate - natural).abs();
    result.null_centre.filter(|centre| !is_natural(centre)).unwrap_or(natural)
}

/// The report as a plot, of which the null distribution is in bins.
#[must_use]
pub fn plot(report: &Report, format: PlotFormat) -> Plot {
    plot::render(report, format)
}

/// The reports of one run as a page; `command` makes it again.
#[must_use]
pub fn page(reports: &[Report], command: &[String]) -> String {
    page::render(reports, command)
}

/// Formats the reports of one run, one for each tested column, as the bytes that are to be written; with a histogram if
/// there is a canvas for it.
///
/// The text format carries ANSI colours, for [`crate::output`] to keep or to drop; the others are plain. Every
/// format ends with a newline, and none of them names times, paths or dates.
#[must_use]
pub fn render(reports: &[Report], format: Format, canvas: Option<Canvas>) -> String {
    match format {
        Format::Text => text::render(reports, canvas),
        Format::Json => json::render(reports, canvas.is_some()),
        Format::Csv => delimited::render(reports, b','),
        Format::Tsv => delimited::render(reports, b'\t'),
        Format::Markdown => markdown::render(reports, canvas),
        Format::PValue => reports.iter().map(|report| number::shortest(report.p_value) + "\n").collect(),
    }
}
