//! What JMH writes with `-rf json`: a list of benchmarks, each with a list of values for every fork.
//!
//! Parameters are in the name, `a.B.sort {size=100}`; the mode is there only where a file has a benchmark in several. What
//! a profiler adds is `NAME:METRIC`. The values of a fork belong together: compilation makes one process differ from
//! another by more than the iterations within it.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::Unit;
use super::document::{Document, Node, Raw};
use super::entry::{Entry, Rank, RunKind};
use crate::error::Error;

const FORK: RunKind = RunKind { noun: "fork", more: Some("run JMH with -f 5 or more") };
/// The most values that are made of the counts in a file, where a few bytes may stand for many.
const MOST_COUNTED: u64 = 1 << 24;

#[derive(Deserialize)]
struct Measured<'a> {
    benchmark: String,
    mode: String,
    params: Option<BTreeMap<String, String>>,
    #[serde(borrow, rename = "primaryMetric")]
    primary: Metric<'a>,
    #[serde(borrow, default, rename = "secondaryMetrics")]
    secondary: BTreeMap<String, Metric<'a>>,
}

/// Values and how often they came.
type Counts = Vec<(f64, u64)>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metric<'a> {
    score_unit: String,
    /// Values by fork.
    #[serde(borrow)]
    raw_data: Option<Vec<&'a Raw>>,
    /// Of mode `sample`, by fork and iteration.
    raw_data_histogram: Option<Vec<Vec<Counts>>>,
}

/// Reads the benchmarks.
///
/// # Errors
/// [`Error::Input`] for what is not a list of benchmarks.
pub fn read(document: &Document) -> Result<Vec<Entry>, Error> {
    let nodes = document.root().list("the file")?;
    let benchmarks = nodes.iter().map(|node| read_one(*node)).collect::<Result<Vec<_>, _>>()?;
    let mut modes = HashMap::<_, u32>::new();
    for (suffix, benchmark) in &benchmarks {
        *modes.entry((suffix, &benchmark.benchmark)).or_default() += 1;
    }
    let mut entries = Vec::new();
    for (node, (suffix, benchmark)) in nodes.iter().zip(&benchmarks) {
        let mode = match modes[&(suffix, &benchmark.benchmark)] {
            1 => String::new(),
            _ => format!(":{}", benchmark.mode),
        };
        let suffix = format!("{suffix}{mode}");
        entries.push(entry(*node, benchmark, &suffix, Rank::First, &benchmark.primary));
        for (name, metric) in &benchmark.secondary {
            // Releases before 1.37 put a dot in front of what a profiler measures.
            let suffix = format!("{suffix}:{}", name.trim_start_matches('·'));
            entries.push(entry(*node, benchmark, &suffix, Rank::Beside, metric));
        }
    }
    Ok(entries)
}

/// A benchmark, and its parameters as a part of its name.
fn read_one(node: Node<'_>) -> Result<(String, Measured<'_>), Error> {
    let benchmark: Measured<'_> = node.read("an element of the file")?;
    let params: Vec<_> = benchmark.params.iter().flatten().map(|(name, value)| format!("{name}={value}")).collect();
    let suffix = if params.is_empty() { String::new() } else { format!(" {{{}}}", params.join(", ")) };
    Ok((suffix, benchmark))
}

fn entry(node: Node<'_>, benchmark: &Measured<'_>, suffix: &str, rank: Rank, metric: &Metric<'_>) -> Entry {
    let full = &benchmark.benchmark;
    let mut entry = Entry::new(format!("{full}{suffix}"), rank, Unit::new(&metric.score_unit), node.place());
    let class = full.rmatch_indices('.').nth(1).map_or(0, |(dot, _)| dot + 1);
    let method = full.rfind('.').map_or(0, |dot| dot + 1);
    entry.other_names = [class, method].iter().map(|start| format!("{}{suffix}", &full[*start..])).collect();
    let label = entry.label();
    entry.extend_runs(&FORK, metric.values(node, &label));
    entry
}

