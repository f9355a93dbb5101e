//! The main job, live: numbered messages through real faults, and what was sent against what arrived.
//!
//! `cargo demo` runs against a server in this process; `cargo demo --url http://127.0.0.1:3000` against one of yours.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod faults;
mod options;
mod peer;
mod tally;
mod timeline;
mod traffic;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use rejoin::socketio::Client;
use rejoin::{BackoffConfig, State};

use options::Options;
use peer::Peer;
use tally::Tally;
use timeline::Timeline;
use traffic::{Sent, Traffic};

/// The longest that the script may take: about 21 s are usual.
const LIMIT: Duration = Duration::from_secs(55);

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::parse() {
        Ok(Some(options)) => options,
        Ok(None) => return ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}\n\n{}", options::HELP);
            return ExitCode::from(2);
        }
    };
    match run(&options).await {
        Ok(tally) => {
            println!("{tally}");
            if tally.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<Tally, Failure> {
    let peer = Peer::start(options.url.as_deref()).await?;
    let client = Client::builder(peer.url())
        .backoff(BackoffConfig {
            initial: Duration::from_millis(200),
            max: Duration::from_secs(2),
            restart_window: Duration::from_secs(1),
            ..BackoffConfig::default()
        })
        .seed(options.seed)
        .build()?;
    let timeline = Arc::new(Timeline::start());
    let watching = tokio::spawn(timeline::watch(timeline.clone(), client.clone()));
    let traffic = Traffic::start(client.clone(), &options.event, options.every);
    timeline.line(&format!("connecting to {}", peer.description()));
    let script = play(&peer, &client, &timeline, traffic);
    let sent = tokio::time::timeout(LIMIT, script).await.map_err(|_| {
        let (limit, event) = (LIMIT.as_secs(), &options.event);
        format!("not over after {limit} s: is there a Socket.IO server that acknowledges `{event}`?")
    })??;
    let reconnects = client.stats().connects.saturating_sub(1);
    client.close().await;
    watching.await?;
    debug_assert!(matches!(client.state(), State::Disconnected { .. }));
    let delivered = peer.deliveries();
    Ok(Tally::new(&sent, delivered.as_deref(), peer.repeats(), reconnects))
}

async fn play(peer: &Peer, client: &Client, timeline: &Timeline, traffic: Traffic) -> Result<Sent, Failure> {
    client.connect().await?;
    traffic.flow().await;
    for fault in faults::script(peer.is_own()) {
        timeline.fault(&fault.title);
        fault.play(peer.faults(), client, &traffic).await?;
    }
    timeline.line("the last fault is over: waiting for every acknowledgement");
    Ok(traffic.finish().await)
}
