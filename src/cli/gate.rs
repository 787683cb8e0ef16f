//! The options of the gate → what is made of the p-values.

use super::arguments::Arguments;
use super::value_enums::{Annotator, Undecided};
use crate::error::Error;
use crate::inference::adjust::Adjustment;
use crate::inference::gate::{FailOn, Gate, OnUndecided};
use crate::method::planner::Choice;
use crate::method::sequential::Level;
use crate::settings::{Annotations, GateSettings, Shift};

/// Reads the options of the gate; those that have no meaning without it are refused.
pub(super) fn gate(arguments: &Arguments) -> Result<GateSettings, Error> {
    let gate = arguments.fail_on.map(|fail_on| Gate {
        fail_on,
        alpha: level(arguments).alpha,
        on_undecided: match arguments.on_undecided {
            None => OnUndecided::Report,
            Some(Undecided::Pass) => OnUndecided::Pass,
            Some(Undecided::Fail) => OnUndecided::Fail,
        },
    });
    let is_sequential = arguments.method == Choice::Sequential;
    let needs = [
        (
            "--alpha",
            arguments.alpha.is_some(),
            gate.is_some() || is_sequential || arguments.equivalence.is_some(),
            "--fail-on WHAT, --equivalence or --method sequential",
        ),
        ("--risk", arguments.risk.is_some(), is_sequential, "--method sequential"),
        ("--min-effect", arguments.min_effect.is_some(), gate.is_some(), "--fail-on WHAT"),
        ("--on-undecided", arguments.on_undecided.is_some(), gate.is_some(), "--fail-on WHAT"),
        ("--annotations", arguments.annotations.is_some(), gate.is_some(), "--fail-on WHAT"),
    ];
    for (option, is_given, has_meaning, companion) in needs {
        if is_given && !has_meaning {
            return Err(Error::usage(format!("{option} has no meaning by itself"), format!("add {companion}")));
        }
    }
    Ok(GateSettings {
        adjustment: adjustment(arguments)?,
        gate,
        smallest_effect: smallest_effect(arguments)?,
        annotations: match arguments.annotations {
            None => Annotations::Nothing,
            Some(Annotator::Github) => Annotations::Github,
        },
    })
}

/// What is decided, and how surely.
pub(super) fn level(arguments: &Arguments) -> Level {
    let Level { alpha, risk } = Level::USUAL;
    Level { alpha: arguments.alpha.unwrap_or(alpha), risk: arguments.risk.unwrap_or(risk) }
}

/// None where it was not named, but for what needs none: a decision between p and α itself cannot be adjusted afterwards.
fn adjustment(arguments: &Arguments) -> Result<Option<Adjustment>, Error> {
    let is_sequential = arguments.method == Choice::Sequential;
    match arguments.adjust {
        Some(adjustment) if is_sequential && adjustment != Adjustment::Nothing => Err(Error::usage(
            format!(
                "--method sequential compares each p with alpha itself, so --adjust {} is too late",
                adjustment.name()
            ),
            "leave out one of the two, or divide --alpha by the number of columns",
        )),
        Some(adjustment) => Ok(Some(adjustment)),
        // Where every column must be significant none gains from the number of others: an intersection–union test needs no
        // adjustment (Berger 1982).
        None if arguments.fail_on == Some(FailOn::NotSignificant) || is_sequential => Ok(Some(Adjustment::Nothing)),
        None => Ok(None),
    }
}

fn smallest_effect(arguments: &Arguments) -> Result<Option<Shift>, Error> {
    let Some(smallest) = arguments.min_effect else { return Ok(None) };
    let (Shift::Absolute(size) | Shift::RelativeToControl(size)) = smallest;
    if size < 0.0 {
        return Err(Error::usage("--min-effect is negative", "give its size; --alternative says the direction"));
    }
    if arguments.mu != Shift::Absolute(0.0) {
        let what = "--min-effect stands beside --mu, which says already what difference is tested";
        return Err(Error::usage(what, "leave out one of the two"));
    }
    Ok(Some(smallest))
}
