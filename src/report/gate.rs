//! What a run comes to: p-values adjusted for the family of columns, and the verdict of the gate.

use super::Report;
use super::statistic::Measure;
use super::{number, wording};
use crate::inference::Alternative;
use crate::inference::adjust::Adjustment;
use crate::inference::gate::{EffectSize, Evidence, FailOn, Finding, Gate, Verdict};
use crate::inference::p_value::PValue;
use crate::inference::warning::UnitKind;
use crate::input::dataset::Subject;
use crate::method::planner::Method;
use crate::settings::GateSettings;
use crate::{escape, flags};

/// A p-value adjusted for those of the other columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adjusted {
    /// How it was adjusted.
    pub by: Adjustment,
    /// The adjusted p-value.
    pub p_value: f64,
    /// The interval of p, adjusted.
    pub interval: [f64; 2],
}

/// What a test comes to at a gate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GateReport {
    /// The gate.
    pub gate: Gate,
    /// What this test comes to.
    pub finding: Finding,
    /// What the whole run comes to.
    pub verdict: Verdict,
}

/// Adjusts the p-values of a run and holds them against the gate.
#[must_use]
pub fn decide(
    reports: &mut [Report],
    settings: &GateSettings,
    adjustment: Adjustment,
    alternative: Alternative,
) -> Verdict {
    if reports.len() > 1 && adjustment != Adjustment::Nothing {
        // Those that were counted over all columns came with the results.
        let counted: Option<Vec<PValue>> = reports.iter().map(|report| report.result.p_value_adjusted).collect();
        let p_values = || reports.iter().map(|report| report.result.p_value).collect::<Vec<_>>();
        let adjusted = counted.unwrap_or_else(|| adjustment.of_estimates(&p_values()));
        for (report, PValue { estimate, interval, .. }) in reports.iter_mut().zip(adjusted) {
            report.adjusted = Some(Adjusted { by: adjustment, p_value: estimate, interval });
        }
    }
    let Some(gate) = settings.gate else { return Verdict::Pass };
    let minima: Vec<f64> = reports.iter().map(|report| report.result.p_value.minimum).collect();
    let family_minimum = adjustment.smallest(&minima);
    let finding = |report: &Report| gate.finding(&evidence(report, alternative, family_minimum));
    let findings: Vec<Finding> = reports.iter().map(finding).collect();
    let verdict = gate.verdict(&findings);
    for (report, finding) in reports.iter_mut().zip(findings) {
        report.gate = Some(GateReport { gate, finding, verdict });
    }
    verdict
}

fn evidence(report: &Report, alternative: Alternative, family_minimum: f64) -> Evidence {
    let size = report.result.effect.as_ref().map_or(report.result.estimate, |effect| effect.estimate);
    // A ratio of 1 is no effect.
    let effect = if report.measure() == Measure::Ratio { size - 1.0 } else { size };
    let is_counted = matches!(report.result.method, Method::MonteCarlo { .. } | Method::Sequential { .. });
    Evidence {
        p: report.adjusted.map_or(report.result.p_value.interval, |adjusted| adjusted.interval),
        minimum: report.result.p_value.minimum,
        coarsest: report.result.coarsest,
        family_minimum,
        resamples: report.n_resamples().filter(|_| is_counted),
        units: match report.subject {
            Subject::Groups => UnitKind::Strata,
            Subject::OneSample if !report.result.design.is_clustered() => UnitKind::Values,
            _ => UnitKind::of(report.result.design),
        },
        alternative,
        effect: report
            .smallest_effect
            .map_or(EffectSize::Enough, |smallest| EffectSize::of(effect, smallest, alternative)),
    }
}

