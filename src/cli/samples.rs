//! Files and columns on the command line → where the two samples stand and how their observations belong together.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::arguments::Arguments;
use crate::error::Error;
use crate::settings::{Blocks, ColumnName, Columns, Files, Pairs, Samples, Several, Source, Statistic, Unmatched};
use crate::statistic::{Definition, GroupStatistic};

/// Reads the layout of the data off the number of files and the options that name columns.
pub(super) fn samples(arguments: &Arguments) -> Result<Samples, Error> {
    if !arguments.case_file.is_empty() || !arguments.control_file.is_empty() {
        return several_files(arguments);
    }
    match arguments.files.as_slice() {
        [] => Err(Error::usage(
            "no data file is given",
            "name two files, CASE and CONTROL, or one file with --group COLUMN (- is standard input)",
        )),
        [file] => one_file(file, arguments),
        [case, control] => two_files(case, control, arguments),
        files => Err(Error::usage(
            format!("{} files are given", files.len()),
            "name two, CASE and CONTROL, or put the values into one file and add --group COLUMN",
        )),
    }
}

fn one_file(file: &Path, arguments: &Arguments) -> Result<Samples, Error> {
    let Arguments { column, group, case, control, .. } = arguments;
    if arguments.ignore_unmatched && (group.is_some() || case.is_some()) {
        let what = "--ignore-unmatched is about two files, but one is given";
        return Err(Error::usage(what, "leave it out, or add the other file"));
    }
    if let (Some(case), Some(control)) = (case, control)
        && case == control
    {
        return Err(Error::usage(
            format!("--case and --control both name {case:?}"),
            "name two different groups, one for each",
        ));
    }
    for (given, wanted) in [(&arguments.x, &arguments.y), (&arguments.y, &arguments.x)] {
        if let (Some(column), None) = (given, wanted) {
            let [given, wanted] = if arguments.x.is_some() { ["--x", "--y"] } else { ["--y", "--x"] };
            return Err(Error::usage(
                format!("{given} {column} is given without {wanted}"),
                format!("add {wanted} COLUMN, the numbers that may go together with it"),
            ));
        }
    }
    for (option, is_given) in
        [("--compare-groups", arguments.compare_groups.is_some()), ("--order", !arguments.order.is_empty())]
    {
        if is_given && arguments.group.is_none() {
            return Err(Error::usage(
                format!("{option} is about the groups of --group"),
                "leave it out, or name their column",
            ));
        }
    }
    if let (Some(x), Some(y)) = (&arguments.x, &arguments.y) {
        if x == y {
            return Err(Error::usage(format!("--x and --y both name {x:?}"), "name two different columns"));
        }
        return Ok(Samples::Association { file: source(file), x: ColumnName(x.clone()), y: ColumnName(y.clone()) });
    }
    if arguments.one_sample {
        return Ok(Samples::OneSample { file: source(file), columns: columns_of(arguments) });
    }
    match (group, case, control) {
        (Some(group), case, control) => {
            if column.contains(group) {
                return Err(Error::usage(
                    format!("--column and --group both name {group:?}"),
                    "give the values with --column and the labels with --group",
                ));
            }
            for (place, label) in arguments.order.iter().enumerate() {
                if arguments.order[..place].iter().any(|other| other.trim() == label.trim()) {
                    return Err(Error::usage(format!("--order names {label:?} twice"), "name each label once"));
                }
            }
            if let (Some(_), Ok(statistic)) = (case, GroupStatistic::parse(&arguments.statistic)) {
                let what = format!("--statistic {} compares all groups, and --case names one of two", statistic.name());
                return Err(Error::usage(what, "leave out --case and --control, or choose a statistic of two groups"));
            }
            Ok(Samples::Long {
                file: source(file),
                columns: columns_of(arguments),
                group: ColumnName(group.clone()),
                case: case.clone(),
                control: control.clone(),
                several: Several {
                    is_asked_for: GroupStatistic::parse(&arguments.statistic).is_ok() || !arguments.order.is_empty(),
                    is_ordered: GroupStatistic::parse(&arguments.statistic).is_ok_and(GroupStatistic::has_a_direction),
                    are_words: matches!(GroupStatistic::parse(&arguments.statistic), Ok(GroupStatistic::ChiSquared)),
                    order: arguments.order.iter().map(|label| label.trim().to_owned()).collect(),
                },
            })
        }
        (None, Some(_), Some(_)) if arguments.all_columns => Err(Error::usage(
            "--all-columns stands beside --case and --control, which already name the columns of the values",
            "leave it out, or add --group COLUMN if --case and --control are labels",
        )),
        (None, Some(_), Some(_)) if !column.is_empty() => Err(Error::usage(
            "--column stands beside --case and --control, which already name the columns of the values",
            "leave out --column, or add --group COLUMN if --case and --control are labels",
        )),
        (None, Some(case), Some(control)) => Ok(Samples::Wide {
            file: source(file),
            case: ColumnName(case.clone()),
            control: ColumnName(control.clone()),
        }),
        (None, Some(_), None) => Err(half("--case", "--control")),
        (None, None, Some(_)) => Err(half("--control", "--case")),
        (None, None, None) => {
            Ok(Samples::Alone { file: source(file), columns: columns_of(arguments), unmatched: unmatched(arguments) })
        }
    }
}

