//! How large a difference is, on scales of their own: what a p-value does not say.
//!
//! | two samples | formula | source |
//! |---|---|---|
//! | relative change | (x̄ − ȳ)/\|ȳ\| | |
//! | Cohen's d | (x̄ − ȳ)/s, s² = ((m−1)s₁² + (n−1)s₂²)/(m+n−2) | Cohen 1988, section 2.5 |
//! | Hedges' g | d·Γ(ν/2)/(√(ν/2)·Γ((ν−1)/2)), ν = m+n−2 | Hedges 1981, equation 6e |
//! | Cliff's δ | (#{x > y} − #{x < y})/mn | Cliff 1993 |
//! | Hodges–Lehmann shift | median of all mn differences x − y | Hodges & Lehmann 1963 |
//!
//! | pairs | formula | source |
//! |---|---|---|
//! | relative change | d̄/\|ȳ\| | |
//! | `d_z` | d̄ by the standard deviation of the differences | Cohen 1988, equation 2.3.5 |
//! | Hodges–Lehmann shift | median of the means of all two differences, each with itself too | Hodges & Lehmann 1963 |
//!
//! Within strata, of which stratum s has mₛ case and nₛ control observations, Nₛ in all:
//!
//! | strata | formula |
//! |---|---|
//! | difference of means | the weighted mean of those within the strata: see [`within`] |
//! | relative change | the same by the magnitude of the control means' mean, of the same weights mₛ·nₛ/Nₛ |
//! | Cohen's d, Hedges' g | the same by s, the root of the mean of the groups' variances within all strata, ν = N − their number |
//! | Cliff's δ | comparisons within strata only, each of weight 1/(Nₛ + 1) as in van Elteren's test |
//! | Hodges–Lehmann shift | median of the differences within strata, of the same weights 1/(Nₛ + 1) |
//!
//! Differences are those of the integers of [`Scores`]: 1.1 − 1 is 0.1, and tied decimals tie. Medians of differences are found
//! by halving the range of integers and counting in one pass over both sorted samples how many differences lie below: 64
//! passes at most, and no list of differences.

use serde::Serialize;

use super::classical::student::gamma_ratio;
use super::summary::Summary;
use crate::error::Error;
use crate::statistic::linear::scores::Scores;
use crate::statistic::linear::within;

/// The effect sizes of two independent samples; each of them is case against control.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Effects {
    /// Difference of means.
    pub mean_difference: f64,
    /// The same as a share of the magnitude of the control mean; `None` where that is 0.
    pub relative_change: Option<f64>,
    /// Difference of means in pooled standard deviations; `None` where these are 0 or there are no two values in a group.
    pub cohens_d: Option<f64>,
    /// Cohen's d without its bias in small samples; `None` for fewer than four values, too.
    pub hedges_g: Option<f64>,
    /// How much more often a case value is the greater one than the smaller one: from −1 to 1.
    pub cliffs_delta: f64,
    /// The median of all differences of a case and a control value.
    pub hodges_lehmann: f64,
}

/// The effect sizes of pairs, case − control.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PairedEffects {
    /// Mean of the differences.
    pub mean_difference: f64,
    /// The same as a share of the magnitude of the control mean; `None` where that is 0.
    pub relative_change: Option<f64>,
    /// Mean of the differences in standard deviations of the differences; `None` where these are 0 or there is one pair.
    pub d_z: Option<f64>,
    /// The median of the means of all two differences.
    pub hodges_lehmann: f64,
}

