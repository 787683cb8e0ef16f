//! Files → the samples of each test: which columns are meant, and what they are.

use serde::{Deserialize, Serialize};

use super::assign::{Comparison, Half, Study};
use super::benchmarks::{self, Benchmark, Folder};
use super::cell::CellRules;
use super::column;
use super::content::{self, Content};
use super::excerpt;
use super::frame::Frame;
use super::groups::{self, NamedLabels};
use super::layout::{Keys, Layout, Pairing};
use super::origin::Origin;
use super::roles::{self, Role, Roles};
use super::several::Several;
use super::source;
use super::table::Table;
use super::{number, partners};
use crate::error::{Error, Place};
use crate::escape;
use crate::settings::{Blocks, ColumnName, Columns, Pairs, Reading, Samples, Source, Unmatched};
use crate::statistic;

/// What the value column is called where the file does not say.
pub(super) const UNNAMED_COLUMN: &str = "value";
/// What the column of labels is called where the file does not say.
const UNNAMED_GROUPING: &str = "group";

/// The two samples of a test and where they came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    /// Name of the value column: its header, or `value` where the file has none; of a benchmark its name.
    pub column: String,
    /// Name of the column of labels, for one long file.
    pub grouping: Option<String>,
    /// The sample whose difference from the other is tested.
    pub case: Group,
    /// The sample it is compared with.
    pub control: Group,
    /// What is asked of the samples.
    #[serde(default, skip_serializing_if = "Subject::is_two_samples")]
    pub subject: Subject,
    /// The words whose places among all of them the values are, where they are words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// The groups after these two, where there are more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Group>,
    /// The columns of a test of several, of whose rows the values are the numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<statistic::Columns>,
    /// How observations belong together; each list is as long as the case values followed by the control values.
    pub layout: Layout,
    /// The row of each case and each control value in its table, where several columns were read from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<[Vec<u32>; 2]>,
    /// Rows left out because their value, label or key was missing, or the value of the other half of their pair. In a
    /// wide file, where a row has two values, each missing one counts, except where the row is a pair.
    pub n_dropped: u64,
    /// Things the user should know about how the files were read, a sentence each, for standard error.
    #[serde(skip)]
    pub notes: Vec<String>,
    /// Whether it is known which sample is the case.
    #[serde(skip)]
    pub orientation: Orientation,
}

/// What is asked of the samples of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// Whether case and control differ.
    #[default]
    TwoSamples,
    /// Whether any of several groups, the case, the control and the others, differ.
    Groups,
    /// Whether x, the case, and y, the control, go together row by row.
    Association,
    /// Whether one sample, the case, is centred at a value; the control is as many zeros.
    OneSample,
}

impl Subject {
    /// Whether two samples are compared, as usual.
    #[must_use]
    pub fn is_two_samples(&self) -> bool {
        *self == Self::TwoSamples
    }
}

impl Dataset {
    /// Two samples, of which it is known which is the case, without missing values.
    pub(super) fn of_two(column: String, [case, control]: [Group; 2], layout: Layout, notes: Vec<String>) -> Self {
        Self {
            column,
            grouping: None,
            case,
            control,
            subject: Subject::TwoSamples,
            words: Vec::new(),
            others: Vec::new(),
            columns: None,
            layout,
            rows: None,
            n_dropped: 0,
            notes,
            orientation: Orientation::Known,
        }
    }

    /// All groups, case and control first; of one sample only that.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        let two = if self.subject == Subject::OneSample { 1 } else { 2 };
        [&self.case, &self.control].into_iter().take(two).chain(&self.others)
    }
}

/// Whether it is known which of two samples is the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Orientation {
    /// The user or a label says it.
    #[default]
    Known,
    /// It is the label that sorts first.
    Unknown,
}

/// One of the two samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// What the report calls it.
    pub label: String,
    /// Its observations, finite, at least one; in file order, but for those of a control that is paired by ids: they
    /// follow the order of the case.
    pub values: Vec<f64>,
}

