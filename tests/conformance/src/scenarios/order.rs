//! Many messages over faults: with acknowledgements none is lost or handled twice, and none overtakes another.

use rejoin_test_server::{FaultKind, Seen, TestServer};
use serde_json::{Value, json};

use super::{Scenario, scenario};
use crate::client::Client;
use crate::stage::{Stage, fault, until};
use crate::verdict::{Verdict, ensure, equal, same};

const COUNT: u64 = 1000;

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(burst_comes_back_whole, "a burst to an echo comes back whole and in order"),
    scenario!(burst_of_events_comes_back_whole, "a burst of Socket.IO events comes back whole and in order"),
    scenario!(flood_is_received_whole, "a flood from the server is received whole and in order"),
    scenario!(
        nothing_lost_over_cuts,
        "events with acknowledgements and retries over lost links: none lost, twice, or overtaken"
    ),
    scenario!(
        nothing_lost_over_resets,
        "events with acknowledgements and retries over reset links: none lost, twice, or overtaken"
    ),
    scenario!(
        nothing_lost_over_a_restart,
        "events with acknowledgements and retries over a restart of the server: none lost, twice, or overtaken"
    ),
    scenario!(
        nothing_lost_over_a_freeze,
        "a link that stands still for a while loses nothing, and is not replaced"
    ),
    scenario!(
        at_most_once_without_acknowledgements,
        "plain messages over lost links: none twice, none overtaken, and each accounted for"
    ),
    scenario!(nothing_lost_on_a_slow_link, "a slow and narrow link delays messages and loses none"),
];

/// An outbox with room for all.
fn roomy() -> Value {
    json!({ "outbox": { "max_messages": 100_000, "max_bytes": 100_000_000 }, "ack_timeout_ms": 20_000 })
}

async fn burst_comes_back_whole(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, roomy()).await?;
    client.call("count", json!({ "on": true })).await?;
    client.burst(COUNT, json!({ "from": 1, "pad": 20 })).await?;
    comes_back_whole(&client, client.name()).await?;
    equal("messages that were printed", client.drain("message").len(), 0)
}

async fn burst_of_events_comes_back_whole(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, roomy()).await?;
    client.call("count", json!({ "on": true })).await?;
    client.burst(COUNT, json!({ "from": 1, "name": "echo" })).await?;
    comes_back_whole(&client, client.name()).await
}

async fn flood_is_received_whole(t: Stage) -> Verdict {
    let server = t.server().await?;
    let url = format!("{}/source?count={COUNT}&size=200", server.ws_url());
    let client = t.plain_at(&url, json!({})).await?;
    client.call("count", json!({ "on": true })).await?;
    client.connect().await?;
    comes_back_whole(&client, "anonymous").await
}

async fn comes_back_whole(client: &Client, from: &str) -> Verdict {
    until("all have come back", async || Ok(client.stats().await?["seen"][from]["unique"] == COUNT)).await?;
    let wanted =
        json!({ "received": COUNT, "unique": COUNT, "duplicates": 0, "reordered": 0, "high": COUNT });
    same("what was counted", &client.stats().await?["seen"][from], wanted)
}

/// Bursts with acknowledgements and retries. In each but the last a fault falls, and the last begins after all of them: it
/// cannot be acknowledged by a link that a fault ended.
async fn nothing_lost(t: Stage, strikes: u64, struck: Value) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, roomy()).await?;
    let part = COUNT / (strikes + 1);
    for strike in 0..=strikes {
        let before = strike * part;
        let count = if strike < strikes { part } else { COUNT - before };
        let burst = json!({
            "from": before + 1, "count": count, "name": "numbered", "ack": true, "retries": 100, "timeout_ms": 20_000,
            "every_ms": 1,
        });
        let bursting = client.begin("burst", burst);
        if strike < strikes {
            let progress = before + part / 2;
            let enough = async || Ok(seen(&server, &client).unique >= progress);
            until(&format!("{progress} have arrived"), enough).await?;
            fault(server.faults(), struck.clone()).await?;
        }
        let answer = bursting.ok().await?;
        ensure(answer["accepted"] == count && answer["refused"] == 0, format!("all are accepted: {answer}"))?;
    }
    client.stat_reaches("acknowledged", COUNT).await?;
    equal("what failed", client.stat("failed").await?, 0)?;
    let seen = seen(&server, &client);
    equal("what arrived", seen.unique, COUNT)?;
    equal("what was overtaken", seen.reordered, 0)?;
    ensure(client.stat("connects").await? > strikes.min(1), "the faults fell on the burst")
}

fn seen(server: &TestServer, client: &Client) -> Seen {
    server.stats().clients.get(client.name()).copied().unwrap_or_default()
}

async fn nothing_lost_over_cuts(t: Stage) -> Verdict {
    nothing_lost(t, 5, json!({ "fault": "cut" })).await
}

async fn nothing_lost_over_resets(t: Stage) -> Verdict {
    nothing_lost(t, 5, json!({ "fault": "reset" })).await
}

async fn nothing_lost_over_a_restart(t: Stage) -> Verdict {
    nothing_lost(t, 1, json!({ "fault": "restart", "down_ms": 200 })).await
}

async fn nothing_lost_over_a_freeze(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, roomy()).await?;
    client.call("count", json!({ "on": true })).await?;
    let bursting = client.begin("burst", json!({ "from": 1, "count": COUNT, "every_ms": 1 }));
    until("some have arrived", async || Ok(seen(&server, &client).unique > COUNT / 4)).await?;
    fault(server.faults(), json!({ "fault": "freeze" })).await?;
    bursting.ok().await?;
    server.faults().lift(FaultKind::Freeze).await;
    comes_back_whole(&client, client.name()).await?;
    client.connected_times(1).await
}

async fn at_most_once_without_acknowledgements(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, roomy()).await?;
    client.call("count", json!({ "on": true })).await?;
    let bursting = client.begin("burst", json!({ "from": 1, "count": COUNT, "every_ms": 1 }));
    for progress in [COUNT / 4, COUNT / 2] {
        until("some have arrived", async || Ok(seen(&server, &client).high >= progress)).await?;
        fault(server.faults(), json!({ "fault": "reset" })).await?;
    }
    bursting.ok().await?;
    let ended = async || Ok(client.stat("sent").await? + client.stat("failed").await? == COUNT);
    until("each message has come to its end", ended).await?;
    let seen = seen(&server, &client);
    equal("what arrived twice", seen.duplicates, 0)?;
    equal("what was overtaken", seen.reordered, 0)
}

async fn nothing_lost_on_a_slow_link(t: Stage) -> Verdict {
    let server = t.server().await?;
    fault(server.faults(), json!({ "fault": "delay", "ms": 20, "jitter_ms": 20 })).await?;
    fault(server.faults(), json!({ "fault": "bandwidth", "bytes_per_second": 400_000 })).await?;
    let client = t.connected(&server, roomy()).await?;
    client.call("count", json!({ "on": true })).await?;
    client.burst(COUNT, json!({ "from": 1, "pad": 100 })).await?;
    comes_back_whole(&client, client.name()).await
}
