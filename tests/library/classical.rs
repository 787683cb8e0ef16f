//! The classical tests beside `SciPy` 1.17.1, to ten digits of statistics and p-values, and the laws that they obey.
//!
//! The expected values are printed by (x and y being the samples multiplied to integers where they are decimals, because
//! `SciPy` breaks ties of decimal differences; `Greater` is alternative="greater", for `ks_2samp` "less")
//!
//! ```python
//! stats.ttest_ind(x, y, equal_var=False, alternative=a)             # Welch: statistic, df, pvalue
//! stats.ttest_ind(x, y, alternative=a)                              # Student
//! stats.mannwhitneyu(x, y, alternative=a, method="asymptotic")
//! stats.ks_2samp(x, y, alternative=reverse[a], method="exact")      # where no values are tied
//! stats.ttest_rel(x, y, alternative=a)
//! stats.wilcoxon(x, y, alternative=a, correction=True, method="asymptotic")
//! ```
//!
//! Where values are tied, the exact p-value of the Kolmogorov-Smirnov test is the share of all labellings whose distance is as
//! large, counted in Python's integers along the paths that a labelling takes through the sorted values.

use permtest::PermutationTest;
use permtest::inference::Alternative::{Greater, Less, TwoSided};
use permtest::inference::classical::ClassicalTest::{
    self, KolmogorovSmirnov, KolmogorovSmirnovApproximate, MannWhitney, PairedT, Student, Welch, Wilcoxon,
};
use permtest::inference::classical::{Classical, paired, two_sample};
use proptest::prelude::*;

/// Test, statistic, degrees of freedom, p-value.
type Expected = (ClassicalTest, f64, Option<f64>, f64);

fn is_close(actual: f64, expected: f64) -> bool {
    actual == expected || (actual - expected).abs() <= 1e-10 * expected.abs()
}

fn check(outcomes: &[Classical], expected: &[Expected]) {
    assert_eq!(outcomes.len(), expected.len(), "{outcomes:?}");
    for (outcome, &(test, statistic, degrees_of_freedom, p_value)) in outcomes.iter().zip(expected) {
        assert_eq!(outcome.test, test);
        assert!(is_close(outcome.statistic, statistic), "statistic {statistic}: {outcome:?}");
        assert_eq!(outcome.degrees_of_freedom.is_some(), degrees_of_freedom.is_some(), "{outcome:?}");
        let freedoms = outcome.degrees_of_freedom.zip(degrees_of_freedom);
        assert!(freedoms.is_none_or(|(actual, expected)| is_close(actual, expected)), "{outcome:?}");
        assert!(is_close(outcome.p_value, p_value), "p = {p_value:e}: {outcome:?}");
    }
}

/// The numbers in a column of a table with a line of names; empty fields are left out.
fn column(text: &str, index: usize) -> Vec<f64> {
    let field = |line: &str| line.split(',').nth(index).unwrap().to_owned();
    text.lines().skip(1).map(field).filter(|field| !field.is_empty()).map(|field| field.parse().unwrap()).collect()
}

/// Tooth lengths under one supplement.
fn lengths(supplement: &str) -> Vec<f64> {
    let text = include_str!("../../examples/data/toothgrowth.csv");
    let (names, rows) = text.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().filter(|row| row.contains(supplement)).collect();
    column(&format!("{names}\n{}", rows.join("\n")), 0)
}

/// n values, one apart.
fn count_up(n: u32, from: f64) -> Vec<f64> {
    (0..n).map(|i| from + f64::from(i)).collect()
}

