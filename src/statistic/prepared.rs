//! A statistic made ready for one problem, with what is known of it.

use super::character::{self, Character};
use super::distance::Side;
use super::linear::Linear;
use super::values::Values;
use super::{AssociationStatistic, Definition, GroupStatistic, PlaceLabels, Problem, Statistic, Thresholds};
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::simd::Arch;

/// What a test computes: a name or an expression (`str`, [`Definition`]), a function of two samples, a program, or a type of
/// one's own.
///
/// ```
/// use permtest::PermutationTest;
///
/// let test = PermutationTest::new(&[5.0, 6.0, 9.0], &[1.0, 2.0, 4.0])?;
/// let by_name = test.run("median")?;
/// let by_function = test.run(&|x: &[f64], y: &[f64]| x[1] - y[1])?;
/// assert_eq!((by_name.estimate, by_function.estimate), (4.0, 4.0));
/// # Ok::<(), permtest::error::Error>(())
/// ```
pub trait TestStatistic {
    /// Makes the statistic ready for a problem; `side` is the direction of a distance that has one.
    ///
    /// # Errors
    /// [`Error::Data`] for values or a design on which it is not defined.
    fn prepare<'a>(&'a self, problem: &'a Problem, side: Side) -> Result<Prepared<'a>, Error>;
}

/// A statistic made ready for one problem.
pub struct Prepared<'a> {
    /// What computes it.
    pub evaluator: Evaluator<'a>,
    /// Its name or expression; `None` for functions and the like.
    pub definition: Option<Definition>,
    /// What it is; `None` for one of which nothing is known.
    pub character: Option<Character>,
    /// Whether its mean over all labellings is known, so that distances are measured from there.
    pub is_centred: bool,
    /// Its name, if it is a statistic of two columns that has one.
    pub association: Option<AssociationStatistic>,
    /// Whether it is about the centres of groups alone, and takes their spreads for the same.
    pub compares_centres: bool,
}

