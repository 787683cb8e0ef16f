//! Equivalence by two one-sided tests (Schuirmann 1987): the difference is shown to lie within a margin where one test shows that
//! it lies above the lower end and another that it lies below the upper one. The larger of both p-values is that of equivalence,
//! and so the report is that of the test that gave it. Its interval has the ends of both, each at level 1 − α: it lies within the
//! margin exactly where both p-values are at most α.

use super::ready::Run;
use crate::NullDistribution;
use crate::error::Error;
use crate::inference::Alternative;
use crate::input::dataset::Dataset;
use crate::permutation_test::effect::{EffectInterval, EffectRequest};
use crate::report::{Equivalence, Report};
use crate::settings::{Settings, Shift, Test};

/// The report of each column.
pub(super) fn test(
    datasets: &[Dataset],
    settings: &Settings,
    margin: Shift,
    shape: NullDistribution,
) -> Result<Vec<Report>, Error> {
    let [above, below] = sides(settings, margin);
    let run = |dataset: &Dataset, settings: &Settings| {
        Run::with(std::slice::from_ref(dataset), settings, shape, |run| {
            let (results, _) = run.compute(&settings.output, None)?;
            Ok(run.reports(&results, settings)?.swap_remove(0))
        })
    };
    datasets.iter().map(|dataset| Ok(both(run(dataset, &above)?, run(dataset, &below)?))).collect()
}

/// The tests against the lower and the upper end of the margin.
pub(super) fn sides(settings: &Settings, margin: Shift) -> [Settings; 2] {
    let of_side = |sign: f64, alternative| {
        let mu = match margin {
            Shift::Absolute(size) => Shift::Absolute(sign * size),
            Shift::RelativeToControl(share) => Shift::RelativeToControl(sign * share),
        };
        let confidence = 1.0 - settings.test.level.alpha;
        let effect = settings.test.effect.map(|effect| EffectRequest { confidence, ..effect });
        let test = Test { mu, alternative, effect, equivalence: None, ..settings.test.clone() };
        Settings { test, ..settings.clone() }
    };
    [of_side(-1.0, Alternative::Greater), of_side(1.0, Alternative::Less)]
}

/// The report with the larger p-value, and what the other one adds.
fn both(above: Report, below: Report) -> Report {
    let p_values = [&above, &below].map(|report| report.result.p_value.estimate);
    let end = |report: &Report, side: usize| Some(report.result.effect.as_ref()?.interval?.ends[side]);
    let ends = end(&above, 0).zip(end(&below, 1));
    let margin = below.mu;
    let mut decisive = if p_values[0] >= p_values[1] { above } else { below };
    if let (Some((low, high)), Some(effect)) = (ends, &mut decisive.result.effect) {
        effect.interval = effect.interval.map(|interval| EffectInterval { ends: [low, high], ..interval });
    }
    if let Some(request) = &mut decisive.test.effect {
        request.confidence = 1.0 - 2.0 * decisive.test.level.alpha;
    }
    decisive.equivalence = Some(Equivalence { margin, p_values });
    decisive
}