impl Metric<'_> {
    /// The values of each fork.
    fn values(&self, node: Node<'_>, label: &str) -> Result<Vec<Vec<f64>>, Error> {
        match (&self.raw_data, &self.raw_data_histogram) {
            (Some(forks), _) => {
                let fork = |(fork, raw): (usize, &&Raw)| {
                    node.at(raw).numbers("rawData", |i| format!("rawData[{fork}][{i}] of {label}"))
                };
                forks.iter().enumerate().map(fork).collect()
            }
            (None, Some(forks)) => {
                let n = forks.iter().flatten().flatten().fold(0_u64, |n, (_, count)| n.saturating_add(*count));
                if n > MOST_COUNTED {
                    let what = format!("{label} has {n} values, more than are read");
                    return Err(Error::input(node.place(), what, "run JMH with -bm avgt"));
                }
                let repeated = |(value, count): &(f64, u64)| std::iter::repeat_n(*value, *count as usize);
                Ok(forks.iter().map(|fork| fork.iter().flatten().flat_map(repeated).collect()).collect())
            }
            (None, None) => {
                let what = format!("the single values of {label} are missing");
                Err(Error::input(node.place(), what, "export them with -rf json"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(json: &str) -> Vec<Entry> {
        read(&Document::json("x.json".to_owned(), json.to_owned()).unwrap()).unwrap()
    }

    fn benchmark(mode: &str, metric: &str) -> String {
        format!(
            "{{\"benchmark\": \"a.b.C.run\", \"mode\": \"{mode}\", \"params\": {{\"size\": \"8\"}}, \"primaryMetric\": \
             {{\"score\": 1, \"scoreUnit\": \"ns/op\", {metric}}}, \"secondaryMetrics\": {{\"·gc.count\": {{\"scoreUnit\": \
             \"counts\", \"rawData\": [[1.0, 2.0]]}}}}}}"
        )
    }

    #[test]
    fn forks_are_runs_and_parameters_are_in_the_name() {
        let all = entries(&format!("[{}]", benchmark("avgt", "\"rawData\": [[1, 2], [3]]")));
        assert_eq!(all[0].name, "a.b.C.run {size=8}");
        assert_eq!(all[0].other_names, ["C.run {size=8}", "run {size=8}"]);
        assert_eq!((all[1].name.as_str(), all[1].rank), ("a.b.C.run {size=8}:gc.count", Rank::Beside));
        let first = all.into_iter().next().unwrap().finish("").unwrap();
        assert_eq!((first.values, first.runs.unwrap().sizes), (vec![1.0, 2.0, 3.0], vec![2, 1]));
    }

    #[test]
    fn modes_are_named_where_there_are_several() {
        let data = "\"rawData\": [[1, 2]]";
        let all = entries(&format!("[{}, {}]", benchmark("avgt", data), benchmark("thrpt", data)));
        assert_eq!(all[0].name, "a.b.C.run {size=8}:avgt");
        assert_eq!(all[3].name, "a.b.C.run {size=8}:thrpt:gc.count");
    }

    #[test]
    fn counts_of_a_histogram_are_values() {
        let all =
            entries(&format!("[{}]", benchmark("sample", "\"rawDataHistogram\": [[[[5, 2]], [[7, 1]]], [[[1, 1]]]]")));
        let first = all.into_iter().next().unwrap().finish("").unwrap();
        assert_eq!((first.values, first.runs.unwrap().sizes), (vec![5.0, 5.0, 7.0, 1.0], vec![3, 1]));
        let fault = |metric: &str| {
            entries(&format!("[{}]", benchmark("sample", metric))).remove(0).finish("").unwrap_err().to_string()
        };
        assert!(fault("\"rawDataHistogram\": [[[[5, 99999999]]]]").contains("more than are read"));
        assert!(fault("\"a\": 1").contains("are missing"));
        assert!(fault("\"rawData\": [[1, \"NaN\"]]").contains("rawData[0][1] of \"a.b.C.run {size=8}\""));
    }
}
