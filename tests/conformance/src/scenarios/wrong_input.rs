//! What makes no sense is refused with the reason, and harms nothing.

use serde_json::{Value, json};

use super::{Scenario, scenario};
use crate::stage::Stage;
use crate::verdict::{Verdict, ensure, equal};

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(bad_lines, "a line that is no request is answered with an error, and the next one is served"),
    scenario!(unknown_operation, "an unknown operation is invalid_argument"),
    scenario!(unknown_client, "an operation on a client that does not exist is invalid_argument"),
    scenario!(taken_name, "a second client of the same name is invalid_argument"),
    scenario!(unknown_option, "an unknown key of the configuration, at any depth, is invalid_argument"),
    scenario!(impossible_option, "a value out of its range is invalid_argument"),
    scenario!(bad_url, "an address that is none is invalid_argument"),
    scenario!(missing_fields, "an operation without what it needs is invalid_argument"),
    scenario!(bad_base64, "binary that is none is invalid_argument"),
    scenario!(reserved_event, "the names of Socket.IO's own events cannot be emitted"),
    scenario!(bad_namespace, "a namespace whose name does not begin with a slash is invalid_argument"),
    scenario!(wrong_protocol, "messages of the other protocol are invalid_argument"),
    scenario!(not_there_yet, "rooms, presence and stores are unsupported, as long as no client has them"),
    scenario!(unknown_answer, "an answer to a question that was not asked is invalid_argument"),
    scenario!(end_of_input, "the end of its input ends the agent, with clients connected"),
];

async fn bad_lines(t: Stage) -> Verdict {
    for line in ["no json", "[1]", "{\"id\":"] {
        t.agent().send_line(line).error("invalid_argument").await?;
    }
    t.agent().begin("hello", json!({})).ok().await.map(drop)
}

async fn unknown_operation(t: Stage) -> Verdict {
    t.agent().begin("fly", json!({})).error("invalid_argument").await.map(drop)
}

async fn unknown_client(t: Stage) -> Verdict {
    for op in ["connect", "disconnect", "close", "stats", "pause"] {
        let request = json!({ "client": t.client_name() });
        t.agent().begin(op, request).error("invalid_argument").await?;
    }
    Ok(())
}

async fn taken_name(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    let again = json!({ "protocol": "websocket", "url": server.ws_url() });
    client.refused("create", again, "invalid_argument").await?;
    client.echoes("the first one lives").await
}

async fn refuses(t: &Stage, protocol: &str, url: &str, config: Value) -> Verdict {
    let request =
        json!({ "client": t.client_name(), "protocol": protocol, "url": url, "config": config.clone() });
    let refused = t.agent().begin("create", request).error("invalid_argument").await;
    refused.map(drop).map_err(|error| format!("{protocol} {url} {config}: {error}").into())
}

async fn unknown_option(t: Stage) -> Verdict {
    let url = "ws://127.0.0.1:9/";
    for config in [
        json!({ "nope": 1 }),
        json!({ "backoff": { "initial": 1 } }),
        json!({ "outbox": { "size": 1 } }),
        json!({ "inbound": { "overflow": "reject" } }),
        json!({ "heartbeat": { "every_ms": 1 } }),
    ] {
        refuses(&t, "websocket", url, config).await?;
    }
    Ok(())
}

async fn impossible_option(t: Stage) -> Verdict {
    for config in [
        json!({ "connect_timeout_ms": 0 }),
        json!({ "backoff": { "factor": 0.5 } }),
        json!({ "backoff": { "initial_ms": 5000, "max_ms": 100 } }),
        json!({ "backoff": { "max_attempts": 0 } }),
        json!({ "heartbeat": { "interval_ms": 0 } }),
        json!({ "outbox": { "max_messages": 0 } }),
        json!({ "outbox": { "overflow": "explode" } }),
        json!({ "inbound": { "max_messages": 0 } }),
        json!({ "inbound": { "policy": "reject" } }),
        json!({ "max_message_bytes": 0 }),
        json!({ "ack_timeout_ms": -1 }),
    ] {
        refuses(&t, "websocket", "ws://127.0.0.1:9/", config).await?;
    }
    Ok(())
}

