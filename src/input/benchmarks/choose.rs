//! Which benchmark is meant: by name, by a part of it that no other has, by number, or because only one is in both files.

use std::collections::{HashMap, HashSet, VecDeque};

use super::super::{column, excerpt};
use super::Results;
use super::entry::{Entry, Rank};
use crate::error::{Error, Place};
use crate::escape;
use crate::settings::{ColumnName, Columns, Unmatched};

/// Characters of a name that a remedy can quote whole.
const QUOTED_WHOLE: usize = 40;

/// The whole name of a benchmark of which the user gave a part that no other has; else what the user gave.
fn whole(results: &Results, given: &ColumnName) -> ColumnName {
    match (named(results, given, ""), &with_part(results, given.0.trim())[..]) {
        (Ok(None), [only]) => ColumnName(results.entries[*only].name.clone()),
        _ => given.clone(),
    }
}

/// The benchmarks with a text in their names: those that are measured beside others only if there are no others.
fn with_part(results: &Results, part: &str) -> Vec<usize> {
    let all = matching(results, |entry| !part.is_empty() && entry.name.contains(part));
    let first: Vec<_> = all.iter().copied().filter(|&index| results.entries[index].rank == Rank::First).collect();
    if first.is_empty() { all } else { first }
}

/// Finds the benchmark that the user named with an option such as `--column`.
///
/// # Errors
/// [`Error::Input`] if there is no such benchmark, or more than one.
pub fn find(results: &Results, name: &ColumnName, option: &str) -> Result<usize, Error> {
    called(results, &whole(results, name), option)
}

/// The benchmark that is called so, or has that number.
fn called(results: &Results, name: &ColumnName, option: &str) -> Result<usize, Error> {
    named(results, name, option)?.ok_or_else(|| absent(results, name.0.trim(), option))
}

/// The benchmark that is called so, or has that number, if there is one.
fn named(results: &Results, name: &ColumnName, option: &str) -> Result<Option<usize>, Error> {
    let wanted = name.0.trim();
    for called_so in [
        matching(results, |entry| entry.name.trim() == wanted),
        matching(results, |entry| entry.other_names.iter().any(|other| other.trim() == wanted)),
    ] {
        match called_so[..] {
            [only] => return Ok(Some(only)),
            [] => {}
            [first, ..] => {
                let numbers = called_so.iter().map(|index| (index + 1).to_string()).collect::<Vec<_>>().into_iter();
                let quoted = excerpt::quote(wanted.as_bytes());
                let numbers = excerpt::list(numbers);
                let what = format!("{} benchmarks are called {quoted}: numbers {numbers}", called_so.len());
                let remedy = format!("say which by its number, as in {option} {}", first + 1);
                return Err(Error::input(Place::file(&results.file), what, remedy));
            }
        }
    }
    let is_number = wanted.bytes().all(|byte| byte.is_ascii_digit());
    let number =
        wanted.parse::<usize>().ok().filter(|number| is_number && (1..=results.entries.len()).contains(number));
    Ok(number.map(|number| number - 1))
}

fn matching(results: &Results, is_meant: impl Fn(&Entry) -> bool) -> Vec<usize> {
    (0..results.entries.len()).filter(|&index| is_meant(&results.entries[index])).collect()
}

/// The error for a benchmark that is not in a file.
fn absent(results: &Results, wanted: &str, option: &str) -> Error {
    let n = results.entries.len();
    let quoted = excerpt::quote(wanted.as_bytes());
    if let several @ [first, _, ..] = &with_part(results, wanted)[..] {
        let list = labels(several.iter().map(|&index| &results.entries[index]));
        let what = format!("{} benchmarks have {quoted} in their names: {list}", several.len());
        let remedy = format!("say which, as in {option} {}", choice(results, *first));
        return Error::input(Place::file(&results.file), what, remedy);
    }
    let what = match &results.entries[..] {
        [only] => format!("no benchmark is called {quoted}; the only one is {}", only.label()),
        all => format!("no benchmark is called {quoted}; they are {}", labels(all)),
    };
    let short =
        results.entries.iter().map(|entry| entry.name.as_str()).filter(|name| name.chars().count() <= QUOTED_WHOLE);
    let remedy = match column::nearest(short, wanted) {
        Some(name) => format!("did you mean {option} {}?", escape::typed(name)),
        None if n == 1 => format!("measure it for this file, too, or say {option} 1"),
        None => format!("measure it for this file, too, or say {option} with one of these, or a number from 1 to {n}"),
    };
    Error::input(Place::file(&results.file), what, remedy)
}

