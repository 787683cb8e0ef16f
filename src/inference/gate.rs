//! A check in CI: whether p-values and effects are such that it fails, and when it must not claim to know.
//!
//! A test is *significant* if all of the interval of its (adjusted) p-value lies at or below α and, where a smallest effect
//! is named, the effect is at least as large in the tested direction. It is *not significant* if all of the interval lies
//! above α, or the effect is too small. What is left is *undecided*, as is a test that cannot be significant whatever the
//! outcome: a check that cannot fire protects from nothing.

use super::Alternative;
use super::count::separated;
use super::warning::UnitKind;
use crate::message::{Message, Setting};

/// When a check fails.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gate {
    /// What makes it fail.
    pub fail_on: FailOn,
    /// The significance level.
    pub alpha: f64,
    /// What becomes of a check that cannot be decided.
    pub on_undecided: OnUndecided,
}

/// What makes a check fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// Any significant test.
    Significant,
    /// Any test that is not significant.
    NotSignificant,
}

/// What becomes of a check that cannot be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnUndecided {
    /// It has an exit code of its own.
    #[default]
    Report,
    /// It passes.
    Pass,
    /// It fails.
    Fail,
}

/// What is known of one test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// Interval of the adjusted p-value.
    pub p: [f64; 2],
    /// The smallest p-value that the data and the resamples can give, not adjusted.
    pub minimum: f64,
    /// The smallest that the design can give, whatever the values.
    pub coarsest: f64,
    /// The smallest adjusted p-value that any of the tests of the run can be given.
    pub family_minimum: f64,
    /// How many resamples were drawn, where p was counted.
    pub resamples: Option<u64>,
    /// What gets relabelled.
    pub units: UnitKind,
    /// What is tested.
    pub alternative: Alternative,
    /// Whether the effect is as large as it must be.
    pub effect: EffectSize,
}

/// How large an effect is, compared with the smallest one that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EffectSize {
    /// Any size matters, or it is large enough in the tested direction.
    Enough,
    /// It is not.
    TooSmall,
}

impl EffectSize {
    /// Compares an effect with a smallest one, which is not negative.
    #[must_use]
    pub fn of(effect: f64, smallest: f64, alternative: Alternative) -> Self {
        let is_enough = match alternative {
            Alternative::TwoSided => effect.abs() >= smallest,
            Alternative::Greater => effect >= smallest,
            Alternative::Less => effect <= -smallest,
        };
        if is_enough { Self::Enough } else { Self::TooSmall }
    }
}

/// What a test comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding {
    /// p ≤ α, and the effect matters.
    Significant,
    /// p > α, or the effect does not matter.
    NotSignificant,
    /// Not known.
    Undecided(Doubt),
}

/// Why a test is undecided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Doubt {
    /// α lies within the interval of p.
    Straddles {
        /// Resamples that would probably decide, where p was counted.
        resamples: Option<f64>,
    },
    /// So few resamples give no p as small as α.
    TooFewResamples {
        /// How many do.
        least: f64,
    },
    /// So few units give no p as small as α.
    Unattainable {
        /// The smallest p.
        minimum: f64,
        /// What would help.
        needs: Needs,
    },
}

/// What a test needs for a smaller p-value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// So many units.
    Units(u64, UnitKind),
    /// More observations in strata with both labels.
    Strata,
    /// Values that differ: there are units enough, and many of them are tied.
    FewerTies(UnitKind),
}

/// What a check comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It passes, or none was asked for.
    Pass,
    /// It fails.
    Fail,
    /// It is undecided.
    Undecided,
}

impl Finding {
    /// The name used in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Significant => "significant",
            Self::NotSignificant => "not significant",
            Self::Undecided(_) => "undecided",
        }
    }
}

impl Verdict {
    /// The name used in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Undecided => "undecided",
        }
    }
}

impl FailOn {
    /// The name used in options.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Significant => "significant",
            Self::NotSignificant => "not-significant",
        }
    }
}

impl Gate {
    /// What one test comes to.
    ///
    /// ```
    /// use permtest::inference::Alternative;
    /// use permtest::inference::gate::{Doubt, EffectSize, Evidence, FailOn, Finding, Gate, OnUndecided};
    /// use permtest::inference::warning::UnitKind;
    ///
    /// let gate = Gate { fail_on: FailOn::Significant, alpha: 0.05, on_undecided: OnUndecided::Report };
    /// let of = |p: [f64; 2]| {
    ///     let (units, alternative, effect) = (UnitKind::Observations, Alternative::TwoSided, EffectSize::Enough);
    ///     gate.finding(&Evidence { p, minimum: 1e-4, coarsest: 1e-4, family_minimum: 1e-4, resamples: None, units, alternative, effect })
    /// };
    /// assert_eq!(of([0.05, 0.05]), Finding::Significant);
    /// assert_eq!(of([0.051, 0.06]), Finding::NotSignificant);
    /// assert_eq!(of([0.04, 0.06]), Finding::Undecided(Doubt::Straddles { resamples: None }));
    /// ```
    #[must_use]
    pub fn finding(&self, evidence: &Evidence) -> Finding {
        let Evidence { p: [low, high], minimum, family_minimum, resamples, effect, .. } = *evidence;
        let least_adjusted = minimum.max(family_minimum);
        if least_adjusted > self.alpha {
            return Finding::Undecided(self.cannot_fire(evidence, least_adjusted));
        }
        match effect {
            EffectSize::TooSmall => Finding::NotSignificant,
            EffectSize::Enough if high <= self.alpha => Finding::Significant,
            EffectSize::Enough if low > self.alpha => Finding::NotSignificant,
            EffectSize::Enough => {
                let resamples = resamples.map(|n| resamples_to_decide(n, low, high, self.alpha));
                Finding::Undecided(Doubt::Straddles { resamples })
            }
        }
    }