/// Reads the two samples of each tested column: at least one.
///
/// Costs one pass over each file; of its columns only the chosen ones stay in memory, eight bytes a value, four a key, and
/// each different key once.
///
/// # Errors
/// [`Error::Usage`] for settings that contradict each other, [`Error::Input`] for everything that a file may have wrong,
/// with its place and remedy.
pub fn read(samples: &Samples, blocks: &Blocks, reading: &Reading) -> Result<Vec<Dataset>, Error> {
    let reader = Reader { blocks, reading, rules: &CellRules::new(reading) };
    match samples {
        Samples::TwoFiles { case: Source::Stdin, control: Source::Stdin, .. } => Err(Error::usage(
            "standard input (-) can be only one of the two files",
            "give the other by its path, or both groups in one file with --group",
        )),
        Samples::TwoFiles { case, control, columns, unmatched } => reader.two_files(case, control, columns, *unmatched),
        Samples::Several { case, control, columns, unmatched, files } => {
            Several { sides: [case, control], columns, unmatched: *unmatched, files: *files, reading }.read()
        }
        Samples::Alone { file, columns, unmatched } => reader.alone(file, columns, *unmatched),
        Samples::Long { .. } if blocks.pairs == Some(Pairs::ByOrder) => Err(Error::usage(
            "--paired stands beside --group, where the order of the rows does not say which belong together",
            "name the column with the ids of the pairs with --pair",
        )),
        Samples::Long { file, columns, group, case, control, several } => {
            let named = NamedLabels::new(case.as_deref(), control.as_deref(), several)?;
            reader.long(file, columns, group, &named)
        }
        Samples::Wide { .. } if matches!(blocks.pairs, Some(Pairs::ById(_))) => Err(Error::usage(
            "--pair is for files with a row for each observation, but here a row has both groups",
            "say --paired, for each row is a pair",
        )),
        Samples::Wide { file, case, control } => match Folder::open(file)? {
            Some(folder) => reader.folder(&folder, [Some(case), Some(control)], &Columns::ALL, Unmatched::Refuse),
            None => reader.wide(file, [("--case", case), ("--control", control)]),
        },
        Samples::Association { file, x, y } => {
            let mut datasets = reader.wide(file, [("--x", x), ("--y", y)])?;
            datasets.iter_mut().for_each(associate);
            Ok(datasets)
        }
        Samples::OneSample { file, columns } => {
            Ok(read_samples(file, columns, blocks, reading)?.into_iter().map(one_sample).collect())
        }
    }
}

/// Takes the two columns of pairs for x and y.
fn associate(dataset: &mut Dataset) {
    dataset.subject = Subject::Association;
    dataset.column = dataset.control.label.clone();
    dataset.grouping = Some(dataset.case.label.clone());
    dataset.layout.pairing = None;
    let rows = dataset.case.values.len();
    for keys in [&mut dataset.layout.strata, &mut dataset.layout.clusters].into_iter().flatten() {
        // Those of x, which are those of y as well.
        keys.of_observation.truncate(rows);
    }
}

/// Compares a sample with as many zeros, pair by pair.
fn one_sample(sample: Sample) -> Dataset {
    let Sample { column, values, clusters, n_dropped, notes } = sample;
    let clusters = (!clusters.is_empty()).then(|| {
        let of_both = [&clusters[..], &clusters[..]].concat();
        Keys::new("cluster".to_owned(), of_both, |cluster| (cluster + 1).to_string())
    });
    let control = Group { label: "0".to_owned(), values: vec![0.0; values.len()] };
    let layout = Layout { pairing: Some(Pairing::ByOrder), clusters, strata: None };
    let groups = [Group { label: column.clone(), values }, control];
    Dataset { subject: Subject::OneSample, n_dropped, ..Dataset::of_two(column, groups, layout, notes) }
}

/// One sample, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Name of the value column or the benchmark.
    pub column: String,
    /// Its values, finite.
    pub values: Vec<f64>,
    /// The number of the cluster of each value, if there is a column of clusters.
    pub clusters: Vec<u32>,
    /// Rows left out because their value was missing.
    pub n_dropped: u64,
    /// Things the user should know about how the file was read.
    pub notes: Vec<String>,
}

/// The names of a file's columns or benchmarks; none where it cannot be read.
#[must_use]
pub fn names(file: &Source) -> Vec<String> {
    match Content::open(file, &Reading::default()) {
        Ok(Content::Results(results)) => results.names(),
        Ok(Content::Table(origin)) => {
            let reading = Reading::default();
            let table = Table::open(origin, &reading, &CellRules::new(&reading), &[]);
            table.ok().and_then(|table| table.names().map(<[_]>::to_vec)).unwrap_or_default()
        }
        Err(_) => Vec::new(),
    }
}