/// Only one of the two groups is named, and no column of labels from which the other would follow.
fn half(given: &str, wanted: &str) -> Error {
    Error::usage(
        format!("{given} is given without {wanted}"),
        format!("add {wanted} COLUMN, or --group COLUMN if {given} is a label"),
    )
}

fn two_files(case: &Path, control: &Path, arguments: &Arguments) -> Result<Samples, Error> {
    for (option, is_given) in [("--x and --y", arguments.x.is_some()), ("--one-sample", arguments.one_sample)] {
        if is_given {
            return Err(Error::usage(
                format!("{option} is for one file, and two are given"),
                "leave out one of the files",
            ));
        }
    }
    if arguments.group.is_some() {
        return Err(Error::usage(
            "--group is for one file that holds both groups, but two files are given",
            "leave out --group, or one of the files",
        ));
    }
    for (option, value) in [("--case", &arguments.case), ("--control", &arguments.control)] {
        if value.is_some() {
            return Err(Error::usage(
                format!("{option} is for one file that holds both groups, but two files are given"),
                "leave it out: the first file is the case, the second the control (--column names the column in both)",
            ));
        }
    }
    let (case, control) = (source(case), source(control));
    if case == Source::Stdin && control == Source::Stdin {
        return Err(Error::usage(
            "both files are standard input (-), which can be read only once",
            "save one of the two samples to a file and name it",
        ));
    }
    Ok(Samples::TwoFiles { case, control, columns: columns_of(arguments), unmatched: unmatched(arguments) })
}

fn unmatched(arguments: &Arguments) -> Unmatched {
    if arguments.ignore_unmatched { Unmatched::Ignore } else { Unmatched::Refuse }
}

/// Several files a side.
fn several_files(arguments: &Arguments) -> Result<Samples, Error> {
    let Arguments { files, group, case, control, pair, paired, strata, cluster, .. } = arguments;
    let others = [
        ("FILE", !files.is_empty()),
        ("--group", group.is_some()),
        ("--case", case.is_some()),
        ("--control", control.is_some()),
        ("--pair", pair.is_some()),
        ("--paired", *paired),
        ("--strata", strata.is_some()),
    ];
    if let Some((option, _)) = others.into_iter().find(|(_, is_given)| *is_given) {
        let what =
            format!("{option} stands beside --case-file and --control-file, which already say what the groups are");
        return Err(Error::usage(what, "leave it out"));
    }
    for (option, given) in [("--case-file", &arguments.case_file), ("--control-file", &arguments.control_file)] {
        if given.is_empty() {
            return Err(Error::usage(
                format!("{option} is missing beside the files of the other side"),
                format!("add {option} FILE"),
            ));
        }
    }
    let files = match cluster.as_deref() {
        None => Files::Pooled,
        Some("file") => Files::Clusters,
        Some(other) => {
            let what = format!("with several files a side the cluster is the file, not {other:?}");
            return Err(Error::usage(
                what,
                "say --cluster file, or put the files into one with a column for each option",
            ));
        }
    };
    let case = sources("--case-file", &arguments.case_file)?;
    let control = sources("--control-file", &arguments.control_file)?;
    if let Some(both) = case.iter().find(|file| control.contains(file)) {
        let what = format!("{} is both a file of the case and one of the control", both.name());
        return Err(Error::usage(what, "name each file once"));
    }
    Ok(Samples::Several { case, control, columns: columns_of(arguments), unmatched: unmatched(arguments), files })
}