impl Effects {
    /// The effect sizes of two samples of finite values, in any order. Takes O(N log N).
    ///
    /// # Errors
    /// [`Error::Data`] when a sample is empty or holds a value that is not finite.
    ///
    /// ```
    /// use permtest::inference::effect::Effects;
    /// let effects = Effects::of(&[3.0, 5.0, 7.0], &[1.0, 2.0, 3.0])?;
    /// assert_eq!((effects.mean_difference, effects.relative_change), (3.0, Some(1.5)));
    /// // The pooled variance is (8 + 2)/4, and of nine pairs eight have the greater value in the case, one has a tie.
    /// assert!((effects.cohens_d.unwrap() - 3.0 / 2.5f64.sqrt()).abs() < 1e-12);
    /// assert_eq!((effects.cliffs_delta, effects.hodges_lehmann), (8.0 / 9.0, 3.0));
    /// # Ok::<(), permtest::error::Error>(())
    /// ```
    pub fn of(case: &[f64], control: &[f64]) -> Result<Self, Error> {
        Self::within_strata(case, control, &vec![0; case.len() + control.len()])
    }

    /// The effect sizes within strata: those of all observations of the case sample first.
    ///
    /// # Errors
    /// As [`Effects::of`], and where there is not a stratum for each observation, or none with both groups.
    ///
    /// ```
    /// use permtest::inference::effect::Effects;
    /// // Differences 2 of 1 + 1 observations and 5 of 1 + 2: their weights are 1/2 and 2/3.
    /// let effects = Effects::within_strata(&[3.0, 17.0], &[1.0, 11.0, 13.0], &[0, 1, 0, 1, 1])?;
    /// assert!((effects.mean_difference - (0.5 * 2.0 + 5.0 * 2.0 / 3.0) * 6.0 / 7.0).abs() < 1e-12);
    /// // The differences 2, 4 and 6 weigh 1/3, 1/4 and 1/4.
    /// assert_eq!((effects.hodges_lehmann, effects.cliffs_delta), (4.0, 1.0));
    /// # Ok::<(), permtest::error::Error>(())
    /// ```
    pub fn within_strata(case: &[f64], control: &[f64], stratum_of: &[u32]) -> Result<Self, Error> {
        check(case, control)?;
        let scores = Scores::new(case, control, 0.0);
        let strata = Strata::new(case, control, &scores, stratum_of)?;
        let mean_difference = difference_of_means(&scores, case.len(), stratum_of);
        let (sd, freedom) = strata.spread();
        let cohens_d = standardised(mean_difference, sd);
        Ok(Self {
            mean_difference,
            relative_change: relative(mean_difference, strata.control_mean()),
            cohens_d,
            hedges_g: cohens_d.filter(|_| freedom >= 2.0).map(|d| d * small_sample_factor(freedom)),
            cliffs_delta: strata.cliffs_delta(),
            hodges_lehmann: strata.median_difference(&scores),
        })
    }
}

/// The difference of means within strata, or of two samples whose observations are all of one. Takes O(N).
///
/// # Errors
/// As [`Effects::of`].
pub fn mean_difference(case: &[f64], control: &[f64], stratum_of: &[u32]) -> Result<f64, Error> {
    check(case, control)?;
    Ok(difference_of_means(&Scores::new(case, control, 0.0), case.len(), stratum_of))
}

/// The mean of a control sample, of which a relative change is a share; within strata that of their means, weighted by
/// mₛ·nₛ/Nₛ.
///
/// # Errors
/// As [`Effects::within_strata`].
pub fn control_mean(case: &[f64], control: &[f64], stratum_of: &[u32]) -> Result<f64, Error> {
    check(case, control)?;
    Ok(Strata::new(case, control, &Scores::new(case, control, 0.0), stratum_of)?.control_mean())
}

/// The observations of each stratum that has some of both groups, and the spread of all.
struct Strata {
    strata: Vec<Stratum>,
    /// Standard deviations and sizes of the groups within all strata.
    cells: Vec<(Option<f64>, usize)>,
}

/// The observations of a stratum.
struct Stratum {
    /// Case and control values, ascending.
    values: [Vec<f64>; 2],
    /// Their scores.
    scores: [Vec<i64>; 2],
    control_mean: f64,
    /// What a comparison of two of its observations weighs.
    rank_weight: i128,
}

