//! Results of benchmarks → the samples of each benchmark that is wanted.

use super::assign::{Comparison, Half};
use super::benchmarks::{self, Folder, Results};
use super::dataset::{Dataset, Reader};
use super::frame::Frame;
use super::roles::Roles;
use crate::error::{Error, Place};
use crate::settings::{Blocks, ColumnName, Columns, Unmatched};

/// The column of clusters that says that there are none.
const NO_CLUSTERS: &str = "none";

impl Reader<'_> {
    /// Two runs in a folder of criterion: the latest and the one to compare it with, or those that were named.
    pub(super) fn folder(
        &self,
        folder: &Folder,
        runs: [Option<&ColumnName>; 2],
        columns: &Columns,
        unmatched: Unmatched,
    ) -> Result<Vec<Dataset>, Error> {
        let control = runs[1].map_or_else(|| folder.baseline(), |name| Ok(name.clone()))?;
        let case = runs[0].cloned().unwrap_or_else(Folder::latest);
        let results = [folder.results(&case)?, folder.results(&control)?];
        self.results(results, &[case.0, control.0], columns, unmatched)
    }

    /// Two results as the samples of each of their benchmarks that are wanted.
    pub(super) fn results(
        &self,
        [case, control]: [Results; 2],
        labels: &[String; 2],
        columns: &Columns,
        unmatched: Unmatched,
    ) -> Result<Vec<Dataset>, Error> {
        self.refuse_columns(&case.file)?;
        let files = [case.file.clone(), control.file.clone()];
        let compared = benchmarks::compare(case, control, columns, unmatched)?;
        let dataset = |comparison: benchmarks::Comparison| {
            let name = comparison.case.name.clone();
            self.benchmarks(name, labels.clone(), &files, comparison)
        };
        compared.into_iter().map(dataset).collect()
    }

    /// Refuses columns for results of benchmarks, which have none; `--cluster none` is not meant as one.
    pub(super) fn refuse_columns(&self, file: &str) -> Result<(), Error> {
        if !self.reading.conditions.is_empty() {
            let what = "results of benchmarks have no columns for --where";
            return Err(Error::input(Place::file(file), what, "leave it out, or give a table"));
        }
        Roles::new(None, &self.blocks_of_results()).refuse_columns(&Place::file(file))
    }

    /// What belongs together in results of benchmarks.
    pub(super) fn blocks_of_results(&self) -> Blocks {
        let clusters = self.blocks.clusters.clone().filter(|_| !self.takes_values_one_by_one());
        Blocks { clusters, ..self.blocks.clone() }
    }

    /// Whether the runs of a tool are no clusters.
    pub(super) fn takes_values_one_by_one(&self) -> bool {
        self.blocks.clusters.as_ref().is_some_and(|column| column.0 == NO_CLUSTERS)
    }

    /// Two benchmarks, of which each value stands for itself, for a part of its run or, in the order of the runs, for half a
    /// pair.
    pub(super) fn benchmarks(
        &self,
        column: String,
        labels: [String; 2],
        files: &[String; 2],
        comparison: benchmarks::Comparison,
    ) -> Result<Dataset, Error> {
        let benchmarks::Comparison { case, control, clusters, notes } = comparison;
        let [one, other] = files;
        let frames =
            vec![Frame::from_values(one.clone(), case.values), Frame::from_values(other.clone(), control.values)];
        let [case, control] = labels;
        let halves = vec![
            Half { label: case, frame: 0, numbers: 0, code: None },
            Half { label: control, frame: 1, numbers: 0, code: None },
        ];
        let blocks = self.blocks_of_results();
        let mut study = self.study(frames, Roles::new(None, &blocks), &[]);
        let mut dataset = study.assign(Comparison::of(Some(column), halves, notes))?;
        let are_clusters = dataset.layout.pairing.is_none() && !self.takes_values_one_by_one();
        dataset.layout.clusters = clusters.filter(|_| are_clusters);
        Ok(dataset)
    }
}
