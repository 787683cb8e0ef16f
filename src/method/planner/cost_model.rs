//! What each method would cost, from the data alone.
//!
//! Times are nominal, those of one core of the machine on which they were measured. They rank methods and never depend on
//! the machine that a test runs on, so that the same data are computed in the same way everywhere.

use super::{Method, Reach, Request, affordable_resamples};
use crate::design::ends::ends;
use crate::design::{Design, Exchange, Exchangeable};
use crate::method::exact::addends::Addends;
use crate::method::exact::bounds::Forecast;
use crate::method::exact::cost::Cost;
use crate::method::importance::{self, Side};
use crate::method::splitting::{self, Splitting};
use crate::method::tail::Tail;
use crate::simd::Arch;
use crate::statistic::linear::Linear;
use crate::statistic::{EvaluationCost, Statistic, Thresholds};

/// Units up to which the exact methods and importance sampling are considered: beyond, each takes minutes.
const MOST_UNITS: usize = 20_000;

/// Nominal seconds for one cell of the lattice, and for the first touch of a byte of memory.
const CELL: f64 = 0.35e-9;
const BYTE: f64 = 0.4e-9;

/// Nominal seconds for an entry of the sorted lists.
const ENTRY: f64 = 5e-9;

/// Nominal seconds for the label of a unit that is drawn with a tilt.
const TILTED_LABEL: f64 = 1.2e-9;

/// Labels that importance sampling draws by default, and its fewest and most draws: about a tenth of a second.
const TILTED_LABELS: f64 = 2e8;
const DRAWS: [f64; 2] = [1e4, 1e6];

/// The standard deviation of numbers of which a few lie far from all others, as a multiple of that of the others.
const FAR_OUT: f64 = 10.0;

/// The decimal logarithm of the p-value for which splitting's cost is given where nothing is known of it.
pub const USUAL_DEPTH: f64 = -12.0;

/// What is known of a test before anything is drawn.
#[derive(Clone, Copy)]
pub struct CostModel<'a> {
    /// The design.
    pub design: &'a dyn Design,
    /// What the statistic of a labelling costs.
    pub cost: EvaluationCost,
    /// What is measured.
    pub tail: Tail,
    /// The statistic, if it is an increasing function of one sum, and that sum for the data.
    pub linear: Option<(&'a Linear, i64)>,
    /// The decimal logarithm of the p-value as a few labellings suggest it; `None` where none was looked at.
    pub log10_p: Option<f64>,
}

/// A method that was considered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The method.
    pub method: Method,
    /// What it would do, and how often.
    pub work: Work,
    /// Bytes of memory that grow with the problem.
    pub bytes: f64,
    /// Nominal seconds on one core.
    pub seconds: f64,
    /// Why it cannot be chosen, if it cannot.
    pub infeasible: Option<Infeasible>,
}

/// Numbers of what a method does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Work {
    /// Labellings are looked at.
    Labellings(f64),
    /// Cells are added to cells.
    Cells(f64),
    /// Entries are written to sorted lists.
    Entries(f64),
}

/// Why a method cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Infeasible {
    /// The statistic is no increasing function of one sum.
    NotOneSum,
    /// The design is neither subsets nor coins.
    NoExchange,
    /// The observed sum is not at the end of the sums.
    NotAtTheEnd,
    /// There are too many labellings, or units.
    TooMany,
    /// It would need more memory than it may have.
    Memory,
    /// The null distribution is wanted, labelling by labelling.
    NoLabellings,
    /// Undefined statistics are to be left out.
    LeavesNoneOut,
}

impl Candidate {
    fn impossible(method: Method, infeasible: Infeasible) -> Self {
        Self { method, work: Work::Labellings(0.0), bytes: 0.0, seconds: f64::INFINITY, infeasible: Some(infeasible) }
    }
}

