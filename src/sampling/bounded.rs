//! Integers uniform on 0..bound: Lemire's multiplication with exact rejection (Lemire 2019), several from one word
//! where their bounds multiply to less than 2⁶⁴ (Brackett-Rozinsky & Lemire 2024). No modulo bias, no floats.

use super::stream::Stream;

/// An integer uniform on `0..bound`. Panics when `bound` is 0.
#[inline(always)]
pub fn below(bound: u64, stream: &mut Stream) -> u64 {
    let [value] = batch_below([bound], stream);
    value
}

/// Independent integers uniform on `0..bounds[i]`, all from one word.
///
/// The product of the bounds must be less than 2⁶⁴ and not 0. The fractional part left by one multiplication drives the
/// next; the last remainder decides, by one comparison against the product, whether the word lies in the part of the
/// range that would favour some outcomes. The exact threshold costs a division and is computed only when needed.
#[inline(always)]
pub fn batch_below<const K: usize>(bounds: [u64; K], stream: &mut Stream) -> [u64; K] {
    let product: u64 = bounds.iter().product();
    loop {
        let mut values = [0; K];
        let mut rest = stream.word();
        for (value, &bound) in values.iter_mut().zip(&bounds) {
            let wide = u128::from(rest) * u128::from(bound);
            *value = (wide >> 64) as u64;
            rest = wide as u64;
        }
        if rest >= product || rest >= product.wrapping_neg() % product {
            return values;
        }
    }
}
