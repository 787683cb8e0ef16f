//! The texts about the command: help, manual page, completions.

use std::fmt::Write as _;
use std::io;

use clap::CommandFactory;
use clap::builder::StyledStr;
use clap_mangen::roff::{Roff, bold, roman};

use super::arguments::Arguments;
use super::topics::{TOPICS, Topic};
use crate::statistic::catalogue::{CATALOGUE, Kind};
use crate::statistic::{AssociationStatistic, GroupStatistic};

pub(super) const ABOUT: &str = "Permutation test: do groups differ, do columns go together, by more than chance?";

pub(super) const LONG_ABOUT: &str = "\
Do two groups differ by more than chance? permtest compares a case group with a control group. If the labels \
case and control meant nothing, any way of dealing them out over the values would have been as likely as the \
one that was observed. permtest counts how often the groups then differ at least as much as they do in the \
data, over all ways of dealing the labels out where that is affordable, else over random ones: that is the p-value.";

pub(super) const USAGE: &str = "\
permtest [OPTIONS] <CASE> <CONTROL>
       permtest [OPTIONS] <DATA> --group <COLUMN>
       permtest [OPTIONS] <DATA> --case <COLUMN> --control <COLUMN>
       permtest [OPTIONS] <DATA> --x <COLUMN> --y <COLUMN>
       permtest [OPTIONS] <DATA> --one-sample
       permtest [OPTIONS] --case-file <FILE>... --control-file <FILE>...
       permtest merge [OPTIONS] <PART>...
       permtest aa [OPTIONS] <DATA>
       permtest statistics
       permtest help [TOPIC]
       permtest completions <SHELL>
       permtest man";

/// A command line and what it does.
struct Example {
    command: &'static str,
    meaning: &'static str,
}

const EXAMPLES: [Example; 17] = [
    Example { command: "permtest new.csv old.csv", meaning: "Two files with one column of numbers each" },
    Example {
        command: "permtest plants.csv --column weight --group treatment --case trt1 --control ctrl",
        meaning: "One file with a row for each plant",
    },
    Example {
        command: "permtest plants.csv --column weight --group treatment",
        meaning: "All of its groups, and then which of them differ",
    },
    Example {
        command: "permtest fish.csv --x lightness --y quality -s spearman",
        meaning: "Whether two columns go together",
    },
    Example {
        command: "permtest times.tsv --case after --control before --alternative less",
        meaning: "One file with a column for each group, to see whether times became shorter",
    },
    Example {
        command: "permtest new.csv old.csv -s median --compare",
        meaning: "Medians, and beside them what t, Mann-Whitney and Kolmogorov-Smirnov say",
    },
    Example {
        command: "permtest new.csv old.csv -s 'quantile(x, 0.99) / quantile(y, 0.99)'",
        meaning: "A statistic of your own",
    },
    Example {
        command: "permtest trial.csv --column score --group arm --pair patient",
        meaning: "Each patient measured in both arms",
    },
    Example {
        command: "permtest new.json old.json --all-columns --alternative greater --min-effect 2% --fail-on significant",
        meaning: "A gate for CI: exit code 1 if any benchmark of hyperfine became slower, by an estimated 2 % or more",
    },
    Example {
        command: "permtest aa old.csv --run day",
        meaning: "How often a gate would raise a false alarm on one and the same version",
    },
    Example {
        command: "permtest new.csv old.csv --method sequential --alpha 0.01",
        meaning: "Only on which side of alpha p lies, as fast as possible",
    },
    Example {
        command: "permtest new.csv old.csv -n 1e8 --seed 7 --json > result.json",
        meaning: "A more precise p-value, for a program to read",
    },
    Example {
        command: "permtest new.csv old.csv -n 1e11 --checkpoint state.json",
        meaning: "A long run that can be interrupted: the same command goes on",
    },
    Example {
        command: "permtest new.csv old.csv -n 1e11 --shard 3/100 -o part-3.json",
        meaning: "A share of it, for permtest merge part-*.json",
    },
    Example {
        command: "cut -f 2 new.tsv | permtest - old.csv -q",
        meaning: "From a pipe; only the p-value is printed",
    },
    Example {
        command: "permtest new.csv old.csv --plot result.svg --report result.html",
        meaning: "A picture, and a page with the numbers and what they mean",
    },
    Example {
        command: "permtest new.csv old.csv --distribution null.npy",
        meaning: "Keep the null distribution, for a figure of your own",
    },
];

