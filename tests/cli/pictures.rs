//! The histogram in the report, plots, pages.

use std::path::Path;

use crate::command::{Permtest, permtest};

const CASE: &str = "x\n1.2\n3.4\n2.8\n4.1\n5.0\n3.3\n";
const CONTROL: &str = "x\n0.4\n1.9\n2.2\n1.1\n3.0\n";

fn run(arguments: &str) -> Permtest {
    let words = ["a.csv", "b.csv"].into_iter().chain(arguments.split(' '));
    permtest().file("a.csv", CASE).file("b.csv", CONTROL).args(words)
}

/// What a run leaves in a file.
fn left(run: Permtest, file: &str) -> Vec<u8> {
    std::fs::read(run.run().path().join(file)).unwrap()
}

#[test]
fn a_report_that_nobody_watches_has_a_histogram_only_where_it_is_asked_for() {
    let plain = String::from_utf8(left(run("-o out.txt"), "out.txt")).unwrap();
    assert!(!plain.contains("Null distribution"));
    let drawn = String::from_utf8(left(run("--histogram -o out.txt"), "out.txt")).unwrap();
    assert!(drawn.starts_with(&plain), "the drawing comes last");
    assert!(drawn.contains("Null distribution: difference of means\n"), "{drawn}");
    assert!(drawn.contains("▲") && drawn.contains("observed 1.58"), "{drawn}");
    assert!(drawn.lines().all(|line| line.chars().count() <= 80 && !line.ends_with(' ')), "{drawn}");
    let histogram: Vec<&str> = drawn.lines().skip_while(|line| !line.contains("Null distribution")).collect();
    assert!(histogram.len() <= 12, "{drawn}");
}

#[test]
fn ascii_is_ascii() {
    let drawn = left(run("--histogram --ascii --seed 1 -o out.txt"), "out.txt");
    assert!(drawn.is_ascii(), "{}", String::from_utf8_lossy(&drawn));
}

#[test]
fn the_bins_are_in_the_json_where_they_are_asked_for() {
    let json = |arguments: &str| -> serde_json::Value {
        serde_json::from_slice(&left(run(arguments), "out.json")).expect("a line of JSON")
    };
    let plain = json("--json -n 5000 -o out.json");
    assert_eq!(plain.get("histogram"), None);
    let mut binned = json("--json --histogram -n 5000 -o out.json");
    let histogram = binned["histogram"].take();
    let numbers = |name: &str| -> Vec<f64> {
        histogram[name].as_array().expect(name).iter().map(|number| number.as_f64().expect("a number")).collect()
    };
    let (edges, counts, shares) = (numbers("edges"), numbers("counts"), numbers("shares"));
    assert_eq!((edges.len(), counts.len()), (shares.len() + 1, shares.len()));
    let outside = histogram["count_below"].as_f64().unwrap() + histogram["count_above"].as_f64().unwrap();
    assert_eq!(counts.iter().sum::<f64>() + outside, 5000.0);
    assert_eq!(plain["count_greater_equal"], binned["count_greater_equal"]);
    // All at or above the observed statistic lie in bins of their own.
    let first = edges.iter().position(|&edge| edge > binned["estimate"].as_f64().unwrap()).unwrap() - 1;
    assert_eq!(counts[first..].iter().sum::<f64>(), binned["count_greater_equal"].as_f64().unwrap());
    // Exact methods count no labellings one by one.
    let exact = json("--json --histogram --method exact -s mean -o out.json");
    assert!(
        (exact["histogram"]["shares"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).sum::<f64>() - 1.0).abs()
            < 1e-9
    );
}

#[test]
fn markdown_quotes_the_drawing() {
    let markdown = String::from_utf8(left(run("--format markdown --histogram -o out.md"), "out.md")).unwrap();
    assert!(markdown.contains("\n```text\n") && markdown.ends_with("```\n"), "{markdown}");
    assert!(!markdown.contains('\u{1b}'));
}

#[test]
fn tables_and_bare_p_values_have_no_room_for_a_histogram() {
    run("--histogram --format csv").refused(["--histogram", "table", "json"]).run();
    run("--histogram -q").refused(["-q", "--histogram"]).run();
    run("--histogram --no-histogram").refused(["--histogram", "--no-histogram"]).run();
}

#[test]
fn the_same_command_draws_the_same_bytes() {
    for file in ["plot.svg", "plot.png"] {
        let plot = |threads: &str| left(run(&format!("-q -n 150000 -j {threads} --plot {file}")), file);
        let first = plot("1");
        assert_eq!(first, plot("3"), "{file}");
    }
    let page = |seed: &str| left(run(&format!("-q -n 1000 --seed {seed} --report page.html")), "page.html");
    assert_eq!(page("1"), page("1"));
    assert_ne!(page("1"), page("2"));
}

#[test]
fn an_svg_says_what_it_shows_and_a_png_is_one() {
    let svg = String::from_utf8(left(run("-q --plot plot.svg"), "plot.svg")).unwrap();
    assert!(svg.starts_with("<svg role=\"img\" width=\"800\""), "{svg}");
    for words in
        ["<title>x: a (case) against b (control)</title>", "p-value (two-sided)", "observed 1.58", "95 % interval"]
    {
        assert!(svg.contains(words), "{words} in {svg}");
    }
    let png = left(run("-q --plot plot.png"), "plot.png");
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let pixels = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!(pixels(16), 1600);
    assert!(pixels(20) > 1000);
}

