//! Each accepted message comes to exactly one end, and it is told which.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Scenario, scenario};
use crate::stage::{Stage, fault};
use crate::verdict::{Verdict, ensure, same};

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(sent, "a message on a living link is sent"),
    scenario!(acknowledged, "an event that the server acknowledges is acknowledged"),
    scenario!(unconfirmed, "a message on a link that died is unconfirmed, never sent"),
    scenario!(withdrawn, "what still waits when the client is closed is withdrawn"),
    scenario!(no_acknowledgement, "an event whose acknowledgement does not come is unconfirmed"),
    scenario!(exactly_one_end, "over a lost link and a close each message has exactly one receipt"),
    scenario!(repeats_are_one_message, "an event that is sent again until acknowledged has one receipt"),
];

async fn sent(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    client.send_for_receipt("a").await?;
    client.hears("a").await?;
    client.ends_as("a", "sent").await
}

async fn acknowledged(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client.call("emit", json!({ "name": "ack", "ack": true, "receipt": "r" })).await?;
    client.ends_as("r", "acknowledged").await
}

async fn unconfirmed(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    fault(server.faults(), json!({ "fault": "freeze" })).await?;
    let before = client.stat("frames_sent").await?;
    client.send_for_receipt("lost").await?;
    client.stat_reaches("frames_sent", before + 1).await?;
    fault(server.faults(), json!({ "fault": "refuse" })).await?;
    fault(server.faults(), json!({ "fault": "reset" })).await?;
    client.ends_as("lost", "unconfirmed").await
}

async fn withdrawn(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({})).await?;
    client.send_for_receipt("a").await?;
    client.send_for_receipt("b").await?;
    client.close().await?;
    client.ends_as("a", "withdrawn").await?;
    client.ends_as("b", "withdrawn").await
}

async fn no_acknowledgement(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    let fields = json!({ "name": "unheard", "ack": true, "timeout_ms": 50, "receipt": "r" });
    let error = client.refused("emit", fields, "ack_timeout").await?;
    same("retryable", &error["retryable"], true)?;
    client.ends_as("r", "unconfirmed").await
}

async fn exactly_one_end(t: Stage) -> Verdict {
    const COUNT: usize = 60;
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    for i in 0..COUNT {
        if i == COUNT / 2 {
            fault(server.faults(), json!({ "fault": "refuse" })).await?;
            fault(server.faults(), json!({ "fault": "reset" })).await?;
        }
        client.send_for_receipt(&format!("m{i}")).await?;
    }
    client.close().await?;
    let mut ends = BTreeMap::<String, u32>::new();
    while ends.len() < COUNT {
        let receipt = client.next("receipt").await?["receipt"].to_string();
        *ends.entry(receipt).or_default() += 1;
    }
    ensure(client.drain("receipt").is_empty() && ends.values().all(|ends| *ends == 1), "one end each")
}

async fn repeats_are_one_message(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    let before = client.stat("frames_sent").await?;
    let fields = json!({ "name": "unheard", "ack": true, "timeout_ms": 30, "retries": 3, "receipt": "r" });
    client.refused("emit", fields, "ack_timeout").await?;
    client.ends_as("r", "unconfirmed").await?;
    let sent = client.stat("frames_sent").await? - before;
    ensure(sent >= 4, format!("once and three times again are not {sent}"))?;
    ensure(client.drain("receipt").is_empty(), "there is one receipt")
}
