//! Counts as people write them.

/// A count with thousands separators: `10,000,000`.
#[must_use]
pub fn separated(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::separated as count;

    #[test]
    fn counts_have_thousands_separators() {
        assert_eq!([0, 999, 1000, 10_000_000].map(count), ["0", "999", "1,000", "10,000,000"]);
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
    }
}