/// `gate: fail (significant at alpha 0.05)`, for one test in its report.
pub fn finding(report: &Report) -> Option<String> {
    let GateReport { gate, finding, .. } = report.gate?;
    let alpha = number::shortest(gate.alpha);
    Some(match finding {
        Finding::Undecided(doubt) => format!("undecided at alpha {alpha}: {}", flags::words(&doubt.message())),
        Finding::NotSignificant
            if report.result.p_value.interval[1] <= gate.alpha && report.smallest_effect.is_some() =>
        {
            format!("not significant at alpha {alpha}: the effect is smaller than --min-effect")
        }
        settled => format!("{} at alpha {alpha}", settled.name()),
    })
}

/// `gate passes: none of 3 tests is significant at alpha 0.05 (p adjusted by holm)`; `None` without a gate.
#[must_use]
pub fn verdict(reports: &[Report]) -> Option<String> {
    let GateReport { gate, verdict, .. } = reports.first()?.gate?;
    let gates = || reports.iter().filter_map(|report| report.gate.map(|gate| (report, gate.finding)));
    let names = |is_meant: &dyn Fn(Finding) -> bool| {
        let named: Vec<String> =
            gates().filter(|(_, finding)| is_meant(*finding)).map(|(report, _)| report.column.clone()).collect();
        (named.len(), named)
    };
    let is_culprit = |finding: Finding| match gate.fail_on {
        FailOn::Significant => finding == Finding::Significant,
        FailOn::NotSignificant => finding == Finding::NotSignificant,
    };
    let (culprits, undecided) = (names(&is_culprit), names(&|finding| matches!(finding, Finding::Undecided(_))));
    let what = gate.fail_on.name().replace('-', " ");
    let alpha = number::shortest(gate.alpha);
    let of = if reports.len() == 1 { String::new() } else { format!("{} of {} tests ", culprits.0, reports.len()) };
    let subject = |(_, names): &(usize, Vec<String>)| {
        let shown = names.iter().take(SHOWN).map(|name| super::label::shorten(name)).collect::<Vec<_>>().join(", ");
        if names.len() > SHOWN { format!("{shown}, …") } else { shown }
    };
    Some(match verdict {
        Verdict::Fail if culprits.0 == 0 => format!("gate fails: undecided at alpha {alpha}: {}", subject(&undecided)),
        Verdict::Fail => format!("gate fails: {of}{what} at alpha {alpha}: {}", subject(&culprits)),
        Verdict::Undecided => format!("gate undecided at alpha {alpha}: {}: {}", subject(&undecided), doubt(reports)),
        Verdict::Pass if undecided.0 > 0 => {
            format!("gate passes, as --on-undecided says: undecided at alpha {alpha}: {}", subject(&undecided))
        }
        Verdict::Pass if reports.len() == 1 => {
            format!("gate passes: not {what} at alpha {alpha}").replace("not not ", "")
        }
        Verdict::Pass if gate.fail_on == FailOn::NotSignificant => {
            format!("gate passes: all of {} tests are significant at alpha {alpha}", reports.len())
        }
        Verdict::Pass => format!("gate passes: none of {} tests is {what} at alpha {alpha}", reports.len()),
    })
}

/// Columns that a verdict names.
const SHOWN: usize = 5;

/// Why the first undecided test is undecided.
fn doubt(reports: &[Report]) -> String {
    let doubts = reports.iter().filter_map(|report| match report.gate?.finding {
        Finding::Undecided(doubt) => Some(flags::words(&doubt.message())),
        _ => None,
    });
    doubts.into_iter().next().unwrap_or_default()
}

/// The verdict as a workflow command of GitHub's, on one line.
#[must_use]
pub fn annotation(reports: &[Report]) -> Option<String> {
    let command = match reports.first()?.gate?.verdict {
        Verdict::Fail => "error",
        Verdict::Undecided => "warning",
        Verdict::Pass => "notice",
    };
    let worst = reports.iter().min_by(|a, b| a.result.p_value.estimate.total_cmp(&b.result.p_value.estimate))?;
    let text = format!("{}; smallest p-value {} ({})", verdict(reports)?, wording::p_value(worst), worst.column);
    Some(format!("::{command} title=permtest::{}", escape::annotation(&text)))
}
