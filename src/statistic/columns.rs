//! Columns of numbers over the same rows, for statistics of several of them.
//!
//! A test of several columns is one of rows: the values of its samples are the numbers of rows, and a column says what stands in
//! each. Rows are numbered by what they say, so that neither their order in a file nor equal ones make a difference.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The different rows of a table of numbers, in ascending order, column by column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Columns(Vec<Column>);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Column {
    name: String,
    values: Vec<f64>,
}

impl Columns {
    /// Numbers the rows of columns of one length, and keeps each different row once. Takes O(N log N) comparisons.
    ///
    /// # Panics
    /// When the columns have different lengths.
    #[must_use]
    pub fn numbered(columns: Vec<(String, Vec<f64>)>) -> (Self, Vec<f64>) {
        let rows = columns.first().map_or(0, |(_, values)| values.len());
        assert!(columns.iter().all(|(_, values)| values.len() == rows), "columns over the same rows");
        // The sum makes 0 of -0, which is the same number.
        let compare = |&one: &usize, &other: &usize| {
            let orders = columns.iter().map(|(_, values)| (values[one] + 0.0).total_cmp(&(values[other] + 0.0)));
            orders.fold(Ordering::Equal, Ordering::then)
        };
        let mut sorted: Vec<usize> = (0..rows).collect();
        sorted.sort_unstable_by(compare);
        let (mut numbers, mut first_of_each) = (vec![0.0; rows], Vec::new());
        for equal in sorted.chunk_by(|one, other| compare(one, other).is_eq()) {
            for &row in equal {
                numbers[row] = first_of_each.len() as f64;
            }
            first_of_each.push(equal[0]);
        }
        let kept = |(name, values): (String, Vec<f64>)| {
            let values = first_of_each.iter().map(|&row| values[row] + 0.0).collect();
            Column { name, values }
        };
        (Self(columns.into_iter().map(kept).collect()), numbers)
    }

    /// The names, in the order in which the columns were given.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(|column| column.name.as_str())
    }

    /// The value of each row in a column.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[f64]> {
        self.0.iter().find(|column| column.name == name).map(|column| &column.values[..])
    }

    /// The value of each row in each column, in the order in which these were given.
    pub fn values(&self) -> impl Iterator<Item = &[f64]> {
        self.0.iter().map(|column| &column.values[..])
    }

    /// How many different rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.0.first().map_or(0, |column| column.values.len())
    }

    /// The error of a statistic of one column.
    pub(super) fn refuse(&self, statistic: &str) -> Error {
        let names: Vec<&str> = self.names().collect();
        let what = format!("{statistic} is about one column, and these data have {}", names.join(", "));
        Error::data(what, "name columns in an expression, as in sum(a) / sum(b)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_numbered_by_what_they_say() {
        let columns = |rows: &[[f64; 2]]| {
            let column = |place: usize| rows.iter().map(|row| row[place]).collect::<Vec<f64>>();
            Columns::numbered(vec![("a".to_owned(), column(0)), ("b".to_owned(), column(1))])
        };
        let (table, numbers) = columns(&[[2.0, 1.0], [-0.0, 3.0], [2.0, 0.5], [0.0, 3.0]]);
        assert_eq!(numbers, [2.0, 0.0, 1.0, 0.0]);
        assert_eq!(table.get("a"), Some(&[0.0, 2.0, 2.0][..]));
        assert_eq!(table.get("b"), Some(&[3.0, 0.5, 1.0][..]));
        assert_eq!((table.get("c"), table.rows()), (None, 3));
        let (turned, _) = columns(&[[0.0, 3.0], [2.0, 0.5], [0.0, 3.0], [2.0, 1.0]]);
        assert_eq!(turned, table);
    }
}
