//! Socket.IO clients in turns against one socketioxide server: ours, rust_socketio and socket.io-client.

mod ours;
mod runner;

use std::time::Duration;

use crate::Fallible;
use crate::options::Options;
use crate::report::{self, Target};
use crate::rounds::{Time, Times, calibrate, median, ratio};
use crate::server_process::ServerProcess;
use ours::Session;
use runner::Runner;

/// Events or acknowledgements on the way.
const WINDOW: usize = 64;
const TRIAL: usize = 2_000;
const SIZES: [usize; 2] = [32, 1024];
const LATENCY_ROUND: usize = 1_000;

/// What is measured, and how many times faster than each of the others ours has to be.
struct Contest {
    what: What,
    title: &'static str,
    than_rust: Option<f64>,
    than_node: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Acks,
    Echo,
    Flood,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Acks => "acks",
            Self::Echo => "echo",
            Self::Flood => "flood",
        }
    }
}

const CONTESTS: [Contest; 3] = [
    // The ids of rust_socketio's acknowledgements are random, and collide.
    Contest { what: What::Acks, title: "acknowledgements pipelined", than_rust: None, than_node: Some(4.0) },
    Contest { what: What::Echo, title: "events echoed", than_rust: Some(1.7), than_node: None },
    Contest { what: What::Flood, title: "a flood received", than_rust: Some(3.0), than_node: None },
];

pub(crate) async fn compare(options: &Options) -> Fallible<()> {
    let server = ServerProcess::start_socketio()?;
    let mut rust = Runner::rust_socketio(&server.url())?;
    let mut node = Runner::node(&server.url())?;
    let mut ours = ours::connect(&server.url()).await?;
    for size in SIZES {
        for contest in &CONTESTS {
            contest.run(options.rounds, size, &mut ours, &mut rust, &mut node).await?;
        }
        latency(options.rounds, size, &mut ours, &mut rust, &mut node).await?;
    }
    Ok(())
}

impl Contest {
    async fn run(
        &self,
        rounds: usize,
        size: usize,
        ours: &mut Session,
        rust: &mut Runner,
        node: &mut Runner,
    ) -> Fallible<()> {
        let name = self.what.name();
        let can_rust = self.what != What::Acks;
        ours.round(self.what, TRIAL, size).await?;
        let count = calibrate(TRIAL, ours.round(self.what, TRIAL, size).await?);
        // The others are slower: their rounds are as long with fewer.
        let few = (count / 4).max(WINDOW);
        let scale = count as f64 / few as f64;
        node.round(name, few, size)?;
        let (mut our_times, mut rust_times, mut node_times) =
            (Times::default(), Times::default(), Times::default());
        for _ in 0..rounds {
            our_times.0.push(Time::wall(ours.round(self.what, count, size).await?));
            node_times.0.push(Time::wall(Duration::from_secs_f64(node.round(name, few, size)? * scale)));
            if can_rust {
                rust_times.0.push(Time::wall(Duration::from_secs_f64(rust.round(name, few, size)? * scale)));
            }
        }
        println!("{}, {size} B: rejoin {:.0}/s", self.title, our_times.rate(count));
        let target = |bound: Option<f64>| bound.map_or(Target::None, Target::AtLeast);
        if can_rust {
            println!("  rust_socketio 0.6.0: {:.0}/s", rust_times.rate(count));
            report::ratio("rejoin / rust_socketio", ratio(&our_times, &rust_times).0, target(self.than_rust));
        }
        println!("  socket.io-client 4.8.4: {:.0}/s", node_times.rate(count));
        report::ratio("rejoin / socket.io-client", ratio(&our_times, &node_times).0, target(self.than_node));
        Ok(())
    }
}

async fn latency(
    rounds: usize,
    size: usize,
    ours: &mut Session,
    rust: &mut Runner,
    node: &mut Runner,
) -> Fallible<()> {
    let (mut our_p50, mut rust_p50, mut node_p50) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        our_p50.push(ours.latency(LATENCY_ROUND, size).await?);
        rust_p50.push(rust.round("latency", LATENCY_ROUND, size)?);
        node_p50.push(node.round("latency", LATENCY_ROUND, size)?);
    }
    let (ours, rust, node) = (median(our_p50), median(rust_p50), median(node_p50));
    println!(
        "one acknowledgement in flight, {size} B: p50 rejoin {ours:.1} us, rust_socketio {rust:.1} us, socket.io-client {node:.1} us"
    );
    report::ratio("rejoin / rust_socketio, p50", ours / rust, Target::AtMost(1.0));
    report::ratio("rejoin / socket.io-client, p50", ours / node, Target::AtMost(1.0));
    Ok(())
}
