//! permtest
fn main() {}
