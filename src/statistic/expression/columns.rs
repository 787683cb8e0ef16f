//! Expressions in columns of a table: what they name is looked up once the table is known.

use std::sync::Arc;

use super::names::{nearest_among, remedy_for_unknown};
use super::syntax_error::{Problem, Span, SyntaxError};
use super::{Binary, Column, Expression, Kind, Parsed, Variable};
use crate::error::Error;
use crate::message::{Message, Setting};
use crate::statistic::Columns;

/// Names of columns in a message, at most.
const SHOWN: usize = 12;

/// A name in an expression that is no word of the language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedColumn {
    /// The name.
    pub name: String,
    /// What is wrong where there are no columns.
    pub unknown: SyntaxError,
}

impl NamedColumn {
    pub(super) fn new(name: String, span: Span, text: &str) -> Self {
        let problem = Problem::new(span, format!("{name} is not known"), remedy_for_unknown(&name));
        Self { name, unknown: problem.in_text(text) }
    }

    /// The error of a table that has other columns than this one.
    #[must_use]
    pub fn missing_among<'n>(&self, columns: impl Iterator<Item = &'n str> + Clone) -> Error {
        let remedy = match nearest_among(&self.name, columns.clone()) {
            Some(near) => format!("did you mean {}?", Column::called(near)),
            None if self.unknown.remedy.starts_with("did you mean") => self.unknown.remedy.clone(),
            None => {
                let all = columns.clone().count();
                let names: Vec<String> = columns.take(SHOWN).map(|name| Column::called(name).to_string()).collect();
                let more = if all > SHOWN { format!(" and {} more", all - SHOWN) } else { String::new() };
                format!("the columns are {}{more}", names.join(", "))
            }
        };
        self.refused(format!("no column is called {}", self.name), remedy)
    }

    /// The error of a column that cannot be used.
    #[must_use]
    pub fn refused(&self, what: String, remedy: String) -> Error {
        SyntaxError { what, remedy, ..self.unknown.clone() }.of_statistic()
    }
}

impl SyntaxError {
    /// The error of the statistic that is written so.
    #[must_use]
    pub fn of_statistic(self) -> Error {
        let what = format!(": {} (character {})", self.what, self.character());
        let (caret, remedy) = (self.caret(), self.remedy.into());
        Error::Expression { what: Message::from(Setting::Statistic).and(what), caret, remedy }
    }
}

impl Parsed {
    /// The same with the values of the columns that it names.
    ///
    /// # Errors
    /// [`Error::Expression`] for a column that is not there, [`Error::Data`] for an expression in `x` and `y` where there are
    /// several columns.
    pub fn with_columns(&self, columns: Option<&Columns>) -> Result<Self, Error> {
        let Some(columns) = columns else {
            let unknown = self.columns.first().map(|column| column.unknown.clone().of_statistic());
            return unknown.map_or_else(|| Ok(self.clone()), Err);
        };
        if self.columns.is_empty() {
            return Err(columns.refuse(&self.canonical));
        }
        if let Some(missing) = self.columns.iter().find(|column| columns.get(&column.name).is_none()) {
            return Err(missing.missing_among(columns.names()));
        }
        let values = |column: &Column| columns.get(&column.name).map(Arc::from).unwrap_or_default();
        let bind = |leaf: &Expression| match leaf {
            Expression::Column(column) => Expression::Column(Column { values: values(column), ..column.clone() }),
            other => other.clone(),
        };
        Ok(Self { expression: self.expression.with_leaves(&bind), ..self.clone() })
    }

    /// The number that each group has, if the statistic is the difference or the ratio of one in columns: in the rows of the
    /// case.
    #[must_use]
    pub fn of_each_group(&self) -> Option<&Expression> {
        match &self.expression {
            _ if self.columns.is_empty() => None,
            summary if self.kind == Kind::Summary => Some(summary),
            Expression::Binary(Binary::Divide, summary, _) => Some(summary),
            _ => None,
        }
    }
}

impl Column {
    /// A column that is only named.
    fn called(name: &str) -> Self {
        Self { name: name.to_owned(), of: Variable::Case, values: Arc::default() }
    }
}
