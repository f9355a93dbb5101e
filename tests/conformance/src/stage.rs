//! What a scenario has at hand: an agent, servers, peers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rejoin_test_server::{Config, Fault, FaultProxy, Faults, TestServer};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::agent::Agent;
use crate::client::Client;
use crate::log::DEADLINE;
use crate::peer::Peer;
use crate::platform::Platform;
use crate::verdict::Verdict;

/// What has no event is looked at so often.
const POLL: Duration = Duration::from_millis(10);

/// Given to each scenario.
#[derive(Debug)]
pub(crate) struct Stage {
    agent: Arc<Agent>,
    agent_name: &'static str,
    scenario: String,
    clients: AtomicU64,
}

impl Stage {
    pub(crate) fn new(agent: Arc<Agent>, agent_name: &'static str, scenario: String) -> Self {
        Self { agent, agent_name, scenario, clients: AtomicU64::new(0) }
    }

    pub(crate) fn agent(&self) -> &Agent {
        &self.agent
    }

    pub(crate) fn platform(&self) -> &Platform {
        self.agent.platform()
    }

    /// A process of its own, for what concerns the whole of it.
    pub(crate) async fn own_agent(&self) -> Verdict<Agent> {
        Agent::start(self.agent_name).await
    }

    /// The reference server, on ports of its own.
    pub(crate) async fn server(&self) -> Verdict<TestServer> {
        self.server_with(|_| {}).await
    }

    pub(crate) async fn server_with(&self, change: impl FnOnce(&mut Config)) -> Verdict<TestServer> {
        let mut config = Config::default();
        change(&mut config);
        Ok(TestServer::start(config).await?)
    }

    /// npm `socket.io`, behind a proxy with faults.
    pub(crate) async fn node_socketio(&self, options: Value) -> Verdict<(Peer, FaultProxy)> {
        let peer = Peer::start("socketio-server.mjs", &options).await?;
        let proxy = FaultProxy::start(peer.addr()).await?;
        Ok((peer, proxy))
    }

    /// npm `ws`.
    pub(crate) async fn node_ws(&self, options: Value) -> Verdict<Peer> {
        Peer::start("ws-server.mjs", &options).await
    }

    /// A client of the server's echo, with short delays unless `config` says otherwise.
    pub(crate) async fn plain(&self, server: &TestServer, config: Value) -> Verdict<Client> {
        self.plain_at(&server.ws_url(), config).await
    }

    pub(crate) async fn plain_at(&self, url: &str, config: Value) -> Verdict<Client> {
        Client::create(&self.agent, self.client_name(), "websocket", url, with_defaults(config)).await
    }

    pub(crate) async fn socketio(&self, server: &TestServer, config: Value) -> Verdict<Client> {
        self.socketio_at(&server.socketio_url(), config).await
    }

    pub(crate) async fn socketio_at(&self, url: &str, config: Value) -> Verdict<Client> {
        Client::create(&self.agent, self.client_name(), "socketio", url, with_defaults(config)).await
    }

    /// A plain client that is connected.
    pub(crate) async fn connected(&self, server: &TestServer, config: Value) -> Verdict<Client> {
        let client = self.plain(server, config).await?;
        client.connect().await?;
        client.state("connected").await?;
        Ok(client)
    }

    /// A Socket.IO client that is connected.
    pub(crate) async fn connected_socketio(&self, server: &TestServer, config: Value) -> Verdict<Client> {
        let client = self.socketio(server, config).await?;
        client.connect().await?;
        client.state("connected").await?;
        Ok(client)
    }

    /// A name that no other client has.
    pub(crate) fn client_name(&self) -> String {
        let number = self.clients.fetch_add(1, Ordering::Relaxed) + 1;
        format!("{}-{number}", self.scenario)
    }
}

/// Strikes a fault.
pub(crate) async fn strike(faults: &Faults, fault: Fault) -> Verdict {
    faults.apply(fault).await.map_err(Into::into)
}

/// Strikes a fault by its JSON, as in docs/test-server.md.
pub(crate) async fn fault(faults: &Faults, fault: Value) -> Verdict {
    strike(faults, serde_json::from_value(fault)?).await
}

/// Waits until it is so, for what no event tells.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> Verdict<bool>) -> Verdict {
    let end = Instant::now() + DEADLINE;
    while !is_so().await? {
        if Instant::now() > end {
            return Err(format!("in {DEADLINE:?} it never came that {what}").into());
        }
        sleep(POLL).await;
    }
    Ok(())
}

fn with_defaults(config: Value) -> Value {
    let mut merged = json!({ "backoff": { "initial_ms": 20, "max_ms": 60 } });
    merge(&mut merged, config);
    merged
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}
