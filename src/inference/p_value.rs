//! p-values from counts.
