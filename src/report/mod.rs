//! The report as data; the files beside this one only format it.

mod axis;
mod bars;
mod delimited;
mod effect;
mod explain;
mod false_alarms;
mod fields;
mod gate;
mod histogram;
mod json;
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
mod table;
#[cfg(test)]
mod tests;
mod text;
mod wording;

pub use self::explain::explain;
pub use self::false_alarms::false_alarms;
pub use self::gate::{Adjusted, GateReport, annotation, decide, verdict};
pub use self::histogram::Canvas;
pub use self::plot::Plot;
use crate::TestResult;
use crate::flags;
use crate::inference::classical::Classical;
use crate::inference::sample_shape::SampleShape;
use crate::inference::summary::Summary;
use crate::inference::warning::Warning;
use crate::inference::{Alternative, TwoSidedRule};
use crate::input::dataset::{Group, Subject};
use crate::method::planner::Method;
use crate::permutation_test::effect::EffectSizes;
use crate::settings::{Format, PlotFormat, Presentation, Sort, Statistic, Test};
use crate::statistic::Definition;
use crate::statistic::catalogue::Named;

/// One tested column: the typed result, and what the command knows beside it. Contains no times, paths or dates, so that two
/// reports can be compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Name of the value column.
    pub column: String,
    /// Name of the column of labels, for one long file.
    pub grouping: Option<String>,
    /// What is asked of the samples.
    pub subject: Subject,
    /// Case and control; all of several groups; x and y; or the only sample.
    pub groups: Vec<GroupReport>,
    /// Rows of an association as [x, y], if they are to be drawn: as many as there is room for.
    pub points: Vec<[f64; 2]>,
    /// Rows left out because of missing values.
    pub n_dropped: u64,
    /// What was asked for.
    pub test: Test,
    /// The difference under the null hypothesis (`--mu`), in units of the data.
    pub mu: f64,
    /// What was found.
    pub result: TestResult,
    /// Effect sizes on scales of their own; `None` where no sample of numbers is compared with another.
    pub effect_sizes: Option<EffectSizes>,
    /// The smallest effect that matters to the gate, in units of the data.
    pub smallest_effect: Option<f64>,
    /// Classical tests of the same data, if they were asked for.
    pub compared: Option<Vec<Classical>>,
    /// What equivalence was tested by, if it was: the result is that of the test with the larger p-value.
    pub equivalence: Option<Equivalence>,
    /// Of several groups, two by two, if that was asked for.
    pub comparisons: Vec<Report>,
    /// The p-value adjusted for the other columns, or comparisons, if it was.
    pub adjusted: Option<Adjusted>,
    /// What the test comes to, if a gate was asked for.
    pub gate: Option<GateReport>,
    /// What the command adds to the warnings of the result, a sentence or two each.
    pub notes: Vec<String>,
}

/// Two one-sided tests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Equivalence {
    /// The difference is to be shown to lie within this margin on either side of 0, in units of the data.
    pub margin: f64,
    /// The p-values of the tests that it lies above the lower end and below the upper one.
    pub p_values: [f64; 2],
}

/// One sample in the report.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupReport {
    /// Its label.
    pub label: String,
    /// How many observations it has.
    pub n: u64,
    /// Its descriptive statistics; `None` for rows of several columns.
    pub summary: Option<Summary>,
    /// What an expression in columns is in this group.
    pub value: Option<f64>,
    /// How often each word occurs in it, where the values are words.
    pub counts: Vec<(String, u64)>,
    /// Its shape, if it is to be drawn.
    pub shape: Option<SampleShape>,
}

impl GroupReport {
    /// A sample with its shape, if that is to be drawn.
    #[must_use]
    pub fn new(group: &Group, is_drawn: bool) -> Self {
        let Group { label, values } = group;
        let shape = is_drawn.then(|| SampleShape::of(values));
        let n = values.len() as u64;
        Self { label: label.clone(), n, summary: Some(Summary::of(values)), value: None, counts: Vec::new(), shape }
    }

