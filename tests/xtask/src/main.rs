//! `cargo xtask`: the one entry point for tests, tools, benchmarks and packages.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program speaks through them")]

mod agent;
mod bench;
mod conformance;
mod hygiene;
mod package;
mod purity;
mod shell;
mod sim;
mod targets;
mod test;
mod tools;
mod wasm;

use std::process::ExitCode;

/// One subcommand. To add one, write its file and add its line to [`COMMANDS`].
struct Command {
    name: &'static str,
    arguments: &'static str,
    about: &'static str,
    run: fn(lexopt::Parser) -> shell::Fallible<ExitCode>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "test",
        arguments: "[--long] [--only STEP]...",
        about: "install what the steps need, run them all, end with `N passed, N failed`",
        run: test::command,
    },
    Command {
        name: "sim",
        arguments: "[--seeds N] [--from S] | --seed S | --herd   [--protocol plain|socketio]",
        about: "run schedules of the simulation, replay one with its trace, or let a herd reconnect",
        run: sim::command,
    },
    Command {
        name: "bench",
        arguments: "[echo] [flood] [latency] [idle] [OPTION]... | web [COUNT] | ffi [LANGUAGE]...",
        about: "measure the client beside raw tokio-tungstenite, the npm package beside others, or Swift, Kotlin and Python; --help shows the options",
        run: bench::command,
    },
    Command {
        name: "tools",
        arguments: "[NAME]...",
        about: "install the named tools, or all that the tests need; --list shows them",
        run: tools::command,
    },
    Command {
        name: "agent",
        arguments: "NAME",
        about: "build a conformance agent, and be it on standard input and output",
        run: agent::command,
    },
    Command {
        name: "package",
        arguments: "python|swift|kotlin [--release]",
        about: "build a package over bindings-uniffi, and say where it is",
        run: package::command_line,
    },
    Command {
        name: "check-targets",
        arguments: "[TARGET]...",
        about: "type-check the native stack for iOS, macOS, Android, Windows and Linux, and say what was not checked",
        run: targets::command_line,
    },
    Command {
        name: "wasm",
        arguments: "",
        about: "build the npm package into bindings-wasm/js/dist",
        run: wasm::command,
    },
    Command {
        name: "rust-web",
        arguments: "",
        about: "build the page of examples/rust-web",
        run: wasm::rust_web,
    },
    Command {
        name: "size",
        arguments: "",
        about: "weigh the npm package, and fail above its budget",
        run: wasm::size,
    },
    Command {
        name: "conformance",
        arguments: "[--agent NAME]... [--scenario NAME] [--list]",
        about: "run every scenario against every agent, and write docs/conformance.md",
        run: conformance::command_line,
    },
    Command {
        name: "swift",
        arguments: "FOLDER ARGUMENT...",
        about: "run `swift ARGUMENT...` in a folder of the project, from PATH or from Debian's package",
        run: tools::swift::command_line,
    },
];

fn main() -> ExitCode {
    let mut words = std::env::args_os();
    let program = words.next().unwrap_or_default();
    let name = words.next().unwrap_or_default();
    let Some(command) = COMMANDS.iter().find(|command| name == command.name) else {
        return usage(&name.to_string_lossy());
    };
    let arguments = lexopt::Parser::from_iter(std::iter::once(program).chain(words));
    (command.run)(arguments).unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

fn usage(name: &str) -> ExitCode {
    let asked = matches!(name, "" | "help" | "--help" | "-h");
    if !asked {
        eprintln!("error: there is no command `{name}`\n");
    }
    println!("Usage: cargo xtask COMMAND\n");
    for command in COMMANDS {
        println!("  {} {}\n      {}", command.name, command.arguments, command.about);
    }
    if asked { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