#[test]
fn tooth_growth_by_supplement() {
    let (orange_juice, ascorbic_acid) = (lengths("OJ"), lengths("VC"));
    check(
        &two_sample(&orange_juice, &ascorbic_acid, TwoSided, 0.0),
        &[
            (Welch, 1.915_268_268_695_268_2, Some(55.309_432_682_640_58), 0.060_634_507_880_934_094),
            (Student, 1.915_268_268_695_268_7, Some(58.0), 0.060_393_371_224_128_65),
            (MannWhitney, 575.5, None, 0.064_490_672_133_835_7),
            (KolmogorovSmirnov, 0.333_333_333_333_333_3, None, 0.061_707_706_966_119_984),
        ],
    );
    check(
        &two_sample(&orange_juice, &ascorbic_acid, Greater, 0.0),
        &[
            (Welch, 1.915_268_268_695_268_2, Some(55.309_432_682_640_58), 0.030_317_253_940_467_047),
            (Student, 1.915_268_268_695_268_7, Some(58.0), 0.030_196_685_612_064_324),
            (MannWhitney, 575.5, None, 0.032_245_336_066_917_85),
            (KolmogorovSmirnov, 0.333_333_333_333_333_3, None, 0.030_854_269_258_047_247),
        ],
    );
    check(
        &two_sample(&orange_juice, &ascorbic_acid, Less, 0.0),
        &[
            (Welch, 1.915_268_268_695_268_2, Some(55.309_432_682_640_58), 0.969_682_746_059_533),
            (Student, 1.915_268_268_695_268_7, Some(58.0), 0.969_803_314_387_935_7),
            (MannWhitney, 575.5, None, 0.968_808_427_559_556_1),
            (KolmogorovSmirnov, 0.066_666_666_666_666_65, None, 0.865_108_167_445_549_8),
        ],
    );
    check(
        &two_sample(&orange_juice, &ascorbic_acid, TwoSided, 1.0),
        &[
            (Welch, 1.397_628_196_074_925_5, Some(55.309_432_682_640_58), 0.167_805_709_584_234_94),
            (Student, 1.397_628_196_074_925_7, Some(58.0), 0.167_547_910_110_489_8),
            (MannWhitney, 548.5, None, 0.147_311_009_758_109_2),
            (KolmogorovSmirnov, 0.3, None, 0.130_059_697_001_760_3),
        ],
    );
    check(
        &two_sample(&orange_juice, &ascorbic_acid, Greater, 1.0),
        &[
            (Welch, 1.397_628_196_074_925_5, Some(55.309_432_682_640_58), 0.083_902_854_792_117_47),
            (Student, 1.397_628_196_074_925_7, Some(58.0), 0.083_773_955_055_244_9),
            (MannWhitney, 548.5, None, 0.073_655_504_879_054_6),
            (KolmogorovSmirnov, 0.3, None, 0.065_038_445_996_979_75),
        ],
    );
}

#[test]
fn two_hundred_values_of_seventeen_digits() {
    let case = column(include_str!("../../examples/data/case100.csv"), 0);
    let control = column(include_str!("../../examples/data/control100.csv"), 0);
    check(
        &two_sample(&case, &control, TwoSided, 0.0),
        &[
            (Welch, 3.906_840_581_764_235_8, Some(194.523_555_242_835_24), 1.289_764_395_170_721_6e-4),
            (Student, 3.906_840_581_764_235_8, Some(198.0), 1.282_843_665_249_873_4e-4),
            (MannWhitney, 6_719.0, None, 2.681_391_751_912_583_3e-5),
            (KolmogorovSmirnov, 0.33, None, 3.211_428_734_211_388e-5),
        ],
    );
    check(
        &two_sample(&case, &control, Greater, 0.0),
        &[
            (Welch, 3.906_840_581_764_235_8, Some(194.523_555_242_835_24), 6.448_821_975_853_609e-5),
            (Student, 3.906_840_581_764_235_8, Some(198.0), 6.414_218_326_249_366e-5),
            (MannWhitney, 6_719.0, None, 1.340_695_875_956_291_7e-5),
            (KolmogorovSmirnov, 0.33, None, 1.605_714_367_105_694_3e-5),
        ],
    );
    check(
        &two_sample(&case, &control, Less, 0.0),
        &[
            (Welch, 3.906_840_581_764_235_8, Some(194.523_555_242_835_24), 0.999_935_511_780_241_4),
            (Student, 3.906_840_581_764_235_8, Some(198.0), 0.999_935_857_816_737_5),
            (MannWhitney, 6_719.0, None, 0.999_986_736_950_509_3),
            (KolmogorovSmirnov, 0.030_000_000_000_000_027, None, 0.914_329_011_427_699_1),
        ],
    );
}