    /// A sample of words, whose places among all of them are its values.
    #[must_use]
    pub fn of_words(group: &Group, words: &[String]) -> Self {
        let count = |place: usize| group.values.iter().filter(|&&value| value == place as f64).count() as u64;
        let counts = words.iter().enumerate().map(|(place, word)| (word.clone(), count(place))).collect();
        Self { counts, ..Self::of_rows(group, None) }
    }

    /// Rows of several columns, and what an expression in these is for them.
    #[must_use]
    pub fn of_rows(group: &Group, value: Option<f64>) -> Self {
        let Group { label, values } = group;
        Self { label: label.clone(), n: values.len() as u64, summary: None, value, counts: Vec::new(), shape: None }
    }
}

/// What a statistic compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    /// Case and control; there are not several strata.
    Groups,
    /// Case and control within strata.
    WithinStrata,
    /// The pooled groups, though there are strata.
    PooledStrata,
}

impl Report {
    /// The case sample, or the first one.
    fn case(&self) -> &GroupReport {
        &self.groups[0]
    }

    /// The control sample, or the last one.
    fn control(&self) -> &GroupReport {
        &self.groups[self.groups.len() - 1]
    }

    /// The strata within which labels are exchanged; `None` for other designs.
    fn n_strata(&self) -> Option<usize> {
        self.result.n_strata.filter(|_| self.result.design.is_stratified())
    }

    fn comparison(&self) -> Comparison {
        match &self.test.statistic {
            _ if self.n_strata().is_none_or(|strata| strata < 2) => Comparison::Groups,
            Statistic::Several(_) | Statistic::Association(_) => Comparison::WithinStrata,
            Statistic::Defined(definition) if definition.compares_within_strata() => Comparison::WithinStrata,
            _ => Comparison::PooledStrata,
        }
    }

    /// How two tails became one p-value; `None` for one-sided alternatives.
    fn two_sided_rule(&self) -> Option<TwoSidedRule> {
        (self.result.alternative == Alternative::TwoSided).then_some(self.result.two_sided)
    }

    /// The value from which the absolute rule measures: the mean of a sum over all labellings; else the null hypothesis's
    /// difference, or 0.
    fn null_value(&self) -> f64 {
        let natural = match &self.test.statistic {
            Statistic::Defined(definition) => definition.null_value(self.result.character, self.mu),
            Statistic::Program(_) | Statistic::Function(_) | Statistic::Several(_) | Statistic::Association(_) => 0.0,
        };
        // Interpolated between two sums, the mean is off by a rounding error.
        let is_natural = |centre: &f64| (centre - natural).abs() <= 1e-9 * (self.result.estimate - natural).abs();
        self.result.null_centre.filter(|centre| !is_natural(centre)).unwrap_or(natural)
    }

    /// The p-value by which it is judged: adjusted for the other columns, if it was.
    fn final_p_value(&self) -> f64 {
        self.adjusted.map_or(self.result.p_value.estimate, |adjusted| adjusted.p_value)
    }

    /// Labellings that were drawn for the p-value; `None` for methods that draw none.
    fn n_resamples(&self) -> Option<u64> {
        let is_counted = matches!(self.result.method, Method::MonteCarlo { .. } | Method::Sequential { .. });
        let counted = self.result.counts.filter(|_| is_counted).map(|counts| counts.n);
        self.result.precision.map(|estimate| estimate.draws).or(counted)
    }

    /// The master seed; `None` for methods that draw nothing.
    fn seed(&self) -> Option<u64> {
        self.n_resamples().map(|_| self.test.seed)
    }

    /// Level of the interval of the p-value.
    fn confidence(&self) -> f64 {
        if self.result.decision.is_some() { 1.0 - self.test.level.risk } else { self.test.confidence }
    }

