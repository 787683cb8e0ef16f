//! The place of the r-th set bit of a word, by counting the bits of all its bytes at once (Vigna 2008, *Broadword
//! implementation of rank/select queries*): no branch, and a table only for the last byte.

/// By rank and byte: the place of the set bit of that rank in the byte.
const IN_BYTE: [[u8; 256]; 8] = {
    let mut places = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut rank) = (0, 0);
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                places[rank][byte] = bit;
                rank += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    places
};

/// The place of the set bit that has `rank` set bits below it; `rank` is less than their number.
#[inline(always)]
pub fn select(word: u64, rank: u32) -> u32 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let pairs = word - (word >> 1 & 0x5555_5555_5555_5555);
    let nibbles = (pairs & 0x3333_3333_3333_3333) + (pairs >> 2 & 0x3333_3333_3333_3333);
    let bytes = (nibbles + (nibbles >> 4)) & 0x0f0f_0f0f_0f0f_0f0f;
    let up_to = bytes.wrapping_mul(ONES);
    // The high bit of each byte tells whether so many bits or fewer end there: then the place lies beyond.
    let is_beyond = ((u64::from(rank) * ONES) | (0x80 * ONES)).wrapping_sub(up_to) & (0x80 * ONES);
    let byte = is_beyond.count_ones() % 8;
    let below = up_to << 8 >> (8 * byte) & 0xff;
    let within = (u64::from(rank) - below) as usize;
    8 * byte + u32::from(IN_BYTE[within % 8][(word >> (8 * byte) & 0xff) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_set_bit_is_found(word: u64) {
            let places = (0..64).filter(|place| word >> place & 1 == 1);
            for (rank, place) in (0..).zip(places) {
                prop_assert_eq!(select(word, rank), place);
            }
        }
    }
}
