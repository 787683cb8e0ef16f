//! What a user asks to be tested: a statistic of the catalogue or an expression, and what follows from the choice.

use std::fmt;
use std::str::FromStr;

use super::catalogue::{self, CATALOGUE, Kind, Named, NotNamed};
use super::distance::Side;
use super::expression::evaluate::{Values, evaluate};
use super::expression::{self, Parsed, SyntaxError};
use super::problem::Problem;
use super::{Character, PlaceLabels, Prepared, Shuffled};
use crate::error::Error;
use crate::message::{Message, Setting};

/// A statistic by its name or as an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Definition {
    /// One of the catalogue.
    Named(Named),
    /// An expression.
    Expression(Parsed),
}

impl Definition {
    /// Reads a name of the catalogue or an expression.
    ///
    /// # Errors
    /// [`Error::Usage`] for a wrong parameter, [`Error::Expression`] for what is neither.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let named = |what: String| Message::from(Setting::Statistic).and(what);
        match catalogue::parse(text) {
            Ok(definition) => Ok(definition),
            Err(NotNamed::Parameter { what, remedy }) => Err(Error::usage(named(format!(": {what}")), remedy)),
            Err(NotNamed::Unknown) if is_a_name(text) => {
                let names: Vec<(String, &str)> =
                    CATALOGUE.iter().map(|entry| (entry.to_string(), entry.name)).collect();
                let guess = guess_among(text, names.iter().map(|(typed, name)| (typed.as_str(), *name)));
                Err(Error::usage(
                    named(format!(" {text} is not known")),
                    format!("{guess}permtest statistics lists the names"),
                ))
            }
            Err(NotNamed::Unknown) => expression::parse(text).map(Self::Expression).map_err(SyntaxError::of_statistic),
        }
    }

    /// What it is made of.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Named(named) => named.kind(),
            Self::Expression(parsed) => match parsed.kind {
                expression::Kind::Summary => Kind::Summary,
                expression::Kind::TwoSample => Kind::TwoSample,
            },
        }
    }

    /// The ratio case / control of a summary, in the place of its difference.
    ///
    /// ```
    /// use permtest::{Definition, PermutationTest};
    /// let ratio = Definition::parse("median")?.as_ratio()?;
    /// let result = PermutationTest::new(&[3.0, 6.0, 9.0], &[1.0, 2.0, 4.0])?.run(&ratio)?;
    /// assert_eq!((ratio.to_string().as_str(), result.estimate), ("median(x) / median(y)", 3.0));
    /// # Ok::<(), permtest::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Usage`] for a statistic that is no summary of each group.
    pub fn as_ratio(&self) -> Result<Self, Error> {
        let summary = match self {
            Self::Named(named) => named.expression(),
            Self::Expression(parsed) => Some(parsed.clone()),
        };
        summary.and_then(|summary| summary.as_ratio()).map(Self::Expression).ok_or_else(|| {
            let what = format!("a ratio is one of a number of each group, and {self} is none");
            Error::usage(what, "choose a summary such as mean, or an expression in x or in columns alone")
        })
    }

    /// The value of a statistic of some character under the null hypothesis, `mu` being the difference or ratio that was
    /// named for it, or 0.
    #[must_use]
    pub fn null_value(&self, character: Character, mu: f64) -> f64 {
        match self {
            Self::Named(named) if named.moves_with_the_values() => mu,
            Self::Expression(_) if character == Character::Ratio => {
                if mu == 0.0 {
                    1.0
                } else {
                    mu
                }
            }
            Self::Expression(parsed) if character == Character::Difference => {
                mu * parsed.moves_with_case().unwrap_or(0.0)
            }
            _ => 0.0,
        }
    }

    /// Whether it compares the centres of both samples, as a difference or as a ratio, and takes their spread for the same.
    #[must_use]
    pub fn compares_centres(&self) -> bool {
        match self {
            Self::Named(named) => {
                matches!(named, Named::Mean | Named::T | Named::Median | Named::TrimmedMean(_) | Named::RankSum)
            }
            // Of several columns there is no centre.
            Self::Expression(parsed) if !parsed.columns.is_empty() => false,
            Self::Expression(_) => self.function(None).is_some_and(compares_centres),
        }
    }

    /// Whether it compares case and control within strata, where there are some, and not the pooled groups.
    #[must_use]
    pub fn compares_within_strata(&self) -> bool {
        matches!(self, Self::Named(named) if named.compares_within_strata())
    }

    /// Prepares it for a problem.
    ///
    /// # Errors
    /// [`Error::Data`] for values or a design on which it is not defined, [`Error::Usage`] for a direction that it has not.
    pub fn prepare<'a>(&self, problem: &'a Problem, side: Side) -> Result<Prepared<'a>, Error> {
        if let Some(units) = problem.units() {
            return self.prepare_association(units, problem);
        }
        if problem.is_one_sample()
            && let Some(of_differences) = self.of_differences()?
        {
            let prepared = of_differences.prepare(problem)?;
            return Ok(Prepared { definition: Some(Self::Expression(of_differences)), ..prepared });
        }
        let prepared = match (self, problem.pool().columns()) {
            (Self::Named(_), Some(columns)) => return Err(columns.refuse(&self.to_string())),
            (Self::Named(named), None) => named.prepare(problem, side)?,
            (Self::Expression(parsed), _) => parsed.prepare(problem)?,
        };
        let has_no_direction = prepared.character == Some(Character::Distance) && *self != Self::Named(Named::Ks);
        if has_no_direction && side != Side::Either {
            let what = format!("{self} is a distance, which has no direction");
            return Err(Error::usage(what, "leave out the alternative, or choose ks"));
        }
        Ok(Prepared { definition: Some(self.clone()), ..prepared })
    }

    /// A summary of one sample as one of the differences of its pairs, x − y, whose signs are flipped; `None` where the statistic
    /// of pairs is that already.
    fn of_differences(&self) -> Result<Option<Parsed>, Error> {
        let summary = match self {
            Self::Named(Named::Mean | Named::T | Named::SignedRank) => return Ok(None),
            Self::Named(named) if named.moves_with_the_values() => named.expression(),
            Self::Named(_) => None,
            Self::Expression(parsed) => Some(parsed.clone()),
        };
        let of_differences = summary.and_then(|summary| summary.of_differences());
        of_differences.map(|parsed| Some(Parsed { canonical: self.to_string(), ..parsed })).ok_or_else(|| {
            let what = format!("{self} says nothing of where one sample is centred");
            Error::usage(
                what,
                "choose mean, median, t or signed-rank, or an expression in x that moves with the values",
            )
        })
    }

    /// Of an association an expression is a function of x and y, row by row, of which nothing else is known.
    fn prepare_association<'a>(&self, units: &Shuffled, problem: &'a Problem) -> Result<Prepared<'a>, Error> {
        let Self::Expression(parsed) = self else {
            let what = format!("{self} compares two groups");
            return Err(Error::usage(what, "choose a statistic of several groups, or of an association"));
        };
        let names_both = parsed.kind == expression::Kind::TwoSample && parsed.pairing == expression::Pairing::Needed;
        if !names_both || !matches!(units.labels, PlaceLabels::Numbers(_)) || !units.are_single() {
            let what = format!("{self} does not bring x and y together row by row");
            return Err(Error::usage(what, "multiply or subtract them, as in mean(x * y), or choose pearson"));
        }
        let expression = parsed.two_sample();
        let function = move |x: &[f64], y: &[f64]| evaluate(&expression, Values { case: x, control: y, pooled: &[] });
        Ok(Prepared::floats(super::values::Values::new(problem, 0.0, function)).of_character(Character::Number))
    }
}

