//! How closely two columns go together, and within which interval.
//!
//! A slope has the interval of all β for which the test does not reject that y − βx and x have nothing to do with each other. Of
//! a labelling, with sums S of centred products, that is as extreme as the data exactly where β lies between
//! (Sxy − Sπy)/(Sxx − Sπx) and (Sxy + Sπy)/(Sxx + Sπx), on either side of the observed slope: the limits are order statistics of
//! these ends. Pearson's r and Spearman's ρ have the usual interval by Fisher's z, with the standard errors of Fisher (1921) and
//! of Bonett & Wright (2000); no permutation test is its source.

use super::PermutationTest;
use super::effect::{Effect, EffectInterval, EffectRequest, IntervalKind, Measured};
use crate::design::{Design, RandomBatches, listed};
use crate::error::Error;
use crate::inference::{Alternative, normal};
use crate::message::Message;
use crate::sampling::stream::{Domain, Stream};
use crate::statistic::linear::scores::Scores;
use crate::statistic::shuffled::centred;
use crate::statistic::{AssociationStatistic, PlaceLabels, Problem, Shuffled};

/// Labellings up to which all are listed, and how many are drawn of more.
const MOST_LISTED: u64 = 50_000;
const DRAWN: u64 = 20_000;

impl PermutationTest {
    /// The effect of an association with its interval, if that is wanted and known.
    pub(super) fn association_effect(
        &self,
        problem: &Problem,
        statistic: AssociationStatistic,
        estimate: f64,
    ) -> Result<Effect, Error> {
        let mut effect = Effect { measured: Measured::Statistic, estimate, interval: None, objection: None };
        let (Some(request), Some(units)) = (self.interval, problem.units()) else { return Ok(effect) };
        if request.approach.is_some() {
            let what = format!("the interval of {} is got in one way", statistic.name());
            return Err(Error::usage(what, "leave out how"));
        }
        match self.interval_of(units, problem.design(), statistic, estimate, &request) {
            Ok(interval) => effect.interval = Some(interval),
            Err(why) => effect.objection = Some(why),
        }
        Ok(effect)
    }

    fn interval_of(
        &self,
        units: &Shuffled,
        design: &dyn Design,
        statistic: AssociationStatistic,
        estimate: f64,
        request: &EffectRequest,
    ) -> Result<EffectInterval, Message> {
        let r2 = estimate * estimate;
        match statistic {
            AssociationStatistic::Slope => Ok(self.slopes(units, design, request.confidence)),
            AssociationStatistic::Kendall | AssociationStatistic::DistanceCorrelation => {
                Err(format!("none is known for {} that holds whatever the data", statistic.name()).into())
            }
            _ if units.blocks.len() > 1 || !units.are_single() => {
                Err("Fisher's z is for rows without strata and clusters".into())
            }
            _ if units.len() < 4 => Err("there are fewer than 4 rows".into()),
            AssociationStatistic::Pearson => Ok(self.fisher_z(estimate, 1.0, units.len(), request.confidence)),
            AssociationStatistic::Spearman => {
                Ok(self.fisher_z(estimate, 1.0 + r2 / 2.0, units.len(), request.confidence))
            }
        }
    }

    /// The interval of a correlation whose z has this variance, times n − 3.
    fn fisher_z(&self, r: f64, variance: f64, n: usize, confidence: f64) -> EffectInterval {
        let central = if self.alternative == Alternative::TwoSided { confidence } else { 2.0 * confidence - 1.0 };
        let half = normal::quantile(central) * (variance / (n as f64 - 3.0)).sqrt();
        let z = libm::atanh(r.clamp(-1.0, 1.0));
        let end = |z: f64| if r.abs() >= 1.0 { r } else { libm::tanh(z) };
        let ends = match self.alternative {
            Alternative::TwoSided => [end(z - half), end(z + half)],
            Alternative::Greater => [end(z - half), f64::INFINITY],
            Alternative::Less => [f64::NEG_INFINITY, end(z + half)],
        };
        EffectInterval { ends, kind: IntervalKind::FisherZ, errors: None }
    }

