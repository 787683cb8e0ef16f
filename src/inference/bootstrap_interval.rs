//! Intervals from bootstrap samples, for any statistic of two samples.
//!
//! The *percentile* interval (Efron 1979) lies between two quantiles of the replicates. *`BCa`* (Efron 1987, equations 2.3
//! and 6.6) takes other quantiles, α′ = Φ(z₀ + (z₀ + z)/(1 − a(z₀ + z))) in place of α = Φ(z):
//!
//! - z₀, the bias: Φ(z₀) is the share of replicates below the statistic of the data, ties counted half;
//! - a, the acceleration: Σ U³/n³ / (6·(Σ U²/n²)^(3/2)) over the observations of all groups, where U = (n − 1)(θ̄ − θ₍ᵢ₎) says
//!   how the statistic of the others, of n in the group, differs from the mean of all these (Efron & Tibshirani 1993,
//!   equation 14.15, for several samples as in `SciPy`).
//!
//! Quantiles are of type 7 (Hyndman & Fan 1996), as in R and `NumPy`.

use super::Alternative;
use super::normal;
use crate::error::Error;
use crate::method::bootstrap::{Bootstrap, Cells, Samples};
use crate::method::inversion::Beyond;
use crate::method::monte_carlo::Watch;
use crate::statistic::{order, tolerance};

/// How an interval is read from the replicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reading {
    /// Between their quantiles.
    Percentile,
    /// Corrected for bias and for a spread that changes with the value.
    #[default]
    Bca,
}

/// An interval, and what it was read from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BootstrapInterval {
    /// Its ends; infinite where a one-sided one has none.
    pub ends: [f64; 2],
    /// The statistic of the data.
    pub observed: f64,
    /// Standard deviation of the replicates.
    pub standard_error: f64,
    /// z₀ and a; `None` for the percentile interval.
    pub correction: Option<Correction>,
}

/// What the `BCa` interval corrects for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correction {
    /// z₀.
    pub bias: f64,
    /// a.
    pub acceleration: f64,
}

/// The bootstrap interval of a statistic of both samples, which must not depend on the order of the values
/// but may rely on pairs.
///
/// It depends on the data, the seed and the number of bootstrap samples alone.
///
/// # Errors
/// [`Error::Data`] for a confidence out of range, for a statistic that is not finite for the data or for some sample, and where
/// the replicates give no interval: all are the same or, for `BCa`, all lie on one side of the statistic of the data, or no
/// observation changes it. [`Error::Interrupted`] when the watch says stop.
///
/// ```
/// use permtest::design::layout::Layout;
/// use permtest::inference::Alternative;
/// use permtest::inference::bootstrap_interval::{Reading, bootstrap_interval};
/// use permtest::method::bootstrap::{Bootstrap, Cells};
/// use permtest::method::monte_carlo::Watch;
///
/// let case = [94.0, 197.0, 16.0, 38.0, 99.0, 141.0, 23.0];
/// let control = [52.0, 104.0, 146.0, 10.0, 51.0, 30.0, 40.0, 27.0, 46.0];
/// let cells = Cells::new(&case, &control, &Layout::default())?;
/// let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
/// let bootstrap = Bootstrap { resamples: 10_000, seed: 1, threads: None };
/// let interval = bootstrap_interval(
///     &bootstrap,
///     &cells,
///     |drawn| mean(&drawn.case) - mean(&drawn.control),
///     Reading::Percentile,
///     Alternative::TwoSided,
///     0.95,
///     &Watch::default(),
/// )?;
/// // Efron and Tibshirani (1993, page 14) print a standard error of 26.85 for this difference, 30.63.
/// assert!((interval.observed - 30.63).abs() < 0.01 && (interval.standard_error - 26.85).abs() < 1.0);
/// # Ok::<(), permtest::error::Error>(())
/// ```
pub fn bootstrap_interval(
    bootstrap: &Bootstrap,
    cells: &Cells,
    statistic: impl Fn(&Samples) -> f64 + Sync,
    reading: Reading,
    alternative: Alternative,
    confidence: f64,
    watch: &Watch,
) -> Result<BootstrapInterval, Error> {
    let beyond = alternative.beyond(confidence)?;
    let observed = cells.observed(&statistic);
    if !observed.is_finite() {
        return Err(Error::data(
            format!("the statistic of the data is {observed}"),
            "choose one that is defined for them",
        ));
    }
    let replicates = ascending(bootstrap.replicates(cells, &statistic, watch)?)?;
    let slack = tolerance(observed, cells.largest(), cells.degree(&statistic));
    if replicates[replicates.len() - 1] - replicates[0] <= slack {
        let what = format!("the statistic is {} for all {} bootstrap samples", replicates[0], replicates.len());
        return Err(Error::data(what, "an interval needs a statistic that varies"));
    }
    let correction = match reading {
        Reading::Percentile => None,
        Reading::Bca => Some(Correction {
            bias: bias(&replicates, observed, slack)?,
            acceleration: acceleration(&bootstrap.left_out(cells, &statistic, watch)?, slack)?,
        }),
    };
    Ok(BootstrapInterval {
        ends: ends(&replicates, beyond, correction)?,
        observed,
        standard_error: standard_deviation(&replicates),
        correction,
    })
}

