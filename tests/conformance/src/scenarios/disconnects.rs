//! Each way in which a connection ends, what it is called, and whether the client comes back.

use serde_json::{Value, json};

use super::{Scenario, scenario};
use crate::client::Client;
use crate::stage::{Stage, fault};
use crate::verdict::{Verdict, ensure, equal, same};

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(cut, "a connection that just ends is transport_closed, and comes back"),
    scenario!(reset, "a connection that is reset comes back"),
    scenario!(garbage, "bytes that are no frame end the connection, which comes back"),
    scenario!(close_1000_is_final, "close code 1000 is server_disconnect: nothing connects again"),
    scenario!(
        close_1001_is_a_restart,
        "close code 1001 is server_restart, retried within the window for restarts"
    ),
    scenario!(
        close_1012_is_a_restart,
        "close code 1012 is server_restart, retried within the window for restarts"
    ),
    scenario!(close_1011_is_retried, "close code 1011 is server_error, and comes back"),
    scenario!(close_1008_is_final, "close code 1008 is auth, and final without a credentials callback"),
    scenario!(close_1002_is_retried_once, "close code 1002 is protocol: retried once, then final"),
    scenario!(
        close_4000_is_retried,
        "an application's close code is transport_closed with that code, and comes back"
    ),
    scenario!(close_without_code, "a close frame without a code comes back"),
    scenario!(server_restarts, "a server that is down for a while is found again"),
    scenario!(manual_disconnect_latches, "after disconnect no hint connects again, only connect does"),
    scenario!(flapping_counts_on, "a link that is lost as soon as it is there does not reset the attempts"),
    scenario!(
        socketio_transport_end_comes_back,
        "a Socket.IO server that ends the transport is connected again"
    ),
    scenario!(
        socketio_kick_is_final,
        "Socket.IO's DISCONNECT of the last namespace is server_disconnect: nothing connects again"
    ),
];

/// Strikes, and expects the client to come back, with this reason on the way.
async fn comes_back(t: &Stage, struck: Value, reason: &str) -> Verdict<(Client, Value)> {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    fault(server.faults(), struck).await?;
    let waiting = client.state_because("waiting", reason).await?;
    client.state("connected").await?;
    client.echoes("back").await?;
    Ok((client, waiting))
}

async fn stays_away(t: &Stage, code: u16, reason: &str) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    fault(server.faults(), json!({ "fault": "close", "code": code })).await?;
    let end = client.state_because("disconnected", reason).await?;
    same("the close code", &end["reason"]["close_code"], code)?;
    client.connected_times(1).await?;
    client.connect().await?;
    client.echoes("by request").await
}

async fn cut(t: Stage) -> Verdict {
    comes_back(&t, json!({ "fault": "cut" }), "transport_closed").await.map(drop)
}

async fn reset(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    fault(server.faults(), json!({ "fault": "reset" })).await?;
    let waiting = client.state("waiting").await?;
    let code = waiting["reason"]["code"].as_str().unwrap_or_default();
    ensure(["network", "transport_closed"].contains(&code), format!("a reset is no {code}"))?;
    client.state("connected").await?;
    client.echoes("back").await
}

async fn garbage(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    fault(server.faults(), json!({ "fault": "garbage" })).await?;
    let waiting = client.state("waiting").await?;
    if t.platform().sees_handshake() {
        same("the reason", &waiting["reason"]["code"], "protocol")?;
    }
    client.state("connected").await?;
    client.echoes("back").await
}

async fn close_1000_is_final(t: Stage) -> Verdict {
    stays_away(&t, 1000, "server_disconnect").await
}

async fn close_1008_is_final(t: Stage) -> Verdict {
    stays_away(&t, 1008, "auth").await
}

