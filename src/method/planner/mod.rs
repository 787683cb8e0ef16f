//! Which method gets the null distribution, from the data and what the user asked for, never from the machine.
//!
//! Left to itself, the planner prefers what is exact: the cheapest exact method, if it is done in about two seconds, then
//! proven bounds. Where neither is to be had, a p-value that a saddlepoint approximation finds too small for counting is
//! estimated by importance sampling, and what is left is counted by plain resampling; should that see next to nothing, it
//! goes on to splitting.
//!
//! What was not asked for takes no longer than [`BUDGET`]: fewer resamples are drawn where each takes its time, and splitting
//! ends at the level that it has come to. A number of resamples or a method that is asked for is carried out, however long
//! it takes.

pub mod cost_model;
mod evaluation_cost;

use std::fmt;

use serde::Serialize;

use super::tally::Undefined;
use crate::error::Error;
use crate::message::{Message, Setting};
pub use cost_model::{Candidate, CostModel, Infeasible, Work};

/// Resamples where neither a method nor a number is named, and so many are affordable.
pub const DEFAULT_RESAMPLES: u64 = 1_000_000;

/// The fewest where a labelling takes its time.
const FEWEST_RESAMPLES: u64 = 1_000;

/// Nominal seconds of one core that a test takes of itself: for resamples, for the interval of the effect, and, where the
/// resamples see next to nothing, the rest for splitting.
pub const BUDGET: f64 = 5.0;
const FOR_RESAMPLES: f64 = 2.5;
/// See [`BUDGET`].
pub const FOR_THE_INTERVAL: f64 = 1.0;

/// Bytes that a method may use where nothing else is said: 2 GiB.
pub const DEFAULT_MEMORY: u64 = 2 << 30;

/// Nominal seconds that an exact p-value or a proven interval may take where it was not asked for.
pub const AFFORDABLE: f64 = 2.0;

/// Nominal seconds that it may take at all.
pub const TOO_LONG: f64 = 300.0;

/// Sums whose p-value is below this are not left to the default number of resamples: it would see less than ten thousand,
/// and be off by more than a hundredth.
const TOO_SMALL_TO_COUNT: f64 = 1e-2;

/// What the user asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// Whatever is best: Monte Carlo if a number of resamples is named, else what the planner finds.
    #[default]
    Auto,
    /// The exact p-value, or nothing.
    Exact,
    /// A proven interval.
    Bounds,
    /// Random labellings.
    MonteCarlo,
    /// Random labellings that are likely to be extreme, weighted.
    Importance,
    /// Random labellings that climb from level to level.
    Splitting,
    /// Random labellings until it is clear on which side of a level p lies.
    Sequential,
}

/// What the user asked for, and what a method must be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub choice: Choice,
    /// The number of resamples, if it was named.
    pub resamples: Option<u64>,
    /// The most bytes that a method may use.
    pub memory: u64,
    /// What becomes of labellings.
    pub labellings: Labellings,
    /// What becomes of labellings without a statistic.
    pub undefined: Undefined,
}

/// Whether the statistic of each labelling is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Labellings {
    /// The p-value is enough.
    #[default]
    Summarised,
    /// One by one.
    Wanted,
}

/// A method and its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "name", rename_all = "kebab-case")]
pub enum Method {
    /// Exact: no labelling is more extreme than the data, and the share of those that are as extreme has a closed form.
    EndOfRange,
    /// Exact: all labellings, each once.
    Enumeration,
    /// Exact: a count for each sum.
    Lattice,
    /// Exact: two sorted lists of sums.
    MeetInTheMiddle,
    /// A proven interval, from a lattice for rounded numbers.
    Bounds,
    /// So many random labellings.
    MonteCarlo {
        /// Their number.
        resamples: u64,
    },
    /// So many weighted ones for each tail.
    Importance {
        /// Their number.
        draws: u64,
    },
    /// Random ones until it is clear on which side of a level p lies.
    Sequential {
        /// The most that are drawn.
        cap: u64,
    },
    /// Labellings that climb from level to level.
    Splitting {
        /// Independent estimates.
        replicates: u64,
        /// Labellings that climb together in each.
        particles: usize,
    },
}

