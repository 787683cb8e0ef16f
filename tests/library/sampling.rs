//! Laws of the samplers: uniform, independent of the instruction set, pinned.
//!
//! Tests of randomness have fixed seeds; their bounds are χ² quantiles at 1 − 10⁻⁶, so a correct sampler with other
//! seeds would fail one of these checks about once in 10⁴ runs of the whole file.

use permtest::sampling::stream::{Domain, Stream};
use permtest::sampling::subset::bernoulli::Dyadic;
use permtest::sampling::subset::{
    Kernel, SubsetSampler, flips::Flips, halves, halves::Halves, shuffle::Shuffle, unrank::Unrank,
};
use permtest::simd::Arch;
use rand::Rng;
use rand_pcg::Pcg64Dxsm;
use std::collections::HashMap;

/// Upper 10⁻⁶ quantile of χ² by Wilson and Hilferty (1931): right to 1 % for the degrees of freedom used here.
fn chi_squared_bound(degrees: f64) -> f64 {
    let z = 4.753_424;
    degrees * (1.0 - 2.0 / (9.0 * degrees) + z * (2.0 / (9.0 * degrees)).sqrt()).powi(3)
}

fn chi_squared(counts: impl Iterator<Item = u64>, expected: f64) -> f64 {
    counts.map(|count| (count as f64 - expected).powi(2) / expected).sum()
}

/// Every kernel that serves m of N units, with a few probabilities for the free bits.
fn kernels(units: usize, m: usize) -> Vec<(String, SubsetSampler)> {
    let mut kernels = vec![("shuffle".to_owned(), Kernel::Shuffle(Shuffle::new(units, m)))];
    if units <= 26 {
        kernels.push(("unrank".to_owned(), Kernel::Unrank(Box::new(Unrank::new(units, m)))));
    }
    let fraction = m as f64 / units as f64;
    for bits in [Dyadic::nearest(fraction, 1), Dyadic::nearest(fraction, 4)] {
        // A probability far from m/N is right as well, but needs too many tries when N is large.
        if (bits.value() - fraction).abs() * (units as f64).sqrt() > 2.0 {
            continue;
        }
        kernels.push((format!("flips {}", bits.depth), Kernel::Flips(Flips::new(units, m, bits))));
        if units <= halves::MOST_UNITS {
            kernels.push((format!("halves {}", bits.depth), Kernel::Halves(Halves::new(units, m, bits))));
        }
    }
    kernels.into_iter().map(|(name, kernel)| (name, SubsetSampler::with_kernel(units, m, kernel))).collect()
}

/// Bitsets of at least `n` labellings from consecutive chunks.
fn draw(sampler: &SubsetSampler, arch: Arch, n: usize) -> Vec<Vec<u64>> {
    let mut bitsets = Vec::new();
    for chunk in 0.. {
        let (mut stream, mut kernel) = (Stream::new(11, Domain::Resamples, chunk), sampler.start());
        let mut batch = sampler.batch();
        for _ in 0..8 {
            if bitsets.len() >= n {
                return bitsets;
            }
            kernel.draw(arch, &mut stream, &mut batch);
            bitsets.extend((0..batch.len()).map(|row| batch.bitset(row)));
        }
    }
    unreachable!("chunks never end")
}

fn subsets(units: usize, m: usize) -> usize {
    (0..1u32 << units).filter(|mask| mask.count_ones() as usize == m).count()
}

#[test]
fn every_kernel_draws_all_small_subsets_equally_often() {
    for (units, m) in [(8, 4), (8, 1), (8, 7), (9, 3), (7, 5), (2, 1), (11, 5)] {
        for (name, sampler) in kernels(units, m) {
            let bitsets = draw(&sampler, Arch::new(), 100_000);
            let mut counts: HashMap<u64, u64> = HashMap::new();
            for bits in &bitsets {
                *counts.entry(bits[0]).or_default() += 1;
            }
            let size = subsets(units, m);
            assert!(counts.keys().all(|bits| bits.count_ones() as usize == m && bits >> units == 0), "{name}");
            let statistic = chi_squared(counts.values().copied(), bitsets.len() as f64 / size as f64)
                + (size - counts.len()) as f64 * bitsets.len() as f64 / size as f64;
            let bound = chi_squared_bound((size - 1) as f64);
            assert!(statistic < bound, "{name} {m} of {units}: χ² {statistic:.1} exceeds {bound:.1}");
        }
    }
}