/// A short term and its meaning.
struct Entry {
    term: &'static str,
    meaning: &'static str,
}

const EXIT_CODES: [Entry; 5] = [
    Entry { term: "0", meaning: "the test ran, whatever its p-value, and no gate (--fail-on) failed" },
    Entry { term: "1", meaning: "a gate failed, whether or not its report could be written" },
    Entry { term: "2", meaning: "wrong options, unreadable data, or a result that could not be written" },
    Entry { term: "3", meaning: "a gate could not be decided; --on-undecided makes it 0 or 1" },
    Entry {
        term: "130",
        meaning: "interrupted (Ctrl-C, SIGTERM, SIGHUP, SIGXCPU); nothing was written but a checkpoint, if there is one",
    },
];

const ENVIRONMENT: [Entry; 5] = [
    Entry { term: "NO_COLOR", meaning: "if set, no colours, unless --color always" },
    Entry { term: "CLICOLOR", meaning: "0: no colours, unless --color always" },
    Entry { term: "TERM", meaning: "dumb: a terminal is sent plain characters and no progress bar" },
    Entry { term: "GITHUB_STEP_SUMMARY", meaning: "a file to which a gate adds the report in Markdown" },
    Entry { term: "PERMTEST_SIMD", meaning: "off: portable arithmetic instead of the processor's own; same results" },
];

const SUBCOMMANDS: [Entry; 6] = [
    Entry {
        term: "permtest aa <DATA>",
        meaning: "Split one sample again and again, count false alarms, and test whether its rows are exchangeable; see permtest aa --help.",
    },
    Entry {
        term: "permtest merge <PART>...",
        meaning: "Add up the parts of a run that was shared out with --shard; see permtest merge --help.",
    },
    Entry { term: "permtest statistics", meaning: "List the statistics that have a name." },
    Entry { term: "permtest help [TOPIC]", meaning: "Print the help, a page of the guide, or the help of a command." },
    Entry {
        term: "permtest completions <SHELL>",
        meaning: "Print the completions for bash, zsh, fish, powershell or elvish.",
    },
    Entry { term: "permtest man", meaning: "Print this page, in the format of man(1)." },
];

const EXPRESSIONS: &str = "\
Or an expression in x (case), y (control) and pooled:
  'mean(log(x)) - mean(log(y))'            a difference of means of logarithms
  'quantile(x, 0.9) / quantile(y, 0.9)'    a ratio of quantiles
  'mean(x > 3)'                            a share; in x alone, so its difference is tested
Or in columns by their names, in back-quotes where these are no identifiers; --ratio tests the ratio of a summary:
  'sum(revenue) / sum(sessions)'           a ratio of sums in the rows of each group
  'sum(`net price` * n_sold)'              a sum of products
Functions of many values: mean median sum var sd min max n quantile(v, p) trimmed_mean(v, q)
Functions of each value: log log2 log10 log1p exp sqrt abs rank pow(a, b)
Operators: + - * / ^ < <= > >= == !=
";

fn guide() -> Vec<Entry> {
    TOPICS.iter().map(|&Topic { name: term, meaning, .. }| Entry { term, meaning }).collect()
}

pub(super) fn after_short_help() -> String {
    let Example { command, meaning } = &EXAMPLES[0];
    let meaning = meaning.to_lowercase();
    format!("Example: {command}   ({meaning})\nMore, with examples: permtest --help; recipes: permtest help cookbook")
}