/// Reads one sample.
///
/// # Errors
/// As [`read`].
pub fn read_sample(file: &Source, columns: &Columns, blocks: &Blocks, reading: &Reading) -> Result<Sample, Error> {
    read_samples(file, columns, blocks, reading).map(|mut samples| samples.swap_remove(0))
}

/// Reads a sample for each column.
fn read_samples(file: &Source, columns: &Columns, blocks: &Blocks, reading: &Reading) -> Result<Vec<Sample>, Error> {
    let reader = Reader { blocks, reading, rules: &CellRules::new(reading) };
    let mut roles = Roles::new(None, blocks);
    match Content::open(file, reading)? {
        Content::Table(origin) => {
            let mut table = reader.open(origin, columns.names(), &roles)?;
            let taken = roles.find(&table)?;
            let chosen = column::chosen(&mut table, columns, reader.rules, &taken)?;
            let values: Vec<_> = chosen.iter().map(|&column| ("--column", column)).collect();
            let frame = roles::read(table, &values, &mut roles, &reader.reading.conditions, reader.rules)?;
            let name = |&column: &usize| frame.heading.column_name(column).unwrap_or(UNNAMED_COLUMN).to_owned();
            let names: Vec<String> = chosen.iter().map(name).collect();
            let mut study = reader.study(vec![frame], roles, &[]);
            let mut of_keys = study.roles.notes(&study.frames);
            let mut sample = |(numbers, name)| {
                let mut sample = study.assign_one(name, numbers)?;
                sample.notes.append(&mut of_keys);
                Ok(sample)
            };
            names.into_iter().enumerate().map(&mut sample).collect()
        }
        Content::Results(results) => {
            reader.refuse_columns(&results.file)?;
            let Benchmark { name, values, runs, notes, .. } = benchmarks::sole(results, columns)?;
            let sizes = runs.filter(|runs| runs.sizes.len() > 1).into_iter().flat_map(|runs| runs.sizes).enumerate();
            let clusters = sizes.flat_map(|(run, size)| std::iter::repeat_n(run as u32, size)).collect();
            Ok(vec![Sample { column: name, values, clusters, n_dropped: 0, notes }])
        }
    }
}

/// How files are read.
pub(super) struct Reader<'a> {
    pub blocks: &'a Blocks,
    pub reading: &'a Reading,
    pub rules: &'a CellRules,
}

impl<'a> Reader<'a> {
    fn open(&self, origin: Origin, columns: &[ColumnName], roles: &Roles<'_>) -> Result<Table, Error> {
        let conditions = self.reading.conditions.iter().map(|condition| &condition.column);
        let named: Vec<&ColumnName> = columns.iter().chain(roles.names()).chain(conditions).collect();
        Table::open(origin, self.reading, self.rules, &named)
    }