    fn cannot_fire(&self, evidence: &Evidence, least_adjusted: f64) -> Doubt {
        // How much smaller than α an unadjusted p must be.
        let alpha = self.alpha * (evidence.minimum / least_adjusted).min(1.0);
        match evidence.resamples {
            Some(n) if evidence.minimum <= 1.0 / (n as f64 + 1.0) => {
                Doubt::TooFewResamples { least: (1.0 / alpha).ceil() - 1.0 }
            }
            _ => {
                let needs = match units_needed(evidence.units, alpha, evidence.alternative) {
                    _ if evidence.coarsest <= alpha => Needs::FewerTies(evidence.units),
                    Some(number) => Needs::Units(number, evidence.units),
                    None => Needs::Strata,
                };
                Doubt::Unattainable { minimum: least_adjusted, needs }
            }
        }
    }

    /// What the check comes to when its tests come to this.
    #[must_use]
    pub fn verdict(&self, findings: &[Finding]) -> Verdict {
        let fails = |finding: &Finding| match (finding, self.fail_on) {
            (Finding::Significant, FailOn::Significant) | (Finding::NotSignificant, FailOn::NotSignificant) => true,
            (Finding::Undecided(_), _) => self.on_undecided == OnUndecided::Fail,
            _ => false,
        };
        let is_open =
            |finding: &Finding| matches!(finding, Finding::Undecided(_)) && self.on_undecided == OnUndecided::Report;
        if findings.iter().any(fails) {
            Verdict::Fail
        } else if findings.iter().any(is_open) {
            Verdict::Undecided
        } else {
            Verdict::Pass
        }
    }
}

/// Resamples after which an interval as this one would no longer hold α, if its middle stays where it is: its half width
/// falls with the root of their number.
fn resamples_to_decide(n: u64, low: f64, high: f64, alpha: f64) -> f64 {
    let (middle, half) = (f64::midpoint(low, high), 0.5 * (high - low));
    let distance = (middle - alpha).abs().max(1e-9 * half);
    let exact = n as f64 * (half / distance).powi(2);
    let digit = 10f64.powi(exact.log10().floor() as i32);
    ((exact / digit).ceil() * digit).max(10.0 * n as f64)
}

/// The smallest number of units, in each group or of pairs, with which the most extreme labelling has a p of no more than α.
fn units_needed(units: UnitKind, alpha: f64, alternative: Alternative) -> Option<u64> {
    let extreme = if alternative == Alternative::TwoSided { 2.0 } else { 1.0 };
    match units {
        UnitKind::Pairs | UnitKind::Values => Some((extreme / alpha).log2().ceil() as u64),
        UnitKind::Observations | UnitKind::Clusters => {
            // C(2m, m) = C(2m − 2, m − 1)·(2m)(2m − 1)/m².
            let mut labellings = 1.0;
            (1u64..1000).find(|&m| {
                let m = m as f64;
                labellings *= 2.0 * (2.0 * m - 1.0) / m;
                extreme / labellings <= alpha
            })
        }
        UnitKind::Strata | UnitKind::Rows => None,
    }
}

impl Doubt {
    /// What is in doubt, and what would help.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::Straddles { resamples: None } => {
                Message::from("alpha lies within the interval of p; draw more with ").and(Setting::Resamples)
            }
            Self::Straddles { resamples: Some(n) } if n > 1e12 => {
                Message::from("alpha lies within the interval of p, and no ")
                    .and(Setting::Resamples)
                    .and(" will decide: p is as good as alpha")
            }
            Self::Straddles { resamples: Some(n) } => Message::from("alpha lies within the interval of p; about ")
                .and(Setting::Resamples.at(format!("{n:e}")))
                .and(" would decide"),
            Self::TooFewResamples { least } => Message::from("so few resamples cannot be significant; draw at least ")
                .and(Setting::Resamples.at(separated(least as u64))),
            Self::Unattainable { minimum, needs } => {
                let digits = if minimum < 1e-3 { format!("{minimum:.2e}") } else { format!("{minimum:.3}") };
                format!("whatever the outcome, p cannot fall below {digits}{}", needs.remedy()).into()
            }
        }
    }
}

