//! `cargo xtask bench`: rejoin beside raw tokio-tungstenite, interleaved in the same run.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program speaks through them")]

mod echo;
mod flood;
mod idle;
mod latency;
mod options;
mod ours;
mod raw;
mod report;
mod rounds;
mod server;
mod server_process;
mod socketio;

use std::process::ExitCode;

use options::{Options, Role};

/// What any part may fail with: it is shown to a person.
type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let done = Options::parse().and_then(|options| match options.role {
        Role::Compare => compare(&options),
        Role::Serve { read_buffer } => server::run(read_buffer),
        Role::ServeSocketIo => socketio::server::run(),
        Role::HoldIdle { client, count, ref url } => idle::hold(client, count, url),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(options: &Options) -> Fallible<()> {
    for &flavour in &options.flavours {
        println!("\n== {} ==", flavour.name());
        let runtime = flavour.runtime()?;
        // In a task, because `block_on` would run it beside the workers of a threaded runtime.
        let work = runtime.spawn(measure(options.clone()));
        runtime.block_on(work)??;
    }
    if options.wants("idle") {
        println!();
        idle::compare(options.idle)?;
    }
    Ok(())
}

async fn measure(options: Options) -> Fallible<()> {
    if options.wants("echo") {
        echo::compare(&options).await?;
    }
    if options.wants("flood") {
        flood::compare(&options).await?;
    }
    if options.wants("latency") {
        latency::compare(&options).await?;
    }
    if options.wants("socketio") {
        socketio::compare(&options).await?;
    }
    Ok(())
}
