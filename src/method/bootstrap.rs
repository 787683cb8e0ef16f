//! The bootstrap: the statistic of samples drawn with replacement from the samples themselves (Efron 1979).
//!
//! What is drawn are *blocks*, within *cells*, so that a bootstrap sample is made like the data:
//!
//! | pairs | clusters | a block is | a cell is |
//! |---|---|---|---|
//! | | | an observation | a group, within its stratum |
//! | | ✓ | a cluster | a group, within its stratum |
//! | ✓ | | a pair | a stratum, or all pairs |
//! | ✓ | ✓ | a cluster of pairs | a stratum, or all pairs |
//!
//! From each cell as many blocks are drawn as it has. Where these are single values, only how often each of them occurs is
//! drawn, and a sample holds them in ascending order: many statistics would sort them, which costs more than drawing.
//!
//! The jackknife beside it leaves out one block at a time, which shows how the spread of the statistic changes with its value.
//! Of cells with more than [`MOST_LEFT_OUT`] blocks it leaves out so many random groups of blocks: the third moment of the
//! groups' influences estimates the same skewness.

use std::collections::BTreeMap;

use super::engine::{self, Results};
use super::monte_carlo::Watch;
use crate::design::layout::{Conflict, Layout, Pairing};
use crate::error::Error;
use crate::sampling::bounded;
use crate::sampling::stream::{Domain, Stream};
use crate::statistic::order::Group;
use crate::statistic::rounding;

/// The most bootstrap samples of a run, 8 bytes each.
pub const MOST_BOOTSTRAP_SAMPLES: u64 = 100_000_000;

/// Blocks of a cell up to which each is left out alone.
pub const MOST_LEFT_OUT: usize = 4096;

/// Samples in a chunk: part of the contract of reproducibility.
const CHUNK: u64 = 128;

/// How many samples are drawn, from which streams.
#[derive(Debug, Clone, Copy)]
pub struct Bootstrap {
    /// Number of samples, from 1 to [`MOST_BOOTSTRAP_SAMPLES`].
    pub resamples: u64,
    /// The master seed.
    pub seed: u64,
    /// Worker threads; `None`: all cores.
    pub threads: Option<usize>,
}

/// Two samples, and what is drawn from them together.
#[derive(Debug, Clone)]
pub struct Cells {
    list: Vec<Cell>,
    sizes: [usize; 2],
    /// Whether the values are numbers of rows, which have no unit.
    are_rows: bool,
}

/// Blocks that may stand for each other.
#[derive(Debug, Clone, Default)]
struct Cell {
    stratum: u32,
    blocks: usize,
    case: BlockValues,
    control: BlockValues,
    /// The group that has all blocks, if each of them is a single value; these are ascending.
    alone: Option<Group>,
}

/// The values of one group, block after block.
#[derive(Debug, Clone, Default)]
struct BlockValues {
    values: Vec<f64>,
    /// Where each block begins, and the end of the last one; empty where each block is a single value.
    starts: Vec<u32>,
}

/// The statistic with blocks left out, cell by cell; empty for a cell of a single block.
pub type LeftOut = Vec<Vec<f64>>;

/// The case and the control values of each block, by its number.
type Gathered = BTreeMap<u32, [Vec<f64>; 2]>;

/// Two samples made like the data: the data themselves, a bootstrap sample or a jackknife one.
#[derive(Debug, Clone, Default)]
pub struct Samples {
    /// The case values, stratum by stratum.
    pub case: Vec<f64>,
    /// The control values, likewise; the i-th values of both are a pair if there are pairs.
    pub control: Vec<f64>,
    /// The stratum of each case value and of each control value, ascending.
    pub strata: [Vec<u32>; 2],
    /// How often each value of a cell is drawn: room that is used again and again.
    times: Vec<u32>,
}

impl BlockValues {
    fn of(blocks: &[Vec<f64>]) -> Self {
        let values = blocks.concat();
        if values.is_empty() || blocks.iter().all(|block| block.len() == 1) {
            return Self { values, starts: Vec::new() };
        }
        let mut starts = vec![0];
        for block in blocks {
            starts.push(starts[starts.len() - 1] + block.len() as u32);
        }
        Self { values, starts }
    }

    #[inline]
    fn append(&self, block: usize, to: &mut Vec<f64>) {
        if let [start, end] = self.starts.get(block..block + 2).unwrap_or_default() {
            to.extend_from_slice(&self.values[*start as usize..*end as usize]);
        } else if let Some(&value) = self.values.get(block) {
            to.push(value);
        }
    }
}

