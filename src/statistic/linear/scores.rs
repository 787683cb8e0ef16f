//! Observations → integers that add up exactly.
//!
//! A statistic that sums over the case units compares sums with the observed sum, ties included. Floats break ties at
//! random: of the 360 labellings that are as extreme as the observed one in Ernst's wing data (2004), a difference of
//! correctly rounded float means (Python's `statistics.fmean`) finds 337, and other orders of operations find from 316
//! to all of them. Integers add up exactly. A decimal number such as 1.72 is taken for what it says, 172 hundredths,
//! though the nearest double says otherwise; all values get as many decimals as the one with the most. Where the
//! decimals do not fit, scores are rounded so that their sum stays below 2⁶², and beside them stand [`Wide`] ones that are
//! not. Values that span too much for these, too, are rounded to the finest binary fraction that fits.

use super::wide::{self, Decimals, Wide};

/// Powers of ten that are exact in f64.
pub(super) const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// Integers below this are exact in f64, so that dividing them by a power of ten rounds only once.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Decimals below this, counted in units of their last place, differ as doubles, too.
const UNIQUE: f64 = EXACT / 2.0;

/// Sums of scores stay below this.
const SUM_LIMIT: i128 = 1 << 62;

/// Values on one integer scale: each is (score · divisor + least) / denominator · unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// Not negative and with no common divisor. Their sum is below 2⁶².
    pub scores: Vec<i64>,
    /// What a score of 0 stands for.
    pub least: i128,
    /// The common divisor that was taken out of the scores.
    pub divisor: i128,
    /// A power of ten for decimal scores, else 1.
    pub denominator: f64,
    /// 1 for decimal scores that are exact.
    pub unit: f64,
    /// Whether the scores say exactly what the values say, as decimals or as binary fractions.
    pub exactness: Exactness,
    /// The power of ten of which the values are whole multiples, if it is not in the denominator.
    pub power: Option<i32>,
    /// What the values say exactly, where the scores do not; `None` also where they span too much.
    pub wide: Option<Wide>,
}

/// Whether scores are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exactness {
    /// Each score is its value.
    Exact,
    /// Values, or the shift, were rounded to the scores' scale.
    Rounded,
}

/// Values and a shift as integers, one of which is worth `unit / denominator`.
struct Scaled {
    integers: Vec<i128>,
    shift: i128,
    denominator: f64,
    unit: f64,
    exactness: Exactness,
}

