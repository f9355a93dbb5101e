//! Socket.IO clients in turns against one socketioxide server: ours, rust_socketio and socket.io-client, and a minimum
//! written by hand, which shows how far the server lets anybody come.

mod minimum;
mod ours;
mod player;
mod runner;
pub(crate) mod server;

use crate::Fallible;
use crate::options::Options;
use crate::report::{self, Target};
use crate::rounds::{calibrate, median, ratio};
use crate::server_process::{ServerProcess, keep_clients};
use player::Player;

/// Events or acknowledgements on the way.
const WINDOW: usize = 64;
const TRIAL: usize = 2_000;
const SIZES: [usize; 2] = [32, 1024];
const LATENCY_ROUND: usize = 1_000;

/// What is measured, and how many times faster than each of the others ours has to be.
struct Contest {
    what: What,
    title: &'static str,
    than_rust: Target,
    than_node: Target,
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
    Contest {
        what: What::Acks,
        title: "acknowledgements pipelined",
        than_rust: Target::None,
        than_node: Target::AtLeast(4.0),
    },
    Contest {
        what: What::Echo,
        title: "events echoed",
        than_rust: Target::AtLeast(1.7),
        than_node: Target::None,
    },
    Contest {
        what: What::Flood,
        title: "a flood received",
        than_rust: Target::AtLeast(3.0),
        than_node: Target::None,
    },
];

pub(crate) async fn compare(options: &Options) -> Fallible<()> {
    let mut server = ServerProcess::start_socketio()?;
    let _kept = keep_clients()?;
    let url = server.url();
    // The processes first: building one takes longer than a connection lives without its heartbeat.
    let (rust, node) = (Player::rust_socketio(&url)?, Player::node(&url)?);
    let (ours, minimum) = (Player::ours(&url).await?, Player::minimum(&url).await?);
    let mut players = Players { ours, minimum, rust, node };
    for size in SIZES {
        for contest in &CONTESTS {
            players.contest(contest, options.rounds, size, &mut server).await?;
        }
        players.latency(options.rounds, size).await?;
    }
    Ok(())
}

struct Players {
    ours: Player,
    minimum: Player,
    rust: Player,
    node: Player,
}

impl Players {
    async fn contest(
        &mut self,
        contest: &Contest,
        rounds: usize,
        size: usize,
        server: &mut ServerProcess,
    ) -> Fallible<()> {
        let what = contest.what;
        self.ours.round(what, TRIAL, size).await?;
        let count = calibrate(TRIAL, self.ours.round(what, TRIAL, size).await?.wall);
        // The others are slower: their rounds are as long with fewer.
        let few = (count / 4).max(WINDOW);
        self.node.round(what, few, size).await?;
        let Self { ours, minimum, rust, node } = self;
        let mut players = vec![(ours, count), (minimum, count), (node, few)];
        // The ids of rust_socketio's acknowledgements are random, and collide.
        if what != What::Acks {
            players.push((rust, few));
        }
        players.iter_mut().for_each(|(player, _)| player.forget());
        for _ in 0..rounds {
            for (player, own) in &mut players {
                player.play(server, (what, size), *own, count).await?;
            }
        }
        println!("{}, {size} B", contest.title);
        players.iter().for_each(|(player, _)| player.show(count));
        let Self { ours, minimum, rust, node } = self;
        report::rates("rejoin / the minimum", ratio(&ours.times, &minimum.times), Target::None);
        if what != What::Acks {
            report::rates("rejoin / rust_socketio", ratio(&ours.times, &rust.times), contest.than_rust);
        }
        report::rates("rejoin / socket.io-client", ratio(&ours.times, &node.times), contest.than_node);
        Ok(())
    }

    async fn latency(&mut self, rounds: usize, size: usize) -> Fallible<()> {
        let Self { ours, minimum, rust, node } = self;
        let mut players = [(ours, vec![]), (minimum, vec![]), (rust, vec![]), (node, vec![])];
        for _ in 0..rounds {
            for (player, times) in &mut players {
                times.push(player.latency(LATENCY_ROUND, size).await?);
            }
        }
        println!("one acknowledgement in flight, {size} B, p50");
        let [ours, minimum, rust, node] = players.map(|(player, times)| {
            let p50 = median(times);
            println!("  {:<24} {p50:.1} us", player.name);
            p50
        });
        report::ratio("rejoin / the minimum", ours / minimum, Target::None);
        report::ratio("rejoin / rust_socketio", ours / rust, Target::AtMost(1.0));
        report::ratio("rejoin / socket.io-client", ours / node, Target::AtMost(1.0));
        Ok(())
    }
}
