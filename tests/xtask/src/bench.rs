//! `cargo xtask bench`: the benchmark is a program of its own, so that xtask stays quick to compile.

use std::process::ExitCode;

use crate::shell::{self, Fallible};

/// Passes all arguments on.
pub(crate) fn command(mut arguments: lexopt::Parser) -> Fallible<ExitCode> {
    let mut command = shell::command("cargo run --release --quiet --package rejoin-bench --");
    command.args(arguments.raw_args()?);
    let status = command.status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