#[test]
fn ernsts_wings() {
    let text = include_str!("../../examples/data/wings.csv");
    let (af, apf) = (column(text, 0), column(text, 1));
    check(
        &two_sample(&af, &apf, TwoSided, 0.0),
        &[
            (Welch, -2.169_747_644_333_379, Some(12.967_435_151_169_322), 0.049_199_600_922_432_286),
            (Student, -2.004_721_050_302_203, Some(13.0), 0.066_277_487_836_460_87),
            (MannWhitney, 11.0, None, 0.066_275_214_375_678_96),
            (KolmogorovSmirnov, 0.611_111_111_111_111_2, None, 0.060_739_260_739_260_74),
        ],
    );
    check(
        &two_sample(&af, &apf, Less, 0.0),
        &[
            (Welch, -2.169_747_644_333_379, Some(12.967_435_151_169_322), 0.024_599_800_461_216_143),
            (Student, -2.004_721_050_302_203, Some(13.0), 0.033_138_743_918_230_434),
            (MannWhitney, 11.0, None, 0.033_137_607_187_839_48),
            (KolmogorovSmirnov, 0.611_111_111_111_111_2, None, 0.034_965_034_965_034_97),
        ],
    );
}

#[test]
fn a_few_values_with_ties() {
    let (case, control) = ([1.0, 2.0, 2.0, 3.0], [2.0, 2.0, 4.0, 4.0, 5.0]);
    check(
        &two_sample(&case, &control, TwoSided, 0.0),
        &[
            (Welch, -1.929_123_891_133_426_3, Some(6.658_250_355_618_776), 0.097_179_018_851_336_37),
            (Student, -1.820_442_161_079_485_6, Some(7.0), 0.111_496_289_793_168_52),
            (MannWhitney, 4.0, None, 0.157_489_754_427_381_33),
            (KolmogorovSmirnov, 0.6, None, 1.0 / 6.0),
        ],
    );
    check(
        &two_sample(&case, &control, Greater, 0.0),
        &[
            (Welch, -1.929_123_891_133_426_3, Some(6.658_250_355_618_776), 0.951_410_490_574_331_8),
            (Student, -1.820_442_161_079_485_6, Some(7.0), 0.944_251_855_103_415_7),
            (MannWhitney, 4.0, None, 0.952_597_316_719_847_3),
            (KolmogorovSmirnov, 0.0, None, 1.0),
        ],
    );
    check(
        &two_sample(&case, &control, Less, 0.0),
        &[
            (Welch, -1.929_123_891_133_426_3, Some(6.658_250_355_618_776), 0.048_589_509_425_668_184),
            (Student, -1.820_442_161_079_485_6, Some(7.0), 0.055_748_144_896_584_26),
            (MannWhitney, 4.0, None, 0.078_744_877_213_690_67),
            (KolmogorovSmirnov, 0.6, None, 15.0 / 126.0),
        ],
    );
}

#[test]
fn two_values_each() {
    let (case, control) = ([1.0, 2.0], [4.0, 6.0]);
    check(
        &two_sample(&case, &control, TwoSided, 0.0),
        &[
            (Welch, -3.130_495_168_499_705_5, Some(1.470_588_235_294_117_8), 0.129_047_835_548_283_34),
            (Student, -3.130_495_168_499_705_5, Some(2.0), 0.088_677_623_134_232_93),
            (MannWhitney, 0.0, None, 0.245_278_116_806_772_8),
            (KolmogorovSmirnov, 1.0, None, 1.0 / 3.0),
        ],
    );
    check(
        &two_sample(&case, &control, Greater, 0.0),
        &[
            (Welch, -3.130_495_168_499_705_5, Some(1.470_588_235_294_117_8), 0.935_476_082_225_858_3),
            (Student, -3.130_495_168_499_705_5, Some(2.0), 0.955_661_188_432_883_5),
            (MannWhitney, 0.0, None, 0.973_596_244_291_943_2),
            (KolmogorovSmirnov, 0.0, None, 1.0),
        ],
    );
    check(
        &two_sample(&case, &control, Less, 0.0),
        &[
            (Welch, -3.130_495_168_499_705_5, Some(1.470_588_235_294_117_8), 0.064_523_917_774_141_67),
            (Student, -3.130_495_168_499_705_5, Some(2.0), 0.044_338_811_567_116_464),
            (MannWhitney, 0.0, None, 0.122_639_058_403_386_4),
            (KolmogorovSmirnov, 1.0, None, 1.0 / 6.0),
        ],
    );
}