async fn bad_url(t: Stage) -> Verdict {
    let relative: &[&str] = if t.platform().has_relative_addresses() { &[] } else { &["", "nonsense"] };
    for url in relative.iter().copied().chain(["ftp://127.0.0.1/", "ws://", "ws://127.0.0.1:99999/"]) {
        refuses(&t, "websocket", url, json!({})).await?;
        refuses(&t, "socketio", url, json!({})).await?;
    }
    Ok(())
}

async fn missing_fields(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.socketio(&server, json!({})).await?;
    for op in ["emit", "ack", "namespace", "network", "slow", "count"] {
        client.refused(op, json!({}), "invalid_argument").await?;
    }
    t.agent().begin("create", json!({ "client": t.client_name() })).error("invalid_argument").await?;
    let plain = t.plain(&server, json!({})).await?;
    plain.refused("send", json!({}), "invalid_argument").await?;
    plain.refused("send", json!({ "text": "a", "base64": "" }), "invalid_argument").await?;
    plain.refused("send", json!({ "text": "a", "colour": 1 }), "invalid_argument").await?;
    equal("messages that wait", plain.stat("outbox_messages").await?, 0)
}

async fn bad_base64(t: Stage) -> Verdict {
    let server = t.server().await?;
    let plain = t.plain(&server, json!({})).await?;
    plain.refused("send", json!({ "base64": "???" }), "invalid_argument").await?;
    let client = t.socketio(&server, json!({})).await?;
    let fields = json!({ "name": "echo", "args": [{ "$base64": "???" }] });
    client.refused("emit", fields, "invalid_argument").await.map(drop)
}

async fn reserved_event(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    for name in ["connect", "connect_error", "disconnect"] {
        client.refused("emit", json!({ "name": name }), "invalid_argument").await?;
    }
    equal("the link lives", client.ask("ack", json!([1])).await?, json!([1]))
}

async fn bad_namespace(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client.refused("namespace", json!({ "namespace": "chat" }), "invalid_argument").await.map(drop)
}

async fn wrong_protocol(t: Stage) -> Verdict {
    let server = t.server().await?;
    let plain = t.plain(&server, json!({})).await?;
    plain.refused("emit", json!({ "name": "echo" }), "invalid_argument").await?;
    plain.refused("namespace", json!({ "namespace": "/" }), "invalid_argument").await?;
    let socketio = t.socketio(&server, json!({})).await?;
    socketio.refused("send", json!({ "text": "a" }), "invalid_argument").await.map(drop)
}

async fn not_there_yet(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.socketio(&server, json!({})).await?;
    for op in ["join", "leave", "presence"] {
        client.refused(op, json!({ "room": "r" }), "unsupported").await?;
    }
    let stored = json!({
        "client": t.client_name(), "protocol": "websocket", "url": server.ws_url(),
        "config": { "outbox": { "store": "anywhere" } },
    });
    t.agent().begin("create", stored).error("unsupported").await.map(drop)
}

async fn unknown_answer(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client.refused("ack", json!({ "ack": 4711, "args": [] }), "invalid_argument").await.map(drop)
}

async fn end_of_input(t: Stage) -> Verdict {
    let server = t.server().await?;
    let agent = t.own_agent().await?;
    let create = json!({ "client": "a", "protocol": "websocket", "url": server.ws_url() });
    agent.begin("create", create).ok().await?;
    agent.begin("connect", json!({ "client": "a" })).ok().await?;
    ensure(agent.end().await?, "the agent ends well")?;
    crate::stage::until("the server has no connection", async || Ok(server.stats().connections_open == 0))
        .await
}
