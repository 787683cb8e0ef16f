//! Reports for the tests of the formats: a typical one, to be varied by each test.

use super::{GroupReport, Report};
use crate::design::{Kind, ReferenceSetSize};
use crate::inference::effect::Effects;
use crate::inference::p_value::{Counts, IntervalKind as PValueIntervalKind, PValue};
use crate::inference::summary::Summary;
use crate::inference::{Alternative, TwoSidedRule};
use crate::input::dataset::Subject;
use crate::method::planner::{Choice, DEFAULT_MEMORY, Further, Method};
use crate::method::sequential::Level;
use crate::method::tail::Tail;
use crate::permutation_test::effect::{
    DEFAULT_BOOTSTRAP, Effect, EffectInterval, EffectRequest, EffectSizes, IntervalKind, Measured,
};
use crate::settings::{Compare, Instructions, Shift, Statistic, Test};
use crate::statistic::catalogue::Named;
use crate::statistic::{Character, Definition};
use crate::{TestResult, Undefined};

/// Tooth growth under orange juice and ascorbic acid: ten million resamples.
pub fn typical() -> Report {
    Report {
        column: "len".to_owned(),
        grouping: Some("supp".to_owned()),
        subject: Subject::TwoSamples,
        groups: vec![
            group("OJ", [20.663_333_333_333_334, 6.605_561_049_722_239_5, 22.7, 8.2, 30.9]),
            group("VC", [16.963_333_333_333_335, 8.266_028_725_184_053, 16.5, 4.2, 33.9]),
        ],
        points: Vec::new(),
        n_dropped: 0,
        test: test(),
        mu: 0.0,
        result: result(),
        effect_sizes: Some(EffectSizes::TwoSample(Effects {
            mean_difference: 3.7,
            relative_change: Some(0.218),
            cohens_d: Some(0.494),
            hedges_g: Some(0.488),
            cliffs_delta: 0.28,
            hodges_lehmann: 4.2,
        })),
        equivalence: None,
        comparisons: Vec::new(),
        smallest_effect: None,
        compared: None,
        adjusted: None,
        gate: None,
        notes: Vec::new(),
    }
}

fn test() -> Test {
    Test {
        statistic: Statistic::Defined(Definition::Named(Named::Mean)),
        compare: Compare::Nothing,
        pairs_of_groups: None,
        alternative: Alternative::TwoSided,
        two_sided: None,
        undefined: Undefined::Error,
        mu: Shift::Absolute(0.0),
        equivalence: None,
        method: Choice::Auto,
        resamples: Some(10_000_000),
        level: Level::USUAL,
        memory: DEFAULT_MEMORY,
        seed: 0,
        threads: None,
        confidence: 0.99,
        effect: Some(EffectRequest { approach: None, bootstrap: DEFAULT_BOOTSTRAP, confidence: 0.95 }),
        instructions: Instructions::Best,
    }
}

fn result() -> TestResult {
    TestResult {
        p_value_adjusted: None,
        estimate: 3.7,
        effect: Some(Effect {
            measured: Measured::Statistic,
            estimate: 3.7,
            interval: Some(EffectInterval { ends: [-0.17, 7.57], kind: IntervalKind::Exact, errors: None }),
            objection: None,
        }),
        alternative: Alternative::TwoSided,
        design: Kind::TwoSample,
        character: Character::Difference,
        null_centre: None,
        method: Method::MonteCarlo { resamples: 10_000_000 },
        further: Further::Nothing,
        two_sided: TwoSidedRule::Absolute,
        tail: Tail::Absolute,
        p_value: PValue {
            estimate: 0.060_861_293_913_870_61,
            interval: [0.060_666_596_123, 0.061_056_380_456],
            kind: PValueIntervalKind::ClopperPearson,
            minimum: 9.999_999_000_000_1e-8,
        },
        coarsest: 2.0 / 1.182_645_815_648_614_2e17,
        counts: Some(Counts { n: 10_000_000, greater_equal: 304_123, less_equal: 9_698_877, absolute: 608_612 }),
        decision: None,
        precision: None,
        undefined: 0,
        near_ties: 0,
        n_units: 60,
        n_strata: Some(1),
        reference_set_size: ReferenceSetSize {
            log10: 17.072_854_704_186_47,
            exact: None,
            approximate: Some(1.182_645_815_648_614_2e17),
        },
        warnings: Vec::new(),
        histogram: None,
        null_distribution: Vec::new(),
    }
}

/// The same samples further apart: not one resample is as extreme.
pub fn none_as_extreme() -> Report {
    varied(typical(), |report| {
        report.result.counts = Some(Counts { n: 10_000_000, greater_equal: 0, less_equal: 10_000_000, absolute: 0 });
        report.result.p_value.estimate = 9.999_999_000_000_1e-8;
        report.result.p_value.interval = [0.0, 5.298_317e-7];
    })
}

/// A report with a change.
pub fn varied(mut report: Report, change: impl FnOnce(&mut Report)) -> Report {
    change(&mut report);
    report
}

/// A group of thirty with mean, standard deviation, median, minimum and maximum.
pub fn group(label: &str, [mean, sd, median, min, max]: [f64; 5]) -> GroupReport {
    GroupReport {
        label: label.to_owned(),
        n: 30,
        summary: Some(Summary { n: 30, mean, sd: Some(sd), median, min, max }),
        value: None,
        counts: Vec::new(),
        shape: None,
    }
}

/// A group of one observation.
pub fn single(label: &str, value: f64) -> GroupReport {
    let summary = Summary { n: 1, mean: value, sd: None, median: value, min: value, max: value };
    GroupReport { label: label.to_owned(), n: 1, summary: Some(summary), value: None, counts: Vec::new(), shape: None }
}