/// Weights of comparisons are multiples of the inverse of a common multiple, which stays below this; beyond, they are rounded.
const LARGEST_COMMON: i128 = 1 << 40;

impl Strata {
    fn new(case: &[f64], control: &[f64], scores: &Scores, stratum_of: &[u32]) -> Result<Self, Error> {
        if stratum_of.len() != case.len() + control.len() {
            return Err(Error::data("there is not a stratum for each observation", "name one for each"));
        }
        let mut order: Vec<u32> = (0..stratum_of.len() as u32).collect();
        order.sort_by_key(|&observation| stratum_of[observation as usize]);
        let strata = || order.chunk_by(|&a, &b| stratum_of[a as usize] == stratum_of[b as usize]);
        let sizes = strata().map(|members| members.len() as i128 + 1);
        let common = within::least_common_multiple(sizes, LARGEST_COMMON).unwrap_or(LARGEST_COMMON);
        let (mut mixed, mut cells) = (Vec::new(), Vec::new());
        for members in strata() {
            // The sort is stable: case observations come first.
            let (cases, controls) = members.split_at(members.partition_point(|&row| (row as usize) < case.len()));
            let value = |&row: &u32| case.get(row as usize).unwrap_or_else(|| &control[row as usize - case.len()]);
            let values = [cases, controls].map(|rows| ascending(&rows.iter().map(value).copied().collect::<Vec<_>>()));
            let summaries = [&values[0], &values[1]].map(|values| (!values.is_empty()).then(|| Summary::of(values)));
            cells.extend(summaries.iter().flatten().map(|summary| (summary.sd, summary.n as usize)));
            if let [Some(_), Some(of_control)] = summaries {
                let sorted = |rows: &[u32]| {
                    let mut sorted: Vec<i64> = rows.iter().map(|&row| scores.scores[row as usize]).collect();
                    sorted.sort_unstable();
                    sorted
                };
                let divisor = members.len() as i128 + 1;
                let rank_weight = (common + divisor / 2) / divisor;
                mixed.push(Stratum {
                    values,
                    scores: [cases, controls].map(sorted),
                    control_mean: of_control.mean,
                    rank_weight,
                });
            }
        }
        if mixed.is_empty() {
            let what = "no stratum holds both case and control observations";
            return Err(Error::data(what, "choose strata in which both occur"));
        }
        Ok(Self { strata: mixed, cells })
    }

    fn control_mean(&self) -> f64 {
        let weight = |stratum: &Stratum| {
            let [m, n] = [0, 1].map(|group: usize| stratum.scores[group].len() as f64);
            m * n / (m + n)
        };
        let all: f64 = ascending(&self.strata.iter().map(weight).collect::<Vec<_>>()).iter().sum();
        let part = |stratum: &Stratum| weight(stratum) / all * stratum.control_mean;
        // In an order of their own, so that the numbers of the strata change no digit.
        ascending(&self.strata.iter().map(part).collect::<Vec<_>>()).iter().sum()
    }

    /// The root of the mean of all groups' variances, weighted by their degrees of freedom, and the number of these; `None`
    /// where there are none.
    fn spread(&self) -> (Option<f64>, f64) {
        let freedom = self.cells.iter().map(|&(_, n)| n - 1).sum::<usize>() as f64;
        // Roots of the weights, so that the square of a large deviation does not overflow.
        let part = |&(sd, n): &(Option<f64>, usize)| sd.unwrap_or(0.0) * ((n as f64 - 1.0) / freedom).sqrt();
        let parts = ascending(&self.cells.iter().map(part).collect::<Vec<_>>());
        (parts.into_iter().reduce(libm::hypot).filter(|_| freedom > 0.0), freedom)
    }

