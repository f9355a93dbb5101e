//! `cargo xtask sim`: runs schedules, or replays one.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program speaks through them")]

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use lexopt::{Arg, ValueExt};
use rejoin_sim::{Plain, SocketIoWire, Totals, Wire, herd};

const USAGE: &str =
    "Usage: cargo xtask sim [--seeds N] [--from S] | --seed S | --herd   [--protocol plain|socketio]";

struct Arguments {
    seeds: u64,
    from: u64,
    seed: Option<u64>,
    herd: bool,
    protocol: Option<String>,
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut arguments = Arguments { seeds: 20_000, from: 0, seed: None, herd: false, protocol: None };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("seeds") => arguments.seeds = parser.value()?.parse()?,
            Arg::Long("from") => arguments.from = parser.value()?.parse()?,
            Arg::Long("seed") => arguments.seed = Some(parser.value()?.parse()?),
            Arg::Long("herd") => arguments.herd = true,
            Arg::Long("protocol") => arguments.protocol = Some(parser.value()?.string()?),
            Arg::Long("help") | Arg::Short('h') => return Err(USAGE.into()),
            Arg::Long(_) | Arg::Short(_) | Arg::Value(_) => {
                return Err(format!("{}\n{USAGE}", argument.unexpected()).into());
            }
        }
    }
    let known = [Plain::NAME, SocketIoWire::NAME];
    match &arguments.protocol {
        Some(name) if !known.contains(&name.as_str()) => {
            Err(format!("--protocol {name}: must be one of {}", known.join(", ")).into())
        }
        Some(_) | None => Ok(arguments),
    }
}

fn main() -> ExitCode {
    match arguments() {
        Ok(arguments) => {
            let wants = |name| arguments.protocol.as_deref().is_none_or(|protocol| protocol == name);
            let herd = !arguments.herd || run_herd();
            let plain = arguments.herd || !wants(Plain::NAME) || simulate::<Plain>(&arguments);
            let socketio =
                arguments.herd || !wants(SocketIoWire::NAME) || simulate::<SocketIoWire>(&arguments);
            if herd && plain && socketio { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn simulate<W: Wire>(arguments: &Arguments) -> bool {
    match arguments.seed {
        Some(seed) => replay::<W>(seed),
        None => run::<W>(arguments),
    }
}

fn replay<W: Wire>(seed: u64) -> bool {
    println!("{} seed {seed}", W::NAME);
    let (trace, result) = rejoin_sim::replay::<W>(seed);
    trace.iter().for_each(|line| println!("{line}"));
    match &result {
        Ok(()) => println!("passed"),
        Err(violation) => println!("failed: {violation}"),
    }
    result.is_ok()
}

fn run<W: Wire>(arguments: &Arguments) -> bool {
    let mut totals = Totals::default();
    let start = Instant::now();
    for seed in arguments.from..arguments.from.saturating_add(arguments.seeds) {
        if let Err(violation) = rejoin_sim::run::<W>(seed, &mut totals) {
            println!("{} seed {seed} failed: {violation}", W::NAME);
            println!("replay it: cargo xtask sim --protocol {} --seed {seed}", W::NAME);
            return false;
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{}: {} schedules passed, {:.0} a second: {} inputs, {} connections, {} messages",
        W::NAME,
        arguments.seeds,
        arguments.seeds as f64 / seconds,
        totals.inputs,
        totals.connects,
        totals.messages
    );
    match totals.jitter.check() {
        Ok(()) => true,
        Err(violation) => {
            println!("{}: {violation}", W::NAME);
            false
        }
    }
}

fn run_herd() -> bool {
    let results = herd::SCENES.iter().map(|scene| {
        let herd = herd::run(scene, herd::CLIENTS);
        println!("{herd}");
        herd.check().inspect_err(|error| println!("  failed: {error}")).is_ok()
    });
    results.fold(true, |all, passed| all & passed)
}
