//! What a few labellings suggest of a p-value, before anything is counted: whether it is near 1e-3 or 1e-30.
//!
//! The labellings are the same whatever the seed, so that what is planned by them depends on the data alone.

use std::f64::consts::LN_10;

use super::monte_carlo::MonteCarlo;
use super::tail::Tail;
use crate::design::Design;
use crate::error::Error;
use crate::sampling::stream::{Domain, Stream};
use crate::simd::Arch;
use crate::statistic::{NullShape, Statistic};

/// Labellings that are looked at, and where there are very many units.
const FEW: u64 = 256;
const FEWER: u64 = 64;
const MANY_UNITS: usize = 50_000;

/// The decimal logarithm of the p-value if the null distribution had the shape that it is taken for; `None` where a few labellings do not show
/// its spread.
///
/// # Errors
/// Whatever the statistic fails with.
pub fn log10_p<S: Statistic + ?Sized>(
    design: &dyn Design,
    statistic: &S,
    observed: S::Replicate,
    tail: Tail,
    arch: Arch,
) -> Result<Option<f64>, Error> {
    let resamples = if design.units().len() > MANY_UNITS { FEWER } else { FEW };
    let draws = MonteCarlo { resamples, seed: 0, threads: Some(1), arch };
    let mut values = Vec::new();
    draws.replicates(design, statistic, Stream::new(0, Domain::Bins, 0), resamples, |replicates| {
        values.extend(replicates.iter().map(|&replicate| statistic.value(replicate)));
    })?;
    values.retain(|value| value.is_finite());
    let mean = |of: &dyn Fn(f64) -> f64| values.iter().map(|&value| of(value)).sum::<f64>() / values.len() as f64;
    let observed = statistic.value(observed);
    let logarithm = match statistic.null_shape() {
        NullShape::Normal => {
            let centre = mean(&|value| value);
            let z = (observed - centre) / mean(&|value| (value - centre).powi(2)).sqrt();
            log_of_normal_tail(match tail {
                Tail::Upper => z,
                Tail::Lower => -z,
                Tail::Absolute | Tail::Doubled => z.abs(),
            })
        }
        NullShape::Exponential { power, rate } => -rate * observed.powi(power) / mean(&|value| value.powi(power)),
    };
    // No p-value is smaller than the share of one labelling.
    let least = -design.reference_set_size().log10.max(0.0);
    Ok(logarithm.is_finite().then_some((logarithm / LN_10).clamp(least, 0.0)))
}

/// The natural logarithm of the upper tail, within a fifth of the tail for z ≥ 0 and far beyond the range of f64: the
/// density over a mean of z and √(z² + c), which is exact at 0 and for large z.
fn log_of_normal_tail(z: f64) -> f64 {
    let z = z.max(0.0);
    -0.5 * z * z - libm::log(1.64 * z + (0.76 * z * z + 4.0).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::normal::upper_tail;

    #[test]
    fn the_normal_tail_is_near_enough() {
        for z in [0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 37.0] {
            let exact = libm::log(upper_tail(z));
            assert!((log_of_normal_tail(z) - exact).abs() < 0.2, "{z}: {} {exact}", log_of_normal_tail(z));
        }
        assert!(log_of_normal_tail(1e5) < -4.9e9);
    }
}