impl Scores {
    /// Scores of finite values.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        Self::new(values, &[], 0.0)
    }

    /// What a score of 1 is worth.
    #[must_use]
    pub fn step(&self) -> f64 {
        self.divisor as f64 / self.denominator * self.unit
    }

    /// The value of a score.
    #[must_use]
    pub fn value(&self, score: i64) -> f64 {
        let integer = i128::from(score) * self.divisor + self.least;
        match self.power {
            Some(power) => wide::nearest(integer, power),
            None => integer as f64 / self.denominator * self.unit,
        }
    }

    /// The values, as near as doubles can be; `None` where not even the wide scores are exact.
    #[must_use]
    pub fn values(&self) -> Option<Vec<f64>> {
        match (self.exactness, &self.wide, self.power) {
            (Exactness::Exact, ..) => Some(self.scores.iter().map(|&score| self.value(score)).collect()),
            (Exactness::Rounded, Some(wide), Some(power)) => {
                let divisor = self.divisor / wide.step;
                let value = |score: &i128| wide::nearest(score * divisor + self.least, power);
                Some(wide.scores.iter().map(value).collect())
            }
            (Exactness::Rounded, ..) => None,
        }
    }

    /// The scores as exactly as they are known.
    #[must_use]
    pub fn finest(&self) -> Vec<i128> {
        match &self.wide {
            Some(wide) => wide.scores.clone(),
            None => self.scores.iter().map(|&score| score.into()).collect(),
        }
    }

    /// The same scores of values that are whole numbers: each is score · divisor + least.
    #[must_use]
    pub fn in_whole_units(&self, least: i128, divisor: i128) -> Self {
        let wide = self.wide.clone().map(|wide| Wide { unit: (divisor / wide.step) as f64, ..wide });
        let Self { exactness, scores, .. } = self;
        Self {
            scores: scores.clone(),
            least,
            divisor,
            denominator: 1.0,
            unit: 1.0,
            exactness: *exactness,
            power: None,
            wide,
        }
    }

    /// The difference of two values whose [`Scores::finest`] scores differ by this much; for decimals the nearest double.
    #[must_use]
    pub fn difference(&self, difference: i128) -> f64 {
        let integer = difference * (self.divisor / self.wide.as_ref().map_or(1, |wide| wide.step));
        match self.power {
            Some(power) => wide::nearest(integer, power),
            None => integer as f64 / self.denominator * self.unit,
        }
    }

    /// The same scores in another order: observation `order[i]` becomes number i.
    #[must_use]
    pub fn reordered(self, order: &[u32]) -> Self {
        fn in_order<T: Copy>(scores: &[T], order: &[u32]) -> Vec<T> {
            order.iter().map(|&old| scores[old as usize]).collect()
        }
        let wide = self.wide.map(|wide| Wide { scores: in_order(&wide.scores, order), ..wide });
        Self { scores: in_order(&self.scores, order), wide, ..self }
    }

    /// The mean of so many values whose scores have this sum: one division of integers for decimals.
    #[must_use]
    pub fn mean_of(&self, sum: i128, size: usize) -> f64 {
        let numerator = sum * self.divisor + self.least * size as i128;
        // The same number, by an instruction instead of a call.
        let rounded = i64::try_from(numerator).map_or_else(|_| numerator as f64, |numerator| numerator as f64);
        rounded / (self.denominator * size as f64) * self.unit
    }

    /// Scores of two samples of finite values, case values first, with `shift` subtracted from them.
    ///
    /// Where neither narrow nor wide scores can express the shift, it is rounded once, for all case units alike, and breaks
    /// no tie.
    #[must_use]
    pub fn new(case: &[f64], control: &[f64], shift: f64) -> Self {
        let pooled: Vec<f64> = case.iter().chain(control).copied().collect();
        let scaled = decimal(&pooled, shift)
            .or_else(|| decimal_beside_shift(&pooled, shift))
            .unwrap_or_else(|| binary(&pooled, shift));
        if scaled.exactness == Exactness::Rounded
            && let Some(decimals) = Decimals::new(case, control, shift)
        {
            return Self::of_decimals(decimals);
        }
        let mut integers = scaled.integers;
        integers[..case.len()].iter_mut().for_each(|integer| *integer -= scaled.shift);
        let least = integers.iter().copied().min().unwrap_or(0);
        let divisor = wide::reduce(&mut integers, least);
        Self {
            scores: integers.into_iter().map(|integer| integer as i64).collect(),
            least,
            divisor,
            denominator: scaled.denominator,
            unit: scaled.unit,
            exactness: scaled.exactness,
            power: None,
            wide: None,
        }
    }

    /// Scores of decimals that are too long for the usual way: exact if what is left of them fits, else rounded.
    fn of_decimals(Decimals { mut integers, power }: Decimals) -> Self {
        let least = integers.iter().copied().min().unwrap_or(0);
        let divisor = wide::reduce(&mut integers, least);
        let step = wide::step_below(&integers, SUM_LIMIT);
        let scores = integers.iter().map(|&integer| ((integer + step / 2) / step) as i64).collect();
        // Powers of ten that are exact, as far as they go, and none that vanishes.
        let denominator = wide::nearest(1, power.clamp(-300, 0).abs());
        let unit = wide::nearest(1, power.max(0)) * wide::nearest(1, (power + 300).min(0));
        let worth = divisor as f64 / denominator * unit;
        let is_exact = step == 1;
        Self {
            scores,
            least,
            divisor: divisor * step,
            denominator,
            unit,
            exactness: if is_exact { Exactness::Exact } else { Exactness::Rounded },
            power: Some(power),
            wide: (!is_exact).then_some(Wide { scores: integers, step, unit: worth }),
        }
    }
}

/// Values and shift as whole multiples of a power of ten.
fn decimal(values: &[f64], shift: f64) -> Option<Scaled> {
    let power = POWERS_OF_TEN[decimal_places(values.iter().copied().chain([shift]))?];
    let (integers, shift) = (multiples(values, power)?, multiples(&[shift], power)?[0]);
    let scaled = Scaled { integers, shift, denominator: power, unit: 1.0, exactness: Exactness::Exact };
    scaled.fits().then_some(scaled)
}

