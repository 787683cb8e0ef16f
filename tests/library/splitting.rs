//! Multilevel splitting against exact answers, and at every end of its range.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use permtest::design::layout::{Blocks, Layout, Pairing};
use permtest::design::{Design, Draw, EachAlone, Kind, ReferenceSetSize, Stratified};
use permtest::error::Error;
use permtest::method::exact::enumeration::Enumeration;
use permtest::method::monte_carlo::Watch;
use permtest::method::splitting::{
    Climbs, DEFAULT_PARTICLES, DEFAULT_REPLICATES, OnUndefined, Splitting, SplittingEstimate, Tail, Target,
};
use permtest::sampling::labellings::Labellings;
use permtest::sampling::stream::Stream;
use permtest::sampling::units::Units;
use permtest::simd::Arch;
use permtest::statistic::Evaluator;
use permtest::statistic::distance::Side;
use permtest::statistic::linear::Linear;
use permtest::statistic::values::Values;
use permtest::statistic::{Definition, Pool, Problem, Statistic, Thresholds};

const TAILS: [Tail; 3] = [Tail::Upper, Tail::Lower, Tail::Absolute];

fn splitting(particles: usize, seed: u64) -> Splitting {
    Splitting { replicates: DEFAULT_REPLICATES, particles, seed, threads: None, arch: Arch::new() }
}

fn thresholds<S: Statistic + ?Sized>(problem: &Problem, statistic: &S) -> Thresholds<S::Replicate> {
    statistic.thresholds(problem.observed(statistic, Arch::new()).unwrap())
}

fn run<S: Statistic + ?Sized>(
    splitting: &Splitting,
    problem: &Problem,
    statistic: &S,
    tail: Tail,
) -> Result<SplittingEstimate, Error> {
    let thresholds = thresholds(problem, statistic);
    splitting.run(problem.design(), statistic, &thresholds, tail, OnUndefined::Fail, Watch::default())
}

/// The shares of the three tails by counting all labellings.
fn enumerate<S: Statistic + ?Sized>(problem: &Problem, statistic: &S) -> [f64; 3] {
    let (design, thresholds) = (problem.design(), thresholds(problem, statistic));
    let size = design.reference_set_size().exact.unwrap() as u64;
    let all = Enumeration { size, threads: None, arch: Arch::new() };
    let tally = all.run(design, statistic, &thresholds, Watch::default()).unwrap();
    [tally.greater_equal, tally.less_equal, tally.absolute].map(|count| count as f64 / size as f64)
}

/// Fails where an estimate is more than 5 standard errors off. On 23 degrees of freedom Student's t exceeds 5 in 5·10⁻⁵ of
/// all cases; as there are about sixty comparisons, one in 300 choices of the seeds would fail. A thousandth is for shares
/// so near 1 that all particles are extreme.
fn assert_near(found: &SplittingEstimate, exact: f64, what: &str) {
    let SplittingEstimate { estimate, standard_error, .. } = *found;
    let off = (estimate - exact).abs();
    assert!(off <= 5.0 * standard_error + 1e-3 * exact, "{what}: {estimate} ± {standard_error}, exactly {exact}");
    assert!(found.is_settled(), "{what}: {estimate} ± {standard_error}, exactly {exact}");
}

/// Values without ties, n for each group, those of the case higher by a shift.
fn samples(n: usize, shift: f64) -> (Vec<f64>, Vec<f64>) {
    let value = |i: usize| ((i * 7919 % 20_011) as f64 / 100.0).round() / 10.0;
    ((0..n).map(|i| value(i) + shift).collect(), (n..2 * n).map(value).collect())
}

fn two_sample(case: &[f64], control: &[f64]) -> Problem {
    Problem::two_sample(Pool::new(case, control, 0.0))
}

/// A statistic in floats, by name.
fn in_floats<'a>(problem: &'a Problem, name: &str) -> Box<dyn Statistic<Replicate = f64> + 'a> {
    match name.parse::<Definition>().unwrap().prepare(problem, Side::Either).unwrap().evaluator {
        Evaluator::Floats(statistic) => statistic,
        Evaluator::Integers(_) => panic!("{name} is a sum"),
    }
}

