//! More than two groups, associations and one sample: published answers, brute force, and laws.

use permtest::PermutationTest;
use permtest::inference::Alternative;
use permtest::method::planner::Choice;

const MUCOCILIARY: [&[f64]; 3] = [&[2.9, 3.0, 2.5, 2.6, 3.2], &[3.8, 2.7, 4.0, 2.4], &[2.8, 3.4, 3.7, 2.2, 2.0]];
const LIGHTNESS: [f64; 9] = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1];
const QUALITY: [f64; 9] = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8];

/// Rounding first base, three methods by 22 players (Hollander & Wolfe 1973, p. 140; R's example of `friedman.test`).
const ROUNDING_TIMES: [[f64; 3]; 22] = [
    [5.40, 5.50, 5.55],
    [5.85, 5.70, 5.75],
    [5.20, 5.60, 5.50],
    [5.55, 5.50, 5.40],
    [5.90, 5.85, 5.70],
    [5.45, 5.55, 5.60],
    [5.40, 5.40, 5.35],
    [5.45, 5.50, 5.35],
    [5.25, 5.15, 5.00],
    [5.85, 5.80, 5.70],
    [5.25, 5.20, 5.10],
    [5.65, 5.55, 5.45],
    [5.60, 5.35, 5.45],
    [5.05, 5.00, 4.95],
    [5.50, 5.50, 5.40],
    [5.45, 5.55, 5.50],
    [5.55, 5.55, 5.35],
    [5.45, 5.50, 5.55],
    [5.50, 5.45, 5.25],
    [5.65, 5.60, 5.40],
    [5.70, 5.65, 5.55],
    [6.30, 6.30, 6.25],
];

fn exact(test: PermutationTest, statistic: &str) -> f64 {
    let result = test.method(Choice::Exact).run(statistic).unwrap();
    assert!(result.method.is_exact());
    result.p_value.estimate
}

fn groups(groups: &[&[f64]]) -> PermutationTest {
    PermutationTest::of_groups(groups).unwrap()
}

fn tuna() -> PermutationTest {
    PermutationTest::association(&LIGHTNESS, &QUALITY).unwrap()
}

#[test]
fn published_data_of_several_groups_have_their_exact_p_values() {
    // By integer arithmetic over all 14!/(5!·4!·5!) labellings.
    assert_eq!(exact(groups(&MUCOCILIARY), "f"), 146_480.0 / 252_252.0);
    assert_eq!(exact(groups(&MUCOCILIARY), "kruskal-wallis"), 179_294.0 / 252_252.0);
    let result = groups(&MUCOCILIARY).run("kruskal-wallis").unwrap();
    // R's kruskal.test.
    assert!((result.estimate - 0.771_428_571_428_57).abs() < 1e-12, "{}", result.estimate);
    let apart: [&[f64]; 3] = [&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], &[7.0, 8.0, 9.0]];
    let result = groups(&apart).method(Choice::Exact).run("kruskal-wallis").unwrap();
    assert!((result.estimate - 7.2).abs() < 1e-12);
    assert_eq!(result.p_value.estimate, 6.0 / 1680.0);
    assert_eq!(exact(groups(&[&[1.0, 2.0], &[3.0, 4.0], &[5.0, 6.0]]), "kruskal-wallis"), 6.0 / 90.0);
    let rising: [&[f64]; 3] = [&[40.0, 35.0, 38.0, 43.0], &[38.0, 40.0, 47.0, 44.0], &[48.0, 40.0, 45.0, 43.0]];
    assert_eq!(exact(groups(&rising).alternative(Alternative::Greater), "trend"), 1194.0 / 34_650.0);
}

#[test]
fn blocks_of_repeated_measures_give_friedman_s_test() {
    let of = |method: usize| ROUNDING_TIMES.map(|player| player[method]);
    let [one, two, three] = [of(0), of(1), of(2)];
    let players: Vec<u32> = (0..66).map(|i| i % 22).collect();
    let test = groups(&[&one, &two, &three]).strata(players).resamples(1_000_000).seed(3);
    for (statistic, estimate, expected) in [
        // R's friedman.test: chi-squared = 11.143; p by convolution over the 22 players.
        ("friedman", 11.142_857_142_857, 414_585_633_614_208.0 / 6f64.powi(22)),
        ("f", 6.288_307_9, 553_607_634_460_608.0 / 6f64.powi(22)),
    ] {
        let result = test.run(statistic).unwrap();
        assert!((result.estimate - estimate).abs() < 1e-4 * estimate, "{statistic}: {}", result.estimate);
        // Five standard errors: one run in two million.
        let error = 5.0 * (expected / 1e6).sqrt();
        assert!((result.p_value.estimate - expected).abs() < error, "{statistic}: {}", result.p_value.estimate);
    }
}

#[test]
fn published_data_of_an_association_have_their_exact_p_values() {
    // By integer arithmetic over all 9! orders; R's cor.test(method = "kendall") says .1194.
    let of = |alternative, statistic| exact(tuna().alternative(alternative), statistic);
    let (greater, both) = (Alternative::Greater, Alternative::TwoSided);
    assert_eq!(of(greater, "pearson"), 22_992.0 / 362_880.0);
    assert_eq!(of(both, "pearson"), 37_203.0 / 362_880.0);
    assert_eq!(of(both, "slope"), 37_203.0 / 362_880.0);
    assert_eq!(of(greater, "spearman"), 17_563.0 / 362_880.0);
    assert_eq!(of(both, "spearman"), 35_126.0 / 362_880.0);
    assert_eq!(of(greater, "kendall"), 21_671.0 / 362_880.0);
    assert_eq!(of(both, "kendall"), 43_342.0 / 362_880.0);
    let estimate = |statistic: &str| tuna().run(statistic).unwrap().estimate;
    // R's cor and lm.
    for (statistic, expected) in
        [("pearson", 0.571_181_6), ("spearman", 0.6), ("kendall", 0.444_444_4), ("slope", 0.097_180_95)]
    {
        assert!((estimate(statistic) - expected).abs() < 1e-6, "{statistic}: {}", estimate(statistic));
    }
}

#[test]
fn one_sample_is_the_paired_test_of_its_differences() {
    let darwin = [49.0, -67.0, 8.0, 16.0, 6.0, 23.0, 28.0, 41.0, 14.0, 29.0, 56.0, 24.0, 75.0, 60.0, -48.0];
    let one = PermutationTest::one_sample(&darwin, 0.0).unwrap();
    assert_eq!(exact(one, "mean"), 1726.0 / 32_768.0);
    let shifted = darwin.map(|value| value + 7.0);
    for statistic in ["mean", "median", "signed-rank", "t"] {
        let one = PermutationTest::one_sample(&shifted, 7.0).unwrap();
        let paired = PermutationTest::new(&darwin, &[0.0; 15]).unwrap().paired();
        assert_eq!(exact(one, statistic), exact(paired, statistic), "{statistic}");
    }
}
