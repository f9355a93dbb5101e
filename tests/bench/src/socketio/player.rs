use std::time::Duration;

use tokio::time::timeout;

use super::runner::Runner;
use super::{What, minimum, ours};
use crate::Fallible;
use crate::rounds::{Time, Times, timed};
use crate::server_process::ServerProcess;

/// A round takes a fraction of a second. One that waits for what was lost with a link does not end.
const LONGEST: Duration = Duration::from_secs(60);

/// One of the clients, and how it did.
pub(super) struct Player {
    pub(super) name: &'static str,
    client: Client,
    pub(super) times: Times,
    /// What the server spent on its rounds.
    server: Duration,
}

enum Client {
    Ours(ours::Session),
    Minimum(minimum::Session),
    Process(Runner),
}

impl Player {
    pub(super) async fn ours(url: &str) -> Fallible<Self> {
        Ok(Self::new("rejoin", Client::Ours(ours::connect(url).await?)))
    }

    pub(super) async fn minimum(url: &str) -> Fallible<Self> {
        Ok(Self::new("a hand-written minimum", Client::Minimum(minimum::connect(url).await?)))
    }

    pub(super) fn rust_socketio(url: &str) -> Fallible<Self> {
        Ok(Self::new("rust_socketio 0.6.0", Client::Process(Runner::rust_socketio(url)?)))
    }

    pub(super) fn node(url: &str) -> Fallible<Self> {
        Ok(Self::new("socket.io-client 4.8.4", Client::Process(Runner::node(url)?)))
    }

    fn new(name: &'static str, client: Client) -> Self {
        Self { name, client, times: Times::default(), server: Duration::ZERO }
    }

    pub(super) fn forget(&mut self) {
        (self.times, self.server) = (Times::default(), Duration::ZERO);
    }

    /// Runs a round of `count` and keeps its time, as if it had been of `whole`.
    pub(super) async fn play(
        &mut self,
        server: &mut ServerProcess,
        (what, size): (What, usize),
        count: usize,
        whole: usize,
    ) -> Fallible<()> {
        let before = server.spent()?;
        let scale = whole as f64 / count as f64;
        let time = self.round(what, count, size).await?;
        self.times.0.push(time.mul_f64(scale));
        self.server += server.spent()?.saturating_sub(before).mul_f64(scale);
        Ok(())
    }

    pub(super) async fn round(&mut self, what: What, count: usize, size: usize) -> Fallible<Time> {
        let (time, done) = match &mut self.client {
            Client::Ours(session) => timed(timeout(LONGEST, session.round(what, count, size))).await,
            Client::Minimum(session) => timed(timeout(LONGEST, session.round(what, count, size))).await,
            Client::Process(runner) => return runner.round(what.name(), count, size),
        };
        done.map_err(|_| format!("{}: a round of {} did not end", self.name, what.name()))??;
        Ok(time)
    }

    /// The median time of one acknowledgement, in microseconds.
    pub(super) async fn latency(&mut self, count: usize, size: usize) -> Fallible<f64> {
        match &mut self.client {
            Client::Ours(session) => session.latency(count, size).await,
            Client::Minimum(session) => session.latency(count, size).await,
            Client::Process(runner) => runner.latency(count, size),
        }
    }

    /// Its rate, and what one event took of its own processor time and of the server's.
    pub(super) fn show(&self, count: usize) {
        let each = |time: Duration| time.as_secs_f64() * 1e6 / (count * self.times.0.len()) as f64;
        let sum = |of: fn(&Time) -> Duration| self.times.0.iter().map(of).sum::<Duration>();
        println!(
            "  {:<24} {:>9.0}/s, processor time for each: client {:.2} us, server {:.2} us ({:.0} % busy)",
            self.name,
            self.times.rate(count),
            each(sum(|time| time.cpu)),
            each(self.server),
            100.0 * self.server.as_secs_f64() / sum(|time| time.wall).as_secs_f64(),
        );
    }
}
