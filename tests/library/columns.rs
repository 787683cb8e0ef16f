//! Expressions in columns: a ratio of sums against `SciPy`, F1 against all labellings, and the promises that every statistic keeps.

use permtest::design::layout::{Blocks, Layout};
use permtest::effect::{Approach, EffectRequest};
use permtest::inference::Alternative::{Greater, Less, TwoSided};
use permtest::inference::TwoSidedRule;
use permtest::method::planner::Choice;
use permtest::sampling::stream::{Domain, Stream};
use permtest::simd;
use permtest::statistic::{Character, Columns, Definition};
use permtest::{NullDistribution, PermutationTest, TestResult, Undefined};

/// What users of two variants have paid, in how many sessions.
const REVENUE: [&[f64]; 2] = [&[12.5, 0.0, 33.0, 7.25, 41.0, 0.0, 18.5], &[4.0, 9.5, 0.0, 11.0, 2.5, 15.0]];
const SESSIONS: [&[f64]; 2] = [&[3.0, 1.0, 5.0, 2.0, 6.0, 2.0, 3.0], &[2.0, 3.0, 1.0, 4.0, 2.0, 5.0]];
const RATIO: &str = "sum(revenue) / sum(sessions)";

fn shop() -> PermutationTest {
    PermutationTest::of_columns(&[("revenue", REVENUE), ("sessions", SESSIONS)]).unwrap()
}

fn of(columns: &[(&str, [&[f64]; 2])]) -> PermutationTest {
    PermutationTest::of_columns(columns).unwrap()
}

fn ratio(text: &str) -> Definition {
    Definition::parse(text).unwrap().as_ratio().unwrap()
}

fn exact_count(result: &TestResult) -> f64 {
    result.p_value.estimate * 1716.0
}

/// Whole numbers below a bound.
fn counts(number: u64, size: usize, below: u64) -> Vec<f64> {
    let mut stream = Stream::new(11, Domain::Probes, number);
    (0..size).map(|_| (stream.word() % below) as f64).collect()
}

/// `SciPy` 1.17.1, where `r` and `s` are all revenues and sessions, those of the case first:
///
/// ```python
/// value = lambda i: r[i].sum() / s[i].sum()
/// permutation_test((np.arange(7), np.arange(7, 13)), lambda a, b: value(a) - value(b), permutation_type="independent",
///                  n_resamples=np.inf, vectorized=False, alternative=...)
/// ```
///
/// and the same with `value(a) / value(b)`, `(r[i] / s[i]).mean()` and `np.median(r[i] * s[i])`. Counts are of 1716 labellings.
#[test]
fn p_values_are_those_of_scipy_on_the_numbers_of_rows() {
    let plain = |text: &str| Definition::parse(text).unwrap();
    for (statistic, estimate, greater, less, absolute) in [
        (plain(RATIO), 2.631_684_491_978_61, 74.0, 1644.0, 143.0),
        (ratio(RATIO), 2.065_205_627_705_627_7, 86.0, 1632.0, f64::NAN),
        (plain("mean(revenue / sessions)"), 1.885_317_460_317_46, 145.0, 1577.0, 291.0),
        (plain("median(revenue * sessions)"), 19.25, 558.0, 1218.0, 1116.0),
    ] {
        let test = shop().method(Choice::Exact);
        let run = |test: PermutationTest| test.run(&statistic).unwrap();
        let (up, down) = (run(test.clone().alternative(Greater)), run(test.clone().alternative(Less)));
        assert!((up.estimate - estimate).abs() < 1e-13, "{statistic}: {}", up.estimate);
        assert!((exact_count(&up) - greater).abs() < 1e-9, "{statistic}: {}", exact_count(&up));
        assert!((exact_count(&down) - less).abs() < 1e-9, "{statistic}: {}", exact_count(&down));
        let doubled = run(test.clone().two_sided(TwoSidedRule::Doubled));
        assert!((exact_count(&doubled) - 2.0 * greater.min(less)).abs() < 1e-9, "{statistic}");
        if !absolute.is_nan() {
            let absolute_rule = run(test.two_sided(TwoSidedRule::Absolute));
            assert!((exact_count(&absolute_rule) - absolute).abs() < 1e-9, "{statistic}");
        }
    }
}

