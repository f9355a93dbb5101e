//! `cargo xtask agent NAME`: builds a conformance agent, then is that agent.
//!
//! Standard output belongs to the agent alone, so that what a build prints goes to standard error.

use crate::shell::{Fallible, target_dir};
use crate::{package, tools, wasm};
use std::process::{Command, ExitCode};

/// One agent. To add one, add its line to [`AGENTS`].
struct Agent {
    name: &'static str,
    /// Builds what it needs, and gives the command that runs it.
    build: fn() -> Fallible<Command>,
}

const AGENTS: &[Agent] = &[
    Agent { name: "rust", build: rust },
    Agent { name: "node", build: node },
    Agent { name: "browser", build: browser },
    Agent { name: "python", build: package::python::agent },
    Agent { name: "swift", build: package::swift::agent },
    Agent { name: "kotlin", build: package::kotlin::agent },
];

/// The names of all agents.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    AGENTS.iter().map(|agent| agent.name)
}

/// `cargo xtask agent NAME`
pub(crate) fn command(mut arguments: lexopt::Parser) -> Fallible<ExitCode> {
    let name = arguments.value().map_err(|_| format!("which agent? {}", list()))?;
    let agent = AGENTS.iter().find(|agent| name == agent.name);
    let agent = agent.ok_or_else(|| format!("there is no agent {name:?}; {}", list()))?;
    become_the((agent.build)()?)
}

fn list() -> String {
    format!("there are: {}", names().collect::<Vec<_>>().join(", "))
}

/// The same process, so that whoever ends it ends the agent.
#[cfg(unix)]
fn become_the(mut agent: Command) -> Fallible<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(agent.exec().into())
}

#[cfg(not(unix))]
fn become_the(mut agent: Command) -> Fallible<ExitCode> {
    Ok(if agent.status()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs a step of a build; what it prints goes to standard error.
fn build(step: &mut Command) -> Fallible<()> {
    let status = step.stdout(std::io::stderr()).status()?;
    if status.success() { Ok(()) } else { Err(format!("building the agent failed: {status}").into()) }
}

fn rust() -> Fallible<Command> {
    build(
        Command::new("cargo")
            .args(["build", "--quiet", "--package", "rejoin-agent"])
            .current_dir(crate::shell::root()),
    )?;
    Ok(Command::new(target_dir().join("debug/rejoin-agent")))
}

fn node() -> Fallible<Command> {
    script("agents/node.mjs")
}

fn browser() -> Fallible<Command> {
    tools::ensure("chromium")?;
    script("agents/browser.mjs")
}

/// An agent that drives the npm package.
fn script(path: &str) -> Fallible<Command> {
    wasm::build()?;
    let mut command = Command::new("node");
    command.arg(wasm::package().join(path));
    Ok(command)
}