/// What a bare `permtest` is answered with.
pub(super) fn hint() -> String {
    let usage = Arguments::command().render_usage().ansi().to_string();
    format!("{ABOUT}\n\n{}\n\n{}\n", usage.trim_end(), after_short_help())
}

/// Clap's help without the blanks at the end of its lines, and with a last line that ends.
pub(super) fn help(rendered: &StyledStr) -> String {
    let text = rendered.ansi().to_string();
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

pub(super) fn after_long_help() -> String {
    let mut text = String::from("Examples:\n");
    for Example { command, meaning } in &EXAMPLES {
        let _ = writeln!(text, "  {meaning}:\n      {command}\n");
    }
    let sections = [
        ("Exit codes", &EXIT_CODES[..], 4),
        ("Environment", &ENVIRONMENT[..], 20),
        ("Guide, by permtest help TOPIC", &guide()[..], 13),
    ];
    for (title, entries, width) in sections {
        let _ = writeln!(text, "{title}:");
        for Entry { term, meaning } in entries {
            let _ = writeln!(text, "  {term:width$} {meaning}");
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

/// The catalogue of statistics, a line each.
pub(super) fn statistics() -> String {
    let sections = [
        (
            Kind::Summary,
            "Summaries of one sample, whose difference case minus control is tested (two-sided: its distance from 0):",
        ),
        (
            Kind::TwoSample,
            "Statistics of both samples (two-sided: for t and welch the distance from 0, for rank sums that from their mean over all labellings):",
        ),
        (
            Kind::Distance,
            "Distances between the two distributions (two-sided: the upper tail; ks has a direction, too):",
        ),
    ];
    let mut text = String::from("Statistics for -s, --statistic\n\n");
    for (kind, title) in sections {
        let _ = writeln!(text, "{title}");
        for entry in CATALOGUE.iter().filter(|entry| entry.kind == kind) {
            let _ = writeln!(text, "  {:<20} {}", entry.to_string(), entry.description);
        }
        text.push('\n');
    }
    text.push_str("Statistics of more than two groups, for --group (the upper tail; trend has a direction):\n");
    for statistic in GroupStatistic::ALL {
        let _ = writeln!(text, "  {:<20} {}", statistic.name(), statistic.description());
    }
    text.push_str("\nStatistics of two columns, for --x and --y:\n");
    for statistic in AssociationStatistic::ALL {
        let _ = writeln!(text, "  {:<20} {}", statistic.name(), statistic.description());
    }
    text.push('\n');
    text + EXPRESSIONS
}

/// The manual page, in roff.
pub(super) fn man() -> String {
    let page = clap_mangen::Man::new(Arguments::command()).manual("User Commands");
    let mut bytes = Vec::new();
    render(&page, &mut bytes).expect("memory takes any number of bytes");
    String::from_utf8(bytes).expect("roff is made of strings")
}

fn render(page: &clap_mangen::Man, target: &mut Vec<u8>) -> io::Result<()> {
    page.render_title(target)?;
    page.render_name_section(target)?;
    page.render_synopsis_section(target)?;
    page.render_description_section(target)?;
    page.render_options_section(target)?;
    let mut roff = Roff::default();
    terms(&mut roff, "COMMANDS", &SUBCOMMANDS);
    roff.control("SH", ["EXAMPLES"]);
    for Example { command, meaning } in &EXAMPLES {
        roff.control("PP", []).text([roman(format!("{meaning}:"))]);
        roff.control("RS", []).control("nf", []).text([roman(*command)]).control("fi", []).control("RE", []);
    }
    terms(&mut roff, "EXIT STATUS", &EXIT_CODES);
    terms(&mut roff, "ENVIRONMENT", &ENVIRONMENT);
    terms(&mut roff, "GUIDE", &guide());
    roff.to_writer(target)
}

fn terms(roff: &mut Roff, title: &str, entries: &[Entry]) {
    roff.control("SH", [title]);
    for Entry { term, meaning } in entries {
        roff.control("TP", []).text([bold(*term)]).text([roman(*meaning)]);
    }
}
