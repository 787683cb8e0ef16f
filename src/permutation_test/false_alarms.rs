//! False alarms: how often a test at level α calls two parts of one sample different.
//!
//! Parts that are dealt at random, and whole runs that the test relabels as a whole, are exchangeable: their rate is α or less,
//! whatever the sample. Blocks of rows that follow each other, and whole runs whose values are relabelled one by one, are
//! exchangeable only if the values neither drift nor depend on their run. The splits of one sample overlap, so a rate describes
//! this sample and has no interval; whether a rate above α is more than chance is decided by a permutation test of its own:
//!
//! | split | statistic of the ranks | extreme | relabelled |
//! |---|---|---|---|
//! | in order | von Neumann's ratio (Bartels 1982): Σ(rᵢ − rᵢ₊₁)² | small | order of the rows |
//! | whole runs | between-run sum of squares (Kruskal & Wallis 1952): Σ (Σr − nr̄)²/n over the runs | large | runs of the values |

use std::sync::atomic::{AtomicBool, Ordering};

use super::PermutationTest;
use crate::error::Error;
use crate::inference::Alternative;
use crate::method::planner::Choice;
use crate::sampling::bounded;
use crate::sampling::stream::{Domain, Stream};
use crate::statistic::Definition;

/// How a sample is split into a case and a control part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// Values at random, as the test assumes.
    AtRandom,
    /// Two blocks of values that follow each other, as two measurements do.
    InOrder,
    /// Whole runs at random.
    Runs,
    /// Whole runs at random, and the test relabels whole runs too.
    RelabelledRuns,
}

/// One sample, and the test whose false alarms are counted.
#[derive(Debug, Clone)]
pub struct NullSample<'a> {
    /// The values in the order in which they were measured.
    pub values: &'a [f64],
    /// The run of each value; empty where runs are not known.
    pub runs: &'a [u32],
    /// Values in each part, unless whole runs are dealt.
    pub size: usize,
    /// The statistic.
    pub statistic: &'a Definition,
    /// The alternative.
    pub alternative: Alternative,
    /// The level.
    pub alpha: f64,
    /// Splits.
    pub splits: u64,
    /// Resamples of each test.
    pub resamples: u64,
    /// The master seed.
    pub seed: u64,
    /// Worker threads; `None`: all cores.
    pub threads: Option<usize>,
}

/// How often a test raised a false alarm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FalseAlarms {
    /// How the sample was split.
    pub split: Split,
    /// How often.
    pub splits: u64,
    /// Splits with p ≤ α.
    pub alarms: u64,
    /// The p-value of the test that the parts are exchangeable; `None` where they are by construction.
    pub exchangeable: Option<f64>,
}

/// The level of the test that parts are exchangeable, below which [`FalseAlarms::is_warned_of`].
pub const WARNING_LEVEL: f64 = 0.01;

/// Shuffles of that test.
const SHUFFLES: u64 = 1_999;

impl FalseAlarms {
    /// Their share of the splits.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.alarms as f64 / self.splits as f64
    }

    /// Whether the parts are not exchangeable, at [`WARNING_LEVEL`].
    #[must_use]
    pub fn is_warned_of(&self) -> bool {
        self.exchangeable.is_some_and(|p| p <= WARNING_LEVEL)
    }
}

/// The two parts of a split, and the runs of their values.
#[derive(Default)]
struct Parts {
    case: Vec<f64>,
    control: Vec<f64>,
    runs: Vec<u32>,
}