/// Whether a function of two samples is a difference of centres, which a shift of one sample changes by as much, or a ratio of
/// them, which a shift changes and which a factor on one sample multiplies; centres, and not quantiles further out, change places
/// with their mirror images. Tried on two samples without symmetry.
fn compares_centres(f: impl Fn(&[f64], &[f64]) -> f64) -> bool {
    const X: [f64; 7] = [3.1, 4.7, 2.2, 9.6, 5.3, 4.1, 7.9];
    const Y: [f64; 6] = [6.4, 1.7, 3.8, 2.9, 8.3, 2.5];
    let map =
        |sample: &[f64], change: &dyn Fn(f64) -> f64| sample.iter().map(|&value| change(value)).collect::<Vec<_>>();
    let value = f(&X, &Y);
    let is = |found: f64, expected: f64| (found - expected).abs() <= 1e-9 * expected.abs().max(1.0);
    let (up, twice, minus) = (|value: f64| value + 1.5, |value: f64| 2.0 * value, |value: f64| -value);
    let [shifted, both_shifted, multiplied, mirrored] = [
        f(&map(&X, &up), &Y),
        f(&map(&X, &up), &map(&Y, &up)),
        f(&map(&X, &twice), &Y),
        f(&map(&X, &minus), &map(&Y, &minus)),
    ];
    let is_difference = is(shifted, value + 1.5) && is(both_shifted, value) && is(mirrored, -value);
    let is_ratio =
        is(multiplied, 2.0 * value) && !is(shifted, value) && !is(both_shifted, value) && is(mirrored, value);
    is_difference || is_ratio
}

