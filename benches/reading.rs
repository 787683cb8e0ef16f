//! Time a row of reading samples, beside the csv crate's bare loop over the same bytes; and megabytes a second of results of
//! benchmarks in JSON, which must not fall as files grow.
//!
//! `cargo bench --bench reading [-- ROWS]`; default 2,000,000 rows, the best of five runs.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use flate2::bufread::MultiGzDecoder;
use permtest::input::read;
use permtest::settings::{Blocks, ColumnName, Columns, Reading, Samples, Several, Source, Unmatched};

const DEFAULT_ROWS: u64 = 2_000_000;
const RUNS: usize = 5;

struct Scenario {
    name: &'static str,
    path: PathBuf,
    samples: Samples,
}

fn main() {
    let rows = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(DEFAULT_ROWS);
    let folder = tempfile::tempdir().expect("a temporary folder");
    println!("{:<24}{:>14}{:>14}{:>8}", format!("{rows} rows"), "csv ns/row", "read ns/row", "ratio");
    for scenario in scenarios(folder.path(), rows) {
        // Both in turn, so that a busy machine slows both.
        let (mut bare, mut ours) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..RUNS {
            bare = bare.min(seconds(|| bare_loop(&scenario.path)));
            ours = ours.min(seconds(|| read_samples(&scenario.samples)));
        }
        let per_row = 1e9 / rows as f64;
        println!("{:<24}{:>14.1}{:>14.1}{:>8.2}", scenario.name, bare * per_row, ours * per_row, ours / bare);
    }
    println!("\n{:<24}{:>14}{:>14}", "results of benchmarks", "MB", "read MB/s");
    for n in [10_000, 40_000] {
        for (name, json) in [("Google Benchmark", google_benchmark(n)), ("hyperfine", hyperfine(n))] {
            let path = folder.path().join("results.json");
            std::fs::write(&path, &json).expect("room for a file");
            let samples = || Samples::TwoFiles {
                case: Source::File(path.clone()),
                control: Source::File(path.clone()),
                columns: Columns::Named(vec![ColumnName("1".to_owned())]),
                unmatched: Unmatched::Refuse,
            };
            let best = (0..RUNS).map(|_| seconds(|| read_samples(&samples()))).fold(f64::INFINITY, f64::min);
            let megabytes = json.len() as f64 / 1e6;
            println!("{:<24}{megabytes:>14.1}{:>14.1}", format!("{name}, {n}"), 2.0 * megabytes / best);
        }
    }
}

/// So many results of Google Benchmark, four repetitions of each benchmark.
fn google_benchmark(n: usize) -> String {
    let result = |i: usize| {
        let name = format!("BM_Sort/{}/threads:4", i / 4);
        format!(
            "    {{\n      \"name\": \"{name}\",\n      \"run_name\": \"{name}\",\n      \"run_type\": \"iteration\",\n      \
             \"repetitions\": 4,\n      \"repetition_index\": {},\n      \"threads\": 4,\n      \"iterations\": 1000000,\n      \
             \"real_time\": {i}.25,\n      \"cpu_time\": {i}.5,\n      \"time_unit\": \"ns\"\n    }}",
            i % 4
        )
    };
    let results: Vec<String> = (0..n).map(result).collect();
    format!("{{\n  \"context\": {{}},\n  \"benchmarks\": [\n{}\n  ]\n}}\n", results.join(",\n"))
}

/// So many commands of hyperfine, ten runs of each.
fn hyperfine(n: usize) -> String {
    let result = |i: usize| {
        let times: Vec<String> = (0..10).map(|run| format!("        0.{i}{run}")).collect();
        format!("    {{\n      \"command\": \"sleep {i}\",\n      \"times\": [\n{}\n      ]\n    }}", times.join(",\n"))
    };
    let results: Vec<String> = (0..n).map(result).collect();
    format!("{{\n  \"results\": [\n{}\n  ]\n}}\n", results.join(",\n"))
}