    /// The slopes that the test does not reject.
    fn slopes(&self, units: &Shuffled, design: &dyn Design, confidence: f64) -> EffectInterval {
        let PlaceLabels::Numbers(numbers) = &units.labels else { unreachable!("an association has numbers") };
        let of_rows: Vec<f64> =
            (0..units.len()).flat_map(|unit| std::iter::repeat_n(numbers[unit], units.of(unit).len())).collect();
        let values = |values: &[f64]| {
            let scores = Scores::of(values);
            let centred = centred(&scores.scores, units.observations());
            let worth = centred.unit * scores.step();
            centred.scores.into_iter().map(|score| score as f64 * worth).collect::<Vec<f64>>()
        };
        let (x, y) = (values(&of_rows), values(&units.values));
        let sums =
            |values: &[f64]| (0..units.len()).map(|unit| values[units.of(unit)].iter().sum()).collect::<Vec<f64>>();
        let (x, x_sums, y_sums) =
            ((0..units.len()).map(|unit| x[units.starts[unit]]).collect::<Vec<f64>>(), sums(&x), sums(&y));
        let product =
            |order: &[u64], of: &[f64]| x.iter().zip(order).map(|(x, &unit)| x * of[unit as usize]).sum::<f64>();
        let same = design.observed();
        let (sxx, sxy) = (product(&same, &x_sums), product(&same, &y_sums));
        let mut ends: Vec<[f64; 2]> = Vec::new();
        let mut look =
            |order: &[u64]| ends.push(self.ends_of(sxx, sxy, product(order, &x_sums), product(order, &y_sums)));
        let all = design.reference_set_size().exact.and_then(|size| u64::try_from(size).ok());
        let all = all.filter(|&size| size <= MOST_LISTED);
        if let Some(size) = all {
            listed(design, 0..size).for_each(|batch| batch.words().chunks_exact(design.width()).for_each(&mut look));
        } else {
            let mut words = Vec::new();
            let stream = Stream::new(self.seed, Domain::Inversion, 0);
            RandomBatches::new(design, self.arch, stream).append(DRAWN as usize, design.width(), &mut words);
            words.chunks_exact(design.width()).for_each(&mut look);
        }
        // With so many labellings beyond, a slope is rejected no more; the data are one of all, and stand beside those drawn.
        let level = (1.0 - confidence) * if all.is_some() { ends.len() as f64 } else { ends.len() as f64 + 1.0 };
        let needed = (level + 1e-9).floor() as usize + usize::from(all.is_some());
        let limit = |side: usize| {
            let mut of_side: Vec<f64> = ends.iter().map(|ends| ends[side]).collect();
            of_side.sort_unstable_by(f64::total_cmp);
            let none = [f64::NEG_INFINITY, f64::INFINITY][side];
            let place = needed.checked_sub(1);
            let found =
                place.and_then(|place| if side == 0 { of_side.get(place) } else { of_side.iter().rev().nth(place) });
            found.copied().unwrap_or(none)
        };
        let kind = if all.is_some() { IntervalKind::Exact } else { IntervalKind::Sampled };
        let ends = match self.alternative {
            Alternative::TwoSided => [limit(0), limit(1)],
            Alternative::Greater => [limit(0), f64::INFINITY],
            Alternative::Less => [f64::NEG_INFINITY, limit(1)],
        };
        EffectInterval { ends, kind, errors: None }
    }

    /// Between which slopes a labelling is as extreme as the data.
    fn ends_of(&self, sxx: f64, sxy: f64, of_x: f64, of_y: f64) -> [f64; 2] {
        let ratio = |above: f64, below: f64| {
            // The labelling of the data, or one that looks the same to x.
            if below.abs() > 1e-12 * sxx {
                above / below
            } else if above.abs() <= 1e-12 * (sxy.abs() + of_y.abs()) {
                f64::NAN
            } else {
                above * f64::INFINITY
            }
        };
        let same = ratio(sxy - of_y, sxx - of_x);
        let other = if self.alternative == Alternative::TwoSided { ratio(sxy + of_y, sxx + of_x) } else { same };
        if same.is_nan() || other.is_nan() {
            return [f64::NEG_INFINITY, f64::INFINITY];
        }
        [same.min(other), same.max(other)]
    }
}
