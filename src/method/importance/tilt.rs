//! The tilt: units set with probabilities that make the tail's edge the expected sum.
//!
//! A unit deviates from the extreme labelling (see `tail_distance`) with probability π = 1/(1 + e⁻ˢ), where s = λ − θa for lower
//! units and s = −λ − θa for upper ones. θ ≥ 0 is common to all units; each stratum has its λ, and coins have λ = 0. These
//! are the probabilities logistic(λ + θx) of exponential tilting, written so that they keep their digits near 0 and near 1.
//! λ(θ) makes the expected number of set units m, and θ makes the expected tail distance the wanted one: nested Newton
//! iterations on logarithms, kept within brackets, because the functions are flat where θ is large.
//!
//! Units that were drawn independently with these probabilities would be set in the right numbers on average only, which in
//! a large stratum hardly matters to the tail distance, but in a small one does. There the labellings are few enough to be added
//! up: with Eₖ(L) = Σ e^(−θD) over the k-subsets of L,
//!
//!   Σ e^(−θD) over all labellings = Σₖ Eₖ₊ₛ(lower units)·Eₖ(upper units),
//!
//! s being the surplus, and Σ De^(−θD) and Σ D²e^(−θD) in the same way.

use super::tail_distance::{Constraint, Group, Tail};

/// Most iterations of either kind; a bracket of doubles is halved to nothing in fewer.
const MOST_ITERATIONS: usize = 2200;

/// Units up to which a stratum is small: its labellings are at most C(64, 32) ≈ 2·10¹⁸.
const MOST_SMALL: usize = 64;

/// Changes of a logarithm or a λ below this end an iteration: the error is then about its square.
const TOLERANCE: f64 = 1e-7;

/// A tilt at which the expected tail distance has the wanted value.
#[derive(Debug, Clone)]
pub(super) struct Tilt {
    /// θ for a step of the tail distance: 0 for no tilt.
    pub theta: f64,
    /// How each group is tilted.
    pub groups: Vec<State>,
}

/// A group under a tilt.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    /// λ, which has no meaning yet for a small stratum in a tail.
    pub lambda: f64,
    /// dλ/dθ, from the condition that the number of set units stays what it is.
    slope: f64,
    /// The mean of the tail distance.
    pub mean: f64,
    /// Its variance, given the number of set units where that is fixed: a Schur complement.
    pub variance: f64,
    /// What the saddlepoint approximation adds up.
    pub cumulant: Cumulant,
}

/// The cumulant function of a group, as far as it is needed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cumulant {
    /// That of the labellings: ln Σ e^(−θD).
    Labellings(f64),
    /// That of independent units, whose number of set ones has this variance.
    Units {
        /// Σ π(1 − π).
        count_variance: f64,
    },
}

/// Sums over the units of a group, were they independent.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    /// Expected number of deviating lower units, and of upper ones.
    lower: f64,
    upper: f64,
    /// Σw of both, with w = π(1 − π).
    lower_variance: f64,
    upper_variance: f64,
    /// Σ±wa, positive for lower units.
    covariance: f64,
    /// Σwa².
    square: f64,
    /// The expected tail distance Σπa.
    tail_distance: f64,
}

/// A probability π = 1/(1 + e⁻ˢ), and 1 − π.
#[derive(Debug, Clone, Copy)]
pub(super) struct Probability {
    pub yes: f64,
    pub no: f64,
}

impl Probability {
    fn logistic(s: f64) -> Self {
        let e = libm::exp(-s.abs());
        let (large, small) = (1.0 / (1.0 + e), e / (1.0 + e));
        if s > 0.0 { Self { yes: large, no: small } } else { Self { yes: small, no: large } }
    }

    /// That of the number, 0 or 1, of which this is the expectation.
    pub fn variance(&self) -> f64 {
        self.yes * self.no
    }
}

impl Moments {
    fn state(&self, lambda: f64, constraint: Constraint) -> State {
        let count_variance = self.lower_variance + self.upper_variance;
        let slope = if count_variance > 0.0 { self.covariance / count_variance } else { 0.0 };
        let (slope, variance) = match constraint {
            Constraint::Coins => (0.0, self.square),
            Constraint::Set { .. } => (slope, (self.square - slope * self.covariance).max(0.0)),
        };
        State { lambda, slope, mean: self.tail_distance, variance, cumulant: Cumulant::Units { count_variance } }
    }
}