impl Cells {
    /// Two samples whose observations belong together in some way.
    ///
    /// # Errors
    /// [`Error::Data`] when a sample is empty or holds a value that is not finite, and where the layout contradicts the samples or itself.
    pub fn new(case: &[f64], control: &[f64], layout: &Layout) -> Result<Self, Error> {
        for (name, sample) in [("case", case), ("control", control)] {
            if sample.is_empty() {
                return Err(Error::data(format!("the {name} sample is empty"), "give it at least one value"));
            }
            if let Some(place) = sample.iter().position(|value| !value.is_finite()) {
                let what = format!("value {} of the {name} sample is {}", place + 1, sample[place]);
                return Err(Error::data(what, "leave out what is not a finite number"));
            }
        }
        let observations = case.len() + control.len();
        let refuse = |conflict: Conflict| Error::data(conflict.to_string(), conflict.remedy());
        layout.arrange(&(0..observations as u32).collect::<Vec<_>>(), case.len()).map_err(refuse)?;

        let is_paired = layout.pairing != Pairing::Independent;
        let mut cells: BTreeMap<(u32, usize), Gathered> = BTreeMap::new();
        for (i, &value) in case.iter().chain(control).enumerate() {
            let group = usize::from(i >= case.len());
            let alone = if is_paired { i - group * case.len() } else { i } as u32;
            let stratum = layout.strata.as_ref().map_or(0, |strata| strata.of_observation[i]);
            let block = layout.clusters.as_ref().map_or(alone, |clusters| clusters.of_observation[i]);
            let cell = cells.entry((stratum, if is_paired { 0 } else { group })).or_default();
            cell.entry(block).or_default()[group].push(value);
        }
        let cells = cells.into_iter().map(|((stratum, _), blocks)| Cell::of(stratum, blocks)).collect();
        Ok(Self { list: cells, sizes: [case.len(), control.len()], are_rows: false })
    }

    /// The same, whose values are the numbers of rows.
    #[must_use]
    pub fn of_rows(self) -> Self {
        Self { are_rows: true, ..self }
    }

    /// The largest magnitude.
    #[must_use]
    pub fn largest(&self) -> f64 {
        let values = self.list.iter().flat_map(|cell| cell.case.values.iter().chain(&cell.control.values));
        values.fold(0.0, |largest, value| value.abs().max(largest))
    }

    /// The statistic of the samples themselves.
    pub fn observed(&self, statistic: impl Fn(&Samples) -> f64) -> f64 {
        statistic(&self.samples())
    }

    /// The power of the values' unit in which a statistic is measured.
    pub(crate) fn degree(&self, statistic: impl Fn(&Samples) -> f64) -> Option<f64> {
        if self.are_rows {
            return None;
        }
        let samples = self.samples();
        let of_values = |case: &[f64], control: &[f64]| {
            let strata = samples.strata.clone();
            statistic(&Samples { case: case.to_vec(), control: control.to_vec(), strata, ..Samples::default() })
        };
        rounding::degree(of_values, &samples.case, &samples.control)
    }

    fn samples(&self) -> Samples {
        let mut samples = self.room();
        self.list.iter().for_each(|cell| cell.append_all(&mut samples));
        samples
    }

    fn room(&self) -> Samples {
        let [case, control] = self.sizes.map(Vec::with_capacity);
        Samples { case, control, ..Samples::default() }
    }
}

impl Cell {
    fn of(stratum: u32, blocks: Gathered) -> Self {
        let (case, control): (Vec<_>, Vec<_>) = blocks.into_values().map(|[case, control]| (case, control)).unzip();
        let blocks = case.len();
        let (mut case, mut control) = (BlockValues::of(&case), BlockValues::of(&control));
        let alone = match (case.values.len(), control.values.len()) {
            (values, 0) if values == blocks => Some(Group::Case),
            (0, values) if values == blocks => Some(Group::Control),
            _ => None,
        };
        if alone.is_some() {
            case.values.sort_unstable_by(f64::total_cmp);
            control.values.sort_unstable_by(f64::total_cmp);
        }
        Self { stratum, blocks, case, control, alone }
    }

    /// Appends as many random blocks as there are.
    fn draw(&self, stream: &mut Stream, to: &mut Samples) {
        self.draw_values(stream, to);
        to.close(self.stratum);
    }

