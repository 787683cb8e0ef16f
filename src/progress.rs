//! How far a run has come, on standard error, for someone who waits at a terminal.

use std::env;
use std::io::{self, IsTerminal as _};
use std::sync::Once;
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::settings::Verbosity;

/// Runs shorter than this draw nothing.
const PATIENCE: Duration = Duration::from_millis(500);
const TEMPLATE: &str = "{wide_bar} {human_pos} of {human_len} {msg}, {rate}/s, {eta} left";

/// A progress bar that disappears when it is finished or dropped; silent where there is no terminal.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
    appearance: Once,
}

impl Progress {
    /// A bar for whatever is to come.
    #[must_use]
    pub fn new(verbosity: Verbosity) -> Self {
        // A dumb terminal cannot erase what it has shown.
        let watched = io::stderr().is_terminal() && env::var_os("TERM").is_none_or(|term| term != "dumb");
        let bar = match verbosity {
            Verbosity::Normal if watched => Some(hidden_bar()),
            Verbosity::Normal | Verbosity::Quiet => None,
        };
        Self { bar, appearance: Once::new() }
    }

    /// Begins to count towards a total of something, from 0; from any thread.
    pub fn begin(&self, total: u64, what: &'static str) {
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(0);
            bar.set_message(what);
            bar.reset_eta();
        }
    }

    /// Counts what is done; cheap, from any thread.
    pub fn advance(&self, done: u64) {
        let Some(bar) = &self.bar else { return };
        if !self.appearance.is_completed() && bar.elapsed() >= PATIENCE {
            self.appearance.call_once(|| bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
        bar.inc(done);
        // Some totals are forecasts.
        if bar.length().is_some_and(|length| bar.position() > length) {
            bar.set_length(bar.position());
        }
    }

    /// Ends the run and clears the line.
    pub fn finish(self) {
        drop(self);
    }
}

impl Drop for Progress {
    /// The line is cleared after a failure too: the error message wants it.
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// The bar before anyone sees it: it already estimates the rate.
fn hidden_bar() -> ProgressBar {
    let style = ProgressStyle::with_template(TEMPLATE)
        .expect("the template is well formed")
        .progress_chars("=> ")
        .with_key("rate", |state: &ProgressState, text: &mut dyn std::fmt::Write| {
            let _ = write!(text, "{}", HumanCount(state.per_sec() as u64));
        });
    ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden()).with_style(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_run_has_no_bar() {
        let progress = Progress::new(Verbosity::Quiet);
        progress.begin(10, "resamples");
        progress.advance(10);
        assert!(progress.bar.is_none());
        progress.finish();
    }

    #[test]
    fn resamples_add_up_over_threads() {
        let progress = Progress { bar: Some(hidden_bar()), appearance: Once::new() };
        progress.begin(4000, "resamples");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1000).for_each(|_| progress.advance(1)));
            }
        });
        assert_eq!(progress.bar.as_ref().map(ProgressBar::position), Some(4000));
        assert!(progress.bar.as_ref().is_some_and(ProgressBar::is_hidden));
    }
}
