//! One list of scenarios that every platform's agent must pass: `cargo xtask conformance`.
//!
//! A scenario drives an agent by lines of JSON, against servers in this process and Node's, under faults. From the
//! outside in: `runner` runs `scenarios`, each on a `stage` with `client`s of an `agent`; `report` shows the matrix.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program speaks through them")]

mod agent;
mod client;
mod log;
mod peer;
mod platform;
mod report;
mod runner;
mod scenarios;
mod stage;
mod verdict;

use std::process::ExitCode;

use lexopt::prelude::{Long, Short, Value, ValueExt};

use report::Column;
use verdict::Verdict;

/// What the command line asks for.
#[derive(Default)]
struct Options {
    agents: Vec<&'static str>,
    scenario: Option<String>,
    list: bool,
    /// Write docs/conformance.md.
    write: bool,
}

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Verdict<ExitCode> {
    let options = options()?;
    let scenarios = runner::select(options.scenario.as_deref());
    if scenarios.is_empty() {
        return Err("there is no such scenario; --list shows them".into());
    }
    if options.list {
        scenarios.iter().for_each(|listed| println!("{}: {}", listed.name(), listed.scenario.right));
        return Ok(ExitCode::SUCCESS);
    }
    if options.agents.is_empty() {
        return Err("which --agent?".into());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let columns = runtime.block_on(async {
        let mut columns = Vec::new();
        for agent in options.agents {
            let told = |listed: runner::Listed, verdict: &Verdict| match verdict {
                Ok(()) => eprintln!("{agent}: {} ok", listed.name()),
                Err(failure) => eprintln!("{agent}: {} FAILED: {failure}", listed.name()),
            };
            columns.push(Column { agent, verdicts: runner::run(agent, &scenarios, told).await });
        }
        columns
    });
    println!("{}", report::table(&scenarios, &columns));
    if options.write {
        report::write(&report::markdown(&scenarios, &columns))?;
    }
    Ok(if columns.iter().all(Column::is_full) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn options() -> Verdict<Options> {
    let mut options = Options::default();
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            // It lives as long as the program does.
            Long("agent") => options.agents.push(arguments.value()?.string()?.leak()),
            Long("scenario") => options.scenario = Some(arguments.value()?.string()?),
            Long("list") => options.list = true,
            Long("write") => options.write = true,
            other @ (Long(_) | Short(_) | Value(_)) => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}
