//! What a test compares: two samples, more than two groups, or two columns; and for the latter two the units whose labels
//! are shuffled, in an order that depends on what they say, never on where they stand in a file.

use super::PermutationTest;
use crate::design::layout::{Blocks, Pairing};
use crate::design::{Design, Kind};
use crate::error::Error;
use crate::message::Setting;
use crate::statistic::pool::sort_key;
use crate::statistic::{PlaceLabels, Problem, Shuffled};

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// Case and control.
    TwoSamples,
    /// Groups of these sizes, one behind the other in the two samples of a test.
    Groups(Vec<usize>),
    /// The numbers of the first sample with those of the second.
    Association,
    /// The first sample with what is subtracted from it; the second one is as many zeros.
    OneSample,
}

/// Observations that share a label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Unit {
    /// The number of the group, or an integer ordered like x.
    label: u64,
    /// Integers ordered like the observations, ascending.
    keys: Vec<u64>,
    /// An observation, of which x is taken.
    first: usize,
    observations: Vec<usize>,
}

impl PermutationTest {
    /// A test of more than two groups, or of two.
    ///
    /// ```
    /// use permtest::PermutationTest;
    /// let groups: [&[f64]; 3] = [&[2.9, 3.0, 2.5, 2.6, 3.2], &[3.8, 2.7, 4.0, 2.4], &[2.8, 3.4, 3.7, 2.2, 2.0]];
    /// let result = PermutationTest::of_groups(&groups)?.run("kruskal-wallis")?;
    /// assert_eq!(result.p_value.estimate, 179_294.0 / 252_252.0);
    /// # Ok::<(), permtest::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`PermutationTest::new`], and [`Error::Data`] for fewer than two groups.
    pub fn of_groups(groups: &[&[f64]]) -> Result<Self, Error> {
        let [first, others @ ..] = groups else {
            return Err(Error::data("there is no group", "give at least two"));
        };
        if others.is_empty() {
            return Err(Error::data("there is only one group", "give at least two"));
        }
        if let Some(empty) = groups.iter().position(|group| group.is_empty()) {
            return Err(Error::data(format!("group {} is empty", empty + 1), "give it at least one value"));
        }
        let sizes = groups.iter().map(|group| group.len()).collect();
        Ok(Self { subject: Subject::Groups(sizes), ..Self::new(first, &others.concat())? })
    }

    /// A test of whether two columns go together: the i-th x and the i-th y stand in one row.
    ///
    /// ```
    /// use permtest::PermutationTest;
    /// let lightness = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1];
    /// let quality = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8];
    /// let result = PermutationTest::association(&lightness, &quality)?.run("kendall")?;
    /// assert_eq!(result.p_value.estimate, 43_342.0 / 362_880.0);
    /// # Ok::<(), permtest::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`PermutationTest::new`], and [`Error::Data`] for columns of unequal length.
    pub fn association(x: &[f64], y: &[f64]) -> Result<Self, Error> {
        if x.len() != y.len() {
            let what = format!("there are {} x and {} y", x.len(), y.len());
            return Err(Error::data(what, "give a y for each x"));
        }
        Ok(Self { subject: Subject::Association, ..Self::new(x, y)? })
    }

    /// A test of whether one sample is centred at a value: signs of the differences from it are flipped. For the mean, `t`,
    /// `signed-rank` and summaries that move with the values, such as the median or an expression in `x`.
    ///
    /// ```
    /// use permtest::PermutationTest;
    /// let darwin = [49.0, -67.0, 8.0, 16.0, 6.0, 23.0, 28.0, 41.0, 14.0, 29.0, 56.0, 24.0, 75.0, 60.0, -48.0];
    /// let result = PermutationTest::one_sample(&darwin, 0.0)?.run("mean")?;
    /// assert_eq!(result.p_value.estimate, 1726.0 / 32_768.0);
    /// # Ok::<(), permtest::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`PermutationTest::new`].
    pub fn one_sample(values: &[f64], centre: f64) -> Result<Self, Error> {
        let pairs = Self::new(values, &vec![0.0; values.len()])?.paired().shift(centre);
        Ok(Self { subject: Subject::OneSample, ..pairs })
    }