/// The replicates in ascending order, all of which must be finite.
fn ascending(mut replicates: Vec<f64>) -> Result<Vec<f64>, Error> {
    let undefined = replicates.iter().filter(|replicate| !replicate.is_finite()).count();
    if undefined > 0 {
        let what = format!("the statistic is not a number for {undefined} of {} bootstrap samples", replicates.len());
        return Err(Error::data(what, "choose one that is defined where values are repeated and others left out"));
    }
    replicates.sort_unstable_by(f64::total_cmp);
    Ok(replicates)
}

/// The ends of the interval, from replicates in ascending order.
fn ends(replicates: &[f64], beyond: Beyond, correction: Option<Correction>) -> Result<[f64; 2], Error> {
    let at = |share: f64, z: f64| {
        let share = correction.map_or(Ok(share), |correction| correction.share(z))?;
        Ok(order::quantile(replicates, share))
    };
    let z = |share: f64| inverse_normal(share);
    let low = beyond.low.map_or(Ok(f64::NEG_INFINITY), |share| at(share, z(share)))?;
    let high = beyond.high.map_or(Ok(f64::INFINITY), |share| at(1.0 - share, -z(share)))?;
    Ok([low, high])
}

impl Correction {
    /// Which share of the replicates lies below what would lie below Φ(z) of them without bias and acceleration.
    fn share(self, z: f64) -> Result<f64, Error> {
        let Self { bias, acceleration } = self;
        let divisor = 1.0 - acceleration * (bias + z);
        if divisor <= 0.0 {
            let what =
                format!("with a bias of {bias:.3} and an acceleration of {acceleration:.3} BCa has no such interval");
            return Err(Error::data(what, "lower the confidence, or take the percentile interval"));
        }
        Ok(normal::upper_tail(-(bias + (bias + z) / divisor)))
    }
}

/// z₀; what differs from the statistic of the data by rounding alone is a tie.
fn bias(replicates: &[f64], observed: f64, slack: f64) -> Result<f64, Error> {
    let below = replicates.partition_point(|&replicate| replicate < observed - slack);
    let up_to = replicates.partition_point(|&replicate| replicate <= observed + slack);
    let doubled = below + up_to;
    if doubled == 0 || doubled == 2 * replicates.len() {
        let side = if doubled == 0 { "above" } else { "below" };
        let what = format!("all {} bootstrap samples have a statistic {side} that of the data", replicates.len());
        return Err(Error::data(what, "take the percentile interval, or a statistic that is less biased"));
    }
    Ok(inverse_normal(doubled as f64 / (2.0 * replicates.len() as f64)))
}

/// a, from the statistic with each observation left out, group by group.
fn acceleration(left_out: &[Vec<f64>], slack: f64) -> Result<f64, Error> {
    let undefined = left_out.iter().flatten().filter(|value| !value.is_finite()).count();
    if undefined > 0 {
        let what = format!("the statistic is not a number when one of {undefined} observations is left out");
        return Err(Error::data(what, "take the percentile interval, or a statistic that is defined without them"));
    }
    let influences: Vec<f64> = left_out.iter().flat_map(|values| influences(values)).collect();
    let largest = influences.iter().fold(0.0f64, |largest, influence| largest.max(influence.abs()));
    if largest <= slack {
        let what = "the statistic stays the same whichever observation is left out";
        return Err(Error::data(what, "take the percentile interval"));
    }
    // In units of the largest one, so that no power is out of range.
    let sum_of = |power: i32| influences.iter().map(|influence| (influence / largest).powi(power)).sum::<f64>();
    let squares = sum_of(2);
    Ok(sum_of(3) / (6.0 * squares * squares.sqrt()))
}

/// U/n for each observation of a group.
fn influences(left_out: &[f64]) -> impl Iterator<Item = f64> {
    let (n, origin) = (left_out.len() as f64, left_out.first().copied().unwrap_or(0.0));
    // From one of them, so that a large common part costs no digits.
    let mean = left_out.iter().map(|value| value - origin).sum::<f64>() / n;
    left_out.iter().map(move |value| (n - 1.0) / n * (mean - (value - origin)))
}

/// The z below which a normal variable lies with probability `share`.
fn inverse_normal(share: f64) -> f64 {
    if share <= 0.5 {
        -normal::inverse(normal::upper_tail, share)
    } else {
        normal::inverse(normal::upper_tail, 1.0 - share)
    }
}

fn standard_deviation(replicates: &[f64]) -> f64 {
    let n = replicates.len() as f64;
    let mean = replicates.iter().map(|value| value - replicates[0]).sum::<f64>() / n;
    let squares: f64 = replicates.iter().map(|value| (value - replicates[0] - mean).powi(2)).sum();
    (squares / (n - 1.0)).sqrt()
}
