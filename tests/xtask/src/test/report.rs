//! What the reader of a run sees, and the two figures at its end.

#[cfg(test)]
mod tests;

use super::Stage;
use super::steps::{Counts, Step};
use super::totals::Totals;
use crate::shell::Fallible;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

/// Enough to hold the failures of several tests; the whole log stays in its file.
const EXCERPT_LINES: usize = 200;

#[derive(Default)]
pub(super) struct Report {
    sum: Totals,
}

impl Report {
    /// Names the step before it runs, so that a slow one can be told.
    pub(super) fn start(&self, name: &str) {
        print!("{name:<14} ");
        // A terminal that went away is no reason to stop the tests.
        let _ = std::io::stdout().flush();
    }

    /// Ends the line of a step and adds it to the sum.
    pub(super) fn end(&mut self, step: &Step, outcome: Fallible<()>, stage: &Stage, took: Duration) {
        let log = stage.log.text();
        let totals = Totals::of(&log);
        let outcome = outcome.map_err(|error| error.to_string());
        let (counted, problem) = judge(step.counts, totals, outcome.err());
        let verdict = if problem.is_some() { "FAILED" } else { "ok" };
        print!("{verdict:<6} {:>7.1} s", took.as_secs_f64());
        if matches!(step.counts, Counts::Tests) {
            print!("  {} passed, {} failed", totals.passed, totals.failed);
            if totals.ignored > 0 {
                print!(", {} ignored", totals.ignored);
            }
        }
        println!();
        for note in &stage.notes {
            println!("    {note}");
        }
        if let Some(problem) = problem {
            for line in excerpt(&log) {
                println!("{line}");
            }
            println!("    {problem}\n    log: {}", stage.log.path().display());
        }
        self.sum = self.sum.plus(counted);
    }

    /// Prints the last line, which a program may read, and gives the exit status.
    pub(super) fn finish(self) -> ExitCode {
        println!("{} passed, {} failed", self.sum.passed, self.sum.failed);
        if self.sum.failed == 0 && self.sum.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// What a step adds to the sum, and why it failed if it did.
fn judge(counts: Counts, ran: Totals, error: Option<String>) -> (Totals, Option<String>) {
    let one_failed = |passed| Totals { passed, failed: ran.failed.max(1), ignored: 0 };
    match (counts, error) {
        (Counts::Check, None) => (Totals { passed: 1, failed: 0, ignored: 0 }, None),
        (Counts::Check, Some(error)) => (Totals { passed: 0, failed: 1, ignored: 0 }, Some(error)),
        (Counts::Tests, Some(error)) => (one_failed(ran.passed), Some(error)),
        (Counts::Tests, None) if ran.failed > 0 => {
            (one_failed(ran.passed), Some("the program hid failed tests behind a good exit status".into()))
        }
        (Counts::Tests, None) if ran.passed == 0 => (one_failed(0), Some("no test ran".into())),
        (Counts::Tests, None) => (ran, None),
    }
}

/// The end of a log without the lines that only say that all goes well.
fn excerpt(log: &str) -> Vec<&str> {
    const PROGRESS: [&str; 7] =
        ["Compiling ", "Checking ", "Downloaded ", "Downloading ", "Fresh ", "Updating ", "Adding "];
    let mut telling: Vec<&str> = log
        .lines()
        .filter(|line| !PROGRESS.iter().any(|word| line.trim_start().starts_with(word)))
        .filter(|line| !(line.starts_with("test ") && line.ends_with("... ok")))
        .collect();
    telling.split_off(telling.len().saturating_sub(EXCERPT_LINES))
}
