//! The contract of reproducibility, on the built binary: the same bytes for any number of threads, with SIMD off, and for
//! any order of the rows; and a longer run that begins with a shorter one.
//!
//! Every run has more than one chunk, or threads would have nothing to share, and ends within one.

use std::process::Command;

use permtest::sampling::subset::{Kernel, SubsetSampler};
use permtest::statistic::catalogue::CATALOGUE;
use tempfile::TempDir;

/// Group sizes, resamples (never a whole number of chunks) and the kernel that they are meant to run on.
const RUNS: [(usize, usize, usize, &str); 7] = [
    (10, 10, 150_001, "unrank"),
    (30, 30, 150_001, "halves"),
    (100, 100, 150_001, "halves"),
    (60, 140, 150_001, "halves"),
    (5, 295, 150_001, "shuffle"),
    (1000, 1000, 20_001, "halves"),
    (2100, 2100, 5001, "flips"),
];

/// An expression for each shape: a sum of scores, a function of sums, order statistics, gathered values.
const EXPRESSIONS: [&str; 4] = [
    "mean(log(x)) - mean(log(y))",
    "mean(x) / mean(y)",
    "quantile(x, 0.9) / quantile(y, 0.9)",
    "mean(abs(x - median(x)))",
];

/// Decimals with many ties: 32-bit scores.
fn tied(i: usize) -> f64 {
    (1 + i * 7919 % 101) as f64 / 10.0
}

/// Full precision: 64-bit scores.
fn full(i: usize) -> f64 {
    ((i * 7919) as f64).sin()
}

/// Magnitudes from 10⁻¹² to 10¹² and both signs: no decimal places serve them all.
fn wide(i: usize) -> f64 {
    let sign = if i % 3 == 1 { -1.0 } else { 1.0 };
    sign * (1.0 + (i * 7919 % 997) as f64 / 997.0) * 10f64.powi((i * 31 % 25) as i32 - 12)
}

/// What may differ from one machine to the next.
#[derive(Debug, Clone, Copy)]
struct Machine {
    threads: usize,
    /// The value of `PERMTEST_SIMD`.
    simd: &'static str,
}

const REFERENCE: Machine = Machine { threads: 1, simd: "on" };

const OTHERS: [Machine; 4] = [
    Machine { threads: 2, simd: "on" },
    Machine { threads: 7, simd: "on" },
    Machine { threads: 1, simd: "off" },
    Machine { threads: 7, simd: "off" },
];

/// What a run prints, and the bytes of its null distribution.
#[derive(Debug, PartialEq)]
struct Run {
    json: String,
    distribution: Vec<u8>,
}

/// A folder with data, and the arguments that name them.
struct Data {
    folder: TempDir,
    arguments: Vec<String>,
}

impl Data {
    /// Two files with a column each.
    fn two_files(n_case: usize, n_control: usize, value: impl Fn(usize) -> f64) -> Self {
        Self::of_two_columns((0..n_case).map(&value).collect(), (n_case..n_case + n_control).map(&value).collect())
    }

    fn of_two_columns(case: Vec<f64>, control: Vec<f64>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, values) in [("case.csv", case), ("control.csv", control)] {
            let lines = std::iter::once("value".to_owned()).chain(values.iter().map(f64::to_string));
            std::fs::write(folder.path().join(name), lines.collect::<Vec<_>>().join("\n")).unwrap();
        }
        Self { folder, arguments: ["case.csv", "control.csv"].map(str::to_owned).to_vec() }
    }

    /// One file whose rows belong together in every way: `side` alternates within pairs, `arm` from cluster to cluster.
    fn long(rows: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let header = "value,side,arm,pair,litter,cluster,block,stratum".to_owned();
        let row = |i: usize| {
            let (side, arm) = (["a", "b"][i % 2], ["a", "b"][i / 3 % 2]);
            let (pair, litter, cluster, block, stratum) = (i / 2, i / 6, i / 3, i / 6 % 2, [0, 0, 1, 1, 2][i % 5]);
            format!("{},{side},{arm},{pair},{litter},{cluster},{block},{stratum}", tied(i))
        };
        let lines: Vec<String> = std::iter::once(header).chain((0..rows).map(row)).collect();
        std::fs::write(folder.path().join("data.csv"), lines.join("\n")).unwrap();
        Self { folder, arguments: ["data.csv", "--column", "value"].map(str::to_owned).to_vec() }
    }

    /// Runs a test on a machine; the extension is that of the null distribution.
    fn run(&self, arguments: &[&str], machine: Machine, extension: &str) -> Run {
        let distribution = self.folder.path().join(format!("null.{extension}"));
        let output = Command::new(env!("CARGO_BIN_EXE_permtest"))
            .args(&self.arguments)
            .args(["--json", "-j", &machine.threads.to_string(), "--distribution"])
            .arg(&distribution)
            .args(arguments)
            .env("PERMTEST_SIMD", machine.simd)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        Run { json: String::from_utf8(output.stdout).unwrap(), distribution: std::fs::read(distribution).unwrap() }
    }

    /// Runs a test on the reference machine, after it has come to the same on all others.
    fn run_everywhere(&self, arguments: &[&str], extension: &str) -> Run {
        let reference = self.run(arguments, REFERENCE, extension);
        for machine in OTHERS {
            assert!(self.run(arguments, machine, extension) == reference, "{arguments:?} on {machine:?}, {extension}");
        }
        reference
    }
}