/// Σ e^(−θD), Σ De^(−θD) and Σ D²e^(−θD) over some subsets of units.
#[derive(Debug, Clone, Copy, Default)]
struct Powers([f64; 3]);

impl Powers {
    /// Those of the k-subsets, for each k.
    fn of_subsets(theta: f64, distances: &[f64]) -> Vec<Self> {
        let mut powers = vec![Self::default(); distances.len() + 1];
        powers[0].0[0] = 1.0;
        for (seen, &a) in distances.iter().enumerate() {
            let weight = libm::exp(-theta * a);
            for k in (0..=seen).rev() {
                let [none, one, two] = powers[k].0;
                powers[k + 1].add([
                    weight * none,
                    weight * (one + a * none),
                    weight * (two + a * (2.0 * one + a * none)),
                ]);
            }
        }
        powers
    }

    fn add(&mut self, other: [f64; 3]) {
        self.0.iter_mut().zip(other).for_each(|(sum, other)| *sum += other);
    }

    /// Those of pairs of subsets, whose tail distances add up.
    fn times(self, other: Self) -> [f64; 3] {
        let ([a, b, c], [d, e, f]) = (self.0, other.0);
        [a * d, a * e + b * d, a * f + 2.0 * b * e + c * d]
    }

    fn state(self) -> State {
        let [none, one, two] = self.0;
        let mean = one / none;
        let variance = (two / none - mean * mean).max(0.0);
        State { lambda: 0.0, slope: 0.0, mean, variance, cumulant: Cumulant::Labellings(libm::log(none)) }
    }
}

impl Group {
    fn moments(&self, theta: f64, lambda: f64) -> Moments {
        let mut moments = Moments::default();
        for &a in &self.lower {
            let Probability { yes, no } = Probability::logistic(lambda - theta * a);
            let weight = yes * no;
            moments.lower += yes;
            moments.lower_variance += weight;
            moments.covariance += weight * a;
            moments.square += weight * a * a;
            moments.tail_distance += yes * a;
        }
        for &a in &self.upper {
            let Probability { yes, no } = Probability::logistic(-lambda - theta * a);
            let weight = yes * no;
            moments.upper += yes;
            moments.upper_variance += weight;
            moments.covariance -= weight * a;
            moments.square += weight * a * a;
            moments.tail_distance += yes * a;
        }
        moments
    }

    /// The probability of each unit, in the order of `units`, to be set.
    pub fn probabilities(&self, theta: f64, lambda: f64) -> Vec<Probability> {
        let lower = self.lower.iter().map(|&a| Probability::logistic(lambda - theta * a));
        let upper = self.upper.iter().map(|&a| {
            let Probability { yes, no } = Probability::logistic(-lambda - theta * a);
            Probability { yes: no, no: yes }
        });
        lower.chain(upper).collect()
    }

    /// The cumulant function at λ and θ less what is linear in the number of set units and in the largest sum: such that
    /// a labelling's probability, were the units independent, is e^(−θD − this).
    pub fn cumulant(&self, theta: f64, lambda: f64) -> f64 {
        let softplus = |s: f64| s.max(0.0) + libm::log1p(libm::exp(-s.abs()));
        let lower: f64 = self.lower.iter().map(|&a| softplus(lambda - theta * a)).sum();
        let upper: f64 = self.upper.iter().map(|&a| softplus(-lambda - theta * a)).sum();
        match self.constraint {
            Constraint::Coins => lower + upper,
            Constraint::Set { surplus, .. } => lower + upper - lambda * surplus as f64,
        }
    }

    /// The group under a tilt, its λ searched from a guess.
    fn state(&self, theta: f64, guess: f64) -> State {
        match self.constraint {
            Constraint::Set { surplus, .. } if self.len() <= MOST_SMALL => self.small_state(theta, surplus),
            _ => {
                let (lambda, moments) = self.balance(theta, guess);
                moments.state(lambda, self.constraint)
            }
        }
    }

    fn small_state(&self, theta: f64, surplus: usize) -> State {
        let [lower, upper] = [&self.lower, &self.upper].map(|distances| Powers::of_subsets(theta, distances));
        let mut sum = Powers::default();
        lower[surplus..].iter().zip(upper).for_each(|(lower, upper)| sum.add(lower.times(upper)));
        sum.state()
    }

