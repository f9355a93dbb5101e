//! The server as a value: started, restarted, stopped.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Config;
use crate::control::ControlApi;
use crate::fault::{Faults, Gate};
use crate::http::HttpService;
use crate::state::ServerState;
use crate::stats::{Counters, Stats};

/// A running server; dropping it stops it. Any number of them live in one process.
///
/// ```
/// # async fn example() -> std::io::Result<()> {
/// use rejoin_test_server::{Config, TestServer};
///
/// let server = TestServer::start(Config::default()).await?;
/// println!("echo at {}", server.ws_url());
/// server.stop().await;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct TestServer {
    gate: Gate,
    control: ControlApi,
    state: Arc<ServerState>,
}

impl TestServer {
    /// Starts a server; it accepts connections when this returns.
    ///
    /// # Errors
    /// A port cannot be bound, or [`Config::control_addr`] is not a loopback address.
    pub async fn start(config: Config) -> io::Result<Self> {
        let counters = Counters::new(config.limits.clone(), config.deliveries.clone());
        let state = Arc::new(ServerState { config, counters });
        let shared = Arc::clone(&state);
        let make = Box::new(move || HttpService::make(&shared));
        let gate = Gate::start(state.config.addr, state.config.limits.clone(), make)?;
        let control = ControlApi::start(gate.faults().clone(), Arc::clone(&state)).await?;
        Ok(TestServer { gate, control, state })
    }

    /// Where WebSocket and Socket.IO are served.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.gate.addr()
    }

    /// The plain WebSocket echo: `ws://127.0.0.1:PORT/ws`.
    #[must_use]
    pub fn ws_url(&self) -> String {
        format!("ws://{}/ws", self.addr())
    }

    /// What a Socket.IO client is given: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn socketio_url(&self) -> String {
        format!("http://{}", self.addr())
    }

    /// The root of the control API: `http://127.0.0.1:PORT/control`.
    #[must_use]
    pub fn control_url(&self) -> String {
        format!("http://{}/control", self.control.addr())
    }

    /// The handle by which faults are struck.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.gate.faults()
    }

    /// What was counted so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.state.stats(self.faults())
    }

    /// Forgets what was counted.
    pub fn reset_stats(&self) {
        self.state.counters.reset();
    }

    /// Cuts all connections, forgets all sessions, closes the port for `down`, and comes back on the same
    /// port. What was counted stays.
    pub async fn restart(&self, down: Duration) {
        self.gate.restart(down).await;
    }

    /// Stops: all connections are cut and the port is closed when this returns.
    pub async fn stop(self) {
        self.control.stop().await;
        self.gate.stop().await;
    }
}

impl ServerState {
    pub(crate) fn stats(&self, faults: &Faults) -> Stats {
        let mut stats = self.counters.snapshot();
        stats.connections_open = faults.open_connections() as u64;
        stats.connections_total = faults.accepted_connections();
        stats
    }
}