#[test]
fn consecutive_labellings_are_independent() {
    let (units, m, size) = (5, 2, 10);
    for (name, sampler) in kernels(units, m) {
        let bitsets = draw(&sampler, Arch::new(), 100_000);
        let mut counts: HashMap<(u64, u64), u64> = HashMap::new();
        bitsets.windows(2).for_each(|pair| *counts.entry((pair[0][0], pair[1][0])).or_default() += 1);
        assert_eq!(counts.len(), size * size, "{name}");
        // The statistic of overlapping pairs, less that of singles, has size² − size degrees of freedom (Good 1953).
        let statistic = chi_squared(counts.values().copied(), bitsets.len() as f64 / (size * size) as f64);
        assert!(statistic < chi_squared_bound((size * size - 1) as f64), "{name}: χ² {statistic:.1}");
    }
}

#[test]
fn every_kernel_includes_all_pairs_of_units_equally_often() {
    for (units, m) in [
        (20, 10),
        (26, 13),
        (40, 20),
        (64, 30),
        (65, 33),
        (100, 30),
        (128, 64),
        (129, 70),
        (150, 75),
        (200, 100),
        (300, 150),
        (330, 100),
        (390, 195),
        (512, 256),
        (500, 470),
        (600, 300),
        (1000, 500),
        (2050, 1025),
    ] {
        let n = 2_000_000 / units;
        for (name, sampler) in kernels(units, m) {
            let bitsets = draw(&sampler, Arch::new(), n);
            let n = bitsets.len() as f64;
            let has = |bits: &[u64], unit: usize| bits[unit / 64] >> (unit % 64) & 1 == 1;
            let mut both = vec![0u64; units * units];
            for bits in &bitsets {
                let chosen: Vec<usize> = (0..units).filter(|&unit| has(bits, unit)).collect();
                assert_eq!(chosen.len(), m, "{name}");
                for (i, &a) in chosen.iter().enumerate() {
                    chosen[i..].iter().for_each(|&b| both[a * units + b] += 1);
                }
            }
            let (p1, p2) = (m as f64 / units as f64, (m * (m - 1)) as f64 / (units * (units - 1)) as f64);
            // Single units, then pairs: the largest deviation in standard errors. Under the null hypothesis a normal
            // bound at 10⁻⁶ for all of k counts lies below 4.9 + ln k / 4.
            let worst = |p: f64, pick: &dyn Fn(usize, usize) -> bool| {
                let sd = (n * p * (1.0 - p)).sqrt();
                let (mut worst, mut k) = (0.0f64, 0);
                for a in 0..units {
                    for b in (a..units).filter(|&b| pick(a, b)) {
                        worst = worst.max((both[a * units + b] as f64 - n * p).abs() / sd);
                        k += 1;
                    }
                }
                (worst, 4.9 + f64::from(k).ln() / 4.0)
            };
            for (worst, bound) in [worst(p1, &|a, b| a == b), worst(p2, &|a, b| a != b)] {
                assert!(worst < bound, "{name} {m} of {units}: {worst:.2} standard errors exceed {bound:.2}");
            }
        }
    }
}

#[test]
fn every_kernel_splits_units_as_the_hypergeometric_distribution_says() {
    // Joint errors of many units show in the count among any fixed set of them: here the even units of the first part.
    for (units, m) in [
        (30, 15),
        (70, 20),
        (100, 50),
        (200, 100),
        (200, 60),
        (320, 160),
        (500, 250),
        (700, 350),
        (1500, 750),
        (4000, 1000),
    ] {
        let part: Vec<usize> = (0..units / 2).step_by(2).collect();
        for (name, sampler) in kernels(units, m) {
            let bitsets = draw(&sampler, Arch::new(), 60_000);
            let mut counts = vec![0u64; part.len() + 1];
            for bits in &bitsets {
                counts[part.iter().filter(|&&unit| bits[unit / 64] >> (unit % 64) & 1 == 1).count()] += 1;
            }
            let (mut statistic, mut cells, mut rest) = (0.0, 0.0, (0.0, 0.0));
            for (k, &count) in counts.iter().enumerate() {
                let expected = bitsets.len() as f64 * hypergeometric(units, part.len(), m, k);
                if expected < 10.0 {
                    rest = (rest.0 + count as f64, rest.1 + expected);
                } else {
                    statistic += (count as f64 - expected).powi(2) / expected;
                    cells += 1.0;
                }
            }
            if rest.1 > 1.0 {
                statistic += (rest.0 - rest.1).powi(2) / rest.1;
                cells += 1.0;
            }
            assert!(
                statistic < chi_squared_bound(cells - 1.0),
                "{name} {m} of {units}: χ² {statistic:.1}, {cells} cells"
            );
        }
    }
}