fn kernel_name(sampler: &SubsetSampler) -> &'static str {
    match sampler.kernel() {
        Kernel::Unrank(_) => "unrank",
        Kernel::Halves(_) => "halves",
        Kernel::Flips(_) => "flips",
        Kernel::Shuffle(_) => "shuffle",
    }
}

/// All statistics that two independent samples have.
fn statistics() -> Vec<String> {
    let named = CATALOGUE.iter().filter(|entry| entry.name != "signed-rank");
    named.map(ToString::to_string).chain(EXPRESSIONS.map(str::to_owned)).collect()
}

#[test]
fn the_runs_cover_every_kernel_and_end_within_a_chunk() {
    for (n_case, n_control, resamples, kernel) in RUNS {
        let sampler = SubsetSampler::new(n_case + n_control, n_case);
        assert_eq!(kernel_name(&sampler), kernel, "{n_case} + {n_control}");
        assert_ne!(resamples % sampler.chunk_size(), 0, "{n_case} + {n_control}");
        assert!(resamples > sampler.chunk_size(), "{n_case} + {n_control}: a single chunk tries no two threads");
    }
}

#[test]
fn threads_and_simd_change_no_byte_of_any_kernel_and_width_of_scores() {
    for (n_case, n_control, resamples, _) in RUNS {
        let resamples = resamples.to_string();
        let arguments = ["-n", &resamples, "--seed", "3"];
        for value in [tied, full, wide] {
            Data::two_files(n_case, n_control, value).run_everywhere(&arguments, "npy");
        }
        Data::two_files(n_case, n_control, wide).run_everywhere(&arguments, "csv");
    }
}

#[test]
fn threads_and_simd_change_no_byte_of_any_statistic() {
    let data = Data::two_files(24, 16, tied);
    for statistic in statistics() {
        data.run_everywhere(&["-s", &statistic, "-n", "140001"], "npy");
    }
}