/// The names of benchmarks for a sentence.
pub fn labels<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> String {
    let names: Vec<_> = entries.into_iter().map(|entry| entry.name.as_str()).collect();
    excerpt::list(excerpt::apart(&names).into_iter().map(|name| format!("\"{name}\"")))
}

/// Finds the benchmarks of two files that belong together, and a note about others.
///
/// # Errors
/// [`Error::Input`] if there is none, if one is meant and there are more, or if one is in one file only and that is not to be
/// ignored.
pub fn pairs(
    case: &Results,
    control: &Results,
    columns: &Columns,
    unmatched: Unmatched,
) -> Result<(Vec<[usize; 2]>, Vec<String>), Error> {
    let (mut pairs, mut lone) = (Vec::new(), Vec::new());
    match columns {
        Columns::Sole => pairs.push(sole_pair(case, control)?),
        Columns::Named(names) => {
            for name in names {
                // A part of a name means the same benchmark in both files.
                let is_of_case =
                    !matches!(named(case, name, ""), Ok(None)) || !with_part(case, name.0.trim()).is_empty();
                let name = &whole(if is_of_case { case } else { control }, name);
                match (called(case, name, "--column"), called(control, name, "--column")) {
                    (Ok(one), Ok(other)) => pairs.push([one, other]),
                    (Ok(one), Err(_)) if unmatched == Unmatched::Ignore => lone.push((case, one)),
                    (Err(_), Ok(other)) if unmatched == Unmatched::Ignore => lone.push((control, other)),
                    (Err(error), _) | (_, Err(error)) => return Err(error),
                }
            }
        }
        Columns::Together { .. } => {
            let what = "results of benchmarks have no columns for a statistic of several";
            return Err(Error::input(Place::file(&case.file), what, "write x for the times, as in mean(x)"));
        }
        Columns::Matching(pattern) => {
            let is_called_so = |results: &Results, index: usize| pattern.matches(&results.entries[index].name);
            let others: Vec<_> =
                candidates(control).into_iter().filter(|&index| is_called_so(control, index)).collect();
            // Of several with one name each is taken once, in order.
            let mut free: HashMap<&str, VecDeque<usize>> = HashMap::new();
            for &other in &others {
                free.entry(&control.entries[other].name).or_default().push_back(other);
            }
            for one in candidates(case).into_iter().filter(|&index| is_called_so(case, index)) {
                match free.get_mut(case.entries[one].name.as_str()).and_then(VecDeque::pop_front) {
                    Some(other) => pairs.push([one, other]),
                    None => lone.push((case, one)),
                }
            }
            let taken: HashSet<usize> = pairs.iter().map(|pair| pair[1]).collect();
            lone.extend(others.into_iter().filter(|other| !taken.contains(other)).map(|other| (control, other)));
        }
    }
    let (mut ones, mut others) = (HashSet::new(), HashSet::new());
    if let Some([twin, _]) = pairs.iter().find(|[one, other]| !(ones.insert(*one) & others.insert(*other))) {
        return Err(Error::usage(
            format!("--column names {} twice", case.entries[*twin].label()),
            "name each benchmark once",
        ));
    }
    let list = || {
        let names: Vec<_> = lone.iter().map(|(results, index)| results.entries[*index].name.as_str()).collect();
        let names = excerpt::apart(&names).into_iter().zip(&lone);
        excerpt::list(names.map(|(name, (results, _))| format!("\"{name}\" ({})", results.file)))
    };
    match unmatched {
        _ if pairs.is_empty() => Err(nothing_shared(case, control, &candidates(case), &candidates(control))),
        _ if lone.is_empty() => Ok((pairs, Vec::new())),
        Unmatched::Refuse => {
            let what = format!("only one of the two files has {}", list());
            Err(Error::input(Place::file(&control.file), what, "measure it for both, or say --ignore-unmatched"))
        }
        Unmatched::Ignore => {
            let note = format!("left out, as only one of the two files has it: {}", list());
            Ok((pairs, vec![note]))
        }
    }
}

