//! What the pictures make of a report, to the letter where they are made of letters.

use super::histogram::{self, Canvas};
use super::samples::{typical, varied};
use super::{GroupReport, Report, plot};
use crate::inference::sample_shape::SampleShape;
use crate::method::histogram::Histogram;
use crate::settings::{Characters, PlotFormat};

/// A null distribution in twenty bins, a normal curve or so, of which those from 3.5 on and below −3.5 are extreme.
fn drawn() -> Report {
    let edges: Vec<f64> = (-10..=10).map(|i| f64::from(i) * 0.7).collect();
    let shares: Vec<f64> = (0..20).map(|i| (-0.06 * (f64::from(i) - 9.5).powi(2)).exp() / 7.2).collect();
    let extreme = shares.iter().enumerate().map(|(i, &x)| if (5..15).contains(&i) { 0.0 } else { x }).collect();
    let histogram = Histogram { edges, shares, extreme, below: 0.0, above: 0.0, counts: None };
    let shaped = |mut group: GroupReport, quartiles, whiskers| {
        let points = group.summary.iter().flat_map(|summary| [summary.min, summary.max]).collect();
        group.shape = Some(SampleShape { quartiles, whiskers, points });
        group
    };
    varied(typical(), |report| {
        report.groups[0] = shaped(report.case().clone(), [15.5, 25.7], [8.2, 30.9]);
        report.groups[1] = shaped(report.control().clone(), [11.2, 23.1], [4.2, 33.9]);
        report.result.estimate = 3.5;
        report.result.histogram = Some(histogram);
    })
}

#[track_caller]
fn assert_drawn(columns: usize, characters: Characters, expected: &str) {
    let drawing = histogram::draw(&drawn(), Canvas { columns, characters });
    let plain = anstream::adapter::strip_str(&drawing).to_string();
    assert_eq!(format!("\n{plain}"), expected, "\n{plain}");
}

#[test]
fn a_narrow_drawing_is_in_blocks() {
    let expected = "
  OJ      ├────────▒▒▒▒▒▒▒▒█▒▒▒─────┤
  VC  ├───────▒▒▒▒▒▒█▒▒▒▒▒▒▒───────────┤
      4.2                           33.9

  Null distribution: difference of means
          ▂██▂
          ████
         ▇████▇
        ▃██████▃
       ▁████████▁
      ▁██████████▁
  ▁▁▂▅████████████▅▂▁▁
  ──┴───────┴──────┴──
   -5       0      5
  ━━━━━━         ▲━━━━ observed 3.50
";
    assert_drawn(40, Characters::Blocks, expected);
}

#[test]
fn a_drawing_in_ascii_is_plain() {
    let expected = "
  OJ         |------------=============#=====---------|
  VC  |-----------==========#============------------------|
      4.2                                               33.9

  Null distribution: difference of means
                    ::::
                  ::::::::
                ::::::::::::
              ..::::::::::::..
              ::::::::::::::::
            ::::::::::::::::::::
  ........##::::::::::::::::::::##........
  -----+--------------+-------------+-----
      -5              0             5
  ===========     observed 3.50 ^=========
";
    assert_drawn(60, Characters::Ascii, expected);
}

#[test]
fn a_plot_of_a_report_is_the_same_drawing_every_time() {
    let svg = plot(&[drawn()], PlotFormat::Svg).bytes;
    assert_eq!(svg, plot(&[drawn()], PlotFormat::Svg).bytes);
    let text = String::from_utf8(svg).unwrap();
    for words in
        ["observed 3.50", "Difference of means 3.70, 95 % interval -0.17 to 7.57", "share of labellings)", "seed 0"]
    {
        assert!(text.contains(words), "{words} in {text}");
    }
    // Tiny p-values are drawn on a logarithmic scale.
    let tiny = String::from_utf8(
        plot(&[varied(drawn(), |report| report.result.p_value.estimate = 1e-9)], PlotFormat::Svg).bytes,
    )
    .unwrap();
    assert!(tiny.contains("logarithmic") && tiny.contains("1e-2"), "{tiny}");
}