/// Values as whole multiples of a power of ten, and the shift rounded to as fine a part of it as fits.
fn decimal_beside_shift(values: &[f64], shift: f64) -> Option<Scaled> {
    let power = POWERS_OF_TEN[decimal_places(values.iter().copied())?];
    let largest = values.iter().fold(shift.abs(), |largest, value| largest.max(value.abs()));
    let parts = (SUM_LIMIT as f64 / (8.0 * values.len() as f64 * (largest * power).max(1.0))).floor();
    if parts < 1.0 {
        return None;
    }
    // Below 2⁵³ the parts of a value are counted exactly.
    let parts = parts.min(EXACT);
    let integers = multiples(values, power)?.into_iter().map(|integer| integer * parts as i128).collect();
    let shift = (shift * power * parts).round() as i128;
    let scaled = Scaled { integers, shift, denominator: power, unit: 1.0 / parts, exactness: Exactness::Rounded };
    scaled.fits().then_some(scaled)
}

/// Values and shift rounded to the finest binary fraction that fits.
fn binary(values: &[f64], shift: f64) -> Scaled {
    // Halves, so that the range of the largest doubles does not overflow.
    let (least, most) = values.iter().fold((f64::MAX, f64::MIN), |(l, m), &v| (l.min(v), m.max(v)));
    let half_range = most / 2.0 - least / 2.0 + shift.abs() / 2.0;
    let exponent = if half_range > 0.0 { libm::frexp(half_range).1 + 1 } else { 0 };
    let headroom = values.len().next_power_of_two().trailing_zeros() as i32;
    // All doubles are multiples of 2⁻¹⁰⁷⁴.
    let digits = (61 - headroom - exponent).min(1074);
    let mut exactness = Exactness::Exact;
    let mut integer = |value| {
        let (integer, value_exactness) = shifted_left(value, digits);
        if value_exactness == Exactness::Rounded {
            exactness = Exactness::Rounded;
        }
        integer
    };
    let integers = values.iter().map(|&value| integer(value)).collect();
    let shift = integer(shift);
    Scaled { integers, shift, denominator: 1.0, unit: libm::ldexp(1.0, -digits), exactness }
}

impl Scaled {
    /// Whether sums over all units, of whichever are shifted, stay below the limit.
    fn fits(&self) -> bool {
        let (least, most) = self.integers.iter().fold((i128::MAX, i128::MIN), |(l, m), &i| (l.min(i), m.max(i)));
        (most - least + self.shift.abs()).checked_mul(self.integers.len() as i128).is_some_and(|sum| sum < SUM_LIMIT)
    }
}

/// The least number of decimals with which every value is written exactly, if there is one.
///
/// k/10ᵈ is written with d decimals, and it is the value if the division, which rounds but once, gives the value.
fn decimal_places(values: impl Iterator<Item = f64>) -> Option<usize> {
    let (mut places, mut largest) = (0, 0.0f64);
    for value in values {
        largest = largest.max(value.abs());
        let is_written = |power: &f64| (value * power).round() / power == value;
        places += POWERS_OF_TEN[places..].iter().position(is_written)?;
    }
    ((largest * POWERS_OF_TEN[places]).round() < UNIQUE).then_some(places)
}

/// Values as multiples of 1/power, if they are. A product of 16 digits may be rounded to a neighbour of the decimal.
fn multiples(values: &[f64], power: f64) -> Option<Vec<i128>> {
    let multiple = |&value: &f64| Some((value * power).round()).filter(|multiple| multiple / power == value);
    values.iter().map(|value| multiple(value).map(|multiple| multiple as i128)).collect()
}

/// value · 2^digits rounded half up, and whether that is exact.
fn shifted_left(value: f64, digits: i32) -> (i128, Exactness) {
    let (fraction, exponent) = libm::frexp(value);
    let mantissa = libm::ldexp(fraction, 53) as i128;
    let shift = exponent - 53 + digits;
    if shift >= 0 {
        // By the choice of digits more than 70 means that all values are equal, and any scale will do.
        return (mantissa << shift.min(70), Exactness::Exact);
    }
    let dropped = (-shift).min(100);
    let rounded = (mantissa + (1 << (dropped - 1))) >> dropped;
    (rounded, if rounded << dropped == mantissa { Exactness::Exact } else { Exactness::Rounded })
}

pub(crate) fn greatest_common_divisor(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