impl Method {
    /// The name used in options and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EndOfRange | Self::Enumeration | Self::Lattice | Self::MeetInTheMiddle => "exact",
            Self::Bounds => "bounds",
            Self::MonteCarlo { .. } => "monte-carlo",
            Self::Importance { .. } => "importance",
            Self::Sequential { .. } => "sequential",
            Self::Splitting { .. } => "splitting",
        }
    }

    /// How an exact p-value is computed; `None` for other methods.
    #[must_use]
    pub fn algorithm(self) -> Option<&'static str> {
        match self {
            Self::EndOfRange => Some("end-of-range"),
            Self::Enumeration => Some("enumeration"),
            Self::Lattice => Some("lattice"),
            Self::MeetInTheMiddle => Some("meet-in-the-middle"),
            _ => None,
        }
    }

    /// Whether every labelling counts.
    #[must_use]
    pub fn is_exact(self) -> bool {
        self.algorithm().is_some()
    }
}

/// What was decided, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The method.
    pub method: Method,
    /// Why this one.
    pub reason: Reason,
    /// What resolves the p-value where the method, plain resampling, sees next to nothing: of itself if nothing was asked
    /// for, else on request.
    pub further: Further,
    /// All methods that were considered; empty where the user's choice left nothing to consider.
    pub candidates: Vec<Candidate>,
    /// The p-value by the saddlepoint approximation, where there is one.
    pub saddlepoint: Option<f64>,
}

/// Why a method was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The user named it.
    Asked,
    /// The user named a number of resamples.
    Resamples,
    /// It is the cheapest exact one, and affordable.
    Exact,
    /// Nothing exact is affordable, and proven bounds are.
    Proven,
    /// The p-value is probably too small to count.
    Tiny,
    /// Nothing better is to be had, or needed.
    Default,
}

/// What comes after plain resampling that saw next to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Further {
    /// Nothing.
    #[default]
    Nothing,
    /// This method is what the user might ask for.
    Advised(Method),
    /// This method takes over.
    Taken {
        /// The method.
        method: Method,
        /// How far it goes.
        reach: Reach,
    },
}

/// How far splitting goes without being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// How many labellings the statistic is computed of, roughly.
    pub evaluations: u64,
    /// The power of ten of the smallest p-value that this is expected to resolve.
    pub exponent: i32,
}

impl Request {
    /// Why a candidate does not meet the request.
    fn infeasible(&self, candidate: &Candidate) -> Option<Infeasible> {
        let shows_labellings = matches!(candidate.method, Method::Enumeration | Method::MonteCarlo { .. });
        match candidate.method {
            // Before memory, which is no obstacle to bounds that are wider.
            _ if self.labellings == Labellings::Wanted && !shows_labellings => Some(Infeasible::NoLabellings),
            _ if candidate.bytes > self.memory as f64 => Some(Infeasible::Memory),
            Method::Splitting { .. } if self.undefined == Undefined::Drop => Some(Infeasible::LeavesNoneOut),
            _ => None,
        }
    }
}

impl Plan {
    /// A method without others to consider.
    #[must_use]
    pub fn simply(method: Method, reason: Reason) -> Self {
        Self { method, reason, further: Further::Nothing, candidates: Vec::new(), saddlepoint: None }
    }
}

