//! The command as its users meet it: arguments, files and pipes in; standard output, standard error and exit code out.
#![cfg(feature = "cli")]

mod bad_input;
mod benchmarks;
mod cases;
#[cfg(unix)]
mod child_programs;
mod column_expressions;
mod columns;
mod command;
mod designs;
#[cfg(unix)]
mod destinations;
#[cfg(unix)]
mod distributed;
mod documents;
mod escaping;
mod false_alarms;
mod forms;
mod fuzz;
mod gate;
#[cfg(unix)]
mod groups;
mod guide;
mod input;
mod limits;
#[cfg(target_os = "linux")]
mod memory;
mod methods;
mod outputs;
#[cfg(unix)]
mod page;
mod pages;
mod parity;
mod pictures;
mod programs;
#[cfg(unix)]
mod recipes;
mod row_order;
#[cfg(unix)]
mod shards;
mod stability;
mod statistics;
#[cfg(unix)]
mod terminal;
mod torture;
mod tries;
mod usage;