#[test]
fn letters_that_pixels_cannot_show_are_named() {
    let plot = |label: &str, file: &str| {
        let table = format!("group,x\n{label},1\n{label},2.5\nб,3\nб,4\n");
        permtest().file("d.csv", table).args(["d.csv", "--group", "group", "--plot", file])
    };
    // Latin, Greek and Cyrillic letters are in the program's own font, also with accents of their own.
    plot("Kontrolle ε е\u{301}", "p.png").stderr("").run();
    plot("שלום", "p.png").stderr_contains("p.png: the letters ולםש are set one by one from the left").run();
    // Nobody has a font with letters that are for private use.
    plot("a\u{10fffd}", "p.png").stderr_contains("p.png: the letters \u{10fffd} are in no font here").run();
    plot("שלום\u{10fffd}", "p.svg").stderr("").run();
}

#[test]
fn labels_are_text_in_every_picture() {
    let data = "<b>g</b>,v&w\n\"<script>alert(1)</script>\",1\n\"<script>alert(1)</script>\",2.5\n\"a & \"\"b\"\"\",3\n\"a & \"\"b\"\"\",4\n";
    for file in ["plot.svg", "page.html"] {
        let option = if file == "plot.svg" { "--plot" } else { "--report" };
        let run = permtest().file("d.csv", data).args(["d.csv", "--group", "<b>g</b>", "-q", option, file]);
        let text = String::from_utf8(left(run, file)).unwrap();
        assert!(!text.contains("<script>alert") && !text.contains("<b>"), "{text}");
        assert!(text.contains("&lt;script&gt;") && text.contains("v&amp;w"), "{text}");
    }
}

#[test]
fn a_page_refers_to_nothing_outside() {
    let page = String::from_utf8(left(run("-q --compare --report page.html"), "page.html")).unwrap();
    let links = page.matches("http").count() - page.matches("http-equiv").count();
    assert_eq!(links, page.matches("xmlns=\"http://www.w3.org/2000/svg\"").count());
    assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"), "{page}");
    assert!(page.contains("permtest a.csv b.csv -q --compare --report page.html"), "{page}");
    assert!(page.contains("Mann-Whitney"), "{page}");
}

#[test]
fn several_columns_are_points_of_a_plot_and_sections_of_a_page() {
    let columns = |arguments: &[&str]| {
        let table = "a,b\n1,5\n2,6\n3,9\n";
        permtest()
            .file("x.csv", table)
            .file("y.csv", "a,b\n2,1\n3,2\n5,1\n")
            .args(["x.csv", "y.csv", "--all-columns"])
            .args(arguments)
    };
    let plot = String::from_utf8(left(columns(&["-q", "--plot", "p.svg"]), "p.svg")).unwrap();
    assert_eq!(plot.matches("<circle").count(), 2);
    assert!(plot.contains("<title>2 columns: x (case) against y (control)</title>"), "{plot}");
    let page = String::from_utf8(left(columns(&["-q", "--report", "p.html"]), "p.html")).unwrap();
    assert_eq!(page.matches("<section").count(), 3);
    assert_eq!(page.matches("aria-sort=\"none\"").count(), 8, "headings to sort by");
}

#[test]
fn files_for_pictures_are_refused_before_anything_is_computed() {
    run("--plot plot.jpg").refused(["--plot plot.jpg", ".svg", ".png"]).run();
    run("--plot p.svg --report p.svg").refused(["--plot", "--report", "p.svg"]).run();
    run("--report a.csv").refused(["--report a.csv", "overwrite"]).run();
    run("--explain --plot p.svg").refused(["--explain", "--plot"]).run();
    run("--explain --report p.html").refused(["--explain", "--report"]).run();
}

#[test]
fn a_picture_that_cannot_be_written_is_an_error_and_leaves_nothing() {
    let folder = run("--plot missing/p.svg").refused(["missing/p.svg"]).run();
    assert!(!folder.path().join("missing").exists());
    if Path::new("/dev/full").exists() {
        run("--report /dev/full").refused(["/dev/full"]).run();
    }
}

#[test]
fn the_smallest_numbers_there_are_have_a_histogram_too() {
    // 3, 2, 3 and 3 times 2^-1074: the mean of two of them is rounded.
    let run = permtest().file("a.csv", "x\n1.5e-323\n1e-323\n1.5e-323\n").file("b.csv", "x\n1.5e-323\n");
    run.args(["a.csv", "b.csv", "--alternative", "less", "--histogram"]).stdout_contains("Null distribution").run();
}

#[test]
fn a_shift_that_leaves_no_finite_differences_is_refused_with_or_without_a_picture() {
    for shift in ["1e308", "-1e308"] {
        for picture in ["", " --plot out.svg", " --report out.html", " --histogram"] {
            for statistic in ["mean", "median", "trimmed-mean:0.1"] {
                run(&format!("--mu={shift} -s {statistic}{picture}"))
                    .refused(["too large to compute differences"])
                    .run();
            }
        }
    }
    run("--mu 4e307 --plot out.svg -s median").run();
}

#[test]
fn names_that_no_picture_can_hold_are_spelt_out() {
    let row =
        |i: usize| [["\u{ffff}a", "\u{fdd0}"][i % 2], "\u{fffe}\u{1}b,", &(i * 7 % 11).to_string(), "\n"].concat();
    let rows: String = (0..20).map(row).collect();
    for file in ["u.svg", "u.png"] {
        let run = permtest().file("u.csv", format!("g\u{1fffe},v\n{rows}"));
        let found = left(run.args(["u.csv", "--group", "1", "-c", "v", "--plot", file]), file);
        if let Ok(svg) = String::from_utf8(found) {
            assert!(
                svg.contains("\\u{fffe}\\u{1}b")
                    && !svg.contains(['\u{fffe}', '\u{ffff}', '\u{fdd0}', '\u{1fffe}', '\u{1}'])
            );
        }
    }
}
