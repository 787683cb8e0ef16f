//! Expressions.

pub mod arithmetic;
mod syntax;
pub use syntax::{Binary, Expression, Reducer, Unary, Variable};
