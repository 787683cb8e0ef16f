//! Rows that several tests share: which labellings of them are equally likely, whatever the order in which each test sorts
//! its values.

use std::sync::Arc;

use super::canonical::CanonicalRows;
use super::{PermutationTest, Shared};
use crate::design::layout::{Arrangement, Blocks, Conflict, Layout, Pairing};
use crate::design::{Clustered, Design};
use crate::error::Error;
use crate::statistic::problem::Probes;

/// The rows of a table with several columns: each row has one label and, in each column, a value or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedRows {
    /// Case rows and control rows.
    pub n: [usize; 2],
    /// How they belong together, the case rows first.
    pub layout: Layout,
    /// For each column the rows, among those of the group, that its case and its control values stand in.
    pub of_column: Vec<[Vec<u32>; 2]>,
}

impl SharedRows {
    /// Rows in which each column has a value, of tests of one layout.
    pub(super) fn complete(tests: &[PermutationTest]) -> Result<Self, Error> {
        let Some(first) = tests.first() else {
            return Ok(Self { n: [0, 0], layout: Layout::default(), of_column: Vec::new() });
        };
        let n = [first.case.len(), first.control.len()];
        for (number, test) in (1..).zip(tests) {
            if [test.case.len(), test.control.len()] != n || test.layout != first.layout {
                let what = format!("column {number} has other rows than the first one");
                return Err(Error::data(what, "say which rows its values stand in"));
            }
        }
        let all = n.map(|n| (0..n as u32).collect::<Vec<u32>>());
        Ok(Self { n, layout: first.layout.clone(), of_column: vec![all; tests.len()] })
    }

    /// The values of a column by row, the case rows first; NaN where it has none.
    fn spread(&self, column: usize, test: &PermutationTest) -> Vec<f64> {
        let mut values = vec![f64::NAN; self.n[0] + self.n[1]];
        let [cases, controls] = &self.of_column[column];
        for (&row, &value) in cases.iter().zip(&*test.case) {
            values[row as usize] = value;
        }
        for (&row, &value) in controls.iter().zip(&*test.control) {
            values[self.n[0] + row as usize] = value;
        }
        values
    }

    /// Lets tests share the labellings of their rows, which are numbered by the first column, then by the others: no order in
    /// a file matters.
    ///
    /// # Errors
    /// [`Error::Data`] where the layout has no design, or a column has values in rows that there are not.
    pub(super) fn share(&self, tests: Vec<PermutationTest>) -> Result<(Arc<dyn Design>, Vec<PermutationTest>), Error> {
        self.check(&tests)?;
        let columns: Vec<Vec<f64>> = tests.iter().enumerate().map(|(column, test)| self.spread(column, test)).collect();
        let CanonicalRows { order, layout } = CanonicalRows::new(&columns, self.n[0], &self.layout);
        let tests: Vec<(PermutationTest, Vec<u32>)> = tests
            .into_iter()
            .zip(&columns)
            .map(|(test, values)| in_rows(test, values, &order, self.n[0], &layout))
            .collect();
        let (first, rows) = &tests[0];
        let pool = first.pool(&first.case, &first.control)?;
        // Units are numbered as in a test of the first column alone; rows without a value there come last.
        let mut place = vec![u32::MAX; order.len()];
        let placed = pool.order().iter().map(|&observation| rows[observation as usize]);
        for (position, row) in (0..).zip(placed) {
            place[row as usize] = position;
        }
        for (position, place) in (rows.len() as u32..).zip(place.iter_mut().filter(|place| **place == u32::MAX)) {
            *place = position;
        }
        let mut by_position = vec![0; place.len()];
        for (row, &position) in (0..).zip(&place) {
            by_position[position as usize] = row;
        }
        let refuse = |conflict: Conflict| Error::data(conflict.to_string(), conflict.remedy());
        let Arrangement { design, .. } = layout.arrange(&by_position, self.n[0]).map_err(refuse)?;
        let design: Arc<dyn Design> = Arc::new(Clustered::reordered(design, &place));
        let (number, probes) = (tests.len(), Probes::default());
        let share = |(test, rows): (PermutationTest, Vec<u32>)| {
            let design: Arc<dyn Design> = Arc::new(Clustered::reordered(design.clone(), &rows));
            PermutationTest { shared: Some(Shared { design, tests: number, probes: probes.clone() }), ..test }
        };
        let tests = tests.into_iter().map(share).collect();
        Ok((design, tests))
    }

    fn check(&self, tests: &[PermutationTest]) -> Result<(), Error> {
        let fits = |(rows, test): (&[Vec<u32>; 2], &PermutationTest)| {
            let sizes = [test.case.len(), test.control.len()];
            (0..2).all(|group| {
                let rows = &rows[group];
                rows.len() == sizes[group] && rows.iter().all(|&row| (row as usize) < self.n[group])
            })
        };
        if tests.is_empty() {
            return Err(Error::data("there is no column", "give at least one"));
        }
        if self.of_column.len() == tests.len() && self.of_column.iter().zip(tests).all(fits) {
            return Ok(());
        }
        Err(Error::data("the rows do not fit the columns", "name a row of its group for each value of each column"))
    }
}

/// A test whose values stand in an order of rows, and the row of each.
fn in_rows(
    test: PermutationTest,
    values: &[f64],
    order: &[u32],
    n_case: usize,
    layout: &Layout,
) -> (PermutationTest, Vec<u32>) {
    let has_value = |row: usize| !values[order[row] as usize].is_nan();
    let is_paired = layout.pairing != Pairing::Independent;
    // Of a pair both halves count, or none.
    let counts =
        |&row: &u32| has_value(row as usize) && (!is_paired || has_value((row as usize + n_case) % order.len()));
    let rows: Vec<u32> = (0..order.len() as u32).filter(counts).collect();
    let (cases, controls) = rows.split_at(rows.partition_point(|&row| (row as usize) < n_case));
    let pick = |rows: &[u32]| rows.iter().map(|&row| values[order[row as usize] as usize]).collect();
    let of = |blocks: &Option<Blocks>| {
        blocks.as_ref().map(|Blocks { of_observation, names }| Blocks {
            of_observation: rows.iter().map(|&row| of_observation[row as usize]).collect(),
            names: names.clone(),
        })
    };
    let pairing = match &layout.pairing {
        Pairing::Named(names) => Pairing::Named(cases.iter().map(|&row| names[row as usize].clone()).collect()),
        other => other.clone(),
    };
    let layout = Layout { pairing, strata: of(&layout.strata), clusters: of(&layout.clusters) };
    (PermutationTest { case: pick(cases), control: pick(controls), layout, ..test }, rows)
}