/// The files that were named, and those that match a pattern, in the order of their names.
fn sources(option: &str, files: &[PathBuf]) -> Result<Vec<Source>, Error> {
    let mut found: Vec<PathBuf> = Vec::new();
    for file in files {
        if file.as_os_str() == "-" {
            let what = format!("standard input (-) cannot be one of several files after {option}");
            return Err(Error::usage(what, "save it to a file and name that"));
        }
        let text = file.to_string_lossy();
        if file.exists() || !text.contains(['*', '?', '[']) {
            found.push(file.clone());
            continue;
        }
        let matching = glob::glob(&text).map_err(|error| {
            Error::usage(format!("{option} {text} is no pattern: {}", error.msg), "write it as in 'new-*.json'")
        })?;
        let mut matching = matching.filter_map(Result::ok).peekable();
        if matching.peek().is_none() {
            // Where parts of a run are merged its files need not be; and elsewhere reading says that there is none.
            found.push(file.clone());
        }
        found.extend(matching);
    }
    let mut seen = HashSet::new();
    if let Some(twice) = found.iter().find(|file| !seen.insert(*file)) {
        return Err(Error::usage(format!("{option} names {} twice", twice.display()), "name each file once"));
    }
    Ok(found.into_iter().map(Source::File).collect())
}

/// Which columns, or benchmarks, are tested.
fn columns_of(arguments: &Arguments) -> Columns {
    match (&arguments.column[..], &arguments.columns) {
        ([], Some(pattern)) => Columns::Matching(pattern.clone()),
        ([], None) if arguments.all_columns => Columns::ALL,
        ([], None) => Columns::Sole,
        (names, _) => Columns::Named(names.iter().cloned().map(ColumnName).collect()),
    }
}

/// The columns of one test, if it is about several: those that an expression names, or that a program asks for.
pub(super) fn of_one_test(arguments: &Arguments, statistic: &Statistic) -> Result<Option<Columns>, Error> {
    let named = [
        ("--column", !arguments.column.is_empty()),
        ("--columns", arguments.columns.is_some()),
        ("--all-columns", arguments.all_columns),
        ("--ignore-unmatched", arguments.ignore_unmatched),
        ("--together", arguments.together),
    ];
    let of_expression = match statistic {
        Statistic::Defined(Definition::Expression(parsed)) => &parsed.columns[..],
        _ => &[],
    };
    match (of_expression, statistic) {
        ([first, ..], _) => {
            if let Some((option, _)) = named.into_iter().find(|(_, is_given)| *is_given) {
                let what = format!(
                    "{option} stands beside an expression that names its columns itself, such as {}",
                    first.name
                );
                return Err(Error::usage(what, "leave it out, or write x for the values of a tested column"));
            }
            let names = of_expression.iter().map(|column| ColumnName(column.name.clone())).collect();
            Ok(Some(Columns::Together { names, of_expression: of_expression.to_vec() }))
        }
        ([], _) if !arguments.together => Ok(None),
        ([], Statistic::Defined(_) | Statistic::Function(_) | Statistic::Several(_) | Statistic::Association(_)) => {
            let what = "--together is about the columns that a program gets, and none computes the statistic";
            Err(Error::usage(what, "leave it out, and name columns in an expression, as in sum(a) / sum(b)"))
        }
        ([], Statistic::Program(_)) if arguments.column.is_empty() => {
            Err(Error::usage("--together needs to know which columns the program gets", "name each with --column"))
        }
        ([], Statistic::Program(_)) => {
            let names = arguments.column.iter().cloned().map(ColumnName).collect();
            Ok(Some(Columns::Together { names, of_expression: Vec::new() }))
        }
    }
}

/// The same samples with columns of one test.
pub(super) fn together(samples: Samples, columns: Columns) -> Result<Samples, Error> {
    Ok(match samples {
        Samples::TwoFiles { case, control, unmatched, .. } => Samples::TwoFiles { case, control, columns, unmatched },
        Samples::Several { case, control, unmatched, files, .. } => {
            Samples::Several { case, control, columns, unmatched, files }
        }
        Samples::Alone { file, unmatched, .. } => Samples::Alone { file, columns, unmatched },
        Samples::Long { file, group, case, control, several, .. } => {
            Samples::Long { file, columns, group, case, control, several }
        }
        Samples::Wide { .. } => {
            let what =
                "a statistic of several columns has no meaning where --case and --control are columns themselves";
            return Err(Error::usage(what, "give a file with a row for each observation, and --group COLUMN"));
        }
        Samples::Association { .. } | Samples::OneSample { .. } => {
            let what = "a statistic of several columns compares two groups";
            return Err(Error::usage(what, "name the column of their labels with --group, or write x and y"));
        }
    })
}