    /// How much more often the case observation is the greater one of a stratum's case and control observation.
    fn cliffs_delta(&self) -> f64 {
        let (mut dominance, mut comparisons) = (0, 0);
        for Stratum { values: [case, control], rank_weight, .. } in &self.strata {
            dominance += rank_weight * i128::from(excess(case, control));
            comparisons += rank_weight * (case.len() as i128 * control.len() as i128);
        }
        dominance as f64 / comparisons as f64
    }

    /// The weighted median of all differences of a stratum's case and control score.
    fn median_difference(&self, scores: &Scores) -> f64 {
        let up_to = |limit: i128| {
            let of = |Stratum { scores: [case, control], rank_weight, .. }: &Stratum| {
                rank_weight * differences_up_to(limit, case, control)
            };
            self.strata.iter().map(of).sum()
        };
        let ends = |Stratum { scores: [case, control], .. }: &Stratum| {
            [case[0] - control[control.len() - 1], case[case.len() - 1] - control[0]].map(i128::from)
        };
        let all = self.strata.iter().map(ends).reduce(|[low, high], [one, other]| [low.min(one), high.max(other)]);
        let range = all.expect("a stratum with both groups");
        let [low, high] = middle_two(up_to(range[1]), range, up_to);
        worth(scores, low + high, 2.0)
    }
}

/// How many differences of a case and a control score do not exceed a limit; scores are not negative, and below 2⁶².
fn differences_up_to(limit: i128, case: &[i64], control: &[i64]) -> i128 {
    let mut below = 0;
    // The control values that are near enough to a case value from above are fewer, the larger that is.
    let near = |&x: &i64| {
        below += control[below..].iter().take_while(|&&y| i128::from(x - y) > limit).count();
        (control.len() - below) as i128
    };
    case.iter().map(near).sum()
}

impl PairedEffects {
    /// The effect sizes of pairs of finite values: the i-th of both samples. Takes O(N log N).
    ///
    /// # Errors
    /// [`Error::Data`] when the samples differ in length, are empty or hold a value that is not finite.
    ///
    /// ```
    /// use permtest::inference::effect::PairedEffects;
    /// // The differences are 1, 2 and 6; the means of two of them 1, 1.5, 2, 3.5, 4 and 6.
    /// let effects = PairedEffects::of(&[3.0, 5.0, 10.0], &[2.0, 3.0, 4.0])?;
    /// assert_eq!((effects.mean_difference, effects.relative_change), (3.0, Some(1.0)));
    /// assert!((effects.d_z.unwrap() - 3.0 / 7f64.sqrt()).abs() < 1e-12);
    /// assert_eq!(effects.hodges_lehmann, 2.75);
    /// # Ok::<(), permtest::error::Error>(())
    /// ```
    pub fn of(case: &[f64], control: &[f64]) -> Result<Self, Error> {
        check(case, control)?;
        if case.len() != control.len() {
            let what = format!("{} case and {} control values are no pairs", case.len(), control.len());
            return Err(Error::data(what, "give each value its partner"));
        }
        let scores = Scores::new(case, control, 0.0);
        let (of_case, of_control) = scores.scores.split_at(case.len());
        let differences: Vec<i128> =
            of_case.iter().zip(of_control).map(|(x, y)| i128::from(*x) - i128::from(*y)).collect();
        let mean_difference = difference_of_means(&scores, case.len(), &vec![0; 2 * case.len()]);
        let sd = Summary::of(&differences.iter().map(|&d| worth(&scores, d, 1.0)).collect::<Vec<_>>()).sd;
        Ok(Self {
            mean_difference,
            relative_change: relative(mean_difference, Summary::of(control).mean),
            d_z: standardised(mean_difference, sd),
            hodges_lehmann: median_of_means(&scores, differences),
        })
    }
}

