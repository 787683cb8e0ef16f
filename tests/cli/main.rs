//! The command as its users meet it: arguments, files and pipes in; standard output, standard error and exit code out.
#![cfg(feature = "cli")]

mod bad_input;
mod benchmarks;
mod command;
mod designs;
mod false_alarms;
mod forms;
mod gate;
mod methods;
mod outputs;
mod pages;
mod pictures;
mod programs;
mod statistics;
#[cfg(unix)]
mod terminal;
mod usage;