    /// What was read, with the texts in it that mean that there is no key, or no label: these are `labels`.
    pub(super) fn study(&self, frames: Vec<Frame>, mut roles: Roles<'a>, labels: &[Vec<u8>]) -> Study<'a> {
        roles.find_missing(|role, text| match role {
            Role::Group => labels.iter().any(|label| label == text),
            Role::Pair | Role::Stratum | Role::Cluster | Role::Answer => self.rules.is_missing(text),
        });
        Study { frames, roles, missing: self.reading.missing, wants_rows: false }
    }

    /// Reads two tables, or the results of two runs of benchmarks.
    fn two_files(
        &self,
        case: &Source,
        control: &Source,
        columns: &Columns,
        unmatched: Unmatched,
    ) -> Result<Vec<Dataset>, Error> {
        let labels = [case.stem(), control.stem()];
        let mut notes = Vec::new();
        if is_same_file(case, control) {
            notes.push(format!("both files are {}: it is compared with itself", case.name()));
        } else if is_named_control(&labels[0]) && !is_named_control(&labels[1]) {
            let [case, control] = &labels;
            notes.push(format!(
                "the first file is the case: differences are {case} \u{2212} {control}; name the files the other way round to \
                 turn them"
            ));
        }
        let labels = source::labels(case, control);
        let roles = Roles::new(None, self.blocks);
        let mut datasets = self.two_contents(case, control, columns, unmatched, &labels, roles)?;
        datasets[0].notes.splice(0..0, notes);
        Ok(datasets)
    }

    fn two_contents(
        &self,
        case: &Source,
        control: &Source,
        columns: &Columns,
        unmatched: Unmatched,
        labels: &[String; 2],
        roles: Roles<'a>,
    ) -> Result<Vec<Dataset>, Error> {
        match (Content::open(case, self.reading)?, Content::open(control, self.reading)?) {
            (Content::Table(case), Content::Table(control)) => {
                let case = self.open(case, columns.names(), &roles)?;
                let control = self.open(control, columns.names(), &roles)?;
                self.two_tables([case, control], labels, columns, unmatched, roles)
            }
            (Content::Results(case), Content::Results(control)) => {
                self.results([case, control], labels, columns, unmatched)
            }
            (Content::Results(case), Content::Table(control)) => {
                // What is no table either has a better message than that.
                let table = Table::open(control, self.reading, self.rules, &[])?;
                let what = format!("this is a table, but {} has results of benchmarks", case.file);
                Err(Error::input(Place::file(&table.file), what, "give two files of the same kind"))
            }
            (Content::Table(case), Content::Results(control)) => {
                let what = format!("these are results of benchmarks, but {} is a table", case.file());
                Err(Error::input(Place::file(control.file), what, "give two files of the same kind"))
            }
        }
    }

    fn two_tables(
        &self,
        [mut case, mut control]: [Table; 2],
        labels: &[String; 2],
        columns: &Columns,
        unmatched: Unmatched,
        mut roles: Roles<'a>,
    ) -> Result<Vec<Dataset>, Error> {
        let taken = roles.find(&case)?;
        for name in columns.names() {
            // What is wrong with the case file comes before what is wrong with both.
            if let Ok(column) = column::find(&case, name, "--column") {
                roles.tell_apart(&case, &[(columns.option(), column)], &taken)?;
            }
        }
        let taken = [taken, roles.find(&control)?];
        let (pairs, mut left_out) = partners::find([&mut case, &mut control], &taken, columns, unmatched, self.rules)?;
        let of = |side: usize| pairs.iter().map(|pair| (columns.option(), pair[side])).collect::<Vec<_>>();
        let case = roles::read(case, &of(0), &mut roles, &self.reading.conditions, self.rules)?;
        let control = roles::read(control, &of(1), &mut roles, &self.reading.conditions, self.rules)?;
        let mut study = self.study(vec![case, control], roles, &[]);
        if let Columns::Together { names, .. } = columns {
            let half = |frame: usize| (labels[frame].clone(), frame, None);
            let mut dataset = study.assign_rows(names, None, [half(0), half(1)], Orientation::Known)?;
            dataset.notes.extend(study.roles.notes(&study.frames));
            return Ok(vec![dataset]);
        }
        study.wants_rows = pairs.len() > 1;
        let mut of_keys = study.roles.notes(&study.frames);
        let comparison = |(numbers, pair): (usize, &[usize; 2])| {
            let mut notes = std::mem::take(&mut left_out);
            notes.append(&mut of_keys);
            let [one, other] = [0, 1].map(|side| study.frames[side].heading.column_name(pair[side]));
            if let (Some(a), Some(b)) = (one, other)
                && a != b
            {
                let [a, b] = [a, b].map(|name| excerpt::quote(name.as_bytes()));
                let [here, there] = [0, 1].map(|side| &study.frames[side].heading.file);
                notes.push(format!("column {a} of {here} is compared with column {b} of {there}"));
            }
            let column = one.map(str::to_owned);
            let half = |frame: usize| Half { label: labels[frame].clone(), frame, numbers, code: None };
            Comparison::of(column, vec![half(0), half(1)], notes)
        };
        let comparisons: Vec<_> = pairs.iter().enumerate().map(comparison).collect();
        comparisons.into_iter().map(|comparison| study.assign(comparison)).collect()
    }

    /// Reads a file with a column of labels, all columns of values in one pass.
    fn long(
        &self,
        file: &Source,
        columns: &Columns,
        group: &'a ColumnName,
        named: &NamedLabels<'_>,
    ) -> Result<Vec<Dataset>, Error> {
        let mut roles = Roles::new(Some(group), self.blocks);
        if let Some(labels) = named.both() {
            roles.keep_only(labels, self.rules);
        }
        let answers = named.are_words().then(|| columns.names());
        match answers {
            None => {}
            Some([column]) => roles = roles.with_answers(column),
            Some(_) => {
                let what = "chi-squared is about words, and no column of them is named";
                return Err(Error::usage(what, "name one with --column"));
            }
        }
        let mut table = self.open(content::long_table(file, self.reading)?, columns.names(), &roles)?;
        let taken = roles.find(&table)?;
        let of_words = answers.and(taken.last()).map(|&column| vec![column]);
        let chosen =
            of_words.map_or_else(|| column::chosen(&mut table, columns, self.rules, &taken), Ok).map_err(|error| {
                if named.both().is_none() { ask_for_labels(error, &table, taken[0], self.rules) } else { error }
            })?;
        let values: Vec<_> = chosen.iter().map(|&column| (columns.option(), column)).collect();
        let values = if answers.is_some() { &[] } else { &values[..] };
        let mut frame = roles::read(table, values, &mut roles, &self.reading.conditions, self.rules)?;
        frame.number_words(roles.find_in(Role::Answer, &frame).map(|(words, texts)| words.as_numbers(texts)));
        let Some((labels, dictionary)) = roles.find_in(Role::Group, &frame) else {
            return Err(Error::usage("there is no column of labels", "name it with --group"));
        };
        let place = frame.heading.column_place(labels.column);
        let groups::Chosen { codes, missing, orientation, notes: of_labels } =
            groups::choose(labels, dictionary, named, self.rules, &place)?;
        let texts: Vec<String> = codes.iter().map(|&code| roles.text(Role::Group, code)).collect();
        let subject = if named.are_several(codes.len()) { Subject::Groups } else { Subject::TwoSamples };
        let grouping = frame.heading.column_name(labels.column).unwrap_or(UNNAMED_GROUPING).to_owned();
        let mut study = self.study(vec![frame], roles, &missing);
        let are_together = matches!(columns, Columns::Together { .. });
        study.wants_rows = chosen.len() > 1 && subject == Subject::TwoSamples && !are_together;
        let mut notes = of_labels;
        notes.extend(study.roles.notes(&study.frames));
        if let Columns::Together { names, .. } = columns {
            if subject == Subject::Groups {
                let labels: Vec<String> = texts.iter().map(|text| escape::typed(text)).collect();
                let what = format!(
                    "one statistic of several columns compares two groups, and there are {}",
                    labels.join(", ")
                );
                return Err(Error::input(place, what, "say which two with --case and --control"));
            }
            let half = |side: usize| (texts[side].clone(), 0, Some(codes[side]));
            let mut dataset = study.assign_rows(names, Some(grouping), [half(0), half(1)], orientation)?;
            dataset.notes.splice(0..0, notes);
            return Ok(vec![dataset]);
        }
        let comparison = |(numbers, &column): (usize, &usize)| {
            let name = study.frames[0].heading.column_name(column);
            let mut notes = std::mem::take(&mut notes);
            if let Some(name) = name
                && !columns.names().iter().any(|named| named.0.trim() == name)
            {
                notes.extend(self.doubt_header(&place.file, name));
            }
            let half =
                |(label, &code): (&String, &u32)| Half { label: label.clone(), frame: 0, numbers, code: Some(code) };
            let (column, grouping) = (name.map(str::to_owned), Some(grouping.clone()));
            let halves = texts.iter().zip(&codes).map(half).collect();
            Comparison { column, grouping, halves, subject, notes, orientation }
        };
        let comparisons: Vec<_> = chosen.iter().enumerate().map(comparison).collect();
        let words = study.roles.sorted_texts(Role::Answer);
        let dataset = |comparison| Ok(Dataset { words: words.clone(), ..study.assign(comparison)? });
        comparisons.into_iter().map(dataset).collect()
    }

    /// A note where the value column is called by a number: perhaps the first line is data and a label made it a header.
    fn doubt_header(&self, file: &str, name: &str) -> Option<String> {
        let is_number = number::parse(name.as_bytes(), self.rules.decimal()).is_ok();
        is_number.then(|| {
            let name = excerpt::quote(name.as_bytes());
            format!(
                "{file}: the first line is taken as the header though it has {name} for the values; if it is data, say \
                 --no-header"
            )
        })
    }

    /// Reads a file with a column for each group, or with two benchmarks.
    fn wide(&self, file: &Source, columns: [(&'static str, &ColumnName); 2]) -> Result<Vec<Dataset>, Error> {
        let [(first, case), (second, control)] = columns;
        let mut roles = Roles::new(None, self.blocks);
        let origin = match Content::open(file, self.reading)? {
            Content::Table(origin) => origin,
            Content::Results(results) => {
                self.refuse_columns(&results.file)?;
                let files = [results.file.clone(), results.file.clone()];
                let comparison = benchmarks::compare_within(results, case, control)?;
                let unit = &comparison.case.unit;
                let column = if unit.is_time() { format!("time ({unit})") } else { unit.to_string() };
                let labels = [comparison.case.name.clone(), comparison.control.name.clone()];
                return Ok(vec![self.benchmarks(column, labels, &files, comparison)?]);
            }
        };
        let table = self.open(origin, &[case.clone(), control.clone()], &roles)?;
        let values = [(first, column::find(&table, case, first)?), (second, column::find(&table, control, second)?)];
        let columns = values.map(|(_, column)| column);
        if columns[0] == columns[1] {
            let what = format!("{first} and {second} are the same column, {}", table.column_label(columns[0]));
            return Err(Error::usage(what, "name two different columns"));
        }
        let frame = roles::read(table, &values, &mut roles, &self.reading.conditions, self.rules)?;
        let mut labels = columns.map(|column| {
            frame.heading.column_name(column).map_or_else(|| format!("column {}", column + 1), str::to_owned)
        });
        if labels[0] == labels[1] {
            labels = ["case", "control"].map(str::to_owned);
        }
        let [case, control] = labels;
        let halves = vec![
            Half { label: case, frame: 0, numbers: 0, code: None },
            Half { label: control, frame: 0, numbers: 1, code: None },
        ];
        let mut study = self.study(vec![frame], roles, &[]);
        let notes = study.roles.notes(&study.frames);
        Ok(vec![study.assign(Comparison::of(None, halves, notes))?])
    }

    /// A file without another to compare it with: a folder of criterion has two runs in it, and other results are listed.
    fn alone(&self, file: &Source, columns: &Columns, unmatched: Unmatched) -> Result<Vec<Dataset>, Error> {
        if let Some(folder) = Folder::open(file)? {
            let columns = if *columns == Columns::Sole { &Columns::ALL } else { columns };
            return self.folder(&folder, [None, None], columns, unmatched);
        }
        match Content::open(file, self.reading)? {
            Content::Results(results) => Err(benchmarks::alone(&results)),
            Content::Table(origin) => {
                let table = self.open(origin, columns.names(), &Roles::new(None, self.blocks))?;
                let (what, remedy) = if table.width() == 1 {
                    (
                        "has one column and is given alone, so that there is nothing to compare it with".to_owned(),
                        "add the file of the control, or --one-sample to ask whether its values are centred at 0, or at --mu",
                    )
                } else {
                    (
                        format!(
                            "is given alone, without saying where its two groups are; its columns are {}",
                            column::list(&table, 0..table.width())
                        ),
                        "add --group COLUMN (labels), or --case COLUMN --control COLUMN (a column for each group), or a second \
                         file; or --x COLUMN --y COLUMN (association), or --one-sample",
                    )
                };
                Err(Error::usage(format!("{} {what}", table.file), remedy))
            }
        }
    }
}

/// Where a file does not say which column is meant, nor which of more than two groups, both are asked for at once.
fn ask_for_labels(error: Error, table: &Table, column: usize, rules: &CellRules) -> Error {
    let mut labels: Vec<&[u8]> = (0..table.n_ahead()).map(|row| table.field_ahead(row, column)).collect();
    labels.retain(|label| !rules.is_missing(label));
    labels.sort_unstable();
    labels.dedup();
    match error {
        Error::Input { place, what, remedy } if labels.len() > 2 => {
            let remedy =
                format!("{remedy}; and say which two of the {} groups, as in {}", labels.len(), groups::two(&labels));
            Error::input(place, what, remedy)
        }
        error => error,
    }
}

/// Whether both samples come from one file, whatever it is called.
fn is_same_file(case: &Source, control: &Source) -> bool {
    match (case, control) {
        (Source::File(case), Source::File(control)) => {
            case == control || matches!((case.canonicalize(), control.canonicalize()), (Ok(a), Ok(b)) if a == b)
        }
        _ => false,
    }
}

/// Whether a word in the name of a file says that it is the control.
fn is_named_control(stem: &str) -> bool {
    stem.split(|c: char| !c.is_alphanumeric())
        .any(|word| !word.chars().all(|c| c.is_ascii_digit()) && groups::is_control(word))
}