#[test]
fn threads_and_simd_change_no_byte_of_any_design() {
    let data = Data::long(84);
    let designs: [(&str, &[&str]); 5] = [
        ("paired", &["--group", "side", "--pair", "pair"]),
        ("stratified", &["--group", "side", "--strata", "stratum"]),
        ("clustered", &["--group", "arm", "--cluster", "cluster"]),
        ("clustered, stratified", &["--group", "arm", "--cluster", "cluster", "--strata", "block"]),
        ("paired, clustered", &["--group", "side", "--pair", "pair", "--cluster", "litter"]),
    ];
    for (design, options) in designs {
        let has_pairs = design.starts_with("paired");
        let of_pairs = ["signed-rank", "mean(x / y)"].into_iter().filter(|_| has_pairs).map(str::to_owned);
        for statistic in statistics().into_iter().chain(of_pairs) {
            let arguments = [options, &["-s", &statistic, "-n", "70001"]].concat();
            let Run { json, .. } = data.run_everywhere(&arguments, "npy");
            assert!(json.contains(&format!(r#""design":"{design}""#)), "{json}");
        }
    }
}

#[test]
fn threads_and_simd_change_no_byte_of_an_enumeration() {
    // 184,756 labellings of three chunks.
    let data = Data::two_files(10, 10, tied);
    for statistic in ["mean", "welch", "median", "ks", "mad"] {
        let Run { json, .. } = data.run_everywhere(&["-s", statistic], "npy");
        assert!(json.contains(r#""method":"exact""#), "{json}");
    }
}

#[test]
fn the_order_of_the_rows_changes_no_byte() {
    let (case, control): (Vec<f64>, Vec<f64>) = ((0..24).map(tied).collect(), (24..40).map(tied).collect());
    let sorted = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_unstable_by(f64::total_cmp);
        values
    };
    let backwards = |values: &[f64]| values.iter().rev().copied().collect::<Vec<_>>();
    let data = Data::of_two_columns(case.clone(), control.clone());
    let orders = [
        Data::of_two_columns(backwards(&case), backwards(&control)),
        Data::of_two_columns(sorted(&case), sorted(&control)),
        Data::of_two_columns(case, backwards(&sorted(&control))),
    ];
    for statistic in statistics() {
        let arguments = ["-s", &statistic, "-n", "10001"];
        let reference = data.run(&arguments, REFERENCE, "npy");
        for (i, other) in orders.iter().enumerate() {
            assert!(other.run(&arguments, REFERENCE, "npy") == reference, "{statistic}, order {i}");
        }
    }
}

#[test]
fn both_formats_of_the_null_distribution_hold_the_same_numbers() {
    // To the last bit: the decimals of the CSV file are read back as the doubles of the NumPy file.
    let data = Data::two_files(60, 140, wide);
    let [csv, npy] = ["csv", "npy"].map(|extension| data.run(&["-n", "70001"], OTHERS[0], extension).distribution);
    let from_csv: Vec<u64> =
        String::from_utf8(csv).unwrap().lines().skip(1).map(|line| line.parse::<f64>().unwrap().to_bits()).collect();
    // A NumPy file of version 1.0 says the length of its header in bytes 8 and 9.
    let start = 10 + usize::from(u16::from_le_bytes([npy[8], npy[9]]));
    let from_npy: Vec<u64> = npy[start..].as_chunks().0.iter().map(|&bytes| u64::from_le_bytes(bytes)).collect();
    assert_eq!(from_csv.len(), 70_001);
    assert!(from_csv == from_npy);
}

#[test]
fn a_longer_run_begins_with_the_shorter_one() {
    let data = Data::two_files(100, 100, full);
    let lines = |resamples: &str| {
        let text = String::from_utf8(data.run(&["-n", resamples], OTHERS[0], "csv").distribution).unwrap();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (short, long) = (lines("100000"), lines("1000000"));
    assert_eq!((short.len(), long.len()), (100_001, 1_000_001));
    assert!(long[..short.len()] == short[..]);
}

#[test]
fn the_distribution_has_the_counts_of_the_report() {
    let Run { json, distribution } = Data::two_files(30, 40, tied).run(&["-n", "50000"], OTHERS[0], "csv");
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let number = |name: &str| report[name].as_f64().unwrap();
    let estimate = number("estimate");
    let values: Vec<f64> =
        String::from_utf8(distribution).unwrap().lines().skip(1).map(|line| line.parse().unwrap()).collect();
    // Values of equal sums are equal floats, and the estimate is one of them.
    let count = |is_extreme: &dyn Fn(f64) -> bool| values.iter().filter(|&&value| is_extreme(value)).count() as f64;
    assert_eq!(count(&|value| value >= estimate), number("count_greater_equal"));
    assert_eq!(count(&|value| value <= estimate), number("count_less_equal"));
    assert_eq!(count(&|value| value.abs() >= estimate.abs()), number("count_absolute"));
}

#[test]
fn seeds_differ_and_the_default_is_zero() {
    let data = Data::two_files(30, 40, tied);
    let json = |arguments: &[&str]| data.run(&[&["-n", "10000"], arguments].concat(), OTHERS[0], "npy").json;
    assert_eq!(json(&[]), json(&["--seed", "0"]));
    assert_ne!(json(&[]), json(&["--seed", "1"]));
    assert_ne!(json(&["--seed", "random"]), json(&["--seed", "random"]));
}
