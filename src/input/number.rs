//! Text → numbers.
