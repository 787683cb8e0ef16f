//! Reports for the tests of the formats: a typical one, to be varied by each test.

use super::statistic::StatisticReport;
use super::{EffectReport, GroupReport, Report};
use crate::Undefined;
use crate::inference::effect::Effects;
use crate::inference::p_value::Counts;
use crate::inference::summary::Summary;
use crate::method::tail::Tail;
use crate::permutation_test::effect::{EffectSizes, IntervalKind, Measured};
use crate::settings::Statistic;
use crate::statistic::Character;
use crate::statistic::Definition;
use crate::statistic::catalogue::Named;

/// Tooth growth under orange juice and ascorbic acid: ten million resamples.
pub fn typical() -> Report {
    Report {
        column: "len".to_owned(),
        grouping: Some("supp".to_owned()),
        statistic: StatisticReport::of(&Statistic::Defined(Definition::Named(Named::Mean)), Character::Difference),
        null_value: 0.0,
        mann_whitney_u: None,
        n_undefined: 0,
        undefined: Undefined::Error,
        n_near_ties: 0,
        alternative: "two-sided".to_owned(),
        two_sided_rule: Some("absolute".to_owned()),
        tail: Tail::Absolute,
        design: "two-sample".to_owned(),
        n_units: 60,
        n_strata: None,
        comparison: super::Comparison::Groups,
        mu: 0.0,
        case: group("OJ", [20.663_333_333_333_334, 6.605_561_049_722_239_5, 22.7, 8.2, 30.9]),
        control: group("VC", [16.963_333_333_333_335, 8.266_028_725_184_053, 16.5, 4.2, 33.9]),
        n_dropped: 0,
        estimate: 3.7,
        effect: Some(EffectReport {
            name: "difference of means".to_owned(),
            measured: Measured::Statistic,
            estimate: 3.7,
            interval: Some([-0.17, 7.57]),
            interval_kind: Some(IntervalKind::Exact),
            interval_errors: None,
            confidence: Some(0.95),
            objection: None,
        }),
        effect_sizes: EffectSizes::TwoSample(Effects {
            mean_difference: 3.7,
            relative_change: Some(0.218),
            cohens_d: Some(0.494),
            hedges_g: Some(0.488),
            cliffs_delta: 0.28,
            hodges_lehmann: 4.2,
        }),
        method: "monte-carlo".to_owned(),
        algorithm: None,
        is_exact_affordable: false,
        reference_set_size: Some(1.182_645_815_648_614_2e17),
        reference_set_size_log10: 17.072_854_704_186_47,
        n_resamples: Some(10_000_000),
        seed: Some(0),
        counts: Some(Counts { n: 10_000_000, greater_equal: 304_123, less_equal: 9_698_877, absolute: 608_612 }),
        decision: None,
        precision: None,
        p_value: 0.060_861_293_913_870_61,
        p_value_interval: [0.060_666_596_123, 0.061_056_380_456],
        p_value_interval_kind: "clopper-pearson".to_owned(),
        confidence: 0.99,
        p_value_minimum: 9.999_999_000_000_1e-8,
        p_value_coarsest: 2.0 / 1.182_645_815_648_614_2e17,
        adjusted: None,
        gate: None,
        smallest_effect: None,
        compared: None,
        histogram: None,
        warnings: Vec::new(),
    }
}

/// The same samples further apart: not one resample is as extreme.
pub fn none_as_extreme() -> Report {
    Report {
        counts: Some(Counts { n: 10_000_000, greater_equal: 0, less_equal: 10_000_000, absolute: 0 }),
        p_value: 9.999_999_000_000_1e-8,
        p_value_interval: [0.0, 5.298_317e-7],
        ..typical()
    }
}

/// A group of thirty with mean, standard deviation, median, minimum and maximum.
pub fn group(label: &str, [mean, sd, median, min, max]: [f64; 5]) -> GroupReport {
    GroupReport {
        label: label.to_owned(),
        summary: Summary { n: 30, mean, sd: Some(sd), median, min, max },
        shape: None,
    }
}

/// A group of one observation.
pub fn single(label: &str, value: f64) -> GroupReport {
    let summary = Summary { n: 1, mean: value, sd: None, median: value, min: value, max: value };
    GroupReport { label: label.to_owned(), summary, shape: None }
}