impl NullSample<'_> {
    /// Splits the sample and tests the parts, again and again. Depends on the sample, the settings and the seed alone.
    ///
    /// # Errors
    /// [`Error::Data`] for a sample with too few values or runs to be split, and what the test fails with;
    /// [`Error::Interrupted`] once `stop` is set.
    ///
    /// ```
    /// use std::sync::atomic::AtomicBool;
    /// use permtest::false_alarms::{NullSample, Split};
    /// use permtest::inference::Alternative;
    ///
    /// // Values that only rise: blocks that follow each other always differ.
    /// let values: Vec<f64> = (0..40).map(f64::from).collect();
    /// let (statistic, alternative) = ("mean".parse()?, Alternative::TwoSided);
    /// let sample = NullSample {
    ///     values: &values, runs: &[], size: 10, statistic: &statistic, alternative, alpha: 0.05, splits: 200, resamples: 99,
    ///     seed: 0, threads: None,
    /// };
    /// let never = AtomicBool::new(false);
    /// let in_order = sample.false_alarms(Split::InOrder, &never)?;
    /// assert_eq!((in_order.alarms, in_order.is_warned_of()), (200, true));
    /// assert!(sample.false_alarms(Split::AtRandom, &never)?.rate() < 0.15);
    /// # Ok::<(), permtest::error::Error>(())
    /// ```
    pub fn false_alarms(&self, split: Split, stop: &AtomicBool) -> Result<FalseAlarms, Error> {
        self.check(split)?;
        let mut alarms = 0;
        for number in 0..self.splits {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            alarms += u64::from(self.p_value(split, &self.parts(split, number))? <= self.alpha);
        }
        let exchangeable = self.exchangeable(split, stop)?;
        Ok(FalseAlarms { split, splits: self.splits, alarms, exchangeable })
    }

    /// The p-value of the permutation test that the parts of a split are exchangeable; `None` where they are by construction.
    fn exchangeable(&self, split: Split, stop: &AtomicBool) -> Result<Option<f64>, Error> {
        let ranks = centred_ranks(self.values);
        match split {
            Split::AtRandom | Split::RelabelledRuns => Ok(None),
            Split::InOrder => self.shuffled(ranks, neighbours_alike, stop).map(Some),
            Split::Runs => {
                let runs = self.distinct_runs();
                let run_of: Vec<usize> =
                    self.runs.iter().map(|run| runs.partition_point(|other| other < run)).collect();
                self.shuffled(ranks, |ranks| between_runs(ranks, &run_of, runs.len()), stop).map(Some)
            }
        }
    }

    /// The share of orders, the given one among them, for which the statistic is as large.
    fn shuffled(
        &self,
        mut ranks: Vec<i64>,
        statistic: impl Fn(&[i64]) -> f64,
        stop: &AtomicBool,
    ) -> Result<f64, Error> {
        let observed = statistic(&ranks);
        // Sums of the same numbers in another order may differ in their last digit.
        let least = observed - 1e-12 * observed.abs();
        let mut stream = Stream::new(self.seed, Domain::Shuffles, 0);
        let mut extreme = 1;
        for _ in 0..SHUFFLES {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            for place in (1..ranks.len()).rev() {
                ranks.swap(place, bounded::below(place as u64 + 1, &mut stream) as usize);
            }
            extreme += u64::from(statistic(&ranks) >= least);
        }
        Ok(extreme as f64 / (SHUFFLES + 1) as f64)
    }

    fn check(&self, split: Split) -> Result<(), Error> {
        let runs = self.distinct_runs().len();
        match split {
            Split::AtRandom | Split::InOrder if self.size == 0 || 2 * self.size > self.values.len() => {
                let what = format!("{} values cannot be split into two parts of {}", self.values.len(), self.size);
                Err(Error::data(what, "measure more, or choose smaller parts"))
            }
            Split::Runs | Split::RelabelledRuns if runs < 4 => {
                let what = format!("{runs} runs are too few to be dealt to two groups");
                Err(Error::data(what, "measure at least four"))
            }
            _ => Ok(()),
        }
    }

    fn distinct_runs(&self) -> Vec<u32> {
        let mut runs = self.runs.to_vec();
        runs.sort_unstable();
        runs.dedup();
        runs
    }

    fn parts(&self, split: Split, number: u64) -> Parts {
        let mut stream = Stream::new(self.seed, Domain::Splits, number);
        let n = self.values.len();
        match split {
            Split::AtRandom => {
                let chosen = first_of_shuffle(n, 2 * self.size, &mut stream);
                let (case, control) = chosen.split_at(self.size);
                let pick = |rows: &[usize]| rows.iter().map(|&row| self.values[row]).collect();
                Parts { case: pick(case), control: pick(control), runs: Vec::new() }
            }
            Split::InOrder => {
                let start = bounded::below((n - 2 * self.size + 1) as u64, &mut stream) as usize;
                let (one, other) = self.values[start..start + 2 * self.size].split_at(self.size);
                // Which of the two is the case matters to one-sided tests.
                let is_first = bounded::below(2, &mut stream) == 0;
                let (case, control) = if is_first { (one, other) } else { (other, one) };
                Parts { case: case.to_vec(), control: control.to_vec(), runs: Vec::new() }
            }
            Split::Runs | Split::RelabelledRuns => self.deal_runs(&mut stream),
        }
    }

    /// As many runs to each group; of an odd number one is left out.
    fn deal_runs(&self, stream: &mut Stream) -> Parts {
        let runs = self.distinct_runs();
        let half = runs.len() / 2;
        let chosen = first_of_shuffle(runs.len(), 2 * half, stream);
        let mut parts = Parts::default();
        let mut runs_of_control = Vec::new();
        for (&value, &run) in self.values.iter().zip(self.runs) {
            let place = chosen.iter().position(|&index| runs[index] == run);
            match place {
                Some(place) if place < half => {
                    parts.case.push(value);
                    parts.runs.push(run);
                }
                Some(_) => {
                    parts.control.push(value);
                    runs_of_control.push(run);
                }
                None => {}
            }
        }
        parts.runs.extend(runs_of_control);
        parts
    }

    fn p_value(&self, split: Split, parts: &Parts) -> Result<f64, Error> {
        let test = PermutationTest::new(&parts.case, &parts.control)?
            .method(Choice::MonteCarlo)
            .resamples(self.resamples)
            .alternative(self.alternative)
            .seed(self.seed)
            .threads(self.threads);
        let test = if split == Split::RelabelledRuns { test.clusters(parts.runs.clone()) } else { test };
        test.run(self.statistic).map(|result| result.p_value.estimate)
    }
}

