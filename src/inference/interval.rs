//! Intervals for a proportion that was estimated by counting.

use super::binomial::{Probability, ln_point, upper_tail};

/// The Clopper–Pearson (1934) interval for a proportion of which `count` successes in `n` independent trials were seen.
///
/// The ends L and U solve P(X ≥ count | L) = P(X ≤ count | U) = (1 − confidence)/2, so the interval covers the proportion at least
/// as often as `confidence` says. They are accurate for n up to 10¹² and are then rounded outward to 6 significant digits: the
/// promise is kept, and the bytes do not depend on the last bits of a computation.
///
/// # Panics
///
/// If `count > n`, or `confidence` does not lie strictly between 0 and 1.
///
/// ```
/// use permtest::inference::interval::clopper_pearson;
/// // (1 − U)¹ = 0.025, and (1 − U)² = 0.025.
/// assert_eq!(clopper_pearson(0, 1, 0.95), [0.0, 0.975]);
/// assert_eq!(clopper_pearson(0, 2, 0.95), [0.0, 0.841887]);
/// ```
#[must_use]
pub fn clopper_pearson(count: u64, n: u64, confidence: f64) -> [f64; 2] {
    assert!(count <= n, "no more successes than trials");
    assert!(confidence > 0.0 && confidence < 1.0, "a confidence lies between 0 and 1");
    if n == 0 {
        return [0.0, 1.0];
    }
    let ln_tail = libm::log((1.0 - confidence) / 2.0);
    // The upper end is the lower end for the failures, read as a proportion of successes.
    let low = lower_end(count, n, ln_tail).of_success;
    let high = lower_end(n - count, n, ln_tail).of_failure;
    [round(low, Direction::Down), round(high, Direction::Up).min(1.0)]
}

/// The proportion at which `count` or more successes have the probability `exp(ln_tail)` < 1/2.
fn lower_end(count: u64, n: u64, ln_tail: f64) -> Probability {
    if count == 0 {
        return Probability { of_success: 0.0, of_failure: 1.0 };
    }
    if count == n {
        let ln_success = ln_tail / n as f64;
        return Probability { of_success: libm::exp(ln_success), of_failure: -libm::expm1(ln_success) };
    }
    // ln P(X ≥ count) is increasing and concave in the log odds, so Newton's method climbs to the root from the left, and a start
    // on the right is thrown to the left by the first step. The start is the normal approximation with Chernoff's bound for its
    // quantile, which is a little too far left.
    let (successes, failures) = (count as f64, (n - count) as f64);
    let spread = libm::sqrt(n as f64 / failures / successes);
    let mut logit = libm::log(successes / failures) - libm::sqrt(-2.0 * ln_tail) * spread;
    for _ in 0..MAX_NEWTON_STEPS {
        let tail = upper_tail(count, n, Probability::from_logit(logit));
        let step = (ln_tail - tail.ln) / tail.slope;
        logit += step;
        if step.abs() < 1e-13 * logit.abs().max(1.0) {
            break;
        }
    }
    Probability::from_logit(logit)
}

/// The time-uniform interval for a proportion of which `count` successes in `n` trials were seen when it was decided to stop
/// (Robbins 1970): the p at which (n + 1)·C(n, count)·p^count·(1 − p)^(n − count) exceeds `risk`. Whenever one looks and
/// however often, the proportion has lain in all of these intervals with a probability of at least 1 − `risk`.
///
/// Rounded outward to 6 significant digits.
///
/// # Panics
///
/// If `count > n`, or `risk` does not lie strictly between 0 and 1.
///
/// ```
/// use permtest::inference::interval::time_uniform;
/// // (1 + 1)·(1 − U) = 0.05.
/// assert_eq!(time_uniform(0, 1, 0.05), [0.0, 0.975]);
/// // It is wider than an interval for a number of trials that was fixed beforehand.
/// assert_eq!(time_uniform(12, 242, 0.01), [0.0121972, 0.125214]);
/// ```
#[must_use]
pub fn time_uniform(count: u64, n: u64, risk: f64) -> [f64; 2] {
    assert!(count <= n, "no more successes than trials");
    assert!(risk > 0.0 && risk < 1.0, "a risk lies between 0 and 1");
    if n == 0 {
        return [0.0, 1.0];
    }
    let low = time_uniform_end(count, n, risk).of_success;
    let high = time_uniform_end(n - count, n, risk).of_failure;
    [round(low, Direction::Down), round(high, Direction::Up).min(1.0)]
}

