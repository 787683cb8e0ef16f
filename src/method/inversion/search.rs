//! A search for the shifts that a test does not reject, where its p-value can only be had shift by shift.
//!
//! On the way out from the shift of the data, where no test rejects, the p-value of a statistic of location falls: with a
//! summary that never falls when a value rises, and with ranks, each labelling that stops being as extreme as the data
//! has stopped for good. An end is bracketed between a shift that is rejected and one that is not. √(−ln p) is nearly
//! linear in the shift, so that interpolation closes in soon.
//!
//! Statistics that are divided by a spread may rise again further out. For these the search looks on, a while, for shifts
//! that are not rejected, and then begins anew from there: the end is that of the hull.

use crate::error::Error;

/// Probes beyond an end for shifts that are not rejected, in steps of this part of the distance to the end.
const PROBES_BEYOND: u32 = 24;
const PART_BEYOND: f64 = 1.0 / 32.0;

/// Probes until the bracket is taken as it is.
const MOST_PROBES: usize = 400;

/// The p-value of a shift.
pub type PValueOf<'a> = dyn Fn(f64) -> Result<f64, Error> + 'a;

/// A search for one end.
pub struct Search<'a> {
    /// The p-value of a shift.
    pub p: &'a PValueOf<'a>,
    /// The level: what is no more is rejected.
    pub level: f64,
    /// The shift of the data, which is not rejected but for a single tail at a level that is no small one.
    pub centre: f64,
    /// Where the end may be.
    pub guess: f64,
    /// A shift on the same side, beyond which the test no longer changes.
    pub far: f64,
    /// One on the other side, where a single tail holds everything.
    pub opposite: f64,
    /// Whether p may rise on the way out.
    pub may_rise: bool,
}

/// Two shifts between which an end lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bracket {
    /// A shift that is rejected.
    pub outside: f64,
    /// A shift that is not.
    pub inside: f64,
}

/// A shift and its p-value.
#[derive(Clone, Copy)]
struct Probe {
    shift: f64,
    p: f64,
}

/// Whether a p-value is small enough, at a level that may be a little less than what it stands for: 1 − 0.9 is.
#[must_use]
pub fn rejects(p: f64, level: f64) -> bool {
    p <= level + f64::EPSILON
}

impl Search<'_> {
    /// Brackets the end until `is_near` enough; `None` where no shift is rejected on this side.
    ///
    /// # Errors
    /// What the p-value fails with.
    pub fn run(&self, is_near: impl Fn(Bracket) -> bool) -> Result<Option<Bracket>, Error> {
        let far = self.probe(self.far)?;
        if !self.rejects(far) {
            return Ok(None);
        }
        let centre = self.probe(self.centre)?;
        if self.rejects(centre) {
            return self.narrow(Probe { shift: self.opposite, p: 1.0 }, centre, is_near).map(Some);
        }
        let mut inside = centre;
        let mut step = self.guess - self.centre;
        loop {
            let outside = self.go_out(&mut inside, far, step)?;
            let bracket = self.narrow(inside, outside, &is_near)?;
            match if self.may_rise { self.look_beyond(bracket)? } else { None } {
                Some(found) => {
                    inside = found;
                    step = PART_BEYOND * (found.shift - self.centre);
                }
                None => return Ok(Some(bracket)),
            }
        }
    }

    fn probe(&self, shift: f64) -> Result<Probe, Error> {
        Ok(Probe { shift, p: (self.p)(shift)? })
    }

    fn rejects(&self, probe: Probe) -> bool {
        rejects(probe.p, self.level)
    }

    /// The first shift that is rejected, in steps that grow.
    fn go_out(&self, inside: &mut Probe, far: Probe, mut step: f64) -> Result<Probe, Error> {
        let is_short = |shift: f64| (far.shift - shift).signum() == (far.shift - self.centre).signum();
        let start = inside.shift;
        loop {
            let shift = start + step;
            if shift == inside.shift {
                step = if step == 0.0 { (far.shift - self.centre) / 1024.0 } else { 2.0 * step };
                continue;
            }
            if !is_short(shift) {
                return Ok(far);
            }
            let probe = self.probe(shift)?;
            if self.rejects(probe) {
                return Ok(probe);
            }
            *inside = probe;
            step *= 2.0;
        }
    }

    fn narrow(
        &self,
        mut inside: Probe,
        mut outside: Probe,
        is_near: impl Fn(Bracket) -> bool,
    ) -> Result<Bracket, Error> {
        for turn in 0..MOST_PROBES {
            let bracket = Bracket { outside: outside.shift, inside: inside.shift };
            if is_near(bracket) {
                break;
            }
            let share = self.share_of_the_way(inside, outside, turn);
            let mut shift = inside.shift + share * (outside.shift - inside.shift);
            let is_between = |shift: f64| shift != inside.shift && shift != outside.shift;
            if !is_between(shift) {
                shift = inside.shift.midpoint(outside.shift);
            }
            if !is_between(shift) {
                break;
            }
            let probe = self.probe(shift)?;
            if self.rejects(probe) { outside = probe } else { inside = probe }
        }
        Ok(Bracket { outside: outside.shift, inside: inside.shift })
    }

    /// Where the level is reached by interpolation, a little further out or in, in turn, so that both sides come nearer;
    /// every third time in the middle, so that it does not take long where p jumps.
    fn share_of_the_way(&self, inside: Probe, outside: Probe, turn: usize) -> f64 {
        let height = |p: f64| (-libm::log(p.clamp(1e-300, 1.0))).sqrt();
        let (from, to) = (height(inside.p), height(outside.p));
        let share = (height(self.level) - from) / (to - from);
        if turn % 3 == 2 || !share.is_finite() {
            return 0.5;
        }
        let aside = 0.1 * share.min(1.0 - share);
        let share = if turn.is_multiple_of(3) { share + aside } else { share - aside };
        share.clamp(0.01, 0.99)
    }

    /// A shift further out that is not rejected after all.
    fn look_beyond(&self, Bracket { outside, inside }: Bracket) -> Result<Option<Probe>, Error> {
        let step = PART_BEYOND * (inside - self.centre);
        let mut found = None;
        for turn in 1..=PROBES_BEYOND {
            let shift = outside + f64::from(turn) * step;
            if shift == outside || (self.far - shift).signum() != (self.far - self.centre).signum() {
                break;
            }
            let probe = self.probe(shift)?;
            if !self.rejects(probe) {
                found = Some(probe);
            } else if probe.p <= self.level / 4.0 {
                break;
            }
        }
        Ok(found)
    }
}

