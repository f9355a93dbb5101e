//! From the call of `connect` to the first message, or to the error that ends it.

use rejoin_test_server::FaultKind;
use serde_json::json;

use super::{Scenario, scenario};
use crate::stage::{Stage, fault};
use crate::verdict::{Verdict, ensure, equal, same};

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(connects, "connect answers when connected, after the states connecting and connected"),
    scenario!(
        does_not_connect_by_itself,
        "a client that was only made opens no connection, and accepts messages"
    ),
    scenario!(connects_once, "connect called twice answers both calls, with one connection"),
    scenario!(
        waits_for_the_server,
        "a refused connection is tried again, with growing attempt numbers, until it succeeds"
    ),
    scenario!(
        tells_when_it_tries_again,
        "the state waiting holds the attempt, the delay within the backoff's bounds, and the reason"
    ),
    scenario!(
        gives_up,
        "after max_attempts failures connect fails with attempts_exhausted, and nothing more is tried"
    ),
    scenario!(connects_after_giving_up, "a client that gave up connects when it is told to again"),
    scenario!(
        bounds_the_handshake,
        "a server that accepts and says nothing is given up after connect_timeout, and tried again"
    ),
    scenario!(
        forbidden_is_final,
        "HTTP 403 ends the attempts with forbidden, where the platform shows the status"
    ),
    scenario!(
        a_busy_server_is_waited_for,
        "HTTP 503 with Retry-After is waited for at least that long, where the platform shows it"
    ),
    scenario!(a_failing_server_is_tried_again, "HTTP 500 is tried again until the server serves"),
    scenario!(offers_subprotocols, "a subprotocol that the server wants is offered to it"),
    scenario!(sends_headers, "configured headers reach the server, where the platform lets them be set"),
    scenario!(speaks_socketio, "a Socket.IO client connects, and tells that its namespace is connected"),
];

async fn connects(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({})).await?;
    client.connect().await?;
    let first = client.next("state").await?;
    same("the first state", &first["state"], "connecting")?;
    same("the attempt", &first["attempt"], 1)?;
    ensure(first["phase"].is_string(), "connecting has a phase")?;
    let connected = client.state("connected").await?;
    same("resumed, the first time", &connected["resumed"], false)?;
    client.echoes("hello").await
}

async fn does_not_connect_by_itself(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({})).await?;
    client.send("early").await?;
    client.stat_reaches("outbox_messages", 1).await?;
    equal("attempts", client.stat("attempts").await?, 0)?;
    equal("connections at the server", server.stats().connections_total, 0)?;
    client.connect().await?;
    client.hears("early").await
}

async fn connects_once(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({})).await?;
    let (first, second) = (client.begin("connect", json!({})), client.begin("connect", json!({})));
    first.ok().await?;
    second.ok().await?;
    client.connect().await?;
    client.connected_times(1).await?;
    equal("upgrades at the server", server.stats().upgrades, 1)
}

async fn waits_for_the_server(t: Stage) -> Verdict {
    let server = t.server().await?;
    fault(server.faults(), json!({ "fault": "refuse" })).await?;
    let client = t.plain(&server, json!({})).await?;
    let connecting = client.begin("connect", json!({}));
    let mut last = 1;
    for _ in 0..3 {
        let waiting = client.state("waiting").await?;
        let attempt = waiting["attempt"].as_u64().unwrap_or_default();
        ensure(attempt > last, format!("attempt {attempt} follows {last}"))?;
        last = attempt;
    }
    server.faults().lift(FaultKind::Refuse).await;
    connecting.ok().await?;
    client.echoes("here").await
}

async fn tells_when_it_tries_again(t: Stage) -> Verdict {
    let server = t.server().await?;
    fault(server.faults(), json!({ "fault": "refuse" })).await?;
    let client = t.plain(&server, json!({ "backoff": { "initial_ms": 3000, "max_ms": 3000 } })).await?;
    drop(client.begin("connect", json!({})));
    let waiting = client.state("waiting").await?;
    same("the next attempt", &waiting["attempt"], 2)?;
    let delay = waiting["retry_in_ms"].as_u64().ok_or("waiting has retry_in_ms")?;
    ensure(delay <= 3000, format!("{delay} ms is within 3000 ms"))?;
    let reason = &waiting["reason"];
    ensure(reason["code"].is_string() && reason["message"].is_string(), format!("a whole reason: {reason}"))?;
    same("retryable", &reason["retryable"], true)?;
    if t.platform().sees_handshake() {
        ensure(reason["code"] == "refused", format!("refused, not {reason}"))?;
    }
    Ok(())
}

