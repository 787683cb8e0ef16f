//! The story of `permtest aa`: read one sample, split it in every way that says something, count false alarms, report.

use crate::error::Error;
use crate::input;
use crate::output::{Contents, Outputs};
use crate::permutation_test::false_alarms::{FalseAlarms, NullSample, Split};
use crate::report;
use crate::settings::FalseAlarmSettings;
use crate::{signals, stderr};

/// Counts false alarms and writes how many there were.
///
/// # Errors
/// Whatever reading, computing or writing fails with.
pub fn run(settings: &FalseAlarmSettings) -> Result<(), Error> {
    let sample = input::read_sample(&settings.file, &settings.columns, &settings.blocks, &settings.reading)?;
    for note in &sample.notes {
        stderr::say(format_args!("note: {note}"));
    }
    let n = sample.values.len();
    let size = settings.size.map_or(n / 4, |size| size as usize);
    let null = NullSample {
        values: &sample.values,
        runs: &sample.clusters,
        size,
        statistic: &settings.statistic,
        alternative: settings.alternative,
        alpha: settings.alpha,
        splits: settings.splits,
        resamples: settings.resamples,
        seed: settings.seed,
        threads: settings.threads,
    };
    let ways: &[Split] = if sample.clusters.is_empty() {
        &[Split::AtRandom, Split::InOrder]
    } else {
        &[Split::AtRandom, Split::InOrder, Split::Runs, Split::RelabelledRuns]
    };
    let stop = signals::watch();
    let found: Result<Vec<FalseAlarms>, Error> = ways.iter().map(|&split| null.false_alarms(split, stop)).collect();
    let text = report::false_alarms(&sample.column, n, size, &found?, settings);
    Outputs::of_report(None, settings.color)?.commit(Contents { report: text, ..Contents::default() })
}
