//! p does not depend on the unit of the data: all values times a power of ten, or all with a number added where the
//! statistic does not care for it, give the very same counts.

use permtest::inference::p_value::Counts;
use permtest::method::planner::Choice;
use permtest::{Definition, PermutationTest, TestResult};

/// Two samples as whole numbers, one of which is worth `10^-places`.
struct Samples {
    case: &'static [i64],
    control: &'static [i64],
    places: i32,
}

/// Times, once in nanoseconds and once in seconds; tied values of unequal sizes; skewed ones that differ in their length.
const DATA: [Samples; 3] = [
    Samples { case: &[131, 142, 128, 155, 147, 139], control: &[102, 111, 93, 120, 105, 115], places: 2 },
    Samples { case: &[12, 40, 12, 25], control: &[12, 30, 10, 24, 25, 40, 60], places: 1 },
    Samples { case: &[1, 2003, 7, 311, 2003], control: &[11, 2, 7, 1203, 5], places: 3 },
];

const NAMES: [&str; 18] = [
    "mean",
    "median",
    "trimmed-mean:0.2",
    "var",
    "sd",
    "quantile:0.9",
    "geometric-mean",
    "min",
    "max",
    "iqr",
    "mad",
    "t",
    "welch",
    "rank-sum",
    "ks",
    "cvm",
    "ad",
    "energy",
];

/// Statistics whose order does not depend on the unit.
const EXPRESSIONS: [&str; 17] = [
    "mean(x) / mean(y)",
    "var(x) / var(y)",
    "sd(x) / mean(x)",
    "sd(x) / mean(x) - sd(y) / mean(y)",
    "(mean(x) - mean(y)) / sqrt(var(x) / n(x) + var(y) / n(y))",
    "quantile(x, 0.9) / quantile(y, 0.9)",
    "median(x) - median(pooled)",
    "sum(x) - sum(y)",
    "2 * mean(x) - trimmed_mean(y, 0.1)",
    "mean(x ^ 2) - mean(y ^ 2)",
    "mean(log(x)) - mean(log(y))",
    "mean(x * mean(pooled) + 3 * x ^ 2)",
    "mean(abs(x - median(x))) / mean(abs(y - median(y)))",
    "mean((x - mean(x)) ^ 3) / sd(x) ^ 3",
    "abs(mean(x) - mean(y))",
    "mean(x > mean(y))",
    "log(mean(x) / mean(y))",
];

/// Those that do not depend on where 0 lies.
const EXPRESSIONS_WITHOUT_ORIGIN: [&str; 6] = [
    "var(x) / var(y)",
    "(mean(x) - mean(y)) / sqrt(var(x) / n(x) + var(y) / n(y))",
    "median(x) - median(pooled)",
    "mean(abs(x - median(x))) / mean(abs(y - median(y)))",
    "mean((x - mean(x)) ^ 3) / sd(x) ^ 3",
    "mean(x > mean(y))",
];

fn read(values: &[i64], power: i32) -> Vec<f64> {
    values.iter().map(|value| format!("{value}e{power}").parse().unwrap()).collect()
}

fn test<T>(case: &[f64], control: &[f64], choice: Choice, run: impl Fn(&PermutationTest) -> T) -> T {
    let test = PermutationTest::new(case, control).unwrap().method(choice).threads(1);
    let test = test.undefined(permtest::Undefined::Extreme);
    run(&if choice == Choice::Exact { test } else { test.resamples(2_000).seed(5) })
}

fn counts(result: &TestResult) -> (Counts, u64) {
    (result.counts.expect("labellings are counted"), result.undefined)
}

/// Runs a statistic on all data in other units, and on them with numbers added.
fn the_same_counts(name: &str, shifts: &[i64], run: impl Fn(&PermutationTest) -> TestResult) {
    for Samples { case, control, places } in DATA {
        for choice in [Choice::Exact, Choice::MonteCarlo] {
            let at = |power: i32, shift: i64| {
                let sample =
                    |values: &[i64]| read(&values.iter().map(|value| value + shift).collect::<Vec<_>>(), power);
                test(&sample(case), &sample(control), choice, &run)
            };
            let plain = at(-places, 0);
            for power in -12..=12 {
                assert_eq!(counts(&at(power, 0)), counts(&plain), "{name} at 1e{power}, {choice:?}");
            }
            for &shift in shifts {
                assert_eq!(counts(&at(-places, shift)), counts(&plain), "{name} with {shift} added, {choice:?}");
            }
        }
    }
}

