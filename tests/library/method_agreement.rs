//! The whole ladder, from exact to estimated: that each method finds the same p-value as the one that counts, and that the
//! right one is chosen.

use permtest::inference::p_value::IntervalKind;
use permtest::inference::{Alternative, TwoSidedRule};
use permtest::method::planner::{Choice, Method};
use permtest::sampling::stream::{Domain, Stream};
use permtest::{Definition, NullDistribution, PermutationTest, TestResult};

/// Random numbers for data.
struct Dice(Stream);

impl Dice {
    fn new(number: u64) -> Self {
        Self(Stream::new(number, Domain::Resamples, 0))
    }

    fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.0.word()) * u128::from(n)) >> 64) as u64
    }

    /// Uniform on the unit interval, 53 random bits.
    fn uniform(&mut self) -> f64 {
        (self.0.word() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Nearly normal.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }

    fn normals(&mut self, n: usize, mean: f64) -> Vec<f64> {
        (0..n).map(|_| mean + self.normal()).collect()
    }
}

fn definition(text: &str) -> Definition {
    text.parse().unwrap()
}

/// A small problem: its design, and data with ties or without.
fn small(dice: &mut Dice, case: &mut Vec<f64>, control: &mut Vec<f64>) -> (PermutationTest, bool) {
    let (m, n) = (1 + dice.below(5) as usize, 1 + dice.below(5) as usize);
    let is_paired = dice.below(3) == 0;
    let n = if is_paired { m } else { n };
    let size = [4, 30, 1 << 50][dice.below(3) as usize];
    let scale = [0.1, 1.0, 1e-3][dice.below(3) as usize];
    let mut value = || (dice.below(size) as f64 - size as f64 / 3.0).round() * scale;
    case.extend((0..m).map(|_| value()));
    control.extend((0..n).map(|_| value()));
    let test = PermutationTest::new(case, control).unwrap();
    match dice.below(3) {
        _ if is_paired => (test.paired(), true),
        0 => {
            let strata = (0..m + n).map(|_| dice.below(2) as u32).collect();
            (test.strata(strata), false)
        }
        1 => {
            // Clusters of up to two members with the same label.
            let cluster = |i: usize| if i < m { i / 2 } else { 10 + (i - m) / 2 } as u32;
            (test.clusters((0..m + n).map(cluster).collect()), false)
        }
        _ => (test, false),
    }
}

#[test]
fn exact_methods_count_what_enumeration_counts_under_every_design() {
    let mut dice = Dice::new(1);
    let mut methods = std::collections::BTreeSet::new();
    for number in 0..1000 {
        let (mut case, mut control) = (Vec::new(), Vec::new());
        let (test, is_paired) = small(&mut dice, &mut case, &mut control);
        let statistics: &[&str] = if is_paired {
            &["mean", "t", "rank-sum", "signed-rank", "sum(x - y)"]
        } else {
            &["mean", "t", "rank-sum", "2*mean(x) - 2*mean(y) + 1"]
        };
        let statistic = definition(statistics[dice.below(statistics.len() as u64) as usize]);
        let alternative = [Alternative::TwoSided, Alternative::Greater, Alternative::Less][dice.below(3) as usize];
        let rule = [TwoSidedRule::Absolute, TwoSidedRule::Doubled][dice.below(2) as usize];
        let test = test.method(Choice::Exact).alternative(alternative).two_sided(rule).threads(1);
        // Whoever wants the null distribution gets each labelling once.
        let Ok(counted) = test.clone().null_distribution(NullDistribution::Kept).run(&statistic) else { continue };
        assert_eq!(counted.method, Method::Enumeration);
        let exact = test.run(&statistic).unwrap();
        methods.insert(exact.method.algorithm());
        let what = format!("data set {number}: {statistic} {alternative:?} {rule:?} {case:?} {control:?}");
        if exact.counts.is_some() {
            assert_eq!(exact.counts, counted.counts, "{what}");
        }
        assert!((exact.p_value.estimate / counted.p_value.estimate - 1.0).abs() < 1e-12, "{what}");
    }
    assert_eq!(methods.len(), 3, "{methods:?}");
}