    /// λ without a tilt.
    fn flat_lambda(&self) -> f64 {
        match self.constraint {
            Constraint::Coins => 0.0,
            Constraint::Set { m, .. } => libm::log(m as f64 / (self.len() - m) as f64),
        }
    }

    /// The λ at which the expected number of set units is m, searched from a guess, and the moments there.
    fn balance(&self, theta: f64, guess: f64) -> (f64, Moments) {
        let Constraint::Set { surplus, .. } = self.constraint else { return (0.0, self.moments(theta, 0.0)) };
        // Beyond these all units are on one side.
        let farthest = self.lower.iter().chain(&self.upper).fold(0.0, |most: f64, &a| most.max(a));
        let bound = theta * farthest + libm::log(self.len() as f64) + 2.0;
        let mut bracket = Bracket { low: -bound, high: bound };
        let mut lambda = bracket.clamp(guess);
        for _ in 0..MOST_ITERATIONS {
            let moments = self.moments(theta, lambda);
            let wanted = surplus as f64 + moments.upper;
            let excess = libm::log(moments.lower / wanted);
            let slope = moments.lower_variance / moments.lower + moments.upper_variance / wanted;
            bracket.narrow(lambda, excess < 0.0);
            let next = bracket.step(lambda, -excess / slope);
            if (next - lambda).abs() <= TOLERANCE {
                return (lambda, moments);
            }
            lambda = next;
        }
        (lambda, self.moments(theta, lambda))
    }
}

/// An interval in which a root lies.
struct Bracket {
    low: f64,
    high: f64,
}

impl Bracket {
    fn clamp(&self, x: f64) -> f64 {
        x.clamp(self.low, self.high)
    }

    fn narrow(&mut self, x: f64, root_is_above: bool) {
        if root_is_above { self.low = x } else { self.high = x }
    }

    /// Newton's next point; the middle where that lies outside, or twice as far where there is no upper bound yet.
    fn step(&self, x: f64, by: f64) -> f64 {
        let next = x + by;
        if self.low < next && next < self.high {
            next
        } else if by == 0.0 {
            x
        } else if self.high.is_finite() {
            f64::midpoint(self.low, self.high)
        } else {
            2.0 * x
        }
    }
}

impl Tilt {
    /// No tilt.
    pub fn none(tail: &Tail) -> Self {
        Self { theta: 0.0, groups: tail.groups.iter().map(|group| group.state(0.0, group.flat_lambda())).collect() }
    }

    /// The tilt with an expected tail distance of so many steps, more than 0. `None` where the expectation without a tilt is no
    /// greater.
    pub fn new(tail: &Tail, tail_distance: f64) -> Option<Self> {
        let mut tilt = Self::none(tail);
        if tail_distance >= tilt.mean() {
            return None;
        }
        let mut bracket = Bracket { low: 0.0, high: f64::INFINITY };
        for _ in 0..MOST_ITERATIONS {
            let excess = libm::log(tilt.mean() / tail_distance);
            bracket.narrow(tilt.theta, excess > 0.0);
            if excess.abs() <= TOLERANCE {
                break;
            }
            let next = bracket.step(tilt.theta, excess * tilt.mean() / tilt.variance());
            if next == tilt.theta {
                break;
            }
            tilt.move_to(tail, next);
        }
        Some(tilt)
    }

    /// The expected tail distance.
    fn mean(&self) -> f64 {
        self.groups.iter().map(|state| state.mean).sum()
    }

    /// The variance of the tail distance, given the numbers of set units.
    pub fn variance(&self) -> f64 {
        self.groups.iter().map(|state| state.variance).sum()
    }

    /// The λ of each group, those of small strata included.
    pub fn lambdas(&self, tail: &Tail) -> Vec<f64> {
        let lambda = |(group, state): (&Group, &State)| match state.cumulant {
            Cumulant::Units { .. } => state.lambda,
            Cumulant::Labellings(_) => group.balance(self.theta, group.flat_lambda()).0,
        };
        tail.groups.iter().zip(&self.groups).map(lambda).collect()
    }

    fn move_to(&mut self, tail: &Tail, theta: f64) {
        for (group, state) in tail.groups.iter().zip(&mut self.groups) {
            *state = group.state(theta, state.lambda + (theta - self.theta) * state.slope);
        }
        self.theta = theta;
    }
}