/// Chooses a method.
///
/// # Errors
/// [`Error::Usage`] when the method that was asked for is out of reach.
pub fn plan(request: &Request, cost_model: &CostModel) -> Result<Plan, Error> {
    let counted = cost_model.monte_carlo(request.resamples).method;
    match request.choice {
        Choice::Sequential => {
            let cap = request.resamples.unwrap_or(DEFAULT_RESAMPLES);
            if request.labellings == Labellings::Wanted {
                let method = Setting::Method.at(request.choice.name());
                let what = method.and(" stops early, so there is no null distribution to keep");
                return Err(Error::usage(what, "leave out the distribution, or the method"));
            }
            return Ok(Plan::simply(Method::Sequential { cap }, Reason::Asked));
        }
        Choice::MonteCarlo if cost_model.is_large() => return Ok(Plan::simply(counted, Reason::Asked)),
        Choice::Auto if cost_model.is_large() && request.resamples.is_some() => {
            return Ok(Plan::simply(counted, Reason::Resamples));
        }
        _ => {}
    }
    let (candidates, saddlepoint) = (cost_model.candidates(request), cost_model.saddlepoint());
    let is_counted = request.choice == Choice::MonteCarlo || request.resamples.is_some();
    let (method, reason, further) = match request.choice {
        Choice::Auto | Choice::MonteCarlo if is_counted => {
            let (better, _) = decide(&candidates, saddlepoint, cost_model);
            let is_estimate = |method| matches!(method, Method::Importance { .. } | Method::Splitting { .. });
            let better = match better {
                Method::MonteCarlo { .. } => cheapest(&candidates, f64::INFINITY, is_estimate),
                better => Some(better),
            };
            let reason = if request.choice == Choice::Auto { Reason::Resamples } else { Reason::Asked };
            (counted, reason, better.map_or(Further::Nothing, Further::Advised))
        }
        Choice::Auto | Choice::MonteCarlo => {
            let (method, reason) = decide(&candidates, saddlepoint, cost_model);
            let is_splitting = |method| matches!(method, Method::Splitting { .. });
            let splitting = cheapest(&candidates, f64::INFINITY, is_splitting).filter(|_| method == counted);
            (method, reason, splitting.map_or(Further::Nothing, |splitting| follow(splitting, method, cost_model)))
        }
        // Bounds do what they can with the time and the memory that they have.
        Choice::Bounds if candidates.iter().any(Candidate::has_bounds) => {
            (Method::Bounds, Reason::Asked, Further::Nothing)
        }
        choice => {
            let asked = cheapest(&candidates, TOO_LONG, |method| choice.includes(method));
            (asked.ok_or_else(|| refusal(choice, &candidates))?, Reason::Asked, Further::Nothing)
        }
    };
    Ok(Plan { method, reason, further, candidates, saddlepoint })
}

/// Whether splitting follows resampling of itself: if a kernel computes the statistic, and it comes further in the time that
/// is left than resampling has come.
fn follow(splitting: Method, counted: Method, cost_model: &CostModel) -> Further {
    let Method::MonteCarlo { resamples } = counted else { return Further::Advised(splitting) };
    let left = BUDGET - FOR_THE_INTERVAL - resamples as f64 * cost_model.labelling();
    let seen = -(resamples as f64).log10();
    match cost_model.reach(splitting, left) {
        Some(reach) if cost_model.cost.is_kernel() && f64::from(reach.exponent) < seen - 1.0 => {
            Further::Taken { method: splitting, reach }
        }
        _ => Further::Advised(splitting),
    }
}

/// As many resamples as are affordable where each takes so many nominal seconds: 1, 2 or 5 times a power of ten.
#[must_use]
pub fn affordable_resamples(seconds_each: f64) -> u64 {
    at_most(FOR_RESAMPLES / seconds_each, FEWEST_RESAMPLES, DEFAULT_RESAMPLES)
}

/// The largest of 1, 2 and 5 times a power of ten that is no more than `wanted`, from the fewest to the most.
#[must_use]
pub fn at_most(wanted: f64, fewest: u64, most: u64) -> u64 {
    let mut number = most;
    while number > fewest && number as f64 > wanted {
        // 10 → 5 → 2 → 1
        number = if number.to_string().starts_with('5') { number / 5 * 2 } else { number / 2 };
    }
    number.max(fewest)
}

/// The best method where the user named none.
fn decide(candidates: &[Candidate], saddlepoint: Option<f64>, cost_model: &CostModel) -> (Method, Reason) {
    let counted = cost_model.monte_carlo(None);
    // Exact is worth as much time as resampling would take.
    let affordable = AFFORDABLE.max(counted.seconds);
    if let Some(exact) = cheapest(candidates, affordable, Method::is_exact) {
        return (exact, Reason::Exact);
    }
    if let Some(bounds) = cheapest(candidates, AFFORDABLE, |method| method == Method::Bounds) {
        return (bounds, Reason::Proven);
    }
    let is_tiny = saddlepoint.is_some_and(|p| p < TOO_SMALL_TO_COUNT);
    match cheapest(candidates, TOO_LONG, |method| matches!(method, Method::Importance { .. })) {
        Some(importance) if is_tiny => (importance, Reason::Tiny),
        _ => (counted.method, Reason::Default),
    }
}