    fn draw_values(&self, stream: &mut Stream, to: &mut Samples) {
        let Samples { case, control, times, .. } = to;
        let (values, drawn) = match self.alone {
            Some(Group::Case) => (&self.case.values, case),
            Some(Group::Control) => (&self.control.values, control),
            None => {
                let blocks = self.blocks as u64;
                return (0..blocks).for_each(|_| self.append(bounded::below(blocks, stream) as usize, to));
            }
        };
        times.clear();
        times.resize(values.len(), 0);
        count_draws(times, stream);
        append_times(values, times, drawn);
    }

    fn append(&self, block: usize, to: &mut Samples) {
        self.case.append(block, &mut to.case);
        self.control.append(block, &mut to.control);
    }

    fn append_all(&self, to: &mut Samples) {
        to.case.extend_from_slice(&self.case.values);
        to.control.extend_from_slice(&self.control.values);
        to.close(self.stratum);
    }

    /// Which of so many groups each block is left out with: one of its own, or a random one.
    fn groups(&self, seed: u64, number: u64) -> (usize, Vec<u32>) {
        let mut group_of: Vec<u32> = (0..self.blocks as u32).collect();
        if self.blocks <= MOST_LEFT_OUT {
            return (if self.blocks > 1 { self.blocks } else { 0 }, group_of);
        }
        for group in &mut group_of {
            *group %= MOST_LEFT_OUT as u32;
        }
        let mut stream = Stream::new(seed, Domain::Jackknife, number);
        for last in (1..group_of.len()).rev() {
            group_of.swap(last, bounded::below(last as u64 + 1, &mut stream) as usize);
        }
        (MOST_LEFT_OUT, group_of)
    }
}

/// Draws as many of the values as there are, and counts how often each one occurs.
fn count_draws(times: &mut [u32], stream: &mut Stream) {
    let number = times.len() as u64;
    // Below this, one random word is enough for four.
    let fours = if number < 1 << 16 { times.len() / 4 } else { 0 };
    for _ in 0..fours {
        for drawn in bounded::batch_below([number; 4], stream) {
            times[drawn as usize] += 1;
        }
    }
    for _ in 4 * fours..times.len() {
        times[bounded::below(number, stream) as usize] += 1;
    }
}

/// Appends each value so many times; all together as many as there are values.
fn append_times(values: &[f64], times: &[u32], to: &mut Vec<f64>) {
    // Whether a value occurs not at all, once or twice cannot be foreseen, and a branch for each would cost more than to
    // write four of it always, of which the next value overwrites what is too much.
    const ALWAYS: usize = 4;
    let mut end = to.len();
    to.resize(end + values.len() + ALWAYS, 0.0);
    for (&value, &times) in values.iter().zip(times) {
        let times = times as usize;
        to[end..end + ALWAYS].fill(value);
        if times > ALWAYS {
            to[end..end + times].fill(value);
        }
        end += times;
    }
    to.truncate(end);
}

impl Samples {
    fn clear(&mut self) {
        self.case.clear();
        self.control.clear();
        self.strata.iter_mut().for_each(Vec::clear);
    }

    /// Says of which stratum the last values are.
    fn close(&mut self, stratum: u32) {
        self.strata[0].resize(self.case.len(), stratum);
        self.strata[1].resize(self.control.len(), stratum);
    }
}

impl Bootstrap {
    /// The statistic of each bootstrap sample, in order; the first ones of a longer run are those of a shorter one, and
    /// none depends on the number of threads.
    ///
    /// The samples hold their blocks stratum by stratum: those of several values in the order in which they were drawn, so
    /// that the i-th values of both are a pair if there are pairs; single values ascending, so that the order in which they
    /// were given does not matter.
    ///
    /// # Errors
    /// [`Error::Usage`] for a number of samples out of range, and [`Error::Interrupted`] when the watch says stop.
    ///
    /// ```
    /// use permtest::design::layout::Layout;
    /// use permtest::method::bootstrap::{Bootstrap, Cells};
    /// use permtest::method::monte_carlo::Watch;
    /// let cells = Cells::new(&[1.0, 2.0], &[0.0], &Layout::default())?;
    /// let bootstrap = Bootstrap { resamples: 10_000, seed: 0, threads: None };
    /// let replicates = bootstrap.replicates(&cells, |drawn| drawn.case[0] + drawn.case[1], &Watch::default())?;
    /// // 1 + 1, 1 + 2, 2 + 1 or 2 + 2.
    /// let share = |sum: f64| replicates.iter().filter(|&&replicate| replicate == sum).count() as f64 / 1e4;
    /// assert!((share(2.0) - 0.25).abs() < 0.02 && (share(3.0) - 0.5).abs() < 0.02);
    /// # Ok::<(), permtest::error::Error>(())
    /// ```
    pub fn replicates(
        &self,
        cells: &Cells,
        statistic: impl Fn(&Samples) -> f64 + Sync,
        watch: &Watch,
    ) -> Result<Vec<f64>, Error> {
        if !(1..=MOST_BOOTSTRAP_SAMPLES).contains(&self.resamples) {
            let what = format!("{} bootstrap samples are out of range", self.resamples);
            return Err(Error::usage(what, "draw from 1 to 100000000"));
        }
        (watch.begin)(self.resamples, "bootstrap samples");
        let compute = |chunk: u64| {
            let number = CHUNK.min(self.resamples - chunk * CHUNK);
            let mut stream = Stream::new(self.seed, Domain::Bootstrap, chunk);
            let mut samples = cells.room();
            let draw = |_| {
                samples.clear();
                cells.list.iter().for_each(|cell| cell.draw(&mut stream, &mut samples));
                statistic(&samples)
            };
            let replicates: Vec<f64> = (0..number).map(draw).collect();
            (watch.advance)(number);
            Ok(replicates)
        };
        let mut replicates = Vec::with_capacity(self.resamples as usize);
        let fold = |chunk: Vec<f64>| {
            replicates.extend(chunk);
            Ok(())
        };
        engine::run(self.threads, 0..self.resamples.div_ceil(CHUNK), Results::Small, watch.stop, compute, fold)?;
        Ok(replicates)
    }