/// How much more often a case value is the greater one of a case and a control value than the smaller one, as a share of all
/// such pairs: from −1 to 1. Takes O(N log N).
///
/// # Panics
/// When a sample is empty.
///
/// ```
/// use permtest::inference::effect::cliffs_delta;
/// assert_eq!(cliffs_delta(&[1.0, 2.0], &[2.0, 2.0]), -0.5);
/// ```
#[must_use]
pub fn cliffs_delta(case: &[f64], control: &[f64]) -> f64 {
    assert!(!case.is_empty() && !control.is_empty(), "both groups need an observation");
    let (case, control) = (ascending(case), ascending(control));
    excess(&case, &control) as f64 / (case.len() as f64 * control.len() as f64)
}

/// How many more pairs of two ascending samples have the greater value in the case than have the smaller one there.
fn excess<T: PartialOrd>(case: &[T], control: &[T]) -> i64 {
    let (mut below, mut up_to, mut excess) = (0, 0, 0);
    for x in case {
        below += control[below..].iter().take_while(|&y| y < x).count();
        up_to = up_to.max(below);
        up_to += control[up_to..].iter().take_while(|&y| y == x).count();
        excess += below as i64 - (control.len() - up_to) as i64;
    }
    excess
}

/// What takes the bias out of a mean in standard deviations of ν ≥ 2 degrees of freedom: Γ(ν/2)/(√(ν/2)·Γ((ν−1)/2)).
#[must_use]
pub fn small_sample_factor(freedom: f64) -> f64 {
    gamma_ratio(0.5 * (freedom - 1.0)) / (0.5 * freedom).sqrt()
}

fn check(case: &[f64], control: &[f64]) -> Result<(), Error> {
    for (name, sample) in [("case", case), ("control", control)] {
        if sample.is_empty() {
            return Err(Error::data(format!("the {name} sample is empty"), "give it at least one value"));
        }
        if let Some(place) = sample.iter().position(|value| !value.is_finite()) {
            let what = format!("value {} of the {name} sample is {}", place + 1, sample[place]);
            return Err(Error::data(what, "leave out what is not a finite number"));
        }
    }
    Ok(())
}