/// So many different ones of the first n numbers, in random order.
fn first_of_shuffle(n: usize, wanted: usize, stream: &mut Stream) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for place in 0..wanted {
        order.swap(place, place + bounded::below((n - place) as u64, stream) as usize);
    }
    order.truncate(wanted);
    order
}

/// Twice the mid-rank of each value, less their mean: integers.
fn centred_ranks(values: &[f64]) -> Vec<i64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0; values.len()];
    let mut below = 0;
    for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
        // The ranks are below + 1 to below + tied, and the mean of all is (n + 1)/2.
        let rank = (2 * below + tied.len()) as i64 - values.len() as i64;
        for &index in tied {
            ranks[index] = rank;
        }
        below += tied.len();
    }
    ranks
}

/// Minus the numerator of von Neumann's ratio, whose denominator no order changes: large where neighbours are alike.
fn neighbours_alike(ranks: &[i64]) -> f64 {
    -ranks.windows(2).map(|pair| ((pair[0] - pair[1]) as f64).powi(2)).sum::<f64>()
}

/// The sum of squares between runs.
fn between_runs(ranks: &[i64], run_of: &[usize], runs: usize) -> f64 {
    let mut sums = vec![(0i64, 0u32); runs];
    for (&rank, &run) in ranks.iter().zip(run_of) {
        sums[run].0 += rank;
        sums[run].1 += 1;
    }
    sums.iter().map(|&(sum, n)| (sum as f64).powi(2) / f64::from(n)).sum()
}
