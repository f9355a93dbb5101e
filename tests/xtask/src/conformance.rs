//! `cargo xtask conformance`: every scenario against every agent, or against those that are named.

use crate::agent;
use crate::shell::{Fallible, command};
use std::process::{ExitCode, Stdio};

/// `tests/conformance` knows the scenarios, and what the words mean; the agents are in `agent.rs`.
pub(crate) fn command_line(mut arguments: lexopt::Parser) -> Fallible<ExitCode> {
    let words: Vec<_> = arguments.raw_args()?.collect();
    let mut run = command("cargo run --quiet --package rejoin-conformance --");
    let names = |option: &str| words.iter().any(|word| word.to_string_lossy().starts_with(option));
    if !names("--agent") {
        run.args(agent::names().flat_map(|name| ["--agent", name]));
        // The document shows the whole matrix or is left as it is.
        if !names("--scenario") && !names("--list") {
            run.arg("--write");
        }
    }
    let status = run.args(words).stdin(Stdio::null()).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
