//! The test of these data in words, for a reader who has not done one before.

use crate::design::Kind;
use crate::flags;
use crate::inference::p_value::IntervalKind;
use crate::input::dataset::Subject;
use crate::report::precision::Precision;
use crate::report::statistic::Measure;
use crate::report::{Report, effect, gate, number, wording};

/// How the p-value was got.
pub fn method(report: &Report) -> Vec<String> {
    let size = number::labellings(report.result.reference_set_size.approximate, report.result.reference_set_size.log10);
    let units = report.result.n_units;
    let ways = match report.result.design {
        _ if report.subject == Subject::OneSample => {
            format!("giving each of the {units} differences from that value either sign, in any of {size} ways,")
        }
        Kind::Association => format!("dealing out the {units} y over the x, in any of {size} orders,"),
        Kind::Paired => format!("swapping or not the two values of each of the {units} pairs, in any of {size} ways,"),
        Kind::TwoSample | Kind::SeveralGroups => {
            format!("dealing out the labels over the {units} values, in any of {size} ways,")
        }
        design => format!(
            "dealing out the labels as a {} design allows, over {units} units in any of {size} ways,",
            design.name(),
        ),
    };
    let (case, control) = (&report.case().label, &report.control().label);
    let null = match report.subject {
        Subject::TwoSamples => format!("If the labels {case} and {control} meant nothing"),
        Subject::Groups => "If the labels of the groups meant nothing".to_owned(),
        Subject::Association => format!("If {case} (x) and {control} (y) had nothing to do with each other"),
        Subject::OneSample => {
            format!("If the values lay symmetrically about {}", Precision::of(report).mu.write(report.mu))
        }
    };
    let question = format!(
        "{null}, {ways} would have been as likely as the way that was observed. The {} was computed for the data and, in \
         exactly the same way, for other labellings.",
        report.title()
    );
    vec![question, wording::method(report)]
}

/// What the numbers mean.
pub fn meaning(report: &Report) -> Vec<String> {
    let p = wording::p_value(report);
    let (chance, nothing) = match report.subject {
        Subject::TwoSamples | Subject::Groups => ("labels that mean nothing", "no difference"),
        Subject::Association => ("columns that have nothing to do with each other", "no association"),
        Subject::OneSample => ("values that lie symmetrically about it", "no difference from it"),
    };
    let definition = format!(
        "That is what the p-value of {p} says: how often {chance} would give data at least as extreme as these. \
         It is not the probability that there is {nothing}."
    );
    let mut sentences = vec![wording::evidence(report), definition];
    sentences.push(certainty(report));
    sentences.extend(size(report));
    sentences.extend(gate::finding(report).map(|finding| format!("Gate: {finding}.")));
    sentences.extend(wording::dropped(report));
    sentences
}

/// How sure the p-value is.
fn certainty(report: &Report) -> String {
    let confidence = number::percent(report.confidence());
    match report.result.p_value.kind {
        IntervalKind::Exact => "The p-value is exact: all labellings were taken into account.".to_owned(),
        IntervalKind::Bounds => "The p-value given is a proven upper bound.".to_owned(),
        IntervalKind::UpperBound => {
            format!("The p-value given is an estimated upper bound, with a confidence of {confidence}.")
        }
        _ => format!(
            "Because labellings were drawn at random, another seed would give a slightly different p-value. The one that all \
             labellings would give is {} with a confidence of {confidence}.",
            wording::interval(report)
        ),
    }
}

/// How large the effect is.
fn size(report: &Report) -> Option<String> {
    let shown = report.result.effect.as_ref()?;
    let estimate = Precision::of(report).effect.write(shown.estimate);
    let direction = match report.measure() {
        _ if report.subject == Subject::OneSample => "",
        Measure::DataDifference | Measure::Difference => ", case minus control,",
        Measure::Value | Measure::Ratio | Measure::Distance => "",
    };
    let interval = effect::interval(report)
        .map(|interval| format!(" ({interval}: the values that the data are compatible with)"))
        .or_else(|| {
            shown.objection.as_ref().map(|why| format!(" (no interval: {})", flags::words(why).trim_end_matches('.')))
        })
        .unwrap_or_default();
    let scales = effect::other_scales(report).map(|scales| format!(" On other scales: {scales}.")).unwrap_or_default();
    Some(format!("The effect: {}{direction} of {estimate}{interval}.{scales}", effect::name(report)?))
}