fn scenarios(folder: &Path, rows: u64) -> Vec<Scenario> {
    let column = |name: &str| ColumnName(name.to_owned());
    let small = write(folder, "small.csv", 1, |_, _| "1.5".to_owned());
    let one = |name, path: PathBuf, column: Option<ColumnName>| {
        let (case, control) = (Source::File(path.clone()), Source::File(small.clone()));
        let columns = column.map_or(Columns::Sole, |column| Columns::Named(vec![column]));
        Scenario { name, path, samples: Samples::TwoFiles { case, control, columns, unmatched: Unmatched::Refuse } }
    };
    let long = |name, path: PathBuf| {
        let file = Source::File(path.clone());
        let samples = Samples::Long {
            file,
            columns: Columns::Named(vec![column("value")]),
            group: column("group"),
            case: None,
            control: None,
            several: Several::default(),
        };
        Scenario { name, path, samples }
    };
    let label = |sorted: bool, i: u64, noise: u64| if sorted { i * 2 >= rows } else { noise.is_multiple_of(2) };
    let long_row = |sorted: bool| {
        move |i: u64, noise: u64| {
            let group = if label(sorted, i, noise) { "treatment" } else { "control" };
            format!("{i},{group},{}", value(noise))
        }
    };
    let wide = write(folder, "wide.csv", rows, |_, noise| format!("{},{}", value(noise), value(noise >> 7)));
    vec![
        one("one column", write(folder, "one.csv", rows, |_, noise| value(noise)), None),
        one("one column, 17 digits", write(folder, "full.csv", rows, |_, noise| format!("{}", unit(noise))), None),
        one("one column, gz", write(folder, "one.csv.gz", rows, |_, noise| value(noise)), None),
        long("long, sorted", write(folder, "sorted.csv", rows, long_row(true))),
        long("long, shuffled", write(folder, "shuffled.csv", rows, long_row(false))),
        Scenario {
            name: "wide",
            path: wide.clone(),
            samples: Samples::Wide { file: Source::File(wide), case: column("id"), control: column("group") },
        },
    ]
}

/// Writes a file of as many columns as a row has; the header names the first ones.
fn write(folder: &Path, name: &str, rows: u64, row: impl Fn(u64, u64) -> String) -> PathBuf {
    let width = row(0, 1).split(',').count();
    let mut text = if width == 1 { "value" } else { ["id,group", "id,group,value"][width - 2] }.to_owned();
    let mut noise = 1_u64;
    for i in 0..rows {
        // Knuth's MMIX generator: any numbers will do.
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push('\n');
        text.push_str(&row(i, noise >> 11));
    }
    text.push('\n');
    let path = folder.join(name);
    let file = File::create(&path).expect("a file in a temporary folder");
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::default());
        packed.write_all(text.as_bytes()).and_then(|()| packed.finish().map(drop)).expect("room for a file");
    } else {
        (&file).write_all(text.as_bytes()).expect("room for a file");
    }
    path
}

fn unit(noise: u64) -> f64 {
    noise as f64 / (1_u64 << 53) as f64
}

fn value(noise: u64) -> String {
    format!("{:.3}", 1000.0 * unit(noise))
}

fn seconds<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    black_box(work());
    start.elapsed().as_secs_f64()
}

fn bare_loop(path: &Path) -> u64 {
    let file = File::open(path).expect("the file just written");
    let bytes: Box<dyn Read> = if path.extension().is_some_and(|extension| extension == "gz") {
        Box::new(MultiGzDecoder::new(BufReader::new(file)))
    } else {
        Box::new(file)
    };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).buffer_capacity(1 << 16).from_reader(bytes);
    let mut record = csv::ByteRecord::new();
    let mut n = 0;
    while reader.read_byte_record(&mut record).expect("a table") {
        n += record.len() as u64;
    }
    n
}

fn read_samples(samples: &Samples) -> usize {
    let reading = Reading::default();
    let data = read(samples, &Blocks::default(), &reading).expect("two samples");
    data.iter().map(|data| data.case.values.len() + data.control.values.len()).sum()
}
