//! `cargo xtask bench`: the benchmark is a program of its own, so that xtask stays quick to compile.

use std::process::ExitCode;

use crate::shell::{self, Fallible};
use crate::wasm;

/// Passes all arguments on. With `web` as the first, it is the npm package that is measured.
pub(crate) fn command(mut arguments: lexopt::Parser) -> Fallible<ExitCode> {
    let mut arguments: Vec<_> = arguments.raw_args()?.collect();
    let mut command = if arguments.first().is_some_and(|word| word == "web") {
        arguments.remove(0);
        wasm::build()?;
        let server = shell::target_dir().join("release/rejoin-test-server");
        let built = shell::command("cargo build --release --quiet --package rejoin-test-server").status()?;
        if !built.success() {
            return Ok(ExitCode::FAILURE);
        }
        let mut node = shell::command("node bench/web.mjs");
        node.current_dir(wasm::package()).env("REJOIN_TEST_SERVER", server);
        node
    } else {
        shell::command("cargo run --release --quiet --package rejoin-bench --")
    };
    command.args(arguments);
    let status = command.status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