impl Bracket {
    /// The shortest decimal in the bracket, both ends included.
    #[must_use]
    pub fn shortest(self) -> f64 {
        let (low, high) = (self.outside.min(self.inside), self.outside.max(self.inside));
        if low <= 0.0 && 0.0 <= high {
            return 0.0;
        }
        let middle = low.midpoint(high);
        let rounded = |digits: usize| format!("{middle:.digits$e}").parse::<f64>().ok();
        let is_between = |x: &f64| low <= *x && *x <= high;
        (0..17).filter_map(rounded).find(is_between).unwrap_or(self.inside)
    }

    /// Whether both shifts are no further apart than this part of their distance from a centre, or than rounding at the size
    /// of the values.
    #[must_use]
    pub fn is_within(self, part: f64, centre: f64, largest: f64) -> bool {
        let width = (self.outside - self.inside).abs();
        width <= part * (self.outside - centre).abs() || width <= 4.0 * f64::EPSILON * largest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn smooth_p_values_take_few_probes() {
        let probes = Cell::new(0);
        // That of a normal variable with mean 3 and standard deviation 2.
        let p = |shift: f64| {
            probes.set(probes.get() + 1);
            Ok(libm::erfc((3.0 - shift).abs() / 2.0 * std::f64::consts::FRAC_1_SQRT_2))
        };
        let search = Search { p: &p, level: 0.05, centre: 3.0, guess: 0.1, far: -1e9, opposite: 1e9, may_rise: false };
        let bracket = search.run(|bracket| bracket.is_within(1e-9, 3.0, 0.0)).unwrap().unwrap();
        assert!((bracket.inside - (3.0 - 2.0 * 1.959_963_984_540_054)).abs() < 1e-8, "{bracket:?}");
        assert!(probes.get() < 25, "{} probes", probes.get());
    }

    #[test]
    fn a_hole_is_looked_across() {
        // Rejected from 2 on, but not from 2.3 to 2.4.
        let p = |shift: f64| {
            Ok(if shift < 2.0 {
                1.0 - 0.47 * shift
            } else if (2.3..2.4).contains(&shift) {
                0.06
            } else {
                0.05
            })
        };
        let search =
            |may_rise| Search { p: &p, level: 0.05, centre: 0.0, guess: 1.0, far: 100.0, opposite: -100.0, may_rise };
        let end = |may_rise| search(may_rise).run(|bracket| bracket.is_within(1e-9, 0.0, 0.0)).unwrap().unwrap();
        assert!((end(false).inside - 2.0).abs() < 1e-7 && (end(true).inside - 2.4).abs() < 1e-7);
    }

    #[test]
    fn brackets_are_read_as_short_decimals() {
        let shortest = |outside, inside| Bracket { outside, inside }.shortest();
        assert_eq!(shortest(2.499_999_999_1, 2.500_000_000_3), 2.5);
        assert_eq!(shortest(0.881, 0.879), 0.88);
        assert_eq!(shortest(-1e-9, 1e-9), 0.0);
        assert_eq!(shortest(1.25, 1.25), 1.25);
    }
}