/// Reads how observations belong together, and compares the columns that say it with those of the samples.
pub(super) fn blocks(arguments: &Arguments, samples: &Samples) -> Result<Blocks, Error> {
    let Arguments { paired, pair, strata, cluster, .. } = arguments;
    let pairs = match (paired, pair) {
        (true, Some(_)) => {
            return Err(Error::usage(
                "--paired stands beside --pair: pairs go either by the order of the rows or by their ids",
                "leave out one of the two",
            ));
        }
        (false, Some(_)) if matches!(samples, Samples::Wide { .. }) => {
            return Err(Error::usage(
                "--pair is for files with a row for each observation, but with a column for each group a row is a pair \
                 already",
                "say --paired instead",
            ));
        }
        (true, None) if matches!(samples, Samples::Long { .. }) => {
            return Err(Error::usage(
                "--paired stands beside --group, where the order of the rows does not say which belong together",
                "name the column with the ids of the pairs with --pair COLUMN",
            ));
        }
        // An x and its y stand in one row, and so do a value and what it is compared with.
        (false, None) if matches!(samples, Samples::Association { .. }) => Some(Pairs::ByOrder),
        (true, None) => Some(Pairs::ByOrder),
        (false, Some(column)) => Some(Pairs::ById(ColumnName(column.clone()))),
        (false, None) => None,
    };
    tell_apart(columns(samples), [("--pair", pair), ("--strata", strata), ("--cluster", cluster)])?;
    let name = |column: &Option<String>| column.clone().map(ColumnName);
    // Of several files the cluster is the file.
    let clusters = if matches!(samples, Samples::Several { .. }) { None } else { name(cluster) };
    Ok(Blocks { pairs, strata: name(strata), clusters })
}

/// The options that name columns of values and labels, with these columns.
fn columns<'a>(samples: &'a Samples) -> Vec<(&'static str, &'a str)> {
    let values = |columns: &'a Columns| columns.names().iter().map(|name| (columns.option(), name)).collect::<Vec<_>>();
    let columns = match samples {
        Samples::TwoFiles { columns, .. }
        | Samples::Several { columns, .. }
        | Samples::Alone { columns, .. }
        | Samples::OneSample { columns, .. } => values(columns),
        Samples::Long { columns, group, .. } => [values(columns), vec![("--group", group)]].concat(),
        Samples::Wide { case, control, .. } => vec![("--case", case), ("--control", control)],
        Samples::Association { x, y, .. } => vec![("--x", x), ("--y", y)],
    };
    columns.into_iter().map(|(option, column)| (option, column.0.as_str())).collect()
}

/// Refuses a key column that an option before it names already.
fn tell_apart<'a>(
    mut known: Vec<(&'static str, &'a str)>,
    keys: [(&'static str, &'a Option<String>); 3],
) -> Result<(), Error> {
    for (option, column) in keys {
        let Some(column) = column else { continue };
        if let Some((other, _)) = known.iter().find(|(_, name)| name == column) {
            return Err(Error::usage(
                format!("{other} and {option} both name {column:?}"),
                "name two different columns, one for each",
            ));
        }
        known.push((option, column));
    }
    Ok(())
}

pub(super) fn source(file: &Path) -> Source {
    if file.as_os_str() == "-" { Source::Stdin } else { Source::File(file.to_owned()) }
}

/// The files that the samples are read from; standard input may be one of them.
pub(super) fn paths(samples: &Samples) -> Vec<&Path> {
    let sources = match samples {
        Samples::TwoFiles { case, control, .. } => vec![case, control],
        Samples::Several { case, control, .. } => case.iter().chain(control).collect(),
        Samples::Long { file, .. }
        | Samples::Wide { file, .. }
        | Samples::Alone { file, .. }
        | Samples::Association { file, .. }
        | Samples::OneSample { file, .. } => vec![file],
    };
    sources.into_iter().map(path).collect()
}

fn path(source: &Source) -> &Path {
    match source {
        Source::Stdin => Path::new("/dev/stdin"),
        Source::File(path) => path,
    }
}
