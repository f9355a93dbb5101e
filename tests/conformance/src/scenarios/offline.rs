//! What is sent while there is no connection.

use rejoin_test_server::FaultKind;
use serde_json::json;

use super::{Scenario, scenario};
use crate::stage::{Stage, fault};
use crate::verdict::{Verdict, equal};

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(sent_before_connecting, "messages sent before connecting arrive, in order"),
    scenario!(sent_while_waiting, "messages sent while the server is away arrive when it is back, in order"),
    scenario!(survives_disconnect, "messages sent after disconnect wait for the next connect"),
    scenario!(
        socketio_events_wait_too,
        "events emitted before connecting arrive once the namespace is connected, in order"
    ),
    scenario!(time_to_live, "a message whose time to live ends while offline is expired, and not sent"),
    scenario!(volatile_is_now_or_never, "a volatile message is dropped while offline, and not sent later"),
    scenario!(
        volatile_event_is_now_or_never,
        "a volatile event is dropped before the namespace is connected, and not sent later"
    ),
    scenario!(same_key_replaces, "of waiting messages with the same key only the newest is sent"),
    scenario!(holds_are_shown, "the statistics show how many messages and bytes wait"),
];

async fn sent_before_connecting(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({})).await?;
    for i in 0..20 {
        client.send(&format!("m{i}")).await?;
    }
    client.connect().await?;
    for i in 0..20 {
        client.hears(&format!("m{i}")).await?;
    }
    Ok(())
}

async fn sent_while_waiting(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    fault(server.faults(), json!({ "fault": "refuse" })).await?;
    fault(server.faults(), json!({ "fault": "cut" })).await?;
    client.state("waiting").await?;
    for i in 0..20 {
        client.send_for_receipt(&format!("m{i}")).await?;
    }
    server.faults().lift(FaultKind::Refuse).await;
    for i in 0..20 {
        client.hears(&format!("m{i}")).await?;
        client.ends_as(&format!("m{i}"), "sent").await?;
    }
    Ok(())
}

async fn survives_disconnect(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    client.disconnect().await?;
    client.send("later").await?;
    equal("messages that wait", client.stat("outbox_messages").await?, 1)?;
    client.connect().await?;
    client.hears("later").await
}

async fn socketio_events_wait_too(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.socketio(&server, json!({})).await?;
    for i in 0..20 {
        client.emit("echo", json!([i])).await?;
    }
    client.connect().await?;
    for i in 0..20 {
        client.hears_event("echo", json!([i])).await?;
    }
    Ok(())
}

async fn time_to_live(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({})).await?;
    client.call("send", json!({ "text": "short", "receipt": "short", "ttl_ms": 30 })).await?;
    client.call("send", json!({ "text": "long", "receipt": "long", "ttl_ms": 600_000 })).await?;
    client.ends_as("short", "expired").await?;
    client.connect().await?;
    client.hears("long").await?;
    client.ends_as("long", "sent").await
}

async fn volatile_is_now_or_never(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({})).await?;
    client.call("send", json!({ "text": "gone", "receipt": "gone", "volatile": true })).await?;
    client.ends_as("gone", "dropped").await?;
    client.connect().await?;
    client.call("send", json!({ "text": "now", "receipt": "now", "volatile": true })).await?;
    client.hears("now").await?;
    client.ends_as("now", "sent").await
}

async fn volatile_event_is_now_or_never(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.socketio(&server, json!({})).await?;
    let gone = json!({ "name": "echo", "args": ["gone"], "volatile": true, "receipt": "gone" });
    client.call("emit", gone).await?;
    client.ends_as("gone", "dropped").await?;
    client.connect().await?;
    client.call("emit", json!({ "name": "echo", "args": ["now"], "volatile": true })).await?;
    client.hears_event("echo", json!(["now"])).await.map(drop)
}

async fn same_key_replaces(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({})).await?;
    for (text, key) in [("x1", "x"), ("y1", "y"), ("x2", "x"), ("x3", "x")] {
        client.call("send", json!({ "text": text, "receipt": text, "key": key })).await?;
    }
    client.ends_as("x1", "dropped").await?;
    client.ends_as("x2", "dropped").await?;
    client.connect().await?;
    client.hears("y1").await?;
    client.hears("x3").await?;
    client.ends_as("x3", "sent").await
}

async fn holds_are_shown(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({})).await?;
    client.send("12345").await?;
    client.send("67890").await?;
    equal("messages that wait", client.stat("outbox_messages").await?, 2)?;
    let bytes = client.stat("outbox_bytes").await?;
    crate::verdict::ensure(bytes >= 10, format!("{bytes} bytes hold two messages of 5"))?;
    client.connect().await?;
    client.hears("12345").await?;
    client.hears("67890").await?;
    client.echoes("proof").await?;
    crate::stage::until("nothing waits any more", async || Ok(client.stat("outbox_messages").await? == 0))
        .await
}
