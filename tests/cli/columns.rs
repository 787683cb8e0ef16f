//! Many columns under the same labellings: a table, adjusted p-values, shards, files of the null distribution.

use std::io::Read as _;
use std::path::Path;

use flate2::read::GzDecoder;

use crate::command::{Permtest, permtest};

/// Six columns over twenty rows: `a` differs between the groups, `b` is its opposite, `c` lacks a value, `d` is constant.
fn table() -> String {
    let row = |i: usize| {
        let (label, shift) = if i < 9 { ("new", 90) } else { ("old", 0) };
        let noise = |step: usize| (i * step % 101) as i64 - 50;
        let a = noise(37) + shift;
        let c = if i == 4 { String::new() } else { (noise(53) + shift / 2).to_string() };
        format!("{label},{a},{},{c},7,{},{}", -a, noise(17), noise(71))
    };
    format!("arm,a,b,c,d,e,f\n{}\n", (0..20).map(row).collect::<Vec<_>>().join("\n"))
}

fn run(options: &str) -> Permtest {
    let line = format!("t.csv --group arm --case new --control old --missing drop {options}");
    permtest().args(line.split(' ').filter(|word| !word.is_empty())).file("t.csv", table())
}

/// The cells of a table with a header line, by its columns.
fn cells(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    (0..names.len()).map(|column| rows.iter().map(|row| row[column].to_owned()).collect()).collect()
}

fn column(csv: &str, name: &str) -> Vec<String> {
    let header = csv.lines().next().unwrap();
    let place = csv::Reader::from_reader(header.as_bytes()).headers().unwrap().iter().position(|field| field == name);
    cells(csv).swap_remove(place.unwrap_or_else(|| panic!("{name} is a field of {header}")))
}

fn numbers(cells: &[String]) -> Vec<f64> {
    cells.iter().map(|cell| cell.parse().unwrap()).collect()
}