impl CostModel<'_> {
    /// All methods, each with its cost.
    #[must_use]
    pub fn candidates(&self, request: &Request) -> Vec<Candidate> {
        let mut candidates = vec![self.end()];
        candidates.push(self.enumeration());
        candidates.extend(self.sums());
        candidates.push(self.importance(request.resamples));
        candidates.push(self.splitting(request));
        candidates.push(self.monte_carlo(request.resamples));
        for candidate in &mut candidates {
            candidate.infeasible = candidate.infeasible.or_else(|| request.infeasible(candidate));
        }
        candidates
    }

    /// Plain resampling: as often as is asked for or as is affordable.
    #[must_use]
    pub fn monte_carlo(&self, resamples: Option<u64>) -> Candidate {
        let resamples = resamples.unwrap_or_else(|| affordable_resamples(self.labelling()));
        Candidate {
            method: Method::MonteCarlo { resamples },
            work: Work::Labellings(resamples as f64),
            bytes: 0.0,
            seconds: resamples as f64 * self.labelling(),
            infeasible: None,
        }
    }

    /// Nominal seconds for one rank → labelling: next to nothing where labellings follow each other in one word.
    fn unranking(&self) -> f64 {
        let units = self.design.units().len() as f64;
        match self.design.exchange() {
            Exchange::Subsets(strata) if strata.len() > 1 => 40e-9 * strata.len() as f64,
            Exchange::Subsets(_) if units > 64.0 => 25e-9 * units,
            Exchange::Orders(_) => 4e-9 * units,
            Exchange::Subsets(_) | Exchange::Coins | Exchange::Other => 0.0,
        }
    }

    fn enumeration(&self) -> Candidate {
        let size = self.design.reference_set_size();
        match size.exact.and_then(|size| u64::try_from(size).ok()) {
            Some(size) if size < 1 << 60 => Candidate {
                method: Method::Enumeration,
                work: Work::Labellings(size as f64),
                bytes: 0.0,
                seconds: size as f64 * (self.labelling() + self.unranking()),
                infeasible: None,
            },
            _ => Candidate {
                work: Work::Labellings(size.approximate.unwrap_or(f64::INFINITY)),
                ..Candidate::impossible(Method::Enumeration, Infeasible::TooMany)
            },
        }
    }

    /// The share of the most extreme labellings, where the data are one of them.
    fn end(&self) -> Candidate {
        let method = Method::EndOfRange;
        match self.share_at_the_end() {
            // Where there are few labellings they are better counted, in all tails.
            Ok(_) => Candidate { method, work: Work::Labellings(0.0), bytes: 0.0, seconds: 1e-3, infeasible: None },
            Err(infeasible) => Candidate::impossible(method, infeasible),
        }
    }

    /// The p-value of data of which no labelling is more extreme, in closed form.
    ///
    /// # Errors
    /// Why not.
    pub fn share_at_the_end(&self) -> Result<f64, Infeasible> {
        let (linear, observed) = self.linear.ok_or(Infeasible::NotOneSum)?;
        let exchange = self.design.exchange();
        let ends = linear.wide().map_or_else(|| ends(linear.sums(), &exchange), |(sums, _)| ends(sums, &exchange));
        let [smallest, largest] = ends.ok_or(Infeasible::NoExchange)?;
        let Thresholds { greater_equal, less_equal, far_above, far_below, .. } = linear.exact_thresholds(observed);
        if smallest.sum == largest.sum {
            return Ok(1.0);
        }
        let upper = |threshold: i128| match threshold {
            threshold if threshold > largest.sum => Ok(0.0),
            threshold if threshold == largest.sum => Ok(largest.share),
            _ => Err(Infeasible::NotAtTheEnd),
        };
        let lower = |threshold: i128| match threshold {
            threshold if threshold < smallest.sum => Ok(0.0),
            threshold if threshold == smallest.sum => Ok(smallest.share),
            _ => Err(Infeasible::NotAtTheEnd),
        };
        match self.tail {
            Tail::Upper => upper(greater_equal),
            Tail::Lower => lower(less_equal),
            Tail::Absolute => Ok(upper(far_above)? + lower(far_below)?),
            Tail::Doubled => upper(greater_equal).or_else(|_| lower(less_equal)).map(|share| (2.0 * share).min(1.0)),
        }
    }

    /// Lattice, lists and bounds.
    fn sums(&self) -> [Candidate; 3] {
        let methods = [Method::Lattice, Method::MeetInTheMiddle, Method::Bounds];
        let impossible = |infeasible| methods.map(|method| Candidate::impossible(method, infeasible));
        let Some((linear, observed)) = self.linear else { return impossible(Infeasible::NotOneSum) };
        let exchange = self.design.exchange();
        if matches!(exchange, Exchange::Orders(_) | Exchange::Other) {
            return impossible(Infeasible::NoExchange);
        }
        if self.design.units().len() > MOST_UNITS {
            return impossible(Infeasible::TooMany);
        }
        let exact = linear.exact_sums(observed);
        let addends = Addends::new(&exact.sums, &exchange, &[]).expect("subsets or coins");
        let cost = Cost::of(&addends);
        let of = |method, work, bytes: f64, seconds: f64| {
            let infeasible = (!seconds.is_finite()).then_some(Infeasible::TooMany);
            Candidate { method, work, bytes, seconds, infeasible }
        };
        let lattice_seconds = |cells: f64, bytes: f64| CELL * cells + BYTE * bytes;
        let Cost { cells, cell_bytes, entries, entry_bytes, .. } = cost;
        [
            of(Method::Lattice, Work::Cells(cells), cell_bytes, lattice_seconds(cells, cell_bytes)),
            of(Method::MeetInTheMiddle, Work::Entries(entries), entry_bytes, ENTRY * entries + BYTE * entry_bytes),
            match self.slope(linear, observed) {
                Some(slope) => {
                    let Forecast { cells, bytes } = Forecast::of(&exact.sums, &exchange, slope / exact.step as f64);
                    // The coarser lattices before the last one, and two sets of thresholds.
                    of(Method::Bounds, Work::Cells(cells), bytes, 1.3 * lattice_seconds(cells, bytes))
                }
                None => Candidate::impossible(Method::Bounds, Infeasible::TooMany),
            },
        ]
    }

    /// How fast the logarithm of the p-value falls with the observed sum, by the saddlepoint approximation.
    fn slope(&self, linear: &Linear, observed: i64) -> Option<f64> {
        let exchange = self.design.exchange();
        let thresholds = linear.thresholds(observed);
        let [smallest, largest] = ends(linear.sums(), &exchange)?;
        // A step that is small beside the spread of the sums.
        let step = ((largest.sum - smallest.sum) / 10_000).max(1) as i64;
        let tail = |threshold| importance::saddlepoint(linear.sums(), &exchange, Side::Upper, threshold);
        let near = |threshold: i64| {
            let [one, other] = [tail(threshold - step)?, tail(threshold)?];
            Some((libm::log(one / other) / step as f64).abs())
        };
        let is_above = observed as f64 >= linear.centre().approximate();
        let threshold = if is_above { thresholds.far_above } else { thresholds.far_below };
        // The approximation has no value near the mean, where a p-value hardly depends on the sum.
        Some(near(threshold).unwrap_or(0.0).max(slope_among_most(&linear.sums().changes, &exchange)))
    }

    fn importance(&self, draws: Option<u64>) -> Candidate {
        let units = self.design.units().len();
        let draws = draws.unwrap_or((TILTED_LABELS / units as f64).clamp(DRAWS[0], DRAWS[1]) as u64);
        let method = Method::Importance { draws };
        let exchange = self.design.exchange();
        let infeasible = match self.linear {
            None => Some(Infeasible::NotOneSum),
            Some(_) if matches!(exchange, Exchange::Orders(_) | Exchange::Other) => Some(Infeasible::NoExchange),
            Some(_) if units > MOST_UNITS => Some(Infeasible::TooMany),
            Some(_) => None,
        };
        if let Some(infeasible) = infeasible {
            return Candidate::impossible(method, infeasible);
        }
        let tails = if self.tail == Tail::Absolute { 2.0 } else { 1.0 };
        let bytes = tails * importance::table_bytes(&exchange) as f64;
        let drawn = tails * draws as f64;
        let seconds = TILTED_LABEL * drawn * units as f64 + BYTE * bytes;
        Candidate { method, work: Work::Labellings(drawn), bytes, seconds, infeasible: None }
    }

    fn splitting(&self, request: &Request) -> Candidate {
        let replicates = splitting::DEFAULT_REPLICATES;
        let particles = request.resamples.map_or(splitting::DEFAULT_PARTICLES, |n| n.div_ceil(replicates) as usize);
        let particles = particles.max(splitting::FEWEST_PARTICLES);
        let method = Method::Splitting { replicates, particles };
        let splitting = Splitting { replicates, particles, seed: 0, threads: None, arch: Arch::Scalar };
        let Ok(work) = splitting.expected_work(self.design, self.depth()) else {
            return Candidate::impossible(method, Infeasible::NoExchange);
        };
        let bytes = splitting.bytes(self.design) as f64;
        let seconds = self.splitting_seconds(work);
        Candidate { method, work: Work::Labellings(work.evaluations), bytes, seconds, infeasible: None }
    }

    /// The decimal logarithm of the p-value that splitting is expected to find.
    fn depth(&self) -> f64 {
        self.saddlepoint().map(f64::log10).or(self.log10_p).unwrap_or(USUAL_DEPTH)
    }

    /// How far splitting comes in so many nominal seconds.
    #[must_use]
    pub fn reach(&self, method: Method, seconds: f64) -> Option<Reach> {
        let Method::Splitting { replicates, particles } = method else { return None };
        let splitting = Splitting { replicates, particles, seed: 0, threads: None, arch: Arch::Scalar };
        let work = |log10_p| splitting.expected_work(self.design, log10_p).ok();
        let log10_p = splitting::levels::depth_within(seconds, |log10_p| {
            work(log10_p).map_or(f64::INFINITY, |work| self.splitting_seconds(work))
        });
        Some(Reach { evaluations: work(log10_p)?.evaluations as u64, exponent: log10_p.floor() as i32 })
    }

    /// The p-value by the saddlepoint approximation, where the statistic is a sum and not near its mean.
    #[must_use]
    pub fn saddlepoint(&self) -> Option<f64> {
        let (linear, observed) = self.linear?;
        let exchange = self.design.exchange();
        let side = |side, threshold| importance::saddlepoint(linear.sums(), &exchange, side, threshold);
        let Thresholds { greater_equal, less_equal, far_above, far_below, .. } = linear.thresholds(observed);
        match self.tail {
            Tail::Upper => side(Side::Upper, greater_equal),
            Tail::Lower => side(Side::Lower, less_equal),
            Tail::Absolute => Some(side(Side::Upper, far_above)? + side(Side::Lower, far_below)?),
            Tail::Doubled => {
                let smaller = side(Side::Upper, greater_equal)?.min(side(Side::Lower, less_equal)?);
                Some((2.0 * smaller).min(1.0))
            }
        }
    }

    /// Whether looking for anything but plain resampling would take long.
    #[must_use]
    pub fn is_large(&self) -> bool {
        self.design.units().len() > MOST_UNITS
    }
}

