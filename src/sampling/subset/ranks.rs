//! A rank → its subset, for any N and m: the combinatorial number system (Knuth 2011, TAOCP 4A, 7.2.1.3).
//!
//! The subset c₁ < c₂ < … has rank C(c₁, 1) + C(c₂, 2) + …, which is a bijection with 0..C(N, m). From the last on, each
//! cₖ is the largest whose C(cₖ, k) still fits into what is left of the rank. For few units tables are faster; see `unrank`.

/// Overwrites `labelling`, ⌈N/64⌉ words, with the m-subset of a rank `0..C(N, m)`, a number below 2⁶⁴.
pub fn unrank(units: usize, m: usize, rank: u64, labelling: &mut [u64]) {
    // The smaller group has fewer places to find.
    let is_complement = m > units - m;
    let chosen = if is_complement { units - m } else { m };
    labelling.fill(0);
    let (mut rest, mut end) = (u128::from(rank), units);
    for k in (1..=chosen).rev() {
        // C(k − 1, k) = 0 fits; the places are strictly decreasing.
        let place = (k - 1) + largest_fitting(rest, k, end - k);
        rest -= combinations(place, k);
        labelling[place / 64] |= 1 << (place % 64);
        end = place;
    }
    if is_complement {
        for word in labelling.iter_mut() {
            *word = !*word;
        }
        if let Some(last) = labelling.last_mut() {
            *last &= crate::sampling::labellings::last_word_mask(units);
        }
    }
}

/// Overwrites labellings of at most 64 units with those of consecutive ranks, from `first` on.
///
/// Subsets ascend as numbers, and the next one with as many bits takes four operations (Gosper's; HAKMEM 1972, item 175).
pub fn unrank_from(units: usize, m: usize, first: u64, labellings: &mut [u64]) {
    let Some((start, rest)) = labellings.split_first_mut() else { return };
    unrank(units, m, first, std::slice::from_mut(start));
    let turned = if m > units - m { crate::sampling::labellings::last_word_mask(units) } else { 0 };
    let mut subset = *start ^ turned;
    for labelling in rest {
        // The lowest run of ones gives its highest one to the next place, and the others fall to the bottom.
        let lowest = subset & subset.wrapping_neg();
        let carried = subset.wrapping_add(lowest);
        subset = carried | ((subset ^ carried) >> 2) >> lowest.trailing_zeros();
        *labelling = subset ^ turned;
    }
}

/// The largest `i <= most` with C(k − 1 + i, k) ≤ rest.
fn largest_fitting(rest: u128, k: usize, most: usize) -> usize {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = usize::midpoint(low, high + 1);
        if combinations(k - 1 + middle, k) <= rest { low = middle } else { high = middle - 1 }
    }
    low
}

/// C(n, k), or the largest integer where it does not fit: no rank is that large.
fn combinations(n: usize, k: usize) -> u128 {
    if k > n {
        return 0;
    }
    let mut product = 1u128;
    for i in 1..=(k.min(n - k) as u128) {
        let Some(next) = product.checked_mul((n as u128) + 1 - i) else { return u128::MAX };
        product = next / i;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn consecutive_ranks_follow_each_other() {
        for (units, m, first, length) in
            [(8, 4, 0, 70), (9, 8, 3, 6), (40, 20, 1_000_000_007, 500), (64, 3, 41_000, 664)]
        {
            let mut labellings = vec![0; length];
            unrank_from(units, m, first, &mut labellings);
            for (rank, labelling) in (first..).zip(labellings) {
                let mut expected = [0];
                unrank(units, m, rank, &mut expected);
                assert_eq!([labelling], expected, "{units}, {m}: rank {rank}");
            }
        }
    }

    #[test]
    fn ranks_and_subsets_are_one_to_one() {
        for (units, m, size) in [(8, 4, 70), (9, 1, 9), (9, 8, 9), (70, 2, 2415), (70, 68, 2415), (130, 1, 130)] {
            let mut seen = BTreeSet::new();
            for rank in 0..size {
                let mut labelling = vec![u64::MAX; usize::div_ceil(units, 64)];
                unrank(units, m, rank, &mut labelling);
                assert_eq!(labelling.iter().map(|word| word.count_ones() as usize).sum::<usize>(), m);
                let last = *labelling.last().unwrap();
                assert_eq!(last & !crate::sampling::labellings::last_word_mask(units), 0);
                assert!(seen.insert(labelling), "{units}, {m}: rank {rank} repeats a subset");
            }
        }
    }
}
