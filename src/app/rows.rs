//! The rows that the columns of a table share: which of them each column has a value in, and how they belong together.

use std::collections::{BTreeMap, HashMap};

use crate::SharedRows;
use crate::design::layout::{Blocks, Layout, Pairing};
use crate::input::dataset::Dataset;

/// The rows in which any column has a value. Without rows of their own, all columns have all of them.
pub(super) fn rows(datasets: &[&Dataset]) -> SharedRows {
    let is_paired = datasets.iter().any(|dataset| dataset.layout.pairing.is_some());
    let of_column: Vec<[Vec<u32>; 2]> = datasets.iter().map(|dataset| rows_of(dataset)).collect();
    let places = [0, 1].map(|group| {
        let mut all: Vec<u32> = of_column.iter().flat_map(|rows| rows[group].iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    });
    let mut union = Union::default();
    let number = |group: usize, row: u32| places[group].binary_search(&row).unwrap_or_default() as u32;
    let numbered: Vec<[Vec<u32>; 2]> = of_column
        .iter()
        .map(|rows| {
            let cases: Vec<u32> = rows[0].iter().map(|&row| number(0, row)).collect();
            // A control belongs to its case, wherever it stands.
            let controls = if is_paired { cases.clone() } else { rows[1].iter().map(|&row| number(1, row)).collect() };
            [cases, controls]
        })
        .collect();
    let n = [places[0].len(), if is_paired { places[0].len() } else { places[1].len() }];
    // Columns with values in the same rows as the first one say nothing new of them.
    let are_new = |(place, rows): &(usize, &[Vec<u32>; 2])| *place == 0 || **rows != numbered[0];
    for (place, rows) in numbered.iter().enumerate().filter(are_new) {
        let dataset = datasets[place];
        union.add(&Layout::from(&dataset.layout), rows, n[0]);
    }
    SharedRows { n, layout: union.into_layout(n), of_column: numbered }
}

fn rows_of(dataset: &Dataset) -> [Vec<u32>; 2] {
    let all = || [&dataset.case, &dataset.control].map(|group| (0..group.values.len() as u32).collect());
    dataset.rows.clone().unwrap_or_else(all)
}

/// How rows belong together, as far as the columns say it: each knows it of the rows in which it has a value.
#[derive(Default)]
struct Union {
    pairing: Pairing,
    names: BTreeMap<u32, String>,
    strata: Option<NamedBlocks>,
    clusters: Option<NamedBlocks>,
}

/// Blocks by their names, which all columns have in common.
#[derive(Default)]
struct NamedBlocks {
    numbers: HashMap<String, u32>,
    names: Vec<String>,
    of_row: BTreeMap<usize, u32>,
}

impl Union {
    fn add(&mut self, layout: &Layout, rows: &[Vec<u32>; 2], n_case: usize) {
        if let Pairing::Named(names) = &layout.pairing {
            self.names.extend(rows[0].iter().copied().zip(names.iter().cloned()));
        }
        self.pairing.clone_from(&layout.pairing);
        let all = || rows[0].iter().map(|&row| row as usize).chain(rows[1].iter().map(|&row| n_case + row as usize));
        for (blocks, keys) in [(&layout.strata, &mut self.strata), (&layout.clusters, &mut self.clusters)] {
            if let Some(blocks) = blocks {
                keys.get_or_insert_default().add(blocks, all());
            }
        }
    }

    fn into_layout(self, n: [usize; 2]) -> Layout {
        let pairing = match self.pairing {
            Pairing::Named(_) => Pairing::Named(self.names.into_values().collect()),
            other => other,
        };
        let [strata, clusters] =
            [self.strata, self.clusters].map(|keys| keys.map(|keys| keys.into_blocks(n[0] + n[1])));
        Layout { pairing, strata, clusters }
    }
}

impl NamedBlocks {
    fn add(&mut self, blocks: &Blocks, rows: impl Iterator<Item = usize>) {
        for (row, &block) in rows.zip(&blocks.of_observation) {
            let name = &blocks.names[block as usize];
            let next = self.names.len() as u32;
            let number = *self.numbers.entry(name.clone()).or_insert(next);
            if number == next {
                self.names.push(name.clone());
            }
            self.of_row.insert(row, number);
        }
    }

    fn into_blocks(self, rows: usize) -> Blocks {
        let of_observation = (0..rows).map(|row| self.of_row.get(&row).copied().unwrap_or_default()).collect();
        Blocks { of_observation, names: self.names }
    }
}
