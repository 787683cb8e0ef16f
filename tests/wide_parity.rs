//! The contract of reproducibility where scores are coarsest: values over twenty-four orders of magnitude, for each
//! kernel, in both formats of the null distribution; and numbers of threads and instruction sets in every combination.
#![cfg(feature = "cli")]

use std::path::Path;
use std::process::Command;

use permtest::sampling::subset::{Kernel, SubsetSampler};

/// Group sizes, resamples (never a whole number of chunks) and the kernel that they are meant to run on.
const RUNS: [(usize, usize, usize, &str); 6] = [
    (10, 10, 150_001, "unrank"),
    (30, 30, 150_001, "halves"),
    (100, 100, 150_001, "halves"),
    (60, 140, 150_001, "halves"),
    (5, 295, 150_001, "shuffle"),
    (1000, 1000, 20_001, "flips"),
];

/// Magnitudes from 10⁻¹² to 10¹² and both signs: no decimal places serve them all.
fn wide(i: usize) -> f64 {
    let sign = if i % 3 == 1 { -1.0 } else { 1.0 };
    sign * (1.0 + (i * 7919 % 997) as f64 / 997.0) * 10f64.powi((i * 31 % 25) as i32 - 12)
}

fn kernel_name(sampler: &SubsetSampler) -> &'static str {
    match sampler.kernel() {
        Kernel::Unrank(_) => "unrank",
        Kernel::Halves(_) => "halves",
        Kernel::Flips(_) => "flips",
        Kernel::Shuffle(_) => "shuffle",
    }
}

fn lay_out(folder: &Path, n_case: usize, n_control: usize) {
    for (name, range) in [("case.csv", 0..n_case), ("control.csv", n_case..n_case + n_control)] {
        let lines: Vec<String> =
            std::iter::once("value".to_owned()).chain(range.map(|i| wide(i).to_string())).collect();
        std::fs::write(folder.join(name), lines.join("\n")).unwrap();
    }
}

/// What a run prints, and the bytes of its null distribution.
fn run(folder: &Path, resamples: usize, threads: usize, simd: &str, extension: &str) -> (String, Vec<u8>) {
    let distribution = folder.join(format!("null.{extension}"));
    let output = Command::new(env!("CARGO_BIN_EXE_permtest"))
        .args(["case.csv", "control.csv", "--json", "--seed", "11", "-n", &resamples.to_string()])
        .args(["-j", &threads.to_string(), "--distribution"])
        .arg(&distribution)
        .env("PERMTEST_SIMD", simd)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (String::from_utf8(output.stdout).unwrap(), std::fs::read(distribution).unwrap())
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
fn values_of_all_magnitudes_give_the_same_bytes_whatever_the_machine() {
    for (n_case, n_control, resamples, _) in RUNS {
        let folder = tempfile::tempdir().unwrap();
        lay_out(folder.path(), n_case, n_control);
        for extension in ["npy", "csv"] {
            let reference = run(folder.path(), resamples, 1, "on", extension);
            for (threads, simd) in [(2, "on"), (7, "on"), (1, "off"), (7, "off")] {
                let other = run(folder.path(), resamples, threads, simd, extension);
                assert!(other == reference, "{n_case} + {n_control}, {threads} threads, SIMD {simd}, {extension}");
            }
        }
    }
}

#[test]
fn both_formats_of_the_null_distribution_hold_the_same_numbers() {
    // To the last bit: the decimals of the CSV file are read back as the doubles of the NumPy file.
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path(), 60, 140);
    let (_, csv) = run(folder.path(), 70_001, 2, "on", "csv");
    let (_, npy) = run(folder.path(), 70_001, 2, "on", "npy");
    let from_csv: Vec<u64> =
        String::from_utf8(csv).unwrap().lines().skip(1).map(|line| line.parse::<f64>().unwrap().to_bits()).collect();
    // A NumPy file of version 1.0 says the length of its header in bytes 8 and 9.
    let start = 10 + usize::from(u16::from_le_bytes([npy[8], npy[9]]));
    let from_npy: Vec<u64> = npy[start..].as_chunks().0.iter().map(|&bytes| u64::from_le_bytes(bytes)).collect();
    assert_eq!(from_csv.len(), 70_001);
    assert!(from_csv == from_npy);
}