    /// The statistic with each block left out in turn, cell by cell.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when the watch says stop.
    pub fn left_out(
        &self,
        cells: &Cells,
        statistic: impl Fn(&Samples) -> f64 + Sync,
        watch: &Watch,
    ) -> Result<LeftOut, Error> {
        let groups: Vec<(usize, Vec<u32>)> =
            (0..).zip(&cells.list).map(|(number, cell)| cell.groups(self.seed, number)).collect();
        let tasks: Vec<(usize, u32)> = groups
            .iter()
            .enumerate()
            .flat_map(|(cell, (number, _))| (0..*number as u32).map(move |out| (cell, out)))
            .collect();
        (watch.begin)(tasks.len() as u64, "jackknife samples");
        let compute = |chunk: u64| {
            let tasks = &tasks[(chunk * CHUNK) as usize..tasks.len().min(((chunk + 1) * CHUNK) as usize)];
            let mut samples = cells.room();
            let without = |&(cell, out): &(usize, u32)| {
                samples.clear();
                for (number, (kept, (_, group_of))) in cells.list.iter().zip(&groups).enumerate() {
                    if number == cell {
                        let is_kept = |block: &usize| group_of[*block] != out;
                        (0..kept.blocks).filter(is_kept).for_each(|block| kept.append(block, &mut samples));
                        samples.close(kept.stratum);
                    } else {
                        kept.append_all(&mut samples);
                    }
                }
                (cell, statistic(&samples))
            };
            let found: Vec<(usize, f64)> = tasks.iter().map(without).collect();
            (watch.advance)(tasks.len() as u64);
            Ok(found)
        };
        let mut left_out = vec![Vec::new(); cells.list.len()];
        let fold = |chunk: Vec<(usize, f64)>| {
            for (cell, value) in chunk {
                left_out[cell].push(value);
            }
            Ok(())
        };
        let chunks = 0..(tasks.len() as u64).div_ceil(CHUNK);
        engine::run(self.threads, chunks, Results::Small, watch.stop, compute, fold)?;
        Ok(left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::layout::Blocks;

    fn blocks(of_observation: &[u32]) -> Blocks {
        Blocks { of_observation: of_observation.to_vec(), names: Vec::new() }
    }

    /// The first hundred bootstrap samples.
    fn drawn(cells: &Cells) -> Vec<[Vec<f64>; 2]> {
        let bootstrap = Bootstrap { resamples: 100, seed: 3, threads: Some(1) };
        let drawn = std::sync::Mutex::new(Vec::new());
        let keep = |samples: &Samples| {
            drawn.lock().unwrap().push([samples.case.clone(), samples.control.clone()]);
            0.0
        };
        bootstrap.replicates(cells, keep, &Watch::default()).unwrap();
        drawn.into_inner().unwrap()
    }

    #[test]
    fn pairs_stay_together() {
        let layout = Layout { pairing: Pairing::ByOrder, ..Layout::default() };
        let cells = Cells::new(&[1.0, 2.0, 3.0], &[10.0, 20.0, 30.0], &layout).unwrap();
        for [case, control] in drawn(&cells) {
            assert_eq!(case.iter().map(|x| 10.0 * x).collect::<Vec<_>>(), control);
        }
    }

    #[test]
    fn strata_keep_their_sizes_in_each_group() {
        let layout = Layout { strata: Some(blocks(&[0, 0, 1, 0, 1, 1, 1])), ..Layout::default() };
        let cells = Cells::new(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0, 7.0], &layout).unwrap();
        for [case, control] in drawn(&cells) {
            assert!(case[..2].iter().all(|x| [1.0, 2.0].contains(x)) && case[2] == 3.0);
            assert!(control[0] == 4.0 && control[1..].iter().all(|y| *y >= 5.0) && control.len() == 4);
        }
    }

    #[test]
    fn clusters_come_and_go_as_a_whole() {
        let layout = Layout { clusters: Some(blocks(&[0, 1, 1, 2, 3, 3])), ..Layout::default() };
        let cells = Cells::new(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], &layout).unwrap();
        let samples = drawn(&cells);
        assert!(samples.iter().all(|[case, _]| count(case, 2.0) == count(case, 3.0)));
        assert!(samples.iter().all(|[case, _]| count(case, 1.0) + count(case, 2.0) == 2));
        assert!([2, 3, 4].iter().all(|&size| samples.iter().any(|[case, _]| case.len() == size)));
    }

