//! What each format makes of reports, to the letter.

use super::samples::{group, none_as_extreme, single, typical, varied};
use super::{Report, annotation, decide, render, section, verdict};
use crate::design::Kind;
use crate::inference::adjust::Adjustment;
use crate::inference::classical;
use crate::inference::gate::{FailOn, Gate, OnUndecided};
use crate::inference::p_value::{self, Counts};
use crate::inference::{Alternative, TwoSidedRule};
use crate::method::estimate::{Estimate, Spread};
use crate::method::planner::{Further, Method};
use crate::method::sequential::Decision;
use crate::method::splitting;
use crate::method::tail::Tail;
use crate::permutation_test::effect::{Effect, EffectInterval, IntervalKind, Measured};
use crate::settings::{Details, Format, GateSettings, Presentation, Statistic};
use crate::statistic::Definition;
use crate::statistic::catalogue::Named;

/// The text without its colours.
fn text(report: &Report) -> String {
    let styled = render(std::slice::from_ref(report), Format::Text, &Presentation::default(), None);
    anstream::adapter::strip_str(&styled).to_string()
}

/// The text from the difference on.
fn conclusion(report: &Report) -> String {
    let text = text(report);
    text[text.find("  difference").unwrap()..].to_owned()
}

fn markdown(report: &Report) -> String {
    render(std::slice::from_ref(report), Format::Markdown, &Presentation::default(), None)
}

fn warned() -> Report {
    let first = "The groups differ in size (30 and 10) and in spread (sd 6.61 and 2.20): a test of the means can reject \
                 too often.";
    varied(typical(), |report| report.notes = vec![first.to_owned(), "A | second\none.".to_owned()])
}

#[test]
fn a_typical_report_reads_like_a_colleague() {
    assert_eq!(
        text(&typical()),
        "\
len by supp: OJ (case) against VC (control)

       n   mean    sd  median  min   max
  OJ  30  20.66  6.61    22.7  8.2  30.9
  VC  30  16.96  8.27    16.5  4.2  33.9

  difference of means   3.70     95 % interval -0.17 to 7.57
  p-value (two-sided)   0.0609   Monte Carlo interval (99 %): 0.0606 to 0.0611

  608,612 of the 10,000,000 resamples differ by at least 3.70 in either
  direction.
  Monte Carlo, seed 0, out of 1.2e17 possible labellings.
  Effect: mean +21.8 %, Hedges' g 0.49, Cliff's delta 0.28.
"
    );
}

#[test]
fn no_extreme_resample_gives_a_floor_and_a_bound_but_never_zero() {
    assert_eq!(
        conclusion(&none_as_extreme()),
        "  difference of means   3.70     95 % interval -0.17 to 7.57
  p-value (two-sided)   1.0e-7   Monte Carlo interval (99 %): at most 5.3e-7

  None of the 10,000,000 resamples differ by at least 3.70 in either direction.
  So the p-value stands at its floor: 1.0e-7 is the least that 10,000,000
  resamples can show. Read it as at most 5.3e-7 (99 % confidence).
  Monte Carlo, seed 0, out of 1.2e17 possible labellings.
  Effect: mean +21.8 %, Hedges' g 0.49, Cliff's delta 0.28.
"
    );
}