#[test]
fn a_ratio_is_doubled_and_is_1_where_nothing_differs() {
    let result = shop().run(&ratio(RATIO)).unwrap();
    assert_eq!((result.character, result.two_sided), (Character::Ratio, TwoSidedRule::Doubled));
    let same = of(&[("revenue", [REVENUE[0]; 2]), ("sessions", [SESSIONS[0]; 2])]).run(&ratio(RATIO)).unwrap();
    assert_eq!((same.estimate, same.p_value.estimate), (1.0, 1.0));
}

/// `scipy.stats.bootstrap` of the same function with 400,000 samples, seed 5, level 0.9: percentile 0.7750 to 3.8867, `BCa` 0.7639
/// to 3.8800, with a standard error of 0.9610. Both ends are quantiles at about 5 %, of which 400,000 and 100,000 samples know
/// √(0.05 · 0.95) (1/√400,000 + 1/√100,000) = 0.001 in probability, and four times that beside a density of at least 0.06 is
/// 0.07.
#[test]
fn intervals_are_those_of_scipy_on_the_numbers_of_rows() {
    for (approach, low, high) in [(Approach::Percentile, 0.7750, 3.8867), (Approach::Bca, 0.7639, 3.8800)] {
        let request = EffectRequest { approach: Some(approach), bootstrap: 100_000, confidence: 0.9 };
        let effect = shop().interval(request).run(RATIO).unwrap().effect.unwrap();
        let ends = effect.interval.unwrap().ends;
        assert!((ends[0] - low).abs() < 0.07 && (ends[1] - high).abs() < 0.07, "{approach:?} {ends:?}");
    }
}

#[test]
fn an_interval_by_inversion_is_refused() {
    let request = EffectRequest { approach: Some(Approach::Inversion), ..EffectRequest::default() };
    let error = shop().interval(request).run(RATIO).unwrap_err().to_string();
    assert!(error.starts_with("a shift is no null hypothesis about sum(revenue) / sum(sessions); choose"), "{error}");
    let error = shop().shift(1.0).run(RATIO).unwrap_err().to_string();
    assert!(error.contains("these data have several; leave out"), "{error}");
}

fn pair(column: &[Vec<f64>; 2]) -> [&[f64]; 2] {
    [&column[0], &column[1]]
}

/// The approximate randomisation test of F1 (Noreen 1989; Yeh 2000), exact: both systems' counts of a sentence change places.
#[test]
fn f1_of_pairs_is_counted_over_all_labellings() {
    const PAIRS: usize = 12;
    let column = |number: u64, below: u64| [counts(2 * number, PAIRS, below), counts(2 * number + 1, PAIRS, below)];
    let [tp, fp, fn_] = [column(0, 5), column(1, 3), column(2, 3)];
    let f1 = |swapped: usize, system: usize| {
        let sum = |column: &[Vec<f64>; 2]| -> f64 {
            (0..PAIRS).map(|pair| column[system ^ (swapped >> pair & 1)][pair]).sum()
        };
        2.0 * sum(&tp) / (2.0 * sum(&tp) + sum(&fp) + sum(&fn_))
    };
    let difference = |swapped: usize| f1(swapped, 0) - f1(swapped, 1);
    let all: Vec<f64> = (0..1 << PAIRS).map(difference).collect();
    let observed = all[0];
    let share = |is_extreme: &dyn Fn(f64) -> bool| {
        all.iter().filter(|&&value| is_extreme(value)).count() as f64 / all.len() as f64
    };
    // Sums of counts of a few differ by far more than that, or not at all.
    let tie = 1e-12;

    let test = of(&[("tp", pair(&tp)), ("fp", pair(&fp)), ("fn", pair(&fn_))]).paired();
    let statistic = "2 * sum(tp) / (2 * sum(tp) + sum(fp) + sum(fn))";
    let exact = test.clone().method(Choice::Exact);
    let run = |test: PermutationTest| test.run(statistic).unwrap();
    let two_sided = run(exact.clone());
    assert_eq!(two_sided.two_sided, TwoSidedRule::Absolute);
    assert!((two_sided.estimate - observed).abs() < 1e-15);
    assert_eq!(two_sided.p_value.estimate, share(&|value| value.abs() >= observed.abs() - tie));
    let greater = run(exact.clone().alternative(Greater));
    assert_eq!(greater.p_value.estimate, share(&|value| value >= observed - tie));
    assert_eq!(run(exact.alternative(Less)).p_value.estimate, share(&|value| value <= observed + tie));
    // Drawn: within five standard errors.
    let p = two_sided.p_value.estimate;
    let drawn = run(test.resamples(100_000)).p_value.estimate;
    assert!((drawn - p).abs() < 5.0 * (p * (1.0 - p) / 1e5).sqrt(), "{drawn} for {p}");
}