/// How fast the logarithm of a p-value of one half falls with the sum where a few units lie far from all others: the sums
/// of the others then scatter far less than all sums do. 0 where no unit lies so far.
fn slope_among_most(changes: &[i64], exchange: &Exchange) -> f64 {
    let median = |numbers: &mut Vec<f64>| {
        numbers.sort_unstable_by(f64::total_cmp);
        numbers[numbers.len() / 2]
    };
    let mut numbers: Vec<f64> = changes.iter().map(|&change| change as f64).collect();
    let middle = median(&mut numbers);
    let mean_square = numbers.iter().map(|number| (number - middle).powi(2)).sum::<f64>() / numbers.len() as f64;
    for number in &mut numbers {
        *number = (*number - middle).abs();
    }
    // The standard deviation of normal numbers is 1.48 times their median distance from the middle.
    let scale = 1.48 * median(&mut numbers);
    if scale == 0.0 || mean_square.sqrt() < FAR_OUT * scale {
        return 0.0;
    }
    let of_stratum = |stratum: &Exchangeable| {
        let (n, m) = (stratum.units.len() as f64, stratum.m as f64);
        m * (n - m) / n
    };
    let units = match exchange {
        Exchange::Subsets(strata) => strata.iter().map(of_stratum).sum(),
        Exchange::Coins | Exchange::Orders(_) | Exchange::Other => changes.len() as f64 / 4.0,
    };
    // The normal density over its tail, in the middle: √(2/π).
    0.8 / (scale * units.sqrt())
}
