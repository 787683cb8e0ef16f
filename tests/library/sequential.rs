//! Resampling until p is on one side of α: how often it is wrong, how long it takes, that nothing but the data and the
//! seed matters.

use permtest::inference::p_value::IntervalKind;
use permtest::method::planner::{Choice, Method};
use permtest::method::sequential::{Decision, Level, Rule};
use permtest::method::tail::Tail;
use permtest::method::tally::Undefined;
use permtest::{PermutationTest, TestResult};

/// A few random numbers (Steele, Lea & Flood 2014), so that these tests draw nothing from what they test.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as f64 / 2f64.powi(64)
    }
}

/// Runs of the rule on coins that fall with probability p: how many were decided for each side, and the mean number of draws.
fn runs(p: f64, cap: u64, number: u64) -> (u64, u64, f64) {
    let mut coins = SplitMix(17);
    let (mut below, mut above, mut draws) = (0, 0, 0u64);
    for _ in 0..number {
        let mut rule = Rule::new(Level::USUAL, Tail::Upper, Undefined::Error);
        for _ in 0..cap {
            rule.observe(coins.next() < p);
            draws += 1;
            if rule.decision() != Decision::Undecided {
                break;
            }
        }
        below += u64::from(rule.decision() == Decision::Below);
        above += u64::from(rule.decision() == Decision::Above);
    }
    (below, above, draws as f64 / number as f64)
}

#[test]
fn wrong_decisions_are_no_more_frequent_than_the_risk() {
    // P(X ≥ 29) < 1e-6 for X ~ Bin(10⁴, 1e-3): each of the four false alarms has less than that.
    for (p, is_below) in [(0.045, true), (0.0499, true), (0.0501, false), (0.055, false)] {
        let (below, above, _) = runs(p, 3_000, 10_000);
        let wrong = if is_below { above } else { below };
        assert!(wrong < 29, "{wrong} of 10,000 runs at p = {p} were decided wrongly");
    }
}

#[test]
fn the_expected_number_of_draws_is_the_known_one() {
    // Published expectations with the relative error of this many runs: the standard deviation of a stopping time is less than
    // its mean here, so 5/√runs of it has a false alarm rate below 1e-6; the expectations are rounded to a few digits.
    for (p, expected, number) in [(0.0, 242.0, 100), (0.025, 1365.0, 4000), (0.10, 476.0, 4000), (0.20, 63.0, 4000)] {
        let (below, above, draws) = runs(p, 1_000_000, number);
        assert_eq!(below + above, number);
        let tolerance = if p == 0.0 { 0.0 } else { 5.0 / (number as f64).sqrt() + 0.02 };
        assert!((draws / expected - 1.0).abs() <= tolerance, "{draws} draws at p = {p}, not {expected}");
    }
}

fn shifted(by: f64) -> (Vec<f64>, Vec<f64>) {
    let mut uniform = SplitMix(4);
    let control: Vec<f64> = (0..100).map(|_| (100.0 * uniform.next()).round()).collect();
    let case = (0..100).map(|_| (100.0 * uniform.next() + by).round()).collect();
    (case, control)
}

fn decided(by: f64, cap: u64, threads: usize, statistic: &str) -> TestResult {
    let (case, control) = shifted(by);
    let test = PermutationTest::new(&case, &control).unwrap();
    let test = test.method(Choice::Sequential).resamples(cap).threads(threads);
    test.run(statistic).unwrap()
}

#[test]
fn a_clear_case_is_decided_early_and_the_interval_leaves_out_alpha() {
    let below = decided(30.0, 1_000_000, 2, "mean");
    assert_eq!((below.decision, below.counts.unwrap().n), (Some(Decision::Below), 242));
    assert!(below.p_value.interval[1] <= 0.05 && below.p_value.kind == IntervalKind::TimeUniform);
    let above = decided(0.0, 1_000_000, 2, "mean");
    assert_eq!(above.decision, Some(Decision::Above));
    assert!(above.p_value.interval[0] > 0.05 && above.counts.unwrap().n < 1_000);
    assert_eq!(above.method, Method::Sequential { cap: 1_000_000 });
}

#[test]
fn too_few_resamples_leave_it_undecided_and_the_interval_holds_alpha() {
    let open = decided(30.0, 241, 1, "mean");
    assert_eq!((open.decision, open.counts.unwrap().n), (Some(Decision::Undecided), 241));
    assert!(open.p_value.interval[0] <= 0.05 && 0.05 < open.p_value.interval[1]);
}

#[test]
fn threads_change_nothing_though_they_run_ahead() {
    for statistic in ["mean", "median", "mean(x) / mean(y)"] {
        for by in [6.0, 8.0, 30.0] {
            let alone = decided(by, 200_000, 1, statistic);
            assert_eq!(decided(by, 200_000, 2, statistic), alone, "{statistic} by {by}");
            assert_eq!(decided(by, 200_000, 7, statistic), alone, "{statistic} by {by}");
        }
    }
}

#[test]
fn the_resamples_are_the_first_ones_of_plain_monte_carlo() {
    let stopped = decided(8.0, 1_000_000, 2, "mean").counts.unwrap();
    let (case, control) = shifted(8.0);
    let counted = PermutationTest::new(&case, &control).unwrap().resamples(stopped.n).run("mean").unwrap();
    assert_eq!(counted.counts, Some(stopped));
}

#[test]
fn levels_out_of_range_are_refused() {
    let (case, control) = shifted(0.0);
    for level in [Level { alpha: 0.0, risk: 1e-3 }, Level { alpha: 0.05, risk: 1.0 }] {
        let test = PermutationTest::new(&case, &control).unwrap().method(Choice::Sequential).level(level);
        assert!(test.run("mean").unwrap_err().to_string().ends_with("name one between 0 and 1"));
    }
}