/// A test of many rows with ties, of a statistic that is a formula and of one that is evaluated row by row.
fn many(statistic: &str, change: impl FnOnce(PermutationTest) -> PermutationTest) -> TestResult {
    let [a, b, c, d] = [0, 1, 2, 3].map(|number| counts(20 + number, 90, 7));
    let test = of(&[("a", [&a[..50], &b[..]]), ("b", [&c[..50], &d[..]])]);
    let request = EffectRequest { bootstrap: 500, ..EffectRequest::default() };
    change(test.resamples(20_000).interval(request).null_distribution(NullDistribution::Kept)).run(statistic).unwrap()
}

const KINDS: [&str; 4] =
    ["sum(a) / sum(b)", "sum(a) - 2 * sum(b)", "quantile(a * b, 0.9) / mean(b)", "mean(abs(a - median(a)) * rank(b))"];

#[test]
fn neither_threads_nor_instructions_change_a_bit() {
    for statistic in KINDS {
        let expected = many(statistic, |test| test.threads(1));
        assert_eq!(many(statistic, |test| test.threads(3)), expected, "{statistic}");
        for (name, arch) in simd::levels() {
            assert_eq!(many(statistic, |test| test.arch(arch)), expected, "{statistic} {name}");
        }
    }
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let turned = |samples: [&[f64]; 2]| samples.map(|sample| sample.iter().rev().copied().collect::<Vec<f64>>());
    let ([ra, rb], [sa, sb]) = (turned(REVENUE), turned(SESSIONS));
    let other = of(&[("revenue", [&ra, &rb]), ("sessions", [&sa, &sb])]);
    let request = EffectRequest { bootstrap: 500, ..EffectRequest::default() };
    let run = |test: PermutationTest| test.resamples(1000).interval(request).run(RATIO).unwrap();
    assert_eq!(run(other), run(shop()));
}

#[test]
fn one_column_is_the_test_of_x() {
    let [case, control] = [counts(40, 30, 9), counts(41, 25, 9)];
    let samples: [&[f64]; 2] = [&case, &control];
    for (of_column, of_x) in
        [("mean(v)", "mean"), ("sum(v)", "sum(x)"), ("var(v)", "var"), ("mean(rank(v))", "mean(rank(x))")]
    {
        let column = of(&[("v", samples)]).resamples(5000).run(of_column).unwrap();
        let x = PermutationTest::new(&case, &control).unwrap().resamples(5000).run(of_x).unwrap();
        assert!((column.estimate - x.estimate).abs() <= 1e-12 * x.estimate.abs(), "{of_column}");
        assert_eq!(column.counts, x.counts, "{of_column}");
    }
}