    /// Mann and Whitney's U beside a rank sum; `None` where ranks are counted within strata.
    fn mann_whitney_u(&self) -> Option<f64> {
        let is_rank_sum = self.test.statistic == Statistic::Defined(Definition::Named(Named::RankSum));
        let m = self.case().n as f64;
        (is_rank_sum && self.comparison() == Comparison::Groups).then(|| self.result.estimate - m * (m + 1.0) / 2.0)
    }

    /// What the reader must know before believing the p-value, a sentence or two each, with what to do about it.
    fn warnings(&self) -> Vec<String> {
        let found = self.result.warnings.iter().map(|warning| self.words(warning));
        found.chain(self.notes.iter().cloned()).collect()
    }

    /// A warning with the options that the user gave.
    fn words(&self, warning: &Warning) -> String {
        let shift = if self.equivalence.is_some() { "--equivalence" } else { "--mu" };
        flags::words_of_shift(&warning.message(), shift)
    }
}

/// The reports of one run as a plot; of one column the null distribution is in bins.
#[must_use]
pub fn plot(reports: &[Report], format: PlotFormat) -> Plot {
    plot::render(reports, format)
}

/// The reports of one run as a page; `command` makes it again.
#[must_use]
pub fn page(reports: &[Report], presentation: &Presentation, command: &[String]) -> String {
    page::render(reports, &presentation.of(reports), command)
}

/// The report of one column as a section of some other page, such as a notebook: numbers, picture, sentences, and no style of
/// its own; `number` sets it apart from others there.
#[must_use]
pub fn section(report: &Report, number: usize) -> String {
    page::section(report, number, false).into_string()
}

/// Formats the reports of one run, one for each tested column, as the bytes that are to be written; with a histogram if
/// there is a canvas for it.
///
/// The text format carries ANSI colours, for [`crate::output`] to keep or to drop; the others are plain. Every
/// format ends with a newline, and none of them names times, paths or dates.
#[must_use]
pub fn render(reports: &[Report], format: Format, presentation: &Presentation, canvas: Option<Canvas>) -> String {
    // Programs get the columns in their order unless another one is asked for.
    let as_read = Presentation { sort: Some(presentation.sort.unwrap_or(Sort::File)), ..*presentation };
    let lines = || as_read.of(reports);
    match format {
        Format::Text => text::render(reports, presentation, canvas),
        Format::Json => json::render(&lines(), canvas.is_some()),
        Format::Csv => delimited::render(&lines(), b','),
        Format::Tsv => delimited::render(&lines(), b'\t'),
        Format::Markdown => markdown::render(reports, &presentation.of(reports), canvas),
        Format::PValue => {
            lines().iter().map(|report| number::shortest(report.result.p_value.estimate) + "\n").collect()
        }
    }
}

impl Presentation {
    /// The reports that are shown, in order.
    fn of<'a>(&self, reports: &'a [Report]) -> Vec<&'a Report> {
        let mut shown: Vec<&Report> = reports.iter().collect();
        let p = |report: &Report| report.result.p_value.estimate;
        // Of equal p-values the larger effect comes first, on a scale without a unit.
        let size = |report: &Report| match &report.effect_sizes {
            Some(EffectSizes::TwoSample(sizes)) => sizes.hedges_g.unwrap_or_default().abs(),
            Some(EffectSizes::Paired(sizes)) => sizes.d_z.unwrap_or_default().abs(),
            None => 0.0,
        };
        match self.sort.unwrap_or(Sort::PValue) {
            Sort::PValue => {
                let adjusted = Report::final_p_value;
                let order = |a: &Report, b: &Report| adjusted(a).total_cmp(&adjusted(b)).then(p(a).total_cmp(&p(b)));
                shown.sort_by(|a, b| order(a, b).then(size(b).total_cmp(&size(a))));
            }
            Sort::Name => shown.sort_by(|a, b| a.column.cmp(&b.column)),
            Sort::File => {}
        }
        shown.truncate(self.top.unwrap_or(usize::MAX));
        shown
    }
}
