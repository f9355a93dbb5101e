//! What the operating system or the application knows of the network.

use rejoin_test_server::{FaultKind, TestServer};
use serde_json::json;

use super::{Scenario, scenario};
use crate::client::Client;
use crate::stage::{Stage, fault};
use crate::verdict::{Verdict, ensure};

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(online_ends_the_wait, "online ends a long wait: the client connects at once"),
    scenario!(woke_ends_the_wait, "woke ends a long wait: the client connects at once"),
    scenario!(foreground_ends_the_wait, "foreground ends a long wait: the client connects at once"),
    scenario!(
        woke_finds_a_dead_link,
        "after woke a dead link is found in probe_timeout, where the platform can ping"
    ),
    scenario!(woke_keeps_a_living_link, "after woke a link that answers is kept"),
    scenario!(online_keeps_a_living_link, "after online a link that answers is kept"),
    scenario!(background_changes_nothing, "background by itself disconnects nothing"),
    scenario!(offline_then_online, "after offline and online messages flow"),
];

/// A client that waits for minutes, of a server that is back.
async fn waiting_for_long(t: &Stage) -> Verdict<(TestServer, Client)> {
    let server = t.server().await?;
    fault(server.faults(), json!({ "fault": "refuse" })).await?;
    let long = json!({ "backoff": { "initial_ms": 600_000, "max_ms": 600_000 } });
    let client = t.plain(&server, long).await?;
    drop(client.begin("connect", json!({})));
    let waiting = client.state("waiting").await?;
    let delay = waiting["retry_in_ms"].as_u64().unwrap_or_default();
    ensure(delay <= 600_000, format!("{delay} ms is within 600 s"))?;
    server.faults().lift(FaultKind::Refuse).await;
    Ok((server, client))
}

async fn ends_the_wait(t: Stage, hint: &str) -> Verdict {
    let (_server, client) = waiting_for_long(&t).await?;
    client.hint(hint).await?;
    client.state("connected").await?;
    client.echoes("soon").await
}

async fn online_ends_the_wait(t: Stage) -> Verdict {
    ends_the_wait(t, "online").await
}

async fn woke_ends_the_wait(t: Stage) -> Verdict {
    ends_the_wait(t, "woke").await
}

async fn foreground_ends_the_wait(t: Stage) -> Verdict {
    ends_the_wait(t, "foreground").await
}

async fn woke_finds_a_dead_link(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({ "probe_timeout_ms": 200 })).await?;
    fault(server.faults(), json!({ "fault": "freeze" })).await?;
    client.hint("woke").await?;
    if t.platform().sends_pings() {
        client.state_because("waiting", "heartbeat_timeout").await?;
    }
    server.faults().lift(FaultKind::Freeze).await;
    if t.platform().sends_pings() {
        client.state("connected").await?;
    }
    client.echoes("alive").await
}

async fn kept(t: Stage, hint: &str) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({ "probe_timeout_ms": 20_000 })).await?;
    client.hint(hint).await?;
    client.echoes("alive").await?;
    client.connected_times(1).await
}

async fn woke_keeps_a_living_link(t: Stage) -> Verdict {
    kept(t, "woke").await
}

async fn online_keeps_a_living_link(t: Stage) -> Verdict {
    kept(t, "online").await
}

async fn background_changes_nothing(t: Stage) -> Verdict {
    kept(t, "background").await
}

async fn offline_then_online(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    client.hint("offline").await?;
    client.send_for_receipt("meanwhile").await?;
    client.hint("online").await?;
    client.hears("meanwhile").await?;
    client.ends_as("meanwhile", "sent").await
}