/// All tails of a statistic by name, against enumeration.
fn assert_exact(problem: &Problem, name: &str) {
    fn check<S: Statistic + ?Sized>(problem: &Problem, statistic: &S, name: &str) {
        for (tail, exact) in TAILS.into_iter().zip(enumerate(problem, statistic)) {
            let found = run(&splitting(300, 1), problem, statistic, tail).unwrap();
            assert_near(&found, exact, &format!("{name}, {tail:?}"));
        }
    }
    let definition: Definition = name.parse().unwrap();
    match definition.prepare(problem, Side::Either).unwrap().evaluator {
        Evaluator::Integers(statistic) => check(problem, &*statistic, name),
        Evaluator::Floats(statistic) => check(problem, &*statistic, name),
    }
}

#[test]
fn estimates_are_those_of_enumeration() {
    let (case, control) = samples(11, 14.0);
    let problem = two_sample(&case, &control);
    for name in ["mean", "median", "welch", "ks", "ad", "quantile:0.9", "mean(x) / mean(y)"] {
        assert_exact(&problem, name);
    }
}

#[test]
fn ties_count_as_extreme_however_many_there_are() {
    // A distance of distributions with ten values at all, and a median with three.
    let case: Vec<f64> = (0..11).map(|i| f64::from(i % 3 + 1)).collect();
    let control: Vec<f64> = (0..11).map(|i| f64::from(i % 2)).collect();
    let problem = two_sample(&case, &control);
    for name in ["mean", "median", "ks", "rank-sum"] {
        assert_exact(&problem, name);
    }
}

#[test]
fn groups_of_unlike_size_are_climbed_from_either_side() {
    let (case, control) = samples(30, 15.0);
    assert_exact(&two_sample(&case[..4], &control), "mean");
    assert_exact(&two_sample(&case, &control[..4]), "median");
}

#[test]
fn strata_and_pairs_have_moves_of_their_own() {
    let (case, control) = samples(12, 12.0);
    let problem = |layout: &Layout| Problem::with_layout(Pool::new(&case, &control, 0.0), layout).unwrap();
    let blocks = |of_observation: Vec<u32>| Some(Blocks { of_observation, names: Vec::new() });
    // Seven pairs of observations in one stratum, two against five in another.
    let strata = (0..24).map(|i| u32::from(i % 12 > 4)).collect();
    assert_exact(&problem(&Layout { strata: blocks(strata), ..Layout::default() }), "mean");
    let clusters = (0..24).map(|i| i / 2).collect();
    assert_exact(&problem(&Layout { clusters: blocks(clusters), ..Layout::default() }), "median");
    let paired = problem(&Layout { pairing: Pairing::ByOrder, ..Layout::default() });
    assert_exact(&paired, "mean");
    assert_exact(&paired, "median");
}

/// The shares of m-subsets whose sum of scores is at least each of 0, 1, …: the shift algorithm of Streitberg & Röhmel
/// (1986), in doubles, whose relative error stays below N·2⁻⁵².
fn upper_tails(scores: &[i64], m: usize) -> Vec<f64> {
    let most = scores.iter().sum::<i64>() as usize;
    let mut ways = vec![vec![0.0; most + 1]; m + 1];
    ways[0][0] = 1.0;
    for (seen, &score) in scores.iter().enumerate() {
        for count in (0..m.min(seen + 1)).rev() {
            let (below, above) = ways.split_at_mut(count + 1);
            for (sum, ways) in above[0][score as usize..].iter_mut().zip(&below[count]) {
                *sum += ways;
            }
        }
    }
    let all: f64 = ways[m].iter().sum();
    let mut tail = 0.0;
    let mut tails: Vec<f64> = ways[m]
        .iter()
        .rev()
        .map(|ways| {
            tail += ways;
            tail / all
        })
        .collect();
    tails.reverse();
    tails
}

/// The sum of scores over the case observations.
fn sum(problem: &Problem, scores: &[i64]) -> Linear {
    Linear::new(problem, scores, |sum| sum as f64)
}

/// Scores 0, 1, …, some of them tied, and a problem in which the case has the larger half but for so many places on
/// either side of the middle, where case and control take turns.
fn scored(n: usize, mixed: usize) -> (Problem, Vec<i64>) {
    let place = |i: usize, is_case: bool| match i {
        i if i < mixed => n - mixed + 2 * i + usize::from(!is_case),
        i if is_case => n + i,
        i => i - mixed,
    };
    let [case, control] = [true, false].map(|label| (0..n).map(|i| place(i, label) as f64).collect::<Vec<_>>());
    let problem = two_sample(&case, &control);
    let scores = problem.pool().values().iter().map(|value| (value / 1.5) as i64).collect();
    (problem, scores)
}