/// Finds the benchmark that was named, or the only one.
///
/// # Errors
/// [`Error::Input`] if there is none or more than one.
pub fn sole(results: &Results, columns: &Columns) -> Result<usize, Error> {
    match (columns.names(), &candidates(results)[..]) {
        ([name, ..], _) => find(results, name, "--column"),
        ([], [only]) => Ok(*only),
        ([], several) => {
            let list = labels(several.iter().map(|&index| &results.entries[index]));
            let what = format!("{} benchmarks are in the file: {list}", several.len());
            let remedy = format!("say which with --column NAME, as in --column {}", choice(results, several[0]));
            Err(Error::input(Place::file(&results.file), what, remedy))
        }
    }
}

/// Finds the only benchmark in each of two files, or the only one in both.
fn sole_pair(case: &Results, control: &Results) -> Result<[usize; 2], Error> {
    let [ones, others] = [candidates(case), candidates(control)];
    if let ([one], [other]) = (&ones[..], &others[..]) {
        return Ok([*one, *other]);
    }
    let names: HashSet<&str> = others.iter().map(|&other| control.entries[other].name.as_str()).collect();
    let shared: Vec<_> =
        ones.iter().copied().filter(|&index| names.contains(case.entries[index].name.as_str())).collect();
    match shared[..] {
        [] => Err(nothing_shared(case, control, &ones, &others)),
        [only] => Ok([only, find(control, &ColumnName(case.entries[only].name.clone()), "--column")?]),
        [first, ..] => {
            let list = labels(shared.iter().map(|&index| &case.entries[index]));
            let what = format!("{} benchmarks are in both files: {list}", shared.len());
            let is_whole = shared.len() == ones.len() && shared.len() == others.len();
            let all = if is_whole { "--all-columns" } else { "--all-columns --ignore-unmatched" };
            let remedy = format!(
                "say which with --column NAME, as in --column {}, or test each with {all}",
                choice(case, first)
            );
            Err(Error::input(Place::file(&case.file), what, remedy))
        }
    }
}

/// The benchmarks that may be meant where none is named: not those that are measured beside others.
pub fn candidates(results: &Results) -> Vec<usize> {
    let first = matching(results, |entry| entry.rank == Rank::First);
    if first.is_empty() { matching(results, |_| true) } else { first }
}

fn nothing_shared(case: &Results, control: &Results, ones: &[usize], others: &[usize]) -> Error {
    let here = labels(others.iter().map(|&index| &control.entries[index]));
    let there = labels(ones.iter().map(|&index| &case.entries[index]));
    let what = format!("no benchmark is in both files: here are {here}, but in {} {there}", case.file);
    Error::input(Place::file(&control.file), what, "measure the same benchmarks for both")
}

/// How a benchmark may be typed after `--column`; by its number where others are called like it.
pub fn choice(results: &Results, index: usize) -> String {
    let name = &results.entries[index].name;
    let n_alike = results.entries.iter().filter(|entry| entry.name == *name).count();
    if n_alike > 1 { (index + 1).to_string() } else { excerpt::choice(name, index + 1) }
}

#[cfg(test)]
mod tests {
    use super::super::{FORMATS, Unit};
    use super::*;

    fn results(file: &str, names: &[&str]) -> Results {
        let entry = |name: &&str| {
            let rank = if name.contains(':') { Rank::Beside } else { Rank::First };
            let mut entry = Entry::new(*name, rank, Unit::new("s"), Place::file(file));
            entry.other_names.push(name.trim_end_matches("-8").to_owned());
            entry
        };
        Results { file: file.to_owned(), format: &FORMATS[0], entries: names.iter().map(entry).collect() }
    }

    fn chosen(case: &[&str], control: &[&str], column: Option<&str>) -> Result<[usize; 2], String> {
        let columns = column.map_or(Columns::Sole, |name| Columns::Named(vec![ColumnName(name.to_owned())]));
        let found = pairs(&results("new", case), &results("old", control), &columns, Unmatched::Refuse);
        found.map(|(pairs, _)| pairs[0]).map_err(|error| error.to_string())
    }

    #[test]
    fn the_only_benchmark_needs_no_name() {
        assert_eq!(chosen(&["a"], &["b"], None), Ok([0, 0]));
        assert_eq!(chosen(&["a:B/op", "a"], &["b"], None), Ok([1, 0]));
        assert_eq!(chosen(&["a", "b"], &["c", "b"], None), Ok([1, 1]));
        assert_eq!(chosen(&["a", "b"], &["b"], None), Ok([1, 0]));
        assert_eq!(chosen(&["a:B/op"], &["a:B/op"], None), Ok([0, 0]));
    }