async fn gives_up(t: Stage) -> Verdict {
    let server = t.server().await?;
    fault(server.faults(), json!({ "fault": "refuse" })).await?;
    let client = t.plain(&server, json!({ "backoff": { "max_attempts": 3 } })).await?;
    let error = client.refused("connect", json!({}), "attempts_exhausted").await?;
    same("retryable", &error["retryable"], false)?;
    client.state_because("disconnected", "attempts_exhausted").await?;
    equal("attempts", client.stat("attempts").await?, 3)
}

async fn connects_after_giving_up(t: Stage) -> Verdict {
    let server = t.server().await?;
    fault(server.faults(), json!({ "fault": "refuse" })).await?;
    let client = t.plain(&server, json!({ "backoff": { "max_attempts": 1 } })).await?;
    client.refused("connect", json!({}), "attempts_exhausted").await?;
    server.faults().lift(FaultKind::Refuse).await;
    client.connect().await?;
    client.echoes("again").await
}

async fn bounds_the_handshake(t: Stage) -> Verdict {
    let server = t.server().await?;
    fault(server.faults(), json!({ "fault": "freeze" })).await?;
    let client = t.plain(&server, json!({ "connect_timeout_ms": 250 })).await?;
    let connecting = client.begin("connect", json!({}));
    client.state_because("waiting", "connect_timeout").await?;
    server.faults().lift(FaultKind::Freeze).await;
    // One that began while frozen may still be cut short by its deadline; the next is not.
    connecting.ok().await?;
    client.state("connected").await.map(drop)
}

async fn forbidden_is_final(t: Stage) -> Verdict {
    let server = t.server().await?;
    fault(server.faults(), json!({ "fault": "http_status", "status": 403, "times": 1 })).await?;
    let client = t.plain(&server, json!({})).await?;
    if t.platform().sees_handshake() {
        client.refused("connect", json!({}), "forbidden").await?;
        client.state_because("disconnected", "forbidden").await?;
        return equal("attempts", client.stat("attempts").await?, 1);
    }
    client.connect().await?;
    equal("attempts", client.stat("attempts").await?, 2)
}

async fn a_busy_server_is_waited_for(t: Stage) -> Verdict {
    let server = t.server().await?;
    let busy = json!({ "fault": "http_status", "status": 503, "retry_after": "2", "times": 1 });
    fault(server.faults(), busy).await?;
    let client = t.plain(&server, json!({})).await?;
    let connecting = client.begin("connect", json!({}));
    let waiting = client.state("waiting").await?;
    if t.platform().sees_handshake() {
        same("the reason", &waiting["reason"]["code"], "busy")?;
        let delay = waiting["retry_in_ms"].as_u64().unwrap_or_default();
        ensure(delay > 1000, format!("{delay} ms is what is left of 2 s"))?;
    }
    connecting.ok().await.map(drop)
}

async fn a_failing_server_is_tried_again(t: Stage) -> Verdict {
    let server = t.server().await?;
    fault(server.faults(), json!({ "fault": "http_status", "status": 500, "times": 2 })).await?;
    let client = t.plain(&server, json!({})).await?;
    client.connect().await?;
    equal("attempts", client.stat("attempts").await?, 3)?;
    if t.platform().sees_handshake() {
        client.state_because("waiting", "server_error").await?;
    }
    client.echoes("served").await
}

async fn offers_subprotocols(t: Stage) -> Verdict {
    let peer = t.node_ws(json!({ "protocols": ["chat"] })).await?;
    let url = format!("ws://{}/ws", peer.addr());
    let client = t.plain_at(&url, json!({ "subprotocols": ["other", "chat"] })).await?;
    client.connect().await?;
    client.echoes("in the agreed protocol").await
}

async fn sends_headers(t: Stage) -> Verdict {
    let server = t.server_with(|config| config.bearer_tokens = ["sesame"].into_iter().collect()).await?;
    let config = json!({ "headers": { "Authorization": "Bearer sesame" }, "backoff": { "max_attempts": 2 } });
    let client = t.plain(&server, config).await?;
    if t.platform().sends_headers() {
        client.connect().await?;
        return equal("refused requests", server.stats().unauthorized, 0);
    }
    client.refused("connect", json!({}), "attempts_exhausted").await.map(drop)
}

async fn speaks_socketio(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.socketio(&server, json!({})).await?;
    client.connect().await?;
    client.state("connected").await?;
    let namespace = client.next("namespace").await?;
    same("the namespace", &namespace["namespace"], "/")?;
    same("its state", &namespace["state"], "connected")?;
    client.emit("echo", json!(["hello", 1])).await?;
    client.hears_event("echo", json!(["hello", 1])).await.map(drop)
}