#[test]
fn one_value_has_no_variance_of_its_own() {
    let (case, control) = ([5.0], [1.0, 2.0, 3.0]);
    check(
        &two_sample(&case, &control, TwoSided, 0.0),
        &[
            (Student, 2.598_076_211_353_316, Some(2.0), 0.121_689_934_346_320_14),
            (MannWhitney, 3.0, None, 0.371_093_369_522_697_56),
            (KolmogorovSmirnov, 1.0, None, 0.5),
        ],
    );
    check(
        &two_sample(&case, &control, Greater, 0.0),
        &[
            (Student, 2.598_076_211_353_316, Some(2.0), 0.060_844_967_173_160_07),
            (MannWhitney, 3.0, None, 0.185_546_684_761_348_78),
            (KolmogorovSmirnov, 1.0, None, 0.25),
        ],
    );
}

#[test]
fn complete_separation_leads_to_the_end_of_the_range() {
    let (case, control) = (count_up(100, 1850.0), count_up(100, 0.0));
    check(
        &two_sample(&case, &control, TwoSided, 0.0),
        &[
            (Welch, 450.906_677_354_825_04, Some(198.0), 3.733_462_225_026_991e-300),
            (Student, 450.906_677_354_825_04, Some(198.0), 3.733_462_225_026_991e-300),
            (MannWhitney, 10_000.0, None, 2.562_143_669_163_401e-34),
            (KolmogorovSmirnov, 1.0, None, 2.208_760_693_199_502_8e-59),
        ],
    );
    check(
        &two_sample(&case, &control, Greater, 0.0),
        &[
            (Welch, 450.906_677_354_825_04, Some(198.0), 1.866_731_112_513_495_7e-300),
            (Student, 450.906_677_354_825_04, Some(198.0), 1.866_731_112_513_495_7e-300),
            (MannWhitney, 10_000.0, None, 1.281_071_834_581_700_4e-34),
            (KolmogorovSmirnov, 1.0, None, 1.104_380_346_599_751_4e-59),
        ],
    );
    check(
        &two_sample(&case, &control, Less, 0.0),
        &[
            (Welch, 450.906_677_354_825_04, Some(198.0), 1.0),
            (Student, 450.906_677_354_825_04, Some(198.0), 1.0),
            (MannWhitney, 10_000.0, None, 1.0),
            (KolmogorovSmirnov, 0.0, None, 1.0),
        ],
    );
}

#[test]
fn ranks_of_many_values_far_out() {
    let (case, control) = (count_up(600, 590.0), count_up(600, 0.0));
    check(
        &two_sample(&case, &control, TwoSided, 0.0),
        &[
            (Welch, 58.950_894_706_432_166, Some(1_198.0), f64::MIN_POSITIVE),
            (Student, 58.950_894_706_432_166, Some(1_198.0), f64::MIN_POSITIVE),
            (MannWhitney, 359_950.0, None, 1.838_203_246_407_307_3e-197),
            (KolmogorovSmirnov, 0.983_333_333_333_333_4, None, f64::MIN_POSITIVE),
        ],
    );
    check(
        &two_sample(&case, &control, Less, 0.0),
        &[
            (Welch, 58.950_894_706_432_166, Some(1_198.0), 1.0),
            (Student, 58.950_894_706_432_166, Some(1_198.0), 1.0),
            (MannWhitney, 359_950.0, None, 1.0),
            (KolmogorovSmirnov, 0.0, None, 1.0),
        ],
    );
}

#[test]
fn sleep_by_drug() {
    let text = include_str!("../../examples/data/sleep.csv");
    let hours = column(text, 0);
    let (first, second) = hours.split_at(10);
    check(
        &paired(first, second, TwoSided, 0.0),
        &[
            (PairedT, -4.062_127_683_382_036, Some(9.0), 0.002_832_890_197_384_274_5),
            (Wilcoxon, 0.0, None, 0.009_090_698_015_925_044),
        ],
    );
    check(
        &paired(first, second, Greater, 0.0),
        &[
            (PairedT, -4.062_127_683_382_036, Some(9.0), 0.998_583_554_901_307_9),
            (Wilcoxon, 0.0, None, 0.996_806_266_724_257_8),
        ],
    );
    check(
        &paired(first, second, Less, 0.0),
        &[
            (PairedT, -4.062_127_683_382_036, Some(9.0), 0.001_416_445_098_692_137_3),
            (Wilcoxon, 0.0, None, 0.004_545_349_007_962_522),
        ],
    );
    check(
        &paired(first, second, TwoSided, -1.0),
        &[
            (PairedT, -1.491_160_795_165_557_4, Some(9.0), 0.170_111_770_897_422_9),
            (Wilcoxon, 8.5, None, 0.109_121_285_474_242_4),
        ],
    );
}

