//! The report as data; the files beside this one only format it.

mod delimited;
mod json;
mod label;
mod markdown;
mod number;
mod precision;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
mod text;
mod wording;

use crate::TestResult;
use crate::inference::Alternative;
use crate::inference::summary::Summary;
use crate::input::dataset::{Dataset, Group};
use crate::method::planner::Method;
use crate::settings::{Format, Test};

/// All that a report says of one tested column. Contains no times, paths or dates, so that two reports can be compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Name of the value column.
    pub column: String,
    /// Name of the column of labels, for one long file.
    pub grouping: Option<String>,
    /// The statistic, in the words of `--statistic`.
    pub statistic: String,
    /// The alternative: `two-sided`, `greater` or `less`.
    pub alternative: String,
    /// `absolute` or `doubled`; `None` for one-sided alternatives.
    pub two_sided_rule: Option<String>,
    /// The design: `two-sample`.
    pub design: String,
    /// The difference under the null hypothesis (`--mu`), in units of the data.
    pub mu: f64,
    /// The case sample.
    pub case: GroupReport,
    /// The control sample.
    pub control: GroupReport,
    /// Rows left out because of missing values.
    pub n_dropped: u64,
    /// The observed statistic: the difference case − control (`mu` not subtracted).
    pub estimate: f64,
    /// How the null distribution was got: `exact` or `monte-carlo`.
    pub method: String,
    /// Number of labellings that are equally likely under the null hypothesis; `None` where it exceeds the range of f64.
    pub reference_set_size: Option<f64>,
    /// Its decimal logarithm, always finite.
    pub reference_set_size_log10: f64,
    /// Resamples drawn; `None` for exact methods.
    pub n_resamples: Option<u64>,
    /// The master seed; `None` for exact methods.
    pub seed: Option<u64>,
    /// Resamples, or labellings, with a statistic ≥ the observed one.
    pub count_greater_equal: u64,
    /// Resamples, or labellings, with a statistic ≤ the observed one.
    pub count_less_equal: u64,
    /// Resamples, or labellings, at least as far from `mu` as the observed one, on either side.
    pub count_absolute: u64,
    /// The p-value of the alternative: never 0.
    pub p_value: f64,
    /// Interval for the p-value that infinitely many resamples would give.
    pub p_value_interval: [f64; 2],
    /// How the interval was got: `clopper-pearson`, or `exact` where there is nothing to estimate.
    pub p_value_interval_kind: String,
    /// Level of that interval.
    pub confidence: f64,
    /// The smallest p-value that this design and number of resamples can give.
    pub p_value_minimum: f64,
    /// What the reader must know before believing the p-value, a sentence or two each, with what to do about it.
    pub warnings: Vec<String>,
}

/// One sample in the report.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupReport {
    /// Its label.
    pub label: String,
    /// Its descriptive statistics.
    pub summary: Summary,
}

impl Report {
    /// The report of a test of a difference of means.
    #[must_use]
    pub fn new(dataset: &Dataset, test: &Test, mu: f64, result: &TestResult) -> Self {
        let group = |group: &Group| GroupReport { label: group.label.clone(), summary: Summary::of(&group.values) };
        let is_two_sided = test.alternative == Alternative::TwoSided;
        let TestResult { estimate, method, p_value, counts, reference_set_size, warnings, .. } = result;
        let is_random = matches!(method, Method::MonteCarlo { .. });
        Self {
            column: dataset.column.clone(),
            grouping: dataset.grouping.clone(),
            statistic: "mean".to_owned(),
            alternative: test.alternative.name().to_owned(),
            two_sided_rule: is_two_sided.then(|| test.two_sided.name().to_owned()),
            design: "two-sample".to_owned(),
            mu,
            case: group(&dataset.case),
            control: group(&dataset.control),
            n_dropped: dataset.n_dropped,
            estimate: *estimate,
            method: method.name().to_owned(),
            reference_set_size: reference_set_size.approximate,
            reference_set_size_log10: reference_set_size.log10,
            n_resamples: is_random.then_some(counts.n),
            seed: is_random.then_some(test.seed),
            count_greater_equal: counts.greater_equal,
            count_less_equal: counts.less_equal,
            count_absolute: counts.absolute,
            p_value: p_value.estimate,
            p_value_interval: p_value.interval,
            p_value_interval_kind: if is_random { "clopper-pearson" } else { "exact" }.to_owned(),
            confidence: test.confidence,
            p_value_minimum: p_value.minimum,
            warnings: warnings.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Formats the reports of one run, one for each tested column, as the bytes that are to be written.
///
/// The text format carries ANSI colours, for [`crate::output::write`] to keep or to drop; the others are plain. Every
/// format ends with a newline, and none of them names times, paths or dates.
#[must_use]
pub fn render(reports: &[Report], format: Format) -> String {
    match format {
        Format::Text => text::render(reports),
        Format::Json => json::render(reports),
        Format::Csv => delimited::render(reports, b','),
        Format::Tsv => delimited::render(reports, b'\t'),
        Format::Markdown => markdown::render(reports),
        Format::PValue => reports.iter().map(|report| number::shortest(report.p_value) + "\n").collect(),
    }
}
