//! `cargo xtask bench`: the benchmark is a program of its own, so that xtask stays quick to compile.

mod ffi;

use std::process::{Command, ExitCode};

use crate::shell::{self, Fallible};
use crate::{tools, wasm};

/// Passes all arguments on. With `web` as the first, it is the npm package that is measured, with `ffi` the packages over
/// UniFFI.
pub(crate) fn command(mut arguments: lexopt::Parser) -> Fallible<ExitCode> {
    let mut arguments: Vec<_> = arguments.raw_args()?.collect();
    let first = arguments.first().and_then(|word| word.to_str()).unwrap_or_default();
    let mut command = match first {
        "ffi" => {
            let names = arguments.split_off(1).into_iter().map(|word| word.to_string_lossy().into_owned());
            return ffi::command(&names.collect::<Vec<_>>());
        }
        "web" => {
            arguments.remove(0);
            web()?
        }
        _ => {
            tools::ensure("tests/peers")?;
            shell::command("cargo run --release --quiet --package rejoin-bench --")
        }
    };
    command.args(arguments);
    let status = command.status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn web() -> Fallible<Command> {
    wasm::build()?;
    let mut node = shell::command("node bench/web.mjs");
    node.current_dir(wasm::package()).env("REJOIN_TEST_SERVER", test_server()?);
    Ok(node)
}

/// The test server, optimized.
fn test_server() -> Fallible<std::path::PathBuf> {
    let built = shell::command("cargo build --release --quiet --package rejoin-test-server").status()?;
    if !built.success() {
        return Err("the test server does not build".into());
    }
    Ok(shell::target_dir().join("release/rejoin-test-server"))
}
