//! Which method gets the null distribution, from the data and what the user asked for, never from the machine.

use super::exact::enumeration::MOST_LABELLINGS;
use crate::design::ReferenceSetSize;
use crate::error::Error;

/// Resamples where neither a method nor a number is named and enumeration is out of reach.
pub const DEFAULT_RESAMPLES: u64 = 1_000_000;

/// What the user asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// Whatever is best: Monte Carlo if a number of resamples is named, else exact where it is affordable.
    #[default]
    Auto,
    /// All labellings.
    Exact,
    /// Random labellings.
    MonteCarlo,
}

/// A method and its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// All labellings, each once.
    Exact,
    /// So many random labellings.
    MonteCarlo {
        /// Their number.
        resamples: u64,
    },
}

/// What a labelling costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Well below a microsecond: a kernel computes it.
    Low,
    /// Microseconds: a function of the gathered values, or a program.
    High,
}

impl Method {
    /// The name used in options and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::MonteCarlo { .. } => "monte-carlo",
        }
    }
}

/// The method for a reference set of this size.
///
/// # Errors
/// [`Error::Usage`] when exact enumeration is asked for and out of reach.
pub fn plan(choice: Choice, resamples: Option<u64>, size: &ReferenceSetSize, cost: Cost) -> Result<Method, Error> {
    let is_at_most = |most: u128| size.exact.is_some_and(|size| size <= most);
    // What costs microseconds is enumerated if that takes no longer than resampling would.
    let affordable = match cost {
        Cost::Low => MOST_LABELLINGS,
        Cost::High => u128::from(DEFAULT_RESAMPLES),
    };
    match choice {
        Choice::Exact if is_at_most(MOST_LABELLINGS) => Ok(Method::Exact),
        Choice::Exact => {
            let what = format!(
                "--method exact counts up to {MOST_LABELLINGS} labellings one by one, and there are {}",
                count(size)
            );
            Err(Error::usage(what, "leave it out, and draw resamples with -n"))
        }
        Choice::Auto if resamples.is_none() && is_at_most(affordable) => Ok(Method::Exact),
        Choice::Auto | Choice::MonteCarlo => {
            Ok(Method::MonteCarlo { resamples: resamples.unwrap_or(DEFAULT_RESAMPLES) })
        }
    }
}

fn count(size: &ReferenceSetSize) -> String {
    match size.approximate {
        Some(size) => format!("{size:.1e}"),
        None => format!("1e{:.0}", size.log10.floor()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_labellings_are_enumerated_unless_resamples_are_asked_for() {
        let plan = |choice, resamples, units: usize| {
            plan(choice, resamples, &ReferenceSetSize::subsets(units, units / 2), Cost::Low)
        };
        assert_eq!(plan(Choice::Auto, None, 26).unwrap(), Method::Exact);
        assert_eq!(plan(Choice::Auto, None, 27).unwrap(), Method::MonteCarlo { resamples: DEFAULT_RESAMPLES });
        assert_eq!(plan(Choice::Auto, Some(5), 10).unwrap(), Method::MonteCarlo { resamples: 5 });
        assert_eq!(plan(Choice::MonteCarlo, None, 10).unwrap(), Method::MonteCarlo { resamples: DEFAULT_RESAMPLES });
        assert_eq!(plan(Choice::Exact, None, 10).unwrap(), Method::Exact);
        assert!(plan(Choice::Exact, None, 27).unwrap_err().to_string().contains("there are 2.0e7"));
    }

    #[test]
    fn what_costs_microseconds_is_enumerated_up_to_the_usual_number_of_resamples() {
        let size = ReferenceSetSize::coins(20);
        assert_eq!(plan(Choice::Auto, None, &size, Cost::Low).unwrap(), Method::Exact);
        assert_ne!(plan(Choice::Auto, None, &size, Cost::High).unwrap(), Method::Exact);
        assert_eq!(plan(Choice::Exact, None, &size, Cost::High).unwrap(), Method::Exact);
    }
}
