//! Disconnecting and closing in every state.

use rejoin_test_server::FaultKind;
use serde_json::json;

use super::{Scenario, scenario};
use crate::client::Client;
use crate::stage::{Stage, fault, until};
use crate::verdict::{Verdict, ensure, equal};

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(close_while_disconnected, "close of a client that never connected answers"),
    scenario!(
        close_while_connecting,
        "close while connecting ends the attempt, and the pending connect with an error"
    ),
    scenario!(
        close_while_waiting,
        "close while waiting ends the wait, and the pending connect with an error"
    ),
    scenario!(close_while_connected, "close while connected closes the link at the server too"),
    scenario!(close_while_disconnecting, "close while disconnecting answers, and so does the disconnect"),
    scenario!(close_is_final, "a client that was closed takes no message and does not connect"),
    scenario!(close_frees_the_name, "the name of a closed client can be used again"),
    scenario!(
        disconnect_while_connecting,
        "disconnect while connecting ends the attempt, and the pending connect with client_disconnect"
    ),
    scenario!(
        disconnect_while_waiting,
        "disconnect while waiting ends the wait, and the pending connect with client_disconnect"
    ),
    scenario!(disconnect_when_disconnected, "disconnect of a disconnected client answers"),
    scenario!(
        disconnect_is_bounded,
        "a server that does not answer the close holds up disconnect no longer than close_grace"
    ),
    scenario!(disconnect_sends_what_was_accepted, "what was accepted before disconnect arrives"),
    scenario!(connect_while_disconnecting, "connect while disconnecting connects after it"),
    scenario!(
        socketio_close_while_connected,
        "close of a Socket.IO client ends its namespaces and its link at the server"
    ),
];

/// A client on its way to a server that says nothing, and the pending connect.
async fn connecting(t: &Stage) -> Verdict<(rejoin_test_server::TestServer, Client, crate::agent::Pending)> {
    let server = t.server().await?;
    fault(server.faults(), json!({ "fault": "freeze" })).await?;
    let client = t.plain(&server, json!({})).await?;
    let pending = client.begin("connect", json!({}));
    client.state("connecting").await?;
    Ok((server, client, pending))
}

/// A client that waits for its next attempt, and the pending connect.
async fn waiting(t: &Stage) -> Verdict<(rejoin_test_server::TestServer, Client, crate::agent::Pending)> {
    let server = t.server().await?;
    fault(server.faults(), json!({ "fault": "refuse" })).await?;
    let long = json!({ "backoff": { "initial_ms": 600_000, "max_ms": 600_000 } });
    let client = t.plain(&server, long).await?;
    let pending = client.begin("connect", json!({}));
    client.state("waiting").await?;
    Ok((server, client, pending))
}

async fn close_while_disconnected(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({})).await?;
    client.close().await
}

async fn close_while_connecting(t: Stage) -> Verdict {
    let (_server, client, pending) = connecting(&t).await?;
    client.close().await?;
    client.state("disconnected").await?;
    pending.error("client_disconnect").await.map(drop)
}

async fn close_while_waiting(t: Stage) -> Verdict {
    let (_server, client, pending) = waiting(&t).await?;
    client.close().await?;
    client.state("disconnected").await?;
    pending.error("client_disconnect").await.map(drop)
}

async fn close_while_connected(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    client.close().await?;
    client.state("disconnected").await?;
    until("the server has no connection", async || Ok(server.stats().connections_open == 0)).await
}

async fn close_while_disconnecting(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({ "close_grace_ms": 300 })).await?;
    fault(server.faults(), json!({ "fault": "freeze" })).await?;
    let disconnecting = client.begin("disconnect", json!({}));
    client.state("disconnecting").await?;
    client.close().await?;
    disconnecting.ok().await.map(drop)
}

async fn close_is_final(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    client.close().await?;
    // The agent has forgotten the client's name, or the client itself refuses.
    for (op, fields) in [("send", json!({ "text": "late" })), ("connect", json!({})), ("close", json!({}))] {
        let by_name = client.refused(op, fields.clone(), "invalid_argument").await;
        if by_name.is_err() {
            client.refused(op, fields, "client_closed").await?;
        }
    }
    until("the server has no connection", async || Ok(server.stats().connections_open == 0)).await
}

async fn close_frees_the_name(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    client.close().await?;
    client.call("create", json!({ "protocol": "websocket", "url": server.ws_url() })).await?;
    client.connect().await?;
    client.echoes("another").await
}

async fn disconnect_while_connecting(t: Stage) -> Verdict {
    let (server, client, pending) = connecting(&t).await?;
    client.disconnect().await?;
    client.state_because("disconnected", "client_disconnect").await?;
    pending.error("client_disconnect").await?;
    server.faults().lift(FaultKind::Freeze).await;
    client.connect().await?;
    client.echoes("by request").await
}

async fn disconnect_while_waiting(t: Stage) -> Verdict {
    let (server, client, pending) = waiting(&t).await?;
    client.disconnect().await?;
    client.state_because("disconnected", "client_disconnect").await?;
    pending.error("client_disconnect").await?;
    server.faults().lift(FaultKind::Refuse).await;
    client.connect().await?;
    client.echoes("by request").await
}

async fn disconnect_when_disconnected(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({})).await?;
    client.disconnect().await?;
    client.disconnect().await?;
    client.connect().await
}

async fn disconnect_is_bounded(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({ "close_grace_ms": 200 })).await?;
    fault(server.faults(), json!({ "fault": "freeze" })).await?;
    client.disconnect().await?;
    client.state_because("disconnected", "client_disconnect").await.map(drop)
}

async fn disconnect_sends_what_was_accepted(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    client.burst(200, json!({ "from": 1 })).await?;
    client.disconnect().await?;
    let arrived =
        async || Ok(server.stats().clients.get(client.name()).is_some_and(|seen| seen.unique == 200));
    until("all have arrived", arrived).await
}

async fn connect_while_disconnecting(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({ "close_grace_ms": 300 })).await?;
    fault(server.faults(), json!({ "fault": "freeze" })).await?;
    drop(client.begin("disconnect", json!({})));
    client.state("disconnecting").await?;
    let connecting = client.begin("connect", json!({}));
    server.faults().lift(FaultKind::Freeze).await;
    connecting.ok().await?;
    client.state("connected").await?;
    client.echoes("again").await
}

async fn socketio_close_while_connected(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    equal("the acknowledgement", client.ask("ack", json!([1])).await?, json!([1]))?;
    client.close().await?;
    let end = client.next_where("namespace", |event| event["state"] == "disconnected").await?;
    ensure(end["error"]["code"] == "client_disconnect", format!("the namespace ends as asked: {end}"))?;
    until("the server has no connection", async || Ok(server.stats().connections_open == 0)).await
}