#[test]
fn bounds_and_estimates_agree_with_the_exact_p_value() {
    let mut dice = Dice::new(2);
    for (difference, alternative) in [
        (0.5, Alternative::TwoSided),
        (1.5, Alternative::TwoSided),
        (2.0, Alternative::Greater),
        (-2.5, Alternative::Less),
    ] {
        let (case, control) = (dice.normals(20, difference), dice.normals(22, 0.0));
        let test = PermutationTest::new(&case, &control).unwrap().alternative(alternative);
        let by = |choice| test.clone().method(choice).run("mean").unwrap();
        let exact = by(Choice::Exact).p_value.estimate;
        let bounds = by(Choice::Bounds).p_value;
        assert_eq!((bounds.kind, bounds.estimate), (IntervalKind::Bounds, bounds.interval[1]));
        assert!(bounds.interval[0] <= exact && exact <= bounds.interval[1]);
        assert!(bounds.interval[1] / bounds.interval[0] < 1.0011);
        // Twelve intervals that miss once in a million each.
        for choice in [Choice::Importance, Choice::Splitting, Choice::MonteCarlo] {
            let p = test.clone().confidence(0.999_999).method(choice).run("mean").unwrap().p_value;
            assert!(p.interval[0] <= exact && exact <= p.interval[1], "{choice:?}: {exact} {p:?}");
        }
    }
}

#[test]
fn a_p_value_of_forty_six_zeros_is_right_to_twelve_digits() {
    // Numbers of three decimals from a linear congruential generator; the shares by integer arithmetic on all sums, in
    // Python: counts of 320 bits, H[k] += H[k − 1] << (320·x).
    let thousandths = |seed: u64, n: usize, shift: u64| -> Vec<f64> {
        let mut state = seed;
        let mut value = || {
            state = (state * 1_103_515_245 + 12_345) % (1 << 31);
            (state >> 16) % 500
        };
        (0..n).map(|_| ((0..4).map(|_| value()).sum::<u64>() + shift) as f64 / 1000.0).collect()
    };
    let (case, control) = (thousandths(1, 138, 690), thousandths(2, 134, 0));
    for (alternative, expected) in
        [(Alternative::Greater, 8.195_627_179_028_968e-47), (Alternative::TwoSided, 1.671_036_020_646_369_4e-46)]
    {
        let test = PermutationTest::new(&case, &control).unwrap().alternative(alternative);
        let result = test.run("mean").unwrap();
        assert_eq!(result.method, Method::Lattice);
        assert!((result.p_value.estimate / expected - 1.0).abs() < 1e-12, "{} {expected}", result.p_value.estimate);
    }
}

/// The method that is chosen where nothing is asked for.
fn chosen(test: &PermutationTest, statistic: &str) -> Method {
    test.run(&definition(statistic)).unwrap().method
}

#[test]
fn the_method_follows_from_the_data() {
    let mut dice = Dice::new(3);
    let tenths = |values: Vec<f64>| values.into_iter().map(|x| (10.0 * x).round() / 10.0).collect::<Vec<_>>();
    // Few labellings: counted, whatever the statistic.
    let (case, control) = (dice.normals(6, 1.0), dice.normals(7, 0.0));
    let test = PermutationTest::new(&case, &control).unwrap();
    assert_eq!(chosen(&test, "median"), Method::Enumeration);
    // Few digits: a lattice. Ranks have few digits, too.
    let (case, control) = (tenths(dice.normals(100, 0.2)), tenths(dice.normals(100, 0.0)));
    let test = PermutationTest::new(&case, &control).unwrap();
    assert_eq!(chosen(&test, "mean"), Method::Lattice);
    assert_eq!(chosen(&test, "rank-sum"), Method::Lattice);
    assert!(matches!(chosen(&test, "median"), Method::MonteCarlo { .. }));
    // Many digits: halves while they are small, then bounds, then weights, then counting.
    let (case, control) = (dice.normals(22, 0.5), dice.normals(22, 0.0));
    assert_eq!(chosen(&PermutationTest::new(&case, &control).unwrap(), "mean"), Method::MeetInTheMiddle);
    let (case, control) = (dice.normals(40, 0.5), dice.normals(40, 0.0));
    assert_eq!(chosen(&PermutationTest::new(&case, &control).unwrap(), "mean"), Method::Bounds);
    let (case, control) = (dice.normals(300, 0.8), dice.normals(300, 0.0));
    assert!(matches!(chosen(&PermutationTest::new(&case, &control).unwrap(), "mean"), Method::Importance { .. }));
    let (case, control) = (dice.normals(300, 0.1), dice.normals(300, 0.0));
    assert!(matches!(chosen(&PermutationTest::new(&case, &control).unwrap(), "mean"), Method::MonteCarlo { .. }));
    // Whatever is no sum and too small to count.
    let (case, control) = (dice.normals(60, 3.0), dice.normals(60, 0.0));
    assert!(matches!(chosen(&PermutationTest::new(&case, &control).unwrap(), "median"), Method::Splitting { .. }));
    // Nothing is more extreme than complete separation.
    let (case, control) = (dice.normals(100, 30.0), dice.normals(100, 0.0));
    let result = PermutationTest::new(&case, &control).unwrap().run("mean").unwrap();
    assert_eq!(result.method, Method::EndOfRange);
    // Python: 2/math.comb(200, 100)
    assert!((result.p_value.estimate / (2.0 / 9.054_851_465_610_328e58) - 1.0).abs() < 1e-12);
    // A number of resamples asks for no more than those.
    let result = PermutationTest::new(&case, &control).unwrap().resamples(1000).run("mean").unwrap();
    assert!(matches!(result.method, Method::MonteCarlo { resamples: 1000 }));
}