#[test]
fn pairs_with_ties_and_without_a_difference() {
    let case = [3.0, 5.0, 5.0, 7.0, 2.0, 9.0, 4.0];
    let control = [3.0, 4.0, 6.0, 5.0, 2.0, 6.0, 2.0];
    check(
        &paired(&case, &control, TwoSided, 0.0),
        &[
            (PairedT, 1.870_828_693_386_970_7, Some(6.0), 0.110_551_740_402_266_95),
            (Wilcoxon, 1.5, None, 0.134_416_574_170_360_18),
        ],
    );
    check(
        &paired(&case, &control, Greater, 0.0),
        &[
            (PairedT, 1.870_828_693_386_970_7, Some(6.0), 0.055_275_870_201_133_476),
            (Wilcoxon, 13.5, None, 0.067_208_287_085_180_09),
        ],
    );
    check(
        &paired(&case, &control, Less, 0.0),
        &[
            (PairedT, 1.870_828_693_386_970_7, Some(6.0), 0.944_724_129_798_866_6),
            (Wilcoxon, 13.5, None, 0.961_559_397_545_647_3),
        ],
    );
}

#[test]
fn two_pairs() {
    check(
        &paired(&[1.0, 2.0], &[3.0, 7.0], TwoSided, 0.0),
        &[
            (PairedT, -2.333_333_333_333_333_5, Some(1.0), 0.257_762_116_818_313_2),
            (Wilcoxon, 0.0, None, 0.371_093_369_522_697_56),
        ],
    );
    check(
        &paired(&[1.0, 2.0], &[3.0, 7.0], Greater, 0.0),
        &[
            (PairedT, -2.333_333_333_333_333_5, Some(1.0), 0.871_118_941_590_843_4),
            (Wilcoxon, 0.0, None, 0.963_180_864_939_848_7),
        ],
    );
    check(
        &paired(&[1.0, 2.0], &[3.0, 7.0], Less, 0.0),
        &[
            (PairedT, -2.333_333_333_333_333_5, Some(1.0), 0.128_881_058_409_156_6),
            (Wilcoxon, 0.0, None, 0.185_546_684_761_348_78),
        ],
    );
}

#[test]
fn many_pairs_far_out() {
    let remainders =
        |divisor: u32, offset: u32| -> Vec<f64> { (0..1400).map(|i| f64::from(i % divisor + offset)).collect() };
    let (case, control) = (remainders(7, 2), remainders(5, 0));
    check(
        &paired(&case, &control, TwoSided, 0.0),
        &[
            (PairedT, 45.809_387_684_185_43, Some(1_399.0), 1.204_024_961_032_779_4e-280),
            (Wilcoxon, 24_060.0, None, 3.526_458_116_919_851e-188),
        ],
    );
    check(
        &paired(&case, &control, Greater, 0.0),
        &[
            (PairedT, 45.809_387_684_185_43, Some(1_399.0), 6.020_124_805_163_897e-281),
            (Wilcoxon, 795_780.0, None, 1.763_229_058_459_925_6e-188),
        ],
    );
}

#[test]
fn decimals_that_tie_on_paper_tie_in_the_ranks() {
    // As floats, 1.1 − 1.0 is 0.10000000000000009 and 0.3 − 0.2 is 0.09999999999999998.
    let (case, control) = ([1.1, 2.1, 0.3, 0.7], [1.0, 2.0, 0.2, 0.6]);
    let outcomes = paired(&case, &control, TwoSided, 0.0);
    assert_eq!(outcomes.len(), 1, "all differences are equal, so there is no t-test: {outcomes:?}");
    assert!(paired(&case, &control, TwoSided, 0.1).is_empty(), "against 0.1 nothing is left to rank");
    // The same with a shift: 0.3 − 0.1 must tie with 0.2.
    let tied = two_sample(&[0.3, 0.4, 0.6], &[0.2, 0.3, 0.5], TwoSided, 0.1);
    let mann_whitney = tied.iter().find(|outcome| outcome.test == MannWhitney).unwrap();
    assert_eq!((mann_whitney.statistic, mann_whitney.p_value), (4.5, 1.0));
}