fn hypergeometric(units: usize, part: usize, m: usize, k: usize) -> f64 {
    if k > m || m - k > units - part {
        return 0.0;
    }
    let ln_choose = |n: usize, k: usize| {
        libm::lgamma(n as f64 + 1.0) - libm::lgamma(k as f64 + 1.0) - libm::lgamma((n - k) as f64 + 1.0)
    };
    (ln_choose(part, k) + ln_choose(units - part, m - k) - ln_choose(units, m)).exp()
}

#[test]
fn the_instruction_set_changes_no_labelling() {
    for (units, m) in [
        (8, 4),
        (26, 13),
        (60, 30),
        (100, 50),
        (150, 40),
        (200, 100),
        (400, 200),
        (700, 350),
        (1500, 750),
        (4096, 2048),
        (3000, 7),
    ] {
        for (name, sampler) in kernels(units, m) {
            assert_eq!(draw(&sampler, Arch::Scalar, 3000), draw(&sampler, Arch::new(), 3000), "{name} {m} of {units}");
        }
    }
}

#[test]
fn unrank_is_a_bijection() {
    for (units, m) in [(2, 1), (5, 2), (8, 4), (13, 12), (20, 7), (20, 10)] {
        let tables = Unrank::new(units, m);
        let mut subsets: Vec<u64> = (0..tables.size()).map(|rank| tables.subset(rank)).collect();
        subsets.sort_unstable();
        subsets.dedup();
        assert_eq!(subsets.len() as u64, tables.size());
        assert!(subsets.iter().all(|bits| bits.count_ones() as usize == m && bits >> units == 0));
    }
}

#[test]
fn pcg64dxsm_is_that_of_numpy() {
    // numpy 2.4.6: PCG64DXSM with state (s + i)·M + i and increment i for s, i as here, random_raw(6).
    let state = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef;
    let mut generator = Pcg64Dxsm::new(state, 0xfedc_ba98_7654_3210_fedc_ba98_7654_3210);
    let words: [u64; 6] = std::array::from_fn(|_| generator.next_u64());
    let numpy = [
        0x1f01_d562_ebd4_ff91,
        0x2054_ca4f_221e_8084,
        0x5cda_d69d_933f_ea45,
        0x77da_96db_b175_2fa2,
        0x6b2c_8da2_b575_882e,
        0x8c43_92c2_06d6_55b9,
    ];
    assert_eq!(words, numpy);
}

#[test]
fn streams_are_pinned() {
    let mut stream = Stream::new(0, Domain::Resamples, 0);
    let words: [u64; 4] = std::array::from_fn(|_| stream.word());
    assert_eq!(words, [0x4b42_8610_6f46_6a80, 0x2763_48d1_5b09_7b43, 0x21a3_64e8_2f70_b71e, 0x1bdd_abdb_23c0_40c5]);
}

#[test]
fn labellings_are_pinned() {
    // One digest for each kernel that the planner chooses: a change here changes published p-values.
    for ((units, m), pinned) in [
        ((10, 5), 0x8c4f_7e26_3e65_52e9),
        ((40, 20), 0x7fea_36b1_7d81_1691),
        ((200, 100), 0x8f72_13ef_56e2_d210),
        ((200, 60), 0x7208_c768_07e3_81f2),
        ((300, 5), 0xa2ae_5013_f9ad_1852),
        ((2000, 1000), 0xfb69_1937_f9fa_bb81),
        ((8000, 4000), 0x1d16_c927_62c8_a833),
    ] {
        let bitsets = draw(&SubsetSampler::new(units, m), Arch::new(), 2000);
        let digest = bitsets
            .iter()
            .take(2000)
            .flatten()
            .fold(0u64, |digest, &word| (digest.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        assert_eq!(digest, pinned, "{m} of {units}: {digest:#x}");
    }
}
