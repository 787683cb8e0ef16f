//! Several groups, associations, one sample and equivalence, as the command tests and reports them.

use serde_json::Value;

use crate::command::{Permtest, permtest};

const TOOTH_GROWTH: &str = include_str!("../../examples/data/toothgrowth.csv");
const TUNA: &str = "x,y\n44.4,2.6\n45.9,3.1\n41.9,2.5\n53.3,5.0\n44.7,3.6\n44.1,4.0\n50.7,5.2\n45.2,2.8\n60.1,3.8\n";

fn tooth_growth(args: &str) -> Permtest {
    permtest().file("d.csv", TOOTH_GROWTH).args(["d.csv"]).args(args.split(' '))
}

fn tuna(args: &str) -> Permtest {
    permtest().file("d.csv", TUNA).args(["d.csv", "--x", "x", "--y", "y"]).args(args.split(' '))
}

fn json(run: Permtest) -> Value {
    serde_json::from_str(&run.args(["--json"]).seen().stdout).unwrap()
}

#[test]
fn three_labels_are_tested_together_and_then_two_by_two() {
    let found = json(tooth_growth("-c len --group dose -n 20000"));
    assert_eq!(found["statistic"], "f");
    // aov(len ~ factor(dose)) in R.
    assert!((found["estimate"].as_f64().unwrap() - 67.415_737_856_742).abs() < 1e-9);
    assert_eq!(found["case"]["mean"], Value::Null);
    let labels: Vec<&str> =
        found["groups"].as_array().unwrap().iter().map(|group| group["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["0.5", "1", "2"]);
    let pairs = found["comparisons"].as_array().unwrap();
    assert_eq!(pairs.len(), 3);
    for pair in pairs {
        assert!(pair["p_value_adjusted"].as_f64().unwrap() >= pair["p_value"].as_f64().unwrap());
        assert_eq!((&pair["statistic"], &pair["adjustment"]), (&"mean".into(), &"closed-testing".into()));
    }
    let with = |args: &str| json(tooth_growth(args))["comparisons"].as_array().unwrap().len();
    assert_eq!(with("-c len --group dose -n 2000 --compare-groups none"), 0);
    assert_eq!(with("-c len --group dose -n 2000 --compare-groups control --control 1"), 2);
    tooth_growth("-c len --group dose -n 2000")
        .stdout_contains("len by dose: 3 groups")
        .stdout_contains("1 \u{2212} 0.5")
        .run();
}

#[test]
fn the_lists_of_groups_are_json_in_a_field_of_csv() {
    let labels = TOOTH_GROWTH.replace(",OJ,", ",\"a b; c\",");
    let run = || permtest().file("d.csv", &labels).args("d.csv -c len --group supp -s f -n 100".split(' '));
    let found = json(run());
    let csv = run().args(["-f", "csv"]).seen().stdout;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let place = reader.headers().unwrap().iter().position(|name| name == "groups").unwrap();
    let cell: Value = serde_json::from_str(&reader.records().next().unwrap().unwrap()[place]).unwrap();
    assert_eq!((&cell, cell[1]["label"].as_str()), (&found["groups"], Some("a b; c")));
}

#[test]
fn a_known_control_comes_first_and_an_order_of_words_is_said() {
    let data = "g,v\ndrug,5\ndrug,6\ndrug,7\nplacebo,1\nplacebo,3\nplacebo,2\nother,4\nother,9\nother,3\n";
    let run = || permtest().file("d.csv", data).args(["d.csv", "--group", "g"]);
    let found = json(run());
    assert_eq!(found["groups"][0]["label"], "placebo");
    let seen = run().args(["-s", "trend"]).seen();
    assert!(seen.stderr.contains("drug,other,placebo; --order"), "{}", seen.stderr);
    run().args(["-s", "trend", "--order", "placebo,other,drug", "-a", "greater"]).stderr("").run();
    run().args(["--order", "placebo,other,other,drug"]).refused(["\"other\" twice"]).run();
}

#[test]
fn adjusted_p_values_are_exact_where_all_labellings_are_few() {
    let data = "g,v\na,1.1\na,2.3\na,2.9\nb,2.2\nb,4.1\nb,3.3\nc,9.0\nc,8.1\nc,7.7\n";
    let run = |seed: &str| {
        let found = json(permtest().file("d.csv", data).args(["d.csv", "--group", "g", "--seed", seed]));
        found["comparisons"].clone()
    };
    assert_eq!(run("1"), run("2"));
    let [low, high] = [0, 1].map(|end| run("1")[0]["p_value_adjusted_interval"][end].as_f64().unwrap());
    assert_eq!(low, high);
}

#[test]
fn words_are_compared_by_their_numbers() {
    let words =
        [("a", "red", 8), ("a", "blue", 2), ("b", "red", 3), ("b", "blue", 7), ("c", "red", 5), ("c", "green", 5)];
    let rows: String =
        words.iter().map(|(group, word, n)| format!("{group},{word}\n").repeat(*n)).collect::<Vec<_>>().concat();
    let run = || permtest().file("d.csv", format!("g,v\n{rows}")).args(["d.csv", "--group", "g"]);
    let found = json(run().args(["-c", "v", "-s", "chi-squared", "-n", "20000"]));
    // chisq.test in R: 19.125 on 4 degrees of freedom.
    let expected = 30.0
        * ([(8.0, 16.0), (2.0, 9.0), (3.0, 16.0), (7.0, 9.0), (5.0, 16.0), (5.0, 5.0)]
            .map(|(observed, column): (f64, f64)| observed * observed / (column * 10.0))
            .iter()
            .sum::<f64>()
            - 1.0);
    assert!((found["estimate"].as_f64().unwrap() - expected).abs() < 1e-9, "{found}");
    run().args(["-c", "v", "-s", "chi-squared", "-n", "2000"]).stdout_contains("green").run();
    run().args(["-s", "chi-squared"]).refused(["no column of them is named", "--column"]).run();
    run().args(["-c", "v"]).refused(["choose a column of numbers"]).run();
}

#[test]
fn two_columns_go_together() {
    tuna("-s mean").refused(["--statistic mean does not relate two columns; choose one of pearson, slope"]).run();
    let p = |args: &str| json(tuna(args))["p_value"].as_f64().unwrap();
    assert_eq!(p("-s kendall"), 43_342.0 / 362_880.0);
    assert_eq!(p("-a greater"), 22_992.0 / 362_880.0);
    let found = json(tuna("-s pearson"));
    assert_eq!((&found["column"], &found["effect_interval_kind"]), (&"y".into(), &"fisher-z".into()));
    tuna("-s slope").stdout_contains("y against x, row by row").run();
    for (args, words) in [
        ("-s median", "does not relate two columns"),
        ("-s mean(x)", "row by row"),
        ("--mu 3", "has no meaning for two columns"),
        ("--compare-groups all", "--group"),
    ] {
        tuna(args).refused([words]).run();
    }
    permtest().file("d.csv", TUNA).args(["d.csv", "--x", "x"]).refused(["without --y"]).run();
}

#[test]
fn one_sample_is_compared_with_a_value() {
    let data = "d\n3.1\n3.2\n0.6\n2.7\n2.1\n4.4\n3.8\n3.9\n";
    let run = |args: &str| permtest().file("d.csv", data).args(["d.csv", "--one-sample"]).args(args.split(' '));
    let values: [f64; 8] = [3.1, 3.2, 0.6, 2.7, 2.1, 4.4, 3.8, 3.9];
    let median = |values: &[f64]| {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        f64::midpoint(sorted[3], sorted[4])
    };
    // Signs by brute force.
    let of = |signs: u32| {
        let flipped =
            values.iter().enumerate().map(|(i, value)| if signs >> i & 1 == 1 { 3.0 - value } else { value - 3.0 });
        median(&flipped.collect::<Vec<f64>>()).abs()
    };
    let expected = (0..256).filter(|&signs| of(signs) >= of(0) - 1e-9).count() as f64 / 256.0;
    for statistic in ["median", "median(x)"] {
        let found = json(run(&format!("--mu 3 -s {statistic}")));
        assert_eq!(found["p_value"].as_f64().unwrap(), expected, "{statistic}");
        assert!((found["estimate"].as_f64().unwrap() - 3.15).abs() < 1e-12, "{found}");
        assert_eq!(found["design"], "one-sample");
    }
    for statistic in ["ks", "welch", "sd", "mean(x>3)"] {
        run(&format!("-s {statistic}")).refused(["where one sample is centred", "median"]).run();
    }
    run("--mu 5%").refused(["in percent", "as a number"]).run();
    let both = permtest().file("d.csv", "a,b\n1,4\n2,5\n4,7\n").args(["d.csv", "--one-sample", "--all-columns", "-q"]);
    assert_eq!(both.seen().stdout.lines().count(), 2);
}

#[test]
fn equivalence_is_shown_by_two_one_sided_tests() {
    let run = |args: &str| tooth_growth(&format!("-c len --group supp --case OJ {args}"));
    let p = |args: &str| json(run(args))["p_value"].as_f64().unwrap();
    let (above, below) = (p("--mu -9 -a greater"), p("--mu 9 -a less"));
    let found = json(run("--equivalence 9"));
    assert_eq!(found["p_value"].as_f64().unwrap(), above.max(below));
    assert_eq!(found["equivalence_margin"], 9.0);
    assert_eq!(found["effect_confidence"], 0.9);
    let [low, high] = [0, 1].map(|end| found["effect_interval"][end].as_f64().unwrap());
    assert!(-9.0 < low && high < 9.0 && found["p_value"].as_f64().unwrap() <= 0.05);
    run("--equivalence 9 --fail-on not-significant").exit(0).run();
    run("--equivalence 4 --fail-on not-significant").exit(1).run();
    run("--equivalence 0").refused(["positive margin"]).run();
    run("--equivalence 5 -a greater").refused(["asks of both sides"]).run();
    tooth_growth("-c len --group dose --equivalence 3").refused(["two groups", "--case"]).run();
}

#[test]
fn shards_add_up_to_the_run_of_groups_and_associations() {
    for data in ["-c len --group dose -s kruskal-wallis", "--x dose --y len -s spearman"] {
        let args = |more: &str| format!("{data} -n 300000 {more}");
        let whole = tooth_growth(&args("--json")).seen().stdout;
        let folder = tempfile::tempdir().unwrap();
        let part = |k: usize| folder.path().join(format!("p{k}")).display().to_string();
        for k in 1..=3 {
            tooth_growth(&args(&format!("--json --shard {k}/3 -o {}", part(k)))).exit(0).run();
        }
        let merged = permtest().args(["merge".to_owned(), part(1), part(2), part(3)]).seen().stdout;
        assert_eq!(merged, whole);
    }
}

#[test]
fn pictures_and_pages_show_each_kind() {
    for args in ["-c len --group dose", "--x dose --y len", "-c len --one-sample --mu 18", "-c len --group dose -q"] {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (plot, page) = (path("p.svg"), path("r.html"));
        tooth_growth(&format!("{args} -n 2000 --plot {plot} --report {page}")).exit(0).run();
        let [svg, html] = [plot, page].map(|path| std::fs::read_to_string(path).unwrap());
        assert!(svg.contains("<circle"), "{args}");
        assert!(!html.contains("(case)") && !html.contains("case minus control"), "{args}");
        assert_eq!(html.contains("Two by two"), args.contains("--group dose"), "{args}");
    }
}
