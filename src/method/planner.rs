//! Which method gets the null distribution, from the data and what the user asked for, never from the machine.

use super::enumeration;
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

/// The method for so many units.
///
/// # Errors
/// [`Error::Usage`] when exact enumeration is asked for and out of reach.
pub fn plan(choice: Choice, resamples: Option<u64>, units: usize) -> Result<Method, Error> {
    let few = units <= enumeration::MOST_UNITS;
    match choice {
        Choice::Exact if few => Ok(Method::Exact),
        Choice::Exact => {
            let most = enumeration::MOST_UNITS;
            let what =
                format!("--method exact enumerates all labellings of up to {most} values, but there are {units}");
            Err(Error::usage(what, "leave it out, and draw resamples with -n"))
        }
        Choice::Auto if few && resamples.is_none() => Ok(Method::Exact),
        Choice::Auto | Choice::MonteCarlo => {
            Ok(Method::MonteCarlo { resamples: resamples.unwrap_or(DEFAULT_RESAMPLES) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_units_are_enumerated_unless_resamples_are_asked_for() {
        assert_eq!(plan(Choice::Auto, None, 26).unwrap(), Method::Exact);
        assert_eq!(plan(Choice::Auto, None, 27).unwrap(), Method::MonteCarlo { resamples: DEFAULT_RESAMPLES });
        assert_eq!(plan(Choice::Auto, Some(5), 10).unwrap(), Method::MonteCarlo { resamples: 5 });
        assert_eq!(plan(Choice::MonteCarlo, None, 10).unwrap(), Method::MonteCarlo { resamples: DEFAULT_RESAMPLES });
        assert_eq!(plan(Choice::Exact, None, 10).unwrap(), Method::Exact);
        assert!(plan(Choice::Exact, None, 27).unwrap_err().to_string().contains("there are 27"));
    }
}
