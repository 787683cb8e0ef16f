//! CSV → columns.