fn ascending(sample: &[f64]) -> Vec<f64> {
    // Adding 0 turns −0 into 0, with which it ties.
    let mut sorted: Vec<f64> = sample.iter().map(|value| value + 0.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// What a difference of scores, or the sum of so many of them, is worth on average.
fn worth(scores: &Scores, difference: i128, number: f64) -> f64 {
    (difference * scores.divisor) as f64 / (scores.denominator * number) * scores.unit
}

/// The difference of means within strata by one division of integers.
fn difference_of_means(scores: &Scores, n_case: usize, stratum_of: &[u32]) -> f64 {
    let labels: Vec<bool> = (0..scores.scores.len()).map(|row| row < n_case).collect();
    within::Difference::new(stratum_of, &labels, scores).of(scores.scores[..n_case].iter().sum())
}

fn relative(difference: f64, control_mean: f64) -> Option<f64> {
    let level = control_mean.abs();
    Some(difference / level).filter(|share| level > 0.0 && share.is_finite())
}

fn standardised(difference: f64, sd: Option<f64>) -> Option<f64> {
    sd.filter(|&sd| sd > 0.0).map(|sd| difference / sd).filter(|d| d.is_finite())
}

/// The median of the means of all two differences, each with itself too (Walsh 1949).
fn median_of_means(scores: &Scores, mut differences: Vec<i128>) -> f64 {
    differences.sort_unstable();
    let n = differences.len();
    let up_to = |limit: i128| {
        let mut end = n;
        let mut number = 0;
        for (i, &first) in differences.iter().enumerate() {
            end -= differences[..end].iter().rev().take_while(|&&second| first + second > limit).count();
            if end <= i {
                break;
            }
            number += (end - i) as i128;
        }
        number
    };
    let range = [2 * differences[0], 2 * differences[n - 1]];
    let [low, high] = middle_two(n as i128 * (n as i128 + 1) / 2, range, up_to);
    worth(scores, low + high, 4.0)
}

/// The two middle ones of so many integers in a range, which are the same if their number is odd; `up_to` counts those that
/// do not exceed a limit. Where they have weights, that is by how much all of them weigh.
fn middle_two(number: i128, range: [i128; 2], up_to: impl Fn(i128) -> i128) -> [i128; 2] {
    let smallest_of = |rank: i128| {
        let [mut low, mut high] = range;
        while low < high {
            let middle = low + (high - low) / 2;
            if up_to(middle) >= rank { high = middle } else { low = middle + 1 }
        }
        low
    };
    let lower = smallest_of((number + 1) / 2);
    if number % 2 == 1 || up_to(lower) > number / 2 { [lower; 2] } else { [lower, smallest_of(number / 2 + 1)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_near(actual: f64, expected: f64) {
        assert!((actual - expected).abs() <= 1e-12 * expected.abs(), "{actual} against {expected}");
    }

    #[test]
    fn two_samples_agree_with_scipy() {
        // SciPy 1.17 and NumPy 2.4: the differences of x.mean(), divided by abs(y.mean()) and by
        // s = sqrt(((m-1)*x.var(ddof=1) + (n-1)*y.var(ddof=1))/(m+n-2)); that times
        // exp(gammaln(v/2) - gammaln((v-1)/2))/sqrt(v/2); 2*mannwhitneyu(x, y).statistic/(m*n) - 1;
        // median(subtract.outer(x, y)).
        let globulin = Effects::of(
            &[38.0, 26.0, 29.0, 41.0, 36.0, 31.0, 32.0, 30.0, 35.0, 33.0],
            &[45.0, 28.0, 27.0, 38.0, 40.0, 42.0, 39.0, 39.0, 34.0, 35.0],
        )
        .unwrap();
        assert_eq!((globulin.mean_difference, globulin.cliffs_delta, globulin.hodges_lehmann), (-3.6, -0.4, -4.0));
        assert_near(globulin.relative_change.unwrap(), -0.098_092_643_051_771_15);
        assert_near(globulin.cohens_d.unwrap(), -0.696_411_950_636_694_3);
        assert_near(globulin.hedges_g.unwrap(), -0.666_916_416_263_849_1);
        let wings =
            Effects::of(&[1.72, 1.64, 1.74, 1.70, 1.82, 1.82, 1.90, 1.82, 2.08], &[1.78, 1.86, 1.96, 2.00, 2.00, 1.96])
                .unwrap();
        assert_near(wings.relative_change.unwrap(), -0.063_437_139_561_706_81);
        assert_near(wings.cohens_d.unwrap(), -1.056_580_765_373_222);
        assert_near(wings.hedges_g.unwrap(), -0.994_223_975_683_542);
        assert_near(wings.cliffs_delta, -16.0 / 27.0);
        // As decimals; NumPy has −0.1399999999999999.
        assert_eq!(wings.hodges_lehmann, -0.14);
    }

    #[test]
    fn pairs_agree_with_numpy() {
        // NumPy 2.4: d.mean()/d.std(ddof=1); i, j = triu_indices(len(d)); median((d[i] + d[j])/2).
        let darwin = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48].map(f64::from);
        let effects = PairedEffects::of(&darwin.map(|d| 100.0 + d), &[100.0; 15]).unwrap();
        assert_near(effects.d_z.unwrap(), 0.554_607_977_706_518_5);
        assert_eq!(effects.hodges_lehmann, 25.0);
        // The sleep data.
        let more = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let less = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let effects = PairedEffects::of(&more, &less).unwrap();
        assert_near(effects.d_z.unwrap(), 1.284_557_562_591_054_6);
        assert_eq!((effects.mean_difference, effects.hodges_lehmann), (1.58, 1.3));
    }

    #[test]
    fn the_small_sample_factor_is_hedges_table() {
        // Hedges (1981, table 1) prints .5642, .7236 and .9228; digits by SciPy's gammaln.
        for (freedom, factor) in [
            (2.0, 0.564_189_583_547_756),
            (3.0, 0.723_601_254_558_268),
            (10.0, 0.922_745_608_053_087),
            (20.0, 0.961_944_533_740_748),
            (198.0, 0.996_206_532_385_149),
        ] {
            assert_near(small_sample_factor(freedom), factor);
        }
    }

    #[test]
    fn medians_of_differences_are_those_of_the_list_of_all() {
        // Ties, odd and even numbers of differences, groups of one.
        let mut state = 1u64;
        let mut next = |modulus: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % modulus
        };
        for round in 0..300u64 {
            let (m, n) = (1 + next(9) as usize, 1 + next(9) as usize);
            let mut sample = |size: usize| (0..size).map(|_| next(2 + round) as f64).collect::<Vec<_>>();
            let (x, y) = (sample(m), sample(n));
            let median = |mut list: Vec<f64>| {
                list.sort_by(f64::total_cmp);
                f64::midpoint(list[(list.len() - 1) / 2], list[list.len() / 2])
            };
            let differences: Vec<f64> = x.iter().flat_map(|x| y.iter().map(move |y| x - y)).collect();
            let signs: f64 = differences.iter().map(|&d| if d == 0.0 { 0.0 } else { d.signum() }).sum();
            let effects = Effects::of(&x, &y).unwrap();
            assert_near(effects.hodges_lehmann, median(differences));
            assert_near(effects.cliffs_delta, signs / (m * n) as f64);
            let pairs: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x - y).collect();
            let means = (0..pairs.len())
                .flat_map(|i| pairs[i..].iter().map(|&other| f64::midpoint(pairs[i], other)).collect::<Vec<_>>());
            let paired = PairedEffects::of(&x[..pairs.len()], &y[..pairs.len()]).unwrap();
            assert_near(paired.hodges_lehmann, median(means.collect()));
        }
    }

    #[test]
    fn what_is_undefined_is_none_and_what_is_no_sample_an_error() {
        let lonely = Effects::of(&[2.0], &[0.0]).unwrap();
        assert_eq!((lonely.relative_change, lonely.cohens_d, lonely.hedges_g), (None, None, None));
        let constant = Effects::of(&[2.0, 2.0], &[1.0, 1.0]).unwrap();
        assert_eq!((constant.cohens_d, constant.cliffs_delta), (None, 1.0));
        let three = Effects::of(&[2.0, 4.0], &[1.0]).unwrap();
        assert_near(three.cohens_d.unwrap(), 2f64.sqrt());
        assert_eq!(three.hedges_g, None);
        assert_eq!(PairedEffects::of(&[3.0, 4.0], &[1.0, 2.0]).unwrap().d_z, None);
        assert_eq!(
            Effects::of(&[], &[1.0]).unwrap_err().to_string(),
            "the case sample is empty; give it at least one value"
        );
        let what = "value 2 of the control sample is NaN; leave out what is not a finite number";
        assert_eq!(Effects::of(&[1.0], &[1.0, f64::NAN]).unwrap_err().to_string(), what);
        let what = "2 case and 1 control values are no pairs; give each value its partner";
        assert_eq!(PairedEffects::of(&[1.0, 2.0], &[1.0]).unwrap_err().to_string(), what);
    }

    #[test]
    fn values_of_all_magnitudes_have_effects() {
        for scale in [1e-300, 1e-9, 1.0, 1e15, 1e300] {
            let sample = |values: [f64; 3]| values.map(|value| value * scale);
            let effects = Effects::of(&sample([3.0, 5.0, 7.0]), &sample([1.0, 2.0, 3.0])).unwrap();
            assert_near(effects.cohens_d.unwrap(), 3.0 / 2.5f64.sqrt());
            assert_near(effects.hodges_lehmann, 3.0 * scale);
        }
    }
}
