//! Distances of distributions on every instruction set: as the definition says, to the last bit.

use permtest::sampling::stream::{Domain, Stream};
use permtest::simd;
use permtest::statistic::distance::{Distance, Scan, Side};
use permtest::statistic::{Pool, Problem, Statistic};

/// The largest difference of the distribution functions, from whole numbers; a place counts where no equal value follows.
fn largest_difference(sorted: &[f64], labelling: &[u64], m: usize, side: Side) -> f64 {
    let (all, mut case, mut largest) = (sorted.len(), 0, 0);
    for place in 0..all {
        case += (labelling[place / 64] >> (place % 64) & 1) as i64;
        if sorted.get(place + 1) != Some(&sorted[place]) {
            let difference = all as i64 * case - m as i64 * (place as i64 + 1);
            largest = largest.max(match side {
                Side::Either => difference.abs(),
                Side::CaseLess => difference,
                Side::CaseGreater => -difference,
            });
        }
    }
    largest as f64 / (m as f64 * (all - m) as f64)
}

#[test]
fn kolmogorov_smirnov_is_the_same_in_integers_of_any_width() {
    // Differences of whole parts of m and n: small ones, those at the edge of 16 bits, and beyond it.
    for (m, n) in [(1, 1), (100, 100), (60, 140), (181, 181), (180, 182), (181, 182), (1, 1500), (33, 993), (500, 501)]
    {
        for distinct in [4, 1_000_003] {
            let value = |i: usize| (i * 7919 % 20_011 % distinct) as f64;
            let (case, control): (Vec<f64>, Vec<f64>) = ((0..m).map(value).collect(), (m..m + n).map(value).collect());
            let problem = Problem::two_sample(Pool::new(&case, &control, 0.0));
            let sorted = problem.pool().values();
            let (mut stream, mut batch) = (Stream::new(7, Domain::Resamples, 0), problem.design().batch());
            problem.design().start().draw(simd::Arch::Scalar, &mut stream, &mut batch);
            // Not a whole number of lanes.
            batch.truncate(batch.len() - 3);
            for side in [Side::Either, Side::CaseGreater, Side::CaseLess] {
                let scan = Scan::new(&problem, Distance::KolmogorovSmirnov(side));
                let expected: Vec<f64> =
                    (0..batch.len()).map(|row| largest_difference(sorted, &batch.bitset(row), m, side)).collect();
                for (level, arch) in simd::levels() {
                    let mut found = vec![0.0; batch.len()];
                    scan.replicates(arch, &batch, &mut found).unwrap();
                    assert_eq!(found, expected, "{level}: {m} + {n}, {side:?}");
                }
            }
        }
    }
}

#[test]
fn sums_of_squared_differences_have_the_same_bits_on_every_instruction_set() {
    let value = |i: usize| ((i * 7919 % 20_011) as f64).sqrt();
    let (case, control): (Vec<f64>, Vec<f64>) = ((0..90).map(value).collect(), (90..201).map(value).collect());
    let problem = Problem::two_sample(Pool::new(&case, &control, 0.0));
    let (mut stream, mut batch) = (Stream::new(7, Domain::Resamples, 0), problem.design().batch());
    problem.design().start().draw(simd::Arch::Scalar, &mut stream, &mut batch);
    for distance in [Distance::CramerVonMises, Distance::AndersonDarling, Distance::Energy] {
        let scan = Scan::new(&problem, distance);
        let found = simd::levels().into_iter().map(|(_, arch)| {
            let mut found = vec![0.0; batch.len()];
            scan.replicates(arch, &batch, &mut found).unwrap();
            found
        });
        let found: Vec<Vec<f64>> = found.collect();
        assert!(found.windows(2).all(|pair| pair[0] == pair[1]), "{distance:?}");
    }
}