/// The cheapest of some methods that takes no longer than this.
fn cheapest(candidates: &[Candidate], seconds: f64, is_wanted: impl Fn(Method) -> bool) -> Option<Method> {
    let possible = |candidate: &&Candidate| {
        candidate.infeasible.is_none() && candidate.seconds <= seconds && is_wanted(candidate.method)
    };
    let by_seconds = |a: &&Candidate, b: &&Candidate| a.seconds.total_cmp(&b.seconds);
    candidates.iter().filter(possible).min_by(by_seconds).map(|candidate| candidate.method)
}

impl Choice {
    /// Whether a method is what was asked for.
    #[must_use]
    pub fn includes(self, method: Method) -> bool {
        match self {
            Self::Auto => true,
            Self::Exact => method.is_exact(),
            Self::Bounds => method == Method::Bounds,
            Self::MonteCarlo => matches!(method, Method::MonteCarlo { .. }),
            Self::Importance => matches!(method, Method::Importance { .. }),
            Self::Splitting => matches!(method, Method::Splitting { .. }),
            Self::Sequential => matches!(method, Method::Sequential { .. }),
        }
    }

    /// The name used in options.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Exact => "exact",
            Self::Bounds => "bounds",
            Self::MonteCarlo => "monte-carlo",
            Self::Importance => "importance",
            Self::Splitting => "splitting",
            Self::Sequential => "sequential",
        }
    }
}

/// Why what was asked for cannot be done, and what can be instead.
fn refusal(choice: Choice, candidates: &[Candidate]) -> Error {
    let asked = candidates.iter().filter(|candidate| choice.includes(candidate.method));
    let reasons =
        asked.filter(|candidate| candidate.infeasible != Some(Infeasible::NotAtTheEnd)).map(|candidate| {
            match (candidate.method.algorithm(), choice) {
                (Some(algorithm), _) => Message::from(format!("{algorithm}: ")).and(candidate.objection()),
                (None, _) => candidate.objection(),
            }
        });
    let reasons = Message::join(reasons, "; ");
    let what = Setting::Method.at(choice.name()).and(" is out of reach (").and(reasons).and(")");
    let instead = [Choice::Exact, Choice::Bounds, Choice::Importance, Choice::Splitting]
        .into_iter()
        .filter(|&other| other != choice)
        .find(|other| cheapest(candidates, TOO_LONG, |method| other.includes(method)).is_some());
    Error::usage(what, Message::from("try ").and(Setting::Method.at(instead.unwrap_or(Choice::MonteCarlo).name())))
}

impl Candidate {
    /// Whether this is bounds, however wide.
    fn has_bounds(&self) -> bool {
        self.method == Method::Bounds && matches!(self.infeasible, None | Some(Infeasible::Memory))
    }

    /// Why it cannot be chosen, or what it costs.
    #[must_use]
    pub fn objection(&self) -> Message {
        match self.infeasible {
            Some(Infeasible::Memory) => format!("{} would take {}", self.work, Bytes(self.bytes)).into(),
            Some(Infeasible::TooMany) | None => format!("{} are too many", self.work).into(),
            Some(infeasible) => infeasible.message(),
        }
    }
}

/// An amount of memory as people write it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bytes(pub f64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"];
        let power = ((self.0.max(1.0).log2() / 10.0) as usize).min(units.len() - 1);
        let amount = self.0 / 1024f64.powi(power as i32);
        match amount {
            _ if amount >= 1e4 => write!(f, "{amount:.1e} {}", units[power]),
            _ if amount >= 10.0 || power == 0 => write!(f, "{amount:.0} {}", units[power]),
            _ => write!(f, "{amount:.1} {}", units[power]),
        }
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, noun) = match self {
            Self::Labellings(number) => (number, "labellings"),
            Self::Cells(number) => (number, "cells"),
            Self::Entries(number) => (number, "entries"),
        };
        match number {
            _ if !number.is_finite() => write!(f, "more than 1e300 {noun}"),
            _ if *number < 1e4 => write!(f, "{number:.0} {noun}"),
            _ => write!(f, "{number:.1e} {noun}"),
        }
    }
}

impl Infeasible {
    /// What stands in the way.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::NotOneSum => "not a sum".into(),
            Self::NoExchange => "no exchange of labels".into(),
            Self::NotAtTheEnd => "not at the end".into(),
            Self::TooMany => "too many".into(),
            Self::Memory => "too much memory".into(),
            Self::NoLabellings => Message::from("has no labellings for ").and(Setting::NullDistribution),
            Self::LeavesNoneOut => "cannot leave out undefined statistics".into(),
        }
    }
}
