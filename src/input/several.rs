//! Several files a side, which were measured in turns → the two samples.
//!
//! What was measured in one turn drifts together: machines warm up, and neighbours come and go. Where each file is a
//! cluster, files are relabelled as wholes, so that this drift does not pass for a difference between the sides.

use super::benchmarks::{self, Comparison, FILE, Results};
use super::content::Content;
use super::dataset::{self, Dataset, Group, Sample};
use super::excerpt;
use super::layout::{Keys, Layout};
use crate::error::{Error, Place};
use crate::settings::{Blocks, ColumnName, Columns, Files, Reading, Source, Unmatched};

/// The files of both sides, and what is wanted of them.
pub struct Several<'a> {
    /// Those of the case and those of the control: at least one each.
    pub sides: [&'a [Source]; 2],
    /// Columns, or benchmarks.
    pub columns: &'a Columns,
    /// What is done about benchmarks that only one side has.
    pub unmatched: Unmatched,
    /// What a file is.
    pub files: Files,
    /// How tables become numbers.
    pub reading: &'a Reading,
}

impl Several<'_> {
    /// Reads all files, one after the other.
    ///
    /// # Errors
    /// [`Error::Usage`] if all columns of tables are wanted, [`Error::Input`] for everything that a file may have wrong.
    pub fn read(&self) -> Result<Vec<Dataset>, Error> {
        let mut results = [Vec::new(), Vec::new()];
        let mut table = None;
        for (results, files) in results.iter_mut().zip(self.sides) {
            for file in files {
                match Content::open(file, self.reading)? {
                    Content::Results(of_file) => results.push(of_file),
                    Content::Table(origin) => table = Some(origin.file().to_owned()),
                }
            }
        }
        let mut datasets = match (table, results.iter().flatten().next()) {
            (Some(table), Some(results)) => {
                let what = format!("this is a table, but {} has results of benchmarks", results.file);
                return Err(Error::input(Place::file(table), what, "give files of the same kind"));
            }
            (None, _) => self.benchmarks(results)?,
            (Some(_), None) => self.tables()?,
        };
        if self.files == Files::Pooled {
            let note = "the values of all files of a side are pooled, as if they were measured in one turn; --cluster file takes \
                        each file for a unit";
            datasets[0].notes.insert(0, note.to_owned());
        }
        Ok(datasets)
    }

    fn benchmarks(&self, results: [Vec<Results>; 2]) -> Result<Vec<Dataset>, Error> {
        let runs = (self.files == Files::Clusters).then_some(&FILE);
        let [case, control] = results.map(|side| benchmarks::pool(side, runs));
        let compared = benchmarks::compare(case, control, self.columns, self.unmatched)?;
        let dataset = |Comparison { case, control, clusters, notes }| {
            let [one, other] = self.labels();
            let groups = [(one, case.values), (other, control.values)].map(|(label, values)| Group { label, values });
            Dataset::of_two(case.name, groups, Layout { clusters, ..Layout::default() }, notes)
        };
        Ok(compared.into_iter().map(dataset).collect())
    }

    fn tables(&self) -> Result<Vec<Dataset>, Error> {
        match self.columns {
            Columns::Sole => Ok(vec![self.column(&Columns::Sole)?]),
            Columns::Named(names) => {
                let column = |name: &ColumnName| self.column(&Columns::Named(vec![name.clone()]));
                names.iter().map(column).collect()
            }
            Columns::Together { .. } => Err(Error::usage(
                "a statistic of several columns is not known for several tables a side",
                "put the tables of each side into one, with a column for the file to name with --cluster",
            )),
            Columns::Matching(_) => Err(Error::usage(
                "--all-columns and --columns are not known for several tables a side",
                "name the columns, each with --column",
            )),
        }
    }

    /// One column of all tables.
    fn column(&self, column: &Columns) -> Result<Dataset, Error> {
        let read = |file: &Source| dataset::read_sample(file, column, &Blocks::default(), self.reading);
        let samples: Vec<Vec<Sample>> =
            self.sides.iter().map(|files| files.iter().map(read).collect()).collect::<Result<_, _>>()?;
        let name = samples[0][0].column.clone();
        let files = self.sides.iter().flat_map(|files| files.iter());
        if let Some((file, other)) =
            files.clone().zip(samples.iter().flatten()).find(|(_, sample)| sample.column != name)
        {
            let [one, other] = [&name, &other.column].map(|name| excerpt::quote(name.as_bytes()));
            let what = format!("the column is {other} here, but {one} in the first file");
            return Err(Error::input(Place::file(file.name()), what, "name one that all files have with --column"));
        }
        let sizes = samples.iter().flatten().map(|sample| sample.values.len()).enumerate();
        let of_observation = sizes.flat_map(|(file, n)| std::iter::repeat_n(file as u32, n)).collect();
        let names: Vec<_> = files.map(Source::name).collect();
        let clusters = Keys::new("file".to_owned(), of_observation, |file| names[file as usize].clone());
        let layout = Layout { clusters: (self.files == Files::Clusters).then_some(clusters), ..Layout::default() };
        let notes = samples.iter().flatten().flat_map(|sample| sample.notes.clone()).collect();
        let n_dropped = samples.iter().flatten().map(|sample| sample.n_dropped).sum();
        let [case, control] = self.labels();
        let mut sides = samples.into_iter().map(|side| side.into_iter().flat_map(|sample| sample.values).collect());
        let mut group = |label| Group { label, values: sides.next().unwrap_or_default() };
        Ok(Dataset { n_dropped, ..Dataset::of_two(name, [group(case), group(control)], layout, notes) })
    }

    /// What the names of the files of each side begin with alike, `new` for `new-1.json` and `new-2.json`.
    fn labels(&self) -> [String; 2] {
        let labels = self.sides.map(|files| {
            let mut stems = files.iter().map(Source::stem);
            let first = stems.next().unwrap_or_default();
            let common = stems.fold(first, |common, stem| {
                common.chars().zip(stem.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
            });
            common.trim_end_matches(|c: char| !c.is_alphabetic()).to_owned()
        });
        if labels[0] == labels[1] || labels.iter().any(String::is_empty) {
            return ["case", "control"].map(str::to_owned);
        }
        labels
    }
}