impl Needs {
    fn remedy(self) -> String {
        match self {
            Self::Units(n, UnitKind::Pairs) => format!("; collect at least {n} pairs"),
            Self::Units(n, UnitKind::Values) => format!("; collect at least {n} values"),
            Self::Units(n, UnitKind::Clusters) => format!("; collect at least {n} clusters in each group"),
            Self::Units(n, _) => format!("; collect at least {n} observations in each group"),
            Self::Strata => "; collect more observations in strata with both labels".to_owned(),
            Self::FewerTies(UnitKind::Pairs) => {
                " with so many pairs without a difference; collect more pairs".to_owned()
            }
            Self::FewerTies(_) => " with so many equal values; collect more, or measure more finely".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GATE: Gate = Gate { fail_on: FailOn::Significant, alpha: 0.05, on_undecided: OnUndecided::Report };

    fn evidence(p: [f64; 2]) -> Evidence {
        Evidence {
            p,
            minimum: 1e-6,
            coarsest: 1e-6,
            family_minimum: 1e-6,
            resamples: Some(999_999),
            units: UnitKind::Observations,
            alternative: Alternative::TwoSided,
            effect: EffectSize::Enough,
        }
    }

    #[test]
    fn an_effect_that_is_too_small_settles_it() {
        let small = Evidence { effect: EffectSize::TooSmall, ..evidence([1e-6, 1e-5]) };
        assert_eq!(GATE.finding(&small), Finding::NotSignificant);
        assert_eq!(EffectSize::of(-3.0, 2.0, Alternative::TwoSided), EffectSize::Enough);
        assert_eq!(EffectSize::of(-3.0, 2.0, Alternative::Greater), EffectSize::TooSmall);
        assert_eq!(EffectSize::of(-3.0, 2.0, Alternative::Less), EffectSize::Enough);
    }

    #[test]
    fn a_gate_that_cannot_fire_says_what_it_needs() {
        let three =
            Evidence { minimum: 0.1, coarsest: 0.1, family_minimum: 0.1, resamples: None, ..evidence([0.1, 0.1]) };
        let needs = Needs::Units(4, UnitKind::Observations);
        assert_eq!(GATE.finding(&three), Finding::Undecided(Doubt::Unattainable { minimum: 0.1, needs }));
        let tied = Evidence { coarsest: 1e-9, ..three };
        let needs = Needs::FewerTies(UnitKind::Observations);
        assert_eq!(GATE.finding(&tied), Finding::Undecided(Doubt::Unattainable { minimum: 0.1, needs }));
        // C(8, 4) = 70 and 2/70 ≤ .05; 2/2⁶ ≤ .05.
        assert_eq!(units_needed(UnitKind::Pairs, 0.05, Alternative::TwoSided), Some(6));
        assert_eq!(units_needed(UnitKind::Pairs, 0.05, Alternative::Less), Some(5));
        let few = Evidence { minimum: 0.1, family_minimum: 0.1, resamples: Some(9), ..evidence([0.0, 0.4]) };
        assert_eq!(GATE.finding(&few), Finding::Undecided(Doubt::TooFewResamples { least: 19.0 }));
        // In a family of five p must be five times as small.
        let family = Evidence { minimum: 0.02, family_minimum: 0.1, resamples: Some(49), ..evidence([0.1, 0.4]) };
        assert_eq!(GATE.finding(&family), Finding::Undecided(Doubt::TooFewResamples { least: 99.0 }));
    }

    #[test]
    fn more_resamples_are_asked_for_as_p_comes_closer_to_alpha() {
        let needed = |low: f64, high: f64| resamples_to_decide(1_000, low, high, 0.05);
        assert_eq!(needed(0.039, 0.059), 1e5);
        assert_eq!(needed(0.04, 0.0501), 1e4);
        assert!(needed(0.04, 0.06) > 1e12);
    }

    #[test]
    fn the_verdict_weighs_failure_over_doubt_over_passing() {
        let doubt = Finding::Undecided(Doubt::Straddles { resamples: None });
        let (yes, no) = (Finding::Significant, Finding::NotSignificant);
        assert_eq!(GATE.verdict(&[no, doubt, yes]), Verdict::Fail);
        assert_eq!(GATE.verdict(&[no, doubt]), Verdict::Undecided);
        assert_eq!(GATE.verdict(&[no, no]), Verdict::Pass);
        let gate = Gate { fail_on: FailOn::NotSignificant, ..GATE };
        assert_eq!((gate.verdict(&[yes]), gate.verdict(&[yes, no])), (Verdict::Pass, Verdict::Fail));
        let lenient = Gate { on_undecided: OnUndecided::Pass, ..GATE };
        assert_eq!((lenient.verdict(&[doubt]), lenient.verdict(&[doubt, yes])), (Verdict::Pass, Verdict::Fail));
        assert_eq!(Gate { on_undecided: OnUndecided::Fail, ..GATE }.verdict(&[doubt]), Verdict::Fail);
    }
}
