//! Which columns of two tables belong together.

use super::cell::CellRules;
use super::heading::Heading;
use super::table::Table;
use super::{column, excerpt};
use crate::error::Error;
use crate::settings::{Columns, Unmatched};

/// Columns of case and control that belong together, and what is to be said about others.
type Partners = (Vec<[usize; 2]>, Vec<String>);

/// Finds the columns of both tables that belong together; `taken` are those of keys.
///
/// # Errors
/// [`Error::Input`] if a column is not there or could be another, or if only one table has it and that is not to be ignored.
pub fn find(
    [case, control]: [&mut Table; 2],
    taken: &[Vec<usize>; 2],
    columns: &Columns,
    unmatched: Unmatched,
    rules: &CellRules,
) -> Result<Partners, Error> {
    match columns {
        Columns::Sole => {
            let one = column::choose(case, rules, &taken[0])?;
            Ok((vec![[one, column::choose(control, rules, &taken[1])?]], Vec::new()))
        }
        Columns::Named(names) => {
            let (mut pairs, mut lone) = (Vec::new(), Vec::new());
            for name in names {
                match (column::find(case, name, "--column"), column::find(control, name, "--column")) {
                    (Ok(one), Ok(other)) => pairs.push([one, other]),
                    (Ok(_), Err(_)) if unmatched == Unmatched::Ignore => {
                        lone.push((name.0.clone(), case.file.as_str()));
                    }
                    (Err(_), Ok(_)) if unmatched == Unmatched::Ignore => {
                        lone.push((name.0.clone(), control.file.as_str()));
                    }
                    (Err(error), _) | (_, Err(error)) => return Err(error),
                }
            }
            column::refuse_twins(case, &pairs.iter().map(|pair| pair[0]).collect::<Vec<_>>())?;
            settle(unmatched, pairs, &lone, control)
        }
        Columns::Together { names, of_expression } => {
            let ones = column::together(case, names, of_expression)?;
            let others = column::together(control, names, of_expression)?;
            Ok((ones.into_iter().zip(others).map(|(one, other)| [one, other]).collect(), Vec::new()))
        }
        Columns::Matching(pattern) => {
            let ones = column::numeric(case, pattern, rules, &taken[0])?;
            let others = column::numeric(control, pattern, rules, &taken[1])?;
            let partner = |&one: &usize| {
                let name = case.column_name(one);
                let is_partner =
                    |&other: &usize| control.column_name(other) == name && (name.is_some() || other == one);
                others.iter().copied().find(is_partner).map(|other| [one, other])
            };
            let pairs: Vec<[usize; 2]> = ones.iter().filter_map(partner).collect();
            let of_case = ones.iter().filter(|&&one| !pairs.iter().any(|pair| pair[0] == one));
            let of_control = others.iter().filter(|&&other| !pairs.iter().any(|pair| pair[1] == other));
            let mut lone: Vec<_> = of_case.map(|&one| (case.column_label(one), case.file.as_str())).collect();
            lone.extend(of_control.map(|&other| (control.column_label(other), control.file.as_str())));
            settle(unmatched, pairs, &lone, control)
        }
    }
}

/// Refuses columns without a partner, or reports them.
fn settle(
    unmatched: Unmatched,
    pairs: Vec<[usize; 2]>,
    lone: &[(String, &str)],
    control: &Heading,
) -> Result<Partners, Error> {
    let list = || {
        excerpt::list(lone.iter().map(|(column, file)| format!("{column} ({file})")).collect::<Vec<_>>().into_iter())
    };
    match unmatched {
        _ if pairs.is_empty() => {
            let what = format!("no column with numbers is in both files; in one of them are {}", list());
            Err(Error::input(control.header_place(), what, "give two files with the same columns"))
        }
        _ if lone.is_empty() => Ok((pairs, Vec::new())),
        Unmatched::Refuse => {
            let what = format!("only one of the two files has numbers in {}", list());
            Err(Error::input(control.header_place(), what, "complete the other, or say --ignore-unmatched"))
        }
        Unmatched::Ignore => {
            let note = format!("left out, as only one of the two files has it: {}", list());
            Ok((pairs, vec![note]))
        }
    }
}
