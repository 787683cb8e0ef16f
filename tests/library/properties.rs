//! Laws of statistics and designs together: each statistic of the catalogue and each expression, in its fast shape, gives
//! on the same labellings what its textbook definition gives on the two groups, under every design.

use permtest::design::layout::{Blocks, Layout, Pairing};
use permtest::method::planner::Choice;
use permtest::sampling::labellings::Labellings;
use permtest::sampling::stream::{Domain, Stream};
use permtest::simd::Arch;
use permtest::statistic::distance::Side;
use permtest::statistic::{EvaluationCost, Evaluator};
use permtest::statistic::{Pool, Problem, Statistic};
use permtest::{Definition, PermutationTest};

/// Labellings on which each statistic is compared under each design.
const LABELLINGS: usize = 10_000;

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

fn var(x: &[f64]) -> f64 {
    let mean = mean(x);
    x.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (x.len() as f64 - 1.0)
}

fn sorted(x: &[f64]) -> Vec<f64> {
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

fn quantile(x: &[f64], q: f64) -> f64 {
    let (x, h) = (sorted(x), (x.len() as f64 - 1.0) * q);
    let below = (h + 1e-9).floor() as usize;
    let above = (below + 1).min(x.len() - 1);
    x[below] + (h - below as f64).max(0.0) * (x[above] - x[below])
}

fn trimmed(x: &[f64], q: f64) -> f64 {
    let (x, cut) = (sorted(x), (q * x.len() as f64 + 1e-9).floor() as usize);
    mean(&x[cut..x.len() - cut])
}

fn winsorized(x: &[f64], q: f64) -> f64 {
    let (low, high) = (quantile(x, q), quantile(x, 1.0 - q));
    mean(&each(x, |value| value.clamp(low, high)))
}

fn trimean(x: &[f64]) -> f64 {
    (quantile(x, 0.25) + 2.0 * quantile(x, 0.5) + quantile(x, 0.75)) / 4.0
}

fn mad(x: &[f64]) -> f64 {
    let median = quantile(x, 0.5);
    quantile(&x.iter().map(|value| (value - median).abs()).collect::<Vec<_>>(), 0.5)
}

fn each(x: &[f64], f: impl Fn(f64) -> f64) -> Vec<f64> {
    x.iter().map(|&value| f(value)).collect()
}

/// The mid-rank of a value among all, counted from 1.
fn rank(value: f64, all: &[f64]) -> f64 {
    let below = all.iter().filter(|&&other| other < value).count() as f64;
    let equal = all.iter().filter(|&&other| other == value).count() as f64;
    below + f64::midpoint(equal, 1.0)
}

fn pooled(x: &[f64], y: &[f64]) -> Vec<f64> {
    x.iter().chain(y).copied().collect()
}

/// The distribution function of a sample.
fn below(sample: &[f64], value: f64) -> f64 {
    sample.iter().filter(|&&other| other <= value).count() as f64 / sample.len() as f64
}

fn student(x: &[f64], y: &[f64]) -> f64 {
    let (m, n) = (x.len() as f64, y.len() as f64);
    let within = ((m - 1.0) * var(x) + (n - 1.0) * var(y)) / (m + n - 2.0);
    (mean(x) - mean(y)) / (within * (1.0 / m + 1.0 / n)).sqrt()
}

fn paired_t(x: &[f64], y: &[f64]) -> f64 {
    let differences: Vec<f64> = x.iter().zip(y).map(|(x, y)| x - y).collect();
    mean(&differences) / (var(&differences) / x.len() as f64).sqrt()
}

fn signed_rank(x: &[f64], y: &[f64]) -> f64 {
    // Tenths: differences of doubles that are equal as decimals become equal.
    let differences: Vec<f64> = x.iter().zip(y).map(|(x, y)| ((x - y) * 1e6).round()).collect();
    let magnitudes: Vec<f64> = differences.iter().filter(|&&d| d != 0.0).map(|d| d.abs()).collect();
    differences.iter().filter(|&&d| d > 0.0).map(|d| rank(*d, &magnitudes)).sum()
}

fn cramer_von_mises(x: &[f64], y: &[f64]) -> f64 {
    let (m, n) = (x.len() as f64, y.len() as f64);
    let squares = pooled(x, y).iter().map(|&z| (below(x, z) - below(y, z)).powi(2)).sum::<f64>();
    m * n / ((m + n) * (m + n)) * squares
}

fn anderson_darling(x: &[f64], y: &[f64]) -> f64 {
    let all = pooled(x, y);
    let (m, n, size) = (x.len() as f64, y.len() as f64, all.len() as f64);
    let weigh = |&z: &f64| {
        let k = below(&all, z) * size;
        if k >= size - 0.5 { 0.0 } else { (m * n * (below(x, z) - below(y, z))).powi(2) / (k * (size - k)) }
    };
    all.iter().map(weigh).sum::<f64>() / (m * n)
}

/// 2·E|X − Y| − E|X − X'| − E|Y − Y'|, as Székely and Rizzo define it, and its root.
fn energy(x: &[f64], y: &[f64]) -> f64 {
    let expected =
        |a: &[f64], b: &[f64]| mean(&a.iter().map(|u| mean(&each(b, |v| (u - v).abs()))).collect::<Vec<_>>());
    (2.0 * expected(x, y) - expected(x, x) - expected(y, y)).max(0.0).sqrt()
}

fn kolmogorov_smirnov(x: &[f64], y: &[f64], side: Side) -> f64 {
    let differences = each(&pooled(x, y), |z| below(x, z) - below(y, z));
    let largest = |sign: f64| differences.iter().map(|d| sign * d).fold(0.0, f64::max);
    match side {
        Side::Either => largest(1.0).max(largest(-1.0)),
        Side::CaseGreater => largest(-1.0),
        Side::CaseLess => largest(1.0),
    }
}

type Plain = fn(&[f64], &[f64]) -> f64;

/// Every statistic that needs no pairs, by its definition.
fn definitions() -> Vec<(&'static str, Plain)> {
    vec![
        ("mean", |x, y| mean(x) - mean(y)),
        ("median", |x, y| quantile(x, 0.5) - quantile(y, 0.5)),
        ("trimmed-mean:0.2", |x, y| trimmed(x, 0.2) - trimmed(y, 0.2)),
        ("winsorized-mean:0.2", |x, y| winsorized(x, 0.2) - winsorized(y, 0.2)),
        ("trimean", |x, y| trimean(x) - trimean(y)),
        ("var", |x, y| var(x) - var(y)),
        ("sd", |x, y| var(x).sqrt() - var(y).sqrt()),
        ("quantile:0.9", |x, y| quantile(x, 0.9) - quantile(y, 0.9)),
        ("geometric-mean", |x, y| mean(&each(x, f64::ln)).exp() - mean(&each(y, f64::ln)).exp()),
        ("min", |x, y| sorted(x)[0] - sorted(y)[0]),
        ("max", |x, y| sorted(x)[x.len() - 1] - sorted(y)[y.len() - 1]),
        ("iqr", |x, y| quantile(x, 0.75) - quantile(x, 0.25) - (quantile(y, 0.75) - quantile(y, 0.25))),
        ("mad", |x, y| mad(x) - mad(y)),
        ("t", student),
        ("welch", |x, y| (mean(x) - mean(y)) / (var(x) / x.len() as f64 + var(y) / y.len() as f64).sqrt()),
        ("rank-sum", |x, y| x.iter().map(|&value| rank(value, &pooled(x, y))).sum()),
        ("ks", |x, y| kolmogorov_smirnov(x, y, Side::Either)),
        ("cvm", cramer_von_mises),
        ("ad", anderson_darling),
        ("energy", energy),
        ("mean(log(x)) - mean(log(y))", |x, y| mean(&each(x, f64::ln)) - mean(&each(y, f64::ln))),
        ("mean(x) - mean(log(y))", |x, y| mean(x) - mean(&each(y, f64::ln))),
        ("3 - 2 * sum(x) / n(y)", |x, y| 3.0 - 2.0 * x.iter().sum::<f64>() / y.len() as f64),
        ("mean(x) / mean(y)", |x, y| mean(x) / mean(y)),
        ("sd(x) / mean(x)", |x, y| var(x).sqrt() / mean(x) - var(y).sqrt() / mean(y)),
        ("quantile(x, 0.9) / quantile(y, 0.9)", |x, y| quantile(x, 0.9) / quantile(y, 0.9)),
        ("trimmed_mean(sqrt(x), 0.1)", |x, y| trimmed(&each(x, f64::sqrt), 0.1) - trimmed(&each(y, f64::sqrt), 0.1)),
        ("median(-x) + max(y)", |x, y| quantile(&each(x, |v| -v), 0.5) + sorted(y)[y.len() - 1]),
        ("mean(x > 3)", |x, y| {
            let share = |sample: &[f64]| mean(&each(sample, |v| f64::from(u8::from(v > 3.0))));
            share(x) - share(y)
        }),
        ("mean(rank(x))", |x, y| {
            let ranks = |sample: &[f64]| mean(&each(sample, |v| rank(v, &pooled(x, y))));
            ranks(x) - ranks(y)
        }),
        ("mean((x - mean(pooled)) ^ 2)", |x, y| {
            let centre = mean(&pooled(x, y));
            let spread = |sample: &[f64]| mean(&each(sample, |v| (v - centre).powi(2)));
            spread(x) - spread(y)
        }),
        ("median(abs(x - median(x)))", |x, y| mad(x) - mad(y)),
        ("mean(rank(x - mean(x)))", |x, y| {
            // Ranks among all values less the group's own mean.
            let ranks = |sample: &[f64]| {
                let all = each(&pooled(x, y), |v| v - mean(sample));
                mean(&each(sample, |v| rank(v - mean(sample), &all)))
            };
            ranks(x) - ranks(y)
        }),
    ]
}

/// Statistics of pairs, whose i-th values belong together.
fn paired_definitions() -> Vec<(&'static str, Plain)> {
    vec![
        ("t", paired_t),
        ("signed-rank", signed_rank),
        ("median(x - y)", |x, y| quantile(&x.iter().zip(y).map(|(x, y)| x - y).collect::<Vec<_>>(), 0.5)),
        ("mean(log(x / y))", |x, y| mean(&x.iter().zip(y).map(|(x, y)| (x / y).ln()).collect::<Vec<_>>())),
    ]
}

fn blocks(of_observation: Vec<u32>) -> Blocks {
    Blocks { of_observation, names: Vec::new() }
}

/// Twenty case and twenty-four control observations, or as many of both for pairs, under each design.
fn layouts() -> Vec<(&'static str, usize, usize, Layout)> {
    let list = |f: &dyn Fn(u32) -> u32, n: u32| (0..n).map(f).collect::<Vec<u32>>();
    let strata = blocks(list(&|i| i % 4, 44));
    // Case observations 0..20, control observations 20..44: clusters of 4, and of 1 to 5.
    let equal = blocks(list(&|i| i / 4, 44));
    let sizes = [1, 2, 3, 4, 5, 5, 5, 4, 3, 3, 2, 3, 4];
    let unequal = blocks((0u32..).zip(sizes).flat_map(|(cluster, size)| vec![cluster; size]).collect());
    let of_cluster = blocks(list(&|i| (i / 4) % 2, 44));
    let independent = Layout::default();
    let paired = Layout { pairing: Pairing::ByOrder, ..Layout::default() };
    vec![
        ("two-sample", 20, 24, independent.clone()),
        ("stratified", 20, 24, Layout { strata: Some(strata), ..independent.clone() }),
        ("clustered", 20, 24, Layout { clusters: Some(equal.clone()), ..independent.clone() }),
        ("clustered of unequal sizes", 20, 24, Layout { clusters: Some(unequal), ..independent.clone() }),
        ("clustered, stratified", 20, 24, Layout { clusters: Some(equal), strata: Some(of_cluster), ..independent }),
        ("paired", 22, 22, paired.clone()),
        ("paired, clustered", 22, 22, Layout { clusters: Some(blocks(list(&|i| i % 22 / 2, 44))), ..paired }),
    ]
}

/// Positive values of one decimal with ties, or of full precision.
fn value(i: usize, tied: bool) -> f64 {
    let scattered = (i * 7919 + 13) % 101;
    if tied { (scattered % 60 + 1) as f64 / 10.0 } else { ((scattered as f64).sin() + 1.2) * 3.0 }
}

/// The values of both groups by the labels of the observations, each group in the order in which they were given; pairs
/// keep their places.
fn groups(problem: &Problem, batch: &Labellings, row: usize) -> [Vec<f64>; 2] {
    let (pool, units) = (problem.pool(), problem.design().units());
    let bits = batch.bitset(row);
    let is_case = |place: usize| {
        let unit = units.unit_of()[place] as usize;
        (bits[unit / 64] >> (unit % 64) & 1 == 1) != units.base(place)
    };
    let mut groups = [Vec::new(), Vec::new()];
    let places: Vec<usize> = match problem.pairs() {
        Some(pairs) => pairs.as_flattened().iter().map(|&place| place as usize).collect(),
        None => (0..pool.len()).rev().collect(),
    };
    for place in places {
        groups[usize::from(!is_case(place))].push(pool.values()[place]);
    }
    groups
}

/// Compares replicates with the definition, on labellings drawn by the design.
fn check<S: Statistic + ?Sized>(problem: &Problem, statistic: &S, plain: &dyn Fn(&[f64], &[f64]) -> f64, name: &str) {
    let design = problem.design();
    let (mut stream, mut batch) = (Stream::new(3, Domain::Resamples, 0), design.batch());
    let mut at_work = design.start();
    let mut done = 0;
    while done < LABELLINGS {
        at_work.draw(Arch::new(), &mut stream, &mut batch);
        let replicates = [Arch::new(), Arch::Scalar].map(|arch| {
            let mut replicates = vec![S::Replicate::default(); batch.len()];
            statistic.replicates(arch, &batch, &mut replicates).unwrap();
            replicates.into_iter().map(|replicate| statistic.value(replicate)).collect::<Vec<f64>>()
        });
        assert!(replicates[0].iter().zip(&replicates[1]).all(|(a, b)| a.to_bits() == b.to_bits()), "{name}: SIMD");
        for (row, found) in replicates[0].iter().enumerate() {
            let [case, control] = groups(problem, &batch, row);
            let expected = plain(&case, &control);
            // Sums of 44 values up to 7, their squares and cubes of roots: 1e-12 of that scale; roots of what nearly
            // cancels (energy) lose half the digits.
            let tolerance = if name.starts_with("energy") { 1e-7 } else { 1e-11 * (1.0 + expected.abs()) };
            let is_same = (found - expected).abs() <= tolerance || found == &expected;
            assert!(is_same, "{name}, row {row}: {found} instead of {expected}\n{case:?}\n{control:?}");
        }
        done += batch.len();
    }
}

fn check_named(problem: &Problem, text: &str, side: Side, plain: &dyn Fn(&[f64], &[f64]) -> f64, name: &str) {
    let definition: Definition = text.parse().unwrap();
    match definition.prepare(problem, side).unwrap().evaluator {
        Evaluator::Integers(statistic) => check(problem, &*statistic, plain, name),
        Evaluator::Floats(statistic) => check(problem, &*statistic, plain, name),
    }
}

fn problem(n_case: usize, n_control: usize, layout: &Layout, tied: bool) -> Problem {
    let values: Vec<f64> = (0..n_case + n_control).map(|i| value(i, tied)).collect();
    Problem::with_layout(Pool::new(&values[..n_case], &values[n_case..], 0.0), layout).unwrap()
}

#[test]
fn every_statistic_is_its_definition_under_every_design() {
    for (design, n_case, n_control, layout) in layouts() {
        for tied in [true, false] {
            let problem = problem(n_case, n_control, &layout, tied);
            let is_paired = problem.pairs().is_some();
            let paired = if is_paired { paired_definitions() } else { Vec::new() };
            // Forms within strata are checked beside their own definitions.
            let has_other_form = |name: &str| {
                (is_paired && name == "t") || (problem.strata().is_some() && ["mean", "t", "rank-sum"].contains(&name))
            };
            let unpaired = definitions().into_iter().filter(|(name, _)| !has_other_form(name));
            for (text, plain) in unpaired.chain(paired) {
                check_named(&problem, text, Side::Either, &plain, &format!("{text}, {design}, ties {tied}"));
            }
        }
    }
}

#[test]
fn resampling_agrees_with_the_whole_reference_set() {
    for (design, n_case, n_control, layout) in layouts() {
        // A few of the observations, so that all labellings can be counted.
        let keep = |i: usize| i < 6 || (n_case..n_case + 6).contains(&i);
        let values = |range: std::ops::Range<usize>| range.filter(|&i| keep(i)).map(|i| value(i, true)).collect();
        let (case, control): (Vec<f64>, Vec<f64>) = (values(0..n_case), values(n_case..n_case + n_control));
        let part = |blocks: &Option<Blocks>| {
            let of = blocks.as_ref()?.of_observation.iter().enumerate();
            let of_observation = of.filter(|(i, _)| keep(*i)).map(|(_, &block)| block).collect();
            Some(Blocks { of_observation, names: Vec::new() })
        };
        let layout = Layout { strata: part(&layout.strata), clusters: part(&layout.clusters), ..layout };
        let test = PermutationTest::new(&case, &control).unwrap().layout(layout.clone());
        let paired = layout.pairing != Pairing::Independent;
        let names = definitions().into_iter().chain(if paired { paired_definitions() } else { Vec::new() });
        for (name, _) in names {
            let definition: Definition = name.parse().unwrap();
            let exact = test.clone().method(Choice::Exact).run(&definition).unwrap().p_value.estimate;
            let drawn = test.clone().resamples(20_000).confidence(0.999_999).run(&definition).unwrap();
            let [low, high] = drawn.p_value.interval;
            // Some 220 checks, each of which fails under one seed in a million.
            assert!(low <= exact && exact <= high, "{name}, {design}: {exact} is outside {low} to {high}");
        }
    }
}

#[test]
fn one_sided_distances_look_at_one_side() {
    let (_, n_case, n_control, layout) = layouts().swap_remove(0);
    let problem = problem(n_case, n_control, &layout, true);
    for side in [Side::CaseGreater, Side::CaseLess] {
        let plain = move |x: &[f64], y: &[f64]| kolmogorov_smirnov(x, y, side);
        check_named(&problem, "ks", side, &plain, "ks");
    }
}

#[test]
fn every_name_of_the_catalogue_is_checked() {
    let checked: Vec<&str> = definitions().into_iter().chain(paired_definitions()).map(|(name, _)| name).collect();
    for entry in permtest::statistic::catalogue::CATALOGUE {
        assert!(checked.contains(&entry.to_string().as_str()), "{entry} is not checked");
    }
}

#[test]
fn expressions_take_the_fastest_shape() {
    let (_, n_case, n_control, layout) = layouts().swap_remove(0);
    let problem = problem(n_case, n_control, &layout, true);
    let shape = |text: &str| {
        let definition: Definition = text.parse().unwrap();
        let cost = match definition.prepare(&problem, Side::Either).unwrap().evaluator {
            Evaluator::Integers(statistic) => statistic.cost(),
            Evaluator::Floats(statistic) => statistic.cost(),
        };
        match cost {
            EvaluationCost::Sum => "linear",
            EvaluationCost::Kernel { .. } => "formula",
            EvaluationCost::Function | EvaluationCost::Expensive => "values",
        }
    };
    for (text, expected) in [
        ("mean(log(x)) - mean(log(y))", "linear"),
        ("sum(x)", "linear"),
        ("(mean(x) - mean(y)) / sd(pooled)", "linear"),
        ("mean(x > median(pooled))", "linear"),
        ("mean(x) - mean(log(y))", "linear"),
        ("mean(rank(x))", "linear"),
        ("mean(x) / mean(y)", "formula"),
        ("log(mean(x))", "formula"),
        ("median(x)", "formula"),
        ("max(x) > max(y)", "formula"),
        ("mean(abs(x - median(x)))", "values"),
        ("mean(x > mean(y))", "values"),
    ] {
        assert_eq!(shape(text), expected, "{text}");
    }
}