#[test]
fn what_is_undefined_is_left_out() {
    let tests = |case: &[f64], control: &[f64]| -> Vec<ClassicalTest> {
        two_sample(case, control, TwoSided, 0.0).iter().map(|outcome| outcome.test).collect()
    };
    assert_eq!(tests(&[1.0], &[2.0]), [MannWhitney, KolmogorovSmirnov]);
    assert_eq!(tests(&[3.0, 3.0], &[3.0, 3.0]), [KolmogorovSmirnov]);
    assert_eq!(tests(&[0.1, 0.1, 0.1], &[0.7, 0.7]), [MannWhitney, KolmogorovSmirnov]);
    assert_eq!(tests(&[0.1, 0.1, 0.1], &[0.7, 0.8]), [Welch, Student, MannWhitney, KolmogorovSmirnov]);
    assert_eq!(paired(&[2.0], &[1.0], TwoSided, 0.0).len(), 1);
    assert!(paired(&[2.0], &[2.0], TwoSided, 0.0).is_empty());
}

#[test]
fn the_ends_of_the_float_range_are_within_reach() {
    for scale in [1e-300, 1e290] {
        let values = |values: [f64; 3]| values.map(|value| value * scale);
        let scaled = two_sample(&values([1.0, 2.0, 4.0]), &values([3.0, 5.0, 8.0]), TwoSided, 0.0);
        let plain = two_sample(&[1.0, 2.0, 4.0], &[3.0, 5.0, 8.0], TwoSided, 0.0);
        for (scaled, plain) in scaled.iter().zip(&plain) {
            assert!(is_close(scaled.p_value, plain.p_value), "{scaled:?} beside {plain:?}");
        }
    }
    let wide = two_sample(&[1e300, 1.0, 1e-300], &[-1e300, 2.0, 3.0], TwoSided, 0.5);
    assert!(wide.iter().all(|outcome| outcome.statistic.is_finite() && outcome.p_value > 0.0), "{wide:?}");
}

#[test]
fn names_and_keys_tell_the_tests_apart() {
    let tests = [Welch, Student, MannWhitney, KolmogorovSmirnov, PairedT, Wilcoxon];
    let keys = ["welch-t", "student-t", "mann-whitney", "kolmogorov-smirnov", "paired-t", "wilcoxon"];
    assert_eq!(tests.map(ClassicalTest::key), keys);
    assert_eq!(Wilcoxon.name(), "Wilcoxon signed-rank (normal approximation)");
}

#[test]
fn no_p_value_exceeds_one_where_there_is_no_difference() {
    // Mean difference 0 with two degrees of freedom, where the integrated tail is ½ and a last digit.
    for outcome in paired(&[2.0, -2.5, -0.2], &[0.7, 0.2, 2.0], TwoSided, -1.2) {
        assert!(outcome.p_value <= 1.0, "{outcome:?}");
    }
    for freedom in 2..200 {
        let sample: Vec<f64> = (0..=freedom).map(f64::from).collect();
        let outcomes = two_sample(&sample, &sample, TwoSided, 0.0);
        assert!(outcomes.iter().all(|outcome| outcome.p_value <= 1.0), "{outcomes:?}");
    }
}

#[test]
#[should_panic(expected = "finite")]
fn a_value_that_is_no_number_is_refused() {
    let _ = two_sample(&[1.0, f64::NAN], &[2.0, 3.0], TwoSided, 0.0);
}

/// Values of one decimal, few enough for ties.
fn decimals(size: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((-30..30_i32).prop_map(|tenths| f64::from(tenths) / 10.0), size)
}

fn assert_mirrored(forward: &[Classical], backward: &[Classical]) {
    assert_eq!(forward.len(), backward.len());
    for (forward, backward) in forward.iter().zip(backward) {
        assert_eq!(forward.test, backward.test);
        let is_probability = (0.0..=1.0).contains(&forward.p_value);
        assert!(is_probability && is_close(forward.p_value, backward.p_value), "{forward:?} beside {backward:?}");
    }
}