    /// The units whose labels are shuffled, in canonical order.
    pub(super) fn shuffled(&self) -> Result<Problem, Error> {
        if self.shift != 0.0 || self.ratio.is_some() {
            let of = if self.subject == Subject::Association { "two columns" } else { "several groups" };
            let what = Setting::Shift.at(self.shift).and(format!(" has no meaning for {of}"));
            return Err(Error::usage(what, "leave it out"));
        }
        if self.layout.pairing != Pairing::Independent {
            let what = "pairs are for two groups";
            return Err(Error::usage(what, "name what belongs together as strata"));
        }
        let labels = self.labels();
        let clusters = self.layout.clusters.as_ref().map(|clusters| numbered(clusters, labels.len())).transpose()?;
        let strata = match &self.layout.strata {
            Some(strata) => numbered(strata, labels.len())?,
            None => vec![0; labels.len()],
        };
        let mut blocks = self.units(&labels, &strata, clusters.as_deref())?;
        for block in &mut blocks {
            block.sort();
        }
        // Strata by what is in them: their names and their order in a file do not matter.
        blocks.sort_by(|a, b| contents(a).cmp(contents(b)));
        let shuffled = self.placed(blocks, clusters.is_some());
        if shuffled.design().reference_set_size().exact == Some(1) {
            let (what, remedy) = match (self.subject == Subject::Association, self.layout.strata.is_some()) {
                (_, true) => ("no two labels can be exchanged within these strata", "use fewer strata"),
                (true, false) => ("there is only one row to relate x and y by", "give at least two"),
                (false, false) => ("no two labels can be exchanged", "collect more observations"),
            };
            return Err(Error::data(what, remedy));
        }
        Ok(Problem::shuffled(shuffled))
    }

    /// The label of each observation.
    fn labels(&self) -> Vec<u64> {
        match &self.subject {
            Subject::Groups(sizes) => {
                (0..).zip(sizes).flat_map(|(group, &size)| std::iter::repeat_n(group, size)).collect()
            }
            _ => self.case.iter().map(|&x| sort_key(x + 0.0)).collect(),
        }
    }

    /// The observation of a number: of an association, its y.
    fn observation(&self, number: usize) -> f64 {
        let is_association = self.subject == Subject::Association;
        let value = match number.checked_sub(self.case.len()) {
            _ if is_association => self.control[number],
            Some(number) => self.control[number],
            None => self.case[number],
        };
        value + 0.0
    }

    /// The units of each stratum.
    fn units(&self, labels: &[u64], strata: &[u32], clusters: Option<&[u32]>) -> Result<Vec<Vec<Unit>>, Error> {
        let strata_number = strata.iter().max().map_or(0, |&last| last as usize + 1);
        let mut blocks: Vec<Vec<Unit>> = vec![Vec::new(); strata_number];
        let unit = |mut observations: Vec<usize>| {
            let first = observations[0];
            observations.sort_by_key(|&number| sort_key(self.observation(number)));
            let keys = observations.iter().map(|&number| sort_key(self.observation(number))).collect();
            Unit { label: labels[first], keys, first, observations }
        };
        let Some(clusters) = clusters else {
            for (number, &stratum) in strata.iter().enumerate() {
                blocks[stratum as usize].push(unit(vec![number]));
            }
            return Ok(blocks);
        };
        let mut members = vec![Vec::new(); clusters.iter().max().map_or(0, |&last| last as usize + 1)];
        for (number, &cluster) in clusters.iter().enumerate() {
            members[cluster as usize].push(number);
        }
        for members in members {
            let (stratum, label) = (strata[members[0]], labels[members[0]]);
            let name = || self.cluster_name(members[0]);
            if members.iter().any(|&member| strata[member] != stratum) {
                return Err(Error::data(
                    format!("cluster {} lies in several strata", name()),
                    "leave out one of the two",
                ));
            }
            if members.iter().any(|&member| labels[member] != label) {
                let (what, remedy) = if self.subject == Subject::Association {
                    ("several values of x", "name clusters within which x is always the same, or leave them out")
                } else {
                    (
                        "observations of several groups",
                        "clusters keep one label together; name blocks of labels as strata",
                    )
                };
                return Err(Error::data(format!("cluster {} has {what}", name()), remedy));
            }
            blocks[stratum as usize].push(unit(members));
        }
        Ok(blocks)
    }