async fn restarts(t: &Stage, code: u16) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    fault(server.faults(), json!({ "fault": "close", "code": code })).await?;
    let waiting = client.state_because("waiting", "server_restart").await?;
    same("the close code", &waiting["reason"]["close_code"], code)?;
    let delay = waiting["retry_in_ms"].as_u64().unwrap_or(u64::MAX);
    ensure(delay <= 5000, format!("{delay} ms is within the window of 5 s"))?;
    client.state("connected").await.map(drop)
}

async fn close_1001_is_a_restart(t: Stage) -> Verdict {
    restarts(&t, 1001).await
}

async fn close_1012_is_a_restart(t: Stage) -> Verdict {
    restarts(&t, 1012).await
}

async fn close_1011_is_retried(t: Stage) -> Verdict {
    let (_, waiting) = comes_back(&t, json!({ "fault": "close", "code": 1011 }), "server_error").await?;
    same("the close code", &waiting["reason"]["close_code"], 1011)
}

async fn close_4000_is_retried(t: Stage) -> Verdict {
    let struck = json!({ "fault": "close", "code": 4000, "reason": "bye" });
    let (_, waiting) = comes_back(&t, struck, "transport_closed").await?;
    same("the close code", &waiting["reason"]["close_code"], 4000)
}

async fn close_without_code(t: Stage) -> Verdict {
    comes_back(&t, json!({ "fault": "close", "code": 0 }), "transport_closed").await.map(drop)
}

async fn close_1002_is_retried_once(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    fault(server.faults(), json!({ "fault": "close", "code": 1002 })).await?;
    client.state_because("waiting", "protocol").await?;
    client.state("connected").await?;
    fault(server.faults(), json!({ "fault": "close", "code": 1002 })).await?;
    client.state_because("disconnected", "protocol").await.map(drop)
}

async fn server_restarts(t: Stage) -> Verdict {
    comes_back(&t, json!({ "fault": "restart", "down_ms": 300 }), "transport_closed").await.map(drop)
}

async fn manual_disconnect_latches(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    client.disconnect().await?;
    client.state_because("disconnected", "client_disconnect").await?;
    for hint in ["offline", "online", "woke", "foreground"] {
        client.hint(hint).await?;
    }
    equal("attempts", client.stat("attempts").await?, 1)?;
    client.connect().await?;
    client.echoes("by request").await
}

async fn flapping_counts_on(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({})).await?;
    client.connect().await?;
    let mut last = 0;
    for _ in 0..4 {
        client.state("connected").await?;
        fault(server.faults(), json!({ "fault": "cut" })).await?;
        let attempt = client.state("waiting").await?["attempt"].as_u64().unwrap_or_default();
        ensure(attempt > last, format!("attempt {attempt} follows {last}"))?;
        last = attempt;
    }
    Ok(())
}

async fn socketio_transport_end_comes_back(t: Stage) -> Verdict {
    let (peer, proxy) = t.node_socketio(json!({})).await?;
    let client = t.socketio_at(&format!("http://{}", proxy.addr()), json!({})).await?;
    client.connect().await?;
    client.state("connected").await?;
    peer.tell(json!({ "op": "disconnect_all" })).await?;
    client.state_because("waiting", "transport_closed").await?;
    client.state("connected").await?;
    equal("the acknowledgement", client.ask("ack", json!(["back"])).await?, json!(["back"]))
}

async fn socketio_kick_is_final(t: Stage) -> Verdict {
    let (peer, proxy) = t.node_socketio(json!({})).await?;
    let client = t.socketio_at(&format!("http://{}", proxy.addr()), json!({})).await?;
    client.connect().await?;
    client.next_where("namespace", |event| event["state"] == "connected").await?;
    peer.tell(json!({ "op": "kick_all" })).await?;
    let end = client.next_where("namespace", |event| event["state"] == "disconnected").await?;
    same("why", &end["error"]["code"], "server_disconnect")?;
    client.state_because("disconnected", "server_disconnect").await?;
    client.connected_times(1).await?;
    client.connect().await?;
    equal("the acknowledgement", client.ask("ack", json!(["by request"])).await?, json!(["by request"]))
}