    #[test]
    fn single_values_are_ascending_in_whatever_order_they_are_given() {
        let values: Vec<f64> = (0..70_000).map(|i| f64::from(i * 7919 % 70_001)).collect();
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        // One draw at a time for so many, four for few.
        for size in [1, 3, 6, 70_000] {
            let of = |values: &[f64]| drawn(&Cells::new(&values[..size], &values[..size], &Layout::default()).unwrap());
            let bits = |samples: Vec<[Vec<f64>; 2]>| samples.concat();
            let samples = bits(of(&values));
            assert!(samples.iter().all(|sample| sample.len() == size && sample.is_sorted()));
            let mut others = values[..size].to_vec();
            others.rotate_left(size / 3);
            assert_eq!(samples, bits(of(&others)));
        }
        let cells = Cells::new(&sorted[..50], &[0.0], &Layout::default()).unwrap();
        let most = |case: &[f64]| case.chunk_by(|a, b| a == b).map(<[f64]>::len).max();
        assert!(drawn(&cells).iter().any(|[case, _]| most(case) > Some(4)), "more often than is always written");
    }

    fn count(sample: &[f64], value: f64) -> usize {
        sample.iter().filter(|&&x| x == value).count()
    }

    #[test]
    fn each_block_is_left_out_once() {
        let layout = Layout { pairing: Pairing::ByOrder, ..Layout::default() };
        let cells = Cells::new(&[1.0, 2.0, 4.0], &[10.0, 20.0, 40.0], &layout).unwrap();
        let bootstrap = Bootstrap { resamples: 1, seed: 0, threads: None };
        let sum = |samples: &Samples| samples.case.iter().chain(&samples.control).sum::<f64>();
        assert_eq!(bootstrap.left_out(&cells, sum, &Watch::default()).unwrap(), [[66.0, 55.0, 33.0]]);
        let cells = Cells::new(&[1.0, 2.0, 4.0], &[10.0], &Layout::default()).unwrap();
        assert_eq!(bootstrap.left_out(&cells, sum, &Watch::default()).unwrap(), [vec![16.0, 15.0, 13.0], vec![]]);
    }

    #[test]
    fn of_many_blocks_random_groups_of_equal_size_are_left_out() {
        let values: Vec<f64> = (0..10_000).map(f64::from).collect();
        let cells = Cells::new(&values, &[0.0], &Layout::default()).unwrap();
        let bootstrap = Bootstrap { resamples: 1, seed: 0, threads: None };
        let size = |samples: &Samples| samples.case.len() as f64;
        let sizes = bootstrap.left_out(&cells, size, &Watch::default()).unwrap();
        assert_eq!(sizes[0].len(), MOST_LEFT_OUT);
        assert_eq!(sizes[0].iter().map(|size| 10_000.0 - size).sum::<f64>(), 10_000.0);
        assert!(sizes[0].iter().all(|size| [9997.0, 9998.0].contains(size)));
    }

    #[test]
    fn a_layout_that_contradicts_the_samples_is_refused() {
        let layout = Layout { pairing: Pairing::ByOrder, ..Layout::default() };
        assert!(Cells::new(&[1.0], &[1.0, 2.0], &layout).is_err());
        assert!(Cells::new(&[], &[1.0, 2.0], &Layout::default()).is_err());
    }
}
