//! A practical battery for the streams of neighbouring chunks, taken in turn: whatever the chunks have in common would
//! show as a pattern in the interleaved words.
//!
//! Fixed seeds; each statistic is compared with a normal or χ² bound at about 10⁻⁶, so that a sound generator fails one
//! of the some 150 comparisons under another seed about once in 5,000.

use permtest::sampling::stream::{Domain, Stream};

const CHUNKS: u64 = 64;
const WORDS: usize = 1 << 19;

/// Words of neighbouring chunks in turn: first word of each chunk, second word of each, …
fn interleaved(seed: u64) -> Vec<u64> {
    let mut streams: Vec<Stream> = (0..CHUNKS).map(|chunk| Stream::new(seed, Domain::Resamples, chunk)).collect();
    (0..WORDS).map(|i| streams[i % CHUNKS as usize].word()).collect()
}

/// Wilson and Hilferty's (1931) upper 10⁻⁶ quantile of χ².
fn chi_squared_bound(degrees: f64) -> f64 {
    degrees * (1.0 - 2.0 / (9.0 * degrees) + 4.753_424 * (2.0 / (9.0 * degrees)).sqrt()).powi(3)
}

fn chi_squared(counts: &[u64]) -> f64 {
    let expected = counts.iter().sum::<u64>() as f64 / counts.len() as f64;
    counts.iter().map(|&count| (count as f64 - expected).powi(2) / expected).sum()
}

#[test]
fn each_bit_is_set_half_of_the_time() {
    for seed in [0, 1] {
        let words = interleaved(seed);
        for bit in 0..64 {
            let ones = words.iter().filter(|&word| word >> bit & 1 == 1).count() as f64;
            let z = (ones - WORDS as f64 / 2.0) / (WORDS as f64 / 4.0).sqrt();
            assert!(z.abs() < 5.0, "seed {seed}, bit {bit}: {z}");
        }
    }
}

#[test]
fn bytes_are_uniform_and_so_are_pairs_of_high_bytes_of_neighbouring_chunks() {
    for seed in [0, 1] {
        let words = interleaved(seed);
        let mut bytes = vec![0; 256];
        words.iter().flat_map(|word| word.to_le_bytes()).for_each(|byte| bytes[byte as usize] += 1);
        assert!(chi_squared(&bytes) < chi_squared_bound(255.0), "seed {seed}");
        for shift in [0, 24, 57] {
            let mut pairs = vec![0; 1 << 14];
            for pair in words.chunks_exact(2) {
                let part = |word: u64| (word >> shift & 127) as usize;
                pairs[part(pair[0]) << 7 | part(pair[1])] += 1;
            }
            let statistic = chi_squared(&pairs);
            assert!(statistic < chi_squared_bound(f64::from(1 << 14) - 1.0), "seed {seed}, shift {shift}: {statistic}");
        }
    }
}

#[test]
fn neighbouring_chunks_do_not_correlate() {
    let centred = |word: u64| (word >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
    for seed in [0, 1] {
        let words = interleaved(seed);
        for lag in [1, 2, 3, 63, 64, 65] {
            let products: f64 = words.windows(lag + 1).map(|window| centred(window[0]) * centred(window[lag])).sum();
            // A product of two centred uniform variables has variance 1/144.
            let z = products / ((WORDS - lag) as f64 / 144.0).sqrt();
            assert!(z.abs() < 5.0, "seed {seed}, lag {lag}: {z}");
        }
    }
}

#[test]
fn equal_bits_of_neighbouring_chunks_agree_half_of_the_time() {
    for seed in [0, 1] {
        let words = interleaved(seed);
        let agreeing: u32 = words.windows(2).map(|pair| (pair[0] ^ pair[1]).count_zeros()).sum();
        let n = 64.0 * (WORDS - 1) as f64;
        let z = (f64::from(agreeing) - n / 2.0) / (n / 4.0).sqrt();
        assert!(z.abs() < 5.0, "seed {seed}: {z}");
    }
}

#[test]
fn runs_up_have_the_lengths_of_chance() {
    for seed in [0, 1] {
        let words = interleaved(seed);
        // Runs up, the word after each run left out so that runs are independent (Knuth, TAOCP 2, 3.3.2): a run has
        // length k with probability 1/k! − 1/(k + 1)!.
        let (mut counts, mut length, mut i) = ([0u64; 6], 1usize, 1);
        while i < words.len() {
            if words[i] > words[i - 1] {
                length += 1;
                i += 1;
            } else {
                counts[length.min(6) - 1] += 1;
                length = 1;
                i += 2;
            }
        }
        let n = counts.iter().sum::<u64>() as f64;
        let factorial = |k: usize| (1..=k).product::<usize>() as f64;
        let probability =
            |k: usize| if k < 6 { 1.0 / factorial(k) - 1.0 / factorial(k + 1) } else { 1.0 / factorial(6) };
        let statistic: f64 =
            (1..=6).map(|k| (counts[k - 1] as f64 - n * probability(k)).powi(2) / (n * probability(k))).sum();
        assert!(statistic < chi_squared_bound(5.0), "seed {seed}: {statistic}");
    }
}

#[test]
fn birthday_spacings_repeat_as_often_as_chance_has_it() {
    // Marsaglia (1985): of m birthdays in a year of n days, about Poisson(m³/4n) spacings repeat: here 512³/2²⁶ = 2.
    const BIRTHDAYS: usize = 512;
    const DAY_BITS: u32 = 24;
    for seed in [0, 1] {
        for shift in [0, 20, 40] {
            let words = interleaved(seed);
            let (mut repeats, mut years) = (0u64, 0u64);
            for year in words.chunks_exact(BIRTHDAYS) {
                let mut days: Vec<u64> = year.iter().map(|word| word >> shift & ((1 << DAY_BITS) - 1)).collect();
                days.sort_unstable();
                let mut spacings: Vec<u64> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
                spacings.sort_unstable();
                repeats += spacings.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64;
                years += 1;
            }
            let expected = 2.0 * years as f64;
            let z = (repeats as f64 - expected) / expected.sqrt();
            assert!(z.abs() < 5.0, "seed {seed}, shift {shift}: {repeats} repeats, {expected} expected");
        }
    }
}