/// Relabelling whole clusters of rows is relabelling the sums of each.
#[test]
fn clusters_are_relabelled_as_a_whole() {
    let of_row = [0, 0, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 7];
    let clustered = shop().clusters(of_row.to_vec()).method(Choice::Exact);
    let sums = |samples: [&[f64]; 2]| {
        let mut sums = [0.0; 8];
        samples.concat().iter().zip(of_row).for_each(|(value, cluster)| sums[cluster as usize] += value);
        sums
    };
    let (revenue, sessions) = (sums(REVENUE), sums(SESSIONS));
    let summed = of(&[("revenue", [&revenue[..4], &revenue[4..]]), ("sessions", [&sessions[..4], &sessions[4..]])]);
    let (by_row, by_sum) = (clustered.run(RATIO).unwrap(), summed.method(Choice::Exact).run(RATIO).unwrap());
    assert_eq!((by_row.estimate, by_row.p_value), (by_sum.estimate, by_sum.p_value));
    assert_eq!(by_row.n_units, 8);
}

#[test]
fn strata_keep_their_rows() {
    let strata = vec![0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1];
    let layout = Layout { strata: Some(Blocks { of_observation: strata, names: Vec::new() }), ..Layout::default() };
    let result = shop().layout(layout).method(Choice::Exact).run(RATIO).unwrap();
    assert_eq!(result.reference_set_size.exact, Some(20 * 35));
}

#[test]
fn undefined_ratios_are_treated_as_asked() {
    let test = of(&[("a", [&[1.0, 0.0], &[2.0, 0.0]]), ("b", [&[1.0, 0.0], &[3.0, 0.0]])]).method(Choice::Exact);
    let error = test.run("sum(a) / sum(b)").unwrap_err().to_string();
    assert!(error.starts_with("the statistic is not defined for 2 of 6 relabellings"), "{error}");
    let result = test.undefined(Undefined::Extreme).run("sum(a) / sum(b)").unwrap();
    assert_eq!((result.undefined, result.counts.unwrap().n), (2, 6));
}

#[test]
fn a_function_is_given_the_numbers_of_rows() {
    let test = shop().method(Choice::Exact).alternative(TwoSided);
    let columns: Columns = test.columns().unwrap().clone();
    let [revenue, sessions] = ["revenue", "sessions"].map(|name| columns.get(name).unwrap());
    let value = |rows: &[f64]| {
        let sum = |column: &[f64]| rows.iter().map(|&row| column[row as usize]).sum::<f64>();
        sum(revenue) / sum(sessions)
    };
    let by_function = test.run(&|case: &[f64], control: &[f64]| value(case) - value(control)).unwrap();
    let by_expression = test.run(RATIO).unwrap();
    assert_eq!((by_function.estimate, by_function.p_value), (by_expression.estimate, by_expression.p_value));
}

#[test]
fn columns_and_x_do_not_mix() {
    let refusal = |test: &PermutationTest, statistic: &str| test.run(statistic).unwrap_err().to_string();
    let one = PermutationTest::new(REVENUE[0], REVENUE[1]).unwrap();
    assert!(refusal(&one, RATIO).starts_with("statistic: revenue is not known (character 5); the names are x, y, "));
    for statistic in ["mean", "mean(x)", "ks"] {
        let error = refusal(&shop(), statistic);
        let what = format!("{statistic} is about one column, and these data have revenue, sessions; name columns");
        assert!(error.starts_with(&what), "{error}");
    }
    let error = refusal(&shop(), "sum(revenue) / sum(sesions)");
    assert_eq!(error, "statistic: no column is called sesions (character 20); did you mean sessions?");
    let error = refusal(&shop(), "sum(revenue) / sum(visits)");
    assert_eq!(error, "statistic: no column is called visits (character 20); the columns are revenue, sessions");
}

#[test]
fn columns_of_different_lengths_are_refused() {
    let error = PermutationTest::of_columns(&[("a", [&[1.0, 2.0], &[3.0]]), ("b", [&[1.0], &[2.0]])]).map(|_| ());
    let error = error.unwrap_err().to_string();
    assert_eq!(error, "column b has 1 case and 1 control rows; give it 2 and 1, like the first one");
}