/// Up to 15 digits.
const SHIFTS: [i64; 4] = [-2_000, 1_000, 1_700_000_000, 400_000_000_000_000];

#[test]
fn named_statistics_do_not_depend_on_the_unit() {
    for name in NAMES {
        let definition: Definition = name.parse().unwrap();
        let shifts = if name == "geometric-mean" { &[][..] } else { &SHIFTS };
        the_same_counts(name, shifts, |test| test.run(&definition).unwrap());
    }
    for name in ["signed-rank", "t", "mean(x > y)", "median(x - y)", "mean(x) - median(y)"] {
        let definition: Definition = name.parse().unwrap();
        for Samples { case, control, places } in DATA {
            let at = |power: i32| {
                let sample = |values: &[i64]| read(&values[..case.len().min(control.len())], power);
                test(&sample(case), &sample(control), Choice::Exact, |test| {
                    test.clone().paired().run(&definition).unwrap()
                })
            };
            let plain = at(-places);
            for power in -12..=12 {
                assert_eq!(counts(&at(power)), counts(&plain), "{name} of pairs at 1e{power}");
            }
        }
    }
}

#[test]
fn expressions_do_not_depend_on_the_unit() {
    for text in EXPRESSIONS {
        let definition: Definition = text.parse().unwrap();
        let shifts = if EXPRESSIONS_WITHOUT_ORIGIN.contains(&text) { &SHIFTS[..] } else { &[] };
        the_same_counts(text, shifts, |test| test.run(&definition).unwrap());
    }
}

#[test]
fn functions_do_not_depend_on_the_unit() {
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    the_same_counts("a function that is a difference", &[], |test| {
        test.run(&|x: &[f64], y: &[f64]| mean(x) - mean(y)).unwrap()
    });
    the_same_counts("a function that is a ratio", &[], |test| {
        test.run(&|x: &[f64], y: &[f64]| mean(x) / mean(y)).unwrap()
    });
    the_same_counts("a function that is a product", &[], |test| {
        test.run(&|x: &[f64], y: &[f64]| mean(x) * (mean(x) - mean(y))).unwrap()
    });
}

/// 2 of the 924 labellings, the data and their mirror image, have so large a Welch statistic: enumerated with fractions.
#[test]
fn seconds_and_nanoseconds_have_one_p() {
    let Samples { case, control, .. } = DATA[0];
    let welch: Definition = "welch".parse().unwrap();
    let written: Definition = EXPRESSIONS[4].parse().unwrap();
    for power in [-2, 7] {
        for definition in [&welch, &written] {
            let result =
                test(&read(case, power), &read(control, power), Choice::Exact, |test| test.run(definition).unwrap());
            assert_eq!(result.p_value.estimate, 2.0 / 924.0, "{definition} at 1e{power}");
            assert_eq!(result.near_ties, 0);
        }
    }
}

/// Logarithms are rounded, and 2·6 = 3·4: the sums of the logarithms of {2, 6} and of {3, 4} tie.
#[test]
fn sums_of_what_was_rounded_tie() {
    let log: Definition = "mean(log(x)) - mean(log(y))".parse().unwrap();
    for power in -12..=12 {
        let (case, control) = (read(&[2, 6], power), read(&[3, 4, 1], power));
        let result = test(&case, &control, Choice::Exact, |test| test.run(&log).unwrap());
        let Counts { n, greater_equal, less_equal, .. } = result.counts.unwrap();
        // Products of two of 1, 2, 3, 4, 6: 2 3 4 6 6 8 12 12 18 24.
        assert_eq!((n, greater_equal, less_equal), (10, 4, 8), "1e{power}");
    }
}
