//! Drives the public API of `rejoin` by lines of JSON on standard input; answers and events are lines on standard output.
//!
//! It adds nothing of its own: what a scenario sees is what an application would see. `request::Op` lists the operations.

mod agent;
mod burst;
mod client;
mod config;
mod consumer;
mod counting;
mod credentials;
mod lines;
mod payload;
mod plain;
mod request;
mod show;
mod socketio;
mod swarm;

use std::io::BufRead;
use std::process::ExitCode;

use agent::Agent;

fn main() -> ExitCode {
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().enable_all().build() else {
        return ExitCode::FAILURE;
    };
    let (lines, writer) = lines::start();
    // Requests are begun here, one after the other, so that what they do keeps their order; only waits become tasks.
    let entered = runtime.enter();
    let mut agent = Agent::new(lines);
    for line in std::io::stdin().lock().split(b'\n') {
        let Ok(line) = line else { break };
        agent.handle(&line);
    }
    drop(agent);
    drop(entered);
    runtime.shutdown_background();
    // Every line ends up there before the last sender of one is gone.
    if writer.join().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
