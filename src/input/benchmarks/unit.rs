//! Units of measurement: which of them are times, and how one time unit becomes another.

/// A unit as a benchmark tool writes it: `s`, `ns`, `ns/op`, `B/op`, `MB/s`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit(pub String);

/// The power of ten, in seconds, of each spelling that the tools have for a unit of time.
const TIMES: [(&str, i32); 8] =
    [("s", 0), ("sec", 0), ("ms", -3), ("us", -6), ("µs", -6), ("μs", -6), ("ns", -9), ("ps", -12)];

impl Unit {
    /// A unit by its spelling.
    pub fn new(spelling: impl Into<String>) -> Self {
        Self(spelling.into())
    }

    /// Whether it is a unit of time, or of time per operation.
    #[must_use]
    pub fn is_time(&self) -> bool {
        self.power().is_some()
    }

    /// The power of ten of a unit of time; a time per operation is the time of one operation.
    fn power(&self) -> Option<i32> {
        let spelling = self.0.strip_suffix("/op").unwrap_or(&self.0);
        TIMES.iter().find(|(known, _)| *known == spelling).map(|(_, power)| *power)
    }

    /// Whether values in one unit can be compared with values in the other, after [`Unit::convert`].
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        self == other || (self.is_time() && other.is_time())
    }

    /// Turns a value in this unit into one in a unit that agrees with it.
    ///
    /// A power of ten is exact as a factor and as a divisor, so that no more than one rounding happens.
    ///
    /// ```
    /// use permtest::input::benchmarks::Unit;
    /// assert_eq!(Unit::new("ms").convert(1.5, &Unit::new("ns/op")), 1_500_000.0);
    /// assert_eq!(Unit::new("us").convert(1.5, &Unit::new("s")), 0.000_001_5);
    /// ```
    #[must_use]
    pub fn convert(&self, value: f64, to: &Self) -> f64 {
        match (self.power(), to.power()) {
            (Some(from), Some(to)) if from > to => value * power_of_ten(from - to),
            (Some(from), Some(to)) => value / power_of_ten(to - from),
            _ => value,
        }
    }
}

/// A power of ten up to 10¹², exactly.
fn power_of_ten(exponent: i32) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * 10.0)
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(spelling: &str) -> Unit {
        Unit::new(spelling)
    }

    #[test]
    fn times_agree_with_times_and_all_else_with_itself() {
        assert!(unit("ns/op").agrees_with(&unit("s")));
        assert!(unit("sec/op").agrees_with(&unit("us")));
        assert!(unit("B/op").agrees_with(&unit("B/op")));
        assert!(!unit("B/op").agrees_with(&unit("ns/op")));
        assert!(!unit("MB/s").agrees_with(&unit("B/s")));
    }

    #[test]
    fn a_conversion_rounds_once() {
        // 2⁻¹³, which is a double, and so is the result.
        assert_eq!(unit("s").convert(0.000_122_070_312_5, &unit("us")), 122.070_312_5);
        assert_eq!(unit("ns").convert(123.4, &unit("s")), 123.4e-9);
        assert_eq!(unit("B/op").convert(123.4, &unit("B/op")), 123.4);
        assert_eq!(unit("µs").convert(123.4, &unit("us")), 123.4);
    }
}
