//! Links that look alive and are not, and links that are quiet and live.

use rejoin_test_server::FaultKind;
use serde_json::json;
use std::time::Duration;

use super::{Scenario, scenario};
use crate::stage::{Stage, fault, until};
use crate::verdict::{Verdict, ensure};

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(
        dead_link_is_noticed,
        "a link on which nothing moves ends with heartbeat_timeout, where the platform can ping"
    ),
    scenario!(
        silent_server_is_noticed,
        "a server that answers no ping ends with heartbeat_timeout, where the platform can ping"
    ),
    scenario!(quiet_link_lives, "a healthy link without messages is kept, pinged where the platform can"),
    scenario!(
        server_pings_are_answered,
        "the pings of a Socket.IO server are answered, so that the link lives"
    ),
    scenario!(
        missing_server_pings_are_noticed,
        "a Socket.IO server whose pings stop ends with heartbeat_timeout"
    ),
    scenario!(
        one_way_link_is_noticed,
        "a link whose answers no longer arrive is given up, and what was on it is not called delivered"
    ),
    scenario!(
        messages_flow_after_a_dead_link,
        "what was sent while the link was dead arrives on the next one"
    ),
];

async fn dead_link_is_noticed(t: Stage) -> Verdict {
    let server = t.server().await?;
    let config = json!({ "heartbeat": { "interval_ms": 100, "timeout_ms": 300 } });
    let client = t.connected(&server, config).await?;
    fault(server.faults(), json!({ "fault": "freeze" })).await?;
    if t.platform().sends_pings() {
        client.state_because("waiting", "heartbeat_timeout").await?;
    }
    server.faults().lift(FaultKind::Freeze).await;
    if t.platform().sends_pings() {
        client.state("connected").await?;
    }
    client.echoes("alive").await
}

async fn silent_server_is_noticed(t: Stage) -> Verdict {
    let server = t.server().await?;
    let config = json!({ "heartbeat": { "interval_ms": 100, "timeout_ms": 300 } });
    let client = t.connected(&server, config).await?;
    if !t.platform().sends_pings() {
        return client.echoes("alive").await;
    }
    fault(server.faults(), json!({ "fault": "silence" })).await?;
    client.state_because("waiting", "heartbeat_timeout").await?;
    server.faults().lift(FaultKind::Silence).await;
    client.state("connected").await?;
    client.echoes("alive").await
}

async fn quiet_link_lives(t: Stage) -> Verdict {
    let peer = t.node_ws(json!({})).await?;
    let config = json!({ "heartbeat": { "interval_ms": 50, "timeout_ms": 20_000 } });
    let client = t.plain_at(&format!("ws://{}/ws", peer.addr()), config).await?;
    client.connect().await?;
    if t.platform().sends_pings() {
        let pinged = async || Ok(peer.tell(json!({ "op": "stats" })).await?["pings"].as_u64() >= Some(3));
        until("the server was pinged three times", pinged).await?;
    }
    client.echoes("quiet").await?;
    client.connected_times(1).await
}

async fn server_pings_are_answered(t: Stage) -> Verdict {
    let (peer, proxy) = t.node_socketio(json!({ "pingInterval": 60, "pingTimeout": 20_000 })).await?;
    let client = t.socketio_at(&format!("http://{}", proxy.addr()), json!({})).await?;
    client.connect().await?;
    // A ping is only followed by another one if it was answered.
    client.stat_reaches("frames_received", 8).await?;
    client.connected_times(1).await?;
    peer.tell(json!({ "op": "stop" })).await.map(drop).or(Ok(()))
}

async fn missing_server_pings_are_noticed(t: Stage) -> Verdict {
    let server = t
        .server_with(|config| {
            config.ping_interval = Duration::from_millis(100);
            config.ping_timeout = Duration::from_millis(900);
        })
        .await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    // One way only: the server's own end of the link must not be what the client sees.
    fault(server.faults(), json!({ "fault": "freeze", "direction": "outbound" })).await?;
    client.state_because("waiting", "heartbeat_timeout").await?;
    server.faults().lift(FaultKind::Freeze).await;
    client.state("connected").await.map(drop)
}

async fn one_way_link_is_noticed(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({ "ack_timeout_ms": 300 })).await?;
    fault(server.faults(), json!({ "fault": "freeze", "direction": "outbound" })).await?;
    let fields = json!({ "name": "ack", "ack": true, "receipt": "r" });
    client.refused("emit", fields, "ack_timeout").await?;
    client.ends_as("r", "unconfirmed").await?;
    server.faults().lift(FaultKind::Freeze).await;
    Ok(())
}

async fn messages_flow_after_a_dead_link(t: Stage) -> Verdict {
    let server = t
        .server_with(|config| {
            config.ping_interval = Duration::from_millis(100);
            config.ping_timeout = Duration::from_millis(900);
        })
        .await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    fault(server.faults(), json!({ "fault": "freeze" })).await?;
    let fields = json!({ "name": "ack", "args": [7], "ack": true, "retries": 20, "timeout_ms": 5000 });
    let asked = client.begin("emit", fields);
    client.state("waiting").await?;
    server.faults().lift(FaultKind::Freeze).await;
    let answer = asked.ok().await?;
    ensure(answer["ack"] == json!([7]), format!("the acknowledgement came: {answer}"))
}
