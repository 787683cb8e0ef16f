//! The place of the r-th set bit in each of many bitsets, sixteen at a time, one in each lane of a vector.
//!
//! Which word it is in is known from the counts of set bits up to each word; where in the word, the counts in its bytes, nibbles
//! and pairs of bits, which adding neighbours gives for all of them at once (Vigna 2008, *Broadword implementation of
//! rank/select queries*). Not one branch depends on a bit, and no table is looked up.

use crate::sampling::labellings::BitRows;

/// Bitsets that are looked at together.
pub const LANES: usize = 16;

/// Words of up to [`LANES`] rows, word by word; lanes without a row hold zeros.
#[derive(Debug, Default)]
pub struct Lanes {
    words: Vec<[u64; LANES]>,
}

impl Lanes {
    /// Takes rows of so many words, each flipped where `flip` has a 1.
    #[inline(always)]
    pub fn load(&mut self, rows: &[u64], width: usize, flip: u64) {
        self.words.clear();
        self.words.resize(width, [flip; LANES]);
        for (lane, row) in rows.chunks_exact(width).enumerate().take(LANES) {
            for (words, word) in self.words.iter_mut().zip(row) {
                words[lane] = word ^ flip;
            }
        }
    }

    /// The places of the set bits that have so many set bits below them; what it gives for a lane with no such bit means
    /// nothing.
    #[inline(always)]
    pub fn places(&self, ranks: [u64; LANES]) -> [u64; LANES] {
        let (mut bits, mut start, mut below, mut counted) = ([0; LANES], [0; LANES], [0; LANES], [0; LANES]);
        for (i, words) in self.words.iter().enumerate() {
            for lane in 0..LANES {
                // The last word before which no more bits are set than the rank says.
                let is_here = counted[lane] <= ranks[lane];
                bits[lane] = if is_here { words[lane] } else { bits[lane] };
                start[lane] = if is_here { 64 * i as u64 } else { start[lane] };
                below[lane] = if is_here { counted[lane] } else { below[lane] };
                counted[lane] += u64::from(words[lane].count_ones());
            }
        }
        let mut places = [0; LANES];
        for lane in 0..LANES {
            places[lane] = start[lane] + place_in_word(bits[lane], ranks[lane].wrapping_sub(below[lane]));
        }
        places
    }
}

/// The place of the set bit of a word that has `rank` set bits below it.
#[inline(always)]
fn place_in_word(word: u64, rank: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let pairs = word - (word >> 1 & 0x5555_5555_5555_5555);
    let nibbles = (pairs & 0x3333_3333_3333_3333) + (pairs >> 2 & 0x3333_3333_3333_3333);
    let bytes = (nibbles + (nibbles >> 4)) & 0x0f0f_0f0f_0f0f_0f0f;
    let up_to = bytes.wrapping_mul(ONES);
    // The high bit of each byte says whether so many bits or fewer end there: then the place lies beyond.
    let is_beyond = ((rank.wrapping_mul(ONES) | HIGH).wrapping_sub(up_to) & HIGH) >> 7;
    let mut place = 8 * (is_beyond.wrapping_mul(ONES) >> 56) % 64;
    let mut rest = rank.wrapping_sub(up_to << 8 >> place & 0xff);
    for (counts, size) in [(nibbles, 4), (pairs, 2), (word, 1)] {
        let count = counts >> place & ((1 << size) - 1);
        let is_beyond = rest >= count;
        rest = rest.wrapping_sub(if is_beyond { count } else { 0 });
        place = (place + if is_beyond { size } else { 0 }) % 64;
    }
    place
}

/// The place of the next set bit of `row ^ flip` after a place; that place itself where there is none.
#[inline(always)]
pub fn next_place(row: &[u64], flip: u64, place: u64) -> u64 {
    let mut word = (place / 64) as usize;
    let mut bits = (row[word] ^ flip) & (u64::MAX - 1) << (place % 64);
    while bits == 0 {
        word += 1;
        let Some(next) = row.get(word) else { return place };
        bits = next ^ flip;
    }
    64 * word as u64 + u64::from(bits.trailing_zeros())
}

/// Rows in groups of [`LANES`], with the number of the first of each group.
#[inline(always)]
pub fn groups(rows: &BitRows) -> impl Iterator<Item = (usize, &[u64])> {
    rows.words.chunks(LANES * rows.width()).enumerate().map(|(group, rows)| (LANES * group, rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_set_bit_is_found(rows in prop::collection::vec(any::<u64>(), 3 * LANES), flip: bool) {
            let flip = if flip { u64::MAX } else { 0 };
            let mut lanes = Lanes::default();
            lanes.load(&rows, 3, flip);
            for rank in 0..192 {
                let places = lanes.places([rank; LANES]);
                for (row, place) in rows.chunks(3).zip(places) {
                    let is_set = |place: &u64| (row[*place as usize / 64] ^ flip) >> (place % 64) & 1 == 1;
                    if let Some(expected) = (0..192).filter(is_set).nth(rank as usize) {
                        prop_assert_eq!(place, expected);
                    }
                }
            }
        }
    }
}
