//! `cargo xtask test`: installs what the steps need, runs them all and counts.

mod report;
mod steps;
mod totals;

use crate::shell::{Fallible, Logged};
use crate::tools;
use report::Report;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};
use steps::{LONG_STEPS, STEPS, Step};

/// Longer than any step needs on a slow machine with nothing built yet; a hang must become a failure.
const STEP_LIMIT: Duration = Duration::from_secs(20 * 60);

/// Runs the steps named by `--only`, or all of them.
pub(crate) fn command(mut arguments: lexopt::Parser) -> Fallible<ExitCode> {
    use lexopt::prelude::{Long, Short, Value, ValueExt};
    let mut long = false;
    let mut only = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("long") => long = true,
            Long("only") => only.push(arguments.value()?.string()?),
            Long("help") => {
                print_help();
                return Ok(ExitCode::SUCCESS);
            }
            other @ (Long(_) | Short(_) | Value(_)) => return Err(other.unexpected().into()),
        }
    }
    let selected = select(&only, long)?;
    let failed_tools = install(&selected);
    let mut report = Report::default();
    for step in selected {
        run(step, long, &failed_tools, &mut report)?;
    }
    Ok(report.finish())
}

fn print_help() {
    println!("Usage: cargo xtask test [--long] [--only STEP]...\n");
    println!("A check counts as one; a step that runs tests counts each of them. Steps:");
    for step in STEPS {
        println!("  {}", step.name);
    }
    for step in LONG_STEPS {
        println!("  {} (only with --long, or by its name)", step.name);
    }
}

fn select(only: &[String], long: bool) -> Fallible<Vec<&'static Step>> {
    let all = || STEPS.iter().chain(LONG_STEPS);
    if let Some(unknown) = only.iter().find(|name| all().all(|step| step.name != **name)) {
        return Err(format!("there is no step `{unknown}`; `cargo xtask test --help` lists them").into());
    }
    if only.is_empty() {
        let more = if long { LONG_STEPS } else { &[] };
        return Ok(STEPS.iter().chain(more).collect());
    }
    Ok(all().filter(|step| only.iter().any(|name| name == step.name)).collect())
}

/// Installs each tool once; gives back the names of those that could not be had.
fn install(steps: &[&Step]) -> Vec<&'static str> {
    let mut seen = Vec::new();
    let mut failed = Vec::new();
    for &name in steps.iter().flat_map(|step| step.needs) {
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        if let Err(error) = tools::ensure(name) {
            println!("error: {name}: {error}");
            failed.push(name);
        }
    }
    failed
}

fn run(step: &Step, long: bool, failed_tools: &[&str], report: &mut Report) -> Fallible<()> {
    report.start(step.name);
    let start = Instant::now();
    let mut stage = Stage { log: Logged::new(step.name, STEP_LIMIT)?, long, notes: Vec::new() };
    let outcome = match step.needs.iter().find(|need| failed_tools.contains(need)) {
        Some(missing) => Err(format!("needs {missing}, which could not be installed").into()),
        None => (step.run)(&mut stage),
    };
    report.end(step, outcome, &stage, start.elapsed());
    Ok(())
}

/// What a running step has at hand.
struct Stage {
    log: Logged,
    /// Whether `--long` was given.
    long: bool,
    /// Lines for the reader of a run that passed.
    notes: Vec<String>,
}

impl Stage {
    /// Runs one line, for example `cargo fmt --check`.
    fn sh(&self, line: &str) -> Fallible<()> {
        self.log.run(&mut crate::shell::command(line))
    }

    /// The same with environment variables.
    fn sh_with(&self, variables: &[(&str, &str)], line: &str) -> Fallible<()> {
        self.log.run(crate::shell::command(line).envs(variables.iter().copied()))
    }

    /// Runs tests that read from the environment whether all of their seeds are wanted.
    fn tests(&self, command: &mut Command) -> Fallible<()> {
        if self.long {
            command.env("REJOIN_LONG", "1");
        }
        self.log.run(command)
    }
}