/// The proportion below count/n at which the likelihood has fallen to `risk`/(n + 1).
fn time_uniform_end(count: u64, n: u64, risk: f64) -> Probability {
    if count == 0 {
        return Probability { of_success: 0.0, of_failure: 1.0 };
    }
    let ln_level = libm::log(risk) - libm::log1p(n as f64);
    if count == n {
        let ln_success = ln_level / n as f64;
        return Probability { of_success: libm::exp(ln_success), of_failure: -libm::expm1(ln_success) };
    }
    let mut high = libm::log(count as f64 / (n - count) as f64);
    let is_likely = |logit: f64| ln_point(count, n, Probability::from_logit(logit)) > ln_level;
    let mut step = 1.0;
    while is_likely(high - step) {
        step *= 2.0;
    }
    let mut low = high - step;
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if is_likely(middle) { high = middle } else { low = middle }
    }
    Probability::from_logit(low)
}

/// Enough to bring any interval of log odds down to the last bits of its ends.
const HALVINGS: usize = 80;

/// Newton's method takes about six steps; rounding in the last digit may keep it from ever standing still.
const MAX_NEWTON_STEPS: usize = 40;

/// Where rounding goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Down,
    Up,
}

/// Rounds a number in [0, 1] to 6 significant digits. A number that has 6 digits but for an error of 10⁻¹² is taken for what it is.
fn round(x: f64, direction: Direction) -> f64 {
    let text = format!("{x:.5e}");
    let nearest: f64 = text.parse().expect("a number that was just formatted");
    let is_outward = match direction {
        Direction::Down => nearest <= x,
        Direction::Up => nearest >= x,
    };
    if is_outward || (nearest - x).abs() <= 1e-12 * x {
        return nearest;
    }
    let (mantissa, exponent) = text.split_once('e').expect("scientific notation");
    let digits: i64 = mantissa.replace('.', "").parse().expect("six digits");
    let exponent: i32 = exponent.parse().expect("a whole exponent");
    let digits = match direction {
        Direction::Down => digits - 1,
        Direction::Up => digits + 1,
    };
    format!("{digits}e{}", exponent - 5).parse().expect("a number in scientific notation")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_agree_with_mpmath_on_a_grid_up_to_a_trillion() {
        // mpmath 1.4 at 40 digits, tails summed and solved by bisection (SciPy 1.17 beta.ppf agrees where it converges).
        for (count, n, confidence, low, high) in GRID_ORACLE {
            let [l, h] = clopper_pearson(count, n, confidence);
            assert!(
                l <= low * (1.0 + 1e-12) && (low - l) <= 1.1e-5 * low,
                "low of {count}/{n} at {confidence}: {l} against {low}"
            );
            assert!(
                h >= high && (h - high) <= 1.1e-5 * high,
                "high of {count}/{n} at {confidence}: {h} against {high}"
            );
        }
    }

    #[test]
    fn no_success_in_ten_million_bounds_the_proportion_by_3_7e_minus_7() {
        // 1 − 0.025^(1/10⁷) = 3.688879e-7, and with 0.005 5.298316e-7.
        assert_eq!(clopper_pearson(0, 10_000_000, 0.95), [0.0, 3.68888e-7]);
        assert_eq!(clopper_pearson(0, 10_000_000, 0.99), [0.0, 5.29832e-7]);
    }

    #[test]
    fn the_interval_of_the_failures_is_the_mirror_image() {
        for (count, n) in [(3, 10), (1, 1000), (12_345, 1_000_000)] {
            let [low, high] = clopper_pearson(count, n, 0.99);
            let [mirrored_high, mirrored_low] = clopper_pearson(n - count, n, 0.99).map(|end| 1.0 - end);
            assert!((low - mirrored_low).abs() < 2e-6 && (high - mirrored_high).abs() < 2e-6);
        }
    }

    #[test]
    fn every_interval_holds_its_proportion_and_lies_within_0_and_1() {
        for n in [1, 2, 3, 7, 100, 12_345_678] {
            for count in [0, 1, n / 3, n / 2, n - 1, n] {
                for confidence in [0.01, 0.5, 0.9, 0.99, 0.999_999, 1.0 - f64::EPSILON] {
                    let [low, high] = clopper_pearson(count, n, confidence);
                    let proportion = count as f64 / n as f64;
                    assert!(0.0 <= low && low <= proportion && proportion <= high && high <= 1.0);
                }
            }
        }
    }

    #[test]
    fn no_trials_tell_nothing() {
        assert_eq!(clopper_pearson(0, 0, 0.99), [0.0, 1.0]);
    }

    #[test]
    fn ends_are_rounded_outward_to_six_digits() {
        assert_eq!(round(0.123_456_1, Direction::Down), 0.123_456);
        assert_eq!(round(0.123_456_1, Direction::Up), 0.123_457);
        assert_eq!(round(0.123_456_9, Direction::Down), 0.123_456);
        assert_eq!(round(9.999_999e-8, Direction::Up), 1e-7);
        assert_eq!(round(1.000_000_1e-7, Direction::Down), 1e-7);
        assert_eq!(round(0.999_999_9, Direction::Up), 1.0);
        assert_eq!(round(0.0, Direction::Down), 0.0);
        assert_eq!(round(0.1 + 0.2, Direction::Up), 0.3);
    }

    const GRID_ORACLE: [(u64, u64, f64, f64, f64); 60] = [
        (0, 1, 0.99, 0.0, 0.995),
        (1, 1, 0.99, 0.005_000_000_000_000_004_4, 1.0),
        (0, 2, 0.999_9, 0.0, 0.992_928_932_188_134_9),
        (1, 2, 0.999_9, 2.500_031_250_780_999_2e-05, 0.999_974_999_687_492_1),
        (2, 2, 0.999_9, 0.007_071_067_811_865_086, 1.0),
        (0, 10, 0.95, 0.0, 0.308_497_107_818_760_8),
        (0, 10, 0.99, 0.0, 0.411_295_981_347_525_3),
        (1, 10, 0.95, 0.002_528_578_544_461_787, 0.445_016_117_028_195_4),
        (1, 10, 0.99, 0.000_501_128_575_464_634_3, 0.544_287_056_899_686_8),
        (5, 10, 0.95, 0.187_086_028_447_398_58, 0.812_913_971_552_601_5),
        (5, 10, 0.99, 0.128_310_553_935_083_28, 0.871_689_446_064_916_7),
        (9, 10, 0.95, 0.554_983_882_971_804_7, 0.997_471_421_455_538_2),
        (9, 10, 0.99, 0.455_712_943_100_313_2, 0.999_498_871_424_535_4),
        (10, 10, 0.95, 0.691_502_892_181_239_3, 1.0),
        (10, 10, 0.99, 0.588_704_018_652_474_7, 1.0),
        (0, 1_000, 0.99, 0.0, 0.005_284_306_039_497_442_5),
        (1, 1_000, 0.99, 5.012_529_260_777_511e-06, 0.007_406_286_938_352_937),
        (5, 1_000, 0.99, 0.001_079_506_609_804_738, 0.014_085_148_175_250_56),
        (10, 1_000, 0.99, 0.003_726_782_924_252_682_3, 0.021_276_058_753_616_5),
        (500, 1_000, 0.99, 0.458_852_553_307_045, 0.541_147_446_692_955),
        (999, 1_000, 0.99, 0.992_593_713_061_647, 0.999_994_987_470_739_2),
        (1_000, 1_000, 0.99, 0.994_715_693_960_502_5, 1.0),
        (0, 100_000, 0.999_9, 0.0, 9.902_997_173_396_068e-05),
        (1, 100_000, 0.999_9, 5.000_125_002_916_21e-10, 0.000_125_059_517_603_194_3),
        (5, 100_000, 0.999_9, 3.830_302_874_453_473e-06, 0.000_204_722_279_235_242_69),
        (10, 100_000, 0.999_9, 2.017_847_509_488_56e-05, 0.000_288_047_266_256_575_53),
        (100, 100_000, 0.999_9, 0.000_657_191_656_267_899_7, 0.001_448_582_002_112_09),
        (50_000, 100_000, 0.999_9, 0.493_843_682_773_988_77, 0.506_156_317_226_011_2),
        (99_999, 100_000, 0.999_9, 0.999_874_940_482_396_8, 0.999_999_999_499_987_5),
        (100_000, 100_000, 0.999_9, 0.999_900_970_028_266_1, 1.0),
        (0, 10_000_000, 0.99, 0.0, 5.298_315_962_939_937e-07),
        (1, 10_000_000, 0.99, 5.012_541_822_288_007e-10, 7.430_127_111_445_835e-07),
        (5, 10_000_000, 0.99, 1.077_928_398_141_537_9e-07, 1.414_975_293_767_952e-06),
        (10, 10_000_000, 0.99, 3.716_923_113_306_992e-07, 2.139_781_530_521_869_7e-06),
        (10_000, 10_000_000, 0.99, 0.000_974_441_973_748_833_9, 0.001_026_034_016_545_178),
        (5_000_000, 10_000_000, 0.99, 0.499_592_675_704_610_25, 0.500_407_324_295_389_8),
        (9_999_999, 10_000_000, 0.99, 0.999_999_256_987_288_9, 0.999_999_999_498_745_9),
        (10_000_000, 10_000_000, 0.99, 0.999_999_470_168_403_7, 1.0),
        (0, 1_000_000_000, 0.99, 0.0, 5.298_317_352_511_952e-09),
        (1, 1_000_000_000, 0.99, 5.012_541_823_531_724e-12, 7.430_129_476_391_774e-09),
        (5, 1_000_000_000, 0.99, 1.077_928_242_227_211_5e-09, 1.414_975_934_628_956_7e-08),
        (10, 1_000_000_000, 0.99, 3.716_922_141_285_512_7e-09, 2.139_782_737_770_989_7e-08),
        (1_000_000, 1_000_000_000, 0.99, 0.000_997_427_332_507_540_8, 0.001_002_577_415_862_568_3),
        (500_000_000, 1_000_000_000, 0.99, 0.499_959_272_062_762_64, 0.500_040_727_937_237_3),
        (999_999_999, 1_000_000_000, 0.99, 0.999_999_992_569_870_5, 0.999_999_999_994_987_5),
        (1_000_000_000, 1_000_000_000, 0.99, 0.999_999_994_701_682_7, 1.0),
        (0, 1_000_000_000_000, 0.99, 0.0, 5.298_317_366_533_999_6e-12),
        (1, 1_000_000_000_000, 0.9, 5.129_329_438_754_921e-14, 4.743_864_518_381_698e-12),
        (1, 1_000_000_000_000, 0.99, 5.012_541_823_544_274e-15, 7.430_129_500_256_233e-12),
        (5, 1_000_000_000_000, 0.9, 1.970_149_568_061_529_3e-12, 1.051_303_490_871_255_3e-11),
        (5, 1_000_000_000_000, 0.99, 1.077_928_240_653_894_5e-12, 1.414_975_941_095_828e-11),
        (10, 1_000_000_000_000, 0.9, 5.425_405_697_100_989e-12, 1.696_221_923_566_285_5e-11),
        (10, 1_000_000_000_000, 0.99, 3.716_922_131_476_936e-12, 2.139_782_749_953_232_4e-11),
        (1_000_000_000, 1_000_000_000_000, 0.9, 0.000_999_948_011_741_520_6, 0.001_000_051_990_391_260_2),
        (1_000_000_000, 1_000_000_000_000, 0.99, 0.000_999_918_587_736_537_4, 0.001_000_081_417_010_587_8),
        (500_000_000_000, 1_000_000_000_000, 0.9, 0.499_999_177_572_686_5, 0.500_000_822_427_313_5),
        (500_000_000_000, 1_000_000_000_000, 0.99, 0.499_998_712_084_848_25, 0.500_001_287_915_151_7),
        (999_999_999_999, 1_000_000_000_000, 0.9, 0.999_999_999_995_256_1, 0.999_999_999_999_948_7),
        (999_999_999_999, 1_000_000_000_000, 0.99, 0.999_999_999_992_569_8, 0.999_999_999_999_995),
        (1_000_000_000_000, 1_000_000_000_000, 0.99, 0.999_999_999_994_701_7, 1.0),
    ];
}
