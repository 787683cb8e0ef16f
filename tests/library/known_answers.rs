//! Published and independently computed answers, each by ten million resamples: the exact p-value lies within the
//! 99.99 % interval. With eleven checks a correct program would fail under another seed once in about a thousand.

use permtest::PermutationTest;
use permtest::inference::Alternative::{self, Greater, Less, TwoSided};

fn check(name: &str, case: &[f64], control: &[f64], alternative: Alternative, exact: f64) {
    let test = PermutationTest::new(case, control).unwrap().alternative(alternative);
    let result = test.resamples(10_000_000).confidence(0.9999).run("mean").unwrap();
    let [low, high] = result.p_value.interval;
    assert!(low <= exact && exact <= high, "{name}: {exact} is outside {low} to {high}");
    assert!(high - low < 3e-3, "{name}: ten million resamples say more than {low} to {high}");
}

fn decimals(hundredths: &[i32]) -> Vec<f64> {
    hundredths.iter().map(|&x| f64::from(x) / 100.0).collect()
}

#[test]
fn blood_pressure() {
    let case = [94.0, 108.0, 110.0, 90.0];
    let control = [80.0, 94.0, 85.0, 90.0, 90.0, 90.0, 108.0, 94.0, 78.0, 105.0, 88.0];
    check("greater", &case, &control, Greater, 77.0 / 1365.0);
    check("two-sided", &case, &control, TwoSided, 142.0 / 1365.0);
}

#[test]
fn globulin() {
    let case = [38.0, 26.0, 29.0, 41.0, 36.0, 31.0, 32.0, 30.0, 35.0, 33.0];
    let control = [45.0, 28.0, 27.0, 38.0, 40.0, 42.0, 39.0, 39.0, 34.0, 35.0];
    check("two-sided", &case, &control, TwoSided, 27_250.0 / 184_756.0);
}

#[test]
fn efron_and_tibshirani_mice() {
    let case = [94.0, 197.0, 16.0, 38.0, 99.0, 141.0, 23.0];
    let control = [52.0, 104.0, 146.0, 10.0, 51.0, 30.0, 40.0, 27.0, 46.0];
    check("greater", &case, &control, Greater, 1613.0 / 11_440.0);
}

#[test]
fn ernsts_wings() {
    let case = [1.72, 1.64, 1.74, 1.70, 1.82, 1.82, 1.90, 1.82, 2.08];
    let control = [1.78, 1.86, 1.96, 2.00, 2.00, 1.96];
    check("two-sided", &case, &control, TwoSided, 360.0 / 5005.0);
}

#[test]
fn a_lopsided_six() {
    let (case, control) = ([1.11, 2.22, 100.0], [3.33, 0.0, 1.0]);
    check("greater", &case, &control, Greater, 5.0 / 20.0);
    check("less", &case, &control, Less, 17.0 / 20.0);
    check("absolute", &case, &control, TwoSided, 10.0 / 20.0);
}

#[test]
fn hollander_and_wolfe_permeability() {
    let case = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    let control = [1.15, 0.88, 0.90, 0.74, 1.21];
    check("greater", &case, &control, Greater, 191.0 / 3003.0);
}

#[test]
fn successes_and_failures() {
    // Hypergeometric tails summed in integers by Python's math.comb, Fisher's exact test; and all subset sums:
    // 2522542510208878063301/213860202386024712702815.
    let sample = |ones: usize| -> Vec<f64> { (0..80).map(|i| f64::from(u8::from(i < ones))).collect() };
    check("two-sided", &sample(61), &sample(45), TwoSided, 0.011_795_287_211_295_188);
}

#[test]
fn two_hundred_values_of_two_decimals() {
    // The example data rounded to two decimals; exact by subset sums in Python integers:
    // 1460465648008502061553270877172560647242813775367455798 of
    // 11318564332012910145675522134685520484313073709426667105165 in lowest terms.
    let column = |text: &str| -> Vec<f64> {
        let hundredths = |line: &str| (line.parse::<f64>().unwrap() * 100.0).round() as i32;
        decimals(&text.lines().skip(1).map(hundredths).collect::<Vec<_>>())
    };
    let case = column(include_str!("../../examples/data/case100.csv"));
    let control = column(include_str!("../../examples/data/control100.csv"));
    check("two-sided", &case, &control, TwoSided, 0.000_129_032_764_683_573);
}