    fn cluster_name(&self, observation: usize) -> String {
        let Some(Blocks { of_observation, names }) = &self.layout.clusters else { return String::new() };
        let number = of_observation[observation] as usize;
        names.get(number).cloned().unwrap_or_else(|| (number + 1).to_string())
    }

    /// Puts the units of each stratum at their places.
    fn placed(&self, blocks: Vec<Vec<Unit>>, are_clusters: bool) -> Shuffled {
        let is_stratified = blocks.len() > 1;
        let (mut units, mut ranges): (Vec<Unit>, Vec<_>) = (Vec::new(), Vec::new());
        for mut block in blocks {
            if let Subject::Groups(sizes) = &self.subject {
                // The largest group last: what is left for it need not be drawn.
                let mut of_group = vec![0; sizes.len()];
                for unit in &block {
                    of_group[unit.label as usize] += 1;
                }
                block.sort_by_key(|unit| (of_group[unit.label as usize], unit.label));
            }
            let start = units.len();
            units.extend(block);
            ranges.push(start..units.len());
        }
        let labels = match &self.subject {
            Subject::Groups(sizes) => PlaceLabels::Groups {
                of_place: units.iter().map(|unit| unit.label as u32).collect(),
                number: sizes.len(),
            },
            _ => PlaceLabels::Numbers(units.iter().map(|unit| self.case[unit.first] + 0.0).collect()),
        };
        let mut starts = vec![0];
        starts.extend(units.iter().scan(0, |end, unit| {
            *end += unit.observations.len();
            Some(*end)
        }));
        let values = units.iter().flat_map(|unit| &unit.observations).map(|&number| self.observation(number)).collect();
        let kind = match (are_clusters, is_stratified) {
            (true, true) => Kind::ClusteredStratified,
            (true, false) => Kind::Clustered,
            (false, true) => Kind::Stratified,
            (false, false) if self.subject == Subject::Association => Kind::Association,
            (false, false) => Kind::SeveralGroups,
        };
        Shuffled { values, starts, blocks: ranges, labels, kind }
    }

    /// The groups of values that are compared: none of an association.
    pub(super) fn samples(&self) -> Vec<&[f64]> {
        match &self.subject {
            Subject::TwoSamples => vec![&self.case, &self.control],
            Subject::Association => Vec::new(),
            Subject::OneSample => vec![&self.case],
            Subject::Groups(sizes) => {
                let mut rest: &[f64] = &self.control;
                let mut samples: Vec<&[f64]> = vec![&self.case];
                for &size in &sizes[1..] {
                    let (sample, further) = rest.split_at(size);
                    samples.push(sample);
                    rest = further;
                }
                samples
            }
        }
    }
}

/// What distinguishes the units of a stratum.
fn contents(units: &[Unit]) -> impl Iterator<Item = (u64, &[u64])> {
    units.iter().map(|unit| (unit.label, &*unit.keys))
}

/// The blocks of observations numbered from 0 without gaps.
fn numbered(blocks: &Blocks, observations: usize) -> Result<Vec<u32>, Error> {
    if blocks.of_observation.len() != observations {
        return Err(Error::data("there is not a block for each observation", "name one for each"));
    }
    let mut numbers = std::collections::HashMap::new();
    let number = |&block: &u32| {
        let next = numbers.len() as u32;
        *numbers.entry(block).or_insert(next)
    };
    Ok(blocks.of_observation.iter().map(number).collect())
}
