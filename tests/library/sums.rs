//! Sums of scores over labellings: the same as the definition gives on every instruction set that the machine has.

use permtest::sampling::labellings::{BitRows, IndexRows, Labellings, Listed, last_word_mask};
use permtest::sampling::stream::{Domain, Stream};
use permtest::sampling::transposed::Transposed;
use permtest::sampling::units::UnitSums;
use permtest::simd;
use permtest::statistic::linear::sums::Summands;

/// Numbers of units: all small ones, those around words and tiles of bytes, large ones.
fn sizes() -> impl Iterator<Item = usize> {
    (1..=70).chain([127, 128, 129, 200, 255, 512, 2000, 2047, 2048, 2049, 5000])
}

/// Numbers of labellings: around the lanes of each instruction set, and several blocks of them.
const BATCHES: [usize; 10] = [1, 15, 17, 31, 32, 33, 63, 64, 65, 200];

/// Scores of each width and sign, up to the edge of what their sum may be.
fn scores(units: usize, stream: &mut Stream) -> Vec<Vec<i64>> {
    let most = i64::MAX / units as i64;
    let mut of = |score: &dyn Fn(u64) -> i64| (0..units).map(|_| score(stream.word())).collect::<Vec<_>>();
    vec![
        vec![0; units],
        of(&|word| (word % 2) as i64),
        // Four of them are just a plane of seven digits, or one more.
        vec![31; units],
        vec![32; units],
        of(&|word| (word % 1000) as i64),
        of(&|word| (word % 2001) as i64 - 1000),
        of(&|word| (word % (1 << 40)) as i64 - (1 << 39)),
        of(&|word| if word % 7 == 0 { most } else { 0 }),
        of(&|word| (i128::from(word) % (2 * i128::from(most)) - i128::from(most)) as i64),
        vec![most; units],
        vec![-most; units],
    ]
}

fn random_rows(units: usize, rows: usize, stream: &mut Stream) -> BitRows {
    let width = units.div_ceil(64);
    let mut words: Vec<u64> = (0..rows * width).map(|_| stream.word()).collect();
    for row in words.chunks_exact_mut(width) {
        row[width - 1] &= last_word_mask(units);
    }
    // The extremes: no unit and all of them.
    words[..width].fill(0);
    if rows > 1 {
        words[width..2 * width].fill(u64::MAX);
        words[2 * width - 1] &= last_word_mask(units);
    }
    BitRows { units, words }
}

/// The definition.
fn plain_sums(scores: &[i64], base: i64, rows: &BitRows) -> Vec<i64> {
    let is_set = |row: &[u64], unit: usize| row[unit / 64] >> (unit % 64) & 1 == 1;
    let sum = |row| base + (0..scores.len()).filter(|&unit| is_set(row, unit)).map(|unit| scores[unit]).sum::<i64>();
    rows.words.chunks_exact(rows.width()).map(sum).collect()
}

#[test]
fn every_instruction_set_gives_the_sums_of_the_definition() {
    let mut stream = Stream::new(3, Domain::Resamples, 0);
    for (units, length) in sizes().zip(BATCHES.into_iter().cycle()) {
        let rows = random_rows(units, length, &mut stream);
        for scores in scores(units, &mut stream) {
            let base = if scores[0] < 0 { 17 } else { -17 };
            let expected = plain_sums(&scores, base, &rows);
            let summands = Summands::of(&UnitSums { base, changes: scores });
            for (level, arch) in simd::levels() {
                let mut sums = vec![1; length];
                summands.sum(arch, &Labellings::Dense(rows.clone()), &mut sums);
                assert_eq!(sums, expected, "{level}: {length} labellings of {units} units");
                sums.fill(1);
                summands.sum_transposed(&Transposed::new(arch, &rows), &mut sums);
                assert_eq!(sums, expected, "{level}: {length} transposed labellings of {units} units");
            }
        }
    }
}

#[test]
fn lists_of_either_group_give_the_sums_of_the_definition() {
    let scores = [5, -3, 1 << 40, 0, 7];
    for (listed, expected) in [(Listed::Case, [(1 << 40) + 100, 102]), (Listed::Control, [109, (1 << 40) + 107])] {
        let rows = IndexRows { units: 5, width: 2, listed, indices: vec![2, 3, 0, 1] };
        let summands = Summands::of(&UnitSums { base: 100, changes: scores.to_vec() });
        for (level, arch) in simd::levels() {
            let mut sums = [0; 2];
            summands.sum(arch, &Labellings::Sparse(rows.clone()), &mut sums);
            assert_eq!(sums, expected, "{level}");
        }
    }
}

#[test]
#[should_panic(expected = "labellings of other units")]
fn labellings_of_other_units_are_refused() {
    let rows = BitRows { units: 65, words: vec![0; 2] };
    Summands::new(&[1; 64]).sum(simd::Arch::new(), &Labellings::Dense(rows), &mut [0]);
}
