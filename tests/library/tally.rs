//! Laws of the tally: however resamples are split among batches, threads or machines, the counts are the same.

use permtest::method::tally::Tally;
use permtest::simd::Arch;
use permtest::statistic::Thresholds;
use proptest::prelude::*;

fn thresholds() -> Thresholds<i64> {
    Thresholds { observed: 3, greater_equal: 3, less_equal: 3, far_above: 4, far_below: -4 }
}

fn tally(replicates: &[i64]) -> Tally {
    Tally::of(Arch::new(), replicates, &thresholds())
}

#[test]
fn ties_count_in_both_tails() {
    let counted = tally(&[3, 2, 4, -4, -5, 0]);
    assert_eq!((counted.resamples, counted.greater_equal, counted.less_equal, counted.absolute), (6, 2, 5, 3));
}

#[test]
fn undefined_replicates_are_in_no_tail() {
    let thresholds = Thresholds { observed: 1.0, greater_equal: 1.0, less_equal: 1.0, far_above: 1.0, far_below: -1.0 };
    let counted = Tally::of(Arch::new(), &[f64::NAN, 1.0, -2.0, f64::NAN], &thresholds);
    assert_eq!((counted.resamples, counted.undefined), (4, 2));
    assert_eq!((counted.greater_equal, counted.less_equal, counted.absolute), (1, 2, 2));
}

proptest! {
    #[test]
    fn any_split_counts_the_same(replicates in prop::collection::vec(-6i64..6, 0..300), cut in 0usize..300) {
        let (left, right) = replicates.split_at(cut.min(replicates.len()));
        prop_assert_eq!(tally(left) + tally(right), tally(&replicates));
        prop_assert_eq!(tally(right) + tally(left), tally(&replicates));
    }

    #[test]
    fn adding_is_associative_and_nothing_is_neutral(
        a in prop::collection::vec(-6i64..6, 0..50),
        b in prop::collection::vec(-6i64..6, 0..50),
        c in prop::collection::vec(-6i64..6, 0..50),
    ) {
        let [a, b, c] = [a, b, c].map(|part| tally(&part));
        prop_assert_eq!((a + b) + c, a + (b + c));
        prop_assert_eq!(a + Tally::default(), a);
    }

    #[test]
    fn the_instruction_set_changes_no_count(replicates in prop::collection::vec(any::<i64>(), 0..300)) {
        prop_assert_eq!(Tally::of(Arch::Scalar, &replicates, &thresholds()), tally(&replicates));
    }
}