/// The statistic with this name, or an error that says what the name is not, with the nearest one.
pub(super) fn one_of<S, const N: usize>(name: &str, all: [(&str, S); N], not: &str) -> Result<S, Error> {
    let names = all.each_ref().map(|&(name, _)| name);
    if let Some((_, statistic)) = all.into_iter().find(|(known, _)| *known == name.trim()) {
        return Ok(statistic);
    }
    let guess = guess(name, names.into_iter());
    let what = Message::from(Setting::Statistic).and(format!(" {} {not}", name.trim()));
    Err(Error::usage(what, format!("{guess}choose one of {}", names.join(", "))))
}

/// `did you mean kendall? `, if a name is like that.
fn guess<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> String {
    guess_among(text, names.map(|name| (name, name)))
}

/// The same for names that are typed with something more.
fn guess_among<'n>(text: &str, names: impl Iterator<Item = (&'n str, &'n str)>) -> String {
    let likeness = |name: &str| strsim::jaro_winkler(name, text);
    let near = names.filter(|(_, name)| likeness(name) > 0.8);
    let nearest = near.max_by(|(_, a), (_, b)| likeness(a).total_cmp(&likeness(b)));
    nearest.map(|(typed, _)| format!("did you mean {typed}? ")).unwrap_or_default()
}

/// Whether a text reads like a name of the catalogue rather than an expression.
fn is_a_name(text: &str) -> bool {
    let name = text.trim().split(':').next().unwrap_or_default();
    let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    is_word && name.starts_with(|c: char| c.is_ascii_alphabetic()) && !["x", "y", "pooled", "pi", "e"].contains(&name)
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(named) => named.fmt(f),
            Self::Expression(parsed) => f.write_str(&parsed.canonical),
        }
    }
}

impl FromStr for Definition {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centres_are_recognised_by_what_a_statistic_does() {
        let compares = |text: &str| Definition::parse(text).unwrap().compares_centres();
        let yes =
            "mean t median trimmed-mean:0.2 rank-sum mean(x)-mean(y) median(x) mean(x)/mean(y) sum(x)/n(x)-mean(y)";
        for text in yes.split(' ') {
            assert!(compares(text), "{text}");
        }
        let no = "welch sd var iqr mad quantile:0.9 min max ks energy sd(x)/sd(y) quantile(x,0.9)-quantile(y,0.9) \
                  mean(log(x))-mean(log(y)) mean(x>3) (mean(x)-mean(y))/sd(pooled)";
        for text in no.split_whitespace() {
            assert!(!compares(text), "{text}");
        }
    }
}