#[test]
fn p_is_never_zero_nor_above_one_and_degenerate_data_have_an_answer() {
    let every = [Choice::Auto, Choice::Exact, Choice::Bounds, Choice::Importance, Choice::Splitting];
    let p = |case: &[f64], control: &[f64], choice, alternative| -> Result<TestResult, _> {
        PermutationTest::new(case, control).unwrap().alternative(alternative).method(choice).run("mean")
    };
    let wide: Vec<f64> = (0..60).map(|i| if i % 2 == 0 { 9e15 } else { -9e15 + f64::from(i) }).collect();
    let cases: [(&[f64], &[f64]); 6] = [
        (&[1.0; 30], &[1.0; 30]),
        (&[1.0], &[2.0]),
        (&[3.0], &[1.0, 2.0, 0.5, 0.25]),
        (&[1.0, 2.0, 3.0, 4.0], &[9.0]),
        (&[1e-300, 2e-300, 3e-300], &[1e300, 2e300, 3e300]),
        (&wide[..30], &wide[30..]),
    ];
    for (case, control) in cases {
        for alternative in [Alternative::TwoSided, Alternative::Greater, Alternative::Less] {
            let exact = p(case, control, Choice::Auto, alternative).unwrap().p_value.estimate;
            for choice in every {
                let result = p(case, control, choice, alternative).unwrap();
                let found = result.p_value;
                assert!(found.estimate > 0.0 && found.estimate <= 1.0, "{choice:?} {found:?}");
                assert!(found.interval[0] > 0.0 && found.interval[1] <= 1.0, "{choice:?} {found:?}");
                // Bounds may be wide: where one step of the sum holds a large share of all labellings.
                let is_near = if found.kind == IntervalKind::Bounds {
                    found.interval[0] <= exact * (1.0 + 1e-12) && exact <= found.interval[1]
                } else {
                    (found.estimate - exact).abs() < 0.1 * exact
                };
                assert!(is_near, "{choice:?} {alternative:?} {case:?} {control:?}: {exact} {found:?}");
            }
        }
    }
}

#[test]
fn a_method_that_needs_too_much_memory_is_not_chosen_and_refused_with_its_need() {
    let mut dice = Dice::new(4);
    let (case, control) = (dice.normals(22, 0.5), dice.normals(22, 0.0));
    let test = PermutationTest::new(&case, &control).unwrap().memory_limit(8 << 20);
    assert!(!test.run("mean").unwrap().method.is_exact());
    let refused = test.method(Choice::Exact).run("mean").unwrap_err().to_string();
    assert!(refused.contains("meet-in-the-middle") && refused.contains("would take 64 MiB"), "{refused}");
}

#[test]
fn all_methods_print_the_same_with_any_number_of_threads() {
    let mut dice = Dice::new(5);
    let (case, control) = (dice.normals(18, 0.8), dice.normals(20, 0.0));
    for choice in [Choice::Exact, Choice::Bounds, Choice::Importance, Choice::Splitting] {
        let by = |threads| {
            let test = PermutationTest::new(&case, &control).unwrap().threads(threads);
            test.method(choice).run("mean").unwrap().p_value
        };
        let expected = by(1);
        assert_eq!(by(2), expected, "{choice:?}");
        assert_eq!(by(7), expected, "{choice:?}");
    }
}