#[test]
fn sums_have_their_exact_tails_down_to_1e_30() {
    for mixed in [50, 40, 30, 6] {
        let (problem, scores) = scored(60, mixed);
        let statistic = sum(&problem, &scores);
        let exact = upper_tails(&scores, 60)[thresholds(&problem, &statistic).observed as usize];
        let found = run(&splitting(400, 2), &problem, &statistic, Tail::Upper).unwrap();
        assert_near(&found, exact, &format!("{mixed} mixed"));
        assert!(mixed > 6 || exact < 1e-30, "{exact}");
    }
}

#[test]
fn integers_beyond_the_doubles_still_have_their_ties() {
    // Scores that differ from one another by 1 in 2⁵⁵: as doubles they would be the same.
    let (problem, small) = scored(20, 8);
    let large: Vec<i64> = small.iter().map(|score| (1 << 55) + score).collect();
    let exact = upper_tails(&small, 20)[thresholds(&problem, &sum(&problem, &small)).observed as usize];
    let found = run(&splitting(400, 3), &problem, &sum(&problem, &large), Tail::Upper).unwrap();
    assert_near(&found, exact, "beyond 2⁵³");
    // The lower tail is as far below the mean sum: an upper one of the scores' complements.
    let total: i64 = small.iter().sum();
    let complements: Vec<i64> = small.iter().map(|score| 100 - score).collect();
    let mirrored = total - thresholds(&problem, &sum(&problem, &small)).observed;
    let exact = exact + upper_tails(&complements, 20)[(20 * 100 - mirrored) as usize];
    let found = run(&splitting(400, 3), &problem, &sum(&problem, &large), Tail::Absolute).unwrap();
    assert_near(&found, exact, "beyond 2⁵³, both tails");
}

