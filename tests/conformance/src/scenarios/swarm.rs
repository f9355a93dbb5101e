//! Many clients in one process.

use serde_json::{Value, json};

use super::{Scenario, scenario};
use crate::agent::Agent;
use crate::stage::{Stage, fault, until};
use crate::verdict::{Verdict, ensure, equal, same};

const COUNT: u64 = 50;

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(
        all_connect,
        "a swarm of both protocols connects, and the process tells how many and its memory"
    ),
    scenario!(all_come_back, "a swarm whose links are all cut is connected again"),
];

async fn grow(agent: &Agent, protocol: &str, url: &str) -> Verdict {
    let config = json!({ "backoff": { "initial_ms": 20, "max_ms": 60 } });
    let request = json!({ "count": COUNT, "protocol": protocol, "url": url, "config": config });
    agent.begin("swarm", request).ok().await.map(drop)
}

async fn stats(agent: &Agent) -> Verdict<Value> {
    agent.begin("stats", json!({})).ok().await
}

async fn all_connect(t: Stage) -> Verdict {
    let server = t.server().await?;
    let agent = t.own_agent().await?;
    grow(&agent, "websocket", &server.ws_url()).await?;
    grow(&agent, "socketio", &server.socketio_url()).await?;
    until("all are connected", async || Ok(stats(&agent).await?["connected"] == 2 * COUNT)).await?;
    let stats = stats(&agent).await?;
    same("the swarm", &stats["swarm"], 2 * COUNT)?;
    ensure(stats["rss_bytes"].as_u64().is_some_and(|bytes| bytes > 1_000_000), "a process has some memory")?;
    equal("connections at the server", server.stats().connections_open, 2 * COUNT)
}

async fn all_come_back(t: Stage) -> Verdict {
    let server = t.server().await?;
    let agent = t.own_agent().await?;
    grow(&agent, "websocket", &server.ws_url()).await?;
    until("all are connected", async || Ok(stats(&agent).await?["connected"] == COUNT)).await?;
    fault(server.faults(), json!({ "fault": "cut" })).await?;
    until("all have connected twice", async || Ok(server.stats().upgrades >= 2 * COUNT)).await?;
    until("all are connected again", async || Ok(stats(&agent).await?["connected"] == COUNT)).await
}
