//! More of the battery for the streams of neighbouring chunks, taken in turn: collisions, gaps and runs down.
//!
//! Fixed seeds 0 and 1; bounds at 10⁻⁶ or beyond, so that a sound generator fails one of the 16 comparisons under another
//! seed about once in 60,000.

use permtest::sampling::stream::{Domain, Stream};

const CHUNKS: u64 = 64;
const WORDS: usize = 1 << 19;

/// Two-sided 10⁻⁶ of the normal distribution.
const NORMAL_BOUND: f64 = 4.892;

/// Words of neighbouring chunks in turn: first word of each chunk, second word of each, …
fn interleaved(seed: u64) -> Vec<u64> {
    let mut streams: Vec<Stream> = (0..CHUNKS).map(|chunk| Stream::new(seed, Domain::Resamples, chunk)).collect();
    (0..WORDS).map(|i| streams[i % CHUNKS as usize].word()).collect()
}

/// Wilson and Hilferty's (1931) upper 10⁻⁶ quantile of χ².
fn chi_squared_bound(degrees: f64) -> f64 {
    degrees * (1.0 - 2.0 / (9.0 * degrees) + 4.753_424 * (2.0 / (9.0 * degrees)).sqrt()).powi(3)
}

/// χ² of counts against probabilities that add up to 1.
fn chi_squared(counts: &[u64], probabilities: &[f64]) -> f64 {
    let n = counts.iter().sum::<u64>() as f64;
    counts.iter().zip(probabilities).map(|(&count, p)| (count as f64 - n * p).powi(2) / (n * p)).sum()
}

#[test]
fn balls_meet_in_urns_as_often_as_chance_has_it() {
    // Knuth, TAOCP 2, 3.3.2 I: b balls in u urns occupy u(1 − (1 − 1/u)ᵇ) of them; the rest of the balls collide. With
    // 2¹⁹ balls in 2²⁴ urns: about 8,107 collisions, nearly Poisson, of variance a little less than their number.
    const URN_BITS: u32 = 24;
    let urns = f64::from(1u32 << URN_BITS);
    let balls = WORDS as f64;
    // 1 − (1 − 1/u)ᵇ without cancellation.
    let expected = balls + urns * (balls * (-1.0 / urns).ln_1p()).exp_m1();
    for seed in [0, 1] {
        let words = interleaved(seed);
        for shift in [0, 20, 40] {
            let mut hit = vec![false; 1 << URN_BITS];
            let collisions = words
                .iter()
                .filter(|&word| std::mem::replace(&mut hit[(word >> shift & ((1 << URN_BITS) - 1)) as usize], true))
                .count() as f64;
            let z = (collisions - expected) / expected.sqrt();
            assert!(z.abs() < NORMAL_BOUND, "seed {seed}, shift {shift}: {collisions} collisions, {expected} expected");
        }
    }
}

#[test]
fn gaps_between_small_values_are_geometric() {
    // Knuth, TAOCP 2, 3.3.2 D: values below 1/8 are k other values apart with probability (1/8)(7/8)ᵏ; the streams of
    // 64 chunks return after 64 words, so gaps up to 79 are told apart.
    const LONGEST: usize = 80;
    let mut probabilities: Vec<f64> = (0..LONGEST).map(|k| 0.125 * 0.875f64.powi(k as i32)).collect();
    probabilities.push(0.875f64.powi(LONGEST as i32));
    for seed in [0, 1] {
        let words = interleaved(seed);
        for top_bit in [64, 35, 3] {
            let mut counts = vec![0; LONGEST + 1];
            let mut gap = 0;
            for word in &words {
                if (word >> (top_bit - 3)).trailing_zeros() >= 3 {
                    counts[gap.min(LONGEST)] += 1;
                    gap = 0;
                } else {
                    gap += 1;
                }
            }
            let statistic = chi_squared(&counts, &probabilities);
            assert!(statistic < chi_squared_bound(LONGEST as f64), "seed {seed}, below bit {top_bit}: {statistic}");
        }
    }
}

#[test]
fn runs_down_have_the_lengths_of_chance() {
    // As runs up: the word after each run is left out, and length k has probability 1/k! − 1/(k + 1)!.
    let factorial = |k: usize| (1..=k).product::<usize>() as f64;
    let mut probabilities: Vec<f64> = (1..6).map(|k| 1.0 / factorial(k) - 1.0 / factorial(k + 1)).collect();
    probabilities.push(1.0 / factorial(6));
    for seed in [0, 1] {
        let words = interleaved(seed);
        // From the most significant bit, and from the bits that a sampler may take last.
        for rotation in [0, 32] {
            let value = |i: usize| u64::rotate_left(words[i], rotation);
            let (mut counts, mut length, mut i) = ([0; 6], 1, 1);
            while i < words.len() {
                if value(i) < value(i - 1) {
                    length += 1;
                    i += 1;
                } else {
                    counts[usize::min(length, 6) - 1] += 1;
                    length = 1;
                    i += 2;
                }
            }
            let statistic = chi_squared(&counts, &probabilities);
            assert!(statistic < chi_squared_bound(5.0), "seed {seed}, rotation {rotation}: {statistic}");
        }
    }
}