/// What computes a statistic: labellings are counted by integers or by floats.
pub enum Evaluator<'a> {
    /// Sums, mostly.
    Integers(Box<dyn Statistic<Replicate = i64> + 'a>),
    /// The statistic itself.
    Floats(Box<dyn Statistic<Replicate = f64> + 'a>),
}

impl<'a> Prepared<'a> {
    /// A statistic of which nothing is known, in integers: its two-sided rule is the absolute one, around 0.
    #[must_use]
    pub fn integers(statistic: impl Statistic<Replicate = i64> + 'a) -> Self {
        Self::unknown(Evaluator::Integers(Box::new(statistic)))
    }

    /// The same in floats.
    #[must_use]
    pub fn floats(statistic: impl Statistic<Replicate = f64> + 'a) -> Self {
        Self::unknown(Evaluator::Floats(Box::new(statistic)))
    }

    fn unknown(evaluator: Evaluator<'a>) -> Self {
        Self {
            evaluator,
            definition: None,
            association: None,
            character: None,
            is_centred: false,
            compares_centres: false,
        }
    }

    /// A difference that increases with a sum, whose mean over all labellings is known.
    pub(super) fn sum(linear: Linear) -> Self {
        Self { is_centred: true, ..Self::integers(linear) }.of_character(Character::Difference)
    }

    /// The same of a known character.
    pub(super) fn of_character(self, character: Character) -> Self {
        Self { character: Some(character), ..self }
    }

    /// The same counted by its logarithm, for a ratio in floats: one that is 0 or less is an error.
    #[must_use]
    pub fn logarithmic(self) -> Self {
        let evaluator = match self.evaluator {
            Evaluator::Floats(ratio) => Evaluator::Floats(Box::new(Logarithm(ratio))),
            integers @ Evaluator::Integers(_) => integers,
        };
        Self { evaluator, ..self }
    }

    /// The sum that the statistic increases with, if it is one.
    #[must_use]
    pub fn linear(&self) -> Option<&Linear> {
        match &self.evaluator {
            Evaluator::Integers(statistic) => statistic.linear(),
            Evaluator::Floats(_) => None,
        }
    }

    /// The statistics of labellings.
    pub(super) fn values(&self, labellings: &Labellings) -> Result<Vec<f64>, Error> {
        match &self.evaluator {
            Evaluator::Integers(statistic) => values(&**statistic, labellings),
            Evaluator::Floats(statistic) => values(&**statistic, labellings),
        }
    }
}

fn values<S: Statistic + ?Sized>(statistic: &S, labellings: &Labellings) -> Result<Vec<f64>, Error> {
    let mut replicates = vec![S::Replicate::default(); labellings.len()];
    statistic.replicates(Arch::Scalar, labellings, &mut replicates)?;
    Ok(replicates.into_iter().map(|replicate| statistic.value(replicate)).collect())
}

impl TestStatistic for Definition {
    fn prepare<'a>(&'a self, problem: &'a Problem, side: Side) -> Result<Prepared<'a>, Error> {
        Definition::prepare(self, problem, side)
    }
}

/// A name or, where two groups or two columns are compared, an expression.
impl TestStatistic for str {
    fn prepare<'a>(&'a self, problem: &'a Problem, side: Side) -> Result<Prepared<'a>, Error> {
        match problem.units().map(|units| &units.labels) {
            None => Definition::parse(self)?.prepare(problem, side),
            Some(PlaceLabels::Groups { .. }) => GroupStatistic::parse(self)?.prepared(problem, side),
            Some(PlaceLabels::Numbers(_)) => match AssociationStatistic::parse(self) {
                Ok(statistic) => statistic.prepared(problem, side),
                Err(unknown) => match Definition::parse(self) {
                    Ok(definition @ Definition::Expression(_)) => definition.prepare(problem, side),
                    Err(error @ Error::Expression { .. }) => Err(error),
                    Ok(Definition::Named(_)) | Err(_) => Err(unknown),
                },
            },
        }
    }
}

/// A function of (case sample, control sample). Both are ascending or, if they are paired, in the order of the pairs. Larger is
/// more in favour of the alternative *greater*; the two-sided absolute rule takes 0 for its centre, so a ratio wants the
/// doubled rule or a logarithm. Of an association it is a function of (x, y), row by row. Values within a [`tolerance`](super::tolerance) of the observed one count as ties.
impl<F: Fn(&[f64], &[f64]) -> f64 + Sync> TestStatistic for F {
    fn prepare<'a>(&'a self, problem: &'a Problem, _: Side) -> Result<Prepared<'a>, Error> {
        if problem.units().is_some_and(|units| matches!(units.labels, PlaceLabels::Groups { .. })) {
            let what = "a function of two samples is none of several groups";
            return Err(Error::usage(what, "wrap it as FunctionOfGroups, or name a statistic such as f"));
        }
        if problem.is_one_sample() {
            let what = "a function of two samples is none of one sample";
            return Err(Error::usage(what, "write an expression in x, such as median(x)"));
        }
        Ok(Prepared::floats(Values::new(problem, 0.0, self)))
    }
}

/// A ratio, counted by its logarithm.
struct Logarithm<'a>(Box<dyn Statistic<Replicate = f64> + 'a>);

impl Statistic for Logarithm<'_> {
    type Replicate = f64;

    fn replicates(&self, arch: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        self.0.replicates(arch, labellings, replicates)?;
        character::take_logarithms(arch, replicates)
    }

    /// An error of the ratio, over it, is one of the logarithm, which has a rounding error of its own.
    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        let ratio = libm::exp(observed);
        let tolerance = ratio - self.0.thresholds(ratio).greater_equal;
        Thresholds::about(0.0, observed, tolerance / ratio + 4.0 * f64::EPSILON * (1.0 + observed.abs()))
    }

    fn value(&self, replicate: f64) -> f64 {
        self.0.value(libm::exp(replicate))
    }

    fn cost(&self) -> super::EvaluationCost {
        self.0.cost()
    }
}
