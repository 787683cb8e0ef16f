//! Which of several groups differ: a test of each two of them, like any test of two samples, and the p-values adjusted for each
//! other.

use super::ready::{Run, prepare};
use crate::error::Error;
use crate::inference::Alternative;
use crate::inference::p_value::PValue;
use crate::input::dataset::{Dataset, Subject};
use crate::report::{Adjusted, Report};
use crate::settings::{PairsOfGroups, Settings, Shift, Statistic, Test};
use crate::statistic::catalogue::Named;
use crate::statistic::{Definition, GroupStatistic};
use crate::{NullDistribution, PermutationTest};

/// Up to so many groups are compared each with each where nothing else is said.
const FEW: usize = 6;

/// Compares groups two by two, the later one of each two with the earlier one.
pub(super) fn compare(dataset: &Dataset, settings: &Settings) -> Result<Vec<Report>, Error> {
    let Statistic::Several(statistic) = settings.test.statistic else { return Ok(Vec::new()) };
    let pairs = pairs(dataset.groups().count(), settings.test.pairs_of_groups);
    let of_two = of_two(settings, statistic);
    let mut reports = Vec::new();
    for &[control, case] in &pairs {
        let two = dataset.two_of([case, control]);
        let subject = if statistic == GroupStatistic::ChiSquared { Subject::Groups } else { Subject::TwoSamples };
        reports.extend(Run::with(&[Dataset { subject, ..two }], &of_two, NullDistribution::Dropped, |run| {
            let (results, _) = run.compute(&of_two.output, None)?;
            run.reports(&results, &of_two)
        })?);
    }
    let p_values: Vec<PValue> = reports.iter().map(|report| report.result.p_value).collect();
    let test = settings.test.resamples.into_iter().fold(prepare(dataset, &settings.test)?, PermutationTest::resamples);
    let (by, adjusted) = test.adjust_pairs(statistic, &pairs, &p_values)?;
    for (report, PValue { estimate, interval, .. }) in reports.iter_mut().zip(adjusted) {
        report.adjusted = (pairs.len() > 1).then_some(Adjusted { by, p_value: estimate, interval });
    }
    Ok(reports)
}

/// The pairs that are asked for.
fn pairs(groups: usize, asked: Option<PairsOfGroups>) -> Vec<[usize; 2]> {
    let usual = if (3..=FEW).contains(&groups) { PairsOfGroups::All } else { PairsOfGroups::Nothing };
    let with = |first: usize| (first + 1..groups).map(move |second| [first, second]);
    match asked.unwrap_or(usual) {
        PairsOfGroups::All => (0..groups).flat_map(with).collect(),
        PairsOfGroups::Control => with(0).collect(),
        PairsOfGroups::Nothing => Vec::new(),
    }
}

/// The test of two groups that asks what one of all of them asks.
fn of_two(settings: &Settings, statistic: GroupStatistic) -> Settings {
    let named = |named| Statistic::Defined(Definition::Named(named));
    let statistic = match statistic {
        GroupStatistic::F => named(Named::Mean),
        GroupStatistic::WelchF => named(Named::Welch),
        GroupStatistic::KruskalWallis | GroupStatistic::Friedman | GroupStatistic::Trend => named(Named::RankSum),
        GroupStatistic::ChiSquared => Statistic::Several(statistic),
    };
    let test = Test {
        statistic,
        alternative: Alternative::TwoSided,
        two_sided: None,
        mu: Shift::Absolute(0.0),
        pairs_of_groups: Some(PairsOfGroups::Nothing),
        ..settings.test.clone()
    };
    Settings { test, ..settings.clone() }
}