/// C(n, k) as a double, 0 where there is none.
fn choose(n: i64, k: i64) -> f64 {
    if k < 0 || k > n { 0.0 } else { (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product() }
}

/// The share of labellings of 2·(2r + 1) ascending values, half of them case, whose difference of medians is at least
/// this.
///
/// Where the medians of both groups stand at places i < j, r of the first group's members are below i, which leaves i − r
/// of the other's there and j − 1 − 2r of the first's between i and j; so many ways lead to that.
fn tail_of_medians(sorted: &[f64], observed: f64) -> f64 {
    let (n, r) = (sorted.len() as i64, (sorted.len() as i64 / 2 - 1) / 2);
    let (mut tail, mut all) = (0.0, 0.0);
    for j in 0..n {
        for i in 0..j {
            let ways = choose(i, r) * choose(j - i - 1, 2 * r - i) * choose(n - j - 1, r);
            all += 2.0 * ways;
            for difference in [sorted[i as usize] - sorted[j as usize], sorted[j as usize] - sorted[i as usize]] {
                tail += if difference >= observed - 1e-9 { ways } else { 0.0 };
            }
        }
    }
    tail / all
}

#[test]
fn medians_have_their_exact_tails() {
    // Many values, and so few that all but two or three of twenty levels lie within ties.
    for (round, shift, below) in [(0.1, 14.0, 1e-12), (1.0, 10.0, 1e-8), (2.0, 12.0, 1e-12), (4.0, 12.0, 1e-9)] {
        let (case, control) = samples(51, shift);
        let [case, control] =
            [case, control].map(|values| values.iter().map(|v| (v / round).round()).collect::<Vec<_>>());
        let problem = two_sample(&case, &control);
        let median = in_floats(&problem, "median");
        let exact = tail_of_medians(problem.pool().values(), thresholds(&problem, &*median).observed);
        assert!(exact < below, "{exact}");
        let found = run(&splitting(400, 4), &problem, &*median, Tail::Upper).unwrap();
        assert_near(&found, exact, &format!("medians of values rounded to {round}"));
    }
}

#[test]
fn intervals_cover_the_exact_share() {
    let (problem, scores) = scored(20, 8);
    let statistic = sum(&problem, &scores);
    let exact = upper_tails(&scores, 20)[thresholds(&problem, &statistic).observed as usize];
    assert!(exact < 1e-6, "{exact}");
    let is_covered = |seed: &u64| {
        let found =
            run(&Splitting { replicates: 20, ..splitting(100, *seed) }, &problem, &statistic, Tail::Upper).unwrap();
        // The 0.975 quantile of Student's t on 19 degrees of freedom.
        (found.estimate - exact).abs() <= 2.093 * found.standard_error
    };
    // Replicates of so few particles are skewed, which costs a few percent. Of 100 intervals that cover in 90 % of all
    // cases, fewer than 79 do in one of 2000 runs.
    let covered = (0..100).filter(is_covered).count();
    assert!(covered >= 79, "{covered}");
}

#[test]
fn the_mean_over_many_runs_is_unbiased() {
    // With levels from the particles themselves, the estimate would be too large by about a part in each hundred for each
    // of the dozen levels.
    let (problem, scores) = scored(20, 8);
    let statistic = sum(&problem, &scores);
    let exact = upper_tails(&scores, 20)[thresholds(&problem, &statistic).observed as usize];
    let runs: Vec<f64> = (0..40)
        .flat_map(|seed| run(&splitting(50, 1000 + seed), &problem, &statistic, Tail::Upper).unwrap().estimates)
        .map(|estimate| estimate / exact)
        .collect();
    let n = runs.len() as f64;
    let mean = runs.iter().sum::<f64>() / n;
    let standard_error = (runs.iter().map(|run| (run - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
    assert!(standard_error < 0.1, "{standard_error}");
    // 4 standard errors: one in 15,000.
    assert!((mean - 1.0).abs() < 4.0 * standard_error, "{mean} ± {standard_error}");
}

#[test]
fn threads_and_instruction_sets_change_nothing() {
    let (case, control) = samples(40, 15.0);
    let problem = two_sample(&case, &control);
    let ks = in_floats(&problem, "ks");
    let with =
        |threads, arch| run(&Splitting { threads, arch, ..splitting(100, 5) }, &problem, &*ks, Tail::Upper).unwrap();
    let one = with(Some(1), Arch::Scalar);
    assert!(one.levels > 5);
    for threads in [1, 2, 7] {
        assert_eq!(with(Some(threads), Arch::new()), one);
    }
    assert_ne!(run(&splitting(100, 6), &problem, &*ks, Tail::Upper).unwrap().estimates, one.estimates);
}

#[test]
fn a_large_share_needs_no_level() {
    let (case, control) = samples(12, 0.5);
    let problem = two_sample(&case, &control);
    let statistic = sum(&problem, problem.pool().scores().scores.as_slice());
    let exact = enumerate(&problem, &statistic);
    let found = run(&splitting(1000, 7), &problem, &statistic, Tail::Absolute).unwrap();
    assert_eq!(found.levels, 0);
    assert_near(&found, exact[2], "no level");
    assert_eq!(found.evaluations, 25_000);
}

#[test]
fn where_all_labellings_tie_all_are_extreme() {
    let problem = two_sample(&[1.0; 20], &[1.0; 30]);
    for tail in TAILS {
        let found = run(&splitting(50, 8), &problem, &sum(&problem, &[3; 50]), tail).unwrap();
        assert_eq!((found.estimate, found.standard_error, found.levels), (1.0, 0.0, 0));
    }
}

#[test]
fn two_observations_and_strata_without_a_choice_are_enough() {
    let problem = two_sample(&[2.0], &[1.0]);
    let found = run(&splitting(1000, 9), &problem, &sum(&problem, &[1, 2]), Tail::Upper).unwrap();
    assert_near(&found, 0.5, "two observations");
    // One stratum has no case observation, one has no other, and one decides: 1 of C(12, 6) labellings.
    let labels: Vec<bool> = (0..20).map(|i| (4..14).contains(&i)).collect();
    let strata: Vec<u32> = (0..20).map(|i| [0, 1, 2][usize::from(i >= 4) + usize::from(i >= 8)]).collect();
    let values: Vec<f64> = (0..20).map(f64::from).collect();
    let (case, control): (Vec<_>, Vec<_>) = (0..20).partition(|&i| labels[i as usize]);
    let order: Vec<u32> = case.iter().chain(&control).copied().collect();
    let pick = |chosen: &[u32]| chosen.iter().map(|&i| -values[i as usize]).collect::<Vec<_>>();
    let design = Stratified::new(
        &order.iter().map(|&i| strata[i as usize]).collect::<Vec<_>>(),
        &order.iter().map(|&i| labels[i as usize]).collect::<Vec<_>>(),
    );
    let problem = Problem::with_design(Pool::new(&pick(&case), &pick(&control), 0.0), Arc::new(design));
    let scores: Vec<i64> = problem.pool().values().iter().map(|&value| value as i64).collect();
    let found = run(&splitting(1000, 10), &problem, &sum(&problem, &scores), Tail::Upper).unwrap();
    assert_near(&found, 1.0 / choose(12, 6), "one stratum decides");
}

#[test]
fn the_end_of_the_support_is_reached() {
    let (problem, scores) = scored(100, 0);
    let statistic = sum(&problem, &scores.iter().map(|score| score * score + 1).collect::<Vec<_>>());
    let found = run(&Splitting { replicates: 20, ..splitting(120, 11) }, &problem, &statistic, Tail::Upper).unwrap();
    let exact = 1.0 / choose(200, 100);
    let SplittingEstimate { estimate, standard_error, .. } = found;
    assert!((estimate - exact).abs() < 5.0 * standard_error, "{estimate} ± {standard_error}, exactly {exact}");
    assert!(standard_error < exact, "{standard_error}");
}

/// 1 for the labelling of the data, NaN where the first unit is set if that is asked for, 0 for all others.
struct Needle {
    observed: Vec<u64>,
    elsewhere: f64,
}

impl Statistic for Needle {
    type Replicate = f64;

    fn replicates(&self, _: Arch, labellings: &Labellings, replicates: &mut [f64]) -> Result<(), Error> {
        let rows = labellings.dense();
        let width = rows.width();
        for (replicate, row) in replicates.iter_mut().zip(rows.words.chunks_exact(width)) {
            let is_elsewhere = row[0] & 1 == 1;
            *replicate = if row == self.observed {
                1.0
            } else if is_elsewhere {
                self.elsewhere
            } else {
                0.0
            };
        }
        Ok(())
    }

    fn thresholds(&self, observed: f64) -> Thresholds<f64> {
        Thresholds::about(0.0, observed, 0.0)
    }

    fn value(&self, replicate: f64) -> f64 {
        replicate
    }
}

#[test]
fn a_needle_in_a_haystack_is_an_error_and_no_p_value() {
    let (case, control) = samples(50, 1.0);
    let problem = two_sample(&case, &control);
    let needle = Needle { observed: problem.design().observed(), elsewhere: 0.0 };
    let error = run(&splitting(100, 12), &problem, &needle, Tail::Upper).unwrap_err();
    assert!(
        error.to_string().starts_with("splitting is stuck: no relabelling was found nearer to the data"),
        "{error}"
    );
}

#[test]
fn undefined_statistics_fail_or_count_as_extreme() {
    let (case, control) = samples(20, 100.0);
    let problem = two_sample(&case, &control);
    // The case holds the largest values, so that the first unit is not set.
    let needle = Needle { observed: problem.design().observed(), elsewhere: f64::NAN };
    let thresholds = thresholds(&problem, &needle);
    let with = |on_undefined| {
        splitting(400, 13).run(problem.design(), &needle, &thresholds, Tail::Upper, on_undefined, Watch::default())
    };
    let error = with(OnUndefined::Fail).unwrap_err().to_string();
    assert!(error.starts_with("the statistic is not defined for some relabellings; choose one that is"), "{error}");
    assert_near(&with(OnUndefined::Extreme).unwrap(), 0.5, "half of them undefined");
}

/// Observations that may only be rotated.
struct Rotation(Units);

impl Design for Rotation {
    fn kind(&self) -> Kind {
        Kind::Own("rotation")
    }

    fn units(&self) -> &Units {
        &self.0
    }

    fn observed(&self) -> Vec<u64> {
        vec![0b1111]
    }

    fn reference_set_size(&self) -> ReferenceSetSize {
        ReferenceSetSize::exactly(8)
    }

    fn unrank(&self, rank: u64, labelling: &mut [u64]) {
        labelling[0] = (0b1111 << rank | 0b1111 << rank >> 8) & 255;
    }

    fn start(&self) -> Box<dyn Draw + '_> {
        Box::new(EachAlone(|stream: &mut Stream, labelling: &mut [u64]| self.unrank(stream.word() % 8, labelling)))
    }
}

#[test]
fn what_cannot_be_run_is_refused_in_one_line() {
    let (case, control) = samples(4, 1.0);
    let problem = Problem::with_design(Pool::new(&case, &control, 0.0), Arc::new(Rotation(Units::identity(8))));
    let refusal = |splitting: &Splitting, problem: &Problem| {
        let function = Values::new(problem, 0.0, |x: &[f64], y: &[f64]| x[0] - y[0]);
        run(splitting, problem, &function, Tail::Upper).unwrap_err().to_string()
    };
    assert_eq!(
        refusal(&splitting(100, 0), &problem),
        "splitting knows no small changes of the labellings of the design rotation; draw resamples"
    );
    assert!(splitting(100, 0).expected_evaluations(problem.design(), -3.0).is_err());
    let problem = two_sample(&case, &control);
    assert_eq!(
        refusal(&Splitting { replicates: 19, ..splitting(100, 0) }, &problem),
        "19 replicates are too few for a standard error; ask for 20 or more"
    );
    assert_eq!(refusal(&splitting(49, 0), &problem), "49 particles are too few to climb; ask for 50 or more");
}

#[test]
fn the_watch_is_told_of_every_evaluation_and_can_stop_the_run() {
    let (problem, scores) = scored(60, 30);
    let statistic = sum(&problem, &scores);
    let thresholds = thresholds(&problem, &statistic);
    let (done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let with = |advance: &(dyn Fn(u64) + Sync)| {
        let watch = Watch { stop: &stop, begin: &|_, _| (), advance, replicates: None };
        splitting(100, 14).run(problem.design(), &statistic, &thresholds, Tail::Upper, OnUndefined::Fail, watch)
    };
    let found = with(&|evaluations| _ = done.fetch_add(evaluations, Ordering::Relaxed)).unwrap();
    assert_eq!(done.load(Ordering::Relaxed), found.evaluations);
    // In the pilot, and in the midst of the replicates.
    for last in [2000, found.evaluations / 2] {
        done.store(0, Ordering::Relaxed);
        stop.store(false, Ordering::Relaxed);
        let stopped = with(&|evaluations| {
            let so_far = done.fetch_add(evaluations, Ordering::Relaxed);
            stop.store(so_far > last, Ordering::Relaxed);
        });
        assert!(matches!(stopped, Err(Error::Interrupted)));
        assert!(done.load(Ordering::Relaxed) < last + 1000);
    }
}

#[test]
fn what_a_run_takes_is_foreseen() {
    for (n, mixed) in [(30, 15), (60, 50), (60, 30), (60, 6)] {
        let (problem, scores) = scored(n, mixed);
        let splitting = splitting(100, 15);
        let found = run(&splitting, &problem, &sum(&problem, &scores), Tail::Upper).unwrap();
        let expected = splitting.expected_evaluations(problem.design(), found.estimate.log10()).unwrap() as f64;
        let ratio = found.evaluations as f64 / expected;
        assert!((1.0 / 3.0..3.0).contains(&ratio), "{n} + {n}, {mixed} mixed: {ratio}");
    }
    let (problem, _) = scored(100, 50);
    let expected = splitting(DEFAULT_PARTICLES, 0).expected_evaluations(problem.design(), 0.0).unwrap();
    assert_eq!(expected, 25_000);
}

#[test]
fn a_run_that_may_not_go_on_says_what_the_share_is_at_most() {
    // 60 + 60 scores of which 30 are mixed: some twenty levels.
    let (problem, scores) = scored(60, 30);
    let statistic = sum(&problem, &scores);
    let whole = run(&splitting(200, 16), &problem, &statistic, Tail::Upper).unwrap();
    let thresholds = thresholds(&problem, &statistic);
    let mut before = 1.0;
    for moves in [2, 10, 40, 100] {
        let splitting = splitting(200, 16);
        let most = 200 * (DEFAULT_REPLICATES + 1) * moves;
        let target = Target {
            thresholds: &thresholds,
            tail: Tail::Upper,
            on_undefined: OnUndefined::Fail,
            most_evaluations: Some(most),
        };
        let mut climbs = Climbs { levels: 0, estimates: Vec::new(), evaluations: 0 };
        let (watch, replicates) = (Watch::default(), 0..DEFAULT_REPLICATES);
        let pilot = splitting.run_replicates(problem.design(), &statistic, target, replicates, &watch, |_, more| {
            climbs.append(more);
            Ok(())
        });
        assert!(!pilot.unwrap().is_complete, "{moves}");
        // The pilot climbs too, again where it has learnt more.
        assert!(climbs.evaluations <= most, "{moves}: {} of {most}", climbs.evaluations);
        let found = splitting.conclude(&climbs).unwrap();
        assert!(found.levels > 0 && found.levels < whole.levels);
        // With more moves it comes further, but never below the share of what is a part of each level.
        assert!(found.estimate < before && found.estimate > whole.estimate, "{moves}: {found:?}");
        // Levels lie where about three tenths come through.
        let expected = 0.3f64.powi(found.levels as i32);
        assert!((0.3..3.0).contains(&(found.estimate / expected)), "{moves}: {found:?}");
        before = found.estimate;
    }
}