    #[test]
    fn names_come_before_numbers_and_whole_names_before_short_ones() {
        assert_eq!(chosen(&["a-8", "a"], &["a", "b"], Some("a")), Ok([1, 0]));
        assert_eq!(chosen(&["b-8", "a-8"], &["a-4", "b-8", "a-8"], Some("a")), Ok([1, 2]));
        assert_eq!(chosen(&["2", "a"], &["b", "c"], Some("2")), Ok([0, 1]));
        assert_eq!(chosen(&["a", "a:B/op"], &["a", "a:B/op"], Some("a:B/op")), Ok([1, 1]));
    }

    #[test]
    fn a_choice_that_is_not_unique_lists_what_there_is() {
        let several = chosen(&["a", "b c", "d"], &["b c", "d"], None).unwrap_err();
        let expected = "new: 2 benchmarks are in both files: \"b c\", \"d\"; say which with --column NAME, as in --column \"b c\", or test \
             each with --all-columns --ignore-unmatched";
        assert_eq!(several, expected);
        let none = chosen(&["a", "b"], &["c"], None).unwrap_err();
        let expected = "old: no benchmark is in both files: here are \"c\", but in new \"a\", \"b\"; measure the same \
                        benchmarks for both";
        assert_eq!(none, expected);
        let twice = chosen(&["a", "a"], &["a"], Some("a")).unwrap_err();
        assert_eq!(
            twice,
            "new: 2 benchmarks are called \"a\": numbers 1, 2; say which by its number, as in --column 1"
        );
    }

    #[test]
    fn a_part_of_a_name_is_enough_where_no_other_has_it() {
        assert_eq!(chosen(&["sort/quick", "sort/slow", "sum"], &["sum", "sort/slow"], Some("slow")), Ok([1, 1]));
        // What is measured beside a benchmark does not make its name ambiguous.
        assert_eq!(chosen(&["sort", "sort:B/op"], &["sort", "sort:B/op"], Some("so")), Ok([0, 0]));
        let several = chosen(&["sort/quick", "sort/slow"], &["sort/slow"], Some("sort")).unwrap_err();
        let expected = "new: 2 benchmarks have \"sort\" in their names: \"sort/quick\", \"sort/slow\"; say which, as in --column \
                        sort/quick";
        assert_eq!(several, expected);
        // The part of another name is not enough: the two would not be the same benchmark.
        assert!(chosen(&["sort/quick"], &["sort/slow"], Some("sort")).unwrap_err().contains("no benchmark is called"));
        assert_eq!(chosen(&["sort 12"], &["sort 12", "b"], Some("12")), Ok([0, 0]));
    }

    #[test]
    fn all_that_both_files_have_are_compared_and_others_noted() {
        let all = |case: &[&str], control: &[&str], unmatched| {
            let (case, control) = (results("new", case), results("old", control));
            pairs(&case, &control, &Columns::ALL, unmatched).map_err(|error| error.to_string())
        };
        assert_eq!(all(&["a", "b"], &["b", "a"], Unmatched::Refuse), Ok((vec![[0, 1], [1, 0]], Vec::new())));
        let refused = "old: only one of the two files has \"a\" (new), \"c\" (old); measure it for both, or say \
                       --ignore-unmatched";
        assert_eq!(all(&["a", "b"], &["b", "c"], Unmatched::Refuse).unwrap_err(), refused);
        let (found, notes) = all(&["a", "b"], &["b", "c"], Unmatched::Ignore).unwrap();
        assert_eq!((found, notes.len()), (vec![[1, 0]], 1));
        assert!(all(&["a"], &["c"], Unmatched::Ignore).unwrap_err().contains("no benchmark is in both files"));
    }

    #[test]
    fn a_benchmark_on_one_side_only_is_missed_on_the_other() {
        let message = chosen(&["a", "b"], &["c", "b-X"], Some("b")).unwrap_err();
        assert!(
            message.starts_with("old: no benchmark is called \"b\"; they are \"c\", \"b-X\"; measure it"),
            "{message}"
        );
        let message = chosen(&["a"], &["a"], Some("A ")).unwrap_err();
        assert!(message.ends_with("did you mean --column a?"), "{message}");
        assert!(chosen(&["a"], &["a"], Some("2")).unwrap_err().contains("say --column 1"));
        assert!(chosen(&["a"], &["a"], Some("+1")).is_err());
    }
}