#[test]
fn a_single_observation_has_no_standard_deviation() {
    let report = varied(typical(), |report| {
        report.groups[0] = single("new", 14.0);
        report.result.estimate = 14.0 - 16.963_333_333_333_335;
        report.result.alternative = Alternative::Less;
        report.result.tail = Tail::Lower;
        report.result.counts = Some(Counts { n: 1000, greater_equal: 1000, less_equal: 1, absolute: 1 });
        report.result.p_value.estimate = 2.0 / 1001.0;
        report.result.p_value.interval = [5.0e-6, 0.007_41];
        report.n_dropped = 1;
        report.result.reference_set_size.approximate = Some(31.0);
    });
    assert_eq!(
        text(&report),
        "\
len by supp: new (case) against VC (control)

        n   mean    sd  median   min   max
  new   1  14.00     -    14.0  14.0  14.0
  VC   30  16.96  8.27    16.5   4.2  33.9

  difference of means   -2.96     95 % interval -0.17 to 7.57
  p-value (less)        0.00200   Monte Carlo interval (99 %): 5.00e-6 to 0.00741

  1 of the 1,000 resamples has a difference of -2.96 or less.
  Monte Carlo, seed 0, out of 31 possible labellings.
  Effect: mean +21.8 %, Hedges' g 0.49, Cliff's delta 0.28.
  1 row with a missing value was left out.
"
    );
    let json = render(std::slice::from_ref(&report), Format::Json, &Presentation::default(), None);
    assert!(json.contains(r#""case":{"label":"new","mean":14.0,"sd":null,"#));
    assert!(json.contains(r#""two_sided_rule":null,"#));
    assert!(json.contains(r#""reference_set_size":31,"#));
}

#[test]
fn a_null_value_other_than_zero_is_named_wherever_it_matters() {
    let report = varied(typical(), |report| report.mu = 1.0);
    assert_eq!(
        conclusion(&report),
        "  difference of means   3.70     95 % interval -0.17 to 7.57, tested against 1
                                 (--mu)
  p-value (two-sided)   0.0609   Monte Carlo interval (99 %): 0.0606 to 0.0611

  608,612 of the 10,000,000 resamples lie at least 2.70 away from 1 in either
  direction.
  Monte Carlo, seed 0, out of 1.2e17 possible labellings.
  Effect: mean +21.8 %, Hedges' g 0.49, Cliff's delta 0.28.
"
    );
    assert!(markdown(&report).contains("| 3.70 (tested against 1 (--mu)) |"));
}

#[test]
fn one_sided_and_doubled_tests_say_which_tail_was_counted() {
    let greater = varied(typical(), |report| {
        report.result.alternative = Alternative::Greater;
        report.result.tail = Tail::Upper;
    });
    assert!(text(&greater).contains("  p-value (greater)     0.0609"));
    assert!(text(&greater).contains("  304,123 of the 10,000,000 resamples have a difference of 3.70 or more.\n"));
    let doubled = varied(typical(), |report| {
        report.result.two_sided = TwoSidedRule::Doubled;
        report.result.tail = Tail::Upper;
    });
    assert!(text(&doubled).contains("  p-value (two-sided, doubled)   0.0609"));
    assert!(text(&doubled).contains(
        "  304,123 of the 10,000,000 resamples have a difference of 3.70 or more; that
  share, the smaller of the two tails, is doubled.\n"
    ));
}

#[test]
fn a_tiny_p_and_a_vast_reference_set_are_written_scientifically() {
    let report = varied(typical(), |report| {
        report.result.counts = Some(Counts { n: 10_000_000, greater_equal: 14, less_equal: 9_999_986, absolute: 31 });
        report.result.p_value.estimate = 3.199_999_68e-6;
        report.result.p_value.interval = [1.889e-6, 5.017e-6];
        report.result.reference_set_size.approximate = None;
        report.result.reference_set_size.log10 = 60_204.326_5;
        report.n_dropped = 1234;
    });
    assert_eq!(
        conclusion(&report),
        "  difference of means   3.70     95 % interval -0.17 to 7.57
  p-value (two-sided)   3.2e-6   Monte Carlo interval (99 %): 1.8e-6 to 5.1e-6

  31 of the 10,000,000 resamples differ by at least 3.70 in either direction.
  Monte Carlo, seed 0, out of 2.1e60204 possible labellings.
  Effect: mean +21.8 %, Hedges' g 0.49, Cliff's delta 0.28.
  1,234 rows with missing values were left out.
"
    );
    assert!(
        render(std::slice::from_ref(&report), Format::Json, &Presentation::default(), None)
            .contains(r#""reference_set_size":null,"#)
    );
    assert_eq!(
        render(&[report, typical()], Format::PValue, &Presentation::default(), None),
        "3.19999968e-6\n0.06086129391387061\n"
    );
}

#[test]
fn each_method_says_how_the_p_value_was_got_and_how_sure_it_is() {
    let exact = varied(typical(), |report| {
        report.result.method = Method::Lattice;
        report.result.counts = None;
        report.result.p_value.estimate = 3.968_712_345e-47;
        report.result.p_value.interval = [3.968_712_345e-47; 2];
    });
    assert_eq!(
        conclusion(&exact),
        "  difference of means   3.70        95 % interval -0.17 to 7.57
  p-value (two-sided)   3.969e-47   exact

  A share of 3.969e-47 of the 1.2e17 possible labellings differs by at least
  3.70 in either direction.
  Exact: every labelling was counted, by its sum.
  Effect: mean +21.8 %, Hedges' g 0.49, Cliff's delta 0.28.
"
    );
    let bounds = varied(exact.clone(), |report| {
        report.result.method = Method::Bounds;
        report.result.p_value.estimate = 3.170_7e-12;
        report.result.p_value.interval = [3.166_4e-12, 3.170_7e-12];
    });
    assert_eq!(
        conclusion(&bounds),
        "  difference of means   3.70        95 % interval -0.17 to 7.57
  p-value (two-sided)   3.171e-12   the upper bound; proven: 3.166e-12 to 3.171e-12

  A share between 3.166e-12 and 3.171e-12 of the 1.2e17 possible labellings
  differs by at least 3.70 in either direction.
  Bounds: every labelling was counted, with values rounded as little as time and
  memory allow.
  Effect: mean +21.8 %, Hedges' g 0.49, Cliff's delta 0.28.
"
    );
    let spread = Spread::Weights { effective_sample_size: 35_123.4, saddlepoint: Some(3.39e-30) };
    let importance = varied(bounds.clone(), |report| {
        report.result.method = Method::Importance { draws: 2_000_000 };
        report.result.precision = Some(Estimate { p: 3.4e-30, standard_error: 2e-32, draws: 2_000_000, spread });
        report.result.p_value.estimate = 3.4e-30;
        report.result.p_value.interval = [3.35e-30, 3.45e-30];
    });
    assert_eq!(
        conclusion(&importance),
        "  difference of means   3.70       95 % interval -0.17 to 7.57
  p-value (two-sided)   3.40e-30   Monte Carlo interval (99 %): 3.35e-30 to 3.45e-30

  By estimate a share of 3.40e-30 of the 1.2e17 possible labellings differs by
  at least 3.70 in either direction.
  Importance sampling, seed 0: 2,000,000 draws near the data, each with its
  weight, worth 35,123 of equal weight. A saddlepoint approximation, for
  comparison: 3.39e-30.
  Effect: mean +21.8 %, Hedges' g 0.49, Cliff's delta 0.28.
"
    );
    let spread = Spread::Replicates { replicates: 24, extinct: 0, levels: 19, tail: splitting::Tail::Lower };
    let splitting = varied(importance, |report| {
        report.result.method = Method::Splitting { replicates: 24, particles: 1000 };
        report.result.precision = Some(Estimate { p: 3.4e-12, standard_error: 2e-13, draws: 24_000, spread });
        report.result.two_sided = TwoSidedRule::Doubled;
        report.result.tail = Tail::Lower;
        report.result.p_value.estimate = 3.4e-12;
        report.result.p_value.interval = [2.9e-12, 4.0e-12];
    });
    assert!(
        conclusion(&splitting).ends_with(
            "
  By estimate a share of 1.7e-12 of the 1.2e17 possible labellings has a
  difference of 3.70 or less; that share, the smaller of the two tails, is
  doubled.
  Multilevel splitting, seed 0: 24,000 relabellings in 24 independent
  replicates, over 19 levels.
  Effect: mean +21.8 %, Hedges' g 0.49, Cliff's delta 0.28.
"
        ),
        "{}",
        conclusion(&splitting)
    );
    let affordable = varied(typical(), |report| report.result.further = Further::Advised(Method::Lattice));
    let hint = "labellings. An exact p-value is\n  affordable here: leave out -n.\n";
    assert!(conclusion(&affordable).contains(hint), "{}", conclusion(&affordable));
}

#[test]
fn splitting_that_ended_short_of_the_data_gives_an_upper_bound() {
    let spread = Spread::Replicates { replicates: 24, extinct: 0, levels: 19, tail: splitting::Tail::Upper };
    let short_of_the_data = varied(typical(), |report| {
        report.result.method = Method::Splitting { replicates: 24, particles: 1000 };
        report.result.precision = Some(Estimate { p: 3.4e-12, standard_error: 2e-13, draws: 24_000, spread });
        report.result.counts = None;
        report.result.two_sided = TwoSidedRule::Doubled;
        report.result.p_value.estimate = 4.01e-12;
        report.result.p_value.interval = [1e-17, 4.01e-12];
        report.result.p_value.kind = p_value::IntervalKind::UpperBound;
    });
    assert!(
        conclusion(&short_of_the_data).contains(
            "
  p-value (two-sided, doubled)   4.1e-12   an upper bound (99 %)

  At most a share of 2.1e-12 of the 1.2e17 possible labellings has a difference
  of 3.70 or more; that share, the smaller of the two tails, is doubled.
  Multilevel splitting, seed 0: 24,000 relabellings in 24 independent
  replicates, over 19 levels, the last of which is short of the data.
"
        ),
        "{}",
        conclusion(&short_of_the_data)
    );
}

#[test]
fn classical_tests_beside_clusters_are_said_to_overlook_them() {
    let compared = Some(classical::two_sample(&[1.0, 2.0, 4.0], &[3.0, 5.0, 9.0], Alternative::TwoSided, 0.0));
    let report = varied(typical(), |report| report.compared = compared);
    assert!(text(&report).contains("\n  For comparison, classical tests:\n"));
    let clustered = varied(report, |report| report.result.design = Kind::Clustered);
    assert!(
        text(&clustered).contains("\n  For comparison, classical tests, as if all observations were independent:\n")
    );
    assert!(markdown(&clustered).contains("classical tests, as if all observations were independent: "));
}

#[test]
fn labels_in_any_script_align_and_nothing_invisible_reaches_the_terminal() {
    let report = varied(typical(), |report| {
        report.column = "durée\u{1b}[31m".to_owned();
        report.grouping = None;
        report.groups[0] = group("対照グループ", [2.3e-9, 4e-10, 2.2e-9, 1.9e-9, 3e-9]);
        report.groups[1] =
            group("results/2024-05-17/machine-b/latency-after.csv", [1.3e-9, 5e-10, 1.2e-9, 9e-10, 2e-9]);
        report.result.estimate = 1e-9;
    });
    let expected = "\
durée\\u{1b}[31m: 対照グループ (case) against results/2024…y-after.csv (control)

                             n     mean        sd   median       min      max
  対照グループ              30  2.30e-9  4.00e-10  2.20e-9   1.90e-9  3.00e-9
  results/2024…y-after.csv  30  1.30e-9  5.00e-10  1.20e-9  9.00e-10  2.00e-9
";
    assert!(text(&report).starts_with(expected), "{}", text(&report));
}

#[test]
fn warnings_hang_under_their_first_word() {
    assert!(text(&warned()).ends_with(
        "delta 0.28.

  warning: The groups differ in size (30 and 10) and in spread (sd 6.61 and
           2.20): a test of the means can reject too often.
  warning: A | second one.
"
    ));
}

#[test]
fn only_the_text_has_colours_and_they_mark_p_value_and_warnings() {
    let styled = render(&[warned()], Format::Text, &Presentation::default(), None);
    assert!(styled.contains("\u{1b}[1m0.0609\u{1b}[0m"));
    assert!(styled.contains("\u{1b}[33mwarning:\u{1b}[0m"));
    for format in [Format::Json, Format::Csv, Format::Tsv, Format::Markdown, Format::PValue] {
        assert!(!render(&[warned()], format, &Presentation::default(), None).contains('\u{1b}'));
    }
}

#[test]
fn several_reports_stand_apart() {
    let detailed = Presentation { details: Details::Shown, ..Presentation::default() };
    let both = render(&[typical(), none_as_extreme()], Format::Text, &detailed, None);
    assert_eq!(both.matches("2 columns by supp").count(), 1);
    assert_eq!(both.matches("\nlen by supp: OJ (case) against VC (control)\n").count(), 2);
    assert_eq!(render(&[typical(), typical()], Format::Json, &Presentation::default(), None).lines().count(), 2);
    assert_eq!(render(&[typical(), typical()], Format::Csv, &Presentation::default(), None).lines().count(), 3);
}

#[test]
fn json_has_these_names_in_this_order() {
    let expected = concat!(
        r#"{"schema":"permtest/2","version":"VERSION","column":"len","statistic":"mean","alternative":"two-sided","#,
        r#""two_sided_rule":"absolute","design":"two-sample","n_units":60,"n_strata":null,"n_case":30,"n_control":30,"n_dropped":0,"#,
        r#""case":{"label":"OJ","mean":20.663333333333334,"sd":6.6055610497222395,"median":22.7,"min":8.2,"max":30.9},"#,
        r#""control":{"label":"VC","mean":16.963333333333335,"sd":8.266028725184054,"median":16.5,"min":4.2,"max":33.9},"#,
        r#""estimate":3.7,"effect":"difference of means","effect_estimate":3.7,"effect_interval":[-0.17,7.57],"#,
        r#""effect_interval_kind":"exact","effect_confidence":0.95,"relative_change":0.218,"cohens_d":0.494,"#,
        r#""cohens_d_z":null,"hedges_g":0.488,"cliffs_delta":0.28,"hodges_lehmann":4.2,"#,
        r#""mann_whitney_u":null,"mu":0.0,"null_value":0.0,"method":"monte-carlo","algorithm":null,"reference_set_size":1.1826458156486142e+17,"#,
        r#""reference_set_size_log10":17.07285470418647,"n_resamples":10000000,"seed":0,"#,
        r#""count_greater_equal":304123,"count_less_equal":9698877,"count_absolute":608612,"n_undefined":0,"n_near_ties":0,"#,
        r#""p_value":0.06086129391387061,"p_value_interval":[0.060666596123,0.061056380456],"#,
        r#""p_value_interval_kind":"clopper-pearson","p_value_log10":-1.2156588187593076,"p_value_standard_error":null,"effective_sample_size":null,"#,
        r#""saddlepoint_p_value":null,"n_replicates":null,"n_levels":null,"confidence":0.99,"p_value_minimum":9.9999990000001e-8,"#,
        r#""sequential_alpha":null,"sequential_risk":null,"decision":null,"adjustment":null,"p_value_adjusted":null,"#,
        r#""p_value_adjusted_interval":null,"gate_alpha":null,"gate_finding":null,"gate_verdict":null,"#,
        r#""equivalence_margin":null,"equivalence_p_values":null,"groups":[],"comparisons":[],"compare":[],"warnings":["A \"quoted\" one."]}"#,
        "\n"
    );
    let report = varied(typical(), |report| report.notes = vec!["A \"quoted\" one.".to_owned()]);
    assert_eq!(
        render(&[report], Format::Json, &Presentation::default(), None),
        expected.replace("VERSION", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn csv_has_the_same_names_flattened_and_quotes_what_needs_it() {
    let mut report = varied(typical(), |report| report.notes = vec!["One, two.".to_owned(), "Three.".to_owned()]);
    report.groups[0] = single("O\"J", 14.0);
    let expected = "schema,version,column,statistic,alternative,two_sided_rule,design,n_units,n_strata,n_case,n_control,n_dropped,\
case_label,case_mean,case_sd,case_median,case_min,case_max,\
control_label,control_mean,control_sd,control_median,control_min,control_max,\
estimate,effect,effect_estimate,effect_interval_low,effect_interval_high,effect_interval_kind,effect_confidence,\
relative_change,cohens_d,cohens_d_z,hedges_g,cliffs_delta,hodges_lehmann,mann_whitney_u,mu,null_value,method,algorithm,reference_set_size,reference_set_size_log10,n_resamples,seed,\
count_greater_equal,count_less_equal,count_absolute,n_undefined,n_near_ties,\
p_value,p_value_interval_low,p_value_interval_high,p_value_interval_kind,p_value_log10,\
p_value_standard_error,effective_sample_size,saddlepoint_p_value,n_replicates,n_levels,confidence,p_value_minimum,\
sequential_alpha,sequential_risk,decision,adjustment,\
p_value_adjusted,p_value_adjusted_interval_low,p_value_adjusted_interval_high,gate_alpha,gate_finding,gate_verdict,\
equivalence_margin,equivalence_p_values_low,equivalence_p_values_high,groups,comparisons,compare,warnings
permtest/2,VERSION,len,mean,two-sided,absolute,two-sample,60,,1,30,0,\
\"O\"\"J\",14.0,,14.0,14.0,14.0,VC,16.963333333333335,8.266028725184054,16.5,4.2,33.9,\
3.7,difference of means,3.7,-0.17,7.57,exact,0.95,0.218,0.494,,0.488,0.28,4.2,,0.0,0.0,monte-carlo,,1.1826458156486142e+17,17.07285470418647,10000000,0,304123,9698877,608612,0,0,\
0.06086129391387061,0.060666596123,0.061056380456,clopper-pearson,-1.2156588187593076,,,,,,0.99,9.9999990000001e-8,,,,,,,,,,,,,,,,,\"One, two.; Three.\"
"
    .replace("VERSION", env!("CARGO_PKG_VERSION"));
    assert_eq!(render(std::slice::from_ref(&report), Format::Csv, &Presentation::default(), None), expected);
    report.groups[0].label = "O\tJ".to_owned();
    let tsv = render(&[report], Format::Tsv, &Presentation::default(), None);
    assert_eq!(tsv.lines().next().unwrap().split('\t').count(), 80);
    assert!(tsv.contains("\t\"O\tJ\"\t14.0\t\t14.0\t"));
}

#[test]
fn markdown_is_a_table_with_its_footnote_and_warnings() {
    let mut report = warned();
    report.groups[0].label = "a|b <i>_x_".to_owned();
    let other = varied(none_as_extreme(), |report| {
        report.column = "weight".to_owned();
        report.notes = Vec::new();
    });
    assert_eq!(
        render(&[report, other], Format::Markdown, &Presentation::default(), None),
        r"| column | case | control | statistic | interval | p-value | Monte Carlo interval of p |
|---|---|---|---:|---:|---:|---:|
| weight by supp | OJ: mean 20.66, sd 6.61, n 30 | VC: mean 16.96, sd 8.27, n 30 | 3.70 | 95 % interval -0.17 to 7.57 | **1.0e-7** | at most 5.3e-7 |
| len by supp | a\|b &lt;i&gt;\_x\_: mean 20.66, sd 6.61, n 30 | VC: mean 16.96, sd 8.27, n 30 | 3.70 | 95 % interval -0.17 to 7.57 | **0.0609** | 0.0606 to 0.0611 |

Difference of means, case − control; p-value (two-sided) from 10,000,000 resamples (Monte Carlo, seed 0), its Monte Carlo interval at 99 % confidence.

- **warning** (len): The groups differ in size (30 and 10) and in spread (sd 6.61 and 2.20): a test of the means can reject too often.
- **warning** (len): A \| second one.
"
    );
}

#[test]
fn a_small_difference_of_large_samples_stays_visible() {
    let report = varied(typical(), |report| {
        report.groups[0] = group("a", [20.664_12, 6.6, 22.7, 8.0, 30.0]);
        report.groups[1] = group("b", [20.661_0, 8.3, 16.5, 4.0, 34.0]);
        report.result.estimate = 0.003_12;
    });
    let text = text(&report);
    assert!(
        text.contains("  a  30  20.66412  6.6    22.7    8   30\n  b  30  20.66100  8.3    16.5    4   34\n"),
        "{text}"
    );
    assert!(text.contains("differ by at least 0.00312 in either"), "{text}");
}

#[test]
fn one_sided_intervals_have_one_end_and_other_effects_a_row_of_their_own() {
    let of = |interval| {
        let effect = typical().result.effect.map(|effect| Effect {
            interval: Some(EffectInterval { ends: interval, kind: IntervalKind::Exact, errors: None }),
            ..effect
        });
        conclusion(&varied(typical(), |report| report.result.effect = effect))
    };
    assert!(of([0.5, f64::INFINITY]).contains("  95 % interval at least 0.50\n"));
    assert!(of([f64::NEG_INFINITY, 0.5]).contains("  95 % interval at most 0.50\n"));
    let shift = |effect: Effect| Effect { measured: Measured::Shift, objection: Some("none".into()), ..effect };
    let text = text(&varied(typical(), |report| report.result.effect = typical().result.effect.map(shift)));
    assert!(
        text.contains("  difference of means    3.70\n  Hodges-Lehmann shift   3.70     95 % interval -0.17 to 7.57\n")
    );
    assert!(text.contains("No interval for the\n  effect: none.\n"));
}

#[test]
fn intervals_say_how_they_were_got_and_are_rounded_outwards_to_the_digits_that_are_known() {
    let of = |interval, kind, errors| {
        let vary = |effect| Effect { interval: Some(EffectInterval { ends: interval, kind, errors }), ..effect };
        let text = conclusion(&varied(typical(), |report| {
            report.result.effect = typical().result.effect.map(vary);
            report.result.p_value.estimate = 0.04;
        }));
        let (_, interval) = text.lines().next().unwrap().split_once("interval ").unwrap();
        interval.to_owned()
    };
    let sampled = |interval, error| of(interval, IntervalKind::Sampled, Some([error; 2]));
    assert_eq!(sampled([0.171, 7.561], 0.02), "0.17 to 7.57 (sampled)");
    assert_eq!(sampled([0.171, 7.561], 0.2), "0.1 to 7.6 (sampled)");
    assert_eq!(sampled([171.0, 7561.0], 20.0), "170 to 7570 (sampled)");
    // One that leaves out 0 does so to the eye.
    assert_eq!(sampled([0.0171, 7.561], 0.2), "0.01 to 7.6 (sampled)");
    assert_eq!(of([0.000_31, 7.561], IntervalKind::Exact, None), "0.0003 to 7.57");
    assert_eq!(of([-7.561, -0.000_31], IntervalKind::Exact, None), "-7.57 to -0.0003");
    assert_eq!(of([4e-16, 7.561], IntervalKind::Exact, None), "above 0 to 7.57");
    assert_eq!(of([-7.561, -5e-324], IntervalKind::Exact, None), "-7.57 to below 0");
    assert_eq!(of([4e-16, f64::INFINITY], IntervalKind::Exact, None), "above 0");
    assert_eq!(of([-0.171, 7.561], IntervalKind::Bca, None), "-0.18 to 7.57 (BCa bootstrap)");
    assert_eq!(of([-0.171, 7.561], IntervalKind::Percentile, None), "-0.18 to 7.57 (percentile bootstrap)");
    // p is at most 0.05.
    let mut holed = varied(typical(), |report| report.result.p_value.estimate = 0.04);
    holed.test.statistic = Statistic::Defined(Definition::Named(Named::Welch));
    holed.result.effect.as_mut().unwrap().measured = Measured::MeanDifference;
    assert!(text(&holed).contains("95 % interval -0.17 to 7.57, though 0 itself is rejected\n"));
}

#[test]
fn a_sequential_report_says_what_was_decided_and_how_surely() {
    let report = varied(none_as_extreme(), |report| {
        report.result.method = Method::Sequential { cap: 1_000_000 };
        report.result.counts = Some(Counts { n: 242, greater_equal: 0, less_equal: 242, absolute: 0 });
        report.result.decision = Some(Decision::Below);
    });
    let text = text(&report);
    assert!(text.contains("time-uniform interval (99.9 %): at most"), "{text}");
    assert!(text.contains("Sequential, seed 0: after 242 resamples p is below alpha 0.05, which is wrong"), "{text}");
}

/// Two columns, the second of which is far apart, before a gate.
fn gated(gate: Gate) -> Vec<Report> {
    let mut reports = vec![typical(), varied(none_as_extreme(), |report| report.column = "weight%".to_owned())];
    let settings = GateSettings { gate: Some(gate), ..GateSettings::default() };
    let _ = decide(&mut reports, &settings, Adjustment::Holm, Alternative::TwoSided);
    reports
}

#[test]
fn a_gate_names_what_failed_on_every_channel() {
    let gate = Gate { fail_on: FailOn::Significant, alpha: 0.05, on_undecided: OnUndecided::Report };
    let reports = gated(gate);
    assert_eq!(reports[1].adjusted.unwrap().p_value, 2.0 * 9.999_999_000_000_1e-8);
    assert_eq!(verdict(&reports).unwrap(), "gate fails: 1 of 2 tests significant at alpha 0.05: weight%");
    let annotation = annotation(&reports).unwrap();
    assert!(annotation.starts_with("::error title=permtest::gate fails: 1 of 2 tests"), "{annotation}");
    assert!(annotation.contains("weight%25;") && !annotation.contains('\n'), "{annotation}");
    let markdown = render(&reports, Format::Markdown, &Presentation::default(), None);
    assert!(
        markdown.starts_with("**permtest: gate fails: 1 of 2 tests significant at alpha 0.05: weight%**\n\n| column")
    );
    assert!(markdown.contains("| adjusted p | finding |\n|---|---|---|---:|---:|---:|---:|---:|---:|\n"), "{markdown}");
    assert!(text(&reports[1]).contains("  adjusted p-value      2.0e-7   for all columns, by Holm's method;"));
    assert!(text(&reports[0]).contains("\n  Gate: not significant at alpha 0.05.\n"));
    let passing = Gate { alpha: 1e-9, ..gate };
    let undecided = verdict(&gated(passing)).unwrap();
    assert!(undecided.starts_with("gate undecided at alpha 1e-9: len, weight%: so few resamples"), "{undecided}");
    let required = Gate { fail_on: FailOn::NotSignificant, ..gate };
    assert_eq!(verdict(&gated(required)).unwrap(), "gate fails: 1 of 2 tests not significant at alpha 0.05: len");
}

#[test]
fn a_function_of_another_program_has_its_name() {
    let report = varied(typical(), |report| {
        report.test.statistic = Statistic::Function("trimmed".to_owned());
        report.result.effect = None;
    });
    assert!(text(&report).contains("\n  statistic trimmed     3.7\n"), "{}", text(&report));
    assert!(render(&[report], Format::Json, &Presentation::default(), None).contains(r#""statistic":"trimmed","#));
}

#[test]
fn a_section_stands_in_another_page_by_itself() {
    let section = section(&warned(), 7);
    assert!(section.starts_with(r#"<section id="column-7">"#) && section.ends_with("</section>"), "{section}");
    for part in [r#"aria-labelledby="plot-7""#, "difference of means", "0.0609", "<strong>Warning: </strong>A | second"]
    {
        assert!(section.contains(part), "{part}: {section}");
    }
}