#[test]
fn the_exact_kolmogorov_smirnov_test_is_the_permutation_test_of_its_distance() {
    let case = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0];
    for control in [vec![6.0, 5.0, 3.0, 5.0, 8.0], vec![2.0, 7.0, 1.0, 8.0, 2.0, 8.0, 1.0, 10.0], vec![11.0, 12.0]] {
        for alternative in [TwoSided, Greater, Less] {
            let outcomes = two_sample(&case, &control, alternative, 0.0);
            let curve = outcomes.iter().find(|outcome| outcome.test == KolmogorovSmirnov).unwrap();
            let test = PermutationTest::new(&case, &control).unwrap().alternative(alternative);
            let counted = test.run("ks").unwrap();
            assert!(counted.method.is_exact());
            assert!(is_close(curve.statistic, counted.estimate), "{alternative:?}: {curve:?}, {}", counted.estimate);
            assert!(is_close(curve.p_value, counted.p_value.estimate), "{alternative:?}: {curve:?}, {counted:?}");
        }
    }
}

#[test]
fn large_samples_have_an_approximate_kolmogorov_smirnov_test_whose_p_value_is_never_zero() {
    let find = |case: &[f64], control: &[f64], alternative| {
        *two_sample(case, control, alternative, 0.0).last().expect("it is the last one")
    };
    // SciPy 1.17.1: ks_2samp(x, y, method="asymp") of 0, 1, … 3999 and 100, 102, …, 8098.
    let (case, control) = (count_up(4000, 0.0), (0..4000).map(|i| f64::from(100 + 2 * i)).collect::<Vec<_>>());
    let found = find(&case, &control, TwoSided);
    assert_eq!((found.test, found.p_value), (KolmogorovSmirnovApproximate, f64::MIN_POSITIVE));
    // Nothing intermingled: 2 of C(4,000,003, 3) labellings.
    let found = find(&[-3.0, -2.0, -1.0], &count_up(4_000_000, 0.0), TwoSided);
    let labellings = 4_000_003.0 * 4_000_002.0 * 4_000_001.0 / 6.0;
    assert_eq!((found.test, found.statistic), (KolmogorovSmirnov, 1.0));
    assert!(is_close(found.p_value, 2.0 / labellings), "{found:?}");
}

proptest! {
    #[test]
    fn swapped_samples_are_as_far_apart(case in decimals(1..30), control in decimals(1..30), shift in -20..20_i32) {
        let shift = f64::from(shift) / 10.0;
        let tests = |alternative| two_sample(&case, &control, alternative, shift);
        let swapped = |alternative| two_sample(&control, &case, alternative, -shift);
        assert_mirrored(&tests(TwoSided), &swapped(TwoSided));
        assert_mirrored(&tests(Greater), &swapped(Less));
        assert_mirrored(&tests(Less), &swapped(Greater));
    }

    #[test]
    fn swapped_pairs_are_as_far_apart(
        pairs in prop::collection::vec((-30..30_i32, -30..30_i32), 1..30),
        shift in -20..20_i32,
    ) {
        let (case, control): (Vec<f64>, Vec<f64>) =
            pairs.iter().map(|&(x, y)| (f64::from(x) / 10.0, f64::from(y) / 10.0)).unzip();
        let shift = f64::from(shift) / 10.0;
        let tests = |alternative| paired(&case, &control, alternative, shift);
        let swapped = |alternative| paired(&control, &case, alternative, -shift);
        assert_mirrored(&tests(TwoSided), &swapped(TwoSided));
        assert_mirrored(&tests(Greater), &swapped(Less));
        assert_mirrored(&tests(Less), &swapped(Greater));
    }

    #[test]
    fn the_sides_of_a_t_test_share_the_whole(case in decimals(2..20), control in decimals(2..20)) {
        let tests = |alternative| two_sample(&case, &control, alternative, 0.0);
        for ((greater, less), both) in tests(Greater).iter().zip(tests(Less)).zip(tests(TwoSided)) {
            if matches!(greater.test, Welch | Student) {
                prop_assert!((greater.p_value + less.p_value - 1.0).abs() < 1e-12);
                prop_assert!(is_close(both.p_value, 2.0 * greater.p_value.min(less.p_value)));
            }
        }
    }
}