fn unpacked(path: &str) -> String {
    let file = std::fs::File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_genes_of_leukaemia_are_those_of_multtest() {
    // R, multtest 2.66: mt.maxT(golub, golub.cl, test = "t", B = 10000).
    let golub = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/golub.csv.gz");
    let options = "--group class --case 1 --control 0 --all-columns -s welch -n 10000 -f csv";
    let seen = permtest().args([golub.as_os_str()]).args(options.split(' ')).seen();
    let ours: std::collections::HashMap<String, [f64; 2]> = column(&seen.stdout, "column")
        .into_iter()
        .zip(numbers(&column(&seen.stdout, "estimate")))
        .zip(numbers(&column(&seen.stdout, "p_value_adjusted")))
        .map(|((gene, t), p)| (gene, [t, p]))
        .collect();
    assert_eq!(column(&seen.stdout, "adjustment")[0], "maxt");
    let theirs = unpacked("tests/data/golub/maxT.csv.gz");
    let genes = column(&theirs, "gene");
    assert_eq!(genes.len(), 3051);
    let (t, p) = (numbers(&column(&theirs, "t")), numbers(&column(&theirs, "p_adjusted")));
    for (gene, (t, p)) in genes.iter().zip(t.into_iter().zip(p)) {
        let [own_t, own_p] = ours[gene];
        assert!((own_t - t).abs() <= 1e-5 * t.abs(), "{gene}: t {own_t}, not {t}");
        // Both are counts of 10,000: 4.5 standard errors of their difference, and two counts.
        let bound = 4.5 * (2.0 * p * (1.0 - p) / 1e4).sqrt() + 2e-4;
        assert!((own_p - p).abs() <= bound, "{gene}: adjusted p {own_p}, not {p}");
    }
    let small = ours.values().filter(|[_, p]| *p < 0.05).count();
    assert!((85..=97).contains(&small), "{small} genes, not 91");
}

#[test]
fn a_table_shows_the_smallest_p_first() {
    let seen = run("--all-columns -n 2000").seen();
    let lines: Vec<&str> = seen.stdout.lines().collect();
    assert_eq!(lines[0], "6 columns by arm: new (case) against old (control)");
    let names: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    let rows: Vec<&str> = names.into_iter().filter(|name| name.len() == 1 && *name != "*").collect();
    assert_eq!(rows[..2], ["a", "b"]);
    assert_eq!(rows.len(), 6, "{rows:?}");
    assert!(seen.stdout.contains("(d) all values are equal"), "{}", seen.stdout);
    assert!(seen.stdout.contains("* 2 of 6 columns have an adjusted p-value of no more than 0.05."), "{}", seen.stdout);
    assert!(seen.stdout.contains("by the largest statistic of each labelling (maxT,"));
    for line in &lines {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn order_number_and_details_are_as_asked() {
    let order = |options: &str, expected: &[&str]| {
        assert_eq!(column(&run(&format!("--all-columns -n 500 -f csv {options}")).seen().stdout, "column"), expected);
    };
    order("", &["a", "b", "c", "d", "e", "f"]);
    order("--sort p --top 2", &["a", "b"]);
    order("--sort name --top 3", &["a", "b", "c"]);
    run("--columns [ab] -n 500 --sort file --top 1 --details")
        .stdout_contains("1 of 2 columns are shown.")
        .stdout_contains("a by arm: new (case) against old (control)")
        .run();
    run("--columns z* -n 500").exit(2).stderr_contains("no column fits the pattern z*").run();
}

#[test]
fn a_column_that_numbers_the_rows_is_not_among_all_columns() {
    let numbered = |line: (usize, &str)| match line {
        (0, header) => format!("id,{header}\n"),
        (row, line) => format!("{row},{line}\n"),
    };
    let table = || table().lines().enumerate().map(numbered).collect::<String>();
    let run = |options: &str| run(options).file("t.csv", table());
    let note = "permtest: note: t.csv: left out, as it seems to number the rows: id; --column tests it nevertheless\n";
    let seen = run("--all-columns -n 500 -f csv").seen();
    assert_eq!(column(&seen.stdout, "column"), ["a", "b", "c", "d", "e", "f"]);
    assert!(seen.stderr.contains(note), "{}", seen.stderr);
    assert_eq!(column(&run("-c id -c a -n 500 -f csv").seen().stdout, "column"), ["id", "a"]);
    assert_eq!(column(&run("--columns id -n 500 -f csv").seen().stdout, "column"), ["id"]);
}

#[test]
fn columns_of_one_table_have_their_labellings_in_common() {
    let folder = run("-c a -c b -n 1000 -q --distribution null.csv").run();
    let text = std::fs::read_to_string(folder.path().join("null.csv")).unwrap();
    assert_eq!(text.lines().next(), Some("a,b"));
    let [a, b] = [column(&text, "a"), column(&text, "b")].map(|cells| numbers(&cells));
    assert_eq!(a.len(), 1000);
    assert!(a.iter().zip(&b).all(|(a, b)| *a == -*b), "exact negatives");
    let folder = run("-c a -c b -n 1000 -q --distribution null.npy").run();
    let bytes = std::fs::read(folder.path().join("null.npy")).unwrap();
    assert!(String::from_utf8_lossy(&bytes[..128]).contains("'shape': (1000, 2)"));
    assert_eq!(bytes.len(), 128 + 8 * 2000);
    assert_eq!(f64::from_le_bytes(bytes[128 + 16..128 + 24].try_into().unwrap()), a[1]);
}

#[test]
fn where_each_is_tested_in_its_own_way_holm_adjusts_and_where_labellings_are_drawn_their_extremes_do() {
    let adjustment = |options: &str| {
        let seen = run(&format!("-c a -c c {options} -f csv")).seen();
        column(&seen.stdout, "adjustment").swap_remove(0)
    };
    assert_eq!(adjustment(""), "holm");
    assert_eq!(adjustment("-n 500"), "maxt");
    assert_eq!(adjustment("-n 500 -s median"), "minp");
    assert_eq!(adjustment("-n 500 --two-sided doubled"), "minp");
    assert_eq!(adjustment("--adjust by"), "by");
    assert_eq!(adjustment("--adjust none"), "");
    assert_eq!(adjustment("--method sequential"), "");
    run("-c a -c c -s median --adjust maxt").exit(2).stderr_contains("no scale that all columns share").run();
    run("-c a -c c --method splitting --adjust maxt")
        .exit(2)
        .stderr_contains("--method splitting is for one column")
        .run();
    run("-c a -c c --adjust maxt --explain")
        .stdout_contains("exact, enumeration   1.7e5 labellings")
        .stdout_contains("All 2 columns see the same relabellings. Chosen: exact, enumeration")
        .run();
    // Where labellings are few all of them are counted.
    let few = run("-c a -c c --adjust maxt -f csv").seen().stdout;
    assert_eq!(column(&few, "algorithm"), ["enumeration", "enumeration"]);
}

#[test]
fn tests_of_rows_of_their_own_have_no_labellings_in_common() {
    let results = |times: [f64; 2]| {
        let result = |(name, first): (&str, f64)| {
            let times: Vec<f64> = (0..6).map(|i| first + f64::from(i) / 100.0).collect();
            format!(r#"{{"command":"{name}","mean":1.0,"times":{times:?}}}"#)
        };
        let both: Vec<String> = ["ls", "cat"].into_iter().zip(times).map(result).collect();
        format!(r#"{{"results":[{}]}}"#, both.join(","))
    };
    let run = |option: &str| {
        let files = permtest().file("new.json", results([1.0, 2.0])).file("old.json", results([1.5, 2.0]));
        files.args("new.json old.json --all-columns".split(' ')).args(option.split(' '))
    };
    run("--adjust maxt").refused(["--adjust maxt", "2 tests of their own", "--adjust holm"]).run();
    run("--distribution d.csv").refused(["--distribution", "2 tests of their own"]).run();
    run("--adjust holm -n 500").stdout_contains("by Holm's method").run();
}

#[test]
fn the_gate_goes_by_the_adjusted_p() {
    run("--columns [ae] -n 2000 --fail-on significant")
        .exit(1)
        .stderr("permtest: gate fails: 1 of 2 tests significant at alpha 0.05: a\n")
        .run();
}

#[test]
fn shards_and_checkpoints_of_many_columns_print_the_bytes_of_a_single_run() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t.csv"), table()).unwrap();
    let run = |options: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_permtest"));
        let output = command.args(options.split(' ')).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{options}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let test = "t.csv --group arm --case new --control old --missing drop --all-columns -n 300k";
    for format in ["json", "text", "markdown"] {
        let whole = run(&format!("{test} -f {format}"));
        for shard in 1..=3 {
            run(&format!("{test} -f {format} --shard {shard}/3 -o part-{shard}.json"));
        }
        assert_eq!(run("merge part-3.json part-1.json part-2.json"), whole);
        assert_eq!(run(&format!("{test} -f {format} --checkpoint {format}.json")), whole);
        // It goes on from there.
        assert_eq!(run(&format!("{test} -f {format} --checkpoint {format}.json")), whole);
    }
    let mut minp = std::process::Command::new(env!("CARGO_BIN_EXE_permtest"));
    let options = format!("{test} --adjust minp --shard 1/3 -o p.json");
    let refused = minp.args(options.split(' ')).current_dir(folder.path()).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("which no shard has"));
}

#[cfg(unix)]
#[test]
fn a_program_sees_the_same_labellings_in_all_columns() {
    // The sum of the case values; the control values follow a tab.
    let program = "import sys\nfor line in sys.stdin:\n    case = line.split('\\t')[0].split()\n    \
                   print(sum(map(float, case)), flush=True)\n";
    let run = |options: &str| {
        let run = run(&format!("-c a -c b -n 200 {options}")).file("sum.py", program);
        run.args(["--statistic-command", "python3 sum.py"])
    };
    let folder = run("--adjust minp -q --distribution null.csv").run();
    let text = std::fs::read_to_string(folder.path().join("null.csv")).unwrap();
    let [a, b] = [column(&text, "a"), column(&text, "b")].map(|cells| numbers(&cells));
    assert!(a.len() == 200 && a.iter().zip(&b).all(|(a, b)| *a == -*b), "exact negatives");
    let seen = run("--adjust minp -f csv").seen();
    let [p, adjusted] = ["p_value", "p_value_adjusted"].map(|name| numbers(&column(&seen.stdout, name)));
    assert_eq!((p[0], adjusted[0]), (p[1], adjusted[1]));
}

#[test]
fn threads_and_instructions_change_no_byte() {
    let whole = run("--all-columns -n 200k -f json -j 1").seen().stdout;
    run("--all-columns -n 200k -f json -j 7").stdout(&whole).run();
    run("--all-columns -n 200k -f json").environment("PERMTEST_SIMD", "off").stdout(&whole).run();
    let minp = run("--all-columns -n 20k -s median --interval none -f json -j 1").seen().stdout;
    run("--all-columns -n 20k -s median --interval none -f json -j 3").stdout(&minp).run();
}
